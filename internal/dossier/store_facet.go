package dossier

import (
	"context"
	"time"

	"lienthong/internal/kit/db"
)

// facets counts the steps of a worklist by procedure and kind of step.
func (store) facets(ctx context.Context, q db.Querier, wq WorkQuery, s scope, now time.Time) ([]Facet, error) {
	c := wq.clauses(s, now)
	var list []Facet
	err := q.Select(ctx, &list, `SELECT g.field, g.procedure_code, d.procedure_name, g.kind, g.n FROM (
		SELECT s.field, s.procedure_code, s.kind, MIN(s.id) AS one, COUNT(*) AS n`+wq.from()+c.SQL()+` GROUP BY s.field, s.procedure_code, s.kind) g
		JOIN dossier_step o ON o.id = g.one JOIN dossier_dossier d ON d.id = o.dossier_id ORDER BY g.n DESC, g.procedure_code, g.kind`, c.Args...)
	return list, err
}
