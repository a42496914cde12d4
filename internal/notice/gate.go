package notice

import (
	"sync"
	"time"
)

// gate keeps a channel closed for a while when its provider does not answer at all: 5 s at first, at most 5 minutes.
// Then a single message tries whether it is back.
type gate struct {
	mu    sync.Mutex
	fails int
	until time.Time
	why   string
	since time.Time // of the first failure
}

// width returns how many messages may be tried now, of n.
func (g *gate) width(now time.Time, n int) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.fails == 0:
		return n
	case now.Before(g.until):
		return 0
	}
	return 1
}

// closed reports whether nothing may be sent now.
func (g *gate) closed(now time.Time) bool { return g.width(now, 1) == 0 }

// down closes the gate.
func (g *gate) down(now time.Time, why string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.fails > 0 && now.Before(g.until) {
		return // said already by a message beside this one
	}
	if g.fails == 0 {
		g.since = now
	}
	g.until = now.Add(min(5*time.Minute, 5*time.Second<<min(g.fails, 10)))
	g.fails++
	g.why = why
}

// open opens the gate again.
func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fails, g.why = 0, ""
}

// state returns since when and why the gate is closed; the zero time when it is open.
func (g *gate) state() (since time.Time, why string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.fails == 0 {
		return time.Time{}, ""
	}
	return g.since, g.why
}

// backoff is how long a delivery waits after its nth failed attempt: 30 s, 2 min, 8 min, 32 min, then 2 h.
func backoff(n int) time.Duration {
	if n > 4 {
		return 2 * time.Hour
	}
	return 30 * time.Second << (2 * max(n-1, 0))
}
