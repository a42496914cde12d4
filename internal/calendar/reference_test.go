package calendar

import (
	"math/rand/v2"
	"testing"
	"time"

	"lienthong/internal/kit/clock"
)

// reference is the calculator written the slow and obvious way: minute by minute,
// asking of each whether it is worked, straight from the data.
type reference struct {
	week Week
	days map[clock.Date]Day
	late LateRule
}

func newReference(d Data) reference {
	r := reference{d.Hours[0].Week, map[clock.Date]Day{}, d.Late[0]}
	for _, day := range d.Days {
		r.days[day.Date] = day
	}
	return r
}

func (r reference) worked(t time.Time) bool {
	t = t.In(clock.Local)
	date := clock.DateOf(t)
	weekend := date.Weekday() == time.Saturday || date.Weekday() == time.Sunday
	morning := t.Hour() < 12
	if day, ok := r.days[date]; ok {
		switch {
		case day.Kind == DayOff, day.Kind == OffMorning && morning, day.Kind == OffAfternoon && !morning:
			return false
		case day.Kind == DayWorked:
			weekend = false
		}
	}
	clockTime := t.Format("15:04")
	return !weekend && (clockTime >= "07:00" && clockTime < "11:30" || clockTime >= "13:30" && clockTime < "17:00")
}

func (r reference) workedOn(d clock.Date) bool {
	return r.worked(d.At(7, 0)) || r.worked(d.At(16, 59))
}

func (r reference) due(start time.Time, term Term, reception bool) time.Time {
	t := start.Truncate(time.Minute)
	date := clock.DateOf(t)
	closing := func(d clock.Date) time.Time {
		for !r.workedOn(d) {
			d = d.AddDays(1)
		}
		end := d.At(23, 59)
		for !r.worked(end) {
			end = end.Add(-time.Minute)
		}
		return end.Add(time.Minute)
	}
	switch term.Unit {
	case CalendarDays:
		for range term.Num {
			date = date.AddDays(1)
		}
		return closing(date)
	case Months:
		first := clock.NewDate(date.Year, date.Month+time.Month(term.Num), 1)
		end := first
		for end.Month == first.Month && end.Day < date.Day {
			end = end.AddDays(1)
		}
		if end.Month != first.Month {
			end = end.AddDays(-1)
		}
		return closing(end)
	}
	if reception && term.Unit == WorkingDays && t.In(clock.Local).Format("15:04") > "15:00" && !date.Before(r.late.ValidFrom) && r.workedOn(date) {
		t = date.AddDays(1).At(0, 0)
	}
	for need := term.minutes(480); need > 0; t = t.Add(time.Minute) {
		if r.worked(t) {
			need--
		}
	}
	return t
}

func (r reference) minutes(from, to time.Time) int {
	n := 0
	for t := from; t.Before(to); t = t.Add(time.Minute) {
		if r.worked(t) {
			n++
		}
	}
	return n
}

// halfDays gives the data days of every kind.
func halfDays(d Data) Data {
	d.Days = append(d.Days,
		Day{Date: clock.MustDate("2019-02-01"), Kind: OffAfternoon, Name: "nghỉ chiều trước Tết", Confidence: Reported},
		Day{Date: clock.MustDate("2019-02-11"), Kind: OffMorning, Name: "nghỉ sáng sau Tết", Confidence: Reported})
	return d
}

func randomTerm(rnd *rand.Rand) Term {
	switch rnd.IntN(5) {
	case 0:
		return WorkHours(1 + rnd.Int64N(40))
	case 1:
		return WorkDays(1 + rnd.Int64N(25))
	case 2:
		return Term{1 + rnd.Int64N(30), 4, WorkingDays}.reduced()
	case 3:
		return PlainDays(1 + rnd.Int64N(60))
	}
	return Term{1 + rnd.Int64N(14), 1, Months}
}

func TestAgainstReference(t *testing.T) {
	data := halfDays(provinceData(t))
	c, err := Build(data)
	if err != nil {
		t.Fatal(err)
	}
	ref := newReference(data)
	rnd := rand.New(rand.NewPCG(599, 2018))
	first := ts(t, "2018-01-01 00:00")
	rounds := 120
	if testing.Short() {
		rounds = 20
	}
	for range rounds {
		start := first.Add(time.Duration(rnd.IntN(10*365*24*60)) * time.Minute)
		if rnd.IntN(4) == 0 { // more around the edges of days and years
			year := 2018 + rnd.IntN(10)
			start = clock.NewDate(year, 12, 28).At(0, 0).Add(time.Duration(rnd.IntN(10*24)) * time.Hour)
		}
		term, reception := randomTerm(rnd), rnd.IntN(2) == 0
		want := ref.due(start, term, reception)
		a := c.Due(start, term, Opts{Reception: reception})
		if !a.At.Equal(want) {
			t.Fatalf("%s + %s (reception %v): %s, reference says %s; reasons %q", show(start), term, reception, show(a.At), show(want), a.Lines())
		}
		if got, want := c.WorkingMinutes(start, a.At), ref.minutes(start, a.At); got != want {
			t.Fatalf("WorkingMinutes(%s, %s) = %d, reference says %d", show(start), show(a.At), got, want)
		}
	}
}

// TestLaws holds what must be true of any deadline.
func TestLaws(t *testing.T) {
	c, err := Build(halfDays(provinceData(t)))
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(61, 2018))
	first := ts(t, "2012-01-01 00:00") // also outside the data
	for range 3000 {
		start := first.Add(time.Duration(rnd.IntN(22*365*24*60)) * time.Minute)
		term := randomTerm(rnd)
		o := Opts{Reception: rnd.IntN(2) == 0}
		due := c.DueAt(start, term, o)
		if due.Before(start) {
			t.Fatalf("%s + %s is %s, before its start", show(start), term, show(due))
		}
		if !c.IsWorking(due.Add(-time.Minute)) {
			t.Fatalf("%s + %s is %s, which does not end a worked minute", show(start), term, show(due))
		}
		if later := c.DueAt(start.Add(time.Hour), term, o); later.Before(due) {
			t.Fatalf("%s + %s: one hour later gives an earlier deadline %s < %s", show(start), term, show(later), show(due))
		}
		if !term.Unit.Working() {
			continue
		}
		begin := c.Due(start, term, o).Start
		if got := c.WorkingMinutes(begin, due); got != term.minutes(480) {
			t.Fatalf("%s + %s: %d minutes between start and deadline", show(start), term, got)
		}
		if back := c.Before(due, term); c.WorkingMinutes(back, due) != term.minutes(480) || back.Before(begin) {
			t.Fatalf("%s before %s is %s, the clock began %s", term, show(due), show(back), show(begin))
		}
		checkPause(t, c, rnd, begin, due)
	}
}

// checkPause: what remained at the pause remains at the resumption.
func checkPause(t *testing.T, c *Calendar, rnd *rand.Rand, begin, due time.Time) {
	t.Helper()
	span := int(due.Sub(begin) / time.Minute)
	from := begin.Add(time.Duration(rnd.IntN(span)) * time.Minute)
	to := from.Add(time.Duration(rnd.IntN(20*24*60)) * time.Minute)
	a := c.Shift(due, from, to, WorkingDays)
	if got, want := c.WorkingMinutes(to, a.At), c.WorkingMinutes(from, due); got != want {
		t.Fatalf("paused %s to %s: %d minutes remained of %s, %d remain of %s", show(from), show(to), want, show(due), got, show(a.At))
	}
	if a.At.Before(due) {
		t.Fatalf("a pause moved the deadline back from %s to %s", show(due), show(a.At))
	}
}
