package floorplan

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

const planFile = "internal/floorplan/floorplan.txt"

// tiers from the ground up. Tools of the house stand beside the tiers: they see the kit and nobody sees them.
var tiers = []string{"kit", "tool", "base", "core", "front", "app"}

// maxEdges is how many rooms of its own tier a room may lean on.
const maxEdges = 3

// Room is one line of the plan.
type Room struct {
	Name string
	Tier string
	Also map[string]string // rooms of the same tier it may import, with the reason
	line int
}

// level returns the height of the tier: 0 for the kit.
func (r *Room) level() int { return slices.Index(tiers, r.Tier) }

// government reports whether it is a room in the narrow sense, with a door, tables and pages.
func (r *Room) government() bool {
	return r != nil && (r.Tier == "base" || r.Tier == "core" || r.Tier == "front")
}

// Rooms returns the rooms in the order of the plan.
func (h *House) Rooms() []*Room { return h.order }

func (h *House) readPlan() error {
	raw, err := fs.ReadFile(h.fsys, planFile)
	if err != nil {
		return err
	}
	bad := func(n int, format string, args ...any) {
		h.broken = append(h.broken, Finding{planFile, n, fmt.Sprintf(format, args...)})
	}
	n := 0
	var last *Room
	for line := range strings.Lines(string(raw)) {
		n++
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0][0] == '#':
		case words[0] == "+" && (last == nil || len(words) < 3):
			bad(n, `an edge reads "+ room reason" and stands below its room`)
		case words[0] == "+":
			last.Also[words[1]] = strings.Join(words[2:], " ")
			h.edge(n, last, words[1], bad)
		case len(words) != 2 || !slices.Contains(tiers, words[0]):
			bad(n, `a line reads "tier room"; the tiers are %s`, strings.Join(tiers, ", "))
		case h.rooms[words[1]] != nil:
			bad(n, "%s is on the plan twice", words[1])
		default:
			last = &Room{words[1], words[0], map[string]string{}, n}
			h.rooms[last.Name] = last
			h.order = append(h.order, last)
		}
	}
	return nil
}

func (h *House) edge(n int, from *Room, name string, bad func(int, string, ...any)) {
	to := h.rooms[name]
	switch {
	case to == nil || to == from:
		bad(n, "%s may import %s: the room must stand higher up on the plan, so that its tables are made first", from.Name, name)
	case to.Tier != from.Tier:
		bad(n, "%s may import %s: an edge is for rooms of one tier; imports downwards need none", from.Name, name)
	case len(from.Also) > maxEdges:
		bad(n, "%s leans on more than %d rooms of its tier: use a port (a small interface in room.go, wired in app)", from.Name, maxEdges)
	}
}

func (h *House) plan() []Finding {
	found := slices.Clone(h.broken)
	for _, s := range h.files {
		if !strings.HasPrefix(s.path, "internal/") || h.rooms[s.room] != nil {
			continue
		}
		f := Finding{Path: "internal/" + s.room, Text: "this room is not on the plan: add a line with its tier to " + planFile}
		if !slices.Contains(found, f) {
			found = append(found, f)
		}
	}
	return found
}
