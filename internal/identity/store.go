package identity

import (
	"context"
	"fmt"
	"time"

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/org"
)

// store holds the SQL of the room.
type store struct{}

const accountColumns = `a.id, a.kind, a.full_name, a.personal_id, a.birth_date, a.phone, a.email, a.address, COALESCE(a.person_id, '') AS person_id,
	COALESCE(a.unit_id, '') AS unit_id, a.password_hash, a.status, a.verified, a.created_at, a.last_sign_in_at`

func (store) account(ctx context.Context, q db.Querier, id AccountID) (Account, error) {
	var a Account
	if err := q.Get(ctx, &a, `SELECT `+accountColumns+` FROM identity_account a WHERE a.id = ?`, id); err != nil {
		return Account{}, err
	}
	err := q.Select(ctx, &a.Names, `SELECT login, kind FROM identity_login WHERE account_id = ? ORDER BY kind, login`, id)
	return a, err
}

func (store) accountByName(ctx context.Context, q db.Querier, login string) (Account, error) {
	var a Account
	err := q.Get(ctx, &a, `SELECT `+accountColumns+` FROM identity_login l JOIN identity_account a ON a.id = l.account_id WHERE l.login = ?`, login)
	return a, err
}

// accountOfPerson returns the account of an official; db.ErrNoRows when they have none.
func (store) accountOfPerson(ctx context.Context, q db.Querier, person org.PersonID) (AccountID, error) {
	var id AccountID
	err := q.Get(ctx, &id, `SELECT id FROM identity_account WHERE person_id = ? ORDER BY id LIMIT 1`, person)
	return id, err
}

// insertAccount writes an account with its sign-in names; the error is unique when one of them is taken.
func (store) insertAccount(ctx context.Context, tx *db.Tx, a Account) error {
	_, err := tx.Exec(ctx, `INSERT INTO identity_account (id, kind, full_name, name_fold, personal_id, birth_date, phone, email, address, person_id, unit_id,
		password_hash, status, verified, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULLIF(?, ''), NULLIF(?, ''), ?, ?, ?, ?)`,
		a.ID, a.Kind, a.FullName, vntext.Fold(a.FullName), a.PersonalID, a.BirthDate, a.Phone, a.Email, a.Address, string(a.PersonID), string(a.UnitID),
		a.PasswordHash, a.Status, a.Verified, a.CreatedAt)
	if err != nil {
		return fmt.Errorf("insert account: %w", err)
	}
	for _, n := range a.Names {
		if _, err := tx.Exec(ctx, `INSERT INTO identity_login (login, account_id, kind) VALUES (?, ?, ?)`, n.Text, a.ID, n.Kind); err != nil {
			return fmt.Errorf("insert sign-in name: %w", err)
		}
	}
	return nil
}

func (store) updateProfile(ctx context.Context, tx *db.Tx, a Account) error {
	_, err := tx.Exec(ctx, `UPDATE identity_account SET full_name = ?, name_fold = ?, personal_id = ?, birth_date = ?, phone = ?, email = ?, address = ? WHERE id = ?`,
		a.FullName, vntext.Fold(a.FullName), a.PersonalID, a.BirthDate, a.Phone, a.Email, a.Address, a.ID)
	return err
}

// setPassword changes a password while it is still the one that was seen; zero rows mean that it is not.
func (store) setPassword(ctx context.Context, tx *db.Tx, seen Account, hash string) (int64, error) {
	return tx.Exec(ctx, `UPDATE identity_account SET password_hash = ? WHERE id = ? AND password_hash = ?`, hash, seen.ID, seen.PasswordHash)
}

func (store) setStatus(ctx context.Context, tx *db.Tx, id AccountID, status Status) error {
	_, err := tx.Exec(ctx, `UPDATE identity_account SET status = ? WHERE id = ?`, status, id)
	return err
}

// moveAccounts hands the accounts kept by one unit to another.
func (store) moveAccounts(ctx context.Context, tx *db.Tx, from, to org.UnitID) (int64, error) {
	return tx.Exec(ctx, `UPDATE identity_account SET unit_id = ? WHERE unit_id = ?`, to, from)
}

func (store) signedIn(ctx context.Context, tx *db.Tx, id AccountID, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE identity_account SET last_sign_in_at = ? WHERE id = ?`, at, id)
	return err
}

// attempt (lần thử) counts the wrong passwords for one sign-in name.
type attempt struct {
	Failed      int64      `db:"failed"`
	FirstAt     time.Time  `db:"first_at"`
	LockedUntil *time.Time `db:"locked_until"`
}

// lockAttempt returns the count of a name and keeps other transactions from changing it.
func (store) lockAttempt(ctx context.Context, tx *db.Tx, hash string, now time.Time) (attempt, error) {
	_, err := tx.Exec(ctx, `INSERT INTO identity_attempt (login_hash, failed, first_at) VALUES (?, 0, ?)
		ON CONFLICT (login_hash) DO UPDATE SET failed = identity_attempt.failed`, hash, now)
	if err != nil {
		return attempt{}, err
	}
	var a attempt
	err = tx.Get(ctx, &a, `SELECT failed, first_at, locked_until FROM identity_attempt WHERE login_hash = ?`, hash)
	return a, err
}

func (store) setAttempt(ctx context.Context, tx *db.Tx, hash string, a attempt) error {
	_, err := tx.Exec(ctx, `UPDATE identity_attempt SET failed = ?, first_at = ?, locked_until = ? WHERE login_hash = ?`, a.Failed, a.FirstAt, a.LockedUntil, hash)
	return err
}

func (store) clearAttempt(ctx context.Context, tx *db.Tx, hash string) error {
	_, err := tx.Exec(ctx, `DELETE FROM identity_attempt WHERE login_hash = ?`, hash)
	return err
}

// cleanAttempts forgets counts that began before a moment.
func (store) cleanAttempts(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM identity_attempt WHERE first_at < ?`, before)
	return err
}
