package signon

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestWishes holds what a client may ask for, and who is told of what is wrong: the client through the browser when
// its address is known, else the person.
func TestWishes(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		c, _ := w.register(nil)
		ended, _ := w.register(nil)
		if err := w.EndClient(w.admin, ended.ID); err != nil {
			t.Fatal(err)
		}
		w.citizen("0905123456")
		b := w.signedIn("0905123456")
		good := newWish(c, "openid profile")
		for name, tc := range map[string]struct {
			wish wish
			says string // error for the client
			page int    // status of a page for the person
		}{
			"right":                     {wish: good},
			"no PKCE":                   {wish: good.with("code_challenge", "").with("code_challenge_method", ""), says: "invalid_request"},
			"PKCE without hashing":      {wish: good.with("code_challenge_method", "plain"), says: "invalid_request"},
			"PKCE without a method":     {wish: good.with("code_challenge_method", ""), says: "invalid_request"},
			"PKCE with nonsense":        {wish: good.with("code_challenge", "abc"), says: "invalid_request"},
			"tokens at once":            {wish: good.with("response_type", "id_token token"), says: "unsupported_response_type"},
			"no response type":          {wish: good.with("response_type", ""), says: "invalid_request"},
			"answer in the fragment":    {wish: good.with("response_mode", "fragment"), says: "invalid_request"},
			"answer as a form":          {wish: good.with("response_mode", "form_post"), says: "invalid_request"},
			"a request in a token":      {wish: good.with("request", "eyJhbGciOiJub25lIn0.e30."), says: "request_not_supported"},
			"without openid":            {wish: good.with("scope", "profile"), says: "invalid_scope"},
			"no scope":                  {wish: good.with("scope", ""), says: "invalid_request"},
			"none and login":            {wish: good.with("prompt", "none login"), says: "invalid_request"},
			"a hint that is no token":   {wish: good.with("id_token_hint", "x.y.z"), says: "login_required"},
			"a long state":              {wish: good.with("state", strings.Repeat("s", 3000)), says: "invalid_request"},
			"another address":           {wish: good.with("redirect_uri", "http://localhost:9999/xong/"), page: http.StatusUnprocessableEntity},
			"address with another port": {wish: good.with("redirect_uri", "http://localhost:9998/xong"), page: http.StatusUnprocessableEntity},
			"address with a query":      {wish: good.with("redirect_uri", callback+"?x=1"), page: http.StatusUnprocessableEntity},
			"address of somebody else":  {wish: good.with("redirect_uri", "https://xau.example.com/"), page: http.StatusUnprocessableEntity},
			"address with a trick":      {wish: good.with("redirect_uri", "http://localhost:9999@xau.example.com/xong"), page: http.StatusUnprocessableEntity},
			"no address":                {wish: good.with("redirect_uri", ""), page: http.StatusUnprocessableEntity},
			"unknown client":            {wish: good.with("client_id", "nobody"), page: http.StatusNotFound},
			"no client":                 {wish: good.with("client_id", ""), page: http.StatusNotFound},
			"client that ended":         {wish: good.with("client_id", string(ended.ID)), page: http.StatusNotFound},
			"an age that is no number":  {wish: good.with("max_age", "x"), page: http.StatusUnprocessableEntity},
		} {
			v := b.get(tc.wish.path())
			switch {
			case tc.page != 0:
				if v.status != tc.page || v.away != nil {
					t.Errorf("%s: %d %v, want a page %d", name, v.status, v.away, tc.page)
				}
			case v.away == nil:
				t.Errorf("%s: no answer to the client: %d %.300s", name, v.status, v.body)
			default:
				q := v.away.Query()
				if q.Get("error") != tc.says || tc.says == "" && q.Get("code") == "" || q.Get("iss") != w.issuer || name != "a long state" && q.Get("state") != "s-1" {
					t.Errorf("%s: %s", name, v.away)
				}
			}
		}
		if v := b.get(good.path() + "&redirect_uri=https://xau.example.com/"); v.away != nil || v.status != http.StatusUnprocessableEntity {
			t.Errorf("two addresses: %d %v", v.status, v.away)
		}
	})
}

// TestCodes holds that a code is good for its client, its address, its verifier, one minute and one use.
func TestCodes(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		c, secret := w.register(func(c *Client) { c.Redirects = append(c.Redirects, "http://localhost:9999/khac") })
		other, key := w.register(func(c *Client) { c.Name = "Hệ thống khác" })
		public, _ := w.register(func(c *Client) { c.Name, c.Public = "Ứng dụng", true })
		w.citizen("0905123456")
		b := w.signedIn("0905123456")
		fails := func(name, want string, a answer) {
			t.Helper()
			if a.text("error") != want || a.text("access_token") != "" {
				t.Errorf("%s: %d %s, want %s", name, a.status, a.raw, want)
			}
		}
		wi := newWish(c, "openid")
		stolen := w.code(b, wi)
		fails("another client", "invalid_grant", w.exchange(other, key, wi, stolen))
		fails("no secret", "invalid_client", w.exchange(c, "", wi, stolen))
		fails("a wrong secret", "invalid_client", w.exchange(c, "ltk_x", wi, stolen))
		fails("another client's secret", "invalid_client", w.exchange(c, key, wi, stolen))
		fails("without verifier", "invalid_request", w.exchange(c, secret, wish{wi.Values, ""}, stolen))
		fails("a wrong verifier", "invalid_grant", w.exchange(c, secret, wish{wi.Values, random()}, stolen))
		fails("the challenge as verifier", "invalid_grant", w.exchange(c, secret, wish{wi.Values, wi.Get("code_challenge")}, stolen))
		fails("another address", "invalid_grant", w.exchange(c, secret, wi.with("redirect_uri", "http://localhost:9999/khac"), stolen))
		fails("a made-up code", "invalid_grant", w.exchange(c, secret, wi, "ltc_x"))
		fails("an unknown grant", "unsupported_grant_type", w.ask(pathToken, c, secret, url.Values{"grant_type": {"password"}}))
		fails("a parameter twice", "invalid_request", w.ask(pathToken, c, secret, url.Values{"grant_type": {"authorization_code"}, "code": {stolen, "x"}}))
		got := w.exchange(c, secret, wi, stolen)
		if got.status != http.StatusOK {
			t.Fatalf("after all that the right client comes: %s", got.raw)
		}
		fails("twice", "invalid_grant", w.exchange(c, secret, wi, stolen))
		if a := w.fetch(pathUserinfo, got.text("access_token")); a.status != http.StatusForbidden {
			t.Errorf("what the code was used for lives on: %d", a.status)
		}
		late := w.code(b, wi)
		w.clock.Advance(61 * time.Second)
		fails("after a minute", "invalid_grant", w.exchange(c, secret, wi, late))

		mine := newWish(public, "openid")
		if a := w.exchange(public, "", mine, w.code(b, mine)); a.status != http.StatusOK {
			t.Errorf("a public client: %s", a.raw)
		}
		fails("a public client as a program", "invalid_client", w.ask(pathToken, public, "ltk_x", url.Values{"grant_type": {"client_credentials"}}))

		wi = newWish(c, "openid")
		code := w.code(b, wi)
		var together sync.WaitGroup
		answers := make([]answer, 4)
		for i := range answers {
			together.Go(func() { answers[i] = w.exchange(c, secret, wi, code) })
		}
		together.Wait()
		won := 0
		for _, a := range answers {
			if a.status == http.StatusOK {
				won++
			}
		}
		if won != 1 {
			t.Errorf("%d of four at once got tokens", won)
		}
	})
}

// TestForgedTokens holds that nobody makes up a token: without signature, signed with what everybody knows, or changed.
func TestForgedTokens(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		c, secret := w.register(nil)
		other, key := w.register(func(c *Client) { c.Name, c.Trusted = "Ngoài tỉnh", false })
		w.citizen("0905123456")
		b := w.signedIn("0905123456")
		got := w.tokens(b, c, secret, "openid profile offline_access")
		parts := strings.Split(got.text("id_token"), ".")
		enc := base64.RawURLEncoding.EncodeToString
		none := enc([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + parts[1] + "."
		keys, err := w.keys(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		head := enc([]byte(`{"alg":"HS256","typ":"JWT","kid":"` + keys[0].ID + `"}`))
		mac := hmac.New(sha256.New, []byte(keys[0].Public)) // the public key as a shared secret
		mac.Write([]byte(head + "." + parts[1]))
		confused := head + "." + parts[1] + "." + enc(mac.Sum(nil))
		for name, hint := range map[string]string{"alg none": none, "alg HS256": confused, "changed": parts[0] + "." + enc([]byte(`{"sub":"x"}`)) + "." + parts[2]} {
			q := url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {c.Logouts[0]}}
			if v := b.get(pathEnd + "?" + q.Encode()); v.away != nil || v.status != http.StatusUnprocessableEntity {
				t.Errorf("signed out by a token with %s: %d %v", name, v.status, v.away)
			}
			if a := w.fetch(pathUserinfo, hint); a.status != http.StatusUnauthorized {
				t.Errorf("userinfo for a token with %s: %d", name, a.status)
			}
		}
		access := got.text("access_token")
		for name, token := range map[string]string{"the ID token": got.text("id_token"), "the refresh token": got.text("refresh_token"), "a changed one": access[:len(access)-3] + "abc", "a code": "ltc_" + random(), "none": ""} {
			if a := w.fetch(pathUserinfo, token); a.status != http.StatusUnauthorized && a.status != http.StatusForbidden {
				t.Errorf("userinfo with %s: %d %s", name, a.status, a.raw)
			}
		}
		if a := w.ask(pathIntrospect, other, key, url.Values{"token": {access}}); a.body["active"] != false || len(a.body) != 1 {
			t.Errorf("a stranger looks into another's token: %s", a.raw)
		}
		if a := w.ask(pathIntrospect, c, "", url.Values{"token": {access}}); a.status != http.StatusUnauthorized {
			t.Errorf("looking into a token without a secret: %d", a.status)
		}
		for _, token := range []string{access, got.text("refresh_token"), "x"} {
			if a := w.ask(pathRevoke, other, key, url.Values{"token": {token}}); a.status != http.StatusOK {
				t.Errorf("revoking what is not one's own tells: %d %s", a.status, a.raw)
			}
		}
		if a := w.fetch(pathUserinfo, access); a.status != http.StatusOK {
			t.Errorf("a stranger revoked the token: %d", a.status)
		}
		if a := w.ask(pathRevoke, c, secret, url.Values{"token": {got.text("refresh_token")}}); a.status != http.StatusOK {
			t.Errorf("revoke: %d %s", a.status, a.raw)
		}
		if a := w.fetch(pathUserinfo, access); a.status != http.StatusForbidden {
			t.Errorf("the visit lives on: %d", a.status)
		}
	})
}

// TestSigningOut holds that another site signs nobody out without their word, and leads nowhere it was not registered.
func TestSigningOut(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		c, secret := w.register(nil)
		w.citizen("0905123456")
		w.citizen("0905999999")
		b := w.signedIn("0905123456")
		theirs := w.tokens(w.signedIn("0905999999"), c, secret, "openid").text("id_token")
		mine := w.tokens(b, c, secret, "openid").text("id_token")
		registered := c.Logouts[0]
		for name, q := range map[string]url.Values{
			"nothing said":         {},
			"only the client":      {"client_id": {string(c.ID)}, "post_logout_redirect_uri": {registered}},
			"somebody else's hint": {"id_token_hint": {theirs}, "post_logout_redirect_uri": {registered}},
			"address, no client":   {"post_logout_redirect_uri": {"https://xau.example.com/"}},
		} {
			v := b.get(pathEnd + "?" + q.Encode())
			if v.away != nil || v.status != http.StatusOK || !strings.Contains(v.body, `action="/signon/end_session"`) {
				t.Errorf("%s: %d %v %.200s", name, v.status, v.away, v.body)
			}
		}
		for name, q := range map[string]url.Values{
			"another address":  {"id_token_hint": {mine}, "post_logout_redirect_uri": {"https://xau.example.com/"}},
			"nearly the same":  {"id_token_hint": {mine}, "post_logout_redirect_uri": {registered + "/"}},
			"another client":   {"id_token_hint": {mine}, "client_id": {"x"}, "post_logout_redirect_uri": {registered}},
			"unknown client":   {"client_id": {"x"}, "post_logout_redirect_uri": {registered}},
			"address as state": {"client_id": {string(c.ID)}, "post_logout_redirect_uri": {"//xau.example.com"}},
		} {
			if v := b.get(pathEnd + "?" + q.Encode()); v.away != nil || v.status == http.StatusOK {
				t.Errorf("%s: %d %v", name, v.status, v.away)
			}
			if v := b.get("/signon/left?" + q.Encode()); v.away != nil || v.status == http.StatusOK {
				t.Errorf("%s, straight to the last page: %d %v", name, v.status, v.away)
			}
		}
		if v := b.get("/tai-khoan"); v.at != "/tai-khoan" {
			t.Fatalf("signed out by another site")
		}
		v := b.post(pathEnd, url.Values{"client_id": {string(c.ID)}, "post_logout_redirect_uri": {registered}, "state": {"y"}})
		if v.away == nil || v.away.String() != registered+"?state=y" {
			t.Errorf("asked and answered: %v %.300s", v.away, v.body)
		}
		if v := b.get("/tai-khoan"); v.at != "/dang-nhap" {
			t.Errorf("still signed in")
		}
		if v := b.get(pathEnd + "?" + url.Values{"id_token_hint": {mine}}.Encode()); v.status != http.StatusOK || v.away != nil {
			t.Errorf("once more: %d %v", v.status, v.away)
		}
		w.clock.Advance(48 * time.Hour)
		b = w.signedIn("0905123456")
		if v := b.get(pathEnd + "?" + url.Values{"id_token_hint": {mine}, "post_logout_redirect_uri": {registered}}.Encode()); v.away == nil {
			t.Errorf("with an old ID token: %d %.200s", v.status, v.body)
		}
	})
}
