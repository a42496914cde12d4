// Package audit is the record of every change of state, chained so that tampering shows (tiếng Việt: nhật ký kiểm toán).
//
// Whoever changes a state calls Record in the same transaction. The entry says
// who did it, for which agency, from where, what was done to which object, and
// carries the SHA-256 digests of the object before and after. Entries form
// eight chains ("lanes"), so that transactions seldom wait for each other: the
// hash of an entry covers its content, its place (lane, seq) and the hash of the
// entry before it. The head of each lane is kept, locked while it is extended.
//
// # How an auditor recomputes the chain
//
// Take the rows of audit_entry of one lane by seq, which counts 1, 2, 3… The
// text that is hashed is the concatenation of these fields, in this order, each
// written as its length in bytes (decimal), a colon, the bytes in UTF-8, a comma:
//
//	"lienthong-audit-1", lane, seq, at, actor_id, actor_kind, actor_name,
//	person_id, agency_id, agency, ip, action, object, object_id, unit_id,
//	before_digest, after_digest, detail, prev_hash
//
// lane and seq are decimal, at is UTC as 2018-11-23T01:02:03.000004Z (always six
// decimals). hash is the SHA-256 of that text, in lower-case hexadecimal; prev_hash
// is the hash of the row with seq-1 in the same lane, 64 zeros for the first row.
// before_digest and after_digest are the SHA-256 of the object as JSON with sorted
// keys, no spaces and no HTML escapes, empty when there is no object. The row of
// audit_lane must name the last seq and its hash.
//
// Whoever can write the whole database could compute all chains anew. Therefore
// the heads that Verify reports are to be noted outside the system at times; given
// to a later Verify they prove that everything before them is still the same.
//
// Law: none names a form for this record; it is the evidence that later rooms refer to.
// Words: lane (làn) is one of the eight chains; head (đầu chuỗi) is the last entry of a lane; anchor (mốc đối chiếu) is a head noted outside the system.
// Tables: audit_entry, audit_lane.
// Events out: none.
// Events in: none.
// Not here: log lines for operators (slog), evidence of calls between systems (gateway), the history shown to citizens (dossier).
package audit

import (
	"context"
	"embed"
	"io/fs"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/migrate"
)

// PermRead lets an official read the audit record of the units a grant covers.
const PermRead = "audit.read"

// Permissions are what the room lets people do, in words.
func Permissions() []actor.Permission {
	return []actor.Permission{
		{Key: PermRead, Name: i18n.M("Xem nhật ký")},
	}
}

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

// Migrations returns the tables of the room.
func Migrations() migrate.Room { return migrate.Sub("audit", migrations) }

// Texts returns the overlays of the room for i18n.Catalog.Load.
func Texts() fs.FS { return texts }

// Units is what the room needs to know of the organisation: which units the grants of a reader cover.
type Units interface {
	// Covered returns the ids of the units that the grants cover. All is true when they cover every unit.
	Covered(ctx context.Context, grants []actor.Grant) (ids []string, all bool, err error)
}

// Deps is what the room is built from. Without Units a reader sees the units named in the grants only.
type Deps struct {
	DB    *db.DB
	Units Units
}

// Service reads the record. Writing is the function Record, verifying the function Verify.
type Service struct {
	db    *db.DB
	units Units
}

// New returns the service.
func New(d Deps) *Service { return &Service{d.DB, d.Units} }
