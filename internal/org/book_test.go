package org

import (
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/event"
	"lienthong/internal/place"
)

// eventOf is the event that tells of the end of a place.
func eventOf(p place.Unit) event.Event {
	return event.Event{Name: place.EventUnitEnded, Key: string(p.ID)}
}

// tree makes a book from lines "slug kind place", indented by two spaces for each level.
func tree(t *testing.T, lines ...string) *book {
	t.Helper()
	b := newBook(tables{kinds: []Kind{{Key: "committee", Agency: true, Government: true}, {Key: "office", Agency: true}, {Key: "division"}}})
	var path []UnitID
	for i, line := range lines {
		depth := (len(line) - len(strings.TrimLeft(line, " "))) / 2
		f := strings.Fields(line)
		n := NewUnit{Kind: f[1], Name: "Đơn vị " + f[0], Slug: f[0], Rank: int64(i), PlaceID: "p", Level: "province"}
		if len(f) > 2 {
			n.PlaceID = place.UnitID(f[2])
		}
		if depth > 0 {
			n.ParentID = path[depth-1]
		}
		if f[1] == "division" {
			n.Key, n.Slug = f[0], ""
		}
		u, err := b.add(n, clock.Date{}, clock.Date{}, "")
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		path = append(path[:depth], u.ID)
	}
	b.dirty = newChanges()
	return b
}

func (b *book) find(t *testing.T, slug, day string) *Unit {
	t.Helper()
	u, ok := b.bySlug(slug, clock.MustDate(day))
	if !ok {
		t.Fatalf("no unit %s", slug)
	}
	return u
}

// nested is an agency with divisions in divisions, and an agency in one of them.
var nested = []string{
	"top committee",
	"  branch division",
	"    team division",
	"      squad division",
	"    inner office q",
	"      desk division",
	"  desk division",
	"other office",
	"  desk division",
}

func partNames(units []*Unit) string {
	var list []string
	for _, u := range units {
		list = append(list, u.Slug)
	}
	return strings.Join(list, " ")
}

func TestNestedDivisions(t *testing.T) {
	b := tree(t, nested...)
	top := b.find(t, "top", day1)
	if got := partNames(b.parts(top.ID, clock.MustDate(day1))); got != "top/branch top/team top/squad top/desk" {
		t.Errorf("parts = %s", got)
	}
	for slug, want := range map[string]string{"top/squad": "top", "inner/desk": "inner", "inner": "inner"} {
		if a, ok := b.agencyOf(b.find(t, slug, day1).ID, clock.MustDate(day1)); !ok || a.Slug != want {
			t.Errorf("agency of %s = %v", slug, a)
		}
	}
	if _, ok := b.agencyOf("x", clock.MustDate(day1)); ok {
		t.Error("an unknown unit has no agency")
	}
}

func TestRenameKeepsTheShapeOfDivisions(t *testing.T) {
	b := tree(t, nested...)
	old := b.find(t, "top", day1)
	n, err := b.rename(Rename{Unit: old.ID, Name: "Tên mới", On: clock.MustDate(day2)})
	if err != nil {
		t.Fatal(err)
	}
	b.settle(clock.MustDate(day2))
	for slug, parent := range map[string]string{"top/branch": "top", "top/team": "top/branch", "top/squad": "top/team", "top/desk": "top"} {
		u := b.find(t, slug, day2)
		if b.units[u.ParentID] != b.find(t, parent, day2) || !u.Within(*n) {
			t.Errorf("%s is in %s", slug, b.units[u.ParentID].Slug)
		}
		if was := b.find(t, slug, day1); was == u || !was.Within(*old) || was.ValidTo != clock.MustDate(day2) {
			t.Errorf("before, %s = %+v", slug, was)
		}
	}
	inner := b.find(t, "inner", day2)
	if inner.ParentID != b.find(t, "top/branch", day2).ID || !b.find(t, "inner/desk", day2).Within(*n) {
		t.Errorf("the agency inside is in %s", b.units[inner.ParentID].Slug)
	}
	if got := partNames(b.parts(n.ID, clock.MustDate(day2))); got != "top/branch top/team top/squad top/desk" {
		t.Errorf("parts = %s", got)
	}
}

func TestMergeMapsDivisionsByKey(t *testing.T) {
	b := tree(t, nested...)
	from, into := b.find(t, "top", day1), b.find(t, "other", day1)
	if _, err := b.merge(Merge{From: []UnitID{from.ID}, Into: into.ID, On: clock.MustDate(day2)}); err != nil {
		t.Fatal(err)
	}
	for slug, want := range map[string]string{"top/desk": "other/desk", "top/squad": "other", "top": "other"} {
		if h, ok := b.heir(b.find(t, slug, day1).ID, clock.MustDate(day2)); !ok || h.Slug != want {
			t.Errorf("heir of %s = %v", slug, h)
		}
	}
	b.settle(clock.MustDate(day2))
	if inner := b.find(t, "inner", day2); inner.ParentID != into.ID { // its division went to the agency itself
		t.Errorf("the agency inside is in %s", b.units[inner.ParentID].Slug)
	}
	if len(b.parts(into.ID, clock.MustDate(day2))) != 1 {
		t.Error("a merge into an agency that goes on makes no divisions")
	}
}

func TestAgencyOfPlaceTakesTheHighest(t *testing.T) {
	b := tree(t, "root committee p", "  first office q", "    below office q", "  second office q", "  unit committee q")
	for kind, want := range map[string]string{"": "unit", "committee": "unit", "office": "first"} {
		if a, ok := b.agencyOfPlace("q", kind, clock.MustDate(day1)); !ok || a.Slug != want {
			t.Errorf("agency of kind %q = %v", kind, a)
		}
	}
	if _, ok := b.agencyOfPlace("nowhere", "", clock.MustDate(day1)); ok {
		t.Error("a place without an agency")
	}
	unit := b.find(t, "unit", day1)
	b.close(unit, clock.MustDate(day2))
	if _, ok := b.agencyOfPlace("q", "", clock.MustDate(day2)); ok {
		t.Error("an ended agency answers for the place")
	}
}

func TestSeen(t *testing.T) {
	d := clock.MustDate
	for _, c := range []struct{ from, to, today, want string }{
		{"", "", day2, day2},
		{day2, "", day2, day2},
		{day2, "", day1, day2},
		{"", day2, day3, "2020-01-31"},
		{"", day2, day2, "2020-01-31"},
		{day1, day3, day2, day2},
	} {
		if got := seen(&Unit{ValidFrom: d(c.from), ValidTo: d(c.to)}, d(c.today)); got != d(c.want) {
			t.Errorf("a unit from %q to %q is seen on %s as of %s, want %s", c.from, c.to, c.today, got, c.want)
		}
	}
}

func TestOverlap(t *testing.T) {
	d := clock.MustDate
	for _, c := range []struct {
		a, b, c, d string
		want       bool
	}{
		{"", "", "", "", true},
		{"", day2, day2, "", false},
		{"", day2, day1, "", true},
		{day1, day2, day2, day3, false},
		{day1, day3, day2, "", true},
		{day2, day3, day1, day2, false},
		{day2, day3, "", "", true},
	} {
		got := overlap(d(c.a), d(c.b), d(c.c), d(c.d))
		if back := overlap(d(c.c), d(c.d), d(c.a), d(c.b)); got != c.want || back != c.want {
			t.Errorf("[%s,%s) and [%s,%s): %v, and back %v", c.a, c.b, c.c, c.d, got, back)
		}
	}
}

func TestSlugs(t *testing.T) {
	b := tree(t, "top committee")
	for slug, ok := range map[string]bool{
		"so-tu-phap": true, "ubnd-23557": true, "a": true, "a/b_c": true, "a1/b-c": true,
		"": false, "A": false, "sở": false, "a b": false, "-a": false, "a-": false, "a/": false, "/a": false, "a/b/c": false, "a_b": false, "top": false,
	} {
		if got := len(b.checkSlug(Unit{Slug: slug})) == 0; got != ok {
			t.Errorf("slug %q: %v", slug, got)
		}
	}
}

func TestEndBeforeItBegan(t *testing.T) {
	b := tree(t, "top committee")
	top := b.find(t, "top", day1)
	future, err := b.add(NewUnit{Kind: "division", Name: "Phòng mới", Key: "new", ParentID: top.ID}, clock.MustDate(day3), clock.Date{}, "")
	if err != nil {
		t.Fatal(err)
	}
	b.close(top, clock.MustDate(day2))
	if future.ValidTo != future.ValidFrom || future.ValidOn(clock.MustDate(day3)) {
		t.Errorf("a division that was to begin after its agency ends = %+v", future)
	}
}

func TestKeepCodes(t *testing.T) {
	b := tree(t, "one office", "two office")
	one, two := b.find(t, "one", day1), b.find(t, "two", day1)
	b.indexCode(Code{UnitID: one.ID, Scheme: SchemeQD20, Code: "H21.1A"})
	b.indexCode(Code{UnitID: one.ID, Scheme: SchemeQCVN102, Code: "000.00.01.H21", ValidTo: clock.MustDate(day1)})
	b.indexCode(Code{UnitID: two.ID, Scheme: "other", Code: "x"})
	b.close(one, clock.MustDate(day2))
	b.keepCodes(one, two, clock.MustDate(day2))
	if c, ok := b.codeOf(two.ID, SchemeQD20, clock.MustDate(day2)); !ok || c.Code != "H21.1A" {
		t.Errorf("kept = %+v", c)
	}
	if len(b.codes[two.ID]) != 2 {
		t.Errorf("only what was valid until the end goes along: %+v", b.codes[two.ID])
	}
	if _, ok := b.codeOf(two.ID, SchemeQCVN102, clock.MustDate(day2)); ok {
		t.Error("a code that has no digits form cannot be converted")
	}
}

func TestHeirInACircle(t *testing.T) {
	b := tree(t, "one office", "two office")
	one, two := b.find(t, "one", day1), b.find(t, "two", day1)
	on := clock.MustDate(day2)
	for _, pair := range [][2]*Unit{{one, two}, {two, one}} { // what wrong data from outside may hold
		pair[0].ValidTo = on
		b.link(pair[0], pair[1], succession{kind: Merged, on: on, heir: true})
	}
	if _, ok := b.heir(one.ID, on); ok {
		t.Error("a circle has no heir")
	}
	if got := b.successors(one.ID, on); len(got) != 0 {
		t.Errorf("successors = %+v", got)
	}
}
