package sheet_test

import (
	"errors"
	"net/http/httptest"
	"os"
	"reflect"
	"testing"

	"lienthong/internal/kit/sheet"
)

// TestSend holds what a download says of itself, and that a failure leaves the answer untouched.
func TestSend(t *testing.T) {
	cols := []sheet.Column{{Title: "Họ và tên"}, {Title: "Tuổi", Kind: sheet.Int}}
	w := httptest.NewRecorder()
	err := sheet.Send(w, "danh-sach.xlsx", "Danh sách", cols, func(row func(...any) error) error {
		return errors.Join(row("Rơ Châm H'Phương", 30), row("Siu Thử", 41))
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.Header().Get("Content-Disposition"); got != "attachment; filename=danh-sach.xlsx" || w.Header().Get("Content-Type") != sheet.Media {
		t.Errorf("head %v", w.Header())
	}
	rows, err := sheet.Read(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if want := [][]string{{"Danh sách"}, {"Họ và tên", "Tuổi"}, {"Rơ Châm H'Phương", "30"}, {"Siu Thử", "41"}}; !reflect.DeepEqual(rows, want) {
		t.Errorf("got %q", rows)
	}
}

// TestSendFails holds that a list that breaks off in the middle sends nothing and leaves no file behind.
func TestSendFails(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	broken := errors.New("the list broke off")
	w := httptest.NewRecorder()
	err := sheet.Send(w, "danh-sach.xlsx", "Danh sách", []sheet.Column{{Title: "Họ và tên", Width: 40}}, func(row func(...any) error) error {
		for range 200_000 { // enough to leave memory for a temporary file
			if err := row("Một dòng của danh sách dài, dài đến mức không nằm trong bộ nhớ"); err != nil {
				return err
			}
		}
		return broken
	})
	if !errors.Is(err, broken) || w.Body.Len() > 0 || len(w.Header()) > 0 {
		t.Errorf("%v, %d bytes, %v", err, w.Body.Len(), w.Header())
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
