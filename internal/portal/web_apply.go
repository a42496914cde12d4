package portal

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/web"
	"lienthong/internal/procedure"
	design "lienthong/web"
)

// application is a draft with its procedure, on one of its pages.
type application struct {
	draft    *dossier.Draft
	version  *procedure.Version
	at       int
	tab      string // of the page in the browser, so that its own savings are no conflict
	conflict bool
	all      []fault.Problem // everything that is wrong, once asked for
}

func base(d *dossier.Draft) string           { return "/nop/" + d.ResumeCode }
func (a *application) base() string          { return base(a.draft) }
func (a *application) spec() *procedure.Spec { return a.version.Spec }

// application loads the draft that a page belongs to.
func (m *Room) application(r *http.Request, at int) (*application, error) {
	ctx := r.Context()
	d, err := m.Dossiers.Draft(ctx, resumeCode(r.PathValue("resume")))
	if err != nil {
		return nil, err
	}
	v, err := m.fileable(ctx, d.ProcedureCode)
	if err != nil {
		return nil, err
	}
	a := &application{draft: d, version: v, at: at, tab: id.New()}
	if r.URL.Query().Has("kiem-tra") || at == stepReview {
		if a.all, err = m.check(ctx, d); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// found returns the problems of this page when the reader came to mend them.
func (a *application) found(web.Values) []fault.Problem { return problemsAt(a.at, a.all) }

// resumeCode brings a typed resume code into its stored form; people write it in two halves.
func resumeCode(s string) string {
	return dossier.CleanSecret(strings.NewReplacer("-", "", ".", "", "–", "").Replace(s))
}

// spelled returns a resume code in two halves, easier to write down.
func spelled(code string) string {
	if len(code) != 10 {
		return code
	}
	return code[:5] + "-" + code[5:]
}

// applyView is what all pages of an application show.
type applyView struct {
	Base      string
	Code      string // resume code as people write it
	Procedure string
	Steps     []design.Step
	Problems  []design.Problem
	Version   int64
	Tab       string
	Conflict  bool
	Back      string
	SignedIn  bool
	Files     string // accept attribute of file fields
}

// firstView is the applyView before there is a draft.
func (m *Room) firstView(ctx context.Context, v *procedure.Version) applyView {
	view := applyView{Procedure: v.Title(i18n.Lang(ctx)), Back: "/thu-tuc/" + v.Code}
	for i, s := range steps {
		st := design.Step{Title: m.say(ctx, s.title), State: "next"}
		if i == 0 {
			st.State = "now"
		}
		view.Steps = append(view.Steps, st)
	}
	return view
}

func (m *Room) applyView(ctx context.Context, a *application) applyView {
	view := applyView{Base: a.base(), Code: spelled(a.draft.ResumeCode), Procedure: a.version.Title(i18n.Lang(ctx)), Version: a.draft.Version,
		Tab: a.tab, Conflict: a.conflict, SignedIn: actor.From(ctx).SignedIn(), Back: a.base() + "/" + steps[max(0, a.at-1)].slug}
	if a.at == stepReceiver {
		view.Back = "/thu-tuc/" + a.version.Code
	}
	reached := max(a.at, stepAt(a.draft.Step))
	for i, s := range steps {
		st := design.Step{Title: m.say(ctx, s.title), State: "next"}
		if i <= reached {
			st.State, st.Href = "done", a.base()+"/"+s.slug
		}
		if i == a.at {
			st.State, st.Href = "now", ""
		}
		view.Steps = append(view.Steps, st)
	}
	return view
}

// fresh reports whether the page in the browser knows the newest saving: it was shown after
// it, or it made it itself, which the cookie of its last saving says.
func fresh(r *http.Request, d *dossier.Draft, vs web.Values) bool {
	if vs.Get("version") == strconv.FormatInt(d.Version, 10) {
		return true
	}
	c, err := r.Cookie(tabCookie)
	if err != nil {
		return false
	}
	tab, version, _ := strings.Cut(c.Value, ".")
	return tab != "" && tab == vs.Get("tab") && version == strconv.FormatInt(d.Version, 10)
}

const tabCookie = "saved"

// saved remembers in the browser which page saved last.
func (m *Room) saved(w http.ResponseWriter, d *dossier.Draft, tab string) {
	if len(tab) != len(id.New()) || !id.Valid(tab) {
		return
	}
	http.SetCookie(w, &http.Cookie{Name: tabCookie, Value: tab + "." + strconv.FormatInt(d.Version, 10), Path: base(d), MaxAge: 24 * 3600,
		HttpOnly: true, Secure: m.Secure, SameSite: http.SameSiteLaxMode})
}

// keep saves what a page changed and goes on: to the next page, to the page with the
// resume code, or back to the same page with what is wrong. Whatever was typed is saved, right
// or not, unless another browser saved in between: then it is shown again.
func (m *Room) keep(w http.ResponseWriter, r *http.Request, a *application, vs web.Values, typed []fault.Problem, show func(status int, ps []fault.Problem) error) error {
	ctx := r.Context()
	autosave := r.Header.Get("X-Autosave") != ""
	a.tab = vs.Get("tab")
	all, err := m.check(ctx, a.draft)
	if err != nil {
		return err
	}
	ps := merge(typed, problemsAt(a.at, all))
	next := min(a.at+1, stepReview)
	if len(ps) == 0 && !autosave && stepAt(a.draft.Step) < next {
		a.draft.Step = steps[next].slug
	}
	if !fresh(r, a.draft, vs) {
		err = fault.NewConflict(i18n.Msg{})
	} else {
		err = m.Dossiers.SaveDraft(ctx, a.draft)
	}
	switch {
	case fault.KindOf(err) == fault.Conflict && err != nil:
		return m.collide(w, r, a, autosave, ps, show)
	case err != nil:
		return err
	}
	m.saved(w, a.draft, a.tab)
	switch {
	case autosave:
		w.WriteHeader(http.StatusNoContent)
		return nil
	case vs.Has("later"):
		return web.Redirect(w, r, a.base()+"/luu")
	case len(ps) > 0:
		return show(http.StatusUnprocessableEntity, ps)
	}
	return web.Redirect(w, r, a.base()+"/"+steps[next].slug)
}

// collide shows a page again that another browser has overtaken: with what was typed, on top of the newest saving.
func (m *Room) collide(w http.ResponseWriter, r *http.Request, a *application, autosave bool, ps []fault.Problem, show func(int, []fault.Problem) error) error {
	if autosave {
		w.WriteHeader(http.StatusConflict)
		return nil
	}
	newest, err := m.Dossiers.Draft(r.Context(), a.draft.ResumeCode)
	if err != nil {
		return err
	}
	a.conflict, a.draft.Version = true, newest.Version
	return show(http.StatusConflict, ps)
}

// merge returns the problems of both lists; what could not be read at all stands before what follows from it.
func merge(typed, checked []fault.Problem) []fault.Problem {
	all := append([]fault.Problem(nil), typed...)
	said := map[string]bool{}
	for _, p := range typed {
		said[p.Field] = true
	}
	for _, p := range checked {
		if !said[p.Field] {
			all = append(all, p)
		}
	}
	return all
}

// goOn opens an application where it was left.
func (m *Room) goOn(w http.ResponseWriter, r *http.Request) error {
	a, err := m.application(r, stepReceiver)
	if err != nil {
		return err
	}
	return web.Redirect(w, r, a.base()+"/"+steps[stepAt(a.draft.Step)].slug)
}

// later shows the resume code.
func (m *Room) later(w http.ResponseWriter, r *http.Request) error {
	a, err := m.application(r, stepReceiver)
	if err != nil {
		return err
	}
	view := struct {
		applyView
		Until string
		Mine  bool
	}{m.applyView(r.Context(), a), web.Date(a.draft.UpdatedAt.Add(dossier.DraftLife)), a.draft.AccountID != ""}
	return m.pages.Render(w, r, http.StatusOK, "later.html", "public", web.View{Title: "Lưu và làm tiếp sau", Data: view})
}

type resumeView struct{ Code, Error string }

// resume asks for a resume code.
func (m *Room) resume(w http.ResponseWriter, r *http.Request) error {
	return m.pages.Render(w, r, http.StatusOK, "resume.html", "public", web.View{Title: "Làm tiếp hồ sơ", Data: resumeView{}})
}

func (m *Room) resumeOpen(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	v := resumeView{Code: vs.Line("code")}
	show := func(status int, msg i18n.Msg) error {
		v.Error = m.say(r.Context(), msg)
		return m.pages.Render(w, r, status, "resume.html", "public", web.View{Title: "Làm tiếp hồ sơ", Data: v})
	}
	if v.Code == "" {
		return show(http.StatusUnprocessableEntity, i18n.M("Hãy nhập mã làm tiếp."))
	}
	giveBack, wait := m.guard.try(web.ClientIP(r), "")
	if wait > 0 {
		return show(http.StatusTooManyRequests, tooMany(wait))
	}
	d, err := m.Dossiers.Draft(r.Context(), resumeCode(v.Code))
	switch fault.KindOf(err) {
	case fault.NotFound:
		return show(http.StatusUnprocessableEntity, i18n.M("Không tìm thấy hồ sơ đang soạn với mã này. Hãy kiểm tra lại từng ký tự; hồ sơ được giữ 30 ngày kể từ lần lưu cuối."))
	case fault.Unauthenticated:
		giveBack()
		return web.Redirect(w, r, address("/dang-nhap", "next", "/nop/"+resumeCode(v.Code)))
	}
	if err != nil {
		return err
	}
	giveBack()
	return web.Redirect(w, r, base(d))
}

// drop deletes a draft with its files.
func (m *Room) drop(w http.ResponseWriter, r *http.Request) error {
	if err := m.Dossiers.DropDraft(r.Context(), resumeCode(r.PathValue("resume"))); err != nil {
		return err
	}
	m.pages.AddFlash(w, r, web.FlashOK, i18n.M("Đã xóa hồ sơ đang soạn và các tệp kèm theo."))
	if actor.From(r.Context()).SignedIn() {
		return web.Redirect(w, r, "/ho-so-cua-toi")
	}
	return web.Redirect(w, r, "/")
}
