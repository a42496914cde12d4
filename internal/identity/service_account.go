package identity

import (
	"context"
	"errors"
	"fmt"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/org"
)

// taken says what a new account shares with one that is there: its person or a sign-in name.
func (s *Service) taken(ctx context.Context, acc Account) error {
	switch err := s.unknownPerson(ctx, acc); {
	case err != nil:
		return err
	case acc.Kind == Official:
		return fault.NewInvalid("name", i18n.M("Tên đăng nhập này đã có người dùng. Hãy chọn tên khác."))
	}
	return fault.NewInvalid("name", i18n.M("Số điện thoại hoặc địa chỉ này đã có tài khoản. Hãy đăng nhập, hoặc dùng số khác."))
}

// unknownPerson returns a Conflict when the person of a new account has one already.
func (s *Service) unknownPerson(ctx context.Context, acc Account) error {
	if acc.PersonID == "" {
		return nil
	}
	_, err := s.store.accountOfPerson(ctx, s.db, acc.PersonID)
	switch {
	case err == nil:
		return fault.NewConflict(i18n.M("%s đã có tài khoản.", acc.FullName))
	case errors.Is(err, db.ErrNoRows):
		return nil
	}
	return err
}

// Register makes the account of a citizen, which can be used at once and is not
// verified. Errors: Invalid by field (name, full_name, personal_id, password,
// consent), also when the sign-in name is taken; Unavailable when the address on
// the network registers too often.
func (s *Service) Register(ctx context.Context, r Registration) (Account, error) {
	name, err := r.clean()
	if err != nil {
		return Account{}, err
	}
	if _, ok := s.limits.Try(actor.From(ctx).IP, s.clock.Now()); !ok {
		return Account{}, tooMany()
	}
	acc := Account{ID: AccountID(id.New()), Kind: Citizen, FullName: r.FullName, PersonalID: r.PersonalID, Status: Active, CreatedAt: s.clock.Now(), Names: []Name{name}}
	switch name.Kind {
	case Phone:
		acc.Phone = name.Text
	case Email:
		acc.Email = name.Text
	}
	if m, bad, err := s.refusedPassword(r.Password, acc); err != nil {
		return Account{}, err
	} else if bad {
		return Account{}, fault.NewInvalid("password", m)
	}
	if acc.PasswordHash, err = s.hash.make(ctx, r.Password); err != nil {
		return Account{}, fmt.Errorf("hash password: %w", err)
	}
	return acc, s.insert(AsHolder(ctx, acc), acc, "identity.register")
}

// insert writes a new account; Invalid at "name" when a sign-in name is taken, Conflict when the person has an account.
func (s *Service) insert(ctx context.Context, acc Account, action string) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.insertAccount(ctx, tx, acc); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: action, Object: "identity.account", ObjectID: string(acc.ID), UnitID: string(acc.UnitID), After: acc,
			Detail: map[string]any{"kind": string(acc.Kind)}})
	})
	if db.IsUnique(err) {
		return s.taken(ctx, acc)
	}
	return err
}

// Me returns the actor's own account.
func (s *Service) Me(ctx context.Context) (Account, error) {
	me, err := signedIn(ctx)
	if err != nil {
		return Account{}, err
	}
	acc, err := s.store.account(ctx, s.db, me)
	return acc, unknownAccount(err)
}

// UpdateProfile changes what the actor's own account says of its holder. The name of
// an official is kept by the agency and stays. Errors: Invalid by field.
func (s *Service) UpdateProfile(ctx context.Context, p Profile) error {
	if err := viaSession(ctx); err != nil {
		return err
	}
	me, err := signedIn(ctx)
	if err != nil {
		return err
	}
	ps := p.clean(s.today())
	if err := ps.Err(); err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		before, err := s.store.account(ctx, tx, me)
		if err != nil {
			return unknownAccount(err)
		}
		after := before
		after.PersonalID, after.BirthDate, after.Phone, after.Email, after.Address = p.PersonalID, p.BirthDate, p.Phone, p.Email, p.Address
		if before.Kind == Citizen {
			after.FullName = p.FullName
		}
		if err := s.store.updateProfile(ctx, tx, after); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "identity.update_profile", Object: "identity.account", ObjectID: string(me), UnitID: string(before.UnitID), Before: before, After: after})
	})
}

// ChangePassword sets a new password for the actor's own account and ends its other
// sessions. Wrong guesses of the old one count like those at sign-in. The old one is
// proof enough unless the account has a second factor: then it asks for a fresh one. Errors:
// Invalid at "old" or "password"; Forbidden while the account's guesses are used up;
// Conflict when somebody else set a password meanwhile.
func (s *Service) ChangePassword(ctx context.Context, old, password string) error {
	if err := viaSession(ctx); err != nil {
		return err
	}
	acc, err := s.Me(ctx)
	if err != nil {
		return err
	}
	guarded, err := s.Guarded(ctx, acc.ID)
	if err != nil {
		return err
	}
	if guarded {
		if err := actor.Fresh(ctx); err != nil {
			return err
		}
	}
	password = cleanPassword(password)
	var ps fault.Problems
	if old == "" {
		ps.Add("old", i18n.M("Nhập mật khẩu đang dùng."))
	}
	if m, bad, err := s.refusedPassword(password, acc); err != nil {
		return err
	} else if bad {
		ps.Add("password", m)
	} else if password == cleanPassword(old) {
		ps.Add("password", i18n.M("Mật khẩu mới giống mật khẩu đang dùng."))
	}
	if err := ps.Err(); err != nil {
		return err
	}
	g := changing(acc.ID)
	leave, err := s.gates.enter(ctx, g.attempts)
	if err != nil {
		return err
	}
	defer leave()
	until, err := s.takeAttempt(ctx, g, s.clock.Now())
	if err != nil {
		return err
	}
	ok, _, err := s.hash.matches(ctx, cleanPassword(old), acc.PasswordHash)
	if err != nil {
		return fmt.Errorf("compare password: %w", err)
	}
	if !ok {
		return s.failed(ctx, g, acc, until)
	}
	hash, err := s.hash.make(ctx, password)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	here, _ := s.current(ctx)
	return s.setPassword(ctx, acc, hash, here.ID, "identity.change_password", g.attempts)
}

// setPassword changes the password of an account as it was seen, ends its sessions but one, and forgets counts of
// attempts. Conflict when the password was changed meanwhile.
func (s *Service) setPassword(ctx context.Context, acc Account, hash string, keep SessionID, action string, attempts ...string) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		if n, err := s.store.setPassword(ctx, tx, acc, hash); err != nil {
			return err
		} else if n == 0 {
			return fault.NewConflict(i18n.Msg{})
		}
		for _, a := range attempts {
			if err := s.store.clearAttempt(ctx, tx, a); err != nil {
				return err
			}
		}
		ended, err := s.store.deleteSessions(ctx, tx, acc.ID, keep)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: action, Object: "identity.account", ObjectID: string(acc.ID), UnitID: string(acc.UnitID), Detail: map[string]any{"ended_sessions": ended}})
	})
}

// AddOfficial makes the account of an official or of a program. Permission:
// identity.manage at the unit that keeps the account. Errors: Invalid by field,
// Conflict when the person has an account already.
func (s *Service) AddOfficial(ctx context.Context, n NewOfficial) (Account, error) {
	acc, err := s.describeOfficial(ctx, &n)
	if err != nil {
		return Account{}, err
	}
	if err := s.manages(ctx, acc.UnitID); err != nil {
		return Account{}, err
	}
	var ps fault.Problems
	name, err := ParseName(n.Name)
	switch {
	case err != nil:
		if err := ps.Merge("", err); err != nil {
			return Account{}, err
		}
	case name.Kind == Phone:
		ps.Add("name", i18n.M("Tài khoản công chức đăng nhập bằng tên hoặc thư điện tử công vụ, không bằng số điện thoại."))
	}
	acc.Names = []Name{name}
	checkName(&acc.FullName, &ps)
	password := cleanPassword(n.Password)
	if m, bad, err := s.refusedPassword(password, acc); err != nil {
		return Account{}, err
	} else if bad {
		ps.Add("password", m)
	}
	if err := ps.Err(); err != nil {
		return Account{}, err
	}
	if err := s.unknownPerson(ctx, acc); err != nil {
		return Account{}, err
	}
	if acc.PasswordHash, err = s.hash.make(ctx, password); err != nil {
		return Account{}, fmt.Errorf("hash password: %w", err)
	}
	return acc, s.insert(ctx, acc, "identity.add_official")
}

// describeOfficial fills a new account from the person and their main post.
func (s *Service) describeOfficial(ctx context.Context, n *NewOfficial) (Account, error) {
	acc := Account{ID: AccountID(id.New()), Kind: Official, FullName: n.FullName, PersonID: n.PersonID, UnitID: n.UnitID, Status: Active, Verified: true, CreatedAt: s.clock.Now()}
	if n.PersonID == "" {
		return acc, nil
	}
	p, err := s.org.Person(ctx, n.PersonID)
	if err != nil {
		return Account{}, err
	}
	if acc.FullName == "" {
		acc.FullName = p.FullName
	}
	acc.Phone, acc.Email, acc.BirthDate = p.Phone, p.Email, p.BirthDate
	if acc.UnitID != "" {
		return acc, nil
	}
	posts, err := s.postsOf(ctx, n.PersonID)
	if err != nil {
		return Account{}, err
	}
	if main, ok := acting(posts, ""); ok {
		acc.UnitID = main.UnitID
	}
	return acc, nil
}

// manages returns Forbidden unless the actor manages the accounts that a unit keeps; the empty unit stands for the whole province.
func (s *Service) manages(ctx context.Context, unit org.UnitID) error {
	a := actor.From(ctx)
	if a.Kind == actor.System {
		return nil
	}
	if !a.SignedIn() {
		return fault.NewUnauthenticated(i18n.Msg{})
	}
	path := ""
	if a.CanSomewhere(PermManage) {
		u, err := s.keeper(ctx, unit)
		if err != nil {
			return err
		}
		path = u.Path
	}
	if !covered([]reach{{unit, path, unit == ""}}, a.Having(PermManage)) {
		return fault.NewForbidden(i18n.M("Tài khoản này không quản lý người dùng của đơn vị đó."))
	}
	return nil
}

// keeper returns the unit whose administrators keep an account: the root for the empty id, the heir of one that ended.
func (s *Service) keeper(ctx context.Context, unit org.UnitID) (org.Unit, error) {
	if unit == "" {
		return s.org.Root(ctx)
	}
	u, err := s.org.Successor(ctx, unit, s.today())
	if fault.KindOf(err) == fault.NotFound {
		return s.org.Root(ctx)
	}
	return u, err
}
