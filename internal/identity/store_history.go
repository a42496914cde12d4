package identity

import (
	"context"
	"strings"
	"time"

	"lienthong/internal/kit/db"
)

func (store) insertSignIn(ctx context.Context, tx *db.Tx, r SignInRecord) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO identity_sign_in (id, account_id, at, means, outcome, ip, user_agent)
		VALUES (:id, :account_id, :at, :means, :outcome, :ip, :user_agent)`, r)
	return err
}

// history returns up to size+1 attempts, the latest first.
func (store) history(ctx context.Context, q db.Querier, account AccountID, h HistoryQuery) ([]SignInRecord, error) {
	where, args := []string{`account_id = ?`}, []any{account}
	add := func(condition string, value any) { where, args = append(where, condition), append(args, value) }
	if h.Outcome != "" {
		add(`outcome = ?`, h.Outcome)
	}
	if !h.From.IsZero() {
		add(`at >= ?`, h.From.At(0, 0).UTC())
	}
	if !h.To.IsZero() {
		add(`at < ?`, h.To.AddDays(1).At(0, 0).UTC())
	}
	if len(h.After) == 1 {
		add(`id < ?`, h.After[0])
	}
	list := []SignInRecord{}
	err := q.Select(ctx, &list, `SELECT id, account_id, at, means, outcome, ip, user_agent FROM identity_sign_in
		WHERE `+strings.Join(where, ` AND `)+` ORDER BY id DESC LIMIT ?`, append(args, h.Size+1)...)
	return list, err
}

func (store) cleanHistory(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM identity_sign_in WHERE at < ?`, before)
	return err
}
