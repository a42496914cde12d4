package setting

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/web"
)

// draftV1 is a draft as programs see it. Fields may join, none may leave or change.
type draftV1 struct {
	ID        DraftID    `json:"id"`
	Kind      string     `json:"kind"`
	Thing     string     `json:"thing"`
	Title     string     `json:"title"`
	State     State      `json:"state"`
	Revision  int64      `json:"revision"`
	ValidFrom clock.Date `json:"valid_from"`
	SourceAct string     `json:"source_act,omitempty"`
	Author    string     `json:"author"`
	DecidedBy string     `json:"decided_by,omitempty"`
	Undoes    DraftID    `json:"undoes,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
	ChangedAt time.Time  `json:"changed_at"`
	AppliedAt *time.Time `json:"applied_at,omitempty"`
	Base      string     `json:"base,omitempty" doc:"The text it began from; only of a single draft"`
	Text      string     `json:"text,omitempty" doc:"The new text; only of a single draft"`
}

func newDraftV1(d Draft) draftV1 {
	return draftV1{ID: d.ID, Kind: d.Kind, Thing: d.Thing, Title: d.Title, State: d.State, Revision: d.Revision, ValidFrom: d.ValidFrom, SourceAct: d.SourceAct,
		Author: d.Author, DecidedBy: d.DecidedBy, Undoes: d.Undoes, CreatedAt: d.CreatedAt, ChangedAt: d.ChangedAt, AppliedAt: d.AppliedAt}
}

type draftOutput struct{ Body draftV1 }

// whole answers with a draft and its texts.
func whole(d *Draft, err error) (*draftOutput, error) {
	if err != nil {
		return nil, err
	}
	out := newDraftV1(*d)
	out.Base, out.Text = d.Base, d.Text
	return &draftOutput{out}, nil
}

type thingInput struct {
	Kind  string `path:"kind"`
	Thing string `path:"thing"`
}

type thingsInput struct {
	Kind string `path:"kind"`
	Text string `query:"q" maxLength:"200" doc:"Part of the name, with or without tone marks"`
}

type thingV1 struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	Note  string `json:"note,omitempty"`
	File  string `json:"file" doc:"Name of its file in the folder of a province"`
}

type thingsOutput struct {
	Body struct {
		Items []thingV1 `json:"items"`
	}
}

type textOutput struct {
	Body struct {
		Text string `json:"text" doc:"The file as it stands in the folder of a province (YAML)"`
	}
}

type draftsInput struct {
	web.PageQuery
	Kind    string `query:"kind" doc:"codelist, calendar or procedure"`
	Thing   string `query:"thing"`
	Waiting bool   `query:"waiting" doc:"Only those of which something is still to come"`
	Past    bool   `query:"past" doc:"Only those that held once"`
}

type draftsOutput struct{ Body web.PageOf[draftV1] }

type draftInput struct {
	ID DraftID `path:"id"`
}

type saveInput struct {
	ID   DraftID `path:"id"`
	Body struct {
		Revision int64  `json:"revision"`
		Text     string `json:"text" maxLength:"2097152"`
	}
}

type proposeInput struct {
	ID   DraftID `path:"id"`
	Body struct {
		Revision  int64      `json:"revision"`
		ValidFrom clock.Date `json:"valid_from"`
		SourceAct string     `json:"source_act" maxLength:"300"`
		Note      string     `json:"note,omitempty" maxLength:"2000"`
	}
}

type noteInput struct {
	ID   DraftID `path:"id"`
	Body struct {
		Revision int64  `json:"revision,omitempty" doc:"Needed to approve and to return"`
		Note     string `json:"note,omitempty" maxLength:"2000"`
	}
}

type reviewOutput struct {
	Body struct {
		Changes  []reviewLine `json:"changes"`
		Findings []reviewLine `json:"findings"`
		Acts     []Act        `json:"acts"`
	}
}

type reviewLine struct {
	Kind string `json:"kind" doc:"added, removed, edited; error, warning"`
	Text string `json:"text"`
}

// Operations adds the operations of the room to the API.
func (s *Service) Operations(a *web.API) {
	op := func(method, path, id, summary string) huma.Operation {
		return huma.Operation{OperationID: "setting." + id, Method: method, Path: path, Summary: summary, Tags: []string{"setting"}}
	}
	get, post, put := http.MethodGet, http.MethodPost, http.MethodPut
	web.Register(a, op(get, "/setting/things/{kind}", "list_things", "Các mục của một loại thiết lập"), web.SignedIn, s.apiThings)
	web.Register(a, op(get, "/setting/things/{kind}/{thing}", "read_thing", "Nội dung đang áp dụng của một mục"), web.SignedIn, s.apiThing)
	web.Register(a, op(post, "/setting/things/{kind}/{thing}/drafts", "start_draft", "Lập bản thảo từ nội dung đang áp dụng"), web.SignedIn,
		func(ctx context.Context, in *thingInput) (*draftOutput, error) {
			return whole(s.Start(ctx, in.Kind, in.Thing))
		})
	web.Register(a, op(get, "/setting/drafts", "list_drafts", "Danh sách bản thảo"), web.SignedIn, s.apiDrafts)
	web.Register(a, op(get, "/setting/drafts/{id}", "read_draft", "Một bản thảo với nội dung"), web.SignedIn, func(ctx context.Context, in *draftInput) (*draftOutput, error) {
		d, _, err := s.Draft(ctx, in.ID)
		return whole(d, err)
	})
	web.Register(a, op(get, "/setting/drafts/{id}/review", "review_draft", "Điểm khác, điều cần xem lại và lịch sử của bản thảo"), web.SignedIn, s.apiReview)
	web.Register(a, op(put, "/setting/drafts/{id}", "save_draft", "Ghi nội dung bản thảo"), web.SignedIn,
		func(ctx context.Context, in *saveInput) (*draftOutput, error) {
			return whole(s.Save(ctx, in.ID, in.Body.Revision, in.Body.Text))
		})
	web.Register(a, op(post, "/setting/drafts/{id}/propose", "propose_draft", "Đề nghị duyệt bản thảo"), web.SignedIn,
		func(ctx context.Context, in *proposeInput) (*draftOutput, error) {
			return whole(s.Propose(ctx, in.ID, Proposal{in.Body.Revision, in.Body.ValidFrom, in.Body.SourceAct, in.Body.Note}))
		})
	web.Register(a, op(post, "/setting/drafts/{id}/rebase", "rebase_draft", "Ghép bản thảo với nội dung đang áp dụng"), web.SignedIn,
		func(ctx context.Context, in *saveInput) (*draftOutput, error) {
			return whole(s.Rebase(ctx, in.ID, in.Body.Revision, in.Body.Text))
		})
	s.acting(a, op)
}

// acting adds what is done with a draft by a note alone.
func (s *Service) acting(a *web.API, op func(method, path, id, summary string) huma.Operation) {
	for _, act := range []struct {
		verb, summary string
		do            func(ctx context.Context, in *noteInput) (*Draft, error)
	}{
		{"approve", "Duyệt bản thảo", func(ctx context.Context, in *noteInput) (*Draft, error) {
			return s.Approve(ctx, in.ID, in.Body.Revision, in.Body.Note)
		}},
		{"return", "Trả lại bản thảo để sửa", func(ctx context.Context, in *noteInput) (*Draft, error) {
			return s.Return(ctx, in.ID, in.Body.Revision, in.Body.Note)
		}},
		{"withdraw", "Rút bản thảo lại để sửa", func(ctx context.Context, in *noteInput) (*Draft, error) { return s.Withdraw(ctx, in.ID, in.Body.Note) }},
		{"drop", "Bỏ bản thảo", func(ctx context.Context, in *noteInput) (*Draft, error) { return s.Drop(ctx, in.ID, in.Body.Note) }},
		{"comment", "Ghi ý kiến về bản thảo", func(ctx context.Context, in *noteInput) (*Draft, error) { return s.Comment(ctx, in.ID, in.Body.Note) }},
		{"undo", "Đề nghị hoàn tác thay đổi đang áp dụng", func(ctx context.Context, in *noteInput) (*Draft, error) { return s.Undo(ctx, in.ID, in.Body.Note) }},
		{"restore", "Lập bản thảo theo một bản đã từng áp dụng", func(ctx context.Context, in *noteInput) (*Draft, error) { return s.Restore(ctx, in.ID) }},
	} {
		web.Register(a, op(http.MethodPost, "/setting/drafts/{id}/"+act.verb, act.verb+"_draft", act.summary), web.SignedIn,
			func(ctx context.Context, in *noteInput) (*draftOutput, error) { return whole(act.do(ctx, in)) })
	}
}

func (s *Service) apiThings(ctx context.Context, in *thingsInput) (*thingsOutput, error) {
	things, err := s.Things(ctx, in.Kind, in.Text)
	if err != nil {
		return nil, err
	}
	out := new(thingsOutput)
	out.Body.Items = make([]thingV1, len(things))
	for i, t := range things {
		out.Body.Items[i] = thingV1(t)
	}
	return out, nil
}

func (s *Service) apiThing(ctx context.Context, in *thingInput) (*textOutput, error) {
	out := new(textOutput)
	var err error
	out.Body.Text, err = s.Export(ctx, in.Kind, in.Thing)
	return out, err
}

func (s *Service) apiDrafts(ctx context.Context, in *draftsInput) (*draftsOutput, error) {
	paging, err := in.Paging(1)
	if err != nil {
		return nil, err
	}
	q := DraftQuery{Kind: in.Kind, Thing: in.Thing, Waiting: in.Waiting, Past: in.Past, Limit: paging.Size + 1}
	if len(paging.After) > 0 {
		q.Before = DraftID(paging.After[0])
	}
	drafts, err := s.Drafts(ctx, q)
	if err != nil {
		return nil, err
	}
	rows := make([]draftV1, 0, len(drafts))
	for _, d := range drafts {
		rows = append(rows, newDraftV1(d))
	}
	return &draftsOutput{web.NewPageOf(rows, paging.Size, func(d draftV1) []string { return []string{string(d.ID)} })}, nil
}

func (s *Service) apiReview(ctx context.Context, in *draftInput) (*reviewOutput, error) {
	d, k, err := s.Draft(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := new(reviewOutput)
	out.Body.Changes, out.Body.Findings = []reviewLine{}, []reviewLine{}
	found, err := k.Check(ctx, d.Thing, d.Text)
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		line := reviewLine{"error", f.Text.String()}
		if f.Warning {
			line.Kind = "warning"
		}
		out.Body.Findings = append(out.Body.Findings, line)
	}
	if !failed(found) {
		changes, err := k.Compare(ctx, d.Base, d.Text)
		if err != nil {
			return nil, err
		}
		for _, c := range changes {
			out.Body.Changes = append(out.Body.Changes, reviewLine{string(c.What), c.Text.String()})
		}
	}
	out.Body.Acts, err = s.Acts(ctx, in.ID)
	return out, err
}
