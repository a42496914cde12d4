package dossier

import (
	"context"
	"slices"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/i18n"
)

// CheckDraft returns everything SendDraft would find wrong with a draft, as one
// Invalid fault with the fields of the filing; nil when it can be sent. It files
// nothing and needs no sign-in.
func (s *Service) CheckDraft(ctx context.Context, d *Draft) error {
	f := d.Filing
	f.Papers = slices.Clone(f.Papers)
	f.clean()
	day := clock.DateOf(s.Clock.Now())
	v, err := s.Procedures.Current(ctx, f.ProcedureCode, day)
	if err != nil {
		return err
	}
	var ps fault.Problems
	_, err = s.receiver(ctx, v, f.ReceiverID)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		err = fault.NewInvalid("receiver", i18n.M("Hãy chọn cơ quan tiếp nhận hồ sơ."))
	}
	if err := ps.Merge("", err); err != nil {
		return err
	}
	lists, err := s.Procedures.FormLists(ctx, v, day)
	if err != nil {
		return err
	}
	if err := ps.Merge("", f.validate(v.Spec, form.Rules{On: day, Lists: lists, Lang: i18n.Lang(ctx)})); err != nil {
		return err
	}
	return ps.Err()
}

// draftKey is the request key under which a draft is filed once.
func draftKey(resumeCode string) string { return "draft:" + CleanSecret(resumeCode) }

// sent returns the dossier that a draft of the actor has become; nil when there is none.
func (s *Service) sent(ctx context.Context, resumeCode string) (*Dossier, error) {
	d, err := s.filed(ctx, draftKey(resumeCode))
	if err != nil || d == nil || !owns(d, actor.From(ctx), "") {
		return nil, err
	}
	return d, nil
}
