package desk_test

import (
	"net/url"
	"strings"
	"testing"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/webtest"
)

// online files a birth registration as a citizen does, with the e-form and a scan.
func (o *office) online(name string) *dossier.Dossier {
	o.t.Helper()
	citizen := o.As(o.Citizen(name))
	token := id.New()
	d, err := o.Dossiers.File(citizen, dossier.Filing{ProcedureCode: "9.000001", CaseKey: "usual", Channel: dossier.ChannelOnline, ReceiverID: o.Unit(commune).ID,
		Owner: dossiertest.Applicant(name), RequestKey: id.New(), UploadToken: token, ReturnBy: dossier.ChannelOnline,
		Form:   map[string]any{"child": map[string]any{"full_name": "Siu Mới", "birth_date": "2026-11-20", "sex": "female"}},
		Papers: []dossier.FilingPaper{{Key: "birth-note", Provided: true, Files: []string{o.Upload(citizen, token, "giay-chung-sinh.pdf")}}}})
	if err != nil {
		o.t.Fatal(err)
	}
	return d
}

// TestOnline holds what an official sees of a dossier that came online: answers, scans, channel.
func TestOnline(t *testing.T) {
	o := newOffice(t)
	d := o.online("Siu H'Trực")
	a := o.do(webtest.Scenario{As: o.clerk, URL: at(d), WantText: []string{"Nội dung tờ khai", "Siu Mới", "20/11/2026", "giay-chung-sinh.pdf", "Trực tuyến"}})
	href := a.Page.Find(".lt-checks .lt-file a").AttrOr("href", "")
	o.do(webtest.Scenario{Name: "scan", As: o.clerk, URL: href, Check: func(t *testing.T, a *webtest.Answer) {
		if a.Body != dossiertest.PDF || a.Header.Get("Cache-Control") == "" {
			t.Errorf("%v", a.Header)
		}
	}})
	o.do(webtest.Scenario{Name: "marked in the list", As: o.clerk, URL: "/desk", WantText: []string{"Nộp trực tuyến", d.Code}})
	o.press(o.clerk, d, dossier.ActAccept, nil, 303)
	o.press(o.officer, d, dossier.ActForward, nil, 303)
	o.press(o.leader, d, dossier.ActForward, nil, 303)
	o.press(o.clerk, d, dossier.ActReturn, nil, 422, "Hãy đính kèm tệp kết quả trước khi trả kết quả trực tuyến.")
	o.press(o.clerk, d, dossier.ActReturn, map[string]string{"by": "counter"}, 303, "Đã trả kết quả")
	o.do(webtest.Scenario{Name: "nothing left to do", As: o.clerk, URL: at(d), WantText: []string{"Không có việc nào ông/bà cần làm"}})
}

// TestSplitActs holds that an act done beside the list leads back to the list, with the message there.
func TestSplitActs(t *testing.T) {
	o := newOffice(t)
	d := o.filed("Kpuih Nhanh", false)
	list := "/desk/box/today?open=" + string(d.ID) + "&q=kpuih"
	page := o.do(webtest.Scenario{As: o.clerk, URL: list})
	a := o.do(webtest.Scenario{Name: "claim", As: o.clerk, Method: "POST", URL: at(d) + "/claim", Form: page.Submit(t, actForm(d, dossier.ActClaim), nil),
		WantStatus: 303, WantLocation: "*"})
	to := a.Header.Get("Location")
	if !strings.HasPrefix(to, "/desk/box/today?") || !strings.Contains(to, "q=kpuih") || !strings.Contains(to, "open=") {
		t.Errorf("leads to %s", to)
	}
	o.do(webtest.Scenario{Name: "message", As: o.clerk, URL: to, Header: map[string]string{"Cookie": a.Cookies()}, WantText: []string{"Ông/bà đã nhận xử lý", "Trần Thị Mẫu"}})
	o.do(webtest.Scenario{Name: "mine", As: o.clerk, URL: "/desk/box/mine", WantText: []string{d.Code}})
}

// TestFees holds taking money and what stands in the way.
func TestFees(t *testing.T) {
	o := newOffice(t)
	d := o.filed("Rmah Phí", false)
	for _, tt := range []struct {
		name string
		with map[string]string
		want string
	}{
		{"nothing ticked", nil, "Hãy chọn khoản phí, lệ phí chưa thu."},
		{"no number", map[string]string{"paid": "copies", "quantity.copies": "ba"}, "Hãy nhập một số nguyên"},
		{"none", map[string]string{"paid": "copies", "quantity.copies": "0"}, "Số lượng từ 1 đến 10.000."},
		{"too many", map[string]string{"paid": "copies", "quantity.copies": "10001"}, "Số lượng từ 1 đến 10.000."},
		{"no such fee", map[string]string{"paid": "gold", "quantity.gold": "1"}, "Hãy chọn khoản phí, lệ phí chưa thu."},
	} {
		o.press(o.clerk, d, dossier.ActCollectFee, tt.with, 422, tt.want)
	}
	o.press(o.clerk, d, dossier.ActCollectFee, map[string]string{"paid": "copies", "quantity.copies": "2"}, 303, "Đã ghi nhận khoản thu", "6.000 đ")
	o.do(webtest.Scenario{Name: "the officer only reads", As: o.officer, URL: at(d), WantText: []string{"Đã thu"}, WantNot: []string{"Ghi nhận đã thu", "Lưu kết quả kiểm tra"}})
}

// TestOffers holds who is offered what at each step.
func TestOffers(t *testing.T) {
	o := newOffice(t)
	d := o.filed("Puih Việc", false)
	has := func(name string, sc webtest.Scenario, want, not []dossier.Act) {
		t.Helper()
		sc.Name, sc.URL = name, at(d)
		a := o.do(sc)
		for _, act := range want {
			if a.Page.Find(actForm(d, act)).Length() != 1 {
				t.Errorf("%s: %s is not offered", name, act)
			}
		}
		for _, act := range not {
			if a.Page.Find(actForm(d, act)).Length() != 0 {
				t.Errorf("%s: %s is offered", name, act)
			}
		}
	}
	has("clerk, new", webtest.Scenario{As: o.clerk}, []dossier.Act{dossier.ActAccept, dossier.ActRefuse, dossier.ActRequestMore, dossier.ActWithdraw, dossier.ActCheckPapers, dossier.ActClaim},
		[]dossier.Act{dossier.ActForward, dossier.ActReturn, dossier.ActRelease, dossier.ActAssign, dossier.ActSupplement})
	has("officer, new", webtest.Scenario{As: o.officer}, nil, []dossier.Act{dossier.ActAccept, dossier.ActClaim, dossier.ActWithdraw})
	has("leader, new", webtest.Scenario{As: o.leader}, []dossier.Act{dossier.ActAssign}, []dossier.Act{dossier.ActAccept, dossier.ActClaim})
	o.press(o.clerk, d, dossier.ActAccept, nil, 303)
	has("clerk, accepted", webtest.Scenario{As: o.clerk}, []dossier.Act{dossier.ActWithdraw}, []dossier.Act{dossier.ActAccept, dossier.ActForward})
	has("officer, accepted", webtest.Scenario{As: o.officer}, []dossier.Act{dossier.ActForward, dossier.ActBack, dossier.ActStop, dossier.ActAttach, dossier.ActClaim}, []dossier.Act{dossier.ActWithdraw, dossier.ActReturn})
	o.press(o.officer, d, dossier.ActClaim, nil, 303)
	has("officer, claimed", webtest.Scenario{As: o.officer}, []dossier.Act{dossier.ActRelease, dossier.ActForward}, []dossier.Act{dossier.ActClaim})
	has("colleague", webtest.Scenario{As: o.Official(commune, "Hồ Thị Bên", dossier.PermProcess, dossier.PermRead)}, nil, []dossier.Act{dossier.ActForward, dossier.ActRelease, dossier.ActClaim})
}

// TestPick holds choosing among several procedures without scripts.
func TestPick(t *testing.T) {
	o := newOffice(t)
	several := o.do(webtest.Scenario{As: o.clerk, Method: "POST", URL: "/desk/counter", Form: url.Values{"procedure": {"thử"}, "owner.full_name": {"Giữ Lại"}}, WantStatus: 422, WantText: []string{"Chọn thủ tục"}})
	pick := several.Page.Find(`input[name="pick"]`).Last().AttrOr("value", "")
	next := o.do(webtest.Scenario{Name: "picked", As: o.clerk, Method: "POST", URL: "/desk/counter", Form: several.Submit(t, "form[data-counter]", url.Values{"pick": {pick}})})
	if got := next.Page.Find(`input[name="procedure"]`).AttrOr("value", ""); got != pick {
		t.Errorf("the field says %q, want %q", got, pick)
	}
	if got := next.Page.Find(`input[name="owner.full_name"]`).AttrOr("value", ""); got != "Giữ Lại" {
		t.Errorf("the name is %q", got)
	}
	if next.Page.Find(`input[name="pick"]`).Length() != 0 {
		t.Error("there is nothing more to pick")
	}
}
