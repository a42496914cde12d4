package proof

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/factor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
)

// What a challenge is for.
const (
	toSignIn = "sign_in" // with a passkey alone
	toVerify = "verify"  // after the password
	toProve  = "prove"   // once more, in a session
	toEnrol  = "enrol"   // a new passkey
)

// challengeLife is how long a device may take.
const challengeLife = 5 * time.Minute

func noPasskeys() error {
	return fault.NewUnavailable(i18n.M("Trang này chưa dùng được khóa truy cập. Hãy dùng ứng dụng xác thực."))
}

func badPasskey(cause error) error {
	return fault.NewInvalid("", i18n.M("Không xác nhận được bằng khóa truy cập này. Hãy thử lại, hoặc dùng cách khác.")).Wrap(cause)
}

// holder is an account as its devices know it. Only passkeys are among list.
func (s *Service) holder(acc identity.Account, list []Factor) (factor.Holder, error) {
	h := factor.Holder{Handle: string(acc.ID), Name: loginOf(acc), DisplayName: acc.FullName}
	for _, f := range list {
		if f.Kind != identity.ByPasskey {
			continue
		}
		text, err := s.secrets.Open(f.purpose(), f.Sealed)
		if err != nil {
			return h, fmt.Errorf("open factor %s: %w", f.ID, err)
		}
		h.Credentials = append(h.Credentials, text)
	}
	return h, nil
}

// pose keeps the challenge of a ceremony until its answer comes and returns what the browser is told.
func (s *Service) pose(ctx context.Context, purpose string, account identity.AccountID, session identity.SessionID, c factor.Ceremony, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		return s.store.insertChallenge(ctx, tx, challenge{challengeHash(c.Challenge), purpose, account, session, c.State, s.clock.Now().Add(challengeLife)})
	})
	return c.Options, err
}

func challengeHash(text string) string {
	sum := sha256.Sum256([]byte("proof challenge\x00" + text))
	return hex.EncodeToString(sum[:])
}

// answered returns the state of the challenge that an answer is for, which has had its one answer then.
func (s *Service) answered(ctx context.Context, purpose string, account identity.AccountID, session identity.SessionID, answer []byte) (state string, err error) {
	text, err := factor.ChallengeOf(answer)
	if err != nil {
		return "", badPasskey(err)
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		state, err = s.store.takeChallenge(ctx, tx, challenge{Hash: challengeHash(text), Purpose: purpose, AccountID: account, SessionID: session}, s.clock.Now())
		return err
	})
	if errors.Is(err, db.ErrNoRows) {
		return "", badPasskey(errors.New("no such challenge"))
	}
	return state, err
}

// AskPasskey begins a sign-in with a passkey alone and returns what the browser's
// navigator.credentials.get takes. Unavailable when the site has no name on the network.
func (s *Service) AskPasskey(ctx context.Context) (any, error) {
	if s.passkeys == nil {
		return nil, noPasskeys()
	}
	c, err := s.passkeys.AskAnybody()
	return s.pose(ctx, toSignIn, "", "", c, err)
}

// SignInByPasskey finds whose passkey answered and begins their session: the device made
// sure of its owner, so nothing else is asked. Errors: Invalid when the answer proves
// nothing; Forbidden for a blocked account and for a passkey that may be a copy.
func (s *Service) SignInByPasskey(ctx context.Context, answer []byte) (identity.Account, error) {
	if s.passkeys == nil {
		return identity.Account{}, noPasskeys()
	}
	refund, err := s.accounts.TakeTry(ctx)
	if err != nil {
		return identity.Account{}, err
	}
	state, err := s.answered(ctx, toSignIn, "", "", answer)
	if err != nil {
		return identity.Account{}, err
	}
	acc, err := s.byPasskey(ctx, state, answer, func(handle string) (identity.Account, error) {
		return s.accounts.Account(actor.With(ctx, actor.SystemActor), identity.AccountID(handle))
	})
	if err != nil {
		return identity.Account{}, err
	}
	refund()
	return acc, s.accounts.Complete(ctx, acc, identity.ByPasskey)
}

// AskOwnPasskey begins a second proof with a passkey: after the password, or once more in a session.
func (s *Service) AskOwnPasskey(ctx context.Context) (any, error) {
	if s.passkeys == nil {
		return nil, noPasskeys()
	}
	acc, l, purpose, err := s.asked(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.store.factors(ctx, s.db, acc.ID)
	if err != nil {
		return nil, err
	}
	h, err := s.holder(acc, list)
	if err != nil {
		return nil, err
	}
	if len(h.Credentials) == 0 {
		return nil, fault.NewConflict(i18n.M("Tài khoản này chưa có khóa truy cập."))
	}
	c, err := s.passkeys.Ask(h)
	return s.pose(ctx, purpose, acc.ID, l.ID, c, err)
}

// asked returns who is asked for a second proof, and what for.
func (s *Service) asked(ctx context.Context) (identity.Account, identity.Session, string, error) {
	acc, l, stage, err := s.accounts.Standing(ctx)
	if err != nil || stage == identity.Verify {
		return acc, l, toVerify, err
	}
	acc, l, err = s.accounts.InSession(ctx)
	return acc, l, toProve, err
}

// ProveByPasskey takes the answer to AskOwnPasskey: it ends a sign-in, or proves once more who is in a session.
// Errors: as SignInByPasskey.
func (s *Service) ProveByPasskey(ctx context.Context, answer []byte) (identity.Account, error) {
	if s.passkeys == nil {
		return identity.Account{}, noPasskeys()
	}
	acc, l, purpose, err := s.asked(ctx)
	if err != nil {
		return identity.Account{}, err
	}
	state, err := s.answered(ctx, purpose, acc.ID, l.ID, answer)
	if err != nil {
		return identity.Account{}, err
	}
	acc, err = s.byPasskey(ctx, state, answer, func(handle string) (identity.Account, error) {
		if handle != string(acc.ID) {
			return identity.Account{}, fault.NewNotFound(i18n.Msg{}).Wrap(errors.New("a passkey of somebody else"))
		}
		return acc, nil
	})
	switch {
	case err != nil:
		return identity.Account{}, err
	case purpose == toProve:
		return acc, s.accounts.Proved(ctx, identity.ByPasskey)
	}
	return acc, s.accounts.Complete(ctx, acc, identity.ByPasskey)
}

// byPasskey checks the answer of a device and uses it up.
func (s *Service) byPasskey(ctx context.Context, state string, answer []byte, find func(handle string) (identity.Account, error)) (identity.Account, error) {
	var acc identity.Account
	var list []Factor
	var failure error
	proof, err := s.passkeys.Proved(func(handle string) (h factor.Holder, ok bool) {
		if acc, failure = find(handle); failure != nil {
			return h, false
		}
		if list, failure = s.store.factors(ctx, s.db, acc.ID); failure == nil {
			h, failure = s.holder(acc, list)
		}
		return h, failure == nil
	}, state, answer)
	switch {
	case failure != nil && fault.KindOf(failure) != fault.NotFound:
		return identity.Account{}, failure
	case failure != nil || err != nil:
		return identity.Account{}, badPasskey(errors.Join(failure, err))
	}
	if proof.Cloned {
		return identity.Account{}, s.accounts.Refuse(ctx, acc, identity.ByPasskey, "proof.refuse_passkey_copy", copiedPasskey())
	}
	used := false
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		used = false
		for _, f := range list {
			if f.CredentialID != proof.ID {
				continue
			}
			n, err := s.store.useFactor(ctx, tx, f, proof.Count, s.secrets.Seal(f.purpose(), proof.Credential), s.clock.Now())
			if used = n == 1; err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && !used { // a second answer came first, with this count or a higher one
		return identity.Account{}, s.accounts.Refuse(ctx, acc, identity.ByPasskey, "proof.refuse_passkey_copy", copiedPasskey())
	}
	return acc, err
}

func copiedPasskey() *fault.Error {
	return fault.NewForbidden(i18n.M("Khóa truy cập này có dấu hiệu bị sao chép nên không được nhận. Hãy đăng nhập bằng cách khác, gỡ khóa này và báo quản trị viên."))
}

// AskNewPasskey begins the making of a passkey and returns what the browser's navigator.credentials.create takes.
func (s *Service) AskNewPasskey(ctx context.Context) (any, error) {
	if s.passkeys == nil {
		return nil, noPasskeys()
	}
	acc, l, _, err := s.enroller(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.store.factors(ctx, s.db, acc.ID)
	if err != nil {
		return nil, err
	}
	h, err := s.holder(acc, list)
	if err != nil {
		return nil, err
	}
	c, err := s.passkeys.Enrol(h)
	return s.pose(ctx, toEnrol, acc.ID, l.ID, c, err)
}

// AddPasskey keeps a new passkey. It returns recovery codes when the account has none yet; they are shown once.
// Errors: Invalid when the answer proves nothing, or at "name".
func (s *Service) AddPasskey(ctx context.Context, name string, answer []byte) ([]string, error) {
	if s.passkeys == nil {
		return nil, noPasskeys()
	}
	acc, l, _, err := s.enroller(ctx)
	if err != nil {
		return nil, err
	}
	f := Factor{ID: FactorID(id.New()), Kind: identity.ByPasskey}
	if f.Name, err = nameFactor(name, i18n.M("Khóa truy cập")); err != nil {
		return nil, err
	}
	state, err := s.answered(ctx, toEnrol, acc.ID, l.ID, answer)
	if err != nil {
		return nil, err
	}
	made, err := s.passkeys.Enrolled(factor.Holder{Handle: string(acc.ID), Name: loginOf(acc), DisplayName: acc.FullName}, state, answer)
	if err != nil {
		return nil, badPasskey(err)
	}
	f.CredentialID, f.Counter, f.Sealed = made.ID, made.Count, s.secrets.Seal(f.purpose(), made.Credential)
	return s.addFactor(ctx, f)
}
