package audit

import (
	"context"
	"fmt"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// List returns entries about the units that the reader's grants of audit.read
// cover, the latest first. Entries without a unit are for readers of all units.
func (s *Service) List(ctx context.Context, q Query) (Page, error) {
	units, all, err := s.scope(ctx)
	if err != nil {
		return Page{}, err
	}
	if q.Limit <= 0 {
		q.Limit = 50
	}
	q.Limit = min(q.Limit, 500)
	var from *place
	if q.After != "" {
		p, err := parsePlace(q.After)
		if err != nil {
			return Page{}, err
		}
		from = &p
	}
	if !all && len(units) == 0 {
		return Page{Rows: []Row{}}, nil
	}
	if all {
		units = nil
	}
	rows, err := list(ctx, s.db, q, units, from)
	if err != nil {
		return Page{}, fmt.Errorf("list the audit record: %w", err)
	}
	page := Page{Rows: rows}
	if len(rows) > q.Limit {
		page.Rows = rows[:q.Limit]
		last := page.Rows[q.Limit-1]
		page.Next = place{last.At, last.Lane, last.Seq}.String()
	}
	return page, nil
}

// scope returns the units whose entries the reader may see.
func (s *Service) scope(ctx context.Context) (units []string, all bool, err error) {
	a := actor.From(ctx)
	if a.Kind == actor.System {
		return nil, true, nil
	}
	grants := a.Having(PermRead)
	if len(grants) == 0 {
		return nil, false, fault.NewForbidden(i18n.M("Tài khoản này không có quyền xem nhật ký."))
	}
	if s.units != nil {
		units, all, err = s.units.Covered(ctx, grants)
		if err != nil {
			return nil, false, fmt.Errorf("units of the reader: %w", err)
		}
		return units, all, nil
	}
	for _, g := range grants {
		units = append(units, g.UnitID)
	}
	return units, false, nil
}
