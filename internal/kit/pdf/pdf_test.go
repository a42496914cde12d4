package pdf_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/pdf"
)

var created = time.Date(2018, 11, 23, 7, 0, 0, 0, time.UTC)

func write(t *testing.T, d *pdf.Doc) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// text reads a PDF with the tool of the machine, as a person would; lines keep their place.
func text(t *testing.T, raw []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not there; on Debian: apt-get install poppler-utils")
	}
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-layout", "-enc", "UTF-8", file, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

const everyLetter = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"

func form(size pdf.Size) *pdf.Doc {
	d := pdf.New(size, pdf.Info{Title: "Giấy hẹn", Author: "Liên Thông", Created: created})
	d.Footer("Trang {page}")
	d.Head(
		[]pdf.Line{{Text: "CƠ SỞ THỬ", Size: 12}, {Text: "BỘ PHẬN TIẾP NHẬN VÀ TRẢ KẾT QUẢ", Size: 12, Bold: true, Rule: true}, {Text: "Số: 07/TNHS"}},
		[]pdf.Line{{Text: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Size: 12, Bold: true}, {Text: "Độc lập - Tự do - Hạnh phúc", Bold: true, Rule: true}, {Text: "Pleiku, ngày 23 tháng 11 năm 2018", Italic: true}},
	)
	d.Space(4)
	d.QRHere("https://example.vn/tra-cuu/H21.15-181123-0007", 22)
	d.Text("GIẤY TIẾP NHẬN", pdf.Style{Size: 15, Bold: true, Align: pdf.Center, After: 3})
	d.Field("Họ và tên", "Rơ Châm H'Phương", pdf.Style{})
	d.Rich(pdf.Style{Align: pdf.Justify, Indent: 10}, pdf.Run{Text: "Nội dung yêu cầu giải quyết: "}, pdf.Run{Text: strings.Repeat("đăng ký kết hôn có yếu tố nước ngoài ", 12), Italic: true})
	d.Text(everyLetter, pdf.Style{})
	d.Table(pdf.Table{Widths: []float64{1, 6, 2}, Align: []pdf.Align{pdf.Center, pdf.Left, pdf.Right}, Head: []string{"TT", "Tên", "Số lượng"},
		Rows: [][]string{{"1", "Tờ khai theo mẫu quy định của pháp luật, có xác nhận của nơi cư trú", "1"}, {"2", "Bản sao", "12"}}})
	d.Rule()
	d.Signatures(18, []pdf.Line{{Text: "NGƯỜI NỘP", Bold: true}, {Text: "(Ký và ghi rõ họ tên)", Italic: true}, {Text: "Rơ Châm H'Phương"}},
		[]pdf.Line{{Text: "NGƯỜI TIẾP NHẬN", Bold: true}, {Text: "(Ký và ghi rõ họ tên)", Italic: true}, {Text: "Trần Thị Bưởi"}})
	return d
}

// TestForm holds that a form can be read with every Vietnamese letter, side by side where it should be, on one sheet.
func TestForm(t *testing.T) {
	for _, size := range []pdf.Size{pdf.A4, pdf.A5} {
		t.Run(string(size), func(t *testing.T) {
			raw := write(t, form(size))
			if dir := os.Getenv("LIENTHONG_TEST_PDF"); dir != "" { // to look at them
				if err := os.WriteFile(filepath.Join(dir, string(size)+".pdf"), raw, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if again := write(t, form(size)); !bytes.Equal(raw, again) {
				t.Error("the same form has other bytes the second time")
			}
			got := text(t, raw)
			flat := strings.Join(strings.Fields(got), " ")
			for _, want := range []string{"GIẤY TIẾP NHẬN", "Họ và tên: Rơ Châm H'Phương", "Số lượng", "Trang 1", "Số: 07/TNHS"} {
				if !strings.Contains(flat, want) {
					t.Errorf("%q is missing in %s", want, got)
				}
			}
			for _, want := range strings.Fields(everyLetter) {
				if size == pdf.A4 && !strings.Contains(strings.ReplaceAll(flat, " ", ""), want) {
					t.Errorf("letters are lost: %s", flat)
				}
			}
			for _, pair := range [][2]string{{"NGƯỜI NỘP", "NGƯỜI TIẾP NHẬN"}, {"CƠ SỞ THỬ", "CỘNG HÒA"}} {
				if !sameLine(got, pair[0], pair[1]) {
					t.Errorf("%q and %q are not on one line: %s", pair[0], pair[1], got)
				}
			}
			if n := strings.Count(got, "\f"); n != 1 && size == pdf.A4 {
				t.Errorf("%d pages", n)
			}
		})
	}
}

func sameLine(text, a, b string) bool {
	for line := range strings.Lines(text) {
		if strings.Contains(line, a) && strings.Contains(line, b) {
			return true
		}
	}
	return false
}

// TestPages holds that a long table goes on with its head on the next page, and that no row is lost or broken.
func TestPages(t *testing.T) {
	d := pdf.New(pdf.A5, pdf.Info{Created: created})
	d.Footer("{page}")
	var rows [][]string
	for range 60 {
		rows = append(rows, []string{"x", "Hàng dữ liệu dài để phải xuống dòng trong một ô hẹp"})
	}
	d.Table(pdf.Table{Widths: []float64{1, 2}, Head: []string{"Cột", "Nội dung"}, Rows: rows})
	d.Text(strings.Repeat("đoạn văn dài ", 400), pdf.Style{})
	got := text(t, write(t, d))
	pages := strings.Split(strings.TrimSuffix(got, "\f"), "\f")
	if len(pages) < 4 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, p := range pages[:3] {
		if !strings.Contains(p, "Nội dung") {
			t.Errorf("page %d has no head: %s", i+1, p)
		}
	}
	if n := strings.Count(got, "Hàng dữ liệu"); n != 60 {
		t.Errorf("%d rows", n)
	}
	if n := strings.Count(strings.Join(strings.Fields(got), " "), "đoạn văn dài"); n < 390 {
		t.Errorf("%d of 400 pieces of the paragraph", n)
	}
}

// TestOddText holds that no input breaks a document: words longer than a line, empty lines, signs without a letter, nothing at all.
func TestOddText(t *testing.T) {
	for name, s := range map[string]string{
		"empty": "", "spaces": "   ", "long word": strings.Repeat("Ấ", 300), "lines": "một\n\nhai\nba", "emoji": "chào 😀 bạn", "control": "a\x00b\u200bc\td",
		"decomposed": "Nguye\u0302\u0303n", "invalid": "a\xffb",
	} {
		t.Run(name, func(t *testing.T) {
			d := pdf.New(pdf.A4, pdf.Info{Title: s, Created: created})
			for _, a := range []pdf.Align{pdf.Left, pdf.Center, pdf.Right, pdf.Justify} {
				d.Text(s, pdf.Style{Align: a, Indent: 10})
			}
			d.Table(pdf.Table{Widths: []float64{1, 1}, Rows: [][]string{{s}, {s, s, "one too many"}, nil}})
			raw := write(t, d)
			switch name {
			case "lines":
				if got := text(t, raw); strings.Count(got, "hai") != 7 {
					t.Errorf("%s", got)
				}
			case "decomposed":
				if !strings.Contains(text(t, raw), "Nguyễn") {
					t.Error("letters are not composed")
				}
			}
		})
	}
}

// TestMistakes holds that a wrong call is an error of Write and not a broken document.
func TestMistakes(t *testing.T) {
	for name, call := range map[string]func(*pdf.Doc){
		"columns": func(d *pdf.Doc) { d.Columns([]float64{1}, nil, nil) },
		"table":   func(d *pdf.Doc) { d.Table(pdf.Table{Head: []string{"a"}}) },
		"QR":      func(d *pdf.Doc) { d.QR(strings.Repeat("x", 9000), 0, 0, 20) },
	} {
		d := pdf.New(pdf.A4, pdf.Info{Created: created})
		call(d)
		if err := d.Write(&bytes.Buffer{}); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}
