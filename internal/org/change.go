package org

import (
	"regexp"
	"slices"
	"strings"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/place"
)

// NewUnit (đơn vị mới) describes a unit to be entered. Level and PlaceID are those
// of the parent when empty; a division gets a Key from its name and its Slug from
// its agency when they are empty.
type NewUnit struct {
	Kind      string
	Name      string
	ShortName string // empty: Name
	Slug      string
	Key       string
	Level     string
	PlaceID   place.UnitID
	ParentID  UnitID
	Rank      int64
	Agency    *bool // nil: as the kind has it
	Phone     string
	Email     string
	Address   string

	template   string
	confidence Confidence
}

// changes are the rows that the store has to write.
type changes struct {
	kinds      []Kind
	templates  []Template
	added      []UnitID
	fresh      map[UnitID]bool // added, as a set
	changed    map[UnitID]bool
	recoded    map[UnitID]bool
	successors []Successor
	moves      []Move
	moved      []UnitMoved     // to announce
	closed     map[UnitID]bool // ended; their posts go over
}

func newChanges() changes {
	return changes{fresh: map[UnitID]bool{}, changed: map[UnitID]bool{}, recoded: map[UnitID]bool{}, closed: map[UnitID]bool{}}
}

func (c changes) empty() bool {
	return len(c.kinds)+len(c.templates)+len(c.added)+len(c.changed)+len(c.recoded)+len(c.successors)+len(c.moves) == 0
}

func (b *book) touch(id UnitID) {
	if !b.dirty.fresh[id] {
		b.dirty.changed[id] = true
	}
}

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+([-_][a-z0-9]+)*)?$`)

// add enters a unit that is valid from one date until another (zero: open).
func (b *book) add(n NewUnit, from, to clock.Date, act string) (*Unit, error) {
	u := Unit{
		ID: UnitID(id.New()), Kind: n.Kind, Name: vntext.Clean(n.Name), ShortName: vntext.Clean(n.ShortName), Slug: n.Slug, Key: n.Key, Level: n.Level, PlaceID: n.PlaceID,
		ParentID: n.ParentID, Path: "/", Rank: n.Rank, ValidFrom: from, ValidTo: to, SourceAct: vntext.Clean(act), Confidence: n.confidence,
		Phone: vntext.Clean(n.Phone), Email: vntext.Clean(n.Email), Address: vntext.Clean(n.Address), Template: n.template,
	}
	if u.ShortName == "" {
		u.ShortName = u.Name
	}
	if u.Confidence == "" {
		u.Confidence = Verified
	}
	var ps fault.Problems
	if u.Name == "" {
		ps.Add("name", i18n.M("Nhập tên cơ quan, đơn vị."))
	}
	kind, ok := b.kinds[n.Kind]
	if !ok {
		ps.Add("kind", i18n.M("Loại đơn vị %q không có trong danh mục.", n.Kind))
	}
	u.IsAgency = kind.Agency
	if n.Agency != nil {
		u.IsAgency = *n.Agency
	}
	if n.ParentID != "" {
		p, found := b.units[n.ParentID]
		switch {
		case !found:
			ps.Add("parent_id", i18n.M("Không tìm thấy đơn vị cấp trên."))
		case p.endedBy(from):
			ps.Add("parent_id", i18n.M("%s đã kết thúc hoạt động từ ngày %s.", p.Name, p.ValidTo.Display()))
		default:
			u.takeFrom(p)
		}
	}
	if !u.IsAgency {
		b.nameDivision(&u)
	}
	ps = append(ps, b.checkSlug(u)...)
	if u.PlaceID == "" || u.Level == "" {
		ps.Add("place_id", i18n.M("Chọn địa bàn của cơ quan."))
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	u.Path += string(u.ID) + "/"
	b.index(&u)
	b.dirty.added = append(b.dirty.added, u.ID)
	b.dirty.fresh[u.ID] = true
	return &u, nil
}

// takeFrom fills what a unit takes from the one above it.
func (u *Unit) takeFrom(p *Unit) {
	u.Path = p.Path
	if u.PlaceID == "" {
		u.PlaceID = p.PlaceID
	}
	if u.Level == "" {
		u.Level = p.Level
	}
}

// nameDivision gives a division the key and the slug it was not given.
func (b *book) nameDivision(u *Unit) {
	if u.Key == "" {
		u.Key = strings.ReplaceAll(vntext.Slug(u.Name), "-", "_")
	}
	if a, ok := b.agencyOf(u.ParentID, u.ValidFrom); ok && u.Slug == "" {
		u.Slug = a.Slug + "/" + u.Key
	}
}

func (b *book) checkSlug(u Unit) fault.Problems {
	var ps fault.Problems
	if !slugForm.MatchString(u.Slug) {
		ps.Add("slug", i18n.M("Tên định danh %q chỉ được gồm chữ thường không dấu, số và dấu gạch nối.", u.Slug))
		return ps
	}
	for _, other := range b.slugs[u.Slug] {
		if o := b.units[other]; overlap(o.ValidFrom, o.ValidTo, u.ValidFrom, u.ValidTo) {
			ps.Add("slug", i18n.M("Tên định danh %q đang thuộc %s.", u.Slug, o.Name))
			return ps
		}
	}
	return ps
}

// overlap reports whether [a, b) and [c, d) have a day in common; zero limits are open.
func overlap(a, b, c, d clock.Date) bool {
	before := func(from, to clock.Date) bool { return to.IsZero() || from.Before(to) }
	return before(a, b) && before(c, d) && before(a, d) && before(c, b)
}

// close lets a unit and its divisions end, and returns the divisions that did.
func (b *book) close(u *Unit, on clock.Date) []*Unit {
	var parts []*Unit
	for _, p := range b.allParts(u.ID) {
		if !p.endedBy(on) {
			parts = append(parts, p)
		}
	}
	for _, x := range append([]*Unit{u}, parts...) {
		x.ValidTo = on
		if on.Before(x.ValidFrom) { // was to begin later: never comes to be
			x.ValidTo = x.ValidFrom
		}
		b.touch(x.ID)
		b.dirty.closed[x.ID] = true
		b.endCodes(x.ID, on)
	}
	return parts
}

// allParts returns the divisions of a unit at any depth, ended ones too.
func (b *book) allParts(id UnitID) []*Unit {
	var found []*Unit
	for _, c := range b.tree.Children(id) {
		if u := b.units[c]; !u.IsAgency {
			found = append(append(found, u), b.allParts(c)...)
		}
	}
	return found
}

func (b *book) endCodes(id UnitID, on clock.Date) {
	for i := range b.codes[id] {
		if c := &b.codes[id][i]; c.ValidTo.IsZero() || on.Before(c.ValidTo) {
			c.ValidTo = on
			b.dirty.recoded[id] = true
		}
	}
}

// succession is how one unit's tasks go over to another.
type succession struct {
	kind   SuccessorKind
	on     clock.Date
	act    string
	heir   bool
	copies bool // divisions that the successor does not have are made there
}

// hand links an ended unit and its divisions to a successor: each division to the one
// with the same key, else to a copy of it, else to the successor itself.
func (b *book) hand(u *Unit, parts []*Unit, to *Unit, s succession) error {
	b.link(u, to, s)
	same := map[string]*Unit{}
	for _, p := range b.allParts(to.ID) {
		if !p.endedBy(s.on) {
			same[p.Key] = p
		}
	}
	made := map[UnitID]UnitID{u.ID: to.ID}
	for _, p := range parts {
		target := same[p.Key]
		if target == nil && s.copies {
			above := made[p.ParentID]
			c, err := b.add(NewUnit{Kind: p.Kind, Name: p.Name, ShortName: p.ShortName, Key: p.Key, ParentID: above, Rank: p.Rank, Phone: p.Phone, Email: p.Email,
				Address: p.Address, Agency: &p.IsAgency, template: p.Template, confidence: p.Confidence}, later(s.on, p.ValidFrom), clock.Date{}, s.act)
			if err != nil {
				return err
			}
			target = c
		}
		if target == nil {
			target = to
		}
		made[p.ID] = target.ID
		b.link(p, target, s)
	}
	return nil
}

func (b *book) link(from, to *Unit, s succession) {
	l := Successor{from.ID, to.ID, s.kind, s.on, s.act, s.heir}
	b.next[from.ID] = append(b.next[from.ID], l)
	b.dirty.successors = append(b.dirty.successors, l)
}

// keepCodes gives the codes that a unit lost on a date to the one that is the same under another name.
func (b *book) keepCodes(from, to *Unit, on clock.Date) {
	for _, c := range b.codes[from.ID] {
		has := func(own Code) bool { return own.Scheme == c.Scheme }
		if c.ValidTo == on && !slices.ContainsFunc(b.codes[to.ID], has) {
			b.indexCode(Code{to.ID, c.Scheme, c.Code, on, clock.Date{}, c.Confidence, c.Source})
			b.dirty.recoded[to.ID] = true
		}
	}
}

// settle makes the moves whose day has come, brings the units that stood below ended ones under those that follow, and
// returns the units whose end took effect and has not been announced yet.
func (b *book) settle(today clock.Date) []*Unit {
	var ended []*Unit
	for _, id := range b.tree.ByDepth("") {
		if u := b.units[id]; !u.Announced && u.endedBy(today) {
			u.Announced = true
			b.touch(id)
			ended = append(ended, u)
		}
	}
	from := map[UnitID]Unit{}
	for _, p := range b.tree.Due(today) {
		from[p.ID] = *b.units[p.ID]
	}
	b.tree.Settle(today)
	_, carried := b.tree.Left()
	for _, p := range carried {
		if u := b.units[p.ID]; u.ParentID != from[p.ID].ParentID {
			b.dirty.moved = append(b.dirty.moved, UnitMoved{UnitID: p.ID, On: p.On, From: from[p.ID].ParentID, OldPath: from[p.ID].Path})
		}
		for i := range b.moves[p.ID] {
			if m := &b.moves[p.ID][i]; m.On == p.On && !m.Done {
				m.Done = true
				b.dirty.moves = append(b.dirty.moves, *m)
			}
		}
	}
	return ended
}

// history marks the ends of units that are entered as ended, so that an import of the past announces nothing.
func (b *book) history(today clock.Date) {
	for _, id := range b.dirty.added {
		if u := b.units[id]; u.endedBy(today) {
			u.Announced = true
		}
	}
}
