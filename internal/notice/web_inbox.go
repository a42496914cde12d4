package notice

import (
	"net/http"

	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

type inboxPage struct {
	Public bool // the page writes its own heading
	Rows   []noticeRow
	Count  int // not opened
	Chips  []design.Chip
	Pager  design.Pager
	Unread bool
}

type noticeRow struct {
	Item
	Href string
}

func (h *pages) inbox(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	paging, err := web.PagingOf(r, 2)
	if err != nil {
		return err
	}
	p := inboxPage{Public: layout(ctx) == "public", Unread: q.Bool("unread")}
	items, err := h.s.Inbox(ctx, InboxQuery{Unread: p.Unread, After: paging.After, Size: paging.Size})
	if err != nil {
		return err
	}
	if len(items) > paging.Size {
		items = items[:paging.Size]
		p.Pager.Next = web.NextPage(r, items[len(items)-1].Keys()...)
	}
	p.Chips = []design.Chip{{Label: h.say(ctx, i18n.M("Chưa đọc")), Href: "/notice?unread=1", Active: p.Unread}}
	if p.Unread {
		p.Chips[0].Href = "/notice"
	}
	if paging.After != nil {
		p.Pager.Prev = "/notice"
		if p.Unread {
			p.Pager.Prev = "/notice?unread=1"
		}
	}
	for _, it := range items {
		p.Rows = append(p.Rows, noticeRow{it, web.Link("notice", it.ID)})
	}
	if p.Count, err = h.s.Unread(ctx); err != nil {
		return err
	}
	return h.p.Render(w, r, http.StatusOK, "inbox.html", layout(ctx), web.View{Title: "Thông báo", Data: p})
}

type noticePage struct {
	Public bool
	Item
}

func (h *pages) open(w http.ResponseWriter, r *http.Request) error {
	it, err := h.s.Open(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p := noticePage{layout(r.Context()) == "public", it}
	return h.p.Render(w, r, http.StatusOK, "notice.html", layout(r.Context()), web.View{Title: it.Subject, Data: p})
}

func (h *pages) readAll(w http.ResponseWriter, r *http.Request) error {
	n, err := h.s.ReadAll(r.Context())
	if err != nil {
		return err
	}
	if n > 0 {
		h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã đánh dấu %d thông báo là đã đọc.", n))
	}
	return web.Redirect(w, r, "/notice")
}
