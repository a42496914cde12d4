package web_test

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
)

// TestDay holds how the day of a query is read.
func TestDay(t *testing.T) {
	for _, c := range []struct {
		typed string
		want  clock.Date
		bad   bool
	}{
		{"", clock.Date{}, false},
		{"2018-11-23", clock.NewDate(2018, 11, 23), false},
		{"2020-02-29", clock.NewDate(2020, 2, 29), false},
		{"2019-02-29", clock.Date{}, true},
		{"23/11/2018", clock.NewDate(2018, 11, 23), false},
		{"11/23/2018", clock.Date{}, true},
		{"2018-11-23T00:00:00", clock.Date{}, true},
	} {
		got, err := web.Day(c.typed).Date("on")
		if got != c.want || (err != nil) != c.bad {
			t.Errorf("%q: %s %v", c.typed, got, err)
		}
		if f, ok := fault.As(err); c.bad && (!ok || f.Kind != fault.Invalid || len(f.Problems) != 1 || f.Problems[0].Field != "on") {
			t.Errorf("%q: %v names no field", c.typed, err)
		}
	}
}

// TestPageFrom holds that the pages of a list in memory are the whole list, once and in order, whatever their size.
func TestPageFrom(t *testing.T) {
	rows := strings.Fields("Ấp An Ân Ba Bà Bá Bạ Ca")
	key := func(s string) string { return s }
	for size := 1; size <= len(rows)+1; size++ {
		var all []string
		q := web.PageQuery{Size: size}
		for pages := 0; ; pages++ {
			if pages > len(rows) {
				t.Fatalf("size %d: the pages do not end", size)
			}
			page, err := web.PageFrom(rows, q, key)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Items) > size {
				t.Errorf("size %d: a page of %d", size, len(page.Items))
			}
			all = append(all, page.Items...)
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		if strings.Join(all, " ") != strings.Join(rows, " ") {
			t.Errorf("size %d: %v", size, all)
		}
	}
	for name, after := range map[string]string{"gone": web.Cursor("Ủa"), "of another list": web.Cursor("Ba", "1"), "garbage": "%"} {
		if _, err := web.PageFrom(rows, web.PageQuery{After: after}, key); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a cursor %s: %v", name, err)
		}
	}
	page, err := web.PageFrom([]string(nil), web.PageQuery{}, key)
	if err != nil || page.Items == nil || page.Next != "" {
		t.Errorf("nothing at all: %+v %v", page, err)
	}
}

// TestLists holds what operations that only read a list answer.
func TestLists(t *testing.T) {
	s := newSite(t, nil)
	a := web.NewAPI(s.Mux, web.APIInfo{Title: "Thử", Version: "1"})
	rows, broken := []int{1, 2, 3}, error(nil)
	double := func(n int) thing { return thing{Name: strings.Repeat("a", n), Size: 2 * n} }
	web.Get(a, "thing.all", "all", "Tất cả", web.Public, func(context.Context, *web.Nothing) (*web.Listed[thing], error) {
		return web.ListOf(rows, broken, double)
	})
	web.Get(a, "thing.pages", "pages", "Từng trang", web.Public, func(_ context.Context, in *listInput) (*web.Paged[thing], error) {
		return web.PagedOf(rows, broken, in.PageQuery, strconv.Itoa, double)
	})
	ask := func(path string, status int, want string) {
		t.Helper()
		if w := s.do("GET", "/api/v1/thing/"+path, nil); w.Code != status || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s, want %s", path, w.Code, w.Body, want)
		}
	}
	ask("all", 200, `[{"name":"a","size":2},{"name":"aa","size":4},{"name":"aaa","size":6}]`)
	ask("pages?size=2", 200, `{"items":[{"name":"a","size":2},{"name":"aa","size":4}],"next":"`+web.Cursor("2")+`"}`)
	ask("pages?size=2&after="+web.Cursor("2"), 200, `{"items":[{"name":"aaa","size":6}]}`)
	ask("pages?after="+web.Cursor("9"), 400, `"kind":"invalid"`)
	rows = nil
	ask("all", 200, `[]`)
	ask("pages", 200, `{"items":[]}`)
	broken = fault.NewNotFound(i18n.M("Không có danh sách này."))
	ask("all", 404, `"kind":"not_found"`)
	ask("pages", 404, "Không có danh sách này.")
}
