package notice

import (
	"bufio"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/i18ntest"
	"lienthong/internal/kit/webtest"
	design "lienthong/web"
)

// site is the room on a site.
func site(w *world) *webtest.Site {
	s := webtest.New(w.t, webtest.Look{Layouts: []fs.FS{design.Layout}, Texts: []fs.FS{design.I18n, Texts()}, Clock: w.clock})
	cat := &i18n.Catalog{}
	for _, fsys := range []fs.FS{design.I18n, Texts()} {
		must(w.t, cat.Load(fsys))
	}
	s.Mux.Handle(w.Routes(s.Renderer, cat)...)
	return s
}

var (
	mai  = actor.Actor{ID: "mai", Name: "Rơ Châm Y Mai", Kind: actor.Person}
	dung = actor.Actor{ID: "dung", Name: "Nguyễn Văn Dũng", Kind: actor.Staff}
)

// markup holds that the page has these pieces of markup, and has not those after a "!".
func markup(parts ...string) func(*testing.T, *webtest.Answer) {
	return func(t *testing.T, a *webtest.Answer) {
		t.Helper()
		for _, p := range parts {
			p, not := strings.CutPrefix(p, "!")
			if strings.Contains(a.Body, p) == not {
				t.Errorf("%q: there is %v", p, not)
			}
		}
	}
}

func TestEnglishIsComplete(t *testing.T) { i18ntest.English(t, Texts(), os.DirFS(".")) }

func TestInboxPages(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, rooms()...))
	s := site(w)
	s.Run(t, []webtest.Scenario{
		{Name: "a visitor", URL: "/notice", WantStatus: 303, WantLocation: "/dang-nhap?next=%2Fnotice"},
		{Name: "nothing yet", As: mai, URL: "/notice", WantText: []string{"Chưa có thông báo nào", "Xem hồ sơ của tôi"}},
		{Name: "nothing yet at the desk", As: dung, URL: "/notice", WantText: []string{"Chưa có thông báo nào", "Về bàn làm việc"}},
	})
	evil := accepted("mai", `<script>alert(1)</script>`)
	evil.Link = "/ho-so/H1"
	w.send(evil)
	for i := range 55 {
		w.send(accepted("dung", fmt.Sprintf("H%02d", i)))
	}
	w.work()
	items, err := w.Inbox(as("mai"), InboxQuery{Size: 1})
	must(t, err)
	url := "/notice/" + items[0].ID
	s.Run(t, []webtest.Scenario{
		{Name: "the list", As: mai, URL: "/notice", WantText: []string{"Đánh dấu tất cả đã đọc"}, Check: markup("Hồ sơ &lt;script&gt;", url, "!<script>alert")},
		{Name: "in English", As: mai, URL: "/notice?lang=en", WantText: []string{"Notices", "Mark all as read", "accepted"}},
		{Name: "fifty on a page", As: dung, URL: "/notice", WantText: []string{"Trang sau"}},
		{Name: "another's", As: dung, URL: url, WantStatus: 404},
		{Name: "one", As: mai, URL: url, WantText: []string{"Kính gửi Rơ Châm Y Mai"}, Check: markup(`href="/ho-so/H1"`)},
		{Name: "it is read now", As: mai, URL: "/notice?unread=1", WantText: []string{"Đã đọc hết thông báo"}},
		{Name: "all read", As: dung, Method: "POST", URL: "/notice/read", WantStatus: 303, WantLocation: "/notice"},
		{Name: "and gone", As: dung, URL: "/notice?unread=1", WantText: []string{"Đã đọc hết thông báo"}},
		{Name: "a made up page", As: dung, URL: "/notice?after=x", WantStatus: 400},
	})
	b, err := w.Bell(context.Background())
	if b != nil || err != nil {
		t.Errorf("a visitor has a bell: %+v %v", b, err)
	}
}

// TestStream holds that an open page is told as its number changes, that no account listens too often, and that a
// node that stops lets its readers go.
func TestStream(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, rooms()...))
	h := &pages{s: w.Service}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if err := h.stream(rw, r.WithContext(actor.With(r.Context(), mai))); err != nil {
			rw.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer server.Close()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	open := func() (*http.Response, *bufio.Scanner) {
		res, err := http.Get(server.URL)
		must(t, err)
		t.Cleanup(func() { _ = res.Body.Close() })
		return res, bufio.NewScanner(res.Body)
	}
	data := func(s *bufio.Scanner, until string) string { // a number may be told twice
		for s.Scan() {
			if d, ok := strings.CutPrefix(s.Text(), "data: "); ok && d == until {
				return d
			}
		}
		return "over"
	}
	var all []*bufio.Scanner
	for range w.config.Streams {
		res, s := open()
		if ct := res.Header.Get("Content-Type"); !strings.HasPrefix(ct, "text/event-stream") {
			t.Error(ct)
		}
		want(t, "at first", data(s, "0"), "0")
		all = append(all, s)
	}
	if res, _ := open(); res.StatusCode != http.StatusNoContent {
		t.Errorf("one too many: %d", res.StatusCode)
	}
	w.send(accepted("mai", "H1"))
	for _, s := range all {
		want(t, "told", data(s, "1"), "1")
	}
	// another node tells as well
	other := newWorld(t, w.db)
	_, err := other.ReadAll(as("mai"))
	must(t, err)
	for _, s := range all {
		want(t, "read elsewhere", data(s, "0"), "0")
	}
	stop()
	for _, s := range all {
		want(t, "let go", data(s, "never"), "over")
	}
	must(t, <-ended)
}

// TestSlowReader holds that a reader who takes nothing costs nothing and gets the last number.
func TestSlowReader(t *testing.T) {
	n := 0
	h := newHub(func(_ context.Context, accounts []string) (map[string]int, error) {
		n++
		return map[string]int{"mai": n}, nil
	}, func(context.Context) (int64, error) { return int64(n), nil }, 2, nil)
	e := h.listen("mai", -1)
	for range 1000 {
		must(t, h.round(context.Background()))
		h.begun = false // something changed
	}
	if got := <-e.news; got != 1000 || len(e.news) != 0 {
		t.Errorf("%d, %d wait", got, len(e.news))
	}
	h.leave(e)
	if len(h.ears) != 0 {
		t.Error("it is remembered")
	}
}
