// Package vntext handles Vietnamese text: composed form, search without tone
// marks, collation, slugs and telephone numbers.
package vntext

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// NFC returns s in the composed form in which all text is stored.
func NFC(s string) string { return norm.NFC.String(s) }

// Clean returns s composed, without control characters, with single spaces and no space at the ends.
func Clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if unicode.IsControl(r) || r == '\uFEFF' || r == '\u200b' {
			return -1
		}
		return r
	}, norm.NFC.String(s))
	return strings.Join(strings.Fields(s), " ")
}

// Fold returns the form in which texts are compared when searching: lower case,
// without tone and vowel marks, đ as d, punctuation as spaces, single spaces.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case r == 'đ' || r == 'Đ' || r == 'Ð' || r == 'ð': // the last two are Icelandic letters that old data has for Đ
			r = 'd'
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			r = unicode.ToLower(r)
		default:
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Lower returns s composed and in lower case, marks kept: for ranking exact matches first.
func Lower(s string) string { return strings.ToLower(Clean(s)) }

// Phone returns a telephone number in the national form, "0912345678": without separators and with 0 for +84.
func Phone(s string) string {
	s = strings.NewReplacer(" ", "", ".", "", "-", "", "(", "", ")", "").Replace(strings.TrimSpace(s))
	for _, p := range []string{"+84", "84"} {
		if rest, ok := strings.CutPrefix(s, p); ok && len(rest) >= 9 {
			return "0" + strings.TrimPrefix(rest, "0")
		}
	}
	return s
}

// Slug returns a form for addresses: folded, with hyphens.
func Slug(s string) string { return strings.ReplaceAll(Fold(s), " ", "-") }

var collators = sync.Pool{New: func() any { return collate.New(language.Vietnamese) }}

// Less reports whether a sorts before b by Vietnamese collation.
func Less(a, b string) bool { return Compare(a, b) < 0 }

// Compare returns -1, 0 or 1 by Vietnamese collation.
func Compare(a, b string) int {
	c := collators.Get().(*collate.Collator)
	defer collators.Put(c)
	return c.CompareString(a, b)
}
