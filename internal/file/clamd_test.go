package file

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// testVirus are bytes that only the signature of the test knows; they do nothing.
var testVirus = []byte("LIEN-THONG-STANDARD-TEST-CONTENT!$H+H*")

// realClamd starts Debian's clamd with one signature, made here.
func realClamd(t testing.TB) Scanner {
	t.Helper()
	program, err := exec.LookPath("clamd")
	if err != nil {
		t.Skip("clamd is not installed (Debian package clamav-daemon)")
	}
	folder, err := os.MkdirTemp("", "clamd-") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	socket := filepath.Join(folder, "clamd.sock")
	for name, content := range map[string]string{
		"test.ndb":   fmt.Sprintf("LienThong.Test.Signature:0:*:%s\n", hex.EncodeToString(testVirus)),
		"clamd.conf": fmt.Sprintf("DatabaseDirectory %s\nLocalSocket %s\nForeground yes\nStreamMaxLength 100M\nMaxThreads 2\n", folder, socket),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(program, "--config-file", filepath.Join(folder, "clamd.conf"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for range 400 {
		if conn, err := net.Dial("unix", socket); err == nil {
			_ = conn.Close()
			c, err := newClamd("unix:" + socket)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		time.Sleep(25 * time.Millisecond) // the program is starting
	}
	t.Fatal("clamd does not start")
	return nil
}

// TestScanLater takes a file while the scanner is silent, and finds out later that it is infected.
func TestScanLater(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s, c := newService(t, d)
		scanner := &fakeScanner{err: errors.New("down")}
		s.scanner = scanner
		if _, err := s.Put(t.Context(), Upload{Name: "a.pdf", Reader: bytes.NewReader(pdf), Holder: draftHolder}); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("taken unscanned: %v", err)
		}
		s.scanLater = true
		f := put(t, s, draftHolder, "a.pdf", pdf)
		if err := s.Rescan(t.Context()); err == nil {
			t.Error("a silent scanner is no error")
		}
		scanner.err, scanner.threat = nil, "Test.Virus"
		read(t, s, f.ID, draftHolder)
		if err := s.Rescan(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, _, err := s.Open(t.Context(), f.ID, draftHolder)
		if said, ok := fault.As(err); !ok || said.Kind != fault.Forbidden || !strings.Contains(said.User().String(), "cách ly") {
			t.Errorf("opened from quarantine: %v", err)
		}
		if got := actions(t, d); !strings.Contains(got, "file.quarantine") {
			t.Errorf("audit: %s", got)
		}
		scanner.threat = ""
		g := put(t, s, draftHolder, "b.png", png)
		s.rescanDays = 30
		c.Advance(31 * 24 * time.Hour)
		scanner.threat = "Late.Virus"
		if err := s.Rescan(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Open(t.Context(), g.ID, draftHolder); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a virus that became known later: %v", err)
		}
	})
}

// TestDoctorTellsWhatLiesAround reports what is not damage without failing.
func TestDoctorTellsWhatLiesAround(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s, c := newService(t, d)
		s.gate = openGate
		put(t, s, draftHolder, "a.pdf", pdf)
		started, err := s.Begin(t.Context(), "b.pdf", 2<<20, map[string]string{"word": "w"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Append(t.Context(), started, bytes.NewReader(noise(1, 1<<20)), nil); err != nil {
			t.Fatal(err)
		}
		w := drafted(t, []byte("stray"))
		if err := s.store.Put(t.Context(), contentKey(w.sum), w.file, w.size); err != nil {
			t.Fatal(err)
		}
		age(t, s, start)
		c.Advance(25 * time.Hour)
		var out bytes.Buffer
		ok, err := s.Doctor(t.Context(), &out, i18n.Msg.String)
		if err != nil || !ok {
			t.Error(ok, err)
		}
		for _, want := range []string{"nguyên vẹn", "0 nội dung, 0 khóa đã bỏ, 1 khóa lạ", "Đang tải lên dở: 1 lượt, đã nhận 1 MB"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q is not said: %s", want, &out)
			}
		}
	})
}
