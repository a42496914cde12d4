package place

import (
	"context"
	"errors"
	"io/fs"

	"lienthong/internal/audit"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Import takes over the units of a province from its files levels.yaml, places.csv
// and place-changes.yaml. What is there already is not touched: importing twice
// changes nothing, and a change made in the program is not undone. Either all of
// it is taken over or, when something is wrong, nothing; the error is Invalid and
// names file and line of everything that is wrong.
//
// Ends in the past are history and are not announced.
func (s *Service) Import(ctx context.Context, fsys fs.FS) (Report, error) {
	if err := allowed(ctx); err != nil {
		return Report{}, err
	}
	src, err := readSource(fsys)
	if err != nil {
		return Report{}, unreadable(err)
	}
	var report Report
	err = s.change(ctx, func(ctx context.Context, tx *db.Tx, b *book) error {
		report, err = src.apply(b)
		if err != nil {
			return unreadable(err)
		}
		b.history(s.today())
		b.settle(s.today())
		if b.dirty.empty() {
			return nil
		}
		if err := s.store.save(ctx, tx, b); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "place.import", Object: "place.list", ObjectID: "import",
			Detail: map[string]any{"added": report.Added, "changed": report.Changed, "unchanged": report.Unchanged}})
	})
	if err != nil {
		return Report{}, err
	}
	return report, nil
}

func unreadable(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fault.NewInvalid("", i18n.M("Thư mục dữ liệu của tỉnh thiếu tệp levels.yaml hoặc places.csv.")).Wrap(err)
	}
	return fault.NewInvalid("", i18n.M("Dữ liệu đơn vị hành chính chưa đúng: %s", err.Error())).Wrap(err)
}
