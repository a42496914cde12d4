package dossier

import (
	"context"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Overview returns how the work stands in the units in which the actor may assign
// it. Worklist with Watch lists the steps behind each number.
func (s *Service) Overview(ctx context.Context) (*Overview, error) {
	who := actor.From(ctx)
	grants := who.Having(PermAssign)
	if len(grants) == 0 {
		return nil, fault.NewForbidden(i18n.M("Tài khoản này không có quyền xem tình hình của đơn vị."))
	}
	o := &Overview{At: s.Clock.Now()}
	var err error
	if o.Units, err = s.store.loads(ctx, s.DB, scopeFor(who, WorkQuery{Watch: true}), o.At); err != nil {
		return nil, err
	}
	o.Weeks, err = s.store.weeks(ctx, s.DB, weeksTo(clock.DateOf(o.At), overviewWeeks), grants)
	return o, err
}
