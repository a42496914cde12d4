// Package webtest tests pages and API operations as tables of scenarios: who asks for what, and what they get to
// see. Every page that is met on the way is checked for what every page must have: a language, a title, one
// heading, labels, texts on links and buttons, nothing that the content policy forbids.
//
//	s := webtest.New(t, webtest.Look{Layouts: []fs.FS{design.Layout}, Asset: design.Asset, Icon: design.Icon})
//	s.Mux.Handle(desk.New(desk.Deps{Renderer: s.Renderer}).Routes()...)
//	s.Run(t, []webtest.Scenario{
//		{Name: "the list", As: clerk, URL: "/desk", WantText: []string{"Quá hạn"}},
//		{Name: "a stranger", URL: "/desk", WantStatus: 303, WantLocation: "/dang-nhap?next=%2Fdesk"},
//	})
package webtest

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"html/template"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/web"
)

var update = flag.Bool("update", false, "write golden files and generated files again")

// Update reports whether the test was started with -update. This package defines the flag; tests that use the
// package ask here.
func Update() bool { return *update }

// Look is what pages are made with in a test. Layouts are those of the site; without any, a plain one is used.
type Look struct {
	Layouts []fs.FS
	Asset   func(string) string
	Icon    func(string) template.HTML
	Texts   []fs.FS // overlays, for tests in other languages
	Clock   clock.Clock
	Site    any                // what layouts show of whose site it is
	Options func(*web.Options) // changes the options of the Mux
}

// Site is a web server in a test, on which a room mounts its routes.
type Site struct {
	Mux      *web.Mux
	Renderer *web.Renderer
	Clock    clock.Clock
	Log      *bytes.Buffer // what the site logged
}

// Morning is the time of a Site without clock: 23 November 2018, 09:00 in Việt Nam.
var Morning = time.Date(2018, 11, 23, 2, 0, 0, 0, time.UTC)

type actorKey struct{}

// who takes the actor from the scenario.
type who struct{}

// Load returns the actor of the scenario.
func (who) Load(r *http.Request) (actor.Actor, error) {
	a, _ := r.Context().Value(actorKey{}).(actor.Actor)
	return a, nil
}

// New returns a site without routes.
func New(t testing.TB, l Look) *Site {
	t.Helper()
	cat := &i18n.Catalog{}
	for _, fsys := range append([]fs.FS{web.Texts()}, l.Texts...) {
		if err := cat.Load(fsys); err != nil {
			t.Fatal(err)
		}
	}
	if l.Clock == nil {
		l.Clock = clock.NewFake(Morning)
	}
	if len(l.Layouts) == 0 {
		l.Layouts = []fs.FS{plain}
	}
	if l.Site == nil {
		l.Site = map[string]any{"Name": "Thử", "Title": "Thử", "Owner": "Thử"}
	}
	s := &Site{Clock: l.Clock, Log: &bytes.Buffer{}}
	s.Renderer = web.NewRenderer(web.Look{Layouts: l.Layouts, Asset: l.Asset, Icon: l.Icon, Catalog: cat, Clock: l.Clock,
		Site: func(context.Context) any { return l.Site }})
	o := web.Options{Renderer: s.Renderer, Clock: l.Clock, Session: who{},
		Log: slog.New(slog.NewTextHandler(s.Log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	if l.Options != nil {
		l.Options(&o)
	}
	s.Mux = web.NewMux(o)
	return s
}

// File is a file in a form.
type File struct {
	Field   string
	Name    string
	Content string
}

// Scenario is one request and what must come of it. Every field may be left empty but URL.
type Scenario struct {
	Name   string
	As     actor.Actor // the zero Actor is a visitor
	Method string      // GET, or POST when there is a Form, Files or JSON
	URL    string
	Form   url.Values
	Files  []File // sent with Form as multipart
	JSON   any    // a string is sent as it is
	Header map[string]string
	Key    string // Idempotency-Key; JSON POSTs get a fresh one when it is empty, "-" sends none

	WantStatus   int      // 200 when 0
	WantText     []string // seen on the page; what begins with "<" is looked for in the markup
	WantNot      []string
	WantLocation string                    // of a redirect; "*" is any
	WantKind     string                    // kind of a problem document: "invalid"
	WantFields   []string                  // fields of a problem document
	Loose        bool                      // the page is not checked for what every page must have
	Check        func(*testing.T, *Answer) // more
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   string
	Page   *goquery.Document // nil when it is no HTML
}

// Into reads a JSON answer.
func (a *Answer) Into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.Body), v); err != nil {
		t.Fatalf("%v in %s", err, a.Body)
	}
}

// Text returns the text of the page with single spaces, as it is read.
func (a *Answer) Text() string {
	if a.Page == nil {
		return a.Body
	}
	return words(a.Page.Selection)
}

func words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// Run plays the scenarios in their order.
func (s *Site) Run(t *testing.T, scenarios []Scenario) { Run(t, s.Mux, scenarios) }

// Run plays scenarios against a handler whose sessions are those of New.
func Run(t *testing.T, h http.Handler, scenarios []Scenario) {
	t.Helper()
	for _, sc := range scenarios {
		name := sc.Name
		if name == "" {
			name = sc.URL
		}
		t.Run(name, func(t *testing.T) { sc.judge(t, Do(t, h, sc)) })
	}
}

// Do makes the request of a scenario and returns the answer, unjudged.
func Do(t testing.TB, h http.Handler, sc Scenario) *Answer {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, sc.request(t))
	a := &Answer{Status: w.Code, Header: w.Header(), Body: w.Body.String()}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(a.Body))
		if err != nil {
			t.Fatal(err)
		}
		a.Page = doc
	}
	return a
}

func (sc Scenario) request(t testing.TB) *http.Request {
	t.Helper()
	method, body, ct := sc.Method, io.Reader(nil), ""
	switch {
	case len(sc.Files) > 0:
		body, ct = multipartBody(t, sc.Form, sc.Files)
	case sc.JSON != nil:
		raw, ok := sc.JSON.(string)
		if !ok {
			made, err := json.Marshal(sc.JSON)
			if err != nil {
				t.Fatal(err)
			}
			raw = string(made)
		}
		body, ct = strings.NewReader(raw), "application/json"
	case sc.Form != nil:
		body, ct = strings.NewReader(sc.Form.Encode()), "application/x-www-form-urlencoded"
	}
	if method == "" {
		method = http.MethodGet
		if body != nil {
			method = http.MethodPost
		}
	}
	r := httptest.NewRequest(method, sc.URL, body)
	if ct != "" {
		r.Header.Set("Content-Type", ct)
	}
	if method == http.MethodPost && web.IsAPI(r) && sc.Key != "-" {
		key := sc.Key
		if key == "" {
			key = id.New()
		}
		r.Header.Set("Idempotency-Key", key)
	}
	for k, v := range sc.Header {
		r.Header.Set(k, v)
	}
	return r.WithContext(context.WithValue(r.Context(), actorKey{}, sc.As))
}

func (sc Scenario) judge(t *testing.T, a *Answer) {
	t.Helper()
	want := sc.WantStatus
	if want == 0 {
		want = http.StatusOK
	}
	if a.Status != want {
		t.Errorf("status %d, want %d: %s", a.Status, want, short(a.Text()))
	}
	text := a.Text()
	has := func(s string) bool {
		if strings.HasPrefix(s, "<") {
			return strings.Contains(a.Body, s)
		}
		return strings.Contains(text, s)
	}
	for _, s := range sc.WantText {
		if !has(s) {
			t.Errorf("%q is missing in: %s", s, short(text))
		}
	}
	for _, s := range sc.WantNot {
		if has(s) {
			t.Errorf("%q must not be there: %s", s, short(text))
		}
	}
	if got := a.Header.Get("Location"); got != sc.WantLocation && (sc.WantLocation != "*" || got == "") {
		t.Errorf("location %q, want %q", got, sc.WantLocation)
	}
	sc.judgeProblem(t, a)
	if a.Page != nil && !sc.Loose {
		for _, p := range Faults(a) {
			t.Error(p)
		}
	}
	if sc.Check != nil {
		sc.Check(t, a)
	}
}

func (sc Scenario) judgeProblem(t *testing.T, a *Answer) {
	t.Helper()
	if sc.WantKind == "" && len(sc.WantFields) == 0 {
		return
	}
	var p web.Problem
	a.Into(t, &p)
	if ct := a.Header.Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("content type %q", ct)
	}
	if sc.WantKind != "" && p.Kind != sc.WantKind {
		t.Errorf("kind %q, want %q: %s", p.Kind, sc.WantKind, a.Body)
	}
	for _, f := range sc.WantFields {
		found := false
		for _, e := range p.Errors {
			found = found || e.Field == f
		}
		if !found {
			t.Errorf("nothing is said about field %q: %s", f, a.Body)
		}
	}
}

func short(s string) string {
	if r := []rune(s); len(r) > 2000 {
		return string(r[:2000]) + "…"
	}
	return s
}

var (
	hash   = regexp.MustCompile(`-[0-9A-Za-z]{8,}\.(css|js|svg|woff2|png)`)
	spaces = regexp.MustCompile(`\s+`)
	tags   = regexp.MustCompile(`>\s*<`)
)

// Golden compares markup with a file of testdata; hashes of the bundle do not count, nor does white space between tags.
// With -update the file is written.
func Golden(t testing.TB, name, html string) {
	t.Helper()
	got := strings.TrimSpace(tags.ReplaceAllString(spaces.ReplaceAllString(hash.ReplaceAllString(html, ".$1"), " "), ">\n<")) + "\n"
	GoldenText(t, filepath.Join("testdata", name), got)
}

// GoldenText compares a text with a file as it is. With -update the file is written.
func GoldenText(t testing.TB, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; make it with -update and look at it", err)
	}
	if string(want) != got {
		t.Errorf("%s differs at line %d; if that is right, write it again with -update", file, differ(string(want), got))
	}
}

func differ(a, b string) int {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range x {
		if i >= len(y) || x[i] != y[i] {
			return i + 1
		}
	}
	return len(x) + 1
}
