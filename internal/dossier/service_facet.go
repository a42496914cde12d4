package dossier

import (
	"context"

	"lienthong/internal/kit/actor"
)

// Facet (nhóm việc) is how many steps of the worklist are of one procedure and one kind of step.
type Facet struct {
	Field         string `db:"field"`
	Procedure     string `db:"procedure_code"`
	ProcedureName string `db:"procedure_name"`
	Kind          string `db:"kind"`
	Count         int    `db:"n"`
}

// Facets returns what the actor's worklist holds, for its filters. Cursor and limit of the query do not count.
func (s *Service) Facets(ctx context.Context, q WorkQuery) ([]Facet, error) {
	return s.store.facets(ctx, s.DB, q, scopeFor(actor.From(ctx), q), s.Clock.Now())
}
