package place

import (
	"cmp"
	"slices"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/lineage"
	"lienthong/internal/kit/namesearch"
	"lienthong/internal/kit/vntext"
)

// book holds all units in memory, with what is needed to find them. A book that
// readers share is never changed; a change works on a book of its own transaction.
type book struct {
	schemes []Scheme // by rank
	levels  map[string]Level
	kinds   map[string]Kind
	units   map[UnitID]*Unit
	codes   map[UnitID][]Code
	byCode  map[[2]string][]UnitID // scheme, code
	tree    *lineage.Tree[UnitID, Unit]
	next    map[UnitID][]Successor
	before  map[UnitID][]Successor
	names   map[UnitID]namesearch.Name
	dirty   changes
}

// tables are the rows of the room as the store reads them.
type tables struct {
	schemes    []Scheme
	levels     []Level
	kinds      []Kind
	units      []Unit
	codes      []Code
	successors []Successor
	parents    []lineage.Former[UnitID]
}

func newBook(t tables) *book {
	b := &book{
		levels: map[string]Level{}, kinds: map[string]Kind{}, units: map[UnitID]*Unit{}, codes: map[UnitID][]Code{},
		byCode: map[[2]string][]UnitID{}, next: map[UnitID][]Successor{},
		before: map[UnitID][]Successor{}, names: map[UnitID]namesearch.Name{}, dirty: newChanges(),
	}
	b.tree = b.newTree()
	b.schemes = slices.SortedFunc(slices.Values(t.schemes), func(x, y Scheme) int { return cmp.Compare(x.Rank, y.Rank) })
	for _, l := range t.levels {
		b.levels[l.Key] = l
	}
	for _, k := range t.kinds {
		b.kinds[k.Key] = k
	}
	for i := range t.units {
		b.index(&t.units[i])
	}
	for _, c := range t.codes {
		b.indexCode(c)
	}
	for _, s := range t.successors {
		b.indexSuccessor(s)
	}
	b.tree.Load(t.parents, nil)
	return b
}

// newTree makes the tree of the units. An heir that lies no higher than a unit cannot hold it.
func (b *book) newTree() *lineage.Tree[UnitID, Unit] {
	return lineage.NewTree(lineage.Shape[UnitID, Unit]{
		Seat: func(u *Unit) lineage.Seat[UnitID] {
			return lineage.Seat[UnitID]{ID: u.ID, Parent: &u.ParentID, Path: &u.Path, From: u.ValidFrom, To: u.ValidTo}
		},
		Compare: b.compare,
		Heir:    func(id UnitID, on clock.Date) (UnitID, bool) { return lineage.Heir(id, b.endedBy(on), b.next) },
		Holds:   func(above, below *Unit) bool { return b.levels[above.Level].Rank < b.levels[below.Level].Rank },
		Moved:   b.touch,
	})
}

func (b *book) index(u *Unit) {
	u.KindName = b.kinds[u.Kind].Name
	b.units[u.ID] = u
	b.tree.Put(u)
	b.names[u.ID] = namesearch.NewName(u.Name, u.FullName())
}

func (b *book) indexCode(c Code) {
	b.codes[c.UnitID] = append(b.codes[c.UnitID], c)
	key := [2]string{c.Scheme, c.Code}
	b.byCode[key] = append(b.byCode[key], c.UnitID)
	if u, ok := b.units[c.UnitID]; ok {
		u.Code = b.mainCode(c.UnitID)
	}
}

func (b *book) indexSuccessor(s Successor) {
	b.next[s.From] = append(b.next[s.From], s)
	b.before[s.To] = append(b.before[s.To], s)
}

// mainCode returns the code in the scheme of lowest rank, the latest when there are several.
func (b *book) mainCode(id UnitID) string {
	for _, s := range b.schemes {
		best := Code{}
		for _, c := range b.codes[id] {
			if c.Scheme == s.Key && (best.Code == "" || c.ValidFrom.After(best.ValidFrom)) {
				best = c
			}
		}
		if best.Code != "" {
			return best.Code
		}
	}
	return ""
}

// sort orders units by level, name and age.
func (b *book) sort(ids []UnitID) {
	slices.SortStableFunc(ids, func(x, y UnitID) int { return b.compare(b.units[x], b.units[y]) })
}

func (b *book) compare(x, y *Unit) int {
	if c := cmp.Compare(b.levels[x.Level].Rank, b.levels[y.Level].Rank); c != 0 {
		return c
	}
	if c := vntext.Compare(x.Name, y.Name); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(x.Code, y.Code), x.ValidFrom.Compare(y.ValidFrom))
}

func (b *book) unitByCode(scheme, code string, on clock.Date) (*Unit, bool) {
	for _, id := range b.byCode[[2]string{scheme, code}] {
		for _, c := range b.codes[id] {
			if c.Scheme == scheme && c.Code == code && on.Within(c.ValidFrom, c.ValidTo) && b.units[id].ValidOn(on) {
				return b.units[id], true
			}
		}
	}
	return nil, false
}

// ancestors returns the units above id on a date, the widest first.
func (b *book) ancestors(id UnitID, on clock.Date) []Unit {
	var up []Unit
	for _, p := range b.tree.AncestorsOn(id, on) {
		up = append(up, *b.units[p])
	}
	slices.Reverse(up)
	return up
}

// list returns the units that fit, by level and name.
func (b *book) list(f Filter) []Unit {
	var ids []UnitID
	for id, u := range b.units {
		if b.fits(u, f) {
			ids = append(ids, id)
		}
	}
	b.sort(ids)
	found := make([]Unit, len(ids))
	for i, id := range ids {
		found[i] = *b.units[id]
	}
	return found
}

func (b *book) fits(u *Unit, f Filter) bool {
	if f.Level != "" && u.Level != f.Level || f.Kind != "" && u.Kind != f.Kind {
		return false
	}
	if !f.Ended && !u.ValidOn(f.On) {
		return false
	}
	if f.Parent != "" && b.tree.ParentOn(u.ID, f.On) != f.Parent {
		return false
	}
	return f.Under == "" || b.tree.InOn(u.ID, f.Under, f.On)
}

// successors returns the units that stand on a date in the place of id: itself
// while it is valid, else those that its links lead to, the heirs first.
func (b *book) successors(id UnitID, on clock.Date) []Unit {
	var found []Unit
	for _, s := range lineage.Standing(id, b.endedBy(on), b.next) {
		found = append(found, *b.units[s])
	}
	return found
}

// heir returns the one unit that stands on a date in the place of id.
func (b *book) heir(id UnitID, on clock.Date) (*Unit, bool) {
	h, ok := lineage.Heir(id, b.endedBy(on), b.next)
	return b.units[h], ok
}

func (b *book) endedBy(on clock.Date) func(UnitID) bool {
	return func(id UnitID) bool { return b.units[id].endedBy(on) }
}

// predecessors returns the units that stood on an earlier date where id stands now.
func (b *book) predecessors(id UnitID, on clock.Date) []Unit {
	var found []Unit
	seen := map[UnitID]bool{}
	var walk func(UnitID)
	walk = func(id UnitID) {
		if seen[id] {
			return
		}
		seen[id] = true
		if b.units[id].ValidOn(on) {
			found = append(found, *b.units[id])
		}
		for _, s := range b.before[id] {
			if on.Before(s.On) {
				walk(s.From)
			}
		}
	}
	walk(id)
	return found
}
