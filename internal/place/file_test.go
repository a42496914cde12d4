package place

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
)

func TestReadSourceRefuses(t *testing.T) {
	for _, c := range []struct{ name, file, from, to, want string }{
		{"unknown key", levelsFile, "name: Mã A", "nam: Mã A", "line 3"},
		{"no schemes", levelsFile, "schemes:\n  - {key: a, name: Mã A}\n  - {key: b, name: Mã B}\n", "", "no schemes"},
		{"same rank", levelsFile, "rank: 3", "rank: 2", "same rank 2"},
		{"no rank", levelsFile, "rank: 3, ", "", "rank above 0"},
		{"kind twice", levelsFile, "{key: phuong, name: Phường}", "{key: xa, name: Phường}", "stands twice"},
		{"kind without a name", levelsFile, "{key: phuong, name: Phường}", "{key: phuong}", "key and name"},
		{"wrong columns", placesFile, "code,level,kind", "code,kind,level", "line 1"},
		{"wrong date", placesFile, "111,low,phuong,Yên Đỗ,11,2000-01-01", "111,low,phuong,Yên Đỗ,11,1/1/20000", "line 5"},
		{"wrong end", placesFile, "Yên Do,11,2000-01-01,", "Yên Do,11,2000-01-01,mai", "line 6"},
		{"no code", placesFile, "112,low", ",low", "line 6: a code is required"},
		{"wrong confidence", placesFile, "Đăk Rong,12,2000-01-01,,QĐ 1,", "Đăk Rong,12,2000-01-01,,QĐ 1,sure", "sure"},
		{"too few columns", placesFile, "122,low,xa,Đăk Rong,12,2000-01-01,,QĐ 1,", "122,low", "wrong number of fields"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := small()
			text := strings.Replace(string(fsys[c.file].Data), c.from, c.to, 1)
			if text == string(fsys[c.file].Data) {
				t.Fatalf("the test changes nothing: %q", c.from)
			}
			fsys[c.file].Data = []byte(text)
			_, err := readSource(fsys)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.file) {
				t.Errorf("error = %v, want one with %q and the name of the file", err, c.want)
			}
		})
	}
	fsys := small()
	delete(fsys, placesFile)
	if _, err := readSource(fsys); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without places: %v", err)
	}
	if _, err := readSource(small(changesFile, "changes:\n  - {on: 2020-01-01, merged: {}}\n")); err == nil || !strings.Contains(err.Error(), "merged") {
		t.Errorf("unknown key in the changes: %v", err)
	}
}

func TestByteOrderMarkIsNoTrouble(t *testing.T) {
	fsys := small()
	fsys[placesFile].Data = append([]byte("\uFEFF"), fsys[placesFile].Data...)
	if _, err := readSource(fsys); err != nil {
		t.Error(err)
	}
}

func TestApplyRefuses(t *testing.T) {
	for _, c := range []struct{ name, row, changes, want string }{
		{"unknown level", "9,nowhere,xa,A,1,2000-01-01,,,", "", "line 9: A"},
		{"unknown parent", "9,low,xa,A,77,2000-01-01,,,", "", "77"},
		{"ends before it begins", "9,low,xa,A,1,2000-01-01,2000-01-01,,", "", "valid_to"},
		{"code of another", "1,top,tinh,B,,2010-01-01,,,", "", "Tỉnh Mẫu"},
		{"change without a date", "", "{act: X, abolish: '111'}", "change 1"},
		{"change without an act", "", "{on: 2020-01-01}", "exactly one"},
		{"two in one", "", "{on: 2020-01-01, abolish: '111', rename: {code: '111', name: B}}", "exactly one"},
		{"unknown unit", "", "{on: 2020-01-01, abolish: '777'}", "777"},
		{"merge of an unknown unit", "", "{on: 2020-01-01, merge: {from: ['777'], into: '111'}}", "777"},
		{"merge into an unknown unit", "", "{on: 2020-01-01, merge: {from: ['112'], into: '777'}}", "777"},
		{"split without an heir", "", "{on: 2020-01-01, split: {from: '111', new: [{code: '8', name: A}, {code: '9', name: B}], heir: '7'}}", "kế thừa"},
		{"new unit under an unknown one", "", "{on: 2020-01-01, merge: {from: ['112'], new: {code: '8', name: A, parent: '777'}}}", "777"},
		{"rename of an unknown unit", "", "{on: 2020-01-01, rename: {code: '777', name: A}}", "777"},
		{"wrong confidence", "", "{on: 2020-01-01, confidence: sure, abolish: '111'}", "sure"},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes := "changes: []\n"
			if c.changes != "" {
				changes = "changes:\n  - " + c.changes + "\n"
			}
			src, err := readSource(small(placesFile, smallPlaces+c.row+"\n", changesFile, changes))
			if err != nil {
				t.Fatal(err)
			}
			if _, err = src.apply(newBook(tables{})); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error = %v, want one with %q", err, c.want)
			}
		})
	}
}

const everyChange = `changes:
  - on: 2010-01-01
    act: NQ 1
    confidence: unchecked
    note: chưa đối chiếu
    merge: {from: ["121"], into: "122"}
  - {on: 2011-01-01, act: NQ 2, rename: {code: "112", name: Yên Đào, kind: phuong}}
  - {on: 2012-01-01, act: NQ 3, split: {from: "111", new: [{code: "113", name: Yên Một}, {code: "114", name: Yên Hai, kind: xa, parent: "12"}], heir: "114"}}
  - {on: 2013-01-01, act: NQ 4, merge: {from: ["113", "114"], new: {code: "115", name: Yên Ba, kind: xa}}}
  - {on: 2014-01-01, act: NQ 5, abolish: "112"}
`

func TestApplyEveryChangeTwice(t *testing.T) {
	src, err := readSource(small(changesFile, everyChange, placesFile, smallPlaces+"119,low,xa,Cũ,11,2000-01-01,2005-01-01,,\n"))
	if err != nil {
		t.Fatal(err)
	}
	b := newBook(tables{})
	r, err := src.apply(b)
	if err != nil {
		t.Fatal(err)
	}
	if r.Added != 8 || r.Changed != 5 || len(r.Doubts) != 1 || r.Doubts[0] != "01/01/2010 NQ 1: chưa đối chiếu" {
		t.Errorf("report = %+v", r)
	}
	if got := names(b.list(Filter{Level: "low", On: clock.MustDate("2015-01-01")})); got != "Xã Đăk Rong, Xã Yên Ba" {
		t.Errorf("left in 2015: %s", got)
	}
	if got := b.at(t, "114", "2012-06-01"); got.FullName() != "Xã Yên Hai" || b.units[got.ParentID].Name != "Tây Sơn" {
		t.Errorf("part in another district = %+v", got)
	}
	first := b.byCode[[2]string{"a", "111"}][0]
	if got := names(b.successors(first, clock.MustDate("2015-01-01"))); got != "Xã Yên Ba" {
		t.Errorf("split and merged again: %s", got)
	}
	b.dirty = newChanges()
	again, err := src.apply(b)
	if err != nil || again.Added != 0 || again.Changed != 0 || again.Unchanged != 13 || !b.dirty.empty() {
		t.Errorf("second time: %+v, %v, empty %v", again, err, b.dirty.empty())
	}
}

func TestListsAreUpdated(t *testing.T) {
	b := smallBook(t)
	b.dirty = newChanges()
	src, err := readSource(small(levelsFile, strings.NewReplacer("name: Mã B", "name: Mã bê", "name: Cấp giữa", "name: Cấp huyện", "name: Phường", "name: Phường mới").Replace(smallLevels)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := src.apply(b); err != nil {
		t.Fatal(err)
	}
	if len(b.dirty.schemes) != 1 || len(b.dirty.levels) != 1 || len(b.dirty.kinds) != 1 || len(b.dirty.added) != 0 {
		t.Errorf("changes = %+v", b.dirty)
	}
}
