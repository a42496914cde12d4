package dossier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"lienthong/internal/calendar"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/org"
)

// Accept takes a filed dossier on: the clock starts and the promised time is fixed.
//
// Law: 61/2018/NĐ-CP Đ.17
func (s *Service) Accept(ctx context.Context, d ID, stepID, note string) (*Dossier, error) {
	return s.actAt(ctx, d, stepID, ActAccept, func(w *work, st *Step) error {
		if err := w.hold(st); err != nil {
			return err
		}
		note, err := freeText("note", note)
		if err != nil {
			return err
		}
		return w.accept(st, note)
	})
}

// accept fixes the due date and passes the dossier on. The status is set by the caller.
func (w *work) accept(st *Step, note string) error {
	term, err := w.spec.ResolveTerm(string(w.d.Channel), w.d.CaseKey)
	if err != nil {
		return err
	}
	answer := w.cal.Due(w.now, term, calendar.Opts{Reception: true})
	now, due := w.now, answer.At.UTC()
	w.d.AcceptedAt, w.d.DueAt = &now, &due
	agency, err := w.unit(st.AgencyID)
	if err != nil {
		return err
	}
	if err := w.beginPart(st.PartID, agency, st.Key); err != nil {
		return err
	}
	reasons := append([]string{"Thời hạn giải quyết: " + term.String()}, answer.Lines()...)
	if err := w.note(ActAccept, agency, st, true, note, detail{NewDue: &due, Reasons: reasons}); err != nil {
		return err
	}
	started, err := w.finish(st, ActAccept, "", note)
	if err != nil {
		return err
	}
	return w.reach(started)
}

// beginPart counts the term of the agency that accepted from now, as the promised time is.
func (w *work) beginPart(partID string, agency org.Unit, key string) error {
	for i := range w.parts {
		p := &w.parts[i]
		if p.ID != partID {
			continue
		}
		var err error
		if p.DueAt, err = w.partDue(agency, key, true); err != nil {
			return err
		}
		return w.store.savePart(w.ctx, w.tx, p)
	}
	return nil
}

// Refuse declines a filed dossier with the reason the applicant reads (Mẫu 03).
//
// Law: 61/2018/NĐ-CP Đ.17
func (s *Service) Refuse(ctx context.Context, d ID, stepID, reason string) (*Dossier, error) {
	return s.actAt(ctx, d, stepID, ActRefuse, func(w *work, st *Step) error {
		return w.endWith(ActRefuse, st, reason, i18n.M("Hãy ghi lý do không tiếp nhận để người nộp biết."))
	})
}

// Stop ends a dossier in work with the reason the applicant reads.
func (s *Service) Stop(ctx context.Context, d ID, stepID, reason string) (*Dossier, error) {
	return s.actAt(ctx, d, stepID, ActStop, func(w *work, st *Step) error {
		return w.endWith(ActStop, st, reason, i18n.M("Hãy ghi lý do dừng xử lý để người nộp biết."))
	})
}

func (w *work) endWith(a Act, st *Step, reason string, missing i18n.Msg) error {
	reason, err := required("reason", reason, missing)
	if err != nil {
		return err
	}
	if err := w.hold(st); err != nil {
		return err
	}
	agency, err := w.unit(st.AgencyID)
	if err != nil {
		return err
	}
	if err := w.unpause(); err != nil {
		return err
	}
	w.close(st, StepDone, a, reason)
	if err := w.store.saveStep(w.ctx, w.tx, st); err != nil {
		return err
	}
	if err := w.closePart(st.PartID); err != nil {
		return err
	}
	if err := w.note(a, agency, st, true, reason, detail{}); err != nil {
		return err
	}
	return w.end()
}

// maxNote bounds what officials and applicants write, in characters.
const maxNote = 4000

// required returns a cleaned text that must not be empty.
func required(field, text string, missing i18n.Msg) (string, error) {
	text, err := freeText(field, text)
	if err == nil && text == "" {
		err = fault.NewInvalid(field, missing)
	}
	return text, err
}

// freeText returns a cleaned text that may be empty.
func freeText(field, text string) (string, error) {
	text = strings.TrimSpace(vntext.NFC(text))
	if len([]rune(text)) > maxNote {
		return "", fault.NewInvalid(field, i18n.M("Nội dung dài không quá %d ký tự.", maxNote))
	}
	return text, nil
}

// MoreRequest (phiếu yêu cầu bổ sung) is a request for more papers (Mẫu 02).
type MoreRequest struct {
	StepID string
	Items  []string // what is to be supplied or corrected, one line each
	Reason string
	Days   int // working days to answer; 0 = the usual number
}

// RequestMore asks the applicant to supplement; the clock stops until they do.
//
// Law: 61/2018/NĐ-CP Đ.17
func (s *Service) RequestMore(ctx context.Context, d ID, m MoreRequest) (*Dossier, error) {
	return s.actAt(ctx, d, m.StepID, ActRequestMore, func(w *work, st *Step) error {
		if err := m.clean(s.Config.SupplementDays); err != nil {
			return err
		}
		if err := w.hold(st); err != nil {
			return err
		}
		if err := w.store.saveStep(w.ctx, w.tx, st); err != nil {
			return err
		}
		return w.askMore(st, m)
	})
}

func (m *MoreRequest) clean(days int) error {
	var ps fault.Problems
	var items []string
	for _, it := range m.Items {
		if it = vntext.Clean(it); it != "" {
			items = append(items, it)
		}
	}
	m.Items = items
	m.Reason = strings.TrimSpace(vntext.NFC(m.Reason))
	if len(items) == 0 {
		ps.Add("items", i18n.M("Hãy ghi từng giấy tờ hoặc nội dung cần bổ sung."))
	}
	if len(items) > 50 || len([]rune(strings.Join(items, ""))) > maxNote || len([]rune(m.Reason)) > maxNote {
		ps.Add("items", i18n.M("Phiếu yêu cầu bổ sung gồm tối đa 50 mục, %d ký tự.", maxNote))
	}
	if m.Reason == "" {
		ps.Add("reason", i18n.M("Hãy ghi lý do phải bổ sung."))
	}
	if m.Days == 0 {
		m.Days = days
	}
	if m.Days < 1 || m.Days > 180 {
		ps.Add("days", i18n.M("Thời hạn bổ sung từ 1 đến 180 ngày làm việc."))
	}
	return ps.Err()
}

func (w *work) askMore(st *Step, m MoreRequest) error {
	agency, err := w.unit(st.AgencyID)
	if err != nil {
		return err
	}
	items, err := json.Marshal(m.Items)
	if err != nil {
		return err
	}
	deadline := w.cal.DueAt(clock.DateOf(w.now).At(23, 59), calendar.WorkDays(int64(m.Days)), calendar.Opts{}).UTC()
	w.d.Supplements++
	w.pause(st)
	more := Supplement{ID: id.New(), DossierID: w.d.ID, StepID: st.ID, Number: w.d.Supplements, Items: string(items),
		Reason: m.Reason, AskedAt: w.now, AskedBy: w.who.Name, AskedUnit: agency.Name, Deadline: deadline}
	if err := w.store.insertSupplement(w.ctx, w.tx, &more); err != nil {
		return err
	}
	return w.note(ActRequestMore, agency, st, true, m.Reason, detail{Items: m.Items, Deadline: &deadline})
}

// openSupplement returns the request that waits for an answer.
func (w *work) openSupplement() *Supplement {
	i := slices.IndexFunc(w.supplements, func(s Supplement) bool { return s.AnsweredAt == nil && s.ExpiredAt == nil })
	if i < 0 {
		return nil
	}
	return &w.supplements[i]
}

// ExpireSupplements stops the dossiers whose applicants let the time to
// supplement pass. It is run by a timer and returns how many it stopped.
func (s *Service) ExpireSupplements(ctx context.Context) (int, error) {
	now := s.Clock.Now()
	ids, err := s.store.expired(ctx, s.DB, now, 200)
	if err != nil {
		return 0, err
	}
	n, errs := 0, []error(nil)
	for _, d := range ids {
		_, err := s.act(ctx, d, ActExpire, func(w *work) error { return w.expire(now) })
		switch {
		case err == nil:
			n++
		case fault.KindOf(err) != fault.Conflict: // one dossier in trouble must not hold up the others
			errs = append(errs, fmt.Errorf("expire the supplement of dossier %s: %w", d, err))
		}
	}
	return n, errors.Join(errs...)
}

func (w *work) expire(now time.Time) error {
	more := w.openSupplement()
	if more == nil || !more.Deadline.Before(now) {
		return fault.NewConflict(i18n.M("Hồ sơ không còn chờ bổ sung."))
	}
	if w.d.AcceptedAt == nil { // it never was accepted, so there is nothing to stop
		w.d.Status = StatusRefused
	}
	more.ExpiredAt = &now
	if err := w.store.saveSupplement(w.ctx, w.tx, more); err != nil {
		return err
	}
	agency, err := w.unit(w.d.ReceiverID)
	if err != nil {
		return err
	}
	if err := w.note(ActExpire, agency, nil, true, "", detail{}); err != nil {
		return err
	}
	return w.end()
}
