package job

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/migrate"
)

var rooms = []migrate.Room{Migrations()}

var start = time.Date(2018, 11, 23, 1, 0, 0, 0, time.UTC)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func newRunner(d *db.DB, c clock.Clock) *Runner {
	return New(Config{DB: d, Clock: c, Log: quiet, MaxAttempts: 3})
}

func enqueue(t testing.TB, d *db.DB, tasks ...Task) {
	t.Helper()
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		for _, task := range tasks {
			if err := Put(t.Context(), tx, task); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func count(t testing.TB, d *db.DB) int {
	t.Helper()
	var n int
	if err := d.Get(t.Context(), &n, `SELECT COUNT(*) FROM job_task`); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEnqueueRunsWhenDue(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		r := newRunner(d, c)
		var got []string
		r.Handle("greet", func(ctx context.Context, task Task) error {
			var name string
			if err := task.Decode(&name); err != nil {
				return err
			}
			if actor.From(ctx).Kind != actor.System {
				t.Error("a task does not run as the system")
			}
			got = append(got, name)
			return nil
		})
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			return errors.Join(
				Enqueue(t.Context(), tx, "greet", "now", time.Time{}),
				Enqueue(t.Context(), tx, "greet", "later", start.Add(time.Hour)),
				Enqueue(t.Context(), tx, "unknown", "x", time.Time{}),
			)
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			advance time.Duration
			want    string
		}{{0, "now"}, {59 * time.Minute, "now"}, {time.Minute, "now later"}, {time.Hour, "now later"}} {
			c.Advance(step.advance)
			if err := r.RunDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			if s := strings.Join(got, " "); s != step.want {
				t.Errorf("after %v: ran %q, want %q", step.advance, s, step.want)
			}
		}
		if n := count(t, d); n != 1 {
			t.Errorf("%d tasks left, want the one without a handler", n)
		}
	})
}

func TestEnqueueDiesWithItsTransaction(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		lost := errors.New("lost")
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			if err := Enqueue(t.Context(), tx, "a", nil, time.Time{}); err != nil {
				return err
			}
			return lost
		})
		if !errors.Is(err, lost) || count(t, d) != 0 {
			t.Errorf("error %v, %d tasks", err, count(t, d))
		}
		for name, fn := range map[string]func(*db.Tx) error{
			"no kind":     func(tx *db.Tx) error { return Enqueue(t.Context(), tx, "", 1, time.Time{}) },
			"bad payload": func(tx *db.Tx) error { return Enqueue(t.Context(), tx, "a", func() {}, time.Time{}) },
		} {
			if err := d.Tx(t.Context(), fn); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
	})
}

func TestFailuresAreRepeatedThenDead(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		r := newRunner(d, c)
		runs, broken := 0, true
		r.Handle("shaky", func(context.Context, Task) error {
			runs++
			if broken {
				return fmt.Errorf("no luck \x00 %d", runs)
			}
			return nil
		})
		enqueue(t, d, Task{Kind: "shaky"})
		for i, wait := range []time.Duration{0, 2 * time.Second, 8 * time.Second} {
			if wait > 0 {
				c.Advance(wait - time.Microsecond)
				if err := r.RunDue(t.Context()); err != nil || runs != i {
					t.Fatalf("ran before the back-off was over: %d runs, %v", runs, err)
				}
				c.Advance(time.Microsecond)
			}
			if err := r.RunDue(t.Context()); err == nil || runs != i+1 {
				t.Fatalf("run %d: %d runs, error %v", i+1, runs, err)
			}
		}
		s, err := r.Stats(t.Context())
		if err != nil || s.Dead != 1 || s.Due+s.Later+s.Running != 0 {
			t.Errorf("stats %+v, %v", s, err)
		}
		dead, err := r.Dead(t.Context(), 10)
		if err != nil || len(dead) != 1 || dead[0].Error != "no luck  3" || dead[0].Attempts != 3 || !dead[0].EndedAt.Equal(c.Now()) {
			t.Fatalf("dead letters %+v, %v", dead, err)
		}
		c.Advance(24 * time.Hour)
		if err := r.RunDue(t.Context()); err != nil || runs != 3 {
			t.Errorf("a dead letter ran: %d, %v", runs, err)
		}
		broken = false
		if ok, err := r.Retry(t.Context(), dead[0].ID); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if err := r.RunDue(t.Context()); err != nil || runs != 4 || count(t, d) != 0 {
			t.Errorf("retry: %d runs, %d left, %v", runs, count(t, d), err)
		}
		if ok, err := r.Retry(t.Context(), dead[0].ID); ok || err != nil {
			t.Error("retried what is not there", err)
		}
	})
}

func TestPermanentErrorsPanicsAndDiscard(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		r := newRunner(d, clock.NewFake(start))
		r.Handle("permanent", func(context.Context, Task) error { return fmt.Errorf("see: %w", Permanent(errors.New("never"))) })
		r.Handle("decode", func(_ context.Context, task Task) error {
			var n int
			return task.Decode(&n)
		})
		r.Handle("panic", func(context.Context, Task) error { panic("oh") })
		enqueue(t, d, Task{Kind: "permanent"}, Task{Kind: "decode", Payload: []byte(`"x"`)}, Task{Kind: "panic"})
		if err := r.RunDue(t.Context()); err == nil || !strings.Contains(err.Error(), "panic: oh") {
			t.Errorf("error %v", err)
		}
		dead, err := r.Dead(t.Context(), 10)
		if err != nil || len(dead) != 2 {
			t.Fatalf("%d dead, %v; want the permanent error and the payload", len(dead), err)
		}
		if ok, err := r.Discard(t.Context(), dead[0].ID); !ok || err != nil {
			t.Error(ok, err)
		}
		if ok, _ := r.Discard(t.Context(), dead[0].ID); ok {
			t.Error("discarded twice")
		}
		if n := count(t, d); n != 2 {
			t.Errorf("%d tasks, want 2", n)
		}
	})
}

func TestTimers(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start) // 08:00 local
		var ran []string
		r := newRunner(d, c)
		broken := false
		r.Every("sweep", 10*time.Minute, func(context.Context) error {
			ran = append(ran, "sweep")
			if broken {
				return errors.New("broken")
			}
			return nil
		})
		r.Daily("digest", 8, 30, func(context.Context) error { ran = append(ran, "digest"); return nil })
		step := func(advance time.Duration, want ...string) {
			t.Helper()
			c.Advance(advance)
			ran = nil
			if err := r.RunDue(t.Context()); (err != nil) != broken {
				t.Fatal(err)
			}
			slices.Sort(ran)
			if !slices.Equal(ran, want) {
				t.Errorf("at %v: ran %v, want %v", c.Now(), ran, want)
			}
		}
		step(0, "sweep")
		step(0)
		step(10*time.Minute, "sweep")
		step(20*time.Minute, "digest", "sweep") // 08:30
		step(time.Minute)
		broken = true
		step(9*time.Minute, "sweep")
		broken = false
		step(2*time.Second, "sweep") // the back-off, not the interval
		step(50*time.Hour, "digest", "sweep")
		step(time.Hour, "sweep")

		other := newRunner(d, c) // a node that wants it oftener
		n := 0
		other.Every("sweep", time.Minute, func(context.Context) error { n++; return nil })
		c.Advance(time.Second)
		if err := other.RunDue(t.Context()); err != nil || n != 0 {
			t.Error(n, err)
		}
		c.Advance(time.Minute)
		if err := other.RunDue(t.Context()); err != nil || n != 1 {
			t.Errorf("a shorter interval does not take: %d, %v", n, err)
		}
	})
}

func TestKeyedTasksKeepTheirOrder(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		r := newRunner(d, c)
		var ran []int64
		broken := true
		r.Handle("step", func(_ context.Context, task Task) error {
			if broken && task.Seq == 2 {
				return errors.New("not yet")
			}
			ran = append(ran, task.Seq)
			return nil
		})
		enqueue(t, d, Task{Kind: "step", Key: "k", Seq: 3}, Task{Kind: "step", Key: "k", Seq: 2}, Task{Kind: "step", Key: "k", Seq: 1}, Task{Kind: "step", Key: "other", Seq: 9})
		if err := r.RunDue(t.Context()); err == nil {
			t.Error("the error is lost")
		}
		if want := []int64{9, 1}; !sameSet(ran, want) {
			t.Errorf("ran %v, want %v: 3 must wait behind 2", ran, want)
		}
		broken = false
		if err := r.Drain(t.Context(), "st"); err != nil {
			t.Error(err)
		}
		if !slices.Equal(ran[2:], []int64{2, 3}) {
			t.Errorf("ran %v", ran)
		}
		broken = true
		enqueue(t, d, Task{Kind: "step", Key: "k", Seq: 2}, Task{Kind: "step", Key: "k", Seq: 4})
		for range 3 {
			_ = r.Drain(t.Context(), "step")
		}
		if ran[len(ran)-1] != 4 {
			t.Errorf("ran %v: a dead letter holds up what is behind it", ran)
		}
	})
}

func sameSet(a, b []int64) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

func TestManyNodesRunEachTaskOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		const tasks, nodes = 200, 4
		var mu sync.Mutex
		ran := map[int64]int{}
		done := make(chan struct{})
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		var list []Task
		for i := range tasks {
			list = append(list, Task{Kind: "n", Key: fmt.Sprint(i % 7), Seq: int64(i)})
		}
		lastOf := map[string]int64{}
		for range nodes {
			r := New(Config{DB: d, Log: quiet, Poll: 5 * time.Millisecond})
			r.Handle("n", func(_ context.Context, task Task) error {
				mu.Lock()
				defer mu.Unlock()
				if last, ok := lastOf[task.Key]; ok && last > task.Seq {
					t.Errorf("key %s: %d after %d", task.Key, task.Seq, last)
				}
				lastOf[task.Key] = task.Seq
				ran[task.Seq]++
				if len(ran) == tasks {
					close(done)
				}
				return nil
			})
			wg.Go(func() {
				if err := r.Run(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		enqueue(t, d, list...)
		select {
		case <-done:
		case <-time.After(30 * time.Second):
			t.Error("not all tasks ran")
		}
		stop()
		wg.Wait()
		for seq, n := range ran {
			if n != 1 {
				t.Errorf("task %d ran %d times", seq, n)
			}
		}
		if n := count(t, d); n != 0 {
			t.Errorf("%d tasks left", n)
		}
	})
}

func TestRunWakesOnCommit(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		r := New(Config{DB: d, Log: quiet, Poll: time.Hour})
		ran := make(chan string, 1)
		r.Handle("a", func(_ context.Context, task Task) error { ran <- task.Text; return nil })
		looked := make(chan struct{}, 100)
		r.Feed(func(context.Context) error { looked <- struct{}{}; return nil })
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- r.Run(ctx) }()
		<-looked // it found nothing and waits an hour
		err := d.Tx(ctx, func(tx *db.Tx) error {
			if err := Enqueue(ctx, tx, "a", "hello", time.Time{}); err != nil {
				return err
			}
			if d.Engine() == db.Postgres {
				<-looked // it looks before the transaction has ended, and must look again
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		select {
		case got := <-ran:
			if got != `"hello"` {
				t.Errorf("got %s", got)
			}
		case <-time.After(30 * time.Second):
			t.Error("the runner slept on")
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestGracefulStopHandsBack(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		r := New(Config{DB: d, Log: quiet, Grace: 20 * time.Millisecond, Workers: 2})
		started := make(chan struct{}, 2)
		r.Handle("slow", func(ctx context.Context, _ Task) error {
			started <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		})
		release := make(chan struct{})
		r.Handle("short", func(context.Context, Task) error {
			started <- struct{}{}
			<-release
			return nil
		})
		enqueue(t, d, Task{Kind: "slow"}, Task{Kind: "short"}, Task{Kind: "slow"})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- r.Run(ctx) }()
		<-started
		<-started
		stop()
		close(release)
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		var left []Task
		if err := d.Select(t.Context(), &left, `SELECT `+columns+` FROM job_task`); err != nil {
			t.Fatal(err)
		}
		for _, task := range left {
			if task.Lease != "" || task.LeaseUntil != nil || task.Attempts != 0 || task.State != Waiting {
				t.Errorf("not handed back: %+v", task)
			}
		}
		if len(left) == 0 {
			t.Error("what was cancelled is gone")
		}
	})
}

func TestStopGivesUpOnTasksThatIgnoreIt(t *testing.T) {
	d := dbtest.SQLite(t, rooms...)
	r := New(Config{DB: d, Log: quiet, Grace: time.Millisecond})
	started, release, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	r.Handle("deaf", func(context.Context, Task) error { close(started); <-release; close(ended); return nil })
	enqueue(t, d, Task{Kind: "deaf"})
	ctx, stop := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- r.Run(ctx) }()
	<-started
	stop()
	if err := <-result; err == nil {
		t.Error("Run says that all ended")
	}
	close(release)
	<-ended
}

func TestLeasesRunOutAndAreRenewed(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		gone, next := newRunner(d, c), newRunner(d, c)
		for _, r := range []*Runner{gone, next} {
			r.Handle("a", func(context.Context, Task) error { return nil })
		}
		enqueue(t, d, Task{Kind: "a"})
		taken, err := gone.take(t.Context(), []string{"a"}, 5)
		if err != nil || len(taken) != 1 {
			t.Fatal(taken, err)
		}
		c.Advance(59 * time.Second)
		if err := renew(t.Context(), d, gone.lease, c.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		c.Advance(59 * time.Second)
		if err := next.RunDue(t.Context()); err != nil || count(t, d) != 1 {
			t.Fatal("a renewed lease was broken", err)
		}
		s, err := next.Stats(t.Context())
		if err != nil || s.Running != 1 {
			t.Errorf("stats %+v, %v", s, err)
		}
		c.Advance(2 * time.Second)
		again, err := next.take(t.Context(), []string{"a"}, 5)
		if err != nil || len(again) != 1 || again[0].Attempts != 2 {
			t.Fatalf("the lease ran out, but: %+v, %v", again, err)
		}
		if kept, err := gone.settle(t.Context(), taken[0], errors.New("late"), false); kept || err != nil {
			t.Error("the first node wrote the outcome of a task it had lost", err)
		}
		if err := next.do(t.Context(), again[0]); err != nil || count(t, d) != 0 {
			t.Error(err)
		}
	})
}

func TestTasksThatKillTheirNodeAreGivenUp(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		enqueue(t, d, Task{Kind: "bomb"})
		for range 3 {
			r := newRunner(d, c)
			if got, err := r.take(t.Context(), []string{"bomb"}, 1); err != nil || len(got) != 1 {
				t.Fatal(got, err)
			}
			c.Advance(2 * time.Minute) // the node is gone
		}
		r := newRunner(d, c)
		r.Handle("bomb", func(context.Context, Task) error { t.Error("ran once more"); return nil })
		_ = r.RunDue(t.Context())
		dead, err := r.Dead(t.Context(), 1)
		if err != nil || len(dead) != 1 || !strings.Contains(dead[0].Error, "the node ended") {
			t.Errorf("%+v, %v", dead, err)
		}
	})
}

// TestKillNine kills a node in the middle of its work and lets another one finish.
func TestKillNine(t *testing.T) {
	if address := os.Getenv("JOB_TEST_CHILD"); address != "" {
		d, err := db.Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		r := New(Config{DB: d, Workers: 3})
		r.Handle("n", func(_ context.Context, task Task) error {
			if task.Seq >= 20 {
				fmt.Println("busy")
				select {} // until killed
			}
			return nil
		})
		t.Fatal(r.Run(t.Context()))
	}
	address := strings.TrimSuffix(dbtest.SQLiteAddress(t, rooms...), "?synchronous=off")
	d, err := db.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var list []Task
	for i := range 40 {
		list = append(list, Task{ID: fmt.Sprintf("%02d", i), Kind: "n", Seq: int64(i)})
	}
	enqueue(t, d, list...)
	child := exec.Command(os.Args[0], "-test.run=^TestKillNine$", "-test.v")
	child.Env = append(os.Environ(), "JOB_TEST_CHILD="+address)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	busy := 0
	for lines := bufio.NewScanner(out); busy < 3 && lines.Scan(); {
		if lines.Text() == "busy" {
			busy++
		}
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	if n := count(t, d); busy != 3 || n != 20 {
		t.Fatalf("%d busy, %d tasks left; want 3 and 20", busy, n)
	}
	c := clock.NewFake(time.Now())
	r := newRunner(d, c)
	ran := map[int64]int{}
	r.Handle("n", func(_ context.Context, task Task) error { ran[task.Seq]++; return nil })
	if err := r.RunDue(t.Context()); err != nil || len(ran) != 17 {
		t.Errorf("%d tasks ran, %v; want those that the killed node had not begun", len(ran), err)
	}
	c.Advance(2 * time.Minute)
	if err := r.RunDue(t.Context()); err != nil || len(ran) != 20 || count(t, d) != 0 {
		t.Errorf("%d tasks ran, %d left, %v", len(ran), count(t, d), err)
	}
}

func TestWiringMistakesPanic(t *testing.T) {
	r := New(Config{})
	r.Handle("a", func(context.Context, Task) error { return nil })
	for name, fn := range map[string]func(){
		"two handlers": func() { r.Handle("a", func(context.Context, Task) error { return nil }) },
		"no interval":  func() { r.Every("b", 0, func(context.Context) error { return nil }) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			fn()
		}()
	}
}

func TestBackoff(t *testing.T) {
	for n, want := range map[int]time.Duration{1: 2 * time.Second, 2: 8 * time.Second, 3: 32 * time.Second, 6: 2048 * time.Second, 7: time.Hour, 1000: time.Hour} {
		if got := backoff(n); got != want {
			t.Errorf("backoff(%d) = %v, want %v", n, got, want)
		}
	}
}
