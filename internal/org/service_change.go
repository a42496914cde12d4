package org

import (
	"context"
	"fmt"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// may reports whether the actor may change the unit with this path. The empty path is the top of the tree.
func may(ctx context.Context, path string) error {
	a := actor.From(ctx)
	if a.Kind == actor.System || path != "" && a.Can(PermManage, path) {
		return nil
	}
	return fault.NewForbidden(i18n.M("Tài khoản này không có quyền thay đổi tổ chức bộ máy của đơn vị này."))
}

// change runs fn on a book of its own within one transaction.
func (s *Service) change(ctx context.Context, fn func(context.Context, *db.Tx, *book) error) error {
	return s.cache.Change(ctx, s.db, func(tx *db.Tx, b *book) error {
		return fn(event.WithClock(audit.WithClock(ctx, s.clock), s.clock), tx, b)
	})
}

// finish settles a changed book, writes it, lets posts go over and announces ends that have taken effect.
func (s *Service) finish(ctx context.Context, tx *db.Tx, b *book) error {
	ended := b.settle(s.today())
	if err := s.store.save(ctx, tx, b); err != nil {
		return err
	}
	for id := range b.dirty.closed {
		if err := s.store.carryOn(ctx, tx, *b.units[id]); err != nil {
			return err
		}
	}
	for _, m := range b.dirty.moved {
		if err := event.Publish(ctx, tx, EventUnitMoved, m); err != nil {
			return fmt.Errorf("announce the move of unit %s: %w", m.UnitID, err)
		}
	}
	for _, u := range ended {
		if err := event.Publish(ctx, tx, EventUnitEnded, b.endedEvent(u)); err != nil {
			return fmt.Errorf("announce the end of unit %s: %w", u.ID, err)
		}
	}
	return nil
}

// Add enters a new agency or division, valid from a date on. The level of an agency
// is that of its place.
func (s *Service) Add(ctx context.Context, n NewUnit, from clock.Date, act string) (Unit, error) {
	if n.PlaceID != "" {
		p, err := s.places.Unit(ctx, n.PlaceID)
		if err != nil {
			return Unit{}, err
		}
		n.Level = p.Level
	}
	var made Unit
	err := s.change(ctx, func(ctx context.Context, tx *db.Tx, b *book) error {
		path := ""
		if p, ok := b.units[n.ParentID]; ok {
			path = p.Path
		}
		if err := may(ctx, path); err != nil {
			return err
		}
		u, err := b.add(n, from, clock.Date{}, act)
		if err != nil {
			return err
		}
		if err := s.finish(ctx, tx, b); err != nil {
			return err
		}
		made = *u
		return audit.Record(ctx, tx, audit.Entry{Action: "org.add", Object: "org.unit", ObjectID: string(u.ID), UnitID: string(u.ID), After: made,
			Detail: map[string]any{"name": u.Name, "from": from.String(), "act": act}})
	})
	return made, err
}

// Contact (liên hệ của đơn vị) is how citizens reach a unit.
type Contact struct {
	Phone   string
	Email   string
	Address string
}

// SetContact changes how a unit is reached.
func (s *Service) SetContact(ctx context.Context, id UnitID, c Contact) error {
	return s.change(ctx, func(ctx context.Context, tx *db.Tx, b *book) error {
		u, ok := b.units[id]
		if !ok {
			return unknown()
		}
		if err := may(ctx, u.Path); err != nil {
			return err
		}
		before := *u
		u.Phone, u.Email, u.Address = vntext.Clean(c.Phone), vntext.Clean(c.Email), vntext.Clean(c.Address)
		b.touch(id)
		if err := s.finish(ctx, tx, b); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "org.contact", Object: "org.unit", ObjectID: string(id), UnitID: string(id), Before: before, After: *u})
	})
}

// Merge lets units end and another take their place, and returns that one. The
// actor needs the permission for every unit that ends and for the receiving one.
func (s *Service) Merge(ctx context.Context, m Merge) (Unit, error) {
	needs := m.From
	if m.Into != "" {
		needs = append([]UnitID{m.Into}, m.From...)
	}
	if m.New != nil && m.New.ParentID != "" {
		needs = append([]UnitID{m.New.ParentID}, m.From...)
	}
	return s.succeed(ctx, "org.merge", m.SourceAct, m.From, needs, func(b *book) (*Unit, error) { return b.merge(m) })
}

// Rename lets a unit end and one with a new name begin, and returns that one.
func (s *Service) Rename(ctx context.Context, r Rename) (Unit, error) {
	r.Name, r.ShortName = vntext.Clean(r.Name), vntext.Clean(r.ShortName)
	return s.succeed(ctx, "org.rename", r.SourceAct, []UnitID{r.Unit}, []UnitID{r.Unit}, func(b *book) (*Unit, error) { return b.rename(r) })
}

// Split lets a unit end and several new ones begin, and returns the heir; Successors gives all.
func (s *Service) Split(ctx context.Context, p Split) (Unit, error) {
	return s.succeed(ctx, "org.split", p.SourceAct, []UnitID{p.From}, []UnitID{p.From}, func(b *book) (*Unit, error) {
		made, err := b.split(p)
		if err != nil {
			return nil, err
		}
		return made[p.Heir], nil
	})
}

// End lets a unit end with its divisions, with or without an heir, and returns it.
func (s *Service) End(ctx context.Context, e End) (Unit, error) {
	needs := []UnitID{e.Unit}
	if e.Heir != "" {
		needs = append(needs, e.Heir)
	}
	return s.succeed(ctx, "org.end", e.SourceAct, []UnitID{e.Unit}, needs, func(b *book) (*Unit, error) { return b.endUnit(e) })
}

// Move brings a unit with all below it under another one from a date on, and returns it. Grants follow the tree of
// today; what is asked for an earlier date is answered by the tree of then.
func (s *Service) Move(ctx context.Context, m Move) (Unit, error) {
	m.SourceAct, m.Done = vntext.Clean(m.SourceAct), false
	var result Unit
	err := s.change(ctx, func(ctx context.Context, tx *db.Tx, b *book) error {
		for _, id := range []UnitID{m.Unit, m.Parent} {
			u, ok := b.units[id]
			if !ok {
				return unknown()
			}
			if err := may(ctx, u.Path); err != nil {
				return err
			}
		}
		before := *b.units[m.Unit]
		u, err := b.move(m)
		if err != nil {
			return err
		}
		if err := s.finish(ctx, tx, b); err != nil {
			return err
		}
		result = *u
		return audit.Record(ctx, tx, audit.Entry{Action: "org.move", Object: "org.unit", ObjectID: string(u.ID), UnitID: string(u.ID), Before: before, After: result,
			Detail: map[string]any{"name": u.Name, "on": m.On.String(), "from": b.units[before.ParentID].Name, "to": b.units[m.Parent].Name, "act": m.SourceAct}})
	})
	return result, err
}

// succeed makes one change, audited once for each unit that it ends.
func (s *Service) succeed(ctx context.Context, action, act string, from, needs []UnitID, apply func(*book) (*Unit, error)) (Unit, error) {
	var result Unit
	err := s.change(ctx, func(ctx context.Context, tx *db.Tx, b *book) error {
		before := map[UnitID]Unit{}
		for _, id := range needs {
			u, ok := b.units[id]
			if !ok {
				return unknown()
			}
			if err := may(ctx, u.Path); err != nil {
				return err
			}
			before[id] = *u
		}
		made, err := apply(b)
		if err != nil {
			return err
		}
		if err := s.finish(ctx, tx, b); err != nil {
			return err
		}
		result = *made
		for _, id := range from {
			u := b.units[id]
			if err := audit.Record(ctx, tx, audit.Entry{Action: action, Object: "org.unit", ObjectID: string(id), UnitID: string(id), Before: before[id], After: u,
				Detail: map[string]any{"name": u.Name, "on": u.ValidTo.String(), "result": made.Name, "act": act}}); err != nil {
				return err
			}
		}
		return nil
	})
	return result, err
}

// Announce sends the events of ends that take effect by today, makes the moves of today and brings what stood
// below an ended unit under the one that follows. It is run at the start of each
// day; running it again does nothing.
func (s *Service) Announce(ctx context.Context) error {
	b, err := s.book(ctx)
	if err != nil {
		return err
	}
	due := len(b.tree.Due(s.today())) > 0
	for _, u := range b.units {
		due = due || !u.Announced && u.endedBy(s.today())
	}
	if !due {
		return nil
	}
	return s.change(ctx, func(ctx context.Context, tx *db.Tx, b *book) error { return s.finish(ctx, tx, b) })
}
