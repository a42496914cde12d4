package web_test

import (
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/web"
)

// stalePeople are signed in, and proved who they are too long ago.
type stalePeople struct{}

func (stalePeople) Load(r *http.Request) (actor.Actor, error) {
	return actor.Actor{ID: "1", Kind: actor.Staff, Stale: r.Header.Get("X-Fresh") == ""}, nil
}

// TestStepUp holds what becomes of requests that ask for a fresh proof: the form is carried on, programs get a kind of their own.
func TestStepUp(t *testing.T) {
	s := newSite(t, func(o *web.Options) { o.Session = stalePeople{} })
	var carried *web.Carried
	done := 0
	act := func(http.ResponseWriter, *http.Request) error { done++; return nil }
	s.Handle(
		web.Route{Method: "GET", Pattern: "/prove", Permission: web.SignedIn, Name: "thing.prove", Asks: true, Handler: func(w http.ResponseWriter, r *http.Request) error {
			carried = web.CarriedBy(r)
			w.WriteHeader(http.StatusForbidden)
			return nil
		}},
		web.Route{Method: "GET", Pattern: "/show", Permission: web.SignedIn, Name: "thing.show", StepUp: true, Handler: act},
		web.Route{Method: "POST", Pattern: "/do", Permission: web.SignedIn, Name: "thing.do", StepUp: true, Handler: act},
		web.Route{Method: "POST", Pattern: "/password", Permission: web.SignedIn, Name: "thing.password", StepUp: true, Secret: true, Handler: act},
		web.Route{Method: "POST", Pattern: "/sometimes", Permission: web.SignedIn, Name: "thing.sometimes", Handler: func(_ http.ResponseWriter, r *http.Request) error {
			err := actor.Fresh(r.Context())
			return web.Carry(err, web.Values{"kept": {"file|a.pdf"}, "proof.code": {"1"}})
		}},
	)
	web.Register(web.NewAPI(s.Mux, web.APIInfo{Title: "t", Version: "1"}), huma.Operation{OperationID: "thing.act", Method: "PUT", Path: "/thing", Metadata: map[string]any{web.StepUp: true}},
		web.SignedIn, func(context.Context, *struct{}) (*struct{}, error) { done++; return nil, nil })

	var files strings.Builder
	mw := multipart.NewWriter(&files)
	_ = mw.WriteField("note", "x")
	f, _ := mw.CreateFormFile("file", "a.pdf")
	_, _ = io.WriteString(f, "%PDF")
	_ = mw.Close()
	for _, c := range []struct {
		name, method, url, body, media string
		to                             string
		fields                         string // of the carried form; "-" for none
		lost                           bool
	}{
		{"a page", "GET", "/show?a=1", "", "", "/show?a=1", "-", false},
		{"a form", "POST", "/do?a=1", "note=m%E1%BB%99t+%3Cb%3E&note=hai&proof.password=x", "application/x-www-form-urlencoded", "/do?a=1", url.Values{"note": {"một <b>", "hai"}}.Encode(), false},
		{"a form with a password", "POST", "/password", "password=x", "application/x-www-form-urlencoded", "/before?b=2", "", true},
		{"a form with a file", "POST", "/do", files.String(), mw.FormDataContentType(), "/before?b=2", "", true},
		{"what a handler has read", "POST", "/sometimes", "x=1", "application/x-www-form-urlencoded", "/sometimes", url.Values{"kept": {"file|a.pdf"}}.Encode(), false},
	} {
		carried = nil
		w := s.do(c.method, c.url, strings.NewReader(c.body), "Content-Type", c.media, "Referer", "http://example.com/before?b=2")
		if w.Code != http.StatusForbidden || carried == nil {
			t.Errorf("%s: %d %v", c.name, w.Code, carried)
			continue
		}
		if carried.To != c.to || carried.Lost != c.lost || c.fields == "-" && carried.Fields != nil || !c.lost && c.fields != "-" && url.Values(carried.Fields).Encode() != c.fields {
			t.Errorf("%s: carried on %+v", c.name, carried)
		}
	}
	if w := s.do("PUT", "/api/v1/thing", nil); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), `"kind":"unproved"`) {
		t.Errorf("API: %d %s", w.Code, w.Body)
	}
	if w := s.do("GET", "/show", nil, "HX-Request", "true"); w.Code != http.StatusForbidden || w.Header().Get("HX-Refresh") != "true" {
		t.Errorf("a part of a page: %d %v", w.Code, w.Header())
	}
	if done != 0 {
		t.Errorf("%d acts without a proof", done)
	}
	for _, one := range [][2]string{{"GET", "/show"}, {"POST", "/do"}, {"POST", "/sometimes"}, {"PUT", "/api/v1/thing"}} {
		if w := s.do(one[0], one[1], nil, "X-Fresh", "1"); w.Code >= 300 {
			t.Errorf("%s with a fresh proof: %d %s", one[1], w.Code, w.Body)
		}
	}
	if done != 3 {
		t.Errorf("%d acts with a fresh proof", done)
	}
	if web.CarriedBy(httptest.NewRequest("GET", "/", nil)) != nil {
		t.Error("a page opened by itself carries a form")
	}
}

// TestStepUpWithoutPage holds that a site without a page to prove on answers with an error page, not for ever.
func TestStepUpWithoutPage(t *testing.T) {
	s := newSite(t, func(o *web.Options) { o.Session = stalePeople{} })
	s.Handle(web.Route{Method: "POST", Pattern: "/do", Permission: web.SignedIn, Name: "thing.do", StepUp: true, Handler: func(http.ResponseWriter, *http.Request) error { return nil }})
	if w := s.do("POST", "/do", nil); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "xác nhận lại") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	s.Handle(web.Route{Method: "GET", Pattern: "/prove", Permission: web.SignedIn, Name: "thing.prove", Asks: true, Handler: func(_ http.ResponseWriter, r *http.Request) error { return actor.Fresh(r.Context()) }})
	if w := s.do("POST", "/do", nil); w.Code != http.StatusForbidden {
		t.Errorf("a page that asks for a proof itself: %d", w.Code)
	}
}

func TestResend(t *testing.T) {
	r := httptest.NewRequest("POST", "/prove", nil)
	w := httptest.NewRecorder()
	if err := web.Resend(w, r, "/do?a=1"); err != nil || w.Code != http.StatusTemporaryRedirect || w.Header().Get("Location") != "/do?a=1" {
		t.Errorf("%v %d %v", err, w.Code, w.Header())
	}
	for _, to := range []string{"//evil.example", "https://evil.example", ""} {
		if err := web.Resend(httptest.NewRecorder(), r, to); err == nil {
			t.Errorf("a form is sent to %q", to)
		}
	}
}
