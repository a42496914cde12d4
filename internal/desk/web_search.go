package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"lienthong/internal/codelist"
	"lienthong/internal/dossier"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	look "lienthong/web"
)

// searchPage is what search.html shows.
type searchPage struct {
	Text     string
	From, To string
	Late     bool
	Statuses []look.Chip
	Chosen   []string // statuses, for the form
	Field    look.Field
	Proc     look.Field
	Channel  look.Field
	Errors   map[string]string
	Problems []look.Problem
	Rows     []foundRow
	Pager    look.Pager
	Filtered bool
	Export   string
}

type foundRow struct {
	Href, Code, Procedure, Person string
	Filed                         string
	Status                        look.Status
	Due                           *look.Due
}

// findQuery reads the search form.
func (room *Room) findQuery(r *http.Request, vs web.Values) (dossier.FindQuery, error) {
	q := dossier.FindQuery{Text: vs.Line("q"), Field: vs.Line("field"), Channel: dossier.Channel(vs.Line("channel")), LateOnly: vs.Bool("late")}
	for _, s := range vs.All("status") {
		if n, err := strconv.Atoi(s); err == nil && dossier.Status(n).Valid() && !slices.Contains(q.Status, dossier.Status(n)) {
			q.Status = append(q.Status, dossier.Status(n))
		}
	}
	var ps fault.Problems
	var err error
	if q.From, err = vs.Date("from"); err != nil {
		_ = ps.Merge("", err) // Invalid
	}
	if q.To, err = vs.Date("to"); err != nil {
		_ = ps.Merge("", err) // Invalid
	}
	if !q.From.IsZero() && !q.To.IsZero() && q.To.Before(q.From) {
		ps.Add("to", i18n.M("Ngày cuối phải từ ngày đầu trở đi."))
	}
	if text := vs.Line("procedure"); text != "" {
		q.Procedure = codeIn(text)
		if q.Procedure == "" {
			ps.Add("procedure", i18n.M("Hãy nhập mã thủ tục, ví dụ 1.001193, hoặc chọn trong gợi ý."))
		}
	}
	return q, ps.Err()
}

// searchValues is the search as it stands in addresses.
func searchValues(vs web.Values) url.Values {
	out := url.Values{}
	for _, name := range []string{"q", "field", "procedure", "channel", "from", "to", "late"} {
		if v := vs.Line(name); v != "" {
			out.Set(name, v)
		}
	}
	for _, s := range vs.All("status") {
		out.Add("status", s)
	}
	return out
}

func (room *Room) search(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	ctx, t := r.Context(), room.texts(r.Context())
	if code, ok := dossier.CleanCode(vs.Line("q")); ok && !vs.Has("after") {
		v, err := room.Dossiers.ReadByNumber(ctx, code)
		if err == nil {
			return web.Redirect(w, r, "/desk/d/"+string(v.ID))
		}
		if fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	d, err := room.searchForm(r, vs)
	if err != nil {
		return err
	}
	status := http.StatusOK
	q, err := room.findQuery(r, vs)
	if fault.KindOf(err) == fault.Invalid && err != nil {
		ps := t.problemsOf(err, func(s string) string { return s })
		d.Problems, d.Errors = ps.List, ps.Field
		d.Proc.Error = ps.Field["procedure"]
		status = http.StatusUnprocessableEntity
	} else if err := room.found(r, d, q, vs); err != nil {
		return err
	}
	return room.pages.Render(w, r, status, "search.html", "desk", web.View{Title: t.tr(i18n.M("Tra cứu hồ sơ")), Data: d})
}

// searchForm fills in the form as it was sent.
func (room *Room) searchForm(r *http.Request, vs web.Values) (*searchPage, error) {
	t := room.texts(r.Context())
	base := searchValues(vs)
	d := &searchPage{Text: vs.Line("q"), From: vs.Line("from"), To: vs.Line("to"), Late: vs.Bool("late"), Chosen: vs.All("status"),
		Filtered: len(base) > 0, Export: address("/desk/search/export.xlsx", base)}
	for _, s := range dossier.Statuses {
		n := strconv.Itoa(int(s))
		c := look.Chip{Label: t.tr(s.Name()), Active: slices.Contains(d.Chosen, n)}
		to := with(base)
		if c.Active {
			to["status"] = slices.DeleteFunc(slices.Clone(d.Chosen), func(x string) bool { return x == n })
		} else {
			to["status"] = append(slices.Clone(d.Chosen), n)
		}
		c.Href = address("/desk/search", to)
		d.Statuses = append(d.Statuses, c)
	}
	d.Proc = look.Field{Name: "procedure", Label: t.tr(i18n.M("Thủ tục")), Value: vs.Line("procedure"), Placeholder: t.tr(i18n.M("Tên hoặc mã"))}
	if mayReceive(r.Context()) {
		d.Proc.Suggest = "/desk/counter/suggest"
	}
	d.Channel = look.Field{Name: "channel", Label: t.tr(i18n.M("Kênh nộp")), Type: "select", Value: vs.Line("channel")}
	for _, c := range dossier.Channels {
		d.Channel.Options = append(d.Channel.Options, look.Option{Value: string(c), Label: t.tr(c.Name())})
	}
	d.Field = look.Field{Name: "field", Label: t.tr(i18n.M("Lĩnh vực")), Type: "select", Value: vs.Line("field")}
	items, err := room.Lists.Items(r.Context(), codelist.ProcedureFields, clock.Date{})
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	for _, it := range items {
		d.Field.Options = append(d.Field.Options, look.Option{Value: it.Code, Label: it.Text(r.Context())})
	}
	return d, nil
}

// found adds a page of what the search finds.
func (room *Room) found(r *http.Request, d *searchPage, q dossier.FindQuery, vs web.Values) error {
	ctx, t := r.Context(), room.texts(r.Context())
	at := parseTrail(vs.Line("after"))
	q.Cursor, q.Limit = at.cursor(), pageSize
	page, err := room.Dossiers.Find(ctx, q)
	if err != nil {
		return err
	}
	cal, err := room.calendar(ctx)
	if err != nil {
		return err
	}
	back := address("/desk/search", with(searchValues(vs), "after", vs.Line("after")))
	for _, it := range page.Items {
		d.Rows = append(d.Rows, foundRow{Href: address("/desk/d/"+string(it.ID), url.Values{"back": {back}}), Code: it.Code, Procedure: it.ProcedureName,
			Person: it.OwnerName, Filed: web.DateTime(it.FiledAt), Status: t.status(it.Status),
			Due: t.dueAs(it.Status, cal, room.Clock.Now(), it.DueAt, it.PausedAt, it.FinishedAt)})
	}
	d.Pager = at.pager(t, "/desk/search", searchValues(vs), pageSize, len(d.Rows), -1, page.Next)
	return nil
}
