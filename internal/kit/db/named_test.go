package db_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/migrate"
)

var leaves = []migrate.Room{{Name: "leaf", FS: fstest.MapFS{"0001_create_leaf.sql": {Data: []byte(`-- +goose Up
CREATE TABLE leaf_leaf (id BIGINT PRIMARY KEY, name TEXT NOT NULL, at TIMESTAMP NOT NULL, ended_at TIMESTAMP, day TEXT);
`)}}}}

type stem struct {
	ID int64 `db:"id"`
}

type leaf struct {
	stem
	Name    string     `db:"name"`
	At      time.Time  `db:"at"`
	EndedAt *time.Time `db:"ended_at"`
	Day     clock.Date `db:"day"`
}

// TestInsertAll holds that any number of rows comes back as it was written, those of an embedded struct too.
func TestInsertAll(t *testing.T) {
	dbtest.Each(t, leaves, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		at := time.Date(2026, 11, 23, 8, 0, 0, 123456789, clock.Local)
		next := int64(0)
		for _, n := range []int{0, 1, 2, 3, 20, 63, 64, 65, 200} {
			rows := make([]leaf, n)
			for i := range rows {
				next++
				rows[i] = leaf{stem{next}, fmt.Sprint("Lá ", next), at, nil, clock.MustDate("2026-11-23")}
				if i%2 == 1 {
					rows[i].EndedAt = &at
				}
			}
			err := d.Tx(ctx, func(tx *db.Tx) error {
				return tx.InsertAll(ctx, "leaf_leaf", "id, name, at, ended_at, day", rows)
			})
			if err != nil {
				t.Fatalf("%d rows: %v", n, err)
			}
			var got []leaf
			if err := d.Select(ctx, &got, `SELECT id, name, at, ended_at, day FROM leaf_leaf WHERE id > ? ORDER BY id`, next-int64(n)); err != nil || len(got) != n {
				t.Fatalf("%d rows of %d, %v", len(got), n, err)
			}
			for i := range got {
				if !got[i].At.Equal(at.Truncate(time.Microsecond)) || got[i].Name != rows[i].Name || (got[i].EndedAt == nil) != (rows[i].EndedAt == nil) || got[i].Day != rows[i].Day {
					t.Errorf("row %d came back as %+v", i, got[i])
				}
			}
		}
	})
}

// TestInsertAllRefuses holds that mistakes of the program are said, and that nothing is written when a later row fails.
func TestInsertAllRefuses(t *testing.T) {
	d := dbtest.SQLite(t, leaves...)
	ctx := context.Background()
	for want, insert := range map[string]func(tx *db.Tx) error{
		"takes a slice":       func(tx *db.Tx) error { return tx.InsertAll(ctx, "leaf_leaf", "id", leaf{}) },
		`no field for column`: func(tx *db.Tx) error { return tx.InsertAll(ctx, "leaf_leaf", "id, colour", []leaf{{}}) },
		"UNIQUE": func(tx *db.Tx) error {
			return tx.InsertAll(ctx, "leaf_leaf", "id, name, at", append(make([]leaf, 70), leaf{}))
		},
	} {
		if err := d.Tx(ctx, insert); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	var n int
	if err := d.Get(ctx, &n, `SELECT COUNT(*) FROM leaf_leaf`); err != nil || n != 0 {
		t.Errorf("%d rows were left, %v", n, err)
	}
}
