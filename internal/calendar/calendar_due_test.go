package calendar

import (
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/clock"
)

func term(t testing.TB, s string) Term {
	t.Helper()
	v, err := ParseTerm(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestDue(t *testing.T) {
	c := province(t)
	for _, tt := range []struct {
		name, start, term string
		reception         bool
		want              string
		lines             string // joined with " | "
	}{
		{"one day from within a morning", "2018-11-19 09:00", "1 ngày làm việc", true, "2018-11-20 09:00", ""},
		{"one day from opening ends at closing", "2018-11-19 07:00", "1 ngày làm việc", true, "2018-11-19 17:00", ""},
		{"half a day is four hours", "2018-11-19 07:00", "0,5 ngày", true, "2018-11-19 11:00", ""},
		{"quarter day over the break", "2018-11-19 11:00", "1/4 ngày", false, "2018-11-19 15:00", ""},
		{"four hours end at the break", "2018-11-19 07:30", "4 giờ", false, "2018-11-19 11:30", ""},
		{"third of an hour", "2018-11-19 11:20", "20 phút", false, "2018-11-19 13:40", ""},
		{"start before hours", "2018-11-19 05:10", "8 giờ", false, "2018-11-19 17:00", "trước giờ làm việc, tính từ 07:00"},
		{"start in the break", "2018-11-19 12:00", "1 giờ", false, "2018-11-19 14:30", "trong giờ nghỉ, tính từ 13:30"},
		{"start after hours", "2018-11-19 17:00", "1 giờ", false, "2018-11-20 08:00", "sau giờ làm việc, tính từ 07:00 ngày 20/11/2018"},
		{"start on a day off", "2018-11-24 09:00", "1 giờ", false, "2018-11-26 08:00", "ngày nghỉ, tính từ 07:00 ngày 26/11/2018 | thứ bảy, chủ nhật 24–25/11"},
		{"start on Sunday", "2018-11-25 09:00", "1 giờ", false, "2018-11-26 08:00", "ngày nghỉ, tính từ 07:00 ngày 26/11/2018 | chủ nhật 25/11"},
		{"received at 15:00", "2018-11-19 15:00", "2 ngày làm việc", true, "2018-11-21 15:00", ""},
		{"received after 15:00", "2018-11-19 15:01", "2 ngày làm việc", true, "2018-11-21 17:00", "nhận sau 15:00, tính từ ngày làm việc tiếp theo (20/11/2018)"},
		{"received after 15:00 on Friday", "2018-11-23 15:30", "1 ngày làm việc", true, "2018-11-26 17:00",
			"nhận sau 15:00, tính từ ngày làm việc tiếp theo (26/11/2018) | thứ bảy, chủ nhật 24–25/11"},
		{"received after closing", "2018-11-19 17:30", "1 ngày làm việc", true, "2018-11-20 17:00", "sau giờ làm việc, tính từ 07:00 ngày 20/11/2018"},
		{"late only at reception", "2018-11-19 15:30", "1 ngày làm việc", false, "2018-11-20 15:30", ""},
		{"late does not touch hours", "2018-11-19 15:30", "4 giờ", true, "2018-11-20 09:30", ""},
		{"late before the rule held", "2018-06-20 15:30", "1 ngày làm việc", true, "2018-06-21 15:30", ""},
		{"over a weekend", "2018-11-23 09:00", "1 ngày làm việc", true, "2018-11-26 09:00", "thứ bảy, chủ nhật 24–25/11"},
		{"over National Day 2019", "2019-08-30 09:00", "5 ngày làm việc", true, "2019-09-09 09:00",
			"thứ bảy, chủ nhật 31/08–01/09 | +1: nghỉ lễ Quốc khánh 02/09/2019 | thứ bảy, chủ nhật 07–08/09"},
		{"day in lieu", "2018-08-31 09:00", "1 ngày làm việc", true, "2018-09-04 09:00",
			"thứ bảy 01/09 | nghỉ lễ Quốc khánh 02/09/2018 | +1: nghỉ bù Quốc khánh 03/09/2018"},
		{"Tết", "2018-02-13 09:00", "1 ngày làm việc", true, "2018-02-21 09:00", "+5: nghỉ Tết Nguyên đán Mậu Tuất 14–20/02/2018"},
		{"swapped day over New Year", "2018-12-28 09:00", "3 ngày làm việc", true, "2019-01-04 09:00",
			"thứ bảy, chủ nhật 29–30/12 | +1: nghỉ hoán đổi dịp Tết Dương lịch 31/12/2018 | +1: nghỉ Tết Dương lịch 01/01/2019"},
		{"a Saturday worked", "2019-01-04 09:00", "2 ngày làm việc", true, "2019-01-07 09:00",
			"05/01/2019: làm bù ngày 31/12/2018, tính là ngày làm việc | chủ nhật 06/01"},
		{"last minute of the year", "2018-12-31 23:59", "1 ngày làm việc", true, "2019-01-02 17:00",
			"ngày nghỉ, tính từ 07:00 ngày 02/01/2019 | +1: nghỉ hoán đổi dịp Tết Dương lịch 31/12/2018 | +1: nghỉ Tết Dương lịch 01/01/2019"},
		{"culture day", "2026-11-23 09:00", "1 ngày làm việc", true, "2026-11-25 09:00", "+1: nghỉ Ngày Văn hóa Việt Nam 24/11/2026"},
		{"no time", "2018-11-24 23:00", "không tính thời gian", true, "2018-11-24 23:00", ""},
		{"calendar days", "2018-11-19 09:00", "30 ngày", true, "2018-12-19 17:00", ""},
		{"calendar days do not know lateness", "2018-11-19 16:00", "2 ngày", true, "2018-11-21 17:00", ""},
		{"calendar days pushed over a weekend", "2018-11-23 09:00", "30 ngày", true, "2018-12-24 17:00",
			"chủ nhật 23/12 | lùi sang ngày làm việc kế tiếp 24/12/2018"},
		{"calendar days pushed over Tết", "2018-02-10 09:00", "5 ngày", true, "2018-02-21 17:00",
			"+4: nghỉ Tết Nguyên đán Mậu Tuất 15–20/02/2018 | lùi sang ngày làm việc kế tiếp 21/02/2018"},
		{"calendar days may land on a worked Saturday", "2018-12-31 09:00", "5 ngày", true, "2019-01-05 17:00", ""},
		{"a month", "2018-11-23 09:00", "1 tháng", true, "2018-12-24 17:00", "chủ nhật 23/12 | lùi sang ngày làm việc kế tiếp 24/12/2018"},
		{"a month from the 31st", "2018-10-31 09:00", "1 tháng", true, "2018-11-30 17:00", ""},
		{"a month to February", "2019-01-31 09:00", "1 tháng", true, "2019-02-28 17:00", ""},
		{"three months over the year", "2018-11-30 09:00", "3 tháng", true, "2019-02-28 17:00", ""},
		{"leap day", "2020-01-30 09:00", "1 tháng", true, "2020-03-02 17:00", "thứ bảy, chủ nhật 29/02–01/03 | lùi sang ngày làm việc kế tiếp 02/03/2020"},
		{"beyond the data", "2031-08-29 09:00", "2 ngày làm việc", true, "2031-09-02 09:00",
			"thứ bảy, chủ nhật 30–31/08 | chưa có lịch nghỉ năm 2031; tính như không có ngày lễ"},
		{"into the unknown year", "2027-12-30 09:00", "30 ngày", true, "2028-01-31 17:00",
			"thứ bảy, chủ nhật 29–30/01 | lùi sang ngày làm việc kế tiếp 31/01/2028 | chưa có lịch nghỉ năm 2028; tính như không có ngày lễ"},
		{"many weekends are summed up", "2018-06-25 09:00", "30 ngày làm việc", true, "2018-08-06 09:00", "12 ngày nghỉ hằng tuần từ 30/06/2018 đến 05/08/2018"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := Opts{Reception: tt.reception}
			a := c.Due(ts(t, tt.start), term(t, tt.term), o)
			if got := show(a.At); got != tt.want {
				t.Errorf("due %s, want %s", got, tt.want)
			}
			if got := strings.Join(a.Lines(), " | "); got != tt.lines {
				t.Errorf("reasons\n got %s\nwant %s", got, tt.lines)
			}
			if got := c.DueAt(ts(t, tt.start), term(t, tt.term), o); !got.Equal(a.At) {
				t.Errorf("DueAt says %s", show(got))
			}
			if a.Certain() != !strings.Contains(tt.lines, "chưa có lịch") {
				t.Errorf("Certain() = %v", a.Certain())
			}
		})
	}
}

func TestDueCarriesItsSources(t *testing.T) {
	a := province(t).Due(ts(t, "2025-04-29 15:30"), WorkDays(1), Opts{Reception: true})
	want := map[ReasonKind]string{ReasonLate: "61/2018/NĐ-CP", ReasonHoliday: ""}
	for _, r := range a.Reasons {
		if act, ok := want[r.Kind]; ok && act != "" && r.SourceAct != act {
			t.Errorf("%s: source %q, want %q", r, r.SourceAct, act)
		}
	}
	last := a.Reasons[len(a.Reasons)-2]
	if last.SourceAct != "6150/TB-BLĐTBXH" || last.Confidence != ByNotice || last.Minutes != 480 {
		t.Errorf("the swapped day: %+v", last)
	}
	if show(a.Start) != "2025-05-05 07:00" {
		t.Errorf("the clock starts %s", show(a.Start))
	}
}

func TestDueOfBadTerm(t *testing.T) {
	c := province(t)
	bad := Term{1, 2, Months}
	start := ts(t, "2018-11-19 09:00")
	if a := c.Due(start, bad, Opts{}); a.Certain() || !a.At.Equal(start) || a.Warnings[0].Kind != ReasonBadTerm {
		t.Errorf("Due: %+v", a)
	}
	if got := c.DueAt(start, bad, Opts{}); !got.Equal(start) {
		t.Errorf("DueAt: %s", show(got))
	}
	if a := c.Extend(start, bad); a.Certain() || !a.At.Equal(start) {
		t.Errorf("Extend: %+v", a)
	}
	if got := c.Before(start, bad); !got.Equal(start) {
		t.Errorf("Before: %s", show(got))
	}
}

func TestLateRuleForCalendarDays(t *testing.T) {
	d := provinceData(t)
	d.Late = []LateRule{{After: 16 * 60, Units: []Unit{CalendarDays}, SourceAct: "x"}}
	c, err := Build(d)
	if err != nil {
		t.Fatal(err)
	}
	a := c.Due(ts(t, "2018-11-23 16:30"), PlainDays(2), Opts{Reception: true})
	if got := show(a.At); got != "2018-11-28 17:00" {
		t.Errorf("due %s", got)
	}
	if got := strings.Join(a.Lines(), " | "); got != "nhận sau 16:00, tính từ ngày làm việc tiếp theo (26/11/2018)" {
		t.Errorf("reasons %s", got)
	}
	a = c.Due(ts(t, "2018-11-23 18:30"), PlainDays(2), Opts{Reception: true})
	if got := strings.Join(a.Lines(), " | "); got != "sau giờ làm việc, tính từ 07:00 ngày 26/11/2018" {
		t.Errorf("reasons after closing %s", got)
	}
}

func TestHalfDays(t *testing.T) {
	d := provinceData(t)
	d.Days = append(d.Days,
		Day{Date: clock.MustDate("2018-11-20"), Kind: OffAfternoon, Name: "nghỉ buổi chiều", Confidence: Reported},
		Day{Date: clock.MustDate("2018-11-21"), Kind: OffMorning, Name: "mất điện", Confidence: Reported},
		Day{Date: clock.MustDate("2018-11-24"), Kind: DayWorked, Periods: officeDay[:1], Name: "làm sáng thứ bảy", Confidence: Reported},
		Day{Date: clock.MustDate("2018-11-26"), Kind: DayWorked, Periods: officeDay[1:], Name: "chỉ làm buổi chiều", Confidence: Reported})
	c, err := Build(d)
	if err != nil {
		t.Fatal(err)
	}
	a := c.Due(ts(t, "2018-11-20 09:00"), WorkDays(4), Opts{})
	if got := show(a.At); got != "2018-11-27 09:00" {
		t.Errorf("due %s", got)
	}
	want := "+3 giờ 30 phút: nghỉ buổi chiều 20/11/2018 | +4 giờ 30 phút: mất điện 21/11/2018 | " +
		"24/11/2018: làm sáng thứ bảy, tính là ngày làm việc | chủ nhật 25/11 | +4 giờ 30 phút: chỉ làm buổi chiều 26/11/2018"
	if got := strings.Join(a.Lines(), " | "); got != want {
		t.Errorf("reasons\n got %s\nwant %s", got, want)
	}
	if got := show(c.Due(ts(t, "2018-11-19 09:00"), PlainDays(1), Opts{}).At); got != "2018-11-20 11:30" {
		t.Errorf("a half day closes %s", got)
	}
}

func TestExtend(t *testing.T) {
	c := province(t)
	for _, tt := range []struct{ due, term, want, lines string }{
		{"2018-11-22 17:00", "2 ngày làm việc", "2018-11-26 17:00", "gia hạn thêm 2 ngày làm việc | thứ bảy, chủ nhật 24–25/11"},
		{"2018-11-22 10:00", "3 ngày", "2018-11-26 17:00", "gia hạn thêm 3 ngày | chủ nhật 25/11 | lùi sang ngày làm việc kế tiếp 26/11/2018"},
		{"2018-11-22 10:00", "0 ngày", "2018-11-22 10:00", ""},
	} {
		a := c.Extend(ts(t, tt.due), term(t, tt.term))
		if show(a.At) != tt.want || strings.Join(a.Lines(), " | ") != tt.lines {
			t.Errorf("%s + %s: %s because %q", tt.due, tt.term, show(a.At), a.Lines())
		}
	}
}

func TestShift(t *testing.T) {
	c := province(t)
	for _, tt := range []struct {
		name, due, from, to string
		unit                Unit
		want, lines         string
	}{
		{"working time", "2018-11-23 15:00", "2018-11-20 09:00", "2018-11-21 10:00", WorkingDays, "2018-11-26 16:00",
			"tạm dừng từ 09:00 20/11/2018 đến 10:00 21/11/2018: cộng thêm 1 ngày 1 giờ làm việc | thứ bảy, chủ nhật 24–25/11"},
		{"night costs nothing", "2018-11-23 15:00", "2018-11-20 17:00", "2018-11-21 07:00", WorkingDays, "2018-11-23 15:00", ""},
		{"backwards", "2018-11-23 15:00", "2018-11-21 09:00", "2018-11-20 09:00", WorkingHours, "2018-11-23 15:00", ""},
		{"calendar days", "2018-11-23 17:00", "2018-11-20 16:00", "2018-11-21 08:00", CalendarDays, "2018-11-26 17:00",
			"tạm dừng từ 16:00 20/11/2018 đến 08:00 21/11/2018: cộng thêm 1 ngày | thứ bảy, chủ nhật 24–25/11 | lùi sang ngày làm việc kế tiếp 26/11/2018"},
		{"same day", "2018-11-23 17:00", "2018-11-20 08:00", "2018-11-20 16:00", Months, "2018-11-23 17:00", ""},
		{"into a year without data", "2027-12-31 17:00", "2027-12-20 07:00", "2027-12-21 07:00", WorkingDays, "2028-01-03 17:00",
			"tạm dừng từ 07:00 20/12/2027 đến 07:00 21/12/2027: cộng thêm 1 ngày làm việc | thứ bảy, chủ nhật 01–02/01 | chưa có lịch nghỉ năm 2028; tính như không có ngày lễ"},
	} {
		a := c.Shift(ts(t, tt.due), ts(t, tt.from), ts(t, tt.to), tt.unit)
		if show(a.At) != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, show(a.At), tt.want)
		}
		if got := strings.Join(a.Lines(), " | "); got != tt.lines {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.lines)
		}
	}
}

func TestBefore(t *testing.T) {
	c := province(t)
	for _, tt := range []struct{ due, term, want string }{
		{"2018-11-26 09:00", "1 ngày làm việc", "2018-11-23 09:00"},
		{"2018-11-26 17:00", "1 ngày làm việc", "2018-11-26 07:00"},
		{"2018-11-26 07:00", "1 ngày làm việc", "2018-11-23 07:00"},
		{"2018-11-26 17:00", "1 ngày", "2018-11-23 17:00"},
		{"2018-03-31 17:00", "1 tháng", "2018-02-28 17:00"},
		{"2018-11-26 17:00", "0 ngày", "2018-11-26 17:00"},
	} {
		if got := show(c.Before(ts(t, tt.due), term(t, tt.term))); got != tt.want {
			t.Errorf("%s before %s: %s, want %s", tt.term, tt.due, got, tt.want)
		}
	}
}

func TestStepStart(t *testing.T) {
	c := province(t)
	at := ts(t, "2018-11-23 15:30")
	if got := show(c.StepStart(at, Opts{Reception: true})); got != "2018-11-26 07:00" {
		t.Errorf("after late reception: %s", got)
	}
	if got := show(c.StepStart(at, Opts{})); got != "2018-11-23 15:30" {
		t.Errorf("later step: %s", got)
	}
}

func TestRemaining(t *testing.T) {
	c := province(t)
	for _, tt := range []struct{ now, due, want string }{
		{"2018-11-19 09:00", "2018-11-21 12:00", "còn 2 ngày làm việc 2 giờ"},
		{"2018-11-19 07:00", "2018-11-21 17:00", "còn 3 ngày làm việc"},
		{"2018-11-19 09:00", "2018-11-19 11:20", "còn 2 giờ 20 phút"},
		{"2018-11-19 09:00", "2018-11-19 11:00", "còn 2 giờ"},
		{"2018-11-19 09:00", "2018-11-19 09:45", "còn 45 phút"},
		{"2018-11-19 09:00", "2018-11-19 09:00", "đến hạn"},
		{"2018-11-19 18:00", "2018-11-20 07:00", "đến hạn"},
		{"2018-11-19 18:00", "2018-11-19 17:00", "vừa quá hạn"},
		{"2018-11-20 17:00", "2018-11-19 17:00", "quá hạn 1 ngày làm việc"},
		{"2018-11-26 10:00", "2018-11-23 17:00", "quá hạn 3 giờ"},
		{"2018-11-26 10:05", "2018-11-23 17:00", "quá hạn 3 giờ 5 phút"},
		{"2018-11-26 07:05", "2018-11-23 17:00", "quá hạn 5 phút"},
		{"2018-11-27 09:05", "2018-11-23 17:00", "quá hạn 1 ngày làm việc 2 giờ"},
	} {
		r := c.Remaining(ts(t, tt.now), ts(t, tt.due))
		if r.String() != tt.want {
			t.Errorf("now %s, due %s: %q, want %q", tt.now, tt.due, r, tt.want)
		}
		if r.Minutes < 0 || r.Minutes != r.Days*480+r.Hours*60+r.Rest {
			t.Errorf("now %s, due %s: %+v does not add up", tt.now, tt.due, r)
		}
	}
	for n, want := range map[int]string{0: "0 phút", 59: "59 phút", 480: "1 ngày", 485: "1 ngày 5 phút", 1100: "2 ngày 2 giờ 20 phút"} {
		if got := c.Duration(n); got != want {
			t.Errorf("Duration(%d) = %q, want %q", n, got, want)
		}
	}
}

func BenchmarkDueAt(b *testing.B) {
	c := province(b)
	start, o := time.Date(2018, 11, 19, 2, 0, 0, 0, time.UTC), Opts{Reception: true}
	for b.Loop() {
		c.DueAt(start, WorkDays(30), o)
	}
}

func BenchmarkDue(b *testing.B) {
	c := province(b)
	start, o := time.Date(2018, 11, 19, 2, 0, 0, 0, time.UTC), Opts{Reception: true}
	for b.Loop() {
		c.Due(start, WorkDays(30), o)
	}
}

func BenchmarkRemaining(b *testing.B) {
	c := province(b)
	now, due := time.Date(2026, 11, 19, 2, 0, 0, 0, time.UTC), time.Date(2019, 1, 10, 2, 0, 0, 0, time.UTC)
	for b.Loop() {
		_ = c.Remaining(now, due)
	}
}
