package portal

import (
	"math"
	"net/http"
	"strings"
	"time"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

type lookupView struct {
	Code, Secret design.Field
	Problems     []design.Problem
	Slowed       string
}

func (m *Room) lookup(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	return m.showLookup(w, r, http.StatusOK, q.Line("ma"), "", nil)
}

func (m *Room) showLookup(w http.ResponseWriter, r *http.Request, status int, code, secret string, ps []fault.Problem) error {
	ctx := r.Context()
	var v lookupView
	var at map[string]string
	v.Problems, at = m.problems(ctx, ps)
	v.Code = design.Field{Name: "code", Label: m.say(ctx, i18n.M("Mã hồ sơ")), Value: code, Required: true, MaxLength: 60, Autocomplete: "off", Error: at["code"],
		Hint: m.say(ctx, i18n.M("Ví dụ H21.15-261123-0007, in trên giấy tiếp nhận."))}
	v.Secret = design.Field{Name: "secret", Label: m.say(ctx, i18n.M("Mã tra cứu")), Value: secret, Optional: true, MaxLength: 12, Width: "short", Autocomplete: "off", Error: at["secret"],
		Hint: m.say(ctx, i18n.M("6 ký tự trên giấy tiếp nhận. Có mã này thì xem được giấy tờ, bổ sung và rút hồ sơ."))}
	return m.pages.Render(w, r, status, "lookup.html", "public", web.View{Title: forCitizens(m.Catalog, i18n.Lang(ctx), "Tra cứu hồ sơ"), Data: v})
}

func (m *Room) lookupAsk(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	code, secret := vs.Line("code"), vs.Line("secret")
	if code == "" {
		return m.showLookup(w, r, http.StatusUnprocessableEntity, code, secret, []fault.Problem{{Field: "code", Msg: i18n.M("Hãy nhập mã hồ sơ in trên giấy tiếp nhận.")}})
	}
	st, err := m.tryTrack(r, code, secret)
	if slow, ok := err.(slowDown); ok { //nolint:errorlint // made two lines up
		return m.showLookup(w, r, http.StatusTooManyRequests, code, secret, []fault.Problem{{Field: "code", Msg: tooMany(time.Duration(slow))}})
	}
	if ps, ok := invalid(err); err != nil && ok {
		return m.showLookup(w, r, http.StatusUnprocessableEntity, code, secret, ps)
	}
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return m.showLookup(w, r, http.StatusUnprocessableEntity, code, secret, []fault.Problem{{Field: "code", Msg: i18n.M("Không có hồ sơ nào mang mã này. Hãy kiểm tra lại từng ký tự trên giấy tiếp nhận.")}})
	}
	if err != nil {
		return err
	}
	m.remember(w, st.Code, secret)
	return web.Redirect(w, r, "/tra-cuu/"+st.Code)
}

// slowDown is the error of somebody who guesses too fast: how long to wait.
type slowDown time.Duration

func (s slowDown) Error() string { return "too many wrong look-ups" }

// Unwrap makes it a fault where no page says it better.
func (s slowDown) Unwrap() error { return fault.NewUnavailable(tooMany(time.Duration(s))) }

func tooMany(wait time.Duration) i18n.Msg {
	return i18n.M("Đã nhập sai nhiều lần. Hãy thử lại sau %d phút, hoặc đăng nhập để xem hồ sơ của mình.", int(math.Ceil(wait.Minutes())))
}

// tryTrack looks a dossier up; wrong codes and secrets are counted.
func (m *Room) tryTrack(r *http.Request, code, secret string) (*dossier.Standing, error) {
	counted := ""
	if clean, ok := dossier.CleanCode(code); ok && secret != "" {
		counted = clean
	}
	giveBack, wait := m.guard.try(web.ClientIP(r), counted)
	if wait > 0 {
		return nil, slowDown(wait)
	}
	st, err := m.Dossiers.Track(r.Context(), code, secret)
	if kind := fault.KindOf(err); err == nil || kind != fault.NotFound && kind != fault.Invalid {
		giveBack()
	}
	return st, err
}

// secretCookie keeps the secret of the dossier that was looked up last, out of addresses and logs.
const secretCookie = "receipt"

const secretSeconds = 30 * 60

// remember keeps the secret in the browser for half an hour; without one it forgets the last.
func (m *Room) remember(w http.ResponseWriter, code, secret string) {
	c := &http.Cookie{Name: secretCookie, Path: "/tra-cuu", MaxAge: -1, HttpOnly: true, Secure: m.Secure, SameSite: http.SameSiteLaxMode}
	if secret = dossier.CleanSecret(secret); secret != "" {
		c.Value, c.MaxAge = code+"|"+secret, secretSeconds
	}
	http.SetCookie(w, c)
}

// secretOf returns the remembered secret of a dossier.
func secretOf(r *http.Request, code string) string {
	c, err := r.Cookie(secretCookie)
	if err != nil || len(c.Value) > 100 {
		return ""
	}
	of, secret, _ := strings.Cut(c.Value, "|")
	if of != code {
		return ""
	}
	return secret
}

// trackedDossier opens a dossier by its code, with the secret that the browser keeps.
func (m *Room) trackedDossier(w http.ResponseWriter, r *http.Request) (*opened, error) {
	code, ok := dossier.CleanCode(r.PathValue("code"))
	if !ok {
		return nil, fault.NewNotFound(i18n.M("Mã hồ sơ chưa đúng. Mã có dạng H21.15-261123-0007, in trên giấy tiếp nhận hồ sơ."))
	}
	secret := secretOf(r, code)
	st, err := m.tryTrack(r, code, secret)
	if _, wrong := invalid(err); wrong && secret != "" {
		m.remember(w, "", "")
		secret = ""
		st, err = m.tryTrack(r, code, "")
	}
	if err != nil {
		return nil, err
	}
	return &opened{Standing: st, base: "/tra-cuu/" + code, secret: secret}, nil
}

// track shows a dossier by its code. The link in a QR code brings the secret along; it is taken out of the address at once.
func (m *Room) track(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Referrer-Policy", "no-referrer")
	code := r.PathValue("code")
	if secret := r.URL.Query().Get("m"); secret != "" {
		if st, err := m.tryTrack(r, code, secret); err == nil {
			m.remember(w, st.Code, secret)
			return web.Redirect(w, r, "/tra-cuu/"+st.Code)
		} else if slow, ok := err.(slowDown); ok { //nolint:errorlint // made by tryTrack
			return m.showLookup(w, r, http.StatusTooManyRequests, code, "", []fault.Problem{{Field: "code", Msg: tooMany(time.Duration(slow))}})
		} else if ps, ok := invalid(err); ok {
			return m.showLookup(w, r, http.StatusUnprocessableEntity, code, "", ps)
		} else if err != nil {
			return err
		}
	}
	o, err := m.trackedDossier(w, r)
	if slow, ok := err.(slowDown); ok { //nolint:errorlint // made by tryTrack
		return m.showLookup(w, r, http.StatusTooManyRequests, code, "", []fault.Problem{{Field: "code", Msg: tooMany(time.Duration(slow))}})
	}
	if f, ok := fault.As(err); ok && f.Kind == fault.NotFound { // ask again where the code stands
		return m.showLookup(w, r, http.StatusNotFound, code, "", []fault.Problem{{Field: "code", Msg: f.User()}})
	}
	if err != nil {
		return err
	}
	return m.renderDossier(w, r, http.StatusOK, o, "")
}
