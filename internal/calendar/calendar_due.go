package calendar

import (
	"time"

	"lienthong/internal/kit/clock"
)

// Opts says how a term starts.
type Opts struct {
	// Reception is set when the term starts with the reception of a dossier: then
	// the rule for late reception applies (nhận sau 15:00, tính từ ngày làm việc tiếp theo).
	Reception bool
}

// Answer (kết quả tính hạn) is a deadline with its reasons.
type Answer struct {
	At       time.Time // local zone, whole minutes
	Start    time.Time // when the clock began to run
	Term     Term
	Reasons  []Reason // why it is this moment, in the order of time
	Warnings []Reason // what makes it uncertain, such as a year without holidays loaded
}

// Certain reports whether nothing stands against relying on the answer.
func (a Answer) Certain() bool { return len(a.Warnings) == 0 }

// Due returns when a term that starts at start ends, and why.
//
//   - Working hours and working days run from the first working minute at or after
//     start (after late reception: from the next working morning). A working day
//     is DayMinutes (480) working minutes wherever they fall: one day from Monday
//     09:00 ends on Tuesday 09:00, from Monday 07:00 on Monday 17:00. The end is the earliest
//     moment at which the time is used up, so it can be a closing time, never an opening time.
//   - Calendar days do not count the day of start and end with the closing time of the
//     last day; when that is a day off, with that of the next working day.
//   - Months end on the same day of the month, or the last one where there is no such day,
//     then as calendar days.
//
// A term that Validate refuses counts as no time, with a warning.
func (c *Calendar) Due(start time.Time, term Term, o Opts) Answer {
	a := Answer{Term: term}
	if term.Validate() != nil {
		a.Warnings = append(a.Warnings, reasonBadTerm())
		a.Term = Term{}
	}
	from := momentOf(start)
	begin, due := c.due(from, a.Term, o)
	a.Start, a.At = begin.time(), due.time()
	a.Reasons = append(a.Reasons, c.startReasons(from, begin, a.Term, o)...)
	span := from
	if !a.Term.Unit.Working() {
		span = begin
	}
	a.Reasons = append(a.Reasons, c.spanReasons(span, due, a.Term)...)
	a.Warnings = append(a.Warnings, c.warnings(from, due)...)
	return a
}

// DueAt is Due without reasons, for long lists.
func (c *Calendar) DueAt(start time.Time, term Term, o Opts) time.Time {
	if term.Validate() != nil {
		term = Term{}
	}
	_, due := c.due(momentOf(start), term, o)
	return due.time()
}

// due returns when the clock begins and when the term ends.
func (c *Calendar) due(from moment, term Term, o Opts) (begin, end moment) {
	if term.IsZero() {
		return from, from
	}
	if !term.Unit.Working() {
		if o.Reception && c.lateFor(from, term.Unit) != nil {
			from = c.next(at(from.day()+1, 0))
		}
		return from, c.pushed(calendarEnd(from, term))
	}
	begin = c.begin(from, term.Unit, o)
	return begin, c.advance(begin, term.minutes(c.perDay))
}

// begin returns the working minute at which a working term starts.
func (c *Calendar) begin(from moment, unit Unit, o Opts) moment {
	if o.Reception && c.lateFor(from, unit) != nil {
		return c.next(at(from.day()+1, 0))
	}
	return c.next(from)
}

// lateFor returns the rule that makes a reception at m late for a term of the unit, or nil.
func (c *Calendar) lateFor(m moment, unit Unit) *LateRule {
	if len(c.periods(m.day())) == 0 {
		return nil // a day off starts nothing anyway
	}
	for i := range c.late {
		r := &c.late[i]
		if m.minute() > int(r.After) && m.date().Within(r.ValidFrom, r.ValidTo) {
			for _, u := range r.Units {
				if u == unit {
					return r
				}
			}
		}
	}
	return nil
}

// StepStart returns when the clock of a processing step begins that was handed over at t:
// with late reception the next working morning.
func (c *Calendar) StepStart(t time.Time, o Opts) time.Time {
	return c.begin(momentOf(t), WorkingDays, o).time()
}

// calendarEnd returns the last day of a term of calendar days or months.
func calendarEnd(from moment, term Term) int {
	n := term.whole()
	if term.Unit == CalendarDays {
		return from.day() + n
	}
	d := from.date()
	end := clock.NewDate(d.Year, d.Month+time.Month(n), 1)
	last := clock.NewDate(end.Year, end.Month+1, 0).Day
	return dayNumber(clock.Date{Year: end.Year, Month: end.Month, Day: min(d.Day, last)})
}

// pushed returns the closing time of a day, or of the next working day when it is off.
func (c *Calendar) pushed(day int) moment { return c.closing(c.nextDay(day)) }

// Extend (gia hạn) returns the deadline that is term later than due.
func (c *Calendar) Extend(due time.Time, term Term) Answer {
	a := Answer{Term: term, Start: momentOf(due).time()}
	if term.Validate() != nil {
		a.Warnings = append(a.Warnings, reasonBadTerm())
		a.Term = Term{}
	}
	from := momentOf(due)
	_, end := c.due(from, a.Term, Opts{})
	a.At = end.time()
	if !a.Term.IsZero() {
		a.Reasons = append(a.Reasons, reasonExtension(a.Term))
	}
	a.Reasons = append(a.Reasons, c.spanReasons(from, end, a.Term)...)
	a.Warnings = append(a.Warnings, c.warnings(from, end)...)
	return a
}

// Shift (dời hạn sau khi tạm dừng) moves a deadline by the time the clock stood still between
// pausedFrom and pausedTo: by working minutes for working terms, by days for
// calendar days and months. unit is that of the dossier's term. What remained at the
// pause remains at the resumption; a lateness that existed before stays as long as it was.
func (c *Calendar) Shift(due, pausedFrom, pausedTo time.Time, unit Unit) Answer {
	from, start, stop := momentOf(due), momentOf(pausedFrom), momentOf(pausedTo)
	a := Answer{Start: from.time(), At: from.time()}
	if stop <= start {
		return a
	}
	end := from
	if unit.Working() {
		if n := c.elapsed(stop) - c.elapsed(start); n > 0 {
			end = c.advance(from, n)
			a.Term = Term{int64(n), 60, WorkingHours}.reduced()
			a.Reasons = append(a.Reasons, c.reasonPause(start, stop, n))
		}
	} else if n := stop.day() - start.day(); n > 0 {
		end = c.pushed(from.day() + n)
		a.Term = PlainDays(int64(n))
		a.Reasons = append(a.Reasons, reasonPauseDays(start, stop, n))
	}
	if end == from {
		return a
	}
	a.At = end.time()
	a.Reasons = append(a.Reasons, c.spanReasons(from, end, a.Term)...)
	a.Warnings = c.warnings(from, end)
	return a
}

// Before returns the latest moment that lies term before due, such as the last moment for a
// letter of apology. Calendar days and months give the closing time of the
// last working day that early.
func (c *Calendar) Before(due time.Time, term Term) time.Time {
	m := momentOf(due)
	switch {
	case term.IsZero() || term.Validate() != nil:
		return m.time()
	case term.Unit.Working():
		return c.retreat(m, term.minutes(c.perDay)).time()
	}
	day := m.day() - term.whole()
	if term.Unit == Months {
		day = calendarEnd(m, Term{-int64(term.whole()), 1, Months})
	}
	for len(c.periods(day)) == 0 {
		day--
	}
	return c.closing(day).time()
}
