package dossier_test

import (
	"encoding/json"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lienthong/internal/audit"
	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
)

const apiBase = "/api/v1/dossier"

// apiSite is a site with the room's API on a small province.
type apiSite struct {
	*dossiertest.World
	*webtest.Site
	t *testing.T
}

func apiMigrations() []migrate.Room { return append(dossiertest.Migrations(), web.Migrations()) }

// newAPI serves the room on a fresh SQLite database.
func newAPI(t *testing.T) *apiSite { return apiOn(t, dbtest.SQLite(t, apiMigrations()...)) }

func apiOn(t *testing.T, d *db.DB) *apiSite {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir()) // where forms with files are unpacked
	w := dossiertest.New(t, d)
	s := webtest.New(t, webtest.Look{Clock: w.Clock, Texts: []fs.FS{dossier.Overlays()}, Options: func(o *web.Options) {
		o.Idempotency = &web.Idempotency{DB: d, Clock: w.Clock, Log: slog.New(slog.DiscardHandler), Folder: t.TempDir()}
		o.Around = []func(http.Handler) http.Handler{func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(rw, r.WithContext(audit.WithClock(r.Context(), w.Clock)))
			})
		}}
	}})
	w.Dossiers.API(web.NewAPI(s.Mux, web.APIInfo{Title: "Thử", Version: "1"}))
	return &apiSite{w, s, t}
}

// do makes a request of the API and ends the test when its answer has another status.
func (s *apiSite) do(sc webtest.Scenario, status int) *webtest.Answer {
	s.t.Helper()
	sc.URL = apiBase + sc.URL
	a := webtest.Do(s.t, s.Mux, sc)
	if a.Status != status {
		s.t.Fatalf("%s %s: status %d, want %d: %s", sc.Method, sc.URL, a.Status, status, a.Body)
	}
	return a
}

func (s *apiSite) get(as actor.Actor, path string, into any) *webtest.Answer {
	s.t.Helper()
	a := s.do(webtest.Scenario{As: as, URL: path}, http.StatusOK)
	if into != nil {
		a.Into(s.t, into)
	}
	return a
}

// act posts an act on a dossier, which must succeed.
func (s *apiSite) act(as actor.Actor, d, act string, body map[string]any) dossier.DossierBody {
	s.t.Helper()
	var out dossier.DossierBody
	s.do(webtest.Scenario{As: as, URL: "/dossiers/" + d + "/" + act, JSON: body}, http.StatusOK).Into(s.t, &out)
	return out
}

// refused posts an act that must fail, and returns the problem.
func (s *apiSite) refused(as actor.Actor, d, act string, body map[string]any, status int) web.Problem {
	s.t.Helper()
	return s.problem(s.do(webtest.Scenario{As: as, URL: "/dossiers/" + d + "/" + act, JSON: body}, status))
}

// problem reads a problem document and holds its shape (RFC 9457).
func (s *apiSite) problem(a *webtest.Answer) web.Problem {
	s.t.Helper()
	var p web.Problem
	a.Into(s.t, &p)
	if ct := a.Header.Get("Content-Type"); ct != "application/problem+json" {
		s.t.Errorf("content type %q", ct)
	}
	if p.Type != "about:blank" || p.Status != a.Status || p.Title == "" || p.Detail == "" || p.Kind == "" || p.Reference == "" || p.Reference != a.Header.Get("X-Request-Id") {
		s.t.Errorf("problem %s", a.Body)
	}
	if strings.Contains(a.Body, "%!") {
		s.t.Errorf("problem %s", a.Body)
	}
	return p
}

// said reports whether a problem says something about a field.
func said(p web.Problem, field, text string) bool {
	for _, e := range p.Errors {
		if e.Field == field && strings.Contains(e.Detail, text) {
			return true
		}
	}
	return false
}

// apiView is what an official sees of a dossier.
type apiView struct {
	dossier.DossierBody
	Owner     dossier.Applicant
	Submitter *dossier.Applicant
	Form      map[string]any
	Papers    []struct {
		ID, Key, Name, Check, Note string
		Provided                   bool
		Originals, Copies          int
	}
	Files []struct {
		ID, Paper, Kind, Name string
		Size                  int64
		MediaType             string `json:"media_type"`
	}
	Fees []struct {
		Key                     string
		Amount, Quantity, Total int64
		PaidAt                  *string `json:"paid_at"`
	}
	Parts    []struct{ Agency, Number string }
	Requests []struct {
		Items          []string
		Reason, Answer string
	}
	Events []struct{ Act, Sentence, Actor, Unit, Step, Note string }
	Offers []struct {
		Step, Name, Kind, State, Unit, Assignee string
		Acts, Choices, Labels                   []string
		Assign                                  bool
	}
}

func (s *apiSite) view(as actor.Actor, d string) apiView {
	s.t.Helper()
	var v apiView
	s.get(as, "/dossiers/"+d, &v)
	return v
}

// step returns the id of the open step with a key.
func (s *apiSite) step(d, key string) string {
	s.t.Helper()
	return open(s.t, s.World, dossier.ID(d), key).ID
}

// birthJSON is a complete filing of a birth registration whose paper is in the part "birth-note".
func (s *apiSite) birthJSON() map[string]any {
	return map[string]any{
		"procedure": "9.000001", "case": "usual", "channel": "online", "receiver": s.Unit("ubnd-99101").ID,
		"owner":  dossiertest.Applicant("Đặng Văn Thử"),
		"form":   map[string]any{"child": map[string]any{"full_name": "Đặng Thị Mẫu", "birth_date": "2026-11-20", "sex": "female"}},
		"papers": []any{map[string]any{"key": "birth-note", "files": []string{"p1"}}},
	}
}

// filing is a request that files a dossier in one call.
func (s *apiSite) filing(as actor.Actor, filing any, files ...webtest.File) webtest.Scenario {
	s.t.Helper()
	text, ok := filing.(string)
	if !ok {
		raw, err := json.Marshal(filing)
		if err != nil {
			s.t.Fatal(err)
		}
		text = string(raw)
	}
	if len(files) == 0 { // a form all the same
		return webtest.Scenario{As: as, URL: "/dossiers", Files: []webtest.File{{Field: "dossier", Name: "dossier.json", Content: text}}}
	}
	return webtest.Scenario{As: as, URL: "/dossiers", Form: url.Values{"dossier": {text}}, Files: files}
}

// note is a small file that is what it says.
func note(part, name string) webtest.File {
	return webtest.File{Field: part, Name: name, Content: dossiertest.PDF}
}

// birthFiled files a birth registration as a citizen.
func (s *apiSite) birthFiled(as actor.Actor) dossier.DossierBody {
	s.t.Helper()
	var d dossier.DossierBody
	s.do(s.filing(as, s.birthJSON(), note("p1", "giấy chứng sinh.pdf")), http.StatusCreated).Into(s.t, &d)
	return d
}

// landFiled files and accepts the land dossier at the counter of the commune.
func (s *apiSite) landFiled(clerk actor.Actor) dossier.DossierBody {
	s.t.Helper()
	var d dossier.DossierBody
	s.do(s.filing(clerk, land(s.World)), http.StatusCreated).Into(s.t, &d)
	return d
}

// TestAPIDocument holds that programs can read what there is: every operation with its permission, every
// POST with its key, every form with the shape of its parts.
func TestAPIDocument(t *testing.T) {
	s := newAPI(t)
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Summary     string
			Permission  string `json:"x-permission"`
			Security    []any
			Tags        []string
			Parameters  []struct {
				Name, In string
				Required bool
			}
			RequestBody struct {
				Content map[string]struct{ Schema map[string]any }
			} `json:"requestBody"`
			Responses map[string]struct {
				Content map[string]any
			}
		}
		Components struct{ Schemas map[string]any }
	}
	a := webtest.Do(t, s.Mux, webtest.Scenario{URL: "/api/openapi.json"})
	a.Into(t, &doc)
	want := map[string]string{
		"GET /dossiers": dossier.PermRead, "POST /dossiers": web.SignedIn, "GET /dossiers/{id}": dossier.PermRead, "GET /dossiers/{id}/receipt": web.SignedIn,
		"GET /dossiers/{id}/files/{file}": dossier.PermRead, "GET /dossiers/{id}/steps/{step}/colleagues": dossier.PermAssign,
		"GET /numbers/{number}": dossier.PermRead, "POST /uploads": web.Public, "GET /worklist": web.SignedIn, "GET /counts": web.SignedIn,
		"GET /facets": web.SignedIn, "GET /figures": web.Public, "GET /own": web.SignedIn, "POST /applicants/last": dossier.PermAccept,
		"GET /track/{code}": web.Public, "GET /track/{code}/receipt": web.Public, "GET /track/{code}/files/{file}": web.Public,
		"GET /drafts": web.SignedIn, "POST /drafts": web.Public, "GET /drafts/{code}": web.Public, "PUT /drafts/{code}": web.Public, "DELETE /drafts/{code}": web.Public,
		"GET /drafts/{code}/check": web.Public, "POST /drafts/{code}/send": web.SignedIn, "POST /drafts/{code}/files": web.Public,
		"GET /drafts/{code}/files/{file}": web.Public, "DELETE /drafts/{code}/files/{file}": web.Public,
	}
	for act, permission := range map[string]string{"accept": dossier.PermAccept, "refuse": dossier.PermAccept, "request-more": dossier.PermRead, "claim": dossier.PermRead,
		"release": dossier.PermRead, "assign": dossier.PermAssign, "forward": dossier.PermRead, "back": dossier.PermRead, "extend": dossier.PermRead, "stop": dossier.PermRead,
		"return": dossier.PermReturn, "obligation": dossier.PermRead, "obligation-met": dossier.PermRead, "supplement": web.Public, "withdraw": web.Public,
		"papers": dossier.PermRead, "fees": dossier.PermRead, "files": dossier.PermRead} {
		want["POST /dossiers/{id}/"+act] = permission
	}
	ids := map[string]bool{}
	for path, ops := range doc.Paths {
		for method, op := range ops {
			name := strings.ToUpper(method) + " " + strings.TrimPrefix(path, apiBase)
			if want[name] != op.Permission {
				t.Errorf("%s needs %q, want %q", name, op.Permission, want[name])
			}
			delete(want, name)
			if !strings.HasPrefix(op.OperationID, "dossier.") || ids[op.OperationID] || op.Summary == "" {
				t.Errorf("%s is called %q: %q", name, op.OperationID, op.Summary)
			}
			ids[op.OperationID] = true
			if (op.Permission == web.Public) != (len(op.Security) == 0) {
				t.Errorf("%s: permission %s, security %v", name, op.Permission, op.Security)
			}
			key, params := false, map[string]bool{}
			for _, p := range op.Parameters {
				params[p.In+" "+p.Name] = true
				key = key || p.Name == "Idempotency-Key" && p.In == "header" && p.Required
			}
			if key != (method == "post") {
				t.Errorf("%s: Idempotency-Key documented: %v", name, key)
			}
			for _, part := range strings.Split(path, "/") { // fields of an embedded type without capital are lost
				if in, ok := strings.CutPrefix(part, "{"); ok && !params["path "+strings.TrimSuffix(in, "}")] {
					t.Errorf("%s does not read %s", name, part)
				}
			}
			switch name {
			case "GET /worklist", "GET /dossiers", "GET /own":
				if !params["query size"] || !params["query after"] {
					t.Errorf("%s has no paging: %v", name, params)
				}
			}
			for media, c := range op.RequestBody.Content {
				if media == "multipart/form-data" && c.Schema["additionalProperties"] == nil {
					t.Errorf("%s does not say that parts are files: %v", name, c.Schema)
				}
			}
			if len(op.Responses) == 0 {
				t.Errorf("%s has no answers", name)
			}
		}
	}
	for name, permission := range want {
		t.Errorf("%s (%s) is missing", name, permission)
	}
	if ref := doc.Paths[apiBase+"/dossiers"]["post"].RequestBody.Content["multipart/form-data"].Schema; !strings.Contains(string(must2(json.Marshal(ref))), "Filing") {
		t.Errorf("the one-call filing does not name its JSON: %v", ref)
	}
	if page := webtest.Do(t, s.Mux, webtest.Scenario{URL: "/api"}); page.Status != http.StatusOK || !strings.Contains(page.Body, "dossier.draft_upload") {
		t.Errorf("the page for people: %d", page.Status)
	}
}

func must2[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestAPIPermissions holds who gets which answer without any dossier there.
func TestAPIPermissions(t *testing.T) {
	s := newAPI(t)
	nobody, citizen, officer := actor.Actor{}, s.Citizen("an"), s.Officer("ubnd-99101")
	none := "/dossiers/" + id.New()
	for _, tt := range []struct {
		name   string
		sc     webtest.Scenario
		status int
		kind   string
	}{
		{"a visitor reads", webtest.Scenario{As: nobody, URL: none}, 401, "unauthenticated"},
		{"a citizen reads", webtest.Scenario{As: citizen, URL: none}, 403, "forbidden"},
		{"an officer reads what is not there", webtest.Scenario{As: officer, URL: none}, 404, "not_found"},
		{"an officer accepts", webtest.Scenario{As: officer, URL: none + "/accept", JSON: map[string]any{"step": "x"}}, 403, "forbidden"},
		{"an officer returns", webtest.Scenario{As: officer, URL: none + "/return", JSON: map[string]any{"step": "x"}}, 403, "forbidden"},
		{"an officer assigns", webtest.Scenario{As: officer, URL: none + "/assign", JSON: map[string]any{"step": "x", "to": "y"}}, 403, "forbidden"},
		{"an officer forwards what is not there", webtest.Scenario{As: officer, URL: none + "/forward", JSON: map[string]any{"step": "x"}}, 404, "not_found"},
		{"a visitor's worklist", webtest.Scenario{As: nobody, URL: "/worklist"}, 401, "unauthenticated"},
		{"an official's own dossiers", webtest.Scenario{As: officer, URL: "/own"}, 401, "unauthenticated"},
		{"a visitor searches", webtest.Scenario{As: nobody, URL: "/dossiers"}, 401, "unauthenticated"},
		{"a citizen searches", webtest.Scenario{As: citizen, URL: "/dossiers"}, 403, "forbidden"},
		{"a visitor uploads", webtest.Scenario{As: nobody, URL: "/uploads", Files: []webtest.File{note("a", "a.pdf")}}, 401, "unauthenticated"},
		{"a visitor files", webtest.Scenario{As: nobody, URL: "/dossiers", Files: []webtest.File{note("a", "a.pdf")}}, 401, "unauthenticated"},
		{"without a key", webtest.Scenario{As: officer, URL: none + "/forward", JSON: map[string]any{"step": "x"}, Key: "-"}, 400, "invalid"},
		{"unknown field", webtest.Scenario{As: officer, URL: none + "/forward", JSON: map[string]any{"step": "x", "chioce": "y"}}, 422, "invalid"},
		{"missing field", webtest.Scenario{As: officer, URL: none + "/forward", JSON: map[string]any{}}, 422, "invalid"},
		{"not JSON", webtest.Scenario{As: officer, URL: none + "/forward", JSON: `{"step":`}, 400, "invalid"},
		{"too long a note", webtest.Scenario{As: officer, URL: none + "/forward", JSON: map[string]any{"step": "x", "note": strings.Repeat("ờ", 4001)}}, 422, "invalid"},
		{"a code that is none", webtest.Scenario{As: nobody, URL: "/track/abc"}, 422, "invalid"},
		{"a code that is not there", webtest.Scenario{As: nobody, URL: "/track/X99.10.01-261123-0009"}, 404, "not_found"},
		{"a box that is not there", webtest.Scenario{As: officer, URL: "/worklist?box=lost"}, 422, "invalid"},
		{"a status that is not there", webtest.Scenario{As: officer, URL: "/dossiers?status=11"}, 422, "invalid"},
		{"a day that is not there", webtest.Scenario{As: officer, URL: "/dossiers?from=2026-02-30&to=x"}, 422, "invalid"},
		{"a cursor that is none", webtest.Scenario{As: officer, URL: "/dossiers?after=abc"}, 422, "invalid"},
		{"nobody's last dossier", webtest.Scenario{As: s.Clerk("ubnd-99101"), URL: "/applicants/last", JSON: map[string]any{"personal_id": "064190000001"}}, 404, "not_found"},
		{"wrong method", webtest.Scenario{As: officer, Method: "PATCH", URL: none}, 405, "invalid"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := *s
			in.t = t
			if p := in.problem(in.do(tt.sc, tt.status)); p.Kind != tt.kind {
				t.Errorf("kind %q, want %q: %s", p.Kind, tt.kind, p.Detail)
			}
		})
	}
	p := s.problem(s.do(webtest.Scenario{As: officer, URL: "/dossiers?from=2026-02-30&to=x"}, 422))
	if !said(p, "from", "2018-11-23") || !said(p, "to", "2018-11-23") {
		t.Errorf("days: %+v", p.Errors)
	}
	if p := s.problem(s.do(webtest.Scenario{As: officer, URL: "/worklist?after=abc"}, 422)); !said(p, "after", "") {
		t.Errorf("a cursor that is none: %+v", p.Errors)
	}
}
