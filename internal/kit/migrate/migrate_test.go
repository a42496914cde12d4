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
