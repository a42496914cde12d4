package portal_test

import (
	"net/url"
	"testing"
	"time"

	"lienthong/internal/kit/webtest"
)

// TestFinding holds what visitors see while they look for a procedure.
func TestFinding(t *testing.T) {
	s := newSite(t)
	s.Run(t, []webtest.Scenario{
		{Name: "home", URL: "/", WantText: []string{"Ông/bà cần làm thủ tục gì?", "Hồ sơ nhận hôm nay", "Đăng ký khai sinh (thử)", "đến 23/11/2026 08:00"}},
		{Name: "home in English", URL: "/?lang=en", WantText: []string{"What do you need to do?", "Birth registration (test)"}, WantNot: []string{"Ông/bà"}},
		{Name: "figures", URL: "/so-lieu", WantText: []string{"Chưa có hồ sơ nào xong trong tháng này", "nhận 0 hồ sơ"}},
		{Name: "guide", URL: "/huong-dan", WantText: []string{"Nộp trực tuyến"}},
		{Name: "accessibility", URL: "/tro-nang", WantText: []string{"WCAG 2.2"}},
		{Name: "all", URL: "/thu-tuc", WantText: []string{"2 thủ tục", "1–2 / 2"}},
		{Name: "without tone marks", URL: "/thu-tuc?q=khai+sinh", WantText: []string{"1 thủ tục", "Đăng ký khai sinh (thử)"}, WantNot: []string{"Cấp giấy chứng nhận"}},
		{Name: "with tone marks", URL: "/thu-tuc?q=" + url.QueryEscape("đăng ký khai sinh"), WantText: []string{"1 thủ tục"}},
		{Name: "online only", URL: "/thu-tuc?truc-tuyen=1", WantText: []string{"1 thủ tục", "Trực tuyến"}},
		{Name: "by field", URL: "/thu-tuc?linh-vuc=dat-dai", WantText: []string{"1 thủ tục", "Cấp giấy chứng nhận"}},
		{Name: "by level", URL: "/thu-tuc?cap=province", WantText: []string{"Không có thủ tục nào khớp", "Xem tất cả thủ tục"}},
		{Name: "by agency", URL: "/thu-tuc?co-quan=ubnd-99101", WantText: []string{"2 thủ tục", "Ủy ban nhân dân xã Đầu"}},
		{Name: "an agency that is none", URL: "/thu-tuc?co-quan=none", WantText: []string{"2 thủ tục"}},
		{Name: "agencies to choose", URL: "/thu-tuc?noi=xa+dau", WantText: []string{"Chọn cơ quan", "Ủy ban nhân dân xã Đầu"}},
		{Name: "no such agency", URL: "/thu-tuc?noi=zzz", WantText: []string{"Không có cơ quan nào tên như “zzz”"}},
		{Name: "nothing found", URL: "/thu-tuc?q=zzz", WantText: []string{"Không tìm thấy thủ tục", "bỏ bớt bộ lọc"}},
		{Name: "an old address", URL: "/thu-tuc?trang=abc", WantStatus: 303, WantLocation: "/thu-tuc"},
		{Name: "a script is a text", URL: "/thu-tuc?q=" + url.QueryEscape(`"><script>alert(1)</script>`), WantNot: []string{"<script>alert"}},
		{Name: "suggestions", URL: "/thu-tuc/goi-y?q=khai", WantText: []string{`<li role="option"`, "Đăng ký khai sinh (thử)"}},
		{Name: "no suggestions", URL: "/thu-tuc/goi-y?q=zzz", WantText: []string{"Không tìm thấy. Xin thử từ khác."}},
		{Name: "agencies while typing", URL: "/co-quan/goi-y?q=so+a", WantText: []string{"Sở A"}},
		{Name: "wrong method", Method: "POST", URL: "/thu-tuc", WantStatus: 405},
	})
}

// TestExport holds that the list can be taken along as a workbook.
func TestExport(t *testing.T) {
	s := newSite(t)
	a := s.do(webtest.Scenario{URL: "/thu-tuc/danh-sach.xlsx?truc-tuyen=1"})
	if a.Status != 200 || a.Header.Get("Content-Disposition") == "" || len(a.Body) < 1000 || a.Body[:2] != "PK" {
		t.Errorf("%d %v %d bytes", a.Status, a.Header, len(a.Body))
	}
}

// TestProcedure holds that the page of a procedure answers first.
func TestProcedure(t *testing.T) {
	s := newSite(t)
	s.Run(t, []webtest.Scenario{
		{Name: "first case", URL: "/thu-tuc/9.000001", WantText: []string{"Ủy ban nhân dân cấp xã", "1 ngày làm việc", "Giấy chứng sinh", "Nộp trực tuyến", "3.000 đ/bản", "Luật Hộ tịch", "Chỉ xuất trình", "không cần tờ giấy"}, WantNot: []string{"Giấy xác nhận"}},
		{Name: "other case", URL: "/thu-tuc/9.000001?truong-hop=late", WantText: []string{"3 ngày làm việc", "Giấy xác nhận", "8.000 đ"}},
		{Name: "a case that is none", URL: "/thu-tuc/9.000001?truong-hop=x", WantText: []string{"1 ngày làm việc"}},
		{Name: "agency by name without marks", URL: "/thu-tuc/9.000001?noi=giua", WantText: []string{"Ủy ban nhân dân xã Giữa"}, WantNot: []string{"Ủy ban nhân dân xã Đầu"}},
		{Name: "agencies of a district", URL: "/thu-tuc/9.000001?noi=cuoi+mot", WantText: []string{"Ủy ban nhân dân xã Cuối"}},
		{Name: "no agency", URL: "/thu-tuc/9.000001?noi=zzz", WantText: []string{"Không có cơ quan tiếp nhận nào khớp"}},
		{Name: "not online", URL: "/thu-tuc/9.000002", WantText: []string{"Chưa nộp trực tuyến được", "mức độ 2", "Tùy cách nộp", "12 ngày làm việc", "Qua bưu chính"}},
		{Name: "English", URL: "/thu-tuc/9.000001?lang=en", WantText: []string{"Birth registration (test)", "File online", "Papers you need"}, WantNot: []string{"Nộp trực tuyến"}},
		{Name: "none", URL: "/thu-tuc/0.0", WantStatus: 404},
	})
}

// TestStart holds how an application begins.
func TestStart(t *testing.T) {
	s := newSite(t)
	commune := string(s.Unit("ubnd-99101").ID)
	s.Run(t, []webtest.Scenario{
		{Name: "few agencies are listed", URL: "/nop-ho-so/9.000001", WantText: []string{"Nộp ở đâu?", "Thông thường", "Ủy ban nhân dân xã Đầu"}},
		{Name: "searched", URL: "/nop-ho-so/9.000001?noi=cuoi", WantText: []string{"Ủy ban nhân dân xã Cuối"}, WantNot: []string{"Ủy ban nhân dân xã Đầu"}},
		{Name: "searched in vain", URL: "/nop-ho-so/9.000001?noi=zzz", WantText: []string{"Không có cơ quan nào nhận thủ tục này khớp"}},
		{Name: "while typing", URL: "/nop-ho-so/9.000001/goi-y?q=cuoi", WantText: []string{"Ủy ban nhân dân xã Cuối"}},
		{Name: "not online", URL: "/nop-ho-so/9.000002", WantStatus: 409, WantText: []string{"chưa nhận hồ sơ trực tuyến"}},
		{Name: "no procedure", URL: "/nop-ho-so/0", WantStatus: 404},
		{Name: "nothing chosen", URL: "/nop-ho-so/9.000001", Form: url.Values{}, WantStatus: 422, WantText: []string{"Hãy chọn cơ quan tiếp nhận", "Hãy chọn trường hợp"}},
		{Name: "an agency that does not receive it", URL: "/nop-ho-so/9.000001", Form: url.Values{"case": {"usual"}, "receiver": {string(s.Unit("so-a").ID)}}, WantStatus: 422, WantText: []string{"không tiếp nhận"}},
		{Name: "made up agency", URL: "/nop-ho-so/9.000001", Form: url.Values{"case": {"usual"}, "receiver": {"x"}}, WantStatus: 422, WantText: []string{"Hãy chọn cơ quan tiếp nhận"}},
		{Name: "made up case", URL: "/nop-ho-so/9.000001", Form: url.Values{"case": {"x"}, "receiver": {commune}}, WantStatus: 422},
		{Name: "chosen", URL: "/nop-ho-so/9.000001", Form: url.Values{"case": {"usual"}, "receiver": {commune}}, WantStatus: 303, WantLocation: "*"},
	})
}

// TestLookup holds who sees what of a dossier by its code, and that guessing is slowed down.
func TestLookup(t *testing.T) {
	s := newSite(t)
	id := s.file(s.citizen)
	st, err := s.Dossiers.Mine(s.As(s.citizen), id)
	if err != nil {
		t.Fatal(err)
	}
	address := "/tra-cuu/" + st.Code
	s.Run(t, []webtest.Scenario{
		{Name: "page", URL: "/tra-cuu", WantText: []string{"Mã hồ sơ", "Mã tra cứu"}},
		{Name: "empty", URL: "/tra-cuu", Form: url.Values{"code": {""}}, WantStatus: 422, WantText: []string{"Hãy nhập mã hồ sơ"}},
		{Name: "no code", URL: "/tra-cuu", Form: url.Values{"code": {"abc"}}, WantStatus: 422, WantText: []string{"Mã hồ sơ chưa đúng", `<input class="form-control" id="f-code" name="code" type="text" value="abc"`}},
		{Name: "unknown", URL: "/tra-cuu", Form: url.Values{"code": {"X99.10.01-261123-9999"}}, WantStatus: 422, WantText: []string{"Không có hồ sơ nào mang mã này"}},
		{Name: "by code", URL: "/tra-cuu", Form: url.Values{"code": {" x99.10.01–261123–0001 "}}, WantStatus: 303, WantLocation: address},
		{Name: "without the secret", URL: address, WantText: []string{"Mới đăng ký", "Ủy ban nhân dân xã Đầu", "Xem đầy đủ"}, WantNot: []string{st.Secret, "Nguyễn Thị An", "giấy.pdf", "Rút hồ sơ", "0912"}},
		{Name: "a stranger signed in", As: s.other, URL: address, WantNot: []string{st.Secret, "Nguyễn Thị An"}},
		{Name: "wrong secret", URL: "/tra-cuu", Form: url.Values{"code": {st.Code}, "secret": {"AAAAAA"}}, WantStatus: 422, WantText: []string{"Mã tra cứu không đúng"}},
		{Name: "with the secret", URL: address, Header: map[string]string{"Cookie": "receipt=" + st.Code + "|" + st.Secret}, WantText: []string{st.Secret, "Nguyễn Thị An", "giấy.pdf", "Rút hồ sơ"}},
		{Name: "a secret of another dossier", URL: address, Header: map[string]string{"Cookie": "receipt=X99.10.01-261123-0002|" + st.Secret}, WantNot: []string{st.Secret}},
		{Name: "from the QR code", URL: address + "?m=" + st.Secret, WantStatus: 303, WantLocation: address, Check: func(t *testing.T, a *webtest.Answer) {
			if a.Cookies() != "receipt="+st.Code+"|"+st.Secret {
				t.Errorf("cookie %q", a.Cookies())
			}
		}},
		{Name: "no dossier", URL: "/tra-cuu/X99.10.01-261123-9999", WantStatus: 404, WantText: []string{"Tra cứu hồ sơ", "Không tìm thấy hồ sơ này."}, Check: func(t *testing.T, a *webtest.Answer) {
			if got := a.Page.Find("#f-code").AttrOr("value", ""); got != "X99.10.01-261123-9999" {
				t.Errorf("the code to mend is %q", got)
			}
		}},
		{Name: "files need the secret", URL: address + "/tep/" + st.Files[0].ID, WantStatus: 404},
		{Name: "withdrawing needs the secret", URL: address + "/rut", Form: url.Values{"reason": {"x"}}, WantStatus: 401},
	})
	for range 10 {
		s.do(webtest.Scenario{URL: "/tra-cuu", Form: url.Values{"code": {st.Code}, "secret": {"BBBBBB"}}})
	}
	s.Run(t, []webtest.Scenario{
		{Name: "too many guesses", URL: "/tra-cuu", Form: url.Values{"code": {st.Code}, "secret": {st.Secret}}, WantStatus: 429, WantText: []string{"Đã nhập sai nhiều lần"}},
		{Name: "the code alone still opens", URL: address},
	})
	s.World.Clock.Advance(time.Hour)
	s.Run(t, []webtest.Scenario{{Name: "later again", URL: "/tra-cuu", Form: url.Values{"code": {st.Code}, "secret": {st.Secret}}, WantStatus: 303, WantLocation: address}})
}

// TestMine holds that everybody sees their own dossiers only.
func TestMine(t *testing.T) {
	s := newSite(t)
	id := string(s.file(s.citizen))
	own := "/ho-so-cua-toi/" + id
	s.Run(t, []webtest.Scenario{
		{Name: "list", As: s.citizen, URL: "/ho-so-cua-toi", WantText: []string{"X99.10.01-261123-0001", "Mới đăng ký"}},
		{Name: "by text", As: s.citizen, URL: "/ho-so-cua-toi?q=khai+sinh", WantText: []string{"X99.10.01-261123-0001"}},
		{Name: "by status", As: s.citizen, URL: "/ho-so-cua-toi?nhom=co-ket-qua", WantText: []string{"Không có hồ sơ nào khớp"}},
		{Name: "old cursor", As: s.citizen, URL: "/ho-so-cua-toi?trang=zz", WantStatus: 303, WantLocation: "/ho-so-cua-toi"},
		{Name: "nothing yet", As: s.other, URL: "/ho-so-cua-toi", WantText: []string{"Chưa nộp hồ sơ nào"}},
		{Name: "official", As: s.Clerk("ubnd-99101"), URL: "/ho-so-cua-toi", WantText: []string{"Trang này dành cho tài khoản công dân"}},
		{Name: "visitor", URL: "/ho-so-cua-toi", WantStatus: 303, WantLocation: "/dang-nhap?next=%2Fho-so-cua-toi"},
		{Name: "detail", As: s.citizen, URL: own, WantText: []string{"Đã nhận hồ sơ", "trả lời trước 24/11/2026 08:00"}},
		{Name: "receipt", As: s.citizen, URL: own + "/giay-tiep-nhan.pdf", WantText: []string{"%PDF"}},
		{Name: "receipt of somebody else", As: s.other, URL: own + "/giay-tiep-nhan.pdf", WantStatus: 404},
		{Name: "somebody else", As: s.other, URL: own, WantStatus: 404},
		{Name: "somebody else withdraws", As: s.other, URL: own + "/rut", Form: url.Values{"reason": {"x"}}, WantStatus: 404},
		{Name: "nothing asked", As: s.citizen, URL: own + "/bo-sung", WantStatus: 303, WantLocation: own},
		{Name: "withdraw without reason", As: s.citizen, URL: own + "/rut", Form: url.Values{"reason": {" "}}, WantStatus: 422, WantText: []string{"Hãy ghi lý do rút hồ sơ"}},
		{Name: "withdraw", As: s.citizen, URL: own + "/rut", Form: url.Values{"reason": {"Nhầm <b>thủ tục</b>"}}, WantStatus: 303, WantLocation: own},
		{Name: "withdrawn", As: s.citizen, URL: own, WantText: []string{"Người nộp đã rút hồ sơ", "Nhầm"}, WantNot: []string{"Rút hồ sơ này?"}},
		{Name: "withdraw twice", As: s.citizen, URL: own + "/rut", Form: url.Values{"reason": {"x"}}, WantStatus: 409},
	})
}
