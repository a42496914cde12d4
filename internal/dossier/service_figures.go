package dossier

import (
	"context"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
)

// Figures counts the dossiers of the whole province.
func (s *Service) Figures(ctx context.Context) (Figures, error) {
	today := clock.DateOf(s.Clock.Now())
	return s.store.figures(ctx, s.DB, today.At(0, 0), clock.NewDate(today.Year, today.Month, 1).At(0, 0))
}

// LastApplicant returns who filed last with an identity number at an agency that
// the actor receives dossiers for, so that a clerk need not type them again.
func (s *Service) LastApplicant(ctx context.Context, personalID string) (Applicant, bool, error) {
	a := Applicant{PersonalID: personalID}.Clean()
	if a.PersonalID == "" {
		return Applicant{}, false, nil
	}
	d, err := s.store.lastOf(ctx, s.DB, a.PersonalID, actor.From(ctx).Having(PermAccept))
	if noRows(err) {
		return Applicant{}, false, nil
	}
	if err != nil {
		return Applicant{}, false, err
	}
	return d.Owner, true, nil
}
