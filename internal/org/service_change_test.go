package org

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/fault"
	"lienthong/internal/place"
)

func (o office) ended(t *testing.T) []UnitEnded {
	t.Helper()
	var list []UnitEnded
	for _, text := range o.events(t) {
		var e UnitEnded
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	return list
}

// entries returns the actions in the audit record, sorted: lanes have no order among each other.
func (o office) entries(t *testing.T) string {
	t.Helper()
	var list []string
	if err := o.db.Select(o.ctx, &list, `SELECT action FROM audit_entry ORDER BY action`); err != nil {
		t.Fatal(err)
	}
	return strings.Join(list, " ")
}

func (o office) member(t *testing.T, name, slug, title string, main bool) Post {
	t.Helper()
	p := must(o.AddPerson(o.ctx, Person{FullName: name}))(t)
	return must(o.AddPost(o.ctx, Post{PersonID: p.ID, UnitID: o.slug(t, slug).ID, Title: title, Main: main, ValidFrom: clock.MustDate("2015-01-01")}))(t)
}

func TestMergeAgencies(t *testing.T) {
	each(t, day2, func(t *testing.T, o office) {
		from, into := o.slug(t, "ubnd-10002"), o.slug(t, "ubnd-10001")
		desk, intoDesk := o.slug(t, "ubnd-10002/reception"), o.slug(t, "ubnd-10001/reception")
		post := o.member(t, "Trần Thị B", "ubnd-10002/reception", "Công chức một cửa", true)
		got := must(o.Merge(o.ctx, Merge{From: []UnitID{from.ID}, Into: into.ID, On: clock.MustDate(day2), SourceAct: "QĐ 1"}))(t)
		if got.ID != into.ID {
			t.Errorf("merged into %s", got.Slug)
		}
		for _, c := range []struct{ from, to UnitID }{{from.ID, into.ID}, {desk.ID, intoDesk.ID}} {
			if h := must(o.Successor(o.ctx, c.from, clock.Date{}))(t); h.ID != c.to {
				t.Errorf("successor of %s = %s", c.from, h.Slug)
			}
			if h := must(o.Successor(o.ctx, c.from, clock.MustDate(day1)))(t); h.ID != c.from {
				t.Errorf("before the merge it stands for itself, not %s", h.Slug)
			}
		}
		ended := o.ended(t)
		if len(ended) != 7 {
			t.Errorf("%d events, want one for the agency and each of its six divisions", len(ended))
		}
		i := slices.IndexFunc(ended, func(e UnitEnded) bool { return e.UnitID == desk.ID })
		if i < 0 || ended[i].Heir != intoDesk.ID || ended[i].Kind != Merged || ended[i].On != clock.MustDate(day2) {
			t.Errorf("event of the desk: %+v", ended)
		}
		posts := must(o.History(o.ctx, post.PersonID))(t)
		if len(posts) != 2 || posts[0].UnitID != desk.ID || posts[0].ValidTo != clock.MustDate(day2) || posts[1].UnitID != intoDesk.ID || !posts[1].Main || posts[1].ValidFrom != clock.MustDate(day2) {
			t.Errorf("posts = %+v", posts)
		}
		if got := slugs(must(o.Divisions(o.ctx, from.ID))(t)); len(strings.Fields(got)) != 6 {
			t.Errorf("divisions of the ended agency on its last day = %s", got)
		}
		if _, err := o.ByCode(o.ctx, SchemeQCVN102, "000.21.31.H21", clock.Date{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the code of the ended agency: %v", err)
		}
		if got := must(o.ByCode(o.ctx, SchemeQCVN102, "000.21.31.H21", clock.MustDate(day1)))(t); got.ID != from.ID {
			t.Errorf("by the code in the past: %s", got.Slug)
		}
		if got := o.entries(t); got != "org.add_person org.add_post org.import org.merge place.import" {
			t.Errorf("audit = %s", got)
		}
		if r, err := audit.Verify(o.ctx, o.db, nil); err != nil || !r.OK() {
			t.Errorf("audit chain: %+v, %v", r, err)
		}
		hits := must(o.Search(o.ctx, "UBND phường Hoa Lư", SearchOptions{Agencies: true}))(t)
		if len(hits) == 0 || hits[0].Unit.ID != into.ID || hits[0].Former != from.Name {
			t.Errorf("search for the old name: %+v", hits)
		}
	})
}

func TestMergeIntoNewTakesAllDivisions(t *testing.T) {
	each(t, day3, func(t *testing.T, o office) {
		x, y := o.slug(t, "so-tu-phap"), o.slug(t, "so-tnmt")
		_, err := o.Merge(o.ctx, Merge{From: []UnitID{x.ID, y.ID}, New: &NewUnit{Name: "Sở mới", Slug: "sở mới"}, On: clock.MustDate(day2)})
		wantKind(t, err, fault.Invalid)
		n := must(o.Merge(o.ctx, Merge{From: []UnitID{x.ID, y.ID}, New: &NewUnit{Name: "Sở Pháp luật và Đất đai", Slug: "so-pl-dd"}, On: clock.MustDate(day2)}))(t)
		if got := slugs(must(o.Divisions(o.ctx, n.ID))(t)); got != "so-pl-dd/leaders so-pl-dd/reception so-pl-dd/office so-pl-dd/justice so-pl-dd/land" && got != "so-pl-dd/leaders so-pl-dd/reception so-pl-dd/office so-pl-dd/land so-pl-dd/justice" {
			t.Errorf("divisions = %s", got)
		}
		for _, from := range []UnitID{x.ID, y.ID} {
			if h := must(o.Successor(o.ctx, from, clock.Date{}))(t); h.ID != n.ID {
				t.Errorf("successor = %s", h.Slug)
			}
		}
		branch := o.slug(t, "vp-dkdd") // an agency below one that ended goes on, below its heir
		if branch.ParentID != n.ID || !branch.Within(n) || !branch.ValidTo.IsZero() {
			t.Errorf("agency below = %+v", branch)
		}
		if desk := o.slug(t, "vp-dkdd/reception"); !desk.Within(n) {
			t.Errorf("its division has the path %s", desk.Path)
		}
	})
}

func TestRenameAgency(t *testing.T) {
	each(t, day1, func(t *testing.T, o office) {
		old := o.slug(t, "so-tnmt")
		post := o.member(t, "Lê Văn C", "so-tnmt/land", "Chuyên viên", true)
		later := must(o.AddPost(o.ctx, Post{PersonID: post.PersonID, UnitID: o.slug(t, "so-tnmt/office").ID, Title: "Phụ trách", ValidFrom: clock.MustDate(day3)}))(t)
		n := must(o.Rename(o.ctx, Rename{Unit: old.ID, Name: "Sở Nông nghiệp và Môi trường", ShortName: "Sở NN&MT", On: clock.MustDate(day2)}))(t)
		if n.Slug != "so-tnmt" || n.ID == old.ID || n.ShortName != "Sở NN&MT" {
			t.Errorf("renamed = %+v", n)
		}
		if got := o.slug(t, "so-tnmt"); got.ID != old.ID {
			t.Errorf("today the old one has the slug, got %s", got.Name)
		}
		if len(o.ended(t)) != 0 {
			t.Error("announced too early")
		}
		o.clock.Set(clock.MustDate(day2).At(0, 5))
		for range 2 {
			if err := o.Announce(o.ctx); err != nil {
				t.Fatal(err)
			}
		}
		if got := len(o.ended(t)); got != 5 {
			t.Errorf("%d events, want the agency and four divisions", got)
		}
		if got := o.slug(t, "so-tnmt"); got.ID != n.ID {
			t.Errorf("on the day the new one has the slug, got %s", got.Name)
		}
		if got := o.slug(t, "so-tnmt/land"); got.ParentID != n.ID {
			t.Errorf("division = %+v", got)
		}
		if got := must(o.Code(o.ctx, n.ID, SchemeQD20, clock.Date{}))(t); got.Code != "H21.15" || got.Confidence != Provisional {
			t.Errorf("the code goes along: %+v", got)
		}
		if got := o.slug(t, "vp-dkdd"); got.ParentID != n.ID {
			t.Errorf("the agency below is under %s", got.ParentID)
		}
		posts := must(o.PostsOf(o.ctx, post.PersonID, clock.MustDate("2026-01-01")))(t)
		if len(posts) != 2 || posts[0].UnitID != o.slug(t, "so-tnmt/land").ID || posts[1].ID != later.ID || posts[1].UnitID != o.slug(t, "so-tnmt/office").ID {
			t.Errorf("posts = %+v", posts)
		}
	})
}

func TestSplitAgency(t *testing.T) {
	each(t, day3, func(t *testing.T, o office) {
		u := o.slug(t, "so-tnmt")
		desk := o.slug(t, "so-tnmt/reception")
		post := o.member(t, "Phạm D", "so-tnmt/reception", "Chuyên viên", true)
		h := must(o.Split(o.ctx, Split{From: u.ID, New: []NewUnit{{Name: "Sở Đất đai", Slug: "so-dat-dai"}, {Name: "Sở Môi trường"}}, Heir: 1, On: clock.MustDate(day2)}))(t)
		if h.Name != "Sở Môi trường" || h.Slug != "so-tnmt" || h.ID == u.ID {
			t.Errorf("heir = %+v", h)
		}
		if got := slugs(must(o.Successors(o.ctx, desk.ID, clock.Date{}))(t)); got != "so-tnmt/reception so-dat-dai/reception" {
			t.Errorf("successors of the desk = %s", got)
		}
		if posts := must(o.PostsOf(o.ctx, post.PersonID, clock.Date{}))(t); len(posts) != 1 || posts[0].UnitID != o.slug(t, "so-tnmt/reception").ID {
			t.Errorf("posts = %+v", posts)
		}
		links := must(o.Links(o.ctx, u.ID))(t)
		if len(links) != 2 || links[0].Kind != Divided {
			t.Errorf("links = %+v", links)
		}
		if got := o.slug(t, "vp-dkdd"); got.ParentID != h.ID {
			t.Error("the agency below goes to the heir")
		}
	})
}

func TestEndAgencyAndDivision(t *testing.T) {
	each(t, day3, func(t *testing.T, o office) {
		land, office := o.slug(t, "so-tnmt/land"), o.slug(t, "so-tnmt/office")
		post := o.member(t, "Vũ E", "so-tnmt/land", "Chuyên viên", true)
		must(o.End(o.ctx, End{Unit: land.ID, Heir: office.ID, On: clock.MustDate(day2), SourceAct: "QĐ 2"}))(t)
		if h := must(o.Successor(o.ctx, land.ID, clock.Date{}))(t); h.ID != office.ID {
			t.Errorf("heir = %s", h.Slug)
		}
		if posts := must(o.PostsOf(o.ctx, post.PersonID, clock.Date{}))(t); len(posts) != 1 || posts[0].UnitID != office.ID {
			t.Errorf("posts = %+v", posts)
		}
		stp := o.slug(t, "so-tu-phap")
		gone := o.member(t, "Hồ G", "so-tu-phap/justice", "Chuyên viên", true)
		must(o.End(o.ctx, End{Unit: stp.ID, On: clock.MustDate(day2)}))(t)
		_, err := o.Successor(o.ctx, stp.ID, clock.Date{})
		wantKind(t, err, fault.NotFound)
		if got := must(o.Successors(o.ctx, stp.ID, clock.Date{}))(t); len(got) != 0 {
			t.Errorf("successors = %s", slugs(got))
		}
		if posts := must(o.PostsOf(o.ctx, gone.PersonID, clock.Date{}))(t); len(posts) != 0 {
			t.Errorf("posts of an agency that is no more = %+v", posts)
		}
		if got := o.slug(t, "so-tu-phap"); got.ID != stp.ID {
			t.Error("the slug finds the ended unit as long as no other has it")
		}
		for _, e := range o.ended(t) {
			if e.UnitID == stp.ID && (e.Heir != "" || e.Kind != "" || e.Heirs == nil) {
				t.Errorf("event = %+v", e)
			}
		}
	})
}

func TestAddUnitsAndContact(t *testing.T) {
	each(t, day1, func(t *testing.T, o office) {
		root := o.slug(t, "ubnd-tinh")
		a := must(o.Add(o.ctx, NewUnit{Kind: "department", Name: " Sở  Du lịch ", Slug: "so-du-lich", ParentID: root.ID}, clock.MustDate(day1), "QĐ 3"))(t)
		if a.Name != "Sở Du lịch" || a.ShortName != "Sở Du lịch" || !a.IsAgency || a.PlaceID != root.PlaceID || a.Level != "province" || a.Confidence != Verified {
			t.Errorf("agency = %+v", a)
		}
		d := must(o.Add(o.ctx, NewUnit{Kind: "division", Name: "Phòng Lữ hành", ParentID: a.ID}, clock.MustDate(day1), ""))(t)
		if d.Key != "phong_lu_hanh" || d.Slug != "so-du-lich/phong_lu_hanh" || d.IsAgency {
			t.Errorf("division = %+v", d)
		}
		local := must(o.Add(o.ctx, NewUnit{Kind: "public_unit", Name: "Trạm Du lịch", Slug: "tram-du-lich", ParentID: a.ID, PlaceID: o.place(t, "639").ID}, clock.MustDate(day1), ""))(t)
		if local.Level != "district" {
			t.Errorf("level = %s, want that of its place", local.Level)
		}
		for _, n := range []NewUnit{
			{Kind: "department", Name: "Sở Du lịch", Slug: "so-du-lich", ParentID: root.ID},
			{Kind: "division", Name: "Phòng Lữ hành", ParentID: a.ID},
			{Kind: "nothing", Name: "A", Slug: "a", ParentID: root.ID},
			{Kind: "department", Name: "A", Slug: "Sở A", ParentID: root.ID},
			{Kind: "department", Name: "A", Slug: "a"},
			{Kind: "department", Slug: "a", ParentID: root.ID},
		} {
			_, err := o.Add(o.ctx, n, clock.MustDate(day1), "")
			wantKind(t, err, fault.Invalid)
		}
		_, err := o.Add(o.ctx, NewUnit{Kind: "department", Name: "A", Slug: "a", ParentID: root.ID, PlaceID: "x"}, clock.MustDate(day1), "")
		wantKind(t, err, fault.NotFound)
		if err := o.SetContact(o.ctx, a.ID, Contact{Phone: " 0269 1234 ", Email: "dulich@example.vn", Address: "1 Trần Hưng Đạo"}); err != nil {
			t.Fatal(err)
		}
		if got := o.slug(t, "so-du-lich"); got.Phone != "0269 1234" || got.Address != "1 Trần Hưng Đạo" {
			t.Errorf("contact = %+v", got)
		}
	})
}

func TestChangesThatCannotBe(t *testing.T) {
	on := clock.MustDate(day3)
	for _, c := range []struct {
		name string
		act  func(office, func(string) UnitID) error
		kind fault.Kind
		say  string
	}{
		{"merge nothing", func(o office, id func(string) UnitID) error { _, err := o.Merge(o.ctx, Merge{On: on}); return err }, fault.Invalid, "ít nhất một"},
		{"merge without a receiver", func(o office, id func(string) UnitID) error {
			_, err := o.Merge(o.ctx, Merge{From: []UnitID{id("so-tnmt")}, On: on})
			return err
		}, fault.Invalid, "tiếp nhận"},
		{"merge an unknown unit", func(o office, id func(string) UnitID) error {
			_, err := o.Merge(o.ctx, Merge{From: []UnitID{"x"}, Into: id("so-tnmt"), On: on})
			return err
		}, fault.NotFound, ""},
		{"merge one twice", func(o office, id func(string) UnitID) error {
			_, err := o.Merge(o.ctx, Merge{From: []UnitID{id("so-tnmt"), id("so-tnmt")}, Into: id("so-tu-phap"), On: on})
			return err
		}, fault.Invalid, "hai lần"},
		{"merge into what lies in it", func(o office, id func(string) UnitID) error {
			_, err := o.Merge(o.ctx, Merge{From: []UnitID{id("so-tnmt")}, Into: id("vp-dkdd"), On: on})
			return err
		}, fault.Invalid, "không thể kế thừa"},
		{"merge into its own division", func(o office, id func(string) UnitID) error {
			_, err := o.Merge(o.ctx, Merge{From: []UnitID{id("so-tnmt")}, Into: id("so-tnmt/land"), On: on})
			return err
		}, fault.Invalid, "không hoạt động"},
		{"no date", func(o office, id func(string) UnitID) error {
			_, err := o.End(o.ctx, End{Unit: id("so-tnmt")})
			return err
		}, fault.Invalid, "ngày có hiệu lực"},
		{"end what ended", func(o office, id func(string) UnitID) error {
			unit := id("so-tnmt")
			if _, err := o.End(o.ctx, End{Unit: unit, On: clock.MustDate(day2)}); err != nil {
				return err
			}
			_, err := o.End(o.ctx, End{Unit: unit, On: on})
			return err
		}, fault.Conflict, "01/02/2020"},
		{"end before the beginning", func(o office, id func(string) UnitID) error {
			_, err := o.End(o.ctx, End{Unit: id("ubnd-622"), On: clock.MustDate("2010-01-01")})
			return err
		}, fault.Invalid, "01/01/2010"},
		{"end the root", func(o office, id func(string) UnitID) error {
			_, err := o.End(o.ctx, End{Unit: id("ubnd-tinh"), On: on})
			return err
		}, fault.Conflict, "cao nhất"},
		{"an unknown heir", func(o office, id func(string) UnitID) error {
			_, err := o.End(o.ctx, End{Unit: id("so-tnmt"), Heir: "x", On: on})
			return err
		}, fault.NotFound, ""},
		{"rename to the same", func(o office, id func(string) UnitID) error {
			_, err := o.Rename(o.ctx, Rename{Unit: id("so-tnmt"), Name: " Sở Tài nguyên và  Môi trường", On: on})
			return err
		}, fault.Invalid, "giống tên cũ"},
		{"rename to nothing", func(o office, id func(string) UnitID) error {
			_, err := o.Rename(o.ctx, Rename{Unit: id("so-tnmt"), On: on})
			return err
		}, fault.Invalid, ""},
		{"split into one", func(o office, id func(string) UnitID) error {
			_, err := o.Split(o.ctx, Split{From: id("so-tnmt"), New: []NewUnit{{Name: "A"}}, On: on})
			return err
		}, fault.Invalid, "ít nhất hai"},
		{"split without an heir", func(o office, id func(string) UnitID) error {
			_, err := o.Split(o.ctx, Split{From: id("so-tnmt"), New: []NewUnit{{Name: "A"}, {Name: "B"}}, Heir: -1, On: on})
			return err
		}, fault.Invalid, "kế thừa"},
		{"split with one slug for both", func(o office, id func(string) UnitID) error {
			_, err := o.Split(o.ctx, Split{From: id("so-tnmt"), New: []NewUnit{{Name: "A"}, {Name: "B"}}, On: on})
			return err
		}, fault.Invalid, "đang thuộc A"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := smallOffice(t, day3)
			err := c.act(o, func(slug string) UnitID { return o.slug(t, slug).ID })
			if err == nil || fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.say) {
				t.Errorf("error = %v, want %v with %q", err, c.kind, c.say)
			}
			if got := o.entries(t); c.name != "end what ended" && got != "org.import place.import" {
				t.Errorf("a refused change left %s", got)
			}
		})
	}
}

func TestPermissionGoesByUnit(t *testing.T) {
	o := smallOffice(t, day3)
	on := clock.MustDate(day3)
	as := func(slug string, below bool, permission string) context.Context {
		return actor.With(context.Background(), actor.Actor{ID: slug, Kind: actor.Staff,
			Grants: []actor.Grant{{Permissions: map[string]bool{permission: true}, UnitPath: o.slug(t, slug).Path, Below: below}}})
	}
	district := as("ubnd-622", true, PermManage)
	for _, c := range []struct {
		name string
		ctx  context.Context
		slug string
		ok   bool
	}{
		{"nobody", context.Background(), "ubnd-10001/justice", false},
		{"another permission", as("ubnd-tinh", true, "dossier.accept"), "ubnd-10001/justice", false},
		{"without those below", as("ubnd-622", false, PermManage), "ubnd-10001/justice", false},
		{"another district", as("ubnd-639", true, PermManage), "ubnd-10001/justice", false},
		{"the district", district, "ubnd-10001/justice", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := o.slug(t, c.slug)
			check := func(what string, err error) {
				t.Helper()
				if c.ok && err != nil || !c.ok && fault.KindOf(err) != fault.Forbidden {
					t.Errorf("%s: %v", what, err)
				}
			}
			check("contact", o.SetContact(c.ctx, u.ID, Contact{Phone: "1"}))
			_, err := o.Add(c.ctx, NewUnit{Kind: "division", Name: "Tổ " + c.name, ParentID: u.ID, Slug: "ubnd-10001/x"}, on, "")
			check("add", err)
			_, err = o.Rename(c.ctx, Rename{Unit: u.ID, Name: "Tư pháp mới", On: on})
			check("rename", err)
		})
	}
	_, err := o.Merge(district, Merge{From: []UnitID{o.slug(t, "ubnd-10001").ID}, Into: o.slug(t, "ubnd-10011").ID, On: on})
	wantKind(t, err, fault.Forbidden) // the receiving unit is another district's
	_, err = o.End(district, End{Unit: o.slug(t, "ubnd-10003").ID, Heir: o.slug(t, "so-tu-phap").ID, On: on})
	wantKind(t, err, fault.Forbidden)
	_, err = o.Import(district, small())
	wantKind(t, err, fault.Forbidden)
	_, err = o.ImportCodes(district, strings.NewReader(""))
	wantKind(t, err, fault.Forbidden)
	if _, err := o.Import(as("ubnd-tinh", true, PermManage), small()); err != nil {
		t.Errorf("the province's own manager: %v", err)
	}
}

// TestAgenciesFollowPlaces merges, renames and adds communes, as the events of the room place tell.
func TestAgenciesFollowPlaces(t *testing.T) {
	each(t, day3, func(t *testing.T, o office) {
		post := o.member(t, "Rơ Châm H", "ubnd-10012/justice", "Công chức Tư pháp - Hộ tịch", true)
		extra := must(o.Add(o.ctx, NewUnit{Kind: "division", Name: "Tổ lưu động", Key: "mobile", ParentID: o.slug(t, "ubnd-10003").ID}, clock.MustDate(day1), ""))(t)
		old, merged := o.slug(t, "ubnd-10003"), o.slug(t, "ubnd-10012")
		must(o.places.Rename(o.ctx, place.Rename{Unit: o.place(t, "10003").ID, Name: "Biển Hồ Mới", Kind: "ward", On: clock.MustDate(day2), SourceAct: "NQ 1"}))(t)
		must(o.places.Merge(o.ctx, place.Merge{From: []place.UnitID{o.place(t, "10012").ID}, Into: o.place(t, "10011").ID, On: clock.MustDate(day2)}))(t)
		must(o.places.Add(o.ctx, place.NewUnit{Level: "commune", Kind: "commune", Name: "Ia Mới", ParentID: o.place(t, "639").ID, Codes: map[string]string{"gso": "10019"}}, clock.MustDate(day2), "NQ 1"))(t)
		if got := must(o.AgencyOfPlace(o.ctx, o.place(t, "10011").ID, ""))(t); got.Slug != "ubnd-10011" {
			t.Errorf("before: %s", got.Slug)
		}
		for range 2 { // an event may come twice
			if err := o.FollowPlaces(o.ctx, event.Event{Name: place.EventUnitEnded}); err != nil {
				t.Fatal(err)
			}
		}
		renamed := o.slug(t, "ubnd-10003")
		if renamed.ID == old.ID || renamed.Name != "Ủy ban nhân dân phường Biển Hồ Mới" || renamed.ValidFrom != clock.MustDate(day2) {
			t.Errorf("renamed = %+v", renamed)
		}
		if h := must(o.Successor(o.ctx, old.ID, clock.Date{}))(t); h.ID != renamed.ID {
			t.Errorf("heir = %s", h.Name)
		}
		if h := must(o.Successor(o.ctx, extra.ID, clock.Date{}))(t); h.Key != "mobile" || h.ParentID != renamed.ID {
			t.Errorf("a division of its own goes along: %+v", h)
		}
		if c := must(o.Code(o.ctx, renamed.ID, SchemeQCVN102, clock.Date{}))(t); c.Code != "000.22.31.H21" {
			t.Errorf("code = %+v", c)
		}
		if h := must(o.Successor(o.ctx, merged.ID, clock.Date{}))(t); h.Slug != "ubnd-10011" {
			t.Errorf("merged into %s", h.Slug)
		}
		if posts := must(o.PostsOf(o.ctx, post.PersonID, clock.Date{}))(t); len(posts) != 1 || posts[0].UnitID != o.slug(t, "ubnd-10011/justice").ID {
			t.Errorf("posts = %+v", posts)
		}
		added := o.slug(t, "ubnd-10019")
		if added.Name != "Ủy ban nhân dân xã Ia Mới" || added.ParentID != o.slug(t, "ubnd-639").ID || len(must(o.Divisions(o.ctx, added.ID))(t)) != 6 {
			t.Errorf("added = %+v", added)
		}
		if got := len(o.ended(t)); got != 15 {
			t.Errorf("%d events, want two agencies, six divisions each, and one more", got)
		}
	})
}

// TestLevelIsAbolished lets the districts end, as on 1 July 2025: their communes go to the province.
func TestLevelIsAbolished(t *testing.T) {
	each(t, day3, func(t *testing.T, o office) {
		for _, code := range []string{"622", "639"} {
			must(o.places.Abolish(o.ctx, place.Abolition{Unit: o.place(t, code).ID, On: clock.MustDate(day3), SourceAct: "72/2025/QH15"}))(t)
		}
		if err := o.FollowPlaces(o.ctx, event.Event{}); err != nil {
			t.Fatal(err)
		}
		root, commune := o.slug(t, "ubnd-tinh"), o.slug(t, "ubnd-10001")
		if commune.ParentID != root.ID || commune.Path != root.Path+string(commune.ID)+"/" {
			t.Errorf("commune = %+v", commune)
		}
		if got := must(o.AgencyAbove(o.ctx, commune.ID, "province"))(t); got.ID != root.ID {
			t.Errorf("above = %s", got.Slug)
		}
		_, err := o.AgencyAbove(o.ctx, commune.ID, "district")
		wantKind(t, err, fault.NotFound)
		if got := must(o.List(o.ctx, Filter{Level: "district"}))(t); len(got) != 0 {
			t.Errorf("left of the districts: %s", slugs(got))
		}
	})
}

func TestEventFormat(t *testing.T) {
	e := UnitEnded{"a", clock.MustDate(day2), Merged, "b", []UnitID{"b"}}
	if raw, err := json.Marshal(e); err != nil || string(raw) != `{"unit_id":"a","on":"2020-02-01","kind":"merge","heir":"b","heirs":["b"]}` {
		t.Errorf("event = %s, %v", raw, err)
	}
	if e.EventKey() != "a" {
		t.Error("events of a unit must be in order")
	}
}

func TestConcurrentChanges(t *testing.T) {
	each(t, day3, func(t *testing.T, o office) {
		unit := o.slug(t, "so-tnmt").ID
		errs := make([]error, 4)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = o.Rename(o.ctx, Rename{Unit: unit, Name: "Sở " + string(rune('A'+i)), On: clock.MustDate(day2)})
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else {
				wantKind(t, err, fault.Conflict)
			}
		}
		if won != 1 {
			t.Errorf("%d renames won, want one: %v", won, errs)
		}
	})
}

// TestSameDay renames a department and an agency below it on one day, in either order.
func TestSameDay(t *testing.T) {
	for _, order := range [][]string{{"so-tnmt", "vp-dkdd"}, {"vp-dkdd", "so-tnmt"}} {
		t.Run(order[0]+" first", func(t *testing.T) {
			o := smallOffice(t, day1)
			for _, slug := range order {
				must(o.Rename(o.ctx, Rename{Unit: o.slug(t, slug).ID, Name: "Tên mới của " + slug, On: clock.MustDate(day2)}))(t)
			}
			o.NextDay(t, clock.MustDate(day2))
			above, below := o.slug(t, "so-tnmt"), o.slug(t, "vp-dkdd")
			if above.Name != "Tên mới của so-tnmt" || below.Name != "Tên mới của vp-dkdd" || below.ParentID != above.ID {
				t.Errorf("above %+v, below %+v", above, below)
			}
			o.checkTree(t)
			o.checkHistory(t)
		})
	}
}

// TestPostWhileItsUnitEnds lets people come to a division while it is merged: nobody is left behind.
func TestPostWhileItsUnitEnds(t *testing.T) {
	each(t, day2, func(t *testing.T, o office) {
		from, to := o.slug(t, "so-tnmt/land"), o.slug(t, "so-tnmt/office")
		people := make([]PersonID, 8)
		for i := range people {
			people[i] = must(o.AddPerson(o.ctx, Person{FullName: "Người " + string(rune('A'+i))}))(t).ID
		}
		errs := make([]error, len(people))
		var wg sync.WaitGroup
		for i, p := range people {
			wg.Go(func() {
				_, errs[i] = o.AddPost(o.ctx, Post{PersonID: p, UnitID: from.ID, Title: "Chuyên viên", Main: true, ValidFrom: clock.MustDate(day1)})
			})
		}
		var ended error
		wg.Go(func() {
			_, ended = o.End(o.ctx, End{Unit: from.ID, Heir: to.ID, On: clock.MustDate(day2)})
		})
		wg.Wait()
		if ended != nil {
			t.Fatal(ended)
		}
		for i, p := range people {
			posts := must(o.PostsOf(o.ctx, p, clock.Date{}))(t)
			if errs[i] == nil && (len(posts) != 1 || posts[0].UnitID != to.ID) {
				t.Errorf("person %d was left behind: %+v", i, posts)
			}
			if errs[i] != nil {
				wantKind(t, errs[i], fault.Invalid)
			}
		}
	})
}
