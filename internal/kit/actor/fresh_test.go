package actor_test

import (
	"errors"
	"testing"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
)

func TestFresh(t *testing.T) {
	for _, c := range []struct {
		name      string
		a         actor.Actor
		ok, stale bool
	}{
		{"a moment ago", actor.Actor{ID: "1", Kind: actor.Staff}, true, false},
		{"too long ago", actor.Actor{ID: "1", Kind: actor.Staff, Stale: true}, false, true},
		{"a program, which cannot prove", actor.Actor{ID: "1", Kind: actor.Staff, Stale: true, Token: "t"}, false, false},
		{"the system", actor.SystemActor, true, false},
	} {
		err := actor.Fresh(actor.With(t.Context(), c.a))
		if (err == nil) != c.ok || errors.Is(err, actor.ErrStale) != c.stale || err != nil && fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
