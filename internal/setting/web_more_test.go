package setting_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/webtest"
	"lienthong/internal/setting"
)

// TestEnglish holds that the pages speak English to those who chose it, and that their markup is sound in both languages.
func TestEnglish(t *testing.T) {
	s := newSite(t)
	list, _ := s.begin("codelist", "sex")
	year, _ := s.begin("calendar", "calendar")
	file, _ := s.begin("procedure", birth)
	for _, page := range []struct {
		url  string
		want string
	}{
		{
			url:  "/setting",
			want: "Unfinished drafts",
		},
		{
			url:  "/setting/codelist",
			want: "Search by name or code",
		},
		{
			url:  "/setting/codelist/sex",
			want: "History of changes",
		},
		{
			url:  list,
			want: "Add an item",
		},
		{
			url:  list + "?tab=edit&n=1",
			want: "Edit item",
		},
		{
			url:  list + "?tab=changes",
			want: "Nothing differs yet.",
		},
		{
			url:  list + "?tab=file",
			want: "Text of the file",
		},
		{
			url:  list + "/merge",
			want: "Merge and go on",
		},
		{
			url:  year,
			want: "Day off or worked instead",
		},
		{
			url:  file,
			want: "For those who know YAML",
		},
	} {
		for _, lang := range []string{"vi", "en"} {
			a := webtest.Do(t, s.Mux, webtest.Scenario{
				As:     s.me,
				URL:    page.url,
				Header: map[string]string{"Cookie": "lang=" + lang},
			})
			if a.Status != http.StatusOK {
				t.Errorf("%s in %s: status %d", page.url, lang, a.Status)
				continue
			}
			if has := strings.Contains(a.Text(), page.want); has != (lang == "en") {
				t.Errorf("%s in %s: has %q: %v", page.url, lang, page.want, has)
			}
			for _, fault := range webtest.Faults(a) {
				t.Errorf("%s in %s: %s", page.url, lang, fault)
			}
		}
	}
}

// TestProcedurePage holds that the text of a procedure is judged while it is written, and what cannot be read stays.
func TestProcedurePage(t *testing.T) {
	s := newSite(t)
	at, id := s.begin("procedure", birth)
	d, _, err := s.Draft(s.author, id)
	text := ok(t, d, err).Text
	s.Run(t, []webtest.Scenario{
		{
			Name:     "file",
			As:       s.me,
			URL:      at,
			WantText: []string{"Ghi vào bản thảo", "Đăng ký khai sinh"},
		},
		{
			Name:         "longer step",
			As:           s.me,
			URL:          at + "/save",
			Form:         url.Values{"text": {strings.Replace(text, "5 giờ", "50 giờ", 1)}, "revision": {"1"}, "at_tab": {"file"}},
			WantStatus:   http.StatusSeeOther,
			WantLocation: at + "?tab=file",
		},
		{
			Name:     "odd",
			As:       s.me,
			URL:      at + "?tab=changes",
			WantText: []string{"Nên xem", "các bước cộng lại", "“5 giờ làm việc” → “50 giờ làm việc”"},
		},
		{
			Name:         "broken",
			As:           s.me,
			URL:          at + "/save",
			Form:         url.Values{"text": {"code: [\n"}, "revision": {"2"}, "at_tab": {"file"}},
			WantStatus:   http.StatusSeeOther,
			WantLocation: at + "?tab=file",
		},
		{
			Name:     "broken shown",
			As:       s.me,
			URL:      at + "?tab=changes",
			WantText: []string{"Lỗi", "code: ["},
		},
		{
			Name:       "broken proposed",
			As:         s.me,
			URL:        at + "/propose",
			Form:       url.Values{"valid_from": {"24/11/2026"}, "source_act": {"x"}, "revision": {"3"}},
			WantStatus: http.StatusUnprocessableEntity,
			WantText:   []string{"Nội dung còn lỗi"},
		},
		{
			Name:       "no form for it",
			As:         s.me,
			URL:        at + "/edit",
			Form:       url.Values{"op": {"put"}, "revision": {"3"}},
			WantStatus: http.StatusUnprocessableEntity,
			WantText:   []string{"Không rõ cần sửa gì"},
		},
	})
	s.state(id, setting.StateDraft)
}

// TestRefusals holds that an account that only holds the room's permissions reads and changes nothing.
func TestRefusals(t *testing.T) {
	s := newSite(t)
	at, id := s.begin("codelist", "sex")
	stranger := actor.From(s.stranger)
	form := url.Values{"revision": {"1"}, "act": {"approve"}, "op": {"remove"}, "n": {"0"}, "text": {"x"}, "valid_from": {"24/11/2026"}}
	for _, path := range []string{"/edit", "/save", "/merge"} {
		a := webtest.Do(t, s.Mux, webtest.Scenario{As: stranger, URL: at + path, Form: form})
		if a.Status != http.StatusForbidden {
			t.Errorf("%s: status %d", path, a.Status)
		}
	}
	for _, path := range []string{"/decide", "/propose"} {
		a := webtest.Do(t, s.Mux, webtest.Scenario{As: stranger, URL: at + path, Form: form})
		if a.Status != http.StatusForbidden {
			t.Errorf("%s: status %d", path, a.Status)
		}
	}
	for _, path := range []string{"/setting/codelist", "/setting/codelist/sex", at, at + "/file", at + "/merge"} {
		a := webtest.Do(t, s.Mux, webtest.Scenario{As: stranger, URL: path})
		if a.Status != http.StatusForbidden {
			t.Errorf("%s: status %d", path, a.Status)
		}
	}
	if d := s.state(id, setting.StateDraft); d.Revision != 1 {
		t.Errorf("revision %d", d.Revision)
	}
}
