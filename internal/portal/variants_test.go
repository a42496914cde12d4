package portal_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/file"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/webtest"
	"lienthong/internal/portal"
)

var businessForm = url.Values{
	"owner.kind": {"business"}, "owner.organisation": {"Công ty <b>TNHH</b> Thử"}, "owner.tax_code": {"5900123456"},
	"owner.full_name": {"Trần Thị Giám Đốc"}, "owner.personal_id": {"064190000002"}, "owner.phone": {"0912000002"},
}

// TestBusiness holds an application of a business: what it is asked for, what the review and the dossier show.
func TestBusiness(t *testing.T) {
	s := newSite(t).withShops()
	start := s.send(s.citizen, "/nop-ho-so/9.000100", main, url.Values{"receiver": {string(s.Unit("ubnd-99101").ID)}})
	a := s.get(s.citizen, start)
	if kinds := a.Page.Find(`input[name="owner.kind"]`); kinds.Length() != 2 {
		t.Errorf("%d kinds of owners are offered", kinds.Length())
	}
	for name, change := range map[string]url.Values{
		"owner.organisation": {"owner.organisation": {""}},
		"owner.tax_code":     {"owner.tax_code": {"12"}},
	} {
		form := url.Values{}
		for k, v := range businessForm {
			form[k] = v
		}
		for k, v := range change {
			form[k] = v
		}
		a := s.do(webtest.Scenario{As: s.citizen, URL: start, Form: s.get(s.citizen, start).Submit(t, `form[action$="nguoi-nop"]`, form)})
		if a.Status != 422 || a.Page.Find(`.lt-summary a[href="#f-`+name+`"]`).Length() != 1 {
			t.Errorf("%s: %d %s", name, a.Status, a.Text())
		}
	}
	base := s.fillShop(s.citizen, businessForm, url.Values{"shop.name": {"Cửa hàng Thử"}, "shop.note": {"dòng một\ndòng hai"}})
	s.send(s.citizen, base+"/nhan-ket-qua", `form[action$="nhan-ket-qua"]`, url.Values{"return_by": {"counter"}, "fees.copies": {"2"}})
	s.Run(t, []webtest.Scenario{{Name: "review", As: s.citizen, URL: base + "/xem-lai",
		WantText: []string{"Công ty <b>TNHH</b> Thử", "5900123456", "Trần Thị Giám Đốc", "Cửa hàng Thử", "100.000 đ", "6.000 đ", "106.000 đ", "bản vẽ.pdf"}, WantNot: []string{"<b>TNHH"}}})
	to := s.send(s.citizen, base+"/xem-lai", `form[action$="gui"]`, url.Values{"agree": {"1"}})
	s.Run(t, []webtest.Scenario{{Name: "filed", As: s.citizen, URL: to, WantText: []string{"Công ty <b>TNHH</b> Thử", "100.000 đ", "6.000 đ", "Chưa nộp tiền"}, WantNot: []string{"<b>TNHH"}}})
	st := s.standing(s.citizen, dossier.ID(strings.TrimPrefix(to, "/ho-so-cua-toi/")))
	if st.Owner.Kind != dossier.ApplicantBusiness || st.Owner.TaxCode != "5900123456" || st.Owner.Name() != "Công ty <b>TNHH</b> Thử" {
		t.Errorf("owner %+v", st.Owner)
	}
}

// TestCitizenIsNoBusiness holds that what belongs to a business is dropped when the owner is a person, and that a made-up kind is none.
func TestCitizenIsNoBusiness(t *testing.T) {
	s := newSite(t).withShops()
	to := s.send(nobody, "/nop-ho-so/9.000100", main, url.Values{"receiver": {string(s.Unit("ubnd-99101").ID)}})
	base := strings.TrimSuffix(to, "/nguoi-nop")
	form := url.Values{}
	for k, v := range businessForm {
		form[k] = v
	}
	form.Set("owner.kind", "citizen")
	s.send(nobody, to, `form[action$="nguoi-nop"]`, form)
	s.Run(t, []webtest.Scenario{{Name: "a person", URL: base + "/xem-lai", WantText: []string{"Trần Thị Giám Đốc"}, WantNot: []string{"TNHH", "5900123456"}}})
	form.Set("owner.kind", "government")
	s.send(nobody, to, `form[action$="nguoi-nop"]`, form)
	s.Run(t, []webtest.Scenario{{Name: "made up kind", URL: base + "/xem-lai", WantNot: []string{"government"}}})
	only := s.begin(nobody)
	page := s.get(nobody, only+"/nguoi-nop")
	if page.Page.Find(`input[name="owner.organisation"]`).Length() != 0 || page.Page.Find(`input[type="hidden"][name="owner.kind"]`).AttrOr("value", "") != "citizen" {
		t.Error("a procedure of citizens asks for a business")
	}
}

// TestAuthorised holds an application by somebody else with an authorisation.
func TestAuthorised(t *testing.T) {
	s := newSite(t).withShops()
	form := url.Values{"authorised": {"1"}, "submitter.full_name": {"Lê Văn Được Ủy Quyền"}, "submitter.personal_id": {"064190000009"}, "submitter.phone": {"0912000009"}, "submitter.birth_date": {"1/2/1980"}}
	for k, v := range applicantForm {
		form[k] = v
	}
	base := s.fillShop(s.citizen, form, url.Values{"shop.name": {"Cửa hàng Thử"}})
	a := s.get(s.citizen, base+"/nguoi-nop")
	if got := a.Page.Find(`[name="submitter.birth_date"]`).AttrOr("value", ""); got != "01/02/1980" {
		t.Errorf("birth date %q", got)
	}
	if _, open := a.Page.Find("details.lt-fold").Attr("open"); !open {
		t.Error("what was filled in is folded away")
	}
	s.send(s.citizen, base+"/nhan-ket-qua", `form[action$="nhan-ket-qua"]`, url.Values{"return_by": {"counter"}})
	s.Run(t, []webtest.Scenario{{Name: "review", As: s.citizen, URL: base + "/xem-lai", WantText: []string{"Người được ủy quyền", "Lê Văn Được Ủy Quyền", "01/02/1980", "Nguyễn Thị An"}}})
	s.send(s.citizen, base+"/nguoi-nop", `form[action$="nguoi-nop"]`, url.Values{"authorised": {}})
	s.Run(t, []webtest.Scenario{{Name: "taken back", As: s.citizen, URL: base + "/xem-lai", WantNot: []string{"Người được ủy quyền", "Lê Văn Được Ủy Quyền"}}})
	bad := url.Values{"submitter.birth_date": {"99/99/9999"}}
	for k, v := range applicantForm {
		bad[k] = v
	}
	if to := s.send(s.citizen, base+"/nguoi-nop", `form[action$="nguoi-nop"]`, bad); to != base+"/to-khai" {
		t.Errorf("a wrong date of somebody who is not authorised stops the page: %s", to)
	}
}

// TestRows holds that lists of the e-form grow and shrink without losing what was typed.
func TestRows(t *testing.T) {
	s := newSite(t).withShops()
	to := s.send(nobody, "/nop-ho-so/9.000100", main, url.Values{"receiver": {string(s.Unit("ubnd-99101").ID)}})
	page := strings.TrimSuffix(to, "/nguoi-nop") + "/to-khai"
	press := func(a *webtest.Answer, with url.Values) *webtest.Answer {
		t.Helper()
		return s.do(webtest.Scenario{URL: page, Form: a.Submit(t, `form[action$="to-khai"]`, with)})
	}
	names := func(a *webtest.Answer) int { return a.Page.Find(`.lt-form-row input[name$="full_name"]`).Length() }
	a := s.get(nobody, page)
	if names(a) != 0 {
		t.Fatalf("%d rows at first", names(a))
	}
	add := a.Page.Find(`button[name="_add"]`).AttrOr("value", "")
	a = press(a, url.Values{"_add": {add}, "shop.name": {"Cửa hàng Thử"}})
	if a.Status != 200 || names(a) != 1 || a.Page.Find(`[name="shop.name"]`).AttrOr("value", "") != "Cửa hàng Thử" || a.Page.Find(".lt-summary").Length() != 0 {
		t.Fatalf("a row more: %d, %d rows, %s", a.Status, names(a), a.Text())
	}
	first := a.Page.Find(`.lt-form-row input[name$="full_name"]`).AttrOr("name", "")
	a = press(a, url.Values{"_add": {add}, first: {"Người Một"}})
	if names(a) != 2 || a.Page.Find(`[name="`+first+`"]`).AttrOr("value", "") != "Người Một" {
		t.Fatalf("two rows: %s", a.Text())
	}
	remove := a.Page.Find(`button[name="_remove"]`).Last().AttrOr("value", "")
	a = press(a, url.Values{"_remove": {remove}})
	if names(a) != 1 {
		t.Fatalf("a row less: %d", names(a))
	}
	stale := a
	press(a, url.Values{"_add": {add}})
	if again := press(stale, url.Values{"_add": {add}}); again.Status != 409 || names(again) != 2 {
		t.Errorf("rows of an overtaken page: %d with %d rows", again.Status, names(again))
	}
	if kept := s.get(nobody, page); names(kept) != 2 {
		t.Errorf("%d rows kept", names(kept))
	}
}

// TestSendTogether holds that pressed in several windows at once an application is filed once and each is led to it.
func TestSendTogether(t *testing.T) {
	s := newSite(t)
	base := s.fill(s.citizen)
	form := s.get(s.citizen, base+"/xem-lai").Submit(t, `form[action$="gui"]`, url.Values{"agree": {"1"}})
	answers := make([]*webtest.Answer, 6)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			answers[i] = webtest.Do(t, s.Mux, webtest.Scenario{As: s.citizen, URL: base + "/gui", Form: form})
		})
	}
	wg.Wait()
	for i, a := range answers {
		if a.Status != 303 || a.Header.Get("Location") != answers[0].Header.Get("Location") || !strings.HasPrefix(a.Header.Get("Location"), "/ho-so-cua-toi/") {
			t.Errorf("window %d: %d %s %s", i, a.Status, a.Header.Get("Location"), a.Text())
		}
	}
	if page, err := s.Dossiers.Own(s.As(s.citizen), dossier.FindQuery{}); err != nil || len(page.Items) != 1 {
		t.Errorf("%d dossiers, %v", len(page.Items), err)
	}
}

// TestUploadTogether holds that files that come at the same time are all kept.
func TestUploadTogether(t *testing.T) {
	s := newSite(t)
	base := s.begin(s.citizen)
	names := []string{"một.pdf", "hai.pdf", "ba.pdf", "bốn.pdf"}
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() {
			a := webtest.Do(t, s.Mux, webtest.Scenario{As: s.citizen, URL: base + "/giay-to/birth-note",
				Files: []webtest.File{{Field: "papers.birth-note", Name: name, Content: dossiertest.PDF + strings.Repeat("%", i)}}, Header: map[string]string{"X-Upload": "1"}})
			if a.Status != 200 {
				t.Errorf("%s: %d %s", name, a.Status, a.Text())
			}
		})
	}
	wg.Wait()
	s.Run(t, []webtest.Scenario{{Name: "all of them", As: s.citizen, URL: base + "/giay-to", WantText: names}})
}

// TestTooLarge holds that a file over the limit is refused at its paper, and the page stays.
func TestTooLarge(t *testing.T) {
	s := newSite(t)
	base := s.begin(nobody)
	large := dossiertest.PDF + strings.Repeat("x", dossier.MaxFile)
	send := func(header map[string]string) *webtest.Answer {
		return s.do(webtest.Scenario{URL: base + "/giay-to/birth-note", Header: header, Files: []webtest.File{{Field: "papers.birth-note", Name: "lớn.pdf", Content: large}}})
	}
	if a := send(nil); a.Status != 422 && a.Status != 413 || strings.Contains(a.Text(), "lớn.pdf tải lên") {
		t.Errorf("%d %s", a.Status, a.Text())
	}
	if a := send(map[string]string{"X-Upload": "1"}); a.Status != 422 && a.Status != 413 {
		t.Errorf("by script: %d %s", a.Status, a.Text())
	}
	s.Run(t, []webtest.Scenario{{Name: "nothing is kept", URL: base + "/giay-to", WantNot: []string{"lớn.pdf"}}})
}

// TestHostileNames holds that names of files are texts: on pages, in headers, in folders.
func TestHostileNames(t *testing.T) {
	for _, name := range []string{
		`"><img src=x onerror=alert(1)>.pdf`, "../../../etc/passwd.pdf", `..\..\windows\system32.pdf`, "a\r\nSet-Cookie: x=1.pdf", "\u202efdp.exe.pdf",
		strings.Repeat("dài", 200) + ".pdf", "gia\u0301y.pdf", "con.pdf", ".pdf", "tên có ; dấu , phẩy.pdf", "𠀀😀.pdf", "a%00b.pdf", "'; DROP TABLE file_file; --.pdf",
	} {
		t.Run(name[:min(20, len(name))], func(t *testing.T) {
			s := newSite(t)
			base := s.begin(nobody)
			a := s.do(webtest.Scenario{URL: base + "/giay-to/birth-note", Files: []webtest.File{{Field: "papers.birth-note", Name: name, Content: dossiertest.PDF}}})
			if a.Status != 303 && a.Status != 422 {
				t.Fatalf("%d %s", a.Status, a.Text())
			}
			if a.Header.Get("Set-Cookie") == "x=1.pdf" {
				t.Error("a name makes a header")
			}
			page := s.get(nobody, base+"/giay-to")
			if strings.Contains(page.Body, "<img src=x") || strings.Contains(page.Body, "\u202e") {
				t.Errorf("a name is markup or turns the line: %s", page.Page.Find(".lt-files").Text())
			}
			href := page.Page.Find(".lt-file a").AttrOr("href", "")
			if href == "" {
				return
			}
			f := s.do(webtest.Scenario{URL: href})
			disposition := f.Header.Get("Content-Disposition")
			if f.Status != 200 || f.Header.Get("Content-Type") != "application/pdf" || strings.ContainsAny(disposition, "\r\n") || strings.Contains(disposition, "..") && strings.ContainsAny(disposition, `/\`) {
				t.Errorf("%d, type %q, disposition %q", f.Status, f.Header.Get("Content-Type"), disposition)
			}
			if got := f.Header.Get("X-Content-Type-Options"); got != "nosniff" {
				t.Errorf("sniffing %q", got)
			}
		})
	}
}

// broken is a room of dossiers of which one door does not answer.
type broken struct {
	portal.Dossiers
	upload, remove error
}

func (b broken) UploadToDraft(ctx context.Context, d *dossier.Draft, paper, name string, r io.Reader) (file.File, error) {
	if b.upload != nil {
		return file.File{}, b.upload
	}
	return b.Dossiers.UploadToDraft(ctx, d, paper, name, r)
}

func (b *broken) RemoveDraftFile(ctx context.Context, d *dossier.Draft, fileID string) error {
	if err := b.Dossiers.RemoveDraftFile(ctx, d, fileID); err != nil || b.remove == nil {
		return err
	}
	err := b.remove
	b.remove = nil
	return err
}

// TestFullDisk holds that a store that cannot write is said, and nothing is half kept.
func TestFullDisk(t *testing.T) {
	s := newSite(t, func(d *portal.Deps) {
		d.Dossiers = &broken{Dossiers: d.Dossiers, upload: fault.NewUnavailable(i18n.M("Kho tệp đang đầy."))}
	})
	base := s.begin(nobody)
	s.Run(t, []webtest.Scenario{
		{Name: "upload", URL: base + "/giay-to/birth-note", Files: []webtest.File{{Field: "papers.birth-note", Name: "a.pdf", Content: dossiertest.PDF}}, WantStatus: http.StatusServiceUnavailable, WantText: []string{"Kho tệp đang đầy"}},
		{Name: "the page is there", URL: base + "/giay-to", WantNot: []string{"a.pdf"}},
	})
}

// TestRemoveAgainstAnotherPage holds that a file goes also when another page saved in the same moment.
func TestRemoveAgainstAnotherPage(t *testing.T) {
	var b *broken
	s := newSite(t, func(d *portal.Deps) {
		b = &broken{Dossiers: d.Dossiers, remove: fault.NewConflict(i18n.Msg{})}
		d.Dossiers = b
	})
	base := s.begin(nobody)
	at := base + "/giay-to/birth-note"
	s.do(webtest.Scenario{URL: at, Files: []webtest.File{{Field: "papers.birth-note", Name: "một.pdf", Content: dossiertest.PDF}}})
	remove := s.get(nobody, base+"/giay-to").Page.Find(`.lt-file form`).AttrOr("action", "")
	s.Run(t, []webtest.Scenario{
		{Name: "remove", URL: remove, Form: url.Values{}, WantStatus: 303, WantLocation: base + "/giay-to#paper-birth-note"},
		{Name: "gone", URL: base + "/giay-to", WantNot: []string{"một.pdf"}},
		{Name: "twice", URL: remove, Form: url.Values{}, WantStatus: 404},
	})
}
