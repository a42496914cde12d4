package place

import (
	"context"
	"fmt"

	"lienthong/internal/kit/db"
)

// store reads and writes the tables of the room.
type store struct{}

func (store) version(ctx context.Context, q db.Querier) (int64, error) {
	var n int64
	if err := q.Get(ctx, &n, `SELECT n FROM place_version WHERE id = 1`); err != nil {
		return 0, fmt.Errorf("read version of places: %w", err)
	}
	return n, nil
}

// lock counts the version up. The row stays locked until the transaction ends, so changes follow one another.
func (store) lock(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE place_version SET n = n + 1 WHERE id = 1`)
	return err
}

func (store) load(ctx context.Context, q db.Querier) (*book, error) {
	var t tables
	for _, r := range []struct {
		dest any
		sql  string
	}{
		{&t.schemes, `SELECT key, rank, name FROM place_scheme`},
		{&t.levels, `SELECT key, rank, name, name_en FROM place_level`},
		{&t.kinds, `SELECT key, level, rank, name, name_en FROM place_kind`},
		{&t.units, `SELECT id, level, kind, name, COALESCE(parent_id, '') AS parent_id, path, valid_from, valid_to, source_act, confidence, announced FROM place_unit`},
		{&t.codes, `SELECT unit_id, scheme, code, valid_from, valid_to FROM place_code`},
		{&t.successors, `SELECT from_id, to_id, kind, on_date, source_act, heir, confidence FROM place_successor ORDER BY from_id, to_id`},
		{&t.parents, `SELECT unit_id, parent_id, valid_to FROM place_parent`},
	} {
		if err := q.Select(ctx, r.dest, r.sql); err != nil {
			return nil, fmt.Errorf("read places: %w", err)
		}
	}
	return newBook(t), nil
}

// save writes what a change did to a book.
func (s store) save(ctx context.Context, tx *db.Tx, b *book) error {
	d := b.dirty
	if err := s.saveLists(ctx, tx, d); err != nil {
		return err
	}
	for _, id := range d.added {
		if _, err := tx.NamedExec(ctx, `INSERT INTO place_unit (id, level, kind, name, parent_id, path, valid_from, valid_to, source_act, confidence, announced)
			VALUES (:id, :level, :kind, :name, NULLIF(:parent_id, ''), :path, :valid_from, :valid_to, :source_act, :confidence, :announced)`, b.units[id]); err != nil {
			return fmt.Errorf("insert place %s: %w", b.units[id].Name, err)
		}
	}
	for id := range d.changed {
		if _, err := tx.NamedExec(ctx, `UPDATE place_unit SET parent_id = NULLIF(:parent_id, ''), path = :path, valid_to = :valid_to, announced = :announced WHERE id = :id`, b.units[id]); err != nil {
			return fmt.Errorf("update place: %w", err)
		}
	}
	for _, c := range d.endedCodes {
		if _, err := tx.NamedExec(ctx, `UPDATE place_code SET valid_to = :valid_to WHERE unit_id = :unit_id AND scheme = :scheme AND code = :code`, c); err != nil {
			return fmt.Errorf("end place code: %w", err)
		}
	}
	for _, c := range d.codes {
		if _, err := tx.NamedExec(ctx, `INSERT INTO place_code (unit_id, scheme, code, valid_from, valid_to) VALUES (:unit_id, :scheme, :code, :valid_from, :valid_to)`, c); err != nil {
			return fmt.Errorf("insert place code: %w", err)
		}
	}
	for _, l := range d.successors {
		if _, err := tx.NamedExec(ctx, `INSERT INTO place_successor (from_id, to_id, kind, on_date, source_act, heir, confidence)
			VALUES (:from_id, :to_id, :kind, :on_date, :source_act, :heir, :confidence)`, l); err != nil {
			return fmt.Errorf("insert successor of place: %w", err)
		}
	}
	left, _ := b.tree.Left()
	for _, p := range left {
		if _, err := tx.NamedExec(ctx, `INSERT INTO place_parent (unit_id, parent_id, valid_to) VALUES (:unit_id, :parent_id, :valid_to)`, p); err != nil {
			return fmt.Errorf("insert former parent of place: %w", err)
		}
	}
	return nil
}

func (store) saveLists(ctx context.Context, tx *db.Tx, d changes) error {
	for _, r := range d.schemes {
		if _, err := tx.NamedExec(ctx, `INSERT INTO place_scheme (key, rank, name) VALUES (:key, :rank, :name)
			ON CONFLICT (key) DO UPDATE SET rank = EXCLUDED.rank, name = EXCLUDED.name`, r); err != nil {
			return fmt.Errorf("save scheme of codes: %w", err)
		}
	}
	for _, r := range d.levels {
		if _, err := tx.NamedExec(ctx, `INSERT INTO place_level (key, rank, name, name_en) VALUES (:key, :rank, :name, :name_en)
			ON CONFLICT (key) DO UPDATE SET rank = EXCLUDED.rank, name = EXCLUDED.name, name_en = EXCLUDED.name_en`, r); err != nil {
			return fmt.Errorf("save level: %w", err)
		}
	}
	for _, r := range d.kinds {
		if _, err := tx.NamedExec(ctx, `INSERT INTO place_kind (key, level, rank, name, name_en) VALUES (:key, :level, :rank, :name, :name_en)
			ON CONFLICT (key) DO UPDATE SET level = EXCLUDED.level, rank = EXCLUDED.rank, name = EXCLUDED.name, name_en = EXCLUDED.name_en`, r); err != nil {
			return fmt.Errorf("save kind: %w", err)
		}
	}
	return nil
}
