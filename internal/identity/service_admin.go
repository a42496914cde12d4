package identity

import (
	"context"
	"fmt"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// SetBlocked blocks an account, which ends its sessions, or lets it be used again.
// Permission: identity.manage at the unit that keeps the account, and the right to
// give everything the account holds. Nobody blocks themselves.
func (s *Service) SetBlocked(ctx context.Context, account AccountID, blocked bool) error {
	if _, err := s.managed(ctx, account); err != nil {
		return err
	}
	status, action := Active, "identity.unblock"
	if blocked {
		status, action = Blocked, "identity.block"
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.lockAccount(ctx, tx, account); err != nil {
			return unknownAccount(err)
		}
		acc, err := s.store.account(ctx, tx, account)
		if err != nil || acc.Status == status {
			return err
		}
		if err := s.store.setStatus(ctx, tx, account, status); err != nil {
			return err
		}
		if _, err := s.store.deleteSessions(ctx, tx, account, ""); err != nil {
			return err
		}
		if err := s.store.bump(ctx, tx); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: action, Object: "identity.account", ObjectID: string(account), UnitID: string(acc.UnitID)})
	})
}

// ResetPassword sets a password for somebody who cannot sign in any more and ends
// their sessions. Permission: as for SetBlocked. Errors: Invalid at "password".
func (s *Service) ResetPassword(ctx context.Context, account AccountID, password string) error {
	acc, err := s.managed(ctx, account)
	if err != nil {
		return err
	}
	about := []string{acc.PersonalID}
	for _, n := range acc.Names {
		about = append(about, n.Text)
	}
	password = cleanPassword(password)
	if m, bad := weakPassword(password, about...); bad {
		return fault.NewInvalid("password", m)
	}
	hash, err := s.hash.make(ctx, password)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	return s.setPassword(ctx, acc, hash, "", attemptHash("change "+string(account)), "identity.reset_password")
}

// managed returns an account that the actor may manage: kept by one of their units,
// with no grant that they could not give. Otherwise whoever manages a small unit
// could take over the account of somebody who manages more.
func (s *Service) managed(ctx context.Context, account AccountID) (Account, error) {
	acc, err := s.Account(ctx, account)
	if err != nil {
		return Account{}, err
	}
	a := actor.From(ctx)
	if a.Kind == actor.System {
		return acc, nil
	}
	if a.ID == string(account) {
		return Account{}, fault.NewForbidden(i18n.M("Tài khoản của chính mình được thay đổi ở trang Tài khoản."))
	}
	b, err := s.access(ctx, 0)
	if err != nil {
		return Account{}, err
	}
	for _, g := range b.grants[account] {
		u, err := s.keeper(ctx, g.UnitID)
		if err != nil {
			return Account{}, err
		}
		if !b.mayGrant(a, b.roles[g.Role], u.Path, g.Below) {
			return Account{}, fault.NewForbidden(i18n.M("%s giữ vai trò “%s” mà tài khoản này không quản lý được.", acc.FullName, b.roles[g.Role].Name))
		}
	}
	return acc, nil
}

// Account returns one account; NotFound when there is none or when the actor
// neither holds it nor manages the unit that keeps it.
func (s *Service) Account(ctx context.Context, account AccountID) (Account, error) {
	acc, err := s.store.account(ctx, s.db, account)
	if err != nil {
		return Account{}, unknownAccount(err)
	}
	a := actor.From(ctx)
	if a.Kind == actor.System || a.ID == string(account) {
		return acc, nil
	}
	if err := s.manages(ctx, acc.UnitID); err != nil {
		if fault.KindOf(err) == fault.Forbidden {
			return Account{}, unknownAccount(db.ErrNoRows)
		}
		return Account{}, err
	}
	return acc, nil
}
