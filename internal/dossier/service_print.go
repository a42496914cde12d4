package dossier

import (
	"context"
	"io"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// ReceiptPDF writes the receipt of an accepted dossier (Mẫu số 01) for its
// applicant or for an official of one of its agencies.
//
// Law: 01/2018/TT-VPCP
func (s *Service) ReceiptPDF(ctx context.Context, w io.Writer, d ID) error {
	x, err := s.store.byID(ctx, s.DB, d)
	if err != nil {
		return notFound(err)
	}
	v := &View{Dossier: x}
	if err := s.lookUp(ctx, v); err != nil {
		return err
	}
	if who := actor.From(ctx); !owns(x, who, "") {
		if err := s.mayRead(ctx, who, v.Parts, v.Steps); err != nil {
			return err
		}
	}
	return s.print(ctx, w, v)
}

// TrackedReceiptPDF is ReceiptPDF for whoever knows the secret.
func (s *Service) TrackedReceiptPDF(ctx context.Context, w io.Writer, number, secret string) error {
	st, err := s.Track(ctx, number, secret)
	if err != nil {
		return err
	}
	if !st.Full {
		return fault.NewUnauthenticated(i18n.M("Hãy đăng nhập, hoặc nhập mã tra cứu in trên giấy tiếp nhận."))
	}
	v := &View{Dossier: st.Dossier}
	if err := s.lookUp(ctx, v); err != nil {
		return err
	}
	return s.print(ctx, w, v)
}

func (s *Service) print(ctx context.Context, w io.Writer, v *View) error {
	if v.AcceptedAt == nil {
		return fault.NewConflict(i18n.M("Hồ sơ %s chưa được tiếp nhận nên chưa có giấy tiếp nhận. Cơ quan sẽ kiểm tra và trả lời trong giờ làm việc.", v.Code))
	}
	version, err := s.Procedures.Version(ctx, v.VersionID)
	if err != nil {
		return err
	}
	term, err := version.Spec.ResolveTerm(string(v.Channel), v.CaseKey)
	if err != nil {
		return err
	}
	agency, err := s.Units.Unit(ctx, v.ReceiverID)
	if err != nil {
		return err
	}
	r := receipt{d: v.Dossier, agency: agency.Name, town: s.Town(ctx, agency), papers: v.Papers, fees: v.Fees, term: term.String(), track: trackAddress(s.BaseURL, v.Dossier)}
	for _, p := range v.Parts {
		if p.Position == 1 {
			r.agency = p.UnitName // as it was called when it accepted
		}
	}
	for _, e := range v.Events {
		if e.Act == ActAccept {
			r.accepter = e.ActorName
		}
	}
	return r.write(w)
}
