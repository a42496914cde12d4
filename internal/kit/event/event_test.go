package event

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"sync"
	"testing"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/job"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/kit/versioned"
)

var rooms = []migrate.Room{job.Migrations(), Migrations()}

var start = time.Date(2018, 11, 23, 1, 0, 0, 0, time.UTC)

type accepted struct {
	Dossier string `json:"dossier"`
	N       int    `json:"n"`
}

func (a accepted) EventKey() string { return a.Dossier }

func newBus(d *db.DB, c clock.Clock) (*Bus, *job.Runner) {
	r := job.New(job.Config{DB: d, Clock: c, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), MaxAttempts: 2, Poll: 5 * time.Millisecond})
	return NewBus(d, r), r
}

func publish(t testing.TB, ctx context.Context, d *db.DB, name string, payloads ...any) {
	t.Helper()
	err := d.Tx(ctx, func(tx *db.Tx) error {
		for _, p := range payloads {
			if err := Publish(ctx, tx, name, p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSubscriberSeesWhatThePublisherDid holds that a subscriber does not act on what its node kept from before the event.
func TestSubscriberSeesWhatThePublisherDid(t *testing.T) {
	d := dbtest.SQLite(t, rooms...)
	c := clock.NewFake(start)
	state := int64(1)
	read := func(context.Context, db.Querier) (int64, error) { return state, nil }
	cache := versioned.New(time.Hour, c.Now, versioned.Source[int64]{Version: read, Load: read})
	seen := func(ctx context.Context) int64 {
		n, err := cache.Get(ctx, d)
		if err != nil {
			t.Error(err)
		}
		return n
	}
	b, _ := newBus(d, c)
	got := int64(0)
	b.Subscribe("one.look", "thing.changed", func(ctx context.Context, _ Event) error { got = seen(ctx); return nil })
	before := seen(t.Context())
	state = 2
	publish(t, t.Context(), d, "thing.changed", accepted{"d1", 1})
	if err := b.Drain(t.Context()); err != nil || before != 1 || got != 2 {
		t.Errorf("before the event %d, in the subscriber %d, %v", before, got, err)
	}
}

func TestDrainDeliversToEverySubscriberInOrder(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		b, _ := newBus(d, c)
		var got []string
		take := func(who string) Handler {
			return func(ctx context.Context, e Event) error {
				var a accepted
				if err := e.Decode(&a); err != nil {
					return err
				}
				if actor.From(ctx).Kind != actor.System || e.ActorID != "acc-1" || !e.At.Equal(start) || e.Key != a.Dossier || e.Seq != int64(a.N) {
					t.Errorf("event %+v of %+v", e, actor.From(ctx))
				}
				if who == "notice.dossier" {
					got = append(got, fmt.Sprint(e.Name, a.N))
				}
				return nil
			}
		}
		b.Subscribe("notice.dossier", "dossier.accepted", take("notice.dossier"))
		b.Subscribe("notice.dossier", "dossier.returned", take("notice.dossier"))
		b.Subscribe("stats.count", "dossier.accepted", take("stats.count"))
		ctx := WithClock(actor.With(t.Context(), actor.Actor{ID: "acc-1"}), c)
		publish(t, ctx, d, "dossier.accepted", accepted{"d1", 1}, accepted{"d1", 2})
		publish(t, ctx, d, "dossier.returned", accepted{"d1", 3})
		publish(t, ctx, d, "nobody.listens", accepted{"d1", 4})
		publish(t, ctx, d, "dossier.accepted", accepted{"d1", 5})
		if err := b.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := []string{"dossier.accepted1", "dossier.accepted2", "dossier.returned3", "dossier.accepted5"}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if err := b.Drain(t.Context()); err != nil || len(got) != 4 {
			t.Errorf("delivered again: %v, %v", got, err)
		}
		if subs := b.Subscriptions(); !reflect.DeepEqual(subs, map[string][]string{
			"dossier.accepted": {"notice.dossier", "stats.count"}, "dossier.returned": {"notice.dossier"}}) {
			t.Errorf("subscriptions %v", subs)
		}
	})
}

func TestPublishLivesAndDiesWithTheTransaction(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		b, _ := newBus(d, nil)
		var seqs []int64
		b.Subscribe("s", "e", func(_ context.Context, e Event) error { seqs = append(seqs, e.Seq); return nil })
		lost := errors.New("lost")
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			return errors.Join(Publish(t.Context(), tx, "e", accepted{Dossier: "k"}), lost)
		})
		if !errors.Is(err, lost) {
			t.Fatal(err)
		}
		for name, fn := range map[string]func(tx *db.Tx) error{
			"no name":     func(tx *db.Tx) error { return Publish(t.Context(), tx, "", 1) },
			"bad payload": func(tx *db.Tx) error { return Publish(t.Context(), tx, "e", func() {}) },
		} {
			if err := d.Tx(t.Context(), fn); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
		publish(t, t.Context(), d, "e", accepted{Dossier: "k"}, "without key")
		if err := b.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(seqs) != 2 || seqs[0]+seqs[1] != 1 {
			t.Errorf("numbers %v, want 1 and 0: the failed transaction must leave no trace", seqs)
		}
	})
}

func TestFailedDeliveryHoldsItsKeyThenBecomesADeadLetter(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		b, r := newBus(d, c)
		var got []int
		fail := map[int]bool{1: true}
		b.Subscribe("s", "e", func(_ context.Context, e Event) error {
			var a accepted
			if err := e.Decode(&a); err != nil {
				return err
			}
			if fail[a.N] {
				return errors.New("mail server down")
			}
			got = append(got, a.N)
			return nil
		})
		publish(t, t.Context(), d, "e", accepted{"k", 1}, accepted{"k", 2}, accepted{"other", 3})
		if err := b.Drain(t.Context()); err == nil {
			t.Error("Drain hides the error of a handler")
		}
		if !reflect.DeepEqual(got, []int{3}) {
			t.Errorf("got %v; 2 must wait behind 1", got)
		}
		if err := b.Drain(t.Context()); err == nil {
			t.Error("Drain hides the error of a handler")
		}
		if !reflect.DeepEqual(got, []int{3, 2}) {
			t.Errorf("got %v; after the last attempt 2 must pass", got)
		}
		dead, err := r.Dead(t.Context(), 5)
		if err != nil || len(dead) != 1 || dead[0].Kind != "event/s" {
			t.Fatalf("dead letters %+v, %v", dead, err)
		}
		fail[1] = false
		if ok, err := r.Retry(t.Context(), dead[0].ID); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if err := b.Drain(t.Context()); err != nil || !reflect.DeepEqual(got, []int{3, 2, 1}) {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

func TestHandlersMayPublishAndDrainGoesOn(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		b, _ := newBus(d, nil)
		ends := 0
		b.Subscribe("s", "begin", func(ctx context.Context, e Event) error {
			return d.Tx(ctx, func(tx *db.Tx) error { return PublishKey(ctx, tx, "end", e.Key, 1) })
		})
		b.Subscribe("s", "end", func(_ context.Context, e Event) error {
			if e.ActorID != actor.SystemActor.ID {
				t.Errorf("actor %q", e.ActorID)
			}
			ends++
			return nil
		})
		publish(t, t.Context(), d, "begin", accepted{Dossier: "k"})
		if err := b.Drain(t.Context()); err != nil || ends != 1 {
			t.Error(ends, err)
		}
	})
}

func TestUnfitPayloadAndWithdrawnSubscription(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		b, r := newBus(d, nil)
		b.Subscribe("s", "e", func(_ context.Context, e Event) error { var n int; return e.Decode(&n) })
		b.Subscribe("s", "f", func(context.Context, Event) error { return errors.New("later") })
		publish(t, t.Context(), d, "e", "text")
		publish(t, t.Context(), d, "f", "text")
		_ = b.Drain(t.Context())
		dead, err := r.Dead(t.Context(), 5)
		if err != nil || len(dead) != 1 {
			t.Fatalf("%+v, %v; want the payload that never fits", dead, err)
		}
		next, _ := newBus(d, nil) // the program of the next release
		next.Subscribe("s", "e", func(context.Context, Event) error { return nil })
		if err := next.Drain(t.Context()); err != nil {
			t.Error(err)
		}
		var n int
		if err := d.Get(t.Context(), &n, `SELECT COUNT(*) FROM job_task WHERE state = 'waiting'`); err != nil || n != 0 {
			t.Errorf("%d deliveries of a withdrawn subscription wait for ever, %v", n, err)
		}
	})
}

// TestManyNodesManyWriters holds order within a key and one delivery each, with nodes and writers at the same time.
func TestManyNodesManyWriters(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		const writers, each, keys, nodes = 8, 15, 5, 3
		ctx, stop := context.WithCancel(t.Context())
		var mu sync.Mutex
		last, total, done := map[string]int64{}, 0, make(chan struct{})
		var wg sync.WaitGroup
		for range nodes {
			b, r := newBus(d, nil)
			b.Subscribe("s", "e", func(_ context.Context, e Event) error {
				mu.Lock()
				defer mu.Unlock()
				if e.Seq != last[e.Key]+1 {
					t.Errorf("key %s: %d after %d", e.Key, e.Seq, last[e.Key])
				}
				last[e.Key] = e.Seq
				if total++; total == writers*each {
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
		var writing sync.WaitGroup
		for w := range writers {
			writing.Go(func() {
				for i := range each {
					err := d.Tx(ctx, func(tx *db.Tx) error { return PublishKey(ctx, tx, "e", fmt.Sprint((w+i)%keys), i) })
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		writing.Wait()
		select {
		case <-done:
		case <-time.After(30 * time.Second):
			t.Errorf("%d of %d events arrived", total, writers*each)
		}
		stop()
		wg.Wait()
	})
}

func TestPurgeKeepsWhatWasNotHandedOn(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		b, _ := newBus(d, nil)
		ctx := WithClock(t.Context(), clock.NewFake(start))
		publish(t, ctx, d, "e", 1)
		if err := b.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		publish(t, ctx, d, "e", 2)
		publish(t, WithClock(t.Context(), clock.NewFake(start.Add(time.Hour))), d, "e", 3)
		if err := b.Purge(t.Context(), start.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		var left []string
		if err := d.Select(t.Context(), &left, `SELECT payload FROM event_outbox ORDER BY payload`); err != nil || !reflect.DeepEqual(left, []string{"2", "3"}) {
			t.Errorf("left %v, %v", left, err)
		}
	})
}

func TestSubscribingTwicePanics(t *testing.T) {
	b := NewBus(nil, job.New(job.Config{}))
	b.Subscribe("s", "e", func(context.Context, Event) error { return nil })
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	b.Subscribe("s", "e", func(context.Context, Event) error { return nil })
}
