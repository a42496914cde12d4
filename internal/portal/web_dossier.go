package portal

import (
	"bytes"
	"context"
	"net/http"
	"slices"

	"lienthong/internal/calendar"
	"lienthong/internal/dossier"
	"lienthong/internal/file"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/money"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

// opened is a dossier as its reader may see it.
type opened struct {
	*dossier.Standing
	base   string // address of its page
	secret string // of the receipt, when the reader came with it
	own    bool   // of the account that is signed in
}

// opening finds the dossier of a request.
type opening func(w http.ResponseWriter, r *http.Request) (*opened, error)

// ownDossier opens a dossier of the account that is signed in.
func (m *Room) ownDossier(_ http.ResponseWriter, r *http.Request) (*opened, error) {
	st, err := m.Dossiers.Mine(r.Context(), dossier.ID(r.PathValue("id")))
	if err != nil {
		return nil, err
	}
	return &opened{Standing: st, base: "/ho-so-cua-toi/" + string(st.ID), own: true}, nil
}

type dossierView struct {
	Code, Secret, Procedure, Owner, Receiver, Filed, Title string
	Base                                                   string
	Full, Own, New, Receipt                                bool
	Status                                                 design.Status
	Due                                                    *design.Due
	Sentences                                              []string // what happens now, what to do
	Line                                                   []design.Moment
	Reasons                                                []string // why it is due then
	Results, Files                                         []design.FileItem
	Fees                                                   []feeRow
	Numbers                                                []design.Fact // numbers the agencies gave
	MaySupplement, MayWithdraw                             bool
	Reason                                                 design.Field
	Problems                                               []design.Problem
	Asked                                                  []string
	Late                                                   bool
	Slowed                                                 string // why a look-up with the secret was not possible
}

func (m *Room) showDossier(open opening) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		o, err := open(w, r)
		if err != nil {
			return err
		}
		return m.renderDossier(w, r, http.StatusOK, o, "")
	}
}

func (m *Room) renderDossier(w http.ResponseWriter, r *http.Request, status int, o *opened, problem string) error {
	v, err := m.dossierView(r.Context(), o)
	if err != nil {
		return err
	}
	if problem != "" {
		v.Problems = []design.Problem{{Field: "reason", Text: problem}}
		v.Reason.Error = problem
	}
	if o.secret != "" {
		w.Header().Set("Cache-Control", "no-store")
	}
	return m.pages.Render(w, r, status, "dossier.html", "public", web.View{Title: v.Title, Data: v})
}

func (m *Room) dossierView(ctx context.Context, o *opened) (*dossierView, error) {
	v := &dossierView{Code: o.Code, Procedure: o.Version.Title(i18n.Lang(ctx)), Receiver: o.Receiver, Filed: web.DateTime(o.FiledAt), Base: o.base,
		Full: o.Full, Own: o.own, New: o.Dossier.Status == dossier.StatusNew, Receipt: o.Full && m.Receipts != nil && o.Dossier.AcceptedAt != nil, Status: m.status(ctx, o.Dossier.Status), Late: o.Late(m.Clock.Now())}
	v.Title = m.say(ctx, i18n.M("Hồ sơ %s", o.Code))
	var err error
	if v.Due, err = m.due(ctx, timing{o.Dossier.Status, o.DueAt, o.PausedAt, o.FinishedAt, string(o.HandlerID)}); err != nil {
		return nil, err
	}
	if v.Sentences, err = m.sentences(ctx, o); err != nil {
		return nil, err
	}
	m.line(ctx, v, o)
	if !o.Full {
		return v, nil
	}
	v.Secret, v.Owner = o.Secret, o.Owner.Name()
	v.MaySupplement, v.MayWithdraw = slices.Contains(o.Can, dossier.ActSupplement), slices.Contains(o.Can, dossier.ActWithdraw)
	v.Reason = design.Field{Name: "reason", Type: "textarea", Rows: 2, MaxLength: 4000, Required: true, Label: m.say(ctx, i18n.M("Lý do rút hồ sơ"))}
	for i := range o.Events {
		if reasons := o.Events[i].Reasons(); len(reasons) > 0 && o.Events[i].NewDue() != nil {
			v.Reasons = reasons
			break
		}
	}
	if o.Asked != nil {
		v.Asked = askedItems(o.Asked)
	}
	m.ownFiles(ctx, v, o)
	for _, f := range o.Fees {
		note := m.say(ctx, i18n.M("Chưa nộp tiền"))
		if f.PaidAt != nil {
			note = m.say(ctx, i18n.M("Đã nộp %s", web.Date(f.PaidAt)))
		}
		total := money.VND(f.Total()).String()
		if f.Total() == 0 {
			total, note = m.say(ctx, i18n.M("Không thu")), ""
		}
		v.Fees = append(v.Fees, feeRow{Name: f.Name, Total: total, Note: note})
	}
	for _, s := range o.Stops {
		if s.Number != "" && s.Number != o.Code {
			v.Numbers = append(v.Numbers, design.Fact{Label: s.UnitName, Value: s.Number})
		}
	}
	return v, nil
}

func (m *Room) ownFiles(ctx context.Context, v *dossierView, o *opened) {
	papers := map[string]string{}
	for _, p := range o.Papers {
		papers[p.ID] = p.Name
	}
	for _, f := range o.Files {
		item := design.FileItem{Name: f.Name, Href: o.base + "/tep/" + f.ID, Size: web.Size(f.Size), Note: papers[f.PaperID]}
		if f.Kind == dossier.AttachmentResult {
			item.Note = m.say(ctx, i18n.M("kết quả, %s", web.DateTime(f.AddedAt)))
			v.Results = append(v.Results, item)
		} else {
			v.Files = append(v.Files, item)
		}
	}
}

// sentences say what happens now, with real dates, and what there is to do.
func (m *Room) sentences(ctx context.Context, o *opened) ([]string, error) {
	var list []string
	say := func(msg i18n.Msg) { list = append(list, m.say(ctx, msg)) }
	nothing := i18n.M("Ông/bà không phải làm gì lúc này.")
	switch o.Dossier.Status {
	case dossier.StatusNew:
		answer, err := m.answerBy(ctx, o)
		if err != nil {
			return nil, err
		}
		say(i18n.M("Đã nhận hồ sơ %s. %s sẽ kiểm tra và trả lời trước %s.", o.Code, o.Receiver, answer))
		if t, ok := o.Version.Spec.TermFor(string(o.Channel), o.CaseKey); ok {
			say(i18n.M("Khi hồ sơ đủ giấy tờ, kết quả có sau %s kể từ lúc tiếp nhận.", m.term(ctx, t.Term)))
		}
		if o.Full && o.Owner.Phone != "" {
			say(i18n.M("Cơ quan liên hệ qua số %s khi cần.", hidden(o.Owner.Phone)))
		}
	case dossier.StatusAccepted, dossier.StatusProcessing:
		if o.DueAt != nil {
			say(i18n.M("Hẹn trả kết quả trước %s.", web.DateTime(o.DueAt)))
		}
		if o.Late(m.Clock.Now()) {
			say(i18n.M("Hồ sơ đã quá hạn. Xin lỗi ông/bà; cơ quan đang giữ hồ sơ nêu ở dòng thời gian bên dưới."))
		}
		say(nothing)
	case dossier.StatusSupplement:
		if o.Asked != nil {
			say(i18n.M("Ông/bà cần bổ sung giấy tờ trước %s. Thời gian chờ không tính vào thời hạn giải quyết.", web.DateTime(o.Asked.Deadline)))
		} else {
			say(i18n.M("Cơ quan đang chờ người nộp bổ sung giấy tờ. Người nộp nhập mã tra cứu hoặc đăng nhập để xem cần bổ sung gì."))
		}
	case dossier.StatusObligation:
		say(i18n.M("Hồ sơ chờ thực hiện nghĩa vụ tài chính theo thông báo. Thời gian chờ không tính vào thời hạn giải quyết."))
	case dossier.StatusDone:
		if o.ReturnBy == dossier.ChannelPost {
			say(i18n.M("Đã có kết quả. Kết quả được chuyển qua bưu chính."))
		} else {
			say(i18n.M("Đã có kết quả. Mời nhận tại %s, mang theo giấy tờ tùy thân và giấy tiếp nhận.", o.Receiver))
		}
	case dossier.StatusReturned:
		say(i18n.M("Đã trả kết quả ngày %s.", web.Date(o.ReturnedAt)))
	case dossier.StatusRefused:
		say(i18n.M("Hồ sơ không được tiếp nhận. Lý do ghi ở dòng thời gian bên dưới; ông/bà có thể nộp hồ sơ mới."))
	case dossier.StatusStopped:
		say(i18n.M("Cơ quan đã dừng xử lý. Lý do ghi ở dòng thời gian bên dưới."))
	case dossier.StatusWithdrawn:
		say(i18n.M("Người nộp đã rút hồ sơ. Muốn làm lại, hãy nộp hồ sơ mới."))
	}
	return list, nil
}

// answerBy returns until when the agency says whether what was filed is complete.
func (m *Room) answerBy(ctx context.Context, o *opened) (string, error) {
	cal, err := m.Calendars.For(ctx, string(o.ReceiverID))
	if err != nil {
		return "", err
	}
	term, err := calendar.ParseTerm(m.Config.OnlineCheck)
	if err != nil {
		return "", err
	}
	return web.DateTime(cal.DueAt(o.FiledAt, term, calendar.Opts{})), nil
}

// hidden returns a phone number of which only the ends can be read.
func hidden(phone string) string {
	if len(phone) < 7 {
		return phone
	}
	return phone[:2] + "xx xxx " + phone[len(phone)-3:]
}

// line is the way of the dossier from filing to return, through all agencies, in the order of time.
func (m *Room) line(ctx context.Context, v *dossierView, o *opened) {
	if o.Full {
		for i := len(o.Events) - 1; i >= 0; i-- {
			v.Line = append(v.Line, m.moment(ctx, o.Events[i]))
		}
	} else {
		v.Line = append(v.Line, design.Moment{State: "done", Title: m.say(ctx, i18n.M("Hồ sơ đã được nộp cho %s.", o.Receiver)), At: web.DateTime(o.FiledAt)})
		for _, s := range o.Stops {
			if s.Now {
				continue
			}
			at := web.DateTime(s.ArrivedAt)
			if s.DoneAt != nil {
				at = m.say(ctx, i18n.M("%s đến %s", at, web.DateTime(s.DoneAt)))
			}
			v.Line = append(v.Line, design.Moment{State: "done", Title: s.UnitName, At: at})
		}
	}
	if o.Dossier.Status.Ended() {
		return
	}
	if o.Dossier.Status == dossier.StatusSupplement && o.Asked != nil {
		v.Line = append(v.Line, design.Moment{State: "now", Title: m.say(ctx, i18n.M("Chờ ông/bà bổ sung giấy tờ")),
			Due: m.deadline(ctx, o)})
	}
	for _, s := range o.Stops {
		if s.Now && !o.Dossier.Status.Paused() {
			mo := design.Moment{State: "now", Title: orElse(s.Doing, s.UnitName), Agency: s.UnitName, At: m.say(ctx, i18n.M("từ %s", web.DateTime(s.ArrivedAt)))}
			if mo.Title == s.UnitName {
				mo.Agency = ""
			}
			v.Line = append(v.Line, mo)
		}
	}
	if o.Dossier.Status.Open() {
		next := design.Moment{State: "next", Title: m.say(ctx, i18n.M("Sẽ trả kết quả")), Agency: o.Receiver}
		if o.DueAt != nil && o.PausedAt == nil {
			next.At = m.say(ctx, i18n.M("trước %s", web.DateTime(o.DueAt)))
		}
		v.Line = append(v.Line, next)
	}
}

// deadline is until when papers can be supplied.
func (m *Room) deadline(ctx context.Context, o *opened) *design.Due {
	d := &design.Due{Level: "soon", Text: m.say(ctx, i18n.M("Bổ sung")), At: web.DateTime(o.Asked.Deadline)}
	if clock.DateOf(m.Clock.Now()) == clock.DateOf(o.Asked.Deadline) {
		d.Level = "today"
	}
	return d
}

// moment is a public line of the history as the citizen reads it.
func (m *Room) moment(ctx context.Context, e dossier.Event) design.Moment {
	mo := design.Moment{State: "done", Title: m.say(ctx, e.Sentence()), At: web.DateTime(e.At), Text: e.Note}
	if e.ActorTitle != "" && e.ActorName != "" {
		mo.Person = e.ActorName + ", " + lowerFirst(e.ActorTitle)
	}
	switch e.Act {
	case dossier.ActRequestMore, dossier.ActObligation:
		mo.State = "wait"
	case dossier.ActRefuse, dossier.ActStop, dossier.ActWithdraw, dossier.ActExpire:
		mo.State = "stop"
	}
	return mo
}

// openDossier sends a file of the dossier.
func (m *Room) openDossier(open opening) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		o, err := open(w, r)
		if err != nil {
			return err
		}
		content, f, err := m.Dossiers.OpenOwnFile(r.Context(), o.Code, o.secret, r.PathValue("file"))
		if err != nil {
			return err
		}
		defer content.Close() //nolint:errcheck // read only
		file.Serve(w, r, content, f, true)
		return nil
	}
}

// receipt sends the printed form of the receipt.
func (m *Room) receipt(open opening) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		o, err := open(w, r)
		if err != nil {
			return err
		}
		if !o.Full {
			return web.Redirect(w, r, o.base) // there the secret is asked for
		}
		if m.Receipts == nil {
			return fault.NewUnavailable(i18n.M("Chưa in được giấy tiếp nhận dạng PDF. Hãy dùng nút In trên trang hồ sơ."))
		}
		var pdf bytes.Buffer // whole before it is sent, so that an error has its page
		if o.own {
			err = m.Receipts.ReceiptPDF(r.Context(), &pdf, o.ID)
		} else {
			err = m.Receipts.TrackedReceiptPDF(r.Context(), &pdf, o.Code, o.secret)
		}
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/pdf")
		w.Header().Set("Content-Disposition", `inline; filename="`+o.Code+`.pdf"`)
		w.Header().Set("Cache-Control", "no-store")
		_, err = pdf.WriteTo(w)
		return err
	}
}

// withdrawDossier ends the dossier at the wish of its owner.
func (m *Room) withdrawDossier(open opening) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		vs, err := web.Form(r)
		if err != nil {
			return err
		}
		o, err := open(w, r)
		if err != nil {
			return err
		}
		_, err = m.Dossiers.Withdraw(r.Context(), o.ID, o.secret, vs.Get("reason"))
		if ps, ok := invalid(err); ok {
			return m.renderDossier(w, r, http.StatusUnprocessableEntity, o, m.say(r.Context(), ps[0].Msg))
		}
		if err != nil {
			return err
		}
		m.pages.AddFlash(w, r, web.FlashOK, i18n.M("Đã rút hồ sơ %s.", o.Code))
		return web.Redirect(w, r, o.base)
	}
}
