package file

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// shown are the types a browser may show in the page; all others are only downloaded.
var shown = []string{PDF, JPEG, PNG, WebP}

// Serve sends an open file as the answer to a request, ranges and conditions
// included. With inline the browser may show it, when it is of a type that is
// harmless to show. Whatever the file holds, it cannot run as a page of this site.
func Serve(w http.ResponseWriter, r *http.Request, content io.ReadSeeker, f File, inline bool) {
	h := w.Header()
	inline = inline && slices.Contains(shown, f.MediaType)
	policy := "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
	if !inline || f.MediaType != PDF { // browsers do not show PDF in a sandbox
		policy += "; sandbox"
	}
	h.Set("Content-Type", f.MediaType)
	h.Set("Content-Disposition", disposition(f.Name, inline))
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", `"`+f.SHA256+`"`)
	http.ServeContent(w, r, "", f.CreatedAt, content)
}

// disposition is the header with the name in two forms: ASCII for old clients, and as it is (RFC 5987, RFC 6266).
func disposition(name string, inline bool) string {
	kind := "attachment"
	if inline {
		kind = "inline"
	}
	plain := strings.Map(func(r rune) rune {
		switch {
		case r == 'đ':
			return 'd'
		case r == 'Đ':
			return 'D'
		case r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%':
			return -1
		}
		return r
	}, norm.NFD.String(name))
	head := mime.FormatMediaType(kind, map[string]string{"filename": plain})
	if head == "" {
		head = kind
	}
	return head + "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}
