package identity

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/org"
)

func TestSessions(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		w.citizen("0905123456")
		first := w.signIn("0905123456")
		w.clock.Advance(time.Minute)
		second := w.signIn("0905123456")
		w.clock.Advance(time.Minute)
		third := w.signIn("0905123456")
		ctx, _ := w.load(second)
		list, err := w.Sessions(ctx)
		if err != nil || len(list) != 3 {
			t.Fatalf("%d sessions, %v", len(list), err)
		}
		for i := 1; i < len(list); i++ {
			if list[i-1].LastSeenAt.Before(list[i].LastSeenAt) {
				t.Error("not the latest used first")
			}
		}
		here, ok := w.current(ctx)
		if !ok || !slices.ContainsFunc(list, func(s Session) bool { return s.ID == here.ID }) {
			t.Error("the session of the request is not in the list")
		}
		if err := w.EndSession(ctx, list[len(list)-1].ID); err != nil {
			t.Fatal(err)
		}
		wantKind(t, w.EndSession(ctx, list[len(list)-1].ID), fault.NotFound)
		if _, a := w.load(first); a.SignedIn() {
			t.Error("the ended session counts")
		}
		if err := w.EndOtherSessions(ctx); err != nil {
			t.Fatal(err)
		}
		if _, a := w.load(third); a.SignedIn() {
			t.Error("another session counts")
		}
		if _, a := w.load(second); !a.SignedIn() {
			t.Error("the own session ended too")
		}
		if list, err = w.Sessions(ctx); err != nil || len(list) != 1 {
			t.Errorf("%d sessions left, %v", len(list), err)
		}
		w.clock.Advance(31 * time.Minute)
		if list, err = w.Sessions(ctx); err != nil || len(list) != 0 {
			t.Errorf("idle sessions are listed: %v, %v", list, err)
		}
		for _, act := range []func() error{
			func() error { _, err := w.Sessions(t.Context()); return err },
			func() error { return w.EndSession(t.Context(), "x") },
			func() error { return w.EndOtherSessions(t.Context()) },
			func() error { _, _, err := w.Posts(t.Context()); return err },
			func() error { return w.ActIn(t.Context(), "x") },
		} {
			wantKind(t, act(), fault.Unauthenticated)
		}
	})
}

// TestTouch holds that reading pages writes to the database once a minute at most.
func TestTouch(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		acc := w.citizen("0905123456")
		token := w.signIn("0905123456")
		begun := w.clock.Now()
		seen := func() time.Time {
			t.Helper()
			var at time.Time
			if err := w.db.Get(t.Context(), &at, `SELECT last_seen_at FROM identity_session WHERE account_id = ?`, acc.ID); err != nil {
				t.Fatal(err)
			}
			return at.UTC()
		}
		for _, c := range []struct {
			after time.Duration
			want  time.Duration
		}{{0, 0}, {30 * time.Second, 0}, {29 * time.Second, 0}, {time.Second, time.Minute}, {10 * time.Second, time.Minute}, {time.Minute, 130 * time.Second}} {
			w.clock.Advance(c.after)
			w.load(token)
			if got := seen().Sub(begun); got != c.want {
				t.Errorf("at %v seen at %v, want %v", w.clock.Now().Sub(begun), got, c.want)
			}
		}
	})
}

// TestActorOfOfficial holds what other rooms get to know of who acts.
func TestActorOfOfficial(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		acc := w.official("chuyen.vien", "so-tu-phap/justice", "Chuyên viên", "officer", false)
		_, a := w.load(w.signIn("chuyen.vien"))
		agency := w.unit("so-tu-phap")
		if a.ID != string(acc.ID) || a.Kind != actor.Staff || a.PersonID != string(acc.PersonID) || a.Name != acc.FullName ||
			a.Title != "Chuyên viên" || a.Office != agency.Name || a.OfficeID != string(agency.ID) {
			t.Errorf("actor %+v", a)
		}
		if len(a.Grants) != 1 || a.Grants[0].Role != "officer" || a.Grants[0].UnitPath != w.unit("so-tu-phap/justice").Path || !a.Grants[0].Permissions["dossier.process"] {
			t.Errorf("grants %+v", a.Grants)
		}
		if !a.CanSomewhere("dossier.read") || a.CanSomewhere("dossier.approve") {
			t.Error("not the permissions of the role")
		}
	})
}

// TestPostsAreSeenSoon holds that a change of posts is seen within seconds, and that posts are not read for every request.
func TestPostsAreSeenSoon(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	acc := w.official("chuyen.vien", "so-tu-phap", "Chuyên viên", "", false)
	token := w.signIn("chuyen.vien")
	w.load(token)
	if _, err := w.org.AddPost(w.system, org.Post{PersonID: acc.PersonID, UnitID: w.unit("so-noi-vu").ID, Title: "Kiêm nhiệm"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {postsKept - time.Second, 1}, {time.Second, 2}} {
		w.clock.Advance(c.after)
		ctx, _ := w.load(token)
		all, here, err := w.Posts(ctx)
		if err != nil || len(all) != c.want || here != all[0].ID || !all[0].Main {
			t.Errorf("after %v: %+v, acting %s, %v", c.after, all, here, err)
		}
	}
}

// TestAroundFailsClosed holds that a database that does not answer makes nobody signed in, and says so.
func TestAroundFailsClosed(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	w.citizen("0905123456")
	token := w.signIn("0905123456")
	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
	reached := false
	h := w.Around(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	r := httptest.NewRequest(http.MethodGet, "/tai-khoan", nil)
	r.AddCookie(&http.Cookie{Name: CookieName(false), Value: token})
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	if reached || rec.Code != http.StatusServiceUnavailable {
		t.Errorf("status %d, reached %v", rec.Code, reached)
	}
}

// TestStoreInterface holds the three calls without a context that the session manager's interface asks for.
func TestStoreInterface(t *testing.T) {
	w := newTown(t, sqlite(t), cheap)
	acc := w.citizen("0905123456")
	st := tokenStore{w.Service}
	now := w.clock.Now()
	b, err := sessionCodec{}.Encode(now, map[string]any{sessionKey: loadedSession{Session: Session{ID: "s1", AccountID: acc.ID, CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour)}}})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // twice is no error
		if err := st.Commit("token", b, now); err != nil {
			t.Fatal(err)
		}
	}
	got, found, err := st.Find("token")
	if err != nil || !found {
		t.Fatal(found, err)
	}
	deadline, values, err := sessionCodec{}.Decode(got)
	if l, ok := values[sessionKey].(loadedSession); err != nil || !ok || l.ID != "s1" || l.FullName != acc.FullName || !deadline.Equal(now.Add(time.Hour)) {
		t.Errorf("%+v %v %v", values, deadline, err)
	}
	if err := st.Delete("token"); err != nil {
		t.Fatal(err)
	}
	if _, found, err = st.Find("token"); err != nil || found {
		t.Errorf("found %v, %v", found, err)
	}
	if err := st.Commit("other", []byte("{}"), now); err != nil {
		t.Errorf("an empty session: %v", err)
	}
	if err := st.Commit("other", []byte("["), now); err == nil {
		t.Error("broken data were written")
	}
	if _, _, err := (sessionCodec{}).Decode([]byte("[")); err == nil {
		t.Error("broken data were read")
	}
}

// TestSessionAlive is the table of idle and absolute lifetime.
func TestSessionAlive(t *testing.T) {
	at := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	s := Session{CreatedAt: at, LastSeenAt: at.Add(time.Hour), ExpiresAt: at.Add(2 * time.Hour)}
	for _, c := range []struct {
		after time.Duration
		want  bool
	}{
		{time.Hour, true}, {time.Hour + 29*time.Minute, true}, {time.Hour + 30*time.Minute, false}, {2 * time.Hour, false}, {3 * time.Hour, false},
	} {
		if got := s.alive(at.Add(c.after), 30*time.Minute); got != c.want {
			t.Errorf("after %v: %v", c.after, got)
		}
	}
	s.LastSeenAt = s.ExpiresAt.Add(-time.Minute)
	if s.alive(s.ExpiresAt, 30*time.Minute) {
		t.Error("using it makes it live for ever")
	}
}
