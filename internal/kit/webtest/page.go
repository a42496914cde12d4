package webtest

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"mime/multipart"
	"net/url"
	"sort"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// plain is a layout for tests that do not care for the look.
//
//go:embed layout.html
var plain embed.FS

// Faults returns what a page lacks of that which every page must have. A part of a page is checked for its
// controls only.
func Faults(a *Answer) []string {
	var faults []string
	bad := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	doc := a.Page
	if strings.Contains(strings.ToLower(a.Body), "<html") {
		if lang := doc.Find("html").AttrOr("lang", ""); lang == "" {
			bad("the page names no language")
		}
		if words(doc.Find("head title")) == "" {
			bad("the page has no title")
		}
		if n := doc.Find("h1").Length(); n != 1 {
			bad("the page has %d first headings, want one", n)
		}
		if doc.Find("main").Length() != 1 {
			bad("the page has no main part")
		}
	}
	controls(doc, bad)
	doc.Find("a[href], button").Each(func(_ int, s *goquery.Selection) {
		if words(s) == "" && s.AttrOr("aria-label", "") == "" && s.Find("img[alt]").Length() == 0 {
			bad("a link or button has no text: %s", markup(s))
		}
	})
	doc.Find("img:not([alt])").Each(func(_ int, s *goquery.Selection) { bad("a picture has no alt: %s", markup(s)) })
	doc.Find("[style], style, script:not([src])").Each(func(_ int, s *goquery.Selection) {
		bad("style or script inside the page, the content policy forbids it: %s", markup(s))
	})
	seen := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if seen[id] {
			bad("two things have the id %q", id)
		}
		seen[id] = true
	})
	doc.Find("*").Each(func(_ int, s *goquery.Selection) {
		for _, attr := range s.Nodes[0].Attr {
			if strings.HasPrefix(attr.Key, "on") {
				bad("%s on an element, the content policy forbids it: %s", attr.Key, markup(s))
			}
		}
	})
	if strings.Contains(a.Body, "&lt;no value&gt;") || strings.Contains(a.Body, "%!") {
		bad("a value is missing in a template")
	}
	return faults
}

// controls holds that every field says what it is for.
func controls(doc *goquery.Document, bad func(string, ...any)) {
	doc.Find("input, select, textarea").Each(func(_ int, s *goquery.Selection) {
		switch s.AttrOr("type", "") {
		case "hidden", "submit", "button", "image", "reset":
			return
		}
		id := s.AttrOr("id", "")
		named := s.AttrOr("aria-label", "") != "" || s.AttrOr("aria-labelledby", "") != "" || words(s.Closest("label")) != ""
		if !named && id != "" {
			doc.Find("label").Each(func(_ int, l *goquery.Selection) {
				named = named || l.AttrOr("for", "") == id && words(l) != ""
			})
		}
		if !named {
			bad("a field has no label: %s", markup(s))
		}
	})
}

func markup(s *goquery.Selection) string {
	html, err := goquery.OuterHtml(s)
	if err != nil {
		return err.Error()
	}
	return short(html)
}

// Submit returns the fields that a browser would send for a form as the page shows it, changed by with.
// It ends the test when there is no such form.
func (a *Answer) Submit(t testing.TB, selector string, with url.Values) url.Values {
	t.Helper()
	form := a.Page.Find(selector)
	if form.Length() != 1 {
		t.Fatalf("%d forms %q", form.Length(), selector)
	}
	values := url.Values{}
	form.Find("input[name], select[name], textarea[name]").Each(func(_ int, s *goquery.Selection) {
		name := s.AttrOr("name", "")
		_, checked := s.Attr("checked")
		switch kind := s.AttrOr("type", ""); {
		case goquery.NodeName(s) == "select":
			s.Find("option[selected]").Each(func(_ int, o *goquery.Selection) { values.Add(name, o.AttrOr("value", words(o))) })
		case goquery.NodeName(s) == "textarea":
			values.Add(name, s.Text())
		case (kind == "checkbox" || kind == "radio") && checked:
			values.Add(name, s.AttrOr("value", "on"))
		case kind == "file" || kind == "submit" || kind == "checkbox" || kind == "radio":
		default:
			values.Add(name, s.AttrOr("value", ""))
		}
	})
	for name, list := range with {
		values[name] = list
	}
	return values
}

// Cookies returns the cookies of an answer for the header of the next request.
func (a *Answer) Cookies() string {
	var list []string
	for _, c := range a.Header.Values("Set-Cookie") {
		pair, _, _ := strings.Cut(c, ";")
		list = append(list, pair)
	}
	return strings.Join(list, "; ")
}

func multipartBody(t testing.TB, form url.Values, files []File) (io.Reader, string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		for _, v := range form[name] {
			if err := m.WriteField(name, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, f := range files {
		w, err := m.CreateFormFile(f.Field, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, f.Content); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return &b, m.FormDataContentType()
}
