package notice

import (
	"bufio"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/i18ntest"
	"lienthong/internal/kit/sheet"
	"lienthong/internal/kit/webtest"
	"lienthong/internal/notice/internal/deliver"
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

	chief = actor.From(admin())
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

func TestPreferencesPage(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, rooms()...))
	delete(w.book, "dung")
	s := site(w)
	s.Run(t, []webtest.Scenario{
		{Name: "a visitor", URL: "/notice/preferences", WantStatus: 303, WantLocation: "*"},
		{Name: "the page", As: mai, URL: "/notice/preferences", WantText: []string{"Hồ sơ của tôi", "Như mọi người: từ 21:00 đến 07:00"}, Check: markup(`name="mine.sms"`, "!work.email")},
		{Name: "an official without an address", As: dung, URL: "/notice/preferences", WantText: []string{"Việc của tôi", "Thư điện tử: chưa có địa chỉ"}},
		{Name: "a wrong time", As: mai, Method: "POST", URL: "/notice/preferences", Form: url.Values{"lang": {"vi"}, "quiet": {"own"}, "from": {"25:00"}, "to": {"07:00"}}, WantStatus: 422, WantText: []string{"Giờ yên tĩnh gồm hai giờ"}},
		{Name: "saved", As: mai, Method: "POST", URL: "/notice/preferences", Form: url.Values{"lang": {"en"}, "quiet": {"own"}, "from": {"22:00"}, "to": {"06:30"}, "mine.sms": {"1"}}, WantStatus: 303, WantLocation: "/notice/preferences"},
	})
	p, err := w.Preferences(as("mai"))
	if err != nil || p.Quiet != "22:00-06:30" || p.Lang != "en" || p.Groups[0].On[Email] || !p.Groups[0].On[SMS] {
		t.Errorf("%+v %v", p, err)
	}
	s.Run(t, []webtest.Scenario{
		{Name: "none", As: mai, Method: "POST", URL: "/notice/preferences", Form: url.Values{"lang": {"vi"}, "quiet": {"none"}}, WantStatus: 303, WantLocation: "*"},
		{Name: "in English", As: mai, URL: "/notice/preferences?lang=en", WantText: []string{"How to receive notices", "My dossiers", "At any time"}},
	})
}

func TestDeadPages(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, rooms()...))
	s := site(w)
	s.Run(t, []webtest.Scenario{
		{Name: "not for everybody", As: dung, URL: "/notice/dead", WantStatus: 403},
		{Name: "nothing", As: chief, URL: "/notice/dead", WantText: []string{"Không có thông báo nào bị kẹt", "Thư điện tử", "chưa cài đặt"}},
	})
	w.sms.failing(deliver.Refused)
	w.email.failing(deliver.Down)
	for i := range 60 {
		w.send(accepted("mai", fmt.Sprint(i)))
	}
	w.work()
	list, err := w.DeadLetters(admin(), DeadQuery{Size: 1})
	must(t, err)
	url := "/notice/dead/" + list[0].ID
	s.Run(t, []webtest.Scenario{
		{Name: "the list", As: chief, URL: "/notice/dead", WantText: []string{"09xxxxx456", "Hồ sơ được tiếp nhận", "told to", "Trang sau", "nhà cung cấp không trả lời từ 23/11/2018 12:00"}, WantNot: []string{"0905123456"}},
		{Name: "filtered", As: chief, URL: "/notice/dead?channel=email&q=x&state=failed", WantText: []string{"Không có thông báo nào bị kẹt"}},
		{Name: "in English", As: chief, URL: "/notice/dead?lang=en", WantText: []string{"Send again", "Given up", "Export to Excel"}},
		{Name: "not repeated by others", As: dung, Method: "POST", URL: url + "/retry", WantStatus: 403},
		{Name: "repeated", As: chief, Method: "POST", URL: url + "/retry", WantStatus: 303, WantLocation: "/notice/dead"},
		{Name: "twice", As: chief, Method: "POST", URL: url + "/drop", WantStatus: 409},
		{Name: "the workbook", As: chief, URL: "/notice/dead.xlsx?channel=sms", Check: func(t *testing.T, a *webtest.Answer) {
			rows, err := sheet.Read(strings.NewReader(a.Body))
			if err != nil || len(rows) < 59 || strings.Contains(fmt.Sprint(rows), "0905123456") {
				t.Errorf("%d rows %v", len(rows), err)
			}
		}},
	})
}

func TestReportAddress(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, rooms()...))
	s := site(w)
	w.send(accepted("mai", "H1"))
	w.work()
	at := strconv.FormatInt(noon.Unix(), 10)
	body := `{"id":"` + w.sms.got[0].ID + `","status":"delivered"}`
	report := func(channel, at, sign, body string) webtest.Scenario {
		return webtest.Scenario{Name: channel + " " + body, Method: "POST", URL: "/notice/report/" + channel, JSON: body,
			Header: map[string]string{deliver.HeaderTime: at, deliver.HeaderSignature: sign}, WantStatus: 403, Loose: true}
	}
	good := report("sms", at, deliver.Sign([]byte(secret), at, []byte(body)), body)
	good.WantStatus = 204
	broken := report("sms", at, deliver.Sign([]byte(secret), at, []byte("{")), "{")
	broken.WantStatus = 400
	s.Run(t, []webtest.Scenario{
		report("sms", at, "", body), report("sms", at, deliver.Sign([]byte("guessed"), at, []byte(body)), body), report("chat", at, deliver.Sign(nil, at, []byte(body)), body),
		report("email", at, deliver.Sign(nil, at, []byte(body)), body), report("sms", "1", deliver.Sign([]byte(secret), "1", []byte(body)), body),
		broken, good, good, // a report that comes twice changes nothing
	})
	want(t, "states", w.states(), "app delivered 1, email sent 1, sms delivered 1")
}

func TestTextPages(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, rooms()...))
	s := site(w)
	const at = "/notice/templates/dossier.accepted/sms/vi"
	form := func(pairs ...string) url.Values {
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v
	}
	s.Run(t, []webtest.Scenario{
		{Name: "not for everybody", As: dung, URL: "/notice/templates", WantStatus: 403},
		{Name: "the topics", As: chief, URL: "/notice/templates", WantText: []string{"Hồ sơ được tiếp nhận", "Tin nhắn SMS"}, Check: markup(at)},
		{Name: "none like it", As: chief, URL: "/notice/templates/dossier.accepted/fax/vi", WantStatus: 404},
		{Name: "a text", As: chief, URL: at, WantText: []string{"Ho so H21-1 duoc tiep nhan", "{code}", "Không dấu", "1 tin", "Chưa có bản nào"}},
		{Name: "a preview", As: chief, Method: "POST", URL: at, Form: form("body", "Đã nhận {code}", "preview", "1"), WantText: []string{"Da nhan H21-1", "Đã nhận {code}"}, WantNot: []string{"Bản nháp chưa dùng"}},
		{Name: "a mistake", As: chief, Method: "POST", URL: at, Form: form("body", "Đã nhận {mistake}"), WantStatus: 422, WantText: []string{"không có dữ liệu {mistake}", "Đã nhận {mistake}"}},
		{Name: "a mistake before the preview", As: chief, Method: "POST", URL: at, Form: form("body", "", "preview", "1"), WantStatus: 422, WantText: []string{"Hãy viết nội dung"}},
		{Name: "a draft", As: chief, Method: "POST", URL: at, Form: form("body", "Đã nhận {code}"), WantStatus: 303, WantLocation: at},
		{Name: "the draft", As: chief, URL: at, WantText: []string{"Bản nháp chưa dùng", "Ban hành", "Quản trị"}},
		{Name: "published too early", As: chief, Method: "POST", URL: at + "/publish", Form: form("valid_from", "01/01/2018"), WantStatus: 422},
		{Name: "published on no day", As: chief, Method: "POST", URL: at + "/publish", Form: form("valid_from", "31/02/2018"), WantStatus: 422},
		{Name: "published", As: chief, Method: "POST", URL: at + "/publish", Form: form("valid_from", "23/11/2018"), WantStatus: 303, WantLocation: "*"},
		{Name: "in use", As: chief, URL: at, WantText: []string{"Đang dùng", "Quay lại mẫu trước"}, WantNot: []string{"Bản nháp chưa dùng"}},
		{Name: "in English", As: chief, URL: at + "?lang=en", WantText: []string{"In use", "Published versions"}},
	})
	e, err := w.Export(admin(), Place{"dossier.accepted", SMS, "vi"})
	must(t, err)
	s.Run(t, []webtest.Scenario{
		{Name: "taken back", As: chief, Method: "POST", URL: at + "/undo", Form: form("version", e.Versions[0].ID), WantStatus: 303, WantLocation: "*"},
		{Name: "twice", As: chief, Method: "POST", URL: at + "/undo", Form: form("version", e.Versions[0].ID), WantStatus: 409},
		{Name: "another draft", As: chief, Method: "POST", URL: at, Form: form("body", "Nháp"), WantStatus: 303, WantLocation: "*"},
		{Name: "dropped", As: chief, Method: "POST", URL: at + "/drop", WantStatus: 303, WantLocation: "*"},
	})
}
