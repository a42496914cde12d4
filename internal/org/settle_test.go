package org

import (
	"errors"
	"sync"
	"testing"

	"lienthong/internal/kit/clock"
)

// TestRootEndsWithAUnitBelow lets a unit end without an heir on the day on which the one above it is renamed: what
// stood below goes to the new one at once.
func TestRootEndsWithAUnitBelow(t *testing.T) {
	on := clock.MustDate(day2)
	b := tree(t, "top committee", "  middle office", "    lower office", "  other office")
	lower := b.find(t, "lower", day1)
	if _, err := b.endUnit(End{Unit: b.find(t, "middle", day1).ID, On: on}); err != nil {
		t.Fatal(err)
	}
	top, err := b.rename(Rename{Unit: b.find(t, "top", day1).ID, Name: "Tỉnh mới", On: on})
	if err != nil {
		t.Fatal(err)
	}
	b.settle(on)
	if lower.ParentID != top.ID || lower.Path != top.Path+string(lower.ID)+"/" {
		t.Errorf("stands below %s, path %s", b.units[lower.ParentID].Name, lower.Path)
	}
}

// TestHeirStandsWithinWhatEnds lets work go to a unit that by then stands below the one that ends.
func TestHeirStandsWithinWhatEnds(t *testing.T) {
	b := tree(t, "top committee", "  one office", "    inner office", "    desk office", "  two office")
	one, two, inner := b.find(t, "one", day1), b.find(t, "two", day1), b.find(t, "inner", day1)
	if _, err := b.merge(Merge{From: []UnitID{one.ID}, Into: two.ID, On: clock.MustDate(day2)}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.merge(Merge{From: []UnitID{two.ID}, Into: inner.ID, On: clock.MustDate(day3)}); err != nil {
		t.Fatal(err) // it does not stand below two yet
	}
	b.settle(clock.MustDate(day3))
	if got := b.units[inner.ParentID].Slug; got != "top" {
		t.Errorf("the heir stands below %s", got)
	}
	if got := b.units[b.find(t, "desk", day3).ParentID].Slug; got != "inner" {
		t.Errorf("its sibling stands below %s", got)
	}
	if len(b.tree.ByDepth("")) != len(b.units) {
		t.Errorf("%d units in the tree of %d", len(b.tree.ByDepth("")), len(b.units))
	}
}

// TestDivisionThatIsStillToBegin goes with its agency and begins when it was to begin.
func TestDivisionThatIsStillToBegin(t *testing.T) {
	b := tree(t, "top committee", "  desk division")
	top := b.find(t, "top", day1)
	if _, err := b.add(NewUnit{Kind: "division", Name: "Phòng mới", Key: "new", ParentID: top.ID}, clock.MustDate(day3), clock.Date{}, ""); err != nil {
		t.Fatal(err)
	}
	to, err := b.rename(Rename{Unit: top.ID, Name: "Tên mới", On: clock.MustDate(day2)})
	if err != nil {
		t.Fatal(err)
	}
	if got := partNames(b.parts(to.ID, clock.MustDate(day2))); got != "top/desk" {
		t.Errorf("divisions after the rename: %s", got)
	}
	if got := partNames(b.parts(to.ID, clock.MustDate(day3))); got != "top/new top/desk" {
		t.Errorf("divisions when the new one has begun: %s", got)
	}
}

// TestPostsGoAllTheWay lets posts follow a line of heirs, in whatever order the ends were entered.
func TestPostsGoAllTheWay(t *testing.T) {
	for _, order := range [][2]int{{0, 1}, {1, 0}} {
		o := smallOffice(t, day1)
		slug := []string{"ubnd-10001/reception", "ubnd-10002/reception", "ubnd-10003/reception"}
		post := o.member(t, "Trần Thị B", slug[0], "Công chức một cửa", true)
		ends := []End{
			{Unit: o.slug(t, slug[0]).ID, Heir: o.slug(t, slug[1]).ID, On: clock.MustDate(day2)},
			{Unit: o.slug(t, slug[1]).ID, Heir: o.slug(t, slug[2]).ID, On: clock.MustDate(day3)},
		}
		for _, i := range order {
			must(o.End(o.ctx, ends[i]))(t)
		}
		posts := must(o.History(o.ctx, post.PersonID))(t)
		for i, p := range posts {
			to := clock.Date{}
			if i < len(ends) {
				to = ends[i].On
			}
			if len(posts) != 3 || p.UnitID != o.slug(t, slug[i]).ID || p.ValidTo != to {
				t.Fatalf("posts = %+v", posts)
			}
		}
	}
}

// TestPostEndsBeforeItsUnit holds that who leaves before the unit ends does not come back at its heir.
func TestPostEndsBeforeItsUnit(t *testing.T) {
	each(t, day1, func(t *testing.T, o office) {
		slug := []string{"ubnd-10001/reception", "ubnd-10002/reception", "ubnd-10003/reception"}
		var posts []Post
		for _, name := range []string{"A", "B", "C", "D"} {
			posts = append(posts, o.member(t, name, slug[0], "Công chức một cửa", true))
		}
		leave := func(p Post) error { return o.EndPost(o.ctx, p.ID, clock.MustDate("2019-06-01")) }
		var errs [6]error
		var wg sync.WaitGroup
		for i, on := range []string{day2, day3} {
			wg.Go(func() {
				_, errs[i] = o.End(o.ctx, End{Unit: o.slug(t, slug[i]).ID, Heir: o.slug(t, slug[i+1]).ID, On: clock.MustDate(on)})
			})
		}
		for i, p := range posts[1:] { // they leave while the ends are entered
			wg.Go(func() { errs[2+i] = leave(p) })
		}
		wg.Wait()
		errs[5] = leave(posts[0])
		if err := errors.Join(errs[:]...); err != nil {
			t.Fatal(err)
		}
		for _, p := range posts {
			if got := must(o.History(o.ctx, p.PersonID))(t); len(got) != 1 || got[0].ValidTo != clock.MustDate("2019-06-01") {
				t.Errorf("posts = %+v", got)
			}
		}
	})
}
