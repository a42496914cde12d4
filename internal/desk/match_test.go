package desk

import (
	"testing"

	"lienthong/internal/procedure"
)

var catalogue = []procedure.Summary{
	{Code: "1.001193", Name: "Đăng ký khai sinh"},
	{Code: "1.004884", Name: "Đăng ký lại khai sinh"},
	{Code: "1.000894", Name: "Đăng ký kết hôn"},
	{Code: "2.000815", Name: "Chứng thực bản sao từ bản chính"},
	{Code: "1.001612", Name: "Thành lập hộ kinh doanh"},
}

// TestMatch holds how a clerk finds a procedure with few letters.
func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		name, text, first string
		n                 int
	}{
		{"first letters in the name", "ks", "1.001193", 2},
		{"all first letters", "đkks", "1.001193", 1},
		{"first letters without đ", "dkkh", "1.000894", 1},
		{"first letters far in", "hkd", "1.001612", 1},
		{"whole name", "Đăng ký khai sinh", "1.001193", 2},
		{"begin of the name", "chứng", "2.000815", 1},
		{"word inside", "hộ kinh", "1.001612", 1},
		{"words in any order, no marks", "sinh khai lai", "1.004884", 1},
		{"part of a word", "hôn", "1.000894", 1},
		{"code", "1.001193", "1.001193", 1},
		{"begin of a code", "2.0", "2.000815", 1},
		{"as chosen", "Đăng ký lại khai sinh (1.004884)", "1.004884", 1},
		{"as chosen, name shortened", "gì đó (1.000894)", "1.000894", 1},
		{"code of another agency", "x (9.999999)", "", 0},
		{"nothing typed", "  ", "", 0},
		{"no such thing", "bay lên trời", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			hits := match(catalogue, tt.text)
			if len(hits) != tt.n || tt.n > 0 && hits[0].Code != tt.first {
				t.Errorf("%q finds %+v, want %d with %s first", tt.text, hits, tt.n, tt.first)
			}
		})
	}
}

// TestNamed holds that what the field shows leads back to the procedure.
func TestNamed(t *testing.T) {
	for _, s := range catalogue {
		if got := codeIn(named(s)); got != s.Code {
			t.Errorf("%s: %q", s.Code, got)
		}
	}
	for text, want := range map[string]string{
		"": "", "khai sinh": "", "1.001193": "1.001193", "(1.001193)": "1.001193", "khai sinh (bản sao)": "", "2018": "",
	} {
		if got := codeIn(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestCard holds what is read from the QR code of an identity card.
func TestCard(t *testing.T) {
	for _, tt := range []struct {
		name, text, number, person, birth, address string
		ok                                         bool
	}{
		{"whole", "064190000077|231000077|Siu  Hà Thử|02051990|Nữ|Tổ 3, phường Thử|01012022", "064190000077", "Siu Hà Thử", "02/05/1990", "Tổ 3, phường Thử", true},
		{"no old number", "064190000077||Siu Hà|02051990|Nữ|Tổ 3|01012022||", "064190000077", "Siu Hà", "02/05/1990", "Tổ 3", true},
		{"odd birth date", "064190000077||Siu Hà|00001990|Nữ|Tổ 3", "064190000077", "Siu Hà", "", "Tổ 3", true},
		{"short birth date", "064190000077||Siu Hà|1990|Nữ|Tổ 3", "064190000077", "Siu Hà", "", "Tổ 3", true},
		{"number alone", "064190000077", "", "", "", "", false},
		{"another code", "https://example.com|a|b|c|d|e", "", "", "", "", false},
		{"too few parts", "064190000077|a|b", "", "", "", "", false},
		{"nothing", "", "", "", "", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, ok := parseCard(tt.text)
			if ok != tt.ok || c.number != tt.number || c.name != tt.person || c.birth.Display() != tt.birth || c.address != tt.address {
				t.Errorf("%+v, %v", c, ok)
			}
		})
	}
}
