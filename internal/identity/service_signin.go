package identity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// guess (lần nhập mật khẩu) is an occasion to type a password: where its attempts
// count, and what is said and written down when the password is wrong.
type guess struct {
	attempts string // key of the count
	entering bool   // it is part of a sign-in
	means    Means
	action   string // in the audit record
	wrong    *fault.Error
	locked   func(until string) i18n.Msg
}

// signingIn is typing the password for a sign-in name. A wrong password and an unknown name get the same answer.
func signingIn(login string) guess {
	return guess{attemptHash(login), true, ByPassword, "identity.fail_sign_in",
		fault.NewInvalid("password", i18n.M("Tên đăng nhập hoặc mật khẩu không đúng. Hãy kiểm tra bộ gõ tiếng Việt và phím Caps Lock rồi nhập lại.")),
		func(until string) i18n.Msg {
			return i18n.M("Đã nhập sai mật khẩu nhiều lần nên tên đăng nhập này tạm khóa đến %s. Hãy thử lại sau thời điểm đó.", until)
		}}
}

// changing is typing the present password of an account to set another one.
func changing(account AccountID) guess {
	return guess{attemptHash("change " + string(account)), false, ByPassword, "identity.fail_change_password",
		fault.NewInvalid("old", i18n.M("Mật khẩu đang dùng chưa đúng.")),
		func(until string) i18n.Msg {
			return i18n.M("Đã nhập sai mật khẩu đang dùng nhiều lần nên chưa đổi được mật khẩu cho đến %s. Hãy thử lại sau thời điểm đó.", until)
		}}
}

// refusal is the answer while there are no attempts left.
func (g guess) refusal(until time.Time) error {
	return fault.NewForbidden(g.locked(localTime(until)))
}

func tooMany() error {
	return fault.NewUnavailable(i18n.M("Có quá nhiều lần thử từ địa chỉ mạng này. Hãy đợi vài phút rồi thử lại."))
}

// SignIn finds the account with a sign-in name and checks the password. It costs
// the same whether the name exists or not. The caller then begins the session, which
// opens nothing yet when the account has a second factor.
//
// Errors: Invalid when name or password is wrong; Forbidden, with the time, while
// the name is locked, and for a blocked account; Unavailable when the address on
// the network has failed too often.
func (s *Service) SignIn(ctx context.Context, typedName, password string) (Account, error) {
	now := s.clock.Now()
	refund, ok := s.limits.Try(actor.From(ctx).IP, now)
	if !ok {
		return Account{}, tooMany()
	}
	login := strings.ToLower(vntext.Clean(typedName))
	if n, err := ParseName(typedName); err == nil {
		login = n.Text
	}
	g := signingIn(login)
	leave, err := s.gates.enter(ctx, g.attempts)
	if err != nil {
		return Account{}, err
	}
	defer leave()
	until, err := s.takeAttempt(ctx, g, now)
	if err != nil {
		return Account{}, err
	}
	acc, err := s.store.accountByName(ctx, s.db, login)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return Account{}, fmt.Errorf("find account: %w", err)
	}
	match, stale, err := s.hash.matches(ctx, cleanPassword(password), acc.PasswordHash)
	if err != nil {
		return Account{}, fmt.Errorf("compare password: %w", err)
	}
	if !match {
		return Account{}, s.failed(ctx, g, acc, until)
	}
	refund()
	if acc.Status != Active {
		return Account{}, s.refused(ctx, g, acc)
	}
	renewed := acc.PasswordHash
	if stale {
		if renewed, err = s.hash.make(ctx, cleanPassword(password)); err != nil {
			return Account{}, fmt.Errorf("renew password hash: %w", err)
		}
	}
	if err := s.succeeded(ctx, g, acc, renewed); err != nil {
		return Account{}, err
	}
	return acc, nil
}

// attemptHash names a sign-in name in the table of attempts: people type passwords into the wrong field.
func attemptHash(login string) string {
	sum := sha256.Sum256([]byte("identity attempt\x00" + login))
	return hex.EncodeToString(sum[:])
}

// takeAttempt counts an attempt before the password is looked at, so that attempts
// at the same time count too; a right password clears the count. It returns until
// when the name is locked should this attempt fail.
func (s *Service) takeAttempt(ctx context.Context, g guess, now time.Time) (*time.Time, error) {
	var until *time.Time
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		a, err := s.store.lockAttempt(ctx, tx, g.attempts, now)
		if err != nil {
			return fmt.Errorf("count attempt: %w", err)
		}
		until = nil
		if a.LockedUntil != nil && now.Before(*a.LockedUntil) {
			return g.refusal(*a.LockedUntil)
		}
		if a.LockedUntil != nil || now.Sub(a.FirstAt) >= s.config.LockFor {
			a = attempt{FirstAt: now}
		}
		if a.Failed++; a.Failed >= int64(s.config.Attempts) {
			end := now.Add(s.config.LockFor)
			a.LockedUntil, until = &end, &end
		}
		return s.store.setAttempt(ctx, tx, g.attempts, a)
	})
	return until, err
}

// failed writes a wrong password down. What was typed as a name is not: it may be a password.
func (s *Service) failed(ctx context.Context, g guess, acc Account, until *time.Time) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if g.entering {
			o := Wrong
			if until != nil {
				o = Locked
			}
			if err := s.remember(ctx, tx, acc, g.means, o); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, audit.Entry{Action: g.action, Object: "identity.account", ObjectID: string(acc.ID), UnitID: string(acc.UnitID),
			Detail: map[string]any{"known": acc.ID != "", "locked": until != nil}})
	})
	switch {
	case err != nil:
		return err
	case until != nil:
		return g.refusal(*until)
	}
	return g.wrong
}

func (s *Service) refused(ctx context.Context, g guess, acc Account) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.clearAttempt(ctx, tx, g.attempts); err != nil {
			return err
		}
		if err := s.remember(ctx, tx, acc, g.means, Rejected); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "identity.refuse_sign_in", Object: "identity.account", ObjectID: string(acc.ID), UnitID: string(acc.UnitID)})
	})
	if err != nil {
		return err
	}
	return blockedAccount()
}

func blockedAccount() *fault.Error {
	return fault.NewForbidden(i18n.M("Tài khoản này đã bị khóa. Hãy liên hệ quản trị viên của cơ quan hoặc số điện thoại hỗ trợ ở cuối trang."))
}

// succeeded writes a right password down, with its hash made anew when that was
// stale. A password that was changed while it was looked at is a wrong one.
func (s *Service) succeeded(ctx context.Context, g guess, acc Account, hash string) error {
	guarded, err := s.Guarded(ctx, acc.ID)
	if err != nil {
		return err
	}
	ctx = AsHolder(ctx, acc)
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		if n, err := s.store.setPassword(ctx, tx, acc, hash); err != nil {
			return err
		} else if n == 0 {
			return g.wrong
		}
		if err := s.store.clearAttempt(ctx, tx, g.attempts); err != nil {
			return err
		}
		if !guarded {
			return s.entered(ctx, tx, acc, g.means)
		}
		if err := s.remember(ctx, tx, acc, g.means, Halfway); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "identity.enter_password", Object: "identity.account", ObjectID: string(acc.ID), UnitID: string(acc.UnitID)})
	})
}

// AsHolder returns a context in which the holder of an account acts, from where the caller is.
func AsHolder(ctx context.Context, acc Account) context.Context {
	a := loadedSession{Session: Session{AccountID: acc.ID}, Kind: acc.Kind, FullName: acc.FullName, PersonID: acc.PersonID}.actor()
	from := actor.From(ctx)
	a.IP, a.UserAgent = from.IP, from.UserAgent
	return actor.With(ctx, a)
}
