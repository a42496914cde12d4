package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"lienthong/internal/kit/db"
)

// keptRow is one key with its answer; Status 0 means that the act is running.
type keptRow struct {
	Key         string    `db:"request_key"`
	Actor       string    `db:"actor_id"`
	Route       string    `db:"route"`
	BodyHash    string    `db:"body_hash"`
	Status      int       `db:"status"`
	Header      string    `db:"header"`
	Body        string    `db:"body"`
	Encoding    string    `db:"encoding"`
	CreatedAt   time.Time `db:"created_at"`
	LeasedUntil time.Time `db:"leased_until"`
	ExpiresAt   time.Time `db:"expires_at"`
}

const keptColumns = `request_key, actor_id, route, body_hash, status, header, body, encoding, created_at, leased_until, expires_at`

// claim takes a key for an act. When somebody has it, what is kept is returned instead. A key whose act died
// (lease over) or whose answer is too old is taken over, the former only for the same body.
func (d *Idempotency) claim(ctx context.Context, row keptRow) (found keptRow, mine bool, err error) {
	err = d.DB.Tx(ctx, func(tx *db.Tx) error {
		found, mine = keptRow{}, false
		n, err := tx.NamedExec(ctx, `INSERT INTO web_idempotency (`+keptColumns+`)
			VALUES (:request_key, :actor_id, :route, :body_hash, 0, '', '', '', :created_at, :leased_until, :expires_at)
			ON CONFLICT (actor_id, route, request_key) DO UPDATE
			SET body_hash = excluded.body_hash, status = 0, header = '', body = '', encoding = '',
				created_at = excluded.created_at, leased_until = excluded.leased_until, expires_at = excluded.expires_at
			WHERE web_idempotency.expires_at <= excluded.created_at
				OR (web_idempotency.status = 0 AND web_idempotency.leased_until <= excluded.created_at
					AND web_idempotency.body_hash = excluded.body_hash)`, row)
		if err != nil {
			return err
		}
		if mine = n == 1; mine {
			return nil
		}
		err = tx.Get(ctx, &found, `SELECT `+keptColumns+` FROM web_idempotency WHERE actor_id = ? AND route = ? AND request_key = ?`,
			row.Actor, row.Route, row.Key)
		if errors.Is(err, db.ErrNoRows) { // released in between: as if it were still running
			found, err = row, nil
		}
		return err
	})
	return found, mine, err
}

// finish keeps the answer of an act.
func (d *Idempotency) finish(ctx context.Context, row keptRow) error {
	return d.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.NamedExec(ctx, `UPDATE web_idempotency SET status = :status, header = :header, body = :body, encoding = :encoding
			WHERE actor_id = :actor_id AND route = :route AND request_key = :request_key AND created_at = :created_at`, row)
		return err
	})
}

func (d *Idempotency) extend(ctx context.Context, row keptRow, until time.Time) error {
	return d.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE web_idempotency SET leased_until = ?
			WHERE actor_id = ? AND route = ? AND request_key = ? AND created_at = ? AND status = 0`, until, row.Actor, row.Route, row.Key, row.CreatedAt)
		return err
	})
}

// release frees the key of an act that failed.
func (d *Idempotency) release(ctx context.Context, row keptRow) error {
	return d.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM web_idempotency WHERE actor_id = ? AND route = ? AND request_key = ? AND created_at = ? AND status = 0`,
			row.Actor, row.Route, row.Key, row.CreatedAt)
		return err
	})
}

// Clean removes answers that are no longer kept and returns how many.
func (d *Idempotency) Clean(ctx context.Context) (int64, error) {
	var n int64
	err := d.DB.Tx(ctx, func(tx *db.Tx) error {
		var err error
		n, err = tx.Exec(ctx, `DELETE FROM web_idempotency WHERE expires_at <= ?`, d.Clock.Now())
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("clean idempotency keys: %w", err)
	}
	return n, nil
}

// replay sends a kept answer.
func (row keptRow) replay(w http.ResponseWriter) error {
	var header http.Header
	if err := json.Unmarshal([]byte(row.Header), &header); err != nil {
		return fmt.Errorf("kept header: %w", err)
	}
	body := []byte(row.Body)
	if row.Encoding == "base64" {
		var err error
		if body, err = base64.StdEncoding.DecodeString(row.Body); err != nil {
			return fmt.Errorf("kept body: %w", err)
		}
	}
	for name, values := range header {
		w.Header()[name] = values
	}
	w.Header().Set("Idempotency-Replayed", "true")
	w.WriteHeader(row.Status)
	_, err := w.Write(body)
	return err
}
