package notice

import (
	"context"
	"errors"
	"time"

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/vntext"
)

// broken returns deliveries that did not arrive, the latest first.
func (store) broken(ctx context.Context, q db.Querier, sel DeadQuery, before time.Time, id string) ([]Delivery, error) {
	query := `SELECT ` + deliveryColumns + ` FROM notice_delivery WHERE state IN ('dead', 'failed') AND (changed_at < ? OR changed_at = ? AND id < ?)`
	args := []any{before, before, id}
	if sel.Channel != "" {
		query, args = query+` AND channel = ?`, append(args, sel.Channel)
	}
	if sel.State != "" {
		query, args = query+` AND state = ?`, append(args, sel.State)
	}
	if text := vntext.Lower(sel.Text); text != "" {
		like := "%" + escapeLike(text) + "%"
		query += ` AND (LOWER(address) LIKE ? ESCAPE '!' OR topic LIKE ? ESCAPE '!' OR LOWER(error) LIKE ? ESCAPE '!')`
		args = append(args, like, like, like)
	}
	var list []Delivery
	return list, q.Select(ctx, &list, query+` ORDER BY changed_at DESC, id DESC LIMIT ?`, append(args, sel.Size+1)...)
}

// escapeLike makes a text stand for itself in LIKE … ESCAPE '!'.
func escapeLike(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if r == '%' || r == '_' || r == '!' {
			out = append(out, '!')
		}
		out = append(out, r)
	}
	return string(out)
}

// lockDead returns a delivery that did not arrive and keeps others from it until the transaction ends.
func (store) lockDead(ctx context.Context, tx *db.Tx, id string, now time.Time) (Delivery, error) {
	var d Delivery
	return d, tx.Get(ctx, &d, `UPDATE notice_delivery SET changed_at = ? WHERE id = ? AND state IN ('dead', 'failed') RETURNING `+deliveryColumns, now, id)
}

// revive gives a dead letter another state and a new life until a moment.
func (store) revive(ctx context.Context, tx *db.Tx, d Delivery, now, until time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE notice_delivery SET state = ?, due_at = ?, expires_at = ?, attempts = 0, changed_at = ?, lease = '', lease_until = NULL WHERE id = ?`,
		d.State, now, until, now, d.ID)
	return err
}

// acceptAgain lets a message whose topic was not known be planned anew.
func (store) acceptAgain(ctx context.Context, tx *db.Tx, message string) error {
	_, err := tx.Exec(ctx, `UPDATE notice_message SET state = 'accepted', urgency = ? WHERE id = ? AND state = 'unknown'`, asTopic, message)
	return err
}

// health counts.
func (store) health(ctx context.Context, q db.Querier, now time.Time) (Health, error) {
	var h Health
	if err := q.Get(ctx, &h.Accepted, `SELECT COUNT(*) FROM notice_message WHERE state = 'accepted'`); err != nil {
		return h, err
	}
	if err := q.Get(ctx, &h.Dead, `SELECT COUNT(*) FROM notice_delivery WHERE state = 'dead'`); err != nil {
		return h, err
	}
	if err := q.Get(ctx, &h.Failed, `SELECT COUNT(*) FROM notice_delivery WHERE state = 'failed'`); err != nil {
		return h, err
	}
	for _, ch := range outside { // each count goes along an index
		c := ChannelHealth{Channel: ch}
		for _, count := range []struct {
			into  *int
			query string
			from  time.Time
		}{
			{&c.Due, `SELECT COUNT(*) FROM notice_delivery WHERE channel = ? AND state IN ('queued', 'held') AND due_at <= ?`, now},
			{&c.Later, `SELECT COUNT(*) FROM notice_delivery WHERE channel = ? AND state IN ('queued', 'held') AND due_at > ?`, now},
			{&c.Sent, `SELECT COUNT(*) FROM notice_delivery WHERE channel = ? AND channel <> 'app' AND sent_at IS NOT NULL AND sent_at > ?`, now.Add(-24 * time.Hour)},
		} {
			if err := q.Get(ctx, count.into, count.query, ch, count.from); err != nil {
				return h, err
			}
		}
		h.Channels = append(h.Channels, c)
	}
	return h, nil
}

// oldest returns when the oldest delivery of a channel that is due was made; zero when there is none.
func (store) oldest(ctx context.Context, q db.Querier, ch Channel, now time.Time) (time.Time, error) {
	var at time.Time
	err := q.Get(ctx, &at, `SELECT created_at FROM notice_delivery WHERE channel = ? AND state IN ('queued', 'held') AND due_at <= ? ORDER BY created_at LIMIT 1`, ch, now)
	if errors.Is(err, db.ErrNoRows) {
		return time.Time{}, nil
	}
	return at, err
}

// report writes what a provider says about a delivery it took. db.ErrNoRows: there is none it could be about.
func (store) report(ctx context.Context, tx *db.Tx, ch Channel, id string, s State, reason string, now time.Time) (Delivery, error) {
	from := `'sent', 'delivered'`
	if s == Delivered {
		from = `'sent'`
	}
	var d Delivery
	err := tx.Get(ctx, &d, `UPDATE notice_delivery SET state = ?, error = ?, changed_at = ? WHERE id = ? AND channel = ? AND state IN (`+from+`) RETURNING `+deliveryColumns,
		s, reason, now, id, ch)
	if err == nil && s == Read {
		_, err = tx.Exec(ctx, `UPDATE notice_delivery SET read_at = ? WHERE id = ?`, now, id)
	}
	return d, err
}

// purge deletes up to n old messages of which nothing waits, with their deliveries, and returns how many.
func (store) purge(ctx context.Context, tx *db.Tx, before time.Time, n int) (int64, error) {
	var ids []string
	err := tx.Select(ctx, &ids, `SELECT m.id FROM notice_message m WHERE m.created_at < ? AND m.state <> 'accepted'
		AND NOT EXISTS (SELECT 1 FROM notice_delivery d WHERE d.message_id = m.id AND d.state IN ('queued', 'held', 'dead'))
		AND NOT EXISTS (SELECT 1 FROM notice_message c WHERE c.collapsed_into = m.id)
		ORDER BY m.created_at LIMIT ?`, before, n)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	for _, statement := range []string{`DELETE FROM notice_delivery WHERE message_id IN (?)`, `DELETE FROM notice_message WHERE id IN (?)`} {
		query, args, err := db.In(statement, ids)
		if err != nil {
			return 0, err
		}
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return 0, err
		}
	}
	return int64(len(ids)), nil
}
