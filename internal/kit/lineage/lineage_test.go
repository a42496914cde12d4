package lineage

import (
	"strings"
	"testing"
)

type link string // "b" leads to b, "b!" to b, the heir

func (l link) Leads() (string, bool) { return strings.CutSuffix(string(l), "!") }

func TestLines(t *testing.T) {
	next := map[string][]link{
		"renamed":   {"new!"},
		"merged1":   {"whole!"},
		"merged2":   {"whole!"},
		"split":     {"part1", "part2!", "part3"},
		"twice":     {"renamed!", "split"},
		"uneven":    {"part1", "part2"},
		"abolished": nil,
		"dead end":  {"abolished!", "new"},
		"loop":      {"pool!"},
		"pool":      {"loop!", "new"},
		"diamond":   {"merged1!", "merged2"},
	}
	ended := func(id string) bool { _, ok := next[id]; return ok }
	for _, c := range []struct{ id, standing, heir string }{
		{"new", "new", "new"},
		{"renamed", "new", "new"},
		{"merged1", "whole", "whole"},
		{"merged2", "whole", "whole"},
		{"split", "part2 part1 part3", "part2"},
		{"twice", "new part2 part1 part3", "new"},
		{"uneven", "part1 part2", ""},
		{"abolished", "", ""},
		{"dead end", "new", ""},
		{"loop", "new", ""},
		{"diamond", "whole", "whole"},
	} {
		if got := strings.Join(Standing(c.id, ended, next), " "); got != c.standing {
			t.Errorf("standing for %s: %q, want %q", c.id, got, c.standing)
		}
		if got, ok := Heir(c.id, ended, next); got != c.heir || ok != (c.heir != "") {
			t.Errorf("heir of %s: %q, %v, want %q", c.id, got, ok, c.heir)
		}
	}
}
