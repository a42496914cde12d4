package desk

import (
	"regexp"
	"slices"
	"strings"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/procedure"
)

// named is how a chosen procedure stands in its field: the name with the code behind it.
func named(s procedure.Summary) string { return s.Name + " (" + s.Code + ")" }

var (
	codeBehind = regexp.MustCompile(`\(([0-9A-Za-z.\-]+)\)$`)
	codeAlone  = regexp.MustCompile(`^[0-9]+\.[0-9.A-Za-z\-]+$`)
)

// codeIn returns the code of a procedure in a typed text, empty when there is none.
func codeIn(text string) string {
	if m := codeBehind.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	if codeAlone.MatchString(text) {
		return text
	}
	return ""
}

// match returns the procedures that a clerk means, the likeliest first: by code, by the first letters of the
// words ("ks" for "khai sinh"), by words with or without tone marks.
func match(list []procedure.Summary, text string) []procedure.Summary {
	if code := codeIn(text); code != "" {
		if i := slices.IndexFunc(list, func(s procedure.Summary) bool { return s.Code == code }); i >= 0 {
			return list[i : i+1]
		}
	}
	q := vntext.Fold(text)
	if q == "" {
		return nil
	}
	type hit struct {
		procedure.Summary
		score int
	}
	var hits []hit
	for _, s := range list {
		if n := score(s, q, text); n > 0 {
			hits = append(hits, hit{s, n})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return b.score - a.score })
	found := make([]procedure.Summary, len(hits))
	for i, h := range hits {
		found[i] = h.Summary
	}
	return found
}

// score says how well a procedure fits a text as typed and folded; 0 is not at all.
func score(s procedure.Summary, q, text string) int {
	name := vntext.Fold(s.Name)
	words := strings.Fields(name)
	switch {
	case name == q:
		return 100
	case strings.HasPrefix(s.Code, text):
		return 90
	case strings.HasPrefix(name, q):
		return 80
	}
	var initials strings.Builder
	for _, w := range words {
		initials.WriteByte(w[0])
	}
	if !strings.Contains(q, " ") {
		switch at := strings.Index(initials.String(), q); {
		case at == 0:
			return 70
		case at > 0:
			return 65 - min(at, 9)
		}
	}
	if strings.Contains(" "+name, " "+q) {
		return 50
	}
	for _, part := range strings.Fields(q) {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, part) }) {
			return 0
		}
	}
	return 40
}

// card is what the QR code of a citizen identity card holds: number|old number|name|birth|sex|address|issued.
type card struct {
	number, name, address string
	birth                 clock.Date
}

var (
	cardNumber   = regexp.MustCompile(`^[0-9]{12}$`)
	personNumber = regexp.MustCompile(`^[0-9]{9}([0-9]{3})?$`) // identity number, of the old card or the new
)

// parseCard reads the QR code of an identity card and reports whether it is one.
func parseCard(text string) (card, bool) {
	p := strings.Split(text, "|")
	if len(p) < 6 || !cardNumber.MatchString(p[0]) {
		return card{}, false
	}
	c := card{number: p[0], name: vntext.Clean(p[2]), address: vntext.Clean(p[5])}
	if d := p[3]; len(d) == 8 {
		c.birth, _ = clock.ParseDate(d[4:] + "-" + d[2:4] + "-" + d[:2]) // an odd date is typed by hand
	}
	return c, true
}
