package proof

import (
	"context"
	"time"

	"lienthong/internal/identity"
	"lienthong/internal/kit/db"
)

// store holds the SQL of the room.
type store struct{}

const factorColumns = `id, account_id, kind, name, sealed, COALESCE(credential_id, '') AS credential_id, counter, created_at, last_used_at`

// factors returns what an account has besides its password, the oldest first.
func (store) factors(ctx context.Context, q db.Querier, account identity.AccountID) ([]Factor, error) {
	var list []Factor
	err := q.Select(ctx, &list, `SELECT `+factorColumns+` FROM proof_factor WHERE account_id = ? ORDER BY id`, account)
	return list, err
}

// guarded reports whether an account has a factor.
func (store) guarded(ctx context.Context, q db.Querier, account identity.AccountID) (bool, error) {
	var is bool
	err := q.Get(ctx, &is, `SELECT EXISTS (SELECT 1 FROM proof_factor WHERE account_id = ?)`, account)
	return is, err
}

func (store) insertFactor(ctx context.Context, tx *db.Tx, f Factor) error {
	_, err := tx.Exec(ctx, `INSERT INTO proof_factor (id, account_id, kind, name, sealed, credential_id, counter, created_at, last_used_at)
		VALUES (?, ?, ?, ?, ?, NULLIF(?, ''), ?, ?, ?)`, f.ID, f.AccountID, f.Kind, f.Name, f.Sealed, f.CredentialID, f.Counter, f.CreatedAt, f.LastUsedAt)
	return err
}

// useFactor notes a proof while the counter is still below the new one; zero rows mean that it was used meanwhile, or
// is gone. Devices that do not count say 0 for ever.
func (store) useFactor(ctx context.Context, tx *db.Tx, f Factor, counter int64, sealed string, at time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE proof_factor SET counter = ?, sealed = ?, last_used_at = ? WHERE id = ? AND (counter < ? OR counter = 0 AND ? = 0)`,
		counter, sealed, at, f.ID, counter, counter)
}

func (store) deleteFactor(ctx context.Context, tx *db.Tx, account identity.AccountID, id FactorID) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM proof_factor WHERE id = ? AND account_id = ?`, id, account)
}

// deleteFactors takes everything away that an account has besides its password.
func (s store) deleteFactors(ctx context.Context, tx *db.Tx, account identity.AccountID) (int64, error) {
	n, err := tx.Exec(ctx, `DELETE FROM proof_factor WHERE account_id = ?`, account)
	if err != nil {
		return 0, err
	}
	return n, s.deleteRecovery(ctx, tx, account)
}

// recoveryLeft counts the recovery codes that were not used.
func (store) recoveryLeft(ctx context.Context, q db.Querier, account identity.AccountID) (int, error) {
	var n int
	err := q.Get(ctx, &n, `SELECT COUNT(code_hash) FROM proof_recovery WHERE account_id = ? AND used_at IS NULL`, account)
	return n, err
}

func (store) deleteRecovery(ctx context.Context, tx *db.Tx, account identity.AccountID) error {
	_, err := tx.Exec(ctx, `DELETE FROM proof_recovery WHERE account_id = ?`, account)
	return err
}

func (store) insertRecovery(ctx context.Context, tx *db.Tx, account identity.AccountID, hash string, at time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO proof_recovery (code_hash, account_id, created_at) VALUES (?, ?, ?)`, hash, account, at)
	return err
}

// useRecovery uses up a recovery code; zero rows mean that there is none, or that it was used.
func (store) useRecovery(ctx context.Context, tx *db.Tx, account identity.AccountID, hash string, at time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE proof_recovery SET used_at = ? WHERE code_hash = ? AND account_id = ? AND used_at IS NULL`, at, hash, account)
}

// challenge (thử thách khóa truy cập) waits for the one answer of a device.
type challenge struct {
	Hash      string             `db:"challenge_hash"`
	Purpose   string             `db:"purpose"`
	AccountID identity.AccountID `db:"account_id"` // empty: whoever the device names
	SessionID identity.SessionID `db:"session_id"`
	State     string             `db:"state"`
	ExpiresAt time.Time          `db:"expires_at"`
}

func (store) insertChallenge(ctx context.Context, tx *db.Tx, c challenge) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO proof_challenge (challenge_hash, purpose, account_id, session_id, state, expires_at)
		VALUES (:challenge_hash, :purpose, :account_id, :session_id, :state, :expires_at)`, c)
	return err
}

// takeChallenge returns the state of a challenge and forgets it: it has one answer. db.ErrNoRows when there is none
// for this purpose, account and session.
func (store) takeChallenge(ctx context.Context, tx *db.Tx, c challenge, now time.Time) (string, error) {
	var state string
	err := tx.Get(ctx, &state, `DELETE FROM proof_challenge WHERE challenge_hash = ? AND purpose = ? AND account_id = ? AND session_id = ? AND expires_at > ?
		RETURNING state`, c.Hash, c.Purpose, c.AccountID, c.SessionID, now)
	return state, err
}

func (store) cleanChallenges(ctx context.Context, tx *db.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM proof_challenge WHERE expires_at <= ?`, now)
	return err
}

// lockFactors keeps other transactions from changing the factors an account has.
func (store) lockFactors(ctx context.Context, tx *db.Tx, account identity.AccountID) error {
	_, err := tx.Exec(ctx, `UPDATE proof_factor SET name = name WHERE account_id = ?`, account)
	return err
}
