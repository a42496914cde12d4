// Package throttle bounds how often an address on the network may do something that costs much or guesses.
// Every node of a program counts for itself, so several nodes together allow as many times more.
package throttle

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Throttle counts the tries of addresses. It is safe for concurrent use.
type Throttle struct {
	burst int
	every time.Duration

	mu    sync.Mutex
	at    map[netip.Prefix]*rate.Limiter
	swept time.Time
}

// New allows an address so many tries at once; used ones come back evenly over a time.
func New(tries int, within time.Duration) *Throttle {
	return &Throttle{burst: tries, every: within / time.Duration(tries), at: map[netip.Prefix]*rate.Limiter{}}
}

// Network is what counts as one address: an IPv4 address, or of IPv6 the network of a household. ok is false when
// the text is no address.
func Network(address string) (network netip.Prefix, ok bool) {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}, false
	}
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	network, err = ip.Prefix(bits)
	return network, err == nil
}

// Try takes one try of an address; ok is false when it has none left. refund gives the try back when it turns out
// to have been a right one. What is no address, such as that of a timer or an import, is not bounded.
func (t *Throttle) Try(address string, now time.Time) (refund func(), ok bool) {
	key, known := Network(address)
	if !known {
		return func() {}, true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sweep(now)
	l := t.at[key]
	if l == nil {
		l = rate.NewLimiter(rate.Every(t.every), t.burst)
		t.at[key] = l
	}
	r := l.ReserveN(now, 1)
	if !r.OK() || r.DelayFrom(now) > 0 {
		r.CancelAt(now)
		return nil, false
	}
	return func() { r.CancelAt(now) }, true
}

// many is how many addresses make sweeping urgent.
const many = 100_000

// sweep forgets addresses that have all their tries again: every minute, and every second while there are many.
func (t *Throttle) sweep(now time.Time) {
	pause := time.Minute
	if len(t.at) >= many {
		pause = time.Second
	}
	if now.Sub(t.swept) < pause {
		return
	}
	t.swept = now
	for key, l := range t.at {
		if l.TokensAt(now) >= float64(t.burst) {
			delete(t.at, key)
		}
	}
}
