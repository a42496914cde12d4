package notice

import (
	"context"
	"time"

	"lienthong/internal/kit/db"
)

// inboxRow is a message in somebody's inbox.
type inboxRow struct {
	Delivery
	Name string `db:"name"`
	Data string `db:"data"`
	Link string `db:"link"`
	Said int    `db:"times"`
}

const inboxColumns = `d.id, d.message_id, d.topic, d.channel, d.account_id, d.address, d.lane, d.lang, d.urgency, d.quiet, d.state, d.due_at, d.expires_at, d.attempts,
	d.error, d.reference, d.lease, d.lease_until, d.created_at, d.changed_at, d.sent_at, d.read_at, m.name, m.data, m.link, m.times`

// inbox returns up to n messages of an account, the newest first, after the row with these keys.
func (store) inbox(ctx context.Context, q db.Querier, account string, unread bool, before time.Time, beforeID string, n int) ([]inboxRow, error) {
	query := `SELECT ` + inboxColumns + ` FROM notice_delivery d JOIN notice_message m ON m.id = d.message_id
		WHERE d.account_id = ? AND d.channel = 'app' AND (d.created_at < ? OR d.created_at = ? AND d.id < ?)`
	if unread {
		query += ` AND d.state = 'delivered'`
	}
	var rows []inboxRow
	return rows, q.Select(ctx, &rows, query+` ORDER BY d.created_at DESC, d.id DESC LIMIT ?`, account, before, before, beforeID, n)
}

func (store) inboxItem(ctx context.Context, q db.Querier, account, id string) (inboxRow, error) {
	var r inboxRow
	return r, q.Get(ctx, &r, `SELECT `+inboxColumns+` FROM notice_delivery d JOIN notice_message m ON m.id = d.message_id
		WHERE d.account_id = ? AND d.channel = 'app' AND d.id = ?`, account, id)
}

// markRead marks one message of an account as read, or all when id is empty, and returns how many were not before.
func (store) markRead(ctx context.Context, tx *db.Tx, account, id string, now time.Time) (int64, error) {
	query := `UPDATE notice_delivery SET state = 'read', read_at = ?, changed_at = ? WHERE account_id = ? AND channel = 'app' AND state = 'delivered'`
	if id == "" {
		return tx.Exec(ctx, query, now, now, account)
	}
	return tx.Exec(ctx, query+` AND id = ?`, now, now, account, id)
}

func (store) unread(ctx context.Context, q db.Querier, account string) (int, error) {
	var n int
	return n, q.Get(ctx, &n, `SELECT COUNT(*) FROM notice_delivery WHERE account_id = ? AND channel = 'app' AND state = 'delivered'`, account)
}

// unreadOf counts for several accounts at once; those without any are left out.
func (store) unreadOf(ctx context.Context, q db.Querier, accounts []string) (map[string]int, error) {
	counts := map[string]int{}
	for len(accounts) > 0 {
		part := accounts[:min(500, len(accounts))]
		accounts = accounts[len(part):]
		query, args, err := db.In(`SELECT account_id, COUNT(*) AS n FROM notice_delivery WHERE account_id IN (?) AND channel = 'app' AND state = 'delivered' GROUP BY account_id`, part)
		if err != nil {
			return nil, err
		}
		var rows []struct {
			Account string `db:"account_id"`
			N       int    `db:"n"`
		}
		if err := q.Select(ctx, &rows, query, args...); err != nil {
			return nil, err
		}
		for _, r := range rows {
			counts[r.Account] = r.N
		}
	}
	return counts, nil
}
