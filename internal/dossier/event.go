package dossier

import (
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/org"
)

// Happened (sự kiện của hồ sơ) is what other rooms are told after an act. It names the dossier but holds nothing personal.
type Happened struct {
	ID            ID         `json:"id"`
	Code          string     `json:"code"`
	Act           Act        `json:"act"`
	Status        Status     `json:"status"`
	At            time.Time  `json:"at"`
	ReceiverID    org.UnitID `json:"receiver_id"`
	ProcedureCode string     `json:"procedure_code"`
}

// display returns a moment as people read it, "23/11/2026 14:05", in the local zone.
func display(t time.Time) string { return t.In(clock.Local).Format("02/01/2006 15:04") }

// EventKey makes the events of one dossier reach their subscribers in order.
func (h Happened) EventKey() string { return string(h.ID) }
