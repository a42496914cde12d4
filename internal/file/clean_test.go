package file

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/job"
)

var msg = i18n.M("Tệp quá lớn cho biểu mẫu này.")

// age gives everything on the disk the time of the test's clock.
func age(t testing.TB, s *Service, at time.Time) {
	t.Helper()
	err := filepath.WalkDir(folderOf(s), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		return os.Chtimes(path, at, at)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSweepTakesOnlyWhatNobodyHas(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s, c := newService(t, d)
		dossier := Holder{"dossier.dossier", "d-1"}
		kept := put(t, s, draftHolder, "kept.pdf", pdf)
		attach(t, s, draftHolder, dossier, kept.ID)
		put(t, s, draftHolder, "same content.pdf", pdf) // not attached, content used by kept
		lost := put(t, s, draftHolder, "lost.png", png)
		removed := put(t, s, draftHolder, "removed.jpg", jpg)
		attach(t, s, draftHolder, dossier, removed.ID)
		if err := d.Tx(t.Context(), func(tx *db.Tx) error { return s.Remove(t.Context(), tx, removed.ID, dossier) }); err != nil {
			t.Fatal(err)
		}
		stray := filepath.Join(folderOf(s), "ab", "ab", strings.Repeat("ab", 32)) // a content whose transaction failed
		if err := os.MkdirAll(filepath.Dir(stray), 0o750); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{stray, filepath.Join(string(s.spool), "up-1"), filepath.Join(folderOf(s), "README")} {
			if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		age(t, s, start)

		sweepAt := func(after time.Duration, contents, temp int) {
			t.Helper()
			c.Set(start.Add(after))
			if err := s.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			if sums, n := onDisk(t, s); len(sums) != contents || n != temp {
				t.Errorf("after %s: %d contents, %d temporary files", after, len(sums), n)
			}
		}
		sweepAt(23*time.Hour, 4, 1)
		sweepAt(25*time.Hour, 3, 0)
		young := put(t, s, draftHolder, "young.webp", webp)
		sweepAt(49*time.Hour, 4, 0) // lost is marked
		sweepAt(72*time.Hour, 4, 0)
		sweepAt(74*time.Hour, 3, 0)
		sums, _ := onDisk(t, s)
		if got := strings.Join(sums, " "); strings.Contains(got, lost.SHA256) || !strings.Contains(got, removed.SHA256) || !strings.Contains(got, young.SHA256) {
			t.Errorf("in the end: %s", got)
		}
		if !bytes.Equal(read(t, s, kept.ID, dossier), pdf) {
			t.Error("an attached file is gone")
		}
		if _, err := os.Stat(filepath.Join(folderOf(s), "README")); err != nil {
			t.Error("a file that is none of ours was removed")
		}
		if got := actions(t, d); !strings.Contains(got, "file.purge") {
			t.Errorf("audit: %s", got)
		}
		again := put(t, s, draftHolder, "again.png", png)
		if !bytes.Equal(read(t, s, again.ID, draftHolder), png) {
			t.Error("a content that was swept does not come back")
		}
	})
}

func TestJobSweeps(t *testing.T) {
	d := dbtest.SQLite(t, append(rooms, job.Migrations())...)
	s, c := newService(t, d)
	put(t, s, draftHolder, "a.pdf", pdf)
	r := job.New(job.Config{DB: d, Clock: c})
	s.Jobs(r)
	for range 2 {
		c.Advance(49 * time.Hour)
		if err := r.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if sums, _ := onDisk(t, s); len(sums) != 0 {
		t.Error("the timer did not sweep")
	}
}

// TestKilledWrite kills a process in the middle of an upload: nothing but a temporary file is left, and it is swept.
func TestKilledWrite(t *testing.T) {
	if folder := os.Getenv("FILE_TEST_FOLDER"); folder != "" {
		d, err := db.Open(t.Context(), os.Getenv("FILE_TEST_DB"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := New(Deps{DB: d, Clock: clock.System{}, Folder: folder})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Put(t.Context(), Upload{Name: "a.pdf", Holder: draftHolder, Reader: io.MultiReader(bytes.NewReader(pdf), stuck{})})
		t.Fatal(err)
	}
	address := dbtest.SQLiteAddress(t, rooms...)
	d, err := db.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	s, c := newService(t, d)
	child := exec.Command(os.Args[0], "-test.run=^TestKilledWrite$")
	child.Env = append(os.Environ(), "FILE_TEST_FOLDER="+folderOf(s), "FILE_TEST_DB="+address)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan() && lines.Text() != "stuck"; {
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	if sums, temp := onDisk(t, s); len(sums) != 0 || temp != 1 {
		t.Fatalf("%d contents, %d temporary files", len(sums), temp)
	}
	age(t, s, start)
	c.Advance(25 * time.Hour)
	if err := s.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, temp := onDisk(t, s); temp != 0 {
		t.Error("the temporary file of a killed write stays")
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) {
	fmt.Println("stuck")
	select {}
}

func TestVerifyAndDoctor(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s, _ := newService(t, d)
		catalog := &i18n.Catalog{}
		if err := catalog.Load(Texts()); err != nil {
			t.Fatal(err)
		}
		doctor := func(lang string) (bool, string) {
			var out bytes.Buffer
			ok, err := s.Doctor(t.Context(), &out, func(m i18n.Msg) string { return catalog.Msg(lang, m) })
			if err != nil {
				t.Fatal(err)
			}
			return ok, out.String()
		}
		a, b := put(t, s, draftHolder, "a.pdf", pdf), put(t, s, draftHolder, "b.png", png)
		put(t, s, draftHolder, "c.pdf", pdf)
		seen := int64(0)
		r, err := s.Verify(t.Context(), func(contents, _ int64) { seen = contents })
		if err != nil || !r.OK() || r.Contents != 2 || seen != 2 || r.Bytes != int64(len(pdf)+len(png)) {
			t.Errorf("%+v, %v", r, err)
		}
		if ok, out := doctor("vi"); !ok || !strings.Contains(out, "nguyên vẹn: đã kiểm tra 2 nội dung") {
			t.Error(out)
		}
		if err := os.Remove(pathOf(t, s, a.SHA256)); err != nil {
			t.Fatal(err)
		}
		changed := bytes.Clone(png)
		changed[len(changed)-1]++
		if err := errors.Join(os.Remove(pathOf(t, s, b.SHA256)), os.WriteFile(pathOf(t, s, b.SHA256), changed, 0o600)); err != nil {
			t.Fatal(err)
		}
		if ok, out := doctor("vi"); ok || !strings.Contains(out, "2 trên 2") || !strings.Contains(out, "Mất nội dung "+a.SHA256+" (2 tệp dùng)") || !strings.Contains(out, b.SHA256+" đã bị thay đổi (1 tệp dùng)") {
			t.Error(out)
		}
		if ok, out := doctor("en"); ok || !strings.Contains(out, "Content "+a.SHA256+" is missing") || !strings.Contains(out, "was changed") {
			t.Error(out)
		}
		if err := errors.Join(os.Remove(pathOf(t, s, b.SHA256)), os.Mkdir(pathOf(t, s, b.SHA256), 0o700)); err != nil {
			t.Fatal(err)
		}
		if r, err := s.Verify(t.Context(), nil); err != nil || len(r.Damages) != 2 || r.Damages[0].Err == nil && r.Damages[1].Err == nil {
			t.Errorf("a content that cannot be read: %+v, %v", r, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Verify(ctx, nil); err == nil {
			t.Error("Verify runs on")
		}
	})
}

func TestReportIsBounded(t *testing.T) {
	var r Report
	for range maxDamages + 3 {
		r.add(Damage{Lost: true})
	}
	lines := r.Lines()
	if len(lines) != maxDamages+2 || !strings.Contains(lines[0].String(), fmt.Sprint(maxDamages+3)) || !strings.Contains(lines[len(lines)-1].String(), "3") {
		t.Errorf("%d lines, %s", len(lines), lines[0])
	}
}

type fakeScanner struct {
	threat string
	err    error
	saw    []byte
}

func (f *fakeScanner) Scan(_ context.Context, content io.Reader) (string, error) {
	f.saw, _ = io.ReadAll(content)
	return f.threat, f.err
}

func TestScannerDecides(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s, _ := newService(t, d)
		for _, c := range []struct {
			scan fakeScanner
			want fault.Kind
			ok   bool
		}{
			{fakeScanner{}, 0, true},
			{fakeScanner{threat: "Eicar-Test"}, fault.Invalid, false},
			{fakeScanner{err: errors.New("no answer")}, fault.Unavailable, false},
		} {
			s.scanner = &c.scan
			_, err := s.Put(t.Context(), Upload{Name: "a.pdf", Reader: bytes.NewReader(pdf), Holder: draftHolder})
			if (err == nil) != c.ok || err != nil && fault.KindOf(err) != c.want {
				t.Errorf("%+v: %v", c.scan, err)
			}
			if !bytes.Equal(c.scan.saw, pdf) {
				t.Error("the scanner did not see the whole content")
			}
		}
		if r, err := audit.Verify(t.Context(), d, nil); err != nil || r.Entries != 1 {
			t.Errorf("%d audit entries, %v; refused uploads leave none", r.Entries, err)
		}
	})
}

// TestClamd talks to a daemon that answers as the protocol says.
func TestClamd(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "clamd")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	answers := make(chan string, 1)
	got := make(chan []byte, 1)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			got <- readStream(conn)
			_, _ = conn.Write([]byte(<-answers))
			_ = conn.Close()
		}
	}()
	s, err := New(Deps{Folder: t.TempDir(), Config: Config{Clamd: "unix:" + socket}})
	if err != nil {
		t.Fatal(err)
	}
	content := bytes.Repeat([]byte("0123456789"), 20000)
	for answer, want := range map[string]string{
		"stream: OK\x00":                          "",
		"stream: Win.Test.EICAR_HDB-1 FOUND\x00":  "Win.Test.EICAR_HDB-1",
		"INSTREAM size limit exceeded. ERROR\x00": "error",
		"": "error",
	} {
		answers <- answer
		threat, err := s.scanner.Scan(t.Context(), bytes.NewReader(content))
		if sent := <-got; !bytes.Equal(sent, content) {
			t.Errorf("%q: %d bytes arrived, want %d", answer, len(sent), len(content))
		}
		if want == "error" && err == nil || want != "error" && (err != nil || threat != want) {
			t.Errorf("%q: %q, %v", answer, threat, err)
		}
	}
	l.Close()
	if _, err := s.scanner.Scan(t.Context(), bytes.NewReader(content)); err == nil {
		t.Error("nobody listens")
	}
}

// readStream reads what INSTREAM sends: chunks with their length before them, ended by an empty one.
func readStream(conn io.Reader) []byte {
	r := bufio.NewReader(conn)
	if cmd, err := r.ReadString(0); err != nil || cmd != "zINSTREAM\x00" {
		return nil
	}
	var all []byte
	for {
		var n [4]byte
		if _, err := io.ReadFull(r, n[:]); err != nil {
			return nil
		}
		size := int(n[0])<<24 | int(n[1])<<16 | int(n[2])<<8 | int(n[3])
		if size == 0 {
			return all
		}
		chunk := make([]byte, size)
		if _, err := io.ReadFull(r, chunk); err != nil {
			return nil
		}
		all = append(all, chunk...)
	}
}
