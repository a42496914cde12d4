package dossier

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

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
		Status        Status     `json:"status"`
		Step          string     `json:"step"`
		StepName      string     `json:"step_name"`
		StepKind      string     `json:"step_kind"`
		UnitName      string     `json:"unit_name"`
		Assignee      string     `json:"assignee,omitempty"`
		DueAt         *time.Time `json:"due_at,omitempty"`
	}
	partBody struct {
		Agency    string     `json:"agency"`
		Number    string     `json:"number"`
		ArrivedAt time.Time  `json:"arrived_at"`
		DueAt     *time.Time `json:"due_at,omitempty"`
		DoneAt    *time.Time `json:"done_at,omitempty"`
		Doing     string     `json:"doing,omitempty"`
	}
	eventBody struct {
		At       time.Time `json:"at"`
		Act      Act       `json:"act"`
		Sentence string    `json:"sentence"`
		Note     string    `json:"note,omitempty"`
		Reasons  []string  `json:"reasons,omitempty"`
	}
	offerBody struct {
		Step     string   `json:"step"`
		Name     string   `json:"name"`
		Kind     string   `json:"kind"`
		State    string   `json:"state"`
		Assignee string   `json:"assignee,omitempty"`
		Acts     []Act    `json:"acts"`
		Choices  []string `json:"choices,omitempty"`
	}
	paperBody struct {
		ID        string     `json:"id"`
		Key       string     `json:"key,omitempty"`
		Name      string     `json:"name"`
		Originals int        `json:"originals"`
		Copies    int        `json:"copies"`
		Provided  bool       `json:"provided"`
		Check     PaperCheck `json:"check,omitempty"`
	}
	viewBody struct {
		DossierBody
		Parts  []partBody  `json:"parts"`
		Papers []paperBody `json:"papers"`
		Events []eventBody `json:"events"`
		Offers []offerBody `json:"offers" doc:"Open steps with what you can do on them"`
	}
	standingBody struct {
		Code          string      `json:"code"`
		ProcedureName string      `json:"procedure_name"`
		Status        Status      `json:"status"`
		StatusName    string      `json:"status_name"`
		FiledAt       time.Time   `json:"filed_at"`
		DueAt         *time.Time  `json:"due_at,omitempty"`
		Stops         []partBody  `json:"stops"`
		Events        []eventBody `json:"events,omitempty" doc:"Only with the secret or a sign-in of the owner"`
		Can           []Act       `json:"can,omitempty"`
	}
)

// pageQuery is the paging of the lists; the cursor is the field next of the page before.
type pageQuery struct {
	Size  int    `query:"size" minimum:"1" maximum:"200" default:"50"`
	After string `query:"after" maxLength:"200"`
}

func (s *Service) apiRead(a *web.API) {
	get := func(op, path, summary string) huma.Operation {
		return huma.Operation{OperationID: "dossier." + op, Method: http.MethodGet, Path: "/dossier/" + path, Summary: summary}
	}
	web.Register(a, get("worklist", "worklist", "Danh sách việc theo hạn"), web.SignedIn, s.apiWorklist)
	web.Register(a, get("counts", "counts", "Số việc trong từng ngăn"), web.SignedIn, func(ctx context.Context, _ *struct{}) (*struct{ Body map[Box]int }, error) {
		n, err := s.Counts(ctx)
		return &struct{ Body map[Box]int }{n}, err
	})
	web.Register(a, get("find", "dossiers", "Tìm hồ sơ của đơn vị"), PermRead, s.apiFind)
	web.Register(a, get("own", "own", "Hồ sơ của tôi"), web.SignedIn, s.apiOwn)
	web.Register(a, get("read", "dossiers/{id}", "Xem một hồ sơ"), PermRead, s.apiOne)
	web.Register(a, get("track", "track/{code}", "Tra cứu hồ sơ theo mã"), web.Public, s.apiTrack)
}

func (s *Service) apiWorklist(ctx context.Context, in *struct {
	pageQuery
	Box  string `query:"box" enum:"todo,mine,late,today,soon,supplement,obligation,joint" default:"todo"`
	Text string `query:"q" maxLength:"200"`
}) (*struct{ Body web.PageOf[workBody] }, error) {
	p, err := s.Worklist(ctx, WorkQuery{Box: Box(in.Box), Text: in.Text, Cursor: in.After, Limit: in.Size})
	if err != nil {
		return nil, err
	}
	out := web.PageOf[workBody]{Items: make([]workBody, len(p.Items)), Next: p.Next}
	for i, w := range p.Items {
		out.Items[i] = workBody{Dossier: string(w.DossierID), Code: w.Code, Number: w.Number, ProcedureName: w.ProcedureName,
			OwnerName: w.OwnerName, Status: w.Status, Step: w.StepID, StepName: w.StepName, StepKind: w.StepKind,
			UnitName: w.UnitName, Assignee: w.AssigneeName, DueAt: w.Due()}
	}
	return &struct{ Body web.PageOf[workBody] }{out}, nil
}

func (s *Service) items(p Page) web.PageOf[itemBody] {
	out := web.PageOf[itemBody]{Items: make([]itemBody, len(p.Items)), Next: p.Next}
	for i, d := range p.Items {
		out.Items[i] = itemBody{ID: string(d.ID), Code: d.Code, ProcedureName: d.ProcedureName, OwnerName: d.OwnerName, Status: d.Status,
			Channel: d.Channel, FiledAt: d.FiledAt, DueAt: d.DueAt, FinishedAt: d.FinishedAt, Late: d.Late(s.Clock.Now())}
	}
	return out
}

func (s *Service) apiFind(ctx context.Context, in *struct {
	pageQuery
	Text   string     `query:"q" maxLength:"200"`
	Status []int      `query:"status"`
	Unit   org.UnitID `query:"unit"`
	Late   bool       `query:"late"`
}) (*struct{ Body web.PageOf[itemBody] }, error) {
	q := FindQuery{Text: in.Text, UnitID: in.Unit, LateOnly: in.Late, Cursor: in.After, Limit: in.Size}
	for _, n := range in.Status {
		if !Status(n).Valid() {
			return nil, fault.NewInvalid("status", i18n.M("Trạng thái từ 1 đến 10."))
		}
		q.Status = append(q.Status, Status(n))
	}
	p, err := s.Find(ctx, q)
	if err != nil {
		return nil, err
	}
	return &struct{ Body web.PageOf[itemBody] }{s.items(p)}, nil
}

func (s *Service) apiOwn(ctx context.Context, in *pageQuery) (*struct{ Body web.PageOf[itemBody] }, error) {
	p, err := s.Own(ctx, FindQuery{Cursor: in.After, Limit: in.Size})
	if err != nil {
		return nil, err
	}
	return &struct{ Body web.PageOf[itemBody] }{s.items(p)}, nil
}

func eventBodies(es []Event) []eventBody {
	out := make([]eventBody, len(es))
	for i := range es {
		out[i] = eventBody{At: es[i].At, Act: es[i].Act, Sentence: es[i].Sentence().String(), Note: es[i].Note, Reasons: es[i].Reasons()}
	}
	return out
}

func (s *Service) apiOne(ctx context.Context, in *struct {
	ID string `path:"id"`
}) (*struct{ Body viewBody }, error) {
	v, err := s.Read(ctx, ID(in.ID))
	if err != nil {
		return nil, err
	}
	b := viewBody{DossierBody: s.body(v.Dossier, false), Parts: []partBody{}, Papers: []paperBody{}, Events: eventBodies(v.Events), Offers: []offerBody{}}
	for _, p := range v.Parts {
		b.Parts = append(b.Parts, partBody{Agency: p.UnitName, Number: p.Number, ArrivedAt: p.ArrivedAt, DueAt: p.DueAt, DoneAt: p.DoneAt})
	}
	for _, p := range v.Papers {
		b.Papers = append(b.Papers, paperBody{p.ID, p.Key, p.Name, p.Originals, p.Copies, p.Provided, p.Check})
	}
	for _, o := range v.Offers {
		x := offerBody{Step: o.Step.ID, Name: o.Step.Name, Kind: o.Step.Kind, State: string(o.Step.State), Assignee: o.Step.AssigneeName, Acts: o.Acts}
		for _, c := range o.Choices {
			x.Choices = append(x.Choices, c.To)
		}
		b.Offers = append(b.Offers, x)
	}
	return &struct{ Body viewBody }{b}, nil
}

func (s *Service) apiTrack(ctx context.Context, in *struct {
	Code   string `path:"code" maxLength:"60"`
	Secret string `query:"secret" maxLength:"20"`
}) (*struct{ Body standingBody }, error) {
	st, err := s.Track(ctx, in.Code, in.Secret)
	if err != nil {
		return nil, err
	}
	b := standingBody{Code: st.Code, ProcedureName: st.ProcedureName, Status: st.Status, StatusName: st.Status.Name().String(),
		FiledAt: st.FiledAt, DueAt: st.DueAt, Stops: []partBody{}, Can: st.Can}
	for _, p := range st.Stops {
		b.Stops = append(b.Stops, partBody{Agency: p.UnitName, Number: p.Number, ArrivedAt: p.ArrivedAt, DueAt: p.DueAt, DoneAt: p.DoneAt, Doing: p.Doing})
	}
	if st.Full {
		b.Events = eventBodies(st.Events)
	}
	return &struct{ Body standingBody }{b}, nil
}
