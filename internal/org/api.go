package org

import (
	"context"

	"lienthong/internal/kit/web"
	"lienthong/internal/place"
)

// API adds the room's operations, /api/v1/org/…. How the administration is organised is no secret: they are public.
// Persons and posts are not part of them.
func (s *Service) API(a *web.API) {
	web.Get(a, "org.kinds", "kinds", "Các loại cơ quan, đơn vị", web.Public, s.apiKinds)
	web.Get(a, "org.list", "units", "Danh sách cơ quan, đơn vị", web.Public, s.apiList)
	web.Get(a, "org.search", "search", "Tìm cơ quan, đơn vị theo tên, tên cũ hoặc mã", web.Public, s.apiSearch)
	web.Get(a, "org.show", "units/{id}", "Xem một cơ quan, đơn vị", web.Public, s.apiShow)
	web.Get(a, "org.children", "units/{id}/children", "Các đơn vị trực thuộc", web.Public, s.apiChildren)
	web.Get(a, "org.successors", "units/{id}/successors", "Các đơn vị kế thừa sau sắp xếp tổ chức", web.Public, s.apiSuccessors)
	web.Get(a, "org.by_code", "codes/{scheme}/{code}", "Xem cơ quan theo mã định danh", web.Public, s.apiByCode)
	s.apiMoves(a)
	s.apiChanges(a)
}

// UnitV1 (cơ quan, đơn vị) is a unit as programs see it.
type UnitV1 struct {
	ID         UnitID       `json:"id"`
	Slug       string       `json:"slug" doc:"Tên ổn định: so-tu-phap, so-tu-phap/reception"`
	Kind       string       `json:"kind"`
	Name       string       `json:"name"`
	ShortName  string       `json:"short_name,omitempty"`
	Agency     bool         `json:"agency" doc:"Là cơ quan; nếu không là bộ phận của cơ quan"`
	Key        string       `json:"key,omitempty" doc:"Khóa của bộ phận trong cơ quan: reception, justice"`
	Level      string       `json:"level,omitempty"`
	Place      place.UnitID `json:"place,omitempty" doc:"Đơn vị hành chính mà cơ quan phụ trách"`
	Parent     UnitID       `json:"parent,omitempty"`
	Phone      string       `json:"phone,omitempty"`
	Email      string       `json:"email,omitempty"`
	Address    string       `json:"address,omitempty"`
	ValidFrom  string       `json:"valid_from,omitempty" doc:"Ngày bắt đầu tồn tại, nếu biết"`
	ValidTo    string       `json:"valid_to,omitempty" doc:"Ngày thôi tồn tại; không có nghĩa là đang tồn tại"`
	SourceAct  string       `json:"source_act,omitempty"`
	Confidence string       `json:"confidence"`
}

// presented brings a unit into the form programs see.
func presented(u Unit) UnitV1 {
	return UnitV1{ID: u.ID, Slug: u.Slug, Kind: u.Kind, Name: u.Name, ShortName: u.ShortName, Agency: u.IsAgency, Key: u.Key, Level: u.Level,
		Place: u.PlaceID, Parent: u.ParentID, Phone: u.Phone, Email: u.Email, Address: u.Address, ValidFrom: u.ValidFrom.String(),
		ValidTo: u.ValidTo.String(), SourceAct: u.SourceAct, Confidence: string(u.Confidence)}
}

// KindV1 (loại cơ quan) is a kind of unit as programs see it.
type KindV1 struct {
	Key        string `json:"key"`
	Name       string `json:"name"`
	NameEN     string `json:"name_en,omitempty"`
	Agency     bool   `json:"agency" doc:"Đơn vị loại này là cơ quan"`
	Government bool   `json:"government" doc:"Cơ quan chịu trách nhiệm về cả địa bàn (Ủy ban nhân dân)"`
}

func (s *Service) apiKinds(ctx context.Context, _ *web.Nothing) (*web.Listed[KindV1], error) {
	kinds, err := s.Kinds(ctx)
	return web.ListOf(kinds, err, func(k Kind) KindV1 { return KindV1{k.Key, k.Name, k.NameEN, k.Agency, k.Government} })
}

type listIn struct {
	web.PageQuery
	Kind     string       `query:"kind" maxLength:"64" doc:"Khóa của loại"`
	Level    string       `query:"level" maxLength:"64" doc:"Khóa của cấp"`
	Key      string       `query:"key" maxLength:"64" doc:"Khóa của bộ phận"`
	Place    place.UnitID `query:"place" maxLength:"64" doc:"Phụ trách đơn vị hành chính này"`
	Under    UnitID       `query:"under" maxLength:"64" doc:"Đơn vị này và mọi đơn vị trực thuộc"`
	Agencies bool         `query:"agencies" doc:"Chỉ cơ quan, không kể bộ phận"`
	On       web.Day      `query:"on" doc:"Vào ngày này; mặc định hôm nay"`
	Ended    bool         `query:"ended" doc:"Cả các đơn vị không còn tồn tại"`
}

func unitKey(u Unit) string { return string(u.ID) }

func (s *Service) apiList(ctx context.Context, in *listIn) (*web.Paged[UnitV1], error) {
	on, err := in.On.Date("on")
	if err != nil {
		return nil, err
	}
	units, err := s.List(ctx, Filter{Kind: in.Kind, Level: in.Level, Key: in.Key, Place: in.Place, Under: in.Under, Agencies: in.Agencies, On: on, Ended: in.Ended})
	return web.PagedOf(units, err, in.PageQuery, unitKey, presented)
}

type searchIn struct {
	Text     string  `query:"q" required:"true" minLength:"1" maxLength:"200" doc:"Tên có dấu hoặc không dấu, tên cũ, hoặc mã"`
	Kind     string  `query:"kind" maxLength:"64"`
	Level    string  `query:"level" maxLength:"64"`
	Under    UnitID  `query:"under" maxLength:"64"`
	Agencies bool    `query:"agencies" doc:"Chỉ cơ quan, không kể bộ phận"`
	On       web.Day `query:"on" doc:"Vào ngày này; mặc định hôm nay"`
	Limit    int     `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"Số kết quả"`
}

// HitV1 (kết quả tìm) is a unit that was found.
type HitV1 struct {
	Unit   UnitV1 `json:"unit"`
	Former string `json:"former,omitempty" doc:"Tên cũ đã khớp, khi tìm theo đơn vị không còn tồn tại"`
}

func (s *Service) apiSearch(ctx context.Context, in *searchIn) (*web.Listed[HitV1], error) {
	on, err := in.On.Date("on")
	if err != nil {
		return nil, err
	}
	hits, err := s.Search(ctx, in.Text, SearchOptions{Kind: in.Kind, Level: in.Level, Under: in.Under, Agencies: in.Agencies, On: on, Limit: in.Limit})
	return web.ListOf(hits, err, func(h Hit) HitV1 { return HitV1{presented(h.Unit), h.Former} })
}

// CodeV1 (mã định danh) is a code of a unit as programs see it.
type CodeV1 struct {
	Scheme     string `json:"scheme" doc:"qcvn102 hoặc qd20"`
	Code       string `json:"code"`
	ValidFrom  string `json:"valid_from,omitempty"`
	ValidTo    string `json:"valid_to,omitempty"`
	Confidence string `json:"confidence"`
}

func codeV1(c Code) CodeV1 {
	return CodeV1{c.Scheme, c.Code, c.ValidFrom.String(), c.ValidTo.String(), string(c.Confidence)}
}

type showIn struct {
	ID UnitID  `path:"id" maxLength:"64"`
	On web.Day `query:"on" doc:"Cấp trên vào ngày này; mặc định hôm nay"`
}

type showOut struct {
	Body struct {
		UnitV1
		Codes []CodeV1 `json:"codes" doc:"Mã định danh, cả mã cũ"`
		Above []UnitV1 `json:"above" doc:"Các đơn vị cấp trên, rộng nhất trước"`
	}
}

func (s *Service) apiShow(ctx context.Context, in *showIn) (*showOut, error) {
	u, err := s.Unit(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	codes, err := s.Codes(ctx, u.ID)
	if err != nil {
		return nil, err
	}
	on, err := in.On.Date("on")
	if err != nil {
		return nil, err
	}
	above, err := s.Parents(ctx, u.ID, on)
	if err != nil {
		return nil, err
	}
	out := &showOut{}
	out.Body.UnitV1, out.Body.Above, out.Body.Codes = presented(u), web.Present(above, presented), web.Present(codes, codeV1)
	return out, nil
}

type childrenIn struct {
	web.PageQuery
	ID UnitID  `path:"id" maxLength:"64"`
	On web.Day `query:"on" doc:"Vào ngày này; mặc định hôm nay"`
}

func (s *Service) apiChildren(ctx context.Context, in *childrenIn) (*web.Paged[UnitV1], error) {
	if _, err := s.Unit(ctx, in.ID); err != nil {
		return nil, err
	}
	on, err := in.On.Date("on")
	if err != nil {
		return nil, err
	}
	units, err := s.Children(ctx, in.ID, on)
	return web.PagedOf(units, err, in.PageQuery, unitKey, presented)
}

type successorsIn struct {
	ID UnitID  `path:"id" maxLength:"64"`
	On web.Day `query:"on" doc:"Vào ngày này; mặc định hôm nay"`
}

// LinkV1 (liên kết kế thừa) is one step from a unit that ended to one that took its place.
type LinkV1 struct {
	To        UnitID `json:"to"`
	Kind      string `json:"kind"`
	On        string `json:"on"`
	SourceAct string `json:"source_act,omitempty"`
	Heir      bool   `json:"heir" doc:"Tiếp nhận việc không chia được"`
}

func linkV1(l Successor) LinkV1 {
	return LinkV1{l.To, string(l.Kind), l.On.String(), l.SourceAct, l.Heir}
}

type successorsOut struct {
	Body struct {
		Units []UnitV1 `json:"units" doc:"Các đơn vị đang đứng ở chỗ của đơn vị này vào ngày được hỏi"`
		Links []LinkV1 `json:"links" doc:"Các liên kết trực tiếp"`
	}
}

func (s *Service) apiSuccessors(ctx context.Context, in *successorsIn) (*successorsOut, error) {
	on, err := in.On.Date("on")
	if err != nil {
		return nil, err
	}
	units, err := s.Successors(ctx, in.ID, on)
	if err != nil {
		return nil, err
	}
	links, err := s.Links(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &successorsOut{}
	out.Body.Units, out.Body.Links = web.Present(units, presented), web.Present(links, linkV1)
	return out, nil
}

type codeIn struct {
	Scheme string  `path:"scheme" maxLength:"64" doc:"Bộ mã: qcvn102 hoặc qd20"`
	Code   string  `path:"code" maxLength:"64"`
	On     web.Day `query:"on" doc:"Mã có hiệu lực vào ngày này; mặc định hôm nay"`
}

type unitOut struct{ Body UnitV1 }

func (s *Service) apiByCode(ctx context.Context, in *codeIn) (*unitOut, error) {
	on, err := in.On.Date("on")
	if err != nil {
		return nil, err
	}
	u, err := s.ByCode(ctx, in.Scheme, in.Code, on)
	if err != nil {
		return nil, err
	}
	return &unitOut{presented(u)}, nil
}
