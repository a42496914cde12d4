package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/org"
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

// ResetPassword sets a password for somebody who cannot sign in any more, ends their
// sessions and unlocks their sign-in names. Permission: as for SetBlocked. Errors:
// Invalid at "password", Conflict when another password was set meanwhile.
func (s *Service) ResetPassword(ctx context.Context, account AccountID, password string) error {
	acc, err := s.managed(ctx, account)
	if err != nil {
		return err
	}
	if acc.Program() {
		return fault.NewForbidden(i18n.M("Không ai đăng nhập bằng tài khoản phần mềm; hãy tạo mã truy cập."))
	}
	attempts := []string{changing(account).attempts}
	for _, n := range acc.Names {
		attempts = append(attempts, attemptHash(n.Text))
	}
	password = cleanPassword(password)
	if m, bad, err := s.refusedPassword(password, acc); err != nil {
		return err
	} else if bad {
		return fault.NewInvalid("password", m)
	}
	hash, err := s.hash.make(ctx, password)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	return s.setPassword(ctx, acc, hash, "", "identity.reset_password", attempts...)
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
		err := s.mayGive(ctx, b, b.roles[g.Role], g)
		if fault.KindOf(err) == fault.Forbidden {
			return Account{}, fault.NewForbidden(i18n.M("%s giữ vai trò “%s” mà tài khoản này không quản lý được.", acc.FullName, b.roles[g.Role].Name))
		}
		if err != nil {
			return Account{}, err
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

// List returns up to q.Size+1 accounts that the actor manages, by name: the row too
// many says that there is a next page. Permission: identity.manage somewhere.
func (s *Service) List(ctx context.Context, q Query) ([]ListedAccount, error) {
	a := actor.From(ctx)
	sel := q.selection()
	if a.Kind != actor.System {
		if !a.CanSomewhere(PermManage) {
			return nil, fault.NewForbidden(i18n.Msg{})
		}
		units, all, err := s.org.Covered(ctx, a.Having(PermManage))
		if err != nil {
			return nil, err
		}
		if !all {
			if len(units) == 0 {
				return []ListedAccount{}, nil
			}
			sel.units = units
		}
	}
	rows, err := s.store.list(ctx, s.db, sel)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if rows[i].UnitID == "" {
			continue
		}
		if rows[i].Unit, err = s.unitName(ctx, rows[i].UnitID); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// unitName returns the name of a unit with its agency: "Phòng Hành chính tư pháp, Sở Tư pháp".
func (s *Service) unitName(ctx context.Context, id org.UnitID) (string, error) {
	u, err := s.keeper(ctx, id)
	if err != nil || u.IsAgency {
		return u.Name, err
	}
	a, err := s.org.AgencyOf(ctx, u.ID, clock.Date{})
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return u.Name, nil
	case err != nil:
		return "", err
	}
	return u.Name + ", " + a.Name, nil
}

// Grants returns the grants of an account, the latest first, also those that are
// over. Permission: as for Account.
func (s *Service) Grants(ctx context.Context, account AccountID) ([]GrantView, error) {
	if _, err := s.Account(ctx, account); err != nil {
		return nil, err
	}
	b, err := s.access(ctx, 0)
	if err != nil {
		return nil, err
	}
	rows, err := s.store.grantsOf(ctx, s.db, account)
	if err != nil {
		return nil, err
	}
	list := make([]GrantView, 0, len(rows))
	for _, g := range rows {
		v := GrantView{Grant: g, RoleName: b.roles[g.Role].Name, Holds: g.HoldsOn(s.today())}
		if v.Unit, err = s.unitName(ctx, g.UnitID); err != nil {
			return nil, err
		}
		if g.RevokedAt == nil {
			v.MayEnd = s.mayGive(ctx, b, b.roles[g.Role], g) == nil
		}
		if by, err := s.store.account(ctx, s.db, g.GrantedBy); err == nil {
			v.ByName = by.FullName
		} else if g.GrantedBy == AccountID(actor.SystemActor.ID) {
			v.ByName = actor.SystemActor.Name
		}
		list = append(list, v)
	}
	return list, nil
}

// GrantsNow returns the grants that an account the actor manages or holds carries at this moment.
func (s *Service) GrantsNow(ctx context.Context, account AccountID) ([]actor.Grant, error) {
	if _, err := s.Account(ctx, account); err != nil {
		return nil, err
	}
	b, err := s.access(ctx, 0)
	if err != nil {
		return nil, err
	}
	return s.resolve(ctx, b, b.grants[account])
}

// Grantable returns the roles that the actor may give at some unit, in their order.
func (s *Service) Grantable(ctx context.Context) ([]Role, error) {
	b, err := s.access(ctx, 0)
	if err != nil {
		return nil, err
	}
	all, err := s.store.roles(ctx, s.db)
	if err != nil {
		return nil, err
	}
	a := actor.From(ctx)
	var list []Role
	for _, r := range all {
		if a.Kind == actor.System || slices.ContainsFunc(a.Having(PermManage), func(g actor.Grant) bool { return b.mayGrant(a, r, []reach{{path: g.UnitPath}}) }) {
			list = append(list, r)
		}
	}
	return list, nil
}

// FindUnit returns the one unit of today that a text means: its short name in
// addresses ("so-tu-phap") or its name. Invalid at "unit" when there is none, or
// several, which the message lists.
func (s *Service) FindUnit(ctx context.Context, text string) (org.Unit, error) {
	text = vntext.Clean(text)
	if text == "" {
		return org.Unit{}, fault.NewInvalid("unit", i18n.M("Chọn cơ quan, đơn vị trong danh sách."))
	}
	u, err := s.org.BySlug(ctx, text)
	if err == nil && u.ValidOn(s.today()) {
		return u, nil
	}
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return org.Unit{}, err
	}
	hits, err := s.org.Search(ctx, text, org.SearchOptions{Limit: 6})
	switch {
	case err != nil:
		return org.Unit{}, err
	case len(hits) == 0:
		return org.Unit{}, fault.NewInvalid("unit", i18n.M("Không có cơ quan, đơn vị nào tên là “%s”.", text))
	case len(hits) == 1 || onlyFirst(hits, text, vntext.Lower) || onlyFirst(hits, text, vntext.Fold):
		return hits[0].Unit, nil
	}
	var names []string
	for _, h := range hits {
		names = append(names, h.Unit.Slug)
	}
	return org.Unit{}, fault.NewInvalid("unit", i18n.M("Có nhiều đơn vị khớp. Nhập một tên định danh: %s.", strings.Join(names, "; ")))
}

// onlyFirst reports whether the first of several hits, and no other, has this very name.
func onlyFirst(hits []org.Hit, text string, form func(string) string) bool {
	return form(hits[0].Unit.Name) == form(text) && form(hits[1].Unit.Name) != form(text)
}

// SuggestUnits finds units while somebody types a name. Permission: identity.manage somewhere.
func (s *Service) SuggestUnits(ctx context.Context, text string) ([]org.Hit, error) {
	if !actor.From(ctx).CanSomewhere(PermManage) {
		return nil, fault.NewForbidden(i18n.Msg{})
	}
	return s.org.Search(ctx, text, org.SearchOptions{Limit: 10})
}

// candidatesShown is how many persons a search offers.
const candidatesShown = 20

// Candidates finds persons without an account by name, to make one for. Permission: identity.manage somewhere.
func (s *Service) Candidates(ctx context.Context, text string) ([]Candidate, error) {
	if !actor.From(ctx).CanSomewhere(PermManage) {
		return nil, fault.NewForbidden(i18n.Msg{})
	}
	people, err := s.org.SearchPeople(ctx, text, candidatesShown)
	if err != nil {
		return nil, err
	}
	var list []Candidate
	for _, p := range people {
		if _, err := s.store.accountOfPerson(ctx, s.db, p.ID); err == nil {
			continue
		} else if !errors.Is(err, db.ErrNoRows) {
			return nil, err
		}
		posts, err := s.postsOf(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		c := Candidate{PersonID: p.ID, FullName: p.FullName}
		if main, ok := acting(posts, ""); ok {
			c.Post = main.Title + ", " + main.Unit + ", " + main.Agency
		}
		list = append(list, c)
	}
	return list, nil
}
