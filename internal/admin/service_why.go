package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/org"
)

func (room *Room) today() clock.Date { return clock.DateOf(room.Clock.Now()) }

// known returns Invalid for a permission that is none.
func (room *Room) known(permission string) error {
	if !slices.ContainsFunc(room.Permissions, func(p actor.Permission) bool { return p.Key == permission }) {
		return fault.NewInvalid("permission", i18n.M("Chọn một việc trong danh sách."))
	}
	return nil
}

// asked returns a unit somebody asks about, as of today; Forbidden for those who do not manage its people.
func (room *Room) asked(ctx context.Context, unit org.UnitID) (org.Unit, error) {
	u, err := room.Org.Successor(ctx, unit, room.today())
	if err == nil && !actor.From(ctx).Can(identity.PermManage, u.Path) {
		err = fault.NewForbidden(i18n.M("Tài khoản này không quản lý người dùng của đơn vị đó."))
	}
	return u, err
}

// rolesWith returns all roles by key, and the keys of those that hold a permission, in their order.
func (room *Room) rolesWith(ctx context.Context, permission string) (all map[string]identity.Role, with []string, err error) {
	list, err := room.Identity.Roles(ctx)
	all = map[string]identity.Role{}
	for _, r := range list {
		all[r.Key] = r
		if slices.Contains(r.Permissions, permission) {
			with = append(with, r.Key)
		}
	}
	return all, with, err
}

// asSystem reads what an answer is made of: the right to the answer itself was looked at before.
func asSystem(ctx context.Context) context.Context { return actor.With(ctx, actor.SystemActor) }

// WhoCan returns everybody who may do something at a unit, by name, with the reasons: also
// people of other units whose grants reach it. Permission: identity.manage at the
// unit. Errors: Invalid for an unknown permission, NotFound for the unit.
func (room *Room) WhoCan(ctx context.Context, permission string, unit org.UnitID) ([]Entitled, error) {
	if err := room.known(permission); err != nil {
		return nil, err
	}
	u, err := room.asked(ctx, unit)
	if err != nil {
		return nil, err
	}
	roles, with, err := room.rolesWith(ctx, permission)
	if err != nil {
		return nil, err
	}
	able, err := room.Identity.Able(ctx, permission, u.Path)
	if err != nil {
		return nil, err
	}
	list := make([]Entitled, 0, len(able))
	for _, c := range able {
		acc, err := room.Identity.Account(asSystem(ctx), c.AccountID)
		if err != nil {
			return nil, err
		}
		grants, err := room.Identity.Grants(asSystem(ctx), c.AccountID)
		if err != nil {
			return nil, err
		}
		reasons, err := room.reasons(ctx, roles, fitting(grants, with), u)
		if err != nil {
			return nil, err
		}
		_, err = room.Identity.Account(ctx, c.AccountID)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return nil, err
		}
		list = append(list, Entitled{AccountID: c.AccountID, FullName: c.Name, Title: c.Title, Program: acc.Program(), Managed: err == nil, Reasons: reasons})
	}
	return list, nil
}

// fitting keeps the grants of some roles.
func fitting(grants []identity.GrantView, roles []string) []identity.GrantView {
	return slices.DeleteFunc(slices.Clone(grants), func(g identity.GrantView) bool { return !slices.Contains(roles, g.Role) })
}

// scope returns where a grant holds or would hold today; nowhere when its unit ended without an heir.
func (room *Room) scope(ctx context.Context, g identity.Grant) ([]reach, error) {
	u, err := room.Org.Successor(ctx, g.UnitID, room.today())
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("unit of grant %s: %w", g.ID, err)
	}
	scope := []reach{{u.Path, g.Below}}
	if !g.Divisions || g.Below {
		return scope, nil
	}
	parts, err := room.Org.Divisions(ctx, u.ID)
	for _, p := range parts {
		scope = append(scope, reach{p.Path, false})
	}
	return scope, err
}

// reasons returns those of some grants that hold at a unit today.
func (room *Room) reasons(ctx context.Context, roles map[string]identity.Role, grants []identity.GrantView, u org.Unit) ([]Reason, error) {
	var list []Reason
	for _, g := range grants {
		if !g.Holds {
			continue
		}
		scope, err := room.scope(ctx, g.Grant)
		if err != nil {
			return nil, err
		}
		how, ok := reaches(scope, u.Path)
		if !ok {
			continue
		}
		r, err := room.reason(ctx, roles, g)
		if err != nil {
			return nil, err
		}
		r.Reach = how
		list = append(list, r)
	}
	return list, nil
}

// reason describes a grant.
func (room *Room) reason(ctx context.Context, roles map[string]identity.Role, g identity.GrantView) (Reason, error) {
	role := roles[g.Role]
	r := Reason{Grant: g.Grant, RoleName: role.Name, RoleEN: role.NameEN, ByName: g.ByName, AtName: g.Unit}
	old, err := room.Org.Unit(ctx, g.UnitID)
	if err != nil {
		return Reason{}, err
	}
	if !old.ValidOn(room.today()) {
		r.Former = old.Name
	}
	return r, nil
}

// Why says for each of some permissions (none: all there are) whether an account may use
// it at a unit, and why or what is missing. Permission: the actor manages the account and
// the unit. Errors as of WhoCan, NotFound for the account.
func (room *Room) Why(ctx context.Context, account identity.AccountID, unit org.UnitID, permissions ...string) ([]Verdict, error) {
	acc, err := room.Identity.Account(ctx, account)
	if err != nil {
		return nil, err
	}
	u, err := room.asked(ctx, unit)
	if err != nil {
		return nil, err
	}
	if len(permissions) == 0 {
		for _, p := range room.Permissions {
			permissions = append(permissions, p.Key)
		}
	}
	grants, err := room.Identity.Grants(asSystem(ctx), account)
	if err != nil {
		return nil, err
	}
	verdicts := make([]Verdict, len(permissions))
	for i, p := range permissions {
		if err := room.known(p); err != nil {
			return nil, err
		}
		if verdicts[i], err = room.verdict(ctx, acc, grants, u, p); err != nil {
			return nil, err
		}
	}
	return verdicts, nil
}

// verdict looks at all grants an account ever had.
func (room *Room) verdict(ctx context.Context, acc identity.Account, all []identity.GrantView, u org.Unit, permission string) (Verdict, error) {
	roles, with, err := room.rolesWith(ctx, permission)
	if err != nil {
		return Verdict{}, err
	}
	v := Verdict{Permission: permission, Roles: with}
	if acc.Kind != identity.Official {
		v.Obstacle = ObstacleCitizen
		return v, nil
	}
	if v.Reasons, err = room.reasons(ctx, roles, fitting(all, with), u); err != nil {
		return Verdict{}, err
	}
	if len(v.Reasons) > 0 {
		if v.Allowed = acc.Status == identity.Active; !v.Allowed {
			v.Obstacle, v.Near = ObstacleBlocked, v.Reasons
		}
		return v, nil
	}
	met := map[Obstacle][]Reason{}
	for _, g := range all {
		o, err := room.obstacle(ctx, g, slices.Contains(with, g.Role), u)
		if err != nil {
			return Verdict{}, err
		}
		if o == NoObstacle {
			continue
		}
		r, err := room.reason(ctx, roles, g)
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

// obstacle says what keeps one grant from allowing something at a unit; fits says that its
// role would. NoObstacle is a grant that is far from it.
func (room *Room) obstacle(ctx context.Context, g identity.GrantView, fits bool, u org.Unit) (Obstacle, error) {
	scope, err := room.scope(ctx, g.Grant)
	if err != nil || len(scope) == 0 {
		return NoObstacle, err
	}
	_, here := reaches(scope, u.Path)
	switch {
	case !fits && here && g.Holds:
		return ObstacleRole, nil
	case !fits:
		return NoObstacle, nil
	case here && g.RevokedAt == nil && room.today().Before(g.ValidFrom):
		return ObstacleNotYet, nil
	case here:
		return ObstacleOver, nil
	case g.Holds && strings.HasPrefix(u.Path, scope[0].path):
		return ObstacleReach, nil
	case g.Holds:
		return ObstacleUnit, nil
	}
	return NoObstacle, nil
}

// peopleOf returns the accounts of officials and programs that the actor manages, whose units lie at or below
// a path and whose names fit a text, at most severalMost; more says that there are others.
func (room *Room) peopleOf(ctx context.Context, under, text string) (found []identity.ListedAccount, more bool, err error) {
	q := identity.Query{Text: text, Kind: identity.Official, Size: severalMost}
	for {
		list, err := room.Identity.List(ctx, q)
		if err != nil {
			return nil, false, err
		}
		for _, l := range list[:min(len(list), q.Size)] {
			q.After = l.Keys()
			path, err := room.Org.UnitPath(ctx, string(l.UnitID))
			switch {
			case err != nil:
				return nil, false, err
			case !strings.HasPrefix(path, under):
			case len(found) == severalMost:
				return found, true, nil
			default:
				found = append(found, l)
			}
		}
		if len(list) <= q.Size {
			return found, false, nil
		}
	}
}
