package dossier

import (
	"context"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
)

// loads counts the open steps of each unit by the boxes of the worklist.
func (store) loads(ctx context.Context, q db.Querier, s scope, now time.Time) ([]Load, error) {
	columns := []string{"s.unit_id", "MIN(s.unit_name) AS unit_name", "MIN(p.unit_name) AS agency_name"}
	var args []any
	for _, b := range []Box{BoxLate, BoxToday, BoxSoon, BoxSupplement, BoxObligation} {
		var c clauses
		c.box(b, s.account, now)
		columns = append(columns, `COUNT(*) FILTER (WHERE `+c.SQL()+`) AS `+string(b))
		args = append(args, c.Args...)
	}
	within := s.clauses(BoxToDo)
	var rows []struct {
		Load
		Open int `db:"open"`
	}
	err := q.Select(ctx, &rows, `SELECT `+strings.Join(columns, ", ")+`, COUNT(*) AS open FROM dossier_step s JOIN dossier_part p ON p.id = s.part_id WHERE `+within.SQL()+
		` GROUP BY s.unit_id ORDER BY late DESC, soon DESC, open DESC, s.unit_id`, append(args, within.Args...)...)
	units := make([]Load, len(rows))
	for i, r := range rows {
		units[i] = r.Load
		units[i].Later = r.Open - r.Late - r.Soon - r.Waiting()
	}
	return units, err
}

// weekCount is how many dossiers belong to the week with an index.
type weekCount struct {
	Week   int `db:"week"`
	N      int `db:"n"`
	OnTime int `db:"on_time"`
}

// weeks fills in what was filed and finished with a step at a unit that the grants cover.
func (store) weeks(ctx context.Context, q db.Querier, weeks []Week, grants []actor.Grant) ([]Week, error) {
	per := func(column, condition string) ([]weekCount, error) {
		within, reached := reach("s.unit_path", grants)
		var args []any
		index := "CASE"
		for i := len(weeks) - 1; i > 0; i-- {
			index += ` WHEN d.` + column + ` >= ? THEN ` + strconv.Itoa(i)
			args = append(args, weeks[i].From.At(0, 0))
		}
		args = append(args, weeks[0].From.At(0, 0))
		var counts []weekCount
		err := q.Select(ctx, &counts, `SELECT `+index+` ELSE 0 END AS week, COUNT(*) AS n, COUNT(*) FILTER (WHERE d.finished_at <= d.due_at) AS on_time
			FROM dossier_dossier d WHERE d.`+column+` >= ?`+condition+`
			AND EXISTS (SELECT 1 FROM dossier_step s WHERE s.dossier_id = d.id AND `+within+`) GROUP BY 1`, append(args, reached...)...)
		return counts, err
	}
	filed, err := per("filed_at", "")
	if err != nil {
		return nil, err
	}
	finished, err := per("finished_at", " AND d.status IN (9, 10)")
	if err != nil {
		return nil, err
	}
	for _, c := range filed {
		weeks[c.Week].Filed = c.N
	}
	for _, c := range finished {
		weeks[c.Week].Finished, weeks[c.Week].OnTime = c.N, c.OnTime
	}
	return weeks, nil
}
