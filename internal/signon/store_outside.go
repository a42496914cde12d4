package signon

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/identity"
	"lienthong/internal/kit/db"
)

type outsideRow struct {
	Outside
	ScopeText string `db:"scopes"`
	ClaimText string `db:"claims"`
}

const outsideColumns = `id, key, name, issuer, client_id, sealed, scopes, claims, created_at, created_by, ended_at`

func (r outsideRow) outside() (Outside, error) {
	r.Outside.Scopes = strings.Fields(r.ScopeText)
	if err := json.Unmarshal([]byte(r.ClaimText), &r.Outside.Claims); err != nil {
		return Outside{}, fmt.Errorf("claims of outside service %s: %w", r.ID, err)
	}
	return r.Outside, nil
}

func outsideRowOf(o Outside) (outsideRow, error) {
	raw, err := json.Marshal(o.Claims)
	return outsideRow{o, strings.Join(o.Scopes, " "), string(raw)}, err
}

// outsides returns the outside services by name: all, or those that count.
func (store) outsides(ctx context.Context, q db.Querier, all bool) ([]Outside, error) {
	query := `SELECT ` + outsideColumns + ` FROM signon_outside WHERE ended_at IS NULL ORDER BY name, id`
	if all {
		query = `SELECT ` + outsideColumns + ` FROM signon_outside ORDER BY name, id`
	}
	var rows []outsideRow
	if err := q.Select(ctx, &rows, query); err != nil {
		return nil, err
	}
	list := make([]Outside, len(rows))
	for i, r := range rows {
		var err error
		if list[i], err = r.outside(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (store) outside(ctx context.Context, q db.Querier, id OutsideID) (Outside, error) {
	var r outsideRow
	if err := q.Get(ctx, &r, `SELECT `+outsideColumns+` FROM signon_outside WHERE id = ?`, id); err != nil {
		return Outside{}, err
	}
	return r.outside()
}

func (store) outsideByKey(ctx context.Context, q db.Querier, key string) (Outside, error) {
	var r outsideRow
	if err := q.Get(ctx, &r, `SELECT `+outsideColumns+` FROM signon_outside WHERE key = ?`, key); err != nil {
		return Outside{}, err
	}
	return r.outside()
}

func (store) insertOutside(ctx context.Context, tx *db.Tx, o Outside) error {
	r, err := outsideRowOf(o)
	if err != nil {
		return err
	}
	_, err = tx.NamedExec(ctx, `INSERT INTO signon_outside (id, key, name, issuer, client_id, sealed, scopes, claims, created_at, created_by)
		VALUES (:id, :key, :name, :issuer, :client_id, :sealed, :scopes, :claims, :created_at, :created_by)`, r)
	return err
}

func (store) updateOutside(ctx context.Context, tx *db.Tx, o Outside) error {
	r, err := outsideRowOf(o)
	if err != nil {
		return err
	}
	_, err = tx.NamedExec(ctx, `UPDATE signon_outside SET name = :name, issuer = :issuer, client_id = :client_id, sealed = :sealed, scopes = :scopes, claims = :claims,
		ended_at = :ended_at WHERE id = :id`, r)
	return err
}

func (store) insertArrival(ctx context.Context, tx *db.Tx, a Arrival) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO signon_arrival (id, state_hash, browser_hash, outside_id, nonce, verifier, next, created_at, expires_at, told)
		VALUES (:id, :state_hash, :browser_hash, :outside_id, :nonce, :verifier, :next, :created_at, :expires_at, '')`, a)
	return err
}

const arrivalColumns = `id, state_hash, browser_hash, outside_id, nonce, verifier, next, created_at, expires_at, returned_at, told, done_at`

func (store) arrivalByState(ctx context.Context, q db.Querier, hash string) (Arrival, error) {
	var a Arrival
	err := q.Get(ctx, &a, `SELECT `+arrivalColumns+` FROM signon_arrival WHERE state_hash = ?`, hash)
	return a, err
}

func (store) arrival(ctx context.Context, q db.Querier, id string) (Arrival, error) {
	var a Arrival
	err := q.Get(ctx, &a, `SELECT `+arrivalColumns+` FROM signon_arrival WHERE id = ?`, id)
	return a, err
}

// returnArrival notes that somebody came back; zero rows mean that they had come back already.
func (store) returnArrival(ctx context.Context, tx *db.Tx, id string, at time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE signon_arrival SET returned_at = ? WHERE id = ? AND returned_at IS NULL`, at, id)
}

func (store) tellArrival(ctx context.Context, tx *db.Tx, id, told string) error {
	_, err := tx.Exec(ctx, `UPDATE signon_arrival SET told = ? WHERE id = ?`, told, id)
	return err
}

// endArrival notes that somebody is in; zero rows mean that they were in already.
func (store) endArrival(ctx context.Context, tx *db.Tx, id string, at time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE signon_arrival SET done_at = ?, told = '' WHERE id = ? AND done_at IS NULL`, at, id)
}

func (store) cleanArrivals(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM signon_arrival WHERE expires_at < ?`, before)
	return err
}

const linkColumns = `l.id, l.outside_id, o.name AS outside, o.key, l.subject, l.account_id, l.name, l.linked_at, l.used_at`

func (store) link(ctx context.Context, q db.Querier, outside OutsideID, subject string) (Link, error) {
	var l Link
	err := q.Get(ctx, &l, `SELECT `+linkColumns+` FROM signon_link l JOIN signon_outside o ON o.id = l.outside_id WHERE l.outside_id = ? AND l.subject = ?`, outside, subject)
	return l, err
}

func (store) linksOf(ctx context.Context, q db.Querier, account identity.AccountID) ([]Link, error) {
	var list []Link
	err := q.Select(ctx, &list, `SELECT `+linkColumns+` FROM signon_link l JOIN signon_outside o ON o.id = l.outside_id WHERE l.account_id = ? ORDER BY o.name, l.id`, account)
	return list, err
}

// insertLink joins an account to an outside identity; the error is unique when one of the two is joined already.
func (store) insertLink(ctx context.Context, tx *db.Tx, l Link) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO signon_link (id, outside_id, subject, account_id, name, linked_at, used_at)
		VALUES (:id, :outside_id, :subject, :account_id, :name, :linked_at, :used_at)`, l)
	return err
}

func (store) touchLink(ctx context.Context, tx *db.Tx, id LinkID, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE signon_link SET used_at = ? WHERE id = ?`, at, id)
	return err
}

func (store) deleteLink(ctx context.Context, tx *db.Tx, id LinkID, account identity.AccountID) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM signon_link WHERE id = ? AND account_id = ?`, id, account)
}
