package identity

import (
	"context"
	"time"

	"lienthong/internal/kit/db"
	"lienthong/internal/org"
)

const sessionColumns = `s.id, s.account_id, s.post_id, s.ip, s.user_agent, s.created_at, s.last_seen_at, s.expires_at, s.stage, s.means, s.proved_at`

// session returns a session with what a request needs of its account; db.ErrNoRows when there is none.
func (store) session(ctx context.Context, q db.Querier, tokenHash string) (loadedSession, error) {
	var l loadedSession
	err := q.Get(ctx, &l, `SELECT `+sessionColumns+`, a.kind, a.full_name, COALESCE(a.person_id, '') AS person_id, a.status,
		(SELECT n FROM identity_version WHERE id = 1) AS version
		FROM identity_session s JOIN identity_account a ON a.id = s.account_id WHERE s.token_hash = ?`, tokenHash)
	return l, err
}

func (store) insertSession(ctx context.Context, tx *db.Tx, tokenHash string, s Session) error {
	_, err := tx.Exec(ctx, `INSERT INTO identity_session (token_hash, id, account_id, post_id, ip, user_agent, created_at, last_seen_at, expires_at, stage, means, proved_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (token_hash) DO NOTHING`,
		tokenHash, s.ID, s.AccountID, s.PostID, s.IP, s.UserAgent, s.CreatedAt, s.LastSeenAt, s.ExpiresAt, s.Stage, s.Means, s.ProvedAt)
	return err
}

func (store) touchSession(ctx context.Context, tx *db.Tx, id SessionID, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE identity_session SET last_seen_at = ? WHERE id = ? AND last_seen_at < ?`, at, id, at)
	return err
}

func (store) setPost(ctx context.Context, tx *db.Tx, id SessionID, account AccountID, post org.PostID) (int64, error) {
	return tx.Exec(ctx, `UPDATE identity_session SET post_id = ? WHERE id = ? AND account_id = ?`, post, id, account)
}

func (store) sessions(ctx context.Context, q db.Querier, account AccountID, now, idleSince time.Time) ([]Session, error) {
	var list []Session
	err := q.Select(ctx, &list, `SELECT `+sessionColumns+` FROM identity_session s
		WHERE s.account_id = ? AND s.stage = '' AND s.expires_at > ? AND s.last_seen_at > ? ORDER BY s.last_seen_at DESC, s.id`, account, now, idleSince)
	return list, err
}

func (store) deleteToken(ctx context.Context, tx *db.Tx, tokenHash string) error {
	_, err := tx.Exec(ctx, `DELETE FROM identity_session WHERE token_hash = ?`, tokenHash)
	return err
}

func (store) deleteSession(ctx context.Context, tx *db.Tx, id SessionID, account AccountID) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM identity_session WHERE id = ? AND account_id = ?`, id, account)
}

// deleteSessions ends all sessions of an account but one, which may be empty.
func (store) deleteSessions(ctx context.Context, tx *db.Tx, account AccountID, but SessionID) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM identity_session WHERE account_id = ? AND id <> ?`, account, but)
}

func (store) cleanSessions(ctx context.Context, tx *db.Tx, now, idleSince time.Time) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM identity_session WHERE expires_at <= ? OR last_seen_at <= ?`, now, idleSince)
}

// setProved notes a proof on a session.
func (store) setProved(ctx context.Context, tx *db.Tx, session SessionID, means Means, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE identity_session SET proved_at = ?, means = ? WHERE id = ?`, at, means, session)
	return err
}

// forgetProofs makes all sessions of an account but one prove anew before acts that ask for it.
func (store) forgetProofs(ctx context.Context, tx *db.Tx, account AccountID, but SessionID) error {
	_, err := tx.Exec(ctx, `UPDATE identity_session SET proved_at = NULL WHERE account_id = ? AND id <> ?`, account, but)
	return err
}
