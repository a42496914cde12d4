package app

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/kit/webtest"
	"lienthong/internal/procedure"
)

// TestPages tells stories with the pages alone, as a browser without JavaScript shows them, in every province.
func TestPages(t *testing.T) {
	stories := []struct {
		name string
		tell func(s *site)
	}{
		{"birth registered from the front page to the result", birthPages},
		{"filed at the counter, paid, processed, returned", counterPages},
		{"not accepted, and one withdrawn", endPages},
	}
	eachProvince(t, func(t *testing.T, s *site) {
		for i, story := range stories {
			t.Run(story.name, func(t *testing.T) {
				s.clock.Set(storyTime.AddDate(0, 0, 14*i))
				story.tell(s.in(t))
			})
		}
		s.whole()
	})
}

// apply goes from the front page to the review page of an application for a birth registration.
func (v *visitor) apply(p *procedure.Version) {
	v.t.Helper()
	v.open("/").press("Tìm", map[string]string{"q": vntext.Fold("khai sinh")}).sees(p.Name).follow(p.Name)
	v.sees(p.Name, "Giấy tờ cần có").follow("Nộp trực tuyến")
	near := v.s.receiver(p, 0)
	if v.page.Find("main [name=noi]").Length() > 0 { // where there are many agencies, one looks for one's own
		v.press("Tìm", map[string]string{"noi": vntext.Fold(strings.TrimPrefix(near.Name, "Ủy ban nhân dân "))}).sees(near.Name)
	}
	v.press("Tiếp tục", map[string]string{"receiver": string(near.ID)})

	// a mistake is said at the field, and nothing typed is lost
	v.press("Tiếp tục", map[string]string{"owner.full_name": "Nguyễn Thị Thử", "owner.phone": "12", "owner.personal_id": "064190000001"})
	if got := v.page.Find(`[name="owner.full_name"]`).AttrOr("value", ""); v.status != 422 || got != "Nguyễn Thị Thử" {
		v.t.Errorf("after a mistake: %d, the name is %q", v.status, got)
	}
	if v.page.Find(`[name="owner.phone"][aria-invalid=true]`).Length() != 1 || v.page.Find(`[role=alert] a[href="#f-owner.phone"]`).Length() == 0 {
		v.t.Errorf("nothing is said at the field: %s", words(v.page.Find("main")))
	}
	v.press("Tiếp tục", map[string]string{"owner.phone": "0912 000 001", "owner.address": "Tổ dân phố 2"})
	v.press("Tiếp tục", typed(v.s.answers(p)))
	for _, paper := range v.s.uploads(p) {
		v.upload(paper.Name, webtest.File{Name: "ảnh chụp.pdf", Content: paperPDF})
	}
	v.press("Tiếp tục", nil).sees("Nhận kết quả")
	v.press("Tiếp tục", map[string]string{"return_by": string(dossier.ChannelCounter)})
	v.sees("Xem lại và nộp", "Nguyễn Thị Thử", near.Name)
}

// upload sends a file in the section of a paper.
func (v *visitor) upload(paper string, f webtest.File) {
	v.t.Helper()
	v.press("Tải lên: "+paper, nil, f)
	v.sees(f.Name)
}

func birthPages(s *site) {
	p := s.birth()
	v := s.visitor()
	v.apply(p)

	// whoever is not signed in signs up and comes back to the review
	v.follow("Đăng nhập để nộp").follow("Tạo tài khoản")
	v.press("Tạo tài khoản", map[string]string{"full_name": "Nguyễn Thị Thử", "name": "0912000001", "password": demoPassword, "repeat": demoPassword, "consent": "1"})
	v.sees("Xem lại và nộp")
	v.press("Nộp hồ sơ", nil)
	if v.status != 422 {
		v.t.Errorf("sent without the promise that it is true: %d", v.status)
	}
	v.press("Nộp hồ sơ", map[string]string{"agree": "1"})
	v.sees("Đã nhận hồ sơ")
	if strings.Contains(v.body, "giay-tiep-nhan.pdf") {
		v.t.Error("a receipt is offered before the dossier was accepted")
	}
	receipt := v.at.String()
	code := words(v.page.Find(".lt-keep").First())
	secret := words(v.page.Find("aside .lt-code").First())
	v.open("/ho-so-cua-toi").sees(code)

	// the counter accepts it; the official asks for more
	s.desk(code, "Tiếp nhận", nil)
	v.open(receipt).follow("Tải giấy tiếp nhận")
	if !strings.HasPrefix(v.body, "%PDF") {
		v.t.Errorf("the receipt is %d %s", v.status, words(v.page.Find("main")))
	}
	s.clock.Advance(time.Hour)
	s.desk(code, "Yêu cầu bổ sung", map[string]string{"*.items": "Giấy chứng sinh bản rõ nét", "*.reason": "Bản chụp bị mờ"})

	// the citizen looks it up with code and secret, on another device, and supplements
	s.clock.Advance(26 * time.Hour)
	w := s.visitor()
	w.open("/tra-cuu").press("Tra cứu", map[string]string{"code": code, "secret": "AAAAAA"})
	if w.page.Find(`[name=secret][aria-invalid=true]`).Length() == 0 && w.status < 400 {
		w.t.Errorf("a wrong secret: %d %s", w.status, words(w.page.Find("main")))
	}
	w.open("/tra-cuu").press("Tra cứu", map[string]string{"code": code, "secret": strings.ToLower(secret)})
	if strings.Contains(w.at.String(), secret) {
		w.t.Errorf("the secret stands in the address: %s", w.at)
	}
	w.sees("Giấy chứng sinh bản rõ nét").follow("Bổ sung giấy tờ")
	w.press("Gửi bổ sung", map[string]string{"note": "Đã chụp lại"}, webtest.File{Name: "rõ nét.pdf", Content: paperPDF + "% rõ"})
	w.sees("Đang xử lý")

	// and it goes on to its end
	s.desk(code, "Chuyển bước", map[string]string{"*.note": "Đủ điều kiện"}, webtest.File{Name: "kết quả.pdf", Content: paperPDF + "% kết quả"})
	s.desk(code, "Ký duyệt", nil)
	s.desk(code, "Trả kết quả", nil)
	v.signIn("0912000001") // the session was over long ago
	v.open(receipt).sees("Đã trả kết quả", "kết quả.pdf").follow("kết quả.pdf")
	if v.body != paperPDF+"% kết quả" {
		v.t.Errorf("the result is %.80q", v.body)
	}
}

// desk lets the official whose turn it is do something on the pages of the desk.
func (s *site) desk(code, button string, fill map[string]string, files ...webtest.File) *visitor {
	s.t.Helper()
	in, err := s.House.Dossier.ReadByNumber(s.system(), code)
	if err != nil {
		s.t.Fatal(err)
	}
	_, who := s.open(string(in.ID))
	v := s.visitor().signIn(who)
	v.open("/desk/search?q=" + url.QueryEscape(code)) // an exact code opens the dossier
	if !strings.HasPrefix(v.at.Path, "/desk/d/") {
		s.t.Fatalf("%s does not get to the dossier by its code: %s", who, v.at)
	}
	if v.page.Find(`button:contains("Nhận xử lý")`).Length() > 0 {
		v.press("Nhận xử lý", nil)
	}
	v.press(button, fill, files...)
	if v.status != 200 || v.page.Find(".lt-summary").Length() > 0 {
		s.t.Fatalf("%s cannot “%s”: %d %s", who, button, v.status, words(v.page.Find("main")))
	}
	return v
}

func counterPages(s *site) {
	p := s.ofDepartment()
	at := s.receiver(p, 0)
	clerk := s.official(procedure.StepReceive, s.placeOf(at, p.Spec.Process.First()).Path)
	v := s.visitor().signIn(clerk)
	v.open("/desk").follow("Tiếp nhận hồ sơ")
	person := map[string]string{"owner.personal_id": "064190000003", "owner.full_name": "Lê Văn Ví Dụ", "owner.phone": "0912000003", "owner.address": "Tổ dân phố 3", "procedure": p.Code}
	if kinds := p.Spec.Applicants; len(kinds) > 0 && !slices.Contains(kinds, dossier.ApplicantCitizen) {
		person["owner.organisation"], person["owner.tax_code"] = "Công ty Thử Nghiệm", "5900000001"
	}
	v.press("Tiếp tục", person)
	if v.page.Find("[data-papers]").Length() == 0 && len(p.Spec.Cases) > 0 {
		v.press("Tiếp tục", map[string]string{"case": caseOf(p)})
	}
	// a paper is lacking: it is said where, and the rest stays
	v.press("Tiếp nhận và in", nil)
	if name := v.page.Find(`[name="owner.full_name"]`).AttrOr("value", ""); v.status != 422 || name != "Lê Văn Ví Dụ" {
		v.t.Errorf("without papers: %d, the name is %q", v.status, name)
	}
	done := map[string]string{}
	v.page.Find("[data-papers] [data-required]").Each(func(_ int, x *goquery.Selection) { done[x.AttrOr("name", "")] = "1" })
	v.page.Find(`input[name^="fees."]`).Each(func(_ int, x *goquery.Selection) { done[x.AttrOr("name", "")] = "1" })
	before := v.at
	key := v.page.Find(`input[name=key]`).AttrOr("value", "")
	form := *v
	v.press("Tiếp nhận và in", done).sees("Mã hồ sơ", "Hẹn trả kết quả trước", "Lê Văn Ví Dụ")
	code := words(v.page.Find(".lt-keep .lt-code").First())
	receipt := v.page.Find("a[target=print]").First().AttrOr("href", "")

	// pressed twice, or sent again with the button "back": the same dossier
	form.at = before
	form.press("Tiếp nhận và in", done)
	if again := words(form.page.Find(".lt-keep .lt-code").First()); again != code || key == "" {
		v.t.Errorf("sent twice: %s and %s", code, again)
	}
	if v.open(receipt); !strings.HasPrefix(v.body, "%PDF") {
		v.t.Errorf("the receipt is %.60q", v.body)
	}
	s.deskToEnd(code)

	// who comes again is known by the identity number
	v.signIn(clerk)
	v.open("/desk/counter").press("Tiếp tục", map[string]string{"owner.personal_id": "064190000003", "procedure": p.Code})
	if got := v.page.Find(`[name="owner.phone"]`).AttrOr("value", ""); got != "0912000003" {
		v.t.Errorf("somebody who was here before is not known: phone %q", got)
	}
}

// buttonOf is what officials press to finish a step.
var buttonOf = map[procedure.StepKind]string{procedure.StepReceive: "Tiếp nhận", procedure.StepWork: "Chuyển bước",
	procedure.StepApprove: "Ký duyệt", procedure.StepReturn: "Trả kết quả"}

// deskToEnd does what is left of a dossier on the pages of the desk.
func (s *site) deskToEnd(code string) {
	s.t.Helper()
	for range 30 {
		in, err := s.House.Dossier.ReadByNumber(s.system(), code)
		if err != nil {
			s.t.Fatal(err)
		}
		if in.Status == dossier.StatusReturned {
			return
		}
		st, _ := s.open(string(in.ID))
		s.desk(code, buttonOf[procedure.StepKind(st.Kind)], nil)
		s.clock.Advance(15 * time.Minute)
	}
	s.t.Fatal("the dossier goes round in a circle")
}

func endPages(s *site) {
	p := s.birth()
	phone := "0912000007"
	var codes []string
	for range 2 {
		v := s.visitor()
		v.apply(p)
		v.follow("Đăng nhập để nộp")
		if len(codes) == 0 {
			v.follow("Tạo tài khoản").press("Tạo tài khoản", map[string]string{"full_name": "Trần Văn Bảy", "name": phone, "password": demoPassword, "repeat": demoPassword, "consent": "1"})
		} else {
			v.press("Đăng nhập", map[string]string{"name": phone, "password": demoPassword})
		}
		v.press("Nộp hồ sơ", map[string]string{"agree": "1"}).sees("Đã nhận hồ sơ")
		codes = append(codes, words(v.page.Find(".lt-keep").First()))
	}
	s.desk(codes[0], "Không tiếp nhận", map[string]string{"*.reason": "Cha mẹ cư trú ở tỉnh khác"})
	v := s.visitor().signIn(phone)
	v.open("/ho-so-cua-toi").follow(codes[0])
	v.sees("Không được tiếp nhận", "Cha mẹ cư trú ở tỉnh khác")
	v.open("/ho-so-cua-toi").follow(codes[1])
	v.press("Rút hồ sơ", map[string]string{"reason": ""})
	if v.status != 422 {
		v.t.Errorf("withdrawn without a reason: %d", v.status)
	}
	v.press("Rút hồ sơ", map[string]string{"reason": "Gia đình chuyển nơi cư trú"}).sees("Người nộp đã rút hồ sơ")

	// with the code alone one sees where it is, and nothing about the person
	w := s.visitor()
	w.open("/tra-cuu").press("Tra cứu", map[string]string{"code": codes[0]})
	if strings.Contains(w.body, "Nguyễn Thị Thử") || strings.Contains(w.body, "Trần Văn Bảy") {
		w.t.Error("the look-up by code tells who filed it")
	}
}
