package signon

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
)

// machines are the addresses that programs ask, not people.
func (h *pages) machines() []web.Route {
	var routes []web.Route
	add := func(method, path, name string, handler web.Handler) {
		routes = append(routes, web.Route{Method: method, Pattern: path, Permission: web.Public, Name: name, Handler: handler, Secret: method == http.MethodPost})
	}
	add(http.MethodGet, oidc.DiscoveryEndpoint, "signon.discovery", h.discovery)
	add(http.MethodGet, pathKeys, "signon.keys", h.library)
	add(http.MethodPost, pathToken, "signon.token", h.library)
	add(http.MethodPost, pathIntrospect, "signon.introspect", h.library)
	add(http.MethodPost, pathRevoke, "signon.revoke", h.library)
	add(http.MethodGet, pathUserinfo, "signon.userinfo", h.library)
	add(http.MethodPost, pathUserinfo, "signon.userinfo", h.library)
	return routes
}

// library lets the provider's library answer. What it answers is for one client and kept by nobody on the way.
func (h *pages) library(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	if once, err := single(r); err != nil || !once {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		return json.NewEncoder(w).Encode(map[string]string{"error": string(oidc.InvalidRequest), "error_description": "a parameter stands there twice, or the body cannot be read"})
	}
	h.s.provider.ServeHTTP(w, r)
	return nil
}

// single reports whether every parameter of a request stands there once, as the protocol demands: of two, programs
// on the way may see different ones.
func single(r *http.Request) (bool, error) {
	if err := r.ParseForm(); err != nil {
		return false, err
	}
	for _, values := range r.Form {
		if len(values) > 1 {
			return false, nil
		}
	}
	return true, nil
}

// discovery describes the provider: what the library says, without what is not offered here.
func (h *pages) discovery(w http.ResponseWriter, r *http.Request) error {
	d := op.CreateDiscoveryConfig(op.ContextWithIssuer(r.Context(), h.s.issuer), h.s.provider, storage{h.s})
	d.ResponseTypesSupported, d.ResponseModesSupported = []string{string(oidc.ResponseTypeCode)}, []string{string(oidc.ResponseModeQuery)}
	d.GrantTypesSupported = []oidc.GrantType{oidc.GrantTypeCode, oidc.GrantTypeRefreshToken, oidc.GrantTypeClientCredentials}
	d.DeviceAuthorizationEndpoint = ""
	d.IntrospectionEndpointAuthMethodsSupported = []oidc.AuthMethod{oidc.AuthMethodBasic}
	d.IntrospectionEndpointAuthSigningAlgValuesSupported, d.RevocationEndpointAuthSigningAlgValuesSupported = nil, nil
	d.RevocationEndpointAuthMethodsSupported = d.TokenEndpointAuthMethodsSupported
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	return json.NewEncoder(w).Encode(struct {
		*oidc.DiscoveryConfiguration
		Named bool `json:"authorization_response_iss_parameter_supported"`
	}{d, true})
}

// authorize takes a client's wish to sign somebody on.
func (h *pages) authorize(w http.ResponseWriter, r *http.Request) error {
	unclear := fault.New(fault.Invalid, i18n.M("Yêu cầu đăng nhập của hệ thống gọi tới không đúng chuẩn nên không đọc được. Hãy báo cho người quản trị của hệ thống đó."))
	if once, err := single(r); err != nil || !once {
		return unclear
	}
	a, err := op.ParseAuthorizeRequest(r, h.s.provider.Decoder())
	if err != nil {
		return unclear.Wrap(err)
	}
	to, err := h.s.Begin(r.Context(), a)
	if err != nil {
		return err
	}
	return leave(w, r, to)
}

// leave sends the browser to an address the service has checked, which may be a client's.
func leave(w http.ResponseWriter, r *http.Request, to string) error {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// turnPage is what the pages on the way of a request show.
type turnPage struct {
	Client  string
	ID      string
	Scopes  []string
	Next    string // where the page leads on to by itself
	Contact string
}

func (h *pages) goOn(w http.ResponseWriter, r *http.Request) error {
	id, no := r.URL.Query().Get("id"), r.URL.Query().Get("no") != ""
	t, err := h.s.Continue(r.Context(), id, no)
	if err != nil {
		return err
	}
	if t.To != "" {
		return leave(w, r, t.To)
	}
	p := turnPage{Client: t.Client.Name, ID: id, Contact: t.Client.Contact}
	switch t.Step {
	case stepSignIn:
		return web.Redirect(w, r, signInFor(t.Request))
	case stepAgain:
		return h.show(w, r, "again.html", "Đăng nhập lại", p)
	}
	for _, scope := range t.Request.Scopes {
		p.Scopes = append(p.Scopes, h.say(r, scopeText(scope)))
	}
	return h.show(w, r, "consent.html", i18n.M("Cho phép hệ thống khác").Text, p)
}

// signInFor is the sign-in page for a request, with the name the client expects.
func signInFor(t Request) string {
	q := url.Values{"next": {enterAt(t.ID)}}
	if t.Hint != "" {
		q.Set("name", t.Hint)
	}
	return "/dang-nhap?" + q.Encode()
}

func (h *pages) show(w http.ResponseWriter, r *http.Request, file, title string, data any) error {
	w.Header().Set("Cache-Control", "no-store")
	return h.p.Render(w, r, http.StatusOK, file, "public", web.View{Title: title, Data: data})
}

// enter leads on from a form of this site: browsers let a page go to another site, but not a form that says it stays here.
func (h *pages) enter(w http.ResponseWriter, r *http.Request) error {
	id, no := r.URL.Query().Get("id"), r.URL.Query().Get("no")
	t, _, err := h.s.turn(r.Context(), id)
	if err != nil {
		return err
	}
	next := continueAt(id)
	if no != "" {
		next += "&no=1"
	}
	return h.show(w, r, "enter.html", "Đang chuyển tiếp", turnPage{Client: t.Client.Name, Next: next})
}

// again signs out so that the person signs in anew for a request.
func (h *pages) again(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	t, _, err := h.s.turn(r.Context(), form.Line("id"))
	if err != nil {
		return err
	}
	if err := h.s.SignOut(r.Context()); err != nil {
		return err
	}
	return web.Redirect(w, r, signInFor(t.Request))
}

func (h *pages) consent(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	id := form.Line("id")
	if form.Line("answer") != "yes" {
		return web.Redirect(w, r, enterAt(id)+"&no=1")
	}
	if err := h.s.Agree(r.Context(), id); err != nil {
		return err
	}
	return web.Redirect(w, r, enterAt(id))
}

// endingPage is what the pages of signing out show.
type endingPage struct {
	Client string
	Fields []field
	Next   string
}

type field struct{ Name, Value string }

// endingFields are the parameters of a wish to sign somebody out that a page passes on.
var endingFields = []string{"id_token_hint", "logout_hint", "client_id", "post_logout_redirect_uri", "state"}

func (h *pages) ending(r *http.Request) (Ending, []field, error) {
	if once, err := single(r); err != nil || !once {
		return Ending{}, nil, web.BadRequest(i18n.M("Yêu cầu đăng xuất không đúng chuẩn nên không đọc được."))
	}
	req, err := op.ParseEndSessionRequest(r, h.s.provider.Decoder())
	if err != nil {
		return Ending{}, nil, fmt.Errorf("%w: %w", web.BadRequest(i18n.M("Yêu cầu đăng xuất không đúng chuẩn nên không đọc được.")), err)
	}
	var fields []field
	for _, name := range endingFields {
		if v := r.Form.Get(name); v != "" {
			fields = append(fields, field{name, v})
		}
	}
	e, err := h.s.Ending(r.Context(), req)
	return e, fields, err
}

func (h *pages) endSession(w http.ResponseWriter, r *http.Request) error {
	e, fields, err := h.ending(r)
	if err != nil {
		return err
	}
	if !e.Certain {
		return h.show(w, r, "signout.html", "Đăng xuất", endingPage{Client: e.Client, Fields: fields})
	}
	if err := h.s.SignOut(r.Context()); err != nil {
		return err
	}
	if e.To != "" {
		return leave(w, r, e.To)
	}
	return h.show(w, r, "left.html", "Đã đăng xuất", endingPage{Client: e.Client})
}

func (h *pages) doEndSession(w http.ResponseWriter, r *http.Request) error {
	_, fields, err := h.ending(r)
	if err != nil {
		return err
	}
	if err := h.s.SignOut(r.Context()); err != nil {
		return err
	}
	q := url.Values{}
	for _, f := range fields {
		q.Set(f.Name, f.Value)
	}
	return web.Redirect(w, r, "/signon/left?"+q.Encode())
}

// left says that somebody signed out and leads back to the client that asked for it.
func (h *pages) left(w http.ResponseWriter, r *http.Request) error {
	e, _, err := h.ending(r)
	if err != nil {
		return err
	}
	return h.show(w, r, "left.html", "Đã đăng xuất", endingPage{Client: e.Client, Next: e.To})
}
