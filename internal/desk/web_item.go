package desk

import (
	"context"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/calendar"
	"lienthong/internal/codelist"
	"lienthong/internal/dossier"
	"lienthong/internal/file"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/money"
	"lienthong/internal/kit/web"
	look "lienthong/web"
)

// itemPage is an open dossier, beside the list or on a page of its own.
type itemPage struct {
	ID, Code, Procedure string
	Numbers             []string // given by the reader's agency, where it is another one
	Owner               string
	Status              look.Status
	Due                 *look.Due
	Why                 []string // reasons of the promised time
	Where               []whereRow
	Asked               *askedRow // request for papers that waits
	Facts               []look.Fact
	Offers              []offerView
	Papers              papersView
	Results, Works      []fileView
	Answers             template.HTML
	Fees                feesView
	Parts               []partRow
	History             []look.Moment
	Alert               string   // what went wrong with the last act
	Unsaved             []string // what was written for an act that is no longer offered
	Problems            []look.Problem
	Back, Self          string
	Full                bool
	Receipt             string
}

// reopened reports whether the form that could not be taken stands on the page again.
func (p *itemPage) reopened() bool {
	return slices.ContainsFunc(p.Offers, func(x offerView) bool {
		return slices.ContainsFunc(x.Forms, func(a actForm) bool { return a.Open })
	})
}

// whereRow is one place where the dossier is now.
type whereRow struct {
	Unit, Step, Who string
	Since           time.Time
	Due             *look.Due
}

// askedRow is a request for papers that waits for its answer.
type askedRow struct {
	Items  []string
	Reason string
	Until  string
	By     string
}

type partRow struct {
	Unit, Number  string
	Arrived, Done string
	Due           *look.Due
}

// paperView is one paper with its files and what the check found.
type paperView struct {
	ID, Name, Note string
	Number         string // "1 bản chính, 2 bản sao"
	Originals      int
	Copies         int
	Provided       bool
	Required       bool
	Check          string
	Sign           *look.Status
	Files          []fileView
}

// shownTypes are the types of files that browsers show.
var shownTypes = []string{file.PDF, file.JPEG, file.PNG, file.WebP}

// fileView is one stored file; Shown files open inside the page.
type fileView struct {
	look.FileItem
	Shown   bool
	Picture string // address of a small picture; empty when none is made
}

// papersView is the papers; Step is set when the reader may check them.
type papersView struct {
	Rows         []paperView
	Action, Step string
	Back         string
}

// feeView is one amount to pay.
type feeView struct {
	Key, Name, Kind string
	Amount          int64
	Quantity        int64
	Total           int64
	Paid            string
}

// feesView is what is to be paid; Step is set when the reader may take money.
type feesView struct {
	Rows         []feeView
	Total, Open  int64
	Action, Step string
	Back         string
}

// opened is a dossier on its way to becoming a page.
type opened struct {
	room *Room
	ctx  context.Context
	t    texts
	v    *dossier.View
	cal  *calendar.Calendar
	back string
}

func (room *Room) item(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	back := vs.Get("back")
	if back != "" {
		back = backTo(back)
	}
	d, err := room.openItem(r, dossier.ID(r.PathValue("id")), back)
	if err != nil {
		return err
	}
	return room.showItem(w, r, http.StatusOK, d)
}

func (room *Room) showItem(w http.ResponseWriter, r *http.Request, status int, d *itemPage) error {
	d.Full = true
	return room.pages.Render(w, r, status, "item.html", "desk", web.View{Title: room.texts(r.Context()).tr(i18n.M("Hồ sơ %s", d.Code)), Data: d})
}

// openItem reads a dossier for the reader and makes its page; back is where its forms lead to.
func (room *Room) openItem(r *http.Request, d dossier.ID, back string) (*itemPage, error) {
	v, err := room.Dossiers.Read(r.Context(), d)
	if err != nil {
		return nil, err
	}
	return room.page(r, v, back, typed{})
}

// page makes the page of a dossier; in holds a form that could not be taken.
func (room *Room) page(r *http.Request, v *dossier.View, back string, in typed) (*itemPage, error) {
	ctx := r.Context()
	cal, err := room.Calendars.For(ctx, string(v.ReceiverID))
	if err != nil {
		return nil, err
	}
	o := &opened{room: room, ctx: ctx, t: room.texts(ctx), v: v, cal: cal, back: back}
	p := &itemPage{ID: string(v.ID), Code: v.Code, Procedure: v.Version.Title(o.t.lang), Owner: v.Owner.Name(), Status: o.t.status(v.Status),
		Due: o.t.dueAs(v.Status, cal, v.Now, v.DueAt, v.PausedAt, v.FinishedAt), Back: back, Self: "/desk/d/" + string(v.ID)}
	p.Numbers = o.numbers()
	if v.AcceptedAt != nil {
		p.Receipt = p.Self + "/receipt.pdf"
	}
	p.Why, p.Where, p.Asked = o.why(), o.where(), o.asked()
	p.Facts, p.Papers, p.Fees = o.facts(), o.papers(), o.fees()
	p.Results, p.Works = o.files(dossier.AttachmentResult, ""), o.files(dossier.AttachmentWork, "")
	p.Parts, p.History = o.parts(), o.history()
	if p.Answers, err = o.answers(); err != nil {
		return nil, err
	}
	p.Offers, err = o.offers(in)
	return p, err
}

// numbers returns the numbers by which the reader's agencies know the dossier.
func (o *opened) numbers() []string {
	who := actor.From(o.ctx)
	var list []string
	for _, part := range o.v.Parts {
		if part.Number != o.v.Code && slices.ContainsFunc(o.v.Steps, func(st dossier.Step) bool { return st.PartID == part.ID && who.Can(dossier.PermRead, st.UnitPath) }) {
			list = append(list, part.Number)
		}
	}
	return list
}

// why returns the reasons of the promised time, from the acceptance on.
func (o *opened) why() []string {
	var reasons []string
	for i := len(o.v.Events) - 1; i >= 0; i-- { // they stand newest first
		for _, r := range o.v.Events[i].Reasons() {
			reasons = append(reasons, sentence(r))
		}
	}
	return reasons
}

func (o *opened) where() []whereRow {
	var rows []whereRow
	for _, st := range o.v.Steps {
		if !st.Open() {
			continue
		}
		row := whereRow{Unit: st.UnitName, Step: st.Name, Who: st.AssigneeName, Since: st.StartedAt}
		if st.ClaimedAt != nil {
			row.Since = *st.ClaimedAt
		}
		if st.DueAt != nil && !o.v.Status.Paused() {
			due := o.t.due(o.cal, o.v.Now, *st.DueAt)
			row.Due = &due
		}
		rows = append(rows, row)
	}
	return rows
}

func (o *opened) asked() *askedRow {
	if o.v.Status != dossier.StatusSupplement {
		return nil
	}
	for _, s := range o.v.Supplements {
		if s.AnsweredAt == nil && s.ExpiredAt == nil {
			return &askedRow{Items: s.Asked(), Reason: s.Reason, Until: web.DateTime(s.Deadline), By: s.AskedBy}
		}
	}
	return nil
}

// facts are what an official looks up first.
func (o *opened) facts() []look.Fact {
	v, t := o.v, o.t
	var list []look.Fact
	add := func(label i18n.Msg, value, href string) {
		if value != "" {
			list = append(list, look.Fact{Label: t.tr(label), Value: value, Href: href})
		}
	}
	person := func(a dossier.Applicant) {
		if a.Organisation != "" {
			add(i18n.M("Người đại diện"), a.FullName, "")
		}
		add(i18n.M("Số định danh"), a.PersonalID, "")
		add(i18n.M("Mã số thuế"), a.TaxCode, "")
		add(i18n.M("Ngày sinh"), a.BirthDate.Display(), "")
		if a.Phone != "" {
			add(i18n.M("Điện thoại"), a.Phone, "tel:"+a.Phone)
		}
		add(i18n.M("Thư điện tử"), a.Email, "")
		add(i18n.M("Địa chỉ"), a.Address, "")
	}
	add(i18n.M("Chủ hồ sơ"), v.Owner.Name(), "")
	person(v.Owner)
	if v.Authorised {
		add(i18n.M("Người được ủy quyền"), v.Submitter.FullName+" · "+v.Submitter.PersonalID+" · "+v.Submitter.Phone, "")
	}
	if c, ok := v.Version.Spec.Case(v.CaseKey); ok {
		add(i18n.M("Trường hợp"), c.Name, "")
	}
	add(i18n.M("Nộp"), web.DateTime(v.FiledAt)+" · "+t.tr(v.Channel.Name()), "")
	add(i18n.M("Nơi tiếp nhận"), v.Receiver.Name, "")
	if v.HandlerID != v.ReceiverID {
		add(i18n.M("Cơ quan giải quyết"), v.Handler.Name, "")
	}
	add(i18n.M("Nhận kết quả"), strings.Trim(t.tr(v.ReturnBy.Name())+" · "+v.ReturnAddress, " ·"), "")
	if v.ReturnedAt != nil {
		add(i18n.M("Đã trả"), web.DateTime(v.ReturnedAt)+" · "+v.ReturnedTo, "")
	}
	if v.Sets > 1 {
		add(i18n.M("Số bộ hồ sơ"), strconv.Itoa(v.Sets), "")
	}
	return list
}

// offerOf returns the first offer that holds an act.
func (o *opened) offerOf(a dossier.Act) *dossier.Offer {
	for i := range o.v.Offers {
		if o.v.Offers[i].Has(a) {
			return &o.v.Offers[i]
		}
	}
	return nil
}

func (o *opened) action(a dossier.Act) string { return "/desk/d/" + string(o.v.ID) + "/" + string(a) }

func (o *opened) papers() papersView {
	ps := papersView{Back: o.back}
	if offer := o.offerOf(dossier.ActCheckPapers); offer != nil {
		ps.Action, ps.Step = o.action(dossier.ActCheckPapers), offer.Step.ID
	}
	for _, p := range o.v.Papers {
		number := o.t.number(p.Originals, p.Copies)
		if number != "" && !p.Provided {
			number = o.t.tr(i18n.M("cần %s", number))
		}
		ps.Rows = append(ps.Rows, paperView{ID: p.ID, Name: p.Name, Note: p.CheckNote, Number: number,
			Originals: p.Originals, Copies: p.Copies, Provided: p.Provided, Required: p.Required, Check: string(p.Check),
			Sign: o.t.paperSign(p), Files: o.files(dossier.AttachmentPaper, p.ID)})
	}
	return ps
}

// number says how many originals and copies there are.
func (t texts) number(originals, copies int) string {
	switch {
	case originals > 0 && copies > 0:
		return t.tr(i18n.M("%d bản chính, %d bản sao", originals, copies))
	case originals > 0:
		return t.tr(i18n.M("%d bản chính", originals))
	case copies > 0:
		return t.tr(i18n.M("%d bản sao", copies))
	}
	return ""
}

// paperSign shows what is known of a paper.
func (t texts) paperSign(p dossier.Paper) *look.Status {
	switch p.Check {
	case dossier.CheckOK:
		return &look.Status{Tone: "ok", Text: t.tr(i18n.M("Đúng, đủ"))}
	case dossier.CheckMissing:
		return &look.Status{Tone: "warn", Text: t.tr(i18n.M("Thiếu"))}
	case dossier.CheckWrong:
		return &look.Status{Tone: "late", Text: t.tr(i18n.M("Chưa hợp lệ"))}
	}
	switch {
	case p.Provided:
		return &look.Status{Tone: "info", Icon: "circle-check", Text: t.tr(i18n.M("Đã nộp"))}
	case p.Required:
		return &look.Status{Tone: "warn", Text: t.tr(i18n.M("Chưa nộp"))}
	}
	return &look.Status{Tone: "mute", Text: t.tr(i18n.M("Không bắt buộc"))}
}

// files lists attachments of a kind; those of one paper when paperID is given.
func (o *opened) files(kind dossier.AttachmentKind, paperID string) []fileView {
	var list []fileView
	for _, f := range o.v.Files {
		if f.Kind == kind && f.PaperID == paperID {
			one := fileView{FileItem: look.FileItem{Name: f.Name, Href: "/desk/d/" + string(o.v.ID) + "/file/" + f.ID, Size: web.Size(f.Size),
				Note: f.AddedBy + ", " + web.DateTime(f.AddedAt)}, Shown: slices.Contains(shownTypes, f.MediaType)}
			if o.room.Previews != nil && o.room.Previews.HasView(f.MediaType) {
				one.Picture = one.Href + "/preview"
			}
			list = append(list, one)
		}
	}
	return list
}

// answers renders what was filled into the e-form.
func (o *opened) answers() (template.HTML, error) {
	v := o.v
	var data map[string]any
	if v.Version.Spec.Form == nil || json.Unmarshal([]byte(v.Form), &data) != nil || len(data) == 0 {
		return "", nil
	}
	f, err := v.Version.Spec.Form.Form()
	if err != nil {
		return "", err
	}
	lists, err := o.room.Procedures.FormLists(o.ctx, v.Version, clock.DateOf(v.FiledAt))
	if err != nil {
		return "", err
	}
	return form.Answers{Form: f, Data: data, Lists: lists, Lang: o.t.lang, Catalog: o.room.Catalog, Level: 3}.HTML()
}

func (o *opened) fees() feesView {
	fs := feesView{Back: o.back}
	for _, f := range o.v.Fees {
		row := feeView{Key: f.Key, Name: f.Name, Kind: f.Kind, Amount: f.Amount, Quantity: f.Quantity, Total: f.Total()}
		fs.Total += row.Total
		if f.PaidAt != nil {
			row.Paid = f.PaidTo + ", " + web.DateTime(f.PaidAt)
		} else {
			fs.Open += row.Total
		}
		fs.Rows = append(fs.Rows, row)
	}
	if offer := o.offerOf(dossier.ActCollectFee); offer != nil && fs.Open > 0 {
		fs.Action, fs.Step = o.action(dossier.ActCollectFee), offer.Step.ID
	}
	return fs
}

func (o *opened) parts() []partRow {
	var rows []partRow
	for _, p := range o.v.Parts {
		row := partRow{Unit: p.UnitName, Number: p.Number, Arrived: web.DateTime(p.ArrivedAt), Done: web.DateTime(p.DoneAt)}
		switch {
		case p.DoneAt == nil && o.v.Status.Paused():
			row.Due = o.t.dueOf(o.cal, o.v.Now, p.DueAt, o.v.PausedAt, nil)
		default:
			row.Due = o.t.dueOf(o.cal, o.v.Now, p.DueAt, nil, p.DoneAt)
		}
		rows = append(rows, row)
	}
	return rows
}

// history tells what happened, newest first.
func (o *opened) history() []look.Moment {
	var list []look.Moment
	for i := range o.v.Events {
		e := &o.v.Events[i]
		m := look.Moment{State: "done", Title: o.t.tr(e.Sentence()), Person: e.ActorName, At: web.DateTime(e.At), Text: e.Note}
		if e.ActorTitle != "" {
			m.Person += ", " + e.ActorTitle
		}
		switch e.Act {
		case dossier.ActRequestMore, dossier.ActObligation:
			m.State = "wait"
		case dossier.ActRefuse, dossier.ActStop, dossier.ActWithdraw, dossier.ActExpire:
			m.State = "stop"
		}
		if items := e.Items(); len(items) > 0 {
			m.Text = strings.Trim(e.Note+" – "+strings.Join(items, "; "), " –")
		}
		list = append(list, m)
	}
	return list
}

// fieldName names a field of work; a code that no list knows stands for itself.
func (room *Room) fieldName(r *http.Request, code string) string {
	name, err := room.Lists.Name(r.Context(), codelist.ProcedureFields, code, clock.Date{})
	if err != nil || name == "" {
		return code
	}
	return name
}

// dong writes an amount as people read it.
func dong(n int64) string { return money.Group(n) + " đ" }
