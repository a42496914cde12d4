package admin

import (
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/identity"
	"lienthong/internal/identity/identitytest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/sheet"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
	"lienthong/internal/org/orgtest"
	design "lienthong/web"
)

const roles = `roles:
  - {key: officer, name: Chuyên viên, name_en: Officer, permissions: [dossier.process, dossier.read]}
  - {key: leader, name: Lãnh đạo, name_en: Leader, permissions: [dossier.approve]}
  - {key: administrator, name: Quản trị, name_en: Administrator, permissions: [identity.manage], may_grant: [officer, leader, administrator]}
  - {key: local, name: Quản trị cơ quan, name_en: Local administrator, permissions: [identity.manage], may_grant: [officer]}
`

var words = []actor.Permission{
	{Key: "dossier.read", Name: i18n.M("Xem hồ sơ của đơn vị")}, {Key: "dossier.process", Name: i18n.M("Xử lý hồ sơ")},
	{Key: "dossier.approve", Name: i18n.M("Phê duyệt hồ sơ")}, {Key: identity.PermManage, Name: i18n.M("Quản lý tài khoản và phân quyền")},
}

// office is the room in a test, with administrators of the province and of one commune.
type office struct {
	*orgtest.World
	t          *testing.T
	clock      *clock.Fake
	s          *identity.Service
	site       *webtest.Site
	root, mini map[string]string // headers of the two administrators
	rootAcc    identity.Account
	room       *Room
	clerk, far identity.Account
}

func each(t *testing.T, fn func(t *testing.T, o *office)) {
	t.Helper()
	dbtest.Each(t, identitytest.Rooms(), func(t *testing.T, d *db.DB) { fn(t, newOffice(t, d)) })
}

func newOffice(t *testing.T, d *db.DB) *office {
	t.Helper()
	cl := clock.NewFake(clock.MustDate("2026-11-23").At(9, 0))
	o := &office{World: orgtest.New(t, d, cl), t: t, clock: cl}
	var keys []string
	for _, w := range words {
		keys = append(keys, w.Key)
	}
	c := identitytest.Config
	c.Idle = 30 * 24 * time.Hour
	c.Lifetime = 60 * 24 * time.Hour
	o.s = identity.New(identity.Deps{DB: d, Clock: cl, Org: o.Org, Permissions: keys, Words: words}, c)
	if _, err := o.s.ImportRoles(o.Ctx, fstest.MapFS{"roles.yaml": {Data: []byte(roles)}}); err != nil {
		t.Fatal(err)
	}
	o.rootAcc = o.official("root.admin", "Đỗ Quản Trị", "ubnd-tinh", "")
	o.grant(o.rootAcc, "administrator", "ubnd-tinh", func(g *identity.Grant) { g.Below = true })
	mini := o.official("mini.admin", "Bùi Nhỏ", "ubnd-10001", "")
	o.grant(mini, "local", "ubnd-10001", func(g *identity.Grant) { g.Divisions = true })
	o.clerk = o.official("clerk", "Lê Thị Xử Lý", "ubnd-10001/justice", "officer")
	o.far = o.official("far.away", "Phan Ở Xa", "ubnd-10011", "officer")
	cat := &i18n.Catalog{}
	for _, fsys := range []fs.FS{design.I18n, Overlays(), identity.Texts()} {
		if err := cat.Load(fsys); err != nil {
			t.Fatal(err)
		}
	}
	o.site = webtest.New(t, webtest.Look{Layouts: []fs.FS{design.Layout}, Texts: []fs.FS{design.I18n, Overlays(), identity.Texts()}, Clock: cl, Options: func(op *web.Options) {
		op.Session, op.Around = o.s, []func(http.Handler) http.Handler{o.s.Around}
	}})
	o.site.Mux.Handle(o.s.Routes(o.site.Renderer, cat)...)
	o.room = New(Deps{Clock: cl, Identity: o.s, Org: o.Org, Audit: audit.New(audit.Deps{DB: d}), Permissions: words, Renderer: o.site.Renderer, Catalog: cat}, Config{})
	o.site.Mux.Handle(o.room.Routes()...)
	o.room.Operations(web.NewAPI(o.site.Mux, web.APIInfo{Title: "Thử", Version: "1", SessionCookie: identity.CookieName(false)}))
	o.root = identitytest.SignIn(t, o.site.Mux, "root.admin", identitytest.Password)
	o.mini = identitytest.SignIn(t, o.site.Mux, "mini.admin", identitytest.Password)
	return o
}

func (o *office) official(name, full, slug, role string) identity.Account {
	o.t.Helper()
	person, _ := o.Official(full, slug, "Chuyên viên")
	acc, err := o.s.AddOfficial(o.Ctx, identity.NewOfficial{Name: name, PersonID: person.ID, Password: identitytest.Password})
	if err != nil {
		o.t.Fatal(err)
	}
	if role != "" {
		o.grant(acc, role, slug, func(*identity.Grant) {})
	}
	return acc
}

func (o *office) grant(acc identity.Account, role, slug string, change func(*identity.Grant)) identity.Grant {
	o.t.Helper()
	g := identity.Grant{AccountID: acc.ID, Role: role, UnitID: o.Unit(slug).ID, Reason: "Quyết định 7"}
	change(&g)
	g, err := o.s.Grant(o.Ctx, g)
	if err != nil {
		o.t.Fatal(err)
	}
	return g
}

// verdict is what the province's administrator is told about somebody.
func (o *office) verdict(acc identity.Account, slug, permission string) Verdict {
	o.t.Helper()
	list, err := o.room.Why(o.Ctx, acc.ID, o.Unit(slug).ID, permission)
	if err != nil || len(list) != 1 {
		o.t.Fatal(list, err)
	}
	return list[0]
}

// TestWhy holds that the nearest thing that is missing is named.
func TestWhy(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		citizen := identitytest.Citizen(t, o.s, "0905123456", "Nguyễn Thị Dân")
		fresh := o.official("fresh", "Võ Mới", "ubnd-10001", "")
		head := o.official("head", "Trịnh Trưởng", "ubnd-10001", "")
		o.grant(head, "leader", "ubnd-10001", func(*identity.Grant) {})
		later := o.official("later", "Mai Sau", "ubnd-10001", "")
		o.grant(later, "officer", "ubnd-10001", func(g *identity.Grant) { g.ValidFrom = clock.MustDate("2026-12-01") })
		over := o.official("over", "Cao Cũ", "ubnd-10001", "")
		gone := o.grant(over, "officer", "ubnd-10001", func(*identity.Grant) {})
		if err := o.s.Revoke(o.Ctx, gone.ID); err != nil {
			t.Fatal(err)
		}
		blocked := o.official("blocked", "Khuất Khóa", "ubnd-10001", "officer")
		if err := o.s.SetBlocked(o.Ctx, blocked.ID, true); err != nil {
			t.Fatal(err)
		}
		all := o.official("all", "Hồ Huyện", "ubnd-622", "")
		o.grant(all, "officer", "ubnd-622", func(g *identity.Grant) { g.Below = true })
		parts := o.official("parts", "Kim Phòng", "ubnd-10001", "")
		o.grant(parts, "officer", "ubnd-10001", func(g *identity.Grant) { g.Divisions = true })
		for _, c := range []struct {
			who              identity.Account
			unit, permission string
			allowed          bool
			obstacle         Obstacle
			reach            Reach
			text             string
		}{
			{o.clerk, "ubnd-10001/justice", "dossier.process", true, "", AtUnit, "được trao tại"},
			{all, "ubnd-10001/justice", "dossier.read", true, "", ByBelow, "mọi đơn vị cấp dưới"},
			{parts, "ubnd-10001/justice", "dossier.read", true, "", ByDivisions, "các phòng, bộ phận"},
			{citizen, "ubnd-10001", "dossier.read", false, ObstacleCitizen, "", "công dân"},
			{fresh, "ubnd-10001", "dossier.read", false, ObstacleNoGrants, "", "Chuyên viên"},
			{head, "ubnd-10001", "dossier.process", false, ObstacleRole, "", "Có vai trò “Lãnh đạo”"},
			{head, "ubnd-10001/justice", "dossier.approve", false, ObstacleReach, "", "không xuống tới"},
			{later, "ubnd-10001", "dossier.process", false, ObstacleNotYet, "", "01/12/2026"},
			{over, "ubnd-10001", "dossier.process", false, ObstacleOver, "", "thu hồi ngày 23/11/2026"},
			{blocked, "ubnd-10001", "dossier.process", false, ObstacleBlocked, "", "bị khóa"},
			{o.far, "ubnd-10001", "dossier.process", false, ObstacleUnit, "", "Chỉ làm được việc này tại"},
		} {
			v := o.verdict(c.who, c.unit, c.permission)
			text := v.Text("Chuyên viên").String()
			if v.Allowed != c.allowed || v.Obstacle != c.obstacle || !strings.Contains(text, c.text) {
				t.Errorf("%s, %s at %s: %v %q %q", c.who.FullName, c.permission, c.unit, v.Allowed, v.Obstacle, text)
			}
			if c.allowed && v.Reasons[0].Reach != c.reach {
				t.Errorf("%s reaches by %q", c.who.FullName, v.Reasons[0].Reach)
			}
			// the answer is the one the program acts by
			able, err := o.s.Able(o.Ctx, c.permission, o.Unit(c.unit).Path)
			if err != nil {
				t.Fatal(err)
			}
			if slices.ContainsFunc(able, func(x identity.Colleague) bool { return x.AccountID == c.who.ID }) != c.allowed {
				t.Errorf("%s: the answer about %s is not what holds", c.who.FullName, c.permission)
			}
		}
		if _, err := o.room.Why(o.Ctx, o.clerk.ID, o.Unit("ubnd-10001").ID, "no.such"); fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
	})
}

// TestWhyPages holds what the pages answer, and to whom.
func TestWhyPages(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		who := "/admin/why?permission=dossier.process&unit="
		clerk := "/admin/accounts/" + string(o.clerk.ID)
		worker := identitytest.SignIn(t, o.site.Mux, "clerk", identitytest.Password)
		o.grant(o.rootAcc, "officer", "ubnd-tinh", func(g *identity.Grant) { g.Below = true })
		o.site.Run(t, []webtest.Scenario{
			{Name: "the question", URL: "/admin/why", Header: o.mini, WantText: []string{"Chọn một việc và một đơn vị", "Xử lý hồ sơ"}},
			{Name: "who", URL: who + "ubnd-10001/justice", Header: o.mini, WantText: []string{"Lê Thị Xử Lý", "Vai trò “Chuyên viên” được trao tại", "Đỗ Quản Trị", "Quyết định 7"}, WantNot: []string{"Phan Ở Xa", "/identity/accounts/" + string(o.rootAcc.ID)}},
			{Name: "in English", URL: who + "ubnd-10001/justice&lang=en", Header: o.root, WantText: []string{"The role “Officer” was granted at", "reason: Quyết định 7"}, WantNot: []string{"Vì sao"}},
			{Name: "nobody", URL: "/admin/why?lang=vi&permission=dossier.approve&unit=ubnd-10001", Header: o.mini, WantText: []string{"Chưa ai làm được việc này"}},
			{Name: "another's unit", URL: who + "ubnd-10011", Header: o.mini, WantStatus: 422, WantText: []string{"không quản lý người dùng"}, WantNot: []string{"Phan Ở Xa"}},
			{Name: "no unit", URL: who, Header: o.mini, WantStatus: 422},
			{Name: "no permission", URL: "/admin/why?unit=ubnd-10001", Header: o.mini, WantStatus: 422, WantText: []string{"Chọn một việc trong danh sách"}},
			{Name: "no administrator", URL: "/admin/why", Header: worker, WantStatus: 403},
			{Name: "of a person", URL: clerk + "/why", Header: o.mini, WantText: []string{"Làm được tại", "Xử lý hồ sơ", "Chưa làm được", "Phê duyệt hồ sơ", "Lãnh đạo"}},
			{Name: "of a person elsewhere", URL: clerk + "/why?unit=ubnd-10011", Header: o.mini, WantStatus: 422},
			{Name: "of another's person", URL: "/admin/accounts/" + string(o.far.ID) + "/why", Header: o.mini, WantStatus: 404},
			{Name: "history", URL: clerk + "/history", Header: o.mini, WantText: []string{"trao quyền", "tạo tài khoản", "nhận vị trí công tác", "đăng nhập"}},
			{Name: "another's history", URL: "/admin/accounts/" + string(o.far.ID) + "/history", Header: o.mini, WantStatus: 404},
			{Name: "a page that is none", URL: clerk + "/history?after=x", Header: o.mini, WantStatus: 422},
			{Name: "roles", URL: "/admin/roles", Header: o.mini, WantText: []string{"Chuyên viên", "Xử lý hồ sơ; Xem hồ sơ của đơn vị", "tôi trao được vai trò này"}},
		})
		for _, url := range []string{"/admin/why.xlsx?permission=dossier.process&unit=ubnd-10001/justice", clerk + "/history.xlsx", "/admin/roles.xlsx"} {
			a := webtest.Do(t, o.site.Mux, webtest.Scenario{URL: url, Header: o.mini})
			rows, err := sheet.Read(strings.NewReader(a.Body))
			if err != nil || len(rows) < 3 || strings.Contains(a.Body, "Phan Ở Xa") {
				t.Errorf("%s: %d %v %v", url, a.Status, rows, err)
			}
		}
	})
}

// TestSeveral holds that grants are given and ended several at once, as far as the administrator may.
func TestSeveral(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		one, two := o.official("one", "Một Người", "ubnd-10001", ""), o.official("two", "Hai Người", "ubnd-10001", "")
		give := func(role, unit, reason string, ids ...identity.AccountID) url.Values {
			vs := url.Values{"from": {"ubnd-10001"}, "role": {role}, "unit": {unit}, "reach": {"unit"}, "reason": {reason}, "valid_to": {"01/02/2027"}}
			for _, id := range ids {
				vs.Add("several", string(id))
			}
			return vs
		}
		o.site.Run(t, []webtest.Scenario{
			{Name: "whom", URL: "/admin/grants/new?from=ubnd-10001", Header: o.mini, WantText: []string{"Một Người", "Hai Người", "Chuyên viên"}, WantNot: []string{"Phan Ở Xa"}},
			{Name: "from nowhere", URL: "/admin/grants/new?from=zzzz", Header: o.mini, WantStatus: 422},
			{Name: "nobody ticked", URL: "/admin/grants", Header: o.mini, Form: give("officer", "ubnd-10001", ""), WantStatus: 422, WantText: []string{"Đánh dấu ít nhất một người", "Ghi căn cứ"}},
			{Name: "a role one may not give", URL: "/admin/grants", Header: o.mini, Form: give("leader", "ubnd-10001", "QĐ 8", one.ID), WantStatus: 422, WantText: []string{"Một Người: ", "không được trao"}},
			{Name: "elsewhere", URL: "/admin/grants", Header: o.mini, Form: give("officer", "ubnd-10011", "QĐ 8", one.ID), WantStatus: 422},
			{Name: "both", URL: "/admin/grants", Header: o.mini, Form: give("officer", "ubnd-10001", "QĐ 8", one.ID, two.ID), WantStatus: 303, WantLocation: "*"},
			{Name: "one of them again", URL: "/admin/grants", Header: o.mini, Form: give("officer", "ubnd-10001", "QĐ 8", one.ID), WantStatus: 422, WantText: []string{"Một Người: Một Người đã có vai trò này"}},
		})
		if v := o.verdict(one, "ubnd-10001", "dossier.process"); !v.Allowed {
			t.Errorf("%+v", v)
		}
		o.clock.Set(clock.MustDate("2027-02-01").At(8, 0))
		if v := o.verdict(one, "ubnd-10001", "dossier.process"); v.Obstacle != ObstacleOver || !strings.Contains(v.Text("").String(), "hết hiệu lực từ ngày 01/02/2027") {
			t.Errorf("%+v %s", v, v.Text(""))
		}
	})
}

// TestAPI holds that programs get the same answers, with the same rights.
func TestAPI(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		commune, other := string(o.Unit("ubnd-10001/justice").ID), string(o.Unit("ubnd-10011").ID)
		who, clerk := "/api/v1/admin/why?permission=dossier.process&unit_id=", "/api/v1/admin/accounts/"+string(o.clerk.ID)+"/why?unit_id="
		o.site.Run(t, []webtest.Scenario{
			{Name: "who", URL: who + commune, Header: o.mini, WantText: []string{"Lê Thị Xử Lý", `"reach":"unit"`, `"reason":"Quyết định 7"`}, WantNot: []string{"Phan Ở Xa"}},
			{Name: "another's unit", URL: who + other, Header: o.mini, WantStatus: 403, WantKind: "forbidden"},
			{Name: "of the province", URL: who + other, Header: o.root, WantText: []string{"Phan Ở Xa"}},
			{Name: "no such unit", URL: who + "x", Header: o.root, WantStatus: 404},
			{Name: "no such permission", URL: "/api/v1/admin/why?permission=fly&unit_id=" + commune, Header: o.root, WantStatus: 422, WantFields: []string{"permission"}},
			{Name: "visitor", URL: who + commune, WantStatus: 401},
			{Name: "why", URL: clerk + commune + "&permission=dossier.read", Header: o.mini, WantText: []string{`"allowed":true`, `"roles":["officer"]`}, WantNot: []string{"dossier.approve"}},
			{Name: "why not", URL: clerk + commune + "&permission=dossier.approve", Header: o.mini, WantText: []string{`"allowed":false`, `"obstacle":"role"`, `"roles":["leader"]`}},
			{Name: "everything", URL: clerk + commune, Header: o.mini, WantText: []string{"dossier.approve", "identity.manage"}},
			{Name: "another's unit", URL: clerk + other, Header: o.mini, WantStatus: 403},
			{Name: "another's person", URL: "/api/v1/admin/accounts/" + string(o.far.ID) + "/why?unit_id=" + commune, Header: o.mini, WantStatus: 404},
		})
	})
}

// TestReaches holds how a grant comes to a unit, by the paths alone.
func TestReaches(t *testing.T) {
	for _, c := range []struct {
		scope []reach
		path  string
		want  Reach
		ok    bool
	}{
		{[]reach{{"/a/b/", false}}, "/a/b/", AtUnit, true},
		{[]reach{{"/a/b/", true}}, "/a/b/", AtUnit, true},
		{[]reach{{"/a/b/", true}}, "/a/b/c/", ByBelow, true},
		{[]reach{{"/a/b/", true}}, "/a/", "", false},
		{[]reach{{"/a/b/", true}}, "/a/bc/", "", false},
		{[]reach{{"/a/b/", false}}, "/a/b/c/", "", false},
		{[]reach{{"/a/b/", false}, {"/a/b/c/", false}}, "/a/b/c/", ByDivisions, true},
		{[]reach{{"/a/b/", false}, {"/a/b/c/", false}}, "/a/b/c/d/", "", false},
		{nil, "/a/", "", false},
	} {
		if got, ok := reaches(c.scope, c.path); got != c.want || ok != c.ok {
			t.Errorf("%v to %s: %q %v", c.scope, c.path, got, ok)
		}
	}
}

// TestTexts holds that every obstacle and every reach has a sentence of its own, in both languages.
func TestTexts(t *testing.T) {
	cat := &i18n.Catalog{}
	if err := cat.Load(Overlays()); err != nil {
		t.Fatal(err)
	}
	end, from := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), clock.MustDate("2026-01-01")
	near := []Reason{{RoleName: "Chuyên viên", AtName: "Sở A", Grant: identity.Grant{ValidFrom: from, ValidTo: from}}}
	ended := []Reason{{RoleName: "Chuyên viên", AtName: "Sở A", Grant: identity.Grant{RevokedAt: &end}}}
	msgs := []i18n.Msg{Verdict{Obstacle: ObstacleOver, Near: ended}.Text("Lãnh đạo")}
	for _, o := range append([]Obstacle{ObstacleBlocked, ObstacleCitizen, ObstacleNoGrants}, nearest...) {
		msgs = append(msgs, Verdict{Obstacle: o, Near: near}.Text("Lãnh đạo"))
	}
	for _, r := range []Reason{{Reach: AtUnit}, {Reach: ByDivisions}, {Reach: ByBelow}, {Former: "Sở cũ"}} {
		msgs = append(msgs, r.Text())
	}
	for _, m := range deeds {
		msgs = append(msgs, m)
	}
	seen := map[string]bool{}
	for _, m := range msgs {
		vi, en := cat.Msg(i18n.Source, m), cat.Msg("en", m)
		if seen[m.Text] || vi == en || strings.Contains(vi+en, "%!") {
			t.Errorf("%q in English %q", vi, en)
		}
		seen[m.Text] = true
	}
}
