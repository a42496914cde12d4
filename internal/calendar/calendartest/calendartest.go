// Package calendartest gives other rooms' tests a calendar that does not change with the province's data.
package calendartest

import (
	"context"
	"testing"
	"time"

	"lienthong/internal/calendar"
	"lienthong/internal/kit/clock"
)

// Data returns office hours 07:00–11:30 and 13:30–17:00 from Monday to Friday, late reception after
// 15:00, National Day 2018 with its day in lieu, and the years 2018 to 2030 as known.
func Data() calendar.Data {
	day := calendar.Periods{{Start: 7 * 60, End: 11*60 + 30}, {Start: 13*60 + 30, End: 17 * 60}}
	d := calendar.Data{
		Late:  []calendar.LateRule{{After: 15 * 60, Units: []calendar.Unit{calendar.WorkingDays}, SourceAct: "61/2018/NĐ-CP"}},
		Hours: []calendar.Hours{{ValidFrom: clock.MustDate("2018-01-01"), Week: calendar.Week{1: day, 2: day, 3: day, 4: day, 5: day}}},
		Days: []calendar.Day{
			{Date: clock.MustDate("2018-09-02"), Kind: calendar.DayOff, Name: "nghỉ lễ Quốc khánh", Confidence: calendar.ByLaw},
			{Date: clock.MustDate("2018-09-03"), Kind: calendar.DayOff, Name: "nghỉ bù Quốc khánh", Confidence: calendar.Computed},
		},
	}
	for y := 2018; y <= 2030; y++ {
		d.Years = append(d.Years, calendar.Year{Year: y})
	}
	return d
}

// Calendar builds the calendar of Data.
func Calendar(t testing.TB) *calendar.Calendar {
	t.Helper()
	c, err := calendar.Build(Data())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// At reads a local time, "2018-11-23 15:01".
func At(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Local)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Fixed hands out one calendar for every unit; it stands in for calendar.Service.
type Fixed struct{ C *calendar.Calendar }

// For returns the calendar.
func (f Fixed) For(context.Context, string) (*calendar.Calendar, error) { return f.C, nil }
