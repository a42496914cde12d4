// Package dossiertest builds a small province with its agencies, calendar and
// procedures on a fresh database, for tests of this room and of those that show it.
package dossiertest

import (
	"context"
	"embed"
	"encoding/json"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/calendar"
	"lienthong/internal/codelist"
	"lienthong/internal/dossier"
	"lienthong/internal/file"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/org"
	"lienthong/internal/org/orgtest"
	"lienthong/internal/place"
	"lienthong/internal/procedure"
)

//go:embed province
var data embed.FS

// Province returns the files of the small province.
func Province() fs.FS {
	sub, err := fs.Sub(data, "province")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return sub
}

// Migrations returns the tables that a world needs.
func Migrations() []migrate.Room {
	return append(orgtest.Rooms(), codelist.Migrations(), calendar.Migrations(), file.Migrations(), procedure.Migrations(), dossier.Migrations())
}

// World is a small province.
type World struct {
	T          testing.TB
	DB         *db.DB
	Clock      *clock.Fake
	Places     *place.Service
	Org        *org.Service
	Lists      *codelist.Service
	Calendars  *calendar.Service
	Files      *file.Service
	Procedures *procedure.Service
	Dossiers   *dossier.Service
	staff      []member
}

type member struct {
	colleague dossier.Colleague
	actor     actor.Actor
}

// Able implements dossier.Staff over the officials that the test asked for.
func (w *World) Able(_ context.Context, permission, unitPath string) ([]dossier.Colleague, error) {
	var able []dossier.Colleague
	for _, m := range w.staff {
		if m.actor.Can(permission, unitPath) {
			able = append(able, m.colleague)
		}
	}
	return able, nil
}

// Monday is when worlds begin: Monday 23/11/2026, 08:00.
var Monday = time.Date(2026, 11, 23, 8, 0, 0, 0, clock.Local)

// New loads the small province into a database migrated with Migrations.
func New(t testing.TB, d *db.DB) *World {
	t.Helper()
	w := &World{T: t, DB: d, Clock: clock.NewFake(Monday)}
	w.Places = place.New(place.Deps{DB: d, Clock: w.Clock}, place.Config{})
	w.Org = org.New(org.Deps{DB: d, Clock: w.Clock, Places: w.Places}, org.Config{})
	w.Lists = codelist.New(codelist.Deps{DB: d, Clock: w.Clock, Units: w.Org})
	w.Calendars = calendar.New(calendar.Deps{DB: d, Clock: w.Clock, Units: w.Org})
	w.Procedures = procedure.New(procedure.Deps{DB: d, Clock: w.Clock, Agencies: procedure.AgenciesFrom(w.Org, w.Places), Lists: procedure.ListsFrom(w.Lists)})
	var err error
	if w.Files, err = file.New(file.Deps{DB: d, Clock: w.Clock, Folder: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	w.Dossiers = dossier.New(dossier.Deps{DB: d, Clock: w.Clock, Procedures: w.Procedures, Units: w.Org, Calendars: w.Calendars, Files: w.Files, Staff: w,
		BaseURL: "http://localhost:8080", Town: func(context.Context, org.Unit) string { return "Thử" }})
	w.load()
	return w
}

func (w *World) load() {
	w.T.Helper()
	ctx := w.System()
	files := Province()
	if _, err := w.Places.Import(ctx, files); err != nil {
		w.T.Fatalf("places: %v", err)
	}
	if _, err := w.Org.Import(ctx, files); err != nil {
		w.T.Fatalf("agencies: %v", err)
	}
	lists, err := fs.Sub(files, "codelists")
	if err != nil {
		w.T.Fatal(err)
	}
	if _, err := w.Lists.ImportDir(ctx, lists); err != nil {
		w.T.Fatalf("code lists: %v", err)
	}
	cal, err := files.Open("calendar.yaml")
	if err != nil {
		w.T.Fatal(err)
	}
	defer cal.Close() //nolint:errcheck // read only
	if _, err := w.Calendars.Import(ctx, cal); err != nil {
		w.T.Fatalf("calendar: %v", err)
	}
	procedures, err := fs.Sub(files, "procedures")
	if err != nil {
		w.T.Fatal(err)
	}
	w.Import(procedures)
}

// Import loads procedures and fails the test when one has errors.
func (w *World) Import(fsys fs.FS) {
	w.T.Helper()
	report, err := w.Procedures.Import(w.System(), fsys)
	if err != nil {
		w.T.Fatalf("procedures: %v", err)
	}
	if report.Failed() {
		w.T.Fatalf("procedures: %s", report)
	}
}

// ImportText loads one procedure given as YAML.
func (w *World) ImportText(yaml string) {
	w.T.Helper()
	w.Import(fstest.MapFS{"one.yaml": {Data: []byte(yaml)}})
}

// System returns a context in which the system acts.
func (w *World) System() context.Context { return w.As(actor.SystemActor) }

// As returns a context in which somebody acts.
func (w *World) As(a actor.Actor) context.Context {
	return actor.With(audit.WithClock(context.Background(), w.Clock), a)
}

// Unit returns an agency or division by its slug.
func (w *World) Unit(slug string) org.Unit {
	w.T.Helper()
	u, err := w.Org.BySlug(w.System(), slug)
	if err != nil {
		w.T.Fatalf("unit %s: %v", slug, err)
	}
	return u
}

// Ended delivers org.unit_ended for a unit that has ended, as the bus does.
func (w *World) Ended(unit org.UnitID) error {
	w.T.Helper()
	ctx := w.System()
	u, err := w.Org.Unit(ctx, unit)
	if err != nil {
		return err
	}
	links, err := w.Org.Links(ctx, unit)
	if err != nil {
		return err
	}
	told := org.UnitEnded{UnitID: unit, On: u.ValidTo}
	for _, l := range links {
		if told.Heirs = append(told.Heirs, l.To); l.Heir {
			told.Heir = l.To
		}
	}
	raw, err := json.Marshal(told)
	if err != nil {
		return err
	}
	return w.Dossiers.OnUnitEnded(ctx, event.Event{Name: org.EventUnitEnded, Payload: raw, Text: string(raw)})
}

// Official returns somebody who holds permissions at an agency and below it. The
// name is made of the agency's slug, so the same arguments give the same person.
func (w *World) Official(agency, name string, permissions ...string) actor.Actor {
	w.T.Helper()
	u := w.Unit(agency)
	held := map[string]bool{}
	for _, p := range permissions {
		held[p] = true
	}
	a := actor.Actor{ID: name + "@" + agency, Name: name, Kind: actor.Staff, Title: "Chuyên viên", Office: u.Name, OfficeID: string(u.ID),
		Grants: []actor.Grant{{Role: "test", Permissions: held, UnitID: string(u.ID), UnitPath: u.Path, Below: true}}}
	w.staff = append(w.staff, member{dossier.Colleague{AccountID: a.ID, Name: a.Name, Title: a.Title}, a})
	return a
}

// Leaves takes an official out of the staff.
func (w *World) Leaves(a actor.Actor) {
	w.staff = slices.DeleteFunc(w.staff, func(m member) bool { return m.colleague.AccountID == a.ID })
}

// Clerk returns an official who receives and returns dossiers at an agency.
func (w *World) Clerk(agency string) actor.Actor {
	return w.Official(agency, "Trần Thị Mẫu", dossier.PermAccept, dossier.PermReturn, dossier.PermRead)
}

// Officer returns an official who does the work steps at an agency.
func (w *World) Officer(agency string) actor.Actor {
	return w.Official(agency, "Lê Văn Ví Dụ", dossier.PermProcess, dossier.PermRead)
}

// Leader returns an official who signs and assigns at an agency.
func (w *World) Leader(agency string) actor.Actor {
	return w.Official(agency, "Phạm Thị Thử", dossier.PermApprove, dossier.PermAssign, dossier.PermRead)
}

// Citizen returns a signed-in citizen.
func (w *World) Citizen(name string) actor.Actor {
	return actor.Actor{ID: "citizen-" + name, Name: name, Kind: actor.Person}
}

// Applicant returns a complete applicant.
func Applicant(name string) dossier.Applicant {
	return dossier.Applicant{Kind: dossier.ApplicantCitizen, FullName: name, PersonalID: "064190000001", Phone: "0912000001", Address: "Số 1 đường Thử Nghiệm"}
}

// PDF is a small file that is what it says.
const PDF = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

// Upload stores a small PDF under an upload token and returns its id.
func (w *World) Upload(ctx context.Context, token, name string) string {
	w.T.Helper()
	f, err := w.Dossiers.Upload(ctx, token, name, strings.NewReader(PDF))
	if err != nil {
		w.T.Fatalf("upload %s: %v", name, err)
	}
	return string(f.ID)
}

// ReadAll reads a file and closes it.
func (w *World) ReadAll(r io.ReadCloser) string {
	w.T.Helper()
	raw, err := io.ReadAll(r)
	if err == nil {
		err = r.Close()
	}
	if err != nil {
		w.T.Fatal(err)
	}
	return string(raw)
}
