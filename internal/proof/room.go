// Package proof is what people prove who they are with besides a password: codes of an app, passkeys and recovery codes, and the pages that ask for them (tiếng Việt: xác thực hai bước và xác nhận người thực hiện).
//
// An account with a factor is never opened by its password alone. The room identity
// begins a sign-in and counts wrong tries; this room says whether an account has a
// factor, looks at codes, and lets a passkey sign in by itself when the device has
// made sure of its owner. A code counts once; so does a challenge to a passkey; a
// passkey whose counter goes back may be a copy and is refused.
//
// Seeds and credentials are sealed, recovery codes kept as keyed hashes: a copy of the
// database alone opens nothing.
//
// Law: none names how many steps a sign-in has; a province decides it in roles.yaml (second_factor).
// Words: factor (yếu tố xác thực) is an app or a passkey of an account; recovery code (mã dự phòng) stands in for a factor once; passkey (khóa truy cập) is a WebAuthn credential; seed (mã bí mật) is what an app makes its codes from.
// Tables: proof_factor, proof_recovery, proof_challenge.
// Events out: none.
// Events in: none.
// Not here: passwords, sessions, the count of wrong tries and the history of sign-ins (identity); which acts ask for a fresh proof (the rooms they are of, through actor.Fresh).
package proof

import (
	"context"
	"embed"
	"io/fs"
	"net/http"

	"lienthong/internal/audit"
	"lienthong/internal/identity"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/factor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/kit/seal"
	"lienthong/internal/kit/web"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

//go:embed templates/*.html
var templates embed.FS

// Migrations returns the tables of the room.
func Migrations() migrate.Room { return migrate.Sub("proof", migrations) }

// Texts returns the overlays of the room for i18n.Catalog.Load.
func Texts() fs.FS { return texts }

// Accounts is what the room asks about accounts and their sign-ins; *identity.Service answers.
type Accounts interface {
	Account(ctx context.Context, account identity.AccountID) (identity.Account, error)
	Managed(ctx context.Context, account identity.AccountID) (identity.Account, error)
	Standing(ctx context.Context) (identity.Account, identity.Session, identity.Stage, error)
	InSession(ctx context.Context) (identity.Account, identity.Session, error)
	SignedIn(ctx context.Context) (identity.SignInV1, error)
	VerifyCode(ctx context.Context, code string) (identity.Account, identity.Means, error)
	Prove(ctx context.Context, p identity.Proof) error
	Proved(ctx context.Context, means identity.Means) error
	Complete(ctx context.Context, acc identity.Account, means identity.Means) error
	Continue(ctx context.Context, acc identity.Account, means identity.Means) error
	Refuse(ctx context.Context, acc identity.Account, means identity.Means, action string, why *fault.Error) error
	ForgetProofs(ctx context.Context, account identity.AccountID) error
	EndAllSessions(ctx context.Context, account identity.AccountID) error
	TakeTry(ctx context.Context) (refund func(), err error)
	Home(acc identity.Account, next string) string
}

// Deps is what the room is built from; DB, Clock, Accounts and Secrets are required.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Accounts Accounts
	Secrets  *seal.Keyring
	Address  string // where people reach the site: "https://example.vn"; passkeys need a name in it
	Title    string // what apps and devices call the site; default "Liên Thông"
}

// Service keeps factors and looks at proofs.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	accounts Accounts
	secrets  *seal.Keyring
	passkeys *factor.Passkeys // nil: the address can have none
	title    string
	store    store
}

var _ identity.Factors = (*Service)(nil)

// New returns the service.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, accounts: d.Accounts, secrets: d.Secrets, title: d.Title}
	if s.title == "" {
		s.title = "Liên Thông"
	}
	s.passkeys, _ = factor.NewPasskeys(d.Address, s.title) // the error says that it has no name on the network
	return s
}

// Routes returns the pages of the room. The catalogue translates what is wrong with a form.
func (s *Service) Routes(rd *web.Renderer, catalog *i18n.Catalog) []web.Route {
	h := &pages{s, rd.Pages(templates, "proof"), catalog}
	get, post := http.MethodGet, http.MethodPost
	return []web.Route{
		{Method: get, Pattern: verifyPath, Permission: web.Public, Name: "proof.verify", Handler: h.verify},
		{Method: post, Pattern: verifyPath, Permission: web.Public, Name: "proof.verify", Secret: true, Handler: h.doVerify},
		{Method: get, Pattern: enrolPath, Permission: web.Public, Name: "proof.must_enrol", Handler: h.enrol},
		{Method: post, Pattern: enrolPath, Permission: web.Public, Name: "proof.must_enrol", Secret: true, Handler: h.doEnrol},
		{Method: get, Pattern: proofPath, Permission: web.SignedIn, Name: "proof.confirm", Asks: true, Handler: h.confirm},
		{Method: post, Pattern: proofPath, Permission: web.SignedIn, Name: "proof.confirm", Secret: true, Handler: h.doConfirm},
		{Method: get, Pattern: factorPath, Permission: web.SignedIn, Name: "proof.factors", Handler: h.factors},
		{Method: get, Pattern: factorPath + "/them", Permission: web.SignedIn, Name: "proof.enrol", StepUp: true, Handler: h.enrol},
		{Method: post, Pattern: factorPath + "/them", Permission: web.SignedIn, Name: "proof.enrol", StepUp: true, Secret: true, Handler: h.doEnrol},
		{Method: post, Pattern: factorPath + "/ma-du-phong", Permission: web.SignedIn, Name: "proof.renew_recovery_codes", StepUp: true, Handler: h.newRecovery},
		{Method: post, Pattern: factorPath + "/go", Permission: web.SignedIn, Name: "proof.remove_factor", StepUp: true, Handler: h.removeFactor},
		{Method: post, Pattern: "/proof/accounts/{id}/remove", Permission: identity.PermManage, Name: "proof.remove_factors", StepUp: true, Handler: h.removeFactors},
	}
}

func (s *Service) record(ctx context.Context, tx *db.Tx, e audit.Entry) error {
	return audit.Record(audit.WithClock(ctx, s.clock), tx, e)
}

// Clean forgets challenges that nobody answered. A timer calls it.
func (s *Service) Clean(ctx context.Context) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error { return s.store.cleanChallenges(ctx, tx, s.clock.Now()) })
}
