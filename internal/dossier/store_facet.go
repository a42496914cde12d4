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
	err := q.Select(ctx, &list, `SELECT d.field, d.procedure_code, MIN(d.procedure_name) AS procedure_name, s.kind, COUNT(*) AS n`+
		workFrom+c.sql()+` GROUP BY d.field, d.procedure_code, s.kind ORDER BY COUNT(*) DESC, d.procedure_code, s.kind`, c.args...)
	return list, err
}
