package desk_test

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/webtest"
)

// fullForm is a form of an act in which everything is filled in well.
func fullForm(act dossier.Act, step string) url.Values {
	name := func(field string) string { return string(act) + ".0." + field }
	return url.Values{"n": {"0"}, "step": {step}, name("note"): {"ghi chú"}, name("reason"): {"lý do"}, name("items"): {"Giấy chứng sinh"}, name("days"): {"10"},
		name("term"): {"3 ngày làm việc"}, name("to"): {"ai đó"}, name("by"): {"counter"}, name("kind"): {"work"}, name("extra"): {"Đơn giải trình"},
		name("choice"): {"refuse"}, "paper": {"x"}, "check.x": {"ok"}, "paid": {"copies"}, "quantity.copies": {"1"}}
}

// everyAct are all acts that the desk sends.
var everyAct = []dossier.Act{dossier.ActClaim, dossier.ActRelease, dossier.ActAssign, dossier.ActAccept, dossier.ActForward, dossier.ActBack,
	dossier.ActRequestMore, dossier.ActSupplement, dossier.ActRefuse, dossier.ActStop, dossier.ActWithdraw, dossier.ActExtend,
	dossier.ActObligation, dossier.ActObligationMet, dossier.ActReturn, dossier.ActAttach, dossier.ActCheckPapers, dossier.ActCollectFee}

// stage is a dossier at one place of its way, and the step at which it stands.
type stage struct {
	name string
	d    *dossier.Dossier
	step string
}

// stages files dossiers and brings each to another place of the way.
func (o *office) stages() []stage {
	o.t.Helper()
	var list []stage
	add := func(name string, d *dossier.Dossier) {
		for _, st := range o.state(o.clerk, d).Steps {
			if st.Open() {
				list = append(list, stage{name, d, st.ID})
				return
			}
		}
		o.t.Fatalf("%s: no open step", name)
	}
	add("new", o.filed("Người Mới", false))
	accepted := o.filed("Người Được Nhận", true)
	add("accepted", accepted)
	signing := o.filed("Người Chờ Ký", true)
	o.press(o.officer, signing, dossier.ActForward, nil, 303)
	add("signing", signing)
	done := o.filed("Người Có Kết Quả", true)
	o.press(o.officer, done, dossier.ActForward, nil, 303)
	o.press(o.leader, done, dossier.ActForward, nil, 303)
	add("done", done)
	waiting := o.filed("Người Bổ Sung", true)
	o.press(o.officer, waiting, dossier.ActRequestMore, map[string]string{"reason": "Thiếu", "items": "Ảnh"}, 303)
	add("waiting", waiting)
	return list
}

// TestStrangers holds that nobody of another agency, no citizen and no visitor does anything to a dossier, whatever it is and
// wherever it stands, and that they do not learn that it is there.
func TestStrangers(t *testing.T) {
	o := newOffice(t)
	before := o.stages()
	people := map[string]actor.Actor{"clerk": o.Clerk(other), "officer": o.Officer(other), "leader": o.Leader(other), "department": o.Officer("so-a"),
		"citizen": o.Citizen("dân"), "visitor": {}}
	for _, s := range before {
		events := len(o.state(o.clerk, s.d).Events)
		for who, as := range people {
			for _, act := range everyAct {
				a := webtest.Do(t, o.site.Mux, webtest.Scenario{As: as, Method: "POST", URL: at(s.d) + "/" + string(act), Form: fullForm(act, s.step)})
				if want := map[string][]int{"citizen": {403}, "visitor": {303, 401}}[who]; !slices.Contains(append(want, 403, 404), a.Status) || a.Status == 303 && who != "visitor" {
					t.Errorf("%s, %s as %s: status %d", s.name, act, who, a.Status)
				}
				if strings.Contains(a.Body, s.d.Code) || strings.Contains(a.Body, "Người ") && strings.Contains(a.Body, "064190000001") {
					t.Errorf("%s, %s as %s: the answer tells of the dossier", s.name, act, who)
				}
			}
		}
		if v := o.state(o.clerk, s.d); len(v.Events) != events {
			t.Errorf("%s: %d lines were added to the history", s.name, len(v.Events)-events)
		}
	}
}

// TestWrongRole holds which roles of the own agency may do what at each place of the way. Everything else is refused,
// and changes nothing.
func TestWrongRole(t *testing.T) {
	o := newOffice(t)
	reader := o.Official(commune, "Kiểm Tra Viên", dossier.PermRead)
	roles := map[string]actor.Actor{"clerk": o.clerk, "officer": o.officer, "leader": o.leader, "reader": reader}
	may := map[string]map[dossier.Act][]string{
		"new": {dossier.ActClaim: {"clerk"}, dossier.ActRelease: {"clerk", "leader"}, dossier.ActAssign: {"leader"}, dossier.ActAccept: {"clerk"}, dossier.ActRequestMore: {"clerk"},
			dossier.ActRefuse: {"clerk"}, dossier.ActWithdraw: {"clerk"}, dossier.ActAttach: {"clerk"}, dossier.ActCheckPapers: {"clerk"}, dossier.ActCollectFee: {"clerk"}},
		"accepted": {dossier.ActClaim: {"officer"}, dossier.ActRelease: {"officer", "leader"}, dossier.ActAssign: {"leader"}, dossier.ActForward: {"officer"}, dossier.ActBack: {"officer"},
			dossier.ActRequestMore: {"officer"}, dossier.ActStop: {"officer"}, dossier.ActWithdraw: {"clerk"}, dossier.ActAttach: {"officer"}, dossier.ActCheckPapers: {"officer"}},
		"signing": {dossier.ActClaim: {"leader"}, dossier.ActRelease: {"leader"}, dossier.ActAssign: {"leader"}, dossier.ActForward: {"leader"}, dossier.ActBack: {"leader"},
			dossier.ActStop: {"leader"}, dossier.ActExtend: {"leader"}, dossier.ActWithdraw: {"clerk"}, dossier.ActAttach: {"leader"}},
		"done": {dossier.ActClaim: {"clerk"}, dossier.ActRelease: {"clerk", "leader"}, dossier.ActAssign: {"leader"}, dossier.ActReturn: {"clerk"}, dossier.ActAttach: {"clerk"},
			dossier.ActCollectFee: {"clerk"}, dossier.ActBack: {"clerk"}},
		"waiting": {dossier.ActSupplement: {"clerk"}, dossier.ActWithdraw: {"clerk"}, dossier.ActStop: {"officer"}},
	}
	for _, s := range o.stages() {
		for who, as := range roles {
			for _, act := range everyAct {
				if slices.Contains(may[s.name][act], who) {
					continue
				}
				events := len(o.state(o.clerk, s.d).Events)
				a := webtest.Do(t, o.site.Mux, webtest.Scenario{As: as, Method: "POST", URL: at(s.d) + "/" + string(act), Form: fullForm(act, s.step)})
				if a.Status == 303 && len(o.state(o.clerk, s.d).Events) != events {
					t.Errorf("%s: the %s can %s", s.name, who, act)
				}
				if a.Status >= 500 {
					t.Errorf("%s, %s as %s: status %d", s.name, act, who, a.Status)
				}
			}
		}
		for who, as := range roles { // what the page offers agrees with what is done
			page := o.do(webtest.Scenario{Name: s.name + " " + who, As: as, URL: at(s.d)})
			for _, act := range everyAct {
				if n := page.Page.Find(actForm(s.d, act)).Length(); n > 0 && !slices.Contains(may[s.name][act], who) {
					t.Errorf("%s: %s is offered to the %s", s.name, act, who)
				}
			}
		}
	}
}

// TestPagesOfStrangers holds every page of the desk against visitors, citizens, strangers and officials without the right.
func TestPagesOfStrangers(t *testing.T) {
	o := newOffice(t)
	d := o.online("Siu H'Kín")
	v := o.state(o.clerk, d)
	file := at(d) + "/file/" + v.Files[0].ID
	blind := o.Official(commune, "Không Quyền", "identity.manage")
	read := map[string]bool{"/desk": true, "/desk/box/late": true, "/desk/export.xlsx": true, "/desk/search": true, "/desk/search/export.xlsx": true}
	pages := slices.Concat(slices.Sorted(maps.Keys(read)), []string{at(d), at(d) + "/receipt.pdf", file, "/desk?open=" + string(d.ID), "/desk/counter/done/" + string(d.ID)},
		[]string{"/desk/counter", "/desk/counter/suggest?q=ks"})
	for _, url := range pages {
		for who, as := range map[string]actor.Actor{"visitor": {}, "citizen": o.Citizen("dân"), "blind": blind, "stranger": o.Clerk(other)} {
			a := webtest.Do(t, o.site.Mux, webtest.Scenario{As: as, URL: url})
			own := who == "stranger" && (read[url] || strings.HasPrefix(url, "/desk/counter") && !strings.Contains(url, "done"))
			switch {
			case own && a.Status != 200, !own && who == "stranger" && a.Status != 404, who == "visitor" && a.Status != 303, (who == "citizen" || who == "blind") && a.Status != 403:
				t.Errorf("%s as %s: status %d", url, who, a.Status)
			}
			if strings.Contains(a.Body, d.Code) || strings.Contains(a.Body, v.Secret) {
				t.Errorf("%s as %s: the answer tells of the dossier", url, who)
			}
		}
	}
	for _, url := range []string{"/desk/counter", "/desk/counter/person", "/desk/counter/procedure"} {
		for who, as := range map[string]actor.Actor{"officer": o.officer, "leader": o.leader, "citizen": o.Citizen("dân")} {
			if a := webtest.Do(t, o.site.Mux, webtest.Scenario{As: as, Method: "POST", URL: url, Form: birth()}); a.Status != 403 {
				t.Errorf("%s as %s: status %d", url, who, a.Status)
			}
		}
	}
}

// TestTakeBack holds that a leader takes a step from a colleague who is away, by a button that only leaders see.
func TestTakeBack(t *testing.T) {
	o := newOffice(t)
	d := o.filed("Nay Vắng", true)
	o.do(webtest.Scenario{Name: "nobody has it", As: o.leader, URL: at(d), WantText: []string{"Giao việc"}, WantNot: []string{"Thu lại việc"}})
	o.press(o.officer, d, dossier.ActClaim, nil, 303, "Thôi nhận")
	colleague := o.Official(commune, "Hồ Thị Bên", dossier.PermProcess, dossier.PermRead)
	o.do(webtest.Scenario{Name: "a colleague sees who has it", As: colleague, URL: "/desk", WantText: []string{"Lê Văn Ví Dụ"}, WantNot: []string{"ông/bà đang xử lý"}})
	o.do(webtest.Scenario{Name: "the officer sees that it is theirs", As: o.officer, URL: "/desk", WantText: []string{"ông/bà đang xử lý"}})
	step := o.state(o.officer, d).Offers[0].Step.ID
	o.do(webtest.Scenario{Name: "a colleague takes it", As: colleague, Method: "POST", URL: at(d) + "/release", Form: fullForm(dossier.ActRelease, step), WantStatus: 403, WantText: []string{"chỉ người đó hoặc lãnh đạo"}})
	o.do(webtest.Scenario{Name: "the leader sees who has it", As: o.leader, URL: at(d), WantText: []string{"Lê Văn Ví Dụ đang xử lý", "Thu lại việc"}, WantNot: []string{"Thôi nhận"}})
	o.press(o.leader, d, dossier.ActRelease, nil, 303, "chờ đồng nghiệp khác nhận")
	if st := o.state(o.officer, d).Offers[0].Step; st.State != dossier.StepReady || st.AssigneeName != "" {
		t.Errorf("%+v", st)
	}
	o.press(o.leader, d, dossier.ActAssign, map[string]string{"to": colleague.ID, "note": "Làm hôm nay"}, 303, "Hồ Thị Bên")
	o.press(o.leader, d, dossier.ActAssign, map[string]string{"to": o.clerk.ID}, 422, "Hãy chọn người được giao trong danh sách.")
	o.do(webtest.Scenario{Name: "the colleague goes on", As: colleague, URL: "/desk/box/mine", WantText: []string{d.Code, "ông/bà đang xử lý"}})
	o.press(colleague, d, dossier.ActForward, nil, 303)
}

// TestOrderOfButtons holds that what usually comes next stands first and what ends a dossier stands last, and that no key is there twice.
func TestOrderOfButtons(t *testing.T) {
	o := newOffice(t)
	roles := []actor.Actor{o.clerk, o.officer, o.leader, o.Officer("ubnd-991")}
	list := append(o.stages(), stage{"land", o.land(), ""})
	for _, s := range list {
		for _, as := range roles {
			page := webtest.Do(t, o.site.Mux, webtest.Scenario{As: as, URL: at(s.d)})
			if page.Status == 404 {
				continue
			}
			keys := map[string]bool{}
			for _, offer := range page.Page.Find(".lt-offer").EachIter() {
				late := false
				for i, b := range offer.Find(".lt-offer-acts > details > summary, .lt-offer-acts > form > button").EachIter() {
					switch {
					case b.HasClass("btn-primary") && i > 0:
						t.Errorf("%s, %s: %q stands at %d", s.name, as.Name, b.Text(), i)
					case late && !b.HasClass("lt-btn-late"):
						t.Errorf("%s, %s: %q stands behind what ends the dossier", s.name, as.Name, b.Text())
					}
					late = b.HasClass("lt-btn-late")
				}
			}
			for _, b := range page.Page.Find("[data-key]").EachIter() {
				key := b.AttrOr("data-key", "")
				if keys[key] || strings.Contains("jkg/?", key) {
					t.Errorf("%s, %s: key %q twice", s.name, as.Name, key)
				}
				keys[key] = true
			}
		}
	}
}

// TestEveryActTwice holds that a form sent twice does its work once.
func TestEveryActTwice(t *testing.T) {
	o := newOffice(t)
	for _, tt := range []struct {
		name   string
		accept bool
		as     actor.Actor
		act    dossier.Act
		with   url.Values
		second int
	}{
		{"claim", false, o.clerk, dossier.ActClaim, nil, 303},
		{"accept", false, o.clerk, dossier.ActAccept, nil, 409},
		{"ask", false, o.clerk, dossier.ActRequestMore, nil, 409},
		{"refuse", false, o.clerk, dossier.ActRefuse, nil, 409},
		{"fees", false, o.clerk, dossier.ActCollectFee, nil, 422},
		{"forward", true, o.officer, dossier.ActForward, url.Values{"forward.0.choice": {""}}, 409},
		{"back", true, o.officer, dossier.ActBack, nil, 409},
		{"stop", true, o.officer, dossier.ActStop, nil, 409},
		{"withdraw", true, o.clerk, dossier.ActWithdraw, nil, 409},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := o.filed("Kpă Hai Lần", tt.accept)
			step := ""
			for _, st := range o.state(o.clerk, d).Steps {
				if st.Open() {
					step = st.ID
				}
			}
			sent := fullForm(tt.act, step)
			maps.Copy(sent, tt.with)
			first := webtest.Do(t, o.site.Mux, webtest.Scenario{As: tt.as, Method: "POST", URL: at(d) + "/" + string(tt.act), Form: sent})
			events := len(o.state(o.clerk, d).Events)
			again := webtest.Do(t, o.site.Mux, webtest.Scenario{As: tt.as, Method: "POST", URL: at(d) + "/" + string(tt.act), Form: sent})
			if first.Status != 303 || again.Status != tt.second {
				t.Errorf("status %d, then %d, want %d: %s", first.Status, again.Status, tt.second, again.Text())
			}
			if got := len(o.state(o.clerk, d).Events); got != events {
				t.Errorf("%d more lines in the history", got-events)
			}
			if again.Status == 409 && !strings.Contains(again.Text(), "Dưới đây là tình trạng hiện tại") {
				t.Errorf("the page does not say what the state is: %s", again.Text())
			}
		})
	}
}

// TestOnlineReturn holds giving out a result online: only with a file, which the officer added.
func TestOnlineReturn(t *testing.T) {
	o := newOffice(t)
	d := o.online("Siu H'Nhận")
	o.press(o.clerk, d, dossier.ActAccept, nil, 303)
	page := o.do(webtest.Scenario{As: o.officer, URL: at(d)})
	o.do(webtest.Scenario{Name: "result added", As: o.officer, Method: "POST", URL: at(d) + "/attach", Form: page.Submit(t, actForm(d, dossier.ActAttach), url.Values{"attach.0.kind": {"result"}}),
		Files: []webtest.File{{Field: "attach.0.files", Name: "giấy khai sinh.pdf", Content: dossiertest.PDF}}, WantStatus: 303, WantLocation: at(d)})
	o.press(o.officer, d, dossier.ActForward, nil, 303)
	o.press(o.leader, d, dossier.ActForward, nil, 303)
	o.press(o.clerk, d, dossier.ActReturn, map[string]string{"to": strings.Repeat("x", 300)}, 422, "Tên người nhận dài không quá 200 ký tự.")
	o.press(o.clerk, d, dossier.ActReturn, map[string]string{"by": "pigeon"}, 422, "Hãy chọn cách trả kết quả.")
	o.press(o.clerk, d, dossier.ActReturn, map[string]string{"to": "Siu H'Nhận", "by": "online", "note": "Đã gửi"}, 303, "Hồ sơ hoàn thành", "Đã gửi")
	v := o.state(o.clerk, d)
	if v.Status != dossier.StatusReturned || v.ReturnBy != dossier.ChannelOnline || v.ReturnedAt == nil {
		t.Errorf("%+v", v.Dossier)
	}
	o.do(webtest.Scenario{Name: "found as finished", As: o.clerk, URL: "/desk/search?status=10", WantText: []string{d.Code, "Đã trả kết quả", "Xong đúng hạn"}})
	o.do(webtest.Scenario{Name: "no such dossier", As: o.clerk, Method: "POST", URL: "/desk/d/" + id.New() + "/return", Form: fullForm(dossier.ActReturn, "x"), WantStatus: 404})
}
