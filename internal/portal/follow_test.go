package portal_test

import (
	"net/url"
	"strings"
	"testing"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/webtest"
)

// step returns the open step of a dossier as an official sees it.
func (s *site) step(as actor.Actor, id dossier.ID) string {
	s.t.Helper()
	v, err := s.Dossiers.Read(s.As(as), id)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, st := range v.Steps {
		if st.Open() {
			return st.ID
		}
	}
	s.t.Fatal("no open step")
	return ""
}

// ask lets the counter ask for papers.
func (s *site) ask(id dossier.ID, items ...string) {
	s.t.Helper()
	clerk := s.Clerk("ubnd-99101")
	if _, err := s.Dossiers.RequestMore(s.As(clerk), id, dossier.MoreRequest{StepID: s.step(clerk, id), Items: items, Reason: "Ảnh bị <b>mờ</b>"}); err != nil {
		s.t.Fatal(err)
	}
}

// TestSupplement holds how papers are supplied: what is asked, wrong files, files kept when the page comes again.
func TestSupplement(t *testing.T) {
	s := newSite(t)
	id := s.file(s.citizen)
	s.ask(id, "Giấy chứng sinh", "Ảnh <i>trẻ</i>")
	own := "/ho-so-cua-toi/" + string(id)
	s.Run(t, []webtest.Scenario{
		{Name: "told on the dossier", As: s.citizen, URL: own, WantText: []string{"Ông/bà cần bổ sung giấy tờ trước", "Chờ ông/bà bổ sung giấy tờ", "Bổ sung giấy tờ"}, WantNot: []string{"<i>trẻ"}},
		{Name: "in the list", As: s.citizen, URL: "/ho-so-cua-toi?nhom=can-lam", WantText: []string{"Yêu cầu bổ sung giấy tờ"}},
		{Name: "what is asked", As: s.citizen, URL: own + "/bo-sung", WantText: []string{"Giấy chứng sinh", "Lý do:", "mờ"}, WantNot: []string{"<b>mờ"}},
		{Name: "somebody else", As: s.other, URL: own + "/bo-sung", WantStatus: 404},
		{Name: "somebody else answers", As: s.other, URL: own + "/bo-sung", Form: url.Values{"note": {"x"}}, WantStatus: 404},
	})
	form := s.get(s.citizen, own+"/bo-sung").Submit(t, `form[action$="bo-sung"]`, nil)
	empty := s.do(webtest.Scenario{As: s.citizen, URL: own + "/bo-sung", Form: form})
	if empty.Status != 422 || !strings.Contains(empty.Text(), "Hãy tải lên giấy tờ bổ sung") {
		t.Errorf("nothing sent: %d %s", empty.Status, empty.Text())
	}
	half := s.do(webtest.Scenario{As: s.citizen, URL: own + "/bo-sung", Form: form, Files: []webtest.File{
		{Field: "item.0", Name: "tốt.pdf", Content: dossiertest.PDF}, {Field: "item.1", Name: "xấu.pdf", Content: "MZ\x90\x00" + strings.Repeat("x", 200)}}})
	if half.Status != 422 || !strings.Contains(half.Text(), "Đã nhận tệp tốt.pdf") {
		t.Fatalf("a wrong file: %d %s", half.Status, half.Text())
	}
	again := half.Submit(t, `form[action$="bo-sung"]`, url.Values{"note": {"Đã chụp lại"}})
	done := s.do(webtest.Scenario{As: s.citizen, URL: own + "/bo-sung", Form: again})
	if done.Status != 303 || done.Header.Get("Location") != own {
		t.Fatalf("%d %s", done.Status, done.Text())
	}
	s.Run(t, []webtest.Scenario{
		{Name: "supplied", As: s.citizen, URL: own, WantText: []string{"Đã nhận giấy tờ bổ sung", "tốt.pdf", "Đã chụp lại"}, WantNot: []string{"Chờ ông/bà"}},
		{Name: "no longer asked", As: s.citizen, URL: own + "/bo-sung", Form: again, WantStatus: 409},
	})
}

// TestSupplementWithSecret holds that the secret of the receipt is enough.
func TestSupplementWithSecret(t *testing.T) {
	s := newSite(t)
	id := s.file(s.citizen)
	s.ask(id, "Giấy chứng sinh")
	st, err := s.Dossiers.Mine(s.As(s.citizen), id)
	if err != nil {
		t.Fatal(err)
	}
	address := "/tra-cuu/" + st.Code
	with := map[string]string{"Cookie": "receipt=" + st.Code + "|" + st.Secret}
	page := s.do(webtest.Scenario{URL: address + "/bo-sung", Header: with})
	form := page.Submit(t, `form[action$="bo-sung"]`, nil)
	s.Run(t, []webtest.Scenario{
		{Name: "without", URL: address, WantText: []string{"Người nộp nhập mã tra cứu"}, WantNot: []string{"Giấy chứng sinh"}},
		{Name: "answer without", URL: address + "/bo-sung", Form: form, WantStatus: 409},
		{Name: "file", URL: address + "/tep/" + st.Files[0].ID, Header: with, WantText: []string{"%PDF"}},
		{Name: "answer", URL: address + "/bo-sung", Header: with, Form: form, Files: []webtest.File{{Field: "item.0", Name: "a.pdf", Content: dossiertest.PDF}}, WantStatus: 303, WantLocation: address},
		{Name: "withdraw", URL: address + "/rut", Header: with, Form: url.Values{"reason": {"Thôi"}}, WantStatus: 303, WantLocation: address},
	})
}

// TestAccepted holds that a due date is shown with its reasons, and that lateness is said.
func TestAccepted(t *testing.T) {
	s := newSite(t)
	id := s.file(s.citizen)
	clerk := s.Clerk("ubnd-99101")
	if _, err := s.Dossiers.Accept(s.As(clerk), id, s.step(clerk, id), ""); err != nil {
		t.Fatal(err)
	}
	own := "/ho-so-cua-toi/" + string(id)
	s.Run(t, []webtest.Scenario{
		{Name: "accepted", As: s.citizen, URL: own, WantText: []string{"Hẹn trả kết quả trước 24/11/2026 08:00", "không phải làm gì lúc này", "Vì sao có hạn này?", "Trần Thị Mẫu, chuyên viên"}},
		{Name: "in English", As: s.citizen, URL: own + "?lang=en", WantText: []string{"Where is my dossier?", "There is nothing you have to do now."}, WantNot: []string{"Ông/bà không phải"}},
	})
	s.World.Clock.Advance(72 * 3600e9)
	s.Run(t, []webtest.Scenario{
		{Name: "late", As: s.citizen, URL: own, WantText: []string{"Hồ sơ đã quá hạn. Xin lỗi ông/bà", "Quá hạn"}},
		{Name: "late in the list", As: s.citizen, URL: "/ho-so-cua-toi", WantText: []string{"Quá hạn"}},
	})
}
