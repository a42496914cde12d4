// Package admin is the pages for those who administer the program: who can do what at a unit and why, roles in words, grants given to several people at once, and what happened to an account (tiếng Việt: quản trị người dùng và phân quyền).
//
// The room looks across: accounts and grants are those of identity, units and posts those
// of org, history is that of audit. Whether somebody may see or change something those rooms say.
//
// Law: none.
// Words: "Deed" (việc đã làm) is one line of the history of an account.
// Tables: none.
// Events out: none.
// Events in: none.
// Not here: accounts, roles, grants and their rules (identity), units and posts (org), the record of changes (audit).
package admin

import (
	"context"
	"embed"
	"io/fs"
	"net/http"

	"lienthong/internal/audit"
	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	"lienthong/internal/org"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed i18n/*.json
var overlays embed.FS

// Overlays returns the translations of the room for i18n.Catalog.Load.
func Overlays() fs.FS { return overlays }

// Config sets the room up. The zero value is ready for use.
type Config struct{}

// Deps is what the room is built from; all parts but Catalog are required.
type Deps struct {
	Clock       clock.Clock
	Identity    *identity.Service
	Org         *org.Service
	Audit       *audit.Service
	Permissions []actor.Permission // all there are, in words
	Renderer    *web.Renderer
	Catalog     *i18n.Catalog // of the renderer; nil is Vietnamese only
}

// Room is the pages of administrators.
type Room struct {
	Deps
	pages *web.Pages
}

// New returns the room.
func New(d Deps, _ Config) *Room {
	return &Room{Deps: d, pages: d.Renderer.Pages(templates, "admin")}
}

// Routes returns the pages of the room.
func (room *Room) Routes() []web.Route {
	get, post, may := http.MethodGet, http.MethodPost, identity.PermManage
	return []web.Route{
		{Method: get, Pattern: "/admin/why", Permission: may, Name: "admin.who_can", Handler: room.whoCan},
		{Method: get, Pattern: "/admin/why.xlsx", Permission: may, Name: "admin.export_who_can", Handler: room.exportWhoCan},
		{Method: get, Pattern: "/admin/accounts/{id}/why", Permission: may, Name: "admin.why", Handler: room.why},
		{Method: get, Pattern: "/admin/accounts/{id}/history", Permission: may, Name: "admin.history", Handler: room.history},
		{Method: get, Pattern: "/admin/accounts/{id}/history.xlsx", Permission: may, Name: "admin.export_history", Handler: room.exportHistory},
		{Method: get, Pattern: "/admin/roles", Permission: may, Name: "admin.roles", Handler: room.roles},
		{Method: get, Pattern: "/admin/roles.xlsx", Permission: may, Name: "admin.export_roles", Handler: room.exportRoles},
		{Method: get, Pattern: "/admin/grants/new", Permission: may, Name: "admin.new_grants", Handler: room.newGrants},
		{Method: post, Pattern: "/admin/grants", Permission: may, Name: "admin.give_grants", StepUp: true, Handler: room.giveGrants},
	}
}

// say returns a text in the reader's language.
func (room *Room) say(ctx context.Context, m i18n.Msg) string {
	return room.Catalog.Msg(i18n.Lang(ctx), m)
}

// permissionName is a permission in words.
func (room *Room) permissionName(ctx context.Context, key string) string {
	for _, p := range room.Permissions {
		if p.Key == key {
			return room.say(ctx, p.Name)
		}
	}
	return key
}
