package signon

import (
	"net/http"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

// mySystems is what a person sees of the systems they signed on to.
type mySystemsPage struct {
	Consents []consentLine
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
