package desk_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/webtest"
)

// TestOverview holds the first page of those who lead: whom it is for, what it counts and that each number opens into its list.
func TestOverview(t *testing.T) {
	o := newOffice(t)
	head := o.Official(commune, "Trưởng Phòng", dossier.PermProcess, dossier.PermAssign, dossier.PermRead)
	o.site.Run(t, []webtest.Scenario{
		{Name: "nobody", URL: "/desk/overview", WantStatus: 303, WantLocation: "*"},
		{Name: "an officer", As: o.officer, URL: "/desk/overview", WantStatus: 403},
		{Name: "an officer has no such list", As: o.officer, URL: "/desk/overview/late", WantStatus: 403},
		{Name: "an officer sees no way there", As: o.officer, URL: "/desk", WantNot: []string{"Tổng quan"}},
		{Name: "a leader begins there", As: o.leader, URL: "/desk", WantStatus: 303, WantLocation: "/desk/overview"},
		{Name: "a leader's own work", As: o.leader, URL: "/desk/box/todo", WantText: []string{"Cần xử lý", "Tổng quan"}},
		{Name: "who works too begins with the work", As: head, URL: "/desk", WantText: []string{"Cần xử lý", "Tổng quan"}},
		{Name: "nothing yet", As: o.leader, URL: "/desk/overview", WantText: []string{"Không có việc nào đang mở.", "Không có việc nào chờ ông/bà ký duyệt.", "Không có việc nào quá hạn.", "Tuần này nhận 0 hồ sơ"}, WantNot: []string{"Việc đang mở theo bộ phận"}},
		{Name: "who signs nothing", As: head, URL: "/desk/overview", WantText: []string{"Không có việc nào đang mở."}, WantNot: []string{"ký duyệt"}},
		{Name: "no such list", As: o.leader, URL: "/desk/overview/lost", WantStatus: 404},
		{Name: "the reader's own is no list of others", As: o.leader, URL: "/desk/overview/mine", WantStatus: 404},
	})
	a, b := o.filed("Nguyễn Thị Ánh", false), o.filed("Trần Văn Bình", true)
	c := o.filed("Siu Blĭk", true)
	o.press(o.officer, c, dossier.ActRequestMore, map[string]string{"items": "Giấy chứng sinh", "reason": "Ảnh mờ"}, 303)
	o.Clock.Advance(26 * time.Hour)
	o.site.Run(t, []webtest.Scenario{
		{Name: "late", As: o.leader, URL: "/desk/overview", WantText: []string{"Cả đơn vị có 3 việc đang mở ở 2 bộ phận: 2 quá hạn", b.Code, "Tuần này nhận 3 hồ sơ, chưa có hồ sơ nào xong."}, Check: opens(o)},
		{Name: "the late ones", As: o.leader, URL: "/desk/overview/late", WantText: []string{"Quá hạn, mọi bộ phận", a.Code, b.Code, "1–2 / 2 việc"}, WantNot: []string{c.Code}},
		{Name: "those that wait", As: o.leader, URL: "/desk/overview/supplement", WantText: []string{c.Code}, WantNot: []string{a.Code, b.Code}},
		{Name: "beside the list", As: o.leader, URL: "/desk/overview/late?open=" + string(b.ID), WantText: []string{"Mở trang riêng", "Giao việc"}},
		{Name: "in English", As: o.leader, URL: "/desk/overview?lang=en", WantText: []string{"The whole unit has 3 open items", "Open items by section", "The last six weeks"}, WantNot: []string{"Quá hạn"}},
		{Name: "another agency", As: o.Leader(other), URL: "/desk/overview/late", WantNot: []string{a.Code, b.Code}},
		{Name: "not by an address", As: o.officer, URL: "/desk/box/late?watch=1", WantText: []string{b.Code}, WantNot: []string{a.Code}},
	})
}

// opens holds that every number of the units' table opens into a list of as many steps.
func opens(o *office) func(*testing.T, *webtest.Answer) {
	return func(t *testing.T, got *webtest.Answer) {
		t.Helper()
		n := 0
		got.Page.Find("td.lt-num a").Each(func(_ int, link *goquery.Selection) {
			n++
			href := link.AttrOr("href", "")
			list := o.do(webtest.Scenario{As: o.leader, URL: href})
			if rows := list.Page.Find("tr[data-row]").Length(); strconv.Itoa(rows) != strings.TrimSpace(link.Text()) {
				t.Errorf("%s opens %d rows, the number is %s", href, rows, link.Text())
			}
			if chip := list.Page.Find(`.lt-chip[aria-current="true"]`); chip.Length() != 1 {
				t.Errorf("%s does not say to which unit it is limited", href)
			}
		})
		if n != 2 {
			t.Errorf("%d numbers open, want those of two units", n)
		}
		if bars := got.Page.Find("svg.lt-bars[aria-hidden=true] rect").Length(); bars < 3 {
			t.Errorf("%d bars", bars)
		}
	}
}

// TestOverviewSigns holds that what waits for the leader stands first, and opens beside its list.
func TestOverviewSigns(t *testing.T) {
	o := newOffice(t)
	d := o.filed("Rơ Châm Y Mai", true)
	o.press(o.officer, d, dossier.ActForward, nil, 303)
	page := o.do(webtest.Scenario{As: o.leader, URL: "/desk/overview"})
	row := page.Page.Find(".lt-overview-own tr[data-row] a").First()
	if row.Text() != d.Code || row.AttrOr("data-split", "") != "/desk/box/todo?kind=approve&open="+string(d.ID) {
		t.Errorf("first stands %q, opening %q", row.Text(), row.AttrOr("data-split", ""))
	}
	o.do(webtest.Scenario{As: o.leader, URL: row.AttrOr("data-split", ""), WantText: []string{"Mở trang riêng", d.Code}})
}

// TestWatchedWorkbook holds that the workbook of a list of everybody's work has its rows and no others.
func TestWatchedWorkbook(t *testing.T) {
	o := newOffice(t)
	a, b := o.filed("Nguyễn Thị Ánh", false), o.filed("Trần Văn Bình", true)
	page := o.do(webtest.Scenario{As: o.leader, URL: "/desk/overview/todo"})
	href := page.Page.Find(".lt-work-actions a").First().AttrOr("href", "")
	for _, x := range []struct {
		as   actor.Actor
		want int
	}{{o.leader, 2 + 2}, {o.officer, 0 + 2}} { // with title and head
		got := o.do(webtest.Scenario{As: x.as, URL: href})
		if rows := sheetRows(t, got.Body); rows != x.want {
			t.Errorf("%s for %s: %d rows, want %d (%s, %s)", href, x.as.Name, rows, x.want, a.Code, b.Code)
		}
	}
}

// TestResultToFetch holds that a result that nobody fetched is shown as ready and not as late.
func TestResultToFetch(t *testing.T) {
	o := newOffice(t)
	d := o.filed("Rơ Châm Y Mai", true)
	o.press(o.officer, d, dossier.ActForward, nil, 303)
	o.press(o.leader, d, dossier.ActForward, nil, 303)
	o.Clock.Advance(240 * time.Hour)
	o.site.Run(t, []webtest.Scenario{
		{Name: "to hand over", As: o.clerk, URL: "/desk", WantText: []string{d.Code, "Chờ người nộp đến nhận"}},
		{Name: "not late", As: o.clerk, URL: "/desk/box/late", WantNot: []string{d.Code}},
	})
}
