package identity

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lienthong/internal/kit/sheet"
	"lienthong/internal/kit/webtest"
)

// TestExport holds that the workbook has what the list has: the same accounts, filters and order, all pages, and nobody else's.
func TestExport(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		staffed(w)
		s := w.site()
		admin, small, worker := browser(t, s, "root.admin"), browser(t, s, "local.admin"), browser(t, s, "clerk.justice")
		const many = exportSize + 5
		for i := range many {
			w.citizen(fmt.Sprintf("0906%06d", i))
		}
		book := func(as map[string]string, query string) [][]string {
			t.Helper()
			a := webtest.Do(t, s.Mux, webtest.Scenario{URL: "/identity/export.xlsx" + query, Header: as})
			if a.Status != 200 || a.Header.Get("Content-Type") != sheet.Media || a.Header.Get("Content-Disposition") != "attachment; filename=tai-khoan.xlsx" {
				t.Fatalf("%d %v", a.Status, a.Header)
			}
			rows, err := sheet.Read(strings.NewReader(a.Body))
			if err != nil || len(rows) < 2 {
				t.Fatal(err, rows)
			}
			return rows
		}
		all := book(admin, "")
		if got := all[:2]; got[0][0] != "Tài khoản và phân quyền" || !slices.Equal(got[1], []string{"Họ và tên", "Tên đăng nhập", "Loại tài khoản", "Đơn vị quản lý tài khoản", "Tình trạng"}) {
			t.Errorf("head %q", got)
		}
		seen := map[string]bool{}
		for _, row := range all[2:] {
			seen[row[1]] = true
		}
		if len(all)-2 != many+5 || len(seen) != many+5 {
			t.Errorf("%d rows of %d accounts, want %d", len(all)-2, len(seen), many+5)
		}
		for query, want := range map[string][]string{
			"?q=ky+su":               {"Trần Văn Kỹ sư", "far.away", "Công chức", "Sở Xây dựng tỉnh Thử Nghiệm", "Đã xác thực"},
			"?q=0905&kind=citizen":   {"Nguyễn Thị Thử", "0905123456", "Công dân", "", "Chưa xác thực"},
			"?q=ky+su&kind=official": {"Trần Văn Kỹ sư", "far.away", "Công chức", "Sở Xây dựng tỉnh Thử Nghiệm", "Đã xác thực"},
			"?q=ky+su&kind=citizen":  nil,
			"?q=zzz":                 nil,
		} {
			rows := book(admin, query)[2:]
			if want == nil && len(rows) > 0 || want != nil && (len(rows) != 1 || !slices.Equal(rows[0], want)) {
				t.Errorf("%s: %q, want %q", query, rows, want)
			}
		}
		var mine []string
		for _, row := range book(small, "")[2:] {
			mine = append(mine, row[1])
		}
		if slices.Sort(mine); !slices.Equal(mine, []string{"clerk.justice", "local.admin"}) {
			t.Errorf("an administrator of one agency gets %q", mine)
		}
		if rows := book(small, "?q=far.away")[2:]; len(rows) > 0 {
			t.Errorf("… and searching elsewhere %q", rows)
		}
		if head := book(admin, "?lang=en&q=zzz")[:2]; head[0][0] != "Accounts and roles" || head[1][2] != "Kind of account" {
			t.Errorf("in English: %q", head)
		}
		s.Run(t, []webtest.Scenario{
			{Name: "the list leads to it with its filters", URL: "/identity/accounts?q=ky+su&kind=official", Header: admin, Check: markup(`href="/identity/export.xlsx?kind=official&amp;q=ky&#43;su"`)},
			{Name: "nothing to export", URL: "/identity/accounts?q=zzz", Header: admin, Check: markup("!export.xlsx")},
			{Name: "no administrator", URL: "/identity/export.xlsx", Header: worker, WantStatus: 403},
			{Name: "visitor", URL: "/identity/export.xlsx", WantStatus: 303, WantLocation: "*"},
		})
	})
}
