package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
)

type thing struct {
	Name string `json:"name" minLength:"2" doc:"Họ và tên"`
	Size int    `json:"size,omitempty" minimum:"1"`
}

type createInput struct{ Body thing }
type createOutput struct{ Body thing }
type listInput struct{ web.PageQuery }
type listOutput struct{ Body web.PageOf[thing] }
type idInput struct {
	ID string `path:"id"`
}
type upload struct {
	Name  string          `form:"name" required:"true"`
	Paper []huma.FormFile `form:"paper"`
}
type uploadInput struct {
	RawBody huma.MultipartFormFiles[upload]
}
type sizeOutput struct {
	Body struct {
		Bytes int64 `json:"bytes"`
	}
}

func withAPI(s site) *web.API {
	a := web.NewAPI(s.Mux, web.APIInfo{Title: "Thử", Version: "1", SessionCookie: "session"})
	web.Register(a, huma.Operation{OperationID: "thing.create", Method: "POST", Path: "/things", Summary: "Tạo", DefaultStatus: 201}, web.SignedIn,
		func(_ context.Context, in *createInput) (*createOutput, error) { return &createOutput{in.Body}, nil })
	web.Register(a, huma.Operation{OperationID: "thing.list", Method: "GET", Path: "/things", Summary: "Danh sách"}, web.Public,
		func(_ context.Context, in *listInput) (*listOutput, error) {
			p, err := in.Paging(1)
			if err != nil {
				return nil, err
			}
			var rows []thing
			for _, n := range []string{"an", "ba", "chi", "dũng"} {
				if len(p.After) == 0 || n > p.After[0] {
					rows = append(rows, thing{Name: n})
				}
			}
			return &listOutput{web.NewPageOf(rows, p.Size, func(x thing) []string { return []string{x.Name} })}, nil
		})
	web.Register(a, huma.Operation{OperationID: "thing.show", Method: "GET", Path: "/things/{id}", Summary: "Xem"}, "thing.read",
		func(_ context.Context, in *idInput) (*createOutput, error) {
			switch in.ID {
			case "conflict":
				return nil, fault.NewConflict(i18n.M("Hồ sơ vừa được người khác nhận."))
			case "crash":
				return nil, errors.New("secret detail")
			case "busy":
				return nil, locked{}
			}
			return nil, fault.NewNotFound(i18n.M("Không có hồ sơ %s.", in.ID))
		})
	web.Register(a, huma.Operation{OperationID: "thing.upload", Method: "POST", Path: "/uploads", Summary: "Gửi tệp", MaxBodyBytes: web.Upload}, web.Public,
		func(_ context.Context, in *uploadInput) (*sizeOutput, error) {
			out := &sizeOutput{}
			for _, f := range in.RawBody.Data().Paper {
				out.Body.Bytes += f.Size
			}
			return out, nil
		})
	return a
}

const key = "7c9e6679-7425-40de-944b-e07fc1f90ae7"

// TestAPI holds what programs see.
func TestAPI(t *testing.T) {
	s := newSite(t, nil)
	withAPI(s)
	for _, c := range []struct {
		name, method, url, body string
		header                  []string
		status                  int
		want                    []string
		not                     string
	}{
		{"create", "POST", "/api/v1/things", `{"name":"An"}`, []string{"X-As", "officer", "Idempotency-Key", key}, 201, []string{`{"name":"An"}`}, "$schema"},
		{"without key", "POST", "/api/v1/things", `{"name":"An"}`, []string{"X-As", "officer"}, 400, []string{`"kind":"invalid"`, "Thiếu tiêu đề Idempotency-Key"}, ""},
		{"short key", "POST", "/api/v1/things", `{"name":"An"}`, []string{"X-As", "officer", "Idempotency-Key", "1"}, 400, []string{"từ 16 đến 200"}, ""},
		{"odd key", "POST", "/api/v1/things", `{"name":"An"}`, []string{"X-As", "officer", "Idempotency-Key", "khóa-khóa-khóa-khóa"}, 400, []string{"chữ cái không dấu"}, ""},
		{"without sign-in", "POST", "/api/v1/things", `{"name":"An"}`, []string{"Idempotency-Key", key}, 401, []string{`"kind":"unauthenticated"`}, ""},
		{"invalid", "POST", "/api/v1/things", `{"name":"A","size":0,"more":1}`, []string{"X-As", "officer", "Idempotency-Key", key}, 422,
			[]string{`"field":"name"`, "phải có ít nhất 2 ký tự", `"field":"size"`, "phải từ 1 trở lên", "không có mục này", `"kind":"invalid"`, `"reference":"`}, `"value"`},
		{"missing field", "POST", "/api/v1/things", `{}`, []string{"X-As", "officer", "Idempotency-Key", key}, 422, []string{"thiếu mục bắt buộc name"}, ""},
		{"malformed", "POST", "/api/v1/things", `{"name":`, []string{"X-As", "officer", "Idempotency-Key", key}, 400, []string{`"kind":"invalid"`}, ""},
		{"no body", "POST", "/api/v1/things", ``, []string{"X-As", "officer", "Idempotency-Key", key}, 400, []string{`"kind":"invalid"`}, ""},
		{"too large", "POST", "/api/v1/things", `{"name":"` + strings.Repeat("a", 2000) + `"}`, []string{"X-As", "officer", "Idempotency-Key", key}, 413, []string{"1 KB"}, ""},
		{"first page", "GET", "/api/v1/things?size=2", "", nil, 200, []string{`{"items":[{"name":"an"},{"name":"ba"}],"next":"` + web.Cursor("ba") + `"}`}, ""},
		{"last page", "GET", "/api/v1/things?size=2&after=" + web.Cursor("ba"), "", nil, 200, []string{`{"items":[{"name":"chi"},{"name":"dũng"}]}`}, ""},
		{"empty page", "GET", "/api/v1/things?after=" + web.Cursor("z"), "", nil, 200, []string{`{"items":[]}`}, ""},
		{"bad cursor", "GET", "/api/v1/things?after=%21", "", nil, 400, []string{"từ đầu danh sách"}, ""},
		{"page too large", "GET", "/api/v1/things?size=1000", "", nil, 422, []string{"phải từ 200 trở xuống"}, ""},
		{"permission", "GET", "/api/v1/things/7", "", []string{"X-As", "citizen"}, 403, []string{`"kind":"forbidden"`}, ""},
		{"not found", "GET", "/api/v1/things/7", "", []string{"X-As", "officer"}, 404, []string{"Không có hồ sơ 7.", `"kind":"not_found"`}, ""},
		{"conflict", "GET", "/api/v1/things/conflict", "", []string{"X-As", "officer"}, 409, []string{`"kind":"conflict"`}, ""},
		{"internal", "GET", "/api/v1/things/crash", "", []string{"X-As", "officer"}, 500, []string{`"kind":"internal"`}, "secret"},
		{"busy", "GET", "/api/v1/things/busy", "", []string{"X-As", "officer"}, 503, []string{`"kind":"unavailable"`}, "locked"},
		{"wrong method", "DELETE", "/api/v1/things", "", nil, 405, []string{`"kind":"invalid"`}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var body *strings.Reader
			if body = strings.NewReader(c.body); c.body != "" {
				c.header = append(c.header, "Content-Type", "application/json")
			}
			w := s.do(c.method, c.url, body, c.header...)
			if w.Code != c.status {
				t.Errorf("status %d, want %d", w.Code, c.status)
			}
			for _, want := range c.want {
				if !strings.Contains(w.Body.String(), want) {
					t.Errorf("%s is missing in %s", want, w.Body)
				}
			}
			if c.not != "" && strings.Contains(w.Body.String(), c.not) {
				t.Errorf("%s must not be in %s", c.not, w.Body)
			}
			if ct := w.Header().Get("Content-Type"); c.status >= 400 && ct != "application/problem+json" {
				t.Errorf("content type %q", ct)
			}
			if c.status == 503 && w.Header().Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
		})
	}
	if !strings.Contains(s.log.String(), "secret detail") {
		t.Error("the log lacks the cause")
	}
}

// TestOpenAPI holds that every operation is described with its permission, and that the description can be read by people.
func TestOpenAPI(t *testing.T) {
	s := newSite(t, nil)
	withAPI(s)
	w := s.do("GET", "/api/openapi.json", nil)
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Permission  string `json:"x-permission"`
			Security    []map[string][]string
			Parameters  []struct {
				Name     string
				Required bool
			}
		}
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("version %q", doc.OpenAPI)
	}
	n := 0
	for path, ops := range doc.Paths {
		for method, op := range ops {
			n++
			if op.Permission == "" || !strings.HasPrefix(path, "/api/v1/") || op.OperationID == "" {
				t.Errorf("%s %s: %+v", method, path, op)
			}
			if (op.Permission == web.Public) != (len(op.Security) == 0) {
				t.Errorf("%s %s: permission %s, security %v", method, path, op.Permission, op.Security)
			}
			if method == "post" && (len(op.Parameters) == 0 || op.Parameters[0].Name != "Idempotency-Key" || !op.Parameters[0].Required) {
				t.Errorf("%s %s: no Idempotency-Key: %+v", method, path, op.Parameters)
			}
		}
	}
	if n != 4 {
		t.Errorf("%d operations, want 4", n)
	}
	for _, name := range []string{"Problem", "Web_testThing", "PageOfWeb_testThing"} {
		if _, ok := doc.Components.Schemas[name]; !ok {
			t.Errorf("schema %s is missing: %v", name, doc.Components.Schemas)
		}
	}
	for _, rt := range s.Routes() {
		if rt.Permission == "" {
			t.Errorf("%+v", rt)
		}
	}
	page := s.do("GET", "/api", nil).Body.String()
	for _, want := range []string{"POST /api/v1/things", "Idempotency-Key", "thing.read", "Họ và tên", `lang="vi"`, "<code>paper</code>"} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is missing on the page: %s", want, page)
		}
	}
}

// TestAPIUpload holds that a body with files passes the limit for forms, and that the upload limit holds.
func TestAPIUpload(t *testing.T) {
	s := newSite(t, nil)
	withAPI(s)
	for _, c := range []struct {
		name   string
		size   int
		status int
		want   string
	}{{"fits", 600 << 10, 200, `{"bytes":614400}`}, {"too large", 2 << 20, 413, "1 MB"}} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			m := multipart.NewWriter(&b)
			_ = m.WriteField("name", "An")
			f, err := m.CreateFormFile("paper", "giấy.pdf")
			if err != nil {
				t.Fatal(err)
			}
			_, _ = f.Write(bytes.Repeat([]byte("x"), c.size))
			_ = m.Close()
			w := s.do(http.MethodPost, "/api/v1/uploads", &b, "Content-Type", m.FormDataContentType(), "Idempotency-Key", key)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

// TestRegisterNeedsPermission holds that nothing is mounted on the API past web.Register.
func TestRegisterNeedsPermission(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an operation without permission was mounted")
		}
	}()
	a := withAPI(newSite(t, nil))
	huma.Register(a.API, huma.Operation{OperationID: "thing.open", Method: "GET", Path: "/open"}, func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
}
