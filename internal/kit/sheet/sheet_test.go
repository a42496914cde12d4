package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/money"
	"lienthong/internal/kit/sheet"
)

var columns = []sheet.Column{{Title: "Họ và tên"}, {Title: "Tuổi", Kind: sheet.Int}, {Title: "Lệ phí", Kind: sheet.Money}, {Title: "Tỷ lệ", Kind: sheet.Percent},
	{Title: "Ngày sinh", Kind: sheet.Date}, {Title: "Nộp lúc", Kind: sheet.Time, Width: 40}, {Title: "Hệ số", Kind: sheet.Decimal}}

var at = time.Date(2018, 11, 23, 17, 30, 0, 0, time.UTC) // 00:30 on the 24th in Việt Nam

type name string

func (n name) String() string { return "tên " + string(n) }

func fill(t *testing.T, w sheet.Writer) {
	t.Helper()
	for _, row := range [][]any{
		{"Rơ Châm H'Phương", 30, money.VND(1500000), 0.941, clock.MustDate("1988-02-29"), at, 1.5},
		{`=HYPERLINK("http://evil.example")`, int64(7), int64(0), 1.0, at, &at, 0.0},
		{"+84912345678", nil, nil, nil, clock.Date{}, time.Time{}, nil},
		{name("x"), 1},
	} {
		if err := w.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestBook holds that a workbook shows what was written as Vietnamese read it, and holds no formula.
func TestBook(t *testing.T) {
	var b bytes.Buffer
	w, err := sheet.NewBook(&b, "Danh sách: hồ sơ/2018 có tên rất dài vượt quá giới hạn", columns, "DANH SÁCH", "Tháng 11")
	if err != nil {
		t.Fatal(err)
	}
	fill(t, w)
	rows, err := sheet.Read(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"DANH SÁCH"}, {"Tháng 11"},
		{"Họ và tên", "Tuổi", "Lệ phí", "Tỷ lệ", "Ngày sinh", "Nộp lúc", "Hệ số"},
		{"Rơ Châm H'Phương", "30", "1,500,000 đ", "94.1%", "29/02/1988", "24/11/2018 00:30", "1.50"},
		{`=HYPERLINK("http://evil.example")`, "7", "0 đ", "100.0%", "24/11/2018", "24/11/2018 00:30", "0.00"},
		{"+84912345678"},
		{"tên x", "1"},
	}
	if !reflect.DeepEqual(rows, want) {
		t.Errorf("got %q\nwant %q", rows, want)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := io.ReadAll(r)
		if strings.Contains(string(raw), "<f>") {
			t.Errorf("%s holds a formula", f.Name)
		}
	}
}

// TestCSV holds the same for CSV, where a text is kept from becoming a formula.
func TestCSV(t *testing.T) {
	var b bytes.Buffer
	w, err := sheet.NewCSV(&b, columns)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, w)
	rows, err := sheet.Read(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"Họ và tên", "Tuổi", "Lệ phí", "Tỷ lệ", "Ngày sinh", "Nộp lúc", "Hệ số"},
		{"Rơ Châm H'Phương", "30", "1500000", "0.941", "29/02/1988", "24/11/2018 00:30", "1.5"},
		{`'=HYPERLINK("http://evil.example")`, "7", "0", "1", "24/11/2018", "24/11/2018 00:30", "0"},
		{"'+84912345678"},
		{"tên x", "1"},
	}
	if !reflect.DeepEqual(rows, want) {
		t.Errorf("got %q\nwant %q", rows, want)
	}
	if !bytes.HasPrefix(b.Bytes(), []byte("\xEF\xBB\xBF")) {
		t.Error("no mark for spreadsheet programs")
	}
}

// TestBadRows holds that a wrong row is an error.
func TestBadRows(t *testing.T) {
	for _, make := range []func() (sheet.Writer, error){
		func() (sheet.Writer, error) { return sheet.NewBook(io.Discard, "", columns[:1]) },
		func() (sheet.Writer, error) { return sheet.NewCSV(io.Discard, columns[:1]) },
	} {
		w, err := make()
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Row("a", "b"); err == nil {
			t.Error("too many values pass")
		}
		if err := w.Row(struct{}{}); err == nil {
			t.Error("a struct passes")
		}
		if err := w.Row(strings.Repeat("ấ", 40000) + "\x00\x01\xff"); err != nil {
			t.Error(err)
		}
		if err := w.Row(true); err != nil {
			t.Error(err)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestReadCSV holds that files of the programs people use are read, whatever their encoding and separator.
func TestReadCSV(t *testing.T) {
	text := "Họ và tên;Nơi sinh\nNguyễn Thị Ạnh;\"Chư Păh; Gia Lai\"\n\n ;\nĐinh Văn Tư;Đức Cơ\n"
	want := [][]string{{"Họ và tên", "Nơi sinh"}, {"Nguyễn Thị Ạnh", "Chư Păh; Gia Lai"}, {"Đinh Văn Tư", "Đức Cơ"}}
	utf16 := func(e unicode.Endianness, b unicode.BOMPolicy) string {
		s, err := unicode.UTF16(e, b).NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	// Windows-1258 has vowels with their own mark and puts the tone after them
	old, err := charmap.Windows1258.NewEncoder().String(tones(text))
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]string{
		"UTF-8":              text,
		"UTF-8 with mark":    "\uFEFF" + text,
		"decomposed":         norm.NFD.String(text),
		"Windows line ends":  strings.ReplaceAll(text, "\n", "\r\n"),
		"commas":             "Họ và tên,Nơi sinh\nNguyễn Thị Ạnh,Chư Păh; Gia Lai\nĐinh Văn Tư,Đức Cơ",
		"tabs":               "Họ và tên\tNơi sinh\nNguyễn Thị Ạnh\tChư Păh; Gia Lai\nĐinh Văn Tư\tĐức Cơ",
		"UTF-16 LE":          utf16(unicode.LittleEndian, unicode.UseBOM),
		"UTF-16 BE":          utf16(unicode.BigEndian, unicode.UseBOM),
		"UTF-16 LE, no mark": utf16(unicode.LittleEndian, unicode.IgnoreBOM),
		"Windows-1258":       old,
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := sheet.Read(strings.NewReader(in))
			if err != nil || !reflect.DeepEqual(rows, want) {
				t.Errorf("%q %v", rows, err)
			}
		})
	}
	var lines []int
	if err := sheet.Each(strings.NewReader(text), func(n int, _ []string) error { lines = append(lines, n); return nil }); err != nil || !reflect.DeepEqual(lines, []int{1, 2, 5}) {
		t.Errorf("lines %v %v", lines, err)
	}
}

// tones takes the tone marks off the letters, and leaves the vowel marks on them.
func tones(s string) string {
	var b strings.Builder
	for _, r := range s {
		var base, tone []rune
		for _, m := range norm.NFD.String(string(r)) {
			switch m {
			case 0x300, 0x301, 0x303, 0x309, 0x323:
				tone = append(tone, m)
			default:
				base = append(base, m)
			}
		}
		b.WriteString(norm.NFC.String(string(base)) + string(tone))
	}
	return b.String()
}

// TestUnreadable holds that what is no list is refused with a sentence, and that the error of the callback comes through.
func TestUnreadable(t *testing.T) {
	for name, in := range map[string]string{"broken workbook": "PK\x03\x04broken", "old workbook": "\xD0\xCF\x11\xE0xxxx", "program": "\x7fELF\x00\x01\x02\x00\x00abc\x00"} {
		if _, err := sheet.Read(strings.NewReader(in)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	stop := errors.New("stop")
	if err := sheet.Each(strings.NewReader("a,b"), func(int, []string) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
	if _, err := sheet.Read(io.LimitReader(zeroReader{}, 65<<20)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("too large: %v", err)
	}
	if rows, err := sheet.Read(strings.NewReader("")); err != nil || rows != nil {
		t.Errorf("empty: %v %v", rows, err)
	}
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { return len(p), nil }
