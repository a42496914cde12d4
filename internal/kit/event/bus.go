package event

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"time"

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/job"
	"lienthong/internal/kit/versioned"
)

// Handler takes an event. Its context carries the system actor and lets caches answer afresh, so that it sees at least
// what the publisher did. An error means: deliver again later.
type Handler func(ctx context.Context, e Event) error

// kindPrefix marks the tasks that deliver events; the rest of the kind is the subscriber.
const kindPrefix = "event/"

// batch is how many events one transaction hands on.
const batch = 100

// Bus hands events to subscribers. It works inside a job.Runner: Runner.Run
// delivers, and an event that nobody can deliver is one of Runner.Dead.
type Bus struct {
	db     *db.DB
	runner *job.Runner
	subs   map[string]map[string]Handler // event → subscriber → handler
	known  map[string]bool               // subscribers
}

// NewBus returns a bus that delivers through runner.
func NewBus(d *db.DB, runner *job.Runner) *Bus {
	b := &Bus{db: d, runner: runner, subs: map[string]map[string]Handler{}, known: map[string]bool{}}
	runner.Feed(b.handOn)
	return b
}

// Subscribe delivers the events of a name to fn. The subscriber's name is stable
// (room.purpose): deliveries that wait are kept under it across restarts. All events
// that go to one subscriber keep their order within a key. Subscribe before the
// runner runs; a second handler for the same pair is a mistake of wiring and panics.
func (b *Bus) Subscribe(subscriber, event string, fn Handler) {
	if b.subs[event] == nil {
		b.subs[event] = map[string]Handler{}
	}
	if b.subs[event][subscriber] != nil {
		panic(fmt.Sprintf("event: %s subscribes to %s twice", subscriber, event))
	}
	b.subs[event][subscriber] = fn
	if !b.known[subscriber] {
		b.known[subscriber] = true
		b.runner.Handle(kindPrefix+subscriber, func(ctx context.Context, t job.Task) error { return b.deliver(ctx, subscriber, t) })
	}
}

// Subscriptions returns who gets what, event name → subscribers in order, for the table in the documentation.
func (b *Bus) Subscriptions() map[string][]string {
	out := map[string][]string{}
	for event, subs := range b.subs {
		for s := range subs {
			out[event] = append(out[event], s)
		}
		sort.Strings(out[event])
	}
	return out
}

// handOn turns events of the outbox into one task per subscriber.
func (b *Bus) handOn(ctx context.Context) error {
	for {
		found, err := anyUnsent(ctx, b.db)
		if err != nil {
			return fmt.Errorf("look into the outbox: %w", err)
		}
		if !found {
			return nil
		}
		if err := b.db.Tx(ctx, func(tx *db.Tx) error { return b.handOnBatch(ctx, tx) }); err != nil {
			return fmt.Errorf("hand on events: %w", err)
		}
	}
}

func (b *Bus) handOnBatch(ctx context.Context, tx *db.Tx) error {
	events, err := takeUnsent(ctx, tx, batch)
	if err != nil {
		return err
	}
	for _, e := range events {
		e.Payload = json.RawMessage(e.Text)
		raw, err := json.Marshal(e)
		if err != nil {
			return err
		}
		for subscriber := range b.subs[e.Name] {
			err := job.Put(ctx, tx, job.Task{Kind: kindPrefix + subscriber, Key: e.Key, Seq: e.Seq, Payload: raw})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *Bus) deliver(ctx context.Context, subscriber string, t job.Task) error {
	var e Event
	if err := t.Decode(&e); err != nil {
		return err
	}
	fn := b.subs[e.Name][subscriber]
	if fn == nil {
		return nil // the subscription was withdrawn since
	}
	if err := fn(versioned.Afresh(ctx), e); err != nil {
		return fmt.Errorf("%s on %s %s: %w", subscriber, e.Name, e.ID, err)
	}
	return nil
}

// Drain delivers in this goroutine everything that waits, with what the handlers
// publish in turn, and returns their errors. A delivery that fails is not
// repeated within one Drain. For tests and tools: nobody needs to sleep.
func (b *Bus) Drain(ctx context.Context) error { return b.runner.Drain(ctx, kindPrefix) }

// Purge deletes events from the outbox that were handed on before a moment.
func (b *Bus) Purge(ctx context.Context, before time.Time) error {
	return b.db.Tx(ctx, func(tx *db.Tx) error {
		_, err := purge(ctx, tx, before)
		return err
	})
}
