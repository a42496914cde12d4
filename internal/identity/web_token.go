package identity

import (
	"net/http"
	"slices"
	"sort"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

// myTokens is where somebody keeps the tokens of their own account.
const myTokens = "/tai-khoan/ma-truy-cap"

// What the form of a token offers.
const (
	useAll    = "all"
	useRead   = "read"
	useChosen = "chosen"
)

type tokensPage struct {
	wrongs
	Own     bool
	Program bool
	May     bool // make another one
	Account Account
	Base    string
	Revoke  string // where a token is revoked
	Secret  string // of the token just made
	Made    Token
	Rows    []tokenView
	Typed   tokenForm
	Uses    []design.Option
	Choices []design.Option
}

// tokenForm is a token as it is typed.
type tokenForm struct {
	Name, Use, Networks, ExpiresOn string
	Permissions                    []string
}

// tokenView is one token in the list.
type tokenView struct {
	Token
	Holds bool
	State design.Status
	May   []string // what it may do, in words
}

// scopes are those the form means.
func (f tokenForm) scopes() []string {
	switch f.Use {
	case useAll:
		return []string{ScopeAll}
	case useRead:
		return []string{ScopeRead}
	}
	return f.Permissions
}

func tokenFormOf(vs web.Values) (tokenForm, NewToken, error) {
	f := tokenForm{vs.Line("name"), vs.Line("use"), vs.Get("networks"), vs.Line("expires_on"), vs.All("permission")}
	n := NewToken{Name: f.Name, Scopes: f.scopes(), Networks: f.Networks}
	var err error
	n.ExpiresOn, err = vs.Date("expires_on")
	return f, n, err
}

func (h *pages) tokens(w http.ResponseWriter, r *http.Request) error {
	return h.showMyTokens(w, r, tokensPage{})
}

func (h *pages) showMyTokens(w http.ResponseWriter, r *http.Request, p tokensPage) error {
	var err error
	if p.Account, err = h.s.Me(r.Context()); err != nil {
		return err
	}
	list, err := h.s.Tokens(r.Context())
	if err != nil {
		return err
	}
	p.Own, p.May, p.Base, p.Revoke = true, true, myTokens, myTokens+"/thu-hoi"
	return h.showTokens(w, r, "public", p, list, actor.From(r.Context()).Grants)
}

func (h *pages) showTokensOf(w http.ResponseWriter, r *http.Request, p tokensPage) error {
	ctx, id := r.Context(), AccountID(r.PathValue("id"))
	var err error
	if p.Account, err = h.s.Account(ctx, id); err != nil {
		return err
	}
	list, err := h.s.TokensOf(ctx, id)
	if err != nil {
		return err
	}
	grants, err := h.s.GrantsNow(ctx, id)
	if err != nil {
		return err
	}
	p.Program, p.Base = p.Account.Program(), web.Link("identity", "accounts", id, "tokens")
	p.May, p.Revoke = p.Program, p.Base+"/revoke"
	return h.showTokens(w, r, "desk", p, list, grants)
}

// showTokens shows the tokens of an account; grants are what a new one may be good for.
func (h *pages) showTokens(w http.ResponseWriter, r *http.Request, layout string, p tokensPage, list []Token, grants []actor.Grant) error {
	lang, today := i18n.Lang(r.Context()), clock.DateOf(h.s.clock.Now())
	for _, t := range list {
		p.Rows = append(p.Rows, tokenView{t, t.HoldsOn(today), h.tokenState(lang, t, today), h.scopeWords(lang, t.Scopes)})
	}
	say := func(m i18n.Msg) string { return h.catalog.Msg(lang, m) }
	p.Uses = []design.Option{
		{Value: useRead, Label: say(i18n.M("Chỉ đọc")), Hint: say(i18n.M("xem được mọi thứ tài khoản này xem được, không thay đổi gì"))},
		{Value: useAll, Label: say(i18n.M("Mọi việc tài khoản này được làm"))},
	}
	if p.Account.Kind == Official {
		p.Uses = append(p.Uses, design.Option{Value: useChosen, Label: say(i18n.M("Chỉ những việc đánh dấu dưới đây"))})
		seen := map[string]bool{}
		for _, g := range grants {
			for key := range g.Permissions {
				seen[key] = true
			}
		}
		for key := range seen {
			p.Choices = append(p.Choices, design.Option{Value: key, Label: h.permissionName(lang, key), Selected: slices.Contains(p.Typed.Permissions, key)})
		}
		sort.Slice(p.Choices, func(i, j int) bool { return p.Choices[i].Value < p.Choices[j].Value })
	}
	if p.Typed.Use == "" {
		p.Typed.Use = useRead
	}
	if p.Typed.ExpiresOn == "" {
		p.Typed.ExpiresOn = today.AddDays(tokenDays).Display()
	}
	w.Header().Set("Cache-Control", "no-store")
	return h.p.Render(w, r, statusFor(p.wrongs), "tokens.html", layout, web.View{Title: "Mã truy cập cho phần mềm", Data: p})
}

func (h *pages) tokenState(lang string, t Token, today clock.Date) design.Status {
	switch {
	case t.RevokedAt != nil:
		return design.Status{Tone: "mute", Text: h.catalog.Msg(lang, i18n.M("đã thu hồi"))}
	case !t.HoldsOn(today):
		return design.Status{Tone: "mute", Text: h.catalog.Msg(lang, i18n.M("hết hạn"))}
	case t.EndsSoon(today):
		return design.Status{Tone: "warn", Text: h.catalog.Msg(lang, i18n.M("sắp hết hạn"))}
	}
	return design.Status{Tone: "ok", Text: h.catalog.Msg(lang, i18n.M("đang dùng được"))}
}

// scopeWords says in words what scopes allow.
func (h *pages) scopeWords(lang string, scopes Scopes) []string {
	var list []string
	for _, v := range scopes {
		switch v {
		case ScopeAll:
			list = append(list, h.catalog.Msg(lang, i18n.M("Mọi việc tài khoản này được làm")))
		case ScopeRead:
			list = append(list, h.catalog.Msg(lang, i18n.M("Chỉ đọc")))
		default:
			list = append(list, h.permissionName(lang, v))
		}
	}
	return list
}

// permissionName is a permission in words; the key itself when nobody named it.
func (h *pages) permissionName(lang, key string) string {
	if m, ok := h.s.words[key]; ok {
		return h.catalog.Msg(lang, m)
	}
	return key
}

func (h *pages) makeToken(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	typed, n, err := tokenFormOf(form)
	p := tokensPage{Typed: typed}
	if err == nil {
		p.Made, p.Secret, err = h.s.MakeToken(r.Context(), n)
	}
	return h.madeToken(w, r, p, err, h.showMyTokens)
}

// madeToken shows a new token, this once, or what was wrong with the form.
func (h *pages) madeToken(w http.ResponseWriter, r *http.Request, p tokensPage, err error, show func(http.ResponseWriter, *http.Request, tokensPage) error) error {
	if err == nil {
		p.Typed = tokenForm{}
		return show(w, r, p)
	}
	var ok bool
	if p.wrongs, ok = h.wrongsOf(r.Context(), err); !ok {
		return err
	}
	return show(w, r, p)
}

func (h *pages) revokeToken(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	if err := h.s.RevokeToken(r.Context(), TokenID(form.Line("token"))); err != nil {
		return err
	}
	h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã thu hồi mã truy cập. Phần mềm dùng mã này không vào được nữa."))
	return web.Redirect(w, r, myTokens)
}

func (h *pages) tokensOf(w http.ResponseWriter, r *http.Request) error {
	return h.showTokensOf(w, r, tokensPage{})
}

func (h *pages) makeSecret(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	typed, n, err := tokenFormOf(form)
	p := tokensPage{Typed: typed}
	if err == nil {
		p.Made, p.Secret, err = h.s.MakeSecret(r.Context(), AccountID(r.PathValue("id")), n)
	}
	return h.madeToken(w, r, p, err, h.showTokensOf)
}

func (h *pages) revokeSecret(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	id := AccountID(r.PathValue("id"))
	if err := h.s.RevokeTokenOf(r.Context(), id, TokenID(form.Line("token"))); err != nil {
		return err
	}
	h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã thu hồi mã truy cập. Phần mềm dùng mã này không vào được nữa."))
	return web.Redirect(w, r, web.Link("identity", "accounts", id, "tokens"))
}

type programPage struct {
	wrongs
	Name, FullName, Unit string
}

func (h *pages) newProgram(w http.ResponseWriter, r *http.Request) error {
	return h.showNewProgram(w, r, programPage{})
}

func (h *pages) showNewProgram(w http.ResponseWriter, r *http.Request, p programPage) error {
	return h.p.Render(w, r, statusFor(p.wrongs), "program.html", "desk", web.View{Title: "Tạo tài khoản phần mềm", Data: p})
}

func (h *pages) addProgram(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	p := programPage{Name: form.Line("name"), FullName: form.Line("full_name"), Unit: form.Line("unit")}
	u, err := h.s.FindUnit(r.Context(), p.Unit)
	var acc Account
	if err == nil {
		acc, err = h.s.AddProgram(r.Context(), NewProgram{Name: p.Name, FullName: p.FullName, UnitID: u.ID})
	}
	if err != nil {
		var ok bool
		if p.wrongs, ok = h.wrongsOf(r.Context(), err); !ok {
			return err
		}
		return h.showNewProgram(w, r, p)
	}
	h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã tạo tài khoản cho %s. Hãy trao vai trò, rồi tạo mã truy cập cho phần mềm.", acc.FullName))
	return web.Redirect(w, r, web.Link("identity", "accounts", acc.ID))
}
