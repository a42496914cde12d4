package org

import "lienthong/internal/kit/clock"

// EventUnitEnded is the name of the event UnitEnded.
const EventUnitEnded = "org.unit_ended"

// UnitEnded (đơn vị kết thúc hoạt động) says that an agency or division is no
// more. It is sent on the day this takes effect, or at once when that day has
// passed; an agency's divisions each have their own.
type UnitEnded struct {
	UnitID UnitID        `json:"unit_id"`
	On     clock.Date    `json:"on"`
	Kind   SuccessorKind `json:"kind,omitempty"` // empty: ended without a successor
	Heir   UnitID        `json:"heir,omitempty"` // takes over what is under way
	Heirs  []UnitID      `json:"heirs"`          // all successors
}

// EventKey keeps the events of one unit in order.
func (e UnitEnded) EventKey() string { return string(e.UnitID) }

// EventUnitMoved is the name of the event UnitMoved.
const EventUnitMoved = "org.unit_moved"

// UnitMoved (đơn vị chuyển về cơ quan khác) says that a unit with all below it belongs to another one. It is sent on
// the day this takes effect, or at once when that day has passed.
type UnitMoved struct {
	UnitID  UnitID     `json:"unit_id"`
	On      clock.Date `json:"on"`
	From    UnitID     `json:"from"`     // to which it belonged
	OldPath string     `json:"old_path"` // of the unit, as other rooms may have kept it
}

// EventKey keeps the events of one unit in order.
func (e UnitMoved) EventKey() string { return string(e.UnitID) }

func (b *book) endedEvent(u *Unit) UnitEnded {
	e := UnitEnded{UnitID: u.ID, On: u.ValidTo, Heirs: []UnitID{}}
	for _, s := range b.next[u.ID] {
		e.Kind = s.Kind
		e.Heirs = append(e.Heirs, s.To)
		if s.Heir {
			e.Heir = s.To
		}
	}
	return e
}
