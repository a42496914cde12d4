package db_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
)

// TestStatements holds that kept statements are not mixed up: the same text within itself, after mistakes, after a
// change of the table, among more texts than are kept, and by many readers at once.
func TestStatements(t *testing.T) {
	ctx, d := context.Background(), dbtest.SQLite(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	exec := func(query string, args ...any) error {
		return d.Tx(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, query, args...)
			return err
		})
	}
	must(exec(`CREATE TABLE x (a BIGINT PRIMARY KEY, b TEXT)`))
	insert := `INSERT INTO x (a, b) VALUES (?, ?)`
	for i := range 10 {
		must(exec(insert, i, fmt.Sprint("số ", i)))
	}

	t.Run("after a mistake", func(t *testing.T) {
		if err := exec(insert, 3, "twice"); !db.IsUnique(err) {
			t.Errorf("inserted twice: %v", err)
		}
		if err := exec(insert, 10); err == nil {
			t.Error("inserted without all values")
		}
		must(exec(insert, 10, nil))
		var b *string
		must(d.Get(ctx, &b, `SELECT b FROM x WHERE a = ?`, 10))
		if b != nil {
			t.Errorf("what was bound before is left: %q", *b)
		}
	})
	t.Run("within itself", func(t *testing.T) {
		query := `SELECT a FROM x WHERE a >= ? ORDER BY a`
		rows, err := d.Raw().QueryContext(ctx, query, 8)
		must(err)
		defer rows.Close()
		conn := 0
		for rows.Next() {
			var a int
			must(rows.Scan(&a))
			var inner []int
			must(d.Select(ctx, &inner, query, a))
			if len(inner) != 11-a {
				t.Errorf("from %d: %v", a, inner)
			}
			conn++
		}
		must(rows.Err())
		if conn != 3 {
			t.Errorf("%d rows", conn)
		}
		must(d.Tx(ctx, func(tx *db.Tx) error { return nil }))
	})
	t.Run("the table changes", func(t *testing.T) {
		all := `SELECT a, b FROM x WHERE a < ? ORDER BY a`
		type row struct {
			A int
			B string
		}
		var rows []row
		must(d.Select(ctx, &rows, all, 2))
		must(exec(`ALTER TABLE x ADD COLUMN c TEXT NOT NULL DEFAULT 'mới'`))
		must(exec(`ALTER TABLE x RENAME COLUMN b TO old`))
		must(exec(`ALTER TABLE x RENAME COLUMN c TO b`))
		rows = nil
		must(d.Select(ctx, &rows, all, 2))
		if len(rows) != 2 || rows[1].B != "mới" {
			t.Errorf("%+v", rows)
		}
	})
	t.Run("more than are kept", func(t *testing.T) {
		for range 2 {
			for i := range 400 {
				var got int
				must(d.Get(ctx, &got, fmt.Sprintf(`SELECT a + %d FROM x WHERE a = ?`, i), 5))
				if got != 5+i {
					t.Fatalf("%d: %d", i, got)
				}
			}
		}
	})
	t.Run("an end while reading", func(t *testing.T) {
		ctx, cancel := context.WithCancel(ctx)
		query := `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT COUNT(*) FROM n`
		cancel()
		var n int
		if err := d.Get(ctx, &n, query, 1_000_000_000); err == nil {
			t.Error("read to the end")
		}
		must(d.Get(context.Background(), &n, query, 1000))
		if n != 1000 {
			t.Error(n)
		}
	})
	t.Run("many readers", func(t *testing.T) {
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				for k := range 200 {
					var got int
					if err := d.Get(ctx, &got, `SELECT a FROM x WHERE a = ?`, (i+k)%10); err != nil || got != (i+k)%10 {
						t.Errorf("%d: %v", got, err)
						return
					}
				}
			})
		}
		wg.Wait()
	})
}
