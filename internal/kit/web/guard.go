package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/klauspost/compress/gzhttp"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// guards puts everything that stands before the routes around them, outermost first:
// access log and slow clients, headers, compression, panics, language, cross-origin, session.
func (m *Mux) guards(h http.Handler) http.Handler {
	h = m.session(h)
	for i := len(m.o.Around) - 1; i >= 0; i-- {
		h = m.o.Around[i](h)
	}
	h = m.entrance(h)
	h = m.compress(h)
	if m.o.Assets != nil {
		pages, assets := h, m.o.Assets
		h = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/assets/") {
				infoOf(r.Context()).route = &Route{Pattern: "/assets/", Name: "web.assets", Quiet: true}
				assets.ServeHTTP(w, r)
				return
			}
			pages.ServeHTTP(w, r)
		})
	}
	return m.outermost(secure(h))
}

// outermost gives the request its number, watches slow clients and writes the access log. The log holds no
// personal data: the route's pattern instead of the address, no query, no IP address, no name.
func (m *Mux) outermost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		ip, https := m.origin(r)
		in := &info{id: newRequestID(), mux: m, ip: ip, secure: https}
		r = r.WithContext(withInfo(r.Context(), in))
		w.Header().Set("X-Request-Id", in.id)
		t := &tracker{ResponseWriter: w, patience: m.o.Patience}
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = &patientBody{ReadCloser: r.Body, c: http.NewResponseController(w), patience: m.o.Patience, start: start}
		}
		defer func() { m.access(r, in, t, start) }()
		next.ServeHTTP(t, r)
	})
}

func (m *Mux) access(r *http.Request, in *info, t *tracker, start time.Time) {
	route, level := "-", slog.LevelInfo
	if in.route != nil {
		route = in.route.Pattern
		if in.route.Quiet {
			level = slog.LevelDebug
		}
	}
	m.o.Log.LogAttrs(r.Context(), level, "request", slog.String("request_id", in.id), slog.String("method", r.Method),
		slog.String("route", route), slog.Int("status", t.sent()), slog.Int64("bytes", t.bytes),
		slog.Float64("ms", float64(time.Since(start).Microseconds())/1000), slog.String("who", string(in.who)))
}

// entrance turns panics into errors, finds the language and refuses what other sites send in the name of a visitor.
func (m *Mux) entrance(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	if m.o.BaseURL != "" {
		if err := cross.AddTrustedOrigin(strings.TrimRight(m.o.BaseURL, "/")); err != nil {
			panic(fmt.Sprintf("web: base URL: %v", err))
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in := infoOf(r.Context())
		w = &tracker{ResponseWriter: w, began: &in.began}
		r = m.language(w, r)
		in.flashed = readFlash(r)
		defer func() {
			v := recover()
			switch v {
			case nil:
				return
			case http.ErrAbortHandler: //nolint:errorlint // the value itself is the signal
				panic(v)
			}
			m.fail(w, r, fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
		}()
		if !storable(r.URL) {
			m.fail(w, r, BadRequest(i18n.M("Địa chỉ có ký tự không hợp lệ. Hãy gõ lại địa chỉ hoặc mở từ trang chủ.")))
			return
		}
		if err := cross.Check(r); err != nil {
			m.fail(w, r, fault.NewForbidden(i18n.M("Yêu cầu này đến từ một trang khác nên bị từ chối. Hãy mở trang này trực tiếp rồi làm lại.")).Wrap(err))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// storable reports whether path and query are text that every database takes: UTF-8 without NUL.
func storable(u *url.URL) bool {
	is := func(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
	if !is(u.Path) {
		return false
	}
	for name, values := range u.Query() {
		if !is(name) || slices.ContainsFunc(values, func(v string) bool { return !is(v) }) {
			return false
		}
	}
	return true
}

// session finds out who makes the request. Pages of known users and answers of the API are kept by no cache.
func (m *Mux) session(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in := infoOf(r.Context())
		var a actor.Actor
		if m.o.Session != nil {
			var err error
			if a, err = m.o.Session.Load(r); err != nil {
				m.fail(w, r, fmt.Errorf("load session: %w", err))
				return
			}
		}
		in.who = a.Kind
		a.IP, a.UserAgent = ClientIP(r), truncate(r.UserAgent(), 300)
		if a.SignedIn() || IsAPI(r) {
			w.Header().Set("Cache-Control", "no-store")
		}
		next.ServeHTTP(w, r.WithContext(actor.With(r.Context(), a)))
	})
}

func truncate(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "")
}

func (m *Mux) compress(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.CompressionLevel(5), gzhttp.ContentTypes([]string{
		"text/html", "text/plain", "text/csv", "application/json", "application/problem+json", "image/svg+xml"}))
	if err != nil {
		panic(err) // the options are constant
	}
	return wrap(next)
}

// policy allows what comes from this site and nothing else; no script or style stands inside a page.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	"connect-src 'self'; media-src 'self' blob:; frame-src 'self' blob:; worker-src 'self' blob:; manifest-src 'self'; " +
	"form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors "

func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy+"'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()")
		if infoOf(r.Context()).secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// AllowFraming lets pages of this site show the answer inside themselves: a file beside the form it belongs to.
func AllowFraming(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", policy+"'self'")
}

// langSeconds is how long a chosen language is remembered: a year.
const langSeconds = 365 * 24 * 3600

// language is the one chosen with ?lang=, else the one remembered, else Vietnamese. Programs choose with Accept-Language.
func (m *Mux) language(w http.ResponseWriter, r *http.Request) *http.Request {
	known := func(lang string) bool {
		for _, l := range m.o.Renderer.catalog.Langs() {
			if l == lang {
				return true
			}
		}
		return false
	}
	lang := i18n.Source
	if IsAPI(r) {
		if first, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ","); len(first) >= 2 && known(first[:2]) {
			lang = first[:2]
		}
	} else if c, err := r.Cookie("lang"); err == nil && known(c.Value) {
		lang = c.Value
	}
	if chosen := r.URL.Query().Get("lang"); chosen != "" && known(chosen) {
		lang = chosen
		if !IsAPI(r) {
			http.SetCookie(w, &http.Cookie{Name: "lang", Value: lang, Path: "/", MaxAge: langSeconds, HttpOnly: true,
				Secure: infoOf(r.Context()).secure, SameSite: http.SameSiteLaxMode})
		}
	}
	return r.WithContext(i18n.WithLang(r.Context(), lang))
}
