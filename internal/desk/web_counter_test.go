package desk_test

import (
	"maps"
	"net/url"
	"strings"
	"testing"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/webtest"
)

const qr = "064190000077|231000077|Siu Hà Thử|02051990|Nữ|Tổ 3, phường Thử, tỉnh Thử|01012022"

// birth is a counter form for a birth registration, all typed.
func birth() url.Values {
	return url.Values{"owner.personal_id": {"064190000002"}, "owner.full_name": {"Kpă Thử"}, "owner.birth_date": {"02/05/1990"}, "owner.phone": {"0912 000 002"},
		"owner.address": {"Tổ 1"}, "procedure": {"Đăng ký khai sinh (thử) (9.000001)"}, "case": {"usual"}}
}

// ready sends a half-filled form until the page shows the papers, and returns what a browser would send then.
func (o *office) ready(with url.Values) url.Values {
	o.t.Helper()
	a := o.do(webtest.Scenario{Name: "papers", As: o.clerk, Method: "POST", URL: "/desk/counter", Form: with, WantText: []string{"Tiếp nhận và in"}})
	return a.Submit(o.t, "form[data-counter]", url.Values{"do": {"accept"}})
}

func plus(form, more url.Values) url.Values {
	sum := maps.Clone(form)
	maps.Copy(sum, more)
	return sum
}

// TestCounter holds filing and accepting at once without scripts, on both engines; sent twice it is one dossier.
func TestCounter(t *testing.T) {
	dbtest.Each(t, dossiertest.Migrations(), func(t *testing.T, d *db.DB) {
		o := officeOn(t, d)
		blank := o.do(webtest.Scenario{As: o.clerk, URL: "/desk/counter", WantText: []string{"1. Chủ hồ sơ", "2. Thủ tục", "Tiếp tục"}})
		sent := o.ready(plus(blank.Submit(t, "form[data-counter]", nil), birth()))
		missing := o.do(webtest.Scenario{Name: "papers missing", As: o.clerk, Method: "POST", URL: "/desk/counter", Form: sent, WantStatus: 422,
			WantText: []string{"Chưa có “Giấy chứng sinh”", "Ghi nhận và yêu cầu bổ sung", "Chưa thể tiếp tục"}})
		all := missing.Submit(t, "form[data-counter]", url.Values{"do": {"accept"}, "all": {"1"}, "fees.copies": {"1"}, "quantity.copies": {"3"}, "return_by": {"post"}})
		noAddress := o.do(webtest.Scenario{Name: "no address", As: o.clerk, Method: "POST", URL: "/desk/counter", Form: all, WantStatus: 422, WantText: []string{"Hãy nhập địa chỉ đầy đủ"}})
		all = noAddress.Submit(t, "form[data-counter]", url.Values{"do": {"accept"}, "return_address": {"Số 5 đường Thử Nghiệm"}})
		if all.Get("papers.birth-note") != "1" || all.Get("papers.power") != "" || all.Get("fees.copies") != "1" {
			t.Errorf("what was typed is lost: %v", all)
		}
		var done string
		for _, name := range []string{"filed", "filed twice"} {
			a := o.do(webtest.Scenario{Name: name, As: o.clerk, Method: "POST", URL: "/desk/counter", Form: all, WantStatus: 303, WantLocation: "*"})
			if done == "" {
				done = a.Header.Get("Location")
			} else if done != a.Header.Get("Location") {
				t.Errorf("second dossier %s", a.Header.Get("Location"))
			}
		}
		id := dossier.ID(strings.TrimPrefix(done, "/desk/counter/done/"))
		v := o.state(o.clerk, &dossier.Dossier{ID: id})
		if v.Status != dossier.StatusAccepted || v.Owner.Phone != "0912000002" || v.Fees[0].PaidAt == nil || v.Fees[0].Quantity != 3 || v.ReturnBy != dossier.ChannelPost {
			t.Errorf("%+v %+v", v.Dossier, v.Fees)
		}
		o.do(webtest.Scenario{Name: "done", As: o.clerk, URL: done, WantText: []string{v.Code, v.Secret, "Hẹn trả kết quả trước", "Đã thu đủ", "9.000 đ", "In giấy tiếp nhận"}})
	})
}

// TestCounterMore holds the request for what is lacking instead of acceptance.
func TestCounterMore(t *testing.T) {
	o := newOffice(t)
	sent := plus(o.ready(birth()), url.Values{"papers.declaration": {"1"}, "do": {"more"}})
	for name, more := range map[string]url.Values{
		"Hãy ghi lý do phải bổ sung.":   {"more.reason": {""}},
		"Hãy ghi từng giấy tờ":          {"more.items": {" "}},
		"Thời hạn bổ sung từ 1 đến 180": {"more.days": {"200"}},
		"Hãy nhập số từ 0 đến 10.000.":  {"more.days": {"x"}},
		"Họ tên chỉ gồm chữ":            {"owner.full_name": {"Kpă 4"}},
		"Ngày chưa đúng.":               {"owner.birth_date": {"31/02/1990"}},
	} {
		o.do(webtest.Scenario{Name: name, As: o.clerk, Method: "POST", URL: "/desk/counter", Form: plus(sent, more), WantStatus: 422, WantText: []string{name}})
	}
	if page, _ := o.Dossiers.Find(o.As(o.clerk), dossier.FindQuery{}); len(page.Items) != 0 {
		t.Fatalf("filed all the same: %+v", page.Items)
	}
	sent["more.items"] = []string{"Giấy chứng sinh\nGiấy tờ tùy thân"}
	var done string
	for range 2 {
		a := o.do(webtest.Scenario{Name: "asked", As: o.clerk, Method: "POST", URL: "/desk/counter", Form: sent, WantStatus: 303, WantLocation: "*"})
		done = a.Header.Get("Location")
	}
	o.do(webtest.Scenario{Name: "done", As: o.clerk, URL: done, WantText: []string{"chờ bổ sung", "Cần bổ sung trước", "Giấy tờ tùy thân", "Người tiếp theo"}, WantNot: []string{"In giấy tiếp nhận"}})
	page, err := o.Dossiers.Find(o.As(o.clerk), dossier.FindQuery{})
	if err != nil || len(page.Items) != 1 || page.Items[0].Status != dossier.StatusSupplement {
		t.Errorf("%+v, %v", page.Items, err)
	}
}

// TestCounterPerson holds what fills in by itself: from the identity card, from the dossier before.
func TestCounterPerson(t *testing.T) {
	o := newOffice(t)
	o.filed("Nguyễn Thị Ánh", false)
	back := url.Values{"owner.personal_id": {"064190000001"}}
	value := func(name, want string) func(*testing.T, *webtest.Answer) {
		return func(t *testing.T, a *webtest.Answer) {
			t.Helper()
			if got := a.Page.Find(`[name="`+name+`"]`).AttrOr("value", ""); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
	}
	o.site.Run(t, []webtest.Scenario{
		{Name: "returns", As: o.clerk, Method: "POST", URL: "/desk/counter/person", Form: back, WantText: []string{"Đã điền theo hồ sơ lần trước"}, Check: value("owner.full_name", "Nguyễn Thị Ánh")},
		{Name: "what is typed stays", As: o.clerk, Method: "POST", URL: "/desk/counter/person", Form: plus(back, url.Values{"owner.full_name": {"Nguyễn Thị Anh"}}), Check: value("owner.full_name", "Nguyễn Thị Anh")},
		{Name: "new", As: o.clerk, Method: "POST", URL: "/desk/counter/person", Form: url.Values{"owner.personal_id": {"064190000099"}}, WantStatus: 204},
		{Name: "at another agency", As: o.Clerk(other), Method: "POST", URL: "/desk/counter/person", Form: back, WantStatus: 204},
		{Name: "without scripts", As: o.clerk, Method: "POST", URL: "/desk/counter", Form: back, Check: value("owner.phone", "0912000001")},
		{Name: "card", As: o.clerk, Method: "POST", URL: "/desk/counter", Form: url.Values{"owner.personal_id": {qr}}, Check: value("owner.birth_date", "02/05/1990")},
		{Name: "number of the card", As: o.clerk, Method: "POST", URL: "/desk/counter", Form: url.Values{"owner.personal_id": {qr}}, Check: value("owner.personal_id", "064190000077")},
	})
}

// TestCounterProcedure holds how a procedure is found and what it then asks for.
func TestCounterProcedure(t *testing.T) {
	o := newOffice(t)
	post := func(name, text, pick string, want ...string) webtest.Scenario {
		return webtest.Scenario{Name: name, As: o.clerk, Method: "POST", URL: "/desk/counter/procedure", Form: url.Values{"procedure": {text}, "pick": {pick}}, WantText: want}
	}
	o.site.Run(t, []webtest.Scenario{
		{Name: "two letters", As: o.clerk, URL: "/desk/counter/suggest?q=ks", WantText: []string{"Đăng ký khai sinh (thử)"}, WantNot: []string{"Cấp giấy"}},
		{Name: "words", As: o.clerk, URL: "/desk/counter/suggest?q=khai+sinh", WantText: []string{"Đăng ký khai sinh (thử)"}},
		{Name: "nothing", As: o.clerk, URL: "/desk/counter/suggest?q=zz", WantText: []string{"Không tìm thấy."}},
		{Name: "not received here", As: o.Clerk("so-a"), URL: "/desk/counter/suggest?q=ks", WantText: []string{"Không tìm thấy."}},
		{Name: "no agency", As: actor.Actor{ID: "x", Kind: actor.Staff, Grants: o.clerk.Grants}, URL: "/desk/counter", WantStatus: 403, WantText: []string{"không làm việc ở cơ quan nào"}},
		post("case first", "9.000001", "", "Trường hợp", "Tiếp tục"),
		post("no cases", "9.000002", "", "Bản vẽ", "10 ngày làm việc", "Không thu"),
		post("two fit", "thử", "", "Chọn thủ tục", "9.000001", "9.000002"),
		post("one picked", "thử", "Cấp (9.000002)", "Bản vẽ"),
		{Name: "picked before", As: o.clerk, Method: "POST", URL: "/desk/counter/procedure", Form: url.Values{"procedure": {"thử"}, "chosen": {"x (9.000002)"}}, WantText: []string{"Bản vẽ"}},
		{Name: "late case has its own", As: o.clerk, Method: "POST", URL: "/desk/counter/procedure", Form: url.Values{"procedure": {"9.000001"}, "case": {"late"}, "quantity.copies": {"2"}}, WantText: []string{"Giấy xác nhận", "3 ngày làm việc", "14.000 đ"}},
		{Name: "none", As: o.clerk, Method: "POST", URL: "/desk/counter", Form: url.Values{"owner.full_name": {"Giữ Lại"}}, WantStatus: 422, WantText: []string{"Hãy nhập tên hoặc mã thủ tục."}},
		{Name: "unknown", As: o.clerk, Method: "POST", URL: "/desk/counter", Form: url.Values{"procedure": {"bay lên trời"}}, WantStatus: 422, WantText: []string{"không tiếp nhận thủ tục nào như vậy"}},
		{Name: "several", As: o.clerk, Method: "POST", URL: "/desk/counter", Form: url.Values{"procedure": {"thử"}}, WantStatus: 422, WantText: []string{"Có 2 thủ tục khớp"}},
		{Name: "officer", As: o.officer, URL: "/desk/counter", WantStatus: 403},
	})
}

// TestCounterExtras holds an authorised person, an organisation, papers beyond the list, scans, several sets.
func TestCounterExtras(t *testing.T) {
	o := newOffice(t)
	form := birth()
	form.Set("procedure", "9.000002")
	sent := plus(o.ready(form), url.Values{"all": {"1"}, "owner.kind": {"organisation"}, "owner.organisation": {"Hợp tác xã Cà phê Thử"}, "authorised": {"1"},
		"submitter.full_name": {"Lê Thị Thay"}, "submitter.personal_id": {"064190000005"}, "extra": {"Sơ đồ vị trí\n\nẢnh hiện trạng"}, "sets": {"2"}, "channel": {"post"}})
	bad := o.do(webtest.Scenario{Name: "a scan refused", As: o.clerk, Method: "POST", URL: "/desk/counter", Form: sent, WantStatus: 422,
		Files:    []webtest.File{{Field: "scan.map", Name: "ban-ve.pdf", Content: dossiertest.PDF}, {Field: "scan.request", Name: "don.pdf", Content: "MZ\x90\x00"}},
		WantText: []string{"Chưa thể tiếp tục", "Đã tải lên: ban-ve.pdf"}})
	sent = bad.Submit(t, "form[data-counter]", url.Values{"do": {"accept"}})
	wrong := o.do(webtest.Scenario{Name: "no phone", As: o.clerk, Method: "POST", URL: "/desk/counter", Form: sent, WantStatus: 422, WantText: []string{"Hãy nhập số điện thoại"}})
	sent = wrong.Submit(t, "form[data-counter]", url.Values{"do": {"accept"}, "submitter.phone": {"0912000005"}})
	a := o.do(webtest.Scenario{Name: "filed", As: o.clerk, Method: "POST", URL: "/desk/counter", Form: sent, WantStatus: 303, WantLocation: "*"})
	v := o.state(o.clerk, &dossier.Dossier{ID: dossier.ID(strings.TrimPrefix(a.Header.Get("Location"), "/desk/counter/done/"))})
	if v.Owner.Organisation != "Hợp tác xã Cà phê Thử" || v.Submitter.FullName != "Lê Thị Thay" || len(v.Papers) != 4 || v.Sets != 2 || v.Channel != dossier.ChannelPost {
		t.Errorf("%+v, papers %+v", v.Dossier, v.Papers)
	}
	if len(v.Files) != 1 || v.Files[0].Name != "ban-ve.pdf" || v.Files[0].PaperID != v.Papers[1].ID {
		t.Errorf("files %+v", v.Files)
	}
	o.do(webtest.Scenario{Name: "seen", As: o.clerk, URL: at(v.Dossier), WantText: []string{"Người được ủy quyền", "Lê Thị Thay", "Người đại diện", "Số bộ hồ sơ", "ban-ve.pdf", "Ảnh hiện trạng"}})
}
