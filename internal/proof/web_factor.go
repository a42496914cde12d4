package proof

import (
	"html/template"
	"net/http"
	"slices"
	"strings"

	"lienthong/internal/identity"
	"lienthong/internal/kit/factor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
)

// ownProof reports whether a field belongs to the proof and not to the form that waits.
func ownProof(name string) bool { return strings.HasPrefix(name, web.ProofPrefix) }

func sortedNames(vs web.Values) []string {
	names := make([]string, 0, len(vs))
	for name := range vs {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

type factorsPage struct {
	Having
	Rows []factorRow
}

type factorRow struct {
	Factor
	Text i18n.Msg
}

// factors shows what the account has besides its password.
func (h *pages) factors(w http.ResponseWriter, r *http.Request) error {
	o, err := h.s.Own(r.Context())
	if err != nil {
		return err
	}
	p := factorsPage{Having: o}
	for _, f := range o.List {
		text := i18n.M("Ứng dụng xác thực")
		if f.Kind == identity.ByPasskey {
			text = i18n.M("Khóa truy cập")
		}
		p.Rows = append(p.Rows, factorRow{f, text})
	}
	return h.p.Render(w, r, http.StatusOK, "factors.html", "public", web.View{Title: "Xác thực hai bước", Data: p})
}

type enrolPage struct {
	wrongs
	Demanded bool // before anything else
	Passkeys bool
	Next     string
	Action   string
	Name     string
	Ticket   string
	Groups   string
	QR       template.HTML
	Address  template.URL
	Done     string // where to go on
	Codes    []string
}

// enrol shows the seed for an app, and the button for a passkey.
func (h *pages) enrol(w http.ResponseWriter, r *http.Request) error {
	next := web.SafePath(r.URL.Query().Get("next"))
	seed, err := h.s.NewSeed(r.Context())
	if is(err, fault.Unauthenticated) {
		return web.Redirect(w, r, withNext(signInPath, next))
	}
	if err != nil {
		return err
	}
	return h.showEnrol(w, r, seed, enrolPage{Next: next})
}

func (h *pages) showEnrol(w http.ResponseWriter, r *http.Request, seed NewSeed, p enrolPage) error {
	var err error
	lang := i18n.Lang(r.Context())
	if p.QR, err = factor.QR(seed.Address, h.catalog.Msg(lang, i18n.M("Mã QR để quét bằng ứng dụng xác thực"))); err != nil {
		return err
	}
	_, _, stage, err := h.s.accounts.Standing(r.Context())
	if err != nil {
		return err
	}
	p.Demanded, p.Passkeys, p.Action = stage == identity.Enrol, h.s.Passkeys(), r.URL.Path
	p.Ticket, p.Groups, p.Address = seed.Ticket, factor.Groups(seed.Seed), template.URL(seed.Address) //nolint:gosec // our own otpauth address
	p.Done = h.doneAt(p.Demanded, p.Next)
	w.Header().Set("Cache-Control", "no-store")
	return h.p.Render(w, r, statusFor(p.wrongs), "enrol.html", "public", web.View{Title: "Thêm cách xác thực", Data: p})
}

// doneAt is where somebody goes on who has added a factor.
func (h *pages) doneAt(demanded bool, next string) string {
	if demanded {
		return withNext(signInPath, next)
	}
	return factorPath
}

func (h *pages) doEnrol(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	p := enrolPage{Next: web.SafePath(form.Get("next")), Name: form.Line("name")}
	_, _, stage, err := h.s.accounts.Standing(r.Context())
	if err != nil {
		return err
	}
	done := h.doneAt(stage == identity.Enrol, p.Next)
	codes, err := h.s.AddApp(r.Context(), form.Get("ticket"), p.Name, form.Line("code"))
	if err == nil {
		return h.showCodes(w, r, codes, done)
	}
	if is(err, fault.Unauthenticated) {
		return web.Redirect(w, r, withNext(signInPath, p.Next))
	}
	found, ok := h.wrongsOf(r.Context(), err, "")
	if !ok {
		return err
	}
	p.wrongs = found
	seed, err := h.s.ReadSeed(r.Context(), form.Get("ticket"))
	if is(err, fault.Invalid) {
		seed, err = h.s.NewSeed(r.Context())
	}
	if err != nil {
		return err
	}
	return h.showEnrol(w, r, seed, p)
}

// showCodes shows recovery codes, this once.
func (h *pages) showCodes(w http.ResponseWriter, r *http.Request, codes []string, done string) error {
	if len(codes) == 0 {
		h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã thêm cách xác thực."))
		return web.Redirect(w, r, done)
	}
	w.Header().Set("Cache-Control", "no-store")
	return h.p.Render(w, r, http.StatusOK, "recovery.html", "public", web.View{Title: "Mã dự phòng", Data: enrolPage{Codes: codes, Done: done}})
}

func (h *pages) newRecovery(w http.ResponseWriter, r *http.Request) error {
	codes, err := h.s.NewRecoveryCodes(r.Context())
	if err != nil {
		return err
	}
	return h.showCodes(w, r, codes, factorPath)
}

func (h *pages) removeFactor(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	err = h.s.RemoveFactor(r.Context(), FactorID(form.Line("factor")))
	if err != nil && fault.KindOf(err) != fault.NotFound { // it had gone already
		return err
	}
	h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã gỡ cách xác thực."))
	return web.Redirect(w, r, factorPath)
}

// removeFactors is for administrators whose people have lost what they signed in with.
func (h *pages) removeFactors(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	account := identity.AccountID(r.PathValue("id"))
	said, kind := i18n.M("Đã gỡ các cách xác thực và kết thúc các phiên. Người này đăng nhập lại bằng mật khẩu và nên thêm cách xác thực mới ngay."), web.FlashOK
	err = h.s.RemoveFactors(r.Context(), account, form.Line("reason"))
	if is(err, fault.Invalid) || is(err, fault.Conflict) {
		f, _ := fault.As(err)
		said, kind, err = f.User(), web.FlashWarn, nil
	}
	if err != nil {
		return err
	}
	h.p.AddFlash(w, r, kind, said)
	return web.Redirect(w, r, web.Link("identity", "accounts", account))
}
