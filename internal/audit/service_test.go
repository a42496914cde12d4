package audit

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/migrate"
)

var rooms = []migrate.Room{Migrations()}

var clerk = actor.Actor{
	ID: "acc-1", Name: "Nguyễn Thị Hoa", Kind: actor.Staff, PersonID: "per-1", Title: "Chuyên viên",
	Office: "UBND phường Diên Hồng", OfficeID: "agy-1", IP: "10.0.0.7",
}

func record(t testing.TB, ctx context.Context, d *db.DB, entries ...Entry) {
	t.Helper()
	err := d.Tx(ctx, func(tx *db.Tx) error {
		for _, e := range entries {
			if err := Record(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func allRows(t testing.TB, d *db.DB) []Row {
	t.Helper()
	var rows []Row
	if err := d.Select(context.Background(), &rows, `SELECT `+columns+` FROM audit_entry ORDER BY lane, seq`); err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestRecordKeepsWhoDidWhatAndHashesIt(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		at := time.Date(2018, 11, 23, 8, 2, 3, 4567, clock.Local)
		ctx := WithClock(actor.With(t.Context(), clerk), clock.NewFake(at))
		record(t, ctx, d, Entry{
			Action: "dossier.accept", Object: "dossier.dossier", ObjectID: "d-1", UnitID: "unit-1",
			Before: map[string]any{"state": "new"}, After: map[string]any{"state": "accepted"}, Detail: map[string]any{"note": "<đủ & đúng>", "fee": 8000},
		})
		rows := allRows(t, d)
		if len(rows) != 1 {
			t.Fatalf("%d rows, want 1", len(rows))
		}
		r := rows[0]
		want := Row{
			Lane: laneFor("d-1"), Seq: 1, At: time.Date(2018, 11, 23, 1, 2, 3, 4000, time.UTC), ActorID: "acc-1", ActorKind: "staff",
			ActorName: "Nguyễn Thị Hoa", PersonID: "per-1", AgencyID: "agy-1", Agency: "UBND phường Diên Hồng", IP: "10.0.0.7",
			Action: "dossier.accept", Object: "dossier.dossier", ObjectID: "d-1", UnitID: "unit-1",
			BeforeDigest: sum([]byte(`{"state":"new"}`)), AfterDigest: sum([]byte(`{"state":"accepted"}`)),
			Detail: `{"fee":8000,"note":"<đủ & đúng>"}`, PrevHash: genesis,
		}
		want.Hash = want.computeHash()
		if !r.At.Equal(want.At) {
			t.Errorf("time %v, want %v", r.At, want.At)
		}
		r.At = want.At
		if r != want {
			t.Errorf("got  %+v\nwant %+v", r, want)
		}
	})
}

func TestRecordRefusesAndRollsBack(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		bad := map[string]Entry{
			"no action":   {Object: "a.b"},
			"no object":   {Action: "a.b"},
			"bad before":  {Action: "a.b", Object: "a.c", Before: func() {}},
			"bad after":   {Action: "a.b", Object: "a.c", After: make(chan int)},
			"bad details": {Action: "a.b", Object: "a.c", Detail: map[string]any{"x": func() {}}},
		}
		for name, e := range bad {
			err := d.Tx(t.Context(), func(tx *db.Tx) error {
				if err := Record(t.Context(), tx, Entry{Action: "a.ok", Object: "a.c"}); err != nil {
					return err
				}
				return Record(t.Context(), tx, e)
			})
			if err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
		if rows := allRows(t, d); len(rows) != 0 {
			t.Errorf("%d rows of failed transactions stayed", len(rows))
		}
		record(t, t.Context(), d, Entry{Action: "a.ok", Object: "a.c"})
		if r := allRows(t, d)[0]; r.Seq != 1 || r.PrevHash != genesis {
			t.Errorf("the head moved in a rolled back transaction: %+v", r)
		}
	})
}

func TestRecordStoresHostileText(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		a := clerk
		a.Name, a.IP = "H\x00oa \xff'; DROP TABLE audit_entry; --", "::1\x00"
		record(t, actor.With(t.Context(), a), d, Entry{Action: "a.b", Object: "a.c", ObjectID: "\x00", Detail: map[string]any{"x": "\x00\xff"}})
		r := allRows(t, d)[0]
		if r.ActorName != "Hoa \uFFFD'; DROP TABLE audit_entry; --" || r.IP != "::1" {
			t.Errorf("stored %q, %q", r.ActorName, r.IP)
		}
		if r.Hash != r.computeHash() {
			t.Error("what came back does not have the hash of what was written")
		}
	})
}

func TestOneTransactionKeepsToOneLane(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		var entries []Entry
		for i := range 20 {
			entries = append(entries, Entry{Action: "a.b", Object: "a.c", ObjectID: fmt.Sprint(i)})
		}
		record(t, t.Context(), d, entries...)
		for _, r := range allRows(t, d) {
			if r.Lane != laneFor("0") {
				t.Fatalf("entry of object %s is in lane %d, want %d", r.ObjectID, r.Lane, laneFor("0"))
			}
		}
	})
}

func TestConcurrentTransactionsKeepTheChainWhole(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		const workers, each = 50, 6
		ctx := actor.With(t.Context(), clerk)
		var wg sync.WaitGroup
		errs := make(chan error, workers*each)
		for w := range workers {
			wg.Go(func() {
				for i := range each {
					errs <- d.Tx(ctx, func(tx *db.Tx) error {
						for _, o := range []string{fmt.Sprint(w, i), fmt.Sprint(i, w)} {
							if err := Record(ctx, tx, Entry{Action: "a.b", Object: "a.c", ObjectID: o}); err != nil {
								return err
							}
						}
						return nil
					})
				}
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
		last := map[int64]Row{}
		n := 0
		for _, r := range allRows(t, d) {
			n++
			prev := genesis
			if r.Seq > 1 {
				prev = last[r.Lane].Hash
			}
			if r.Seq != last[r.Lane].Seq+1 || r.PrevHash != prev || r.Hash != r.computeHash() {
				t.Fatalf("the chain breaks at lane %d, entry %d", r.Lane, r.Seq)
			}
			last[r.Lane] = r
		}
		if n != workers*each*2 {
			t.Errorf("%d entries, want %d", n, workers*each*2)
		}
		if len(last) != lanes {
			t.Errorf("%d lanes used, want %d", len(last), lanes)
		}
	})
}
