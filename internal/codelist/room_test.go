package codelist

import (
	"encoding/json"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"lienthong/internal/kit/i18n"
)

// TestEnglishIsComplete compares the overlay with the messages in the sources.
func TestEnglishIsComplete(t *testing.T) {
	raw, err := fs.ReadFile(Texts(), "i18n/en.json")
	if err != nil {
		t.Fatal(err)
	}
	var overlay map[string]string
	if err := json.Unmarshal(raw, &overlay); err != nil {
		t.Fatal(err)
	}
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	message, verb := regexp.MustCompile(`i18n\.M\("([^"]*)"`), regexp.MustCompile(`%[sd]`)
	used := map[string]bool{}
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range message.FindAllStringSubmatch(string(src), -1) {
			used[m[1]] = true
			english := overlay[m[1]]
			if english == "" {
				t.Errorf("%s: no English for %q", name, m[1])
			}
			if got, want := verb.FindAllString(english, -1), verb.FindAllString(m[1], -1); strings.Join(got, "") != strings.Join(want, "") {
				t.Errorf("%s: %q has verbs %v, its English %v", name, m[1], want, got)
			}
		}
	}
	for text := range overlay {
		if !used[text] {
			t.Errorf("English for a text nobody says: %q", text)
		}
	}
	var c i18n.Catalog
	if err := c.Load(Texts()); err != nil {
		t.Fatal(err)
	}
	if got := c.Msg("en", i18n.M("Không có danh mục “%s”.", "x")); got != "There is no list “x”." {
		t.Errorf("in English: %q", got)
	}
}
