package identity

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
)

const tokenColumns = `t.id, t.account_id, t.name, t.ending, t.scopes, t.networks, t.created_by, t.created_at, t.expires_on, t.last_used_at, t.last_used_ip, t.revoked_at`

// tokenRow is a token as it lies in its table.
type tokenRow struct {
	Token
	ScopeText   string `db:"scopes"`
	NetworkText string `db:"networks"`
}

func (r tokenRow) token() Token {
	t := r.Token
	t.Scopes, t.Networks = strings.Fields(r.ScopeText), strings.Fields(r.NetworkText)
	return t
}

// usedToken is a token with what a request needs of its account, read at once.
type usedToken struct {
	tokenRow
	loadedAccount
}

// loadedAccount is what a request needs to know of an account that acts without a session.
type loadedAccount struct {
	Kind     Kind   `db:"kind"`
	FullName string `db:"full_name"`
	PersonID string `db:"person_id"`
	Status   Status `db:"status"`
	Version  int64  `db:"version"`
}

const loadedAccountColumns = `a.kind, a.full_name, COALESCE(a.person_id, '') AS person_id, a.status, (SELECT n FROM identity_version WHERE id = 1) AS version`

// tokenByHash returns a token with its account; db.ErrNoRows when there is none.
func (store) tokenByHash(ctx context.Context, q db.Querier, hash string) (usedToken, error) {
	var u usedToken
	err := q.Get(ctx, &u, `SELECT `+tokenColumns+`, `+loadedAccountColumns+` FROM identity_token t JOIN identity_account a ON a.id = t.account_id WHERE t.token_hash = ?`, hash)
	return u, err
}

// loadedAccount returns what a request needs of an account; db.ErrNoRows when there is none.
func (store) loadedAccount(ctx context.Context, q db.Querier, account AccountID) (loadedAccount, error) {
	var l loadedAccount
	err := q.Get(ctx, &l, `SELECT `+loadedAccountColumns+` FROM identity_account a WHERE a.id = ?`, account)
	return l, err
}

func (store) insertToken(ctx context.Context, tx *db.Tx, t Token, hash string) error {
	_, err := tx.Exec(ctx, `INSERT INTO identity_token (id, account_id, name, token_hash, ending, scopes, networks, created_by, created_at, expires_on, warned, last_used_ip, revoked_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, FALSE, '', '')`, t.ID, t.AccountID, t.Name, hash, t.Ending, strings.Join(t.Scopes, " "), strings.Join(t.Networks, " "),
		t.CreatedBy, t.CreatedAt, t.ExpiresOn)
	if err != nil {
		return fmt.Errorf("insert token: %w", err)
	}
	return nil
}

// tokens returns the tokens of an account, also those that are over, the latest first.
func (store) tokens(ctx context.Context, q db.Querier, account AccountID) ([]Token, error) {
	var rows []tokenRow
	if err := q.Select(ctx, &rows, `SELECT `+tokenColumns+` FROM identity_token t WHERE t.account_id = ? ORDER BY t.id DESC`, account); err != nil {
		return nil, fmt.Errorf("read tokens: %w", err)
	}
	list := make([]Token, len(rows))
	for i, r := range rows {
		list[i] = r.token()
	}
	return list, nil
}

// openTokens counts the tokens of an account that hold on a date.
func (store) openTokens(ctx context.Context, q db.Querier, account AccountID, on clock.Date) (n int64, err error) {
	err = q.Get(ctx, &n, `SELECT COUNT(id) FROM identity_token WHERE account_id = ? AND revoked_at IS NULL AND expires_on > ?`, account, on)
	return n, err
}

func (store) revokeToken(ctx context.Context, tx *db.Tx, token TokenID, account, by AccountID, at time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE identity_token SET revoked_by = ?, revoked_at = ? WHERE id = ? AND account_id = ? AND revoked_at IS NULL`, by, at, token, account)
}

// touchToken notes a use unless somebody noted one since a moment.
func (store) touchToken(ctx context.Context, tx *db.Tx, token TokenID, at, since time.Time, ip string) error {
	_, err := tx.Exec(ctx, `UPDATE identity_token SET last_used_at = ?, last_used_ip = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at <= ?)`, at, ip, token, since)
	return err
}

// endingTokens marks the tokens that end until a date and were not warned of yet, and returns them.
func (store) endingTokens(ctx context.Context, tx *db.Tx, today, until clock.Date) ([]Token, error) {
	var rows []tokenRow
	err := tx.Select(ctx, &rows, `UPDATE identity_token SET warned = TRUE WHERE NOT warned AND revoked_at IS NULL AND expires_on > ? AND expires_on <= ?
		RETURNING id, account_id, name, ending, scopes, networks, created_by, created_at, expires_on, last_used_at, last_used_ip, revoked_at`, today, until)
	list := make([]Token, len(rows))
	for i, r := range rows {
		list[i] = r.token()
	}
	return list, err
}
