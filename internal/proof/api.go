package proof

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/identity"
	"lienthong/internal/kit/web"
)

type (
	reachedOutput struct{ Body identity.SignInV1 }
	codeInput     struct {
		Body struct {
			Code string `json:"code" maxLength:"40" doc:"6 số của ứng dụng xác thực, hoặc một mã dự phòng."`
		}
	}
	proofInput struct {
		Body struct {
			Code     string `json:"code,omitempty" maxLength:"40" doc:"Khi tài khoản có xác thực hai bước: 6 số của ứng dụng, hoặc một mã dự phòng."`
			Password string `json:"password,omitempty" maxLength:"500" format:"password" doc:"Khi tài khoản chỉ có mật khẩu."`
		}
	}
	optionsOutput struct {
		Body struct {
			Options any `json:"options" doc:"Tham số publicKey cho navigator.credentials, dạng JSON của WebAuthn."`
		}
	}
	credentialInput struct {
		Body struct {
			Credential json.RawMessage `json:"credential" doc:"Câu trả lời của navigator.credentials, dạng JSON của WebAuthn."`
		}
	}
	newPasskeyInput struct {
		Body struct {
			Name       string          `json:"name,omitempty" maxLength:"200" doc:"Tên gọi để nhận ra khóa này."`
			Credential json.RawMessage `json:"credential" doc:"Câu trả lời của navigator.credentials.create, dạng JSON của WebAuthn."`
		}
	}
	seedBody struct {
		Seed    string `json:"seed" doc:"Mã bí mật base32 cho ứng dụng xác thực."`
		Address string `json:"address" doc:"Nội dung mã QR."`
		Ticket  string `json:"ticket" doc:"Gửi lại cùng mã đầu tiên; hết hạn sau 20 phút."`
	}
	newAppInput struct {
		Body struct {
			Ticket string `json:"ticket" maxLength:"2000"`
			Name   string `json:"name,omitempty" maxLength:"200"`
			Code   string `json:"code" maxLength:"40" doc:"6 số ứng dụng đang hiện."`
		}
	}
	codesOutput struct {
		Body struct {
			RecoveryCodes []string `json:"recovery_codes" doc:"Chỉ hiện lần này. Rỗng khi tài khoản đã có mã dự phòng từ trước."`
		}
	}
	factorBody struct {
		ID         FactorID       `json:"id"`
		Kind       identity.Means `json:"kind" enum:"totp,passkey"`
		Name       string         `json:"name"`
		CreatedAt  time.Time      `json:"created_at"`
		LastUsedAt *time.Time     `json:"last_used_at,omitempty"`
	}
	factorsBody struct {
		Factors  []factorBody `json:"factors"`
		Recovery int          `json:"recovery_codes_left" doc:"Số mã dự phòng chưa dùng."`
	}
)

// API adds the second step of signing in and what accounts do with their factors. What a half session may
// do is public here; the service asks for the half session.
func (s *Service) API(api *web.API) {
	put := func(name, path, summary string, metadata ...string) huma.Operation {
		o := huma.Operation{OperationID: "proof." + name, Method: http.MethodPut, Path: "/proof/" + path, Summary: summary, Metadata: map[string]any{web.Secret: true}}
		for _, m := range metadata {
			o.Metadata[m] = true
		}
		return o
	}
	none := func(o huma.Operation) huma.Operation {
		o.DefaultStatus = http.StatusNoContent
		return o
	}
	web.Register(api, put("verify_session", "session/code", "Bước xác nhận khi đăng nhập, bằng mã"), web.Public, func(ctx context.Context, in *codeInput) (*reachedOutput, error) {
		_, _, err := s.accounts.VerifyCode(ctx, in.Body.Code)
		return s.reached(ctx, err)
	})
	web.Register(api, none(put("prove_session", "session/proof", "Xác nhận lại người thực hiện, để làm việc đòi xác nhận mới")), web.SignedIn, func(ctx context.Context, in *proofInput) (*struct{}, error) {
		return &struct{}{}, s.accounts.Prove(ctx, identity.Proof(in.Body))
	})
	web.Register(api, put("ask_own_passkey", "session/passkey/challenge", "Bắt đầu xác nhận bằng khóa truy cập"), web.Public, func(ctx context.Context, _ *struct{}) (*optionsOutput, error) {
		return options(s.AskOwnPasskey(ctx))
	})
	web.Register(api, put("prove_by_passkey", "session/passkey", "Xác nhận bằng khóa truy cập, khi đăng nhập hoặc trong phiên"), web.Public, func(ctx context.Context, in *credentialInput) (*reachedOutput, error) {
		_, err := s.ProveByPasskey(ctx, in.Body.Credential)
		return s.reached(ctx, err)
	})
	web.Register(api, put("ask_passkey", "passkey/challenge", "Bắt đầu đăng nhập chỉ bằng khóa truy cập", web.Costly), web.Public, func(ctx context.Context, _ *struct{}) (*optionsOutput, error) {
		return options(s.AskPasskey(ctx))
	})
	web.Register(api, put("sign_in_by_passkey", "passkey", "Đăng nhập chỉ bằng khóa truy cập"), web.Public, func(ctx context.Context, in *credentialInput) (*reachedOutput, error) {
		_, err := s.SignInByPasskey(ctx, in.Body.Credential)
		return s.reached(ctx, err)
	})
	s.ownFactors(api, put)
}

func (s *Service) ownFactors(api *web.API, put func(name, path, summary string, metadata ...string) huma.Operation) {
	web.Register(api, put("new_seed", "apps/seed", "Mã bí mật cho một ứng dụng xác thực mới"), web.Public, func(ctx context.Context, _ *struct{}) (*struct{ Body seedBody }, error) {
		n, err := s.NewSeed(ctx)
		return &struct{ Body seedBody }{seedBody(n)}, err
	})
	web.Register(api, put("add_app", "apps", "Thêm ứng dụng xác thực"), web.Public, func(ctx context.Context, in *newAppInput) (*codesOutput, error) {
		return codes(s.AddApp(ctx, in.Body.Ticket, in.Body.Name, in.Body.Code))
	})
	web.Register(api, put("ask_new_passkey", "passkeys/challenge", "Bắt đầu tạo khóa truy cập"), web.Public, func(ctx context.Context, _ *struct{}) (*optionsOutput, error) {
		return options(s.AskNewPasskey(ctx))
	})
	web.Register(api, put("add_passkey", "passkeys", "Thêm khóa truy cập"), web.Public, func(ctx context.Context, in *newPasskeyInput) (*codesOutput, error) {
		return codes(s.AddPasskey(ctx, in.Body.Name, in.Body.Credential))
	})
	web.Register(api, put("new_recovery_codes", "recovery-codes", "Tạo lại mã dự phòng; mã cũ hết hiệu lực", web.StepUp), web.SignedIn, func(ctx context.Context, _ *struct{}) (*codesOutput, error) {
		return codes(s.NewRecoveryCodes(ctx))
	})
	get := func(name, path, summary string) huma.Operation {
		return huma.Operation{OperationID: "proof." + name, Method: http.MethodGet, Path: "/proof/" + path, Summary: summary}
	}
	web.Register(api, get("list_factors", "factors", "Các cách xác thực của mình"), web.SignedIn, s.apiFactors)
	web.Register(api, huma.Operation{OperationID: "proof.drop_factor", Method: http.MethodDelete, Path: "/proof/factors/{factor}", Summary: "Gỡ một cách xác thực",
		DefaultStatus: http.StatusNoContent, Metadata: map[string]any{web.StepUp: true}}, web.SignedIn, func(ctx context.Context, in *struct {
		Factor FactorID `path:"factor"`
	}) (*struct{}, error) {
		return &struct{}{}, s.RemoveFactor(ctx, in.Factor)
	})
	web.Register(api, huma.Operation{OperationID: "proof.drop_lost_factors", Method: http.MethodPut, Path: "/proof/accounts/{id}/lost-factors", Summary: "Gỡ mọi cách xác thực của người bị mất",
		DefaultStatus: http.StatusNoContent, Metadata: map[string]any{web.StepUp: true}}, identity.PermManage, func(ctx context.Context, in *struct {
		ID   identity.AccountID `path:"id"`
		Body struct {
			Reason string `json:"reason" maxLength:"1000"`
		}
	}) (*struct{}, error) {
		return &struct{}{}, s.RemoveFactors(ctx, in.ID, in.Body.Reason)
	})
}

func options(o any, err error) (*optionsOutput, error) {
	out := &optionsOutput{}
	out.Body.Options = o
	return out, err
}

func codes(list []string, err error) (*codesOutput, error) {
	out := &codesOutput{}
	out.Body.RecoveryCodes = append([]string{}, list...)
	return out, err
}

// reached says how far the sign-in of the request has come after a step that went well.
func (s *Service) reached(ctx context.Context, err error) (*reachedOutput, error) {
	if err != nil {
		return nil, err
	}
	out, err := s.accounts.SignedIn(ctx)
	return &reachedOutput{out}, err
}

func (s *Service) apiFactors(ctx context.Context, _ *struct{}) (*struct{ Body factorsBody }, error) {
	o, err := s.Own(ctx)
	if err != nil {
		return nil, err
	}
	out := factorsBody{Factors: make([]factorBody, len(o.List)), Recovery: o.Recovery}
	for i, f := range o.List {
		out.Factors[i] = factorBody{f.ID, f.Kind, f.Name, f.CreatedAt, f.LastUsedAt}
	}
	return &struct{ Body factorsBody }{out}, nil
}
