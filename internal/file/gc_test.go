package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
)

// mortal is a store on a node that is killed now and then: before an operation, in
// the middle of one, or after it, and from then on nothing of the node's call happens.
type mortal struct {
	Store
	mu  *sync.Mutex
	rnd *rand.Rand
}

var errKilled = errors.New("the node was killed")

type lifeKey struct{}

// life is what is left of a call: cancelled when the node was killed.
func withLife(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	ctx, kill := context.WithCancelCause(ctx)
	return context.WithValue(ctx, lifeKey{}, kill), kill
}

func (m mortal) roll(ctx context.Context) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := ctx.Value(lifeKey{}).(context.CancelCauseFunc); !ok {
		return 99
	}
	return m.rnd.IntN(20)
}

func (m mortal) die(ctx context.Context) error {
	if kill, ok := ctx.Value(lifeKey{}).(context.CancelCauseFunc); ok {
		kill(errKilled)
	}
	return errKilled
}

func (m mortal) Put(ctx context.Context, key string, f *os.File, size int64) error {
	at := m.roll(ctx)
	if at == 0 {
		return m.die(ctx)
	}
	err := m.Store.Put(ctx, key, f, size)
	if at == 1 {
		return m.die(ctx)
	}
	return err
}

func (m mortal) Remove(ctx context.Context, key string) error {
	at := m.roll(ctx)
	if at == 0 {
		return m.die(ctx)
	}
	err := m.Store.Remove(ctx, key)
	if at == 1 {
		return m.die(ctx)
	}
	return err
}

// world is three nodes on one database and one store, and what people hold.
type world struct {
	t     *testing.T
	d     *db.DB
	clock *clock.Fake
	nodes []*Service
	mu    sync.Mutex
	files map[ID]Holder // what must be readable
	sums  map[ID][]byte
}

// TestSweepNeverTakesWhatIsReferenced runs uploads of few contents, attachments, removals
// and sweeps on three nodes at once, with clocks that differ by days and nodes that are killed
// in the middle. After every round each file that is held can be read; in the end, when the
// last are gone, nothing is left in the store.
func TestSweepNeverTakesWhatIsReferenced(t *testing.T) {
	eachStore(t, func(t *testing.T, b Store) {
		dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
			w := &world{t: t, d: d, clock: clock.NewFake(time.Now()), files: map[ID]Holder{}, sums: map[ID][]byte{}}
			for i := range 3 {
				store := b
				if i > 0 {
					store = mortal{b, &sync.Mutex{}, rand.New(rand.NewPCG(1, uint64(i)))}
				}
				s, err := New(Deps{DB: d, Clock: w.clock, Folder: filepath.Join(t.TempDir(), "node"), Store: store})
				if err != nil {
					t.Fatal(err)
				}
				w.nodes = append(w.nodes, s)
			}
			rounds := 6
			for round := range rounds {
				var wg sync.WaitGroup
				for n := range w.nodes {
					wg.Go(func() { w.work(n, rand.New(rand.NewPCG(uint64(round), uint64(n)))) })
				}
				wg.Wait()
				w.check()
				w.clock.Advance(30 * time.Hour)
			}
			w.empty()
		})
	})
}

// work does at random what people and timers do on one node.
func (w *world) work(node int, rnd *rand.Rand) {
	s := w.nodes[node]
	for range 12 {
		ctx, kill := withLife(w.t.Context())
		switch n := rnd.IntN(10); {
		case n < 5:
			w.put(ctx, s, rnd)
		case n < 7:
			w.forget(ctx, s)
		default:
			if err := s.Sweep(ctx); err != nil && !killed(ctx, err) {
				w.t.Errorf("sweep: %v", err)
			}
		}
		kill(nil)
	}
}

func killed(ctx context.Context, err error) bool {
	return errors.Is(err, errKilled) || errors.Is(context.Cause(ctx), errKilled)
}

func (w *world) put(ctx context.Context, s *Service, rnd *rand.Rand) {
	content := append(bytes.Clone(pdf), fmt.Sprint(rnd.IntN(4))...)
	h := Holder{"test.thing", fmt.Sprint(rnd.Int64())}
	var r io.Reader = bytes.NewReader(content)
	f, err := s.Put(ctx, Upload{Name: "a.pdf", Reader: r, Holder: h})
	if err != nil {
		if !killed(ctx, err) {
			w.t.Errorf("put: %v", err)
		}
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.files[f.ID], w.sums[f.ID] = h, content
}

// forget deletes the row of a file, as retention does.
func (w *world) forget(ctx context.Context, s *Service) {
	w.mu.Lock()
	var gone ID
	for id := range w.files {
		gone = id
		break
	}
	delete(w.files, gone)
	w.mu.Unlock()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM file_file WHERE id = ?`, gone)
		return err
	})
	if err != nil {
		w.t.Errorf("forget: %v", err)
	}
}

// check reads everything that somebody holds.
func (w *world) check() {
	w.t.Helper()
	for id, h := range w.files {
		content, _, err := w.nodes[0].Open(w.t.Context(), id, h)
		if err != nil {
			w.t.Fatalf("a referenced file is gone: %v", err)
		}
		got, err := io.ReadAll(content)
		if err != nil || !bytes.Equal(got, w.sums[id]) {
			w.t.Fatalf("a referenced file is another: %v", err)
		}
		_ = content.Close()
	}
	if r, err := w.nodes[0].Verify(w.t.Context(), nil); err != nil || !r.OK() {
		w.t.Fatalf("%+v, %v", r, err)
	}
}

// empty forgets everything and sweeps until a day has passed for every rule.
func (w *world) empty() {
	for len(w.files) > 0 {
		w.forget(w.t.Context(), w.nodes[0])
	}
	for range 4 {
		w.clock.Advance(50 * time.Hour)
		if err := w.nodes[0].Sweep(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
	err := w.nodes[0].store.Each(w.t.Context(), func(e Entry) error {
		w.t.Errorf("garbage stays: %s", e.Key)
		return nil
	})
	if err != nil {
		w.t.Error(err)
	}
	for _, table := range []string{"file_content", "file_pin", "file_trash", "file_file"} {
		var n int
		if err := w.d.Get(w.t.Context(), &n, `SELECT COUNT(*) FROM `+table); err != nil || n != 0 {
			w.t.Errorf("%s keeps %d rows, %v", table, n, err)
		}
	}
}

// TestSlowWriteLosesItsPin lets the pin of a write expire before it ends: the sweep takes
// what was written, and the write begins anew.
func TestSlowWriteLosesItsPin(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s, c := newService(t, d)
		folder := folderOf(s)
		slow := &slowStore{Store: s.store, once: func() {
			c.Advance(pinFor + time.Hour)
			other, err := New(Deps{DB: d, Clock: c, Folder: folder})
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(other.Sweep(t.Context()), other.Sweep(t.Context())); err != nil {
				t.Error(err)
			}
		}}
		s.store = slow
		f := put(t, s, Holder{"a.b", "1"}, "a.pdf", pdf)
		if !bytes.Equal(read(t, s, f.ID, Holder{"a.b", "1"}), pdf) || slow.puts != 2 {
			t.Errorf("%d writes", slow.puts)
		}
	})
}

type slowStore struct {
	Store
	once func()
	puts int
}

func (s *slowStore) Put(ctx context.Context, key string, f *os.File, size int64) error {
	err := s.Store.Put(ctx, key, f, size)
	if s.puts++; s.puts == 1 {
		s.once()
	}
	return err
}

// TestUploadHealsDamage holds that a content that was found lost or changed comes back with the next upload of the same.
func TestUploadHealsDamage(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		for name, harm := range map[string]func(s *Service, path string) error{
			"lost": func(_ *Service, path string) error { return os.Remove(path) },
			"changed, and a reader saw it": func(s *Service, path string) error {
				return errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, bytes.ToUpper(pdf), 0o600))
			},
		} {
			s, _ := newService(t, d)
			h := Holder{"a.b", name}
			f := put(t, s, h, "a.pdf", pdf)
			if err := harm(s, pathOf(t, s, f.SHA256)); err != nil {
				t.Fatal(err)
			}
			if content, _, err := s.Open(t.Context(), f.ID, h); err == nil {
				if _, err := io.ReadAll(content); !errors.Is(err, errChanged) {
					t.Errorf("%s: read: %v", name, err)
				}
				_ = content.Close()
			}
			put(t, s, Holder{"a.b", "2"}, "b.pdf", pdf)
			if !bytes.Equal(read(t, s, f.ID, h), pdf) {
				t.Errorf("%s: not healed", name)
			}
			err := d.Tx(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), `DELETE FROM file_file`); return err })
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Tx(t.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), `DELETE FROM file_content`)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
