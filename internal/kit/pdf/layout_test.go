package pdf_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"lienthong/internal/kit/pdf"
)

// TestBeside holds that paragraphs flow around a QR code, and that all else begins below it.
func TestBeside(t *testing.T) {
	d := pdf.New(pdf.A4, pdf.Info{Created: created})
	d.QRHere("H21.15-181123-0007", 40)
	top := d.Raw().GetY()
	d.Text(strings.Repeat("chữ bên cạnh mã ", 15), pdf.Style{})
	if y := d.Raw().GetY(); y <= top || y >= top+40 {
		t.Errorf("the paragraph ends at %v, it began at %v", y, top)
	}
	d.Table(pdf.Table{Widths: []float64{1}, Rows: [][]string{{"ô"}}})
	if y := d.Raw().GetY(); y < top+40 {
		t.Errorf("the table begins beside the code: %v", y)
	}
	lines := 0
	for line := range strings.Lines(text(t, write(t, d))) {
		if strings.Contains(line, "chữ") {
			lines++
		}
	}
	wide := pdf.New(pdf.A4, pdf.Info{Created: created})
	wide.Text(strings.Repeat("chữ bên cạnh mã ", 15), pdf.Style{})
	if full := strings.Count(text(t, write(t, wide)), "\n"); lines <= full-2 {
		t.Errorf("%d lines beside the code, %d without", lines, full)
	}
	d.Clear() // below it already: nothing happens
}

// TestKeep holds that what belongs together is not torn apart by the end of a page.
func TestKeep(t *testing.T) {
	d := pdf.New(pdf.A5, pdf.Info{Created: created})
	d.Space(165)
	page := d.Raw().PageNo()
	d.Signatures(25, []pdf.Line{{Text: "NGƯỜI NỘP"}, {Text: "An"}}, []pdf.Line{{Text: "NGƯỜI NHẬN"}, {Text: "Bình"}})
	if d.Raw().PageNo() != page+1 {
		t.Error("the signatures did not go to the next page as a whole")
	}
	got := text(t, write(t, d))
	if !sameLine(got, "NGƯỜI NỘP", "NGƯỜI NHẬN") || !sameLine(got, "An", "Bình") {
		t.Errorf("%s", got)
	}
}

// TestSignaturesLeaveLinesAlone holds that the caller's lines are not changed.
func TestSignaturesLeaveLinesAlone(t *testing.T) {
	lines := []pdf.Line{{Text: "a"}, {Text: "b"}}
	pdf.New(pdf.A4, pdf.Info{Created: created}).Signatures(20, lines)
	if lines[0].After != 0 {
		t.Error("the space for signing was written into the caller's lines")
	}
}

// TestQR holds that a code can be read by a machine, Vietnamese letters and all, where the tool for it is there.
func TestQR(t *testing.T) {
	d := pdf.New(pdf.A5, pdf.Info{Created: created})
	for i, s := range []string{"https://example.vn/tra-cuu?ma=H21.15-181123-0007&khoa=K7QF2M9X", "Tiếng Việt có dấu"} {
		d.QR(s, 20, 20+float64(i)*60, 50)
	}
	raw := write(t, d)
	if n := bytes.Count(raw, []byte("/Type /Page\n")); n != 1 {
		t.Errorf("%d pages", n)
	}
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Skip("zbarimg is not there; on Debian: apt-get install zbar-tools")
	}
	dir := t.TempDir()
	render := exec.Command("pdftoppm", "-r", "150", "-png", "-", dir+"/qr")
	render.Stdin = bytes.NewReader(raw)
	if out, err := render.CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	out, err := exec.Command("sh", "-c", "zbarimg -q --raw "+dir+"/qr*.png").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "0007&khoa=K7QF2M9X") || !strings.Contains(string(out), "Tiếng Việt có dấu") {
		t.Errorf("%v %s", err, out)
	}
}

// FuzzText holds that no text breaks a document.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a b", "\n\n", strings.Repeat("Ấ", 200), "😀", "\xff", "\u200d\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := pdf.New(pdf.A5, pdf.Info{Title: s, Author: s, Created: created})
		d.Footer(s)
		d.Head([]pdf.Line{{Text: s, Rule: true}}, []pdf.Line{{Text: s}})
		d.Rich(pdf.Style{Align: pdf.Justify, Indent: 8, Left: 4}, pdf.Run{Text: s}, pdf.Run{Text: s, Bold: true})
		d.Table(pdf.Table{Widths: []float64{1, 3}, Head: []string{s}, Rows: [][]string{{s, s}}})
		if err := d.Write(&bytes.Buffer{}); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	})
}
