package identity

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/org"
)

// asked is a unit somebody asks about, as of today.
func (s *Service) asked(ctx context.Context, unit org.UnitID) (org.Unit, error) {
	u, err := s.org.Successor(ctx, unit, s.today())
	if err != nil {
		return org.Unit{}, err
	}
	return u, s.manages(ctx, u.ID)
}

// WhoCan returns everybody who may do something at a unit, by name, with the reasons: also
// people of other units whose grants reach it. Permission: identity.manage at the
// unit. Errors: Invalid for an unknown permission, NotFound for the unit.
func (s *Service) WhoCan(ctx context.Context, permission string, unit org.UnitID) ([]Entitled, error) {
	if !s.known[permission] {
		return nil, fault.NewInvalid("permission", i18n.M("Chọn một việc trong danh sách."))
	}
	u, err := s.asked(ctx, unit)
	if err != nil {
		return nil, err
	}
	b, err := s.access(ctx, 0)
	if err != nil {
		return nil, err
	}
	roles := b.having(permission)
	var able []Entitled
	for id, o := range b.officers {
		near, err := s.near(ctx, b.grants[id], roles, u.Path)
		if err != nil {
			return nil, err
		}
		reasons, err := s.reasons(ctx, b, near, u)
		if err != nil {
			return nil, err
		}
		if len(reasons) == 0 {
			continue
		}
		posts, err := s.postsOf(ctx, o.PersonID)
		if err != nil {
			return nil, err
		}
		_, err = s.Account(ctx, id)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return nil, err
		}
		able = append(able, Entitled{AccountID: id, FullName: o.FullName, Title: titleAt(posts, u.Path), Program: o.PersonID == "", Managed: err == nil, Reasons: reasons})
	}
	sort.Slice(able, func(i, j int) bool {
		if c := vntext.Compare(able[i].FullName, able[j].FullName); c != 0 {
			return c < 0
		}
		return able[i].AccountID < able[j].AccountID
	})
	return able, nil
}

// reasons returns those of some grants that hold at a unit today.
func (s *Service) reasons(ctx context.Context, b *book, grants []Grant, u org.Unit) ([]Reason, error) {
	var list []Reason
	for _, g := range grants {
		if !g.HoldsOn(s.today()) {
			continue
		}
		scope, err := s.scope(ctx, g)
		if err != nil {
			return nil, fmt.Errorf("units of grant %s: %w", g.ID, err)
		}
		how, ok := reaches(g, scope, u.Path)
		if !ok {
			continue
		}
		r, err := s.reason(ctx, b, g)
		if err != nil {
			return nil, err
		}
		r.Reach = how
		list = append(list, r)
	}
	return list, nil
}

// reason describes a grant.
func (s *Service) reason(ctx context.Context, b *book, g Grant) (Reason, error) {
	role := b.roles[g.Role]
	r := Reason{Grant: g, RoleName: role.Name, RoleEN: role.NameEN, ByName: s.nameOf(ctx, g.GrantedBy)}
	var err error
	if r.At, err = s.keeper(ctx, g.UnitID); err != nil {
		return Reason{}, err
	}
	if r.AtName, err = s.unitName(ctx, r.At.ID); err != nil {
		return Reason{}, err
	}
	if r.At.ID != g.UnitID {
		old, err := s.org.Unit(ctx, g.UnitID)
		if err != nil {
			return Reason{}, err
		}
		r.Former = old.Name
	}
	return r, nil
}

// nameOf returns the name of an account for showing who did something; empty when it is unknown.
func (s *Service) nameOf(ctx context.Context, account AccountID) string {
	if account == AccountID(actor.SystemActor.ID) {
		return actor.SystemActor.Name
	}
	acc, err := s.store.account(ctx, s.db, account)
	if err != nil {
		return ""
	}
	return acc.FullName
}

// Why says for each of some permissions (none: all there are) whether an account may use
// it at a unit, and why or what is missing. Permission: the actor holds the account or
// manages it, and manages the unit. Errors as of WhoCan.
func (s *Service) Why(ctx context.Context, account AccountID, unit org.UnitID, permissions ...string) ([]Verdict, error) {
	acc, err := s.Account(ctx, account)
	if err != nil {
		return nil, err
	}
	u, err := s.org.Successor(ctx, unit, s.today())
	if err != nil {
		return nil, err
	}
	if actor.From(ctx).ID != string(account) {
		if err := s.manages(ctx, u.ID); err != nil {
			return nil, err
		}
	}
	if len(permissions) == 0 {
		for p := range s.known {
			permissions = append(permissions, p)
		}
		slices.Sort(permissions)
	}
	b, err := s.access(ctx, 0)
	if err != nil {
		return nil, err
	}
	all, err := s.store.grantsOf(ctx, s.db, account)
	if err != nil {
		return nil, err
	}
	verdicts := make([]Verdict, len(permissions))
	for i, p := range permissions {
		if !s.known[p] {
			return nil, fault.NewInvalid("permission", i18n.M("Chọn một việc trong danh sách."))
		}
		if verdicts[i], err = s.verdict(ctx, b, acc, all, u, p); err != nil {
			return nil, err
		}
	}
	return verdicts, nil
}

// verdict looks at all grants an account ever had.
func (s *Service) verdict(ctx context.Context, b *book, acc Account, all []Grant, u org.Unit, permission string) (Verdict, error) {
	having := b.having(permission)
	v := Verdict{Permission: permission}
	for key := range having {
		v.Roles = append(v.Roles, key)
	}
	sort.Slice(v.Roles, func(i, j int) bool { return b.roles[v.Roles[i]].Rank < b.roles[v.Roles[j]].Rank })
	if acc.Kind != Official {
		v.Obstacle = ObstacleCitizen
		return v, nil
	}
	fitting := slices.DeleteFunc(slices.Clone(all), func(g Grant) bool { return !having[g.Role] })
	reasons, err := s.reasons(ctx, b, fitting, u)
	if err != nil {
		return Verdict{}, err
	}
	if len(reasons) > 0 {
		v.Reasons, v.Allowed = reasons, acc.Status == Active
		if !v.Allowed {
			v.Obstacle, v.Near = ObstacleBlocked, reasons
		}
		return v, nil
	}
	met := map[Obstacle][]Reason{}
	for _, g := range all {
		o, err := s.obstacle(ctx, g, having[g.Role], u)
		if err != nil {
			return Verdict{}, err
		}
		if o == NoObstacle {
			continue
		}
		r, err := s.reason(ctx, b, g)
		if err != nil {
			return Verdict{}, err
		}
		met[o] = append(met[o], r)
	}
	v.Obstacle = ObstacleNoGrants
	for _, o := range nearest {
		if len(met[o]) > 0 {
			v.Obstacle, v.Near = o, met[o]
			break
		}
	}
	return v, nil
}

// obstacle says what keeps one grant from allowing something at a unit; fits says that its role would.
// NoObstacle is a grant that is far from it.
func (s *Service) obstacle(ctx context.Context, g Grant, fits bool, u org.Unit) (Obstacle, error) {
	scope, err := s.scope(ctx, g)
	if err != nil || len(scope) == 0 {
		return NoObstacle, err
	}
	_, here := reaches(g, scope, u.Path)
	holds := g.HoldsOn(s.today())
	switch {
	case !fits && here && holds:
		return ObstacleRole, nil
	case !fits:
		return NoObstacle, nil
	case here && g.RevokedAt == nil && s.today().Before(g.ValidFrom):
		return ObstacleNotYet, nil
	case here:
		return ObstacleOver, nil
	case holds && strings.HasPrefix(u.Path, scope[0].path):
		return ObstacleReach, nil
	case holds:
		return ObstacleUnit, nil
	}
	return NoObstacle, nil
}

// Holders counts the open grants of each role at the units the actor manages. Permission: identity.manage somewhere.
func (s *Service) Holders(ctx context.Context) (map[string]int, error) {
	a := actor.From(ctx)
	managing := a.Having(PermManage)
	if a.Kind != actor.System && len(managing) == 0 {
		return nil, fault.NewForbidden(i18n.Msg{})
	}
	b, err := s.access(ctx, 0)
	if err != nil {
		return nil, err
	}
	count := map[string]int{}
	for id := range b.officers {
		for _, g := range b.grants[id] {
			u, err := s.keeper(ctx, g.UnitID)
			if err != nil {
				return nil, err
			}
			if g.HoldsOn(s.today()) && (a.Kind == actor.System || covered([]reach{{unit: u.ID, path: u.Path}}, managing)) {
				count[g.Role]++
			}
		}
	}
	return count, nil
}

// HeldGrant (quyền đang trao, để hiển thị) is an open grant with the names one shows.
type HeldGrant struct {
	Grant
	FullName string
	RoleName string
	RoleEN   string
	Unit     string
	Holds    bool // today; false when it begins later
}

// GrantsAt returns the open grants at a unit and below it (empty: at all units) that the actor
// manages, of one role or of all, by name. Permission: identity.manage somewhere.
func (s *Service) GrantsAt(ctx context.Context, unit org.UnitID, role string) ([]HeldGrant, error) {
	a := actor.From(ctx)
	managing := a.Having(PermManage)
	if a.Kind != actor.System && len(managing) == 0 {
		return nil, fault.NewForbidden(i18n.Msg{})
	}
	under := ""
	if unit != "" {
		u, err := s.org.Successor(ctx, unit, s.today())
		if err != nil {
			return nil, err
		}
		under = u.Path
	}
	b, err := s.access(ctx, 0)
	if err != nil {
		return nil, err
	}
	list := []HeldGrant{}
	for id, o := range b.officers {
		for _, g := range b.grants[id] {
			u, err := s.keeper(ctx, g.UnitID)
			if err != nil {
				return nil, err
			}
			if role != "" && g.Role != role || !strings.HasPrefix(u.Path, under) || a.Kind != actor.System && !covered([]reach{{unit: u.ID, path: u.Path}}, managing) {
				continue
			}
			h := HeldGrant{Grant: g, FullName: o.FullName, RoleName: b.roles[g.Role].Name, RoleEN: b.roles[g.Role].NameEN, Holds: g.HoldsOn(s.today())}
			if h.Unit, err = s.unitName(ctx, u.ID); err != nil {
				return nil, err
			}
			list = append(list, h)
		}
	}
	sort.Slice(list, func(i, j int) bool {
		if c := vntext.Compare(list[i].FullName, list[j].FullName); c != 0 {
			return c < 0
		}
		return list[i].ID < list[j].ID
	})
	return list, nil
}
