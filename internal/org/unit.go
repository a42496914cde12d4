package org

import (
	"strings"

	"lienthong/internal/kit/clock"
	"lienthong/internal/place"
)

// UnitID (mã nội bộ của đơn vị) names one agency or division for ever.
type UnitID string

// Kind (loại đơn vị) is a kind of agency or division. Which there are is data of the province.
type Kind struct {
	Key        string `db:"key"`
	Rank       int64  `db:"rank"`
	Name       string `db:"name"`
	NameEN     string `db:"name_en"`
	Agency     bool   `db:"agency"`     // units of this kind are agencies, unless they say otherwise
	Government bool   `db:"government"` // the authority that answers for a whole territory (Ủy ban nhân dân)
}

// Confidence (độ tin cậy) says how well a fact is known.
type Confidence string

// The degrees. What an official enters in the program is Verified.
const (
	Verified    Confidence = "verified"    // in a source that was read
	Provisional Confidence = "provisional" // a placeholder in the right form, to be replaced
)

// Unit (cơ quan, đơn vị) is an agency (cơ quan) or a division (phòng, bộ phận) of
// one, as it was from ValidFrom until the day before ValidTo. A merged, split or
// renamed unit ends, and its successors are linked to it.
type Unit struct {
	ID         UnitID       `db:"id"`
	Kind       string       `db:"kind"`
	KindName   string       `db:"-"`
	Name       string       `db:"name"`
	ShortName  string       `db:"short_name"`
	Slug       string       `db:"slug"` // stable name in files and addresses, unique at any time: "so-tu-phap", "so-tu-phap/reception"
	Key        string       `db:"key"`  // of a division within its agency: "reception", "justice"; empty for agencies
	Level      string       `db:"level"`
	PlaceID    place.UnitID `db:"place_id"`
	ParentID   UnitID       `db:"parent_id"`
	Path       string       `db:"path"` // "/id/id/", from the root down to the unit
	Rank       int64        `db:"rank"` // order among its siblings
	IsAgency   bool         `db:"is_agency"`
	ValidFrom  clock.Date   `db:"valid_from"`
	ValidTo    clock.Date   `db:"valid_to"` // zero: still valid
	SourceAct  string       `db:"source_act"`
	Confidence Confidence   `db:"confidence"`
	Phone      string       `db:"phone"`
	Email      string       `db:"email"`
	Address    string       `db:"address"`
	Template   string       `db:"template"`  // rule it was made by, empty when it was entered
	Announced  bool         `db:"announced"` // the event that the unit ended was sent
}

// ValidOn reports whether the unit exists on a date.
func (u Unit) ValidOn(on clock.Date) bool { return on.Within(u.ValidFrom, u.ValidTo) }

// Within reports whether the unit is other or lies in it.
func (u Unit) Within(other Unit) bool { return strings.HasPrefix(u.Path, other.Path) }

// endedBy reports whether the unit is no more on a date.
func (u Unit) endedBy(on clock.Date) bool { return !u.ValidTo.IsZero() && !on.Before(u.ValidTo) }

// SuccessorKind (cách kế thừa) says what happened to a unit.
type SuccessorKind string

// The kinds of succession.
const (
	Merged   SuccessorKind = "merge"    // nhập
	Divided  SuccessorKind = "split"    // chia
	Renamed  SuccessorKind = "rename"   // đổi tên
	Replaced SuccessorKind = "transfer" // giải thể, giao việc cho đơn vị khác
)

// Successor (đơn vị kế thừa) links an ended unit to one that took its place. The
// heir takes over what cannot be divided: work on its way, registers, duties.
type Successor struct {
	From      UnitID        `db:"from_id"`
	To        UnitID        `db:"to_id"`
	Kind      SuccessorKind `db:"kind"`
	On        clock.Date    `db:"on_date"`
	SourceAct string        `db:"source_act"`
	Heir      bool          `db:"heir"`
}

// Move (chuyển đơn vị về cơ quan khác) says that a unit with all below it belongs to another one from a date on.
type Move struct {
	Unit      UnitID     `db:"unit_id"`
	Parent    UnitID     `db:"parent_id"`
	On        clock.Date `db:"on_date"`
	SourceAct string     `db:"source_act"`
	Done      bool       `db:"done"` // its day has come
}

// Leads returns the unit that the link leads to, and whether that is the heir.
func (s Successor) Leads() (to UnitID, heir bool) { return s.To, s.Heir }
