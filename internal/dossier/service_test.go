package dossier_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/id"
)

func worlds(t *testing.T, fn func(t *testing.T, w *dossiertest.World)) {
	t.Helper()
	dbtest.Each(t, dossiertest.Migrations(), func(t *testing.T, d *db.DB) { fn(t, dossiertest.New(t, d)) })
}

// must returns a dossier or ends the test.
func must(t *testing.T, d *dossier.Dossier, err error) *dossier.Dossier {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func wantKind(t *testing.T, err error, k fault.Kind, text string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != k || !strings.Contains(err.Error(), text) {
		t.Errorf("error %v, want kind %v with %q", err, k, text)
	}
}

func local(s string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Local)
	if err != nil {
		panic(err)
	}
	return at
}

// birth returns a complete online filing of a birth registration.
func birth(w *dossiertest.World, ctx context.Context) dossier.Filing {
	token := id.New()
	return dossier.Filing{
		ProcedureCode: "9.000001", CaseKey: "usual", Channel: dossier.ChannelOnline, ReceiverID: w.Unit("ubnd-99101").ID,
		Owner:  dossiertest.Applicant("Đặng Văn Thử"),
		Form:   map[string]any{"child": map[string]any{"full_name": "Đặng Thị Mẫu", "birth_date": "2026-11-20", "sex": "female"}},
		Papers: []dossier.FilingPaper{{Key: "birth-note", Files: []string{w.Upload(ctx, token, "giấy chứng sinh.pdf")}}}, UploadToken: token,
	}
}

// land returns a filing at the counter, accepted at once.
func land(w *dossiertest.World) dossier.Filing {
	return dossier.Filing{ProcedureCode: "9.000002", Channel: dossier.ChannelCounter, ReceiverID: w.Unit("ubnd-99101").ID, Accept: true,
		Owner:  dossiertest.Applicant("Hồ Văn Ví Dụ"),
		Papers: []dossier.FilingPaper{{Key: "request", Provided: true}, {Key: "map", Provided: true, Copies: 2}}}
}

// open returns the only open step with a key.
func open(t *testing.T, w *dossiertest.World, d dossier.ID, key string) dossier.Step {
	t.Helper()
	v, err := w.Dossiers.Read(w.As(reader(w)), d)
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range v.Steps {
		if st.Key == key && st.Open() {
			return st
		}
	}
	t.Fatalf("no open step %q in %+v", key, v.Steps)
	return dossier.Step{}
}

// reader sees everything in the province and may do nothing.
func reader(w *dossiertest.World) actor.Actor {
	return w.Official("ubnd-tinh", "Người Xem", dossier.PermRead)
}

func forward(t *testing.T, w *dossiertest.World, who actor.Actor, d dossier.ID, key, choice string) *dossier.Dossier {
	t.Helper()
	x, err := w.Dossiers.Forward(w.As(who), d, dossier.Onward{StepID: open(t, w, d, key).ID, Choice: choice})
	return must(t, x, err)
}

// TestOnlineToReturn follows a birth registration from the citizen's phone to the returned result, with one supplement.
func TestOnlineToReturn(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		citizen := w.As(w.Citizen("an"))
		filed, err := w.Dossiers.File(citizen, birth(w, citizen))
		d := must(t, filed, err)
		if d.Code != "X99.10.01-261123-0001" || d.Status != dossier.StatusNew || d.DueAt != nil {
			t.Fatalf("filed: %+v", d)
		}
		w.Clock.Set(local("2026-11-23 09:00"))
		clerk := w.As(w.Clerk("ubnd-99101"))
		accepted, err := w.Dossiers.Accept(clerk, d.ID, open(t, w, d.ID, "receive").ID, "")
		if d = must(t, accepted, err); !d.DueAt.Equal(local("2026-11-24 09:00")) || d.Status != dossier.StatusAccepted {
			t.Fatalf("accepted: due %v, status %d", d.DueAt, d.Status)
		}
		officer := w.Officer("ubnd-99101")
		w.Clock.Set(local("2026-11-23 10:00"))
		asked, err := w.Dossiers.RequestMore(w.As(officer), d.ID, dossier.MoreRequest{StepID: open(t, w, d.ID, "verify").ID,
			Items: []string{"Giấy chứng sinh rõ nét", " "}, Reason: "Ảnh mờ."})
		if d = must(t, asked, err); d.Status != dossier.StatusSupplement {
			t.Fatalf("asked: status %d", d.Status)
		}
		if _, err := w.Dossiers.Forward(w.As(officer), d.ID, dossier.Onward{StepID: open(t, w, d.ID, "verify").ID}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("passed on while waiting for the applicant: %v", err)
		}
		w.Clock.Set(local("2026-11-25 10:00"))
		token := id.New()
		more, err := w.Dossiers.Supplement(citizen, d.ID, dossier.MoreAnswer{UploadToken: token, Note: "Gửi lại ảnh.",
			Papers: []dossier.FilingPaper{{Key: "birth-note", Files: []string{w.Upload(citizen, token, "ro-net.pdf")}}}})
		if d = must(t, more, err); d.Status != dossier.StatusProcessing || !d.DueAt.Equal(local("2026-11-26 09:00")) {
			t.Fatalf("supplemented: status %d, due %v, want two working days later", d.Status, d.DueAt.In(clock.Local))
		}
		forward(t, w, officer, d.ID, "verify", "")
		d = forward(t, w, w.Leader("ubnd-99101"), d.ID, "sign", "")
		if d.Status != dossier.StatusDone || d.FinishedAt == nil || d.Late(w.Clock.Now()) {
			t.Fatalf("signed: %+v", d)
		}
		returned, err := w.Dossiers.Return(clerk, d.ID, dossier.HandOver{StepID: open(t, w, d.ID, "return").ID})
		if d = must(t, returned, err); d.Status != dossier.StatusReturned || d.ReturnedTo != "Đặng Văn Thử" {
			t.Fatalf("returned: %+v", d)
		}
		checkCitizenLine(t, w, d)
	})
}

// checkCitizenLine holds that the citizen reads the whole story and nothing of the office.
func checkCitizenLine(t *testing.T, w *dossiertest.World, d *dossier.Dossier) {
	t.Helper()
	st, err := w.Dossiers.Track(w.As(actor.Actor{}), strings.ToLower(d.Code), d.Secret)
	if err != nil {
		t.Fatal(err)
	}
	var acts []string
	for _, e := range st.Events {
		acts = append(acts, string(e.Act))
		if strings.Contains(e.Sentence().String(), "%!") {
			t.Errorf("sentence of %s: %s", e.Act, e.Sentence())
		}
	}
	slices.Reverse(acts)
	want := "file accept request_more supplement forward forward finish return"
	if got := strings.Join(acts, " "); got != want {
		t.Errorf("the citizen reads %q, want %q", got, want)
	}
	if len(st.Stops) != 1 || st.Stops[0].DoneAt == nil || st.Stops[0].DueAt == nil || len(st.Can) != 0 {
		t.Errorf("stops %+v, can %v", st.Stops, st.Can)
	}
}

// TestInterlinked follows a dossier through a commune, a district and two departments in parallel.
func TestInterlinked(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		clerk := w.Clerk("ubnd-99101")
		filed, err := w.Dossiers.File(w.As(clerk), land(w))
		d := must(t, filed, err)
		if d.Status != dossier.StatusAccepted || !d.DueAt.Equal(local("2026-12-07 08:00")) {
			t.Fatalf("accepted at the counter: status %d, due %v", d.Status, d.DueAt.In(clock.Local))
		}
		district := w.Officer("ubnd-991")
		forward(t, w, district, d.ID, "district", "")
		if _, err := w.Dossiers.Forward(w.As(district), d.ID, dossier.Onward{StepID: open(t, w, d.ID, "opinion-a").ID}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("the district did the work of department A: %v", err)
		}
		forward(t, w, w.Officer("so-a"), d.ID, "opinion-a", "")
		forward(t, w, w.Officer("so-b"), d.ID, "opinion-b", "")
		if _, err := w.Dossiers.Forward(w.As(district), d.ID, dossier.Onward{StepID: open(t, w, d.ID, "decide").ID}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("passed on without a choice: %v", err)
		}
		forward(t, w, district, d.ID, "decide", "sign")
		d = forward(t, w, w.Leader("ubnd-991"), d.ID, "sign", "")
		if d.Status != dossier.StatusDone {
			t.Fatalf("status %d", d.Status)
		}
		st, err := w.Dossiers.Track(w.As(actor.Actor{}), d.Code, "")
		if err != nil {
			t.Fatal(err)
		}
		var line []string
		for _, s := range st.Stops {
			line = append(line, s.Number)
		}
		if got := strings.Join(line, " "); got != "X99.10.01-261123-0001 X99.10-261123-0001 X99.01-261123-0001 X99.02-261123-0001" {
			t.Errorf("numbers of the agencies: %s", got)
		}
		if st.Full || st.Events != nil || st.Papers != nil {
			t.Error("without the secret more than the line is shown")
		}
		if v, err := w.Dossiers.ReadByNumber(w.As(w.Officer("so-b")), "X99.02-261123-0001"); err != nil || v.ID != d.ID {
			t.Errorf("department B looks the dossier up by its own number: %v", err)
		}
	})
}

// TestBackAndForth sends a dossier back to the step before and on again.
func TestBackAndForth(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		citizen := w.As(w.Citizen("an"))
		filed, err := w.Dossiers.File(citizen, birth(w, citizen))
		d := must(t, filed, err)
		clerk, officer, leader := w.Clerk("ubnd-99101"), w.Officer("ubnd-99101"), w.Leader("ubnd-99101")
		_, err = w.Dossiers.Accept(w.As(clerk), d.ID, open(t, w, d.ID, "receive").ID, "")
		must(t, d, err)
		forward(t, w, officer, d.ID, "verify", "")
		_, err = w.Dossiers.Back(w.As(leader), d.ID, open(t, w, d.ID, "sign").ID, " ")
		wantKind(t, err, fault.Invalid, "lý do")
		_, err = w.Dossiers.Back(w.As(leader), d.ID, open(t, w, d.ID, "sign").ID, "Sai tên mẹ.")
		must(t, d, err)
		again := open(t, w, d.ID, "verify")
		if again.AssigneeName != officer.Name {
			t.Errorf("sent back to %q, want the one who did it", again.AssigneeName)
		}
		_, err = w.Dossiers.Back(w.As(officer), d.ID, again.ID, "Nhận nhầm trường hợp.")
		must(t, d, err)
		forward(t, w, clerk, d.ID, "receive", "")
		forward(t, w, officer, d.ID, "verify", "")
		if d = forward(t, w, leader, d.ID, "sign", ""); d.Status != dossier.StatusDone {
			t.Errorf("status %d", d.Status)
		}
		_, err = w.Dossiers.Back(w.As(clerk), d.ID, open(t, w, d.ID, "return").ID, "Kết quả in lỗi.")
		if d = must(t, d, err); err != nil {
			t.Fatal(err)
		}
		if d = forward(t, w, leader, d.ID, "sign", ""); d.Status != dossier.StatusDone || d.FinishedAt == nil {
			t.Errorf("after the result was signed anew: %+v", d)
		}
	})
}

// TestEnds covers the ways a dossier ends before its result.
func TestEnds(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		an := w.Citizen("an")
		citizen, clerk := w.As(an), w.As(w.Clerk("ubnd-99101"))
		fresh := func() *dossier.Dossier {
			d, err := w.Dossiers.File(citizen, birth(w, citizen))
			return must(t, d, err)
		}
		d := fresh()
		_, err := w.Dossiers.Refuse(clerk, d.ID, open(t, w, d.ID, "receive").ID, "")
		wantKind(t, err, fault.Invalid, "lý do")
		refused, err := w.Dossiers.Refuse(clerk, d.ID, open(t, w, d.ID, "receive").ID, "Không thuộc thẩm quyền.")
		if refused = must(t, refused, err); refused.Status != dossier.StatusRefused || refused.FinishedAt == nil {
			t.Errorf("refused: %+v", refused)
		}
		_, err = w.Dossiers.Withdraw(citizen, d.ID, "", "Thôi.")
		wantKind(t, err, fault.Conflict, "Không được tiếp nhận")

		d = fresh()
		_, err = w.Dossiers.Withdraw(w.As(w.Citizen("binh")), d.ID, "", "Của người khác.")
		wantKind(t, err, fault.Forbidden, "")
		_, err = w.Dossiers.Withdraw(w.As(actor.Actor{}), d.ID, "AAAAAA", "Đoán mã.")
		wantKind(t, err, fault.Unauthenticated, "")
		gone, err := w.Dossiers.Withdraw(w.As(actor.Actor{}), d.ID, strings.ToLower(d.Secret), "Nộp nhầm.")
		if gone = must(t, gone, err); gone.Status != dossier.StatusWithdrawn {
			t.Errorf("withdrawn: %+v", gone)
		}

		d = fresh()
		_, err = w.Dossiers.Accept(clerk, d.ID, open(t, w, d.ID, "receive").ID, "")
		must(t, d, err)
		stopped, err := w.Dossiers.Stop(w.As(w.Officer("ubnd-99101")), d.ID, open(t, w, d.ID, "verify").ID, "Có tranh chấp.")
		if stopped = must(t, stopped, err); stopped.Status != dossier.StatusStopped {
			t.Errorf("stopped: %+v", stopped)
		}
	})
}

// TestSupplementRunsOut holds that a request nobody answers ends the dossier, once.
func TestSupplementRunsOut(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		citizen := w.As(w.Citizen("an"))
		filed, err := w.Dossiers.File(citizen, birth(w, citizen))
		d := must(t, filed, err)
		_, err = w.Dossiers.RequestMore(w.As(w.Clerk("ubnd-99101")), d.ID, dossier.MoreRequest{StepID: open(t, w, d.ID, "receive").ID,
			Items: []string{"Giấy chứng sinh"}, Reason: "Thiếu.", Days: 2})
		must(t, d, err)
		w.Clock.Set(local("2026-11-25 16:59"))
		if n, err := w.Dossiers.ExpireSupplements(w.System()); n != 0 || err != nil {
			t.Errorf("ended %d before the deadline, %v", n, err)
		}
		w.Clock.Set(local("2026-11-25 17:01"))
		_, err = w.Dossiers.Supplement(citizen, d.ID, dossier.MoreAnswer{Note: "Muộn."})
		wantKind(t, err, fault.Conflict, "quá thời hạn")
		for i, want := range []int{1, 0} {
			if n, err := w.Dossiers.ExpireSupplements(w.System()); n != want || err != nil {
				t.Errorf("run %d ended %d, %v; want %d", i, n, err, want)
			}
		}
		st, err := w.Dossiers.Mine(citizen, d.ID)
		if err != nil || st.Status != dossier.StatusRefused { // it never was accepted
			t.Errorf("status %v, %v", st, err)
		}
	})
}

// TestFilingIsChecked holds what a filing must have.
func TestFilingIsChecked(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		citizen, clerk := w.As(w.Citizen("an")), w.As(w.Clerk("ubnd-99101"))
		tests := []struct {
			name   string
			ctx    context.Context
			change func(f *dossier.Filing)
			kind   fault.Kind
			text   string
		}{
			{"anonymous", w.As(actor.Actor{}), func(f *dossier.Filing) {}, fault.Unauthenticated, "đăng nhập"},
			{"an official online", clerk, func(f *dossier.Filing) {}, fault.Forbidden, "công dân"},
			{"a citizen at the counter", citizen, func(f *dossier.Filing) { f.Channel = dossier.ChannelCounter }, fault.Forbidden, ""},
			{"the clerk of another commune", w.As(w.Clerk("ubnd-99102")), func(f *dossier.Filing) { f.Channel = dossier.ChannelCounter }, fault.Forbidden, ""},
			{"unknown procedure", citizen, func(f *dossier.Filing) { f.ProcedureCode = "9.999999" }, fault.NotFound, ""},
			{"an agency that does not receive it", citizen, func(f *dossier.Filing) { f.ReceiverID = w.Unit("so-a").ID }, fault.Invalid, "không tiếp nhận"},
			{"a unit that is not there", citizen, func(f *dossier.Filing) { f.ReceiverID = "nowhere" }, fault.NotFound, ""},
			{"no case", citizen, func(f *dossier.Filing) { f.CaseKey = "" }, fault.Invalid, "trường hợp"},
			{"no paper", citizen, func(f *dossier.Filing) { f.Papers = nil }, fault.Invalid, "Giấy chứng sinh"},
			{"somebody else's file", citizen, func(f *dossier.Filing) { f.UploadToken = id.New() }, fault.NotFound, ""},
			{"no answers", citizen, func(f *dossier.Filing) { f.Form = nil }, fault.Invalid, "child"},
			{"born tomorrow", citizen, func(f *dossier.Filing) { f.Form["child"].(map[string]any)["birth_date"] = "2026-11-24" }, fault.Invalid, "form.child.birth_date"},
			{"post without an address", citizen, func(f *dossier.Filing) { f.ReturnBy = dossier.ChannelPost }, fault.Invalid, "return_address"},
			{"authorised by nobody", citizen, func(f *dossier.Filing) { f.Authorised = true }, fault.Invalid, "submitter."},
			{"a fee that is not asked", citizen, func(f *dossier.Filing) { f.Fees = []dossier.FilingFee{{Key: "charge"}} }, fault.Invalid, "fees.charge"},
			{"not for businesses", citizen, func(f *dossier.Filing) { f.Owner.Kind, f.Owner.Organisation = "business", "Công ty" }, fault.Invalid, "owner.kind"},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				f := birth(w, citizen)
				tt.change(&f)
				_, err := w.Dossiers.File(tt.ctx, f)
				wantKind(t, err, tt.kind, tt.text)
			})
		}
		var n int
		if err := w.DB.Get(w.System(), &n, `SELECT COALESCE(SUM(last), 0) FROM dossier_counter`); err != nil || n != 0 {
			t.Errorf("refused filings used %d numbers, %v", n, err)
		}
	})
}
