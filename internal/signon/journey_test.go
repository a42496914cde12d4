package signon

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestPrompts holds when somebody is shown a page and when not.
func TestPrompts(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		c, secret := w.register(nil)
		w.citizen("0905123456")
		w.citizen("0905999999")
		good := newWish(c, "openid")
		stranger := w.browser()
		if v := stranger.get(good.with("prompt", "none").path()); v.away == nil || v.away.Query().Get("error") != "login_required" {
			t.Errorf("silently, nobody signed in: %v", v.away)
		}
		if v := stranger.get(good.with("login_hint", "0905 123 456").path()); v.at != "/dang-nhap" || !strings.Contains(v.body, `value="0905 123 456"`) {
			t.Errorf("the name the client expects: %s %.600s", v.at, v.body)
		}
		b := w.signedIn("0905123456")
		w.clock.Advance(20 * time.Minute)
		if v := b.get(good.with("prompt", "none").path()); v.away == nil || v.away.Query().Get("code") == "" {
			t.Errorf("silently, signed in: %v", v.away)
		}
		if v := b.get(good.with("prompt", "none").with("max_age", "60").path()); v.away == nil || v.away.Query().Get("error") != "login_required" {
			t.Errorf("silently, signed in too long ago: %v", v.away)
		}
		if v := b.get(good.with("max_age", "3600").path()); v.away == nil || v.away.Query().Get("code") == "" {
			t.Errorf("signed in lately enough: %v", v.away)
		}
		hint := w.tokens(w.signedIn("0905999999"), c, secret, "openid").text("id_token")
		for name, wi := range map[string]wish{"login": good.with("prompt", "login"), "another account": good.with("prompt", "select_account"),
			"age": good.with("max_age", "60"), "somebody else expected": good.with("id_token_hint", hint)} {
			b := w.signedIn("0905123456")
			w.clock.Advance(2 * time.Minute)
			v := b.get(wi.path())
			if v.away != nil || v.at != "/signon/continue" || !strings.Contains(v.body, `action="/signon/again"`) {
				t.Errorf("%s: no question to sign in again: %v %s", name, v.away, v.at)
				continue
			}
			id := field1(v.body, "id")
			if v = b.post("/signon/again", url.Values{"id": {id}}); v.at != "/dang-nhap" {
				t.Errorf("%s: %s", name, v.at)
			}
			w.clock.Advance(time.Second)
			who := "0905123456"
			if name == "somebody else expected" {
				who = "0905999999"
			}
			if v = b.signIn(who, regexpNext(v.body)); v.away == nil || v.away.Query().Get("code") == "" {
				t.Errorf("%s: after signing in again: %v %s %.300s", name, v.away, v.at, v.body)
			}
		}
		b = w.signedIn("0905123456")
		v := b.get(good.with("prompt", "login").path())
		if v = b.get("/signon/continue?no=1&id=" + field1(v.body, "id")); v.away == nil || v.away.Query().Get("error") != "access_denied" {
			t.Errorf("declined: %v", v.away)
		}
		w.clock.Advance(time.Hour)
		b = w.signedIn("0905123456")
		v = b.get(good.with("prompt", "login").path())
		id := field1(v.body, "id")
		w.clock.Advance(31 * time.Minute)
		if v = b.get("/signon/continue?id=" + id); v.status != http.StatusNotFound {
			t.Errorf("after half an hour: %d", v.status)
		}
		if v = b.get("/signon/continue?id=x"); v.status != http.StatusNotFound {
			t.Errorf("an unknown one: %d", v.status)
		}
	})
}

// field1 returns the value of the first hidden field of a name.
func field1(body, name string) string {
	_, rest, _ := strings.Cut(body, `name="`+name+`" value="`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

// TestAnsweredOnce holds that whoever learns the address of a request in the middle gets nothing of somebody else's sign-on.
func TestAnsweredOnce(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		c, _ := w.register(func(c *Client) { c.Trusted = false })
		w.citizen("0905123456")
		b, thief := w.signedIn("0905123456"), w.browser()
		v := b.get(newWish(c, "openid profile").path())
		id := field1(v.body, "id")
		if v = thief.get("/signon/continue?id=" + id); v.at != "/dang-nhap" || v.away != nil {
			t.Errorf("before: %s %v", v.at, v.away)
		}
		if v = b.post("/signon/consent", url.Values{"id": {id}, "answer": {"yes"}}); v.away == nil || v.away.Query().Get("code") == "" {
			t.Fatalf("agreed: %v", v.away)
		}
		if v = thief.get("/signon/continue?id=" + id); v.status != http.StatusNotFound || v.away != nil {
			t.Errorf("after: %d %v", v.status, v.away)
		}
	})
}

// TestConsent holds that systems outside the province need a person's word, that it is remembered for what was said, and can be taken back.
func TestConsent(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		c, secret := w.register(func(c *Client) { c.Name, c.Trusted = "Ngân hàng Thử", false })
		w.citizen("0905123456")
		b := w.signedIn("0905123456")
		wi := newWish(c, "openid profile")
		if v := b.get(wi.with("prompt", "none").path()); v.away == nil || v.away.Query().Get("error") != "consent_required" {
			t.Errorf("silently: %v", v.away)
		}
		v := b.get(wi.path())
		if v.away != nil || !strings.Contains(v.body, "Ngân hàng Thử") || !strings.Contains(v.body, "Họ và tên, loại tài khoản") || strings.Contains(v.body, "Số điện thoại</li>") {
			t.Fatalf("the question: %v %.500s", v.away, v.body)
		}
		if no := b.post("/signon/consent", url.Values{"id": {field1(v.body, "id")}, "answer": {"no"}}); no.away == nil || no.away.Query().Get("error") != "access_denied" {
			t.Errorf("no: %v", no.away)
		}
		if yes := b.post("/signon/consent", url.Values{"id": {field1(v.body, "id")}, "answer": {"yes"}}); yes.away == nil || yes.away.Query().Get("code") == "" {
			t.Fatalf("yes: %v", yes.away)
		}
		got := w.tokens(b, c, secret, "openid profile")
		w.clock.Advance(time.Second)
		if v := b.get(newWish(c, "openid profile phone").path()); v.away != nil {
			t.Errorf("more than was agreed to: %v", v.away)
		}
		if v := b.get(wi.with("prompt", "consent").path()); v.away != nil {
			t.Errorf("asked to ask again: %v", v.away)
		}
		mine := b.get("/tai-khoan/he-thong")
		if !strings.Contains(mine.body, "Ngân hàng Thử") || !strings.Contains(mine.body, "Rút lại sự đồng ý") {
			t.Errorf("my systems: %.500s", mine.body)
		}
		for range 2 {
			if v := b.post("/tai-khoan/he-thong", url.Values{"client": {string(c.ID)}}); v.status != http.StatusOK {
				t.Errorf("taken back: %d", v.status)
			}
		}
		if a := w.fetch(pathUserinfo, got.text("access_token")); a.status != http.StatusForbidden {
			t.Errorf("the token lives on: %d", a.status)
		}
		if v := b.get(wi.path()); v.away != nil {
			t.Errorf("not asked again: %v", v.away)
		}
		if v := w.browser().post("/signon/consent", url.Values{"id": {field1(v.body, "id")}, "answer": {"yes"}}); v.status != http.StatusUnauthorized {
			t.Errorf("a stranger agrees: %d", v.status)
		}
	})
}
