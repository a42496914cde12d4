package setting

import (
	"context"
	"net/http"
	"strconv"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	look "lienthong/web"
)

// draftPage is a draft with everything one can do with it.
type draftPage struct {
	Draft    *Draft
	KindName string
	Base     string // address
	Status   look.Status
	Facts    []look.Fact
	Chips    []look.Chip
	Tab      string // "edit", "file", "changes"
	Editing  bool
	Problems []look.Problem
	Errors   map[string]string
	Typed    web.Values
	Revision string

	Changes  []changeRow
	Findings []findingRow
	Acts     []look.Moment

	MayDecide   bool // approve or return
	MayWithdraw bool
	MayDrop     bool
	MayUndo     bool
	MayRestore  bool
	Overtaken   bool // what it began from no longer holds

	Codelist *codelistEditor
	Calendar *calendarEditor
}

type changeRow struct {
	Status look.Status
	Text   string
}

type findingRow struct {
	Warning bool
	Text    string
}

func (p pages) draft(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	typed := web.Values{}
	for _, name := range []string{"tab", "year", "step"} {
		if v := vs.Line(name); v != "" {
			typed["at_"+name] = []string{v}
		}
	}
	for _, name := range []string{"n", "date"} {
		if v := vs.Line(name); v != "" {
			typed[name] = []string{v}
		}
	}
	return p.showDraft(w, r, typed, nil)
}

// showDraft shows a draft; f is what is wrong with the form that was sent, vs what it held.
func (p pages) showDraft(w http.ResponseWriter, r *http.Request, vs web.Values, f *fault.Error) error {
	ctx := r.Context()
	d, k, err := p.service.Draft(ctx, DraftID(r.PathValue("id")))
	if err != nil {
		return err
	}
	data := &draftPage{Draft: d, KindName: p.say(ctx, k.Name()), Base: web.Link("setting", "drafts", d.ID), Status: p.status(ctx, d.State),
		Typed: vs, Errors: map[string]string{}, Tab: vs.Line("at_tab"), Revision: strconv.FormatInt(d.Revision, 10)}
	status := http.StatusOK
	if f != nil {
		status = http.StatusUnprocessableEntity
		p.wrongs(ctx, data, f)
	}
	steps := []func(context.Context, *draftPage, Kind) error{p.rights, p.judged, p.told, p.editor}
	for _, step := range steps {
		if err := step(ctx, data, k); err != nil {
			return err
		}
	}
	return p.Render(w, r, status, "draft.html", "desk", web.View{Title: d.Title, Data: data})
}

func (p pages) wrongs(ctx context.Context, data *draftPage, f *fault.Error) {
	if len(f.Problems) == 0 {
		data.Problems = []look.Problem{{Text: p.say(ctx, f.User())}}
	}
	for _, pr := range f.Problems {
		text := p.say(ctx, pr.Msg)
		data.Errors[pr.Field] = text
		data.Problems = append(data.Problems, look.Problem{Field: pr.Field, Text: text})
	}
}

// rights says what the reader may do with the draft now.
func (p pages) rights(ctx context.Context, data *draftPage, k Kind) error {
	d, a := data.Draft, actor.From(ctx)
	propose, err := p.service.may(ctx, PermPropose, k)
	if err != nil {
		return err
	}
	approve, err := p.service.may(ctx, PermApprove, k)
	if err != nil {
		return err
	}
	acts, err := p.service.Acts(ctx, d.ID)
	if err != nil {
		return err
	}
	data.Editing = propose && d.State.Editable()
	data.MayDecide = approve && d.State == StateProposed && !handled(acts, a)
	data.MayWithdraw = (d.State == StateProposed || d.State == StateApproved) && (approve || d.AuthorID == a.ID)
	data.MayDrop = propose && d.State.Editable()
	data.MayUndo = propose && d.State == StateInForce
	data.MayRestore = propose && d.State.Past()
	if d.State.Editable() {
		now, err := k.Export(ctx, d.Thing)
		if err != nil {
			return err
		}
		data.Overtaken = now != d.Base
	}
	return nil
}

// judged adds what is wrong or odd about the text and what it changes.
func (p pages) judged(ctx context.Context, data *draftPage, k Kind) error {
	found, err := k.Check(ctx, data.Draft.Thing, data.Draft.Text)
	if err != nil {
		return err
	}
	for _, f := range found {
		data.Findings = append(data.Findings, findingRow{f.Warning, p.say(ctx, f.Text)})
	}
	if failed(found) {
		data.Tab = "file" // nothing else can be read
		return nil
	}
	changes, err := k.Compare(ctx, data.Draft.Base, data.Draft.Text)
	if err != nil {
		return err
	}
	tones := map[ChangeKind]string{Added: "ok", Removed: "late", Edited: "info"}
	for _, c := range changes {
		data.Changes = append(data.Changes, changeRow{look.Status{Tone: tones[c.What], Text: p.say(ctx, c.What.Name())}, p.say(ctx, c.Text)})
	}
	return nil
}

// told adds who did what with the draft, and from when it holds.
func (p pages) told(ctx context.Context, data *draftPage, _ Kind) error {
	d := data.Draft
	acts, err := p.service.Acts(ctx, d.ID)
	if err != nil {
		return err
	}
	last := ""
	for i := len(acts) - 1; i >= 0; i-- {
		a := acts[i]
		if a.Act == "save" && last == "save" && a.Note == "" {
			continue // many small changes in a row are one line
		}
		last = a.Act
		data.Acts = append(data.Acts, look.Moment{State: "done", Title: p.say(ctx, a.Name()), Person: a.Who, At: web.DateTime(a.At), Text: a.Note})
	}
	data.Facts = []look.Fact{{Label: p.say(ctx, i18n.M("Người soạn")), Value: d.Author}}
	if !d.ValidFrom.IsZero() {
		data.Facts = append(data.Facts, look.Fact{Label: p.say(ctx, i18n.M("Áp dụng từ")), Value: d.ValidFrom.Display()},
			look.Fact{Label: p.say(ctx, i18n.M("Căn cứ")), Value: d.SourceAct})
	}
	if d.DecidedBy != "" {
		data.Facts = append(data.Facts, look.Fact{Label: p.say(ctx, i18n.M("Người duyệt")), Value: d.DecidedBy})
	}
	return nil
}

// editor adds the forms for people, and the tabs.
func (p pages) editor(ctx context.Context, data *draftPage, k Kind) error {
	tabs := []struct {
		key  string
		name i18n.Msg
	}{{"edit", i18n.M("Nội dung")}, {"changes", i18n.M("So sánh")}, {"file", i18n.M("Tệp")}}
	if k.Key() == KindProcedures {
		tabs[0], tabs = tabs[2], tabs[:2]
	}
	known := false
	for _, t := range tabs {
		known = known || t.key == data.Tab
	}
	if !known {
		data.Tab = tabs[0].key
		if !data.Editing {
			data.Tab = "changes"
		}
	}
	for _, t := range tabs {
		c := look.Chip{Label: p.say(ctx, t.name), Href: data.Base + "?tab=" + t.key, Active: data.Tab == t.key}
		if t.key == "changes" {
			c.Count = strconv.Itoa(len(data.Changes))
		}
		data.Chips = append(data.Chips, c)
	}
	if data.Tab != "edit" {
		return nil
	}
	var err error
	switch k.Key() {
	case KindCodelists:
		data.Codelist, err = newCodelistEditor(data.Draft.Text, data.Typed, clock.Today(p.service.clock))
	case KindCalendar:
		data.Calendar, err = p.newCalendarEditor(ctx, data.Draft.Text, data.Typed)
	}
	return err
}

type mergePage struct {
	Draft    *Draft
	Base     string
	Revision string
	Hunks    []mergeHunk
	Clashes  int
}

type mergeHunk struct {
	Hunk
	N string // number of the conflict; empty where there is none
}

// merge shows the three texts where they differ: what the draft began from, what holds now, the draft.
func (p pages) merge(w http.ResponseWriter, r *http.Request) error {
	d, hunks, err := p.service.Overtaken(r.Context(), DraftID(r.PathValue("id")))
	if err != nil {
		return err
	}
	data := mergePage{Draft: d, Base: web.Link("setting", "drafts", d.ID), Revision: strconv.FormatInt(d.Revision, 10)}
	for _, h := range hunks {
		if h.Same() {
			continue
		}
		row := mergeHunk{Hunk: h}
		if h.Conflict() {
			row.N = strconv.Itoa(data.Clashes)
			data.Clashes++
		}
		data.Hunks = append(data.Hunks, row)
	}
	return p.Render(w, r, http.StatusOK, "merge.html", "desk", web.View{Title: "So sánh ba bản", Data: data})
}

func (p pages) rebase(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	revision, err := vs.Int("revision")
	if err != nil {
		return err
	}
	id := DraftID(r.PathValue("id"))
	_, hunks, err := p.service.Overtaken(r.Context(), id)
	if err != nil {
		return err
	}
	text := Join(hunks, func(n int) bool { return vs.Get("c"+strconv.Itoa(n)) == "now" })
	_, err = p.service.Rebase(r.Context(), id, revision, text)
	return p.after(w, r, err, vs, i18n.M("Đã ghép hai thay đổi. Hãy xem lại nội dung rồi đề nghị duyệt."))
}
