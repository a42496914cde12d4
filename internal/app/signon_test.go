package app

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/signon"
)

// signSite is the whole program at an address of this machine, for single sign-on.
type signSite struct {
	*App
	url    string
	system context.Context
}

// newSignSite starts the program. host tells two of them apart: browsers share cookies between ports.
func newSignSite(t *testing.T, host, address, algorithm string) *signSite {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := testConfig(t, address)
	c.BaseURL, c.Signon.Algorithm = "http://"+host+":"+port, algorithm
	s := &signSite{App: newApp(t, c), url: c.BaseURL, system: actor.With(t.Context(), actor.SystemActor)}
	server := httptest.NewUnstartedServer(s.Handler())
	server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	return s
}

const signPassword = "cây đa bến nước 7"

// citizen registers somebody whom an official has checked.
func (s *signSite) citizen(t *testing.T, phone string) identity.Account {
	t.Helper()
	acc, err := s.House.Identity.Register(t.Context(), identity.Registration{Name: phone, FullName: "Ksor Thử", Password: signPassword, Consent: true})
	if err != nil {
		t.Fatal(err)
	}
	as := actor.With(t.Context(), actor.Actor{ID: string(acc.ID), Name: acc.FullName, Kind: actor.Person})
	if err := s.House.Identity.Verify(as, identity.Verified{By: "thử", FullName: "Ksor Thử", PersonalID: "052190000001"}); err != nil {
		t.Fatal(err)
	}
	return acc
}

// person is somebody with a browser.
type person struct {
	t      *testing.T
	client *http.Client
}

func newPerson(t *testing.T) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{t, &http.Client{Jar: jar}}
}

var leadsOn = regexp.MustCompile(`http-equiv="refresh" content="\d+; url=([^"]+)"`)

// see sends a request, follows redirects and pages that lead on, and returns where it ended with the page.
func (p *person) see(r *http.Request) (at *url.URL, page string) {
	p.t.Helper()
	resp, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	var b strings.Builder
	if _, err := bufio.NewReader(resp.Body).WriteTo(&b); err != nil {
		p.t.Fatal(err)
	}
	at, page = resp.Request.URL, b.String()
	if m := leadsOn.FindStringSubmatch(page); m != nil {
		next, err := at.Parse(strings.ReplaceAll(m[1], "&amp;", "&"))
		if err != nil {
			p.t.Fatal(err)
		}
		return p.open(next.String())
	}
	return at, page
}

func (p *person) open(address string) (*url.URL, string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.see(r)
}

func (p *person) send(address string, form url.Values) (*url.URL, string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.see(r)
}

// value returns the value of the first field of a name on a page.
func value(page, name string) string {
	_, rest, _ := strings.Cut(page, `name="`+name+`" value="`)
	v, _, _ := strings.Cut(rest, `"`)
	return strings.NewReplacer("&amp;", "&", "&#43;", "+").Replace(v)
}

// signIn fills in the sign-in page that somebody stands before.
func (p *person) signIn(at *url.URL, page, phone string) (*url.URL, string) {
	p.t.Helper()
	if at.Path != "/dang-nhap" {
		p.t.Fatalf("no sign-in page: %s %.300s", at, page)
	}
	return p.send(at.Scheme+"://"+at.Host+"/dang-nhap", url.Values{"name": {phone}, "password": {signPassword}, "next": {value(page, "next")}})
}

// TestTwoProvinces lets one instance of the program sign people on by another one, as a province does by an outside
// identity service: the first time with an account made, then straight in, and not any more once the other says no.
func TestTwoProvinces(t *testing.T) {
	there := newSignSite(t, "localhost", dbtest.PostgresAddress(t), "ES256")
	here := newSignSite(t, "127.0.0.1", dbtest.SQLiteAddress(t), "")
	there.citizen(t, "0905123456")
	client, secret, err := there.House.Signon.AddClient(there.system, signon.Client{Name: "Tỉnh bạn", Trusted: true, Redirects: []string{here.url + "/signon/from/tinh-ban"},
		Scopes: []string{"profile", "personal_id"}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = here.House.Signon.AddOutside(here.system, signon.Outside{Key: "tinh-ban", Name: "Tỉnh bạn", Issuer: there.url, ClientID: string(client.ID),
		Scopes: []string{"profile", "personal_id"}}, secret)
	if err != nil {
		t.Fatal(err)
	}
	p := newPerson(t)
	at, page := p.open(here.url + "/dang-nhap?next=/tai-khoan")
	if !strings.Contains(page, `/signon/go/tinh-ban?next=%2Ftai-khoan`) {
		t.Fatalf("no button at %s: %.500s", at, page)
	}
	at, page = p.open(here.url + "/signon/go/tinh-ban?next=/tai-khoan")
	if !strings.HasPrefix(at.String(), there.url) {
		t.Fatalf("not at the other province: %s %.300s", at, page)
	}
	at, page = p.signIn(at, page, "0905123456")
	if !strings.HasPrefix(at.String(), here.url+"/signon/arrival") || !strings.Contains(page, "052190000001") {
		t.Fatalf("arrived: %s %.500s", at, page)
	}
	at, page = p.send(here.url+"/signon/arrival/make", url.Values{"id": {value(page, "id")}, "consent": {"1"}})
	if at.Path != "/tai-khoan" || !strings.Contains(page, "Ksor Thử") || !strings.Contains(page, "Đã xác thực") {
		t.Fatalf("signed in: %s %.500s", at, page)
	}
	p.send(here.url+"/dang-xuat", nil)
	if at, _ = p.open(here.url + "/signon/go/tinh-ban?next=/tai-khoan"); at.String() != here.url+"/tai-khoan" {
		t.Errorf("the second time, still signed in there: %s", at)
	}
	p.send(here.url+"/dang-xuat", nil)
	if err := there.House.Signon.EndClient(there.system, client.ID); err != nil {
		t.Fatal(err)
	}
	if at, page = p.open(here.url + "/signon/go/tinh-ban"); !strings.HasPrefix(at.String(), there.url) || !strings.Contains(page, "chưa được đăng ký") {
		t.Errorf("after the client was ended: %s %.300s", at, page)
	}
}

// TestIndependentClient signs somebody on to a program that others wrote: the example of HashiCorp's library for
// OpenID clients, built from its module, on the command line with a local address to return to.
func TestIndependentClient(t *testing.T) {
	program := filepath.Join(t.TempDir(), "client")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/hashicorp/cap/oidc/examples/cli").CombinedOutput(); err != nil {
		t.Fatalf("build: %v %s", err, out)
	}
	site := newSignSite(t, "localhost", "", "ES384") // the only algorithm the example takes
	acc := site.citizen(t, "0905123456")
	client, _, err := site.House.Signon.AddClient(site.system, signon.Client{Name: "Chương trình mẫu", Public: true, Redirects: []string{"http://localhost/callback"},
		Scopes: []string{"profile", "personal_id"}}) // of an address on the same machine the port does not count
	if err != nil {
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(free.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	cmd := exec.CommandContext(t.Context(), program, "-pkce", "-scopes", "profile,personal_id")
	cmd.Env = append(os.Environ(), "OIDC_CLIENT_ID="+string(client.ID), "OIDC_ISSUER="+site.url, "OIDC_PORT="+port, "PATH=")
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = cmd.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	p := newPerson(t)
	var said strings.Builder
	signedOn := false
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		said.WriteString(line + "\n")
		if address := line; strings.HasPrefix(address, site.url+"/signon/authorize?") && !signedOn { // it listens by now
			signedOn = true
			go func() {
				at, page := p.open(address)
				at, page = p.signIn(at, page, "0905123456")
				if strings.Contains(page, `action="/signon/consent"`) {
					at, page = p.send(site.url+"/signon/consent", url.Values{"id": {value(page, "id")}, "answer": {"yes"}})
				}
				if at.Path != "/callback" || !strings.Contains(page, "Authentication Succeeded") {
					t.Errorf("at the client: %v %.300s", at, page)
				}
			}()
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the client: %v", err)
	}
	for _, want := range []string{"UserInfo claims", `"name": "Ksor Thử"`, `"personal_id": "052190000001"`, `"sub": "` + string(acc.ID) + `"`, `"iss": "` + site.url + `"`} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("the client does not say %s: %s", want, said.String())
		}
	}
	visits, err := site.House.Signon.Visits(site.system, client.ID, "", 10)
	if err != nil || len(visits) != 1 || visits[0].AccountID != acc.ID {
		t.Errorf("visits: %+v %v", visits, err)
	}
}
