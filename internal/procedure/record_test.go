package procedure

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
)

func records(t *testing.T, name string) []Record {
	t.Helper()
	list, err := ReadRecords(strings.NewReader(read(t, name)), RecordOptions{
		ValidFrom: clock.MustDate("2018-11-23"),
		Receiver: func(name, level string) (string, bool) {
			return "so-tu-phap", name == "Sở Tư pháp" && level == "province"
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func notes(r Record) string {
	var all []string
	for _, n := range r.Notes {
		all = append(all, n.String())
	}
	return strings.Join(all, "\n")
}

func TestNationalRecord(t *testing.T) {
	list := records(t, "testdata/national.json")
	if len(list) != 5 {
		t.Fatalf("%d records", len(list))
	}
	s := list[0].Spec
	if s == nil {
		t.Fatal(list[0].Err)
	}
	got := []any{s.Code, s.Name, s.Field, s.Online, s.Applicants, s.Receivers, s.Conditions, s.Sequence}
	want := []any{"2.000001", "Cấp giấy xác nhận thử nghiệm", "ho-tich", 2, []string{"citizen"}, []Selector{{Kind: "peoples_committee", Level: "commune"}}, "Không",
		[]string{"Bước 1: Nộp hồ sơ", "Bước 2: Nhận kết quả"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if want := []Case{{Key: "case-1", Name: "Tự nộp"}, {Key: "case-2", Name: "Ủy quyền"}}; !reflect.DeepEqual(s.Cases, want) {
		t.Errorf("cases %+v", s.Cases)
	}
	if want := []Paper{{Key: "paper-1", Name: "Tờ khai", Template: "Mẫu TK-01", Originals: 1}, {Key: "paper-2", Name: "Văn bản ủy quyền (bản chính)", Originals: 1, Cases: []string{"case-2"}}}; !reflect.DeepEqual(s.Papers, want) {
		t.Errorf("papers %+v", s.Papers)
	}
	if want := []Term{{Channels: []string{"counter", "online"}, Term: "3 ngày làm việc"}, {Channels: []string{"post"}, Term: "5 ngày làm việc"}}; !reflect.DeepEqual(s.Terms, want) {
		t.Errorf("terms %+v", s.Terms)
	}
	if want := []Fee{{Key: "fee-1", Name: "Lệ phí: bản sao", Kind: FeeKindCharge, Amount: 8000}}; !reflect.DeepEqual(s.Fees, want) {
		t.Errorf("fees %+v", s.Fees)
	}
	if s.FileableOnline() || !s.Process.Generic || !strings.Contains(notes(list[0]), "cần biểu mẫu và quy trình") || len(s.Unknown) != len(list[0].Notes) {
		t.Errorf("an entry of the catalogue: %v, %q", s.FileableOnline(), notes(list[0]))
	}
	if total := s.ProcessTotal(ChannelCounter, "case-1"); total.Minutes != 3*DayMinutes {
		t.Errorf("the generic process takes %+v, want the three days promised", total)
	}
	if list[0].Row != 1 || s.Legal[0] != (Legal{"60/2014/QH13", "Luật Hộ tịch"}) {
		t.Errorf("row %d, law %+v", list[0].Row, s.Legal)
	}
}

func TestNationalRecordsThatDoNotFit(t *testing.T) {
	list := records(t, "testdata/national.json")
	for i, want := range map[int]string{1: "không ở trạng thái công khai", 3: "receivers: Thiếu cơ quan tiếp nhận", 4: "không phải là một bản ghi"} {
		if r := list[i]; r.Err == nil || r.Spec != nil || !strings.Contains(r.Err.Error(), want) {
			t.Errorf("row %d: %v, want %q", r.Row, r.Err, want)
		}
	}
	bare := list[2]
	if bare.Err != nil {
		t.Fatal(bare.Err)
	}
	for _, want := range []string{"Chưa rõ lĩnh vực", "Chưa rõ đối tượng", "Chưa rõ thời hạn", "Chưa rõ thành phần hồ sơ", "Chưa rõ kết quả"} {
		if !strings.Contains(notes(bare), want) {
			t.Errorf("%q is not noted in\n%s", want, notes(bare))
		}
	}
	if want := []Selector{{Slug: "so-tu-phap"}}; !reflect.DeepEqual(bare.Spec.Receivers, want) {
		t.Errorf("receivers %v", bare.Spec.Receivers)
	}
}

func TestFlattenedRecords(t *testing.T) {
	list := records(t, "testdata/flattened.json")
	s := list[0].Spec
	if s == nil {
		t.Fatal(list[0].Err)
	}
	got := []any{s.Field, s.Online, s.Applicants, s.Receivers, s.Terms}
	want := []any{"hoat-dong-thu-nghiem", 1, []string{"citizen", "organisation"}, []Selector{{Slug: "so-tu-phap"}}, []Term{{Channels: []string{"counter", "post"}, Term: "30 ngày"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if want := []Legal{{Number: "72/2020/QH14"}, {Number: "83/2026/NĐ-CP"}}; !reflect.DeepEqual(s.Legal, want) {
		t.Errorf("law %v", s.Legal)
	}
	if s.Papers[0].Originals != 1 || s.Papers[1].Copies != 1 {
		t.Errorf("papers %+v", s.Papers)
	}
	for _, want := range []string{"gộp chung một danh sách", "Số bản “181”", "Không đọc được thời hạn “1 Tuần trăng”", "tạm ghi thời hạn dài nhất", "Phí, lệ phí chưa rõ", "Chưa rõ kết quả", "Có giấy tờ chưa rõ số bản"} {
		if !strings.Contains(notes(list[0]), want) {
			t.Errorf("%q is not noted in\n%s", want, notes(list[0]))
		}
	}
	commune := list[1].Spec
	if commune == nil {
		t.Fatal(list[1].Err)
	}
	if want := []Selector{{Level: "commune"}}; !reflect.DeepEqual(commune.Receivers, want) || commune.Applicants[0] != "business" || commune.Fees[0].Amount != 20000 {
		t.Errorf("%+v", commune)
	}
	if got := commune.Channels(); !reflect.DeepEqual(got, []string{ChannelCounter}) {
		t.Errorf("channels %v, want only the one the record has", got)
	}
	if total := commune.ProcessTotal(ChannelCounter, ""); total.Minutes != 240 {
		t.Errorf("four hours are %+v", total)
	}
	for i, want := range map[int]string{3: "Mã thủ tục “không có mã” chưa đúng", 4: "name: Thiếu nội dung"} {
		if r := list[i]; r.Err == nil || !strings.Contains(r.Err.Error(), want) {
			t.Errorf("row %d: %v, want %q", r.Row, r.Err, want)
		}
	}
}

// TestGenericProcess holds that the process of a record is sound for any term.
func TestGenericProcess(t *testing.T) {
	for _, term := range []string{"1 giờ", "2 giờ", "4 giờ", "1 ngày làm việc", "2 ngày làm việc", "45 ngày làm việc", "1 ngày", "2 ngày", "15 ngày", "2 tháng", "không tính thời gian"} {
		s := load(t, sample("term: 1 ngày làm việc", "term: "+term))
		s.Process = genericProcess(s)
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", term, err)
		}
		if w := Lint(s, Known{}); len(w) > 0 {
			t.Errorf("%s: %v", term, w)
		}
		promised, err := s.ResolveTerm(ChannelCounter, "")
		if err != nil {
			t.Fatal(err)
		}
		if text, ok := compare(s.ProcessTotal(ChannelCounter, ""), promised); !ok {
			t.Errorf("%s: %s", term, text)
		}
	}
}

func TestReadRecords(t *testing.T) {
	one := `{"code":"3.000001","name":"A","level":"Cấp xã"}`
	for name, tt := range map[string]struct {
		doc string
		n   int
	}{
		"list": {"[" + one + "]", 1}, "one": {one, 1}, "national": {`{"MATTHC":"1"}`, 1}, "envelope": {`{"total":2,"data":[` + one + `,` + one + `],"x":[]}`, 2},
	} {
		list, err := ReadRecords(strings.NewReader(tt.doc), RecordOptions{ValidFrom: clock.MustDate("2018-01-01")})
		if err != nil || len(list) != tt.n {
			t.Errorf("%s: %d records, %v", name, len(list), err)
		}
	}
	for _, doc := range []string{"", "<html>", "[]", "{}", "12", `{"a":1}`} {
		if _, err := ReadRecords(strings.NewReader(doc), RecordOptions{}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v, want invalid", doc, err)
		}
	}
	list, err := ReadRecords(strings.NewReader(one), RecordOptions{
		ValidFrom: clock.MustDate("2018-01-01"), Levels: map[string]string{"cap xa": "town"}, Field: func(string) string { return "other" }})
	if err != nil || list[0].Spec.Receivers[0].Level != "town" || list[0].Spec.Field != "chua-phan-loai" {
		t.Errorf("%+v, %v", list[0].Spec, err)
	}
}

// TestImportRecords holds what becomes of records beside procedures that have a process.
func TestImportRecords(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s := newService(d)
		ctx := as(manager)
		importing := func(from string) Report {
			r, err := s.ImportRecords(ctx, strings.NewReader(read(t, "testdata/flattened.json")), clock.MustDate(from))
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		r := importing("2018-11-01")
		if got := counts(r); got != "2 added, 0 changed, 0 unchanged, 0 retired, 2 failed" {
			t.Fatalf("first: %s\n%s", got, r)
		}
		if text := r.String(); !strings.Contains(text, "LỖI      dòng 4 code: Mã thủ tục “không có mã” chưa đúng") || !strings.Contains(text, "trùng mã với dòng 2") {
			t.Errorf("report\n%s", text)
		}
		if got := counts(importing("2019-01-01")); got != "0 added, 0 changed, 2 unchanged, 0 retired, 2 failed" {
			t.Errorf("again, later: %s", got)
		}
		v, err := s.Current(ctx, "3.000001", clock.MustDate("2018-11-01"))
		if err != nil {
			t.Fatal(err)
		}
		if want := []Selector{{Slug: "so-tu-phap"}}; !reflect.DeepEqual(v.Spec.Receivers, want) {
			t.Errorf("the agency named in the record is not known: %v", v.Spec.Receivers)
		}
		// the agency writes its own process: the next import leaves it alone
		mustImport(t, s, files("a.yaml", sample("1.000001", "3.000001")))
		if got := counts(importing("2019-01-01")); got != "0 added, 0 changed, 2 unchanged, 0 retired, 2 failed" {
			t.Errorf("beside a process: %s", got)
		}
		v, err = s.Current(ctx, "3.000001", clock.Date{})
		if err != nil || v.Spec.Process.Generic {
			t.Errorf("the process was lost: %v", err)
		}
		if _, err := s.ImportRecords(context.Background(), strings.NewReader("[]"), clock.Date{}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("without permission: %v", err)
		}
		if _, err := s.ImportRecords(ctx, strings.NewReader("no"), clock.Date{}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("no JSON: %v", err)
		}
	})
}

// FuzzRecords holds that records of any shape end in a record or an error, and that what is taken can be written as a file.
func FuzzRecords(f *testing.F) {
	f.Add(`[{"code":"3.000001","name":"A","level":"Cấp xã"}]`)
	f.Add(`{"MATTHC":"2.000001","TENTTHC":"A","CAPTHUCHIEN":"Cấp xã","CACHTHUCTHUCHIEN":[{"KENH":1,"THOIGIAN":[{"THOIGIANGIAIQUYET":"1/2","DONVITINH":"ngày"}]}]}`)
	f.Add(`[null,1,"x",[],{"MATTHC":{}}]`)
	f.Fuzz(func(t *testing.T, doc string) {
		list, err := ReadRecords(strings.NewReader(doc), RecordOptions{ValidFrom: clock.MustDate("2018-01-01")})
		if err != nil {
			return
		}
		for _, r := range list {
			if r.Err != nil {
				continue
			}
			raw, err := Dump(r.Spec)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Load("a.yaml", strings.NewReader(string(raw))); err != nil {
				t.Fatal(fmt.Errorf("%w\n%s", err, raw))
			}
		}
	})
}
