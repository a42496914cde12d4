package app

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/webtest"
)

// visitor is somebody with a browser without JavaScript: follows links, fills in forms as they stand on the page
// and presses their buttons. Every page on the way is checked for what every page must have.
type visitor struct {
	t      testing.TB
	s      *site
	client *http.Client
	at     *url.URL
	status int
	body   string
	page   *goquery.Document
}

// visitor opens a fresh browser.
func (s *site) visitor() *visitor {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	at, err := url.Parse(s.srv.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	return &visitor{t: s.t, s: s, at: at, client: &http.Client{Jar: jar, Transport: s.srv.Client().Transport}}
}

func (v *visitor) do(r *http.Request) *visitor {
	v.t.Helper()
	r.Header.Set("Referer", v.at.String())
	res, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	v.at, v.status, v.body, v.page = res.Request.URL, res.StatusCode, string(raw), nil
	if res.StatusCode >= 500 {
		v.t.Fatalf("%s: %d %.1000s", v.at, v.status, v.body)
	}
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		return v
	}
	if v.page, err = goquery.NewDocumentFromReader(bytes.NewReader(raw)); err != nil {
		v.t.Fatal(err)
	}
	for _, fault := range webtest.Faults(&webtest.Answer{Status: v.status, Body: v.body, Page: v.page}) {
		v.t.Errorf("%s: %s", v.at.Path, fault)
	}
	return v
}

// open types an address.
func (v *visitor) open(address string) *visitor {
	v.t.Helper()
	to, err := v.at.Parse(address)
	if err != nil {
		v.t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodGet, to.String(), nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.do(r)
}

func words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// follow clicks on the first link whose text contains the words.
func (v *visitor) follow(text string) *visitor {
	v.t.Helper()
	link := v.page.Find("a[href]").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(words(s), text) }).First()
	if link.Length() == 0 {
		v.t.Fatalf("%s has no link %q: %.3000s", v.at.Path, text, words(v.page.Find("main")))
	}
	return v.open(link.AttrOr("href", ""))
}

// sees ends the test when the page lacks one of the texts.
func (v *visitor) sees(texts ...string) *visitor {
	v.t.Helper()
	text := v.body
	if v.page != nil {
		text = words(v.page.Selection)
	}
	for _, want := range texts {
		if !strings.Contains(text, want) {
			v.t.Fatalf("%s (%d) does not say %q: %.3000s", v.at, v.status, want, text)
		}
	}
	return v
}

// press fills in the form of the first button whose text contains the words and presses it. fill is by the names
// of the fields, "*.reason" being any that ends so; a name that the form does not have, or an option it does not
// offer, ends the test.
func (v *visitor) press(button string, fill map[string]string, files ...webtest.File) *visitor {
	v.t.Helper()
	b := v.page.Find("main button").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return strings.Contains(words(s), button) && s.AttrOr("type", "submit") == "submit" && s.Closest("form").Length() > 0 && s.AttrOr("tabindex", "") != "-1"
	}).First()
	if b.Length() == 0 {
		v.t.Fatalf("%s has no button %q: %.3000s", v.at.Path, button, words(v.page.Find("main")))
	}
	form := b.Closest("form")
	values := v.values(form, fill)
	if name := b.AttrOr("name", ""); name != "" {
		values.Add(name, b.AttrOr("value", ""))
	}
	action, err := v.at.Parse(b.AttrOr("formaction", form.AttrOr("action", v.at.String())))
	if err != nil {
		v.t.Fatal(err)
	}
	if strings.EqualFold(b.AttrOr("formmethod", form.AttrOr("method", "get")), "get") {
		action.RawQuery, action.Fragment = values.Encode(), ""
		return v.open(action.String())
	}
	var body io.Reader = strings.NewReader(values.Encode())
	contentType := "application/x-www-form-urlencoded"
	if form.AttrOr("enctype", "") == "multipart/form-data" {
		body, contentType = v.multipart(form, values, files)
	} else if len(files) > 0 {
		v.t.Fatalf("the form of %q takes no files", button)
	}
	r, err := http.NewRequest(http.MethodPost, action.String(), body)
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Origin", v.s.srv.URL)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return v.do(r)
}

// values returns what a browser would send for a form, with what was filled in.
func (v *visitor) values(form *goquery.Selection, fill map[string]string) url.Values {
	v.t.Helper()
	values := url.Values{}
	used := map[string]bool{}
	form.Find("input[name], select[name], textarea[name]").Each(func(_ int, s *goquery.Selection) {
		name, kind := s.AttrOr("name", ""), s.AttrOr("type", "")
		key := name
		if _, exact := fill[name]; !exact {
			key = "*" + name[max(0, strings.LastIndexByte(name, '.')):]
		}
		with, filled := fill[key]
		value := s.AttrOr("value", "on")
		_, checked := s.Attr("checked")
		switch {
		case goquery.NodeName(s) == "select":
			if !filled {
				chosen := s.Find("option[selected]")
				if chosen.Length() == 0 {
					chosen = s.Find("option").First()
				}
				with = chosen.AttrOr("value", words(chosen))
			} else if s.Find(fmt.Sprintf("option[value=%q]", with)).Length() == 0 {
				return
			}
			values.Add(name, with)
		case kind == "radio" || kind == "checkbox":
			if filled {
				checked = value == with
			}
			if !checked {
				return
			}
			values.Add(name, value)
		case kind == "file" || kind == "submit":
			return
		case filled:
			values.Add(name, with)
		case goquery.NodeName(s) == "textarea":
			values.Add(name, s.Text())
		default:
			values.Add(name, s.AttrOr("value", ""))
		}
		used[key] = used[key] || filled
	})
	for _, name := range slices.Sorted(maps.Keys(fill)) {
		if !used[name] && fill[name] != "" {
			html, _ := form.Html()
			v.t.Fatalf("%s: the form has no field %q that takes %q: %.6000s", v.at.Path, name, fill[name], html)
		}
	}
	return values
}

func (v *visitor) multipart(form *goquery.Selection, values url.Values, files []webtest.File) (io.Reader, string) {
	v.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			if err := m.WriteField(name, value); err != nil {
				v.t.Fatal(err)
			}
		}
	}
	for _, f := range files {
		if f.Field == "" {
			f.Field = form.Find("input[type=file]").First().AttrOr("name", "")
		}
		if form.Find(fmt.Sprintf("input[type=file][name=%q]", f.Field)).Length() == 0 {
			v.t.Fatalf("%s: the form has no field for files %q", v.at.Path, f.Field)
		}
		w, err := m.CreateFormFile(f.Field, f.Name)
		if err != nil {
			v.t.Fatal(err)
		}
		if _, err := io.WriteString(w, f.Content); err != nil {
			v.t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		v.t.Fatal(err)
	}
	return &b, m.FormDataContentType()
}

// signIn signs in on the page for it.
func (v *visitor) signIn(name string) *visitor {
	v.t.Helper()
	v.open("/dang-nhap").press("Đăng nhập", map[string]string{"name": name, "password": demoPassword})
	if v.status != 200 || strings.HasPrefix(v.at.Path, "/dang-nhap") {
		v.t.Fatalf("%s cannot sign in: %d %s", name, v.status, v.at)
	}
	return v
}

// typed returns answers of an e-form as they are typed: by dotted names, dates as 23/11/2026.
func typed(answers map[string]any) map[string]string {
	out := map[string]string{}
	var walk func(name string, value any)
	walk = func(name string, value any) {
		switch x := value.(type) {
		case map[string]any:
			for k, in := range x {
				walk(strings.TrimPrefix(name+"."+k, "."), in)
			}
		case []any:
			for i, in := range x {
				walk(fmt.Sprintf("%s.%d", name, i), in)
			}
		case bool:
			if x {
				out[name] = "1"
			}
		case string:
			if d, err := clock.ParseDate(x); err == nil {
				x = d.Display()
			}
			out[name] = x
		default:
			out[name] = fmt.Sprint(x)
		}
	}
	walk("", answers)
	return out
}
