// Package migrate brings the tables of all rooms up to date. Every room keeps
// its own migrations and its own version table, <room>_migration.
package migrate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"lienthong/internal/kit/db"
)

// Room is one room's migrations: files NNNN_verb_noun.sql at the root of FS.
type Room struct {
	Name string
	FS   fs.FS
}

// Sub returns the Room whose migrations lie in the folder "migrations" of an embedded file system.
func Sub(name string, fsys fs.FS) Room {
	sub, err := fs.Sub(fsys, "migrations")
	if err != nil {
		panic(err) // the name is constant and valid
	}
	return Room{name, sub}
}

// provider returns the migrations of one room on a database.
func provider(d *db.DB, r Room) (*goose.Provider, error) {
	table := r.Name + "_migration"
	store, err := database.NewStore(database.DialectPostgres, table)
	if d.Engine() == db.SQLite {
		store, err = database.NewStoreFromQuerier(table, sqliteVersions{})
	}
	if err != nil {
		return nil, err
	}
	return goose.NewProvider("", d.Raw(), r.FS, goose.WithStore(store), goose.WithDisableGlobalRegistry(true))
}

// lockKey is the number of the advisory lock on PostgreSQL under which nodes migrate one after the other.
const lockKey = 0x6c69656e74686f6e // "lienthon"

// Up applies what is missing, room by room in the order given. Nodes on one PostgreSQL database may call it at the
// same time: one does the work, the others wait for it.
func Up(ctx context.Context, d *db.DB, rooms ...Room) (err error) {
	if d.Engine() == db.Postgres {
		unlock, lockErr := lock(ctx, d)
		if lockErr != nil {
			return fmt.Errorf("wait for other nodes that migrate: %w", lockErr)
		}
		defer func() { err = errors.Join(err, unlock()) }()
	}
	for _, r := range rooms {
		p, err := provider(d, r)
		if err != nil {
			return fmt.Errorf("migrate %s: %w", r.Name, err)
		}
		if _, err := p.Up(ctx); err != nil {
			return fmt.Errorf("migrate %s: %w", r.Name, err)
		}
	}
	return nil
}

// lock waits for the advisory lock and holds it on a connection of its own, so that it goes when the node does.
func lock(ctx context.Context, d *db.DB) (unlock func() error, err error) {
	conn, err := d.Raw().Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, int64(lockKey)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return func() error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(lockKey))
		return errors.Join(err, conn.Close())
	}, nil
}

// Pending returns the names of rooms that have migrations which were not applied.
func Pending(ctx context.Context, d *db.DB, rooms ...Room) ([]string, error) {
	var names []string
	for _, r := range rooms {
		p, err := provider(d, r)
		if err != nil {
			return nil, fmt.Errorf("migrate %s: %w", r.Name, err)
		}
		pending, err := p.HasPending(ctx)
		if err != nil {
			return nil, fmt.Errorf("migrate %s: %w", r.Name, err)
		}
		if pending {
			names = append(names, r.Name)
		}
	}
	return names, nil
}
