// Package orgtest sets up small organisations for the tests of other rooms.
//
// The built-in province "Mẫu" has one province, two districts and five communes,
// a department of justice (so-tu-phap) and one of land (so-tnmt) with its land
// registry (vp-dkdd); committees are ubnd-tinh, ubnd-622, ubnd-639, ubnd-10001 to
// -10003 (in 622), ubnd-10011 and -10012 (in 639). Every agency has the divisions
// leaders, reception and office; committees also justice and land, communes social.
package orgtest

import (
	"context"
	"embed"
	"io/fs"
	"testing"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/job"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/org"
	"lienthong/internal/place"
)

//go:embed province
var embedded embed.FS

// Files returns the built-in small province.
func Files() fs.FS {
	sub, err := fs.Sub(embedded, "province")
	if err != nil {
		panic(err) // the name is constant
	}
	return sub
}

// Rooms returns the migrations that the rooms place and org need; append your own.
func Rooms() []migrate.Room {
	return []migrate.Room{job.Migrations(), event.Migrations(), audit.Migrations(), place.Migrations(), org.Migrations()}
}

// World is an organisation in a test's database. Changes made by another service
// on the same database are seen at once.
type World struct {
	T      testing.TB
	Ctx    context.Context // of the system
	DB     *db.DB
	Clock  clock.Clock
	Places *place.Service
	Org    *org.Service
}

// New loads the built-in small province.
func New(t testing.TB, d *db.DB, c clock.Clock) *World {
	t.Helper()
	return Load(t, d, c, Files())
}

// Load loads a province from its files.
func Load(t testing.TB, d *db.DB, c clock.Clock, fsys fs.FS) *World {
	t.Helper()
	places := place.New(place.Deps{DB: d, Clock: c}, place.Config{Recheck: time.Nanosecond})
	w := &World{
		T: t, Ctx: actor.With(context.Background(), actor.SystemActor), DB: d, Clock: c, Places: places,
		Org: org.New(org.Deps{DB: d, Clock: c, Places: places}, org.Config{Recheck: time.Nanosecond}),
	}
	if _, err := places.Import(w.Ctx, fsys); err != nil {
		t.Fatalf("load places: %v", err)
	}
	r, err := w.Org.Import(w.Ctx, fsys)
	if err != nil {
		t.Fatalf("load organisation: %v", err)
	}
	for _, bad := range r.Codes.Rejected {
		t.Fatalf("load codes: line %d: %s", bad.Line, bad.Reason)
	}
	return w
}

// Unit returns the unit with a slug: "so-tu-phap", "ubnd-10001/reception".
func (w *World) Unit(slug string) org.Unit {
	w.T.Helper()
	u, err := w.Org.BySlug(w.Ctx, slug)
	if err != nil {
		w.T.Fatalf("unit %s: %v", slug, err)
	}
	return u
}

// Place returns the place that has a code of the first scheme today.
func (w *World) Place(code string) place.Unit {
	w.T.Helper()
	p, err := w.Places.ByCode(w.Ctx, "", code, clock.Date{})
	if err != nil {
		w.T.Fatalf("place %s: %v", code, err)
	}
	return p
}

// Official enters a person with a main post at the unit with a slug, from today on.
func (w *World) Official(name, slug, title string) (org.Person, org.Post) {
	w.T.Helper()
	p, err := w.Org.AddPerson(w.Ctx, org.Person{FullName: name})
	if err != nil {
		w.T.Fatalf("person %s: %v", name, err)
	}
	return p, w.Post(p.ID, slug, title, true)
}

// Post gives a person a post at the unit with a slug.
func (w *World) Post(person org.PersonID, slug, title string, main bool) org.Post {
	w.T.Helper()
	post, err := w.Org.AddPost(w.Ctx, org.Post{PersonID: person, UnitID: w.Unit(slug).ID, Title: title, Main: main})
	if err != nil {
		w.T.Fatalf("post %s at %s: %v", title, slug, err)
	}
	return post
}

// Actor returns an official who holds permissions at the unit with a slug, and below it when below is set.
func (w *World) Actor(slug string, below bool, permissions ...string) actor.Actor {
	w.T.Helper()
	u := w.Unit(slug)
	agency, err := w.Org.AgencyOf(w.Ctx, u.ID, clock.Date{})
	if err != nil {
		w.T.Fatal(err)
	}
	granted := map[string]bool{}
	for _, p := range permissions {
		granted[p] = true
	}
	return actor.Actor{
		ID: "official-" + slug, Name: "Cán bộ " + u.ShortName, Kind: actor.Staff, Office: agency.Name, OfficeID: string(agency.ID),
		Grants: []actor.Grant{{Role: "test", Permissions: granted, UnitID: string(u.ID), UnitPath: u.Path, Below: below}},
	}
}
