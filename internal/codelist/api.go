package codelist

import (
	"context"

	"lienthong/internal/kit/web"
)

// API adds the room's operations, /api/v1/codelist/…. Code lists are public.
func (s *Service) API(a *web.API) {
	web.Get(a, "codelist.lists", "lists", "Các danh mục dùng chung", web.Public, s.apiLists)
	web.Get(a, "codelist.items", "lists/{list}/items", "Các mục của một danh mục", web.Public, s.apiItems)
	web.Get(a, "codelist.item", "lists/{list}/items/{code}", "Xem một mục", web.Public, s.apiItem)
}

// ListV1 (danh mục) is a code list as programs see it.
type ListV1 struct {
	Key       string `json:"key"`
	Name      string `json:"name"`
	NameEN    string `json:"name_en,omitempty"`
	Note      string `json:"note,omitempty"`
	SourceAct string `json:"source_act,omitempty"`
}

// ItemV1 (mục) is one version of a code as programs see it.
type ItemV1 struct {
	Code       string            `json:"code"`
	Name       string            `json:"name"`
	NameEN     string            `json:"name_en,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
	ValidFrom  string            `json:"valid_from,omitempty"`
	ValidTo    string            `json:"valid_to,omitempty"`
	SourceAct  string            `json:"source_act,omitempty"`
}

func presented(i Item) ItemV1 {
	return ItemV1{i.Code, i.Name, i.NameEN, i.Attributes, i.ValidFrom.String(), i.ValidTo.String(), i.SourceAct}
}

func (s *Service) apiLists(ctx context.Context, _ *web.Nothing) (*web.Listed[ListV1], error) {
	lists, err := s.Lists(ctx)
	return web.ListOf(lists, err, func(l List) ListV1 { return ListV1(l) })
}

type itemsIn struct {
	web.PageQuery
	List string  `path:"list" maxLength:"64"`
	On   web.Day `query:"on" doc:"Vào ngày này; mặc định hôm nay"`
	All  bool    `query:"all" doc:"Mọi phiên bản của mọi mục, cả mục thôi áp dụng"`
}

func (s *Service) apiItems(ctx context.Context, in *itemsIn) (*web.Paged[ItemV1], error) {
	on, err := in.On.Date("on")
	if err != nil {
		return nil, err
	}
	items, err := s.Items(ctx, in.List, on)
	if in.All {
		items, err = s.History(ctx, in.List)
	}
	return web.PagedOf(items, err, in.PageQuery, func(i Item) string { return i.Code + " " + i.ValidFrom.String() }, presented)
}

type itemIn struct {
	List string  `path:"list" maxLength:"64"`
	Code string  `path:"code" maxLength:"64"`
	On   web.Day `query:"on" doc:"Vào ngày này; mặc định hôm nay"`
}

type itemOut struct{ Body ItemV1 }

func (s *Service) apiItem(ctx context.Context, in *itemIn) (*itemOut, error) {
	on, err := in.On.Date("on")
	if err != nil {
		return nil, err
	}
	i, err := s.Item(ctx, in.List, in.Code, on)
	if err != nil {
		return nil, err
	}
	return &itemOut{presented(i)}, nil
}
