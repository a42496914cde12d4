package identity

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/alexedwards/scs/v2"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
)

var _ web.SessionLoader = (*Service)(nil)

func newSessions(s *Service, secure bool) *scs.SessionManager {
	m := scs.New()
	m.Store, m.Codec, m.Lifetime = tokenStore{s}, sessionCodec{}, s.config.Lifetime
	m.Cookie.Name, m.Cookie.Secure, m.Cookie.Persist = CookieName(secure), secure, false
	m.Cookie.HttpOnly, m.Cookie.SameSite, m.Cookie.Path = true, http.SameSiteLaxMode, "/"
	m.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		web.Fail(w, r, fault.NewUnavailable(i18n.Msg{}).Wrap(fmt.Errorf("session: %w", err)))
	}
	return m
}

// CookieName is the name of the session's cookie. On an encrypted site no sibling site can set it.
func CookieName(secure bool) string {
	if secure {
		return "__Host-session"
	}
	return "session"
}

// Around reads the session of a request and writes the cookie of a new one; it
// stands before Load (web.Options.Around). Programs may send the token of a session,
// or one that was made for them, as "Authorization: Bearer …" instead of the cookie.
func (s *Service) Around(next http.Handler) http.Handler {
	inner := s.scs.LoadAndSave(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if token := bearerOf(r); token != "" {
			r = r.Clone(r.Context())
			r.Header.Del("Cookie")
			if !looksLikeSecret(token) {
				r.AddCookie(&http.Cookie{Name: s.scs.Cookie.Name, Value: token})
			}
		}
		inner.ServeHTTP(w, r)
	})
}

// bearerOf returns the token that a program sends with a request to the API.
func bearerOf(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || !web.IsAPI(r) {
		return ""
	}
	return strings.TrimSpace(token)
}

// Load returns who makes a request: the official or citizen of the session, else
// the anonymous visitor. It costs one read by key; roles and grants are in memory.
func (s *Service) Load(r *http.Request) (actor.Actor, error) {
	l, stage, err := s.standing(r.Context())
	if err != nil {
		return actor.Actor{}, err
	}
	if stage == Nobody {
		token := bearerOf(r)
		if token == "" {
			return actor.Actor{}, nil
		}
		a, err := s.bearer(r.Context(), token, web.ClientIP(r), r.Method != http.MethodGet && r.Method != http.MethodHead)
		a.Stale = true // a program cannot prove who is there
		return a, err
	}
	if stage != Whole {
		return actor.Actor{}, nil
	}
	a, err := s.actorOf(r.Context(), l)
	if err != nil {
		return actor.Actor{}, err
	}
	a.Stale = !l.fresh(s.clock.Now(), s.config.Fresh)
	if err := s.touch(r.Context(), l); err != nil {
		return actor.Actor{}, fmt.Errorf("touch session: %w", err)
	}
	return a, nil
}
