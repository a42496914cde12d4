package calendar

import (
	"fmt"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
)

// ReasonKind (loại lý do) sorts reasons for programs; people read Reason.Msg.
type ReasonKind string

// The kinds of reasons.
const (
	ReasonLate      ReasonKind = "late_reception" // nhận sau 15:00
	ReasonEarly     ReasonKind = "before_hours"
	ReasonBreak     ReasonKind = "break" // giờ nghỉ trưa
	ReasonAfter     ReasonKind = "after_hours"
	ReasonOffDay    ReasonKind = "off_day" // nhận vào ngày nghỉ
	ReasonWeekend   ReasonKind = "weekend"
	ReasonHoliday   ReasonKind = "holiday"
	ReasonHalfDay   ReasonKind = "half_day"
	ReasonWorked    ReasonKind = "worked_day" // làm bù
	ReasonPushed    ReasonKind = "pushed"     // lùi sang ngày làm việc kế tiếp
	ReasonPause     ReasonKind = "pause"
	ReasonExtension ReasonKind = "extension"
	ReasonNoData    ReasonKind = "no_holiday_data"
	ReasonBadTerm   ReasonKind = "bad_term"
)

// Reason (lý do) is one line that explains a deadline.
type Reason struct {
	Kind       ReasonKind
	From, To   clock.Date // the days it is about, both included; zero when about none
	Minutes    int        // working minutes it adds (or gives back, negative)
	Msg        i18n.Msg
	SourceAct  string
	Confidence Confidence
}

// String returns the line in Vietnamese, such as "+1: nghỉ lễ Quốc khánh 02/09/2019".
func (r Reason) String() string { return r.Msg.String() }

// Lines returns the reasons and then the warnings as Vietnamese lines.
func (a Answer) Lines() []string {
	lines := make([]string, 0, len(a.Reasons)+len(a.Warnings))
	for _, r := range a.Reasons {
		lines = append(lines, r.String())
	}
	for _, r := range a.Warnings {
		lines = append(lines, r.String())
	}
	return lines
}

func reasonBadTerm() Reason {
	return Reason{Kind: ReasonBadTerm, Msg: i18n.M("Thời hạn ghi trong thủ tục không hợp lệ; chưa tính được hạn.")}
}

func reasonExtension(t Term) Reason {
	return Reason{Kind: ReasonExtension, Msg: i18n.M("gia hạn thêm %s", t.String())}
}

func (c *Calendar) reasonPause(from, to moment, n int) Reason {
	return Reason{Kind: ReasonPause, From: from.date(), To: to.date(), Minutes: n,
		Msg: i18n.M("tạm dừng từ %s đến %s: cộng thêm %s làm việc", display(from), display(to), c.Duration(n))}
}

func reasonPauseDays(from, to moment, n int) Reason {
	return Reason{Kind: ReasonPause, From: from.date(), To: to.date(),
		Msg: i18n.M("tạm dừng từ %s đến %s: cộng thêm %d ngày", display(from), display(to), n)}
}

func display(m moment) string { return ClockTime(m.minute()).String() + " " + m.date().Display() }

// startReasons explains why the clock begins later than the start.
func (c *Calendar) startReasons(from, begin moment, term Term, o Opts) []Reason {
	if begin == from || term.IsZero() {
		return nil
	}
	r := Reason{From: from.date(), To: begin.date()}
	day, opening := begin.date().Display(), ClockTime(begin.minute()).String()
	ps := c.periods(from.day())
	late := c.lateFor(from, term.Unit)
	switch {
	case o.Reception && late != nil && from.minute() < int(ps[len(ps)-1].End):
		r.Kind, r.SourceAct = ReasonLate, late.SourceAct
		r.Msg = i18n.M("nhận sau %s, tính từ ngày làm việc tiếp theo (%s)", late.After.String(), day)
	case len(ps) == 0:
		r.Kind, r.Msg = ReasonOffDay, i18n.M("ngày nghỉ, tính từ %s ngày %s", opening, day)
	case from.day() != begin.day():
		r.Kind, r.Msg = ReasonAfter, i18n.M("sau giờ làm việc, tính từ %s ngày %s", opening, day)
	case from.minute() < int(ps[0].Start):
		r.Kind, r.Msg = ReasonEarly, i18n.M("trước giờ làm việc, tính từ %s", opening)
	default:
		r.Kind, r.Msg = ReasonBreak, i18n.M("trong giờ nghỉ, tính từ %s", opening)
	}
	return []Reason{r}
}

// maxWeekends is the number of weekends listed one by one; more are summed up in one line.
const maxWeekends = 4

// spanReasons lists the days between start and end that are not ordinary working days,
// and for calendar terms whether the end was pushed.
func (c *Calendar) spanReasons(from, to moment, term Term) []Reason {
	if term.IsZero() {
		return nil
	}
	if term.Unit.Working() {
		return foldWeekends(c.daysBetween(from.day(), to.day()))
	}
	last := calendarEnd(from, term)
	if last >= to.day() {
		return nil
	}
	rs := c.daysBetween(last, to.day()-1)
	return append(rs, Reason{Kind: ReasonPushed, From: dateOf(last), To: to.date(),
		Msg: i18n.M("lùi sang ngày làm việc kế tiếp %s", to.date().Display())})
}

// daysBetween groups the days of [first, last] that differ from an ordinary working day.
func (c *Calendar) daysBetween(first, last int) []Reason {
	var rs []Reason
	for n := first; n <= last; {
		special, ok := c.days[n]
		end, minutes := n, 0
		if ok {
			for end = n; end <= last && sameDay(special, c.days[end]); end++ {
				minutes += c.usual(end) - c.periods(end).Minutes()
			}
			rs = append(rs, c.reasonSpecial(special, n, end-1, minutes))
			n = end
			continue
		}
		for end <= last && c.days[end] == nil && len(c.periods(end)) == 0 {
			end++
		}
		if end > n {
			rs = append(rs, reasonWeekend(n, end-1))
			n = end
			continue
		}
		n++
	}
	return rs
}

func sameDay(a, b *Day) bool { return b != nil && a.Kind == b.Kind && a.Name == b.Name }

// usual returns the working minutes the day would have as an ordinary day of its week.
func (c *Calendar) usual(n int) int {
	d := dateOf(n)
	w := c.weekOn(d)
	return w[d.Weekday()].Minutes()
}

func (c *Calendar) reasonSpecial(d *Day, first, last, minutes int) Reason {
	r := Reason{From: dateOf(first), To: dateOf(last), Minutes: minutes, SourceAct: d.SourceAct, Confidence: d.Confidence}
	days := dateRange(r.From, r.To, true)
	switch {
	case d.Kind == DayWorked && minutes <= 0:
		r.Kind, r.Msg = ReasonWorked, i18n.M("%s: %s, tính là ngày làm việc", days, d.Name)
	case d.Kind != DayOff:
		r.Kind, r.Msg = ReasonHalfDay, i18n.M("+%s: %s %s", c.Duration(minutes), d.Name, days)
	case minutes == 0:
		r.Kind, r.Msg = ReasonHoliday, i18n.M("%s %s", d.Name, days)
	case minutes%c.perDay == 0:
		r.Kind, r.Msg = ReasonHoliday, i18n.M("+%d: %s %s", minutes/c.perDay, d.Name, days)
	default:
		r.Kind, r.Msg = ReasonHoliday, i18n.M("+%s: %s %s", c.Duration(minutes), d.Name, days)
	}
	return r
}

func reasonWeekend(first, last int) Reason {
	r := Reason{Kind: ReasonWeekend, From: dateOf(first), To: dateOf(last)}
	days := dateRange(r.From, r.To, false)
	switch sat, sun := r.From.Weekday() == 6, r.To.Weekday() == 0; {
	case sat && sun && last == first+1:
		r.Msg = i18n.M("thứ bảy, chủ nhật %s", days)
	case sat && first == last:
		r.Msg = i18n.M("thứ bảy %s", days)
	case sun && first == last:
		r.Msg = i18n.M("chủ nhật %s", days)
	default:
		r.Msg = i18n.M("ngày nghỉ hằng tuần %s", days)
	}
	return r
}

// foldWeekends puts many weekends into one line at the place of the first.
func foldWeekends(rs []Reason) []Reason {
	var weekends, days int
	var span Reason
	for _, r := range rs {
		if r.Kind == ReasonWeekend {
			if weekends == 0 {
				span = r
			}
			weekends++
			days += dayNumber(r.To) - dayNumber(r.From) + 1
			span.To = r.To
		}
	}
	if weekends <= maxWeekends {
		return rs
	}
	span.Msg = i18n.M("%d ngày nghỉ hằng tuần từ %s đến %s", days, span.From.Display(), span.To.Display())
	out := make([]Reason, 0, len(rs)-weekends+1)
	for _, r := range rs {
		switch {
		case r.Kind != ReasonWeekend:
			out = append(out, r)
		case r.From == span.From:
			out = append(out, span)
		}
	}
	return out
}

// dateRange writes "24–25/11", "30/11–01/12", with the year "14–20/02/2018".
func dateRange(from, to clock.Date, year bool) string {
	end := fmt.Sprintf("%02d/%02d", to.Day, to.Month)
	if year {
		end = to.Display()
	}
	switch {
	case from == to:
		return end
	case from.Year != to.Year:
		return from.Display() + "–" + to.Display()
	case from.Month != to.Month:
		return fmt.Sprintf("%02d/%02d–%s", from.Day, from.Month, end)
	}
	return fmt.Sprintf("%02d–%s", from.Day, end)
}

// warnings names the years between two moments whose holidays are not loaded.
func (c *Calendar) warnings(from, to moment) []Reason {
	var rs []Reason
	for y := from.date().Year; y <= to.date().Year; y++ {
		if _, ok := c.years[y]; !ok {
			rs = append(rs, Reason{Kind: ReasonNoData, From: clock.NewDate(y, 1, 1), To: clock.NewDate(y, 12, 31),
				Msg: i18n.M("chưa có lịch nghỉ năm %d; tính như không có ngày lễ", y)})
		}
	}
	return rs
}
