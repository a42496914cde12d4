package dossier

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
)

// The parts of a dossier in answers.
type (
	partBody struct {
		Agency    string     `json:"agency"`
		Number    string     `json:"number"`
		ArrivedAt time.Time  `json:"arrived_at"`
		DueAt     *time.Time `json:"due_at,omitempty"`
		DoneAt    *time.Time `json:"done_at,omitempty"`
		Doing     string     `json:"doing,omitempty"`
	}
	eventBody struct {
		At       time.Time  `json:"at"`
		Act      Act        `json:"act"`
		Sentence string     `json:"sentence"`
		Note     string     `json:"note,omitempty"`
		Reasons  []string   `json:"reasons,omitempty"`
		Items    []string   `json:"items,omitempty" doc:"Papers asked for"`
		NewDue   *time.Time `json:"new_due,omitempty"`
		Unit     string     `json:"unit,omitempty"`
		Actor    string     `json:"actor,omitempty" doc:"Only for officials"`
		Step     string     `json:"step,omitempty" doc:"Name of the step, only for officials"`
	}
	offerBody struct {
		Step     string     `json:"step"`
		Name     string     `json:"name"`
		Kind     string     `json:"kind"`
		State    string     `json:"state"`
		Unit     string     `json:"unit"`
		Assignee string     `json:"assignee,omitempty"`
		DueAt    *time.Time `json:"due_at,omitempty"`
		Acts     []Act      `json:"acts"`
		Choices  []string   `json:"choices,omitempty" doc:"Keys of the next steps to choose from"`
		Labels   []string   `json:"labels,omitempty" doc:"What the choices are called, in the same order"`
		Assign   bool       `json:"assign" doc:"You may give the step to a colleague"`
	}
	paperBody struct {
		ID        string     `json:"id"`
		Key       string     `json:"key,omitempty"`
		Name      string     `json:"name"`
		Originals int        `json:"originals"`
		Copies    int        `json:"copies"`
		Provided  bool       `json:"provided"`
		Check     PaperCheck `json:"check,omitempty"`
		Note      string     `json:"note,omitempty"`
	}
	attachmentBody struct {
		ID        string         `json:"id"`
		Paper     string         `json:"paper,omitempty" doc:"Id of the paper it belongs to"`
		Kind      AttachmentKind `json:"kind"`
		Name      string         `json:"name"`
		Size      int64          `json:"size" doc:"Bytes"`
		MediaType string         `json:"media_type"`
		AddedAt   time.Time      `json:"added_at"`
	}
	feeBody struct {
		Key      string     `json:"key"`
		Name     string     `json:"name"`
		Kind     string     `json:"kind" doc:"fee or charge"`
		Amount   int64      `json:"amount" doc:"Đồng for one"`
		Quantity int64      `json:"quantity"`
		Total    int64      `json:"total" doc:"Đồng"`
		PaidAt   *time.Time `json:"paid_at,omitempty"`
	}
	requestBody struct {
		Number     int        `json:"number"`
		Items      []string   `json:"items"`
		Reason     string     `json:"reason"`
		Unit       string     `json:"unit"`
		AskedAt    time.Time  `json:"asked_at"`
		Deadline   time.Time  `json:"deadline"`
		AnsweredAt *time.Time `json:"answered_at,omitempty"`
		Answer     string     `json:"answer,omitempty"`
		ExpiredAt  *time.Time `json:"expired_at,omitempty"`
	}
	viewBody struct {
		DossierBody
		Owner     Applicant        `json:"owner"`
		Submitter *Applicant       `json:"submitter,omitempty" doc:"Only when filed by an authorised person"`
		Form      map[string]any   `json:"form,omitempty" doc:"Answers of the e-form"`
		Parts     []partBody       `json:"parts"`
		Papers    []paperBody      `json:"papers"`
		Files     []attachmentBody `json:"files"`
		Fees      []feeBody        `json:"fees"`
		Requests  []requestBody    `json:"requests" doc:"Requests for more papers"`
		Events    []eventBody      `json:"events" doc:"Newest first"`
		Offers    []offerBody      `json:"offers" doc:"Open steps with what you can do on them"`
	}
	standingBody struct {
		Code          string     `json:"code"`
		ProcedureName string     `json:"procedure_name"`
		Status        Status     `json:"status"`
		StatusName    string     `json:"status_name"`
		FiledAt       time.Time  `json:"filed_at"`
		DueAt         *time.Time `json:"due_at,omitempty"`
		Receiver      string     `json:"receiver" doc:"Name of the agency it was filed with"`
		Stops         []partBody `json:"stops"`

		// only with the secret or a sign-in of the owner
		ID        string           `json:"id,omitempty" doc:"Only with the secret or a sign-in of the owner, as all below"`
		OwnerName string           `json:"owner_name,omitempty"`
		Events    []eventBody      `json:"events,omitempty" doc:"Newest first"`
		Papers    []paperBody      `json:"papers,omitempty"`
		Files     []attachmentBody `json:"files,omitempty"`
		Fees      []feeBody        `json:"fees,omitempty"`
		Asked     *requestBody     `json:"asked,omitempty" doc:"Request for papers that waits for an answer"`
		Can       []Act            `json:"can,omitempty"`
	}
)

func (s *Service) apiRead(a *web.API) {
	get := func(op, path, summary string) huma.Operation {
		return huma.Operation{OperationID: "dossier." + op, Method: http.MethodGet, Path: "/dossier/" + path, Summary: summary}
	}
	web.Register(a, get("read", "dossiers/{id}", "Xem một hồ sơ"), PermRead, func(ctx context.Context, in *struct {
		ID string `path:"id"`
	}) (*viewOut, error) {
		return viewed(s.Read(ctx, ID(in.ID)))
	})
	web.Register(a, get("read_number", "numbers/{number}", "Xem một hồ sơ theo mã hoặc số của một cơ quan"), PermRead, func(ctx context.Context, in *struct {
		Number string `path:"number" maxLength:"60"`
	}) (*viewOut, error) {
		return viewed(s.ReadByNumber(ctx, in.Number))
	})
	web.Register(a, get("colleagues", "dossiers/{id}/steps/{step}/colleagues", "Những người có thể được giao một bước"), PermAssign, s.apiColleagues)
	web.Register(a, get("track", "track/{code}", "Tra cứu hồ sơ theo mã"), web.Public, s.apiTrack)
}

type viewOut struct{ Body viewBody }

func viewed(v *View, err error) (*viewOut, error) {
	if err != nil {
		return nil, err
	}
	b := viewBody{DossierBody: bodyAt(v.Dossier, v.Now), Owner: v.Owner, Parts: []partBody{}, Papers: paperBodies(v.Papers), Files: attachmentBodies(v.Files),
		Fees: feeBodies(v.Fees), Requests: []requestBody{}, Events: eventBodies(v.Events, true), Offers: []offerBody{}}
	if v.Authorised {
		b.Submitter = &v.Submitter
	}
	_ = json.Unmarshal([]byte(v.Dossier.Form), &b.Form) // written by this room
	for _, p := range v.Parts {
		b.Parts = append(b.Parts, partBody{Agency: p.UnitName, Number: p.Number, ArrivedAt: p.ArrivedAt, DueAt: p.DueAt, DoneAt: p.DoneAt})
	}
	for i := range v.Supplements {
		b.Requests = append(b.Requests, requested(&v.Supplements[i]))
	}
	for _, o := range v.Offers {
		b.Offers = append(b.Offers, offered(o))
	}
	return &viewOut{b}, nil
}

func offered(o Offer) offerBody {
	x := offerBody{Step: o.Step.ID, Name: o.Step.Name, Kind: o.Step.Kind, State: string(o.Step.State), Unit: o.Step.UnitName,
		Assignee: o.Step.AssigneeName, DueAt: o.Step.DueAt, Acts: o.Acts, Assign: o.Assign}
	if x.Acts == nil {
		x.Acts = []Act{}
	}
	for _, c := range o.Choices {
		x.Choices, x.Labels = append(x.Choices, c.To), append(x.Labels, c.Label)
	}
	return x
}

func requested(m *Supplement) requestBody {
	return requestBody{Number: m.Number, Items: m.Asked(), Reason: m.Reason, Unit: m.AskedUnit, AskedAt: m.AskedAt,
		Deadline: m.Deadline, AnsweredAt: m.AnsweredAt, Answer: m.Answer, ExpiredAt: m.ExpiredAt}
}

// eventBodies returns lines of the history; who acted at which step only officials read.
func eventBodies(es []Event, office bool) []eventBody {
	out := make([]eventBody, len(es))
	for i := range es {
		e := &es[i]
		out[i] = eventBody{At: e.At, Act: e.Act, Sentence: e.Sentence().String(), Note: e.Note, Reasons: e.Reasons(), Items: e.Items(), NewDue: e.NewDue(), Unit: e.UnitName}
		if office {
			out[i].Actor, out[i].Step = e.ActorName, e.StepName
		}
	}
	return out
}

func paperBodies(ps []Paper) []paperBody {
	out := make([]paperBody, len(ps))
	for i, p := range ps {
		out[i] = paperBody{p.ID, p.Key, p.Name, p.Originals, p.Copies, p.Provided, p.Check, p.CheckNote}
	}
	return out
}

func attachmentBodies(as []Attachment) []attachmentBody {
	out := make([]attachmentBody, len(as))
	for i, a := range as {
		out[i] = attachmentBody{a.ID, a.PaperID, a.Kind, a.Name, a.Size, a.MediaType, a.AddedAt}
	}
	return out
}

func feeBodies(fs []Fee) []feeBody {
	out := make([]feeBody, len(fs))
	for i, f := range fs {
		out[i] = feeBody{f.Key, f.Name, f.Kind, f.Amount, f.Quantity, f.Total(), f.PaidAt}
	}
	return out
}

type colleagueBody struct {
	Account string `json:"account" doc:"Send it as to when assigning"`
	Name    string `json:"name"`
	Title   string `json:"title,omitempty"`
}

func (s *Service) apiColleagues(ctx context.Context, in *struct {
	ID   string `path:"id"`
	Step string `path:"step"`
}) (*struct{ Body []colleagueBody }, error) {
	v, err := s.Read(ctx, ID(in.ID))
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(v.Steps, func(st Step) bool { return st.ID == in.Step && st.Open() })
	if i < 0 {
		return nil, fault.NewNotFound(i18n.M("Không tìm thấy bước xử lý này của hồ sơ."))
	}
	if !slices.ContainsFunc(v.Offers, func(o Offer) bool { return o.Step.ID == in.Step && o.Assign }) {
		return nil, fault.NewForbidden(i18n.M("Tài khoản này không có quyền giao việc tại %s.", v.Steps[i].UnitName))
	}
	able, err := s.Colleagues(ctx, v.Steps[i])
	if err != nil {
		return nil, err
	}
	out := make([]colleagueBody, len(able))
	for i, c := range able {
		out[i] = colleagueBody{c.AccountID, c.Name, c.Title}
	}
	return &struct{ Body []colleagueBody }{out}, nil
}

// TrackPath names a dossier, and proves with the secret of its receipt that everything may be read.
type TrackPath struct {
	Code   string `path:"code" maxLength:"60"`
	Secret string `query:"secret" maxLength:"20"`
}

func (s *Service) apiTrack(ctx context.Context, in *TrackPath) (*struct{ Body standingBody }, error) {
	st, err := s.Track(ctx, in.Code, in.Secret)
	if err != nil {
		return nil, err
	}
	b := standingBody{Code: st.Code, ProcedureName: st.ProcedureName, Status: st.Status, StatusName: st.Status.Name().String(),
		FiledAt: st.FiledAt, DueAt: st.DueAt, Receiver: st.Receiver, Stops: []partBody{}}
	for _, p := range st.Stops {
		b.Stops = append(b.Stops, partBody{Agency: p.UnitName, Number: p.Number, ArrivedAt: p.ArrivedAt, DueAt: p.DueAt, DoneAt: p.DoneAt, Doing: p.Doing})
	}
	if st.Full {
		b.ID, b.OwnerName, b.Events, b.Can = string(st.ID), st.Owner.Name(), eventBodies(st.Events, false), st.Can
		b.Papers, b.Files, b.Fees = paperBodies(st.Papers), attachmentBodies(st.Files), feeBodies(st.Fees)
		if st.Asked != nil {
			asked := requested(st.Asked)
			b.Asked = &asked
		}
	}
	return &struct{ Body standingBody }{b}, nil
}
