package desk_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/webtest"
)

// book downloads a workbook as somebody and opens it as a spreadsheet program does. The first row is the title, the second the head.
func (o *office) book(as actor.Actor, address string) (title string, head []string, rows [][]string) {
	o.t.Helper()
	a := o.do(webtest.Scenario{As: as, URL: address, Check: func(t *testing.T, a *webtest.Answer) {
		if got := a.Header.Get("Content-Type"); got != "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" {
			t.Errorf("content type %q", got)
		}
	}})
	f, err := excelize.OpenReader(strings.NewReader(a.Body))
	if err != nil {
		o.t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // read only
	sheet := f.GetSheetName(0)
	for _, name := range f.GetSheetList() {
		cells, err := f.GetRows(name)
		if err != nil {
			o.t.Fatal(err)
		}
		for r := range cells {
			for c := range cells[r] {
				at, err := excelize.CoordinatesToCellName(c+1, r+1)
				if err != nil {
					o.t.Fatal(err)
				}
				if formula, _ := f.GetCellFormula(name, at); formula != "" {
					o.t.Errorf("%s holds the formula %s", at, formula)
				}
			}
		}
	}
	cells, err := f.GetRows(sheet)
	if err != nil || len(cells) < 2 {
		o.t.Fatalf("%d rows, %v", len(cells), err)
	}
	return cells[0][0], cells[1], cells[2:]
}

// column returns the cells under a title.
func column(t *testing.T, head []string, rows [][]string, title string) []string {
	t.Helper()
	i := slices.Index(head, title)
	if i < 0 {
		t.Fatalf("no column %q in %q", title, head)
	}
	var list []string
	for _, r := range rows {
		if i < len(r) {
			list = append(list, r[i])
		} else {
			list = append(list, "")
		}
	}
	return list
}

// TestWorkbook holds what stands in the workbook of the worklist: the same rows in the same order as on the pages, with the filters.
func TestWorkbook(t *testing.T) {
	o := newOffice(t)
	a := o.filed("Nguyễn Thị Ánh", false)
	company := dossiertest.Applicant("Trần Thị Đại Diện")
	company.Kind, company.Organisation = dossier.ApplicantOrganisation, "=1+1"
	b, err := o.Dossiers.File(o.As(o.clerk), dossier.Filing{ProcedureCode: "9.000002", Channel: dossier.ChannelCounter, ReceiverID: o.Unit(commune).ID, Owner: company})
	if err != nil {
		t.Fatal(err)
	}
	o.Clock.Advance(2 * time.Hour)
	c := o.filed("Trần Văn Bình", false)
	title, head, rows := o.book(o.clerk, "/desk/export.xlsx")
	if title != "Cần xử lý" {
		t.Errorf("title %q", title)
	}
	if got := column(t, head, rows, "Mã hồ sơ"); !slices.Equal(got, []string{a.Code, c.Code, b.Code}) { // by deadline
		t.Errorf("codes %q", got)
	}
	if got := column(t, head, rows, "Chủ hồ sơ"); got[2] != "=1+1" {
		t.Errorf("a name that looks like a formula: %q", got[2])
	}
	for name, want := range map[string]string{"Thủ tục": "Đăng ký khai sinh (thử)", "Điện thoại": "0912000001", "Trạng thái": "Mới đăng ký", "Bước": "Tiếp nhận", "Đơn vị": "Bộ phận Một cửa",
		"Người xử lý": "", "Kênh nộp": "Trực tiếp tại bộ phận một cửa", "Nộp lúc": "23/11/2026"} {
		if got := column(t, head, rows, name)[0]; !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for address, want := range map[string][]string{
		"/desk/export.xlsx?q=binh":                      {c.Code},
		"/desk/export.xlsx?q=khong+co":                  nil,
		"/desk/export.xlsx?box=late":                    {a.Code},
		"/desk/export.xlsx?box=late&q=binh":             nil,
		"/desk/export.xlsx?kind=return":                 nil,
		"/desk/export.xlsx?kind=receive&field=ho-tich":  {a.Code, c.Code},
		"/desk/export.xlsx?procedure=9.000002":          {b.Code},
		"/desk/export.xlsx?procedure=9.000001&box=mine": nil,
	} {
		_, head, rows := o.book(o.clerk, address)
		if got := column(t, head, rows, "Mã hồ sơ"); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
	if _, _, rows := o.book(o.Clerk(other), "/desk/export.xlsx"); len(rows) != 0 {
		t.Errorf("another commune gets %d rows", len(rows))
	}
}

// TestWorkbookOfManyPages holds that a workbook of several reads has every row once.
func TestWorkbookOfManyPages(t *testing.T) {
	o := newOffice(t)
	const n = 203 // one read is 200 rows
	o.many(n)
	for _, address := range []string{"/desk/export.xlsx", "/desk/search/export.xlsx"} {
		_, head, rows := o.book(o.clerk, address)
		codes := column(t, head, rows, "Mã hồ sơ")
		slices.Sort(codes)
		if once := slices.Compact(slices.Clone(codes)); len(codes) != n || len(once) != n {
			t.Errorf("%s: %d rows, %d codes", address, len(codes), len(once))
		}
	}
	last := o.do(webtest.Scenario{As: o.clerk, URL: "/desk", WantText: []string{"1–50 / 203 việc"}})
	for i := range 4 {
		next := last.Page.Find(`a[rel="next"]`).AttrOr("href", "")
		if next == "" {
			t.Fatalf("no way on from page %d", i+1)
		}
		last = o.do(webtest.Scenario{As: o.clerk, URL: next})
	}
	if got := last.Page.Find("[data-row]").Length(); got != 3 || !strings.Contains(last.Text(), "201–203 / 203 việc") {
		t.Errorf("%d rows on the last page", got)
	}
	if back := last.Page.Find(`a[rel="prev"]`).AttrOr("href", ""); strings.Count(back, "~") != 2 {
		t.Errorf("the way back is %s", back)
	}
}

// TestFoundWorkbook holds the workbook of the search, with whether the promised time is kept.
func TestFoundWorkbook(t *testing.T) {
	o := newOffice(t)
	running, returned, late, fresh := o.land(), o.filed("Người Xong", true), o.filed("Người Chờ", true), o.filed("Người Mới", false)
	o.press(o.officer, returned, dossier.ActForward, nil, 303)
	o.press(o.leader, returned, dossier.ActForward, nil, 303)
	o.press(o.clerk, returned, dossier.ActReturn, nil, 303)
	o.Clock.Advance(48 * time.Hour)
	title, head, rows := o.book(o.clerk, "/desk/search/export.xlsx")
	if title != "Tra cứu hồ sơ" {
		t.Errorf("title %q", title)
	}
	codes, kept := column(t, head, rows, "Mã hồ sơ"), column(t, head, rows, "Đúng hạn")
	for code, want := range map[string]string{running.Code: "Còn hạn", returned.Code: "Đúng hạn", late.Code: "Quá hạn", fresh.Code: ""} {
		if i := slices.Index(codes, code); i < 0 || kept[i] != want {
			t.Errorf("%s: %q, want %q", code, kept, want)
		}
	}
	for query, want := range map[string]int{"q=nguoi": 3, "q=nguoi+moi": 1, "late=1": 1, "status=10": 1, "status=10&status=1": 2, "field=dat-dai": 1, "channel=counter": 4, "channel=online": 0,
		"procedure=9.000002": 1, "from=23/11/2026&to=23/11/2026": 4, "from=24/11/2026": 0, "to=22/11/2026": 0} {
		if _, _, rows := o.book(o.clerk, "/desk/search/export.xlsx?"+query); len(rows) != want {
			t.Errorf("%s: %d rows, want %d", query, len(rows), want)
		}
	}
}

// TestEnglishWorkbook holds that heads, states and titles follow the language of the reader.
func TestEnglishWorkbook(t *testing.T) {
	o := newOffice(t)
	o.filed("Nguyễn Thị Ánh", true)
	for address, want := range map[string][]string{"/desk/export.xlsx?lang=en": {"Dossier", "Step", "Unit"}, "/desk/search/export.xlsx?lang=en": {"Dossier", "On time"}} {
		_, head, rows := o.book(o.officer, address)
		for _, h := range head {
			if strings.ContainsAny(strings.ToLower(h), "ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ") {
				t.Errorf("%s: the head %q is Vietnamese (want such as %q)", address, h, want)
			}
		}
		for _, r := range rows {
			if slices.Contains(r, "Được tiếp nhận") {
				t.Errorf("%s: %q", address, r)
			}
		}
	}
}

// TestSearchFilters holds every filter of the search alone and with others, and that the filters stay in the addresses of the chips.
func TestSearchFilters(t *testing.T) {
	o := newOffice(t)
	birth, land, online := o.filed("Nguyễn Thị Ánh", true), o.land(), o.online("Siu H'Trực")
	withdrawn := o.filed("Trần Văn Rút", true)
	o.press(o.clerk, withdrawn, dossier.ActWithdraw, map[string]string{"reason": "Đổi ý"}, 303)
	all := []string{birth.Code, land.Code, online.Code, withdrawn.Code}
	for query, want := range map[string][]string{
		"":                                    all,
		"q=anh":                               {birth.Code},
		"q=ÁNH":                               {birth.Code},
		"q=0912000001":                        all,
		"q=064190000001":                      all,
		"q=khai+sinh":                         {birth.Code, online.Code, withdrawn.Code},
		"channel=online":                      {online.Code},
		"channel=counter&field=ho-tich":       {birth.Code, withdrawn.Code},
		"field=dat-dai":                       {land.Code},
		"field=khong-co":                      nil,
		"status=7":                            {withdrawn.Code},
		"status=1&status=7":                   {online.Code, withdrawn.Code},
		"status=1&channel=counter":            nil,
		"procedure=9.000001&status=2":         {birth.Code},
		"procedure=9.999999":                  nil,
		"from=23%2F11%2F2026&to=23%2F11%2F26": nil,
		"from=23%2F11%2F2026":                 all,
		"to=22%2F11%2F2026":                   nil,
		"late=1":                              nil,
	} {
		a := webtest.Do(t, o.site.Mux, webtest.Scenario{As: o.clerk, URL: "/desk/search?" + query})
		var got []string
		for _, s := range a.Page.Find("[data-row] .lt-code").EachIter() {
			got = append(got, s.Text())
		}
		slices.Sort(got)
		sorted := slices.Sorted(slices.Values(want))
		if !slices.Equal(got, sorted) {
			t.Errorf("%s: %q, want %q", query, got, sorted)
		}
	}
	a := o.do(webtest.Scenario{As: o.clerk, URL: "/desk/search?q=anh&status=2&channel=counter", WantText: []string{birth.Code, "bỏ lọc"}})
	for _, chip := range a.Page.Find(".lt-chip").EachIter() {
		u, err := url.Parse(chip.AttrOr("href", ""))
		if err != nil || u.Query().Get("q") != "anh" || u.Query().Get("channel") != "counter" {
			t.Errorf("a chip leads to %s", u)
		}
		if on := chip.AttrOr("aria-current", "") == "true"; on == slices.Contains(u.Query()["status"], "2") {
			t.Errorf("chip %q leads to %s", chip.Text(), u)
		}
	}
	for name, want := range map[string]string{"field": "", "channel": "counter"} {
		if got := a.Page.Find(`select[name="`+name+`"] option[selected]`).AttrOr("value", ""); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
		if first := a.Page.Find(`select[name="` + name + `"] option`).First().Text(); first != "Tất cả" {
			t.Errorf("%s begins with %q", name, first)
		}
	}
	o.do(webtest.Scenario{Name: "an ended dossier is not on time", As: o.clerk, URL: "/desk/search?status=7", WantText: []string{"Kết thúc 23/11/2026"}, WantNot: []string{"Xong đúng hạn", "Quá hạn 2"}})
}

// TestOldPages holds that an address of a page that is no more says so, and how to go on.
func TestOldPages(t *testing.T) {
	o := newOffice(t)
	o.many(51)
	next := o.do(webtest.Scenario{As: o.clerk, URL: "/desk"}).Page.Find(`a[rel="next"]`).AttrOr("href", "")
	for _, list := range []string{"/desk", "/desk/box/late", "/desk/search"} {
		for _, after := range []string{"zz", "a~b~c", "🙂", strings.Repeat("x", 500)} {
			o.do(webtest.Scenario{Name: list + " " + after, As: o.clerk, URL: list + "?after=" + url.QueryEscape(after), WantStatus: 422, WantText: []string{"mở lại danh sách từ đầu"}})
		}
	}
	o.filed("Người Cuối", false) // the list has changed since the address was made
	o.do(webtest.Scenario{Name: "a page of a list that changed", As: o.clerk, URL: next, WantText: []string{"51–5"}})
	o.do(webtest.Scenario{Name: "of somebody else", As: o.Clerk(other), URL: next, WantNot: []string{"Người Thứ"}})
	o.do(webtest.Scenario{Name: "with other filters", As: o.clerk, URL: next + "&q=khong+co", WantText: []string{"Không có hồ sơ nào khớp bộ lọc."}})
	o.do(webtest.Scenario{Name: "an open dossier that is no more", As: o.clerk, URL: "/desk?open=x", WantStatus: 404})
}
