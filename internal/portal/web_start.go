package portal

import (
	"context"
	"net/http"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
	design "lienthong/web"
)

// receiverView is the page on which the agency and the case are chosen.
type receiverView struct {
	applyView
	Action    string
	Cases     design.Field
	HasCases  bool
	Near      string // typed
	Searched  bool
	Search    bool // there are too many agencies to list them all
	Receivers design.Field
	Suggest   string
	Found     int
	More      int
}

// listedReceivers is up to how many agencies are listed without a search.
const listedReceivers = 6

// start shows where a procedure can be filed, and begins a draft.
func (m *Room) start(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	v, err := m.fileable(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	return m.showStart(w, r, http.StatusOK, v, q, nil)
}

// fileable returns the version of a procedure that takes dossiers online; Conflict when it does not.
func (m *Room) fileable(ctx context.Context, code string) (*procedure.Version, error) {
	v, err := m.Procedures.Current(ctx, code, clock.Date{})
	if err != nil {
		return nil, err
	}
	if !v.Spec.FileableOnline() {
		return nil, fault.NewConflict(i18n.M("Thủ tục “%s” chưa nhận hồ sơ trực tuyến. Hãy nộp tại cơ quan tiếp nhận hoặc qua bưu chính.", v.Title(i18n.Lang(ctx))))
	}
	return v, nil
}

func (m *Room) showStart(w http.ResponseWriter, r *http.Request, status int, v *procedure.Version, q web.Values, ps []fault.Problem) error {
	view := &receiverView{Action: "/nop-ho-so/" + v.Code, applyView: m.firstView(r.Context(), v)}
	if err := m.chooseReceiver(r.Context(), view, v, q, ps); err != nil {
		return err
	}
	return m.pages.Render(w, r, status, "receiver.html", "public", web.View{Title: view.Procedure, Data: view})
}

// chooseReceiver fills the page from what was typed: truong-hop, noi, co-quan.
func (m *Room) chooseReceiver(ctx context.Context, view *receiverView, v *procedure.Version, q web.Values, ps []fault.Problem) error {
	var at map[string]string
	view.Problems, at = m.problems(ctx, ps)
	view.Cases = design.Field{Name: "case", Label: m.say(ctx, i18n.M("Trường hợp của ông/bà")), Type: "radio", Required: true, Error: at["case"], Value: q.Line("case")}
	if view.Cases.Value == "" {
		view.Cases.Value = q.Line("truong-hop")
	}
	for _, c := range v.Spec.Cases {
		view.Cases.Options = append(view.Cases.Options, design.Option{Value: c.Key, Label: pick(ctx, c.Name, c.NameEN)})
	}
	view.HasCases = len(v.Spec.Cases) > 0
	all, err := m.receivers(ctx, v, "")
	if err != nil {
		return err
	}
	view.Search, view.Near, view.Suggest = len(all) > listedReceivers, q.Line("noi"), "/nop-ho-so/"+v.Code+"/goi-y"
	list := all
	chosen := q.Line("receiver")
	switch {
	case view.Near != "":
		view.Searched = true
		if list, err = m.receivers(ctx, v, view.Near); err != nil {
			return err
		}
		view.Found = len(list)
	case chosen != "":
		list = nil
		for _, a := range all {
			if a.ID == chosen {
				list = append(list, a)
			}
		}
	case view.Search:
		list = nil
	}
	view.More = max(0, len(list)-shownReceivers)
	view.Receivers = design.Field{Name: "receiver", Label: m.say(ctx, i18n.M("Cơ quan tiếp nhận")), Type: "radio", Required: true, Error: at["receiver"], Value: chosen}
	for _, a := range list[:len(list)-view.More] {
		view.Receivers.Options = append(view.Receivers.Options, design.Option{Value: a.ID, Label: a.Name})
	}
	if len(list) == 1 {
		view.Receivers.Value = list[0].ID
	}
	return nil
}

// begin makes the draft, or changes what an application that goes on was filed with.
func (m *Room) begin(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	v, err := m.fileable(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	f := dossier.Filing{CaseKey: vs.Line("case"), ReceiverID: org.UnitID(vs.Line("receiver")), ReturnBy: dossier.ChannelCounter}
	ps, err := m.startProblems(ctx, v, f)
	if err != nil {
		return err
	}
	if len(ps) > 0 {
		return m.showStart(w, r, http.StatusUnprocessableEntity, v, vs, ps)
	}
	if err := m.prefill(ctx, &f); err != nil {
		return err
	}
	if !v.Spec.MaySubmit(f.Owner.Kind) {
		f.Owner.Kind = v.Spec.Applicants[0]
	}
	d, err := m.Dossiers.NewDraft(ctx, v.Code, f)
	if err != nil {
		return err
	}
	d.Step = steps[stepApplicant].slug
	if err := m.Dossiers.SaveDraft(ctx, d); err != nil {
		return err
	}
	return web.Redirect(w, r, base(d)+"/"+d.Step)
}

// startProblems checks what is chosen first.
func (m *Room) startProblems(ctx context.Context, v *procedure.Version, f dossier.Filing) ([]fault.Problem, error) {
	f.ProcedureCode, f.Channel = v.Code, dossier.ChannelOnline
	all, err := m.check(ctx, &dossier.Draft{Filing: f, ProcedureCode: v.Code})
	return problemsAt(stepReceiver, all), err
}

// check returns everything that is wrong with a draft.
func (m *Room) check(ctx context.Context, d *dossier.Draft) ([]fault.Problem, error) {
	err := m.Dossiers.CheckDraft(ctx, d)
	if err == nil {
		return nil, nil
	}
	if ps, ok := invalid(err); ok {
		return ps, nil
	}
	return nil, err
}

// prefill takes what is known of whoever is signed in.
func (m *Room) prefill(ctx context.Context, f *dossier.Filing) error {
	who := actor.From(ctx)
	if who.Kind != actor.Person {
		f.Owner.Kind = dossier.ApplicantCitizen
		return nil
	}
	f.Owner = dossier.Applicant{Kind: dossier.ApplicantCitizen, FullName: who.Name}
	if m.Accounts == nil {
		return nil
	}
	known, ok, err := m.Accounts.Applicant(ctx)
	if err == nil && ok {
		f.Owner = known.Clean()
	}
	return err
}

// suggestReceiver answers while the name of a place or an agency is typed.
func (m *Room) suggestReceiver(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	v, err := m.fileable(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	found, err := m.receivers(ctx, v, q.Line("q"))
	if err != nil {
		return err
	}
	var list []design.Suggestion
	for _, a := range found[:min(8, len(found))] {
		list = append(list, design.Suggestion{Text: a.Name, Href: address("/nop-ho-so/"+v.Code, "receiver", a.ID, "case", q.Line("case"))})
	}
	return m.pages.RenderPart(w, r, http.StatusOK, "find.html", "suggestions", list)
}

// receiver shows the same page within an application.
func (m *Room) receiver(w http.ResponseWriter, r *http.Request) error {
	a, err := m.application(r, stepReceiver)
	if err != nil {
		return err
	}
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	return m.showReceiver(w, r, http.StatusOK, a, q, a.found(q))
}

func (m *Room) showReceiver(w http.ResponseWriter, r *http.Request, status int, a *application, q web.Values, ps []fault.Problem) error {
	view := &receiverView{Action: a.base() + "/noi-nop", applyView: m.applyView(r.Context(), a)}
	if !q.Has("receiver") && q.Line("noi") == "" {
		q["receiver"] = []string{string(a.draft.Filing.ReceiverID)}
	}
	if !q.Has("case") {
		q["case"] = []string{a.draft.Filing.CaseKey}
	}
	problems, conflict := view.Problems, view.Conflict
	if err := m.chooseReceiver(r.Context(), view, a.version, q, ps); err != nil {
		return err
	}
	view.Problems, view.Conflict = append(problems, view.Problems...), conflict
	view.Suggest = ""
	return m.pages.Render(w, r, status, "receiver.html", "public", web.View{Title: view.Procedure, Data: view})
}

func (m *Room) saveReceiver(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	a, err := m.application(r, stepReceiver)
	if err != nil {
		return err
	}
	a.draft.Filing.CaseKey, a.draft.Filing.ReceiverID = vs.Line("case"), org.UnitID(vs.Line("receiver"))
	a.tidy()
	return m.keep(w, r, a, vs, nil, func(status int, ps []fault.Problem) error {
		return m.showReceiver(w, r, status, a, vs, ps)
	})
}
