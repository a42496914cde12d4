package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/migrate"
)

// Migrate brings the tables of all rooms up to date.
func Migrate(ctx context.Context, d *db.DB) error {
	if err := d.Tx(ctx, func(*db.Tx) error { return nil }); err != nil && locked(err) {
		return failure(ExitDatabase, fmt.Errorf("cơ sở dữ liệu đang bị chương trình khác khóa; hãy dừng chương trình đó rồi chạy lại: %w", err))
	}
	if err := migrate.Up(ctx, d, Migrations()...); err != nil {
		return failure(ExitDatabase, fmt.Errorf("không cập nhật được cấu trúc cơ sở dữ liệu: %w", err))
	}
	return nil
}

func locked(err error) bool {
	var t interface{ Temporary() bool }
	return errors.As(err, &t) && t.Temporary()
}

// refuseNewer ends the program before it writes into tables it does not know: the database was made by a later release.
func refuseNewer(ctx context.Context, d *db.DB) error {
	var newer []string
	for _, r := range Migrations() {
		known, err := lastMigration(r.FS)
		if err != nil {
			return err
		}
		var applied int64
		err = d.Get(ctx, &applied, `SELECT COALESCE(MAX(version_id), 0) FROM `+r.Name+`_migration`)
		switch {
		case err != nil && locked(err):
			return failure(ExitDatabase, fmt.Errorf("cơ sở dữ liệu đang bị chương trình khác khóa: %w", err))
		case err != nil: // the room has no tables yet
		case applied > known:
			newer = append(newer, r.Name)
		}
	}
	if len(newer) > 0 {
		return failure(ExitDatabase, fmt.Errorf("cơ sở dữ liệu mới hơn chương trình này (%s); hãy dùng bản chương trình mới hơn, hoặc phục hồi bản sao lưu của cơ sở dữ liệu", strings.Join(newer, ", ")))
	}
	return nil
}

func lastMigration(fsys fs.FS) (int64, error) {
	names, err := fs.Glob(fsys, "*.sql")
	if err != nil {
		return 0, err
	}
	var last int64
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("migration %s: %w", name, err)
		}
		last = max(last, n)
	}
	return last, nil
}
