package place

import "lienthong/internal/kit/clock"

// Names of the events of this room.
const (
	EventUnitEnded = "place.unit_ended"
	EventUnitAdded = "place.unit_added"
)

// UnitEnded (đơn vị hành chính kết thúc) says that a unit is no more. It is sent
// on the day this takes effect, or at once when that day has passed.
type UnitEnded struct {
	UnitID     UnitID        `json:"unit_id"`
	On         clock.Date    `json:"on"`
	Kind       SuccessorKind `json:"kind,omitempty"` // empty: abolished
	Heir       UnitID        `json:"heir,omitempty"`
	Successors []UnitID      `json:"successors"`
}

// UnitAdded (đơn vị hành chính thành lập mới) says that a unit was entered, valid from a date on.
type UnitAdded struct {
	UnitID UnitID     `json:"unit_id"`
	From   clock.Date `json:"from"`
}

// EventKey keeps the events of one unit in order.
func (e UnitEnded) EventKey() string { return string(e.UnitID) }

// EventKey keeps the events of one unit in order.
func (e UnitAdded) EventKey() string { return string(e.UnitID) }

func (b *book) endedEvent(u *Unit) UnitEnded {
	e := UnitEnded{UnitID: u.ID, On: u.ValidTo, Successors: []UnitID{}}
	for _, s := range b.next[u.ID] {
		e.Kind = s.Kind
		e.Successors = append(e.Successors, s.To)
		if s.Heir {
			e.Heir = s.To
		}
	}
	return e
}
