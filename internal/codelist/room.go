// Package codelist is the versioned code lists that law and statistics prescribe: fields of procedures, life events, statuses, channels, ethnic groups, identity papers… (tiếng Việt: danh mục dùng chung).
//
// A list is data with validity dates and the act it comes from. A code can have
// several versions over time, which never overlap; nothing that was once used is
// taken away, so that an old dossier shows the name its code had on its day.
// Lists come as files of the province (province/<name>/codelists/*.yaml, one
// list a file) and can be changed in the program; the next import leaves alone
// what people changed.
//
// Law: the source act stands at each list and item.
// Words: Code (mã) is the key inside one list, never shown alone to citizens; Attributes (thuộc tính) are what programs read besides the name, such as the clock of a dossier status.
// Tables: codelist_list, codelist_item, codelist_version.
// Events out: none.
// Events in: none.
// Not here: units of territory (place), agencies (org), procedures themselves (procedure).
package codelist

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
func Migrations() migrate.Room { return migrate.Sub("codelist", migrations) }

// Texts returns the overlays of the room for i18n.Catalog.Load.
func Texts() fs.FS { return texts }

// PermManage (quản lý danh mục dùng chung) allows to change the lists of the whole province;
// the grant must cover the root unit.
const PermManage = "codelist.manage"

// Permissions are what the room lets people do, in words.
func Permissions() []actor.Permission {
	return []actor.Permission{
		{Key: PermManage, Name: i18n.M("Quản lý danh mục dùng chung")},
	}
}

// Units tells where the root of the organisation stands; the org room knows.
type Units interface {
	// UnitPath returns the path of ids from the root to the unit, "/a/b/";
	// for the empty id that of the root unit.
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
		cache: versioned.New(freshness, d.Clock.Now, versioned.Source[*book]{Version: selectVersion, Load: readBook, Lock: lock})}
}
