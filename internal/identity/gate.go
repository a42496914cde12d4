package identity

import (
	"context"
	"hash/fnv"
)

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
