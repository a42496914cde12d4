package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lienthong/internal/dossier"
	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/job"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

// TestLanguageLink holds that the other language is one step away with the question still asked.
func TestLanguageLink(t *testing.T) {
	a := newApp(t, testConfig(t, ""))
	for url, want := range map[string]string{
		"/":                                `href="/?lang=en"`,
		"/thu-tuc?q=khai+sinh&cap=commune": `href="/thu-tuc?cap=commune&amp;lang=en&amp;q=khai&#43;sinh"`,
		"/thu-tuc?q=x&lang=en":             `href="/thu-tuc?lang=vi&amp;q=x"`,
		"/khong-co-trang-nay?a=%22b":       `href="/khong-co-trang-nay?a=%22b&amp;lang=en"`,
	} {
		if body := get(a.Handler(), url).Body.String(); !strings.Contains(body, want) {
			i := strings.Index(body, "hreflang")
			t.Errorf("%s: no %s: %.200s", url, want, body[max(0, i-120):])
		}
	}
}

func labels(items []design.NavItem) string {
	var b strings.Builder
	for _, it := range items {
		fmt.Fprintf(&b, "%s(%s)", it.Label, it.Href)
		if it.Current {
			b.WriteString("*")
		}
		b.WriteString(" ")
	}
	return strings.TrimSpace(b.String())
}

// TestNav holds what is offered to whom, in both languages.
func TestNav(t *testing.T) {
	a := newApp(t, testConfig(t, ""))
	holding := func(permissions ...string) context.Context {
		held := map[string]bool{}
		for _, p := range permissions {
			held[p] = true
		}
		return actor.With(context.Background(), actor.Actor{ID: "o", Kind: actor.Staff, Grants: []actor.Grant{{Permissions: held, UnitPath: "/r/", Below: true}}})
	}
	public, ok := a.House.nav(context.Background(), "public", "/tra-cuu").([]design.NavItem)
	if !ok || !strings.Contains(labels(public), "(/tra-cuu)*") {
		t.Errorf("public: %s", labels(public))
	}
	if english, _ := a.House.nav(i18n.WithLang(context.Background(), "en"), "public", "/").([]design.NavItem); strings.Contains(labels(english), "Tra cứu") {
		t.Errorf("in English: %s", labels(english))
	}
	for _, c := range []struct {
		name  string
		ctx   context.Context
		path  string
		want  string
		never string
	}{
		{"a clerk", holding(dossier.PermRead, dossier.PermAccept), "/desk", "(/desk/counter)", "/identity"},
		{"an administrator", holding(identity.PermManage), "/identity/accounts/1", "Tài khoản và phân quyền(/identity/accounts)*", "/desk"},
		{"both", holding(identity.PermManage, dossier.PermRead), "/desk", "Tài khoản và phân quyền(/identity/accounts) ", "/desk/counter"},
		{"in English", i18n.WithLang(holding(identity.PermManage), "en"), "/x", "Accounts and roles", "Tài khoản"},
		{"nobody", context.Background(), "/desk", "", "/"},
	} {
		groups, _ := a.House.nav(c.ctx, "desk", c.path).([]design.NavGroup)
		var b strings.Builder
		for _, g := range groups {
			b.WriteString(labels(g.Items) + " ")
		}
		if !strings.Contains(b.String(), c.want) || strings.Contains(b.String(), c.never) {
			t.Errorf("%s: %s", c.name, &b)
		}
	}
	for path, want := range map[string]bool{"/identity": true, "/identity/x": true, "/identityx": false, "/": false} {
		if under(path, "/identity") != want {
			t.Errorf("under %s", path)
		}
	}
}

// TestDeskDoor holds where officials arrive.
func TestDeskDoor(t *testing.T) {
	a := newApp(t, testConfig(t, ""))
	if err := a.House.LoadProvince(context.Background(), a.House.Files, io.Discard, false, "calendar"); err != nil {
		t.Fatal(err)
	}
	var door web.Route
	for _, rt := range a.House.desk() {
		if rt.Name == "desk.list" {
			door = rt
		}
	}
	if door.Permission != web.SignedIn {
		t.Fatalf("%+v", door)
	}
	for permission, want := range map[string]string{dossier.PermRead: "200", identity.PermManage: "303 /identity/accounts", "audit.read": "forbidden"} {
		who := actor.Actor{ID: "o", Kind: actor.Staff, Grants: []actor.Grant{{Permissions: map[string]bool{permission: true, dossier.PermProcess: permission == dossier.PermRead}, UnitPath: "/r/", Below: true}}}
		r := httptest.NewRequest("GET", "/desk", nil)
		w := httptest.NewRecorder()
		err := door.Handler(w, r.WithContext(actor.With(r.Context(), who)))
		got := strings.TrimSpace(fmt.Sprintf("%d %s", w.Code, w.Header().Get("Location")))
		if err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", permission, got, want)
		}
	}
}

// TestApplicants holds what the portal knows of who is signed in.
func TestApplicants(t *testing.T) {
	a := newApp(t, testConfig(t, ""))
	reg := identity.Registration{Name: "0900123456", FullName: "Nguyễn Văn Thử", PersonalID: "064000000999", Password: "Cây cà phê trổ hoa 27", Consent: true}
	acc, err := a.House.Identity.Register(context.Background(), reg)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(who actor.Actor) (dossier.Applicant, bool) {
		got, ok, err := applicants{a.House.Identity}.Applicant(actor.With(context.Background(), who))
		if err != nil {
			t.Fatal(err)
		}
		return got, ok
	}
	if got, ok := ask(actor.Actor{ID: string(acc.ID), Kind: actor.Person}); !ok || got.FullName != reg.FullName || got.PersonalID != reg.PersonalID || got.Phone != reg.Name || got.Kind != dossier.ApplicantCitizen {
		t.Errorf("%+v %v", got, ok)
	}
	for _, who := range []actor.Actor{{}, {ID: string(acc.ID), Kind: actor.Staff}} {
		if got, ok := ask(who); ok {
			t.Errorf("%+v knows %+v", who, got)
		}
	}
}

// TestJobsAreHandedBack holds that a job which is running when the program is stopped is done after the next start.
func TestJobsAreHandedBack(t *testing.T) {
	eachAddress(t, func(t *testing.T, address string) {
		c := testConfig(t, address)
		c.Stop = 50 * time.Millisecond
		begun := make(chan struct{})
		first := newApp(t, c)
		first.House.Jobs.Handle("app.test", func(ctx context.Context, _ job.Task) error {
			close(begun)
			<-ctx.Done()
			return ctx.Err()
		})
		err := first.DB.Tx(context.Background(), func(tx *db.Tx) error {
			return job.Enqueue(context.Background(), tx, "app.test", "x", first.House.Clock.Now())
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		ln, err := net.Listen("tcp", c.Listen)
		if err != nil {
			t.Fatal(err)
		}
		go func() { ended <- first.Serve(ctx, ln) }()
		<-begun
		stop()
		if err := <-ended; err != nil {
			t.Fatalf("ended with %v", err)
		}
		second := newApp(t, c)
		done := false
		second.House.Jobs.Handle("app.test", func(context.Context, job.Task) error { done = true; return nil })
		if err := second.House.Jobs.RunDue(context.Background()); err != nil || !done {
			t.Errorf("the job is lost: %v", err)
		}
	})
}

// TestStopSaysSo holds that the log tells of the stop, for those who read it the next day.
func TestStopSaysSo(t *testing.T) {
	c := testConfig(t, "")
	var log bytes.Buffer
	a, err := New(context.Background(), c, WithLog(slog.New(slog.NewTextHandler(&log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	ctx, stop := context.WithCancel(context.Background())
	ln, err := net.Listen("tcp", c.Listen)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(ctx, ln) }()
	res, err := http.Get("http://" + ln.Addr().String() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"msg=serving", "msg=stopping patience=30s", "msg=stopped"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %q in %s", want, &log)
		}
	}
	if strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("%s", &log)
	}
}
