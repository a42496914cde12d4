package file

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/web"
)

// classBody is a class in the API.
type classBody struct {
	HolderKind  string `json:"holder_kind" doc:"Loại nơi giữ tệp, ví dụ dossier.dossier"`
	KeepDays    int64  `json:"keep_days" doc:"Số ngày giữ kể từ lúc nhận; 0 là mãi mãi"`
	RemovedDays int64  `json:"removed_days" doc:"Số ngày giữ tệp đã gỡ làm bằng chứng; 0 là mãi mãi"`
	HolderBytes int64  `json:"holder_bytes" doc:"Số byte một nơi được giữ; 0 là không giới hạn"`
	TotalBytes  int64  `json:"total_bytes" doc:"Số byte mọi nơi cùng loại được giữ; 0 là không giới hạn"`
	SourceAct   string `json:"source_act" doc:"Văn bản quy định thời hạn"`
}

// holdBody is a hold in the API.
type holdBody struct {
	ID         string     `json:"id"`
	HolderKind string     `json:"holder_kind"`
	HolderID   string     `json:"holder_id"`
	Reason     string     `json:"reason"`
	PutBy      string     `json:"put_by"`
	PutAt      time.Time  `json:"put_at"`
	LiftedBy   string     `json:"lifted_by,omitempty"`
	LiftedAt   *time.Time `json:"lifted_at,omitempty"`
	LiftReason string     `json:"lift_reason,omitempty"`
}

// transferBody is an upload in pieces in the API.
type transferBody struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Size        int64     `json:"size" doc:"Bytes"`
	Received    int64     `json:"received" doc:"Bytes"`
	ExpiresAt   time.Time `json:"expires_at"`
	FileID      string    `json:"file_id,omitempty" doc:"Set when the file was taken in"`
	UploadToken string    `json:"upload_token,omitempty" doc:"Send it with file_id to attach the file"`
	Refused     string    `json:"refused,omitempty" doc:"Why the file was not taken in"`
}

type classesOut struct {
	Body struct {
		Items []classBody `json:"items"`
	}
}

type holdOut struct{ Body holdBody }

type holdsOut struct{ Body web.PageOf[holdBody] }

type disposalOut struct {
	Body struct {
		DryRun bool  `json:"dry_run"`
		Files  int64 `json:"files"`
		Bytes  int64 `json:"bytes"`
		Held   int64 `json:"held" doc:"Đã hết hạn nhưng đang bị phong tỏa"`
	}
}

// API adds the operations of the room.
func (s *Service) API(api *web.API) {
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary}
	}
	web.Register(api, op("file.transfer", http.MethodGet, "/file/transfers/{id}", "Xem lượt tải lên từng phần"), web.Public, s.apiTransfer)
	web.Register(api, op("file.classes", http.MethodGet, "/file/classes", "Xem thời hạn và hạn mức lưu tệp"), PermKeep, s.apiClasses)
	web.Register(api, op("file.set_class", http.MethodPut, "/file/classes/{holder_kind}", "Quy định thời hạn và hạn mức lưu tệp"), PermKeep, s.apiSetClass)
	web.Register(api, op("file.holds", http.MethodGet, "/file/holds", "Xem các lệnh phong tỏa tệp"), PermKeep, s.apiHolds)
	web.Register(api, op("file.hold", http.MethodPost, "/file/holds", "Phong tỏa tệp"), PermKeep, s.apiHold)
	web.Register(api, op("file.lift_hold", http.MethodPost, "/file/holds/{id}/lift", "Gỡ phong tỏa tệp"), PermKeep, s.apiLift)
	web.Register(api, op("file.dispose", http.MethodPost, "/file/dispose", "Hủy tệp hết hạn lưu giữ"), PermKeep, s.apiDispose)
}

func (s *Service) apiTransfer(ctx context.Context, in *struct {
	ID string `path:"id"`
}) (*struct{ Body transferBody }, error) {
	t, err := s.Transfer(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	b := transferBody{ID: t.ID, Name: t.Name, Size: t.Size, Received: t.Received, ExpiresAt: t.ExpiresAt, FileID: string(t.FileID), Refused: t.Refused}
	if t.FileID != "" && t.Kind == UploadKind {
		b.UploadToken = t.Holder.ID
	}
	return &struct{ Body transferBody }{b}, nil
}

func (s *Service) apiClasses(ctx context.Context, _ *struct{}) (*classesOut, error) {
	cs, err := s.Classes(ctx)
	if err != nil {
		return nil, err
	}
	out := &classesOut{}
	out.Body.Items = []classBody{}
	for _, c := range cs {
		out.Body.Items = append(out.Body.Items, classBody(c))
	}
	return out, nil
}

func (s *Service) apiSetClass(ctx context.Context, in *struct {
	HolderKind string `path:"holder_kind"`
	Body       classBody
}) (*struct{}, error) {
	in.Body.HolderKind = in.HolderKind
	return nil, s.SetClass(ctx, Class(in.Body))
}

func bodyOf(h Hold) holdBody {
	return holdBody{h.ID, h.Kind, h.Holder.ID, h.Reason, h.PutBy, h.PutAt, h.LiftedBy, h.LiftedAt, h.LiftReason}
}

func (s *Service) apiHolds(ctx context.Context, in *struct {
	After string `query:"after"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}) (*holdsOut, error) {
	hs, err := s.Holds(ctx, in.After, in.Limit+1)
	if err != nil {
		return nil, err
	}
	out := &holdsOut{web.PageOf[holdBody]{Items: []holdBody{}}}
	if len(hs) > in.Limit {
		hs = hs[:in.Limit]
		out.Body.Next = hs[in.Limit-1].ID
	}
	for _, h := range hs {
		out.Body.Items = append(out.Body.Items, bodyOf(h))
	}
	return out, nil
}

func (s *Service) apiHold(ctx context.Context, in *struct {
	Body struct {
		HolderKind string `json:"holder_kind"`
		HolderID   string `json:"holder_id"`
		Reason     string `json:"reason" maxLength:"2000"`
	}
}) (*holdOut, error) {
	h, err := s.PutHold(ctx, Holder{in.Body.HolderKind, in.Body.HolderID}, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &holdOut{bodyOf(h)}, nil
}

func (s *Service) apiLift(ctx context.Context, in *struct {
	ID   string `path:"id"`
	Body struct {
		Reason string `json:"reason" maxLength:"2000"`
	}
}) (*holdOut, error) {
	h, err := s.LiftHold(ctx, in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &holdOut{bodyOf(h)}, nil
}

func (s *Service) apiDispose(ctx context.Context, in *struct {
	Body struct {
		DryRun bool `json:"dry_run" doc:"Chỉ đếm, không hủy"`
	}
}) (*disposalOut, error) {
	d, err := s.Dispose(ctx, in.Body.DryRun)
	if err != nil {
		return nil, err
	}
	out := &disposalOut{}
	out.Body.DryRun, out.Body.Files, out.Body.Bytes, out.Body.Held = d.DryRun, d.Files, d.Bytes, d.Held
	return out, nil
}
