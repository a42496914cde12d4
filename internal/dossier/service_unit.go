package dossier

import (
	"context"
	"errors"
	"fmt"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/fault"
	"lienthong/internal/org"
)

// OnUnitEnded is the subscriber of org.unit_ended. Delivered again, it changes nothing more.
func (s *Service) OnUnitEnded(ctx context.Context, e event.Event) error {
	var told org.UnitEnded
	if err := e.Decode(&told); err != nil {
		return err
	}
	ended, err := s.Units.Unit(ctx, told.UnitID)
	if err != nil {
		return err
	}
	if told.Heir == "" {
		return s.followPaths(ctx, ended) // nobody takes over; the work stays visible where it is
	}
	links, err := s.Units.Links(ctx, told.UnitID)
	if err != nil {
		return err
	}
	source := ""
	for _, l := range links {
		if l.To == told.Heir {
			source = l.SourceAct
		}
	}
	_, err = s.UnitEnded(ctx, ended, told.On, source)
	return err
}

// OnUnitMoved is the subscriber of org.unit_moved: the work stays with the unit, and who may see and do it follows
// the tree. Delivered again, it changes nothing more.
func (s *Service) OnUnitMoved(ctx context.Context, e event.Event) error {
	var told org.UnitMoved
	if err := e.Decode(&told); err != nil {
		return err
	}
	return s.followPaths(ctx, org.Unit{ID: told.UnitID, Path: told.OldPath})
}

// UnitEnded moves the open work of a unit that was merged, split, renamed or
// abolished to its successor. What was done before keeps the old name.
func (s *Service) UnitEnded(ctx context.Context, ended org.Unit, on clock.Date, source string) (int, error) {
	if err := s.followPaths(ctx, ended); err != nil {
		return 0, err
	}
	ids, err := s.store.openAt(ctx, s.DB, ended.ID)
	if err != nil {
		return 0, err
	}
	n, errs := 0, []error(nil)
	for _, d := range ids {
		_, err := s.act(ctx, d, ActMoveToSuccessor, func(w *work) error { return w.move(ended, on, source) })
		switch {
		case err == nil:
			n++
		case fault.KindOf(err) != fault.Conflict: // one dossier in trouble must not hold up the others
			errs = append(errs, fmt.Errorf("move dossier %s: %w", d, err))
		}
	}
	return n, errors.Join(errs...)
}

// followPaths brings the paths that steps keep, by which people may see and do them,
// in line with the organisation: units that stood below an ended one stand elsewhere
// now and keep their work; what an ended unit did is open to its successor.
func (s *Service) followPaths(ctx context.Context, ended org.Unit) error {
	places, err := s.store.placesBelow(ctx, s.DB, ended.Path)
	if err != nil {
		return err
	}
	for _, p := range places {
		u, err := s.current(ctx, p.UnitID)
		if fault.KindOf(err) == fault.NotFound && err != nil { // ended without a successor
			u, err = s.Units.Unit(ctx, p.UnitID)
		}
		if err != nil {
			return err
		}
		if u.Path == p.UnitPath {
			continue
		}
		err = s.DB.Tx(ctx, func(tx *db.Tx) error { return s.store.followPath(ctx, tx, p, u.Path) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *work) move(ended org.Unit, on clock.Date, source string) error {
	heir, err := w.Units.Successor(w.ctx, ended.ID, on)
	if err != nil {
		return err
	}
	for i := range w.parts {
		if p := &w.parts[i]; p.UnitID == ended.ID {
			p.UnitID = heir.ID
			if err := w.store.savePart(w.ctx, w.tx, p); err != nil {
				return err
			}
		}
	}
	for i := range w.steps {
		st := &w.steps[i]
		if !st.Open() || st.UnitID != ended.ID && st.AgencyID != ended.ID {
			continue
		}
		if err := w.moveStep(st, ended, heir); err != nil {
			return err
		}
	}
	for _, u := range []*org.UnitID{&w.d.ReceiverID, &w.d.HandlerID} {
		if *u == ended.ID {
			*u = heir.ID
		}
	}
	return w.note(ActMoveToSuccessor, ended, nil, ended.IsAgency, "", detail{To: heir.Name, Source: source})
}

// moveStep puts an open step at the same place in the successor. Nobody there has it yet.
func (w *work) moveStep(st *Step, ended, heir org.Unit) error {
	unit, agency := heir, heir
	if heir.IsAgency {
		if step, ok := w.spec.Process.Step(st.Key); ok && st.AgencyID == ended.ID {
			var err error
			if unit, err = w.place(w.ctx, heir, step); err != nil {
				return err
			}
		}
	} else {
		var err error
		if agency, err = w.Units.AgencyOf(w.ctx, heir.ID, clock.Date{}); err != nil {
			return err
		}
	}
	st.AgencyID, st.UnitID, st.UnitPath, st.UnitName = agency.ID, unit.ID, unit.Path, unit.Name
	st.State, st.AssigneeID, st.AssigneeName, st.ClaimedAt = StepReady, "", "", nil
	return w.store.moveStep(w.ctx, w.tx, st)
}
