package setting

import (
	"cmp"
	"context"
	"net/http"
	"net/url"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	look "lienthong/web"
)

// pages answers browsers.
type pages struct {
	service *Service
	*web.Pages
	catalog *i18n.Catalog
}

// Routes returns the pages of the room. The catalogue translates what is not in a template.
func (s *Service) Routes(rd *web.Renderer, catalog *i18n.Catalog) []web.Route {
	p := pages{s, rd.Pages(files, "setting"), catalog}
	route := func(method, pattern, name string, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Permission: web.SignedIn, Name: "setting." + name, Handler: h}
	}
	return []web.Route{
		route("GET", "/setting", "home", p.home),
		route("GET", "/setting/{kind}", "things", p.things),
		route("GET", "/setting/{kind}/{thing}", "thing", p.thing),
		route("GET", "/setting/{kind}/{thing}/file", "file", p.file),
		route("POST", "/setting/{kind}/{thing}/start", "start", p.start),
		route("GET", "/setting/drafts/{id}", "draft", p.draft),
		route("GET", "/setting/drafts/{id}/file", "draft_file", p.draftFile),
		route("POST", "/setting/drafts/{id}/edit", "edit", p.edit),
		route("POST", "/setting/drafts/{id}/save", "save", p.save),
		route("POST", "/setting/drafts/{id}/propose", "propose", p.propose),
		route("POST", "/setting/drafts/{id}/decide", "decide", p.decide),
		route("GET", "/setting/drafts/{id}/merge", "merge", p.merge),
		route("POST", "/setting/drafts/{id}/merge", "rebase", p.rebase),
	}
}

// say returns a sentence in the language of the reader; messages among its arguments are translated too.
func (p pages) say(ctx context.Context, m i18n.Msg) string {
	args := make([]any, len(m.Args))
	for i, a := range m.Args {
		if in, ok := a.(i18n.Msg); ok {
			a = p.say(ctx, in)
		}
		args[i] = a
	}
	return p.catalog.Msg(i18n.Lang(ctx), i18n.Msg{Text: m.Text, Args: args})
}

// status shows the state of a draft.
func (p pages) status(ctx context.Context, s State) look.Status {
	tone := map[State]string{StateProposed: "warn", StateReturned: "late", StateApproved: "info", StateApplying: "info", StateStale: "late", StateInForce: "ok"}[s]
	return look.Status{Tone: cmp.Or(tone, "mute"), Text: p.say(ctx, s.Name())}
}

// draftRow is a draft in a list.
type draftRow struct {
	Draft
	KindName string
	Status   look.Status
}

func (p pages) rows(ctx context.Context, drafts []Draft) []draftRow {
	rows := make([]draftRow, len(drafts))
	for i, d := range drafts {
		rows[i] = draftRow{d, d.Kind, p.status(ctx, d.State)}
		if k, err := p.service.kind(d.Kind); err == nil {
			rows[i].KindName = p.say(ctx, k.Name())
		}
	}
	return rows
}

type homePage struct {
	Tiles   []tile
	Waiting []draftRow
	Past    []draftRow
}

type tile struct{ Title, Text, Icon, Href string }

// shownDrafts bounds the lists of drafts on a page.
const shownDrafts = 50

func (p pages) home(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	kinds, err := p.service.Kinds(ctx)
	if err != nil {
		return err
	}
	if len(kinds) == 0 {
		return forbidden()
	}
	icons := map[string]string{KindCodelists: "list-check", KindCalendar: "calendar", KindProcedures: "git-branch"}
	texts := map[string]i18n.Msg{
		KindCodelists:  i18n.M("Dân tộc, giấy tờ, lĩnh vực… mà biểu mẫu và hồ sơ dùng"),
		KindCalendar:   i18n.M("Giờ làm việc, ngày lễ, ngày nghỉ và làm bù"),
		KindProcedures: i18n.M("Giấy tờ, lệ phí, thời hạn và các bước xử lý"),
	}
	var data homePage
	for _, k := range kinds {
		href := web.Link("setting", k.Key())
		if k.Key() == KindCalendar {
			href = web.Link("setting", KindCalendar, KindCalendar)
		}
		data.Tiles = append(data.Tiles, tile{p.say(ctx, k.Name()), p.say(ctx, texts[k.Key()]), icons[k.Key()], href})
	}
	waiting, err := p.service.Drafts(ctx, DraftQuery{Waiting: true, Limit: shownDrafts})
	if err != nil {
		return err
	}
	past, err := p.service.Drafts(ctx, DraftQuery{Past: true, Limit: shownDrafts})
	if err != nil {
		return err
	}
	data.Waiting, data.Past = p.rows(ctx, waiting), p.rows(ctx, past)
	return p.Render(w, r, http.StatusOK, "home.html", "desk", web.View{Title: "Thiết lập", Data: data})
}

type thingsPage struct {
	Kind   string
	Name   string
	Text   string
	Things []Thing
	More   bool
}

func (p pages) things(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	k, err := p.service.Kind(r.Context(), r.PathValue("kind"))
	if err != nil {
		return err
	}
	data := thingsPage{Kind: k.Key(), Name: p.say(r.Context(), k.Name()), Text: vs.Line("q")}
	if data.Things, err = p.service.Things(r.Context(), k.Key(), data.Text); err != nil {
		return err
	}
	data.More = len(data.Things) >= maxThings
	return p.Render(w, r, http.StatusOK, "things.html", "desk", web.View{Title: k.Name().String(), Data: data})
}

type thingPage struct {
	Kind, KindName string
	Thing          Thing
	MayPropose     bool
	Drafts         []draftRow
}

func (p pages) thing(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	k, err := p.service.Kind(ctx, r.PathValue("kind"))
	if err != nil {
		return err
	}
	data := thingPage{Kind: k.Key(), KindName: p.say(ctx, k.Name())}
	if data.Thing, err = k.Thing(ctx, r.PathValue("thing")); err != nil {
		return err
	}
	if data.MayPropose, err = p.service.may(ctx, PermPropose, k); err != nil {
		return err
	}
	drafts, err := p.service.Drafts(ctx, DraftQuery{Kind: k.Key(), Thing: data.Thing.Key, Limit: shownDrafts})
	if err != nil {
		return err
	}
	data.Drafts = p.rows(ctx, drafts)
	return p.Render(w, r, http.StatusOK, "thing.html", "desk", web.View{Title: data.Thing.Title, Data: data})
}

// file sends the text of a thing as the file of a province's folder.
func (p pages) file(w http.ResponseWriter, r *http.Request) error {
	k, err := p.service.Kind(r.Context(), r.PathValue("kind"))
	if err != nil {
		return err
	}
	t, err := k.Thing(r.Context(), r.PathValue("thing"))
	if err != nil {
		return err
	}
	text, err := k.Export(r.Context(), t.Key)
	if err != nil {
		return err
	}
	return sendFile(w, t.File, text)
}

func (p pages) draftFile(w http.ResponseWriter, r *http.Request) error {
	d, _, err := p.service.Draft(r.Context(), DraftID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return sendFile(w, d.Kind+"-"+d.Thing+".yaml", d.Text)
}

func sendFile(w http.ResponseWriter, name, text string) error {
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+url.PathEscape(name)+`"`)
	_, err := w.Write([]byte(text))
	return err
}

func (p pages) start(w http.ResponseWriter, r *http.Request) error {
	d, err := p.service.Start(r.Context(), r.PathValue("kind"), r.PathValue("thing"))
	if err != nil {
		return err
	}
	return web.Redirect(w, r, web.Link("setting", "drafts", d.ID))
}

// after leads back to the draft, or shows it again with what is wrong.
func (p pages) after(w http.ResponseWriter, r *http.Request, err error, vs web.Values, done i18n.Msg) error {
	f, ok := fault.As(err)
	switch {
	case err == nil:
		if done.Text != "" {
			p.AddFlash(w, r, web.FlashOK, done)
		}
		return web.Redirect(w, r, back(r, vs))
	case ok && (f.Kind == fault.Invalid || f.Kind == fault.Conflict || f.Kind == fault.Forbidden):
		return p.showDraft(w, r, vs, f)
	}
	return err
}

// back is the page of the draft that the form stood on.
func back(r *http.Request, vs web.Values) string {
	to := web.Link("setting", "drafts", r.PathValue("id"))
	q := url.Values{}
	for _, name := range []string{"tab", "year", "step"} {
		if v := vs.Line("at_" + name); v != "" {
			q.Set(name, v)
		}
	}
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	return to + vs.Line("at")
}

func (p pages) edit(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	d, _, err := p.service.own(r.Context(), DraftID(r.PathValue("id")))
	if err != nil {
		return err
	}
	text, err := Edit(d.Kind, d.Text, vs)
	if err == nil {
		err = p.saved(r.Context(), d, vs, text)
	}
	return p.after(w, r, err, vs, i18n.M("Đã ghi vào bản thảo."))
}

func (p pages) saved(ctx context.Context, d *Draft, vs web.Values, text string) error {
	revision, err := vs.Int("revision")
	if err != nil {
		return err
	}
	_, err = p.service.Save(ctx, d.ID, revision, text)
	return err
}

func (p pages) save(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	d, _, err := p.service.own(r.Context(), DraftID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return p.after(w, r, p.saved(r.Context(), d, vs, vs.Get("text")), vs, i18n.M("Đã ghi vào bản thảo."))
}

func (p pages) propose(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	revision, err := vs.Int("revision")
	if err != nil {
		return err
	}
	var from clock.Date
	if from, err = vs.Date("valid_from"); err == nil {
		_, err = p.service.Propose(r.Context(), DraftID(r.PathValue("id")), Proposal{revision, from, vs.Line("source_act"), vs.Get("note")})
	}
	return p.after(w, r, err, vs, i18n.M("Đã đề nghị duyệt. Người khác có quyền duyệt sẽ xem và quyết định."))
}

// decide is everything else that is done with a draft, by the button that was pressed.
func (p pages) decide(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	revision, err := vs.Int("revision")
	if err != nil {
		return err
	}
	ctx, id, note, s := r.Context(), DraftID(r.PathValue("id")), vs.Get("note"), p.service
	var d *Draft
	var done i18n.Msg
	switch vs.Get("act") {
	case "approve":
		d, err = s.Approve(ctx, id, revision, note)
		done = i18n.M("Đã duyệt. Thay đổi tự áp dụng vào ngày đã ghi.")
	case "return":
		d, err = s.Return(ctx, id, revision, note)
		done = i18n.M("Đã trả lại cho người soạn.")
	case "withdraw":
		d, err = s.Withdraw(ctx, id, note)
		done = i18n.M("Đã rút lại, có thể sửa tiếp.")
	case "drop":
		d, err = s.Drop(ctx, id, note)
		done = i18n.M("Đã bỏ bản thảo. Nội dung vẫn còn trong lịch sử.")
	case "comment":
		d, err = s.Comment(ctx, id, note)
		done = i18n.M("Đã ghi ý kiến.")
	case "undo":
		d, err = s.Undo(ctx, id, note)
		done = i18n.M("Đã lập đề nghị hoàn tác, chờ người khác duyệt.")
	case "restore":
		d, err = s.Restore(ctx, id)
		done = i18n.M("Đã lập bản thảo mới theo bản này.")
	default:
		err = unknownEdit()
	}
	if err == nil {
		r.SetPathValue("id", string(d.ID))
	}
	return p.after(w, r, err, vs, done)
}
