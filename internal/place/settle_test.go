package place

import (
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

// TestProvinceMergesAsALevelIsAbolished is what happened on 1 July 2025: the districts ended without successors on the
// day on which the province above them went into another one.
func TestProvinceMergesAsALevelIsAbolished(t *testing.T) {
	for _, firstDistricts := range []bool{true, false} {
		each(t, day1, func(t *testing.T, o office) {
			on := clock.MustDate(day3)
			commune, top := o.small(t, "111"), o.small(t, "1")
			province := func() {
				must(o.Merge(o.ctx, Merge{From: []UnitID{top.ID}, New: &NewUnit{Name: "Lớn", Codes: map[string]string{"a": "2"}}, On: on}))(t)
			}
			if !firstDistricts {
				province()
			}
			for _, code := range []string{"11", "12"} {
				must(o.Abolish(o.ctx, Abolition{Unit: o.small(t, code).ID, On: on}))(t)
			}
			if firstDistricts {
				province()
			}
			o.NextDay(t, on)
			if got := names(must(o.Parents(o.ctx, commune.ID, on))(t)); got != "Tỉnh Lớn" {
				t.Errorf("on the day the commune lies in %q", got)
			}
			if got := names(must(o.Parents(o.ctx, commune.ID, on.AddDays(-1)))(t)); got != "Tỉnh Mẫu, Huyện Đông Hà" {
				t.Errorf("the day before it lay in %q", got)
			}
			o.NextDay(t, on.AddDays(1))
			must(o.Rename(o.ctx, Rename{Unit: commune.ID, Name: "Yên Bình", On: on.AddDays(1)}))(t)
			o.checkTree(t)
			o.checkEnds(t)
		})
	}
}

// TestParentsOfAHistoryThatComesAtOnce holds that every unit above is kept with its time, also when an import brings
// years of changes in one go.
func TestParentsOfAHistoryThatComesAtOnce(t *testing.T) {
	b := smallBook(t)
	commune := b.at(t, "121", day1)
	second, err := b.rename(Rename{Unit: b.at(t, "12", day1).ID, Name: "Thứ hai", On: clock.MustDate("2010-01-01")})
	if err != nil {
		t.Fatal(err)
	}
	third, err := b.rename(Rename{Unit: second.ID, Name: "Thứ ba", On: clock.MustDate("2015-01-01")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.merge(Merge{From: []UnitID{third.ID}, Into: b.at(t, "11", day1).ID, On: clock.MustDate("2018-01-01")}); err != nil {
		t.Fatal(err)
	}
	b.settle(clock.MustDate(day3))
	for day, want := range map[string]string{
		"2009-12-31": "Huyện Tây Sơn", "2010-01-01": "Huyện Thứ hai", "2014-12-31": "Huyện Thứ hai",
		"2015-01-01": "Huyện Thứ ba", "2017-12-31": "Huyện Thứ ba", "2018-01-01": "Huyện Đông Hà", day3: "Huyện Đông Hà",
	} {
		if got := names(b.ancestors(commune.ID, clock.MustDate(day))); got != "Tỉnh Mẫu, "+want {
			t.Errorf("on %s it lies in %s, want %s", day, got, want)
		}
	}
	if got := names(b.list(Filter{Parent: second.ID, On: clock.MustDate("2012-01-01")})); got != "Xã Đăk Rong, Xã Ia Băng" {
		t.Errorf("in the second one: %s", got)
	}
}

// TestEndIsEnteredAfterwards lets a unit that took others in turn out to have ended before.
func TestEndIsEnteredAfterwards(t *testing.T) {
	for _, on := range []string{"2019-06-01", "2019-03-01"} {
		b := smallBook(t)
		commune := b.at(t, "111", day1)
		east, west := b.at(t, "11", day1), b.at(t, "12", day1)
		if _, err := b.merge(Merge{From: []UnitID{east.ID}, Into: west.ID, On: clock.MustDate("2019-06-01")}); err != nil {
			t.Fatal(err)
		}
		b.settle(clock.MustDate(day2))
		later, err := b.rename(Rename{Unit: west.ID, Name: "Tây mới", On: clock.MustDate(on)})
		if err != nil {
			t.Fatal(err)
		}
		b.settle(clock.MustDate(day2))
		if commune.ParentID != later.ID || len(b.tree.Former(commune.ID)) != 1 {
			t.Errorf("%s: lies in %s, former parents %+v", on, b.units[commune.ParentID].Name, b.tree.Former(commune.ID))
		}
		if got := b.tree.ParentOn(commune.ID, clock.MustDate("2019-02-01")); got != east.ID {
			t.Errorf("%s: lay in %s", on, b.units[got].Name)
		}
	}
}

// TestHeirWithinWhatEnds lets units go into what lies in them: nothing ever lies in itself.
func TestHeirWithinWhatEnds(t *testing.T) {
	on := clock.MustDate(day2)
	t.Run("at once", func(t *testing.T) {
		b := smallBook(t)
		_, err := b.merge(Merge{From: []UnitID{b.at(t, "11", day1).ID}, Into: b.at(t, "111", day1).ID, On: on})
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "Phường Yên Đỗ thuộc Huyện Đông Hà") {
			t.Errorf("error = %v", err)
		}
	})
	t.Run("later", func(t *testing.T) {
		b := smallBook(t)
		east, west, commune := b.at(t, "11", day1), b.at(t, "12", day1), b.at(t, "111", day1)
		if _, err := b.merge(Merge{From: []UnitID{east.ID}, Into: west.ID, On: on}); err != nil {
			t.Fatal(err)
		}
		if _, err := b.merge(Merge{From: []UnitID{west.ID}, Into: commune.ID, On: clock.MustDate(day3)}); err != nil {
			t.Fatal(err) // the commune does not lie in the west yet
		}
		b.settle(clock.MustDate(day3))
		if got := names(b.ancestors(commune.ID, clock.MustDate(day3))); got != "Tỉnh Mẫu" {
			t.Errorf("the commune lies in %s", got)
		}
		if got := names(b.ancestors(b.at(t, "121", day3).ID, clock.MustDate(day3))); got != "Tỉnh Mẫu" {
			t.Errorf("what lay in the west lies in %s; a commune cannot hold a commune", got)
		}
		if len(b.tree.ByDepth("")) != len(b.units) {
			t.Errorf("%d units in the tree of %d", len(b.tree.ByDepth("")), len(b.units))
		}
	})
	t.Run("made within", func(t *testing.T) {
		b := smallBook(t)
		commune := b.at(t, "111", day1)
		made, err := b.merge(Merge{From: []UnitID{b.at(t, "11", day1).ID}, New: &NewUnit{Level: "low", Kind: "xa", Name: "Mới", ParentID: commune.ID}, On: on})
		if err == nil {
			b.settle(on)
			t.Errorf("%s was made in %s of the same level", made.Name, commune.Name)
		}
	})
}
