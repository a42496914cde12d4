package place

import (
	"cmp"
	"slices"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/namesearch"
	"lienthong/internal/kit/vntext"
)

// Hit (kết quả tìm đơn vị hành chính) is a unit found by a search.
type Hit struct {
	Unit   Unit
	Former string // full name of the ended unit it was found by, "" when found by its own name
}

// SearchOptions narrow a search. The zero value searches all levels as of today.
type SearchOptions struct {
	Level string
	On    clock.Date // zero: today
	Limit int        // zero: 20
}

func (b *book) rank(q namesearch.Query, u *Unit, on clock.Date) namesearch.Rank {
	if slices.ContainsFunc(b.codes[u.ID], func(c Code) bool { return q.IsCode(c.Code) }) {
		return namesearch.Code
	}
	return q.Rank(b.names[u.ID], func(yield func(namesearch.Name) bool) {
		for _, p := range b.ancestors(u.ID, on) {
			if !yield(b.names[p.ID]) {
				return
			}
		}
	})
}

// search finds units by name, old name or code, exact matches first.
func (b *book) search(text string, o SearchOptions) []Hit {
	q := namesearch.NewQuery(text)
	var finds namesearch.Finds[UnitID, Hit]
	for _, u := range b.units {
		switch {
		case u.ValidOn(o.On):
			if o.Level == "" || u.Level == o.Level {
				finds.Add(u.ID, Hit{*u, ""}, b.rank(q, u, o.On), false)
			}
		case u.endedBy(o.On):
			rank := b.rank(q, u, u.ValidTo.AddDays(-1))
			if rank == namesearch.None {
				continue
			}
			for _, s := range b.successors(u.ID, o.On) {
				if o.Level == "" || s.Level == o.Level {
					finds.Add(s.ID, Hit{s, u.FullName()}, rank, true)
				}
			}
		}
	}
	return finds.Best(o.Limit, func(x, y Hit) int {
		return cmp.Or(cmp.Compare(b.levels[x.Unit.Level].Rank, b.levels[y.Unit.Level].Rank),
			vntext.Compare(x.Unit.Name, y.Unit.Name), cmp.Compare(x.Unit.Code, y.Unit.Code))
	})
}
