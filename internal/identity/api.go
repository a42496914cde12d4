package identity

import (
	"context"
	"net/http"
	"sort"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/web"
)

// MeV1 (tài khoản đang đăng nhập) is the account of the session as programs see it.
type MeV1 struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind" enum:"citizen,official"`
	FullName string    `json:"full_name"`
	Verified bool      `json:"verified" doc:"Đã có cơ quan đối chiếu người giữ tài khoản."`
	PersonID string    `json:"person_id,omitempty"`
	Title    string    `json:"title,omitempty" doc:"Chức danh ở vị trí đang làm việc."`
	Agency   string    `json:"agency,omitempty"`
	AgencyID string    `json:"agency_id,omitempty"`
	Grants   []GrantV1 `json:"grants"`
}

// GrantV1 (quyền tại đơn vị) is a role the account holds at a unit.
type GrantV1 struct {
	Role        string   `json:"role"`
	UnitID      string   `json:"unit_id"`
	Below       bool     `json:"below" doc:"Cả các đơn vị cấp dưới."`
	Permissions []string `json:"permissions"`
}

type signInInput struct {
	Body struct {
		Name     string `json:"name" maxLength:"200" doc:"Số điện thoại, địa chỉ thư điện tử hoặc tên đăng nhập."`
		Password string `json:"password" maxLength:"500" format:"password"`
		Code     string `json:"code,omitempty" maxLength:"40" doc:"Khi tài khoản có xác thực hai bước: 6 số của ứng dụng, hoặc một mã dự phòng. Cũng gửi được sau, bằng PUT /proof/session/code."`
	}
}

// SignInV1 (kết quả một bước đăng nhập) says how far a sign-in has come.
type SignInV1 struct {
	Me        *MeV1     `json:"me,omitempty" doc:"Không có khi còn bước chưa xong."`
	Stage     Stage     `json:"stage" enum:",verify,enrol" doc:"Rỗng: đã đăng nhập. verify: còn chờ mã xác nhận; enrol: vai trò đòi xác thực hai bước mà tài khoản chưa có. Hai trường hợp sau, mã truy cập chỉ mở được bước còn thiếu."`
	Token     string    `json:"token" doc:"Gửi lại trong tiêu đề Authorization: Bearer …, hoặc dùng cookie kèm theo."`
	ExpiresAt time.Time `json:"expires_at" doc:"Chậm nhất; phiên hết sớm hơn khi không dùng."`
}

type signInOutput struct{ Body SignInV1 }

type registerInput struct {
	Body struct {
		Name       string `json:"name" maxLength:"200" doc:"Số điện thoại hoặc địa chỉ thư điện tử để đăng nhập."`
		FullName   string `json:"full_name" maxLength:"400"`
		PersonalID string `json:"personal_id,omitempty" maxLength:"20" doc:"9 hoặc 12 số."`
		Password   string `json:"password" maxLength:"500" format:"password"`
		Consent    bool   `json:"consent" doc:"Người dùng đồng ý để hệ thống lưu thông tin."`
	}
}

type accountOutput struct {
	Body MeV1
}

type nothing struct{}

// Operations adds the operations of the room to the API.
func (s *Service) Operations(api *web.API) {
	web.Register(api, huma.Operation{
		OperationID: "identity.start_session", Method: http.MethodPut, Path: "/identity/session", Summary: "Đăng nhập",
		Description: "Mở một phiên mới thay cho phiên đang có. Câu trả lời đặt cookie và kèm mã truy cập cho chương trình không dùng cookie. " +
			"Là PUT chứ không phải POST: mã truy cập và mật khẩu không được lưu lại theo Idempotency-Key.",
	}, web.Public, s.apiSignIn)
	web.Register(api, huma.Operation{
		OperationID: "identity.close_session", Method: http.MethodDelete, Path: "/identity/session", Summary: "Đăng xuất", DefaultStatus: http.StatusNoContent,
	}, web.SignedIn, s.apiSignOut)
	web.Register(api, huma.Operation{
		OperationID: "identity.me", Method: http.MethodGet, Path: "/identity/me", Summary: "Tài khoản đang đăng nhập và quyền của tài khoản",
	}, web.SignedIn, s.apiMe)
	web.Register(api, huma.Operation{
		OperationID: "identity.register_account", Method: http.MethodPost, Path: "/identity/accounts", Summary: "Đăng ký tài khoản công dân", DefaultStatus: http.StatusCreated, Metadata: map[string]any{web.Secret: true},
		Description: "Tài khoản dùng được ngay và ở tình trạng chưa xác thực. Sau đó đăng nhập bằng PUT /identity/session.",
	}, web.Public, s.apiRegister)
	s.ownAccount(api)
	s.administration(api)
	s.tokenOperations(api)
}

func (s *Service) apiSignIn(ctx context.Context, in *signInInput) (*signInOutput, error) {
	acc, err := s.SignIn(ctx, in.Body.Name, in.Body.Password)
	if err != nil {
		return nil, err
	}
	session, err := s.begin(ctx, acc, ByPassword)
	if err != nil {
		return nil, err
	}
	if session.Stage == Verify && in.Body.Code != "" {
		if _, _, err := s.VerifyCode(ctx, in.Body.Code); err != nil {
			return nil, err
		}
	}
	out, err := s.SignedIn(ctx)
	return &signInOutput{out}, err
}

func (s *Service) apiSignOut(ctx context.Context, _ *nothing) (*nothing, error) {
	return &nothing{}, s.SignOut(ctx)
}

func (s *Service) apiMe(ctx context.Context, _ *nothing) (*accountOutput, error) {
	acc, err := s.Me(ctx)
	if err != nil {
		return nil, err
	}
	return &accountOutput{describe(actor.From(ctx), acc)}, nil
}

func (s *Service) apiRegister(ctx context.Context, in *registerInput) (*accountOutput, error) {
	b := in.Body
	acc, err := s.Register(ctx, Registration{Name: b.Name, FullName: b.FullName, PersonalID: b.PersonalID, Password: b.Password, Consent: b.Consent})
	if err != nil {
		return nil, err
	}
	return &accountOutput{describe(actor.Actor{}, acc)}, nil
}

// describe is an account with the grants of the actor it belongs to.
func describe(a actor.Actor, acc Account) MeV1 {
	me := MeV1{ID: string(acc.ID), Kind: string(acc.Kind), FullName: acc.FullName, Verified: acc.Verified, PersonID: string(acc.PersonID),
		Title: a.Title, Agency: a.Office, AgencyID: a.OfficeID, Grants: []GrantV1{}}
	for _, g := range a.Grants {
		v := GrantV1{Role: g.Role, UnitID: g.UnitID, Below: g.Below, Permissions: []string{}}
		for p := range g.Permissions {
			v.Permissions = append(v.Permissions, p)
		}
		sort.Strings(v.Permissions)
		me.Grants = append(me.Grants, v)
	}
	return me
}
