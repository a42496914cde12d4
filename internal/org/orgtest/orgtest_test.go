package orgtest

import (
	"testing"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/org"
	"lienthong/province"
)

func TestWorld(t *testing.T) {
	dbtest.Each(t, Rooms(), func(t *testing.T, d *db.DB) {
		w := New(t, d, clock.NewFake(clock.MustDate("2018-12-19").At(9, 0)))
		if got := w.Unit("ubnd-10001/reception"); got.Key != "reception" || got.Level != "commune" {
			t.Errorf("reception = %+v", got)
		}
		if got := w.Place("10001"); got.FullName() != "Phường Yên Đỗ" {
			t.Errorf("place = %s", got.FullName())
		}
		person, post := w.Official("Nguyễn Văn A", "ubnd-10001/justice", "Công chức Tư pháp - Hộ tịch")
		w.Post(person.ID, "ubnd-10001/reception", "Công chức một cửa", false)
		posts, err := w.Org.PostsOf(w.Ctx, person.ID, clock.Date{})
		if err != nil || len(posts) != 2 || posts[0].ID != post.ID {
			t.Errorf("posts = %+v, %v", posts, err)
		}
		a := w.Actor("ubnd-10001/justice", false, org.PermManage)
		if a.OfficeID != string(w.Unit("ubnd-10001").ID) || a.Kind != actor.Staff || !a.Can(org.PermManage, w.Unit("ubnd-10001/justice").Path) || a.Can(org.PermManage, w.Unit("ubnd-10001").Path) {
			t.Errorf("actor = %+v", a)
		}
	})
}

// TestProvincesLoad loads every province there is, the made-up one with two levels too.
func TestProvincesLoad(t *testing.T) {
	for _, c := range []struct {
		name, commune, above, department string
		levels, communes                 int
	}{
		{"gialai", "ubnd-23557", "district", "so-tu-phap", 3, 218},
		{"../../../province/testdata/haicap", "ubnd-90001", "province", "so-tu-phap", 2, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys, err := province.Open(c.name)
			if err != nil {
				t.Fatal(err)
			}
			settings, err := province.Load(fsys)
			if err != nil {
				t.Fatal(err)
			}
			w := Load(t, dbtest.SQLite(t, Rooms()...), clock.NewFake(clock.MustDate("2026-11-23").At(9, 0)), fsys)
			levels, err := w.Places.Levels(w.Ctx)
			if err != nil || len(levels) != c.levels {
				t.Errorf("levels = %v, %v", levels, err)
			}
			root, err := w.Org.Root(w.Ctx)
			if err != nil || root.Slug != settings.Government || root.PlaceID != w.Place(settings.Place).ID {
				t.Errorf("root = %+v, %v", root, err)
			}
			communes, err := w.Org.List(w.Ctx, org.Filter{Kind: "peoples_committee", Level: "commune"})
			if err != nil || len(communes) != c.communes {
				t.Errorf("%d commune committees, %v", len(communes), err)
			}
			above, err := w.Org.AgencyAbove(w.Ctx, w.Unit(c.commune+"/reception").ID, c.above)
			if err != nil || above.Level != c.above {
				t.Errorf("above = %+v, %v", above, err)
			}
			for _, slug := range []string{c.commune, c.department, settings.Office.ServiceCenter} {
				code, err := w.Org.Code(w.Ctx, w.Unit(slug).ID, settings.Dossier.CodeScheme, clock.Date{})
				if err != nil || !org.ValidQD20(code.Code) {
					t.Errorf("code of %s = %+v, %v", slug, code, err)
				}
			}
			for _, key := range []string{"leaders", "reception", "justice", "land", "social"} {
				if _, err := w.Org.DivisionByKey(w.Ctx, w.Unit(c.commune).ID, key); err != nil {
					t.Errorf("division %s: %v", key, err)
				}
			}
		})
	}
}
