package file

import (
	"bytes"
	"mime"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestServe(t *testing.T) {
	f := File{Name: `Đơn "đề nghị" 100%.pdf`, MediaType: PDF, SHA256: strings.Repeat("a", 64), CreatedAt: start}
	for _, c := range []struct {
		name, mediaType string
		inline          bool
		wantInline      bool
		wantSandbox     bool
	}{
		{"download", PDF, false, false, true},
		{"pdf shown", PDF, true, true, false},
		{"picture shown", PNG, true, true, true},
		{"word file is never shown", DOCX, true, false, true},
		{"odd type is never shown", "text/html", true, false, true},
	} {
		f.MediaType = c.mediaType
		w := httptest.NewRecorder()
		w.Header().Set("Content-Security-Policy", "script-src 'self'") // what pages of the site have
		Serve(w, httptest.NewRequest(http.MethodGet, "/x", nil), bytes.NewReader(pdf), f, c.inline)
		h := w.Header()
		if w.Code != 200 || !bytes.Equal(w.Body.Bytes(), pdf) || h.Get("Content-Type") != c.mediaType || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", c.name, w.Code, h)
		}
		csp := h.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "sandbox") != c.wantSandbox || strings.Contains(csp, "script-src") {
			t.Errorf("%s: policy %q", c.name, csp)
		}
		if strings.HasPrefix(h.Get("Content-Disposition"), "inline") != c.wantInline {
			t.Errorf("%s: %q", c.name, h.Get("Content-Disposition"))
		}
		if strings.Contains(h.Get("Cache-Control"), "public") || !strings.Contains(h.Get("Cache-Control"), "private") {
			t.Errorf("%s: %q", c.name, h.Get("Cache-Control"))
		}
	}
}

func TestServeRangesAndConditions(t *testing.T) {
	f := File{Name: "a.pdf", MediaType: PDF, SHA256: strings.Repeat("a", 64), CreatedAt: start}
	r := httptest.NewRequest(http.MethodGet, "/x", nil)
	r.Header.Set("Range", "bytes=0-4")
	w := httptest.NewRecorder()
	Serve(w, r, bytes.NewReader(pdf), f, false)
	if w.Code != http.StatusPartialContent || w.Body.String() != "%PDF-" {
		t.Errorf("range: %d %q", w.Code, w.Body)
	}
	r = httptest.NewRequest(http.MethodGet, "/x", nil)
	r.Header.Set("If-None-Match", `"`+f.SHA256+`"`)
	w = httptest.NewRecorder()
	Serve(w, r, bytes.NewReader(pdf), f, false)
	if w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("condition: %d", w.Code)
	}
}

func TestDispositionKeepsTheName(t *testing.T) {
	for name, plain := range map[string]string{
		"Giấy khai sinh.pdf":     "Giay khai sinh.pdf",
		"Đơn đề nghị.pdf":        "Don de nghi.pdf",
		`a"b\c; filename=x.html`: "abc; filename=x.html",
		"100%.pdf":               "100.pdf",
		"文件.pdf":                 ".pdf",
		"a\r\nX: y.pdf":          "aX: y.pdf",
	} {
		h := disposition(name, false)
		kind, params, err := mime.ParseMediaType(h)
		if err != nil || kind != "attachment" || params["filename"] != name && params["filename"] != plain {
			t.Errorf("%q: %s: %s %v, %v", name, h, kind, params, err)
		}
		if strings.ContainsAny(h, "\r\n") {
			t.Errorf("%q: a line break in %q", name, h)
		}
		before, _, _ := strings.Cut(h, "; filename*=")
		if _, params, err := mime.ParseMediaType(before); err != nil || params["filename"] != plain {
			t.Errorf("%q for old clients: %v, %v; want %q", name, params, err, plain)
		}
	}
}
