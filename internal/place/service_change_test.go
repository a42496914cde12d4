package place

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
)

// each runs fn on the small province on both engines.
func each(t *testing.T, day string, fn func(*testing.T, office)) {
	t.Helper()
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		o := newOffice(d, day)
		if _, err := o.Import(o.ctx, small()); err != nil {
			t.Fatal(err)
		}
		fn(t, o)
	})
}

// entries returns the actions in the audit record, sorted: lanes have no order among each other.
func (o office) entries(t *testing.T) string {
	t.Helper()
	var list []string
	if err := o.db.Select(o.ctx, &list, `SELECT action FROM audit_entry ORDER BY action`); err != nil {
		t.Fatal(err)
	}
	return strings.Join(list, " ")
}

func TestMergeIsStoredAuditedAndAnnounced(t *testing.T) {
	each(t, day2, func(t *testing.T, o office) {
		from, into := o.small(t, "112"), o.small(t, "111")
		got := must(o.Merge(o.ctx, Merge{From: []UnitID{from.ID}, Into: into.ID, On: clock.MustDate(day2), SourceAct: "NQ 1"}))(t)
		if got.ID != into.ID {
			t.Errorf("merged into %s", got.FullName())
		}
		ended := must(o.Unit(o.ctx, from.ID))(t)
		if ended.ValidTo != clock.MustDate(day2) || !ended.Announced {
			t.Errorf("ended unit = %+v", ended)
		}
		sent := o.events(t)
		if len(sent) != 1 {
			t.Fatalf("events = %v", sent)
		}
		var e UnitEnded
		text, _ := strings.CutPrefix(sent[0], EventUnitEnded+" ")
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			t.Fatal(err)
		}
		if e.UnitID != from.ID || e.Heir != into.ID || e.Kind != Merged || e.On != clock.MustDate(day2) || len(e.Successors) != 1 {
			t.Errorf("event = %+v", e)
		}
		if got := o.entries(t); got != "place.import place.merge" {
			t.Errorf("audit = %s", got)
		}
		r, err := audit.Verify(o.ctx, o.db, nil)
		if err != nil || !r.OK() {
			t.Errorf("audit chain: %+v, %v", r, err)
		}
	})
}

// TestEventFormat pins the JSON that other rooms read.
func TestEventFormat(t *testing.T) {
	for _, c := range []struct {
		payload any
		want    string
	}{
		{UnitEnded{"a", clock.MustDate(day2), Merged, "b", []UnitID{"b"}}, `{"unit_id":"a","on":"2020-02-01","kind":"merge","heir":"b","successors":["b"]}`},
		{UnitEnded{UnitID: "a", On: clock.MustDate(day2), Successors: []UnitID{}}, `{"unit_id":"a","on":"2020-02-01","successors":[]}`},
		{UnitAdded{"a", clock.MustDate(day2)}, `{"unit_id":"a","from":"2020-02-01"}`},
	} {
		if raw, err := json.Marshal(c.payload); err != nil || string(raw) != c.want {
			t.Errorf("event = %s, %v, want %s", raw, err, c.want)
		}
	}
	if (UnitEnded{UnitID: "a"}).EventKey() != "a" || (UnitAdded{UnitID: "a"}).EventKey() != "a" {
		t.Error("events of a unit must be in order")
	}
}

func TestFutureEndIsAnnouncedOnTheDay(t *testing.T) {
	each(t, day1, func(t *testing.T, o office) {
		old := o.small(t, "12")
		must(o.Rename(o.ctx, Rename{Unit: old.ID, Name: "An Tây", On: clock.MustDate(day2)}))(t)
		if sent := o.events(t); len(sent) != 0 {
			t.Errorf("announced too early: %v", sent)
		}
		if got := o.small(t, "12"); got.ID != old.ID {
			t.Errorf("today it is still %s", got.FullName())
		}
		if got := names(must(o.Children(o.ctx, old.ID, clock.Date{}))(t)); got != "Xã Đăk Rong, Xã Ia Băng" {
			t.Errorf("children today = %s", got)
		}
		o.clock.Set(clock.MustDate(day2).At(0, 5))
		for range 2 { // the second time does nothing
			if err := o.Announce(o.ctx); err != nil {
				t.Fatal(err)
			}
			if sent := o.events(t); len(sent) != 1 {
				t.Errorf("events = %v", sent)
			}
		}
		renamed := o.small(t, "12")
		if renamed.FullName() != "Huyện An Tây" {
			t.Errorf("today it is %s", renamed.FullName())
		}
		if got := names(must(o.Children(o.ctx, renamed.ID, clock.Date{}))(t)); got != "Xã Đăk Rong, Xã Ia Băng" {
			t.Errorf("children = %s", got)
		}
		if got := names(must(o.Parents(o.ctx, o.small(t, "121").ID, clock.MustDate(day1)))(t)); got != "Tỉnh Mẫu, Huyện Tây Sơn" {
			t.Errorf("parents in the past = %s", got)
		}
	})
}

func TestSplitAbolishAddAndCode(t *testing.T) {
	each(t, day3, func(t *testing.T, o office) {
		heir := must(o.Split(o.ctx, Split{From: o.small(t, "111").ID, New: []NewUnit{{Name: "Một"}, {Name: "Hai", Codes: map[string]string{"a": "119"}}}, Heir: 1, On: clock.MustDate(day2)}))(t)
		if heir.Name != "Hai" || heir.Code != "119" {
			t.Errorf("heir = %+v", heir)
		}
		ended := must(o.Abolish(o.ctx, Abolition{o.small(t, "112").ID, clock.MustDate(day2), "NQ 2"}))(t)
		if ended.ValidTo != clock.MustDate(day2) {
			t.Errorf("abolished = %+v", ended)
		}
		_, err := o.Heir(o.ctx, ended.ID, clock.Date{})
		wantKind(t, err, fault.NotFound)
		added := must(o.Add(o.ctx, NewUnit{Level: "low", Kind: "xa", Name: "Mới", ParentID: o.small(t, "11").ID, Codes: map[string]string{"a": "118"}}, clock.MustDate(day3), "NQ 3"))(t)
		if got := o.small(t, "118"); got.ID != added.ID || got.SourceAct != "NQ 3" {
			t.Errorf("added = %+v", got)
		}
		if err := o.AddCode(o.ctx, added.ID, "b", "24001", clock.MustDate(day3)); err != nil {
			t.Fatal(err)
		}
		if got := must(o.ByCode(o.ctx, "b", "24001", clock.Date{}))(t); got.ID != added.ID {
			t.Errorf("by the new code: %s", got.FullName())
		}
		if err := o.AddCode(o.ctx, added.ID, "a", "117", clock.MustDate("2026-01-01")); err != nil {
			t.Fatal(err)
		}
		if codes := must(o.Codes(o.ctx, added.ID))(t); len(codes) != 3 {
			t.Errorf("codes = %+v", codes)
		}
		wantKind(t, o.AddCode(o.ctx, "x", "a", "1", clock.Date{}), fault.NotFound)
		if got := o.entries(t); got != "place.abolish place.add place.code place.code place.import place.split" {
			t.Errorf("audit = %s", got)
		}
		if sent := o.events(t); len(sent) != 3 {
			t.Errorf("events = %v", sent)
		}
	})
}

func TestAFailedChangeLeavesNothing(t *testing.T) {
	each(t, day3, func(t *testing.T, o office) {
		before := names(must(o.List(o.ctx, Filter{Ended: true}))(t))
		_, err := o.Split(o.ctx, Split{From: o.small(t, "111").ID, New: []NewUnit{{Name: "Một"}, {Name: "Hai", Codes: map[string]string{"a": "112"}}}, On: clock.MustDate(day2)})
		wantKind(t, err, fault.Invalid)
		if after := names(must(o.List(o.ctx, Filter{Ended: true}))(t)); after != before {
			t.Errorf("after = %s, before = %s", after, before)
		}
		if got := o.entries(t); got != "place.import" {
			t.Errorf("audit = %s", got)
		}
	})
}

func TestPermission(t *testing.T) {
	o := smallOffice(t, day1)
	clerk := actor.Actor{ID: "a", Kind: actor.Staff, Grants: []actor.Grant{{Permissions: map[string]bool{"dossier.accept": true}, UnitPath: "/r/", Below: true}}}
	manager := actor.Actor{ID: "b", Kind: actor.Staff, Grants: []actor.Grant{{Permissions: map[string]bool{PermManage: true}, UnitPath: "/r/"}}}
	unit := o.small(t, "111").ID
	on := clock.MustDate(day2)
	for name, act := range map[string]func(context.Context) error{
		"import":  func(ctx context.Context) error { _, err := o.Import(ctx, small()); return err },
		"add":     func(ctx context.Context) error { _, err := o.Add(ctx, NewUnit{}, on, ""); return err },
		"merge":   func(ctx context.Context) error { _, err := o.Merge(ctx, Merge{}); return err },
		"split":   func(ctx context.Context) error { _, err := o.Split(ctx, Split{}); return err },
		"rename":  func(ctx context.Context) error { _, err := o.Rename(ctx, Rename{}); return err },
		"abolish": func(ctx context.Context) error { _, err := o.Abolish(ctx, Abolition{Unit: unit, On: on}); return err },
		"code":    func(ctx context.Context) error { return o.AddCode(ctx, unit, "b", "1", on) },
	} {
		t.Run(name, func(t *testing.T) {
			wantKind(t, act(context.Background()), fault.Forbidden)
			wantKind(t, act(actor.With(context.Background(), clerk)), fault.Forbidden)
			if err := act(actor.With(context.Background(), manager)); err != nil && fault.KindOf(err) == fault.Forbidden {
				t.Errorf("the manager is refused: %v", err)
			}
		})
	}
}

// TestSecondNode sees what another node changed, and its own changes at once.
func TestSecondNode(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		one, two := newOffice(d, day3), newOffice(d, day3)
		if _, err := one.Import(one.ctx, small()); err != nil {
			t.Fatal(err)
		}
		unit := two.small(t, "111")
		must(one.Rename(one.ctx, Rename{Unit: unit.ID, Name: "Yên Mới", On: clock.MustDate(day2)}))(t)
		if got := one.small(t, "111"); got.Name != "Yên Mới" {
			t.Errorf("the node that made the change sees %s", got.Name)
		}
		if got := two.small(t, "111"); got.Name != "Yên Mới" {
			t.Errorf("the other node sees %s", got.Name)
		}
	})
}

func TestBookIsKeptBetweenChecks(t *testing.T) {
	d := dbtest.SQLite(t, rooms...)
	o := newOffice(d, day3)
	if _, err := o.Import(o.ctx, small()); err != nil {
		t.Fatal(err)
	}
	slow := New(Deps{DB: d, Clock: o.clock}, Config{}) // a check each second
	first := must(slow.book(o.ctx))(t)
	if second := must(slow.book(o.ctx))(t); first != second {
		t.Error("the book was read again though nothing was changed")
	}
}

func TestConcurrentChangesFollowOneAnother(t *testing.T) {
	each(t, day3, func(t *testing.T, o office) {
		unit := o.small(t, "111")
		errs := make([]error, 4)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = o.Rename(o.ctx, Rename{Unit: unit.ID, Name: "Yên " + string(rune('A'+i)), On: clock.MustDate(day2)})
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else {
				wantKind(t, err, fault.Conflict)
			}
		}
		if won != 1 {
			t.Errorf("%d renames won, want one: %v", won, errs)
		}
	})
}
