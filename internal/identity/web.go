package identity

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

// Where people go after signing in when they came from nowhere.
const (
	officialsHome = "/desk"
	citizensHome  = "/ho-so-cua-toi"
)

// pages are the pages of the room.
type pages struct {
	s       *Service
	p       *web.Pages
	catalog *i18n.Catalog
}

// Routes returns the pages of the room. The catalogue translates what is wrong with a form; it may be nil.
func (s *Service) Routes(rd *web.Renderer, catalog *i18n.Catalog) []web.Route {
	h := &pages{s, rd.Pages(templates, "identity"), catalog}
	get, post := http.MethodGet, http.MethodPost
	return []web.Route{
		{Method: get, Pattern: "/dang-nhap", Permission: web.Public, Name: "identity.sign_in", Handler: h.signIn},
		{Method: post, Pattern: "/dang-nhap", Permission: web.Public, Name: "identity.sign_in", Handler: h.doSignIn, Secret: true},
		{Method: post, Pattern: "/dang-xuat", Permission: web.Public, Name: "identity.sign_out", Handler: h.signOut},
		{Method: get, Pattern: "/dang-ky", Permission: web.Public, Name: "identity.register", Handler: h.register},
		{Method: post, Pattern: "/dang-ky", Permission: web.Public, Name: "identity.register", Handler: h.doRegister, Secret: true},

		{Method: get, Pattern: "/tai-khoan", Permission: web.SignedIn, Name: "identity.my_account", Handler: h.me},
		{Method: post, Pattern: "/tai-khoan", Permission: web.SignedIn, Name: "identity.update_profile", Handler: h.updateProfile},
		{Method: get, Pattern: historyPath, Permission: web.SignedIn, Name: "identity.history", Handler: h.history},
		{Method: get, Pattern: historyPath + ".xlsx", Permission: web.SignedIn, Name: "identity.export_history", Handler: h.exportHistory},
		{Method: post, Pattern: "/tai-khoan/mat-khau", Permission: web.SignedIn, Name: "identity.change_password", Handler: h.changePassword, Secret: true},
		{Method: post, Pattern: "/tai-khoan/vi-tri", Permission: web.SignedIn, Name: "identity.change_post", Handler: h.changePost},
		{Method: post, Pattern: "/tai-khoan/phien", Permission: web.SignedIn, Name: "identity.end_session", Handler: h.endSession},

		{Method: get, Pattern: myTokens, Permission: web.SignedIn, Name: "identity.my_tokens", Handler: h.tokens},
		{Method: post, Pattern: myTokens, Permission: web.SignedIn, Name: "identity.make_my_token", StepUp: true, Handler: h.makeToken},
		{Method: post, Pattern: myTokens + "/thu-hoi", Permission: web.SignedIn, Name: "identity.revoke_my_token", Handler: h.revokeToken},

		{Method: get, Pattern: "/identity/accounts/{id}/tokens", Permission: PermManage, Name: "identity.account_tokens", Handler: h.tokensOf},
		{Method: post, Pattern: "/identity/accounts/{id}/tokens", Permission: PermManage, Name: "identity.make_account_token", StepUp: true, Handler: h.makeSecret},
		{Method: post, Pattern: "/identity/accounts/{id}/tokens/revoke", Permission: PermManage, Name: "identity.revoke_account_token", Handler: h.revokeSecret},
		{Method: get, Pattern: "/identity/programs/new", Permission: PermManage, Name: "identity.new_program", Handler: h.newProgram},
		{Method: post, Pattern: "/identity/programs", Permission: PermManage, Name: "identity.add_program", Handler: h.addProgram},

		{Method: get, Pattern: "/identity/accounts", Permission: PermManage, Name: "identity.accounts", Handler: h.accounts},
		{Method: get, Pattern: "/identity/export.xlsx", Permission: PermManage, Name: "identity.export", Handler: h.export},
		{Method: get, Pattern: "/identity/new", Permission: PermManage, Name: "identity.new_account", Handler: h.newAccount},
		{Method: post, Pattern: "/identity/accounts", Permission: PermManage, Name: "identity.add_official", StepUp: true, Handler: h.addOfficial, Secret: true},
		{Method: get, Pattern: "/identity/accounts/{id}", Permission: PermManage, Name: "identity.account", Handler: h.account},
		{Method: post, Pattern: "/identity/accounts/{id}/grants", Permission: PermManage, Name: "identity.grant", StepUp: true, Handler: h.grant},
		{Method: post, Pattern: "/identity/accounts/{id}/revoke", Permission: PermManage, Name: "identity.revoke", Handler: h.revoke},
		{Method: post, Pattern: "/identity/accounts/{id}/block", Permission: PermManage, Name: "identity.block", Handler: h.block},
		{Method: post, Pattern: "/identity/accounts/{id}/password", Permission: PermManage, Name: "identity.reset_password", StepUp: true, Handler: h.resetPassword, Secret: true},
		{Method: get, Pattern: "/identity/units", Permission: PermManage, Name: "identity.suggest_units", Handler: h.suggestUnits},
	}
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
	if !ok || errors.Is(err, actor.ErrStale) {
		return w, err == nil
	}
	lang := i18n.Lang(ctx)
	switch f.Kind {
	case fault.Invalid, fault.Forbidden, fault.Conflict, fault.Unavailable:
	default:
		return w, false
	}
	if len(f.Problems) == 0 {
		w.Problems = []design.Problem{{Text: h.catalog.Msg(lang, f.User())}}
	}
	for _, p := range f.Problems {
		text := h.catalog.Msg(lang, p.Msg)
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

// home is where somebody goes after signing in.
func home(acc Account, next string) string {
	if next = web.SafePath(next); next != "/" {
		return next
	}
	if acc.Kind == Official {
		return officialsHome
	}
	return citizensHome
}

// withNext adds the way back to an address.
func withNext(path, next string) string {
	if next = web.SafePath(next); next == "/" {
		return path
	}
	return path + "?" + url.Values{"next": {next}}.Encode()
}

// Home is where somebody goes after signing in: the way back they came with, else the page for their kind.
func (s *Service) Home(acc Account, next string) string { return home(acc, next) }
