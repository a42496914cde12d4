package codelist

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

// TestStoredAsGiven: what is stored comes back the same, on both engines.
func TestStoredAsGiven(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t, levels)
		want := Item{List: "level", Code: "z.1", Name: "Đặc biệt “có” dấu; --", NameEN: "Special", Sort: 1, Attributes: map[string]string{"clock": "stopped", "khóa": "giá trị"},
			ValidFrom: clock.MustDate("2018-01-01"), ValidTo: clock.MustDate("2030-01-01"), SourceAct: "1/2018/TT-VPCP"}
		if err := f.Put(system, want); err != nil {
			t.Fatal(err)
		}
		items, err := f.Items(public, "level", clock.MustDate("2018-11-23"))
		if err != nil || len(items) != 3 || !items[0].same(want) {
			t.Errorf("%+v, %v", items, err)
		}
		for name, change := range map[string]func(i *Item){
			"name": func(i *Item) { i.Name = "x" }, "english": func(i *Item) { i.NameEN = "x" }, "place": func(i *Item) { i.Sort++ },
			"attribute": func(i *Item) { i.Attributes = map[string]string{"clock": "runs"} }, "from": func(i *Item) { i.ValidFrom = clock.Date{} },
			"to": func(i *Item) { i.ValidTo = clock.Date{} }, "act": func(i *Item) { i.SourceAct = "" }, "code": func(i *Item) { i.Code = "y" }, "list": func(i *Item) { i.List = "y" },
		} {
			other := want
			change(&other)
			if other.same(want) {
				t.Errorf("a different %s goes unseen", name)
			}
		}
	})
}

// TestManyAtOnce asks and changes at the same time.
func TestManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t, levels)
		var wg sync.WaitGroup
		fail := make(chan string, 200)
		for range 4 {
			wg.Go(func() {
				for range 25 {
					name, err := f.Name(public, "level", "a", clock.Date{})
					if err != nil || name != "Một" && name != "Một sửa" {
						fail <- name
					}
				}
			})
		}
		wg.Go(func() {
			for _, name := range []string{"Một sửa", "Một", "Một sửa"} {
				if err := f.Put(system, Item{List: "level", Code: "a", Name: name}); err != nil {
					fail <- err.Error()
				}
			}
		})
		wg.Wait()
		close(fail)
		for message := range fail {
			t.Error(message)
		}
		if got, err := f.Name(public, "level", "a", clock.Date{}); err != nil || got != "Một sửa" {
			t.Errorf("afterwards: %q, %v", got, err)
		}
	})
}

// TestBrokenDatabase: a database that does not answer is an error everywhere, never an empty list.
func TestBrokenDatabase(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t, levels)
		cold := New(Deps{DB: f.db, Clock: f.clock, Units: root{}})
		gone, cancel := context.WithCancel(system)
		cancel()
		for name, err := range map[string]error{
			"Lists":     second(cold.Lists(gone)),
			"Items":     second(cold.Items(gone, "level", clock.Date{})),
			"History":   second(cold.History(gone, "level")),
			"Item":      second(cold.Item(gone, "level", "a", clock.Date{})),
			"Name":      second(cold.Name(gone, "level", "a", clock.Date{})),
			"Has":       second(cold.Has(gone, "level", "a", clock.Date{})),
			"Import":    second(cold.Import(gone, strings.NewReader(levels))),
			"ImportDir": second(cold.ImportDir(gone, fstest.MapFS{"level.yaml": {Data: []byte(levels)}})),
			"Put":       cold.Put(gone, Item{List: "level", Code: "a", Name: "x"}),
			"End":       cold.End(gone, "level", "a", clock.MustDate("2019-01-01")),
		} {
			if err == nil || fault.KindOf(err) != fault.Internal {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := f.ImportDir(system, fstest.MapFS{}); err != nil {
			t.Errorf("an empty folder: %v", err)
		}
	})
}

// TestTwoVersionsAtOnce lets two officials enter versions of one code at the same moment: whoever is later sees the other.
func TestTwoVersionsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t, "list: colour\nname: Màu\nitems:\n  - {code: red, name: đỏ}\n")
		var wg sync.WaitGroup
		for n := range 10 {
			for _, from := range []string{"2019-01-01", "2020-01-01"} {
				wg.Go(func() {
					err := f.Put(system, Item{List: "colour", Code: fmt.Sprint("c", n), Name: "màu", ValidFrom: clock.MustDate(from)})
					if err != nil && fault.KindOf(err) != fault.Invalid {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		items, err := f.History(public, "colour")
		if err != nil {
			t.Fatal(err)
		}
		if err := checkVersions(items); err != nil {
			t.Error(err)
		}
	})
}
