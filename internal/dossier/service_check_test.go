package dossier_test

import (
	"strings"
	"testing"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
)

// TestCheckDraft holds that a draft is told everything that sending it would refuse, and that sending twice files once.
func TestCheckDraft(t *testing.T) {
	dbtest.Each(t, dossiertest.Migrations(), func(t *testing.T, d *db.DB) {
		w := dossiertest.New(t, d)
		ctx := w.As(w.Citizen("An"))
		draft, err := w.Dossiers.NewDraft(ctx, "9.000001", dossier.Filing{})
		if err != nil {
			t.Fatal(err)
		}
		f, ok := fault.As(w.Dossiers.CheckDraft(ctx, draft))
		if !ok || f.Kind != fault.Invalid {
			t.Fatalf("an empty draft passes: %v", f)
		}
		fields := map[string]bool{}
		for _, p := range f.Problems {
			fields[p.Field] = true
		}
		for _, want := range []string{"receiver", "case", "owner.full_name", "form.child.full_name", "papers.birth-note"} {
			if !fields[want] {
				t.Errorf("nothing is said about %s: %v", want, f.Problems)
			}
		}
		draft.Filing = dossier.Filing{ProcedureCode: "9.000001", Channel: dossier.ChannelOnline, CaseKey: "usual", ReceiverID: w.Unit("ubnd-99101").ID,
			Owner: dossiertest.Applicant("Nguyễn Thị An"),
			Form:  map[string]any{"child": map[string]any{"full_name": "Nguyễn Bình", "birth_date": "2026-11-01", "sex": "male"}}}
		if _, err := w.Dossiers.UploadToDraft(ctx, draft, "birth-note", "a.pdf", strings.NewReader(dossiertest.PDF)); err != nil {
			t.Fatal(err)
		}
		if err := w.Dossiers.SaveDraft(ctx, draft); err != nil {
			t.Fatal(err)
		}
		if err := w.Dossiers.CheckDraft(ctx, draft); err != nil {
			t.Fatalf("a complete draft: %v", err)
		}
		first, err := w.Dossiers.SendDraft(ctx, draft.ResumeCode)
		if err != nil {
			t.Fatal(err)
		}
		again, err := w.Dossiers.SendDraft(ctx, draft.ResumeCode)
		if err != nil || again.ID != first.ID {
			t.Errorf("sent again: %v, %v", again, err)
		}
		if _, err := w.Dossiers.SendDraft(w.As(w.Citizen("Bình")), draft.ResumeCode); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger sends it: %v", err)
		}
	})
}
