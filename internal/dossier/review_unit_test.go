package dossier_test

import (
	"testing"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/org"
)

// TestDistrictAbolished ends the district: its communes stand below the province
// then, and keep the dossiers they work on; the district's work goes to its heir, or stays visible.
func TestDistrictAbolished(t *testing.T) {
	for _, heir := range []string{"ubnd-tinh", ""} {
		t.Run("heir "+heir, func(t *testing.T) {
			worlds(t, func(t *testing.T, w *dossiertest.World) { districtAbolished(t, w, heir) })
		})
	}
}

func districtAbolished(t *testing.T, w *dossiertest.World, heir string) {
	citizen := w.As(w.Citizen("an"))
	filed, err := w.Dossiers.File(citizen, birth(w, citizen))
	fresh := must(t, filed, err)
	filed, err = w.Dossiers.File(w.As(w.Clerk("ubnd-99101")), land(w))
	atDistrict := must(t, filed, err)

	district, on := w.Unit("ubnd-991"), clock.MustDate("2026-12-01")
	end := org.End{Unit: district.ID, On: on, SourceAct: "01/NQ-THU"}
	if heir != "" {
		end.Heir = w.Unit(heir).ID
	}
	if _, err := w.Org.End(w.System(), end); err != nil {
		t.Fatal(err)
	}
	w.Clock.Set(local("2026-12-01 08:00"))
	if err := w.Org.Announce(w.System()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // events are delivered at least once
		if err := w.Ended(district.ID); err != nil {
			t.Fatal(err)
		}
	}
	clerk := w.Clerk("ubnd-99101")
	st := open(t, w, fresh.ID, "receive")
	if st.AgencyID != w.Unit("ubnd-99101").ID {
		t.Fatalf("the commune's step went to %s", st.UnitName)
	}
	if p, err := w.Dossiers.Worklist(w.As(clerk), dossier.WorkQuery{}); err != nil || len(p.Items) != 1 {
		t.Errorf("the commune's worklist: %d, %v", len(p.Items), err)
	}
	_, err = w.Dossiers.Accept(w.As(clerk), fresh.ID, st.ID, "")
	must(t, fresh, err)
	forward(t, w, w.Officer("ubnd-99101"), fresh.ID, "verify", "")
	if heir != "" {
		if st := open(t, w, atDistrict.ID, "district"); st.AgencyID != w.Unit(heir).ID {
			t.Errorf("the district's step is at %s", st.UnitName)
		}
	}
}

// TestArchiveGoesToTheHeir lets the successor of a successor find what was returned before.
func TestArchiveGoesToTheHeir(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		citizen := w.As(w.Citizen("an"))
		filed, err := w.Dossiers.File(citizen, birth(w, citizen))
		d := must(t, filed, err)
		_, err = w.Dossiers.Refuse(w.As(w.Clerk("ubnd-99101")), d.ID, open(t, w, d.ID, "receive").ID, "Không thuộc thẩm quyền.")
		must(t, d, err)
		for i, day := range []string{"2026-12-01", "2026-12-02"} {
			from, into := w.Unit([]string{"ubnd-99101", "ubnd-99102"}[i]), w.Unit([]string{"ubnd-99102", "ubnd-99103"}[i])
			on := clock.MustDate(day)
			if _, err := w.Org.Merge(w.System(), org.Merge{From: []org.UnitID{from.ID}, Into: into.ID, On: on, SourceAct: "01/NQ-THU"}); err != nil {
				t.Fatal(err)
			}
			w.Clock.Set(on.At(8, 0))
			if err := w.Org.Announce(w.System()); err != nil {
				t.Fatal(err)
			}
			divisions, err := w.Org.Divisions(w.System(), from.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range append(divisions, from) {
				if err := w.Ended(u.ID); err != nil {
					t.Fatal(err)
				}
			}
			heirs := w.As(w.Clerk(into.Slug))
			if p, err := w.Dossiers.Find(heirs, dossier.FindQuery{}); err != nil || len(p.Items) != 1 {
				t.Errorf("after merger %d the heir finds %d dossiers, %v", i, len(p.Items), err)
			}
			v, err := w.Dossiers.Read(heirs, d.ID)
			if err != nil || v.Parts[0].UnitName != "Ủy ban nhân dân xã Đầu" {
				t.Errorf("after merger %d the heir reads %+v, %v", i, v, err)
			}
		}
	})
}

// TestRenamedOnADayWithNumbers renames an agency that gave numbers on the same day: none is given twice.
func TestRenamedOnADayWithNumbers(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		filed, err := w.Dossiers.File(w.As(w.Clerk("ubnd-99101")), land(w))
		must(t, filed, err)
		if _, err := w.Org.Rename(w.System(), org.Rename{Unit: w.Unit("ubnd-99101").ID, Name: "Ủy ban nhân dân xã Mới", On: clock.DateOf(w.Clock.Now()), SourceAct: "02/NQ-THU"}); err != nil {
			t.Fatal(err)
		}
		f := land(w)
		now, err := w.Org.Successor(w.System(), f.ReceiverID, clock.Date{})
		if err != nil {
			t.Fatal(err)
		}
		filed, err = w.Dossiers.File(w.As(w.Clerk(now.Slug)), f)
		if d := must(t, filed, err); d.Code != "X99.10.01-261123-0002" {
			t.Errorf("code %s", d.Code)
		}
	})
}
