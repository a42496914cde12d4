// Package benchtest measures how long single answers take, for benchmarks that promise a share of them: the average that
// a benchmark gives by itself hides the slow ones.
package benchtest

import (
	"context"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lienthong/internal/kit/db"
)

// Run calls fn b.N times from a number of clients at once, each call with its own number, and reports the calls a second
// and how long half, 95 and 99 of a hundred took at most, in milliseconds. The first error ends the benchmark.
func Run(b *testing.B, clients int, fn func(i int) error) {
	b.Helper()
	took := make([]time.Duration, b.N)
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	b.ResetTimer()
	began := time.Now()
	for range clients {
		all.Go(func() {
			for failed.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= b.N {
					return
				}
				at := time.Now()
				if err := fn(i); err != nil {
					failed.Store(&err)
				}
				took[i] = time.Since(at)
			}
		})
	}
	all.Wait()
	whole := time.Since(began)
	b.StopTimer()
	if err := failed.Load(); err != nil {
		b.Fatal(*err)
	}
	slices.Sort(took)
	for name, share := range map[string]float64{"p50-ms": 0.5, "p95-ms": 0.95, "p99-ms": 0.99} {
		b.ReportMetric(float64(Share(took, share).Microseconds())/1000, name)
	}
	b.ReportMetric(float64(b.N)/whole.Seconds(), "ops/s")
	b.ReportMetric(0, "ns/op") // what one of many clients waits is above
}

// Share returns the time that a share of sorted times does not exceed.
func Share(sorted []time.Duration, share float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(float64(len(sorted))*share))]
}

// Bare measures one row in one transaction through the driver alone, on the disk of a database: the yardstick of the run.
// It returns how many a second a number of clients get.
func Bare(b *testing.B, d *db.DB, clients, n int) float64 {
	b.Helper()
	ctx := context.Background()
	raw := d.Raw()
	if _, err := raw.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS bench_bare (id BIGINT PRIMARY KEY, text TEXT NOT NULL)`); err != nil {
		b.Fatal(err)
	}
	insert := `INSERT INTO bench_bare (id, text) VALUES (?, ?)`
	if d.Engine() == db.Postgres {
		insert = `INSERT INTO bench_bare (id, text) VALUES ($1, $2)`
	}
	var next atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for range clients {
		all.Go(func() {
			for {
				i := next.Add(1)
				if i > int64(n) {
					return
				}
				if _, err := raw.ExecContext(ctx, insert, i, "Một dòng"); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	rate := float64(n) / time.Since(began).Seconds()
	if _, err := raw.ExecContext(ctx, `DROP TABLE bench_bare`); err != nil {
		b.Fatal(err)
	}
	return rate
}

// Durable returns the address of a SQLite database in a folder that waits for the disk as the program does.
func Durable(folder, name string) string { return "sqlite://" + filepath.Join(folder, name+".db") }
