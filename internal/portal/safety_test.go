package portal_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
	"lienthong/internal/portal"
)

// evil is what must stay a text wherever it is typed.
const evil = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>{{.}}`

// harmless fails when evil became markup on a page.
func harmless(t *testing.T, name string, a *webtest.Answer) {
	t.Helper()
	for _, bad := range []string{"<script>alert", "<img src=x", `"'><img`} {
		if strings.Contains(a.Body, bad) {
			t.Errorf("%s: %s becomes markup", name, bad)
		}
	}
	if a.Page != nil && a.Page.Find("img[onerror], [onclick], script:not([src])").Length() > 0 {
		t.Errorf("%s: a script runs", name)
	}
}

// TestEveryTextIsText types markup into every free text of an application and of its dossier, and looks at every page
// that shows it: before filing, at the owner's, at the look-up, in English.
func TestEveryTextIsText(t *testing.T) {
	s := newSite(t).withShops()
	owner := url.Values{"owner.kind": {"business"}, "owner.organisation": {evil}, "owner.full_name": {"Nguyễn Thị An"}, "owner.personal_id": {"064190000001"}, "owner.phone": {"0912000001"}, "owner.address": {evil},
		"authorised": {"1"}, "submitter.full_name": {"Lê Văn Được"}, "submitter.personal_id": {"064190000002"}, "submitter.phone": {"0912000002"}, "submitter.address": {evil}}
	base := s.fillShop(s.citizen, owner, url.Values{"shop.name": {evil}, "shop.note": {evil + "\n" + evil}})
	s.do(webtest.Scenario{As: s.citizen, URL: base + "/giay-to/khac", Form: url.Values{"name": {evil}}, Files: []webtest.File{{Field: "papers.khac", Name: evil + ".pdf", Content: dossiertest.PDF}}})
	s.send(s.citizen, base+"/nhan-ket-qua", `form[action$="nhan-ket-qua"]`, url.Values{"return_by": {"post"}, "return_address": {evil}})
	for _, page := range []string{"noi-nop", "nguoi-nop", "to-khai", "giay-to", "nhan-ket-qua", "xem-lai", "luu"} {
		for _, lang := range []string{"", "?lang=en"} {
			harmless(t, page+lang, s.get(s.citizen, base+"/"+page+lang))
		}
	}
	review := s.get(s.citizen, base+"/xem-lai")
	if n := strings.Count(review.Text(), "<script>alert(1)</script>"); n < 7 {
		t.Errorf("the review shows %d of the texts: %s", n, review.Text())
	}
	id := dossier.ID(strings.TrimPrefix(s.send(s.citizen, base+"/xem-lai", `form[action$="gui"]`, url.Values{"agree": {"1"}}), "/ho-so-cua-toi/"))
	own, st := "/ho-so-cua-toi/"+string(id), s.standing(s.citizen, id)
	clerk := s.Clerk("ubnd-99101")
	if _, err := s.Dossiers.RequestMore(s.As(clerk), id, dossier.MoreRequest{StepID: s.step(clerk, id), Items: []string{evil}, Reason: evil}); err != nil {
		t.Fatal(err)
	}
	with := map[string]string{"Cookie": "receipt=" + st.Code + "|" + st.Secret}
	for _, sc := range []webtest.Scenario{
		{URL: own, As: s.citizen}, {URL: own + "/bo-sung", As: s.citizen}, {URL: "/ho-so-cua-toi", As: s.citizen}, {URL: "/ho-so-cua-toi?q=" + url.QueryEscape(evil), As: s.citizen},
		{URL: "/tra-cuu/" + st.Code}, {URL: "/tra-cuu/" + st.Code, Header: with}, {URL: "/tra-cuu/" + st.Code + "/bo-sung", Header: with},
		{URL: "/tra-cuu?ma=" + url.QueryEscape(evil)}, {URL: "/tra-cuu", Form: url.Values{"code": {evil}, "secret": {evil}}}, {URL: "/lam-tiep", Form: url.Values{"code": {evil}}},
		{URL: "/thu-tuc?q=" + url.QueryEscape(evil) + "&noi=" + url.QueryEscape(evil) + "&linh-vuc=" + url.QueryEscape(evil) + "&cap=" + url.QueryEscape(evil)},
		{URL: "/thu-tuc/9.000001?noi=" + url.QueryEscape(evil) + "&truong-hop=" + url.QueryEscape(evil)},
		{URL: "/nop-ho-so/9.000001?noi=" + url.QueryEscape(evil) + "&case=" + url.QueryEscape(evil)},
		{URL: "/thu-tuc/goi-y?q=" + url.QueryEscape(evil)}, {URL: "/co-quan/goi-y?q=" + url.QueryEscape(evil)},
		{URL: "/thu-tuc/" + url.PathEscape(evil)}, {URL: "/tra-cuu/" + url.PathEscape(evil)}, {URL: "/nop/" + url.PathEscape(evil) + "/xem-lai"},
	} {
		harmless(t, sc.URL, s.do(sc))
	}
	form := s.get(s.citizen, own+"/bo-sung").Submit(t, `form[action$="bo-sung"]`, url.Values{"note": {evil}})
	s.do(webtest.Scenario{As: s.citizen, URL: own + "/bo-sung", Form: form, Files: []webtest.File{{Field: "item.0", Name: evil + ".pdf", Content: dossiertest.PDF}}})
	s.do(webtest.Scenario{As: s.citizen, URL: own + "/rut", Form: url.Values{"reason": {evil}}})
	for _, lang := range []string{"", "?lang=en"} {
		after := s.get(s.citizen, own+lang)
		harmless(t, "after all", after)
		if !strings.Contains(after.Text(), "<script>alert(1)</script>") {
			t.Error("the note is lost")
		}
	}
}

// TestMethods holds that every address takes its own methods alone.
func TestMethods(t *testing.T) {
	s := newSite(t)
	draft := s.begin(s.citizen)
	known := map[string]map[string]bool{}
	room := portal.New(portal.Deps{Renderer: s.Renderer, Clock: s.World.Clock})
	for _, r := range room.Routes() {
		if known[r.Pattern] == nil {
			known[r.Pattern] = map[string]bool{}
		}
		known[r.Pattern][r.Method] = true
	}
	if len(known) < 30 {
		t.Fatalf("%d addresses", len(known))
	}
	values := strings.NewReplacer("{resume}", draft[len("/nop/"):], "{code}", "9.000001", "{id}", id.New(), "{paper}", "birth-note", "{file}", id.New())
	for pattern, methods := range known {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			if methods[method] {
				continue
			}
			sc := webtest.Scenario{As: s.citizen, Method: method, URL: values.Replace(pattern), Loose: true}
			if method != "GET" {
				sc.Form = url.Values{"x": {"1"}}
			}
			a := webtest.Do(t, s.Mux, sc)
			if a.Status != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d, want 405", method, pattern, a.Status)
			}
			if allow := a.Header.Get("Allow"); methods["GET"] && !strings.Contains(allow, "GET") {
				t.Errorf("%s %s: Allow is %q", method, pattern, allow)
			}
		}
	}
}

// TestSignInIsAsked holds that everything of one's own asks for a sign-in, and leads back after it.
func TestSignInIsAsked(t *testing.T) {
	s := newSite(t)
	room := portal.New(portal.Deps{Renderer: s.Renderer, Clock: s.World.Clock})
	own := id.New()
	n := 0
	for _, r := range room.Routes() {
		if mine := strings.HasPrefix(r.Pattern, "/ho-so-cua-toi"); mine != (r.Permission == web.SignedIn) {
			t.Errorf("%s %s: permission %q", r.Method, r.Pattern, r.Permission)
		}
		if r.Permission != web.SignedIn {
			continue
		}
		n++
		path := strings.NewReplacer("{id}", own, "{file}", own).Replace(r.Pattern)
		sc := webtest.Scenario{URL: path, Method: r.Method}
		if r.Method == "POST" {
			sc.Form = url.Values{"reason": {"x"}}
		}
		a := s.do(sc)
		if r.Method == "GET" && (a.Status != 303 || a.Header.Get("Location") != "/dang-nhap?next="+url.QueryEscape(path)) {
			t.Errorf("GET %s: %d to %q", path, a.Status, a.Header.Get("Location"))
		}
		if r.Method == "POST" && a.Status != 303 && a.Status != 401 {
			t.Errorf("POST %s: %d", path, a.Status)
		}
	}
	if n < 7 {
		t.Errorf("%d pages of one's own", n)
	}
}

// from asks from a network address.
func (s *site) from(ip, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.RemoteAddr = ip + ":40000"
	w := httptest.NewRecorder()
	s.Mux.ServeHTTP(w, r)
	return w
}

// TestGuessing holds how guessing is slowed down: by code from many addresses, by address over many codes, and that
// neither stops those who look up rightly elsewhere.
func TestGuessing(t *testing.T) {
	s := newSite(t, func(d *portal.Deps) { d.Config.Guesses, d.Config.Lookups = 4, 6 })
	list := s.filed(s.citizen, 2)
	one, two := list[0], list[1]
	ask := func(ip, code, secret string) int {
		return s.from(ip, "/tra-cuu", url.Values{"code": {code}, "secret": {secret}}).Code
	}
	for i := range 4 {
		if got := ask(fmt.Sprintf("10.0.0.%d", i+1), one.Code, "AAAAAA"); got != 422 {
			t.Fatalf("guess %d: %d", i, got)
		}
	}
	if got := ask("10.0.1.1", one.Code, "AAAAAA"); got != 429 {
		t.Errorf("a fifth address guesses on: %d", got)
	}
	if got := ask("10.0.1.1", one.Code, one.Secret); got != 429 {
		t.Errorf("while it is shut the right secret would be a guess too: %d", got)
	}
	if got := ask("10.0.1.1", two.Code, two.Secret); got != 303 {
		t.Errorf("another dossier: %d", got)
	}
	if got := ask("10.0.1.1", one.Code, ""); got != 303 {
		t.Errorf("the code alone: %d", got)
	}
	for i := range 6 {
		if got := ask("10.0.2.1", fmt.Sprintf("X99.10.01-261123-%04d", 9000+i), ""); got != 422 {
			t.Fatalf("unknown code %d: %d", i, got)
		}
	}
	if got := ask("10.0.2.1", "X99.10.01-261123-8888", ""); got != 429 {
		t.Errorf("the address goes on: %d", got)
	}
	if got := ask("10.0.2.2", "X99.10.01-261123-8888", ""); got != 422 {
		t.Errorf("another address: %d", got)
	}
	if got := s.from("10.0.2.1", "/lam-tiep", url.Values{"code": {"AAAAABBBBB"}}).Code; got != 429 {
		t.Errorf("resume codes are guessed instead: %d", got)
	}
	for range 20 {
		if got := ask("10.0.3.1", two.Code, two.Secret); got != 303 {
			t.Fatalf("right look-ups are counted: %d", got)
		}
	}
	s.World.Clock.Advance(15 * time.Minute)
	if got := ask("10.0.1.1", one.Code, one.Secret); got != 303 {
		t.Errorf("later: %d", got)
	}
}

// TestSlowedPages holds what who guesses too fast is told, wherever they guess.
func TestSlowedPages(t *testing.T) {
	s := newSite(t, func(d *portal.Deps) { d.Config.Guesses, d.Config.Lookups = 2, 50 })
	d := s.filed(s.citizen, 1)[0]
	address := "/tra-cuu/" + d.Code
	for range 2 {
		s.do(webtest.Scenario{URL: address + "?m=AAAAAA"})
	}
	minutes := regexp.MustCompile(`thử lại sau \d+ phút`)
	for name, sc := range map[string]webtest.Scenario{
		"link of the QR code": {URL: address + "?m=" + d.Secret},
		"kept secret":         {URL: address, Header: map[string]string{"Cookie": "receipt=" + d.Code + "|" + d.Secret}},
		"form":                {URL: "/tra-cuu", Form: url.Values{"code": {d.Code}, "secret": {d.Secret}}},
	} {
		a := s.do(sc)
		if a.Status != 429 || !minutes.MatchString(a.Text()) || a.Page.Find(`[name="code"]`).AttrOr("value", "") == "" {
			t.Errorf("%s: %d %s", name, a.Status, a.Text())
		}
	}
	for _, path := range []string{"/rut", "/bo-sung"} {
		a := s.do(webtest.Scenario{URL: address + path, Header: map[string]string{"Cookie": "receipt=" + d.Code + "|" + d.Secret}, Form: url.Values{"reason": {"x"}}})
		if a.Status != 503 || !minutes.MatchString(a.Text()) {
			t.Errorf("POST %s: %d %s", path, a.Status, a.Text())
		}
	}
}

// TestSecretStaysSecret holds that the secret of a receipt gets into no address, no log and no cache.
func TestSecretStaysSecret(t *testing.T) {
	s := newSite(t)
	d := s.filed(s.citizen, 1)[0]
	address := "/tra-cuu/" + d.Code
	a := s.do(webtest.Scenario{URL: address + "?m=" + strings.ToLower(d.Secret)})
	if a.Status != 303 || strings.Contains(a.Header.Get("Location"), d.Secret) {
		t.Fatalf("%d to %s", a.Status, a.Header.Get("Location"))
	}
	if got := a.Header.Get("Referrer-Policy"); got != "no-referrer" {
		t.Errorf("referrer policy %q", got)
	}
	cookie := a.Header.Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "SameSite=Lax", "Path=/tra-cuu", "Max-Age=1800"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie without %s: %s", want, cookie)
		}
	}
	page := s.do(webtest.Scenario{URL: address, Header: map[string]string{"Cookie": a.Cookies()}})
	if page.Status != 200 || !strings.Contains(page.Text(), d.Secret) || !strings.Contains(page.Header.Get("Cache-Control"), "no-store") {
		t.Errorf("%d, cache %q", page.Status, page.Header.Get("Cache-Control"))
	}
	if strings.Contains(s.Log.String(), d.Secret) {
		t.Errorf("the log holds the secret: %s", s.Log)
	}
	again := s.do(webtest.Scenario{URL: "/tra-cuu", Form: url.Values{"code": {d.Code}}})
	if !strings.Contains(again.Header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("a look-up without the secret keeps the old one: %s", again.Header.Get("Set-Cookie"))
	}
	wrong := s.do(webtest.Scenario{URL: address, Header: map[string]string{"Cookie": "receipt=" + d.Code + "|AAAAAA"}})
	if wrong.Status != 200 || strings.Contains(wrong.Text(), d.Owner.FullName) || !strings.Contains(wrong.Header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("a wrong kept secret: %d, %s", wrong.Status, wrong.Header.Get("Set-Cookie"))
	}
	secure := newSite(t, func(d *portal.Deps) { d.Secure = true })
	e := secure.filed(secure.citizen, 1)[0]
	if c := secure.do(webtest.Scenario{URL: "/tra-cuu/" + e.Code + "?m=" + e.Secret}).Header.Get("Set-Cookie"); !strings.Contains(c, "Secure") {
		t.Errorf("over https the cookie is %s", c)
	}
	for _, bad := range []string{"receipt=" + strings.Repeat("x", 200), "receipt=|", "receipt=" + d.Code, "receipt=" + d.Code + "|" + strings.Repeat("A", 40)} {
		if a := s.do(webtest.Scenario{URL: address, Header: map[string]string{"Cookie": bad}}); a.Status != 200 || strings.Contains(a.Text(), d.Secret) {
			t.Errorf("cookie %q: %d", bad, a.Status)
		}
	}
}
