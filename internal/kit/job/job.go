// Package job runs work outside of requests: tasks put aside in a transaction
// and timers, on any number of equal nodes. One table, job_task, holds both.
//
// A node claims a due task by writing its lease on it and renews its leases while
// it works. A node that dies leaves leases that run out; another node then takes
// the tasks. So a task runs at least once, and handlers must bear a second run.
// A task that fails is tried again, later each time; one that fails too often,
// or with Permanent, becomes a dead letter and waits for a person.
//
// Tasks with the same kind and key run one after the other in the order of Seq.
// A dead letter does not hold up those behind it.
package job

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/migrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations returns the table of the package.
func Migrations() migrate.Room { return migrate.Sub("job", migrations) }

// State is where a task stands. A task that was done is deleted.
type State string

// The states.
const (
	Waiting State = "waiting" // or running, while leased
	Dead    State = "dead"    // given up; see Runner.Retry
)

// Task is work to be done by the handler of its kind. Tasks with a Key run in the order of Seq within kind and key.
type Task struct {
	ID        string          `db:"id"`
	Kind      string          `db:"kind"`
	Key       string          `db:"key"`
	Seq       int64           `db:"seq"`
	Payload   json.RawMessage `db:"-"`
	State     State           `db:"state"`
	RunAt     time.Time       `db:"run_at"` // not before; the zero time means at once
	Attempts  int             `db:"attempts"`
	Error     string          `db:"error"` // of the last attempt
	CreatedAt time.Time       `db:"created_at"`
	EndedAt   *time.Time      `db:"ended_at"` // when it became a dead letter

	Text       string     `db:"payload"`
	Lease      string     `db:"lease"`
	LeaseUntil *time.Time `db:"lease_until"`
}

// Decode reads the payload into v.
func (t Task) Decode(v any) error {
	if err := json.Unmarshal([]byte(t.Text), v); err != nil {
		return Permanent(fmt.Errorf("payload of task %s: %w", t.ID, err))
	}
	return nil
}

// epoch is the time of tasks that are due at once.
var epoch = time.Unix(0, 0).UTC()

// Enqueue puts a task aside in the caller's transaction: payload goes to the handler of kind, not before runAt (zero: at once).
func Enqueue(ctx context.Context, tx *db.Tx, kind string, payload any, runAt time.Time) error {
	raw, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", kind, err)
	}
	return Put(ctx, tx, Task{Kind: kind, Payload: raw, RunAt: runAt})
}

// Put is Enqueue for tasks with a key. ID, State and the times may be left empty.
func Put(ctx context.Context, tx *db.Tx, t Task) error {
	if t.Kind == "" {
		return errors.New("a task needs a kind")
	}
	if t.ID == "" {
		t.ID = id.New()
	}
	if t.RunAt.IsZero() {
		t.RunAt = epoch
	}
	t.State, t.Text, t.CreatedAt = Waiting, string(t.Payload), clock.System{}.Now()
	if t.Text == "" {
		t.Text = "null"
	}
	if err := insert(ctx, tx, t); err != nil {
		return fmt.Errorf("enqueue %s: %w", t.Kind, err)
	}
	Ring()
	return nil
}

type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent marks an error that no repetition will mend: the task becomes a dead letter at once.
func Permanent(err error) error { return permanent{err} }

// backoff is how long a task waits after its nth failed attempt: 2 s, 8 s, 32 s… at most an hour.
func backoff(n int) time.Duration {
	if n > 6 {
		return time.Hour
	}
	return min(time.Hour, time.Second<<(2*n-1))
}

// bells are the runners of this process that listen for new work.
var bells struct {
	sync.Mutex
	listening map[chan struct{}]bool
}

// Ring tells the runners of this process that there may be new work soon. It may
// be called before the transaction that brings the work has ended: a runner looks
// several times after a ring.
func Ring() {
	bells.Lock()
	defer bells.Unlock()
	for c := range bells.listening {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

func listen() (c chan struct{}, stop func()) {
	c = make(chan struct{}, 1)
	bells.Lock()
	defer bells.Unlock()
	if bells.listening == nil {
		bells.listening = map[chan struct{}]bool{}
	}
	bells.listening[c] = true
	return c, func() {
		bells.Lock()
		defer bells.Unlock()
		delete(bells.listening, c)
	}
}
