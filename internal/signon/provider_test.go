package signon

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"lienthong/internal/identity"
)

// TestSignOn goes the whole way of an official to another system: sign in, code, tokens checked by an independent
// library, who they are, what it is worth, out again.
func TestSignOn(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		c, secret := w.register(nil)
		acc := w.official("can-bo", "so-tu-phap/justice", "officer")
		b, wi := w.browser(), newWish(c, "openid profile email posts roles phone")
		v := b.get(wi.path())
		if v.at != "/dang-nhap" {
			t.Fatalf("whoever is not signed in is asked to: %s %.300s", v.at, v.body)
		}
		next := regexpNext(v.body)
		v = b.signIn("can-bo", next)
		if v.away == nil || v.away.Query().Get("state") != "s-1" || v.away.Query().Get("iss") != w.issuer || !strings.HasPrefix(v.away.String(), callback+"?") {
			t.Fatalf("back at the client: %v %d %.300s", v.away, v.status, v.body)
		}
		got := w.exchange(c, secret, wi, v.away.Query().Get("code"))
		if got.status != http.StatusOK || got.text("refresh_token") != "" || got.text("token_type") != "Bearer" {
			t.Fatalf("tokens: %d %s", got.status, got.raw)
		}
		provider, err := oidc.NewProvider(t.Context(), w.issuer)
		if err != nil {
			t.Fatal(err)
		}
		token, err := provider.Verifier(&oidc.Config{ClientID: string(c.ID)}).Verify(t.Context(), got.text("id_token"))
		if err != nil || token.Nonce != "n-1" || token.Subject != string(acc.ID) || token.VerifyAccessToken(got.text("access_token")) != nil {
			t.Fatalf("the ID token: %+v %v", token, err)
		}
		var told struct {
			Name  string   `json:"name"`
			Roles []string `json:"roles"`
			Unit  struct{ Name string }
			Posts []postClaim
		}
		if err := token.Claims(&told); err != nil || told.Name != "Trần Văn Công" || !slices.Equal(told.Roles, []string{"officer"}) || len(told.Posts) != 1 || told.Unit.Name == "" {
			t.Errorf("told: %+v %v", told, err)
		}
		info := w.fetch(pathUserinfo, got.text("access_token"))
		if info.text("sub") != string(acc.ID) || info.text("email") != "can-bo@example.com" || info.body["email_verified"] != true {
			t.Errorf("userinfo: %s", info.raw)
		}
		worth := w.ask(pathIntrospect, c, secret, url.Values{"token": {got.text("access_token")}})
		if worth.body["active"] != true || worth.text("client_id") != string(c.ID) || worth.text("username") != "can-bo" {
			t.Errorf("introspection: %s", worth.raw)
		}
		visits, err := w.Visits(w.admin, c.ID, "", 10)
		if err != nil || len(visits) != 1 || visits[0].Holder != "Trần Văn Công" || visits[0].EndedAt != nil {
			t.Errorf("visits: %+v %v", visits, err)
		}
		out := url.Values{"id_token_hint": {got.text("id_token")}, "post_logout_redirect_uri": {c.Logouts[0]}, "state": {"x"}}
		if v := b.get(pathEnd + "?" + out.Encode()); v.away == nil || v.away.String() != c.Logouts[0]+"?state=x" {
			t.Errorf("signed out to: %v %.200s", v.away, v.body)
		}
		if a := w.fetch(pathUserinfo, got.text("access_token")); a.status != http.StatusForbidden {
			t.Errorf("the access token after signing out: %d %s", a.status, a.raw)
		}
		if v := b.get("/tai-khoan"); v.at != "/dang-nhap" {
			t.Errorf("still signed in: %s", v.at)
		}
	})
}

// regexpNext finds where a sign-in page leads to afterwards.
func regexpNext(body string) string {
	_, rest, _ := strings.Cut(body, `name="next" value="`)
	next, _, _ := strings.Cut(rest, `"`)
	return strings.NewReplacer("&amp;", "&", "&#43;", "+").Replace(next)
}

// TestTold holds who is told what.
func TestTold(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		c, secret := w.register(nil)
		acc := w.citizen("0905123456")
		b := w.signedIn("0905123456")
		got := w.tokens(b, c, secret, "openid profile phone personal_id posts roles")
		info := w.fetch(pathUserinfo, got.text("access_token"))
		if info.text("phone_number") != "+84905123456" || info.body["phone_number_verified"] == true || info.text("kind") != "citizen" {
			t.Errorf("a citizen: %s", info.raw)
		}
		for _, never := range []string{"personal_id", "posts", "roles", "email", "unit"} {
			if _, told := info.body[never]; told {
				t.Errorf("an unverified citizen's %s was told: %s", never, info.raw)
			}
		}
		if err := w.identity.Verify(w.as(acc), identity.Verified{By: "thử", FullName: "Nguyễn Thị Thật", PersonalID: "052190000001"}); err != nil {
			t.Fatal(err)
		}
		got = w.tokens(b, c, secret, "openid personal_id")
		if info := w.fetch(pathUserinfo, got.text("access_token")); info.text("personal_id") != "052190000001" || info.text("name") != "" {
			t.Errorf("a verified citizen: %s", info.raw)
		}
		if said := claims(t, got.text("id_token")); said["personal_id"] != nil {
			t.Errorf("the number travels in the ID token: %v", said)
		}
		narrow, key := w.register(func(c *Client) { c.Name, c.Scopes = "Hẹp", []string{ScopeProfile} })
		got = w.tokens(b, narrow, key, "openid profile email phone personal_id roles offline_access")
		if got.text("refresh_token") != "" || got.text("scope") != "openid profile" {
			t.Errorf("more than the client was registered with: %s", got.raw)
		}
	})
}

// TestRefresh holds that refresh tokens are good for one use, and that the second one ends everything.
func TestRefresh(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		c, secret := w.register(nil)
		acc := w.citizen("0905123456")
		got := w.tokens(w.signedIn("0905123456"), c, secret, "openid profile offline_access")
		first := got.text("refresh_token")
		if !strings.HasPrefix(first, refreshMark) || w.count(`SELECT COUNT(*) FROM signon_token WHERE hash = ?`, first) != 0 {
			t.Fatalf("refresh token: %s", got.raw)
		}
		use := func(token, scope string) answer {
			form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}
			if scope != "" {
				form.Set("scope", scope)
			}
			return w.ask(pathToken, c, secret, form)
		}
		w.clock.Advance(time.Hour)
		second := use(first, "")
		if second.status != http.StatusOK || second.text("refresh_token") == first || second.text("id_token") == "" {
			t.Fatalf("refreshed: %d %s", second.status, second.raw)
		}
		if wider := use(second.text("refresh_token"), "openid email"); wider.text("error") != "invalid_scope" {
			t.Errorf("wider than before: %s", wider.raw)
		}
		third := use(second.text("refresh_token"), "openid")
		if third.status != http.StatusOK || third.text("scope") != "openid" {
			t.Fatalf("narrower: %d %s", third.status, third.raw)
		}
		if again := use(first, ""); again.text("error") != "invalid_grant" {
			t.Errorf("used twice: %d %s", again.status, again.raw)
		}
		if a := use(third.text("refresh_token"), ""); a.text("error") != "invalid_grant" {
			t.Errorf("the family lives on: %s", a.raw)
		}
		if a := w.fetch(pathUserinfo, third.text("access_token")); a.status != http.StatusForbidden {
			t.Errorf("its access token lives on: %d", a.status)
		}
		if n := w.count(`SELECT COUNT(*) FROM audit_entry WHERE action = 'signon.end_reused'`); n != 1 {
			t.Errorf("%d rows of audit", n)
		}
		if n := w.count(`SELECT COUNT(*) FROM event_outbox WHERE name = ?`, EventTokenReused); n != 1 {
			t.Errorf("%d events", n)
		}
		b := w.signedIn("0905123456")
		lost := w.tokens(b, c, secret, "openid offline_access").text("refresh_token")
		w.clock.Advance(31 * 24 * time.Hour)
		if a := use(lost, ""); a.text("error") != "invalid_grant" {
			t.Errorf("unused for a month: %s", a.raw)
		}
		b = w.signedIn("0905123456")
		kept := w.tokens(b, c, secret, "openid offline_access").text("refresh_token")
		if err := w.identity.SetBlocked(w.system, acc.ID, true); err != nil {
			t.Fatal(err)
		}
		if a := use(kept, ""); a.text("error") != "invalid_grant" {
			t.Errorf("of a blocked account: %s", a.raw)
		}
	})
}

// TestProgram holds that a program acts through the API within its scopes and the grants of its account, and no longer than either counts.
func TestProgram(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		acc := w.program("phan-mem-thu", "administrator")
		c, secret := w.register(func(c *Client) {
			c.Name, c.Redirects, c.Logouts, c.AccountID, c.Scopes = "Đồng bộ", nil, nil, acc.ID, []string{"signon.manage", "dossier.*"}
		})
		token := func(scope string) answer {
			form := url.Values{"grant_type": {"client_credentials"}}
			if scope != "" {
				form.Set("scope", scope)
			}
			return w.ask(pathToken, c, secret, form)
		}
		all := token("")
		if all.status != http.StatusOK || all.text("scope") != "signon.manage dossier.*" || all.text("id_token") != "" || all.text("refresh_token") != "" {
			t.Fatalf("token: %d %s", all.status, all.raw)
		}
		if a := w.fetch("/api/v1/signon/clients", all.text("access_token")); a.status != http.StatusOK {
			t.Errorf("within scope: %d %s", a.status, a.raw)
		}
		if a := w.fetch("/api/v1/identity/accounts", all.text("access_token")); a.status != http.StatusForbidden {
			t.Errorf("the account may, the token may not: %d %s", a.status, a.raw)
		}
		less := token("dossier.*")
		if a := w.fetch("/api/v1/signon/clients", less.text("access_token")); a.status != http.StatusForbidden {
			t.Errorf("less than all: %d", a.status)
		}
		if a := token("identity.manage"); a.text("error") != "invalid_scope" {
			t.Errorf("a scope it was not given: %s", a.raw)
		}
		if a := w.ask(pathToken, c, "ltk_wrong", url.Values{"grant_type": {"client_credentials"}}); a.status != http.StatusUnauthorized || a.text("error") != "invalid_client" {
			t.Errorf("a wrong secret: %d %s", a.status, a.raw)
		}
		if a := w.fetch(pathUserinfo, all.text("access_token")); a.status != http.StatusForbidden {
			t.Errorf("userinfo of a program: %d", a.status)
		}
		if a := w.fetch("/api/v1/signon/clients", "lts_s1.x.y"); a.status != http.StatusUnauthorized {
			t.Errorf("a made-up token: %d", a.status)
		}
		w.clock.Advance(11 * time.Minute)
		if a := w.fetch("/api/v1/signon/clients", all.text("access_token")); a.status != http.StatusUnauthorized {
			t.Errorf("run out: %d", a.status)
		}
		fresh := token("").text("access_token")
		if err := w.identity.SetBlocked(w.system, acc.ID, true); err != nil {
			t.Fatal(err)
		}
		if a := w.fetch("/api/v1/signon/clients", fresh); a.status != http.StatusUnauthorized {
			t.Errorf("of a blocked account: %d", a.status)
		}
		if a := token(""); a.text("error") != "invalid_grant" {
			t.Errorf("a token for a blocked account: %s", a.raw)
		}
		if err := w.identity.SetBlocked(w.system, acc.ID, false); err != nil {
			t.Fatal(err)
		}
		if err := w.EndClient(w.admin, c.ID); err != nil {
			t.Fatal(err)
		}
		if a := w.fetch("/api/v1/signon/clients", fresh); a.status != http.StatusUnauthorized {
			t.Errorf("of an ended client: %d", a.status)
		}
		if a := token(""); a.text("error") != "invalid_client" {
			t.Errorf("a token for an ended client: %s", a.raw)
		}
	})
}

// TestTokensOfPeopleOpenNothing holds that a client cannot act at the API as somebody who signed on to it.
func TestTokensOfPeopleOpenNothing(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		c, secret := w.register(nil)
		w.citizen("0905123456")
		got := w.tokens(w.signedIn("0905123456"), c, secret, "openid profile offline_access")
		for _, name := range []string{"access_token", "refresh_token", "id_token"} {
			if a := w.fetch("/api/v1/signon/me/visits", got.text(name)); a.status != http.StatusUnauthorized {
				t.Errorf("%s opens the API: %d %s", name, a.status, a.raw)
			}
		}
	})
}
