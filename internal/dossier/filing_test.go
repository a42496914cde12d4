package dossier

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/form"
	"lienthong/internal/procedure"
)

// specOf reads a procedure of the small province.
func specOf(t *testing.T, name string) *procedure.Spec {
	t.Helper()
	file := filepath.Join("dossiertest", "province", "procedures", name)
	r, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close() //nolint:errcheck // read only
	specs, err := procedure.Load(file, r)
	if err != nil || len(specs) != 1 {
		t.Fatalf("%s: %d procedures, %v", name, len(specs), err)
	}
	return specs[0]
}

// formRules are the code lists that the form of birth.yaml asks for.
var formRules = form.Rules{On: clock.MustDate("2026-11-23"), Lists: map[string][]form.Option{
	"sex": {{Value: "male", Label: "Nam"}, {Value: "female", Label: "Nữ"}}}}

func person(name string) Applicant {
	return Applicant{Kind: ApplicantCitizen, FullName: name, PersonalID: "064190000001", Phone: "0912000001"}
}

// onlineBirth is a filing online to which nothing is to be said.
func onlineBirth() Filing {
	return Filing{ProcedureCode: "9.000001", CaseKey: "usual", Channel: ChannelOnline, ReceiverID: "u", Owner: person("Đặng Văn Thử"),
		Form:   map[string]any{"child": map[string]any{"full_name": "Đặng Thị Mẫu", "birth_date": "2026-11-20", "sex": "female"}},
		Papers: []FilingPaper{{Key: "birth-note", Files: []string{"f1"}}}}
}

// counterBirth is a filing at the counter, accepted at once, to which nothing is to be said.
func counterBirth() Filing {
	return Filing{ProcedureCode: "9.000001", CaseKey: "usual", Channel: ChannelCounter, ReceiverID: "u", Owner: person("Đặng Văn Thử"), Accept: true,
		Papers: []FilingPaper{{Key: "declaration", Provided: true}, {Key: "birth-note", Provided: true}, {Key: "identity", Provided: true}}}
}

func fieldsOf(err error) string {
	f, ok := fault.As(err)
	if !ok {
		return ""
	}
	var fields []string
	for _, p := range f.Problems {
		if !slices.Contains(fields, p.Field) {
			fields = append(fields, p.Field)
		}
	}
	return strings.Join(fields, " ")
}

// TestFilingNames holds that people read the names of papers and fees, not the keys that programs know them by.
func TestFilingNames(t *testing.T) {
	spec := specOf(t, "birth.yaml")
	f := counterBirth()
	f.Papers = append(f.Papers, FilingPaper{Key: "late-note"}, FilingPaper{Key: "made-up"})
	f.Fees = []FilingFee{{Key: "charge"}, {Key: "made-up"}}
	f.clean()
	err, _ := fault.As(f.validate(spec, formRules))
	var said []string
	for _, p := range err.Problems {
		said = append(said, p.Field+": "+p.Msg.String())
	}
	want := []string{
		"papers.3: Trường hợp đã chọn không cần “Giấy xác nhận”. Hãy bỏ giấy tờ này ra.",
		"papers.4: Thủ tục này không có giấy tờ “made-up”.",
		"fees.charge: Trường hợp và cách nộp đã chọn không thu “Lệ phí”. Hãy bỏ khoản này ra.",
		"fees.made-up: Thủ tục này không có khoản thu “made-up”.",
	}
	if !slices.Equal(said, want) {
		t.Errorf("got  %q\nwant %q", said, want)
	}
}

// TestFilingValidate holds what is said about which field of a filing, everything at once.
func TestFilingValidate(t *testing.T) {
	spec := specOf(t, "birth.yaml")
	tests := []struct {
		name   string
		from   func() Filing
		change func(f *Filing)
		want   string // fields
	}{
		{"online, complete", onlineBirth, func(*Filing) {}, ""},
		{"counter, complete", counterBirth, func(*Filing) {}, ""},
		{"post, nothing accepted yet", counterBirth, func(f *Filing) { f.Channel, f.Accept, f.Papers = ChannelPost, false, nil }, ""},
		{"fax", counterBirth, func(f *Filing) { f.Channel = "fax" }, "channel"},
		{"no channel", counterBirth, func(f *Filing) { f.Channel = "" }, "channel"},
		{"no such way to get the result", counterBirth, func(f *Filing) { f.ReturnBy = "pigeon" }, "return_by"},
		{"result by post, no address", counterBirth, func(f *Filing) { f.ReturnBy = ChannelPost }, "return_address"},
		{"result by post, half an address", counterBirth, func(f *Filing) { f.ReturnBy, f.ReturnAddress = ChannelPost, "Số 1" }, "return_address"},
		{"result by post", counterBirth, func(f *Filing) { f.ReturnBy, f.ReturnAddress = ChannelPost, "Số 1 đường Thử Nghiệm" }, ""},
		{"twenty sets", counterBirth, func(f *Filing) { f.Sets = 20 }, ""},
		{"too many sets", counterBirth, func(f *Filing) { f.Sets = 21 }, "sets"},
		{"less than no sets", counterBirth, func(f *Filing) { f.Sets = -1 }, "sets"},
		{"no case", counterBirth, func(f *Filing) { f.CaseKey = "" }, "case"},
		{"a case that is not there", counterBirth, func(f *Filing) { f.CaseKey = "urgent" }, "case"},
		{"owner without name", counterBirth, func(f *Filing) { f.Owner.FullName = "" }, "owner.full_name"},
		{"owner is a business", counterBirth, func(f *Filing) { f.Owner.Kind, f.Owner.Organisation = ApplicantBusiness, "Công ty Thử" }, "owner.kind"},
		{"authorised by nobody", counterBirth, func(f *Filing) { f.Authorised = true }, "submitter.full_name submitter.personal_id submitter.phone"},
		{"authorised", counterBirth, func(f *Filing) { f.Authorised, f.Submitter = true, person("Người Được Ủy Quyền") }, ""},
		{"a submitter that nobody authorised does not count", counterBirth, func(f *Filing) { f.Submitter = Applicant{FullName: "<"} }, ""},
		{"accepted without a paper", counterBirth, func(f *Filing) { f.Papers = f.Papers[:1] }, "papers.birth-note papers.identity"},
		{"accepted with a paper not ticked", counterBirth, func(f *Filing) { f.Papers[1].Provided = false }, "papers.birth-note"},
		{"the late case asks for more", counterBirth, func(f *Filing) { f.CaseKey = "late" }, "papers.late-note"},
		{"a paper of another case", counterBirth, func(f *Filing) { f.Papers = append(f.Papers, FilingPaper{Key: "late-note"}) }, "papers.3"},
		{"a further paper", counterBirth, func(f *Filing) { f.Papers = append(f.Papers, FilingPaper{Name: "Bản dịch", Provided: true}) }, ""},
		{"a further paper without name", counterBirth, func(f *Filing) { f.Papers = append(f.Papers, FilingPaper{Provided: true}) }, "papers.3"},
		{"a further paper with an endless name", counterBirth, func(f *Filing) { f.Papers = append(f.Papers, FilingPaper{Name: strings.Repeat("ơ", 301)}) }, "papers.3"},
		{"a further paper, name as long as may be", counterBirth, func(f *Filing) { f.Papers = append(f.Papers, FilingPaper{Name: strings.Repeat("ơ", 300)}) }, ""},
		{"twenty further papers", counterBirth, func(f *Filing) { further(f, maxExtra) }, ""},
		{"too many further papers", counterBirth, func(f *Filing) { further(f, maxExtra+1) }, "papers"},
		{"a paper named twice", counterBirth, func(f *Filing) { f.Papers = append(f.Papers, f.Papers[0]) }, "papers.declaration"},
		{"less than no copies", counterBirth, func(f *Filing) { f.Papers[0].Copies = -1 }, "papers.declaration"},
		{"a thousand originals", counterBirth, func(f *Filing) { f.Papers[0].Originals = 1000 }, "papers.declaration"},
		{"too many files of one paper", onlineBirth, func(f *Filing) { f.Papers[0].Files = slices.Repeat([]string{"f"}, 51) }, "papers.birth-note"},
		{"online without the file", onlineBirth, func(f *Filing) { f.Papers[0].Files, f.Papers[0].Provided = nil, true }, "papers.birth-note"},
		{"a fee that is not asked", counterBirth, func(f *Filing) { f.Fees = []FilingFee{{Key: "charge"}} }, "fees.charge"},
		{"a fee of the case", onlineBirth, func(f *Filing) { f.Fees = []FilingFee{{Key: "copies", Quantity: 3}} }, ""},
		{"less than no copies to pay", counterBirth, func(f *Filing) { f.Fees = []FilingFee{{Key: "copies", Quantity: -1}} }, "fees.copies"},
		{"too many copies to pay", counterBirth, func(f *Filing) { f.Fees = []FilingFee{{Key: "copies", Quantity: 10001}} }, "fees.copies"},
		{"the paper form stands for the e-form at the counter", counterBirth, func(f *Filing) { f.Form = nil }, ""},
		{"an e-form begun at the counter is checked", counterBirth, func(f *Filing) { f.Form = map[string]any{"child": map[string]any{"sex": "x"}} }, "form.child.full_name form.child.birth_date form.child.sex"},
		{"online without e-form", onlineBirth, func(f *Filing) { f.Form = nil }, "form.child.full_name form.child.birth_date form.child.sex"},
		{"born tomorrow", onlineBirth, func(f *Filing) { f.Form["child"].(map[string]any)["birth_date"] = "2026-11-24" }, "form.child.birth_date"},
		{"much at once", counterBirth, func(f *Filing) { f.CaseKey, f.Sets, f.Owner.Phone, f.Papers = "x", 99, "12", nil }, "sets case owner.phone papers.declaration papers.birth-note papers.identity"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.from()
			tt.change(&f)
			f.clean()
			err := f.validate(spec, formRules)
			if got := fieldsOf(err); got != tt.want {
				t.Errorf("problems at %q, want %q (%v)", got, tt.want, err)
			}
			if err != nil && fault.KindOf(err) != fault.Invalid {
				t.Errorf("kind %v", fault.KindOf(err))
			}
			if err != nil && strings.Contains(err.Error(), "%!") {
				t.Error(err)
			}
		})
	}
}

func further(f *Filing, n int) {
	for i := range n {
		f.Papers = append(f.Papers, FilingPaper{Name: fmt.Sprintf("Giấy tờ kèm %d", i)})
	}
}

// TestFilingOnlineLevel holds that a procedure without online filing is not filed online.
func TestFilingOnlineLevel(t *testing.T) {
	spec := specOf(t, "land.yaml")
	f := Filing{Channel: ChannelOnline, Owner: person("Hồ Văn Ví Dụ"), Papers: []FilingPaper{{Key: "request", Files: []string{"a"}}, {Key: "map", Files: []string{"b"}}}}
	f.clean()
	if got := fieldsOf(f.validate(spec, formRules)); got != "channel" {
		t.Errorf("problems at %q, want the channel", got)
	}
	f.Channel, f.CaseKey = ChannelCounter, "usual"
	if got := fieldsOf(f.validate(spec, formRules)); got != "case" {
		t.Errorf("a case of a procedure without cases: problems at %q", got)
	}
}

// TestFilingClean holds the stored form of what was typed.
func TestFilingClean(t *testing.T) {
	f := Filing{Owner: Applicant{FullName: "  Nguye\u0302\u0303n   Thi\u0323  Thu\u031b\u0309 ", PersonalID: "064 190 000 001", Phone: "+84 912.345.678", Email: " Thu@Example.VN "},
		Submitter: person("Không Ai Ủy Quyền"), ReturnAddress: " So\u0302\u0301  1 ",
		Papers: []FilingPaper{{Key: "a", Files: []string{"f"}}, {Name: "  Ba\u0309n   di\u0323ch "}, {Key: "b", Provided: true}}}
	f.clean()
	if o := f.Owner; o.FullName != "Nguyễn Thị Thử" || o.PersonalID != "064190000001" || o.Phone != "0912345678" || o.Email != "thu@example.vn" || o.Kind != ApplicantCitizen {
		t.Errorf("owner %+v", o)
	}
	if f.Submitter != f.Owner {
		t.Errorf("without an authorisation the submitter is %+v", f.Submitter)
	}
	if f.Sets != 1 || f.ReturnBy != ChannelCounter || f.ReturnAddress != "Số 1" {
		t.Errorf("sets %d, return by %q at %q", f.Sets, f.ReturnBy, f.ReturnAddress)
	}
	if !f.Papers[0].Provided || f.Papers[1].Provided || !f.Papers[2].Provided || f.Papers[1].Name != "Bản dịch" {
		t.Errorf("papers %+v", f.Papers)
	}
	again := f
	again.Papers = slices.Clone(f.Papers)
	again.clean()
	if fmt.Sprint(again) != fmt.Sprint(f) {
		t.Errorf("cleaned twice:\n%+v\n%+v", again, f)
	}
	g := Filing{Authorised: true, Owner: person("Chủ Hồ Sơ"), Submitter: person(" Người  Nộp "), Sets: 3, ReturnBy: ChannelPost}
	g.clean()
	if g.Submitter.FullName != "Người Nộp" || g.Sets != 3 || g.ReturnBy != ChannelPost {
		t.Errorf("what was said is changed: %+v", g)
	}
}

// TestSearchText holds that a dossier is found by its people without tone marks.
func TestSearchText(t *testing.T) {
	f := Filing{Owner: Applicant{FullName: "Đặng Văn Thử", Organisation: "Công ty Ví Dụ", TaxCode: "5900123456", PersonalID: "064190000001", Phone: "0912000001"},
		Submitter: person("Nguyễn Thị Nộp")}
	text := f.searchText("H21.15-261123-0007", "Đăng ký khai sinh")
	for _, want := range []string{"h21 15 261123 0007", "dang ky khai sinh", "dang van thu", "cong ty vi du", "5900123456", "064190000001", "0912000001"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in %q", want, text)
		}
	}
	if strings.Contains(text, "nguyen thi nop") {
		t.Error("found by a submitter that nobody authorised")
	}
	f.Authorised = true
	if !strings.Contains(f.searchText("", ""), "nguyen thi nop") {
		t.Error("not found by the one who handed it in")
	}
}

// TestFilingUploads holds where the files of a filing lie before.
func TestFilingUploads(t *testing.T) {
	f := Filing{UploadToken: "token"}
	if h := f.uploads(); h != UploadHolder("token") {
		t.Errorf("held by %+v", h)
	}
	if f.draft = "d1"; f.uploads() != DraftHolder("d1") {
		t.Errorf("held by %+v", f.uploads())
	}
}

// TestMoreRequestClean holds what a request for papers must say.
func TestMoreRequestClean(t *testing.T) {
	tests := []struct {
		name string
		m    MoreRequest
		want string
		days int
	}{
		{"complete", MoreRequest{Items: []string{" Giấy  chứng sinh "}, Reason: " Mờ. "}, "", 10},
		{"own time", MoreRequest{Items: []string{"Ảnh"}, Reason: "Mờ.", Days: 3}, "", 3},
		{"empty lines do not count", MoreRequest{Items: []string{"", " "}, Reason: "Mờ."}, "items", 10},
		{"no reason", MoreRequest{Items: []string{"Ảnh"}, Reason: " \n"}, "reason", 10},
		{"too long to wait", MoreRequest{Items: []string{"Ảnh"}, Reason: "Mờ.", Days: 181}, "days", 181},
		{"less than no days", MoreRequest{Items: []string{"Ảnh"}, Reason: "Mờ.", Days: -1}, "days", -1},
		{"too many items", MoreRequest{Items: slices.Repeat([]string{"Ảnh"}, 51), Reason: "Mờ."}, "items", 10},
		{"too long a reason", MoreRequest{Items: []string{"Ảnh"}, Reason: strings.Repeat("ờ", maxNote+1)}, "items", 10},
		{"nothing", MoreRequest{}, "items reason", 10},
	}
	for _, tt := range tests {
		err := tt.m.clean(10)
		if got := fieldsOf(err); got != tt.want || tt.m.Days != tt.days {
			t.Errorf("%s: problems at %q, %d days; want %q, %d", tt.name, got, tt.m.Days, tt.want, tt.days)
		}
	}
	m := MoreRequest{Items: []string{" a\u0309nh  rõ ", ""}, Reason: "vi\u0300"}
	if err := m.clean(10); err != nil || len(m.Items) != 1 || m.Items[0] != "ảnh rõ" || m.Reason != "vì" {
		t.Errorf("cleaned to %+v, %v", m, err)
	}
}

// TestFilingFault holds that what is wrong with the JSON of a filing is said in Vietnamese, with the place.
func TestFilingFault(t *testing.T) {
	for _, tt := range []struct{ json, field, text string }{
		{`{"owner": {"name": "An"}}`, "name", "“name”"},
		{`{"chanel": "online"}`, "chanel", "“chanel”"},
		{`{"sets": "một"}`, "sets", "“sets” không đúng kiểu"},
		{`{"owner": {"full_name": 7}}`, "owner.full_name", "kiểu dữ liệu"},
		{`{"papers": [{"files": "f"}]}`, "papers.files", "kiểu dữ liệu"},
		{`{"owner": {"birth_date": "hôm qua"}}`, "dossier", "2018-11-23"},
		{`{"sets": 1,}`, "dossier", "byte thứ 12"},
		{`{"sets": 1`, "dossier", "cắt ngang"},
	} {
		var f Filing
		dec := json.NewDecoder(strings.NewReader(tt.json))
		dec.DisallowUnknownFields()
		cause := dec.Decode(&f)
		err := filingFault(cause)
		e, ok := fault.As(err)
		if !ok || e.Kind != fault.Invalid || len(e.Problems) != 1 {
			t.Fatalf("%s: %v", tt.json, err)
		}
		if p := e.Problems[0]; p.Field != tt.field || !strings.Contains(p.Msg.String(), tt.text) {
			t.Errorf("%s: %q at %q, want %q at %q (%v)", tt.json, p.Msg, p.Field, tt.text, tt.field, cause)
		}
		if !errors.Is(err, cause) {
			t.Errorf("%s: the log lacks the cause", tt.json)
		}
	}
	if !strings.Contains(filingFault(io.ErrUnexpectedEOF).Error(), "cắt ngang") {
		t.Error("a body that was cut off")
	}
}

// TestComposed holds that answers are stored composed, also where JSON wrote escapes.
func TestComposed(t *testing.T) {
	var form map[string]any
	err := json.Unmarshal([]byte(`{"child": {"full_name": "\u0110a\u0323\u0306ng", "tags": ["Thu\u031b\u0309", 7, null, {"x": "a\u0300"}]}, "n": 1, "b": true}`), &form)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(composed(form))
	if err != nil || string(raw) != `{"b":true,"child":{"full_name":"Đặng","tags":["Thử",7,null,{"x":"à"}]},"n":1}` {
		t.Errorf("composed to %s, %v", raw, err)
	}
	if composed(nil) != nil {
		t.Error("no answers become some")
	}
}
