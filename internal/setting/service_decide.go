package setting

import (
	"context"
	"errors"
	"fmt"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// decider returns a draft on which the actor may decide: never the author, nor the one who proposed it last.
func (s *Service) decider(ctx context.Context, draft DraftID) (*Draft, Kind, error) {
	d, k, err := s.Draft(ctx, draft)
	if err != nil {
		return nil, nil, err
	}
	ok, err := s.may(ctx, PermApprove, k)
	switch {
	case err != nil:
		return nil, nil, err
	case !ok:
		return nil, nil, forbidden()
	case d.AuthorID == actor.From(ctx).ID:
		return nil, nil, fault.NewForbidden(i18n.M("Người soạn không tự duyệt được. Hãy nhờ người khác có quyền duyệt."))
	}
	return d, k, nil
}

// Approve lets a proposed draft come into force on its day, at once when the day has come. Who edited or proposed it may
// not approve it. Permission: setting.approve and that of the kind. Errors: Forbidden, Conflict, Invalid when the day has passed.
func (s *Service) Approve(ctx context.Context, draft DraftID, revision int64, note string) (*Draft, error) {
	d, k, err := s.decider(ctx, draft)
	if err != nil {
		return nil, err
	}
	acts, err := s.store.acts(ctx, s.db, draft)
	if err != nil {
		return nil, err
	}
	a := actor.From(ctx)
	if handled(acts, a) {
		return nil, fault.NewForbidden(i18n.M("Người đã sửa hoặc đề nghị bản thảo này không tự duyệt được. Hãy nhờ người khác có quyền duyệt."))
	}
	if d.ValidFrom.Before(clock.Today(s.clock)) {
		return nil, fault.NewConflict(i18n.M("Ngày áp dụng %s đã qua. Hãy trả lại để người soạn chọn ngày khác.", d.ValidFrom.Display()))
	}
	if err := s.fresh(ctx, k, d); err != nil {
		return nil, err
	}
	d, err = s.change(ctx, draft, moveApprove.act, note, func(d *Draft) error {
		if err := d.at(revision); err != nil {
			return err
		}
		d.DecidedBy, d.DecidedByID = a.Name, a.ID
		return d.make(moveApprove)
	})
	if err != nil {
		return nil, err
	}
	if !d.ValidFrom.After(clock.Today(s.clock)) {
		if err := s.applyOne(ctx, draft); err != nil {
			return nil, err
		}
	}
	d, _, err = s.Draft(ctx, draft)
	return d, err
}

// handled reports whether the actor had a hand in the text of a draft.
func handled(acts []Act, a actor.Actor) bool {
	for _, x := range acts {
		if x.WhoID == a.ID && (x.Act == "save" || x.Act == "start" || x.Act == "propose" || x.Act == "rebase") {
			return true
		}
	}
	return false
}

// Return sends a proposed draft back to its author with the reason.
func (s *Service) Return(ctx context.Context, draft DraftID, revision int64, note string) (*Draft, error) {
	if _, _, err := s.decider(ctx, draft); err != nil {
		return nil, err
	}
	if note == "" {
		return nil, fault.NewInvalid("note", i18n.M("Hãy ghi lý do trả lại để người soạn biết cần sửa gì."))
	}
	return s.change(ctx, draft, moveReturn.act, note, func(d *Draft) error {
		if err := d.at(revision); err != nil {
			return err
		}
		return d.make(moveReturn)
	})
}

// ApplyDue brings the approved drafts whose day has come into force, and goes on with what a crash left half done. A
// draft that cannot be applied does not stop the others. A timer calls it.
func (s *Service) ApplyDue(ctx context.Context) error {
	ids, err := s.store.due(ctx, s.db, clock.Today(s.clock))
	if err != nil {
		return err
	}
	var errs []error
	for _, d := range ids {
		errs = append(errs, s.applyOne(ctx, d))
	}
	return errors.Join(errs...)
}

// applyOne applies one approved draft in three steps, each of which can be done again: the draft is marked with what
// holds now, the room that owns the thing takes the text over, the draft is marked as in force. The person who approved
// stands in the draft; the room that owns the thing sees the program act.
func (s *Service) applyOne(ctx context.Context, draft DraftID) error {
	ctx = actor.With(ctx, actor.SystemActor)
	d, err := s.store.draft(ctx, s.db, draft)
	if err != nil {
		return err
	}
	k, err := s.kind(d.Kind)
	if err != nil {
		return err
	}
	if d.State == StateApproved {
		now, err := k.Export(ctx, d.Thing)
		if err != nil {
			return err
		}
		if now != d.Base {
			_, err := s.change(ctx, draft, moveStale.act, "", func(d *Draft) error { return d.make(moveStale) })
			return err
		}
		if err := s.mark(ctx, d, now); err != nil {
			return err
		}
	}
	if err := k.Apply(ctx, d.Thing, d.Base, d.Text, d.ValidFrom); err != nil {
		return fmt.Errorf("apply draft %s: %w", d.ID, err)
	}
	return s.finish(ctx, draft)
}

// mark writes that the draft is being applied and what held before.
func (s *Service) mark(ctx context.Context, d *Draft, before string) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		d.State, d.Before, d.Revision = StateApplying, before, d.Revision+1
		return s.store.update(ctx, tx, d)
	})
}

// finish writes that a draft is in force, and that what was before it is not any more.
func (s *Service) finish(ctx context.Context, draft DraftID) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		d, err := s.store.draft(ctx, tx, draft)
		if err != nil {
			return err
		}
		before, now := *d, s.clock.Now()
		if err := d.make(moveApply); err != nil {
			return err
		}
		d.AppliedAt, d.ChangedAt, d.Revision = &now, now, d.Revision+1
		if err := s.store.replace(ctx, tx, d, now); err != nil {
			return err
		}
		if err := s.store.update(ctx, tx, d); err != nil {
			return err
		}
		return s.note(ctx, tx, d, moveApply.act, "", before)
	})
}

// Undo proposes to go back to what held before a draft that is in force: a new draft with the old text for today, which
// another person approves. Errors: Conflict when the draft is not in force.
func (s *Service) Undo(ctx context.Context, draft DraftID, reason string) (*Draft, error) {
	old, k, err := s.own(ctx, draft)
	if err != nil {
		return nil, err
	}
	if reason == "" {
		return nil, fault.NewInvalid("note", i18n.M("Hãy ghi lý do hoàn tác."))
	}
	if old.State != StateInForce {
		return nil, fault.NewConflict(i18n.M("Chỉ hoàn tác được thay đổi đang áp dụng. Với bản cũ hơn, hãy dùng “Soạn bản mới theo bản này”."))
	}
	d, err := s.again(ctx, k, old, old.Before, reason)
	if err != nil {
		return nil, err
	}
	return s.Propose(ctx, d.ID, Proposal{Revision: d.Revision, ValidFrom: clock.Today(s.clock), SourceAct: reason, Note: reason})
}

// Restore begins a draft with the text of one that held once.
func (s *Service) Restore(ctx context.Context, draft DraftID) (*Draft, error) {
	old, k, err := s.own(ctx, draft)
	if err != nil {
		return nil, err
	}
	if !old.State.Past() {
		return nil, fault.NewConflict(i18n.M("Chỉ khôi phục được bản đã từng áp dụng."))
	}
	return s.again(ctx, k, old, old.Text, "")
}

// again begins a draft of the same thing with an older text.
func (s *Service) again(ctx context.Context, k Kind, old *Draft, text, note string) (*Draft, error) {
	now, err := k.Export(ctx, old.Thing)
	if err != nil {
		return nil, err
	}
	d := &Draft{Kind: old.Kind, Thing: old.Thing, Title: old.Title, Base: now, Text: text, State: StateDraft}
	if note != "" {
		d.Undoes = old.ID
	}
	return d, s.begin(ctx, d, note)
}

// Rebase takes what holds now as the base of a draft, with a text in which both changes are brought together.
func (s *Service) Rebase(ctx context.Context, draft DraftID, revision int64, text string) (*Draft, error) {
	d, k, err := s.own(ctx, draft)
	if err != nil {
		return nil, err
	}
	now, err := k.Export(ctx, d.Thing)
	if err != nil {
		return nil, err
	}
	return s.change(ctx, draft, moveRebase.act, "", func(d *Draft) error {
		if err := d.at(revision); err != nil {
			return err
		}
		d.Base, d.Text = now, text
		return d.make(moveRebase)
	})
}

// Overtaken compares a draft with what it began from and with what holds now.
func (s *Service) Overtaken(ctx context.Context, draft DraftID) (*Draft, []Hunk, error) {
	d, k, err := s.Draft(ctx, draft)
	if err != nil {
		return nil, nil, err
	}
	now, err := k.Export(ctx, d.Thing)
	if err != nil {
		return nil, nil, err
	}
	return d, Merge(d.Base, now, d.Text), nil
}
