package admin

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"lienthong/internal/identity"
	"lienthong/internal/identity/identitytest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/sheet"
	"lienthong/internal/kit/webtest"
	"lienthong/internal/org"
)

// TestHeir holds that the answer follows a grant from a unit that ended to its heir.
func TestHeir(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		old := o.Unit("so-tu-phap")
		acc := o.official("justice", "Tạ Tư Pháp", "so-tu-phap", "officer")
		made, err := o.Org.Rename(o.Ctx, org.Rename{
			Unit:      old.ID,
			Name:      "Sở Tư pháp và Nội vụ",
			ShortName: "Sở Tư pháp",
			On:        clock.MustDate("2026-11-23"),
			SourceAct: "Nghị quyết 1",
		})
		if err != nil {
			t.Fatal(err)
		}
		v, err := o.room.Why(o.Ctx, acc.ID, made.ID, "dossier.read")
		if err != nil {
			t.Fatal(err)
		}
		text := v[0].Text("").String()
		if !v[0].Allowed || v[0].Reasons[0].Former != old.Name || !strings.Contains(text, "nay là Sở Tư pháp và Nội vụ") {
			t.Errorf("%+v %s", v[0], text)
		}
		// asking about the old unit asks about its heir
		list, err := o.room.WhoCan(o.Ctx, "dossier.read", old.ID)
		if err != nil || len(list) != 1 || list[0].AccountID != acc.ID {
			t.Errorf("%+v %v", list, err)
		}
	})
}

// TestWhoIsAsked holds that nobody is told about units and people they do not manage.
func TestWhoIsAsked(t *testing.T) {
	o := newOffice(t, dbtest.SQLite(t, identitytest.Rooms()...))
	commune, other := o.Unit("ubnd-10001"), o.Unit("ubnd-10011")
	mini := actor.With(o.Ctx, identitytest.Actor(t, o.s, o.mini))
	clerk := actor.With(o.Ctx, identitytest.Actor(t, o.s, identitytest.SignIn(t, o.site.Mux, "clerk", identitytest.Password)))
	nobody := actor.With(o.Ctx, actor.Actor{})
	for _, c := range []struct {
		name string
		err  error
		want fault.Kind
	}{
		{"another's unit", second(o.room.WhoCan(mini, "dossier.read", other.ID)), fault.Forbidden},
		{"a colleague asks", second(o.room.WhoCan(clerk, "dossier.read", commune.ID)), fault.Forbidden},
		{"a visitor asks", second(o.room.WhoCan(nobody, "dossier.read", commune.ID)), fault.Forbidden},
		{"a unit that is none", second(o.room.WhoCan(mini, "dossier.read", "x")), fault.NotFound},
		{"another's person", second(o.room.Why(mini, o.far.ID, commune.ID)), fault.NotFound},
		{"the administrator above", second(o.room.Why(mini, o.rootAcc.ID, commune.ID)), fault.NotFound},
		{"a person at another's unit", second(o.room.Why(mini, o.clerk.ID, other.ID)), fault.Forbidden},
		{"a permission that is none", second(o.room.Why(mini, o.clerk.ID, commune.ID, "fly")), fault.Invalid},
	} {
		if fault.KindOf(c.err) != c.want || c.err == nil {
			t.Errorf("%s: %v", c.name, c.err)
		}
	}
	list, err := o.room.WhoCan(mini, identity.PermManage, commune.ID)
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v %v", list, err)
	}
	for _, e := range list {
		if mine := e.FullName == "Bùi Nhỏ"; e.Managed != mine {
			t.Errorf("%s: managed is %v", e.FullName, e.Managed)
		}
	}
	all, err := o.room.Why(mini, o.clerk.ID, o.Unit("ubnd-10001/justice").ID)
	if err != nil || len(all) != len(words) {
		t.Errorf("%d verdicts of %d, %v", len(all), len(words), err)
	}
}

func second[T any](_ T, err error) error { return err }

// TestPrograms holds that programs stand among those who can.
func TestPrograms(t *testing.T) {
	o := newOffice(t, dbtest.SQLite(t, identitytest.Rooms()...))
	commune := o.Unit("ubnd-10001")
	acc, err := o.s.AddProgram(o.Ctx, identity.NewProgram{Name: "phan-mem", FullName: "Phần mềm X", UnitID: commune.ID})
	if err != nil {
		t.Fatal(err)
	}
	o.grant(acc, "officer", "ubnd-10001", func(*identity.Grant) {})
	list, err := o.room.WhoCan(o.Ctx, "dossier.read", commune.ID)
	if err != nil || len(list) != 1 || !list[0].Program || list[0].FullName != "Phần mềm X" {
		t.Errorf("%+v %v", list, err)
	}
	o.site.Run(t, []webtest.Scenario{
		{Name: "it says so", URL: "/admin/why?permission=dossier.read&unit=ubnd-10001", Header: o.mini, WantText: []string{"Phần mềm X", "phần mềm"}},
		{Name: "its history", URL: "/admin/accounts/" + string(acc.ID) + "/history", Header: o.mini, WantText: []string{"tạo tài khoản phần mềm", "trao quyền"}},
		{Name: "in English", URL: "/admin/accounts/" + string(acc.ID) + "/history?lang=en", Header: o.mini, WantText: []string{"made the account of a program", "granted a role"}, WantNot: []string{"Người làm"}},
		{Name: "its verdicts in English", URL: "/admin/accounts/" + string(acc.ID) + "/why?unit=ubnd-10001&lang=en", Header: o.mini,
			WantText: []string{"May do at", "Not allowed, and what is missing", "that role does not allow this. The roles that do: Leader."}},
	})
}

// TestHistoryPages holds that a long history is led through page by page, and that its workbook has all of it.
func TestHistoryPages(t *testing.T) {
	o := newOffice(t, dbtest.SQLite(t, identitytest.Rooms()...))
	const many = 60
	for range many / 2 {
		for _, blocked := range []bool{true, false} {
			if err := o.s.SetBlocked(o.Ctx, o.clerk.ID, blocked); err != nil {
				t.Fatal(err)
			}
		}
	}
	base := "/admin/accounts/" + string(o.clerk.ID) + "/history"
	rows := func(a *webtest.Answer) int { return a.Page.Find("tbody tr").Length() }
	first := webtest.Do(t, o.site.Mux, webtest.Scenario{URL: base, Header: o.mini})
	next := ""
	for _, href := range first.Page.Find("a").EachIter() {
		if h := href.AttrOr("href", ""); strings.Contains(h, "after=") {
			next = h
		}
	}
	if rows(first) != 50 || next == "" {
		t.Fatalf("%d rows, next %q", rows(first), next)
	}
	last := webtest.Do(t, o.site.Mux, webtest.Scenario{URL: next, Header: o.mini})
	if n := rows(last); n < 13 || !strings.Contains(last.Text(), "tạo tài khoản") {
		t.Errorf("%d rows on the last page: %s", n, last.Text())
	}
	book := webtest.Do(t, o.site.Mux, webtest.Scenario{URL: base + ".xlsx", Header: o.mini})
	lines, err := sheet.Read(strings.NewReader(book.Body))
	if err != nil || len(lines) != 2+rows(first)+rows(last) {
		t.Errorf("%d lines in the workbook: %v", len(lines), err)
	}
	if head := strings.Join(lines[1], "|"); head != "Thời gian|Việc|Người làm|Cơ quan|Địa chỉ mạng" {
		t.Errorf("head %s", head)
	}
}

// TestGiveForm holds what becomes of what is typed when a role cannot be given.
func TestGiveForm(t *testing.T) {
	o := newOffice(t, dbtest.SQLite(t, identitytest.Rooms()...))
	post := func(change func(url.Values)) url.Values {
		vs := url.Values{
			"q":          {"Lê Thị"},
			"several":    {string(o.clerk.ID)},
			"role":       {"officer"},
			"unit":       {"ubnd-10001"},
			"reach":      {"divisions"},
			"reason":     {"Quyết định <b>12</b>"},
			"valid_from": {"01/12/2026"},
			"valid_to":   {"31/12/2026"},
		}
		change(vs)
		return vs
	}
	keeps := func(t *testing.T, a *webtest.Answer) {
		t.Helper()
		ticked := a.Page.Find("input[name=several][checked]")
		if ticked.Length() != 1 || ticked.AttrOr("value", "") != string(o.clerk.ID) {
			t.Error("the person is no longer ticked")
		}
		if got := a.Page.Find("input[name=reason]").AttrOr("value", ""); got != "Quyết định <b>12</b>" {
			t.Errorf("the reason is %q", got)
		}
	}
	o.site.Run(t, []webtest.Scenario{
		{Name: "a date that is none", URL: "/admin/grants", Header: o.mini, WantStatus: 422, Check: keeps,
			Form: post(func(vs url.Values) { vs.Set("valid_from", "31/02/2027") })},
		{Name: "an end before the beginning", URL: "/admin/grants", Header: o.mini, WantStatus: 422, Check: keeps,
			Form: post(func(vs url.Values) { vs.Set("valid_to", "30/11/2026") })},
		{Name: "a unit that is none", URL: "/admin/grants", Header: o.mini, WantStatus: 422, Check: keeps,
			Form: post(func(vs url.Values) { vs.Set("unit", "zzzz") })},
		{Name: "a role that is none", URL: "/admin/grants", Header: o.mini, WantStatus: 422, Check: keeps,
			Form: post(func(vs url.Values) { vs.Set("role", "king") })},
		{Name: "somebody else's account", URL: "/admin/grants", Header: o.mini, WantStatus: 422, WantText: []string{"Không tìm thấy tài khoản này"},
			Form: post(func(vs url.Values) { vs.Set("several", "x") })},
		{Name: "it works", URL: "/admin/grants", Header: o.mini, WantStatus: 303, WantLocation: "*", Form: post(func(url.Values) {})},
	})
	v := o.verdict(o.clerk, "ubnd-10001", "dossier.read")
	if v.Obstacle != ObstacleNotYet || v.Near[0].Grant.Reason != "Quyết định <b>12</b>" {
		t.Errorf("%+v", v)
	}
}

// TestManyPeople holds that a long list is cut, and says so; the unit narrows it.
func TestManyPeople(t *testing.T) {
	o := newOffice(t, dbtest.SQLite(t, identitytest.Rooms()...))
	for i := range severalMost + 5 {
		program := identity.NewProgram{Name: fmt.Sprintf("may-%03d", i), FullName: fmt.Sprintf("Máy %03d", i), UnitID: o.Unit("ubnd-10001").ID}
		if _, err := o.s.AddProgram(o.Ctx, program); err != nil {
			t.Fatal(err)
		}
	}
	count := func(want int) func(*testing.T, *webtest.Answer) {
		return func(t *testing.T, a *webtest.Answer) {
			t.Helper()
			if n := a.Page.Find("input[name=several]").Length(); n != want {
				t.Errorf("%d people, want %d", n, want)
			}
		}
	}
	const long = "Danh sách dài"
	o.site.Run(t, []webtest.Scenario{
		{Name: "all", URL: "/admin/grants/new?q=may", Header: o.root, WantText: []string{long}, Check: count(severalMost)},
		{Name: "of the unit", URL: "/admin/grants/new?from=ubnd-10001", Header: o.root, WantText: []string{long}, Check: count(severalMost)},
		{Name: "of another unit", URL: "/admin/grants/new?from=ubnd-10011", Header: o.root, WantText: []string{"Phan Ở Xa"}, WantNot: []string{long}, Check: count(1)},
		{Name: "by name", URL: "/admin/grants/new?q=may+007", Header: o.root, WantNot: []string{long}, Check: count(1)},
		{Name: "nobody", URL: "/admin/grants/new?q=zzzz", Header: o.root, WantText: []string{"Không tìm thấy ai"}, Check: count(0)},
		{Name: "nothing asked", URL: "/admin/grants/new", Header: o.root, WantNot: []string{"Không tìm thấy ai"}, Check: count(0)},
	})
}

// TestWhyForm holds what the two questions do with what was typed.
func TestWhyForm(t *testing.T) {
	o := newOffice(t, dbtest.SQLite(t, identitytest.Rooms()...))
	program, err := o.s.AddProgram(o.Ctx, identity.NewProgram{Name: "phan-mem", FullName: "Phần mềm X"})
	if err != nil {
		t.Fatal(err)
	}
	const script = `"><script>alert(1)</script>`
	bad := url.QueryEscape(script)
	harmless := func(t *testing.T, a *webtest.Answer) {
		t.Helper()
		if strings.Contains(a.Body, "<script>alert") {
			t.Error("what was typed became markup")
		}
		if got := a.Page.Find("input[name=unit]").AttrOr("value", ""); got != script {
			t.Errorf("the field holds %q", got)
		}
	}
	o.site.Run(t, []webtest.Scenario{
		{Name: "markup as a unit", URL: "/admin/why?permission=dossier.read&unit=" + bad, Header: o.mini, WantStatus: 422, Check: harmless},
		{Name: "markup as a unit of a person", URL: "/admin/accounts/" + string(o.clerk.ID) + "/why?unit=" + bad, Header: o.mini, WantStatus: 422, Check: harmless},
		{Name: "markup as a permission", URL: "/admin/why?unit=ubnd-10001&permission=" + bad, Header: o.mini, WantStatus: 422, WantText: []string{"Chọn một việc trong danh sách"}},
		{Name: "a unit by its name without tone marks", URL: "/admin/why?permission=dossier.process&unit=ubnd-10001%2Fjustice", Header: o.mini, WantText: []string{"Lê Thị Xử Lý"}},
		{Name: "an account that no unit keeps", URL: "/admin/accounts/" + string(program.ID) + "/why", Header: o.root, WantText: []string{"Phần mềm X"}, WantNot: []string{"Chưa làm được"}},
		{Name: "an account that is none", URL: "/admin/accounts/x/why", Header: o.root, WantStatus: 404},
		{Name: "a history that is none", URL: "/admin/accounts/x/history", Header: o.root, WantStatus: 404},
		{Name: "a workbook that is none", URL: "/admin/accounts/x/history.xlsx", Header: o.root, WantStatus: 404},
		{Name: "a visitor", URL: "/admin/roles", WantStatus: 303, WantLocation: "*"},
	})
	a := webtest.Do(t, o.site.Mux, webtest.Scenario{URL: "/admin/roles.xlsx?lang=en", Header: o.root})
	rows, err := sheet.Read(strings.NewReader(a.Body))
	if err != nil || len(rows) != 2+4 {
		t.Fatalf("%q %v", rows, err)
	}
	if got := strings.Join(rows[4], "|"); got != "Administrator|"+o.room.permissionName(o.Ctx, identity.PermManage)+"|Officer; Leader; Administrator" && !strings.HasPrefix(got, "Administrator|Manage accounts and roles|") {
		t.Errorf("a row of the workbook: %s", got)
	}
	o.site.Run(t, []webtest.Scenario{
		{Name: "the workbook of another's unit", URL: "/admin/why.xlsx?permission=dossier.read&unit=ubnd-10011", Header: o.mini, WantStatus: 403},
		{Name: "the workbook of no question", URL: "/admin/why.xlsx", Header: o.mini, WantStatus: 422},
		{Name: "the workbook of a unit that is none", URL: "/admin/why.xlsx?permission=dossier.read&unit=zzzz", Header: o.mini, WantStatus: 422},
		{
			Name: "the workbook of an answer", URL: "/admin/why.xlsx?permission=dossier.process&unit=ubnd-10001%2Fjustice", Header: o.mini,
			Check: func(t *testing.T, a *webtest.Answer) {
				t.Helper()
				rows, err := sheet.Read(strings.NewReader(a.Body))
				if err != nil || len(rows) != 3 || rows[2][0] != "Lê Thị Xử Lý" {
					t.Errorf("%q %v", rows, err)
				}
			},
		},
	})
}
