package identity

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/web"
	"lienthong/internal/org"
)

// ProfileV1 (thông tin cá nhân) is what the holder of an account says of themselves.
type ProfileV1 struct {
	FullName   string     `json:"full_name" maxLength:"400" doc:"Công chức: như trong hồ sơ nhân sự, không đổi ở đây."`
	PersonalID string     `json:"personal_id,omitempty" maxLength:"20" doc:"9 hoặc 12 số."`
	BirthDate  clock.Date `json:"birth_date,omitzero"`
	Phone      string     `json:"phone,omitempty" maxLength:"40"`
	Email      string     `json:"email,omitempty" maxLength:"200"`
	Address    string     `json:"address,omitempty" maxLength:"1000"`
}

type (
	sessionBody struct {
		ID         SessionID `json:"id"`
		Device     string    `json:"device"`
		IP         string    `json:"ip,omitempty"`
		CreatedAt  time.Time `json:"created_at"`
		LastSeenAt time.Time `json:"last_seen_at"`
		Here       bool      `json:"here" doc:"Phiên đang dùng."`
	}
	postBody struct {
		ID     org.PostID `json:"id"`
		Title  string     `json:"title"`
		Unit   string     `json:"unit"`
		Agency string     `json:"agency"`
		Here   bool       `json:"here" doc:"Vị trí đang làm việc."`
	}
	passwordInput struct {
		Body struct {
			Old      string `json:"old" maxLength:"500" format:"password"`
			Password string `json:"password" maxLength:"500" format:"password"`
		}
	}
)

// ownAccount adds what the holder of an account does with it.
func (s *Service) ownAccount(api *web.API) {
	op := func(name, method, path, summary string) huma.Operation {
		o := huma.Operation{OperationID: "identity." + name, Method: method, Path: "/identity/me" + path, Summary: summary}
		if method != http.MethodGet {
			o.DefaultStatus = http.StatusNoContent
		}
		return o
	}
	web.Register(api, op("profile", http.MethodGet, "/profile", "Thông tin cá nhân của mình"), web.SignedIn, func(ctx context.Context, _ *nothing) (*struct{ Body ProfileV1 }, error) {
		a, err := s.Me(ctx)
		return &struct{ Body ProfileV1 }{ProfileV1{a.FullName, a.PersonalID, a.BirthDate, a.Phone, a.Email, a.Address}}, err
	})
	web.Register(api, op("save_profile", http.MethodPut, "/profile", "Sửa thông tin cá nhân của mình"), web.SignedIn, func(ctx context.Context, in *struct{ Body ProfileV1 }) (*nothing, error) {
		return &nothing{}, s.UpdateProfile(ctx, Profile(in.Body))
	})
	change := op("new_password", http.MethodPut, "/password", "Đổi mật khẩu; các phiên khác kết thúc")
	change.Metadata = map[string]any{web.Secret: true}
	web.Register(api, change, web.SignedIn, func(ctx context.Context, in *passwordInput) (*nothing, error) {
		return &nothing{}, s.ChangePassword(ctx, in.Body.Old, in.Body.Password)
	})
	web.Register(api, op("sessions", http.MethodGet, "/sessions", "Các phiên đăng nhập của mình"), web.SignedIn, s.apiSessions)
	web.Register(api, op("end_one_session", http.MethodDelete, "/sessions/{session}", "Kết thúc một phiên đăng nhập"), web.SignedIn, func(ctx context.Context, in *struct {
		Session SessionID `path:"session"`
	}) (*nothing, error) {
		return &nothing{}, s.EndSession(ctx, in.Session)
	})
	web.Register(api, op("end_other_sessions", http.MethodDelete, "/sessions", "Kết thúc mọi phiên khác"), web.SignedIn, func(ctx context.Context, _ *nothing) (*nothing, error) {
		return &nothing{}, s.EndOtherSessions(ctx)
	})
	web.Register(api, op("sign_ins", http.MethodGet, "/sign-ins", "Lịch sử đăng nhập của mình"), web.SignedIn, s.apiHistory)
	web.Register(api, op("posts", http.MethodGet, "/posts", "Các vị trí công tác của mình"), web.SignedIn, s.apiPosts)
	web.Register(api, op("act_in", http.MethodPut, "/post", "Chuyển vị trí làm việc của phiên này"), web.SignedIn, func(ctx context.Context, in *struct {
		Body struct {
			ID org.PostID `json:"id"`
		}
	}) (*nothing, error) {
		return &nothing{}, s.ActIn(ctx, in.Body.ID)
	})
}

func (s *Service) apiSessions(ctx context.Context, _ *nothing) (*struct{ Body []sessionBody }, error) {
	list, err := s.Sessions(ctx)
	if err != nil {
		return nil, err
	}
	mine, _ := s.current(ctx)
	out := make([]sessionBody, len(list))
	for i, x := range list {
		out[i] = sessionBody{x.ID, device(x.UserAgent), x.IP, x.CreatedAt, x.LastSeenAt, x.ID == mine.ID}
	}
	return &struct{ Body []sessionBody }{out}, nil
}

func (s *Service) apiPosts(ctx context.Context, _ *nothing) (*struct{ Body []postBody }, error) {
	held, here, err := s.Posts(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]postBody, len(held))
	for i, p := range held {
		out[i] = postBody{p.ID, p.Title, p.Unit, p.Agency, p.ID == here}
	}
	return &struct{ Body []postBody }{out}, nil
}
