package app

import (
	"context"
	"io"
	"log/slog"
	"testing"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/org"
	"lienthong/internal/place"
)

// TestDistrictsEnd lets the district level of the demonstration province end on 1 July 2025, prepared the day before:
// at 00:00 the communes stand below the province, and what is asked for June is answered by the tree of June.
func TestDistrictsEnd(t *testing.T) {
	eachAddress(t, func(t *testing.T, address string) {
		last := clock.MustDate("2025-06-30")
		first, now := last.AddDays(1), clock.NewFake(last.At(16, 0))
		a, err := New(context.Background(), testConfig(t, address), WithLog(slog.New(slog.DiscardHandler)), WithClock(now))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		})
		h, ctx := a.House, actor.With(context.Background(), actor.SystemActor)
		if err := h.LoadProvince(ctx, h.Files, io.Discard, true); err != nil {
			t.Fatal(err)
		}
		districts, err := h.Place.List(ctx, place.Filter{Level: "district"})
		if err != nil || len(districts) == 0 {
			t.Fatalf("%d districts, %v", len(districts), err)
		}
		for _, d := range districts {
			if _, err := h.Place.Abolish(ctx, place.Abolition{Unit: d.ID, On: first, SourceAct: "Nghị quyết thử nghiệm"}); err != nil {
				t.Fatal(err)
			}
		}
		committees := func(level string, on clock.Date) []org.Unit {
			t.Helper()
			found, err := h.Org.List(ctx, org.Filter{Kind: "peoples_committee", Level: level, On: on})
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		above := func(u org.Unit, on clock.Date) int {
			t.Helper()
			up, err := h.Org.Parents(ctx, u.ID, on)
			if err != nil {
				t.Fatal(err)
			}
			return len(up)
		}
		communes := committees("commune", last)
		if len(committees("district", last)) != len(districts) || above(communes[0], last) != 2 {
			t.Fatalf("%d committees of %d districts, %d units above a commune", len(committees("district", last)), len(districts), above(communes[0], last))
		}

		now.Set(first.At(0, 0))
		for range 2 { // the second time changes nothing
			if err := h.NewDay(context.Background()); err != nil {
				t.Fatal(err)
			}
			if err := h.Bus.Drain(ctx); err != nil {
				t.Fatal(err)
			}
		}
		root, err := h.Org.Root(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if got := committees("commune", first); len(got) != len(communes) || len(committees("district", first)) != 0 {
			t.Errorf("%d committees of communes of %d, %d of districts", len(got), len(communes), len(committees("district", first)))
		}
		for _, c := range committees("commune", first) {
			if c.ParentID != root.ID || above(c, first) != 1 || above(c, last) != 2 {
				t.Fatalf("%s stands below %s, %d above now, %d before", c.Name, c.ParentID, above(c, first), above(c, last))
			}
		}
		if got := committees("district", last); len(got) != len(districts) {
			t.Errorf("in June there were %d committees of districts", len(got))
		}
		under, err := h.Org.List(ctx, org.Filter{Under: committees("district", last)[0].ID, Kind: "peoples_committee", Level: "commune", On: last})
		if err != nil || len(under) == 0 {
			t.Errorf("in June %d communes stood below a district, %v", len(under), err)
		}
	})
}
