package dossier

import (
	"context"
	"crypto/subtle"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
)

// owns reports whether the actor filed the dossier, or knows the secret of its receipt.
func owns(d *Dossier, who actor.Actor, secret string) bool {
	if who.Kind == actor.Person && d.AccountID != "" && who.ID == d.AccountID {
		return true
	}
	secret = CleanSecret(secret)
	return secret != "" && subtle.ConstantTimeCompare([]byte(secret), []byte(d.Secret)) == 1
}

// guess holds that nobody tries secrets without end, and counts a wrong one.
func (s *Service) guess(d *Dossier, who actor.Actor, secret string) error {
	if CleanSecret(secret) == "" || owns(d, who, "") {
		return nil
	}
	now := s.Clock.Now()
	if err := s.guesses.blocked(d.ID, now); err != nil {
		return err
	}
	if !owns(d, who, secret) {
		s.guesses.wrong(d.ID, now)
	}
	return nil
}

// mayActFor returns nil when the actor acts for the applicant: the owner, whoever
// holds the secret of the receipt, or the counter that received the dossier.
func (w *work) mayActFor(secret string) error {
	if err := w.guess(w.d, w.who, secret); err != nil {
		return err
	}
	if owns(w.d, w.who, secret) {
		return nil
	}
	receiver, err := w.unit(w.d.ReceiverID)
	if err != nil {
		return err
	}
	at, err := w.place(w.ctx, receiver, w.spec.Process.First())
	if err != nil {
		return err
	}
	if w.who.Can(PermAccept, at.Path) {
		return nil
	}
	if !w.who.SignedIn() {
		return fault.NewUnauthenticated(i18n.M("Hãy đăng nhập, hoặc nhập mã tra cứu in trên giấy tiếp nhận."))
	}
	return fault.NewForbidden(i18n.M("Chỉ người nộp hồ sơ mới thực hiện được việc này."))
}

// Withdraw ends a dossier at the wish of the applicant.
//
// Law: 61/2018/NĐ-CP Đ.6
func (s *Service) Withdraw(ctx context.Context, d ID, secret, reason string) (*Dossier, error) {
	return s.act(ctx, d, ActWithdraw, func(w *work) error {
		if err := w.mayActFor(secret); err != nil {
			return err
		}
		reason, err := required("reason", reason, i18n.M("Hãy ghi lý do rút hồ sơ."))
		if err != nil {
			return err
		}
		if err := w.note(ActWithdraw, org.Unit{}, nil, true, reason, detail{}); err != nil {
			return err
		}
		return w.end()
	}, func(w *work) error { return w.mayActFor(secret) })
}

// MoreAnswer (nội dung bổ sung) is the answer to a request for papers.
type MoreAnswer struct {
	Secret      string
	Note        string
	Papers      []FilingPaper // paper key, or a name, with the files or the mark that it was handed in
	UploadToken string
}

// Supplement takes the papers that were asked for; the clock runs again and
// every due date moves by the time it stood still.
//
// Law: 61/2018/NĐ-CP Đ.17
func (s *Service) Supplement(ctx context.Context, d ID, m MoreAnswer) (*Dossier, error) {
	return s.act(ctx, d, ActSupplement, func(w *work) error {
		if err := w.mayActFor(m.Secret); err != nil {
			return err
		}
		more := w.openSupplement()
		if more == nil {
			return fault.NewConflict(i18n.M("Hồ sơ không còn yêu cầu bổ sung nào chờ trả lời."))
		}
		if !w.now.Before(more.Deadline) {
			return fault.NewConflict(i18n.M("Đã quá thời hạn bổ sung (%s).", display(more.Deadline)))
		}
		var err error
		if m.Note, err = freeText("note", m.Note); err != nil {
			return err
		}
		given, err := w.addPapers(m)
		if err != nil {
			return err
		}
		if given == 0 && m.Note == "" {
			return fault.NewInvalid("papers", i18n.M("Hãy tải lên giấy tờ bổ sung hoặc ghi nội dung trả lời."))
		}
		more.AnsweredAt, more.Answer = &w.now, m.Note
		if err := w.store.saveSupplement(w.ctx, w.tx, more); err != nil {
			return err
		}
		old := w.d.DueAt
		answer, err := w.resume()
		if err != nil {
			return err
		}
		return w.note(ActSupplement, org.Unit{}, nil, true, m.Note, detail{OldDue: old, NewDue: w.d.DueAt, Reasons: answer.Lines()})
	}, func(w *work) error { return w.mayActFor(m.Secret) })
}

// addPapers attaches what was supplied: to the paper it belongs to, or as a new one.
func (w *work) addPapers(m MoreAnswer) (int, error) {
	papers, err := w.store.papers(w.ctx, w.tx, w.d.ID)
	if err != nil {
		return 0, err
	}
	given := 0
	for _, p := range m.Papers {
		if !p.Provided && len(p.Files) == 0 {
			continue
		}
		given++
		row, err := w.paperFor(&papers, p)
		if err != nil {
			return 0, err
		}
		if err := w.attach(AttachmentPaper, row, p.Files, UploadHolder(m.UploadToken)); err != nil {
			return 0, err
		}
	}
	return given, nil
}

// paperFor returns the id of the paper with the key, marked as handed in and to be
// checked anew; a paper with a name only is added.
func (w *work) paperFor(papers *[]Paper, p FilingPaper) (string, error) {
	for _, row := range *papers {
		if p.Key == "" || row.Key != p.Key {
			continue
		}
		row.Provided, row.Check, row.CheckNote = true, CheckNone, ""
		return row.ID, w.store.savePaper(w.ctx, w.tx, row)
	}
	name := vntext.Clean(p.Name)
	if name == "" || len([]rune(name)) > 300 {
		return "", fault.NewInvalid("papers", i18n.M("Hãy nhập tên giấy tờ bổ sung, không quá 300 ký tự."))
	}
	if len(*papers) >= 100 {
		return "", fault.NewInvalid("papers", i18n.M("Hồ sơ đã có 100 giấy tờ; hãy gộp các tệp vào giấy tờ đã có."))
	}
	row := newPaper(w.d.ID, len(*papers)+1, name)
	*papers = append(*papers, row)
	return row.ID, w.store.insertPapers(w.ctx, w.tx, row)
}

// Standing (tình trạng hồ sơ) is what the applicant sees: one line through all agencies.
type Standing struct {
	*Dossier
	Version  *procedure.Version
	Full     bool   // the reader may see everything; else only status, dates and units
	Receiver string // name of the agency it was filed with
	Stops    []Stop
	Events   []Event // public ones, newest first; nil unless Full
	Papers   []Paper
	Files    []Attachment // own papers and results
	Fees     []Fee
	Asked    *Supplement // request that waits for the applicant
	Can      []Act       // what the applicant can do now
}

// Stop (chặng) is one agency on the line of a dossier.
type Stop struct {
	Part
	Doing string // what is being done there now; empty when nothing
	Now   bool
}

// Track finds a dossier by its code or by a number one of its agencies gave it.
// Without the secret and a sign-in of the owner it tells status, dates and units only.
func (s *Service) Track(ctx context.Context, number, secret string) (*Standing, error) {
	number, ok := CleanCode(number)
	if !ok {
		return nil, fault.NewInvalid("code", i18n.M("Mã hồ sơ chưa đúng. Mã có dạng H21.15-261123-0007, in trên giấy tiếp nhận hồ sơ."))
	}
	d, err := s.store.byNumber(ctx, s.DB, number)
	if err != nil {
		return nil, notFound(err)
	}
	if err := s.guess(d, actor.From(ctx), secret); err != nil {
		return nil, err
	}
	full := owns(d, actor.From(ctx), secret)
	if secret != "" && !full {
		return nil, fault.NewInvalid("secret", i18n.M("Mã tra cứu không đúng. Mã gồm 6 ký tự in trên giấy tiếp nhận hồ sơ."))
	}
	return s.standing(ctx, d, full)
}

// Mine returns a dossier of the signed-in applicant.
func (s *Service) Mine(ctx context.Context, d ID) (*Standing, error) {
	x, err := s.store.byID(ctx, s.DB, d)
	if err != nil {
		return nil, notFound(err)
	}
	if !owns(x, actor.From(ctx), "") {
		return nil, notFound(errNotYours)
	}
	return s.standing(ctx, x, true)
}

func (s *Service) standing(ctx context.Context, d *Dossier, full bool) (*Standing, error) {
	if !full {
		d = d.withoutPeople()
	}
	st := &Standing{Dossier: d, Full: full}
	var err error
	if st.Version, err = s.Procedures.Version(ctx, d.VersionID); err != nil {
		return nil, err
	}
	receiver, err := s.Units.Unit(ctx, d.ReceiverID)
	if err != nil {
		return nil, err
	}
	st.Receiver = receiver.Name
	if st.Stops, err = s.stops(ctx, d); err != nil || !full {
		return st, err
	}
	return st, s.fill(ctx, st)
}

// withoutPeople returns what anybody may know of a dossier.
func (d *Dossier) withoutPeople() *Dossier {
	x := *d
	x.Owner, x.Submitter, x.Authorised = Applicant{}, Applicant{}, false
	x.Secret, x.AccountID, x.Form, x.ReturnAddress, x.ReturnedTo = "", "", "", "", ""
	return &x
}

func (s *Service) stops(ctx context.Context, d *Dossier) ([]Stop, error) {
	parts, err := s.store.parts(ctx, s.DB, d.ID)
	if err != nil {
		return nil, err
	}
	steps, err := s.store.steps(ctx, s.DB, d.ID)
	if err != nil {
		return nil, err
	}
	stops := make([]Stop, len(parts))
	for i, p := range parts {
		stops[i].Part = p
		for _, st := range steps {
			if st.PartID == p.ID && st.Open() {
				stops[i].Now, stops[i].Doing = true, st.PublicName
			}
		}
	}
	return stops, nil
}

// fill adds what only the applicant may see.
func (s *Service) fill(ctx context.Context, st *Standing) error {
	d := st.Dossier
	events, err := s.store.events(ctx, s.DB, d.ID)
	if err != nil {
		return err
	}
	for i := len(events) - 1; i >= 0; i-- {
		if events[i].Public {
			if events[i].Act == ActBack {
				events[i].Note = "" // between officials
			}
			st.Events = append(st.Events, events[i])
		}
	}
	if st.Papers, err = s.store.papers(ctx, s.DB, d.ID); err != nil {
		return err
	}
	if st.Fees, err = s.store.fees(ctx, s.DB, d.ID); err != nil {
		return err
	}
	files, err := s.store.attachments(ctx, s.DB, d.ID)
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.Kind == AttachmentPaper || f.Kind == AttachmentResult && (d.Status == StatusDone || d.Status == StatusReturned) {
			st.Files = append(st.Files, f)
		}
	}
	more, err := s.store.supplements(ctx, s.DB, d.ID)
	if err != nil {
		return err
	}
	for i := range more {
		if d.Status == StatusSupplement && more[i].Open(s.Clock.Now()) {
			st.Asked = &more[i]
		}
	}
	for _, a := range []Act{ActSupplement, ActWithdraw} {
		if d.Allows(a) && (a != ActSupplement || st.Asked != nil) {
			st.Can = append(st.Can, a)
		}
	}
	return nil
}
