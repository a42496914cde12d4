package proof

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"lienthong/internal/audit"
	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/factor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/vntext"
)

// What keys are derived and secrets sealed for.
const (
	recoveryPurpose = "proof.recovery"
	ticketPurpose   = "proof.seed_ticket "
)

// NewSeed (mã bí mật của ứng dụng xác thực) is what an app is set up with.
type NewSeed struct {
	Seed    string // in base32
	Address string // what the QR code says
	Ticket  string // comes back with the first code
}

// enroller returns who may add a factor: whoever must have one before anything else,
// and whoever is signed in and has proved lately who they are.
func (s *Service) enroller(ctx context.Context) (identity.Account, identity.Session, identity.Stage, error) {
	acc, l, stage, err := s.accounts.Standing(ctx)
	switch {
	case err != nil || stage == identity.Enrol:
		return acc, l, stage, err
	case stage == identity.Verify:
		return acc, l, stage, fault.NewUnauthenticated(i18n.Msg{})
	}
	if acc, l, err = s.accounts.InSession(ctx); err != nil {
		return acc, l, stage, err
	}
	return acc, l, stage, actor.Fresh(ctx)
}

// NewSeed returns a seed for an app of the holder of the session. Nothing is kept until its first code comes.
func (s *Service) NewSeed(ctx context.Context) (NewSeed, error) {
	acc, l, _, err := s.enroller(ctx)
	if err != nil {
		return NewSeed{}, err
	}
	seed := factor.NewSeed()
	raw, err := json.Marshal(seedTicket{seed, l.ID, s.clock.Now().Add(seedLife)})
	if err != nil {
		return NewSeed{}, err
	}
	return NewSeed{Seed: seed, Address: factor.Address(s.title, loginOf(acc), seed), Ticket: s.secrets.Seal(ticketPurpose+string(acc.ID), string(raw))}, nil
}

// ReadSeed returns the seed of a ticket, to show it again; Invalid when it is another's or too old.
func (s *Service) ReadSeed(ctx context.Context, ticket string) (NewSeed, error) {
	acc, l, _, err := s.enroller(ctx)
	if err != nil {
		return NewSeed{}, err
	}
	var t seedTicket
	text, err := s.secrets.Open(ticketPurpose+string(acc.ID), ticket)
	if err == nil {
		err = json.Unmarshal([]byte(text), &t)
	}
	if err != nil || t.Session != l.ID || !s.clock.Now().Before(t.ExpiresAt) {
		return NewSeed{}, fault.NewInvalid("", i18n.M("Mã QR này đã hết hạn. Hãy quét mã QR mới.")).Wrap(err)
	}
	return NewSeed{Seed: t.Seed, Address: factor.Address(s.title, loginOf(acc), t.Seed), Ticket: ticket}, nil
}

// AddApp adds the app that was set up with a seed, once it has made a right code.
// It returns recovery codes when the account has none yet; they are shown once.
// Errors: Invalid at "code" or "name".
func (s *Service) AddApp(ctx context.Context, ticket, name, code string) ([]string, error) {
	seed, err := s.ReadSeed(ctx, ticket)
	if err != nil {
		return nil, err
	}
	f := Factor{ID: FactorID(id.New()), Kind: identity.ByCode}
	if f.Name, err = nameFactor(name, i18n.M("Ứng dụng xác thực")); err != nil {
		return nil, err
	}
	period, ok := factor.Match(seed.Seed, code, s.clock.Now(), 0)
	if !ok {
		return nil, fault.NewInvalid("code", i18n.M("Mã chưa đúng. Hãy đợi ứng dụng hiện mã mới, và kiểm tra giờ của điện thoại."))
	}
	f.Counter, f.Sealed = period, s.secrets.Seal(f.purpose(), seed.Seed)
	return s.addFactor(ctx, f)
}

// addFactor keeps a new factor. Other sessions of the account must prove anew before acts that ask for it.
func (s *Service) addFactor(ctx context.Context, f Factor) (codes []string, err error) {
	acc, _, stage, err := s.enroller(ctx)
	if err != nil {
		return nil, err
	}
	f.AccountID, f.CreatedAt = acc.ID, s.clock.Now()
	if err := s.accounts.ForgetProofs(ctx, acc.ID); err != nil {
		return nil, err
	}
	held := identity.AsHolder(ctx, acc)
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		codes, err = s.insert(held, tx, acc, f)
		return err
	})
	switch {
	case db.IsUnique(err):
		return nil, fault.NewConflict(i18n.M("Khóa truy cập này đã được đăng ký."))
	case err != nil:
		return nil, err
	case stage == identity.Enrol: // under a new token, now that it opens something
		return codes, s.accounts.Continue(ctx, acc, f.Kind)
	}
	return codes, s.accounts.Proved(ctx, f.Kind)
}

// insert writes a factor, and recovery codes when there are none.
func (s *Service) insert(ctx context.Context, tx *db.Tx, acc identity.Account, f Factor) ([]string, error) {
	if err := s.store.lockFactors(ctx, tx, acc.ID); err != nil {
		return nil, err
	}
	have, err := s.store.factors(ctx, tx, acc.ID)
	switch {
	case err != nil:
		return nil, err
	case len(have) >= factorsMost:
		return nil, fault.NewConflict(i18n.M("Tài khoản đã có %d cách xác thực. Hãy gỡ cách không dùng nữa trước.", factorsMost))
	case slices.ContainsFunc(have, func(o Factor) bool { return vntext.Lower(o.Name) == vntext.Lower(f.Name) }):
		f.Name = fmt.Sprintf("%s (%s)", f.Name, localTime(f.CreatedAt))
	}
	if err := s.store.insertFactor(ctx, tx, f); err != nil {
		return nil, err
	}
	var codes []string
	left, err := s.store.recoveryLeft(ctx, tx, acc.ID)
	if err == nil && left == 0 {
		codes, err = s.renewRecovery(ctx, tx, acc)
	}
	if err != nil {
		return nil, err
	}
	return codes, s.record(ctx, tx, audit.Entry{Action: "proof.add_factor", Object: "identity.account", ObjectID: string(acc.ID), UnitID: string(acc.UnitID), After: f})
}

// renewRecovery makes new recovery codes; the old ones are worth nothing.
func (s *Service) renewRecovery(ctx context.Context, tx *db.Tx, acc identity.Account) ([]string, error) {
	if err := s.store.deleteRecovery(ctx, tx, acc.ID); err != nil {
		return nil, err
	}
	codes, key := factor.NewCodes(recoveryCodes), s.secrets.Derive(recoveryPurpose)[0]
	for _, code := range codes {
		if err := s.store.insertRecovery(ctx, tx, acc.ID, factor.CodeHash(key, string(acc.ID), code), s.clock.Now()); err != nil {
			return nil, err
		}
	}
	return codes, nil
}

// NewRecoveryCodes returns new recovery codes for the actor's own account, shown once; the old ones end. It asks for
// a fresh proof. Conflict when the account has no factor to recover from.
func (s *Service) NewRecoveryCodes(ctx context.Context) (codes []string, err error) {
	if err := actor.Fresh(ctx); err != nil {
		return nil, err
	}
	acc, _, err := s.accounts.InSession(ctx)
	if err != nil {
		return nil, err
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.lockFactors(ctx, tx, acc.ID); err != nil {
			return err
		}
		if guarded, err := s.store.guarded(ctx, tx, acc.ID); err != nil {
			return err
		} else if !guarded {
			return fault.NewConflict(i18n.M("Mã dự phòng chỉ có khi tài khoản đã thêm ứng dụng xác thực hoặc khóa truy cập."))
		}
		if codes, err = s.renewRecovery(ctx, tx, acc); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "proof.renew_recovery_codes", Object: "identity.account", ObjectID: string(acc.ID), UnitID: string(acc.UnitID)})
	})
	return codes, err
}

// Own returns what the actor's own account has besides its password.
func (s *Service) Own(ctx context.Context) (Having, error) {
	acc, _, err := s.accounts.InSession(ctx)
	if err != nil {
		return Having{}, err
	}
	return s.having(ctx, acc.ID)
}

func (s *Service) having(ctx context.Context, account identity.AccountID) (h Having, err error) {
	if h.List, err = s.store.factors(ctx, s.db, account); err != nil {
		return h, fmt.Errorf("factors of account: %w", err)
	}
	for _, f := range h.List {
		h.Passkeys = h.Passkeys || f.Kind == identity.ByPasskey
		h.Codes = h.Codes || f.Kind == identity.ByCode
	}
	h.Available = s.Passkeys()
	h.Recovery, err = s.store.recoveryLeft(ctx, s.db, account)
	return h, err
}

// Waiting returns whose password waits for a second proof, and what they can give it with. Unauthenticated when none does.
func (s *Service) Waiting(ctx context.Context) (identity.Account, Having, error) {
	acc, _, stage, err := s.accounts.Standing(ctx)
	if err == nil && stage != identity.Verify {
		err = fault.NewUnauthenticated(i18n.Msg{})
	}
	if err != nil {
		return acc, Having{}, err
	}
	h, err := s.having(ctx, acc.ID)
	return acc, h, err
}

// RemoveFactor takes one factor of the actor's own account away. It asks for a fresh
// proof. With the last one the recovery codes end too. NotFound when it is not theirs.
func (s *Service) RemoveFactor(ctx context.Context, which FactorID) error {
	if err := actor.Fresh(ctx); err != nil {
		return err
	}
	acc, _, err := s.accounts.InSession(ctx)
	if err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.lockFactors(ctx, tx, acc.ID); err != nil {
			return err
		}
		n, err := s.store.deleteFactor(ctx, tx, acc.ID, which)
		switch {
		case err != nil:
			return err
		case n == 0:
			return fault.NewNotFound(i18n.M("Cách xác thực này đã được gỡ."))
		}
		if guarded, err := s.store.guarded(ctx, tx, acc.ID); err != nil {
			return err
		} else if !guarded {
			if err := s.store.deleteRecovery(ctx, tx, acc.ID); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, audit.Entry{Action: "proof.remove_factor", Object: "identity.account", ObjectID: string(acc.ID), UnitID: string(acc.UnitID), Detail: map[string]any{"factor": string(which)}})
	})
}

// RemoveFactors takes all factors of an account away whose holder has lost them, and
// ends its sessions: the password alone signs in again. It asks for a fresh proof and
// for a reason. Permission: identity.manage as for blocking an account. Errors: Invalid at "reason".
func (s *Service) RemoveFactors(ctx context.Context, account identity.AccountID, reason string) error {
	acc, err := s.accounts.Managed(ctx, account)
	if err != nil {
		return err
	}
	if err := actor.Fresh(ctx); err != nil {
		return err
	}
	if reason = vntext.Clean(reason); reason == "" {
		return fault.NewInvalid("reason", i18n.M("Ghi lý do, ví dụ: mất điện thoại, đã đối chiếu giấy tờ."))
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err := s.store.deleteFactors(ctx, tx, account)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.NewConflict(i18n.M("Tài khoản này không có cách xác thực nào ngoài mật khẩu."))
		}
		return s.record(ctx, tx, audit.Entry{Action: "proof.remove_factors", Object: "identity.account", ObjectID: string(account), UnitID: string(acc.UnitID),
			Detail: map[string]any{"factors": n, "reason": reason}})
	})
	if err != nil {
		return err
	}
	return s.accounts.EndAllSessions(ctx, account)
}

// Guarded reports whether an account has a factor.
func (s *Service) Guarded(ctx context.Context, account identity.AccountID) (bool, error) {
	return s.store.guarded(ctx, s.db, account)
}

// Passkeys reports whether this site can have passkeys.
func (s *Service) Passkeys() bool { return s.passkeys != nil }

// Check looks at the code of an app or a recovery code and uses it up when it is right.
func (s *Service) Check(ctx context.Context, acc identity.Account, code string) (identity.Means, bool, error) {
	if clean, ok := factor.CleanCode(code); ok {
		right, err := s.useRecovery(ctx, acc, clean)
		return identity.ByRecovery, right, err
	}
	right, err := s.useCode(ctx, acc, code)
	return identity.ByCode, right, err
}

// useCode finds the app that made a code and notes the period, so that the code counts once.
func (s *Service) useCode(ctx context.Context, acc identity.Account, code string) (right bool, err error) {
	now := s.clock.Now()
	list, err := s.store.factors(ctx, s.db, acc.ID)
	if err != nil {
		return false, err
	}
	for _, f := range list {
		if f.Kind != identity.ByCode {
			continue
		}
		seed, err := s.secrets.Open(f.purpose(), f.Sealed)
		if err != nil {
			return false, fmt.Errorf("open factor %s: %w", f.ID, err)
		}
		period, ok := factor.Match(seed, code, now, f.Counter)
		if !ok {
			continue
		}
		err = s.db.Tx(ctx, func(tx *db.Tx) error {
			n, err := s.store.useFactor(ctx, tx, f, period, f.Sealed, now)
			right = n == 1
			return err
		})
		return right, err
	}
	return false, nil
}

func (s *Service) useRecovery(ctx context.Context, acc identity.Account, code string) (right bool, err error) {
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		right = false
		for _, key := range s.secrets.Derive(recoveryPurpose) {
			n, err := s.store.useRecovery(ctx, tx, acc.ID, factor.CodeHash(key, string(acc.ID), code), s.clock.Now())
			if err != nil {
				return err
			}
			right = right || n == 1
		}
		if !right {
			return nil
		}
		return s.record(identity.AsHolder(ctx, acc), tx, audit.Entry{Action: "proof.use_recovery_code", Object: "identity.account", ObjectID: string(acc.ID), UnitID: string(acc.UnitID)})
	})
	return right, err
}
