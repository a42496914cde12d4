package org

import (
	"cmp"
	"slices"
	"strings"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/namesearch"
	"lienthong/internal/kit/vntext"
)

// Hit (kết quả tìm cơ quan, đơn vị) is a unit found by a search.
type Hit struct {
	Unit   Unit
	Former string // name of the ended unit it was found by, "" when found by its own
}

// SearchOptions narrow a search. The zero value searches all units as of today.
type SearchOptions struct {
	Kind     string
	Level    string
	Under    UnitID
	Agencies bool       // no divisions
	On       clock.Date // zero: today
	Limit    int        // zero: 20
}

func (b *book) rank(q namesearch.Query, u *Unit, on clock.Date) namesearch.Rank {
	if slices.ContainsFunc(b.codes[u.ID], func(c Code) bool { return q.IsCode(c.Code) }) {
		return namesearch.Code
	}
	return q.Rank(b.names[u.ID], func(yield func(namesearch.Name) bool) {
		for _, p := range b.tree.AncestorsOn(u.ID, on) {
			if !yield(b.names[p]) {
				return
			}
		}
	})
}

// search finds units by name, short name, code or the name of an ended unit, exact matches first.
func (b *book) search(text string, o SearchOptions) []Hit {
	q := namesearch.NewQuery(text)
	var finds namesearch.Finds[UnitID, Hit]
	for _, u := range b.units {
		switch {
		case u.ValidOn(o.On):
			if b.wanted(*u, o) {
				finds.Add(u.ID, Hit{*u, ""}, b.rank(q, u, o.On), false)
			}
		case u.endedBy(o.On):
			rank := b.rank(q, u, u.ValidTo.AddDays(-1))
			if rank == namesearch.None {
				continue
			}
			for _, s := range b.successors(u.ID, o.On) {
				if b.wanted(s, o) {
					finds.Add(s.ID, Hit{s, u.Name}, rank, true)
				}
			}
		}
	}
	return finds.Best(o.Limit, func(x, y Hit) int {
		return cmp.Or(agenciesFirst(x.Unit, y.Unit), cmp.Compare(strings.Count(x.Unit.Path, "/"), strings.Count(y.Unit.Path, "/")),
			vntext.Compare(x.Unit.Name, y.Unit.Name), cmp.Compare(x.Unit.Slug, y.Unit.Slug))
	})
}

func agenciesFirst(x, y Unit) int {
	switch {
	case x.IsAgency == y.IsAgency:
		return 0
	case x.IsAgency:
		return -1
	}
	return 1
}

func (b *book) wanted(u Unit, o SearchOptions) bool {
	if o.Kind != "" && u.Kind != o.Kind || o.Level != "" && u.Level != o.Level || o.Agencies && !u.IsAgency {
		return false
	}
	return o.Under == "" || b.tree.InOn(u.ID, o.Under, o.On)
}
