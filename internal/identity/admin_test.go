package identity

import (
	"net/url"
	"strings"
	"testing"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/webtest"
)

// staffed is a town with administrators and people to manage.
func staffed(w *town) (root, local, clerk Account) {
	root = w.official("root.admin", "so-noi-vu", "Quản trị tỉnh", "", false)
	w.grant(root, "administrator", "ubnd-tinh", true)
	local = w.official("local.admin", "so-tu-phap", "Quản trị cơ quan", "", false)
	if _, err := w.Grant(w.system, Grant{AccountID: local.ID, Role: "agency-administrator", UnitID: w.unit("so-tu-phap").ID, Divisions: true, Reason: "thử"}); err != nil {
		w.t.Fatal(err)
	}
	clerk = w.official("clerk.justice", "so-tu-phap/justice", "Chuyên viên", "officer", false)
	w.official("far.away", "so-xay-dung", "Kỹ sư", "officer", false)
	w.citizen("0905123456")
	return root, local, clerk
}

func TestList(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		root, local, clerk := staffed(w)
		for _, c := range []struct {
			name string
			as   Account
			q    Query
			want string
		}{
			{"all", root, Query{}, "0905123456 clerk.justice far.away local.admin root.admin"},
			{"own agency", local, Query{}, "clerk.justice local.admin"},
			{"citizens", root, Query{Kind: Citizen}, "0905123456"},
			{"citizens are not for an agency", local, Query{Kind: Citizen}, ""},
			{"without tone marks", root, Query{Text: "tran van chuyen vien"}, "clerk.justice"},
			{"with tone marks", root, Query{Text: "Kỹ Sư"}, "far.away"},
			{"by sign-in name", root, Query{Text: "clerk.j"}, "clerk.justice"},
			{"by phone as typed", root, Query{Text: "+84 905 123 456"}, "0905123456"},
			{"of another agency", local, Query{Text: "far.away"}, ""},
			{"percent is no wildcard", root, Query{Text: "%"}, ""},
			{"underscore is no wildcard", root, Query{Text: "_"}, ""},
		} {
			rows, err := w.List(w.as(c.as), c.q)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, r := range rows {
				names = append(names, r.Name)
			}
			got := map[string]bool{}
			for _, n := range names {
				got[n] = true
			}
			for _, n := range strings.Fields(c.want) {
				if !got[n] {
					t.Errorf("%s: %s is missing in %v", c.name, n, names)
				}
			}
			if len(names) != len(strings.Fields(c.want)) {
				t.Errorf("%s: %v, want %s", c.name, names, c.want)
			}
		}
		_, err := w.List(w.as(clerk), Query{})
		wantKind(t, err, fault.Forbidden)
		var seen []string
		q := Query{Size: 2}
		for {
			rows, err := w.List(w.as(root), q)
			if err != nil {
				t.Fatal(err)
			}
			more := len(rows) > q.Size
			for _, r := range rows[:min(q.Size, len(rows))] {
				seen = append(seen, r.Name)
			}
			if !more {
				break
			}
			q.After = rows[q.Size-1].Keys()
		}
		if len(seen) != 5 {
			t.Errorf("pages: %v", seen)
		}
	})
}

func TestFindUnit(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		for text, want := range map[string]string{
			"so-tu-phap": "so-tu-phap", "so-tu-phap/justice": "so-tu-phap/justice", "Sở Tư pháp tỉnh Thử Nghiệm": "so-tu-phap", "so tu phap tinh thu nghiem": "so-tu-phap",
			"": "", "Sở Không Có": "", "ủy ban nhân dân": "",
		} {
			u, err := w.FindUnit(w.system, text)
			if u.Slug != want || (err == nil) != (want != "") || err != nil && fields(err)["unit"] == "" {
				t.Errorf("%q is %q, %v", text, u.Slug, err)
			}
		}
		hits, err := w.SuggestUnits(w.system, "tu phap")
		if err != nil || len(hits) == 0 {
			t.Errorf("suggestions %v, %v", hits, err)
		}
		_, err = w.SuggestUnits(t.Context(), "tu phap")
		wantKind(t, err, fault.Forbidden)
		_, err = w.Candidates(t.Context(), "a")
		wantKind(t, err, fault.Forbidden)
	})
}

func TestAdminPages(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		_, local, clerk := staffed(w)
		s := w.site()
		admin, small, worker := browser(t, s, "root.admin"), browser(t, s, "local.admin"), browser(t, s, "clerk.justice")
		base := "/identity/accounts/" + string(clerk.ID)
		grant := func(role, unit, reach string) url.Values {
			return url.Values{"role": {role}, "unit": {unit}, "reach": {reach}, "reason": {"Quyết định 12"}}
		}
		s.Run(t, []webtest.Scenario{
			{Name: "list", URL: "/identity/accounts", Header: admin, WantText: []string{"Trần Văn Kỹ sư", "clerk.justice", "Sở Xây dựng", "Công dân"}},
			{Name: "search", URL: "/identity/accounts?q=ky+su", Header: admin, WantText: []string{"Trần Văn Kỹ sư"}, WantNot: []string{"clerk.justice"}},
			{Name: "nobody found", URL: "/identity/accounts?q=zzz", Header: admin, WantText: []string{"Không có tài khoản nào khớp"}},
			{Name: "pages", URL: "/identity/accounts?size=2", Header: admin, WantText: []string{"Trang sau"}},
			{Name: "search with markup", URL: "/identity/accounts?q=" + url.QueryEscape(`"><script>alert(1)</script>`), Header: admin, Check: markup("!<script>alert")},
			{Name: "small administrator sees their own", URL: "/identity/accounts", Header: small, WantText: []string{"clerk.justice"}, WantNot: []string{"Kỹ sư", "0905123456"}},
			{Name: "no administrator", URL: "/identity/accounts", Header: worker, WantStatus: 403},
			{Name: "visitor", URL: "/identity/accounts", WantStatus: 303, WantLocation: "*"},
			{Name: "account", URL: base, Header: small, WantText: []string{"Trần Văn Chuyên viên", "Chuyên viên xử lý hồ sơ", "Quyết định thử 1", "Trao quyền", "Thu hồi"}},
			{Name: "account of another agency", URL: "/identity/accounts/" + string(w.idOf("far.away")), Header: small, WantStatus: 404},
			{Name: "unknown account", URL: "/identity/accounts/0190", Header: admin, WantStatus: 404},
			{Name: "suggestions", URL: "/identity/units?q=tu+phap", Header: small, WantText: []string{"Sở Tư pháp"}, Check: markup(`data-value="so-tu-phap"`)},
			{Name: "grant", URL: base + "/grants", Header: small, Form: grant("reception", "so-tu-phap", "divisions"), WantStatus: 303, WantLocation: base},
			{Name: "granted", URL: base, Header: small, WantText: []string{"Cán bộ tiếp nhận và trả kết quả", "và các phòng, bộ phận", "Quyết định 12", "Trần Văn Quản trị cơ quan"}},
			{Name: "again", URL: base + "/grants", Header: small, Form: grant("reception", "so-tu-phap", "divisions"), WantStatus: 422, WantText: []string{"đã có vai trò này"}},
			{Name: "elsewhere", URL: base + "/grants", Header: small, Form: grant("reception", "so-xay-dung", "unit"), WantStatus: 422, WantText: []string{"không được trao"}, Check: markup(`value="so-xay-dung"`, `value="Quyết định 12"`)},
			{Name: "a role beyond", URL: base + "/grants", Header: small, Form: grant("administrator", "so-tu-phap", "unit"), WantStatus: 422, WantText: []string{"không được trao"}},
			{Name: "no unit", URL: base + "/grants", Header: small, Form: grant("officer", "không có đâu", "unit"), WantStatus: 422, Check: markup(`href="#f-unit"`)},
			{Name: "no date", URL: base + "/grants", Header: small, Form: url.Values{"valid_to": {"32/13/2026"}}, WantStatus: 422, Check: markup(`href="#f-valid_to"`, `value="32/13/2026"`)},
			{Name: "weak password", URL: base + "/password", Header: small, Form: url.Values{"password": {"12345678"}}, WantStatus: 422},
			{Name: "password", URL: base + "/password", Header: small, Form: url.Values{"password": {"ba con mèo tam thể"}}, WantStatus: 303, WantLocation: base},
			{Name: "the clerk is out", URL: "/tai-khoan", Header: worker, WantStatus: 303, WantLocation: "*"},
			{Name: "block", URL: base + "/block", Header: small, Form: url.Values{"blocked": {"1"}}, WantStatus: 303, WantLocation: base},
			{Name: "blocked", URL: base, Header: small, WantText: []string{"Đã khóa", "Mở khóa"}},
			{Name: "unblock", URL: base + "/block", Header: small, Form: url.Values{"blocked": {"0"}}, WantStatus: 303, WantLocation: base},
			{Name: "block oneself", URL: "/identity/accounts/" + string(local.ID) + "/block", Header: small, Form: url.Values{"blocked": {"1"}}, WantStatus: 422, WantText: []string{"Tài khoản của chính mình"}},
		})
		var grants []string
		if err := w.db.Select(t.Context(), &grants, `SELECT id FROM identity_grant WHERE account_id = ? AND role = 'reception'`, clerk.ID); err != nil || len(grants) != 1 {
			t.Fatal(grants, err)
		}
		s.Run(t, []webtest.Scenario{
			{Name: "revoke", URL: base + "/revoke", Header: small, Form: url.Values{"grant": {grants[0]}}, WantStatus: 303, WantLocation: base},
			{Name: "revoked", URL: base, Header: small, WantText: []string{"đã thu hồi 23/11/2026 09:00"}},
			{Name: "revoke again", URL: base + "/revoke", Header: small, Form: url.Values{"grant": {grants[0]}}, WantStatus: 422},
		})
	})
}

// idOf returns the account with a sign-in name.
func (w *town) idOf(name string) AccountID {
	w.t.Helper()
	acc, err := w.store.accountByName(w.system, w.db, name)
	if err != nil {
		w.t.Fatal(err)
	}
	return acc.ID
}

func TestNewOfficialPage(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		staffed(w)
		s := w.site()
		admin := browser(t, s, "root.admin")
		p, _ := w.person("Đặng Thị Mới", "so-tu-phap/justice", "Chuyên viên")
		form := func(person, name, password string) url.Values {
			return url.Values{"q": {"dang thi moi"}, "person": {person}, "name": {name}, "password": {password}}
		}
		s.Run(t, []webtest.Scenario{
			{Name: "empty", URL: "/identity/new", Header: admin, WantText: []string{"Nhập họ tên rồi bấm Tìm"}},
			{Name: "found", URL: "/identity/new?q=dang+thi+moi", Header: admin, WantText: []string{"Đặng Thị Mới", "Phòng Hành chính tư pháp, Sở Tư pháp"}},
			{Name: "has an account", URL: "/identity/new?q=ky+su", Header: admin, WantText: []string{"Không tìm thấy ai"}},
			{Name: "nobody chosen", URL: "/identity/accounts", Header: admin, Form: form("", "dang.moi", goodPassword), WantStatus: 422, Check: markup(`href="#f-person"`, `value="dang.moi"`)},
			{Name: "taken", URL: "/identity/accounts", Header: admin, Form: form(p, "clerk.justice", goodPassword), WantStatus: 422, Check: markup(`href="#f-name"`, "!"+goodPassword)},
			{Name: "made", URL: "/identity/accounts", Header: admin, Form: form(p, "dang.moi", goodPassword), WantStatus: 303, WantLocation: "*"},
		})
		browser(t, s, "dang.moi")
	})
}
