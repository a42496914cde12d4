package portal_test

import (
	"context"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lienthong/internal/calendar"
	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
	"lienthong/internal/portal"
	"lienthong/internal/procedure"
	design "lienthong/web"
)

// site is the portal on a small province.
type site struct {
	*webtest.Site
	*dossiertest.World
	citizen, other actor.Actor
	t              *testing.T
}

type printer struct{}

func (printer) ReceiptPDF(_ context.Context, w io.Writer, d dossier.ID) error {
	_, err := io.WriteString(w, dossiertest.PDF+string(d))
	return err
}

func (printer) TrackedReceiptPDF(_ context.Context, w io.Writer, number, secret string) error {
	if secret == "" {
		return fault.NewUnauthenticated(i18n.M("Hãy đăng nhập."))
	}
	_, err := io.WriteString(w, dossiertest.PDF+number)
	return err
}

type accounts struct{}

func (accounts) Applicant(ctx context.Context) (dossier.Applicant, bool, error) {
	a := dossiertest.Applicant(actor.From(ctx).Name)
	return a, true, nil
}

// newSite returns the portal on SQLite; change alters what it is built from.
func newSite(t *testing.T, change ...func(*portal.Deps)) *site {
	t.Helper()
	return newSiteOn(t, dbtest.SQLite(t, dossiertest.Migrations()...), change...)
}

// newSiteOn returns the portal on a database.
func newSiteOn(t *testing.T, d *db.DB, change ...func(*portal.Deps)) *site {
	t.Helper()
	w := dossiertest.New(t, d)
	texts := []fs.FS{web.Texts(), form.Texts(), design.I18n, portal.Overlays(), dossier.Overlays(), procedure.Texts(), calendar.Texts()}
	cat := &i18n.Catalog{}
	for _, fsys := range texts {
		if err := cat.Load(fsys); err != nil {
			t.Fatal(err)
		}
	}
	s := webtest.New(t, webtest.Look{Layouts: []fs.FS{design.Layout}, Asset: design.Asset, Icon: design.Icon, Clock: w.Clock,
		Texts: texts, Site: design.Province{Name: "Thử", Title: "tỉnh Thử", Owner: "Ủy ban nhân dân tỉnh Thử"}})
	deps := portal.Deps{Renderer: s.Renderer, Catalog: cat, Clock: w.Clock, Procedures: w.Procedures, Dossiers: w.Dossiers, Units: w.Org,
		Places: w.Places, Lists: w.Lists, Calendars: w.Calendars, Accounts: accounts{}, Receipts: printer{}}
	for _, c := range change {
		c(&deps)
	}
	s.Mux.Handle(portal.New(deps).Routes()...)
	return &site{Site: s, World: w, citizen: w.Citizen("Nguyễn Thị An"), other: w.Citizen("Trần Văn Bình"), t: t}
}

// do makes a request and checks its page.
func (s *site) do(sc webtest.Scenario) *webtest.Answer {
	s.t.Helper()
	a := webtest.Do(s.t, s.Mux, sc)
	if a.Page != nil {
		for _, f := range webtest.Faults(a) {
			s.t.Errorf("%s %s: %s", sc.Method, sc.URL, f)
		}
	}
	return a
}

// get returns a page.
func (s *site) get(as actor.Actor, url string) *webtest.Answer {
	s.t.Helper()
	a := s.do(webtest.Scenario{As: as, URL: url})
	if a.Status != http.StatusOK {
		s.t.Fatalf("GET %s: %d %s", url, a.Status, a.Text())
	}
	return a
}

// send submits the form of a page as a browser would, and returns where it leads.
func (s *site) send(as actor.Actor, url, selector string, with url.Values) string {
	s.t.Helper()
	page := s.get(as, url)
	action := page.Page.Find(selector).AttrOr("action", url)
	a := s.do(webtest.Scenario{As: as, Method: "POST", URL: action, Form: page.Submit(s.t, selector, with)})
	if a.Status != http.StatusSeeOther {
		s.t.Fatalf("POST %s: %d %s", action, a.Status, a.Text())
	}
	return a.Header.Get("Location")
}

const main = "main form[method=post]"

var applicantForm = url.Values{"owner.full_name": {"Nguyễn Thị An"}, "owner.personal_id": {"064190000001"}, "owner.phone": {"0912 000 001"}}

var birthForm = url.Values{"child.full_name": {"Nguyễn Bình"}, "child.birth_date": {"01/11/2026"}, "child.sex": {"male"}}

// begin starts an application at the first commune and returns its address.
func (s *site) begin(as actor.Actor) string {
	s.t.Helper()
	to := s.send(as, "/nop-ho-so/9.000001", main, url.Values{"case": {"usual"}, "receiver": {string(s.Unit("ubnd-99101").ID)}})
	return strings.TrimSuffix(to, "/nguoi-nop")
}

// fill writes a whole application up to the review.
func (s *site) fill(as actor.Actor) string {
	s.t.Helper()
	base := s.begin(as)
	s.send(as, base+"/nguoi-nop", `form[action$="nguoi-nop"]`, applicantForm)
	s.send(as, base+"/to-khai", `form[action$="to-khai"]`, birthForm)
	s.do(webtest.Scenario{As: as, URL: base + "/giay-to/birth-note", Files: []webtest.File{{Field: "papers.birth-note", Name: "giấy.pdf", Content: dossiertest.PDF}}})
	s.send(as, base+"/giay-to", `form[action$="giay-to"]`, nil)
	if to := s.send(as, base+"/nhan-ket-qua", `form[action$="nhan-ket-qua"]`, nil); to != base+"/xem-lai" {
		s.t.Fatalf("after the last page: %s", to)
	}
	return base
}

// file files a dossier and returns its id.
func (s *site) file(as actor.Actor) dossier.ID {
	s.t.Helper()
	base := s.fill(as)
	to := s.send(as, base+"/xem-lai", `form[action$="gui"]`, url.Values{"agree": {"1"}})
	return dossier.ID(strings.TrimPrefix(to, "/ho-so-cua-toi/"))
}

// TestStory files a birth registration online from the first page to the receipt.
func TestStory(t *testing.T) {
	s := newSite(t)
	id := s.file(s.citizen)
	a := s.get(s.citizen, "/ho-so-cua-toi/"+string(id))
	for _, want := range []string{"Đã nhận hồ sơ X99.10.01-261123-0001", "sẽ kiểm tra và trả lời trước 24/11/2026 08:00", "Mã tra cứu:", "giấy.pdf"} {
		if !strings.Contains(a.Text(), want) {
			t.Errorf("%q is missing in %s", want, a.Text())
		}
	}
}
