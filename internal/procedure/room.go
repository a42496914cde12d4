// Package procedure is the catalogue of administrative procedures and how each is carried out (tiếng Việt: thủ tục hành chính).
//
// A procedure is one YAML file: the record of the national database, the e-form
// as JSON Schema and the internal process as steps. Files are imported; every
// change makes a new version and the old one stays for the dossiers that began
// with it. Versions have validity dates, so a question is always asked for a day.
// The room answers what is promised (term, fees, papers per case and channel),
// what follows a step, and warns of processes whose steps do not add up to the
// promised term. It knows nothing of dossiers.
//
// Law: 61/2018/NĐ-CP Đ.15 (what must be told about a procedure), 43/2011/NĐ-CP Đ.3 (levels of online services).
// Words: version (phiên bản) is a procedure as it holds from one day to another; case (trường hợp) is a variant with papers, terms and fees of its own; receiver (cơ quan tiếp nhận) is where it may be filed; generic process (quy trình chung) is drawn up by the program for a record that came without one.
// Tables: procedure_procedure, procedure_version, procedure_receiver, procedure_tag.
// Events out: none.
// Events in: none.
// Not here: showing and checking e-forms (kit/form), dossiers and their deadlines (dossier), agencies (org), the texts of code lists (codelist), paying fees (payment).
package procedure

import (
	"context"
	"embed"
	"io/fs"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/migrate"
)

// The permissions of the room. Reading procedures is public.
const (
	PermManage = "procedure.manage" // import procedures, see lint reports
)

// Permissions are what the room lets people do, in words.
func Permissions() []actor.Permission {
	return []actor.Permission{
		{Key: PermManage, Name: i18n.M("Quản lý thủ tục hành chính")},
	}
}

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

// Migrations returns the tables of the room.
func Migrations() migrate.Room { return migrate.Sub("procedure", migrations) }

// Texts returns the overlays of the room for i18n.Catalog.Load.
func Texts() fs.FS { return texts }

// Agency (cơ quan) is what the room needs to know of an agency.
type Agency struct {
	ID      string
	Slug    string
	Name    string
	Kind    string
	Level   string
	PlaceID string
}

// Agencies finds agencies; the org room answers.
type Agencies interface {
	// Agency returns one agency by its id; NotFound when there is none.
	Agency(ctx context.Context, id string) (Agency, error)
	// Select returns the agencies that a selector names on a day, in the order to show them. With a place only
	// those answerable for it.
	Select(ctx context.Context, sel Selector, placeID string, on clock.Date) ([]Agency, error)
}

// Lists gives the entries of code lists; the codelist room answers.
type Lists interface {
	// Options returns the entries of a list that hold on a day, in order; NotFound when there is no such list.
	Options(ctx context.Context, list string, on clock.Date) ([]form.Option, error)
}

// Deps is what the room is built from. Known may be left empty.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Agencies Agencies
	Lists    Lists
	Known    Known // what imported files may refer to, for warnings
}

// New returns the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, clock: d.Clock, agencies: d.Agencies, lists: d.Lists, known: d.Known, specs: newSpecCache()}
}
