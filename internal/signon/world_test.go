package signon

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/kit/seal"
	"lienthong/internal/kit/web"
	"lienthong/internal/org"
	"lienthong/internal/place"
	"lienthong/province"
	design "lienthong/web"
)

var rooms = []migrate.Room{event.Migrations(), web.Migrations(), seal.Migrations(), audit.Migrations(), place.Migrations(), org.Migrations(), identity.Migrations(), Migrations()}

var permissions = []string{"dossier.read", "dossier.accept", "dossier.process", "dossier.approve", "dossier.return", "dossier.assign", "dossier.file",
	org.PermManage, place.PermManage, identity.PermManage, PermManage, "calendar.manage", "codelist.manage", "procedure.manage", audit.PermRead}

const goodPassword = "cây đa bến nước 7"

// world is the room on a site of its own, with the rooms it stands on.
type world struct {
	*Service
	t        *testing.T
	db       *db.DB
	clock    *clock.Fake
	org      *org.Service
	identity *identity.Service
	ring     *seal.Keyring
	site     *httptest.Server
	system   context.Context
	admin    context.Context
}

func newWorld(t *testing.T, d *db.DB, c Config) *world {
	t.Helper()
	cl := clock.NewFake(time.Now().UTC().Truncate(time.Second))
	ring, err := seal.Parse(seal.Generate())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, db: d, clock: cl, ring: ring, system: actor.With(t.Context(), actor.SystemActor)}
	places := place.New(place.Deps{DB: d, Clock: cl}, place.Config{})
	w.org = org.New(org.Deps{DB: d, Clock: cl, Places: places}, org.Config{})
	var files fs.FS
	if files, err = province.Open("../../province/testdata/haicap"); err != nil {
		t.Fatal(err)
	}
	if _, err := places.Import(w.system, files); err != nil {
		t.Fatal(err)
	}
	if _, err := w.org.Import(w.system, files); err != nil {
		t.Fatal(err)
	}
	w.identity = identity.New(identity.Deps{DB: d, Clock: cl, Org: w.org, Permissions: permissions}, identity.Config{HashMemory: 64, AddressTries: 1000})
	if _, err := w.identity.ImportRoles(w.system, files); err != nil {
		t.Fatal(err)
	}
	root, err := w.org.Root(w.system)
	if err != nil {
		t.Fatal(err)
	}
	w.admin = actor.With(t.Context(), actor.Actor{ID: "admin", Name: "Quản trị", Kind: actor.Staff,
		Grants: []actor.Grant{{Permissions: map[string]bool{PermManage: true}, UnitPath: root.Path, Below: true}}})
	w.serve(c)
	return w
}

// serve puts the room on a site at an address of this machine.
func (w *world) serve(c Config) {
	w.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	issuer := "http://" + listener.Addr().String()
	catalog := &i18n.Catalog{}
	w.Service, err = New(Deps{DB: w.db, Clock: w.clock, Identity: w.identity, Units: w.org, Secrets: w.ring, Catalog: catalog, Permissions: permissions, Issuer: issuer, Log: slog.New(slog.DiscardHandler)}, c)
	if err != nil {
		w.t.Fatal(err)
	}
	w.identity.AcceptBearers(w.Service)
	w.identity.OfferDoors(w.Service)
	look := web.NewRenderer(web.Look{Layouts: []fs.FS{design.Layout}, Catalog: catalog, Clock: w.clock,
		Site: func(context.Context) any { return design.Province{Name: "Thử"} },
		Nav: func(_ context.Context, layout, _ string) any {
			if layout == "desk" {
				return []design.NavGroup{}
			}
			return []design.NavItem{}
		}})
	mux := web.NewMux(web.Options{Renderer: look, Clock: w.clock, BaseURL: issuer, Log: slog.New(slog.DiscardHandler), Session: w.identity, Around: []func(http.Handler) http.Handler{w.identity.Around},
		Idempotency: &web.Idempotency{DB: w.db, Clock: w.clock}})
	api := web.NewAPI(mux, web.APIInfo{Title: "Thử", Version: "1"})
	w.Operations(api)
	w.identity.Operations(api)
	mux.Handle(w.identity.Routes(look, catalog)...)
	mux.Handle(w.Routes(look)...)
	w.site = httptest.NewUnstartedServer(mux)
	w.site.Listener.Close()
	w.site.Listener = listener
	w.site.Start()
	w.t.Cleanup(w.site.Close)
}

func each(t *testing.T, c Config, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d, c)) })
}

// citizen registers somebody who signs in with a phone number.
func (w *world) citizen(phone string) identity.Account {
	w.t.Helper()
	acc, err := w.identity.Register(w.t.Context(), identity.Registration{Name: phone, FullName: "Nguyễn Thị Thử", PersonalID: "052190000001", Password: goodPassword, Consent: true})
	if err != nil {
		w.t.Fatal(err)
	}
	return acc
}

// official makes an official with a post and a role at a unit.
func (w *world) official(name, slug, role string) identity.Account {
	w.t.Helper()
	u, err := w.org.BySlug(w.system, slug)
	if err != nil {
		w.t.Fatal(err)
	}
	p, err := w.org.AddPerson(w.system, org.Person{FullName: "Trần Văn Công", Email: name + "@example.com"})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.org.AddPost(w.system, org.Post{PersonID: p.ID, UnitID: u.ID, Title: "Chuyên viên", Main: true}); err != nil {
		w.t.Fatal(err)
	}
	acc, err := w.identity.AddOfficial(w.system, identity.NewOfficial{Name: name, PersonID: p.ID, Password: goodPassword})
	if err != nil {
		w.t.Fatal(err)
	}
	w.grant(acc, role, u.ID)
	return acc
}

func (w *world) grant(acc identity.Account, role string, unit org.UnitID) {
	w.t.Helper()
	if _, err := w.identity.Grant(w.system, identity.Grant{AccountID: acc.ID, Role: role, UnitID: unit, Below: true, Reason: "Quyết định thử"}); err != nil {
		w.t.Fatal(err)
	}
}

// program makes the account of a program with a role for the whole province.
func (w *world) program(name, role string) identity.Account {
	w.t.Helper()
	root, err := w.org.Root(w.system)
	if err != nil {
		w.t.Fatal(err)
	}
	acc, err := w.identity.AddOfficial(w.system, identity.NewOfficial{Name: name, FullName: "Phần mềm thử", UnitID: root.ID, Password: goodPassword})
	if err != nil {
		w.t.Fatal(err)
	}
	if role != "" {
		w.grant(acc, role, root.ID)
	}
	return acc
}

const callback = "http://localhost:9999/xong"

// register registers a client that signs people on.
func (w *world) register(change func(*Client)) (Client, string) {
	w.t.Helper()
	c := Client{Name: "Thư công vụ", Trusted: true, Redirects: []string{callback}, Logouts: []string{"http://localhost:9999/tam-biet"},
		Scopes: []string{ScopeProfile, ScopeEmail, ScopePhone, ScopePersonalID, ScopePosts, ScopeRoles, ScopeOffline}, Contact: "Văn phòng"}
	if change != nil {
		change(&c)
	}
	c, secret, err := w.AddClient(w.admin, c)
	if err != nil {
		w.t.Fatal(err)
	}
	return c, secret
}

// browser is somebody's browser. It follows this site's redirects and stops when it is led elsewhere.
type browser struct {
	w      *world
	client *http.Client
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	b := &browser{w: w, client: &http.Client{Jar: jar}}
	b.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.String(), w.site.URL) {
			return http.ErrUseLastResponse
		}
		return nil
	}
	return b
}

// view is what a browser shows: a page, or the address it was led away to.
type view struct {
	status int
	body   string
	at     string // path of the page
	away   *url.URL
}

func (b *browser) do(r *http.Request) view {
	b.w.t.Helper()
	resp, err := b.client.Do(r)
	if err != nil {
		b.w.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	v := view{status: resp.StatusCode, body: string(raw), at: resp.Request.URL.Path}
	if to, err := resp.Location(); err == nil {
		v.away = to
	}
	return v
}

var refresh = regexp.MustCompile(`http-equiv="refresh" content="\d+; url=([^"]+)"`)

// get opens an address; pages that lead on by themselves are followed.
func (b *browser) get(address string) view {
	b.w.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.w.site.URL + address
	}
	r, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return b.follow(b.do(r))
}

func (b *browser) post(path string, form url.Values) view {
	b.w.t.Helper()
	r, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodPost, b.w.site.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	v := b.do(r)
	if v.away != nil {
		b.w.t.Errorf("POST %s leads to another site at once: browsers do not follow (form-action)", path)
	}
	return b.follow(v)
}

func (b *browser) follow(v view) view {
	b.w.t.Helper()
	m := refresh.FindStringSubmatch(v.body)
	if m == nil {
		return v
	}
	next := strings.ReplaceAll(m[1], "&amp;", "&")
	if strings.HasPrefix(next, "/") || strings.HasPrefix(next, b.w.site.URL) {
		return b.get(next)
	}
	to, err := url.Parse(next)
	if err != nil {
		b.w.t.Fatal(err)
	}
	v.away = to
	return v
}

// signIn signs in on the page where the browser is led to, or anywhere.
func (b *browser) signIn(name, next string) view {
	b.w.t.Helper()
	return b.post("/dang-nhap", url.Values{"name": {name}, "password": {goodPassword}, "next": {next}})
}

// wish is a request of a client as it builds it.
type wish struct {
	url.Values
	verifier string
}

func newWish(c Client, scope string) wish {
	w := wish{verifier: random()}
	sum := sha256.Sum256([]byte(w.verifier))
	w.Values = url.Values{"client_id": {string(c.ID)}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {scope}, "state": {"s-1"}, "nonce": {"n-1"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"}}
	return w
}

func (w wish) with(name, value string) wish {
	values := url.Values{}
	for k := range w.Values {
		values.Set(k, w.Get(k))
	}
	if values.Set(name, value); value == "" {
		values.Del(name)
	}
	return wish{values, w.verifier}
}

func (w wish) path() string { return pathAuthorize + "?" + w.Encode() }

// answer is what an address for machines says.
type answer struct {
	status int
	body   map[string]any
	raw    string
}

func (a answer) text(name string) string { s, _ := a.body[name].(string); return s }

// ask sends a form to an address for machines, as a client with its secret.
func (w *world) ask(path string, c Client, secret string, form url.Values) answer {
	w.t.Helper()
	if secret == "" {
		form.Set("client_id", string(c.ID))
	}
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.site.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if secret != "" {
		r.SetBasicAuth(string(c.ID), secret)
	}
	return w.send(r)
}

func (w *world) send(r *http.Request) answer {
	w.t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, raw: string(raw)}
	_ = json.Unmarshal(raw, &a.body) // some answers are plain
	return a
}

// fetch reads an address for machines with an access token.
func (w *world) fetch(path, token string) answer {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.site.URL+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return w.send(r)
}

// exchange fetches tokens for a code.
func (w *world) exchange(c Client, secret string, wi wish, code string) answer {
	w.t.Helper()
	return w.ask(pathToken, c, secret, url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {wi.Get("redirect_uri")}, "code_verifier": {wi.verifier}})
}

// code signs somebody on to a client and returns the code.
func (w *world) code(b *browser, wi wish) string {
	w.t.Helper()
	v := b.get(wi.path())
	if v.away == nil || v.away.Query().Get("code") == "" {
		w.t.Fatalf("no code: %d %s %v %.500s", v.status, v.at, v.away, v.body)
	}
	return v.away.Query().Get("code")
}

// tokens signs somebody on to a client and returns what it gets for the code.
func (w *world) tokens(b *browser, c Client, secret, scope string) answer {
	w.t.Helper()
	wi := newWish(c, scope)
	a := w.exchange(c, secret, wi, w.code(b, wi))
	if a.status != http.StatusOK {
		w.t.Fatalf("no tokens: %d %s", a.status, a.raw)
	}
	return a
}

// claims returns what a JWT says, unchecked.
func claims(t *testing.T, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("not a JWT: %q", token)
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// signedIn returns a browser in which somebody is signed in.
func (w *world) signedIn(name string) *browser {
	w.t.Helper()
	b := w.browser()
	if v := b.signIn(name, "/tai-khoan"); v.at != "/tai-khoan" || v.status != http.StatusOK {
		w.t.Fatalf("not signed in as %s: %d %s", name, v.status, v.at)
	}
	return b
}

func (w *world) count(query string, args ...any) int64 {
	w.t.Helper()
	var n int64
	if err := w.db.Get(w.t.Context(), &n, query, args...); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// as returns a context in which somebody acts.
func (w *world) as(acc identity.Account) context.Context {
	kind := actor.Person
	if acc.Kind == identity.Official {
		kind = actor.Staff
	}
	return actor.With(w.t.Context(), actor.Actor{ID: string(acc.ID), Name: acc.FullName, Kind: kind, PersonID: string(acc.PersonID)})
}
