package dossier

import (
	"context"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
)

func (store) figures(ctx context.Context, q db.Querier, today, month time.Time) (Figures, error) {
	var f Figures
	err := q.Get(ctx, &f, `SELECT COUNT(*) FILTER (WHERE filed_at >= ?) AS received_today, COUNT(*) FILTER (WHERE status IN (2, 4, 5, 6)) AS open,
		COUNT(*) FILTER (WHERE status IN (9, 10) AND finished_at >= ?) AS finished,
		COUNT(*) FILTER (WHERE status IN (9, 10) AND finished_at >= ? AND finished_at <= due_at) AS on_time FROM dossier_dossier`, today, month, month)
	return f, err
}

func (s store) lastOf(ctx context.Context, q db.Querier, personalID string, grants []actor.Grant) (*Dossier, error) {
	within, args := reach("s.unit_path", grants)
	return s.one(ctx, q, `owner_personal_id = ? AND EXISTS (SELECT 1 FROM dossier_step s WHERE s.dossier_id = dossier_dossier.id AND `+within+`)
		ORDER BY filed_at DESC LIMIT 1`, append([]any{personalID}, args...)...)
}
