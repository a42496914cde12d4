package procedure

import (
	"context"
	"fmt"
	"io/fs"
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
type someLists map[string][]Option

func (l someLists) Options(_ context.Context, list string, _ clock.Date) ([]Option, error) {
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
	manager = actor.Actor{ID: "m", Name: "Quản trị quy trình", Kind: actor.Official,
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
