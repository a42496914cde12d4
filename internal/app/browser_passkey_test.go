package app

import (
	"context"
	"log/slog"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/dbtest"
	design "lienthong/web"
)

// TestBrowserPasskey holds that Chromium makes a passkey on our page and signs in with it alone, after the password, and
// once more for an act that asks for it.
func TestBrowserPasskey(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a browser")
	}
	if !design.Built() {
		t.Skip("the bundle is not built; run make web")
	}
	c := testConfig(t, dbtest.SQLiteAddress(t))
	ln, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c.BaseURL, c.Identity.HashMemory = "http://localhost:"+port, 8*1024 // passkeys need a name
	cl := clock.NewFake(storyTime)
	a, err := New(context.Background(), c, WithLog(slog.New(slog.DiscardHandler)), WithClock(cl))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &site{App: a, t: t, clock: cl, shared: &sharedSite{tokens: map[string]token{}, judged: map[string]bool{}}}
	s.srv = httptest.NewUnstartedServer(a.Handler())
	s.srv.Listener.Close()
	s.srv.Listener = ln
	s.srv.Start()
	t.Cleanup(s.srv.Close)
	s.srv.URL = c.BaseURL
	s.register("Nguyễn Thị Thử", "0905123456", "")

	b := s.browse(screen)
	if _, err := chromedp.Call(b.ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(b.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{Protocol: webauthn.AuthenticatorProtocolCtap2,
		Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}}); err != nil {
		t.Fatal(err)
	}
	const button = "[data-passkey] button"
	at := func(path, selector string) {
		t.Helper()
		b.run(chromedp.Navigate(s.srv.URL+path), chromedp.WaitVisible(selector))
	}
	password := func() {
		t.Helper()
		at("/dang-nhap", "#f-password")
		b.run(chromedp.SendKeys("#f-name", "0905123456"), chromedp.SendKeys("#f-password", demoPassword), chromedp.Click("form[action='/dang-nhap'] button"))
	}
	password()
	b.until(`location.pathname == "/ho-so-cua-toi"`)
	at("/tai-khoan/xac-thuc/them", button)
	b.run(chromedp.Click(button), chromedp.WaitVisible("[data-codes] li:nth-child(10)"))
	out := func() {
		t.Helper()
		b.run(chromedp.Evaluate[chromedp.Void](`fetch("/dang-xuat", {method: "POST"}).then(() => { document.title = "out"; })`))
		b.until(`document.title == "out"`)
	}
	out()
	at("/dang-nhap", button)
	b.run(chromedp.Click(button))
	b.until(`location.pathname == "/ho-so-cua-toi"`)
	at("/tai-khoan/xac-nhan?next=%2Ftai-khoan%2Flich-su", button)
	b.run(chromedp.Click(button))
	b.until(`location.pathname == "/tai-khoan/lich-su" && document.querySelector("main h1")`)
	if text, err := b.ask("document.querySelector('main').innerText"); err != nil || !strings.Contains(text, "Khóa truy cập") {
		t.Errorf("the history: %s %v", text, err)
	}
	out()
	password()
	b.until(`location.pathname == "/dang-nhap/xac-minh"`)
	b.run(chromedp.WaitVisible(button), chromedp.Click(button))
	b.until(`location.pathname == "/ho-so-cua-toi"`)
}
