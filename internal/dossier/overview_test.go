package dossier_test

import (
	"context"
	"testing"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/fault"
)

// boxed returns the codes that a box of somebody's worklist holds.
func boxed(t *testing.T, w *dossiertest.World, ctx context.Context, q dossier.WorkQuery) []string {
	t.Helper()
	p, err := w.Dossiers.Worklist(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, it := range p.Items {
		codes = append(codes, it.Code)
	}
	return codes
}

// asked files and accepts a birth registration at the first commune and asks for more at the officer's step.
func asked(t *testing.T, w *dossiertest.World) *dossier.Dossier {
	t.Helper()
	citizen := w.As(w.Citizen("an"))
	d, err := w.Dossiers.File(citizen, birth(w, citizen))
	must(t, d, err)
	d, err = w.Dossiers.Accept(w.As(w.Clerk("ubnd-99101")), d.ID, open(t, w, d.ID, "receive").ID, "")
	must(t, d, err)
	d, err = w.Dossiers.RequestMore(w.As(w.Officer("ubnd-99101")), d.ID, dossier.MoreRequest{StepID: open(t, w, d.ID, "verify").ID, Items: []string{"Giấy chứng sinh"}, Reason: "Ảnh mờ."})
	return must(t, d, err)
}

// TestWaitingAtCounter holds that the counter that received a dossier sees it wait for papers, whoever asked.
func TestWaitingAtCounter(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		d := asked(t, w)
		for name, x := range map[string]struct {
			who  context.Context
			want int
		}{
			"the counter":         {w.As(w.Clerk("ubnd-99101")), 1},
			"who asked":           {w.As(w.Officer("ubnd-99101")), 1},
			"who signs":           {w.As(w.Leader("ubnd-99101")), 0},
			"another counter":     {w.As(w.Clerk("ubnd-99102")), 0},
			"both in one account": {w.As(w.Official("ubnd-99101", "Kiêm nhiệm", dossier.PermAccept, dossier.PermProcess, dossier.PermRead)), 1},
		} {
			codes := boxed(t, w, x.who, dossier.WorkQuery{Box: dossier.BoxSupplement})
			counts, err := w.Dossiers.Counts(x.who)
			facets, ferr := w.Dossiers.Facets(x.who, dossier.WorkQuery{Box: dossier.BoxSupplement})
			if err != nil || ferr != nil || len(codes) != x.want || counts[dossier.BoxSupplement] != x.want || len(facets) != x.want {
				t.Errorf("%s: %v, counts %v, facets %v, %v %v; want %d", name, codes, counts, facets, err, ferr, x.want)
			}
			if x.want > 0 && codes[0] != d.Code {
				t.Errorf("%s: %v", name, codes)
			}
			if todo := boxed(t, w, x.who, dossier.WorkQuery{}); len(todo) != 0 {
				t.Errorf("%s has work that waits for papers among what is to do: %v", name, todo)
			}
		}
	})
}

// TestOverview holds what a leader is told: the open work of each unit by time limit, and the weeks.
func TestOverview(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		leader := w.As(w.Leader("ubnd-99101"))
		o, err := w.Dossiers.Overview(leader)
		if err != nil || len(o.Units) != 0 || len(o.Weeks) != 6 || o.Sum().Open() != 0 {
			t.Fatalf("nothing yet: %+v, %v", o, err)
		}
		waiting := asked(t, w)
		done := filedAndSigned(t, w)
		citizen := w.As(w.Citizen("an"))
		f, err := w.Dossiers.File(citizen, birth(w, citizen))
		fresh := must(t, f, err)
		if o, err = w.Dossiers.Overview(leader); err != nil {
			t.Fatal(err)
		}
		sum := o.Sum()
		if sum.Supplement != 1 || sum.Open() != 3 || sum.Late != 0 || sum.Waiting() != 1 {
			t.Errorf("sum %+v of %+v", sum, o.Units)
		}
		if last := o.Weeks[5]; last.From.String() != "2026-11-23" || last.Filed != 3 || last.Finished != 1 || last.OnTime != 1 || last.Late() != 0 {
			t.Errorf("this week %+v", last)
		}
		if first := o.Weeks[0]; first.From.String() != "2026-10-19" || first.Filed != 0 {
			t.Errorf("first week %+v", first)
		}
		w.Clock.Set(local("2026-11-30 16:00"))
		if o, err = w.Dossiers.Overview(leader); err != nil {
			t.Fatal(err)
		}
		if prev := o.Weeks[4]; prev.Filed != 3 || prev.Finished != 1 || o.Weeks[5].Filed != 0 {
			t.Errorf("a week later %+v", o.Weeks)
		}
		checkLate(t, w, leader, o, fresh, done, waiting)
	})
}

// TestResultToFetchIsNotLate holds that a dossier finished in time does not become late because nobody comes for it.
func TestResultToFetchIsNotLate(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		d := filedAndSigned(t, w)
		clerk := w.As(w.Clerk("ubnd-99101"))
		w.Clock.Set(local("2026-12-15 08:00"))
		counts, err := w.Dossiers.Counts(clerk)
		if err != nil || counts[dossier.BoxToDo] != 1 || counts[dossier.BoxLate] != 0 {
			t.Errorf("counts %v, %v", counts, err)
		}
		fresh, err := w.Dossiers.File(w.As(w.Citizen("an")), birth(w, w.As(w.Citizen("an"))))
		must(t, fresh, err)
		if got := boxed(t, w, clerk, dossier.WorkQuery{}); len(got) != 2 || got[0] != fresh.Code || got[1] != d.Code {
			t.Errorf("what has a time limit comes first: %v", got)
		}
		page, err := w.Dossiers.Worklist(clerk, dossier.WorkQuery{Limit: 1})
		if err != nil || page.Next == "" {
			t.Fatalf("%+v, %v", page, err)
		}
		if got := boxed(t, w, clerk, dossier.WorkQuery{Limit: 1, Cursor: page.Next}); len(got) != 1 || got[0] != d.Code {
			t.Errorf("second page %v", got)
		}
	})
}

// checkLate holds that the number of a unit opens into the steps behind it.
func checkLate(t *testing.T, w *dossiertest.World, leader context.Context, o *dossier.Overview, fresh, done, waiting *dossier.Dossier) {
	t.Helper()
	late := 0
	for _, u := range o.Units {
		q := dossier.WorkQuery{Watch: true, Unit: u.UnitID, Box: dossier.BoxLate}
		if got := boxed(t, w, leader, q); len(got) != u.Late {
			t.Errorf("%s: %d late, the list has %v", u.UnitName, u.Late, got)
		}
		if u.UnitName == "" || u.AgencyName == "" {
			t.Errorf("a unit without names: %+v", u)
		}
		late += u.Late
	}
	if late == 0 || o.Units[0].Late == 0 {
		t.Errorf("nothing is late after a week, or the late units do not stand first: %+v", o.Units)
	}
	all := boxed(t, w, leader, dossier.WorkQuery{Watch: true, Box: dossier.BoxSupplement})
	if len(all) != 1 || all[0] != waiting.Code {
		t.Errorf("waiting: %v, want %s", all, waiting.Code)
	}
	if own := boxed(t, w, leader, dossier.WorkQuery{}); len(own) != 0 {
		t.Errorf("the leader's own work: %v, want neither %s nor %s", own, fresh.Code, done.Code)
	}
}

// TestOverviewIsForLeaders holds that only who assigns work sees that of others.
func TestOverviewIsForLeaders(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		asked(t, w)
		officer := w.As(w.Officer("ubnd-99101"))
		_, err := w.Dossiers.Overview(officer)
		wantKind(t, err, fault.Forbidden, "")
		if got := boxed(t, w, officer, dossier.WorkQuery{Watch: true, Box: dossier.BoxSupplement}); len(got) != 0 {
			t.Errorf("an officer watches %v", got)
		}
		o, err := w.Dossiers.Overview(w.As(w.Leader("ubnd-99102")))
		if err != nil || len(o.Units) != 0 || o.Weeks[5].Filed != 0 {
			t.Errorf("another agency sees %+v, %v", o, err)
		}
	})
}

// filedAndSigned files a birth registration that is signed at once and waits to be handed over.
func filedAndSigned(t *testing.T, w *dossiertest.World) *dossier.Dossier {
	t.Helper()
	citizen := w.As(w.Citizen("bình"))
	d, err := w.Dossiers.File(citizen, birth(w, citizen))
	must(t, d, err)
	d, err = w.Dossiers.Accept(w.As(w.Clerk("ubnd-99101")), d.ID, open(t, w, d.ID, "receive").ID, "")
	must(t, d, err)
	forward(t, w, w.Officer("ubnd-99101"), d.ID, "verify", "")
	return forward(t, w, w.Leader("ubnd-99101"), d.ID, "sign", "")
}
