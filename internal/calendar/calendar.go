package calendar

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"lienthong/internal/kit/clock"
)

// Data (dữ liệu lịch làm việc) is everything a calendar is built from, for all units.
type Data struct {
	DayMinutes int // working minutes of one "ngày làm việc"; 0 means 480
	Late       []LateRule
	Hours      []Hours
	Days       []Day
	Years      []Year
}

// NominalDay is the length of a working day where the data do not say otherwise: 8 hours.
const NominalDay = 8 * 60

// Calendar (lịch làm việc) answers questions about working time for one unit.
// It is built once, does not change and is safe for concurrent use.
//
// All reckoning is in whole minutes of local time; seconds are cut off, because
// receipts print minutes. A period includes its first minute and excludes its end.
type Calendar struct {
	perDay int
	late   []LateRule
	layers []layer // the nearest unit first, the province last
	days   map[int]*Day
	years  map[int]Year

	first int   // day number of table[0]
	table []int // index into plans, one per day
	plans []Periods
	total []int // working minutes before each day of the table
}

// layer is the working weeks of one unit, the latest first.
type layer []Hours

// Build makes the calendar of a unit from the data. units are the ids of the unit and
// of those above it, nearest first; without units it is the calendar of the province.
// Of two entries for the same day the one of the nearer unit counts; holidays of
// the province stand unless a nearer unit says otherwise.
func Build(data Data, units ...string) (*Calendar, error) {
	c := &Calendar{perDay: data.DayMinutes, late: data.Late, days: map[int]*Day{}, years: map[int]Year{}}
	if c.perDay == 0 {
		c.perDay = NominalDay
	}
	if c.perDay < 0 || c.perDay > minutesOfDay {
		return nil, fmt.Errorf("a working day of %d minutes", c.perDay)
	}
	for _, y := range data.Years {
		c.years[y.Year] = y
	}
	units = append(slices.Clone(units), "")
	for _, u := range units {
		if err := c.addUnit(data, u); err != nil {
			return nil, err
		}
	}
	base := c.layers[len(c.layers)-1]
	if len(base) == 0 || !base[0].ValidTo.IsZero() {
		return nil, errors.New("the working hours of the province must have an entry without end")
	}
	if len(base[len(base)-1].Week.ordinary()) == 0 { // it holds for all time before
		return nil, errors.New("the first working hours of the province must have working time")
	}
	if err := c.fillTable(); err != nil {
		return nil, err
	}
	return c, nil
}

// addUnit takes over the hours and days of one unit; nearer units were added before.
func (c *Calendar) addUnit(data Data, unit string) error {
	var l layer
	for _, h := range data.Hours {
		if h.UnitID != unit {
			continue
		}
		for _, ps := range h.Week {
			if err := ps.check(); err != nil {
				return fmt.Errorf("hours from %s: %w", h.ValidFrom, err)
			}
		}
		l = append(l, h)
	}
	slices.SortStableFunc(l, func(a, b Hours) int { return b.ValidFrom.Compare(a.ValidFrom) })
	c.layers = append(c.layers, l)
	for i := range data.Days {
		d := &data.Days[i]
		if d.UnitID != unit {
			continue
		}
		if err := d.Periods.check(); err != nil {
			return fmt.Errorf("day %s: %w", d.Date, err)
		}
		n := dayNumber(d.Date)
		if _, nearer := c.days[n]; !nearer {
			c.days[n] = d
		}
	}
	return nil
}

// fillTable works out every day from the year before the first to two years after the last
// year known, so that common questions cost a look-up. Days outside are worked out when asked.
func (c *Calendar) fillTable() error {
	from, to := 0, 0
	for y := range c.years {
		if from == 0 || y < from {
			from = y
		}
		to = max(to, y)
	}
	last := 0
	for n := range c.days {
		last = max(last, n+1)
	}
	for _, l := range c.layers {
		for _, h := range l {
			last = max(last, dayNumber(h.ValidFrom), dayNumber(h.ValidTo))
		}
	}
	ends := false
	for n := last; n < last+7; n++ {
		ends = ends || len(c.reckon(n)) > 0
	}
	if !ends {
		return errors.New("a unit without any working hours cannot have deadlines")
	}
	if from == 0 {
		return nil
	}
	c.first = dayNumber(clock.NewDate(from-1, time.January, 1))
	end := dayNumber(clock.NewDate(to+3, time.January, 1))
	sum := 0
	for n := c.first; n < end; n++ {
		ps := c.reckon(n)
		i := slices.IndexFunc(c.plans, func(q Periods) bool { return slices.Equal(q, ps) })
		if i < 0 {
			i = len(c.plans)
			c.plans = append(c.plans, ps)
		}
		c.table = append(c.table, i)
		c.total = append(c.total, sum)
		sum += ps.Minutes()
	}
	c.total = append(c.total, sum)
	return nil
}

// weekOn returns the working week that holds on a day.
func (c *Calendar) weekOn(d clock.Date) Week {
	for _, l := range c.layers {
		for _, h := range l {
			if d.Within(h.ValidFrom, h.ValidTo) {
				return h.Week
			}
		}
	}
	base := c.layers[len(c.layers)-1]
	return base[len(base)-1].Week // before the first entry the first one holds
}

// reckon works out the working time of a day from the data.
func (c *Calendar) reckon(n int) Periods {
	d := dateOf(n)
	w := c.weekOn(d)
	if special, ok := c.days[n]; ok {
		return special.periods(w)
	}
	return w[d.Weekday()]
}

// periods returns the working time of a day.
func (c *Calendar) periods(n int) Periods {
	if i := n - c.first; i >= 0 && i < len(c.table) {
		return c.plans[c.table[i]]
	}
	return c.reckon(n)
}

// worked returns the working minutes before a day, counted from the first day of the table.
func (c *Calendar) worked(n int) int {
	i := n - c.first
	if i >= 0 && i < len(c.total) {
		return c.total[i]
	}
	sum, from := 0, c.first
	if i > 0 && len(c.total) > 0 {
		from = c.first + len(c.total) - 1
		sum = c.total[len(c.total)-1]
	}
	for ; from < n; from++ {
		sum += c.reckon(from).Minutes()
	}
	for from--; from >= n; from-- {
		sum -= c.reckon(from).Minutes()
	}
	return sum
}

// moment is a minute of local time: day number × 1440 + minute of the day.
type moment int

func momentOf(t time.Time) moment {
	t = t.In(clock.Local)
	return moment(dayNumber(clock.DateOf(t))*minutesOfDay + t.Hour()*60 + t.Minute())
}

func (m moment) day() int {
	d := int(m) / minutesOfDay
	if int(m) < d*minutesOfDay {
		d--
	}
	return d
}

func (m moment) minute() int      { return int(m) - m.day()*minutesOfDay }
func (m moment) date() clock.Date { return dateOf(m.day()) }

// time returns the moment in the local zone.
func (m moment) time() time.Time { return m.date().At(m.minute()/60, m.minute()%60) }

// at returns the moment of a day's clock time.
func at(day int, c ClockTime) moment { return moment(day*minutesOfDay + int(c)) }

// dayNumber counts days since 1 January 1970.
func dayNumber(d clock.Date) int {
	return int(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func dateOf(n int) clock.Date {
	y, m, d := time.Unix(int64(n)*86400, 0).UTC().Date()
	return clock.Date{Year: y, Month: m, Day: d}
}

// DayMinutes returns the working minutes of one "ngày làm việc".
func (c *Calendar) DayMinutes() int { return c.perDay }

// PeriodsOn (giờ làm việc trong ngày) returns the working time of a date; empty on a day off.
func (c *Calendar) PeriodsOn(d clock.Date) Periods { return slices.Clone(c.periods(dayNumber(d))) }

// SpecialDay returns the entry that makes a date differ from its weekday.
func (c *Calendar) SpecialDay(d clock.Date) (Day, bool) {
	special, ok := c.days[dayNumber(d)]
	if !ok {
		return Day{}, false
	}
	return *special, true
}

// IsWorkingDay reports whether any part of the date is worked.
func (c *Calendar) IsWorkingDay(d clock.Date) bool { return len(c.periods(dayNumber(d))) > 0 }

// IsWorking reports whether t lies in working time.
func (c *Calendar) IsWorking(t time.Time) bool {
	m := momentOf(t)
	for _, p := range c.periods(m.day()) {
		if m.minute() >= int(p.Start) && m.minute() < int(p.End) {
			return true
		}
	}
	return false
}

// NextWorking returns t cut to the minute when it lies in working time, else the start of the next period.
func (c *Calendar) NextWorking(t time.Time) time.Time { return c.next(momentOf(t)).time() }

func (c *Calendar) next(m moment) moment {
	for day, minute := m.day(), m.minute(); ; day, minute = day+1, 0 {
		for _, p := range c.periods(day) {
			if minute < int(p.End) {
				return at(day, max(p.Start, ClockTime(minute)))
			}
		}
	}
}

// NextWorkingDay returns d when it is a working day, else the next one.
func (c *Calendar) NextWorkingDay(d clock.Date) clock.Date { return dateOf(c.nextDay(dayNumber(d))) }

func (c *Calendar) nextDay(n int) int {
	for len(c.periods(n)) == 0 {
		n++
	}
	return n
}

// closing returns the end of the working time of a working day.
func (c *Calendar) closing(n int) moment {
	ps := c.periods(n)
	return at(n, ps[len(ps)-1].End)
}

// WorkingMinutes returns the working time between two moments in minutes, negative when to comes before from.
func (c *Calendar) WorkingMinutes(from, to time.Time) int {
	return c.elapsed(momentOf(to)) - c.elapsed(momentOf(from))
}

func (c *Calendar) elapsed(m moment) int {
	return c.worked(m.day()) + c.periods(m.day()).before(m.minute())
}

// advance returns the earliest moment at which n > 0 working minutes have passed since m.
func (c *Calendar) advance(m moment, n int) moment {
	for day, minute := m.day(), m.minute(); ; day, minute = day+1, 0 {
		for _, p := range c.periods(day) {
			start := max(int(p.Start), minute)
			if left := int(p.End) - start; left > 0 {
				if n <= left {
					return at(day, ClockTime(start+n))
				}
				n -= left
			}
		}
	}
}

// retreat returns the latest moment from which n > 0 working minutes lead to m.
func (c *Calendar) retreat(m moment, n int) moment {
	for day, minute := m.day(), m.minute(); ; day, minute = day-1, minutesOfDay {
		ps := c.periods(day)
		for i := len(ps) - 1; i >= 0; i-- {
			end := min(int(ps[i].End), minute)
			if left := end - int(ps[i].Start); left > 0 {
				if n <= left {
					return at(day, ClockTime(end-n))
				}
				n -= left
			}
		}
	}
}
