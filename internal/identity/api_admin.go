package identity

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/web"
	"lienthong/internal/org"
)

// AccountV1 (tài khoản) is an account in a list as programs see it.
type AccountV1 struct {
	ID       string `json:"id"`
	Kind     Kind   `json:"kind" enum:"citizen,official"`
	FullName string `json:"full_name"`
	Name     string `json:"name" doc:"Một tên đăng nhập của tài khoản."`
	UnitID   string `json:"unit_id,omitempty" doc:"Đơn vị quản lý tài khoản."`
	Unit     string `json:"unit,omitempty"`
	Status   Status `json:"status" enum:"active,blocked"`
	Verified bool   `json:"verified"`
}

// AccountDetailV1 (tài khoản và quyền) is one account with everything it was ever granted.
type AccountDetailV1 struct {
	ID           string        `json:"id"`
	Kind         Kind          `json:"kind" enum:"citizen,official"`
	FullName     string        `json:"full_name"`
	Names        []string      `json:"names" doc:"Các tên đăng nhập."`
	PersonID     string        `json:"person_id,omitempty"`
	UnitID       string        `json:"unit_id,omitempty"`
	Status       Status        `json:"status" enum:"active,blocked"`
	Verified     bool          `json:"verified"`
	CreatedAt    time.Time     `json:"created_at"`
	LastSignInAt *time.Time    `json:"last_sign_in_at,omitempty"`
	Grants       []GivenRoleV1 `json:"grants" doc:"Mới nhất trước, cả quyền đã hết hiệu lực."`
}

// GivenRoleV1 (quyền đã trao) is a grant as administrators see it.
type GivenRoleV1 struct {
	ID        string     `json:"id"`
	Role      string     `json:"role"`
	UnitID    string     `json:"unit_id"`
	Unit      string     `json:"unit"`
	Divisions bool       `json:"divisions" doc:"Cả các phòng, bộ phận của đơn vị."`
	Below     bool       `json:"below" doc:"Cả các đơn vị cấp dưới."`
	ValidFrom clock.Date `json:"valid_from"`
	ValidTo   clock.Date `json:"valid_to,omitzero" doc:"Ngày đầu tiên không còn hiệu lực."`
	Reason    string     `json:"reason"`
	GrantedBy string     `json:"granted_by,omitempty"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
	Holds     bool       `json:"holds" doc:"Đang có hiệu lực."`
}

type accountsInput struct {
	web.PageQuery
	Text string `query:"q" maxLength:"200" doc:"Họ tên, có dấu hoặc không dấu, hoặc đầu của tên đăng nhập."`
	Kind string `query:"kind" enum:"citizen,official"`
}

type accountInput struct {
	ID AccountID `path:"id"`
}

type addOfficialInput struct {
	Body struct {
		PersonID org.PersonID `json:"person_id" doc:"Người chưa có tài khoản, từ danh sách candidates."`
		Name     string       `json:"name" maxLength:"200" doc:"Tên đăng nhập hoặc thư điện tử công vụ."`
		Password string       `json:"password" maxLength:"500" format:"password"`
	}
}

type grantInput struct {
	ID   AccountID `path:"id"`
	Body struct {
		Role      string     `json:"role"`
		UnitID    org.UnitID `json:"unit_id"`
		Divisions bool       `json:"divisions,omitempty"`
		Below     bool       `json:"below,omitempty"`
		ValidTo   clock.Date `json:"valid_to,omitzero" doc:"Ngày đầu tiên không còn hiệu lực; không có là không thời hạn."`
		Reason    string     `json:"reason" maxLength:"1000" doc:"Căn cứ, ví dụ số quyết định."`
	}
}

type (
	blockInput struct {
		ID   AccountID `path:"id"`
		Body struct {
			Blocked bool `json:"blocked"`
		}
	}
	resetInput struct {
		ID   AccountID `path:"id"`
		Body struct {
			Password string `json:"password" maxLength:"500" format:"password"`
		}
	}
	roleBody struct {
		Key         string   `json:"key"`
		Name        string   `json:"name"`
		Permissions []string `json:"permissions"`
	}
	candidateBody struct {
		PersonID string `json:"person_id"`
		FullName string `json:"full_name"`
		Post     string `json:"post,omitempty"`
	}
)

// administration adds what administrators do with accounts.
func (s *Service) administration(api *web.API) {
	op := func(name, method, path, summary string) huma.Operation {
		o := huma.Operation{OperationID: "identity." + name, Method: method, Path: "/identity/" + path, Summary: summary}
		if method != http.MethodGet && method != http.MethodPost {
			o.DefaultStatus = http.StatusNoContent
		}
		return o
	}
	proved := func(o huma.Operation) huma.Operation { // what gives somebody more than they had; taking away is quick
		o.Metadata = map[string]any{web.StepUp: true}
		return o
	}
	secret := func(o huma.Operation) huma.Operation {
		o = proved(o)
		o.Metadata[web.Secret] = true
		return o
	}
	web.Register(api, op("list_accounts", http.MethodGet, "accounts", "Các tài khoản mình quản lý"), PermManage, s.apiAccounts)
	web.Register(api, op("read_account", http.MethodGet, "accounts/{id}", "Một tài khoản và các quyền đã trao"), PermManage, s.apiAccount)
	web.Register(api, secret(op("create_official", http.MethodPost, "officials", "Tạo tài khoản công chức")), PermManage, s.apiAddOfficial)
	web.Register(api, proved(op("give_role", http.MethodPost, "accounts/{id}/grants", "Trao vai trò tại một đơn vị")), PermManage, s.apiGrant)
	web.Register(api, op("end_role", http.MethodDelete, "grants/{grant}", "Thu hồi quyền"), PermManage, func(ctx context.Context, in *struct {
		Grant GrantID `path:"grant"`
	}) (*nothing, error) {
		return &nothing{}, s.Revoke(ctx, in.Grant)
	})
	web.Register(api, op("set_blocked", http.MethodPut, "accounts/{id}/blocked", "Khóa hoặc mở khóa tài khoản"), PermManage, func(ctx context.Context, in *blockInput) (*nothing, error) {
		return &nothing{}, s.SetBlocked(ctx, in.ID, in.Body.Blocked)
	})
	web.Register(api, secret(op("set_password", http.MethodPut, "accounts/{id}/password", "Đặt lại mật khẩu")), PermManage, func(ctx context.Context, in *resetInput) (*nothing, error) {
		return &nothing{}, s.ResetPassword(ctx, in.ID, in.Body.Password)
	})
	web.Register(api, op("roles", http.MethodGet, "roles", "Các vai trò mình được trao"), PermManage, s.apiRoles)
	web.Register(api, op("candidates", http.MethodGet, "candidates", "Những người chưa có tài khoản"), PermManage, s.apiCandidates)
}

func (s *Service) apiAccounts(ctx context.Context, in *accountsInput) (*struct{ Body web.PageOf[AccountV1] }, error) {
	p, err := in.Paging(2)
	if err != nil {
		return nil, err
	}
	rows, err := s.List(ctx, Query{Text: in.Text, Kind: Kind(in.Kind), After: p.After, Size: p.Size})
	if err != nil {
		return nil, err
	}
	page := web.NewPageOf(rows, p.Size, ListedAccount.Keys)
	out := web.PageOf[AccountV1]{Items: make([]AccountV1, len(page.Items)), Next: page.Next}
	for i, l := range page.Items {
		out.Items[i] = AccountV1{string(l.ID), l.Kind, l.FullName, l.Name, string(l.UnitID), l.Unit, l.Status, l.Verified}
	}
	return &struct{ Body web.PageOf[AccountV1] }{out}, nil
}

func (s *Service) apiAccount(ctx context.Context, in *accountInput) (*struct{ Body AccountDetailV1 }, error) {
	acc, err := s.Account(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	grants, err := s.Grants(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := AccountDetailV1{ID: string(acc.ID), Kind: acc.Kind, FullName: acc.FullName, Names: []string{}, PersonID: string(acc.PersonID), UnitID: string(acc.UnitID),
		Status: acc.Status, Verified: acc.Verified, CreatedAt: acc.CreatedAt, LastSignInAt: acc.LastSignInAt, Grants: make([]GivenRoleV1, len(grants))}
	for _, n := range acc.Names {
		out.Names = append(out.Names, n.Text)
	}
	for i, g := range grants {
		out.Grants[i] = givenRole(g)
	}
	return &struct{ Body AccountDetailV1 }{out}, nil
}

func givenRole(g GrantView) GivenRoleV1 {
	return GivenRoleV1{string(g.ID), g.Role, string(g.UnitID), g.Unit, g.Divisions, g.Below, g.ValidFrom, g.ValidTo, g.Reason, g.ByName, g.RevokedAt, g.Holds}
}

func (s *Service) apiAddOfficial(ctx context.Context, in *addOfficialInput) (*accountOutput, error) {
	acc, err := s.AddOfficial(ctx, NewOfficial{PersonID: in.Body.PersonID, Name: in.Body.Name, Password: in.Body.Password})
	if err != nil {
		return nil, err
	}
	return &accountOutput{describe(actor.Actor{}, acc)}, nil
}

func (s *Service) apiGrant(ctx context.Context, in *grantInput) (*struct{ Body GivenRoleV1 }, error) {
	b := in.Body
	g, err := s.Grant(ctx, Grant{AccountID: in.ID, Role: b.Role, UnitID: b.UnitID, Divisions: b.Divisions, Below: b.Below, ValidTo: b.ValidTo, Reason: b.Reason})
	if err != nil {
		return nil, err
	}
	unit, err := s.unitName(ctx, g.UnitID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body GivenRoleV1 }{givenRole(GrantView{Grant: g, Unit: unit, ByName: actor.From(ctx).Name, Holds: g.HoldsOn(s.today())})}, nil
}

func (s *Service) apiRoles(ctx context.Context, _ *nothing) (*struct{ Body []roleBody }, error) {
	roles, err := s.Grantable(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]roleBody, len(roles))
	for i, r := range roles {
		out[i] = roleBody{r.Key, r.Name, r.Permissions}
	}
	return &struct{ Body []roleBody }{out}, nil
}

func (s *Service) apiCandidates(ctx context.Context, in *struct {
	Text string `query:"q" maxLength:"200"`
}) (*struct{ Body []candidateBody }, error) {
	people, err := s.Candidates(ctx, in.Text)
	if err != nil {
		return nil, err
	}
	out := make([]candidateBody, len(people))
	for i, c := range people {
		out[i] = candidateBody{string(c.PersonID), c.FullName, c.Post}
	}
	return &struct{ Body []candidateBody }{out}, nil
}
