// Package db opens the database, SQLite or PostgreSQL, and hands out one way
// to read and one way to write that are the same on both. SQL is written once,
// with ? placeholders and types both engines know: TEXT, BIGINT, BOOLEAN,
// TIMESTAMP (always UTC).
//
// SQLite runs in WAL mode with one writing connection and a pool of reading
// ones, synchronous=FULL: what was committed survives a power cut.
package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
	"github.com/ncruces/go-sqlite3"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Engine is the kind of database.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// ErrNoRows is returned by Get when the query has no row.
var ErrNoRows = sql.ErrNoRows

// timeLayout is fixed in width, so that times stored as text sort as times do.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// Querier reads. Both *DB and *Tx are Queriers.
type Querier interface {
	Get(ctx context.Context, dest any, query string, args ...any) error
	Select(ctx context.Context, dest any, query string, args ...any) error
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine Engine
	read   *sqlx.DB
	write  *sqlx.DB
	group  *group // of SQLite
}

// Open opens the database at an address: "sqlite:///folder/file.db" (or a plain
// file name) or "postgres://user@host/name". SQLite files are created when missing.
func Open(ctx context.Context, address string) (*DB, error) {
	var d *DB
	var err error
	if strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://") {
		d, err = openPostgres(address)
	} else {
		d, err = openSQLite(strings.TrimPrefix(address, "sqlite://"))
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := d.write.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("reach database: %w", err), d.Close())
	}
	return d, nil
}

func openPostgres(address string) (*DB, error) {
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	cfg.RuntimeParams["timezone"] = "UTC"
	// Two pools: who holds a transaction and reads beside it must never wait for
	// somebody who waits for a transaction.
	pool := func(most int) *sqlx.DB {
		p := sqlx.NewDb(stdlib.OpenDB(*cfg), "pgx")
		p.SetMaxOpenConns(most)
		p.SetMaxIdleConns(most / 2)
		p.SetConnMaxIdleTime(5 * time.Minute)
		return p
	}
	return &DB{engine: Postgres, read: pool(16), write: pool(16)}, nil
}

func openSQLite(name string) (*DB, error) {
	file, query, _ := strings.Cut(name, "?")
	if file == "" {
		return nil, errors.New("the address of a SQLite database names no file")
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	options, err := url.ParseQuery(query)
	if err != nil {
		return nil, err
	}
	sync := options.Get("synchronous")
	if sync == "" {
		sync = "full"
	}
	dsn := func(extra ...string) string {
		v := url.Values{"_timefmt": {timeLayout}}
		v["_pragma"] = append([]string{"busy_timeout(10000)", "foreign_keys(on)", "synchronous(" + sync + ")", "cache_size(-16000)", "temp_store(memory)"}, extra...)
		return "file:" + (&url.URL{Path: abs}).EscapedPath() + "?" + v.Encode()
	}
	writing, err := newConnector(dsn("journal_mode(wal)", "journal_size_limit(67108864)") + "&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	reading, err := newConnector(dsn("query_only(on)"))
	if err != nil {
		return nil, err
	}
	write, read := sqlx.NewDb(sql.OpenDB(writing), "sqlite3"), sqlx.NewDb(sql.OpenDB(reading), "sqlite3")
	write.SetMaxOpenConns(1)
	read.SetMaxOpenConns(8)
	read.SetMaxIdleConns(8)
	return &DB{engine: SQLite, read: read, write: write, group: &group{write: write}}, nil
}

// Engine returns the kind of the database.
func (d *DB) Engine() Engine { return d.engine }

// Raw returns the writing pool for libraries that bring their own SQL (migrations).
func (d *DB) Raw() *sql.DB { return d.write.DB }

// Close closes all connections.
func (d *DB) Close() error {
	return errors.Join(d.read.Close(), d.write.Close())
}

// Get reads one row into dest, a struct with db tags or a scalar.
func (d *DB) Get(ctx context.Context, dest any, query string, args ...any) error {
	return passing(d.read.GetContext(ctx, dest, d.read.Rebind(query), d.norm(args)...))
}

// Select reads all rows into dest, a pointer to a slice.
func (d *DB) Select(ctx context.Context, dest any, query string, args ...any) error {
	return passing(d.read.SelectContext(ctx, dest, d.read.Rebind(query), d.norm(args)...))
}

// Tx is a writing transaction.
type Tx struct {
	d  *DB
	tx *sqlx.Tx
}

// Engine returns the kind of the database.
func (t *Tx) Engine() Engine { return t.d.engine }

// Get reads one row inside the transaction.
func (t *Tx) Get(ctx context.Context, dest any, query string, args ...any) error {
	ctx, err := t.unbroken(ctx)
	if err != nil {
		return err
	}
	return t.tx.GetContext(ctx, dest, t.tx.Rebind(query), t.d.norm(args)...)
}

// Select reads all rows inside the transaction.
func (t *Tx) Select(ctx context.Context, dest any, query string, args ...any) error {
	ctx, err := t.unbroken(ctx)
	if err != nil {
		return err
	}
	return t.tx.SelectContext(ctx, dest, t.tx.Rebind(query), t.d.norm(args)...)
}

// Exec runs a statement and returns the number of rows it touched.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	ctx, err := t.unbroken(ctx)
	if err != nil {
		return 0, err
	}
	res, err := t.tx.ExecContext(ctx, t.tx.Rebind(query), t.d.norm(args)...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// unbroken returns the context for one statement. On SQLite a statement that is interrupted may undo the transactions that
// share the commit; so a context that has ended stops a transaction between its statements.
func (t *Tx) unbroken(ctx context.Context) (context.Context, error) {
	if t.d.group == nil {
		return ctx, nil
	}
	return context.WithoutCancel(ctx), ctx.Err()
}

// NamedExec is Exec with :name parameters taken from the db tags of a struct or from a map.
func (t *Tx) NamedExec(ctx context.Context, query string, arg any) (int64, error) {
	q, args, err := sqlx.Named(query, arg)
	if err != nil {
		return 0, err
	}
	return t.Exec(ctx, q, args...)
}

// attempts is how often a transaction that lost against another one is tried.
const attempts = 8

// Tx runs fn in a transaction: committed when fn returns nil, else rolled back.
// fn is run again when it lost against another transaction (on PostgreSQL a
// serialization failure or deadlock, on SQLite when one that shared its commit
// was undone with everything), so fn must not keep results of a failed run.
func (d *DB) Tx(ctx context.Context, fn func(*Tx) error) error {
	var err error
	for i := range attempts {
		if err = d.once(ctx, fn); !lost(err) {
			return passing(err)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(rand.N(time.Duration(10<<i) * time.Millisecond)): // at random, so that the losers do not meet again
		}
	}
	return err
}

func (d *DB) once(ctx context.Context, fn func(*Tx) error) (err error) {
	if d.group != nil {
		return d.group.do(ctx, func(tx *sqlx.Tx) error { return fn(&Tx{d, tx}) })
	}
	tx, err := d.write.BeginTxx(ctx, nil)
	if err != nil {
		return notBegun{fmt.Errorf("begin: %w", err)}
	}
	done := false
	defer func() {
		if !done { // an error, or a panic on its way up
			err = errors.Join(err, ignoreDone(tx.Rollback()))
		}
	}()
	if err := fn(&Tx{d, tx}); err != nil {
		return err
	}
	done = true
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// notBegun is the error of a transaction of which nothing reached the database.
type notBegun struct{ error }

func (n notBegun) Unwrap() error { return n.error }

func lost(err error) bool {
	var not notBegun
	if errors.As(err, &not) && errors.Is(err, driver.ErrBadConn) { // a connection of the pool that somebody else's cancelled request closed
		return true
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// passing makes trouble of the database that passes when somebody tends to it an Unavailable fault: no room on the
// disk, too little memory, too many connections, a server that stops or starts. Package web knows what is the same for
// all: an address that does not answer, a database that is locked.
func passing(err error) error {
	var pg *pgconn.PgError
	if errors.Is(err, sqlite3.FULL) || errors.As(err, &pg) && (strings.HasPrefix(pg.Code, "53") || strings.HasPrefix(pg.Code, "57P")) {
		return fault.NewUnavailable(i18n.Msg{}).Wrap(err)
	}
	return err
}

// IsUnique reports whether err says that a row with such a key is there already.
func IsUnique(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	return errors.Is(err, sqlite3.CONSTRAINT_UNIQUE) || errors.Is(err, sqlite3.CONSTRAINT_PRIMARYKEY)
}

// In expands slices in args for "IN (?)". An empty slice is an error.
func In(query string, args ...any) (string, []any, error) { return sqlx.In(query, args...) }

// norm brings times to UTC and to the precision both engines keep.
func (d *DB) norm(args []any) []any {
	for i, a := range args {
		switch v := a.(type) {
		case time.Time:
			args[i] = v.UTC().Truncate(time.Microsecond)
		case *time.Time:
			if v != nil {
				args[i] = v.UTC().Truncate(time.Microsecond)
			}
		}
	}
	return args
}
