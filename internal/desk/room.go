// Package desk is where officials work: the worklist by deadline, the overview of those who lead, the open dossier with everything they can do, the reception counter, the search (tiếng Việt: bàn làm việc của cán bộ, quầy tiếp nhận hồ sơ).
//
// The room holds no data and no rule. It shows what the dossier room offers to the
// reader and hands over what they decide; whether it is allowed, that room says.
// Every page is complete without scripts. A form that cannot be taken comes back
// with all that was typed; when somebody else was faster, the page says who and
// shows the dossier as it is now.
//
// Law: 61/2018/NĐ-CP, 01/2018/TT-VPCP.
// Words: "Box" is a part of the worklist; "Offer" is a step the reader may work on; "Counter" is the desk at which people hand in papers.
// Tables: none.
// Events out: none.
// Events in: none.
// Not here: states, rules and history of dossiers (dossier), what procedures ask for (procedure), pages for citizens (portal).
package desk

import (
	"context"
	"embed"
	"io"
	"io/fs"
	"log/slog"

	"lienthong/internal/calendar"
	"lienthong/internal/codelist"
	"lienthong/internal/dossier"
	"lienthong/internal/file"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	"lienthong/internal/procedure"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed i18n/*.json
var overlays embed.FS

// Overlays returns the translations of the room's texts, for i18n.Catalog.Load.
func Overlays() fs.FS { return overlays }

// Calendars hands out the working time of a unit.
type Calendars interface {
	For(ctx context.Context, unitID string) (*calendar.Calendar, error)
}

// Lists names the codes of code lists.
type Lists interface {
	Name(ctx context.Context, list, code string, on clock.Date) (string, error)
	Items(ctx context.Context, list string, on clock.Date) ([]codelist.Item, error)
}

// Deps are the things the room needs. All but Catalog and Log are required.
type Deps struct {
	Dossiers   *dossier.Service
	Procedures *procedure.Service
	Calendars  Calendars
	Lists      Lists
	Clock      clock.Clock
	Renderer   *web.Renderer
	Catalog    *i18n.Catalog // of the renderer; nil is Vietnamese only
	Log        *slog.Logger
	Previews   Previews // nil: no small pictures beside the papers
}

// Previews makes small pictures of files that were opened.
type Previews interface {
	HasView(mediaType string) bool
	View(ctx context.Context, f file.File, content io.ReadSeeker) ([]byte, error)
}

// Room is the desk with its pages.
type Room struct {
	Deps
	pages *web.Pages
}

// New returns the room.
func New(d Deps) *Room {
	if d.Log == nil {
		d.Log = slog.Default()
	}
	return &Room{Deps: d, pages: d.Renderer.Pages(templates, "desk")}
}

// Routes returns the pages of the room.
func (room *Room) Routes() []web.Route {
	return []web.Route{
		{Method: "GET", Pattern: "/desk", Permission: dossier.PermRead, Name: "desk.list", Handler: room.list},
		{Method: "GET", Pattern: "/desk/box/{box}", Permission: dossier.PermRead, Name: "desk.box", Handler: room.list},
		{Method: "GET", Pattern: overviewPath, Permission: dossier.PermAssign, Name: "desk.overview", Handler: room.overview},
		{Method: "GET", Pattern: overviewPath + "/{box}", Permission: dossier.PermAssign, Name: "desk.watch", Handler: room.watch},
		{Method: "GET", Pattern: "/desk/export.xlsx", Permission: dossier.PermRead, Name: "desk.export", Handler: room.exportWork},
		{Method: "GET", Pattern: "/desk/search", Permission: dossier.PermRead, Name: "desk.search", Handler: room.search},
		{Method: "GET", Pattern: "/desk/search/export.xlsx", Permission: dossier.PermRead, Name: "desk.search_export", Handler: room.exportFound},
		{Method: "GET", Pattern: "/desk/d/{id}", Permission: dossier.PermRead, Name: "desk.item", Handler: room.item},
		{Method: "POST", Pattern: "/desk/d/{id}/{act}", Permission: dossier.PermRead, Name: "desk.act", MaxBody: web.Upload, Handler: room.act},
		{Method: "GET", Pattern: "/desk/d/{id}/receipt.pdf", Permission: dossier.PermRead, Name: "desk.receipt", Handler: room.receipt},
		{Method: "GET", Pattern: "/desk/d/{id}/file/{attachment}/preview", Permission: dossier.PermRead, Name: "desk.preview", Handler: room.picture},
		{Method: "GET", Pattern: "/desk/d/{id}/file/{attachment}", Permission: dossier.PermRead, Name: "desk.file", Handler: room.file},
		{Method: "GET", Pattern: "/desk/counter", Permission: dossier.PermAccept, Name: "desk.counter", Handler: room.counter},
		{Method: "POST", Pattern: "/desk/counter", Permission: dossier.PermAccept, Name: "desk.counter_file", MaxBody: web.Upload, Handler: room.fileAtCounter},
		{Method: "POST", Pattern: "/desk/counter/person", Permission: dossier.PermAccept, Name: "desk.counter_person", Handler: room.counterPerson},
		{Method: "POST", Pattern: "/desk/counter/procedure", Permission: dossier.PermAccept, Name: "desk.counter_procedure", Handler: room.counterProcedure},
		{Method: "GET", Pattern: "/desk/counter/suggest", Permission: dossier.PermAccept, Name: "desk.counter_suggest", Handler: room.counterSuggest},
		{Method: "GET", Pattern: "/desk/counter/done/{id}", Permission: dossier.PermAccept, Name: "desk.counter_done", Handler: room.counterDone},
	}
}
