package benchtest_test

import (
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lienthong/internal/kit/benchtest"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
)

// TestShare holds what a share of times is, for few and for none.
func TestShare(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(i + 1)
	}
	for _, c := range []struct {
		times []time.Duration
		share float64
		want  time.Duration
	}{
		{hundred, 0.5, 51}, {hundred, 0.95, 96}, {hundred, 0.99, 100}, {hundred, 1, 100},
		{hundred[:1], 0.99, 1}, {hundred[:3], 0.5, 2}, {nil, 0.5, 0},
	} {
		if got := benchtest.Share(c.times, c.share); got != c.want {
			t.Errorf("%v of %d times: %d, want %d", c.share, len(c.times), got, c.want)
		}
	}
}

// TestRun holds that every number is called once and that the metrics are there.
func TestRun(t *testing.T) {
	var calls, sum atomic.Int64
	r := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		calls.Store(0)
		sum.Store(0)
		benchtest.Run(b, 4, func(i int) error {
			calls.Add(1)
			sum.Add(int64(i))
			return nil
		})
	})
	n := int64(r.N)
	if calls.Load() != n || sum.Load() != n*(n-1)/2 {
		t.Errorf("%d calls for %d, their numbers add up to %d", calls.Load(), n, sum.Load())
	}
	for _, m := range []string{"p50-ms", "p95-ms", "p99-ms", "ops/s"} {
		if _, ok := r.Extra[m]; !ok {
			t.Errorf("no %s in %v", m, r.Extra)
		}
	}
	if strings.Contains(r.String(), " ns/op") {
		t.Errorf("the average of clients that wait for each other is in %s", r)
	}
}

// TestRunFails holds that an error ends the benchmark.
func TestRunFails(t *testing.T) {
	r := testing.Benchmark(func(b *testing.B) {
		benchtest.Run(b, 2, func(int) error { return errors.New("no") })
	})
	if r.N != 0 {
		t.Errorf("a failed benchmark says %s", r)
	}
}

// TestBare holds that the yardstick leaves nothing behind, on both engines.
func TestBare(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		r := testing.Benchmark(func(b *testing.B) {
			for range b.N {
				if benchtest.Bare(b, d, 2, 4) <= 0 {
					b.Error("no rate")
				}
			}
		})
		if r.N == 0 {
			t.Error("the yardstick failed")
		}
	})
	if got := benchtest.Durable("/x", "y"); got != "sqlite://"+filepath.Join("/x", "y.db") {
		t.Error(got)
	}
}
