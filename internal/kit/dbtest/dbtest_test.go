package dbtest_test

import (
	"context"
	"testing"
	"testing/fstest"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/migrate"
)

var rooms = []migrate.Room{{Name: "thing", FS: fstest.MapFS{"0001_create_thing.sql": {Data: []byte(`-- +goose Up
CREATE TABLE thing_thing (
	id TEXT PRIMARY KEY,
	at TIMESTAMP NOT NULL,
	ended_at TIMESTAMP,
	on_date TEXT,
	active BOOLEAN NOT NULL,
	size BIGINT NOT NULL
);
`)}}}}

type thing struct {
	ID      string     `db:"id"`
	At      time.Time  `db:"at"`
	EndedAt *time.Time `db:"ended_at"`
	On      clock.Date `db:"on_date"`
	Active  bool       `db:"active"`
	Size    int64      `db:"size"`
}

// TestRoundTrip holds the promise that a row comes back as it was written, on both engines.
func TestRoundTrip(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		at := time.Date(2018, 12, 31, 23, 59, 59, 123456789, clock.Local)
		in := thing{ID: "a", At: at, On: clock.MustDate("2018-12-31"), Active: true, Size: 7}
		err := d.Tx(ctx, func(tx *db.Tx) error {
			_, err := tx.NamedExec(ctx, `INSERT INTO thing_thing (id, at, ended_at, on_date, active, size)
				VALUES (:id, :at, :ended_at, :on_date, :active, :size)`, in)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var out thing
		if err := d.Get(ctx, &out, `SELECT id, at, ended_at, on_date, active, size FROM thing_thing WHERE active AND at <= ?`, at); err != nil {
			t.Fatal(err)
		}
		want := in
		want.At = at.UTC().Truncate(time.Microsecond)
		if out != want {
			t.Errorf("got %+v, want %+v", out, want)
		}
		err = d.Tx(ctx, func(tx *db.Tx) error {
			_, err := tx.NamedExec(ctx, `INSERT INTO thing_thing (id, at, active, size) VALUES (:id, :at, :active, :size)`, in)
			return err
		})
		if !db.IsUnique(err) {
			t.Errorf("a second row with the same key: %v, want a unique violation", err)
		}
	})
}

// TestRollback holds that an error undoes everything.
func TestRollback(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		err := d.Tx(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `INSERT INTO thing_thing (id, at, active, size) VALUES (?, ?, ?, ?)`, "b", time.Now(), false, 1); err != nil {
				return err
			}
			return context.Canceled
		})
		if err == nil {
			t.Fatal("the error of the function was lost")
		}
		var n int
		if err := d.Get(ctx, &n, `SELECT COUNT(*) FROM thing_thing`); err != nil || n != 0 {
			t.Errorf("%d rows, %v; want none", n, err)
		}
	})
}
