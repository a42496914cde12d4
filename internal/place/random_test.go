package place

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/randomtest"
)

// TestRandomHistories makes long random histories of a territory and holds what must always be true.
func TestRandomHistories(t *testing.T) {
	h := randomtest.History{Start: clock.MustDate(day1), End: clock.MustDate("2040-01-01"), Changes: 25, Least: 8}
	h.Run(t, 6, func(t *testing.T) randomtest.World { return smallOffice(t, day1) })
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

// Check holds what must be true after any history.
func (o office) Check(t *testing.T, days []clock.Date) {
	t.Helper()
	o.checkTree(t)
	o.checkEnds(t)
	for _, day := range days {
		o.checkDay(t, day)
	}
}

// Change merges, renames, splits or abolishes random units of the lower levels that are alive.
func (o office) Change(t *testing.T, r *rand.Rand, i int, on clock.Date) error {
	t.Helper()
	alive := slices.DeleteFunc(must(o.List(o.ctx, Filter{On: on}))(t), func(u Unit) bool { return !u.ValidTo.IsZero() || u.Level == "top" })
	if len(alive) == 0 {
		return nil
	}
	u := alive[r.IntN(len(alive))]
	same := slices.DeleteFunc(slices.Clone(alive), func(x Unit) bool { return x.Level != u.Level })
	v := same[r.IntN(len(same))]
	name := fmt.Sprintf("Đơn vị %d", i)
	var err error
	switch r.IntN(5) {
	case 0:
		_, err = o.Merge(o.ctx, Merge{From: []UnitID{u.ID}, Into: v.ID, On: on})
	case 1:
		_, err = o.Merge(o.ctx, Merge{From: []UnitID{u.ID, v.ID}, New: &NewUnit{Name: name, Codes: map[string]string{"a": u.Code}}, On: on})
	case 2:
		_, err = o.Rename(o.ctx, Rename{Unit: u.ID, Name: name, On: on})
	case 3:
		_, err = o.Split(o.ctx, Split{From: u.ID, New: []NewUnit{{Name: name, Codes: map[string]string{"a": fmt.Sprintf("9%02d", i)}}, {Name: u.Name, Codes: map[string]string{"a": u.Code}}}, Heir: r.IntN(2), On: on})
	case 4:
		if r.IntN(3) == 0 {
			_, err = o.Abolish(o.ctx, Abolition{Unit: u.ID, On: on})
		}
	}
	return err
}

// checkTree holds: paths follow parents, and nothing alive lies in what has ended.
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
			if u.ValidTo.IsZero() && !p.ValidTo.IsZero() {
				t.Errorf("%s lies in %s, which has ended", u.Name, p.Name)
			}
		}
		if want += string(id) + "/"; u.Path != want {
			t.Errorf("path of %s = %s, want %s", u.Name, u.Path, want)
		}
	}
}

// checkEnds holds: every end was announced once, with an heir exactly when there are successors.
func (o office) checkEnds(t *testing.T) {
	t.Helper()
	announced := map[UnitID]UnitEnded{}
	for _, text := range o.events(t) {
		var e UnitEnded
		body, ok := strings.CutPrefix(text, EventUnitEnded+" ")
		if err := json.Unmarshal([]byte(body), &e); !ok || err != nil {
			t.Fatal(text, err)
		}
		if _, twice := announced[e.UnitID]; twice {
			t.Errorf("announced twice: %s", text)
		}
		announced[e.UnitID] = e
	}
	for _, u := range must(o.All(o.ctx))(t) {
		e, ok := announced[u.ID]
		if ok != !u.ValidTo.IsZero() {
			t.Errorf("%s: announced %v, ended %v", u.Name, ok, u.ValidTo)
		}
		if ok && (e.On != u.ValidTo || (e.Heir == "") != (len(e.Successors) == 0) || (e.Kind == "") != (len(e.Successors) == 0)) {
			t.Errorf("event of %s = %+v", u.Name, e)
		}
	}
}

// checkDay holds for one day: codes name one unit each, everything valid lies in something valid, and
// what is asked about any other day leads back.
func (o office) checkDay(t *testing.T, day clock.Date) {
	t.Helper()
	b := must(o.book(o.ctx))(t)
	units := b.list(Filter{On: day})
	codes := map[string]string{}
	for _, u := range units {
		for _, c := range b.codes[u.ID] {
			if !day.Within(c.ValidFrom, c.ValidTo) {
				continue
			}
			if other, taken := codes[c.Code]; taken {
				t.Errorf("on %s the code %s names %s and %s", day, c.Code, other, u.Name)
			}
			codes[c.Code] = u.Name
		}
		for _, p := range b.ancestors(u.ID, day) {
			if !p.ValidOn(day) {
				t.Errorf("on %s %s lies in %s, valid %s to %s", day, u.Name, p.Name, p.ValidFrom, p.ValidTo)
			}
		}
		for _, s := range b.successors(u.ID, o.today()) {
			if !slices.ContainsFunc(b.predecessors(s.ID, day), func(x Unit) bool { return x.ID == u.ID }) {
				t.Errorf("%s follows %s, but does not lead back to it on %s", s.Name, u.Name, day)
			}
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
			if _, err := b.rename(Rename{Unit: b.at(t, "12", day1).ID, Name: "An Tây", On: on, SourceAct: "NQ 1"}); err != nil {
				return err
			}
			if _, err := b.merge(Merge{From: []UnitID{b.at(t, "111", day1).ID, b.at(t, "112", day1).ID}, New: &NewUnit{Name: "Yên Mới", Codes: map[string]string{"a": "111", "b": "7"}}, On: on}); err != nil {
				return err
			}
			if _, err := b.split(Split{From: b.at(t, "121", day1).ID, New: []NewUnit{{Name: "Một"}, {Name: "Hai"}}, On: on}); err != nil {
				return err
			}
			if err := b.recode(b.at(t, "122", day2), "a", "129", on); err != nil {
				return err
			}
			return o.finish(ctx, tx, b)
		})
		if err != nil {
			t.Fatal(err)
		}
		stored := must(o.store.load(o.ctx, o.db))(t)
		if len(made.units) != 11 || len(stored.units) != len(made.units) {
			t.Fatalf("%d units were made, %d are stored", len(made.units), len(stored.units))
		}
		byText := func(c, d Code) int { return strings.Compare(c.Scheme+c.Code, d.Scheme+d.Code) }
		for id, u := range made.units {
			if *u != *stored.units[id] {
				t.Errorf("%+v\nis stored as %+v", *u, *stored.units[id])
			}
			if len(made.next[id]) != len(stored.next[id]) || len(made.next[id]) == 1 && made.next[id][0] != stored.next[id][0] {
				t.Errorf("links of %s: %+v, stored %+v", u.Name, made.next[id], stored.next[id])
			}
			if !slices.Equal(made.tree.Former(id), stored.tree.Former(id)) {
				t.Errorf("former parents of %s: %+v, stored %+v", u.Name, made.tree.Former(id), stored.tree.Former(id))
			}
			slices.SortFunc(made.codes[id], byText)
			slices.SortFunc(stored.codes[id], byText)
			if !slices.Equal(made.codes[id], stored.codes[id]) {
				t.Errorf("codes of %s: %+v, stored %+v", u.Name, made.codes[id], stored.codes[id])
			}
		}
	})
}
