package portal

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"lienthong/internal/dossier"
	"lienthong/internal/file"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/web"
	"lienthong/internal/procedure"
	design "lienthong/web"
)

type paperView struct {
	Key, Name, Note  string
	Optional, Extra  bool
	ShowOnly         bool
	Files            []design.FileItem
	Field, NameField design.Field
	Action, Draft    string
}

// ID returns the id of the part of the page that an upload replaces.
func (p paperView) ID() string { return "paper-" + p.Key }

type papersView struct {
	applyView
	Papers []paperView
	Shown  []paperView // to be shown at the counter
	New    paperView   // a paper beyond the list
	Limit  string
}

// newPaper is the key in the address under which a paper beyond the list is uploaded.
const newPaper = "khac"

// extraKey begins the keys of papers beyond the list.
const extraKey = "extra-"

func (m *Room) papers(w http.ResponseWriter, r *http.Request) error {
	a, err := m.application(r, stepPapers)
	if err != nil {
		return err
	}
	return m.showPapers(w, r, http.StatusOK, a, problemsAt(a.at, a.all))
}

func (m *Room) savePapers(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	a, err := m.application(r, stepPapers)
	if err != nil {
		return err
	}
	vs["version"] = []string{formVersion(a.draft)} // nothing is typed here: files were saved one by one
	return m.keep(w, r, a, vs, nil, func(status int, ps []fault.Problem) error { return m.showPapers(w, r, status, a, ps) })
}

// papersOf returns the papers of the draft as the page shows them.
func (m *Room) papersOf(ctx context.Context, a *application, at map[string]string) (given, shown []paperView, err error) {
	files, err := m.Dossiers.DraftFiles(ctx, a.draft)
	if err != nil {
		return nil, nil, err
	}
	listed := map[string]bool{}
	for _, p := range a.spec().PapersFor(a.draft.Filing.CaseKey, dossierOnline) {
		listed[p.Key] = true
		v := paperView{Key: p.Key, Name: pick(ctx, p.Name, p.NameEN), Note: p.Note, Optional: p.Optional, ShowOnly: p.ShowOnly}
		if p.ShowOnly {
			shown = append(shown, v)
			continue
		}
		given = append(given, m.filled(ctx, a, v, files, at))
	}
	for _, p := range a.draft.Filing.Papers {
		if listed[p.Key] || len(p.Files) == 0 {
			continue
		}
		v := paperView{Key: p.Key, Name: p.Name, Optional: true, Extra: true}
		if s, ok := a.spec().Paper(p.Key); ok { // of another case than the one chosen now
			v.Name, v.Note = pick(ctx, s.Name, s.NameEN), m.say(ctx, i18n.M("Trường hợp đã chọn không cần giấy tờ này. Hãy xóa các tệp ở đây."))
		}
		given = append(given, m.filled(ctx, a, v, files, at))
	}
	return given, shown, nil
}

// dossierOnline is the channel of everything filed here.
const dossierOnline = string(dossier.ChannelOnline)

// filled adds the files of a paper and the field for more.
func (m *Room) filled(ctx context.Context, a *application, v paperView, files map[string]file.File, at map[string]string) paperView {
	name := "papers." + v.Key
	v.Action, v.Draft = a.base()+"/giay-to/"+v.Key, a.draft.ResumeCode
	v.Field = design.Field{Name: name, Type: "file", Multiple: true, Accept: strings.Join(file.Endings(nil), ","), Error: at[name],
		Label: m.say(ctx, i18n.M("Chọn tệp hoặc chụp ảnh")), LabelMore: v.Name}
	for _, p := range a.draft.Filing.Papers {
		if p.Key != v.Key {
			continue
		}
		for _, fid := range p.Files {
			f, ok := files[fid]
			if !ok {
				continue
			}
			v.Files = append(v.Files, design.FileItem{Name: f.Name, Href: a.base() + "/tep/" + fid, Size: web.Size(f.Size),
				Note: m.say(ctx, i18n.M("tải lên %s", web.DateTime(f.CreatedAt))), Remove: v.Action + "/xoa/" + fid})
		}
	}
	return v
}

func (m *Room) showPapers(w http.ResponseWriter, r *http.Request, status int, a *application, ps []fault.Problem) error {
	ctx := r.Context()
	view := &papersView{applyView: m.applyView(ctx, a), Limit: web.Size(dossier.MaxFile)}
	var at map[string]string
	view.Problems, at = m.problems(ctx, ps)
	var err error
	if view.Papers, view.Shown, err = m.papersOf(ctx, a, at); err != nil {
		return err
	}
	view.New = m.filled(ctx, a, paperView{Key: newPaper, Optional: true}, nil, at)
	view.New.NameField = design.Field{Name: "name", Label: m.say(ctx, i18n.M("Tên giấy tờ kèm thêm")), MaxLength: 300, Required: true, Error: at["name"]}
	return m.pages.Render(w, r, status, "papers.html", "public", web.View{Title: "Giấy tờ kèm theo", Data: view})
}

// upload takes files for one paper. Sent by the script it answers with the list of the paper's files.
func (m *Room) upload(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a, err := m.application(r, stepPapers)
	if err != nil {
		return err
	}
	key := r.PathValue("paper")
	if key == newPaper {
		key = extraKey + id.New()[24:]
	} else if !a.takes(key) {
		return fault.NewNotFound(i18n.M("Thủ tục này không có giấy tờ “%s”.", key))
	}
	n := 0
	vs, err := web.Multipart(r, dossier.MaxFile, func(p web.Part, _ web.Values) error {
		n++
		_, err := m.Dossiers.UploadToDraft(ctx, a.draft, key, p.Name, p)
		return err
	})
	for _, transfer := range vs.All("transfer") { // what the script sent in pieces
		if err == nil {
			n++
			_, err = m.Dossiers.TakeTransfer(ctx, a.draft, key, transfer)
		}
	}
	ps, bad := invalid(err)
	if err != nil && !bad {
		return err
	}
	if err == nil && n == 0 {
		ps = []fault.Problem{{Field: "papers." + r.PathValue("paper"), Msg: i18n.M("Hãy chọn tệp để tải lên.")}}
	}
	if n > 0 {
		name := vs.Line("name")
		if strings.HasPrefix(key, extraKey) && name == "" {
			name = m.say(ctx, i18n.M("Giấy tờ kèm thêm"))
		}
		if err := m.keepFiles(ctx, a, key, name); err != nil {
			return err
		}
	}
	for i := range ps {
		ps[i].Field = "papers." + r.PathValue("paper")
	}
	return m.uploaded(w, r, a, r.PathValue("paper"), ps)
}

// takes reports whether files can be added to a paper of the draft.
func (a *application) takes(key string) bool {
	for _, p := range a.spec().PapersFor(a.draft.Filing.CaseKey, dossierOnline) {
		if p.Key == key {
			return !p.ShowOnly
		}
	}
	return slices.ContainsFunc(a.draft.Filing.Papers, func(p dossier.FilingPaper) bool { return p.Key == key && p.Name != "" })
}

// keepFiles saves the draft with the files that were just added to a paper. When another page
// saved in between, the files are added to what that one saved.
func (m *Room) keepFiles(ctx context.Context, a *application, key, name string) error {
	given := paperOf(&a.draft.Filing, key)
	if given == nil {
		return nil
	}
	if name != "" && strings.HasPrefix(key, extraKey) && given.Name == "" {
		given.Name = name
	}
	mine := *given
	for range 5 {
		err := m.Dossiers.SaveDraft(ctx, a.draft)
		if err == nil || fault.KindOf(err) != fault.Conflict {
			return err
		}
		newest, err := m.Dossiers.Draft(ctx, a.draft.ResumeCode)
		if err != nil {
			return err
		}
		there := paperOf(&newest.Filing, key)
		if there == nil {
			newest.Filing.Papers = append(newest.Filing.Papers, dossier.FilingPaper{Key: key, Name: mine.Name})
			there = &newest.Filing.Papers[len(newest.Filing.Papers)-1]
		}
		for _, f := range mine.Files {
			if !slices.Contains(there.Files, f) {
				there.Files = append(there.Files, f)
			}
		}
		there.Provided = true
		a.draft = newest
	}
	return fault.NewConflict(i18n.Msg{})
}

func paperOf(f *dossier.Filing, key string) *dossier.FilingPaper {
	for i := range f.Papers {
		if f.Papers[i].Key == key {
			return &f.Papers[i]
		}
	}
	return nil
}

// uploaded answers after an upload: the part for the script, the page again with what is wrong, or the page by GET.
func (m *Room) uploaded(w http.ResponseWriter, r *http.Request, a *application, key string, ps []fault.Problem) error {
	ctx := r.Context()
	status := http.StatusOK
	if len(ps) > 0 {
		status = http.StatusUnprocessableEntity
	}
	if r.Header.Get("X-Upload") != "" && key != newPaper {
		_, at := m.problems(ctx, ps)
		given, _, err := m.papersOf(ctx, a, at)
		if err != nil {
			return err
		}
		for _, p := range given {
			if p.Key == key {
				return m.pages.RenderPart(w, r, status, "papers.html", "paper_files", p)
			}
		}
	}
	if len(ps) > 0 {
		return m.showPapers(w, r, status, a, ps)
	}
	return web.Redirect(w, r, a.base()+"/giay-to#paper-"+key)
}

func (m *Room) removeUpload(w http.ResponseWriter, r *http.Request) error {
	a, err := m.application(r, stepPapers)
	if err != nil {
		return err
	}
	if err := m.dropFile(r.Context(), a, r.PathValue("file")); err != nil {
		return err
	}
	return web.Redirect(w, r, a.base()+"/giay-to#paper-"+r.PathValue("paper"))
}

// dropFile removes a file, also when another page saved in between, and the paper that was only there for it.
func (m *Room) dropFile(ctx context.Context, a *application, fileID string) error {
	err := m.Dossiers.RemoveDraftFile(ctx, a.draft, fileID)
	for range 5 {
		if err == nil && !a.tidy() {
			return nil
		}
		if err != nil && fault.KindOf(err) != fault.Conflict {
			return err
		}
		if err != nil {
			if a.draft, err = m.Dossiers.Draft(ctx, a.draft.ResumeCode); err != nil {
				return err
			}
			for i := range a.draft.Filing.Papers {
				given := &a.draft.Filing.Papers[i]
				given.Files = slices.DeleteFunc(given.Files, func(f string) bool { return f == fileID })
				given.Provided = len(given.Files) > 0
			}
			a.tidy()
		}
		if err = m.Dossiers.SaveDraft(ctx, a.draft); err == nil {
			return nil
		}
	}
	return err
}

// tidy takes out papers without files that the chosen case does not ask for, and reports whether there were any.
func (a *application) tidy() bool {
	f := &a.draft.Filing
	asked := a.spec().PapersFor(f.CaseKey, dossierOnline)
	before := len(f.Papers)
	f.Papers = slices.DeleteFunc(f.Papers, func(p dossier.FilingPaper) bool {
		return len(p.Files) == 0 && !slices.ContainsFunc(asked, func(s procedure.Paper) bool { return s.Key == p.Key })
	})
	return len(f.Papers) < before
}

func (m *Room) openUpload(w http.ResponseWriter, r *http.Request) error {
	d, err := m.Dossiers.Draft(r.Context(), resumeCode(r.PathValue("resume")))
	if err != nil {
		return err
	}
	content, f, err := m.Dossiers.OpenDraftFile(r.Context(), d, r.PathValue("file"))
	if err != nil {
		return err
	}
	defer content.Close() //nolint:errcheck // read only
	file.Serve(w, r, content, f, true)
	return nil
}
