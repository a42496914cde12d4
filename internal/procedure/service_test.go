package procedure

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"reflect"
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
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/migrate"
)

var rooms = []migrate.Room{audit.Migrations(), Migrations()}

// someAgencies answers for the org room.
type someAgencies []Agency

func (a someAgencies) Agency(_ context.Context, id string) (Agency, error) {
	for _, x := range a {
		if x.ID == id {
			return x, nil
		}
	}
	return Agency{}, fault.NewNotFound(i18n.M("Không có cơ quan này."))
}

func (a someAgencies) Select(_ context.Context, sel Selector, placeID string, _ clock.Date) ([]Agency, error) {
	var list []Agency
	for _, x := range a {
		if (sel.Slug == "" || sel.Slug == x.Slug) && (sel.Kind == "" || sel.Kind == x.Kind) && (sel.Level == "" || sel.Level == x.Level) && (placeID == "" || placeID == x.PlaceID) {
			list = append(list, x)
		}
	}
	return list, nil
}

// someLists answers for the codelist room.
type someLists map[string][]form.Option

func (l someLists) Options(_ context.Context, list string, _ clock.Date) ([]form.Option, error) {
	o, ok := l[list]
	if !ok {
		return nil, fault.NewNotFound(i18n.M("Không có danh mục này."))
	}
	return o, nil
}

var (
	theAgencies = someAgencies{
		{ID: "a1", Slug: "xa-ia-ko", Name: "Ủy ban nhân dân xã Ia Ko", Kind: "peoples_committee", Level: "commune", PlaceID: "p1"},
		{ID: "a2", Slug: "phuong-hoa-lu", Name: "Ủy ban nhân dân phường Hoa Lư", Kind: "peoples_committee", Level: "commune", PlaceID: "p2"},
		{ID: "a3", Slug: "so-tu-phap", Name: "Sở Tư pháp", Kind: "department", Level: "province"},
	}
	theLists = someLists{
		"sex":          {{Value: "male", Label: "Nam", LabelEN: "Male"}, {Value: "female", Label: "Nữ", LabelEN: "Female"}},
		"ethnic_group": {{Value: "01", Label: "Kinh"}, {Value: "05", Label: "Gia Rai"}, {Value: "10", Label: "Ba Na"}},
	}
	start   = time.Date(2018, 11, 23, 8, 0, 0, 0, clock.Local)
	manager = actor.Actor{ID: "m", Name: "Quản trị quy trình", Kind: actor.Staff,
		Grants: []actor.Grant{{Permissions: map[string]bool{PermManage: true}, UnitID: "r", UnitPath: "/r/", Below: true}}}
)

func newService(d *db.DB) *Service {
	return New(Deps{DB: d, Clock: clock.NewFake(start), Agencies: theAgencies, Lists: theLists})
}

func as(a actor.Actor) context.Context { return actor.With(context.Background(), a) }

// sample returns a small valid procedure file; the pairs are replacements in it.
func sample(pairs ...string) string {
	text := `code: "1.000001"
name: Cấp bản sao trích lục hộ tịch
field: ho-tich
valid_from: 2016-01-01
online: 2
applicants: [citizen]
receivers:
  - {kind: peoples_committee, level: commune}
terms:
  - {term: 1 ngày làm việc}
papers:
  - {key: to-khai, name: Tờ khai, originals: 1}
results:
  - {key: ban-sao, name: Bản sao trích lục hộ tịch}
legal:
  - {number: 60/2014/QH13}
process:
  steps:
    - {key: receive, name: Tiếp nhận, kind: receive, term: 2 giờ, next: [{to: verify}]}
    - {key: verify, name: Tra cứu sổ, kind: work, term: 4 giờ, next: [{to: sign}]}
    - {key: sign, name: Ký, kind: approve, term: 2 giờ, output: ban-sao, next: [{to: return}]}
    - {key: return, name: Trả kết quả, kind: return}
`
	for i := 0; i+1 < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			panic("not in the sample: " + pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return text
}

func files(pairs ...string) fs.FS {
	m := fstest.MapFS{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return m
}

func mustImport(t *testing.T, s *Service, fsys fs.FS) Report {
	t.Helper()
	r, err := s.Import(as(manager), fsys)
	if err != nil {
		t.Fatal(err)
	}
	if r.Failed() {
		t.Fatalf("import failed:\n%s", r)
	}
	return r
}

func counts(r Report) string {
	added, changed, unchanged, retired, failed := r.Count()
	return fmt.Sprintf("%d added, %d changed, %d unchanged, %d retired, %d failed", added, changed, unchanged, retired, failed)
}

// TestImportVersions holds what an import does to versions that dossiers may be using.
func TestImportVersions(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s := newService(d)
		steps := []struct {
			name, file, want string
		}{
			{"new", sample(), "1 added, 0 changed, 0 unchanged, 0 retired, 0 failed"},
			{"again", sample(), "0 added, 0 changed, 1 unchanged, 0 retired, 0 failed"},
			{"changed", sample("Tra cứu sổ", "Tra cứu sổ hộ tịch"), "0 added, 1 changed, 0 unchanged, 0 retired, 0 failed"},
			{"second version", sample("valid_from: 2016-01-01", "valid_from: 2016-01-01\nvalid_to: 2018-12-01", "Tra cứu sổ", "Tra cứu sổ hộ tịch") +
				"---\n" + sample("valid_from: 2016-01-01", "valid_from: 2018-12-01", "online: 2", "online: 1"), "1 added, 1 changed, 0 unchanged, 0 retired, 0 failed"},
			{"first version dropped", sample("valid_from: 2016-01-01", "valid_from: 2018-12-01", "online: 2", "online: 1"), "0 added, 0 changed, 1 unchanged, 1 retired, 0 failed"},
			{"back again", sample(), "1 added, 0 changed, 0 unchanged, 1 retired, 0 failed"},
		}
		var first VersionID
		for i, step := range steps {
			if got := counts(mustImport(t, s, files("a.yaml", step.file))); got != step.want {
				t.Errorf("%s: %s, want %s", step.name, got, step.want)
			}
			if i == 0 {
				v, err := s.Current(context.Background(), "1.000001", clock.Date{})
				if err != nil {
					t.Fatal(err)
				}
				first = v.ID
			}
		}
		v, err := newService(d).Version(context.Background(), first)
		if err != nil || v.Spec.Process.Steps[1].Name != "Tra cứu sổ" {
			t.Errorf("the version a dossier began with: %+v, %v", v, err)
		}
		past, err := s.History(as(manager), "1.000001")
		if err != nil || len(past) != 5 {
			t.Fatalf("history: %d versions, %v; want 5", len(past), err)
		}
		superseding := 0
		for _, p := range past {
			if p.Supersedes != nil {
				superseding++
			}
		}
		if superseding != 2 {
			t.Errorf("%d versions supersede another, want 2", superseding)
		}
		var n int
		if err := d.Get(context.Background(), &n, `SELECT COUNT(*) FROM audit_entry WHERE object = 'procedure.version'`); err != nil || n != 7 {
			t.Errorf("%d audit entries, %v; want 7: 3 added, 2 changed, 2 retired", n, err)
		}
	})
}

func read(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// catalogue is a few procedures to search among.
func catalogue() fs.FS {
	one := func(code, name string, pairs ...string) string {
		return sample(append([]string{"1.000001", code, "name: Cấp bản sao trích lục hộ tịch", "name: " + name}, pairs...)...)
	}
	const online = "process:"
	form := "form:\n  type: object\n  properties: {a: {type: string, title: A, x-codelist: sex}}\nprocess:"
	return files(
		"1.yaml", one("1.000101", "Đăng ký khai sinh", "online: 2", "online: 3\nlife_events: [co-con]\nkeywords: [giấy khai sinh]", online, form),
		"2.yaml", one("1.000102", "Đăng ký khai sinh kết hợp nhận cha, mẹ, con", "online: 2", "online: 2\nlife_events: [co-con]"),
		"3.yaml", one("1.000103", "Đăng ký lại khai sinh"),
		"4.yaml", one("1.000104", "Khải sính một việc khác"),
		"5.yaml", one("1.000105", "Cấp phiếu lý lịch", "field: ho-tich", "field: ly-lich", "{kind: peoples_committee, level: commune}", "{slug: so-tu-phap}", "applicants: [citizen]", "applicants: [citizen, business]"),
		"6.yaml", one("1.000106", "Ăn uống và ban đêm", "online: 2", "online: 2\nkeywords: [nhà hàng, khai sinh nhầm]", "field: ho-tich", "field: cong-thuong", "{kind: peoples_committee, level: commune}", "{level: province}"),
		"7.yaml", one("1.000107", "Chứng thực", "valid_from: 2016-01-01", "valid_from: 2016-01-01\nvalid_to: 2018-06-01")+"---\n"+one("1.000107", "Chứng thực mới", "2016-01-01", "2018-06-01"),
		"8.yaml", one("1.000108", "Việc từ năm sau", "2016-01-01", "2019-01-01"),
	)
}

func codes(items []Summary) string {
	var list []string
	for _, i := range items {
		list = append(list, strings.TrimPrefix(i.Code, "1.0001"))
	}
	return strings.Join(list, " ")
}

func TestFind(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s := newService(d)
		mustImport(t, s, catalogue())
		tests := []struct {
			name string
			q    Query
			want string
		}{
			{"everything, by name", Query{}, "06 05 07 01 02 03 04"},
			{"with tone marks", Query{Text: "khai sinh"}, "01 02 03 04 06"},
			{"exact name first", Query{Text: "đăng ký khai sinh"}, "01 02 03"},
			{"without tone marks", Query{Text: "dang ky khai sinh"}, "01 02 03"},
			{"capitals and spaces", Query{Text: "  ĐĂNG   KÝ  khai "}, "01 02 03"},
			{"other tone marks", Query{Text: "khải sính"}, "04 01 02 03 06"},
			{"words in any order", Query{Text: "sinh lại"}, "03"},
			{"beginning of a word", Query{Text: "chung th"}, "07"},
			{"middle of a word", Query{Text: "hung"}, ""},
			{"keyword", Query{Text: "nhà hàng"}, "06"},
			{"result", Query{Text: "Bản sao trích lục hộ tịch", Field: "cong-thuong"}, "06"},
			{"code", Query{Text: "1.000103"}, "03"},
			{"nothing but signs", Query{Text: "%%% __ !"}, ""},
			{"no match", Query{Text: "xuất khẩu"}, ""},
			{"field", Query{Field: "ly-lich"}, "05"},
			{"online", Query{OnlineOnly: true}, "01"},
			{"life event", Query{LifeEvent: "co-con"}, "01 02"},
			{"applicant", Query{Applicant: "business"}, "05"},
			{"level", Query{Level: "province"}, "06 05"},
			{"level and text", Query{Level: "commune", Text: "khai sinh"}, "01 02 03 04"},
			{"agency by kind and level", Query{AgencyID: "a1"}, "07 01 02 03 04"},
			{"agency by name", Query{AgencyID: "a3"}, "06 05"},
			{"next year", Query{On: clock.MustDate("2019-01-01")}, "06 05 07 01 02 03 04 08"},
			{"long ago", Query{On: clock.MustDate("2015-01-01")}, ""},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				p, err := s.Find(context.Background(), tt.q)
				if err != nil {
					t.Fatal(err)
				}
				if got := codes(p.Items); got != tt.want || p.Total != len(p.Items) || p.Next != "" {
					t.Errorf("got %q of %d, want %q", got, p.Total, tt.want)
				}
			})
		}
		old, err := s.Find(context.Background(), Query{Text: "chứng thực", On: clock.MustDate("2018-05-31")})
		if err != nil || len(old.Items) != 1 || old.Items[0].Name != "Chứng thực" || old.Items[0].ValidTo != clock.MustDate("2018-06-01") {
			t.Errorf("the version of that day: %+v, %v", old.Items, err)
		}
		if _, err := s.Find(context.Background(), Query{AgencyID: "nobody"}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("unknown agency: %v", err)
		}
	})
}

func TestFindPages(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s := newService(d)
		mustImport(t, s, catalogue())
		for _, text := range []string{"", "khai sinh"} {
			all, err := s.Find(context.Background(), Query{Text: text})
			if err != nil {
				t.Fatal(err)
			}
			var got []Summary
			q := Query{Text: text, Limit: 2}
			for range 10 {
				p, err := s.Find(context.Background(), q)
				if err != nil || len(p.Items) > 2 || p.Total != all.Total {
					t.Fatalf("page of %d, %v", len(p.Items), err)
				}
				got = append(got, p.Items...)
				if q.Cursor = p.Next; q.Cursor == "" {
					break
				}
			}
			if codes(got) != codes(all.Items) {
				t.Errorf("%q: pages hold %q, want %q", text, codes(got), codes(all.Items))
			}
		}
		for _, bad := range []string{"x", "!!!", "MQ", "MSBhYmM"} {
			if _, err := s.Find(context.Background(), Query{Cursor: bad}); fault.KindOf(err) != fault.Invalid {
				t.Errorf("cursor %q: %v, want invalid", bad, err)
			}
		}
	})
}

// TestLists holds the short lists and the doors other rooms use.
func TestLists(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s := newService(d)
		ctx := context.Background()
		mustImport(t, s, catalogue())
		got, err := s.Suggest(ctx, "khai", 2)
		if err != nil || codes(got) != "01 02" && len(got) != 2 {
			t.Errorf("suggestions %q, %v", codes(got), err)
		}
		if got, err := s.Suggest(ctx, " ? ", 5); err != nil || got != nil {
			t.Errorf("suggestions for nothing: %v, %v", got, err)
		}
		fields, err := s.Fields(ctx, clock.Date{})
		if want := []FieldCount{{"cong-thuong", 1}, {"ho-tich", 5}, {"ly-lich", 1}}; err != nil || !reflect.DeepEqual(fields, want) {
			t.Errorf("fields %v, %v", fields, err)
		}
		list, err := s.ReceivedBy(ctx, "a3", clock.Date{})
		if err != nil || codes(list) != "06 05" {
			t.Errorf("received by the department: %q, %v", codes(list), err)
		}
		v, err := s.Current(ctx, "1.000101", clock.Date{})
		if err != nil {
			t.Fatal(err)
		}
		for agency, want := range map[string]bool{"a1": true, "a2": true, "a3": false} {
			if got, err := s.Receives(ctx, v, agency); err != nil || got != want {
				t.Errorf("%s receives: %t, %v", agency, got, err)
			}
		}
		if _, err := s.Receives(ctx, v, "nobody"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("unknown agency: %v", err)
		}
		receivers, err := s.Receivers(ctx, v, "", clock.Date{})
		if err != nil || len(receivers) != 2 || receivers[0].ID != "a1" {
			t.Errorf("receivers %v, %v", receivers, err)
		}
		receivers, err = s.Receivers(ctx, v, "p2", clock.Date{})
		if err != nil || len(receivers) != 1 || receivers[0].ID != "a2" {
			t.Errorf("receivers of a place %v, %v", receivers, err)
		}
		options, err := s.FormLists(ctx, v, clock.Date{})
		if err != nil || len(options["sex"]) != 2 {
			t.Errorf("code lists %v, %v", options, err)
		}
		if v.Title("en") != "Đăng ký khai sinh" || list[0].Title("vi") == "" {
			t.Error("a title without translation is lost")
		}
		plain, err := s.Current(ctx, "1.000103", clock.Date{})
		if err != nil {
			t.Fatal(err)
		}
		if options, err := s.FormLists(ctx, plain, clock.Date{}); err != nil || options != nil {
			t.Errorf("code lists without a form: %v, %v", options, err)
		}
		bare := New(Deps{DB: d, Clock: clock.NewFake(start), Agencies: theAgencies, Lists: someLists{}})
		if _, err := bare.FormLists(ctx, v, clock.Date{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a missing code list: %v", err)
		}
	})
}

func TestCurrent(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s := newService(d)
		ctx := context.Background()
		mustImport(t, s, catalogue())
		tests := []struct{ code, on, want string }{
			{"1.000107", "2016-01-01", "Chứng thực"},
			{"1.000107", "2018-05-31", "Chứng thực"},
			{"1.000107", "2018-06-01", "Chứng thực mới"},
			{"1.000107", "", "Chứng thực mới"},
			{"1.000107", "2015-12-31", ""},
			{"1.000108", "", ""},
			{"9.999999", "", ""},
		}
		for _, tt := range tests {
			on, err := clock.ParseDate(tt.on)
			if err != nil {
				t.Fatal(err)
			}
			v, err := s.Current(ctx, tt.code, on)
			if tt.want == "" {
				if fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s on %s: %v, want not found", tt.code, tt.on, err)
				}
				continue
			}
			if err != nil || v.Name != tt.want || v.Spec.Name != tt.want {
				t.Errorf("%s on %s: %+v, %v; want %s", tt.code, tt.on, v, err, tt.want)
			}
			again, err := s.Version(ctx, v.ID)
			if err != nil || again != v {
				t.Errorf("the version is not kept: %v", err)
			}
		}
		if _, err := s.Version(ctx, "nothing"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("unknown version: %v", err)
		}
	})
}

// TestExport holds that a procedure leaves the database as it came in.
func TestExport(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s := newService(d)
		text := everything()
		mustImport(t, s, files("a.yaml", text, "b.yaml", sample("1.000001", "1.000107", "valid_from: 2016-01-01", "valid_from: 2016-01-01\nvalid_to: 2018-06-01")+
			"---\n"+sample("1.000001", "1.000107", "2016-01-01", "2018-06-01")))
		for _, code := range []string{"1.000001", "1.000107"} {
			raw, err := newService(d).Export(context.Background(), code)
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.ImportFile(as(manager), code+".yaml", strings.NewReader(string(raw)))
			if _, changed, _, retired, failed := r.Count(); err != nil || changed+retired+failed != 0 {
				t.Errorf("%s: not the same after export: %s, %v", code, counts(r), err)
			}
		}
		if _, err := s.Export(context.Background(), "9.9"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("unknown procedure: %v", err)
		}
	})
}

// TestImportErrors holds that a wrong file does not keep the others out, and who may import.
func TestImportErrors(t *testing.T) {
	d := dbtest.SQLite(t, rooms...)
	s := newService(d)
	r, err := s.Import(as(manager), files("a.yaml", sample(), "b.yaml", sample("online: 2", "online: 9", "1.000001", "1.000002"), "c.yaml", sample("online: 2", "online: 1"), "d.yaml", sample("1.000001", "1.000004", "term: 4 giờ", "term: 5 giờ")))
	if err != nil {
		t.Fatal(err)
	}
	if got := counts(r); got != "2 added, 0 changed, 0 unchanged, 0 retired, 2 failed" || r.Warned() != 1 {
		t.Errorf("%s, %d warnings\n%s", got, r.Warned(), r)
	}
	if !strings.Contains(r.String(), "c.yaml: Thủ tục 1.000001 đã có ở tệp a.yaml.") {
		t.Errorf("report\n%s", r)
	}
	for name, a := range map[string]actor.Actor{"nobody": {}, "citizen": {ID: "c", Kind: actor.Person}, "clerk": {ID: "o", Kind: actor.Staff,
		Grants: []actor.Grant{{Permissions: map[string]bool{"dossier.accept": true}, UnitPath: "/r/"}}}} {
		if _, err := s.Import(as(a), files()); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s may import: %v", name, err)
		}
		if _, err := s.ImportFile(as(a), "a.yaml", strings.NewReader(sample())); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s may import a file: %v", name, err)
		}
		if _, err := s.History(as(a), "1.000001"); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s may read the history: %v", name, err)
		}
	}
	if _, err := s.History(as(manager), "9.9"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("history of nothing: %v", err)
	}
	if r, err := s.Import(as(actor.SystemActor), files("a.yaml", sample())); err != nil || r.Failed() {
		t.Errorf("the system may import: %v", err)
	}
}

// TestSpecCache holds that the cache cannot grow without bound.
func TestSpecCache(t *testing.T) {
	c := newSpecCache()
	for i := range maxCached + 5 {
		c.put(&Version{ID: VersionID(fmt.Sprint(i))})
	}
	if len(c.made) != maxCached {
		t.Errorf("%d versions are kept", len(c.made))
	}
	if _, ok := c.get(VersionID(fmt.Sprint(maxCached + 4))); !ok {
		t.Error("the newest is not kept")
	}
}

func TestSortKey(t *testing.T) {
	names := []string{"An", "Án", "Ăn", "Ân", "Ba", "Đăng ký", "Em"}
	for i := 1; i < len(names); i++ {
		if sortKey(names[i-1]) >= sortKey(names[i]) {
			t.Errorf("%s does not sort before %s", names[i-1], names[i])
		}
	}
	if len(sortKey(strings.Repeat("ặ", 1000))) > maxSortKey {
		t.Error("the key of a long name is not bounded")
	}
}
