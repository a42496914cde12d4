// Package event tells other rooms what happened. A room publishes a past-tense
// fact in the transaction that made it true; the fact is written to the outbox,
// event_outbox, and lives or dies with the transaction. A Bus hands it to the
// subscribers, each on its own, as tasks of package job: at least once, so
// subscribers must bear a second delivery; with repeated attempts; to one node.
//
// Events with the same key (the id of the thing they tell of) reach a subscriber
// in the order of their transactions. Events without a key come in any order.
package event

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/job"
	"lienthong/internal/kit/migrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations returns the tables of the package. A Bus needs those of package job as well.
func Migrations() migrate.Room { return migrate.Sub("event", migrations) }

// Event is a fact as a subscriber gets it.
type Event struct {
	ID      string          `db:"id" json:"id"`
	Name    string          `db:"name" json:"name"`         // room.happened
	Key     string          `db:"key" json:"key,omitempty"` // what it tells of; may be empty
	Seq     int64           `db:"seq" json:"seq,omitempty"` // 1, 2, 3… within the key
	At      time.Time       `db:"at" json:"at"`
	ActorID string          `db:"actor_id" json:"actor_id,omitempty"` // whose act it was
	Payload json.RawMessage `db:"-" json:"payload"`

	Text string `db:"payload" json:"-"`
	Sent bool   `db:"sent" json:"-"`
}

// Decode reads the payload into v, the event struct of the publishing room. A
// payload that does not fit is an error that no repetition will mend.
func (e Event) Decode(v any) error {
	if err := json.Unmarshal(e.Payload, v); err != nil {
		return job.Permanent(fmt.Errorf("payload of event %s %s: %w", e.Name, e.ID, err))
	}
	return nil
}

// Keyed is a payload that names the thing it tells of.
type Keyed interface{ EventKey() string }

// Publish writes an event in the caller's transaction. The key is the one a Keyed payload names, else there is none.
func Publish(ctx context.Context, tx *db.Tx, name string, payload any) error {
	key := ""
	if k, ok := payload.(Keyed); ok {
		key = k.EventKey()
	}
	return PublishKey(ctx, tx, name, key, payload)
}

// PublishKey is Publish with the key given. Transactions that publish with the same key wait for each other.
func PublishKey(ctx context.Context, tx *db.Tx, name, key string, payload any) error {
	if name == "" {
		return errors.New("an event needs a name")
	}
	raw, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("publish %s: %w", name, err)
	}
	e := Event{ID: id.New(), Name: name, Key: key, At: clockFrom(ctx).Now(), ActorID: actor.From(ctx).ID, Text: string(raw)}
	if err := insert(ctx, tx, e); err != nil {
		return fmt.Errorf("publish %s: %w", name, err)
	}
	job.Ring()
	return nil
}

type clockKey struct{}

// WithClock returns a context in which Publish takes the time from c instead of the machine.
func WithClock(ctx context.Context, c clock.Clock) context.Context {
	return context.WithValue(ctx, clockKey{}, c)
}

func clockFrom(ctx context.Context) clock.Clock {
	if c, ok := ctx.Value(clockKey{}).(clock.Clock); ok {
		return c
	}
	return clock.System{}
}
