package app

import (
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"

	"lienthong/internal/admin"
	"lienthong/internal/audit"
	"lienthong/internal/calendar"
	"lienthong/internal/codelist"
	"lienthong/internal/desk"
	"lienthong/internal/dossier"
	"lienthong/internal/file"
	"lienthong/internal/identity"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/job"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/kit/seal"
	"lienthong/internal/kit/sheet"
	"lienthong/internal/kit/web"
	"lienthong/internal/notice"
	"lienthong/internal/org"
	"lienthong/internal/place"
	"lienthong/internal/portal"
	"lienthong/internal/procedure"
	"lienthong/internal/proof"
	"lienthong/internal/setting"
	"lienthong/internal/signon"
	"lienthong/province"
	design "lienthong/web"
)

// This file is the whole wiring: which rooms there are, in the order of the floor plan, and who is handed to
// whom. A room that asks another one gets it here, as the small interface it declared itself.

// Migrations returns the tables of all rooms in the order of the floor plan.
func Migrations() []migrate.Room {
	return []migrate.Room{
		// kit
		job.Migrations(),
		event.Migrations(),
		web.Migrations(),
		seal.Migrations(),
		// base
		audit.Migrations(),
		place.Migrations(),
		org.Migrations(),
		identity.Migrations(),
		signon.Migrations(),
		proof.Migrations(),
		calendar.Migrations(),
		codelist.Migrations(),
		file.Migrations(),
		notice.Migrations(),
		// core
		procedure.Migrations(),
		dossier.Migrations(),
		// front
		setting.Migrations(),
	}
}

//go:embed i18n/*.json
var overlays embed.FS

// Overlays returns the translations of all rooms.
func Overlays() []fs.FS {
	return []fs.FS{
		web.Texts(),
		form.Texts(),
		sheet.Texts(),
		design.I18n,
		audit.Texts(),
		place.Texts(),
		org.Texts(),
		identity.Texts(),
		signon.Texts(),
		proof.Texts(),
		calendar.Texts(),
		codelist.Texts(),
		file.Texts(),
		notice.Texts(),
		procedure.Texts(),
		dossier.Overlays(),
		portal.Overlays(),
		desk.Overlays(),
		setting.Overlays(),
		admin.Overlays(),
		overlays,
	}
}

// House is all rooms, wired.
type House struct {
	Config   Config
	DB       *db.DB
	Clock    clock.Clock
	Log      *slog.Logger
	Files    fs.FS // of the province
	Province province.Province

	Catalog  *i18n.Catalog
	Renderer *web.Renderer
	Keys     *web.Idempotency
	Secrets  *seal.Keyring
	Jobs     *job.Runner
	Bus      *event.Bus

	Audit    *audit.Service
	Place    *place.Service
	Org      *org.Service
	Identity *identity.Service
	Signon   *signon.Service
	Proof    *proof.Service
	Calendar *calendar.Service
	Codelist *codelist.Service
	File     *file.Service
	Notice   *notice.Service

	Procedure *procedure.Service
	Dossier   *dossier.Service

	Portal *portal.Room
	Desk   *desk.Room

	Setting *setting.Service
	Admin   *admin.Room
}

// wire builds the rooms, lower tiers first.
func wire(c Config, d *db.DB, cl clock.Clock, log *slog.Logger) (*House, error) {
	h := &House{Config: c, DB: d, Clock: cl, Log: log}
	if err := h.openProvince(); err != nil {
		return nil, err
	}
	if err := h.tools(); err != nil {
		return nil, err
	}

	// base
	h.Place = place.New(place.Deps{DB: d, Clock: cl}, place.Config{})
	h.Org = org.New(org.Deps{DB: d, Clock: cl, Places: h.Place}, org.Config{})
	h.Audit = audit.New(audit.Deps{DB: d, Units: h.Org})
	h.Identity = identity.New(identity.Deps{DB: d, Clock: cl, Org: h.Org, Permissions: Permissions(), Words: PermissionWords(), Secure: c.Secure()}, c.Identity)
	h.Proof = proof.New(proof.Deps{DB: d, Clock: cl, Accounts: h.Identity, Secrets: h.Secrets, Address: c.publicAddress(), Title: "Liên Thông " + h.Province.ShortName})
	h.Identity.UseFactors(h.Proof)
	h.Calendar = calendar.New(calendar.Deps{DB: d, Clock: cl, Units: h.Org})
	h.Codelist = codelist.New(codelist.Deps{DB: d, Clock: cl, Units: h.Org})
	var err error
	if h.Signon, err = signon.New(signon.Deps{DB: d, Clock: cl, Identity: h.Identity, Units: h.Org, Secrets: h.Secrets, Catalog: h.Catalog, Log: log,
		Permissions: Permissions(), Issuer: c.Issuer()}, c.Signon); err != nil {
		return nil, failure(ExitConfig, fmt.Errorf("đăng nhập một lần: %w", err))
	}
	h.Identity.AcceptBearers(h.Signon)
	h.Identity.OfferDoors(h.Signon)
	if h.File, err = file.New(file.Deps{DB: d, Clock: cl, Folder: c.FilesFolder(), Gate: h.admitTransfer, Log: log, Config: c.File}); err != nil {
		return nil, failure(ExitConfig, fmt.Errorf("kho tệp %s: %w", c.FilesFolder(), err))
	}
	if err = h.notices(); err != nil {
		return nil, err
	}
	h.core()
	h.front()
	return h, nil
}

// openProvince opens the data of the province the program serves.
func (h *House) openProvince() error {
	var err error
	if h.Files, err = province.Open(h.Config.Province); err != nil {
		return failure(ExitConfig, fmt.Errorf("province: không có tỉnh %q; đi kèm chương trình có %s, hoặc ghi đường dẫn thư mục có tệp province.yaml", h.Config.Province, strings.Join(province.Names(), ", ")))
	}
	if h.Province, err = province.Load(h.Files); err != nil {
		return failure(ExitConfig, fmt.Errorf("dữ liệu tỉnh %q chưa đúng: %w", h.Config.Province, err))
	}
	return nil
}

// tools builds what the kit gives to all rooms.
func (h *House) tools() error {
	h.Catalog = &i18n.Catalog{}
	for _, fsys := range Overlays() {
		if err := h.Catalog.Load(fsys); err != nil {
			return fmt.Errorf("load translations: %w", err)
		}
	}
	h.Renderer = web.NewRenderer(web.Look{
		Layouts: []fs.FS{design.Layout},
		Asset:   design.Asset,
		Icon:    design.Icon,
		Catalog: h.Catalog,
		Clock:   h.Clock,
		Site:    h.shown,
		Nav:     h.nav,
		Bell:    h.bell,
	})
	h.Jobs = job.New(job.Config{DB: h.DB, Clock: h.Clock, Log: h.Log})
	h.Bus = event.NewBus(h.DB, h.Jobs)
	h.Keys = &web.Idempotency{DB: h.DB, Clock: h.Clock, Log: h.Log}
	var err error
	if h.Secrets, err = h.Config.keys(); err != nil {
		return failure(ExitConfig, fmt.Errorf("không đọc được khóa niêm phong: %w", err))
	}
	return nil
}
