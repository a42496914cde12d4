package app

import (
	"context"
	"time"
)

// keepEvents is how long delivered events stay in the outbox, to look into.
const keepEvents = 30 * 24 * time.Hour

// subscribe is the table of who is told what, and of the timers.
//
// Events are delivered at least once and in the order of their key; subscribers bear a second delivery.
//
//	event                 → subscriber              what it does
func (h *House) subscribe() {
	// timers
	h.Jobs.Every("web.clean_keys", time.Hour, func(ctx context.Context) error {
		_, err := h.Keys.Clean(ctx)
		return err
	})
	h.Jobs.Daily("event.purge", 2, 30, func(ctx context.Context) error {
		return h.Bus.Purge(ctx, h.Clock.Now().Add(-keepEvents))
	})
	h.Jobs.Daily("place.announce", 0, 5, h.Place.Announce)
}
