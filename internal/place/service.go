package place

import (
	"context"
	"slices"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Filter narrows List. The zero value lists all units valid today.
type Filter struct {
	Level  string
	Kind   string
	Parent UnitID     // directly in this unit
	Under  UnitID     // this unit and everything in it
	On     clock.Date // zero: today
	Ended  bool       // also units that are not valid On
}

func (s *Service) book(ctx context.Context) (*book, error) { return s.cache.Get(ctx, s.db) }

func (s *Service) today() clock.Date { return clock.Today(s.clock) }

func (s *Service) orToday(on clock.Date) clock.Date { return on.Or(s.today()) }

func unknown() error {
	return fault.NewNotFound(i18n.M("Không tìm thấy đơn vị hành chính này. Hãy tìm theo tên hoặc mã."))
}

func (s *Service) unit(ctx context.Context, id UnitID) (*book, *Unit, error) {
	b, err := s.book(ctx)
	if err != nil {
		return nil, nil, err
	}
	u, ok := b.units[id]
	if !ok {
		return nil, nil, unknown()
	}
	return b, u, nil
}

// Unit returns one unit, ended or not; NotFound when there is none.
func (s *Service) Unit(ctx context.Context, id UnitID) (Unit, error) {
	_, u, err := s.unit(ctx, id)
	if err != nil {
		return Unit{}, err
	}
	return *u, nil
}

// ByCode returns the unit that has a code of a scheme on a date (zero: today); NotFound when there is none.
// The empty scheme is the one of lowest rank.
func (s *Service) ByCode(ctx context.Context, scheme, code string, on clock.Date) (Unit, error) {
	b, err := s.book(ctx)
	if err != nil {
		return Unit{}, err
	}
	if scheme == "" && len(b.schemes) > 0 {
		scheme = b.schemes[0].Key
	}
	u, ok := b.unitByCode(scheme, code, s.orToday(on))
	if !ok {
		return Unit{}, unknown()
	}
	return *u, nil
}

// Codes returns all codes a unit has or had.
func (s *Service) Codes(ctx context.Context, id UnitID) ([]Code, error) {
	b, _, err := s.unit(ctx, id)
	if err != nil {
		return nil, err
	}
	return slices.Clone(b.codes[id]), nil
}

// Levels returns the levels of government, the widest first.
func (s *Service) Levels(ctx context.Context) ([]Level, error) {
	b, err := s.book(ctx)
	if err != nil {
		return nil, err
	}
	var levels []Level
	for _, l := range b.levels {
		levels = append(levels, l)
	}
	slices.SortFunc(levels, func(x, y Level) int { return int(x.Rank - y.Rank) })
	return levels, nil
}

// Kinds returns the kinds of units of a level, of all levels when it is empty.
func (s *Service) Kinds(ctx context.Context, level string) ([]Kind, error) {
	b, err := s.book(ctx)
	if err != nil {
		return nil, err
	}
	var kinds []Kind
	for _, k := range b.kinds {
		if level == "" || k.Level == level {
			kinds = append(kinds, k)
		}
	}
	slices.SortFunc(kinds, func(x, y Kind) int {
		if d := b.levels[x.Level].Rank - b.levels[y.Level].Rank; d != 0 {
			return int(d)
		}
		return int(x.Rank - y.Rank)
	})
	return kinds, nil
}

// List returns the units that fit, by level and name.
func (s *Service) List(ctx context.Context, f Filter) ([]Unit, error) {
	b, err := s.book(ctx)
	if err != nil {
		return nil, err
	}
	f.On = s.orToday(f.On)
	return b.list(f), nil
}

// All returns every unit there is or was, those above before those below.
func (s *Service) All(ctx context.Context) ([]Unit, error) {
	b, err := s.book(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]Unit, 0, len(b.units))
	for _, id := range b.tree.ByDepth("") {
		all = append(all, *b.units[id])
	}
	return all, nil
}

// Children returns the units directly in a unit on a date (zero: today), by name.
func (s *Service) Children(ctx context.Context, id UnitID, on clock.Date) ([]Unit, error) {
	return s.List(ctx, Filter{Parent: id, On: on})
}

// Parents returns the units above a unit on a date, the widest first. The zero
// date is today, or the last day of a unit that has ended.
func (s *Service) Parents(ctx context.Context, id UnitID, on clock.Date) ([]Unit, error) {
	b, u, err := s.unit(ctx, id)
	if err != nil {
		return nil, err
	}
	if on.IsZero() {
		if on = s.today(); u.endedBy(on) {
			on = u.ValidTo.AddDays(-1)
		}
	}
	return b.ancestors(id, on), nil
}

// Above returns the unit of a level that contains a unit, or the unit itself when
// it is of that level; NotFound when there is none.
func (s *Service) Above(ctx context.Context, id UnitID, level string, on clock.Date) (Unit, error) {
	u, err := s.Unit(ctx, id)
	if err != nil {
		return Unit{}, err
	}
	if u.Level == level {
		return u, nil
	}
	parents, err := s.Parents(ctx, id, on)
	if err != nil {
		return Unit{}, err
	}
	for _, p := range parents {
		if p.Level == level {
			return p, nil
		}
	}
	return Unit{}, fault.NewNotFound(i18n.M("%s không thuộc đơn vị nào của cấp này.", u.FullName()))
}

// At returns the units that stood or stand on a date where a unit stands: itself,
// its successors, or the units it came from.
func (s *Service) At(ctx context.Context, id UnitID, on clock.Date) ([]Unit, error) {
	b, u, err := s.unit(ctx, id)
	if err != nil {
		return nil, err
	}
	if !u.ValidFrom.IsZero() && on.Before(u.ValidFrom) {
		return b.predecessors(id, on), nil
	}
	return b.successors(id, on), nil
}

// Successors returns the units that stand on a date (zero: today) in the place of
// a unit, the heirs first: itself while it is valid, none when it was abolished without any.
func (s *Service) Successors(ctx context.Context, id UnitID, on clock.Date) ([]Unit, error) {
	b, _, err := s.unit(ctx, id)
	if err != nil {
		return nil, err
	}
	return b.successors(id, s.orToday(on)), nil
}

// Links returns the direct links from an ended unit to its successors.
func (s *Service) Links(ctx context.Context, id UnitID) ([]Successor, error) {
	b, _, err := s.unit(ctx, id)
	if err != nil {
		return nil, err
	}
	return slices.Clone(b.next[id]), nil
}

// Heir returns the one unit that stands on a date (zero: today) in the place of a
// unit; NotFound when it ended without an heir.
func (s *Service) Heir(ctx context.Context, id UnitID, on clock.Date) (Unit, error) {
	b, u, err := s.unit(ctx, id)
	if err != nil {
		return Unit{}, err
	}
	h, ok := b.heir(id, s.orToday(on))
	if !ok {
		return Unit{}, fault.NewNotFound(i18n.M("%s đã kết thúc từ ngày %s và chưa rõ đơn vị kế thừa.", u.FullName(), u.ValidTo.Display()))
	}
	return *h, nil
}

// Search finds units by name with or without tone marks, by old names and by
// codes, exact matches first. An ended unit is found as its successors.
func (s *Service) Search(ctx context.Context, text string, o SearchOptions) ([]Hit, error) {
	b, err := s.book(ctx)
	if err != nil {
		return nil, err
	}
	o.On = s.orToday(o.On)
	if o.Limit <= 0 {
		o.Limit = 20
	}
	return b.search(text, o), nil
}
