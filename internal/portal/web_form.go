package portal

import (
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
)

type formView struct {
	applyView
	Title string
	Form  template.HTML
}

func (m *Room) form(w http.ResponseWriter, r *http.Request) error {
	a, err := m.application(r, stepForm)
	if err != nil {
		return err
	}
	return m.showForm(w, r, http.StatusOK, a, nil, problemsAt(a.at, a.all))
}

func (m *Room) saveForm(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	a, err := m.application(r, stepForm)
	if err != nil {
		return err
	}
	f, err := a.spec().Form.Form()
	if err != nil {
		return err
	}
	in := f.Decode(url.Values(vs))
	a.draft.Filing.Form = in.Data
	if in.Rearranged { // a row more or less: the page again, at the list, without complaints
		return m.rearrange(w, r, a, vs)
	}
	return m.keep(w, r, a, vs, nil, func(status int, ps []fault.Problem) error {
		return m.showForm(w, r, status, a, in.Raw, ps)
	})
}

// rearrange saves a form to which a row was added or from which one was taken, and shows it again.
func (m *Room) rearrange(w http.ResponseWriter, r *http.Request, a *application, vs web.Values) error {
	a.tab = vs.Get("tab")
	show := func(status int, _ []fault.Problem) error { return m.showForm(w, r, status, a, nil, nil) }
	var err error
	if !fresh(r, a.draft, vs) {
		err = fault.NewConflict(i18n.Msg{})
	} else {
		err = m.Dossiers.SaveDraft(r.Context(), a.draft)
	}
	switch {
	case fault.KindOf(err) == fault.Conflict && err != nil:
		return m.collide(w, r, a, false, nil, show)
	case err != nil:
		return err
	}
	m.saved(w, a.draft, a.tab)
	return show(http.StatusOK, nil)
}

func (m *Room) showForm(w http.ResponseWriter, r *http.Request, status int, a *application, raw url.Values, ps []fault.Problem) error {
	ctx := r.Context()
	f, err := a.spec().Form.Form()
	if err != nil {
		return err
	}
	lists, err := m.Procedures.FormLists(ctx, a.version, clock.Date{})
	if err != nil {
		return err
	}
	data := a.draft.Filing.Form
	if data == nil {
		data = f.Prefill(facts(a.draft.Filing.Owner))
	}
	var at fault.Problems
	for _, p := range ps {
		at.Add(strings.TrimPrefix(strings.TrimPrefix(p.Field, "form"), "."), p.Msg)
	}
	view := &formView{applyView: m.applyView(ctx, a), Title: f.Text(i18n.Lang(ctx))}
	view.Problems, _ = m.problems(ctx, at)
	view.Form, err = form.View{Form: f, Data: data, Raw: raw, Error: at.Err(), Lists: lists, Lang: i18n.Lang(ctx), Catalog: m.Catalog, Level: 2}.HTML()
	if err != nil {
		return err
	}
	return m.pages.Render(w, r, status, "form.html", "public", web.View{Title: orElse(view.Title, view.Procedure), Data: view})
}

// facts returns what a form may take over from its applicant, by the names of an applicant's fields.
func facts(a dossier.Applicant) map[string]any {
	known := map[string]any{}
	if raw, err := json.Marshal(a); err == nil {
		_ = json.Unmarshal(raw, &known) // its own text
	}
	return known
}
