package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"lienthong/internal/dossier"
	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/fault"
	"lienthong/internal/notice"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
)

// This file says who is told what about dossiers. The texts are in notices/dossier.yaml.

const (
	newsFor = 24 * time.Hour // what happened longer ago is no news: a restored or imported database tells nobody
	tooMany = 20             // work that so many can do is in their lists and disturbs none of them
)

// dossierNews are the events people are told of.
var dossierNews = []string{"dossier.filed", "dossier.accepted", "dossier.refused", "dossier.supplement_requested", "dossier.supplemented", "dossier.forwarded",
	"dossier.assigned", "dossier.sent_back", "dossier.moved", "dossier.stopped", "dossier.withdrawn", "dossier.finished", "dossier.returned", "dossier.extended",
	"dossier.obligation_announced"}

// dossierNotices turns what happens to dossiers into messages.
type dossierNotices struct {
	dossiers *dossier.Service
	accounts *identity.Service
	notices  *notice.Service
	clock    clock.Clock
}

// tell is the subscriber of dossierNews.
func (n dossierNotices) tell(ctx context.Context, e event.Event) error {
	var h dossier.Happened
	if err := e.Decode(&h); err != nil {
		return err
	}
	if n.clock.Now().Sub(h.At) > newsFor {
		return nil
	}
	v, err := n.dossiers.Read(everywhere(ctx), h.ID)
	var f *fault.Error
	if errors.As(err, &f) && f.Kind == fault.NotFound {
		return nil // gone meanwhile
	}
	if err != nil {
		return err
	}
	list := n.forApplicant(v, e, h)
	work, err := n.forStaff(ctx, v, e)
	if err != nil {
		return err
	}
	_, err = n.notices.Send(ctx, append(list, work...)...)
	return err
}

// everywhere returns a context that may read all dossiers.
func everywhere(ctx context.Context) context.Context { return actor.With(ctx, actor.SystemActor) }

// shownTime is a time as messages say it.
func shownTime(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.In(clock.Local).Format("02/01/2006 15:04")
}

// applicantTopics are the topics of applicants, by event.
var applicantTopics = map[string]string{"dossier.filed": "dossier.filed", "dossier.accepted": "dossier.accepted", "dossier.refused": "dossier.refused",
	"dossier.supplement_requested": "dossier.supplement_requested", "dossier.stopped": "dossier.stopped", "dossier.finished": "dossier.finished",
	"dossier.returned": "dossier.returned", "dossier.extended": "dossier.extended", "dossier.obligation_announced": "dossier.obligation"}

// forApplicant is what the applicant is told: on the account the dossier was filed with, else at the address in the dossier.
//
// Law: 61/2018/NĐ-CP Đ.17
func (n dossierNotices) forApplicant(v *dossier.View, e event.Event, h dossier.Happened) []notice.Message {
	topic := applicantTopics[e.Name]
	if topic == "" || topic == "dossier.filed" && h.Status != dossier.StatusNew {
		return nil // filed and accepted at the counter in one go: the receipt says it
	}
	m := applicantMessage(v, topic)
	if !reachable(m) {
		return nil
	}
	m.Key = e.ID
	m.Data["reason"] = reasonOf(v, h.Act)
	if topic == "dossier.supplement_requested" && len(v.Supplements) > 0 {
		last := v.Supplements[len(v.Supplements)-1]
		m.Data["reason"], m.Data["papers"], m.Data["until"] = last.Reason, last.Asked(), shownTime(&last.Deadline)
	}
	return []notice.Message{m}
}

// applicantMessage is a message to the applicant without what is special to its topic.
func applicantMessage(v *dossier.View, topic string) notice.Message {
	m := notice.Message{Topic: topic, Collapse: "dossier " + string(v.ID),
		To:   notice.Recipient{Account: v.AccountID, Name: v.Submitter.FullName, Email: v.Submitter.Email, Phone: v.Submitter.Phone},
		Data: map[string]any{"code": v.Code, "procedure": v.ProcedureName, "agency": v.Receiver.Name, "due": shownTime(v.DueAt)},
		Link: "/ho-so-cua-toi/" + string(v.ID)}
	if v.AccountID == "" {
		m.Data["look_up"], m.Link = v.Secret, "/tra-cuu?ma="+v.Code
	}
	return m
}

// reachable reports whether a message names somebody who can be reached.
func reachable(m notice.Message) bool {
	return m.To.Account != "" || m.To.Email != "" || m.To.Phone != ""
}

// reasonOf returns the public note of the last act of a kind.
func reasonOf(v *dossier.View, a dossier.Act) string {
	for _, line := range v.Events { // newest first
		if line.Act == a && line.Public {
			return line.Note
		}
	}
	return ""
}

// forStaff is what officials are told: whoever has a step, else those who can take it; not who did it.
func (n dossierNotices) forStaff(ctx context.Context, v *dossier.View, e event.Event) ([]notice.Message, error) {
	var list []notice.Message
	add := func(topic, account, key string, st dossier.Step) {
		if account == "" || account == e.ActorID {
			return
		}
		m := notice.Message{Topic: topic, To: notice.Recipient{Account: account}, Key: key, Link: "/desk/d/" + string(v.ID), Data: stepData(v, st)}
		switch topic {
		case "dossier.withdrawn":
			m.Data["reason"] = reasonOf(v, dossier.ActWithdraw)
		case "dossier.assigned":
			m.Data["by"] = assignedBy(v, st)
		}
		list = append(list, m)
	}
	for _, st := range v.Steps {
		switch {
		case e.Name == "dossier.withdrawn" && st.State == dossier.StepCancelled:
			add("dossier.withdrawn", st.AssigneeID, e.ID, st)
		case !st.Open():
		case e.Name == "dossier.supplemented":
			if st.State == dossier.StepClaimed {
				add("dossier.supplemented", st.AssigneeID, e.ID, st)
			}
		case st.State == dossier.StepClaimed:
			if assignedBy(v, st) != "" { // else they took it themselves
				add("dossier.assigned", st.AssigneeID, st.ID, st)
			}
		default:
			able, err := n.accounts.Able(ctx, permissionFor(procedure.StepKind(st.Kind)), st.UnitPath)
			if err != nil {
				return nil, err
			}
			if len(able) > tooMany {
				continue
			}
			for _, c := range able {
				add("dossier.work", string(c.AccountID), st.ID, st)
			}
		}
	}
	return list, nil
}

// stepData is what messages about a step say.
func stepData(v *dossier.View, st dossier.Step) map[string]any {
	due := st.DueAt
	if due == nil && v.Status != dossier.StatusDone {
		due = v.DueAt
	}
	return map[string]any{"code": v.Code, "procedure": v.ProcedureName, "step": st.Name, "unit": st.UnitName, "due": shownTime(due)}
}

// assignedBy returns who gave a step to its assignee; empty when they took it themselves.
func assignedBy(v *dossier.View, st dossier.Step) string {
	for _, line := range v.Events {
		if line.Act == dossier.ActAssign && line.StepName == st.Name {
			return line.ActorName
		}
	}
	return ""
}

// leaderOf returns a context in which somebody leads a part of the province, for the lists and counts that leaders see.
func leaderOf(ctx context.Context, u org.Unit) context.Context {
	all := map[string]bool{dossier.PermRead: true, dossier.PermAssign: true}
	return actor.With(ctx, actor.Actor{ID: actor.SystemActor.ID, Name: actor.SystemActor.Name, Kind: actor.Staff,
		Grants: []actor.Grant{{Role: "system", Permissions: all, UnitID: string(u.ID), UnitPath: u.Path, Below: true}}})
}

// dueSoon tells those who have work that it is due today or late since yesterday, and applicants of late dossiers our
// apology: each piece of work and each promised date once. It runs on the morning of working days.
func (n dossierNotices) dueSoon(ctx context.Context, root context.Context) error {
	now := n.clock.Now()
	for _, box := range []dossier.Box{dossier.BoxToday, dossier.BoxLate} {
		q := dossier.WorkQuery{Box: box, Watch: true, Limit: 200}
		for {
			page, err := n.dossiers.Worklist(root, q)
			if err != nil {
				return err
			}
			if err := n.remind(ctx, page.Items, now); err != nil {
				return err
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
	}
	return n.apologise(ctx, root, now)
}

// recent is how long ago a date may have passed for somebody to be told of it.
const recent = 3 * 24 * time.Hour

func (n dossierNotices) remind(ctx context.Context, items []dossier.WorkItem, now time.Time) error {
	var list []notice.Message
	for _, it := range items {
		due := it.Due()
		if it.AssigneeID == "" || due == nil || now.Sub(*due) > recent {
			continue
		}
		list = append(list, notice.Message{Topic: "dossier.due_soon", To: notice.Recipient{Account: it.AssigneeID}, Key: it.StepID + " " + due.UTC().Format(time.RFC3339),
			Link: "/desk/d/" + string(it.DossierID),
			Data: map[string]any{"code": it.Code, "procedure": it.ProcedureName, "step": it.StepName, "unit": it.UnitName, "due": shownTime(due)}})
	}
	_, err := n.notices.Send(ctx, list...)
	return err
}

// apologise tells applicants whose dossier is late.
func (n dossierNotices) apologise(ctx context.Context, root context.Context, now time.Time) error {
	q := dossier.FindQuery{LateOnly: true, Status: []dossier.Status{dossier.StatusAccepted, dossier.StatusProcessing}, Limit: 200}
	for {
		page, err := n.dossiers.Find(root, q)
		if err != nil {
			return err
		}
		for _, it := range page.Items {
			if it.DueAt == nil || now.Sub(*it.DueAt) > recent {
				continue
			}
			v, err := n.dossiers.Read(everywhere(ctx), it.ID)
			if err != nil {
				return err
			}
			m := applicantMessage(v, "dossier.late")
			m.Key = shownTime(it.DueAt)
			if !reachable(m) {
				continue
			}
			if _, err := n.notices.Send(ctx, m); err != nil {
				return err
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return nil
		}
	}
}

// morning runs on the morning of working days: reminders, apologies, and the digests of leaders.
func (h *House) morning(ctx context.Context) error {
	today := clock.Today(h.Clock)
	cal, err := h.Calendar.For(ctx, "")
	if err != nil || !cal.IsWorkingDay(today) {
		return err
	}
	root, err := h.Org.Root(ctx)
	var f *fault.Error
	if errors.As(err, &f) && f.Kind == fault.NotFound {
		return nil // an empty program
	}
	if err != nil {
		return err
	}
	n := h.dossierNotices()
	if err := n.dueSoon(ctx, leaderOf(ctx, root)); err != nil {
		return err
	}
	return h.digests(ctx, n, root, today)
}

func (h *House) dossierNotices() dossierNotices {
	return dossierNotices{h.Dossier, h.Identity, h.Notice, h.Clock}
}

// digests tells leaders how their agencies stand. The widest comes first and nobody is told twice a day, so who leads
// several agencies is told of the one above the others.
func (h *House) digests(ctx context.Context, n dossierNotices, root org.Unit, day clock.Date) error {
	o, err := h.Dossier.Overview(leaderOf(ctx, root))
	if err != nil {
		return err
	}
	agencies := []org.Unit{root}
	for _, l := range o.Units {
		a, err := h.Org.AgencyOf(ctx, l.UnitID, clock.Date{})
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(agencies, func(u org.Unit) bool { return u.ID == a.ID }) {
			agencies = append(agencies, a)
		}
	}
	slices.SortStableFunc(agencies, func(a, b org.Unit) int { return strings.Count(a.Path, "/") - strings.Count(b.Path, "/") })
	for _, a := range agencies {
		if err := n.digest(ctx, a, day); err != nil {
			return err
		}
	}
	return nil
}

// digest tells the leaders of an agency how it and what is below it stand: nothing when nothing is late or due soon.
func (n dossierNotices) digest(ctx context.Context, agency org.Unit, day clock.Date) error {
	o, err := n.dossiers.Overview(leaderOf(ctx, agency))
	if err != nil {
		return err
	}
	sum := o.Sum()
	if sum.Late+sum.Soon == 0 {
		return nil
	}
	var units []string
	for _, l := range o.Units {
		if l.Late+l.Today > 0 && len(units) < 30 {
			units = append(units, fmt.Sprintf("%s (%s): %d + %d", l.UnitName, l.AgencyName, l.Late, l.Today))
		}
	}
	leaders, err := n.accounts.Able(ctx, dossier.PermAssign, agency.Path)
	if err != nil {
		return err
	}
	var list []notice.Message
	for _, c := range leaders {
		list = append(list, notice.Message{Topic: "dossier.digest", To: notice.Recipient{Account: string(c.AccountID)}, Key: day.String(), Link: "/desk/overview",
			Data: map[string]any{"day": day.Display(), "agency": agency.Name, "late": sum.Late, "today": sum.Today, "soon": sum.Soon, "units": units}})
	}
	_, err = n.notices.Send(ctx, list...)
	return err
}
