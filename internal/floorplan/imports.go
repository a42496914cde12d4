package floorplan

import (
	"strconv"
	"strings"
)

// target is an import of something in this house.
type target struct {
	room  string // as in source
	inner string
}

// target splits an import path; ok is false for modules from outside.
func (h *House) target(importPath string) (t target, ok bool) {
	in, ok := strings.CutPrefix(importPath, h.module+"/")
	if !ok {
		return target{}, false
	}
	in = strings.TrimPrefix(in, "internal/")
	t.room, t.inner, _ = strings.Cut(in, "/")
	return t, true
}

func (h *House) imports() []Finding {
	var found []Finding
	for _, s := range h.files {
		r := h.rooms[s.room]
		if r.government() && !oneDoor(s) {
			found = append(found, Finding{s.path, 0, "a room has one door: put this into internal/" + s.room +
				" itself, below internal/" + s.room + "/internal, or into " + s.room + "test when it is for tests"})
		}
		for _, i := range s.file.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				continue
			}
			var text string
			if t, ok := h.target(name); ok {
				text = h.inside(s, t)
			} else if s.room == "province" && s.inner != "" && name != "embed" && name != "io/fs" && !s.test {
				text = "a province is data: its Go file may only embed the files; reading them is the work of package province"
			}
			if text != "" {
				found = append(found, h.at(s, i.Pos(), "imports %s: %s", name, text))
			}
		}
	}
	return found
}

func oneDoor(s *source) bool {
	return s.inner == "" || s.inner == s.room+"test" || strings.HasPrefix(s.inner, "internal/")
}

// inside says what is wrong with an import inside the house; "" when nothing is.
func (h *House) inside(s *source, t target) string {
	if testPackage(t.inner) && !s.testCode() {
		return "a …test package is for tests; move what you need into the room itself, or this file into a test"
	}
	if t.room == s.room {
		return ""
	}
	switch from, to := h.rooms[s.room], h.rooms[t.room]; {
	case s.room == "cmd":
		if t.room != "app" {
			return "cmd imports app and nothing else; do the work there"
		}
	case t.room == "web":
		return "" // pages, and the kit that serves them
	case t.room == "province":
		if s.room != "app" && !s.testCode() {
			return "only app loads a province; give the room a reader or an fs.FS"
		}
	case s.room == "web" || s.room == "province":
		if to == nil || to.Tier != "kit" || s.inner != "" {
			return "what lies outside internal holds assets and data and knows no room"
		}
	case to == nil:
		return "this room is not on the plan: add a line with its tier to " + planFile
	case to.Tier == "tool":
		return "the tools of the house are for developers; the program does without them"
	case from == nil || from.Tier == "app":
		return ""
	case to.level() > from.level():
		return "a lower tier may not know a higher one: declare a small interface here and wire it in app, or publish an event"
	case to.level() < from.level():
		return door(to, t)
	case !s.testCode() && from.Also[t.room] == "":
		return "same tier: declare a small interface here and wire it in app, publish an event, or name the edge with its reason in " + planFile
	default:
		return door(to, t)
	}
	return ""
}

// door lets outsiders in through the root package of a room and its test helpers only.
func door(to *Room, t target) string {
	if to.government() && t.inner != "" && t.inner != t.room+"test" {
		return "a room has one door: use what internal/" + t.room + " itself offers"
	}
	return ""
}
