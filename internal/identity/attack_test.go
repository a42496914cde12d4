package identity

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/webtest"
	"lienthong/internal/org"
)

// TestWhoMayOpenWhat is the table of all pages and operations against all sorts of visitors.
func TestWhoMayOpenWhat(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	_, _, clerk := staffed(w)
	s := w.site()
	headers := map[string]map[string]string{
		"visitor": {}, "citizen": browser(t, s, "0905123456"), "clerk": browser(t, s, "far.away"),
		"small": browser(t, s, "local.admin"), "root": browser(t, s, "root.admin"),
	}
	base := "/identity/accounts/" + string(clerk.ID)
	for _, c := range []struct {
		method, url string
		want        string // status for visitor, citizen, clerk, small and root
	}{
		{"GET", "/dang-nhap", "200 303 303 303 303"},
		{"GET", "/dang-ky", "200 303 303 303 303"},
		{"GET", "/tai-khoan", "303 200 200 200 200"},
		{"POST", "/tai-khoan", "401 422 303 303 303"},
		{"POST", "/tai-khoan/mat-khau", "401 422 422 422 422"},
		{"POST", "/tai-khoan/vi-tri", "401 422 422 422 422"},
		{"POST", "/tai-khoan/phien", "401 303 303 303 303"},
		{"GET", "/identity/accounts", "303 403 403 200 200"},
		{"GET", "/identity/new", "303 403 403 200 200"},
		{"POST", "/identity/accounts", "401 403 403 422 422"},
		{"GET", base, "303 403 403 200 200"},
		{"POST", base + "/grants", "401 403 403 422 422"},
		{"POST", base + "/revoke", "401 403 403 422 422"},
		{"POST", base + "/block", "401 403 403 303 303"},
		{"POST", base + "/password", "401 403 403 422 422"},
		{"GET", "/identity/units?q=so", "303 403 403 200 200"},
		{"GET", "/api/v1/identity/me", "401 200 200 200 200"},
	} {
		for i, who := range []string{"visitor", "citizen", "clerk", "small", "root"} {
			sc := webtest.Scenario{Method: c.method, URL: c.url, Header: headers[who]}
			if c.method == http.MethodPost {
				sc.Form = url.Values{"none": {""}}
			}
			a := webtest.Do(t, s.Mux, sc)
			got := http.StatusText(a.Status)
			want := strings.Fields(c.want)[i]
			// a form nobody filled in for a revoke is a grant that is not there
			if want == "422" && a.Status == http.StatusNotFound && strings.HasSuffix(c.url, "/revoke") {
				continue
			}
			if want != itoa(a.Status) {
				t.Errorf("%s %s as %s: %d %s, want %s", c.method, c.url, who, a.Status, got, want)
			}
		}
	}
}

func itoa(n int) string {
	return string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)})
}

// TestCrossSite holds that no form of the room can be sent from another site.
func TestCrossSite(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	staffed(w)
	s := w.site()
	me := browser(t, s, "root.admin")
	for _, rt := range w.Routes(s.Renderer, nil) {
		if rt.Method != http.MethodPost {
			continue
		}
		for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			header := map[string]string{"Cookie": me["Cookie"], name: value}
			a := webtest.Do(t, s.Mux, webtest.Scenario{URL: strings.ReplaceAll(rt.Pattern, "{id}", "0190"), Header: header, Form: url.Values{"x": {"1"}}})
			if a.Status != http.StatusForbidden {
				t.Errorf("%s with %s: %d", rt.Pattern, name, a.Status)
			}
		}
	}
	if a := webtest.Do(t, s.Mux, webtest.Scenario{URL: "/tai-khoan", Header: me}); a.Status != http.StatusOK {
		t.Errorf("the session ended: %d", a.Status)
	}
}

// TestMarkupInNames holds that names from elsewhere cannot put markup into pages.
func TestMarkupInNames(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	const evil = `<script>alert("x")</script>`
	p, err := w.org.AddPerson(w.system, org.Person{FullName: evil})
	if err == nil {
		_, err = w.org.AddPost(w.system, org.Post{PersonID: p.ID, UnitID: w.unit("so-noi-vu").ID, Title: evil, Main: true})
	}
	if err == nil {
		_, err = w.org.AddPost(w.system, org.Post{PersonID: p.ID, UnitID: w.unit("so-tu-phap").ID, Title: evil})
	}
	if err != nil {
		t.Fatal(err)
	}
	acc := Account{ID: "0190-evil", Kind: Official, FullName: evil, PersonID: p.ID, Status: Active, Verified: true, CreatedAt: w.clock.Now(), Names: []Name{{"evil.name", ShortName}}}
	if acc.PasswordHash, err = w.hash.make(t.Context(), goodPassword); err != nil {
		t.Fatal(err)
	}
	if err := w.insert(w.system, acc, "identity.add_official"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Grant(w.system, Grant{AccountID: acc.ID, Role: "administrator", UnitID: w.unit("ubnd-tinh").ID, Below: true, Reason: evil}); err != nil {
		t.Fatal(err)
	}
	other, _ := w.person(`<img src=x onerror=alert(1)>`, "so-tu-phap", evil)
	s := w.site()
	me := browser(t, s, "evil.name")
	agent := map[string]string{"Cookie": me["Cookie"], "User-Agent": evil}
	for _, u := range []string{"/tai-khoan", "/identity/accounts", "/identity/accounts/" + string(acc.ID), "/identity/new?q=img", "/identity/accounts?q=script", "/identity/units?q=" + url.QueryEscape(evil)} {
		s.Run(t, []webtest.Scenario{{Name: u, URL: u, Header: agent, Loose: strings.Contains(u, "units"), Check: markup("!<script>alert", "!<img src=x")}})
	}
	s.Run(t, []webtest.Scenario{{Name: "chosen person", URL: "/identity/accounts", Header: me,
		Form: url.Values{"q": {evil}, "person": {other}, "name": {evil}, "password": {evil}}, WantStatus: 422, Check: markup("!<script>alert")}})
}

// TestStrangeCookies holds that what is no token is nobody, and no error.
func TestStrangeCookies(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	w.citizen("0905123456")
	s := w.site()
	good := strings.TrimPrefix(browser(t, s, "0905123456")["Cookie"], "session=")
	for name, value := range map[string]string{
		"empty": "", "short": "a", "cut off": good[:len(good)-1], "longer": good + "a", "other case": swapCase(good), "SQL": "' OR 1=1 --",
		"very long": strings.Repeat("a", 5000), "null": "%00", "two": good[:10] + ";session=" + good[:12],
	} {
		s.Run(t, []webtest.Scenario{
			{Name: name, URL: "/tai-khoan", Header: cookie(value), WantStatus: 303, WantLocation: "*"},
			{Name: name + " at the API", URL: "/api/v1/identity/me", Header: cookie(value), WantStatus: 401},
			{Name: name + " as bearer", URL: "/api/v1/identity/me", Header: map[string]string{"Authorization": "Bearer " + value}, WantStatus: 401},
		})
	}
	s.Run(t, []webtest.Scenario{{Name: "the good one", URL: "/tai-khoan", Header: cookie(good)}})
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 32
		case r >= 'A' && r <= 'Z':
			return r + 32
		}
		return r
	}, s)
}

// TestRaces holds what must happen once when many try at the same time.
func TestRaces(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		acc := w.official("chuyen.vien", "so-tu-phap", "Chuyên viên", "", false)
		unit := w.unit("so-tu-phap").ID
		race := func(name string, want int64, fn func() error) {
			var done atomic.Int64
			var wg sync.WaitGroup
			for range 10 {
				wg.Go(func() {
					if fn() == nil {
						done.Add(1)
					}
				})
			}
			wg.Wait()
			if done.Load() != want {
				t.Errorf("%s: %d times, want %d", name, done.Load(), want)
			}
		}
		race("register one number", 1, func() error {
			_, err := w.Register(context.WithoutCancel(t.Context()), Registration{Name: "0905123456", FullName: "Lê Thử", Password: goodPassword, Consent: true})
			return err
		})
		var first atomic.Value
		race("grant one role", 1, func() error {
			g, err := w.Grant(w.system, Grant{AccountID: acc.ID, Role: "officer", UnitID: unit, Reason: "thử"})
			if err == nil {
				first.Store(g.ID)
			}
			return err
		})
		race("revoke one grant", 1, func() error { return w.Revoke(w.system, first.Load().(GrantID)) })
		w.config.Attempts = 2
		race("sign in rightly", 10, func() error { _, err := w.SignIn(t.Context(), "0905123456", goodPassword); return err })
	})
}

// TestHasherIsBounded holds that no more hashes are computed at a time than there are slots, and that waiting ends with the request.
func TestHasherIsBounded(t *testing.T) {
	h := newHasher(Config{HashMemory: 64, HashIterations: 1})
	h.slots = make(chan struct{}, 2)
	var now, most atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			err := h.slot(t.Context(), func() error {
				n := now.Add(1)
				for {
					m := most.Load()
					if n <= m || most.CompareAndSwap(m, n) {
						break
					}
				}
				time.Sleep(time.Millisecond)
				now.Add(-1)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most.Load() > 2 || h.count.Load() != 8 {
		t.Errorf("%d at a time, %d in all", most.Load(), h.count.Load())
	}
	h.slots <- struct{}{}
	h.slots <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := h.matches(ctx, "x", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("waited for a slot: %v", err)
	}
}

// TestHasher holds what a hash is and what it matches.
func TestHasher(t *testing.T) {
	h := newHasher(Config{}.withDefaults())
	hash, err := h.make(t.Context(), goodPassword)
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=47104,t=1,p=1$") {
		t.Fatalf("%q, %v", hash, err)
	}
	for _, c := range []struct {
		name, password, hash string
		ok, fails            bool
	}{
		{"right", goodPassword, hash, true, false},
		{"wrong", goodPassword + " ", hash, false, false},
		{"empty", "", hash, false, false},
		{"no hash", "no account has this password", "", false, false},
		{"broken hash", goodPassword, "$argon2id$x", false, true},
	} {
		ok, stale, err := h.matches(t.Context(), c.password, c.hash)
		if ok != c.ok || stale || (err != nil) != c.fails {
			t.Errorf("%s: %v %v %v", c.name, ok, stale, err)
		}
	}
	again, err := h.make(t.Context(), goodPassword)
	if err != nil || again == hash {
		t.Error("two hashes of one password are the same")
	}
}

// TestForgedActors holds that services trust the context's actor only as far as it goes.
func TestForgedActors(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	acc := w.official("chuyen.vien", "so-tu-phap", "Chuyên viên", "officer", false)
	for name, a := range map[string]actor.Actor{
		"anonymous":               {},
		"a name without a kind":   {ID: string(acc.ID), Name: "x"},
		"a grant without a path":  {ID: "x", Kind: actor.Staff, Grants: []actor.Grant{{Permissions: map[string]bool{PermManage: true}, Below: true}}},
		"a grant of another verb": {ID: "x", Kind: actor.Staff, Grants: []actor.Grant{{Permissions: map[string]bool{"identity.read": true}, UnitPath: w.unit("ubnd-tinh").Path, Below: true}}},
	} {
		ctx := actor.With(t.Context(), a)
		if _, err := w.Grant(ctx, Grant{AccountID: acc.ID, Role: "officer", UnitID: w.unit("so-xay-dung").ID, Reason: "thử"}); err == nil {
			t.Errorf("%s may grant", name)
		}
		if err := w.SetBlocked(ctx, acc.ID, true); err == nil {
			t.Errorf("%s may block", name)
		}
		if _, err := w.ImportRoles(ctx, testFiles(t)); err == nil {
			t.Errorf("%s may import roles", name)
		}
		if rows, err := w.List(ctx, Query{}); err == nil && len(rows) > 0 {
			t.Errorf("%s sees %d accounts", name, len(rows))
		}
	}
	if _, err := w.Account(actor.With(t.Context(), actor.Actor{Kind: actor.Person, ID: "y"}), acc.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a citizen learns that an account exists: %v", err)
	}
}
