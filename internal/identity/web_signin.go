package identity

import (
	"net/http"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/kit/web"
)

type signInPage struct {
	wrongs
	Name     string
	Next     string
	Register string
	Passkeys bool
	Done     string // where a passkey leads to
	Doors    []Door
}

func (h *pages) signIn(w http.ResponseWriter, r *http.Request) error {
	next := r.URL.Query().Get("next")
	if actor.From(r.Context()).SignedIn() {
		acc, err := h.s.Me(r.Context())
		if err != nil {
			return err
		}
		return web.Redirect(w, r, home(acc, next))
	}
	if _, stage, err := h.s.standing(r.Context()); err != nil {
		return err
	} else if stage != Nobody {
		return h.afterSignIn(w, r, Account{}, next)
	}
	return h.showSignIn(w, r, signInPage{Next: next, Name: vntext.Clean(r.URL.Query().Get("name"))})
}

func (h *pages) showSignIn(w http.ResponseWriter, r *http.Request, p signInPage) error {
	p.Next = web.SafePath(p.Next)
	p.Register, p.Passkeys, p.Done = withNext("/dang-ky", p.Next), h.s.factors != nil && h.s.factors.Passkeys(), withNext(signInPath, p.Next)
	if h.s.doors != nil {
		var err error
		if p.Doors, err = h.s.doors.Entrances(r.Context()); err != nil {
			return err
		}
		for i := range p.Doors {
			p.Doors[i].Href = withNext(p.Doors[i].Href, p.Next)
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	return h.p.Render(w, r, statusFor(p.wrongs), "signin.html", "public", web.View{Title: "Đăng nhập", Data: p})
}

func (h *pages) doSignIn(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	acc, err := h.s.SignIn(r.Context(), form.Line("name"), form.Get("password"))
	if err == nil {
		_, err = h.s.begin(r.Context(), acc, ByPassword)
	}
	if err == nil {
		return h.afterSignIn(w, r, acc, form.Get("next"))
	}
	found, ok := h.wrongsOf(r.Context(), err)
	if !ok {
		return err
	}
	return h.showSignIn(w, r, signInPage{wrongs: found, Name: form.Line("name"), Next: form.Get("next")})
}

func (h *pages) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := h.s.SignOut(r.Context()); err != nil {
		return err
	}
	h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã đăng xuất."))
	return web.Redirect(w, r, "/")
}

type registerPage struct {
	wrongs
	Name, FullName, PersonalID string
	Consent                    bool
	Next, SignIn               string
	Shortest                   int
}

func (h *pages) register(w http.ResponseWriter, r *http.Request) error {
	if actor.From(r.Context()).SignedIn() {
		return web.Redirect(w, r, "/tai-khoan")
	}
	return h.showRegister(w, r, registerPage{Next: r.URL.Query().Get("next")})
}

func (h *pages) showRegister(w http.ResponseWriter, r *http.Request, p registerPage) error {
	p.Next = web.SafePath(p.Next)
	p.SignIn, p.Shortest = withNext("/dang-nhap", p.Next), shortestPassword
	w.Header().Set("Cache-Control", "no-store")
	return h.p.Render(w, r, statusFor(p.wrongs), "register.html", "public", web.View{Title: "Tạo tài khoản", Data: p})
}

func (h *pages) doRegister(w http.ResponseWriter, r *http.Request) error {
	if actor.From(r.Context()).SignedIn() {
		return web.Redirect(w, r, "/tai-khoan")
	}
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	in := Registration{Name: form.Line("name"), FullName: form.Line("full_name"), PersonalID: form.Line("personal_id"),
		Password: form.Get("password"), Consent: form.Bool("consent")}
	acc, err := Account{}, repeated(form)
	if err == nil {
		acc, err = h.s.Register(r.Context(), in)
	} else if _, more := in.clean(); more != nil { // say all that is wrong at once
		err = both(more, err)
	}
	if err == nil {
		_, err = h.s.begin(r.Context(), acc, ByPassword)
	}
	if err != nil {
		found, ok := h.wrongsOf(r.Context(), err)
		if !ok {
			return err
		}
		return h.showRegister(w, r, registerPage{wrongs: found, Name: form.Line("name"), FullName: form.Line("full_name"),
			PersonalID: form.Line("personal_id"), Consent: form.Bool("consent"), Next: form.Get("next")})
	}
	h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã tạo tài khoản. Tài khoản dùng được ngay; khi nộp hồ sơ, cán bộ sẽ đối chiếu giấy tờ vì tài khoản chưa xác thực."))
	return web.Redirect(w, r, home(acc, form.Get("next")))
}

// repeated reports whether a new password was typed the same twice.
func repeated(form web.Values) error {
	if form.Get("password") != form.Get("repeat") {
		return fault.NewInvalid("repeat", i18n.M("Hai lần nhập mật khẩu không giống nhau."))
	}
	return nil
}

// both returns one error with what two errors say about a form.
func both(a, b error) error {
	var ps fault.Problems
	for _, err := range []error{a, b} {
		if err := ps.Merge("", err); err != nil {
			return err
		}
	}
	return ps.Err()
}

// Where the steps of signing in stand; those after the password are of the room proof.
const (
	signInPath = "/dang-nhap"
	verifyPath = "/dang-nhap/xac-minh"
	enrolPath  = "/dang-nhap/them-xac-thuc"
)

// afterSignIn is where somebody goes on from a step of signing in.
func (h *pages) afterSignIn(w http.ResponseWriter, r *http.Request, acc Account, next string) error {
	_, stage, err := h.s.standing(r.Context())
	switch {
	case err != nil:
		return err
	case stage == Verify:
		return web.Redirect(w, r, withNext(verifyPath, next))
	case stage == Enrol:
		return web.Redirect(w, r, withNext(enrolPath, next))
	}
	return web.Redirect(w, r, home(acc, next))
}
