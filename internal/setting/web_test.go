package setting_test

import (
	"context"
	"io/fs"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
	"lienthong/internal/setting"
	design "lienthong/web"
)

// site is the small province with the pages of its settings.
type site struct {
	*world
	*webtest.Site
	me, boss actor.Actor
}

func newSite(t *testing.T) *site {
	t.Helper()
	w := newWorld(t, dbtest.SQLite(t, append(dossiertest.Migrations(), setting.Migrations(), web.Migrations())...))
	cat := &i18n.Catalog{}
	for _, texts := range []fs.FS{web.Texts(), setting.Overlays(), design.I18n} {
		if err := cat.Load(texts); err != nil {
			t.Fatal(err)
		}
	}
	rd := web.NewRenderer(web.Look{Layouts: []fs.FS{design.Layout}, Asset: design.Asset, Icon: design.Icon, Clock: w.Clock, Catalog: cat,
		Site: func(context.Context) any { return design.Province{Name: "Thử"} }, Nav: func(context.Context, string, string) any { return []design.NavGroup{} }})
	s := &site{world: w, me: actor.From(w.author), boss: actor.From(w.chief)}
	s.Site = webtest.New(t, webtest.Look{Clock: w.Clock, Options: func(o *web.Options) {
		o.Renderer = rd
		o.Idempotency = &web.Idempotency{DB: w.DB, Clock: w.Clock}
	}})
	s.Renderer = rd
	s.Mux.Handle(w.Routes(rd, cat)...)
	w.Operations(web.NewAPI(s.Mux, web.APIInfo{Title: "Liên Thông", Version: "1"}))
	return s
}

// begin starts a draft on the page and returns its address and id.
func (s *site) begin(kind, thing string) (string, setting.DraftID) {
	s.t.Helper()
	a := webtest.Do(s.t, s.Mux, webtest.Scenario{As: s.me, URL: "/setting/" + kind + "/" + thing + "/start", Form: url.Values{}})
	at := a.Header.Get("Location")
	if a.Status != 303 || at == "" {
		s.t.Fatalf("start: %d %s", a.Status, a.Text())
	}
	return at, setting.DraftID(strings.TrimPrefix(at, "/setting/drafts/"))
}

// with returns a form with the revision of a draft that holds now.
func (s *site) with(id setting.DraftID, form string) url.Values {
	s.t.Helper()
	d, _, err := s.Draft(s.author, id)
	if err != nil {
		s.t.Fatal(err)
	}
	v := url.Values(values(form))
	v.Set("revision", strconv.FormatInt(d.Revision, 10))
	return v
}

// TestPages follows a change of a code list from the first page to its undoing, as people click.
func TestPages(t *testing.T) {
	s := newSite(t)
	at, id := s.begin("codelist", "sex")
	stranger := actor.From(s.stranger)
	s.Run(t, []webtest.Scenario{
		{Name: "nobody", URL: "/setting", WantStatus: 303, WantLocation: "/dang-nhap?next=%2Fsetting"},
		{Name: "a stranger", As: stranger, URL: "/setting", WantStatus: 403},
		{
			Name:     "home",
			As:       s.me,
			URL:      "/setting",
			WantText: []string{"Danh mục dùng chung", "Lịch làm việc", "Thủ tục và quy trình", "Đang soạn"},
		},
		{Name: "things", As: s.me, URL: "/setting/codelist", WantText: []string{"Giới tính"}},
		{
			Name:     "things found",
			As:       s.me,
			URL:      "/setting/procedure?q=khai+sinh",
			WantText: []string{"Đăng ký khai sinh"},
			WantNot:  []string{"giấy chứng nhận (thử)"},
		},
		{
			Name:     "nothing found",
			As:       s.me,
			URL:      "/setting/codelist?q=zzz",
			WantText: []string{"Không có mục nào khớp"},
		},
		{Name: "no kind", As: s.me, URL: "/setting/none", WantStatus: 404},
		{
			Name:     "thing",
			As:       s.me,
			URL:      "/setting/codelist/sex",
			WantText: []string{"Soạn thay đổi", "Đang soạn"},
		},
		{Name: "file", As: s.me, URL: "/setting/codelist/sex/file", WantText: []string{"list: sex"}},
		{Name: "file of a stranger", As: stranger, URL: "/setting/codelist/sex/file", WantStatus: 403},
		{
			Name:     "draft",
			As:       s.me,
			URL:      at,
			WantText: []string{"Thêm mục", "Dán nhiều mục", "Bỏ bản thảo"},
			WantNot:  []string{"Đề nghị duyệt"},
		},
		{Name: "draft of a stranger", As: stranger, URL: at, WantStatus: 403},
		{
			Name:     "row",
			As:       s.me,
			URL:      at + "?tab=edit&n=0",
			WantText: []string{"Sửa mục", "hồ sơ cũ vẫn hiện tên cũ"},
		},
		{
			Name:       "no name",
			As:         s.me,
			URL:        at + "/edit",
			Form:       s.with(id, "op=put&n=0&at_tab=edit"),
			WantStatus: 422,
			WantText:   []string{"Hãy ghi tên mục."},
		},
		{
			Name:         "rename",
			As:           s.me,
			URL:          at + "/edit",
			Form:         s.with(id, "op=put&n=0&name=Nam giới&name_en=Male&at_tab=edit&at=#items"),
			WantStatus:   303,
			WantLocation: at + "?tab=edit#items",
		},
	})
	s.Run(t, []webtest.Scenario{
		{
			Name:       "old revision",
			As:         s.me,
			URL:        at + "/edit",
			Form:       url.Values{"op": {"remove"}, "n": {"0"}, "revision": {"1"}},
			WantStatus: 422,
			WantText:   []string{"vừa được thay đổi"},
		},
		{
			Name:     "compare",
			As:       s.me,
			URL:      at + "?tab=changes",
			WantText: []string{"“Nam” → “Nam giới”", "Đề nghị duyệt"},
		},
		{
			Name:     "text",
			As:       s.me,
			URL:      at + "?tab=file",
			WantText: []string{"Nam giới", "Ghi vào bản thảo"},
		},
		{Name: "download", As: s.me, URL: at + "/file", WantText: []string{"Nam giới"}},
	})
	s.Run(t, []webtest.Scenario{
		{
			Name:       "propose for the past",
			As:         s.me,
			URL:        at + "/propose",
			Form:       s.with(id, "valid_from=01/01/2020&at_tab=changes"),
			WantStatus: 422,
			WantText:   []string{"từ hôm nay trở đi", "làm căn cứ"},
		},
		{
			Name:       "bad date",
			As:         s.me,
			URL:        at + "/propose",
			Form:       s.with(id, "valid_from=mai&at_tab=changes"),
			WantStatus: 422,
		},
		{
			Name:         "propose",
			As:           s.me,
			URL:          at + "/propose",
			Form:         s.with(id, "valid_from=23/11/2026&source_act=12/QĐ-UBND&note=Xin xem"),
			WantStatus:   303,
			WantLocation: at,
		},
	})
	s.Run(t, []webtest.Scenario{
		{
			Name:     "not by oneself",
			As:       s.me,
			URL:      at,
			WantText: []string{"Chờ duyệt", "Rút lại để sửa"},
			WantNot:  []string{"Quyết định"},
		},
		{
			Name:       "not by oneself, forced",
			As:         s.me,
			URL:        at + "/decide",
			Form:       s.with(id, "act=approve"),
			WantStatus: 422,
			WantText:   []string{"không tự duyệt được"},
		},
		{
			Name:     "by another",
			As:       s.boss,
			URL:      at,
			WantText: []string{"Quyết định", "12/QĐ-UBND", "Xin xem"},
		},
		{
			Name:       "return without reason",
			As:         s.boss,
			URL:        at + "/decide",
			Form:       s.with(id, "act=return"),
			WantStatus: 422,
			WantText:   []string{"Hãy ghi lý do trả lại"},
		},
		{
			Name:         "comment",
			As:           s.boss,
			URL:          at + "/decide",
			Form:         s.with(id, "act=comment&note=Được"),
			WantStatus:   303,
			WantLocation: at,
		},
		{Name: "unknown", As: s.boss, URL: at + "/decide", Form: s.with(id, "act=x"), WantStatus: 422},
	})
	s.Run(t, []webtest.Scenario{{Name: "approve", As: s.boss, URL: at + "/decide", Form: s.with(id, "act=approve"), WantStatus: 303, WantLocation: at}})
	s.Run(t, []webtest.Scenario{
		{
			Name:     "in force",
			As:       s.me,
			URL:      at,
			WantText: []string{"Đang áp dụng", "Hoàn tác", "Vũ Thị Duyệt"},
		},
		{
			Name:     "history",
			As:       s.me,
			URL:      "/setting/codelist/sex",
			WantText: []string{"Đang áp dụng", "12/QĐ-UBND"},
		},
		{
			Name:         "restore",
			As:           s.me,
			URL:          at + "/decide",
			Form:         s.with(id, "act=restore"),
			WantStatus:   303,
			WantLocation: "*",
		},
		{
			Name:         "undo",
			As:           s.me,
			URL:          at + "/decide",
			Form:         s.with(id, "act=undo&note=Nhầm"),
			WantStatus:   303,
			WantLocation: "*",
		},
	})
}

// TestCalendarPage holds the year and its forms.
func TestCalendarPage(t *testing.T) {
	s := newSite(t)
	at, id := s.begin("calendar", "calendar")
	s.Run(t, []webtest.Scenario{
		{
			Name:     "year",
			As:       s.me,
			URL:      at,
			WantText: []string{"Năm 2026", "Tháng 12", "Ngày nghỉ, ngày làm bù"},
		},
		{
			Name:     "another year",
			As:       s.me,
			URL:      at + "?tab=edit&year=2027&date=01/01/2027",
			WantText: []string{"Năm 2027"},
		},
		{
			Name:         "day",
			As:           s.me,
			URL:          at + "/edit",
			Form:         s.with(id, "op=day&date=24/12/2026&kind=off&name=nghỉ bão&at_tab=edit&at_year=2026"),
			WantStatus:   303,
			WantLocation: at + "?tab=edit&year=2026",
		},
	})
	s.Run(t, []webtest.Scenario{
		{
			Name:     "day shown",
			As:       s.me,
			URL:      at + "?tab=edit&date=24/12/2026",
			WantText: []string{"24/12/2026: Nghỉ cả ngày, nghỉ bão", "Bỏ ngày đặc biệt này"},
		},
		{
			Name:     "english",
			As:       s.me,
			URL:      at + "?tab=changes",
			Header:   map[string]string{"Accept-Language": "en", "Cookie": "lang=en"},
			WantText: []string{"24/12/2026"},
		},
	})
}

// TestMergePage holds three texts beside one another, and what comes of the choice.
func TestMergePage(t *testing.T) {
	s := newSite(t)
	mine := s.changed("codelist", "sex", "name: Nam", "name: Đàn ông")
	s.approved(s.proposed(s.changed("codelist", "sex", "name: Nam", "name: Nam giới"), "2026-11-23"))
	at := "/setting/drafts/" + string(mine.ID)
	s.Run(t, []webtest.Scenario{
		{
			Name:     "told",
			As:       s.me,
			URL:      at,
			WantText: []string{"một thay đổi khác của mục này đã được áp dụng"},
		},
		{
			Name:     "three",
			As:       s.me,
			URL:      at + "/merge",
			WantText: []string{"Đàn ông", "Nam giới", "Giữ bản đang áp dụng"},
		},
		{
			Name:         "keep",
			As:           s.me,
			URL:          at + "/merge",
			Form:         s.with(mine.ID, "c0=now"),
			WantStatus:   303,
			WantLocation: at,
		},
	})
	d := s.state(mine.ID, setting.StateDraft)
	if strings.Contains(d.Text, "Đàn ông") || d.Base != d.Text {
		t.Errorf("merged: %s", d.Text)
	}
}

// TestAPI holds that programs can do what people click.
func TestAPI(t *testing.T) {
	s := newSite(t)
	var d struct {
		ID       string
		Revision int64
		Text     string
		State    string
	}
	do := func(as actor.Actor, method, path string, body any, want int, into any) {
		t.Helper()
		a := webtest.Do(t, s.Mux, webtest.Scenario{As: as, Method: method, URL: "/api/v1/setting/" + path, JSON: body})
		if a.Status != want {
			t.Fatalf("%s %s: %d %s", method, path, a.Status, a.Body)
		}
		if into != nil {
			a.Into(t, into)
		}
	}
	empty := map[string]any{}
	do(s.me, "GET", "things/codelist", nil, 200, nil)
	do(s.me, "GET", "things/codelist/sex", nil, 200, nil)
	do(s.me, "POST", "things/codelist/sex/drafts", empty, 200, &d)
	do(s.me, "PUT", "drafts/"+d.ID, map[string]any{"revision": d.Revision, "text": strings.Replace(d.Text, "name: Nam", "name: Nam giới", 1)}, 200, &d)
	do(s.me, "GET", "drafts/"+d.ID+"/review", nil, 200, nil)
	do(s.me, "POST", "drafts/"+d.ID+"/rebase", map[string]any{"revision": d.Revision, "text": d.Text}, 200, &d)
	do(s.me, "POST", "drafts/"+d.ID+"/propose", map[string]any{"revision": d.Revision, "valid_from": "2026-11-23", "source_act": "x"}, 200, &d)
	do(s.boss, "POST", "drafts/"+d.ID+"/return", map[string]any{"revision": d.Revision, "note": "Sửa"}, 200, &d)
	do(s.me, "POST", "drafts/"+d.ID+"/propose", map[string]any{"revision": d.Revision, "valid_from": "2026-11-23", "source_act": "x"}, 200, &d)
	do(s.me, "POST", "drafts/"+d.ID+"/comment", map[string]any{"note": "Xin duyệt"}, 200, &d)
	do(s.boss, "POST", "drafts/"+d.ID+"/approve", map[string]any{"revision": d.Revision}, 200, &d)
	if d.State != "in_force" {
		t.Errorf("state %s", d.State)
	}
	do(s.me, "GET", "drafts?kind=codelist&past=true&thing=sex", nil, 200, nil)
	do(s.me, "GET", "drafts?waiting=true", nil, 200, nil)
	first := d.ID
	do(s.me, "POST", "drafts/"+first+"/undo", map[string]any{"note": "Nhầm"}, 200, &d)
	do(s.me, "POST", "drafts/"+d.ID+"/withdraw", empty, 200, &d)
	do(s.me, "POST", "drafts/"+d.ID+"/drop", empty, 200, &d)
	do(s.me, "POST", "drafts/"+first+"/restore", empty, 200, &d)
	do(s.me, "GET", "drafts/"+d.ID, nil, 200, nil)
	do(s.me, "GET", "drafts/none", nil, 404, nil)
	do(actor.From(s.stranger), "GET", "drafts/"+d.ID, nil, 403, nil)
}
