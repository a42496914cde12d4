package admin

import (
	"context"

	"lienthong/internal/identity"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/web"
	"lienthong/internal/org"
)

// ReasonV1 (căn cứ của quyền) is one chain by which somebody may do something at a unit.
type ReasonV1 struct {
	GrantID   string     `json:"grant_id"`
	Role      string     `json:"role"`
	UnitID    string     `json:"unit_id" doc:"Đơn vị nơi quyền được trao."`
	Unit      string     `json:"unit"`
	Former    string     `json:"former,omitempty" doc:"Tên đơn vị đã kết thúc, nơi quyền được trao trước đây."`
	Reach     Reach      `json:"reach,omitempty" doc:"unit: trao tại đây; divisions: cùng các phòng, bộ phận; below: cùng mọi đơn vị cấp dưới."`
	ValidFrom clock.Date `json:"valid_from"`
	ValidTo   clock.Date `json:"valid_to,omitzero"`
	GivenBy   string     `json:"given_by,omitempty"`
	Reason    string     `json:"reason" doc:"Căn cứ trao quyền."`
	Text      string     `json:"text"`
}

// EntitledV1 (người làm được) is an account that may do something at a unit.
type EntitledV1 struct {
	AccountID string     `json:"account_id"`
	FullName  string     `json:"full_name"`
	Title     string     `json:"title,omitempty"`
	Program   bool       `json:"program"`
	Reasons   []ReasonV1 `json:"reasons"`
}

// VerdictV1 (kết luận) says whether an account may do something, and why or what is missing.
type VerdictV1 struct {
	Permission string     `json:"permission"`
	Allowed    bool       `json:"allowed"`
	Obstacle   Obstacle   `json:"obstacle,omitempty" doc:"Điều còn thiếu, gần nhất trước."`
	Text       string     `json:"text"`
	Reasons    []ReasonV1 `json:"reasons" doc:"Các quyền cho phép, hoặc các quyền gần đủ nhất."`
	Roles      []string   `json:"roles" doc:"Các vai trò có việc này."`
}

type (
	whoInput struct {
		Permission string     `query:"permission" required:"true" maxLength:"100"`
		Unit       org.UnitID `query:"unit_id" required:"true" maxLength:"100"`
	}
	whyInput struct {
		ID         identity.AccountID `path:"id"`
		Permission string             `query:"permission" maxLength:"100" doc:"Không có là mọi việc."`
		Unit       org.UnitID         `query:"unit_id" required:"true" maxLength:"100"`
	}
)

// Operations adds the operations of the room to the API.
func (room *Room) Operations(api *web.API) {
	web.Get(api, "admin.who", "why", "Ai làm được việc này tại đơn vị, và vì sao", identity.PermManage, func(ctx context.Context, in *whoInput) (*web.Listed[EntitledV1], error) {
		list, err := room.WhoCan(ctx, in.Permission, in.Unit)
		return web.ListOf(list, err, func(e Entitled) EntitledV1 {
			return EntitledV1{string(e.AccountID), e.FullName, e.Title, e.Program, web.Present(e.Reasons, reasonV1)}
		})
	})
	web.Get(api, "admin.verdicts", "accounts/{id}/why", "Một người làm được gì tại đơn vị, và vì sao", identity.PermManage, func(ctx context.Context, in *whyInput) (*web.Listed[VerdictV1], error) {
		var asked []string
		if in.Permission != "" {
			asked = []string{in.Permission}
		}
		list, err := room.Why(ctx, in.ID, in.Unit, asked...)
		return web.ListOf(list, err, func(v Verdict) VerdictV1 {
			shown := v.Reasons
			if len(shown) == 0 {
				shown = v.Near
			}
			return VerdictV1{v.Permission, v.Allowed, v.Obstacle, v.Text(joined(v.Roles)).String(), web.Present(shown, reasonV1), append([]string{}, v.Roles...)}
		})
	})
}

func reasonV1(r Reason) ReasonV1 {
	g := r.Grant
	return ReasonV1{string(g.ID), g.Role, string(g.UnitID), r.AtName, r.Former, r.Reach, g.ValidFrom, g.ValidTo, r.ByName, g.Reason, r.Text().String()}
}
