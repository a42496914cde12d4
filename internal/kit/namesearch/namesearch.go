// Package namesearch finds things by their names as people type them: with or
// without tone marks, by the beginnings of words, exact matches first.
package namesearch

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"lienthong/internal/kit/vntext"
)

// Rank says how well a name fits; a lower one is better.
type Rank int

// The ranks, best first.
const (
	Code         Rank = iota // a code of the thing was typed
	Exact                    // the whole name
	Folded                   // the whole name but for marks
	Prefix                   // the beginning of the name
	FoldedPrefix             // the beginning but for marks
	Words                    // each word begins a word of the name
	Initials                 // some words are the initials of words that follow one another
	WordsAbove               // some words name what stands above the thing
	None
)

// Query is what somebody typed.
type Query struct {
	Lower  string   // marks kept
	Folded string   // empty when there is nothing to look for
	Words  []string // of Folded
}

// NewQuery reads what was typed.
func NewQuery(text string) Query {
	folded := vntext.Fold(text)
	return Query{Lower: vntext.Lower(text), Folded: folded, Words: strings.Fields(folded)}
}

// IsCode reports whether a code was typed, in capitals or not.
func (q Query) IsCode(code string) bool { return q.Folded != "" && strings.EqualFold(code, q.Lower) }

// Name is a name made ready to be found.
type Name struct {
	lower, folded []string
	words         []string
	initials      []string // of words that follow one another
}

// NewName takes the forms in which a thing is named, such as a long and a short one; empty ones do not count.
func NewName(forms ...string) Name {
	var n Name
	for _, form := range forms {
		folded := vntext.Fold(form)
		if folded == "" {
			continue
		}
		n.lower, n.folded, n.words = append(n.lower, vntext.Lower(form)), append(n.folded, folded), append(n.words, strings.Fields(folded)...)
		n.initials = append(n.initials, initials(strings.Fields(folded))...)
		for _, word := range strings.Fields(form) { // "R&D" is also looked for as "rd"
			if parts := strings.Fields(vntext.Fold(word)); len(parts) > 1 {
				n.words = append(n.words, strings.Join(parts, ""))
			}
		}
	}
	return n
}

// initials returns the initials of all runs of two to four words.
func initials(words []string) []string {
	var all []string
	for i := range words {
		run := ""
		for _, w := range words[i:min(i+4, len(words))] {
			r, _ := utf8.DecodeRuneInString(w)
			if run += string(r); len(run) > len(string(r)) {
				all = append(all, run)
			}
		}
	}
	return all
}

// Rank returns how well a name fits. above gives the names of what stands above the thing; it may be nil.
func (q Query) Rank(n Name, above iter.Seq[Name]) Rank {
	begins := func(prefix string) func(string) bool {
		return func(form string) bool { return strings.HasPrefix(form, prefix) }
	}
	switch {
	case q.Folded == "":
		return None
	case slices.Contains(n.lower, q.Lower):
		return Exact
	case slices.Contains(n.folded, q.Folded):
		return Folded
	case slices.ContainsFunc(n.lower, begins(q.Lower)):
		return Prefix
	case slices.ContainsFunc(n.folded, begins(q.Folded)):
		return FoldedPrefix
	}
	left := n.unmatched(q.Words)
	if len(left) == 0 {
		return Words
	}
	if left = n.unspelt(left); len(left) == 0 {
		return Initials
	}
	if len(left) == len(q.Words) || above == nil {
		return None
	}
	for name := range above {
		if left = name.unspelt(name.unmatched(left)); len(left) == 0 {
			return WordsAbove
		}
	}
	return None
}

// unspelt returns the words that are no initials in the name either.
func (n Name) unspelt(words []string) []string {
	return slices.DeleteFunc(words, func(w string) bool { return slices.Contains(n.initials, w) })
}

// unmatched returns the words that begin no word of the name.
func (n Name) unmatched(words []string) []string {
	var left []string
	for _, w := range words {
		if !slices.ContainsFunc(n.words, func(word string) bool { return strings.HasPrefix(word, w) }) {
			left = append(left, w)
		}
	}
	return left
}

// Finds collects what a search comes upon, each thing once, by its best match. The zero value is empty.
type Finds[K comparable, V any] struct{ best map[K]find[V] }

type find[V any] struct {
	value  V
	rank   Rank
	former bool
}

// Add notes a thing. former says that it was found by a name it no longer has, which counts less than its own. Rank None is left out.
func (f *Finds[K, V]) Add(key K, value V, rank Rank, former bool) {
	if rank == None {
		return
	}
	if f.best == nil {
		f.best = map[K]find[V]{}
	}
	if old, ok := f.best[key]; !ok || rank < old.rank || rank == old.rank && !former {
		f.best[key] = find[V]{value, rank, former}
	}
}

// Best returns at most limit things, the best match first; compare orders those that match equally well.
func (f *Finds[K, V]) Best(limit int, compare func(x, y V) int) []V {
	list := make([]find[V], 0, len(f.best))
	for _, found := range f.best {
		list = append(list, found)
	}
	slices.SortFunc(list, func(x, y find[V]) int {
		if c := cmp.Compare(x.rank, y.rank); c != 0 {
			return c
		}
		if x.former != y.former {
			if y.former {
				return -1
			}
			return 1
		}
		return compare(x.value, y.value)
	})
	values := make([]V, min(limit, len(list)))
	for i := range values {
		values[i] = list[i].value
	}
	return values
}
