package province

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestOpen(t *testing.T) {
	for _, c := range []struct {
		name, want string // key of the province, "" for an error
	}{
		{"gialai", "gialai"},
		{"testdata/haicap", "thu-nghiem"},
		{"./gialai", "gialai"},
		{"nowhere", ""},
		{"", ""},
		{".", ""},
		{"../province", ""},
		{"testdata", ""},
	} {
		fsys, err := Open(c.name)
		if c.want == "" {
			if !errors.Is(err, ErrUnknown) {
				t.Errorf("Open(%q) = %v, want ErrUnknown", c.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("Open(%q): %v", c.name, err)
			continue
		}
		p, err := Load(fsys)
		if err != nil || p.Key != c.want {
			t.Errorf("Load(%q) = %q, %v", c.name, p.Key, err)
		}
	}
	if !slices.Equal(Names(), []string{"gialai"}) {
		t.Errorf("Names = %v", Names())
	}
}

// good returns the text of a province.yaml that is right.
func good(t *testing.T) string {
	t.Helper()
	fsys, err := Open("testdata/haicap")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := fs.ReadFile(fsys, File)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func load(text string, more fstest.MapFS) (Province, error) {
	fsys := fstest.MapFS{File: {Data: []byte(text)}}
	maps.Copy(fsys, more)
	return Load(fsys)
}

func TestLoad(t *testing.T) {
	p, err := load(good(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !p.Fictitious || p.Place != "99" || p.Government != "ubnd-tinh" || p.Dossier.CodeScheme != "qd20" || p.Mark.BrandNight != "#9cc3f5" {
		t.Errorf("province = %+v", p)
	}
	withLogo := strings.Replace(good(t), "  letters: TN", "  letters: TN\n  logo: logo.svg", 1)
	if _, err := load(withLogo, fstest.MapFS{"logo.svg": {Data: []byte("<svg/>")}}); err != nil {
		t.Errorf("with a logo: %v", err)
	}
	if _, err := load(withLogo, nil); err == nil || !strings.Contains(err.Error(), "mark.logo") {
		t.Errorf("a missing logo: %v", err)
	}
}

func TestLoadRefuses(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"key: thu-nghiem", "key: Thử Nghiệm", "key"},
		{"short_name: Thử Nghiệm", "shortname: Thử Nghiệm", "line 6"},
		{"short_name: Thử Nghiệm", "short_name: \"Thử  Nghiệm\"", "short_name"},
		{"name_en: Trial Province\n", "", "name_en"},
		{`"#1d4f91"`, "blue", "mark.brand"},
		{`"#7a3b86"`, `"#7A3B86"`, "mark.accent"},
		{"letters: TN", "letters: THỬN", "mark.letters"},
		{"  hotline: 1900 0000", "  hotlines: 1900 0000", "hotlines"},
		{"contact:\n  hotline: 1900 0000", "addresses:\n  portal: dvc.example.vn", "addresses.portal"},
		{"code_scheme: qd20", "code_scheme: h21", "code_scheme"},
		{"[counter, online, post]", "[counter, fax]", "dossier.channels"},
		{"[counter, online, post]", "[]", "dossier.channels"},
		{"keep_draft_days: 30", "keep_draft_days: 0", "keep_draft_days"},
		{"keep_draft_days: 30", "keep_draft_days: thirty", "line"},
		{"online_check_term: 8 giờ làm việc", "online_check_term: \"\"", "online_check_term"},
	} {
		text := strings.Replace(good(t), c.from, c.to, 1)
		if text == good(t) {
			t.Errorf("the test changes nothing: %q", c.from)
		}
		_, err := load(text, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), File) {
			t.Errorf("%q instead of %q: error = %v, want one with %q", c.to, c.from, err, c.want)
		}
	}
	if _, err := Load(fstest.MapFS{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without the file: %v", err)
	}
}
