package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/id"
)

// Handler does a task. Its context carries the system actor and ends when the
// node stops or the task takes longer than Config.Timeout.
type Handler func(ctx context.Context, t Task) error

// Config says how a Runner works. Only DB is required.
type Config struct {
	DB          *db.DB
	Clock       clock.Clock   // when tasks are due; the machine's clock when nil
	Log         *slog.Logger  // slog.Default when nil
	Workers     int           // tasks at a time; 4 when 0
	Poll        time.Duration // how often to look for work of other nodes; 1 s when 0
	Lease       time.Duration // after how long the tasks of a dead node are taken over; 1 min when 0
	Grace       time.Duration // how long running tasks may go on when the node stops; 20 s when 0
	Timeout     time.Duration // how long one task may take; 15 min when 0
	MaxAttempts int           // after how many failures a task is a dead letter; 12 when 0, about 6 hours
}

// Stats is the state of the table for those who watch the system. Oldest is when
// the oldest task that is due and not running was put aside; zero when there is none.
type Stats struct {
	Due     int       `db:"due"`
	Running int       `db:"running"`
	Later   int       `db:"later"`
	Dead    int       `db:"dead"`
	Oldest  time.Time `db:"-"`
}

type timer struct {
	atOnce bool // the very first run
	next   func(now time.Time) time.Time
	fn     func(context.Context) error
}

// Runner runs tasks and timers. Handlers are registered before it runs.
type Runner struct {
	c        Config
	lease    string
	handlers map[string]Handler
	timers   map[string]timer
	feeds    []func(context.Context) error
}

// New returns a runner.
func New(c Config) *Runner {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	c.Workers = or(c.Workers, 4)
	c.Poll = or(c.Poll, time.Second)
	c.Lease = or(c.Lease, time.Minute)
	c.Grace = or(c.Grace, 20*time.Second)
	c.Timeout = or(c.Timeout, 15*time.Minute)
	c.MaxAttempts = or(c.MaxAttempts, 12)
	return &Runner{c: c, lease: id.New(), handlers: map[string]Handler{}, timers: map[string]timer{}}
}

func or[T comparable](v, standard T) T {
	var zero T
	if v == zero {
		return standard
	}
	return v
}

// Handle sets the handler of a kind of tasks. Two handlers for one kind are a mistake of wiring and panic.
func (r *Runner) Handle(kind string, h Handler) {
	if r.handlers[kind] != nil {
		panic("job: two handlers for " + kind)
	}
	r.handlers[kind] = h
}

// timerPrefix marks the kinds of timers.
const timerPrefix = "timer/"

// Every runs fn on one of the nodes: at once when it has never run, then each interval after it ended.
// The name is unique and lasts: it finds the timer again after a restart.
func (r *Runner) Every(name string, interval time.Duration, fn func(context.Context) error) {
	if interval <= 0 {
		panic("job: timer " + name + " without an interval")
	}
	r.timer(name, timer{true, func(now time.Time) time.Time { return now.Add(interval) }, fn})
}

// Daily runs fn on one of the nodes each day at hour:minute local time, or later that day when no node was up.
func (r *Runner) Daily(name string, hour, minute int, fn func(context.Context) error) {
	r.timer(name, timer{false, func(now time.Time) time.Time {
		day := clock.DateOf(now)
		if at := day.At(hour, minute); at.After(now) {
			return at
		}
		return day.AddDays(1).At(hour, minute)
	}, fn})
}

func (r *Runner) timer(name string, t timer) {
	kind := timerPrefix + name
	r.Handle(kind, func(ctx context.Context, _ Task) error { return t.fn(ctx) })
	r.timers[kind] = t
}

// Feed adds a function that turns something else into tasks (the outbox of package event); it runs before each look for work.
func (r *Runner) Feed(fn func(context.Context) error) { r.feeds = append(r.feeds, fn) }

func (r *Runner) kinds(prefix string) []string {
	var kinds []string
	for k := range r.handlers {
		if strings.HasPrefix(k, prefix) {
			kinds = append(kinds, k)
		}
	}
	sort.Strings(kinds)
	return kinds
}

// prepare makes the tasks of timers.
func (r *Runner) prepare(ctx context.Context) error {
	now := r.c.Clock.Now()
	for kind, t := range r.timers {
		task := Task{ID: kind, Kind: kind, State: Waiting, Text: "null", RunAt: t.next(now), CreatedAt: now}
		if t.atOnce {
			task.RunAt = now
		}
		if err := ensureTimer(ctx, r.c.DB, task, t.next(now)); err != nil {
			return err
		}
	}
	return nil
}

// take feeds and claims.
func (r *Runner) take(ctx context.Context, kinds []string, n int) ([]Task, error) {
	for _, feed := range r.feeds {
		if err := feed(ctx); err != nil {
			return nil, err
		}
	}
	now := r.c.Clock.Now()
	tasks, err := claim(ctx, r.c.DB, kinds, r.lease, now, now.Add(r.c.Lease), n)
	slices.SortFunc(tasks, func(a, b Task) int {
		return or(a.RunAt.Compare(b.RunAt), strings.Compare(a.ID, b.ID))
	})
	return tasks, err
}

// Run works until ctx ends. Then it claims nothing more, lets running tasks go on
// for Config.Grace, cancels them and hands back what they did not finish.
func (r *Runner) Run(ctx context.Context) error {
	if err := r.prepare(ctx); err != nil {
		return err
	}
	bell, deaf := listen()
	defer deaf()
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	var running sync.WaitGroup
	slots := make(chan struct{}, r.c.Workers)
	running.Go(func() { r.keepLeases(ctx) })
	kinds := r.kinds("")
	wait := r.c.Poll
	for ctx.Err() == nil {
		tasks, err := r.take(ctx, kinds, cap(slots)-len(slots))
		if err != nil && ctx.Err() == nil {
			r.c.Log.ErrorContext(ctx, "look for tasks", "error", err)
		}
		for _, t := range tasks {
			slots <- struct{}{}
			running.Go(func() {
				r.do(work, t)
				<-slots
				select {
				case bell <- struct{}{}: // what waited behind this task may run now
				default:
				}
			})
		}
		if len(tasks) > 0 {
			wait = time.Millisecond
		}
		select {
		case <-ctx.Done():
		case <-bell:
			wait = time.Millisecond
		case <-time.After(wait):
			wait = min(2*wait, r.c.Poll)
		}
	}
	return r.stop(cancel, &running)
}

func (r *Runner) stop(cancel context.CancelFunc, running *sync.WaitGroup) error {
	ended := make(chan struct{})
	go func() {
		running.Wait()
		close(ended)
	}()
	for range 2 {
		select {
		case <-ended:
			return nil
		case <-time.After(r.c.Grace):
			cancel()
		}
	}
	return errors.New("tasks did not end when they were cancelled; other nodes take them over when their leases run out")
}

// keepLeases renews the leases of this node until ctx ends; what runs longer than Grace after that is lost to others.
func (r *Runner) keepLeases(ctx context.Context) {
	tick := time.NewTicker(max(r.c.Lease/3, time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := renew(ctx, r.c.DB, r.lease, r.c.Clock.Now().Add(r.c.Lease)); err != nil && ctx.Err() == nil {
				r.c.Log.ErrorContext(ctx, "renew leases of tasks", "error", err)
			}
		}
	}
}

// do runs one claimed task and writes its outcome.
func (r *Runner) do(ctx context.Context, t Task) error {
	err := fmt.Errorf("given up: the node ended during each of %d attempts", r.c.MaxAttempts)
	if t.Attempts <= r.c.MaxAttempts || r.timers[t.Kind].fn != nil {
		err = r.call(ctx, t)
	}
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	kept, settleErr := r.settle(after, t, err, ctx.Err() != nil)
	log := r.c.Log.With("task", t.ID, "kind", t.Kind, "attempt", t.Attempts)
	switch {
	case settleErr != nil:
		log.ErrorContext(ctx, "write the outcome of a task", "error", settleErr, "outcome", err)
	case !kept:
		log.WarnContext(ctx, "a task took longer than its lease and may run twice", "outcome", err)
	case err != nil:
		log.ErrorContext(ctx, "task failed", "error", err)
	}
	return errors.Join(err, settleErr)
}

func (r *Runner) call(ctx context.Context, t Task) (err error) {
	ctx, cancel := context.WithTimeout(actor.With(ctx, actor.SystemActor), r.c.Timeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	t.Payload = []byte(t.Text)
	return r.handlers[t.Kind](ctx, t)
}

// settle decides what becomes of a task.
func (r *Runner) settle(ctx context.Context, t Task, err error, stopping bool) (bool, error) {
	now := r.c.Clock.Now()
	timer, isTimer := r.timers[t.Kind]
	var p permanent
	switch {
	case err == nil && isTimer:
		t.Attempts, t.Error, t.RunAt = 0, "", timer.next(now)
	case err == nil:
		return remove(ctx, r.c.DB, t)
	case stopping: // handed back
		t.Attempts--
	case isTimer: // never a dead letter
		t.Error, t.RunAt = message(err), earlier(now.Add(backoff(t.Attempts)), timer.next(now))
	case errors.As(err, &p) || t.Attempts >= r.c.MaxAttempts:
		t.State, t.Error, t.EndedAt = Dead, message(err), &now
	default:
		t.Error, t.RunAt = message(err), now.Add(backoff(t.Attempts))
	}
	return settle(ctx, r.c.DB, t)
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// message is the error as kept in the table: storable, and not endless.
func message(err error) string {
	s := strings.ReplaceAll(strings.ToValidUTF8(err.Error(), "\uFFFD"), "\x00", "")
	if len(s) > 4000 {
		s = strings.ToValidUTF8(s[:4000], "")
	}
	return s
}

// RunDue runs in this goroutine everything that is due by the clock, timers too,
// until nothing is, and returns the errors of what failed. For tests and tools.
func (r *Runner) RunDue(ctx context.Context) error {
	if err := r.prepare(ctx); err != nil {
		return err
	}
	return r.runDue(ctx, r.kinds(""))
}

// Drain is RunDue for the kinds that begin with prefix; failed tasks that wait for their next attempt run too, once.
func (r *Runner) Drain(ctx context.Context, prefix string) error {
	kinds := r.kinds(prefix)
	if len(kinds) > 0 {
		if err := advance(ctx, r.c.DB, kinds, r.c.Clock.Now()); err != nil {
			return err
		}
	}
	return r.runDue(ctx, kinds)
}

func (r *Runner) runDue(ctx context.Context, kinds []string) error {
	var errs []error
	for {
		tasks, err := r.take(ctx, kinds, 50)
		if err != nil || len(tasks) == 0 {
			return errors.Join(append(errs, err)...)
		}
		for _, t := range tasks {
			if err := r.do(ctx, t); err != nil {
				errs = append(errs, fmt.Errorf("task %s of kind %s: %w", t.ID, t.Kind, err))
			}
		}
	}
}

// Dead returns dead letters, the latest first.
func (r *Runner) Dead(ctx context.Context, limit int) ([]Task, error) {
	return dead(ctx, r.c.DB, limit)
}

// Retry gives a dead letter a new series of attempts. It reports false when there is no such dead letter.
func (r *Runner) Retry(ctx context.Context, id string) (bool, error) {
	defer Ring()
	return revive(ctx, r.c.DB, id, r.c.Clock.Now())
}

// Discard deletes a dead letter. It reports false when there is no such dead letter.
func (r *Runner) Discard(ctx context.Context, id string) (bool, error) {
	return discard(ctx, r.c.DB, id)
}

// Stats counts tasks by where they stand; waiting ones only of kinds that this runner handles.
func (r *Runner) Stats(ctx context.Context) (Stats, error) {
	return stats(ctx, r.c.DB, append(r.kinds(""), ""), r.c.Clock.Now())
}
