package web_test

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
)

// TestTypedIsKept holds that a form the site could not take is on the error page to be sent once more, and what must not be there is not.
func TestTypedIsKept(t *testing.T) {
	s := newSite(t, nil)
	fail := func(err error) web.Handler {
		return func(_ http.ResponseWriter, r *http.Request) error {
			if _, ferr := web.Form(r); ferr != nil {
				return ferr
			}
			return err
		}
	}
	s.Handle(
		web.Route{Method: "POST", Pattern: "/busy", Permission: web.Public, Name: "thing.busy", Handler: fail(locked{})},
		web.Route{Method: "POST", Pattern: "/unread", Permission: web.Public, Name: "thing.unread", Handler: func(http.ResponseWriter, *http.Request) error { return locked{} }},
		web.Route{Method: "POST", Pattern: "/broken", Permission: web.Public, Name: "thing.broken", Handler: fail(io.ErrUnexpectedEOF)},
		web.Route{Method: "POST", Pattern: "/password", Permission: web.Public, Name: "thing.password", Handler: fail(locked{}), Secret: true},
		web.Route{Method: "POST", Pattern: "/mine", Permission: web.SignedIn, Name: "thing.mine", Handler: fail(nil)},
		web.Route{Method: "POST", Pattern: "/forbidden", Permission: web.Public, Name: "thing.forbidden", Handler: fail(fault.NewForbidden(i18n.Msg{}))},
	)
	typed := url.Values{"note": {"dòng một\r\ndòng hai  \"></form><script>"}, "paper": {"a", "b"}, "tab": {"7"}}
	for _, c := range []struct {
		name, url string
		header    []string
		status    int
		kept      bool
	}{
		{"a locked database", "/busy?step=2", nil, 503, true},
		{"before the form was read", "/unread", nil, 503, true},
		{"a failure of the program", "/broken", nil, 500, true},
		{"the session has ended", "/mine", nil, 401, true},
		{"a password", "/password", nil, 503, false},
		{"nothing to gain", "/forbidden", nil, 403, false},
		{"a part of a page", "/busy", []string{"HX-Request", "true"}, 503, false},
		{"another site", "/busy", []string{"Sec-Fetch-Site", "cross-site"}, 403, false},
		{"no form", "/unread", []string{"Content-Type", "text/plain"}, 503, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := s.do("POST", c.url, strings.NewReader(typed.Encode()), append([]string{"Content-Type", "application/x-www-form-urlencoded"}, c.header...)...)
			if w.Code != c.status {
				t.Fatalf("status %d, want %d: %s", w.Code, c.status, w.Body)
			}
			page, err := goquery.NewDocumentFromReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			form := page.Find("form.again")
			if kept := form.Length() == 1; kept != c.kept {
				t.Fatalf("kept %v, want %v", kept, c.kept)
			}
			if !c.kept {
				return
			}
			if to := form.AttrOr("action", ""); to != c.url {
				t.Errorf("sent to %q", to)
			}
			got := url.Values{}
			form.Find("input[type=hidden]").Each(func(_ int, in *goquery.Selection) {
				got.Add(in.AttrOr("name", ""), strings.ReplaceAll(in.AttrOr("value", ""), "\n", "\r\n"))
			})
			for name, want := range typed {
				if name == "note" { // parsers of HTML know no carriage returns
					got[name][0] = strings.ReplaceAll(got[name][0], "\r\r\n", "\r\n")
				}
				if !slices.Equal(got[name], want) {
					t.Errorf("%s is %q, want %q", name, got[name], want)
				}
			}
			if page.Find("script").Length() > 0 {
				t.Error("what was typed became markup")
			}
		})
	}
}

// TestTypedBesideFiles holds that a form that could hold files is kept as long as it holds none: a file cannot be kept, and without it the act would be another.
func TestTypedBesideFiles(t *testing.T) {
	s := newSite(t, nil)
	s.Handle(
		web.Route{Method: "POST", Pattern: "/read", Permission: web.Public, Name: "thing.read", Handler: func(_ http.ResponseWriter, r *http.Request) error {
			_, err := web.Multipart(r, 1<<10, func(p web.Part, _ web.Values) error { _, err := io.Copy(io.Discard, p); return err })
			if err != nil {
				return err
			}
			return locked{}
		}},
		web.Route{Method: "POST", Pattern: "/unread", Permission: web.SignedIn, Name: "thing.unread", Handler: func(http.ResponseWriter, *http.Request) error { return nil }},
	)
	for _, c := range []struct {
		url  string
		file string // its name; empty: a field of a file that was left empty
		kept bool
	}{{"/read?x=1", "", true}, {"/read", "quét.pdf", false}, {"/unread", "", true}, {"/unread", "quét.pdf", false}} {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		_ = m.WriteField("owner", "Rơ Châm H'Phương")
		f, err := m.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="scan"; filename="` + c.file + `"`}})
		if err == nil && c.file != "" {
			_, err = io.WriteString(f, "%PDF-1.4")
		}
		if err = errors.Join(err, m.WriteField("note", "sau tệp"), m.Close()); err != nil {
			t.Fatal(err)
		}
		w := s.do("POST", c.url, &b, "Content-Type", m.FormDataContentType())
		if w.Code < 400 {
			t.Fatalf("%s: status %d", c.url, w.Code)
		}
		body := w.Body.String()
		if kept := strings.Contains(body, `class="again"`); kept != c.kept {
			t.Errorf("%s with file %q: kept %v, want %v: %s", c.url, c.file, kept, c.kept, body)
		}
		if c.kept && (!strings.Contains(body, `action="`+c.url+`"`) || !strings.Contains(body, `name="note" value="sau tệp"`) || !strings.Contains(body, "Rơ Châm H&#39;Phương")) {
			t.Errorf("%s: %s", c.url, body)
		}
	}
}
