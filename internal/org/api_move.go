package org

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/web"
)

// apiMoves adds the operations about where a unit belongs in the course of time.
func (s *Service) apiMoves(a *web.API) {
	web.Get(a, "org.history", "units/{id}/history", "Đơn vị đã và sẽ thuộc cơ quan nào", web.Public, s.apiHistory)
	web.Register(a, huma.Operation{OperationID: "org.move", Method: http.MethodPost, Path: "/org/units/{id}/move",
		Summary: "Chuyển một đơn vị cùng mọi đơn vị trực thuộc về cơ quan khác từ một ngày"}, PermManage, s.apiMove)
}

// FormerV1 (cấp trên trước đây) says to whom a unit belonged.
type FormerV1 struct {
	Parent  UnitID `json:"parent"`
	ValidTo string `json:"valid_to" doc:"Ngày đầu tiên không còn thuộc đơn vị này"`
}

// MoveV1 (quyết định chuyển đơn vị) is a move as programs see it.
type MoveV1 struct {
	Parent    UnitID `json:"parent"`
	On        string `json:"on"`
	SourceAct string `json:"source_act,omitempty"`
	Done      bool   `json:"done" doc:"Đã có hiệu lực"`
}

// HistoryIn asks for the history of a unit.
type HistoryIn struct {
	ID UnitID `path:"id" maxLength:"64"`
}

// HistoryOut is the history of a unit.
type HistoryOut struct {
	Body struct {
		Parent UnitID     `json:"parent,omitempty" doc:"Cấp trên hiện nay, hoặc vào ngày cuối cùng"`
		Former []FormerV1 `json:"former" doc:"Cấp trên trước đây, cũ nhất trước"`
		Moves  []MoveV1   `json:"moves" doc:"Các quyết định chuyển, cả quyết định chưa đến ngày"`
	}
}

func (s *Service) apiHistory(ctx context.Context, in *HistoryIn) (*HistoryOut, error) {
	h, err := s.Belonged(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &HistoryOut{}
	out.Body.Parent = h.Parent
	out.Body.Former = web.Present(h.Former, func(f FormerParent) FormerV1 { return FormerV1{f.Parent, f.To.String()} })
	out.Body.Moves = web.Present(h.Moves, func(m Move) MoveV1 { return MoveV1{m.Parent, m.On.String(), m.SourceAct, m.Done} })
	return out, nil
}

// MoveIn asks for a move.
type MoveIn struct {
	ID   UnitID `path:"id" maxLength:"64"`
	Body struct {
		Parent    UnitID  `json:"parent" minLength:"1" maxLength:"64" doc:"Cơ quan, đơn vị nhận"`
		On        web.Day `json:"on" doc:"Ngày có hiệu lực"`
		SourceAct string  `json:"source_act" minLength:"1" maxLength:"200" doc:"Số, ký hiệu văn bản quyết định"`
	}
}

func (s *Service) apiMove(ctx context.Context, in *MoveIn) (*unitOut, error) {
	on, err := in.Body.On.Date("on")
	if err != nil {
		return nil, err
	}
	u, err := s.Move(ctx, Move{Unit: in.ID, Parent: in.Body.Parent, On: on, SourceAct: in.Body.SourceAct})
	if err != nil {
		return nil, err
	}
	return &unitOut{presented(u)}, nil
}
