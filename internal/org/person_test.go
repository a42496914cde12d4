package org

import (
	"context"
	"strings"
	"testing"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

func TestPersonIsChecked(t *testing.T) {
	today := clock.MustDate(day1)
	for _, c := range []struct {
		p    Person
		want string
	}{
		{Person{FullName: "  Nguyễn  Thị Ánh "}, ""},
		{Person{FullName: "A", BirthDate: clock.MustDate("1980-02-29"), Email: "a@b", Phone: "0905 000 000"}, ""},
		{Person{}, "họ và tên"},
		{Person{FullName: "A", BirthDate: today}, "Ngày sinh"},
		{Person{FullName: "A", Email: "a.b"}, "thư điện tử"},
		{Person{FullName: "A", Email: "@a"}, "thư điện tử"},
	} {
		err := c.p.clean(today)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v, want %q", c.p, err, c.want)
		}
		if strings.Contains(c.p.FullName, "  ") {
			t.Errorf("name = %q", c.p.FullName)
		}
	}
}

func TestPostIsChecked(t *testing.T) {
	d := clock.MustDate
	unit := &Unit{ID: "u", Name: "Sở A", ValidFrom: d("2010-01-01"), ValidTo: d(day3)}
	main := Post{ID: "1", UnitID: "u", Title: "Giám đốc", Main: true, ValidFrom: d("2015-01-01"), ValidTo: d(day2)}
	for _, c := range []struct {
		name string
		p    Post
		want string
	}{
		{"concurrent", Post{UnitID: "u", Title: "Trưởng ban", ValidFrom: d(day1)}, ""},
		{"main after the other", Post{UnitID: "u", Title: "Giám đốc", Main: true, ValidFrom: d(day2)}, ""},
		{"main before the other", Post{UnitID: "u", Title: "Giám đốc", Main: true, ValidFrom: d("2012-01-01"), ValidTo: d("2015-01-01")}, ""},
		{"two main posts", Post{UnitID: "v", Title: "Phó", Main: true, ValidFrom: d(day1)}, "vị trí chính"},
		{"the same post", Post{UnitID: "u", Title: " Giám  đốc ", ValidFrom: d(day1)}, "đã giữ vị trí"},
		{"no title", Post{UnitID: "u", ValidFrom: d(day1)}, "chức danh"},
		{"ends before it begins", Post{UnitID: "u", Title: "Phó", ValidFrom: d(day1), ValidTo: d(day1)}, "sau ngày bắt đầu"},
		{"the unit is no more", Post{UnitID: "u", Title: "Phó", ValidFrom: d(day3)}, "không hoạt động"},
	} {
		err := c.p.check(unit, []Post{main})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if main.HeldOn(d(day2)) || !main.HeldOn(d(day1)) {
		t.Error("the last day is the one before ValidTo")
	}
}

func TestPeopleAndPosts(t *testing.T) {
	each(t, day1, func(t *testing.T, o office) {
		p := must(o.AddPerson(o.ctx, Person{FullName: "Nguyễn Thị Ánh", BirthDate: clock.MustDate("1985-03-08"), Phone: "0905", Email: "anh@example.vn"}))(t)
		if got := must(o.Person(o.ctx, p.ID))(t); got != p {
			t.Errorf("person = %+v, want %+v", got, p)
		}
		main := must(o.AddPost(o.ctx, Post{PersonID: p.ID, UnitID: o.slug(t, "so-tu-phap/justice").ID, Title: "Chuyên viên", Main: true, Rank: 2}))(t)
		if main.ValidFrom != clock.MustDate(day1) {
			t.Errorf("a post without a beginning begins today: %+v", main)
		}
		also := must(o.AddPost(o.ctx, Post{PersonID: p.ID, UnitID: o.slug(t, "so-tu-phap/reception").ID, Title: "Cán bộ một cửa", Rank: 1, ValidFrom: clock.MustDate("2017-01-01")}))(t)
		posts := must(o.PostsOf(o.ctx, p.ID, clock.Date{}))(t)
		if len(posts) != 2 || posts[0] != main || posts[1] != also {
			t.Errorf("posts = %+v", posts)
		}
		if posts := must(o.PostsOf(o.ctx, p.ID, clock.MustDate("2017-06-01")))(t); len(posts) != 1 || posts[0].ID != also.ID {
			t.Errorf("posts in 2017 = %+v", posts)
		}
		_, err := o.AddPost(o.ctx, Post{PersonID: p.ID, UnitID: o.slug(t, "so-tnmt").ID, Title: "Chuyên viên", Main: true})
		wantKind(t, err, fault.Invalid)
		_, err = o.AddPost(o.ctx, Post{PersonID: "x", UnitID: o.slug(t, "so-tnmt").ID, Title: "Chuyên viên"})
		wantKind(t, err, fault.NotFound)
		_, err = o.AddPost(o.ctx, Post{PersonID: p.ID, UnitID: "x", Title: "Chuyên viên"})
		wantKind(t, err, fault.NotFound)

		boss := o.member(t, "Ánh Nguyễn", "so-tu-phap/leaders", "Giám đốc", true)
		members := must(o.Members(o.ctx, o.slug(t, "so-tu-phap").ID, true, clock.Date{}))(t)
		if len(members) != 3 || members[0].ID != boss.ID || members[1].ID != also.ID || members[2].FullName != "Nguyễn Thị Ánh" || members[2].Phone != "0905" {
			t.Errorf("members = %+v", members)
		}
		if members := must(o.Members(o.ctx, o.slug(t, "so-tu-phap").ID, false, clock.Date{}))(t); len(members) != 0 {
			t.Errorf("directly at the department: %+v", members)
		}
		if members := must(o.Members(o.ctx, o.slug(t, "ubnd-tinh").ID, true, clock.MustDate("2016-01-01")))(t); len(members) != 1 {
			t.Errorf("members in 2016 = %+v", members)
		}

		wantKind(t, o.EndPost(o.ctx, also.ID, clock.MustDate("2017-01-01")), fault.Invalid)
		if err := o.EndPost(o.ctx, also.ID, clock.MustDate(day1)); err != nil {
			t.Fatal(err)
		}
		wantKind(t, o.EndPost(o.ctx, also.ID, clock.MustDate(day2)), fault.Conflict)
		if posts := must(o.PostsOf(o.ctx, p.ID, clock.Date{}))(t); len(posts) != 1 || posts[0].ID != main.ID {
			t.Errorf("posts today = %+v", posts)
		}
		if posts := must(o.History(o.ctx, p.ID))(t); len(posts) != 2 {
			t.Errorf("history = %+v", posts)
		}
		p.FullName, p.Phone = "Nguyễn Thị Ngọc Ánh", "0906"
		if err := o.UpdatePerson(o.ctx, p); err != nil {
			t.Fatal(err)
		}
		if got := must(o.Person(o.ctx, p.ID))(t); got != p {
			t.Errorf("updated = %+v", got)
		}
		wantKind(t, o.UpdatePerson(o.ctx, Person{ID: "x", FullName: "A"}), fault.NotFound)
		wantKind(t, o.UpdatePerson(o.ctx, Person{ID: p.ID}), fault.Invalid)
		if got := o.entries(t); got != "org.add_person org.add_person org.add_post org.add_post org.add_post org.end_post org.import org.update_person place.import" {
			t.Errorf("audit = %s", got)
		}
	})
}

func TestSearchPeople(t *testing.T) {
	each(t, day1, func(t *testing.T, o office) {
		for _, name := range []string{"Nguyễn Thị Ánh", "Nguyễn Thị Anh", "Ánh Nguyễn", "Rơ Châm H'Yen", "Đinh Văn Ánh Dương"} {
			must(o.AddPerson(o.ctx, Person{FullName: name}))(t)
		}
		for _, c := range []struct {
			text  string
			limit int
			want  string
		}{
			{"Nguyễn Thị Ánh", 0, "Nguyễn Thị Ánh, Nguyễn Thị Anh"},
			{"nguyen thi anh", 0, "Nguyễn Thị Anh, Nguyễn Thị Ánh"},
			{"ánh", 0, "Ánh Nguyễn, Đinh Văn Ánh Dương, Nguyễn Thị Ánh, Nguyễn Thị Anh"},
			{"ánh", 1, "Ánh Nguyễn"},
			{"dinh duong", 0, "Đinh Văn Ánh Dương"},
			{"h'yen", 0, "Rơ Châm H'Yen"},
			{"nh", 0, ""},
			{"%", 0, ""},
			{"", 0, ""},
		} {
			var names []string
			for _, p := range must(o.SearchPeople(o.ctx, c.text, c.limit))(t) {
				names = append(names, p.FullName)
			}
			if got := strings.Join(names, ", "); got != c.want {
				t.Errorf("search %q = %s, want %s", c.text, got, c.want)
			}
		}
	})
}

func TestPermissionForPeople(t *testing.T) {
	o := smallOffice(t, day1)
	as := func(slug, permission string) context.Context {
		return actor.With(context.Background(), actor.Actor{ID: slug, Kind: actor.Staff,
			Grants: []actor.Grant{{Permissions: map[string]bool{permission: true}, UnitPath: o.slug(t, slug).Path, Below: true}}})
	}
	post := o.member(t, "A", "so-tu-phap/justice", "Chuyên viên", true)
	person := must(o.Person(o.ctx, post.PersonID))(t)
	free := must(o.AddPerson(o.ctx, Person{FullName: "B"}))(t)
	for _, c := range []struct {
		name          string
		ctx           context.Context
		add, own, any bool // may enter a person, change A and A's posts, change B who has no post
	}{
		{"nobody", context.Background(), false, false, false},
		{"another permission", as("so-tu-phap", "dossier.accept"), false, false, false},
		{"another department", as("so-tnmt", PermManage), true, false, true},
		{"the department", as("so-tu-phap", PermManage), true, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			check := func(what string, ok bool, err error) {
				t.Helper()
				if ok && err != nil || !ok && fault.KindOf(err) != fault.Forbidden {
					t.Errorf("%s: %v", what, err)
				}
			}
			_, err := o.AddPerson(c.ctx, Person{FullName: "C"})
			check("add", c.add, err)
			check("change A", c.own, o.UpdatePerson(c.ctx, person))
			check("change B", c.any, o.UpdatePerson(c.ctx, free))
			p, err := o.AddPost(c.ctx, Post{PersonID: free.ID, UnitID: o.slug(t, "so-tu-phap/office").ID, Title: c.name})
			check("post", c.own, err)
			if err == nil {
				check("end", c.own, o.EndPost(c.ctx, p.ID, clock.MustDate(day2)))
			}
		})
	}
	wantKind(t, o.EndPost(as("so-tnmt", PermManage), post.ID, clock.MustDate(day2)), fault.Forbidden)
}
