package seal

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/migrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations returns the table of the package: which keys were ever used with a database.
func Migrations() migrate.Room { return migrate.Sub("seal", migrations) }

// File reads the keys of a file. A missing file is made, with a new key, readable for its owner only; of several
// programs that start at once one makes it.
func File(name string) (*Keyring, error) {
	for range 2 {
		raw, err := os.ReadFile(name)
		if err == nil {
			k, err := Parse(string(raw))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			return k, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if err := create(name); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%s: made and gone again", name)
}

// create writes a file with a new key, whole or not at all.
func create(name string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".key-*") // readable for its owner only
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	_, err = f.WriteString("# Seals secrets in the database. Keep a copy in a safe place: without it they cannot be read.\n" + Generate() + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), name) // unlike Rename it never replaces a key
}

// ErrOtherKeys is the error of a ring that lacks a key with which secrets of the database may be sealed.
var ErrOtherKeys = errors.New("the database was used with other keys")

// Check notes in the database that the newest key is in use. It returns ErrOtherKeys when the database was used with a
// key that is not on the ring, such as on a second machine with a key of its own.
func (k *Keyring) Check(ctx context.Context, d *db.DB, c clock.Clock) error {
	return d.Tx(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO seal_key (id, first_used_at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING`, k.keys[0].id, c.Now()); err != nil {
			return err
		}
		var used []string
		if err := tx.Select(ctx, &used, `SELECT id FROM seal_key ORDER BY first_used_at, id`); err != nil {
			return err
		}
		mine := k.ids()
		used = slices.DeleteFunc(used, func(id string) bool { return slices.Contains(mine, id) })
		if len(used) > 0 {
			return fmt.Errorf("%w: %s", ErrOtherKeys, strings.Join(used, ", "))
		}
		return nil
	})
}

// Retire notes that no secret of the database is sealed with older keys any more, so that they may be taken off the ring.
func (k *Keyring) Retire(ctx context.Context, d *db.DB) error {
	return d.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM seal_key WHERE id <> ?`, k.keys[0].id)
		return err
	})
}
