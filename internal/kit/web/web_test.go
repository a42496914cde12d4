package web_test

import (
	"bytes"
	"context"
	"errors"
	"html/template"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
)

var noon = time.Date(2018, 11, 23, 7, 5, 0, 0, time.UTC) // 14:05 in Việt Nam

// people signs in whoever the header X-As names.
type people struct{}

var officer = actor.Actor{ID: "a1", Name: "Rơ Châm H'Phương", Kind: actor.Staff,
	Grants: []actor.Grant{{UnitPath: "/x/", Permissions: map[string]bool{"thing.read": true}}}}

func (people) Load(r *http.Request) (actor.Actor, error) {
	switch r.Header.Get("X-As") {
	case "officer":
		return officer, nil
	case "citizen":
		return actor.Actor{ID: "c1", Name: "Nguyễn Văn Ạnh", Kind: actor.Person}, nil
	case "broken":
		return actor.Actor{}, errors.New("session store is away")
	}
	return actor.Actor{}, nil
}

type site struct {
	*web.Mux
	rd    *web.Renderer
	pages *web.Pages
	log   *bytes.Buffer
}

func newSite(t testing.TB, change func(*web.Options)) site {
	t.Helper()
	cat := &i18n.Catalog{}
	for _, fsys := range []fs.FS{web.Files, os.DirFS("testdata/room")} {
		if err := cat.Load(fsys); err != nil {
			t.Fatal(err)
		}
	}
	rd := web.NewRenderer(web.Look{Layouts: []fs.FS{os.DirFS("testdata/layout")}, Catalog: cat, Clock: clock.NewFake(noon),
		Icon: func(name string) template.HTML { return template.HTML("<i>" + name + "</i>") },
		Site: func(context.Context) any { return map[string]string{"Name": "Gia Lai"} }})
	s := site{rd: rd, pages: rd.Pages(os.DirFS("testdata/room"), "room"), log: &bytes.Buffer{}}
	o := web.Options{Renderer: rd, Clock: clock.NewFake(noon), Session: people{}, BodyLimit: 1 << 10, UploadLimit: 1 << 20,
		Log: slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	if change != nil {
		change(&o)
	}
	s.Mux = web.NewMux(o)
	return s
}

type data struct {
	Name string
	Msg  i18n.Msg
	At   time.Time
	Fee  int64
	Rate float64
}

var sample = data{"Đinh Văn Tư", i18n.M("Có %d hồ sơ", 3), noon, 1234567, 1234.5}

func (s site) do(method, target string, body io.Reader, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, body)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func (s site) thingRoutes() []web.Route {
	fail := func(err error) web.Handler { return func(http.ResponseWriter, *http.Request) error { return err } }
	text := func(text string) web.Handler {
		return func(w http.ResponseWriter, _ *http.Request) error { _, err := io.WriteString(w, text); return err }
	}
	home := func(w http.ResponseWriter, r *http.Request) error {
		return s.pages.Render(w, r, http.StatusOK, "home.html", "public", web.View{Title: "Trang chủ", Data: sample})
	}
	return []web.Route{
		{Method: "GET", Pattern: "/", Permission: web.Public, Name: "thing.home", Handler: home},
		{Method: "GET", Pattern: "/thing/{id}", Permission: "thing.read", Name: "thing.show", Handler: home},
		{Method: "POST", Pattern: "/thing/{id}", Permission: "thing.read", Name: "thing.save", Handler: text("saved")},
		{Method: "GET", Pattern: "/mine", Permission: web.SignedIn, Name: "thing.mine", Handler: home},
		{Method: "GET", Pattern: "/secret", Permission: "thing.hide", Name: "thing.hide", Handler: home},
		{Method: "GET", Pattern: "/gone", Permission: web.Public, Name: "thing.gone", Handler: fail(fault.NewNotFound(i18n.M("Không có hồ sơ này.")))},
		{Method: "GET", Pattern: "/bad", Permission: web.Public, Name: "thing.bad", Handler: fail(fault.NewInvalid("phone", i18n.M("Thiếu số điện thoại")))},
		{Method: "GET", Pattern: "/api/v1/bad", Permission: web.Public, Name: "thing.apibad", Handler: fail(fault.NewInvalid("phone", i18n.M("Thiếu số điện thoại")))},
		{Method: "GET", Pattern: "/conflict", Permission: web.Public, Name: "thing.conflict", Handler: fail(fault.NewConflict(i18n.Msg{}))},
		{Method: "GET", Pattern: "/busy", Permission: web.Public, Name: "thing.busy", Handler: fail(fault.NewUnavailable(i18n.Msg{}))},
		{Method: "GET", Pattern: "/locked", Permission: web.Public, Name: "thing.locked", Handler: fail(locked{})},
		{Method: "GET", Pattern: "/crash", Permission: web.Public, Name: "thing.crash", Handler: fail(errors.New("disk on fire: secret path"))},
		{Method: "GET", Pattern: "/api/v1/crash", Permission: web.Public, Name: "thing.apicrash", Handler: fail(errors.New("disk on fire: secret path"))},
		{Method: "GET", Pattern: "/panic", Permission: web.Public, Name: "thing.panic", Handler: func(http.ResponseWriter, *http.Request) error { panic("nil map") }},
		{Method: "GET", Pattern: "/api/v1/secret", Permission: "thing.hide", Name: "thing.apihide", Handler: home},
	}
}

type locked struct{}

func (locked) Error() string   { return "database is locked" }
func (locked) Temporary() bool { return true }

// TestAnswers holds what every kind of request and error looks like from outside.
func TestAnswers(t *testing.T) {
	s := newSite(t, nil)
	s.Handle(s.thingRoutes()...)
	for _, c := range []struct {
		name, method, url, as string
		status                int
		want, not, location   string
	}{
		{"home", "GET", "/", "", 200, "<h1>Trang chủ</h1>", "who", ""},
		{"home is not everything below", "GET", "/nothing", "", 404, "Không tìm thấy trang", "", ""},
		{"head", "HEAD", "/", "", 200, "", "", ""},
		{"trailing slash", "GET", "/gone/?a=b", "", 308, "", "", "/gone?a=b"},
		{"trailing slash of nothing", "GET", "/nothing/", "", 404, "Không tìm thấy", "", ""},
		{"trailing slash to another host", "GET", "//evil.example/", "", 404, "Không tìm thấy", "", ""},
		{"wrong method", "DELETE", "/gone", "", 405, "không nhận yêu cầu kiểu DELETE", "", ""},
		{"anonymous is led to the sign-in", "GET", "/thing/7?x=1", "", 303, "", "", "/dang-nhap?next=%2Fthing%2F7%3Fx%3D1"},
		{"anonymous post keeps what was typed", "POST", "/thing/7", "", 401, "nội dung đã nhập vẫn còn", "", ""},
		{"allowed", "GET", "/thing/7", "officer", 200, "Rơ Châm", "", ""},
		{"allowed post", "POST", "/thing/7", "officer", 200, "saved", "", ""},
		{"no permission", "GET", "/thing/7", "citizen", 403, "không có quyền", "", ""},
		{"signed in", "GET", "/mine", "citizen", 200, "Nguyễn Văn Ạnh", "", ""},
		{"not signed in", "GET", "/mine", "", 303, "", "", "/dang-nhap?next=%2Fmine"},
		{"another permission", "GET", "/secret", "officer", 403, "", "Trang chủ</h1>", ""},
		{"api without sign-in", "GET", "/api/v1/secret", "", 401, `"kind":"unauthenticated"`, "", ""},
		{"api without permission", "GET", "/api/v1/secret", "officer", 403, `"kind":"forbidden"`, "", ""},
		{"not found", "GET", "/gone", "", 404, "Không có hồ sơ này.", "", ""},
		{"invalid", "GET", "/bad", "", 422, "Thiếu số điện thoại", "", ""},
		{"invalid api", "GET", "/api/v1/bad", "", 422, `"errors":[{"field":"phone","detail":"Thiếu số điện thoại"}]`, "<html", ""},
		{"conflict", "GET", "/conflict", "", 409, "vừa được người khác thay đổi", "", ""},
		{"busy", "GET", "/busy", "", 503, "Hệ thống đang bận", "", ""},
		{"locked database", "GET", "/locked", "", 503, "Hệ thống đang bận", "database", ""},
		{"internal shows a reference only", "GET", "/crash", "", 500, `class="ref"`, "secret path", ""},
		{"internal api", "GET", "/api/v1/crash", "", 500, `"reference":"`, "secret path", ""},
		{"panic", "GET", "/panic", "", 500, "Hệ thống gặp lỗi", "nil map", ""},
		{"session store away", "GET", "/", "broken", 500, "Hệ thống gặp lỗi", "away", ""},
		{"api not found", "GET", "/api/v1/nothing", "", 404, `"kind":"not_found"`, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := s.do(c.method, c.url, nil, "X-As", c.as)
			body := w.Body.String()
			if w.Code != c.status {
				t.Errorf("status %d, want %d: %s", w.Code, c.status, body)
			}
			if !strings.Contains(template.HTMLEscapeString(body), template.HTMLEscapeString(c.want)) {
				t.Errorf("%q is missing in %s", c.want, body)
			}
			if c.not != "" && strings.Contains(body, c.not) {
				t.Errorf("%q must not be in %s", c.not, body)
			}
			if got := w.Header().Get("Location"); got != c.location {
				t.Errorf("location %q, want %q", got, c.location)
			}
			if strings.HasPrefix(c.url, "/api/") && w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("content type %q", w.Header().Get("Content-Type"))
			}
			if w.Header().Get("X-Request-Id") == "" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "frame-ancestors 'none'") {
				t.Errorf("headers: %v", w.Header())
			}
			if c.as == "officer" || w.Code >= 400 {
				if got := w.Header().Get("Cache-Control"); got != "no-store" {
					t.Errorf("cache-control %q", got)
				}
			}
		})
	}
	if !strings.Contains(s.log.String(), "disk on fire: secret path") || !strings.Contains(s.log.String(), "nil map") {
		t.Error("the log lacks what the page hides")
	}
}

// TestAccessLog holds that the log finds a request again without saying who made it or what they asked for.
func TestAccessLog(t *testing.T) {
	s := newSite(t, nil)
	s.Handle(s.thingRoutes()...)
	w := s.do("GET", "/thing/079012345678?phone=0912345678", nil, "X-As", "officer", "User-Agent", "Máy của tôi")
	log := s.log.String()
	for _, want := range []string{w.Header().Get("X-Request-Id"), `"route":"/thing/{id}"`, `"status":200`, `"who":"staff"`} {
		if !strings.Contains(log, want) {
			t.Errorf("%s is missing in %s", want, log)
		}
	}
	for _, not := range []string{"079012345678", "0912345678", "192.0.2.1", "Máy của tôi", "H'Phương"} {
		if strings.Contains(log, not) {
			t.Errorf("%s is in the log: %s", not, log)
		}
	}
}

// TestRouteMistakes holds that a route without permission never gets onto the site.
func TestRouteMistakes(t *testing.T) {
	h := func(http.ResponseWriter, *http.Request) error { return nil }
	for name, rt := range map[string]web.Route{
		"no permission":      {Method: "GET", Pattern: "/a", Name: "a.b", Handler: h},
		"unknown permission": {Method: "GET", Pattern: "/a", Name: "a.b", Permission: "everybody", Handler: h},
		"no handler":         {Method: "GET", Pattern: "/a", Name: "a.b", Permission: web.Public},
		"no name":            {Method: "GET", Pattern: "/a", Permission: web.Public, Handler: h},
		"no method":          {Pattern: "/a", Name: "a.b", Permission: web.Public, Handler: h},
		"same name":          {Method: "GET", Pattern: "/other", Name: "x.y", Permission: web.Public, Handler: h},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, nil)
			s.Handle(web.Route{Method: "GET", Pattern: "/x", Name: "x.y", Permission: web.Public, Handler: h})
			defer func() {
				if recover() == nil {
					t.Error("the route was taken")
				}
			}()
			s.Handle(rt)
		})
	}
}

// TestCrossOrigin holds that forms of other sites do nothing here.
func TestCrossOrigin(t *testing.T) {
	s := newSite(t, func(o *web.Options) { o.BaseURL = "https://dichvucong.example.vn/" })
	s.Handle(s.thingRoutes()...)
	for _, c := range []struct {
		name   string
		header []string
		status int
	}{
		{"same origin", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"typed address", []string{"Sec-Fetch-Site", "none"}, 200},
		{"no browser", nil, 200},
		{"other site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"sibling site", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"old browser, other site", []string{"Origin", "https://evil.example"}, 403},
		{"behind a proxy that changes the host", []string{"Origin", "https://dichvucong.example.vn", "Sec-Fetch-Site", "cross-site"}, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := s.do("POST", "/thing/7", strings.NewReader("a=b"), append(c.header, "X-As", "officer")...)
			if w.Code != c.status {
				t.Errorf("status %d, want %d: %s", w.Code, c.status, w.Body)
			}
		})
	}
}

// TestLanguage holds how a language is chosen and remembered.
func TestLanguage(t *testing.T) {
	s := newSite(t, nil)
	s.Handle(s.thingRoutes()...)
	for _, c := range []struct {
		name, url string
		header    []string
		want      string
		sets      bool
	}{
		{"Vietnamese by default", "/", []string{"Accept-Language", "en-US"}, "Chào Đinh Văn Tư", false},
		{"chosen", "/?lang=en", nil, "Hello Đinh Văn Tư", true},
		{"remembered", "/", []string{"Cookie", "lang=en"}, "Home", false},
		{"back", "/?lang=vi", []string{"Cookie", "lang=en"}, "Trang chủ", true},
		{"unknown", "/?lang=xx", nil, "Trang chủ", false},
		{"word in context", "/?lang=en", nil, "Return Pay 3 dossiers 23/11/2018 23/11/2018 14:05 1,234,567 đ 1,234.5", true},
		{"word in context, Vietnamese", "/", nil, "Trả Trả Có 3 hồ sơ 23/11/2018 23/11/2018 14:05 1.234.567 đ 1.234,5", false},
		{"errors", "/busy?lang=en", nil, "The system is busy", true},
		{"programs", "/api/v1/bad", []string{"Accept-Language", "en-GB,en;q=0.9"}, "Some details are not right", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := s.do("GET", c.url, nil, c.header...)
			if !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("%q is missing in %s", c.want, w.Body)
			}
			if got := strings.Contains(w.Header().Get("Set-Cookie"), "lang="); got != c.sets {
				t.Errorf("cookie %q", w.Header().Get("Set-Cookie"))
			}
		})
	}
}

// TestFlash holds that a message survives a redirect and is shown once.
func TestFlash(t *testing.T) {
	s := newSite(t, nil)
	s.Handle(append(s.thingRoutes(), web.Route{Method: "POST", Pattern: "/save", Permission: web.Public, Name: "thing.flash",
		Handler: func(w http.ResponseWriter, r *http.Request) error {
			s.pages.AddFlash(w, r, web.FlashOK, i18n.M("Đã lưu %s", "<b>"))
			return web.Redirect(w, r, "/")
		}})...)
	w := s.do("POST", "/save", nil)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	sent := w.Result().Cookies()
	w = s.do("GET", "/", nil, "Cookie", sent[0].String())
	if want := `<p class="flash-ok">Đã lưu &lt;b&gt;</p>`; !strings.Contains(w.Body.String(), want) {
		t.Errorf("%s is missing in %s", want, w.Body)
	}
	if c := w.Result().Cookies(); len(c) != 1 || c[0].MaxAge >= 0 {
		t.Errorf("the message is not taken back: %v", c)
	}
	for _, forged := range []string{"flash=%%%", "flash=bm90IGpzb24", "flash=" + strings.Repeat("A", 5000)} {
		if w := s.do("GET", "/", nil, "Cookie", forged); w.Code != 200 || strings.Contains(w.Body.String(), "flash-") {
			t.Errorf("%.20s: %d %s", forged, w.Code, w.Body)
		}
	}
}

// TestPartialLogin holds that a script that replaces parts of a page leads to the sign-in as well.
func TestPartialLogin(t *testing.T) {
	s := newSite(t, nil)
	s.Handle(s.thingRoutes()...)
	w := s.do("GET", "/mine", nil, "HX-Request", "true", "HX-Current-URL", "http://example.com/desk?tab=2")
	if got := w.Header().Get("HX-Redirect"); w.Code != 401 || got != "/dang-nhap?next=%2Fdesk%3Ftab%3D2" {
		t.Errorf("%d %q", w.Code, got)
	}
}

// TestClientIP holds whom the word of a proxy counts for.
func TestClientIP(t *testing.T) {
	s := newSite(t, func(o *web.Options) {
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("10.0.0.0/8")}
	})
	s.Handle(web.Route{Method: "GET", Pattern: "/ip", Permission: web.Public, Name: "thing.ip", Handler: func(w http.ResponseWriter, r *http.Request) error {
		_, err := io.WriteString(w, actor.From(r.Context()).IP)
		return err
	}})
	for _, c := range []struct{ name, remote, forwarded, proto, want string }{
		{"direct", "203.0.113.9:1", "", "", "203.0.113.9"},
		{"liar", "203.0.113.9:1", "1.2.3.4", "https", "203.0.113.9"},
		{"proxy", "192.0.2.1:1", "198.51.100.7", "https", "198.51.100.7"},
		{"liar behind the proxy", "192.0.2.1:1", "1.2.3.4, 198.51.100.7", "http", "198.51.100.7"},
		{"two proxies", "192.0.2.1:1", "198.51.100.7, 10.1.1.1", "", "198.51.100.7"},
		{"nonsense", "192.0.2.1:1", "unknown", "", "192.0.2.1"},
		{"IPv6", "[2001:db8::1]:1", "", "", "2001:db8::1"},
		{"mapped", "[::ffff:192.0.2.1]:1", "198.51.100.7", "", "198.51.100.7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/ip", nil)
			r.RemoteAddr = c.remote
			r.Header.Set("X-Forwarded-For", c.forwarded)
			r.Header.Set("X-Forwarded-Proto", c.proto)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Body.String() != c.want {
				t.Errorf("%s, want %s", w.Body, c.want)
			}
			trusted := strings.HasPrefix(c.want, "198.") && c.proto == "https"
			if got := w.Header().Get("Strict-Transport-Security") != ""; got != trusted {
				t.Errorf("encrypted %v, want %v", got, trusted)
			}
		})
	}
}

// TestSafePath holds which addresses a redirect may go to.
func TestSafePath(t *testing.T) {
	for in, want := range map[string]string{
		"/desk?tab=1": "/desk?tab=1", "": "/", "desk": "/", "//evil.example": "/", `/\evil.example`: "/", "/\t/evil.example": "/",
		"https://evil.example": "/", "/%2F%2Fevil": "/", "javascript:alert(1)": "/", "/a\r\nSet-Cookie: x": "/", "/thủ-tục": "/thủ-tục",
	} {
		if got := web.SafePath(in); got != want {
			t.Errorf("SafePath(%q) = %q, want %q", in, got, want)
		}
	}
	if err := web.Redirect(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), "https://evil.example"); err == nil {
		t.Error("a redirect left the site")
	}
	if got, want := web.Link("dossier", "H21.15/7", 3), "/dossier/H21.15%2F7/3"; got != want {
		t.Errorf("Link = %q, want %q", got, want)
	}
	if _, err := url.Parse(web.Link("desk")); err != nil {
		t.Error(err)
	}
}
