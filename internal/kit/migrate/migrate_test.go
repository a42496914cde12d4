package migrate_test

import (
	"context"
	"testing"
	"testing/fstest"

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/migrate"
)

func room(files ...string) migrate.Room {
	fsys := fstest.MapFS{}
	for i, sql := range files {
		fsys["000"+string(rune('1'+i))+"_step.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + sql + ";\n")}
	}
	return migrate.Room{Name: "thing", FS: fsys}
}

// TestUpAgain holds that a second start finds its tables, and that a later release adds only what is new.
func TestUpAgain(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		first := room("CREATE TABLE thing_a (id TEXT)")
		second := room("CREATE TABLE thing_a (id TEXT)", "CREATE TABLE thing_b (id TEXT)")
		for i, c := range []struct {
			room    migrate.Room
			pending int
		}{{first, 1}, {first, 0}, {second, 1}, {second, 0}} {
			pending, err := migrate.Pending(ctx, d, c.room)
			if err != nil || len(pending) != c.pending {
				t.Fatalf("step %d: pending %v, %v", i, pending, err)
			}
			if err := migrate.Up(ctx, d, c.room); err != nil {
				t.Fatalf("step %d: %v", i, err)
			}
		}
		var n int
		if err := d.Get(ctx, &n, `SELECT COUNT(*) FROM thing_b`); err != nil {
			t.Error(err)
		}
	})
}

// TestBrokenMigration holds that a migration that fails leaves nothing behind and names its room.
func TestBrokenMigration(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		if err := migrate.Up(ctx, d, room("CREATE TABLE thing_a (id TEXT); SELECT nothing FROM nowhere")); err == nil {
			t.Fatal("a broken migration was applied")
		}
		if err := migrate.Up(ctx, d, room("CREATE TABLE thing_a (id TEXT)")); err != nil {
			t.Errorf("the broken one left something behind: %v", err)
		}
	})
}

// TestNodesStartAtOnce holds that several nodes may bring one PostgreSQL database up to date at the same time, and
// that a node that waits gives up when it is stopped.
func TestNodesStartAtOnce(t *testing.T) {
	address := dbtest.PostgresAddress(t)
	ctx := context.Background()
	nodes := make([]*db.DB, 4)
	for i := range nodes {
		d, err := db.Open(ctx, address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		nodes[i] = d
	}
	r := room("CREATE TABLE thing_a (id TEXT)", "CREATE TABLE thing_b (id TEXT); INSERT INTO thing_b VALUES ('once')", "CREATE TABLE thing_c (id TEXT)")
	errs := make(chan error, len(nodes))
	for _, d := range nodes {
		go func() { errs <- migrate.Up(ctx, d, r) }()
	}
	for range nodes {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	var n int
	if err := nodes[0].Get(ctx, &n, `SELECT COUNT(*) FROM thing_b`); err != nil || n != 1 {
		t.Errorf("the second step ran %d times, %v", n, err)
	}

	held := room("CREATE TABLE thing_a (id TEXT)")
	err := nodes[0].Tx(ctx, func(tx *db.Tx) error {
		var locked bool
		if err := tx.Get(ctx, &locked, `SELECT pg_try_advisory_xact_lock(?)`, int64(0x6c69656e74686f6e)); err != nil || !locked {
			t.Errorf("the lock was not given back: %v %v", locked, err)
		}
		stopped, cancel := context.WithCancel(ctx)
		waiting := make(chan error, 1)
		go func() { waiting <- migrate.Up(stopped, nodes[1], held) }()
		cancel()
		if err := <-waiting; err == nil {
			t.Error("a node that was stopped went on")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
