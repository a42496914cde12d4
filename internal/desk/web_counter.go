package desk

import (
	"context"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/calendar"
	"lienthong/internal/dossier"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	"lienthong/internal/procedure"
	look "lienthong/web"
)

// counterPage is what counter.html shows: the form as it stands.
type counterPage struct {
	Key, Token string
	Shown      string // procedure and case whose papers the page shows
	Person     personPart
	Procedure  look.Field
	Candidates []look.Option
	Rest       restPart
	Problems   []look.Problem
	Agency     string
}

// personPart is the fields of the applicant.
type personPart struct {
	Number       look.Field
	Fields       []look.Field
	Organisation []look.Field
	Authorised   []look.Field
	Waits        []waiting // dossiers of the person for which they may have come
	Returning    bool      // filled in from the last dossier
	OpenOrg      bool
	OpenAuth     bool
}

// waiting is a dossier that waits for its applicant.
type waiting struct{ Text, Href, Link string }

// restPart is what depends on the procedure.
type restPart struct {
	Chosen     bool // a procedure is chosen, and a case where there are any
	Shown      string
	Name       string
	Focus      bool
	Candidates []look.Option
	Case       *look.Field
	Papers     []counterPaper
	Picked     string // the procedure as its field shows it
	Extra      look.Field
	Fees       []counterFee
	Total      int64
	ReturnBy   look.Field
	Address    look.Field
	Sets       look.Field
	Channel    look.Field
	Facts      []look.Fact
	More       []look.Field // the request for what is lacking
	OpenMore   bool
	OpenOther  bool
}

type counterPaper struct {
	Key, Name, Note   string
	Number            string
	Originals, Copies string
	Ticked, Required  bool
	Error             string
	Kept              []keptPaper
}

// keptPaper is a scan that was uploaded with a form that came back.
type keptPaper struct{ Value, Name string }

type counterFee struct {
	Key, Name, Per string
	Amount         int64
	Quantity       string
	Paid           bool
	Error          string
}

func (room *Room) counter(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	f, err := room.newCounterForm(r, vs, nil)
	if err != nil {
		return err
	}
	return room.showCounter(w, r, http.StatusOK, f, nil)
}

func (room *Room) showCounter(w http.ResponseWriter, r *http.Request, status int, f *counterForm, cause error) error {
	t := room.texts(r.Context())
	d, err := room.counterPage(r, f, cause)
	if err != nil {
		return err
	}
	return room.pages.Render(w, r, status, "counter.html", "desk", web.View{Title: t.tr(i18n.M("Tiếp nhận tại quầy")), Data: d})
}

// counterPage makes the page of a form, with what is wrong in it.
func (room *Room) counterPage(r *http.Request, f *counterForm, cause error) (*counterPage, error) {
	t := room.texts(r.Context())
	ps := t.problemsOf(cause, fieldOf)
	d := &counterPage{Key: f.key, Token: f.token, Agency: actor.From(r.Context()).Office, Problems: ps.List, Person: f.person(t, ps)}
	d.Procedure = look.Field{Name: "procedure", Label: t.tr(i18n.M("Tên hoặc mã thủ tục")), Value: f.values.Line("procedure"), Required: true, Error: ps.Field["procedure"],
		Hint: t.tr(i18n.M("Gõ chữ cái đầu các tiếng, ví dụ “ks” là khai sinh.")), Suggest: "/desk/counter/suggest", Attrs: `data-first="1" ` + change("procedure", "#rest")}
	if f.version != nil {
		d.Procedure.Value = f.version.Name + " (" + f.version.Code + ")"
	}
	var err error
	d.Rest, err = room.rest(r, f, ps, cause == nil)
	return d, err
}

// change are the attributes of a field that, once changed, fetches a part of the page.
func change(part, target string) template.HTMLAttr { return fetch(part, target, "change") }

// fetch is change at another event: a list is done with when it is left, for arrows change it at every step.
func fetch(part, target, event string) template.HTMLAttr {
	return template.HTMLAttr(`hx-post="/desk/counter/` + part + `" hx-trigger="` + event + ` changed" hx-target="` + target + `" hx-swap="outerHTML"`)
}

// counterPerson fills in who came before with the same identity number. It changes nothing when nobody did.
func (room *Room) counterPerson(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	f, err := room.newCounterForm(r, vs, nil)
	if err != nil {
		return err
	}
	if !f.filledIn && len(f.waits) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	t := room.texts(r.Context())
	return room.pages.RenderPart(w, r, http.StatusOK, "counter.html", "person", f.person(t, problems{}))
}

// counterProcedure shows what a chosen procedure and case ask for.
func (room *Room) counterProcedure(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	f, err := room.newCounterForm(r, vs, nil)
	if err != nil {
		return err
	}
	rest, err := room.rest(r, f, problems{}, true)
	if err != nil {
		return err
	}
	return room.pages.RenderPart(w, r, http.StatusOK, "counter.html", "rest", rest)
}

// counterSuggest answers the field of the procedure while it is typed.
func (room *Room) counterSuggest(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	list, err := room.received(r.Context())
	if err != nil {
		return err
	}
	var lines []look.Suggestion
	for i, s := range match(list, vs.Line("q")) {
		if i == 12 {
			break
		}
		lines = append(lines, look.Suggestion{Text: s.Name, Note: s.Code + " · " + room.fieldName(r, s.Field), Value: named(s)})
	}
	return room.pages.RenderPart(w, r, http.StatusOK, "counter.html", "suggestions", lines)
}

// received returns the procedures that the reader's agency receives.
func (room *Room) received(ctx context.Context) ([]procedure.Summary, error) {
	agency := actor.From(ctx).OfficeID
	if agency == "" {
		return nil, fault.NewForbidden(i18n.M("Tài khoản này không làm việc ở cơ quan nào. Hãy chọn vai trò có cơ quan rồi mở lại trang."))
	}
	return room.Procedures.ReceivedBy(ctx, agency, clock.Date{})
}

// rest makes the part of the form that follows from the procedure; with focus the clerk goes on there.
func (room *Room) rest(r *http.Request, f *counterForm, ps problems, focus bool) (restPart, error) {
	t := room.texts(r.Context())
	d := restPart{Focus: focus}
	for i, s := range f.candidates {
		if i == 12 {
			break
		}
		d.Candidates = append(d.Candidates, look.Option{Value: named(s), Label: s.Name, Hint: s.Code})
	}
	if f.version == nil {
		return d, nil
	}
	spec := f.version.Spec
	d.Name = f.version.Name
	if len(spec.Cases) > 0 {
		d.Case = &look.Field{Name: "case", Label: t.tr(i18n.M("Trường hợp")), Type: "select", Value: f.caseKey, Error: ps.Field["case"], Attrs: fetch("procedure", "#rest", "blur")}
		for _, c := range spec.Cases {
			d.Case.Options = append(d.Case.Options, look.Option{Value: c.Key, Label: c.Name})
		}
	}
	d.Shown, d.Picked = f.shown(), f.version.Name+" ("+f.version.Code+")"
	if d.Chosen = f.chosen(); !d.Chosen {
		if focus {
			d.Case.Attrs += ` data-focus="1"`
		}
		return d, nil
	}
	f.papers(t, &d, ps)
	f.fees(&d, ps)
	f.returns(t, &d, ps)
	f.more(t, &d, ps)
	return d, room.preview(r, f, &d)
}

// preview says what the receipt will hold.
func (room *Room) preview(r *http.Request, f *counterForm, d *restPart) error {
	t, ctx := room.texts(r.Context()), r.Context()
	d.Facts = append(d.Facts, look.Fact{Label: t.tr(i18n.M("Thủ tục")), Value: f.version.Name})
	term, err := f.version.Spec.ResolveTerm(f.channel(), f.caseKey)
	if err != nil {
		return nil //nolint:nilerr // filing says so at the field
	}
	cal, err := room.calendar(ctx)
	if err != nil {
		return err
	}
	due := cal.Due(room.Clock.Now(), term, calendar.Opts{Reception: true})
	d.Facts = append(d.Facts, look.Fact{Label: t.tr(i18n.M("Thời hạn")), Value: term.String()},
		look.Fact{Label: t.tr(i18n.M("Hẹn trả nếu nhận bây giờ")), Value: web.DateTime(due.At)})
	fee := t.tr(i18n.M("Không thu"))
	if d.Total > 0 {
		fee = dong(d.Total)
	}
	d.Facts = append(d.Facts, look.Fact{Label: t.tr(i18n.M("Phí, lệ phí")), Value: fee})
	return nil
}

// fileAtCounter files the dossier, and accepts it or asks for what is lacking. While the page does not show the papers
// of the chosen procedure yet, it shows them: that is the whole form without scripts.
func (room *Room) fileAtCounter(w http.ResponseWriter, r *http.Request) error {
	vs, kept, refused, err := room.readCounter(r)
	if err != nil {
		return err
	}
	f, err := room.newCounterForm(r, vs, kept)
	if err != nil {
		return err
	}
	switch {
	case refused != nil:
		return room.showCounter(w, r, http.StatusUnprocessableEntity, f, refused)
	case f.version == nil && vs.Line("procedure") == "" && vs.Line("shown") == "" && f.filledIn: // the number was entered first
		return room.showCounter(w, r, http.StatusOK, f, nil)
	case f.version == nil:
		return room.showCounter(w, r, http.StatusUnprocessableEntity, f, f.noProcedure())
	case f.shown() != vs.Line("shown"):
		return room.showCounter(w, r, http.StatusOK, f, nil)
	}
	filing, err := f.filing()
	more := vs.Get("do") == "more"
	var request dossier.MoreRequest
	if more && err == nil {
		request, err = f.request()
	}
	if err != nil {
		return room.showCounter(w, r, statusOf(err), f, err)
	}
	filing.Accept = !more
	d, err := room.Dossiers.File(r.Context(), filing)
	if err == nil && more {
		err = room.askAtCounter(r.Context(), d, request)
	}
	if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
		return room.showCounter(w, r, statusOf(err), f, err)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/desk/counter/done/"+string(d.ID))
}

// askAtCounter asks for what is lacking in a dossier that was filed a moment ago; sent twice, it asks once.
func (room *Room) askAtCounter(ctx context.Context, d *dossier.Dossier, m dossier.MoreRequest) error {
	if d.Status != dossier.StatusNew {
		return nil
	}
	v, err := room.Dossiers.Read(ctx, d.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(v.Offers, func(o dossier.Offer) bool { return o.Has(dossier.ActRequestMore) })
	if i < 0 {
		return fault.NewConflict(i18n.M("Hồ sơ %s đã nộp nhưng tài khoản này không lập được phiếu yêu cầu bổ sung.", d.Code))
	}
	m.StepID = v.Offers[i].Step.ID
	_, err = room.Dossiers.RequestMore(ctx, d.ID, m)
	return err
}

// donePage is what done.html shows after filing.
type donePage struct {
	Code, Secret, Owner, Procedure string
	Due                            string
	Why                            []string
	Fee, Open                      int64
	Accepted                       bool
	Asked                          *askedRow
	Item, Receipt                  string
	Phone                          string
}

func (room *Room) counterDone(w http.ResponseWriter, r *http.Request) error {
	v, err := room.Dossiers.Read(r.Context(), dossier.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	t := room.texts(r.Context())
	cal, err := room.calendar(r.Context())
	if err != nil {
		return err
	}
	o := &opened{room: room, ctx: r.Context(), t: t, v: v, cal: cal}
	fs := o.fees()
	d := donePage{Code: v.Code, Secret: v.Secret, Owner: v.Owner.Name(), Procedure: v.Version.Title(t.lang), Due: web.DateTime(v.DueAt), Why: o.why(),
		Fee: fs.Total, Open: fs.Open, Accepted: v.AcceptedAt != nil, Asked: o.asked(), Item: "/desk/d/" + string(v.ID), Phone: v.Submitter.Phone}
	d.Receipt = d.Item + "/receipt.pdf"
	title := i18n.M("Đã tiếp nhận hồ sơ %s", v.Code)
	if !d.Accepted {
		title = i18n.M("Đã nhận hồ sơ %s, chờ bổ sung", v.Code)
	}
	return room.pages.Render(w, r, http.StatusOK, "done.html", "desk", web.View{Title: t.tr(title), Data: d})
}

// fieldOf names the field of the counter for a field of a filing.
func fieldOf(field string) string {
	if rest, ok := strings.CutPrefix(field, "papers."); ok {
		if _, err := strconv.Atoi(rest); err == nil {
			return "extra" // a paper beyond the list
		}
	}
	switch field {
	case "papers":
		return "extra"
	case "items", "reason", "days":
		return "more." + field
	case "files":
		return ""
	}
	return field
}
