package identity

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/org"
)

// demoBatch is how many accounts one transaction makes.
const demoBatch = 100

// ImportDemo makes the people of a demonstration from the file demo.yaml of a
// province: made-up officials in every agency and some citizens, all with the one
// password. Its hash is computed once and shared, which is why thousands of
// accounts take seconds; never do that with real people. What is there already
// stays, so running it again adds what is missing. For the system only. A province
// without the file gets nobody.
func (s *Service) ImportDemo(ctx context.Context, fsys fs.FS, password string) (DemoReport, error) {
	if actor.From(ctx).Kind != actor.System {
		return DemoReport{}, fault.NewForbidden(i18n.Msg{})
	}
	src, err := readDemo(fsys)
	if errors.Is(err, fs.ErrNotExist) {
		return DemoReport{}, nil
	}
	if err != nil {
		return DemoReport{}, fault.NewInvalid("", i18n.M("Tệp người dùng thử chưa đúng: %s", err.Error())).Wrap(err)
	}
	b, err := s.access(ctx, 0)
	if err != nil {
		return DemoReport{}, err
	}
	officials, err := s.demoOfficials(ctx, src)
	if err != nil {
		return DemoReport{}, err
	}
	for _, o := range officials {
		if _, ok := b.roles[o.role]; !ok {
			return DemoReport{}, fault.NewInvalid("", i18n.M("Tệp người dùng thử chưa đúng: %s", "no role "+o.role))
		}
	}
	hash, err := s.hash.make(ctx, cleanPassword(password))
	if err != nil {
		return DemoReport{}, fmt.Errorf("hash password: %w", err)
	}
	var report DemoReport
	for len(officials) > 0 {
		n := min(demoBatch, len(officials))
		if err := s.addDemoOfficials(ctx, officials[:n], hash, &report); err != nil {
			return report, err
		}
		officials = officials[n:]
	}
	for _, c := range src.Citizens {
		if err := s.addDemoCitizen(ctx, c, hash, &report); err != nil {
			return report, err
		}
	}
	report.SignIns, err = s.demoSignIns(ctx, src.Shown)
	return report, err
}

// demoOfficials applies the rules to all agencies of today.
func (s *Service) demoOfficials(ctx context.Context, src demoSource) ([]demoOfficial, error) {
	agencies, err := s.org.List(ctx, org.Filter{Agencies: true})
	if err != nil {
		return nil, err
	}
	var list []demoOfficial
	for i, a := range agencies {
		divisions, err := s.org.Divisions(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		for _, r := range src.Officials {
			if !r.fits(a) {
				continue
			}
			if o, ok := r.in(a, divisions, i+1); ok {
				list = append(list, o)
			}
		}
	}
	for _, p := range src.People {
		unit, err := s.org.BySlug(ctx, p.Unit)
		if err != nil {
			return nil, err
		}
		at, err := s.org.BySlug(ctx, p.At)
		if err != nil {
			return nil, err
		}
		list = append(list, demoOfficial{p.User, p.Name, p.Title, p.Role, unit, at, p.Below})
	}
	return list, nil
}

// addDemoOfficials makes the officials of a batch that are not there: persons and posts first, then their accounts at once.
func (s *Service) addDemoOfficials(ctx context.Context, batch []demoOfficial, hash string, report *DemoReport) error {
	var accounts []Account
	var grants []Grant
	now := s.clock.Now()
	for _, o := range batch {
		name, err := ParseName(o.user)
		if err != nil {
			return fmt.Errorf("sign-in name %q: %w", o.user, err)
		}
		if _, err := s.store.accountByName(ctx, s.db, name.Text); err == nil {
			report.Unchanged++
			continue
		} else if !errors.Is(err, db.ErrNoRows) {
			return err
		}
		person, err := s.org.AddPerson(ctx, org.Person{FullName: o.name})
		if err != nil {
			return fmt.Errorf("person %s: %w", o.name, err)
		}
		if _, err := s.org.AddPost(ctx, org.Post{PersonID: person.ID, UnitID: o.unit.ID, Title: o.title, Main: true, SourceAct: demoReason}); err != nil {
			return fmt.Errorf("post of %s: %w", o.name, err)
		}
		acc := Account{ID: AccountID(id.New()), Kind: Official, FullName: o.name, PersonID: person.ID, UnitID: o.unit.ID, PasswordHash: hash, Status: Active,
			Verified: true, CreatedAt: now, Names: []Name{name}}
		accounts = append(accounts, acc)
		grants = append(grants, Grant{ID: GrantID(id.New()), AccountID: acc.ID, Role: o.role, UnitID: o.at.ID, Divisions: true, Below: o.below, ValidFrom: s.today(),
			Reason: demoReason, GrantedBy: AccountID(actor.SystemActor.ID), GrantedAt: now})
	}
	if len(accounts) == 0 {
		return nil
	}
	report.Officials += len(accounts)
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		for i, acc := range accounts {
			if err := s.store.insertAccount(ctx, tx, acc); err != nil {
				return err
			}
			if err := s.store.insertGrant(ctx, tx, grants[i]); err != nil {
				return fmt.Errorf("insert grant: %w", err)
			}
		}
		if err := s.store.bump(ctx, tx); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "identity.import_demo", Object: "identity.account", ObjectID: "demo", After: accounts,
			Detail: map[string]any{"accounts": len(accounts), "first": string(accounts[0].ID), "last": string(accounts[len(accounts)-1].ID)}})
	})
}

// demoReason stands where a decision would be named.
const demoReason = "Dữ liệu dùng thử"

func (s *Service) addDemoCitizen(ctx context.Context, c demoCitizen, hash string, report *DemoReport) error {
	name, err := ParseName(c.Login)
	if err != nil {
		return err
	}
	if _, err := s.store.accountByName(ctx, s.db, name.Text); err == nil {
		report.Unchanged++
		return nil
	} else if !errors.Is(err, db.ErrNoRows) {
		return err
	}
	acc := Account{ID: AccountID(id.New()), Kind: Citizen, FullName: c.Name, PersonalID: c.PersonalID, BirthDate: c.BirthDate, Address: c.Address,
		PasswordHash: hash, Status: Active, CreatedAt: s.clock.Now(), Names: []Name{name}}
	if name.Kind == Phone {
		acc.Phone = name.Text
	} else {
		acc.Email = name.Text
	}
	report.Citizens++
	return s.insert(ctx, acc, "identity.import_demo")
}

// demoSignIns fills the table of sign-ins; names that are not there are left out.
func (s *Service) demoSignIns(ctx context.Context, shown []demoShown) ([]DemoSignIn, error) {
	var list []DemoSignIn
	for _, x := range shown {
		acc, err := s.store.accountByName(ctx, s.db, x.User)
		if errors.Is(err, db.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, err
		}
		line := DemoSignIn{Name: x.User, Who: acc.FullName, As: x.As}
		if acc.UnitID != "" {
			a, err := s.org.AgencyOf(ctx, acc.UnitID, clock.Date{})
			if err != nil {
				return nil, err
			}
			line.Unit = a.Name
		}
		list = append(list, line)
	}
	return list, nil
}
