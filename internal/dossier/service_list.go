package dossier

import (
	"context"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// scopeOf returns what the actor may work on.
func scopeOf(who actor.Actor) scope {
	s := scope{kinds: map[string][]actor.Grant{}, account: who.ID, received: who.Having(PermAccept)}
	for kind, perm := range stepPermissions {
		s.kinds[string(kind)] = who.Having(perm)
	}
	return s
}

// scopeFor returns the steps that a query is about: those that the actor may work on or, watching, all in the units that the actor leads.
func scopeFor(who actor.Actor, q WorkQuery) scope {
	if !q.Watch {
		return scopeOf(who)
	}
	s := scope{kinds: map[string][]actor.Grant{}, account: who.ID}
	for kind := range stepPermissions {
		s.kinds[string(kind)] = who.Having(PermAssign)
	}
	return s
}

// Worklist returns the open steps on which the actor may work, by deadline. Who
// receives dossiers also finds those that wait for papers at the step of a colleague,
// because people bring the papers to the counter.
func (s *Service) Worklist(ctx context.Context, q WorkQuery) (WorkPage, error) {
	items, err := s.store.worklist(ctx, s.DB, q, scopeFor(actor.From(ctx), q), s.Clock.Now())
	if err != nil {
		return WorkPage{}, err
	}
	page := WorkPage{Items: items}
	if n := bounded(q.Limit); len(items) > n {
		page.Items = items[:n]
		last := &page.Items[n-1]
		m := mark{at: farOff, id: last.StepID}
		if due := last.Due(); due != nil {
			m.at = *due
		}
		page.Next = m.String()
	}
	return page, nil
}

// Counts returns how many steps each box of the actor's worklist holds.
func (s *Service) Counts(ctx context.Context) (map[Box]int, error) {
	return s.store.count(ctx, s.DB, scopeOf(actor.From(ctx)), s.Clock.Now())
}

// Find returns the dossiers in which the units of the actor take part, newest first.
func (s *Service) Find(ctx context.Context, q FindQuery) (Page, error) {
	who := actor.From(ctx)
	grants := who.Having(PermRead)
	if len(grants) == 0 {
		return Page{}, fault.NewForbidden(i18n.M("Tài khoản này không có quyền xem danh sách hồ sơ."))
	}
	items, err := s.store.find(ctx, s.DB, q, grants, s.Clock.Now())
	return page(items, q.Limit), err
}

// Own returns the dossiers of the signed-in applicant, newest first.
func (s *Service) Own(ctx context.Context, q FindQuery) (Page, error) {
	who := actor.From(ctx)
	if who.Kind != actor.Person {
		return Page{}, fault.NewUnauthenticated(i18n.M("Hãy đăng nhập bằng tài khoản công dân để xem hồ sơ của mình."))
	}
	items, err := s.store.ofAccount(ctx, s.DB, who.ID, q, s.Clock.Now())
	return page(items, q.Limit), err
}

func page(items []Item, limit int) Page {
	n := bounded(limit)
	if len(items) <= n {
		return Page{Items: items}
	}
	last := items[n-1]
	return Page{Items: items[:n], Next: mark{last.FiledAt, string(last.ID)}.String()}
}
