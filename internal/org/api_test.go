package org

import (
	"strings"
	"testing"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
)

func TestAPI(t *testing.T) {
	o := smallOffice(t, day1)
	site := webtest.New(t, webtest.Look{})
	o.API(web.NewAPI(site.Mux, web.APIInfo{Title: "Thử", Version: "1"}))
	root, ward, desk := o.slug(t, "ubnd-tinh"), o.slug(t, "ubnd-10001"), o.slug(t, "ubnd-10001/reception")
	const at = "/api/v1/org/"
	site.Run(t, []webtest.Scenario{
		{Name: "kinds", URL: at + "kinds", WantText: []string{`"government":true`}},
		{Name: "agencies of a level", URL: at + "units?agencies=true&level=commune", WantText: []string{`"slug":"ubnd-10001"`}, WantNot: []string{"reception"}},
		{Name: "divisions with a key", URL: at + "units?key=reception", WantText: []string{`"slug":"ubnd-10001/reception"`, `"agency":false`}},
		{Name: "of a kind there is not", URL: at + "units?kind=none", WantText: []string{`"items":[]`}},
		{Name: "wrong day", URL: at + "units?on=x", WantStatus: 422, WantFields: []string{"on"}},
		{Name: "wrong cursor", URL: at + "units?after=x", WantStatus: 400},
		{Name: "search", URL: at + "search?q=" + strings.ReplaceAll(ward.Slug, "ubnd-", ""), WantStatus: 200},
		{Name: "search by name", URL: at + "search?q=uy+ban&agencies=true&limit=3", WantText: []string{`"kind":"peoples_committee"`}},
		{Name: "search on no day", URL: at + "search?q=a&on=x", WantStatus: 422},
		{Name: "one with what is above", URL: at + "units/" + string(desk.ID), WantText: []string{`"slug":"ubnd-10001"`, `"slug":"ubnd-tinh"`, `"above":[`}},
		{Name: "none", URL: at + "units/x", WantStatus: 404, WantKind: "not_found"},
		{Name: "children", URL: at + "units/" + string(ward.ID) + "/children", WantText: []string{"ubnd-10001/reception"}},
		{Name: "children of none", URL: at + "units/x/children", WantStatus: 404},
		{Name: "successors", URL: at + "units/" + string(ward.ID) + "/successors", WantText: []string{`"links":[]`}},
		{Name: "successors of none", URL: at + "units/x/successors", WantStatus: 404},
		{Name: "successors on no day", URL: at + "units/x/successors?on=x", WantStatus: 422},
		{Name: "code there is not", URL: at + "codes/qd20/Z00", WantStatus: 404},
		{Name: "code on no day", URL: at + "codes/qd20/Z00?on=x", WantStatus: 422},
	})
	seen, after := map[UnitID]bool{}, ""
	for {
		var page web.PageOf[UnitV1]
		webtest.Do(t, site.Mux, webtest.Scenario{URL: at + "units?size=7&under=" + string(root.ID) + "&after=" + after}).Into(t, &page)
		for _, u := range page.Items {
			if seen[u.ID] {
				t.Fatalf("%s is on two pages", u.Slug)
			}
			seen[u.ID] = true
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if all := must(o.List(o.ctx, Filter{Under: root.ID}))(t); len(seen) != len(all) {
		t.Errorf("%d units on all pages, %d there are", len(seen), len(all))
	}
}

// TestAPIOfCodes holds that an agency is found by its code, and shows it.
func TestAPIOfCodes(t *testing.T) {
	o := smallOffice(t, day1)
	site := webtest.New(t, webtest.Look{})
	o.API(web.NewAPI(site.Mux, web.APIInfo{Title: "Thử", Version: "1"}))
	r, err := o.ImportCodes(o.ctx, strings.NewReader("slug,scheme,code,valid_from,valid_to,confidence,source\nubnd-10001,qd20,H21.99.9,,,verified,Thử\n"))
	if err != nil || r.Added != 1 {
		t.Fatalf("%+v %v", r, err)
	}
	site.Run(t, []webtest.Scenario{
		{Name: "by code", URL: "/api/v1/org/codes/qd20/H21.99.9", WantText: []string{`"slug":"ubnd-10001"`}},
		{Name: "shown", URL: "/api/v1/org/units/" + string(o.slug(t, "ubnd-10001").ID), WantText: []string{`"code":"H21.99.9"`}},
	})
}

// TestAPIOfMoves moves the land registry under another department, as seen by programs.
func TestAPIOfMoves(t *testing.T) {
	o := smallOffice(t, day1)
	site := webtest.New(t, webtest.Look{})
	o.API(web.NewAPI(site.Mux, web.APIInfo{Title: "Thử", Version: "1"}))
	root, branch, land, justice := o.slug(t, "ubnd-tinh"), o.slug(t, "vp-dkdd"), o.slug(t, "so-tnmt"), o.slug(t, "so-tu-phap")
	at := func(u Unit) string { return "/api/v1/org/units/" + string(u.ID) }
	manager := func(u Unit) actor.Actor {
		return actor.Actor{ID: "m", Kind: actor.Staff, Grants: []actor.Grant{{Permissions: map[string]bool{PermManage: true}, UnitID: string(u.ID), UnitPath: u.Path, Below: true}}}
	}
	body := func(parent UnitID, on string) string {
		return `{"parent":"` + string(parent) + `","on":"` + on + `","source_act":"12/QĐ-THU"}`
	}
	today := clock.Today(o.clock)
	site.Run(t, []webtest.Scenario{
		{Name: "nobody", Method: "POST", URL: at(branch) + "/move", JSON: body(justice.ID, today.String()), WantStatus: 401},
		{Name: "without the right there", As: manager(land), Method: "POST", URL: at(branch) + "/move", JSON: body(justice.ID, today.String()), WantStatus: 403},
		{Name: "no day", As: manager(root), Method: "POST", URL: at(branch) + "/move", JSON: body(justice.ID, "x"), WantStatus: 422},
		{Name: "where it is", As: manager(root), Method: "POST", URL: at(branch) + "/move", JSON: body(land.ID, today.String()), WantStatus: 422},
		{Name: "moves", As: manager(root), Method: "POST", URL: at(branch) + "/move", JSON: body(justice.ID, today.String()), WantText: []string{`"parent":"` + string(justice.ID)}},
		{Name: "planned", As: manager(root), Method: "POST", URL: at(branch) + "/move", JSON: body(land.ID, today.AddDays(9).String()), WantText: []string{`"parent":"` + string(justice.ID)}},
		{Name: "history", URL: at(branch) + "/history", WantText: []string{`"former":[{"parent":"` + string(land.ID), `"done":true`, `"done":false`}},
		{Name: "history of none", URL: "/api/v1/org/units/x/history", WantStatus: 404},
		{Name: "above before", URL: at(branch) + "?on=" + today.AddDays(-1).String(), WantText: []string{`"slug":"so-tnmt"`}, WantNot: []string{`"slug":"so-tu-phap"`}},
		{Name: "below now", URL: at(justice) + "/children", WantText: []string{`"slug":"vp-dkdd"`}},
		{Name: "below before", URL: at(justice) + "/children?on=" + today.AddDays(-1).String(), WantNot: []string{`"slug":"vp-dkdd"`}},
		{Name: "below on no day", URL: at(justice) + "/children?on=x", WantStatus: 422},
		{Name: "above on no day", URL: at(branch) + "?on=x", WantStatus: 422},
	})
}
