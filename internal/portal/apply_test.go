package portal_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/webtest"
)

var nobody actor.Actor

// TestApplicantPage holds that every error stands at its field and that what was typed is kept.
func TestApplicantPage(t *testing.T) {
	s := newSite(t)
	base := s.begin(nobody)
	bad := s.get(nobody, base+"/nguoi-nop").Submit(t, `form[action$="nguoi-nop"]`, url.Values{
		"owner.full_name": {`<script>alert("An")</script>`}, "owner.personal_id": {"12"}, "owner.birth_date": {"31/02/2000"}, "owner.phone": {"abc"}})
	a := s.do(webtest.Scenario{URL: base + "/nguoi-nop", Form: bad})
	if a.Status != 422 {
		t.Fatalf("%d %s", a.Status, a.Text())
	}
	for field, typed := range map[string]string{"owner.full_name": `<script>alert("An")</script>`, "owner.personal_id": "12", "owner.birth_date": "31/02/2000", "owner.phone": "abc"} {
		in := a.Page.Find(`[name="` + field + `"]`)
		if in.AttrOr("value", "") != typed || in.AttrOr("aria-invalid", "") != "true" {
			t.Errorf("%s: %q, invalid %q", field, in.AttrOr("value", ""), in.AttrOr("aria-invalid", ""))
		}
		if a.Page.Find(`.lt-summary a[href="#f-`+field+`"]`).Length() != 1 {
			t.Errorf("%s is not in the summary", field)
		}
	}
	if strings.Contains(a.Body, "<script>alert") {
		t.Error("a script gets into the page")
	}
	if again := s.get(nobody, base+"/nguoi-nop"); !strings.Contains(again.Body, "alert") {
		t.Error("what was typed wrong is not kept")
	}
	authorised := url.Values{"authorised": {"1"}, "submitter.full_name": {""}}
	for k, v := range applicantForm {
		authorised[k] = v
	}
	form := s.get(nobody, base+"/nguoi-nop").Submit(t, `form[action$="nguoi-nop"]`, authorised)
	a = s.do(webtest.Scenario{URL: base + "/nguoi-nop", Form: form})
	if a.Status != 422 || !strings.Contains(a.Body, `href="#f-submitter.full_name"`) {
		t.Errorf("an authorised person without a name: %d", a.Status)
	}
}

// TestPrefill holds that who is signed in is not asked again.
func TestPrefill(t *testing.T) {
	s := newSite(t)
	a := s.get(s.citizen, s.begin(s.citizen)+"/nguoi-nop")
	if v := a.Page.Find(`[name="owner.personal_id"]`).AttrOr("value", ""); v != "064190000001" {
		t.Errorf("personal ID %q", v)
	}
}

// TestSaving holds how an application is kept: by itself, for later, against another browser.
func TestSaving(t *testing.T) {
	s := newSite(t)
	base := s.begin(nobody)
	page := base + "/nguoi-nop"
	first := s.get(nobody, page).Submit(t, `form[action$="nguoi-nop"]`, url.Values{"owner.full_name": {"Một"}})
	second := s.get(nobody, page).Submit(t, `form[action$="nguoi-nop"]`, url.Values{"owner.full_name": {"Hai"}})

	auto := s.do(webtest.Scenario{URL: page, Form: first, Header: map[string]string{"X-Autosave": "1"}})
	if auto.Status != 204 {
		t.Fatalf("autosave: %d %s", auto.Status, auto.Text())
	}
	first.Set("owner.phone", "0912000009")
	auto = s.do(webtest.Scenario{URL: page, Form: first, Header: map[string]string{"X-Autosave": "1", "Cookie": auto.Cookies()}})
	if auto.Status != 204 {
		t.Fatalf("the second autosave of the same page: %d", auto.Status)
	}
	if a := s.do(webtest.Scenario{URL: page, Form: second, Header: map[string]string{"X-Autosave": "1"}}); a.Status != 409 {
		t.Errorf("autosave of an overtaken page: %d", a.Status)
	}
	a := s.do(webtest.Scenario{URL: page, Form: second})
	if a.Status != 409 || !strings.Contains(a.Text(), "vừa được lưu ở một cửa sổ") || a.Page.Find(`[name="owner.full_name"]`).AttrOr("value", "") != "Hai" {
		t.Fatalf("an overtaken page: %d %s", a.Status, a.Text())
	}
	again := a.Submit(t, `form[action$="nguoi-nop"]`, applicantForm)
	if a := s.do(webtest.Scenario{URL: page, Form: again}); a.Status != 303 {
		t.Errorf("sent again: %d %s", a.Status, a.Text())
	}
	later := s.get(nobody, page).Submit(t, `form[action$="nguoi-nop"]`, url.Values{"later": {"1"}, "owner.phone": {"x"}})
	s.Run(t, []webtest.Scenario{
		{Name: "later, though wrong", URL: page, Form: later, WantStatus: 303, WantLocation: base + "/luu"},
		{Name: "the code", URL: base + "/luu", WantText: []string{"Mã làm tiếp", base[len("/nop/"):][:5] + "-" + base[len("/nop/"):][5:], "23/12/2026"}},
		{Name: "go on", URL: base, WantStatus: 303, WantLocation: base + "/to-khai"},
		{Name: "enter the code", URL: "/lam-tiep", WantText: []string{"Mã làm tiếp"}},
		{Name: "no code", URL: "/lam-tiep", Form: url.Values{"code": {""}}, WantStatus: 422, WantText: []string{"Hãy nhập mã làm tiếp"}},
		{Name: "wrong code", URL: "/lam-tiep", Form: url.Values{"code": {"AAAAA-AAAAA"}}, WantStatus: 422, WantText: []string{"Không tìm thấy hồ sơ đang soạn"}},
		{Name: "code in small letters", URL: "/lam-tiep", Form: url.Values{"code": {strings.ToLower(base[len("/nop/"):][:5]) + "-" + base[len("/nop/"):][5:]}}, WantStatus: 303, WantLocation: base},
		{Name: "no draft", URL: "/nop/AAAAAAAAAA/nguoi-nop", WantStatus: 404},
		{Name: "dropped", URL: base + "/xoa", Form: url.Values{}, WantStatus: 303, WantLocation: "/"},
		{Name: "gone", URL: base + "/nguoi-nop", WantStatus: 404},
	})
}

// TestDraftOfAnAccount holds that a draft of an account opens for nobody else.
func TestDraftOfAnAccount(t *testing.T) {
	s := newSite(t)
	base := s.begin(s.citizen)
	code := base[len("/nop/"):]
	s.Run(t, []webtest.Scenario{
		{Name: "owner", As: s.citizen, URL: base + "/to-khai"},
		{Name: "in the list", As: s.citizen, URL: "/ho-so-cua-toi", WantText: []string{"Đang soạn, chưa nộp", code[:5] + "-" + code[5:]}},
		{Name: "visitor", URL: base + "/to-khai", WantStatus: 303, WantLocation: "/dang-nhap?next=" + url.QueryEscape(base+"/to-khai")},
		{Name: "visitor with the code", URL: "/lam-tiep", Form: url.Values{"code": {code}}, WantStatus: 303, WantLocation: "/dang-nhap?next=" + url.QueryEscape(base)},
		{Name: "somebody else", As: s.other, URL: base + "/to-khai", WantStatus: 404},
		{Name: "somebody else drops it", As: s.other, URL: base + "/xoa", Form: url.Values{}, WantStatus: 404},
	})
	s.World.Clock.Advance(dossier.DraftLife + time.Hour)
	s.Run(t, []webtest.Scenario{{Name: "too old", As: s.citizen, URL: base + "/to-khai", WantStatus: 404, WantText: []string{"30 ngày"}}})
}

// TestFormPage holds that the e-form says what is wrong at its fields.
func TestFormPage(t *testing.T) {
	s := newSite(t)
	base := s.begin(nobody)
	form := s.get(nobody, base+"/to-khai").Submit(t, `form[action$="to-khai"]`, url.Values{"child.full_name": {"Nguyễn Bình"}, "child.birth_date": {"32/13/2026"}})
	a := s.do(webtest.Scenario{URL: base + "/to-khai", Form: form})
	if a.Status != 422 || a.Page.Find(`[name="child.birth_date"]`).AttrOr("value", "") != "32/13/2026" || a.Page.Find(`.lt-summary a[href="#f-child.birth_date"]`).Length() != 1 {
		t.Errorf("%d %s", a.Status, a.Text())
	}
	if to := s.send(nobody, base+"/to-khai", `form[action$="to-khai"]`, birthForm); to != base+"/giay-to" {
		t.Errorf("a right form leads to %s", to)
	}
}

// TestPapers holds uploads: with and without script, wrong files, removal, papers beyond the list.
func TestPapers(t *testing.T) {
	s := newSite(t)
	base := s.begin(nobody)
	pdf := func(field, name string) []webtest.File {
		return []webtest.File{{Field: field, Name: name, Content: dossiertest.PDF}}
	}
	at := base + "/giay-to/birth-note"
	s.Run(t, []webtest.Scenario{
		{Name: "page", URL: base + "/giay-to", WantText: []string{"Giấy chứng sinh", "Mang theo để xuất trình", "Giấy tờ tùy thân", "50 MB"}, WantNot: []string{"Tờ khai, 1 bản"}},
		{Name: "required", URL: base + "/giay-to", Form: url.Values{}, WantStatus: 422, WantText: []string{"Hãy tải lên “Giấy chứng sinh”"}},
		{Name: "no file chosen", URL: at, Files: []webtest.File{{Field: "papers.birth-note"}}, WantStatus: 422, WantText: []string{"Hãy chọn tệp để tải lên"}},
		{Name: "upload", URL: at, Files: pdf("papers.birth-note", "một.pdf"), WantStatus: 303, WantLocation: base + "/giay-to#paper-birth-note"},
		{Name: "by script", URL: at, Files: pdf("papers.birth-note", "hai.pdf"), Header: map[string]string{"X-Upload": "1"}, WantText: []string{"một.pdf", "hai.pdf"}, WantNot: []string{"Tiếp tục"}},
		{Name: "an executable", URL: at, Files: []webtest.File{{Field: "papers.birth-note", Name: "ba.pdf", Content: "MZ\x90\x00" + strings.Repeat("x", 200)}}, WantStatus: 422, WantNot: []string{"ba.pdf tải lên"}},
		{Name: "an executable by script", URL: at, Files: []webtest.File{{Field: "papers.birth-note", Name: "ba.pdf", Content: "MZ\x90\x00" + strings.Repeat("x", 200)}}, Header: map[string]string{"X-Upload": "1"}, WantStatus: 422, WantText: []string{"một.pdf"}},
		{Name: "a paper that is none", URL: base + "/giay-to/none", Files: pdf("x", "a.pdf"), WantStatus: 404},
		{Name: "a paper only shown", URL: base + "/giay-to/identity", Files: pdf("x", "a.pdf"), WantStatus: 404},
		{Name: "beyond the list", URL: base + "/giay-to/khac", Form: url.Values{"name": {"Giấy <i>khác</i>"}}, Files: pdf("papers.khac", "khác.pdf"), WantStatus: 303, WantLocation: "*"},
		{Name: "everything is there", URL: base + "/giay-to", WantText: []string{"một.pdf", "hai.pdf", "Giấy <i>khác</i>", "khác.pdf"}, WantNot: []string{"ba.pdf"}},
		{Name: "go on", URL: base + "/giay-to", Form: url.Values{}, WantStatus: 303, WantLocation: base + "/nhan-ket-qua"},
	})
	page := s.get(nobody, base+"/giay-to")
	file := page.Page.Find(`#paper-birth-note .lt-file a`).First().AttrOr("href", "")
	remove := page.Page.Find(`#paper-birth-note .lt-file form`).First().AttrOr("action", "")
	other := s.begin(s.citizen)
	s.Run(t, []webtest.Scenario{
		{Name: "open", URL: file, WantText: []string{"%PDF"}},
		{Name: "through another draft", As: s.citizen, URL: other + file[len(base):], WantStatus: 404},
		{Name: "remove through another draft", As: s.citizen, URL: other + remove[len(base):], Form: url.Values{}, WantStatus: 404},
		{Name: "remove", URL: remove, Form: url.Values{}, WantStatus: 303, WantLocation: base + "/giay-to#paper-birth-note"},
		{Name: "gone", URL: file, WantStatus: 404},
		{Name: "the other stays", URL: base + "/giay-to", WantText: []string{"hai.pdf"}, WantNot: []string{"một.pdf"}},
	})
}

// TestReview holds that what is wrong leads to its field, that the sign-in is asked here, and that filing twice files once.
func TestReview(t *testing.T) {
	s := newSite(t)
	empty := s.begin(nobody)
	a := s.get(nobody, empty+"/xem-lai")
	for _, href := range []string{"/nguoi-nop?kiem-tra=1#f-owner.full_name", "/to-khai?kiem-tra=1#f-child.full_name", "/giay-to?kiem-tra=1#f-papers.birth-note"} {
		if a.Page.Find(`.lt-summary a[href="`+empty+href+`"]`).Length() != 1 {
			t.Errorf("no way to %s: %s", href, a.Text())
		}
	}
	if a := s.get(nobody, empty+"/nguoi-nop?kiem-tra=1"); a.Page.Find(`#f-owner\.full_name[aria-invalid]`).Length() != 1 {
		t.Error("the page does not show what is wrong")
	}
	base := s.fill(nobody)
	a = s.get(nobody, base+"/xem-lai")
	for _, want := range []string{"Ủy ban nhân dân xã Đầu", "Nguyễn Thị An", "Nguyễn Bình", "01/11/2026", "Nam", "giấy.pdf", "Đăng nhập để nộp"} {
		if !strings.Contains(a.Text(), want) {
			t.Errorf("%q is missing", want)
		}
	}
	login := "/dang-nhap?next=" + url.QueryEscape(base+"/xem-lai")
	s.Run(t, []webtest.Scenario{
		{Name: "without sign-in", URL: base + "/gui", Form: url.Values{"agree": {"1"}}, WantStatus: 303, WantLocation: login},
		{Name: "by GET", As: s.citizen, URL: base + "/gui", WantStatus: 405},
		{Name: "not declared", As: s.citizen, URL: base + "/gui", Form: url.Values{}, WantStatus: 422, WantText: []string{"Hãy đánh dấu vào ô cam đoan"}},
		{Name: "not what was reviewed", As: s.citizen, URL: base + "/gui", Form: url.Values{"agree": {"1"}, "version": {"1"}}, WantStatus: 409, WantText: []string{"vừa được lưu ở một cửa sổ"}},
		{Name: "incomplete", As: s.citizen, URL: empty + "/gui", Form: url.Values{"agree": {"1"}}, WantStatus: 422, WantText: []string{"chỗ cần sửa"}},
	})
	form := s.get(s.citizen, base+"/xem-lai").Submit(t, `form[action$="gui"]`, url.Values{"agree": {"1"}})
	first := s.do(webtest.Scenario{As: s.citizen, URL: base + "/gui", Form: form})
	twice := s.do(webtest.Scenario{As: s.citizen, URL: base + "/gui", Form: form})
	if first.Status != 303 || twice.Header.Get("Location") != first.Header.Get("Location") {
		t.Errorf("first %d %s, twice %d %s", first.Status, first.Header.Get("Location"), twice.Status, twice.Header.Get("Location"))
	}
	if page, err := s.Dossiers.Own(s.As(s.citizen), dossier.FindQuery{}); err != nil || len(page.Items) != 1 {
		t.Errorf("%d dossiers, %v", len(page.Items), err)
	}
	s.Run(t, []webtest.Scenario{{Name: "somebody else sends it", As: s.other, URL: base + "/gui", Form: form, WantStatus: 404}})
}

// TestDelivery holds the page of the result and the fees.
func TestDelivery(t *testing.T) {
	s := newSite(t)
	base := s.begin(nobody)
	post := func(with url.Values) url.Values {
		return s.get(nobody, base+"/nhan-ket-qua").Submit(t, `form[action$="nhan-ket-qua"]`, with)
	}
	for _, c := range []struct {
		name   string
		with   url.Values
		status int
		want   string
	}{
		{"by post without address", url.Values{"return_by": {"post"}, "return_address": {"x"}}, 422, "địa chỉ đầy đủ"},
		{"no number", url.Values{"return_by": {"counter"}, "fees.copies": {"hai"}}, 422, "Hãy nhập một số nguyên"},
		{"too many", url.Values{"return_by": {"counter"}, "fees.copies": {"99999"}}, 422, "Số lượng từ 0 đến 10.000"},
		{"five copies", url.Values{"return_by": {"counter"}, "fees.copies": {"5"}}, 303, ""},
	} {
		if a := s.do(webtest.Scenario{URL: base + "/nhan-ket-qua", Form: post(c.with)}); a.Status != c.status || !strings.Contains(a.Text(), c.want) {
			t.Errorf("%s: %d %s", c.name, a.Status, a.Text())
		}
	}
	s.Run(t, []webtest.Scenario{{Name: "counted", URL: base + "/xem-lai", WantText: []string{"15.000 đ"}}})
}
