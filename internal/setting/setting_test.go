package setting_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/internal/calendar"
	"lienthong/internal/codelist"
	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/web"
	"lienthong/internal/procedure"
	"lienthong/internal/setting"
)

// birth is the procedure that the stories change.
const birth = "9.000001"

// world is the small province with its settings.
type world struct {
	*dossiertest.World
	t *testing.T
	*setting.Service
	author, chief, stranger context.Context
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: dossiertest.New(t, d), t: t}
	w.Service = setting.New(setting.Deps{DB: d, Clock: w.Clock, Units: w.Org,
		Kinds: []setting.Kind{setting.Codelists(w.Lists), setting.Calendars(w.Calendars), setting.Procedures(w.Procedures)}})
	w.author = w.As(w.person("Hồ Văn Soạn"))
	w.chief = w.As(w.person("Vũ Thị Duyệt"))
	w.stranger = w.As(w.Official("ubnd-tinh", "Người Lạ", dossier.PermRead, setting.PermPropose, setting.PermApprove))
	return w
}

func (w *world) person(name string) actor.Actor {
	return w.Official("ubnd-tinh", name, setting.PermPropose, setting.PermApprove, procedure.PermManage, codelist.PermManage, calendar.PermManage)
}

func worlds(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, append(dossiertest.Migrations(), setting.Migrations()), func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d)) })
}

func local(s string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Local)
	if err != nil {
		panic(err)
	}
	return at
}

func kind(t *testing.T, err error, want fault.Kind, text string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != want || !strings.Contains(err.Error(), text) {
		t.Errorf("error %v, want %v with %q", err, want, text)
	}
}

func ok[T any](t *testing.T, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// changed starts a draft and saves a text in which old is replaced by now.
func (w *world) changed(kind, thing, old, now string) *setting.Draft {
	w.t.Helper()
	d, err := w.Start(w.author, kind, thing)
	if err != nil {
		w.t.Fatal(err)
	}
	if !strings.Contains(d.Text, old) {
		w.t.Fatalf("no %q in %s", old, d.Text)
	}
	d, err = w.Save(w.author, d.ID, d.Revision, strings.Replace(d.Text, old, now, 1))
	return ok(w.t, d, err)
}

func (w *world) proposed(d *setting.Draft, from string) *setting.Draft {
	w.t.Helper()
	d, err := w.Propose(w.author, d.ID, setting.Proposal{Revision: d.Revision, ValidFrom: clock.MustDate(from), SourceAct: "12/QĐ-UBND"})
	return ok(w.t, d, err)
}

func (w *world) approved(d *setting.Draft) *setting.Draft {
	w.t.Helper()
	d, err := w.Approve(w.chief, d.ID, d.Revision, "")
	return ok(w.t, d, err)
}

func (w *world) state(id setting.DraftID, want setting.State) *setting.Draft {
	w.t.Helper()
	d, _, err := w.Draft(w.author, id)
	if ok(w.t, d, err); d.State != want {
		w.t.Errorf("draft is %s, want %s", d.State, want)
	}
	return d
}

// filed returns a birth registration received at a commune now and the term of its step of verification.
func (w *world) filed() (*dossier.Dossier, string) {
	w.t.Helper()
	d, err := w.Dossiers.File(w.As(w.Clerk("ubnd-99101")), dossier.Filing{ProcedureCode: birth, CaseKey: "usual", Channel: dossier.ChannelCounter,
		ReceiverID: w.Unit("ubnd-99101").ID, Accept: true, Owner: dossiertest.Applicant("Đặng Văn Thử"),
		Papers: []dossier.FilingPaper{{Key: "declaration", Provided: true}, {Key: "birth-note", Provided: true}, {Key: "identity", Provided: true}}})
	return ok(w.t, d, err), w.term(d)
}

// term is how long the dossier may stay at verification.
func (w *world) term(d *dossier.Dossier) string {
	w.t.Helper()
	v, err := w.Procedures.Version(context.Background(), d.VersionID)
	st, _ := ok(w.t, v, err).Spec.Process.Step("verify")
	return st.Term
}

// TestProcedureStory holds that a change of a process comes on its day for new dossiers only, and can be undone.
func TestProcedureStory(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		before, term := w.filed()
		if term != "5 giờ làm việc" {
			t.Fatalf("term %q", term)
		}
		d := w.changed(setting.KindProcedures, birth, "5 giờ làm việc", "9 giờ làm việc")
		d, err := w.Save(w.author, d.ID, d.Revision, withCheck(t, d.Text))
		ok(t, d, err)
		d = w.approved(w.proposed(d, "2026-11-30"))
		if d.State != setting.StateApproved || d.DecidedBy != "Vũ Thị Duyệt" {
			t.Fatalf("approved: %+v", d)
		}
		if err := w.ApplyDue(w.System()); err != nil { // not yet
			t.Fatal(err)
		}
		if _, term := w.filed(); term != "5 giờ làm việc" {
			t.Errorf("a week too early: %s", term)
		}
		w.Clock.Set(local("2026-11-30 00:01"))
		if err := w.ApplyDue(w.System()); err != nil {
			t.Fatal(err)
		}
		w.state(d.ID, setting.StateInForce)
		w.Clock.Set(local("2026-11-30 08:00"))
		after, term := w.filed()
		if term != "9 giờ làm việc" || w.term(before) != "5 giờ làm việc" {
			t.Errorf("new dossier %s, old dossier %s", term, w.term(before))
		}
		changes := w.compared(d)
		for _, want := range []string{"Bước “Soát lại”", "Bước “Thẩm tra”: thời hạn “5 giờ làm việc” → “9 giờ làm việc”"} {
			if !strings.Contains(changes, want) {
				t.Errorf("%q is missing in %s", want, changes)
			}
		}
		undo, err := w.Undo(w.author, d.ID, "Bước soát lại không cần")
		if ok(t, undo, err); undo.State != setting.StateProposed || undo.Undoes != d.ID {
			t.Fatalf("undo: %+v", undo)
		}
		w.approved(undo)
		w.state(undo.ID, setting.StateInForce)
		w.state(d.ID, setting.StateUndone)
		if _, term := w.filed(); term != "5 giờ làm việc" || w.term(after) != "9 giờ làm việc" {
			t.Errorf("after undoing: new %s, from between %s", term, w.term(after))
		}
	})
}

// withCheck returns the file of a procedure with a step between verification and signing.
func withCheck(t *testing.T, text string) string {
	t.Helper()
	specs, err := procedure.Load("", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	p := &specs[0].Process
	st, _ := p.Step("verify")
	st.Next = []procedure.Branch{{To: "check"}}
	p.Steps = slices.Insert(p.Steps, 2, procedure.Step{Key: "check", Name: "Soát lại", Kind: procedure.StepWork, Division: "justice", Term: "1 giờ làm việc",
		Next: []procedure.Branch{{To: "sign"}}})
	raw, err := procedure.Dump(specs[0])
	return string(ok(t, raw, err))
}

func (w *world) compared(d *setting.Draft) string {
	w.t.Helper()
	_, k, err := w.Draft(w.author, d.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	changes, err := k.Compare(w.author, d.Base, d.Text)
	if err != nil {
		w.t.Fatal(err)
	}
	var lines []string
	for _, c := range changes {
		lines = append(lines, string(c.What)+" "+c.Text.String())
	}
	return strings.Join(lines, "\n")
}

// TestRights holds who may do what, and that nobody approves his own work.
func TestRights(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, append(dossiertest.Migrations(), setting.Migrations())...))
	_, err := w.Start(w.stranger, setting.KindCodelists, "sex")
	kind(t, err, fault.Forbidden, "")
	_, err = w.Start(w.author, "roles", "x")
	kind(t, err, fault.NotFound, "")
	_, err = w.Start(w.author, setting.KindCodelists, "none")
	kind(t, err, fault.NotFound, "")
	d, err := w.Start(w.author, setting.KindCodelists, "sex")
	ok(t, d, err)
	_, _, err = w.Draft(w.stranger, d.ID)
	kind(t, err, fault.Forbidden, "")
	_, err = w.Save(w.stranger, d.ID, d.Revision, "x")
	kind(t, err, fault.Forbidden, "")
	_, err = w.Propose(w.author, d.ID, setting.Proposal{Revision: d.Revision})
	kind(t, err, fault.Invalid, "chưa thay đổi gì")
	kind(t, err, fault.Invalid, "ngày áp dụng")
	d = w.changed(setting.KindCodelists, "sex", "name: Nam", "name: Nam giới")
	_, err = w.Save(w.author, d.ID, 1, "x")
	kind(t, err, fault.Conflict, "vừa được thay đổi")
	d, err = w.Save(w.chief, d.ID, d.Revision, d.Text) // a colleague helps, so the colleague cannot approve
	d = w.proposed(ok(t, d, err), "2026-11-23")
	_, err = w.Approve(w.author, d.ID, d.Revision, "")
	kind(t, err, fault.Forbidden, "không tự duyệt")
	_, err = w.Approve(w.chief, d.ID, d.Revision, "")
	kind(t, err, fault.Forbidden, "đã sửa")
	_, err = w.Save(w.author, d.ID, d.Revision, "x")
	kind(t, err, fault.Conflict, "không còn sửa được")
	_, err = w.Return(w.chief, d.ID, d.Revision, "")
	kind(t, err, fault.Invalid, "lý do")
	d, err = w.Return(w.chief, d.ID, d.Revision, "Thiếu tên tiếng Anh")
	if ok(t, d, err); d.State != setting.StateReturned {
		t.Errorf("returned: %s", d.State)
	}
	d = w.proposed(d, "2026-11-23")
	d, err = w.Withdraw(w.author, d.ID, "")
	ok(t, d, err)
	_, err = w.Undo(w.author, d.ID, "x")
	kind(t, err, fault.Conflict, "đang áp dụng")
	_, err = w.Restore(w.author, d.ID)
	kind(t, err, fault.Conflict, "từng áp dụng")
	d, err = w.Drop(w.author, d.ID, "")
	if ok(t, d, err); d.State != setting.StateDropped {
		t.Errorf("dropped: %s", d.State)
	}
	acts, err := w.Acts(w.author, d.ID)
	var words []string
	for _, a := range ok(t, acts, err) {
		words = append(words, a.Act)
		if a.Name().String() == "" {
			t.Errorf("no word for %s", a.Act)
		}
	}
	if got := strings.Join(words, " "); got != "start save save propose return propose withdraw drop" {
		t.Errorf("acts: %s", got)
	}
	_, err = w.Comment(w.chief, d.ID, " ")
	kind(t, err, fault.Invalid, "ý kiến")
	if kinds, err := w.Kinds(w.stranger); err != nil || len(kinds) != 0 {
		t.Errorf("a stranger sees %v, %v", kinds, err)
	}
	if drafts, err := w.Drafts(w.stranger, setting.DraftQuery{Limit: 9}); err != nil || len(drafts) != 0 {
		t.Errorf("a stranger sees %v, %v", drafts, err)
	}
}

// TestOvertaken holds that a change that came into force meanwhile is never lost: the later draft is told, and both are brought together.
func TestOvertaken(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		first := w.changed(setting.KindCodelists, "sex", "name: Nam", "name: Nam giới")
		second := w.changed(setting.KindCodelists, "sex", "name: Nữ", "name: Nữ giới")
		third := w.proposed(w.changed(setting.KindCodelists, "sex", "name: Nam", "name: Đàn ông"), "2026-11-24")
		w.approved(third)
		w.approved(w.proposed(first, "2026-11-23"))
		w.state(first.ID, setting.StateInForce)
		_, err := w.Propose(w.author, second.ID, setting.Proposal{Revision: second.Revision, ValidFrom: clock.MustDate("2026-11-24"), SourceAct: "x"})
		kind(t, err, fault.Conflict, "so sánh ba bản")
		_, hunks, err := w.Overtaken(w.author, second.ID)
		if err != nil {
			t.Fatal(err)
		}
		text := setting.Join(hunks, func(int) bool { return false })
		second, err = w.Rebase(w.author, second.ID, second.Revision, text)
		second = ok(t, second, err)
		w.Clock.Set(local("2026-11-24 08:00"))
		if err := w.ApplyDue(w.System()); err != nil {
			t.Fatal(err)
		}
		w.state(third.ID, setting.StateStale)
		w.approved(w.proposed(second, "2026-11-24"))
		for code, want := range map[string]string{"male": "Nam giới", "female": "Nữ giới"} {
			if got, err := w.Lists.Name(context.Background(), "sex", code, clock.Date{}); err != nil || got != want {
				t.Errorf("%s is %q, %v; want %q", code, got, err, want)
			}
		}
		if got, err := w.Lists.Name(context.Background(), "sex", "female", clock.MustDate("2026-11-23")); err != nil || got != "Nữ" {
			t.Errorf("the day before: %q, %v", got, err)
		}
	})
}

// broken fails the first time it applies, as a crash would.
type broken struct {
	setting.Kind
	left int
}

func (b *broken) Apply(ctx context.Context, key, base, text string, from clock.Date) error {
	err := b.Kind.Apply(ctx, key, base, text, from)
	if b.left--; b.left >= 0 {
		return context.DeadlineExceeded
	}
	return err
}

// TestResume holds that applying goes on after it was interrupted when the room that owns the thing had taken the text already.
func TestResume(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		w.Service = setting.New(setting.Deps{DB: w.DB, Clock: w.Clock, Units: w.Org, Kinds: []setting.Kind{&broken{setting.Calendars(w.Calendars), 1}}})
		d, err := w.Start(w.author, setting.KindCalendar, setting.KindCalendar)
		ok(t, d, err)
		text, err := setting.Edit(d.Kind, d.Text, web.Values{"op": {"day"}, "date": {"27/11/2026"}, "kind": {"off"}, "name": {"nghỉ bão"}})
		d, err = w.Save(w.author, d.ID, d.Revision, ok(t, text, err))
		d = w.proposed(ok(t, d, err), "2026-11-24")
		w.approved(d)
		w.Clock.Set(local("2026-11-24 00:05"))
		if err := w.ApplyDue(w.System()); err == nil {
			t.Error("the first time must fail")
		}
		w.state(d.ID, setting.StateApplying)
		if err := w.ApplyDue(w.System()); err != nil {
			t.Fatal(err)
		}
		d = w.state(d.ID, setting.StateInForce)
		days, err := w.Calendars.Days(context.Background(), "", 2026)
		found := false
		for _, day := range ok(t, days, err) {
			found = found || day.Name == "nghỉ bão"
		}
		if !found || strings.Contains(d.Before, "nghỉ bão") {
			t.Errorf("found %v", found)
		}
		again, err := w.Restore(w.author, d.ID)
		if ok(t, again, err); again.Text != d.Text || again.State != setting.StateDraft {
			t.Errorf("restored: %+v", again)
		}
	})
}
