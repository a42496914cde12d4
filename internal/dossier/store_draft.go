package dossier

import (
	"context"
	"time"

	"lienthong/internal/kit/db"
)

const draftColumns = `id, resume_code, account_id, version_id, procedure_code, procedure_name, filing, step, created_at, updated_at, version`

func (store) insertDraft(ctx context.Context, tx *db.Tx, d *Draft) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO dossier_draft (`+draftColumns+`) VALUES (:id, :resume_code, :account_id,
		:version_id, :procedure_code, :procedure_name, :filing, :step, :created_at, :updated_at, :version)`, d)
	return err
}

func (store) draft(ctx context.Context, q db.Querier, code string) (*Draft, error) {
	var d Draft
	err := q.Get(ctx, &d, `SELECT `+draftColumns+` FROM dossier_draft WHERE resume_code = ?`, code)
	return &d, err
}

func (store) drafts(ctx context.Context, q db.Querier, account string, since time.Time) ([]Draft, error) {
	var ds []Draft
	err := q.Select(ctx, &ds, `SELECT `+draftColumns+` FROM dossier_draft WHERE account_id = ? AND updated_at >= ?
		ORDER BY updated_at DESC LIMIT 100`, account, since)
	return ds, err
}

func (store) saveDraft(ctx context.Context, tx *db.Tx, d *Draft) (int64, error) {
	return tx.NamedExec(ctx, `UPDATE dossier_draft SET filing = :filing, step = :step, updated_at = :updated_at,
		version = version + 1 WHERE id = :id AND version = :version`, d)
}

func (store) adoptDraft(ctx context.Context, tx *db.Tx, d *Draft) (int64, error) {
	return tx.Exec(ctx, `UPDATE dossier_draft SET account_id = ? WHERE id = ? AND account_id IN ('', ?)`, d.AccountID, d.ID, d.AccountID)
}

func (store) deleteDraft(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM dossier_draft WHERE id = ?`, id)
	return err
}

func (store) oldDrafts(ctx context.Context, q db.Querier, before time.Time) ([]string, error) {
	var ids []string
	err := q.Select(ctx, &ids, `SELECT id FROM dossier_draft WHERE updated_at < ? ORDER BY updated_at LIMIT 500`, before)
	return ids, err
}
