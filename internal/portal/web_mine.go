package portal

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/sheet"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

// group is a filter of the citizen's own list: several national statuses under one word.
type group struct {
	key      string
	name     i18n.Msg
	statuses []dossier.Status
}

var groups = []group{
	{"dang-giai-quyet", i18n.M("Đang giải quyết"), []dossier.Status{dossier.StatusNew, dossier.StatusAccepted, dossier.StatusProcessing}},
	{"can-lam", i18n.M("Cần ông/bà làm"), []dossier.Status{dossier.StatusSupplement, dossier.StatusObligation}},
	{"co-ket-qua", i18n.M("Đã có kết quả"), []dossier.Status{dossier.StatusDone, dossier.StatusReturned}},
	{"dung", i18n.M("Đã dừng"), []dossier.Status{dossier.StatusRefused, dossier.StatusWithdrawn, dossier.StatusStopped}},
}

type ownRow struct {
	Code, Procedure, Href, Filed string
	Status                       design.Status
	Due                          *design.Due
}

type draftRow struct{ Procedure, Code, Href, Saved, Drop string }

type mineView struct {
	Text     string
	Group    string
	Chips    []design.Chip
	Rows     []ownRow
	Drafts   []draftRow
	Pager    design.Pager
	Export   string
	Narrowed bool
	Citizen  bool
}

// ownQuery reads the filters of one's own list.
func ownQuery(q web.Values) dossier.FindQuery {
	find := dossier.FindQuery{Text: q.Line("q")}
	for _, g := range groups {
		if g.key == q.Line("nhom") {
			find.Status = g.statuses
		}
	}
	return find
}

func (m *Room) mine(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	v := mineView{Text: q.Line("q"), Group: q.Line("nhom"), Citizen: actor.From(ctx).Kind == actor.Person}
	if !v.Citizen {
		return m.pages.Render(w, r, http.StatusOK, "mine.html", "public", web.View{Title: "Hồ sơ của tôi", Data: v})
	}
	find := ownQuery(q)
	find.Limit = pageSize
	for _, g := range groups {
		chip := design.Chip{Label: m.say(ctx, g.name), Href: address("/ho-so-cua-toi", "q", v.Text, "nhom", g.key)}
		if g.key == v.Group {
			chip.Active, chip.Href = true, address("/ho-so-cua-toi", "q", v.Text)
		}
		v.Chips = append(v.Chips, chip)
	}
	v.Narrowed = v.Text != "" || find.Status != nil
	v.Export = address("/ho-so-cua-toi/danh-sach.xlsx", "q", v.Text, "nhom", v.Group)
	var before []string
	if s := q.Line("trang"); s != "" && len(s) < 6000 {
		before = strings.Split(s, ".")
		find.Cursor = before[len(before)-1]
	}
	page, err := m.Dossiers.Own(ctx, find)
	if ps, ok := invalid(err); ok && ps[0].Field == "cursor" {
		return web.Redirect(w, r, "/ho-so-cua-toi")
	}
	if err != nil {
		return err
	}
	if err := m.ownRows(ctx, &v, page); err != nil {
		return err
	}
	list := func(pages []string) string {
		return address("/ho-so-cua-toi", "q", v.Text, "nhom", v.Group, "trang", strings.Join(pages, "."))
	}
	if len(before) > 0 {
		v.Pager.Prev = list(before[:len(before)-1])
	}
	if page.Next != "" {
		v.Pager.Next = list(append(slices.Clone(before), page.Next))
	}
	if len(before) == 0 && !v.Narrowed {
		if err := m.ownDrafts(ctx, &v); err != nil {
			return err
		}
	}
	return m.pages.Render(w, r, http.StatusOK, "mine.html", "public", web.View{Title: "Hồ sơ của tôi", Data: v})
}

func (m *Room) ownRows(ctx context.Context, v *mineView, page dossier.Page) error {
	for _, it := range page.Items {
		due, err := m.due(ctx, timing{it.Status, it.DueAt, it.PausedAt, it.FinishedAt, string(it.ReceiverID)})
		if err != nil {
			return err
		}
		v.Rows = append(v.Rows, ownRow{it.Code, it.ProcedureName, "/ho-so-cua-toi/" + string(it.ID), web.DateTime(it.FiledAt), m.status(ctx, it.Status), due})
	}
	return nil
}

func (m *Room) ownDrafts(ctx context.Context, v *mineView) error {
	drafts, err := m.Dossiers.Drafts(ctx)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		v.Drafts = append(v.Drafts, draftRow{d.ProcedureName, spelled(d.ResumeCode), base(&d), web.DateTime(d.UpdatedAt), base(&d) + "/xoa"})
	}
	return nil
}

// exportMine sends one's own dossiers with the filters as a workbook, all pages of them.
func (m *Room) exportMine(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	if actor.From(ctx).Kind != actor.Person {
		return web.Redirect(w, r, "/ho-so-cua-toi")
	}
	q := ownQuery(vs)
	q.Limit = exportSize
	text := func(title i18n.Msg, width float64) sheet.Column {
		return sheet.Column{Title: m.say(ctx, title), Width: width}
	}
	moment := func(title i18n.Msg) sheet.Column { return sheet.Column{Title: m.say(ctx, title), Kind: sheet.Time} }
	cols := []sheet.Column{text(i18n.M("Mã hồ sơ"), 24), text(i18n.M("Thủ tục"), 60), text(i18n.M("Chủ hồ sơ"), 28), text(i18n.M("Trạng thái"), 24),
		moment(i18n.M("Ngày nộp")), moment(i18n.M("Hạn")), moment(i18n.M("Xong lúc"))}
	return sheet.Send(w, "ho-so-cua-toi.xlsx", m.say(ctx, i18n.M("Hồ sơ của tôi")), cols, func(row func(...any) error) error {
		for {
			page, err := m.Dossiers.Own(ctx, q)
			if err != nil {
				return err
			}
			for _, it := range page.Items {
				if err := row(it.Code, it.ProcedureName, it.OwnerName, m.status(ctx, it.Status).Text, it.FiledAt, it.DueAt, it.FinishedAt); err != nil {
					return err
				}
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				return nil
			}
		}
	})
}
