package admin

import (
	"strings"

	"lienthong/internal/identity"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
)

// Reach (cách quyền tới đơn vị) says how a grant comes to hold at a unit.
type Reach string

// The ways: given at the unit itself; at the agency with its divisions; at a unit above with all below it.
const (
	AtUnit      Reach = "unit"
	ByDivisions Reach = "divisions"
	ByBelow     Reach = "below"
)

// Reason (căn cứ của quyền) is one chain by which somebody may do something at a unit:
// grant → role → where it was given → how it reaches the unit.
type Reason struct {
	Grant    identity.Grant
	RoleName string
	RoleEN   string

	AtName string // with its agency
	Former string // name of the ended unit it was given at, "" when that is At
	Reach  Reach
	ByName string // who gave it
}

// Entitled (người làm được) is one account that may do something at a unit, with all its reasons.
type Entitled struct {
	AccountID identity.AccountID
	FullName  string
	Title     string
	Program   bool
	Managed   bool // the reader manages the account
	Reasons   []Reason
}

// Obstacle (điều còn thiếu) is the nearest thing that keeps somebody from doing something at a unit.
type Obstacle string

// The obstacles, the nearest first: what is easiest to mend stands first.
const (
	NoObstacle       Obstacle = ""
	ObstacleBlocked  Obstacle = "blocked"    // the account is blocked
	ObstacleNotYet   Obstacle = "not_yet"    // a fitting grant begins later
	ObstacleOver     Obstacle = "over"       // a fitting grant is over or was revoked
	ObstacleReach    Obstacle = "reach"      // a grant at the agency or above does not reach down
	ObstacleRole     Obstacle = "role"       // grants hold here, but their roles lack the permission
	ObstacleUnit     Obstacle = "unit"       // the permission is held elsewhere only
	ObstacleNoGrants Obstacle = "no_grants"  // no grant at all
	ObstacleCitizen  Obstacle = "no_officer" // citizens hold no permissions
)

// Verdict (kết luận) says whether an account may do something at a unit, and why or why not.
type Verdict struct {
	Permission string
	Allowed    bool
	Reasons    []Reason // by which it may
	Obstacle   Obstacle // when it may not
	Near       []Reason // the grants the obstacle is about
	Roles      []string // keys of the roles that hold the permission
}

// Text says in one sentence why or why not. roles are the names of Roles.
func (v Verdict) Text(roles string) i18n.Msg {
	if v.Allowed {
		return v.Reasons[0].Text()
	}
	near := Reason{}
	if len(v.Near) > 0 {
		near = v.Near[0]
	}
	switch v.Obstacle {
	case ObstacleBlocked:
		return i18n.M("Tài khoản đang bị khóa; mở khóa thì làm được.")
	case ObstacleNotYet:
		return i18n.M("Vai trò “%s” tại %s đến ngày %s mới có hiệu lực.", near.RoleName, near.AtName, near.Grant.ValidFrom.Display())
	case ObstacleOver:
		if near.Grant.RevokedAt != nil {
			return i18n.M("Vai trò “%s” tại %s đã bị thu hồi ngày %s.", near.RoleName, near.AtName, clock.DateOf(*near.Grant.RevokedAt).Display())
		}
		return i18n.M("Vai trò “%s” tại %s đã hết hiệu lực từ ngày %s.", near.RoleName, near.AtName, near.Grant.ValidTo.Display())
	case ObstacleReach:
		return i18n.M("Vai trò “%s” được trao tại %s nhưng phạm vi không xuống tới đơn vị này.", near.RoleName, near.AtName)
	case ObstacleRole:
		return i18n.M("Có vai trò “%s” tại đây nhưng vai trò đó không có việc này. Các vai trò có: %s.", near.RoleName, roles)
	case ObstacleUnit:
		return i18n.M("Chỉ làm được việc này tại %s (vai trò “%s”).", near.AtName, near.RoleName)
	case ObstacleCitizen:
		return i18n.M("Tài khoản công dân không giữ vai trò nào.")
	}
	return i18n.M("Chưa có vai trò nào. Các vai trò có việc này: %s.", roles)
}

// Text says in one sentence how the grant comes to hold.
func (r Reason) Text() i18n.Msg {
	switch {
	case r.Former != "":
		return i18n.M("Vai trò “%s” được trao tại %s, nay là %s.", r.RoleName, r.Former, r.AtName)
	case r.Reach == ByBelow:
		return i18n.M("Vai trò “%s” được trao tại %s và mọi đơn vị cấp dưới.", r.RoleName, r.AtName)
	case r.Reach == ByDivisions:
		return i18n.M("Vai trò “%s” được trao tại %s và các phòng, bộ phận.", r.RoleName, r.AtName)
	}
	return i18n.M("Vai trò “%s” được trao tại %s.", r.RoleName, r.AtName)
}

// reach is one unit a grant holds at, with or without all that lies below.
type reach struct {
	path  string
	below bool
}

// reaches says how a grant that holds in a scope comes to hold at a path; false when it does not.
func reaches(scope []reach, path string) (Reach, bool) {
	for i, at := range scope {
		switch {
		case at.path == path && i == 0:
			return AtUnit, true
		case at.path == path:
			return ByDivisions, true
		case at.below && strings.HasPrefix(path, at.path):
			return ByBelow, true
		}
	}
	return "", false
}

// joined lists names in a sentence.
func joined(names []string) string { return strings.Join(names, ", ") }

// nearest orders the obstacles that grants of one account meet.
var nearest = []Obstacle{ObstacleNotYet, ObstacleOver, ObstacleReach, ObstacleRole, ObstacleUnit}
