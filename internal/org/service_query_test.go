package org

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/place"
)

// small is the province that orgtest describes.
func small() fs.FS { return os.DirFS("orgtest/province") }

func smallOffice(t *testing.T, day string) office {
	t.Helper()
	o := newOffice(dbtest.SQLite(t, rooms...), day)
	o.load(t, small())
	return o
}

// each runs fn on the small province on both engines.
func each(t *testing.T, day string, fn func(*testing.T, office)) {
	t.Helper()
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		o := newOffice(d, day)
		o.load(t, small())
		fn(t, o)
	})
}

func (o office) slug(t *testing.T, slug string) Unit {
	t.Helper()
	u, err := o.BySlug(o.ctx, slug)
	if err != nil {
		t.Fatalf("unit %s: %v", slug, err)
	}
	return u
}

func (o office) place(t *testing.T, code string) place.Unit {
	t.Helper()
	p, err := o.places.ByCode(o.ctx, "", code, clock.Date{})
	if err != nil {
		t.Fatalf("place %s: %v", code, err)
	}
	return p
}

func slugs(units []Unit) string {
	var list []string
	for _, u := range units {
		list = append(list, u.Slug)
	}
	return strings.Join(list, " ")
}

func TestTree(t *testing.T) {
	o := smallOffice(t, day1)
	root := must(o.Root(o.ctx))(t)
	if root.Slug != "ubnd-tinh" || root.ParentID != "" || root.Path != "/"+string(root.ID)+"/" || root.Level != "province" {
		t.Errorf("root = %+v", root)
	}
	desk := o.slug(t, "ubnd-10001/reception")
	if got := slugs(must(o.Parents(o.ctx, desk.ID, clock.Date{}))(t)); got != "ubnd-tinh ubnd-622 ubnd-10001" {
		t.Errorf("parents = %s", got)
	}
	if desk.Path != o.slug(t, "ubnd-10001").Path+string(desk.ID)+"/" || !desk.Within(root) || root.Within(desk) {
		t.Errorf("path = %s", desk.Path)
	}
	for slug, want := range map[string]string{"ubnd-10001/reception": "ubnd-10001", "ubnd-10001": "ubnd-10001", "vp-dkdd/leaders": "vp-dkdd", "so-tnmt/land": "so-tnmt"} {
		if got := must(o.AgencyOf(o.ctx, o.slug(t, slug).ID, clock.Date{}))(t); got.Slug != want {
			t.Errorf("agency of %s = %s", slug, got.Slug)
		}
	}
	if got := slugs(must(o.Children(o.ctx, o.slug(t, "so-tnmt").ID, clock.Date{}))(t)); got != "so-tnmt/leaders so-tnmt/reception so-tnmt/office so-tnmt/land vp-dkdd" {
		t.Errorf("children = %s", got)
	}
	if got := slugs(must(o.Divisions(o.ctx, o.slug(t, "so-tnmt").ID))(t)); got != "so-tnmt/leaders so-tnmt/reception so-tnmt/office so-tnmt/land" {
		t.Errorf("divisions = %s", got)
	}
	city, rural := must(o.DivisionByKey(o.ctx, o.slug(t, "ubnd-622").ID, "construction"))(t), must(o.DivisionByKey(o.ctx, o.slug(t, "ubnd-639").ID, "construction"))(t)
	if city.Name != "Phòng Quản lý đô thị" || rural.Name != "Phòng Kinh tế và Hạ tầng" {
		t.Errorf("construction: %s, %s", city.Name, rural.Name)
	}
	_, err := o.DivisionByKey(o.ctx, root.ID, "nothing")
	wantKind(t, err, fault.NotFound)
	if got := o.slug(t, "ubnd-10001"); got.Name != "Ủy ban nhân dân phường Yên Đỗ" || got.ShortName != "UBND phường Yên Đỗ" || got.KindName != "Ủy ban nhân dân" {
		t.Errorf("committee = %+v", got)
	}
	if kinds := must(o.Kinds(o.ctx))(t); len(kinds) != 6 || !kinds[0].Government || kinds[5].Agency {
		t.Errorf("kinds = %+v", kinds)
	}
}

func TestAgencyAboveAndOfPlace(t *testing.T) {
	o := smallOffice(t, day1)
	for _, c := range []struct{ from, level, want string }{
		{"ubnd-10001/justice", "commune", "ubnd-10001"},
		{"ubnd-10001/justice", "district", "ubnd-622"},
		{"ubnd-10001", "province", "ubnd-tinh"},
		{"ubnd-622", "district", "ubnd-622"},
		{"so-tnmt/land", "province", "ubnd-tinh"},
	} {
		if got := must(o.AgencyAbove(o.ctx, o.slug(t, c.from).ID, c.level))(t); got.Slug != c.want {
			t.Errorf("above %s at %s = %s, want %s", c.from, c.level, got.Slug, c.want)
		}
	}
	_, err := o.AgencyAbove(o.ctx, o.slug(t, "so-tnmt").ID, "commune")
	wantKind(t, err, fault.NotFound)
	for _, c := range []struct{ place, kind, want string }{
		{"10011", "", "ubnd-10011"},
		{"64", "", "ubnd-tinh"},
		{"64", "peoples_committee", "ubnd-tinh"},
		{"64", "public_unit", "vp-dkdd"},
	} {
		if got := must(o.AgencyOfPlace(o.ctx, o.place(t, c.place).ID, c.kind))(t); got.Slug != c.want {
			t.Errorf("agency of %s of kind %q = %s", c.place, c.kind, got.Slug)
		}
	}
	_, err = o.AgencyOfPlace(o.ctx, o.place(t, "10011").ID, "department")
	wantKind(t, err, fault.NotFound)
	_, err = o.AgencyOfPlace(o.ctx, "x", "")
	wantKind(t, err, fault.NotFound)
}

func TestList(t *testing.T) {
	o := smallOffice(t, day1)
	for _, c := range []struct {
		f    Filter
		want string
	}{
		{Filter{Kind: "peoples_committee"}, "ubnd-tinh ubnd-639 ubnd-10011 ubnd-10012 ubnd-622 ubnd-10002 ubnd-10001 ubnd-10003"},
		{Filter{Kind: "peoples_committee", Level: "district"}, "ubnd-639 ubnd-622"},
		{Filter{Kind: "department"}, "so-tu-phap so-tnmt"},
		{Filter{Key: "social", Under: "ubnd-639"}, "ubnd-10011/social ubnd-10012/social"},
		{Filter{Parent: "ubnd-639", Agencies: true}, "ubnd-10011 ubnd-10012"},
		{Filter{Under: "so-tnmt", Agencies: true}, "so-tnmt vp-dkdd"},
		{Filter{Key: "land", Level: "province"}, "so-tnmt/land"},
		{Filter{Kind: "peoples_committee", On: clock.MustDate("2009-01-01")}, "ubnd-tinh"},
		{Filter{Under: "none"}, ""},
	} {
		f := c.f
		for _, id := range []*UnitID{&f.Under, &f.Parent} {
			if *id != "" && *id != "none" {
				*id = o.slug(t, string(*id)).ID
			}
		}
		if got := slugs(must(o.List(o.ctx, f))(t)); got != c.want {
			t.Errorf("list %+v = %s, want %s", c.f, got, c.want)
		}
	}
	if got := slugs(must(o.List(o.ctx, Filter{Place: o.place(t, "10011").ID, Agencies: true}))(t)); got != "ubnd-10011" {
		t.Errorf("of a place = %s", got)
	}
}

func TestSearchUnits(t *testing.T) {
	o := smallOffice(t, day1)
	for _, c := range []struct {
		text  string
		o     SearchOptions
		first string
	}{
		{"Sở Tư pháp", SearchOptions{}, "so-tu-phap"},
		{"so tu phap", SearchOptions{}, "so-tu-phap"},
		{"UBND phường Yên Đỗ", SearchOptions{}, "ubnd-10001"},
		{"yen do", SearchOptions{}, "ubnd-10001"},
		{"so tnmt", SearchOptions{Agencies: true}, "so-tnmt"},
		{"tài nguyên", SearchOptions{}, "so-tnmt"},
		{"phong tu phap chu lang", SearchOptions{}, "ubnd-639/justice"},
		{"000.00.15.H21", SearchOptions{}, "so-tnmt"},
		{"mot cua", SearchOptions{Under: "ubnd-639", Level: "district"}, "ubnd-639/reception"},
		{"ủy ban", SearchOptions{Kind: "peoples_committee", Level: "commune", Limit: 1}, "ubnd-10002"},
		{"không có", SearchOptions{}, ""},
		{" ", SearchOptions{}, ""},
	} {
		if c.o.Under != "" {
			c.o.Under = o.slug(t, string(c.o.Under)).ID
		}
		hits := must(o.Search(o.ctx, c.text, c.o))(t)
		got := ""
		if len(hits) > 0 {
			got = hits[0].Unit.Slug
		}
		if got != c.first {
			t.Errorf("search %q = %s, want %s", c.text, got, c.first)
		}
		if c.o.Limit > 0 && len(hits) > c.o.Limit {
			t.Errorf("search %q: %d hits", c.text, len(hits))
		}
	}
}

func TestCodesOfUnits(t *testing.T) {
	o := smallOffice(t, day1)
	u := o.slug(t, "so-tnmt")
	for scheme, want := range map[string]string{SchemeQCVN102: "000.00.15.H21", SchemeQD20: "H21.15"} {
		if got := must(o.Code(o.ctx, u.ID, scheme, clock.Date{}))(t); got.Code != want || got.Scheme != scheme || got.Confidence != Provisional {
			t.Errorf("code = %+v, want %s", got, want)
		}
		if got := must(o.ByCode(o.ctx, scheme, want, clock.Date{}))(t); got.ID != u.ID {
			t.Errorf("by %s: %s", want, got.Slug)
		}
	}
	if got := must(o.Codes(o.ctx, u.ID))(t); len(got) != 1 {
		t.Errorf("codes = %+v", got)
	}
	_, err := o.Code(o.ctx, o.slug(t, "so-tnmt/land").ID, SchemeQD20, clock.Date{})
	wantKind(t, err, fault.NotFound)
	_, err = o.ByCode(o.ctx, SchemeQD20, "H21.99", clock.Date{})
	wantKind(t, err, fault.NotFound)
}

func TestUnknownUnits(t *testing.T) {
	o := smallOffice(t, day1)
	for name, ask := range map[string]func() error{
		"Unit":       func() error { _, err := o.Unit(o.ctx, "x"); return err },
		"BySlug":     func() error { _, err := o.BySlug(o.ctx, "x"); return err },
		"Code":       func() error { _, err := o.Code(o.ctx, "x", SchemeQD20, clock.Date{}); return err },
		"Codes":      func() error { _, err := o.Codes(o.ctx, "x"); return err },
		"AgencyOf":   func() error { _, err := o.AgencyOf(o.ctx, "x", clock.Date{}); return err },
		"Above":      func() error { _, err := o.AgencyAbove(o.ctx, "x", "province"); return err },
		"Divisions":  func() error { _, err := o.Divisions(o.ctx, "x"); return err },
		"Division":   func() error { _, err := o.DivisionByKey(o.ctx, "x", "reception"); return err },
		"Children":   func() error { _, err := o.Children(o.ctx, "x", clock.Date{}); return err },
		"Parents":    func() error { _, err := o.Parents(o.ctx, "x", clock.Date{}); return err },
		"Successor":  func() error { _, err := o.Successor(o.ctx, "x", clock.Date{}); return err },
		"Successors": func() error { _, err := o.Successors(o.ctx, "x", clock.Date{}); return err },
		"Links":      func() error { _, err := o.Links(o.ctx, "x"); return err },
		"Members":    func() error { _, err := o.Members(o.ctx, "x", true, clock.Date{}); return err },
		"Person":     func() error { _, err := o.Person(o.ctx, "x"); return err },
		"UnitPath":   func() error { _, err := o.UnitPath(o.ctx, "x"); return err },
		"SetContact": func() error { return o.SetContact(o.ctx, "x", Contact{}) },
		"EndPost":    func() error { return o.EndPost(o.ctx, "x", clock.MustDate(day1)) },
	} {
		t.Run(name, func(t *testing.T) { wantKind(t, ask(), fault.NotFound) })
	}
}

func TestPathsAndCoverage(t *testing.T) {
	empty := newOffice(dbtest.SQLite(t, rooms...), day1)
	_, err := empty.Root(empty.ctx)
	wantKind(t, err, fault.NotFound)
	if ids, all, err := empty.Covered(empty.ctx, nil); err != nil || all || len(ids) != 0 {
		t.Errorf("of nothing: %v, %v, %v", ids, all, err)
	}
	o := smallOffice(t, day1)
	root, commune := o.slug(t, "ubnd-tinh"), o.slug(t, "ubnd-10001")
	for id, want := range map[string]string{"": root.Path, string(commune.ID): commune.Path} {
		if got := must(o.UnitPath(o.ctx, id))(t); got != want {
			t.Errorf("path of %q = %s", id, got)
		}
	}
	for _, c := range []struct {
		grants []actor.Grant
		ids    int
		all    bool
	}{
		{nil, 0, false},
		{[]actor.Grant{{UnitPath: root.Path, Below: true}}, 67, true},
		{[]actor.Grant{{UnitPath: commune.Path, Below: true}}, 7, false},
		{[]actor.Grant{{UnitPath: commune.Path}}, 1, false},
		{[]actor.Grant{{UnitPath: commune.Path}, {UnitPath: o.slug(t, "so-tu-phap").Path, Below: true}}, 6, false},
	} {
		ids, all, err := o.Covered(o.ctx, c.grants)
		if err != nil || len(ids) != c.ids || all != c.all {
			t.Errorf("covered by %+v: %d, %v, %v, want %d, %v", c.grants, len(ids), all, err, c.ids, c.all)
		}
	}
}

func TestTwoNodes(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		one, two := newOffice(d, day3), newOffice(d, day3)
		one.load(t, small())
		u := two.slug(t, "so-tu-phap")
		must(one.Rename(one.ctx, Rename{Unit: u.ID, Name: "Sở Pháp luật", On: clock.MustDate(day2)}))(t)
		for i, o := range []office{one, two} {
			if got := o.slug(t, "so-tu-phap"); got.Name != "Sở Pháp luật" {
				t.Errorf("node %d sees %s", i+1, got.Name)
			}
		}
		slow := New(Deps{DB: d, Clock: one.clock, Places: one.places}, Config{Recheck: time.Hour})
		before := must(slow.book(one.ctx))(t)
		must(one.Rename(one.ctx, Rename{Unit: one.slug(t, "so-tnmt").ID, Name: "Sở Đất đai", On: clock.MustDate(day2)}))(t)
		if after := must(slow.book(one.ctx))(t); after != before {
			t.Error("a node that checks each hour checked at once")
		}
	})
}
