package org

import (
	"context"
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/fault"
)

// TestWithoutDatabase asks everything of a database that has gone away: each answer is an
// error that says so, never an empty result.
func TestWithoutDatabase(t *testing.T) {
	o := smallOffice(t, day1)
	u := o.slug(t, "so-tnmt")
	person := must(o.AddPerson(o.ctx, Person{FullName: "A"}))(t)
	if err := o.db.Close(); err != nil {
		t.Fatal(err)
	}
	on := clock.MustDate(day2)
	for name, ask := range map[string]func(context.Context) error{
		"Unit":          func(ctx context.Context) error { _, err := o.Unit(ctx, u.ID); return err },
		"BySlug":        func(ctx context.Context) error { _, err := o.BySlug(ctx, "so-tnmt"); return err },
		"ByCode":        func(ctx context.Context) error { _, err := o.ByCode(ctx, SchemeQD20, "H21", on); return err },
		"Kinds":         func(ctx context.Context) error { _, err := o.Kinds(ctx); return err },
		"List":          func(ctx context.Context) error { _, err := o.List(ctx, Filter{}); return err },
		"Root":          func(ctx context.Context) error { _, err := o.Root(ctx); return err },
		"Search":        func(ctx context.Context) error { _, err := o.Search(ctx, "sở", SearchOptions{}); return err },
		"Covered":       func(ctx context.Context) error { _, _, err := o.Covered(ctx, nil); return err },
		"UnitPath":      func(ctx context.Context) error { _, err := o.UnitPath(ctx, ""); return err },
		"AgencyOfPlace": func(ctx context.Context) error { _, err := o.AgencyOfPlace(ctx, u.PlaceID, ""); return err },
		"AgencyAbove":   func(ctx context.Context) error { _, err := o.AgencyAbove(ctx, u.ID, "province"); return err },
		"Members":       func(ctx context.Context) error { _, err := o.Members(ctx, u.ID, true, on); return err },
		"Person":        func(ctx context.Context) error { _, err := o.Person(ctx, person.ID); return err },
		"PostsOf":       func(ctx context.Context) error { _, err := o.PostsOf(ctx, person.ID, on); return err },
		"History":       func(ctx context.Context) error { _, err := o.History(ctx, person.ID); return err },
		"SearchPeople":  func(ctx context.Context) error { _, err := o.SearchPeople(ctx, "a", 0); return err },
		"Announce":      func(ctx context.Context) error { return o.Announce(ctx) },
		"Add":           func(ctx context.Context) error { _, err := o.Add(ctx, NewUnit{}, on, ""); return err },
		"Merge":         func(ctx context.Context) error { _, err := o.Merge(ctx, Merge{From: []UnitID{u.ID}}); return err },
		"SetContact":    func(ctx context.Context) error { return o.SetContact(ctx, u.ID, Contact{}) },
		"Import":        func(ctx context.Context) error { _, err := o.Import(ctx, small()); return err },
		"FollowPlaces":  func(ctx context.Context) error { return o.FollowPlaces(ctx, event.Event{}) },
		"ImportCodes": func(ctx context.Context) error {
			_, err := o.ImportCodes(ctx, strings.NewReader(strings.Join(codesHeader, ",")+"\n"))
			return err
		},
		"AddPerson":    func(ctx context.Context) error { _, err := o.AddPerson(ctx, Person{FullName: "B"}); return err },
		"UpdatePerson": func(ctx context.Context) error { return o.UpdatePerson(ctx, person) },
		"EndPost":      func(ctx context.Context) error { return o.EndPost(ctx, "x", on) },
		"AddPost": func(ctx context.Context) error {
			_, err := o.AddPost(ctx, Post{PersonID: person.ID, UnitID: u.ID, Title: "A"})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := ask(o.ctx); err == nil || fault.KindOf(err) != fault.Internal {
				t.Errorf("error = %v, want one of the database", err)
			}
		})
	}
}

// FuzzCodes holds that a code which can be written in the other form comes back the same.
func FuzzCodes(f *testing.F) {
	for _, code := range []string{"000.00.15.H21", "H21.15", "H37.DN.001", "H47.10.00.001", "", "H21.", "Z99"} {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		if short, ok := ToQD20(code); ok {
			if back, ok := ToQCVN102(short); code[10] <= 'Y' && (!ok || back != code || !ValidQD20(short)) {
				t.Errorf("%q became %q and then %q", code, short, back)
			}
		}
		if long, ok := ToQCVN102(code); ok {
			short, ok := ToQD20(long)
			if !ok || !ValidQCVN102(long) || !strings.HasPrefix(code, short) {
				t.Errorf("%q became %q and then %q", code, long, short)
			}
		}
	})
}
