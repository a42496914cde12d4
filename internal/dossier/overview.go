package dossier

import (
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/org"
)

// Load (tình hình của một bộ phận) is the open work of one unit by time limit. Each step counts once.
type Load struct {
	UnitID     org.UnitID `db:"unit_id"`
	UnitName   string     `db:"unit_name"`
	AgencyName string     `db:"agency_name"`
	Late       int        `db:"late"`       // quá hạn
	Today      int        `db:"today"`      // still due today
	Soon       int        `db:"soon"`       // due today or in the three days after
	Later      int        `db:"later"`      // due after that, or without a time limit
	Supplement int        `db:"supplement"` // chờ bổ sung
	Obligation int        `db:"obligation"` // chờ nghĩa vụ tài chính
}

// Waiting returns how many steps stand still until the applicant does something.
func (l Load) Waiting() int { return l.Supplement + l.Obligation }

// Open returns how many steps the unit has.
func (l Load) Open() int { return l.Late + l.Soon + l.Later + l.Waiting() }

// Week (tuần) is what was filed and finished from a Monday to the Sunday after.
type Week struct {
	From     clock.Date
	Filed    int
	Finished int // with a result
	OnTime   int // of these, not after the promised time
}

// Late returns how many of the finished dossiers were late.
func (w Week) Late() int { return w.Finished - w.OnTime }

// Overview (tổng quan của lãnh đạo) is the state of the units that somebody leads.
type Overview struct {
	At    time.Time
	Units []Load // with open work, those with the most overdue first
	Weeks []Week // the present one last
}

// Sum adds up the units.
func (o *Overview) Sum() Load {
	var sum Load
	for _, l := range o.Units {
		sum.Late += l.Late
		sum.Today += l.Today
		sum.Soon += l.Soon
		sum.Later += l.Later
		sum.Supplement += l.Supplement
		sum.Obligation += l.Obligation
	}
	return sum
}

// overviewWeeks is how many weeks an overview looks back, with the present one.
const overviewWeeks = 6

// weeksTo returns the Mondays of the last n weeks up to the one of a day.
func weeksTo(day clock.Date, n int) []Week {
	monday := day.AddDays(-(int(day.Weekday()) + 6) % 7)
	weeks := make([]Week, n)
	for i := range weeks {
		weeks[i].From = monday.AddDays(-7 * (n - 1 - i))
	}
	return weeks
}
