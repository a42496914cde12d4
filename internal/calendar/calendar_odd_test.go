package calendar

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/clock"
)

// oddData is a calendar nobody has: work at night, up to midnight, on Sundays, days of other lengths.
func oddData() Data {
	p := func(s string) Period {
		v, err := ParsePeriod(s)
		if err != nil {
			panic(err)
		}
		return v
	}
	return Data{
		DayMinutes: 420,
		Late:       []LateRule{{After: 20 * 60, Units: []Unit{WorkingDays, WorkingHours}, ValidTo: clock.MustDate("2019-03-01")}},
		Hours: []Hours{
			{ValidFrom: clock.MustDate("2018-01-01"), ValidTo: clock.MustDate("2019-01-01"), Week: Week{
				0: {p("08:00-09:00")}, 1: {p("00:00-02:00"), p("22:00-24:00")}, 3: {p("00:00-24:00")}, 5: {p("10:00-10:01"), p("12:00-13:17")}}},
			{ValidFrom: clock.MustDate("2019-01-01"), Week: Week{2: {p("06:00-14:00")}, 4: {p("14:00-22:00")}}},
		},
		Days: []Day{
			{Date: clock.MustDate("2018-12-30"), Kind: DayWorked, Periods: Periods{p("23:00-24:00")}, Name: "trực", Confidence: Reported},
			{Date: clock.MustDate("2018-12-31"), Kind: OffAfternoon, Name: "nghỉ đêm", Confidence: Reported},
			{Date: clock.MustDate("2019-01-01"), Kind: DayOff, Name: "nghỉ", Confidence: Reported},
			{Date: clock.MustDate("2019-01-05"), Kind: DayWorked, Name: "làm bù", Confidence: Reported},
		},
		Years: []Year{{Year: 2018}, {Year: 2019}},
	}
}

// TestOddCalendar walks minute by minute through the odd calendar, asking IsWorking only.
func TestOddCalendar(t *testing.T) {
	c, err := Build(oddData())
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	first := ts(t, "2018-11-01 00:00")
	for range 300 {
		start := first.Add(time.Duration(rnd.IntN(120*24*60)) * time.Minute)
		n := 1 + rnd.Int64N(900)
		term := Term{n, 60, WorkingHours}.reduced()
		want := start
		for left := n; left > 0; want = want.Add(time.Minute) {
			if c.IsWorking(want) {
				left--
			}
		}
		if got := c.DueAt(start, term, Opts{}); !got.Equal(want) {
			t.Fatalf("%s + %d minutes: %s, want %s", show(start), n, show(got), show(want))
		}
		back := want
		for left := n; left > 0; {
			back = back.Add(-time.Minute)
			if c.IsWorking(back) {
				left--
			}
		}
		if got := c.Before(want, term); !got.Equal(back) {
			t.Fatalf("%d minutes before %s: %s, want %s", n, show(want), show(got), show(back))
		}
	}
}

func TestOddDays(t *testing.T) {
	c, err := Build(oddData())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, start, term string
		want              string
	}{
		{"to midnight", "2018-12-03 22:00", "2 giờ", "2018-12-04 00:00"},
		{"over midnight into nothing", "2018-12-03 23:00", "2 giờ", "2018-12-05 01:00"},
		{"a day of seven hours", "2018-12-05 00:00", "1 ngày làm việc", "2018-12-05 07:00"},
		{"a period of one minute", "2018-12-07 09:00", "2 phút", "2018-12-07 12:01"},
		{"worked Sunday instead of its hours", "2018-12-30 08:00", "1 giờ", "2018-12-31 00:00"},
		{"hours change at New Year", "2018-12-31 00:00", "3 giờ", "2019-01-03 15:00"},
		{"a Saturday with the hours of the first working day", "2019-01-04 00:00", "8 giờ", "2019-01-05 14:00"},
		{"late at reception", "2018-12-05 20:01", "1 giờ", "2018-12-07 12:59"},
		{"midnight closing of a calendar term", "2018-12-02 10:00", "1 ngày", "2018-12-04 00:00"},
	} {
		a := c.Due(ts(t, tt.start), term(t, tt.term), Opts{Reception: strings.HasPrefix(tt.name, "late")})
		if got := show(a.At); got != tt.want {
			t.Errorf("%s: %s, want %s (%q)", tt.name, got, tt.want, a.Lines())
		}
	}
	if got := c.Duration(840); got != "2 ngày" {
		t.Errorf("840 minutes are %s", got)
	}
	a := c.Due(ts(t, "2018-12-05 12:00"), WorkDays(3), Opts{})
	if got := a.Reasons[len(a.Reasons)-1].String(); !strings.HasPrefix(got, "ngày nghỉ hằng tuần") && !strings.HasPrefix(got, "thứ bảy") {
		t.Errorf("days off other than weekends: %q", a.Lines())
	}
}

// TestStepsAddUp: the steps of a process, one after the other, end when the whole term ends.
func TestStepsAddUp(t *testing.T) {
	c := province(t)
	for _, tt := range []struct {
		total string
		steps []string
	}{
		{"1 ngày làm việc", []string{"1 giờ", "5 giờ", "2 giờ"}},
		{"10 ngày làm việc", []string{"0,5 ngày", "6,5 ngày", "1 ngày", "1/2 ngày", "1/4 ngày", "02 giờ", "08 giờ"}},
		{"80 giờ", []string{"4 giờ", "64 giờ làm việc", "1 ngày", "0,5 ngày"}},
		{"1 ngày làm việc", []string{"1/3 ngày", "1/3 ngày", "1/3 ngày"}},
	} {
		for _, start := range []string{"2018-11-23 09:00", "2018-02-12 16:59", "2018-12-28 07:00", "2019-01-04 13:30"} {
			at := ts(t, start)
			for _, s := range tt.steps {
				step, err := ParseStepTerm(s)
				if err != nil {
					t.Fatal(err)
				}
				at = c.DueAt(at, step, Opts{})
			}
			if want := c.DueAt(ts(t, start), term(t, tt.total), Opts{}); !at.Equal(want) {
				t.Errorf("%v from %s: %s, the whole ends %s", tt.steps, start, show(at), show(want))
			}
		}
	}
}

// TestPausesAddUp: two pauses one after the other move the deadline as far as both times together.
func TestPausesAddUp(t *testing.T) {
	c := province(t)
	due := ts(t, "2018-11-30 10:00")
	a, b, d, e := ts(t, "2018-11-20 09:00"), ts(t, "2018-11-21 15:00"), ts(t, "2018-11-26 08:00"), ts(t, "2018-12-03 11:15")
	once := c.Shift(due, a, b, WorkingDays)
	twice := c.Shift(once.At, d, e, WorkingDays)
	moved := c.WorkingMinutes(due, twice.At)
	if want := c.WorkingMinutes(a, b) + c.WorkingMinutes(d, e); moved != want {
		t.Errorf("moved by %d minutes, paused for %d", moved, want)
	}
	split := c.Shift(c.Shift(due, a, ts(t, "2018-11-20 16:00"), WorkingDays).At, ts(t, "2018-11-20 16:00"), b, WorkingDays)
	if !split.At.Equal(once.At) {
		t.Errorf("a pause in two pieces: %s, in one %s", show(split.At), show(once.At))
	}
}

// TestLatenessSurvivesAPause: who was late before a pause is as late after it.
func TestLatenessSurvivesAPause(t *testing.T) {
	c := province(t)
	due, from, to := ts(t, "2018-11-19 10:00"), ts(t, "2018-11-21 10:00"), ts(t, "2018-11-28 10:00")
	before := c.Remaining(from, due)
	after := c.Remaining(to, c.Shift(due, from, to, WorkingHours).At)
	if before != after || !after.Overdue || after.String() != "quá hạn 2 ngày làm việc" {
		t.Errorf("before %s, after %s", before, after)
	}
}
