// Package randomtest makes long random histories of changes, some entered late and some ahead of time, after which
// what must always be true is held.
package randomtest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

// World is what changes.
type World interface {
	// NextDay lets the time go on to a day, when it lies ahead, and runs what runs at the start of each day.
	NextDay(t *testing.T, day clock.Date)
	// Change tries the i-th change, which takes effect on a day. It may be refused as Invalid or as a Conflict.
	Change(t *testing.T, r *rand.Rand, i int, on clock.Date) error
	// Check holds what must be true at the end; days are those on which changes took effect, and the first.
	Check(t *testing.T, days []clock.Date)
}

// History says how changes follow one another.
type History struct {
	Start, End clock.Date
	Changes    int // tried, each up to 60 days after the one before
	Least      int // that must be made
}

// Run makes one history for each of several seeds, each in a world of its own.
func (h History) Run(t *testing.T, seeds uint64, world func(t *testing.T) World) {
	t.Helper()
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w, r, on := world(t), rand.New(rand.NewPCG(seed, 2)), h.Start
			days := []clock.Date{on}
			for i := range h.Changes {
				on = on.AddDays(r.IntN(60))
				w.NextDay(t, on.AddDays(-r.IntN(30))) // some changes lie in the past, some in the future
				switch err := w.Change(t, r, i, on); fault.KindOf(err) {
				case fault.Invalid, fault.Conflict:
				default:
					if err != nil {
						t.Fatalf("change %d: %v", i, err)
					}
					days = append(days, on)
				}
			}
			if len(days)-1 < h.Least {
				t.Fatalf("only %d changes were made", len(days)-1)
			}
			w.NextDay(t, h.End)
			w.Check(t, days)
		})
	}
}
