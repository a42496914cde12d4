// Package place is the register of the units of territory, as they were on any date (tiếng Việt: danh mục đơn vị hành chính).
//
// Provinces, districts and communes merge, split and change their names. Here a
// unit never changes its name: it ends, and links lead to its successors. So an
// old paper shows the name it was given under, and a search for the old name
// finds who is competent today. Which levels of government there are, their
// kinds and codes are data of the province (levels.yaml, places.csv,
// place-changes.yaml); no code here knows how many levels there are.
//
// All units are kept in memory; see Config.Recheck for how nodes agree.
//
// Law: 77/2015/QH13 (units of territory), 72/2025/QH15 (no district level from 2025-07-01).
// Words: heir (đơn vị kế thừa) is the one successor that takes over what cannot be divided; end (kết thúc) is the first day on which a unit is no more.
// Tables: place_unit, place_code, place_successor, place_parent (former parents), place_level, place_kind, place_scheme, place_version.
// Events out: place.unit_ended (on the day the end takes effect), place.unit_added.
// Events in: none.
// Not here: agencies that answer for a territory (org), outlines on the map (gis).
package place

import (
	"embed"
	"io/fs"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/kit/versioned"
)

// PermManage lets an official merge, split, rename and abolish units and import the list.
const PermManage = "place.manage"

// Permissions are what the room lets people do, in words.
func Permissions() []actor.Permission {
	return []actor.Permission{
		{Key: PermManage, Name: i18n.M("Quản lý đơn vị hành chính")},
	}
}

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

// Migrations returns the tables of the room.
func Migrations() migrate.Room { return migrate.Sub("place", migrations) }

// Texts returns the overlays of the room for i18n.Catalog.Load.
func Texts() fs.FS { return texts }

// Config sets the room up. The zero value is ready for use.
type Config struct {
	// Recheck is how long a change made on another node may stay unseen; zero is one second.
	// A change made on this node is seen at once.
	Recheck time.Duration
}

// Deps is what the room is built from; all parts are required.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
}

// Service answers questions about units of territory and changes them.
type Service struct {
	db    *db.DB
	clock clock.Clock
	store store
	cache *versioned.Cache[*book]
}

// New returns the service.
func New(d Deps, c Config) *Service {
	if c.Recheck <= 0 {
		c.Recheck = time.Second
	}
	s := &Service{db: d.DB, clock: d.Clock}
	s.cache = versioned.New(c.Recheck, time.Now, versioned.Source[*book]{Version: s.store.version, Load: s.store.load, Lock: s.store.lock})
	return s
}
