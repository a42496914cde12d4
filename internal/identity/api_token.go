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

// TokenV1 (mã truy cập) is a token as programs see it, without what it opens with.
type TokenV1 struct {
	ID         string     `json:"id"`
	AccountID  string     `json:"account_id"`
	Name       string     `json:"name"`
	Ending     string     `json:"ending" doc:"Bốn ký tự cuối của mã."`
	Scopes     []string   `json:"scopes"`
	Networks   []string   `json:"networks" doc:"Các địa chỉ mạng được dùng mã; không có là ở đâu cũng được."`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresOn  clock.Date `json:"expires_on" doc:"Ngày đầu tiên không còn dùng được."`
	LastUsedAt *time.Time `json:"last_used_at,omitempty"`
	LastUsedIP string     `json:"last_used_ip,omitempty"`
	RevokedAt  *time.Time `json:"revoked_at,omitempty"`
	Holds      bool       `json:"holds" doc:"Đang dùng được."`
}

// MadeTokenV1 (mã truy cập mới) is a new token with its secret, which is told this once.
type MadeTokenV1 struct {
	Token  TokenV1 `json:"token"`
	Secret string  `json:"secret" doc:"Gửi trong tiêu đề Authorization: Bearer …. Chỉ trả về một lần này."`
}

// TokenBody (yêu cầu tạo mã truy cập) is what a program says of a token it asks for.
type TokenBody struct {
	Name      string     `json:"name" maxLength:"200"`
	Scopes    []string   `json:"scopes" maxItems:"100" doc:"Các quyền room.verb, room.* cho mọi quyền của một phòng, * cho mọi việc tài khoản được làm; thêm read để chỉ được đọc."`
	Networks  string     `json:"networks,omitempty" maxLength:"2000" doc:"Các địa chỉ mạng hoặc dải, cách nhau bằng dấu phẩy."`
	ExpiresOn clock.Date `json:"expires_on,omitzero" doc:"Trong vòng một năm; không có là 90 ngày."`
}

func (b TokenBody) wish() NewToken {
	return NewToken(b)
}

type (
	tokenInput struct {
		Token TokenID `path:"token"`
	}
	makeTokenInput struct {
		Body TokenBody
	}
	tokenOfInput struct {
		ID    AccountID `path:"id"`
		Token TokenID   `path:"token"`
	}
	makeSecretInput struct {
		ID   AccountID `path:"id"`
		Body TokenBody
	}
	addProgramInput struct {
		Body struct {
			Name     string     `json:"name" maxLength:"200" doc:"Tên định danh, ví dụ phan-mem-mot-cua.so-tu-phap."`
			FullName string     `json:"full_name" maxLength:"400"`
			UnitID   org.UnitID `json:"unit_id" doc:"Đơn vị chịu trách nhiệm."`
		}
	}
	madeTokenOutput struct{ Body MadeTokenV1 }
)

// tokenOperations adds what one does with tokens and the accounts of programs.
func (s *Service) tokenOperations(api *web.API) {
	op := func(name, method, path, summary string, status int) huma.Operation {
		return huma.Operation{OperationID: "identity." + name, Method: method, Path: "/identity/" + path, Summary: summary, DefaultStatus: status, Metadata: map[string]any{web.Secret: method == http.MethodPost, web.StepUp: method == http.MethodPost}}
	}
	web.Register(api, op("tokens", http.MethodGet, "tokens", "Các mã truy cập của mình", 0), web.SignedIn, func(ctx context.Context, _ *nothing) (*web.Listed[TokenV1], error) {
		list, err := s.Tokens(ctx)
		return web.ListOf(list, err, s.tokenV1)
	})
	web.Register(api, op("make_token", http.MethodPost, "tokens", "Tạo mã truy cập cho mình", http.StatusCreated), web.SignedIn, func(ctx context.Context, in *makeTokenInput) (*madeTokenOutput, error) {
		return s.madeV1(s.MakeToken(ctx, in.Body.wish()))
	})
	web.Register(api, op("revoke_token", http.MethodDelete, "tokens/{token}", "Thu hồi mã truy cập của mình", http.StatusNoContent), web.SignedIn, func(ctx context.Context, in *tokenInput) (*nothing, error) {
		return &nothing{}, s.RevokeToken(ctx, in.Token)
	})
	web.Register(api, op("tokens_of", http.MethodGet, "accounts/{id}/tokens", "Các mã truy cập của một tài khoản mình quản lý", 0), PermManage, func(ctx context.Context, in *accountInput) (*web.Listed[TokenV1], error) {
		list, err := s.TokensOf(ctx, in.ID)
		return web.ListOf(list, err, s.tokenV1)
	})
	web.Register(api, op("make_secret", http.MethodPost, "accounts/{id}/tokens", "Tạo mã truy cập cho tài khoản phần mềm", http.StatusCreated), PermManage, func(ctx context.Context, in *makeSecretInput) (*madeTokenOutput, error) {
		return s.madeV1(s.MakeSecret(ctx, in.ID, in.Body.wish()))
	})
	web.Register(api, op("revoke_token_of", http.MethodDelete, "accounts/{id}/tokens/{token}", "Thu hồi mã truy cập của một tài khoản mình quản lý", http.StatusNoContent), PermManage, func(ctx context.Context, in *tokenOfInput) (*nothing, error) {
		return &nothing{}, s.RevokeTokenOf(ctx, in.ID, in.Token)
	})
	program := op("create_program", http.MethodPost, "programs", "Tạo tài khoản phần mềm", http.StatusCreated)
	program.Metadata = nil
	web.Register(api, program, PermManage, func(ctx context.Context, in *addProgramInput) (*accountOutput, error) {
		acc, err := s.AddProgram(ctx, NewProgram{Name: in.Body.Name, FullName: in.Body.FullName, UnitID: in.Body.UnitID})
		if err != nil {
			return nil, err
		}
		return &accountOutput{describe(actor.Actor{}, acc)}, nil
	})
}

func (s *Service) tokenV1(t Token) TokenV1 {
	return TokenV1{string(t.ID), string(t.AccountID), t.Name, t.Ending, append([]string{}, t.Scopes...), append([]string{}, t.Networks...),
		t.CreatedAt, t.ExpiresOn, t.LastUsedAt, t.LastUsedIP, t.RevokedAt, t.HoldsOn(s.today())}
}

func (s *Service) madeV1(t Token, secret string, err error) (*madeTokenOutput, error) {
	if err != nil {
		return nil, err
	}
	return &madeTokenOutput{MadeTokenV1{s.tokenV1(t), secret}}, nil
}
