package pdf

import (
	"fmt"

	"github.com/boombuler/barcode/qr"
)

// Line is one paragraph of a column. Rule draws a short line under it, as under the names at the head of a letter.
type Line struct {
	Text   string
	Size   float64
	Bold   bool
	Italic bool
	Align  Align // Center in heads when left empty
	Rule   bool
	After  float64
}

// Head writes two columns of centred lines side by side: who writes on the left, the nation's name on the right.
func (d *Doc) Head(left, right []Line) { d.Columns([]float64{0.42, 0.58}, left, right) }

// Signatures writes equal columns of centred lines side by side, and leaves room for signing above the last line of each.
func (d *Doc) Signatures(room float64, columns ...[]Line) {
	shares := make([]float64, len(columns))
	for i, c := range columns {
		shares[i] = 1
		if len(c) > 1 {
			c = append([]Line(nil), c...)
			c[len(c)-2].After += room
			columns[i] = c
		}
	}
	d.Columns(shares, columns...)
}

// Columns writes columns of centred lines side by side; shares are their parts of the width. Below is the end of the longest.
func (d *Doc) Columns(shares []float64, columns ...[]Line) {
	d.Clear()
	if len(shares) != len(columns) {
		d.f.SetError(fmt.Errorf("pdf: %d shares for %d columns", len(shares), len(columns)))
		return
	}
	var sum, tallest float64
	for _, s := range shares {
		sum += s
	}
	for i, c := range columns {
		tallest = max(tallest, d.height(d.Width()*shares[i]/sum, c))
	}
	d.Keep(tallest)
	x, top := d.left(), d.f.GetY()
	for i, c := range columns {
		w := d.Width() * shares[i] / sum
		d.f.SetY(top)
		for _, l := range c {
			s := l.style()
			d.paragraph(x+1, w-2, s, false, []Run{{Text: l.Text}})
			if l.Rule {
				y := d.f.GetY() + 0.6
				d.f.Line(x+w*0.33, y, x+w*0.67, y)
				d.f.SetY(y + 1)
			}
			d.Space(l.After)
		}
		x += w
	}
	d.f.SetY(top + tallest)
}

func (l Line) style() Style {
	s := Style{Size: l.Size, Bold: l.Bold, Italic: l.Italic, Align: l.Align}
	if s.Align == Left {
		s.Align = Center
	}
	return s
}

func (d *Doc) height(w float64, lines []Line) float64 {
	var h float64
	for _, l := range lines {
		h += d.paragraphHeight(w-2, l.style(), []Run{{Text: l.Text}}) + l.After
		if l.Rule {
			h += 1.6
		}
	}
	return h
}

func (d *Doc) paragraphHeight(w float64, s Style, runs []Run) float64 {
	h := d.font(s)
	words := d.words(s, runs, w)
	lines := 0
	for len(words) > 0 || lines == 0 {
		n, _ := fit(words, w)
		words = words[n:]
		lines++
	}
	return float64(lines) * h
}

// Table is a table with lines around its cells.
type Table struct {
	Widths []float64 // shares of the width
	Align  []Align   // of the columns; Left when shorter
	Head   []string
	Rows   [][]string
	Size   float64
}

const padding = 1.2

// Table writes a table. A row is never broken; the head is repeated on every page.
func (d *Doc) Table(t Table) {
	d.Clear()
	var sum float64
	for _, w := range t.Widths {
		sum += w
	}
	if sum <= 0 || len(t.Head) > len(t.Widths) {
		d.f.SetError(fmt.Errorf("pdf: table with %d columns and %d widths", len(t.Head), len(t.Widths)))
		return
	}
	row := func(cells []string, head bool) {
		heights := d.rowHeight(t, sum, cells, head)
		x, y := d.left(), d.f.GetY()
		for i, share := range t.Widths {
			w := d.Width() * share / sum
			d.f.Rect(x, y, w, heights, "D")
			if i < len(cells) {
				d.f.SetY(y + padding)
				d.paragraph(x+padding, w-2*padding, t.cell(i, head), false, []Run{{Text: cells[i]}})
			}
			x += w
		}
		d.f.SetY(y + heights)
	}
	if len(t.Head) > 0 {
		d.Keep(2 * d.rowHeight(t, sum, t.Head, true))
		row(t.Head, true)
	}
	for _, cells := range t.Rows {
		page := d.f.PageNo()
		if d.Keep(d.rowHeight(t, sum, cells, false)); d.f.PageNo() != page && len(t.Head) > 0 {
			row(t.Head, true)
		}
		row(cells, false)
	}
}

func (t Table) cell(i int, head bool) Style {
	s := Style{Size: t.Size, Bold: head}
	if i < len(t.Align) {
		s.Align = t.Align[i]
	}
	if head {
		s.Align = Center
	}
	return s
}

func (d *Doc) rowHeight(t Table, sum float64, cells []string, head bool) float64 {
	h := d.font(t.cell(0, head))
	for i, c := range cells {
		if i < len(t.Widths) {
			h = max(h, d.paragraphHeight(d.Width()*t.Widths[i]/sum-2*padding, t.cell(i, head), []Run{{Text: c}}))
		}
	}
	return h + 2*padding
}

// QR draws a text as a QR code with its upper left corner at x, y; side is its length. The place is not moved.
func (d *Doc) QR(text string, x, y, side float64) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		d.f.SetError(fmt.Errorf("pdf: QR code: %w", err))
		return
	}
	b := code.Bounds()
	n := b.Dx()
	unit := side / float64(n)
	d.f.SetFillColor(0, 0, 0)
	dark := func(i, j int) bool {
		r, _, _, _ := code.At(b.Min.X+i, b.Min.Y+j).RGBA()
		return r == 0
	}
	for j := range n {
		for i := 0; i < n; i++ {
			run := 0
			for i+run < n && dark(i+run, j) {
				run++
			}
			if run > 0 {
				d.f.Rect(x+float64(i)*unit, y+float64(j)*unit, float64(run)*unit, unit, "F")
				i += run
			}
		}
	}
}

// QRHere draws a QR code at the right margin; paragraphs written next flow around it, all else begins below it.
func (d *Doc) QRHere(text string, side float64) {
	d.Keep(side)
	d.QR(text, d.left()+d.Width()-side, d.f.GetY(), side)
	d.besidePage, d.besideUntil, d.besideWidth = d.f.PageNo(), d.f.GetY()+side+1, side+3
}
