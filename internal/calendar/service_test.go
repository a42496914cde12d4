package calendar

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/migrate"
)

// tree is a small organisation: root → city → ward, and root → district.
type tree struct{ calls int }

func (u *tree) UnitPath(_ context.Context, id string) (string, error) {
	u.calls++
	paths := map[string]string{"": "/root/", "root": "/root/", "city": "/root/city/", "ward": "/root/city/ward/", "district": "/root/district/"}
	if p, ok := paths[id]; ok {
		return p, nil
	}
	return "", errors.New("no such unit")
}

type fixture struct {
	*Service
	db    *db.DB
	clock *clock.Fake
	units *tree
}

func each(t *testing.T, fn func(t *testing.T, f fixture)) {
	t.Helper()
	dbtest.Each(t, []migrate.Room{audit.Migrations(), Migrations()}, func(t *testing.T, d *db.DB) {
		f := fixture{db: d, clock: clock.NewFake(ts(t, "2018-11-23 09:00")), units: &tree{}}
		f.Service = New(Deps{DB: d, Clock: f.clock, Units: f.units})
		fn(t, f)
	})
}

func as(unitPath string, below bool) context.Context {
	return actor.With(context.Background(), actor.Actor{ID: "a1", Name: "Rơ Châm H'Lan", Kind: actor.Staff,
		Grants: []actor.Grant{{Permissions: map[string]bool{PermManage: true}, UnitPath: unitPath, Below: below}}})
}

var system = actor.With(context.Background(), actor.SystemActor)

func (f fixture) load(t *testing.T) Imported {
	t.Helper()
	r, err := os.Open(provinceFile)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	done, err := f.Import(system, r)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func (f fixture) due(t *testing.T, unit, start, term string) string {
	t.Helper()
	a, err := f.Explain(context.Background(), unit, ts(t, start), term, Opts{Reception: true})
	if err != nil {
		t.Fatal(err)
	}
	return show(a.At)
}

func (f fixture) audited(t *testing.T) string {
	t.Helper()
	var actions []string
	if err := f.db.Select(context.Background(), &actions, `SELECT action FROM audit_entry ORDER BY at, lane, seq`); err != nil {
		t.Fatal(err)
	}
	return strings.Join(actions, " ")
}

func TestImport(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		if _, err := f.For(context.Background(), ""); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("without data: %v", err)
		}
		first := f.load(t)
		if first.Written < 100 || first.Removed+first.Kept != 0 {
			t.Errorf("first import: %+v", first)
		}
		if again := f.load(t); again != (Imported{}) {
			t.Errorf("second import: %+v", again)
		}
		stored, err := loadData(context.Background(), f.db)
		if err != nil {
			t.Fatal(err)
		}
		file := provinceData(t)
		if len(stored.Days) != len(file.Days) || len(stored.Years) != len(file.Years) || !same(stored.Late, file.Late) || !same(stored.Hours, file.Hours) {
			t.Errorf("stored %d days, %d years, %+v, %+v", len(stored.Days), len(stored.Years), stored.Late, stored.Hours)
		}
		if got := f.due(t, "", "2019-08-30 09:00", "5 ngày làm việc"); got != "2019-09-09 09:00" {
			t.Errorf("due %s", got)
		}
		if got := f.audited(t); got != "calendar.import" {
			t.Errorf("audited %q", got)
		}
		years, err := f.Years(context.Background())
		if err != nil || len(years) != 10 || years[8].SourceAct != "9441/TB-BNV" {
			t.Errorf("years %v, %v", years, err)
		}
		late, err := f.LateRules(context.Background())
		if err != nil || len(late) != 1 || late[0].After.String() != "15:00" {
			t.Errorf("late rules %v, %v", late, err)
		}
	})
}

func TestImportKeepsWhatPeopleEntered(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t)
		ctx := as("/root/", true)
		hand := Day{Date: clock.MustDate("2018-11-26"), Kind: DayOff, Name: "nghỉ do bão", SourceAct: "12/QĐ-UBND", Confidence: ByNotice}
		moved := Day{Date: clock.MustDate("2018-12-31"), Kind: DayWorked, Name: "vẫn làm việc", Confidence: Reported}
		for _, d := range []Day{hand, moved} {
			if err := f.SetDay(ctx, d); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.SetHours(ctx, Hours{ValidFrom: clock.MustDate("2030-01-01"), Week: office, SourceAct: "1/QĐ-UBND"}); err != nil {
			t.Fatal(err)
		}
		if got := f.load(t); got != (Imported{Kept: 2}) { // the day moved and the week closed by the newer one
			t.Errorf("import: %+v", got)
		}
		short := strings.NewReader(`
day_minutes: 420
hours: [{valid_from: 2018-01-01, week: {mon-fri: ["07:00-11:30", "13:30-16:00"]}}]
years: [{year: 2018, days: [{date: 2018-01-01, name: nghỉ Tết Dương lịch, confidence: law}]}]`)
		got, err := f.Import(ctx, short)
		if err != nil || got.Removed < 90 || got.Kept != 1 || got.Written != 2 { // New Year without its source, the day's length
			t.Errorf("short import: %+v, %v", got, err)
		}
		if late, err := f.LateRules(ctx); err != nil || len(late) != 0 {
			t.Errorf("late rules left: %v, %v", late, err)
		}
		days, err := f.Days(ctx, "", 2018)
		if err != nil || len(days) != 3 || !same(days[1], hand) || !same(days[2], moved) {
			t.Errorf("days left: %+v, %v", days, err)
		}
		c, err := f.For(ctx, "")
		if err != nil || c.DayMinutes() != 420 {
			t.Errorf("day of %v minutes, %v", c.DayMinutes(), err)
		}
		for _, bad := range []string{"day_minutes: x", "unknown: 1", "hours: [{valid_from: 2018-01-01, week: {foo: []}}]",
			"years: [{year: 2018, days: [{date: 2019-01-01, name: x, confidence: law}]}]", "{}"} {
			if _, err := f.Import(ctx, strings.NewReader(bad)); fault.KindOf(err) != fault.Invalid {
				t.Errorf("import of %q: %v", bad, err)
			}
		}
		clash := `hours: [{valid_from: 2029-01-01, valid_to: 2031-01-01, week: {mon: ["07:00-11:00"]}}, {valid_from: 2031-01-01, week: {mon: ["07:00-11:00"]}}]`
		if _, err := f.Import(ctx, strings.NewReader(clash)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("import against hours entered by hand: %v", err)
		}
	})
}

func TestForFollowsTheOrganisation(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t)
		ctx := as("/root/city/", true)
		if got := f.due(t, "ward", "2018-11-23 09:00", "1 ngày làm việc"); got != "2018-11-26 09:00" || f.units.calls != 0 {
			t.Errorf("before: %s after %d questions to org", got, f.units.calls)
		}
		saturday := office
		saturday[6] = officeDay
		if err := f.SetHours(ctx, Hours{UnitID: "city", ValidFrom: clock.MustDate("2018-11-01"), Week: saturday}); err != nil {
			t.Fatal(err)
		}
		if err := f.SetDay(ctx, Day{UnitID: "ward", Date: clock.MustDate("2018-11-26"), Kind: DayOff, Name: "bầu cử", Confidence: Reported}); err != nil {
			t.Fatal(err)
		}
		for unit, want := range map[string]string{"": "2018-11-26 15:30", "district": "2018-11-26 15:30", "city": "2018-11-24 15:30", "ward": "2018-11-24 15:30"} {
			a, err := f.Explain(ctx, unit, ts(t, "2018-11-23 15:30"), "1 ngày làm việc", Opts{})
			if err != nil || show(a.At) != want {
				t.Errorf("%q: %s, %v, want %s", unit, show(a.At), err, want)
			}
		}
		if got := f.due(t, "ward", "2018-11-24 09:00", "1 ngày làm việc"); got != "2018-11-27 09:00" {
			t.Errorf("the ward's own day off: %s", got)
		}
		top, topErr := f.For(ctx, "")
		if c, err := f.For(ctx, "district"); errors.Join(topErr, err) != nil || c != top {
			t.Errorf("units without entries do not share a calendar: %v", errors.Join(topErr, err))
		}
		if _, err := f.For(ctx, "nowhere"); err == nil {
			t.Error("a unit nobody knows has a calendar")
		}
		hours, err := f.HoursOf(ctx, "city")
		if err != nil || len(hours) != 1 {
			t.Errorf("hours of the city: %v, %v", hours, err)
		}
		if err := f.RemoveHours(ctx, "city", clock.MustDate("2018-11-01")); err != nil {
			t.Fatal(err)
		}
		if err := f.RemoveDay(ctx, "ward", clock.MustDate("2018-11-26")); err != nil {
			t.Fatal(err)
		}
		if got := f.due(t, "ward", "2018-11-23 09:00", "1 ngày làm việc"); got != "2018-11-26 09:00" {
			t.Errorf("after removal: %s", got)
		}
		if got := f.audited(t); got != "calendar.import calendar.set_hours calendar.set_day calendar.remove_hours calendar.remove_day" && strings.Count(got, "calendar.") != 5 {
			t.Errorf("audited %q", got)
		}
	})
}

func TestAnotherNodeSeesTheChange(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t)
		other := New(Deps{DB: f.db, Clock: f.clock, Units: f.units})
		var c *Calendar
		working := func() bool {
			var err error
			if c, err = other.For(context.Background(), ""); err != nil {
				t.Fatal(err)
			}
			return c.IsWorkingDay(clock.MustDate("2018-11-26"))
		}
		if !working() {
			t.Fatal("an ordinary Monday is off")
		}
		if err := f.SetDay(system, Day{Date: clock.MustDate("2018-11-26"), Kind: DayOff, Name: "nghỉ do bão", Confidence: Reported}); err != nil {
			t.Fatal(err)
		}
		if !working() {
			t.Error("the other node asks the database at every question")
		}
		f.clock.Advance(freshness)
		if working() {
			t.Error("the other node does not see the change")
		}
		before := c
		f.clock.Advance(time.Minute)
		if working() || c != before {
			t.Error("an unchanged calendar was built again")
		}
	})
}

func TestPermissions(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t)
		day := func(unit string) Day {
			return Day{UnitID: unit, Date: clock.MustDate("2018-11-26"), Kind: DayOff, Name: "nghỉ", Confidence: Reported}
		}
		for _, tt := range []struct {
			name string
			ctx  context.Context
			unit string
			want fault.Kind
		}{
			{"anonymous", context.Background(), "city", fault.Unauthenticated},
			{"own unit", as("/root/city/", false), "city", -1},
			{"below without right below", as("/root/city/", false), "ward", fault.Forbidden},
			{"below", as("/root/city/", true), "ward", -1},
			{"beside", as("/root/city/", true), "district", fault.Forbidden},
			{"province from below", as("/root/city/", true), "", fault.Forbidden},
			{"province", as("/root/", true), "", -1},
			{"system", system, "district", -1},
		} {
			for act, err := range map[string]error{
				"SetDay":    f.SetDay(tt.ctx, day(tt.unit)),
				"RemoveDay": f.RemoveDay(tt.ctx, tt.unit, day(tt.unit).Date),
			} {
				if tt.want == -1 && err != nil && fault.KindOf(err) != fault.NotFound || tt.want != -1 && fault.KindOf(err) != tt.want {
					t.Errorf("%s: %s: %v", tt.name, act, err)
				}
			}
		}
		ward := as("/root/city/ward/", true)
		_, imported := f.Import(ward, strings.NewReader("{}"))
		for act, err := range map[string]error{
			"SetHours":    f.SetHours(ward, Hours{ValidFrom: clock.MustDate("2020-01-01"), Week: office}),
			"RemoveHours": f.RemoveHours(ward, "", clock.MustDate("2018-01-01")),
			"SetYear":     f.SetYear(ward, Year{Year: 2028}),
			"Import":      imported,
		} {
			if fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s for the province by a ward: %v", act, err)
			}
		}
	})
}

func TestChangesThatAreRefused(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t)
		date := clock.MustDate
		for name, tt := range map[string]struct {
			err  error
			want fault.Kind
		}{
			"day without a name":      {f.SetDay(system, Day{Date: date("2018-11-26"), Kind: DayOff, Confidence: Reported}), fault.Invalid},
			"hours without a date":    {f.SetHours(system, Hours{Week: office}), fault.Invalid},
			"day of the file":         {f.RemoveDay(system, "", date("2018-09-02")), fault.Conflict},
			"day that is not there":   {f.RemoveDay(system, "", date("2018-09-05")), fault.NotFound},
			"hours not there":         {f.RemoveHours(system, "city", date("2018-09-05")), fault.NotFound},
			"the last hours":          {f.RemoveHours(system, "", date("2018-01-01")), fault.Invalid},
			"hours that end":          {f.SetHours(system, Hours{ValidFrom: date("2020-01-01"), ValidTo: date("2021-01-01"), Week: office}), fault.Invalid},
			"a unit that never works": {f.SetHours(system, Hours{UnitID: "city", ValidFrom: date("2020-01-01")}), fault.Invalid},
			"year zero":               {f.SetYear(system, Year{}), fault.Invalid},
		} {
			if fault.KindOf(tt.err) != tt.want {
				t.Errorf("%s: %v", name, tt.err)
			}
		}
		if _, err := f.Explain(system, "", ts(t, "2018-11-23 09:00"), "mai", Opts{}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("Explain of nonsense: %v", err)
		}
		if got := f.audited(t); got != "calendar.import" {
			t.Errorf("refused changes left rows: %q", got)
		}
		if got := f.due(t, "city", "2018-11-23 09:00", "1 ngày làm việc"); got != "2018-11-26 09:00" {
			t.Errorf("refused changes had an effect: %s", got)
		}
	})
}

func TestSetYearTakesTheWarningAway(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		f.load(t)
		certain := func() bool {
			a, err := f.Explain(context.Background(), "", ts(t, "2028-03-01 09:00"), "3 ngày làm việc", Opts{})
			if err != nil {
				t.Fatal(err)
			}
			return a.Certain()
		}
		if certain() {
			t.Error("2028 is certain without holidays")
		}
		if err := f.SetYear(system, Year{Year: 2028, SourceAct: "1/TB-BNV"}); err != nil {
			t.Fatal(err)
		}
		if !certain() {
			t.Error("2028 is uncertain with holidays")
		}
	})
}
