package place

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
)

// TestWithoutDatabase asks everything of a database that has gone away: each answer is an
// error that says so, never an empty result.
func TestWithoutDatabase(t *testing.T) {
	o := smallOffice(t, day1)
	u := o.small(t, "111")
	if err := o.db.Close(); err != nil {
		t.Fatal(err)
	}
	on := clock.MustDate(day2)
	for name, ask := range map[string]func(context.Context) error{
		"Unit":       func(ctx context.Context) error { _, err := o.Unit(ctx, u.ID); return err },
		"ByCode":     func(ctx context.Context) error { _, err := o.ByCode(ctx, "a", "111", on); return err },
		"Codes":      func(ctx context.Context) error { _, err := o.Codes(ctx, u.ID); return err },
		"Levels":     func(ctx context.Context) error { _, err := o.Levels(ctx); return err },
		"Kinds":      func(ctx context.Context) error { _, err := o.Kinds(ctx, ""); return err },
		"List":       func(ctx context.Context) error { _, err := o.List(ctx, Filter{}); return err },
		"All":        func(ctx context.Context) error { _, err := o.All(ctx); return err },
		"Children":   func(ctx context.Context) error { _, err := o.Children(ctx, u.ID, on); return err },
		"Parents":    func(ctx context.Context) error { _, err := o.Parents(ctx, u.ID, on); return err },
		"Above":      func(ctx context.Context) error { _, err := o.Above(ctx, u.ID, "top", on); return err },
		"At":         func(ctx context.Context) error { _, err := o.At(ctx, u.ID, on); return err },
		"Successors": func(ctx context.Context) error { _, err := o.Successors(ctx, u.ID, on); return err },
		"Links":      func(ctx context.Context) error { _, err := o.Links(ctx, u.ID); return err },
		"Heir":       func(ctx context.Context) error { _, err := o.Heir(ctx, u.ID, on); return err },
		"Search":     func(ctx context.Context) error { _, err := o.Search(ctx, "yên", SearchOptions{}); return err },
		"Add":        func(ctx context.Context) error { _, err := o.Add(ctx, NewUnit{}, on, ""); return err },
		"Merge":      func(ctx context.Context) error { _, err := o.Merge(ctx, Merge{}); return err },
		"AddCode":    func(ctx context.Context) error { return o.AddCode(ctx, u.ID, "b", "1", on) },
		"Announce":   func(ctx context.Context) error { return o.Announce(ctx) },
		"Import":     func(ctx context.Context) error { _, err := o.Import(ctx, small()); return err },
	} {
		t.Run(name, func(t *testing.T) {
			if err := ask(o.ctx); err == nil || fault.KindOf(err) != fault.Internal {
				t.Errorf("error = %v, want one of the database", err)
			}
		})
	}
}

func TestCancelledQuestion(t *testing.T) {
	o := smallOffice(t, day1)
	ctx, cancel := context.WithCancel(o.ctx)
	cancel()
	if _, err := o.List(ctx, Filter{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
	if got := must(o.List(o.ctx, Filter{}))(t); len(got) != 7 {
		t.Errorf("the next question gets %d units", len(got))
	}
}

func TestImportRefusesAsAWhole(t *testing.T) {
	for _, c := range []struct {
		name  string
		files fs.FS
		want  string
	}{
		{"no files", fstest.MapFS{}, "levels.yaml"},
		{"no places", fstest.MapFS{levelsFile: {Data: []byte(smallLevels)}}, "places.csv"},
		{"a wrong row", small(placesFile, smallPlaces+"9,low,xa,,11,2000-01-01,,,\n"), "line 9"},
		{"two wrong rows", small(placesFile, smallPlaces+"8,low,nothing,A,11,2000-01-01,,,\n9,low,xa,,11,2000-01-01,,,\n"), "line 9"},
		{"a wrong change", small(changesFile, "changes: [{on: 2020-01-01, abolish: '9'}]"), "change 1"},
		{"a wrong key", small(changesFile, "change: []"), "line 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(dbtest.SQLite(t, rooms...), day1)
			_, err := o.Import(o.ctx, c.files)
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error = %v, want one with %q", err, c.want)
			}
			if left := must(o.All(o.ctx))(t); len(left) != 0 {
				t.Errorf("%d units were left behind", len(left))
			}
			if got := o.entries(t); got != "" {
				t.Errorf("audit = %s", got)
			}
		})
	}
}

// TestImportKeepsChangesMadeHere loads the same files again after an official changed things.
func TestImportKeepsChangesMadeHere(t *testing.T) {
	each(t, day3, func(t *testing.T, o office) {
		renamed := must(o.Rename(o.ctx, Rename{Unit: o.small(t, "111").ID, Name: "Yên Mới", On: clock.MustDate(day2)}))(t)
		more := small(placesFile, smallPlaces+"129,low,xa,Thêm,12,2021-01-01,,QĐ 2,\n")
		r := must(o.Import(o.ctx, more))(t)
		if r.Added != 1 || r.Unchanged != 7 {
			t.Errorf("report = %+v", r)
		}
		if got := o.small(t, "111"); got.ID != renamed.ID {
			t.Errorf("the rename was undone: %s", got.FullName())
		}
		if got := o.small(t, "129"); got.Name != "Thêm" || got.SourceAct != "QĐ 2" {
			t.Errorf("added = %+v", got)
		}
	})
}

// TestTwoNodesImportAtOnce starts two nodes on an empty database, as after an installation.
func TestTwoNodesImportAtOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		nodes := []office{newOffice(d, day1), newOffice(d, day1), newOffice(d, day1)}
		reports := make([]Report, len(nodes))
		errs := make([]error, len(nodes))
		var wg sync.WaitGroup
		for i, o := range nodes {
			wg.Go(func() { reports[i], errs[i] = o.Import(o.ctx, small()) })
		}
		wg.Wait()
		added := 0
		for i := range nodes {
			if errs[i] != nil {
				t.Error(errs[i])
			}
			added += reports[i].Added
		}
		if added != 7 {
			t.Errorf("%d units were added in all, want each once", added)
		}
		for i, o := range nodes {
			if all := must(o.All(o.ctx))(t); len(all) != 7 {
				t.Errorf("node %d sees %d units", i+1, len(all))
			}
		}
	})
}

// TestSameDay merges communes on the day on which the district above them is renamed or abolished.
func TestSameDay(t *testing.T) {
	on := clock.MustDate(day2)
	for name, above := range map[string]func(office, UnitID) error{
		"renamed": func(o office, id UnitID) error {
			_, err := o.Rename(o.ctx, Rename{Unit: id, Name: "Huyện mới", On: on})
			return err
		},
		"abolished": func(o office, id UnitID) error {
			_, err := o.Abolish(o.ctx, Abolition{Unit: id, On: on})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := smallOffice(t, day1)
			from := []UnitID{o.small(t, "121").ID, o.small(t, "122").ID}
			if err := above(o, o.small(t, "12").ID); err != nil {
				t.Fatal(err)
			}
			n := must(o.Merge(o.ctx, Merge{From: from, New: &NewUnit{Name: "Chung", Codes: map[string]string{"a": "123"}}, On: on}))(t)
			o.NextDay(t, on)
			parents := names(must(o.Parents(o.ctx, n.ID, on))(t))
			if want := map[string]string{"renamed": "Tỉnh Mẫu, Huyện Huyện mới", "abolished": "Tỉnh Mẫu"}[name]; parents != want {
				t.Errorf("parents = %s, want %s", parents, want)
			}
			o.checkTree(t)
			o.checkEnds(t)
		})
	}
}

// FuzzSearch holds that no text makes the search fail, and that what is found fits the wish.
func FuzzSearch(f *testing.F) {
	for _, text := range []string{"Yên Đỗ", "yen", "%", "111", "\x00", "ĐĐĐ", "Ye\u0302n", ""} {
		f.Add(text, 3)
	}
	src, err := readSource(small())
	if err != nil {
		f.Fatal(err)
	}
	b := newBook(tables{})
	if _, err := src.apply(b); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = min(max(limit, 0), 50)
		hits := b.search(text, SearchOptions{Level: "low", On: clock.MustDate(day1), Limit: limit})
		if len(hits) > limit {
			t.Errorf("%d hits, at most %d were asked for", len(hits), limit)
		}
		for _, h := range hits {
			if h.Unit.Level != "low" || !h.Unit.ValidOn(clock.MustDate(day1)) {
				t.Errorf("search %q found %+v", text, h.Unit)
			}
		}
	})
}

func BenchmarkQuestions(b *testing.B) {
	o := newOffice(dbtest.SQLite(b, rooms...), day1)
	if _, err := o.Import(o.ctx, small()); err != nil {
		b.Fatal(err)
	}
	s := New(Deps{DB: o.db, Clock: o.clock}, Config{})
	u, err := s.ByCode(o.ctx, "", "111", clock.Date{})
	if err != nil {
		b.Fatal(err)
	}
	for name, ask := range map[string]func() error{
		"Unit":    func() error { _, err := s.Unit(o.ctx, u.ID); return err },
		"Parents": func() error { _, err := s.Parents(o.ctx, u.ID, clock.Date{}); return err },
		"Search":  func() error { _, err := s.Search(o.ctx, "yen do", SearchOptions{}); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
