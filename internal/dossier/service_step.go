package dossier

import (
	"context"
	"slices"
	"strings"
	"time"

	"lienthong/internal/calendar"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
)

// Claim makes the actor the one who works on a step. Of two who claim at the same
// time one gets it, the other is told who has it.
func (s *Service) Claim(ctx context.Context, d ID, stepID string) (*Dossier, error) {
	return s.act(ctx, d, ActClaim, func(w *work) error {
		st, err := w.step(stepID)
		if err != nil {
			return err
		}
		if st.State == StepClaimed && st.AssigneeID == w.who.ID {
			w.idle = true // pressed twice
			return nil
		}
		if err := w.hold(st); err != nil {
			return err
		}
		if w.d.Status == StatusAccepted && procedure.StepKind(st.Kind) != procedure.StepReceive {
			w.d.Status = StatusProcessing
		}
		return w.saveAndNote(st, ActClaim, "", detail{})
	})
}

// saveAndNote saves a step and writes a line that only officials read.
func (w *work) saveAndNote(st *Step, a Act, note string, x detail) error {
	if err := w.store.saveStep(w.ctx, w.tx, st); err != nil {
		return err
	}
	unit, err := w.unit(st.UnitID)
	if err != nil {
		return err
	}
	return w.note(a, unit, st, false, note, x)
}

// Release gives a claimed step back to the colleagues. Whoever may assign can release the steps of others.
func (s *Service) Release(ctx context.Context, d ID, stepID string) (*Dossier, error) {
	return s.act(ctx, d, ActRelease, func(w *work) error {
		st := w.stepByID(stepID)
		if st == nil || !w.who.Can(PermAssign, st.UnitPath) || !st.Open() { // whoever assigns need not do such steps
			var err error
			if st, err = w.step(stepID); err != nil {
				return err
			}
		}
		switch {
		case st.State != StepClaimed:
			w.idle = true // nobody has it
			return nil
		case st.AssigneeID != w.who.ID && !w.who.Can(PermAssign, st.UnitPath):
			return fault.NewForbidden(i18n.M("Bước này do %s nhận; chỉ người đó hoặc lãnh đạo trả lại được.", st.AssigneeName))
		}
		st.State, st.AssigneeID, st.AssigneeName, st.ClaimedAt = StepReady, "", "", nil
		return w.saveAndNote(st, ActRelease, "", detail{})
	})
}

// Colleague (đồng nghiệp) is somebody who can be given a step.
type Colleague struct {
	AccountID string
	Name      string
	Title     string
}

// Colleagues returns who can be given a step.
func (s *Service) Colleagues(ctx context.Context, st Step) ([]Colleague, error) {
	return s.Staff.Able(ctx, permissionOf(procedure.StepKind(st.Kind)), st.UnitPath)
}

// Assign gives a step to a colleague who may work on it.
func (s *Service) Assign(ctx context.Context, d ID, stepID, accountID, note string) (*Dossier, error) {
	return s.act(ctx, d, ActAssign, func(w *work) error {
		st := w.stepByID(stepID)
		switch {
		case st == nil:
			return fault.NewNotFound(i18n.M("Không tìm thấy bước xử lý này của hồ sơ."))
		case !w.who.Can(PermAssign, st.UnitPath):
			return fault.NewForbidden(i18n.M("Tài khoản này không có quyền giao việc tại %s.", st.UnitName))
		case !st.Open():
			return w.gone(st)
		}
		note, err := freeText("note", note)
		if err != nil {
			return err
		}
		able, err := s.Colleagues(ctx, *st)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(able, func(c Colleague) bool { return c.AccountID == accountID })
		if i < 0 {
			return fault.NewInvalid("to", i18n.M("Hãy chọn người được giao trong danh sách."))
		}
		now := w.now
		st.State, st.AssigneeID, st.AssigneeName, st.ClaimedAt = StepClaimed, able[i].AccountID, able[i].Name, &now
		return w.saveAndNote(st, ActAssign, note, detail{To: able[i].Name})
	})
}

// Onward is how an official passes a dossier on.
type Onward struct {
	StepID      string
	Choice      string // key of the next step where there is a choice
	Note        string // for the colleagues
	Results     []string
	UploadToken string
}

// Forward finishes a step and passes the dossier on; reaching the return step makes it done.
//
// Law: 61/2018/NĐ-CP Đ.19
func (s *Service) Forward(ctx context.Context, d ID, o Onward) (*Dossier, error) {
	return s.actAt(ctx, d, o.StepID, ActForward, func(w *work, st *Step) error {
		if procedure.StepKind(st.Kind) == procedure.StepApprove { // approving binds the agency
			if err := actor.Fresh(ctx); err != nil {
				return err
			}
		}
		if err := w.hold(st); err != nil {
			return err
		}
		note, err := freeText("note", o.Note)
		if err != nil {
			return err
		}
		if err := w.attach(AttachmentResult, "", o.Results, UploadHolder(o.UploadToken)); err != nil {
			return err
		}
		agency, err := w.unit(st.AgencyID)
		if err != nil {
			return err
		}
		at := *st
		started, err := w.finish(st, ActForward, o.Choice, note)
		if err != nil {
			return err
		}
		if err := w.note(ActForward, agency, &at, true, "", w.onward(agency, started)); err != nil {
			return err
		}
		return w.reach(started)
	})
}

// onward says in the history where a dossier went.
func (w *work) onward(from org.Unit, started []Step) detail {
	var x detail
	var names, units []string
	for _, st := range started {
		names = append(names, st.Name)
		if st.AgencyID == from.ID {
			continue
		}
		for _, p := range w.parts {
			if p.ID == st.PartID && !slices.Contains(units, p.UnitName) {
				units = append(units, p.UnitName)
				x.Number = p.Number
			}
		}
	}
	x.Next, x.To = strings.Join(names, "; "), strings.Join(units, ", ")
	return x
}

// Back sends a dossier back to the step before, to whoever did it.
func (s *Service) Back(ctx context.Context, d ID, stepID, reason string) (*Dossier, error) {
	return s.actAt(ctx, d, stepID, ActBack, func(w *work, st *Step) error {
		reason, err := required("reason", reason, i18n.M("Hãy ghi lý do trả lại để bước trước biết cần sửa gì."))
		if err != nil {
			return err
		}
		if err := w.hold(st); err != nil {
			return err
		}
		return w.back(st, reason)
	})
}

func (w *work) back(st *Step, reason string) error {
	before := w.stepByID(st.FromID)
	if before == nil {
		return fault.NewConflict(i18n.M("Đây là bước đầu tiên nên không có bước trước để trả lại."))
	}
	agency, err := w.unit(st.AgencyID)
	if err != nil {
		return err
	}
	w.close(st, StepSentBack, ActBack, reason)
	if err := w.store.saveStep(w.ctx, w.tx, st); err != nil {
		return err
	}
	w.d.FinishedAt = nil
	at, prev, origin := *st, *before, before.FromID
	if slices.ContainsFunc(w.steps, func(o Step) bool { return o.Open() && o.Key == prev.Key }) {
		return fault.NewConflict(i18n.M("Bước “%s” đang mở. Hãy tải lại trang.", prev.Name))
	}
	if err := w.start(prev.Key, w.stepByID(prev.ID)); err != nil {
		return err
	}
	again := &w.steps[len(w.steps)-1]
	again.FromID = origin // sent back once more, it goes to the step before that one
	again.State, again.AssigneeID, again.AssigneeName, again.ClaimedAt = StepClaimed, prev.AssigneeID, prev.AssigneeName, &w.now
	able, err := w.Colleagues(w.ctx, *again)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(able, func(c Colleague) bool { return c.AccountID == prev.AssigneeID }) { // gone meanwhile
		again.State, again.AssigneeID, again.AssigneeName, again.ClaimedAt = StepReady, "", "", nil
	}
	if err := w.store.reopenStep(w.ctx, w.tx, again); err != nil {
		return err
	}
	if err := w.closePart(at.PartID); err != nil {
		return err
	}
	return w.note(ActBack, agency, &at, true, reason, detail{To: again.UnitName, Next: again.Name})
}

// Extend moves the promised time once, with the reason that the applicant reads.
//
// Law: 61/2018/NĐ-CP Đ.19
func (s *Service) Extend(ctx context.Context, d ID, stepID, term, reason string) (*Dossier, error) {
	return s.act(ctx, d, ActExtend, func(w *work) error {
		st, err := w.step(stepID)
		if err != nil {
			return err
		}
		if w.d.Extended {
			return fault.NewConflict(i18n.M("Hồ sơ %s đã được hẹn lại một lần; mỗi hồ sơ chỉ được hẹn lại một lần.", w.d.Code))
		}
		if err := w.may(st, ActExtend); err != nil {
			return err
		}
		reason, err := required("reason", reason, i18n.M("Hãy ghi lý do hẹn lại để người nộp biết."))
		if err != nil {
			return err
		}
		t, err := calendar.ParseTerm(term)
		if err != nil || t.IsZero() {
			return fault.NewInvalid("term", i18n.M("Hãy ghi thời gian gia hạn, ví dụ “3 ngày làm việc”."))
		}
		if err := w.hold(st); err != nil {
			return err
		}
		return w.extend(st, t, reason)
	})
}

// extend moves the promised time, and with it the time of the step and of the agency that need more.
func (w *work) extend(st *Step, t calendar.Term, reason string) error {
	agency, err := w.unit(st.AgencyID)
	if err != nil {
		return err
	}
	old := *w.d.DueAt
	answer := w.cal.Extend(old, t)
	due := answer.At.UTC()
	if !due.After(old) {
		return fault.NewInvalid("term", i18n.M("Ngày hẹn mới phải sau ngày hẹn cũ."))
	}
	if !due.After(w.now) {
		return fault.NewInvalid("term", i18n.M("Ngày hẹn mới %s đã qua. Hãy gia hạn dài hơn.", display(due)))
	}
	w.d.DueAt, w.d.Extended = &due, true
	cal, err := w.Calendars.For(w.ctx, string(agency.ID))
	if err != nil {
		return err
	}
	later := func(at *time.Time) *time.Time {
		if at == nil {
			return nil
		}
		moved := cal.Extend(*at, t).At.UTC()
		return &moved
	}
	st.DueAt = later(st.DueAt)
	if err := w.store.saveStep(w.ctx, w.tx, st); err != nil {
		return err
	}
	for i := range w.parts {
		if p := &w.parts[i]; p.ID == st.PartID {
			p.DueAt = later(p.DueAt)
			if err := w.store.savePart(w.ctx, w.tx, p); err != nil {
				return err
			}
		}
	}
	return w.note(ActExtend, agency, st, true, reason, detail{OldDue: &old, NewDue: &due, Reasons: answer.Lines()})
}

// Oblige announces a financial obligation; the clock stops until it is met.
func (s *Service) Oblige(ctx context.Context, d ID, stepID, note string) (*Dossier, error) {
	return s.actAt(ctx, d, stepID, ActObligation, func(w *work, st *Step) error {
		note, err := required("note", note, i18n.M("Hãy ghi nghĩa vụ tài chính cần thực hiện: số tiền, nơi nộp."))
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
		w.pause(st)
		if err := w.store.saveStep(w.ctx, w.tx, st); err != nil {
			return err
		}
		return w.note(ActObligation, agency, st, true, note, detail{})
	})
}

// ObligationMet confirms that the applicant has paid; the clock runs again.
func (s *Service) ObligationMet(ctx context.Context, d ID, stepID, note string) (*Dossier, error) {
	return s.actAt(ctx, d, stepID, ActObligationMet, func(w *work, st *Step) error {
		note, err := freeText("note", note)
		if err != nil {
			return err
		}
		agency, err := w.unit(st.AgencyID)
		if err != nil {
			return err
		}
		old := w.d.DueAt
		answer, err := w.resume()
		if err != nil {
			return err
		}
		return w.note(ActObligationMet, agency, st, true, note, detail{OldDue: old, NewDue: w.d.DueAt, Reasons: answer.Lines()})
	})
}

// HandOver is how a result is given to the applicant.
type HandOver struct {
	StepID string
	To     string // who takes it; the owner when empty
	By     Channel
	Note   string
}

// Return hands the result over and closes the dossier.
//
// Law: 61/2018/NĐ-CP Đ.20
func (s *Service) Return(ctx context.Context, d ID, h HandOver) (*Dossier, error) {
	return s.actAt(ctx, d, h.StepID, ActReturn, func(w *work, st *Step) error {
		if h.By == "" {
			h.By = w.d.ReturnBy
		}
		if !h.By.Valid() {
			return fault.NewInvalid("by", i18n.M("Hãy chọn cách trả kết quả."))
		}
		if err := w.resultReady(h.By); err != nil {
			return err
		}
		var err error
		if h.Note, err = freeText("note", h.Note); err != nil {
			return err
		}
		if h.To = vntext.Clean(h.To); h.To == "" {
			h.To = w.d.Owner.Name()
		}
		if len([]rune(h.To)) > 200 {
			return fault.NewInvalid("to", i18n.M("Tên người nhận dài không quá 200 ký tự."))
		}
		if err := w.hold(st); err != nil {
			return err
		}
		return w.handOver(st, h)
	})
}

// resultReady holds that a result sent online is there as a file.
func (w *work) resultReady(by Channel) error {
	if by != ChannelOnline {
		return nil
	}
	as, err := w.store.attachments(w.ctx, w.tx, w.d.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(as, func(a Attachment) bool { return a.Kind == AttachmentResult }) {
		return nil
	}
	return fault.NewInvalid("results", i18n.M("Hãy đính kèm tệp kết quả trước khi trả kết quả trực tuyến."))
}

func (w *work) handOver(st *Step, h HandOver) error {
	agency, err := w.unit(st.AgencyID)
	if err != nil {
		return err
	}
	at := *st
	if _, err := w.finish(st, ActReturn, "", h.Note); err != nil {
		return err
	}
	now := w.now
	w.d.ReturnedAt, w.d.ReturnedTo, w.d.ReturnBy = &now, h.To, h.By
	return w.note(ActReturn, agency, &at, true, h.Note, detail{To: h.To})
}

// Finding is what an official found about one paper.
type Finding struct {
	PaperID   string
	Check     PaperCheck
	Note      string
	Provided  bool
	Originals int
	Copies    int
}

// CheckPapers records the findings about the papers of a dossier.
//
// Law: 61/2018/NĐ-CP Đ.17
func (s *Service) CheckPapers(ctx context.Context, d ID, stepID string, findings []Finding) (*Dossier, error) {
	return s.actAt(ctx, d, stepID, ActCheckPapers, func(w *work, st *Step) error {
		papers, err := w.store.papers(w.ctx, w.tx, w.d.ID)
		if err != nil {
			return err
		}
		for _, f := range findings {
			i := slices.IndexFunc(papers, func(p Paper) bool { return p.ID == f.PaperID })
			if i < 0 || !slices.Contains([]PaperCheck{CheckNone, CheckOK, CheckMissing, CheckWrong}, f.Check) ||
				f.Originals < 0 || f.Copies < 0 || f.Originals > 999 || f.Copies > 999 {
				return fault.NewInvalid("papers", i18n.M("Kết quả kiểm tra giấy tờ chưa đúng. Hãy tải lại trang rồi làm lại."))
			}
			p := papers[i]
			note, err := freeText("papers", f.Note)
			if err != nil {
				return err
			}
			p.Check, p.CheckNote, p.Provided, p.Originals, p.Copies = f.Check, note, f.Provided, f.Originals, f.Copies
			if err := w.store.savePaper(w.ctx, w.tx, p); err != nil {
				return err
			}
		}
		return w.saveAndNote(st, ActCheckPapers, "", detail{})
	})
}

// AddFiles adds results or working papers at a step.
func (s *Service) AddFiles(ctx context.Context, d ID, stepID string, kind AttachmentKind, files []string, token string) (*Dossier, error) {
	return s.act(ctx, d, ActAttach, func(w *work) error {
		st, err := w.step(stepID)
		if err != nil {
			return err
		}
		if kind != AttachmentResult && kind != AttachmentWork {
			return fault.NewInvalid("kind", i18n.M("Hãy chọn loại tệp: kết quả hoặc tài liệu làm việc."))
		}
		if len(files) == 0 {
			return fault.NewInvalid("files", i18n.M("Hãy chọn tệp cần thêm."))
		}
		if err := w.attach(kind, "", files, UploadHolder(token)); err != nil {
			return err
		}
		return w.saveAndNote(st, ActAttach, "", detail{})
	})
}

// CollectFees records fees paid at the counter, with their quantities.
func (s *Service) CollectFees(ctx context.Context, d ID, stepID string, paid []FilingFee) (*Dossier, error) {
	return s.actAt(ctx, d, stepID, ActCollectFee, func(w *work, st *Step) error {
		fees, err := w.store.fees(w.ctx, w.tx, w.d.ID)
		if err != nil {
			return err
		}
		n := 0
		for i := range fees {
			f := &fees[i]
			j := slices.IndexFunc(paid, func(p FilingFee) bool { return p.Key == f.Key && p.Paid })
			if j < 0 || f.PaidAt != nil {
				continue
			}
			switch q := paid[j].Quantity; {
			case q < 0 || q > maxQuantity:
				return fault.NewInvalid("fees."+f.Key, i18n.M("Số lượng từ 0 đến 10.000."))
			case q > 0:
				f.Quantity = q
			}
			now := w.now
			f.PaidAt, f.PaidTo = &now, w.who.Name
			n++
			if err := w.store.saveFee(w.ctx, w.tx, *f); err != nil {
				return err
			}
		}
		if n == 0 {
			return fault.NewInvalid("fees", i18n.M("Hãy chọn khoản phí, lệ phí chưa thu."))
		}
		agency, err := w.unit(st.AgencyID)
		if err != nil {
			return err
		}
		return w.note(ActCollectFee, agency, st, true, "", detail{})
	})
}
