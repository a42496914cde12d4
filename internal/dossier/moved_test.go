package dossier_test

import (
	"encoding/json"
	"testing"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/event"
	"lienthong/internal/org"
)

// TestUnitMoves holds that a unit keeps its work when it goes to another agency, and its new superiors see it.
func TestUnitMoves(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		citizen := w.As(w.Citizen("an"))
		filed, err := w.Dossiers.File(citizen, birth(w, citizen))
		d := must(t, filed, err)
		commune, on := w.Unit("ubnd-99101"), clock.MustDate("2026-12-01")
		if _, err := w.Org.Move(w.System(), org.Move{Unit: commune.ID, Parent: w.Unit("ubnd-tinh").ID, On: on, SourceAct: "01/NQ-THU"}); err != nil {
			t.Fatal(err)
		}
		w.Clock.Set(on.At(8, 0))
		if err := w.Org.Announce(w.System()); err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(org.UnitMoved{UnitID: commune.ID, On: on, From: commune.ParentID, OldPath: commune.Path})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // events are delivered at least once
			if err := w.Dossiers.OnUnitMoved(w.System(), event.Event{Name: org.EventUnitMoved, Payload: raw, Text: string(raw)}); err != nil {
				t.Fatal(err)
			}
		}
		clerk := w.As(w.Clerk("ubnd-99101"))
		if p, err := w.Dossiers.Worklist(clerk, dossier.WorkQuery{}); err != nil || len(p.Items) != 1 {
			t.Errorf("the worklist after the move: %d, %v", len(p.Items), err)
		}
		now, err := w.Dossiers.Accept(clerk, d.ID, open(t, w, d.ID, "receive").ID, "")
		if got := must(t, now, err); got.Code != d.Code && d.Code != "" || got.ID != d.ID {
			t.Errorf("the dossier became %s", got.Code)
		}
	})
}
