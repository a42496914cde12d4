package dossier

import (
	"context"
	"strings"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/org"
)

// clauses collects conditions of a query.
type clauses struct{ db.Where }

// reach limits a column of paths of steps to what grants cover.
func reach(column string, grants []actor.Grant) (string, []any) {
	var or []string
	var args []any
	for _, g := range grants {
		args = append(args, g.UnitPath)
		if g.Below {
			or = append(or, column+` IN (SELECT b.place FROM dossier_place b WHERE b.above = ?)`)
		} else {
			or = append(or, column+` = ?`)
		}
	}
	if len(or) == 0 {
		return "FALSE", nil
	}
	return "(" + strings.Join(or, " OR ") + ")", args
}

// words limits a folded column to rows that have every word of a text.
func (c *clauses) words(column, text string) {
	for _, word := range strings.Fields(vntext.Fold(text)) {
		c.Add(column+` LIKE ?`, "%"+word+"%")
	}
}

const workColumns = `s.dossier_id, d.code, p.number, d.procedure_name, d.owner_name, d.owner_phone, d.status, d.channel,
	d.filed_at, d.due_at AS dossier_due, s.id AS step_id, s.name AS step_name, s.kind AS step_kind, s.unit_name,
	s.state, s.assignee_id, s.assignee_name, s.due_at AS step_due`

// scope is what somebody may work on: per kind of step the grants that allow it.
type scope struct {
	kinds    map[string][]actor.Grant
	received []actor.Grant // where dossiers are received; these may take further papers at any step
	account  string
}

func (s scope) clauses(b Box) clauses {
	or := []string{"FALSE"} // nobody may do anything without a grant
	var args, all []any     // all paths of grants
	for _, kind := range []string{"receive", "work", "approve", "return"} {
		grants := s.kinds[kind]
		cond, a := reach("s.unit_path", grants)
		or = append(or, "(s.kind = '"+kind+"' AND "+cond+")")
		args = append(args, a...)
		for _, g := range grants {
			all = append(all, g.UnitPath)
		}
	}
	c := clauses{}
	c.Add(`s.state IN ('ready', 'claimed')`)
	if cond, a := reach("r.unit_path", s.received); b == BoxSupplement && cond != "FALSE" {
		or = append(or, receivedWaiting+cond+"))")
		args = append(args, a...)
	} else if len(all) > 0 { // where the index begins
		c.Add(`s.unit_path IN (SELECT a.place FROM dossier_place a WHERE a.above IN (`+db.Marks(len(all))+`))`, all...)
	}
	c.Add("("+strings.Join(or, " OR ")+")", args...)
	return c
}

// receivedWaiting takes of a dossier one open step, when its papers were received at the place that follows; it is asked of those that wait for papers.
const receivedWaiting = `(s.id = (SELECT MIN(o.id) FROM dossier_step o WHERE o.dossier_id = d.id AND o.state IN ('ready', 'claimed'))
	AND EXISTS (SELECT 1 FROM dossier_step r WHERE r.dossier_id = d.id AND r.kind = 'receive' AND `

// box adds what a box of the worklist means.
func (c *clauses) box(b Box, account string, now time.Time) {
	today, now := clock.DateOf(now), minuteOf(now)
	switch b {
	case BoxSupplement:
		c.Add(`s.waits = 5`)
		return
	case BoxObligation:
		c.Add(`s.waits = 6`)
		return
	}
	c.Add(`s.waits = 0`)
	switch b {
	case BoxMine:
		c.Add(`s.state = 'claimed' AND s.assignee_id = ?`, account)
	case BoxLate:
		c.Add(`s.ends_at < ?`, now)
	case BoxToday:
		c.Add(`s.ends_at >= ? AND s.ends_at < ?`, now, today.AddDays(1).At(0, 0))
	case BoxSoon:
		c.Add(`s.ends_at >= ? AND s.ends_at < ?`, now, today.AddDays(4).At(0, 0))
	case BoxJoint:
		c.Add(`s.joint`)
	}
}

// from is what a query about the worklist looks at: the steps alone, unless what is asked stands on the dossier.
func (q WorkQuery) from() string {
	if q.Text != "" || q.Box == BoxSupplement {
		return ` FROM dossier_step s JOIN dossier_dossier d ON d.id = s.dossier_id WHERE `
	}
	return ` FROM dossier_step s WHERE `
}

func (q WorkQuery) clauses(s scope, now time.Time) clauses {
	c := s.clauses(q.Box)
	c.box(q.Box, s.account, now)
	if q.Box == BoxSupplement {
		c.Add(`d.status = 5`) // few, by their index
	}
	c.words("d.search_text", q.Text)
	if q.Field != "" {
		c.Add(`s.field = ?`, q.Field)
	}
	if q.Procedure != "" {
		c.Add(`s.procedure_code = ?`, q.Procedure)
	}
	if q.Kind != "" {
		c.Add(`s.kind = ?`, q.Kind)
	}
	if q.Unit != "" {
		c.Add(`s.unit_id = ?`, q.Unit)
	}
	return c
}

func (store) worklist(ctx context.Context, q db.Querier, wq WorkQuery, s scope, now time.Time) ([]WorkItem, error) {
	c := wq.clauses(s, now)
	if wq.Cursor != "" {
		m, err := parseMark(wq.Cursor)
		if err != nil {
			return nil, err
		}
		c.Add(`(s.ends_at > ? OR s.ends_at = ? AND s.id > ?)`, m.at, m.at, m.id)
	}
	var items []WorkItem
	err := q.Select(ctx, &items, `SELECT `+workColumns+` FROM (SELECT s.id`+wq.from()+c.SQL()+` ORDER BY s.ends_at, s.id LIMIT ?) o
		JOIN dossier_step s ON s.id = o.id JOIN dossier_dossier d ON d.id = s.dossier_id JOIN dossier_part p ON p.id = s.part_id
		ORDER BY s.ends_at, s.id`, append(c.Args, bounded(wq.Limit)+1)...)
	return items, err
}

// count returns how many steps each box of the worklist holds, in one reading of the index; what the reader has claimed, and
// the dossiers that wait for papers where dossiers are received, need one of their own.
func (store) count(ctx context.Context, q db.Querier, s scope, now time.Time) (map[Box]int, error) {
	var columns []string
	var args []any
	for _, b := range Boxes {
		if b == BoxMine {
			continue
		}
		var c clauses
		c.box(b, s.account, now)
		columns = append(columns, `COUNT(*) FILTER (WHERE `+c.SQL()+`) AS `+string(b))
		args = append(args, c.Args...)
	}
	within := s.clauses(BoxToDo)
	var n struct {
		ToDo       int `db:"todo"`
		Mine       int `db:"mine"`
		Late       int `db:"late"`
		Today      int `db:"today"`
		Soon       int `db:"soon"`
		Supplement int `db:"supplement"`
		Obligation int `db:"obligation"`
		Joint      int `db:"joint"`
	}
	err := q.Get(ctx, &n, `SELECT `+strings.Join(columns, ", ")+` FROM dossier_step s WHERE `+within.SQL(), append(args, within.Args...)...)
	for b, to := range map[Box]*int{BoxMine: &n.Mine, BoxSupplement: &n.Supplement} {
		if wq := (WorkQuery{Box: b}); err == nil && (b == BoxMine || len(s.received) > 0) {
			c := wq.clauses(s, now)
			err = q.Get(ctx, to, `SELECT COUNT(*)`+wq.from()+c.SQL(), c.Args...)
		}
	}
	return map[Box]int{BoxToDo: n.ToDo, BoxMine: n.Mine, BoxLate: n.Late, BoxToday: n.Today, BoxSoon: n.Soon,
		BoxSupplement: n.Supplement, BoxObligation: n.Obligation, BoxJoint: n.Joint}, err
}

const itemColumns = `d.id, d.code, d.procedure_name, d.owner_name, d.status, d.channel, d.receiver_id, d.filed_at,
	d.accepted_at, d.due_at, d.finished_at, d.paused_at`

func (q FindQuery) clauses(now time.Time) clauses {
	c := clauses{}
	c.words("d.search_text", q.Text)
	if len(q.Status) > 0 {
		args := make([]any, len(q.Status))
		for i, s := range q.Status {
			args[i] = s
		}
		c.Add(`d.status IN (`+db.Marks(len(q.Status))+`)`, args...)
	}
	for _, eq := range [][2]string{{"d.field", q.Field}, {"d.procedure_code", q.Procedure}, {"d.channel", string(q.Channel)}} {
		if eq[1] != "" {
			c.Add(eq[0]+` = ?`, eq[1])
		}
	}
	if q.UnitID != "" {
		c.Add(`EXISTS (SELECT 1 FROM dossier_part p WHERE p.dossier_id = d.id AND p.unit_id = ?)`, q.UnitID)
	}
	if !q.From.IsZero() {
		c.Add(`d.filed_at >= ?`, q.From.At(0, 0))
	}
	if !q.To.IsZero() {
		c.Add(`d.filed_at < ?`, q.To.AddDays(1).At(0, 0))
	}
	if q.LateOnly {
		c.Add(`d.due_at < COALESCE(d.finished_at, d.paused_at, ?)`, minuteOf(now))
	}
	return c
}

// find returns dossiers with a step at a unit that the grants cover, newest first.
func (store) find(ctx context.Context, q db.Querier, fq FindQuery, grants []actor.Grant, now time.Time) ([]Item, error) {
	c := fq.clauses(now)
	within, args := reach("s.unit_path", grants)
	c.Add(`EXISTS (SELECT 1 FROM dossier_step s WHERE s.dossier_id = d.id AND `+within+`)`, args...)
	return list(ctx, q, &c, fq.Cursor, fq.Limit)
}

func list(ctx context.Context, q db.Querier, c *clauses, cursor string, limit int) ([]Item, error) {
	if cursor != "" {
		m, err := parseMark(cursor)
		if err != nil {
			return nil, err
		}
		c.Add(`(d.filed_at < ? OR d.filed_at = ? AND d.id < ?)`, m.at, m.at, m.id)
	}
	var items []Item
	err := q.Select(ctx, &items, `SELECT `+itemColumns+` FROM dossier_dossier d WHERE `+c.SQL()+` ORDER BY d.filed_at DESC, d.id DESC LIMIT ?`,
		append(c.Args, bounded(limit)+1)...)
	return items, err
}

// ofAccount returns the dossiers of an applicant, newest first.
func (store) ofAccount(ctx context.Context, q db.Querier, account string, fq FindQuery, now time.Time) ([]Item, error) {
	c := fq.clauses(now)
	c.Add(`d.account_id = ?`, account)
	return list(ctx, q, &c, fq.Cursor, fq.Limit)
}

// openAt returns the dossiers with open work at a unit or a division of it, and
// those not ended that it received or is competent for.
func (store) openAt(ctx context.Context, q db.Querier, unit org.UnitID) ([]ID, error) {
	var ids []ID
	err := q.Select(ctx, &ids, `SELECT d.id FROM dossier_dossier d WHERE d.status NOT IN (3, 7, 8, 10) AND (
		d.receiver_id = ? OR d.handler_id = ? OR EXISTS (SELECT 1 FROM dossier_step s
			WHERE s.dossier_id = d.id AND s.state IN ('ready', 'claimed') AND (s.unit_id = ? OR s.agency_id = ?))) ORDER BY d.id`, unit, unit, unit, unit)
	return ids, err
}

// stepPlace is a unit with the path that steps keep for it.
type stepPlace struct {
	UnitID   org.UnitID `db:"unit_id"`
	UnitPath string     `db:"unit_path"`
}

// placesBelow returns the units of steps whose path lies at or below one.
func (store) placesBelow(ctx context.Context, q db.Querier, path string) ([]stepPlace, error) {
	var places []stepPlace
	err := q.Select(ctx, &places, `SELECT DISTINCT unit_id, unit_path FROM dossier_step WHERE unit_path LIKE ?`, path+"%")
	return places, err
}

// followPath replaces the path that the steps of a unit keep. Who works on them does not change.
func (store) followPath(ctx context.Context, tx *db.Tx, p stepPlace, path string) error {
	if err := addPlace(ctx, tx, path); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE dossier_step SET unit_path = ? WHERE unit_id = ? AND unit_path = ?`, path, p.UnitID, p.UnitPath)
	return err
}

// moveStep is saveStep for a step that goes to another unit.
func (s store) moveStep(ctx context.Context, tx *db.Tx, st *Step) error {
	if err := addPlace(ctx, tx, st.UnitPath); err != nil {
		return err
	}
	return s.saveStep(ctx, tx, st)
}

// addPlace notes the path of a step below each unit on it, for reach.
func addPlace(ctx context.Context, tx *db.Tx, path string) error {
	var known []string
	if err := tx.Select(ctx, &known, `SELECT place FROM dossier_place WHERE above = ? AND place = ?`, path, path); err != nil || len(known) > 0 {
		return err
	}
	for i := range path {
		if i == 0 || path[i] != '/' {
			continue
		}
		if _, err := tx.Exec(ctx, `INSERT INTO dossier_place (above, place) VALUES (?, ?) ON CONFLICT DO NOTHING`, path[:i+1], path); err != nil {
			return err
		}
	}
	return nil
}
