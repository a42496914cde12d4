package desk

import (
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"lienthong/internal/calendar"
	"lienthong/internal/dossier"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/kit/web"
	look "lienthong/web"
)

// pageSize is how many rows a list shows.
const pageSize = 50

// listPage is what list.html shows.
type listPage struct {
	Box        dossier.Box
	Path       string
	Query      dossier.WorkQuery
	Procedures []look.Option
	Kinds      []look.Chip
	Fields     []look.Chip
	Filtered   bool
	Reset      string
	Rows       []listRow
	Pager      look.Pager
	Empty      string
	Export     string
	Watch      bool        // everybody's work: the rows say where it lies
	Unit       []look.Chip // the unit that the list is limited to
	Counter    bool
	Item       *itemPage // the open one beside the list
}

// listRow is one step in the worklist.
type listRow struct {
	Href, Open            string
	Code, Number          string
	Procedure             string
	Person                string
	Status                *look.Status // nothing when the step says it all
	Step, Who, Unit       string
	Due                   *look.Due
	Current, Mine, Online bool
}

// workQuery reads the filters of the worklist.
func workQuery(vs web.Values, box dossier.Box) dossier.WorkQuery {
	return dossier.WorkQuery{Box: box, Text: vs.Line("q"), Field: vs.Line("field"), Procedure: vs.Line("procedure"), Kind: vs.Line("kind")}
}

// filters are the filters as they stand in addresses.
func filters(q dossier.WorkQuery) url.Values {
	return with(nil, "q", q.Text, "field", q.Field, "procedure", q.Procedure, "kind", q.Kind, "unit", string(q.Unit))
}

func (room *Room) list(w http.ResponseWriter, r *http.Request) error {
	if r.URL.Path == boxPath(dossier.BoxToDo) && r.URL.RawQuery == "" && beginsAbove(r.Context()) {
		http.Redirect(w, r, overviewPath, http.StatusSeeOther)
		return nil
	}
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	box, ok := parseBox(r.PathValue("box"))
	if !ok {
		return fault.NewNotFound(i18n.M("Không có ngăn việc này. Hãy chọn trong danh sách bên trái."))
	}
	return room.showList(w, r, workQuery(vs, box), vs)
}

// showList answers with a list of steps, or with the part of it that changes.
func (room *Room) showList(w http.ResponseWriter, r *http.Request, q dossier.WorkQuery, vs web.Values) error {
	d, err := room.worklist(r, q, parseTrail(vs.Line("after")), dossier.ID(vs.Line("open")))
	if err != nil {
		return err
	}
	if web.IsPartial(r) {
		return room.pages.RenderPart(w, r, http.StatusOK, "list.html", "split", d)
	}
	t := room.texts(r.Context())
	title := t.tr(q.Box.Name())
	if q.Watch {
		title = t.tr(i18n.M("%s, mọi bộ phận", title))
	}
	return room.pages.Render(w, r, http.StatusOK, "list.html", "desk", web.View{Title: title, Data: d})
}

// worklist puts a page of the worklist together.
func (room *Room) worklist(r *http.Request, q dossier.WorkQuery, at trail, open dossier.ID) (*listPage, error) {
	ctx := r.Context()
	t := room.texts(ctx)
	facets, err := room.Dossiers.Facets(ctx, dossier.WorkQuery{Box: q.Box, Text: q.Text, Watch: q.Watch, Unit: q.Unit})
	if err != nil {
		return nil, err
	}
	d := &listPage{Box: q.Box, Path: listPath(ctx, q.Box), Query: q, Empty: t.tr(emptyBox(q.Box)), Counter: mayReceive(ctx)}
	if q.Watch {
		d.Watch, d.Path, d.Counter = true, watchPath(q.Box), false
	}
	vs := filters(q)
	d.Filtered = len(vs) > 0
	d.Reset = d.Path
	d.Export = address("/desk/export.xlsx", with(vs, "box", string(q.Box), "watch", mark(q.Watch)))
	room.facets(r, d, facets)
	q.Cursor, q.Limit = at.cursor(), pageSize
	page, err := room.Dossiers.Worklist(ctx, q)
	if err != nil {
		return nil, err
	}
	cal, err := room.calendar(ctx)
	if err != nil {
		return nil, err
	}
	here := with(vs, "after", strings.Join(at, trailSign))
	for i := range page.Items {
		row := room.listRow(t, cal, d.Path, here, &page.Items[i], open, actor.From(ctx).ID)
		if q.Watch {
			row.Unit = page.Items[i].UnitName
		}
		d.Rows = append(d.Rows, row)
	}
	if q.Unit != "" {
		d.Unit = []look.Chip{{Label: t.unitLabel(page.Items), Active: true, Href: address(d.Path, with(vs, "unit", ""))}}
	}
	d.Pager = at.pager(t, d.Path, vs, pageSize, len(d.Rows), total(facets, q), page.Next)
	if open != "" {
		d.Item, err = room.openItem(r, open, address(d.Path, with(here, "open", string(open))))
	}
	return d, err
}

func (room *Room) listRow(t texts, cal *calendar.Calendar, path string, here url.Values, it *dossier.WorkItem, open dossier.ID, reader string) listRow {
	back := address(path, here)
	row := listRow{Href: address("/desk/d/"+string(it.DossierID), url.Values{"back": {back}}),
		Open: address(path, with(here, "open", string(it.DossierID))), Code: it.Code, Procedure: it.ProcedureName,
		Person: it.OwnerName, Step: it.StepName, Who: it.AssigneeName, Mine: it.AssigneeID != "" && it.AssigneeID == reader,
		Current: it.DossierID == open, Online: it.Channel == dossier.ChannelOnline}
	if s := t.status(it.Status); it.Status != dossier.StatusAccepted && it.Status != dossier.StatusProcessing {
		row.Status = &s
	}
	if it.Number != it.Code {
		row.Number = it.Number
	}
	switch due := it.Due(); {
	case it.Status.Paused():
		row.Due = &look.Due{Level: "paused"}
	case due != nil:
		x := t.due(cal, room.Clock.Now(), *due)
		row.Due = &x
	case it.Status == dossier.StatusDone:
		row.Due = &look.Due{Level: "done", Text: t.tr(i18n.M("Chờ người nộp đến nhận"))}
	}
	return row
}

// unitLabel names the unit that a list is limited to.
func (t texts) unitLabel(items []dossier.WorkItem) string {
	if len(items) == 0 {
		return t.tr(i18n.M("Một bộ phận"))
	}
	return items[0].UnitName
}

// mark is how a choice that was made stands in addresses.
func mark(chosen bool) string {
	if chosen {
		return "1"
	}
	return ""
}

// total adds up the facets that the filters let through.
func total(facets []dossier.Facet, q dossier.WorkQuery) int {
	n := 0
	for _, f := range facets {
		if fits(q.Field, f.Field) && fits(q.Procedure, f.Procedure) && fits(q.Kind, f.Kind) {
			n += f.Count
		}
	}
	return n
}

func fits(filter, value string) bool { return filter == "" || filter == value }

// facets makes the filters of what the box holds; each counts what the other filters let through.
func (room *Room) facets(r *http.Request, d *listPage, facets []dossier.Facet) {
	t := room.texts(r.Context())
	vs, q := filters(d.Query), d.Query
	for _, kind := range stepKinds {
		x := q
		x.Kind = string(kind)
		if n := total(facets, x); n > 0 || q.Kind == string(kind) {
			d.Kinds = append(d.Kinds, chip(d.Path, vs, "kind", string(kind), t.tr(kindName(kind)), q.Kind, n))
		}
	}
	if len(d.Kinds) == 1 && q.Kind == "" { // nothing to choose from
		d.Kinds = nil
	}
	names := map[string]string{}
	for _, f := range facets {
		names[f.Procedure] = f.ProcedureName
	}
	for _, field := range distinct(facets, func(f dossier.Facet) string { return f.Field }) {
		x := q
		x.Field, x.Procedure = field, ""
		if n := total(facets, x); n > 0 || q.Field == field {
			d.Fields = append(d.Fields, chip(d.Path, with(vs, "procedure", ""), "field", field, room.fieldName(r, field), q.Field, n))
		}
	}
	if len(d.Fields) == 1 && q.Field == "" { // nothing to choose from
		d.Fields = nil
	}
	for _, code := range distinct(facets, func(f dossier.Facet) string { return f.Procedure }) {
		x := q
		x.Procedure = code
		if n := total(facets, x); n > 0 || q.Procedure == code {
			d.Procedures = append(d.Procedures, look.Option{Value: code, Label: names[code] + " (" + strconv.Itoa(n) + ")"})
		}
	}
	sort.SliceStable(d.Procedures, func(i, j int) bool { return vntext.Less(d.Procedures[i].Label, d.Procedures[j].Label) })
}

func chip(path string, vs url.Values, name, value, label, chosen string, n int) look.Chip {
	c := look.Chip{Label: label, Count: strconv.Itoa(n), Active: chosen == value, Href: address(path, with(vs, name, value))}
	if c.Active {
		c.Href = address(path, with(vs, name, ""))
	}
	return c
}

// distinct returns the values of the facets, the most frequent first.
func distinct(facets []dossier.Facet, of func(dossier.Facet) string) []string {
	n := map[string]int{}
	var list []string
	for _, f := range facets {
		v := of(f)
		if n[v] == 0 && v != "" {
			list = append(list, v)
		}
		n[v] += f.Count
	}
	sort.SliceStable(list, func(i, j int) bool { return n[list[i]] > n[list[j]] })
	return list
}
