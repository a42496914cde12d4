package dossier

import (
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/kit/web"
)

// API adds the room's operations, /api/v1/dossier/….
func (s *Service) API(a *web.API) {
	s.apiFile(a)
	s.apiRead(a)
	s.apiActs(a)
	s.apiDrafts(a)
}

// DossierBody is a dossier in answers of the API.
type DossierBody struct {
	ID            string     `json:"id"`
	Code          string     `json:"code" doc:"Mã hồ sơ"`
	Secret        string     `json:"secret,omitempty" doc:"Mã tra cứu; only for the applicant and the counter"`
	Procedure     string     `json:"procedure" doc:"National code of the procedure"`
	ProcedureName string     `json:"procedure_name"`
	Case          string     `json:"case,omitempty"`
	Channel       Channel    `json:"channel"`
	Status        Status     `json:"status" doc:"National status, 1 to 10"`
	StatusName    string     `json:"status_name"`
	Receiver      string     `json:"receiver" doc:"Unit id"`
	OwnerName     string     `json:"owner_name,omitempty"`
	FiledAt       time.Time  `json:"filed_at"`
	AcceptedAt    *time.Time `json:"accepted_at,omitempty"`
	DueAt         *time.Time `json:"due_at,omitempty"`
	PausedAt      *time.Time `json:"paused_at,omitempty"`
	FinishedAt    *time.Time `json:"finished_at,omitempty"`
	ReturnedAt    *time.Time `json:"returned_at,omitempty"`
	Late          bool       `json:"late"`
}

func (s *Service) body(d *Dossier, secret bool) DossierBody {
	b := DossierBody{ID: string(d.ID), Code: d.Code, Procedure: d.ProcedureCode, ProcedureName: d.ProcedureName, Case: d.CaseKey,
		Channel: d.Channel, Status: d.Status, StatusName: d.Status.Name().String(), Receiver: string(d.ReceiverID),
		OwnerName: d.Owner.Name(), FiledAt: d.FiledAt, AcceptedAt: d.AcceptedAt, DueAt: d.DueAt, PausedAt: d.PausedAt,
		FinishedAt: d.FinishedAt, ReturnedAt: d.ReturnedAt, Late: d.Late(s.Clock.Now())}
	if secret {
		b.Secret = d.Secret
	}
	return b
}

// DossierOut is an answer that holds one dossier.
type DossierOut struct{ Body DossierBody }

// fileIn is a complete dossier in one call: the part "dossier" holds the Filing
// as JSON; every other part is a file, named in papers[].files by the name of its part.
type fileIn struct {
	RawBody multipart.Form
}

func (s *Service) apiFile(a *web.API) {
	web.Register(a, huma.Operation{OperationID: "dossier.file", Method: http.MethodPost, Path: "/dossier/dossiers",
		Summary:       "Nộp một hồ sơ đầy đủ",
		Description:   "Một lần gọi: phần `dossier` là JSON (tờ khai, người nộp, giấy tờ, phí); mỗi phần còn lại là một tệp. `papers[].files` ghi tên phần của tệp.",
		DefaultStatus: http.StatusCreated, MaxBodyBytes: web.Upload}, web.SignedIn, s.fileOne)
}

func (s *Service) fileOne(ctx context.Context, in *fileIn) (*DossierOut, error) {
	texts := in.RawBody.Value["dossier"]
	if len(texts) != 1 {
		return nil, fault.NewInvalid("dossier", i18n.M("Thiếu phần “dossier” ghi nội dung hồ sơ dạng JSON."))
	}
	var f Filing
	if err := json.Unmarshal([]byte(vntext.NFC(texts[0])), &f); err != nil {
		return nil, fault.NewInvalid("dossier", i18n.M("Phần “dossier” không phải JSON đúng cấu trúc: %s", err.Error()))
	}
	f.RequestKey, f.UploadToken = "api:"+web.RequestKey(ctx), id.New()
	if d, err := s.filed(ctx, f.RequestKey); err != nil {
		return nil, err
	} else if d != nil {
		return &DossierOut{s.body(d, true)}, nil
	}
	uploaded, err := s.uploadParts(ctx, f.UploadToken, in.RawBody.File)
	if err != nil {
		return nil, err
	}
	for i := range f.Papers {
		for j, part := range f.Papers[i].Files {
			fileID, ok := uploaded[part]
			if !ok {
				return nil, fault.NewInvalid("papers", i18n.M("Không có tệp nào ở phần “%s”.", part))
			}
			f.Papers[i].Files[j] = fileID
		}
	}
	d, err := s.File(ctx, f)
	if err != nil {
		return nil, err
	}
	return &DossierOut{s.body(d, true)}, nil
}

// uploadParts stores the files of a form and returns their ids by the names of their parts.
func (s *Service) uploadParts(ctx context.Context, token string, parts map[string][]*multipart.FileHeader) (map[string]string, error) {
	ids := map[string]string{}
	for name, headers := range parts {
		if len(headers) != 1 {
			return nil, fault.NewInvalid(name, i18n.M("Mỗi phần chỉ chứa một tệp."))
		}
		if err := s.uploadPart(ctx, token, name, headers[0], ids); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func (s *Service) uploadPart(ctx context.Context, token, name string, h *multipart.FileHeader, ids map[string]string) error {
	r, err := h.Open()
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // read only
	f, err := s.Upload(ctx, token, web.FileName(h.Filename), r)
	if err != nil {
		return err
	}
	ids[name] = string(f.ID)
	return nil
}
