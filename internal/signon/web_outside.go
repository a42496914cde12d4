package signon

import (
	"net/http"
	"net/url"
	"strings"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

// cookie returns the name of the cookie that holds the secret of a browser on its way to an outside service. On an
// encrypted site no sibling site can set it.
func (h *pages) cookie() string {
	if strings.HasPrefix(h.s.issuer, "https://") {
		return "__Host-arrival"
	}
	return "arrival"
}

func (h *pages) browser(r *http.Request) string {
	c, err := r.Cookie(h.cookie())
	if err != nil {
		return ""
	}
	return c.Value
}

// leaveFor sends somebody to an outside service.
func (h *pages) leaveFor(w http.ResponseWriter, r *http.Request) error {
	browser := h.browser(r)
	if browser == "" {
		browser = random()
		http.SetCookie(w, &http.Cookie{Name: h.cookie(), Value: browser, Path: "/", MaxAge: 3600, HttpOnly: true, Secure: strings.HasPrefix(h.s.issuer, "https://"), SameSite: http.SameSiteLaxMode})
	}
	to, err := h.s.Leave(r.Context(), r.PathValue("key"), browser, web.SafePath(r.URL.Query().Get("next")))
	if err != nil {
		return h.stumble(w, r, err)
	}
	return leave(w, r, to)
}

// stumble says what went wrong on the way to or from a service, and that the sign-in page works on.
func (h *pages) stumble(w http.ResponseWriter, r *http.Request, err error) error {
	found, ok := h.wrongsOf(r.Context(), err)
	if !ok {
		return err
	}
	if fault.KindOf(err) == fault.Unavailable || fault.KindOf(err) == fault.Invalid {
		h.s.log.WarnContext(r.Context(), "sign-in by an outside service failed", "service", r.PathValue("key"), "error", err)
	}
	status := http.StatusUnprocessableEntity
	if fault.KindOf(err) == fault.Unavailable {
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Cache-Control", "no-store")
	return h.p.Render(w, r, status, "stumble.html", "public", web.View{Title: "Chưa đăng nhập được", Data: found})
}

func (h *pages) comeBack(w http.ResponseWriter, r *http.Request) error {
	answer := url.Values{}
	for name, values := range r.URL.Query() {
		if len(values) == 1 { // of two one cannot know which counts
			answer[name] = values
		}
	}
	to, err := h.s.Return(r.Context(), r.PathValue("key"), h.browser(r), answer)
	if err != nil {
		return h.stumble(w, r, err)
	}
	return web.Redirect(w, r, web.SafePath(to))
}

type arrivalPage struct {
	wrongs
	Visitor
	SignIn string
	Birth  string
}

func (h *pages) arrival(w http.ResponseWriter, r *http.Request) error {
	return h.showArrival(w, r, r.URL.Query().Get("id"), wrongs{})
}

func (h *pages) showArrival(w http.ResponseWriter, r *http.Request, id string, found wrongs) error {
	v, err := h.s.Visitor(r.Context(), id, h.browser(r))
	if err != nil {
		return h.stumble(w, r, err)
	}
	p := arrivalPage{wrongs: found, Visitor: v, Birth: v.Told.BirthDate.Display()}
	p.SignIn = "/dang-nhap?" + url.Values{"next": {"/signon/arrival?" + url.Values{"id": {id}}.Encode()}}.Encode()
	w.Header().Set("Cache-Control", "no-store")
	return h.p.Render(w, r, statusFor(found), "arrival.html", "public", web.View{Title: "Lần đầu đăng nhập bằng dịch vụ khác", Data: p})
}

// decided leads on, or shows the page again with what is wrong.
func (h *pages) decided(w http.ResponseWriter, r *http.Request, id, to string, err error, done i18n.Msg) error {
	if err == nil {
		h.p.AddFlash(w, r, web.FlashOK, done)
		return web.Redirect(w, r, web.SafePath(to))
	}
	found, ok := h.wrongsOf(r.Context(), err)
	if !ok {
		return err
	}
	if _, gone := h.s.Visitor(r.Context(), id, h.browser(r)); gone != nil {
		return h.stumble(w, r, err)
	}
	return h.showArrival(w, r, id, found)
}

func (h *pages) join(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	to, err := h.s.Join(r.Context(), vs.Line("id"), h.browser(r))
	return h.decided(w, r, vs.Line("id"), to, err, i18n.M("Đã liên kết. Từ nay ông/bà đăng nhập được bằng cả hai cách."))
}

func (h *pages) make(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	to, err := h.s.Make(r.Context(), vs.Line("id"), h.browser(r), vs.Bool("consent"))
	return h.decided(w, r, vs.Line("id"), to, err, i18n.M("Đã tạo tài khoản và đăng nhập."))
}

type outsidesPage struct{ Rows []outsideLine }

type outsideLine struct {
	Outside
	Href  string
	State design.Status
}

func (h *pages) outsides(w http.ResponseWriter, r *http.Request) error {
	list, err := h.s.Outsides(r.Context())
	if err != nil {
		return err
	}
	var p outsidesPage
	for _, o := range list {
		line := outsideLine{o, web.Link("signon", "outside", o.ID), design.Status{Tone: "ok", Text: h.say(r, i18n.M("Đang dùng"))}}
		if o.EndedAt != nil {
			line.State = design.Status{Tone: "mute", Text: h.say(r, i18n.M("Đã ngừng"))}
		}
		p.Rows = append(p.Rows, line)
	}
	return h.p.Render(w, r, http.StatusOK, "outsides.html", "desk", web.View{Title: "Dịch vụ định danh ngoài", Data: p})
}

type outsideForm struct {
	wrongs
	Outside
	ScopeText string
	Base      string
	Return    string // the address to register there
	Ended     bool
}

func typedOutside(vs web.Values) Outside {
	return Outside{Key: vs.Line("key"), Name: vs.Line("name"), Issuer: vs.Line("issuer"), ClientID: vs.Line("client_id"), Scopes: strings.Fields(vs.Line("scopes")),
		Claims: Claims{vs.Line("claim_name"), vs.Line("claim_personal_id"), vs.Line("claim_birth_date"), vs.Line("claim_phone"), vs.Line("claim_email")}}
}

func (h *pages) showOutside(w http.ResponseWriter, r *http.Request, f outsideForm, title string) error {
	f.Base, f.Ended, f.ScopeText = "/signon/outside", f.EndedAt != nil, strings.Join(f.Outside.Scopes, " ")
	if f.ID != "" {
		f.Base, f.Return = web.Link("signon", "outside", f.ID), h.s.issuer+"/signon/from/"+f.Key
	}
	return h.p.Render(w, r, statusFor(f.wrongs), "outside.html", "desk", web.View{Title: title, Data: f})
}

func (h *pages) newOutside(w http.ResponseWriter, r *http.Request) error {
	return h.showOutside(w, r, outsideForm{Outside: Outside{Scopes: []string{ScopeOpenID, ScopeProfile}, Claims: standardClaims}}, i18n.M("Thêm dịch vụ định danh").Text)
}

func (h *pages) addOutside(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	f := outsideForm{Outside: typedOutside(vs)}
	o, err := h.s.AddOutside(r.Context(), f.Outside, vs.Get("secret"))
	if err != nil {
		var ok bool
		if f.wrongs, ok = h.wrongsOf(r.Context(), err); !ok {
			return err
		}
		return h.showOutside(w, r, f, i18n.M("Thêm dịch vụ định danh").Text)
	}
	h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã thêm. Nút đăng nhập bằng %s đã hiện ở trang Đăng nhập.", o.Name))
	return web.Redirect(w, r, web.Link("signon", "outside", o.ID))
}

func (h *pages) editOutside(w http.ResponseWriter, r *http.Request) error {
	o, err := h.s.Outside(r.Context(), OutsideID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return h.showOutside(w, r, outsideForm{Outside: o}, o.Name)
}

func (h *pages) updateOutside(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	before, err := h.s.Outside(r.Context(), OutsideID(r.PathValue("id")))
	if err != nil {
		return err
	}
	f := outsideForm{Outside: typedOutside(vs)}
	f.ID, f.Key, f.EndedAt = before.ID, before.Key, before.EndedAt
	if err := h.s.UpdateOutside(r.Context(), f.Outside, vs.Get("secret")); err != nil {
		var ok bool
		if f.wrongs, ok = h.wrongsOf(r.Context(), err); !ok {
			return err
		}
		return h.showOutside(w, r, f, before.Name)
	}
	h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã lưu. Thay đổi có hiệu lực ngay."))
	return web.Redirect(w, r, web.Link("signon", "outside", f.ID))
}

func (h *pages) endOutside(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	id, ended := OutsideID(r.PathValue("id")), vs.Bool("ended")
	if err := h.s.SetOutsideEnded(r.Context(), id, ended); err != nil {
		return err
	}
	done := i18n.M("Đã mở lại.")
	if ended {
		done = i18n.M("Đã ngừng. Nút đăng nhập bằng dịch vụ này không hiện nữa; các liên kết được giữ.")
	}
	h.p.AddFlash(w, r, web.FlashOK, done)
	return web.Redirect(w, r, web.Link("signon", "outside", id))
}
