package calendar

import (
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
)

const smallFile = `
day_minutes: 450
late_reception:
  - {after: "15:30", units: [working_days, working_hours], valid_from: 2018-06-21, valid_to: 2026-01-01, source_act: 61/2018/NĐ-CP}
hours:
  - {valid_from: 2018-01-01, valid_to: 2018-10-01, week: {mon-fri: ["07:00-11:30", "13:30-17:00"]}, source_act: 1/QĐ-UBND, note: mùa hè}
  - {valid_from: 2018-10-01, week: {mon-thu: ["07:30-11:30", "13:00-17:00"], fri: ["07:30-11:30"], sat: ["07:30-11:30"]}}
years:
  - year: 2018
    source_act: 2/TB
    note: đủ
    days:
      - {date: 2018-12-24, kind: off_afternoon, name: nghỉ chiều, confidence: reported}
      - {date: 2018-12-29, kind: work, name: làm bù, periods: ["08:00-12:00"], confidence: notice, source_act: 3/TB}
      - {date: 2018-12-30, to: 2018-12-31, name: nghỉ, confidence: computed}
`

func TestReadData(t *testing.T) {
	d, err := ReadData(strings.NewReader(smallFile))
	if err != nil {
		t.Fatal(err)
	}
	if d.DayMinutes != 450 || len(d.Late) != 1 || len(d.Hours) != 2 || len(d.Years) != 1 || len(d.Days) != 4 {
		t.Fatalf("read %+v", d)
	}
	if l := d.Late[0]; l.After.String() != "15:30" || len(l.Units) != 2 || l.ValidTo != clock.MustDate("2026-01-01") || l.SourceAct != "61/2018/NĐ-CP" {
		t.Errorf("late rule %+v", l)
	}
	if h := d.Hours[0]; h.Note != "mùa hè" || h.SourceAct != "1/QĐ-UBND" || h.ValidTo != clock.MustDate("2018-10-01") {
		t.Errorf("hours %+v", h)
	}
	if y := d.Years[0]; y != (Year{2018, "2/TB", "đủ"}) {
		t.Errorf("year %+v", y)
	}
	if last := d.Days[3]; last.Date != clock.MustDate("2018-12-31") || last.Kind != DayOff || last.Name != "nghỉ" {
		t.Errorf("the end of a range: %+v", last)
	}
	c, err := Build(d)
	if err != nil {
		t.Fatal(err)
	}
	for date, want := range map[string]string{
		"2018-09-28": "07:00-11:30, 13:30-17:00",
		"2018-10-01": "07:30-11:30, 13:00-17:00",
		"2018-10-05": "07:30-11:30",
		"2018-10-06": "07:30-11:30",
		"2018-10-07": "",
		"2018-12-24": "07:30-11:30",
		"2018-12-29": "08:00-12:00",
		"2018-12-31": "",
	} {
		if got := c.PeriodsOn(clock.MustDate(date)).String(); got != want {
			t.Errorf("%s: %q, want %q", date, got, want)
		}
	}
}

func TestReadDataRefuses(t *testing.T) {
	hours := "hours: [{valid_from: 2018-01-01, week: {mon: [\"07:00-11:00\"]}}]\n"
	for name, tt := range map[string]struct{ text, want string }{
		"nothing":              {"", "entry without end"},
		"not yaml":             {"hours: [", "read calendar"},
		"unknown key":          {hours + "holidays: []", "holidays"},
		"time of day":          {"hours: [{valid_from: 2018-01-01, week: {mon: [\"7h-11h\"]}}]", "not a time of day"},
		"weekday":              {"hours: [{valid_from: 2018-01-01, week: {monday: [\"07:00-11:00\"]}}]", "not a day of the week"},
		"weekday twice":        {"hours: [{valid_from: 2018-01-01, week: {mon: [\"07:00-11:00\"], mon-fri: [\"07:00-11:00\"]}}]", "given twice"},
		"overlapping periods":  {"hours: [{valid_from: 2018-01-01, week: {mon: [\"07:00-11:00\", \"10:00-12:00\"]}}]", "hours from 2018-01-01"},
		"hours without start":  {"hours: [{week: {mon: [\"07:00-11:00\"]}}]", "valid_from"},
		"hours twice":          {hours[:len(hours)-2] + ", {valid_from: 2019-01-01, week: {mon: [\"07:00-11:00\"]}}]", "overlap in time"},
		"day twice":            {hours + "years: [{year: 2018, days: [{date: 2018-01-01, to: 2018-01-03, name: a, confidence: law}, {date: 2018-01-02, name: b, confidence: law}]}]", "2018-01-02 is given twice"},
		"year twice":           {hours + "years: [{year: 2018}, {year: 2018}]", "year 2018 is given twice"},
		"day of another year":  {hours + "years: [{year: 2018, days: [{date: 2019-01-01, name: a, confidence: law}]}]", "does not lie in 2018"},
		"range backwards":      {hours + "years: [{year: 2018, days: [{date: 2018-01-02, to: 2018-01-01, name: a, confidence: law}]}]", "does not lie in 2018"},
		"range over the year":  {hours + "years: [{year: 2018, days: [{date: 2018-12-31, to: 2019-01-01, name: a, confidence: law}]}]", "does not lie in 2018"},
		"day without name":     {hours + "years: [{year: 2018, days: [{date: 2018-01-02, confidence: law}]}]", "name"},
		"day without basis":    {hours + "years: [{year: 2018, days: [{date: 2018-01-02, name: a}]}]", "confidence"},
		"notice without act":   {hours + "years: [{year: 2018, days: [{date: 2018-01-02, name: a, confidence: notice}]}]", "source_act"},
		"a kind nobody knows":  {hours + "years: [{year: 2018, days: [{date: 2018-01-02, kind: half, name: a, confidence: law}]}]", "kind"},
		"a day that is no day": {hours + "years: [{year: 2018, days: [{date: 2018-02-30, name: a, confidence: law}]}]", "not a date"},
	} {
		_, err := ReadData(strings.NewReader(tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, tt.want)
		}
	}
}

// TestShippedDays looks at each shipped day by itself: it must be founded, and its name must read well in a reason.
func TestShippedDays(t *testing.T) {
	for _, d := range provinceData(t).Days {
		switch d.Kind {
		case DayOff:
			if !strings.HasPrefix(d.Name, "nghỉ ") {
				t.Errorf("%s: %q does not begin with “nghỉ”", d.Date, d.Name)
			}
		case DayWorked:
			if !strings.HasPrefix(d.Name, "làm bù ngày ") {
				t.Errorf("%s: %q does not say which day it makes up for", d.Date, d.Name)
			}
		}
		if d.Confidence == ByLaw && d.SourceAct == "" {
			t.Errorf("%s: a day by law without the law", d.Date)
		}
		if d.Confidence == ByLaw {
			switch d.Date.String()[5:] {
			case "01-01", "04-30", "05-01", "09-02", "11-24":
			default:
				t.Errorf("%s: no law names this date", d.Date)
			}
		}
	}
}
