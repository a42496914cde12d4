package signon

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/web"
)

// OutsideV1 (dịch vụ định danh ngoài) is an outside identity service as programs see it.
type OutsideV1 struct {
	ID       string     `json:"id"`
	Key      string     `json:"key" doc:"Mã trong địa chỉ."`
	Name     string     `json:"name"`
	Issuer   string     `json:"issuer"`
	ClientID string     `json:"client_id" doc:"Mã hệ thống mà dịch vụ đó cấp."`
	Return   string     `json:"return" doc:"Địa chỉ quay về để đăng ký ở dịch vụ đó."`
	Scopes   []string   `json:"scopes"`
	Claims   Claims     `json:"claims" doc:"Tên các mục dịch vụ đó trả về."`
	EndedAt  *time.Time `json:"ended_at,omitempty"`
}

// LinkV1 (liên kết tài khoản) is an outside identity joined to the caller's account.
type LinkV1 struct {
	ID       string    `json:"id"`
	Key      string    `json:"key"`
	Outside  string    `json:"outside" doc:"Tên dịch vụ."`
	Name     string    `json:"name" doc:"Tên người ở dịch vụ đó."`
	LinkedAt time.Time `json:"linked_at"`
	UsedAt   time.Time `json:"used_at"`
}

// OutsideBody (nội dung dịch vụ định danh) is what describes an outside identity service.
type OutsideBody struct {
	Name     string   `json:"name" maxLength:"200"`
	Issuer   string   `json:"issuer" maxLength:"500"`
	ClientID string   `json:"client_id" maxLength:"500"`
	Secret   string   `json:"secret,omitempty" maxLength:"1000" format:"password" doc:"Không có: giữ khóa đang dùng."`
	Scopes   []string `json:"scopes,omitempty" maxItems:"50"`
	Claims   *Claims  `json:"claims,omitempty"`
}

type (
	newOutsideInput struct {
		Body struct {
			OutsideBody
			Key string `json:"key" maxLength:"50"`
		}
	}
	changeOutsideInput struct {
		ID   OutsideID `path:"id"`
		Body OutsideBody
	}
	endOutsideInput struct {
		ID   OutsideID `path:"id"`
		Body struct {
			Ended bool `json:"ended"`
		}
	}
	linkInput struct {
		ID LinkID `path:"id"`
	}
)

func (b OutsideBody) outside() Outside {
	o := Outside{Name: b.Name, Issuer: b.Issuer, ClientID: b.ClientID, Scopes: b.Scopes}
	if b.Claims != nil {
		o.Claims = *b.Claims
	}
	return o
}

// outsideOperations adds what programs can do with outside services and links.
func (s *Service) outsideOperations(api *web.API) {
	op := func(name, method, path, summary string) huma.Operation {
		o := huma.Operation{OperationID: "signon." + name, Method: method, Path: "/signon/" + path, Summary: summary, Metadata: map[string]any{web.Secret: method == http.MethodPost}}
		if method != http.MethodGet && method != http.MethodPost {
			o.DefaultStatus = http.StatusNoContent
		}
		return o
	}
	web.Register(api, op("list_outsides", http.MethodGet, "outsides", "Các dịch vụ định danh ngoài"), PermManage, s.apiOutsides)
	web.Register(api, op("register_outside", http.MethodPost, "outsides", "Thêm dịch vụ định danh"), PermManage, func(ctx context.Context, in *newOutsideInput) (*output[OutsideV1], error) {
		o := in.Body.outside()
		o.Key = in.Body.Key
		o, err := s.AddOutside(ctx, o, in.Body.Secret)
		return &output[OutsideV1]{s.outsideV1(o)}, err
	})
	web.Register(api, op("change_outside", http.MethodPut, "outsides/{id}", "Sửa dịch vụ định danh"), PermManage, func(ctx context.Context, in *changeOutsideInput) (*nothing, error) {
		o := in.Body.outside()
		o.ID = in.ID
		return &nothing{}, s.UpdateOutside(ctx, o, in.Body.Secret)
	})
	web.Register(api, op("set_outside_ended", http.MethodPut, "outsides/{id}/ended", "Ngừng hoặc mở lại dịch vụ định danh"), PermManage, func(ctx context.Context, in *endOutsideInput) (*nothing, error) {
		return &nothing{}, s.SetOutsideEnded(ctx, in.ID, in.Body.Ended)
	})
	web.Register(api, op("list_my_links", http.MethodGet, "me/links", "Dịch vụ định danh mình đã liên kết"), web.SignedIn, s.apiLinks)
	web.Register(api, op("remove_link", http.MethodDelete, "me/links/{id}", "Gỡ liên kết"), web.SignedIn, func(ctx context.Context, in *linkInput) (*nothing, error) {
		return &nothing{}, s.Unlink(ctx, in.ID)
	})
}

func (s *Service) outsideV1(o Outside) OutsideV1 {
	return OutsideV1{string(o.ID), o.Key, o.Name, o.Issuer, o.ClientID, s.issuer + "/signon/from/" + o.Key, o.Scopes, o.Claims, o.EndedAt}
}

func (s *Service) apiOutsides(ctx context.Context, in *struct{ web.PageQuery }) (*output[web.PageOf[OutsideV1]], error) {
	list, err := s.Outsides(ctx)
	if err != nil {
		return nil, err
	}
	rows := []OutsideV1{}
	for _, o := range list {
		rows = append(rows, s.outsideV1(o))
	}
	page, err := web.PageFrom(rows, in.PageQuery, func(o OutsideV1) string { return o.ID })
	return &output[web.PageOf[OutsideV1]]{page}, err
}

func (s *Service) apiLinks(ctx context.Context, in *struct{ web.PageQuery }) (*output[web.PageOf[LinkV1]], error) {
	list, err := s.MyLinks(ctx)
	if err != nil {
		return nil, err
	}
	rows := []LinkV1{}
	for _, l := range list {
		rows = append(rows, LinkV1{string(l.ID), l.Key, l.Outside, l.Name, l.LinkedAt, l.UsedAt})
	}
	page, err := web.PageFrom(rows, in.PageQuery, func(l LinkV1) string { return l.ID })
	return &output[web.PageOf[LinkV1]]{page}, err
}
