package calendar

import (
	"fmt"
	"time"

	"lienthong/internal/kit/i18n"
)

// Remaining (thời gian còn lại) is the working time between now and a deadline.
type Remaining struct {
	Overdue bool // now is after the deadline
	Minutes int  // working minutes left, or past the deadline when Overdue; never negative
	Days    int  // whole working days of Minutes
	Hours   int  // whole hours beyond Days
	Rest    int  // minutes beyond Hours
}

// Remaining returns the working time left until due, or passed since.
// On time means: not later than due, to the minute.
func (c *Calendar) Remaining(now, due time.Time) Remaining {
	n := c.WorkingMinutes(now, due)
	r := Remaining{Overdue: momentOf(now) > momentOf(due), Minutes: max(n, -n)}
	r.Days, r.Hours, r.Rest = r.Minutes/c.perDay, r.Minutes%c.perDay/60, r.Minutes%c.perDay%60
	return r
}

// Msg returns "còn 2 ngày làm việc 3 giờ", "quá hạn 1 ngày làm việc", "còn 45 phút" or "đến hạn".
// Beside whole days the minutes are left out.
func (r Remaining) Msg() i18n.Msg {
	if r.Overdue {
		return r.overdue()
	}
	switch {
	case r.Minutes == 0:
		return i18n.M("đến hạn")
	case r.Days > 0 && r.Hours > 0:
		return i18n.M("còn %d ngày làm việc %d giờ", r.Days, r.Hours)
	case r.Days > 0:
		return i18n.M("còn %d ngày làm việc", r.Days)
	case r.Hours > 0 && r.Rest > 0:
		return i18n.M("còn %d giờ %d phút", r.Hours, r.Rest)
	case r.Hours > 0:
		return i18n.M("còn %d giờ", r.Hours)
	}
	return i18n.M("còn %d phút", r.Rest)
}

func (r Remaining) overdue() i18n.Msg {
	switch {
	case r.Minutes == 0:
		return i18n.M("vừa quá hạn")
	case r.Days > 0 && r.Hours > 0:
		return i18n.M("quá hạn %d ngày làm việc %d giờ", r.Days, r.Hours)
	case r.Days > 0:
		return i18n.M("quá hạn %d ngày làm việc", r.Days)
	case r.Hours > 0 && r.Rest > 0:
		return i18n.M("quá hạn %d giờ %d phút", r.Hours, r.Rest)
	case r.Hours > 0:
		return i18n.M("quá hạn %d giờ", r.Hours)
	}
	return i18n.M("quá hạn %d phút", r.Rest)
}

// String returns Msg in Vietnamese.
func (r Remaining) String() string { return r.Msg().String() }

func hoursWords(h, m int) string {
	switch {
	case h == 0:
		return fmt.Sprintf("%d phút", m)
	case m == 0:
		return fmt.Sprintf("%d giờ", h)
	}
	return fmt.Sprintf("%d giờ %d phút", h, m)
}

// Duration writes working minutes in full: "2 ngày 3 giờ 20 phút", with days of DayMinutes.
func (c *Calendar) Duration(minutes int) string {
	days, rest := minutes/c.perDay, minutes%c.perDay
	switch {
	case days == 0:
		return hoursWords(rest/60, rest%60)
	case rest == 0:
		return fmt.Sprintf("%d ngày", days)
	}
	return fmt.Sprintf("%d ngày %s", days, hoursWords(rest/60, rest%60))
}
