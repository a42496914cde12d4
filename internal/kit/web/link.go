package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Link returns the address of something in a room: Link("desk", id, "history") is "/desk/<id>/history".
func Link(room string, parts ...any) string {
	var b strings.Builder
	b.WriteString("/" + strings.Trim(room, "/"))
	for _, p := range parts {
		b.WriteString("/" + url.PathEscape(fmt.Sprint(p)))
	}
	return b.String()
}

// local reports whether s is an address on this site: a path that no browser takes for another host.
func local(s string) bool {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t\x00") {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && u.Host == "" && u.Scheme == "" && !strings.HasPrefix(u.Path, "//")
}

// SafePath returns s when it is an address on this site, else "/". Use it on everything
// that comes from outside and is redirected to.
func SafePath(s string) string {
	if !local(s) {
		return "/"
	}
	return s
}

// Redirect sends the browser to an address on this site with GET (303).
func Redirect(w http.ResponseWriter, r *http.Request, to string) error {
	if !local(to) {
		return fmt.Errorf("web: redirect to %q leaves the site", to)
	}
	if IsPartial(r) {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusOK)
		return nil
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}
