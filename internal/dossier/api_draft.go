package dossier

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/web"
)

// DraftBody is a draft in answers of the API.
type DraftBody struct {
	ResumeCode string    `json:"resume_code" doc:"Mã để làm tiếp"`
	Procedure  string    `json:"procedure"`
	Name       string    `json:"procedure_name"`
	Filing     Filing    `json:"filing"`
	UpdatedAt  time.Time `json:"updated_at"`
	Version    int64     `json:"version" doc:"Send it back when saving"`
}

func draftBody(d *Draft) DraftBody {
	return DraftBody{d.ResumeCode, d.ProcedureCode, d.ProcedureName, d.Filing, d.UpdatedAt, d.Version}
}

type draftOut struct{ Body DraftBody }

type draftIn struct {
	Code string `path:"code" maxLength:"20"`
}

func (s *Service) apiDrafts(a *web.API) {
	op := func(name, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: "dossier.draft_" + name, Method: method, Path: "/dossier/drafts" + path, Summary: summary}
	}
	web.Register(a, op("new", http.MethodPost, "", "Bắt đầu soạn hồ sơ trực tuyến"), web.Public, func(ctx context.Context, in *struct {
		Body struct {
			Procedure string `json:"procedure" doc:"National code"`
			Filing    Filing `json:"filing,omitempty"`
		}
	}) (*draftOut, error) {
		d, err := s.NewDraft(ctx, in.Body.Procedure, in.Body.Filing)
		if err != nil {
			return nil, err
		}
		return &draftOut{draftBody(d)}, nil
	})
	web.Register(a, op("read", http.MethodGet, "/{code}", "Xem hồ sơ đang soạn"), web.Public, func(ctx context.Context, in *draftIn) (*draftOut, error) {
		d, err := s.Draft(ctx, in.Code)
		if err != nil {
			return nil, err
		}
		return &draftOut{draftBody(d)}, nil
	})
	web.Register(a, op("save", http.MethodPut, "/{code}", "Lưu hồ sơ đang soạn"), web.Public, s.apiSaveDraft)
	web.Register(a, op("drop", http.MethodDelete, "/{code}", "Xóa hồ sơ đang soạn"), web.Public, func(ctx context.Context, in *draftIn) (*struct{}, error) {
		return nil, s.DropDraft(ctx, in.Code)
	})
	web.Register(a, op("send", http.MethodPost, "/{code}/send", "Nộp hồ sơ đang soạn"), web.SignedIn, func(ctx context.Context, in *draftIn) (*DossierOut, error) {
		d, err := s.SendDraft(ctx, in.Code)
		if err != nil {
			return nil, err
		}
		return &DossierOut{s.body(d, true)}, nil
	})
}

func (s *Service) apiSaveDraft(ctx context.Context, in *struct {
	draftIn
	Body struct {
		Filing  Filing `json:"filing"`
		Version int64  `json:"version"`
	}
}) (*draftOut, error) {
	d, err := s.Draft(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	in.Body.Filing.ProcedureCode, in.Body.Filing.Channel = d.ProcedureCode, ChannelOnline
	d.Filing, d.Version = in.Body.Filing, in.Body.Version
	if err := s.SaveDraft(ctx, d); err != nil {
		return nil, err
	}
	return &draftOut{draftBody(d)}, nil
}
