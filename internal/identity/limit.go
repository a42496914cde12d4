package identity

import (
	"context"
	"hash/fnv"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// addressLimits bounds how often one address on the network may fail to sign in or
// register. Each node of the program counts for itself.
type addressLimits struct {
	burst int
	every time.Duration

	mu    sync.Mutex
	at    map[netip.Prefix]*rate.Limiter
	swept time.Time
}

func newAddressLimits(c Config) *addressLimits {
	return &addressLimits{burst: c.AddressTries, every: c.LockFor / time.Duration(c.AddressTries), at: map[netip.Prefix]*rate.Limiter{}}
}

// gates let attempts at one sign-in name pass one after the other: an attempt counts
// as a wrong one until its password was found right, and several right ones at the
// same time must not lock the name. A gate serves many names.
type gates [64]chan struct{}

func newGates() *gates {
	var g gates
	for i := range g {
		g[i] = make(chan struct{}, 1)
	}
	return &g
}

// enter waits for the gate of a name's hash; leave opens it for the next.
func (g *gates) enter(ctx context.Context, hash string) (leave func(), err error) {
	h := fnv.New32a()
	h.Write([]byte(hash))
	gate := g[h.Sum32()%uint32(len(g))]
	select {
	case gate <- struct{}{}:
		return func() { <-gate }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// network is what counts as one address: IPv4 addresses each, IPv6 by the network of a household.
func network(ip string) (netip.Prefix, bool) {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return netip.Prefix{}, false
	}
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	return p, err == nil
}

// try takes one attempt of an address; ok is false when it has none left. The
// attempt is given back with refund when it was no failure.
func (l *addressLimits) try(ip string, now time.Time) (refund func(), ok bool) {
	key, known := network(ip)
	if !known {
		return func() {}, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	lim := l.at[key]
	if lim == nil {
		lim = rate.NewLimiter(rate.Every(l.every), l.burst)
		l.at[key] = lim
	}
	r := lim.ReserveN(now, 1)
	if !r.OK() || r.DelayFrom(now) > 0 {
		r.CancelAt(now)
		return nil, false
	}
	return func() { r.CancelAt(now) }, true
}

// sweep forgets addresses that have all their attempts again.
func (l *addressLimits) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Minute && len(l.at) < 100_000 {
		return
	}
	l.swept = now
	for key, lim := range l.at {
		if lim.TokensAt(now) >= float64(l.burst) {
			delete(l.at, key)
		}
	}
}
