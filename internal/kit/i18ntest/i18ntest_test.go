package i18ntest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// failures counts what English has to say.
type failures struct {
	testing.TB
	said []string
}

func (*failures) Helper()                     {}
func (f *failures) Errorf(s string, a ...any) { f.said = append(f.said, fmt.Sprintf(s, a...)) }

func TestEnglish(t *testing.T) {
	for _, c := range []struct{ name, overlay, source, want string }{
		{"all is said", `{"Xin chào %s": "Hello %s"}`, `i18n.M("Xin chào %s", n)`, ""},
		{"quotes", `{"Tên \"%s\"": "Name \"%s\""}`, `i18n.M("Tên \"%s\"", n)`, ""},
		{"missing", `{}`, `i18n.M("Tên")`, `no English for "Tên"`},
		{"empty", `{"Tên": ""}`, `i18n.M("Tên")`, `no English for "Tên"`},
	} {
		f := &failures{TB: t}
		English(f, fstest.MapFS{"i18n/en.json": {Data: []byte(c.overlay)}}, fstest.MapFS{
			"room.go":      {Data: []byte("package room\n" + c.source)},
			"room_test.go": {Data: []byte(`i18n.M("Trong bài thử")`)},
		})
		if c.want == "" && len(f.said) > 0 || c.want != "" && !slices.ContainsFunc(f.said, func(s string) bool { return strings.Contains(s, c.want) }) {
			t.Errorf("%s: %q", c.name, f.said)
		}
	}
}
