package notice

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/sheet"
	"lienthong/internal/kit/web"
	"lienthong/internal/notice/internal/deliver"
	design "lienthong/web"
)

const deadPath = "/notice/dead"

type deadPage struct {
	Text, Channel, State string
	Stats                []design.Stat
	Down                 []design.Flash
	Chips                []design.Chip
	Rows                 []deadRow
	Pager                design.Pager
	Export               string
}

type deadRow struct {
	Delivery
	Kind   string
	Way    string
	Tone   design.Status
	Reason string
	Retry  string
	Drop   string
	Ask    string // question before it is dropped
}

func deadQuery(vs web.Values) DeadQuery {
	return DeadQuery{Text: vs.Line("q"), Channel: Channel(vs.Line("channel")), State: State(vs.Line("state"))}
}

// values are the filters as they stand in an address, one of them changed.
func (q DeadQuery) values(name, value string) string {
	v := url.Values{}
	for key, said := range map[string]string{"q": q.Text, "channel": string(q.Channel), "state": string(q.State), name: value} {
		if key == name {
			said = value
		}
		if said != "" {
			v.Set(key, said)
		}
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

func stateName(s State) i18n.Msg {
	if s == Failed {
		return i18n.M("Sai địa chỉ")
	}
	return i18n.M("Đã thôi gửi")
}

func (h *pages) dead(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	paging, err := web.PagingOf(r, 2)
	if err != nil {
		return err
	}
	q := deadQuery(vs)
	q.After, q.Size = paging.After, paging.Size
	rows, err := h.s.DeadLetters(ctx, q)
	if err != nil {
		return err
	}
	p := deadPage{Text: q.Text, Channel: string(q.Channel), State: string(q.State), Export: "/notice/dead.xlsx" + q.values("", "")}
	if len(rows) > q.Size {
		rows = rows[:q.Size]
		p.Pager.Next = web.NextPage(r, rows[len(rows)-1].Keys()...)
	}
	if paging.After != nil {
		p.Pager.Prev = deadPath + q.values("", "")
	}
	for _, ch := range Channels {
		c := design.Chip{Label: h.say(ctx, channelName(ch)), Active: q.Channel == ch, Href: deadPath + q.values("channel", string(ch))}
		if c.Active {
			c.Href = deadPath + q.values("channel", "")
		}
		p.Chips = append(p.Chips, c)
	}
	for _, s := range []State{Dead, Failed} {
		c := design.Chip{Label: h.say(ctx, stateName(s)), Active: q.State == s, Href: deadPath + q.values("state", string(s))}
		if c.Active {
			c.Href = deadPath + q.values("state", "")
		}
		p.Chips = append(p.Chips, c)
	}
	for _, d := range rows {
		p.Rows = append(p.Rows, h.deadRow(ctx, d))
	}
	if err := h.health(ctx, &p); err != nil {
		return err
	}
	return h.p.Render(w, r, http.StatusOK, "dead.html", "desk", web.View{Title: "Thông báo không gửi được", Data: p})
}

func (h *pages) deadRow(ctx context.Context, d Delivery) deadRow {
	row := deadRow{Delivery: d, Kind: d.Topic, Way: h.say(ctx, channelName(d.Channel)), Reason: d.Error, Retry: web.Link("notice", "dead", d.ID, "retry"), Drop: web.Link("notice", "dead", d.ID, "drop"),
		Tone: design.Status{Tone: "late", Text: h.say(ctx, stateName(d.State))}}
	if d.State == Failed {
		row.Tone.Tone = "warn"
	}
	if t := h.s.topics.Topic(d.Topic); t != nil {
		row.Kind = t.Name.In(i18n.Lang(ctx))
	}
	row.Ask = h.say(ctx, i18n.M("Người nhận %s sẽ không nhận được tin này.", d.Masked()))
	return row
}

// health fills in how the sending stands.
func (h *pages) health(ctx context.Context, p *deadPage) error {
	health, err := h.s.Health(ctx)
	if err != nil {
		return err
	}
	say := func(m i18n.Msg) string { return h.say(ctx, m) }
	p.Stats = []design.Stat{{Label: say(stateName(Dead)), Value: strconv.Itoa(health.Dead), Href: deadPath + "?state=dead"},
		{Label: say(stateName(Failed)), Value: strconv.Itoa(health.Failed), Href: deadPath + "?state=failed"},
		{Label: say(i18n.M("Chờ xếp kênh gửi")), Value: strconv.Itoa(health.Accepted)}}
	if health.Dead > 0 {
		p.Stats[0].Tone = "late"
	}
	for _, c := range health.Channels {
		st := design.Stat{Label: say(channelName(c.Channel)), Value: strconv.Itoa(c.Sent), Note: say(i18n.M("đã gửi trong 24 giờ; %d đang chờ, %d để sau", c.Due, c.Later))}
		if !c.Used {
			st = design.Stat{Label: say(channelName(c.Channel)), Value: "–", Note: say(i18n.M("chưa cài đặt"))}
		}
		p.Stats = append(p.Stats, st)
		if !c.Down.IsZero() {
			p.Down = append(p.Down, design.Flash{Kind: "late", Text: say(i18n.M("%s: nhà cung cấp không trả lời từ %s. Tin được giữ lại và tự gửi khi có lại đường truyền. %s",
				channelName(c.Channel), web.DateTime(c.Down), c.Why))})
		}
	}
	return nil
}

func (h *pages) retry(w http.ResponseWriter, r *http.Request) error {
	if err := h.s.Retry(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	h.p.AddFlash(w, r, web.FlashOK, i18n.M("Tin sẽ được gửi lại ngay."))
	return web.Redirect(w, r, deadPath)
}

func (h *pages) drop(w http.ResponseWriter, r *http.Request) error {
	if err := h.s.Drop(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã bỏ tin này."))
	return web.Redirect(w, r, deadPath)
}

// exportSize is how many rows are read at a time for a workbook.
const exportSize = 200

// export sends the list with its filters as a workbook, all pages of it.
func (h *pages) export(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	col := func(m i18n.Msg, kind sheet.Kind, width float64) sheet.Column {
		return sheet.Column{Title: h.say(ctx, m), Kind: kind, Width: width}
	}
	cols := []sheet.Column{col(i18n.M("Thông báo"), sheet.Text, 36), col(i18n.M("Kênh"), sheet.Text, 18), col(i18n.M("Người nhận"), sheet.Text, 26),
		col(i18n.M("Tình trạng"), sheet.Text, 16), col(i18n.M("Lý do"), sheet.Text, 60), col(i18n.M("Số lần thử"), sheet.Int, 10), col(i18n.M("Lần cuối"), sheet.Time, 18)}
	q := deadQuery(vs)
	q.Size = exportSize
	return sheet.Send(w, "thong-bao-khong-gui-duoc.xlsx", h.say(ctx, i18n.M("Thông báo không gửi được")), cols, func(row func(...any) error) error {
		for {
			list, err := h.s.DeadLetters(ctx, q)
			if err != nil {
				return err
			}
			for _, d := range list[:min(len(list), q.Size)] {
				v := h.deadRow(ctx, d)
				if err := row(v.Kind, v.Way, d.Masked(), v.Tone.Text, v.Reason, d.Attempts, d.ChangedAt); err != nil {
					return err
				}
				q.After = d.Keys()
			}
			if len(list) <= q.Size {
				return nil
			}
		}
	})
}

// report takes what a provider says became of a delivery: JSON {"id", "status", "reason"}, signed as our requests are.
func (h *pages) report(w http.ResponseWriter, r *http.Request) error {
	key := h.s.readers[r.PathValue("channel")]
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return web.BadRequest(i18n.M("Không đọc được nội dung gửi lên. Hãy gửi lại."))
	}
	if !deliver.Verify(key, r.Header.Get(deliver.HeaderTime), r.Header.Get(deliver.HeaderSignature), body, h.s.clock.Now()) {
		return fault.NewForbidden(i18n.M("Chữ ký của xác nhận không đúng hoặc đã cũ."))
	}
	var said Report
	if err := json.Unmarshal(body, &said); err != nil {
		return web.BadRequest(i18n.M("Xác nhận phải là JSON có id và status."))
	}
	if err := h.s.TakeReport(r.Context(), Channel(r.PathValue("channel")), said); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
