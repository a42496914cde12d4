package codelist

import (
	"testing"

	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
)

func TestAPI(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t, `
list: sex
name: Giới tính
name_en: Sex
items:
  - {code: male, name: Nam, name_en: Male}
  - {code: female, name: Nữ, valid_to: 2018-01-01}
  - {code: female, name: Nữ giới, valid_from: 2018-01-01}
  - {code: other, name: Khác}
`)
		site := webtest.New(t, webtest.Look{})
		f.API(web.NewAPI(site.Mux, web.APIInfo{Title: "Thử", Version: "1"}))
		const at = "/api/v1/codelist/"
		var next string
		site.Run(t, []webtest.Scenario{
			{Name: "lists", URL: at + "lists", WantText: []string{`"key":"sex"`, `"name_en":"Sex"`}},
			{Name: "items of today", URL: at + "lists/sex/items", WantText: []string{"Nữ giới", "Khác"}, WantNot: []string{`"name":"Nữ"`}},
			{Name: "items of another day", URL: at + "lists/sex/items?on=2017-05-01", WantText: []string{`"name":"Nữ"`}, WantNot: []string{"Nữ giới"}},
			{Name: "all versions", URL: at + "lists/sex/items?all=true", WantText: []string{`"name":"Nữ"`, "Nữ giới"}},
			{Name: "first page", URL: at + "lists/sex/items?size=2", Check: func(t *testing.T, a *webtest.Answer) {
				var page web.PageOf[ItemV1]
				a.Into(t, &page)
				if len(page.Items) != 2 || page.Next == "" {
					t.Fatal(a.Body)
				}
				next = page.Next
			}},
			{Name: "no list", URL: at + "lists/none/items", WantStatus: 404, WantKind: "not_found"},
			{Name: "no day", URL: at + "lists/sex/items?on=x", WantStatus: 422, WantFields: []string{"on"}},
			{Name: "one", URL: at + "lists/sex/items/female", WantText: []string{"Nữ giới", `"valid_from":"2018-01-01"`}},
			{Name: "one of another day", URL: at + "lists/sex/items/female?on=2017-05-01", WantText: []string{`"name":"Nữ"`}},
			{Name: "no code", URL: at + "lists/sex/items/x", WantStatus: 404},
			{Name: "one on no day", URL: at + "lists/sex/items/female?on=x", WantStatus: 422},
		})
		site.Run(t, []webtest.Scenario{{Name: "second page", URL: at + "lists/sex/items?size=2&after=" + next, WantText: []string{"Khác"}, WantNot: []string{"Nữ giới", `"next"`}}})
	})
}
