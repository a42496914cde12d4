// Package calendar is working time and deadlines: office hours, public holidays, swapped working days, and what a legal term comes to (tiếng Việt: lịch làm việc, ngày nghỉ và cách tính thời hạn).
//
// The law gives terms in working days, calendar days, hours and months; this room
// turns them into a moment and says why it is that moment. The rules that change
// by decree (hours, holidays, the hour after which a reception counts from
// the next day) are data with validity and source act; only the reckoning is code.
// A Calendar is a value that other rooms ask without touching the database; Service keeps the
// data and hands out the Calendar of a unit.
//
// Law: 61/2018/NĐ-CP and 01/2018/TT-VPCP (reception, transfer, return); Bộ luật Lao động (holidays, by the data file).
// Words: "ngày làm việc" (WorkingDays) is 8 hours of working time; plain "ngày" (CalendarDays) counts every day; "Period" is a stretch of one day's working time, not a term.
// Tables: calendar_setting, calendar_hours, calendar_day, calendar_late, calendar_year.
// Events out: none.
// Events in: none.
// Not here: lunar dates (the data file holds dates), schedules of meetings (room meeting), pausing and extending of a dossier (room dossier asks Shift and Extend).
package calendar

import (
	"context"
	"embed"
	"io/fs"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/kit/versioned"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

// Migrations returns the tables of the room.
func Migrations() migrate.Room { return migrate.Sub("calendar", migrations) }

// Texts returns the overlays of the room for i18n.Catalog.Load.
func Texts() fs.FS { return texts }

// PermManage (quản lý lịch làm việc) allows to change hours and days of the units a grant covers;
// for the whole province the grant must cover the root unit.
const PermManage = "calendar.manage"

// Permissions are what the room lets people do, in words.
func Permissions() []actor.Permission {
	return []actor.Permission{
		{Key: PermManage, Name: i18n.M("Quản lý lịch làm việc và ngày nghỉ")},
	}
}

// Units tells where a unit stands in the organisation; the org room knows.
type Units interface {
	// UnitPath returns the path of ids from the root to the unit, "/a/b/".
	// For the empty id it is the path of the root unit.
	UnitPath(ctx context.Context, unitID string) (string, error)
}

// Deps are the things the room needs. All are required.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
	Units Units
}

// New returns the service of the room.
func New(d Deps) *Service {
	return &Service{db: d.DB, clock: d.Clock, units: d.Units,
		cache: versioned.New(freshness, d.Clock.Now, versioned.Source[*almanac]{Version: selectVersion, Load: readAlmanac, Lock: lock})}
}
