package lineage

import (
	"slices"

	"lienthong/internal/kit/clock"
)

// Former says to whom a thing belonged until the day before To.
type Former[K comparable] struct {
	ID     K          `db:"unit_id"`
	Parent K          `db:"parent_id"`
	To     clock.Date `db:"valid_to"`
}

// Plan says to whom a thing is to belong from a date on.
type Plan[K comparable] struct {
	ID     K          `db:"unit_id"`
	Parent K          `db:"parent_id"`
	On     clock.Date `db:"on_date"`
}

// Seat is where a thing stands in a tree, and from when until the day before when it is; zero dates are open.
type Seat[K comparable] struct {
	ID       K
	Parent   *K
	Path     *string // "/id/id/", from the root down to the thing
	From, To clock.Date
}

func (s Seat[K]) endedBy(on clock.Date) bool { return !s.To.IsZero() && !on.Before(s.To) }

// Shape tells a tree about the things that it holds.
type Shape[K ~string, N any] struct {
	Seat    func(*N) Seat[K]
	Compare func(x, y *N) int                   // the order among siblings
	Heir    func(id K, on clock.Date) (K, bool) // what stands on a date in the place of a thing
	Holds   func(above, below *N) bool          // whether a thing may stand above another
	Moved   func(K)                             // is told what got another parent or path
}

// Tree keeps things in a tree that changes in the course of time. The parent and the path that a thing itself holds
// are those of the last day to which the tree was settled; to whom it belonged before stands in the rows Former.
type Tree[K ~string, N any] struct {
	Shape[K, N]
	nodes    map[K]*N
	children map[K][]K // of the present
	other    map[K][]K // that were children once, or are planned to be
	former   map[K][]Former[K]
	plans    map[K]Plan[K]
	left     []Former[K] // rows made by moves
	carried  []Plan[K]   // plans that were carried out
}

// NewTree returns an empty tree.
func NewTree[K ~string, N any](s Shape[K, N]) *Tree[K, N] {
	return &Tree[K, N]{Shape: s, nodes: map[K]*N{}, children: map[K][]K{}, other: map[K][]K{}, former: map[K][]Former[K]{}, plans: map[K]Plan[K]{}}
}

// Put takes a thing in, below the parent that it names.
func (t *Tree[K, N]) Put(n *N) {
	s := t.Seat(n)
	t.nodes[s.ID] = n
	t.children[*s.Parent] = append(t.children[*s.Parent], s.ID)
}

// Load takes in the rows about other times and brings siblings into their order; all things have been put in before.
func (t *Tree[K, N]) Load(former []Former[K], plans []Plan[K]) {
	for _, f := range former {
		t.former[f.ID] = append(t.former[f.ID], f)
		t.other[f.Parent] = append(t.other[f.Parent], f.ID)
	}
	for _, f := range t.former {
		slices.SortFunc(f, func(x, y Former[K]) int { return x.To.Compare(y.To) })
	}
	for _, p := range plans {
		t.plans[p.ID] = p
		t.other[p.Parent] = append(t.other[p.Parent], p.ID)
	}
	for _, ids := range t.children {
		t.sort(ids)
	}
}

func (t *Tree[K, N]) sort(ids []K) {
	slices.SortStableFunc(ids, func(x, y K) int { return t.Compare(t.nodes[x], t.nodes[y]) })
}

// Left returns the rows that moves made, and the plans that were carried out.
func (t *Tree[K, N]) Left() ([]Former[K], []Plan[K]) { return t.left, t.carried }

// Children returns what stands directly below a thing at present.
func (t *Tree[K, N]) Children(id K) []K { return t.children[id] }

// ChildrenOn returns what belongs directly to a thing on a date, whether it exists then or not.
func (t *Tree[K, N]) ChildrenOn(id K, on clock.Date) []K {
	var found []K
	seen := map[K]bool{}
	for _, ids := range [][]K{t.children[id], t.other[id], t.heirless(id, on)} {
		for _, c := range ids {
			if !seen[c] && t.ParentOn(c, on) == id {
				seen[c] = true
				found = append(found, c)
			}
		}
	}
	t.sort(found)
	return found
}

// heirless returns the things below those that end by a date but have not been settled: they may belong to id by then.
func (t *Tree[K, N]) heirless(id K, on clock.Date) []K {
	var found []K
	for p, ids := range t.children {
		if n, ok := t.nodes[p]; ok && p != id && t.Seat(n).endedBy(on) {
			found = append(found, ids...)
		}
	}
	return found
}

// ByDepth returns a thing and all below it at present, those above before those below, in their order; all when id is empty.
func (t *Tree[K, N]) ByDepth(id K) []K { return t.collect(id, t.Children) }

// ByDepthOn is ByDepth as of a date.
func (t *Tree[K, N]) ByDepthOn(id K, on clock.Date) []K {
	below := map[K][]K{}
	same := true
	for k, n := range t.nodes {
		p := t.ParentOn(k, on)
		below[p] = append(below[p], k)
		same = same && p == *t.Seat(n).Parent
	}
	if same { // its order is known
		return t.ByDepth(id)
	}
	for _, ids := range below {
		t.sort(ids)
	}
	return t.collect(id, func(k K) []K { return below[k] })
}

func (t *Tree[K, N]) collect(id K, below func(K) []K) []K {
	var ids []K
	var walk func(K)
	walk = func(k K) {
		if k != "" {
			ids = append(ids, k)
		}
		for _, c := range below(k) {
			walk(c)
		}
	}
	walk(id)
	return ids
}

// ParentOn returns to what a thing belongs on a date; the zero date is the first there is.
func (t *Tree[K, N]) ParentOn(id K, on clock.Date) K {
	for _, f := range t.former[id] {
		if on.Before(f.To) {
			return f.Parent
		}
	}
	n := t.nodes[id]
	parent := *t.Seat(n).Parent
	if p, ok := t.plans[id]; ok && !on.Before(p.On) {
		parent = p.Parent
	}
	return t.standing(n, parent, on)
}

// standing returns parent, or what stands in its place on a date when it has ended by then while n goes on.
func (t *Tree[K, N]) standing(n *N, parent K, on clock.Date) K {
	if p, ok := t.nodes[parent]; ok && t.Seat(p).endedBy(on) && !t.Seat(n).endedBy(t.Seat(p).To) {
		return t.from(n, parent, on)
	}
	return parent
}

// ParentFrom returns to what a thing belongs from a date on: its parent, or what stands in the parent's place when that
// has ended by then. An heir that cannot hold it is passed over for the thing above.
func (t *Tree[K, N]) ParentFrom(n *N, on clock.Date) K { return t.from(n, *t.Seat(n).Parent, on) }

func (t *Tree[K, N]) from(n *N, parent K, on clock.Date) K {
	for range len(t.nodes) + 1 {
		p, ok := t.nodes[parent]
		if !ok || !t.Seat(p).endedBy(on) {
			break
		}
		if h, found := t.Heir(parent, on); found && t.Holds(t.nodes[h], n) {
			return h
		}
		parent = *t.Seat(p).Parent
	}
	return parent
}

// AncestorsOn returns what stands above a thing on a date, the nearest first.
func (t *Tree[K, N]) AncestorsOn(id K, on clock.Date) []K {
	var up []K
	for p := t.ParentOn(id, on); p != "" && len(up) <= len(t.nodes); p = t.ParentOn(p, on) {
		up = append(up, p)
	}
	return up
}

// InOn reports whether a thing is another or lies in it on a date.
func (t *Tree[K, N]) InOn(id, top K, on clock.Date) bool {
	return id == top || slices.Contains(t.AncestorsOn(id, on), top)
}

// Former returns to whom a thing belonged before, the earliest first.
func (t *Tree[K, N]) Former(id K) []Former[K] { return t.former[id] }

// Planned returns the move of a thing that is to come.
func (t *Tree[K, N]) Planned(id K) (Plan[K], bool) {
	p, ok := t.plans[id]
	return p, ok
}

// Due returns the moves whose day has come and that were not carried out yet.
func (t *Tree[K, N]) Due(today clock.Date) []Plan[K] {
	var due []Plan[K]
	for _, p := range t.plans {
		if !today.Before(p.On) {
			due = append(due, p)
		}
	}
	return due
}

// Plan enters a move to come, and reports whether it makes no circle on its day nor on that of a later one.
func (t *Tree[K, N]) Plan(p Plan[K]) bool {
	t.plans[p.ID] = p
	t.other[p.Parent] = append(t.other[p.Parent], p.ID)
	for _, q := range t.plans {
		if !q.On.Before(p.On) && t.InOn(q.Parent, q.ID, q.On) {
			delete(t.plans, p.ID)
			return false
		}
	}
	return true
}

// Drop takes a planned move back.
func (t *Tree[K, N]) Drop(id K) { delete(t.plans, id) }

// Move brings a thing with all below it under another from a date on.
func (t *Tree[K, N]) Move(n *N, parent K, on clock.Date) {
	s := t.Seat(n)
	old := *s.Parent
	if old == parent {
		return
	}
	if f := t.former[s.ID]; (len(f) == 0 || f[len(f)-1].To.Before(on)) && s.From.Before(on) { // else it never lay in the old one
		row := Former[K]{s.ID, old, on}
		t.former[s.ID] = append(f, row)
		t.other[old] = append(t.other[old], s.ID)
		t.left = append(t.left, row)
	}
	t.children[old] = slices.DeleteFunc(t.children[old], func(id K) bool { return id == s.ID })
	t.children[parent] = append(t.children[parent], s.ID)
	*s.Parent = parent
	for _, id := range t.ByDepth(s.ID) {
		t.repath(id)
	}
}

func (t *Tree[K, N]) repath(id K) {
	s := t.Seat(t.nodes[id])
	*s.Path = "/" + string(id) + "/"
	if p, ok := t.nodes[*s.Parent]; ok {
		*s.Path = *t.Seat(p).Path + string(id) + "/"
	}
	t.Moved(id)
}

// Settle carries out the planned moves whose day has come, and brings what stood below ended things under those that
// follow, step by step through their history.
func (t *Tree[K, N]) Settle(today clock.Date) {
	for _, id := range t.ByDepth("") {
		n := t.nodes[id]
		for t.settle(n, today) {
			continue
		}
	}
}

// settle makes the next step of one thing and reports whether it made one.
func (t *Tree[K, N]) settle(n *N, today clock.Date) bool {
	s := t.Seat(n)
	p, above := t.nodes[*s.Parent]
	end := clock.Date{}
	if above && t.Seat(p).endedBy(today) && !s.endedBy(t.Seat(p).To) {
		end = t.Seat(p).To
	}
	plan, planned := t.plans[s.ID]
	if planned && !today.Before(plan.On) && (end.IsZero() || !end.Before(plan.On)) {
		delete(t.plans, s.ID)
		t.carried = append(t.carried, plan)
		to := t.from(n, plan.Parent, plan.On)
		if h, ok := t.nodes[to]; ok && t.Holds(h, n) && !s.endedBy(plan.On) {
			t.Move(n, to, plan.On)
		}
		return true
	}
	if end.IsZero() {
		return false
	}
	t.Move(n, t.ParentFrom(n, end), end)
	return true
}
