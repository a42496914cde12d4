package audit

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/web"
)

// EntryV1 (mục nhật ký) is an entry as programs see it.
type EntryV1 struct {
	Lane         int64           `json:"lane"`
	Seq          int64           `json:"seq"`
	At           time.Time       `json:"at"`
	ActorID      string          `json:"actor_id,omitempty"`
	ActorKind    string          `json:"actor_kind,omitempty"`
	ActorName    string          `json:"actor_name,omitempty"`
	PersonID     string          `json:"person_id,omitempty"`
	AgencyID     string          `json:"agency_id,omitempty"`
	Agency       string          `json:"agency,omitempty"`
	IP           string          `json:"ip,omitempty"`
	Action       string          `json:"action"`
	Object       string          `json:"object"`
	ObjectID     string          `json:"object_id,omitempty"`
	UnitID       string          `json:"unit_id,omitempty"`
	BeforeDigest string          `json:"before_digest,omitempty"`
	AfterDigest  string          `json:"after_digest,omitempty"`
	Detail       json.RawMessage `json:"detail,omitempty"`
	PrevHash     string          `json:"prev_hash"`
	Hash         string          `json:"hash"`
}

type listInput struct {
	web.PageQuery
	Object   string    `query:"object" doc:"Loại đối tượng, ví dụ dossier.dossier."`
	ObjectID string    `query:"object_id" doc:"Mã đối tượng."`
	ActorID  string    `query:"actor_id" doc:"Tài khoản thực hiện."`
	Action   string    `query:"action" doc:"Việc đã làm, ví dụ dossier.accept."`
	UnitID   string    `query:"unit_id" doc:"Đơn vị."`
	From     time.Time `query:"from" doc:"Từ thời điểm này."`
	To       time.Time `query:"to" doc:"Trước thời điểm này."`
}

type listOutput struct{ Body web.PageOf[EntryV1] }

// Operations adds the operations of the room to the API.
func (s *Service) Operations(api *web.API) {
	web.Register(api, huma.Operation{
		OperationID: "audit.list", Method: http.MethodGet, Path: "/audit/entries", Summary: "Tra cứu nhật ký kiểm toán",
	}, PermRead, s.apiList)
}

func (s *Service) apiList(ctx context.Context, in *listInput) (*listOutput, error) {
	page, err := s.List(ctx, Query{
		Object: in.Object, ObjectID: in.ObjectID, ActorID: in.ActorID, Action: in.Action, UnitID: in.UnitID,
		From: in.From, To: in.To, After: in.After, Limit: in.Size,
	})
	if err != nil {
		return nil, err
	}
	out := &listOutput{web.PageOf[EntryV1]{Items: make([]EntryV1, 0, len(page.Rows)), Next: page.Next}}
	for _, r := range page.Rows {
		out.Body.Items = append(out.Body.Items, EntryV1{
			r.Lane, r.Seq, r.At, r.ActorID, r.ActorKind, r.ActorName, r.PersonID, r.AgencyID, r.Agency, r.IP,
			r.Action, r.Object, r.ObjectID, r.UnitID, r.BeforeDigest, r.AfterDigest, json.RawMessage(r.Detail), r.PrevHash, r.Hash,
		})
	}
	return out, nil
}
