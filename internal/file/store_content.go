package file

import (
	"context"
	"time"

	"lienthong/internal/kit/db"
)

// content is the row of a content with how many files have it.
type content struct {
	SHA256    string     `db:"sha256"`
	Size      int64      `db:"size"`
	Key       string     `db:"store_key"`
	DamagedAt *time.Time `db:"damaged_at"`
	Files     int64      `db:"files"`
	Threat    string     `db:"threat"`
}

// useContent locks the row of a content until the transaction ends, and takes back that nobody uses it.
func useContent(ctx context.Context, tx *db.Tx, sum string) (content, error) {
	var c content
	err := tx.Get(ctx, &c, `UPDATE file_content SET unused_at = NULL WHERE sha256 = ? RETURNING sha256, size, store_key, damaged_at`, sum)
	return c, err
}

// insertContent makes the row of a content; it reports false when there is one.
func insertContent(ctx context.Context, tx *db.Tx, c content, now time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO file_content (sha256, size, store_key, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (sha256) DO NOTHING`, c.SHA256, c.Size, c.Key, now)
	return n > 0, err
}

// replaceKey gives a damaged or lost content a new key; it reports false when somebody else did.
func replaceKey(ctx context.Context, tx *db.Tx, sum, old, key string, size int64) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE file_content SET store_key = ?, size = ?, damaged_at = NULL WHERE sha256 = ? AND store_key = ?`, key, size, sum, old)
	return n > 0, err
}

func markDamaged(ctx context.Context, tx *db.Tx, sum string, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE file_content SET damaged_at = ? WHERE sha256 = ? AND damaged_at IS NULL`, now, sum)
	return err
}

func insertPin(ctx context.Context, tx *db.Tx, p pin) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO file_pin (id, sha256, store_key, expires_at) VALUES (:id, :sha256, :store_key, :expires_at)`, p)
	return err
}

// aimPin gives a pin a key; it reports false when the pin is gone.
func aimPin(ctx context.Context, tx *db.Tx, p pin) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE file_pin SET store_key = ? WHERE id = ?`, p.Key, p.ID)
	return n > 0, err
}

// dropPin reports whether the pin was still there.
func dropPin(ctx context.Context, tx *db.Tx, id string) (bool, error) {
	n, err := tx.Exec(ctx, `DELETE FROM file_pin WHERE id = ?`, id)
	return n > 0, err
}

// dropPins deletes expired pins and returns their keys.
func dropPins(ctx context.Context, tx *db.Tx, now time.Time) ([]string, error) {
	var keys []string
	err := tx.Select(ctx, &keys, `DELETE FROM file_pin WHERE expires_at < ? RETURNING store_key`, now)
	return keys, err
}

// markUnused notes since when contents have neither file nor pin.
func markUnused(ctx context.Context, tx *db.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE file_content SET unused_at = ? WHERE unused_at IS NULL
		AND NOT EXISTS (SELECT 1 FROM file_file f WHERE f.sha256 = file_content.sha256)
		AND NOT EXISTS (SELECT 1 FROM file_pin p WHERE p.sha256 = file_content.sha256)`, now)
	return err
}

// unused returns contents that were marked before a moment, in order after a given one.
func unused(ctx context.Context, q db.Querier, after string, before time.Time, limit int) ([]string, error) {
	var sums []string
	err := q.Select(ctx, &sums, `SELECT sha256 FROM file_content WHERE sha256 > ? AND unused_at < ? ORDER BY sha256 LIMIT ?`, after, before, limit)
	return sums, err
}

// dropContent deletes the row of a content that has neither file nor pin and returns its key, or "". It locks the
// row before it looks, so an upload of the same content comes before or after, never in between.
func dropContent(ctx context.Context, tx *db.Tx, sum string) (string, error) {
	if n, err := tx.Exec(ctx, `UPDATE file_content SET size = size WHERE sha256 = ?`, sum); err != nil || n == 0 {
		return "", err
	}
	var keys []string
	err := tx.Select(ctx, &keys, `DELETE FROM file_content WHERE sha256 = ? AND unused_at IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM file_file f WHERE f.sha256 = file_content.sha256)
		AND NOT EXISTS (SELECT 1 FROM file_pin p WHERE p.sha256 = file_content.sha256) RETURNING store_key`, sum)
	if err == nil && len(keys) == 0 { // used again
		_, err = tx.Exec(ctx, `UPDATE file_content SET unused_at = NULL WHERE sha256 = ?`, sum)
	}
	if err != nil || len(keys) == 0 {
		return "", err
	}
	return keys[0], nil
}

// throwAway puts a key into the trash.
func throwAway(ctx context.Context, tx *db.Tx, key string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO file_trash (store_key, since) VALUES (?, ?) ON CONFLICT (store_key) DO NOTHING`, key, now)
	return err
}

// trash returns keys that were thrown away, in order after a given one. A key that a content has is never among them.
func trash(ctx context.Context, q db.Querier, after string, limit int) ([]string, error) {
	var keys []string
	err := q.Select(ctx, &keys, `SELECT t.store_key FROM file_trash t WHERE t.store_key > ?
		AND NOT EXISTS (SELECT 1 FROM file_content c WHERE c.store_key = t.store_key)
		AND NOT EXISTS (SELECT 1 FROM file_part p WHERE p.store_key = t.store_key) ORDER BY t.store_key LIMIT ?`, after, limit)
	return keys, err
}

func dropTrash(ctx context.Context, tx *db.Tx, keys []string) error {
	query, args, err := db.In(`DELETE FROM file_trash WHERE store_key IN (?)`, keys)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, query, args...)
	return err
}

// namedKeys returns those of the keys that some row names.
func namedKeys(ctx context.Context, q db.Querier, keys []string) ([]string, error) {
	query, args, err := db.In(`SELECT store_key FROM file_content WHERE store_key IN (?) UNION SELECT store_key FROM file_pin WHERE store_key IN (?)
		UNION SELECT store_key FROM file_trash WHERE store_key IN (?) UNION SELECT store_key FROM file_part WHERE store_key IN (?)
		UNION SELECT store_key FROM file_view WHERE store_key IN (?)`, keys, keys, keys, keys, keys)
	if err != nil {
		return nil, err
	}
	var named []string
	err = q.Select(ctx, &named, query, args...)
	return named, err
}

// contents returns contents in order, after a given one.
func contents(ctx context.Context, q db.Querier, after string, limit int) ([]content, error) {
	var cs []content
	err := q.Select(ctx, &cs, `SELECT c.sha256, c.size, c.store_key, c.damaged_at, (SELECT COUNT(*) FROM file_file f WHERE f.sha256 = c.sha256) AS files
		FROM file_content c WHERE c.sha256 > ? ORDER BY c.sha256 LIMIT ?`, after, limit)
	return cs, err
}

// contentOf returns the row of a content.
func contentOf(ctx context.Context, q db.Querier, sum string) (content, error) {
	var c content
	err := q.Get(ctx, &c, `SELECT sha256, size, store_key, damaged_at, threat FROM file_content WHERE sha256 = ?`, sum)
	return c, err
}

// markScanned notes the outcome of a scan.
func markScanned(ctx context.Context, tx *db.Tx, sum, threat string, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE file_content SET scanned_at = ?, threat = ? WHERE sha256 = ?`, now, threat, sum)
	return err
}

// unscanned returns contents never scanned or last before a moment, in order after a given one.
func unscanned(ctx context.Context, q db.Querier, after string, before time.Time, limit int) ([]content, error) {
	var cs []content
	err := q.Select(ctx, &cs, `SELECT sha256, size, store_key FROM file_content WHERE sha256 > ? AND threat = '' AND (scanned_at IS NULL OR scanned_at < ?)
		ORDER BY sha256 LIMIT ?`, after, before, limit)
	return cs, err
}

// survey counts what the store holds beside the contents in use.
func survey(ctx context.Context, q db.Querier, r *Report) error {
	for query, to := range map[string]*int64{
		`SELECT COUNT(*) FROM file_content WHERE unused_at IS NOT NULL`:                                                    &r.Unused,
		`SELECT COUNT(*) FROM file_content WHERE threat <> ''`:                                                             &r.Infected,
		`SELECT COUNT(*) FROM file_trash`:                                                                                  &r.Trash,
		`SELECT COUNT(*) FROM file_transfer WHERE file_id = '' AND refused = ''`:                                           &r.Transfers,
		`SELECT COALESCE(CAST(SUM(size) AS BIGINT), 0) FROM file_part`:                                                     &r.PartBytes,
		`SELECT COUNT(*) FROM file_file WHERE NOT EXISTS (SELECT 1 FROM file_content c WHERE c.sha256 = file_file.sha256)`: &r.Homeless,
	} {
		if err := q.Get(ctx, to, query); err != nil {
			return err
		}
	}
	return nil
}

// viewOf returns the key of the view of a content.
func viewOf(ctx context.Context, q db.Querier, sum string) (string, error) {
	var key string
	err := q.Get(ctx, &key, `SELECT store_key FROM file_view WHERE sha256 = ?`, sum)
	return key, err
}

// insertView reports false when the content has a view.
func insertView(ctx context.Context, tx *db.Tx, sum, key string, size int64) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO file_view (sha256, store_key, size) VALUES (?, ?, ?) ON CONFLICT (sha256) DO NOTHING`, sum, key, size)
	return n > 0, err
}

func dropView(ctx context.Context, tx *db.Tx, key string) error {
	_, err := tx.Exec(ctx, `DELETE FROM file_view WHERE store_key = ?`, key)
	return err
}

// dropOrphanViews deletes views of contents that are gone and returns their keys.
func dropOrphanViews(ctx context.Context, tx *db.Tx) ([]string, error) {
	var keys []string
	err := tx.Select(ctx, &keys, `DELETE FROM file_view WHERE NOT EXISTS (SELECT 1 FROM file_content c WHERE c.sha256 = file_view.sha256) RETURNING store_key`)
	return keys, err
}
