package dossier_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/id"
	"lienthong/internal/org"
)

// TestTwoClerksClaim holds that of two who claim at the same time exactly one has the step and the other learns who.
func TestTwoClerksClaim(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		filed, err := w.Dossiers.File(w.As(w.Clerk("ubnd-99101")), land(w))
		d := must(t, filed, err)
		step := open(t, w, d.ID, "district").ID
		one := w.Official("ubnd-991", "Người Một", dossier.PermProcess, dossier.PermRead)
		two := w.Official("ubnd-991", "Người Hai", dossier.PermProcess, dossier.PermRead)
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, a := range []actor.Actor{one, two} {
			wg.Go(func() { _, errs[i] = w.Dossiers.Claim(w.As(a), d.ID, step) })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("claims: %v and %v, want one of them to fail", errs[0], errs[1])
		}
		winner, loser, err := one, two, errs[1]
		if errs[0] != nil {
			winner, loser, err = two, one, errs[0]
		}
		wantKind(t, err, fault.Conflict, winner.Name)
		if _, err := w.Dossiers.Claim(w.As(winner), d.ID, step); err != nil {
			t.Errorf("pressed twice: %v", err)
		}
		_, err = w.Dossiers.Forward(w.As(loser), d.ID, dossier.Onward{StepID: step})
		wantKind(t, err, fault.Conflict, winner.Name)
		_, err = w.Dossiers.Release(w.As(loser), d.ID, step)
		wantKind(t, err, fault.Forbidden, winner.Name)
		leader := w.As(w.Leader("ubnd-991"))
		_, err = w.Dossiers.Assign(leader, d.ID, step, "nobody", "")
		wantKind(t, err, fault.Invalid, "danh sách")
		if _, err = w.Dossiers.Assign(leader, d.ID, step, loser.ID, "Giao lại"); err != nil {
			t.Fatal(err)
		}
		forward(t, w, loser, d.ID, "district", "")
		_, err = w.Dossiers.Forward(w.As(loser), d.ID, dossier.Onward{StepID: step})
		wantKind(t, err, fault.Conflict, loser.Name)
	})
}

// TestNumbersHaveNoGaps files at the same time, some of it refused, and counts.
func TestNumbersHaveNoGaps(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		clerk := w.As(w.Clerk("ubnd-99101"))
		const n = 24
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				f := land(w)
				if f.RequestKey = fmt.Sprint("request ", i/2); i%6 == 5 {
					f.Owner.Phone = "12" // refused
				}
				_, err := w.Dossiers.File(clerk, f)
				if i%6 != 5 && err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var codes []string
		if err := w.DB.Select(clerk, &codes, `SELECT code FROM dossier_dossier ORDER BY code`); err != nil {
			t.Fatal(err)
		}
		if len(codes) != n/2 {
			t.Errorf("%d dossiers, want one for each of %d requests that were sent twice", len(codes), n/2)
		}
		for i, code := range codes {
			if want := fmt.Sprintf("X99.10.01-261123-%04d", i+1); code != want {
				t.Errorf("code %s, want %s", code, want)
			}
		}
	})
}

// TestCodesStartAnewAtMidnight files around the end of the year.
func TestCodesStartAnewAtMidnight(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		clerk := w.As(w.Clerk("ubnd-99101"))
		for _, tt := range []struct{ at, code, due string }{
			{"2026-12-31 23:59", "X99.10.01-261231-0001", "2027-01-15 17:00"},
			{"2027-01-01 00:00", "X99.10.01-270101-0001", "2027-01-15 17:00"},
			{"2027-01-01 09:00", "X99.10.01-270101-0002", "2027-01-15 17:00"},
		} {
			w.Clock.Set(local(tt.at))
			filed, err := w.Dossiers.File(clerk, land(w))
			d := must(t, filed, err)
			if d.Code != tt.code || !d.DueAt.Equal(local(tt.due)) {
				t.Errorf("at %s: %s due %s, want %s due %s", tt.at, d.Code, d.DueAt.In(clock.Local), tt.code, tt.due)
			}
		}
	})
}

// TestExtendOnceAndOblige covers what moves the promised time.
func TestExtendOnceAndOblige(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		filed, err := w.Dossiers.File(w.As(w.Clerk("ubnd-99101")), land(w))
		d := must(t, filed, err)
		district := w.Officer("ubnd-991")
		step := open(t, w, d.ID, "district").ID
		_, err = w.Dossiers.Extend(w.As(district), d.ID, step, "3 ngày làm việc", "Chờ đo đạc.")
		wantKind(t, err, fault.Conflict, "không cho phép")
		_, err = w.Dossiers.Oblige(w.As(district), d.ID, step, "")
		wantKind(t, err, fault.Invalid, "nghĩa vụ")
		paused, err := w.Dossiers.Oblige(w.As(district), d.ID, step, "Nộp 1.000.000 đ tại kho bạc.")
		if d = must(t, paused, err); d.Status != dossier.StatusObligation || d.PausedAt == nil {
			t.Errorf("obligation: %+v", d)
		}
		before := *d.DueAt
		w.Clock.Set(local("2026-11-24 08:00"))
		met, err := w.Dossiers.ObligationMet(w.As(district), d.ID, step, "")
		if d = must(t, met, err); d.DueAt.Sub(before) != 24*time.Hour || d.Status != dossier.StatusProcessing {
			t.Errorf("after one working day: due moved from %v to %v, status %d", before, d.DueAt, d.Status)
		}
		forward(t, w, district, d.ID, "district", "")
		forward(t, w, w.Officer("so-a"), d.ID, "opinion-a", "")
		forward(t, w, w.Officer("so-b"), d.ID, "opinion-b", "")
		step = open(t, w, d.ID, "decide").ID
		for _, tt := range []struct {
			term, reason string
			kind         fault.Kind
		}{{"", "Lý do", fault.Invalid}, {"3 ngày làm việc", "", fault.Invalid}, {"0 ngày", "Lý do", fault.Invalid}} {
			_, err = w.Dossiers.Extend(w.As(district), d.ID, step, tt.term, tt.reason)
			wantKind(t, err, tt.kind, "")
		}
		before = *d.DueAt
		extended, err := w.Dossiers.Extend(w.As(district), d.ID, step, "5 ngày làm việc", "Chờ đo đạc.")
		if d = must(t, extended, err); !d.DueAt.Equal(before.AddDate(0, 0, 7)) {
			t.Errorf("extended from %v to %v", before, d.DueAt)
		}
		_, err = w.Dossiers.Extend(w.As(district), d.ID, step, "1 ngày làm việc", "Nữa.")
		wantKind(t, err, fault.Conflict, "một lần")
	})
}

// TestUnitMergedMeanwhile merges the commune away while two of its dossiers run.
func TestUnitMergedMeanwhile(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		clerk := w.As(w.Clerk("ubnd-99101"))
		filed, err := w.Dossiers.File(clerk, land(w))
		running := must(t, filed, err)
		citizen := w.As(w.Citizen("an"))
		filed, err = w.Dossiers.File(citizen, birth(w, citizen))
		fresh := must(t, filed, err)
		forward(t, w, w.Officer("ubnd-991"), running.ID, "district", "")

		on := clock.MustDate("2026-12-01")
		heir, err := w.Org.Merge(w.System(), org.Merge{From: []org.UnitID{w.Unit("ubnd-99101").ID}, Into: w.Unit("ubnd-99102").ID, On: on, SourceAct: "01/NQ-THU"})
		if err != nil {
			t.Fatal(err)
		}
		ended := w.Unit("ubnd-99101")
		w.Clock.Set(local("2026-12-01 08:00"))
		for i, want := range []int{2, 2} { // delivered twice, it changes nothing more
			if n, err := w.Dossiers.UnitEnded(w.System(), ended, on, "01/NQ-THU"); n > want || err != nil {
				t.Fatalf("delivery %d moved %d, %v", i, n, err)
			}
		}
		heirs := w.Clerk(heir.Slug)
		accepted, err := w.Dossiers.Accept(w.As(heirs), fresh.ID, open(t, w, fresh.ID, "receive").ID, "")
		must(t, accepted, err)
		forward(t, w, w.Officer("so-a"), running.ID, "opinion-a", "")
		forward(t, w, w.Officer("so-b"), running.ID, "opinion-b", "")
		forward(t, w, w.Officer("ubnd-991"), running.ID, "decide", "refuse")
		forward(t, w, w.Leader("ubnd-991"), running.ID, "refuse", "")
		returned, err := w.Dossiers.Return(w.As(heirs), running.ID, dossier.HandOver{StepID: open(t, w, running.ID, "return").ID})
		if d := must(t, returned, err); d.Code != running.Code || d.ReceiverID != heir.ID {
			t.Errorf("returned by the successor: %+v", d)
		}
		st, err := w.Dossiers.Track(w.As(actor.Actor{}), running.Code, running.Secret)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(st.Stops[0].UnitName, "xã Đầu") {
			t.Errorf("history calls the first agency %q, want its name of that time", st.Stops[0].UnitName)
		}
		moved := 0
		for _, e := range st.Events {
			if e.Act == dossier.ActMoveToSuccessor {
				moved++
				if s := e.Sentence().String(); !strings.Contains(s, "01/NQ-THU") || !strings.Contains(s, "xã Giữa") {
					t.Errorf("sentence: %s", s)
				}
			}
		}
		if moved != 1 {
			t.Errorf("the move stands %d times in the history, want once", moved)
		}
	})
}

// TestDraft saves, resumes, adopts and sends a draft.
func TestDraft(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		nobody, an, binh := w.As(actor.Actor{}), w.As(w.Citizen("an")), w.As(w.Citizen("binh"))
		_, err := w.Dossiers.NewDraft(nobody, "9.000002", dossier.Filing{})
		wantKind(t, err, fault.Conflict, "trực tuyến")
		d, err := w.Dossiers.NewDraft(nobody, "9.000001", dossier.Filing{ReceiverID: w.Unit("ubnd-99101").ID})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Dossiers.UploadToDraft(nobody, d, "birth-note", "../a.pdf", strings.NewReader(dossiertest.PDF)); err != nil {
			t.Fatal(err)
		}
		stale := *d
		d.Filing.CaseKey, d.Filing.Owner, d.Filing.Form = "usual", dossiertest.Applicant("Đặng Văn Thử"), birth(w, an).Form
		if err := w.Dossiers.SaveDraft(nobody, d); err != nil {
			t.Fatal(err)
		}
		wantKind(t, w.Dossiers.SaveDraft(nobody, &stale), fault.Conflict, "cửa sổ khác")
		_, err = w.Dossiers.SendDraft(nobody, d.ResumeCode)
		wantKind(t, err, fault.Unauthenticated, "đăng nhập")
		if _, err := w.Dossiers.Draft(an, " "+strings.ToLower(d.ResumeCode)); err != nil {
			t.Fatal(err)
		}
		_, err = w.Dossiers.Draft(binh, d.ResumeCode)
		wantKind(t, err, fault.NotFound, "")
		_, err = w.Dossiers.Draft(nobody, d.ResumeCode)
		wantKind(t, err, fault.Unauthenticated, "")
		if mine, err := w.Dossiers.Drafts(an); err != nil || len(mine) != 1 {
			t.Errorf("drafts of the account: %d, %v", len(mine), err)
		}
		sent, err := w.Dossiers.SendDraft(an, d.ResumeCode)
		filed := must(t, sent, err)
		if again, err := w.Dossiers.SendDraft(an, d.ResumeCode); err != nil || again.ID != filed.ID {
			t.Errorf("sent again: %+v, %v", again, err)
		}
		st, err := w.Dossiers.Mine(an, filed.ID)
		if err != nil || len(st.Files) != 1 {
			t.Fatalf("files of the dossier: %+v, %v", st, err)
		}
		r, _, err := w.Dossiers.OpenOwnFile(an, filed.Code, "", st.Files[0].ID)
		if err != nil || w.ReadAll(r) != dossiertest.PDF {
			t.Errorf("own file: %v", err)
		}
		_, _, err = w.Dossiers.OpenOwnFile(binh, filed.Code, "", st.Files[0].ID)
		wantKind(t, err, fault.NotFound, "")
		_, _, err = w.Dossiers.OpenFile(w.As(w.Clerk("ubnd-99102")), filed.ID, st.Files[0].ID)
		wantKind(t, err, fault.NotFound, "")
	})
}

// TestOldDraftsGo deletes drafts after thirty days without a save.
func TestOldDraftsGo(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		an := w.As(w.Citizen("an"))
		d, err := w.Dossiers.NewDraft(an, "9.000001", dossier.Filing{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Dossiers.UploadToDraft(an, d, "birth-note", "a.pdf", strings.NewReader(dossiertest.PDF)); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(dossier.DraftLife + time.Minute)
		_, err = w.Dossiers.Draft(an, d.ResumeCode)
		wantKind(t, err, fault.NotFound, "30 ngày")
		if n, err := w.Dossiers.SweepDrafts(w.System()); n != 1 || err != nil {
			t.Errorf("deleted %d, %v", n, err)
		}
		if files, err := w.Dossiers.DraftFiles(an, d); err != nil || len(files) != 0 {
			t.Errorf("files left: %v, %v", files, err)
		}
	})
}

// TestWorklist holds who sees which work, in which order, and that pages join.
func TestWorklist(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		clerk := w.As(w.Clerk("ubnd-99101"))
		for i := range 5 {
			w.Clock.Set(local("2026-11-23 08:00").Add(time.Duration(i) * time.Hour))
			f := land(w)
			f.Owner.FullName = []string{"Đặng Mười", "Bùi Một", "Cao Hai", "Hồ Ba", "Lý Bốn"}[i]
			_, err := w.Dossiers.File(clerk, f)
			if err != nil {
				t.Fatal(err)
			}
		}
		officer := w.As(w.Officer("ubnd-991"))
		var names []string
		for q := (dossier.WorkQuery{Limit: 2}); ; {
			p, err := w.Dossiers.Worklist(officer, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, it := range p.Items {
				names = append(names, it.OwnerName)
				if it.Number == it.Code || !strings.HasPrefix(it.Number, "X99.10-") {
					t.Errorf("the district sees number %s", it.Number)
				}
			}
			if q.Cursor = p.Next; p.Next == "" {
				break
			}
		}
		if got := strings.Join(names, ", "); got != "Đặng Mười, Bùi Một, Cao Hai, Hồ Ba, Lý Bốn" {
			t.Errorf("by deadline: %s", got)
		}
		for text, want := range map[string]int{"dang muoi": 1, "ĐẶNG": 1, "0912000001": 5, "giay chung nhan": 5, "X99.10.01-261123-0003": 1, "%": 5, "zz": 0} {
			p, err := w.Dossiers.Worklist(officer, dossier.WorkQuery{Text: text})
			if err != nil || len(p.Items) != want {
				t.Errorf("search %q: %d, %v; want %d", text, len(p.Items), err, want)
			}
		}
		w.Clock.Set(local("2026-11-26 08:30")) // the first is late by the term of its step
		counts, err := w.Dossiers.Counts(officer)
		if err != nil || counts[dossier.BoxToDo] != 5 || counts[dossier.BoxLate] != 1 || counts[dossier.BoxToday] != 4 || counts[dossier.BoxJoint] != 5 {
			t.Errorf("counts %v, %v", counts, err)
		}
		if p, err := w.Dossiers.Worklist(w.As(w.Officer("so-a")), dossier.WorkQuery{}); err != nil || len(p.Items) != 0 {
			t.Errorf("department A sees %d, %v", len(p.Items), err)
		}
		if p, err := w.Dossiers.Find(clerk, dossier.FindQuery{Limit: 3}); err != nil || len(p.Items) != 3 || p.Next == "" {
			t.Errorf("find: %+v, %v", p, err)
		}
		_, err = w.Dossiers.Find(w.As(w.Citizen("an")), dossier.FindQuery{})
		wantKind(t, err, fault.Forbidden, "")
		figures, err := w.Dossiers.Figures(clerk)
		if err != nil || figures.Open != 5 || figures.ReceivedToday != 0 {
			t.Errorf("figures %+v, %v", figures, err)
		}
		a, ok, err := w.Dossiers.LastApplicant(clerk, "064 190 000 001")
		if err != nil || !ok || a.FullName != "Lý Bốn" {
			t.Errorf("last applicant %+v, %v", a, err)
		}
		if _, ok, _ := w.Dossiers.LastApplicant(w.As(w.Clerk("ubnd-99102")), "064190000001"); ok {
			t.Error("another commune reads who filed here")
		}
	})
}

// TestFeesAndResults takes fees at the counter and hands a result over online.
func TestFeesAndResults(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		citizen := w.As(w.Citizen("an"))
		f := birth(w, citizen)
		f.ReturnBy, f.Fees = dossier.ChannelOnline, []dossier.FilingFee{{Key: "copies", Quantity: 3, Paid: true}}
		filed, err := w.Dossiers.File(citizen, f)
		d := must(t, filed, err)
		clerk := w.As(w.Clerk("ubnd-99101"))
		v, err := w.Dossiers.Read(clerk, d.ID)
		if err != nil || len(v.Fees) != 1 || v.Fees[0].Total() != 9000 || v.Fees[0].PaidAt != nil {
			t.Fatalf("fees %+v, %v: a citizen cannot say that something was paid", v, err)
		}
		receive := open(t, w, d.ID, "receive").ID
		_, err = w.Dossiers.CollectFees(clerk, d.ID, receive, nil)
		wantKind(t, err, fault.Invalid, "chưa thu")
		if _, err = w.Dossiers.CollectFees(clerk, d.ID, receive, []dossier.FilingFee{{Key: "copies", Quantity: 2, Paid: true}}); err != nil {
			t.Fatal(err)
		}
		_, err = w.Dossiers.CheckPapers(clerk, d.ID, receive, []dossier.Finding{{PaperID: "x", Check: dossier.CheckOK}})
		wantKind(t, err, fault.Invalid, "tải lại")
		if _, err = w.Dossiers.CheckPapers(clerk, d.ID, receive, []dossier.Finding{{PaperID: v.Papers[0].ID, Check: dossier.CheckWrong, Note: "Mờ", Provided: true, Copies: 1}}); err != nil {
			t.Fatal(err)
		}
		if _, err = w.Dossiers.Accept(clerk, d.ID, receive, ""); err != nil {
			t.Fatal(err)
		}
		forward(t, w, w.Officer("ubnd-99101"), d.ID, "verify", "")
		forward(t, w, w.Leader("ubnd-99101"), d.ID, "sign", "")
		step := open(t, w, d.ID, "return").ID
		_, err = w.Dossiers.Return(clerk, d.ID, dossier.HandOver{StepID: step})
		wantKind(t, err, fault.Invalid, "đính kèm")
		token := id.New()
		if _, err = w.Dossiers.AddFiles(clerk, d.ID, step, dossier.AttachmentResult, []string{w.Upload(clerk, token, "ket-qua.pdf")}, token); err != nil {
			t.Fatal(err)
		}
		if _, err = w.Dossiers.Return(clerk, d.ID, dossier.HandOver{StepID: step}); err != nil {
			t.Fatal(err)
		}
		st, err := w.Dossiers.Mine(citizen, d.ID)
		if err != nil || len(st.Files) != 2 || st.Fees[0].Quantity != 2 || st.Fees[0].PaidAt == nil {
			t.Errorf("the citizen sees %+v, %v", st, err)
		}
	})
}
