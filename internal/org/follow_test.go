package org

import (
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/event"
	"lienthong/internal/place"
)

func (o office) follow(t *testing.T) {
	t.Helper()
	if err := o.FollowPlaces(o.ctx, event.Event{Name: place.EventUnitEnded}); err != nil {
		t.Fatal(err)
	}
}

// TestDistrictIsRenamed moves the committees of the communes below the one that follows.
func TestDistrictIsRenamed(t *testing.T) {
	each(t, day3, func(t *testing.T, o office) {
		old := o.slug(t, "ubnd-639")
		clerk := o.member(t, "Nguyễn K", "ubnd-639/justice", "Trưởng phòng", true)
		must(o.places.Rename(o.ctx, place.Rename{Unit: o.place(t, "639").ID, Kind: "provincial_city", On: clock.MustDate(day2), SourceAct: "NQ 1"}))(t)
		o.follow(t)
		city := o.slug(t, "ubnd-639")
		if city.ID == old.ID || city.Name != "Ủy ban nhân dân thành phố Chư Lang" {
			t.Errorf("city = %+v", city)
		}
		commune := o.slug(t, "ubnd-10011")
		if commune.ParentID != city.ID || !commune.ValidTo.IsZero() || must(o.AgencyAbove(o.ctx, commune.ID, "district"))(t).ID != city.ID {
			t.Errorf("commune = %+v", commune)
		}
		if got := must(o.DivisionByKey(o.ctx, city.ID, "construction"))(t); got.Name != "Phòng Quản lý đô thị" {
			t.Errorf("a city has another division: %s", got.Name)
		}
		if got := must(o.DivisionByKey(o.ctx, old.ID, "construction"))(t); got.Name != "Phòng Kinh tế và Hạ tầng" {
			t.Errorf("and the district had %s", got.Name)
		}
		if c := must(o.Code(o.ctx, city.ID, SchemeQD20, clock.Date{}))(t); c.Code != "H21.47" {
			t.Errorf("code = %+v", c)
		}
		if posts := must(o.PostsOf(o.ctx, clerk.PersonID, clock.Date{}))(t); len(posts) != 1 || posts[0].UnitID != o.slug(t, "ubnd-639/justice").ID {
			t.Errorf("posts = %+v", posts)
		}
		o.checkTree(t)
		o.checkHistory(t)
	})
}

// TestDistrictsMerge brings the communes of both under the one committee that is left.
func TestDistrictsMerge(t *testing.T) {
	each(t, day3, func(t *testing.T, o office) {
		must(o.places.Merge(o.ctx, place.Merge{From: []place.UnitID{o.place(t, "639").ID}, Into: o.place(t, "622").ID, On: clock.MustDate(day2)}))(t)
		o.follow(t)
		left := o.slug(t, "ubnd-622")
		for _, slug := range []string{"ubnd-10001", "ubnd-10011", "ubnd-10012"} {
			if got := must(o.AgencyAbove(o.ctx, o.slug(t, slug).ID, "district"))(t); got.ID != left.ID {
				t.Errorf("above %s: %s", slug, got.Slug)
			}
			if got := o.slug(t, slug); got.ParentID != left.ID {
				t.Errorf("%s = %+v", slug, got)
			}
		}
		o.checkTree(t)
		o.checkHistory(t)
	})
}

// TestCommuneIsSplit makes a committee for each part; the heir takes over.
func TestCommuneIsSplit(t *testing.T) {
	each(t, day3, func(t *testing.T, o office) {
		old := o.slug(t, "ubnd-10001")
		desk := o.slug(t, "ubnd-10001/reception")
		must(o.places.Split(o.ctx, place.Split{From: o.place(t, "10001").ID, On: clock.MustDate(day2), Heir: 1, New: []place.NewUnit{
			{Name: "Yên Một", Codes: map[string]string{"gso": "10021"}}, {Name: "Yên Hai", Codes: map[string]string{"gso": "10022"}}}}))(t)
		o.follow(t)
		if got := slugs(must(o.Successors(o.ctx, old.ID, clock.Date{}))(t)); got != "ubnd-10022 ubnd-10021" {
			t.Errorf("successors, the heir first = %s", got)
		}
		if h := must(o.Successor(o.ctx, desk.ID, clock.Date{}))(t); h.Slug != "ubnd-10022/reception" {
			t.Errorf("heir of the desk = %s", h.Slug)
		}
		if got := slugs(must(o.Children(o.ctx, o.slug(t, "ubnd-622").ID, clock.Date{}))(t)); got != "ubnd-622/leaders ubnd-622/reception ubnd-622/office ubnd-622/justice ubnd-622/land ubnd-622/construction ubnd-10002 ubnd-10022 ubnd-10021 ubnd-10003" {
			t.Errorf("below the district = %s", got)
		}
		o.checkTree(t)
		o.checkHistory(t)
	})
}

// TestFutureChangeOfAPlace prepares the agencies at once and lets them take over on the day.
func TestFutureChangeOfAPlace(t *testing.T) {
	each(t, day1, func(t *testing.T, o office) {
		old := o.slug(t, "ubnd-10003")
		must(o.places.Rename(o.ctx, place.Rename{Unit: o.place(t, "10003").ID, Name: "Biển Mới", On: clock.MustDate(day2)}))(t)
		o.follow(t) // another event came by: the agencies of the future are made
		if got := o.slug(t, "ubnd-10003"); got.ID != old.ID || got.ValidTo != clock.MustDate(day2) {
			t.Errorf("today = %+v", got)
		}
		if got := must(o.AgencyOfPlace(o.ctx, o.place(t, "10003").ID, ""))(t); got.ID != old.ID {
			t.Errorf("today %s answers for the place", got.Name)
		}
		if len(o.ended(t)) != 0 {
			t.Error("announced too early")
		}
		o.clock.Set(clock.MustDate(day2).At(0, 5))
		if err := o.places.Announce(o.ctx); err != nil {
			t.Fatal(err)
		}
		o.follow(t)
		if err := o.Announce(o.ctx); err != nil {
			t.Fatal(err)
		}
		if got := o.slug(t, "ubnd-10003"); got.Name != "Ủy ban nhân dân xã Biển Mới" {
			t.Errorf("on the day = %s", got.Name)
		}
		if len(o.ended(t)) != 7 {
			t.Errorf("%d events, want the agency and its six divisions, once", len(o.ended(t)))
		}
		o.checkTree(t)
		o.checkHistory(t)
	})
}

// TestNothingToFollow leaves no trace.
func TestNothingToFollow(t *testing.T) {
	o := smallOffice(t, day3)
	before := o.entries(t)
	o.follow(t)
	if after := o.entries(t); after != before {
		t.Errorf("audit = %s, before %s", after, before)
	}
}
