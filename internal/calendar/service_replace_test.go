package calendar

import (
	"bytes"
	"os"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

// TestWriteData holds that the province's file, written, reads back to the same.
func TestWriteData(t *testing.T) {
	r, err := os.Open(provinceFile)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close() //nolint:errcheck // read only
	data, err := ReadData(r)
	if err != nil {
		t.Fatal(err)
	}
	data.Days = append(data.Days, Day{Date: clock.MustDate("1999-05-05"), Kind: DayOff, Name: "x", Confidence: Reported})
	raw, err := WriteData(data)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadData(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	again, err := WriteData(got)
	if err != nil || !bytes.Equal(raw, again) || len(got.Days) != len(data.Days) || len(got.Years) != len(data.Years) {
		t.Errorf("%d days and %d years, want %d and %d; %v", len(got.Days), len(got.Years), len(data.Days), len(data.Years), err)
	}
}

// TestReplaceCalendar holds that the province's calendar becomes what it is given, once, and units keep their own.
func TestReplaceCalendar(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t)
		ctx := as("/root/", true)
		own := Day{UnitID: "city", Date: clock.MustDate("2018-12-07"), Kind: DayOff, Name: "ngày hội", Confidence: Reported}
		if err := f.SetDay(ctx, own); err != nil {
			t.Fatal(err)
		}
		data, err := f.Province(ctx)
		if err != nil {
			t.Fatal(err)
		}
		before := f.rows(t)
		if err := f.Replace(ctx, data); err != nil || f.rows(t) != before {
			t.Errorf("nothing changed, yet %d rows more, %v", f.rows(t)-before, err)
		}
		short := Data{DayMinutes: 420, Hours: data.Hours[:1], Years: []Year{{Year: 2018, Note: "x"}},
			Days: []Day{{Date: clock.MustDate("2018-09-02"), Kind: DayOff, Name: "Quốc khánh", Confidence: ByLaw}}}
		for range 2 {
			if err := f.Replace(ctx, short); err != nil {
				t.Fatal(err)
			}
		}
		if got := f.rows(t); got != before+1 {
			t.Errorf("%d audit rows more, want 1", got-before)
		}
		got, err := f.Province(ctx)
		if err != nil || len(got.Days) != 1 || len(got.Years) != 1 || len(got.Late) != 0 || got.DayMinutes != 420 {
			t.Errorf("%+v, %v", got, err)
		}
		if days, err := f.Days(ctx, "city", 2018); err != nil || len(days) != 1 {
			t.Errorf("days of the city: %v, %v", days, err)
		}
		if err := f.Replace(ctx, Data{}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("an empty calendar: %v", err)
		}
		if err := f.Replace(as("/root/city/", true), short); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("the city replaced it: %v", err)
		}
	})
}

func (f fixture) rows(t *testing.T) int {
	t.Helper()
	var n int
	if err := f.db.Get(system, &n, `SELECT COUNT(*) FROM audit_entry`); err != nil {
		t.Fatal(err)
	}
	return n
}
