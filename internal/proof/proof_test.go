package proof

import (
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/descope/virtualwebauthn"

	"lienthong/internal/identity"
	"lienthong/internal/identity/identitytest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/factor"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/kit/seal"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
	"lienthong/internal/org/orgtest"
	design "lienthong/web"
)

var rooms = append(identitytest.Rooms(), Migrations(), web.Migrations())

const address = "https://dichvucong.example.vn"

// permApprove stands for an act that binds others.
const permApprove = "dossier.approve"

// house is the room in a test, with accounts and pages.
type house struct {
	*Service
	t     *testing.T
	world *orgtest.World
	ids   *identity.Service
	db    *db.DB
	clock *clock.Fake
	site  *webtest.Site
	acts  []string // what reached the acts that ask for a fresh proof
}

func newHouse(t *testing.T, d *db.DB) *house {
	t.Helper()
	cl := clock.NewFake(clock.MustDate("2026-11-23").At(9, 0))
	w := orgtest.New(t, d, cl)
	h := &house{t: t, world: w, db: d, clock: cl}
	h.ids = identitytest.New(w, map[string]string{"leader": permApprove, "administrator": "identity.manage"})
	h.roles(false)
	keys, err := seal.Parse(seal.Generate())
	if err != nil {
		t.Fatal(err)
	}
	h.Service = New(Deps{DB: d, Clock: cl, Accounts: h.ids, Secrets: keys, Address: address, Title: "Thử"})
	h.ids.UseFactors(h.Service)
	h.site = webtest.New(t, webtest.Look{Layouts: []fs.FS{design.Layout}, Texts: []fs.FS{design.I18n, Texts(), identity.Texts()}, Clock: cl, Options: func(o *web.Options) {
		o.Session, o.Around = h.ids, []func(http.Handler) http.Handler{h.ids.Around}
	}})
	cat := &i18n.Catalog{}
	for _, fsys := range []fs.FS{design.I18n, Texts(), identity.Texts()} {
		if err := cat.Load(fsys); err != nil {
			t.Fatal(err)
		}
	}
	h.site.Mux.Handle(h.ids.Routes(h.site.Renderer, cat)...)
	h.site.Mux.Handle(h.Routes(h.site.Renderer, cat)...)
	h.site.Mux.Handle(h.acting()...)
	api := web.NewAPI(h.site.Mux, web.APIInfo{Title: "Thử", Version: "1", SessionCookie: identity.CookieName(false)})
	h.ids.Operations(api)
	h.API(api)
	return h
}

// roles gives the role of leaders a second factor or not.
func (h *house) roles(demanded bool) {
	h.t.Helper()
	text := "roles:\n  - {key: leader, name: leader, permissions: [" + permApprove + "], second_factor: " + map[bool]string{true: "true", false: "false"}[demanded] +
		"}\n  - {key: administrator, name: administrator, permissions: [identity.manage], may_grant: [leader]}\n"
	if _, err := h.ids.ImportRoles(h.world.Ctx, fstest.MapFS{"roles.yaml": {Data: []byte(text)}}); err != nil {
		h.t.Fatal(err)
	}
}

// acting are routes of another room that ask for a fresh proof: one by its flag, one by what its form says.
func (h *house) acting() []web.Route {
	act := func(_ http.ResponseWriter, r *http.Request) error {
		form, err := web.Form(r)
		if err != nil {
			return err
		}
		if r.URL.Path == "/desk/sometimes" && form.Get("act") == "approve" {
			if err := actor.Fresh(r.Context()); err != nil {
				return web.Carry(err, form)
			}
		}
		h.acts = append(h.acts, form.Get("act")+" "+form.Get("note"))
		return nil
	}
	return []web.Route{
		{Method: "POST", Pattern: "/desk/always", Permission: web.SignedIn, Name: "desk.always", StepUp: true, Handler: act},
		{Method: "POST", Pattern: "/desk/sometimes", Permission: web.SignedIn, Name: "desk.sometimes", Handler: act},
		{Method: "POST", Pattern: "/desk/secret", Permission: web.SignedIn, Name: "desk.secret", StepUp: true, Secret: true, Handler: act},
	}
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) { fn(t, newHouse(t, d)) })
}

func sqlite(t *testing.T) *house {
	t.Helper()
	return newHouse(t, dbtest.SQLite(t, rooms...))
}

var _ []migrate.Room = rooms

// browser keeps the cookie of somebody's browser.
type browser struct {
	h      *house
	cookie string
	flash  string
}

func (h *house) browser() *browser { return &browser{h: h} }

// do sends a request and keeps the cookie that comes back.
func (b *browser) do(sc webtest.Scenario) *webtest.Answer {
	b.h.t.Helper()
	if b.cookie != "" {
		sc.Header = map[string]string{"Cookie": b.cookie + "; flash=" + b.flash}
	}
	b.flash = ""
	a := webtest.Do(b.h.t, b.h.site.Mux, sc)
	for _, c := range (&http.Response{Header: a.Header}).Cookies() {
		if c.Name == "session" {
			b.cookie = "session=" + c.Value
		} else if c.Name == "flash" && c.Value != "" {
			b.flash = c.Value
		}
	}
	return a
}

// want is do with the status that must come back.
func (b *browser) want(status int, sc webtest.Scenario) *webtest.Answer {
	b.h.t.Helper()
	a := b.do(sc)
	if a.Status != status {
		b.h.t.Fatalf("%s: %d, want %d: %.700s", sc.URL, a.Status, status, a.Body)
	}
	return a
}

func (b *browser) page(url string) *webtest.Answer {
	b.h.t.Helper()
	return b.want(http.StatusOK, webtest.Scenario{URL: url})
}

func (b *browser) post(status int, to string, pairs ...string) *webtest.Answer {
	b.h.t.Helper()
	form := url.Values{"_": {""}}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.want(status, webtest.Scenario{URL: to, Form: form})
}

// put calls the API; into may be nil.
func (b *browser) put(status int, path string, body, into any) *webtest.Answer {
	b.h.t.Helper()
	a := b.want(status, webtest.Scenario{Method: "PUT", URL: "/api/v1" + path, JSON: body})
	if into != nil {
		if err := json.Unmarshal([]byte(a.Body), into); err != nil {
			b.h.t.Fatalf("%s: %v in %s", path, err, a.Body)
		}
	}
	return a
}

// signIn types the right password.
func (b *browser) signIn(name string) *webtest.Answer {
	b.h.t.Helper()
	return b.post(http.StatusSeeOther, "/dang-nhap", "name", name, "password", identitytest.Password)
}

// seed adds an app to the account of the browser and returns its seed and the recovery codes.
func (b *browser) seed() (string, []string) {
	b.h.t.Helper()
	page := b.page("/tai-khoan/xac-thuc/them")
	seed := strings.ReplaceAll(page.Page.Find(".lt-code").Text(), " ", "")
	a := b.want(http.StatusOK, webtest.Scenario{URL: "/tai-khoan/xac-thuc/them", Form: page.Submit(b.h.t, "form[action='/tai-khoan/xac-thuc/them']", url.Values{"code": {b.h.code(seed)}, "name": {"Điện thoại"}})})
	b.h.clock.Advance(factor.Period) // its code was used
	return seed, codesOn(a)
}

func codesOn(a *webtest.Answer) []string {
	var codes []string
	for _, n := range a.Page.Find(".lt-codes code").Nodes {
		codes = append(codes, n.FirstChild.Data)
	}
	return codes
}

func (h *house) code(seed string) string {
	h.t.Helper()
	code, err := factor.Code(seed, h.clock.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

func (h *house) citizen(phone string) identity.Account {
	return identitytest.Citizen(h.t, h.ids, phone, "Nguyễn Thị Thử")
}

func (h *house) official(name, role string) identity.Account {
	return identitytest.Official(h.world, h.ids, name, "so-tu-phap", "Giám đốc", role)
}

// actions returns what was written into the audit record of sign-ins and proofs, by name.
func (h *house) actions() string {
	h.t.Helper()
	var list []string
	if err := h.db.Select(context.Background(), &list, `SELECT action FROM audit_entry WHERE action LIKE 'proof.%' OR action IN ('identity.sign_in', 'identity.enter_password', 'identity.fail_proof', 'identity.prove', 'identity.refuse_sign_in') ORDER BY action`); err != nil {
		h.t.Fatal(err)
	}
	return strings.Join(list, " ")
}

// device is a phone or key with one passkey.
type device struct {
	h    *house
	rp   virtualwebauthn.RelyingParty
	auth virtualwebauthn.Authenticator
	cred virtualwebauthn.Credential
}

func (h *house) device(acc identity.Account) *device {
	return &device{h, virtualwebauthn.RelyingParty{ID: "dichvucong.example.vn", Name: "Thử", Origin: address},
		virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(acc.ID)}), virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)}
}

type asked struct {
	Options json.RawMessage `json:"options"`
}

func (o asked) public() string { return `{"publicKey":` + string(o.Options) + `}` }

// make answers a request for a new passkey.
func (d *device) make(o asked) json.RawMessage {
	d.h.t.Helper()
	p, err := virtualwebauthn.ParseAttestationOptions(o.public())
	if err != nil {
		d.h.t.Fatal(err)
	}
	return json.RawMessage(virtualwebauthn.CreateAttestationResponse(d.rp, d.auth, d.cred, *p))
}

// sign answers a request for a proof.
func (d *device) sign(o asked) json.RawMessage {
	d.h.t.Helper()
	p, err := virtualwebauthn.ParseAssertionOptions(o.public())
	if err != nil {
		d.h.t.Fatal(err)
	}
	d.cred.Counter++
	return json.RawMessage(virtualwebauthn.CreateAssertionResponse(d.rp, d.auth, d.cred, *p))
}

// passkey adds a passkey to the account of the browser and returns its device with the recovery codes.
func (b *browser) passkey(acc identity.Account) (*device, []string) {
	b.h.t.Helper()
	d := b.h.device(acc)
	var o asked
	b.put(200, "/proof/passkeys/challenge", nil, &o)
	var made struct {
		RecoveryCodes []string `json:"recovery_codes"`
	}
	b.put(200, "/proof/passkeys", map[string]any{"name": "Máy tính", "credential": d.make(o)}, &made)
	return d, made.RecoveryCodes
}

// shut advances past the time in which a proof is fresh, in steps that keep the session.
func (h *house) shut() { h.clock.Advance(16 * time.Minute) }

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}
