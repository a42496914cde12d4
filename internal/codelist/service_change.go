package codelist

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"lienthong/internal/audit"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// Put enters an item: a new code, a new version of a code from i.ValidFrom on (an older version
// without end is closed on that day), or a correction of the version that begins on that day.
// Permission: codelist.manage. Errors: fault.Invalid by field, fault.NotFound for the list, fault.Forbidden.
func (s *Service) Put(ctx context.Context, i Item) error {
	if err := s.allow(ctx); err != nil {
		return err
	}
	i.Name = vntext.Clean(i.Name)
	if err := i.Validate(); err != nil {
		return err
	}
	return s.change(ctx, i.List, func(tx *db.Tx, rows []itemRow) error {
		var before any
		written := false
		for _, r := range rows {
			old, err := r.item()
			switch {
			case err != nil:
				return err
			case old.Code != i.Code:
				continue
			case old.ValidFrom == i.ValidFrom:
				before, written = old, true
				err = updateItem(ctx, tx, r.ID, i, byHand)
			case old.ValidTo.IsZero() && old.ValidFrom.Before(i.ValidFrom):
				before = old
				old.ValidTo = i.ValidFrom
				err = updateItem(ctx, tx, r.ID, old, byHand)
			}
			if err != nil {
				return err
			}
		}
		if !written {
			if err := insertItem(ctx, tx, i, byHand); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "codelist.put", Object: "codelist.item", ObjectID: i.List + "/" + i.Code,
			Before: before, After: i, Detail: map[string]any{"name": i.Name, "valid_from": i.ValidFrom.String(), "source_act": i.SourceAct}})
	})
}

// End closes the version of a code that has no end: from the date on it cannot be chosen
// any more, old records keep its name. Permission: codelist.manage.
// Errors: fault.NotFound, fault.Invalid when it begins later, fault.Forbidden.
func (s *Service) End(ctx context.Context, list, code string, from clock.Date) error {
	if err := s.allow(ctx); err != nil {
		return err
	}
	if from.IsZero() {
		return fault.NewInvalid("valid_to", i18n.M("Hãy ghi ngày hết áp dụng."))
	}
	return s.change(ctx, list, func(tx *db.Tx, rows []itemRow) error {
		for _, r := range rows {
			if r.Code != code || !r.ValidTo.IsZero() {
				continue
			}
			before, err := r.item()
			if err != nil {
				return err
			}
			after := before
			after.ValidTo = from
			if err := after.Validate(); err != nil {
				return err
			}
			if err := updateItem(ctx, tx, r.ID, after, byHand); err != nil {
				return err
			}
			return audit.Record(ctx, tx, audit.Entry{Action: "codelist.end", Object: "codelist.item", ObjectID: list + "/" + code,
				Before: before, After: after, Detail: map[string]any{"valid_to": from.String()}})
		}
		return fault.NewNotFound(i18n.M("Mã “%s” không có trong danh mục hoặc đã hết áp dụng.", code))
	})
}

// Replace makes a list what it is given, items that are not among them are taken away; Settle keeps what held before. A
// list that is not there yet is made. What is replaced counts as entered by hand, so that the next import leaves it alone.
// Doing it twice changes nothing the second time. Permission: codelist.manage. Errors: fault.Invalid, fault.Forbidden.
func (s *Service) Replace(ctx context.Context, l List, items []Item) error {
	if err := s.allow(ctx); err != nil {
		return err
	}
	if err := l.Validate(); err != nil {
		return err
	}
	for _, i := range items {
		if err := i.Validate(); err != nil {
			return err
		}
	}
	if err := checkVersions(items); err != nil {
		return err
	}
	return s.cache.Locked(ctx, s.db, func(tx *db.Tx) error {
		lists, err := selectLists(ctx, tx)
		if err != nil {
			return err
		}
		rows, err := selectItemsOf(ctx, tx, l.Key)
		if err != nil {
			return err
		}
		if err := upsertList(ctx, tx, l); err != nil {
			return err
		}
		changed, err := replaceItems(ctx, tx, l.Key, rows, items)
		if err != nil {
			return err
		}
		if changed == 0 && slices.Contains(lists, l) {
			return nil
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "codelist.replace", Object: "codelist.list", ObjectID: l.Key, Before: rows, After: items,
			Detail: map[string]any{"changed": changed}})
	})
}

// replaceItems writes the difference between rows and items and returns how many rows it touched.
func replaceItems(ctx context.Context, tx *db.Tx, list string, rows []itemRow, items []Item) (int, error) {
	old, changed := map[versionKey]itemRow{}, 0
	for _, r := range rows {
		old[versionKey{r.Code, r.ValidFrom}] = r
	}
	wanted := map[versionKey]bool{}
	for _, i := range items {
		wanted[versionKey{i.Code, i.ValidFrom}] = true
	}
	for key, r := range old { // first, so that codes that begin anew find their place free
		if wanted[key] {
			continue
		}
		changed++
		if err := deleteItem(ctx, tx, r.ID); err != nil {
			return 0, err
		}
	}
	for _, i := range items {
		i.List = list
		r, found := old[versionKey{i.Code, i.ValidFrom}]
		if !found {
			changed++
			if err := insertItem(ctx, tx, i, byHand); err != nil {
				return 0, err
			}
			continue
		}
		had, err := r.item()
		if err != nil {
			return 0, err
		}
		if had.same(i) {
			continue
		}
		changed++
		if err := updateItem(ctx, tx, r.ID, i, byHand); err != nil {
			return 0, err
		}
	}
	return changed, nil
}

// change runs fn on the items of a list in a transaction and refuses a result in which versions overlap.
func (s *Service) change(ctx context.Context, list string, fn func(tx *db.Tx, rows []itemRow) error) error {
	return s.cache.Locked(ctx, s.db, func(tx *db.Tx) error {
		lists, err := selectLists(ctx, tx)
		if err != nil {
			return err
		}
		if !known(lists, list) {
			return fault.NewNotFound(i18n.M("Không có danh mục “%s”.", list))
		}
		rows, err := selectItemsOf(ctx, tx, list)
		if err != nil {
			return err
		}
		if err := fn(tx, rows); err != nil {
			return err
		}
		return check(ctx, tx, list)
	})
}

// check refuses a list in which versions overlap.
func check(ctx context.Context, tx *db.Tx, list string) error {
	rows, err := selectItemsOf(ctx, tx, list)
	if err != nil {
		return err
	}
	items := make([]Item, len(rows))
	for n, r := range rows {
		if items[n], err = r.item(); err != nil {
			return err
		}
	}
	return checkVersions(items)
}

func known(lists []List, key string) bool {
	for _, l := range lists {
		if l.Key == key {
			return true
		}
	}
	return false
}

// Imported (kết quả nạp danh mục) counts what an import did.
type Imported struct {
	Written int // items added or changed
	Removed int // versions of a code in the file that the file no longer has
	Kept    int // versions that people changed by hand and the import left alone
	Missing int // codes of earlier imports that are not in the file; they stay, records may use them
}

func (d *Imported) add(e Imported) {
	d.Written, d.Removed, d.Kept, d.Missing = d.Written+e.Written, d.Removed+e.Removed, d.Kept+e.Kept, d.Missing+e.Missing
}

// Import takes over one list file. Doing it twice changes nothing the second time.
// Permission: codelist.manage. Errors: fault.Invalid for a file that does not read, fault.Forbidden.
func (s *Service) Import(ctx context.Context, r io.Reader) (Imported, error) {
	if err := s.allow(ctx); err != nil {
		return Imported{}, err
	}
	list, items, err := ReadList(r)
	if err != nil {
		return Imported{}, fault.NewInvalid("file", i18n.M("Không đọc được tệp danh mục: %s", err.Error())).Wrap(err)
	}
	var done Imported
	err = s.cache.Locked(ctx, s.db, func(tx *db.Tx) error {
		done = Imported{}
		lists, err := selectLists(ctx, tx)
		if err != nil {
			return err
		}
		fresh := true
		for _, l := range lists {
			fresh = fresh && l != list
		}
		if fresh {
			if err := upsertList(ctx, tx, list); err != nil {
				return err
			}
		}
		if err := importItems(ctx, tx, list.Key, items, &done); err != nil {
			return err
		}
		if !fresh && done.Written+done.Removed == 0 {
			return nil
		}
		if err := check(ctx, tx, list.Key); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "codelist.import", Object: "codelist.list", ObjectID: list.Key, After: items,
			Detail: map[string]any{"written": done.Written, "removed": done.Removed, "kept": done.Kept, "missing": done.Missing}})
	})
	return done, err
}

type versionKey struct {
	code string
	from clock.Date
}

func importItems(ctx context.Context, tx *db.Tx, list string, items []Item, done *Imported) error {
	rows, err := selectItemsOf(ctx, tx, list)
	if err != nil {
		return err
	}
	old := map[versionKey]itemRow{}
	for _, r := range rows {
		old[versionKey{r.Code, r.ValidFrom}] = r
	}
	inFile := map[string]bool{}
	for _, i := range items {
		inFile[i.Code] = true
		key := versionKey{i.Code, i.ValidFrom}
		r, found := old[key]
		delete(old, key)
		if !found {
			done.Written++
			if err := insertItem(ctx, tx, i, fromFile); err != nil {
				return err
			}
			continue
		}
		had, err := r.item()
		switch {
		case err != nil:
			return err
		case had.same(i):
			continue
		case r.Origin == byHand:
			done.Kept++
			continue
		}
		done.Written++
		if err := updateItem(ctx, tx, r.ID, i, fromFile); err != nil {
			return err
		}
	}
	for _, r := range old {
		switch {
		case r.Origin == byHand:
		case !inFile[r.Code]:
			done.Missing++
		default:
			done.Removed++
			if err := deleteItem(ctx, tx, r.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// ImportDir imports all *.yaml files of a folder, each in a transaction of its own.
func (s *Service) ImportDir(ctx context.Context, dir fs.FS) (Imported, error) {
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		return Imported{}, fmt.Errorf("list code list files: %w", err)
	}
	var done Imported
	for _, name := range names {
		f, err := dir.Open(name)
		if err != nil {
			return done, fmt.Errorf("open code list: %w", err)
		}
		one, err := s.Import(ctx, f)
		if closing := f.Close(); err == nil {
			err = closing
		}
		if err != nil {
			return done, fmt.Errorf("import %s: %w", name, err)
		}
		done.add(one)
	}
	return done, nil
}
