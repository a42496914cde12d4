package dossier_test

import (
	"testing"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
)

// TestStrangersDoNotLearnTheState holds that an act that the state forbids tells
// code and state only to those who take part in the dossier.
func TestStrangersDoNotLearnTheState(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		an := w.As(w.Citizen("an"))
		filed, err := w.Dossiers.File(an, birth(w, an))
		d := must(t, filed, err)
		step := open(t, w, d.ID, "receive").ID
		_, err = w.Dossiers.Withdraw(an, d.ID, "", "Nộp nhầm.")
		must(t, d, err)
		for _, who := range []actor.Actor{w.Clerk("ubnd-99102"), w.Citizen("binh"), {}} {
			_, err := w.Dossiers.Accept(w.As(who), d.ID, step, "")
			wantKind(t, err, fault.NotFound, "")
		}
		_, err = w.Dossiers.Accept(w.As(w.Clerk("ubnd-99101")), d.ID, step, "")
		wantKind(t, err, fault.Conflict, d.Code)

		_, err = w.Dossiers.Withdraw(w.As(w.Citizen("binh")), d.ID, "", "Của người khác.")
		wantKind(t, err, fault.Forbidden, "")
		_, err = w.Dossiers.Supplement(w.As(actor.Actor{}), d.ID, dossier.MoreAnswer{Note: "?"})
		wantKind(t, err, fault.Unauthenticated, "")
		_, err = w.Dossiers.Withdraw(w.As(actor.Actor{}), d.ID, d.Secret, "Lần nữa.")
		wantKind(t, err, fault.Conflict, d.Code)
	})
}
