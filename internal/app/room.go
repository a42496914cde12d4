// Package app is the switchboard of the house: settings, wiring of the rooms, the server and the verbs of the command line (tiếng Việt: tổng đài, nơi nối các phòng thành một chương trình).
//
// Law: none.
// Words: "setting" (cài đặt) is one value of Config with its flag, its key in lienthong.toml and its environment variable; "verb" (lệnh) is the first word after the program's name.
// Tables: none.
// Events out: none.
// Events in: all; events.go is the table of who gets what.
// Not here: rules of any room. Read wire.go for who knows whom, events.go for who is told what, routes.go for what is on the site.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/kit/seal"
	"lienthong/internal/kit/web"
)

// App is the running program: a database, the rooms on it, and the site.
type App struct {
	Config Config
	Log    *slog.Logger
	DB     *db.DB
	House  *House // the rooms; see wire.go
	Mux    *web.Mux
	API    *web.API

	migrated atomic.Bool
	stopping atomic.Bool
}

// Option changes how an App is built, for tests.
type Option func(*building)

type building struct {
	log   *slog.Logger
	clock clock.Clock
}

// WithLog sends the log somewhere else.
func WithLog(l *slog.Logger) Option { return func(b *building) { b.log = l } }

// WithClock lets the program live at another time.
func WithClock(c clock.Clock) Option { return func(b *building) { b.clock = c } }

// New opens the database and builds the rooms. With Config.AutoMigrate missing tables are made first.
// The caller closes the App.
func New(ctx context.Context, c Config, opts ...Option) (*App, error) {
	b := building{clock: clock.System{}}
	for _, o := range opts {
		o(&b)
	}
	if b.log == nil {
		b.log = NewLog(os.Stderr, c.Log)
	}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	d, err := openDatabase(ctx, c)
	if err != nil {
		return nil, err
	}
	a := &App{Config: c, Log: b.log, DB: d}
	if err := a.build(ctx, b.clock); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return a, nil
}

func (a *App) build(ctx context.Context, cl clock.Clock) error {
	if err := refuseNewer(ctx, a.DB); err != nil {
		return err
	}
	if a.Config.AutoMigrate {
		if err := Migrate(ctx, a.DB); err != nil {
			return err
		}
		a.migrated.Store(true)
	}
	h, err := wire(a.Config, a.DB, cl, a.Log)
	if err != nil {
		return err
	}
	a.House = h
	if err := a.sameKeys(ctx, cl); err != nil {
		return err
	}
	a.mount()
	h.subscribe()
	return nil
}

// sameKeys ends the program when secrets of the database were sealed with keys it does not have. Without tables there are none.
func (a *App) sameKeys(ctx context.Context, cl clock.Clock) error {
	if !a.migrated.Load() {
		if pending, err := migrate.Pending(ctx, a.DB, seal.Migrations()); err != nil || len(pending) > 0 {
			return nil //nolint:nilerr // ready says what is wrong
		}
	}
	err := a.House.Secrets.Check(ctx, a.DB, cl)
	if errors.Is(err, seal.ErrOtherKeys) {
		return failure(ExitConfig, fmt.Errorf("khóa niêm phong không khớp với cơ sở dữ liệu; hãy đặt secret_key giống máy đã dùng cơ sở dữ liệu này, hoặc chép lại tệp %s của nó: %w", a.Config.keyFile(), err))
	}
	return err
}

// openDatabase opens the database of the settings, and makes the data folder for it.
func openDatabase(ctx context.Context, c Config) (*db.DB, error) {
	if err := os.MkdirAll(c.Data, 0o750); err != nil {
		return nil, failure(ExitConfig, fmt.Errorf("không tạo được thư mục dữ liệu %s: %w", c.Data, err))
	}
	d, err := db.Open(ctx, c.DatabaseURL())
	if err != nil {
		return nil, failure(ExitDatabase, fmt.Errorf("không mở được cơ sở dữ liệu %s: %w", hidePassword(c.DatabaseURL()), err))
	}
	return d, nil
}

// DatabaseURL is where the database is: the setting, or a SQLite file in the data folder.
func (c Config) DatabaseURL() string {
	if c.Database != "" {
		return c.Database
	}
	return "sqlite://" + filepath.Join(c.Data, "lienthong.db")
}

// FilesFolder is where the contents of files lie.
func (c Config) FilesFolder() string {
	if c.Files != "" {
		return c.Files
	}
	return filepath.Join(c.Data, "files")
}

// Handler returns the site.
func (a *App) Handler() http.Handler { return a.Mux }

// Run listens, serves and works off jobs until ctx ends. Then it takes no new requests, lets those in flight
// finish for at most Config.Stop, hands jobs back, and returns.
func (a *App) Run(ctx context.Context) error {
	ln, err := net.Listen("tcp", a.Config.Listen)
	if err != nil {
		return failure(ExitConfig, fmt.Errorf("không mở được cổng %s: %w", a.Config.Listen, err))
	}
	return a.Serve(ctx, ln)
}

// Serve is Run on a listener that is open already; it closes it.
func (a *App) Serve(ctx context.Context, ln net.Listener) error {
	srv := &http.Server{
		Handler:           a.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(a.Log.Handler(), slog.LevelDebug),
	}
	a.Log.Info("serving", "address", ln.Addr().String(), "version", Version(), "database", a.DB.Engine())
	if err := a.House.NewDay(ctx); err != nil { // the timer tries again; ready says what is wrong with the tables
		a.Log.Warn("what takes effect today waits for the timer", "error", err)
	}
	// Jobs outlive the last request: what it put aside may still be done here.
	jobs, stopJobs := context.WithCancel(context.WithoutCancel(ctx))
	defer stopJobs()
	g := errgroup.Group{}
	g.Go(func() error {
		err := a.House.Jobs.Run(jobs)
		switch {
		case err == nil:
			return nil
		case jobs.Err() != nil: // the stop came while it looked for work; what it held is handed back by its lease
			a.Log.Warn("jobs were interrupted", "error", err)
			return nil
		}
		return fmt.Errorf("run jobs: %w", err)
	})
	g.Go(func() error { return a.House.Notice.Run(jobs) })
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		err = a.stop(srv)
	}
	stopJobs()
	return errors.Join(err, g.Wait())
}

func (a *App) stop(srv *http.Server) error {
	a.stopping.Store(true)
	a.Log.Info("stopping", "patience", a.Config.Stop.String())
	ctx, cancel := context.WithTimeout(context.Background(), a.Config.Stop)
	defer cancel()
	err := srv.Shutdown(ctx)
	if err != nil {
		a.Log.Warn("requests were cut off", "error", err)
		err = srv.Close()
	}
	a.Log.Info("stopped")
	return err
}

// Close closes the database.
func (a *App) Close() error {
	return a.DB.Close()
}
