package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// statusError is a fault that needs another status than that of its kind.
type statusError struct {
	status int
	fault  *fault.Error
}

func (e statusError) Error() string { return e.fault.Error() }
func (e statusError) Unwrap() error { return e.fault }

func withStatus(status int, f *fault.Error) error { return statusError{status, f} }

// TooLarge is the error of a body or file over its limit in bytes.
func TooLarge(limit int64) error {
	return withStatus(http.StatusRequestEntityTooLarge, fault.New(fault.Invalid,
		i18n.M("Dữ liệu gửi lên lớn hơn giới hạn %s. Hãy chụp lại với cỡ nhỏ hơn hoặc chia thành nhiều tệp.", Size(limit))))
}

// BadRequest is the error of a request that cannot be read.
func BadRequest(m i18n.Msg) error {
	return withStatus(http.StatusBadRequest, fault.New(fault.Invalid, m))
}

// tooMany is the error of an address that did something costly too often.
func tooMany() error {
	return withStatus(http.StatusTooManyRequests, fault.NewUnavailable(i18n.M("Có quá nhiều yêu cầu từ địa chỉ mạng này. Hãy đợi vài phút rồi gửi lại, hoặc đăng nhập.")))
}

// statusOf maps an error to its status. This is the only place that does.
func statusOf(err error) int {
	var s statusError
	if errors.As(err, &s) {
		return s.status
	}
	switch fault.KindOf(err) {
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Conflict:
		return http.StatusConflict
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// classify gives errors of libraries their kind.
func classify(err error) error {
	if _, ok := fault.As(err); ok {
		return err
	}
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return TooLarge(big.Limit)
	}
	var temporary interface{ Temporary() bool } // a locked database says so
	var network *net.OpError
	switch {
	case errors.As(err, &temporary) && temporary.Temporary(), errors.As(err, &network), errors.Is(err, context.DeadlineExceeded):
		return fault.NewUnavailable(i18n.Msg{}).Wrap(err)
	}
	return err
}

// title is the heading of an error page.
func title(status int) i18n.Msg {
	switch status {
	case http.StatusNotFound:
		return i18n.M("Không tìm thấy trang")
	case http.StatusForbidden:
		return i18n.M("Không có quyền xem trang này")
	case http.StatusUnauthorized:
		return i18n.M("Cần đăng nhập")
	case http.StatusConflict:
		return i18n.M("Nội dung đã thay đổi")
	case http.StatusServiceUnavailable:
		return i18n.M("Hệ thống đang bận")
	case http.StatusTooManyRequests:
		return i18n.M("Có quá nhiều yêu cầu")
	case http.StatusRequestEntityTooLarge:
		return i18n.M("Dữ liệu quá lớn")
	case http.StatusUnprocessableEntity:
		return i18n.M("Thông tin chưa đúng")
	}
	if status >= 400 && status < 500 {
		return i18n.M("Yêu cầu không hợp lệ")
	}
	return i18n.M("Hệ thống gặp lỗi")
}

// Problem is the body of an API error (RFC 9457).
type Problem struct {
	Type      string         `json:"type" doc:"Always about:blank; the kind says what it is"`
	Title     string         `json:"title" doc:"Short summary of the status"`
	Status    int            `json:"status" doc:"HTTP status"`
	Detail    string         `json:"detail" doc:"What is wrong and what to do, for people"`
	Kind      string         `json:"kind" enum:"internal,not_found,invalid,conflict,forbidden,unproved,unauthenticated,unavailable" doc:"Stable word for programs"`
	Reference string         `json:"reference" doc:"Reference number for the support"`
	Errors    []ProblemField `json:"errors,omitempty" doc:"What is wrong with which field"`
}

// ProblemField is what is wrong with one field.
type ProblemField struct {
	Field  string `json:"field" doc:"Path of the field in the request, empty for the request as a whole"`
	Detail string `json:"detail" doc:"What is wrong, for people"`
}

// Error makes the problem an error.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns the media type of problem documents.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func (m *Mux) problem(ctx context.Context, err error) *Problem {
	status := statusOf(err)
	lang, cat := i18n.Lang(ctx), m.o.Renderer.catalog
	f, ok := fault.As(err)
	if !ok {
		f = fault.New(fault.Internal, i18n.Msg{})
	}
	kind := f.Kind.String()
	if errors.Is(err, actor.ErrStale) {
		kind = Unproved
	}
	p := &Problem{Type: "about:blank", Title: cat.Msg(lang, title(status)), Status: status, Detail: cat.Msg(lang, f.User()), Kind: kind, Reference: RequestID(ctx)}
	for _, one := range f.Problems {
		p.Errors = append(p.Errors, ProblemField{one.Field, cat.Msg(lang, one.Msg)})
	}
	return p
}

// Fail answers with the page or the problem document of an error, for middleware (Options.Around). Handlers return
// their errors instead.
func Fail(w http.ResponseWriter, r *http.Request, err error) {
	if m := infoOf(r.Context()).mux; m != nil {
		m.fail(w, r, err)
		return
	}
	http.Error(w, http.StatusText(statusOf(classify(err))), statusOf(classify(err)))
}

// fail answers with the page or the problem document of an error.
func (m *Mux) fail(w http.ResponseWriter, r *http.Request, err error) {
	ctx := r.Context()
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return // nobody waits for the answer any more
	}
	err = classify(err)
	m.report(ctx, err)
	if infoOf(ctx).began {
		return // the client sees a broken answer
	}
	for _, name := range []string{"Content-Length", "Content-Encoding", "Content-Disposition", "Content-Type", "Etag", "Last-Modified"} {
		w.Header().Del(name) // of the answer that failed
	}
	status := statusOf(err)
	w.Header().Set("Cache-Control", "no-store")
	if (status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests) && w.Header().Get("Retry-After") == "" {
		w.Header().Set("Retry-After", "30")
	}
	switch {
	case IsAPI(r):
		writeProblem(w, m.problem(ctx, err))
	case errors.Is(err, actor.ErrStale) && m.asks != nil && infoOf(ctx).carried == nil:
		m.askProof(w, r, err)
	case status == http.StatusUnauthorized:
		m.login(w, r, err)
	default:
		m.errorPage(w, r, err)
	}
}

func (m *Mux) report(ctx context.Context, err error) {
	level := slog.LevelDebug
	switch fault.KindOf(err) {
	case fault.Internal:
		level = slog.LevelError
	case fault.Unavailable:
		level = slog.LevelWarn
	}
	m.o.Log.LogAttrs(ctx, level, "request failed", slog.String("request_id", RequestID(ctx)), slog.String("error", err.Error()))
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	raw, err := json.Marshal(p)
	if err != nil {
		panic(err) // strings and numbers
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
	w.WriteHeader(p.Status)
	_, _ = w.Write(raw)
}

// login leads to the sign-in page, and back afterwards. What was typed into a form stays on the page before.
func (m *Mux) login(w http.ResponseWriter, r *http.Request, err error) {
	next := ""
	switch {
	case IsPartial(r):
		if u, perr := url.Parse(r.Header.Get("HX-Current-URL")); perr == nil {
			next = SafePath((&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String())
		}
		w.Header().Set("HX-Redirect", m.loginURL(next))
		w.WriteHeader(http.StatusUnauthorized)
		return
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		http.Redirect(w, r, m.loginURL(SafePath(r.URL.RequestURI())), http.StatusSeeOther)
		return
	}
	m.errorPage(w, r, fault.NewUnauthenticated(i18n.M("Phiên làm việc đã hết. Hãy đăng nhập ở một thẻ khác của trình duyệt, rồi gửi lại ở đây hoặc ở trang trước; nội dung đã nhập vẫn còn.")).Wrap(err))
}

func (m *Mux) loginURL(next string) string {
	if next == "" || next == "/" {
		return m.o.LoginPath
	}
	return m.o.LoginPath + "?" + url.Values{"next": {next}}.Encode()
}

// errorData is the data of the template "error".
type errorData struct {
	Code        int
	Title, Text string
	Ref, Back   string
	Problems    []ProblemField
	Again       *again // to send the same form once more; nil when there is none or trying again changes nothing
}

// again is a form as it was sent, so that nothing typed is lost when the site could not take it.
type again struct {
	Action string
	Fields []typedField
}

type typedField struct{ Name, Value string }

// formAgain returns what a page sent as a form when sending it once more can help. Passwords and files are not kept.
func formAgain(r *http.Request, status int) *again {
	if r.Method != http.MethodPost || IsPartial(r) || infoOf(r.Context()).route == nil || infoOf(r.Context()).route.Secret {
		return nil
	}
	switch status {
	case http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable:
	default:
		return nil
	}
	fields, ok := typed(r)
	if !ok {
		return nil
	}
	a := &again{Action: r.URL.RequestURI()}
	for _, name := range sortedKeys(fields) {
		for _, value := range fields[name] {
			a.Fields = append(a.Fields, typedField{name, value})
		}
	}
	return a
}

// typed returns the fields of a form without files.
func typed(r *http.Request) (fields url.Values, ok bool) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err != nil:
		return nil, false
	case media == "application/x-www-form-urlencoded":
		return r.PostForm, r.ParseForm() == nil
	case media != "multipart/form-data":
		return nil, false
	}
	in := infoOf(r.Context())
	if in.parts == nil { // nobody has read it; the first file ends the reading
		_, err = Multipart(r, 0, func(Part, Values) error { return errors.ErrUnsupported })
	}
	return url.Values(in.parts), err == nil && !in.files
}

func (m *Mux) errorPage(w http.ResponseWriter, r *http.Request, err error) {
	p := m.problem(r.Context(), err)
	d := errorData{Code: p.Status, Title: p.Title, Text: p.Detail, Problems: p.Errors, Again: formAgain(r, p.Status)}
	if p.Status >= 500 {
		d.Ref = p.Reference
	}
	if u, perr := url.Parse(r.Referer()); perr == nil && u.Host == r.Host && u.Path != r.URL.Path {
		d.Back = SafePath((&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String())
	}
	if err := m.o.Renderer.own.Render(w, r, p.Status, "error.html", "public", View{Title: p.Title, Data: d}); err != nil {
		m.report(r.Context(), err)
		http.Error(w, p.Title+"\n"+p.Detail+"\n"+p.Reference, p.Status)
	}
}
