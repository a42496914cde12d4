package identity

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	"lienthong/internal/org"
	design "lienthong/web"
)

type accountsPage struct {
	Text  string
	Kind  string
	Chips []design.Chip
	Rows  []accountRow
	Pager design.Pager

	Export string // address of the whole list as a workbook
}

type accountRow struct {
	ListedAccount
	Href  string
	State design.Status
}

// accountsQuery reads the filters of the list.
func accountsQuery(vs web.Values) Query {
	return Query{Text: vs.Line("q"), Kind: Kind(vs.Line("kind"))}
}

func (h *pages) accounts(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	paging, err := web.PagingOf(r, 2)
	if err != nil {
		return err
	}
	sel := accountsQuery(q)
	sel.After, sel.Size = paging.After, paging.Size
	p := accountsPage{Text: sel.Text, Kind: string(sel.Kind)}
	p.Export = "/identity/export.xlsx?" + url.Values{"q": {p.Text}, "kind": {p.Kind}}.Encode()
	rows, err := h.s.List(r.Context(), sel)
	if err != nil {
		return err
	}
	if len(rows) > paging.Size {
		rows = rows[:paging.Size]
		p.Pager.Next = web.NextPage(r, rows[len(rows)-1].Keys()...)
	}
	if paging.After != nil {
		p.Pager.Prev = "/identity/accounts?" + url.Values{"q": {p.Text}, "kind": {p.Kind}}.Encode()
	}
	lang := i18n.Lang(r.Context())
	for _, k := range []Kind{Official, Citizen} {
		c := design.Chip{Label: h.catalog.Msg(lang, k.label()), Active: p.Kind == string(k)}
		v := url.Values{"q": {p.Text}}
		if !c.Active {
			v.Set("kind", string(k))
		}
		c.Href = "/identity/accounts?" + v.Encode()
		p.Chips = append(p.Chips, c)
	}
	for _, row := range rows {
		p.Rows = append(p.Rows, accountRow{row, web.Link("identity", "accounts", row.ID), h.state(lang, Account{Status: row.Status, Verified: row.Verified})})
	}
	return h.p.Render(w, r, http.StatusOK, "accounts.html", "desk", web.View{Title: "Tài khoản và phân quyền", Data: p})
}

func (h *pages) state(lang string, a Account) design.Status {
	st := design.Status{Tone: "warn", Text: h.catalog.Msg(lang, a.StatusText())}
	switch {
	case a.Status == Blocked:
		st.Tone = "late"
	case a.Verified:
		st.Tone = "ok"
	}
	return st
}

type accountPage struct {
	wrongs
	Account Account
	Facts   []design.Fact
	State   design.Status
	Grants  []GrantView
	Roles   []design.Option
	Reaches []design.Option
	Typed   grantForm
	Base    string
	Blocked bool
	Suggest string
	Factors bool
}

// How far a grant reaches, as the form says it.
const (
	reachUnit      = "unit"
	reachDivisions = "divisions"
	reachBelow     = "below"
)

// grantForm is a grant as it is typed.
type grantForm struct {
	Role, Unit, Reach, Reason, ValidTo string
}

func (h *pages) account(w http.ResponseWriter, r *http.Request) error {
	return h.showAccount(w, r, accountPage{})
}

func (h *pages) showAccount(w http.ResponseWriter, r *http.Request, p accountPage) error {
	ctx := r.Context()
	id := AccountID(r.PathValue("id"))
	var err error
	if p.Account, err = h.s.Account(ctx, id); err != nil {
		return err
	}
	if p.Grants, err = h.s.Grants(ctx, id); err != nil {
		return err
	}
	roles, err := h.s.Grantable(ctx)
	if err != nil {
		return err
	}
	lang := i18n.Lang(ctx)
	for _, role := range roles {
		o := design.Option{Value: role.Key, Label: role.Name}
		if lang != i18n.Source && role.NameEN != "" {
			o.Label = role.NameEN
		}
		p.Roles = append(p.Roles, o)
	}
	var names []string
	for _, n := range p.Account.Names {
		names = append(names, n.Text)
	}
	unit, err := h.s.unitName(ctx, p.Account.UnitID)
	if err != nil {
		return err
	}
	say := func(m i18n.Msg) string { return h.catalog.Msg(lang, m) }
	p.Facts = []design.Fact{
		{Label: say(i18n.M("Đăng nhập bằng")), Value: strings.Join(names, ", ")},
		{Label: say(i18n.M("Đơn vị quản lý tài khoản")), Value: unit},
		{Label: say(i18n.M("Tạo ngày")), Value: web.DateTime(p.Account.CreatedAt)},
	}
	if p.Account.LastSignInAt != nil {
		p.Facts = append(p.Facts, design.Fact{Label: say(i18n.M("Đăng nhập gần nhất")), Value: web.DateTime(p.Account.LastSignInAt)})
	}
	p.Reaches = []design.Option{
		{Value: reachUnit, Label: say(i18n.M("Chỉ đơn vị đó"))},
		{Value: reachDivisions, Label: say(i18n.M("Đơn vị đó và các phòng, bộ phận của đơn vị"))},
		{Value: reachBelow, Label: say(i18n.M("Đơn vị đó và mọi cơ quan, đơn vị cấp dưới"))},
	}
	if p.Typed.Reach == "" {
		p.Typed.Reach = reachDivisions
	}
	if p.Factors, err = h.s.Guarded(ctx, id); err != nil {
		return err
	}
	if p.Factors {
		p.Facts = append(p.Facts, design.Fact{Label: say(i18n.M("Xác thực hai bước")), Value: say(i18n.M("đang bật"))})
	}
	p.State, p.Blocked = h.state(lang, p.Account), p.Account.Status == Blocked
	p.Base, p.Suggest = web.Link("identity", "accounts", id), "/identity/units"
	return h.p.Render(w, r, statusFor(p.wrongs), "account.html", "desk", web.View{Title: p.Account.FullName, Data: p})
}

// after shows the account with what went wrong, or says that all is well.
func (h *pages) after(w http.ResponseWriter, r *http.Request, err error, typed grantForm, done i18n.Msg) error {
	if err == nil {
		h.p.AddFlash(w, r, web.FlashOK, done)
		return web.Redirect(w, r, web.Link("identity", "accounts", r.PathValue("id")))
	}
	found, ok := h.wrongsOf(r.Context(), err)
	if !ok {
		return err
	}
	return h.showAccount(w, r, accountPage{wrongs: found, Typed: typed})
}

func (h *pages) grant(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	typed := grantForm{form.Line("role"), form.Line("unit"), form.Line("reach"), form.Line("reason"), form.Line("valid_to")}
	g := Grant{AccountID: AccountID(r.PathValue("id")), Role: typed.Role, Divisions: typed.Reach == reachDivisions, Below: typed.Reach == reachBelow, Reason: typed.Reason}
	if g.ValidTo, err = form.Date("valid_to"); err != nil {
		return h.after(w, r, err, typed, i18n.Msg{})
	}
	u, err := h.s.FindUnit(r.Context(), typed.Unit)
	if err != nil {
		return h.after(w, r, err, typed, i18n.Msg{})
	}
	g.UnitID = u.ID
	_, err = h.s.Grant(r.Context(), g)
	return h.after(w, r, err, typed, i18n.M("Đã trao quyền tại %s. Quyền có hiệu lực ngay.", u.Name))
}

func (h *pages) revoke(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	return h.after(w, r, h.s.Revoke(r.Context(), GrantID(form.Line("grant"))), grantForm{}, i18n.M("Đã thu hồi quyền."))
}

func (h *pages) block(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	blocked := form.Bool("blocked")
	done := i18n.M("Đã mở khóa tài khoản.")
	if blocked {
		done = i18n.M("Đã khóa tài khoản và kết thúc các phiên đăng nhập.")
	}
	return h.after(w, r, h.s.SetBlocked(r.Context(), AccountID(r.PathValue("id")), blocked), grantForm{}, done)
}

func (h *pages) resetPassword(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	err = h.s.ResetPassword(r.Context(), AccountID(r.PathValue("id")), form.Get("password"))
	return h.after(w, r, err, grantForm{}, i18n.M("Đã đặt lại mật khẩu. Hãy báo mật khẩu mới cho người dùng và nhắc đổi ngay."))
}

// suggestUnits answers the field of a unit while somebody types.
func (h *pages) suggestUnits(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	hits, err := h.s.SuggestUnits(r.Context(), q.Line("q"))
	if err != nil {
		return err
	}
	var list []design.Suggestion
	for _, hit := range hits {
		list = append(list, design.Suggestion{Text: hit.Unit.Name, Note: hit.Unit.Slug, Value: hit.Unit.Slug})
	}
	return h.p.RenderPart(w, r, http.StatusOK, "account.html", "suggestions", list)
}

type newAccountPage struct {
	wrongs
	Text     string
	People   []design.Option
	Person   string
	Name     string
	Shortest int
	Limit    string
}

func (h *pages) newAccount(w http.ResponseWriter, r *http.Request) error {
	return h.showNewAccount(w, r, newAccountPage{Text: r.URL.Query().Get("q")})
}

func (h *pages) showNewAccount(w http.ResponseWriter, r *http.Request, p newAccountPage) error {
	people, err := h.s.Candidates(r.Context(), p.Text)
	if err != nil {
		return err
	}
	for _, c := range people {
		p.People = append(p.People, design.Option{Value: string(c.PersonID), Label: c.FullName, Hint: c.Post})
	}
	p.Shortest, p.Limit = shortestOfficial, strconv.Itoa(candidatesShown)
	return h.p.Render(w, r, statusFor(p.wrongs), "new.html", "desk", web.View{Title: "Tạo tài khoản công chức", Data: p})
}

func (h *pages) addOfficial(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	p := newAccountPage{Text: form.Line("q"), Person: form.Line("person"), Name: form.Line("name")}
	var acc Account
	if p.Person == "" {
		err = fault.NewInvalid("person", i18n.M("Tìm rồi chọn một người."))
	} else {
		acc, err = h.s.AddOfficial(r.Context(), NewOfficial{Name: p.Name, PersonID: org.PersonID(p.Person), Password: form.Get("password")})
	}
	if err != nil {
		var ok bool
		if p.wrongs, ok = h.wrongsOf(r.Context(), err); !ok {
			return err
		}
		return h.showNewAccount(w, r, p)
	}
	h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã tạo tài khoản cho %s. Hãy trao vai trò để người này làm việc được.", acc.FullName))
	return web.Redirect(w, r, web.Link("identity", "accounts", acc.ID))
}
