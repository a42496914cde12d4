package dossier

import (
	"time"

	"lienthong/internal/kit/web"
)

// API adds the room's operations, /api/v1/dossier/….
func (s *Service) API(a *web.API) {
	s.apiFile(a)
	s.apiUploads(a)
	s.apiRead(a)
	s.apiLists(a)
	s.apiStreams(a)
	s.apiActs(a)
	s.apiDrafts(a)
}

// DossierBody is a dossier in answers of the API.
type DossierBody struct {
	ID            string     `json:"id"`
	Code          string     `json:"code" doc:"Mã hồ sơ"`
	Secret        string     `json:"secret,omitempty" doc:"Mã tra cứu; only for the applicant and the counter"`
	Procedure     string     `json:"procedure" doc:"National code of the procedure"`
	ProcedureName string     `json:"procedure_name"`
	Case          string     `json:"case,omitempty"`
	Channel       Channel    `json:"channel"`
	Status        Status     `json:"status" doc:"National status, 1 to 10"`
	StatusName    string     `json:"status_name"`
	Receiver      string     `json:"receiver" doc:"Unit id"`
	OwnerName     string     `json:"owner_name,omitempty"`
	FiledAt       time.Time  `json:"filed_at"`
	AcceptedAt    *time.Time `json:"accepted_at,omitempty"`
	DueAt         *time.Time `json:"due_at,omitempty"`
	PausedAt      *time.Time `json:"paused_at,omitempty"`
	FinishedAt    *time.Time `json:"finished_at,omitempty"`
	ReturnedAt    *time.Time `json:"returned_at,omitempty"`
	Late          bool       `json:"late"`
}

func (s *Service) body(d *Dossier, secret bool) DossierBody {
	b := bodyAt(d, s.Clock.Now())
	if secret {
		b.Secret = d.Secret
	}
	return b
}

func bodyAt(d *Dossier, now time.Time) DossierBody {
	return DossierBody{ID: string(d.ID), Code: d.Code, Procedure: d.ProcedureCode, ProcedureName: d.ProcedureName, Case: d.CaseKey,
		Channel: d.Channel, Status: d.Status, StatusName: d.Status.Name().String(), Receiver: string(d.ReceiverID),
		OwnerName: d.Owner.Name(), FiledAt: d.FiledAt, AcceptedAt: d.AcceptedAt, DueAt: d.DueAt, PausedAt: d.PausedAt,
		FinishedAt: d.FinishedAt, ReturnedAt: d.ReturnedAt, Late: d.Late(now)}
}

// DossierOut is an answer that holds one dossier.
type DossierOut struct{ Body DossierBody }
