package procedure

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestPlainText(t *testing.T) {
	for in, want := range map[string]string{
		"<p>Bước 1:&nbsp;Nộp <b>hồ sơ</b></p>": "Bước 1: Nộp hồ sơ",
		"a &lt; b &amp; c":         "a < b & c",
		"Diện tích < 500 m²":       "Diện tích < 500 m²",
		"  nhiều \t dòng\r\n nữa ": "nhiều dòng nữa",
		"Ủy ban Nhân dân\u00a0xã":  "Ủy ban Nhân dân xã",
		"":                         "",
	} {
		if got := plainText(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestLoose(t *testing.T) {
	var doc map[string]any
	dec := json.NewDecoder(strings.NewReader(`{"T":"x","N":12,"B":true,"O":{"k":"v"},"L":[{"A":1},"text",3,"",null],"E":"","Z":null}`))
	dec.UseNumber()
	if err := dec.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	f := loose(doc)
	for key, want := range map[string]string{"T": "x", "N": "12", "B": "true", "O": "", "L": "", "Z": "", "missing": ""} {
		if got := f.text(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	if got := f.list("O"); len(got) != 1 || got[0].text("K") != "v" {
		t.Errorf("one object: %v", got)
	}
	if got := f.list("L"); len(got) != 2 || got[0].text("A") != "1" || got[1].either("A", "") != "text" {
		t.Errorf("a mixed list: %v", got)
	}
	for _, key := range []string{"E", "Z", "missing"} {
		if got := f.list(key); len(got) != 0 {
			t.Errorf("%s: %v", key, got)
		}
	}
}

func TestApplicantKinds(t *testing.T) {
	for in, want := range map[string]string{
		"Công dân Việt Nam":                                 "citizen",
		"Người nước ngoài cư trú tại Việt Nam":              "citizen",
		"Người Việt Nam định cư ở nước ngoài":               "citizen",
		"Tổ chức (không bao gồm doanh nghiệp, HTX)":         "organisation",
		"Doanh nghiệp có vốn đầu tư nước ngoài, Hợp tác xã": "business",
		"Cán bộ, công chức, viên chức, Tổ chức nước ngoài":  "citizen organisation",
		"Doanh nghiệp, Công dân Việt Nam, Cơ quan nhà nước": "citizen business organisation",
		"Tổ chức Đảng, Đảng viên":                           "citizen organisation",
		"":                                                  "citizen business organisation",
		"Không có thông tin":                                "citizen business organisation",
	} {
		p := &rawRecord{applicants: []string{in}}
		if got := strings.Join(p.applicantKinds(), " "); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestActs(t *testing.T) {
	tests := []struct {
		name string
		in   []Legal
		want []string
	}{
		{"clean", []Legal{{Number: "61/2018/NĐ-CP"}, {Number: "60/2014/QH13"}}, []string{"61/2018/NĐ-CP", "60/2014/QH13"}},
		{"run on", []Legal{{Number: "83/2026/NĐ-CPN"}, {Number: "65/2025/NĐ-CP44"}, {Number: "72/2020/QH14S"}}, []string{"83/2026/NĐ-CP", "65/2025/NĐ-CP", "72/2020/QH14"}},
		{"twice", []Legal{{Number: "61/2018/NĐ-CP"}, {Number: "61/2018/NĐ-CP"}, {Number: "61/2018/NĐ-CPx"}}, []string{"61/2018/NĐ-CP"}},
		{"beyond reading", []Legal{{Number: "202072/2020/QH14S"}, {Number: ""}}, nil},
		{"old law with a name", []Legal{{Number: "Số 12-CP", Name: "Nghị định"}}, []string{"Số 12-CP"}},
		{"circulars", []Legal{{Number: "01/2018/TT-VPCP"}, {Number: "88/2016/TTLT-BTC-BTNMT"}, {Number: "17/2018/QĐ-UBND"}, {Number: "326/2016/UBTVQH14"}},
			[]string{"01/2018/TT-VPCP", "88/2016/TTLT-BTC-BTNMT", "17/2018/QĐ-UBND", "326/2016/UBTVQH14"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &rawRecord{legal: tt.in}
			var got []string
			for _, a := range p.acts() {
				got = append(got, a.Number)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRecordTerms(t *testing.T) {
	at := func(channel, term string) recordTime { return recordTime{channel: channel, term: term} }
	tests := []struct {
		name  string
		times []recordTime
		want  []Term
		note  string
	}{
		{"all alike", []recordTime{at("counter", "5 Ngày làm việc"), at("online", "5 Ngày làm việc"), at("post", "5 Ngày làm việc")}, []Term{{Term: "5 ngày làm việc"}}, ""},
		{"each its own", []recordTime{at("counter", "8 Ngày làm việc"), at("online", "15 Ngày làm việc"), at("post", "18 Ngày làm việc")},
			[]Term{{Channels: []string{"counter"}, Term: "8 ngày làm việc"}, {Channels: []string{"online"}, Term: "15 ngày làm việc"}, {Channels: []string{"post"}, Term: "18 ngày làm việc"}}, ""},
		{"only the counter", []recordTime{at("counter", "4 Giờ")}, []Term{{Channels: []string{"counter"}, Term: "4 giờ làm việc"}}, ""},
		{"several, the longest", []recordTime{at("counter", "3 Ngày"), at("counter", "30 Ngày"), at("counter", "2 Ngày làm việc")}, []Term{{Channels: []string{"counter"}, Term: "30 ngày"}}, "tạm ghi thời hạn dài nhất"},
		{"unreadable", []recordTime{at("counter", "sớm nhất")}, []Term{{Term: "không tính thời gian"}}, "Không đọc được thời hạn “sớm nhất”"},
		{"nothing", []recordTime{at("counter", " "), at("", "5 Ngày")}, []Term{{Term: "không tính thời gian"}}, "Chưa rõ thời hạn"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &rawRecord{times: tt.times}
			if got := p.terms(); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
			var all strings.Builder
			for _, n := range p.notes {
				all.WriteString(n.String())
			}
			if !strings.Contains(all.String(), tt.note) || tt.note == "" && all.Len() > 0 {
				t.Errorf("notes %q, want %q", all.String(), tt.note)
			}
		})
	}
}

func TestRecordReceivers(t *testing.T) {
	known := func(name, level string) (string, bool) {
		return "so-tu-phap", name == "Sở Tư pháp" && level == "province"
	}
	tests := []struct {
		name     string
		levels   []string
		agencies []string
		want     []Selector
		noted    bool
	}{
		{"known agency", []string{"Cấp tỉnh"}, []string{"Sở Tư pháp"}, []Selector{{Slug: "so-tu-phap"}}, false},
		{"known and unknown", []string{"Cấp tỉnh"}, []string{"Sở Tư pháp", " Bộ Tư pháp"}, []Selector{{Slug: "so-tu-phap"}}, false},
		{"committee", []string{"Cấp xã"}, []string{"Uỷ ban Nhân dân cấp xã, phường, thị trấn"}, []Selector{{Kind: "peoples_committee", Level: "commune"}}, false},
		{"committee in short", []string{"Cấp huyện"}, []string{"Chủ tịch UBND huyện"}, []Selector{{Kind: "peoples_committee", Level: "district"}}, false},
		{"two levels", []string{"Cấp tỉnh", " Cấp xã"}, []string{"Sở Tư pháp"}, []Selector{{Slug: "so-tu-phap"}, {Level: "commune"}}, true},
		{"no agency", []string{"Cấp tỉnh"}, nil, []Selector{{Level: "province"}}, true},
		{"ministry", []string{"Cấp bộ", "Cơ quan khác"}, []string{"Bộ Tư pháp"}, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &rawRecord{levels: tt.levels, agencies: tt.agencies}
			if got := p.receivers(RecordOptions{Receiver: known}); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if (len(p.notes) > 0) != tt.noted {
				t.Errorf("notes %v", p.notes)
			}
		})
	}
}

func TestRecordFees(t *testing.T) {
	at := func(channel string, known bool, fees ...Fee) recordTime {
		return recordTime{channel: channel, feesKnown: known, fees: fees}
	}
	p := &rawRecord{times: []recordTime{
		at("counter", true, newRecordFee("Lệ phí: 8.000 đồng", 8000), newRecordFee("", 1000)), at("online", true, newRecordFee("Lệ phí: 8.000 đồng", 8000)), at("post", false),
	}}
	want := []Fee{
		{Key: "fee-1", Name: "Lệ phí: 8.000 đồng", Kind: FeeKindCharge, Amount: 8000, Channels: []string{"counter", "online"}},
		{Key: "fee-2", Name: "Phí, lệ phí", Kind: FeeKindFee, Amount: 1000, Channels: []string{"counter"}},
	}
	if got := p.fees(); !reflect.DeepEqual(got, want) || len(p.notes) != 1 {
		t.Errorf("got %+v, %v", got, p.notes)
	}
	free := &rawRecord{times: []recordTime{at("counter", true), at("post", true)}}
	if got := free.fees(); got != nil || len(free.notes) != 0 {
		t.Errorf("free of charge: %v, %v", got, free.notes)
	}
}

// TestRecordPapers holds which counts of papers are believed.
func TestRecordPapers(t *testing.T) {
	p := &rawRecord{}
	for in, want := range map[string]int{"": 0, "0": 0, "1": 1, "20": 20, "21": 1, "20251": 1, "-1": 0, "x": 0} {
		if got := p.copies(in); got != want {
			t.Errorf("%q copies: %d, want %d", in, got, want)
		}
	}
	if len(p.notes) != 2 {
		t.Errorf("notes %v", p.notes)
	}
	for _, paper := range []Paper{{Name: "Đơn"}, {Name: ""}, {Name: "Bản sao căn cước"}, {Name: "Giấy phép (bản chính)"}, {Name: "Ảnh", Originals: 2}} {
		p.addPaper(paper, "")
	}
	var got []string
	for _, d := range p.paperList() {
		got = append(got, strings.TrimSpace(strings.Join([]string{d.Key, d.Name, strings.Repeat("o", d.Originals), strings.Repeat("c", d.Copies)}, " ")))
	}
	want := []string{"paper-1 Đơn", "paper-2 Bản sao căn cước  c", "paper-3 Giấy phép (bản chính) o", "paper-4 Ảnh oo"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCut(t *testing.T) {
	if cut("Đăng ký", 10) != "Đăng ký" || cut("Đăng ký", 5) != "Đăng…" {
		t.Error("texts are cut wrongly")
	}
}
