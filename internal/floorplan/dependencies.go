package floorplan

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const dependenciesFile = "internal/floorplan/dependencies.txt"

// module is one line of go.mod's require blocks.
type module struct {
	path, version string
	indirect      bool
	line          int
}

// modules reads go.mod: what is required, and which packages are tools.
func (h *House) modules() (required []module, tools []string) {
	block := ""
	n := 0
	for line := range strings.Lines(h.text("go.mod")) {
		n++
		code, comment, _ := strings.Cut(line, "//")
		words := strings.Fields(code)
		verb := block
		switch {
		case len(words) == 0:
			continue
		case words[0] == ")":
			block = ""
			continue
		case len(words) == 2 && words[1] == "(":
			block = words[0]
			continue
		case block == "": // "require module version" on a line of its own
			verb, words = words[0], words[1:]
		}
		switch {
		case verb == "require" && len(words) == 2:
			required = append(required, module{words[0], words[1], strings.TrimSpace(comment) == "indirect", n})
		case verb == "tool" && len(words) == 1:
			tools = append(tools, words[0])
		}
	}
	return required, tools
}

// dependencies compares go.mod with the list of reasons.
func (h *House) dependencies() []Finding {
	var found []Finding
	reasons := map[string]int{}
	n := 0
	for line := range strings.Lines(h.text(dependenciesFile)) {
		n++
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if len(words) < 3 {
			found = append(found, Finding{dependenciesFile, n, "a line reads: module, then in a few words why the house needs it"})
		}
		reasons[words[0]] = n
	}
	required, tools := h.modules()
	for _, m := range required {
		tool := slices.ContainsFunc(tools, func(t string) bool { return t == m.path || strings.HasPrefix(t, m.path+"/") })
		if _, ok := reasons[m.path]; !ok && (!m.indirect || tool) {
			found = append(found, Finding{"go.mod", m.line, fmt.Sprintf("%s is not on the list: can the house do without it? If not, add it with one line why to %s", m.path, dependenciesFile)})
		}
	}
	for path, n := range reasons {
		if !slices.ContainsFunc(required, func(m module) bool { return m.path == path }) {
			found = append(found, Finding{dependenciesFile, n, path + " is not in go.mod any more: take the line out"})
		}
	}
	return append(found, h.packageLicences()...)
}

// allowed are the licences that let anybody pass the program on. OFL is for fonts.
var allowed = []string{"MIT", "MIT-0", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "MPL-2.0", "BlueOak-1.0.0", "CC0-1.0", "CC-BY-4.0", "Unlicense", "OFL-1.1", "Zlib", "Python-2.0"}

var licenceWord = regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9.-]*`)

// packageLicences reads the licence of every npm package from the lock file.
func (h *House) packageLicences() []Finding {
	const name = "web/package-lock.json"
	raw, err := fs.ReadFile(h.fsys, name)
	if err != nil {
		return nil
	}
	var lock struct {
		Packages map[string]struct{ License string }
	}
	if err := json.Unmarshal(raw, &lock); err != nil {
		return []Finding{{name, 0, "cannot be read: " + err.Error()}}
	}
	var found []Finding
	for p, pkg := range lock.Packages {
		if p == "" || licenceAllowed(pkg.License) {
			continue
		}
		found = append(found, Finding{name, 0, fmt.Sprintf("%s has the licence %q, which is not on the list of those that let anybody pass the program on", p, pkg.License)})
	}
	return found
}

// licenceAllowed understands "MIT", "(MIT OR GPL-3.0)" and "MIT AND ISC".
func licenceAllowed(expression string) bool {
	any, all := false, true
	for _, w := range licenceWord.FindAllString(expression, -1) {
		switch {
		case w == "OR" || w == "AND":
		case slices.Contains(allowed, w):
			any = true
		default:
			all = false
		}
	}
	return any && (all || strings.Contains(expression, " OR ") && !strings.Contains(expression, " AND "))
}

// licenceMarks are sentences that tell a licence text, the forbidden ones first: a text that quotes several is judged by the first.
var licenceMarks = []struct {
	text, name string
	free       bool
}{
	{"means either the GNU General Public License, Version 2.0", "MPL", true}, // names the AGPL among those it may be joined with
	{"GNU AFFERO GENERAL PUBLIC LICENSE", "AGPL", false},
	{"Server Side Public License", "SSPL", false},
	{"Business Source License", "BUSL", false},
	{"Commons Clause", "Commons Clause", false},
	{"Elastic License", "Elastic", false},
	{"PolyForm", "PolyForm", false},
	{"Mozilla Public License", "MPL", true},
	{"GNU LESSER GENERAL PUBLIC LICENSE", "LGPL", false},
	{"GNU GENERAL PUBLIC LICENSE", "GPL", false},
	{"Apache License", "Apache", true},
	{"Permission is hereby granted, free of charge", "MIT", true},
	{"Permission to use, copy, modify, and", "ISC", true},
	{"Redistribution and use in source and binary forms", "BSD", true},
	{"free and unencumbered software released into the public domain", "Unlicense", true},
	{"CC0 1.0 Universal", "CC0", true},
	{"SIL OPEN FONT LICENSE", "OFL", true},
}

// licence tells the licence of a text; free is false for those that forbid or burden passing the program on, and for unknown ones.
func licence(text string) (name string, free bool) {
	text = strings.Join(strings.Fields(text), " ")
	for _, m := range licenceMarks {
		if strings.Contains(strings.ToLower(text), strings.ToLower(m.text)) {
			return m.name, m.free
		}
	}
	return "unknown", false
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)([.-].*)?$`)

// ModuleLicences judges the licences of the Go modules that lie in the module
// cache; those that were not needed on this machine are not there.
func (h *House) ModuleLicences(cache fs.FS) []Finding {
	var found []Finding
	required, _ := h.modules()
	for _, m := range required {
		dir := escape(m.path) + "@" + escape(m.version)
		entries, err := fs.ReadDir(cache, dir)
		if err != nil {
			continue
		}
		name, free := "none", false
		for _, e := range entries {
			if e.IsDir() || !licenceFile.MatchString(e.Name()) || free {
				continue
			}
			if raw, err := fs.ReadFile(cache, dir+"/"+e.Name()); err == nil {
				name, free = licence(string(raw))
			}
		}
		if !free {
			found = append(found, Finding{"go.mod", m.line, fmt.Sprintf("%s has the licence %s: only licences that let anybody pass the program on are allowed in the house", m.path, name)})
		}
	}
	return found
}

// escape writes a module path as the module cache does: capitals as "!" and the small letter.
func escape(p string) string {
	var b strings.Builder
	for _, r := range p {
		if unicode.IsUpper(r) {
			b.WriteByte('!')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}
