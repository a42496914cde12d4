package org

import (
	"context"
	"errors"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/namesearch"
)

func unknownPerson() error {
	return fault.NewNotFound(i18n.M("Không tìm thấy cán bộ, công chức này."))
}

// AddPerson enters a person; ID and CreatedAt are given by the room.
func (s *Service) AddPerson(ctx context.Context, p Person) (Person, error) {
	if !actor.From(ctx).CanSomewhere(PermManage) {
		return Person{}, may(ctx, "")
	}
	if err := p.clean(s.today()); err != nil {
		return Person{}, err
	}
	p.ID, p.CreatedAt = PersonID(id.New()), s.clock.Now()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.insertPerson(ctx, tx, p); err != nil {
			return err
		}
		return audit.Record(audit.WithClock(ctx, s.clock), tx, audit.Entry{Action: "org.add_person", Object: "org.person", ObjectID: string(p.ID), After: p})
	})
	return p, err
}

// UpdatePerson changes name, birth date and contact of a person. The actor needs the
// permission at a unit where the person holds a post, or somewhere when there is none.
func (s *Service) UpdatePerson(ctx context.Context, p Person) error {
	if err := p.clean(s.today()); err != nil {
		return err
	}
	if err := s.mayPerson(ctx, p.ID); err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		before, err := s.store.person(ctx, tx, p.ID)
		if err != nil {
			return notFound(err)
		}
		p.CreatedAt = before.CreatedAt
		if err := s.store.updatePerson(ctx, tx, p); err != nil {
			return err
		}
		return audit.Record(audit.WithClock(ctx, s.clock), tx, audit.Entry{Action: "org.update_person", Object: "org.person", ObjectID: string(p.ID), Before: before, After: p})
	})
}

func (s *Service) mayPerson(ctx context.Context, person PersonID) error {
	if !actor.From(ctx).CanSomewhere(PermManage) {
		return may(ctx, "")
	}
	posts, err := s.PostsOf(ctx, person, clock.Date{})
	if err != nil || len(posts) == 0 {
		return err
	}
	for _, p := range posts {
		u, err := s.Unit(ctx, p.UnitID)
		if err != nil {
			return err
		}
		if err = may(ctx, u.Path); err == nil {
			return nil
		}
	}
	return may(ctx, "")
}

func notFound(err error) error {
	if errors.Is(err, db.ErrNoRows) {
		return unknownPerson()
	}
	return err
}

// Person returns one person; NotFound when there is none.
func (s *Service) Person(ctx context.Context, person PersonID) (Person, error) {
	p, err := s.store.person(ctx, s.db, person)
	return p, notFound(err)
}

// AddPost gives a person a post at a unit, from p.ValidFrom (zero: today) on. At a
// time a person has at most one main post. When the unit ends before the post does,
// the post goes on at its heir. The ID is given by the room.
func (s *Service) AddPost(ctx context.Context, p Post) (Post, error) {
	if p.ValidFrom.IsZero() {
		p.ValidFrom = s.today()
	}
	u, err := s.Unit(ctx, p.UnitID)
	if err != nil {
		return Post{}, err
	}
	if err := may(ctx, u.Path); err != nil {
		return Post{}, err
	}
	p.ID = PostID(id.New())
	var made Post
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.lockPerson(ctx, tx, p.PersonID); err != nil {
			return notFound(err)
		}
		others, err := s.store.postsOf(ctx, tx, p.PersonID)
		if err != nil {
			return err
		}
		if err := s.store.lockUnit(ctx, tx, &u); err != nil {
			return err
		}
		if err := p.check(&u, others); err != nil {
			return err
		}
		if err := s.store.insertPost(ctx, tx, p); err != nil {
			return err
		}
		if err := s.store.carryOn(ctx, tx, u); err != nil {
			return err
		}
		if made, err = s.store.post(ctx, tx, p.ID); err != nil {
			return err
		}
		return audit.Record(audit.WithClock(ctx, s.clock), tx, audit.Entry{Action: "org.add_post", Object: "org.post", ObjectID: string(p.ID), UnitID: string(p.UnitID), After: made,
			Detail: map[string]any{"person_id": string(p.PersonID), "title": p.Title, "unit": u.Name}})
	})
	return made, err
}

// EndPost ends a post: on is the first day on which it is no longer held. Where the unit was to end later, the post
// does not go on at its heir either.
func (s *Service) EndPost(ctx context.Context, post PostID, on clock.Date) error {
	return s.cache.Locked(ctx, s.db, func(tx *db.Tx) error { // no unit ends in the meantime
		p, err := s.store.post(ctx, tx, post)
		if errors.Is(err, db.ErrNoRows) {
			return fault.NewNotFound(i18n.M("Không tìm thấy vị trí công tác này."))
		}
		if err != nil {
			return err
		}
		u, err := s.Unit(ctx, p.UnitID)
		if err != nil {
			return err
		}
		if err := may(ctx, u.Path); err != nil {
			return err
		}
		if !p.ValidTo.IsZero() && !on.Before(p.ValidTo) {
			return fault.NewConflict(i18n.M("Vị trí này đã kết thúc từ ngày %s.", p.ValidTo.Display()))
		}
		if !p.ValidFrom.Before(on) {
			return fault.NewInvalid("on", i18n.M("Ngày thôi giữ vị trí phải sau ngày bắt đầu (%s).", p.ValidFrom.Display()))
		}
		before := p
		if err := s.store.dropCarried(ctx, tx, p); err != nil {
			return err
		}
		p.ValidTo = on
		if err := s.store.endPost(ctx, tx, p.ID, on); err != nil {
			return err
		}
		return audit.Record(audit.WithClock(ctx, s.clock), tx, audit.Entry{Action: "org.end_post", Object: "org.post", ObjectID: string(p.ID), UnitID: string(p.UnitID), Before: before, After: p})
	})
}

// PostsOf returns the posts a person holds on a date (zero: today), the main one first.
func (s *Service) PostsOf(ctx context.Context, person PersonID, on clock.Date) ([]Post, error) {
	all, err := s.store.postsOf(ctx, s.db, person)
	if err != nil {
		return nil, err
	}
	on = s.orToday(on)
	held := all[:0]
	for _, p := range all {
		if p.HeldOn(on) {
			held = append(held, p)
		}
	}
	return held, nil
}

// History returns all posts a person holds or held, main posts first, then by date.
func (s *Service) History(ctx context.Context, person PersonID) ([]Post, error) {
	return s.store.postsOf(ctx, s.db, person)
}

// Members returns who holds a post on a date (zero: today) at a unit, and with
// below also at the units below it, in the order of the units and of the posts.
func (s *Service) Members(ctx context.Context, unit UnitID, below bool, on clock.Date) ([]Member, error) {
	b, u, err := s.unit(ctx, unit)
	if err != nil {
		return nil, err
	}
	ids := []UnitID{u.ID}
	if below {
		ids = b.tree.ByDepthOn(u.ID, s.orToday(on))
	}
	return s.store.members(ctx, s.db, ids, s.orToday(on))
}

// SearchPeople finds people by name with or without tone marks, exact names first. Limit zero is 20.
func (s *Service) SearchPeople(ctx context.Context, text string, limit int) ([]Person, error) {
	if limit <= 0 {
		limit = 20
	}
	return s.store.searchPeople(ctx, s.db, namesearch.NewQuery(text), limit)
}
