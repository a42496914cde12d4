// Package setting is where those who may change what the program goes by do so in the browser, as drafts that another person approves (tiếng Việt: thiết lập hệ thống).
//
// A draft is the new text of one thing: a code list, the calendar of the province, a procedure with its process. It
// keeps the text it began from, so that two people who change the same thing do not undo each other's work. It is
// proposed for a day, approved by somebody else than its author, comes into force on that day by a timer and can be
// undone by a draft like what held before. The rooms that own the things take the new text over through their own
// doors; this room knows how to show, compare and edit it.
//
// Law: none of its own; the act a change rests on stands in the draft.
// Words: Draft (bản thảo) is a change from its first letter to its history; Kind (loại) is a sort of things one can set; Thing is one of them; Base (bản gốc) is the text a draft began from; Trial (chạy thử) is what a process would do with a dossier.
// Tables: setting_draft, setting_act.
// Events out: none.
// Events in: none.
// Not here: the things themselves (codelist, calendar, procedure), the settings of the program (config file), who may do what (identity).
package setting

import (
	"context"
	"embed"
	"io/fs"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/migrate"
)

// The permissions of the room. Both are asked beside the permission of the kind that is changed, at the root unit.
const (
	PermPropose = "setting.propose" // write drafts and propose them
	PermApprove = "setting.approve" // approve or return what others propose
)

// Permissions are what the room lets people do, in words.
func Permissions() []actor.Permission {
	return []actor.Permission{
		{Key: PermPropose, Name: i18n.M("Soạn và đề nghị thay đổi thiết lập")},
		{Key: PermApprove, Name: i18n.M("Duyệt thay đổi thiết lập do người khác đề nghị")},
	}
}

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed all:templates i18n
var files embed.FS

// Migrations returns the tables of the room.
func Migrations() migrate.Room { return migrate.Sub("setting", migrations) }

// Files returns the templates and the overlays of the room.
func Files() fs.FS { return files }

// Overlays returns the translations of the room.
func Overlays() fs.FS { return files }

// Units tells where the root of the organisation stands; the org room knows.
type Units interface {
	// UnitPath returns the path of ids from the root to the unit; for the empty id that of the root unit.
	UnitPath(ctx context.Context, unitID string) (string, error)
}

// Deps is what the room is built from. Kinds are in the order to show them.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
	Units Units
	Kinds []Kind
}

// New returns the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, clock: d.Clock, units: d.Units, kinds: d.Kinds}
}
