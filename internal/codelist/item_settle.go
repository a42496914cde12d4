package codelist

import (
	"maps"

	"lienthong/internal/kit/clock"
)

// Settle returns the items of a list when next takes the place of old from a day on, without taking away what held
// before: a code with another name or other attributes gets a new version from the day, a code that is left out ends on
// the day, one that had ended and is back begins anew. Places, translations and acts are corrected where they stand.
// What would begin on the day or later is replaced as it is. Settling the same twice comes to the same.
func Settle(old, next []Item, from clock.Date) []Item {
	had := map[versionKey]Item{}
	for _, o := range old {
		had[versionKey{o.Code, o.ValidFrom}] = o
	}
	var out []Item
	stays := map[versionKey]bool{}
	for _, n := range next {
		key := versionKey{n.Code, n.ValidFrom}
		o, found := had[key]
		stays[key] = found
		switch {
		case !found && n.ValidFrom.IsZero():
			n.ValidFrom = from
			out = append(out, n)
		case !found || !o.ValidFrom.Before(from):
			out = append(out, n)
		case o.endedBy(from) && !n.endedBy(from), !o.endedBy(from) && !o.means(n):
			end := from
			if o.endedBy(from) {
				end = o.ValidTo
			}
			o.Sort, o.ValidTo = n.Sort, end
			n.ValidFrom = from
			out = append(out, o, n)
		default:
			out = append(out, n)
		}
	}
	for _, o := range old {
		if stays[versionKey{o.Code, o.ValidFrom}] || !o.ValidFrom.Before(from) {
			continue
		}
		if !o.endedBy(from) {
			o.ValidTo = from
		}
		out = append(out, o)
	}
	order(out)
	return out
}

// endedBy reports whether the version no longer holds on a day.
func (i Item) endedBy(on clock.Date) bool { return !i.ValidTo.IsZero() && !on.Before(i.ValidTo) }

// means reports whether two versions tell people and programs the same.
func (i Item) means(j Item) bool { return i.Name == j.Name && maps.Equal(i.Attributes, j.Attributes) }
