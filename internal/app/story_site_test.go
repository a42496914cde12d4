package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/dossier"
	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/web"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
	"lienthong/province"
)

// demoPassword is the password of all made-up people in the stories.
const demoPassword = "Cây cà phê trổ hoa 27"

// storyTime is when stories begin: Monday 23/11/2026, 08:10.
var storyTime = time.Date(2026, 11, 23, 8, 10, 0, 0, clock.Local)

// paperPDF is a small file that is what it says.
const paperPDF = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

// storyProvinces are told all stories unchanged: one with three levels of government and one with two.
var storyProvinces = map[string]string{"gialai": "gialai", "haicap": "../../province/testdata/haicap"}

// site is the whole program serving a province over HTTP, at a time of the test's choosing.
type site struct {
	*App
	t      testing.TB
	clock  *clock.Fake
	srv    *httptest.Server
	shared *sharedSite
}

type sharedSite struct {
	sync.Mutex
	tokens map[string]token
	judged map[string]bool // pages that a browser looked at
}

type token struct {
	text  string
	until time.Time
}

// newSite wires the program on a database, loads a province with its people and serves it.
func newSite(t testing.TB, provinceName, address string) *site {
	t.Helper()
	c := testConfig(t, address)
	c.Province = provinceName
	c.Identity.HashMemory = 8 * 1024 // fast; the strength is tested in its room
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
	if err := a.House.LoadProvince(context.Background(), a.House.Files, io.Discard, false); err != nil {
		t.Fatal(err)
	}
	if _, err := a.House.Identity.ImportDemo(s.system(), a.House.Files, demoPassword); err != nil {
		t.Fatal(err)
	}
	s.srv = httptest.NewServer(a.Handler())
	t.Cleanup(s.srv.Close)
	return s
}

// in returns the site for a subtest.
func (s *site) in(t testing.TB) *site {
	c := *s
	c.t = t
	return &c
}

// eachProvince tells a story in every province on every engine.
func eachProvince(t *testing.T, fn func(t *testing.T, s *site)) {
	for _, name := range slices.Sorted(maps.Keys(storyProvinces)) {
		from := storyProvinces[name]
		t.Run(name, func(t *testing.T) {
			eachAddress(t, func(t *testing.T, address string) { fn(t, newSite(t, from, address)) })
		})
	}
}

// TestStoryProvinces holds that the stories are told in all provinces that come with the program.
func TestStoryProvinces(t *testing.T) {
	for _, name := range province.Names() {
		if storyProvinces[name] == "" {
			t.Errorf("no story is told in %s; add it to storyProvinces", name)
		}
	}
}

// system returns a context in which the program itself acts, at the time of the story.
func (s *site) system() context.Context {
	return actor.With(audit.WithClock(context.Background(), s.clock), actor.SystemActor)
}

// signIn returns the token of an account by its sign-in name. It signs in again when the session may be over.
func (s *site) signIn(name string) string {
	s.t.Helper()
	if name == "" {
		return ""
	}
	s.shared.Lock()
	defer s.shared.Unlock()
	if held, ok := s.shared.tokens[name]; ok && s.clock.Now().Before(held.until) {
		return held.text
	}
	var out struct{ Token string }
	s.t.Logf("%s signs in", name)
	s.send(http.MethodPut, "/identity/session", "", "", jsonBody(map[string]any{"name": name, "password": demoPassword}), "application/json").want(200).into(&out)
	s.shared.tokens[name] = token{out.Token, s.clock.Now().Add(20 * time.Minute)}
	return out.Token
}

// register makes a citizen's account and returns its sign-in name.
func (s *site) register(name, phone, personalID string) string {
	s.t.Helper()
	s.call("", http.MethodPost, "/identity/accounts", map[string]any{"name": phone, "full_name": name, "personal_id": personalID, "password": demoPassword, "consent": true}).want(201)
	return phone
}

func jsonBody(v any) []byte {
	if v == nil {
		return nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}

// reply is what came back over HTTP.
type reply struct {
	t      testing.TB
	what   string
	status int
	header http.Header
	body   []byte
}

// call sends JSON to the API as somebody, "" being a visitor. Who signed in a while ago proves once more who they are
// when the act asks for it.
func (s *site) call(who, method, path string, body any) *reply {
	s.t.Helper()
	token := s.signIn(who)
	r := s.send(method, path, token, id.New(), jsonBody(body), "application/json")
	if r.status != http.StatusForbidden || !strings.Contains(string(r.body), `"kind":"unproved"`) {
		return r
	}
	s.t.Logf("%s proves once more", who)
	s.send(http.MethodPut, "/proof/session/proof", token, "", jsonBody(map[string]any{"password": demoPassword}), "application/json").want(http.StatusNoContent)
	return s.send(method, path, token, id.New(), jsonBody(body), "application/json")
}

func (s *site) get(who, path string) *reply {
	s.t.Helper()
	return s.call(who, http.MethodGet, path, nil)
}

func (s *site) post(who, path string, body any) *reply {
	s.t.Helper()
	return s.call(who, http.MethodPost, path, body)
}

func (s *site) send(method, path, token, key string, body []byte, contentType string) *reply {
	s.t.Helper()
	r, err := http.NewRequest(method, s.srv.URL+web.Version1+path, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", contentType)
	}
	if method == http.MethodPost {
		r.Header.Set("Idempotency-Key", key)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return answer(s.t, s.srv.Client(), r)
}

func answer(t testing.TB, c *http.Client, r *http.Request) *reply {
	t.Helper()
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return &reply{t, r.Method + " " + r.URL.Path, res.StatusCode, res.Header, raw}
}

// want ends the test when the status is another one.
func (r *reply) want(status int) *reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("%s: status %d, want %d: %.1500s", r.what, r.status, status, r.body)
	}
	return r
}

// says ends the test when the answer lacks a text.
func (r *reply) says(text string) *reply {
	r.t.Helper()
	if !strings.Contains(string(r.body), text) {
		r.t.Fatalf("%s: %q is missing in %.1500s", r.what, text, r.body)
	}
	return r
}

func (r *reply) into(v any) {
	r.t.Helper()
	if err := json.Unmarshal(r.body, v); err != nil {
		r.t.Fatalf("%s: %v in %.500s", r.what, err, r.body)
	}
}

// file sends a complete dossier in one call: the filing and a PDF for every file it names.
func (s *site) file(who, key string, f dossier.Filing) *reply {
	s.t.Helper()
	body, contentType := filingBody(s.t, f)
	return s.send(http.MethodPost, "/dossier/dossiers", s.signIn(who), key, body, contentType)
}

// filingBody returns a filing as the one-call form wants it.
func filingBody(t testing.TB, f dossier.Filing) (body []byte, contentType string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(m.SetBoundary("----a-story-" + f.ProcedureCode + "-----"))
	must(m.WriteField("dossier", string(jsonBody(f))))
	for _, p := range f.Papers {
		for _, name := range p.Files {
			w, err := m.CreateFormFile(name, name+".pdf")
			must(err)
			_, err = io.WriteString(w, paperPDF+"% "+f.Owner.Phone+" "+name+"\n")
			must(err)
		}
	}
	must(m.Close())
	return b.Bytes(), m.FormDataContentType()
}

// official returns the sign-in name of somebody who may do a kind of step at a unit.
func (s *site) official(kind procedure.StepKind, unitPath string) string {
	s.t.Helper()
	all := s.officials(kind, unitPath)
	if len(all) == 0 {
		s.t.Fatalf("nobody may do a step of kind %s at %s", kind, unitPath)
	}
	return all[0]
}

var permissionOf = map[procedure.StepKind]string{procedure.StepReceive: dossier.PermAccept, procedure.StepWork: dossier.PermProcess,
	procedure.StepApprove: dossier.PermApprove, procedure.StepReturn: dossier.PermReturn}

func (s *site) officials(kind procedure.StepKind, unitPath string) []string {
	s.t.Helper()
	able, err := s.House.Identity.Able(s.system(), permissionOf[kind], unitPath)
	if err != nil {
		s.t.Fatal(err)
	}
	var names []string
	for _, c := range able {
		acc, err := s.House.Identity.Account(s.system(), c.AccountID)
		if err != nil {
			s.t.Fatal(err)
		}
		if len(acc.Names) > 0 {
			names = append(names, acc.Names[0].Text)
		}
	}
	return names
}

// hire gives one more official a role at a unit.
func (s *site) hire(user, role string, at org.Unit) string {
	s.t.Helper()
	person, err := s.House.Org.AddPerson(s.system(), org.Person{FullName: "Đinh Văn Thêm"})
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.House.Org.AddPost(s.system(), org.Post{PersonID: person.ID, UnitID: at.ID, Title: "Chuyên viên", Main: true, SourceAct: "Thử"}); err != nil {
		s.t.Fatal(err)
	}
	acc, err := s.House.Identity.AddOfficial(s.system(), identity.NewOfficial{Name: user, PersonID: person.ID, Password: demoPassword})
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.House.Identity.Grant(s.system(), identity.Grant{AccountID: acc.ID, Role: role, UnitID: at.ID, Divisions: true, Reason: "Thử"}); err != nil {
		s.t.Fatal(err)
	}
	return user
}

// settle lets everything that follows from what was done happen: events are delivered, timers that are due run.
func (s *site) settle() {
	s.t.Helper()
	for range 3 { // what an event causes may publish one
		if err := s.House.Jobs.RunDue(s.system()); err != nil {
			s.t.Fatal(err)
		}
		if err := s.House.Bus.Drain(s.system()); err != nil {
			s.t.Fatal(err)
		}
	}
	if dead, err := s.House.Jobs.Dead(s.system(), 5); err != nil || len(dead) > 0 {
		s.t.Fatalf("work that failed: %v %v", dead, err)
	}
}

// whole holds that the audit record is unbroken and no file is lost.
func (s *site) whole() {
	s.t.Helper()
	report, err := audit.Verify(s.system(), s.DB, nil)
	if err != nil || !report.OK() {
		s.t.Errorf("audit record: %v %v", report.Lines(), err)
	}
	var b strings.Builder
	if ok, err := s.House.File.Doctor(s.system(), &b, i18n.Msg.String); err != nil || !ok {
		s.t.Errorf("files: %v %s", err, &b)
	}
}
