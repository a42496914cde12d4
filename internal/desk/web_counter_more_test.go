package desk_test

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/webtest"
)

// landForm is the counter's form for the land procedure, with the papers shown and everything typed.
func (o *office) landForm() url.Values {
	o.t.Helper()
	form := birth()
	form.Set("procedure", "9.000002")
	form.Del("case")
	return plus(o.ready(form), url.Values{"all": {"1"}, "do": {"accept"}})
}

// fileIt sends a form of the counter that is taken, and returns the dossier.
func (o *office) fileIt(name string, sent url.Values) *dossier.View {
	o.t.Helper()
	a := o.do(webtest.Scenario{Name: name, As: o.clerk, Method: "POST", URL: "/desk/counter", Form: sent, WantStatus: 303, WantLocation: "*"})
	return o.state(o.clerk, &dossier.Dossier{ID: dossier.ID(strings.TrimPrefix(a.Header.Get("Location"), "/desk/counter/done/"))})
}

// nothingFiled holds that no dossier came into being.
func (o *office) nothingFiled() {
	o.t.Helper()
	page, err := o.Dossiers.Find(o.As(o.clerk), dossier.FindQuery{})
	if err != nil || len(page.Items) != 0 {
		o.t.Errorf("%d dossiers were filed, %v", len(page.Items), err)
	}
}

// TestCounterRefusals holds what is said of each field that is wrong, that it is said at the field and in the summary, and that nothing typed is lost.
func TestCounterRefusals(t *testing.T) {
	o := newOffice(t)
	good := o.landForm()
	for _, tt := range []struct {
		name, field string
		with        url.Values
		want        string
	}{
		{"no name", "owner.full_name", url.Values{"owner.full_name": {""}}, "Hãy nhập đầy đủ họ, chữ đệm và tên."},
		{"a name of figures", "owner.full_name", url.Values{"owner.full_name": {"R2D2"}}, "Họ tên chỉ gồm chữ"},
		{"a short number", "owner.personal_id", url.Values{"owner.personal_id": {"123"}}, "Số định danh"},
		{"a number of letters", "owner.personal_id", url.Values{"owner.personal_id": {"06419000000x"}}, "Số định danh"},
		{"no phone", "owner.phone", url.Values{"owner.phone": {""}}, "số điện thoại"},
		{"a phone of letters", "owner.phone", url.Values{"owner.phone": {"không có"}}, "Số điện thoại"},
		{"a birth date that is none", "owner.birth_date", url.Values{"owner.birth_date": {"31/02/1990"}}, "Ngày chưa đúng."},
		{"a birth date to come", "owner.birth_date", url.Values{"owner.birth_date": {"01/01/2090"}}, "Ngày sinh không thể sau hôm nay."},
		{"an organisation without a name", "owner.organisation", url.Values{"owner.kind": {"organisation"}}, "tên"},
		{"a tax code of letters", "owner.tax_code", url.Values{"owner.kind": {"organisation"}, "owner.organisation": {"Hợp tác xã Thử"}, "owner.tax_code": {"abc"}}, "Mã số thuế"},
		{"an address for mail that is none", "owner.email", url.Values{"owner.email": {"a@"}}, "hư điện tử"},
		{"authorised, without a number", "submitter.personal_id", url.Values{"authorised": {"1"}, "submitter.full_name": {"Lê Thị Thay"}, "submitter.phone": {"0912000005"}}, "Số định danh"},
		{"authorised, without a phone", "submitter.phone", url.Values{"authorised": {"1"}, "submitter.full_name": {"Lê Thị Thay"}, "submitter.personal_id": {"064190000005"}}, "số điện thoại"},
		{"by post without an address", "return_address", url.Values{"return_by": {"post"}}, "Hãy nhập địa chỉ đầy đủ"},
		{"a way that is none", "return_by", url.Values{"return_by": {"pigeon"}}, "Hãy chọn"},
		{"no sets", "sets", url.Values{"sets": {"-1"}}, "Hãy nhập số từ 0 đến 10.000."},
		{"originals that are no number", "originals.request", url.Values{"originals.request": {"hai"}}, "Hãy nhập số từ 0 đến 10.000."},
	} {
		sent := plus(plus(good, url.Values{"key": {id.New()}}), tt.with)
		a := o.do(webtest.Scenario{Name: tt.name, As: o.clerk, Method: "POST", URL: "/desk/counter", Form: sent, WantStatus: 422, WantText: []string{"Chưa thể tiếp tục", tt.want}})
		if a.Page == nil {
			continue
		}
		if n := a.Page.Find(`.lt-summary a[href="#f-` + tt.field + `"]`).Length(); n != 1 {
			t.Errorf("%s: %d lines of the summary lead to %s: %s", tt.name, n, tt.field, a.Page.Find(".lt-summary").Text())
		}
		back := a.Submit(t, "form[data-counter]", nil)
		for field, want := range sent {
			if field != "do" && field != "all" && field != "more.items" && (field != "return_by" || tt.field != field) && !slices.Equal(back[field], want) && (want[0] != "" || back.Get(field) != "") {
				t.Errorf("%s: %s is %q, was %q", tt.name, field, back[field], want)
			}
		}
		if back.Get("papers.request") != "1" || back.Get("papers.map") != "1" {
			t.Errorf("%s: the papers are not ticked any more", tt.name)
		}
	}
	o.nothingFiled()
}

// TestCounterMissing holds that a required paper that is missing is named, that optional ones are not asked for, and that a scan stands for its paper.
func TestCounterMissing(t *testing.T) {
	o := newOffice(t)
	sent := o.ready(birth())
	for _, key := range []string{"declaration", "birth-note", "identity"} {
		one := plus(sent, url.Values{"papers.declaration": {"1"}, "papers.birth-note": {"1"}, "papers.identity": {"1"}})
		one.Del("papers." + key)
		a := o.do(webtest.Scenario{Name: "without " + key, As: o.clerk, Method: "POST", URL: "/desk/counter", Form: one, WantStatus: 422, WantText: []string{"Đánh dấu khi đã nhận, hoặc lập phiếu yêu cầu bổ sung."}})
		if n := a.Page.Find(".lt-papers .lt-field-error").Length(); n != 1 {
			t.Errorf("without %s: %d papers are marked", key, n)
		}
		if items := strings.TrimSpace(a.Page.Find(`textarea[name="more.items"]`).Text()); strings.Count(items, "\n") != 0 || items == "" {
			t.Errorf("without %s the request proposes %q", key, items)
		}
		if _, open := a.Page.Find(`.lt-counter-sum details`).Attr("open"); !open {
			t.Errorf("without %s: the request is folded", key)
		}
	}
	o.nothingFiled()
	scan := plus(sent, url.Values{"papers.declaration": {"1"}, "papers.identity": {"1"}})
	a := o.do(webtest.Scenario{Name: "a scan stands for the paper", As: o.clerk, Method: "POST", URL: "/desk/counter", Form: scan,
		Files: []webtest.File{{Field: "scan.birth-note", Name: "giay-chung-sinh.pdf", Content: dossiertest.PDF}}, WantStatus: 303, WantLocation: "*"})
	v := o.state(o.clerk, &dossier.Dossier{ID: dossier.ID(strings.TrimPrefix(a.Header.Get("Location"), "/desk/counter/done/"))})
	if i := slices.IndexFunc(v.Papers, func(p dossier.Paper) bool { return p.Key == "birth-note" }); !v.Papers[i].Provided || len(v.Files) != 1 {
		t.Errorf("%+v", v.Papers[i])
	}
	if i := slices.IndexFunc(v.Papers, func(p dossier.Paper) bool { return p.Key == "power" }); v.Papers[i].Provided {
		t.Errorf("%+v", v.Papers[i])
	}
}

// TestCounterOrganisation holds who the owner is when an organisation files, by itself and through somebody it sends.
func TestCounterOrganisation(t *testing.T) {
	o := newOffice(t)
	company := url.Values{"owner.kind": {"organisation"}, "owner.organisation": {"Hợp tác xã Cà phê Thử"}, "owner.tax_code": {"5900000001"}, "owner.email": {"htx@example.com"}}
	v := o.fileIt("by itself", plus(o.landForm(), company))
	if v.Owner.Name() != "Hợp tác xã Cà phê Thử" || v.Authorised || v.Submitter.FullName != "Kpă Thử" || v.Owner.TaxCode != "5900000001" {
		t.Errorf("%+v, filed by %+v", v.Owner, v.Submitter)
	}
	o.do(webtest.Scenario{Name: "seen", As: o.clerk, URL: at(v.Dossier), WantText: []string{"Hợp tác xã Cà phê Thử", "Người đại diện", "Kpă Thử", "Mã số thuế", "5900000001", "htx@example.com"}})
	sent := plus(plus(o.landForm(), company), url.Values{"authorised": {"1"}, "submitter.full_name": {"Lê Thị Thay"}, "submitter.personal_id": {"064190000005"}, "submitter.phone": {"0912000005"}})
	v = o.fileIt("through somebody", sent)
	if !v.Authorised || v.Submitter.FullName != "Lê Thị Thay" || v.Submitter.Phone != "0912000005" {
		t.Errorf("filed by %+v", v.Submitter)
	}
	o.do(webtest.Scenario{Name: "seen", As: o.clerk, URL: at(v.Dossier), WantText: []string{"Người được ủy quyền", "Lê Thị Thay · 064190000005 · 0912000005"}})
	citizensOnly := plus(plus(o.ready(birth()), company), url.Values{"all": {"1"}})
	o.do(webtest.Scenario{Name: "a procedure for citizens", As: o.clerk, Method: "POST", URL: "/desk/counter", Form: citizensOnly, WantStatus: 422, WantText: []string{"Chưa thể tiếp tục"}})
	back := url.Values{"owner.personal_id": {"064190000002"}}
	a := o.do(webtest.Scenario{Name: "the organisation is not the person", As: o.clerk, Method: "POST", URL: "/desk/counter/person", Form: back})
	if got := a.Page.Find(`[name="owner.organisation"]`).AttrOr("value", ""); got != "" {
		t.Errorf("the organisation %q came along", got)
	}
}

// TestCounterByPost holds a dossier that came by post: its own time limit, papers beyond the list, several sets.
func TestCounterByPost(t *testing.T) {
	o := newOffice(t)
	sent := plus(o.landForm(), url.Values{"channel": {"post"}, "extra": {"  Sơ đồ vị trí \n\n\nẢnh hiện trạng\n"}, "sets": {"3"}, "copies.map": {"5"}, "originals.request": {"2"}, "return_by": {"post"},
		"return_address": {"Số 5 đường Thử Nghiệm, xã Đầu"}})
	v := o.fileIt("by post", sent)
	if v.Channel != dossier.ChannelPost || v.Sets != 3 || v.ReturnBy != dossier.ChannelPost || v.ReturnAddress != "Số 5 đường Thử Nghiệm, xã Đầu" {
		t.Errorf("%+v", v.Dossier)
	}
	var papers []string
	for _, p := range v.Papers {
		papers = append(papers, p.Name+" "+strconv.Itoa(p.Originals)+"/"+strconv.Itoa(p.Copies))
	}
	if want := []string{"Đơn đề nghị 2/0", "Bản vẽ 0/5", "Sơ đồ vị trí 1/0", "Ảnh hiện trạng 1/0"}; !slices.Equal(papers, want) {
		t.Errorf("papers %q, want %q", papers, want)
	}
	counter := o.fileIt("at the counter", o.landForm())
	if !v.DueAt.After(*counter.DueAt) {
		t.Errorf("by post due %s, at the counter %s", v.DueAt, counter.DueAt)
	}
	o.do(webtest.Scenario{Name: "reasons of the time", As: o.clerk, URL: "/desk/counter/done/" + string(v.ID), WantText: []string{"Vì sao hẹn ngày này?", "12 ngày làm việc", v.Secret}})
}

// TestCounterFees holds what is collected at once, what stays open, and quantities.
func TestCounterFees(t *testing.T) {
	o := newOffice(t)
	late := birth()
	late.Set("case", "late")
	sent := plus(o.ready(late), url.Values{"all": {"1"}})
	for quantity, want := range map[string]string{"0": "", "10001": "Hãy nhập số từ 0 đến 10.000.", "x": "Hãy nhập số từ 0 đến 10.000.", "-1": "Hãy nhập số từ 0 đến 10.000."} {
		a := webtest.Do(t, o.site.Mux, webtest.Scenario{As: o.clerk, Method: "POST", URL: "/desk/counter", Form: plus(sent, url.Values{"quantity.copies": {quantity}, "key": {id.New()}})})
		if want != "" && (a.Status != 422 || !strings.Contains(a.Text(), want)) {
			t.Errorf("%s copies: status %d: %s", quantity, a.Status, a.Page.Find(".lt-summary").Text())
		}
	}
	v := o.fileIt("one of two paid", plus(sent, url.Values{"fees.charge": {"1"}, "quantity.copies": {"4"}, "key": {id.New()}}))
	paid := map[string]bool{}
	var total int64
	for _, f := range v.Fees {
		paid[f.Key] = f.PaidAt != nil
		total += f.Total()
	}
	if !paid["charge"] || paid["copies"] || total != 20000 {
		t.Errorf("paid %v, total %d", paid, total)
	}
	o.do(webtest.Scenario{Name: "what is open", As: o.clerk, URL: "/desk/counter/done/" + string(v.ID), WantText: []string{"Còn phải thu", "12.000 đ"}, WantNot: []string{"Đã thu đủ"}})
	o.do(webtest.Scenario{Name: "taken later", As: o.clerk, URL: at(v.Dossier), WantText: []string{"còn phải thu 12.000 đ", "Đã thu"}})
}

// TestCounterWaits holds that the counter says at once what a person may have come for.
func TestCounterWaits(t *testing.T) {
	o := newOffice(t)
	asked, done, running := o.filed("Nguyễn Thị Ánh", true), o.filed("Nguyễn Thị Ánh", true), o.filed("Nguyễn Thị Ánh", true)
	o.press(o.officer, asked, dossier.ActRequestMore, map[string]string{"reason": "Ảnh mờ", "items": "Giấy chứng sinh"}, 303)
	o.press(o.officer, done, dossier.ActForward, nil, 303)
	o.press(o.leader, done, dossier.ActForward, nil, 303)
	person := url.Values{"owner.personal_id": {"064190000001"}}
	a := o.do(webtest.Scenario{Name: "two wait", As: o.clerk, Method: "POST", URL: "/desk/counter/person", Form: person,
		WantText: []string{asked.Code + " (Đăng ký khai sinh (thử)) đang chờ bổ sung giấy tờ.", done.Code + " (Đăng ký khai sinh (thử)) đã có kết quả."}, WantNot: []string{running.Code}})
	links := map[string]string{}
	for _, s := range a.Page.Find(".lt-waits a").EachIter() {
		links[s.Text()] = s.AttrOr("href", "")
	}
	if len(links) != 2 || links["Trả kết quả"] != at(done)+"?back=%2Fdesk%2Fcounter" || links["Nhận giấy tờ bổ sung"] != at(asked)+"?back=%2Fdesk%2Fcounter" {
		t.Errorf("%v", links)
	}
	o.site.Run(t, []webtest.Scenario{
		{Name: "all typed already", As: o.clerk, Method: "POST", URL: "/desk/counter/person", Form: plus(person, url.Values{"owner.full_name": {"A"}, "owner.phone": {"B"}}), WantText: []string{asked.Code}},
		{Name: "on the whole page", As: o.clerk, URL: "/desk/counter?owner.personal_id=064190000001", WantText: []string{done.Code}},
		{Name: "a part of the number", As: o.clerk, Method: "POST", URL: "/desk/counter/person", Form: url.Values{"owner.personal_id": {"0641"}}, WantStatus: 204},
		{Name: "somebody else", As: o.clerk, Method: "POST", URL: "/desk/counter/person", Form: url.Values{"owner.personal_id": {"064190000009"}}, WantStatus: 204},
		{Name: "at another agency", As: o.Clerk(other), Method: "POST", URL: "/desk/counter/person", Form: person, WantStatus: 204},
		{Name: "in English", As: o.clerk, Method: "POST", URL: "/desk/counter/person?lang=en", Form: person, WantText: []string{"is waiting for further papers"}},
	})
	page := o.do(webtest.Scenario{Name: "from the counter", As: o.clerk, URL: links["Nhận giấy tờ bổ sung"], WantText: []string{"Nhận giấy tờ bổ sung"}})
	sent := page.Submit(t, actForm(asked, dossier.ActSupplement), url.Values{"supplement.0.extra": {"Giấy chứng sinh (bản rõ)"}, "supplement.0.note": {"Nộp lại"}})
	o.do(webtest.Scenario{Name: "back to the counter", As: o.clerk, Method: "POST", URL: at(asked) + "/supplement", Form: sent, WantStatus: 303, WantLocation: "/desk/counter"})
	if v := o.state(o.clerk, asked); v.Status == dossier.StatusSupplement || v.Papers[len(v.Papers)-1].Name != "Giấy chứng sinh (bản rõ)" {
		t.Errorf("status %d, papers %+v", v.Status, v.Papers)
	}
	o.do(webtest.Scenario{Name: "it waits no longer", As: o.clerk, Method: "POST", URL: "/desk/counter/person", Form: person, WantNot: []string{asked.Code}, WantText: []string{done.Code}})
}

// TestSupplementTwice holds supplements that bring nothing, come twice, or come when nothing was asked.
func TestSupplementTwice(t *testing.T) {
	o := newOffice(t)
	d := o.filed("Trần Văn Giả", true)
	o.press(o.officer, d, dossier.ActRequestMore, map[string]string{"reason": "Thiếu", "items": "Giấy chứng sinh\n Ảnh \n\n"}, 303, "Giấy chứng sinh; Ảnh")
	page := o.do(webtest.Scenario{As: o.clerk, URL: at(d), WantText: []string{"Đang chờ bổ sung", "Lê Văn Ví Dụ yêu cầu", "hạn bổ sung"}})
	for name, with := range map[string]url.Values{"nothing": {}, "blanks": {"supplement.0.extra": {"  \n \n"}, "supplement.0.note": {" "}}, "no such paper": {"supplement.0.paper.zz": {"1"}}} {
		o.do(webtest.Scenario{Name: name, As: o.clerk, Method: "POST", URL: at(d) + "/supplement", Form: page.Submit(t, actForm(d, dossier.ActSupplement), with), WantStatus: 422, WantText: []string{"Chưa thể tiếp tục"}})
	}
	sent := page.Submit(t, actForm(d, dossier.ActSupplement), url.Values{"supplement.0.note": {"Xin giữ nguyên"}})
	o.do(webtest.Scenario{Name: "by the officer", As: o.officer, Method: "POST", URL: at(d) + "/supplement", Form: sent, WantStatus: 403})
	o.do(webtest.Scenario{Name: "an answer alone", As: o.clerk, Method: "POST", URL: at(d) + "/supplement", Form: sent, WantStatus: 303, WantLocation: at(d)})
	o.do(webtest.Scenario{Name: "twice", As: o.clerk, Method: "POST", URL: at(d) + "/supplement", Form: sent, WantStatus: 409, WantText: []string{"Dưới đây là tình trạng hiện tại"}})
	o.do(webtest.Scenario{Name: "the officer goes on", As: o.officer, URL: "/desk", WantText: []string{d.Code}})
}
