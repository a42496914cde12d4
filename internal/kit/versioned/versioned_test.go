package versioned

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/migrate"
)

var rooms = []migrate.Room{{Name: "thing", FS: fstest.MapFS{"0001_create_thing.sql": {Data: []byte(`-- +goose Up
CREATE TABLE thing_version (n BIGINT NOT NULL);
CREATE TABLE thing_word (word TEXT NOT NULL);
INSERT INTO thing_version (n) VALUES (1);
INSERT INTO thing_word (word) VALUES ('one');
`)}}}}

// box is what a node keeps in the tests; loads counts how often it was read.
type box struct{ words []string }

type node struct {
	*Cache[*box]
	loads  atomic.Int64
	during func() // runs after the tables were read
	fails  error
}

func newNode(every time.Duration, c clock.Clock) *node {
	n := &node{during: func() {}}
	n.Cache = New(every, c.Now, Source[*box]{
		Version: func(ctx context.Context, q db.Querier) (v int64, err error) {
			return v, q.Get(ctx, &v, `SELECT n FROM thing_version`)
		},
		Load: func(ctx context.Context, q db.Querier) (*box, error) {
			n.loads.Add(1)
			b := &box{}
			err := q.Select(ctx, &b.words, `SELECT word FROM thing_word ORDER BY word`)
			n.during()
			return b, errors.Join(err, n.fails)
		},
		Lock: func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE thing_version SET n = n + 1`)
			return err
		},
	})
	return n
}

func (n *node) count(t *testing.T, d *db.DB) int {
	t.Helper()
	b, err := n.Get(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return len(b.words)
}

func (n *node) add(t *testing.T, d *db.DB, word string) {
	t.Helper()
	err := n.Change(t.Context(), d, func(tx *db.Tx, _ *box) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO thing_word (word) VALUES (?)`, word)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNodes(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2018, 11, 23, 2, 0, 0, 0, time.UTC))
		one, two := newNode(time.Second, c), newNode(time.Second, c)
		one.count(t, d)
		two.count(t, d)
		one.add(t, d, "two")
		for _, step := range []struct {
			name          string
			wait          time.Duration
			one, two      int
			loads1, loads int64 // readings by each node so far; a change reads too
		}{
			{"the node that made the change sees it, the other does not ask", 0, 2, 1, 3, 1},
			{"nor a moment later", time.Second - time.Microsecond, 2, 1, 3, 1},
			{"then it sees it", time.Microsecond, 2, 2, 3, 2},
			{"what has not changed is not read again", time.Hour, 2, 2, 3, 2},
			{"nor when the clock was set back", -2 * time.Hour, 2, 2, 3, 2},
		} {
			c.Advance(step.wait)
			if a, b := one.count(t, d), two.count(t, d); a != step.one || b != step.two || one.loads.Load() != step.loads1 || two.loads.Load() != step.loads {
				t.Errorf("%s: %d and %d words, %d and %d readings", step.name, a, b, one.loads.Load(), two.loads.Load())
			}
		}
	})
}

// TestAfresh holds that who asks afresh sees what another node has just changed, and asks the database once.
func TestAfresh(t *testing.T) {
	d := dbtest.SQLite(t, rooms...)
	c := clock.NewFake(time.Date(2018, 11, 23, 2, 0, 0, 0, time.UTC))
	one, two := newNode(time.Second, c), newNode(time.Second, c)
	two.count(t, d)
	one.add(t, d, "two")
	ctx := Afresh(t.Context())
	for _, want := range []int{2, 2} {
		b, err := two.Get(ctx, d)
		if err != nil || len(b.words) != want {
			t.Errorf("%v, %v", b, err)
		}
		one.add(t, d, "more") // not seen in this context any more
	}
	if got := two.count(t, d); got != 2 {
		t.Errorf("%d words a moment later", got)
	}
}

// TestReadingWhileItChanges holds that a reading that a change came between is neither handed out nor kept.
func TestReadingWhileItChanges(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2018, 11, 23, 2, 0, 0, 0, time.UTC))
		one, two := newNode(time.Hour, c), newNode(time.Hour, c)
		var once sync.Once
		one.during = func() { once.Do(func() { two.add(t, d, "two") }) }
		if got := one.count(t, d); got != 2 || one.loads.Load() != 2 {
			t.Errorf("%d words after %d readings", got, one.loads.Load())
		}
		var own sync.Once
		two.during = func() { own.Do(two.Expire) } // a change of this node is written while it reads
		two.count(t, d)
		one.add(t, d, "three")
		if got := two.count(t, d); got != 3 {
			t.Errorf("%d words: a reading begun before Expire was kept", got)
		}
	})
}

func TestErrors(t *testing.T) {
	d := dbtest.SQLite(t, rooms...)
	n := newNode(0, clock.System{})
	n.fails = errors.New("unreadable")
	if b, err := n.Get(t.Context(), d); b != nil || !errors.Is(err, n.fails) {
		t.Errorf("%v, %v", b, err)
	}
	if err := n.Change(t.Context(), d, func(*db.Tx, *box) error { t.Error("changed"); return nil }); !errors.Is(err, n.fails) {
		t.Errorf("change of what cannot be read: %v", err)
	}
	n.fails = nil
	no := errors.New("no")
	if err := n.Change(t.Context(), d, func(tx *db.Tx, _ *box) error {
		_, err := tx.Exec(t.Context(), `DELETE FROM thing_word`)
		return errors.Join(err, no)
	}); !errors.Is(err, no) || n.count(t, d) != 1 {
		t.Errorf("a refused change: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	n.during = cancel
	n.Expire()
	n.kept = false
	if _, err := n.Get(ctx, d); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled while reading: %v", err)
	}
	if err := n.Change(ctx, d, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
	if _, err := n.Get(ctx, d); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Get(t.Context(), d); err == nil {
		t.Error("a closed database answers")
	}
	if err := n.Change(t.Context(), d, nil); err == nil {
		t.Error("a closed database is changed")
	}
}

func TestManyAtOnce(t *testing.T) {
	d := dbtest.SQLite(t, rooms...)
	n := newNode(time.Second, clock.System{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if _, err := n.Get(t.Context(), d); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Go(func() {
		for range 3 {
			n.add(t, d, "more")
		}
	})
	wg.Wait()
	if got := n.count(t, d); got != 4 {
		t.Errorf("%d words at the end", got)
	}
}
