// Package lineage follows things that end and leave successors, as merged, split and
// renamed ones do, to those that stand in their place later.
package lineage

import "slices"

// Link leads from a thing that ended to one of its successors. The heir is the one that takes over what cannot be divided.
type Link[K comparable] interface{ Leads() (to K, heir bool) }

// Standing returns the things that stand in the place of one, those that heirs lead to first: the thing itself while
// it has not ended, none when it ended without successors.
func Standing[K comparable, L Link[K]](id K, ended func(K) bool, next map[K][]L) []K {
	var found []K
	seen := map[K]bool{}
	var walk func(K)
	walk = func(id K) {
		if seen[id] {
			return
		}
		seen[id] = true
		if !ended(id) {
			found = append(found, id)
			return
		}
		var others []K
		for _, l := range next[id] {
			to, heir := l.Leads()
			if !heir {
				others = append(others, to)
				continue
			}
			walk(to)
		}
		for _, to := range others {
			walk(to)
		}
	}
	walk(id)
	return slices.Clip(found)
}

// Heir returns the one thing that stands in the place of another; ok is false when the line of heirs ends.
func Heir[K comparable, L Link[K]](id K, ended func(K) bool, next map[K][]L) (heir K, ok bool) {
	for range len(next) + 1 { // links never lead back, but data from outside might
		if !ended(id) {
			return id, true
		}
		found := false
		for _, l := range next[id] {
			if to, heir := l.Leads(); heir {
				id, found = to, true
				break
			}
		}
		if !found {
			break
		}
	}
	var none K
	return none, false
}
