// Package dossier is the one-stop handling of dossiers: filed, received, passed from step to step through one or more agencies, and returned (tiếng Việt: giải quyết hồ sơ thủ tục hành chính theo cơ chế một cửa, một cửa liên thông).
//
// A dossier is an instance of one version of a procedure. It has one status of
// the national table, one promised time, and steps: pieces of work at a unit. The
// steps of one agency form a part, with that agency's own number and
// term; the citizen sees one line. Every act goes the same way: take the dossier,
// ask the table of states and the permission, change it, write history, audit and
// an event, all in one transaction.
//
// Law: 61/2018/NĐ-CP, 01/2018/TT-VPCP.
// Words: "Accept" is tiếp nhận of a dossier, documents are "received" in their own room; "Receipt" is the paper with the promised time, not proof of payment; "Part" is the share of one agency.
// Tables: dossier_dossier, dossier_paper, dossier_attachment, dossier_fee, dossier_part, dossier_step, dossier_event, dossier_supplement, dossier_counter, dossier_draft, dossier_place.
// Events out: dossier.filed, dossier.accepted, dossier.refused, dossier.supplement_requested, dossier.supplemented, dossier.forwarded, dossier.stopped, dossier.withdrawn, dossier.finished, dossier.returned, dossier.moved, dossier.sent_back, dossier.extended, dossier.obligation_announced, dossier.obligation_met, dossier.assigned.
// Events in: org.unit_ended, org.unit_moved.
// Not here: what procedures ask for (procedure), working time (calendar), pages (portal, desk), notices (notice), payment through a gateway (payment).
package dossier

import (
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"time"

	"lienthong/internal/calendar"
	"lienthong/internal/file"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var overlays embed.FS

// Migrations returns the tables of the room.
func Migrations() migrate.Room { return migrate.Sub("dossier", migrations) }

// Overlays returns the translations of the room's texts, for i18n.Catalog.Load.
func Overlays() fs.FS { return overlays }

// Procedures is what this room asks about procedures.
type Procedures interface {
	Version(ctx context.Context, id procedure.VersionID) (*procedure.Version, error)
	Current(ctx context.Context, code string, on clock.Date) (*procedure.Version, error)
	Receives(ctx context.Context, v *procedure.Version, agencyID string) (bool, error)
	FormLists(ctx context.Context, v *procedure.Version, on clock.Date) (map[string][]form.Option, error)
}

// Units is what this room asks about agencies and divisions.
type Units interface {
	Unit(ctx context.Context, id org.UnitID) (org.Unit, error)
	BySlug(ctx context.Context, slug string) (org.Unit, error)
	AgencyOf(ctx context.Context, id org.UnitID, on clock.Date) (org.Unit, error)
	AgencyAbove(ctx context.Context, agency org.UnitID, level string) (org.Unit, error)
	DivisionByKey(ctx context.Context, agency org.UnitID, key string) (org.Unit, error)
	Code(ctx context.Context, id org.UnitID, scheme string, on clock.Date) (org.Code, error)
	Successor(ctx context.Context, id org.UnitID, on clock.Date) (org.Unit, error)
	Links(ctx context.Context, id org.UnitID) ([]org.Successor, error)
}

// Calendars hands out the working time of a unit.
type Calendars interface {
	For(ctx context.Context, unitID string) (*calendar.Calendar, error)
}

// Files keeps the files that belong to dossiers.
type Files interface {
	Put(ctx context.Context, u file.Upload) (file.File, error)
	Attach(ctx context.Context, tx *db.Tx, ids []file.ID, from, to file.Holder) ([]file.File, error)
	Open(ctx context.Context, id file.ID, h file.Holder) (io.ReadSeekCloser, file.File, error)
	List(ctx context.Context, h file.Holder) ([]file.File, error)
	Remove(ctx context.Context, tx *db.Tx, id file.ID, h file.Holder) error
	Received(ctx context.Context, transfer string) (file.File, error)
}

// Staff knows which colleagues may do something at a unit.
type Staff interface {
	Able(ctx context.Context, permission, unitPath string) ([]Colleague, error)
}

// Config is what an installation may set for this room.
type Config struct {
	CodeScheme     string `toml:"code_scheme" help:"Bộ mã đơn vị dùng trong mã hồ sơ: qd20 hoặc qcvn102. Để trống: theo dữ liệu của tỉnh."`
	SupplementDays int    `toml:"supplement_days" default:"10" help:"Số ngày làm việc mặc định để người nộp bổ sung giấy tờ."`
}

// Validate finds settings that cannot work: "key: what is wrong".
func (c Config) Validate() error {
	if c.CodeScheme != "" && c.CodeScheme != org.SchemeQD20 && c.CodeScheme != org.SchemeQCVN102 {
		return fmt.Errorf("code_scheme: phải là %s hoặc %s", org.SchemeQD20, org.SchemeQCVN102)
	}
	return nil
}

// Deps are the things the room needs. All but Config are required.
type Deps struct {
	DB         *db.DB
	Clock      clock.Clock
	Procedures Procedures
	Units      Units
	Calendars  Calendars
	Files      Files
	Staff      Staff
	BaseURL    string                                            // where people reach the program, for the QR code of receipts
	Town       func(ctx context.Context, agency org.Unit) string // place name at the head of printed forms
	Config     Config
}

// New returns the service of the room.
func New(d Deps) *Service {
	if d.Config.CodeScheme == "" {
		d.Config.CodeScheme = org.SchemeQD20
	}
	if d.Config.SupplementDays <= 0 {
		d.Config.SupplementDays = 10
	}
	return &Service{Deps: d}
}

// Now returns the time on the room's clock.
func (s *Service) Now() time.Time { return s.Clock.Now() }
