package place

import (
	"sort"
	"strings"

	"lienthong/internal/kit/clock"
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

type searchName struct {
	lower, full        string // marks kept
	folded, fullFolded string
	words              []string
}

func newSearchName(u Unit) searchName {
	full := u.FullName()
	return searchName{
		lower: vntext.Lower(u.Name), full: vntext.Lower(full), folded: vntext.Fold(u.Name), fullFolded: vntext.Fold(full),
		words: strings.Fields(vntext.Fold(full)),
	}
}

// The ranks of a match, best first.
const (
	matchCode = iota
	matchExact
	matchFolded
	matchPrefix
	matchFoldedPrefix
	matchWords
	matchWordsAbove // some words name a unit above: "yên đỗ pleiku"
	noMatch
)

type query struct {
	lower, folded string
	words         []string
}

func newQuery(text string) query {
	folded := vntext.Fold(text)
	return query{lower: vntext.Lower(text), folded: folded, words: strings.Fields(folded)}
}

func (q query) rank(n searchName) int {
	switch {
	case q.lower == n.lower || q.lower == n.full:
		return matchExact
	case q.folded == n.folded || q.folded == n.fullFolded:
		return matchFolded
	case strings.HasPrefix(n.lower, q.lower) || strings.HasPrefix(n.full, q.lower):
		return matchPrefix
	case strings.HasPrefix(n.folded, q.folded) || strings.HasPrefix(n.fullFolded, q.folded):
		return matchFoldedPrefix
	case len(unmatched(q.words, n.words)) == 0:
		return matchWords
	}
	return noMatch
}

// unmatched returns the words of a query that begin no word of a name.
func unmatched(words, name []string) []string {
	var left []string
next:
	for _, w := range words {
		for _, n := range name {
			if strings.HasPrefix(n, w) {
				continue next
			}
		}
		left = append(left, w)
	}
	return left
}

func (b *book) rank(q query, u *Unit, on clock.Date) int {
	for _, c := range b.codes[u.ID] {
		if strings.EqualFold(c.Code, q.lower) {
			return matchCode
		}
	}
	n := b.names[u.ID]
	rank := q.rank(n)
	if rank != noMatch {
		return rank
	}
	left := unmatched(q.words, n.words)
	if len(left) == len(q.words) {
		return noMatch
	}
	for _, p := range b.ancestors(u.ID, on) {
		left = unmatched(left, b.names[p.ID].words)
	}
	if len(left) == 0 {
		return matchWordsAbove
	}
	return noMatch
}

type ranked struct {
	hit  Hit
	rank int
}

// search finds units by name, old name or code, exact matches first.
func (b *book) search(text string, o SearchOptions) []Hit {
	q := newQuery(text)
	if q.folded == "" {
		return nil
	}
	best := map[UnitID]ranked{}
	note := func(u Unit, former string, rank int) {
		if o.Level != "" && u.Level != o.Level {
			return
		}
		if old, ok := best[u.ID]; !ok || rank < old.rank || rank == old.rank && former == "" {
			best[u.ID] = ranked{Hit{u, former}, rank}
		}
	}
	for _, u := range b.units {
		switch {
		case u.ValidOn(o.On):
			if rank := b.rank(q, u, o.On); rank != noMatch {
				note(*u, "", rank)
			}
		case !u.ValidTo.IsZero() && !o.On.Before(u.ValidTo):
			if rank := b.rank(q, u, u.ValidTo.AddDays(-1)); rank != noMatch {
				for _, s := range b.successors(u.ID, o.On) {
					note(s, u.FullName(), rank)
				}
			}
		}
	}
	return b.order(best, o.Limit)
}

func (b *book) order(best map[UnitID]ranked, limit int) []Hit {
	list := make([]ranked, 0, len(best))
	for _, r := range best {
		list = append(list, r)
	}
	sort.Slice(list, func(i, j int) bool {
		x, y := list[i], list[j]
		if x.rank != y.rank {
			return x.rank < y.rank
		}
		if (x.hit.Former == "") != (y.hit.Former == "") {
			return x.hit.Former == ""
		}
		if rx, ry := b.levels[x.hit.Unit.Level].Rank, b.levels[y.hit.Unit.Level].Rank; rx != ry {
			return rx < ry
		}
		if c := vntext.Compare(x.hit.Unit.Name, y.hit.Unit.Name); c != 0 {
			return c < 0
		}
		return x.hit.Unit.Code < y.hit.Unit.Code
	})
	if len(list) > limit {
		list = list[:limit]
	}
	hits := make([]Hit, len(list))
	for i, r := range list {
		hits[i] = r.hit
	}
	return hits
}
