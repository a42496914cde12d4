package place

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"lienthong/internal/kit/clock"
)

// UnitID (mã nội bộ của đơn vị hành chính) names one unit of territory for ever.
type UnitID string

// Scheme (bộ mã) is a system of official codes of units, such as the list of the
// statistics office. The scheme with the lowest Rank gives Unit.Code.
type Scheme struct {
	Key  string `db:"key"`
	Rank int64  `db:"rank"`
	Name string `db:"name"`
}

// Level (cấp hành chính) is a level of government. Which levels there are is
// data of the province; Rank 1 is the widest.
type Level struct {
	Key    string `db:"key"`
	Rank   int64  `db:"rank"`
	Name   string `db:"name"`
	NameEN string `db:"name_en"`
}

// Kind (loại đơn vị hành chính) is a kind of unit within a level: xã, phường, thị trấn.
type Kind struct {
	Key    string `db:"key"`
	Level  string `db:"level"`
	Rank   int64  `db:"rank"`
	Name   string `db:"name"`
	NameEN string `db:"name_en"`
}

// Confidence (độ tin cậy) says how well a fact about a unit is known.
type Confidence string

// The degrees. A fact made in the program by an official is Verified.
const (
	Verified  Confidence = "verified"  // in a source that was read
	Unchecked Confidence = "unchecked" // generally known, the act itself was not read
	Open      Confidence = "open"      // not known; left empty
)

// Unit (đơn vị hành chính) is a unit of territory as it was from ValidFrom until
// the day before ValidTo. A merged, split or renamed unit ends, and its
// successors are linked to it; so what was written under the old name stays right.
type Unit struct {
	ID         UnitID     `db:"id"`
	Level      string     `db:"level"`
	Kind       string     `db:"kind"`
	KindName   string     `db:"-"`
	Name       string     `db:"name"`      // without the kind: "Yên Đỗ"
	Code       string     `db:"-"`         // in the scheme of lowest rank
	ParentID   UnitID     `db:"parent_id"` // empty for the province
	Path       string     `db:"path"`      // "/id/id/", from the province down to the unit
	ValidFrom  clock.Date `db:"valid_from"`
	ValidTo    clock.Date `db:"valid_to"` // zero: still valid
	SourceAct  string     `db:"source_act"`
	Confidence Confidence `db:"confidence"`
	Announced  bool       `db:"announced"` // the event that the unit ended was sent
}

// FullName returns the name with the kind in front: "Phường Yên Đỗ".
func (u Unit) FullName() string {
	if u.KindName == "" {
		return u.Name
	}
	return u.KindName + " " + u.Name
}

// InText returns the full name as it stands within a sentence: "phường Yên Đỗ".
func (u Unit) InText() string {
	s := u.FullName()
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[size:]
}

// ValidOn reports whether the unit exists on a date.
func (u Unit) ValidOn(on clock.Date) bool { return on.Within(u.ValidFrom, u.ValidTo) }

// Within reports whether the unit is other or lies in it.
func (u Unit) Within(other Unit) bool { return strings.HasPrefix(u.Path, other.Path) }

// endedBy reports whether the unit is no more on a date.
func (u Unit) endedBy(on clock.Date) bool { return !u.ValidTo.IsZero() && !on.Before(u.ValidTo) }

// Code (mã đơn vị hành chính) is a unit's code in a scheme, with its validity.
type Code struct {
	UnitID    UnitID     `db:"unit_id"`
	Scheme    string     `db:"scheme"`
	Code      string     `db:"code"`
	ValidFrom clock.Date `db:"valid_from"`
	ValidTo   clock.Date `db:"valid_to"`
}

// SuccessorKind (cách kế thừa) says what happened to a unit.
type SuccessorKind string

// The kinds of succession.
const (
	Merged  SuccessorKind = "merge"  // nhập
	Divided SuccessorKind = "split"  // chia
	Renamed SuccessorKind = "rename" // đổi tên, đổi loại
)

// Successor (đơn vị kế thừa) links an ended unit to one that took its place. The
// heir takes over what cannot be divided, such as a dossier on its way.
type Successor struct {
	From       UnitID        `db:"from_id"`
	To         UnitID        `db:"to_id"`
	Kind       SuccessorKind `db:"kind"`
	On         clock.Date    `db:"on_date"`
	SourceAct  string        `db:"source_act"`
	Heir       bool          `db:"heir"`
	Confidence Confidence    `db:"confidence"`
}

// Leads returns the unit that the link leads to, and whether that is the heir.
func (s Successor) Leads() (to UnitID, heir bool) { return s.To, s.Heir }
