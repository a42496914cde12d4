package place

import (
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
)

func TestAPI(t *testing.T) {
	o := smallOffice(t, day1)
	site := webtest.New(t, webtest.Look{})
	o.API(web.NewAPI(site.Mux, web.APIInfo{Title: "Thử", Version: "1"}))
	commune, district := o.small(t, "111"), o.small(t, "11")
	const at = "/api/v1/place/"
	var next string
	site.Run(t, []webtest.Scenario{
		{Name: "levels with their kinds", URL: at + "levels", WantText: []string{`"key":"top"`, `"rank":1`, `"key":"xa"`}},
		{Name: "first page", URL: at + "units?level=low&size=2", Check: func(t *testing.T, a *webtest.Answer) {
			var page web.PageOf[UnitV1]
			a.Into(t, &page)
			if len(page.Items) != 2 || page.Next == "" {
				t.Fatalf("%s", a.Body)
			}
			next = page.Next
		}},
		{Name: "nothing of a level there is not", URL: at + "units?level=none", WantText: []string{`"items":[]`}},
		{Name: "under a unit", URL: at + "units?under=" + string(district.ID), WantText: []string{`"full_name":"Phường Yên Đỗ"`}},
		{Name: "wrong day", URL: at + "units?on=hom-nay", WantStatus: 422, WantFields: []string{"on"}},
		{Name: "wrong cursor", URL: at + "units?after=x", WantStatus: 400},
		{Name: "cursor of a unit that is gone", URL: at + "units?after=" + web.Cursor("gone"), WantStatus: 400},
		{Name: "too many at once", URL: at + "units?size=1000", WantStatus: 422},
		{Name: "search without tone marks", URL: at + "search?q=yen+do", WantText: []string{`"name":"Yên Đỗ"`}},
		{Name: "search on no day", URL: at + "search?q=yen&on=x", WantStatus: 422, WantFields: []string{"on"}},
		{Name: "search for nothing", URL: at + "search", WantStatus: 422},
		{Name: "nothing found", URL: at + "search?q=qqqq", WantText: []string{"[]"}},
		{Name: "one with codes and what is above", URL: at + "units/" + string(commune.ID), WantText: []string{`"code":"111"`, `"above":[{`, "Tỉnh Mẫu", "Huyện Đông Hà"}},
		{Name: "none", URL: at + "units/x", WantStatus: 404, WantKind: "not_found"},
		{Name: "children", URL: at + "units/" + string(district.ID) + "/children", WantText: []string{"Phường Yên Đỗ"}},
		{Name: "children of none", URL: at + "units/x/children", WantStatus: 404},
		{Name: "children on no day", URL: at + "units/x/children?on=x", WantStatus: 422},
		{Name: "successors of a unit that stands", URL: at + "units/" + string(commune.ID) + "/successors", WantText: []string{`"links":[]`, string(commune.ID)}},
		{Name: "successors of none", URL: at + "units/x/successors", WantStatus: 404},
		{Name: "successors on no day", URL: at + "units/x/successors?on=x", WantStatus: 422},
		{Name: "code of no scheme", URL: at + "codes/none/111", WantStatus: 404},
		{Name: "code on no day", URL: at + "codes/none/111?on=x", WantStatus: 422},
	})
	var all []UnitV1
	for _, url := range []string{at + "units?level=low&size=2", at + "units?level=low&size=2&after=" + next} {
		var page web.PageOf[UnitV1]
		webtest.Do(t, site.Mux, webtest.Scenario{URL: url}).Into(t, &page)
		all = append(all, page.Items...)
	}
	units := must(o.List(o.ctx, Filter{Level: "low"}))(t)
	for i := range min(len(units), len(all)) {
		if all[i].ID != units[i].ID {
			t.Errorf("row %d is %s, want %s", i, all[i].FullName, units[i].FullName())
		}
	}
}

// TestAPIOfMergedUnits holds that programs find out where an ended unit went.
func TestAPIOfMergedUnits(t *testing.T) {
	o := smallOffice(t, day1)
	site := webtest.New(t, webtest.Look{})
	o.API(web.NewAPI(site.Mux, web.APIInfo{Title: "Thử", Version: "1"}))
	old := o.small(t, "111")
	on := clock.MustDate(day1)
	heir := must(o.Rename(o.ctx, Rename{Unit: old.ID, Name: "Yên Mới", On: on, SourceAct: "1/NQ"}))(t)
	site.Run(t, []webtest.Scenario{
		{Name: "where it went", URL: "/api/v1/place/units/" + string(old.ID) + "/successors", WantText: []string{`"kind":"rename"`, `"heir":true`, string(heir.ID), "Yên Mới"}},
		{Name: "found by its old name", URL: "/api/v1/place/search?q=yen+do", WantText: []string{`"former":"Phường Yên Đỗ"`, "Yên Mới"}},
		{Name: "it has ended", URL: "/api/v1/place/units/" + string(old.ID), WantText: []string{`"valid_to":"` + day1 + `"`}},
	})
}
