package event

import (
	"context"
	"fmt"
	"time"

	"lienthong/internal/kit/db"
)

// insert numbers the event within its key and writes it. The row of the key stays
// locked until the transaction ends, so numbers follow the order of commits.
func insert(ctx context.Context, tx *db.Tx, e Event) error {
	if e.Key != "" {
		err := tx.Get(ctx, &e.Seq, `INSERT INTO event_key (key, seq) VALUES (?, 1)
			ON CONFLICT (key) DO UPDATE SET seq = event_key.seq + 1 RETURNING seq`, e.Key)
		if err != nil {
			return fmt.Errorf("number within key: %w", err)
		}
	}
	_, err := tx.NamedExec(ctx, `INSERT INTO event_outbox (id, name, key, seq, payload, actor_id, at, sent)
		VALUES (:id, :name, :key, :seq, :payload, :actor_id, :at, :sent)`, e)
	return err
}

// unsent is the condition on an event that may be handed on: those before it in its key have been.
const unsent = `NOT o.sent AND (o.key = '' OR NOT EXISTS
	(SELECT 1 FROM event_outbox p WHERE p.key = o.key AND p.seq < o.seq AND NOT p.sent))`

func anyUnsent(ctx context.Context, q db.Querier) (bool, error) {
	var ids []string
	err := q.Select(ctx, &ids, `SELECT o.id FROM event_outbox o WHERE `+unsent+` LIMIT 1`)
	return len(ids) > 0, err
}

// takeUnsent marks events as sent and returns them; two nodes never get the same one.
func takeUnsent(ctx context.Context, tx *db.Tx, limit int) ([]Event, error) {
	var events []Event
	err := tx.Select(ctx, &events, `UPDATE event_outbox SET sent = TRUE
		WHERE id IN (SELECT o.id FROM event_outbox o WHERE `+unsent+` ORDER BY o.at, o.id LIMIT ?) AND NOT sent
		RETURNING id, name, key, seq, payload, actor_id, at, sent`, limit)
	return events, err
}

func purge(ctx context.Context, tx *db.Tx, before time.Time) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM event_outbox WHERE sent AND at < ?`, before)
}
