package codelist

import (
	"context"
	"encoding/json"
	"fmt"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/id"
)

// origin says where an item came from. The import replaces items of the file and keeps those people entered.
type origin string

const (
	fromFile origin = "file"
	byHand   origin = "manual"
)

type listRow struct {
	Key       string `db:"list"`
	Name      string `db:"name"`
	NameEN    string `db:"name_en"`
	Note      string `db:"note"`
	SourceAct string `db:"source_act"`
}

type itemRow struct {
	ID         string     `db:"id"`
	List       string     `db:"list"`
	Code       string     `db:"code"`
	Name       string     `db:"name"`
	NameEN     string     `db:"name_en"`
	Sort       int        `db:"sort"`
	Attributes string     `db:"attributes"`
	ValidFrom  clock.Date `db:"valid_from"`
	ValidTo    clock.Date `db:"valid_to"`
	SourceAct  string     `db:"source_act"`
	Origin     origin     `db:"origin"`
}

func (r itemRow) item() (Item, error) {
	i := Item{r.List, r.Code, r.Name, r.NameEN, r.Sort, nil, r.ValidFrom, r.ValidTo, r.SourceAct}
	if err := json.Unmarshal([]byte(r.Attributes), &i.Attributes); err != nil {
		return Item{}, fmt.Errorf("attributes of %s %s: %w", r.List, r.Code, err)
	}
	return i, nil
}

func rowOf(itemID string, i Item, o origin) (itemRow, error) {
	attributes, err := json.Marshal(i.Attributes)
	if err != nil {
		return itemRow{}, fmt.Errorf("attributes of %s %s: %w", i.List, i.Code, err)
	}
	return itemRow{itemID, i.List, i.Code, i.Name, i.NameEN, i.Sort, string(attributes), i.ValidFrom, i.ValidTo, i.SourceAct, o}, nil
}

func selectLists(ctx context.Context, q db.Querier) ([]List, error) {
	var rows []listRow
	if err := q.Select(ctx, &rows, `SELECT list, name, name_en, note, source_act FROM codelist_list ORDER BY list`); err != nil {
		return nil, fmt.Errorf("read code lists: %w", err)
	}
	lists := make([]List, len(rows))
	for n, r := range rows {
		lists[n] = List(r)
	}
	return lists, nil
}

func upsertList(ctx context.Context, tx *db.Tx, l List) error {
	_, err := tx.NamedExec(ctx, `
		INSERT INTO codelist_list (list, name, name_en, note, source_act) VALUES (:list, :name, :name_en, :note, :source_act)
		ON CONFLICT (list) DO UPDATE SET
			name = excluded.name, name_en = excluded.name_en, note = excluded.note, source_act = excluded.source_act`, listRow(l))
	if err != nil {
		return fmt.Errorf("write code list %s: %w", l.Key, err)
	}
	return nil
}

const itemColumns = `id, list, code, name, name_en, sort, attributes, valid_from, valid_to, source_act, origin`

func selectItems(ctx context.Context, q db.Querier) ([]itemRow, error) {
	var rows []itemRow
	if err := q.Select(ctx, &rows, `SELECT `+itemColumns+` FROM codelist_item ORDER BY list, sort, code`); err != nil {
		return nil, fmt.Errorf("read code list items: %w", err)
	}
	return rows, nil
}

func selectItemsOf(ctx context.Context, q db.Querier, list string) ([]itemRow, error) {
	var rows []itemRow
	err := q.Select(ctx, &rows, `SELECT `+itemColumns+` FROM codelist_item WHERE list = ? ORDER BY sort, code`, list)
	if err != nil {
		return nil, fmt.Errorf("read code list %s: %w", list, err)
	}
	return rows, nil
}

func insertItem(ctx context.Context, tx *db.Tx, i Item, o origin) error {
	row, err := rowOf(id.New(), i, o)
	if err != nil {
		return err
	}
	_, err = tx.NamedExec(ctx, `
		INSERT INTO codelist_item (`+itemColumns+`)
		VALUES (:id, :list, :code, :name, :name_en, :sort, :attributes, :valid_from, :valid_to, :source_act, :origin)`, row)
	if err != nil {
		return fmt.Errorf("write code list item %s %s: %w", i.List, i.Code, err)
	}
	return nil
}

func updateItem(ctx context.Context, tx *db.Tx, itemID string, i Item, o origin) error {
	row, err := rowOf(itemID, i, o)
	if err != nil {
		return err
	}
	_, err = tx.NamedExec(ctx, `
		UPDATE codelist_item SET name = :name, name_en = :name_en, sort = :sort, attributes = :attributes,
			valid_from = :valid_from, valid_to = :valid_to, source_act = :source_act, origin = :origin
		WHERE id = :id`, row)
	if err != nil {
		return fmt.Errorf("write code list item %s %s: %w", i.List, i.Code, err)
	}
	return nil
}

func deleteItem(ctx context.Context, tx *db.Tx, itemID string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM codelist_item WHERE id = ?`, itemID); err != nil {
		return fmt.Errorf("delete code list item: %w", err)
	}
	return nil
}

func selectVersion(ctx context.Context, q db.Querier) (int64, error) {
	var n int64
	if err := q.Get(ctx, &n, `SELECT value FROM codelist_version`); err != nil {
		return 0, fmt.Errorf("read code list version: %w", err)
	}
	return n, nil
}

// lock counts the version up. The row stays locked until the transaction ends, so changes follow one another.
func lock(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.Exec(ctx, `UPDATE codelist_version SET value = value + 1`); err != nil {
		return fmt.Errorf("lock the code lists: %w", err)
	}
	return nil
}
