package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/kit/web"
)

// acts counts how often the handler ran, and answers as told.
type acts struct {
	n      atomic.Int32
	hold   chan struct{} // when set: the handler waits for it
	begun  chan struct{}
	answer func(n int32, w http.ResponseWriter, r *http.Request) error
}

func (a *acts) handle(w http.ResponseWriter, r *http.Request) error {
	n := a.n.Add(1)
	if a.begun != nil {
		a.begun <- struct{}{}
	}
	if a.hold != nil {
		<-a.hold
	}
	if a.answer != nil {
		return a.answer(n, w, r)
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	w.Header().Set("Location", fmt.Sprint("/api/v1/acts/", n))
	w.WriteHeader(http.StatusCreated)
	_, err = fmt.Fprintf(w, "act %d: %d bytes, key %s", n, len(raw), web.RequestKey(r.Context()))
	return err
}

func newActs(t *testing.T, d *db.DB, fake *clock.Fake) (site, *acts, *web.Idempotency) {
	t.Helper()
	a := &acts{}
	keeper := &web.Idempotency{DB: d, Clock: fake, Folder: t.TempDir(), Log: slog.New(slog.DiscardHandler)}
	s := newSite(t, func(o *web.Options) { o.Idempotency = keeper })
	s.Handle(
		web.Route{Method: "POST", Pattern: "/api/v1/acts", Permission: web.Public, Name: "thing.act", Handler: a.handle, MaxBody: web.Upload},
		web.Route{Method: "POST", Pattern: "/api/v1/others", Permission: web.Public, Name: "thing.other", Handler: a.handle},
	)
	return s, a, keeper
}

var tables = []migrate.Room{web.Migrations()}

// TestIdempotency holds what happens when the same key comes again.
func TestIdempotency(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		fake := clock.NewFake(noon)
		s, a, keeper := newActs(t, d, fake)
		post := func(url, body, as, k string) *httptest.ResponseRecorder {
			return s.do("POST", url, strings.NewReader(body), "X-As", as, "Idempotency-Key", k)
		}
		first := post("/api/v1/acts", "hello", "officer", key)
		if first.Code != 201 || a.n.Load() != 1 {
			t.Fatalf("%d %s", first.Code, first.Body)
		}
		for _, c := range []struct {
			name, url, body, as, key string
			status                   int
			runs                     int32
			replayed                 bool
			want                     string
		}{
			{"again", "/api/v1/acts", "hello", "officer", key, 201, 0, true, first.Body.String()},
			{"other body", "/api/v1/acts", "bye", "officer", key, 422, 0, false, "nội dung khác"},
			{"other account", "/api/v1/acts", "hello", "citizen", key, 201, 1, false, "act 2"},
			{"other route", "/api/v1/others", "hello", "officer", key, 201, 1, false, "act 3"},
			{"other key", "/api/v1/acts", "hello", "officer", key + "2", 201, 1, false, "act 4"},
			{"nobody known", "/api/v1/acts", "hello", "", key, 201, 1, false, "act 5"},
		} {
			t.Run(c.name, func(t *testing.T) {
				before := a.n.Load()
				w := post(c.url, c.body, c.as, c.key)
				if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
					t.Errorf("%d %s", w.Code, w.Body)
				}
				if got := a.n.Load() - before; got != c.runs {
					t.Errorf("the act ran %d times, want %d", got, c.runs)
				}
				if got := w.Header().Get("Idempotency-Replayed") == "true"; got != c.replayed {
					t.Errorf("replayed %v, want %v", got, c.replayed)
				}
				if c.replayed && w.Header().Get("Location") != "/api/v1/acts/1" {
					t.Errorf("header of the first answer is lost: %v", w.Header())
				}
			})
		}
		fake.Advance(25 * time.Hour)
		if n, err := keeper.Clean(context.Background()); err != nil || n != 5 {
			t.Errorf("cleaned %d rows, %v; want 5", n, err)
		}
		if w := post("/api/v1/acts", "other", "officer", key); w.Code != 201 {
			t.Errorf("a key is not free after a day: %d", w.Code)
		}
	})
}

// TestIdempotencyFailures holds that what failed may be tried again with the same key.
func TestIdempotencyFailures(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		for name, fail := range map[string]func(http.ResponseWriter) error{
			"fault":  func(http.ResponseWriter) error { return fault.NewConflict(i18n.Msg{}) },
			"error":  func(http.ResponseWriter) error { return errors.New("crash") },
			"panic":  func(http.ResponseWriter) error { panic("crash") },
			"status": func(w http.ResponseWriter) error { w.WriteHeader(http.StatusBadGateway); return nil },
		} {
			t.Run(name, func(t *testing.T) {
				s, a, _ := newActs(t, d, clock.NewFake(noon))
				a.answer = func(n int32, w http.ResponseWriter, _ *http.Request) error {
					if n == 1 {
						return fail(w)
					}
					_, err := io.WriteString(w, "done")
					return err
				}
				k := key + name
				if w := s.do("POST", "/api/v1/acts", strings.NewReader("x"), "Idempotency-Key", k); w.Code < 400 {
					t.Errorf("first: %d", w.Code)
				}
				if w := s.do("POST", "/api/v1/acts", strings.NewReader("x"), "Idempotency-Key", k); w.Code != 200 || w.Body.String() != "done" {
					t.Errorf("second: %d %s", w.Code, w.Body)
				}
				if w := s.do("POST", "/api/v1/acts", strings.NewReader("x"), "Idempotency-Key", k); w.Header().Get("Idempotency-Replayed") == "" || a.n.Load() != 2 {
					t.Errorf("third: %d, %d runs", w.Code, a.n.Load())
				}
			})
		}
	})
}

// TestIdempotencyRace holds that of many requests with one key one acts, while it acts the others are told to wait, and all get its answer in the end.
func TestIdempotencyRace(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		s, a, _ := newActs(t, d, clock.NewFake(noon))
		a.hold, a.begun = make(chan struct{}), make(chan struct{}, 1)
		send := func() *httptest.ResponseRecorder {
			return s.do("POST", "/api/v1/acts", strings.NewReader("x"), "Idempotency-Key", key)
		}
		first := make(chan *httptest.ResponseRecorder)
		go func() { first <- send() }()
		<-a.begun
		var wg sync.WaitGroup
		var waiting atomic.Int32
		for range 20 {
			wg.Go(func() {
				if w := send(); w.Code == http.StatusConflict && w.Header().Get("Retry-After") != "" {
					waiting.Add(1)
				}
			})
		}
		wg.Wait()
		if waiting.Load() != 20 {
			t.Errorf("%d of 20 were told to wait", waiting.Load())
		}
		close(a.hold)
		w := <-first
		if w.Code != 201 || a.n.Load() != 1 {
			t.Errorf("%d %s, %d runs", w.Code, w.Body, a.n.Load())
		}
		if again := send(); again.Body.String() != w.Body.String() || again.Code != 201 {
			t.Errorf("%d %s", again.Code, again.Body)
		}
	})
}

// TestIdempotencyCrash holds that the key of a program that died is free again after the lease, for the same request only.
func TestIdempotencyCrash(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		fake := clock.NewFake(noon)
		s, a, _ := newActs(t, d, fake)
		a.hold, a.begun = make(chan struct{}), make(chan struct{}, 9)
		send := func(body string) *httptest.ResponseRecorder {
			return s.do("POST", "/api/v1/acts", strings.NewReader(body), "Idempotency-Key", key)
		}
		dead := make(chan *httptest.ResponseRecorder)
		go func() { dead <- send("x") }()
		<-a.begun
		fake.Advance(time.Minute) // the holder did not renew: it is as good as dead
		if w := send("y"); w.Code != 422 {
			t.Errorf("another body took the key: %d", w.Code)
		}
		second := make(chan *httptest.ResponseRecorder)
		go func() { second <- send("x") }()
		<-a.begun
		close(a.hold)
		if w := <-second; w.Code != 201 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		<-dead
		if w := send("x"); w.Header().Get("Idempotency-Replayed") == "" || a.n.Load() != 2 {
			t.Errorf("%d runs, %v", a.n.Load(), w.Header())
		}
	})
}

// TestIdempotencyBodies holds that large bodies arrive whole, leave no file behind, and that a form with files is the same whatever its boundary.
func TestIdempotencyBodies(t *testing.T) {
	d := dbtest.SQLite(t, tables...)
	s, a, keeper := newActs(t, d, clock.NewFake(noon))
	form := func(content string) (*bytes.Buffer, string) {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		f, err := m.CreateFormFile("paper", "a.pdf")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(f, content)
		_ = m.Close()
		return &b, m.FormDataContentType()
	}
	body, ct := form("same")
	s.do("POST", "/api/v1/acts", body, "Idempotency-Key", key, "Content-Type", ct)
	body, ct = form("same")
	if w := s.do("POST", "/api/v1/acts", body, "Idempotency-Key", key, "Content-Type", ct); w.Header().Get("Idempotency-Replayed") == "" {
		t.Errorf("another boundary is taken for another act: %d %s", w.Code, w.Body)
	}
	body, ct = form("different")
	if w := s.do("POST", "/api/v1/acts", body, "Idempotency-Key", key, "Content-Type", ct); w.Code != 422 {
		t.Errorf("another file is taken for the same act: %d", w.Code)
	}
	if w := s.do("POST", "/api/v1/acts", strings.NewReader("--x\r\nbroken"), "Idempotency-Key", key+"b", "Content-Type", "multipart/form-data; boundary=x"); w.Code != 400 {
		t.Errorf("broken form: %d %s", w.Code, w.Body)
	}
	big := strings.Repeat("đ", 400<<10)[:700<<10]
	if w := s.do("POST", "/api/v1/acts", strings.NewReader(big), "Idempotency-Key", key+"c"); !strings.Contains(w.Body.String(), fmt.Sprint(700<<10, " bytes")) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := s.do("POST", "/api/v1/acts", strings.NewReader(big+big), "Idempotency-Key", key+"d"); w.Code != 413 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if left, err := os.ReadDir(keeper.Folder); err != nil || len(left) != 0 {
		t.Errorf("files left: %v, %v", left, err)
	}
	a.answer = func(_ int32, w http.ResponseWriter, _ *http.Request) error {
		_, err := w.Write([]byte{0xff, 0})
		return err
	}
	for range 2 {
		if w := s.do("POST", "/api/v1/acts", nil, "Idempotency-Key", key+"e"); !bytes.Equal(w.Body.Bytes(), []byte{0xff, 0}) {
			t.Errorf("%d %q", w.Code, w.Body.Bytes())
		}
	}
	keeper.Folder = "/does/not/exist"
	if w := s.do("POST", "/api/v1/acts", strings.NewReader(big), "Idempotency-Key", key+"f"); w.Code != 500 {
		t.Errorf("no folder: %d", w.Code)
	}
}

// TestIdempotencyLease holds that a long act keeps its key.
func TestIdempotencyLease(t *testing.T) {
	d := dbtest.SQLite(t, tables...)
	fake := clock.NewFake(noon)
	s, a, keeper := newActs(t, d, fake)
	keeper.Lease = 30 * time.Millisecond
	a.hold, a.begun = make(chan struct{}), make(chan struct{}, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.do("POST", "/api/v1/acts", strings.NewReader("x"), "Idempotency-Key", key)
	}()
	<-a.begun
	fake.Advance(time.Hour)
	for { // until the lease was renewed past the new time
		var until time.Time
		if err := d.Get(context.Background(), &until, `SELECT leased_until FROM web_idempotency`); err != nil {
			t.Fatal(err)
		}
		if until.After(fake.Now()) {
			break
		}
	}
	if w := s.do("POST", "/api/v1/acts", strings.NewReader("x"), "Idempotency-Key", key); w.Code != http.StatusConflict {
		t.Errorf("%d", w.Code)
	}
	close(a.hold)
	<-done
}
