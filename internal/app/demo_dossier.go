package app

import (
	"bytes"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"lienthong/internal/audit"
	"lienthong/internal/calendar"
	"lienthong/internal/dossier"
	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/pdf"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
)

// demoDossiersFile is the file of a province that says what its people did in the weeks before a demonstration begins.
const demoDossiersFile = "demo-dossiers.yaml"

// demoWeeks is how long before today a demonstration begins: the people are there from then on.
const demoWeeks = 8

// demoPlan is one dossier of a demonstration: who files what where, when it is due, how far it gets.
type demoPlan struct {
	Procedure string         `yaml:"procedure"` // code
	Case      string         `yaml:"case"`
	Receiver  string         `yaml:"receiver"` // slug of an agency
	Owner     demoOwner      `yaml:"owner"`
	Online    string         `yaml:"online"` // sign-in name of the citizen who files it; empty: at the counter
	Post      bool           `yaml:"post"`   // it comes by post and waits at the counter
	Form      map[string]any `yaml:"form"`   // answers, online
	DueIn     int            `yaml:"due_in"` // working days from today, negative: late
	At        string         `yaml:"at"`     // "08:20", time of the day it is filed
	Pace      string         `yaml:"pace"`   // "3h": working time between two steps
	Steps     int            `yaml:"steps"`  // that are finished after filing
	End       string         `yaml:"end"`    // what happens then: claim, more, answer, refuse, withdraw; empty: nothing
	Reason    string         `yaml:"reason"` // for more, refuse, withdraw
}

type demoOwner struct {
	Kind         string     `yaml:"kind"`
	Name         string     `yaml:"name"`
	Organisation string     `yaml:"organisation"`
	TaxCode      string     `yaml:"tax_code"`
	PersonalID   string     `yaml:"personal_id"`
	BirthDate    clock.Date `yaml:"birth_date"`
	Phone        string     `yaml:"phone"`
	Address      string     `yaml:"address"`
}

func (o demoOwner) applicant() dossier.Applicant {
	return dossier.Applicant{Kind: o.Kind, FullName: o.Name, Organisation: o.Organisation, TaxCode: o.TaxCode, PersonalID: o.PersonalID,
		BirthDate: o.BirthDate, Phone: o.Phone, Address: o.Address}
}

// moment is something that happens at a time.
type moment struct {
	at time.Time
	do func() error
}

// moments are a heap, the earliest first.
type moments []moment

func (m moments) Len() int           { return len(m) }
func (m moments) Less(i, j int) bool { return m[i].at.Before(m[j].at) }
func (m moments) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }

// Push adds a moment.
func (m *moments) Push(x any) { *m = append(*m, x.(moment)) }

// Pop takes the last moment.
func (m *moments) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}

// history lives through the weeks before a demonstration: everything goes through the services of the rooms, at its time.
type history struct {
	*House
	ctx   context.Context // of the system
	clock *clock.Fake
	now   time.Time // where the history ends
	queue moments
	filed int
}

// demoDossiers lets the people of a demonstration work on dossiers until now. The house lives on the clock, which
// is set to the beginning and moves on to now. It returns how many dossiers there are; none when the province has no file.
func (h *House) demoDossiers(ctx context.Context, cl *clock.Fake, now time.Time) (int, error) {
	raw, err := fs.ReadFile(h.Files, demoDossiersFile)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	var src struct {
		Dossiers []demoPlan `yaml:"dossiers"`
	}
	if err := yaml.Load(raw, &src, yaml.WithKnownFields()); err != nil {
		return 0, fmt.Errorf("%s: %w", demoDossiersFile, err)
	}
	s := &history{House: h, ctx: audit.WithClock(ctx, cl), clock: cl, now: now}
	for i, p := range src.Dossiers {
		if err := s.plan(p); err != nil {
			return s.filed, fmt.Errorf("%s, hồ sơ thứ %d: %w", demoDossiersFile, i+1, err)
		}
	}
	for s.queue.Len() > 0 {
		next := heap.Pop(&s.queue).(moment)
		if next.at.After(now) {
			break
		}
		cl.Set(next.at)
		if err := next.do(); err != nil {
			return s.filed, fmt.Errorf("%s, lúc %s: %w", demoDossiersFile, next.at.In(clock.Local).Format("02/01/2006 15:04"), err)
		}
	}
	cl.Set(now)
	return s.filed, nil
}

func (s *history) at(t time.Time, do func() error) { heap.Push(&s.queue, moment{t, do}) }

// as is the context in which somebody acts.
func (s *history) as(a actor.Actor) context.Context { return actor.With(s.ctx, a) }

// plan finds the time at which a dossier must be filed to be due when the plan says.
func (s *history) plan(p demoPlan) error {
	receiver, err := s.Org.BySlug(s.ctx, p.Receiver)
	if err != nil {
		return err
	}
	v, err := s.Procedure.Current(s.ctx, p.Procedure, clock.DateOf(s.now))
	if err != nil {
		return err
	}
	cal, err := s.House.Calendar.For(s.ctx, string(receiver.ID))
	if err != nil {
		return err
	}
	pace, err := time.ParseDuration(p.Pace)
	if p.Pace == "" {
		pace, err = 3*time.Hour, nil
	}
	if err != nil {
		return err
	}
	filed, err := s.filingTime(p, v, cal)
	if err != nil {
		return err
	}
	life := &life{history: s, plan: p, version: v, receiver: receiver, cal: cal, pace: pace}
	s.at(filed, life.file)
	return nil
}

func (s *history) filingTime(p demoPlan, v *procedure.Version, cal *calendar.Calendar) (time.Time, error) {
	var hour, minute int
	if _, err := fmt.Sscanf(p.At, "%d:%d", &hour, &minute); err != nil {
		return time.Time{}, fmt.Errorf("at %q: %w", p.At, err)
	}
	term, err := v.Spec.ResolveTerm(string(p.channel()), p.Case)
	if err != nil {
		return time.Time{}, err
	}
	due := cal.NextWorkingDay(clock.DateOf(s.now))
	for range p.DueIn {
		due = cal.NextWorkingDay(due.AddDays(1))
	}
	for i := p.DueIn; i < 0; i++ {
		for due = due.AddDays(-1); !cal.IsWorkingDay(due); due = due.AddDays(-1) {
		}
	}
	for day, first := due, clock.DateOf(s.clock.Now()); day.After(first); day = day.AddDays(-1) {
		t := day.At(hour, minute)
		if !t.After(s.now) && cal.IsWorking(t) && !clock.DateOf(cal.DueAt(t, term, calendar.Opts{Reception: true})).After(due) {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%s cannot be filed within %d weeks to be due on %s", p.Procedure, demoWeeks, due)
}

func (p demoPlan) channel() dossier.Channel {
	switch {
	case p.Online != "":
		return dossier.ChannelOnline
	case p.Post:
		return dossier.ChannelPost
	}
	return dossier.ChannelCounter
}

// life is one dossier of a history.
type life struct {
	*history
	plan     demoPlan
	version  *procedure.Version
	receiver org.Unit
	cal      *calendar.Calendar
	pace     time.Duration
	dossier  dossier.ID
	citizen  actor.Actor
	done     int // steps
}

// later queues what happens next, after some working time.
func (l *life) later(do func() error) {
	t := l.clock.Now()
	for left := l.pace; left > 0; left -= 15 * time.Minute {
		t = l.cal.NextWorking(t.Add(15 * time.Minute))
	}
	l.at(t, do)
}

// file files the dossier: at the counter with everything there, by post, or online by a citizen.
func (l *life) file() error {
	spec := l.version.Spec
	f := dossier.Filing{ProcedureCode: spec.Code, CaseKey: l.plan.Case, Channel: l.plan.channel(), ReceiverID: l.receiver.ID,
		Owner: l.plan.Owner.applicant(), Form: dated(l.plan.Form, clock.DateOf(l.clock.Now())), RequestKey: id.New(), UploadToken: id.New()}
	who := actor.Actor{}
	var err error
	if l.plan.Online == "" {
		who, err = l.clerk()
		f.Accept = !l.plan.Post
		for _, fee := range spec.FeesFor(l.plan.Case, string(f.Channel)) {
			f.Fees = append(f.Fees, dossier.FilingFee{Key: fee.Key, Quantity: 1, Paid: true})
		}
	} else {
		who, err = l.person()
		l.citizen = who
	}
	if err != nil {
		return err
	}
	ctx := l.as(who)
	for _, p := range spec.PapersFor(l.plan.Case, "") {
		given := dossier.FilingPaper{Key: p.Key, Provided: true, Originals: p.Originals, Copies: p.Copies}
		switch {
		case p.Optional:
			continue
		case f.Channel == dossier.ChannelOnline && (p.ShowOnly || p.EForm):
			continue
		case f.Channel == dossier.ChannelOnline:
			if given.Files, err = l.upload(ctx, f.UploadToken, p.Name); err != nil {
				return err
			}
		}
		f.Papers = append(f.Papers, given)
	}
	d, err := l.House.Dossier.File(ctx, f)
	if err != nil {
		return fmt.Errorf("%s: %w", spec.Name, err)
	}
	l.dossier = d.ID
	l.filed++
	l.later(l.next)
	return nil
}

// dated returns answers in which "@-12" stands for the day twelve days before today.
func dated(answers map[string]any, today clock.Date) map[string]any {
	if answers == nil {
		return nil
	}
	out := make(map[string]any, len(answers))
	for key, value := range answers {
		switch v := value.(type) {
		case map[string]any:
			value = dated(v, today)
		case string:
			if days, ok := strings.CutPrefix(v, "@"); ok {
				if n, err := strconv.Atoi(days); err == nil {
					value = today.AddDays(n).String()
				}
			}
		}
		out[key] = value
	}
	return out
}

// upload makes a page that says what it stands for.
func (l *life) upload(ctx context.Context, token, name string) ([]string, error) {
	doc := pdf.New(pdf.A4, pdf.Info{Title: name})
	doc.Text(name, pdf.Style{Size: 16, Bold: true})
	doc.Text("Bản mẫu của dữ liệu dùng thử, không có giá trị.", pdf.Style{Size: 12})
	var b bytes.Buffer
	if err := doc.Write(&b); err != nil {
		return nil, err
	}
	f, err := l.House.Dossier.Upload(ctx, token, "ban-mau.pdf", &b)
	return []string{string(f.ID)}, err
}

// next finishes the next step, or ends as planned.
func (l *life) next() error {
	v, err := l.House.Dossier.Read(l.ctx, l.dossier)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(v.Steps, func(st dossier.Step) bool { return st.Open() })
	if i < 0 {
		return nil
	}
	st := v.Steps[i]
	who, err := l.able(permissionFor(procedure.StepKind(st.Kind)), st.UnitID, st.UnitPath)
	if err != nil {
		return err
	}
	ctx := l.as(who)
	if l.done >= l.plan.Steps {
		return l.end(ctx, st)
	}
	if err := l.finish(ctx, v, st); err != nil {
		return fmt.Errorf("%s, “%s”: %w", v.ProcedureName, st.Name, err)
	}
	l.done++
	l.later(l.next)
	return nil
}

func (l *life) finish(ctx context.Context, v *dossier.View, st dossier.Step) error {
	if _, err := l.House.Dossier.Claim(ctx, l.dossier, st.ID); err != nil {
		return err
	}
	var err error
	switch step, _ := l.version.Spec.Process.Step(st.Key); {
	case procedure.StepKind(st.Kind) == procedure.StepReceive && v.AcceptedAt == nil:
		_, err = l.House.Dossier.Accept(ctx, l.dossier, st.ID, "")
	case procedure.StepKind(st.Kind) == procedure.StepReturn:
		_, err = l.House.Dossier.Return(ctx, l.dossier, dossier.HandOver{StepID: st.ID})
	default:
		on := dossier.Onward{StepID: st.ID, Note: "Đã kiểm tra, hồ sơ hợp lệ."}
		if step != nil && len(step.Next) > 1 {
			on.Choice = step.Next[0].To
		}
		_, err = l.House.Dossier.Forward(ctx, l.dossier, on)
	}
	return err
}

// end does what the plan ends with.
func (l *life) end(ctx context.Context, st dossier.Step) error {
	var err error
	switch l.plan.End {
	case "":
	case "claim":
		_, err = l.House.Dossier.Claim(ctx, l.dossier, st.ID)
	case "more", "answer":
		if _, err = l.House.Dossier.Claim(ctx, l.dossier, st.ID); err != nil {
			break
		}
		_, err = l.House.Dossier.RequestMore(ctx, l.dossier, dossier.MoreRequest{StepID: st.ID, Items: []string{l.plan.Reason}, Reason: "Giấy tờ chưa đủ để giải quyết."})
	case "refuse":
		_, err = l.House.Dossier.Refuse(ctx, l.dossier, st.ID, l.plan.Reason)
	case "withdraw":
		who := l.citizen
		if who.ID == "" {
			if who, err = l.clerk(); err != nil {
				break
			}
		}
		_, err = l.House.Dossier.Withdraw(l.as(who), l.dossier, "", l.plan.Reason)
	default:
		err = fmt.Errorf("end %q is not known", l.plan.End)
	}
	return err
}

// permissionFor is what lets somebody work on a step.
func permissionFor(kind procedure.StepKind) string {
	switch kind {
	case procedure.StepReceive:
		return dossier.PermAccept
	case procedure.StepApprove:
		return dossier.PermApprove
	case procedure.StepReturn:
		return dossier.PermReturn
	}
	return dossier.PermProcess
}

// able returns somebody who holds a permission at a unit.
func (l *life) able(permission string, unit org.UnitID, path string) (actor.Actor, error) {
	able, err := l.Identity.Able(l.ctx, permission, path)
	if err != nil {
		return actor.Actor{}, err
	}
	if len(able) == 0 {
		return actor.Actor{}, fmt.Errorf("nobody holds %s at %s", permission, path)
	}
	agency, err := l.Org.AgencyOf(l.ctx, unit, clock.Date{})
	if err != nil {
		return actor.Actor{}, err
	}
	return actor.Actor{ID: string(able[0].AccountID), Kind: actor.Staff, Name: able[0].Name, Title: able[0].Title, Office: agency.Name, OfficeID: string(agency.ID),
		Grants: []actor.Grant{{Permissions: map[string]bool{permission: true}, UnitID: string(unit), UnitPath: path}}}, nil
}

// clerk returns somebody at the counter of the receiver.
func (l *life) clerk() (actor.Actor, error) {
	at := l.receiver
	if first := l.version.Spec.Process.First(); first.Division != "" {
		if d, err := l.Org.DivisionByKey(l.ctx, at.ID, first.Division); err == nil {
			at = d
		}
	}
	return l.able(dossier.PermAccept, at.ID, at.Path)
}

// person returns the citizen who files online.
func (l *life) person() (actor.Actor, error) {
	list, err := l.Identity.List(l.ctx, identity.Query{Text: l.plan.Online, Kind: identity.Citizen, Size: 1})
	if err != nil {
		return actor.Actor{}, err
	}
	if len(list) == 0 {
		return actor.Actor{}, fmt.Errorf("nobody signs in as %s", l.plan.Online)
	}
	return actor.Actor{ID: string(list[0].ID), Kind: actor.Person, Name: list[0].FullName}, nil
}
