package procedure

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/text/unicode/norm"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/formtest"
)

// load reads a sample that must be right.
func load(t *testing.T, text string) *Spec {
	t.Helper()
	specs, err := Load("a.yaml", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return specs[0]
}

func TestLoad(t *testing.T) {
	s := load(t, sample())
	if s.Code != "1.000001" || s.ValidFrom != clock.MustDate("2016-01-01") || len(s.Process.Steps) != 4 || s.Process.Steps[0].Next[0].To != "verify" {
		t.Errorf("read %+v", s)
	}
}

// TestLoadRefuses holds that everything wrong is told with file and line.
func TestLoadRefuses(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string // "field: sentence" or a part of it
	}{
		{"unknown key", sample("name: Cấp", "nam: Cấp"), []string{"a.yaml:2: Không có mục “nam”"}},
		{"unknown key in a step", sample("kind: approve", "knid: approve"), []string{"a.yaml:21: Không có mục “knid”"}},
		{"key twice", sample("online: 2", "online: 2\nonline: 3"), []string{"a.yaml:6"}},
		{"no YAML", "code: [1\nname: {", []string{"a.yaml:2"}},
		{"not a mapping", "- a\n- b\n", []string{"a.yaml:1"}},
		{"wrong type", sample("online: 2", "online: hai"), []string{"a.yaml:5"}},
		{"wrong date", sample("2016-01-01", "2016-13-01"), []string{"a.yaml:4", "2016-13-01"}},
		{"empty", "# nothing\n", []string{"a.yaml: Tệp không có thủ tục nào."}},
		{"broken reference has its line", sample("to: sign", "to: signed"), []string{"a.yaml:20 process.steps.1.next.0.to: Không có bước “signed”"}},
		{"missing part has the line of what holds it", sample("name: Tờ khai, ", ""), []string{"a.yaml:12 papers.0.name: Thiếu nội dung"}},
		{"overlap", sample() + "---\n" + sample("2016-01-01", "2018-01-01"), []string{"Hiệu lực chồng nhau", "01/01/2018"}},
		{"two procedures", sample("valid_from: 2016-01-01", "valid_from: 2016-01-01\nvalid_to: 2018-01-01") + "---\n" + sample("1.000001", "1.000002", "2016-01-01", "2018-01-01"),
			[]string{"Một tệp chỉ chứa các phiên bản của một thủ tục"}},
		{"same day twice", sample() + "---\n" + sample(), []string{"Hiệu lực chồng nhau"}},
		{"second document wrong", sample("valid_from: 2016-01-01", "valid_from: 2016-01-01\nvalid_to: 2018-01-01") + "---\n" + sample("2016-01-01", "2018-01-01", "online: 2", "online: 7"),
			[]string{"a.yaml:29 online: Mức độ"}},
		{"several at once", sample("online: 2", "online: 9", "field: ho-tich", "field: Hộ tịch"), []string{"a.yaml:3 field", "a.yaml:5 online"}},
		{"too large", sample() + "# " + strings.Repeat("x", maxFile), []string{"lớn hơn 2 MB"}},
		{"too many versions", strings.Repeat("---\n"+sample(), maxVersions+1), []string{"hơn 50 phiên bản"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load("a.yaml", strings.NewReader(tt.text))
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("got %v, want an invalid fault", err)
			}
			all := strings.Join(problems("a.yaml", err), "\n")
			for _, w := range tt.want {
				if !strings.Contains(all, w) {
					t.Errorf("got\n%s\nwant %q", all, w)
				}
			}
		})
	}
}

// TestLoadVersions holds that versions come in the order of their validity.
func TestLoadVersions(t *testing.T) {
	text := sample("2016-01-01", "2018-01-01") + "---\n" + sample("valid_from: 2016-01-01", "valid_from: 2016-01-01\nvalid_to: 2018-01-01")
	specs, err := Load("a.yaml", strings.NewReader(text))
	if err != nil || len(specs) != 2 || specs[0].ValidFrom.Year != 2016 || specs[1].ValidFrom.Year != 2018 {
		t.Errorf("%d versions, %v", len(specs), err)
	}
}

// TestLoadComposes holds that text typed with separate marks is stored composed.
func TestLoadComposes(t *testing.T) {
	s := load(t, norm.NFD.String(sample()))
	if s.Name != "Cấp bản sao trích lục hộ tịch" {
		t.Errorf("name %+q is not composed", s.Name)
	}
}

// TestRoundTrip holds that what is written is read back to the same.
func TestRoundTrip(t *testing.T) {
	texts := map[string]string{
		"sample":   sample(),
		"form":     everything(),
		"versions": sample("valid_from: 2016-01-01", "valid_from: 2016-01-01\nvalid_to: 2018-01-01") + "---\n" + sample("2016-01-01", "2018-01-01"),
		"branches": forked(),
	}
	for _, name := range provinceFiles(t) {
		texts[name] = read(t, name)
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			specs, err := Load("a.yaml", strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			raw, err := Dump(specs...)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Load("a.yaml", strings.NewReader(string(raw)))
			if err != nil {
				t.Fatalf("%v\n%s", err, raw)
			}
			for i := range specs {
				a, _, err1 := digestOf(specs[i])
				b, _, err2 := digestOf(again[i])
				if err1 != nil || err2 != nil || a != b {
					t.Errorf("version %d differs after writing and reading:\n%s", i, raw)
				}
				clearForms(t, specs[i], again[i])
				if !reflect.DeepEqual(specs[i], again[i]) {
					t.Errorf("version %d differs after writing and reading:\n%s", i, raw)
				}
			}
		})
	}
}

// clearForms takes away the forms that were made, so that specs compare by what is written in them.
func clearForms(t *testing.T, specs ...*Spec) {
	t.Helper()
	for _, s := range specs {
		if s.Form == nil {
			continue
		}
		raw, err := s.Form.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if s.Form, err = form.NewSchema(raw); err != nil {
			t.Fatal(err)
		}
	}
}

// everything returns a valid procedure whose form has every kind of field.
func everything() string {
	indented := strings.ReplaceAll("form:\n"+formtest.Everything, "\n", "\n  ")
	return sample("online: 2", "online: 3", "process:", strings.TrimSuffix(indented, "  ")+"process:")
}

func provinceFiles(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("../../province/*/procedures/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestProvince holds that the procedures of the provinces in this repository are valid and their processes add up.
func TestProvince(t *testing.T) {
	roots, err := filepath.Glob("../../province/*/procedures")
	if err != nil || len(roots) == 0 {
		t.Fatalf("no procedures: %v", err)
	}
	for _, root := range roots {
		r, err := LintFS(os.DirFS(root), Known{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Failed() || r.Warned() > 0 {
			t.Errorf("%s:\n%s", root, r)
		}
	}
}

func TestLoadFS(t *testing.T) {
	fsys := fstest.MapFS{
		"b/two.yml":   {Data: []byte(sample("1.000001", "1.000002"))},
		"a.yaml":      {Data: []byte(sample())},
		"broken.yaml": {Data: []byte("x: 1")},
		"readme.txt":  {Data: []byte("not read")},
	}
	all, err := LoadFS(fsys)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range all {
		got = append(got, fmt.Sprint(l.File, " ", len(l.Specs), " ", l.Err != nil))
	}
	want := []string{"a.yaml 1 false", "b/two.yml 1 false", "broken.yaml 0 true"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestReport holds what the verb prints.
func TestReport(t *testing.T) {
	fsys := fstest.MapFS{
		"a.yaml": {Data: []byte(sample("term: 4 giờ", "term: 3 giờ"))},
		"b.yaml": {Data: []byte(sample("1.000001", "1.000002", "online: 2", "online: 5"))},
	}
	r, err := LintFS(fsys, Known{})
	if err != nil {
		t.Fatal(err)
	}
	got := r.String()
	for _, want := range []string{
		"cảnh báo a.yaml: process.steps: các bước cộng lại 7 giờ, thời hạn là 8 giờ làm việc\n",
		"LỖI      b.yaml:5 online: Mức độ dịch vụ công là số từ 1 đến 4.\n",
		"2 tệp: 0 phiên bản mới, 0 thay đổi, 1 giữ nguyên, 0 thôi dùng; 1 tệp lỗi, 1 cảnh báo.\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q in it", got, want)
		}
	}
}

// TestAliases holds that an alias cannot make a schema grow without bound.
func TestAliases(t *testing.T) {
	bomb := "form:\n  type: object\n  a0: &a0 {title: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx}\n"
	for i := 1; i < 12; i++ {
		bomb += fmt.Sprintf("  a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i-1, i-1, i-1, i-1, i-1, i-1)
	}
	if _, err := Load("a.yaml", strings.NewReader(sample("process:", bomb+"process:"))); err == nil {
		t.Error("a schema that grows through aliases was taken")
	}
}
