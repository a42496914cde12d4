package calendar

import (
	"encoding/json"
	"testing"

	"go.yaml.in/yaml/v4"
	"golang.org/x/text/unicode/norm"

	"lienthong/internal/kit/fault"
)

func TestParseTerm(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Term
		str  string
	}{
		{"5 ngày làm việc", WorkDays(5), "5 ngày làm việc"},
		{"05 Ngày làm việc", WorkDays(5), "5 ngày làm việc"},
		{"07 ngày làm việc (56 giờ làm việc)", WorkDays(7), "7 ngày làm việc"},
		{"80 giờ làm việc (tương đương 10 ngày)", WorkHours(80), "80 giờ làm việc"},
		{"0.5 ngày", Term{1, 2, WorkingDays}, "0,5 ngày làm việc"},
		{"0,25 ngày", Term{1, 4, WorkingDays}, "0,25 ngày làm việc"},
		{"1/4 ngày", Term{1, 4, WorkingDays}, "0,25 ngày làm việc"},
		{"½ ngày", Term{1, 2, WorkingDays}, "0,5 ngày làm việc"},
		{"¾ ngày làm việc", Term{3, 4, WorkingDays}, "0,75 ngày làm việc"},
		{"nửa ngày", Term{1, 2, WorkingDays}, "0,5 ngày làm việc"},
		{"1/3 ngày", Term{1, 3, WorkingDays}, "1/3 ngày làm việc"},
		{"2/2 ngày", PlainDays(1), "1 ngày"},
		{"1,5 ngày làm việc", Term{3, 2, WorkingDays}, "1,5 ngày làm việc"},
		{"4 giờ", WorkHours(4), "4 giờ làm việc"},
		{"8 giờ hành chính", WorkHours(8), "8 giờ làm việc"},
		{"08 giờ làm việc", WorkHours(8), "8 giờ làm việc"},
		{"90 phút", Term{3, 2, WorkingHours}, "1,5 giờ làm việc"},
		{"20 phút", Term{1, 3, WorkingHours}, "1/3 giờ làm việc"},
		{"30 ngày", PlainDays(30), "30 ngày"},
		{"30ngày", PlainDays(30), "30 ngày"},
		{"không quá 3 ngày.", PlainDays(3), "3 ngày"},
		{"Trong thời hạn 10 ngày làm việc", WorkDays(10), "10 ngày làm việc"},
		{"trong vòng hai tháng", Term{2, 1, Months}, "2 tháng"},
		{"1 tháng", Term{1, 1, Months}, "1 tháng"},
		{"Không tính thời gian", Term{}, "không tính thời gian"},
		{"0 ngày", Term{}, "không tính thời gian"},
		{norm.NFD.String("05 ngày làm việc"), WorkDays(5), "5 ngày làm việc"}, // decomposed accents
	} {
		got, err := ParseTerm(tt.text)
		if err != nil {
			t.Errorf("ParseTerm(%q): %v", tt.text, err)
			continue
		}
		if got != tt.want {
			t.Errorf("ParseTerm(%q) = %+v, want %+v", tt.text, got, tt.want)
		}
		if got.String() != tt.str {
			t.Errorf("ParseTerm(%q).String() = %q, want %q", tt.text, got, tt.str)
		}
	}
}

func TestParseTermRefuses(t *testing.T) {
	for _, text := range []string{"", "ngày", "5", "năm ngày mười", "-3 ngày", "5 quý", "1/0 ngày", "1.5 tháng", "1,5,2 ngày", "0,12345 ngày", "9999999 ngày", "99999 ngày", "trong", "không quá", "1.5/2 ngày", "(3 ngày)"} {
		if got, err := ParseTerm(text); err == nil {
			t.Errorf("ParseTerm(%q) = %v, want an error", text, got)
		} else if fault.KindOf(err) != fault.Invalid {
			t.Errorf("ParseTerm(%q): kind %v, want invalid", text, fault.KindOf(err))
		}
	}
}

func TestParseStepTermReadsDaysAsWorkingDays(t *testing.T) {
	for text, want := range map[string]Term{"1 ngày": WorkDays(1), "0,5 ngày": {1, 2, WorkingDays}, "2 giờ": WorkHours(2), "3 ngày lịch": PlainDays(3)} {
		if got, err := ParseStepTerm(text); err != nil || got != want {
			t.Errorf("ParseStepTerm(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
}

func TestNewTerm(t *testing.T) {
	if got, err := NewTerm(4, 8, WorkingDays); err != nil || got != (Term{1, 2, WorkingDays}) {
		t.Errorf("NewTerm(4/8) = %v, %v", got, err)
	}
	for _, bad := range []Term{{1, 2, CalendarDays}, {1, 2, Months}, {1, 1, "weeks"}, {-1, 1, WorkingDays}, {1, -1, WorkingDays}, {20000, 1, Months}, {361, 1, Months}, {1, 2_000_000, WorkingHours}} {
		if err := bad.Validate(); err == nil {
			t.Errorf("%+v is valid", bad)
		}
	}
}

func TestTermText(t *testing.T) {
	type doc struct {
		Term Term `yaml:"term" json:"term"`
	}
	var d doc
	if err := yaml.Unmarshal([]byte("term: 0,5 ngày\n"), &d); err != nil || d.Term != (Term{1, 2, WorkingDays}) {
		t.Fatalf("yaml: %v, %v", d, err)
	}
	raw, err := json.Marshal(d)
	if err != nil || string(raw) != `{"term":"0,5 ngày làm việc"}` {
		t.Fatalf("json: %s, %v", raw, err)
	}
	var back doc
	if err := json.Unmarshal(raw, &back); err != nil || back != d {
		t.Fatalf("json back: %v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"term":"mai"}`), &back); err == nil {
		t.Error("nonsense was read")
	}
	v, err := d.Term.Value()
	if err != nil {
		t.Fatal(err)
	}
	for _, src := range []any{v, []byte(v.(string))} {
		var s Term
		if err := s.Scan(src); err != nil || s != d.Term {
			t.Errorf("Scan(%v) = %v, %v", src, s, err)
		}
	}
	var s Term
	if err := s.Scan(nil); err != nil || !s.IsZero() {
		t.Errorf("Scan(nil) = %v, %v", s, err)
	}
	if err := s.Scan(""); err != nil || !s.IsZero() {
		t.Errorf("Scan(empty) = %v, %v", s, err)
	}
	if err := s.Scan(3); err == nil {
		t.Error("a number was scanned into a term")
	}
}

func TestUnitLabel(t *testing.T) {
	for u, want := range map[Unit]string{WorkingHours: "giờ làm việc", WorkingDays: "ngày làm việc", CalendarDays: "ngày", Months: "tháng", "x": "không rõ đơn vị"} {
		if got := u.Label().String(); got != want {
			t.Errorf("%s: %q, want %q", u, got, want)
		}
	}
}

func FuzzParseTerm(f *testing.F) {
	for _, s := range []string{"5 ngày làm việc", "0,5 ngày", "1/4 ngày", "không quá 3 tháng", "½ ngày", "90 phút", "7 ngày (56 giờ)", "1/3 giờ", "\xff ngày", "000001,0001 giờ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		term, err := ParseTerm(s)
		if err != nil {
			return
		}
		if err := term.Validate(); err != nil {
			t.Fatalf("ParseTerm(%q) = %+v, which is not valid: %v", s, term, err)
		}
		again, err := ParseTerm(term.String())
		if err != nil || again != term {
			t.Fatalf("ParseTerm(%q) = %+v writes %q, which reads as %+v, %v", s, term, term.String(), again, err)
		}
	})
}
