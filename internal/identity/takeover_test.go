package identity

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/webtest"
	"lienthong/internal/org"
)

// TestPasswordChangedMeanwhile holds that a password that was looked at before another one was set opens nothing
// and overwrites nothing.
func TestPasswordChangedMeanwhile(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		acc := w.citizen("0905123456")
		seen, err := w.store.account(t.Context(), w.db, acc.ID) // as a sign-in and a change of password saw it
		if err != nil {
			t.Fatal(err)
		}
		const fresh = "ba con mèo tam thể"
		if err := w.ResetPassword(w.system, acc.ID, fresh); err != nil {
			t.Fatal(err)
		}
		wantKind(t, w.succeeded(t.Context(), signingIn("0905123456"), seen, seen.PasswordHash), fault.Invalid)
		wantKind(t, w.setPassword(t.Context(), seen, seen.PasswordHash, "", "identity.change_password"), fault.Conflict)
		if _, err := w.SignIn(t.Context(), "0905123456", fresh); err != nil {
			t.Errorf("the new password is lost: %v", err)
		}
	})
}

// TestResetUnlocks holds that who forgot a password and was given a new one need not wait.
func TestResetUnlocks(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		acc := w.citizen("0905123456")
		for range 6 {
			_, _ = w.SignIn(t.Context(), "0905123456", "sai mật khẩu")
		}
		_, err := w.SignIn(t.Context(), "0905123456", goodPassword)
		wantKind(t, err, fault.Forbidden)
		const fresh = "ba con mèo tam thể"
		if err := w.ResetPassword(w.system, acc.ID, fresh); err != nil {
			t.Fatal(err)
		}
		if _, err := w.SignIn(t.Context(), "0905123456", fresh); err != nil {
			t.Error(err)
		}
	})
}

// TestStolenCookie holds that a new password puts out also whoever holds a copy of the cookie, and not its owner.
func TestStolenCookie(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	w.citizen("0905123456")
	s := w.site()
	stolen := browser(t, s, "0905123456")
	const fresh = "ba con mèo tam thể"
	w.clock.Advance(w.config.Idle - 1) // the last moment of a session that nobody used
	a := webtest.Do(t, s.Mux, webtest.Scenario{URL: "/tai-khoan/mat-khau", Header: stolen,
		Form: url.Values{"old": {goodPassword}, "password": {fresh}, "repeat": {fresh}}})
	if a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Text())
	}
	w.clock.Advance(w.config.Idle / 2)
	s.Run(t, []webtest.Scenario{
		{Name: "the copy", URL: "/tai-khoan", Header: stolen, WantStatus: 303, WantLocation: "*"},
		{Name: "the owner", URL: "/tai-khoan", Header: map[string]string{"Cookie": a.Cookies()}},
	})
}

// TestOneAccountForOnePerson holds that several administrators at the same time make one account.
func TestOneAccountForOnePerson(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		person, _ := w.person("Trần Thị Thử", "so-tu-phap", "Chuyên viên")
		var mu sync.Mutex
		var made int
		var wg sync.WaitGroup
		for _, name := range []string{"thu.mot", "thu.hai", "thu.ba", "thu.bon", "thu.nam"} {
			wg.Go(func() {
				_, err := w.AddOfficial(w.system, NewOfficial{Name: name, PersonID: org.PersonID(person), Password: goodPassword})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					made++
				} else if fault.KindOf(err) != fault.Conflict {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if made != 1 {
			t.Errorf("%d accounts", made)
		}
		other, _ := w.person("Lê Thị Thử", "so-tu-phap", "Chuyên viên")
		w.official("da.co", "so-tu-phap", "Trưởng phòng", "", false)
		_, err := w.AddOfficial(w.system, NewOfficial{Name: "da.co", PersonID: org.PersonID(other), Password: goodPassword})
		if got := fields(err)["name"]; !strings.Contains(got, "Tên đăng nhập này") {
			t.Errorf("a name that is taken: %q, %v", got, err)
		}
	})
}

// TestWrongOldPassword holds what is said and written down when the old password is guessed.
func TestWrongOldPassword(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	w.citizen("0905123456")
	ctx, _ := w.load(w.signIn("0905123456"))
	var err error
	for range 5 {
		err = w.ChangePassword(ctx, "sai mật khẩu", "ba con mèo tam thể")
	}
	wantKind(t, err, fault.Forbidden)
	if f, _ := fault.As(err); !strings.Contains(f.User().String(), "chưa đổi được mật khẩu") {
		t.Errorf("%s", f.User())
	}
	if got := w.actions(); slices.Contains(got, "identity.fail_sign_in") || !slices.Contains(got, "identity.fail_change_password") {
		t.Errorf("audit %v", got)
	}
}

// meddler changes the tables between two reads.
type meddler struct {
	db.Querier
	after func()
}

// Select reads, and then meddles.
func (m *meddler) Select(ctx context.Context, dest any, query string, args ...any) error {
	err := m.Querier.Select(ctx, dest, query, args...)
	if m.after != nil {
		m.after()
		m.after = nil
	}
	return err
}

// TestRolesWhileImporting holds that a role that comes while the tables are read is no crash.
func TestRolesWhileImporting(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	before, err := w.Roles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	roles, err := w.store.roles(t.Context(), &meddler{w.db, func() {
		err := w.db.Tx(t.Context(), func(tx *db.Tx) error {
			return w.store.saveRole(t.Context(), tx, Role{Key: "newcomer", Name: "Mới", Permissions: []string{PermManage}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}})
	if err != nil || len(roles) != len(before) {
		t.Errorf("%d roles, %v", len(roles), err)
	}
}

// TestSessionStoreAway holds that people see our own page and programs a problem document when sessions cannot be read.
func TestSessionStoreAway(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	w.citizen("0905123456")
	s := w.site()
	me := browser(t, s, "0905123456")
	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
	for u, want := range map[string]string{"/tai-khoan": "text/html; charset=utf-8", "/api/v1/identity/me": "application/problem+json"} {
		a := webtest.Do(t, s.Mux, webtest.Scenario{URL: u, Header: me, Loose: true})
		if got := a.Header.Get("Content-Type"); a.Status < 500 || got != want {
			t.Errorf("%s: %d %s", u, a.Status, got)
		}
	}
}

// TestBearer holds that the word before the token may be written in any letters (RFC 9110).
func TestBearer(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	w.citizen("0905123456")
	token := w.signIn("0905123456")
	s := w.site()
	for scheme, want := range map[string]int{"Bearer ": 200, "bearer ": 200, "BEARER  ": 200, "Basic ": 401, "Bearer": 401, "": 401} {
		a := webtest.Do(t, s.Mux, webtest.Scenario{URL: "/api/v1/identity/me", Header: map[string]string{"Authorization": scheme + token}})
		if a.Status != want {
			t.Errorf("%q: %d", scheme, a.Status)
		}
	}
}
