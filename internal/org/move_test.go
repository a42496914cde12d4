package org

import (
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

func TestMove(t *testing.T) {
	each(t, "2026-11-23", func(t *testing.T, o office) {
		branch, land, justice := o.slug(t, "vp-dkdd"), o.slug(t, "so-tnmt"), o.slug(t, "so-tu-phap")
		today := clock.Today(o.clock)
		on := today.AddDays(10)
		if _, err := o.Move(o.ctx, Move{Unit: branch.ID, Parent: justice.ID, On: on, SourceAct: "12/QĐ-UBND"}); err != nil {
			t.Fatal(err)
		}
		if u := o.slug(t, "vp-dkdd"); u.ParentID != land.ID {
			t.Error("moved before the day")
		}
		parents := func(on clock.Date) string { return slugs(must(o.Parents(o.ctx, branch.ID, on))(t)) }
		check := func() {
			t.Helper()
			for d, want := range map[clock.Date]string{today: "ubnd-tinh so-tnmt", on.AddDays(-1): "ubnd-tinh so-tnmt", on: "ubnd-tinh so-tu-phap"} {
				if got := parents(d); got != want {
					t.Errorf("above on %s: %s, want %s", d, got, want)
				}
			}
			if in := must(o.List(o.ctx, Filter{Under: justice.ID, On: on, Key: "reception"}))(t); slugs(in) != "so-tu-phap/reception vp-dkdd/reception" {
				t.Errorf("receptions under the new parent: %s", slugs(in))
			}
			if in := must(o.List(o.ctx, Filter{Under: justice.ID, On: on.AddDays(-1), Key: "reception"}))(t); slugs(in) != "so-tu-phap/reception" {
				t.Errorf("before: %s", slugs(in))
			}
			if hits := must(o.Search(o.ctx, "tiếp nhận", SearchOptions{Under: land.ID, On: on}))(t); len(hits) != 1 {
				t.Errorf("%d receptions are found under the old parent", len(hits))
			}
		}
		check()
		for name, m := range map[string]Move{
			"planned already": {Unit: branch.ID, Parent: justice.ID, On: on.AddDays(5)},
			"into itself":     {Unit: land.ID, Parent: o.slug(t, "so-tnmt/land").ID, On: on},
			"where it is":     {Unit: land.ID, Parent: o.slug(t, "ubnd-tinh").ID, On: on},
			"the root":        {Unit: o.slug(t, "ubnd-tinh").ID, Parent: land.ID, On: on},
			"a second desk":   {Unit: o.slug(t, "so-tnmt/reception").ID, Parent: justice.ID, On: on},
			"a circle":        {Unit: justice.ID, Parent: branch.ID, On: on.AddDays(3)},
			"no date":         {Unit: land.ID, Parent: justice.ID},
			"no unit":         {Unit: "x", Parent: justice.ID, On: on},
		} {
			if _, err := o.Move(o.ctx, m); err == nil || fault.KindOf(err) == fault.Internal {
				t.Errorf("%s: %v", name, err)
			}
		}
		o.clock.Set(on.At(0, 0))
		if err := o.Announce(o.ctx); err != nil {
			t.Fatal(err)
		}
		u := o.slug(t, "vp-dkdd")
		if u.ParentID != justice.ID || u.Path != justice.Path+string(u.ID)+"/" || !o.slug(t, "vp-dkdd/reception").Within(u) {
			t.Errorf("stands at %s", u.Path)
		}
		check()
		if _, err := o.Move(o.ctx, Move{Unit: branch.ID, Parent: land.ID, On: on}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a second move on the same day: %v", err)
		}
	})
}
