package org

import (
	"context"
	"encoding/json"
	"fmt"

	"lienthong/internal/kit/db"
)

// store reads and writes the tables of the room.
type store struct{}

func (store) version(ctx context.Context, q db.Querier) (int64, error) {
	var n int64
	if err := q.Get(ctx, &n, `SELECT n FROM org_version WHERE id = 1`); err != nil {
		return 0, fmt.Errorf("read version of units: %w", err)
	}
	return n, nil
}

// lock counts the version up. The row stays locked until the transaction ends, so changes follow one another.
func (store) lock(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE org_version SET n = n + 1 WHERE id = 1`)
	return err
}

func (store) load(ctx context.Context, q db.Querier) (*book, error) {
	var t tables
	var templates []struct {
		Key  string `db:"key"`
		Rank int64  `db:"rank"`
		Body string `db:"body"`
	}
	for _, r := range []struct {
		dest any
		sql  string
	}{
		{&t.kinds, `SELECT key, rank, name, name_en, agency, government FROM org_kind`},
		{&templates, `SELECT key, rank, body FROM org_template`},
		{&t.units, `SELECT id, kind, name, short_name, slug, key, level, place_id, COALESCE(parent_id, '') AS parent_id, path, rank, is_agency,
			valid_from, valid_to, source_act, confidence, phone, email, address, template, announced FROM org_unit`},
		{&t.codes, `SELECT unit_id, scheme, code, valid_from, valid_to, confidence, source FROM org_code`},
		{&t.successors, `SELECT from_id, to_id, kind, on_date, source_act, heir FROM org_successor ORDER BY from_id, to_id`},
		{&t.parents, `SELECT unit_id, parent_id, valid_to FROM org_parent`},
		{&t.moves, `SELECT unit_id, parent_id, on_date, source_act, done FROM org_move ORDER BY unit_id, on_date`},
	} {
		if err := q.Select(ctx, r.dest, r.sql); err != nil {
			return nil, fmt.Errorf("read units: %w", err)
		}
	}
	for _, row := range templates {
		var tpl Template
		if err := json.Unmarshal([]byte(row.Body), &tpl); err != nil {
			return nil, fmt.Errorf("read template %s: %w", row.Key, err)
		}
		tpl.Rank = row.Rank
		t.templates = append(t.templates, tpl)
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
		if _, err := tx.NamedExec(ctx, `INSERT INTO org_unit (id, kind, name, short_name, slug, key, level, place_id, parent_id, path, rank, is_agency,
				valid_from, valid_to, source_act, confidence, phone, email, address, template, announced)
			VALUES (:id, :kind, :name, :short_name, :slug, :key, :level, :place_id, NULLIF(:parent_id, ''), :path, :rank, :is_agency,
				:valid_from, :valid_to, :source_act, :confidence, :phone, :email, :address, :template, :announced)`, b.units[id]); err != nil {
			return fmt.Errorf("insert unit %s: %w", b.units[id].Slug, err)
		}
	}
	for id := range d.changed {
		if _, err := tx.NamedExec(ctx, `UPDATE org_unit SET parent_id = NULLIF(:parent_id, ''), path = :path, rank = :rank, valid_to = :valid_to,
			phone = :phone, email = :email, address = :address, announced = :announced WHERE id = :id`, b.units[id]); err != nil {
			return fmt.Errorf("update unit: %w", err)
		}
	}
	for _, l := range d.successors {
		if _, err := tx.NamedExec(ctx, `INSERT INTO org_successor (from_id, to_id, kind, on_date, source_act, heir)
			VALUES (:from_id, :to_id, :kind, :on_date, :source_act, :heir)`, l); err != nil {
			return fmt.Errorf("insert successor of unit: %w", err)
		}
	}
	left, _ := b.tree.Left()
	for _, p := range left {
		if _, err := tx.NamedExec(ctx, `INSERT INTO org_parent (unit_id, parent_id, valid_to) VALUES (:unit_id, :parent_id, :valid_to)`, p); err != nil {
			return fmt.Errorf("insert former parent of unit: %w", err)
		}
	}
	for _, m := range d.moves {
		if _, err := tx.NamedExec(ctx, `INSERT INTO org_move (unit_id, parent_id, on_date, source_act, done) VALUES (:unit_id, :parent_id, :on_date, :source_act, :done)
			ON CONFLICT (unit_id, on_date) DO UPDATE SET done = EXCLUDED.done`, m); err != nil {
			return fmt.Errorf("save move of unit: %w", err)
		}
	}
	for id := range d.recoded {
		if err := s.saveCodes(ctx, tx, id, b.codes[id]); err != nil {
			return err
		}
	}
	return nil
}

func (store) saveCodes(ctx context.Context, tx *db.Tx, id UnitID, codes []Code) error {
	if _, err := tx.Exec(ctx, `DELETE FROM org_code WHERE unit_id = ?`, id); err != nil {
		return fmt.Errorf("replace codes: %w", err)
	}
	for _, c := range codes {
		if _, err := tx.NamedExec(ctx, `INSERT INTO org_code (unit_id, scheme, code, valid_from, valid_to, confidence, source)
			VALUES (:unit_id, :scheme, :code, :valid_from, :valid_to, :confidence, :source)`, c); err != nil {
			return fmt.Errorf("insert code %s: %w", c.Code, err)
		}
	}
	return nil
}

func (store) saveLists(ctx context.Context, tx *db.Tx, d changes) error {
	for _, k := range d.kinds {
		if _, err := tx.NamedExec(ctx, `INSERT INTO org_kind (key, rank, name, name_en, agency, government) VALUES (:key, :rank, :name, :name_en, :agency, :government)
			ON CONFLICT (key) DO UPDATE SET rank = EXCLUDED.rank, name = EXCLUDED.name, name_en = EXCLUDED.name_en, agency = EXCLUDED.agency, government = EXCLUDED.government`, k); err != nil {
			return fmt.Errorf("save kind of units: %w", err)
		}
	}
	for _, t := range d.templates {
		body, err := json.Marshal(t)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO org_template (key, rank, body) VALUES (?, ?, ?)
			ON CONFLICT (key) DO UPDATE SET rank = EXCLUDED.rank, body = EXCLUDED.body`, t.Key, t.Rank, string(body)); err != nil {
			return fmt.Errorf("save template %s: %w", t.Key, err)
		}
	}
	return nil
}
