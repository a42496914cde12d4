package audit

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/web"
)

func reader(units ...string) actor.Actor {
	a := actor.Actor{ID: "reader", Kind: actor.Staff}
	for _, u := range units {
		a.Grants = append(a.Grants, actor.Grant{Permissions: map[string]bool{PermRead: true}, UnitID: u, UnitPath: "/" + u + "/"})
	}
	return a
}

type fakeUnits struct {
	ids []string
	all bool
	err error
}

func (f fakeUnits) Covered(context.Context, []actor.Grant) ([]string, bool, error) {
	return f.ids, f.all, f.err
}

// seed records 12 entries of 3 units, one each minute; entry 11 has no unit.
func seed(t testing.TB, d *db.DB) time.Time {
	t.Helper()
	start := time.Date(2018, 11, 23, 1, 0, 0, 0, time.UTC)
	c := clock.NewFake(start)
	ctx := WithClock(t.Context(), c)
	for i := range 12 {
		unit := fmt.Sprint("u", i%3)
		if i == 11 {
			unit = ""
		}
		record(t, actor.With(ctx, actor.Actor{ID: fmt.Sprint("acc", i%2), Kind: actor.Staff}), d, Entry{
			Action: []string{"dossier.accept", "dossier.return"}[i%2], Object: []string{"dossier.dossier", "file.file"}[i/6], ObjectID: fmt.Sprint(i), UnitID: unit,
		})
		if i != 4 { // entries 4 and 5 have the same time
			c.Advance(time.Minute)
		}
	}
	return start
}

func ids(p Page) string {
	var out []string
	for _, r := range p.Rows {
		out = append(out, r.ObjectID)
	}
	return strings.Join(out, " ")
}

func TestListFilters(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		start := seed(t, d)
		s := New(Deps{DB: d})
		for _, c := range []struct {
			name string
			q    Query
			want string
		}{
			{"object", Query{Object: "file.file"}, "11 10 9 8 7 6"},
			{"object and id", Query{Object: "file.file", ObjectID: "7"}, "7"},
			{"actor", Query{ActorID: "acc1", Object: "file.file"}, "11 9 7"},
			{"action", Query{Action: "dossier.accept", Object: "file.file"}, "10 8 6"},
			{"unit", Query{UnitID: "u2"}, "8 5 2"},
			{"period", Query{From: start.Add(time.Minute), To: start.Add(3 * time.Minute)}, "2 1"},
			{"limit", Query{Limit: 2}, "11 10"},
			{"nothing", Query{ObjectID: "zz"}, ""},
			{"hostile", Query{ObjectID: "' OR 1=1 --"}, ""},
		} {
			p, err := s.List(actor.With(t.Context(), actor.SystemActor), c.q)
			if err != nil || ids(p) != c.want {
				t.Errorf("%s: %q, %v; want %q", c.name, ids(p), err, c.want)
			}
		}
	})
}

func TestListPagesWithoutGapsOrRepeats(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		seed(t, d)
		s := New(Deps{DB: d})
		ctx := actor.With(t.Context(), actor.SystemActor)
		whole, err := s.List(ctx, Query{})
		if err != nil || len(whole.Rows) != 12 || whole.Next != "" {
			t.Fatal(len(whole.Rows), whole.Next, err)
		}
		for _, size := range []int{1, 2, 5, 12} {
			var all []string
			q := Query{Limit: size}
			for {
				p, err := s.List(ctx, q)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, ids(p))
				if q.After = p.Next; p.Next == "" {
					break
				}
				record(t, t.Context(), d, Entry{Action: "a.b", Object: "later"}) // does not push later pages about
			}
			if got := strings.Join(all, " "); !strings.HasSuffix(got, ids(whole)) {
				t.Errorf("pages of %d: %s", size, got)
			}
			exec(t, d, `DELETE FROM audit_entry WHERE object = 'later'`)
		}
		for _, bad := range []string{"x", "eA", "!!"} {
			if _, err := s.List(ctx, Query{After: bad}); fault.KindOf(err) != fault.Invalid {
				t.Errorf("after %q: %v", bad, err)
			}
		}
	})
}

func TestListShowsOnlyTheReadersUnits(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		seed(t, d)
		broken := errors.New("org is down")
		for _, c := range []struct {
			name  string
			actor actor.Actor
			units Units
			want  string
			kind  fault.Kind
			err   error
		}{
			{name: "nobody", kind: fault.Forbidden},
			{name: "without the permission", actor: clerk, kind: fault.Forbidden},
			{name: "one unit", actor: reader("u0"), want: "9 6 3 0"},
			{name: "two units", actor: reader("u0", "u1"), want: "10 9 7 6 4 3 1 0"},
			{name: "covered units", actor: reader("root"), units: fakeUnits{ids: []string{"u2"}}, want: "8 5 2"},
			{name: "covers none", actor: reader("root"), units: fakeUnits{}, want: ""},
			{name: "covers all", actor: reader("root"), units: fakeUnits{all: true}, want: "11 10 9 8 7 6 5 4 3 2 1 0"},
			{name: "org fails", actor: reader("root"), units: fakeUnits{err: broken}, err: broken},
		} {
			p, err := New(Deps{DB: d, Units: c.units}).List(actor.With(t.Context(), c.actor), Query{})
			switch {
			case c.err != nil || c.kind != fault.Internal:
				if err == nil || c.err != nil && !errors.Is(err, c.err) || fault.KindOf(err) != c.kind {
					t.Errorf("%s: error %v", c.name, err)
				}
			case err != nil || !sameWords(ids(p), c.want):
				t.Errorf("%s: %q, %v; want %q", c.name, ids(p), err, c.want)
			}
		}
	})
}

// sameWords compares without regard to order: two entries of the same moment may come either way.
func sameWords(a, b string) bool {
	count := map[string]int{}
	for _, w := range strings.Fields(a) {
		count[w]++
	}
	for _, w := range strings.Fields(b) {
		count[w]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

func TestAPIListMapsEverything(t *testing.T) {
	d := dbtest.SQLite(t, rooms...)
	ctx := actor.With(t.Context(), clerk)
	record(t, ctx, d, Entry{Action: "a.b", Object: "a.c", ObjectID: "1", UnitID: "u", After: 1, Detail: map[string]any{"k": "v"}})
	record(t, ctx, d, Entry{Action: "a.b", Object: "a.c", ObjectID: "2", UnitID: "u"})
	s := New(Deps{DB: d})
	out, err := s.apiList(actor.With(t.Context(), reader("u")), &listInput{PageQuery: web.PageQuery{Size: 1}, Object: "a.c"})
	if err != nil || len(out.Body.Items) != 1 || out.Body.Next == "" {
		t.Fatalf("%+v, %v", out, err)
	}
	out, err = s.apiList(actor.With(t.Context(), reader("u")), &listInput{PageQuery: web.PageQuery{Size: 5, After: out.Body.Next}})
	if err != nil || len(out.Body.Items) != 1 {
		t.Fatalf("%+v, %v", out, err)
	}
	e := out.Body.Items[0]
	r := Row{e.Lane, e.Seq, e.At, e.ActorID, e.ActorKind, e.ActorName, e.PersonID, e.AgencyID, e.Agency, e.IP,
		e.Action, e.Object, e.ObjectID, e.UnitID, e.BeforeDigest, e.AfterDigest, string(e.Detail), e.PrevHash, e.Hash}
	if r.computeHash() != e.Hash {
		t.Errorf("the entry that programs see does not have its hash: %+v", e)
	}
	if _, err := s.apiList(t.Context(), &listInput{}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("nobody reads: %v", err)
	}
}

// TestForgedPlaces holds that a cursor nobody was given is refused, before a database stumbles over its time.
func TestForgedPlaces(t *testing.T) {
	good := place{At: time.Date(2026, 11, 23, 2, 0, 0, 5000, time.UTC), Lane: 7, Seq: 12}
	if got, err := parsePlace(good.String()); err != nil || got != good {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"", "1 2", "a b c", "1 2 3 4", "1 2 3x", "-9223372036854775808 0 0", "9223372036854775807 0 0", "1 -1 1", "1 8 1", "1 0 -1"} {
		if p, err := parsePlace(base64.RawURLEncoding.EncodeToString([]byte(text))); fault.KindOf(err) != fault.Invalid || err == nil {
			t.Errorf("%q: %v, %v", text, p, err)
		}
	}
	if _, err := parsePlace("%%%"); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}
