package portal

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/dossier"
	"lienthong/internal/file"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

type sentFile struct{ Field, ID, Name string }

type askedItem struct {
	Text  string
	Field design.Field
	Sent  []sentFile // uploaded before the page had to be shown again
}

type supplementView struct {
	Code, Procedure, Base, Deadline, Reason, Token string
	Items                                          []askedItem
	Note                                           design.Field
	Problems                                       []design.Problem
	Limit                                          string
}

// askedItems returns the papers that a request asks for.
func askedItems(s *dossier.Supplement) []string {
	var items []string
	if json.Unmarshal([]byte(s.Items), &items) != nil {
		return []string{s.Items}
	}
	return items
}

// supplied is what was sent to a request for papers.
type supplied struct {
	token, note string
	files       []sentFile
}

// askDossier shows what the agency asks for.
func (m *Room) askDossier(open opening) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		o, err := open(w, r)
		if err != nil {
			return err
		}
		if o.Asked == nil {
			m.pages.AddFlash(w, r, web.FlashInfo, i18n.M("Hồ sơ không còn yêu cầu bổ sung nào chờ trả lời."))
			return web.Redirect(w, r, o.base)
		}
		return m.showSupplement(w, r, http.StatusOK, o, supplied{token: id.New()}, nil)
	}
}

func (m *Room) showSupplement(w http.ResponseWriter, r *http.Request, status int, o *opened, s supplied, ps []fault.Problem) error {
	ctx := r.Context()
	v := supplementView{Code: o.Code, Procedure: o.Version.Title(i18n.Lang(ctx)), Base: o.base, Deadline: web.DateTime(o.Asked.Deadline), Reason: o.Asked.Reason,
		Token: s.token, Limit: web.Size(dossier.MaxFile)}
	var at map[string]string
	v.Problems, at = m.problems(ctx, ps)
	for i, text := range askedItems(o.Asked) {
		name := itemField(i)
		it := askedItem{Text: text, Field: design.Field{Name: name, Type: "file", Multiple: true, Accept: strings.Join(file.Endings(nil), ","), Error: at[name],
			Label: m.say(ctx, i18n.M("Chọn tệp hoặc chụp ảnh")), LabelMore: text}}
		for _, f := range s.files {
			if f.Field == name {
				it.Sent = append(it.Sent, f)
			}
		}
		v.Items = append(v.Items, it)
	}
	v.Note = design.Field{Name: "note", Type: "textarea", Label: m.say(ctx, i18n.M("Nội dung trả lời")), Optional: true, MaxLength: 2000, Value: s.note,
		Hint: m.say(ctx, i18n.M("Ví dụ: giải thích giấy tờ không có, thông tin cần sửa."))}
	return m.pages.Render(w, r, status, "supplement.html", "public", web.View{Title: "Bổ sung giấy tờ", Data: v})
}

func itemField(i int) string { return "item." + strconv.Itoa(i) }

// answerDossier takes the papers that were asked for.
func (m *Room) answerDossier(open opening) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		o, err := open(w, r)
		if err != nil {
			return err
		}
		if o.Asked == nil {
			return fault.NewConflict(i18n.M("Hồ sơ không còn yêu cầu bổ sung nào chờ trả lời."))
		}
		s, ps, err := m.readSupplied(r)
		if err != nil {
			return err
		}
		if len(ps) == 0 {
			_, err = m.Dossiers.Supplement(r.Context(), o.ID, s.answer(o))
			if list, ok := invalid(err); err != nil && ok {
				ps, err = list, nil
				for i := range ps {
					ps[i].Field = itemField(0)
				}
			}
			if err != nil {
				return err
			}
		}
		if len(ps) > 0 {
			return m.showSupplement(w, r, http.StatusUnprocessableEntity, o, s, ps)
		}
		m.pages.AddFlash(w, r, web.FlashOK, i18n.M("Đã gửi giấy tờ bổ sung. Thời hạn giải quyết được tính tiếp."))
		return web.Redirect(w, r, o.base)
	}
}

// readSupplied stores the files of the form as they come. Those that came before something was wrong stay.
func (m *Room) readSupplied(r *http.Request) (supplied, []fault.Problem, error) {
	var s supplied
	var ps []fault.Problem
	vs, err := web.Multipart(r, dossier.MaxFile, func(p web.Part, sofar web.Values) error {
		f, err := m.Dossiers.Upload(r.Context(), sofar.Get("token"), p.Name, p)
		if list, ok := invalid(err); err != nil && ok {
			for _, one := range list {
				ps = append(ps, fault.Problem{Field: p.Field, Msg: one.Msg})
			}
			return nil // the other files still come
		}
		if err == nil {
			s.files = append(s.files, sentFile{p.Field, string(f.ID), f.Name})
		}
		return err
	})
	if err != nil {
		return s, nil, err
	}
	s.token, s.note = vs.Get("token"), vs.Get("note")
	for _, before := range vs.All("sent") {
		parts := strings.SplitN(before, "|", 3)
		if len(parts) == 3 && id.Valid(parts[1]) {
			s.files = append(s.files, sentFile{parts[0], parts[1], parts[2]})
		}
	}
	return s, ps, nil
}

// answer brings the files to the papers they belong to: the one of the same name, else a new one.
func (s supplied) answer(o *opened) dossier.MoreAnswer {
	a := dossier.MoreAnswer{Secret: o.secret, Note: s.note, UploadToken: s.token}
	for i, text := range askedItems(o.Asked) {
		p := dossier.FilingPaper{Name: text}
		if at := slices.IndexFunc(o.Papers, func(x dossier.Paper) bool { return x.Name == text && x.Key != "" }); at >= 0 {
			p.Key = o.Papers[at].Key
		}
		for _, f := range s.files {
			if f.Field == itemField(i) {
				p.Files = append(p.Files, f.ID)
			}
		}
		a.Papers = append(a.Papers, p)
	}
	return a
}

// Value returns the file as a hidden field keeps it.
func (f sentFile) Value() string { return f.Field + "|" + f.ID + "|" + f.Name }
