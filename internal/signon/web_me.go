package signon

import (
	"net/http"
	"slices"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

// mySystems is what a person sees of the systems they signed on to.
type mySystemsPage struct {
	Consents []consentLine
	Links    []Link
	Doors    []Outside // not joined yet
	Visits   []visitLine
	Pager    design.Pager
}

type consentLine struct {
	Consent
	Learns []string
}

func (h *pages) mySystems(w http.ResponseWriter, r *http.Request) error {
	paging, err := web.PagingOf(r, 1)
	if err != nil {
		return err
	}
	var p mySystemsPage
	consents, err := h.s.MyConsents(r.Context())
	if err != nil {
		return err
	}
	for _, c := range consents {
		line := consentLine{Consent: c}
		for _, s := range c.Scopes {
			line.Learns = append(line.Learns, h.say(r, scopeText(s)))
		}
		p.Consents = append(p.Consents, line)
	}
	if p.Links, err = h.s.MyLinks(r.Context()); err != nil {
		return err
	}
	doors, err := h.s.Doors(r.Context())
	if err != nil {
		return err
	}
	p.Doors = slices.DeleteFunc(doors, func(o Outside) bool {
		return slices.ContainsFunc(p.Links, func(l Link) bool { return l.OutsideID == o.ID })
	})
	after := VisitID("")
	if len(paging.After) > 0 {
		after, p.Pager.Prev = VisitID(paging.After[0]), "/tai-khoan/he-thong"
	}
	visits, err := h.s.MyVisits(r.Context(), after, shownVisits)
	if err != nil {
		return err
	}
	if len(visits) > shownVisits {
		visits = visits[:shownVisits]
		p.Pager.Next = web.NextPage(r, string(visits[shownVisits-1].ID))
	}
	p.Visits = h.linesOf(r, visits)
	return h.p.Render(w, r, http.StatusOK, "mine.html", "public", web.View{Title: "Đăng nhập vào hệ thống khác", Data: p})
}

func (h *pages) takeBack(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	err = h.s.TakeBack(r.Context(), ClientID(vs.Line("client")))
	if err != nil && fault.KindOf(err) != fault.NotFound { // it was taken back already
		return err
	}
	h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã rút lại sự đồng ý. Hệ thống đó không biết thêm gì về ông/bà nữa."))
	return web.Redirect(w, r, "/tai-khoan/he-thong")
}

func (h *pages) unlink(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	err = h.s.Unlink(r.Context(), LinkID(vs.Line("link")))
	if f, ok := fault.As(err); ok && f.Kind == fault.Conflict {
		h.p.AddFlash(w, r, web.FlashWarn, f.User())
		return web.Redirect(w, r, "/tai-khoan/he-thong")
	}
	if err != nil && fault.KindOf(err) != fault.NotFound { // it was taken off already
		return err
	}
	h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã gỡ liên kết."))
	return web.Redirect(w, r, "/tai-khoan/he-thong")
}
