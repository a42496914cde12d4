package portal_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/sheet"
	"lienthong/internal/kit/webtest"
)

// filed files birth registrations for an account without the pages, a minute apart.
func (s *site) filed(as actor.Actor, n int) []*dossier.Dossier {
	s.t.Helper()
	list := make([]*dossier.Dossier, n)
	for i := range n {
		token := id.New()
		ctx := s.As(as)
		d, err := s.Dossiers.File(ctx, dossier.Filing{ProcedureCode: "9.000001", CaseKey: "usual", Channel: dossier.ChannelOnline, ReceiverID: s.Unit("ubnd-99101").ID,
			Owner:  dossiertest.Applicant(as.Name),
			Form:   map[string]any{"child": map[string]any{"full_name": fmt.Sprintf("Bé %d", i), "birth_date": "2026-11-20", "sex": "female"}},
			Papers: []dossier.FilingPaper{{Key: "birth-note", Files: []string{s.Upload(ctx, token, "giấy.pdf")}}}, UploadToken: token})
		if err != nil {
			s.t.Fatal(err)
		}
		list[i] = d
		s.World.Clock.Advance(time.Minute)
	}
	return list
}

// codes returns the dossiers of a page in their order.
func codes(a *webtest.Answer) []string {
	return a.Page.Find("a.lt-row-link .lt-code").Map(func(_ int, c *goquery.Selection) string { return strings.TrimSpace(c.Text()) })
}

// TestMinePaging holds that one's own list leads on and back, newest first, and that drafts stand on its first page alone.
func TestMinePaging(t *testing.T) {
	s := newSite(t)
	all := s.filed(s.citizen, 47)
	s.filed(s.other, 2)
	s.begin(s.citizen)
	var got []string
	next, n := "/ho-so-cua-toi", 0
	var back []string
	for next != "" && n < 6 {
		a := s.get(s.citizen, next)
		got = append(got, codes(a)...)
		if drafts := strings.Contains(a.Text(), "Đang soạn, chưa nộp"); drafts != (n == 0) {
			t.Errorf("page %d shows drafts: %v", n+1, drafts)
		}
		if prev := a.Page.Find(`a[rel=prev]`).AttrOr("href", ""); n > 0 && prev != back[n-1] {
			t.Errorf("page %d leads back to %q, want %q", n+1, prev, back[n-1])
		}
		back = append(back, next)
		next = a.Page.Find(`a[rel=next]`).AttrOr("href", "")
		n++
	}
	if n != 3 || len(got) != len(all) {
		t.Fatalf("%d pages with %d dossiers", n, len(got))
	}
	for i, code := range got {
		if want := all[len(all)-1-i].Code; code != want {
			t.Fatalf("line %d is %s, want %s", i, code, want)
		}
	}
	s.Run(t, []webtest.Scenario{{Name: "others have their own", As: s.other, URL: "/ho-so-cua-toi", Check: func(t *testing.T, a *webtest.Answer) {
		if n := len(codes(a)); n != 2 {
			t.Errorf("%d dossiers", n)
		}
	}}})
}

// TestMineFilters holds what each filter shows, alone and together with a text.
func TestMineFilters(t *testing.T) {
	s := newSite(t).withShops()
	list := s.filed(s.citizen, 5)
	fresh, accepted, asked, done, withdrawn := list[0], list[1], list[2], list[3], list[4]
	s.accept(accepted.ID)
	s.ask(asked.ID, "Giấy chứng sinh")
	s.accept(done.ID)
	s.finish(done.ID, "giấy khai sinh.pdf")
	if _, err := s.Dossiers.Withdraw(s.As(s.citizen), withdrawn.ID, "", "Nhầm"); err != nil {
		t.Fatal(err)
	}
	shop := s.standing(s.citizen, s.fileShop(s.citizen, url.Values{"return_by": {"counter"}}))
	for _, c := range []struct {
		name, query string
		want        []string
		active      string
	}{
		{"all", "", []string{shop.Code, withdrawn.Code, done.Code, asked.Code, accepted.Code, fresh.Code}, ""},
		{"being handled", "?nhom=dang-giai-quyet", []string{shop.Code, accepted.Code, fresh.Code}, "Đang giải quyết"},
		{"something to do", "?nhom=can-lam", []string{asked.Code}, "Cần ông/bà làm"},
		{"with a result", "?nhom=co-ket-qua", []string{done.Code}, "Đã có kết quả"},
		{"ended", "?nhom=dung", []string{withdrawn.Code}, "Đã dừng"},
		{"a group that is none", "?nhom=khac", []string{shop.Code, withdrawn.Code, done.Code, asked.Code, accepted.Code, fresh.Code}, ""},
		{"by name without marks", "?q=cua+hang", []string{shop.Code}, ""},
		{"by code", "?q=" + strings.ToLower(asked.Code), []string{asked.Code}, ""},
		{"text within a group", "?nhom=dang-giai-quyet&q=cua+hang", []string{shop.Code}, "Đang giải quyết"},
		{"text outside a group", "?nhom=can-lam&q=cua+hang", nil, "Cần ông/bà làm"},
		{"nothing", "?q=zzzz", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := s.get(s.citizen, "/ho-so-cua-toi"+c.query)
			if got := codes(a); strings.Join(got, " ") != strings.Join(c.want, " ") {
				t.Errorf("got %q, want %q", got, c.want)
			}
			active := a.Page.Find(".lt-chip[aria-current]")
			if !strings.HasPrefix(strings.TrimSpace(active.Text()), c.active) || active.Length() > 1 {
				t.Errorf("active filter %q", active.Text())
			}
			if c.want == nil && !strings.Contains(a.Text(), "Không có hồ sơ nào khớp") {
				t.Error("an empty list says nothing")
			}
			if q := a.Page.Find(`input[name=q]`).AttrOr("value", ""); strings.Contains(c.query, "q=") != (q != "") {
				t.Errorf("the search box holds %q", q)
			}
		})
	}
	s.Run(t, []webtest.Scenario{
		{Name: "lateness after the time", As: s.citizen, URL: "/ho-so-cua-toi?nhom=dung", WantNot: []string{"Quá hạn"}},
		{Name: "script in the search", As: s.citizen, URL: "/ho-so-cua-toi?q=" + url.QueryEscape(`"><script>alert(1)</script>`), WantNot: []string{"<script>alert"}},
		{Name: "a cursor too long", As: s.citizen, URL: "/ho-so-cua-toi?trang=" + strings.Repeat("x", 7000), WantText: []string{shop.Code}},
	})
}

// book opens a workbook that somebody downloads: its title, and its rows below the head.
func (s *site) book(as actor.Actor, address string) (title string, head []string, rows [][]string) {
	s.t.Helper()
	a := s.do(webtest.Scenario{As: as, URL: address})
	if a.Header.Get("Content-Type") != sheet.Media {
		s.t.Fatalf("%s: %d %v", address, a.Status, a.Header)
	}
	all, err := sheet.Read(strings.NewReader(a.Body))
	if err != nil || len(all) < 2 {
		s.t.Fatalf("%s: %v %q", address, err, all)
	}
	return all[0][0], all[1], all[2:]
}

// TestMineExport holds that the workbook of one's own dossiers has all pages of the list, with its filters, and no others.
func TestMineExport(t *testing.T) {
	s := newSite(t)
	const many = 203 // more than are read at a time
	list := s.filed(s.citizen, many)
	s.filed(s.other, 2)
	asked := list[7]
	s.ask(asked.ID, "Giấy chứng sinh")
	title, head, rows := s.book(s.citizen, "/ho-so-cua-toi/danh-sach.xlsx")
	if want := []string{"Mã hồ sơ", "Thủ tục", "Chủ hồ sơ", "Trạng thái", "Ngày nộp", "Hạn", "Xong lúc"}; title != "Hồ sơ của tôi" || !slices.Equal(head, want) {
		t.Errorf("%q, head %q", title, head)
	}
	if len(rows) != many {
		t.Fatalf("%d rows, want %d", len(rows), many)
	}
	for i, row := range rows {
		if want := list[many-1-i].Code; row[0] != want {
			t.Fatalf("row %d is %s, want %s", i, row[0], want)
		}
	}
	if row := rows[many-1]; row[1] != "Đăng ký khai sinh (thử)" || row[2] != s.citizen.Name || row[3] != "Mới đăng ký" || row[4] != "23/11/2026 08:00" {
		t.Errorf("first dossier: %q", row)
	}
	for query, want := range map[string]int{"?nhom=can-lam": 1, "?nhom=dang-giai-quyet": many - 1, "?nhom=dung": 0, "?q=zzzz": 0, "?q=" + asked.Code: 1, "?nhom=dung&q=" + asked.Code: 0} {
		if _, _, rows := s.book(s.citizen, "/ho-so-cua-toi/danh-sach.xlsx"+query); len(rows) != want || want == 1 && rows[0][0] != asked.Code {
			t.Errorf("%s: %d rows, want %d", query, len(rows), want)
		}
	}
	if _, _, rows := s.book(s.other, "/ho-so-cua-toi/danh-sach.xlsx"); len(rows) != 2 {
		t.Errorf("somebody else gets %d rows", len(rows))
	}
	if title, head, _ := s.book(s.other, "/ho-so-cua-toi/danh-sach.xlsx?lang=en"); title != "My dossiers" || head[0] != "Dossier code" {
		t.Errorf("in English: %q %q", title, head)
	}
	s.Run(t, []webtest.Scenario{
		{Name: "the list leads to it with its filters", As: s.citizen, URL: "/ho-so-cua-toi?nhom=can-lam", Check: func(t *testing.T, a *webtest.Answer) {
			if to := a.Page.Find(`a[href*=".xlsx"]`).AttrOr("href", ""); to != "/ho-so-cua-toi/danh-sach.xlsx?nhom=can-lam" {
				t.Errorf("leads to %q", to)
			}
		}},
		{Name: "nothing to export", As: s.citizen, URL: "/ho-so-cua-toi?q=zzzz", WantNot: []string{"Xuất Excel"}},
		{Name: "visitor", URL: "/ho-so-cua-toi/danh-sach.xlsx", WantStatus: 303, WantLocation: "*"},
		{Name: "official", As: s.Clerk("ubnd-99101"), URL: "/ho-so-cua-toi/danh-sach.xlsx", WantStatus: 303, WantLocation: "/ho-so-cua-toi"},
	})
}

// TestForeignIDs holds that made-up and foreign ids lead nowhere on every address of one's own pages.
func TestForeignIDs(t *testing.T) {
	s := newSite(t)
	foreign := string(s.filed(s.other, 1)[0].ID)
	for _, d := range []string{foreign, id.New(), "x", "..", "%00", strings.Repeat("a", 300), "'; DROP TABLE dossier_dossier; --"} {
		own := "/ho-so-cua-toi/" + url.PathEscape(d)
		if d == ".." {
			own = "/ho-so-cua-toi/%2e%2e"
		}
		for _, part := range []string{"", "/giay-tiep-nhan.pdf", "/bo-sung", "/tep/" + id.New()} {
			a := s.do(webtest.Scenario{As: s.citizen, URL: own + part})
			if a.Status != 404 && a.Status != 400 && a.Status != 307 {
				t.Errorf("GET %s%s: %d", own, part, a.Status)
			}
		}
		for _, part := range []string{"/bo-sung", "/rut"} {
			a := s.do(webtest.Scenario{As: s.citizen, URL: own + part, Form: url.Values{"reason": {"x"}, "note": {"x"}}})
			if a.Status != 404 && a.Status != 400 && a.Status != 307 {
				t.Errorf("POST %s%s: %d", own, part, a.Status)
			}
		}
	}
	s.Run(t, []webtest.Scenario{{Name: "it is still there", As: s.other, URL: "/ho-so-cua-toi/" + foreign}})
}
