package dossier

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/file"
	"lienthong/internal/kit/web"
)

// DraftBody is a draft in answers of the API.
type DraftBody struct {
	ResumeCode string     `json:"resume_code" doc:"Mã để làm tiếp"`
	Procedure  string     `json:"procedure"`
	Name       string     `json:"procedure_name"`
	Filing     Filing     `json:"filing"`
	Files      []fileBody `json:"files" doc:"Files uploaded to the draft; papers[].files names them by id"`
	UpdatedAt  time.Time  `json:"updated_at"`
	Version    int64      `json:"version" doc:"Send it back when saving"`
}

type draftOut struct{ Body DraftBody }

// drafted answers with a draft and its files.
func (s *Service) drafted(ctx context.Context, d *Draft) (*draftOut, error) {
	held, err := s.DraftFiles(ctx, d)
	if err != nil {
		return nil, err
	}
	b := DraftBody{d.ResumeCode, d.ProcedureCode, d.ProcedureName, d.Filing, []fileBody{}, d.UpdatedAt, d.Version}
	for _, p := range d.Filing.Papers {
		for _, name := range p.Files {
			if f, ok := held[name]; ok {
				b.Files = append(b.Files, fileBody{string(f.ID), p.Key, f.Name, f.Size, f.MediaType})
			}
		}
	}
	return &draftOut{b}, nil
}

// DraftPath names a draft.
type DraftPath struct {
	Code string `path:"code" maxLength:"20" doc:"Resume code"`
}

type (
	draftFileIn struct {
		DraftPath
		File string `path:"file" doc:"Id of a file of the draft"`
	}
	draftItem struct {
		ResumeCode string    `json:"resume_code"`
		Procedure  string    `json:"procedure"`
		Name       string    `json:"procedure_name"`
		UpdatedAt  time.Time `json:"updated_at"`
	}
)

func (s *Service) apiDrafts(a *web.API) {
	op := func(name, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: "dossier.draft_" + name, Method: method, Path: "/dossier/drafts" + path, Summary: summary}
	}
	begin := op("new", http.MethodPost, "", "Bắt đầu soạn hồ sơ trực tuyến")
	begin.DefaultStatus, begin.Metadata = http.StatusCreated, map[string]any{web.Costly: true}
	web.Register(a, begin, web.Public, func(ctx context.Context, in *struct {
		Body struct {
			Procedure string `json:"procedure" doc:"National code"`
			Filing    Filing `json:"filing,omitempty"`
		}
	}) (*draftOut, error) {
		in.Body.Filing.Form = composed(in.Body.Filing.Form)
		d, err := s.NewDraft(ctx, in.Body.Procedure, in.Body.Filing)
		if err != nil {
			return nil, err
		}
		return s.drafted(ctx, d)
	})
	web.Register(a, op("list", http.MethodGet, "", "Các hồ sơ đang soạn của tôi"), web.SignedIn, s.apiOwnDrafts)
	web.Register(a, op("read", http.MethodGet, "/{code}", "Xem hồ sơ đang soạn"), web.Public, func(ctx context.Context, in *DraftPath) (*draftOut, error) {
		d, err := s.Draft(ctx, in.Code)
		if err != nil {
			return nil, err
		}
		return s.drafted(ctx, d)
	})
	web.Register(a, op("save", http.MethodPut, "/{code}", "Lưu hồ sơ đang soạn"), web.Public, s.apiSaveDraft)
	web.Register(a, op("drop", http.MethodDelete, "/{code}", "Xóa hồ sơ đang soạn"), web.Public, func(ctx context.Context, in *DraftPath) (*struct{}, error) {
		return nil, s.DropDraft(ctx, in.Code)
	})
	check := op("check", http.MethodGet, "/{code}/check", "Kiểm tra hồ sơ đang soạn trước khi nộp")
	check.Description = "Trả lời 204 khi nộp được; nếu chưa, 422 với mọi mục còn thiếu hoặc chưa đúng."
	web.Register(a, check, web.Public, func(ctx context.Context, in *DraftPath) (*struct{}, error) {
		d, err := s.Draft(ctx, in.Code)
		if err != nil {
			return nil, err
		}
		return nil, s.CheckDraft(ctx, d)
	})
	web.Register(a, op("send", http.MethodPost, "/{code}/send", "Nộp hồ sơ đang soạn"), web.SignedIn, func(ctx context.Context, in *DraftPath) (*DossierOut, error) {
		d, err := s.SendDraft(ctx, in.Code)
		if err != nil {
			return nil, err
		}
		return &DossierOut{s.body(d, true)}, nil
	})
	upload := op("upload", http.MethodPost, "/{code}/files", "Tải tệp lên cho giấy tờ của hồ sơ đang soạn")
	upload.Description = "Mỗi phần là một tệp; tên phần là khóa của giấy tờ trong thủ tục."
	upload.MaxBodyBytes, upload.DefaultStatus, upload.RequestBody = web.Upload, http.StatusCreated, formBody(nil)
	upload.Metadata = map[string]any{web.Costly: true}
	web.Register(a, upload, web.Public, s.apiUploadToDraft)
	web.Register(a, op("remove_file", http.MethodDelete, "/{code}/files/{file}", "Bỏ một tệp khỏi hồ sơ đang soạn"), web.Public, func(ctx context.Context, in *draftFileIn) (*draftOut, error) {
		d, err := s.Draft(ctx, in.Code)
		if err != nil {
			return nil, err
		}
		if err := s.RemoveDraftFile(ctx, d, in.File); err != nil {
			return nil, err
		}
		return s.drafted(ctx, d)
	})
}

func (s *Service) apiOwnDrafts(ctx context.Context, _ *struct{}) (*struct{ Body []draftItem }, error) {
	ds, err := s.Drafts(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]draftItem, len(ds))
	for i, d := range ds {
		out[i] = draftItem{d.ResumeCode, d.ProcedureCode, d.ProcedureName, d.UpdatedAt}
	}
	return &struct{ Body []draftItem }{out}, nil
}

func (s *Service) apiSaveDraft(ctx context.Context, in *struct {
	DraftPath
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
	in.Body.Filing.Form = composed(in.Body.Filing.Form)
	d.Filing, d.Version = in.Body.Filing, in.Body.Version
	if err := s.SaveDraft(ctx, d); err != nil {
		return nil, err
	}
	return s.drafted(ctx, d)
}

func (s *Service) apiUploadToDraft(ctx context.Context, in *struct {
	DraftPath
	RawBody multipart.Form
}) (_ *draftOut, err error) {
	defer func() { err = errors.Join(err, in.RawBody.RemoveAll()) }()
	d, err := s.Draft(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	if len(in.RawBody.File) == 0 {
		return nil, errNoFiles
	}
	_, err = eachPart(in.RawBody.File, func(part, name string, r io.Reader) (file.File, error) {
		return s.UploadToDraft(ctx, d, part, name, r)
	})
	if err != nil {
		return nil, err
	}
	if err := s.SaveDraft(ctx, d); err != nil {
		return nil, err
	}
	return s.drafted(ctx, d)
}
