package identity

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/org"
)

// postsKept is how long a change of posts may stay unseen; posts are kept by the room org.
const postsKept = 5 * time.Second

func (s *Service) today() clock.Date { return clock.DateOf(s.clock.Now()) }

func (s *Service) record(ctx context.Context, tx *db.Tx, e audit.Entry) error {
	return audit.Record(audit.WithClock(ctx, s.clock), tx, e)
}

func unknownAccount(err error) error {
	if errors.Is(err, db.ErrNoRows) {
		return fault.NewNotFound(i18n.M("Không tìm thấy tài khoản này."))
	}
	return err
}

// access returns roles and grants of a version or later. A session says which
// version it saw; zero asks the database.
func (s *Service) access(ctx context.Context, version int64) (*book, error) {
	s.mu.Lock()
	held := s.book
	s.mu.Unlock()
	if version == 0 {
		var err error
		if version, err = s.store.version(ctx, s.db); err != nil {
			return nil, fmt.Errorf("read version of grants: %w", err)
		}
	}
	if held != nil && held.version >= version {
		return held, nil
	}
	for {
		b, err := s.loadBook(ctx, s.db, version)
		if err != nil {
			return nil, err
		}
		after, err := s.store.version(ctx, s.db)
		if err != nil {
			return nil, err
		}
		if after != version { // changed while the tables were read one by one
			version = after
			continue
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.book == nil || s.book.version < b.version {
			s.book = b
		}
		return s.book, nil
	}
}

func (s *Service) loadBook(ctx context.Context, q db.Querier, version int64) (*book, error) {
	roles, err := s.store.roles(ctx, q)
	if err != nil {
		return nil, err
	}
	grants, err := s.store.openGrants(ctx, q, s.today())
	if err != nil {
		return nil, fmt.Errorf("read grants: %w", err)
	}
	officers, err := s.store.officers(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("read accounts with grants: %w", err)
	}
	return newBook(version, roles, grants, officers), nil
}

// resolve turns grants into what an actor carries: those that hold today, each at
// its unit or, when that has ended, at its heir.
func (s *Service) resolve(ctx context.Context, b *book, grants []Grant) ([]actor.Grant, error) {
	var list []actor.Grant
	today := s.today()
	for _, g := range grants {
		if !g.HoldsOn(today) {
			continue
		}
		scope, err := s.scope(ctx, g)
		if err != nil {
			return nil, fmt.Errorf("units of grant %s: %w", g.ID, err)
		}
		for _, at := range scope {
			list = append(list, actor.Grant{Role: g.Role, Permissions: b.sets[g.Role], UnitID: string(at.unit), UnitPath: at.path, Below: at.below})
		}
	}
	return list, nil
}

// scope returns where a grant holds today; nowhere when its unit ended without an heir.
func (s *Service) scope(ctx context.Context, g Grant) ([]reach, error) {
	u, err := s.org.Successor(ctx, g.UnitID, s.today())
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	scope := []reach{{u.ID, u.Path, g.Below}}
	if !g.Divisions || g.Below {
		return scope, nil
	}
	parts, err := s.org.Divisions(ctx, u.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		scope = append(scope, reach{p.ID, p.Path, false})
	}
	return scope, nil
}

// actorOf returns who acts in a session.
func (s *Service) actorOf(ctx context.Context, l loadedSession) (actor.Actor, error) {
	a := l.actor()
	if l.Kind != Official {
		return a, nil
	}
	b, err := s.access(ctx, l.Version)
	if err != nil {
		return actor.Actor{}, err
	}
	if a.Grants, err = s.resolve(ctx, b, b.grants[l.AccountID]); err != nil {
		return actor.Actor{}, err
	}
	posts, err := s.postsOf(ctx, l.PersonID)
	if err != nil {
		return actor.Actor{}, err
	}
	if p, ok := acting(posts, l.PostID); ok {
		a.Title, a.Office, a.OfficeID = p.Title, p.Agency, string(p.AgencyID)
	}
	return a, nil
}

// postsOf returns the posts a person holds today, the main one first.
func (s *Service) postsOf(ctx context.Context, person org.PersonID) ([]HeldPost, error) {
	if person == "" {
		return nil, nil
	}
	now, today := s.clock.Now(), s.today()
	s.mu.Lock()
	held, ok := s.posts[person]
	s.mu.Unlock()
	if ok && held.on == today && !now.Before(held.at) && now.Sub(held.at) < postsKept {
		return held.posts, nil
	}
	rows, err := s.org.PostsOf(ctx, person, today)
	if err != nil {
		return nil, fmt.Errorf("posts of %s: %w", person, err)
	}
	held = heldPosts{at: now, on: today}
	for _, row := range rows {
		p, err := s.describe(ctx, row)
		if fault.KindOf(err) == fault.NotFound {
			continue // at a unit that ended without an heir
		}
		if err != nil {
			return nil, err
		}
		held.posts = append(held.posts, p)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.posts) > 10_000 {
		clear(s.posts)
	}
	s.posts[person] = held
	return held.posts, nil
}

func (s *Service) describe(ctx context.Context, p org.Post) (HeldPost, error) {
	u, err := s.org.Successor(ctx, p.UnitID, s.today())
	if err != nil {
		return HeldPost{}, err
	}
	a, err := s.org.AgencyOf(ctx, u.ID, clock.Date{})
	if err != nil {
		return HeldPost{}, err
	}
	return HeldPost{ID: p.ID, UnitID: u.ID, Title: p.Title, Unit: u.Name, AgencyID: a.ID, Agency: a.Name, Main: p.Main, UnitPath: u.Path}, nil
}

// Able returns who may do something at a unit, by name: for choosing who gets the
// work. unitPath is the path of the unit, "/a/b/".
func (s *Service) Able(ctx context.Context, permission, unitPath string) ([]Colleague, error) {
	b, err := s.access(ctx, 0)
	if err != nil {
		return nil, err
	}
	roles := b.having(permission)
	var able []Colleague
	for id, o := range b.officers {
		near, err := s.near(ctx, b.grants[id], roles, unitPath)
		if err != nil {
			return nil, err
		}
		grants, err := s.resolve(ctx, b, near)
		if err != nil {
			return nil, err
		}
		if !(actor.Actor{Grants: grants}).Can(permission, unitPath) {
			continue
		}
		posts, err := s.postsOf(ctx, o.PersonID)
		if err != nil {
			return nil, err
		}
		able = append(able, Colleague{AccountID: id, Name: o.FullName, Title: titleAt(posts, unitPath)})
	}
	sort.Slice(able, func(i, j int) bool {
		if c := vntext.Compare(able[i].Name, able[j].Name); c != 0 {
			return c < 0
		}
		return able[i].AccountID < able[j].AccountID
	})
	return able, nil
}

// near returns the grants of some roles that may hold at a unit: at it or above it, or at a unit that has ended.
func (s *Service) near(ctx context.Context, grants []Grant, roles map[string]bool, unitPath string) ([]Grant, error) {
	var list []Grant
	for _, g := range grants {
		if !roles[g.Role] {
			continue
		}
		if !strings.Contains(unitPath, "/"+string(g.UnitID)+"/") {
			u, err := s.org.Unit(ctx, g.UnitID)
			if err != nil {
				return nil, fmt.Errorf("unit of grant %s: %w", g.ID, err)
			}
			if u.ValidTo.IsZero() {
				continue
			}
		}
		list = append(list, g)
	}
	return list, nil
}

// titleAt returns the title in the post nearest to a unit: the post whose unit shares most of the path.
func titleAt(posts []HeldPost, unitPath string) string {
	title, best := "", -1
	for _, p := range posts {
		shared := 0
		for i, part := range strings.Split(p.UnitPath, "/") {
			if parts := strings.Split(unitPath, "/"); i < len(parts) && parts[i] == part {
				shared++
				continue
			}
			break
		}
		if shared > best {
			title, best = p.Title, shared
		}
	}
	return title
}

// Roles returns all roles, in the order of the province's file.
func (s *Service) Roles(ctx context.Context) ([]Role, error) {
	return s.store.roles(ctx, s.db)
}

// UnitEnded hands the accounts that an ended unit kept to its heir. It is the
// subscriber of org.unit_ended; running it again does nothing. Grants need no
// handing over: they hold at the heir by themselves.
func (s *Service) UnitEnded(ctx context.Context, e event.Event) error {
	var ended org.UnitEnded
	if err := e.Decode(&ended); err != nil {
		return err
	}
	if ended.Heir == "" {
		return nil
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err := s.store.moveAccounts(ctx, tx, ended.UnitID, ended.Heir)
		if err != nil || n == 0 {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "identity.move_accounts", Object: "org.unit", ObjectID: string(ended.UnitID), UnitID: string(ended.Heir),
			Detail: map[string]any{"accounts": n, "heir": string(ended.Heir)}})
	})
}

// Clean forgets sessions that are over, old counts of wrong passwords and old history. A timer calls it.
func (s *Service) Clean(ctx context.Context) error {
	now := s.clock.Now()
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		if _, err := s.store.cleanSessions(ctx, tx, now, now.Add(-s.config.Idle)); err != nil {
			return fmt.Errorf("clean sessions: %w", err)
		}
		if err := s.store.cleanAttempts(ctx, tx, now.Add(-2*s.config.LockFor)); err != nil {
			return fmt.Errorf("clean attempts: %w", err)
		}
		if err := s.store.cleanHistory(ctx, tx, now.Add(-s.config.HistoryKept)); err != nil {
			return fmt.Errorf("clean history: %w", err)
		}
		return nil
	})
}
