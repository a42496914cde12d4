package dossier_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/org"
)

// TestReviewRandomActs lets random people do random things with random dossiers
// and checks after each what must always hold.
func TestReviewRandomActs(t *testing.T) {
	steps := 1100
	if testing.Short() {
		steps = 200
	}
	done := map[string]int{}
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			m := &model{t: t, w: dossiertest.New(t, dbtest.SQLite(t, dossiertest.Migrations()...)), rnd: rand.New(rand.NewPCG(seed, 7)), done: done, half: steps / 2}
			m.people()
			for i := range steps {
				m.step(i)
				if t.Failed() {
					return
				}
			}
			m.finish()
		})
	}
	if !testing.Short() {
		everything(t, done)
	}
}

// model is the world with what the test remembers of it.
type model struct {
	t      *testing.T
	w      *dossiertest.World
	rnd    *rand.Rand
	actors []actor.Actor
	ids    []dossier.ID
	seen   map[dossier.ID]string
	done   map[string]int // acts that succeeded, by name
	merged bool
	half   int
}

func (m *model) people() {
	m.seen = map[dossier.ID]string{}
	w := m.w
	w.ImportText(forks)
	m.actors = []actor.Actor{w.Citizen("an"), w.Citizen("binh")}
	for _, slug := range []string{"ubnd-99101", "ubnd-99102", "ubnd-991", "so-a", "so-b"} {
		m.actors = append(m.actors, w.Clerk(slug), w.Officer(slug), w.Leader(slug),
			w.Official(slug, "Người Đa Năng", dossier.PermAccept, dossier.PermProcess, dossier.PermApprove, dossier.PermReturn, dossier.PermAssign, dossier.PermRead))
	}
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// step does one random thing.
func (m *model) step(i int) {
	m.w.Clock.Advance(time.Duration(m.rnd.IntN(60)) * time.Minute)
	if i == m.half && !m.merged {
		m.merge()
	}
	switch n := m.rnd.IntN(20); {
	case n == 0 || len(m.ids) == 0:
		m.file()
	case n == 1:
		before := m.events("")
		n, err := m.w.Dossiers.ExpireSupplements(m.w.System())
		if err != nil || m.events("") != before+n {
			m.t.Fatalf("expire %d: %v; history has %d lines more", n, err, m.events("")-before)
		}
		m.done["expire"] += n
		for _, d := range m.ids[max(0, len(m.ids)-15):] {
			m.check(d, "expire")
		}
	default:
		m.act(m.ids[max(0, len(m.ids)-1-m.rnd.IntN(min(12, len(m.ids))))])
	}
}

func (m *model) file() {
	var err error
	var d *dossier.Dossier
	if m.rnd.IntN(2) == 0 {
		ctx := m.w.As(m.actors[0])
		f := birth(m.w, ctx)
		f.CaseKey = pick(m.rnd, []string{"usual", "late"})
		if f.CaseKey == "late" {
			f.Papers = append(f.Papers, dossier.FilingPaper{Key: "late-note", Files: []string{m.w.Upload(ctx, f.UploadToken, "xac-nhan.pdf")}})
		}
		d, err = m.w.Dossiers.File(ctx, f)
	} else {
		f := land(m.w)
		f.Accept = m.rnd.IntN(3) > 0
		if m.rnd.IntN(2) == 0 {
			f.ProcedureCode, f.Papers = "9.000003", []dossier.FilingPaper{{Key: "request", Provided: true}}
		}
		clerk := "ubnd-99101"
		if m.merged {
			clerk = "ubnd-99102"
		}
		d, err = m.w.Dossiers.File(m.w.As(m.w.Clerk(clerk)), f)
	}
	if err != nil {
		m.t.Fatalf("file: %v", err)
	}
	m.ids = append(m.ids, d.ID)
	m.check(d.ID, "file")
}

// act does a random act of somebody, most often one that is offered to them.
func (m *model) act(d dossier.ID) {
	s := m.w.Dossiers
	all, err := s.Read(m.w.As(reader(m.w)), d)
	if err != nil {
		m.t.Fatal(err)
	}
	name := pick(m.rnd, []string{"accept", "refuse", "request_more", "claim", "claim", "release", "assign", "forward", "forward", "forward", "back", "extend",
		"obligation", "obligation_met", "stop", "return", "return", "withdraw", "supplement", "supplement", "check_papers", "collect_fee"})
	st := pick(m.rnd, all.Steps)
	asked := name
	if i := slices.IndexFunc(all.Steps, func(o dossier.Step) bool { return o.Open() }); i >= 0 && m.rnd.IntN(4) > 0 {
		st = all.Steps[i+m.rnd.IntN(len(all.Steps)-i)]
	}
	who := m.somebody(all, st)
	ctx := m.w.As(who)
	if v, err := s.Read(ctx, d); err == nil && m.rnd.IntN(8) > 0 && len(v.Offers) > 0 {
		if o := pick(m.rnd, v.Offers); len(o.Acts) > 0 {
			st = o.Step
			if a := pick(m.rnd, o.Acts); a != dossier.ActRefuse && a != dossier.ActStop || m.rnd.IntN(6) == 0 {
				name = string(a)
			}
			if o.Has(dossier.ActAccept) || m.rnd.IntN(2) == 0 && o.Has(dossier.ActForward) {
				name = map[bool]string{true: "accept", false: "forward"}[o.Has(dossier.ActAccept)]
			}
		}
	}
	if asked == "assign" || asked == "release" || asked == "withdraw" || asked == "refuse" { // what offers do not name
		name = asked
	}
	before, lines := m.snapshot(d), m.events(string(d))
	version, err := m.do(ctx, name, d, st)
	switch {
	case err == nil:
		m.done[name]++
		want := lines + 1
		if version.Status == dossier.StatusDone && (name == "forward" || name == "accept") {
			want++ // what followed by itself
		}
		if now := m.events(string(d)); now != want && !(now == lines && (name == "claim" || name == "release")) {
			m.t.Fatalf("%s by %s wrote %d lines", name, who.ID, now-lines)
		}
	case fault.KindOf(err) == fault.Internal:
		m.t.Fatalf("%s by %s: %v", name, who.ID, err)
	case m.snapshot(d) != before || m.events(string(d)) != lines:
		m.t.Fatalf("%s by %s was refused (%v) and changed something:\n%s\n%s", name, who.ID, err, before, m.snapshot(d))
	}
	m.check(d, name)
}

// somebody returns who may work on the step, one who may not, or while the dossier waits the applicant.
func (m *model) somebody(v *dossier.View, st dossier.Step) actor.Actor {
	if v.Status == dossier.StatusSupplement && m.rnd.IntN(2) == 0 {
		return m.actors[0]
	}
	if m.rnd.IntN(6) == 0 {
		return pick(m.rnd, m.actors)
	}
	need := map[string]string{"receive": dossier.PermAccept, "work": dossier.PermProcess, "approve": dossier.PermApprove, "return": dossier.PermReturn}[st.Kind]
	var able []actor.Actor
	for _, a := range m.actors {
		if a.Can(need, st.UnitPath) && (st.AssigneeID == "" || st.AssigneeID == a.ID || m.rnd.IntN(4) == 0) {
			able = append(able, a)
		}
	}
	if len(able) == 0 {
		return pick(m.rnd, m.actors)
	}
	return pick(m.rnd, able)
}

func (m *model) do(ctx context.Context, name string, d dossier.ID, st dossier.Step) (*dossier.Dossier, error) {
	s := m.w.Dossiers
	switch name {
	case "accept":
		return s.Accept(ctx, d, st.ID, "")
	case "refuse":
		return s.Refuse(ctx, d, st.ID, "Lý do")
	case "request_more":
		return s.RequestMore(ctx, d, dossier.MoreRequest{StepID: st.ID, Items: []string{"Giấy"}, Reason: "Lý do", Days: 1 + m.rnd.IntN(3)})
	case "claim":
		return s.Claim(ctx, d, st.ID)
	case "release":
		return s.Release(ctx, d, st.ID)
	case "assign":
		to := pick(m.rnd, m.actors).ID
		if able, err := s.Colleagues(ctx, st); err == nil && len(able) > 0 {
			to = pick(m.rnd, able).AccountID
		}
		return s.Assign(ctx, d, st.ID, to, "")
	case "back":
		return s.Back(ctx, d, st.ID, "Lý do")
	case "extend":
		return s.Extend(ctx, d, st.ID, "3 ngày làm việc", "Lý do")
	case "obligation":
		return s.Oblige(ctx, d, st.ID, "Nộp 1 đ")
	case "obligation_met":
		return s.ObligationMet(ctx, d, st.ID, "")
	case "stop":
		return s.Stop(ctx, d, st.ID, "Lý do")
	case "return":
		return s.Return(ctx, d, dossier.HandOver{StepID: st.ID})
	case "withdraw":
		if m.rnd.IntN(4) > 0 {
			return nil, fault.NewConflict(i18n.M("Thôi."))
		}
		return s.Withdraw(ctx, d, "", "Lý do")
	case "supplement":
		return s.Supplement(ctx, d, dossier.MoreAnswer{Note: "Đây"})
	case "check_papers":
		return s.CheckPapers(ctx, d, st.ID, nil)
	case "collect_fee":
		return s.CollectFees(ctx, d, st.ID, []dossier.FilingFee{{Key: "copies", Paid: true}})
	case "attach":
		return nil, fault.NewConflict(i18n.M("Thôi."))
	}
	return s.Forward(ctx, d, dossier.Onward{StepID: st.ID, Choice: pick(m.rnd, []string{"", "sign", "refuse", "join", "return", "fork"})})
}

// merge brings the commune of most dossiers under its neighbour in the middle of everything.
func (m *model) merge() {
	w, on := m.w, clock.DateOf(m.w.Clock.Now())
	ended := w.Unit("ubnd-99101")
	if _, err := w.Org.Merge(w.System(), org.Merge{From: []org.UnitID{ended.ID}, Into: w.Unit("ubnd-99102").ID, On: on, SourceAct: "01/NQ-THU"}); err != nil {
		m.t.Fatal(err)
	}
	if err := w.Org.Announce(w.System()); err != nil {
		m.t.Fatal(err)
	}
	divisions, err := w.Org.Divisions(w.System(), ended.ID)
	if err != nil {
		m.t.Fatal(err)
	}
	units := append(divisions, ended)
	m.rnd.Shuffle(len(units), func(i, j int) { units[i], units[j] = units[j], units[i] })
	for _, u := range units {
		if err := w.Ended(u.ID); err != nil {
			m.t.Fatal(err)
		}
	}
	m.merged = true
	for _, d := range m.ids {
		m.check(d, "merge")
	}
	for _, st := range m.ghosts(ended) {
		m.t.Errorf("open step left at the ended commune: %s", st)
	}
}

func (m *model) ghosts(ended org.Unit) []string {
	var ids []string
	if err := m.w.DB.Select(m.w.System(), &ids, `SELECT id FROM dossier_step WHERE state IN ('ready', 'claimed') AND (agency_id = ? OR unit_path LIKE ?)`, ended.ID, ended.Path+"%"); err != nil {
		m.t.Fatal(err)
	}
	return ids
}

func (m *model) events(d string) int {
	var n int
	if err := m.w.DB.Get(m.w.System(), &n, `SELECT COUNT(*) FROM dossier_event WHERE ? = '' OR dossier_id = ?`, d, d); err != nil {
		m.t.Fatal(err)
	}
	return n
}

// snapshot is everything that acts may change, as text.
func (m *model) snapshot(d dossier.ID) string {
	v, err := m.w.Dossiers.Read(m.w.As(reader(m.w)), d)
	if err != nil {
		m.t.Fatal(err)
	}
	x := *v.Dossier
	x.Version = 0
	at := func(t *time.Time) string {
		if t == nil {
			return "-"
		}
		return t.UTC().Format(time.RFC3339)
	}
	var b strings.Builder
	fmt.Fprintln(&b, x.Status, x.Resumes, at(x.DueAt), at(x.PausedAt), at(x.FinishedAt), at(x.ReturnedAt), x.Extended, x.Supplements, x.ReceiverID)
	for _, st := range v.Steps {
		fmt.Fprintln(&b, " ", st.Key, st.State, st.AssigneeID, at(st.DueAt), at(st.DoneAt))
	}
	for _, p := range v.Parts {
		fmt.Fprintln(&b, " ", p.Number, at(p.DueAt), at(p.DoneAt))
	}
	fmt.Fprintln(&b, len(v.Supplements), len(v.Files))
	return b.String()
}

// check holds what is true of every dossier at any time.
func (m *model) check(d dossier.ID, after string) {
	v, err := m.w.Dossiers.Read(m.w.As(reader(m.w)), d)
	if err != nil {
		m.t.Fatal(err)
	}
	bad := func(format string, args ...any) {
		m.t.Errorf("after %s: %s\n%s", after, fmt.Sprintf(format, args...), m.snapshot(d))
	}
	openIn, openSteps, keys := map[string]bool{}, 0, map[string]bool{}
	for _, st := range v.Steps {
		if !st.Open() {
			if st.DoneAt == nil {
				bad("step %s is closed without a time", st.Key)
			}
			continue
		}
		if keys[st.Key] {
			bad("step %s is open twice", st.Key)
		}
		keys[st.Key], openIn[st.PartID] = true, true
		openSteps++
		if (st.State == dossier.StepClaimed) != (st.AssigneeID != "" && st.ClaimedAt != nil) {
			bad("step %s: %s by %q", st.Key, st.State, st.AssigneeID)
		}
	}
	for _, p := range v.Parts {
		if (p.DoneAt == nil) != openIn[p.ID] {
			bad("part %s done at %v, open work %v", p.Number, p.DoneAt, openIn[p.ID])
		}
	}
	x := v.Dossier
	switch {
	case !x.Status.Valid():
		bad("status %d", x.Status)
	case x.Status.Ended() == (openSteps > 0):
		bad("status %d with %d open steps", x.Status, openSteps)
	case x.Status == dossier.StatusDone && (openSteps != 1 || !keys["return"]):
		bad("done with %v open", keys)
	case x.Status.Paused() != (x.PausedAt != nil) || x.Status.Paused() != (x.Resumes != 0):
		bad("status %d, paused at %v, resumes %d", x.Status, x.PausedAt, x.Resumes)
	case x.AcceptedAt != nil && x.DueAt == nil:
		bad("accepted without a due date")
	case (x.FinishedAt == nil) != (x.Status.Open()):
		bad("status %d finished at %v", x.Status, x.FinishedAt)
	case x.AcceptedAt == nil && x.Status.Open() && !x.Status.Paused() && x.Status != dossier.StatusNew:
		bad("status %d and never accepted", x.Status)
	}
	for i, e := range v.Events { // newest first
		if i+1 < len(v.Events) && (e.From != v.Events[i+1].To || e.Seq != v.Events[i+1].Seq+1) {
			bad("history: %s from %d after %s to %d", e.Act, e.From, v.Events[i+1].Act, v.Events[i+1].To)
		}
	}
	if v.Events[0].To != x.Status {
		bad("history ends at %d", v.Events[0].To)
	}
	if was := m.seen[d]; was != "" && was != x.Code {
		bad("code was %s", was)
	}
	m.seen[d] = x.Code
}

// finish checks the whole at the end: numbers without gaps or doubles, the audit chain, and that every act happened.
func (m *model) finish() {
	var numbers []string
	if err := m.w.DB.Select(m.w.System(), &numbers, `SELECT number FROM dossier_part ORDER BY number`); err != nil {
		m.t.Fatal(err)
	}
	last := map[string]int{}
	for _, n := range numbers {
		cut := strings.LastIndex(n, "-")
		var k int
		if _, err := fmt.Sscan(strings.TrimLeft(n[cut+1:], "0"), &k); err != nil || k != last[n[:cut]]+1 {
			m.t.Errorf("number %s after %d, %v", n, last[n[:cut]], err)
		}
		last[n[:cut]] = k
	}
	report, err := audit.Verify(m.w.System(), m.w.DB, nil)
	if err != nil || !report.OK() {
		m.t.Errorf("audit: %+v, %v", report, err)
	}
	m.t.Logf("%d dossiers", len(m.ids))
}

// everything holds that the test tried each act with success.
func everything(t *testing.T, done map[string]int) {
	t.Helper()
	for _, a := range []string{"accept", "request_more", "supplement", "expire", "forward", "back", "extend", "obligation", "obligation_met", "stop", "refuse", "withdraw", "return", "assign", "release"} {
		if done[a] == 0 {
			t.Errorf("no %s succeeded: the test tries too little: %v", a, done)
		}
	}
}
