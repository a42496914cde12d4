package db_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/migrate"
)

func putLeaf(ctx context.Context, tx *db.Tx, id int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO leaf_leaf (id, name, at) VALUES (?, 'a', ?)`, id, time.Now())
	return err
}

func ids(t *testing.T, d *db.DB) []int64 {
	t.Helper()
	var got []int64
	if err := d.Select(context.Background(), &got, `SELECT id FROM leaf_leaf ORDER BY id`); err != nil {
		t.Fatal(err)
	}
	return got
}

// held keeps the writing connection until it is let go, so that the transactions begun meanwhile wait together.
func held(t *testing.T, d *db.DB) (letGo func()) {
	t.Helper()
	in, out := make(chan bool), make(chan bool)
	begun := sync.OnceFunc(func() { close(in) })
	go func() {
		_ = d.Tx(context.Background(), func(*db.Tx) error {
			begun()
			<-out
			return nil
		})
	}()
	<-in
	return func() { close(out) }
}

var errNo = errors.New("no")

// TestGroupAlone holds that of transactions that share a commit each fails or succeeds for itself: errors, panics, and
// those whose caller has gone take nothing of the others along.
func TestGroupAlone(t *testing.T) {
	dbtest.Each(t, leaves, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		var all sync.WaitGroup
		letGo := func() {}
		if d.Engine() == db.SQLite {
			letGo = held(t, d)
		}
		for i := range int64(60) {
			all.Go(func() {
				defer func() {
					if p := recover(); (p != nil) != (i%6 == 2) || p != nil && fmt.Sprint(p) != "trouble" {
						t.Errorf("transaction %d: panic %v", i, p)
					}
				}()
				mine, cancel := context.WithCancel(ctx)
				defer cancel()
				err := d.Tx(mine, func(tx *db.Tx) error {
					if err := putLeaf(mine, tx, i); err != nil {
						return err
					}
					switch i % 6 {
					case 1:
						return errNo
					case 2:
						panic("trouble")
					case 3:
						cancel()
						return putLeaf(mine, tx, 1000+i)
					case 4:
						return putLeaf(ctx, tx, i) // the same key again
					}
					return nil
				})
				ok := map[int64]bool{0: err == nil, 1: errors.Is(err, errNo), 3: errors.Is(err, context.Canceled), 4: db.IsUnique(err), 5: err == nil}
				if !ok[i%6] {
					t.Errorf("transaction %d: %v", i, err)
				}
			})
		}
		letGo()
		all.Wait()
		got := ids(t, d)
		for _, i := range got {
			if i%6 != 0 && i%6 != 5 {
				t.Errorf("transaction %d left its row", i)
			}
		}
		if len(got) != 20 {
			t.Errorf("%d rows, want 20", len(got))
		}
	})
}

// TestGroupSees holds that a transaction sees what the one before it in the same commit did, that readers see neither
// before the commit, and that who was told so is in the file when it is opened anew.
func TestGroupSees(t *testing.T) {
	ctx := context.Background()
	file := "sqlite://" + filepath.Join(t.TempDir(), "a.db")
	d, err := db.Open(ctx, file)
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate.Up(ctx, d, leaves...); err != nil {
		t.Fatal(err)
	}
	letGo := held(t, d)
	var all sync.WaitGroup
	var order atomic.Int64
	for range 40 {
		all.Go(func() {
			err := d.Tx(ctx, func(tx *db.Tx) error {
				var n int64
				if err := tx.Get(ctx, &n, `SELECT COUNT(*) FROM leaf_leaf`); err != nil {
					return err
				}
				if want := order.Add(1) - 1; n != want {
					t.Errorf("a transaction sees %d rows after %d", n, want)
				}
				return putLeaf(ctx, tx, n)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	letGo()
	all.Wait()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if d, err = db.Open(ctx, file); err != nil {
		t.Fatal(err)
	}
	defer d.Close() //nolint:errcheck // read only
	if got := ids(t, d); len(got) != 40 {
		t.Errorf("%d rows were kept", len(got))
	}
}

// TestGroupLeaves holds that who waits for the connection need not wait when its caller has gone.
func TestGroupLeaves(t *testing.T) {
	d := dbtest.SQLite(t, leaves...)
	letGo := held(t, d)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := d.Tx(ctx, func(*db.Tx) error {
		t.Error("it ran")
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	letGo()
	if err := d.Tx(context.Background(), func(tx *db.Tx) error { return putLeaf(context.Background(), tx, 1) }); err != nil {
		t.Error(err)
	}
}

// TestGroupUndone holds that when SQLite undoes a whole commit for the sake of one transaction, those before it run again.
func TestGroupUndone(t *testing.T) {
	d := dbtest.SQLite(t, leaves...)
	ctx := context.Background()
	letGo := held(t, d)
	var runs atomic.Int64
	var all sync.WaitGroup
	for i := range int64(9) {
		all.Go(func() {
			err := d.Tx(ctx, func(tx *db.Tx) error {
				runs.Add(1)
				if i == 4 {
					_, err := tx.Exec(ctx, `ROLLBACK`)
					return errors.Join(err, errNo)
				}
				return putLeaf(ctx, tx, i)
			})
			if (err != nil) != (i == 4) {
				t.Errorf("transaction %d: %v", i, err)
			}
		})
	}
	letGo()
	all.Wait()
	if got := ids(t, d); len(got) != 8 {
		t.Errorf("rows %v after %d runs", got, runs.Load())
	}
}

// TestGroupTold holds that who fails for what another transaction wrote finds it written.
func TestGroupTold(t *testing.T) {
	d := dbtest.SQLite(t, leaves...)
	ctx := context.Background()
	letGo := held(t, d)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			err := d.Tx(ctx, func(tx *db.Tx) error { return putLeaf(ctx, tx, 7) })
			var found []int64
			if serr := d.Select(ctx, &found, `SELECT id FROM leaf_leaf`); serr != nil || len(found) != 1 {
				t.Errorf("%v, and then there is %v, %v", err, found, serr)
			}
		})
	}
	letGo()
	all.Wait()
}
