package portal

import (
	"context"
	"html/template"
	"net/http"

	"lienthong/internal/codelist"
	"lienthong/internal/dossier"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

// mend is something that is wrong, with the way to the field.
type mend struct{ Text, Href string }

// mendStep is what is wrong on one page of the application.
type mendStep struct {
	Title string
	Items []mend
}

type reviewView struct {
	applyView
	Mend     []mendStep // by page
	Wrong    int        // things to mend
	First    string     // where the first of them is
	Receiver []design.Fact
	Owner    []design.Fact
	Person   []design.Fact // authorised
	Answers  template.HTML
	Papers   []paperView
	Shown    []paperView
	Delivery []design.Fact
	Fees     []feeRow
	Total    string
	Login    string
	Citizen  bool
	Agree    design.Field
}

func (m *Room) review(w http.ResponseWriter, r *http.Request) error {
	a, err := m.application(r, stepReview)
	if err != nil {
		return err
	}
	return m.showReview(w, r, http.StatusOK, a, "")
}

func (m *Room) showReview(w http.ResponseWriter, r *http.Request, status int, a *application, agree string) error {
	ctx := r.Context()
	view := &reviewView{applyView: m.applyView(ctx, a), Login: address("/dang-nhap", "next", a.base()+"/xem-lai"), Citizen: actor.From(ctx).Kind == actor.Person}
	view.Agree = design.Field{Name: "agree", Type: "checkbox", Required: true, Error: agree, Label: m.say(ctx, i18n.M("Tôi đã xem lại và cam đoan nội dung khai, giấy tờ gửi kèm là đúng sự thật"))}
	if agree != "" {
		view.Problems = []design.Problem{{Field: "agree", Text: agree}}
	}
	m.mendList(ctx, a, view)
	if err := m.reviewFacts(ctx, a, view); err != nil {
		return err
	}
	if err := m.reviewAnswers(ctx, a, view); err != nil {
		return err
	}
	var err error
	if view.Papers, view.Shown, err = m.papersOf(ctx, a, nil); err != nil {
		return err
	}
	for i := range view.Papers {
		for j := range view.Papers[i].Files {
			view.Papers[i].Files[j].Remove = ""
		}
	}
	view.Fees, view.Total = m.fees(ctx, a, nil, nil)
	return m.pages.Render(w, r, status, "review.html", "public", web.View{Title: "Xem lại và nộp", Data: view})
}

// mendList brings what is wrong into the order of the pages.
func (m *Room) mendList(ctx context.Context, a *application, v *reviewView) {
	v.Wrong = len(a.all)
	for i, s := range steps {
		own := problemsAt(i, a.all)
		if len(own) == 0 {
			continue
		}
		page := mendStep{Title: m.say(ctx, s.title)}
		for _, p := range own {
			page.Items = append(page.Items, mend{m.say(ctx, p.Msg), a.base() + "/" + s.slug + "?kiem-tra=1#f-" + fieldID(p.Field)})
		}
		v.Mend = append(v.Mend, page)
	}
	if len(v.Mend) > 0 {
		v.First = v.Mend[0].Items[0].Href
	}
}

// fieldID returns the name of a field on its page: fields of the e-form have none of the filing's prefix there.
func fieldID(field string) string {
	if stepOf(field) == stepForm && len(field) > len("form.") {
		return field[len("form."):]
	}
	return field
}

func (m *Room) reviewFacts(ctx context.Context, a *application, v *reviewView) error {
	f := a.draft.Filing
	fact := func(list *[]design.Fact, label i18n.Msg, value string) {
		if value != "" {
			*list = append(*list, design.Fact{Label: m.say(ctx, label), Value: value})
		}
	}
	if f.ReceiverID != "" {
		u, err := m.Units.Unit(ctx, f.ReceiverID)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		fact(&v.Receiver, i18n.M("Cơ quan tiếp nhận"), orElse(u.Name, string(f.ReceiverID)))
	}
	if c, ok := a.spec().Case(f.CaseKey); ok {
		fact(&v.Receiver, i18n.M("Trường hợp"), pick(ctx, c.Name, c.NameEN))
	}
	if t, ok := a.spec().TermFor(dossierOnline, f.CaseKey); ok {
		fact(&v.Receiver, i18n.M("Thời hạn giải quyết"), m.term(ctx, t.Term))
	}
	kinds, _, err := m.names(ctx, codelist.ApplicantKinds)
	if err != nil {
		return err
	}
	person := func(list *[]design.Fact, p dossier.Applicant) {
		fact(list, i18n.M("Tên doanh nghiệp, tổ chức"), p.Organisation)
		fact(list, i18n.M("Mã số thuế"), p.TaxCode)
		fact(list, i18n.M("Họ, chữ đệm và tên"), p.FullName)
		fact(list, i18n.M("Số định danh cá nhân"), p.PersonalID)
		fact(list, i18n.M("Ngày sinh"), web.Date(p.BirthDate))
		fact(list, i18n.M("Số điện thoại"), p.Phone)
		fact(list, i18n.M("Thư điện tử"), p.Email)
		fact(list, i18n.M("Địa chỉ"), p.Address)
	}
	fact(&v.Owner, i18n.M("Chủ hồ sơ là"), kinds[f.Owner.Kind])
	person(&v.Owner, f.Owner)
	if f.Authorised {
		person(&v.Person, f.Submitter)
	}
	returns, _, err := m.names(ctx, codelist.ReturnChannels)
	if err != nil {
		return err
	}
	by := f.ReturnBy
	if by == "" {
		by = dossier.ChannelCounter // as the filing takes it
	}
	fact(&v.Delivery, i18n.M("Cách nhận kết quả"), orElse(returns[string(by)], m.say(ctx, by.Name())))
	if by == dossier.ChannelPost {
		fact(&v.Delivery, i18n.M("Địa chỉ nhận qua bưu chính"), f.ReturnAddress)
	}
	return nil
}

func (m *Room) reviewAnswers(ctx context.Context, a *application, v *reviewView) error {
	f, err := a.spec().Form.Form()
	if err != nil {
		return err
	}
	lists, err := m.Procedures.FormLists(ctx, a.version, clock.Date{})
	if err != nil {
		return err
	}
	v.Answers, err = form.Answers{Form: f, Data: a.draft.Filing.Form, Lists: lists, Lang: i18n.Lang(ctx), Catalog: m.Catalog, Level: 3}.HTML()
	return err
}

// send files the draft. Sent twice it is filed once, and both get the receipt.
func (m *Room) send(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	code := resumeCode(r.PathValue("resume"))
	if !actor.From(ctx).SignedIn() {
		return web.Redirect(w, r, address("/dang-nhap", "next", "/nop/"+code+"/xem-lai"))
	}
	a, err := m.application(r, stepReview)
	switch {
	case fault.KindOf(err) == fault.NotFound && err != nil: // perhaps sent a moment ago
	case err != nil:
		return err
	case len(a.all) > 0:
		return m.showReview(w, r, http.StatusUnprocessableEntity, a, "")
	case !vs.Bool("agree"):
		return m.showReview(w, r, http.StatusUnprocessableEntity, a, m.say(ctx, i18n.M("Hãy đánh dấu vào ô cam đoan trước khi nộp.")))
	case vs.Get("version") != formVersion(a.draft): // what would be filed is not what was reviewed
		a.conflict = true
		return m.showReview(w, r, http.StatusConflict, a, "")
	}
	d, err := m.Dossiers.SendDraft(ctx, code)
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/ho-so-cua-toi/"+string(d.ID))
}
