package file

import (
	"context"
	"time"

	"lienthong/internal/kit/db"
)

const columns = `id, sha256, name, size, media_type, holder_kind, holder_id, created_by, created_at, removed_at`

// lockContent makes the row of a content, or locks the one there is, until the transaction ends.
func lockContent(ctx context.Context, tx *db.Tx, f File) error {
	_, err := tx.Exec(ctx, `INSERT INTO file_content (sha256, size, created_at) VALUES (?, ?, ?)
		ON CONFLICT (sha256) DO UPDATE SET size = excluded.size`, f.SHA256, f.Size, f.CreatedAt)
	return err
}

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

// unused returns contents that no file has, in order after a given one.
func unused(ctx context.Context, q db.Querier, after string, limit int) ([]string, error) {
	var sums []string
	err := q.Select(ctx, &sums, `SELECT c.sha256 FROM file_content c WHERE c.sha256 > ?
		AND NOT EXISTS (SELECT 1 FROM file_file f WHERE f.sha256 = c.sha256) ORDER BY c.sha256 LIMIT ?`, after, limit)
	return sums, err
}

// dropContent deletes the row of a content that no file has. It locks the row
// before it looks, so an upload of the same content waits until the transaction ends.
func dropContent(ctx context.Context, tx *db.Tx, sum string) (bool, error) {
	if n, err := tx.Exec(ctx, `UPDATE file_content SET size = size WHERE sha256 = ?`, sum); err != nil || n == 0 {
		return false, err
	}
	n, err := tx.Exec(ctx, `DELETE FROM file_content WHERE sha256 = ?
		AND NOT EXISTS (SELECT 1 FROM file_file f WHERE f.sha256 = file_content.sha256)`, sum)
	return n > 0, err
}

// claimContent makes the row of a content that has none. It reports false when there is one.
func claimContent(ctx context.Context, tx *db.Tx, sum string, now time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO file_content (sha256, size, created_at) VALUES (?, 0, ?) ON CONFLICT (sha256) DO NOTHING`, sum, now)
	return n > 0, err
}

// content is the row of a content with how many files have it.
type content struct {
	SHA256 string `db:"sha256"`
	Size   int64  `db:"size"`
	Files  int64  `db:"files"`
}

// contents returns contents in order, after a given one.
func contents(ctx context.Context, q db.Querier, after string, limit int) ([]content, error) {
	var cs []content
	err := q.Select(ctx, &cs, `SELECT c.sha256, c.size, (SELECT COUNT(*) FROM file_file f WHERE f.sha256 = c.sha256) AS files
		FROM file_content c WHERE c.sha256 > ? ORDER BY c.sha256 LIMIT ?`, after, limit)
	return cs, err
}

// having returns how many files have a content.
func having(ctx context.Context, q db.Querier, sum string) (int, error) {
	var n int
	err := q.Get(ctx, &n, `SELECT COUNT(*) FROM file_file WHERE sha256 = ?`, sum)
	return n, err
}

// recorded reports whether a content still has a row.
func recorded(ctx context.Context, q db.Querier, sum string) (bool, error) {
	var n int
	err := q.Get(ctx, &n, `SELECT COUNT(*) FROM file_content WHERE sha256 = ?`, sum)
	return n > 0, err
}
