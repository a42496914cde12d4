package org

import (
	"context"
	"sync"
	"time"

	"lienthong/internal/kit/db"
)

// cache keeps the book in memory. A change on this node drops it at once; a
// change on another node is seen by the version, asked for once per interval.
type cache struct {
	every time.Duration
	load  func(context.Context, db.Querier) (*book, error)
	count func(context.Context, db.Querier) (int64, error)

	mu      sync.Mutex
	book    *book
	version int64
	checked time.Time
	epoch   int // counts drops, so that a reading begun before one is not kept
}

func (c *cache) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.book = nil
	c.epoch++
}

func (c *cache) get(ctx context.Context, q db.Querier) (*book, error) {
	c.mu.Lock()
	held, version, epoch := c.book, c.version, c.epoch
	fresh := held != nil && time.Since(c.checked) < c.every
	c.mu.Unlock()
	if fresh {
		return held, nil
	}
	now, err := c.count(ctx, q)
	if err != nil {
		return nil, err
	}
	if held != nil && now == version {
		c.keep(held, now, epoch)
		return held, nil
	}
	for {
		b, err := c.load(ctx, q)
		if err != nil {
			return nil, err
		}
		after, err := c.count(ctx, q)
		if err != nil {
			return nil, err
		}
		if after == now { // nothing changed while the tables were read one by one
			c.keep(b, now, epoch)
			return b, nil
		}
		now = after
	}
}

func (c *cache) keep(b *book, version int64, epoch int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch == epoch {
		c.book, c.version, c.checked = b, version, time.Now()
	}
}
