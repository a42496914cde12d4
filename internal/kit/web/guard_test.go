package web_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
)

// TestSecurityHeaders holds what browsers are told on every answer, pages, files of the bundle and errors alike.
func TestSecurityHeaders(t *testing.T) {
	s := newSite(t, func(o *web.Options) { o.Assets = web.AssetServer(os.DirFS("testdata")) })
	s.Handle(s.thingRoutes()...)
	for _, url := range []string{"/", "/gone", "/crash", "/panic", "/nothing", "/api/v1/bad", "/assets/room/i18n/en.json", "/assets/none.css"} {
		h := s.do("GET", url, nil).Header()
		for name, want := range map[string]string{
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "same-origin",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Content-Security-Policy":      "script-src 'self'",
			"Permissions-Policy":           "microphone=()",
		} {
			if !strings.Contains(h.Get(name), want) {
				t.Errorf("%s: %s is %q", url, name, h.Get(name))
			}
		}
		for _, not := range []string{"unsafe-inline", "unsafe-eval", "http:", "https:", "*"} {
			if strings.Contains(h.Get("Content-Security-Policy"), not) {
				t.Errorf("%s: the policy allows %s", url, not)
			}
		}
		if h.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: an unencrypted answer demands encryption", url)
		}
	}
}

// TestEncrypted holds what changes when people reach the site over https: cookies cannot be set by sibling sites, and browsers stay with https.
func TestEncrypted(t *testing.T) {
	s := newSite(t, nil)
	s.Handle(web.Route{Method: "GET", Pattern: "/save", Permission: web.Public, Name: "thing.save", Handler: func(w http.ResponseWriter, r *http.Request) error {
		s.pages.AddFlash(w, r, web.FlashWarn, i18n.M("Đã lưu %s", "x"))
		return web.Redirect(w, r, "/")
	}})
	r := httptest.NewRequest("GET", "/save?lang=en", nil)
	r.TLS = &tls.ConnectionState{}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Header().Get("Strict-Transport-Security") == "" {
		t.Error("no Strict-Transport-Security")
	}
	names := map[string]bool{}
	for _, c := range w.Result().Cookies() {
		names[c.Name] = true
		if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" {
			t.Errorf("%+v", c)
		}
	}
	if !names["__Host-flash"] || !names["lang"] {
		t.Errorf("cookies %v", names)
	}
}

// TestFraming holds that an answer can be shown inside a page of this site, and only there, when its handler says so.
func TestFraming(t *testing.T) {
	s := newSite(t, nil)
	s.Handle(web.Route{Method: "GET", Pattern: "/paper", Permission: web.Public, Name: "thing.paper", Handler: func(w http.ResponseWriter, _ *http.Request) error {
		web.AllowFraming(w)
		_, err := io.WriteString(w, "paper")
		return err
	}})
	if p := s.do("GET", "/paper", nil).Header().Get("Content-Security-Policy"); !strings.HasSuffix(p, "frame-ancestors 'self'") {
		t.Errorf("%s", p)
	}
}

// TestAround holds that middleware of a room stands between the guards and the session, in the order given.
func TestAround(t *testing.T) {
	type k string
	add := func(name string) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				before, _ := r.Context().Value(k("")).(string)
				next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), k(""), before+name)))
			})
		}
	}
	s := newSite(t, func(o *web.Options) { o.Around = []func(http.Handler) http.Handler{add("a"), add("b")} })
	s.Handle(web.Route{Method: "GET", Pattern: "/around", Permission: web.SignedIn, Name: "thing.around", Handler: func(w http.ResponseWriter, r *http.Request) error {
		_, err := fmt.Fprintf(w, "%s %s %s", r.Context().Value(k("")), actor.From(r.Context()).ID, i18n.Lang(r.Context()))
		return err
	}})
	if w := s.do("GET", "/around?lang=en", nil, "X-As", "citizen"); w.Body.String() != "ab c1 en" {
		t.Errorf("%s", w.Body)
	}
}

// TestActor holds what a handler is told about whoever makes the request.
func TestActor(t *testing.T) {
	s := newSite(t, nil)
	var got actor.Actor
	s.Handle(web.Route{Method: "GET", Pattern: "/who", Permission: web.Public, Name: "thing.who", Handler: func(_ http.ResponseWriter, r *http.Request) error {
		got = actor.From(r.Context())
		return nil
	}})
	s.do("GET", "/who", nil, "X-As", "officer", "User-Agent", strings.Repeat("ấ", 200)+"\xff")
	if got.ID != "a1" || got.IP != "192.0.2.1" || len(got.UserAgent) > 300 || strings.ContainsRune(got.UserAgent, '\uFFFD') {
		t.Errorf("%+v", got)
	}
	s.do("GET", "/who", nil)
	if got.SignedIn() || got.IP == "" {
		t.Errorf("%+v", got)
	}
}

// TestStatuses holds the status of every kind of error, wrapped or not, for pages and for the API.
func TestStatuses(t *testing.T) {
	s := newSite(t, nil)
	var fail error
	for _, p := range []string{"/fail", "/api/v1/fail"} {
		s.Handle(web.Route{Method: "GET", Pattern: p, Permission: web.Public, Name: "thing.fail" + strings.ReplaceAll(p, "/", "_"),
			Handler: func(http.ResponseWriter, *http.Request) error { return fail }})
	}
	for _, c := range []struct {
		name   string
		err    error
		status int
		kind   string
	}{
		{"not found", fault.NewNotFound(i18n.M("không có")), 404, "not_found"},
		{"wrapped", fmt.Errorf("accept: %w", fault.NewConflict(i18n.M("đã nhận"))), 409, "conflict"},
		{"with a cause", fault.NewForbidden(i18n.M("không được")).Wrap(errors.New("secret")), 403, "forbidden"},
		{"unavailable", fault.NewUnavailable(i18n.Msg{}), 503, "unavailable"},
		{"invalid", fault.NewInvalid("a", i18n.M("thiếu")), 422, "invalid"},
		{"bad request", web.BadRequest(i18n.M("không đọc được")), 400, "invalid"},
		{"bad request, wrapped", fmt.Errorf("read: %w", web.BadRequest(i18n.M("không đọc được"))), 400, "invalid"},
		{"too large", web.TooLarge(20 << 20), 413, "invalid"},
		{"too large, of the library", &http.MaxBytesError{Limit: 10}, 413, "invalid"},
		{"a server that is away", &net.OpError{Op: "dial", Err: errors.New("secret")}, 503, "unavailable"},
		{"too slow", context.DeadlineExceeded, 503, "unavailable"},
		{"locked", fmt.Errorf("begin: %w", locked{}), 503, "unavailable"},
		{"unknown", errors.New("secret"), 500, "internal"},
		{"canceled by somebody else", context.Canceled, 500, "internal"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fail = c.err
			page, problem := s.do("GET", "/fail", nil), s.do("GET", "/api/v1/fail", nil)
			if page.Code != c.status || problem.Code != c.status {
				t.Errorf("page %d, API %d, want %d", page.Code, problem.Code, c.status)
			}
			if !strings.Contains(problem.Body.String(), `"kind":"`+c.kind+`"`) {
				t.Errorf("%s", problem.Body)
			}
			if strings.Contains(page.Body.String()+problem.Body.String(), "secret") {
				t.Errorf("the cause is shown: %s %s", page.Body, problem.Body)
			}
			if got := problem.Header().Get("Retry-After") != ""; got != (c.status == 503) {
				t.Errorf("Retry-After %v", got)
			}
			if ref := strings.Contains(page.Body.String(), `class="ref"`); ref != (c.status >= 500) {
				t.Errorf("reference shown: %v", ref)
			}
			if !strings.Contains(problem.Body.String(), `"reference":"`+problem.Header().Get("X-Request-Id")+`"`) {
				t.Errorf("another reference than in the header: %s", problem.Body)
			}
		})
	}
}

// TestGoneClient holds that nothing is written or logged as an error when the client has left.
func TestGoneClient(t *testing.T) {
	s := newSite(t, nil)
	s.Handle(web.Route{Method: "GET", Pattern: "/left", Permission: web.Public, Name: "thing.left", Handler: func(_ http.ResponseWriter, r *http.Request) error {
		return fmt.Errorf("query: %w", r.Context().Err())
	}})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/left", nil).WithContext(ctx))
	if w.Body.Len() > 0 || strings.Contains(s.log.String(), "ERROR") {
		t.Errorf("%s %s", w.Body, s.log)
	}
}

// TestAbort holds that a handler can break off the connection, as libraries do.
func TestAbort(t *testing.T) {
	s := newSite(t, nil)
	s.Handle(web.Route{Method: "GET", Pattern: "/abort", Permission: web.Public, Name: "thing.abort", Handler: func(http.ResponseWriter, *http.Request) error {
		panic(http.ErrAbortHandler)
	}})
	srv := httptest.NewServer(s)
	defer srv.Close()
	if res, err := http.Get(srv.URL + "/abort"); err == nil {
		t.Errorf("an answer: %d", res.StatusCode)
	}
}

// TestBackLink holds that an error page leads back to the page before, when that one is here.
func TestBackLink(t *testing.T) {
	s := newSite(t, nil)
	s.Handle(s.thingRoutes()...)
	for referer, want := range map[string]string{
		"http://example.com/mine?tab=1": `<a href="/mine?tab=1">back</a>`,
		"http://evil.example/mine":      "",
		"http://example.com/gone":       "", // itself
		"http://example.com//evil.test": `<a href="/">back</a>`,
		"%zz":                           "",
		"":                              "",
	} {
		body := s.do("GET", "/gone", nil, "Referer", referer).Body.String()
		if want == "" && strings.Contains(body, "back</a>") || !strings.Contains(body, want) {
			t.Errorf("%s: %s", referer, body)
		}
	}
}

// TestBrokenLayout holds that people get a plain word even when the error page itself cannot be made.
func TestBrokenLayout(t *testing.T) {
	rd := web.NewRenderer(web.Look{Layouts: nil})
	m := web.NewMux(web.Options{Renderer: rd})
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequest("GET", "/nothing", nil))
	if w.Code != 404 || !strings.Contains(w.Body.String(), "Không tìm thấy") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestRequestIDs holds that reference numbers differ and can be read aloud.
func TestRequestIDs(t *testing.T) {
	s := newSite(t, nil)
	seen := map[string]bool{}
	for range 1000 {
		id := s.do("GET", "/nothing", nil).Header().Get("X-Request-Id")
		if seen[id] || len(id) != 14 || strings.ContainsAny(id, "IOU01LlOo") {
			t.Fatalf("%q", id)
		}
		seen[id] = true
	}
	if web.RequestID(context.Background()) != "-" {
		t.Error("outside of a request there is no number")
	}
}

// FuzzSafePath holds that no input leads a browser away from the site.
func FuzzSafePath(f *testing.F) {
	for _, s := range []string{"/", "/a?b=c", "//evil", `/\evil`, "/%5cevil", "https:evil", "/\n/evil", "/a#//b", "\x00", "/..//evil.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := web.SafePath(s)
		if !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\r\n\t") {
			t.Errorf("SafePath(%q) = %q", s, got)
		}
		w := httptest.NewRecorder()
		if err := web.Redirect(w, httptest.NewRequest("POST", "/x", nil), got); err != nil {
			t.Errorf("%q: %v", got, err)
		}
	})
}

// FuzzFileName holds that no name of a client reaches outside a folder.
func FuzzFileName(f *testing.F) {
	for _, s := range []string{"a.pdf", "../a", `..\a`, "/", "a/..", "\u202efdp.exe", strings.Repeat("ấ", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := web.FileName(s)
		if strings.ContainsAny(got, "/\\\x00\n") || got == "." || got == ".." || len(got) > 200 {
			t.Errorf("FileName(%q) = %q", s, got)
		}
	})
}

// FuzzCursor holds that no cursor breaks a list, and that one made here is read back.
func FuzzCursor(f *testing.F) {
	f.Add("", "")
	f.Add("a", `"b\`)
	f.Fuzz(func(t *testing.T, a, b string) {
		if p, err := web.NewPaging(10, a, 2); err == nil && p.After != nil && len(p.After) != 2 {
			t.Errorf("%q: %v", a, p.After)
		}
		a, b = strings.ToValidUTF8(a, ""), strings.ToValidUTF8(b, "")
		if len(a)+len(b) > 300 {
			return
		}
		p, err := web.NewPaging(10, web.Cursor(a, b), 2)
		if err != nil || p.After[0] != a || p.After[1] != b {
			t.Errorf("%q %q: %v %v", a, b, p.After, err)
		}
	})
}
