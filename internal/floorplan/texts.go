package floorplan

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const kitWordsFile = "internal/floorplan/kitwords.txt"

// kit looks for words of government in the kit, comments and texts included, tests not.
func (h *House) kit() []Finding {
	type exception struct{ folder, word string }
	var words []string
	var allow []exception
	for line := range strings.Lines(h.text(kitWordsFile)) {
		line = strings.TrimSpace(line)
		if f := strings.Fields(line); len(f) > 3 && f[0] == "allow" {
			allow = append(allow, exception{f[1], f[2]})
		} else if line != "" && line[0] != '#' {
			words = append(words, line)
		}
	}
	var found []Finding
	for _, p := range h.paths {
		if !strings.HasPrefix(p, "internal/kit/") || strings.HasSuffix(p, "_test.go") || strings.Contains(p, "/testdata/") {
			continue
		}
		for i, line := range strings.Split(h.text(p), "\n") {
			spaced := phrase(line)
			for _, w := range words {
				if strings.Contains(spaced, phrase(w)) && !slices.Contains(allow, exception{path.Dir(p), w}) {
					found = append(found, Finding{p, i + 1, fmt.Sprintf("%q is a word of government, and the kit knows none: say it in general words, or move this into a base room", w)})
				}
			}
		}
	}
	return found
}

// phrase returns the words of a text in small letters between single spaces, CamelCase taken apart.
func phrase(s string) string {
	var b strings.Builder
	b.WriteByte(' ')
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		b.WriteString(strings.Join(camel(w), " "))
		b.WriteByte(' ')
	}
	return b.String()
}

// sourceNames tells the files that people write here: by ending, or by name.
var sourceNames = regexp.MustCompile(`(\.(go|sql|html|md|txt|json|yaml|yml|toml|css|js|mjs|csv|svg|sh|service|geojson)|(^|/)(Makefile|LICENSE|run|test|\.editorconfig|\.gitignore|\.npmrc))$`)

// leftover is one pattern that has no place in the tree.
type leftover struct {
	pattern *regexp.Regexp
	advice  string
}

// The patterns are put together from pieces, so that this file does not hold what it forbids.
var leftovers = []leftover{
	{regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`), "finish it now, or write an issue; the tree holds finished work"},
	{regexp.MustCompile(`(^|[^\w.])/(wo` + `rk/|fa` + `rm/|ho` + `me/\w|Us` + `ers/\w)|[A-Z]:\\Us` + `ers`), "a path of somebody's machine: use a path relative to the repository, or a setting"},
	{regexp.MustCompile(`regis` + `try\.npmjs|pro` + `xy\.golang\.org|su` + `m\.golang\.org|deb\.deb` + `ian\.org`), "the host of a package registry: which one is used is a setting of the machine"},
}

// texts holds that sources are composed Unicode (NFC) and carry no leftovers.
func (h *House) texts() []Finding {
	var found []Finding
	for _, p := range h.paths {
		if !sourceNames.MatchString(p) {
			continue
		}
		text := h.text(p)
		if at := norm.NFC.QuickSpanString(text); at < len(text) && !norm.NFC.IsNormalString(text) {
			line := 1 + strings.Count(text[:at], "\n")
			found = append(found, Finding{p, line, "Vietnamese letters must be composed (Unicode NFC); save the file with composed letters"})
		}
		if strings.Contains(text, "\r\n") {
			found = append(found, Finding{p, 0, "lines end with LF, not CRLF"})
		}
		if name := path.Base(p); name == "package-lock.json" || name == "go.sum" {
			continue
		}
		for _, l := range leftovers {
			if at := l.pattern.FindStringIndex(text); at != nil {
				found = append(found, Finding{p, 1 + strings.Count(text[:at[1]], "\n"), fmt.Sprintf("%q: %s", strings.TrimSpace(text[at[0]:at[1]]), l.advice)})
			}
		}
	}
	return found
}
