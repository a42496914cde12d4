package lineage

import (
	"slices"
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
)

type node struct {
	id, parent, path string
	from, to         clock.Date
}

func day(s string) clock.Date { return clock.MustDate(s) }

// forest is root(a(b(c)) d e), where a ends on 2025-07-01 and its heir is d.
func forest(former []Former[string], plans []Plan[string]) (*Tree[string, node], map[string]*node, map[string]bool) {
	moved := map[string]bool{}
	nodes := map[string]*node{}
	tree := NewTree(Shape[string, node]{
		Seat:    func(n *node) Seat[string] { return Seat[string]{n.id, &n.parent, &n.path, n.from, n.to} },
		Compare: func(x, y *node) int { return strings.Compare(x.id, y.id) },
		Heir:    func(id string, _ clock.Date) (string, bool) { return "d", id == "a" },
		Holds:   func(above, below *node) bool { return !strings.HasPrefix(above.path, below.path) },
		Moved:   func(id string) { moved[id] = true },
	})
	for _, n := range []*node{
		{id: "root", path: "/root/"}, {id: "a", parent: "root", path: "/root/a/", to: day("2025-07-01")}, {id: "b", parent: "a", path: "/root/a/b/"},
		{id: "c", parent: "b", path: "/root/a/b/c/"}, {id: "e", parent: "root", path: "/root/e/"}, {id: "d", parent: "root", path: "/root/d/", from: day("2020-01-01")},
	} {
		nodes[n.id] = n
		tree.Put(n)
	}
	tree.Load(former, plans)
	return tree, nodes, moved
}

func TestTreeOnDates(t *testing.T) {
	check := func(t *testing.T, tree *Tree[string, node]) {
		t.Helper()
		for _, c := range []struct{ on, all string }{
			{"2018-05-31", "root a d e b c"}, // b lay in e until then
			{"2018-06-01", "root a b c d e"},
			{"2025-06-30", "root a b c d e"},
			{"2025-07-01", "root a d b c e"},
			{"2025-12-31", "root a d b c e"},
			{"2026-01-01", "root a d b e c"}, // c is planned to move into e
		} {
			if got := strings.Join(tree.ByDepthOn("", day(c.on)), " "); got != c.all {
				t.Errorf("%s: %s, want %s", c.on, got, c.all)
			}
		}
		if got := strings.Join(tree.ChildrenOn("d", day("2025-07-01")), " "); got != "b" {
			t.Errorf("children of d = %s", got)
		}
		if got := strings.Join(tree.ChildrenOn("e", day("2026-01-01")), " "); got != "c" {
			t.Errorf("children of e = %s", got)
		}
		if got := strings.Join(tree.AncestorsOn("c", day("2025-07-01")), " "); got != "b d root" {
			t.Errorf("above c = %s", got)
		}
		if tree.InOn("c", "a", day("2025-07-01")) || !tree.InOn("c", "a", day("2025-06-30")) || !tree.InOn("c", "c", day("2025-06-30")) {
			t.Error("c lies elsewhere")
		}
	}
	tree, nodes, moved := forest([]Former[string]{{"b", "e", day("2018-06-01")}}, []Plan[string]{{"c", "e", day("2026-01-01")}})
	check(t, tree)
	if len(moved) != 0 {
		t.Errorf("questions moved %v", moved)
	}

	tree.Settle(day("2025-06-30"))
	if nodes["b"].parent != "a" || len(moved) != 0 {
		t.Errorf("settled too early: b in %s", nodes["b"].parent)
	}
	tree.Settle(day("2025-07-01"))
	check(t, tree)
	if nodes["c"].path != "/root/d/b/c/" || !moved["b"] || !moved["c"] || moved["e"] {
		t.Errorf("c has the path %s; moved are %v", nodes["c"].path, moved)
	}
	tree.Settle(day("2026-01-01"))
	check(t, tree)
	left, carried := tree.Left()
	if want := []Former[string]{{"b", "a", day("2025-07-01")}, {"c", "b", day("2026-01-01")}}; !slices.Equal(left, want) {
		t.Errorf("rows %v, want %v", left, want)
	}
	if len(carried) != 1 || nodes["c"].path != "/root/e/c/" {
		t.Errorf("carried out %v, c has the path %s", carried, nodes["c"].path)
	}
	if _, ok := tree.Planned("c"); ok || len(tree.Due(day("2030-01-01"))) != 0 || len(tree.Former("b")) != 2 {
		t.Error("the plan stands after it was carried out")
	}
}

func TestPlans(t *testing.T) {
	tree, nodes, _ := forest(nil, nil)
	if !tree.Plan(Plan[string]{"d", "e", day("2025-09-01")}) {
		t.Error("d may move into e")
	}
	for _, c := range []struct {
		id, parent, on string
		fits           bool
	}{
		{"e", "d", "2025-10-01", false}, // e is above d by then
		{"e", "d", "2025-08-01", false}, // and would come to be later
		{"e", "b", "2025-08-01", false}, // b goes into d on 2025-07-01
		{"b", "root", "2025-08-01", true},
		{"e", "b", "2025-08-01", true}, // no more
	} {
		if tree.Plan(Plan[string]{c.id, c.parent, day(c.on)}) != c.fits {
			t.Errorf("%s into %s on %s: want %v", c.id, c.parent, c.on, c.fits)
		}
	}
	tree.Drop("e")
	tree.Settle(day("2025-12-31"))
	if nodes["d"].path != "/root/e/d/" || nodes["c"].path != "/root/b/c/" {
		t.Errorf("d %s, c %s", nodes["d"].path, nodes["c"].path)
	}
	tree.Move(nodes["d"], "e", day("2026-01-01"))
	if len(tree.Former("d")) != 1 {
		t.Error("a move to where it is leaves a row")
	}
}
