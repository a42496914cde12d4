package org

import (
	"testing"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
)

// TestAPIOfChanges lets programs prepare changes of the organisation, which take effect on their day.
func TestAPIOfChanges(t *testing.T) {
	o := smallOffice(t, day1)
	site := webtest.New(t, webtest.Look{})
	o.API(web.NewAPI(site.Mux, web.APIInfo{Title: "Thử", Version: "1"}))
	root, justice, land := o.slug(t, "ubnd-tinh"), o.slug(t, "so-tu-phap"), o.slug(t, "so-tnmt")
	branch := o.slug(t, "vp-dkdd")
	manager := func(u Unit) actor.Actor {
		return actor.Actor{ID: "m", Kind: actor.Staff, Grants: []actor.Grant{{Permissions: map[string]bool{PermManage: true}, UnitID: string(u.ID), UnitPath: u.Path, Below: true}}}
	}
	all, some := manager(root), manager(justice)
	on := clock.Today(o.clock).AddDays(10)
	at := func(path string) string { return "/api/v1/org/units/" + path }
	body := func(day, rest string) string {
		return `{"on":"` + day + `","source_act":"12/QĐ-THU",` + rest + `}`
	}
	parts := `"heir":1,"new":[{"name":"Văn phòng Một","slug":"vp-1"},{"name":"Văn phòng Hai","slug":"vp-2"}]`
	for _, path := range []string{"merge", string(branch.ID) + "/split", string(branch.ID) + "/rename", string(branch.ID) + "/end"} {
		rest := map[string]string{"merge": `"from":["` + string(branch.ID) + `"],"into":"` + string(land.ID) + `"`, "rename": `"name":"Văn phòng"`, "split": parts, "end": `"heir":""`}
		verb := path
		if verb != "merge" {
			verb = path[len(branch.ID)+1:]
		}
		site.Run(t, []webtest.Scenario{
			{Name: verb + " by nobody", Method: "POST", URL: at(path), JSON: body(on.String(), rest[verb]), WantStatus: 401},
			{Name: verb + " without the right there", As: some, Method: "POST", URL: at(path), JSON: body(on.String(), rest[verb]), WantStatus: 403},
			{Name: verb + " on no day", As: all, Method: "POST", URL: at(path), JSON: body("x", rest[verb]), WantStatus: 422},
		})
	}
	site.Run(t, []webtest.Scenario{
		{Name: "split", As: all, Method: "POST", URL: at(string(branch.ID) + "/split"), JSON: body(on.String(), parts), WantText: []string{`"slug":"vp-2"`}},
		{Name: "twice", As: all, Method: "POST", URL: at(string(branch.ID) + "/end"), JSON: body(on.String(), `"heir":"`+string(land.ID)+`"`), WantStatus: 409},
		{Name: "rename", As: all, Method: "POST", URL: at(string(justice.ID) + "/rename"), JSON: body(on.String(), `"name":"Sở Pháp chế"`), WantText: []string{"Sở Pháp chế"}},
		{Name: "merge into a new one", As: all, Method: "POST", URL: at("merge"), JSON: body(on.String(), `"from":["`+string(land.ID)+`"],"new":{"name":"Sở Môi trường"}`), WantText: []string{"Sở Môi trường"}},
		{Name: "end", As: all, Method: "POST", URL: at(string(o.slug(t, "ubnd-10012").ID) + "/end"), JSON: body(on.String(), `"heir":"`+string(o.slug(t, "ubnd-10011").ID)+`"`),
			WantText: []string{`"valid_to":"` + on.String()}},
		{Name: "the old name until then", URL: at(string(justice.ID)), WantText: []string{justice.Name}},
		{Name: "the heir of that day", URL: at(string(branch.ID) + "/successors?on=" + on.String()), WantText: []string{`"slug":"vp-2"`, `"slug":"vp-1"`, `"heir":true`}},
	})
}
