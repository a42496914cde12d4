package procedure

import (
	"context"
	"fmt"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Succeed makes a spec the version of its procedure that holds from a day on: the version of that day ends there, or is
// replaced when it began on it; later versions stay, and the new one ends where the next begins. Dossiers keep the
// version they began with. Doing it twice changes nothing the second time. Permission: procedure.manage.
// Errors: NotFound for a procedure nobody loaded, Invalid, Forbidden.
func (s *Service) Succeed(ctx context.Context, spec *Spec, from clock.Date) error {
	if !actor.From(ctx).CanSomewhere(PermManage) {
		return fault.NewForbidden(i18n.Msg{})
	}
	ids, err := selectLiveIDs(ctx, s.db, spec.Code)
	if err != nil {
		return fmt.Errorf("versions of procedure %s: %w", spec.Code, err)
	}
	if len(ids) == 0 {
		return notFound()
	}
	next := *spec
	next.ValidFrom, next.ValidTo = from, clock.Date{}
	var specs []*Spec
	placed := false
	for _, id := range ids {
		v, err := s.Version(ctx, id)
		if err != nil {
			return err
		}
		old := *v.Spec
		switch {
		case old.ValidFrom.Before(from):
			if old.ValidTo.IsZero() || old.ValidTo.After(from) {
				next.ValidTo, old.ValidTo = old.ValidTo, from
			}
			specs = append(specs, &old)
			continue
		case old.ValidFrom == from:
			next.ValidTo = old.ValidTo
		case next.ValidTo.IsZero() || next.ValidTo.After(old.ValidFrom):
			next.ValidTo = old.ValidFrom
		}
		if !placed {
			specs, placed = append(specs, &next), true
		}
		if old.ValidFrom != from {
			specs = append(specs, &old)
		}
	}
	if !placed {
		specs = append(specs, &next)
	}
	if err := next.Validate(); err != nil {
		return err
	}
	report := FileReport{Code: spec.Code}
	return s.take(ctx, specs, &report)
}
