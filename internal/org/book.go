package org

import (
	"cmp"
	"slices"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/lineage"
	"lienthong/internal/kit/namesearch"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/place"
)

// book holds all units in memory, with what is needed to find them. A book that
// readers share is never changed; a change works on a book of its own transaction.
type book struct {
	kinds     map[string]Kind
	templates []Template // by rank
	units     map[UnitID]*Unit
	slugs     map[string][]UnitID
	places    map[place.UnitID][]UnitID
	tree      *lineage.Tree[UnitID, Unit]
	moves     map[UnitID][]Move // the act of each move, by date
	codes     map[UnitID][]Code
	byCode    map[[2]string][]UnitID // scheme, code
	next      map[UnitID][]Successor
	names     map[UnitID]namesearch.Name
	dirty     changes
}

// tables are the rows of the room as the store reads them.
type tables struct {
	kinds      []Kind
	templates  []Template
	units      []Unit
	codes      []Code
	successors []Successor
	parents    []lineage.Former[UnitID]
	moves      []Move
}

func newBook(t tables) *book {
	b := &book{
		kinds: map[string]Kind{}, units: map[UnitID]*Unit{}, slugs: map[string][]UnitID{}, places: map[place.UnitID][]UnitID{},
		moves: map[UnitID][]Move{}, codes: map[UnitID][]Code{}, byCode: map[[2]string][]UnitID{}, next: map[UnitID][]Successor{},
		names: map[UnitID]namesearch.Name{}, templates: t.templates, dirty: newChanges(),
	}
	b.tree = b.newTree()
	slices.SortStableFunc(b.templates, func(x, y Template) int { return cmp.Compare(x.Rank, y.Rank) })
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
		b.next[s.From] = append(b.next[s.From], s)
	}
	var plans []lineage.Plan[UnitID]
	for _, m := range t.moves {
		b.moves[m.Unit] = append(b.moves[m.Unit], m)
		if !m.Done {
			plans = append(plans, lineage.Plan[UnitID]{ID: m.Unit, Parent: m.Parent, On: m.On})
		}
	}
	b.tree.Load(t.parents, plans)
	return b
}

// newTree makes the tree of the units. An heir within a unit cannot hold it.
func (b *book) newTree() *lineage.Tree[UnitID, Unit] {
	return lineage.NewTree(lineage.Shape[UnitID, Unit]{
		Seat: func(u *Unit) lineage.Seat[UnitID] {
			return lineage.Seat[UnitID]{ID: u.ID, Parent: &u.ParentID, Path: &u.Path, From: u.ValidFrom, To: u.ValidTo}
		},
		Compare: b.compare,
		Heir:    func(id UnitID, on clock.Date) (UnitID, bool) { return lineage.Heir(id, b.endedBy(on), b.next) },
		Holds:   func(above, below *Unit) bool { return !above.Within(*below) },
		Moved:   b.touch,
	})
}

func (b *book) index(u *Unit) {
	u.KindName = b.kinds[u.Kind].Name
	b.units[u.ID] = u
	b.slugs[u.Slug] = append(b.slugs[u.Slug], u.ID)
	b.places[u.PlaceID] = append(b.places[u.PlaceID], u.ID)
	b.tree.Put(u)
	b.names[u.ID] = namesearch.NewName(u.Name, u.ShortName)
}

func (b *book) indexCode(c Code) {
	b.codes[c.UnitID] = append(b.codes[c.UnitID], c)
	key := [2]string{c.Scheme, c.Code}
	if !slices.Contains(b.byCode[key], c.UnitID) {
		b.byCode[key] = append(b.byCode[key], c.UnitID)
	}
}

// compare is the order among siblings: as the data has it, then by name and age.
func (b *book) compare(x, y *Unit) int {
	if c := cmp.Compare(x.Rank, y.Rank); c != 0 {
		return c
	}
	if c := vntext.Compare(x.Name, y.Name); c != 0 {
		return c
	}
	if c := x.ValidFrom.Compare(y.ValidFrom); c != 0 {
		return c
	}
	return cmp.Compare(x.Slug, y.Slug)
}

// bySlug returns the unit that has a slug on a date, else the one that had it last.
func (b *book) bySlug(slug string, on clock.Date) (*Unit, bool) {
	var last *Unit
	for _, id := range b.slugs[slug] {
		u := b.units[id]
		if u.ValidOn(on) {
			return u, true
		}
		if last == nil || last.ValidFrom.Before(u.ValidFrom) {
			last = u
		}
	}
	return last, last != nil
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

// codeOf returns the code of a unit in a scheme on a date; one converted from the other scheme when it has no own.
func (b *book) codeOf(id UnitID, scheme string, on clock.Date) (Code, bool) {
	var other Code
	for _, c := range b.codes[id] {
		if !on.Within(c.ValidFrom, c.ValidTo) {
			continue
		}
		if c.Scheme == scheme {
			return c, true
		}
		if text, ok := convert(c.Code, c.Scheme, scheme); ok {
			other = c
			other.Scheme, other.Code = scheme, text
		}
	}
	return other, other.Code != ""
}

// agencyOf returns the agency a unit belongs to on a date: itself or the nearest one above.
func (b *book) agencyOf(id UnitID, on clock.Date) (*Unit, bool) {
	u, ok := b.units[id]
	if !ok || u.IsAgency {
		return u, ok
	}
	for _, p := range b.tree.AncestorsOn(id, on) {
		if a := b.units[p]; a.IsAgency {
			return a, true
		}
	}
	return nil, false
}

// agencyOfPlace returns the agency of a kind that answers for a place on a date.
// The empty kind is the government of the place.
func (b *book) agencyOfPlace(p place.UnitID, kind string, on clock.Date) (*Unit, bool) {
	var found *Unit
	for _, id := range b.places[p] {
		u := b.units[id]
		if !u.IsAgency || !u.ValidOn(on) || kind != "" && u.Kind != kind || kind == "" && !b.kinds[u.Kind].Government {
			continue
		}
		if found == nil || len(u.Path) < len(found.Path) || len(u.Path) == len(found.Path) && b.compare(u, found) < 0 {
			found = u
		}
	}
	return found, found != nil
}

// parts returns the divisions of a unit on a date, at any depth, without those of agencies below it.
func (b *book) parts(id UnitID, on clock.Date) []*Unit {
	var found []*Unit
	for _, c := range b.tree.ChildrenOn(id, on) {
		u := b.units[c]
		if u.IsAgency {
			continue
		}
		if u.ValidOn(on) {
			found = append(found, u)
		}
		found = append(found, b.parts(c, on)...)
	}
	return found
}

// seen returns the date as of which a unit is looked at: today, its last day when it has ended, its first when it has not begun.
func seen(u *Unit, today clock.Date) clock.Date {
	switch {
	case u.endedBy(today):
		return u.ValidTo.AddDays(-1)
	case today.Before(u.ValidFrom):
		return u.ValidFrom
	}
	return today
}

// ancestors returns the units above one on a date, the root first.
func (b *book) ancestors(id UnitID, on clock.Date) []Unit {
	var up []Unit
	for _, p := range b.tree.AncestorsOn(id, on) {
		up = append(up, *b.units[p])
	}
	slices.Reverse(up)
	return up
}

func (b *book) list(f Filter) []Unit {
	var found []Unit
	for _, id := range b.tree.ByDepthOn("", f.On) {
		u := b.units[id]
		switch {
		case f.Kind != "" && u.Kind != f.Kind,
			f.Level != "" && u.Level != f.Level,
			f.Key != "" && u.Key != f.Key,
			f.Place != "" && u.PlaceID != f.Place,
			f.Agencies && !u.IsAgency,
			!f.Ended && !u.ValidOn(f.On),
			f.Parent != "" && b.tree.ParentOn(id, f.On) != f.Parent,
			f.Under != "" && !b.tree.InOn(id, f.Under, f.On):
			continue
		}
		found = append(found, *u)
	}
	return found
}

// successors returns the units that stand on a date in the place of id, the heirs first.
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
