package org

import (
	"errors"
	"fmt"
	"slices"

	"lienthong/internal/kit/clock"
	"lienthong/internal/place"
)

// Report (báo cáo nhập cơ cấu tổ chức) says what an import did.
type Report struct {
	Added       int // agencies and divisions
	Unchanged   int
	Provisional int // units whose facts are placeholders
	Codes       CodeReport
}

// apply brings a book to the state that org.yaml describes. What is there already
// stays as it is, so that applying twice changes nothing.
func (src source) apply(b *book, t territory, placeByCode func(string, clock.Date) (place.Unit, bool)) (Report, error) {
	var r Report
	before := len(b.units)
	b.takeKinds(src)
	var errs []error
	for _, row := range src.Units {
		if err := b.takeUnit(row, placeByCode); err != nil {
			errs = append(errs, fmt.Errorf("unit %s: %w", row.Slug, err))
		}
	}
	b.takeTemplates(src)
	if len(errs) == 0 {
		errs = append(errs, b.generate(t))
	}
	if err := errors.Join(errs...); err != nil {
		return Report{}, err
	}
	r.Added, r.Unchanged = len(b.units)-before, before
	for _, id := range b.dirty.added {
		if b.units[id].Confidence == Provisional {
			r.Provisional++
		}
	}
	return r, nil
}

func (b *book) takeKinds(src source) {
	for i, k := range src.Kinds {
		n := Kind{k.Key, int64(i + 1), k.Name, k.NameEN, k.Agency, k.Government}
		if b.kinds[k.Key] != n {
			b.kinds[k.Key] = n
			b.dirty.kinds = append(b.dirty.kinds, n)
		}
	}
}

func (b *book) takeTemplates(src source) {
	for _, row := range src.Templates {
		t := row.Template
		i := slices.IndexFunc(b.templates, func(x Template) bool { return x.Key == t.Key })
		switch {
		case i < 0:
			b.templates = append(b.templates, t)
		case equalTemplates(b.templates[i], t):
			continue
		default:
			b.templates[i] = t
		}
		b.dirty.templates = append(b.dirty.templates, t)
	}
	slices.SortStableFunc(b.templates, func(x, y Template) int { return int(x.Rank - y.Rank) })
}

func equalTemplates(x, y Template) bool {
	same := func(a, b Division) bool {
		return a.Key == b.Key && a.Kind == b.Kind && a.Name == b.Name && a.Short == b.Short && a.Confidence == b.Confidence && slices.Equal(a.PlaceKinds, b.PlaceKinds)
	}
	return x.Key == y.Key && x.Rank == y.Rank && x.Level == y.Level && slices.Equal(x.PlaceKinds, y.PlaceKinds) && x.Kind == y.Kind && x.Name == y.Name &&
		x.Short == y.Short && x.Slug == y.Slug && x.Parent == y.Parent && x.Order == y.Order && x.SourceAct == y.SourceAct && x.Confidence == y.Confidence &&
		slices.EqualFunc(x.Divisions, y.Divisions, same)
}

func (b *book) takeUnit(row unitRow, placeByCode func(string, clock.Date) (place.Unit, bool)) error {
	for _, id := range b.slugs[row.Slug] {
		u := b.units[id]
		if u.ValidFrom != row.ValidFrom {
			continue
		}
		if !u.ValidTo.IsZero() {
			return nil
		}
		return b.ensureDivisions(u, row.Divisions, "", "")
	}
	n := NewUnit{Kind: row.Kind, Name: row.Name, ShortName: row.Short, Slug: row.Slug, Rank: int64(len(b.units) + 1), Phone: row.Phone, Email: row.Email, Address: row.Address, confidence: row.Confidence}
	if row.Parent != "" {
		p, ok := b.bySlug(row.Parent, row.ValidFrom)
		if !ok {
			return fmt.Errorf("no unit has the slug %q of the parent", row.Parent)
		}
		n.ParentID = p.ID
	}
	if row.Place != "" {
		p, ok := placeByCode(row.Place, row.ValidFrom)
		if !ok {
			return fmt.Errorf("no place has the code %q", row.Place)
		}
		n.PlaceID, n.Level = p.ID, p.Level
	}
	u, err := b.add(n, row.ValidFrom, row.ValidTo, row.SourceAct)
	if err != nil {
		return err
	}
	return b.ensureDivisions(u, row.Divisions, "", "")
}
