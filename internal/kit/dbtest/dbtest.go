// Package dbtest gives tests fresh databases on both engines. SQLite is always
// there; PostgreSQL is the server named by LIENTHONG_TEST_POSTGRES, or one that
// this package starts from the machine's binaries and stops with the test.
package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/migrate"
)

// Each runs fn against a fresh migrated database of each engine.
func Each(t *testing.T, rooms []migrate.Room, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t, rooms...)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t, rooms...)) })
}

// templates holds the migrated databases of this process, from which the tests' own are copied.
var templates struct {
	sync.Mutex
	made map[string]string
}

func template(key string, make func() (string, error)) (string, error) {
	templates.Lock()
	defer templates.Unlock()
	if at, ok := templates.made[key]; ok {
		return at, nil
	}
	at, err := make()
	if err != nil {
		return "", err
	}
	if templates.made == nil {
		templates.made = map[string]string{}
	}
	templates.made[key] = at
	return at, nil
}

func fingerprint(rooms []migrate.Room) string {
	h := sha256.New()
	for _, r := range rooms {
		fmt.Fprintln(h, r.Name)
		names, _ := fs.Glob(r.FS, "*.sql")
		for _, n := range names {
			raw, _ := fs.ReadFile(r.FS, n)
			fmt.Fprintln(h, n, len(raw))
			h.Write(raw)
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// SQLite returns a fresh migrated SQLite database; it is removed when the test ends.
func SQLite(t testing.TB, rooms ...migrate.Room) *db.DB {
	t.Helper()
	address := SQLiteAddress(t, rooms...)
	return open(t, address)
}

// SQLiteAddress is SQLite for tests that open the database themselves.
func SQLiteAddress(t testing.TB, rooms ...migrate.Room) string {
	t.Helper()
	src, err := template("sqlite"+fingerprint(rooms), func() (string, error) {
		dir, err := os.MkdirTemp("", "lienthong-sqlite-")
		if err != nil {
			return "", err
		}
		file := filepath.Join(dir, "template.db")
		d, err := db.Open(context.Background(), "sqlite://"+file+"?synchronous=off")
		if err != nil {
			return "", err
		}
		if err := migrate.Up(context.Background(), d, rooms...); err != nil {
			return "", err
		}
		if err := d.Close(); err != nil {
			return "", err
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		return string(raw), os.RemoveAll(dir)
	})
	if err != nil {
		t.Fatalf("make the SQLite template: %v", err)
	}
	file := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(file, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite://" + file + "?synchronous=off"
}

func open(t testing.TB, address string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close the database: %v", err)
		}
	})
	return d
}

// Postgres returns a fresh migrated PostgreSQL database; it is dropped when the test ends.
// The test is skipped when there is no server, unless LIENTHONG_REQUIRE_POSTGRES is set.
func Postgres(t testing.TB, rooms ...migrate.Room) *db.DB {
	t.Helper()
	return open(t, PostgresAddress(t, rooms...))
}

// PostgresAddress is Postgres for tests that open the database themselves.
func PostgresAddress(t testing.TB, rooms ...migrate.Room) string {
	t.Helper()
	base, err := server()
	if err != nil {
		if os.Getenv("LIENTHONG_REQUIRE_POSTGRES") != "" {
			t.Fatalf("PostgreSQL is required here: %v", err)
		}
		t.Skipf("no PostgreSQL: %v", err)
	}
	ctx := context.Background()
	admin, err := db.Open(ctx, base)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	from, err := template("postgres"+fingerprint(rooms), func() (string, error) {
		name := "template_" + fingerprint(rooms) + "_" + strings.ReplaceAll(id.New(), "-", "")
		if _, err := admin.Raw().ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
			return "", err
		}
		d, err := db.Open(ctx, withName(base, name))
		if err != nil {
			return "", err
		}
		if err := migrate.Up(ctx, d, rooms...); err != nil {
			return "", err
		}
		return name, d.Close()
	})
	if err != nil {
		t.Fatalf("make the PostgreSQL template: %v", err)
	}
	name := "test_" + strings.ReplaceAll(id.New(), "-", "")
	if _, err := admin.Raw().ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE "+from+" STRATEGY file_copy"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		admin, err := db.Open(context.Background(), base)
		if err != nil {
			return // the server is gone, and the database with it
		}
		defer admin.Close()
		_, _ = admin.Raw().Exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)")
	})
	return withName(base, name)
}

func withName(base, name string) string {
	u, err := url.Parse(base)
	if err != nil {
		panic(err)
	}
	u.Path = "/" + name
	return u.String()
}
