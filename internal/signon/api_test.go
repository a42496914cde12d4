package signon

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lienthong/internal/kit/id"
)

// call asks the API as a program with an access token; body may be nil.
func (w *world) call(method, path, token string, body any) answer {
	w.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.site.URL+"/api/v1/signon/"+path, bytes.NewReader(raw))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	if method == http.MethodPost {
		r.Header.Set("Idempotency-Key", id.New())
	}
	return w.send(r)
}

// TestAPI does through the API what an administrator does on the pages.
func TestAPI(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		acc := w.program("phan-mem-quan-tri", "administrator")
		program, key := w.register(func(c *Client) {
			c.Name, c.Redirects, c.Logouts, c.AccountID, c.Scopes = "A quản trị", nil, nil, acc.ID, []string{PermManage}
		})
		token := w.ask(pathToken, program, key, url.Values{"grant_type": {"client_credentials"}}).text("access_token")
		made := w.call(http.MethodPost, "clients", token, map[string]any{"name": "Thư", "trusted": true, "redirects": []string{callback}, "scopes": []string{"profile"}})
		if made.status != http.StatusOK || made.text("id") == "" || !strings.HasPrefix(made.text("secret"), "ltk_") {
			t.Fatalf("made: %d %s", made.status, made.raw)
		}
		at := "clients/" + made.text("id")
		if wrong := w.call(http.MethodPost, "clients", token, map[string]any{"name": "Thư", "trusted": true, "redirects": []string{"http://x.example.vn"}}); wrong.status != http.StatusUnprocessableEntity || !strings.Contains(wrong.raw, "redirects") {
			t.Errorf("wrong: %d %s", wrong.status, wrong.raw)
		}
		if again := w.call(http.MethodPost, at+"/secrets", token, nil); again.status != http.StatusOK || !strings.HasPrefix(again.text("secret"), "ltk_") {
			t.Errorf("another secret: %d %s", again.status, again.raw)
		}
		if done := w.call(http.MethodPut, at, token, map[string]any{"name": "Thư mới", "trusted": true, "redirects": []string{callback}, "scopes": []string{"profile", "email"}}); done.status != http.StatusNoContent {
			t.Errorf("changed: %d %s", done.status, done.raw)
		}
		read := w.call(http.MethodGet, at, token, nil)
		secrets, _ := read.body["secrets"].([]any)
		if read.text("name") != "Thư mới" || read.text("issuer") != w.issuer || len(secrets) != 2 || strings.Contains(read.raw, "hash") || strings.Contains(read.raw, "ltk_") {
			t.Fatalf("read: %d %s", read.status, read.raw)
		}
		first, _ := secrets[1].(map[string]any)
		if done := w.call(http.MethodDelete, at+"/secrets/"+first["id"].(string), token, nil); done.status != http.StatusNoContent {
			t.Errorf("ended a secret: %d %s", done.status, done.raw)
		}
		page := w.call(http.MethodGet, "clients?size=1", token, nil)
		next := page.text("next")
		if items, _ := page.body["items"].([]any); len(items) != 1 || next == "" {
			t.Errorf("first page: %s", page.raw)
		}
		page = w.call(http.MethodGet, "clients?size=1&after="+next, token, nil)
		if items, _ := page.body["items"].([]any); len(items) != 1 || page.text("next") != "" || !strings.Contains(page.raw, "Thư mới") {
			t.Errorf("second page: %s", page.raw)
		}
		if found := w.call(http.MethodGet, "clients?q=thu+moi", token, nil); !strings.Contains(found.raw, "Thư mới") || strings.Contains(found.raw, "A quản trị") {
			t.Errorf("found: %s", found.raw)
		}
		if done := w.call(http.MethodDelete, at, token, nil); done.status != http.StatusNoContent {
			t.Errorf("ended: %d %s", done.status, done.raw)
		}
		if gone := w.call(http.MethodGet, "clients?ended=true", token, nil); !strings.Contains(gone.raw, "Thư mới") {
			t.Errorf("ended ones: %s", gone.raw)
		}
		if none := w.call(http.MethodGet, "clients/x", token, nil); none.status != http.StatusNotFound {
			t.Errorf("unknown: %d", none.status)
		}
	})
}

// TestOutsideAPI keeps outside services and links through the API.
func TestOutsideAPI(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		acc := w.program("phan-mem-quan-tri", "administrator")
		program, key := w.register(func(c *Client) {
			c.Redirects, c.Logouts, c.AccountID, c.Scopes = nil, nil, acc.ID, []string{PermManage}
		})
		token := w.ask(pathToken, program, key, url.Values{"grant_type": {"client_credentials"}}).text("access_token")
		v := newVNeID(t)
		body := map[string]any{"key": "vneid", "name": "VNeID", "issuer": v.site.URL, "client_id": "lien-thong", "secret": "bí mật"}
		made := w.call(http.MethodPost, "outsides", token, body)
		if made.status != http.StatusOK || made.text("return") != w.issuer+"/signon/from/vneid" || strings.Contains(made.raw, "bí mật") {
			t.Fatalf("made: %d %s", made.status, made.raw)
		}
		at := "outsides/" + made.text("id")
		delete(body, "key")
		body["name"], body["claims"] = "Tên khác", Claims{Name: "name", PersonalID: "so_dinh_danh", BirthDate: "birthdate"}
		if done := w.call(http.MethodPut, at, token, body); done.status != http.StatusNoContent {
			t.Errorf("changed: %d %s", done.status, done.raw)
		}
		for _, ended := range []bool{true, false} {
			if done := w.call(http.MethodPut, at+"/ended", token, map[string]any{"ended": ended}); done.status != http.StatusNoContent {
				t.Errorf("ended %v: %d %s", ended, done.status, done.raw)
			}
		}
		if list := w.call(http.MethodGet, "outsides", token, nil); !strings.Contains(list.raw, "Tên khác") || !strings.Contains(list.raw, "so_dinh_danh") || strings.Contains(list.raw, "ended_at") {
			t.Errorf("list: %s", list.raw)
		}
		v.now = w.clock.Now
		w.citizen("0905123456")
		b := w.signedIn("0905123456")
		page := b.get(b.leave(v, "").String())
		b.post("/signon/arrival/join", url.Values{"id": {field1(page.body, "id")}})
		mine := b.get("/api/v1/signon/me/links")
		if mine.status != http.StatusOK || !strings.Contains(mine.body, "Ksor Thử") {
			t.Fatalf("my links: %d %s", mine.status, mine.body)
		}
		_, rest, _ := strings.Cut(mine.body, `"id":"`)
		id, _, _ := strings.Cut(rest, `"`)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, w.site.URL+"/api/v1/signon/me/links/"+id, nil)
		if err != nil {
			t.Fatal(err)
		}
		if v := b.do(r); v.status != http.StatusNoContent {
			t.Errorf("taken off: %d %s", v.status, v.body)
		}
		if a := w.call(http.MethodGet, "me/links", "", nil); a.status != http.StatusUnauthorized {
			t.Errorf("a stranger: %d", a.status)
		}
	})
}

// TestMyAPI does through the API what people do on the page of their account.
func TestMyAPI(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		c, secret := w.register(func(c *Client) { c.Name, c.Trusted = "Ngân hàng Thử", false })
		w.citizen("0905123456")
		b := w.signedIn("0905123456")
		v := b.get(newWish(c, "openid profile").path())
		b.post("/signon/consent", url.Values{"id": {field1(v.body, "id")}, "answer": {"yes"}})
		w.tokens(b, c, secret, "openid profile")
		w.tokens(b, c, secret, "openid")
		mine := b.get("/api/v1/signon/me/consents")
		if mine.status != http.StatusOK || !strings.Contains(mine.body, "Ngân hàng Thử") || !strings.Contains(mine.body, `"profile"`) {
			t.Errorf("consents: %d %s", mine.status, mine.body)
		}
		visits := b.get("/api/v1/signon/me/visits?size=1")
		if visits.status != http.StatusOK || !strings.Contains(visits.body, `"next"`) || strings.Contains(visits.body, "ended_at") {
			t.Errorf("visits: %d %s", visits.status, visits.body)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, w.site.URL+"/api/v1/signon/me/consents/"+string(c.ID), nil)
		if err != nil {
			t.Fatal(err)
		}
		if v := b.do(r); v.status != http.StatusNoContent {
			t.Errorf("taken back: %d %s", v.status, v.body)
		}
		if visits = b.get("/api/v1/signon/me/visits"); strings.Count(visits.body, string(TakenBack)) != 2 {
			t.Errorf("visits afterwards: %s", visits.body)
		}
		if v := b.get("/api/v1/signon/clients/" + string(c.ID) + "/visits"); v.status != http.StatusForbidden {
			t.Errorf("a citizen reads who signed on: %d", v.status)
		}
		if v := w.browser().get("/api/v1/signon/me/visits"); v.status != http.StatusUnauthorized {
			t.Errorf("a stranger: %d", v.status)
		}
	})
}

// TestDiscovery holds what the provider says of itself: what is offered, and nothing else.
func TestDiscovery(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		d := w.fetch("/.well-known/openid-configuration", "")
		want := map[string]string{
			"issuer":                                         w.issuer,
			"authorization_endpoint":                         w.issuer + pathAuthorize,
			"token_endpoint":                                 w.issuer + pathToken,
			"jwks_uri":                                       w.issuer + pathKeys,
			"response_types_supported":                       "[code]",
			"response_modes_supported":                       "[query]",
			"grant_types_supported":                          "[authorization_code refresh_token client_credentials]",
			"code_challenge_methods_supported":               "[S256]",
			"id_token_signing_alg_values_supported":          "[RS256]",
			"token_endpoint_auth_methods_supported":          "[none client_secret_basic client_secret_post]",
			"authorization_response_iss_parameter_supported": "true",
		}
		for name, value := range want {
			var got string
			switch v := d.body[name].(type) {
			case string:
				got = v
			case bool:
				got = "true"
			case []any:
				var list []string
				for _, x := range v {
					s, _ := x.(string)
					list = append(list, s)
				}
				got = "[" + strings.Join(list, " ") + "]"
			}
			if got != value {
				t.Errorf("%s: %s, want %s", name, got, value)
			}
		}
		for _, never := range []string{"device_authorization_endpoint", "registration_endpoint", "check_session_iframe"} {
			if _, there := d.body[never]; there {
				t.Errorf("%s is advertised", never)
			}
		}
		for _, path := range []string{"/oauth/token", "/signon/authorize/callback", "/device_authorization", "/ready"} {
			if a := w.fetch(path, ""); a.status != http.StatusNotFound {
				t.Errorf("%s answers %d", path, a.status)
			}
		}
	})
}

// TestClean holds that what has run out is forgotten, and who signed on to what is not.
func TestClean(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		c, secret := w.register(nil)
		w.citizen("0905123456")
		w.tokens(w.signedIn("0905123456"), c, secret, "openid offline_access")
		w.clock.Advance(48 * 3600e9)
		if err := w.Clean(w.system); err != nil {
			t.Fatal(err)
		}
		if n := w.count(`SELECT COUNT(*) FROM signon_token`); n != 1 { // the refresh token
			t.Errorf("%d tokens", n)
		}
		if n := w.count(`SELECT COUNT(*) FROM signon_request`); n != 0 {
			t.Errorf("%d requests", n)
		}
		if n := w.count(`SELECT COUNT(*) FROM signon_visit`); n != 1 {
			t.Errorf("%d visits", n)
		}
	})
}
