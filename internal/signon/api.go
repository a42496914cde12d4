package signon

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/identity"
	"lienthong/internal/kit/web"
)

// ClientV1 (hệ thống kết nối) is a client as programs see it.
type ClientV1 struct {
	ID        string     `json:"id" doc:"client_id mà hệ thống kết nối dùng."`
	Name      string     `json:"name"`
	Public    bool       `json:"public" doc:"Chạy trên thiết bị của người dùng, không giữ được khóa bí mật."`
	Trusted   bool       `json:"trusted" doc:"Hệ thống của tỉnh: không hỏi người dùng có đồng ý không."`
	Redirects []string   `json:"redirects"`
	Logouts   []string   `json:"logouts"`
	Scopes    []string   `json:"scopes" doc:"Phạm vi về người đăng nhập, và quyền gọi API của chương trình."`
	AccountID string     `json:"account_id,omitempty" doc:"Tài khoản chương trình, khi hệ thống tự gọi API."`
	Contact   string     `json:"contact,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
}

// ClientDetailV1 (hệ thống kết nối và khóa bí mật) is one client with its secrets, which cannot be read.
type ClientDetailV1 struct {
	ClientV1
	Issuer  string     `json:"issuer" doc:"Địa chỉ nhà cung cấp để cấu hình ở hệ thống kết nối."`
	Secrets []SecretV1 `json:"secrets"`
}

// SecretV1 (khóa bí mật) is a secret of a client without the secret itself.
type SecretV1 struct {
	ID        string     `json:"id"`
	Hint      string     `json:"hint" doc:"Các chữ cuối."`
	CreatedAt time.Time  `json:"created_at"`
	UsedAt    *time.Time `json:"used_at,omitempty"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
}

// NewSecretV1 (khóa bí mật mới) is a secret, shown this once.
type NewSecretV1 struct {
	ID     string `json:"id" doc:"client_id."`
	Secret string `json:"secret,omitempty" doc:"client_secret; chỉ có trong câu trả lời này."`
}

// VisitV1 (lượt đăng nhập) is a visit as programs see it.
type VisitV1 struct {
	ID        string     `json:"id"`
	ClientID  string     `json:"client_id"`
	Client    string     `json:"client,omitempty"`
	AccountID string     `json:"account_id"`
	Holder    string     `json:"holder,omitempty"`
	Scopes    []string   `json:"scopes"`
	CreatedAt time.Time  `json:"created_at"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
	Reason    Reason     `json:"reason,omitempty"`
}

// ConsentV1 (sự đồng ý) is what the caller allowed a client.
type ConsentV1 struct {
	ClientID string    `json:"client_id"`
	Client   string    `json:"client"`
	Scopes   []string  `json:"scopes"`
	GivenAt  time.Time `json:"given_at"`
}

func clientV1(c Client) ClientV1 {
	return ClientV1{string(c.ID), c.Name, c.Public, c.Trusted, c.Redirects, c.Logouts, c.Scopes, string(c.AccountID), c.Contact, c.CreatedAt, c.EndedAt}
}

func visitV1(v Visit) VisitV1 {
	return VisitV1{string(v.ID), string(v.ClientID), v.Client, string(v.AccountID), v.Holder, v.Scopes, v.CreatedAt, v.EndedAt, v.Reason}
}

// ClientBody (nội dung đăng ký hệ thống kết nối) is what a registration says of a client.
type ClientBody struct {
	Name      string   `json:"name" maxLength:"200"`
	Trusted   bool     `json:"trusted"`
	Redirects []string `json:"redirects,omitempty" maxItems:"50"`
	Logouts   []string `json:"logouts,omitempty" maxItems:"50"`
	Scopes    []string `json:"scopes,omitempty" maxItems:"200"`
	AccountID string   `json:"account_id,omitempty"`
	Contact   string   `json:"contact,omitempty" maxLength:"500"`
}

type (
	clientsInput struct {
		web.PageQuery
		Text  string `query:"q" maxLength:"200" doc:"Tên hệ thống, có dấu hoặc không dấu."`
		Ended bool   `query:"ended" doc:"Các hệ thống đã ngừng."`
	}
	clientInput struct {
		ID ClientID `path:"id"`
	}
	newClientInput struct {
		Body struct {
			ClientBody
			Public bool `json:"public,omitempty"`
		}
	}
	changeInput struct {
		ID   ClientID `path:"id"`
		Body ClientBody
	}
	secretInput struct {
		ID     ClientID `path:"id"`
		Secret string   `path:"secret"`
	}
	visitsInput struct {
		web.PageQuery
		ID ClientID `path:"id"`
	}
	output[T any] struct{ Body T }
	nothing       struct{}
)

func (b ClientBody) client() Client {
	return Client{Name: b.Name, Trusted: b.Trusted, Redirects: b.Redirects, Logouts: b.Logouts, Scopes: b.Scopes, AccountID: identity.AccountID(b.AccountID), Contact: b.Contact}
}

// Operations adds what programs can do here to the API.
func (s *Service) Operations(api *web.API) {
	s.outsideOperations(api)
	op := func(name, method, path, summary string) huma.Operation {
		o := huma.Operation{OperationID: "signon." + name, Method: method, Path: "/signon/" + path, Summary: summary}
		if method != http.MethodGet && method != http.MethodPost {
			o.DefaultStatus = http.StatusNoContent
		}
		return o
	}
	secret := func(o huma.Operation) huma.Operation {
		o.Metadata = map[string]any{web.Secret: true}
		return o
	}
	web.Register(api, op("list_clients", http.MethodGet, "clients", "Các hệ thống kết nối"), PermManage, s.apiClients)
	web.Register(api, op("read_client", http.MethodGet, "clients/{id}", "Một hệ thống kết nối"), PermManage, s.apiClient)
	web.Register(api, secret(op("register_client", http.MethodPost, "clients", "Đăng ký hệ thống kết nối")), PermManage, s.apiAdd)
	web.Register(api, op("change_client", http.MethodPut, "clients/{id}", "Sửa hệ thống kết nối"), PermManage, s.apiChange)
	web.Register(api, op("stop_client", http.MethodDelete, "clients/{id}", "Ngừng hệ thống kết nối"), PermManage, func(ctx context.Context, in *clientInput) (*nothing, error) {
		return &nothing{}, s.EndClient(ctx, in.ID)
	})
	web.Register(api, secret(op("make_secret", http.MethodPost, "clients/{id}/secrets", "Tạo thêm khóa bí mật")), PermManage, func(ctx context.Context, in *clientInput) (*output[NewSecretV1], error) {
		made, err := s.AddSecret(ctx, in.ID)
		return &output[NewSecretV1]{NewSecretV1{string(in.ID), made}}, err
	})
	web.Register(api, op("stop_secret", http.MethodDelete, "clients/{id}/secrets/{secret}", "Ngừng một khóa bí mật"), PermManage, func(ctx context.Context, in *secretInput) (*nothing, error) {
		return &nothing{}, s.EndSecret(ctx, in.ID, in.Secret)
	})
	web.Register(api, op("list_visits", http.MethodGet, "clients/{id}/visits", "Ai đã đăng nhập vào một hệ thống"), PermManage, func(ctx context.Context, in *visitsInput) (*output[web.PageOf[VisitV1]], error) {
		return visitPage(in.PageQuery, func(after VisitID, size int) ([]Visit, error) { return s.Visits(ctx, in.ID, after, size) })
	})
	web.Register(api, op("list_my_visits", http.MethodGet, "me/visits", "Các lần mình đăng nhập vào hệ thống khác"), web.SignedIn, func(ctx context.Context, in *struct{ web.PageQuery }) (*output[web.PageOf[VisitV1]], error) {
		return visitPage(in.PageQuery, func(after VisitID, size int) ([]Visit, error) { return s.MyVisits(ctx, after, size) })
	})
	web.Register(api, op("list_my_consents", http.MethodGet, "me/consents", "Hệ thống mình đã cho phép"), web.SignedIn, s.apiConsents)
	web.Register(api, op("withdraw_consent", http.MethodDelete, "me/consents/{id}", "Rút lại sự đồng ý"), web.SignedIn, func(ctx context.Context, in *clientInput) (*nothing, error) {
		return &nothing{}, s.TakeBack(ctx, in.ID)
	})
}

func (s *Service) apiClients(ctx context.Context, in *clientsInput) (*output[web.PageOf[ClientV1]], error) {
	p, err := in.Paging(2)
	if err != nil {
		return nil, err
	}
	rows, err := s.Clients(ctx, Query{Text: in.Text, Ended: in.Ended, After: p.After, Size: p.Size})
	if err != nil {
		return nil, err
	}
	page := web.NewPageOf(rows, p.Size, Client.Keys)
	out := web.PageOf[ClientV1]{Items: []ClientV1{}, Next: page.Next}
	for _, c := range page.Items {
		out.Items = append(out.Items, clientV1(c))
	}
	return &output[web.PageOf[ClientV1]]{out}, nil
}

func (s *Service) apiClient(ctx context.Context, in *clientInput) (*output[ClientDetailV1], error) {
	c, err := s.Client(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	d := ClientDetailV1{clientV1(c), s.issuer, []SecretV1{}}
	for _, k := range c.Secrets {
		d.Secrets = append(d.Secrets, SecretV1{k.ID, k.Hint, k.CreatedAt, k.UsedAt, k.EndedAt})
	}
	return &output[ClientDetailV1]{d}, nil
}

func (s *Service) apiAdd(ctx context.Context, in *newClientInput) (*output[NewSecretV1], error) {
	c := in.Body.client()
	c.Public = in.Body.Public
	added, secret, err := s.AddClient(ctx, c)
	return &output[NewSecretV1]{NewSecretV1{string(added.ID), secret}}, err
}

func (s *Service) apiChange(ctx context.Context, in *changeInput) (*nothing, error) {
	c := in.Body.client()
	c.ID = in.ID
	return &nothing{}, s.UpdateClient(ctx, c)
}

// visitPage makes a page of visits, which are read after the one the cursor names.
func visitPage(q web.PageQuery, read func(after VisitID, size int) ([]Visit, error)) (*output[web.PageOf[VisitV1]], error) {
	p, err := q.Paging(1)
	if err != nil {
		return nil, err
	}
	after := VisitID("")
	if len(p.After) > 0 {
		after = VisitID(p.After[0])
	}
	rows, err := read(after, p.Size)
	if err != nil {
		return nil, err
	}
	page := web.NewPageOf(rows, p.Size, func(v Visit) []string { return []string{string(v.ID)} })
	out := web.PageOf[VisitV1]{Items: []VisitV1{}, Next: page.Next}
	for _, v := range page.Items {
		out.Items = append(out.Items, visitV1(v))
	}
	return &output[web.PageOf[VisitV1]]{out}, nil
}

func (s *Service) apiConsents(ctx context.Context, in *struct{ web.PageQuery }) (*output[web.PageOf[ConsentV1]], error) {
	list, err := s.MyConsents(ctx)
	if err != nil {
		return nil, err
	}
	rows := []ConsentV1{}
	for _, c := range list {
		rows = append(rows, ConsentV1{string(c.ClientID), c.Client, c.Scopes, c.GivenAt})
	}
	page, err := web.PageFrom(rows, in.PageQuery, func(c ConsentV1) string { return c.ClientID })
	return &output[web.PageOf[ConsentV1]]{page}, err
}
