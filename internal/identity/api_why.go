package identity

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/web"
	"lienthong/internal/org"
)

// ReasonV1 (căn cứ của quyền) is one chain by which somebody may do something at a unit.
type ReasonV1 struct {
	Grant    GivenRoleV1 `json:"grant"`
	RoleName string      `json:"role_name"`
	Reach    Reach       `json:"reach,omitempty" enum:"unit,divisions,below" doc:"Quyền tới đơn vị này vì được trao tại đây, cùng các phòng, bộ phận, hay cùng mọi đơn vị cấp dưới."`
	Former   string      `json:"former,omitempty" doc:"Tên đơn vị đã kết thúc, nơi quyền được trao trước đây."`
	Text     string      `json:"text"`
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
		ID         AccountID  `path:"id"`
		Permission string     `query:"permission" maxLength:"100" doc:"Không có là mọi việc."`
		Unit       org.UnitID `query:"unit_id" required:"true" maxLength:"100"`
	}
	endGrantInput struct {
		Grant GrantID `path:"grant"`
		Body  struct {
			On     clock.Date `json:"on,omitzero" doc:"Ngày đầu tiên không còn hiệu lực; không có là ngay bây giờ."`
			Reason string     `json:"reason,omitempty" maxLength:"1000"`
		}
	}
)

// whyOperations adds the questions who may do what, and why.
func (s *Service) whyOperations(api *web.API) {
	web.Get(api, "identity.who_can", "why", "Ai làm được việc này tại đơn vị, và vì sao", PermManage, func(ctx context.Context, in *whoInput) (*web.Listed[EntitledV1], error) {
		list, err := s.WhoCan(ctx, in.Permission, in.Unit)
		return web.ListOf(list, err, func(e Entitled) EntitledV1 {
			return EntitledV1{string(e.AccountID), e.FullName, e.Title, e.Program, web.Present(e.Reasons, s.reasonV1)}
		})
	})
	web.Get(api, "identity.why", "accounts/{id}/why", "Một người làm được gì tại đơn vị, và vì sao", web.SignedIn, func(ctx context.Context, in *whyInput) (*web.Listed[VerdictV1], error) {
		var asked []string
		if in.Permission != "" {
			asked = []string{in.Permission}
		}
		list, err := s.Why(ctx, in.ID, in.Unit, asked...)
		return web.ListOf(list, err, func(v Verdict) VerdictV1 {
			shown := append(append([]Reason{}, v.Reasons...), v.Near...)
			if v.Obstacle == ObstacleBlocked {
				shown = v.Reasons
			}
			return VerdictV1{v.Permission, v.Allowed, v.Obstacle, v.Text(joined(v.Roles)).String(), web.Present(shown, s.reasonV1), append([]string{}, v.Roles...)}
		})
	})
	end := huma.Operation{OperationID: "identity.end_grant", Method: http.MethodPut, Path: "/identity/grants/{grant}/end", Summary: "Cho quyền hết hiệu lực, ngay hoặc từ một ngày", DefaultStatus: http.StatusNoContent}
	web.Register(api, end, PermManage, func(ctx context.Context, in *endGrantInput) (*nothing, error) {
		return &nothing{}, s.EndGrant(ctx, in.Grant, in.Body.On, in.Body.Reason)
	})
	out := huma.Operation{OperationID: "identity.end_sessions_of", Method: http.MethodDelete, Path: "/identity/accounts/{id}/sessions", Summary: "Đăng xuất một tài khoản khỏi mọi thiết bị", DefaultStatus: http.StatusNoContent}
	web.Register(api, out, PermManage, func(ctx context.Context, in *accountInput) (*nothing, error) {
		return &nothing{}, s.EndSessionsOf(ctx, in.ID)
	})
}

func (s *Service) reasonV1(r Reason) ReasonV1 {
	return ReasonV1{Grant: givenRole(GrantView{Grant: r.Grant, Unit: r.AtName, ByName: r.ByName, Holds: r.Grant.HoldsOn(s.today())}), RoleName: r.RoleName, Reach: r.Reach, Former: r.Former, Text: r.Text().String()}
}
