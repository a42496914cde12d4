package portal_test

import (
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/webtest"
)

// shop is a procedure of citizens and businesses with everything an application can hold: a form with rows, fees,
// papers, a result that may wait for a payment.
const shop = `
code: "9.000100"
name: Đăng ký cửa hàng (thử)
name_en: Shop registration (test)
field: kinh-doanh
valid_from: 2018-01-01
online: 4
applicants: [citizen, business]
receivers: [{kind: peoples_committee, level: commune}]
terms:
  - {term: 2 ngày làm việc}
papers:
  - {key: plan, name: Bản vẽ mặt bằng, name_en: Floor plan, copies: 1}
  - {key: power, name: Văn bản ủy quyền, originals: 1, optional: true}
fees:
  - {key: charge, name: Lệ phí đăng ký, kind: charge, amount: 100000}
  - {key: copies, name: Phí bản sao, kind: fee, amount: 3000, per: bản}
results: [{key: certificate, name: Giấy chứng nhận}]
legal: [{number: 59/2020/QH14, name: Luật Doanh nghiệp}]
form:
  type: object
  title: Giấy đề nghị
  x-order: [shop, members]
  required: [shop]
  properties:
    shop:
      type: object
      title: Cửa hàng
      x-order: [name, note]
      required: [name]
      properties:
        name: {type: string, title: Tên cửa hàng, maxLength: 150}
        note: {type: string, title: Ghi chú, x-widget: textarea, maxLength: 1000}
    members:
      type: array
      title: Người cùng tham gia
      maxItems: 3
      items: {type: object, x-order: [full_name], required: [full_name], properties: {full_name: {type: string, title: Họ và tên, maxLength: 120}}}
process:
  steps:
    - {key: receive, name: Tiếp nhận, kind: receive, division: reception, term: 1 giờ làm việc, next: [{to: verify}]}
    - {key: verify, name: Thẩm tra, public: Đang xem cửa hàng, kind: work, division: justice, term: 8 giờ làm việc, may: [request_more, obligation, stop], next: [{to: sign}]}
    - {key: sign, name: Ký, kind: approve, division: leaders, term: 3 giờ làm việc, output: certificate, next: [{to: return}]}
    - {key: return, name: Trả kết quả, kind: return, division: reception}
`

// withShops loads the procedure shop.
func (s *site) withShops() *site {
	s.ImportText(shop)
	return s
}

// many loads n procedures that can be read about, in a field of their own.
func (s *site) many(n int) {
	s.World.T.Helper()
	files := fstest.MapFS{}
	for i := range n {
		files[fmt.Sprintf("p%02d.yaml", i)] = &fstest.MapFile{Data: []byte(fmt.Sprintf(`
code: "8.%06d"
name: Thủ tục mẫu số %02d
name_en: Sample procedure %02d
field: van-hoa
valid_from: 2018-01-01
online: 2
applicants: [citizen]
receivers: [{slug: so-a}]
terms: [{term: %d ngày làm việc}]
papers: [{key: request, name: Đơn, originals: 1}]
results: [{key: paper, name: Giấy}]
legal: [{number: 1/2018/TT, name: Thông tư}]
process: {steps: [{key: receive, name: Tiếp nhận, kind: receive, division: reception, term: 1 ngày làm việc, next: [{to: return}]}, {key: return, name: Trả kết quả, kind: return, division: reception}]}
`, i, i, i, i+1))}
	}
	s.Import(files)
}

// communes adds n communes of a new district with their agencies.
func (s *site) communes(n int) {
	s.World.T.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(dossiertest.Province(), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(dossiertest.Province(), path)
		files[path] = &fstest.MapFile{Data: raw}
		return err
	})
	if err != nil {
		s.World.T.Fatal(err)
	}
	places := strings.TrimSpace(string(files["places.csv"].Data)) + "\n992,district,rural_district,Đông,99,2013-01-01,,Dữ liệu thử,verified\n"
	for i := range n {
		places += fmt.Sprintf("992%02d,commune,commune,Làng %c,992,2013-01-01,,Dữ liệu thử,verified\n", i+1, 'A'+rune(i))
	}
	codes := strings.TrimSpace(string(files["agency-codes.csv"].Data)) + "\nubnd-992,qd20,X99.11,,,verified,Dữ liệu thử\n"
	for i := range n {
		codes += fmt.Sprintf("ubnd-992%02d,qd20,X99.11.%02d,,,verified,Dữ liệu thử\n", i+1, i+1)
	}
	files["places.csv"], files["agency-codes.csv"] = &fstest.MapFile{Data: []byte(places)}, &fstest.MapFile{Data: []byte(codes)}
	if _, err := s.Places.Import(s.System(), files); err != nil {
		s.World.T.Fatal(err)
	}
	if _, err := s.Org.Import(s.System(), files); err != nil {
		s.World.T.Fatal(err)
	}
}

// fillShop writes a whole application for a shop up to the review and returns its address.
func (s *site) fillShop(as actor.Actor, owner, form url.Values) string {
	s.t.Helper()
	to := s.send(as, "/nop-ho-so/9.000100", main, url.Values{"receiver": {string(s.Unit("ubnd-99101").ID)}})
	base := strings.TrimSuffix(to, "/nguoi-nop")
	s.send(as, base+"/nguoi-nop", `form[action$="nguoi-nop"]`, owner)
	s.send(as, base+"/to-khai", `form[action$="to-khai"]`, form)
	s.do(webtest.Scenario{As: as, URL: base + "/giay-to/plan", Files: []webtest.File{{Field: "papers.plan", Name: "bản vẽ.pdf", Content: dossiertest.PDF}}})
	s.send(as, base+"/giay-to", `form[action$="giay-to"]`, nil)
	return base
}

// fileShop files an application for a shop and returns its dossier.
func (s *site) fileShop(as actor.Actor, delivery url.Values) dossier.ID {
	s.t.Helper()
	base := s.fillShop(as, applicantForm, url.Values{"shop.name": {"Cửa hàng Thử"}})
	s.send(as, base+"/nhan-ket-qua", `form[action$="nhan-ket-qua"]`, delivery)
	to := s.send(as, base+"/xem-lai", `form[action$="gui"]`, url.Values{"agree": {"1"}})
	return dossier.ID(strings.TrimPrefix(to, "/ho-so-cua-toi/"))
}

// standing returns a dossier as its owner sees it.
func (s *site) standing(as actor.Actor, d dossier.ID) *dossier.Standing {
	s.t.Helper()
	st, err := s.Dossiers.Mine(s.As(as), d)
	if err != nil {
		s.t.Fatal(err)
	}
	return st
}

// accept lets the counter accept a dossier.
func (s *site) accept(d dossier.ID) {
	s.t.Helper()
	clerk := s.Clerk("ubnd-99101")
	if _, err := s.Dossiers.Accept(s.As(clerk), d, s.step(clerk, d), ""); err != nil {
		s.t.Fatal(err)
	}
}

// pass lets an official finish the open step, with results where there are names of files.
func (s *site) pass(as actor.Actor, d dossier.ID, results ...string) {
	s.t.Helper()
	o := dossier.Onward{StepID: s.step(as, d), UploadToken: id.New()}
	for _, name := range results {
		o.Results = append(o.Results, s.Upload(s.As(as), o.UploadToken, name))
	}
	if _, err := s.Dossiers.Forward(s.As(as), d, o); err != nil {
		s.t.Fatal(err)
	}
}

// finish brings an accepted dossier to its result.
func (s *site) finish(d dossier.ID, results ...string) {
	s.t.Helper()
	s.pass(s.Officer("ubnd-99101"), d)
	s.pass(s.Leader("ubnd-99101"), d, results...)
}

// returned lets the counter hand the result over.
func (s *site) returned(d dossier.ID, to string) {
	s.t.Helper()
	clerk := s.Clerk("ubnd-99101")
	if _, err := s.Dossiers.Return(s.As(clerk), d, dossier.HandOver{StepID: s.step(clerk, d), To: to, By: dossier.ChannelCounter}); err != nil {
		s.t.Fatal(err)
	}
}

// TestWorld holds that the fixtures of these tests load.
func TestWorld(t *testing.T) {
	s := newSite(t).withShops()
	s.many(3)
	s.communes(4)
	s.Run(t, []webtest.Scenario{{Name: "all of it", URL: "/thu-tuc", WantText: []string{"6 thủ tục", "Thủ tục mẫu số 02", "Đăng ký cửa hàng (thử)"}},
		{Name: "the new district", URL: "/thu-tuc/9.000001?noi=dong", WantText: []string{"Ủy ban nhân dân xã Làng A", "Ủy ban nhân dân xã Làng D"}, WantNot: []string{"xã Đầu"}}})
}
