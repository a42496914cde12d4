package dossier_test

import (
	"sync"
	"testing"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
)

// together runs acts at the same time and returns their errors.
func together(acts ...func() error) []error {
	errs := make([]error, len(acts))
	var wg sync.WaitGroup
	for i, act := range acts {
		wg.Go(func() { errs[i] = act() })
	}
	wg.Wait()
	return errs
}

// TestReviewRaces lets people act at the same moment: what happens, happens once.
func TestReviewRaces(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		s, citizen, clerk := w.Dossiers, w.As(w.Citizen("an")), w.As(w.Clerk("ubnd-99101"))
		filed, err := s.File(citizen, birth(w, citizen))
		d := must(t, filed, err)
		receive := open(t, w, d.ID, "receive").ID
		accept := func() error { _, err := s.Accept(clerk, d.ID, receive, ""); return err }
		refuse := func() error { _, err := s.Refuse(clerk, d.ID, receive, "Không."); return err }
		withdraw := func() error { _, err := s.Withdraw(citizen, d.ID, "", "Thôi."); return err }
		ok := 0
		for _, err := range together(accept, accept, refuse) {
			if err == nil {
				ok++
			} else if fault.KindOf(err) != fault.Conflict {
				t.Errorf("lost with %v", err)
			}
		}
		if ok != 1 {
			t.Errorf("%d of accept, accept, refuse succeeded", ok)
		}
		together(withdraw, withdraw)
		if got := openKeys(t, w, d.ID); got != "" {
			t.Errorf("open after the end: %s", got)
		}

		filed, err = s.File(clerk, land(w))
		d = must(t, filed, err)
		forward(t, w, w.Officer("ubnd-991"), d.ID, "district", "")
		finish := func(who actor.Actor, key string) func() error {
			st := open(t, w, d.ID, key).ID
			return func() error { _, err := s.Forward(w.As(who), d.ID, dossier.Onward{StepID: st}); return err }
		}
		a, b := finish(w.Officer("so-a"), "opinion-a"), finish(w.Officer("so-b"), "opinion-b")
		fails := 0
		for _, err := range together(a, b, a, b) {
			if err != nil {
				fails++
			}
		}
		if got := openKeys(t, w, d.ID); got != "decide" || fails != 2 {
			t.Errorf("both branches finished at once, each twice: %q is open, %d failed", got, fails)
		}
		st := open(t, w, d.ID, "decide").ID
		officer := w.As(w.Officer("ubnd-991"))
		oblige := func() error { _, err := s.Oblige(officer, d.ID, st, "Nộp tiền."); return err }
		if errs := together(oblige, oblige); (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("obligation announced twice: %v", errs)
		}
	})
}

// TestReviewSupplementTwice answers a request for papers from two browsers at once.
func TestReviewSupplementTwice(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		citizen := w.As(w.Citizen("an"))
		filed, err := w.Dossiers.File(citizen, birth(w, citizen))
		d := must(t, filed, err)
		_, err = w.Dossiers.RequestMore(w.As(w.Clerk("ubnd-99101")), d.ID, dossier.MoreRequest{StepID: open(t, w, d.ID, "receive").ID, Items: []string{"x"}, Reason: "y"})
		must(t, d, err)
		answer := func() error {
			_, err := w.Dossiers.Supplement(citizen, d.ID, dossier.MoreAnswer{Note: "Đây."})
			return err
		}
		if errs := together(answer, answer); (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("answered: %v", errs)
		}
		var n int
		if err := w.DB.Get(citizen, &n, `SELECT COUNT(*) FROM event_outbox WHERE name = 'dossier.supplemented'`); err != nil || n != 1 {
			t.Errorf("told %d times, %v", n, err)
		}
	})
}
