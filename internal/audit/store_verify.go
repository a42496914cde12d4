package audit

import (
	"context"
	"fmt"
	"math"

	"lienthong/internal/kit/db"
)

// pageSize is how many entries are held in memory at a time.
const pageSize = 1000

func readHeads(ctx context.Context, q db.Querier) ([]Head, error) {
	var heads []Head
	err := q.Select(ctx, &heads, `SELECT lane, seq, hash FROM audit_lane ORDER BY lane`)
	return heads, err
}

// eachRow calls fn for the entries of a lane up to its head.
func eachRow(ctx context.Context, q db.Querier, head Head, fn func(Row)) error {
	after := int64(math.MinInt64)
	for {
		var rows []Row
		err := q.Select(ctx, &rows, `SELECT `+columns+` FROM audit_entry WHERE lane = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?`,
			head.Lane, after, head.Seq, pageSize)
		if err != nil {
			return fmt.Errorf("read lane %d after entry %d: %w", head.Lane, max(after, 0), err)
		}
		for _, r := range rows {
			fn(r)
		}
		if len(rows) < pageSize {
			return nil
		}
		after = rows[len(rows)-1].Seq
	}
}

// readBeyond finds entries that no head covers. One statement sees heads and entries of the same moment.
func readBeyond(ctx context.Context, q db.Querier, limit int) ([]Head, error) {
	var places []Head
	err := q.Select(ctx, &places, `SELECT e.lane, e.seq, e.hash FROM audit_entry e LEFT JOIN audit_lane l ON l.lane = e.lane
		WHERE l.lane IS NULL OR e.seq > l.seq ORDER BY e.lane, e.seq LIMIT ?`, limit)
	return places, err
}
