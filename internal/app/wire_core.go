package app

import (
	"context"
	"net"

	"lienthong/internal/dossier"
	"lienthong/internal/file"
	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
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

// admitTransfer answers the file room's question who may begin an upload in pieces: whoever names a draft ("draft"), is
// signed in, or holds the receipt of a dossier ("code" and "secret"). The file waits under the token "upload_token", or a new one.
func (h *House) admitTransfer(ctx context.Context, said map[string]string) (file.Admission, error) {
	var err error
	switch {
	case said["draft"] != "":
		_, err = h.Dossier.Draft(ctx, said["draft"])
	case !actor.From(ctx).SignedIn() && said["code"] != "" && said["secret"] != "":
		_, err = h.Dossier.Track(ctx, said["code"], said["secret"])
	case !actor.From(ctx).SignedIn():
		err = fault.NewUnauthenticated(i18n.M("Hãy đăng nhập, hoặc nhập mã tra cứu in trên giấy tiếp nhận."))
	}
	token := said["upload_token"]
	switch {
	case err != nil:
		return file.Admission{}, err
	case token == "":
		token = id.New()
	case !id.Valid(token):
		return file.Admission{}, fault.NewInvalid("upload_token", i18n.M("Phiên tải tệp đã hết. Hãy tải lại trang rồi chọn lại tệp."))
	}
	return file.Admission{Holder: dossier.UploadHolder(token), MaxSize: dossier.MaxFile}, nil
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
