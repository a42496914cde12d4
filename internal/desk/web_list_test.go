package desk_test

import (
	"archive/zip"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/webtest"
)

// TestWorklist holds the boxes, the filters, the order and what stands in an empty box.
func TestWorklist(t *testing.T) {
	o := newOffice(t)
	o.site.Run(t, []webtest.Scenario{
		{Name: "nobody", URL: "/desk", WantStatus: 303, WantLocation: "*"},
		{Name: "a citizen", As: o.Citizen("dân"), URL: "/desk", WantStatus: 403},
		{Name: "nothing yet, at the counter", As: o.clerk, URL: "/desk", WantText: []string{"Không có việc nào ở đây.", "Hồ sơ mới nộp và hồ sơ chuyển đến", "Tiếp nhận hồ sơ"}, WantNot: []string{"Xuất Excel"}},
		{Name: "nothing yet, elsewhere", As: o.officer, URL: "/desk/box/late", WantText: []string{"Không có việc nào quá hạn."}, WantNot: []string{"Tiếp nhận hồ sơ", "Quầy"}},
		{Name: "no such box", As: o.clerk, URL: "/desk/box/lost", WantStatus: 404, WantText: []string{"Không có ngăn việc này"}},
	})
	a, b, c := o.filed("Nguyễn Thị Ánh", false), o.filed("Trần Văn Bình", true), o.land()
	o.site.Run(t, []webtest.Scenario{
		{Name: "to receive", As: o.clerk, URL: "/desk", WantText: []string{a.Code, "Nguyễn Thị Ánh", "Mới đăng ký", "chưa ai nhận", "Hạn hôm nay 1", "1–1 / 1 việc"}, WantNot: []string{b.Code}},
		{Name: "to work on", As: o.officer, URL: "/desk", WantText: []string{b.Code, "Thẩm tra"}, WantNot: []string{a.Code, c.Code}},
		{Name: "joint", As: o.Officer("ubnd-991"), URL: "/desk/box/joint", WantText: []string{c.Code, "Số của cơ quan"}},
		{Name: "without tone marks", As: o.clerk, URL: "/desk?q=nguyen+anh", WantText: []string{a.Code, "Bỏ lọc"}},
		{Name: "nothing fits", As: o.clerk, URL: "/desk?q=zzz", WantText: []string{"Không có hồ sơ nào khớp bộ lọc."}},
		{Name: "by procedure", As: o.officer, URL: "/desk?procedure=9.000001&kind=work&field=ho-tich", WantText: []string{b.Code, "bỏ lọc"}},
		{Name: "by another procedure", As: o.officer, URL: "/desk?procedure=9.000009", WantText: []string{"Không có hồ sơ nào khớp bộ lọc."}},
		{Name: "another commune", As: o.Clerk(other), URL: "/desk", WantNot: []string{a.Code, b.Code, c.Code}},
		{Name: "broken page", As: o.clerk, URL: "/desk?after=zz", WantStatus: 422, WantText: []string{"mở lại danh sách từ đầu"}},
	})
	o.Clock.Advance(26 * time.Hour)
	o.site.Run(t, []webtest.Scenario{
		{Name: "late", As: o.officer, URL: "/desk/box/late", WantText: []string{b.Code, "Quá hạn 1", "hạn 23/11/2026 15:00"}},
		{Name: "late, in English", As: o.officer, URL: "/desk/box/late?lang=en", WantText: []string{b.Code}},
	})
}

// TestSplit holds the open dossier beside the list, whole and as a part of the page.
func TestSplit(t *testing.T) {
	o := newOffice(t)
	d := o.filed("Rơ Mah Đẹp", false)
	open := "/desk?open=" + string(d.ID)
	back := func(t *testing.T, a *webtest.Answer) {
		t.Helper()
		if got := a.Page.Find(actForm(d, dossier.ActAccept)+` input[name="back"]`).AttrOr("value", ""); got != open {
			t.Errorf("back to %q, want %q", got, open)
		}
	}
	o.site.Run(t, []webtest.Scenario{
		{Name: "page", As: o.clerk, URL: open, WantText: []string{"Cần xử lý", "Mở trang riêng", "Diễn biến", "Rơ Mah Đẹp"}, Check: back},
		{Name: "part", As: o.clerk, URL: open, Header: map[string]string{"HX-Request": "true"}, WantText: []string{"Mở trang riêng"}, WantNot: []string{"Tra cứu hồ sơ"}, Check: back},
		{Name: "not mine", As: o.Clerk(other), URL: open, WantStatus: 404},
		{Name: "page of its own", As: o.clerk, URL: at(d) + "?back=%2Fdesk%2Fbox%2Flate", WantText: []string{"Về danh sách"}},
		{Name: "back to elsewhere", As: o.clerk, URL: at(d) + "?back=%2F%2Fexample.com", WantText: []string{"Về danh sách"}, Check: func(t *testing.T, a *webtest.Answer) {
			if to := a.Page.Find(".lt-work-actions a").First().AttrOr("href", ""); to != "/desk" {
				t.Errorf("leads to %s", to)
			}
		}},
	})
}

// many files n dossiers.
func (o *office) many(n int) {
	o.t.Helper()
	for i := range n {
		o.filed("Người Thứ "+strings.Repeat("I", i%7+1), false)
		o.Clock.Advance(time.Second)
	}
}

// TestPages holds that pages lead on and back without losing or showing a row twice, and that the workbook has all rows.
func TestPages(t *testing.T) {
	o := newOffice(t)
	o.many(53)
	rows := func(url string) (codes map[string]bool, next, prev string) {
		a := o.do(webtest.Scenario{As: o.clerk, URL: url})
		codes = map[string]bool{}
		for _, s := range a.Page.Find("[data-row] .lt-code").EachIter() {
			codes[s.Text()] = true
		}
		return codes, a.Page.Find(`a[rel="next"]`).AttrOr("href", ""), a.Page.Find(`a[rel="prev"]`).AttrOr("href", "")
	}
	for _, list := range []string{"/desk", "/desk/search"} {
		first, next, prev := rows(list)
		if len(first) != 50 || next == "" || prev != "" {
			t.Fatalf("%s: %d rows, next %q, prev %q", list, len(first), next, prev)
		}
		second, end, back := rows(next)
		if len(second) != 3 || end != "" || back != list {
			t.Errorf("%s: second page %d rows, next %q, prev %q", list, len(second), end, back)
		}
		for code := range second {
			if first[code] {
				t.Errorf("%s stands on both pages", code)
			}
		}
	}
	for url, want := range map[string]int{"/desk/export.xlsx?box=todo": 53, "/desk/export.xlsx?q=none": 0, "/desk/search/export.xlsx": 53, "/desk/search/export.xlsx?status=3": 0} {
		a := o.do(webtest.Scenario{As: o.clerk, URL: url})
		if n := sheetRows(t, a.Body); n != want+2 { // title and head
			t.Errorf("%s: %d rows, want %d", url, n, want+2)
		}
		if !strings.Contains(a.Header.Get("Content-Disposition"), ".xlsx") {
			t.Errorf("%s: %v", url, a.Header)
		}
	}
	o.site.Run(t, []webtest.Scenario{
		{Name: "no such box", As: o.clerk, URL: "/desk/export.xlsx?box=x", WantStatus: 404},
		{Name: "bad date", As: o.clerk, URL: "/desk/search/export.xlsx?from=x", WantStatus: 422},
		{Name: "citizen", As: o.Citizen("dân"), URL: "/desk/export.xlsx", WantStatus: 403},
	})
}

func sheetRows(t *testing.T, body string) int {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(raw), "<row ")
}

// TestSearch holds what the search finds, and that a code leads to its dossier at once.
func TestSearch(t *testing.T) {
	o := newOffice(t)
	a, b, c := o.filed("Nguyễn Thị Ánh", false), o.filed("Trần Văn Bình", true), o.land()
	number := o.state(o.Officer("ubnd-991"), c).Parts[1].Number
	accepted := strconv.Itoa(int(dossier.StatusAccepted))
	o.site.Run(t, []webtest.Scenario{
		{Name: "all", As: o.clerk, URL: "/desk/search", WantText: []string{a.Code, b.Code, c.Code, "Hẹn trả"}},
		{Name: "code", As: o.clerk, URL: "/desk/search?q=" + strings.ToLower(a.Code), WantStatus: 303, WantLocation: at(a)},
		{Name: "number of another agency", As: o.clerk, URL: "/desk/search?q=" + number, WantStatus: 303, WantLocation: at(c)},
		{Name: "code of another commune", As: o.Clerk(other), URL: "/desk/search?q=" + a.Code, WantText: []string{"Không tìm thấy hồ sơ nào."}},
		{Name: "words", As: o.clerk, URL: "/desk/search?q=binh+tran", WantText: []string{b.Code}, WantNot: []string{a.Code}},
		{Name: "status", As: o.clerk, URL: "/desk/search?status=" + accepted + "&status=77&status=x", WantText: []string{b.Code, c.Code}, WantNot: []string{a.Code}},
		{Name: "procedure", As: o.clerk, URL: "/desk/search?procedure=9.000002", WantText: []string{c.Code}, WantNot: []string{a.Code, b.Code}},
		{Name: "procedure from the suggestions", As: o.clerk, URL: "/desk/search?procedure=C%E1%BA%A5p+(9.000002)", WantText: []string{c.Code}, WantNot: []string{a.Code}},
		{Name: "procedure in other words", As: o.clerk, URL: "/desk/search?procedure=zz", WantStatus: 422, WantText: []string{"Hãy nhập mã thủ tục"}},
		{Name: "field and channel", As: o.clerk, URL: "/desk/search?field=dat-dai&channel=counter", WantText: []string{c.Code}, WantNot: []string{a.Code}},
		{Name: "online", As: o.clerk, URL: "/desk/search?channel=online", WantText: []string{"Không tìm thấy hồ sơ nào."}},
		{Name: "days", As: o.clerk, URL: "/desk/search?from=23/11/2026&to=23/11/2026", WantText: []string{a.Code}},
		{Name: "other days", As: o.clerk, URL: "/desk/search?from=24/11/2026", WantNot: []string{a.Code}},
		{Name: "days the wrong way round", As: o.clerk, URL: "/desk/search?from=24/11/2026&to=23/11/2026", WantStatus: 422, WantText: []string{"Ngày cuối phải từ ngày đầu trở đi."}},
		{Name: "no days", As: o.clerk, URL: "/desk/search?from=31/02/2026&to=x", WantStatus: 422, WantText: []string{"Chưa thể tiếp tục"}},
		{Name: "late", As: o.clerk, URL: "/desk/search?late=1", WantText: []string{"Không tìm thấy hồ sơ nào."}},
	})
	o.Clock.Advance(48 * time.Hour)
	o.site.Run(t, []webtest.Scenario{{Name: "late two days on", As: o.clerk, URL: "/desk/search?late=1", WantText: []string{b.Code, "Quá hạn"}, WantNot: []string{a.Code, c.Code}}})
}

// TestNav holds who sees which part of the left column.
func TestNav(t *testing.T) {
	o := newOffice(t)
	room := o.room
	o.filed("Nguyễn Thị Ánh", false)
	for _, tt := range []struct {
		name, path string
		as         actor.Actor
		groups     int
		first      string // item that is current
		count      string
	}{
		{"clerk", "/desk/box/today", o.clerk, 3, "Hạn hôm nay", "1"},
		{"clerk at the counter", "/desk/counter/done/x", o.clerk, 3, "Tiếp nhận tại quầy", ""},
		{"officer", "/desk/search", o.officer, 2, "Tra cứu hồ sơ", ""},
		{"citizen", "/desk", o.Citizen("dân"), 0, "", ""},
	} {
		groups := room.Nav(o.As(tt.as), tt.path)
		if len(groups) != tt.groups {
			t.Errorf("%s: %d groups, want %d", tt.name, len(groups), tt.groups)
		}
		current, count, keys := "", "", map[string]bool{}
		for _, g := range groups {
			for _, it := range g.Items {
				if it.Current {
					current, count = current+it.Label, it.Count
				}
				if keys[it.Key] {
					t.Errorf("%s: key %s twice", tt.name, it.Key)
				}
				keys[it.Key] = true
			}
		}
		if current != tt.first || count != tt.count {
			t.Errorf("%s: current %q with %q, want %q with %q", tt.name, current, count, tt.first, tt.count)
		}
	}
}
