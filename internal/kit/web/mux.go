package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sort"
	"strings"
	"sync"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/throttle"
)

// Options are the settings of a Mux. Renderer is required.
type Options struct {
	Renderer       *Renderer
	Log            *slog.Logger // default: slog.Default()
	Clock          clock.Clock  // default: clock.System
	BaseURL        string       // "https://dichvucong.example.vn": address people use, empty when not known
	LoginPath      string       // default "/dang-nhap"
	TrustedProxies []netip.Prefix
	BodyLimit      int64              // bytes of a form or JSON body; default 1 MiB
	UploadLimit    int64              // bytes of a body with files; default 100 MiB
	Patience       time.Duration      // how long a client may send or take nothing; default 30 s
	Costly         *throttle.Throttle // tries of addresses at costly routes; nil: no bound
	Session        SessionLoader      // nil: everybody is anonymous
	Around         []func(http.Handler) http.Handler
	Idempotency    *Idempotency // nil: keys are required but answers are not kept
	Assets         http.Handler // serves /assets/; nil: none
}

// Mux is the site: all routes behind all guards.
type Mux struct {
	o      Options
	mux    *http.ServeMux
	routes []Route
	names  map[string]bool
	asks   Handler // the page that asks for a fresh proof
	build  sync.Once
	chain  http.Handler
}

// NewMux returns a site without routes.
func NewMux(o Options) *Mux {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.LoginPath == "" {
		o.LoginPath = "/dang-nhap"
	}
	if o.BodyLimit == 0 {
		o.BodyLimit = 1 << 20
	}
	if o.UploadLimit == 0 {
		o.UploadLimit = 100 << 20
	}
	if o.Patience == 0 {
		o.Patience = 30 * time.Second
	}
	return &Mux{o: o, mux: http.NewServeMux(), names: map[string]bool{}}
}

// Handle mounts routes. A route without permission, name or handler, or one that is there already, is a
// mistake of the program: Handle panics.
func (m *Mux) Handle(routes ...Route) {
	for _, rt := range routes {
		switch {
		case rt.Method == "" || !strings.HasPrefix(rt.Pattern, "/") || rt.Handler == nil || rt.Name == "":
			panic(fmt.Sprintf("web: route %q %q needs a method, a pattern, a name and a handler", rt.Method, rt.Pattern))
		case rt.Permission != Public && rt.Permission != SignedIn && !strings.Contains(rt.Permission, "."):
			panic(fmt.Sprintf("web: route %s: permission %q is neither web.Public, web.SignedIn nor room.verb", rt.Name, rt.Permission))
		case m.names[rt.Method+" "+rt.Name]:
			panic(fmt.Sprintf("web: two routes are named %s", rt.Name))
		}
		if rt.Asks {
			m.asks = rt.Handler
		}
		m.names[rt.Method+" "+rt.Name] = true
		m.routes = append(m.routes, rt)
		m.mux.Handle(rt.Method+" "+exact(rt.Pattern), m.endpoint(rt))
	}
}

// exact keeps a pattern that ends in a slash from matching everything below it.
func exact(pattern string) string {
	if strings.HasSuffix(pattern, "/") {
		return pattern + "{$}"
	}
	return pattern
}

// Routes returns what is mounted, by pattern and method.
func (m *Mux) Routes() []Route {
	routes := append([]Route(nil), m.routes...)
	sort.Slice(routes, func(i, j int) bool {
		if routes[i].Pattern != routes[j].Pattern {
			return routes[i].Pattern < routes[j].Pattern
		}
		return routes[i].Method < routes[j].Method
	})
	return routes
}

// ServeHTTP answers a request.
func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.build.Do(func() { m.chain = m.guards(http.HandlerFunc(m.dispatch)) })
	m.chain.ServeHTTP(w, r)
}

// dispatch finds the route; what has none gets our own pages instead of those of http.ServeMux.
func (m *Mux) dispatch(w http.ResponseWriter, r *http.Request) {
	h, pattern := m.mux.Handler(r)
	if pattern != "" {
		m.mux.ServeHTTP(w, r)
		return
	}
	if to := m.withoutSlash(r); to != "" {
		http.Redirect(w, r, to, http.StatusPermanentRedirect)
		return
	}
	probe := &probeWriter{header: http.Header{}}
	h.ServeHTTP(probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		m.fail(w, r, withStatus(http.StatusMethodNotAllowed, fault.New(fault.Invalid, i18n.M("Địa chỉ này không nhận yêu cầu kiểu %s.", r.Method))))
		return
	}
	m.fail(w, r, fault.NewNotFound(i18n.Msg{}))
}

// withoutSlash returns the address without its last slash when that one exists.
func (m *Mux) withoutSlash(r *http.Request) string {
	path := strings.TrimRight(r.URL.Path, "/")
	if path == r.URL.Path || path == "" || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return ""
	}
	u := &url.URL{Path: path, RawQuery: r.URL.RawQuery}
	if _, pattern := m.mux.Handler(&http.Request{Method: r.Method, URL: u, Host: r.Host}); pattern == "" || !local(u.String()) {
		return ""
	}
	return u.String()
}

type probeWriter struct {
	header http.Header
	status int
}

func (p *probeWriter) Header() http.Header         { return p.header }
func (p *probeWriter) Write(b []byte) (int, error) { return len(b), nil }
func (p *probeWriter) WriteHeader(status int)      { p.status = status }

// endpoint is the way of a request to its handler: limit, permission, key, handler, error.
func (m *Mux) endpoint(rt Route) http.Handler {
	run := rt.Handler
	if rt.Method == http.MethodPost && strings.HasPrefix(rt.Pattern, "/api/") {
		run = m.o.Idempotency.guard(rt, run)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in := infoOf(r.Context())
		in.route = &rt
		m.limit(w, r, rt)
		who := actor.From(r.Context())
		err := allowed(who, rt.Permission)
		if err == nil && rt.Costly && !who.SignedIn() && m.o.Costly != nil {
			if _, ok := m.o.Costly.Try(who.IP, m.o.Clock.Now()); !ok {
				err = tooMany()
			}
		}
		if err == nil && rt.StepUp {
			err = actor.Fresh(r.Context())
		}
		if err == nil {
			err = run(w, r)
		}
		if err != nil {
			m.fail(w, r, err)
		}
	})
}

// allowed says whether the actor holds the permission anywhere; services check it for the very unit.
func allowed(a actor.Actor, permission string) error {
	switch {
	case permission == Public:
		return nil
	case !a.SignedIn():
		return fault.NewUnauthenticated(i18n.Msg{})
	case permission == SignedIn || a.CanSomewhere(permission):
		return nil
	}
	return fault.NewForbidden(i18n.Msg{})
}
