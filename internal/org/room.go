// Package org is the register of agencies, their divisions, and the people in their posts, as they were on any date (tiếng Việt: tổ chức bộ máy và nhân sự).
//
// Units form one tree: below the provincial People's Committee stand its
// departments, the committees of the districts and, below these, those of the
// communes; divisions stand within agencies. The path of a unit ("/id/id/") is
// what grants of permissions are measured by. An agency answers for a place;
// committees are made by rules in the province's data (templates: "for every
// commune one committee with these divisions") and follow when places change.
//
// A unit never changes its name: it ends, and links lead to its successors with
// their divisions; posts go over, and org.unit_ended tells the other rooms where
// work on its way has to go.
//
// All units are kept in memory; see Config.Recheck for how nodes agree.
//
// Law: 24/2014/NĐ-CP (departments of a province), 37/2014/NĐ-CP (divisions of a district), QCVN 102:2016/BTTTT and 20/2020/QĐ-TTg (agency codes).
// Words: unit (đơn vị) is an agency or a division; agency (cơ quan) is a unit with a seal and a code of its own; heir (đơn vị kế thừa) takes over what cannot be divided; slug (tên định danh) is the name of a unit in files; key (khóa) is what the same division is called in every agency.
// Tables: org_unit, org_kind, org_template, org_code, org_successor, org_parent, org_move, org_version, org_person, org_post.
// Events out: org.unit_ended, org.unit_moved (on the day the change takes effect).
// Events in: place.unit_ended, place.unit_added (committees follow their places).
// Not here: accounts, roles and grants (identity), personnel files (staff), territory (place).
package org

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
	"lienthong/internal/place"
)

// PermManage lets an official change the units, people and posts below the units
// a grant covers. Import needs it at the root.
const PermManage = "org.manage"

// Permissions are what the room lets people do, in words.
func Permissions() []actor.Permission {
	return []actor.Permission{
		{Key: PermManage, Name: i18n.M("Quản lý cơ quan, đơn vị và nhân sự")},
	}
}

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

// Migrations returns the tables of the room.
func Migrations() migrate.Room { return migrate.Sub("org", migrations) }

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
	DB     *db.DB
	Clock  clock.Clock
	Places *place.Service
}

// Service answers questions about agencies, divisions and posts, and changes them.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	places *place.Service
	store  store
	cache  *versioned.Cache[*book]
}

// New returns the service.
func New(d Deps, c Config) *Service {
	if c.Recheck <= 0 {
		c.Recheck = time.Second
	}
	s := &Service{db: d.DB, clock: d.Clock, places: d.Places}
	s.cache = versioned.New(c.Recheck, time.Now, versioned.Source[*book]{Version: s.store.version, Load: s.store.load, Lock: s.store.lock})
	return s
}
