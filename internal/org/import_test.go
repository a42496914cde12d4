package org

import (
	"errors"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/place"
)

// edited returns the files of the small province with one text changed.
func edited(t *testing.T, file, from, to string) fs.FS {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, name := range []string{"levels.yaml", "places.csv", orgFile, codesFile} {
		raw, err := fs.ReadFile(small(), name)
		if err != nil {
			t.Fatal(err)
		}
		fsys[name] = &fstest.MapFile{Data: raw}
	}
	if from == "" {
		delete(fsys, file)
		return fsys
	}
	text := strings.Replace(string(fsys[file].Data), from, to, 1)
	if text == string(fsys[file].Data) {
		t.Fatalf("the test changes nothing: %q", from)
	}
	changed := maps.Clone(fsys)
	changed[file] = &fstest.MapFile{Data: []byte(text)}
	return changed
}

func TestReadSourceRefuses(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"unknown key", "short: UBND tỉnh", "shrt: UBND tỉnh", "line 1"},
		{"unknown key in a template", "parent: above", "parnt: above", "parnt"},
		{"kind without a name", "name: Sở, ", "", "key and name"},
		{"unknown kind of a unit", "    kind: public_unit", "    kind: nothing", "nothing"},
		{"unknown kind of a division", "kind: leaders, name: Lãnh đạo", "kind: boss, name: Lãnh đạo", "boss"},
		{"unknown set", "    use: common\n    divisions:\n      - {key: justice, name: Phòng Hành", "    use: nothing\n    divisions:\n      - {key: justice, name: Phòng Hành", "no set"},
		{"division twice", "{key: justice, name: Phòng Hành", "{key: office, name: Phòng Hành", "stands twice"},
		{"division without a name", "{key: social, name: Văn hóa - Xã hội}", "{key: social}", "key and name"},
		{"unit twice", "slug: so-tnmt", "slug: so-tu-phap", "so-tu-phap stands twice"},
		{"template without a slug", "    slug: ubnd-{code}\n", "", "slug and parent are required"},
		{"wrong confidence", "    parent: above", "    confidence: sure\n    parent: above", "sure"},
		{"wrong confidence of a division", "{key: justice, name: Phòng Hành", "{key: justice, confidence: sure, name: Phòng Hành", "sure"},
	} {
		t.Run(c.name, func(t *testing.T) {
			from, to := c.from, c.to
			if c.name == "unknown kind of a unit" {
				from, to = "kind: public_unit", "kind: nothing"
			}
			_, err := readSource(edited(t, orgFile, from, to))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), orgFile) {
				t.Errorf("error = %v, want one with %q and the name of the file", err, c.want)
			}
		})
	}
	if _, err := readSource(fstest.MapFS{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without the file: %v", err)
	}
}

func TestImportRefusesAsAWhole(t *testing.T) {
	for _, c := range []struct{ name, file, from, to, want string }{
		{"unknown key", orgFile, "short: UBND tỉnh", "shrt: UBND tỉnh", "shrt"},
		{"no org.yaml", orgFile, "", "", "org.yaml"},
		{"unknown parent", orgFile, "parent: so-tnmt", "parent: so-x", "so-x"},
		{"unknown place", orgFile, `place: "64"`, `place: "65"`, "65"},
		{"no place", orgFile, `place: "64", `, "", "địa bàn"},
		{"unknown parent of a template", orgFile, "parent: above", "parent: so-x", "so-x"},
		{"no government above", orgFile, "agency: true, government: true", "agency: true", "government"},
		{"a slug for all places", orgFile, "slug: ubnd-{code}", "slug: ubnd-huyen", "ubnd-huyen"},
		{"columns of codes", codesFile, "slug,scheme", "scheme,slug", "first line"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(dbtest.SQLite(t, rooms...), day1)
			if _, err := o.places.Import(o.ctx, small()); err != nil {
				t.Fatal(err)
			}
			_, err := o.Import(o.ctx, edited(t, c.file, c.from, c.to))
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error = %v, want one with %q", err, c.want)
			}
			if left := must(o.List(o.ctx, Filter{Ended: true}))(t); len(left) != 0 {
				t.Errorf("%d units were left behind", len(left))
			}
		})
	}
}

func TestImportWithoutCodes(t *testing.T) {
	o := newOffice(dbtest.SQLite(t, rooms...), day1)
	r := o.load(t, edited(t, codesFile, "", ""))
	if r.Added != 67 || r.Codes.Added != 0 {
		t.Errorf("report = %+v", r)
	}
	_, err := o.Code(o.ctx, o.slug(t, "so-tnmt").ID, SchemeQD20, clock.Date{})
	wantKind(t, err, fault.NotFound)
	report := must(o.ImportCodes(o.ctx, strings.NewReader(strings.Join(codesHeader, ",")+"\nso-tnmt,qd20,H21.15,,,,QĐ 1\nso-tnmt,qd20,X,,,,\nnobody,qd20,H21.16,,,,\n")))(t)
	if report.Added != 1 || len(report.Rejected) != 2 || report.Rejected[0].Line != 3 || report.Rejected[1].Line != 4 {
		t.Errorf("codes = %+v", report)
	}
	if c := must(o.Code(o.ctx, o.slug(t, "so-tnmt").ID, SchemeQCVN102, clock.Date{}))(t); c.Code != "000.00.15.H21" || c.Source != "QĐ 1" {
		t.Errorf("code = %+v", c)
	}
	again := must(o.ImportCodes(o.ctx, strings.NewReader(strings.Join(codesHeader, ",")+"\nso-tnmt,qd20,H21.15,,,,QĐ 1\n")))(t)
	if again.Added != 0 || again.Unchanged != 1 {
		t.Errorf("again = %+v", again)
	}
	_, err = o.ImportCodes(o.ctx, strings.NewReader("x"))
	wantKind(t, err, fault.Invalid)
	if got := o.entries(t); got != "org.import org.import_codes place.import" {
		t.Errorf("audit = %s", got)
	}
}

// TestImportAddsWhatIsNewAndKeepsTheRest loads a later edition of the files over changes made in the program.
func TestImportAddsWhatIsNewAndKeepsTheRest(t *testing.T) {
	o := smallOffice(t, day3)
	must(o.Rename(o.ctx, Rename{Unit: o.slug(t, "so-tu-phap").ID, Name: "Sở Pháp luật", On: clock.MustDate(day2)}))(t)
	must(o.End(o.ctx, End{Unit: o.slug(t, "ubnd-10001/social").ID, On: clock.MustDate(day2)}))(t)
	if err := o.SetContact(o.ctx, o.slug(t, "so-tnmt").ID, Contact{Phone: "1234"}); err != nil {
		t.Fatal(err)
	}
	later := edited(t, orgFile, "      - {key: social, name: Văn hóa - Xã hội}", "      - {key: social, name: Văn hóa - Xã hội}\n      - {key: finance, name: Tài chính - Kế toán}")
	raw, err := fs.ReadFile(later, orgFile)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(raw), "      - {key: land, name: Phòng Quản lý đất đai}", "      - {key: land, name: Phòng Quản lý đất đai}\n      - {key: water, name: Phòng Tài nguyên nước}", 1)
	r := must(o.Import(o.ctx, fstest.MapFS{orgFile: {Data: []byte(text)}}))(t)
	if r.Added != 6 {
		t.Errorf("report = %+v, want finance in five communes and water in one department", r)
	}
	if got := o.slug(t, "so-tu-phap"); got.Name != "Sở Pháp luật" {
		t.Errorf("the rename was undone: %s", got.Name)
	}
	if got := o.slug(t, "so-tnmt"); got.Phone != "1234" {
		t.Errorf("the phone number was undone: %+v", got)
	}
	if _, err := o.DivisionByKey(o.ctx, o.slug(t, "ubnd-10001").ID, "social"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a division that was ended came back: %v", err)
	}
	if got := must(o.DivisionByKey(o.ctx, o.slug(t, "ubnd-10011").ID, "finance"))(t); got.ValidFrom != o.slug(t, "ubnd-10011").ValidFrom {
		t.Errorf("finance = %+v", got)
	}
	if again := must(o.Import(o.ctx, fstest.MapFS{orgFile: {Data: []byte(text)}}))(t); again.Added != 0 {
		t.Errorf("again = %+v", again)
	}
	if got := o.entries(t); strings.Count(got, "org.import") != 2 {
		t.Errorf("an import that changes nothing leaves no entry: %s", got)
	}
}

// TestImportOfAPastChange tells nobody: what ended before the import is history.
func TestImportOfAPastChange(t *testing.T) {
	fsys := edited(t, "nothing", "", "").(fstest.MapFS)
	fsys["place-changes.yaml"] = &fstest.MapFile{Data: []byte(`changes: [{on: 2015-01-01, act: NQ 9, merge: {from: ["10012"], into: "10011"}}, {on: 2027-01-01, act: NQ 10, rename: {code: "10003", name: Biển}}]`)}
	o := newOffice(dbtest.SQLite(t, rooms...), day1)
	o.load(t, fsys)
	if sent := o.events(t); len(sent) != 0 {
		t.Errorf("events = %v", sent)
	}
	old := o.slug(t, "ubnd-10012")
	if h := must(o.Successor(o.ctx, old.ID, clock.Date{}))(t); h.Slug != "ubnd-10011" {
		t.Errorf("heir = %s", h.Slug)
	}
	if c := must(o.Code(o.ctx, old.ID, SchemeQD20, clock.MustDate("2014-01-01")))(t); c.ValidTo != clock.MustDate("2015-01-01") {
		t.Errorf("code of the past = %+v", c)
	}
	o.clock.Set(clock.MustDate("2027-01-01").At(0, 5)) // the change that lay in the future
	if err := o.Announce(o.ctx); err != nil {
		t.Fatal(err)
	}
	if sent := o.events(t); len(sent) != 7 {
		t.Errorf("%d events, want the agency and its six divisions", len(sent))
	}
	if got := o.slug(t, "ubnd-10003"); got.Name != "Ủy ban nhân dân xã Biển" {
		t.Errorf("now it is %s", got.Name)
	}
}

func TestExpand(t *testing.T) {
	p := place.Unit{Name: "Yên Đỗ", KindName: "Phường", Code: "10001", Level: "commune", Kind: "ward"}
	tpl := Template{Level: "commune", PlaceKinds: []string{"ward"}}
	if got := tpl.expand("UBND {place} ({name}, {code})", p); got != "UBND phường Yên Đỗ (Yên Đỗ, 10001)" {
		t.Errorf("expanded = %s", got)
	}
	if !tpl.fits(p) {
		t.Error("fits")
	}
	p.Kind = "commune"
	if tpl.fits(p) {
		t.Error("does not fit another kind")
	}
}
