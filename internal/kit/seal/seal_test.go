package seal_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/kit/seal"
)

func ring(t *testing.T, keys ...string) *seal.Keyring {
	t.Helper()
	k, err := seal.Parse(strings.Join(keys, ",\n"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSeal(t *testing.T) {
	k := ring(t, seal.Generate())
	for _, secret := range []string{"", "JBSWY3DPEHPK3PXP", "Mật khẩu", strings.Repeat("x", 100_000)} {
		sealed := k.Seal("identity.totp 1", secret)
		if again := k.Seal("identity.totp 1", secret); again == sealed {
			t.Error("sealed twice it looks the same")
		}
		if secret != "" && strings.Contains(sealed, secret) {
			t.Errorf("%.40q can be read", sealed)
		}
		if got, err := k.Open("identity.totp 1", sealed); err != nil || got != secret {
			t.Errorf("opened as %.20q, %v", got, err)
		}
		changed := sealed[:len(sealed)-2] + "AA"
		if changed == sealed {
			changed = sealed[:len(sealed)-2] + "BB"
		}
		for name, open := range map[string]func() (string, error){
			"another purpose": func() (string, error) { return k.Open("identity.totp 2", sealed) },
			"changed":         func() (string, error) { return k.Open("identity.totp 1", changed) },
			"cut off":         func() (string, error) { return k.Open("identity.totp 1", sealed[:20]) },
			"not sealed":      func() (string, error) { return k.Open("identity.totp 1", secret) },
			"another ring":    func() (string, error) { return ring(t, seal.Generate()).Open("identity.totp 1", sealed) },
		} {
			if got, err := open(); !errors.Is(err, seal.ErrUnreadable) || got != "" {
				t.Errorf("%s: %.20q, %v", name, got, err)
			}
		}
	}
}

func TestReplaceKey(t *testing.T) {
	first, second := seal.Generate(), seal.Generate()
	before, both, after := ring(t, first), ring(t, second, first), ring(t, second)
	sealed := before.Seal("p", "secret")
	if before.Stale(sealed) || !both.Stale(sealed) {
		t.Error("stale is what an older key sealed")
	}
	got, err := both.Open("p", sealed)
	if err != nil || got != "secret" {
		t.Fatalf("with both keys: %q, %v", got, err)
	}
	if got, err := after.Open("p", both.Seal("p", got)); err != nil || got != "secret" {
		t.Errorf("sealed again: %q, %v", got, err)
	}
	if a, b := both.Derive("links"), before.Derive("links"); len(a) != 2 || string(a[1]) != string(b[0]) || string(a[0]) == string(a[1]) || len(a[0]) != 32 {
		t.Error("each key derives its own, the newest first")
	}
	if a, b := before.Derive("links"), before.Derive("hooks"); string(a[0]) == string(b[0]) {
		t.Error("two purposes share a key")
	}
}

func TestParse(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "abc", "AAAA", seal.Generate() + " x", seal.Generate()[:40]} {
		if _, err := seal.Parse(text); err == nil {
			t.Errorf("%q is a ring", text)
		} else if len(text) > 20 && strings.Contains(err.Error(), text[:20]) {
			t.Errorf("the error shows the key: %v", err)
		}
	}
	if _, err := seal.Parse("# remark\n\n" + seal.Generate() + "\r\n" + seal.Generate()); err != nil {
		t.Error(err)
	}
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "secret.key")
	rings := make([]*seal.Keyring, 8)
	var wg sync.WaitGroup
	for i := range rings {
		wg.Go(func() {
			k, err := seal.File(name)
			if err != nil {
				t.Error(err)
			}
			rings[i] = k
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	sealed := rings[0].Seal("p", "secret")
	for _, k := range rings {
		if got, err := k.Open("p", sealed); err != nil || got != "secret" {
			t.Errorf("programs that start at once have different keys: %v", err)
		}
	}
	st, err := os.Stat(name)
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", st.Mode(), err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v %v", left, err)
	}
	if err := os.WriteFile(name, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.File(name); err == nil || !strings.Contains(err.Error(), name) {
		t.Errorf("a damaged file: %v", err)
	}
	if _, err := seal.File(filepath.Join(dir, "none", "secret.key")); err == nil {
		t.Error("a folder that is not there")
	}
}

func TestCheck(t *testing.T) {
	dbtest.Each(t, []migrate.Room{seal.Migrations()}, func(t *testing.T, d *db.DB) {
		ctx, cl := context.Background(), clock.System{}
		first, second := seal.Generate(), seal.Generate()
		for range 2 {
			if err := ring(t, first).Check(ctx, d, cl); err != nil {
				t.Fatal(err)
			}
		}
		if err := ring(t, second).Check(ctx, d, cl); !errors.Is(err, seal.ErrOtherKeys) {
			t.Errorf("another machine's key: %v", err)
		}
		if err := ring(t, first).Check(ctx, d, cl); err != nil {
			t.Errorf("the refused key was noted: %v", err)
		}
		both := ring(t, second, first)
		if err := both.Check(ctx, d, cl); err != nil {
			t.Errorf("a key was put in front: %v", err)
		}
		if err := ring(t, second).Check(ctx, d, cl); !errors.Is(err, seal.ErrOtherKeys) {
			t.Errorf("the old key was taken away too early: %v", err)
		}
		if err := both.Retire(ctx, d); err != nil {
			t.Fatal(err)
		}
		if err := ring(t, second).Check(ctx, d, cl); err != nil {
			t.Errorf("after the old key was retired: %v", err)
		}
	})
}
