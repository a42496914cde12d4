package calendar

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/id"
)

// origin says where a row came from. The import replaces rows of the file and keeps those people entered.
type origin string

const (
	fromFile origin = "file"
	byHand   origin = "manual"
)

type dayRow struct {
	ID         string     `db:"id"`
	UnitID     string     `db:"unit_id"`
	Day        clock.Date `db:"day"`
	Kind       DayKind    `db:"kind"`
	Name       string     `db:"name"`
	Periods    string     `db:"periods"`
	SourceAct  string     `db:"source_act"`
	Confidence Confidence `db:"confidence"`
	Origin     origin     `db:"origin"`
}

func (r dayRow) day() (Day, error) {
	d := Day{UnitID: r.UnitID, Date: r.Day, Kind: r.Kind, Name: r.Name, SourceAct: r.SourceAct, Confidence: r.Confidence}
	if err := json.Unmarshal([]byte(r.Periods), &d.Periods); err != nil {
		return Day{}, fmt.Errorf("periods of %s: %w", r.Day, err)
	}
	return d, nil
}

type hoursRow struct {
	ID        string     `db:"id"`
	UnitID    string     `db:"unit_id"`
	ValidFrom clock.Date `db:"valid_from"`
	ValidTo   clock.Date `db:"valid_to"`
	Week      string     `db:"week"`
	SourceAct string     `db:"source_act"`
	Note      string     `db:"note"`
	Origin    origin     `db:"origin"`
}

func (r hoursRow) hours() (Hours, error) {
	h := Hours{UnitID: r.UnitID, ValidFrom: r.ValidFrom, ValidTo: r.ValidTo, SourceAct: r.SourceAct, Note: r.Note}
	if err := json.Unmarshal([]byte(r.Week), &h.Week); err != nil {
		return Hours{}, fmt.Errorf("week from %s: %w", r.ValidFrom, err)
	}
	return h, nil
}

const dayColumns = `id, unit_id, day, kind, name, periods, source_act, confidence, origin`

func selectDays(ctx context.Context, q db.Querier) ([]dayRow, error) {
	var rows []dayRow
	if err := q.Select(ctx, &rows, `SELECT `+dayColumns+` FROM calendar_day ORDER BY unit_id, day`); err != nil {
		return nil, fmt.Errorf("read calendar days: %w", err)
	}
	return rows, nil
}

// findDay returns the entry of a unit for a date; ok is false when there is none.
func findDay(ctx context.Context, q db.Querier, unitID string, date clock.Date) (row dayRow, ok bool, err error) {
	err = q.Get(ctx, &row, `SELECT `+dayColumns+` FROM calendar_day WHERE unit_id = ? AND day = ?`, unitID, date)
	if errors.Is(err, db.ErrNoRows) {
		return dayRow{}, false, nil
	}
	if err != nil {
		return dayRow{}, false, fmt.Errorf("read calendar day: %w", err)
	}
	return row, true, nil
}

func upsertDay(ctx context.Context, tx *db.Tx, d Day, o origin) error {
	periods, err := json.Marshal(d.Periods)
	if err != nil {
		return err
	}
	_, err = tx.NamedExec(ctx, `
		INSERT INTO calendar_day (`+dayColumns+`)
		VALUES (:id, :unit_id, :day, :kind, :name, :periods, :source_act, :confidence, :origin)
		ON CONFLICT (unit_id, day) DO UPDATE SET
			kind = excluded.kind, name = excluded.name, periods = excluded.periods,
			source_act = excluded.source_act, confidence = excluded.confidence, origin = excluded.origin`,
		dayRow{id.New(), d.UnitID, d.Date, d.Kind, d.Name, string(periods), d.SourceAct, d.Confidence, o})
	if err != nil {
		return fmt.Errorf("write calendar day: %w", err)
	}
	return nil
}

func deleteDay(ctx context.Context, tx *db.Tx, unitID string, date clock.Date) error {
	if _, err := tx.Exec(ctx, `DELETE FROM calendar_day WHERE unit_id = ? AND day = ?`, unitID, date); err != nil {
		return fmt.Errorf("delete calendar day: %w", err)
	}
	return nil
}

const hoursColumns = `id, unit_id, valid_from, valid_to, week, source_act, note, origin`

func selectHours(ctx context.Context, q db.Querier) ([]hoursRow, error) {
	var rows []hoursRow
	if err := q.Select(ctx, &rows, `SELECT `+hoursColumns+` FROM calendar_hours ORDER BY unit_id, valid_from`); err != nil {
		return nil, fmt.Errorf("read working hours: %w", err)
	}
	return rows, nil
}

func upsertHours(ctx context.Context, tx *db.Tx, h Hours, o origin) error {
	week, err := json.Marshal(h.Week)
	if err != nil {
		return err
	}
	_, err = tx.NamedExec(ctx, `
		INSERT INTO calendar_hours (`+hoursColumns+`)
		VALUES (:id, :unit_id, :valid_from, :valid_to, :week, :source_act, :note, :origin)
		ON CONFLICT (unit_id, valid_from) DO UPDATE SET
			valid_to = excluded.valid_to, week = excluded.week, source_act = excluded.source_act,
			note = excluded.note, origin = excluded.origin`,
		hoursRow{id.New(), h.UnitID, h.ValidFrom, h.ValidTo, string(week), h.SourceAct, h.Note, o})
	if err != nil {
		return fmt.Errorf("write working hours: %w", err)
	}
	return nil
}

func deleteHours(ctx context.Context, tx *db.Tx, unitID string, from clock.Date) error {
	if _, err := tx.Exec(ctx, `DELETE FROM calendar_hours WHERE unit_id = ? AND valid_from = ?`, unitID, from); err != nil {
		return fmt.Errorf("delete working hours: %w", err)
	}
	return nil
}

type lateRow struct {
	ID          string     `db:"id"`
	AfterMinute int64      `db:"after_minute"`
	Units       string     `db:"units"`
	ValidFrom   clock.Date `db:"valid_from"`
	ValidTo     clock.Date `db:"valid_to"`
	SourceAct   string     `db:"source_act"`
}

func selectLate(ctx context.Context, q db.Querier) ([]LateRule, error) {
	var rows []lateRow
	err := q.Select(ctx, &rows, `SELECT id, after_minute, units, valid_from, valid_to, source_act FROM calendar_late ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("read late reception rules: %w", err)
	}
	var rules []LateRule
	for _, r := range rows {
		l := LateRule{After: ClockTime(r.AfterMinute), ValidFrom: r.ValidFrom, ValidTo: r.ValidTo, SourceAct: r.SourceAct}
		if err := json.Unmarshal([]byte(r.Units), &l.Units); err != nil {
			return nil, fmt.Errorf("units of late reception rule: %w", err)
		}
		rules = append(rules, l)
	}
	return rules, nil
}

func replaceLate(ctx context.Context, tx *db.Tx, rules []LateRule) error {
	if _, err := tx.Exec(ctx, `DELETE FROM calendar_late`); err != nil {
		return fmt.Errorf("replace late reception rules: %w", err)
	}
	for _, l := range rules {
		units, err := json.Marshal(l.Units)
		if err != nil {
			return err
		}
		_, err = tx.NamedExec(ctx, `
			INSERT INTO calendar_late (id, after_minute, units, valid_from, valid_to, source_act)
			VALUES (:id, :after_minute, :units, :valid_from, :valid_to, :source_act)`,
			lateRow{id.New(), int64(l.After), string(units), l.ValidFrom, l.ValidTo, l.SourceAct})
		if err != nil {
			return fmt.Errorf("replace late reception rules: %w", err)
		}
	}
	return nil
}

func selectYears(ctx context.Context, q db.Querier) ([]Year, error) {
	var rows []Year
	if err := q.Select(ctx, &rows, `SELECT year, source_act AS sourceact, note FROM calendar_year ORDER BY year`); err != nil {
		return nil, fmt.Errorf("read calendar years: %w", err)
	}
	return rows, nil
}

func upsertYear(ctx context.Context, tx *db.Tx, y Year) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO calendar_year (year, source_act, note) VALUES (?, ?, ?)
		ON CONFLICT (year) DO UPDATE SET source_act = excluded.source_act, note = excluded.note`, y.Year, y.SourceAct, y.Note)
	if err != nil {
		return fmt.Errorf("write calendar year: %w", err)
	}
	return nil
}

func selectSetting(ctx context.Context, q db.Querier, name string) (int64, error) {
	var n int64
	if err := q.Get(ctx, &n, `SELECT value FROM calendar_setting WHERE name = ?`, name); err != nil {
		return 0, fmt.Errorf("read calendar setting %s: %w", name, err)
	}
	return n, nil
}

func selectVersion(ctx context.Context, q db.Querier) (int64, error) {
	return selectSetting(ctx, q, "version")
}

func updateSetting(ctx context.Context, tx *db.Tx, name string, value int64) error {
	if _, err := tx.Exec(ctx, `UPDATE calendar_setting SET value = ? WHERE name = ?`, value, name); err != nil {
		return fmt.Errorf("write calendar setting %s: %w", name, err)
	}
	return nil
}

// lock counts the version up. The row stays locked until the transaction ends, so changes follow one another.
func lock(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.Exec(ctx, `UPDATE calendar_setting SET value = value + 1 WHERE name = 'version'`); err != nil {
		return fmt.Errorf("lock the calendar: %w", err)
	}
	return nil
}

// loadData reads everything a calendar is built from.
func loadData(ctx context.Context, q db.Querier) (Data, error) {
	var d Data
	days, err := selectDays(ctx, q)
	if err != nil {
		return d, err
	}
	for _, r := range days {
		day, err := r.day()
		if err != nil {
			return d, err
		}
		d.Days = append(d.Days, day)
	}
	hours, err := selectHours(ctx, q)
	if err != nil {
		return d, err
	}
	for _, r := range hours {
		h, err := r.hours()
		if err != nil {
			return d, err
		}
		d.Hours = append(d.Hours, h)
	}
	if d.Late, err = selectLate(ctx, q); err != nil {
		return d, err
	}
	if d.Years, err = selectYears(ctx, q); err != nil {
		return d, err
	}
	perDay, err := selectSetting(ctx, q, "day_minutes")
	d.DayMinutes = int(perDay)
	return d, err
}

// dropYear takes back that the holidays of a year are complete.
func dropYear(ctx context.Context, tx *db.Tx, year int) error {
	if _, err := tx.Exec(ctx, `DELETE FROM calendar_year WHERE year = ?`, year); err != nil {
		return fmt.Errorf("drop year %d: %w", year, err)
	}
	return nil
}
