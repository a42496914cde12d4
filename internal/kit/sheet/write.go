// Package sheet writes lists as workbooks (.xlsx) or CSV row by row, and reads
// what people send back: the first sheet of a workbook, or CSV in UTF-8, UTF-16
// or Windows-1258.
package sheet

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/money"
	"lienthong/internal/kit/vntext"
)

// Kind is what a column holds.
type Kind string

// The kinds. Values of a column: string; any integer; any integer or money.VND;
// float64; float64 (0.941 is 94,1 %); time.Time or clock.Date; time.Time. nil and zero times are empty cells.
const (
	Text    Kind = "text"
	Int     Kind = "int"
	Money   Kind = "money"
	Decimal Kind = "decimal"
	Percent Kind = "percent"
	Date    Kind = "date"
	Time    Kind = "time"
)

// Column is one column of a list.
type Column struct {
	Title string
	Kind  Kind    // default Text
	Width float64 // letters; default by kind
}

var formats = map[Kind]struct {
	code  string
	width float64
	right bool
}{
	Text: {"@", 30, false}, Int: {"#,##0", 12, true}, Money: {`#,##0" đ"`, 18, true}, Decimal: {"#,##0.00", 12, true},
	Percent: {"0.0%", 10, true}, Date: {"dd/mm/yyyy", 12, false}, Time: {"dd/mm/yyyy hh:mm", 18, false},
}

// Writer writes a list. Rows go out as they come; Close ends the file.
type Writer interface {
	// Row writes the values of one row, as many as there are columns.
	Row(values ...any) error
	// Close ends the file.
	Close() error
}

// MaxRows is how many rows a sheet can hold below its head.
const MaxRows = 1_048_576 - 10

// ErrTooLong is returned by Row when a sheet is full.
var ErrTooLong = errors.New("the sheet is full")

type book struct {
	out   io.Writer
	f     *excelize.File
	sw    *excelize.StreamWriter
	cols  []Column
	style []int
	row   int
}

// NewBook begins a workbook with one sheet: the lines of title, then the head of the columns, which stays in view.
// Texts are texts whatever they begin with: none becomes a formula.
func NewBook(out io.Writer, name string, cols []Column, title ...string) (Writer, error) {
	b, err := newBook(out, name, cols, title...)
	if err != nil {
		return nil, err
	}
	return b, nil
}

func newBook(out io.Writer, name string, cols []Column, title ...string) (*book, error) {
	b := &book{out: out, f: excelize.NewFile(), cols: cols}
	if err := b.begin(name, title); err != nil {
		return nil, errors.Join(fmt.Errorf("begin workbook: %w", err), b.f.Close())
	}
	return b, nil
}

func (b *book) begin(name string, title []string) error {
	name = sheetName(name)
	if err := b.f.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	var err error
	if b.sw, err = b.f.NewStreamWriter(name); err != nil {
		return err
	}
	for i, c := range b.cols {
		w := c.Width
		if w == 0 {
			w = formats[c.kind()].width
		}
		if err := b.sw.SetColWidth(i+1, i+1, min(w, 255)); err != nil {
			return err
		}
	}
	head := len(title) + 1
	if err := b.sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: head, TopLeftCell: "A" + strconv.Itoa(head+1), ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return b.head(title)
}

func (b *book) head(title []string) error {
	bold, err := b.f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 13, Family: "Times New Roman"}})
	if err != nil {
		return err
	}
	for _, line := range title {
		if err := b.put([]any{excelize.Cell{StyleID: bold, Value: vntext.NFC(line)}}); err != nil {
			return err
		}
	}
	thin := []excelize.Border{{Type: "left", Color: "999999", Style: 1}, {Type: "right", Color: "999999", Style: 1}, {Type: "top", Color: "999999", Style: 1}, {Type: "bottom", Color: "999999", Style: 1}}
	top, err := b.f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 11, Family: "Times New Roman"}, Border: thin,
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E6EFEA"}}, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}})
	if err != nil {
		return err
	}
	cells := make([]any, len(b.cols))
	for i, c := range b.cols {
		f := formats[c.kind()]
		horizontal := "left"
		if f.right {
			horizontal = "right"
		}
		s, err := b.f.NewStyle(&excelize.Style{CustomNumFmt: &f.code, Border: thin, Font: &excelize.Font{Size: 11, Family: "Times New Roman"},
			Alignment: &excelize.Alignment{Horizontal: horizontal, Vertical: "top", WrapText: c.kind() == Text}})
		if err != nil {
			return err
		}
		b.style = append(b.style, s)
		cells[i] = excelize.Cell{StyleID: top, Value: vntext.NFC(c.Title)}
	}
	return b.put(cells)
}

func (c Column) kind() Kind {
	if c.Kind == "" {
		return Text
	}
	return c.Kind
}

func (b *book) put(cells []any) error {
	if b.row >= MaxRows {
		return ErrTooLong
	}
	b.row++
	return b.sw.SetRow("A"+strconv.Itoa(b.row), cells)
}

// Row writes one row.
func (b *book) Row(values ...any) error {
	cells := make([]any, len(values))
	for i, v := range values {
		if i >= len(b.cols) {
			return fmt.Errorf("sheet: %d values for %d columns", len(values), len(b.cols))
		}
		x, err := cellValue(b.cols[i].kind(), v)
		if err != nil {
			return fmt.Errorf("sheet: column %q: %w", b.cols[i].Title, err)
		}
		cells[i] = excelize.Cell{StyleID: b.style[i], Value: x}
	}
	return b.put(cells)
}

// Close writes the workbook out.
func (b *book) Close() error {
	err := b.sw.Flush()
	if err == nil {
		err = b.f.Write(b.out)
	}
	if err := errors.Join(err, b.f.Close()); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// sheetName keeps what a sheet may be called.
func sheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return ' '
		}
		return r
	}, vntext.Clean(s))
	s = strings.TrimSpace(s)
	if r := []rune(s); len(r) > 31 {
		s = strings.TrimSpace(string(r[:31]))
	}
	if s == "" {
		return "Danh sách"
	}
	return s
}

// cellValue turns a value into what a cell of the kind holds; nil is an empty cell.
func cellValue(k Kind, v any) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case *time.Time:
		if x == nil {
			return nil, nil
		}
		return cellValue(k, *x)
	case time.Time:
		if x.IsZero() {
			return nil, nil
		}
		t := x.In(clock.Local)
		if k == Date {
			return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC), nil
		}
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC), nil // the local time as it is read
	case clock.Date:
		if x.IsZero() {
			return nil, nil
		}
		return time.Date(x.Year, x.Month, x.Day, 0, 0, 0, 0, time.UTC), nil
	case money.VND:
		return int64(x), nil
	case fmt.Stringer:
		return plain(x.String()), nil
	case string:
		return plain(x), nil
	case int, int8, int16, int32, int64, uint8, uint16, uint32, float32, float64:
		return x, nil
	case bool:
		if x {
			return "có", nil
		}
		return "", nil
	}
	return nil, fmt.Errorf("a cell cannot hold %T", v)
}

// plain keeps what XML and spreadsheets can hold: composed, no controls, at most 32,767 letters.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, vntext.NFC(strings.ToValidUTF8(s, "")))
	if len(s) > 32767 {
		if r := []rune(s); len(r) > 32767 {
			s = string(r[:32767])
		}
	}
	return s
}

type table struct {
	w    *csv.Writer
	cols []Column
}

// NewCSV begins a CSV file in UTF-8 with the mark that spreadsheet programs need. A text that such a program would take for a
// formula gets an apostrophe before it.
func NewCSV(out io.Writer, cols []Column) (Writer, error) {
	if _, err := io.WriteString(out, "\uFEFF"); err != nil {
		return nil, err
	}
	t := &table{csv.NewWriter(out), cols}
	head := make([]string, len(cols))
	for i, c := range cols {
		head[i] = harmless(vntext.NFC(c.Title))
	}
	return t, t.w.Write(head)
}

// Row writes one row.
func (t *table) Row(values ...any) error {
	row := make([]string, len(t.cols))
	for i, v := range values {
		if i >= len(t.cols) {
			return fmt.Errorf("sheet: %d values for %d columns", len(values), len(t.cols))
		}
		x, err := cellValue(t.cols[i].kind(), v)
		if err != nil {
			return fmt.Errorf("sheet: column %q: %w", t.cols[i].Title, err)
		}
		switch y := x.(type) {
		case nil:
		case string:
			row[i] = harmless(y)
		case time.Time:
			layout := "02/01/2006 15:04"
			if t.cols[i].kind() == Date {
				layout = "02/01/2006"
			}
			row[i] = y.Format(layout)
		default:
			row[i] = fmt.Sprint(y)
		}
	}
	return t.w.Write(row)
}

// harmless keeps a text from being taken for a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// Close writes what is left.
func (t *table) Close() error {
	t.w.Flush()
	return t.w.Error()
}
