package org

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/web"
)

// apiChanges adds the operations by which units end and others take their place. The day may lie ahead: the change is
// kept as of now and takes effect at 00:00 of that day.
func (s *Service) apiChanges(a *web.API) {
	op := func(verb, path, summary string) huma.Operation {
		return huma.Operation{OperationID: "org." + verb, Method: http.MethodPost, Path: "/org/units/" + path, Summary: summary}
	}
	web.Register(a, op("merge", "merge", "Sáp nhập các đơn vị vào một đơn vị đang hoạt động hoặc một đơn vị mới"), PermManage, s.apiMerge)
	web.Register(a, op("split", "{id}/split", "Chia một đơn vị thành nhiều đơn vị mới"), PermManage, s.apiSplit)
	web.Register(a, op("rename", "{id}/rename", "Đổi tên một đơn vị; bộ phận, vị trí và mã định danh giữ nguyên"), PermManage, s.apiRename)
	web.Register(a, op("end", "{id}/end", "Giải thể một đơn vị, có thể giao việc cho đơn vị khác"), PermManage, s.apiEnd)
}

// ChangeV1 (căn cứ thay đổi) is the day of a change and the act behind it.
type ChangeV1 struct {
	On        web.Day `json:"on" doc:"Ngày có hiệu lực; có thể là một ngày sắp tới"`
	SourceAct string  `json:"source_act" minLength:"1" maxLength:"200" doc:"Số, ký hiệu văn bản quyết định"`
}

// NewUnitV1 (đơn vị mới) describes a unit that a change makes; what is left out is taken from the unit that it follows.
type NewUnitV1 struct {
	Name      string `json:"name" minLength:"1" maxLength:"200"`
	ShortName string `json:"short_name,omitempty" maxLength:"100"`
	Slug      string `json:"slug,omitempty" maxLength:"100"`
	Kind      string `json:"kind,omitempty" maxLength:"64"`
	Parent    UnitID `json:"parent,omitempty" maxLength:"64"`
}

func (n NewUnitV1) unit() NewUnit {
	return NewUnit{Name: n.Name, ShortName: n.ShortName, Slug: n.Slug, Kind: n.Kind, ParentID: n.Parent}
}

// MergeIn asks for a merger.
type MergeIn struct {
	Body struct {
		ChangeV1
		From []UnitID   `json:"from" minItems:"1" maxItems:"100" doc:"Các đơn vị kết thúc hoạt động"`
		Into UnitID     `json:"into,omitempty" maxLength:"64" doc:"Đơn vị đang hoạt động tiếp nhận; hoặc khai báo new"`
		New  *NewUnitV1 `json:"new,omitempty" doc:"Đơn vị mới tiếp nhận; hoặc khai báo into"`
	}
}

func (s *Service) apiMerge(ctx context.Context, in *MergeIn) (*unitOut, error) {
	on, err := in.Body.On.Date("on")
	if err != nil {
		return nil, err
	}
	m := Merge{From: in.Body.From, Into: in.Body.Into, On: on, SourceAct: in.Body.SourceAct}
	if in.Body.New != nil {
		n := in.Body.New.unit()
		m.New = &n
	}
	return changed(s.Merge(ctx, m))
}

// SplitIn asks for a division.
type SplitIn struct {
	ID   UnitID `path:"id" maxLength:"64"`
	Body struct {
		ChangeV1
		New  []NewUnitV1 `json:"new" minItems:"2" maxItems:"50" doc:"Các đơn vị mới"`
		Heir int         `json:"heir" minimum:"0" doc:"Số thứ tự, từ 0, của đơn vị mới tiếp nhận việc không chia được"`
	}
}

func (s *Service) apiSplit(ctx context.Context, in *SplitIn) (*unitOut, error) {
	on, err := in.Body.On.Date("on")
	if err != nil {
		return nil, err
	}
	p := Split{From: in.ID, Heir: in.Body.Heir, On: on, SourceAct: in.Body.SourceAct}
	for _, n := range in.Body.New {
		p.New = append(p.New, n.unit())
	}
	return changed(s.Split(ctx, p))
}

// RenameIn asks for a new name.
type RenameIn struct {
	ID   UnitID `path:"id" maxLength:"64"`
	Body struct {
		ChangeV1
		Name      string `json:"name" minLength:"1" maxLength:"200"`
		ShortName string `json:"short_name,omitempty" maxLength:"100"`
	}
}

func (s *Service) apiRename(ctx context.Context, in *RenameIn) (*unitOut, error) {
	on, err := in.Body.On.Date("on")
	if err != nil {
		return nil, err
	}
	return changed(s.Rename(ctx, Rename{Unit: in.ID, Name: in.Body.Name, ShortName: in.Body.ShortName, On: on, SourceAct: in.Body.SourceAct}))
}

// EndIn asks for the end of a unit.
type EndIn struct {
	ID   UnitID `path:"id" maxLength:"64"`
	Body struct {
		ChangeV1
		Heir UnitID `json:"heir,omitempty" maxLength:"64" doc:"Đơn vị nhận việc và vị trí; không có thì việc ở lại chỗ cũ"`
	}
}

func (s *Service) apiEnd(ctx context.Context, in *EndIn) (*unitOut, error) {
	on, err := in.Body.On.Date("on")
	if err != nil {
		return nil, err
	}
	return changed(s.End(ctx, End{Unit: in.ID, Heir: in.Body.Heir, On: on, SourceAct: in.Body.SourceAct}))
}

func changed(u Unit, err error) (*unitOut, error) {
	if err != nil {
		return nil, err
	}
	return &unitOut{presented(u)}, nil
}
