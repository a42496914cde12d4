package vntext_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"lienthong/internal/kit/vntext"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Đăng ký khai sinh":             "dang ky khai sinh",
		"ĐĂNG  KÝ\tKHAI SINH":           "dang ky khai sinh",
		"Đa\u0306ng ky\u0301 khai sinh": "dang ky khai sinh", // decomposed
		"Chư H'Drông":                   "chu h drong",
		"KBang, Đăk Đoa":                "kbang dak doa",
		"H21.15-261123-0007":            "h21 15 261123 0007",
		"  ":                            "",
		"…!?":                           "",
		"Ia Pếch (Ia Grai)":             "ia pech ia grai",
	} {
		if got := vntext.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPhone(t *testing.T) {
	for in, want := range map[string]string{
		"0912 345 678": "0912345678", "+84 912.345.678": "0912345678", "84912345678": "0912345678",
		"+84(0)912345678": "0912345678", "0269-3824-123": "02693824123", "84": "84", " 12 ": "12", "": "",
	} {
		if got := vntext.Phone(in); got != want {
			t.Errorf("Phone(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("Đăng ký")
	f.Add("\xff\xfe")
	f.Fuzz(func(t *testing.T, s string) {
		once := vntext.Fold(s)
		if vntext.Fold(once) != once {
			t.Errorf("folding %q twice changes it: %q, %q", s, once, vntext.Fold(once))
		}
		if utf8.ValidString(s) && !utf8.ValidString(once) {
			t.Errorf("folding %q breaks it", s)
		}
	})
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"  Nguyễn   Văn\nA ":   "Nguyễn Văn A",
		"a\u0000b\u200b\ufeff": "ab",
		"Nguye\u0302\u0303n":   "Nguyễn",
		"A\u00a0B":             "A B",
	} {
		if got := vntext.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got := vntext.Lower(" ĐĂNG Ký "); got != "đăng ký" {
		t.Errorf("Lower: %q", got)
	}
	if got := vntext.NFC("e\u0301"); got != "é" {
		t.Errorf("NFC: %q", got)
	}
	if got := vntext.Slug("Sở Tư pháp (một cửa)"); got != "so-tu-phap-mot-cua" {
		t.Errorf("Slug: %q", got)
	}
}

func TestOrder(t *testing.T) {
	got := []string{"ô tô", "Đức Cơ", "đất", "dài", "ăn", "an", "âm", "Chư Sê", "ơ", "o", "dạy"}
	slices.SortFunc(got, vntext.Compare)
	if s := strings.Join(got, " "); s != "an ăn âm Chư Sê dài dạy đất Đức Cơ o ô tô ơ" {
		t.Errorf("sorted: %s", s)
	}
	if !vntext.Less("ba", "bá") || vntext.Less("b", "a") {
		t.Error("Less disagrees with the collation")
	}
}
