package dossiertest_test

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
)

// stock is of two agencies, one of them with much open work.
func stock(w *dossiertest.World) dossiertest.Stock {
	w.T.Helper()
	s := dossiertest.Stock{Until: w.Clock.Now(), Seed: 599, Officials: []string{"a", "b"}}
	for i, slug := range []string{"ubnd-99101", "ubnd-991"} {
		u := w.Unit(slug)
		code, err := w.Org.Code(w.System(), u.ID, org.SchemeQD20, clock.Date{})
		if err != nil {
			w.T.Fatal(err)
		}
		divisions, err := w.Org.Divisions(w.System(), u.ID)
		if err != nil {
			w.T.Fatal(err)
		}
		s.Offices = append(s.Offices, dossiertest.Office{Unit: u, Code: code.Code, Divisions: divisions, Weight: 1 + 2*i, Open: 0.5 * float64(i)})
	}
	page, err := w.Procedures.Find(w.System(), procedure.Query{})
	if err != nil || len(page.Items) == 0 {
		w.T.Fatal(len(page.Items), err)
	}
	s.Procedures = page.Items
	return s
}

// TestFill holds that made-up dossiers are whole: they are found, read and worked on like those that came through the
// service, and the same stock makes the same ones on both engines.
func TestFill(t *testing.T) {
	var first []dossier.Item
	dbtest.Each(t, dossiertest.Migrations(), func(t *testing.T, d *db.DB) {
		w := dossiertest.New(t, d)
		s := stock(w)
		if err := dossiertest.NewFiller(s).Fill(w.System(), d, 200); err != nil {
			t.Fatal(err)
		}
		officer := w.As(w.Officer("ubnd-991"))
		page, err := w.Dossiers.Find(officer, dossier.FindQuery{Limit: 200})
		if err != nil || len(page.Items) < 100 {
			t.Fatalf("%d dossiers of the bigger agency, %v", len(page.Items), err)
		}
		states := map[dossier.Status]int{}
		for _, it := range page.Items {
			states[it.Status]++
			v, err := w.Dossiers.Read(officer, it.ID)
			if err != nil || len(v.Papers) != 3 || len(v.Steps) == 0 || len(v.Events) != 2 {
				t.Fatalf("%s: %+v, %v", it.Code, v, err)
			}
		}
		if states[dossier.StatusProcessing] < 20 || states[dossier.StatusReturned] < 20 {
			t.Errorf("the dossiers stand so: %v", states)
		}
		list, err := w.Dossiers.Worklist(officer, dossier.WorkQuery{})
		if err != nil || len(list.Items) == 0 {
			t.Fatalf("%d steps to do, %v", len(list.Items), err)
		}
		for i := range page.Items { // the agencies have other ids in another database
			page.Items[i].ReceiverID = ""
		}
		if first == nil {
			first = page.Items
		} else if !reflect.DeepEqual(first, page.Items) {
			t.Error("the same stock made other dossiers")
		}
	})
}

// TestPersonName holds that names are of several words and that common ones come often.
func TestPersonName(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	common := 0
	for range 1000 {
		name := dossiertest.PersonName(r)
		if len(strings.Fields(name)) < 3 {
			t.Errorf("%q is short", name)
		}
		if strings.HasPrefix(name, "Nguyễn ") {
			common++
		}
	}
	if common < 200 || common > 450 {
		t.Errorf("of 1000 people %d are called Nguyễn", common)
	}
}
