package identity

import (
	"context"
	"slices"

	"lienthong/internal/audit"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/id"
)

// Holder (người giữ tài khoản) is what the program knows of the holder of an account today. Who may be told what of it
// is for the caller to decide.
type Holder struct {
	Account Account
	Posts   []HeldPost // of an official, the main one first
	Roles   []HeldRole // that hold today
}

// HeldRole (vai trò đang giữ) is a role at a unit.
type HeldRole struct {
	Role   string
	UnitID string
	Below  bool
}

// Verified (người đã được định danh) is who somebody is, as a service that has checked it says.
type Verified struct {
	By         string // the service, for the audit record
	FullName   string
	PersonalID string
	BirthDate  clock.Date
	Phone      string
	Email      string
}

// Door (lối đăng nhập khác) is a way in by an outside identity service.
type Door struct {
	Name string // "VNeID"
	Href string // where to begin; takes ?next=
}

// Doors knows the ways in that another room keeps.
type Doors interface {
	Entrances(ctx context.Context) ([]Door, error)
}

// OfferDoors shows further ways in on the sign-in page. It is called while the house is wired.
func (s *Service) OfferDoors(d Doors) { s.doors = d }

// Holder returns what the program knows of the holder of an account; NotFound when there is none. It asks for no
// permission: rooms call it, not people.
func (s *Service) Holder(ctx context.Context, account AccountID) (Holder, error) {
	acc, err := s.store.account(ctx, s.db, account)
	if err != nil {
		return Holder{}, unknownAccount(err)
	}
	h := Holder{Account: acc}
	if acc.Kind != Official {
		return h, nil
	}
	if h.Posts, err = s.postsOf(ctx, acc.PersonID); err != nil {
		return Holder{}, err
	}
	b, err := s.access(ctx, 0)
	if err != nil {
		return Holder{}, err
	}
	grants, err := s.resolve(ctx, b, slices.DeleteFunc(slices.Clone(b.grants[account]), func(g Grant) bool { return !g.HoldsOn(s.today()) }))
	if err != nil {
		return Holder{}, err
	}
	for _, g := range grants {
		h.Roles = append(h.Roles, HeldRole{Role: g.Role, UnitID: g.UnitID, Below: g.Below})
	}
	return h, nil
}

// Programs returns the accounts of programs: officials' accounts without a person, by name. It asks for no permission.
func (s *Service) Programs(ctx context.Context) ([]Account, error) {
	return s.store.programs(ctx, s.db)
}

// CurrentSession returns the session of the request; ok is false when there is none, as for a program with an access token.
func (s *Service) CurrentSession(ctx context.Context) (session Session, ok bool) {
	l, ok := s.current(ctx)
	return l.Session, ok
}

// WithPersonalID returns the accounts that name a personal number. Citizens write theirs down themselves: the number
// alone proves nothing.
func (s *Service) WithPersonalID(ctx context.Context, number string) ([]Account, error) {
	if !personalIDForm.MatchString(number) {
		return nil, nil
	}
	return s.store.accountsByPersonalID(ctx, s.db, number)
}

// Enter begins a session for the holder of an account whom an outside service recognised. It stands for the password: a
// second factor is asked for all the same. Forbidden when the account is blocked.
func (s *Service) Enter(ctx context.Context, account AccountID, by string) error {
	acc, err := s.store.account(ctx, s.db, account)
	if err != nil {
		return unknownAccount(err)
	}
	if acc.Status != Active {
		return s.Refuse(ctx, acc, ByService, "identity.refuse_sign_in", blockedAccount())
	}
	guarded, err := s.Guarded(ctx, account)
	if err != nil {
		return err
	}
	as := AsHolder(ctx, acc)
	err = s.db.Tx(as, func(tx *db.Tx) error {
		outcome, action := Entered, "identity.sign_in"
		if guarded {
			outcome, action = Halfway, "identity.enter_by_service"
		} else if err := s.store.signedIn(as, tx, acc.ID, s.clock.Now()); err != nil {
			return err
		}
		if err := s.remember(as, tx, acc, ByService, outcome); err != nil {
			return err
		}
		return s.record(as, tx, audit.Entry{Action: action, Object: "identity.account", ObjectID: string(acc.ID), UnitID: string(acc.UnitID), Detail: map[string]any{"by": by}})
	})
	if err != nil {
		return err
	}
	_, err = s.begin(ctx, acc, ByService)
	return err
}

// AddVerified makes the account of a citizen whom an outside service recognised: verified, without a password and
// without a sign-in name. Invalid by field when the service says no usable name or number.
func (s *Service) AddVerified(ctx context.Context, v Verified) (Account, error) {
	p, err := v.profile(s.today())
	if err != nil {
		return Account{}, err
	}
	acc := Account{ID: AccountID(id.New()), Kind: Citizen, FullName: p.FullName, PersonalID: p.PersonalID, BirthDate: p.BirthDate, Phone: p.Phone, Email: p.Email,
		Status: Active, Verified: true, CreatedAt: s.clock.Now()}
	as := AsHolder(ctx, acc)
	return acc, s.db.Tx(as, func(tx *db.Tx) error {
		if err := s.store.insertAccount(as, tx, acc); err != nil {
			return err
		}
		return s.record(as, tx, audit.Entry{Action: "identity.register", Object: "identity.account", ObjectID: string(acc.ID), After: acc,
			Detail: map[string]any{"kind": string(acc.Kind), "by": v.By}})
	})
}

// Verify notes on the actor's own account, a citizen's, who its holder is. What an official's account says stays as the agency keeps it.
func (s *Service) Verify(ctx context.Context, v Verified) error {
	me, err := signedIn(ctx)
	if err != nil {
		return err
	}
	p, err := v.profile(s.today())
	if err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		before, err := s.store.account(ctx, tx, me)
		if err != nil {
			return unknownAccount(err)
		}
		if before.Kind != Citizen {
			return nil
		}
		after := before
		after.FullName, after.PersonalID, after.Verified = p.FullName, p.PersonalID, true
		if !p.BirthDate.IsZero() {
			after.BirthDate = p.BirthDate
		}
		if err := s.store.updateProfile(ctx, tx, after); err != nil {
			return err
		}
		if err := s.store.setVerified(ctx, tx, me); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "identity.verify", Object: "identity.account", ObjectID: string(me), UnitID: string(before.UnitID), Before: before, After: after,
			Detail: map[string]any{"by": v.By}})
	})
}

// profile brings what a service says into its form. Without a name nobody can be addressed; what else does not fit is left out.
func (v Verified) profile(today clock.Date) (Profile, error) {
	p := Profile{FullName: v.FullName, PersonalID: v.PersonalID, BirthDate: v.BirthDate, Phone: v.Phone, Email: v.Email}
	var must fault.Problems
	for _, problem := range p.clean(today) {
		switch problem.Field {
		case "birth_date":
			p.BirthDate = clock.Date{}
		case "phone":
			p.Phone = ""
		case "email":
			p.Email = ""
		default:
			must.Add(problem.Field, problem.Msg)
		}
	}
	return p, must.Err()
}
