package app

import (
	"context"
	"errors"
	"net/http"

	"lienthong/internal/admin"
	"lienthong/internal/desk"
	"lienthong/internal/dossier"
	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	"lienthong/internal/notice"
	"lienthong/internal/portal"
	"lienthong/internal/setting"
	"lienthong/internal/signon"
	design "lienthong/web"
)

// front builds the rooms with pages about everything.
func (h *House) front() {
	h.Portal = portal.New(portal.Deps{Renderer: h.Renderer, Catalog: h.Catalog, Clock: h.Clock, Procedures: h.Procedure, Dossiers: h.Dossier,
		Units: h.Org, Places: h.Place, Lists: h.Codelist, Calendars: h.Calendar, Accounts: applicants{h.Identity}, Receipts: h.Dossier,
		Config: h.Config.Portal, Secure: h.Config.Secure()})
	h.Desk = desk.New(desk.Deps{Dossiers: h.Dossier, Procedures: h.Procedure, Calendars: h.Calendar, Lists: h.Codelist, Clock: h.Clock,
		Renderer: h.Renderer, Catalog: h.Catalog, Log: h.Log, Previews: h.File})
	h.Setting = setting.New(setting.Deps{DB: h.DB, Clock: h.Clock, Units: h.Org,
		Kinds: []setting.Kind{setting.Codelists(h.Codelist), setting.Calendars(h.Calendar), setting.Procedures(h.Procedure)}})
	h.Admin = admin.New(admin.Deps{Clock: h.Clock, Identity: h.Identity, Org: h.Org, Audit: h.Audit, Permissions: PermissionWords(), Renderer: h.Renderer, Catalog: h.Catalog}, admin.Config{})
}

// desk returns the pages of the desk. Officials arrive at the first of them when they sign in; those who only
// manage accounts are led on to their own work.
func (h *House) desk() []web.Route {
	routes := h.Desk.Routes()
	for i, rt := range routes {
		if rt.Name != "desk.list" {
			continue
		}
		routes[i].Permission = web.SignedIn
		routes[i].Handler = func(w http.ResponseWriter, r *http.Request) error {
			switch who := actor.From(r.Context()); {
			case who.CanSomewhere(rt.Permission):
				return rt.Handler(w, r)
			case who.CanSomewhere(identity.PermManage):
				http.Redirect(w, r, "/identity/accounts", http.StatusSeeOther)
				return nil
			}
			return fault.NewForbidden(i18n.Msg{})
		}
	}
	return routes
}

// nav is the way around that a layout shows.
func (h *House) nav(ctx context.Context, layout, path string) any {
	if layout != "desk" {
		return portal.Nav(h.Catalog, i18n.Lang(ctx), path)
	}
	groups := h.Desk.Nav(ctx, path)
	if items := h.administration(ctx, path); len(items) > 0 {
		groups = append(groups, design.NavGroup{Label: h.Catalog.Msg(i18n.Lang(ctx), i18n.M("Quản trị")), Items: items})
	}
	return groups
}

// administration leads to the pages for those who run the program, as far as the reader may.
func (h *House) administration(ctx context.Context, path string) []design.NavItem {
	var items []design.NavItem
	if actor.From(ctx).CanSomewhere(identity.PermManage) {
		items = append(items, design.NavItem{Label: h.Catalog.Msg(i18n.Lang(ctx), i18n.M("Tài khoản và phân quyền")), Href: "/identity/accounts", Icon: "users", Current: under(path, "/identity")},
			design.NavItem{Label: h.Catalog.Msg(i18n.Lang(ctx), i18n.M("Trao quyền cho nhiều người")), Href: "/admin/grants/new", Icon: "shield-check", Current: under(path, "/admin/grants")},
			design.NavItem{Label: h.Catalog.Msg(i18n.Lang(ctx), i18n.M("Ai làm được việc gì")), Href: "/admin/why", Icon: "help-circle", Current: under(path, "/admin/why")},
			design.NavItem{Label: h.Catalog.Msg(i18n.Lang(ctx), i18n.M("Vai trò")), Href: "/admin/roles", Icon: "list-check", Current: under(path, "/admin/roles")})
	}
	if actor.From(ctx).CanSomewhere(signon.PermManage) {
		items = append(items, design.NavItem{Label: h.Catalog.Msg(i18n.Lang(ctx), i18n.M("Hệ thống kết nối")), Href: "/signon/clients", Icon: "link", Current: under(path, "/signon")})
	}
	if actor.From(ctx).CanSomewhere(notice.PermManage) {
		items = append(items, design.NavItem{Label: h.Catalog.Msg(i18n.Lang(ctx), i18n.M("Gửi thông báo")), Href: "/notice/dead", Icon: "mail", Current: under(path, "/notice/dead") || under(path, "/notice/templates")})
	}
	if who := actor.From(ctx); who.CanSomewhere(setting.PermPropose) || who.CanSomewhere(setting.PermApprove) {
		items = append(items, design.NavItem{Label: h.Catalog.Msg(i18n.Lang(ctx), i18n.M("Thiết lập")), Href: "/setting", Icon: "settings", Current: under(path, "/setting")})
	}
	return items
}

// under reports whether a page is at or below another.
func under(path, above string) bool {
	return path == above || len(path) > len(above) && path[:len(above)+1] == above+"/"
}

// applicants answers the portal's question who is signed in.
type applicants struct{ accounts *identity.Service }

// Applicant returns what a citizen's account says of its holder; officials apply like anybody else, with an empty form.
func (a applicants) Applicant(ctx context.Context) (dossier.Applicant, bool, error) {
	if actor.From(ctx).Kind != actor.Person {
		return dossier.Applicant{}, false, nil
	}
	acc, err := a.accounts.Me(ctx)
	var f *fault.Error
	switch {
	case errors.As(err, &f) && f.Kind == fault.Unauthenticated:
		return dossier.Applicant{}, false, nil
	case err != nil:
		return dossier.Applicant{}, false, err
	}
	return dossier.Applicant{Kind: dossier.ApplicantCitizen, FullName: acc.FullName, PersonalID: acc.PersonalID, BirthDate: acc.BirthDate,
		Phone: acc.Phone, Email: acc.Email, Address: acc.Address}, true, nil
}
