package identity

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/webtest"
)

func TestSecretForm(t *testing.T) {
	seen := map[string]bool{}
	for range 50 {
		s := newSecret()
		if seen[s] || !wellFormed(s) || !looksLikeSecret(s) || len(s) != 41 {
			t.Fatalf("%q", s)
		}
		seen[s] = true
		for i := range len(tokenPrefix) + tokenRandom {
			other := byte('x')
			if s[i] == other {
				other = 'y'
			}
			if wellFormed(s[:i] + string(other) + s[i+1:]) {
				t.Errorf("a mistyped letter at %d is not seen", i)
			}
		}
	}
	for _, s := range []string{"", "lt_", "lt", "lt_abc", newSecret() + "a", newSecret()[1:], strings.ToUpper(newSecret())} {
		if wellFormed(s) {
			t.Errorf("%q is well formed", s)
		}
	}
}

func TestScopes(t *testing.T) {
	known := map[string]bool{"dossier.read": true, "dossier.accept": true, "identity.manage": true}
	for _, c := range []struct {
		scopes, want, allows, refuses string
		readOnly                      bool
	}{
		{"*", "*", "dossier.read dossier.accept identity.manage", "", false},
		{"read", "read", "dossier.read dossier.accept identity.manage", "", true},
		{"dossier.*", "dossier.*", "dossier.read dossier.accept", "identity.manage dossiers.read", false},
		{"dossier.read dossier.read", "dossier.read", "dossier.read", "dossier.accept identity.manage", false},
		{"read dossier.*", "dossier.* read", "dossier.accept", "identity.manage", true},
		{"dossier.read  identity.manage", "dossier.read identity.manage", "dossier.read identity.manage", "dossier.accept", false},
	} {
		got, m, ok := Scopes(strings.Split(c.scopes, " ")).clean(known)
		if !ok || strings.Join(got, " ") != c.want || got.ReadOnly() != c.readOnly {
			t.Errorf("%s: %q %v %v", c.scopes, got, m, ok)
		}
		for _, p := range strings.Fields(c.allows) {
			if !got.Allows(p) {
				t.Errorf("%s does not allow %s", c.scopes, p)
			}
		}
		for _, p := range strings.Fields(c.refuses) {
			if got.Allows(p) {
				t.Errorf("%s allows %s", c.scopes, p)
			}
		}
	}
	for _, bad := range []string{"", " ", "dossier", "dossier.", "dossier.fly", "mail.*", "*.*", "Dossier.read", "read write", "dossier.*;--"} {
		if s, _, ok := (Scopes(strings.Fields(bad))).clean(known); ok {
			t.Errorf("%q is %q", bad, s)
		}
	}
	grants := []actor.Grant{{UnitPath: "/a/", Permissions: map[string]bool{"dossier.read": true, "identity.manage": true}}, {UnitPath: "/b/", Permissions: map[string]bool{"identity.manage": true}}}
	if cut := (Scopes{"dossier.*"}).cut(grants); len(cut) != 1 || len(cut[0].Permissions) != 1 || !cut[0].Permissions["dossier.read"] || len(grants[0].Permissions) != 2 {
		t.Errorf("cut = %+v of %+v", cut, grants)
	}
}

func TestNetworks(t *testing.T) {
	list, _, ok := parseNetworks(" 10.1.2.3, 192.168.7.9/24;2001:db8::1\n10.1.2.3")
	if !ok || !slices.Equal(list, []string{"10.1.2.3/32", "192.168.7.0/24", "2001:db8::1/128"}) {
		t.Errorf("%v", list)
	}
	for _, bad := range []string{"10.1.2", "10.1.2.3/40", "localhost", "10.0.0.0/8, x", strings.Repeat("10.1.1.1,10.2.", 30)} {
		if _, _, ok := parseNetworks(bad); ok {
			t.Errorf("%q is taken", bad)
		}
	}
	tok := Token{Networks: list}
	for ip, want := range map[string]bool{"10.1.2.3": true, "::ffff:10.1.2.3": true, "10.1.2.4": false, "192.168.7.200": true, "192.168.8.1": false, "2001:db8::1": true, "": false, "x": false} {
		if tok.from(ip) != want {
			t.Errorf("from %q = %v", ip, !want)
		}
	}
}

func TestTokenLife(t *testing.T) {
	today := clock.MustDate("2026-11-23")
	for _, c := range []struct {
		in    string
		valid bool
	}{{"", true}, {"2026-11-23", false}, {"2026-11-22", false}, {"2026-11-24", true}, {"2027-11-24", true}, {"2027-11-25", false}} {
		on, _ := clock.ParseDate(c.in)
		n := NewToken{Name: "x", Scopes: []string{"read"}, ExpiresOn: on}
		if _, _, err := n.check(today, nil); (err == nil) != c.valid {
			t.Errorf("%s: %v", c.in, err)
		}
	}
	n := NewToken{Scopes: []string{"x"}, Networks: "x", ExpiresOn: today}
	_, _, err := n.check(today, nil)
	if f := fields(err); len(f) != 4 {
		t.Errorf("%v", f)
	}
	tok := Token{ExpiresOn: today.AddDays(warnTokenDays)}
	for days, want := range map[int]bool{-1: false, 0: true, 13: true, 14: false} {
		if tok.EndsSoon(today.AddDays(days)) != want {
			t.Errorf("in %d days ends soon: %v", days, !want)
		}
	}
}

// withToken returns the header of a program.
func withToken(secret string) map[string]string {
	return map[string]string{"Authorization": "Bearer " + secret}
}

func (w *town) token(acc Account, scopes ...string) (Token, string) {
	w.t.Helper()
	tok, secret, err := w.MakeToken(w.as(acc), NewToken{Name: "Phần mềm thử", Scopes: scopes})
	if err != nil {
		w.t.Fatal(err)
	}
	return tok, secret
}

// TestTokenActs holds that a token acts as its account with less, and stops when it should.
func TestTokenActs(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		root, local, clerk := staffed(w)
		s := w.site()
		me, list := "/api/v1/identity/me", "/api/v1/identity/accounts"
		all, full := w.token(root, "*")
		_, look := w.token(root, "read")
		_, other := w.token(root, "dossier.*")
		_, clerks := w.token(clerk, "*")
		if all.Ending != full[len(full)-4:] || strings.Contains(fmt.Sprint(all), full) {
			t.Errorf("%+v", all)
		}
		block := func(secret string) webtest.Scenario {
			return webtest.Scenario{Method: "PUT", URL: list + "/" + string(clerk.ID) + "/blocked", JSON: map[string]any{"blocked": false}, Header: withToken(secret)}
		}
		s.Run(t, []webtest.Scenario{
			{Name: "acts", URL: me, Header: withToken(full), WantText: []string{`"full_name":"Trần Văn Quản trị tỉnh"`, "identity.manage"}},
			{Name: "with its grants", URL: list, Header: withToken(full), WantText: []string{"clerk.justice"}},
			{Name: "reads", URL: list, Header: withToken(look), WantText: []string{"clerk.justice"}},
			{Name: "less", URL: list, Header: withToken(other), WantStatus: 403},
			{Name: "less of me", URL: me, Header: withToken(other), WantNot: []string{"identity.manage"}},
			{Name: "no page opens", URL: "/tai-khoan", Header: withToken(full), WantStatus: 303, WantLocation: "*"},
			{Name: "mistyped", URL: me, Header: withToken(full[:20] + "?" + full[21:]), WantStatus: 401, WantText: []string{"chép thiếu"}},
			{Name: "of nobody", URL: me, Header: withToken(newSecret()), WantStatus: 401, WantText: []string{"không có"}},
			{Name: "also where no account is needed", URL: "/api/v1/identity/session", Method: "DELETE", Header: withToken(newSecret()), WantStatus: 401},
			{Name: "as another scheme", URL: me, Header: map[string]string{"Authorization": "Basic " + full}, WantStatus: 401},
			{Name: "as a cookie", URL: me, Header: cookie(full), WantStatus: 401},
			{Name: "its own password", Method: "PUT", URL: "/api/v1/identity/me/password", Header: withToken(full), JSON: map[string]any{"old": goodPassword, "password": goodPassword + "1"}, WantStatus: 403, WantText: []string{"mã truy cập"}},
			{Name: "another token", Method: "POST", URL: "/api/v1/identity/tokens", Header: withToken(full), JSON: map[string]any{"name": "x", "scopes": []string{"*"}}, WantStatus: 403},
			{Name: "a token of another", Method: "DELETE", URL: "/api/v1/identity/tokens/" + string(all.ID), Header: withToken(clerks), WantStatus: 403},
		})
		yes, no := block(full), block(look)
		yes.WantStatus, no.WantStatus, no.WantText = 204, 403, []string{"chỉ được đọc"}
		s.Run(t, []webtest.Scenario{yes, no})
		// grants end
		grants, err := w.store.grantsOf(w.system, w.db, root.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Revoke(w.system, grants[0].ID); err != nil {
			t.Fatal(err)
		}
		s.Run(t, []webtest.Scenario{{Name: "a grant that ended", URL: list, Header: withToken(full), WantStatus: 403}})
		// blocked
		if err := w.SetBlocked(w.as(local), clerk.ID, true); err != nil {
			t.Fatal(err)
		}
		s.Run(t, []webtest.Scenario{{Name: "blocked", URL: me, Header: withToken(clerks), WantStatus: 401, WantText: []string{"bị khóa"}}})
		// revoked by itself, and run out
		s.Run(t, []webtest.Scenario{
			{Name: "ends itself", Method: "DELETE", URL: "/api/v1/identity/tokens/" + string(all.ID), Header: withToken(full), WantStatus: 204},
			{Name: "revoked", URL: me, Header: withToken(full), WantStatus: 401, WantText: []string{"thu hồi"}},
		})
		w.clock.Advance(tokenDays * 24 * time.Hour)
		s.Run(t, []webtest.Scenario{{Name: "run out", URL: me, Header: withToken(look), WantStatus: 401, WantText: []string{"hết hạn"}}})
	})
}

// TestTokenTraces holds that uses are noted once a minute, and that the audit record names the token.
func TestTokenTraces(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		root, _, clerk := staffed(w)
		tok, secret := w.token(root, "*")
		use := func(ip string) (actor.Actor, error) {
			return w.bearer2(secret, ip, true)
		}
		first := w.clock.Now()
		if _, err := use("10.0.0.1"); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(30 * time.Second)
		if _, err := use("10.0.0.2"); err != nil {
			t.Fatal(err)
		}
		seen := func() Token {
			list, err := w.Tokens(w.as(root))
			if err != nil || len(list) != 1 {
				t.Fatal(err, list)
			}
			return list[0]
		}
		if got := seen(); !got.LastUsedAt.Equal(first) || got.LastUsedIP != "10.0.0.1" {
			t.Errorf("%+v", got)
		}
		w.clock.Advance(31 * time.Second)
		a, err := use("10.0.0.3")
		if err != nil || a.Token != string(tok.ID) {
			t.Fatal(a, err)
		}
		if got := seen(); got.LastUsedIP != "10.0.0.3" {
			t.Errorf("%+v", got)
		}
		if err := w.SetBlocked(actor.With(t.Context(), a), clerk.ID, true); err != nil {
			t.Fatal(err)
		}
		page, err := audit.New(audit.Deps{DB: w.db}).List(w.system, audit.Query{Action: "identity.block"})
		if err != nil || len(page.Rows) != 1 || !strings.Contains(page.Rows[0].Detail, `"token":"`+string(tok.ID)+`"`) || page.Rows[0].ActorID != string(root.ID) {
			t.Errorf("%+v %v", page.Rows, err)
		}
	})
}

// bearer2 is bearer with an address on the network.
func (w *town) bearer2(secret, ip string, changing bool) (actor.Actor, error) {
	return w.Service.bearer(w.t.Context(), secret, ip, changing)
}

func TestTokenBounds(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		root, _, clerk := staffed(w)
		citizen := w.Service.mustAccount(t, "0905123456")
		_, _, err := w.MakeToken(t.Context(), NewToken{Name: "x", Scopes: []string{"*"}})
		wantKind(t, err, fault.Unauthenticated)
		_, _, err = w.MakeToken(w.as(citizen), NewToken{Name: "x", Scopes: []string{"dossier.read"}})
		wantKind(t, err, fault.Invalid)
		_, secret, err := w.MakeToken(w.as(citizen), NewToken{Name: "x", Scopes: []string{"*"}, Networks: "10.1.0.0/16"})
		if err != nil {
			t.Fatal(err)
		}
		if a, err := w.bearer2(secret, "10.1.2.3", true); err != nil || a.Kind != actor.Person || a.ID != string(citizen.ID) {
			t.Errorf("%+v %v", a, err)
		}
		_, err = w.bearer2(secret, "10.2.2.3", false)
		wantKind(t, err, fault.Forbidden)
		for range tokensMost {
			w.token(clerk, "read")
		}
		_, _, err = w.MakeToken(w.as(clerk), NewToken{Name: "x", Scopes: []string{"*"}})
		wantKind(t, err, fault.Conflict)
		_, _, err = w.MakeSecret(w.as(root), clerk.ID, NewToken{Name: "x", Scopes: []string{"*"}})
		wantKind(t, err, fault.Forbidden)
	})
}

func (s *Service) mustAccount(t *testing.T, login string) Account {
	t.Helper()
	acc, err := s.store.accountByName(t.Context(), s.db, login)
	if err != nil {
		t.Fatal(err)
	}
	return acc
}

// TestPrograms holds what one can do with the account of a program, and who can.
func TestPrograms(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		root, local, _ := staffed(w)
		justice := w.unit("so-tu-phap").ID
		acc, err := w.AddProgram(w.as(local), NewProgram{Name: "phan-mem.so-tu-phap", FullName: "Phần mềm một cửa", UnitID: justice})
		if err != nil || !acc.Program() {
			t.Fatal(acc, err)
		}
		for name, n := range map[string]NewProgram{"name": {Name: "0905123123", FullName: "x", UnitID: justice}, "full_name": {Name: "abc", UnitID: justice}} {
			if _, err := w.AddProgram(w.as(local), n); fields(err)[name] == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err = w.AddProgram(w.as(local), NewProgram{Name: "phan-mem.so-tu-phap", FullName: "Hai", UnitID: justice})
		wantKind(t, err, fault.Invalid)
		_, err = w.AddProgram(w.as(local), NewProgram{Name: "xa", FullName: "Xa", UnitID: w.unit("so-xay-dung").ID})
		wantKind(t, err, fault.Forbidden)
		_, err = w.SignIn(t.Context(), "phan-mem.so-tu-phap", "")
		wantKind(t, err, fault.Invalid)
		wantKind(t, w.ResetPassword(w.as(local), acc.ID, goodPassword), fault.Forbidden)

		_, old, err := w.MakeSecret(w.as(local), acc.ID, NewToken{Name: "khóa 1", Scopes: []string{"*"}})
		if err != nil {
			t.Fatal(err)
		}
		second, fresh, err := w.MakeSecret(w.as(local), acc.ID, NewToken{Name: "khóa 2", Scopes: []string{"dossier.*"}, Networks: "10.0.0.1"})
		if err != nil {
			t.Fatal(err)
		}
		from := actor.With(t.Context(), actor.Actor{IP: "10.0.0.1"})
		for _, c := range []struct {
			client, secret string
			ok             bool
		}{
			{string(acc.ID), old, true}, {"phan-mem.so-tu-phap", fresh, true}, {"Phan-Mem.so-tu-phap", fresh, true},
			{string(root.ID), old, false}, {"", old, false}, {string(acc.ID), "", false}, {string(acc.ID), newSecret(), false},
		} {
			got, access, err := w.VerifySecret(from, c.client, c.secret)
			if (err == nil) != c.ok || c.ok && (got.ID != acc.ID || access.AccountID != acc.ID || access.ID == "") {
				t.Errorf("%q: %+v %v", c.client, access, err)
			}
		}
		_, _, err = w.VerifySecret(t.Context(), string(acc.ID), fresh)
		wantKind(t, err, fault.Unauthenticated)
		_, mine := w.token(root, "*")
		_, _, err = w.VerifySecret(from, string(root.ID), mine)
		wantKind(t, err, fault.Unauthenticated) // of a person, not of a program
		if err := w.RevokeTokenOf(w.as(local), acc.ID, second.ID); err != nil {
			t.Fatal(err)
		}
		wantKind(t, w.RevokeTokenOf(w.as(local), acc.ID, second.ID), fault.NotFound)
		_, _, err = w.VerifySecret(from, string(acc.ID), fresh)
		wantKind(t, err, fault.Unauthenticated)
		// a grant its administrator could not give takes the account out of his hands
		if _, err := w.Grant(w.system, Grant{AccountID: acc.ID, Role: "administrator", UnitID: w.unit("ubnd-tinh").ID, Below: true, Reason: "thử"}); err != nil {
			t.Fatal(err)
		}
		_, _, err = w.MakeSecret(w.as(local), acc.ID, NewToken{Name: "khóa 3", Scopes: []string{"*"}})
		wantKind(t, err, fault.Forbidden)
	})
}

// otherRoom issues the token "abc" for an account.
type otherRoom struct{ acc Access }

func (o otherRoom) Bearer(_ context.Context, token string) (Access, bool, error) {
	return o.acc, token == "abc", nil
}

func TestOtherBearers(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	root, _, clerk := staffed(w)
	w.AcceptBearers(otherRoom{Access{"t1", root.ID, Scopes{"identity.*"}}})
	if a, err := w.bearer2("abc", "", true); err != nil || a.ID != string(root.ID) || a.Token != "t1" || !a.CanSomewhere(PermManage) || a.CanSomewhere("org.manage") {
		t.Errorf("%+v %v", a, err)
	}
	if a, err := w.bearer2("abd", "", true); err != nil || a.SignedIn() {
		t.Errorf("%+v %v", a, err)
	}
	w.AcceptBearers(otherRoom{})
	if err := w.SetBlocked(w.system, root.ID, true); err != nil {
		t.Fatal(err)
	}
	_, err := w.bearer2("abc", "", false)
	wantKind(t, err, fault.Unauthenticated)
	_, err = w.ActAs(w.system, root.ID)
	wantKind(t, err, fault.Forbidden)
	_, err = w.ActAs(w.as(clerk), clerk.ID)
	wantKind(t, err, fault.Forbidden)
	ctx, err := w.ActAs(w.system, clerk.ID)
	if a := actor.From(ctx); err != nil || a.ID != string(clerk.ID) || !a.CanSomewhere("dossier.process") {
		t.Errorf("%+v %v", a, err)
	}
}

func TestWarnTokens(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		_, _, clerk := staffed(w)
		tok, _ := w.token(clerk, "read")
		gone, _ := w.token(clerk, "read")
		if err := w.RevokeToken(w.as(clerk), gone.ID); err != nil {
			t.Fatal(err)
		}
		count := func() (n int) {
			if err := w.db.Get(w.system, &n, `SELECT COUNT(*) FROM event_outbox WHERE name = ? AND payload LIKE ?`, EventTokenEnding, "%"+string(tok.ID)+"%"); err != nil {
				t.Fatal(err)
			}
			return n
		}
		for _, step := range []struct{ days, want int }{{0, 0}, {tokenDays - warnTokenDays - 1, 0}, {1, 1}, {1, 1}} {
			w.clock.Advance(time.Duration(step.days) * 24 * time.Hour)
			if err := w.WarnTokens(w.system); err != nil {
				t.Fatal(err)
			}
			if got := count(); got != step.want {
				t.Errorf("after %d more days: %d warnings, want %d", step.days, got, step.want)
			}
		}
	})
}

// TestTokenPages holds that people make and end tokens on the pages, and see the secret once.
func TestTokenPages(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		_, local, clerk := staffed(w)
		s := w.site()
		mine, small := browser(t, s, "clerk.justice"), browser(t, s, "local.admin")
		tokens := "/identity/accounts/" + string(clerk.ID) + "/tokens"
		var secret string
		s.Run(t, []webtest.Scenario{
			{Name: "the account leads there", URL: "/tai-khoan", Header: mine, Check: markup(`href="/tai-khoan/ma-truy-cap"`)},
			{Name: "none yet", URL: myTokens, Header: mine, WantText: []string{"Chưa có mã truy cập nào", "dossier.process"}, WantNot: []string{"identity.manage"}},
			{Name: "in English", URL: myTokens + "?lang=en", Header: mine, WantText: []string{"Access tokens for programs"}, WantNot: []string{"Phần mềm nào"}},
			{Name: "nothing typed", URL: myTokens + "?lang=vi", Header: mine, Form: url.Values{"use": {useChosen}, "expires_on": {"23/11/2026"}, "networks": {"x"}}, WantStatus: 422,
				WantText: []string{"Đặt tên để sau này", "ít nhất một việc", "trong vòng một năm", "không phải địa chỉ mạng"}, Check: markup(`value="23/11/2026"`)},
			{Name: "make", URL: myTokens, Header: mine, Form: url.Values{"name": {"Máy quét"}, "use": {useChosen}, "permission": {"dossier.process"}, "expires_on": {"01/02/2027"}},
				WantText: []string{"Mã mới: Máy quét", "01/02/2027", "chưa dùng"}, Check: func(t *testing.T, a *webtest.Answer) {
					if secret = a.Page.Find(".lt-keep-row .lt-code").Text(); !wellFormed(secret) || a.Header.Get("Cache-Control") != "no-store" {
						t.Errorf("%q %v", secret, a.Header)
					}
				}},
		})
		s.Run(t, []webtest.Scenario{
			{Name: "shown once", URL: myTokens, Header: mine, WantText: []string{"Máy quét", "lt_…" + secret[len(secret)-4:]}, Check: markup("!" + secret)},
			{Name: "it acts", URL: "/api/v1/identity/me", Header: withToken(secret), WantText: []string{"dossier.process"}, WantNot: []string{"dossier.read"}},
			{Name: "the administrator sees it", URL: tokens, Header: small, WantText: []string{"Máy quét"}, WantNot: []string{"Tạo mã truy cập"}},
			{Name: "and makes none", URL: tokens, Header: small, Form: url.Values{"name": {"x"}, "use": {useAll}}, WantStatus: 422, WantText: []string{"tự tạo mã truy cập"}},
			{Name: "of another agency", URL: "/identity/accounts/" + string(w.idOf("far.away")) + "/tokens", Header: small, WantStatus: 404},
			{Name: "of oneself through the other page", URL: "/identity/accounts/" + string(local.ID) + "/tokens", Header: mine, WantStatus: 403},
			{Name: "new program", URL: "/identity/programs/new", Header: small, WantText: []string{"Đơn vị chịu trách nhiệm"}},
			{Name: "a program without name", URL: "/identity/programs", Header: small, Form: url.Values{"unit": {"so-tu-phap"}}, WantStatus: 422, WantText: []string{"Nhập tên phần mềm"}},
			{Name: "a program nowhere", URL: "/identity/programs", Header: small, Form: url.Values{"unit": {""}, "full_name": {"Phần mềm A"}}, WantStatus: 422, Check: markup(`value="Phần mềm A"`)},
			{Name: "program", URL: "/identity/programs", Header: small, Form: url.Values{"unit": {"so-tu-phap"}, "full_name": {"Phần mềm A"}, "name": {"phan-mem-a"}}, WantStatus: 303, WantLocation: "*"},
		})
		program := string(w.idOf("phan-mem-a"))
		var made string
		s.Run(t, []webtest.Scenario{
			{Name: "its page", URL: "/identity/accounts/" + program, Header: small, WantText: []string{"Phần mềm A", "Mã truy cập cho phần mềm"}, WantNot: []string{"Đặt lại mật khẩu"}},
			{Name: "its secrets", URL: "/identity/accounts/" + program + "/tokens", Header: small, WantText: []string{"khóa bí mật"}},
			{Name: "a secret", URL: "/identity/accounts/" + program + "/tokens", Header: small, Form: url.Values{"name": {"Khóa 1"}, "use": {useAll}}, WantText: []string{"Mã chương trình", program}, Check: func(t *testing.T, a *webtest.Answer) {
				made = a.Page.Find("input[name=token]").First().AttrOr("value", "")
			}},
		})
		s.Run(t, []webtest.Scenario{
			{Name: "revoke", URL: "/identity/accounts/" + program + "/tokens/revoke", Header: small, Form: url.Values{"token": {made}}, WantStatus: 303, WantLocation: "/identity/accounts/" + program + "/tokens"},
			{Name: "revoke again", URL: "/identity/accounts/" + program + "/tokens/revoke", Header: small, Form: url.Values{"token": {made}}, WantStatus: 404},
			{Name: "revoke what is not mine", URL: myTokens + "/thu-hoi", Header: mine, Form: url.Values{"token": {made}}, WantStatus: 404},
		})
	})
}

// TestTokenAPI holds that programs do with tokens what people do on the pages.
func TestTokenAPI(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		staffed(w)
		s := w.site()
		small := w.bearer("local.admin")
		justice := w.unit("so-tu-phap").ID
		var mine MadeTokenV1
		var program MeV1
		s.Run(t, []webtest.Scenario{
			{Name: "make", Method: "POST", URL: "/api/v1/identity/tokens", Header: small, JSON: map[string]any{"name": "Máy", "scopes": []string{"identity.*", "read"}, "networks": "192.0.2.0/24", "expires_on": "2027-03-01"}, WantStatus: 201,
				Check: func(t *testing.T, a *webtest.Answer) { a.Into(t, &mine) }},
			{Name: "wrong", Method: "POST", URL: "/api/v1/identity/tokens", Header: small, JSON: map[string]any{"name": "", "scopes": []string{"fly"}, "networks": "x", "expires_on": "2029-03-01"}, WantStatus: 422, WantFields: []string{"name", "scopes", "networks", "expires_on"}},
			{Name: "list", URL: "/api/v1/identity/tokens", Header: small, WantText: []string{`"name":"Máy"`, `"holds":true`, `"networks":["192.0.2.0/24"]`}, WantNot: []string{"secret"}},
			{Name: "program", Method: "POST", URL: "/api/v1/identity/programs", Header: small, JSON: map[string]any{"name": "phan-mem-b", "full_name": "Phần mềm B", "unit_id": justice}, WantStatus: 201,
				Check: func(t *testing.T, a *webtest.Answer) { a.Into(t, &program) }},
		})
		of := "/api/v1/identity/accounts/" + program.ID + "/tokens"
		var secret MadeTokenV1
		s.Run(t, []webtest.Scenario{
			{Name: "secret", Method: "POST", URL: of, Header: small, JSON: map[string]any{"name": "Khóa", "scopes": []string{"*"}}, WantStatus: 201, Check: func(t *testing.T, a *webtest.Answer) { a.Into(t, &secret) }},
			{Name: "secrets", URL: of, Header: small, WantText: []string{`"name":"Khóa"`}},
		})
		s.Run(t, []webtest.Scenario{
			{Name: "it acts", URL: "/api/v1/identity/me", Header: withToken(secret.Secret), WantText: []string{`"full_name":"Phần mềm B"`}},
			{Name: "revoke", Method: "DELETE", URL: of + "/" + secret.Token.ID, Header: small, WantStatus: 204},
			{Name: "it does not", URL: "/api/v1/identity/me", Header: withToken(secret.Secret), WantStatus: 401},
			{Name: "revoke mine", Method: "DELETE", URL: "/api/v1/identity/tokens/" + mine.Token.ID, Header: small, WantStatus: 204},
		})
		r := httptest.NewRequest(http.MethodGet, "/identity/accounts", nil)
		r.Header.Set("Authorization", "Bearer "+mine.Secret)
		if bearerOf(r) != "" {
			t.Error("a token counts on pages")
		}
	})
}
