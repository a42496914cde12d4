package calendar

import (
	"strings"
	"testing"
)

// TestTetEveryYear: a dossier of three working days received on the last working morning before
// Tết, with the line that explains it.
func TestTetEveryYear(t *testing.T) {
	c := province(t)
	for _, tt := range []struct{ start, due, line string }{
		{"2018-02-13 09:00", "2018-02-23 09:00", "+5: nghỉ Tết Nguyên đán Mậu Tuất 14–20/02/2018"},
		{"2019-02-01 09:00", "2019-02-13 09:00", "+5: nghỉ Tết Nguyên đán Kỷ Hợi 04–08/02/2019"},
		{"2020-01-22 09:00", "2020-02-03 09:00", "+5: nghỉ Tết Nguyên đán Canh Tý 23–29/01/2020"},
		{"2021-02-09 09:00", "2021-02-19 09:00", "+5: nghỉ Tết Nguyên đán Tân Sửu 10–16/02/2021"},
		{"2022-01-28 09:00", "2022-02-09 09:00", "+5: nghỉ Tết Nguyên đán Nhâm Dần 31/01–04/02/2022"},
		{"2023-01-19 09:00", "2023-01-31 09:00", "+5: nghỉ Tết Nguyên đán Quý Mão 20–26/01/2023"},
		{"2024-02-07 09:00", "2024-02-19 09:00", "+5: nghỉ Tết Nguyên đán Giáp Thìn 08–14/02/2024"},
		{"2025-01-24 09:00", "2025-02-05 09:00", "+5: nghỉ Tết Nguyên đán Ất Tỵ 27–31/01/2025"},
		{"2026-02-13 09:00", "2026-02-25 09:00", "+5: nghỉ Tết Nguyên đán Bính Ngọ 16–20/02/2026"},
		{"2027-02-03 09:00", "2027-02-15 09:00", "+5: nghỉ Tết Nguyên đán Đinh Mùi 04–10/02/2027"},
	} {
		a := c.Due(ts(t, tt.start), WorkDays(3), Opts{Reception: true})
		if show(a.At) != tt.due || !strings.Contains(strings.Join(a.Lines(), "\n"), tt.line) {
			t.Errorf("%s: %s, want %s\n%s", tt.start, show(a.At), tt.due, strings.Join(a.Lines(), "\n"))
		}
	}
}

// TestAutumnHolidays: National Day with one day until 2020 and two since, and Culture Day since 2026.
func TestAutumnHolidays(t *testing.T) {
	c := province(t)
	for _, tt := range []struct{ start, due string }{
		{"2018-08-31 09:00", "2018-09-04 09:00"},
		{"2019-08-30 09:00", "2019-09-03 09:00"},
		{"2020-09-01 09:00", "2020-09-03 09:00"},
		{"2021-09-01 09:00", "2021-09-06 09:00"},
		{"2022-08-31 09:00", "2022-09-05 09:00"},
		{"2023-08-31 09:00", "2023-09-05 09:00"},
		{"2024-08-30 09:00", "2024-09-04 09:00"},
		{"2025-08-29 09:00", "2025-09-03 09:00"},
		{"2026-08-28 09:00", "2026-09-03 09:00"},
		{"2026-08-21 09:00", "2026-08-22 09:00"}, // a Saturday worked
		{"2025-11-21 09:00", "2025-11-24 09:00"},
		{"2026-11-23 09:00", "2026-11-25 09:00"},
		{"2027-11-23 09:00", "2027-11-25 09:00"},
	} {
		if got := show(c.DueAt(ts(t, tt.start), WorkDays(1), Opts{Reception: true})); got != tt.due {
			t.Errorf("%s: %s, want %s", tt.start, got, tt.due)
		}
	}
}
