package codelist

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/migrate"
)

type root struct{ err error }

func (r root) UnitPath(context.Context, string) (string, error) { return "/root/", r.err }

type fixture struct {
	*Service
	db    *db.DB
	clock *clock.Fake
}

func each(t *testing.T, fn func(t *testing.T, f fixture)) {
	t.Helper()
	dbtest.Each(t, []migrate.Room{audit.Migrations(), Migrations()}, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2018, 11, 23, 2, 0, 0, 0, time.UTC))
		fn(t, fixture{New(Deps{DB: d, Clock: c, Units: root{}}), d, c})
	})
}

func as(unitPath string) context.Context {
	return actor.With(context.Background(), actor.Actor{ID: "a1", Name: "Siu H'Blao", Kind: actor.Staff,
		Grants: []actor.Grant{{Permissions: map[string]bool{PermManage: true}, UnitPath: unitPath, Below: true}}})
}

var (
	system = actor.With(context.Background(), actor.SystemActor)
	public = context.Background()
)

func (f fixture) codes(t *testing.T, list, on string) string {
	t.Helper()
	items, err := f.Items(public, list, clock.MustDate(on))
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, i := range items {
		codes = append(codes, i.Code)
	}
	return strings.Join(codes, " ")
}

func (f fixture) audited(t *testing.T) []string {
	t.Helper()
	var actions []string
	if err := f.db.Select(public, &actions, `SELECT action FROM audit_entry ORDER BY at, lane, seq`); err != nil {
		t.Fatal(err)
	}
	return actions
}

func (f fixture) load(t *testing.T, text string) Imported {
	t.Helper()
	done, err := f.Import(system, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func TestImportOfTheProvince(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		first, err := f.ImportDir(system, os.DirFS(provinceLists))
		if err != nil || first.Written < 250 || first.Removed+first.Kept+first.Missing != 0 {
			t.Fatalf("first import: %+v, %v", first, err)
		}
		rows := len(f.audited(t))
		if again, err := f.ImportDir(system, os.DirFS(provinceLists)); err != nil || again != (Imported{}) || len(f.audited(t)) != rows {
			t.Errorf("second import: %+v, %v", again, err)
		}
		lists, err := f.Lists(public)
		if err != nil || len(lists) != rows || rows < 13 {
			t.Errorf("%d lists, %d audit rows, %v", len(lists), rows, err)
		}
		for _, tt := range []struct{ on, want string }{
			{"2018-11-23", "1 2 3 4"},
			{"2022-08-14", "1 2 3 4"},
			{"2022-08-15", "full partial information"},
			{"", "1 2 3 4"}, // today by the clock of the test
		} {
			if got := f.codes(t, ServiceLevels, tt.on); got != tt.want {
				t.Errorf("service levels on %q: %s", tt.on, got)
			}
		}
		en := i18n.WithLang(public, "en")
		for _, tt := range []struct {
			ctx              context.Context
			list, code, want string
		}{
			{public, EthnicGroups, "10", "Gia-rai"},
			{en, EthnicGroups, "10", "Jarai"},
			{public, DossierStatuses, "5", "Yêu cầu bổ sung giấy tờ"},
			{public, ProcedureFields, "ho-tich", "Hộ tịch"},
			{public, ServiceLevels, "4", "Mức độ 4"}, // old, still has a name
		} {
			if got, err := f.Name(tt.ctx, tt.list, tt.code, clock.MustDate("2026-11-23")); err != nil || got != tt.want {
				t.Errorf("%s %s: %q, %v", tt.list, tt.code, got, err)
			}
		}
		i, err := f.Item(public, DossierStatuses, "6", clock.Date{})
		if err != nil || i.Attributes["clock"] != "stopped" {
			t.Errorf("status 6: %+v, %v", i, err)
		}
	})
}

const levels = `
list: level
name: Mức độ
items:
  - {code: a, name: Một, attributes: {x: "1"}}
  - {code: b, name: Hai}
`

func TestQuestions(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t, levels)
		for name, err := range map[string]error{
			"items of no list": second(f.Items(public, "nothing", clock.Date{})),
			"item of no list":  second(f.Item(public, "nothing", "a", clock.Date{})),
			"name of no code":  second(f.Name(public, "level", "z", clock.Date{})),
		} {
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, tt := range []struct {
			list, code string
			want       bool
		}{{"level", "a", true}, {"level", "z", false}, {"nothing", "a", false}} {
			if got, err := f.Has(public, tt.list, tt.code, clock.Date{}); err != nil || got != tt.want {
				t.Errorf("Has(%s, %s) = %v, %v", tt.list, tt.code, got, err)
			}
		}
		items, err := f.Items(public, "level", clock.Date{})
		if err != nil {
			t.Fatal(err)
		}
		items[0].Name = "changed by a caller"
		if got, err := f.Name(public, "level", "a", clock.Date{}); err != nil || got != "Một" {
			t.Errorf("a caller changed the list: %q, %v", got, err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestImportFollowsTheFile(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t, levels)
		if got := f.load(t, strings.Replace(levels, "Hai", "Hai sửa", 1)); got != (Imported{Written: 1}) {
			t.Errorf("a corrected name: %+v", got)
		}
		versions := `
list: level
name: Mức độ
items:
  - {code: a, name: Một cũ, valid_to: 2020-01-01}
  - {code: a, name: Một mới, valid_from: 2020-01-01}
`
		if got := f.load(t, versions); got != (Imported{Written: 2, Missing: 1}) {
			t.Errorf("a new version, a code left out: %+v", got)
		}
		for on, want := range map[string]string{"2019-12-31": "Một cũ", "2020-01-01": "Một mới"} {
			if got, err := f.Name(public, "level", "a", clock.MustDate(on)); err != nil || got != want {
				t.Errorf("%s: %q, %v", on, got, err)
			}
		}
		if got := f.codes(t, "level", "2018-01-01"); got != "a b" {
			t.Errorf("the code left out is gone: %s", got)
		}
		if got := f.load(t, levels); got != (Imported{Written: 2, Removed: 1}) {
			t.Errorf("the version taken back: %+v", got)
		}
		if got := f.load(t, strings.Replace(levels, "Mức độ", "Cấp độ", 1)); got != (Imported{}) {
			t.Errorf("a renamed list: %+v", got)
		}
		if lists, err := f.Lists(public); err != nil || lists[0].Name != "Cấp độ" {
			t.Errorf("lists %+v, %v", lists, err)
		}
	})
}

func TestPut(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t, levels)
		ctx, from := as("/root/"), clock.MustDate("2019-01-01")
		for _, i := range []Item{
			{List: "level", Code: "c", Name: " Ba  ", Sort: 30},
			{List: "level", Code: "a", Name: "Một từ 2019", ValidFrom: from},
			{List: "level", Code: "b", Name: "Hai đúng", Sort: 20},
		} {
			if err := f.Put(ctx, i); err != nil {
				t.Fatal(err)
			}
		}
		if got := f.codes(t, "level", "2018-11-23"); got != "a b c" {
			t.Errorf("codes %s", got)
		}
		history, err := f.History(public, "level")
		if err != nil || len(history) != 4 {
			t.Fatalf("history %+v, %v", history, err)
		}
		for _, tt := range []struct{ code, on, want string }{
			{"a", "2018-12-31", "Một"}, {"a", "2019-01-01", "Một từ 2019"}, {"b", "2018-01-01", "Hai đúng"}, {"c", "2018-01-01", "Ba"},
		} {
			if got, err := f.Name(public, "level", tt.code, clock.MustDate(tt.on)); err != nil || got != tt.want {
				t.Errorf("%s on %s: %q, %v", tt.code, tt.on, got, err)
			}
		}
		if got := f.load(t, levels); got != (Imported{Kept: 2}) { // b was corrected, the old version of a was closed
			t.Errorf("import over what people entered: %+v", got)
		}
		for name, err := range map[string]error{
			"bad code":        f.Put(ctx, Item{List: "level", Code: "Đ", Name: "x"}),
			"overlap":         f.Put(ctx, Item{List: "level", Code: "a", Name: "x", ValidFrom: clock.MustDate("2018-06-01"), ValidTo: clock.MustDate("2018-07-01")}),
			"before an older": f.Put(ctx, Item{List: "level", Code: "c", Name: "x", ValidFrom: from, ValidTo: clock.MustDate("2018-01-01")}),
		} {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := f.Put(ctx, Item{List: "nothing", Code: "a", Name: "x"}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a list nobody loaded: %v", err)
		}
		if got := strings.Join(f.audited(t), " "); strings.Count(got, "codelist.put") != 3 || strings.Count(got, "codelist.import") != 1 {
			t.Errorf("audited %s", got)
		}
	})
}

func TestEnd(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t, levels)
		ctx, day := as("/root/"), clock.MustDate("2019-01-01")
		if err := f.End(ctx, "level", "a", day); err != nil {
			t.Fatal(err)
		}
		if got := f.codes(t, "level", "2018-12-31") + "; " + f.codes(t, "level", "2019-01-01"); got != "a b; b" {
			t.Errorf("codes before and after: %s", got)
		}
		if got, err := f.Name(public, "level", "a", clock.MustDate("2026-01-01")); err != nil || got != "Một" {
			t.Errorf("an old record shows %q, %v", got, err)
		}
		if err := f.Put(ctx, Item{List: "level", Code: "d", Name: "Bốn", ValidFrom: day}); err != nil {
			t.Fatal(err)
		}
		for name, tt := range map[string]struct {
			err  error
			want fault.Kind
		}{
			"again":               {f.End(ctx, "level", "a", day), fault.NotFound},
			"no code":             {f.End(ctx, "level", "z", day), fault.NotFound},
			"no list":             {f.End(ctx, "nothing", "a", day), fault.NotFound},
			"no date":             {f.End(ctx, "level", "b", clock.Date{}), fault.Invalid},
			"before it began":     {f.End(ctx, "level", "d", clock.MustDate("2018-01-01")), fault.Invalid},
			"on the day it began": {f.End(ctx, "level", "d", day), fault.Invalid},
		} {
			if fault.KindOf(tt.err) != tt.want {
				t.Errorf("%s: %v", name, tt.err)
			}
		}
	})
}

func TestPermissions(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t, levels)
		for _, tt := range []struct {
			name string
			ctx  context.Context
			want fault.Kind
		}{
			{"anonymous", public, fault.Unauthenticated},
			{"a unit below", as("/root/city/"), fault.Forbidden},
			{"no grant", actor.With(public, actor.Actor{ID: "a2", Kind: actor.Staff}), fault.Forbidden},
		} {
			_, imported := f.Import(tt.ctx, strings.NewReader(levels))
			_, dir := f.ImportDir(tt.ctx, fstest.MapFS{"level.yaml": {Data: []byte(levels)}})
			for act, err := range map[string]error{
				"Put":       f.Put(tt.ctx, Item{List: "level", Code: "a", Name: "x"}),
				"End":       f.End(tt.ctx, "level", "a", clock.MustDate("2019-01-01")),
				"Import":    imported,
				"ImportDir": dir,
			} {
				if fault.KindOf(err) != tt.want {
					t.Errorf("%s: %s: %v", tt.name, act, err)
				}
			}
		}
		lost := New(Deps{DB: f.db, Clock: f.clock, Units: root{errors.New("no root")}})
		if err := lost.Put(as("/root/"), Item{List: "level", Code: "a", Name: "x"}); err == nil || fault.KindOf(err) != fault.Internal {
			t.Errorf("without a root unit: %v", err)
		}
	})
}

func TestImportRefuses(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t, levels)
		if err := f.Put(system, Item{List: "level", Code: "c", Name: "Ba", ValidFrom: clock.MustDate("2019-01-01")}); err != nil {
			t.Fatal(err)
		}
		for name, r := range map[string]io.Reader{
			"not a list":            strings.NewReader("items: 3"),
			"against what is there": strings.NewReader("list: level\nname: x\nitems: [{code: c, name: y, valid_to: 2020-01-01}]"),
		} {
			if _, err := f.Import(system, r); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := f.codes(t, "level", "2018-11-23"); got != "a b" {
			t.Errorf("a refused import had an effect: %s", got)
		}
		if _, err := f.ImportDir(system, fstest.MapFS{"bad.yaml": {Data: []byte("items: 3")}}); err == nil || !strings.Contains(err.Error(), "bad.yaml") {
			t.Errorf("the error does not name the file: %v", err)
		}
	})
}

func TestAnotherNodeSeesTheChange(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t, levels)
		other := New(Deps{DB: f.db, Clock: f.clock, Units: root{}})
		name := func() string {
			n, err := other.Name(public, "level", "a", clock.Date{})
			return fmt.Sprint(n, err)
		}
		if got := name(); got != "Một<nil>" {
			t.Fatal(got)
		}
		if err := f.Put(system, Item{List: "level", Code: "a", Name: "Một sửa"}); err != nil {
			t.Fatal(err)
		}
		if got := name(); got != "Một<nil>" {
			t.Errorf("the other node asks the database at every question: %s", got)
		}
		f.clock.Advance(freshness)
		if got := name(); got != "Một sửa<nil>" {
			t.Errorf("the other node does not see the change: %s", got)
		}
	})
}
