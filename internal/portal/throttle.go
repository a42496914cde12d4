package portal

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"lienthong/internal/kit/clock"
)

// throttle slows down guessing: every wrong look-up costs one of the tries of its
// dossier code and of its network address, and tries come back slowly. What is kept is bounded.
type throttle struct {
	clock   clock.Clock
	mu      sync.Mutex
	known   map[string]*rate.Limiter
	guesses int
	lookups int
}

const (
	guessBack  = 2 * time.Minute  // one try of a code comes back
	lookupBack = 10 * time.Second // one try of an address comes back
	maxKnown   = 20_000
)

func newThrottle(c clock.Clock, guesses, lookups int) *throttle {
	return &throttle{clock: c, known: map[string]*rate.Limiter{}, guesses: guesses, lookups: lookups}
}

func (t *throttle) limiter(key string, every time.Duration, burst int) *rate.Limiter {
	l, ok := t.known[key]
	if !ok {
		if len(t.known) >= maxKnown {
			t.sweep()
		}
		l = rate.NewLimiter(rate.Every(every), burst)
		t.known[key] = l
	}
	return l
}

// sweep forgets those who have all their tries back and, when that is not enough, a tenth of the others.
func (t *throttle) sweep() {
	now := t.clock.Now()
	for key, l := range t.known {
		if l.TokensAt(now) >= float64(l.Burst()) {
			delete(t.known, key)
		}
	}
	spare := len(t.known) - maxKnown*9/10
	for key := range t.known {
		if spare <= 0 {
			return
		}
		delete(t.known, key)
		spare--
	}
}

// try takes one try for an address and, unless it is empty, a code. giveBack is
// called when the look-up was right. wait is how long to wait when there are no tries left.
func (t *throttle) try(address, code string) (giveBack func(), wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.clock.Now()
	limiters := []*rate.Limiter{t.limiter("a "+address, lookupBack, t.lookups)}
	if code != "" {
		limiters = append(limiters, t.limiter("c "+code, guessBack, t.guesses))
	}
	var taken []*rate.Reservation
	giveBack = func() {
		for _, r := range taken {
			r.CancelAt(now)
		}
	}
	for _, l := range limiters {
		r := l.ReserveN(now, 1)
		taken = append(taken, r)
		wait = max(wait, r.DelayFrom(now))
	}
	if wait > 0 {
		giveBack()
		return nil, wait
	}
	return giveBack, 0
}
