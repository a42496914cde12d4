package calendar

import (
	"encoding/json"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

func TestParsePeriod(t *testing.T) {
	for text, want := range map[string]string{"07:00-11:30": "07:00-11:30", "7:00 – 11:30": "07:00-11:30", "00:00-24:00": "00:00-24:00"} {
		if got, err := ParsePeriod(text); err != nil || got.String() != want {
			t.Errorf("ParsePeriod(%q) = %v, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "7", "07:00", "11:30-07:00", "07:00-07:00", "25:00-26:00", "07:60-08:00", "7h-11h", "07:00-11:3", "07:00-11:30x", "-1:00-02:00"} {
		if got, err := ParsePeriod(text); err == nil {
			t.Errorf("ParsePeriod(%q) = %v, want an error", text, got)
		}
	}
}

func TestPeriods(t *testing.T) {
	ps := office[1]
	if ps.Minutes() != 480 {
		t.Errorf("the office day has %d minutes, want 480", ps.Minutes())
	}
	for m, want := range map[int]int{0: 0, 7 * 60: 0, 7*60 + 1: 1, 12 * 60: 270, 13*60 + 30: 270, 14 * 60: 300, 1440: 480} {
		if got := ps.before(m); got != want {
			t.Errorf("before(%d) = %d, want %d", m, got, want)
		}
	}
	if ps.String() != "07:00-11:30, 13:30-17:00" {
		t.Errorf("String() = %q", ps)
	}
	for _, bad := range []Periods{{{60, 60}}, {{-1, 60}}, {{0, 1441}}, {{60, 120}, {100, 200}}, {{100, 200}, {20, 60}}} {
		if bad.check() == nil {
			t.Errorf("%v passes", bad)
		}
	}
}

func TestWeekJSON(t *testing.T) {
	raw, err := json.Marshal(office)
	if err != nil {
		t.Fatal(err)
	}
	var back Week
	if err := json.Unmarshal(raw, &back); err != nil || !same(back, office) {
		t.Errorf("%s reads as %v, %v", raw, back, err)
	}
	for _, bad := range []string{`{"xyz":["07:00-08:00"]}`, `{"mon":["8-7"]}`, `{"mon-fri":["07:00-08:00"],"tue":["07:00-08:00"]}`, `3`} {
		if err := json.Unmarshal([]byte(bad), &back); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
	if err := json.Unmarshal([]byte(`{"fri-mon":["07:00-08:00"]}`), &back); err != nil || len(back[0]) != 1 || len(back[6]) != 1 || len(back[2]) != 0 {
		t.Errorf("a range over the end of the week reads as %v, %v", back, err)
	}
}

func TestDayPeriods(t *testing.T) {
	sat, mon := clock.MustDate("2018-11-24"), clock.MustDate("2018-11-26")
	for _, tt := range []struct {
		name string
		day  Day
		want string
	}{
		{"off", Day{Date: mon, Kind: DayOff}, ""},
		{"morning off", Day{Date: mon, Kind: OffMorning}, "13:30-17:00"},
		{"afternoon off", Day{Date: mon, Kind: OffAfternoon}, "07:00-11:30"},
		{"worked weekday", Day{Date: mon, Kind: DayWorked}, "07:00-11:30, 13:30-17:00"},
		{"worked Saturday takes Monday's hours", Day{Date: sat, Kind: DayWorked}, "07:00-11:30, 13:30-17:00"},
		{"worked Saturday morning", Day{Date: sat, Kind: DayWorked, Periods: office[1][:1]}, "07:00-11:30"},
	} {
		if got := tt.day.periods(office).String(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if (Week{}).ordinary() != nil {
		t.Error("an empty week has ordinary hours")
	}
}

func TestDayValidate(t *testing.T) {
	good := Day{Date: clock.MustDate("2018-09-02"), Kind: DayOff, Name: "nghỉ lễ", Confidence: ByLaw}
	for _, tt := range []struct {
		field string
		spoil func(d *Day)
	}{
		{"date", func(d *Day) { d.Date = clock.Date{} }},
		{"kind", func(d *Day) { d.Kind = "maybe" }},
		{"name", func(d *Day) { d.Name = "" }},
		{"periods", func(d *Day) { d.Periods = office[1] }},
		{"periods", func(d *Day) { d.Kind, d.Periods = DayWorked, Periods{{9, 3}} }},
		{"confidence", func(d *Day) { d.Confidence = "sure" }},
		{"source_act", func(d *Day) { d.Confidence = ByNotice }},
	} {
		d := good
		tt.spoil(&d)
		f, ok := fault.As(d.Validate())
		if !ok || f.Problems[0].Field != tt.field {
			t.Errorf("%s: got %v", tt.field, f)
		}
	}
	if err := good.Validate(); err != nil {
		t.Errorf("a good day: %v", err)
	}
}

func TestHoursValidate(t *testing.T) {
	from, to := clock.MustDate("2018-01-01"), clock.MustDate("2019-01-01")
	for _, tt := range []struct {
		hours Hours
		field string
	}{
		{Hours{ValidFrom: from, ValidTo: to, Week: office}, ""},
		{Hours{Week: office}, "valid_from"},
		{Hours{ValidFrom: to, ValidTo: from, Week: office}, "valid_to"},
		{Hours{ValidFrom: from, Week: Week{1: {{5, 1}}}}, "week"},
	} {
		f, _ := fault.As(tt.hours.Validate())
		if tt.field == "" && f != nil || tt.field != "" && (f == nil || f.Problems[0].Field != tt.field) {
			t.Errorf("%+v: got %v, want %q", tt.hours, f, tt.field)
		}
	}
}
