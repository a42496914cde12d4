package web_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/throttle"
	"lienthong/internal/kit/web"
)

// TestKeyOfAnotherAddress holds that a key names an act on one thing: with another id or query it is refused, not answered.
func TestKeyOfAnotherAddress(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		s, a, _ := newActs(t, d, clock.NewFake(noon))
		s.Handle(web.Route{Method: "POST", Pattern: "/api/v1/things/{id}/accept", Permission: web.Public, Name: "thing.accept", Handler: a.handle})
		for _, c := range []struct {
			url    string
			status int
			acts   int32
		}{
			{"/api/v1/things/1/accept", 201, 1},
			{"/api/v1/things/2/accept", 422, 1},
			{"/api/v1/things/1/accept?late=1", 422, 1},
			{"/api/v1/things/1/accept", 201, 1},
		} {
			if w := s.do("POST", c.url, strings.NewReader("{}"), "Idempotency-Key", key); w.Code != c.status || a.n.Load() != c.acts {
				t.Errorf("%s: %d after %d acts", c.url, w.Code, a.n.Load())
			}
		}
	})
}

// TestLinksStayHere holds that no address makes a page link to another site.
func TestLinksStayHere(t *testing.T) {
	s := newSite(t, nil)
	s.Handle(s.thingRoutes()...)
	for _, path := range []string{"//evil.example/", "///evil.example/x", "/%2Fevil.example/"} {
		if w := s.do("GET", "http://example.com"+path, nil); strings.Contains(w.Body.String(), `href="//`) {
			t.Errorf("%s: %s", path, w.Body)
		}
	}
}

// TestUnstorableAddress holds that what no database takes as text ends at the door, as a mistake of who sent it.
func TestUnstorableAddress(t *testing.T) {
	s := newSite(t, nil)
	s.Handle(s.thingRoutes()...)
	for _, c := range []struct {
		name, url string
		status    int
	}{
		{"letters", "/thing/%E1%BA%A1", 200},
		{"NUL in the path", "/thing/a%00", 400},
		{"no UTF-8 in the path", "/thing/%ff", 400},
		{"NUL in the query", "/?q=a%00", 400},
		{"no UTF-8 in the query", "/?q=%ff", 400},
		{"NUL at the API", "/api/v1/bad?q=%00", 400},
		{"in a name of the query", "/?%00=1", 400},
	} {
		if w := s.do("GET", c.url, nil, "X-As", "officer"); w.Code != c.status {
			t.Errorf("%s: %d", c.name, w.Code)
		}
	}
}

// TestFlashFits holds that messages fit into a cookie: the last ones stay.
func TestFlashFits(t *testing.T) {
	s := newSite(t, nil)
	s.Handle(append(s.thingRoutes(), web.Route{Method: "POST", Pattern: "/save", Permission: web.Public, Name: "thing.flash",
		Handler: func(w http.ResponseWriter, r *http.Request) error {
			for _, sign := range []string{"ấ", "ợ", "<", "ữ", "&"} {
				s.pages.AddFlash(w, r, web.FlashOK, i18n.M("%s", strings.Repeat(sign, 600)))
			}
			return web.Redirect(w, r, "/")
		}})...)
	sent := s.do("POST", "/save", nil).Result().Cookies()
	last := sent[len(sent)-1]
	if len(last.Value) > 4000 {
		t.Errorf("%d bytes", len(last.Value))
	}
	raw, err := base64.RawURLEncoding.DecodeString(last.Value)
	if err != nil || !bytes.Contains(raw, []byte("\"&&")) && !bytes.Contains(raw, []byte(`"\u0026`)) {
		t.Errorf("%s, %v", raw, err)
	}
	if w := s.do("GET", "/", nil, "Cookie", last.String()); !strings.Contains(w.Body.String(), "&amp;&amp;") {
		t.Errorf("the last message is lost: %s", w.Body)
	}
}

type hiddenQuery struct {
	Part string `query:"part"`
}
type hiddenBody struct {
	Body thing
}
type embedsQuery struct{ hiddenQuery }
type embedsDeep struct{ web.PageQuery }
type embedsBody struct{ *hiddenBody }
type unexportedField struct {
	part string `query:"part"` //lint:ignore U1000 the test is about fields nobody can fill in
}
type harmless struct {
	plainText        //lint:ignore U1000 the test is about types without parameters
	Part      string `query:"part"`
}

//lint:ignore U1000 the test is about types without parameters
type plainText struct{ text string }

// TestRegisterSeesParameters holds that no parameter is lost because its type is not exported.
func TestRegisterSeesParameters(t *testing.T) {
	get := huma.Operation{OperationID: "thing.find", Method: "GET", Path: "/find"}
	for _, c := range []struct {
		name     string
		register func(*web.API)
		panics   bool
	}{
		{"embedded", func(a *web.API) { register[embedsQuery](a, get) }, true},
		{"pointer with a body", func(a *web.API) { register[embedsBody](a, get) }, true},
		{"field", func(a *web.API) { register[unexportedField](a, get) }, true},
		{"exported", func(a *web.API) { register[embedsDeep](a, get) }, false},
		{"without parameters", func(a *web.API) { register[harmless](a, get) }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := withAPI(newSite(t, nil))
			defer func() {
				if got := recover(); (got != nil) != c.panics {
					t.Errorf("panic: %v", got)
				}
			}()
			c.register(a)
		})
	}
}

func register[I any](a *web.API, op huma.Operation) {
	web.Register(a, op, web.Public, func(context.Context, *I) (*struct{}, error) { return nil, nil })
}

// TestUploadsLeaveNothing holds that parts a form put into files are gone after the answer, whatever it was.
func TestUploadsLeaveNothing(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	s := newSite(t, nil)
	a := withAPI(s)
	web.Register(a, huma.Operation{OperationID: "thing.refuse", Method: "PUT", Path: "/uploads", MaxBodyBytes: web.Upload}, web.Public,
		func(context.Context, *uploadInput) (*sizeOutput, error) { return nil, fault.NewConflict(i18n.Msg{}) })
	for _, c := range []struct {
		method string
		status int
	}{{"POST", 200}, {"PUT", 409}} {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		_ = m.WriteField("name", "An")
		f, err := m.CreateFormFile("paper", "a.pdf")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(f, strings.Repeat("x", 600<<10))
		_ = m.Close()
		w := s.do(c.method, "/api/v1/uploads", &b, "Content-Type", m.FormDataContentType(), "Idempotency-Key", key)
		if w.Code != c.status {
			t.Errorf("%s: %d %s", c.method, w.Code, w.Body)
		}
		if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
			t.Errorf("%s: files left: %v, %v", c.method, left, err)
		}
	}
}

// TestAPIAnswersAreNotKept holds that what the API says stays in no cache, also for people who are not signed in.
func TestAPIAnswersAreNotKept(t *testing.T) {
	s := newSite(t, nil)
	withAPI(s)
	for url, want := range map[string]string{"/api/v1/things": "no-store", "/api/openapi.json": "no-cache"} {
		if w := s.do("GET", url, nil); w.Header().Get("Cache-Control") != want {
			t.Errorf("%s: %q", url, w.Header().Values("Cache-Control"))
		}
	}
}

// TestFail holds that middleware answers with our own errors.
func TestFail(t *testing.T) {
	s := newSite(t, func(o *web.Options) {
		o.Around = append(o.Around, func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { web.Fail(w, r, locked{}) })
		})
	})
	s.Handle(s.thingRoutes()...)
	for url, want := range map[string]string{"/": "text/html; charset=utf-8", "/api/v1/bad": "application/problem+json"} {
		w := s.do("GET", url, nil)
		if w.Code != 503 || w.Header().Get("Content-Type") != want || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d %v", url, w.Code, w.Header())
		}
	}
}

// TestNULInJSON holds that a character no database takes ends as a mistake of who sent it, and its name in text does not.
func TestNULInJSON(t *testing.T) {
	s := newSite(t, nil)
	withAPI(s)
	for body, want := range map[string]int{`{"name":"a\u0000b"}`: 400, `{"name":"a\\u0000b"}`: 201, `{"name":"\\\u0000b"}`: 400, `{"name":"\u00001\u00e1"}`: 400, `{"name":"\u1ea1\n"}`: 201, `{"name":"\`: 400} {
		w := s.do("POST", "/api/v1/things", strings.NewReader(body), "X-As", "citizen", "Content-Type", "application/json", "Idempotency-Key", key)
		if w.Code != want {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
}

// TestCostly holds how often an address may make the site keep something, and that who is signed in answers for it by name.
func TestCostly(t *testing.T) {
	fake := clock.NewFake(noon)
	s := newSite(t, func(o *web.Options) { o.Clock, o.Costly = fake, throttle.New(2, time.Minute) })
	a := withAPI(s)
	web.Register(a, huma.Operation{OperationID: "thing.keep", Method: "PUT", Path: "/kept", Metadata: map[string]any{web.Costly: true}}, web.Public,
		func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
	keep := func(as string) *httptest.ResponseRecorder { return s.do("PUT", "/api/v1/kept", nil, "X-As", as) }
	for i, want := range []int{204, 204, 429} {
		w := keep("")
		if w.Code != want {
			t.Errorf("request %d: %d %s", i+1, w.Code, w.Body)
		}
		if want == 429 && (w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), `"kind":"unavailable"`)) {
			t.Errorf("%v %s", w.Header(), w.Body)
		}
	}
	if w := keep("citizen"); w.Code != 204 {
		t.Errorf("signed in: %d", w.Code)
	}
	if w := s.do("GET", "/api/v1/things", nil); w.Code != 200 {
		t.Errorf("another route: %d", w.Code)
	}
	fake.Advance(30 * time.Second)
	if w := keep(""); w.Code != 204 {
		t.Errorf("later: %d", w.Code)
	}
}
