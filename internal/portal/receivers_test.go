package portal_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"lienthong/internal/kit/webtest"
)

// choices returns the agencies that a page offers.
func choices(a *webtest.Answer) []string {
	return a.Page.Find(`input[name="receiver"]`).Map(func(_ int, in *goquery.Selection) string {
		return strings.TrimSpace(a.Page.Find(`label[for="` + in.AttrOr("id", "") + `"]`).Text())
	})
}

// TestManyReceivers holds how one agency of many is found: by its name, by its district, while typing, without marks.
func TestManyReceivers(t *testing.T) {
	s := newSite(t)
	s.communes(26)
	const start = "/nop-ho-so/9.000001"
	for _, c := range []struct {
		name, query string
		want        int    // how many are offered
		first       string // the first of them
		text        string
	}{
		{"nothing typed lists none", "", 0, "", "Gõ có dấu hoặc không dấu"},
		{"its name", "?noi=Làng+B", 1, "Ủy ban nhân dân xã Làng B", ""},
		{"without marks", "?noi=lang+b", 1, "Ủy ban nhân dân xã Làng B", ""},
		{"with its kind", "?noi=xa+lang+c", 1, "Ủy ban nhân dân xã Làng C", ""},
		{"beginnings of words", "?noi=la", 24, "Ủy ban nhân dân xã Làng A", "và 2 cơ quan khác"},
		{"the communes of a district", "?noi=" + url.QueryEscape("huyện Đông"), 24, "Ủy ban nhân dân xã Làng A", "và 2 cơ quan khác"},
		{"of another district", "?noi=mot", 3, "", ""},
		{"nobody", "?noi=zzz", 0, "", "Không có cơ quan nào nhận thủ tục này khớp “zzz”"},
		{"chosen by its id", "?receiver=" + string(s.Unit("ubnd-99102").ID), 1, "Ủy ban nhân dân xã Giữa", ""},
		{"an id that receives nothing", "?receiver=" + string(s.Unit("so-a").ID), 0, "", ""},
		{"white space", "?noi=++", 0, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := s.get(nobody, start+c.query)
			got := choices(a)
			if len(got) != c.want || c.first != "" && got[0] != c.first {
				t.Errorf("%d offered: %q", len(got), got)
			}
			if c.text != "" && !strings.Contains(a.Text(), c.text) {
				t.Errorf("%q is missing in %s", c.text, a.Text())
			}
			checked := a.Page.Find(`input[name="receiver"][checked]`).Length()
			if one := len(got) == 1; one != (checked == 1) {
				t.Errorf("%d are offered, %d ticked", len(got), checked)
			}
		})
	}
	s.Run(t, []webtest.Scenario{
		{Name: "suggestions keep the case", URL: start + "/goi-y?q=lang+d&case=late", WantText: []string{"Ủy ban nhân dân xã Làng D"}, Check: func(t *testing.T, a *webtest.Answer) {
			if !strings.Contains(a.Body, "case=late") {
				t.Errorf("the case is lost: %s", a.Body)
			}
		}},
		{Name: "eight suggestions at most", URL: start + "/goi-y?q=la", Check: func(t *testing.T, a *webtest.Answer) {
			if n := a.Page.Find("[role=option]").Length(); n != 8 {
				t.Errorf("%d", n)
			}
		}},
		{Name: "none", URL: start + "/goi-y?q=zzz", WantText: []string{"Không tìm thấy. Xin thử từ khác."}},
		{Name: "of no procedure", URL: "/nop-ho-so/0/goi-y?q=la", WantStatus: 404},
		{Name: "of one that is not online", URL: "/nop-ho-so/9.000002/goi-y?q=la", WantStatus: 409},
		{Name: "on the procedure's page, a number instead of a list", URL: "/thu-tuc/9.000001", WantText: []string{"29 cơ quan nhận thủ tục này"}, WantNot: []string{"xã Làng A"}},
		{Name: "on the procedure's page, searched", URL: "/thu-tuc/9.000001?noi=" + url.QueryEscape("đông"), WantText: []string{"xã Làng A", "và 2 cơ quan khác"}},
		{Name: "a search before anything is chosen goes on", URL: start, Form: url.Values{"case": {"usual"}, "noi": {"lang"}}, WantStatus: 422, WantText: []string{"Hãy chọn cơ quan tiếp nhận", "xã Làng A"}},
		{Name: "agencies in the list of procedures", URL: "/thu-tuc?noi=lang", WantText: []string{"Chọn cơ quan"}, Check: func(t *testing.T, a *webtest.Answer) {
			if n := a.Page.Find(`nav[aria-label="Chọn cơ quan"] a`).Length(); n != 12 {
				t.Errorf("%d agencies offered", n)
			}
		}},
	})
}

// TestMove holds that an application can go to another agency and another case, with everything that was typed.
func TestMove(t *testing.T) {
	s := newSite(t)
	base := s.fill(s.citizen)
	page := base + "/noi-nop"
	a := s.get(s.citizen, page)
	if got := a.Page.Find(`input[name="receiver"][checked]`).AttrOr("value", ""); got != string(s.Unit("ubnd-99101").ID) {
		t.Errorf("the page shows %q as chosen", got)
	}
	if got := a.Page.Find(`input[name="case"][checked]`).AttrOr("value", ""); got != "usual" {
		t.Errorf("the page shows the case %q", got)
	}
	s.Run(t, []webtest.Scenario{
		{Name: "searched within the application", As: s.citizen, URL: page + "?noi=cuoi", WantText: []string{"Ủy ban nhân dân xã Cuối"}, WantNot: []string{"Ủy ban nhân dân xã Đầu"}},
		{Name: "not to one that does not receive it", As: s.citizen, URL: page,
			Form: a.Submit(t, `form[action$="noi-nop"]`, url.Values{"receiver": {string(s.Unit("so-a").ID)}}), WantStatus: 422, WantText: []string{"không tiếp nhận"}},
		{Name: "not by somebody else", As: s.other, URL: page, Form: url.Values{"case": {"usual"}}, WantStatus: 404},
	})
	elsewhere := url.Values{"receiver": {string(s.Unit("ubnd-99103").ID)}, "case": {"late"}}
	if to := s.send(s.citizen, page, `form[action$="noi-nop"]`, elsewhere); to != base+"/nguoi-nop" {
		t.Errorf("after moving: %s", to)
	}
	s.Run(t, []webtest.Scenario{
		{Name: "papers of the other case are asked for", As: s.citizen, URL: base + "/xem-lai", WantText: []string{"Ủy ban nhân dân xã Cuối", "Quá hạn", "3 ngày làm việc", "Giấy xác nhận", "Nguyễn Bình", "giấy.pdf", "chỗ cần sửa", "8.000 đ", "11.000 đ"}},
		{Name: "the way to mend comes before the way to send", As: s.citizen, URL: base + "/xem-lai", WantText: []string{"Sửa chỗ đầu tiên"}, WantNot: []string{"Tôi đã xem lại"}},
	})
	s.do(webtest.Scenario{As: s.citizen, URL: base + "/giay-to/late-note", Files: []webtest.File{{Field: "papers.late-note", Name: "xác nhận.pdf", Content: "%PDF-1.4\n%%EOF\n"}}})
	s.send(s.citizen, page, `form[action$="noi-nop"]`, url.Values{"receiver": {string(s.Unit("ubnd-99103").ID)}, "case": {"usual"}})
	s.Run(t, []webtest.Scenario{
		{Name: "a paper of the case that was left", As: s.citizen, URL: base + "/giay-to", WantText: []string{"xác nhận.pdf", "Trường hợp đã chọn không cần giấy tờ này"}},
		{Name: "takes no more files", As: s.citizen, URL: base + "/giay-to/late-note", Files: []webtest.File{{Field: "papers.late-note", Name: "a.pdf", Content: "%PDF-1.4\n%%EOF\n"}}, WantStatus: 404},
	})
	remove := s.get(s.citizen, base+"/giay-to").Page.Find(`#paper-late-note form[action*="/xoa/"]`).AttrOr("action", "")
	s.Run(t, []webtest.Scenario{{Name: "taken out", As: s.citizen, URL: remove, Form: url.Values{}, WantStatus: 303, WantLocation: "*"}})
	if a := s.get(s.citizen, base+"/xem-lai"); strings.Contains(a.Text(), "chỗ cần sửa") {
		t.Fatal(a.Text())
	}
	to := s.send(s.citizen, base+"/xem-lai", `form[action$="gui"]`, url.Values{"agree": {"1"}})
	s.Run(t, []webtest.Scenario{{Name: "filed where it was moved", As: s.citizen, URL: to, WantText: []string{"Ủy ban nhân dân xã Cuối sẽ kiểm tra và trả lời"}}})
}

// TestProcedurePaging holds that the list leads on and back, with its filters, and counts right.
func TestProcedurePaging(t *testing.T) {
	s := newSite(t)
	s.many(45)
	seen := map[string]int{}
	next := "/thu-tuc?linh-vuc=van-hoa"
	var pages []string
	for next != "" {
		a := s.get(nobody, next)
		rows := a.Page.Find("a.lt-row-link")
		rows.Each(func(_ int, row *goquery.Selection) { seen[row.AttrOr("href", "")]++ })
		from := len(pages)*20 + 1
		want := fmt.Sprintf("%d–%d / 45", from, from+rows.Length()-1)
		if !strings.Contains(a.Text(), want) {
			t.Errorf("%s: %q is missing", next, want)
		}
		if prev := a.Page.Find(`a[rel=prev]`).AttrOr("href", ""); len(pages) > 0 && prev != pages[len(pages)-1] || len(pages) == 0 && prev != "" {
			t.Errorf("the way back of page %d is %q", len(pages)+1, prev)
		}
		pages = append(pages, next)
		next = a.Page.Find(`a[rel=next]`).AttrOr("href", "")
		if next != "" && !strings.Contains(next, "linh-vuc=van-hoa") {
			t.Errorf("the filter is lost: %s", next)
		}
		if len(pages) > 5 {
			t.Fatal("the list does not end")
		}
	}
	if len(pages) != 3 || len(seen) != 45 {
		t.Errorf("%d pages, %d procedures", len(pages), len(seen))
	}
	for href, n := range seen {
		if n != 1 {
			t.Errorf("%s stands %d times", href, n)
		}
	}
	second := s.get(nobody, pages[1])
	for _, link := range []string{`.lt-chip[href*="cap=commune"]`, `a[href*="danh-sach.xlsx"]`} {
		if href := second.Page.Find(link).First().AttrOr("href", ""); href == "" || strings.Contains(href, "trang=") {
			t.Errorf("%s: %q keeps the place of another list", link, href)
		}
	}
	if form := second.Page.Find(`form[role=search] input[name="linh-vuc"]`).AttrOr("value", ""); form != "van-hoa" {
		t.Errorf("a new search forgets the field: %q", form)
	}
	s.Run(t, []webtest.Scenario{
		{Name: "a cursor that is too long", URL: "/thu-tuc?trang=" + strings.Repeat("a", 7000), WantText: []string{"1–20 / 47"}},
		{Name: "a cursor of another list", URL: strings.Replace(pages[1], "linh-vuc=van-hoa", "linh-vuc=ho-tich", 1), WantStatus: 200},
		{Name: "old cursor keeps the filter", URL: "/thu-tuc?linh-vuc=van-hoa&trang=x.y", WantStatus: 303, WantLocation: "/thu-tuc?linh-vuc=van-hoa"},
		{Name: "the whole list as a workbook", URL: "/thu-tuc/danh-sach.xlsx?linh-vuc=van-hoa", Check: func(t *testing.T, a *webtest.Answer) {
			if !strings.HasPrefix(a.Body, "PK") {
				t.Error("no workbook")
			}
		}},
	})
}
