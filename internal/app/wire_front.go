package app

import (
	"context"
	"errors"

	"lienthong/internal/desk"
	"lienthong/internal/dossier"
	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/portal"
	design "lienthong/web"
)

// front builds the rooms with pages about everything.
func (h *House) front() {
	h.Portal = portal.New(portal.Deps{Renderer: h.Renderer, Catalog: h.Catalog, Clock: h.Clock, Procedures: h.Procedure, Dossiers: h.Dossier,
		Units: h.Org, Places: h.Place, Lists: h.Codelist, Calendars: h.Calendar, Accounts: applicants{h.Identity}, Receipts: h.Dossier,
		Config: h.Config.Portal, Secure: h.Config.Secure()})
	h.Desk = desk.New(desk.Deps{Dossiers: h.Dossier, Procedures: h.Procedure, Calendars: h.Calendar, Lists: h.Codelist, Clock: h.Clock,
		Renderer: h.Renderer, Catalog: h.Catalog, Log: h.Log})
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
		items = append(items, design.NavItem{Label: h.Catalog.Msg(i18n.Lang(ctx), i18n.M("Tài khoản và phân quyền")), Href: "/identity/accounts", Icon: "users", Current: under(path, "/identity")})
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
	if actor.From(ctx).Kind != actor.Citizen {
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
