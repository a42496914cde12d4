package portal

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"lienthong/internal/codelist"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/money"
	"lienthong/internal/kit/sheet"
	"lienthong/internal/kit/web"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
	design "lienthong/web"
)

// filter is what the list of procedures is narrowed by, as it stands in the address.
type filter struct {
	Text, Field, Level, Event string
	Agency                    string // slug
	Near                      string // typed name of an agency, to choose from
	Online                    bool
	Pages                     []string // cursors from the second page to this one
}

func newFilter(q web.Values) filter {
	f := filter{Text: q.Line("q"), Field: q.Line("linh-vuc"), Level: q.Line("cap"), Event: q.Line("su-kien"),
		Agency: q.Line("co-quan"), Near: q.Line("noi"), Online: q.Bool("truc-tuyen")}
	if s := q.Line("trang"); s != "" && len(s) < 6000 {
		f.Pages = strings.Split(s, ".")
	}
	return f
}

// address returns the list with this filter.
func (f filter) address(path string) string {
	online := ""
	if f.Online {
		online = "1"
	}
	return address(path, "q", f.Text, "linh-vuc", f.Field, "cap", f.Level, "su-kien", f.Event, "co-quan", f.Agency,
		"noi", f.Near, "truc-tuyen", online, "trang", strings.Join(f.Pages, "."))
}

// first is the filter without its place in the list.
func (f filter) first() filter {
	f.Pages = nil
	return f
}

const pageSize = 20

type foundRow struct {
	Code, Title, Summary, Field, Href string
	Online                            bool
}

type findView struct {
	Filter   filter
	Rows     []foundRow
	Total    int
	Active   []design.Chip
	Quick    []design.Chip
	Pager    design.Pager
	Fields   []design.Option
	Events   []design.Option
	Agencies []design.Chip // to choose from
	Export   string
	Narrowed bool
	Agency   string
}

func (m *Room) find(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	v := findView{Filter: newFilter(q)}
	query, err := m.query(ctx, &v)
	if err != nil {
		return err
	}
	found, err := m.Procedures.Find(ctx, query)
	if ps, ok := invalid(err); ok && len(v.Filter.Pages) > 0 && ps[0].Field == "cursor" {
		return web.Redirect(w, r, v.Filter.first().address("/thu-tuc")) // an old address: begin anew
	}
	if err != nil {
		return err
	}
	fields, _, err := m.names(ctx, codelist.ProcedureFields)
	if err != nil {
		return err
	}
	for _, s := range found.Items {
		v.Rows = append(v.Rows, foundRow{s.Code, s.Title(i18n.Lang(ctx)), pick(ctx, s.Summary, s.SummaryEN), fields[s.Field], "/thu-tuc/" + s.Code, s.Fileable})
	}
	v.Total, v.Pager = found.Total, v.pager(found)
	v.Export = v.Filter.first().address("/thu-tuc/danh-sach.xlsx")
	return m.pages.Render(w, r, http.StatusOK, "find.html", "public", web.View{Title: "Tìm thủ tục", Data: v})
}

// pager leads to the next page by its cursor and back by those of the pages before.
func (v *findView) pager(found procedure.Page) design.Pager {
	from := len(v.Filter.Pages)*pageSize + 1
	p := design.Pager{Total: money.Group(int64(found.Total))}
	if len(found.Items) > 0 {
		p.Shown = strconv.Itoa(from) + "–" + strconv.Itoa(from+len(found.Items)-1)
	}
	if n := len(v.Filter.Pages); n > 0 {
		back := v.Filter
		back.Pages = back.Pages[:n-1]
		p.Prev = back.address("/thu-tuc")
	}
	if found.Next != "" {
		next := v.Filter
		next.Pages = append(next.Pages[:len(next.Pages):len(next.Pages)], found.Next)
		p.Next = next.address("/thu-tuc")
	}
	return p
}

// query turns the filter into a question, with its chips and choices.
func (m *Room) query(ctx context.Context, v *findView) (procedure.Query, error) {
	f := v.Filter
	q := procedure.Query{Text: f.Text, Field: f.Field, Level: f.Level, LifeEvent: f.Event, OnlineOnly: f.Online, Limit: pageSize}
	if n := len(f.Pages); n > 0 {
		q.Cursor = f.Pages[n-1]
	}
	without := func(change func(*filter)) string {
		g := f.first()
		change(&g)
		return g.address("/thu-tuc")
	}
	active := func(label, href string) {
		v.Active = append(v.Active, design.Chip{Label: label, Href: href, Active: true})
	}
	if err := m.chosenAgency(ctx, v, &q, active, without); err != nil {
		return q, err
	}
	if err := m.fieldChoices(ctx, v, active, without); err != nil {
		return q, err
	}
	online := design.Chip{Label: m.say(ctx, i18n.M("Nộp được trực tuyến")), Active: f.Online, Href: without(func(g *filter) { g.Online = !g.Online })}
	v.Quick = append(v.Quick, online)
	_, levels, err := m.levels(ctx)
	if err != nil {
		return q, err
	}
	for _, l := range levels {
		on := l.Value == f.Level
		v.Quick = append(v.Quick, design.Chip{Label: l.Label, Active: on, Href: without(func(g *filter) {
			if g.Level = l.Value; on {
				g.Level = ""
			}
		})})
	}
	v.Narrowed = len(v.Active) > 0 || f.Online || f.Level != "" || f.Text != ""
	return q, nil
}

// fieldChoices fills the fields and the life events to choose from, those that have procedures.
func (m *Room) fieldChoices(ctx context.Context, v *findView, active func(label, href string), without func(func(*filter)) string) error {
	counts, err := m.Procedures.Fields(ctx, clock.Date{})
	if err != nil {
		return err
	}
	used := map[string]bool{}
	for _, c := range counts {
		used[c.Field] = true
	}
	_, fields, err := m.names(ctx, codelist.ProcedureFields)
	if err != nil {
		return err
	}
	for _, it := range fields {
		if used[it.Code] {
			v.Fields = append(v.Fields, design.Option{Value: it.Code, Label: it.Text(ctx)})
		}
		if it.Code == v.Filter.Field {
			active(it.Text(ctx), without(func(g *filter) { g.Field = "" }))
		}
	}
	_, events, err := m.names(ctx, codelist.LifeEvents)
	if err != nil {
		return err
	}
	counted, err := m.lifeCounts(ctx, events)
	if err != nil {
		return err
	}
	for _, it := range events {
		if counted[it.Code] > 0 {
			v.Events = append(v.Events, design.Option{Value: it.Code, Label: it.Text(ctx)})
		}
		if it.Code == v.Filter.Event {
			active(it.Text(ctx), without(func(g *filter) { g.Event = "" }))
		}
	}
	return nil
}

// chosenAgency narrows to an agency, or offers those whose name was typed.
func (m *Room) chosenAgency(ctx context.Context, v *findView, q *procedure.Query, active func(label, href string), without func(func(*filter)) string) error {
	if v.Filter.Agency != "" {
		u, err := m.Units.BySlug(ctx, v.Filter.Agency)
		switch {
		case fault.KindOf(err) == fault.NotFound && err != nil:
			v.Filter.Agency = ""
		case err != nil:
			return err
		default:
			q.AgencyID, v.Agency = string(u.ID), u.Name
			active(u.Name, without(func(g *filter) { g.Agency = "" }))
		}
	}
	if v.Filter.Near == "" {
		return nil
	}
	hits, err := m.Units.Search(ctx, v.Filter.Near, org.SearchOptions{Agencies: true, Limit: 12})
	if err != nil {
		return err
	}
	for _, h := range hits {
		v.Agencies = append(v.Agencies, design.Chip{Label: h.Unit.Name, Href: without(func(g *filter) { g.Agency, g.Near = h.Unit.Slug, "" })})
	}
	return nil
}

// suggest answers while a search text is typed.
func (m *Room) suggest(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	found, err := m.Procedures.Suggest(r.Context(), q.Line("q"), 8)
	if err != nil {
		return err
	}
	fields, _, err := m.names(r.Context(), codelist.ProcedureFields)
	if err != nil {
		return err
	}
	list := make([]design.Suggestion, len(found))
	for i, s := range found {
		list[i] = design.Suggestion{Text: s.Title(i18n.Lang(r.Context())), Note: fields[s.Field], Href: "/thu-tuc/" + s.Code}
	}
	return m.pages.RenderPart(w, r, http.StatusOK, "find.html", "suggestions", list)
}

// suggestAgency answers while the name of an agency is typed, in the list of procedures.
func (m *Room) suggestAgency(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	hits, err := m.Units.Search(r.Context(), q.Line("q"), org.SearchOptions{Agencies: true, Limit: 8})
	if err != nil {
		return err
	}
	list := make([]design.Suggestion, len(hits))
	for i, h := range hits {
		list[i] = design.Suggestion{Text: h.Unit.Name, Note: h.Former, Href: address("/thu-tuc", "co-quan", h.Unit.Slug)}
	}
	return m.pages.RenderPart(w, r, http.StatusOK, "find.html", "suggestions", list)
}

// exportSize is how many rows are read at a time for a workbook.
const exportSize = 200

// export sends the whole list as a workbook.
func (m *Room) export(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	v := findView{Filter: newFilter(vs).first()}
	q, err := m.query(ctx, &v)
	if err != nil {
		return err
	}
	fields, _, err := m.names(ctx, codelist.ProcedureFields)
	if err != nil {
		return err
	}
	q.Limit = exportSize
	title := m.say(ctx, i18n.M("Danh mục thủ tục hành chính"))
	cols := []sheet.Column{
		{Title: m.say(ctx, i18n.M("Mã thủ tục")), Width: 14}, {Title: m.say(ctx, i18n.M("Tên thủ tục")), Width: 70},
		{Title: m.say(ctx, i18n.M("Lĩnh vực")), Width: 30}, {Title: m.say(ctx, i18n.M("Nộp được trực tuyến")), Width: 16},
		{Title: m.say(ctx, i18n.M("Quyết định công bố")), Width: 30},
	}
	return sheet.Send(w, "thu-tuc.xlsx", title, cols, func(row func(...any) error) error {
		for {
			page, err := m.Procedures.Find(ctx, q)
			if err != nil {
				return err
			}
			for _, s := range page.Items {
				online := ""
				if s.Fileable {
					online = m.say(ctx, i18n.M("Có"))
				}
				if err := row(s.Code, s.Title(i18n.Lang(ctx)), fields[s.Field], online, s.Decision); err != nil {
					return err
				}
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				return nil
			}
		}
	})
}
