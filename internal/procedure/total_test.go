package procedure

import (
	"testing"

	"lienthong/internal/calendar"
)

// TestCompare holds when the steps keep a promise, and how a difference is said.
func TestCompare(t *testing.T) {
	hours := func(n int64) Total { return Total{Minutes: n * 60} }
	days := func(n int64) Total { return Total{Minutes: n * DayMinutes} }
	tests := []struct {
		name    string
		total   Total
		promise string
		want    string // "" when kept
	}{
		{"to the minute", days(5), "5 ngày làm việc", ""},
		{"hours for a day", hours(8), "1 ngày làm việc", ""},
		{"half days", Total{Minutes: 720}, "1,5 ngày làm việc", ""},
		{"too little", hours(7), "1 ngày làm việc", "các bước cộng lại 7 giờ, thời hạn là 8 giờ làm việc"},
		{"too much", days(6), "5 ngày làm việc", "các bước cộng lại 6 ngày, thời hạn là 5 ngày làm việc"},
		{"in parts of a day", Total{Minutes: 4*480 + 240}, "5 ngày làm việc", "các bước cộng lại 4,5 ngày, thời hạn là 5 ngày làm việc"},
		{"minutes", Total{Minutes: 90}, "2 giờ", "các bước cộng lại 1,5 giờ, thời hạn là 2 giờ làm việc"},
		{"nothing counted", Total{}, "5 ngày làm việc", "các bước cộng lại 0 ngày, thời hạn là 5 ngày làm việc"},
		{"calendar days", Total{Days: 30}, "30 ngày", ""},
		{"calendar days, one short", Total{Days: 29}, "30 ngày", ""},
		{"working days that fill them", days(21), "30 ngày", ""},
		{"working days and a weekend", days(20), "30 ngày", ""},
		{"both kinds", Total{Minutes: 5 * DayMinutes, Days: 8}, "15 ngày", ""},
		{"a month", days(22), "1 tháng", ""},
		{"far too few", days(5), "30 ngày", "các bước cộng lại 5 ngày làm việc (khoảng 7 ngày theo lịch), thời hạn là 30 ngày"},
		{"far too many", days(30), "30 ngày", "các bước cộng lại 30 ngày làm việc (khoảng 42 ngày theo lịch), thời hạn là 30 ngày"},
		{"far too many of both", Total{Minutes: 240, Days: 40}, "15 ngày", "các bước cộng lại 4 giờ làm việc và 40 ngày (khoảng 40 ngày theo lịch), thời hạn là 15 ngày"},
		{"calendar days in a working term", Total{Days: 40}, "10 ngày làm việc", "các bước cộng lại 40 ngày (khoảng 40 ngày theo lịch), thời hạn là 10 ngày làm việc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			term, err := calendar.ParseTerm(tt.promise)
			if err != nil {
				t.Fatal(err)
			}
			text, ok := compare(tt.total, term)
			if ok != (tt.want == "") || text != tt.want {
				t.Errorf("got %q, want %q", text, tt.want)
			}
		})
	}
}

func TestDecimal(t *testing.T) {
	for _, tt := range []struct {
		n, unit int64
		want    string
	}{{480, 480, "1"}, {720, 480, "1,5"}, {120, 480, "0,25"}, {160, 480, "0,33"}, {0, 60, "0"}, {4800, 480, "10"}, {100 * 480, 480, "100"}} {
		if got := decimal(tt.n, tt.unit); got != tt.want {
			t.Errorf("%d/%d: %q, want %q", tt.n, tt.unit, got, tt.want)
		}
	}
}
