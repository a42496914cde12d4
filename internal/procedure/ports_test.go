package procedure

import (
	"context"
	"strings"
	"testing"

	"lienthong/internal/codelist"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/form"
	"lienthong/internal/org"
	"lienthong/internal/org/orgtest"
)

// TestPorts holds that the organisation and the code lists answer what this room asks.
func TestPorts(t *testing.T) {
	migrations := append(orgtest.Rooms(), codelist.Migrations(), Migrations())
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		w := orgtest.New(t, d, c)
		codes := codelist.New(codelist.Deps{DB: d, Clock: c, Units: w.Org})
		if _, err := codes.Import(w.Ctx, strings.NewReader(codeLists)); err != nil {
			t.Fatal(err)
		}
		s := New(Deps{DB: d, Clock: c, Agencies: AgenciesFrom(w.Org, w.Places), Lists: ListsFrom(codes)})
		r, err := s.Import(w.Ctx, files("a.yaml", sample(), "b.yaml", sample("1.000001", "1.000002", "{kind: peoples_committee, level: commune}", "{slug: so-tu-phap}",
			"process:", "form:\n  type: object\n  properties: {sex: {type: string, title: Giới tính, x-codelist: sex}}\nprocess:")))
		if err != nil || r.Failed() {
			t.Fatalf("%v\n%s", err, r)
		}
		atCommunes(t, w, s)
		atDepartment(t, w, s)
	})
}

const codeLists = `list: sex
name: Giới tính
items:
  - {code: male, name: Nam, name_en: Male}
  - {code: female, name: Nữ, name_en: Female}
`

func atCommunes(t *testing.T, w *orgtest.World, s *Service) {
	t.Helper()
	ctx := context.Background()
	v, err := s.Current(ctx, "1.000001", clock.Date{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.Receivers(ctx, v, "", clock.Date{})
	if err != nil || len(all) != 5 {
		t.Fatalf("%d receivers, %v; want the five communes", len(all), err)
	}
	for _, a := range all {
		if a.Level != "commune" || a.Kind != "peoples_committee" || a.PlaceID == "" || a.Slug == "" {
			t.Errorf("receiver %+v", a)
		}
		near, err := s.Receivers(ctx, v, a.PlaceID, clock.Date{})
		if err != nil || len(near) != 1 || near[0].ID != a.ID {
			t.Errorf("for the place of %s: %v, %v", a.Name, near, err)
		}
		list, err := s.ReceivedBy(ctx, a.ID, clock.Date{})
		if err != nil || len(list) != 1 || list[0].Code != "1.000001" {
			t.Errorf("received by %s: %v, %v", a.Name, list, err)
		}
	}
	if _, err := s.Receivers(ctx, v, "nowhere", clock.Date{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an unknown place: %v", err)
	}
	if _, err := s.ReceivedBy(ctx, "nobody", clock.Date{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an unknown agency: %v", err)
	}
	if u, err := w.Org.Unit(ctx, org.UnitID(all[0].ID)); err != nil || u.Name != all[0].Name {
		t.Errorf("the agency is %+v, %v", u, err)
	}
}

func atDepartment(t *testing.T, w *orgtest.World, s *Service) {
	t.Helper()
	ctx := context.Background()
	v, err := s.Current(ctx, "1.000002", clock.Date{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.Receivers(ctx, v, "", clock.Date{})
	if err != nil || len(all) != 1 || all[0].Slug != "so-tu-phap" {
		t.Fatalf("receivers %v, %v", all, err)
	}
	p, err := s.Find(ctx, Query{Level: all[0].Level})
	if err != nil || len(p.Items) != 1 || p.Items[0].Code != "1.000002" {
		t.Errorf("the level of an agency named by slug is not known: %v, %v", p.Items, err)
	}
	lists, err := s.FormLists(ctx, v, clock.Date{})
	if err != nil || len(lists["sex"]) != 2 || lists["sex"][1] != (form.Option{Value: "female", Label: "Nữ", LabelEN: "Female"}) {
		t.Errorf("code lists %v, %v", lists, err)
	}
	if got, err := s.Receives(ctx, v, all[0].ID); err != nil || !got {
		t.Errorf("the department receives its procedure: %t, %v", got, err)
	}
	records := `[{"code":"3.000001","name":"Việc của Sở","level":"Cấp tỉnh","agency":"Sở Tư pháp, Bộ Tư pháp","field":"Luật sư","result":"Thẻ"}]`
	if _, err := s.ImportRecords(w.Ctx, strings.NewReader(records), clock.Date{}); err != nil {
		t.Fatal(err)
	}
	rec, err := s.Current(ctx, "3.000001", clock.Date{})
	if err != nil || len(rec.Spec.Receivers) != 1 || rec.Spec.Receivers[0].Slug != "so-tu-phap" {
		t.Errorf("the agency named in a record: %+v, %v", rec, err)
	}
}
