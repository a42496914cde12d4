package signon

import (
	"context"
	"strings"
	"time"

	"lienthong/internal/identity"
	"lienthong/internal/kit/db"
)

type requestRow struct {
	Request
	ScopeText  string `db:"scopes"`
	PromptText string `db:"prompt"`
}

const requestColumns = `id, client_id, redirect, scopes, state, nonce, challenge, prompt, max_age, hint, expected, created_at, expires_at,
	account_id, session_id, auth_time, code_hash, visit_id`

func (r requestRow) request() Request {
	r.Request.Scopes, r.Request.Prompt = strings.Fields(r.ScopeText), strings.Fields(r.PromptText)
	return r.Request
}

func (store) insertRequest(ctx context.Context, tx *db.Tx, r Request) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO signon_request (id, client_id, redirect, scopes, state, nonce, challenge, prompt, max_age, hint, expected,
		created_at, expires_at, account_id, session_id, visit_id)
		VALUES (:id, :client_id, :redirect, :scopes, :state, :nonce, :challenge, :prompt, :max_age, :hint, :expected, :created_at, :expires_at, '', '', '')`,
		requestRow{r, strings.Join(r.Scopes, " "), strings.Join(r.Prompt, " ")})
	return err
}

func (store) request(ctx context.Context, q db.Querier, id string) (Request, error) {
	var r requestRow
	err := q.Get(ctx, &r, `SELECT `+requestColumns+` FROM signon_request WHERE id = ?`, id)
	return r.request(), err
}

func (store) requestByCode(ctx context.Context, q db.Querier, hash string) (Request, error) {
	var r requestRow
	err := q.Get(ctx, &r, `SELECT `+requestColumns+` FROM signon_request WHERE code_hash = ?`, hash)
	return r.request(), err
}

// answerRequest notes who signed on and the code they were given; zero rows mean that the request was answered already.
func (store) answerRequest(ctx context.Context, tx *db.Tx, r Request) (int64, error) {
	return tx.Exec(ctx, `UPDATE signon_request SET account_id = ?, session_id = ?, auth_time = ?, code_hash = ?, expires_at = ? WHERE id = ? AND code_hash IS NULL`,
		r.AccountID, r.SessionID, r.AuthTime, r.CodeHash, r.ExpiresAt, r.ID)
}

// useRequest notes the visit that the code of a request was used for; zero rows mean that it was used already.
func (store) useRequest(ctx context.Context, tx *db.Tx, id string, visit VisitID) (int64, error) {
	return tx.Exec(ctx, `UPDATE signon_request SET visit_id = ? WHERE id = ? AND visit_id = ''`, visit, id)
}

func (store) insertVisit(ctx context.Context, tx *db.Tx, v Visit) error {
	_, err := tx.Exec(ctx, `INSERT INTO signon_visit (id, client_id, account_id, session_id, scopes, ip, auth_time, created_at, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')`,
		v.ID, v.ClientID, v.AccountID, v.SessionID, strings.Join(v.Scopes, " "), v.IP, v.AuthTime, v.CreatedAt)
	return err
}

type visitRow struct {
	Visit
	ScopeText string `db:"scopes"`
}

const visitColumns = `v.id, v.client_id, c.name AS client, v.account_id, v.session_id, v.scopes, v.ip, v.auth_time, v.created_at, v.ended_at, v.reason`

// visits returns up to size+1 visits to a client or of an account, the latest first, after the one with the id given.
func (store) visits(ctx context.Context, q db.Querier, client ClientID, account identity.AccountID, after VisitID, size int) ([]Visit, error) {
	where, args := []string{`1 = 1`}, []any{}
	for _, f := range []struct{ column, value string }{{`v.client_id = ?`, string(client)}, {`v.account_id = ?`, string(account)}, {`v.id < ?`, string(after)}} {
		if f.value != "" {
			where, args = append(where, f.column), append(args, f.value)
		}
	}
	var rows []visitRow
	err := q.Select(ctx, &rows, `SELECT `+visitColumns+` FROM signon_visit v JOIN signon_client c ON c.id = v.client_id WHERE `+strings.Join(where, ` AND `)+`
		ORDER BY v.id DESC LIMIT ?`, append(args, size+1)...)
	list := make([]Visit, len(rows))
	for i, r := range rows {
		list[i] = r.Visit
		list[i].Scopes = strings.Fields(r.ScopeText)
	}
	return list, err
}

func (store) visit(ctx context.Context, q db.Querier, id VisitID) (Visit, error) {
	var r visitRow
	err := q.Get(ctx, &r, `SELECT `+visitColumns+` FROM signon_visit v JOIN signon_client c ON c.id = v.client_id WHERE v.id = ?`, id)
	r.Visit.Scopes = strings.Fields(r.ScopeText)
	return r.Visit, err
}

// openVisits returns the visits that have not ended: of a client (or any, when empty) and an account (or any), in a session (or any).
func (store) openVisits(ctx context.Context, q db.Querier, client ClientID, account identity.AccountID, session identity.SessionID) ([]VisitID, error) {
	where, args := []string{`ended_at IS NULL`}, []any{}
	for _, f := range []struct{ column, value string }{{`client_id = ?`, string(client)}, {`account_id = ?`, string(account)}, {`session_id = ?`, string(session)}} {
		if f.value != "" {
			where, args = append(where, f.column), append(args, f.value)
		}
	}
	var list []VisitID
	err := q.Select(ctx, &list, `SELECT id FROM signon_visit WHERE `+strings.Join(where, ` AND `)+` ORDER BY id`, args...)
	return list, err
}

// endVisit ends a visit and all its tokens; zero rows mean that it had ended.
func (store) endVisit(ctx context.Context, tx *db.Tx, id VisitID, why Reason, at time.Time) (int64, error) {
	n, err := tx.Exec(ctx, `UPDATE signon_visit SET ended_at = ?, reason = ? WHERE id = ? AND ended_at IS NULL`, at, why, id)
	if err != nil || n == 0 {
		return n, err
	}
	_, err = tx.Exec(ctx, `UPDATE signon_token SET ended_at = ? WHERE visit_id = ? AND ended_at IS NULL`, at, id)
	return n, err
}

// endTokensOf ends all tokens of a client.
func (store) endTokensOf(ctx context.Context, tx *db.Tx, client ClientID, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE signon_token SET ended_at = ? WHERE client_id = ? AND ended_at IS NULL`, at, client)
	return err
}

type tokenRow struct {
	Token
	ScopeText string `db:"scopes"`
}

const tokenColumns = `id, kind, hash, visit_id, client_id, account_id, scopes, created_at, expires_at, used_at, ended_at`

func (store) insertToken(ctx context.Context, tx *db.Tx, t Token) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO signon_token (id, kind, hash, visit_id, client_id, account_id, scopes, created_at, expires_at)
		VALUES (:id, :kind, :hash, :visit_id, :client_id, :account_id, :scopes, :created_at, :expires_at)`, tokenRow{t, strings.Join(t.Scopes, " ")})
	return err
}

// token returns a token by its id; it counts only while its client does.
func (store) token(ctx context.Context, q db.Querier, kind, id string) (Token, error) {
	var r tokenRow
	err := q.Get(ctx, &r, `SELECT `+tokenColumns+` FROM signon_token WHERE id = ? AND kind = ?`, id, kind)
	r.Token.Scopes = strings.Fields(r.ScopeText)
	return r.Token, err
}

func (store) tokenByHash(ctx context.Context, q db.Querier, kind, hash string) (Token, error) {
	var r tokenRow
	err := q.Get(ctx, &r, `SELECT `+tokenColumns+` FROM signon_token WHERE hash = ? AND kind = ?`, hash, kind)
	r.Token.Scopes = strings.Fields(r.ScopeText)
	return r.Token, err
}

// useToken notes that a token was used; zero rows mean that it was used or ended already.
func (store) useToken(ctx context.Context, tx *db.Tx, id string, at time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE signon_token SET used_at = ? WHERE id = ? AND used_at IS NULL AND ended_at IS NULL`, at, id)
}

func (store) endToken(ctx context.Context, tx *db.Tx, id string, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE signon_token SET ended_at = ? WHERE id = ? AND ended_at IS NULL`, at, id)
	return err
}

// consent returns what an account agreed to for a client; db.ErrNoRows when nothing.
func (store) consent(ctx context.Context, q db.Querier, account identity.AccountID, client ClientID) (Consent, error) {
	var r consentRow
	err := q.Get(ctx, &r, `SELECT account_id, client_id, '' AS client, scopes, given_at FROM signon_consent WHERE account_id = ? AND client_id = ?`, account, client)
	r.Consent.Scopes = strings.Fields(r.ScopeText)
	return r.Consent, err
}

type consentRow struct {
	Consent
	ScopeText string `db:"scopes"`
}

func (store) consents(ctx context.Context, q db.Querier, account identity.AccountID) ([]Consent, error) {
	var rows []consentRow
	err := q.Select(ctx, &rows, `SELECT s.account_id, s.client_id, c.name AS client, s.scopes, s.given_at FROM signon_consent s JOIN signon_client c ON c.id = s.client_id
		WHERE s.account_id = ? ORDER BY s.given_at DESC, s.client_id`, account)
	list := make([]Consent, len(rows))
	for i, r := range rows {
		list[i] = r.Consent
		list[i].Scopes = strings.Fields(r.ScopeText)
	}
	return list, err
}

func (store) saveConsent(ctx context.Context, tx *db.Tx, c Consent) error {
	_, err := tx.Exec(ctx, `INSERT INTO signon_consent (account_id, client_id, scopes, given_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (account_id, client_id) DO UPDATE SET scopes = excluded.scopes, given_at = excluded.given_at`, c.AccountID, c.ClientID, strings.Join(c.Scopes, " "), c.GivenAt)
	return err
}

func (store) dropConsent(ctx context.Context, tx *db.Tx, account identity.AccountID, client ClientID) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM signon_consent WHERE account_id = ? AND client_id = ?`, account, client)
}

// clean forgets requests and tokens that ran out before a moment. Visits stay: they say who signed on to what.
func (store) clean(ctx context.Context, tx *db.Tx, before time.Time) error {
	if _, err := tx.Exec(ctx, `DELETE FROM signon_request WHERE expires_at < ?`, before); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM signon_token WHERE expires_at < ?`, before)
	return err
}
