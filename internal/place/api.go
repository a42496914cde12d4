package place

import (
	"context"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/web"
)

// API adds the room's operations, /api/v1/place/…. The territory is no secret: all of them are public.
func (s *Service) API(a *web.API) {
	web.Get(a, "place.levels", "levels", "Các cấp hành chính", web.Public, s.apiLevels)
	web.Get(a, "place.list", "units", "Danh sách đơn vị hành chính", web.Public, s.apiList)
	web.Get(a, "place.search", "search", "Tìm đơn vị hành chính theo tên, tên cũ hoặc mã", web.Public, s.apiSearch)
	web.Get(a, "place.show", "units/{id}", "Xem một đơn vị hành chính", web.Public, s.apiShow)
	web.Get(a, "place.children", "units/{id}/children", "Các đơn vị trực thuộc", web.Public, s.apiChildren)
	web.Get(a, "place.successors", "units/{id}/successors", "Các đơn vị kế thừa sau sáp nhập, chia tách, đổi tên", web.Public, s.apiSuccessors)
	web.Get(a, "place.by_code", "codes/{scheme}/{code}", "Xem đơn vị hành chính theo mã", web.Public, s.apiByCode)
}

// UnitV1 (đơn vị hành chính) is a unit as programs see it.
type UnitV1 struct {
	ID         UnitID `json:"id"`
	Level      string `json:"level"`
	Kind       string `json:"kind"`
	Name       string `json:"name" doc:"Tên không kèm loại: Yên Đỗ"`
	FullName   string `json:"full_name" doc:"Tên kèm loại: Phường Yên Đỗ"`
	Code       string `json:"code,omitempty" doc:"Mã trong bộ mã chính"`
	Parent     UnitID `json:"parent,omitempty"`
	ValidFrom  string `json:"valid_from,omitempty" doc:"Ngày bắt đầu tồn tại, nếu biết"`
	ValidTo    string `json:"valid_to,omitempty" doc:"Ngày thôi tồn tại; không có nghĩa là đang tồn tại"`
	SourceAct  string `json:"source_act,omitempty"`
	Confidence string `json:"confidence" doc:"verified: đã đối chiếu văn bản; unchecked: chưa đối chiếu; open: chưa rõ"`
}

// present brings a unit into the form programs see.
func present(u Unit) UnitV1 {
	return UnitV1{ID: u.ID, Level: u.Level, Kind: u.Kind, Name: u.Name, FullName: u.FullName(), Code: u.Code, Parent: u.ParentID,
		ValidFrom: u.ValidFrom.String(), ValidTo: u.ValidTo.String(), SourceAct: u.SourceAct, Confidence: string(u.Confidence)}
}

// LevelV1 (cấp hành chính) is a level of government as programs see it.
type LevelV1 struct {
	Key    string   `json:"key"`
	Rank   int64    `json:"rank" doc:"1 là cấp rộng nhất"`
	Name   string   `json:"name"`
	NameEN string   `json:"name_en,omitempty"`
	Kinds  []KindV1 `json:"kinds" doc:"Các loại đơn vị của cấp"`
}

// KindV1 (loại đơn vị hành chính) is a kind of unit as programs see it.
type KindV1 struct {
	Key    string `json:"key"`
	Name   string `json:"name"`
	NameEN string `json:"name_en,omitempty"`
}

func (s *Service) apiLevels(ctx context.Context, _ *web.Nothing) (*web.Listed[LevelV1], error) {
	levels, err := s.Levels(ctx)
	if err != nil {
		return nil, err
	}
	out := &web.Listed[LevelV1]{Body: []LevelV1{}}
	for _, l := range levels {
		kinds, err := s.Kinds(ctx, l.Key)
		if err != nil {
			return nil, err
		}
		out.Body = append(out.Body, LevelV1{l.Key, l.Rank, l.Name, l.NameEN, web.Present(kinds, func(k Kind) KindV1 { return KindV1{k.Key, k.Name, k.NameEN} })})
	}
	return out, nil
}

type listIn struct {
	web.PageQuery
	Level string  `query:"level" maxLength:"64" doc:"Khóa của cấp"`
	Kind  string  `query:"kind" maxLength:"64" doc:"Khóa của loại đơn vị"`
	Under UnitID  `query:"under" maxLength:"64" doc:"Đơn vị này và mọi đơn vị bên trong"`
	On    web.Day `query:"on" doc:"Vào ngày này; mặc định hôm nay"`
	Ended bool    `query:"ended" doc:"Cả các đơn vị không còn tồn tại"`
}

func unitKey(u Unit) string { return string(u.ID) }

func (s *Service) apiList(ctx context.Context, in *listIn) (*web.Paged[UnitV1], error) {
	on, err := in.On.Date("on")
	if err != nil {
		return nil, err
	}
	units, err := s.List(ctx, Filter{Level: in.Level, Kind: in.Kind, Under: in.Under, On: on, Ended: in.Ended})
	return web.PagedOf(units, err, in.PageQuery, unitKey, present)
}

type searchIn struct {
	Text  string  `query:"q" required:"true" minLength:"1" maxLength:"200" doc:"Tên có dấu hoặc không dấu, tên cũ, hoặc mã"`
	Level string  `query:"level" maxLength:"64" doc:"Chỉ cấp này"`
	On    web.Day `query:"on" doc:"Vào ngày này; mặc định hôm nay"`
	Limit int     `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"Số kết quả"`
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
	hits, err := s.Search(ctx, in.Text, SearchOptions{Level: in.Level, On: on, Limit: in.Limit})
	return web.ListOf(hits, err, func(h Hit) HitV1 { return HitV1{present(h.Unit), h.Former} })
}

// CodeV1 (mã đơn vị hành chính) is a code of a unit as programs see it.
type CodeV1 struct {
	Scheme    string `json:"scheme"`
	Code      string `json:"code"`
	ValidFrom string `json:"valid_from,omitempty"`
	ValidTo   string `json:"valid_to,omitempty"`
}

func codeV1(c Code) CodeV1 {
	return CodeV1{c.Scheme, c.Code, c.ValidFrom.String(), c.ValidTo.String()}
}

type showIn struct {
	ID UnitID `path:"id" maxLength:"64"`
}

type showOut struct {
	Body struct {
		UnitV1
		Codes []CodeV1 `json:"codes" doc:"Mã trong các bộ mã, cả mã cũ"`
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
	above, err := s.Parents(ctx, u.ID, clock.Date{})
	if err != nil {
		return nil, err
	}
	out := &showOut{}
	out.Body.UnitV1, out.Body.Above, out.Body.Codes = present(u), web.Present(above, present), web.Present(codes, codeV1)
	return out, nil
}

type childrenIn struct {
	web.PageQuery
	ID UnitID  `path:"id" maxLength:"64"`
	On web.Day `query:"on" doc:"Vào ngày này; mặc định hôm nay"`
}

func (s *Service) apiChildren(ctx context.Context, in *childrenIn) (*web.Paged[UnitV1], error) {
	on, err := in.On.Date("on")
	if err != nil {
		return nil, err
	}
	if _, err := s.Unit(ctx, in.ID); err != nil {
		return nil, err
	}
	units, err := s.Children(ctx, in.ID, on)
	return web.PagedOf(units, err, in.PageQuery, unitKey, present)
}

type successorsIn struct {
	ID UnitID  `path:"id" maxLength:"64"`
	On web.Day `query:"on" doc:"Vào ngày này; mặc định hôm nay"`
}

// LinkV1 (liên kết kế thừa) is one step from a unit that ended to one that took its place.
type LinkV1 struct {
	To        UnitID `json:"to"`
	Kind      string `json:"kind" doc:"merge: nhập; split: chia; rename: đổi tên, đổi loại"`
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
	out.Body.Units, out.Body.Links = web.Present(units, present), web.Present(links, linkV1)
	return out, nil
}

type codeIn struct {
	Scheme string  `path:"scheme" maxLength:"64" doc:"Bộ mã"`
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
	return &unitOut{present(u)}, nil
}
