package file

import (
	"context"
	"time"

	"lienthong/internal/kit/db"
)

const columns = `id, sha256, name, size, media_type, holder_kind, holder_id, created_by, created_at, removed_at`

func insert(ctx context.Context, tx *db.Tx, f File) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO file_file (`+columns+`) VALUES
		(:id, :sha256, :name, :size, :media_type, :holder_kind, :holder_id, :created_by, :created_at, :removed_at)`, f)
	return err
}

func move(ctx context.Context, tx *db.Tx, id ID, from, to Holder) (File, error) {
	var f File
	err := tx.Get(ctx, &f, `UPDATE file_file SET holder_kind = ?, holder_id = ?
		WHERE id = ? AND holder_kind = ? AND holder_id = ? AND removed_at IS NULL RETURNING `+columns, to.Kind, to.ID, id, from.Kind, from.ID)
	return f, err
}

func remove(ctx context.Context, tx *db.Tx, id ID, h Holder, now time.Time) (File, error) {
	var f File
	err := tx.Get(ctx, &f, `UPDATE file_file SET removed_at = ?
		WHERE id = ? AND holder_kind = ? AND holder_id = ? AND removed_at IS NULL RETURNING `+columns, now, id, h.Kind, h.ID)
	return f, err
}

func find(ctx context.Context, q db.Querier, id ID, h Holder) (File, error) {
	var f File
	err := q.Get(ctx, &f, `SELECT `+columns+` FROM file_file
		WHERE id = ? AND holder_kind = ? AND holder_id = ? AND removed_at IS NULL`, id, h.Kind, h.ID)
	return f, err
}

func listHeld(ctx context.Context, q db.Querier, h Holder) ([]File, error) {
	files := []File{}
	err := q.Select(ctx, &files, `SELECT `+columns+` FROM file_file
		WHERE holder_kind = ? AND holder_id = ? AND removed_at IS NULL ORDER BY created_at, id`, h.Kind, h.ID)
	return files, err
}

func countHeld(ctx context.Context, q db.Querier, h Holder) (int, error) {
	var n int
	err := q.Get(ctx, &n, `SELECT COUNT(*) FROM file_file WHERE holder_kind = ? AND holder_id = ? AND removed_at IS NULL`, h.Kind, h.ID)
	return n, err
}

// dropUploads deletes uploads that nobody attached and returns their contents.
func dropUploads(ctx context.Context, tx *db.Tx, before time.Time, limit int) ([]string, error) {
	var sums []string
	err := tx.Select(ctx, &sums, `DELETE FROM file_file WHERE holder_kind = 'upload' AND created_at < ? AND id IN
		(SELECT id FROM file_file WHERE holder_kind = 'upload' AND created_at < ? ORDER BY created_at LIMIT ?) RETURNING sha256`, before, before, limit)
	return sums, err
}

// having returns how many files have a content.
func having(ctx context.Context, q db.Querier, sum string) (int, error) {
	var n int
	err := q.Get(ctx, &n, `SELECT COUNT(*) FROM file_file WHERE sha256 = ?`, sum)
	return n, err
}
