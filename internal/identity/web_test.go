package identity

import (
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
	"lienthong/internal/org"
	design "lienthong/web"
)

// site is the town with its pages, as browsers see it.
func (w *town) site() *webtest.Site {
	s := webtest.New(w.t, webtest.Look{Layouts: []fs.FS{design.Layout}, Texts: []fs.FS{design.I18n, Texts()}, Clock: w.clock, Options: func(o *web.Options) {
		o.Session, o.Around = w.Service, []func(http.Handler) http.Handler{w.Around}
	}})
	cat := &i18n.Catalog{}
	for _, fsys := range []fs.FS{design.I18n, Texts()} {
		if err := cat.Load(fsys); err != nil {
			w.t.Fatal(err)
		}
	}
	s.Mux.Handle(w.Routes(s.Renderer, cat)...)
	w.Operations(web.NewAPI(s.Mux, web.APIInfo{Title: "Thử", Version: "1", SessionCookie: CookieName(false)}))
	return s
}

// markup holds that the page has these pieces of markup, and has not those after a "!".
func markup(parts ...string) func(*testing.T, *webtest.Answer) {
	return func(t *testing.T, a *webtest.Answer) {
		t.Helper()
		for _, p := range parts {
			p, not := strings.CutPrefix(p, "!")
			if strings.Contains(a.Body, p) == not {
				t.Errorf("%q: there is %v", p, not)
			}
		}
	}
}

func cookie(token string) map[string]string { return map[string]string{"Cookie": "session=" + token} }

// browser signs somebody in through the page and returns the header of their next requests.
func browser(t *testing.T, s *webtest.Site, name string) map[string]string {
	t.Helper()
	a := webtest.Do(t, s.Mux, webtest.Scenario{URL: "/dang-nhap", Form: url.Values{"name": {name}, "password": {goodPassword}}})
	if a.Status != http.StatusSeeOther || a.Cookies() == "" {
		t.Fatalf("sign-in of %s: %d %v", name, a.Status, a.Text())
	}
	return map[string]string{"Cookie": a.Cookies()}
}

func TestSignInPage(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		w.citizen("0905123456")
		w.official("lanhdao.so-tu-phap", "so-tu-phap", "Giám đốc", "leader", true)
		s := w.site()
		form := func(name, password, next string) url.Values {
			return url.Values{"name": {name}, "password": {password}, "next": {next}}
		}
		signed := browser(t, s, "0905123456")
		s.Run(t, []webtest.Scenario{
			{Name: "the page", URL: "/dang-nhap?next=%2Fnop%2F1", WantText: []string{"Đăng nhập", "Quên mật khẩu?"}, Check: markup(`<input type="hidden" name="next" value="/nop/1"`, `href="/dang-ky?next=%2Fnop%2F1"`)},
			{Name: "in English", URL: "/dang-nhap?lang=en", WantText: []string{"Sign in", "Forgotten your password?"}, WantNot: []string{"Mật khẩu"}},
			{Name: "citizen", URL: "/dang-nhap", Form: form("0905 123 456", goodPassword, ""), WantStatus: 303, WantLocation: "/ho-so-cua-toi"},
			{Name: "official", URL: "/dang-nhap", Form: form("lanhdao.so-tu-phap", goodPassword, "/"), WantStatus: 303, WantLocation: "/desk"},
			{Name: "back to where one came from", URL: "/dang-nhap", Form: form("0905123456", goodPassword, "/nop/1?b=2"), WantStatus: 303, WantLocation: "/nop/1?b=2"},
			{Name: "wrong password keeps the name", URL: "/dang-nhap", Form: form("0905 123 456", "sai mật khẩu", "/nop/1"), WantStatus: 422,
				WantText: []string{"Tên đăng nhập hoặc mật khẩu không đúng"}, Check: markup(`value="0905 123 456"`, `value="/nop/1"`, `href="#f-password"`, "!sai mật khẩu")},
			{Name: "a name with markup", URL: "/dang-nhap", Form: form(`"><script>alert(1)</script>`, "x", ""), WantStatus: 422, Check: markup("!<script>alert", "&lt;script&gt;alert(1)")},
			{Name: "signed in already", URL: "/dang-nhap?next=%2Fnop%2F1", Header: signed, WantStatus: 303, WantLocation: "/nop/1"},
			{Name: "another site", URL: "/dang-nhap", Form: form("0905123456", goodPassword, ""), Header: map[string]string{"Sec-Fetch-Site": "cross-site"}, WantStatus: 403},
			{Name: "sign-out of a stranger", Method: "POST", URL: "/dang-xuat", WantStatus: 303, WantLocation: "/"},
		})
		a := webtest.Do(t, s.Mux, webtest.Scenario{Method: "POST", URL: "/dang-xuat", Header: signed})
		if c := a.Header.Get("Set-Cookie"); !strings.Contains(strings.Join(a.Header.Values("Set-Cookie"), "\n"), "session=; Path=/") {
			t.Errorf("sign-out leaves the cookie: %s", c)
		}
		webtest.Run(t, s.Mux, []webtest.Scenario{{Name: "after sign-out", URL: "/tai-khoan", Header: signed, WantStatus: 303, WantLocation: "/dang-nhap?next=%2Ftai-khoan"}})
	})
}

// TestOpenRedirect holds that signing in leads to no other site.
func TestOpenRedirect(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	w.citizen("0905123456")
	s := w.site()
	for _, next := range []string{"//evil.example", "https://evil.example", "/\\evil.example", "\\/evil.example", "javascript:alert(1)", "/%2f/evil.example\r\nX: y", "evil.example", "/\t/evil.example", "///evil.example"} {
		s.Run(t, []webtest.Scenario{
			{Name: "sign in " + next, URL: "/dang-nhap", Form: url.Values{"name": {"0905123456"}, "password": {goodPassword}, "next": {next}}, WantStatus: 303, WantLocation: "/ho-so-cua-toi"},
			{Name: "page " + next, URL: "/dang-nhap?next=" + url.QueryEscape(next), Check: staysHere},
			{Name: "register page " + next, URL: "/dang-ky?next=" + url.QueryEscape(next), Check: staysHere},
		})
	}
}

// staysHere holds that nothing on a page leads to another site.
func staysHere(t *testing.T, a *webtest.Answer) {
	t.Helper()
	if next := a.Page.Find("input[name=next]").AttrOr("value", ""); next != "/" {
		t.Errorf("next is %q", next)
	}
	a.Page.Find("[href], [action]").Each(func(_ int, s *goquery.Selection) {
		to := s.AttrOr("href", s.AttrOr("action", ""))
		if !strings.HasPrefix(to, "#") && web.SafePath(to) != to {
			t.Errorf("a link leads to %q", to)
		}
	})
}

func TestCookie(t *testing.T) {
	for _, c := range []struct {
		secure bool
		want   []string
		not    string
	}{
		{false, []string{"session=", "Path=/", "HttpOnly", "SameSite=Lax"}, "Secure"},
		{true, []string{"__Host-session=", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"}, "Domain"},
	} {
		w := newTown(t, sqlite(t), cheap)
		w.scs = newSessions(w.Service, c.secure)
		w.citizen("0905123456")
		s := w.site()
		a := webtest.Do(t, s.Mux, webtest.Scenario{URL: "/dang-nhap", Form: url.Values{"name": {"0905123456"}, "password": {goodPassword}}})
		got := a.Header.Get("Set-Cookie")
		for _, part := range c.want {
			if !strings.Contains(got, part) {
				t.Errorf("secure %v: cookie %q lacks %q", c.secure, got, part)
			}
		}
		if strings.Contains(got, c.not) || strings.Contains(got, "Expires") {
			t.Errorf("secure %v: cookie %q", c.secure, got)
		}
		visitor := webtest.Do(t, s.Mux, webtest.Scenario{URL: "/dang-nhap"})
		if visitor.Header.Get("Set-Cookie") != "" {
			t.Error("a visitor gets a cookie")
		}
	}
}

// TestSessionFixation holds that a token planted before signing in is worth nothing afterwards.
func TestSessionFixation(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		w.citizen("0905123456")
		w.citizen("0905123457")
		s := w.site()
		attacker := browser(t, s, "0905123457")
		for name, planted := range map[string]map[string]string{"an invented token": cookie("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq"), "a living token of the attacker": attacker} {
			a := webtest.Do(t, s.Mux, webtest.Scenario{URL: "/dang-nhap", Header: planted, Form: url.Values{"name": {"0905123456"}, "password": {goodPassword}}})
			if name == "a living token of the attacker" && a.Status == http.StatusSeeOther && a.Cookies() == planted["Cookie"] {
				t.Errorf("%s: the token was kept", name)
			}
			if a.Cookies() == planted["Cookie"] || a.Cookies() == "" {
				t.Errorf("%s: cookie after sign-in %q", name, a.Cookies())
			}
			webtest.Run(t, s.Mux, []webtest.Scenario{{Name: name, URL: "/tai-khoan", Header: planted, WantStatus: 303, WantLocation: "*"}})
		}
	})
}

func TestRegisterPage(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		s := w.site()
		good := url.Values{"name": {"0905 123 456"}, "full_name": {"Rơ Châm H'Mai"}, "personal_id": {"064 190 001 234"}, "password": {goodPassword}, "repeat": {goodPassword}, "consent": {"1"}}
		but := func(pairs ...string) url.Values {
			v := url.Values{}
			for name, list := range good {
				v[name] = list
			}
			for i := 0; i < len(pairs); i += 2 {
				v.Set(pairs[i], pairs[i+1])
			}
			return v
		}
		s.Run(t, []webtest.Scenario{
			{Name: "the page", URL: "/dang-ky", WantText: []string{"Tạo tài khoản", "chưa xác thực", "(không bắt buộc)"}},
			{Name: "nothing filled in", URL: "/dang-ky", Form: url.Values{"x": {""}}, WantStatus: 422,
				WantText: []string{"Nhập họ và tên.", "Nhập số điện thoại hoặc địa chỉ thư điện tử", "Nhập mật khẩu.", "Cần đồng ý"}},
			{Name: "everything wrong is said at once and kept", URL: "/dang-ky", Form: but("name", "tiepnhan", "personal_id", "12", "repeat", "khác hẳn thế", "password", "12345678", "consent", ""), WantStatus: 422,
				WantText: []string{"hàng phím liền nhau"}, Check: markup(`href="#f-name"`, `href="#f-personal_id"`, `href="#f-repeat"`, `href="#f-password"`, `href="#f-consent"`, `value="Rơ Châm H&#39;Mai"`, `value="tiepnhan"`, "!khác hẳn thế", `!value="12345678"`)},
			{Name: "markup in the name", URL: "/dang-ky", Form: but("full_name", `<img src=x onerror=alert(1)>`), WantStatus: 422, Check: markup("!<img src=x")},
			{Name: "done", URL: "/dang-ky", Form: but(), WantStatus: 303, WantLocation: "/ho-so-cua-toi", Check: func(t *testing.T, a *webtest.Answer) {
				me := webtest.Do(t, s.Mux, webtest.Scenario{URL: "/tai-khoan", Header: map[string]string{"Cookie": a.Cookies()}})
				for _, want := range []string{"Rơ Châm H'Mai", "Chưa xác thực", "0905123456", "Tài khoản dùng được ngay"} {
					if !strings.Contains(me.Text(), want) {
						t.Errorf("no %q in %s", want, me.Text())
					}
				}
			}},
			{Name: "taken", URL: "/dang-ky", Form: but("name", "+84905123456"), WantStatus: 422, WantText: []string{"đã có tài khoản"}},
			{Name: "signed in already", URL: "/dang-ky", Header: browser(t, s, w.named("0905999000")), WantStatus: 303, WantLocation: "/tai-khoan"},
		})
	})
}

// named registers a citizen and returns the name to sign in with.
func (w *town) named(name string) string {
	w.citizen(name)
	return name
}

func TestMePage(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		w.citizen("0905123456")
		s := w.site()
		me, phone := browser(t, s, "0905123456"), browser(t, s, "0905123456")
		profile := url.Values{"full_name": {"Nguyễn Thị Mới"}, "birth_date": {"01/02/1990"}, "phone": {"0905 123 456"}, "email": {"Moi@Example.com"}, "address": {"Tổ 1, phường Thử"}, "personal_id": {""}}
		s.Run(t, []webtest.Scenario{
			{Name: "a stranger", URL: "/tai-khoan", WantStatus: 303, WantLocation: "/dang-nhap?next=%2Ftai-khoan"},
			{Name: "the page", URL: "/tai-khoan", Header: me, WantText: []string{"Nơi đang đăng nhập", "Thiết bị này", "Đăng xuất mọi thiết bị khác"}, WantNot: []string{"Vị trí"}},
			{Name: "in English", URL: "/tai-khoan?lang=en", Header: me, WantText: []string{"Change password", "Not verified"}, WantNot: []string{"Mật khẩu", "Chưa xác thực"}},
			{Name: "saved", URL: "/tai-khoan", Header: me, Form: profile, WantStatus: 303, WantLocation: "/tai-khoan"},
			{Name: "seen", URL: "/tai-khoan", Header: me, WantText: []string{"Nguyễn Thị Mới"}, Check: markup(`value="01/02/1990"`, `value="moi@example.com"`, `value="0905123456"`)},
			{Name: "wrong date keeps what was typed", URL: "/tai-khoan", Header: me, Form: url.Values{"full_name": {""}, "birth_date": {"31/02/1990"}, "address": {"Xã Thử"}}, WantStatus: 422,
				Check: markup(`value="31/02/1990"`, `value="Xã Thử"`, `href="#f-birth_date"`, `href="#f-full_name"`)},
			{Name: "wrong password", URL: "/tai-khoan/mat-khau", Header: me, Form: url.Values{"old": {"không phải"}, "password": {"ba con mèo tam thể"}, "repeat": {"ba con mèo tam thể"}}, WantStatus: 422,
				WantText: []string{"Mật khẩu đang dùng chưa đúng."}, Check: markup("!ba con mèo")},
			{Name: "not the same twice", URL: "/tai-khoan/mat-khau", Header: me, Form: url.Values{"old": {goodPassword}, "password": {"ba con mèo tam thể"}, "repeat": {"ba con"}}, WantStatus: 422, WantText: []string{"không giống nhau"}},
			{Name: "changed", URL: "/tai-khoan/mat-khau", Header: me, Form: url.Values{"old": {goodPassword}, "password": {"ba con mèo tam thể"}, "repeat": {"ba con mèo tam thể"}}, WantStatus: 303, WantLocation: "/tai-khoan",
				Check: func(_ *testing.T, a *webtest.Answer) { me["Cookie"] = a.Cookies() }}, // a new token
			{Name: "the other device is out", URL: "/tai-khoan", Header: phone, WantStatus: 303, WantLocation: "*"},
			{Name: "this one is not", URL: "/tai-khoan", Header: me, WantNot: []string{"Đăng xuất mọi thiết bị khác"}},
			{Name: "a session that is not there", URL: "/tai-khoan/phien", Header: me, Form: url.Values{"session": {"0190"}}, WantStatus: 303, WantLocation: "/tai-khoan"},
		})
	})
}

// TestOtherPeoplesSessions holds that nobody ends or sees the sessions of somebody else.
func TestOtherPeoplesSessions(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		victim := w.citizen("0905123456")
		w.citizen("0905123457")
		s := w.site()
		theirs, mine := browser(t, s, "0905123456"), browser(t, s, "0905123457")
		var ids []string
		if err := w.db.Select(t.Context(), &ids, `SELECT id FROM identity_session WHERE account_id = ?`, victim.ID); err != nil || len(ids) != 1 {
			t.Fatal(ids, err)
		}
		s.Run(t, []webtest.Scenario{
			{Name: "end one", URL: "/tai-khoan/phien", Header: mine, Form: url.Values{"session": {ids[0]}}, WantStatus: 303, WantLocation: "/tai-khoan"},
			{Name: "end all", URL: "/tai-khoan/phien", Header: mine, Form: url.Values{"session": {"others"}}, WantStatus: 303, WantLocation: "/tai-khoan"},
			{Name: "not seen", URL: "/tai-khoan", Header: mine, Check: markup("!" + ids[0])},
			{Name: "still there", URL: "/tai-khoan", Header: theirs},
			{Name: "the id is no token", URL: "/tai-khoan", Header: cookie(ids[0]), WantStatus: 303, WantLocation: "*"},
		})
		var hashes []string
		if err := w.db.Select(t.Context(), &hashes, `SELECT token_hash FROM identity_session`); err != nil {
			t.Fatal(err)
		}
		for _, h := range hashes {
			s.Run(t, []webtest.Scenario{{Name: "a stolen hash is no token", URL: "/tai-khoan", Header: cookie(h), WantStatus: 303, WantLocation: "*"}})
			if strings.Contains(theirs["Cookie"], h) || strings.Contains(mine["Cookie"], h) {
				t.Error("the token lies in the database")
			}
		}
	})
}

func TestSessionsExpire(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		w.citizen("0905123456")
		s := w.site()
		alive := func(header map[string]string) bool {
			return webtest.Do(t, s.Mux, webtest.Scenario{URL: "/tai-khoan", Header: header}).Status == http.StatusOK
		}
		idle := browser(t, s, "0905123456")
		w.clock.Advance(29 * time.Minute)
		if !alive(idle) {
			t.Error("ended before it was idle")
		}
		w.clock.Advance(29 * time.Minute)
		if !alive(idle) {
			t.Error("using it does not keep it")
		}
		w.clock.Advance(31 * time.Minute)
		if alive(idle) {
			t.Error("an idle session counts")
		}
		used := browser(t, s, "0905123456")
		for range 11*3 + 2 {
			w.clock.Advance(20 * time.Minute)
			if !alive(used) {
				t.Fatal("a used session ended early")
			}
		}
		w.clock.Advance(20 * time.Minute)
		if alive(used) {
			t.Error("a session counts after its lifetime")
		}
		var n int64
		if err := w.Clean(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := w.db.Get(t.Context(), &n, `SELECT COUNT(id) FROM identity_session`); err != nil || n != 0 {
			t.Errorf("%d sessions after cleaning, %v", n, err)
		}
	})
}

func TestActingPost(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		acc := w.official("concurrent.so-tu-phap", "so-tu-phap/justice", "Trưởng phòng", "division-head", false)
		second, err := w.org.AddPost(w.system, org.Post{PersonID: acc.PersonID, UnitID: w.unit("so-noi-vu").ID, Title: "Thành viên tổ công tác"})
		if err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(postsKept)
		s := w.site()
		me, other := browser(t, s, "concurrent.so-tu-phap"), browser(t, s, "concurrent.so-tu-phap")
		api := func(header map[string]string) MeV1 {
			var v MeV1
			webtest.Do(t, s.Mux, webtest.Scenario{URL: "/api/v1/identity/me", Header: header}).Into(t, &v)
			return v
		}
		if v := api(me); v.Title != "Trưởng phòng" || v.Agency != w.unit("so-tu-phap").Name || v.AgencyID != string(w.unit("so-tu-phap").ID) {
			t.Errorf("main post: %+v", v)
		}
		s.Run(t, []webtest.Scenario{
			{Name: "both posts", URL: "/tai-khoan", Header: me, WantText: []string{"Vị trí đang làm việc", "Trưởng phòng", "Thành viên tổ công tác"}},
			{Name: "change", URL: "/tai-khoan/vi-tri", Header: me, Form: url.Values{"post": {string(second.ID)}}, WantStatus: 303, WantLocation: "/tai-khoan"},
			{Name: "a post one does not hold", URL: "/tai-khoan/vi-tri", Header: me, Form: url.Values{"post": {"0190"}}, WantStatus: 422, WantText: []string{"Chọn một vị trí công tác đang giữ."}},
		})
		if v := api(me); v.Title != "Thành viên tổ công tác" || v.AgencyID != string(w.unit("so-noi-vu").ID) || len(v.Grants) != 1 {
			t.Errorf("second post: %+v", v)
		}
		if v := api(other); v.Title != "Trưởng phòng" {
			t.Errorf("another session changed too: %+v", v)
		}
		if err := w.org.EndPost(w.system, second.ID, w.today().AddDays(1)); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(20 * time.Minute)
		w.clock.Set(w.today().AddDays(1).At(0, 5))
		me = browser(t, s, "concurrent.so-tu-phap")
		if v := api(me); v.Title != "Trưởng phòng" {
			t.Errorf("after the end of the post: %+v", v)
		}
	})
}

func TestAPI(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		s := w.site()
		var token string
		register := map[string]any{"name": "0905123456", "full_name": "Nguyễn Văn Thử", "password": goodPassword, "consent": true}
		s.Run(t, []webtest.Scenario{
			{Name: "register", URL: "/api/v1/identity/accounts", JSON: register, WantStatus: 201, WantText: []string{`"kind":"citizen"`, `"verified":false`}},
			{Name: "taken", URL: "/api/v1/identity/accounts", JSON: register, WantStatus: 422, WantKind: "invalid", WantFields: []string{"name"}},
			{Name: "without consent", URL: "/api/v1/identity/accounts", JSON: map[string]any{"name": "0905123457", "full_name": "Lê Thử", "password": "12345678", "consent": false}, WantStatus: 422, WantKind: "invalid", WantFields: []string{"password", "consent"}},
			{Name: "stranger", URL: "/api/v1/identity/me", WantStatus: 401, WantKind: "unauthenticated"},
			{Name: "wrong password", Method: "PUT", URL: "/api/v1/identity/session", JSON: map[string]any{"name": "0905123456", "password": "sai mật khẩu"}, WantStatus: 422, WantKind: "invalid"},
			{Name: "sign in", Method: "PUT", URL: "/api/v1/identity/session", JSON: map[string]any{"name": "0905123456", "password": goodPassword}, Check: func(t *testing.T, a *webtest.Answer) {
				var out struct {
					Token     string    `json:"token"`
					ExpiresAt time.Time `json:"expires_at"`
					Me        MeV1      `json:"me"`
				}
				a.Into(t, &out)
				token = out.Token
				if !strings.Contains(a.Cookies(), "session="+token) || len(token) < 40 || out.Me.FullName != "Nguyễn Văn Thử" || !out.ExpiresAt.Equal(w.clock.Now().Add(12*time.Hour)) {
					t.Errorf("%+v, cookies %q", out, a.Cookies())
				}
			}},
		})
		bearer := map[string]string{"Authorization": "Bearer " + token}
		s.Run(t, []webtest.Scenario{
			{Name: "by token", URL: "/api/v1/identity/me", Header: bearer, WantText: []string{"Nguyễn Văn Thử"}},
			{Name: "by cookie", URL: "/api/v1/identity/me", Header: cookie(token), WantText: []string{"Nguyễn Văn Thử"}},
			{Name: "a token opens no page", URL: "/tai-khoan", Header: bearer, WantStatus: 303, WantLocation: "*"},
			{Name: "a wrong token beside a good cookie", URL: "/api/v1/identity/me", Header: map[string]string{"Authorization": "Bearer nothing", "Cookie": "session=" + token}, WantStatus: 401},
			{Name: "sign out", Method: "DELETE", URL: "/api/v1/identity/session", Header: bearer, WantStatus: 204},
			{Name: "afterwards", URL: "/api/v1/identity/me", Header: bearer, WantStatus: 401},
		})
	})
}

// TestTemplatesAreTranslated holds that no Vietnamese is left on the English pages.
func TestTemplatesAreTranslated(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	w.official("quantri.thu", "ubnd-tinh", "Quản trị", "administrator", true)
	clerk := w.official("tiepnhan.thu", "so-tu-phap", "Công chức", "reception", false)
	s := w.site()
	admin := browser(t, s, "quantri.thu")
	letters := regexp.MustCompile(`(?i)[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]`)
	for _, u := range []string{"/dang-nhap", "/dang-ky", "/tai-khoan", "/identity/accounts", "/identity/new", "/identity/accounts/" + string(clerk.ID)} {
		header := map[string]string{}
		if !strings.HasPrefix(u, "/dang") {
			header = admin
		}
		a := webtest.Do(t, s.Mux, webtest.Scenario{URL: u + "?lang=en", Header: header})
		text := a.Page.Find("main").Find("label, legend, h2, h3, th, button, summary, .form-hint, .lt-chip, .lt-empty").Text()
		for _, line := range strings.Split(text, "\n") {
			if letters.MatchString(line) {
				t.Errorf("%s: %s", u, strings.TrimSpace(line))
			}
		}
	}
}
