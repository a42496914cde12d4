package procedure

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
)

// API adds the room's operations, /api/v1/procedure/….
func (s *Service) API(a *web.API) {
	op := func(name, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: "procedure." + name, Method: method, Path: "/procedure/" + path, Summary: summary}
	}
	web.Register(a, op("find", http.MethodGet, "procedures", "Tìm thủ tục hành chính"), web.Public, s.apiFind)
	web.Register(a, op("suggest", http.MethodGet, "suggestions", "Gợi ý thủ tục khi đang gõ"), web.Public, s.apiSuggest)
	web.Register(a, op("fields", http.MethodGet, "fields", "Các lĩnh vực và số thủ tục"), web.Public, s.apiFields)
	web.Register(a, op("show", http.MethodGet, "procedures/{code}", "Xem một thủ tục"), web.Public, s.apiShow)
	web.Register(a, op("receivers", http.MethodGet, "procedures/{code}/receivers", "Các cơ quan tiếp nhận thủ tục"), web.Public, s.apiReceivers)
	web.Register(a, op("export", http.MethodGet, "procedures/{code}/file", "Tải thủ tục dạng tệp YAML"), web.Public, s.apiExport)
	web.Register(a, op("history", http.MethodGet, "procedures/{code}/versions", "Các phiên bản của một thủ tục"), PermManage, s.apiHistory)
	file := op("import", http.MethodPost, "files", "Nạp một tệp thủ tục")
	file.MaxBodyBytes = 2 * maxFile
	web.Register(a, file, PermManage, s.apiImport)
	records := op("records", http.MethodPost, "records", "Nạp bản ghi của cơ sở dữ liệu quốc gia về thủ tục hành chính")
	records.MaxBodyBytes, records.SkipValidateBody = web.Upload, true
	web.Register(a, records, PermManage, s.apiRecords)
}

// apiDay is a civil date in a query.
type apiDay string

func (d apiDay) date() (clock.Date, error) {
	day, err := clock.ParseDate(string(d))
	if err != nil {
		return clock.Date{}, fault.NewInvalid("on", i18n.M("Ngày chưa đúng, ví dụ đúng: 2018-11-23."))
	}
	return day, nil
}

type findIn struct {
	Text      string `query:"q" maxLength:"200" doc:"Từ cần tìm, có dấu hoặc không dấu"`
	Field     string `query:"field" maxLength:"64" doc:"Mã lĩnh vực"`
	Level     string `query:"level" maxLength:"64" doc:"Cấp của cơ quan tiếp nhận"`
	Agency    string `query:"agency" maxLength:"64" doc:"Cơ quan tiếp nhận"`
	LifeEvent string `query:"life_event" maxLength:"64" doc:"Sự kiện trong đời"`
	Applicant string `query:"applicant" maxLength:"64" doc:"Đối tượng: citizen, business, organisation"`
	Online    bool   `query:"online" doc:"Chỉ thủ tục nộp trực tuyến được"`
	On        apiDay `query:"on" doc:"Ngày hiệu lực; mặc định hôm nay"`
	After     string `query:"after" maxLength:"200" doc:"Dấu trang: next của trang trước"`
	Size      int    `query:"size" minimum:"1" maximum:"200" default:"50" doc:"Số dòng"`
}

type findBody struct {
	Items []Summary `json:"items"`
	Total int       `json:"total"`
	Next  string    `json:"next,omitempty" doc:"Dấu trang của trang sau"`
}

type findOut struct{ Body findBody }

func (s *Service) apiFind(ctx context.Context, in *findIn) (*findOut, error) {
	on, err := in.On.date()
	if err != nil {
		return nil, err
	}
	p, err := s.Find(ctx, Query{Text: in.Text, Field: in.Field, Level: in.Level, AgencyID: in.Agency, LifeEvent: in.LifeEvent,
		Applicant: in.Applicant, OnlineOnly: in.Online, On: on, Cursor: in.After, Limit: in.Size})
	if err != nil {
		return nil, err
	}
	return &findOut{findBody{present(p.Items), p.Total, p.Next}}, nil
}

// present makes an empty list of none, for JSON.
func present[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

type suggestIn struct {
	Text string `query:"q" maxLength:"200" required:"true" doc:"Từ đang gõ"`
	Size int    `query:"size" minimum:"1" maximum:"20" default:"8"`
}

type summariesOut struct{ Body []Summary }

func (s *Service) apiSuggest(ctx context.Context, in *suggestIn) (*summariesOut, error) {
	list, err := s.Suggest(ctx, in.Text, in.Size)
	return &summariesOut{present(list)}, err
}

type dayIn struct {
	On apiDay `query:"on" doc:"Ngày hiệu lực; mặc định hôm nay"`
}

type fieldsOut struct{ Body []FieldCount }

func (s *Service) apiFields(ctx context.Context, in *dayIn) (*fieldsOut, error) {
	on, err := in.On.date()
	if err != nil {
		return nil, err
	}
	list, err := s.Fields(ctx, on)
	return &fieldsOut{present(list)}, err
}

type codeIn struct {
	On   apiDay `query:"on" doc:"Ngày hiệu lực; mặc định hôm nay"`
	Code string `path:"code" maxLength:"50" doc:"Mã thủ tục"`
}

type versionBody struct {
	VersionID  VersionID `json:"version_id"`
	Digest     string    `json:"digest" doc:"SHA-256 của nội dung"`
	ImportedAt time.Time `json:"imported_at"`
	Channels   []string  `json:"channels" doc:"Cách nộp: counter, online, post"`
	Procedure  *Spec     `json:"procedure"`
}

type versionOut struct{ Body versionBody }

func (s *Service) apiVersion(ctx context.Context, in *codeIn) (*Version, clock.Date, error) {
	on, err := in.On.date()
	if err != nil {
		return nil, on, err
	}
	v, err := s.Current(ctx, in.Code, on)
	return v, on, err
}

func (s *Service) apiShow(ctx context.Context, in *codeIn) (*versionOut, error) {
	v, _, err := s.apiVersion(ctx, in)
	if err != nil {
		return nil, err
	}
	return &versionOut{versionBody{v.ID, v.Digest, v.ImportedAt, present(v.Spec.Channels()), v.Spec}}, nil
}

type receiversIn struct {
	On    apiDay `query:"on" doc:"Ngày hiệu lực; mặc định hôm nay"`
	Code  string `path:"code" maxLength:"50" doc:"Mã thủ tục"`
	Place string `query:"place" maxLength:"64" doc:"Chỉ cơ quan phụ trách đơn vị hành chính này"`
}

type agencyBody struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Level string `json:"level,omitempty"`
}

type receiversOut struct{ Body []agencyBody }

func (s *Service) apiReceivers(ctx context.Context, in *receiversIn) (*receiversOut, error) {
	v, on, err := s.apiVersion(ctx, &codeIn{in.On, in.Code})
	if err != nil {
		return nil, err
	}
	list, err := s.Receivers(ctx, v, in.Place, on)
	if err != nil {
		return nil, err
	}
	out := &receiversOut{Body: []agencyBody{}}
	for _, a := range list {
		out.Body = append(out.Body, agencyBody{a.ID, a.Name, a.Level})
	}
	return out, nil
}

type fileOut struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (s *Service) apiExport(ctx context.Context, in *codeIn) (*fileOut, error) {
	raw, err := s.Export(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	name := strings.Map(func(r rune) rune { // codes may hold Đ
		if r > 126 {
			return '-'
		}
		return r
	}, in.Code)
	return &fileOut{"application/yaml; charset=utf-8", `attachment; filename="` + name + `.yaml"`, raw}, nil
}

type historyOut struct{ Body []Past }

func (s *Service) apiHistory(ctx context.Context, in *codeIn) (*historyOut, error) {
	list, err := s.History(ctx, in.Code)
	return &historyOut{present(list)}, err
}

type importIn struct {
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"200" doc:"Tên tệp, dùng trong báo cáo"`
		Text string `json:"text" maxLength:"2097152" doc:"Nội dung tệp YAML"`
	}
}

// reportBody is what came of an import.
type reportBody struct {
	Added     int        `json:"added"`
	Changed   int        `json:"changed"`
	Unchanged int        `json:"unchanged"`
	Retired   int        `json:"retired"`
	Failed    int        `json:"failed"`
	Lines     []lineBody `json:"lines" doc:"Lỗi và cảnh báo"`
}

type lineBody struct {
	Error bool   `json:"error" doc:"true: tệp hoặc dòng này không được nạp"`
	File  string `json:"file"`
	Code  string `json:"code,omitempty"`
	Text  string `json:"text"`
}

type reportOut struct{ Body reportBody }

func newReportOut(r Report) *reportOut {
	out := &reportOut{}
	b := &out.Body
	b.Added, b.Changed, b.Unchanged, b.Retired, b.Failed = r.Count()
	b.Lines = []lineBody{}
	for _, f := range r.Files {
		for _, line := range problems(f.File, f.Err) {
			b.Lines = append(b.Lines, lineBody{true, f.File, f.Code, line})
		}
		for _, w := range f.Warnings {
			b.Lines = append(b.Lines, lineBody{false, f.File, f.Code, w.String()})
		}
	}
	return out
}

func (s *Service) apiImport(ctx context.Context, in *importIn) (*reportOut, error) {
	r, err := s.ImportFile(ctx, in.Body.Name, strings.NewReader(in.Body.Text))
	if err != nil {
		return nil, err
	}
	return newReportOut(r), nil
}

type recordsIn struct {
	From    apiDay `query:"from" doc:"Ngày bắt đầu hiệu lực; mặc định hôm nay"`
	RawBody []byte `contentType:"application/json"`
}

func (s *Service) apiRecords(ctx context.Context, in *recordsIn) (*reportOut, error) {
	from, err := in.From.date()
	if err != nil {
		return nil, err
	}
	r, err := s.ImportRecords(ctx, bytes.NewReader(in.RawBody), from)
	if err != nil {
		return nil, err
	}
	return newReportOut(r), nil
}
