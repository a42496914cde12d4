package identity

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
)

func TestSignIn(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		acc := w.citizen("+84 905.123.456")
		w.citizen("Ba.Thu@Example.com")
		w.official("lanhdao.so-tu-phap", "so-tu-phap", "Giám đốc", "leader", true)
		for _, c := range []struct {
			name, login, password string
			kind                  fault.Kind // Internal: it works
		}{
			{"phone", "0905123456", goodPassword, 0},
			{"phone as people write it", " 0905 123 456", goodPassword, 0},
			{"phone from abroad", "+84905123456", goodPassword, 0},
			{"e-mail in capitals", "BA.THU@example.com", goodPassword, 0},
			{"official", "LanhDao.So-Tu-Phap ", goodPassword, 0},
			{"letters composed otherwise", "0905123456", norm.NFD.String(goodPassword), 0},
			{"wrong password", "0905123456", goodPassword + "x", fault.Invalid},
			{"no password", "0905123456", "", fault.Invalid},
			{"unknown phone", "0905123457", goodPassword, fault.Invalid},
			{"unknown name", "nobody", goodPassword, fault.Invalid},
			{"nothing", "", "", fault.Invalid},
			{"not a name at all", "' OR 1=1 --", goodPassword, fault.Invalid},
		} {
			before := w.hash.count.Load()
			got, err := w.SignIn(t.Context(), c.login, c.password)
			if c.kind == 0 && err != nil || c.kind != 0 && fault.KindOf(err) != c.kind {
				t.Errorf("%s: %v", c.name, err)
			}
			if c.kind == 0 && got.ID == "" || c.kind != 0 && got.ID != "" {
				t.Errorf("%s: account %q", c.name, got.ID)
			}
			if n := w.hash.count.Load() - before; n != 1 {
				t.Errorf("%s: %d hash computations, want 1", c.name, n)
			}
		}
		me, err := w.store.account(t.Context(), w.db, acc.ID)
		if err != nil || me.LastSignInAt == nil || !me.LastSignInAt.Equal(w.clock.Now()) {
			t.Errorf("last sign-in %v, %v", me.LastSignInAt, err)
		}
	})
}

// TestUnknownTakesTheSamePath holds that nobody learns whether an account exists.
func TestUnknownTakesTheSamePath(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		w.citizen("0905123456")
		for i := range 7 {
			var texts [2]string
			var hashes [2]int64
			var rows [2]int
			for j, login := range []string{"0905123456", "0905999999"} {
				h, n := w.hash.count.Load(), len(w.actions())
				_, err := w.SignIn(t.Context(), login, "sai mật khẩu")
				f, ok := fault.As(err)
				if !ok {
					t.Fatal(err)
				}
				texts[j], hashes[j], rows[j] = f.Kind.String()+f.User().String(), w.hash.count.Load()-h, len(w.actions())-n
			}
			if texts[0] != texts[1] || hashes[0] != hashes[1] || rows[0] != rows[1] {
				t.Errorf("attempt %d: known and unknown differ: %q %v %v", i+1, texts, hashes, rows)
			}
		}
	})
}

func TestLock(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		w.citizen("0905123456")
		w.citizen("0905123457")
		for i := range 10 {
			_, err := w.SignIn(t.Context(), "0905123456", "sai mật khẩu")
			want := fault.Invalid
			if i >= 4 {
				want = fault.Forbidden
			}
			wantKind(t, err, want)
			if f, _ := fault.As(err); i >= 4 && !strings.Contains(f.User().String(), "đến 09:15 23/11/2026") {
				t.Errorf("attempt %d: %s", i+1, f.User())
			}
		}
		before := w.hash.count.Load()
		_, err := w.SignIn(t.Context(), "0905123456", goodPassword)
		wantKind(t, err, fault.Forbidden)
		if w.hash.count.Load() != before {
			t.Error("a locked name still costs a computation")
		}
		if _, err := w.SignIn(t.Context(), "0905123457", goodPassword); err != nil {
			t.Errorf("another name is locked too: %v", err)
		}
		w.clock.Advance(15 * time.Minute)
		if _, err := w.SignIn(t.Context(), "0905123456", goodPassword); err != nil {
			t.Errorf("still locked after the time: %v", err)
		}
		for range 4 { // the count began anew
			_, err := w.SignIn(t.Context(), "0905123456", "sai mật khẩu")
			wantKind(t, err, fault.Invalid)
		}
		w.clock.Advance(15 * time.Minute)
		_, err = w.SignIn(t.Context(), "0905123456", "sai mật khẩu")
		wantKind(t, err, fault.Invalid) // the four are too long ago
	})
}

// TestParallelGuesses holds that guessing at the same time gives no more guesses.
func TestParallelGuesses(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		w.citizen("0905123456")
		before := w.hash.count.Load()
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { _, _ = w.SignIn(t.Context(), "0905123456", "sai mật khẩu") })
		}
		wg.Wait()
		if n := w.hash.count.Load() - before; n != 5 {
			t.Errorf("%d passwords were looked at, want 5", n)
		}
	})
}

func TestAddressLimit(t *testing.T) {
	c := cheap
	c.AddressTries = 3
	each(t, c, func(t *testing.T, w *town) {
		w.citizen("0905123456")
		from := func(ip string) error {
			_, err := w.SignIn(actor.With(t.Context(), actor.Actor{IP: ip}), "0905000001", "sai mật khẩu")
			w.clock.Advance(time.Second)
			return err
		}
		for _, ip := range []string{"203.0.113.5", "203.0.113.5"} {
			wantKind(t, from(ip), fault.Invalid)
		}
		good := actor.With(t.Context(), actor.Actor{IP: "203.0.113.5"})
		for range 10 { // right passwords cost nothing
			if _, err := w.SignIn(good, "0905123456", goodPassword); err != nil {
				t.Fatal(err)
			}
		}
		wantKind(t, from("203.0.113.5"), fault.Invalid)
		wantKind(t, from("203.0.113.5"), fault.Unavailable)
		_, err := w.SignIn(good, "0905123456", goodPassword)
		wantKind(t, err, fault.Unavailable)
		_, err = w.Register(good, Registration{Name: "0905123458", FullName: "Lê Văn Thử", Password: goodPassword, Consent: true})
		wantKind(t, err, fault.Unavailable)
		w.clock.Advance(6 * time.Minute)
		if _, err := w.SignIn(good, "0905123456", goodPassword); err != nil {
			t.Errorf("still waiting: %v", err)
		}
	})
}

func TestBlockedAccount(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		w.official("lanhdao.so-tu-phap", "so-tu-phap", "Giám đốc", "leader", true)
		token := w.signIn("lanhdao.so-tu-phap")
		acc, err := w.store.accountByName(t.Context(), w.db, "lanhdao.so-tu-phap")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.SetBlocked(w.system, acc.ID, true); err != nil {
			t.Fatal(err)
		}
		if _, a := w.load(token); a.SignedIn() {
			t.Error("a session of a blocked account counts")
		}
		_, err = w.SignIn(t.Context(), "lanhdao.so-tu-phap", goodPassword)
		wantKind(t, err, fault.Forbidden)
		_, err = w.SignIn(t.Context(), "lanhdao.so-tu-phap", "sai mật khẩu")
		wantKind(t, err, fault.Invalid) // says nothing about the account
		if got := w.actions(); !slices.Contains(got, "identity.block") || !slices.Contains(got, "identity.refuse_sign_in") {
			t.Errorf("audit %v", got)
		}
		if err := w.SetBlocked(w.system, acc.ID, false); err != nil {
			t.Fatal(err)
		}
		w.signIn("lanhdao.so-tu-phap")
	})
}

// TestStaleHash holds that a hash made with other parameters is renewed at the next sign-in.
func TestStaleHash(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		acc := w.citizen("0905123456")
		c := cheap
		c.HashMemory = 128
		stronger := New(Deps{DB: w.db, Clock: w.clock, Org: w.org, Permissions: permissions}, c)
		for _, want := range []int64{2, 1} {
			before := stronger.hash.count.Load()
			if _, err := stronger.SignIn(t.Context(), "0905123456", goodPassword); err != nil {
				t.Fatal(err)
			}
			if n := stronger.hash.count.Load() - before; n != want {
				t.Errorf("%d computations, want %d", n, want)
			}
		}
		now, err := w.store.account(t.Context(), w.db, acc.ID)
		if err != nil || !strings.Contains(now.PasswordHash, "m=128,") {
			t.Errorf("hash %q, %v", now.PasswordHash, err)
		}
	})
}

// TestNothingTypedIsKept holds that neither names nor passwords that were typed wrongly lie in the database.
func TestNothingTypedIsKept(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		if _, err := w.SignIn(t.Context(), "bí-mật-của-tôi", "bí-mật-của-tôi"); err == nil {
			t.Fatal("signed in")
		}
		var kept []string
		if err := w.db.Select(t.Context(), &kept, `SELECT login_hash FROM identity_attempt UNION ALL SELECT detail FROM audit_entry`); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(strings.Join(kept, " "), "bí") || len(kept) == 0 {
			t.Errorf("kept: %v", kept)
		}
	})
}
