package org

import (
	"context"
	"slices"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/lineage"
	"lienthong/internal/place"
)

// Filter narrows List. The zero value lists all units valid today.
type Filter struct {
	Kind     string
	Level    string
	Key      string       // divisions with this key
	Place    place.UnitID // that answer for this place
	Parent   UnitID       // directly below this unit On
	Under    UnitID       // this unit and everything below it On
	Agencies bool         // no divisions
	On       clock.Date   // zero: today
	Ended    bool         // also units that are not valid On
}

func (s *Service) book(ctx context.Context) (*book, error) { return s.cache.Get(ctx, s.db) }

func (s *Service) today() clock.Date { return clock.Today(s.clock) }

func (s *Service) orToday(on clock.Date) clock.Date { return on.Or(s.today()) }

func unknown() error {
	return fault.NewNotFound(i18n.M("Không tìm thấy cơ quan, đơn vị này. Hãy tìm theo tên hoặc mã."))
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

// BySlug returns the unit that has a slug today, else the one that had it last; NotFound when there is none.
func (s *Service) BySlug(ctx context.Context, slug string) (Unit, error) {
	b, err := s.book(ctx)
	if err != nil {
		return Unit{}, err
	}
	u, ok := b.bySlug(slug, s.today())
	if !ok {
		return Unit{}, fault.NewNotFound(i18n.M("Không có cơ quan, đơn vị nào có tên định danh %q.", slug))
	}
	return *u, nil
}

// ByCode returns the unit that has a code of a scheme on a date (zero: today); NotFound when there is none.
func (s *Service) ByCode(ctx context.Context, scheme, code string, on clock.Date) (Unit, error) {
	b, err := s.book(ctx)
	if err != nil {
		return Unit{}, err
	}
	on = s.orToday(on)
	u, ok := b.unitByCode(scheme, code, on)
	if !ok {
		for _, other := range []string{SchemeQCVN102, SchemeQD20} {
			if text, fits := convert(code, scheme, other); fits && !ok {
				u, ok = b.unitByCode(other, text, on)
			}
		}
	}
	if !ok {
		return Unit{}, fault.NewNotFound(i18n.M("Không có cơ quan, đơn vị nào có mã định danh %s.", code))
	}
	return *u, nil
}

// Code returns the code of a unit in a scheme on a date (zero: today), converted
// from the other scheme when it has none of its own; NotFound when it has neither.
func (s *Service) Code(ctx context.Context, id UnitID, scheme string, on clock.Date) (Code, error) {
	b, u, err := s.unit(ctx, id)
	if err != nil {
		return Code{}, err
	}
	c, ok := b.codeOf(id, scheme, s.orToday(on))
	if !ok {
		return Code{}, fault.NewNotFound(i18n.M("%s chưa có mã định danh. Quản trị viên cần nhập mã cho đơn vị này.", u.Name))
	}
	return c, nil
}

// Codes returns all codes a unit has or had.
func (s *Service) Codes(ctx context.Context, id UnitID) ([]Code, error) {
	b, _, err := s.unit(ctx, id)
	if err != nil {
		return nil, err
	}
	return slices.Clone(b.codes[id]), nil
}

// Kinds returns the kinds of units, in their order.
func (s *Service) Kinds(ctx context.Context) ([]Kind, error) {
	b, err := s.book(ctx)
	if err != nil {
		return nil, err
	}
	var kinds []Kind
	for _, k := range b.kinds {
		kinds = append(kinds, k)
	}
	slices.SortFunc(kinds, func(x, y Kind) int { return int(x.Rank - y.Rank) })
	return kinds, nil
}

// AgencyOf returns the agency a unit belongs to on a date: itself or the nearest one above it. The zero date is today,
// for an ended unit its last day.
func (s *Service) AgencyOf(ctx context.Context, id UnitID, on clock.Date) (Unit, error) {
	b, u, err := s.unit(ctx, id)
	if err != nil {
		return Unit{}, err
	}
	a, ok := b.agencyOf(id, on.Or(seen(u, s.today())))
	if !ok {
		return Unit{}, fault.NewNotFound(i18n.M("%s không thuộc cơ quan nào.", u.Name))
	}
	return *a, nil
}

// AgencyOfPlace returns the agency of a kind that answers today for a place, or
// for the heir of a place that has ended. The empty kind is the government of the
// place, its People's Committee. NotFound when there is none.
func (s *Service) AgencyOfPlace(ctx context.Context, p place.UnitID, kind string) (Unit, error) {
	b, err := s.book(ctx)
	if err != nil {
		return Unit{}, err
	}
	if a, ok := b.agencyOfPlace(p, kind, s.today()); ok {
		return *a, nil
	}
	now, err := s.places.Heir(ctx, p, clock.Date{})
	if err != nil {
		return Unit{}, err
	}
	a, ok := b.agencyOfPlace(now.ID, kind, s.today())
	if !ok {
		return Unit{}, fault.NewNotFound(i18n.M("Chưa có cơ quan phụ trách %s.", now.InText()))
	}
	return *a, nil
}

// AgencyAbove returns the government of the place of a level in which a unit
// lies; that may be the unit's own agency. NotFound when there is none.
func (s *Service) AgencyAbove(ctx context.Context, id UnitID, level string) (Unit, error) {
	u, err := s.Unit(ctx, id)
	if err != nil {
		return Unit{}, err
	}
	now, err := s.places.Heir(ctx, u.PlaceID, clock.Date{})
	if err != nil {
		return Unit{}, err
	}
	above, err := s.places.Above(ctx, now.ID, level, clock.Date{})
	if err != nil {
		return Unit{}, err
	}
	return s.AgencyOfPlace(ctx, above.ID, "")
}

// Divisions returns the divisions of an agency at any depth, in their order,
// without those of agencies below it. For an ended agency they are those of its last day.
func (s *Service) Divisions(ctx context.Context, agency UnitID) ([]Unit, error) {
	b, u, err := s.unit(ctx, agency)
	if err != nil {
		return nil, err
	}
	var found []Unit
	for _, d := range b.parts(agency, seen(u, s.today())) {
		found = append(found, *d)
	}
	return found, nil
}

// DivisionByKey returns the division of an agency that has a key, such as
// "reception"; NotFound when the agency has none.
func (s *Service) DivisionByKey(ctx context.Context, agency UnitID, key string) (Unit, error) {
	b, u, err := s.unit(ctx, agency)
	if err != nil {
		return Unit{}, err
	}
	for _, d := range b.parts(agency, seen(u, s.today())) {
		if d.Key == key {
			return *d, nil
		}
	}
	return Unit{}, fault.NewNotFound(i18n.M("%s không có bộ phận %q.", u.Name, key))
}

// List returns the units that fit, those above before those below, in their order.
func (s *Service) List(ctx context.Context, f Filter) ([]Unit, error) {
	b, err := s.book(ctx)
	if err != nil {
		return nil, err
	}
	f.On = s.orToday(f.On)
	return b.list(f), nil
}

// Children returns the units directly below a unit that are valid on a date (zero: today), in their order.
func (s *Service) Children(ctx context.Context, id UnitID, on clock.Date) ([]Unit, error) {
	b, _, err := s.unit(ctx, id)
	if err != nil {
		return nil, err
	}
	var found []Unit
	on = s.orToday(on)
	for _, c := range b.tree.ChildrenOn(id, on) {
		if u := b.units[c]; u.ValidOn(on) {
			found = append(found, *u)
		}
	}
	return found, nil
}

// Parents returns the units above a unit on a date, the root first. The zero date is today, for an ended unit its last day.
func (s *Service) Parents(ctx context.Context, id UnitID, on clock.Date) ([]Unit, error) {
	b, u, err := s.unit(ctx, id)
	if err != nil {
		return nil, err
	}
	return b.ancestors(id, on.Or(seen(u, s.today()))), nil
}

// FormerParent (cấp trên trước đây) says to whom a unit belonged until the day before To.
type FormerParent = lineage.Former[UnitID]

// Belonging (quá trình trực thuộc) is where a unit belongs, belonged and is to belong.
type Belonging struct {
	Parent UnitID         // today, or on its last day
	Former []FormerParent // the earliest first
	Moves  []Move         // the decisions, by date; those that are not Done are still to come
}

// Belonged returns to whom a unit belongs in the course of time.
func (s *Service) Belonged(ctx context.Context, id UnitID) (Belonging, error) {
	b, u, err := s.unit(ctx, id)
	if err != nil {
		return Belonging{}, err
	}
	return Belonging{Parent: u.ParentID, Former: slices.Clone(b.tree.Former(id)), Moves: slices.Clone(b.moves[id])}, nil
}

// Root returns the unit at the top of the tree; NotFound before the province is loaded.
func (s *Service) Root(ctx context.Context) (Unit, error) {
	b, err := s.book(ctx)
	if err != nil {
		return Unit{}, err
	}
	for _, id := range b.tree.Children("") {
		if u := b.units[id]; u.ValidOn(s.today()) {
			return *u, nil
		}
	}
	return Unit{}, fault.NewNotFound(i18n.M("Chưa có cơ cấu tổ chức. Quản trị viên cần nạp dữ liệu của tỉnh."))
}

// Successor returns the one unit that stands on a date (zero: today) in the place
// of a unit: itself while it is valid, else its heir. NotFound when it ended without one.
func (s *Service) Successor(ctx context.Context, id UnitID, on clock.Date) (Unit, error) {
	b, u, err := s.unit(ctx, id)
	if err != nil {
		return Unit{}, err
	}
	h, ok := b.heir(id, s.orToday(on))
	if !ok {
		return Unit{}, fault.NewNotFound(i18n.M("%s đã kết thúc hoạt động từ ngày %s và chưa có đơn vị kế thừa.", u.Name, u.ValidTo.Display()))
	}
	return *h, nil
}

// Successors returns all units that stand on a date (zero: today) in the place of a unit, the heirs first.
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

// Search finds units by name or short name with or without tone marks, by code
// and by the names of ended units, exact matches first.
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

// UnitPath returns the path of a unit; for the empty id that of the root.
func (s *Service) UnitPath(ctx context.Context, id string) (string, error) {
	if id == "" {
		root, err := s.Root(ctx)
		return root.Path, err
	}
	u, err := s.Unit(ctx, UnitID(id))
	return u.Path, err
}

// Covered returns the ids of the units, ended ones too, that grants cover. All is true when they cover every unit.
func (s *Service) Covered(ctx context.Context, grants []actor.Grant) (ids []string, all bool, err error) {
	b, err := s.book(ctx)
	if err != nil {
		return nil, false, err
	}
	all = len(b.units) > 0
	for _, id := range b.tree.ByDepth("") {
		path := b.units[id].Path
		if slices.ContainsFunc(grants, func(g actor.Grant) bool { return g.Covers(path) }) {
			ids = append(ids, string(id))
		} else {
			all = false
		}
	}
	return ids, all, nil
}
