package notice

import (
	"context"
	"strings"
	"time"

	"lienthong/internal/kit/db"
)

type store struct{}

const messageColumns = `id, dedup, topic, account_id, name, email, phone, chat, lang, data, link, urgency, collapse, collapse_until, times, state,
	collapsed_into, created_at, expires_at`

// chunk is how many messages one statement writes; 18 values each.
const chunk = 200

// insertMessages writes accepted messages; those whose key was accepted before are left out.
func (store) insertMessages(ctx context.Context, tx *db.Tx, rows []row) (int, error) {
	var written int64
	for len(rows) > 0 {
		part := rows[:min(chunk, len(rows))]
		rows = rows[len(part):]
		args := make([]any, 0, 15*len(part))
		for _, r := range part {
			args = append(args, r.ID, r.Dedup, r.Topic, r.AccountID, r.Name, r.Email, r.Phone, r.Chat, r.Lang, r.Data, r.Link, r.Urgency, r.Collapse, r.CreatedAt, r.ExpiresAt)
		}
		n, err := tx.Exec(ctx, `INSERT INTO notice_message (id, dedup, topic, account_id, name, email, phone, chat, lang, data, link, urgency, collapse,
			created_at, expires_at, times, state)
			VALUES `+strings.TrimSuffix(strings.Repeat(`(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 'accepted'), `, len(part)), ", ")+
			` ON CONFLICT (dedup) DO NOTHING`, args...)
		if err != nil {
			return 0, err
		}
		written += n
	}
	return int(written), nil
}

// accepted returns up to n messages that wait to be planned, the oldest first.
func (store) accepted(ctx context.Context, q db.Querier, n int) ([]row, error) {
	var rows []row
	return rows, q.Select(ctx, &rows, `SELECT `+messageColumns+` FROM notice_message WHERE state = 'accepted' ORDER BY id LIMIT ?`, n)
}

// planned notes what became of an accepted message; kept is false when another node was faster.
func (store) planned(ctx context.Context, tx *db.Tx, r row) (kept bool, err error) {
	n, err := tx.Exec(ctx, `UPDATE notice_message SET state = ?, collapsed_into = ?, collapse_until = ?, urgency = ?, expires_at = ?, lang = ?
		WHERE id = ? AND state = 'accepted'`, r.State, r.Into, r.CollapseUntil, r.Urgency, r.ExpiresAt, r.Lang, r.ID)
	return n > 0, err
}

// collapsible returns the planned messages that may still take in others of their keys.
func (store) collapsible(ctx context.Context, tx *db.Tx, keys []string, now time.Time) ([]row, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	query, args, err := db.In(`SELECT `+messageColumns+` FROM notice_message WHERE collapse IN (?) AND collapse <> '' AND state = 'planned' AND collapse_until > ? ORDER BY id`, keys, now)
	if err != nil {
		return nil, err
	}
	var rows []row
	return rows, tx.Select(ctx, &rows, query, args...)
}

// takeIn makes an earlier message say what a later one says.
func (store) takeIn(ctx context.Context, tx *db.Tx, into, r row, now time.Time) error {
	if _, err := tx.Exec(ctx, `UPDATE notice_message SET topic = ?, data = ?, link = ?, times = times + 1 WHERE id = ?`, r.Topic, r.Data, r.Link, into.ID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE notice_delivery SET topic = ?, changed_at = ?, created_at = ?, state = 'delivered', read_at = NULL
		WHERE message_id = ? AND channel = 'app'`, r.Topic, now, now, into.ID)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE notice_delivery SET topic = ? WHERE message_id = ? AND state IN ('queued', 'held')`, r.Topic, into.ID)
	return err
}

const deliveryColumns = `id, message_id, topic, channel, account_id, address, lane, lang, urgency, quiet, state, due_at, expires_at, attempts, error, reference,
	lease, lease_until, created_at, changed_at, sent_at, read_at`

func (store) insertDelivery(ctx context.Context, tx *db.Tx, d Delivery) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO notice_delivery (`+deliveryColumns+`)
		VALUES (:id, :message_id, :topic, :channel, :account_id, :address, :lane, :lang, :urgency, :quiet, :state, :due_at, :expires_at, :attempts, :error, :reference,
		:lease, :lease_until, :created_at, :changed_at, :sent_at, :read_at)`, d)
	return err
}

// The things whose versions are counted.
const (
	thePlan  = "plan"
	theInbox = "inbox"
	theTexts = "texts"
)

// bump tells all nodes that something changed; the row stays locked until the transaction ends.
func (store) bump(ctx context.Context, tx *db.Tx, thing string) error {
	_, err := tx.Exec(ctx, `UPDATE notice_version SET value = value + 1 WHERE thing = ?`, thing)
	return err
}

func (store) version(ctx context.Context, q db.Querier, thing string) (int64, error) {
	var v int64
	return v, q.Get(ctx, &v, `SELECT value FROM notice_version WHERE thing = ?`, thing)
}
