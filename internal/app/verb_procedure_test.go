package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/internal/procedure"
)

// verb runs the program in a data folder and returns the exit code with everything it said.
func verb(t *testing.T, data string, args ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	code := Run(append(args, "--data="+data), nil, &out, &out)
	return code, out.String()
}

// TestProcedureLint holds that a wrong file is named with its line, that a doubtful one is only warned of, and that
// nothing is made in the data folder.
func TestProcedureLint(t *testing.T) {
	folder := "../../province/gialai/procedures"
	good := filepath.Join(folder, "dang-ky-khai-sinh.yaml")
	raw, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(old, with string) string {
		if !strings.Contains(string(raw), old) {
			t.Fatalf("%s has no %q", good, old)
		}
		file := filepath.Join(t.TempDir(), "thu.yaml")
		if err := os.WriteFile(file, []byte(strings.Replace(string(raw), old, with, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for _, c := range []struct {
		name, path string
		code       int
		want       string
	}{
		{"right", good, ExitOK, "0 tệp lỗi, 0 cảnh báo"},
		{"a folder", folder, ExitOK, "0 tệp lỗi"},
		{"steps that do not add up", changed("division: justice, term: 5 giờ", "division: justice, term: 50 giờ"), ExitOK, "cảnh báo thu.yaml"},
		{"a division nobody has", changed("division: justice", "division: juctice"), ExitOK, "juctice"},
		{"a key there is not", changed("life_events:", "life_event:"), ExitFindings, "LỖI"},
		{"no file", "/nowhere.yaml", ExitConfig, "không mở được"},
		{"no procedures", t.TempDir(), ExitConfig, "không có tệp .yaml nào"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			code, out := verb(t, data, "procedure", "lint", c.path)
			if code != c.code || !strings.Contains(out, c.want) {
				t.Errorf("%d, want %d and %q: %s", code, c.code, c.want, out)
			}
			if _, err := os.Stat(data); err == nil {
				t.Error("the data folder was made")
			}
		})
	}
}

// TestProcedureImportAndExport holds that what is exported can be taken back, and that records of the national database are taken.
func TestProcedureImportAndExport(t *testing.T) {
	data, file := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "out.yaml")
	steps := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"the province", []string{"import", "province", "places", "org", "codelists"}, ExitOK, "Đã nạp"},
		{"nothing to export yet", []string{"procedure", "export", "1.001193"}, ExitFailed, "1.001193"},
		{"one file", []string{"procedure", "import", "../../province/gialai/procedures/dang-ky-khai-sinh.yaml"}, ExitOK, "1 phiên bản mới"},
		{"export", []string{"procedure", "export", "1.001193", "--out", file}, ExitOK, ""},
		{"take it back", []string{"procedure", "import", file}, ExitOK, "1 giữ nguyên"},
		{"print it", []string{"procedure", "export", "1.001193"}, ExitOK, "Đăng ký khai sinh"},
		{"a folder", []string{"procedure", "import", "../../province/gialai/procedures"}, ExitOK, "0 tệp lỗi"},
		{"records that are none", []string{"procedure", "import", writeJSON(t, `[]`)}, ExitFailed, "không có bản ghi"},
		{"records on no day", []string{"procedure", "import", "--from=mai", writeJSON(t, `[]`)}, ExitConfig, "--from"},
		{"no file", []string{"procedure", "import", "/nowhere.yaml"}, ExitConfig, "không mở được"},
	}
	for _, c := range steps {
		t.Run(c.name, func(t *testing.T) {
			code, out := verb(t, data, c.args...)
			if code != c.code || !strings.Contains(out, c.want) {
				t.Errorf("%d, want %d and %q: %s", code, c.code, c.want, out)
			}
		})
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if specs, err := procedure.Load("out.yaml", f); err != nil || len(specs) != 1 {
		t.Errorf("%d versions, %v", len(specs), err)
	}
}

func writeJSON(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ban-ghi.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
