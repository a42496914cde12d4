package procedure

import (
	"strings"
	"testing"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
)

func TestAPI(t *testing.T) {
	s := newService(dbtest.SQLite(t, rooms...))
	mustImport(t, s, catalogue())
	site := webtest.New(t, webtest.Look{})
	s.API(web.NewAPI(site.Mux, web.APIInfo{Title: "Thử", Version: "1"}))
	const at = "/api/v1/procedure/"
	clerk := actor.Actor{ID: "o", Kind: actor.Staff, Grants: []actor.Grant{{Permissions: map[string]bool{"dossier.accept": true}, UnitPath: "/r/"}}}
	var next string
	site.Run(t, []webtest.Scenario{
		{Name: "list", URL: at + "procedures?size=2&q=khai+sinh", Check: func(t *testing.T, a *webtest.Answer) {
			var body findBody
			a.Into(t, &body)
			if codes(body.Items) != "01 02" || body.Total != 5 || body.Next == "" || !body.Items[0].Fileable {
				t.Errorf("got %+v", body)
			}
			next = body.Next
		}},
		{Name: "nothing found is an empty list", URL: at + "procedures?q=xxx", WantText: []string{`"items":[]`, `"total":0`}},
		{Name: "filters", URL: at + "procedures?field=ho-tich&level=commune&agency=a1&life_event=co-con&applicant=citizen&online=true&on=2018-11-23", WantText: []string{`"total":1`, "1.000101"}},
		{Name: "wrong day", URL: at + "procedures?on=hom-nay", WantStatus: 422, WantKind: "invalid", WantFields: []string{"on"}},
		{Name: "wrong cursor", URL: at + "procedures?after=x", WantStatus: 422, WantKind: "invalid", WantFields: []string{"cursor"}},
		{Name: "too many at once", URL: at + "procedures?size=1000", WantStatus: 422, WantKind: "invalid"},
		{Name: "suggestions", URL: at + "suggestions?q=dang+ky", WantText: []string{"Đăng ký khai sinh"}},
		{Name: "fields", URL: at + "fields", WantText: []string{`"field":"ho-tich","count":5`}},
		{Name: "fields long ago", URL: at + "fields?on=2000-01-01", WantText: []string{"[]"}},
		{Name: "one", URL: at + "procedures/1.000101", Check: func(t *testing.T, a *webtest.Answer) {
			var body versionBody
			a.Into(t, &body)
			if body.Procedure.Name != "Đăng ký khai sinh" || body.Procedure.Form == nil || len(body.Procedure.Process.Steps) != 4 || strings.Join(body.Channels, " ") != "counter online post" {
				t.Errorf("got %s", a.Body)
			}
		}},
		{Name: "one on a day", URL: at + "procedures/1.000107?on=2018-01-01", WantText: []string{`"name":"Chứng thực"`}},
		{Name: "one that is not there", URL: at + "procedures/9.999", WantStatus: 404, WantKind: "not_found"},
		{Name: "one on no day", URL: at + "procedures/1.000107?on=x", WantStatus: 422, WantKind: "invalid"},
		{Name: "receivers", URL: at + "procedures/1.000101/receivers", WantText: []string{"xã Ia Ko", "phường Hoa Lư"}},
		{Name: "receivers of a place", URL: at + "procedures/1.000101/receivers?place=p1", WantText: []string{"xã Ia Ko"}, WantNot: []string{"Hoa Lư"}},
		{Name: "receivers nowhere", URL: at + "procedures/1.000101/receivers?place=p9", WantText: []string{"[]"}},
		{Name: "receivers of nothing", URL: at + "procedures/9.9/receivers", WantStatus: 404, WantKind: "not_found"},
		{Name: "file", URL: at + "procedures/1.000107/file", Check: func(t *testing.T, a *webtest.Answer) {
			if !strings.HasPrefix(a.Header.Get("Content-Type"), "application/yaml") || !strings.Contains(a.Header.Get("Content-Disposition"), `"1.000107.yaml"`) {
				t.Errorf("header %v", a.Header)
			}
			if specs, err := Load("a.yaml", strings.NewReader(a.Body)); err != nil || len(specs) != 2 {
				t.Errorf("%d versions, %v", len(specs), err)
			}
		}},
		{Name: "file of nothing", URL: at + "procedures/9.9/file", WantStatus: 404, WantKind: "not_found"},
		{Name: "history", As: manager, URL: at + "procedures/1.000107/versions", WantText: []string{"Chứng thực mới", `"digest"`}},
		{Name: "history for a clerk", As: clerk, URL: at + "procedures/1.000107/versions", WantStatus: 403, WantKind: "forbidden"},
		{Name: "history for a visitor", URL: at + "procedures/1.000107/versions", WantStatus: 401, WantKind: "unauthenticated"},
		{Name: "import", As: manager, URL: at + "files", JSON: map[string]string{"name": "x.yaml", "text": sample("term: 4 giờ", "term: 3 giờ")},
			WantText: []string{`"added":1`, `"error":false`, "các bước cộng lại 7 giờ"}},
		{Name: "import of a wrong file", As: manager, URL: at + "files", JSON: map[string]string{"name": "x.yaml", "text": sample("online: 2", "online: 8")},
			WantText: []string{`"failed":1`, `"error":true`, "x.yaml:5 online"}},
		{Name: "import by a clerk", As: clerk, URL: at + "files", JSON: map[string]string{"name": "x.yaml", "text": "x"}, WantStatus: 403, WantKind: "forbidden"},
		{Name: "records", As: manager, URL: at + "records?from=2018-11-01", JSON: read(t, "testdata/flattened.json"), WantText: []string{`"added":2`, `"failed":2`, "trùng mã với dòng 2"}},
		{Name: "records that are none", As: manager, URL: at + "records", JSON: `{"a":1}`, WantStatus: 422, WantKind: "invalid"},
		{Name: "records from no day", As: manager, URL: at + "records?from=x", JSON: `[]`, WantStatus: 422, WantKind: "invalid"},
		{Name: "records by a visitor", URL: at + "records", JSON: `[]`, WantStatus: 401, WantKind: "unauthenticated"},
		{Name: "description", URL: "/api/openapi.json", WantText: []string{"/api/v1/procedure/procedures/{code}", "JSON Schema 2020-12", "procedure.import"}},
	})
	site.Run(t, []webtest.Scenario{{Name: "next page", URL: at + "procedures?size=2&q=khai+sinh&after=" + next, Check: func(t *testing.T, a *webtest.Answer) {
		var body findBody
		a.Into(t, &body)
		if codes(body.Items) != "03 04" {
			t.Errorf("got %+v", body)
		}
	}}})
}
