package place

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

// The rules are tested on a book in memory, made from files like those of a province.
const (
	smallLevels = `
schemes:
  - {key: a, name: Mã A}
  - {key: b, name: Mã B}
levels:
  - {key: top, rank: 1, name: Cấp trên, kinds: [{key: tinh, name: Tỉnh}]}
  - {key: mid, rank: 2, name: Cấp giữa, kinds: [{key: huyen, name: Huyện}]}
  - {key: low, rank: 3, name: Cấp dưới, kinds: [{key: xa, name: Xã}, {key: phuong, name: Phường}]}
`
	smallPlaces = `code,level,kind,name,parent_code,valid_from,valid_to,source_act,confidence
1,top,tinh,Mẫu,,2000-01-01,,QĐ 1,
11,mid,huyen,Đông Hà,1,2000-01-01,,QĐ 1,
12,mid,huyen,Tây Sơn,1,2000-01-01,,QĐ 1,
111,low,phuong,Yên Đỗ,11,2000-01-01,,QĐ 1,
112,low,xa,Yên Do,11,2000-01-01,,QĐ 1,
121,low,xa,Ia Băng,12,2000-01-01,,QĐ 1,
122,low,xa,Đăk Rong,12,2000-01-01,,QĐ 1,
`
)

func small(more ...string) fstest.MapFS {
	fsys := fstest.MapFS{levelsFile: {Data: []byte(smallLevels)}, placesFile: {Data: []byte(smallPlaces)}}
	for i := 0; i+1 < len(more); i += 2 {
		fsys[more[i]] = &fstest.MapFile{Data: []byte(more[i+1])}
	}
	return fsys
}

func smallBook(t *testing.T, more ...string) *book {
	t.Helper()
	src, err := readSource(small(more...))
	if err != nil {
		t.Fatal(err)
	}
	b := newBook(tables{})
	if _, err := src.apply(b); err != nil {
		t.Fatal(err)
	}
	return b
}

// at returns the unit with a code of the scheme a on a date.
func (b *book) at(t *testing.T, code, day string) *Unit {
	t.Helper()
	u, ok := b.unitByCode("a", code, clock.MustDate(day))
	if !ok {
		t.Fatalf("no unit has the code %s on %s", code, day)
	}
	return u
}

func names(units []Unit) string {
	var list []string
	for _, u := range units {
		list = append(list, u.FullName())
	}
	return strings.Join(list, ", ")
}

func hitNames(hits []Hit) string {
	var list []string
	for _, h := range hits {
		name := h.Unit.FullName()
		if h.Former != "" {
			name += " (" + h.Former + ")"
		}
		list = append(list, name)
	}
	return strings.Join(list, ", ")
}

const (
	day1 = "2019-01-01"
	day2 = "2020-02-01"
	day3 = "2025-07-01"
)

func TestNames(t *testing.T) {
	u := Unit{Name: "Yên Đỗ", KindName: "Phường"}
	if u.FullName() != "Phường Yên Đỗ" || u.InText() != "phường Yên Đỗ" {
		t.Errorf("%q, %q", u.FullName(), u.InText())
	}
	if got := (Unit{Name: "Đặc khu Hòn Trăng"}).InText(); got != "đặc khu Hòn Trăng" {
		t.Errorf("without a kind: %q", got)
	}
}

func TestMergeIntoOneThatGoesOn(t *testing.T) {
	b := smallBook(t)
	from, into := b.at(t, "112", day1), b.at(t, "111", day1)
	got, err := b.merge(Merge{From: []UnitID{from.ID}, Into: into.ID, On: clock.MustDate(day2), SourceAct: "NQ 1"})
	if err != nil || got != into {
		t.Fatalf("merge = %v, %v", got, err)
	}
	if from.ValidTo != clock.MustDate(day2) || !into.ValidTo.IsZero() {
		t.Errorf("ends: %v, %v", from.ValidTo, into.ValidTo)
	}
	if _, ok := b.unitByCode("a", "112", clock.MustDate(day2)); ok {
		t.Error("the code of the ended unit still finds it")
	}
	if got := names(b.successors(from.ID, clock.MustDate(day2))); got != "Phường Yên Đỗ" {
		t.Errorf("successors = %s", got)
	}
	if got := names(b.successors(from.ID, clock.MustDate(day1))); got != "Xã Yên Do" {
		t.Errorf("before the merge the unit stands for itself, got %s", got)
	}
	l := b.next[from.ID][0]
	if l.Kind != Merged || !l.Heir || l.SourceAct != "NQ 1" || l.Confidence != Verified {
		t.Errorf("link = %+v", l)
	}
	if ended := b.settle(clock.MustDate(day1)); len(ended) != 0 {
		t.Errorf("announced before the day: %v", ended)
	}
	if ended := b.settle(clock.MustDate(day2)); len(ended) != 1 || ended[0] != from {
		t.Errorf("announced on the day: %v", ended)
	}
	if ended := b.settle(clock.MustDate(day3)); len(ended) != 0 {
		t.Errorf("announced twice: %v", ended)
	}
}

func TestMergeIntoNew(t *testing.T) {
	b := smallBook(t)
	x, y := b.at(t, "121", day1), b.at(t, "122", day1)
	n, err := b.merge(Merge{From: []UnitID{x.ID, y.ID}, New: &NewUnit{Name: " Ia  Rong ", Codes: map[string]string{"a": "122", "b": "B9"}}, On: clock.MustDate(day2)})
	if err != nil {
		t.Fatal(err)
	}
	if n.FullName() != "Xã Ia Rong" || n.ParentID != x.ParentID || n.Code != "122" || n.ValidFrom != clock.MustDate(day2) {
		t.Errorf("new unit = %+v", n)
	}
	if b.at(t, "122", day1) != y || b.at(t, "122", day2) != n {
		t.Error("the same code must name the old unit before and the new one after")
	}
	if got := names(b.predecessors(n.ID, clock.MustDate(day1))); got != "Xã Ia Băng, Xã Đăk Rong" && got != "Xã Đăk Rong, Xã Ia Băng" {
		t.Errorf("predecessors = %s", got)
	}
}

func TestSplit(t *testing.T) {
	b := smallBook(t)
	u := b.at(t, "111", day1)
	parts, err := b.split(Split{From: u.ID, New: []NewUnit{{Name: "Yên Đỗ 1", Codes: map[string]string{"a": "113"}}, {Name: "Yên Đỗ 2", Kind: "xa", Codes: map[string]string{"a": "111"}}}, Heir: 1, On: clock.MustDate(day2)})
	if err != nil || len(parts) != 2 {
		t.Fatal(parts, err)
	}
	if got := names(b.successors(u.ID, clock.MustDate(day2))); got != "Xã Yên Đỗ 2, Phường Yên Đỗ 1" {
		t.Errorf("successors, the heir first = %s", got)
	}
	if h, ok := b.heir(u.ID, clock.MustDate(day3)); !ok || h.Name != "Yên Đỗ 2" {
		t.Errorf("heir = %v, %v", h, ok)
	}
	e := b.endedEvent(u)
	if e.Kind != Divided || e.Heir != parts[1].ID || len(e.Successors) != 2 {
		t.Errorf("event = %+v", e)
	}
}

func TestRenameKeepsCodesAndWhatLiesInside(t *testing.T) {
	b := smallBook(t)
	u := b.at(t, "12", day1)
	n, err := b.rename(Rename{Unit: u.ID, Name: "An Tây", On: clock.MustDate(day2)})
	if err != nil {
		t.Fatal(err)
	}
	if n.FullName() != "Huyện An Tây" || b.at(t, "12", day2) != n || b.at(t, "12", day1) != u {
		t.Errorf("renamed = %+v", n)
	}
	b.settle(clock.MustDate(day2))
	child := b.at(t, "121", day2)
	if child.ParentID != n.ID || child.Path != n.Path+string(child.ID)+"/" {
		t.Errorf("the commune is under %s, path %s", child.ParentID, child.Path)
	}
	if got := names(b.ancestors(child.ID, clock.MustDate(day1))); got != "Tỉnh Mẫu, Huyện Tây Sơn" {
		t.Errorf("ancestors before = %s", got)
	}
	if got := names(b.ancestors(child.ID, clock.MustDate(day2))); got != "Tỉnh Mẫu, Huyện An Tây" {
		t.Errorf("ancestors after = %s", got)
	}
	if got := names(b.list(Filter{Under: u.ID, On: clock.MustDate(day1)})); got != "Huyện Tây Sơn, Xã Đăk Rong, Xã Ia Băng" {
		t.Errorf("under the old name on the old day = %s", got)
	}
	if got := names(b.list(Filter{Parent: n.ID, On: clock.MustDate(day2)})); got != "Xã Đăk Rong, Xã Ia Băng" {
		t.Errorf("in the renamed unit = %s", got)
	}
}

func TestRenameAgainFollowsTheWholeWay(t *testing.T) {
	b := smallBook(t)
	first := b.at(t, "122", day1)
	second, err := b.rename(Rename{Unit: first.ID, Name: "Kông Pla", On: clock.MustDate(day2)})
	if err != nil {
		t.Fatal(err)
	}
	third, err := b.rename(Rename{Unit: second.ID, Kind: "phuong", On: clock.MustDate(day3)})
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]UnitID{day1: first.ID, day2: second.ID, day3: third.ID} {
		if h, ok := b.heir(first.ID, clock.MustDate(day)); !ok || h.ID != want {
			t.Errorf("heir on %s = %s", day, h.FullName())
		}
	}
	if got := names(b.predecessors(third.ID, clock.MustDate(day1))); got != "Xã Đăk Rong" {
		t.Errorf("predecessors = %s", got)
	}
	if third.FullName() != "Phường Kông Pla" {
		t.Errorf("third = %s", third.FullName())
	}
}

// TestAbolishLevel lets a whole level end, as the districts did on 1 July 2025.
func TestAbolishLevel(t *testing.T) {
	b := smallBook(t)
	for _, code := range []string{"11", "12"} {
		if _, err := b.abolish(Abolition{b.at(t, code, day1).ID, clock.MustDate(day3), "Luật 72"}); err != nil {
			t.Fatal(err)
		}
	}
	ended := b.settle(clock.MustDate(day3))
	if len(ended) != 2 {
		t.Errorf("%d ends announced", len(ended))
	}
	top := b.at(t, "1", day3)
	if got := b.list(Filter{Parent: top.ID, On: clock.MustDate(day3)}); len(got) != 4 {
		t.Errorf("in the province now: %s", names(got))
	}
	if got := names(b.list(Filter{Parent: top.ID, On: clock.MustDate(day1)})); got != "Huyện Đông Hà, Huyện Tây Sơn" {
		t.Errorf("in the province then: %s", got)
	}
	commune := b.at(t, "111", day3)
	if got := names(b.ancestors(commune.ID, clock.MustDate(day3))); got != "Tỉnh Mẫu" {
		t.Errorf("ancestors = %s", got)
	}
	if _, ok := b.heir(ended[0].ID, clock.MustDate(day3)); ok {
		t.Error("an abolished unit has no heir")
	}
	if e := b.endedEvent(ended[0]); e.Kind != "" || e.Heir != "" || e.Successors == nil {
		t.Errorf("event = %+v", e)
	}
}

func TestChangesThatCannotBe(t *testing.T) {
	on := clock.MustDate(day2)
	for _, c := range []struct {
		name  string
		apply func(*book, func(string) UnitID) error
		kind  fault.Kind
		say   string
	}{
		{"merge nothing", func(b *book, _ func(string) UnitID) error { _, err := b.merge(Merge{On: on}); return err }, fault.Invalid, "ít nhất một"},
		{"merge into nowhere", func(b *book, id func(string) UnitID) error {
			_, err := b.merge(Merge{From: []UnitID{id("111")}, On: on})
			return err
		}, fault.Invalid, "tiếp nhận"},
		{"merge into both", func(b *book, id func(string) UnitID) error {
			_, err := b.merge(Merge{From: []UnitID{id("111")}, Into: id("112"), New: &NewUnit{}, On: on})
			return err
		}, fault.Invalid, "tiếp nhận"},
		{"merge into itself", func(b *book, id func(string) UnitID) error {
			_, err := b.merge(Merge{From: []UnitID{id("111")}, Into: id("111"), On: on})
			return err
		}, fault.Invalid, "hai lần"},
		{"merge twice the same", func(b *book, id func(string) UnitID) error {
			_, err := b.merge(Merge{From: []UnitID{id("111"), id("111")}, Into: id("112"), On: on})
			return err
		}, fault.Invalid, "hai lần"},
		{"merge into an unknown unit", func(b *book, id func(string) UnitID) error {
			_, err := b.merge(Merge{From: []UnitID{id("111")}, Into: "x", On: on})
			return err
		}, fault.Invalid, "tiếp nhận"},
		{"no date", func(b *book, id func(string) UnitID) error {
			_, err := b.abolish(Abolition{Unit: id("111")})
			return err
		}, fault.Invalid, "ngày có hiệu lực"},
		{"before it began", func(b *book, id func(string) UnitID) error {
			_, err := b.abolish(Abolition{Unit: id("111"), On: clock.MustDate("2000-01-01")})
			return err
		}, fault.Invalid, "01/01/2000"},
		{"unknown", func(b *book, _ func(string) UnitID) error {
			_, err := b.abolish(Abolition{Unit: "x", On: on})
			return err
		}, fault.Invalid, "Không tìm thấy"},
		{"ended before", func(b *book, id func(string) UnitID) error {
			if _, err := b.abolish(Abolition{Unit: id("111"), On: on}); err != nil {
				return err
			}
			_, err := b.abolish(Abolition{Unit: b.byCode[[2]string{"a", "111"}][0], On: clock.MustDate(day3)})
			return err
		}, fault.Conflict, "01/02/2020"},
		{"abolish the top", func(b *book, id func(string) UnitID) error {
			_, err := b.abolish(Abolition{Unit: id("1"), On: on})
			return err
		}, fault.Conflict, "trực thuộc"},
		{"rename to the same", func(b *book, id func(string) UnitID) error {
			_, err := b.rename(Rename{Unit: id("111"), Name: " Yên  Đỗ ", On: on})
			return err
		}, fault.Invalid, "không thay đổi"},
		{"rename to a kind of another level", func(b *book, id func(string) UnitID) error {
			_, err := b.rename(Rename{Unit: id("111"), Kind: "huyen", On: on})
			return err
		}, fault.Invalid, "không thuộc cấp"},
		{"split into one", func(b *book, id func(string) UnitID) error {
			_, err := b.split(Split{From: id("111"), New: []NewUnit{{Name: "A"}}, On: on})
			return err
		}, fault.Invalid, "ít nhất hai"},
		{"split without an heir", func(b *book, id func(string) UnitID) error {
			_, err := b.split(Split{From: id("111"), New: []NewUnit{{Name: "A"}, {Name: "B"}}, Heir: 2, On: on})
			return err
		}, fault.Invalid, "kế thừa"},
		{"a code in use", func(b *book, id func(string) UnitID) error {
			_, err := b.add(NewUnit{Level: "low", Kind: "xa", Name: "A", ParentID: id("11"), Codes: map[string]string{"a": "112"}}, on, "", "")
			return err
		}, fault.Invalid, "đang thuộc Xã Yên Do"},
		{"an unknown scheme", func(b *book, id func(string) UnitID) error {
			_, err := b.add(NewUnit{Level: "low", Kind: "xa", Name: "A", ParentID: id("11"), Codes: map[string]string{"z": "9"}}, on, "", "")
			return err
		}, fault.Invalid, "Bộ mã"},
		{"a code with a space", func(b *book, id func(string) UnitID) error {
			_, err := b.add(NewUnit{Level: "low", Kind: "xa", Name: "A", ParentID: id("11"), Codes: map[string]string{"a": "9 "}}, on, "", "")
			return err
		}, fault.Invalid, "không hợp lệ"},
		{"a parent of a lower level", func(b *book, id func(string) UnitID) error {
			_, err := b.add(NewUnit{Level: "mid", Kind: "huyen", Name: "A", ParentID: id("111")}, on, "", "")
			return err
		}, fault.Invalid, "không phải là đơn vị cấp trên"},
		{"no name, no level, no parent", func(b *book, _ func(string) UnitID) error {
			_, err := b.add(NewUnit{ParentID: "x"}, on, "", "")
			if f, ok := fault.As(err); ok && len(f.Problems) != 4 {
				t.Errorf("%d problems, want all four at once", len(f.Problems))
			}
			return err
		}, fault.Invalid, "Nhập tên"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := smallBook(t)
			err := c.apply(b, func(code string) UnitID { return b.at(t, code, day1).ID })
			if fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.say) {
				t.Errorf("error = %v, want %v with %q", err, c.kind, c.say)
			}
		})
	}
}

func TestRecode(t *testing.T) {
	b := smallBook(t)
	u := b.at(t, "111", day1)
	if err := b.recode(u, "b", "24", clock.MustDate(day3)); err != nil {
		t.Fatal(err)
	}
	if u.Code != "111" {
		t.Errorf("the first scheme gives the code, got %s", u.Code)
	}
	if got, ok := b.unitByCode("b", "24", clock.MustDate(day3)); !ok || got != u {
		t.Error("the new code does not find the unit")
	}
	if _, ok := b.unitByCode("b", "24", clock.MustDate(day1)); ok {
		t.Error("the new code finds the unit before it is valid")
	}
	if err := b.recode(u, "a", "199", clock.MustDate(day3)); err != nil {
		t.Fatal(err)
	}
	if b.at(t, "111", day2) != u || b.at(t, "199", day3) != u || u.Code != "199" {
		t.Error("old and new code must each be valid in its time")
	}
	wantKind(t, b.recode(u, "a", "199", clock.MustDate("2026-01-01")), fault.Conflict)
	for _, from := range []string{"", "1999-12-31", day3, day2} { // no day, before the unit began, not after the code it has
		date, _ := clock.ParseDate(from)
		wantKind(t, b.recode(u, "a", "200", date), fault.Invalid)
	}
	u.ValidTo = clock.MustDate("2027-01-01")
	wantKind(t, b.recode(u, "a", "200", u.ValidTo), fault.Invalid)
	wantKind(t, b.recode(u, "a", "112", clock.MustDate("2026-01-01")), fault.Invalid)
}

func TestSearch(t *testing.T) {
	b := smallBook(t)
	ended := b.at(t, "121", day1)
	if _, err := b.merge(Merge{From: []UnitID{ended.ID}, Into: b.at(t, "122", day1).ID, On: clock.MustDate(day2)}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text string
		o    SearchOptions
		want string
	}{
		{"Yên Đỗ", SearchOptions{}, "Phường Yên Đỗ, Xã Yên Do"},
		{"Yên Do", SearchOptions{}, "Xã Yên Do, Phường Yên Đỗ"},
		{"yen do", SearchOptions{}, "Xã Yên Do, Phường Yên Đỗ"},
		{"phường yên đỗ", SearchOptions{}, "Phường Yên Đỗ"},
		{"  PHUONG   yen ", SearchOptions{}, "Phường Yên Đỗ"},
		{"yên", SearchOptions{}, "Xã Yên Do, Phường Yên Đỗ"},
		{"yen do dong ha", SearchOptions{}, "Xã Yên Do, Phường Yên Đỗ"},
		{"rong tay son", SearchOptions{}, "Xã Đăk Rong"},
		{"112", SearchOptions{}, "Xã Yên Do"},
		{"Ia Băng", SearchOptions{}, "Xã Đăk Rong (Xã Ia Băng)"},
		{"121", SearchOptions{}, "Xã Đăk Rong (Xã Ia Băng)"},
		{"ia bang", SearchOptions{On: clock.MustDate(day1)}, "Xã Ia Băng"},
		{"son", SearchOptions{Level: "mid"}, "Huyện Tây Sơn"},
		{"son", SearchOptions{Level: "low"}, ""},
		{"huyen", SearchOptions{Limit: 1}, "Huyện Đông Hà"},
		{"", SearchOptions{}, ""},
		{"?!", SearchOptions{}, ""},
		{"nơi khác", SearchOptions{}, ""},
	} {
		if c.o.On.IsZero() {
			c.o.On = clock.MustDate(day3)
		}
		if c.o.Limit == 0 {
			c.o.Limit = 20
		}
		if got := hitNames(b.search(c.text, c.o)); got != c.want {
			t.Errorf("search %q %+v = %q, want %q", c.text, c.o, got, c.want)
		}
	}
}

func TestListOrderAndLevels(t *testing.T) {
	b := smallBook(t)
	if got := names(b.list(Filter{On: clock.MustDate(day1)})); got != "Tỉnh Mẫu, Huyện Đông Hà, Huyện Tây Sơn, Xã Đăk Rong, Xã Ia Băng, Xã Yên Do, Phường Yên Đỗ" {
		t.Errorf("list = %s", got)
	}
	if got := names(b.list(Filter{Kind: "phuong", On: clock.MustDate(day1)})); got != "Phường Yên Đỗ" {
		t.Errorf("wards = %s", got)
	}
	if got := b.list(Filter{On: clock.MustDate("1999-12-31")}); len(got) != 0 {
		t.Errorf("before anything was: %s", names(got))
	}
	if got := b.list(Filter{On: clock.MustDate("1999-12-31"), Ended: true}); len(got) != 7 {
		t.Errorf("all: %s", names(got))
	}
	order := b.tree.ByDepth("")
	for i, id := range order {
		if p := b.units[id].ParentID; p != "" && slices.Index(order, p) > i {
			t.Errorf("%s comes before what it lies in", b.units[id].Name)
		}
	}
}
