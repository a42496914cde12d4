package identity

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/vntext"
)

// Grant gives an account a role at a unit. The actor needs identity.manage at the
// unit, as far down as the grant reaches, and must be entitled to give the role or
// hold all its permissions there; nobody grants to themselves. ID, GrantedBy and
// GrantedAt are given by the room.
//
// Errors: Invalid by field (role, unit_id, valid_to, reason), Forbidden, NotFound
// for the account, Conflict when the account has the same grant.
func (s *Service) Grant(ctx context.Context, g Grant) (Grant, error) {
	a := actor.From(ctx)
	b, err := s.access(ctx, 0)
	if err != nil {
		return Grant{}, err
	}
	if g.ValidFrom.IsZero() {
		g.ValidFrom = s.today()
	}
	role, err := s.checkGrant(ctx, b, &g)
	if err != nil {
		return Grant{}, err
	}
	if err := s.mayGive(ctx, b, role, g); err != nil {
		return Grant{}, err
	}
	if a.Kind != actor.System && a.ID == string(g.AccountID) {
		return Grant{}, fault.NewForbidden(i18n.M("Không ai được tự trao quyền cho chính mình. Hãy nhờ một quản trị viên khác."))
	}
	g.ID, g.GrantedBy, g.GrantedAt = GrantID(id.New()), AccountID(a.ID), s.clock.Now()
	err = s.db.Tx(ctx, func(tx *db.Tx) error { return s.addGrant(ctx, tx, g) })
	return g, err
}

// mayGive returns Forbidden unless the actor may give or take a role as far as a grant reaches.
func (s *Service) mayGive(ctx context.Context, b *book, role Role, g Grant) error {
	a := actor.From(ctx)
	if !a.SignedIn() {
		return fault.NewUnauthenticated(i18n.Msg{})
	}
	scope, err := s.scope(ctx, g)
	if err != nil {
		return err
	}
	if len(scope) == 0 { // at a unit that ended without an heir: a matter of the whole province
		root, err := s.org.Root(ctx)
		if err != nil {
			return err
		}
		scope = []reach{{root.ID, root.Path, true}}
	}
	if !b.mayGrant(a, role, scope) {
		return fault.NewForbidden(i18n.M("Tài khoản này không được trao hoặc thu hồi vai trò “%s” tại đơn vị đó.", role.Name))
	}
	return nil
}

// checkGrant reports what is wrong with a new grant.
func (s *Service) checkGrant(ctx context.Context, b *book, g *Grant) (Role, error) {
	var ps fault.Problems
	role, ok := b.roles[g.Role]
	if !ok {
		ps.Add("role", i18n.M("Chọn một vai trò trong danh sách."))
	}
	if !g.ValidTo.IsZero() && (!g.ValidFrom.Before(g.ValidTo) || !s.today().Before(g.ValidTo)) {
		ps.Add("valid_to", i18n.M("Ngày hết hiệu lực phải sau ngày bắt đầu và sau hôm nay."))
	}
	if g.Reason = vntext.Clean(g.Reason); g.Reason == "" {
		ps.Add("reason", i18n.M("Ghi căn cứ trao quyền, ví dụ số quyết định phân công."))
	} else if utf8.RuneCountInString(g.Reason) > 300 {
		ps.Add("reason", i18n.M("Căn cứ dài quá 300 ký tự."))
	}
	u, err := s.org.Unit(ctx, g.UnitID)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		ps.Add("unit_id", i18n.M("Chọn cơ quan, đơn vị trong danh sách."))
	case err != nil:
		return Role{}, err
	case !u.ValidTo.IsZero() && !s.today().Before(u.ValidTo):
		ps.Add("unit_id", i18n.M("%s đã kết thúc hoạt động từ ngày %s.", u.Name, u.ValidTo.Display()))
	}
	return role, ps.Err()
}

// addGrant writes a grant after looking at those the account has.
func (s *Service) addGrant(ctx context.Context, tx *db.Tx, g Grant) error {
	if err := s.store.lockAccount(ctx, tx, g.AccountID); err != nil {
		return unknownAccount(err)
	}
	acc, err := s.store.account(ctx, tx, g.AccountID)
	if err != nil {
		return err
	}
	if acc.Kind != Official {
		return fault.NewInvalid("account_id", i18n.M("Chỉ trao quyền cho tài khoản công chức."))
	}
	old, err := s.store.grantsOf(ctx, tx, g.AccountID)
	if err != nil {
		return err
	}
	for _, o := range old {
		open := o.RevokedAt == nil && (o.ValidTo.IsZero() || g.ValidFrom.Before(o.ValidTo))
		if open && o.Role == g.Role && o.UnitID == g.UnitID && o.covers(g) {
			return fault.NewConflict(i18n.M("%s đã có vai trò này tại đơn vị đó.", acc.FullName))
		}
	}
	if err := s.store.insertGrant(ctx, tx, g); err != nil {
		return fmt.Errorf("insert grant: %w", err)
	}
	if err := s.store.bump(ctx, tx); err != nil {
		return err
	}
	return s.record(ctx, tx, audit.Entry{Action: "identity.grant", Object: "identity.grant", ObjectID: string(g.ID), UnitID: string(g.UnitID), After: g,
		Detail: map[string]any{"account_id": string(g.AccountID), "role": g.Role, "divisions": g.Divisions, "below": g.Below, "reason": g.Reason}})
}

// Revoke ends a grant at once. The actor needs what Grant needs. Errors: NotFound,
// Forbidden, Conflict when it was revoked before.
func (s *Service) Revoke(ctx context.Context, grant GrantID) error {
	a := actor.From(ctx)
	b, err := s.access(ctx, 0)
	if err != nil {
		return err
	}
	g, err := s.store.grant(ctx, s.db, grant)
	if errors.Is(err, db.ErrNoRows) {
		return fault.NewNotFound(i18n.M("Không tìm thấy lần trao quyền này."))
	}
	if err != nil {
		return err
	}
	if err := s.mayGive(ctx, b, b.roles[g.Role], g); err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err := s.store.revokeGrant(ctx, tx, grant, AccountID(a.ID), s.clock.Now())
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.NewConflict(i18n.M("Vai trò này đã được thu hồi trước đó."))
		}
		if err := s.store.bump(ctx, tx); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "identity.revoke", Object: "identity.grant", ObjectID: string(grant), UnitID: string(g.UnitID), Before: g,
			Detail: map[string]any{"account_id": string(g.AccountID), "role": g.Role}})
	})
}
