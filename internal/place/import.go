package place

import (
	"errors"
	"fmt"
	"slices"

	"lienthong/internal/kit/clock"
)

// Report (báo cáo nhập danh mục) says what an import did. Doubts lists facts that
// were taken over although they are not verified, for somebody to check.
type Report struct {
	Added     int
	Changed   int // merges, splits, renames and abolitions applied
	Unchanged int
	Doubts    []string
}

// apply brings a book to the state that the files of a province describe. What is
// there already stays as it is, so that applying twice changes nothing.
func (src source) apply(b *book) (Report, error) {
	var r Report
	b.takeLists(src)
	scheme := src.Schemes[0].Key
	var errs []error
	for _, row := range src.rows {
		added, err := b.takeRow(scheme, row)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("%s: line %d: %s: %w", placesFile, row.line, row.name, err))
		case added:
			r.Added++
		default:
			r.Unchanged++
		}
	}
	if err := errors.Join(errs...); err != nil {
		return Report{}, err
	}
	for i, c := range src.changes {
		done, err := b.takeChange(scheme, c)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("%s: change %d (%s): %w", changesFile, i+1, c.On, err))
		case done:
			r.Changed++
		default:
			r.Unchanged++
		}
		if c.Confidence == Unchecked || c.Confidence == Open {
			r.Doubts = append(r.Doubts, fmt.Sprintf("%s %s: %s", c.On.Display(), c.Act, c.Note))
		}
	}
	return r, errors.Join(errs...)
}

func (b *book) takeLists(src source) {
	for _, s := range src.Schemes {
		if i := slices.IndexFunc(b.schemes, func(x Scheme) bool { return x.Key == s.Key }); i < 0 {
			b.schemes = append(b.schemes, s)
		} else if b.schemes[i] == s {
			continue
		} else {
			b.schemes[i] = s
		}
		b.dirty.schemes = append(b.dirty.schemes, s)
	}
	for _, l := range src.Levels {
		if b.levels[l.Key] != l {
			b.levels[l.Key] = l
			b.dirty.levels = append(b.dirty.levels, l)
		}
	}
	for _, k := range src.Kinds {
		if b.kinds[k.Key] != k {
			b.kinds[k.Key] = k
			b.dirty.kinds = append(b.dirty.kinds, k)
		}
	}
}

func (b *book) takeRow(scheme string, row placeRow) (bool, error) {
	for _, id := range b.byCode[[2]string{scheme, row.code}] {
		if b.units[id].ValidFrom == row.validFrom {
			return false, nil
		}
	}
	var parent UnitID
	if row.parent != "" {
		p, ok := b.unitByCode(scheme, row.parent, row.validFrom)
		if !ok {
			return false, fmt.Errorf("no unit has the code %s of the unit above it", row.parent)
		}
		parent = p.ID
	}
	n := NewUnit{Level: row.level, Kind: row.kind, Name: row.name, ParentID: parent, Codes: map[string]string{scheme: row.code}}
	u, err := b.add(n, row.validFrom, row.act, row.confidence)
	if err != nil {
		return false, err
	}
	if !row.validTo.IsZero() {
		if !row.validFrom.Before(row.validTo) {
			return false, errors.New("valid_to must be after valid_from")
		}
		b.end(u, row.validTo)
		u.Announced = true // history, nobody waits for it
	}
	return true, nil
}

// takeChange applies one change unless it was applied before.
func (b *book) takeChange(scheme string, c changeRow) (bool, error) {
	given := 0
	for _, is := range []bool{c.Merge != nil, c.Split != nil, c.Rename != nil, c.Abolish != ""} {
		if is {
			given++
		}
	}
	if given != 1 {
		return false, errors.New("give exactly one of merge, split, rename, abolish")
	}
	if err := checkConfidence(c.Confidence); err != nil {
		return false, err
	}
	if c.On.IsZero() {
		return false, errors.New("the date (on) is missing")
	}
	find := func(code string) (*Unit, error) {
		u, ok := b.unitByCode(scheme, code, c.On.AddDays(-1))
		if !ok {
			return nil, fmt.Errorf("no unit has the code %q on the day before", code)
		}
		return u, nil
	}
	switch {
	case c.Merge != nil:
		return b.takeMerge(scheme, c, find)
	case c.Split != nil:
		return b.takeSplit(scheme, c, find)
	case c.Rename != nil:
		u, err := find(c.Rename.Code)
		if err != nil || u.ValidTo == c.On {
			return false, err
		}
		_, err = b.rename(Rename{u.ID, c.Rename.Name, c.Rename.Kind, c.On, c.Act, c.Confidence})
		return err == nil, err
	}
	u, err := find(c.Abolish)
	if err != nil || u.ValidTo == c.On {
		return false, err
	}
	_, err = b.abolish(Abolition{u.ID, c.On, c.Act})
	return err == nil, err
}

func (b *book) takeMerge(scheme string, c changeRow, find func(string) (*Unit, error)) (bool, error) {
	m := Merge{On: c.On, SourceAct: c.Act, Confidence: c.Confidence}
	done := 0
	for _, code := range c.Merge.From {
		u, err := find(code)
		if err != nil {
			return false, err
		}
		if u.ValidTo == c.On {
			done++
		}
		m.From = append(m.From, u.ID)
	}
	if done > 0 && done == len(m.From) {
		return false, nil
	}
	if c.Merge.Into != "" {
		into, ok := b.unitByCode(scheme, c.Merge.Into, c.On) // may have been made by a change of the same day
		if !ok {
			return false, fmt.Errorf("no unit has the code %q", c.Merge.Into)
		}
		m.Into = into.ID
	}
	if c.Merge.New != nil {
		n, err := c.Merge.New.unit(scheme, find)
		if err != nil {
			return false, err
		}
		m.New = &n
	}
	_, err := b.merge(m)
	return err == nil, err
}

func (b *book) takeSplit(scheme string, c changeRow, find func(string) (*Unit, error)) (bool, error) {
	u, err := find(c.Split.From)
	if err != nil || u.ValidTo == c.On {
		return false, err
	}
	s := Split{From: u.ID, On: c.On, SourceAct: c.Act, Confidence: c.Confidence, Heir: -1}
	for i, r := range c.Split.New {
		n, err := r.unit(scheme, find)
		if err != nil {
			return false, err
		}
		s.New = append(s.New, n)
		if r.Code == c.Split.Heir {
			s.Heir = i
		}
	}
	_, err = b.split(s)
	return err == nil, err
}

func (r newRow) unit(scheme string, find func(string) (*Unit, error)) (NewUnit, error) {
	n := NewUnit{Kind: r.Kind, Name: r.Name}
	if r.Code != "" {
		n.Codes = map[string]string{scheme: r.Code}
	}
	if r.Parent != "" {
		p, err := find(r.Parent)
		if err != nil {
			return NewUnit{}, err
		}
		n.ParentID = p.ID
	}
	return n, nil
}

// history marks ends before a date as known, so that an import of the past announces nothing.
func (b *book) history(today clock.Date) {
	for id, u := range b.units {
		if !u.Announced && u.endedBy(today) {
			u.Announced = true
			b.touch(id)
		}
	}
}
