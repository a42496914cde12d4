package identity

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
	"lienthong/internal/org"
)

// TestStoryOfACitizen goes from a page that asks to sign in, over registering and forgetting, back to that page.
func TestStoryOfACitizen(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		s := w.site()
		visit := func(sc webtest.Scenario, status int) *webtest.Answer {
			t.Helper()
			a := webtest.Do(t, s.Mux, sc)
			if a.Status != status {
				t.Fatalf("%s: %d, want %d: %.400s", sc.URL, a.Status, status, a.Text())
			}
			return a
		}
		asked := visit(webtest.Scenario{URL: "/tai-khoan?x=1"}, http.StatusSeeOther).Header.Get("Location")
		signIn := visit(webtest.Scenario{URL: asked}, http.StatusOK)
		register := visit(webtest.Scenario{URL: signIn.Page.Find("a[href^='/dang-ky']").AttrOr("href", "")}, http.StatusOK)
		form := register.Submit(t, "form[action='/dang-ky']", url.Values{"full_name": {"Ksor Thử"}, "name": {"0905 123 456"},
			"password": {goodPassword}, "repeat": {"khác"}, "consent": {"1"}})
		wrong := visit(webtest.Scenario{URL: "/dang-ky", Form: form}, http.StatusUnprocessableEntity)
		again := wrong.Submit(t, "form[action='/dang-ky']", url.Values{"password": {goodPassword}, "repeat": {goodPassword}})
		done := visit(webtest.Scenario{URL: "/dang-ky", Form: again}, http.StatusSeeOther)
		if to := done.Header.Get("Location"); to != "/tai-khoan?x=1" {
			t.Errorf("after registering: %s", to)
		}
		mine := map[string]string{"Cookie": done.Cookies()}
		page := visit(webtest.Scenario{URL: "/tai-khoan", Header: mine}, http.StatusOK)
		profile := page.Submit(t, "form[action='/tai-khoan']", url.Values{"address": {"Làng Thử"}})
		if profile.Get("full_name") != "Ksor Thử" || profile.Get("phone") != "0905123456" {
			t.Errorf("the form of the profile: %v", profile)
		}
		visit(webtest.Scenario{URL: "/tai-khoan", Header: mine, Form: profile}, http.StatusSeeOther)
		visit(webtest.Scenario{Method: "POST", URL: "/dang-xuat", Header: mine}, http.StatusSeeOther)

		for i := range 5 { // the password is forgotten
			a := visit(webtest.Scenario{URL: "/dang-nhap", Form: url.Values{"name": {"0905123456"}, "password": {"nhớ nhầm rồi"}}}, http.StatusUnprocessableEntity)
			if locked := strings.Contains(a.Text(), "tạm khóa đến 09:15 23/11/2026"); locked != (i == 4) {
				t.Errorf("attempt %d: locked %v", i+1, locked)
			}
		}
		visit(webtest.Scenario{URL: "/dang-nhap", Form: url.Values{"name": {"0905123456"}, "password": {goodPassword}}}, http.StatusUnprocessableEntity)
		w.clock.Advance(15 * time.Minute)
		mine = browser(t, s, "0905123456")
		if p := visit(webtest.Scenario{URL: "/tai-khoan", Header: mine}, http.StatusOK).Submit(t, "form[action='/tai-khoan']", nil); p.Get("address") != "Làng Thử" {
			t.Errorf("what was saved: %v", p)
		}
	})
}

// TestStoryOfAnOfficial goes from entering the service over a transfer to leaving it.
func TestStoryOfAnOfficial(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		root, _, _ := staffed(w)
		person, first := w.person("Hồ Văn Minh Họa", "ubnd-90001/justice", "Công chức Tư pháp - Hộ tịch")
		acc, err := w.AddOfficial(w.as(root), NewOfficial{Name: "ho.minh-hoa", PersonID: org.PersonID(person), Password: goodPassword})
		if err != nil {
			t.Fatal(err)
		}
		commune, justice := w.unit("ubnd-90001/justice"), w.unit("so-tu-phap/justice")
		g, err := w.Grant(w.as(root), Grant{AccountID: acc.ID, Role: "officer", UnitID: commune.ID, Reason: "Quyết định 1"})
		if err != nil {
			t.Fatal(err)
		}
		check := func(step string, commune1, justice1 bool, agency string) {
			t.Helper()
			_, a := w.load(w.signIn("ho.minh-hoa"))
			if a.Can("dossier.process", commune.Path) != commune1 || a.Can("dossier.process", justice.Path) != justice1 || a.Office != agency {
				t.Errorf("%s: %+v", step, a)
			}
		}
		check("at the commune", true, false, w.unit("ubnd-90001").Name)
		day := w.today().AddDays(30) // transferred to the department
		if err := w.org.EndPost(w.system, first.ID, day); err != nil {
			t.Fatal(err)
		}
		if _, err := w.org.AddPost(w.system, org.Post{PersonID: org.PersonID(person), UnitID: justice.ID, Title: "Chuyên viên", Main: true, ValidFrom: day}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Grant(w.as(root), Grant{AccountID: acc.ID, Role: "officer", UnitID: justice.ID, ValidFrom: day, Reason: "Quyết định 2"}); err != nil {
			t.Fatal(err)
		}
		check("before the day", true, false, w.unit("ubnd-90001").Name)
		w.clock.Set(day.At(8, 0))
		check("on the day", true, true, w.unit("so-tu-phap").Name)
		if err := w.Revoke(w.as(root), g.ID); err != nil {
			t.Fatal(err)
		}
		check("afterwards", false, true, w.unit("so-tu-phap").Name)
		token := w.signIn("ho.minh-hoa")
		if err := w.SetBlocked(w.as(root), acc.ID, true); err != nil {
			t.Fatal(err)
		}
		if _, a := w.load(token); a.SignedIn() {
			t.Error("who has left is signed in")
		}
		able, err := w.Able(w.system, "dossier.process", justice.Path)
		if err != nil || slices.ContainsFunc(able, func(c Colleague) bool { return c.AccountID == acc.ID }) {
			t.Errorf("who has left is offered for work: %v, %v", able, err)
		}
	})
}

// TestAuditHoldsNoSecrets holds what the audit record says, and what it must not say.
func TestAuditHoldsNoSecrets(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		root, local, clerk := staffed(w)
		const fresh = "ba con mèo tam thể"
		as := w.as(local)
		if err := w.ResetPassword(as, clerk.ID, fresh); err != nil {
			t.Fatal(err)
		}
		from := actor.With(t.Context(), actor.Actor{IP: "203.0.113.5"})
		_, _ = w.SignIn(from, "clerk.justice", "sai mật khẩu nhé")
		if _, err := w.SignIn(from, "clerk.justice", fresh); err != nil {
			t.Fatal(err)
		}
		rows, err := audit.New(audit.Deps{DB: w.db, Units: w.org}).List(w.system, audit.Query{Limit: 500})
		if err != nil {
			t.Fatal(err)
		}
		secrets := regexp.MustCompile(`argon2id|ba con mèo|sai mật khẩu|cây đa|0905123456`)
		byAction := map[string]audit.Row{}
		for _, r := range rows.Rows {
			if !strings.HasPrefix(r.Action, "identity.") {
				continue
			}
			if r.Detail != "" && secrets.MatchString(r.Detail) {
				t.Errorf("%s says %s", r.Action, r.Detail)
			}
			if r.ObjectID == string(clerk.ID) {
				byAction[r.Action] = r
			}
		}
		if r := byAction["identity.sign_in"]; r.ActorID != string(clerk.ID) || r.IP != "203.0.113.5" || r.UnitID != string(clerk.UnitID) {
			t.Errorf("sign-in: %+v", r)
		}
		if r := byAction["identity.fail_sign_in"]; r.ActorID != "" || r.IP != "203.0.113.5" || r.Detail != `{"known":true,"locked":false}` {
			t.Errorf("wrong password: %+v", r)
		}
		if r := byAction["identity.reset_password"]; r.ActorID != string(local.ID) {
			t.Errorf("reset: %+v", r)
		}
		_ = root
	})
}

// TestAble is the table of who is offered for a piece of work.
func TestAble(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		w.official("a.division", "so-tu-phap/justice", "Chuyên viên", "officer", false)
		w.official("b.agency", "so-tu-phap", "Phó Giám đốc", "division-head", true)
		w.official("c.agency-alone", "so-tu-phap", "Giám đốc", "leader", false)
		w.official("d.other", "so-xay-dung", "Kỹ sư", "officer", true)
		blocked := w.official("e.blocked", "so-tu-phap/justice", "Đã nghỉ", "officer", false)
		if err := w.SetBlocked(w.system, blocked.ID, true); err != nil {
			t.Fatal(err)
		}
		later := w.official("f.later", "so-tu-phap/justice", "Sắp đến", "", false)
		if _, err := w.Grant(w.system, Grant{AccountID: later.ID, Role: "officer", UnitID: w.unit("so-tu-phap/justice").ID, ValidFrom: w.today().AddDays(3), Reason: "thử"}); err != nil {
			t.Fatal(err)
		}
		w.citizen("0905123456")
		for _, c := range []struct{ permission, at, want string }{
			{"dossier.process", "so-tu-phap/justice", "Chuyên viên, Phó Giám đốc"},
			{"dossier.process", "so-tu-phap", "Phó Giám đốc"},
			{"dossier.approve", "so-tu-phap", "Giám đốc"},
			{"dossier.approve", "so-tu-phap/justice", ""},
			{"dossier.process", "so-xay-dung/construction", "Kỹ sư"},
			{"dossier.process", "ubnd-90001", ""},
			{"no.such", "so-tu-phap", ""},
		} {
			able, err := w.Able(w.system, c.permission, w.unit(c.at).Path)
			if err != nil {
				t.Fatal(err)
			}
			var titles []string
			for _, x := range able {
				titles = append(titles, x.Title)
			}
			if got := strings.Join(titles, ", "); got != c.want {
				t.Errorf("%s at %s: %q, want %q", c.permission, c.at, got, c.want)
			}
		}
		if able, err := w.Able(w.system, "dossier.process", ""); err != nil || len(able) != 0 {
			t.Errorf("at no unit: %v, %v", able, err)
		}
	})
}

// TestReadingWhileGranting holds that readers and writers of grants do not disturb each other.
func TestReadingWhileGranting(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	acc := w.official("chuyen.vien", "so-tu-phap", "Chuyên viên", "", false)
	path := w.unit("so-tu-phap").Path
	ctx, stop := context.WithCancel(w.system)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for ctx.Err() == nil {
				if _, err := w.Able(w.system, "dossier.process", path); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 20 {
		g := w.grant(acc, "officer", "so-tu-phap", false)
		if able, err := w.Able(w.system, "dossier.process", path); err != nil || len(able) != 1 {
			t.Errorf("after granting: %v, %v", able, err)
		}
		if err := w.Revoke(w.system, g.ID); err != nil {
			t.Fatal(err)
		}
		if able, err := w.Able(w.system, "dossier.process", path); err != nil || len(able) != 0 {
			t.Errorf("after revoking: %v, %v", able, err)
		}
	}
	stop()
	wg.Wait()
}

// TestClean holds that the timer forgets what is over and nothing else.
func TestClean(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		w.citizen("0905123456")
		w.signIn("0905123456")
		_, _ = w.SignIn(t.Context(), "0905000001", "sai mật khẩu")
		w.clock.Advance(20 * time.Minute)
		living := w.signIn("0905123456")
		_, _ = w.SignIn(t.Context(), "0905000002", "sai mật khẩu")
		w.clock.Advance(12 * time.Minute)
		count := func(query string) (n int64) {
			t.Helper()
			if err := w.db.Get(t.Context(), &n, query); err != nil {
				t.Fatal(err)
			}
			return n
		}
		for range 2 {
			if err := w.Clean(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := count(`SELECT COUNT(id) FROM identity_session`); n != 1 {
				t.Errorf("%d sessions are left", n)
			}
			if n := count(`SELECT COUNT(login_hash) FROM identity_attempt`); n != 1 {
				t.Errorf("%d counts are left", n)
			}
		}
		if _, a := w.load(living); !a.SignedIn() {
			t.Error("a living session was cleaned away")
		}
	})
}

// TestDemoRules is the table of which agencies a rule fits and where it puts the post.
func TestDemoRules(t *testing.T) {
	agency := org.Unit{Slug: "so-tu-phap", Kind: "department", Level: "province"}
	divisions := []org.Unit{{Key: "office"}, {Key: "justice"}}
	for _, c := range []struct {
		name string
		rule demoRule
		fits bool
		at   string // key of the division, "" for none
	}{
		{"all agencies", demoRule{Divisions: []string{"office"}}, true, "office"},
		{"the first that there is", demoRule{Divisions: []string{"reception", "justice", "office"}}, true, "justice"},
		{"none that there is", demoRule{Divisions: []string{"reception"}}, true, ""},
		{"kind", demoRule{Kinds: []string{"board", "department"}, Divisions: []string{"office"}}, true, "office"},
		{"other kind", demoRule{Kinds: []string{"board"}}, false, ""},
		{"level", demoRule{Levels: []string{"province"}, Divisions: []string{"office"}}, true, "office"},
		{"other level", demoRule{Levels: []string{"commune"}}, false, ""},
	} {
		if c.rule.fits(agency) != c.fits {
			t.Errorf("%s: fits %v", c.name, !c.fits)
		}
		c.rule.User, c.rule.Name = "x.{slug}", "Mẫu {n}"
		o, ok := c.rule.in(agency, divisions, 7)
		if c.fits && (o.unit.Key != c.at || ok != (c.at != "")) {
			t.Errorf("%s: at %q", c.name, o.unit.Key)
		}
		if ok && (o.user != "x.so-tu-phap" || o.name != "Mẫu 7") {
			t.Errorf("%s: %+v", c.name, o)
		}
	}
}

// TestConfig holds that what is left out gets a usable value, and what is set stays.
func TestConfig(t *testing.T) {
	d := Config{}.withDefaults()
	if d.Idle != 30*time.Minute || d.Lifetime != 12*time.Hour || d.Attempts != 5 || d.LockFor != 15*time.Minute || d.AddressTries != 30 || d.HashMemory != 47104 || d.HashIterations != 1 {
		t.Errorf("defaults %+v", d)
	}
	if negative := (Config{Idle: -1, Lifetime: -1, Attempts: -1, LockFor: -1, AddressTries: -1, HashMemory: -1, HashIterations: -1, Fresh: -1, HistoryKept: -1}).withDefaults(); negative != d {
		t.Errorf("negative values %+v", negative)
	}
	own := Config{Idle: time.Minute, Lifetime: time.Hour, Attempts: 3, LockFor: time.Second, AddressTries: 7, HashMemory: 64, HashIterations: 2, Fresh: time.Hour, HistoryKept: 24 * time.Hour}
	if got := own.withDefaults(); got != own {
		t.Errorf("own values %+v", got)
	}
	tags := reflect.TypeFor[Config]()
	for i := range tags.NumField() {
		f := tags.Field(i)
		if f.Name == "BreachList" { // there is none by itself
			continue
		}
		if f.Tag.Get("toml") == "" || f.Tag.Get("default") == "" || f.Tag.Get("help") == "" {
			t.Errorf("%s: a setting has toml, default and help", f.Name)
		}
		if got := reflect.ValueOf(d).Field(i); f.Type == reflect.TypeFor[time.Duration]() {
			if want, err := time.ParseDuration(f.Tag.Get("default")); err != nil || got.Int() != int64(want) {
				t.Errorf("%s: default %v, documented %s", f.Name, got, f.Tag.Get("default"))
			}
		} else if strconv.FormatInt(got.Int(), 10) != f.Tag.Get("default") {
			t.Errorf("%s: default %v, documented %s", f.Name, got, f.Tag.Get("default"))
		}
	}
}

// TestFormHelpers holds how what is wrong with a form is put together.
func TestFormHelpers(t *testing.T) {
	name, repeat := fault.NewInvalid("name", i18n.M("a")), fault.NewInvalid("repeat", i18n.M("b"))
	if got := fields(both(name, repeat)); got["name"] != "a" || got["repeat"] != "b" || len(got) != 2 {
		t.Errorf("both: %v", got)
	}
	broken := errors.New("broken")
	if err := both(name, broken); !errors.Is(err, broken) {
		t.Errorf("an error that is no form's: %v", err)
	}
	for _, c := range []struct {
		password, repeat string
		same             bool
	}{{"a", "a", true}, {"a", "b", false}, {"a", "", false}, {"", "", true}} {
		err := repeated(web.Values{"password": {c.password}, "repeat": {c.repeat}})
		if (err == nil) != c.same || err != nil && fields(err)["repeat"] == "" {
			t.Errorf("%q and %q: %v", c.password, c.repeat, err)
		}
	}
	h := &pages{catalog: &i18n.Catalog{}}
	for text, c := range map[string]struct {
		err   error
		shown bool
		field string
	}{
		"a":       {name, true, "name"},
		"forbid":  {fault.NewForbidden(i18n.M("forbid")), true, ""},
		"clash":   {fault.NewConflict(i18n.M("clash")), true, ""},
		"busy":    {fault.NewUnavailable(i18n.M("busy")), true, ""},
		"missing": {fault.NewNotFound(i18n.M("missing")), false, ""},
		"who":     {fault.NewUnauthenticated(i18n.M("who")), false, ""},
		"broken":  {broken, false, ""},
	} {
		found, ok := h.wrongsOf(t.Context(), c.err)
		if ok != c.shown {
			t.Errorf("%s: shown %v", text, ok)
		}
		if ok && (len(found.Problems) != 1 || found.Problems[0].Text != text || found.Problems[0].Field != c.field || statusFor(found) != http.StatusUnprocessableEntity) {
			t.Errorf("%s: %+v", text, found)
		}
	}
	if found, ok := h.wrongsOf(t.Context(), nil); !ok || statusFor(found) != http.StatusOK {
		t.Errorf("nothing wrong: %+v %v", found, ok)
	}
}

// TestMigrationsAreReadable holds that the tables can be made twice and that overlays can be read.
func TestMigrationsAreReadable(t *testing.T) {
	if r := Migrations(); r.Name != "identity" {
		t.Errorf("name %q", r.Name)
	}
	names, err := fs.Glob(Migrations().FS, "*.sql")
	if err != nil || len(names) < 6 {
		t.Errorf("%v, %v", names, err)
	}
	if _, err := fs.Stat(Texts(), "i18n/en.json"); err != nil {
		t.Error(err)
	}
	if _, err := fs.Stat(templates, "templates/signin.html"); err != nil {
		t.Error(err)
	}
	var e event.Event
	e.Payload = []byte(`{"unit_id":"a"}`)
	var ended org.UnitEnded
	if err := e.Decode(&ended); err != nil || ended.UnitID != "a" {
		t.Errorf("%+v, %v", ended, err)
	}
}
