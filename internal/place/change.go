package place

import (
	"slices"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/vntext"
)

// NewUnit (đơn vị hành chính mới) describes a unit that a change creates. For a
// successor, empty Level, ParentID, Kind and Codes are taken from the unit it follows.
type NewUnit struct {
	Level    string
	Kind     string
	Name     string
	ParentID UnitID
	Codes    map[string]string // scheme → code
}

// Merge (nhập đơn vị hành chính): the units From end On. Either Into is a unit that
// goes on, or New is made. In both cases it is the heir of all of them.
type Merge struct {
	From       []UnitID
	Into       UnitID
	New        *NewUnit
	On         clock.Date // first day of the new state
	SourceAct  string
	Confidence Confidence
}

// Split (chia đơn vị hành chính): the unit From ends On and each of the new units
// takes a part; the one with index Heir takes over what cannot be divided.
type Split struct {
	From       UnitID
	New        []NewUnit
	Heir       int
	On         clock.Date
	SourceAct  string
	Confidence Confidence
}

// Rename (đổi tên, đổi loại đơn vị hành chính): the unit ends On, a unit with the new
// name or kind and the same codes begins. What lies in it belongs to the new one.
type Rename struct {
	Unit       UnitID
	Name       string // empty: unchanged
	Kind       string // empty: unchanged
	On         clock.Date
	SourceAct  string
	Confidence Confidence
}

// Abolition (giải thể đơn vị hành chính): the unit ends On. Without an heir what lies in
// it belongs to the unit above from then on, as when a whole level is abolished.
type Abolition struct {
	Unit      UnitID
	On        clock.Date
	SourceAct string
}

// changes are the rows that the store has to write.
type changes struct {
	schemes    []Scheme
	levels     []Level
	kinds      []Kind
	added      []UnitID
	changed    map[UnitID]bool
	codes      []Code
	endedCodes []Code
	successors []Successor
}

func newChanges() changes { return changes{changed: map[UnitID]bool{}} }

func (c changes) empty() bool {
	return len(c.schemes)+len(c.levels)+len(c.kinds)+len(c.added)+len(c.changed)+len(c.codes)+len(c.endedCodes)+len(c.successors) == 0
}

func (b *book) touch(id UnitID) {
	if !slices.Contains(b.dirty.added, id) {
		b.dirty.changed[id] = true
	}
}

// add creates a unit, valid from a date on.
func (b *book) add(n NewUnit, from clock.Date, act string, c Confidence) (*Unit, error) {
	var ps fault.Problems
	n.Name = vntext.Clean(n.Name)
	if n.Name == "" {
		ps.Add("name", i18n.M("Nhập tên đơn vị hành chính."))
	}
	level, ok := b.levels[n.Level]
	if !ok {
		ps.Add("level", i18n.M("Cấp hành chính %q không có trong danh mục.", n.Level))
	}
	if k, found := b.kinds[n.Kind]; !found || k.Level != n.Level {
		ps.Add("kind", i18n.M("Loại đơn vị %q không thuộc cấp này.", n.Kind))
	}
	u := Unit{ID: UnitID(id.New()), Level: n.Level, Kind: n.Kind, Name: n.Name, ParentID: n.ParentID, ValidFrom: from, SourceAct: act, Confidence: orVerified(c)}
	if n.ParentID != "" {
		p, found := b.units[n.ParentID]
		switch {
		case !found:
			ps.Add("parent_id", i18n.M("Không tìm thấy đơn vị cấp trên."))
		case ok && b.levels[p.Level].Rank >= level.Rank:
			ps.Add("parent_id", i18n.M("%s không phải là đơn vị cấp trên của cấp này.", p.FullName()))
		case p.endedBy(from):
			ps.Add("parent_id", i18n.M("%s đã kết thúc từ ngày %s.", p.FullName(), p.ValidTo.Display()))
		default:
			u.Path = p.Path
		}
	}
	for scheme, code := range n.Codes {
		ps = append(ps, b.checkCode(scheme, code, from, "")...)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.Path += string(u.ID) + "/"
	b.index(&u)
	b.dirty.added = append(b.dirty.added, u.ID)
	for _, s := range b.schemes { // in their order, not in that of the map
		if code, given := n.Codes[s.Key]; given {
			b.addCode(Code{u.ID, s.Key, code, from, clock.Date{}})
		}
	}
	return &u, nil
}

func orVerified(c Confidence) Confidence {
	if c == "" {
		return Verified
	}
	return c
}

// checkCode reports what speaks against a code for a unit that begins on a date.
// The unit except may hold the code until then.
func (b *book) checkCode(scheme, code string, from clock.Date, except UnitID) fault.Problems {
	var ps fault.Problems
	if !slices.ContainsFunc(b.schemes, func(s Scheme) bool { return s.Key == scheme }) {
		ps.Add("codes."+scheme, i18n.M("Bộ mã %q không có trong danh mục.", scheme))
		return ps
	}
	if vntext.Clean(code) != code || code == "" {
		ps.Add("codes."+scheme, i18n.M("Mã %q không hợp lệ.", code))
		return ps
	}
	for _, other := range b.byCode[[2]string{scheme, code}] {
		for _, c := range b.codes[other] {
			if other != except && c.Scheme == scheme && c.Code == code && (c.ValidTo.IsZero() || c.ValidTo.After(from)) {
				ps.Add("codes."+scheme, i18n.M("Mã %s đang thuộc %s.", code, b.units[other].FullName()))
				return ps
			}
		}
	}
	return ps
}

func (b *book) addCode(c Code) {
	b.indexCode(c)
	b.dirty.codes = append(b.dirty.codes, c)
}

// ending returns a unit that can end on a date.
func (b *book) ending(field string, unit UnitID, on clock.Date) (*Unit, error) {
	u, ok := b.units[unit]
	switch {
	case !ok:
		return nil, fault.NewInvalid(field, i18n.M("Không tìm thấy đơn vị hành chính."))
	case on.IsZero():
		return nil, fault.NewInvalid("on", i18n.M("Nhập ngày có hiệu lực."))
	case !u.ValidTo.IsZero():
		return nil, fault.NewConflict(i18n.M("%s đã kết thúc từ ngày %s.", u.FullName(), u.ValidTo.Display()))
	case !u.ValidFrom.Before(on):
		return nil, fault.NewInvalid("on", i18n.M("%s chỉ bắt đầu từ ngày %s; ngày có hiệu lực phải sau ngày đó.", u.FullName(), u.ValidFrom.Display()))
	}
	return u, nil
}

// end closes a unit and its codes.
func (b *book) end(u *Unit, on clock.Date) {
	u.ValidTo = on
	b.touch(u.ID)
	for i := range b.codes[u.ID] {
		c := &b.codes[u.ID][i]
		if c.ValidTo.IsZero() {
			c.ValidTo = on
			b.dirty.endedCodes = append(b.dirty.endedCodes, *c)
		}
	}
}

func (b *book) link(s Successor) {
	s.Confidence = orVerified(s.Confidence)
	b.indexSuccessor(s)
	b.dirty.successors = append(b.dirty.successors, s)
}

// inherit fills what a new unit takes from the one it follows on a date.
func (b *book) inherit(n NewUnit, u *Unit, on clock.Date) NewUnit {
	if n.Level == "" {
		n.Level = u.Level
	}
	if n.Kind == "" {
		n.Kind = u.Kind
	}
	if n.ParentID == "" {
		n.ParentID = b.tree.ParentFrom(u, on)
	}
	return n
}

// merge applies a Merge and returns the unit that goes on.
func (b *book) merge(m Merge) (*Unit, error) {
	if len(m.From) == 0 {
		return nil, fault.NewInvalid("from", i18n.M("Chọn ít nhất một đơn vị để nhập."))
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
		if id == m.Into || slices.Contains(from, u) {
			return nil, fault.NewInvalid("from", i18n.M("%s được chọn hai lần.", u.FullName()))
		}
		from = append(from, u)
	}
	for _, u := range from { // before New is made, so that it may keep a code
		b.end(u, m.On)
	}
	into, err := b.receiver(m, from)
	if err != nil {
		return nil, err
	}
	for _, u := range from {
		b.link(Successor{u.ID, into.ID, Merged, m.On, m.SourceAct, true, m.Confidence})
	}
	return into, nil
}

func (b *book) receiver(m Merge, from []*Unit) (*Unit, error) {
	if m.New != nil {
		return b.add(b.inherit(*m.New, from[0], m.On), m.On, m.SourceAct, m.Confidence)
	}
	into, ok := b.units[m.Into]
	if !ok {
		return nil, fault.NewInvalid("into", i18n.M("Không tìm thấy đơn vị tiếp nhận."))
	}
	if !into.ValidOn(m.On) {
		return nil, fault.NewInvalid("into", i18n.M("%s không có hiệu lực vào ngày %s.", into.FullName(), m.On.Display()))
	}
	for _, u := range from {
		if into.Within(*u) {
			return nil, fault.NewInvalid("into", i18n.M("%s thuộc %s nên không thể kế thừa.", into.FullName(), u.FullName()))
		}
	}
	return into, nil
}

// split applies a Split and returns the new units.
func (b *book) split(s Split) ([]*Unit, error) {
	u, err := b.ending("from", s.From, s.On)
	if err != nil {
		return nil, err
	}
	if len(s.New) < 2 {
		return nil, fault.NewInvalid("new", i18n.M("Chia một đơn vị phải thành ít nhất hai đơn vị mới."))
	}
	if s.Heir < 0 || s.Heir >= len(s.New) {
		return nil, fault.NewInvalid("heir", i18n.M("Chọn đơn vị kế thừa trong các đơn vị mới."))
	}
	b.end(u, s.On)
	var parts []*Unit
	for i, n := range s.New {
		part, err := b.add(b.inherit(n, u, s.On), s.On, s.SourceAct, s.Confidence)
		if err != nil {
			return nil, err
		}
		b.link(Successor{u.ID, part.ID, Divided, s.On, s.SourceAct, i == s.Heir, s.Confidence})
		parts = append(parts, part)
	}
	return parts, nil
}

// rename applies a Rename and returns the unit under its new name.
func (b *book) rename(r Rename) (*Unit, error) {
	u, err := b.ending("unit", r.Unit, r.On)
	if err != nil {
		return nil, err
	}
	if r.Name == "" {
		r.Name = u.Name
	}
	if r.Kind == "" {
		r.Kind = u.Kind
	}
	r.Name = vntext.Clean(r.Name)
	if r.Name == u.Name && r.Kind == u.Kind {
		return nil, fault.NewInvalid("name", i18n.M("Tên và loại đơn vị không thay đổi."))
	}
	kept := map[string]string{}
	for _, c := range b.codes[u.ID] {
		if c.ValidTo.IsZero() {
			kept[c.Scheme] = c.Code
		}
	}
	b.end(u, r.On)
	n, err := b.add(b.inherit(NewUnit{Name: r.Name, Kind: r.Kind, Codes: kept}, u, r.On), r.On, r.SourceAct, r.Confidence)
	if err != nil {
		return nil, err
	}
	b.link(Successor{u.ID, n.ID, Renamed, r.On, r.SourceAct, true, r.Confidence})
	return n, nil
}

// abolish applies an Abolition.
func (b *book) abolish(a Abolition) (*Unit, error) {
	u, err := b.ending("unit", a.Unit, a.On)
	if err != nil {
		return nil, err
	}
	if u.ParentID == "" && len(b.list(Filter{Parent: u.ID, On: a.On})) > 0 {
		return nil, fault.NewConflict(i18n.M("%s còn các đơn vị trực thuộc và không có đơn vị cấp trên.", u.FullName()))
	}
	b.end(u, a.On)
	return u, nil
}

// settle brings the units that lay in ended ones under those that follow, step by step through their history, and
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
	b.tree.Settle(today)
	return ended
}

// recode gives a unit a code; the one it had in the scheme ends.
func (b *book) recode(u *Unit, scheme, code string, from clock.Date) error {
	if err := b.checkCode(scheme, code, from, u.ID).Err(); err != nil {
		return err
	}
	if from.IsZero() {
		return fault.NewInvalid("from", i18n.M("Nhập ngày có hiệu lực."))
	}
	if !u.ValidOn(from) {
		return fault.NewInvalid("from", i18n.M("%s không có hiệu lực vào ngày %s.", u.FullName(), from.Display()))
	}
	for i := range b.codes[u.ID] {
		c := &b.codes[u.ID][i]
		switch {
		case c.Scheme != scheme:
		case c.Code == code:
			return fault.NewConflict(i18n.M("%s đã có mã %s.", u.FullName(), code))
		case !c.ValidFrom.Before(from):
			return fault.NewInvalid("from", i18n.M("Mã %s có hiệu lực từ ngày %s; mã mới phải bắt đầu sau ngày đó.", c.Code, c.ValidFrom.Display()))
		case c.ValidTo.IsZero():
			c.ValidTo = from
			b.dirty.endedCodes = append(b.dirty.endedCodes, *c)
		}
	}
	b.addCode(Code{u.ID, scheme, code, from, clock.Date{}})
	return nil
}
