package dossier_test

import (
	"fmt"
	"testing"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
)

// engines runs a benchmark in a world on each engine. PostgreSQL runs without
// fsync and SQLite without waiting for the disk, as in tests: the figures compare
// versions of this program, they do not promise a speed.
func engines(b *testing.B, fn func(b *testing.B, w *dossiertest.World)) {
	b.Run("sqlite", func(b *testing.B) { fn(b, dossiertest.New(b, dbtest.SQLite(b, dossiertest.Migrations()...))) })
	b.Run("postgres", func(b *testing.B) { fn(b, dossiertest.New(b, dbtest.Postgres(b, dossiertest.Migrations()...))) })
}

// BenchmarkBareInsert is the yardstick: one row in one transaction on the same database.
func BenchmarkBareInsert(b *testing.B) {
	engines(b, func(b *testing.B, w *dossiertest.World) {
		ctx := w.System()
		for i := 0; b.Loop(); i++ {
			err := w.DB.Tx(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO dossier_counter (code, day, last) VALUES (?, ?, 1)`, fmt.Sprint(i), "2026-11-23")
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkFileAndAccept receives a dossier with twenty papers at the counter: papers, fees, number, step, history, audit, events.
func BenchmarkFileAndAccept(b *testing.B) {
	engines(b, func(b *testing.B, w *dossiertest.World) {
		clerk := w.As(w.Clerk("ubnd-99101"))
		f := land(w)
		for i := range 18 {
			f.Papers = append(f.Papers, dossier.FilingPaper{Name: fmt.Sprint("Giấy tờ kèm thêm ", i), Provided: true, Copies: 1})
		}
		for b.Loop() {
			if _, err := w.Dossiers.File(clerk, f); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkWorklist reads the first page of a worklist of two thousand steps, and its counts.
func BenchmarkWorklist(b *testing.B) {
	engines(b, func(b *testing.B, w *dossiertest.World) {
		clerk, officer := w.As(w.Clerk("ubnd-99101")), w.As(w.Officer("ubnd-991"))
		for range 2000 {
			if _, err := w.Dossiers.File(clerk, land(w)); err != nil {
				b.Fatal(err)
			}
		}
		for b.Loop() {
			p, err := w.Dossiers.Worklist(officer, dossier.WorkQuery{})
			if err != nil || len(p.Items) != 50 {
				b.Fatal(len(p.Items), err)
			}
			if _, err := w.Dossiers.Counts(officer); err != nil {
				b.Fatal(err)
			}
		}
	})
}
