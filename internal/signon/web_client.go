package signon

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"lienthong/internal/identity"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/sheet"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

// shownVisits is how many visits a page shows at once.
const shownVisits = 50

type clientsPage struct {
	Text   string
	Chips  []design.Chip
	Rows   []clientLine
	Pager  design.Pager
	Export string
	Any    bool // a filter is set
}

type clientLine struct {
	Client
	Href  string
	State design.Status
	Kind  string
}

func clientsQuery(vs web.Values) Query { return Query{Text: vs.Line("q"), Ended: vs.Bool("ended")} }

func (q Query) values() url.Values {
	v := url.Values{}
	if q.Text != "" {
		v.Set("q", q.Text)
	}
	if q.Ended {
		v.Set("ended", "1")
	}
	return v
}

func (h *pages) clients(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	paging, err := web.PagingOf(r, 2)
	if err != nil {
		return err
	}
	q := clientsQuery(vs)
	p := clientsPage{Text: q.Text, Export: "/signon/clients/export.xlsx?" + q.values().Encode(), Any: q.Text != "" || q.Ended}
	turned := Query{Text: q.Text, Ended: !q.Ended}
	p.Chips = []design.Chip{{Label: h.say(r, i18n.M("Đã ngừng")), Active: q.Ended, Href: "/signon/clients?" + turned.values().Encode()}}
	if paging.After != nil {
		p.Pager.Prev = "/signon/clients?" + q.values().Encode()
	}
	q.After, q.Size = paging.After, paging.Size
	rows, err := h.s.Clients(r.Context(), q)
	if err != nil {
		return err
	}
	if len(rows) > paging.Size {
		rows = rows[:paging.Size]
		p.Pager.Next = web.NextPage(r, rows[len(rows)-1].Keys()...)
	}
	for _, c := range rows {
		p.Rows = append(p.Rows, clientLine{c, web.Link("signon", "clients", c.ID), h.state(r, c), h.say(r, c.kind())})
	}
	return h.p.Render(w, r, http.StatusOK, "clients.html", "desk", web.View{Title: "Hệ thống kết nối", Data: p})
}

// kind says in words what sort of client it is.
func (c Client) kind() i18n.Msg {
	switch {
	case c.Public:
		return i18n.M("Chương trình trên thiết bị của người dùng")
	case c.AccountID != "" && !c.signsOn():
		return i18n.M("Chương trình tự gọi API")
	case c.AccountID != "":
		return i18n.M("Hệ thống trên máy chủ, tự gọi cả API")
	}
	return i18n.M("Hệ thống trên máy chủ")
}

func (h *pages) state(r *http.Request, c Client) design.Status {
	switch {
	case c.ended():
		return design.Status{Tone: "mute", Text: h.say(r, i18n.M("Đã ngừng"))}
	case c.Trusted:
		return design.Status{Tone: "ok", Text: h.say(r, i18n.M("Hệ thống của tỉnh"))}
	}
	return design.Status{Tone: "info", Text: h.say(r, i18n.M("Hỏi ý người dùng"))}
}

func (h *pages) export(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	col := func(m i18n.Msg, width float64) sheet.Column { return sheet.Column{Title: h.say(r, m), Width: width} }
	cols := []sheet.Column{col(i18n.M("Tên hệ thống"), 36), col(i18n.M("Mã hệ thống"), 38), col(i18n.M("Loại"), 34), col(i18n.M("Tình trạng"), 20),
		col(i18n.M("Phạm vi"), 40), col(i18n.M("Địa chỉ quay về"), 60), col(i18n.M("Đầu mối"), 30), col(i18n.M("Ngày đăng ký"), 18)}
	q := clientsQuery(vs)
	q.Size = 200
	return sheet.Send(w, "he-thong-ket-noi.xlsx", h.say(r, i18n.M("Hệ thống kết nối")), cols, func(row func(...any) error) error {
		for {
			list, err := h.s.Clients(r.Context(), q)
			if err != nil {
				return err
			}
			for _, c := range list[:min(len(list), q.Size)] {
				if err := row(c.Name, string(c.ID), h.say(r, c.kind()), h.state(r, c).Text, strings.Join(c.Scopes, " "), strings.Join(c.Redirects, "\n"), c.Contact, c.CreatedAt); err != nil {
					return err
				}
				q.After = c.Keys()
			}
			if len(list) <= q.Size {
				return nil
			}
		}
	})
}

// clientForm is a client as it is typed.
type clientForm struct {
	wrongs
	ID          ClientID
	Base        string
	Name        string
	Public      string // "yes" or "no"
	Trusted     string // "yes" or "no"
	Redirects   string
	Logouts     string
	Chosen      []string // scopes of people
	Permissions string
	Account     string
	Contact     string

	Kinds, Trust, Scopes, Programs []design.Option
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func formOf(c Client) clientForm {
	return clientForm{ID: c.ID, Name: c.Name, Public: yes(c.Public), Trusted: yes(c.Trusted), Redirects: strings.Join(c.Redirects, "\n"),
		Logouts: strings.Join(c.Logouts, "\n"), Chosen: personScopes(c.Scopes), Permissions: strings.Join(programScopes(c.Scopes), " "),
		Account: string(c.AccountID), Contact: c.Contact}
}

func typedForm(vs web.Values) clientForm {
	return clientForm{Name: vs.Line("name"), Public: vs.Line("public"), Trusted: vs.Line("trusted"), Redirects: vs.Get("redirects"), Logouts: vs.Get("logouts"),
		Chosen: vs.All("scopes"), Permissions: vs.Line("permissions"), Account: vs.Line("account"), Contact: vs.Line("contact")}
}

// client returns what a form describes.
func (f clientForm) client() Client {
	return Client{ID: f.ID, Name: f.Name, Public: f.Public == "yes", Trusted: f.Trusted == "yes", Redirects: strings.Split(f.Redirects, "\n"),
		Logouts: strings.Split(f.Logouts, "\n"), Scopes: append(personScopes(f.Chosen), strings.Fields(strings.ReplaceAll(f.Permissions, ",", " "))...),
		AccountID: identity.AccountID(f.Account), Contact: f.Contact}
}

func (h *pages) newClient(w http.ResponseWriter, r *http.Request) error {
	return h.showForm(w, r, clientForm{Public: "no", Trusted: "yes", Chosen: []string{ScopeOpenID, ScopeProfile}}, i18n.M("Đăng ký hệ thống kết nối").Text)
}

func (h *pages) showForm(w http.ResponseWriter, r *http.Request, f clientForm, title string) error {
	f.Kinds = []design.Option{
		{Value: "no", Label: h.say(r, i18n.M("Hệ thống trên máy chủ")), Hint: h.say(r, i18n.M("giữ được khóa bí mật"))},
		{Value: "yes", Label: h.say(r, i18n.M("Chương trình trên thiết bị của người dùng")), Hint: h.say(r, i18n.M("ứng dụng điện thoại, máy tính; không giữ được khóa bí mật"))},
	}
	f.Trust = []design.Option{
		{Value: "yes", Label: h.say(r, i18n.M("Hệ thống của tỉnh")), Hint: h.say(r, i18n.M("người dùng không bị hỏi"))},
		{Value: "no", Label: h.say(r, i18n.M("Hệ thống khác")), Hint: h.say(r, i18n.M("mỗi người phải đồng ý lần đầu"))},
	}
	for _, s := range scopes[1:] {
		f.Scopes = append(f.Scopes, design.Option{Value: s, Label: h.say(r, scopeText(s)), Hint: s, Selected: slices.Contains(f.Chosen, s)})
	}
	programs, err := h.s.Programs(r.Context())
	if err != nil {
		return err
	}
	f.Programs = []design.Option{{Value: "", Label: h.say(r, i18n.M("Không tự gọi API"))}}
	for _, a := range programs {
		f.Programs = append(f.Programs, design.Option{Value: string(a.ID), Label: a.FullName})
	}
	f.Base = "/signon/clients"
	if f.ID != "" {
		f.Base = web.Link("signon", "clients", f.ID)
	}
	return h.p.Render(w, r, statusFor(f.wrongs), "form.html", "desk", web.View{Title: title, Data: f})
}

func (h *pages) addClient(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	f := typedForm(vs)
	c, secret, err := h.s.AddClient(r.Context(), f.client())
	if err != nil {
		var ok bool
		if f.wrongs, ok = h.wrongsOf(r.Context(), err); !ok {
			return err
		}
		return h.showForm(w, r, f, i18n.M("Đăng ký hệ thống kết nối").Text)
	}
	return h.showClient(w, r, c.ID, clientPage{Secret: secret, New: true})
}

func (h *pages) editClient(w http.ResponseWriter, r *http.Request) error {
	c, err := h.s.Client(r.Context(), ClientID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return h.showForm(w, r, formOf(c), i18n.M("Sửa hệ thống kết nối").Text)
}

func (h *pages) updateClient(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	f := typedForm(vs)
	f.ID = ClientID(r.PathValue("id"))
	before, err := h.s.Client(r.Context(), f.ID)
	if err != nil {
		return err
	}
	f.Public = yes(before.Public)
	if err := h.s.UpdateClient(r.Context(), f.client()); err != nil {
		var ok bool
		if f.wrongs, ok = h.wrongsOf(r.Context(), err); !ok {
			return err
		}
		return h.showForm(w, r, f, i18n.M("Sửa hệ thống kết nối").Text)
	}
	h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã lưu. Thay đổi có hiệu lực ngay."))
	return web.Redirect(w, r, web.Link("signon", "clients", f.ID))
}

type clientPage struct {
	wrongs
	Client  Client
	Ended   bool
	Secret  string // a new secret, shown this once
	New     bool
	Facts   []design.Fact
	Learns  []string
	Secrets []secretLine
	Visits  []visitLine
	Pager   design.Pager
	Base    string
	State   design.Status
}

type secretLine struct {
	Secret
	State design.Status
}

type visitLine struct {
	Visit
	State design.Status
}

func (h *pages) client(w http.ResponseWriter, r *http.Request) error {
	return h.showClient(w, r, ClientID(r.PathValue("id")), clientPage{})
}

func (h *pages) showClient(w http.ResponseWriter, r *http.Request, id ClientID, p clientPage) error {
	paging, err := web.PagingOf(r, 1)
	if err != nil {
		return err
	}
	c, err := h.s.Client(r.Context(), id)
	if err != nil {
		return err
	}
	p.Client, p.Ended, p.State, p.Base = c, c.ended(), h.state(r, c), web.Link("signon", "clients", id)
	fact := func(m i18n.Msg, value string) {
		if value != "" {
			p.Facts = append(p.Facts, design.Fact{Label: h.say(r, m), Value: value})
		}
	}
	fact(i18n.M("Mã hệ thống (client_id)"), string(c.ID))
	fact(i18n.M("Địa chỉ nhà cung cấp (issuer)"), h.s.issuer)
	fact(i18n.M("Loại"), h.say(r, c.kind()))
	fact(i18n.M("Địa chỉ quay về"), strings.Join(c.Redirects, ", "))
	fact(i18n.M("Địa chỉ sau khi đăng xuất"), strings.Join(c.Logouts, ", "))
	fact(i18n.M("Quyền gọi API"), strings.Join(programScopes(c.Scopes), ", "))
	fact(i18n.M("Đầu mối"), c.Contact)
	fact(i18n.M("Ngày đăng ký"), web.DateTime(c.CreatedAt))
	for _, s := range personScopes(c.Scopes) {
		p.Learns = append(p.Learns, h.say(r, scopeText(s)))
	}
	for _, s := range c.Secrets {
		line := secretLine{s, design.Status{Tone: "ok", Text: h.say(r, i18n.M("Đang dùng"))}}
		if s.EndedAt != nil {
			line.State = design.Status{Tone: "mute", Text: h.say(r, i18n.M("Đã ngừng"))}
		}
		p.Secrets = append(p.Secrets, line)
	}
	if p.Visits, p.Pager, err = h.visitLines(r, c.ID, paging); err != nil {
		return err
	}
	if p.Secret != "" {
		w.Header().Set("Cache-Control", "no-store")
	}
	return h.p.Render(w, r, statusFor(p.wrongs), "client.html", "desk", web.View{Title: c.Name, Data: p})
}

func (h *pages) visitLines(r *http.Request, client ClientID, paging web.Paging) (lines []visitLine, pager design.Pager, err error) {
	after := VisitID("")
	if len(paging.After) > 0 {
		after, pager.Prev = VisitID(paging.After[0]), web.Link("signon", "clients", client)
	}
	visits, err := h.s.Visits(r.Context(), client, after, shownVisits)
	if err != nil {
		return nil, pager, err
	}
	if len(visits) > shownVisits {
		visits = visits[:shownVisits]
		q := url.Values{"after": {web.Cursor(string(visits[shownVisits-1].ID))}}
		pager.Next = web.Link("signon", "clients", client) + "?" + q.Encode()
	}
	return h.linesOf(r, visits), pager, nil
}

func (h *pages) linesOf(r *http.Request, visits []Visit) []visitLine {
	var lines []visitLine
	for _, v := range visits {
		line := visitLine{v, design.Status{Tone: "ok", Text: h.say(r, i18n.M("Đang mở"))}}
		if v.EndedAt != nil {
			line.State = design.Status{Tone: "mute", Text: h.say(r, v.Reason.label())}
			if v.Reason == Reused {
				line.State.Tone = "late"
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func (h *pages) exportVisits(w http.ResponseWriter, r *http.Request) error {
	id := ClientID(r.PathValue("id"))
	c, err := h.s.Client(r.Context(), id)
	if err != nil {
		return err
	}
	col := func(m i18n.Msg, width float64) sheet.Column { return sheet.Column{Title: h.say(r, m), Width: width} }
	cols := []sheet.Column{col(i18n.M("Thời điểm"), 20), col(i18n.M("Họ và tên"), 30), col(i18n.M("Phạm vi"), 40), col(i18n.M("Địa chỉ mạng"), 20),
		col(i18n.M("Tình trạng"), 34), col(i18n.M("Kết thúc lúc"), 20)}
	return sheet.Send(w, "luot-dang-nhap.xlsx", h.say(r, i18n.M("Lượt đăng nhập vào %s", c.Name)), cols, func(row func(...any) error) error {
		for after := VisitID(""); ; {
			list, err := h.s.Visits(r.Context(), id, after, 200)
			if err != nil {
				return err
			}
			for _, v := range h.linesOf(r, list[:min(len(list), 200)]) {
				var ended any
				if v.EndedAt != nil {
					ended = *v.EndedAt
				}
				if err := row(v.CreatedAt, v.Holder, strings.Join(v.Scopes, " "), v.IP, v.State.Text, ended); err != nil {
					return err
				}
				after = v.ID
			}
			if len(list) <= 200 {
				return nil
			}
		}
	})
}

// then shows the client with what went wrong, or says that all is well.
func (h *pages) then(w http.ResponseWriter, r *http.Request, err error, done i18n.Msg) error {
	id := ClientID(r.PathValue("id"))
	if err == nil {
		h.p.AddFlash(w, r, web.FlashOK, done)
		return web.Redirect(w, r, web.Link("signon", "clients", id))
	}
	found, ok := h.wrongsOf(r.Context(), err)
	if !ok {
		return err
	}
	return h.showClient(w, r, id, clientPage{wrongs: found})
}

func (h *pages) endClient(w http.ResponseWriter, r *http.Request) error {
	return h.then(w, r, h.s.EndClient(r.Context(), ClientID(r.PathValue("id"))), i18n.M("Đã ngừng. Không ai đăng nhập vào hệ thống đó bằng trang này được nữa."))
}

func (h *pages) addSecret(w http.ResponseWriter, r *http.Request) error {
	id := ClientID(r.PathValue("id"))
	secret, err := h.s.AddSecret(r.Context(), id)
	if err != nil {
		return h.then(w, r, err, i18n.Msg{})
	}
	return h.showClient(w, r, id, clientPage{Secret: secret})
}

func (h *pages) endSecret(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	return h.then(w, r, h.s.EndSecret(r.Context(), ClientID(r.PathValue("id")), vs.Line("secret")), i18n.M("Đã ngừng khóa bí mật."))
}
