package identity

import (
	"context"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Means (cách xác thực) is what somebody proved with who they are.
type Means string

// The means. The recovery code is the way out when phone and passkey are lost.
const (
	ByPassword Means = "password"
	ByCode     Means = "totp"
	ByPasskey  Means = "passkey"
	ByRecovery Means = "recovery"
	ByService  Means = "service" // an outside identity service recognised them
)

func (m Means) label() i18n.Msg {
	switch m {
	case ByCode:
		return i18n.M("Mã của ứng dụng xác thực")
	case ByPasskey:
		return i18n.M("Khóa truy cập")
	case ByRecovery:
		return i18n.M("Mã dự phòng")
	case ByService:
		return i18n.M("Dịch vụ định danh bên ngoài")
	}
	return i18n.M("Mật khẩu")
}

// Factors (yếu tố xác thực thứ hai) is what the room asks about second factors; the room proof answers.
type Factors interface {
	// Guarded reports whether an account has a second factor, so that its password alone does not open it.
	Guarded(ctx context.Context, account AccountID) (bool, error)
	// Check looks at the code of an app or a recovery code and uses it up when it is right. It says what the code is
	// also when it is wrong.
	Check(ctx context.Context, acc Account, code string) (means Means, right bool, err error)
	// Passkeys reports whether this site can have passkeys.
	Passkeys() bool
}

// Stage (bước đăng nhập) says how far a sign-in has come. In all but Whole it opens nothing.
type Stage string

// The stages.
const (
	Whole  Stage = ""
	Verify Stage = "verify" // the password was right, the second proof is to come
	Enrol  Stage = "enrol"  // a role of the account demands a second factor, and it has none
	Nobody Stage = "nobody" // there is no sign-in
)

// halfLife bounds how long a password waits for the second proof.
const halfLife = 10 * time.Minute

// Proof (thông tin xác nhận) is what somebody types to prove who they are: the code of
// an app or a recovery code when the account has a factor, else the password.
type Proof struct {
	Code     string
	Password string
}

// fresh reports whether the proof of a session still counts for acts that ask for a fresh one.
func (s Session) fresh(now time.Time, within time.Duration) bool {
	return s.ProvedAt != nil && now.Before(s.ProvedAt.Add(within))
}

// demands reports whether a grant in force gives a role that demands a second factor.
func (b *book) demands(grants []Grant, on clock.Date) bool {
	for _, g := range grants {
		if b.roles[g.Role].SecondFactor && g.HoldsOn(on) {
			return true
		}
	}
	return false
}

// proving is typing a code, or the password once more, to prove who one is. Wrong ones count together, whatever they are.
func proving(account AccountID, field string) guess {
	wrong := i18n.M("Mã chưa đúng hoặc đã dùng. Hãy đợi ứng dụng hiện mã mới, và kiểm tra giờ của điện thoại.")
	if field == "password" {
		wrong = i18n.M("Mật khẩu chưa đúng.")
	}
	return guess{attempts: attemptHash("prove " + string(account)), action: "identity.fail_proof", wrong: fault.NewInvalid(field, wrong),
		locked: func(until string) i18n.Msg {
			return i18n.M("Đã nhập sai nhiều lần nên chưa xác nhận được cho đến %s. Hãy thử lại sau thời điểm đó.", until)
		}}
}

// localTime is a moment as people read it.
func localTime(at time.Time) string { return at.In(clock.Local).Format("15:04 02/01/2006") }
