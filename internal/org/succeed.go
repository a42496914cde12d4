package org

import (
	"slices"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/lineage"
)

// Merge (hợp nhất, sáp nhập đơn vị): the units From end On. Either Into goes on, or New
// is made with the divisions of all of them. In both cases it is their heir.
// Divisions go over to those with the same key, posts with their divisions.
type Merge struct {
	From      []UnitID
	Into      UnitID
	New       *NewUnit // empty fields are taken from the first of From
	On        clock.Date
	SourceAct string
}

// Split (chia, tách đơn vị): the unit From ends On; each new unit gets copies of its
// divisions. The one with index Heir takes over what cannot be divided, posts too.
type Split struct {
	From      UnitID
	New       []NewUnit // empty fields are taken from From
	Heir      int
	On        clock.Date
	SourceAct string
}

// Rename (đổi tên đơn vị): the unit ends On, one with the new name, the same
// divisions, posts and codes begins.
type Rename struct {
	Unit      UnitID
	Name      string
	ShortName string // empty: Name
	On        clock.Date
	SourceAct string
}

// End (giải thể đơn vị): the unit ends On with its divisions. With an Heir, its work and posts go there.
type End struct {
	Unit      UnitID
	Heir      UnitID
	On        clock.Date
	SourceAct string
}

// ending returns a unit that can end on a date.
func (b *book) ending(field string, unit UnitID, on clock.Date) (*Unit, error) {
	u, ok := b.units[unit]
	switch {
	case !ok:
		return nil, fault.NewInvalid(field, i18n.M("Không tìm thấy cơ quan, đơn vị."))
	case on.IsZero():
		return nil, fault.NewInvalid("on", i18n.M("Nhập ngày có hiệu lực."))
	case !u.ValidTo.IsZero():
		return nil, fault.NewConflict(i18n.M("%s đã kết thúc hoạt động từ ngày %s.", u.Name, u.ValidTo.Display()))
	case !u.ValidFrom.Before(on):
		return nil, fault.NewInvalid("on", i18n.M("%s bắt đầu từ ngày %s; ngày có hiệu lực phải sau ngày đó.", u.Name, u.ValidFrom.Display()))
	}
	return u, nil
}

// inherit fills what a new unit takes from the one it follows on a date.
func (b *book) inherit(n NewUnit, u *Unit, on clock.Date) NewUnit {
	for _, f := range []struct{ to, from *string }{
		{&n.Kind, &u.Kind}, {&n.Slug, &u.Slug}, {&n.Key, &u.Key}, {&n.Level, &u.Level},
		{&n.Phone, &u.Phone}, {&n.Email, &u.Email}, {&n.Address, &u.Address},
	} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	if n.PlaceID == "" {
		n.PlaceID = u.PlaceID
	}
	if n.ParentID == "" {
		n.ParentID = b.tree.ParentFrom(u, on)
	}
	if n.Rank == 0 {
		n.Rank = u.Rank
	}
	if n.Agency == nil {
		n.Agency = &u.IsAgency
	}
	return n
}

// heirFor checks that a unit can take over from others on a date.
func (b *book) heirFor(field string, id UnitID, from []*Unit, on clock.Date) (*Unit, error) {
	h, ok := b.units[id]
	if !ok {
		return nil, fault.NewInvalid(field, i18n.M("Không tìm thấy đơn vị kế thừa."))
	}
	if !h.ValidOn(on) {
		return nil, fault.NewInvalid(field, i18n.M("%s không hoạt động vào ngày %s.", h.Name, on.Display()))
	}
	for _, u := range from {
		if h.Within(*u) {
			return nil, fault.NewInvalid(field, i18n.M("%s thuộc %s nên không thể kế thừa.", h.Name, u.Name))
		}
	}
	return h, nil
}

func (b *book) merge(m Merge) (*Unit, error) {
	if len(m.From) == 0 {
		return nil, fault.NewInvalid("from", i18n.M("Chọn ít nhất một đơn vị để sáp nhập."))
	}
	if (m.Into == "") == (m.New == nil) {
		return nil, fault.NewInvalid("into", i18n.M("Chọn một đơn vị tiếp nhận hoặc khai báo một đơn vị mới."))
	}
	var from []*Unit
	for _, id := range m.From {
		u, err := b.ending("from", id, m.On)
		if err != nil {
			return nil, err
		}
		if slices.Contains(from, u) {
			return nil, fault.NewInvalid("from", i18n.M("%s được chọn hai lần.", u.Name))
		}
		from = append(from, u)
	}
	parts := make([][]*Unit, len(from))
	for i, u := range from { // before New is made, so that it may keep a slug
		parts[i] = b.close(u, m.On)
	}
	var into *Unit
	var err error
	if m.New != nil {
		into, err = b.add(b.inherit(*m.New, from[0], m.On), m.On, clock.Date{}, m.SourceAct)
	} else {
		into, err = b.heirFor("into", m.Into, from, m.On)
	}
	if err != nil {
		return nil, err
	}
	for i, u := range from {
		if err := b.hand(u, parts[i], into, succession{Merged, m.On, m.SourceAct, true, m.New != nil}); err != nil {
			return nil, err
		}
	}
	return into, nil
}

func (b *book) split(s Split) ([]*Unit, error) {
	u, err := b.ending("from", s.From, s.On)
	if err != nil {
		return nil, err
	}
	if len(s.New) < 2 {
		return nil, fault.NewInvalid("new", i18n.M("Chia, tách một đơn vị phải thành ít nhất hai đơn vị."))
	}
	if s.Heir < 0 || s.Heir >= len(s.New) {
		return nil, fault.NewInvalid("heir", i18n.M("Chọn đơn vị kế thừa trong các đơn vị mới."))
	}
	parts := b.close(u, s.On)
	var made []*Unit
	for i, n := range s.New {
		part, err := b.add(b.inherit(n, u, s.On), s.On, clock.Date{}, s.SourceAct)
		if err != nil {
			return nil, err
		}
		if err := b.hand(u, parts, part, succession{Divided, s.On, s.SourceAct, i == s.Heir, true}); err != nil {
			return nil, err
		}
		made = append(made, part)
	}
	return made, nil
}

func (b *book) rename(r Rename) (*Unit, error) {
	u, err := b.ending("unit", r.Unit, r.On)
	if err != nil {
		return nil, err
	}
	if r.Name == u.Name {
		return nil, fault.NewInvalid("name", i18n.M("Tên mới giống tên cũ."))
	}
	parts := b.close(u, r.On)
	n := NewUnit{Name: r.Name, ShortName: r.ShortName, template: u.Template}
	to, err := b.add(b.inherit(n, u, r.On), r.On, clock.Date{}, r.SourceAct)
	if err != nil {
		return nil, err
	}
	b.keepCodes(u, to, r.On)
	return to, b.hand(u, parts, to, succession{Renamed, r.On, r.SourceAct, true, true})
}

func (b *book) endUnit(e End) (*Unit, error) {
	u, err := b.ending("unit", e.Unit, e.On)
	if err != nil {
		return nil, err
	}
	if u.ParentID == "" && e.Heir == "" {
		return nil, fault.NewConflict(i18n.M("%s là đơn vị cao nhất; hãy chọn đơn vị kế thừa.", u.Name))
	}
	parts := b.close(u, e.On)
	if e.Heir == "" {
		return u, nil
	}
	h, err := b.heirFor("heir", e.Heir, []*Unit{u}, e.On)
	if err != nil {
		return nil, err
	}
	return u, b.hand(u, parts, h, succession{Replaced, e.On, e.SourceAct, true, false})
}

// move plans that a unit belongs to another one from a date on; settle carries it out when the day has come.
func (b *book) move(m Move) (*Unit, error) {
	u, err := b.ending("unit", m.Unit, m.On)
	if err != nil {
		return nil, err
	}
	h, err := b.heirFor("parent_id", m.Parent, []*Unit{u}, m.On)
	if err != nil {
		return nil, err
	}
	if p, ok := b.tree.Planned(u.ID); ok {
		return nil, fault.NewConflict(i18n.M("%s đã được xếp chuyển về %s từ ngày %s.", u.Name, b.units[p.Parent].Name, p.On.Display()))
	}
	if f := b.tree.Former(u.ID); len(f) > 0 && !f[len(f)-1].To.Before(m.On) {
		return nil, fault.NewInvalid("on", i18n.M("%s đã chuyển từ ngày %s; ngày có hiệu lực phải sau ngày đó.", u.Name, f[len(f)-1].To.Display()))
	}
	switch {
	case u.ParentID == "":
		return nil, fault.NewConflict(i18n.M("%s là đơn vị cao nhất nên không chuyển được.", u.Name))
	case b.tree.ParentOn(u.ID, m.On) == h.ID:
		return nil, fault.NewInvalid("parent_id", i18n.M("%s đã thuộc %s.", u.Name, h.Name))
	}
	if a, ok := b.agencyOf(h.ID, m.On); ok && !u.IsAgency {
		for _, d := range b.parts(a.ID, m.On) {
			if d.Key == u.Key && d.ID != u.ID {
				return nil, fault.NewConflict(i18n.M("%s đã có %s; hãy sáp nhập thay vì chuyển.", a.Name, d.Name))
			}
		}
	}
	if !b.tree.Plan(lineage.Plan[UnitID]{ID: u.ID, Parent: h.ID, On: m.On}) {
		return nil, fault.NewConflict(i18n.M("%s được xếp chuyển về dưới %s nên không thể ở trên đơn vị đó.", h.Name, u.Name))
	}
	b.moves[u.ID] = append(b.moves[u.ID], m)
	b.dirty.moves = append(b.dirty.moves, m)
	return u, nil
}
