package desk

import (
	"slices"
	"testing"
	"time"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/clock"
	"lienthong/internal/procedure"
)

// TestBoxes holds that every box has a sign, an address and a sentence of its own.
func TestBoxes(t *testing.T) {
	keys, sentences := map[string]bool{}, map[string]bool{}
	for _, b := range dossier.Boxes {
		i := slices.IndexFunc(boxSigns, func(s boxSign) bool { return s.Box == b })
		if i < 0 {
			t.Errorf("%s is not in the left column", b)
			continue
		}
		s := boxSigns[i]
		if s.Icon == "" || s.Key == "" || keys[s.Key] {
			t.Errorf("%s: icon %q, key %q", b, s.Icon, s.Key)
		}
		keys[s.Key] = true
		text := emptyBox(b).String()
		if text == "" || sentences[text] {
			t.Errorf("%s says %q", b, text)
		}
		sentences[text] = true
		if got, ok := parseBox(string(b)); !ok || got != b {
			t.Errorf("%s is read as %s", b, got)
		}
	}
	for _, k := range []string{"n", "r", "s"} { // taken by the counter and the search
		if keys[k] {
			t.Errorf("key %s leads to two places", k)
		}
	}
	if b, ok := parseBox(""); !ok || b != dossier.BoxToDo || boxPath(b) != "/desk" || boxPath(dossier.BoxLate) != "/desk/box/late" {
		t.Errorf("the first box is %s", b)
	}
	if _, ok := parseBox("x"); ok {
		t.Error("a box that is none")
	}
}

// TestDueLevel holds when a time limit is near, to the minute.
func TestDueLevel(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 0, 0, 0, clock.Local) // Monday
	for _, tt := range []struct {
		name string
		due  time.Time
		want string
	}{
		{"a minute ago", now.Add(-time.Minute), "late"},
		{"this very moment", now, "today"},
		{"this evening", time.Date(2026, 11, 23, 23, 59, 0, 0, clock.Local), "today"},
		{"midnight", time.Date(2026, 11, 24, 0, 0, 0, 0, clock.Local), "soon"},
		{"the third day", time.Date(2026, 11, 26, 17, 0, 0, 0, clock.Local), "soon"},
		{"the fourth day", time.Date(2026, 11, 27, 0, 0, 0, 0, clock.Local), "ok"},
		{"in UTC", time.Date(2026, 11, 23, 16, 0, 0, 0, time.UTC), "today"},
	} {
		if got := dueLevel(now, tt.due); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestTones holds that a colour says how a dossier stands.
func TestTones(t *testing.T) {
	for _, s := range dossier.Statuses {
		got := tone(s)
		switch {
		case s == dossier.StatusNew && got != "accent", s.Paused() && got != "warn", s.Ended() && s != dossier.StatusReturned && got != "mute",
			(s == dossier.StatusDone || s == dossier.StatusReturned) && got != "ok":
			t.Errorf("%s is %s", s.Name(), got)
		}
	}
	names := map[string]bool{}
	for _, k := range append(stepKinds, procedure.StepWork) {
		names[kindName(k).String()] = true
	}
	if len(names) != len(stepKinds) {
		t.Errorf("kinds of steps share a name: %v", names)
	}
}
