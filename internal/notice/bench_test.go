package notice

import (
	"context"
	"fmt"
	"testing"
	"time"

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/id"
)

// BenchmarkAccept measures how many messages are accepted in a second: one in a transaction of its own, by one and by
// eight callers, and a hundred in one. "bare row" writes a row of the same size without any of our code.
func BenchmarkAccept(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) *db.DB
	}{
		{"sqlite", func(b testing.TB) *db.DB { return dbtest.SQLite(b, rooms()...) }},
		{"postgres", func(b testing.TB) *db.DB { return dbtest.Postgres(b, rooms()...) }},
	} {
		b.Run(engine.name, func(b *testing.B) {
			d := engine.open(b)
			ctx := context.Background()
			rate := func(b *testing.B, each int) {
				b.ReportMetric(float64(b.N*each)/b.Elapsed().Seconds(), "messages/s")
			}
			one := func(b *testing.B) {
				if err := d.Tx(ctx, func(tx *db.Tx) error { return Send(ctx, tx, accepted("mai", "H21.15-261123-0007")) }); err != nil {
					b.Error(err)
				}
			}
			b.Run("bare row", func(b *testing.B) {
				for b.Loop() {
					if err := d.Tx(ctx, func(tx *db.Tx) error { return bare(ctx, tx) }); err != nil {
						b.Fatal(err)
					}
				}
				rate(b, 1)
			})
			b.Run("one", func(b *testing.B) {
				for b.Loop() {
					one(b)
				}
				rate(b, 1)
			})
			b.Run("one by eight", func(b *testing.B) {
				b.SetParallelism(4) // of each processor
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						one(b)
					}
				})
				rate(b, 1)
			})
			b.Run("a hundred", func(b *testing.B) {
				list := make([]Message, 100)
				for i := range list {
					list[i] = accepted("mai", fmt.Sprint(i))
				}
				for b.Loop() {
					if err := d.Tx(ctx, func(tx *db.Tx) error { _, err := SendMany(ctx, tx, list); return err }); err != nil {
						b.Fatal(err)
					}
				}
				rate(b, len(list))
			})
		})
	}
}

// bare writes a row as long as that of a message.
func bare(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO notice_address (channel, address, failures, error, changed_at) VALUES ('sms', ?, 1, ?, ?)`,
		id.New(), `{"code":"H21.15-261123-0007"} dossier.accepted mai /ho-so/H21.15-261123-0007`, noon)
	return err
}

// BenchmarkBacklog measures how long a node looks for work, and for a claim, behind a night's worth of held messages.
func BenchmarkBacklog(b *testing.B) {
	const held = 200_000
	for name, open := range map[string]func(testing.TB) *db.DB{
		"sqlite":   func(b testing.TB) *db.DB { return dbtest.SQLite(b, rooms()...) },
		"postgres": func(b testing.TB) *db.DB { return dbtest.Postgres(b, rooms()...) },
	} {
		b.Run(name, func(b *testing.B) {
			d, ctx := open(b), context.Background()
			w := newWorld(b, d)
			w.send(accepted("mai", "H1"))
			w.work()
			err := d.Tx(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO notice_delivery (`+deliveryColumns+`)
					WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
					SELECT 'x' || n.i, s.message_id, s.topic, 'sms', s.account_id, s.address, '', s.lang, 0, s.quiet, 'held', s.expires_at, NULL, 0, '', '', '', NULL, s.created_at,
					s.changed_at, NULL, NULL FROM n CROSS JOIN (SELECT * FROM notice_delivery WHERE channel = 'app' LIMIT 1) s`, held)
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
			if d.Engine() == db.Postgres {
				must(b, d.Tx(ctx, func(tx *db.Tx) error { _, err := tx.Exec(ctx, `ANALYZE notice_delivery`); return err }))
			}
			b.Run("look", func(b *testing.B) {
				for b.Loop() {
					if n, err := w.Deliver(ctx, SMS); err != nil || n != 0 {
						b.Fatal(n, err)
					}
				}
			})
			w.later(7 * 24 * time.Hour)
			b.Run("send", func(b *testing.B) {
				sent := 0
				for b.Loop() {
					n, err := w.Deliver(ctx, SMS)
					if err != nil || n == 0 {
						b.Fatal(n, err)
					}
					sent += n
				}
				b.ReportMetric(float64(sent)/b.Elapsed().Seconds(), "messages/s")
			})
		})
	}
}
