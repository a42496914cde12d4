package dossier_test

import (
	"strings"
	"testing"
	"time"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/id"
)

// forks is a process whose branches meet in no join, with a way back to the fork and a branch of two steps.
const forks = `
code: "9.000003"
name: Lấy ý kiến song song (thử)
field: dat-dai
valid_from: 2018-01-01
online: 2
applicants: [citizen]
receivers: [{kind: peoples_committee, level: commune}]
terms: [{channels: [counter], term: 10 ngày làm việc}]
papers: [{key: request, name: Đơn đề nghị, originals: 1}]
results: [{key: answer, name: Trả lời}]
legal: [{number: 1/2018/THU, name: Thử}]
process:
  steps:
    - {key: receive, name: Tiếp nhận, kind: receive, division: reception, next: [{to: fork}]}
    - {key: fork, name: Phân công, kind: work, division: justice, parallel: [a, b]}
    - {key: a, name: Ý kiến A, kind: work, at: "agency:so-a", next: [{to: a2}]}
    - {key: a2, name: Ký ý kiến A, kind: work, at: "agency:so-a", next: [{to: join}]}
    - {key: b, name: Ý kiến B, kind: work, at: "agency:so-b", next: [{to: join, label: Đồng ý}, {to: return, label: Xong ngay}]}
    - {key: join, name: Tổng hợp, kind: work, waits_for: [a2, b], next: [{to: fork, label: Lấy lại ý kiến}, {to: return, label: Trả lời}]}
    - {key: return, name: Trả kết quả, kind: return, division: reception, term: 0.5 ngày làm việc}
`

func forked(t *testing.T, w *dossiertest.World) *dossier.Dossier {
	t.Helper()
	w.ImportText(forks)
	f := land(w)
	f.ProcedureCode, f.Papers = "9.000003", []dossier.FilingPaper{{Key: "request", Provided: true}}
	filed, err := w.Dossiers.File(w.As(w.Clerk("ubnd-99101")), f)
	d := must(t, filed, err)
	return forward(t, w, w.Officer("ubnd-99101"), d.ID, "fork", "")
}

func openKeys(t *testing.T, w *dossiertest.World, d dossier.ID) string {
	t.Helper()
	v, err := w.Dossiers.Read(w.As(reader(w)), d)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, st := range v.Steps {
		if st.Open() {
			keys = append(keys, st.Key)
		}
	}
	return strings.Join(keys, " ")
}

func back(t *testing.T, w *dossiertest.World, who actor.Actor, d dossier.ID, key string) {
	t.Helper()
	x, err := w.Dossiers.Back(w.As(who), d, open(t, w, d, key).ID, "Cần sửa.")
	must(t, x, err)
}

// TestReviewNotDoneWhileOthersWork has one branch lead to the end while the other still works.
func TestReviewNotDoneWhileOthersWork(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		d := forked(t, w)
		if d = forward(t, w, w.Officer("so-b"), d.ID, "b", "return"); d.Status == dossier.StatusDone {
			t.Fatalf("done while %s is open", openKeys(t, w, d.ID))
		}
		forward(t, w, w.Officer("so-a"), d.ID, "a", "")
		forward(t, w, w.Officer("so-a"), d.ID, "a2", "")
		if d = forward(t, w, w.Officer("ubnd-99101"), d.ID, "join", "return"); d.Status != dossier.StatusDone {
			t.Errorf("status %d with %s open", d.Status, openKeys(t, w, d.ID))
		}
	})
}

// TestReviewBackToTheFork sends branches back to the fork, and the join forward to it.
func TestReviewBackToTheFork(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		a, b, commune := w.Officer("so-a"), w.Officer("so-b"), w.Officer("ubnd-99101")
		d := forked(t, w)
		forward(t, w, a, d.ID, "a", "")
		forward(t, w, a, d.ID, "a2", "")
		forward(t, w, b, d.ID, "b", "join")
		back(t, w, commune, d.ID, "join") // to b
		back(t, w, b, d.ID, "b")          // to the fork
		forward(t, w, commune, d.ID, "fork", "")
		if got := openKeys(t, w, d.ID); got != "b" {
			t.Fatalf("after b was sent back to the fork %q is open, want b alone", got)
		}
		forward(t, w, b, d.ID, "b", "join")
		forward(t, w, commune, d.ID, "join", "fork")
		forward(t, w, commune, d.ID, "fork", "")
		if got := openKeys(t, w, d.ID); got != "a b" {
			t.Errorf("asked all anew, %q is open", got)
		}
		forward(t, w, b, d.ID, "b", "join")
		if got := openKeys(t, w, d.ID); got != "a" {
			t.Errorf("the join did not wait: %q", got)
		}
	})
}

// TestReviewWaitingMakesNobodyLate ends dossiers while they wait for the applicant.
func TestReviewWaitingMakesNobodyLate(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		citizen := w.As(w.Citizen("an"))
		for _, end := range []string{"expire", "withdraw", "stop"} {
			w.Clock.Set(local("2026-11-23 08:00"))
			filed, err := w.Dossiers.File(citizen, birth(w, citizen))
			d := must(t, filed, err)
			_, err = w.Dossiers.Accept(w.As(w.Clerk("ubnd-99101")), d.ID, open(t, w, d.ID, "receive").ID, "")
			must(t, d, err)
			st, officer := open(t, w, d.ID, "verify"), w.As(w.Officer("ubnd-99101"))
			_, err = w.Dossiers.RequestMore(officer, d.ID, dossier.MoreRequest{StepID: st.ID, Items: []string{"x"}, Reason: "y", Days: 5})
			must(t, d, err)
			w.Clock.Set(local("2026-12-02 08:00"))
			switch end {
			case "expire":
				_, err = w.Dossiers.ExpireSupplements(w.System())
			case "withdraw":
				_, err = w.Dossiers.Withdraw(citizen, d.ID, "", "Thôi.")
			case "stop":
				_, err = w.Dossiers.Stop(officer, d.ID, st.ID, "Dừng.")
			}
			must(t, d, err)
			v, err := w.Dossiers.Read(w.As(reader(w)), d.ID)
			if err != nil {
				t.Fatal(err)
			}
			if v.Late(w.Clock.Now()) || v.PausedAt != nil || v.Parts[0].DoneAt.After(*v.Parts[0].DueAt) {
				t.Errorf("%s: late by the days it waited: due %v, part due %v", end, v.DueAt.In(clock.Local), v.Parts[0].DueAt.In(clock.Local))
			}
		}
	})
}

// TestReviewPartCountsFromAcceptance accepts a dossier two days after it was filed online.
func TestReviewPartCountsFromAcceptance(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		citizen := w.As(w.Citizen("an"))
		filed, err := w.Dossiers.File(citizen, birth(w, citizen))
		d := must(t, filed, err)
		w.Clock.Set(local("2026-11-25 08:00"))
		accepted, err := w.Dossiers.Accept(w.As(w.Clerk("ubnd-99101")), d.ID, open(t, w, d.ID, "receive").ID, "")
		d = must(t, accepted, err)
		v, err := w.Dossiers.Read(w.As(reader(w)), d.ID)
		if err != nil || !v.Parts[0].DueAt.Equal(*d.DueAt) {
			t.Errorf("the only agency is due %v, the dossier %v; %v", v.Parts[0].DueAt, d.DueAt, err)
		}
	})
}

// TestReviewWhoMayDoWhat covers permissions and what must not be told.
func TestReviewWhoMayDoWhat(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		program := w.Official("ubnd-tinh", "Chương trình", dossier.PermFile)
		filed, err := w.Dossiers.File(w.As(program), land(w))
		if d := must(t, filed, err); d.Status != dossier.StatusNew {
			t.Errorf("a program that may only file accepted: status %d", d.Status)
		}
		filed, err = w.Dossiers.File(w.As(w.Clerk("ubnd-99101")), land(w))
		d := must(t, filed, err)
		st := open(t, w, d.ID, "district")
		ill := w.Official("ubnd-991", "Người Ốm", dossier.PermProcess)
		_, err = w.Dossiers.Claim(w.As(ill), d.ID, st.ID)
		must(t, d, err)
		_, err = w.Dossiers.Release(w.As(w.Leader("ubnd-991")), d.ID, st.ID)
		must(t, d, err) // who assigns need not do such steps

		track, err := w.Dossiers.Track(w.As(actor.Actor{}), d.Code, "")
		if err != nil || track.Owner.FullName != "" || track.Secret != "" || track.Form != "" {
			t.Errorf("without the secret: %+v, %v", track.Dossier, err)
		}
		for range 40 {
			_, err = w.Dossiers.Withdraw(w.As(actor.Actor{}), d.ID, "ZZZZZZ", "Đoán.")
		}
		wantKind(t, err, fault.Unavailable, "quá nhiều lần")
		_, err = w.Dossiers.Track(w.As(actor.Actor{}), d.Code, d.Secret)
		wantKind(t, err, fault.Unavailable, "quá nhiều lần")
		w.Clock.Advance(time.Hour)
		if _, err = w.Dossiers.Track(w.As(actor.Actor{}), d.Code, d.Secret); err != nil {
			t.Errorf("an hour later: %v", err)
		}
	})
}

// TestReviewBackIsBetweenOfficials hides the reason of "back" from the citizen and gives the step to whoever is there.
func TestReviewBackIsBetweenOfficials(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		citizen := w.As(w.Citizen("an"))
		filed, err := w.Dossiers.File(citizen, birth(w, citizen))
		d := must(t, filed, err)
		_, err = w.Dossiers.Accept(w.As(w.Clerk("ubnd-99101")), d.ID, open(t, w, d.ID, "receive").ID, "")
		must(t, d, err)
		gone := w.Official("ubnd-99101", "Người Đi", dossier.PermProcess)
		forward(t, w, gone, d.ID, "verify", "")
		w.Leaves(gone)
		back(t, w, w.Leader("ubnd-99101"), d.ID, "sign")
		if st := open(t, w, d.ID, "verify"); st.State != dossier.StepReady || st.AssigneeID != "" {
			t.Errorf("given to somebody who left: %+v", st)
		}
		x, err := w.Dossiers.Mine(citizen, d.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range x.Events {
			if e.Act == dossier.ActBack && e.Note != "" {
				t.Errorf("the citizen reads %q", e.Note)
			}
		}
		forward(t, w, w.Officer("ubnd-99101"), d.ID, "verify", "")
	})
}

// TestReviewInputs tries what each act must refuse with a sentence.
func TestReviewInputs(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		clerk, district, s := w.As(w.Clerk("ubnd-99101")), w.As(w.Officer("ubnd-991")), w.Dossiers
		filed, err := s.File(clerk, land(w))
		d := must(t, filed, err)
		st := open(t, w, d.ID, "district").ID
		long := strings.Repeat("ơ", 4001)
		_, err = s.Forward(district, d.ID, dossier.Onward{StepID: st, Note: long})
		wantKind(t, err, fault.Invalid, "4000")
		_, err = s.Forward(district, d.ID, dossier.Onward{StepID: st, Results: []string{id.New()}})
		wantKind(t, err, fault.Invalid, "Phiên tải tệp")
		_, err = s.Assign(w.As(w.Leader("ubnd-991")), d.ID, st, "Lê Văn Ví Dụ@ubnd-991", long)
		wantKind(t, err, fault.Invalid, "4000")
		v, err := s.Read(clerk, d.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.CheckPapers(district, d.ID, st, []dossier.Finding{{PaperID: v.Papers[0].ID, Note: long}})
		wantKind(t, err, fault.Invalid, "4000")

		f := land(w)
		f.Papers = append(f.Papers, f.Papers[0])
		_, err = s.File(clerk, f)
		wantKind(t, err, fault.Invalid, "hai lần")
		w.ImportText(forks)
		f = land(w)
		f.ProcedureCode, f.Channel, f.Accept, f.Papers = "9.000003", dossier.ChannelPost, false, nil
		_, err = s.File(clerk, f)
		wantKind(t, err, fault.Invalid, "channel") // it could never be accepted

		var before, after int
		count := func(n *int) {
			if err := w.DB.Get(clerk, n, `SELECT COUNT(*) FROM audit_entry`); err != nil {
				t.Fatal(err)
			}
		}
		if _, err = s.Claim(district, d.ID, st); err != nil {
			t.Fatal(err)
		}
		count(&before)
		_, err = s.Claim(district, d.ID, st)
		must(t, d, err)
		if count(&after); after != before {
			t.Error("a claim pressed twice stands in the audit trail")
		}
	})
}

// TestReviewExtendInThePast refuses a new date that has passed already, and moves the step that needs more time.
func TestReviewExtendInThePast(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		filed, err := w.Dossiers.File(w.As(w.Clerk("ubnd-99101")), land(w))
		d := must(t, filed, err)
		for _, key := range []string{"district", "opinion-a", "opinion-b"} {
			who := map[string]string{"district": "ubnd-991", "opinion-a": "so-a", "opinion-b": "so-b"}[key]
			forward(t, w, w.Officer(who), d.ID, key, "")
		}
		st, district := open(t, w, d.ID, "decide"), w.As(w.Officer("ubnd-991"))
		w.Clock.Set(d.DueAt.AddDate(0, 0, 14))
		_, err = w.Dossiers.Extend(district, d.ID, st.ID, "2 ngày làm việc", "Xin lỗi.")
		wantKind(t, err, fault.Invalid, "đã qua")
		_, err = w.Dossiers.Extend(district, d.ID, st.ID, "20 ngày làm việc", "Xin lỗi.")
		must(t, d, err)
		if now := open(t, w, d.ID, "decide"); !now.DueAt.After(*st.DueAt) {
			t.Errorf("the step is due %v, before %v", now.DueAt, st.DueAt)
		}
		var told []string
		if err := w.DB.Select(district, &told, `SELECT name FROM event_outbox WHERE name = 'dossier.extended'`); err != nil || len(told) != 1 {
			t.Errorf("told %v, %v", told, err)
		}
	})
}

// TestReviewSecondsMakeNobodyLate finishes in the minute that the receipt names.
func TestReviewSecondsMakeNobodyLate(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		w.Clock.Set(local("2026-11-23 09:00").Add(20 * time.Second))
		citizen := w.As(w.Citizen("an"))
		filed, err := w.Dossiers.File(citizen, birth(w, citizen))
		d := must(t, filed, err)
		clerk := w.As(w.Clerk("ubnd-99101"))
		_, err = w.Dossiers.Accept(clerk, d.ID, open(t, w, d.ID, "receive").ID, "")
		must(t, d, err)
		forward(t, w, w.Officer("ubnd-99101"), d.ID, "verify", "")
		w.Clock.Set(local("2026-11-24 09:00").Add(40 * time.Second)) // due 09:00
		for _, want := range []int{0, 1} {
			p, err := w.Dossiers.Find(clerk, dossier.FindQuery{LateOnly: true})
			if err != nil || len(p.Items) != want {
				t.Errorf("%d late, %v; want %d", len(p.Items), err, want)
			}
			if want == 0 {
				w.Clock.Advance(time.Minute)
			}
		}
		w.Clock.Set(local("2026-11-24 09:00").Add(40 * time.Second))
		d = forward(t, w, w.Leader("ubnd-99101"), d.ID, "sign", "")
		figures, err := w.Dossiers.Figures(clerk)
		if p, ferr := w.Dossiers.Find(clerk, dossier.FindQuery{LateOnly: true}); d.Late(w.Clock.Now()) || err != nil || figures.OnTime != 1 || ferr != nil || len(p.Items) != 0 {
			t.Errorf("finished in the minute it was due: %v, %+v, %v", d.FinishedAt, figures, err)
		}
	})
}
