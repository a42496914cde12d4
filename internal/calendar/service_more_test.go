package calendar

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

// TestStoredAsGiven: what is stored comes back the same, on both engines.
func TestStoredAsGiven(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t)
		date := clock.MustDate
		days := []Day{
			{UnitID: "city", Date: date("2018-11-20"), Kind: OffMorning, Name: "mất điện", Confidence: Reported},
			{UnitID: "city", Date: date("2018-11-21"), Kind: OffAfternoon, Name: "nghỉ “chiều”; --", SourceAct: "7/UBND", Confidence: ByNotice},
			{UnitID: "city", Date: date("2018-11-24"), Kind: DayWorked, Name: "trực sáng", Periods: Periods{{7 * 60, 11 * 60}, {13 * 60, 14*60 + 5}}, Confidence: Computed},
		}
		for _, d := range days {
			if err := f.SetDay(system, d); err != nil {
				t.Fatal(err)
			}
		}
		got, err := f.Days(system, "city", 2018)
		if err != nil || !same(got, days) {
			t.Errorf("days %+v, %v", got, err)
		}
		if got, err := f.Days(system, "city", 2019); err != nil || len(got) != 0 {
			t.Errorf("days of another year %+v, %v", got, err)
		}
		hours := Hours{UnitID: "city", ValidFrom: date("2019-01-01"), ValidTo: date("2020-01-01"), Week: Week{6: {{8 * 60, 12 * 60}}, 1: officeDay}, SourceAct: "8/QĐ", Note: "thí điểm"}
		if err := f.SetHours(system, hours); err != nil {
			t.Fatal(err)
		}
		if got, err := f.HoursOf(system, "city"); err != nil || len(got) != 1 || !same(got[0], hours) {
			t.Errorf("hours %+v, %v", got, err)
		}
		changed := days[0]
		changed.Kind, changed.Name = DayOff, "mất điện cả ngày"
		if err := f.SetDay(system, changed); err != nil {
			t.Fatal(err)
		}
		if got, err := f.Days(system, "city", 2018); err != nil || len(got) != 3 || !same(got[0], changed) {
			t.Errorf("a day set twice: %+v, %v", got, err)
		}
		if got := f.load(t); got != (Imported{}) {
			t.Errorf("the import touched entries of a unit: %+v", got)
		}
	})
}

// TestAnotherWeekFromADate: the earlier week ends where the next begins, and comes back nowhere.
func TestAnotherWeekFromADate(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t)
		ctx, winter := as("/root/", true), Week{}
		for d := 1; d <= 5; d++ {
			winter[d] = Periods{{7*60 + 30, 11*60 + 30}, {13 * 60, 17 * 60}}
		}
		from := clock.MustDate("2018-12-03")
		if err := f.SetHours(ctx, Hours{ValidFrom: from, Week: winter, SourceAct: "9/QĐ-UBND"}); err != nil {
			t.Fatal(err)
		}
		c, err := f.For(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		for date, want := range map[string]string{"2018-11-30": "07:00-11:30, 13:30-17:00", "2018-12-03": "07:30-11:30, 13:00-17:00"} {
			if got := c.PeriodsOn(clock.MustDate(date)).String(); got != want {
				t.Errorf("%s: %s", date, got)
			}
		}
		hours, err := f.HoursOf(ctx, "")
		if err != nil || len(hours) != 2 || hours[0].ValidTo != from || !hours[1].ValidTo.IsZero() {
			t.Errorf("hours %+v, %v", hours, err)
		}
		inside := Hours{ValidFrom: clock.MustDate("2018-06-01"), ValidTo: clock.MustDate("2018-09-01"), Week: winter}
		if err := f.SetHours(ctx, inside); fault.KindOf(err) != fault.Invalid {
			t.Errorf("hours inside others: %v", err)
		}
	})
}

// TestManyAtOnce asks and changes at the same time; every answer must be that of one state or the other.
func TestManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t)
		day := Day{UnitID: "ward", Date: clock.MustDate("2018-11-26"), Kind: DayOff, Name: "bầu cử", Confidence: Reported}
		start := ts(t, "2018-11-23 09:00")
		var wg sync.WaitGroup
		fail := make(chan string, 100)
		for range 4 {
			wg.Go(func() {
				for range 25 {
					c, err := f.For(context.Background(), "ward")
					if err != nil {
						fail <- err.Error()
						return
					}
					if got := show(c.DueAt(start, WorkDays(1), Opts{})); got != "2018-11-26 09:00" && got != "2018-11-27 09:00" {
						fail <- got
					}
				}
			})
		}
		wg.Go(func() {
			for range 5 {
				if err := f.SetDay(system, day); err != nil {
					fail <- err.Error()
				}
				if err := f.RemoveDay(system, "ward", day.Date); err != nil {
					fail <- err.Error()
				}
			}
		})
		wg.Wait()
		close(fail)
		for message := range fail {
			t.Error(message)
		}
		if got := f.due(t, "ward", "2018-11-23 09:00", "1 ngày làm việc"); got != "2018-11-26 09:00" {
			t.Errorf("afterwards: %s", got)
		}
	})
}

// TestBrokenDatabase: a database that does not answer is an error everywhere, never an empty calendar.
func TestBrokenDatabase(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t)
		cold := New(Deps{DB: f.db, Clock: f.clock, Units: f.units})
		if _, err := f.For(system, ""); err != nil {
			t.Fatal(err)
		}
		gone, cancel := context.WithCancel(system)
		cancel()
		date := clock.MustDate("2018-11-26")
		_, forErr := cold.For(gone, "")
		_, explain := cold.Explain(gone, "", ts(t, "2018-11-23 09:00"), "1 ngày", Opts{})
		_, days := cold.Days(gone, "", 2018)
		_, hours := cold.HoursOf(gone, "")
		_, years := cold.Years(gone)
		_, late := cold.LateRules(gone)
		_, imported := cold.Import(gone, strings.NewReader(smallFile))
		for name, err := range map[string]error{
			"For": forErr, "Explain": explain, "Days": days, "HoursOf": hours, "Years": years, "LateRules": late, "Import": imported,
			"SetDay":      cold.SetDay(gone, Day{Date: date, Kind: DayOff, Name: "x", Confidence: Reported}),
			"RemoveDay":   cold.RemoveDay(gone, "", date),
			"SetHours":    cold.SetHours(gone, Hours{ValidFrom: date, Week: office}),
			"RemoveHours": cold.RemoveHours(gone, "", date),
			"SetYear":     cold.SetYear(gone, Year{Year: 2028}),
		} {
			if err == nil || fault.KindOf(err) != fault.Internal {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := f.For(gone, ""); err != nil {
			t.Errorf("a calendar that is in memory needs no database: %v", err)
		}
	})
}

// TestAuditTells: the row in the audit record names the thing changed.
func TestAuditTells(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t)
		if err := f.SetDay(as("/root/city/", true), Day{UnitID: "city", Date: clock.MustDate("2018-11-26"), Kind: DayOff, Name: "mất điện", Confidence: Reported}); err != nil {
			t.Fatal(err)
		}
		var rows []struct {
			Actor  string `db:"actor_name"`
			Object string `db:"object_id"`
			Unit   string `db:"unit_id"`
			Detail string `db:"detail"`
		}
		err := f.db.Select(context.Background(), &rows, `SELECT actor_name, object_id, unit_id, detail FROM audit_entry WHERE action = ?`, "calendar.set_day")
		if err != nil || len(rows) != 1 {
			t.Fatalf("%+v, %v", rows, err)
		}
		if r := rows[0]; r.Actor != "Rơ Châm H'Lan" || r.Object != "2018-11-26" || r.Unit != "city" || !strings.Contains(r.Detail, "mất điện") {
			t.Errorf("%+v", r)
		}
	})
}

// TestTwoWeeksAtOnce lets two officials enter working weeks of one unit at the same moment: whoever is later sees the other.
func TestTwoWeeksAtOnce(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t)
		var wg sync.WaitGroup
		for n := range 10 {
			unit := fmt.Sprint("u", n)
			for _, from := range []string{"2019-01-01", "2019-02-02", "2019-03-03", "2019-04-04"} {
				wg.Go(func() {
					err := f.SetHours(system, Hours{UnitID: unit, ValidFrom: clock.MustDate(from), Week: Week{time.Monday: {{7 * 60, 11 * 60}}}})
					if err != nil && fault.KindOf(err) != fault.Invalid {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		data, err := loadData(context.Background(), f.db)
		if err != nil {
			t.Fatal(err)
		}
		if err := data.Validate(); err != nil {
			t.Error(err)
		}
	})
}
