package proof

import (
	"net/http"

	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
)

// Where people prove who they are. The first two are known to the room identity, which leads there.
const (
	signInPath = "/dang-nhap"
	verifyPath = "/dang-nhap/xac-minh"
	enrolPath  = "/dang-nhap/them-xac-thuc"
	proofPath  = "/tai-khoan/xac-nhan"
	factorPath = "/tai-khoan/xac-thuc"
)

type verifyPage struct {
	wrongs
	Who      string
	Next     string
	Codes    bool
	Passkeys bool
	Recovery int
	Done     string // where a passkey leads to
}

// verify asks for the second proof of a sign-in.
func (h *pages) verify(w http.ResponseWriter, r *http.Request) error {
	return h.showVerify(w, r, verifyPage{Next: r.URL.Query().Get("next")})
}

func (h *pages) showVerify(w http.ResponseWriter, r *http.Request, p verifyPage) error {
	p.Next = web.SafePath(p.Next)
	acc, o, err := h.s.Waiting(r.Context())
	switch {
	case is(err, fault.Unauthenticated):
		return web.Redirect(w, r, withNext(signInPath, p.Next))
	case err != nil:
		return err
	}
	p.Who, p.Codes, p.Passkeys, p.Recovery = acc.FullName, o.Codes, o.Passkeys && o.Available, o.Recovery
	p.Done = withNext(signInPath, p.Next)
	w.Header().Set("Cache-Control", "no-store")
	return h.p.Render(w, r, statusFor(p.wrongs), "verify.html", "public", web.View{Title: "Xác nhận đăng nhập", Data: p})
}

func (h *pages) doVerify(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	next := form.Get("next")
	acc, means, err := h.s.accounts.VerifyCode(r.Context(), form.Line("code"))
	if is(err, fault.Unauthenticated) {
		f, _ := fault.As(err)
		h.p.AddFlash(w, r, web.FlashWarn, f.User())
		return web.Redirect(w, r, withNext(signInPath, next))
	}
	if err != nil {
		found, ok := h.wrongsOf(r.Context(), err, "")
		if !ok {
			return err
		}
		return h.showVerify(w, r, verifyPage{wrongs: found, Next: next})
	}
	if means == identity.ByRecovery {
		o, err := h.s.having(r.Context(), acc.ID)
		if err != nil {
			return err
		}
		h.p.AddFlash(w, r, web.FlashWarn, i18n.M("Đã đăng nhập bằng một mã dự phòng; còn %d mã. Nếu mất điện thoại hoặc khóa, hãy gỡ chúng ở trang Tài khoản, mục Xác thực hai bước.", o.Recovery))
	}
	return web.Redirect(w, r, h.s.accounts.Home(acc, next))
}

type confirmPage struct {
	wrongs
	To       string
	Carried  []carriedField
	Fields   bool // a form waits
	Lost     bool // its files do not
	Code     bool
	Passkeys bool
	Back     string
}

type carriedField struct{ Name, Value string }

// confirm asks who is signed in to prove it once more. It is shown by itself, and instead of what a form was sent to.
func (h *pages) confirm(w http.ResponseWriter, r *http.Request) error {
	c := web.CarriedBy(r)
	if c == nil {
		c = &web.Carried{To: web.SafePath(r.URL.Query().Get("next"))}
	}
	return h.showConfirm(w, r, c, wrongs{})
}

func (h *pages) showConfirm(w http.ResponseWriter, r *http.Request, c *web.Carried, found wrongs) error {
	o, err := h.s.Own(r.Context())
	if err != nil {
		return err
	}
	p := confirmPage{wrongs: found, To: c.To, Fields: c.Fields != nil && !c.Lost, Lost: c.Lost, Code: len(o.List) > 0, Passkeys: o.Passkeys && o.Available}
	if p.Fields {
		for _, name := range sortedNames(c.Fields) {
			for _, v := range c.Fields[name] {
				p.Carried = append(p.Carried, carriedField{name, v})
			}
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	status := http.StatusForbidden
	if len(found.Problems) > 0 {
		status = http.StatusUnprocessableEntity
	} else if r.URL.Path == proofPath {
		status = http.StatusOK
	}
	layout := "public"
	if actor.From(r.Context()).Kind == actor.Staff {
		layout = "desk"
	}
	return h.p.Render(w, r, status, "confirm.html", layout, web.View{Title: "Xác nhận người thực hiện", Data: p})
}

// doConfirm takes the proof and sends the form that waited on its way, as it was.
func (h *pages) doConfirm(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	c := &web.Carried{To: web.SafePath(r.URL.Query().Get("to"))}
	if form.Bool(web.ProofPrefix + "fields") {
		c.Fields = web.Values{}
		for name := range r.PostForm {
			if !ownProof(name) {
				c.Fields[name] = form[name]
			}
		}
	}
	if !actor.From(r.Context()).Stale && form.Bool(web.ProofPrefix+"done") { // by a passkey, a moment ago
		err = nil
	} else {
		err = h.s.accounts.Prove(r.Context(), identity.Proof{Code: form.Line(web.ProofPrefix + "code"), Password: form.Get(web.ProofPrefix + "password")})
	}
	if err != nil {
		found, ok := h.wrongsOf(r.Context(), err, web.ProofPrefix)
		if !ok {
			return err
		}
		return h.showConfirm(w, r, c, found)
	}
	if c.Fields != nil {
		return web.Resend(w, r, c.To)
	}
	return web.Redirect(w, r, c.To)
}
