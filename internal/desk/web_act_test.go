package desk_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"lienthong/internal/desk"
	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/webtest"
)

// TestLife holds the whole way of a dossier by forms alone, on both engines.
func TestLife(t *testing.T) {
	dbtest.Each(t, dossiertest.Migrations(), func(t *testing.T, d *db.DB) {
		o := officeOn(t, d)
		x := o.filed("Rơ Châm Y Mai", false)
		o.press(o.clerk, x, dossier.ActClaim, nil, 303, "Ông/bà đã nhận xử lý hồ sơ "+x.Code, "ông/bà đang xử lý")
		o.press(o.clerk, x, dossier.ActRelease, nil, 303, "chờ đồng nghiệp khác nhận")
		o.press(o.clerk, x, dossier.ActAccept, map[string]string{"note": "Đủ giấy tờ"}, 303, "Đã tiếp nhận hồ sơ", "Hẹn trả trước", "Vì sao hẹn ngày này?")
		o.press(o.leader, x, dossier.ActAssign, map[string]string{"to": ""}, 422, "Hãy chọn người được giao")
		o.press(o.leader, x, dossier.ActAssign, map[string]string{"to": o.officer.ID, "note": "Làm sớm"}, 303, "Đã giao việc")
		o.press(o.officer, x, dossier.ActForward, map[string]string{"note": "Đủ điều kiện"}, 303, "Đang ở: Lãnh đạo")
		o.press(o.leader, x, dossier.ActBack, map[string]string{"reason": "Sai ngày sinh"}, 303, "về bước trước")
		o.press(o.officer, x, dossier.ActForward, nil, 303)
		o.press(o.leader, x, dossier.ActForward, nil, 303, "Đã xử lý xong")
		o.press(o.clerk, x, dossier.ActCollectFee, map[string]string{"paid": "copies", "quantity.copies": "4"}, 303, "Đã thu", "12.000 đ")
		o.press(o.clerk, x, dossier.ActReturn, map[string]string{"to": "Rơ Châm Y Mai"}, 303, "Hồ sơ hoàn thành")
		v := o.state(o.clerk, x)
		if v.Status != dossier.StatusReturned || v.ReturnedTo != "Rơ Châm Y Mai" || v.Fees[0].Quantity != 4 {
			t.Errorf("status %d, to %q, fees %+v", v.Status, v.ReturnedTo, v.Fees)
		}
	})
}

// TestLateWord holds that what was written for an act that a colleague made impossible stands on the page still.
func TestLateWord(t *testing.T) {
	o := newOffice(t)
	x := o.filed("Rơ Châm Y Mai", false)
	page := o.do(webtest.Scenario{As: o.clerk, URL: at(x)})
	form := page.Submit(t, `form[action="`+at(x)+`/refuse"]`, url.Values{"refuse.0.reason": {"Cha mẹ cư trú\nở tỉnh khác"}})
	other := o.clerk
	other.ID, other.Name = "another", "Siu Thử"
	if _, err := o.Dossiers.Claim(o.As(other), x.ID, o.state(o.clerk, x).Offers[0].Step.ID); err != nil {
		t.Fatal(err)
	}
	o.do(webtest.Scenario{As: o.clerk, Method: "POST", URL: at(x) + "/refuse", Form: form, WantStatus: 409,
		WantText: []string{"đã được Siu Thử nhận", "chưa được lưu", "Cha mẹ cư trú", "ở tỉnh khác"}})
}

// TestSupplement holds asking for papers with the findings of the check, and taking them at the counter.
func TestSupplement(t *testing.T) {
	o := newOffice(t)
	x := o.filed("Trần Văn Giả", false)
	papers := o.state(o.clerk, x).Papers
	note := papers[1].ID
	o.press(o.clerk, x, dossier.ActCheckPapers, map[string]string{"check." + papers[0].ID: "ok", "check." + note: "wrong", "note." + note: "ảnh mờ"}, 303, "Đã lưu kết quả kiểm tra")
	o.do(webtest.Scenario{As: o.clerk, URL: at(x), WantText: []string{"Giấy chứng sinh: ảnh mờ", "Còn 2 giấy tờ thiếu hoặc chưa hợp lệ."}})
	o.press(o.clerk, x, dossier.ActRequestMore, map[string]string{"reason": "", "items": "Giấy chứng sinh rõ hơn"}, 422,
		"Hãy ghi lý do phải bổ sung.", "Giấy chứng sinh rõ hơn", "Chưa thể tiếp tục")
	o.press(o.clerk, x, dossier.ActRequestMore, map[string]string{"reason": "Chưa đủ", "days": "mười"}, 422, "Hãy nhập số ngày làm việc")
	o.press(o.clerk, x, dossier.ActRequestMore, map[string]string{"reason": "Chưa đủ"}, 303, "Đang chờ bổ sung", "Giấy chứng sinh: ảnh mờ")
	o.do(webtest.Scenario{As: o.clerk, URL: "/desk/box/supplement", WantText: []string{x.Code, "Tạm dừng tính hạn"}})
	o.press(o.clerk, x, dossier.ActSupplement, nil, 422, "Hãy tải lên giấy tờ bổ sung hoặc ghi nội dung trả lời.")
	o.press(o.clerk, x, dossier.ActSupplement, map[string]string{"paper.birth-note": "1", "extra": "Đơn giải trình"}, 303, "Thời hạn chạy tiếp")
	v := o.state(o.clerk, x)
	if v.Status != dossier.StatusNew || !v.Papers[1].Provided || v.Papers[len(v.Papers)-1].Name != "Đơn giải trình" {
		t.Errorf("status %d, papers %+v", v.Status, v.Papers)
	}
}

// TestEnds holds the acts that end a dossier.
func TestEnds(t *testing.T) {
	o := newOffice(t)
	for _, tt := range []struct {
		name   string
		accept bool
		as     string
		act    dossier.Act
		want   dossier.Status
	}{
		{"refused", false, "clerk", dossier.ActRefuse, dossier.StatusRefused},
		{"withdrawn", true, "clerk", dossier.ActWithdraw, dossier.StatusWithdrawn},
		{"stopped", true, "officer", dossier.ActStop, dossier.StatusStopped},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := o.filed("Lê Thị Thử", tt.accept)
			who := o.clerk
			if tt.as == "officer" {
				who = o.officer
			}
			o.press(who, x, tt.act, nil, 422, "Chưa thể tiếp tục")
			o.press(who, x, tt.act, map[string]string{"reason": "Theo đơn ngày 23/11"}, 303, "Theo đơn ngày 23/11")
			if v := o.state(o.clerk, x); v.Status != tt.want {
				t.Errorf("status %d, want %d", v.Status, tt.want)
			}
		})
	}
}

// TestInterlinked holds choices, obligation and extension in a dossier of several agencies.
func TestInterlinked(t *testing.T) {
	o := newOffice(t)
	x := o.land()
	district, a, b := o.Officer("ubnd-991"), o.Officer("so-a"), o.Officer("so-b")
	o.press(district, x, dossier.ActObligation, map[string]string{"note": ""}, 422, "Hãy ghi nghĩa vụ tài chính")
	o.press(district, x, dossier.ActObligation, map[string]string{"note": "Nộp 1.200.000 đ tại Kho bạc"}, 303, "Thời hạn tạm dừng")
	o.do(webtest.Scenario{As: district, URL: "/desk/box/obligation", WantText: []string{x.Code}})
	o.Clock.Advance(24 * time.Hour)
	o.press(district, x, dossier.ActObligationMet, map[string]string{"note": "GNT 0012"}, 303, "Thời hạn chạy tiếp")
	o.press(district, x, dossier.ActForward, nil, 303, "Ý kiến Sở A", "Ý kiến Sở B")
	o.do(webtest.Scenario{As: a, URL: "/desk/box/joint", WantText: []string{x.Code, "Số của cơ quan"}})
	for as, want := range map[*actor.Actor]int{&a: 1, &b: 1, &o.clerk: 0} { // everybody sees the number of his own agency
		got := o.do(webtest.Scenario{As: *as, URL: at(x)}).Page.Find(`.lt-item-head:contains("Số của cơ quan")`)
		if n := strings.Count(got.Text(), "Số của cơ quan"); n != want {
			t.Errorf("%s sees %d numbers, want %d", as.Name, n, want)
		}
	}
	o.press(a, x, dossier.ActForward, nil, 303)
	o.press(b, x, dossier.ActForward, nil, 303)
	o.press(district, x, dossier.ActExtend, map[string]string{"term": "lâu lâu", "reason": "Chờ đo đạc"}, 422, "ví dụ “3 ngày làm việc”", "Chờ đo đạc")
	o.press(district, x, dossier.ActExtend, map[string]string{"term": "3 ngày làm việc", "reason": "Chờ đo đạc"}, 303, "Đã hẹn lại")
	o.press(district, x, dossier.ActForward, map[string]string{"note": "giữ ý kiến này"}, 422, "Hãy chọn bước tiếp theo.", "giữ ý kiến này")
	o.press(district, x, dossier.ActForward, map[string]string{"choice": "refuse"}, 303, "Ký văn bản trả lời")
	o.do(webtest.Scenario{As: o.clerk, URL: at(x), WantText: []string{"Các cơ quan tham gia", "Ủy ban nhân dân", "Sở A"}})
}

// TestFiles holds adding files, opening them, and that a refused file loses nothing.
func TestFiles(t *testing.T) {
	o := newOffice(t)
	x := o.filed("Kpă H'Thử", true)
	page := o.do(webtest.Scenario{As: o.officer, URL: at(x)})
	sent := page.Submit(t, actForm(x, dossier.ActForward), url.Values{"forward.0.note": {"xem tệp"}})
	bad := o.do(webtest.Scenario{Name: "one refused, one kept", As: o.officer, Method: "POST", URL: at(x) + "/forward", Form: sent, WantStatus: 422,
		Files:    []webtest.File{{Field: "forward.0.files", Name: "tot.pdf", Content: dossiertest.PDF}, {Field: "forward.0.files", Name: "xau.pdf", Content: "MZ\x90\x00 chương trình"}},
		WantText: []string{"Chưa thể tiếp tục", "xem tệp", "Đã tải lên: tot.pdf"}})
	again := bad.Submit(t, actForm(x, dossier.ActForward), nil)
	o.do(webtest.Scenario{Name: "sent again", As: o.officer, Method: "POST", URL: at(x) + "/forward", Form: again, WantStatus: 303, WantLocation: at(x)})
	v := o.state(o.leader, x)
	if len(v.Files) != 1 || v.Files[0].Kind != dossier.AttachmentResult || v.Files[0].Name != "tot.pdf" {
		t.Fatalf("files %+v", v.Files)
	}
	file := at(x) + "/file/" + v.Files[0].ID
	o.site.Run(t, []webtest.Scenario{
		{Name: "shown", As: o.leader, URL: file, Check: func(t *testing.T, a *webtest.Answer) {
			if !strings.HasPrefix(a.Header.Get("Content-Disposition"), "inline") || a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Body != dossiertest.PDF {
				t.Errorf("%v", a.Header)
			}
		}},
		{Name: "downloaded", As: o.leader, URL: file + "?download=1", Check: func(t *testing.T, a *webtest.Answer) {
			if !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") {
				t.Errorf("%v", a.Header)
			}
		}},
		{Name: "file of a stranger", As: o.Clerk(other), URL: file, WantStatus: 404},
		{Name: "no such file", As: o.leader, URL: at(x) + "/file/" + id.New(), WantStatus: 404, WantText: []string{"Không tìm thấy tệp"}},
		{Name: "nothing chosen", As: o.leader, Method: "POST", URL: at(x) + "/attach", Form: url.Values{"step": {v.Offers[0].Step.ID}, "n": {"0"}, "attach.0.kind": {"work"}}, WantStatus: 422, WantText: []string{"Hãy chọn tệp cần thêm."}},
		{Name: "work file", As: o.leader, Method: "POST", URL: at(x) + "/attach", Form: url.Values{"step": {v.Offers[0].Step.ID}, "n": {"0"}, "attach.0.kind": {"work"}},
			Files: []webtest.File{{Field: "attach.0.files", Name: "to-trinh.pdf", Content: dossiertest.PDF}}, WantStatus: 303, WantLocation: at(x)},
		{Name: "seen", As: o.leader, URL: at(x), WantText: []string{"Tài liệu làm việc", "to-trinh.pdf", "Kết quả", "tot.pdf"}},
		{Name: "receipt", As: o.clerk, URL: at(x) + "/receipt.pdf", Check: func(t *testing.T, a *webtest.Answer) {
			if !strings.HasPrefix(a.Body, "%PDF-") || a.Header.Get("Content-Type") != "application/pdf" {
				t.Errorf("%v %.20q", a.Header, a.Body)
			}
		}},
		{Name: "receipt for a stranger", As: o.Clerk(other), URL: at(x) + "/receipt.pdf", WantStatus: 404},
	})
}

// TestTooFast holds what two people see who want the same thing, and who press twice.
func TestTooFast(t *testing.T) {
	o := newOffice(t)
	x := o.filed("Ngô Thị Nhanh", false)
	second := o.Official(commune, "Đỗ Văn Chậm", dossier.PermAccept, dossier.PermRead)
	seen := o.do(webtest.Scenario{As: second, URL: at(x)}).Submit(t, actForm(x, dossier.ActClaim), nil)
	accept := o.do(webtest.Scenario{As: second, URL: at(x)}).Submit(t, actForm(x, dossier.ActAccept), nil)
	o.press(o.clerk, x, dossier.ActClaim, nil, 303)
	o.do(webtest.Scenario{Name: "claimed by a colleague", As: second, Method: "POST", URL: at(x) + "/claim", Form: seen, WantStatus: 409,
		WantText: []string{"đã được Trần Thị Mẫu nhận lúc", "Dưới đây là tình trạng hiện tại"}, WantNot: []string{"Nhận xử lý"}})
	o.do(webtest.Scenario{Name: "accept what a colleague has", As: second, Method: "POST", URL: at(x) + "/accept", Form: accept, WantStatus: 409, WantText: []string{"đã được Trần Thị Mẫu nhận"}})
	mine := o.do(webtest.Scenario{As: o.clerk, URL: at(x)}).Submit(t, actForm(x, dossier.ActAccept), nil)
	o.do(webtest.Scenario{Name: "accept", As: o.clerk, Method: "POST", URL: at(x) + "/accept", Form: mine, WantStatus: 303, WantLocation: at(x)})
	o.do(webtest.Scenario{Name: "accept twice", As: o.clerk, Method: "POST", URL: at(x) + "/accept", Form: mine, WantStatus: 409, WantText: []string{"Được tiếp nhận"}})
}

// TestNotAllowed holds who may not do what.
func TestNotAllowed(t *testing.T) {
	o := newOffice(t)
	x := o.filed("Vũ Văn Kín", true)
	step := o.state(o.officer, x).Offers[0].Step.ID
	send := url.Values{"step": {step}, "n": {"0"}, "stop.0.reason": {"thử"}}
	o.site.Run(t, []webtest.Scenario{
		{Name: "nobody", URL: at(x), WantStatus: 303, WantLocation: "*"},
		{Name: "citizen", As: o.Citizen("dân"), URL: at(x), WantStatus: 403},
		{Name: "another commune", As: o.Clerk(other), URL: at(x), WantStatus: 404, WantText: []string{"Không tìm thấy hồ sơ"}},
		{Name: "another commune acts", As: o.Officer(other), Method: "POST", URL: at(x) + "/forward", Form: send, WantStatus: 403},
		{Name: "wrong role", As: o.clerk, Method: "POST", URL: at(x) + "/forward", Form: send, WantStatus: 403, WantText: []string{"không có quyền xử lý"}},
		{Name: "wrong role stops", As: o.leader, Method: "POST", URL: at(x) + "/stop", Form: send, WantStatus: 403},
		{Name: "officer withdraws", As: o.officer, Method: "POST", URL: at(x) + "/withdraw", Form: url.Values{"withdraw.0.reason": {"thử"}}, WantStatus: 403},
		{Name: "no such act", As: o.officer, Method: "POST", URL: at(x) + "/burn", Form: send, WantStatus: 404, WantText: []string{"Không có việc này"}},
		{Name: "no such dossier", As: o.officer, URL: "/desk/d/" + id.New(), WantStatus: 404},
		{Name: "no such step", As: o.officer, Method: "POST", URL: at(x) + "/forward", Form: url.Values{"step": {"x"}}, WantStatus: 404},
		{Name: "findings that are none", As: o.officer, Method: "POST", URL: at(x) + "/check_papers", Form: url.Values{"step": {step}, "paper": {"x"}}, WantStatus: 422, WantText: []string{"Kết quả kiểm tra giấy tờ chưa đúng"}},
		{Name: "copies that are none", As: o.officer, Method: "POST", URL: at(x) + "/check_papers", Form: url.Values{"step": {step}, "paper": {"x"}, "copies.x": {"hai"}}, WantStatus: 422, WantText: []string{"Hãy nhập một số nguyên"}},
		{Name: "leaves the site", As: o.officer, Method: "POST", URL: at(x) + "/claim", Form: url.Values{"step": {step}, "back": {"https://example.com/desk"}}, WantStatus: 303, WantLocation: "/desk"},
		{Name: "goes back to the list", As: o.officer, Method: "POST", URL: at(x) + "/release", Form: url.Values{"step": {step}, "back": {"/desk/box/mine?q=a"}}, WantStatus: 303, WantLocation: "/desk/box/mine?q=a"},
	})
	for _, r := range desk.New(desk.Deps{Renderer: o.site.Renderer}).Routes() {
		if !strings.HasPrefix(r.Permission, "dossier.") || !strings.HasPrefix(r.Name, "desk.") || !strings.HasPrefix(r.Pattern, "/desk") {
			t.Errorf("route %+v", r)
		}
	}
}
