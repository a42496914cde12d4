package sheet

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

//go:embed i18n/*.json
var texts embed.FS

// Texts returns the overlays of the package for i18n.Catalog.Load.
func Texts() fs.FS { return texts }

// Limits of what is read.
const (
	maxFile   = 64 << 20
	maxUnpack = 512 << 20
)

// Each reads the first sheet of a workbook, or CSV, and calls row for every row that is not empty; n counts rows
// from 1 as people see them. Cells are composed and trimmed, dates are dd/mm/yyyy. What is neither is an Invalid fault.
func Each(r io.Reader, row func(n int, cells []string) error) error {
	raw, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return fmt.Errorf("read sheet: %w", err)
	}
	switch {
	case len(raw) > maxFile:
		return fault.New(fault.Invalid, i18n.M("Bảng tính quá lớn. Hãy chia thành nhiều tệp."))
	case bytes.HasPrefix(raw, []byte("PK")):
		return eachBook(raw, row)
	case bytes.HasPrefix(raw, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return fault.New(fault.Invalid, i18n.M("Tệp .xls dạng cũ chưa đọc được. Hãy lưu lại dạng .xlsx hoặc .csv."))
	}
	return eachCSV(raw, row)
}

// Read is Each with all rows at once; rows[0] is the first row that is not empty.
func Read(r io.Reader) ([][]string, error) {
	var rows [][]string
	err := Each(r, func(_ int, cells []string) error {
		rows = append(rows, cells)
		return nil
	})
	return rows, err
}

func eachBook(raw []byte, row func(int, []string) error) error {
	unreadable := fault.New(fault.Invalid, i18n.M("Không đọc được bảng tính. Hãy lưu lại dạng .xlsx hoặc .csv rồi gửi lại."))
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{UnzipSizeLimit: maxUnpack, ShortDatePattern: "dd/mm/yyyy"})
	if err != nil {
		return unreadable.Wrap(err)
	}
	defer f.Close()
	names := f.GetSheetList()
	if len(names) == 0 {
		return unreadable
	}
	rows, err := f.Rows(names[0])
	if err != nil {
		return unreadable.Wrap(err)
	}
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil {
			return errors.Join(unreadable.Wrap(err), rows.Close())
		}
		if err := give(n, cells, row); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	if err := rows.Error(); err != nil {
		return unreadable.Wrap(err)
	}
	return rows.Close()
}

// give hands a row on, cleaned and without empty cells at its end.
func give(n int, cells []string, row func(int, []string) error) error {
	clean := make([]string, len(cells))
	last := 0
	for i, c := range cells {
		if clean[i] = strings.TrimSpace(vntext.NFC(strings.ReplaceAll(c, "\r\n", "\n"))); clean[i] != "" {
			last = i + 1
		}
	}
	if last == 0 {
		return nil
	}
	return row(n, clean[:last])
}

func eachCSV(raw []byte, row func(int, []string) error) error {
	text, err := decode(raw)
	if err != nil {
		return fault.New(fault.Invalid, i18n.M("Không nhận ra bảng mã của tệp. Hãy lưu lại dạng CSV UTF-8 hoặc .xlsx.")).Wrap(err)
	}
	cr := csv.NewReader(strings.NewReader(text))
	cr.Comma, cr.FieldsPerRecord, cr.LazyQuotes, cr.ReuseRecord = separator(text), -1, true, true
	for {
		cells, err := cr.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault.New(fault.Invalid, i18n.M("Không đọc được tệp CSV.")).Wrap(err)
		}
		n, _ := cr.FieldPos(0)
		if err := give(n, cells, row); err != nil {
			return err
		}
	}
}

// decode finds the encoding of a text: a mark at its begin, UTF-8, UTF-16 by its zeros, else Windows-1258.
func decode(raw []byte) (string, error) {
	var enc encoding.Encoding
	switch {
	case bytes.HasPrefix(raw, []byte{0xEF, 0xBB, 0xBF}):
		raw = raw[3:]
	case bytes.HasPrefix(raw, []byte{0xFF, 0xFE}), zeros(raw, 1):
		enc = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.HasPrefix(raw, []byte{0xFE, 0xFF}), zeros(raw, 0):
		enc = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case !utf8.Valid(raw):
		enc = charmap.Windows1258
	}
	if enc != nil {
		var err error
		if raw, _, err = transform.Bytes(enc.NewDecoder(), raw); err != nil {
			return "", err
		}
	}
	if !utf8.Valid(raw) || bytes.ContainsRune(raw, 0) {
		return "", errors.New("the text has zeros or is no UTF-8")
	}
	return string(raw), nil
}

// zeros reports whether most bytes at odd (1) or even (0) places are zero, as in UTF-16 of Latin letters.
func zeros(raw []byte, at int) bool {
	n, all := 0, 0
	for i := at; i < len(raw) && i < 400; i += 2 {
		all++
		if raw[i] == 0 {
			n++
		}
	}
	return all > 1 && n*2 > all
}

// separator is the sign that stands most often outside quotes in the first lines.
func separator(text string) rune {
	counts := map[rune]int{}
	s := bufio.NewScanner(strings.NewReader(text))
	s.Buffer(nil, 1<<20)
	for i := 0; i < 10 && s.Scan(); i++ {
		quoted := false
		for _, r := range s.Text() {
			switch {
			case r == '"':
				quoted = !quoted
			case !quoted && (r == ',' || r == ';' || r == '\t'):
				counts[r]++
			}
		}
	}
	best := ','
	for _, r := range []rune{';', '\t'} {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}
