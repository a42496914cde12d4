package sheet_test

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/sheet"
)

// FuzzRead holds that nothing people send breaks the reader: it is a list of whole texts, or an Invalid fault.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"", "a,b\nc", "\"", "a;\"b\n\"c", "PK\x03\x04", "\xff\xfea\x00", "\xd0\xcf\x11\xe0", "\xef\xbb\xbfx", "a\tb\x00c", "\xe2\xf2,\xf2"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		err := sheet.Each(bytes.NewReader(raw), func(n int, cells []string) error {
			if n < 1 || len(cells) == 0 || cells[len(cells)-1] == "" {
				t.Errorf("row %d: %q", n, cells)
			}
			for _, c := range cells {
				if !utf8.ValidString(c) || strings.ContainsRune(c, 0) || c != strings.TrimSpace(c) {
					t.Errorf("cell %q", c)
				}
			}
			return nil
		})
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v", err)
		}
	})
}

// FuzzRoundTrip holds that a text comes back from a workbook and from CSV as it was, save for what sheets cannot hold.
func FuzzRoundTrip(f *testing.F) {
	for _, s := range []string{"Nguyễn Văn A", "=1+1", "a\nb", "\"x\",y;z", "  ", "_x000D_", "&lt;", "'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 200 || strings.ContainsAny(s, "\r") || strings.Contains(s, "_x") {
			return
		}
		for name, begin := range map[string]func(io.Writer) (sheet.Writer, error){
			"workbook": func(w io.Writer) (sheet.Writer, error) { return sheet.NewBook(w, "x", columns[:2]) },
			"csv":      func(w io.Writer) (sheet.Writer, error) { return sheet.NewCSV(w, columns[:2]) },
		} {
			var b bytes.Buffer
			w, err := begin(&b)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Row(s, 7); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			rows, err := sheet.Read(&b)
			if err != nil || len(rows) != 2 || len(rows[1]) != 2 || rows[1][1] != "7" {
				t.Errorf("%s of %q: %q %v", name, s, rows, err)
			}
		}
	})
}

// TestManyRows holds that a long list is written and read whole.
func TestManyRows(t *testing.T) {
	const many = 20_000
	var b bytes.Buffer
	w, err := sheet.NewBook(&b, "Nhiều", columns[:2])
	if err != nil {
		t.Fatal(err)
	}
	for i := range many {
		if err := w.Row(fmt.Sprint("Hồ sơ ", i), i); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	n := 0
	var last []string
	if err := sheet.Each(&b, func(_ int, cells []string) error { n++; last = cells; return nil }); err != nil {
		t.Fatal(err)
	}
	if want := []string{"Hồ sơ 19999", "19,999"}; n != many+1 || !reflect.DeepEqual(last, want) {
		t.Errorf("%d rows, the last %q", n, last)
	}
}

// TestNames holds that a sheet can be given any name.
func TestNames(t *testing.T) {
	for _, name := range []string{"", "   ", "a/b\\c:d*e?f[g]h'i", strings.Repeat("dài ", 40), "Sheet1", "\x00"} {
		var b bytes.Buffer
		w, err := sheet.NewBook(&b, name, columns[:1])
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if err := w.Close(); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if rows, err := sheet.Read(&b); err != nil || len(rows) != 1 {
			t.Errorf("%q: %q %v", name, rows, err)
		}
	}
}
