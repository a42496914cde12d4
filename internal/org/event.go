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
