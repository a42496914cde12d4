package file

import (
	"context"
	"time"

	"lienthong/internal/kit/db"
)

const transferColumns = `id, holder_kind, holder_id, account, name, meta, allow, size, received, created_at, expires_at, file_id, refused`

func insertTransfer(ctx context.Context, tx *db.Tx, t Transfer) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO file_transfer (`+transferColumns+`) VALUES
		(:id, :holder_kind, :holder_id, :account, :name, :meta, :allow, :size, :received, :created_at, :expires_at, :file_id, :refused)`, t)
	return err
}

func transfer(ctx context.Context, q db.Querier, id string) (Transfer, error) {
	var t Transfer
	err := q.Get(ctx, &t, `SELECT `+transferColumns+` FROM file_transfer WHERE id = ?`, id)
	return t, err
}

// underWay returns how many transfers of a holder have not ended, and their bytes.
func underWay(ctx context.Context, q db.Querier, h Holder) (n int, bytes int64, err error) {
	var sum struct {
		N     int   `db:"n"`
		Bytes int64 `db:"bytes"`
	}
	err = q.Get(ctx, &sum, `SELECT COUNT(*) AS n, COALESCE(CAST(SUM(size) AS BIGINT), 0) AS bytes FROM file_transfer
		WHERE holder_kind = ? AND holder_id = ? AND file_id = '' AND refused = ''`, h.Kind, h.ID)
	return sum.N, sum.Bytes, err
}

// advance moves the end of a transfer from one byte to another; it reports false when it is not there any more.
func advance(ctx context.Context, tx *db.Tx, id string, from, to int64, expires time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE file_transfer SET received = ?, expires_at = ? WHERE id = ? AND received = ? AND file_id = '' AND refused = ''`, to, expires, id, from)
	return n > 0, err
}

func insertPiece(ctx context.Context, tx *db.Tx, p piece) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO file_part (transfer_id, at, size, store_key) VALUES (:transfer_id, :at, :size, :store_key)`, p)
	return err
}

func pieces(ctx context.Context, q db.Querier, id string) ([]piece, error) {
	var ps []piece
	err := q.Select(ctx, &ps, `SELECT transfer_id, at, size, store_key FROM file_part WHERE transfer_id = ? ORDER BY at`, id)
	return ps, err
}

// dropPieces deletes the parts of a transfer and returns their keys.
func dropPieces(ctx context.Context, tx *db.Tx, id string) ([]string, error) {
	var keys []string
	err := tx.Select(ctx, &keys, `DELETE FROM file_part WHERE transfer_id = ? RETURNING store_key`, id)
	return keys, err
}

// endTransfer notes what became of a transfer; it reports false when that was noted before.
func endTransfer(ctx context.Context, tx *db.Tx, id string, f ID, refused string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE file_transfer SET file_id = ?, refused = ? WHERE id = ? AND file_id = '' AND refused = ''`, f, refused, id)
	return n > 0, err
}

func deleteTransfer(ctx context.Context, tx *db.Tx, id string) (bool, error) {
	n, err := tx.Exec(ctx, `DELETE FROM file_transfer WHERE id = ?`, id)
	return n > 0, err
}

func expiredTransfers(ctx context.Context, q db.Querier, now time.Time, limit int) ([]string, error) {
	var ids []string
	err := q.Select(ctx, &ids, `SELECT id FROM file_transfer WHERE expires_at < ? ORDER BY expires_at LIMIT ?`, now, limit)
	return ids, err
}

// lease gives a transfer to one request, when no other has it.
func lease(ctx context.Context, tx *db.Tx, id, who string, now, until time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE file_transfer SET lease = ?, lease_until = ?, wanted = FALSE WHERE id = ? AND (lease = '' OR lease_until < ?)`, who, until, id, now)
	return n > 0, err
}

// want asks whoever has a transfer to give it up; it reports false when there is no such transfer.
func want(ctx context.Context, tx *db.Tx, id string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE file_transfer SET wanted = TRUE WHERE id = ?`, id)
	return n > 0, err
}

// renew holds on to a lease; wanted says that somebody else asks for it. db.ErrNoRows means that it is lost.
func renew(ctx context.Context, tx *db.Tx, id, who string, until time.Time) (wanted bool, err error) {
	err = tx.Get(ctx, &wanted, `UPDATE file_transfer SET lease_until = ? WHERE id = ? AND lease = ? RETURNING wanted`, until, id, who)
	return wanted, err
}

func release(ctx context.Context, tx *db.Tx, id, who string) error {
	_, err := tx.Exec(ctx, `UPDATE file_transfer SET lease = '', lease_until = NULL, wanted = FALSE WHERE id = ? AND lease = ?`, id, who)
	return err
}
