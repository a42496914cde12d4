package job

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/db"
)

const columns = `id, kind, key, seq, payload, state, run_at, attempts, lease, lease_until, error, created_at, ended_at`

func insert(ctx context.Context, tx *db.Tx, t Task) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO job_task (`+columns+`)
		VALUES (:id, :kind, :key, :seq, :payload, :state, :run_at, :attempts, :lease, :lease_until, :error, :created_at, :ended_at)`, t)
	return err
}

// due is the condition on a task t that may be claimed now; its parameters are the kinds, now and now.
const due = `t.state = 'waiting' AND t.kind IN (?) AND t.run_at <= ? AND (t.lease_until IS NULL OR t.lease_until <= ?)
	AND (t.key = '' OR NOT EXISTS (SELECT 1 FROM job_task e WHERE e.kind = t.kind AND e.key = t.key AND e.seq < t.seq AND e.state = 'waiting'))`

// claim leases up to n due tasks of the given kinds to the holder of a lease.
func claim(ctx context.Context, d *db.DB, kinds []string, lease string, now, until time.Time, n int) ([]Task, error) {
	if len(kinds) == 0 || n == 0 {
		return nil, nil
	}
	look, args, err := db.In(`SELECT t.id FROM job_task t WHERE `+due+` LIMIT 1`, kinds, now, now)
	if err != nil {
		return nil, err
	}
	var found []string
	if err := d.Select(ctx, &found, look, args...); err != nil || len(found) == 0 {
		return nil, err
	}
	query, args, err := db.In(`UPDATE job_task SET lease = ?, lease_until = ?, attempts = attempts + 1
		WHERE id IN (SELECT t.id FROM job_task t WHERE `+due+` ORDER BY t.run_at, t.id LIMIT ?)
		AND state = 'waiting' AND (lease_until IS NULL OR lease_until <= ?)
		RETURNING `+columns, lease, until, kinds, now, now, n, now)
	if err != nil {
		return nil, err
	}
	var tasks []Task
	err = d.Tx(ctx, func(tx *db.Tx) error {
		tasks = nil
		return tx.Select(ctx, &tasks, query, args...)
	})
	return tasks, err
}

// renew keeps the tasks of a lease from running out.
func renew(ctx context.Context, d *db.DB, lease string, until time.Time) error {
	return d.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE job_task SET lease_until = ? WHERE lease = ?`, until, lease)
		return err
	})
}

// settle writes the outcome of a task, unless its lease has gone to somebody else; kept says whether it was still held.
func settle(ctx context.Context, d *db.DB, t Task) (kept bool, err error) {
	err = d.Tx(ctx, func(tx *db.Tx) error {
		n, err := tx.NamedExec(ctx, `UPDATE job_task SET state = :state, run_at = :run_at, attempts = :attempts, error = :error,
			ended_at = :ended_at, lease = '', lease_until = NULL WHERE id = :id AND lease = :lease`, t)
		kept = n > 0
		return err
	})
	return kept, err
}

// remove deletes a task that was done.
func remove(ctx context.Context, d *db.DB, t Task) (kept bool, err error) {
	err = d.Tx(ctx, func(tx *db.Tx) error {
		n, err := tx.NamedExec(ctx, `DELETE FROM job_task WHERE id = :id AND lease = :lease`, t)
		kept = n > 0
		return err
	})
	return kept, err
}

// ensureTimer makes the task of a timer, or brings its next run forward when the timer now wants it earlier.
func ensureTimer(ctx context.Context, d *db.DB, t Task, latest time.Time) error {
	return d.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.NamedExec(ctx, `INSERT INTO job_task (`+columns+`)
			VALUES (:id, :kind, :key, :seq, :payload, :state, :run_at, :attempts, :lease, :lease_until, :error, :created_at, :ended_at)
			ON CONFLICT (id) DO NOTHING`, t)
		if err != nil {
			return fmt.Errorf("timer %s: %w", t.Kind, err)
		}
		_, err = tx.Exec(ctx, `UPDATE job_task SET run_at = ? WHERE id = ? AND run_at > ?`, latest, t.ID, latest)
		return err
	})
}

func dead(ctx context.Context, q db.Querier, limit int) ([]Task, error) {
	tasks := []Task{}
	err := q.Select(ctx, &tasks, `SELECT `+columns+` FROM job_task WHERE state = 'dead' ORDER BY run_at DESC, id LIMIT ?`, limit)
	return tasks, err
}

func revive(ctx context.Context, d *db.DB, id string, now time.Time) (found bool, err error) {
	err = d.Tx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE job_task SET state = 'waiting', attempts = 0, run_at = ?, ended_at = NULL WHERE id = ? AND state = 'dead'`, now, id)
		found = n > 0
		return err
	})
	return found, err
}

func discard(ctx context.Context, d *db.DB, id string) (found bool, err error) {
	err = d.Tx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM job_task WHERE id = ? AND state = 'dead'`, id)
		found = n > 0
		return err
	})
	return found, err
}

func stats(ctx context.Context, q db.Querier, kinds []string, now time.Time) (Stats, error) {
	var s Stats
	query, args, err := db.In(`SELECT
		COUNT(*) FILTER (WHERE state = 'waiting' AND run_at <= ? AND lease = '') AS due,
		COUNT(*) FILTER (WHERE state = 'waiting' AND lease <> '') AS running,
		COUNT(*) FILTER (WHERE state = 'waiting' AND run_at > ? AND lease = '') AS later,
		COUNT(*) FILTER (WHERE state = 'dead') AS dead
		FROM job_task WHERE state = 'dead' OR kind IN (?)`, now, now, kinds)
	if err != nil {
		return s, err
	}
	if err := q.Get(ctx, &s, query, args...); err != nil || s.Due == 0 {
		return s, err
	}
	query, args, err = db.In(`SELECT created_at FROM job_task
		WHERE state = 'waiting' AND run_at <= ? AND lease = '' AND kind IN (?) ORDER BY created_at LIMIT 1`, now, kinds)
	if err != nil {
		return s, err
	}
	if err := q.Get(ctx, &s.Oldest, query, args...); !errors.Is(err, db.ErrNoRows) {
		return s, err
	}
	return s, nil
}

// advance makes waiting tasks of the given kinds due, for tests that do not wait for the next attempt.
func advance(ctx context.Context, d *db.DB, kinds []string, now time.Time) error {
	query, args, err := db.In(`UPDATE job_task SET run_at = ? WHERE state = 'waiting' AND run_at > ? AND attempts > 0 AND kind IN (?)`, now, now, kinds)
	if err != nil {
		return err
	}
	return d.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
}
