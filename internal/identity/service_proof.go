package identity

import (
	"context"
	"fmt"
	"strings"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// UseFactors lets another room answer for second factors. It is called before the first request.
func (s *Service) UseFactors(f Factors) { s.factors = f }

// Guarded reports whether an account has a second factor.
func (s *Service) Guarded(ctx context.Context, account AccountID) (bool, error) {
	if s.factors == nil {
		return false, nil
	}
	is, err := s.factors.Guarded(ctx, account)
	if err != nil {
		return false, fmt.Errorf("factors of account: %w", err)
	}
	return is, nil
}

// standing returns the session of the request and how far its sign-in has come.
func (s *Service) standing(ctx context.Context) (loadedSession, Stage, error) {
	l, ok := s.current(ctx)
	switch {
	case !ok:
		return loadedSession{}, Nobody, nil
	case l.Stage != Whole || l.Kind != Official || s.factors == nil:
		return l, l.Stage, nil
	}
	b, err := s.access(ctx, l.Version)
	if err != nil {
		return l, Nobody, err
	}
	if b.demands(b.grants[l.AccountID], s.today()) {
		guarded, err := s.Guarded(ctx, l.AccountID)
		if err != nil || !guarded {
			return l, Enrol, err
		}
	}
	return l, Whole, nil
}

// Standing returns whose sign-in the request carries and how far it has come. The session
// is for what is bound to it; it opens nothing.
func (s *Service) Standing(ctx context.Context) (Account, Session, Stage, error) {
	l, stage, err := s.standing(ctx)
	if err != nil || stage == Nobody {
		return Account{}, Session{}, stage, err
	}
	acc, err := s.store.account(ctx, s.db, l.AccountID)
	return acc, l.Session, stage, unknownAccount(err)
}

// VerifyCode ends a sign-in with the second proof: a code of the app, or a recovery code.
// The session of the request becomes whole, under a new token. Errors: Unauthenticated
// when no password waits; Invalid at "code"; Forbidden while too many were wrong.
func (s *Service) VerifyCode(ctx context.Context, code string) (Account, Means, error) {
	acc, _, stage, err := s.Standing(ctx)
	switch {
	case err != nil:
		return Account{}, "", err
	case stage != Verify:
		return Account{}, "", fault.NewUnauthenticated(i18n.M("Bước xác nhận đã hết hạn. Hãy đăng nhập lại từ đầu."))
	}
	guarded, err := s.Guarded(ctx, acc.ID)
	if err != nil {
		return Account{}, "", err
	}
	if !guarded { // taken away meanwhile: the password alone is not what was asked for
		if err := s.scs.Destroy(ctx); err != nil {
			return Account{}, "", fmt.Errorf("end half a sign-in: %w", err)
		}
		return Account{}, "", fault.NewUnauthenticated(i18n.M("Cách xác thực của tài khoản vừa thay đổi. Hãy đăng nhập lại từ đầu."))
	}
	means, err := s.prove(ctx, acc, Proof{Code: code}, guarded, true)
	if err != nil {
		return Account{}, "", err
	}
	return acc, means, s.Complete(ctx, acc, means)
}

// Prove proves once more who is in a session, with the strongest means the account has:
// acts that ask for a fresh proof are open for a while. Errors: Invalid at "code" or
// "password"; Forbidden while too many were wrong.
func (s *Service) Prove(ctx context.Context, p Proof) error {
	acc, _, err := s.InSession(ctx)
	if err != nil {
		return err
	}
	guarded, err := s.Guarded(ctx, acc.ID)
	if err != nil {
		return err
	}
	means, err := s.prove(ctx, acc, p, guarded, false)
	if err != nil {
		return err
	}
	return s.Proved(ctx, means)
}

// Proved notes that whoever is in the session of the request has proved it a moment ago.
func (s *Service) Proved(ctx context.Context, means Means) error {
	l, ok := s.current(ctx)
	if !ok {
		return fault.NewUnauthenticated(i18n.Msg{})
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.setProved(ctx, tx, l.ID, means, s.clock.Now()); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "identity.prove", Object: "identity.session", ObjectID: string(l.ID), Detail: map[string]any{"means": string(means)}})
	})
}

// ForgetProofs makes the other sessions of the account prove anew before acts that ask
// for it: what they proved with is no longer the strongest means there is.
func (s *Service) ForgetProofs(ctx context.Context, account AccountID) error {
	l, _ := s.current(ctx)
	return s.db.Tx(ctx, func(tx *db.Tx) error { return s.store.forgetProofs(ctx, tx, account, l.ID) })
}

// InSession returns the actor's account and the session they are in; Forbidden for
// programs, which act through a token.
func (s *Service) InSession(ctx context.Context) (Account, Session, error) {
	if err := viaSession(ctx); err != nil {
		return Account{}, Session{}, err
	}
	acc, err := s.Me(ctx)
	if err != nil {
		return Account{}, Session{}, err
	}
	l, ok := s.current(ctx)
	if !ok || l.AccountID != acc.ID {
		return Account{}, Session{}, fault.NewForbidden(i18n.M("Việc này chỉ làm được khi người giữ tài khoản tự đăng nhập."))
	}
	return acc, l.Session, nil
}

// prove checks what somebody typed and uses it up. entering says that it ends a sign-in.
func (s *Service) prove(ctx context.Context, acc Account, p Proof, guarded, entering bool) (Means, error) {
	now, means, field, typed := s.clock.Now(), ByPassword, "password", p.Password
	if guarded {
		means, field, typed = ByCode, "code", p.Code
	}
	if strings.TrimSpace(typed) == "" {
		return "", fault.NewInvalid(field, i18n.M("Nhập thông tin xác nhận."))
	}
	refund, err := s.TakeTry(ctx)
	if err != nil {
		return "", err
	}
	g := proving(acc.ID, field)
	leave, err := s.gates.enter(ctx, g.attempts)
	if err != nil {
		return "", err
	}
	defer leave()
	until, err := s.takeAttempt(ctx, g, now)
	if err != nil {
		return "", err
	}
	right := false
	if guarded {
		means, right, err = s.factors.Check(ctx, acc, p.Code)
	} else {
		right, _, err = s.hash.matches(ctx, cleanPassword(p.Password), acc.PasswordHash)
	}
	if err != nil {
		return "", fmt.Errorf("check proof: %w", err)
	}
	ctx = AsHolder(ctx, acc)
	if g.entering, g.means = entering, means; !right {
		return "", s.failed(ctx, g, acc, until)
	}
	refund()
	return means, s.db.Tx(ctx, func(tx *db.Tx) error { return s.store.clearAttempt(ctx, tx, g.attempts) })
}

// TakeTry takes one try of the address on the network; refund gives it back when it was a right one. Unavailable when
// there are none left.
func (s *Service) TakeTry(ctx context.Context) (refund func(), err error) {
	refund, ok := s.limits.Try(actor.From(ctx).IP, s.clock.Now())
	if !ok {
		return nil, tooMany()
	}
	return refund, nil
}

// Complete begins a whole session for somebody who has proved everything that was asked, and
// writes the sign-in down. Forbidden for a blocked account.
func (s *Service) Complete(ctx context.Context, acc Account, means Means) error {
	if acc.Status != Active {
		return s.Refuse(ctx, acc, means, "identity.refuse_sign_in", blockedAccount())
	}
	held := AsHolder(ctx, acc)
	if err := s.db.Tx(ctx, func(tx *db.Tx) error { return s.entered(held, tx, acc, means) }); err != nil {
		return err
	}
	_, err := s.begin(ctx, acc, means)
	return err
}

// Continue begins the session of the request anew, under another token, after it has come further.
func (s *Service) Continue(ctx context.Context, acc Account, means Means) error {
	_, err := s.begin(ctx, acc, means)
	return err
}

// Refuse writes a proof down that was not taken although it was right, and returns why.
func (s *Service) Refuse(ctx context.Context, acc Account, means Means, action string, why *fault.Error) error {
	ctx = AsHolder(ctx, acc)
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.remember(ctx, tx, acc, means, Rejected); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: action, Object: "identity.account", ObjectID: string(acc.ID), UnitID: string(acc.UnitID), Detail: map[string]any{"means": string(means)}})
	})
	if err != nil {
		return err
	}
	return why
}

// entered writes a whole sign-in down.
func (s *Service) entered(ctx context.Context, tx *db.Tx, acc Account, means Means) error {
	if err := s.store.signedIn(ctx, tx, acc.ID, s.clock.Now()); err != nil {
		return err
	}
	if err := s.remember(ctx, tx, acc, means, Entered); err != nil {
		return err
	}
	return s.record(ctx, tx, audit.Entry{Action: "identity.sign_in", Object: "identity.account", ObjectID: string(acc.ID), UnitID: string(acc.UnitID), Detail: map[string]any{"means": string(means)}})
}

// Managed returns an account that the actor may manage, for rooms that keep something of it. Permission: as for SetBlocked.
func (s *Service) Managed(ctx context.Context, account AccountID) (Account, error) {
	return s.managed(ctx, account)
}

// EndAllSessions ends every session of an account that the actor manages and lets its holder try codes again.
func (s *Service) EndAllSessions(ctx context.Context, account AccountID) error {
	acc, err := s.managed(ctx, account)
	if err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err := s.store.deleteSessions(ctx, tx, account, "")
		if err != nil {
			return err
		}
		if err := s.store.clearAttempt(ctx, tx, proving(account, "code").attempts); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "identity.end_sessions", Object: "identity.account", ObjectID: string(account), UnitID: string(acc.UnitID), Detail: map[string]any{"ended": n}})
	})
}

// SignedIn says how far the sign-in of the request has come, and who it is when it is whole.
func (s *Service) SignedIn(ctx context.Context) (SignInV1, error) {
	l, stage, err := s.standing(ctx)
	if err != nil {
		return SignInV1{}, err
	}
	out := SignInV1{Stage: stage, Token: s.scs.Token(ctx), ExpiresAt: l.ExpiresAt}
	if stage != Whole {
		return out, nil
	}
	acc, err := s.store.account(ctx, s.db, l.AccountID)
	if err != nil {
		return SignInV1{}, err
	}
	a, err := s.actorOf(ctx, l)
	if err != nil {
		return SignInV1{}, err
	}
	me := describe(a, acc)
	out.Me = &me
	return out, nil
}
