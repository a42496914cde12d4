package identity

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
	"lienthong/internal/org"
	"lienthong/province"
)

// TestProvinces holds that the roles and demonstration people of every province fit together.
func TestProvinces(t *testing.T) {
	known := map[string]bool{}
	for _, p := range permissions {
		known[p] = true
	}
	for _, name := range []string{"gialai", "../../province/testdata/haicap"} {
		fsys, err := province.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		roles, err := readRoles(fsys, known)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var keys []string
		for _, r := range roles {
			keys = append(keys, r.Key)
			if r.NameEN == "" {
				t.Errorf("%s: role %s has no English name", name, r.Key)
			}
		}
		for _, want := range []string{"reception", "officer", "leader", "division-head", "clerk", "administrator", "auditor", "integration"} {
			if !slices.Contains(keys, want) {
				t.Errorf("%s: there is no role %s", name, want)
			}
		}
		src, err := readDemo(fsys)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		made := map[string]bool{}
		for _, o := range src.Officials {
			if !slices.Contains(keys, o.Role) {
				t.Errorf("%s: %s has the role %q", name, o.User, o.Role)
			}
			if !strings.Contains(o.Name, "{n}") {
				t.Errorf("%s: %s: a made-up name carries a number", name, o.User)
			}
		}
		for _, p := range src.People {
			made[p.User] = true
			if !slices.Contains(keys, p.Role) {
				t.Errorf("%s: %s has the role %q", name, p.User, p.Role)
			}
		}
		for _, c := range src.Citizens {
			made[c.Login] = true
			var ps Profile
			ps.FullName, ps.PersonalID, ps.BirthDate, ps.Address = c.Name, c.PersonalID, c.BirthDate, c.Address
			if err := ps.clean(c.BirthDate.AddDays(1)).Err(); err != nil {
				t.Errorf("%s: %s: %v", name, c.Login, err)
			}
		}
		for _, want := range []string{"quantri", "kiemtoan", "0900000001", "0900000002", "0900000003"} {
			if !made[want] {
				t.Errorf("%s: nobody signs in as %s", name, want)
			}
		}
		for _, s := range src.Shown {
			prefix, _, _ := strings.Cut(s.User, ".")
			byRule := slices.ContainsFunc(src.Officials, func(r demoRule) bool { return strings.HasPrefix(r.User, prefix+".{slug}") })
			if !made[s.User] && !byRule {
				t.Errorf("%s: %s is shown and not made", name, s.User)
			}
		}
	}
}

// TestMayGrantIsEnough holds that an administrator of the province can staff an agency, and nobody becomes more than they are.
func TestMayGrantIsEnough(t *testing.T) {
	fsys, err := province.Open("gialai")
	if err != nil {
		t.Fatal(err)
	}
	var src struct {
		Roles []Role `yaml:"roles"`
	}
	f, err := fsys.Open(rolesFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	loader, err := yaml.NewLoader(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := loader.Load(&src); err != nil {
		t.Fatal(err)
	}
	b := newBook(1, src.Roles, nil, nil)
	holding := func(role string) actor.Actor {
		return actor.Actor{ID: "a", Kind: actor.Staff, Grants: []actor.Grant{{Role: role, Permissions: b.sets[role], UnitPath: "/r/", Below: true}}}
	}
	everywhere := []reach{{path: "/r/", below: true}}
	for _, r := range src.Roles {
		if !b.mayGrant(holding("administrator"), r, everywhere) {
			t.Errorf("the administrator cannot give %s", r.Key)
		}
		for _, other := range src.Roles {
			if b.mayGrant(holding(other.Key), r, everywhere) && other.Key != "administrator" && other.Key != "agency-administrator" {
				t.Errorf("%s gives %s", other.Key, r.Key)
			}
		}
	}
	for _, strong := range []string{"administrator", "auditor", "integration"} {
		if b.mayGrant(holding("agency-administrator"), b.roles[strong], everywhere) {
			t.Errorf("the administrator of an agency gives %s", strong)
		}
	}
}

// TestReachRules is the table of what one grant covers of another.
func TestReachRules(t *testing.T) {
	unit, divisions, below := Grant{}, Grant{Divisions: true}, Grant{Divisions: true, Below: true}
	onlyBelow := Grant{Below: true}
	for _, c := range []struct {
		have, want Grant
		covers     bool
	}{
		{unit, unit, true}, {unit, divisions, false}, {unit, below, false},
		{divisions, unit, true}, {divisions, divisions, true}, {divisions, below, false}, {divisions, onlyBelow, false},
		{below, unit, true}, {below, divisions, true}, {onlyBelow, divisions, true}, {onlyBelow, below, true},
	} {
		if c.have.covers(c.want) != c.covers {
			t.Errorf("%+v covers %+v: %v", c.have, c.want, !c.covers)
		}
	}
	grants := []actor.Grant{{UnitPath: "/r/a/"}, {UnitPath: "/r/b/", Below: true}}
	for _, c := range []struct {
		scope []reach
		want  bool
	}{
		{nil, false},
		{[]reach{{path: "/r/a/"}}, true},
		{[]reach{{path: "/r/a/", below: true}}, false},
		{[]reach{{path: "/r/a/x/"}}, false},
		{[]reach{{path: "/r/b/x/", below: true}}, true},
		{[]reach{{path: "/r/a/"}, {path: "/r/b/", below: true}}, true},
		{[]reach{{path: "/r/a/"}, {path: "/r/c/"}}, false},
		{[]reach{{path: ""}}, false},
	} {
		if covered(c.scope, grants) != c.want {
			t.Errorf("%+v: %v", c.scope, !c.want)
		}
	}
}

// TestFormsInEnglish holds that what is wrong with a form is said in the reader's language.
func TestFormsInEnglish(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	w.citizen("0905123456")
	s := w.site()
	me := browser(t, s, "0905123456")
	english := func(h map[string]string) map[string]string {
		c := strings.TrimPrefix(h["Cookie"]+"; lang=en", "; ")
		return map[string]string{"Cookie": c}
	}
	for _, c := range []struct {
		name, url string
		header    map[string]string
		form      url.Values
		want      []string
	}{
		{"wrong password", "/dang-nhap", nil, url.Values{"name": {"0905123456"}, "password": {"x"}}, []string{"The name or the password is not right."}},
		{"registration", "/dang-ky", nil, url.Values{"name": {"abc"}, "password": {"12345678"}, "personal_id": {"1"}},
			[]string{"Enter the full name.", "Enter a phone number", "An identity number has 9 digits", "This password is only a row of keys", "you agree that these details are kept", "The two passwords are not the same."}},
		{"taken", "/dang-ky", nil, url.Values{"name": {"0905123456"}, "full_name": {"Le Thu"}, "password": {goodPassword}, "repeat": {goodPassword}, "consent": {"1"}}, []string{"There is an account with this number or address."}},
		{"profile", "/tai-khoan", me, url.Values{"full_name": {"A"}, "phone": {"1"}, "email": {"a@b"}}, []string{"A phone number has 10 or 11 digits", "This is not an e-mail address"}},
		{"password", "/tai-khoan/mat-khau", me, url.Values{"old": {""}, "password": {"short"}, "repeat": {"short"}}, []string{"Enter the present password.", "A password needs at least 8 characters."}},
		{"post", "/tai-khoan/vi-tri", me, url.Values{"post": {"x"}}, []string{"Choose a post you hold."}},
	} {
		s.Run(t, []webtest.Scenario{{Name: c.name, URL: c.url, Header: english(c.header), Form: c.form, WantStatus: http.StatusUnprocessableEntity, WantText: c.want}})
	}
	a := webtest.Do(t, s.Mux, webtest.Scenario{Method: "PUT", URL: "/api/v1/identity/session", Header: map[string]string{"Accept-Language": "en"}, JSON: map[string]any{"name": "0905123456", "password": "x"}})
	if !strings.Contains(a.Body, "The name or the password is not right.") {
		t.Errorf("API: %s", a.Body)
	}
}

// TestOpenAPI holds that programs find the operations described, and which of them need a session.
func TestOpenAPI(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	s := w.site()
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string           `json:"operationId"`
			Security    []map[string]any `json:"security"`
			Description string           `json:"description"`
			Permission  string           `json:"x-permission"`
		} `json:"paths"`
		Components struct {
			SecuritySchemes map[string]struct {
				Type, In, Name, Scheme string
			} `json:"securitySchemes"`
		} `json:"components"`
	}
	webtest.Do(t, s.Mux, webtest.Scenario{URL: "/api/openapi.json"}).Into(t, &doc)
	for _, c := range []struct {
		path, method, id, permission string
	}{
		{"/api/v1/identity/session", "put", "identity.start_session", web.Public},
		{"/api/v1/identity/session", "delete", "identity.close_session", web.SignedIn},
		{"/api/v1/identity/me", "get", "identity.me", web.SignedIn},
		{"/api/v1/identity/accounts", "post", "identity.register_account", web.Public},
	} {
		op := doc.Paths[c.path][c.method]
		if op.OperationID != c.id || op.Permission != c.permission || (len(op.Security) > 0) != (c.permission != web.Public) {
			t.Errorf("%s %s: %+v", c.method, c.path, op)
		}
	}
	if sch := doc.Components.SecuritySchemes["session"]; sch.Name != "session" || sch.In != "cookie" {
		t.Errorf("session scheme %+v", sch)
	}
	if sch := doc.Components.SecuritySchemes["bearer"]; sch.Scheme != "bearer" {
		t.Errorf("bearer scheme %+v", sch)
	}
}

// TestStatusText is the table of what stands beside a name.
func TestStatusText(t *testing.T) {
	for _, c := range []struct {
		a    Account
		want string
		tone string
	}{
		{Account{Status: Active}, "Chưa xác thực", "warn"},
		{Account{Status: Active, Verified: true}, "Đã xác thực", "ok"},
		{Account{Status: Blocked}, "Đã khóa", "late"},
		{Account{Status: Blocked, Verified: true}, "Đã khóa", "late"},
	} {
		h := &pages{catalog: &i18n.Catalog{}}
		if got := h.state(i18n.Source, c.a); got.Text != c.want || got.Tone != c.tone {
			t.Errorf("%+v: %+v", c.a, got)
		}
	}
}

// TestHome is the table of where people go after signing in.
func TestHome(t *testing.T) {
	for _, c := range []struct {
		kind       Kind
		next, want string
	}{
		{Citizen, "", citizensHome}, {Official, "", officialsHome}, {Citizen, "/", citizensHome}, {Official, "/thu-tuc?q=a", "/thu-tuc?q=a"},
		{Citizen, "//evil.example", citizensHome}, {Official, "https://evil.example/desk", officialsHome},
	} {
		if got := home(Account{Kind: c.kind}, c.next); got != c.want {
			t.Errorf("%s to %q goes to %q", c.kind, c.next, got)
		}
	}
	for next, want := range map[string]string{"": "/dang-ky", "/": "/dang-ky", "//x": "/dang-ky", "/nop/1?a=b&c": "/dang-ky?next=%2Fnop%2F1%3Fa%3Db%26c"} {
		if got := withNext("/dang-ky", next); got != want {
			t.Errorf("%q: %q", next, got)
		}
	}
}

// TestGrantsView holds what an administrator sees of the grants of an account.
func TestGrantsView(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		root, local, clerk := staffed(w)
		_ = root
		w.grant(clerk, "officer", "so-xay-dung", false)
		over := w.grant(clerk, "clerk", "so-tu-phap", false)
		if err := w.Revoke(w.system, over.ID); err != nil {
			t.Fatal(err)
		}
		list, err := w.Grants(w.as(local), clerk.ID)
		if err != nil || len(list) != 3 {
			t.Fatalf("%+v, %v", list, err)
		}
		for _, v := range list {
			switch v.UnitID {
			case w.unit("so-xay-dung").ID:
				if v.MayEnd || !v.Holds {
					t.Errorf("a grant elsewhere: %+v", v)
				}
			case w.unit("so-tu-phap").ID:
				if v.MayEnd || v.Holds {
					t.Errorf("a revoked grant: %+v", v)
				}
			default:
				if !v.MayEnd || !v.Holds || v.RoleName != "Chuyên viên xử lý hồ sơ" || v.Unit != "Phòng Hành chính tư pháp, Sở Tư pháp tỉnh Thử Nghiệm" || v.ByName != actor.SystemActor.Name {
					t.Errorf("own grant: %+v", v)
				}
			}
		}
		if _, err := w.Grants(w.as(clerk), local.ID); err == nil {
			t.Error("a clerk sees the grants of the administrator")
		}
		if own, err := w.Grants(w.as(clerk), clerk.ID); err != nil || len(own) != 3 || slices.ContainsFunc(own, func(v GrantView) bool { return v.MayEnd }) {
			t.Errorf("own grants: %+v, %v", own, err)
		}
		for who, want := range map[*Account]string{&root: "reception officer leader division-head clerk administrator agency-administrator auditor integration",
			&local: "reception officer leader division-head clerk agency-administrator", &clerk: ""} {
			roles, err := w.Grantable(w.as(*who))
			if err != nil {
				t.Fatal(err)
			}
			var keys []string
			for _, r := range roles {
				keys = append(keys, r.Key)
			}
			if strings.Join(keys, " ") != want {
				t.Errorf("%s may give %v, want %s", who.FullName, keys, want)
			}
		}
	})
}

// TestUnitWithoutHeir holds what becomes of grants and accounts whose unit ended and left nobody.
func TestUnitWithoutHeir(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		root, local, clerk := staffed(w)
		g := w.grant(clerk, "officer", "so-tu-phap/legal_services", true)
		tomorrow := w.today().AddDays(1)
		if _, err := w.org.End(w.system, org.End{Unit: w.unit("so-tu-phap/legal_services").ID, On: tomorrow, SourceAct: "thử"}); err != nil {
			t.Fatal(err)
		}
		if len(actor.From(w.as(clerk)).Grants) != 2 {
			t.Error("the grant is gone before its time")
		}
		w.clock.Set(tomorrow.At(9, 0))
		if a := actor.From(w.as(clerk)); len(a.Grants) != 1 {
			t.Errorf("grants after the end: %+v", a.Grants)
		}
		if err := w.Revoke(w.as(local), g.ID); err == nil {
			t.Error("the small administrator revokes what belongs to the province now")
		}
		if err := w.Revoke(w.as(root), g.ID); err != nil {
			t.Error(err)
		}
		if _, err := w.Grant(w.system, Grant{AccountID: clerk.ID, Role: "officer", UnitID: g.UnitID, Reason: "thử"}); fields(err)["unit_id"] == "" {
			t.Errorf("granted at an ended unit: %v", err)
		}
	})
}
