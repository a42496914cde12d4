package setting

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// store reads and writes the tables of the room.
type store struct{}

const draftColumns = `id, kind, thing, title, base, text, before, state, revision, valid_from, source_act, author_id, author,
	decided_by_id, decided_by, undoes, created_at, changed_at, applied_at`

func (store) insert(ctx context.Context, tx *db.Tx, d *Draft) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO setting_draft (`+draftColumns+`)
		VALUES (:id, :kind, :thing, :title, :base, :text, :before, :state, :revision, :valid_from, :source_act, :author_id, :author,
			:decided_by_id, :decided_by, :undoes, :created_at, :changed_at, :applied_at)`, d)
	if err != nil {
		return fmt.Errorf("insert draft: %w", err)
	}
	return nil
}

// update writes a draft that still has the revision before the one it carries; Conflict when somebody was quicker.
func (store) update(ctx context.Context, tx *db.Tx, d *Draft) error {
	n, err := tx.NamedExec(ctx, `UPDATE setting_draft SET title = :title, base = :base, text = :text, before = :before, state = :state,
			revision = :revision, valid_from = :valid_from, source_act = :source_act, decided_by_id = :decided_by_id,
			decided_by = :decided_by, changed_at = :changed_at, applied_at = :applied_at
		WHERE id = :id AND revision = :revision - 1`, d)
	if err != nil {
		return fmt.Errorf("update draft %s: %w", d.ID, err)
	}
	if n == 0 {
		return d.at(-1)
	}
	return nil
}

// draft returns one draft; NotFound when there is none.
func (store) draft(ctx context.Context, q db.Querier, id DraftID) (*Draft, error) {
	var d Draft
	err := q.Get(ctx, &d, `SELECT `+draftColumns+` FROM setting_draft WHERE id = ?`, id)
	if errors.Is(err, db.ErrNoRows) {
		return nil, fault.NewNotFound(i18n.M("Không tìm thấy bản thảo này. Có thể đường dẫn đã cũ.")).Wrap(err)
	}
	if err != nil {
		return nil, fmt.Errorf("read draft %s: %w", id, err)
	}
	return &d, nil
}

// list returns drafts, the latest first. IDs sort by time.
func (store) list(ctx context.Context, q db.Querier, want DraftQuery) ([]Draft, error) {
	if len(want.kinds) == 0 {
		return nil, nil
	}
	where, args := `kind IN (?)`, []any{want.kinds}
	if want.Thing != "" {
		where, args = where+` AND thing = ?`, append(args, want.Thing)
	}
	if want.Waiting {
		where += ` AND state IN ('draft', 'proposed', 'returned', 'approved', 'applying', 'stale')`
	}
	if want.Past {
		where += ` AND state IN ('in_force', 'superseded', 'undone')`
	}
	if want.Before != "" {
		where, args = where+` AND id < ?`, append(args, want.Before)
	}
	query, args, err := db.In(`SELECT `+draftColumns+` FROM setting_draft WHERE `+where+` ORDER BY id DESC LIMIT ?`, append(args, want.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("list drafts: %w", err)
	}
	var drafts []Draft
	err = q.Select(ctx, &drafts, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list drafts: %w", err)
	}
	return drafts, nil
}

// due returns the ids of the approved drafts whose day has come, in the order to apply them.
func (store) due(ctx context.Context, q db.Querier, on clock.Date) ([]DraftID, error) {
	var ids []DraftID
	err := q.Select(ctx, &ids, `SELECT id FROM setting_draft WHERE state IN ('approved', 'applying') AND valid_from <= ? ORDER BY valid_from, changed_at, id`, on)
	if err != nil {
		return nil, fmt.Errorf("list due drafts: %w", err)
	}
	return ids, nil
}

// replace marks the draft in force of a thing as superseded, or as undone when undoes names it.
func (store) replace(ctx context.Context, tx *db.Tx, by *Draft, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE setting_draft SET state = CASE WHEN id = ? THEN 'undone' ELSE 'superseded' END, revision = revision + 1, changed_at = ?
		WHERE kind = ? AND thing = ? AND state = 'in_force' AND id <> ?`, by.Undoes, now, by.Kind, by.Thing, by.ID)
	if err != nil {
		return fmt.Errorf("supersede drafts of %s %s: %w", by.Kind, by.Thing, err)
	}
	return nil
}

func (store) addAct(ctx context.Context, tx *db.Tx, a Act) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO setting_act (id, draft_id, act, at, who_id, who, note)
		VALUES (:id, :draft_id, :act, :at, :who_id, :who, :note)`, a)
	if err != nil {
		return fmt.Errorf("insert act: %w", err)
	}
	return nil
}

// acts returns what was done with a draft, in the order of time.
func (store) acts(ctx context.Context, q db.Querier, id DraftID) ([]Act, error) {
	var acts []Act
	if err := q.Select(ctx, &acts, `SELECT id, draft_id, act, at, who_id, who, note FROM setting_act WHERE draft_id = ? ORDER BY id`, id); err != nil {
		return nil, fmt.Errorf("list acts of draft %s: %w", id, err)
	}
	return acts, nil
}
