// Package i18ntest finds what a room says without a translation. That translations fit what is said is for the
// floor plan to hold.
package i18ntest

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

var message = regexp.MustCompile(`i18n\.M\("((?:[^"\\]|\\.)*)"`)

// English fails the test when a message in the Go files of a room is not in its i18n/en.json. texts holds the
// overlays, sources the folder of the room: os.DirFS(".") in its tests.
func English(t testing.TB, texts, sources fs.FS) {
	t.Helper()
	raw, err := fs.ReadFile(texts, "i18n/en.json")
	if err != nil {
		t.Fatal(err)
	}
	var overlay map[string]string
	if err := json.Unmarshal(raw, &overlay); err != nil {
		t.Fatal(err)
	}
	files, err := fs.Glob(sources, "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := fs.ReadFile(sources, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range message.FindAllStringSubmatch(string(src), -1) {
			if text := strings.ReplaceAll(m[1], `\"`, `"`); overlay[text] == "" {
				t.Errorf("%s: no English for %q", name, text)
			}
		}
	}
}
