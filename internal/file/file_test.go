package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/migrate"
)

var rooms = []migrate.Room{audit.Migrations(), Migrations()}

var start = time.Date(2018, 11, 23, 1, 0, 0, 0, time.UTC)

func newService(t testing.TB, d *db.DB) (*Service, *clock.Fake) {
	t.Helper()
	c := clock.NewFake(start)
	s, err := New(Deps{DB: d, Clock: c, Folder: filepath.Join(t.TempDir(), "files")})
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

var draftHolder = Holder{UploadKind, "token-1"}

func put(t testing.TB, s *Service, h Holder, name string, content []byte) File {
	t.Helper()
	f, err := s.Put(t.Context(), Upload{Name: name, Reader: bytes.NewReader(content), Holder: h})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func attach(t testing.TB, s *Service, from, to Holder, ids ...ID) []File {
	t.Helper()
	var files []File
	err := s.db.Tx(t.Context(), func(tx *db.Tx) error {
		var err error
		files, err = s.Attach(t.Context(), tx, ids, from, to)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// folderOf returns the folder of a store that is in one.
func folderOf(s *Service) string { return s.store.(disk).folder }

// pathOf returns where a content lies.
func pathOf(t testing.TB, s *Service, sum string) string {
	t.Helper()
	c, err := contentOf(t.Context(), s.db, sum)
	if err != nil {
		t.Fatal(err)
	}
	return s.store.(disk).path(c.Key)
}

// onDisk returns the contents and the number of temporary files.
func onDisk(t testing.TB, s *Service) (sums []string, temp int) {
	t.Helper()
	err := s.store.Each(t.Context(), func(e Entry) error {
		sums = append(sums, path.Base(e.Key)[:64])
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(string(s.spool))
	if err != nil {
		t.Fatal(err)
	}
	return sums, len(entries)
}

func read(t testing.TB, s *Service, id ID, h Holder) []byte {
	t.Helper()
	content, _, err := s.Open(t.Context(), id, h)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	raw, err := io.ReadAll(content)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func actions(t testing.TB, d *db.DB) string {
	t.Helper()
	var as []string
	if err := d.Select(t.Context(), &as, `SELECT action FROM audit_entry ORDER BY action`); err != nil {
		t.Fatal(err)
	}
	return strings.Join(slices.Compact(as), " ")
}

func TestPutAttachOpenRemove(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s, _ := newService(t, d)
		ctx := actor.With(t.Context(), actor.Actor{ID: "acc-1", Kind: actor.Person})
		f, err := s.Put(ctx, Upload{Name: `D:\Ảnh\Giấy khai sinh.PDF`, Reader: bytes.NewReader(pdf), Holder: draftHolder})
		if err != nil {
			t.Fatal(err)
		}
		want := File{ID: f.ID, SHA256: f.SHA256, Name: "Giấy khai sinh.pdf", Size: int64(len(pdf)), MediaType: PDF, Holder: draftHolder, CreatedBy: "acc-1", CreatedAt: start}
		if f != want {
			t.Errorf("got %+v\nwant %+v", f, want)
		}
		if kept, err := s.Info(ctx, f.ID, draftHolder); err != nil || kept.SHA256 != f.SHA256 || !kept.CreatedAt.Equal(start) {
			t.Errorf("%+v, %v", kept, err)
		}
		second := put(t, s, draftHolder, "ảnh.png", png)
		dossier := Holder{"dossier.dossier", "d-1"}
		files := attach(t, s, draftHolder, dossier, second.ID, f.ID, second.ID)
		if len(files) != 2 || files[0].ID != second.ID || files[1].Holder != dossier {
			t.Errorf("attached %+v", files)
		}
		if got := read(t, s, f.ID, dossier); !bytes.Equal(got, pdf) {
			t.Errorf("read %q", got)
		}
		list, err := s.List(ctx, dossier)
		if err != nil || len(list) != 2 || list[0].ID != f.ID {
			t.Errorf("%+v, %v", list, err)
		}
		for name, h := range map[string]Holder{"the upload": draftHolder, "another dossier": {"dossier.dossier", "d-2"}, "another kind": {"document.document", "d-1"}, "nothing": {}} {
			if _, _, err := s.Open(ctx, f.ID, h); fault.KindOf(err) != fault.NotFound {
				t.Errorf("opened by naming %s: %v", name, err)
			}
		}
		if err := d.Tx(ctx, func(tx *db.Tx) error { return s.Remove(ctx, tx, f.ID, dossier) }); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Open(ctx, f.ID, dossier); fault.KindOf(err) != fault.NotFound {
			t.Errorf("opened after it was removed: %v", err)
		}
		if err := d.Tx(ctx, func(tx *db.Tx) error { return s.Remove(ctx, tx, f.ID, dossier) }); fault.KindOf(err) != fault.NotFound {
			t.Errorf("removed twice: %v", err)
		}
		if got := actions(t, d); got != "file.attach file.put file.read file.remove" {
			t.Errorf("audit: %s", got)
		}
		if r, err := audit.Verify(ctx, d, nil); err != nil || !r.OK() {
			t.Error(r, err)
		}
		var leaks int
		if err := d.Get(ctx, &leaks, `SELECT COUNT(*) FROM audit_entry WHERE detail LIKE '%token-1%'`); err != nil || leaks != 0 {
			t.Errorf("the upload token stands in %d audit entries, %v", leaks, err)
		}
	})
}

func TestAttachNeedsTheToken(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s, _ := newService(t, d)
		f := put(t, s, draftHolder, "a.pdf", pdf)
		other := put(t, s, Holder{UploadKind, "token-2"}, "b.pdf", png)
		dossier := Holder{"dossier.dossier", "d-1"}
		for name, c := range map[string]struct {
			ids      []ID
			from, to Holder
			want     fault.Kind
		}{
			"wrong token":          {[]ID{f.ID}, Holder{UploadKind, "guess"}, dossier, fault.NotFound},
			"one of another token": {[]ID{f.ID, other.ID}, draftHolder, dossier, fault.NotFound},
			"unknown":              {[]ID{"none"}, draftHolder, dossier, fault.NotFound},
			"empty token":          {[]ID{f.ID}, Holder{UploadKind, ""}, dossier, fault.Internal},
			"not its holder":       {[]ID{f.ID}, dossier, Holder{"task.task", "1"}, fault.NotFound},
			"to itself":            {[]ID{f.ID}, dossier, dossier, fault.Internal},
			"to an upload":         {[]ID{f.ID}, draftHolder, Holder{UploadKind, "x"}, fault.Internal},
			"to nothing":           {[]ID{f.ID}, draftHolder, Holder{}, fault.Internal},
		} {
			err := d.Tx(t.Context(), func(tx *db.Tx) error {
				_, err := s.Attach(t.Context(), tx, c.ids, c.from, c.to)
				return err
			})
			if err == nil || fault.KindOf(err) != c.want {
				t.Errorf("%s: %v", name, err)
			}
		}
		if left, err := s.List(t.Context(), draftHolder); err != nil || len(left) != 1 {
			t.Errorf("a refused call moved files: %v, %v", left, err)
		}
		attach(t, s, draftHolder, dossier, f.ID)
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			_, err := s.Attach(t.Context(), tx, []ID{f.ID}, draftHolder, Holder{"dossier.dossier", "d-2"})
			return err
		})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("attached twice: %v", err)
		}
	})
}

func TestPutRefuses(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s, _ := newService(t, d)
		lost := errors.New("line is down")
		big := bytes.Repeat(pdf, 100)
		for name, c := range map[string]struct {
			u    Upload
			kind fault.Kind
			text string
		}{
			"empty":             {Upload{Name: "a.pdf", Reader: strings.NewReader("")}, fault.Invalid, "Tệp “a.pdf” không có nội dung"},
			"too large":         {Upload{Name: "a.pdf", Reader: bytes.NewReader(big), MaxSize: int64(len(big) - 1)}, fault.Invalid, "lớn hơn giới hạn"},
			"html as pdf":       {Upload{Name: "a.pdf", Reader: strings.NewReader("<html><script>alert(1)</script>")}, fault.Invalid, "Tệp “a.pdf” có nội dung khác với đuôi tên và không thuộc loại"},
			"program":           {Upload{Name: `C:\\tải về\\cài đặt.exe`, Reader: strings.NewReader("MZ\x90\x00" + strings.Repeat("\x00", 100))}, fault.Invalid, "Tệp “cài đặt.exe” không thuộc loại"},
			"no name":           {Upload{Reader: strings.NewReader("x")}, fault.Invalid, "Tệp “tệp” không thuộc loại"},
			"svg as png":        {Upload{Name: "a.png", Reader: strings.NewReader(`<svg xmlns="http://www.w3.org/2000/svg"/>`)}, fault.Invalid, "không thuộc loại"},
			"program as jpg":    {Upload{Name: "a.jpg", Reader: strings.NewReader("MZ\x90\x00" + strings.Repeat("\x00", 100))}, fault.Invalid, "không thuộc loại"},
			"zip by default":    {Upload{Name: "a.docx", Reader: bytes.NewReader(pack(t, "a.txt"))}, fault.Invalid, "không thuộc loại"},
			"macros":            {Upload{Name: "a.docx", Reader: bytes.NewReader(pack(t, "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"))}, fault.Invalid, "macro"},
			"not in this call":  {Upload{Name: "a.pdf", Reader: bytes.NewReader(pdf), Allow: []string{JPEG, PNG}}, fault.Invalid, "JPG, PNG"},
			"line breaks":       {Upload{Name: "a.pdf", Reader: io.MultiReader(bytes.NewReader(pdf), failing{lost})}, fault.Internal, ""},
			"reader is refused": {Upload{Name: "a.pdf", Reader: failing{fault.NewInvalid("x", msg)}}, fault.Invalid, msg.Text},
		} {
			c.u.Holder = draftHolder
			_, err := s.Put(t.Context(), c.u)
			if err == nil || fault.KindOf(err) != c.kind {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if f, ok := fault.As(err); ok && !strings.Contains(f.User().String(), c.text) {
				t.Errorf("%s: the user reads %q", name, f.User())
			}
		}
		for name, u := range map[string]Upload{"no holder": {Reader: bytes.NewReader(pdf)}, "no token": {Reader: bytes.NewReader(pdf), Holder: Holder{UploadKind, ""}}, "no reader": {Holder: draftHolder}} {
			if _, err := s.Put(t.Context(), u); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
		if sums, temp := onDisk(t, s); len(sums) != 0 || temp != 0 {
			t.Errorf("refused uploads left %d contents and %d temporary files", len(sums), temp)
		}
		if _, err := s.Put(t.Context(), Upload{Name: "a.zip", Reader: bytes.NewReader(pack(t, "a.txt")), Allow: []string{ZIP}, Holder: draftHolder}); err != nil {
			t.Errorf("a call that allows zip: %v", err)
		}
		if _, err := s.Put(t.Context(), Upload{Name: "a.pdf", Reader: bytes.NewReader(big), MaxSize: int64(len(big)), Holder: draftHolder}); err != nil {
			t.Errorf("exactly at the limit: %v", err)
		}
	})
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// endless is a PDF without an end that counts what is read of it.
type endless struct{ read atomic.Int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.read.Load() == 0 {
		copy(p, pdf)
	}
	e.read.Add(int64(len(p)))
	return len(p), nil
}

func TestHugeStreamsStayOutOfMemory(t *testing.T) {
	s, _ := newService(t, dbtest.SQLite(t, rooms...))
	e := &endless{}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := s.Put(t.Context(), Upload{Name: "a.pdf", Reader: e, MaxSize: 64 << 20, Holder: draftHolder})
	runtime.ReadMemStats(&after)
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("an endless stream: %v", err)
	}
	if n := e.read.Load(); n > 65<<20 {
		t.Errorf("%d bytes were read of a stream that may have 64 MB", n)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 4<<20 {
		t.Errorf("%d bytes of memory for a stream", n)
	}
	if _, temp := onDisk(t, s); temp != 0 {
		t.Error("the temporary file stayed")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Put(ctx, Upload{Name: "a.pdf", Reader: e, Holder: Holder{"a.b", "1"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("a visitor who left: %v", err)
	}
}

func TestEqualContentsAreStoredOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s, _ := newService(t, d)
		const n = 20
		files := make([]File, n)
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				var err error
				files[i], err = s.Put(t.Context(), Upload{Name: "a.pdf", Reader: bytes.NewReader(pdf), Holder: Holder{UploadKind, fmt.Sprint(i)}})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if sums, temp := onDisk(t, s); len(sums) != 1 || temp != 0 || sums[0] != files[0].SHA256 {
			t.Errorf("%v, %d temporary files", sums, temp)
		}
		for i, f := range files {
			if !bytes.Equal(read(t, s, f.ID, Holder{UploadKind, fmt.Sprint(i)}), pdf) {
				t.Errorf("file %d differs", i)
			}
		}
		if err := os.Chmod(pathOf(t, s, files[0].SHA256), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(pathOf(t, s, files[0].SHA256), []byte("damaged"), 0o600); err != nil {
			t.Fatal(err)
		}
		put(t, s, draftHolder, "b.pdf", pdf)
		if !bytes.Equal(read(t, s, files[3].ID, Holder{UploadKind, "3"}), pdf) {
			t.Error("a new upload of the same content did not heal the damaged one")
		}
	})
}

func TestUploadsUnderOneTokenAreBounded(t *testing.T) {
	s, _ := newService(t, dbtest.SQLite(t, rooms...))
	put(t, s, draftHolder, "a.pdf", pdf)
	err := s.db.Tx(t.Context(), func(tx *db.Tx) error {
		for i := range maxPending - 1 {
			f := File{ID: ID(fmt.Sprint(i)), SHA256: "", Holder: draftHolder, CreatedAt: start}
			if err := tx.Get(t.Context(), &f.SHA256, `SELECT sha256 FROM file_content`); err != nil {
				return err
			}
			if err := insert(t.Context(), tx, f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), Upload{Name: "a.pdf", Reader: bytes.NewReader(pdf), Holder: draftHolder}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("file %d under one token: %v", maxPending+1, err)
	}
	put(t, s, Holder{UploadKind, "another"}, "a.pdf", pdf)
}

func TestFullDiskIsSaidClearly(t *testing.T) {
	s, _ := newService(t, dbtest.SQLite(t, rooms...))
	for _, errno := range []error{syscall.ENOSPC, syscall.EDQUOT} {
		err := s.writeFault(fmt.Errorf("copy: %w", &os.PathError{Op: "write", Path: "x", Err: errno}), Upload{})
		f, ok := fault.As(err)
		if !ok || f.Kind != fault.Unavailable || !strings.Contains(f.User().String(), "hết chỗ") || !errors.Is(err, errno) {
			t.Errorf("%v: %v", errno, err)
		}
	}
}

func TestOpenWithoutItsContent(t *testing.T) {
	s, _ := newService(t, dbtest.SQLite(t, rooms...))
	f := put(t, s, draftHolder, "a.pdf", pdf)
	if err := os.Remove(pathOf(t, s, f.SHA256)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Open(t.Context(), f.ID, draftHolder); fault.KindOf(err) != fault.Unavailable {
		t.Error(err)
	}
	if _, err := s.store.Open(t.Context(), "../../etc/passwd"); err == nil {
		t.Error("a sum that is a path was opened")
	}
}

func TestNewNeedsAFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Deps{Folder: filepath.Join(file, "x")}); err == nil {
		t.Error("a folder below a file")
	}
	for _, bad := range []string{"localhost", "http:x", "unix:"} {
		if _, err := New(Deps{Folder: t.TempDir(), Config: Config{Clamd: bad}}); err == nil {
			t.Errorf("clamd at %q", bad)
		}
	}
}

func TestCleanName(t *testing.T) {
	long := strings.Repeat("Đơn đề nghị ", 40)
	for _, c := range []struct{ name, mediaType, want string }{
		{"Giấy khai sinh.pdf", PDF, "Giấy khai sinh.pdf"},
		{"Gia\u0302\u0301y khai sinh.pdf", PDF, "Giấy khai sinh.pdf"},
		{"../../etc/passwd", PDF, "passwd.pdf"},
		{`..\..\windows\system32\x.PDF`, PDF, "x.pdf"},
		{"/", PDF, "tệp.pdf"},
		{"..", PDF, "tệp.pdf"},
		{"", PDF, "tệp.pdf"},
		{".pdf", PDF, "tệp.pdf"},
		{".htaccess", PDF, "htaccess.pdf"},
		{"a\x00b\r\nSet-Cookie: x.pdf", PDF, "ab Set-Cookie_ x.pdf"},
		{"\u202egpj.exe", JPEG, "gpj.exe.jpg"},
		{"scan.pdf", PNG, "scan.png"},
		{"ảnh.jpeg", JPEG, "ảnh.jpeg"},
		{"setup.exe", PNG, "setup.exe.png"},
		{"đơn.v2", PDF, "đơn.v2.pdf"},
		{"a<b>:\"|?*.pdf", PDF, "a_b______.pdf"},
		{"a. . .pdf", PDF, "a.pdf"},
		{"\xff\xfe.pdf", PDF, "tệp.pdf"},
		{long + ".pdf", PDF, string([]rune(long)[:195]) + "g.pdf"},
		{"a.xyz", "application/x-unknown", "a.xyz"},
	} {
		got := cleanName(c.name, c.mediaType)
		if c.name == long+".pdf" {
			if n := utf8.RuneCountInString(got); n > maxName || n < maxName-2 || !strings.HasSuffix(got, ".pdf") {
				t.Errorf("a long name has %d characters: %q", n, got)
			}
			continue
		}
		if got != c.want {
			t.Errorf("cleanName(%q, %s) = %q, want %q", c.name, c.mediaType, got, c.want)
		}
	}
}

func TestEndings(t *testing.T) {
	if got := Endings([]string{PDF, JPEG, PDF}); !reflect.DeepEqual(got, []string{".pdf", ".jpg", ".jpeg", ".jfif"}) {
		t.Error(got)
	}
	if got := Endings(nil); slices.Contains(got, ".zip") || !slices.Contains(got, ".docx") {
		t.Error(got)
	}
}
