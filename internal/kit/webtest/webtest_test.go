package webtest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
)

var clerk = actor.Actor{ID: "1", Name: "Trần Thị Bưởi", Kind: actor.Staff, Grants: []actor.Grant{{UnitPath: "/a/", Permissions: map[string]bool{"thing.save": true}}}}

const page = `{{define "content"}}<h1>{{t "Trang"}}</h1><form id="f" method="post"><label for="n">Tên</label><input id="n" name="n" value="An">
<label><input type="checkbox" name="tick" checked> Đồng ý</label><input type="hidden" name="h" value="1"><input type="radio" name="r" value="x" aria-label="X">
<select name="s" aria-label="Chọn"><option value="1">một</option><option value="2" selected>hai</option></select><textarea name="note" aria-label="Ghi chú">dài</textarea>
<button>Gửi</button></form>{{end}}`

func newSite(t *testing.T) *webtest.Site {
	s := webtest.New(t, webtest.Look{})
	pages := s.Renderer.Pages(fstest.MapFS{"templates/page.html": {Data: []byte(page)}}, "thing")
	s.Mux.Handle(
		web.Route{Method: "GET", Pattern: "/page", Permission: web.Public, Name: "thing.page", Handler: func(w http.ResponseWriter, r *http.Request) error {
			return pages.Render(w, r, 200, "page.html", "public", web.View{Title: "Trang"})
		}},
		web.Route{Method: "POST", Pattern: "/page", Permission: "thing.save", Name: "thing.save", Handler: func(w http.ResponseWriter, r *http.Request) error {
			var files strings.Builder
			vs, err := web.Multipart(r, 10, func(p web.Part, _ web.Values) error {
				raw, err := io.ReadAll(p)
				fmt.Fprintf(&files, "%s=%s", p.Name, raw)
				return err
			})
			if err != nil {
				return err
			}
			pages.AddFlash(w, r, web.FlashOK, i18n.M("Đã lưu %s %s", vs.Get("n"), files.String()))
			return web.Redirect(w, r, "/page")
		}},
		web.Route{Method: "POST", Pattern: "/api/v1/things", Permission: web.Public, Name: "thing.api", Handler: func(w http.ResponseWriter, r *http.Request) error {
			raw, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			if string(raw) == "{}" {
				return fault.NewInvalid("name", i18n.M("Thiếu tên"))
			}
			w.Header().Set("Content-Type", "application/json")
			_, err = w.Write(raw)
			return err
		}},
	)
	return s
}

// TestScenarios holds that the table says what it shows.
func TestScenarios(t *testing.T) {
	s := newSite(t)
	var cookies string
	s.Run(t, []webtest.Scenario{
		{URL: "/page", WantText: []string{"Trang", `<textarea name="note"`}, WantNot: []string{"Đã lưu"}},
		{Name: "form", As: clerk, URL: "/page", Form: url.Values{"n": {"Bình"}}, WantStatus: 303, WantLocation: "/page",
			Check: func(_ *testing.T, a *webtest.Answer) { cookies = a.Cookies() }},
		{Name: "files", As: clerk, URL: "/page", Form: url.Values{"n": {"Bình"}}, Files: []webtest.File{{Field: "p", Name: "a.pdf", Content: "123"}}, WantStatus: 303, WantLocation: "*"},
		{Name: "file too large", As: clerk, URL: "/page", Files: []webtest.File{{Field: "p", Name: "a.pdf", Content: "12345678901"}}, WantStatus: 422, WantText: []string{"a.pdf"}},
		{Name: "visitor", URL: "/page", Form: url.Values{"n": {"Bình"}}, WantStatus: 401, WantText: []string{"đăng nhập"}},
		{Name: "json", URL: "/api/v1/things", JSON: map[string]int{"a": 1}, WantText: []string{`{"a":1}`}},
		{Name: "json text", URL: "/api/v1/things", JSON: `{"a":2}`, WantText: []string{`{"a":2}`}, Check: func(t *testing.T, a *webtest.Answer) {
			var got map[string]int
			if a.Into(t, &got); got["a"] != 2 {
				t.Error(got)
			}
		}},
		{Name: "problem", URL: "/api/v1/things", JSON: "{}", WantStatus: 422, WantKind: "invalid", WantFields: []string{"name"}},
		{Name: "no key", URL: "/api/v1/things", JSON: "{}", Key: "-", WantStatus: 400, WantKind: "invalid"},
		{Name: "method", Method: "DELETE", URL: "/page", WantStatus: 405, Header: map[string]string{"Cookie": "lang=en"}, WantText: []string{"DELETE"}},
	})
	s.Run(t, []webtest.Scenario{{Name: "flash", URL: "/page", Header: map[string]string{"Cookie": cookies}, WantText: []string{"Đã lưu Bình"}}})
}

// TestSubmit holds that a form is sent as a browser sends it.
func TestSubmit(t *testing.T) {
	a := webtest.Do(t, newSite(t).Mux, webtest.Scenario{URL: "/page"})
	got := a.Submit(t, "#f", url.Values{"n": {"Chi"}})
	want := url.Values{"n": {"Chi"}, "tick": {"on"}, "h": {"1"}, "s": {"2"}, "note": {"dài"}}
	if got.Encode() != want.Encode() {
		t.Errorf("%v, want %v", got, want)
	}
	webtest.Golden(t, "page.golden", a.Body)
}

// TestFaults holds that a page that lacks something is found out.
func TestFaults(t *testing.T) {
	whole := `<html lang="vi"><head><title>T</title></head><body><main><h1>H</h1>%s</main></body></html>`
	for name, c := range map[string]struct{ html, want string }{
		"whole":          {fmt.Sprintf(whole, `<a href="/">x</a><img alt="" src="x">`), ""},
		"language":       {`<html><head><title>T</title></head><body><main><h1>H</h1></main></body></html>`, "no language"},
		"title":          {`<html lang="vi"><body><main><h1>H</h1></main></body></html>`, "no title"},
		"heading":        {fmt.Sprintf(whole, "<h1>again</h1>"), "2 first headings"},
		"main":           {`<html lang="vi"><head><title>T</title></head><body><h1>H</h1></body></html>`, "no main part"},
		"label":          {`<input name="n">`, "no label"},
		"empty label":    {`<label for="n"></label><input id="n" name="n">`, "no label"},
		"label of other": {`<label for="m">M</label><select id="n" name="n"></select>`, "no label"},
		"silent button":  {`<button></button>`, "no text"},
		"silent link":    {`<a href="/"><svg></svg></a>`, "no text"},
		"picture":        {`<img src="x">`, "no alt"},
		"style":          {`<p style="color:red">x</p>`, "content policy"},
		"script":         {`<script>alert(1)</script>`, "content policy"},
		"handler":        {`<p onclick="x()">x</p>`, "onclick"},
		"ids":            {`<p id="a">x</p><p id="a">y</p>`, `id "a"`},
		"missing value":  {`<p>&lt;no value&gt;</p>`, "value is missing"},
		"part":           {`<p>just a part</p>`, ""},
	} {
		s := webtest.New(t, webtest.Look{})
		s.Mux.Handle(web.Route{Method: "GET", Pattern: "/", Permission: web.Public, Name: "thing.raw", Handler: func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, err := io.WriteString(w, c.html)
			return err
		}})
		got := strings.Join(webtest.Faults(webtest.Do(t, s.Mux, webtest.Scenario{URL: "/"})), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: found %q, want %q", name, got, c.want)
		}
	}
}
