package notice

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"lienthong/internal/kit/db"
)

// due is the condition on a delivery d of a channel that may be claimed now; its parameters are the channel, the urgency, now and now.
// One urgency at a time, so that an index leads to what is due past all that waits for the morning.
const due = `d.channel = ? AND d.urgency = ? AND d.due_at <= ? AND d.state IN ('queued', 'held') AND (d.lease_until IS NULL OR d.lease_until <= ?)
	AND (d.lane = '' OR NOT EXISTS (SELECT 1 FROM notice_delivery e WHERE e.lane = d.lane AND e.lane <> '' AND e.id < d.id AND e.state IN ('queued', 'held')))`

// claim leases up to n due deliveries of a channel, urgent ones first.
func (st store) claim(ctx context.Context, d *db.DB, ch Channel, lease string, now, until time.Time, n int) ([]Delivery, error) {
	var all []Delivery
	for _, urgency := range []Urgency{Urgent, Normal, Low} {
		list, err := st.claimOf(ctx, d, ch, urgency, lease, now, until, n-len(all))
		if err != nil {
			return nil, err
		}
		if all = append(all, list...); len(all) >= n {
			break
		}
	}
	return all, nil
}

func (store) claimOf(ctx context.Context, d *db.DB, ch Channel, u Urgency, lease string, now, until time.Time, n int) ([]Delivery, error) {
	var found []string
	if err := d.Select(ctx, &found, `SELECT d.id FROM notice_delivery d WHERE `+due+` ORDER BY d.due_at, d.id LIMIT 1`, ch, int(u), now, now); err != nil || len(found) == 0 {
		return nil, err
	}
	var list []Delivery
	err := d.Tx(ctx, func(tx *db.Tx) error {
		list = nil
		return tx.Select(ctx, &list, `UPDATE notice_delivery SET lease = ?, lease_until = ?, attempts = attempts + 1
			WHERE id IN (SELECT d.id FROM notice_delivery d WHERE `+due+` ORDER BY d.due_at, d.id LIMIT ?)
			AND state IN ('queued', 'held') AND (lease_until IS NULL OR lease_until <= ?) RETURNING `+deliveryColumns, lease, until, ch, int(u), now, now, n, now)
	})
	slices.SortFunc(list, func(a, b Delivery) int { // RETURNING has no order
		return cmp.Or(a.DueAt.Compare(b.DueAt), strings.Compare(a.ID, b.ID))
	})
	return list, err
}

// messages returns the messages of deliveries by id.
func (store) messages(ctx context.Context, q db.Querier, list []Delivery) (map[string]row, error) {
	ids := make([]string, len(list))
	for i, d := range list {
		ids[i] = d.MessageID
	}
	found := map[string]row{}
	if len(ids) == 0 {
		return found, nil
	}
	query, args, err := db.In(`SELECT `+messageColumns+` FROM notice_message WHERE id IN (?)`, ids)
	if err != nil {
		return nil, err
	}
	var rows []row
	if err := q.Select(ctx, &rows, query, args...); err != nil {
		return nil, err
	}
	for _, r := range rows {
		found[r.ID] = r
	}
	return found, nil
}

// settle writes the outcome of a delivery, unless its lease has gone to somebody else; kept says whether it was still held.
func (store) settle(ctx context.Context, tx *db.Tx, d Delivery, lease string) (kept bool, err error) {
	n, err := tx.Exec(ctx, `UPDATE notice_delivery SET state = ?, due_at = ?, attempts = ?, error = ?, reference = ?, sent_at = ?, changed_at = ?, lease = '', lease_until = NULL
		WHERE id = ? AND lease = ?`, d.State, d.DueAt, d.Attempts, d.Error, d.Reference, d.SentAt, d.ChangedAt, d.ID, lease)
	return n > 0, err
}
