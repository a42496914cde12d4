package file

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// eachStore runs a test on every kind of store: a folder, a bucket in the test's own
// server and, where the program is installed, a bucket of versitygw.
func eachStore(t *testing.T, fn func(t *testing.T, b Store)) {
	t.Helper()
	t.Run("folder", func(t *testing.T) {
		b, err := Folder(filepath.Join(t.TempDir(), "files"))
		if err != nil {
			t.Fatal(err)
		}
		fn(t, b)
	})
	t.Run("s3", func(t *testing.T) { fn(t, bucket(t, fakeS3(t))) })
	t.Run("versitygw", func(t *testing.T) { fn(t, bucket(t, versity(t))) })
}

// fakeS3 starts a server of the test and returns its address.
func fakeS3(t testing.TB) string {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("files"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(unchunked(gofakes3.New(backend).Server()))
	t.Cleanup(server.Close)
	return server.URL
}

// unchunked takes bodies out of the chunks with a checksum behind them (aws-chunked), which the server of the test knows for whole objects only.
func unchunked(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("partNumber") && strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
			body, err := io.ReadAll(httputil.NewChunkedReader(r.Body))
			if err != nil || fmt.Sprint(len(body)) != r.Header.Get("X-Amz-Decoded-Content-Length") {
				http.Error(w, "cut off", http.StatusBadRequest)
				return
			}
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			r.Header.Set("Content-Length", fmt.Sprint(len(body)))
			r.Header.Del("Content-Encoding")
			r.Header.Del("X-Amz-Trailer")
		}
		next.ServeHTTP(w, r)
	})
}

// versity starts the S3 gateway of that name over a folder.
func versity(t testing.TB) string {
	t.Helper()
	program, err := exec.LookPath("versitygw")
	if err != nil {
		t.Skip("versitygw is not installed (go install github.com/versity/versitygw/cmd/versitygw@v1.8.0)")
	}
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "files"), 0o750); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	cmd := exec.Command(program, "--access", "key", "--secret", "secret-of-the-test", "--port", address, "--quiet", "posix", folder)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for range 200 {
		conn, err := (&net.Dialer{Timeout: time.Second}).Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
			return "http://" + address
		}
		time.Sleep(25 * time.Millisecond) // the program is starting
	}
	t.Fatal("versitygw does not start")
	return ""
}

func bucketAt(address string) S3Config {
	return S3Config{Endpoint: address, Bucket: "files", Region: "us-east-1", Prefix: "lt/", AccessKey: "key", SecretKey: "secret-of-the-test"}
}

func bucket(t testing.TB, address string) Store {
	t.Helper()
	b, err := S3(bucketAt(address))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// drafted makes a draft of bytes.
func drafted(t testing.TB, content []byte) *draft {
	t.Helper()
	d := spool(t.TempDir())
	w, err := d.write(t.Context(), bytes.NewReader(content), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.close() })
	return w
}

func sumOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// noise is content that does not repeat.
func noise(seed uint64, n int) []byte {
	r := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	b := make([]byte, n)
	_, _ = r.Read(b)
	return b
}

func TestStoresKeepWhatTheyAreGiven(t *testing.T) {
	eachStore(t, func(t *testing.T, b Store) {
		ctx := t.Context()
		for name, content := range map[string][]byte{"small": []byte("x"), "one part": noise(1, 1<<20), "many parts": noise(2, partSize*2+12345)} {
			w := drafted(t, content)
			key := contentKey(w.sum)
			if err := b.Put(ctx, key, w.file, w.size); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			open, err := b.Open(ctx, key)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if open.Size() != int64(len(content)) {
				t.Errorf("%s: size %d", name, open.Size())
			}
			got, err := io.ReadAll(open)
			if err != nil || !bytes.Equal(got, content) {
				t.Errorf("%s: %d bytes come back, %v", name, len(got), err)
			}
			at := int64(len(content) / 2)
			if _, err := open.Seek(at, io.SeekStart); err != nil {
				t.Error(err)
			}
			if rest, err := io.ReadAll(open); err != nil || !bytes.Equal(rest, content[at:]) {
				t.Errorf("%s: from the middle %d bytes, %v", name, len(rest), err)
			}
			if end, err := open.Seek(0, io.SeekEnd); err != nil || end != int64(len(content)) {
				t.Errorf("%s: the end is at %d, %v", name, end, err)
			}
			if err := open.Close(); err != nil {
				t.Error(err)
			}
			for range 2 {
				if err := b.Remove(ctx, key); err != nil {
					t.Errorf("%s: remove: %v", name, err)
				}
			}
			if _, err := b.Open(ctx, key); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: opened after it was removed: %v", name, err)
			}
		}
	})
}

func TestStoresListTheirKeys(t *testing.T) {
	eachStore(t, func(t *testing.T, b Store) {
		ctx, want := t.Context(), []string{}
		for i := range 5 {
			w := drafted(t, noise(uint64(i), 10+i))
			for _, key := range []string{contentKey(w.sum), freshKey(partFolder), freshKey(viewFolder)} {
				if err := b.Put(ctx, key, w.file, w.size); err != nil {
					t.Fatal(err)
				}
				want = append(want, fmt.Sprint(key, " ", w.size))
			}
		}
		var got []string
		err := b.Each(ctx, func(e Entry) error {
			if time.Since(e.At).Abs() > time.Hour {
				t.Errorf("%s was written at %s", e.Key, e.At)
			}
			got = append(got, fmt.Sprint(e.Key, " ", e.Size))
			return nil
		})
		slices.Sort(got)
		slices.Sort(want)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%v\n%v\n%v", got, want, err)
		}
		stop := errors.New("stop")
		if err := b.Each(ctx, func(Entry) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("the error of fn is lost: %v", err)
		}
		if err := b.Tidy(ctx, time.Now().Add(time.Hour)); err != nil {
			t.Errorf("tidy: %v", err)
		}
	})
}

func TestStoresTakeNoOtherKeys(t *testing.T) {
	eachStore(t, func(t *testing.T, b Store) {
		w := drafted(t, []byte("x"))
		for _, key := range []string{"", "x", "../../etc/passwd", "part/../../x", "ab/cd/../ef", "part/", "/part/a", "tmp/a", "part/A", "ab/cd/ef/01"} {
			if err := b.Put(t.Context(), key, w.file, w.size); err == nil {
				t.Errorf("put %q", key)
			}
			if _, err := b.Open(t.Context(), key); err == nil || errors.Is(err, fs.ErrNotExist) {
				t.Errorf("open %q: %v", key, err)
			}
			if err := b.Remove(t.Context(), key); err == nil {
				t.Errorf("remove %q", key)
			}
		}
	})
}

func TestStoresTakeManyAtOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, b Store) {
		w := drafted(t, noise(9, 70000))
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				key := contentKey(w.sum)
				if err := b.Put(t.Context(), key, w.file, w.size); err != nil {
					t.Error(err)
					return
				}
				open, err := b.Open(t.Context(), key)
				if err != nil {
					t.Error(err)
					return
				}
				got := newChecked(open, w.sum, func(err error) { t.Error(err) })
				if n, err := io.Copy(io.Discard, got); err != nil || n != w.size {
					t.Error(n, err)
				}
				_ = got.Close()
			})
		}
		wg.Wait()
	})
}

// TestServerThatDisappears cuts the line to the bucket in the middle of a large content, and for good.
func TestServerThatDisappears(t *testing.T) {
	address := fakeS3(t)
	var broken, down sync.Map
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, always := down.Load("down")
		_, seen := broken.LoadOrStore(r.Method+r.URL.String(), true)
		if always || !seen && r.URL.Query().Has("partNumber") {
			panic(http.ErrAbortHandler)
		}
		out, err := http.NewRequestWithContext(r.Context(), r.Method, address+r.URL.String(), r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		out.Header, out.ContentLength, out.Host = r.Header, r.ContentLength, r.Host
		res, err := http.DefaultTransport.RoundTrip(out)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		defer res.Body.Close()
		for k, v := range res.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(res.StatusCode)
		_, _ = io.Copy(w, res.Body)
	}))
	defer proxy.Close()
	b := bucket(t, proxy.URL)
	w := drafted(t, noise(3, partSize+100))
	key := contentKey(w.sum)
	if err := b.Put(t.Context(), key, w.file, w.size); err != nil {
		t.Fatalf("a line that breaks once for every part: %v", err)
	}
	open, err := b.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, newChecked(open, w.sum, func(err error) { t.Error(err) })); err != nil || n != w.size {
		t.Error(n, err)
	}
	_ = open.Close()
	down.Store("down", true)
	if err := b.Put(t.Context(), contentKey(w.sum), w.file, w.size); err == nil {
		t.Error("stored in a server that is down")
	}
	if _, err := b.Open(t.Context(), key); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a server that is down says nothing about its keys: %v", err)
	}
	if err := b.Each(t.Context(), func(Entry) error { return nil }); err == nil {
		t.Error("a server that is down lists nothing")
	}
}

func TestCheckedFindsWhatChanged(t *testing.T) {
	content := noise(4, 100000)
	changed := bytes.Clone(content)
	changed[99999]++
	short := content[:99998]
	eachStore(t, func(t *testing.T, b Store) {
		for name, c := range map[string]struct {
			bytes []byte
			whole bool
		}{"whole": {content, true}, "changed": {changed, false}, "cut off": {short, false}} {
			w := drafted(t, c.bytes)
			key := contentKey(sumOf(content))
			if err := b.Put(t.Context(), key, w.file, w.size); err != nil {
				t.Fatal(err)
			}
			open, err := b.Open(t.Context(), key)
			if err != nil {
				t.Fatal(err)
			}
			told := 0
			r := newChecked(open, sumOf(content), func(error) { told++ })
			n, err := io.Copy(io.Discard, r)
			if c.whole && (err != nil || n != 100000 || told != 0) || !c.whole && (!errors.Is(err, errChanged) || n == int64(len(c.bytes)) || told == 0) {
				t.Errorf("%s: %d bytes, %v", name, n, err)
			}
			if _, err := r.Seek(5, io.SeekStart); err != nil {
				t.Error(err)
			}
			if part, err := io.ReadAll(io.LimitReader(r, 10)); err != nil || !bytes.Equal(part, content[5:15]) {
				t.Errorf("%s: a range: %v", name, err)
			}
			_ = r.Close()
		}
	})
}

func TestS3ConfigIsChecked(t *testing.T) {
	good := bucketAt("http://localhost:9000")
	for name, c := range map[string]struct {
		change func(*S3Config)
		want   string
	}{
		"good":        {func(*S3Config) {}, ""},
		"none":        {func(c *S3Config) { *c = S3Config{Region: "us-east-1"} }, ""},
		"no endpoint": {func(c *S3Config) { c.Endpoint = "" }, "endpoint"},
		"a path":      {func(c *S3Config) { c.Endpoint += "/bucket" }, "endpoint"},
		"no scheme":   {func(c *S3Config) { c.Endpoint = "localhost:9000" }, "endpoint"},
		"no bucket":   {func(c *S3Config) { c.Bucket = "" }, "bucket"},
		"no secret":   {func(c *S3Config) { c.SecretKey = "" }, "access_key"},
	} {
		s := good
		c.change(&s)
		err := Config{S3: s}.Validate()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s, err := New(Deps{Folder: t.TempDir(), Config: Config{S3: good}})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := s.store.(s3); !ok {
		t.Errorf("the store is %T", s.store)
	}
}
