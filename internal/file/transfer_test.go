package file

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// openGate lets everybody begin who knows the word, and holds files under the token that is named.
func openGate(_ context.Context, meta map[string]string) (Admission, error) {
	if meta["word"] == "" {
		return Admission{}, fault.NewForbidden(i18n.M("Không có quyền tải tệp."))
	}
	return Admission{Holder: Holder{UploadKind, meta["word"]}, MaxSize: 100 << 20}, nil
}

// site serves a node as the real one does, as far as transfers go; X-Account says who is signed in.
func site(s *Service) http.Handler {
	mux := http.NewServeMux()
	for _, rt := range s.Routes() {
		mux.HandleFunc(rt.Method+" "+rt.Pattern, func(w http.ResponseWriter, r *http.Request) {
			if account := r.Header.Get("X-Account"); account != "" {
				r = r.WithContext(actor.With(r.Context(), actor.Actor{ID: account, Kind: actor.Person}))
			}
			err := rt.Handler(w, r)
			if err == nil {
				return
			}
			status := map[fault.Kind]int{fault.NotFound: 404, fault.Invalid: 422, fault.Conflict: 409, fault.Forbidden: 403, fault.Unavailable: 503}[fault.KindOf(err)]
			if status == 0 {
				status = 500
			}
			text := err.Error()
			if f, ok := fault.As(err); ok {
				text = f.User().String()
			}
			http.Error(w, text, status)
		})
	}
	return mux
}

// client is a client of the protocol that knows no retries.
type client struct {
	t    testing.TB
	base string
	as   string
}

type reply struct {
	status int
	header http.Header
	body   string
}

func (c client) do(method, path string, body io.Reader, headers ...string) (reply, error) {
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Tus-Resumable", "1.0.0")
	r.Header.Set("X-Account", c.as)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Content-Length" {
			r.ContentLength, _ = strconv.ParseInt(headers[i+1], 10, 64)
		}
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return reply{res.StatusCode, res.Header, string(text)}, err
}

func meta(name, word string) string {
	enc := base64.StdEncoding.EncodeToString
	return "filename " + enc([]byte(name)) + ",word " + enc([]byte(word))
}

func (c client) begin(name, word string, size int64) (reply, string) {
	c.t.Helper()
	res, err := c.do("POST", TransferPath, nil, "Upload-Length", fmt.Sprint(size), "Upload-Metadata", meta(name, word))
	if err != nil {
		c.t.Fatal(err)
	}
	return res, res.header.Get("Location")
}

func (c client) patch(path string, at int64, body io.Reader, more ...string) (reply, error) {
	return c.do("PATCH", path, body, append([]string{"Upload-Offset", fmt.Sprint(at), "Content-Type", "application/offset+octet-stream"}, more...)...)
}

// offset asks how much arrived, until the server has let go of the request before.
func (c client) offset(path string) int64 {
	c.t.Helper()
	for {
		res, err := c.do("HEAD", path, nil)
		if err != nil {
			c.t.Fatal(err)
		}
		if res.status == http.StatusOK {
			n, err := strconv.ParseInt(res.header.Get("Upload-Offset"), 10, 64)
			if err != nil {
				c.t.Fatal(err)
			}
			return n
		}
		if res.status != http.StatusConflict {
			c.t.Fatalf("HEAD: %d", res.status)
		}
	}
}

// cut is a body that ends in a broken line after some bytes.
type cut struct {
	r    io.Reader
	left int64
	then func()
}

func (c *cut) Read(p []byte) (int, error) {
	if c.left <= 0 {
		if c.then != nil {
			c.then()
			c.then = nil
		}
		return 0, errors.New("the line broke")
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}

// TestTransferNode is a node in a process of its own, for the story below.
func TestTransferNode(t *testing.T) {
	address := os.Getenv("FILE_TEST_NODE_DB")
	if address == "" {
		t.Skip("it is started by TestTransferStory")
	}
	d, err := db.Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	s := node(t, d, os.Getenv("FILE_TEST_NODE_FOLDER"), os.Getenv("FILE_TEST_NODE_S3"))
	server := httptest.NewServer(site(s))
	fmt.Println("node " + server.URL)
	_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed
}

func node(t testing.TB, d *db.DB, folder, s3 string) *Service {
	t.Helper()
	deps := Deps{DB: d, Clock: clock.System{}, Folder: folder, Gate: openGate}
	if s3 != "" {
		deps.Config.S3 = bucketAt(s3)
	}
	s, err := New(deps)
	if err != nil {
		t.Fatal(err)
	}
	s.lease = 2 * time.Second
	return s
}

// process is a node that can be killed.
type process struct {
	cmd *exec.Cmd
	url string
	t   testing.TB
}

func startNode(t testing.TB, address, folder, s3 string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(os.Args[0], "-test.run=^TestTransferNode$")}
	p.cmd.Env = append(os.Environ(), "FILE_TEST_NODE_DB="+address, "FILE_TEST_NODE_FOLDER="+folder, "FILE_TEST_NODE_S3="+s3)
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	p.url = p.line(out, "node ")
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return p
}

// line reads the next line that begins so.
func (p *process) line(out io.Reader, prefix string) string {
	p.t.Helper()
	var line []byte
	for one := make([]byte, 1); ; {
		if _, err := io.ReadFull(out, one); err != nil {
			p.t.Fatalf("the node ended: %q", line)
		}
		if one[0] != '\n' {
			line = append(line, one[0])
			continue
		}
		if rest, ok := strings.CutPrefix(string(line), prefix); ok {
			return rest
		}
		line = line[:0]
	}
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// TestTransferStory sends 60 MB: the line breaks three times, the program is killed in the
// middle and started again, and killed once more, and the upload is ended on another node.
func TestTransferStory(t *testing.T) {
	content := append(bytes.Clone(pdf), noise(7, 60<<20)...)
	for _, store := range []string{"folder", "s3", "versitygw"} {
		for engine, address := range map[string]func() string{
			"sqlite":   func() string { return dbtest.SQLiteAddress(t, rooms...) },
			"postgres": func() string { return dbtest.PostgresAddress(t, rooms...) },
		} {
			t.Run(store+"/"+engine, func(t *testing.T) {
				s3 := ""
				switch store {
				case "s3":
					s3 = fakeS3(t)
				case "versitygw":
					s3 = versity(t)
				}
				transferStory(t, content, address(), s3)
			})
		}
	}
}

func transferStory(t *testing.T, content []byte, address, s3 string) {
	folder, size := t.TempDir(), int64(len(content))
	first := startNode(t, address, folder, s3)
	c := client{t: t, base: first.url}
	res, path := c.begin("Bản vẽ.pdf", "token", size)
	if res.status != http.StatusCreated || !strings.HasPrefix(path, TransferPath+"/") || res.header.Get("Upload-Expires") == "" {
		t.Fatalf("%+v", res)
	}
	send := func(bytesNow int64, then func()) {
		at := c.offset(path)
		_, err := c.patch(path, at, &cut{bytes.NewReader(content[at:]), bytesNow, then}, "Content-Length", fmt.Sprint(size-at))
		if err == nil {
			t.Fatal("the line did not break")
		}
	}
	for range 3 {
		before := c.offset(path)
		send(9<<20, nil)
		if after := c.offset(path); after <= before {
			t.Fatalf("%d bytes after %d: nothing was kept", after, before)
		}
	}
	kept := c.offset(path)
	send(12<<20, first.kill)
	again := startNode(t, address, folder, s3)
	c.base = again.url
	if at := c.offset(path); at < kept {
		t.Errorf("after the program was killed %d bytes are there of %d that it said it has", at, kept)
	}
	send(10<<20, again.kill)

	d, err := db.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	second := node(t, d, t.TempDir(), s3)
	if s3 == "" { // the folder is shared, what is being written is not
		if second.store, err = Folder(folder); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(site(second))
	defer server.Close()
	c.base = server.URL
	at := c.offset(path)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	res, err = c.patch(path, at, bytes.NewReader(content[at:]))
	runtime.ReadMemStats(&after)
	if err != nil || res.status != http.StatusNoContent || res.header.Get("Upload-Offset") != fmt.Sprint(size) {
		t.Fatalf("%+v, %v", res, err)
	}
	if grown := int64(after.HeapInuse) - int64(before.HeapInuse); s3 == "" && grown > 16<<20 {
		t.Errorf("the heap grew by %d bytes for %d", grown, size-at)
	}
	f, err := second.Received(t.Context(), strings.TrimPrefix(path, TransferPath+"/"))
	if err != nil || string(f.ID) != res.header.Get("Upload-File") || f.Size != size || f.Name != "Bản vẽ.pdf" || f.SHA256 != sumOf(content) {
		t.Fatalf("%+v, %v", f, err)
	}
	if got := read(t, second, f.ID, Holder{UploadKind, "token"}); !bytes.Equal(got, content) {
		t.Error("the file differs")
	}
	if err := second.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	keys := 0
	if err := second.store.Each(t.Context(), func(Entry) error { keys++; return nil }); err != nil || keys > 1+2 { // what the killed nodes were writing waits for its pin
		t.Errorf("%d keys are left, %v", keys, err)
	}
}

func newTransfers(t testing.TB, d *db.DB) (*Service, *clock.Fake, client) {
	t.Helper()
	s, c := newService(t, d)
	s.gate, s.lease = openGate, time.Second
	server := httptest.NewServer(site(s))
	t.Cleanup(server.Close)
	return s, c, client{t: t, base: server.URL}
}

func TestTransferProtocol(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s, _, c := newTransfers(t, d)
		res, err := c.do("OPTIONS", TransferPath, nil)
		if err != nil || res.header.Get("Tus-Version") != "1.0.0" {
			t.Fatalf("%+v, %v", res, err)
		}
		for _, extension := range []string{"creation", "creation-with-upload", "termination", "checksum", "expiration"} {
			if !strings.Contains(res.header.Get("Tus-Extension"), extension) {
				t.Errorf("extension %s is not offered: %s", extension, res.header.Get("Tus-Extension"))
			}
		}
		// with the creation
		res, err = c.do("POST", TransferPath, bytes.NewReader(pdf[:10]), "Upload-Length", fmt.Sprint(len(pdf)), "Upload-Metadata", meta("a.pdf", "w"), "Content-Type", "application/offset+octet-stream")
		path := res.header.Get("Location")
		if err != nil || res.status != 201 || res.header.Get("Upload-Offset") != "10" || c.offset(path) != 10 {
			t.Fatalf("%+v, %v", res, err)
		}
		// from another place than where it ended
		if res, err := c.patch(path, 5, bytes.NewReader(pdf[5:])); err != nil || res.status != http.StatusConflict {
			t.Errorf("%+v, %v", res, err)
		}
		// more than was announced
		if res, err := c.patch(path, 10, bytes.NewReader(append(bytes.Clone(pdf[10:]), 'x'))); err != nil || res.status != http.StatusRequestEntityTooLarge {
			t.Errorf("%+v, %v", res, err)
		}
		// a part that was changed on its way
		sum := sha256.Sum256(pdf[10:])
		right := "sha256 " + base64.StdEncoding.EncodeToString(sum[:])
		if res, err := c.patch(path, 10, strings.NewReader("changed"), "Upload-Checksum", right); err != nil || res.status != 460 || c.offset(path) != 10 {
			t.Errorf("%+v, %v", res, err)
		}
		for _, bad := range []string{"crc32 AAAA", "sha256 !", "sha256 AAAA", "md5"} {
			if res, err := c.patch(path, 10, bytes.NewReader(pdf[10:]), "Upload-Checksum", bad); err != nil || res.status != 400 {
				t.Errorf("%s: %+v, %v", bad, res, err)
			}
		}
		if res, err = c.patch(path, 10, bytes.NewReader(pdf[10:]), "Upload-Checksum", right); err != nil || res.status != 204 || res.header.Get("Upload-File") == "" {
			t.Errorf("%+v, %v", res, err)
		}
		f, err := s.Received(t.Context(), strings.TrimPrefix(path, TransferPath+"/"))
		if err != nil || !bytes.Equal(read(t, s, f.ID, Holder{UploadKind, "w"}), pdf) {
			t.Error(err)
		}
		// a later HEAD says that all is there, a later part is not taken
		if n := c.offset(path); n != int64(len(pdf)) {
			t.Errorf("offset %d", n)
		}
		if res, err := c.patch(path, int64(len(pdf)), strings.NewReader("x")); err != nil || res.status == 500 || c.offset(path) != int64(len(pdf)) {
			t.Errorf("%+v, %v", res, err)
		}
	})
}

func TestTransferIsRefusedBeforeItsBytesCome(t *testing.T) {
	s, _, c := newTransfers(t, dbtest.SQLite(t, rooms...))
	for name, x := range map[string]struct {
		meta   string
		size   string
		status int
		text   string
	}{
		"too large":   {meta("a.pdf", "w"), fmt.Sprint(100<<20 + 1), 422, "lớn hơn giới hạn 100 MB"},
		"empty":       {meta("a.pdf", "w"), "0", 422, "không có nội dung"},
		"no right":    {meta("a.pdf", ""), "10", 403, "Không có quyền"},
		"no length":   {meta("a.pdf", "w"), "", 400, ""},
		"less than 0": {meta("a.pdf", "w"), "-1", 400, ""},
	} {
		res, err := c.do("POST", TransferPath, nil, "Upload-Length", x.size, "Upload-Metadata", x.meta)
		if err != nil || res.status != x.status || !strings.Contains(res.body, x.text) {
			t.Errorf("%s: %+v, %v", name, res, err)
		}
	}
	for range maxPending {
		if res, _ := c.begin("a.pdf", "many", 10); res.status != 201 {
			t.Fatalf("%+v", res)
		}
	}
	if res, _ := c.begin("a.pdf", "many", 10); res.status != 422 {
		t.Errorf("transfer %d under one token: %+v", maxPending+1, res)
	}
	var n int
	if err := s.db.Get(t.Context(), &n, `SELECT COUNT(*) FROM file_part`); err != nil || n != 0 {
		t.Error(n, err)
	}
}

func TestTransferOfAnother(t *testing.T) {
	s, _, c := newTransfers(t, dbtest.SQLite(t, rooms...))
	c.as = "account-1"
	_, path := c.begin("a.pdf", "w", int64(len(pdf)))
	for _, other := range []string{"", "account-2"} {
		o := client{t, c.base, other}
		for method, body := range map[string]io.Reader{"HEAD": nil, "PATCH": bytes.NewReader(pdf), "DELETE": nil} {
			res, err := o.do(method, path, body, "Upload-Offset", "0", "Content-Type", "application/offset+octet-stream")
			if err != nil || res.status != 404 {
				t.Errorf("%s by %q: %+v, %v", method, other, res, err)
			}
		}
	}
	if _, err := s.Received(t.Context(), strings.TrimPrefix(path, TransferPath+"/")); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	for _, guess := range []string{"/x", "/..", "/" + strings.Repeat("a", 26)} {
		if res, err := c.do("HEAD", TransferPath+guess, nil); err != nil || res.status != 404 {
			t.Errorf("%s: %+v, %v", guess, res, err)
		}
	}
	if res, err := c.do("DELETE", path, nil); err != nil || res.status != 204 {
		t.Errorf("%+v, %v", res, err)
	}
	if res, err := c.do("HEAD", path, nil); err != nil || res.status != 404 {
		t.Errorf("after it was cancelled: %+v, %v", res, err)
	}
}

func TestTransferOfWhatIsNotTaken(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s, clock, c := newTransfers(t, d)
		program := []byte("MZ\x90\x00" + strings.Repeat("\x00", 100))
		_, path := c.begin("hóa đơn.pdf", "w", int64(len(program)))
		res, err := c.patch(path, 0, bytes.NewReader(program))
		if err != nil || res.status != 422 || !strings.Contains(res.body, "có nội dung khác với đuôi tên") {
			t.Fatalf("%+v, %v", res, err)
		}
		if res, err := c.do("HEAD", path, nil); err != nil || res.status != 422 {
			t.Errorf("asked again: %+v, %v", res, err)
		}
		// a scanner that does not answer: nothing is lost, and asking again ends it
		scanner := &fakeScanner{err: errors.New("down")}
		s.scanner = scanner
		_, path = c.begin("a.pdf", "w", int64(len(pdf)))
		if res, err := c.patch(path, 0, bytes.NewReader(pdf)); err != nil || res.status != 503 {
			t.Fatalf("%+v, %v", res, err)
		}
		scanner.err = nil
		if res, err := c.do("HEAD", path, nil); err != nil || res.status != 200 || res.header.Get("Upload-File") == "" {
			t.Fatalf("%+v, %v", res, err)
		}
		// one that stands still
		_, path = c.begin("a.pdf", "w", int64(len(pdf)))
		if _, err := c.patch(path, 0, bytes.NewReader(pdf[:7])); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			clock.Advance(keepTransfers + time.Hour)
			if err := s.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if res, err := c.do("HEAD", path, nil); err != nil || res.status != 404 {
			t.Errorf("%+v, %v", res, err)
		}
		if err := s.store.Each(t.Context(), func(e Entry) error { t.Errorf("%s stays", e.Key); return nil }); err != nil {
			t.Error(err)
		}
	})
}

// TestTransferFromTwoPlaces sends the same part from many places at once: it is kept once.
func TestTransferFromTwoPlaces(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s, _, c := newTransfers(t, d)
		_, path := c.begin("a.pdf", "w", int64(len(pdf)))
		transferred, err := s.Transfer(t.Context(), strings.TrimPrefix(path, TransferPath+"/"))
		if err != nil {
			t.Fatal(err)
		}
		var kept atomic.Int64
		done := make(chan error, 6)
		for range 6 {
			go func() {
				n, err := s.Append(t.Context(), transferred, bytes.NewReader(pdf), nil)
				kept.Add(n)
				done <- err
			}()
		}
		refused := 0
		for range 6 {
			if err := <-done; err != nil {
				if fault.KindOf(err) != fault.Conflict {
					t.Error(err)
				}
				refused++
			}
		}
		if kept.Load() != int64(len(pdf)) || refused != 5 {
			t.Errorf("%d bytes kept, %d refused", kept.Load(), refused)
		}
		transferred.Received = transferred.Size
		for range 2 {
			_, _ = s.Finish(t.Context(), transferred)
		}
		if files, err := s.List(t.Context(), Holder{UploadKind, "w"}); err != nil || len(files) != 1 {
			t.Errorf("%d files, %v", len(files), err)
		}
	})
}
