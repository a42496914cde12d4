package identity

import (
	"context"
	"errors"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/org"
)

// Appointment (lập tài khoản quản trị) is somebody the program does not know yet who is to administer all of it.
type Appointment struct {
	Name     string // to sign in with
	FullName string
	Title    string // of the post, "Quản trị hệ thống"
	Unit     string // where the post is, by its short name or its name; empty: the root
	Role     string // given at the root and everything below it
	Reason   string
	Password string
}

// Appoint makes a person with a post, an account and a role for the whole province: so the first administrator comes
// into an empty program, and another one when nobody can sign in any more. For the system only. Errors: Invalid by
// field, Conflict when the sign-in name is taken; nothing is made then.
func (s *Service) Appoint(ctx context.Context, a Appointment) (Account, error) {
	if actor.From(ctx).Kind != actor.System {
		return Account{}, fault.NewForbidden(i18n.Msg{})
	}
	root, err := s.org.Root(ctx)
	if fault.KindOf(err) == fault.NotFound {
		return Account{}, fault.NewConflict(i18n.M("Chưa có cơ quan nào. Hãy nạp dữ liệu của tỉnh trước."))
	}
	if err != nil {
		return Account{}, err
	}
	unit := root
	if a.Unit != "" {
		if unit, err = s.FindUnit(ctx, a.Unit); err != nil {
			return Account{}, err
		}
	}
	g := Grant{Role: a.Role, UnitID: root.ID, Divisions: true, Below: true, ValidFrom: s.today(), Reason: a.Reason}
	if err := s.checkAppointment(ctx, &a, &g); err != nil {
		return Account{}, err
	}
	person, err := s.org.AddPerson(ctx, org.Person{FullName: a.FullName})
	if err != nil {
		return Account{}, err
	}
	if _, err := s.org.AddPost(ctx, org.Post{PersonID: person.ID, UnitID: unit.ID, Title: a.Title, Main: true}); err != nil {
		return Account{}, err
	}
	acc, err := s.AddOfficial(ctx, NewOfficial{Name: a.Name, PersonID: person.ID, UnitID: unit.ID, Password: a.Password})
	if err != nil {
		return Account{}, err
	}
	g.AccountID = acc.ID
	_, err = s.Grant(ctx, g)
	return acc, err
}

// checkAppointment finds what would stop an appointment half-way.
func (s *Service) checkAppointment(ctx context.Context, a *Appointment, g *Grant) error {
	var ps fault.Problems
	name, err := ParseName(a.Name)
	if err := ps.Merge("", err); err != nil {
		return err
	}
	if name.Kind == Phone {
		ps.Add("name", i18n.M("Tài khoản công chức đăng nhập bằng tên hoặc thư điện tử công vụ, không bằng số điện thoại."))
	}
	checkName(&a.FullName, &ps)
	if m, bad, err := s.refusedPassword(cleanPassword(a.Password), Account{Kind: Official, FullName: a.FullName, Names: []Name{name}}); err != nil {
		return err
	} else if bad {
		ps.Add("password", m)
	}
	b, err := s.access(ctx, 0)
	if err != nil {
		return err
	}
	if _, err := s.checkGrant(ctx, b, g); err != nil {
		if err := ps.Merge("", err); err != nil {
			return err
		}
	}
	if err := ps.Err(); err != nil {
		return err
	}
	if _, err := s.store.accountByName(ctx, s.db, name.Text); err == nil {
		return fault.NewConflict(i18n.M("Đã có tài khoản tên “%s”.", name.Text))
	} else if !errors.Is(err, db.ErrNoRows) {
		return err
	}
	return nil
}
