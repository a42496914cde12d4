package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"sort"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/danielgtaylor/huma/v2/validation"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Version1 is the path under which all operations stand.
const Version1 = "/api/v1"

// APIInfo is what the API says of itself.
type APIInfo struct {
	Title         string
	Version       string
	Description   string
	SessionCookie string // name of the cookie of the sign-in, documented as one way to authenticate; empty: none
}

// API is the part of the site for programs: typed operations described by OpenAPI 3.1.
type API struct {
	huma.API
	mux  *Mux
	room string // of the operation that is being added
	once sync.Once
	raw  []byte // the OpenAPI document, made when first asked for
	err  error
}

// NewAPI adds an API to a site, with its description at /api/openapi.json and a page for people at /api.
func NewAPI(m *Mux, in APIInfo) *API {
	schemes := map[string]*huma.SecurityScheme{"bearer": {Type: "http", Scheme: "bearer", Description: "Mã truy cập của tài khoản ứng dụng."}}
	if in.SessionCookie != "" {
		schemes["session"] = &huma.SecurityScheme{Type: "apiKey", In: "cookie", Name: in.SessionCookie, Description: "Phiên đăng nhập trên trình duyệt."}
	}
	a := &API{mux: m}
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI:    "3.1.0",
			Info:       &huma.Info{Title: in.Title, Version: in.Version, Description: in.Description},
			Components: &huma.Components{Schemas: huma.NewMapRegistry("#/components/schemas/", a.schemaName), SecuritySchemes: schemes},
		},
		Formats:       map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat},
		DefaultFormat: "application/json",
	}
	a.API = huma.NewAPI(config, apiAdapter{m})
	m.Handle(
		Route{Method: http.MethodGet, Pattern: "/api/openapi.json", Permission: Public, Name: "web.openapi", Handler: a.document},
		Route{Method: http.MethodGet, Pattern: "/api", Permission: Public, Name: "web.reference", Handler: a.reference},
	)
	return a
}

// jsonFormat is JSON without the NUL character, which not every database takes in a text.
var jsonFormat = huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: func(raw []byte, v any) error {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		if bytes.HasPrefix(raw[i+1:], []byte("u0000")) {
			return errors.New(`không được có ký tự \u0000`)
		}
		i++ // what it escapes
	}
	return huma.DefaultJSONFormat.Unmarshal(raw, v)
}}

// Keys in the Metadata of an operation; true makes its route a secret one, a costly one, or one that asks for a fresh proof.
const (
	Secret = "secret"
	Costly = "costly"
	StepUp = "step-up"
)

// Register adds an operation. op.OperationID is the name of the route, "room.verb"; op.Path is relative to /api/v1;
// op.MaxBodyBytes is as Route.MaxBody. Errors of the handler are mapped by their fault kind.
func Register[I, O any](a *API, op huma.Operation, permission string, handler func(context.Context, *I) (*O, error)) {
	if lost := lostInput(reflect.TypeFor[I]()); lost != "" {
		panic(fmt.Sprintf("web: operation %s: input %s is not exported, so it would never be filled in", op.OperationID, lost))
	}
	op.Path = Version1 + op.Path
	if op.Metadata == nil {
		op.Metadata = map[string]any{}
	}
	route := Route{Method: op.Method, Pattern: op.Path, Permission: permission, Name: op.OperationID, MaxBody: op.MaxBodyBytes,
		Secret: op.Metadata[Secret] == true, Costly: op.Metadata[Costly] == true, StepUp: op.Metadata[StepUp] == true}
	op.Metadata["route"] = route
	op.MaxBodyBytes, op.BodyReadTimeout = -1, -1 // the route and the site see to both
	if op.Extensions == nil {
		op.Extensions = map[string]any{}
	}
	op.Extensions["x-permission"] = permission
	if route.StepUp {
		op.Extensions["x-fresh-proof"] = true
	}
	if permission != Public {
		for _, name := range sortedKeys(a.OpenAPI().Components.SecuritySchemes) {
			op.Security = append(op.Security, map[string][]string{name: {}})
		}
	}
	if op.Method == http.MethodPost {
		lo, hi := 16, 200
		op.Parameters = append(op.Parameters, &huma.Param{Name: "Idempotency-Key", In: "header", Required: true,
			Description: "Khóa của việc này: mới cho mỗi việc, giữ nguyên khi gửi lại.", Schema: &huma.Schema{Type: "string", MinLength: &lo, MaxLength: &hi}})
	}
	a.room, _, _ = strings.Cut(op.OperationID, ".")
	if len(op.Tags) == 0 {
		op.Tags = []string{a.room}
	}
	huma.Register(a.API, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, a.mux.apiError(ctx, err)
		}
		return out, nil
	})
}

// lostInput names a field of an input that carries a parameter or a body but cannot be set from outside, because
// it or the struct it is embedded in is not exported; "" when there is none.
func lostInput(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return ""
	}
	for i := range t.NumField() {
		f := t.Field(i)
		switch {
		case f.Anonymous && f.IsExported():
			if lost := lostInput(f.Type); lost != "" {
				return lost
			}
		case f.Anonymous && carriesInput(f.Type), !f.IsExported() && isInput(f):
			return t.Name() + "." + f.Name
		}
	}
	return ""
}

// carriesInput reports whether a struct or one embedded in it has an input.
func carriesInput(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		if f := t.Field(i); isInput(f) || f.Anonymous && carriesInput(f.Type) {
			return true
		}
	}
	return false
}

// isInput reports whether a field is filled in from a request.
func isInput(f reflect.StructField) bool {
	for _, tag := range []string{"path", "query", "header", "cookie", "form"} {
		if _, ok := f.Tag.Lookup(tag); ok {
			return true
		}
	}
	return f.Name == "Body" || f.Name == "RawBody"
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// apiAdapter mounts operations as routes of the site, so that they stand behind the same guards.
type apiAdapter struct{ m *Mux }

// Handle mounts an operation.
func (a apiAdapter) Handle(op *huma.Operation, h func(huma.Context)) {
	route, ok := op.Metadata["route"].(Route)
	if !ok {
		panic("web: operation " + op.OperationID + " names no permission; use web.Register")
	}
	route.Handler = func(w http.ResponseWriter, r *http.Request) error {
		defer func() { // net/http looks after its own copy of the request only
			if r.MultipartForm != nil {
				_ = r.MultipartForm.RemoveAll()
			}
		}()
		h(humago.NewContext(op, r, w))
		return nil
	}
	a.m.Handle(route)
}

// ServeHTTP answers a request.
func (a apiAdapter) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.m.ServeHTTP(w, r) }

// apiError turns the error of an operation into what huma writes.
func (m *Mux) apiError(ctx context.Context, err error) error {
	err = classify(err)
	m.report(ctx, err)
	header := http.Header{"Cache-Control": {"no-store"}}
	if statusOf(err) == http.StatusServiceUnavailable {
		header.Set("Retry-After", "30")
	}
	return huma.ErrorWithHeaders(m.problem(ctx, err), header)
}

// ownError makes the errors huma finds itself (malformed and invalid input) look like ours.
func ownError(hc huma.Context, status int, msg string, errs ...error) huma.StatusError {
	ctx := hc.Context()
	in := infoOf(ctx)
	if in.mux == nil {
		return &Problem{Type: "about:blank", Status: status, Title: http.StatusText(status), Detail: msg, Kind: fault.Internal.String()}
	}
	if in.over > 0 {
		return in.mux.problem(ctx, TooLarge(in.over))
	}
	if status >= 500 {
		err := fmt.Errorf("%s: %w", msg, errors.Join(errs...))
		in.mux.report(ctx, err)
		return in.mux.problem(ctx, err)
	}
	f := fault.New(fault.Invalid, i18n.Msg{})
	switch status {
	case http.StatusRequestTimeout:
		f.Msg = i18n.M("Đường truyền bị ngắt khi đang gửi. Hãy gửi lại.")
	case http.StatusUnsupportedMediaType, http.StatusNotAcceptable:
		f.Msg = i18n.M("Hãy gửi và nhận dữ liệu dạng application/json.")
	case http.StatusBadRequest:
		f.Msg = i18n.M("Không đọc được nội dung gửi lên. Hãy gửi lại.")
	}
	for _, err := range errs {
		d := &huma.ErrorDetail{Message: "?"}
		if ed, ok := err.(huma.ErrorDetailer); ok { //nolint:errorlint // huma passes them unwrapped
			d = ed.ErrorDetail()
		} else if err != nil {
			d = &huma.ErrorDetail{Message: err.Error()}
		}
		f.Problems = append(f.Problems, fault.Problem{Field: strings.TrimPrefix(d.Location, "body."), Msg: i18n.Msg{Text: vietnamese(d.Message)}})
	}
	return in.mux.problem(ctx, withStatus(status, f))
}

func init() {
	huma.NewError = func(status int, msg string, _ ...error) huma.StatusError {
		return &Problem{Type: "about:blank", Status: status, Title: http.StatusText(status), Detail: msg, Kind: fault.Invalid.String()}
	}
	huma.NewErrorWithContext = ownError
	huma.DefaultArrayNullable = false
	vietnameseValidation()
}

// vietnameseValidation replaces the sentences of the library that checks input.
func vietnameseValidation() {
	v := map[*string]string{
		&validation.MsgUnexpectedProperty:                "không có mục này trong mô tả API",
		&validation.MsgExpectedRFC3339DateTime:           "phải là thời điểm dạng 2018-11-23T14:05:00+07:00",
		&validation.MsgExpectedRFC3339Date:               "phải là ngày dạng 2018-11-23",
		&validation.MsgExpectedRFC3339Time:               "phải là giờ dạng 14:05:00",
		&validation.MsgExpectedRFC5322Email:              "phải là địa chỉ thư điện tử (%v)",
		&validation.MsgExpectedRFC3986URI:                "phải là địa chỉ URI (%v)",
		&validation.MsgExpectedRFC4122UUID:               "phải là UUID (%v)",
		&validation.MsgExpectedMatchAtLeastOneSchema:     "không khớp dạng nào được phép",
		&validation.MsgExpectedMatchExactlyOneSchema:     "phải khớp đúng một dạng được phép",
		&validation.MsgExpectedBoolean:                   "phải là true hoặc false",
		&validation.MsgExpectedNumber:                    "phải là số",
		&validation.MsgExpectedInteger:                   "phải là số nguyên",
		&validation.MsgExpectedString:                    "phải là chuỗi ký tự",
		&validation.MsgExpectedBase64String:              "phải là chuỗi base64",
		&validation.MsgExpectedArray:                     "phải là danh sách",
		&validation.MsgExpectedObject:                    "phải là đối tượng JSON",
		&validation.MsgExpectedArrayItemsUnique:          "các phần tử phải khác nhau",
		&validation.MsgExpectedOneOf:                     "phải là một trong: %s",
		&validation.MsgExpectedMinimumNumber:             "phải từ %v trở lên",
		&validation.MsgExpectedExclusiveMinimumNumber:    "phải lớn hơn %v",
		&validation.MsgExpectedMaximumNumber:             "phải từ %v trở xuống",
		&validation.MsgExpectedExclusiveMaximumNumber:    "phải nhỏ hơn %v",
		&validation.MsgExpectedMinLength:                 "phải có ít nhất %d ký tự",
		&validation.MsgExpectedMaxLength:                 "không được quá %d ký tự",
		&validation.MsgExpectedBePattern:                 "phải là %s",
		&validation.MsgExpectedMatchPattern:              "phải đúng mẫu %s",
		&validation.MsgExpectedMinItems:                  "phải có ít nhất %d phần tử",
		&validation.MsgExpectedMaxItems:                  "không được quá %d phần tử",
		&validation.MsgExpectedRequiredProperty:          "thiếu mục bắt buộc %s",
		&validation.MsgExpectedDependentRequiredProperty: "cần mục %s khi có mục %s",
	}
	for at, text := range v {
		*at = text
	}
}

var namePart = regexp.MustCompile(`(?:[\w.\-]+/)*(\w+)\.(\w+)|\w+`)

// schemaName gives every type a name of its own: the room's name stands before the type's. A type without a name
// is called after the operation's types around it.
func (a *API) schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Name() == "" {
		name := huma.DefaultSchemaNamer(t, strings.ReplaceAll(hint, ".", "-"))
		if room := upper(a.room); !strings.HasPrefix(name, room) {
			name = room + name
		}
		return name
	}
	full := t.Name()
	if t.PkgPath() != "" {
		full = t.PkgPath() + "." + full
	}
	var b strings.Builder
	for _, part := range namePart.FindAllStringSubmatch(full, -1) {
		room, name := part[1], part[2]
		if name == "" {
			name = part[0]
		}
		if room == "web" || strings.EqualFold(room, name) {
			room = ""
		}
		b.WriteString(upper(room) + upper(name))
	}
	return b.String()
}

func upper(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// document sends the description of the API.
func (a *API) document(w http.ResponseWriter, _ *http.Request) error {
	a.once.Do(func() { a.raw, a.err = json.Marshal(a.OpenAPI()) })
	if a.err != nil {
		return fmt.Errorf("make the OpenAPI document: %w", a.err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	_, err := w.Write(a.raw)
	return err
}
