package org

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/place"
	"lienthong/province"
)

var rooms = []migrate.Room{event.Migrations(), audit.Migrations(), place.Migrations(), Migrations()}

// office is the room in a test, as the system uses it.
type office struct {
	*Service
	ctx   context.Context
	clock *clock.Fake
	db    *db.DB
}

func newOffice(d *db.DB, day string) office {
	c := clock.NewFake(clock.MustDate(day).At(9, 0))
	places := place.New(place.Deps{DB: d, Clock: c}, place.Config{Recheck: time.Nanosecond})
	s := New(Deps{DB: d, Clock: c, Places: places}, Config{Recheck: time.Nanosecond})
	return office{s, actor.With(context.Background(), actor.SystemActor), c, d}
}

func (o office) load(t *testing.T, fsys fs.FS) Report {
	t.Helper()
	if _, err := o.places.Import(o.ctx, fsys); err != nil {
		t.Fatal(err)
	}
	r, err := o.Import(o.ctx, fsys)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func files(t *testing.T, name string) fs.FS {
	t.Helper()
	fsys, err := province.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return fsys
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func wantKind(t *testing.T, err error, k fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != k {
		t.Errorf("error = %v, want kind %v", err, k)
	}
}

// events returns what was published by this room, in order.
func (o office) events(t *testing.T) []string {
	t.Helper()
	var sent []string
	if err := o.db.Select(o.ctx, &sent, `SELECT payload FROM event_outbox WHERE name = ? ORDER BY id`, EventUnitEnded); err != nil {
		t.Fatal(err)
	}
	return sent
}

func TestGiaLai(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		o := newOffice(d, "2026-11-23")
		fsys := files(t, "gialai")
		start := time.Now()
		r := o.load(t, fsys)
		t.Logf("import took %v: %+v", time.Since(start), r)
		if len(r.Codes.Rejected) > 0 {
			t.Errorf("rejected codes: %v", r.Codes.Rejected)
		}
		committees := must(o.List(o.ctx, Filter{Kind: "peoples_committee", Level: "commune", On: clock.MustDate("2018-12-19")}))(t)
		if len(committees) != 222 {
			t.Errorf("%d commune committees in 2018", len(committees))
		}
		if now := must(o.List(o.ctx, Filter{Kind: "peoples_committee", Level: "commune"}))(t); len(now) != 218 {
			t.Errorf("%d commune committees now", len(now))
		}
		again := must(o.Import(o.ctx, fsys))(t)
		if again.Added != 0 || again.Codes.Added != 0 || again.Codes.Replaced != 0 || len(again.Codes.Rejected) != 0 {
			t.Errorf("second import = %+v", again)
		}
		if sent := o.events(t); len(sent) != 0 {
			t.Errorf("history was announced: %v", sent)
		}
	})
}
