package calendar

import (
	"os"
	"testing"
	"time"

	"lienthong/internal/kit/clock"
)

// provinceFile is the data the product ships; the tests stand on it.
const provinceFile = "../../province/gialai/calendar.yaml"

var office = Week{
	1: officeDay, 2: officeDay, 3: officeDay, 4: officeDay, 5: officeDay,
}

var officeDay = Periods{{7 * 60, 11*60 + 30}, {13*60 + 30, 17 * 60}}

func provinceData(t testing.TB) Data {
	t.Helper()
	f, err := os.Open(provinceFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, err := ReadData(f)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func province(t testing.TB) *Calendar {
	t.Helper()
	c, err := Build(provinceData(t))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ts reads "2018-11-23 15:01" in local time.
func ts(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Local)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func show(t time.Time) string { return t.In(clock.Local).Format("2006-01-02 15:04") }

func TestIsWorkingAndNextWorking(t *testing.T) {
	c := province(t)
	for _, tt := range []struct {
		at, next string
		working  bool
	}{
		{"2018-11-23 07:00", "2018-11-23 07:00", true},
		{"2018-11-23 06:59", "2018-11-23 07:00", false},
		{"2018-11-23 11:29", "2018-11-23 11:29", true},
		{"2018-11-23 11:30", "2018-11-23 13:30", false},
		{"2018-11-23 12:00", "2018-11-23 13:30", false},
		{"2018-11-23 16:59", "2018-11-23 16:59", true},
		{"2018-11-23 17:00", "2018-11-26 07:00", false},
		{"2018-11-24 09:00", "2018-11-26 07:00", false},
		{"2018-02-13 17:00", "2018-02-21 07:00", false}, // Tết
		{"2018-12-31 09:00", "2019-01-02 07:00", false}, // swapped day and New Year
		{"2019-01-05 09:00", "2019-01-05 09:00", true},  // worked instead
		{"2031-09-02 09:00", "2031-09-02 09:00", true},  // beyond the data: no holidays
		{"1999-01-02 09:00", "1999-01-04 07:00", false}, // before the data: a Saturday
		{"1969-12-31 23:59", "1970-01-01 07:00", false},
	} {
		at := ts(t, tt.at)
		if got := c.IsWorking(at); got != tt.working {
			t.Errorf("IsWorking(%s) = %v", tt.at, got)
		}
		if got := show(c.NextWorking(at)); got != tt.next {
			t.Errorf("NextWorking(%s) = %s, want %s", tt.at, got, tt.next)
		}
	}
}

func TestWorkingDays(t *testing.T) {
	c := province(t)
	for date, want := range map[string]bool{"2018-11-23": true, "2018-11-24": false, "2019-09-02": false, "2019-05-04": true, "2026-11-24": false, "2026-08-22": true} {
		if got := c.IsWorkingDay(clock.MustDate(date)); got != want {
			t.Errorf("IsWorkingDay(%s) = %v", date, got)
		}
	}
	if got := c.NextWorkingDay(clock.MustDate("2026-02-14")).String(); got != "2026-02-23" {
		t.Errorf("after Tết 2026 work begins %s", got)
	}
	if got := c.PeriodsOn(clock.MustDate("2018-11-23")).String(); got != "07:00-11:30, 13:30-17:00" {
		t.Errorf("PeriodsOn = %s", got)
	}
	if d, ok := c.SpecialDay(clock.MustDate("2018-09-03")); !ok || d.Name != "nghỉ bù Quốc khánh" {
		t.Errorf("SpecialDay = %+v, %v", d, ok)
	}
	if _, ok := c.SpecialDay(clock.MustDate("2018-09-04")); ok {
		t.Error("an ordinary day is special")
	}
	if c.DayMinutes() != 480 {
		t.Errorf("DayMinutes = %d", c.DayMinutes())
	}
}

func TestWorkingMinutes(t *testing.T) {
	c := province(t)
	for _, tt := range []struct {
		from, to string
		want     int
	}{
		{"2018-11-23 07:00", "2018-11-23 17:00", 480},
		{"2018-11-23 11:00", "2018-11-23 14:00", 60},
		{"2018-11-23 17:00", "2018-11-26 07:00", 0},
		{"2018-11-23 16:00", "2018-11-26 08:00", 120},
		{"2018-11-26 08:00", "2018-11-23 16:00", -120},
		{"2018-02-13 07:00", "2018-02-21 17:00", 960},
		{"2018-12-31 23:59", "2019-01-01 00:01", 0},
		{"2040-01-02 07:00", "2040-01-09 07:00", 2400}, // outside the table
		{"1960-01-04 07:00", "1960-01-11 07:00", 2400},
		{"2016-12-30 07:00", "2017-01-02 17:00", 960}, // across the start of the table
	} {
		if got := c.WorkingMinutes(ts(t, tt.from), ts(t, tt.to)); got != tt.want {
			t.Errorf("WorkingMinutes(%s, %s) = %d, want %d", tt.from, tt.to, got, tt.want)
		}
	}
	if got := c.WorkingMinutes(time.Date(2018, 11, 23, 0, 0, 30, 0, time.UTC), time.Date(2018, 11, 23, 0, 1, 59, 0, time.UTC)); got != 1 {
		t.Errorf("seconds are not cut off: %d", got)
	}
}

func TestBuildRefuses(t *testing.T) {
	from := clock.MustDate("2018-01-01")
	for name, d := range map[string]Data{
		"no hours":        {},
		"hours that end":  {Hours: []Hours{{ValidFrom: from, ValidTo: clock.MustDate("2020-01-01"), Week: office}}},
		"never working":   {Hours: []Hours{{ValidFrom: from}}},
		"bad periods":     {Hours: []Hours{{ValidFrom: from, Week: Week{1: {{9, 3}}}}}},
		"bad day":         {Hours: []Hours{{ValidFrom: from, Week: office}}, Days: []Day{{Date: from, Periods: Periods{{9, 3}}}}},
		"negative day":    {DayMinutes: -1, Hours: []Hours{{ValidFrom: from, Week: office}}},
		"a day of 2 days": {DayMinutes: 3000, Hours: []Hours{{ValidFrom: from, Week: office}}},
		"not working at first": {Hours: []Hours{ // before the first entry the first one holds
			{ValidFrom: from, ValidTo: clock.MustDate("2019-01-01")}, {ValidFrom: clock.MustDate("2019-01-01"), Week: office}}},
		"unit never works": {Hours: []Hours{{ValidFrom: from, Week: office}, {UnitID: "u", ValidFrom: from}}},
	} {
		if _, err := Build(d, "u"); err == nil {
			t.Errorf("%s: a calendar was built", name)
		}
	}
}

func TestUnitsOverride(t *testing.T) {
	d := provinceData(t)
	saturday := office
	saturday[6] = officeDay[:1]
	d.Hours = append(d.Hours,
		Hours{UnitID: "city", ValidFrom: clock.MustDate("2018-10-01"), ValidTo: clock.MustDate("2019-01-01"), Week: saturday})
	d.Days = append(d.Days,
		Day{UnitID: "city", Date: clock.MustDate("2018-11-26"), Kind: OffAfternoon, Name: "mất điện", Confidence: Reported},
		Day{UnitID: "ward", Date: clock.MustDate("2018-11-26"), Kind: DayOff, Name: "bầu cử", Confidence: Reported},
		Day{UnitID: "ward", Date: clock.MustDate("2018-09-03"), Kind: DayWorked, Name: "trực lễ", Confidence: Reported})
	if err := d.Validate(); err != nil {
		t.Fatal(err)
	}
	build := func(units ...string) *Calendar {
		c, err := Build(d, units...)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for _, tt := range []struct {
		name  string
		c     *Calendar
		date  string
		hours string
	}{
		{"province", build(), "2018-11-24", ""},
		{"province", build(), "2018-11-26", "07:00-11:30, 13:30-17:00"},
		{"city", build("city"), "2018-11-24", "07:00-11:30"},
		{"city before", build("city"), "2018-09-29", ""},
		{"city after", build("city"), "2019-01-12", ""},
		{"city swapped day", build("city"), "2019-01-05", "07:00-11:30, 13:30-17:00"},
		{"city", build("city"), "2018-11-26", "07:00-11:30"},
		{"city keeps holidays", build("city"), "2018-09-03", ""},
		{"ward below city", build("ward", "city"), "2018-11-24", "07:00-11:30"},
		{"nearest wins", build("ward", "city"), "2018-11-26", ""},
		{"nearest wins over province", build("ward", "city"), "2018-09-03", "07:00-11:30, 13:30-17:00"},
		{"stranger", build("other"), "2018-11-26", "07:00-11:30, 13:30-17:00"},
	} {
		if got := tt.c.PeriodsOn(clock.MustDate(tt.date)).String(); got != tt.hours {
			t.Errorf("%s on %s: %q, want %q", tt.name, tt.date, got, tt.hours)
		}
	}
}

func TestHoursChangeWithTime(t *testing.T) {
	winter := Week{1: {{8 * 60, 12 * 60}}}
	d := Data{Hours: []Hours{
		{ValidFrom: clock.MustDate("2020-01-01"), Week: winter},
		{ValidFrom: clock.MustDate("2018-01-01"), ValidTo: clock.MustDate("2019-07-01"), Week: office},
	}}
	c, err := Build(d)
	if err != nil {
		t.Fatal(err)
	}
	for date, want := range map[string]string{
		"2017-05-01": "07:00-11:30, 13:30-17:00", // before the first entry it holds too
		"2019-06-24": "07:00-11:30, 13:30-17:00",
		"2019-07-01": "07:00-11:30, 13:30-17:00", // a gap: the first entry
		"2020-01-06": "08:00-12:00",
	} {
		if got := c.PeriodsOn(clock.MustDate(date)).String(); got != want {
			t.Errorf("%s: %s, want %s", date, got, want)
		}
	}
}

// TestProvinceHolidays compares the shipped file with the weekdays off and weekend days worked, year by year.
func TestProvinceHolidays(t *testing.T) {
	c := province(t)
	for _, tt := range []struct {
		year        int
		off, worked string
	}{
		{2018, "0101 0214 0215 0216 0219 0220 0425 0430 0501 0903 1231", ""},
		{2019, "0101 0204 0205 0206 0207 0208 0415 0429 0430 0501 0902", "0105 0504"},
		{2020, "0101 0123 0124 0127 0128 0129 0402 0430 0501 0902", ""},
		{2021, "0101 0210 0211 0212 0215 0216 0421 0430 0503 0902 0903", ""},
		{2022, "0103 0131 0201 0202 0203 0204 0411 0502 0503 0901 0902", ""},
		{2023, "0102 0120 0123 0124 0125 0126 0501 0502 0503 0901 0904", ""},
		{2024, "0101 0208 0209 0212 0213 0214 0418 0429 0430 0501 0902 0903", "0504"},
		{2025, "0101 0127 0128 0129 0130 0131 0407 0430 0501 0502 0901 0902", "0426"},
		{2026, "0101 0102 0216 0217 0218 0219 0220 0427 0430 0501 0831 0901 0902 1124", "0110 0822"},
		{2027, "0101 0204 0205 0208 0209 0210 0416 0430 0503 0902 0903 1124", ""},
	} {
		var off, worked string
		for d := clock.NewDate(tt.year, 1, 1); d.Year == tt.year; d = d.AddDays(1) {
			weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
			mark := " " + d.At(0, 0).Format("0102")
			switch works := c.IsWorkingDay(d); {
			case weekend && works:
				worked += mark
			case !weekend && !works:
				off += mark
			}
		}
		if want := " " + tt.off; off != want {
			t.Errorf("%d: weekdays off%s, want%s", tt.year, off, want)
		}
		if worked != "" && worked != " "+tt.worked || worked == "" && tt.worked != "" {
			t.Errorf("%d: weekend days worked%s, want %s", tt.year, worked, tt.worked)
		}
	}
}
