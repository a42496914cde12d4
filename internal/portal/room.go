// Package portal is the citizens' side of the house: find a procedure, apply step by step, follow a dossier, answer what the agency asks (tiếng Việt: cổng dịch vụ công).
//
// Every page is complete without JavaScript. An application is written into a draft
// of the room dossier, page by page, and kept under a resume code; nothing is lost
// when a page is refused, when the sign-in is missing or when another browser saved
// meanwhile. A dossier is shown as one line through all its agencies. Whoever knows
// its code sees status, dates and agencies; the owner, and whoever knows the secret of
// its receipt, see everything and can act.
//
// Law: 61/2018/NĐ-CP Đ.15 (what must be told about a procedure), 61/2018/NĐ-CP Đ.17.
// Words: draft (hồ sơ đang soạn) is an application that was not sent; resume code (mã làm tiếp) opens it again; secret (mã tra cứu) stands on the receipt and opens the details of a dossier.
// Tables: none.
// Events out: none.
// Events in: none.
// Not here: what a procedure asks for (procedure), rules of filing and handling (dossier), sign-in (identity), the officials' pages (desk).
package portal

import (
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"

	"lienthong/internal/calendar"
	"lienthong/internal/codelist"
	"lienthong/internal/dossier"
	"lienthong/internal/file"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	"lienthong/internal/org"
	"lienthong/internal/place"
	"lienthong/internal/procedure"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed i18n/*.json
var overlays embed.FS

// Overlays returns the translations of the room's texts, for i18n.Catalog.Load.
func Overlays() fs.FS { return overlays }

// Procedures is what this room asks about procedures; *procedure.Service answers.
type Procedures interface {
	Find(ctx context.Context, q procedure.Query) (procedure.Page, error)
	Suggest(ctx context.Context, text string, n int) ([]procedure.Summary, error)
	Fields(ctx context.Context, on clock.Date) ([]procedure.FieldCount, error)
	Current(ctx context.Context, code string, on clock.Date) (*procedure.Version, error)
	Receivers(ctx context.Context, v *procedure.Version, placeID string, on clock.Date) ([]procedure.Agency, error)
	FormLists(ctx context.Context, v *procedure.Version, on clock.Date) (map[string][]form.Option, error)
}

// Dossiers is what this room asks about drafts and dossiers; *dossier.Service answers.
type Dossiers interface {
	NewDraft(ctx context.Context, procedureCode string, f dossier.Filing) (*dossier.Draft, error)
	Draft(ctx context.Context, code string) (*dossier.Draft, error)
	SaveDraft(ctx context.Context, d *dossier.Draft) error
	CheckDraft(ctx context.Context, d *dossier.Draft) error
	SendDraft(ctx context.Context, code string) (*dossier.Dossier, error)
	Drafts(ctx context.Context) ([]dossier.Draft, error)
	DropDraft(ctx context.Context, code string) error
	UploadToDraft(ctx context.Context, d *dossier.Draft, paperKey, name string, r io.Reader) (file.File, error)
	TakeTransfer(ctx context.Context, d *dossier.Draft, paperKey, transfer string) (file.File, error)
	DraftFiles(ctx context.Context, d *dossier.Draft) (map[string]file.File, error)
	RemoveDraftFile(ctx context.Context, d *dossier.Draft, fileID string) error
	OpenDraftFile(ctx context.Context, d *dossier.Draft, fileID string) (io.ReadSeekCloser, file.File, error)

	Own(ctx context.Context, q dossier.FindQuery) (dossier.Page, error)
	Mine(ctx context.Context, d dossier.ID) (*dossier.Standing, error)
	Track(ctx context.Context, number, secret string) (*dossier.Standing, error)
	Withdraw(ctx context.Context, d dossier.ID, secret, reason string) (*dossier.Dossier, error)
	Supplement(ctx context.Context, d dossier.ID, m dossier.MoreAnswer) (*dossier.Dossier, error)
	Upload(ctx context.Context, token, name string, r io.Reader) (file.File, error)
	OpenOwnFile(ctx context.Context, number, secret, attachmentID string) (io.ReadSeekCloser, file.File, error)
	Figures(ctx context.Context) (dossier.Figures, error)
}

// Units is what this room asks about agencies; *org.Service answers.
type Units interface {
	Unit(ctx context.Context, id org.UnitID) (org.Unit, error)
	BySlug(ctx context.Context, slug string) (org.Unit, error)
	Search(ctx context.Context, text string, o org.SearchOptions) ([]org.Hit, error)
	Kinds(ctx context.Context) ([]org.Kind, error)
}

// Places is what this room asks about the territory; *place.Service answers.
type Places interface {
	Levels(ctx context.Context) ([]place.Level, error)
	Search(ctx context.Context, text string, o place.SearchOptions) ([]place.Hit, error)
	Children(ctx context.Context, id place.UnitID, on clock.Date) ([]place.Unit, error)
}

// Lists is what this room asks about code lists; *codelist.Service answers.
type Lists interface {
	Items(ctx context.Context, list string, on clock.Date) ([]codelist.Item, error)
}

// Calendars hands out the working time of a unit; *calendar.Service answers.
type Calendars interface {
	For(ctx context.Context, unitID string) (*calendar.Calendar, error)
}

// Accounts knows who is signed in, to fill in the applicant's page; false when nothing is known.
type Accounts interface {
	Applicant(ctx context.Context) (dossier.Applicant, bool, error)
}

// Receipts prints the receipt of a dossier (Mẫu 01) as PDF: for its owner, and for whoever knows its code and secret.
type Receipts interface {
	ReceiptPDF(ctx context.Context, w io.Writer, d dossier.ID) error
	TrackedReceiptPDF(ctx context.Context, w io.Writer, number, secret string) error
}

// Config is what an installation may set for this room.
type Config struct {
	OnlineCheck string `toml:"online_check" default:"8 giờ làm việc" help:"Thời hạn cơ quan trả lời hồ sơ nộp trực tuyến đã hợp lệ hay chưa."`
	Guesses     int    `toml:"guesses" default:"8" help:"Số lần nhập sai mã tra cứu của một hồ sơ trước khi phải chờ."`
	Lookups     int    `toml:"lookups" default:"30" help:"Số lần tra cứu sai từ một địa chỉ mạng trước khi phải chờ."`
}

// Validate finds settings that cannot work: "key: what is wrong".
func (c Config) Validate() error {
	if c.OnlineCheck == "" {
		return nil
	}
	if t, err := calendar.ParseTerm(c.OnlineCheck); err != nil || t.IsZero() {
		return fmt.Errorf("online_check: %q không phải thời hạn, ví dụ 8 giờ làm việc, 1 ngày làm việc", c.OnlineCheck)
	}
	return nil
}

// Deps are the things the room needs. Accounts and Receipts may be nil.
type Deps struct {
	Renderer   *web.Renderer
	Catalog    *i18n.Catalog
	Clock      clock.Clock
	Procedures Procedures
	Dossiers   Dossiers
	Units      Units
	Places     Places
	Lists      Lists
	Calendars  Calendars
	Accounts   Accounts
	Receipts   Receipts
	Config     Config
	Secure     bool // people reach the site over https only
}

// Room is the portal.
type Room struct {
	Deps
	pages *web.Pages
	guard *throttle
	shelf shelf
}

// New returns the portal.
func New(d Deps) *Room {
	if d.Config.OnlineCheck == "" {
		d.Config.OnlineCheck = "8 giờ làm việc"
	}
	if d.Config.Guesses <= 0 {
		d.Config.Guesses = 8
	}
	if d.Config.Lookups <= 0 {
		d.Config.Lookups = 30
	}
	return &Room{Deps: d, pages: d.Renderer.Pages(templates, "portal"), guard: newThrottle(d.Clock, d.Config.Guesses, d.Config.Lookups)}
}

// Routes returns the pages of the room.
func (m *Room) Routes() []web.Route {
	var routes []web.Route
	for _, group := range [][]web.Route{m.finding(), m.applying(), m.following(), m.lookingUp()} {
		routes = append(routes, group...)
	}
	return routes
}

func (m *Room) today() clock.Date { return clock.DateOf(m.Clock.Now()) }

func page(method, pattern, permission, name string, h web.Handler) web.Route {
	return web.Route{Method: method, Pattern: pattern, Permission: permission, Name: "portal." + name, Handler: h}
}

func (m *Room) finding() []web.Route {
	return []web.Route{
		page("GET", "/", web.Public, "home", m.home),
		page("GET", "/so-lieu", web.Public, "figures", m.figures),
		page("GET", "/huong-dan", web.Public, "guide", m.guide),
		page("GET", "/tro-nang", web.Public, "accessibility", m.accessibility),
		page("GET", "/thu-tuc", web.Public, "find", m.find),
		page("GET", "/thu-tuc/goi-y", web.Public, "suggest", m.suggest),
		page("GET", "/thu-tuc/danh-sach.xlsx", web.Public, "export", m.export),
		page("GET", "/thu-tuc/{code}", web.Public, "procedure", m.procedure),
		page("GET", "/co-quan/goi-y", web.Public, "suggest_agency", m.suggestAgency),
	}
}

func (m *Room) applying() []web.Route {
	upload := page("POST", "/nop/{resume}/giay-to/{paper}", web.Public, "upload", m.upload)
	upload.MaxBody = web.Upload
	return []web.Route{
		page("GET", "/nop-ho-so/{code}", web.Public, "start", m.start),
		page("POST", "/nop-ho-so/{code}", web.Public, "begin", m.begin),
		page("GET", "/nop-ho-so/{code}/goi-y", web.Public, "suggest_receiver", m.suggestReceiver),
		page("GET", "/lam-tiep", web.Public, "resume", m.resume),
		page("POST", "/lam-tiep", web.Public, "resume_open", m.resumeOpen),
		page("GET", "/nop/{resume}", web.Public, "continue", m.goOn),
		page("GET", "/nop/{resume}/noi-nop", web.Public, "receiver", m.receiver),
		page("POST", "/nop/{resume}/noi-nop", web.Public, "receiver_save", m.saveReceiver),
		page("GET", "/nop/{resume}/nguoi-nop", web.Public, "applicant", m.applicant),
		page("POST", "/nop/{resume}/nguoi-nop", web.Public, "applicant_save", m.saveApplicant),
		page("GET", "/nop/{resume}/to-khai", web.Public, "form", m.form),
		page("POST", "/nop/{resume}/to-khai", web.Public, "form_save", m.saveForm),
		page("GET", "/nop/{resume}/giay-to", web.Public, "papers", m.papers),
		page("POST", "/nop/{resume}/giay-to", web.Public, "papers_save", m.savePapers),
		upload,
		page("POST", "/nop/{resume}/giay-to/{paper}/xoa/{file}", web.Public, "upload_remove", m.removeUpload),
		page("GET", "/nop/{resume}/tep/{file}", web.Public, "upload_open", m.openUpload),
		page("GET", "/nop/{resume}/nhan-ket-qua", web.Public, "delivery", m.delivery),
		page("POST", "/nop/{resume}/nhan-ket-qua", web.Public, "delivery_save", m.saveDelivery),
		page("GET", "/nop/{resume}/xem-lai", web.Public, "review", m.review),
		page("POST", "/nop/{resume}/gui", web.Public, "send", m.send),
		page("GET", "/nop/{resume}/luu", web.Public, "later", m.later),
		page("POST", "/nop/{resume}/xoa", web.Public, "drop", m.drop),
	}
}

func (m *Room) following() []web.Route {
	answer := page("POST", "/ho-so-cua-toi/{id}/bo-sung", web.SignedIn, "answer", m.answerDossier(m.ownDossier))
	answer.MaxBody = web.Upload
	return []web.Route{
		page("GET", "/ho-so-cua-toi", web.SignedIn, "mine", m.mine),
		page("GET", "/ho-so-cua-toi/danh-sach.xlsx", web.SignedIn, "mine_export", m.exportMine),
		page("GET", "/ho-so-cua-toi/{id}", web.SignedIn, "dossier", m.showDossier(m.ownDossier)),
		page("GET", "/ho-so-cua-toi/{id}/giay-tiep-nhan.pdf", web.SignedIn, "receipt", m.receipt(m.ownDossier)),
		page("GET", "/ho-so-cua-toi/{id}/tep/{file}", web.SignedIn, "file", m.openDossier(m.ownDossier)),
		page("GET", "/ho-so-cua-toi/{id}/bo-sung", web.SignedIn, "supplement", m.askDossier(m.ownDossier)),
		answer,
		page("POST", "/ho-so-cua-toi/{id}/rut", web.SignedIn, "withdraw", m.withdrawDossier(m.ownDossier)),
	}
}

func (m *Room) lookingUp() []web.Route {
	answer := page("POST", "/tra-cuu/{code}/bo-sung", web.Public, "track_answer", m.answerDossier(m.trackedDossier))
	answer.MaxBody = web.Upload
	return []web.Route{
		page("GET", "/tra-cuu", web.Public, "lookup", m.lookup),
		page("POST", "/tra-cuu", web.Public, "lookup_ask", m.lookupAsk),
		page("GET", "/tra-cuu/{code}", web.Public, "track", m.track),
		page("GET", "/tra-cuu/{code}/giay-tiep-nhan.pdf", web.Public, "track_receipt", m.receipt(m.trackedDossier)),
		page("GET", "/tra-cuu/{code}/tep/{file}", web.Public, "track_file", m.openDossier(m.trackedDossier)),
		page("GET", "/tra-cuu/{code}/bo-sung", web.Public, "track_supplement", m.askDossier(m.trackedDossier)),
		answer,
		page("POST", "/tra-cuu/{code}/rut", web.Public, "track_withdraw", m.withdrawDossier(m.trackedDossier)),
	}
}
