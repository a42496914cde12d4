package org

import (
	"slices"
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/place"
)

// planAgencies are the agencies that the tables of 599/QĐ-UBND name, as they are named there or in full.
var planAgencies = map[string]string{
	"so-tttt":                   "Sở Thông tin và Truyền thông",
	"so-cong-thuong":            "Sở Công Thương",
	"so-xay-dung":               "Sở Xây dựng",
	"so-vhttdl":                 "Sở Văn hóa, Thể thao và Du lịch",
	"so-nnptnt":                 "Sở Nông nghiệp và Phát triển nông thôn",
	"so-khdt":                   "Sở Kế hoạch và Đầu tư",
	"so-gddt":                   "Sở Giáo dục và Đào tạo",
	"so-ldtbxh":                 "Sở Lao động - Thương binh và Xã hội",
	"so-tu-phap":                "Sở Tư pháp",
	"ban-ql-kkt":                "Ban Quản lý Khu kinh tế tỉnh",
	"so-y-te":                   "Sở Y tế",
	"so-noi-vu":                 "Sở Nội vụ",
	"ban-tdkt":                  "Ban Thi đua - Khen thưởng tỉnh",
	"so-khcn":                   "Sở Khoa học và Công nghệ",
	"so-tnmt":                   "Sở Tài nguyên và Môi trường",
	"so-gtvt":                   "Sở Giao thông vận tải",
	"so-tai-chinh":              "Sở Tài chính",
	"cong-an-tinh":              "Công an tỉnh Gia Lai",
	"thanh-tra-tinh":            "Thanh tra tỉnh",
	"ban-dan-toc":               "Ban Dân tộc tỉnh",
	"so-ngoai-vu":               "Sở Ngoại vụ",
	"vp-ubnd-tinh":              "Văn phòng Ủy ban nhân dân tỉnh Gia Lai",
	"vp-dkdd":                   "Văn phòng Đăng ký đất đai tỉnh",
	"trung-tam-hanh-chinh-cong": "Trung tâm Hành chính công tỉnh Gia Lai",
}

func loadedGiaLai(t *testing.T, day string) office {
	t.Helper()
	o := newOffice(dbtest.SQLite(t, rooms...), day)
	o.load(t, files(t, "gialai"))
	return o
}

func TestGiaLaiAgenciesOfThePlan(t *testing.T) {
	o := loadedGiaLai(t, day1)
	root := o.slug(t, "ubnd-tinh")
	for slug, name := range planAgencies {
		u := o.slug(t, slug)
		if u.Name != name || !u.IsAgency || u.Level != "province" || !u.Within(root) || u.ParentID == "" {
			t.Errorf("%s = %+v", slug, u)
		}
		for _, key := range []string{"leaders", "reception"} {
			if _, err := o.DivisionByKey(o.ctx, u.ID, key); err != nil {
				t.Errorf("%s: %v", slug, err)
			}
		}
		code := must(o.Code(o.ctx, u.ID, SchemeQCVN102, clock.Date{}))(t)
		if !ValidQCVN102(code.Code) || !strings.HasSuffix(code.Code, ".H21") || code.Confidence != Provisional {
			t.Errorf("code of %s = %+v", slug, code)
		}
	}
	if got := must(o.Code(o.ctx, root.ID, SchemeQD20, clock.Date{}))(t); got.Code != "H21" || got.Confidence != Verified {
		t.Errorf("code of the province = %+v", got)
	}
	departments := must(o.List(o.ctx, Filter{Kind: "department"}))(t)
	if len(departments) != 16 {
		t.Errorf("%d departments: %s", len(departments), slugs(departments))
	}
	if got := o.slug(t, "trung-tam-hanh-chinh-cong"); got.ValidOn(clock.MustDate("2018-08-31")) || !got.ValidOn(clock.MustDate("2018-09-01")) {
		t.Errorf("the centre was founded in September 2018: %+v", got)
	}
}

func TestGiaLaiCommittees(t *testing.T) {
	o := loadedGiaLai(t, day1)
	for _, c := range []struct {
		slug, name, construction, economy string
		communes                          int
	}{
		{"ubnd-622", "Ủy ban nhân dân thành phố Pleiku", "Phòng Quản lý đô thị", "Phòng Kinh tế", 23},
		{"ubnd-623", "Ủy ban nhân dân thị xã An Khê", "Phòng Quản lý đô thị", "Phòng Kinh tế", 11},
		{"ubnd-625", "Ủy ban nhân dân huyện KBang", "Phòng Kinh tế và Hạ tầng", "Phòng Nông nghiệp và Phát triển nông thôn", 14},
		{"ubnd-639", "Ủy ban nhân dân huyện Chư Pưh", "Phòng Kinh tế và Hạ tầng", "Phòng Nông nghiệp và Phát triển nông thôn", 9},
	} {
		u := o.slug(t, c.slug)
		if u.Name != c.name || u.Level != "district" {
			t.Errorf("%s = %+v", c.slug, u)
		}
		if got := must(o.DivisionByKey(o.ctx, u.ID, "construction"))(t); got.Name != c.construction {
			t.Errorf("%s: construction is %s", c.slug, got.Name)
		}
		if got := must(o.DivisionByKey(o.ctx, u.ID, "economy"))(t); got.Name != c.economy {
			t.Errorf("%s: economy is %s", c.slug, got.Name)
		}
		below := must(o.List(o.ctx, Filter{Kind: "peoples_committee", Parent: u.ID}))(t)
		if len(below) != c.communes {
			t.Errorf("%s: %d communes, want %d", c.slug, len(below), c.communes)
		}
	}
	_, err := o.DivisionByKey(o.ctx, o.slug(t, "ubnd-622").ID, "ethnic")
	wantKind(t, err, fault.NotFound)
	ward, commune := o.slug(t, "ubnd-23557/land"), o.slug(t, "ubnd-23590/land")
	if ward.ShortName != "Địa chính - Xây dựng" || ward.Name == commune.Name {
		t.Errorf("land: ward %s, commune %s", ward.Name, commune.Name)
	}
	if branches := must(o.List(o.ctx, Filter{Kind: "branch", Under: o.slug(t, "vp-dkdd").ID}))(t); len(branches) != 17 || branches[0].Level != "district" {
		t.Errorf("%d branches of the land registry", len(branches))
	}
	if b := must(o.AgencyOfPlace(o.ctx, o.slug(t, "ubnd-622").PlaceID, "branch"))(t); b.Name != "Chi nhánh Văn phòng Đăng ký đất đai thành phố Pleiku" {
		t.Errorf("branch of Pleiku = %s", b.Name)
	}
	seen := map[string]string{}
	for _, u := range must(o.List(o.ctx, Filter{Agencies: true}))(t) {
		code, err := o.Code(o.ctx, u.ID, SchemeQD20, clock.Date{})
		if err != nil {
			t.Errorf("%s: %v", u.Slug, err)
			continue
		}
		if other, taken := seen[code.Code]; taken {
			t.Errorf("%s and %s have the code %s", other, u.Slug, code.Code)
		}
		seen[code.Code] = u.Slug
	}
}

// TestGiaLaiAfterItsChanges follows the communes that ended in 2020 and 2024.
func TestGiaLaiAfterItsChanges(t *testing.T) {
	o := loadedGiaLai(t, "2026-11-23")
	for _, c := range []struct{ slug, ended, heir string }{
		{"ubnd-23587", "2020-02-01", "Ủy ban nhân dân phường Chi Lăng"},
		{"ubnd-23758", "2020-02-01", "Ủy ban nhân dân xã Chư Đăng Ya"},
		{"ubnd-23593", "2024-11-01", "Ủy ban nhân dân xã Biển Hồ"},
		{"ubnd-23671", "2024-11-01", "Ủy ban nhân dân xã Kông Bơ La"},
	} {
		u := o.slug(t, c.slug)
		if u.ValidTo != clock.MustDate(c.ended) {
			t.Errorf("%s ended on %s", c.slug, u.ValidTo)
		}
		if h := must(o.Successor(o.ctx, u.ID, clock.Date{}))(t); h.Name != c.heir {
			t.Errorf("heir of %s = %s", c.slug, h.Name)
		}
		desk := must(o.DivisionByKey(o.ctx, u.ID, "reception"))(t)
		if h := must(o.Successor(o.ctx, desk.ID, clock.Date{}))(t); h.Key != "reception" || must(o.AgencyOf(o.ctx, h.ID, clock.Date{}))(t).Name != c.heir {
			t.Errorf("the desk of %s goes to %+v", c.slug, h)
		}
		if a := must(o.AgencyOfPlace(o.ctx, u.PlaceID, ""))(t); a.Name != c.heir {
			t.Errorf("the agency of the old place of %s is %s", c.slug, a.Name)
		}
		if got := must(o.Successors(o.ctx, u.ID, clock.MustDate(day1)))(t); len(got) != 1 || got[0].ID != u.ID {
			t.Errorf("in 2018 %s stands for itself", c.slug)
		}
	}
	both := must(o.List(o.ctx, Filter{Place: o.slug(t, "ubnd-23674").PlaceID, Agencies: true}))(t)
	if len(both) != 1 || both[0].Name != "Ủy ban nhân dân xã Kông Bơ La" || both[0].ValidFrom != clock.MustDate("2024-11-01") {
		t.Errorf("renamed committee = %+v", both)
	}
	then := must(o.ByCode(o.ctx, SchemeQCVN102, must(o.Code(o.ctx, both[0].ID, SchemeQCVN102, clock.Date{}))(t).Code, clock.MustDate(day1)))(t)
	if then.Name != "Ủy ban nhân dân xã Đăk HLơ" {
		t.Errorf("the same code in 2018 = %s", then.Name)
	}
}

func TestGiaLaiSearch(t *testing.T) {
	o := loadedGiaLai(t, "2026-11-23")
	for _, c := range []struct{ text, want string }{
		{"Sở TT&TT", "so-tttt"},
		{"tttt", "so-tttt"},
		{"so tai nguyen moi truong", "so-tnmt"},
		{"ubnd pleiku", "ubnd-622"},
		{"UBND TP. Pleiku", "ubnd-622"},
		{"ubnd tx an khe", "ubnd-623"},
		{"UBND phường Yên Đỗ", "ubnd-23557"},
		{"Ủy ban nhân dân xã Chư HDrông", "ubnd-23586"},
		{"dang ky dat dai pleiku", "cn-dkdd-622"},
		{"dang ky kinh doanh", "so-khdt/business"},
		{"H21", "ubnd-tinh"},
	} {
		hits := must(o.Search(o.ctx, c.text, SearchOptions{Limit: 3}))(t)
		if len(hits) == 0 || hits[0].Unit.Slug != c.want {
			var got []string
			for _, h := range hits {
				got = append(got, h.Unit.Slug)
			}
			t.Errorf("search %q = %v, want %s first", c.text, got, c.want)
		}
	}
}

// TestTheWholeProvinceMerges lets two communes merge in the full province, as an official would.
func TestTheWholeProvinceMerges(t *testing.T) {
	o := loadedGiaLai(t, "2026-11-23")
	a, b := o.place(t, "23557"), o.place(t, "23560")
	must(o.places.Merge(o.ctx, place.Merge{From: []place.UnitID{a.ID}, Into: b.ID, On: clock.MustDate("2026-11-23")}))(t)
	if err := o.FollowPlaces(o.ctx, eventOf(a)); err != nil {
		t.Fatal(err)
	}
	if h := must(o.Successor(o.ctx, o.slug(t, "ubnd-23557").ID, clock.Date{}))(t); h.Slug != "ubnd-23560" {
		t.Errorf("heir = %s", h.Slug)
	}
	ended := o.ended(t)
	if len(ended) != 8 || slices.ContainsFunc(ended, func(e UnitEnded) bool { return e.Heir == "" }) {
		t.Errorf("events = %+v", ended)
	}
	o.checkTree(t)
}

func BenchmarkQuestions(b *testing.B) {
	o := newOffice(dbtest.SQLite(b, rooms...), "2026-11-23")
	fsys := small()
	if _, err := o.places.Import(o.ctx, fsys); err != nil {
		b.Fatal(err)
	}
	if _, err := o.Import(o.ctx, fsys); err != nil {
		b.Fatal(err)
	}
	s := New(Deps{DB: o.db, Clock: o.clock, Places: o.places}, Config{})
	u, err := s.BySlug(o.ctx, "ubnd-10001/reception")
	if err != nil {
		b.Fatal(err)
	}
	for name, ask := range map[string]func() error{
		"Unit":          func() error { _, err := s.Unit(o.ctx, u.ID); return err },
		"DivisionByKey": func() error { _, err := s.DivisionByKey(o.ctx, u.ParentID, "reception"); return err },
		"Search":        func() error { _, err := s.Search(o.ctx, "tu phap", SearchOptions{}); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
