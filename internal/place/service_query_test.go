package place

import (
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
)

// smallOffice holds the small province of book_test.go.
func smallOffice(t *testing.T, day string) office {
	t.Helper()
	o := newOffice(dbtest.SQLite(t, rooms...), day)
	if _, err := o.Import(o.ctx, small()); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o office) small(t *testing.T, code string) Unit {
	t.Helper()
	u, err := o.ByCode(o.ctx, "", code, clock.Date{})
	if err != nil {
		t.Fatalf("unit %s: %v", code, err)
	}
	return u
}

func TestQueries(t *testing.T) {
	o := smallOffice(t, day1)
	commune, district, top := o.small(t, "111"), o.small(t, "11"), o.small(t, "1")
	if got := must(o.Unit(o.ctx, commune.ID))(t); got.FullName() != "Phường Yên Đỗ" || got.Code != "111" {
		t.Errorf("unit = %+v", got)
	}
	if got := names(must(o.Parents(o.ctx, commune.ID, clock.Date{}))(t)); got != "Tỉnh Mẫu, Huyện Đông Hà" {
		t.Errorf("parents = %s", got)
	}
	for level, want := range map[string]UnitID{"top": top.ID, "mid": district.ID, "low": commune.ID} {
		if got := must(o.Above(o.ctx, commune.ID, level, clock.Date{}))(t); got.ID != want {
			t.Errorf("above at %s = %s", level, got.FullName())
		}
	}
	_, err := o.Above(o.ctx, top.ID, "low", clock.Date{})
	wantKind(t, err, fault.NotFound)
	levels := must(o.Levels(o.ctx))(t)
	if len(levels) != 3 || levels[0].Key != "top" || levels[2].Name != "Cấp dưới" {
		t.Errorf("levels = %+v", levels)
	}
	if kinds := must(o.Kinds(o.ctx, "low"))(t); len(kinds) != 2 || kinds[0].Key != "xa" {
		t.Errorf("kinds = %+v", kinds)
	}
	if kinds := must(o.Kinds(o.ctx, ""))(t); len(kinds) != 4 || kinds[0].Key != "tinh" {
		t.Errorf("all kinds = %+v", kinds)
	}
	if all := must(o.All(o.ctx))(t); len(all) != 7 || all[0].ID != top.ID {
		t.Errorf("all = %s", names(all))
	}
	if codes := must(o.Codes(o.ctx, commune.ID))(t); len(codes) != 1 || codes[0].Code != "111" {
		t.Errorf("codes = %+v", codes)
	}
	if !commune.Within(district) || district.Within(commune) {
		t.Error("the commune lies in the district, not the other way")
	}
}

func TestQueriesOfUnknownUnits(t *testing.T) {
	o := smallOffice(t, day1)
	for name, ask := range map[string]func() error{
		"Unit":       func() error { _, err := o.Unit(o.ctx, "x"); return err },
		"ByCode":     func() error { _, err := o.ByCode(o.ctx, "a", "999", clock.Date{}); return err },
		"scheme":     func() error { _, err := o.ByCode(o.ctx, "z", "111", clock.Date{}); return err },
		"Codes":      func() error { _, err := o.Codes(o.ctx, "x"); return err },
		"Parents":    func() error { _, err := o.Parents(o.ctx, "x", clock.Date{}); return err },
		"Above":      func() error { _, err := o.Above(o.ctx, "x", "top", clock.Date{}); return err },
		"At":         func() error { _, err := o.At(o.ctx, "x", clock.MustDate(day1)); return err },
		"Successors": func() error { _, err := o.Successors(o.ctx, "x", clock.Date{}); return err },
		"Links":      func() error { _, err := o.Links(o.ctx, "x"); return err },
		"Heir":       func() error { _, err := o.Heir(o.ctx, "x", clock.Date{}); return err },
	} {
		t.Run(name, func(t *testing.T) { wantKind(t, ask(), fault.NotFound) })
	}
}

func TestAtAnyDate(t *testing.T) {
	o := smallOffice(t, "2026-01-01")
	a, b := o.small(t, "121"), o.small(t, "122")
	merged := must(o.Merge(o.ctx, Merge{From: []UnitID{a.ID, b.ID}, New: &NewUnit{Name: "Ia Rong", Codes: map[string]string{"a": "123"}}, On: clock.MustDate(day2)}))(t)
	for _, c := range []struct {
		id   UnitID
		day  string
		want string
	}{
		{a.ID, day1, "Xã Ia Băng"},
		{a.ID, day3, "Xã Ia Rong"},
		{merged.ID, day3, "Xã Ia Rong"},
		{merged.ID, day1, "Xã Ia Băng, Xã Đăk Rong"},
	} {
		got := must(o.At(o.ctx, c.id, clock.MustDate(c.day)))(t)
		if s := names(got); s != c.want && s != "Xã Đăk Rong, Xã Ia Băng" {
			t.Errorf("at %s = %s, want %s", c.day, s, c.want)
		}
	}
	if got := names(must(o.Parents(o.ctx, a.ID, clock.Date{}))(t)); got != "Tỉnh Mẫu, Huyện Tây Sơn" {
		t.Errorf("parents of an ended unit, on its last day = %s", got)
	}
	if h := must(o.Heir(o.ctx, a.ID, clock.Date{}))(t); h.ID != merged.ID {
		t.Errorf("heir = %s", h.FullName())
	}
	if s := must(o.Successors(o.ctx, b.ID, clock.Date{}))(t); len(s) != 1 || s[0].ID != merged.ID {
		t.Errorf("successors = %s", names(s))
	}
}
