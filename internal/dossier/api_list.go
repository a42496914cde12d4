package dossier

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	"lienthong/internal/org"
)

// The answers of the lists.
type (
	itemBody struct {
		ID            string     `json:"id"`
		Code          string     `json:"code"`
		ProcedureName string     `json:"procedure_name"`
		OwnerName     string     `json:"owner_name"`
		Status        Status     `json:"status"`
		Channel       Channel    `json:"channel"`
		FiledAt       time.Time  `json:"filed_at"`
		AcceptedAt    *time.Time `json:"accepted_at,omitempty"`
		DueAt         *time.Time `json:"due_at,omitempty"`
		FinishedAt    *time.Time `json:"finished_at,omitempty"`
		Late          bool       `json:"late"`
	}
	workBody struct {
		Dossier       string     `json:"dossier"`
		Code          string     `json:"code"`
		Number        string     `json:"number" doc:"Number in the agency of the step"`
		ProcedureName string     `json:"procedure_name"`
		OwnerName     string     `json:"owner_name"`
		OwnerPhone    string     `json:"owner_phone,omitempty"`
		Status        Status     `json:"status"`
		Channel       Channel    `json:"channel"`
		FiledAt       time.Time  `json:"filed_at"`
		Step          string     `json:"step"`
		StepName      string     `json:"step_name"`
		StepKind      string     `json:"step_kind"`
		UnitName      string     `json:"unit_name"`
		Assignee      string     `json:"assignee,omitempty"`
		DueAt         *time.Time `json:"due_at,omitempty" doc:"When the step is due, or the dossier for a step without a term: what the list goes by"`
		DossierDueAt  *time.Time `json:"dossier_due_at,omitempty" doc:"The promised time"`
	}
	facetBody struct {
		Field         string `json:"field"`
		Procedure     string `json:"procedure"`
		ProcedureName string `json:"procedure_name"`
		Kind          string `json:"kind" doc:"Kind of the step"`
		Count         int    `json:"count"`
	}
	figuresBody struct {
		ReceivedToday int `json:"received_today"`
		Open          int `json:"open"`
		Finished      int `json:"finished" doc:"With a result since the first of the month"`
		OnTime        int `json:"on_time" doc:"Of these, in time"`
		Late          int `json:"late"`
	}
)

// BoxQuery says which part of the worklist is wanted.
type BoxQuery struct {
	Box  string `query:"box" enum:"todo,mine,late,today,soon,supplement,obligation,joint" default:"todo"`
	Text string `query:"q" maxLength:"200"`
}

func (s *Service) apiLists(a *web.API) {
	get := func(op, path, summary string) huma.Operation {
		return huma.Operation{OperationID: "dossier." + op, Method: http.MethodGet, Path: "/dossier/" + path, Summary: summary}
	}
	web.Register(a, get("worklist", "worklist", "Danh sách việc theo hạn"), web.SignedIn, s.apiWorklist)
	web.Register(a, get("counts", "counts", "Số việc trong từng ngăn"), web.SignedIn, func(ctx context.Context, _ *struct{}) (*struct{ Body map[Box]int }, error) {
		n, err := s.Counts(ctx)
		return &struct{ Body map[Box]int }{n}, err
	})
	web.Register(a, get("facets", "facets", "Các nhóm việc, để lọc"), web.SignedIn, s.apiFacets)
	web.Register(a, get("find", "dossiers", "Tìm hồ sơ của đơn vị"), PermRead, s.apiFind)
	web.Register(a, get("own", "own", "Hồ sơ của tôi"), web.SignedIn, s.apiOwn)
	web.Register(a, get("figures", "figures", "Số liệu chung của toàn tỉnh"), web.Public, func(ctx context.Context, _ *struct{}) (*struct{ Body figuresBody }, error) {
		f, err := s.Figures(ctx)
		return &struct{ Body figuresBody }{figuresBody{f.ReceivedToday, f.Open, f.Finished, f.OnTime, f.Late()}}, err
	})
	web.Register(a, huma.Operation{OperationID: "dossier.last_applicant", Method: http.MethodPost, Path: "/dossier/applicants/last",
		Summary: "Thông tin người nộp gần nhất theo số định danh", Description: "Số định danh nằm trong nội dung gửi lên, không nằm trong địa chỉ, để không bị ghi vào nhật ký của máy trung gian."},
		PermAccept, s.apiLastApplicant)
}

func (s *Service) apiLastApplicant(ctx context.Context, in *struct {
	Body struct {
		PersonalID string `json:"personal_id" maxLength:"40"`
	}
}) (*struct{ Body Applicant }, error) {
	a, ok, err := s.LastApplicant(ctx, in.Body.PersonalID)
	if err == nil && !ok {
		err = fault.NewNotFound(i18n.M("Chưa có hồ sơ nào của người này tại đơn vị."))
	}
	if err != nil {
		return nil, err
	}
	return &struct{ Body Applicant }{a}, nil
}

func (s *Service) apiWorklist(ctx context.Context, in *struct {
	web.PageQuery
	BoxQuery
	Field     string `query:"field" maxLength:"64" doc:"Mã lĩnh vực"`
	Procedure string `query:"procedure" maxLength:"64"`
	Kind      string `query:"kind" maxLength:"20" doc:"Kind of the step: receive, work, approve, return"`
}) (*struct{ Body web.PageOf[workBody] }, error) {
	p, err := s.Worklist(ctx, WorkQuery{Box: Box(in.Box), Text: in.Text, Field: in.Field, Procedure: in.Procedure, Kind: in.Kind, Cursor: in.After, Limit: in.Size})
	if err != nil {
		return nil, renamed(err, "cursor", "after")
	}
	out := web.PageOf[workBody]{Items: make([]workBody, len(p.Items)), Next: p.Next}
	for i, w := range p.Items {
		out.Items[i] = workBody{Dossier: string(w.DossierID), Code: w.Code, Number: w.Number, ProcedureName: w.ProcedureName,
			OwnerName: w.OwnerName, OwnerPhone: w.OwnerPhone, Status: w.Status, Channel: w.Channel, FiledAt: w.FiledAt, Step: w.StepID, StepName: w.StepName, StepKind: w.StepKind,
			UnitName: w.UnitName, Assignee: w.AssigneeName, DueAt: w.Due(), DossierDueAt: w.DossierDue}
	}
	return &struct{ Body web.PageOf[workBody] }{out}, nil
}

func (s *Service) apiFacets(ctx context.Context, in *BoxQuery) (*struct{ Body []facetBody }, error) {
	fs, err := s.Facets(ctx, WorkQuery{Box: Box(in.Box), Text: in.Text})
	if err != nil {
		return nil, err
	}
	out := make([]facetBody, len(fs))
	for i, f := range fs {
		out[i] = facetBody(f)
	}
	return &struct{ Body []facetBody }{out}, nil
}

func (s *Service) items(p Page) web.PageOf[itemBody] {
	out := web.PageOf[itemBody]{Items: make([]itemBody, len(p.Items)), Next: p.Next}
	for i, d := range p.Items {
		out.Items[i] = itemBody{ID: string(d.ID), Code: d.Code, ProcedureName: d.ProcedureName, OwnerName: d.OwnerName, Status: d.Status,
			Channel: d.Channel, FiledAt: d.FiledAt, AcceptedAt: d.AcceptedAt, DueAt: d.DueAt, FinishedAt: d.FinishedAt, Late: d.Late(s.Clock.Now())}
	}
	return out
}

type findIn struct {
	web.PageQuery
	Text      string     `query:"q" maxLength:"200"`
	Status    []int      `query:"status,explode" doc:"National statuses, 1 to 10"`
	Unit      org.UnitID `query:"unit"`
	Late      bool       `query:"late"`
	Field     string     `query:"field" maxLength:"64" doc:"Mã lĩnh vực"`
	Procedure string     `query:"procedure" maxLength:"64"`
	Channel   string     `query:"channel" enum:"counter,online,post"`
	From      string     `query:"from" maxLength:"10" doc:"Filed on this day or later, 2018-11-23"`
	To        string     `query:"to" maxLength:"10" doc:"Filed on this day or earlier"`
}

func (in *findIn) query() (FindQuery, error) {
	q := FindQuery{Text: in.Text, UnitID: in.Unit, LateOnly: in.Late, Field: in.Field, Procedure: in.Procedure,
		Channel: Channel(in.Channel), Cursor: in.After, Limit: in.Size}
	var ps fault.Problems
	q.Status = statuses(&ps, in.Status)
	q.From, q.To = day(&ps, "from", in.From), day(&ps, "to", in.To)
	return q, ps.Err()
}

// statuses reads the statuses of a query.
func statuses(ps *fault.Problems, numbers []int) []Status {
	var list []Status
	for _, n := range numbers {
		if !Status(n).Valid() {
			ps.Add("status", i18n.M("Trạng thái từ 1 đến 10."))
			return nil
		}
		list = append(list, Status(n))
	}
	return list
}

// day reads a civil date of a query; an empty one is the zero date.
func day(ps *fault.Problems, field, text string) clock.Date {
	if text == "" {
		return clock.Date{}
	}
	d, err := clock.ParseDate(text)
	if err != nil {
		ps.Add(field, i18n.M("Ngày chưa đúng, ví dụ đúng: 2018-11-23."))
	}
	return d
}

func (s *Service) apiFind(ctx context.Context, in *findIn) (*struct{ Body web.PageOf[itemBody] }, error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	p, err := s.Find(ctx, q)
	if err != nil {
		return nil, renamed(err, "cursor", "after")
	}
	return &struct{ Body web.PageOf[itemBody] }{s.items(p)}, nil
}

type ownIn struct {
	web.PageQuery
	Text   string `query:"q" maxLength:"200"`
	Status []int  `query:"status,explode" doc:"National statuses, 1 to 10"`
}

func (s *Service) apiOwn(ctx context.Context, in *ownIn) (*struct{ Body web.PageOf[itemBody] }, error) {
	var ps fault.Problems
	q := FindQuery{Text: in.Text, Status: statuses(&ps, in.Status), Cursor: in.After, Limit: in.Size}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	p, err := s.Own(ctx, q)
	if err != nil {
		return nil, renamed(err, "cursor", "after")
	}
	return &struct{ Body web.PageOf[itemBody] }{s.items(p)}, nil
}
