package setting

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/calendar"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	look "lienthong/web"
)

// calendarEditor is a year of the calendar with its forms.
type calendarEditor struct {
	Year       int
	Prev, Next string // years beside it
	Complete   bool
	SourceAct  string
	Months     []month
	Days       []specialDay // of the year
	Hours      []hoursRow
	Kinds      []look.Option
	Chosen     *calendar.Day // the day that is open for editing
	ChosenDate string
	Weekdays   []weekday // of the week in force, to begin a new one from
}

type month struct {
	Name  string
	Weeks [][7]cell // Monday first
}

// cell is one day of a month; Day is empty outside it.
type cell struct {
	Day, Date, Class, Name string
}

type specialDay struct {
	calendar.Day
	KindName string
	Shown    string
}

type hoursRow struct {
	calendar.Hours
	Week string
}

type weekday struct{ Name, Label, Value string }

// kindWords are the kinds of special days in words.
var kindWords = []struct {
	kind calendar.DayKind
	name i18n.Msg
}{
	{calendar.DayOff, i18n.M("Nghỉ cả ngày")}, {calendar.OffMorning, i18n.M("Nghỉ buổi sáng")}, {calendar.OffAfternoon, i18n.M("Nghỉ buổi chiều")},
	{calendar.DayWorked, i18n.M("Làm việc hoặc làm bù")},
}

var weekdayWords = [7]i18n.Msg{i18n.M("Chủ nhật"), i18n.M("Thứ hai"), i18n.M("Thứ ba"), i18n.M("Thứ tư"), i18n.M("Thứ năm"), i18n.M("Thứ sáu"), i18n.M("Thứ bảy")}

func (p pages) newCalendarEditor(ctx context.Context, text string, typed web.Values) (*calendarEditor, error) {
	data, err := calendar.ReadData(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	year, err := strconv.Atoi(typed.Line("at_year"))
	if err != nil || year < 1946 || year > 2200 {
		year = clock.Today(p.service.clock).Year
	}
	e := &calendarEditor{Year: year, Prev: strconv.Itoa(year - 1), Next: strconv.Itoa(year + 1)}
	for _, y := range data.Years {
		if y.Year == year {
			e.Complete, e.SourceAct = true, y.SourceAct
		}
	}
	names := map[calendar.DayKind]string{}
	for _, k := range kindWords {
		names[k.kind] = p.say(ctx, k.name)
		e.Kinds = append(e.Kinds, look.Option{Value: string(k.kind), Label: names[k.kind]})
	}
	chosen, _ := typed.Date("date")
	if !chosen.IsZero() {
		e.ChosenDate = chosen.Display()
	}
	special := map[clock.Date]calendar.Day{}
	for _, d := range data.Days {
		if d.Date == chosen {
			e.Chosen = &d
		}
		if d.Date.Year == year {
			special[d.Date] = d
			e.Days = append(e.Days, specialDay{d, names[d.Kind], d.Date.Display()})
		}
	}
	slices.SortFunc(e.Days, func(a, b specialDay) int { return a.Date.Compare(b.Date) })
	slices.SortFunc(data.Hours, func(a, b calendar.Hours) int { return b.ValidFrom.Compare(a.ValidFrom) })
	p.hours(ctx, e, data.Hours)
	for m := time.January; m <= time.December; m++ {
		e.Months = append(e.Months, p.month(ctx, year, m, data.Hours, special, names))
	}
	return e, nil
}

// hours adds the working weeks, the newest first, and its days as the fields of a new one.
func (p pages) hours(ctx context.Context, e *calendarEditor, all []calendar.Hours) {
	for _, h := range all {
		row := hoursRow{Hours: h}
		var parts []string
		for i := 1; i <= 7; i++ {
			if ps := h.Week[i%7]; len(ps) > 0 {
				parts = append(parts, p.say(ctx, weekdayWords[i%7])+" "+ps.String())
			}
		}
		row.Week = strings.Join(parts, "; ")
		e.Hours = append(e.Hours, row)
	}
	for i := 1; i <= 7; i++ {
		d := weekday{Name: Weekdays[i%7], Label: p.say(ctx, weekdayWords[i%7])}
		if len(all) > 0 {
			d.Value = all[0].Week[i%7].String()
		}
		e.Weekdays = append(e.Weekdays, d)
	}
}

// month lays a month out in weeks.
func (p pages) month(ctx context.Context, year int, m time.Month, hours []calendar.Hours, special map[clock.Date]calendar.Day, names map[calendar.DayKind]string) month {
	out := month{Name: p.say(ctx, i18n.M("Tháng %d", int(m)))}
	var week [7]cell
	for day := clock.NewDate(year, m, 1); day.Month == m; day = day.AddDays(1) {
		at := (int(day.Weekday()) + 6) % 7
		c := cell{Day: strconv.Itoa(day.Day), Date: day.Display()}
		if !worked(hours, day) {
			c.Class = "rest"
		}
		if d, ok := special[day]; ok {
			c.Class = cmp.Or(map[calendar.DayKind]string{calendar.DayOff: "off", calendar.DayWorked: "work"}[d.Kind], "half")
			c.Name = names[d.Kind] + ": " + d.Name
		}
		week[at] = c
		if at == 6 {
			out.Weeks, week = append(out.Weeks, week), [7]cell{}
		}
	}
	if week != ([7]cell{}) {
		out.Weeks = append(out.Weeks, week)
	}
	return out
}

// worked reports whether the weekday of a date has working time in the week that holds on it; hours are the newest first.
func worked(hours []calendar.Hours, day clock.Date) bool {
	for i, h := range hours {
		if day.Within(h.ValidFrom, h.ValidTo) || i == len(hours)-1 {
			return len(h.Week[day.Weekday()]) > 0
		}
	}
	return false
}
