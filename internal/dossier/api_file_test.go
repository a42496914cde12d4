package dossier_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/webtest"
)

// counted returns how many dossiers and files there are.
func (s *apiSite) counted() (dossiers, files int) {
	s.t.Helper()
	for dest, query := range map[*int]string{&dossiers: `SELECT COUNT(*) FROM dossier_dossier`, &files: `SELECT COUNT(*) FROM file_file`} {
		if err := s.DB.Get(s.System(), dest, query); err != nil {
			s.t.Fatal(err)
		}
	}
	return dossiers, files
}

// TestAPIFile files a complete dossier with several files in one call, on both engines.
func TestAPIFile(t *testing.T) {
	dbtest.Each(t, apiMigrations(), func(t *testing.T, d *db.DB) {
		s := apiOn(t, d)
		citizen := s.Citizen("an")
		f := s.birthJSON()
		f["owner"] = map[string]any{"kind": "citizen", "full_name": "Nguye\u0302\u0303n Thi\u0323 Thu\u031b\u0309", "personal_id": "064 190 000 001", "phone": "+84 912 000 001"}
		f["form"].(map[string]any)["child"].(map[string]any)["full_name"] = "\u0110a\u0323\u0306ng Thi\u0323 Ma\u0302\u0303u"
		f["papers"] = []any{
			map[string]any{"key": "birth-note", "files": []string{"giấy 1", "trang-2", "anh"}},
			map[string]any{"key": "power", "files": []string{"uq"}},
			map[string]any{"name": "Bản dịch  công chứng", "files": []string{"dich"}, "copies": 2},
		}
		f["fees"] = []any{map[string]any{"key": "copies", "quantity": 3}}
		f["return_by"], f["return_address"] = "post", "Số 1 đường Thử Nghiệm, xã Đầu"
		sc := s.filing(citizen, f,
			note("gia\u0302\u0301y 1", "Giấy chứng sinh (bản chụp).pdf"),
			note("trang-2", "Gia\u0302\u0301y chu\u031b\u0301ng sinh trang 2.PDF"),
			webtest.File{Field: "anh", Name: "ảnh.pdf", Content: "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"},
			note("uq", `..\..\../etc/passwd`), note("dich", "bản dịch.docx"))
		sc.Key = id.New()
		var got dossier.DossierBody
		s.do(sc, http.StatusCreated).Into(t, &got)
		if got.Code != "X99.10.01-261123-0001" || len(got.Secret) != 6 || got.Status != dossier.StatusNew || got.Channel != dossier.ChannelOnline || got.OwnerName != "Nguyễn Thị Thử" || got.DueAt != nil {
			t.Errorf("filed %+v", got)
		}
		again := s.do(sc, http.StatusCreated)
		var same dossier.DossierBody
		if again.Into(t, &same); same.ID != got.ID || same.Secret != got.Secret {
			t.Errorf("sent again it became %+v", same)
		}
		if dossiers, files := s.counted(); dossiers != 1 || files != 5 {
			t.Errorf("sent twice there are %d dossiers, %d files", dossiers, files)
		}
		other := s.filing(citizen, s.birthJSON(), note("p1", "a.pdf"))
		other.Key = sc.Key
		if p := s.problem(s.do(other, 422)); !strings.Contains(p.Detail, "nội dung khác") {
			t.Errorf("same key, other body: %s", p.Detail)
		}
		s.filedAsSent(got)
	})
}

// filedAsSent holds that an official sees what the citizen sent.
func (s *apiSite) filedAsSent(d dossier.DossierBody) {
	s.t.Helper()
	v := s.view(s.Clerk("ubnd-99101"), d.ID)
	if v.Owner.FullName != "Nguyễn Thị Thử" || v.Owner.PersonalID != "064190000001" || v.Owner.Phone != "0912000001" || v.Submitter != nil || v.Secret != "" {
		s.t.Errorf("owner %+v, submitter %+v, secret %q", v.Owner, v.Submitter, v.Secret)
	}
	if child, _ := v.Form["child"].(map[string]any); child["full_name"] != "Đặng Thị Mẫu" {
		s.t.Errorf("form %+v", v.Form)
	}
	var papers, files []string
	byID := map[string]string{}
	for _, p := range v.Papers {
		papers = append(papers, fmt.Sprintf("%s %v", p.Name, p.Provided))
		byID[p.ID] = p.Name
	}
	for _, f := range v.Files {
		files = append(files, fmt.Sprintf("%s: %s %s %s", byID[f.Paper], f.Name, f.MediaType, f.Kind))
	}
	if got, want := strings.Join(papers, ", "), "Tờ khai true, Giấy chứng sinh true, Văn bản ủy quyền true, Giấy tờ tùy thân false, Bản dịch công chứng true"; got != want {
		s.t.Errorf("papers\n got %s\nwant %s", got, want)
	}
	want := []string{"Giấy chứng sinh: Giấy chứng sinh (bản chụp).pdf application/pdf paper", "Giấy chứng sinh: Giấy chứng sinh trang 2.pdf application/pdf paper",
		"Giấy chứng sinh: ảnh.png image/png paper", "Văn bản ủy quyền: passwd.pdf application/pdf paper", "Bản dịch công chứng: bản dịch.pdf application/pdf paper"}
	if strings.Join(files, "\n") != strings.Join(want, "\n") {
		s.t.Errorf("files\n got %s\nwant %s", strings.Join(files, "\n"), strings.Join(want, "\n"))
	}
	if len(v.Fees) != 1 || v.Fees[0].Quantity != 3 || v.Fees[0].Total != 9000 || v.Fees[0].PaidAt != nil {
		s.t.Errorf("fees %+v", v.Fees)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) != 0 {
		s.t.Errorf("%d files of the form stay behind, %v", len(left), err)
	}
}

// TestAPIFileRefused holds what is said of a filing that cannot be taken, and that nothing is left of it.
func TestAPIFileRefused(t *testing.T) {
	s := newAPI(t)
	citizen := s.Citizen("an")
	good := note("p1", "a.pdf")
	with := func(change func(f map[string]any)) map[string]any {
		f := s.birthJSON()
		change(f)
		return f
	}
	nothing := func(map[string]any) {}
	tests := []struct {
		name   string
		as     actor.Actor
		filing any
		files  []webtest.File
		status int
		field  string
		text   string
	}{
		{"bad JSON", citizen, `{"procedure": }`, []webtest.File{good}, 422, "dossier", "JSON"},
		{"two JSON values", citizen, `{} {}`, []webtest.File{good}, 422, "dossier", "JSON"},
		{"no JSON at all", citizen, ` `, []webtest.File{good}, 422, "dossier", "Thiếu phần"},
		{"a list", citizen, `[]`, []webtest.File{good}, 422, "", "kiểu dữ liệu"},
		{"an unknown field", citizen, with(func(f map[string]any) { f["chanel"] = "online" }), []webtest.File{good}, 422, "chanel", "“chanel”"},
		{"an unknown field inside", citizen, with(func(f map[string]any) { f["papers"].([]any)[0].(map[string]any)["file"] = "p1" }), []webtest.File{good}, 422, "file", "“file”"},
		{"a field that is not for clients", citizen, with(func(f map[string]any) { f["RequestKey"] = "x" }), []webtest.File{good}, 422, "RequestKey", "RequestKey"},
		{"a field of the wrong type", citizen, with(func(f map[string]any) { f["sets"] = "hai" }), []webtest.File{good}, 422, "sets", "kiểu dữ liệu"},
		{"a part is missing", citizen, with(nothing), []webtest.File{note("p2", "a.pdf")}, 422, "papers", "“p1”"},
		{"a part that no paper names", citizen, with(nothing), []webtest.File{good, note("p2", "b.pdf")}, 422, "p2", "“p2”"},
		{"two files in one part", citizen, with(nothing), []webtest.File{good, note("p1", "b.pdf")}, 422, "p1", "một tệp"},
		{"an empty file", citizen, with(nothing), []webtest.File{{Field: "p1", Name: "rỗng.pdf"}}, 422, "p1", "không có nội dung"},
		{"a program that calls itself PDF", citizen, with(nothing), []webtest.File{{Field: "p1", Name: "giấy.pdf", Content: "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff"}}, 422, "p1", "không thuộc loại được nhận"},
		{"a page that calls itself PDF", citizen, with(nothing), []webtest.File{{Field: "p1", Name: "giấy.pdf", Content: "<html><script>alert(1)</script></html>"}}, 422, "p1", "không thuộc loại được nhận"},
		{"an upload that is not there", citizen, with(func(f map[string]any) {
			f["upload_token"], f["papers"] = id.New(), []any{map[string]any{"key": "birth-note", "files": []string{id.New()}}}
		}), nil, 404, "", "không còn"},
		{"an upload token that is none", citizen, with(func(f map[string]any) { f["upload_token"] = "1" }), []webtest.File{good}, 422, "upload_token", "Phiên tải tệp"},
		{"much is wrong", citizen, with(func(f map[string]any) { f["case"], f["owner"] = "x", map[string]any{"full_name": "A"} }), []webtest.File{good}, 422, "owner.full_name", "họ"},
		{"an unknown procedure", citizen, with(func(f map[string]any) { f["procedure"] = "9.999999" }), []webtest.File{good}, 404, "", ""},
		{"an official files online", s.Clerk("ubnd-99101"), with(nothing), []webtest.File{good}, 403, "", "công dân"},
		{"a citizen files at the counter", citizen, with(func(f map[string]any) { f["channel"] = "counter" }), []webtest.File{good}, 403, "", "không tiếp nhận hồ sơ tại"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := *s
			in.t = t
			p := in.problem(in.do(in.filing(tt.as, tt.filing, tt.files...), tt.status))
			if tt.status == 422 && !said(p, tt.field, tt.text) || !strings.Contains(p.Detail+fmt.Sprint(p.Errors), tt.text) {
				t.Errorf("want %q at %q: %+v", tt.text, tt.field, p)
			}
		})
	}
	sc := s.filing(citizen, with(nothing), good)
	sc.Form.Set("giay", "đây không phải tệp")
	if p := s.problem(s.do(sc, 422)); !said(p, "giay", "không phải là tệp") {
		t.Errorf("a text where a file is wanted: %+v", p)
	}
	sc = s.filing(citizen, with(nothing), good)
	sc.Key = "-"
	if p := s.problem(s.do(sc, 400)); !strings.Contains(p.Detail, "Idempotency-Key") {
		t.Errorf("no key: %s", p.Detail)
	}
	sc = s.filing(citizen, with(nothing), good)
	sc.Key = "ngắn"
	s.problem(s.do(sc, 400))
	s.problem(s.do(webtest.Scenario{As: citizen, URL: "/dossiers", Form: url.Values{"dossier": {"{}"}}}, 422))
	if n, _ := s.counted(); n != 0 {
		t.Errorf("%d dossiers were made of refused filings", n)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) != 0 {
		t.Errorf("%d files of forms stay behind, %v", len(left), err)
	}
	var last int
	if err := s.DB.Get(s.System(), &last, `SELECT COALESCE(SUM(last), 0) FROM dossier_counter`); err != nil || last != 0 {
		t.Errorf("refused filings used %d numbers, %v", last, err)
	}
}

// TestAPIFileEnglish holds that a program that asks for English reads English.
func TestAPIFileEnglish(t *testing.T) {
	s := newAPI(t)
	sc := s.filing(s.Citizen("an"), `{"chanel": "online"}`, note("p1", "a.pdf"))
	sc.Header = map[string]string{"Accept-Language": "en", "Cookie": "lang=en"}
	if p := s.problem(s.do(sc, 422)); !said(p, "chanel", "The dossier has a field “chanel”") {
		t.Errorf("%+v", p)
	}
}

// TestAPIFileTooLarge holds that a file over the limit is refused by name, and one that no site takes by its size.
func TestAPIFileTooLarge(t *testing.T) {
	s := newAPI(t)
	citizen := s.Citizen("an")
	big := func(n int) webtest.File {
		return webtest.File{Field: "p1", Name: "lớn.pdf", Content: dossiertest.PDF + strings.Repeat("x", n)}
	}
	if p := s.problem(s.do(s.filing(citizen, s.birthJSON(), big(60<<20)), 422)); !said(p, "p1", "50 MB") {
		t.Errorf("60 MB: %+v", p)
	}
	if dossiers, files := s.counted(); dossiers+files != 0 {
		t.Errorf("%d dossiers and %d files are left", dossiers, files)
	}
	if p := s.problem(s.do(s.filing(citizen, s.birthJSON(), big(101<<20)), 413)); !strings.Contains(p.Detail, "100 MB") {
		t.Errorf("101 MB: %s", p.Detail)
	}
}

// TestAPIFileAhead files with papers that were uploaded one by one before.
func TestAPIFileAhead(t *testing.T) {
	s := newAPI(t)
	citizen := s.Citizen("an")
	var first, second struct {
		UploadToken string `json:"upload_token"`
		Files       []struct{ ID, Part, Name string }
	}
	s.do(webtest.Scenario{As: citizen, URL: "/uploads", Files: []webtest.File{note("b", "trang hai.pdf"), note("a", "trang một.pdf")}}, http.StatusCreated).Into(t, &first)
	if len(first.Files) != 2 || first.Files[0].Part != "a" || first.Files[0].Name != "trang một.pdf" || first.UploadToken == "" {
		t.Fatalf("uploaded %+v", first)
	}
	s.do(webtest.Scenario{As: citizen, URL: "/uploads", Form: url.Values{"upload_token": {first.UploadToken}}, Files: []webtest.File{note("c", "trang ba.pdf")}}, http.StatusCreated).Into(t, &second)
	if second.UploadToken != first.UploadToken {
		t.Errorf("the token became %q", second.UploadToken)
	}
	f := s.birthJSON()
	f["upload_token"] = first.UploadToken
	f["papers"] = []any{map[string]any{"key": "birth-note", "files": []string{first.Files[0].ID, first.Files[1].ID, second.Files[0].ID, "p1"}}}
	var d dossier.DossierBody
	s.do(s.filing(citizen, f, note("p1", "trang bốn.pdf")), http.StatusCreated).Into(t, &d)
	var names []string
	for _, x := range s.view(s.Clerk("ubnd-99101"), d.ID).Files {
		names = append(names, x.Name)
	}
	if got := strings.Join(names, ", "); got != "trang một.pdf, trang hai.pdf, trang ba.pdf, trang bốn.pdf" {
		t.Errorf("files %s", got)
	}
	p := s.problem(s.do(webtest.Scenario{As: citizen, URL: "/uploads", Files: []webtest.File{{Field: "x", Name: "a.exe", Content: "MZ"}}}, 422))
	if !said(p, "x", "a.exe") {
		t.Errorf("a program: %+v", p)
	}
	p = s.problem(s.do(webtest.Scenario{As: citizen, URL: "/uploads", Form: url.Values{"upload_token": {"1"}}, Files: []webtest.File{note("a", "a.pdf")}}, 422))
	if !said(p, "upload_token", "Phiên tải tệp") {
		t.Errorf("a token that is none: %+v", p)
	}
}
