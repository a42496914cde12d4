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
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// wrong is the answer to a wrong password and to an unknown name alike.
func wrong() error {
	return fault.NewInvalid("password", i18n.M("Tên đăng nhập hoặc mật khẩu không đúng. Hãy kiểm tra bộ gõ tiếng Việt và phím Caps Lock rồi nhập lại."))
}

func locked(until time.Time) error {
	return fault.NewForbidden(i18n.M("Đã nhập sai mật khẩu nhiều lần nên tên đăng nhập này tạm khóa đến %s. Hãy thử lại sau thời điểm đó.",
		until.In(clock.Local).Format("15:04 02/01/2006")))
}

func tooMany() error {
	return fault.NewUnavailable(i18n.M("Có quá nhiều lần thử từ địa chỉ mạng này. Hãy đợi vài phút rồi thử lại."))
}

// SignIn finds the account with a sign-in name and checks the password. It costs
// the same whether the name exists or not. The caller then begins the session.
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
	hash := attemptHash(login)
	leave, err := s.gates.enter(ctx, hash)
	if err != nil {
		return Account{}, err
	}
	defer leave()
	until, err := s.takeAttempt(ctx, hash, now)
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
		return Account{}, s.failed(ctx, acc, until)
	}
	refund()
	if acc.Status != Active {
		return Account{}, s.refused(ctx, acc, hash)
	}
	var renewed string
	if stale {
		if renewed, err = s.hash.make(ctx, cleanPassword(password)); err != nil {
			return Account{}, fmt.Errorf("renew password hash: %w", err)
		}
	}
	return acc, s.succeeded(ctx, acc, hash, renewed, now)
}

// attemptHash names a sign-in name in the table of attempts: people type passwords into the wrong field.
func attemptHash(login string) string {
	sum := sha256.Sum256([]byte("identity attempt\x00" + login))
	return hex.EncodeToString(sum[:])
}

// takeAttempt counts an attempt before the password is looked at, so that attempts
// at the same time count too; a right password clears the count. It returns until
// when the name is locked should this attempt fail.
func (s *Service) takeAttempt(ctx context.Context, hash string, now time.Time) (*time.Time, error) {
	var until *time.Time
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		a, err := s.store.lockAttempt(ctx, tx, hash, now)
		if err != nil {
			return fmt.Errorf("count attempt: %w", err)
		}
		until = nil
		if a.LockedUntil != nil && now.Before(*a.LockedUntil) {
			return locked(*a.LockedUntil)
		}
		if a.LockedUntil != nil || now.Sub(a.FirstAt) >= s.config.LockFor {
			a = attempt{FirstAt: now}
		}
		if a.Failed++; a.Failed >= int64(s.config.Attempts) {
			end := now.Add(s.config.LockFor)
			a.LockedUntil, until = &end, &end
		}
		return s.store.setAttempt(ctx, tx, hash, a)
	})
	return until, err
}

// failed writes a wrong password down. What was typed as a name is not: it may be a password.
func (s *Service) failed(ctx context.Context, acc Account, until *time.Time) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		return s.record(ctx, tx, audit.Entry{Action: "identity.fail_sign_in", Object: "identity.account", ObjectID: string(acc.ID), UnitID: string(acc.UnitID),
			Detail: map[string]any{"known": acc.ID != "", "locked": until != nil}})
	})
	switch {
	case err != nil:
		return err
	case until != nil:
		return locked(*until)
	}
	return wrong()
}

func (s *Service) refused(ctx context.Context, acc Account, hash string) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.clearAttempt(ctx, tx, hash); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "identity.refuse_sign_in", Object: "identity.account", ObjectID: string(acc.ID), UnitID: string(acc.UnitID)})
	})
	if err != nil {
		return err
	}
	return fault.NewForbidden(i18n.M("Tài khoản này đã bị khóa. Hãy liên hệ quản trị viên của cơ quan hoặc số điện thoại hỗ trợ ở cuối trang."))
}

func (s *Service) succeeded(ctx context.Context, acc Account, hash, renewed string, now time.Time) error {
	ctx = asAccount(ctx, acc)
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.clearAttempt(ctx, tx, hash); err != nil {
			return err
		}
		if err := s.store.signedIn(ctx, tx, acc.ID, now); err != nil {
			return err
		}
		if renewed != "" {
			if err := s.store.setPassword(ctx, tx, acc.ID, renewed); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, audit.Entry{Action: "identity.sign_in", Object: "identity.account", ObjectID: string(acc.ID), UnitID: string(acc.UnitID)})
	})
}

// asAccount returns a context in which the holder of an account acts, from where the caller is.
func asAccount(ctx context.Context, acc Account) context.Context {
	a := loadedSession{Session: Session{AccountID: acc.ID}, Kind: acc.Kind, FullName: acc.FullName, PersonID: acc.PersonID}.actor()
	from := actor.From(ctx)
	a.IP, a.UserAgent = from.IP, from.UserAgent
	return actor.With(ctx, a)
}
