package identity

import (
	"slices"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/org"
)

// GrantID (mã nội bộ của lần trao quyền) names one grant for ever.
type GrantID string

// Grant (trao quyền tại đơn vị) gives an account a role at a unit, from ValidFrom
// until the day before ValidTo. With Divisions it reaches the divisions of the unit
// too, with Below everything below it, lower agencies among it. Grants are never
// deleted: a revoked one stays as evidence.
type Grant struct {
	ID        GrantID    `db:"id"`
	AccountID AccountID  `db:"account_id"`
	Role      string     `db:"role"`
	UnitID    org.UnitID `db:"unit_id"`
	Divisions bool       `db:"divisions"`
	Below     bool       `db:"below"`
	ValidFrom clock.Date `db:"valid_from"` // zero in a new grant: today
	ValidTo   clock.Date `db:"valid_to"`   // zero: open
	Reason    string     `db:"reason"`
	GrantedBy AccountID  `db:"granted_by"`
	GrantedAt time.Time  `db:"granted_at"`
	RevokedBy AccountID  `db:"revoked_by"`
	RevokedAt *time.Time `db:"revoked_at"`
}

// HoldsOn reports whether the grant counts on a date.
func (g Grant) HoldsOn(on clock.Date) bool {
	return g.RevokedAt == nil && on.Within(g.ValidFrom, g.ValidTo)
}

// Colleague (đồng nghiệp) is somebody who may do something, for choosing who gets the work.
type Colleague struct {
	AccountID AccountID
	Name      string
	Title     string // in the post at the unit in question, else in the main post
}

// book is all roles and grants in memory, as of one version. It is never changed.
type book struct {
	version  int64
	roles    map[string]Role
	sets     map[string]map[string]bool // permissions by role
	grants   map[AccountID][]Grant
	officers map[AccountID]officer
}

// officer is an account that has grants and can be used.
type officer struct {
	ID       AccountID    `db:"id"`
	FullName string       `db:"full_name"`
	PersonID org.PersonID `db:"person_id"`
}

func newBook(version int64, roles []Role, grants []Grant, officers []officer) *book {
	b := &book{version: version, roles: map[string]Role{}, sets: map[string]map[string]bool{}, grants: map[AccountID][]Grant{}, officers: map[AccountID]officer{}}
	for _, r := range roles {
		b.roles[r.Key] = r
		b.sets[r.Key] = map[string]bool{}
		for _, p := range r.Permissions {
			b.sets[r.Key][p] = true
		}
	}
	for _, g := range grants {
		b.grants[g.AccountID] = append(b.grants[g.AccountID], g)
	}
	for _, o := range officers {
		b.officers[o.ID] = o
	}
	return b
}

// having returns the roles that hold a permission.
func (b *book) having(permission string) map[string]bool {
	roles := map[string]bool{}
	for key, set := range b.sets {
		if set[permission] {
			roles[key] = true
		}
	}
	return roles
}

// covers reports whether a grant reaches at least as far as another one at the same unit.
func (g Grant) covers(o Grant) bool {
	return g.Below || !o.Below && (g.Divisions || !o.Divisions)
}

// reach is one unit a grant holds at, with or without all that lies below.
type reach struct {
	unit  org.UnitID
	path  string
	below bool
}

// covered reports whether grants hold everywhere in a scope.
func covered(scope []reach, grants []actor.Grant) bool {
	for _, at := range scope {
		if !slices.ContainsFunc(grants, func(g actor.Grant) bool { return g.Covers(at.path) && (g.Below || !at.below) }) {
			return false
		}
	}
	return len(scope) > 0
}

// with returns the grants that hold a permission. Unlike Having it keeps those that
// others contain: their roles may differ.
func with(grants []actor.Grant, permission string) []actor.Grant {
	return slices.DeleteFunc(slices.Clone(grants), func(g actor.Grant) bool { return !g.Permissions[permission] })
}

// mayGrant reports whether an actor may give a role in a scope: managing accounts
// there, and either entitled to give this role or holding all its permissions there.
func (b *book) mayGrant(a actor.Actor, r Role, scope []reach) bool {
	if a.Kind == actor.System {
		return true
	}
	managing := with(a.Grants, PermManage)
	if !covered(scope, managing) {
		return false
	}
	entitled := slices.DeleteFunc(slices.Clone(managing), func(g actor.Grant) bool { return !slices.Contains(b.roles[g.Role].MayGrant, r.Key) })
	if covered(scope, entitled) {
		return true
	}
	for _, p := range r.Permissions {
		if !covered(scope, with(a.Grants, p)) {
			return false
		}
	}
	return true
}
