package identity

import (
	"net/http"
	"net/url"
	"slices"

	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/sheet"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

const historyPath = "/tai-khoan/lich-su"

type historyPage struct {
	wrongs
	Rows     []historyRow
	Chips    []design.Chip
	Outcome  string
	From, To string // as typed
	Pager    design.Pager
	Export   string
}

type historyRow struct {
	SignInRecord
	Device string
	Way    i18n.Msg
	State  design.Status
}

// historyQuery reads the filters of the history.
func historyQuery(vs web.Values) (HistoryQuery, error) {
	q := HistoryQuery{}
	if o := Outcome(vs.Line("outcome")); slices.Contains(Outcomes, o) {
		q.Outcome = o
	}
	var err, err2 error
	q.From, err = vs.Date("from")
	q.To, err2 = vs.Date("to")
	return q, both(err, err2)
}

func (h *pages) history(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	paging, err := web.PagingOf(r, 1)
	if err != nil {
		return err
	}
	p := historyPage{Outcome: vs.Line("outcome"), From: vs.Line("from"), To: vs.Line("to")}
	q, err := historyQuery(vs)
	if err != nil {
		var ok bool
		if p.wrongs, ok = h.wrongsOf(r.Context(), err); !ok {
			return err
		}
	}
	q.After, q.Size = paging.After, paging.Size
	rows, err := h.s.History(r.Context(), q)
	if err != nil {
		return err
	}
	with := func(path, outcome string) string {
		v := url.Values{}
		for name, value := range map[string]string{"outcome": outcome, "from": p.From, "to": p.To} {
			if value != "" {
				v.Set(name, value)
			}
		}
		return (&url.URL{Path: path, RawQuery: v.Encode()}).String()
	}
	p.Export = with(historyPath+".xlsx", p.Outcome)
	if len(rows) > paging.Size {
		rows = rows[:paging.Size]
		p.Pager.Next = web.NextPage(r, rows[len(rows)-1].Keys()...)
	}
	if paging.After != nil {
		p.Pager.Prev = with(historyPath, p.Outcome)
	}
	lang := i18n.Lang(r.Context())
	for _, o := range Outcomes {
		c := design.Chip{Label: h.catalog.Msg(lang, o.label()), Active: p.Outcome == string(o), Href: with(historyPath, string(o))}
		if c.Active {
			c.Href = with(historyPath, "")
		}
		p.Chips = append(p.Chips, c)
	}
	for _, row := range rows {
		p.Rows = append(p.Rows, historyRow{row, device(row.UserAgent), row.Means.label(), design.Status{Tone: row.Outcome.tone(), Text: h.catalog.Msg(lang, row.Outcome.label())}})
	}
	return h.p.Render(w, r, statusFor(p.wrongs), "history.html", "public", web.View{Title: "Lịch sử đăng nhập", Data: p})
}

// exportHistory sends the history with its filters as a workbook, all pages of it.
func (h *pages) exportHistory(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	q, err := historyQuery(vs)
	if err != nil {
		return err
	}
	ctx, lang := r.Context(), i18n.Lang(r.Context())
	say := func(m i18n.Msg) string { return h.catalog.Msg(lang, m) }
	col := func(m i18n.Msg, width float64) sheet.Column { return sheet.Column{Title: say(m), Width: width} }
	cols := []sheet.Column{col(i18n.M("Thời điểm"), 20), col(i18n.M("Cách đăng nhập"), 30), col(i18n.M("Kết quả"), 28), col(i18n.M("Thiết bị"), 30), col(i18n.M("Địa chỉ mạng"), 24)}
	q.Size = exportSize
	return sheet.Send(w, "lich-su-dang-nhap.xlsx", say(i18n.M("Lịch sử đăng nhập")), cols, func(row func(...any) error) error {
		for {
			list, err := h.s.History(ctx, q)
			if err != nil {
				return err
			}
			more := len(list) > q.Size
			for _, l := range list[:min(len(list), q.Size)] {
				if err := row(web.DateTime(l.At), say(l.Means.label()), say(l.Outcome.label()), device(l.UserAgent), l.IP); err != nil {
					return err
				}
				q.After = l.Keys()
			}
			if !more {
				return nil
			}
		}
	})
}
