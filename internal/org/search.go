package org

import (
	"sort"
	"strings"

	"lienthong/internal/kit/clock"
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

type searchName struct {
	lower, short    string // marks kept
	folded, shorted string
	words           []string
}

func newSearchName(u Unit) searchName {
	n := searchName{lower: vntext.Lower(u.Name), short: vntext.Lower(u.ShortName), folded: vntext.Fold(u.Name), shorted: vntext.Fold(u.ShortName)}
	n.words = append(strings.Fields(n.folded), strings.Fields(n.shorted)...)
	for _, word := range strings.Fields(u.ShortName) { // "TN&MT" is also looked for as "tnmt"
		n.words = append(n.words, strings.ReplaceAll(vntext.Fold(word), " ", ""))
	}
	return n
}

// The ranks of a match, best first.
const (
	matchCode = iota
	matchExact
	matchFolded
	matchPrefix
	matchWords
	matchWordsAbove // some words name the agency above: "tư pháp pleiku"
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
	case q.lower == n.lower || q.lower == n.short:
		return matchExact
	case q.folded == n.folded || q.folded == n.shorted:
		return matchFolded
	case strings.HasPrefix(n.folded, q.folded) || strings.HasPrefix(n.shorted, q.folded):
		return matchPrefix
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

func (b *book) rank(q query, u *Unit) int {
	for _, c := range b.codes[u.ID] {
		if strings.EqualFold(c.Code, q.lower) {
			return matchCode
		}
	}
	n := b.names[u.ID]
	if rank := q.rank(n); rank != noMatch {
		return rank
	}
	left := unmatched(q.words, n.words)
	if len(left) == len(q.words) {
		return noMatch
	}
	for p := u.ParentID; p != "" && len(left) > 0; p = b.units[p].ParentID {
		left = unmatched(left, b.names[p].words)
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

// search finds units by name, short name, code or the name of an ended unit, exact matches first.
func (b *book) search(text string, o SearchOptions) []Hit {
	q := newQuery(text)
	if q.folded == "" {
		return nil
	}
	best := map[UnitID]ranked{}
	note := func(u Unit, former string, rank int) {
		if !b.wanted(u, o) {
			return
		}
		if old, ok := best[u.ID]; !ok || rank < old.rank || rank == old.rank && former == "" {
			best[u.ID] = ranked{Hit{u, former}, rank}
		}
	}
	for _, u := range b.units {
		switch {
		case u.ValidOn(o.On):
			if rank := b.rank(q, u); rank != noMatch {
				note(*u, "", rank)
			}
		case u.endedBy(o.On):
			if rank := b.rank(q, u); rank != noMatch {
				for _, s := range b.successors(u.ID, o.On) {
					note(s, u.Name, rank)
				}
			}
		}
	}
	return b.order(best, o.Limit)
}

func (b *book) wanted(u Unit, o SearchOptions) bool {
	if o.Kind != "" && u.Kind != o.Kind || o.Level != "" && u.Level != o.Level || o.Agencies && !u.IsAgency {
		return false
	}
	if o.Under == "" {
		return true
	}
	top, ok := b.units[o.Under]
	return ok && u.Within(*top)
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
		if x.hit.Unit.IsAgency != y.hit.Unit.IsAgency {
			return x.hit.Unit.IsAgency
		}
		if dx, dy := strings.Count(x.hit.Unit.Path, "/"), strings.Count(y.hit.Unit.Path, "/"); dx != dy {
			return dx < dy
		}
		if c := vntext.Compare(x.hit.Unit.Name, y.hit.Unit.Name); c != 0 {
			return c < 0
		}
		return x.hit.Unit.Slug < y.hit.Unit.Slug
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
