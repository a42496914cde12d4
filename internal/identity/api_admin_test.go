package identity

import (
	"strings"
	"testing"

	"lienthong/internal/kit/webtest"
)

// bearer signs somebody in and returns the header of a program that acts for them.
func (w *town) bearer(name string) map[string]string {
	return map[string]string{"Authorization": "Bearer " + w.signIn(name)}
}

// TestAPIAccounts holds that programs do with accounts what administrators do on the pages, with the same rights.
func TestAPIAccounts(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		_, local, clerk := staffed(w)
		s := w.site()
		admin, small, worker := w.bearer("root.admin"), w.bearer("local.admin"), w.bearer("clerk.justice")
		list, one := "/api/v1/identity/accounts", "/api/v1/identity/accounts/"+string(clerk.ID)
		far := "/api/v1/identity/accounts/" + string(w.idOf("far.away"))
		justice, works := w.unit("so-tu-phap").ID, w.unit("so-xay-dung").ID
		var next, grant string
		s.Run(t, []webtest.Scenario{
			{Name: "list", URL: list + "?size=2", Header: admin, Check: func(t *testing.T, a *webtest.Answer) {
				var out struct {
					Items []AccountV1 `json:"items"`
					Next  string      `json:"next"`
				}
				if a.Into(t, &out); len(out.Items) != 2 || out.Next == "" {
					t.Errorf("%+v", out)
				}
				next = out.Next
			}},
			{Name: "own accounts only", URL: list, Header: small, WantText: []string{"clerk.justice", "local.admin"}, WantNot: []string{"far.away", "0905123456", `"next"`}},
			{Name: "filters", URL: list + "?q=ky+su&kind=official", Header: admin, WantText: []string{"far.away", "Sở Xây dựng", `"status":"active"`}, WantNot: []string{"clerk.justice"}},
			{Name: "a kind that is none", URL: list + "?kind=robot", Header: admin, WantStatus: 422, WantFields: []string{"query.kind"}},
			{Name: "no administrator", URL: list, Header: worker, WantStatus: 403, WantKind: "forbidden"},
			{Name: "visitor", URL: list, WantStatus: 401},
			{Name: "account", URL: one, Header: small, WantText: []string{"Trần Văn Chuyên viên", "clerk.justice", `"role":"officer"`, "Quyết định thử 1", `"holds":true`}, WantNot: []string{"password"}},
			{Name: "of another agency", URL: far, Header: small, WantStatus: 404},
			{Name: "roles one may give", URL: "/api/v1/identity/roles", Header: small, WantText: []string{`"key":"reception"`}, WantNot: []string{`"key":"administrator"`}},
			{Name: "grant", URL: one + "/grants", Header: small, JSON: map[string]any{"role": "reception", "unit_id": justice, "divisions": true, "valid_to": "2027-01-01", "reason": "Quyết định 12"},
				WantText: []string{`"valid_to":"2027-01-01"`, `"unit":"Sở Tư pháp tỉnh Thử Nghiệm"`, `"granted_by":"Trần Văn Quản trị cơ quan"`}, Check: func(t *testing.T, a *webtest.Answer) {
					var out GivenRoleV1
					a.Into(t, &out)
					grant = out.ID
				}},
			{Name: "again", URL: one + "/grants", Header: small, JSON: map[string]any{"role": "reception", "unit_id": justice, "divisions": true, "reason": "Quyết định 12"}, WantStatus: 409},
			{Name: "elsewhere", URL: one + "/grants", Header: small, JSON: map[string]any{"role": "reception", "unit_id": works, "reason": "x"}, WantStatus: 403},
			{Name: "to oneself", URL: list + "/" + string(local.ID) + "/grants", Header: small, JSON: map[string]any{"role": "reception", "unit_id": justice, "reason": "x"}, WantStatus: 403},
			{Name: "a day that is none", URL: one + "/grants", Header: small, JSON: map[string]any{"role": "reception", "unit_id": justice, "valid_to": "31/02/2027", "reason": "x"}, WantStatus: 422},
			{Name: "block", Method: "PUT", URL: one + "/blocked", Header: small, JSON: map[string]any{"blocked": true}, WantStatus: 204},
			{Name: "is blocked", URL: one, Header: small, WantText: []string{`"status":"blocked"`}},
			{Name: "acts no more", URL: "/api/v1/identity/me", Header: worker, WantStatus: 401},
			{Name: "unblock", Method: "PUT", URL: one + "/blocked", Header: small, JSON: map[string]any{"blocked": false}, WantStatus: 204},
			{Name: "a weak password", Method: "PUT", URL: one + "/password", Header: small, JSON: map[string]any{"password": "12345678"}, WantStatus: 422, WantFields: []string{"password"}},
			{Name: "password", Method: "PUT", URL: one + "/password", Header: small, JSON: map[string]any{"password": goodPassword + "0"}, WantStatus: 204},
			{Name: "of another agency", Method: "PUT", URL: far + "/password", Header: small, JSON: map[string]any{"password": goodPassword + "0"}, WantStatus: 404},
		})
		s.Run(t, []webtest.Scenario{
			{Name: "second page", URL: list + "?size=2&after=" + next, Header: admin, WantText: []string{`"items"`}},
			{Name: "a broken cursor", URL: list + "?after=x", Header: admin, WantStatus: 400},
			{Name: "end a grant", Method: "DELETE", URL: "/api/v1/identity/grants/" + grant, Header: small, WantStatus: 204},
			{Name: "is ended", URL: one, Header: small, WantText: []string{`"revoked_at"`}},
			{Name: "nobody's grant", Method: "DELETE", URL: "/api/v1/identity/grants/none", Header: small, WantStatus: 404},
		})
	})
}

// TestAPIOfficial holds how a program makes the account of an official.
func TestAPIOfficial(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	staffed(w)
	s := w.site()
	p, _ := w.person("Siu Thử Nghiệm", "so-tu-phap/justice", "Chuyên viên")
	admin, worker := w.bearer("root.admin"), w.bearer("clerk.justice")
	body := func(name, password string) map[string]any {
		return map[string]any{"person_id": p, "name": name, "password": password}
	}
	at := "/api/v1/identity/officials"
	s.Run(t, []webtest.Scenario{
		{Name: "who has none", URL: "/api/v1/identity/candidates?q=siu+thu", Header: admin, WantText: []string{"Siu Thử Nghiệm", p, "Sở Tư pháp"}},
		{Name: "no administrator", URL: at, Header: worker, JSON: body("siu.thu", goodPassword), WantStatus: 403},
		{Name: "weak and taken", URL: at, Header: admin, JSON: body("0905000111", "12345678"), WantStatus: 422, WantFields: []string{"name", "password"}},
		{Name: "made", URL: at, Header: admin, JSON: body("siu.thu", goodPassword), WantText: []string{`"kind":"official"`, p}, WantNot: []string{goodPassword}},
		{Name: "once", URL: at, Header: admin, JSON: body("siu.thu2", goodPassword), WantStatus: 409},
	})
	w.bearer("siu.thu")
}

// TestAPIOwnAccount holds what a program does with the account it acts for.
func TestAPIOwnAccount(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		w.citizen("0905123456")
		w.citizen("0905123457")
		s := w.site()
		me, phone, other := w.bearer("0905123456"), w.bearer("0905123456"), w.bearer("0905123457")
		profile := map[string]any{"full_name": "Rơ Châm H'Mai", "personal_id": "064088001234", "birth_date": "1988-02-29", "phone": "0905123456"}
		var foreign string
		s.Run(t, []webtest.Scenario{
			{Name: "profile", URL: "/api/v1/identity/me/profile", Header: me, WantText: []string{`"full_name":"Nguyễn Thị Thử"`}, WantNot: []string{"birth_date"}},
			{Name: "stranger", URL: "/api/v1/identity/me/profile", WantStatus: 401},
			{Name: "wrong", Method: "PUT", URL: "/api/v1/identity/me/profile", Header: me, JSON: map[string]any{"full_name": "", "personal_id": "12"}, WantStatus: 422, WantFields: []string{"full_name", "personal_id"}},
			{Name: "saved", Method: "PUT", URL: "/api/v1/identity/me/profile", Header: me, JSON: profile, WantStatus: 204},
			{Name: "reads again", URL: "/api/v1/identity/me/profile", Header: phone, WantText: []string{`"birth_date":"1988-02-29"`, "Rơ Châm H'Mai"}},
			{Name: "sessions", URL: "/api/v1/identity/me/sessions", Header: me, Check: func(t *testing.T, a *webtest.Answer) {
				if n := strings.Count(a.Body, `"here":true`); n != 1 || strings.Count(a.Body, `"id"`) != 2 {
					t.Errorf("%s", a.Body)
				}
			}},
			{Name: "somebody else's", URL: "/api/v1/identity/me/sessions", Header: other, Check: func(t *testing.T, a *webtest.Answer) {
				var out []sessionBody
				a.Into(t, &out)
				foreign = string(out[0].ID)
			}},
			{Name: "wrong old password", Method: "PUT", URL: "/api/v1/identity/me/password", Header: me, JSON: map[string]any{"old": "sai mật khẩu", "password": goodPassword + "1"}, WantStatus: 422, WantFields: []string{"old"}},
		})
		s.Run(t, []webtest.Scenario{
			{Name: "end a foreign session", Method: "DELETE", URL: "/api/v1/identity/me/sessions/" + foreign, Header: me, WantStatus: 404},
			{Name: "end all others", Method: "DELETE", URL: "/api/v1/identity/me/sessions", Header: me, WantStatus: 204},
			{Name: "the phone is out", URL: "/api/v1/identity/me", Header: phone, WantStatus: 401},
			{Name: "the other stays", URL: "/api/v1/identity/me", Header: other},
			{Name: "new password", Method: "PUT", URL: "/api/v1/identity/me/password", Header: me, JSON: map[string]any{"old": goodPassword, "password": goodPassword + "1"}, WantStatus: 204},
			{Name: "no posts", URL: "/api/v1/identity/me/posts", Header: me, WantText: []string{"[]"}},
			{Name: "a foreign post", Method: "PUT", URL: "/api/v1/identity/me/post", Header: me, JSON: map[string]any{"id": "x"}, WantStatus: 422, WantFields: []string{"post"}},
		})
	})
}
