// Package identity is who uses the program and what they may do: accounts, sign-in, sessions, roles and the grants of roles at units (tiếng Việt: tài khoản, đăng nhập và phân quyền).
//
// Citizens register themselves; officials get an account from an administrator and
// are persons in posts of the room org. A role is a list of permissions and is data
// of the province (roles.yaml). A grant gives an account a role at one unit, with
// or without the units below it; on a unit that has ended it holds at its heir.
//
// Signing in tells nobody whether an account exists: a wrong password and an unknown
// name take the same path, cost one computation of the password hash and get the
// same answer. Five wrong passwords for one name lock that name for a while, and an
// address on the network that fails too often must wait. Registering does say that
// a number or address is taken already, because nothing can be sent to its owner yet.
//
// An account with a second factor (a code of an app, a passkey) is never opened by its
// password alone: until the second proof a session opens nothing. A passkey whose device
// has made sure of its owner signs in by itself. Acts that bind others ask whoever acts
// to prove once more, after a while, with the strongest means they have (actor.Fresh).
//
// A session is a random token in a cookie; the database keeps its SHA-256 only. A
// program acts through a token that somebody made for it: as that account, with less.
//
// Law: none names rules for accounts of this program; personal data are kept as sparingly as the forms of 61/2018/NĐ-CP allow.
// Words: account (tài khoản) is a person's or a program's way in; sign-in name (tên đăng nhập) is a phone number, an e-mail address or an official's name; acting post (vị trí đang làm việc) is the post of a concurrent official a session acts in; verified (đã xác thực) says that somebody checked who holds the account; proof (xác nhận) is showing, at sign-in or once more later, who acts.
// Tables: identity_account, identity_login, identity_attempt, identity_role, identity_role_permission, identity_role_may_grant, identity_grant, identity_version, identity_session, identity_token, identity_sign_in.
// Events out: identity.token_ending (a token ends soon).
// Events in: org.unit_ended (accounts kept by a unit go to its heir).
// Not here: second factors and the pages where one proves who one is (proof), persons and posts (org), applicants of dossiers (dossier), what a permission allows (the room it is named after).
package identity

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/kit/password"
	"lienthong/internal/kit/throttle"
	"lienthong/internal/org"
)

// PermManage lets an official manage the accounts and grants of the units a grant covers.
const PermManage = "identity.manage"

// Permissions are what the room lets people do, in words.
func Permissions() []actor.Permission {
	return []actor.Permission{
		{Key: PermManage, Name: i18n.M("Quản lý tài khoản và phân quyền")},
	}
}

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

//go:embed templates/*.html
var templates embed.FS

// Migrations returns the tables of the room.
func Migrations() migrate.Room { return migrate.Sub("identity", migrations) }

// Texts returns the overlays of the room for i18n.Catalog.Load.
func Texts() fs.FS { return texts }

// Config sets the room up. The zero value is ready for use.
type Config struct {
	Idle           time.Duration `toml:"idle" default:"30m" help:"Không thao tác quá thời gian này thì phải đăng nhập lại."`
	Lifetime       time.Duration `toml:"lifetime" default:"12h" help:"Thời gian dài nhất của một phiên đăng nhập."`
	Attempts       int           `toml:"attempts" default:"5" help:"Số lần nhập sai mật khẩu liên tiếp trước khi một tên đăng nhập bị tạm khóa."`
	LockFor        time.Duration `toml:"lock_for" default:"15m" help:"Thời gian tạm khóa, cũng là khoảng thời gian đếm các lần nhập sai."`
	AddressTries   int           `toml:"address_tries" default:"30" help:"Số lần đăng nhập sai hoặc đăng ký từ một địa chỉ mạng trước khi phải chờ."`
	HashMemory     int           `toml:"hash_memory" default:"47104" help:"Bộ nhớ cho một lần băm mật khẩu argon2id, tính bằng KiB."`
	Fresh          time.Duration `toml:"fresh" default:"15m" help:"Sau thời gian này, những việc quan trọng (phê duyệt, trao quyền, đổi cách đăng nhập) đòi xác nhận lại người thực hiện."`
	HistoryKept    time.Duration `toml:"history_kept" default:"8760h" help:"Thời gian giữ lịch sử đăng nhập cho người dùng xem; nhật ký kiểm toán không bị xóa."`
	BreachList     string        `toml:"breach_list" help:"Tệp các mật khẩu đã lộ để từ chối: mỗi dòng một mã SHA-1 và số lần (HASH:số), xếp theo mã, như các danh sách tải về được. Để trống: chỉ dùng quy tắc có sẵn."`
	HashIterations int           `toml:"hash_iterations" default:"1" help:"Số vòng băm mật khẩu argon2id."`
}

func (c Config) withDefaults() Config {
	d := Config{Idle: 30 * time.Minute, Lifetime: 12 * time.Hour, Attempts: 5, LockFor: 15 * time.Minute, AddressTries: 30, HashMemory: 46 * 1024, HashIterations: 1,
		Fresh: 15 * time.Minute, HistoryKept: 365 * 24 * time.Hour}
	if c.Fresh > 0 {
		d.Fresh = c.Fresh
	}
	if c.HistoryKept > 0 {
		d.HistoryKept = c.HistoryKept
	}
	d.BreachList = c.BreachList
	if c.Idle > 0 {
		d.Idle = c.Idle
	}
	if c.Lifetime > 0 {
		d.Lifetime = c.Lifetime
	}
	if c.Attempts > 0 {
		d.Attempts = c.Attempts
	}
	if c.LockFor > 0 {
		d.LockFor = c.LockFor
	}
	if c.AddressTries > 0 {
		d.AddressTries = c.AddressTries
	}
	if c.HashMemory > 0 {
		d.HashMemory = c.HashMemory
	}
	if c.HashIterations > 0 {
		d.HashIterations = c.HashIterations
	}
	return d
}

// Validate finds settings that cannot work: a list of leaked passwords that cannot be read or is none.
func (c Config) Validate() error {
	if c.BreachList == "" {
		return nil
	}
	if _, err := password.OpenBreaches(c.BreachList); err != nil {
		return fmt.Errorf("breach_list: tệp %s không dùng được, cần các dòng HASH:số xếp theo mã: %w", c.BreachList, err)
	}
	return nil
}

// Org is what the room asks about units, persons and posts; *org.Service answers.
type Org interface {
	Root(ctx context.Context) (org.Unit, error)
	Unit(ctx context.Context, id org.UnitID) (org.Unit, error)
	BySlug(ctx context.Context, slug string) (org.Unit, error)
	List(ctx context.Context, f org.Filter) ([]org.Unit, error)
	Search(ctx context.Context, text string, o org.SearchOptions) ([]org.Hit, error)
	AgencyOf(ctx context.Context, id org.UnitID, on clock.Date) (org.Unit, error)
	Divisions(ctx context.Context, agency org.UnitID) ([]org.Unit, error)
	DivisionByKey(ctx context.Context, agency org.UnitID, key string) (org.Unit, error)
	Successor(ctx context.Context, id org.UnitID, on clock.Date) (org.Unit, error)
	Covered(ctx context.Context, grants []actor.Grant) (ids []string, all bool, err error)
	Person(ctx context.Context, person org.PersonID) (org.Person, error)
	SearchPeople(ctx context.Context, text string, limit int) ([]org.Person, error)
	PostsOf(ctx context.Context, person org.PersonID, on clock.Date) ([]org.Post, error)
	AddPerson(ctx context.Context, p org.Person) (org.Person, error)
	AddPost(ctx context.Context, p org.Post) (org.Post, error)
}

// Deps is what the room is built from; all parts but Words and Secure are required.
type Deps struct {
	DB          *db.DB
	Clock       clock.Clock
	Org         Org
	Permissions []string           // all permissions there are: a role may hold no others
	Words       []actor.Permission // the permissions in words; those without are shown by their keys
	Secure      bool               // people reach the site over https only
}

// Service answers who somebody is and what they may do, and changes it.
type Service struct {
	db      *db.DB
	clock   clock.Clock
	org     Org
	known   map[string]bool
	words   map[string]i18n.Msg
	config  Config
	hash    *hasher
	limits  *throttle.Throttle // of wrong sign-ins and registrations
	gates   *gates
	scs     *scs.SessionManager
	bearers []Bearers // of other rooms
	doors   Doors     // further ways in; nil: none
	store   store

	factors  Factors            // nil: there are none
	breaches *password.Breaches // nil: no list

	mu    sync.Mutex
	book  *book
	posts map[org.PersonID]heldPosts
}

// New returns the service.
func New(d Deps, c Config) *Service {
	c = c.withDefaults()
	s := &Service{db: d.DB, clock: d.Clock, org: d.Org, config: c, known: map[string]bool{}, words: map[string]i18n.Msg{}, hash: newHasher(c),
		limits: throttle.New(c.AddressTries, c.LockFor), gates: newGates(), posts: map[org.PersonID]heldPosts{}}
	for _, p := range d.Permissions {
		s.known[p] = true
	}
	for _, w := range d.Words {
		s.words[w.Key] = w.Name
	}
	s.scs = newSessions(s, d.Secure)
	if c.BreachList != "" {
		s.breaches, _ = password.OpenBreaches(c.BreachList) // Validate has seen it; one that goes bad later fails when asked
	}
	return s
}
