package audit

import (
	"context"
	"strings"

	"lienthong/internal/kit/db"
)

// list returns up to one entry more than asked for; units is nil for all of them.
func list(ctx context.Context, q db.Querier, query Query, units []string, from *place) ([]Row, error) {
	where := []string{"1 = 1"}
	var args []any
	add := func(condition string, values ...any) {
		where = append(where, condition)
		args = append(args, values...)
	}
	for _, f := range []struct{ column, value string }{
		{"object", query.Object}, {"object_id", query.ObjectID}, {"actor_id", query.ActorID}, {"action", query.Action}, {"unit_id", query.UnitID},
	} {
		if f.value != "" {
			add(f.column+" = ?", f.value)
		}
	}
	if !query.From.IsZero() {
		add("at >= ?", query.From)
	}
	if !query.To.IsZero() {
		add("at < ?", query.To)
	}
	if query.Objects != nil {
		add("object_id IN (?)", query.Objects)
	}
	if units != nil {
		add("unit_id IN (?)", units)
	}
	if from != nil {
		add("(at, lane, seq) < (?, ?, ?)", from.At, from.Lane, from.Seq)
	}
	sql, args, err := db.In(`SELECT `+columns+` FROM audit_entry WHERE `+strings.Join(where, " AND ")+` ORDER BY at DESC, lane DESC, seq DESC LIMIT ?`,
		append(args, query.Limit+1)...)
	if err != nil {
		return nil, err
	}
	rows := []Row{}
	err = q.Select(ctx, &rows, sql, args...)
	return rows, err
}
