package org

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/randomtest"
)

// TestRandomHistories makes long random histories and holds what must always be true.
func TestRandomHistories(t *testing.T) {
	h := randomtest.History{Start: clock.MustDate(day1), End: clock.MustDate("2030-01-01"), Changes: 25, Least: 10}
	h.Run(t, 6, func(t *testing.T) randomtest.World {
		w := staffed{office: smallOffice(t, day1)}
		for i, u := range must(w.List(w.ctx, Filter{Key: "reception"}))(t) {
			w.people = append(w.people, w.member(t, fmt.Sprintf("Người %d", i), u.Slug, "Chuyên viên", true).PersonID)
		}
		return w
	})
}

// staffed is an office with people in posts.
type staffed struct {
	office
	people []PersonID
}

// Check holds what must be true after any history.
func (o staffed) Check(t *testing.T, _ []clock.Date) {
	t.Helper()
	o.checkTree(t)
	o.checkHistory(t)
	o.checkPosts(t, o.people)
}

// NextDay lets the time go on to a day and runs what runs at the start of each day.
func (o office) NextDay(t *testing.T, day clock.Date) {
	t.Helper()
	if day.After(o.today()) {
		o.clock.Set(day.At(0, 5))
	}
	if err := o.Announce(o.ctx); err != nil {
		t.Fatal(err)
	}
}

// Change merges, renames, splits or ends a random agency or division that is alive.
func (o office) Change(t *testing.T, r *rand.Rand, i int, on clock.Date) error {
	t.Helper()
	alive := slices.DeleteFunc(must(o.List(o.ctx, Filter{On: on}))(t), func(u Unit) bool { return !u.ValidTo.IsZero() })
	u, v := alive[r.IntN(len(alive))], alive[r.IntN(len(alive))]
	name := fmt.Sprintf("Đơn vị %d", i)
	var err error
	switch r.IntN(4) {
	case 0:
		_, err = o.Merge(o.ctx, Merge{From: []UnitID{u.ID}, Into: v.ID, On: on})
	case 1:
		_, err = o.Rename(o.ctx, Rename{Unit: u.ID, Name: name, On: on})
	case 2:
		other := NewUnit{Name: name, Slug: fmt.Sprintf("moi-%d", i)}
		if !u.IsAgency {
			other.Slug, other.Key = u.Slug+fmt.Sprint(i), u.Key+fmt.Sprint(i)
		}
		_, err = o.Split(o.ctx, Split{From: u.ID, New: []NewUnit{{Name: u.Name}, other}, Heir: r.IntN(2), On: on})
	case 3:
		_, err = o.End(o.ctx, End{Unit: u.ID, Heir: v.ID, On: on})
	}
	return err
}

// checkTree holds: paths follow parents, nothing alive stands below what has ended, slugs are unique at any time.
func (o office) checkTree(t *testing.T) {
	t.Helper()
	b := must(o.book(o.ctx))(t)
	if len(b.tree.ByDepth("")) != len(b.units) {
		t.Errorf("%d units in the tree of %d", len(b.tree.ByDepth("")), len(b.units))
	}
	for id, u := range b.units {
		want := "/"
		if u.ParentID != "" {
			p := b.units[u.ParentID]
			want = p.Path
			if p.endedBy(o.today()) && !u.endedBy(o.today()) {
				t.Errorf("%s lives below %s, which has ended", u.Name, p.Name)
			}
		}
		if want += string(id) + "/"; u.Path != want {
			t.Errorf("path of %s = %s, want %s", u.Name, u.Path, want)
		}
		for _, other := range b.slugs[u.Slug] {
			if o := b.units[other]; other != id && overlap(o.ValidFrom, o.ValidTo, u.ValidFrom, u.ValidTo) {
				t.Errorf("slug %s belongs to %s and %s at one time", u.Slug, o.Name, u.Name)
			}
		}
	}
	for key, ids := range b.byCode {
		for _, id := range ids {
			for _, c := range b.codes[id] {
				if h := b.holder(c); h != nil {
					t.Errorf("code %v belongs to %s and %s at one time", key, b.units[id].Name, b.units[h.UnitID].Name)
				}
			}
		}
	}
}

// checkHistory holds: every ended unit was announced once, has at most one heir, and leads to somebody alive.
func (o office) checkHistory(t *testing.T) {
	t.Helper()
	b := must(o.book(o.ctx))(t)
	announced := map[UnitID]int{}
	for _, e := range o.ended(t) {
		announced[e.UnitID]++
	}
	for id, u := range b.units {
		want := 0
		if u.endedBy(o.today()) {
			want = 1
			heirs := 0
			for _, s := range b.next[id] {
				if s.Heir {
					heirs++
				}
			}
			if h, ok := b.heir(id, o.today()); heirs != 1 || !ok || h.endedBy(o.today()) {
				t.Errorf("%s ended and has %d heirs, alive %v", u.Name, heirs, ok)
			}
		}
		if announced[id] != want {
			t.Errorf("the end of %s was announced %d times, want %d", u.Name, announced[id], want)
		}
	}
}

// checkPosts holds: whoever had a post still has one main post today, at a unit that is alive.
func (o office) checkPosts(t *testing.T, people []PersonID) {
	t.Helper()
	for _, p := range people {
		posts := must(o.PostsOf(o.ctx, p, clock.Date{}))(t)
		if len(posts) != 1 || !posts[0].Main {
			t.Errorf("posts of %s = %+v", p, posts)
			continue
		}
		if u := must(o.Unit(o.ctx, posts[0].UnitID))(t); u.endedBy(o.today()) {
			t.Errorf("a post at %s, which has ended", u.Name)
		}
	}
}

// TestBookIsAsStored compares what changes made in memory with what the tables hold.
func TestBookIsAsStored(t *testing.T) {
	each(t, day3, func(t *testing.T, o office) {
		on := clock.MustDate(day2)
		var made *book
		err := o.change(o.ctx, func(ctx context.Context, tx *db.Tx, b *book) error {
			made = b
			id := func(slug string) UnitID {
				u, _ := b.bySlug(slug, clock.MustDate(day1))
				return u.ID
			}
			if _, err := b.rename(Rename{Unit: id("so-tnmt"), Name: "Sở Môi trường", On: on, SourceAct: "QĐ 1"}); err != nil {
				return err
			}
			if _, err := b.merge(Merge{From: []UnitID{id("ubnd-10001")}, Into: id("ubnd-10002"), On: on}); err != nil {
				return err
			}
			if _, err := b.split(Split{From: id("so-tu-phap"), New: []NewUnit{{Name: "Một"}, {Name: "Hai", Slug: "hai"}}, Heir: 1, On: on}); err != nil {
				return err
			}
			if _, err := b.endUnit(End{Unit: id("ubnd-10011/social"), Heir: id("ubnd-10011/office"), On: on}); err != nil {
				return err
			}
			b.take(t, day3, "ubnd-tinh,qd20,H21,,,,QĐ 2")
			return o.finish(ctx, tx, b)
		})
		if err != nil {
			t.Fatal(err)
		}
		stored := must(o.store.load(o.ctx, o.db))(t)
		if len(stored.units) != len(made.units) || len(made.units) != 67+5+10 {
			t.Fatalf("%d units were made, %d are stored", len(made.units), len(stored.units))
		}
		byTo := func(x, y Successor) int { return strings.Compare(string(x.To), string(y.To)) }
		byText := func(x, y Code) int { return strings.Compare(x.Scheme+x.Code, y.Scheme+y.Code) }
		for id, u := range made.units {
			if *u != *stored.units[id] {
				t.Errorf("%+v\nis stored as %+v", *u, *stored.units[id])
			}
			for _, b := range []*book{made, stored} {
				slices.SortFunc(b.next[id], byTo)
				slices.SortFunc(b.codes[id], byText)
			}
			if !slices.Equal(made.next[id], stored.next[id]) {
				t.Errorf("links of %s: %+v, stored %+v", u.Name, made.next[id], stored.next[id])
			}
			if !slices.Equal(made.codes[id], stored.codes[id]) {
				t.Errorf("codes of %s: %+v, stored %+v", u.Name, made.codes[id], stored.codes[id])
			}
		}
		for i, tpl := range made.templates {
			if !equalTemplates(tpl, stored.templates[i]) {
				t.Errorf("template %+v is stored as %+v", tpl, stored.templates[i])
			}
		}
	})
}
