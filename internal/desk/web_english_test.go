package desk_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"lienthong/internal/desk"
	"lienthong/internal/dossier"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/webtest"
)

// TestEnglish holds that no text of the desk stays Vietnamese on an English page, in any state of a dossier, for any role.
func TestEnglish(t *testing.T) {
	o := newOffice(t)
	raw, err := fs.ReadFile(desk.Overlays(), "i18n/en.json")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	if err := json.Unmarshal(raw, &texts); err != nil {
		t.Fatal(err)
	}
	for _, data := range []string{"Tiếp nhận", "Trả kết quả", "Ngày sinh", "Quá hạn", "Thiếu"} { // steps, cases and fields of the procedures are called so, too
		delete(texts, data)
	}
	list := append(o.stages(), stage{"land", o.land(), ""}, stage{"online", o.online("Siu H'Anh"), ""})
	o.Clock.Advance(26 * time.Hour)
	pages := []string{"/desk", "/desk/box/late", "/desk/box/mine", "/desk/box/supplement", "/desk/search", "/desk/search?q=zz", "/desk?q=zz"}
	for _, s := range list {
		pages = append(pages, at(s.d), "/desk?open="+string(s.d.ID))
	}
	people := map[string]actor.Actor{"clerk": o.clerk, "officer": o.officer, "leader": o.leader}
	seen := 0
	for _, page := range append(pages, "/desk/counter", "/desk/counter?procedure=9.000001&case=late&owner.personal_id=064190000001", "/desk/counter/done/"+string(list[1].d.ID)) {
		for who, as := range people {
			join := "?"
			if strings.Contains(page, "?") {
				join = "&"
			}
			a := webtest.Do(t, o.site.Mux, webtest.Scenario{As: as, URL: page + join + "lang=en"})
			if a.Status != 200 {
				continue
			}
			if lang := a.Page.Find("html").AttrOr("lang", ""); lang != "en" {
				t.Errorf("%s: language %q", page, lang)
			}
			a.Page.Find("*").Each(func(_ int, el *goquery.Selection) {
				for _, text := range []string{strings.TrimSpace(el.Text()), el.AttrOr("placeholder", ""), el.AttrOr("aria-label", ""), el.AttrOr("title", "")} {
					if english, ok := texts[text]; ok && english != text {
						t.Errorf("%s as %s: %q stays Vietnamese", page, who, text)
					}
					seen++
				}
			})
		}
	}
	if seen < 5000 {
		t.Errorf("only %d texts were looked at", seen)
	}
	for vi, en := range texts {
		if strings.Count(vi, "%") != strings.Count(en, "%") {
			t.Errorf("%q has other values than %q", en, vi)
		}
	}
}

// TestEnglishErrors holds that what went wrong is said in the reader's language, at the field and in the summary.
func TestEnglishErrors(t *testing.T) {
	o := newOffice(t)
	d := o.filed("Nguyễn Thị Ánh", false)
	step := o.state(o.clerk, d).Offers[0].Step.ID
	for act, want := range map[dossier.Act]string{dossier.ActRefuse: "reason", dossier.ActRequestMore: "reason", dossier.ActWithdraw: "reason"} {
		sent := fullForm(act, step)
		sent.Set(string(act)+".0.reason", "")
		a := o.do(webtest.Scenario{Name: string(act), As: o.clerk, Method: "POST", URL: at(d) + "/" + string(act) + "?lang=en", Form: sent, WantStatus: 422})
		summary := a.Page.Find(".lt-summary")
		if strings.ContainsAny(summary.Text(), "ãạảấđịởườ") || summary.Find(`a[href="#f-`+string(act)+`.0.`+want+`"]`).Length() != 1 {
			t.Errorf("%s: %q", act, summary.Text())
		}
	}
	a := o.do(webtest.Scenario{Name: "counter", As: o.clerk, Method: "POST", URL: "/desk/counter?lang=en", Form: birth(), WantText: []string{"Papers received"}})
	if a.Page.Find("html").AttrOr("lang", "") != "en" {
		t.Error("the counter is not in English")
	}
	conflict := fullForm(dossier.ActForward, step)
	o.do(webtest.Scenario{Name: "conflict", As: o.clerk, Method: "POST", URL: at(d) + "/forward?lang=en", Form: conflict, WantStatus: 409, WantNot: []string{"Dưới đây là tình trạng"}})
}

// TestDossierEnds holds what the page of an ended dossier says: that it ended and why, and that nothing is left to do.
func TestDossierEnds(t *testing.T) {
	o := newOffice(t)
	for _, tt := range []struct {
		name   string
		accept bool
		act    dossier.Act
		want   string
	}{
		{"withdrawn", true, dossier.ActWithdraw, "Kết thúc 23/11/2026"}, {"refused", false, dossier.ActRefuse, "Đổi ý"}, {"withdrawn before", false, dossier.ActWithdraw, "Kết thúc 23/11/2026"},
	} {
		d := o.filed("Người Thôi", tt.accept)
		o.press(o.clerk, d, tt.act, map[string]string{"reason": "Đổi ý"}, 303)
		o.Clock.Advance(time.Minute)
		a := o.do(webtest.Scenario{Name: tt.name, As: o.clerk, URL: at(d), WantText: []string{tt.want, "Đổi ý", "Không có việc nào ông/bà cần làm"}, WantNot: []string{"Quá hạn 1", "Xong đúng hạn", "Đang ở"}})
		if n := a.Page.Find(".lt-offer, .lt-item-acts form").Length(); n != 0 {
			t.Errorf("%s: %d things can be done", tt.name, n)
		}
	}
	paused := o.filed("Người Chờ", true)
	o.press(o.officer, paused, dossier.ActRequestMore, map[string]string{"reason": "Thiếu", "items": "Ảnh"}, 303)
	o.Clock.Advance(200 * time.Hour)
	o.do(webtest.Scenario{Name: "a dossier that waits is not late", As: o.officer, URL: at(paused), WantText: []string{"Tạm dừng, chưa tính tiếp hạn"}, WantNot: []string{"Quá hạn 1"}})
}

// TestPapersShown holds how papers stand on the page: what was handed in, what is wanted, and that pictures and PDF open beside.
func TestPapersShown(t *testing.T) {
	o := newOffice(t)
	d := o.online("Siu H'Ảnh")
	a := o.do(webtest.Scenario{As: o.clerk, URL: at(d), WantText: []string{"cần 1 bản chính", "Đã nộp", "Không bắt buộc", "Xem ngay tại đây"}})
	frame := a.Page.Find("iframe")
	if frame.Length() != 1 || !strings.HasPrefix(frame.AttrOr("src", ""), at(d)+"/file/") || frame.AttrOr("loading", "") != "lazy" || frame.AttrOr("title", "") == "" {
		t.Errorf("%d frames, %q", frame.Length(), frame.AttrOr("src", ""))
	}
	if target := a.Page.Find(".lt-file a").AttrOr("target", ""); target != "paper" {
		t.Errorf("files open in %q", target)
	}
	file := o.do(webtest.Scenario{Name: "may stand in a page of this site", As: o.clerk, URL: strings.SplitN(frame.AttrOr("src", ""), "#", 2)[0]})
	if policy := file.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'self'") {
		t.Errorf("policy %q", policy)
	}
	if names := a.Page.Find(`details[name="act"]`).Length(); names < 4 {
		t.Errorf("%d forms close one another", names)
	}
}
