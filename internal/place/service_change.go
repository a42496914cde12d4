package place

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
)

func allowed(ctx context.Context) error {
	if !actor.From(ctx).CanSomewhere(PermManage) {
		return fault.NewForbidden(i18n.M("Tài khoản này không có quyền thay đổi danh mục đơn vị hành chính."))
	}
	return nil
}

// change runs fn on a book of its own within one transaction, and writes what fn did to it.
func (s *Service) change(ctx context.Context, fn func(context.Context, *db.Tx, *book) error) error {
	return s.cache.Change(ctx, s.db, func(tx *db.Tx, b *book) error {
		return fn(event.WithClock(audit.WithClock(ctx, s.clock), s.clock), tx, b)
	})
}

// finish settles a changed book, writes it and announces ends that have taken effect.
func (s *Service) finish(ctx context.Context, tx *db.Tx, b *book) error {
	ended := b.settle(s.today())
	if err := s.store.save(ctx, tx, b); err != nil {
		return err
	}
	for _, u := range ended {
		if err := event.Publish(ctx, tx, EventUnitEnded, b.endedEvent(u)); err != nil {
			return fmt.Errorf("announce the end of place %s: %w", u.ID, err)
		}
	}
	return nil
}

// Add enters a new unit, valid from a date on. It announces place.unit_added.
func (s *Service) Add(ctx context.Context, n NewUnit, from clock.Date, act string) (Unit, error) {
	if err := allowed(ctx); err != nil {
		return Unit{}, err
	}
	var made Unit
	err := s.change(ctx, func(ctx context.Context, tx *db.Tx, b *book) error {
		u, err := b.add(n, from, act, Verified)
		if err != nil {
			return err
		}
		made = *u
		if err := s.finish(ctx, tx, b); err != nil {
			return err
		}
		if err := event.Publish(ctx, tx, EventUnitAdded, UnitAdded{u.ID, from}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "place.add", Object: "place.unit", ObjectID: string(u.ID), After: made, Detail: map[string]any{"name": u.FullName(), "act": act}})
	})
	return made, err
}

// Merge lets units end and another take their place, and returns that one.
func (s *Service) Merge(ctx context.Context, m Merge) (Unit, error) {
	return s.succeed(ctx, "place.merge", m.SourceAct, m.From, func(b *book) ([]*Unit, error) {
		u, err := b.merge(m)
		return []*Unit{u}, err
	})
}

// Rename lets a unit end and one with a new name or kind begin, and returns that one.
func (s *Service) Rename(ctx context.Context, r Rename) (Unit, error) {
	return s.succeed(ctx, "place.rename", r.SourceAct, []UnitID{r.Unit}, func(b *book) ([]*Unit, error) {
		u, err := b.rename(r)
		return []*Unit{u}, err
	})
}

// Split lets a unit end and several new ones begin, and returns the heir; Successors gives all.
func (s *Service) Split(ctx context.Context, p Split) (Unit, error) {
	return s.succeed(ctx, "place.split", p.SourceAct, []UnitID{p.From}, func(b *book) ([]*Unit, error) {
		parts, err := b.split(p)
		if err != nil {
			return nil, err
		}
		parts[0], parts[p.Heir] = parts[p.Heir], parts[0]
		return parts, nil
	})
}

// Abolish lets a unit end without a successor, and returns it.
func (s *Service) Abolish(ctx context.Context, a Abolition) (Unit, error) {
	return s.succeed(ctx, "place.abolish", a.SourceAct, []UnitID{a.Unit}, func(b *book) ([]*Unit, error) {
		u, err := b.abolish(a)
		return []*Unit{u}, err
	})
}

// succeed makes one change, audited once for each unit that it ends.
func (s *Service) succeed(ctx context.Context, action, act string, from []UnitID, apply func(*book) ([]*Unit, error)) (Unit, error) {
	if err := allowed(ctx); err != nil {
		return Unit{}, err
	}
	var result Unit
	err := s.change(ctx, func(ctx context.Context, tx *db.Tx, b *book) error {
		before := map[UnitID]Unit{}
		for _, id := range from {
			if u, ok := b.units[id]; ok {
				before[id] = *u
			}
		}
		made, err := apply(b)
		if err != nil {
			return err
		}
		if err := s.finish(ctx, tx, b); err != nil {
			return err
		}
		result = *made[0]
		names := make([]string, len(made))
		for i, u := range made {
			names[i] = u.FullName()
		}
		for _, id := range from {
			err := audit.Record(ctx, tx, audit.Entry{Action: action, Object: "place.unit", ObjectID: string(id), Before: before[id], After: b.units[id],
				Detail: map[string]any{"name": b.units[id].FullName(), "on": b.units[id].ValidTo.String(), "result": names, "act": act}})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return result, err
}

// AddCode gives a unit a code of a scheme, valid from a date on. The code of that
// scheme which the unit had before ends on the same date.
func (s *Service) AddCode(ctx context.Context, unit UnitID, scheme, code string, from clock.Date) error {
	if err := allowed(ctx); err != nil {
		return err
	}
	return s.change(ctx, func(ctx context.Context, tx *db.Tx, b *book) error {
		u, ok := b.units[unit]
		if !ok {
			return unknown()
		}
		before := append([]Code(nil), b.codes[unit]...)
		if err := b.recode(u, scheme, code, from); err != nil {
			return err
		}
		if err := s.store.save(ctx, tx, b); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "place.code", Object: "place.unit", ObjectID: string(unit), Before: before, After: b.codes[unit],
			Detail: map[string]any{"name": u.FullName(), "scheme": scheme, "code": code, "from": from.String()}})
	})
}

// Announce sends the events of ends that take effect by today and brings what lay
// in an ended unit under the one that follows. It is run at the start of each day;
// running it again does nothing.
func (s *Service) Announce(ctx context.Context) error {
	b, err := s.book(ctx)
	if err != nil {
		return err
	}
	due := false
	for _, u := range b.units {
		due = due || !u.Announced && u.endedBy(s.today())
	}
	if !due {
		return nil
	}
	return s.change(ctx, func(ctx context.Context, tx *db.Tx, b *book) error { return s.finish(ctx, tx, b) })
}
