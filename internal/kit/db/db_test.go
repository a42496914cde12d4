package db_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/migrate"
)

var rooms = []migrate.Room{{Name: "thing", FS: fstest.MapFS{"0001_create_thing.sql": {Data: []byte(`-- +goose Up
CREATE TABLE thing_thing (id TEXT PRIMARY KEY, n BIGINT NOT NULL);
`)}}}}

func put(ctx context.Context, tx *db.Tx, id string, n int) error {
	_, err := tx.Exec(ctx, `INSERT INTO thing_thing (id, n) VALUES (?, ?)`, id, n)
	return err
}

// TestReadBesideTransactions runs more transactions at once than there are
// connections, each of which reads beside itself: none may wait for ever.
func TestReadBesideTransactions(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		var wg sync.WaitGroup
		for i := range 64 {
			wg.Go(func() {
				err := d.Tx(ctx, func(tx *db.Tx) error {
					var n int
					if err := d.Get(ctx, &n, `SELECT COUNT(*) FROM thing_thing`); err != nil {
						return err
					}
					return put(ctx, tx, fmt.Sprint(i), i)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var n int
		if err := d.Get(ctx, &n, `SELECT COUNT(*) FROM thing_thing`); err != nil || n != 64 {
			t.Errorf("%d rows, %v", n, err)
		}
	})
}

// TestDeadlockIsTriedAgain lets two transactions lock two rows in opposite order.
func TestDeadlockIsTriedAgain(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		err := d.Tx(ctx, func(tx *db.Tx) error { return errors.Join(put(ctx, tx, "a", 0), put(ctx, tx, "b", 0)) })
		if err != nil {
			t.Fatal(err)
		}
		add := func(tx *db.Tx, id string) error {
			_, err := tx.Exec(ctx, `UPDATE thing_thing SET n = n + 1 WHERE id = ?`, id)
			return err
		}
		var wg sync.WaitGroup
		for range 2 {
			for _, order := range [][2]string{{"a", "b"}, {"b", "a"}} {
				wg.Go(func() {
					err := d.Tx(ctx, func(tx *db.Tx) error {
						if err := add(tx, order[0]); err != nil {
							return err
						}
						return add(tx, order[1])
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		var sum int
		if err := d.Get(ctx, &sum, `SELECT SUM(n) FROM thing_thing`); err != nil || sum != 8 {
			t.Errorf("sum %d, %v; want every transaction once", sum, err)
		}
	})
}

// TestPanicRollsBack holds that a panic in a transaction frees the connection and changes nothing.
func TestPanicRollsBack(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		func() {
			defer func() { _ = recover() }()
			_ = d.Tx(ctx, func(tx *db.Tx) error {
				if err := put(ctx, tx, "a", 1); err != nil {
					return err
				}
				panic("in the middle")
			})
		}()
		if err := d.Tx(ctx, func(tx *db.Tx) error { return put(ctx, tx, "a", 2) }); err != nil {
			t.Fatalf("after a panic: %v", err)
		}
		var n int
		if err := d.Get(ctx, &n, `SELECT n FROM thing_thing`); err != nil || n != 2 {
			t.Errorf("n = %d, %v", n, err)
		}
	})
}

func TestErrorsAndLists(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		var n int
		if err := d.Get(ctx, &n, `SELECT n FROM thing_thing`); !errors.Is(err, db.ErrNoRows) {
			t.Errorf("no row: %v", err)
		}
		err := d.Tx(ctx, func(tx *db.Tx) error {
			for i := range 5 {
				if err := put(ctx, tx, fmt.Sprint(i), i); err != nil {
					return err
				}
			}
			changed, err := tx.NamedExec(ctx, `UPDATE thing_thing SET n = :n WHERE id = :id`, map[string]any{"n": 40, "id": "4"})
			if err == nil && changed != 1 {
				err = fmt.Errorf("%d rows changed", changed)
			}
			if tx.Engine() != d.Engine() {
				err = errors.Join(err, errors.New("the transaction calls itself another engine"))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		q, args, err := db.In(`SELECT n FROM thing_thing WHERE id IN (?) ORDER BY n`, []string{"1", "4"})
		if err != nil {
			t.Fatal(err)
		}
		var ns []int
		if err := d.Select(ctx, &ns, q, args...); err != nil || fmt.Sprint(ns) != "[1 40]" {
			t.Errorf("%v, %v", ns, err)
		}
		err = d.Tx(ctx, func(tx *db.Tx) error { return put(ctx, tx, "1", 1) })
		if !db.IsUnique(err) || db.IsUnique(errors.New("other")) {
			t.Errorf("a second row with the key: %v", err)
		}
	})
}

// TestFullDisk holds that a database without room says so as something that may pass, and takes nothing by halves.
func TestFullDisk(t *testing.T) {
	ctx := context.Background()
	d := dbtest.SQLite(t, rooms...)
	if _, err := d.Raw().ExecContext(ctx, `PRAGMA max_page_count = 1`); err != nil { // no page more than there are
		t.Fatal(err)
	}
	err := d.Tx(ctx, func(tx *db.Tx) error {
		for i := range 10_000 {
			if err := put(ctx, tx, fmt.Sprintf("%0100d", i), i); err != nil {
				return fmt.Errorf("row %d: %w", i, err)
			}
		}
		return nil
	})
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("error = %v", err)
	}
	var n int
	if err := d.Get(ctx, &n, `SELECT COUNT(*) FROM thing_thing`); err != nil || n != 0 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// TestServerGoesAway ends the connections of a server, as its administrator does.
func TestServerGoesAway(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		if d.Engine() != db.Postgres {
			t.Skip("SQLite has no server")
		}
		ctx := context.Background()
		err := d.Tx(ctx, func(tx *db.Tx) error {
			var ok bool
			return tx.Get(ctx, &ok, `SELECT pg_terminate_backend(pg_backend_pid())`)
		})
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("error = %v", err)
		}
		if err := d.Get(ctx, new(bool), `SELECT pg_terminate_backend(pg_backend_pid())`); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("error of a reading = %v", err)
		}
		if err := d.Tx(ctx, func(tx *db.Tx) error { return put(ctx, tx, "a", 1) }); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	ctx := context.Background()
	for _, address := range []string{"", "sqlite://", "sqlite:///nowhere/at/all/x.db", "postgres://%zz", "sqlite://x.db?%zz"} {
		if d, err := db.Open(ctx, address); err == nil {
			t.Errorf("%q was opened", address)
			_ = d.Close()
		}
	}
	name := filepath.Join(t.TempDir(), "tỉnh có dấu & cách.db")
	d, err := db.Open(ctx, "sqlite://"+name)
	if err != nil {
		t.Fatalf("a name with marks and spaces: %v", err)
	}
	if err := d.Get(ctx, new(int), `SELECT 1`); err != nil {
		t.Error(err)
	}
	if d.Raw() == nil || d.Engine() != db.SQLite {
		t.Error("not what was opened")
	}
	var mode string
	if err := d.Get(ctx, &mode, `PRAGMA journal_mode`); err != nil || !strings.EqualFold(mode, "wal") {
		t.Errorf("journal mode %s, %v", mode, err)
	}
	var sync int
	if err := d.Tx(ctx, func(tx *db.Tx) error { return tx.Get(ctx, &sync, `PRAGMA synchronous`) }); err != nil || sync != 2 {
		t.Errorf("synchronous %d, %v; want full", sync, err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}
