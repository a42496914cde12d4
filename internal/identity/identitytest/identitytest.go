// Package identitytest makes accounts, roles and sessions for the tests of other
// rooms and of the whole house. Password hashes cost next to nothing here.
package identitytest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/org/orgtest"
)

// Password is that of every account made here.
const Password = "cây đa bến nước 7"

// Config makes signing in quick and never makes an address on the network wait.
var Config = identity.Config{HashMemory: 64, HashIterations: 1, AddressTries: 1_000_000}

// Rooms returns the migrations that the room identity needs; append your own.
func Rooms() []migrate.Room { return append(orgtest.Rooms(), identity.Migrations()) }

// New returns the room on the organisation of a test, with one role for every name
// in roles: "officer" → "dossier.process dossier.read".
func New(w *orgtest.World, roles map[string]string) *identity.Service {
	w.T.Helper()
	var all []string
	var file strings.Builder
	file.WriteString("roles:\n")
	for key, list := range roles {
		all = append(all, strings.Fields(list)...)
		file.WriteString("  - {key: " + key + ", name: " + key + ", permissions: [" + strings.Join(strings.Fields(list), ", ") + "]}\n")
	}
	s := identity.New(identity.Deps{DB: w.DB, Clock: w.Clock, Org: w.Org, Permissions: all}, Config)
	if _, err := s.ImportRoles(w.Ctx, fstest.MapFS{"roles.yaml": {Data: []byte(file.String())}}); err != nil {
		w.T.Fatal(err)
	}
	return s
}

// Official makes a person with a post at a unit, an account that signs in with a
// name, and a role at the unit and its divisions ("" for none).
func Official(w *orgtest.World, s *identity.Service, name, slug, title, role string) identity.Account {
	w.T.Helper()
	person, _ := w.Official("Trần Thị Mẫu", slug, title)
	acc, err := s.AddOfficial(w.Ctx, identity.NewOfficial{Name: name, PersonID: person.ID, Password: Password})
	if err != nil {
		w.T.Fatal(err)
	}
	if role == "" {
		return acc
	}
	if _, err := s.Grant(w.Ctx, identity.Grant{AccountID: acc.ID, Role: role, UnitID: w.Unit(slug).ID, Divisions: true, Reason: "test"}); err != nil {
		w.T.Fatal(err)
	}
	return acc
}

// Citizen registers somebody with a phone number.
func Citizen(t testing.TB, s *identity.Service, phone, fullName string) identity.Account {
	t.Helper()
	acc, err := s.Register(context.Background(), identity.Registration{Name: phone, FullName: fullName, Password: Password, Consent: true})
	if err != nil {
		t.Fatal(err)
	}
	return acc
}

// SignIn signs somebody in through the page of a site and returns the header of their next requests.
func SignIn(t testing.TB, site http.Handler, name, password string) map[string]string {
	t.Helper()
	form := url.Values{"name": {name}, "password": {password}}
	r := httptest.NewRequest(http.MethodPost, "/dang-nhap", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() { //nolint:bodyclose // a recorder's body needs no closing
		if strings.HasSuffix(c.Name, "session") && c.Value != "" {
			return map[string]string{"Cookie": c.Name + "=" + c.Value}
		}
	}
	t.Fatalf("%s was not signed in: %d %s", name, w.Code, w.Body.String())
	return nil
}

// Actor returns who makes requests with a header of SignIn, with their grants.
func Actor(t testing.TB, s *identity.Service, header map[string]string) actor.Actor {
	t.Helper()
	var found actor.Actor
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	s.Around(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		a, err := s.Load(r)
		if err != nil {
			t.Error(err)
		}
		found = a
	})).ServeHTTP(httptest.NewRecorder(), r)
	return found
}
