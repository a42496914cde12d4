package web_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	iofs "io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
)

// TestAssets holds how the files of the bundle are served.
func TestAssets(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = io.WriteString(z, "body{}")
	_ = z.Close()
	dist := fstest.MapFS{
		"public-3f9a1c2b.css":    {Data: []byte("body{}")},
		"public-3f9a1c2b.css.gz": {Data: packed.Bytes()},
		"manifest.json":          {Data: []byte("{}")},
		"font-1234abcd.woff2":    {Data: []byte("font")},
		".keep":                  {},
	}
	s := newSite(t, func(o *web.Options) { o.Assets = web.AssetServer(dist) })
	for _, c := range []struct {
		name, method, url, accept string
		status                    int
		encoding, cache, ctype    string
	}{
		{"packed", "GET", "/assets/public-3f9a1c2b.css", "br, gzip", 200, "gzip", "immutable", "text/css; charset=utf-8"},
		{"plain", "GET", "/assets/public-3f9a1c2b.css", "", 200, "", "immutable", "text/css; charset=utf-8"},
		{"gzip refused", "GET", "/assets/public-3f9a1c2b.css", "gzip;q=0", 200, "", "immutable", "text/css; charset=utf-8"},
		{"no packed form", "GET", "/assets/font-1234abcd.woff2", "gzip", 200, "", "immutable", "font/woff2"},
		{"no hash", "GET", "/assets/manifest.json", "gzip", 200, "", "no-cache", "application/json"},
		{"head", "HEAD", "/assets/public-3f9a1c2b.css", "", 200, "", "immutable", "text/css; charset=utf-8"},
		{"missing", "GET", "/assets/none.css", "", 404, "", "", ""},
		{"the packed file itself", "GET", "/assets/public-3f9a1c2b.css.gz", "", 404, "", "", ""},
		{"hidden", "GET", "/assets/.keep", "", 404, "", "", ""},
		{"folder", "GET", "/assets/", "", 404, "", "", ""},
		{"outside", "GET", "/assets/../secret.css", "", 404, "", "", ""},
		{"post", "POST", "/assets/public-3f9a1c2b.css", "", 405, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := s.do(c.method, c.url, nil, "Accept-Encoding", c.accept)
			h := w.Header()
			if w.Code != c.status || h.Get("Content-Encoding") != c.encoding || !strings.Contains(h.Get("Cache-Control"), c.cache) {
				t.Errorf("%d %v", w.Code, h)
			}
			if c.ctype != "" && h.Get("Content-Type") != c.ctype {
				t.Errorf("content type %q", h.Get("Content-Type"))
			}
			if h.Get("X-Content-Type-Options") != "nosniff" {
				t.Error("no nosniff")
			}
		})
	}
}

// TestCompression holds that long pages are packed, and that pages of known users are kept by no cache.
func TestCompression(t *testing.T) {
	s := newSite(t, nil)
	long := "<html>" + strings.Repeat("Thủ tục hành chính. ", 500)
	s.Handle(web.Route{Method: "GET", Pattern: "/long", Permission: web.Public, Name: "thing.long", Handler: func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, err := io.WriteString(w, long)
		return err
	}})
	w := s.do("GET", "/long", nil, "Accept-Encoding", "gzip", "X-As", "citizen")
	if w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() > len(long)/10 || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d bytes, %v", w.Body.Len(), w.Header())
	}
	if w := s.do("GET", "/long", nil); w.Body.String() != long {
		t.Errorf("%d bytes without compression", w.Body.Len())
	}
}

// TestBodyLimits holds which body is too large for which route.
func TestBodyLimits(t *testing.T) {
	s := newSite(t, nil)
	read := func(w http.ResponseWriter, r *http.Request) error {
		vs, err := web.Form(r)
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(w, len(vs.Get("a")))
		return err
	}
	for name, limit := range map[string]int64{"form": 0, "small": 10, "upload": web.Upload} {
		s.Handle(web.Route{Method: "POST", Pattern: "/" + name, Permission: web.Public, Name: "thing." + name, MaxBody: limit, Handler: read})
	}
	for _, c := range []struct {
		route  string
		size   int
		status int
	}{{"form", 1000, 200}, {"form", 2000, 413}, {"small", 8, 200}, {"small", 9, 413}, {"upload", 2000, 200}, {"upload", 2 << 20, 413}} {
		w := s.do("POST", "/"+c.route, strings.NewReader("a="+strings.Repeat("x", c.size)), "Content-Type", "application/x-www-form-urlencoded")
		if w.Code != c.status {
			t.Errorf("%s, %d bytes: %d, want %d: %s", c.route, c.size, w.Code, c.status, w.Body)
		}
		if c.status == 413 && !strings.Contains(w.Body.String(), "lớn hơn giới hạn") {
			t.Errorf("no reason: %s", w.Body)
		}
	}
}

// TestBrokenAnswer holds that an error after the answer began does not write a second page into it.
func TestBrokenAnswer(t *testing.T) {
	s := newSite(t, nil)
	s.Handle(web.Route{Method: "GET", Pattern: "/half", Permission: web.Public, Name: "thing.half", Handler: func(w http.ResponseWriter, _ *http.Request) error {
		_, _ = io.WriteString(w, "half")
		return io.ErrUnexpectedEOF
	}}, web.Route{Method: "GET", Pattern: "/headers", Permission: web.Public, Name: "thing.headers", Handler: func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "application/pdf")
		w.Header().Set("Content-Disposition", "attachment")
		return io.ErrUnexpectedEOF
	}})
	if w := s.do("GET", "/half", nil); w.Body.String() != "half" {
		t.Errorf("%s", w.Body)
	}
	if w := s.do("GET", "/headers", nil); w.Header().Get("Content-Disposition") != "" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		t.Errorf("headers of the failed answer stay: %v", w.Header())
	}
}

// TestSlowClients holds that a client that sends a little now and then is served, and one that falls silent is not waited for.
func TestSlowClients(t *testing.T) {
	s := newSite(t, func(o *web.Options) { o.Patience = 300 * time.Millisecond })
	got := make(chan error, 1)
	s.Handle(web.Route{Method: "POST", Pattern: "/slow", Permission: web.Public, Name: "thing.slow", Handler: func(w http.ResponseWriter, r *http.Request) error {
		_, err := web.Form(r)
		got <- err
		return err
	}})
	srv := httptest.NewServer(s)
	defer srv.Close()
	for _, c := range []struct {
		name   string
		pieces int
		of     int
		status string
	}{{"slow", 10, 10, "200"}, {"silent", 3, 10, ""}} {
		t.Run(c.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", srv.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fmt.Fprintf(conn, "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n", c.of)
			tick := time.NewTicker(50 * time.Millisecond) // slower than the wire, within the patience; together longer than it
			defer tick.Stop()
			for range c.pieces {
				<-tick.C
				if _, err := io.WriteString(conn, "a"); err != nil {
					t.Fatal(err)
				}
			}
			err = <-got
			if (err == nil) != (c.status != "") {
				t.Fatalf("the handler got %v", err)
			}
			if c.status == "" {
				return
			}
			line, err := bufio.NewReader(conn).ReadString('\n')
			if err != nil || !strings.Contains(line, c.status) {
				t.Errorf("%q %v", line, err)
			}
		})
	}
}

// TestPages holds that mistakes in templates are found when the program starts, and the others become an error without half a page.
func TestPages(t *testing.T) {
	s := newSite(t, nil)
	if got := s.pages.Names(); len(got) != 1 || got[0] != "home.html" {
		t.Errorf("pages: %v", got)
	}
	r := httptest.NewRequest("GET", "/", nil)
	for name, call := range map[string]func(w http.ResponseWriter) error{
		"no such page": func(w http.ResponseWriter) error { return s.pages.Render(w, r, 200, "none.html", "public", web.View{}) },
		"no such layout": func(w http.ResponseWriter) error {
			return s.pages.Render(w, r, 200, "home.html", "none", web.View{Data: sample})
		},
		"bad data": func(w http.ResponseWriter) error {
			return s.pages.Render(w, r, 200, "home.html", "public", web.View{Data: 7})
		},
		"no such part": func(w http.ResponseWriter) error { return s.pages.RenderPart(w, r, 200, "home.html", "none", nil) },
		"part of none": func(w http.ResponseWriter) error { return s.pages.RenderPart(w, r, 200, "none.html", "row", nil) },
	} {
		w := httptest.NewRecorder()
		if err := call(w); err == nil || w.Body.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", name, err, w.Body.Len())
		}
	}
	w := httptest.NewRecorder()
	if err := s.pages.RenderPart(w, r, 200, "home.html", "row", sample); err != nil || !strings.HasPrefix(w.Body.String(), `<p class="row">`) {
		t.Errorf("%v %s", err, w.Body)
	}
	defer func() {
		if recover() == nil {
			t.Error("a broken template was taken")
		}
	}()
	s.rd.Pages(fstest.MapFS{"templates/a.html": {Data: []byte("{{if}}")}}, "broken")
}

// TestNav holds that the site's way around reaches layouts, and that later layouts override earlier ones.
func TestNav(t *testing.T) {
	override := fstest.MapFS{"nav.html": {Data: []byte(`{{define "nav"}}<nav>{{.Nav}}</nav>{{end}}`)}}
	rd := web.NewRenderer(web.Look{Layouts: []iofs.FS{os.DirFS("testdata/layout"), override},
		Nav: func(_ context.Context, layout, path string) any { return layout + " at " + path }})
	pages := rd.Pages(os.DirFS("testdata/room"), "room")
	for want, v := range map[string]web.View{"<nav>desk at /x</nav>": {Data: sample}, "<nav>own</nav>": {Data: sample, Nav: "own"}} {
		w := httptest.NewRecorder()
		if err := pages.Render(w, httptest.NewRequest("GET", "/x", nil), 200, "home.html", "desk", v); err != nil || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%v: %s is missing in %s", err, want, w.Body)
		}
	}
}

// TestFuncs holds what the functions of templates make of values.
func TestFuncs(t *testing.T) {
	day, at := clock.MustDate("2018-11-23"), noon
	var nobody *time.Time
	rd := web.NewRenderer(web.Look{Layouts: []iofs.FS{os.DirFS("testdata/layout")}, Clock: clock.NewFake(noon)})
	for text, want := range map[string]string{
		`{{date .Day}}|{{datetime .Day}}|{{isotime .Day}}`:                        "23/11/2018|23/11/2018|2018-11-23",
		`{{date .At}}|{{datetime .At}}|{{isotime .At}}`:                           "23/11/2018|23/11/2018 14:05|2018-11-23T14:05:00&#43;07:00",
		`{{date .Nobody}}{{datetime .Nobody}}{{isotime .Nobody}}{{date .NoDay}}`:  "",
		`{{money 1500000}}|{{num 1234}}|{{num -0.5}}|{{num 94.1}}`:                "1.500.000 đ|1.234|-0,5|94,1",
		`{{size 500}}|{{size 1536}}|{{size 20971520}}`:                            "500 B|1,5 KB|20 MB",
		`{{add 1 2}}{{sub 5 1}}`:                                                  "34",
		`{{with dict "A" 1 "B" (list 1 2)}}{{.A}}{{range .B}}{{.}}{{end}}{{end}}`: "112",
		`<a href="{{safeurl "tel:0269 1022"}}">`:                                  `<a href="tel:02691022">`,
		`<a href="{{safeurl "javascript:alert(1)"}}">`:                            `<a href="#">`,
		`<a href="{{safeurl "/x?a=1"}}">`:                                         `<a href="/x?a=1">`,
		`<i data-x="{{json .Day}}">`:                                              `<i data-x="&#34;2018-11-23&#34;">`,
		`{{link "desk" 7}}|{{datetime now}}|{{t .Msg}}`:                           "/desk/7|23/11/2018 14:05|Còn 2 ngày",
	} {
		pages := rd.Pages(fstest.MapFS{"templates/a.html": {Data: []byte(`{{define "x"}}` + text + `{{end}}`)}}, "room")
		w := httptest.NewRecorder()
		err := pages.RenderPart(w, httptest.NewRequest("GET", "/", nil), 200, "a.html", "x",
			map[string]any{"Day": day, "NoDay": (*clock.Date)(nil), "At": &at, "Nobody": nobody, "Msg": i18n.M("Còn %d ngày", 2)})
		if err != nil || w.Body.String() != want {
			t.Errorf("%s: %q, want %q (%v)", text, w.Body, want, err)
		}
	}
	for _, text := range []string{`{{num "x"}}`, `{{dict "a"}}`, `{{dict 1 2}}`, `{{money nil}}`} {
		pages := rd.Pages(fstest.MapFS{"templates/a.html": {Data: []byte(`{{define "x"}}` + text + `{{end}}`)}}, "room")
		if err := pages.RenderPart(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), 200, "a.html", "x", nil); err == nil {
			t.Errorf("%s passes", text)
		}
	}
}
