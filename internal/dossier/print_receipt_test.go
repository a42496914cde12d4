package dossier_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
)

// TestReceipt prints the receipt and reads it back as text.
func TestReceipt(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		clerk := w.As(w.Clerk("ubnd-99101"))
		f := land(w)
		f.Authorised, f.Submitter = true, dossiertest.Applicant("Nguyễn Thị Được Ủy Quyền")
		filed, err := w.Dossiers.File(clerk, f)
		d := must(t, filed, err)
		var b bytes.Buffer
		if err := w.Dossiers.ReceiptPDF(clerk, &b, d.ID); err != nil {
			t.Fatal(err)
		}
		text := pdfText(t, b.Bytes())
		for _, want := range []string{d.Code, d.Secret, "Hồ Văn Ví Dụ", "Nguyễn Thị Được Ủy Quyền", "Cấp giấy chứng nhận (thử)", "Bản vẽ (2 bản sao)",
			"10 ngày làm việc", "08 giờ 00 phút, ngày 23/11/2026", "08 giờ 00 phút, ngày 07/12/2026", "Trần Thị Mẫu", "1 (bộ)"} {
			if !strings.Contains(text, want) {
				t.Errorf("the receipt lacks %q:\n%s", want, text)
			}
		}
		var again bytes.Buffer
		if err := w.Dossiers.TrackedReceiptPDF(w.As(actor.Actor{}), &again, d.Code, d.Secret); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
			t.Errorf("printed with the secret: %v, same bytes %v", err, bytes.Equal(b.Bytes(), again.Bytes()))
		}
		wantKind(t, w.Dossiers.TrackedReceiptPDF(w.As(actor.Actor{}), &again, d.Code, ""), fault.Unauthenticated, "")
		wantKind(t, w.Dossiers.ReceiptPDF(w.As(w.Clerk("ubnd-99102")), &again, d.ID), fault.NotFound, "")
		wantKind(t, w.Dossiers.ReceiptPDF(w.As(w.Citizen("an")), &again, dossier.ID("x")), fault.NotFound, "")
	})
}

// TestNoReceiptBeforeAcceptance holds that nothing is promised before the dossier was accepted.
func TestNoReceiptBeforeAcceptance(t *testing.T) {
	worlds(t, func(t *testing.T, w *dossiertest.World) {
		citizen := w.As(w.Citizen("an"))
		filed, err := w.Dossiers.File(citizen, birth(w, citizen))
		d := must(t, filed, err)
		wantKind(t, w.Dossiers.ReceiptPDF(citizen, &bytes.Buffer{}, d.ID), fault.Conflict, "chưa được tiếp nhận")
	})
}

// pdfText returns the text of a PDF with single spaces.
func pdfText(t *testing.T, raw []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not there; on Debian: apt-get install poppler-utils")
	}
	name := filepath.Join(t.TempDir(), "receipt.pdf")
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if keep := os.Getenv("LIENTHONG_TEST_KEEP_PDF"); keep != "" {
		_ = os.WriteFile(keep, raw, 0o600)
	}
	out, err := exec.Command(tool, "-layout", name, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}
