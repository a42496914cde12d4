package signon

import (
	"context"
	"net/http"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

// pages are the pages of the room.
type pages struct {
	s *Service
	p *web.Pages
}

// Routes returns the pages of the room and the addresses that other systems ask.
func (s *Service) Routes(rd *web.Renderer) []web.Route {
	h := &pages{s, rd.Pages(templates, "signon")}
	get, post := http.MethodGet, http.MethodPost
	routes := []web.Route{
		{Method: get, Pattern: pathAuthorize, Permission: web.Public, Name: "signon.authorize", Handler: h.authorize},
		{Method: get, Pattern: "/signon/continue", Permission: web.Public, Name: "signon.continue", Handler: h.goOn},
		{Method: get, Pattern: "/signon/enter", Permission: web.Public, Name: "signon.enter", Handler: h.enter},
		{Method: post, Pattern: "/signon/again", Permission: web.Public, Name: "signon.again", Handler: h.again},
		{Method: post, Pattern: "/signon/consent", Permission: web.SignedIn, Name: "signon.consent", Handler: h.consent},
		{Method: get, Pattern: pathEnd, Permission: web.Public, Name: "signon.end_session", Handler: h.endSession},
		{Method: post, Pattern: pathEnd, Permission: web.Public, Name: "signon.end_session", Handler: h.doEndSession},
		{Method: get, Pattern: "/signon/left", Permission: web.Public, Name: "signon.left", Handler: h.left},

		{Method: get, Pattern: "/tai-khoan/he-thong", Permission: web.SignedIn, Name: "signon.my_systems", Handler: h.mySystems},
		{Method: post, Pattern: "/tai-khoan/he-thong", Permission: web.SignedIn, Name: "signon.take_back", Handler: h.takeBack},

		{Method: post, Pattern: "/tai-khoan/he-thong/go-lien-ket", Permission: web.SignedIn, Name: "signon.unlink", Handler: h.unlink},
		{Method: get, Pattern: "/signon/go/{key}", Permission: web.Public, Name: "signon.leave", Handler: h.leaveFor, Costly: true},
		{Method: get, Pattern: "/signon/from/{key}", Permission: web.Public, Name: "signon.return", Handler: h.comeBack},
		{Method: get, Pattern: "/signon/arrival", Permission: web.Public, Name: "signon.arrival", Handler: h.arrival},
		{Method: post, Pattern: "/signon/arrival/join", Permission: web.SignedIn, Name: "signon.join", Handler: h.join},
		{Method: post, Pattern: "/signon/arrival/make", Permission: web.Public, Name: "signon.make", Handler: h.make, Costly: true},

		{Method: get, Pattern: "/signon/outside", Permission: PermManage, Name: "signon.outsides", Handler: h.outsides},
		{Method: get, Pattern: "/signon/outside/new", Permission: PermManage, Name: "signon.new_outside", Handler: h.newOutside},
		{Method: post, Pattern: "/signon/outside", Permission: PermManage, Name: "signon.add_outside", Handler: h.addOutside},
		{Method: get, Pattern: "/signon/outside/{id}", Permission: PermManage, Name: "signon.outside", Handler: h.editOutside},
		{Method: post, Pattern: "/signon/outside/{id}", Permission: PermManage, Name: "signon.update_outside", Handler: h.updateOutside},
		{Method: post, Pattern: "/signon/outside/{id}/end", Permission: PermManage, Name: "signon.end_outside", Handler: h.endOutside},

		{Method: get, Pattern: "/signon/clients", Permission: PermManage, Name: "signon.clients", Handler: h.clients},
		{Method: get, Pattern: "/signon/clients/export.xlsx", Permission: PermManage, Name: "signon.export", Handler: h.export},
		{Method: get, Pattern: "/signon/clients/new", Permission: PermManage, Name: "signon.new_client", Handler: h.newClient},
		{Method: post, Pattern: "/signon/clients", Permission: PermManage, Name: "signon.add_client", Handler: h.addClient, Secret: true},
		{Method: get, Pattern: "/signon/clients/{id}", Permission: PermManage, Name: "signon.client", Handler: h.client},
		{Method: get, Pattern: "/signon/clients/{id}/edit", Permission: PermManage, Name: "signon.edit_client", Handler: h.editClient},
		{Method: post, Pattern: "/signon/clients/{id}/edit", Permission: PermManage, Name: "signon.update_client", Handler: h.updateClient},
		{Method: post, Pattern: "/signon/clients/{id}/end", Permission: PermManage, Name: "signon.end_client", Handler: h.endClient},
		{Method: post, Pattern: "/signon/clients/{id}/secrets", Permission: PermManage, Name: "signon.add_secret", Handler: h.addSecret, Secret: true},
		{Method: post, Pattern: "/signon/clients/{id}/secrets/end", Permission: PermManage, Name: "signon.end_secret", Handler: h.endSecret},
		{Method: get, Pattern: "/signon/clients/{id}/visits.xlsx", Permission: PermManage, Name: "signon.export_visits", Handler: h.exportVisits},
	}
	return append(routes, h.machines()...)
}

// wrongs are what is wrong with a form, in the reader's language.
type wrongs struct {
	Errors   map[string]string
	Problems []design.Problem
}

// wrongsOf returns what a form can say about an error; ok is false for errors that end the request.
func (h *pages) wrongsOf(ctx context.Context, err error) (w wrongs, ok bool) {
	w.Errors = map[string]string{}
	f, ok := fault.As(err)
	if !ok {
		return w, err == nil
	}
	switch f.Kind {
	case fault.Invalid, fault.Conflict, fault.Unavailable:
	default:
		return w, false
	}
	lang := i18n.Lang(ctx)
	if len(f.Problems) == 0 {
		w.Problems = []design.Problem{{Text: h.s.catalog.Msg(lang, f.User())}}
	}
	for _, p := range f.Problems {
		text := h.s.catalog.Msg(lang, p.Msg)
		w.Problems = append(w.Problems, design.Problem{Field: p.Field, Text: text})
		if w.Errors[p.Field] == "" {
			w.Errors[p.Field] = text
		}
	}
	return w, true
}

// statusFor is the status of a form that is shown again.
func statusFor(w wrongs) int {
	if len(w.Problems) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// say puts a message into the reader's language.
func (h *pages) say(r *http.Request, m i18n.Msg) string {
	return h.s.catalog.Msg(i18n.Lang(r.Context()), m)
}
