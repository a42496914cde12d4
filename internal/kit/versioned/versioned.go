// Package versioned keeps in memory what changes seldom and is asked for often. A
// number in the database that every change counts up tells all nodes when to read again.
package versioned

import (
	"context"
	"sync"
	"time"

	"lienthong/internal/kit/db"
)

// Source is where a value comes from.
type Source[T any] struct {
	Version func(context.Context, db.Querier) (int64, error)
	Load    func(context.Context, db.Querier) (T, error)
	Lock    func(context.Context, *db.Tx) error // counts the version up; the row stays locked until the transaction ends. Only changes need it
}

// Cache keeps a value. It is safe for concurrent use; what it hands out is shared and must not be changed.
type Cache[T any] struct {
	src   Source[T]
	every time.Duration
	now   func() time.Time

	mu      sync.Mutex
	kept    bool
	value   T
	version int64
	checked time.Time // when version was last compared with the database; zero: compare at the next question
	epoch   int       // counts calls of Expire, so that a reading begun before one is not kept
}

// New returns an empty cache. A change made on another node is seen after every at the latest, by the clock now.
func New[T any](every time.Duration, now func() time.Time, src Source[T]) *Cache[T] {
	return &Cache[T]{src: src, every: every, now: now}
}

type afreshKey struct{}

// Afresh returns a context in which each cache compares its version with the database before its first answer. Who
// acts on news of a change needs it: the node that sent the news may be another one, and faster than every.
func Afresh(ctx context.Context) context.Context {
	return context.WithValue(ctx, afreshKey{}, new(sync.Map))
}

// compared reports whether the cache need not compare because of ctx, the first time that it has to.
func (c *Cache[T]) compared(ctx context.Context) bool {
	asked, ok := ctx.Value(afreshKey{}).(*sync.Map)
	if !ok {
		return true
	}
	_, again := asked.LoadOrStore(c, true)
	return again
}

// Get returns the value, read from q when there is none yet or it has changed.
func (c *Cache[T]) Get(ctx context.Context, q db.Querier) (T, error) {
	var none T
	compared := c.compared(ctx)
	c.mu.Lock()
	kept, value, version, epoch := c.kept, c.value, c.version, c.epoch
	age := c.now().Sub(c.checked)
	fresh := kept && compared && !c.checked.IsZero() && age >= 0 && age < c.every
	c.mu.Unlock()
	if fresh {
		return value, nil
	}
	now, err := c.src.Version(ctx, q)
	if err != nil {
		return none, err
	}
	if kept && now == version {
		c.keep(value, now, epoch)
		return value, nil
	}
	for {
		value, err := c.src.Load(ctx, q)
		if err != nil {
			return none, err
		}
		after, err := c.src.Version(ctx, q)
		if err != nil {
			return none, err
		}
		if after == now { // nothing changed while the tables were read one by one
			c.keep(value, now, epoch)
			return value, nil
		}
		now = after
	}
}

func (c *Cache[T]) keep(value T, version int64, epoch int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch == epoch {
		c.kept, c.value, c.version, c.checked = true, value, version, c.now()
	}
}

// Expire makes the next question compare the version with the database. Call it after a change on this node.
func (c *Cache[T]) Expire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.checked = time.Time{}
	c.epoch++
}

// Locked runs fn in a transaction; such transactions, of Change too, follow one another on all nodes. fn must be repeatable.
func (c *Cache[T]) Locked(ctx context.Context, d *db.DB, fn func(*db.Tx) error) error {
	err := d.Tx(ctx, func(tx *db.Tx) error {
		if err := c.src.Lock(ctx, tx); err != nil {
			return err
		}
		return fn(tx)
	})
	c.Expire()
	return err
}

// Change is Locked with a value of its own that fn may change and write.
func (c *Cache[T]) Change(ctx context.Context, d *db.DB, fn func(*db.Tx, T) error) error {
	return c.Locked(ctx, d, func(tx *db.Tx) error {
		value, err := c.src.Load(ctx, tx)
		if err != nil {
			return err
		}
		return fn(tx, value)
	})
}
