package file

import (
	"context"
	"time"

	"lienthong/internal/kit/db"
)

func saveClass(ctx context.Context, tx *db.Tx, c Class) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO file_class (holder_kind, keep_days, removed_days, holder_bytes, total_bytes, source_act)
		VALUES (:holder_kind, :keep_days, :removed_days, :holder_bytes, :total_bytes, :source_act)
		ON CONFLICT (holder_kind) DO UPDATE SET keep_days = excluded.keep_days, removed_days = excluded.removed_days,
		holder_bytes = excluded.holder_bytes, total_bytes = excluded.total_bytes, source_act = excluded.source_act`, c)
	return err
}

func classes(ctx context.Context, q db.Querier) ([]Class, error) {
	cs := []Class{}
	err := q.Select(ctx, &cs, `SELECT holder_kind, keep_days, removed_days, holder_bytes, total_bytes, source_act FROM file_class ORDER BY holder_kind`)
	return cs, err
}

func classOf(ctx context.Context, q db.Querier, kind string) (Class, error) {
	var c Class
	err := q.Get(ctx, &c, `SELECT holder_kind, keep_days, removed_days, holder_bytes, total_bytes, source_act FROM file_class WHERE holder_kind = ?`, kind)
	return c, err
}

// used returns the bytes of a holder's files; with an empty id those of all holders of the kind.
func used(ctx context.Context, q db.Querier, h Holder) (int64, error) {
	var n int64
	err := q.Get(ctx, &n, `SELECT COALESCE(CAST(SUM(size) AS BIGINT), 0) FROM file_file WHERE holder_kind = ? AND (holder_id = ? OR ? = '') AND removed_at IS NULL`, h.Kind, h.ID, h.ID)
	return n, err
}

const holdColumns = `id, holder_kind, holder_id, reason, put_by, put_at, lifted_by, lifted_at, lift_reason`

func insertHold(ctx context.Context, tx *db.Tx, h Hold) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO file_hold (`+holdColumns+`) VALUES
		(:id, :holder_kind, :holder_id, :reason, :put_by, :put_at, :lifted_by, :lifted_at, :lift_reason)`, h)
	return err
}

func liftHold(ctx context.Context, tx *db.Tx, id, by, reason string, now time.Time) (Hold, error) {
	var h Hold
	err := tx.Get(ctx, &h, `UPDATE file_hold SET lifted_by = ?, lifted_at = ?, lift_reason = ? WHERE id = ? AND lifted_at IS NULL RETURNING `+holdColumns, by, now, reason, id)
	return h, err
}

func holds(ctx context.Context, q db.Querier, after string, limit int) ([]Hold, error) {
	hs := []Hold{}
	err := q.Select(ctx, &hs, `SELECT `+holdColumns+` FROM file_hold WHERE id > ? ORDER BY id LIMIT ?`, after, limit)
	return hs, err
}

// underHold reports whether a holder's files may not be deleted.
func underHold(ctx context.Context, q db.Querier, h Holder) (bool, error) {
	var n int
	err := q.Get(ctx, &n, `SELECT COUNT(*) FROM file_hold WHERE holder_kind = ? AND holder_id = ? AND lifted_at IS NULL`, h.Kind, h.ID)
	return n > 0, err
}

// expired is the condition for files whose term has ended: kept too long, or removed long enough ago.
const expired = `holder_kind = ? AND (created_at < ? OR removed_at < ?)`

const notHeld = ` AND NOT EXISTS (SELECT 1 FROM file_hold h WHERE h.holder_kind = file_file.holder_kind AND h.holder_id = file_file.holder_id AND h.lifted_at IS NULL)`

// countExpired returns how many files of a kind have reached their term, their bytes, and how many of them are under a hold.
func countExpired(ctx context.Context, q db.Querier, kind string, made, removed time.Time) (n, bytes, held int64, err error) {
	var free, all struct {
		N     int64 `db:"n"`
		Bytes int64 `db:"bytes"`
	}
	const sum = `SELECT COUNT(*) AS n, COALESCE(CAST(SUM(size) AS BIGINT), 0) AS bytes FROM file_file WHERE ` + expired
	if err := q.Get(ctx, &all, sum, kind, made, removed); err != nil {
		return 0, 0, 0, err
	}
	err = q.Get(ctx, &free, sum+notHeld, kind, made, removed)
	return free.N, free.Bytes, all.N - free.N, err
}

// disposed is a file that was deleted for good.
type disposed struct {
	ID     ID     `db:"id"`
	SHA256 string `db:"sha256"`
	Size   int64  `db:"size"`
}

// dispose deletes files whose term has ended and that no hold protects.
func dispose(ctx context.Context, tx *db.Tx, kind string, made, removed time.Time, limit int) ([]disposed, error) {
	var gone []disposed
	err := tx.Select(ctx, &gone, `DELETE FROM file_file WHERE id IN (SELECT id FROM file_file WHERE `+expired+notHeld+` ORDER BY id LIMIT ?)`+notHeld+` RETURNING id, sha256, size`,
		kind, made, removed, limit)
	return gone, err
}
