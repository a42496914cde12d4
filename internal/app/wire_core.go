package app

import (
	"context"
	"net"

	"lienthong/internal/dossier"
	"lienthong/internal/file"
	"lienthong/internal/identity"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
)

// core builds the rooms of the core tier.
func (h *House) core() {
	h.Procedure = procedure.New(procedure.Deps{DB: h.DB, Clock: h.Clock, Agencies: procedure.AgenciesFrom(h.Org, h.Place), Lists: procedure.ListsFrom(h.Codelist)})
	settings := h.Config.Dossier
	if settings.CodeScheme == "" {
		settings.CodeScheme = h.Province.Dossier.CodeScheme
	}
	h.Dossier = dossier.New(dossier.Deps{DB: h.DB, Clock: h.Clock, Procedures: h.Procedure, Units: h.Org, Calendars: h.Calendar, Files: h.File,
		Staff: staff{h.Identity}, BaseURL: h.Config.publicAddress(), Town: h.town, Config: settings})
}

// publicAddress is where people reach the site: the setting, or this machine.
func (c Config) publicAddress() string {
	if c.BaseURL != "" {
		return c.BaseURL
	}
	_, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return "http://localhost"
	}
	return "http://" + net.JoinHostPort("localhost", port)
}

// town is the place that a printed form names before its date: the one the agency answers for.
func (h *House) town(ctx context.Context, agency org.Unit) string {
	p, err := h.Place.Unit(ctx, agency.PlaceID)
	if err != nil {
		return h.Province.ShortName
	}
	return p.Name
}

// admitTransfer answers the file room's question who may begin an upload in pieces: today all are for dossiers.
func (h *House) admitTransfer(ctx context.Context, meta map[string]string) (file.Admission, error) {
	return h.Dossier.AdmitTransfer(ctx, meta)
}

// staff answers the dossier room's question who may do something.
type staff struct{ accounts *identity.Service }

// Able returns the colleagues who hold a permission at a unit.
func (s staff) Able(ctx context.Context, permission, unitPath string) ([]dossier.Colleague, error) {
	able, err := s.accounts.Able(ctx, permission, unitPath)
	if err != nil {
		return nil, err
	}
	colleagues := make([]dossier.Colleague, len(able))
	for i, c := range able {
		colleagues[i] = dossier.Colleague{AccountID: string(c.AccountID), Name: c.Name, Title: c.Title}
	}
	return colleagues, nil
}
