// Package signon is how other systems of the province sign people on, and how people come with an outside identity (tiếng Việt: đăng nhập một lần).
//
// To the outside the room is an OpenID Connect provider: a registered client sends a
// person here with a request, the person signs in with the ordinary page, the client
// gets a code and fetches tokens for it. Only the code flow with PKCE (S256) is
// spoken. Access tokens are opaque and can be taken back at any moment; ID tokens are
// signed with keys that follow one another. A refresh token is good for one use: when
// it comes a second time somebody has copied it, and everything that was given out in
// that visit ends.
//
// To the inside it is a client of outside identity services: somebody they recognise
// gets a session here. An account is never joined to an outside identity silently:
// its holder signs in to it first.
//
// Law: none names a protocol; what other systems are told of a person is what they were registered for, and for systems outside the province what the person agreed to.
// Words: client (hệ thống kết nối) is a program registered to sign people on; trusted (hệ thống của tỉnh) needs nobody's consent; visit (lượt đăng nhập) is one sign-on of a person to a client with all that was given out for it; scope (phạm vi) names what a client is told or may do; outside (dịch vụ định danh ngoài) is a provider that has checked who people are; link (liên kết) joins an account to somebody it recognises; arrival (lượt đến) is the way there and back.
// Tables: signon_client, signon_secret, signon_key, signon_request, signon_visit, signon_token, signon_consent, signon_outside, signon_link, signon_arrival.
// Events out: signon.client_ended, signon.token_reused.
// Events in: none.
// Not here: accounts, passwords, sessions and what a permission allows (identity).
package signon

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"

	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/kit/seal"
)

// PermManage lets an official register connected systems and outside identity services for the whole province; the
// grant must cover the root unit.
const PermManage = "signon.manage"

// Permissions returns the permissions of the room in words.
func Permissions() []actor.Permission {
	return []actor.Permission{
		{Key: PermManage, Name: i18n.M("Quản lý hệ thống kết nối và đăng nhập một lần")},
	}
}

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

//go:embed templates/*.html
var templates embed.FS

// Migrations returns the tables of the room.
func Migrations() migrate.Room { return migrate.Sub("signon", migrations) }

// Texts returns the overlays of the room for i18n.Catalog.Load.
func Texts() fs.FS { return texts }

// Config sets the room up. The zero value is ready for use.
type Config struct {
	Algorithm string        `toml:"algorithm" default:"RS256" help:"Thuật toán ký mã định danh: RS256 (hệ thống nào cũng hiểu), ES256 hoặc ES384. Đổi thì khóa kế tiếp dùng thuật toán mới."`
	Rotate    time.Duration `toml:"rotate" default:"720h" help:"Thời gian một khóa ký được dùng trước khi khóa kế tiếp thay. Khóa kế tiếp được công bố trước, khóa cũ còn công bố cho đến khi mã nó ký hết hạn."`
	Access    time.Duration `toml:"access" default:"10m" help:"Thời hạn của mã truy cập và mã định danh cấp cho hệ thống kết nối."`
	Refresh   time.Duration `toml:"refresh" default:"720h" help:"Thời gian một hệ thống kết nối không dùng mã làm mới thì người dùng phải đăng nhập lại."`
}

func (c Config) withDefaults() Config {
	d := Config{"RS256", 30 * 24 * time.Hour, 10 * time.Minute, 30 * 24 * time.Hour}
	if c.Algorithm != "" {
		d.Algorithm = c.Algorithm
	}
	if c.Rotate > 0 {
		d.Rotate = c.Rotate
	}
	if c.Access > 0 {
		d.Access = c.Access
	}
	if c.Refresh > 0 {
		d.Refresh = c.Refresh
	}
	return d
}

// Identity is what the room asks about accounts; *identity.Service answers.
type Identity interface {
	Holder(ctx context.Context, account identity.AccountID) (identity.Holder, error)
	Programs(ctx context.Context) ([]identity.Account, error)
	Me(ctx context.Context) (identity.Account, error)
	CurrentSession(ctx context.Context) (identity.Session, bool)
	SignOut(ctx context.Context) error
	Enter(ctx context.Context, account identity.AccountID, by string) error
	AddVerified(ctx context.Context, v identity.Verified) (identity.Account, error)
	Verify(ctx context.Context, v identity.Verified) error
	WithPersonalID(ctx context.Context, number string) ([]identity.Account, error)
}

// Units tells where the root of the organisation stands; the org room knows.
type Units interface {
	// UnitPath returns the path of ids from the root to the unit, "/a/b/"; for the empty id that of the root unit.
	UnitPath(ctx context.Context, unitID string) (string, error)
}

// Deps is what the room is built from; all parts are required.
type Deps struct {
	DB          *db.DB
	Clock       clock.Clock
	Identity    Identity
	Units       Units
	Secrets     *seal.Keyring
	Catalog     *i18n.Catalog // translates what is wrong with a form; may be nil
	Permissions []string      // all permissions there are: scopes of programs may name no others
	HTTP        *http.Client  // asks outside services; nil: one that waits ten seconds at most
	Log         *slog.Logger  // nil: the default one
	Issuer      string        // address of the site, as other systems know it: "https://dichvucong.example.vn"
}

// Service lets clients sign people on.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	identity Identity
	units    Units
	secrets  *seal.Keyring
	catalog  *i18n.Catalog
	known    map[string]bool
	issuer   string
	config   Config
	provider *op.Provider
	http     *http.Client
	log      *slog.Logger
	outsides known
	store    store
}

// New returns the service. An issuer that is no http or https address is an error.
func New(d Deps, c Config) (*Service, error) {
	s := &Service{db: d.DB, clock: d.Clock, identity: d.Identity, units: d.Units, secrets: d.Secrets, catalog: d.Catalog, known: map[string]bool{},
		issuer: d.Issuer, config: c.withDefaults(), http: d.HTTP, log: d.Log, outsides: known{list: map[string]describedService{}}}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.http == nil {
		s.http = &http.Client{Timeout: 10 * time.Second}
	}
	for _, p := range d.Permissions {
		s.known[p] = true
	}
	var err error
	s.provider, err = newProvider(s)
	return s, err
}
