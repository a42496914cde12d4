// Package pdf writes printed forms: paragraphs, two-column heads, tables and QR
// codes on A4 or A5, in a serif face with the metrics of Times New Roman and all
// Vietnamese letters. Lengths are millimetres, font sizes points.
//
//	d := pdf.New(pdf.A4, pdf.Info{Title: "Giấy tiếp nhận", Created: now})
//	d.Head([]pdf.Line{{Text: "TÊN CƠ SỞ", Bold: true, Rule: true}}, []pdf.Line{{Text: "CỘNG HÒA …", Bold: true}})
//	d.Text("Kính gửi: …", pdf.Style{})
//	return d.Write(w)
package pdf

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-fonts/liberation/liberationserifbold"
	"codeberg.org/go-fonts/liberation/liberationserifbolditalic"
	"codeberg.org/go-fonts/liberation/liberationserifitalic"
	"codeberg.org/go-fonts/liberation/liberationserifregular"
	"codeberg.org/go-pdf/fpdf"

	"lienthong/internal/kit/vntext"
)

// Size is a sheet of paper.
type Size string

// The sizes.
const (
	A4 Size = "A4"
	A5 Size = "A5"
)

// Info is what a document says of itself.
type Info struct {
	Title   string
	Author  string
	Created time.Time // also makes the same document the same bytes
}

// Align is how lines stand between the margins.
type Align string

// The alignments. The zero value is Left.
const (
	Left    Align = ""
	Center  Align = "center"
	Right   Align = "right"
	Justify Align = "justify"
)

// Style is the look of a paragraph. Zero values: 13 points, left, no indent.
type Style struct {
	Size   float64 // points
	Bold   bool
	Italic bool
	Align  Align
	Indent float64 // of the first line
	Left   float64 // of all lines
	After  float64 // space below
}

// Run is a piece of a paragraph with its own weight.
type Run struct {
	Text   string
	Bold   bool
	Italic bool
}

const (
	family     = "serif"
	point      = 25.4 / 72 // millimetres
	leading    = 1.25      // line height in font sizes: stacked tone marks do not touch
	normalSize = 13
)

// Doc is a document being written. Errors are kept and returned by Write.
type Doc struct {
	f    *fpdf.Fpdf
	base float64 // font size when a style names none
	foot string

	// a picture at the right margin that text flows around
	besidePage  int
	besideUntil float64
	besideWidth float64
}

// New begins a document with margins fit for the paper and a first page.
func New(size Size, in Info) *Doc {
	f := fpdf.New("P", "mm", string(size), "")
	d := &Doc{f: f, base: normalSize}
	left, top, right, bottom := 25.0, 18.0, 18.0, 18.0
	if size == A5 {
		left, top, right, bottom = 14, 12, 12, 12
		d.base = 11
	}
	f.AddUTF8FontFromBytes(family, "", liberationserifregular.TTF)
	f.AddUTF8FontFromBytes(family, "B", liberationserifbold.TTF)
	f.AddUTF8FontFromBytes(family, "I", liberationserifitalic.TTF)
	f.AddUTF8FontFromBytes(family, "BI", liberationserifbolditalic.TTF)
	f.SetCatalogSort(true)
	f.SetCreationDate(in.Created)
	f.SetModificationDate(in.Created)
	f.SetTitle(clean(in.Title), true)
	f.SetAuthor(clean(in.Author), true)
	f.SetLang("vi-VN")
	f.SetMargins(left, top, right)
	f.SetAutoPageBreak(false, bottom)
	f.SetLineWidth(0.2)
	f.SetFooterFunc(d.footer)
	f.AddPage()
	return d
}

// Raw returns the document underneath, for what this package does not know.
func (d *Doc) Raw() *fpdf.Fpdf { return d.f }

// Width returns the space between the margins.
func (d *Doc) Width() float64 {
	w, _ := d.f.GetPageSize()
	l, _, r, _ := d.f.GetMargins()
	return w - l - r
}

func (d *Doc) left() float64 {
	l, _, _, _ := d.f.GetMargins()
	return l
}

// Footer shows a text at the foot of every page from this one on; "{page}" in it is the page's number.
func (d *Doc) Footer(text string) { d.foot = text }

func (d *Doc) footer() {
	if d.foot == "" {
		return
	}
	_, h := d.f.GetPageSize()
	_, _, _, bottom := d.f.GetMargins()
	y := d.f.GetY()
	d.f.SetXY(d.left(), h-bottom/2-3)
	d.line(d.left(), d.Width(), clean(strings.ReplaceAll(d.foot, "{page}", fmt.Sprint(d.f.PageNo()))), Style{Size: 9, Align: Center})
	d.f.SetY(y)
}

// Keep begins a new page when less than h is left on this one.
func (d *Doc) Keep(h float64) {
	_, height := d.f.GetPageSize()
	_, _, _, bottom := d.f.GetMargins()
	if d.f.GetY()+h > height-bottom {
		d.f.AddPage()
	}
}

// Space leaves h free.
func (d *Doc) Space(h float64) { d.f.SetY(d.f.GetY() + h) }

// Rule draws a line from margin to margin.
func (d *Doc) Rule() {
	y := d.f.GetY()
	d.f.Line(d.left(), y, d.left()+d.Width(), y)
}

// Write ends the document and writes it.
func (d *Doc) Write(w io.Writer) error {
	if err := d.f.Output(w); err != nil {
		return fmt.Errorf("write PDF: %w", err)
	}
	return nil
}

// clean keeps what the fonts can show: composed letters, no controls, a box for signs beyond them.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		case r > 0xFFFF:
			return '□'
		}
		return r
	}, vntext.NFC(s))
}

// font sets the face of a style and returns its line height.
func (d *Doc) font(s Style) float64 {
	if s.Size == 0 {
		s.Size = d.base
	}
	face := ""
	if s.Bold {
		face += "B"
	}
	if s.Italic {
		face += "I"
	}
	d.f.SetFont(family, face, s.Size)
	return s.Size * point * leading
}

// line draws one line and returns its height.
func (d *Doc) line(x, w float64, text string, s Style) float64 {
	h := d.font(s)
	at := x
	switch s.Align {
	case Center:
		at = x + (w-d.f.GetStringWidth(text))/2
	case Right:
		at = x + w - d.f.GetStringWidth(text)
	}
	y := d.f.GetY()
	d.f.Text(at, y+h*0.76, text)
	d.f.SetY(y + h)
	return h
}

// Text writes a paragraph.
func (d *Doc) Text(text string, s Style) { d.Rich(s, Run{Text: text}) }

// Field writes a label and its value: "Họ và tên: Nguyễn Văn A", the value in bold when there is one.
func (d *Doc) Field(label, value string, s Style) {
	d.Rich(s, Run{Text: label + ": "}, Run{Text: value, Bold: true})
}

// Rich writes a paragraph of runs.
func (d *Doc) Rich(s Style, runs ...Run) {
	d.paragraph(d.left()+s.Left, d.Width()-s.Left, s, true, runs)
	d.Space(s.After)
}

// word is what is not broken unless it is longer than a line.
type word struct {
	text   string
	style  Style
	width  float64
	gap    float64 // before it, when it is not the first of its line
	broken bool    // a line ends before it
}

// paragraph breaks runs into lines and draws them from the current height on. With paging it goes on on the next page.
func (d *Doc) paragraph(x, w float64, s Style, paging bool, runs []Run) {
	h := d.font(s)
	narrow := w
	if paging {
		narrow -= d.beside()
	}
	words := d.words(s, runs, narrow)
	for first := true; len(words) > 0 || first; first = false {
		indent := 0.0
		if first {
			indent = s.Indent
		}
		free := w - indent
		if paging {
			d.Keep(h)
			free -= d.beside()
		}
		n, used := fit(words, free)
		last := n == len(words) || words[n].broken
		d.drawWords(x+indent, free, used, words[:n], s.Align, last)
		d.f.SetY(d.f.GetY() + h)
		words = words[n:]
	}
}

// beside returns how much of the width a picture takes at this height.
func (d *Doc) beside() float64 {
	if d.f.PageNo() != d.besidePage || d.f.GetY() >= d.besideUntil {
		return 0
	}
	return d.besideWidth
}

// Clear goes below a picture that text flows around.
func (d *Doc) Clear() {
	if d.beside() > 0 {
		d.f.SetY(d.besideUntil)
	}
}

// fit returns how many words stand on a line of width w, at least one, and how much of it they use.
func fit(words []word, w float64) (n int, used float64) {
	for n < len(words) {
		need := words[n].width
		if n > 0 {
			need += words[n].gap
		}
		if n > 0 && (words[n].broken || used+need > w+0.001) {
			break
		}
		used += need
		n++
	}
	return n, used
}

func (d *Doc) drawWords(x, w, used float64, words []word, a Align, last bool) {
	stretch := 0.0
	switch {
	case a == Center:
		x += (w - used) / 2
	case a == Right:
		x += w - used
	case a == Justify && !last && len(words) > 1:
		gaps := 0
		for _, o := range words[1:] {
			if o.gap > 0 {
				gaps++
			}
		}
		if gaps > 0 {
			stretch = (w - used) / float64(gaps)
		}
	}
	y := d.f.GetY()
	for i, o := range words {
		h := d.font(o.style)
		if i > 0 {
			x += o.gap
			if o.gap > 0 {
				x += stretch
			}
		}
		d.f.Text(x, y+h*0.76, o.text)
		x += o.width
	}
}

// words takes runs apart at spaces and line breaks; a word longer than a line is taken apart as well.
func (d *Doc) words(s Style, runs []Run, w float64) []word {
	var words []word
	pending, broken := false, false
	for _, r := range runs {
		style := s
		style.Bold, style.Italic = s.Bold || r.Bold, s.Italic || r.Italic
		d.font(style)
		space := d.f.GetStringWidth(" ")
		for i, par := range strings.Split(clean(r.Text), "\n") {
			if i > 0 {
				if broken { // an empty line
					words = append(words, word{style: style, broken: true})
				}
				pending, broken = false, true
			}
			rest := par
			for rest != "" {
				if cut := strings.TrimLeft(rest, " "); cut != rest {
					rest, pending = cut, true
					continue
				}
				text := rest
				if at := strings.IndexByte(rest, ' '); at >= 0 {
					text = rest[:at]
				}
				rest = rest[len(text):]
				for _, piece := range d.pieces(text, w-s.Indent) {
					o := word{text: piece, style: style, width: d.f.GetStringWidth(piece), broken: broken}
					if pending {
						o.gap = space
					}
					words = append(words, o)
					pending, broken = false, false
				}
			}
		}
	}
	return words
}

// pieces cuts a word that is longer than a line.
func (d *Doc) pieces(text string, w float64) []string {
	if d.f.GetStringWidth(text) <= w {
		return []string{text}
	}
	var list []string
	letters := []rune(text)
	for len(letters) > 0 {
		n := 1
		for n < len(letters) && d.f.GetStringWidth(string(letters[:n+1])) <= w {
			n++
		}
		list = append(list, string(letters[:n]))
		letters = letters[n:]
	}
	return list
}
