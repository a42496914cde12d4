package identity

import (
	"context"
	"io/fs"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/org"
	"lienthong/internal/place"
	"lienthong/province"
)

var rooms = []migrate.Room{event.Migrations(), audit.Migrations(), place.Migrations(), org.Migrations(), Migrations()}

// permissions are those that the roles of the provinces name; whether rooms know them is held in app.
var permissions = func() []string {
	list := []string{PermManage}
	for _, name := range []string{"gialai", "../../province/testdata/haicap"} {
		fsys, err := province.Open(name)
		if err != nil {
			panic(err)
		}
		raw, err := fs.ReadFile(fsys, "roles.yaml")
		if err != nil {
			panic(err)
		}
		for _, line := range regexp.MustCompile(`(?m)^\s*permissions: \[(.*)\]`).FindAllSubmatch(raw, -1) {
			list = append(list, strings.Split(string(line[1]), ", ")...)
		}
	}
	return list
}()

// cheap makes password hashes quick; the number of computations stays what it is.
var cheap = Config{HashMemory: 64, HashIterations: 1, AddressTries: 1000}

// town is the room in a test, in the made-up province with two levels.
type town struct {
	*Service
	t      *testing.T
	org    *org.Service
	db     *db.DB
	clock  *clock.Fake
	system context.Context
}

func testFiles(t testing.TB) fs.FS {
	t.Helper()
	fsys, err := province.Open("../../province/testdata/haicap")
	if err != nil {
		t.Fatal(err)
	}
	return fsys
}

func newTown(t *testing.T, d *db.DB, c Config) *town {
	t.Helper()
	return newTownOf(t, d, c, clock.NewFake(clock.MustDate("2026-11-23").At(9, 0)), testFiles(t))
}

func newTownOf(t *testing.T, d *db.DB, c Config, cl *clock.Fake, fsys fs.FS) *town {
	t.Helper()
	places := place.New(place.Deps{DB: d, Clock: cl}, place.Config{Recheck: time.Nanosecond})
	units := org.New(org.Deps{DB: d, Clock: cl, Places: places}, org.Config{Recheck: time.Nanosecond})
	w := &town{t: t, org: units, db: d, clock: cl, system: actor.With(t.Context(), actor.SystemActor)}
	if _, err := places.Import(w.system, fsys); err != nil {
		t.Fatal(err)
	}
	if _, err := units.Import(w.system, fsys); err != nil {
		t.Fatal(err)
	}
	w.Service = New(Deps{DB: d, Clock: cl, Org: units, Permissions: permissions}, c)
	if _, err := w.ImportRoles(w.system, fsys); err != nil {
		t.Fatal(err)
	}
	return w
}

// each runs a test in a town on both engines.
func each(t *testing.T, c Config, fn func(t *testing.T, w *town)) {
	t.Helper()
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) { fn(t, newTown(t, d, c)) })
}

const goodPassword = "cây đa bến nước 7"

// citizen registers somebody and returns the account.
func (w *town) citizen(name string) Account {
	w.t.Helper()
	acc, err := w.Register(w.t.Context(), Registration{Name: name, FullName: "Nguyễn Thị Thử", Password: goodPassword, Consent: true})
	if err != nil {
		w.t.Fatal(err)
	}
	return acc
}

func (w *town) unit(slug string) org.Unit {
	w.t.Helper()
	u, err := w.org.BySlug(w.system, slug)
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

// official makes a person with a post at a unit, an account, and a role there ("" for none).
func (w *town) official(name, slug, title, role string, below bool) Account {
	w.t.Helper()
	u := w.unit(slug)
	p, err := w.org.AddPerson(w.system, org.Person{FullName: "Trần Văn " + title})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.org.AddPost(w.system, org.Post{PersonID: p.ID, UnitID: u.ID, Title: title, Main: true}); err != nil {
		w.t.Fatal(err)
	}
	acc, err := w.AddOfficial(w.system, NewOfficial{Name: name, PersonID: p.ID, Password: goodPassword})
	if err != nil {
		w.t.Fatal(err)
	}
	if role != "" {
		w.grant(acc, role, slug, below)
	}
	return acc
}

func (w *town) grant(acc Account, role, slug string, below bool) Grant {
	w.t.Helper()
	g, err := w.Grant(w.system, Grant{AccountID: acc.ID, Role: role, UnitID: w.unit(slug).ID, Below: below, Reason: "Quyết định thử 1"})
	if err != nil {
		w.t.Fatal(err)
	}
	return g
}

// as returns a context in which an account acts, with its grants.
func (w *town) as(acc Account) context.Context {
	w.t.Helper()
	version, err := w.store.version(w.system, w.db)
	if err != nil {
		w.t.Fatal(err)
	}
	a, err := w.actorOf(w.system, loadedSession{Session: Session{AccountID: acc.ID}, Kind: acc.Kind, FullName: acc.FullName, PersonID: acc.PersonID, Version: version})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, err := w.scs.Load(w.t.Context(), "")
	if err != nil {
		w.t.Fatal(err)
	}
	return actor.With(ctx, a)
}

// signIn signs in and returns the token of a session, as a browser would hold it.
func (w *town) signIn(name string) string {
	w.t.Helper()
	ctx, err := w.scs.Load(w.t.Context(), "")
	if err != nil {
		w.t.Fatal(err)
	}
	acc, err := w.SignIn(ctx, name, goodPassword)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.begin(ctx, acc, ByPassword); err != nil {
		w.t.Fatal(err)
	}
	token, _, err := w.scs.Commit(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	return token
}

// load returns the context of a request with a token, and who makes it.
func (w *town) load(token string) (context.Context, actor.Actor) {
	w.t.Helper()
	ctx, err := w.scs.Load(w.t.Context(), token)
	if err != nil {
		w.t.Fatal(err)
	}
	a, err := w.Load(httptest.NewRequestWithContext(ctx, "GET", "/", nil))
	if err != nil {
		w.t.Fatal(err)
	}
	return actor.With(ctx, a), a
}

// actions returns what was written into the audit record, in order.
func (w *town) actions() []string {
	w.t.Helper()
	var list []string
	if err := w.db.Select(w.system, &list, `SELECT action FROM audit_entry WHERE action LIKE 'identity.%' AND action <> 'identity.import_roles' ORDER BY at, lane, seq`); err != nil {
		w.t.Fatal(err)
	}
	return list
}

func wantKind(t *testing.T, err error, k fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != k {
		t.Errorf("error = %v, want kind %v", err, k)
	}
}

// fields returns the fields of an Invalid fault.
func fields(err error) map[string]string {
	m := map[string]string{}
	if f, ok := fault.As(err); ok {
		for _, p := range f.Problems {
			m[p.Field] = p.Msg.String()
		}
	}
	return m
}

func sqlite(t *testing.T) *db.DB {
	t.Helper()
	return dbtest.SQLite(t, rooms...)
}

// person makes somebody with a post and without an account.
func (w *town) person(name, slug, title string) (id string, post org.Post) {
	w.t.Helper()
	p, err := w.org.AddPerson(w.system, org.Person{FullName: name})
	if err == nil {
		post, err = w.org.AddPost(w.system, org.Post{PersonID: p.ID, UnitID: w.unit(slug).ID, Title: title, Main: true})
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return string(p.ID), post
}
