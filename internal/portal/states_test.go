package portal_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/webtest"
)

// TestWholeStory takes a birth registration from the first page to the result in the citizen's hands, on both engines.
func TestWholeStory(t *testing.T) {
	dbtest.Each(t, dossiertest.Migrations(), func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		s.Run(t, []webtest.Scenario{{Name: "found by its name", URL: "/thu-tuc?q=khai+sinh", WantText: []string{"1 thủ tục", `<a class="lt-row-link" href="/thu-tuc/9.000001"`}}})
		id := s.file(s.citizen)
		own := "/ho-so-cua-toi/" + string(id)
		st := s.standing(s.citizen, id)
		s.Run(t, []webtest.Scenario{
			{Name: "filed", As: s.citizen, URL: own, WantText: []string{"Đã nhận hồ sơ", st.Code, st.Secret, "Tiếp nhận"}, WantNot: []string{"Tải giấy tiếp nhận"}},
			{Name: "in the list", As: s.citizen, URL: "/ho-so-cua-toi?nhom=dang-giai-quyet", WantText: []string{st.Code}},
			{Name: "figures count it", URL: "/so-lieu", WantText: []string{"nhận 1 hồ sơ"}},
		})
		s.ask(id, "Giấy chứng sinh")
		form := s.get(s.citizen, own+"/bo-sung").Submit(t, `form[action$="bo-sung"]`, nil)
		s.Run(t, []webtest.Scenario{{Name: "supplement", As: s.citizen, URL: own + "/bo-sung", Form: form,
			Files: []webtest.File{{Field: "item.0", Name: "rõ hơn.pdf", Content: dossiertest.PDF}}, WantStatus: 303, WantLocation: own}})
		s.accept(id)
		s.Run(t, []webtest.Scenario{
			{Name: "accepted", As: s.citizen, URL: own, WantText: []string{"Hẹn trả kết quả trước", "Tải giấy tiếp nhận (PDF)", "Đang kiểm tra hồ sơ", "đang ở đây"}},
			{Name: "the receipt", As: s.citizen, URL: own + "/giay-tiep-nhan.pdf", WantText: []string{"%PDF"}},
		})
		s.finish(id, "giấy khai sinh.pdf")
		s.returned(id, "")
		s.Run(t, []webtest.Scenario{
			{Name: "returned", As: s.citizen, URL: own, WantText: []string{"Đã trả kết quả", "giấy khai sinh.pdf", "Xong đúng hạn"}, WantNot: []string{"Rút hồ sơ"}},
			{Name: "by the code alone", URL: "/tra-cuu/" + st.Code, WantText: []string{"Đã trả kết quả"}, WantNot: []string{"giấy khai sinh.pdf", "Nguyễn Thị An"}},
			{Name: "in the list of results", As: s.citizen, URL: "/ho-so-cua-toi?nhom=co-ket-qua", WantText: []string{st.Code, "Đã trả kết quả"}},
		})
		s.World.Clock.Advance(2 * time.Minute) // the figures are kept for a minute
		s.Run(t, []webtest.Scenario{{Name: "figures", URL: "/so-lieu", WantText: []string{"100,0 %", "Xong đúng hạn"}},
			{Name: "figures in English", URL: "/so-lieu?lang=en", WantText: []string{"100.0 %"}}})
	})
}

// TestObligation holds that a payment that is asked for is said, with the clock stopped and nothing to press.
func TestObligation(t *testing.T) {
	s := newSite(t).withShops()
	id := s.fileShop(s.citizen, url.Values{"return_by": {"counter"}})
	own := "/ho-so-cua-toi/" + string(id)
	s.accept(id)
	officer := s.Officer("ubnd-99101")
	step := s.step(officer, id)
	if _, err := s.Dossiers.Oblige(s.As(officer), id, step, "Nộp 5.000.000 đ tại <b>Kho bạc</b>"); err != nil {
		t.Fatal(err)
	}
	s.Run(t, []webtest.Scenario{
		{Name: "said", As: s.citizen, URL: own, WantText: []string{"chờ thực hiện nghĩa vụ tài chính", "Thời gian chờ không tính", "Nộp 5.000.000 đ tại <b>Kho bạc</b>", "Tạm dừng tính hạn"},
			WantNot: []string{"<b>Kho bạc", "Quá hạn", "Bổ sung giấy tờ"}},
		{Name: "in the list", As: s.citizen, URL: "/ho-so-cua-toi?nhom=can-lam", WantText: []string{s.standing(s.citizen, id).Code}},
		{Name: "to a stranger without the note", URL: "/tra-cuu/" + s.standing(s.citizen, id).Code, WantNot: []string{"Kho bạc"}},
	})
	s.World.Clock.Advance(10 * 24 * time.Hour)
	s.Run(t, []webtest.Scenario{{Name: "waiting is not late", As: s.citizen, URL: own, WantNot: []string{"Hồ sơ đã quá hạn", "Xin lỗi"}}})
	if _, err := s.Dossiers.ObligationMet(s.As(officer), id, step, "Đã nộp"); err != nil {
		t.Fatal(err)
	}
	s.Run(t, []webtest.Scenario{{Name: "met", As: s.citizen, URL: own, WantText: []string{"Hẹn trả kết quả trước", "Đang xem cửa hàng"}, WantNot: []string{"chờ thực hiện nghĩa vụ tài chính theo"}}})
}

// TestDone holds what is said when there is a result: at the counter, by post, and that results open for the owner alone.
func TestDone(t *testing.T) {
	for _, c := range []struct {
		name     string
		delivery url.Values
		want     string
		wantNot  string
	}{
		{"at the counter", url.Values{"return_by": {"counter"}}, "Mời nhận tại Ủy ban nhân dân xã Đầu", "bưu chính"},
		{"by post", url.Values{"return_by": {"post"}, "return_address": {"Số 1 đường Thử Nghiệm, xã Đầu, huyện Một"}}, "Kết quả được chuyển qua bưu chính", "Mời nhận tại"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t).withShops()
			id := s.fileShop(s.citizen, c.delivery)
			s.accept(id)
			s.finish(id, "giấy chứng nhận.pdf", "phụ lục.pdf")
			own := "/ho-so-cua-toi/" + string(id)
			s.Run(t, []webtest.Scenario{{Name: "done", As: s.citizen, URL: own, WantText: []string{"Đã có kết quả", c.want, "giấy chứng nhận.pdf", "phụ lục.pdf", "Phí, lệ phí", "100.000 đ"}, WantNot: []string{c.wantNot, "Sẽ trả kết quả"}}})
			st := s.standing(s.citizen, id)
			var result string
			for _, f := range st.Files {
				if f.Kind == dossier.AttachmentResult {
					result = f.ID
				}
			}
			with := map[string]string{"Cookie": "receipt=" + st.Code + "|" + st.Secret}
			s.Run(t, []webtest.Scenario{
				{Name: "the result", As: s.citizen, URL: own + "/tep/" + result, WantText: []string{"%PDF"}},
				{Name: "of somebody else", As: s.other, URL: own + "/tep/" + result, WantStatus: 404},
				{Name: "of a visitor", URL: own + "/tep/" + result, WantStatus: 303, WantLocation: "*"},
				{Name: "with the secret", URL: "/tra-cuu/" + st.Code + "/tep/" + result, Header: with, WantText: []string{"%PDF"}},
				{Name: "without the secret", URL: "/tra-cuu/" + st.Code + "/tep/" + result, WantStatus: 404},
				{Name: "no file", As: s.citizen, URL: own + "/tep/none", WantStatus: 404},
				{Name: "a result cannot be withdrawn from", As: s.citizen, URL: own + "/rut", Form: url.Values{"reason": {"Thôi"}}, WantStatus: 409},
			})
		})
	}
}

// TestReceipt holds who can print the receipt, and when there is one.
func TestReceipt(t *testing.T) {
	s := newSite(t)
	id := s.file(s.citizen)
	own, st := "/ho-so-cua-toi/"+string(id), s.standing(s.citizen, id)
	address, with := "/tra-cuu/"+st.Code, map[string]string{"Cookie": "receipt=" + st.Code + "|" + st.Secret}
	s.Run(t, []webtest.Scenario{{Name: "not before it is accepted", URL: address, Header: with, WantNot: []string{"Tải giấy tiếp nhận"}}})
	s.accept(id)
	isPDF := func(t *testing.T, a *webtest.Answer) {
		if got := a.Header.Get("Content-Type"); got != "application/pdf" {
			t.Errorf("content type %q", got)
		}
		if got := a.Header.Get("Content-Disposition"); got != `inline; filename="`+st.Code+`.pdf"` {
			t.Errorf("disposition %q", got)
		}
		if got := a.Header.Get("Cache-Control"); !strings.Contains(got, "no-store") {
			t.Errorf("the receipt may be kept: %q", got)
		}
	}
	s.Run(t, []webtest.Scenario{
		{Name: "owner", As: s.citizen, URL: own + "/giay-tiep-nhan.pdf", WantText: []string{"%PDF"}, Check: isPDF},
		{Name: "stranger", As: s.other, URL: own + "/giay-tiep-nhan.pdf", WantStatus: 404},
		{Name: "visitor", URL: own + "/giay-tiep-nhan.pdf", WantStatus: 303, WantLocation: "*"},
		{Name: "offered with the secret", URL: address, Header: with, WantText: []string{`<a class="btn" href="` + address + `/giay-tiep-nhan.pdf"`}},
		{Name: "with the secret", URL: address + "/giay-tiep-nhan.pdf", Header: with, WantText: []string{"%PDF"}, Check: isPDF},
		{Name: "not offered without", URL: address, WantNot: []string{"Tải giấy tiếp nhận"}},
		{Name: "without the secret", URL: address + "/giay-tiep-nhan.pdf", WantStatus: 303, WantLocation: address},
		{Name: "with a wrong secret", URL: address + "/giay-tiep-nhan.pdf", Header: map[string]string{"Cookie": "receipt=" + st.Code + "|AAAAAA"}, WantStatus: 303, WantLocation: address},
		{Name: "of no dossier", URL: "/tra-cuu/X99.10.01-261123-9999/giay-tiep-nhan.pdf", Header: with, WantStatus: 404},
	})
}

// TestRefused holds that an end without result is said with its reason, as text.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(*site, dossier.ID) error
		want string
	}{
		{"refused", func(s *site, d dossier.ID) error {
			clerk := s.Clerk("ubnd-99101")
			_, err := s.Dossiers.Refuse(s.As(clerk), d, s.step(clerk, d), "Không thuộc <i>thẩm quyền</i>")
			return err
		}, "Hồ sơ không được tiếp nhận"},
		{"stopped", func(s *site, d dossier.ID) error {
			s.accept(d)
			officer := s.Officer("ubnd-99101")
			_, err := s.Dossiers.Stop(s.As(officer), d, s.step(officer, d), "Không thuộc <i>thẩm quyền</i>")
			return err
		}, "Cơ quan đã dừng xử lý"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t)
			id := s.file(s.citizen)
			if err := c.end(s, id); err != nil {
				t.Fatal(err)
			}
			code := s.standing(s.citizen, id).Code
			s.Run(t, []webtest.Scenario{
				{Name: "owner", As: s.citizen, URL: "/ho-so-cua-toi/" + string(id), WantText: []string{c.want, "Không thuộc <i>thẩm quyền</i>"}, WantNot: []string{"<i>thẩm", "Rút hồ sơ", "đang ở đây", "Sẽ trả kết quả"}},
				{Name: "list", As: s.citizen, URL: "/ho-so-cua-toi?nhom=dung", WantText: []string{code}},
				{Name: "stranger", URL: "/tra-cuu/" + code, WantText: []string{c.want}, WantNot: []string{"thẩm quyền"}},
			})
		})
	}
}

// TestDeadline holds that the last day for papers is said to be today, and that the time runs out.
func TestDeadline(t *testing.T) {
	s := newSite(t)
	id := s.file(s.citizen)
	s.ask(id, "Giấy chứng sinh")
	own := "/ho-so-cua-toi/" + string(id)
	deadline := s.standing(s.citizen, id).Asked.Deadline
	s.World.Clock.Set(deadline.Add(-time.Minute))
	s.Run(t, []webtest.Scenario{{Name: "last day", As: s.citizen, URL: own, WantText: []string{`<span class="lt-due lt-due-today"`, "Chờ ông/bà bổ sung giấy tờ"}}})
	s.World.Clock.Set(deadline.Add(time.Hour))
	if _, err := s.Dossiers.ExpireSupplements(s.System()); err != nil {
		t.Fatal(err)
	}
	s.Run(t, []webtest.Scenario{
		{Name: "too late", As: s.citizen, URL: own, WantNot: []string{"Chờ ông/bà bổ sung giấy tờ"}},
		{Name: "no page for it", As: s.citizen, URL: own + "/bo-sung", WantStatus: 303, WantLocation: own},
	})
}
