package proof

import (
	"time"
	"unicode/utf8"

	"lienthong/internal/identity"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// FactorID (mã nội bộ của yếu tố xác thực) names one factor for ever.
type FactorID string

// Factor (yếu tố xác thực) is an app that makes one-time codes, or a passkey.
type Factor struct {
	ID           FactorID           `db:"id"`
	AccountID    identity.AccountID `db:"account_id"`
	Kind         identity.Means     `db:"kind"` // identity.ByCode or identity.ByPasskey
	Name         string             `db:"name"` // what its holder calls it
	Sealed       string             `db:"sealed" json:"-"`
	CredentialID string             `db:"credential_id"` // of a passkey
	Counter      int64              `db:"counter"`       // last period of a code that was used, or signatures of a passkey
	CreatedAt    time.Time          `db:"created_at"`
	LastUsedAt   *time.Time         `db:"last_used_at"`
}

// purpose is what the secret of a factor is sealed for.
func (f Factor) purpose() string { return "proof.factor " + string(f.ID) }

// How many there may be.
const (
	factorsMost    = 10
	recoveryCodes  = 10
	factorNameMost = 60
)

// nameFactor cleans the name of a factor; without one it is called after its kind.
func nameFactor(typed string, otherwise i18n.Msg) (string, error) {
	name := vntext.Clean(typed)
	switch {
	case name == "":
		return otherwise.String(), nil
	case utf8.RuneCountInString(name) > factorNameMost:
		return "", fault.NewInvalid("name", i18n.M("Tên gọi dài quá %d ký tự.", factorNameMost))
	}
	return name, nil
}

// Having (cách xác thực của tài khoản) is what an account has besides its password.
type Having struct {
	List      []Factor
	Recovery  int // codes that were not used
	Passkeys  bool
	Codes     bool
	Available bool // this site can have passkeys
}

// seedTicket is a seed that was shown and waits for its first code. It travels sealed
// inside the form, so that any node can take it and nothing is kept of what nobody confirmed.
type seedTicket struct {
	Seed      string             `json:"seed"`
	Session   identity.SessionID `json:"session"`
	ExpiresAt time.Time          `json:"expires_at"`
}

// seedLife is how long somebody may take to scan a seed.
const seedLife = 20 * time.Minute

// loginOf is the name of an account that apps and devices show.
func loginOf(acc identity.Account) string {
	if len(acc.Names) == 0 {
		return acc.FullName
	}
	return acc.Names[0].Text
}

// localTime is a moment as people read it.
func localTime(at time.Time) string { return at.In(clock.Local).Format("15:04 02/01/2006") }
