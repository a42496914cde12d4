package clock_test

import (
	"encoding/json"
	"testing"
	"time"

	"lienthong/internal/kit/clock"
)

func TestParseDate(t *testing.T) {
	for in, want := range map[string]string{
		"2018-11-23": "2018-11-23", "23/11/2018": "2018-11-23", "1/2/2018": "2018-02-01", "29/02/2024": "2024-02-29", "": "",
		"29/02/2023": "!", "2018-13-01": "!", "23-11-2018": "!", "31/4/2018": "!", "hôm nay": "!", "2018-11-23T00:00": "!",
	} {
		d, err := clock.ParseDate(in)
		if (err != nil) != (want == "!") || err == nil && d.String() != want {
			t.Errorf("ParseDate(%q) = %q, %v; want %q", in, d, err, want)
		}
	}
}

func TestDateOfIsLocal(t *testing.T) {
	at := time.Date(2018, 12, 31, 17, 0, 0, 0, time.UTC) // midnight of the new year in the local zone
	if d := clock.DateOf(at); d != clock.MustDate("2019-01-01") {
		t.Errorf("got %s", d)
	}
	if d := clock.DateOf(at.Add(-time.Second)); d != clock.MustDate("2018-12-31") {
		t.Errorf("got %s", d)
	}
	if got := clock.MustDate("2019-01-01").At(0, 0); !got.Equal(at) {
		t.Errorf("midnight is %v", got)
	}
}

func TestToday(t *testing.T) {
	c := clock.NewFake(time.Date(2018, 11, 23, 17, 30, 0, 0, time.UTC)) // half past midnight of the next day
	today := clock.Today(c)
	if today != clock.NewDate(2018, 11, 24) {
		t.Errorf("today is %s", today)
	}
	other := clock.NewDate(2020, 1, 1)
	if got := other.Or(today); got != other {
		t.Errorf("a date or today = %s", got)
	}
	if got := (clock.Date{}).Or(today); got != today {
		t.Errorf("no date or today = %s", got)
	}
}

func TestDateOrder(t *testing.T) {
	days := []string{"2017-12-31", "2018-01-01", "2018-01-02", "2018-02-01", "2019-01-01"}
	for i, a := range days {
		for j, b := range days {
			x, y := clock.MustDate(a), clock.MustDate(b)
			if x.Before(y) != (i < j) || x.After(y) != (i > j) || (x.Compare(y) == 0) != (i == j) {
				t.Errorf("%s against %s: Compare %d", a, b, x.Compare(y))
			}
		}
	}
}

func TestDateArithmetic(t *testing.T) {
	d := clock.MustDate("2018-12-31")
	if got := d.AddDays(1); got != clock.NewDate(2019, time.January, 1) {
		t.Errorf("the day after: %s", got)
	}
	if got := clock.NewDate(2018, time.February, 30); got.String() != "2018-03-02" {
		t.Errorf("30 February: %s", got)
	}
	if d.Weekday() != time.Monday || d.Display() != "31/12/2018" {
		t.Errorf("%s is a %s", d.Display(), d.Weekday())
	}
	if z := (clock.Date{}); !z.IsZero() || z.String() != "" || z.Display() != "" {
		t.Error("the zero date shows something")
	}
}

func TestWithin(t *testing.T) {
	from, to, open := clock.MustDate("2018-01-01"), clock.MustDate("2018-07-01"), clock.Date{}
	for _, tt := range []struct {
		day      string
		from, to clock.Date
		want     bool
	}{
		{"2018-01-01", from, to, true}, {"2018-06-30", from, to, true}, {"2018-07-01", from, to, false}, {"2017-12-31", from, to, false},
		{"2017-12-31", open, to, true}, {"2030-01-01", from, open, true}, {"2030-01-01", open, open, true},
	} {
		if got := clock.MustDate(tt.day).Within(tt.from, tt.to); got != tt.want {
			t.Errorf("%s in [%s, %s): %v", tt.day, tt.from, tt.to, got)
		}
	}
}

func TestDateAsText(t *testing.T) {
	type row struct {
		On clock.Date `json:"on"`
	}
	raw, err := json.Marshal(row{clock.MustDate("2018-11-23")})
	if err != nil || string(raw) != `{"on":"2018-11-23"}` {
		t.Errorf("%s, %v", raw, err)
	}
	var r row
	if err := json.Unmarshal([]byte(`{"on":"23/11/2018"}`), &r); err != nil || r.On.String() != "2018-11-23" {
		t.Errorf("%v, %v", r, err)
	}
	if err := json.Unmarshal([]byte(`{"on":"x"}`), &r); err == nil {
		t.Error("a bad date was taken")
	}
	var d clock.Date
	for _, src := range []any{nil, "2018-11-23", []byte("2018-11-23")} {
		if err := d.Scan(src); err != nil || d.IsZero() != (src == nil) {
			t.Errorf("scan %v: %v, %v", src, d, err)
		}
	}
	if d.Scan(7) == nil || d.Scan("7") == nil {
		t.Error("a number was taken for a date")
	}
	if v, err := (clock.Date{}).Value(); v != nil || err != nil {
		t.Errorf("the zero date is stored as %v", v)
	}
	defer func() {
		if recover() == nil {
			t.Error("MustDate took a malformed date")
		}
	}()
	clock.MustDate("x")
}

func TestFake(t *testing.T) {
	start := time.Date(2018, 11, 23, 8, 0, 0, 123456789, clock.Local)
	f := clock.NewFake(start)
	if got := f.Now(); !got.Equal(start.Truncate(time.Microsecond)) || got.Location() != time.UTC {
		t.Errorf("begins at %v", got)
	}
	f.Advance(time.Hour)
	if got := f.Now().Sub(start.Truncate(time.Microsecond)); got != time.Hour {
		t.Errorf("moved by %v", got)
	}
	f.Set(start)
	if !f.Now().Equal(start.Truncate(time.Microsecond)) {
		t.Error("was not set back")
	}
	if d := time.Since(clock.System{}.Now()); d < -time.Minute || d > time.Minute {
		t.Errorf("the system's clock is %v off", d)
	}
}
