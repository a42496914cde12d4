package randomtest

import (
	"math/rand/v2"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// diary refuses every third change.
type diary struct {
	today, last clock.Date
	tried       int
	ahead       bool // some change took effect later than it was made
	checked     *int
}

func (d *diary) NextDay(_ *testing.T, day clock.Date) {
	if day.After(d.today) {
		d.today = day
	}
}

func (d *diary) Change(t *testing.T, _ *rand.Rand, i int, on clock.Date) error {
	if i != d.tried || on.Before(d.last) {
		t.Errorf("change %d of %d on %s, after %s", i, d.tried, on, d.last)
	}
	d.tried, d.last = d.tried+1, on
	d.ahead = d.ahead || on.After(d.today)
	if i%3 == 2 {
		return fault.NewConflict(i18n.M("Không được."))
	}
	return nil
}

func (d *diary) Check(t *testing.T, days []clock.Date) {
	*d.checked++
	if d.tried != 30 || len(days) != 21 || d.today != clock.NewDate(2030, 1, 1) || !d.ahead {
		t.Errorf("%d tried, %d days, ends on %s", d.tried, len(days), d.today)
	}
}

func TestRun(t *testing.T) {
	checked := 0
	start := clock.NewDate(2018, 11, 23)
	History{Start: start, End: clock.NewDate(2030, 1, 1), Changes: 30, Least: 20}.Run(t, 3, func(*testing.T) World {
		return &diary{today: start, last: start, checked: &checked}
	})
	if checked != 3 {
		t.Errorf("%d histories were checked", checked)
	}
}
