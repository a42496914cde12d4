package audit

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"weak"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
)

type clockKey struct{}

// WithClock returns a context in which Record takes the time from c instead of the machine.
func WithClock(ctx context.Context, c clock.Clock) context.Context {
	return context.WithValue(ctx, clockKey{}, c)
}

func clockFrom(ctx context.Context) clock.Clock {
	if c, ok := ctx.Value(clockKey{}).(clock.Clock); ok {
		return c
	}
	return clock.System{}
}

// Record writes one entry in the caller's transaction; the actor comes from ctx.
// It locks the head of a lane until the transaction ends, so it is best called
// after the change it tells of. An error must end the transaction.
func Record(ctx context.Context, tx *db.Tx, e Entry) error {
	r, err := newRow(actor.From(ctx), clockFrom(ctx).Now(), e)
	if err != nil {
		return fmt.Errorf("audit %s: %w", e.Action, err)
	}
	r.Lane = laneOf(tx, r.ObjectID)
	if err := extend(ctx, tx, r); err != nil {
		return fmt.Errorf("audit %s: %w", e.Action, err)
	}
	return nil
}

// chosen remembers the lane of each open transaction. A transaction that locked
// two lanes could wait in a circle with another one; so it keeps to its first.
var chosen sync.Map // weak.Pointer[db.Tx] → int64

func laneOf(tx *db.Tx, objectID string) int64 {
	key := weak.Make(tx)
	lane, known := chosen.LoadOrStore(key, laneFor(objectID))
	if !known {
		runtime.AddCleanup(tx, func(k weak.Pointer[db.Tx]) { chosen.Delete(k) }, key)
	}
	return lane.(int64)
}
