package file

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// FuzzCleanName holds what every stored name promises to file systems, headers and readers.
func FuzzCleanName(f *testing.F) {
	for _, name := range []string{"", ".", "..", "/", "a/b", `a\b`, "Giấy.pdf", "a\u202efdp.exe", "\x00", "con.pdf.", strings.Repeat("ế", 500), ". .pdf", "a.\u0301pdf"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := cleanName(name, PDF)
		switch {
		case !strings.HasSuffix(got, ".pdf") || strings.HasPrefix(got, "."):
			t.Errorf("%q → %q: the ending", name, got)
		case utf8.RuneCountInString(got) > maxName || len(got) <= len(".pdf"):
			t.Errorf("%q → %q: the length", name, got)
		case !utf8.ValidString(got) || !norm.NFC.IsNormalString(got):
			t.Errorf("%q → %q: not composed", name, got)
		case strings.ContainsAny(got, `/\<>:"|?*`):
			t.Errorf("%q → %q: letters that names may not have", name, got)
		case strings.IndexFunc(got, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) >= 0:
			t.Errorf("%q → %q: letters that cannot be seen", name, got)
		case cleanName(got, PDF) != got:
			t.Errorf("%q → %q → %q: cleaning a clean name changes it", name, got, cleanName(got, PDF))
		}
	})
}
