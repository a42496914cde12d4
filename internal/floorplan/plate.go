package floorplan

import (
	"fmt"
	"regexp"
	"strings"
)

// plateParts are the labelled lines of a room's package comment.
var plateParts = []struct{ label, meaning string }{
	{"Law:", "the acts the room implements, or none"},
	{"Words:", "words that mean something else elsewhere, or none"},
	{"Tables:", "its tables, or none"},
	{"Events out:", "what it announces, or none"},
	{"Events in:", "what it listens to, or none"},
	{"Not here:", "what one could look for here and where that is"},
}

var bilingual = regexp.MustCompile(`\(tiếng Việt: [^)]+\)`)

// plates checks the package comment of every room, which stands in room.go like a plate on a door.
func (h *House) plates() []Finding {
	var found []Finding
	seen := map[string]bool{}
	for _, s := range h.files {
		if !h.rooms[s.room].government() || s.inner != "" || s.test {
			continue
		}
		if s.name == "room.go" {
			seen[s.room] = true
			found = append(found, h.plate(s)...)
		} else if s.file.Doc != nil {
			found = append(found, h.at(s, s.file.Doc.Pos(), "the package comment of a room stands in room.go"))
		}
	}
	for _, s := range h.files {
		if h.rooms[s.room].government() && s.inner == "" && !seen[s.room] {
			seen[s.room] = true
			found = append(found, Finding{"internal/" + s.room, 0, "the door is missing: room.go with the package comment, Config, Deps, New"})
		}
	}
	return found
}

func (h *House) plate(s *source) []Finding {
	if s.file.Doc == nil {
		return []Finding{{s.path, 1, "say in the package comment what this room is; CONTRIBUTING.md shows the parts"}}
	}
	var found []Finding
	text := s.file.Doc.Text()
	first, _, _ := strings.Cut(text, "\n\n")
	if !strings.HasPrefix(first, "Package "+s.room+" is ") || !bilingual.MatchString(first) {
		found = append(found, h.at(s, s.file.Doc.Pos(), `the package comment begins with "Package %s is … (tiếng Việt: …)."`, s.room))
	}
	parts := map[string]string{}
	label := ""
	for line := range strings.Lines(text) {
		for _, p := range plateParts {
			if strings.HasPrefix(line, p.label) {
				label = p.label
				line = strings.TrimPrefix(line, p.label)
			}
		}
		if strings.TrimSpace(line) == "" {
			label = ""
		}
		if label != "" {
			parts[label] += line
		}
	}
	for _, p := range plateParts {
		if strings.TrimSpace(parts[p.label]) == "" {
			found = append(found, h.at(s, s.file.Doc.Pos(), `the package comment lacks a line "%s …": %s`, p.label, p.meaning))
		}
	}
	for _, table := range h.created(s.room) {
		if !regexp.MustCompile(`\b` + regexp.QuoteMeta(table) + `\b`).MatchString(parts["Tables:"]) {
			found = append(found, h.at(s, s.file.Doc.Pos(), `name the table %s in the line "Tables:" of the package comment`, table))
		}
	}
	return found
}

var dropped = regexp.MustCompile(`(?i)DROP\s+(?:TABLE|VIEW)\s+(?:IF\s+EXISTS\s+)?(\w+)`)

// created returns the tables and views that the migrations of a room make and leave there.
func (h *House) created(room string) []string {
	var names []string
	for _, p := range h.paths {
		if r, _, ok := migration(p); !ok || r != room {
			continue
		}
		text := h.text(p)
		gone := fmt.Sprint(dropped.FindAllStringSubmatch(text, -1))
		named, _ := uses(text)
		for _, u := range named {
			if u.how == "create" {
				names = append(names, u.table)
			}
		}
		kept := names[:0]
		for _, n := range names {
			if !strings.Contains(gone, " "+n+"]") {
				kept = append(kept, n)
			}
		}
		names = kept
	}
	return names
}
