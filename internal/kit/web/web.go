// Package web turns handlers that return errors into a web server: routes that
// name their permission, pages rendered from templates, problem documents for
// the API, and the guards around them (limits, cross-origin protection, headers,
// logs without personal data). It knows nothing of what the pages are about.
//
// A room hands over its routes; package app mounts them on one Mux:
//
//	func (s *Room) Routes() []web.Route {
//		return []web.Route{
//			{Method: "GET", Pattern: "/desk/list", Permission: PermRead, Name: "desk.list", Handler: s.list},
//		}
//	}
//
//	func (s *Room) list(w http.ResponseWriter, r *http.Request) error {
//		rows, err := s.service.List(r.Context())
//		if err != nil {
//			return err // the kind of the fault decides the page
//		}
//		return s.pages.Render(w, r, http.StatusOK, "list.html", "desk", web.View{Title: "Danh sách", Data: rows})
//	}
package web

import (
	"context"
	"crypto/rand"
	"embed"
	"io/fs"
	"net/http"
	"net/netip"
	"strings"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/migrate"
)

// Permissions that are no permission of a room.
const (
	Public   = "public"    // everybody
	SignedIn = "signed-in" // everybody with an account
)

// Upload as MaxBody of a Route allows bodies up to the upload limit of the site.
const Upload int64 = -1

// Handler answers a request. An error is mapped by its fault kind to a page or a problem document,
// unless the answer has already begun.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Route is one address of the site.
type Route struct {
	Method     string  // "GET" also answers HEAD
	Pattern    string  // path pattern of http.ServeMux without method; "/" is the home page alone
	Permission string  // Public, SignedIn or "room.verb"
	Name       string  // "room.page", for logs and docs/routes.md
	Handler    Handler // required
	MaxBody    int64   // bytes; 0 is the limit for forms, Upload the limit for uploads
	Quiet      bool    // asked by machines every few seconds: not in the access log
	Costly     bool    // anybody may make the site keep something: who is not signed in does it as often as Options.Costly allows
	StepUp     bool    // asks for a fresh proof of who acts, see actor.Fresh
	Asks       bool    // the page that asks for that proof; there is one, it reads CarriedBy
	Secret     bool    // the body holds a password: nothing of it is kept, not even a hash, so a repeated POST acts again
}

// Files holds the templates and the overlays of this package, for the renderer and the catalogue.
//
//go:embed templates/*.html i18n/*.json
var Files embed.FS

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations returns the tables of this package.
func Migrations() migrate.Room { return migrate.Sub("web", migrations) }

// SessionLoader finds out who makes a request. The zero Actor is an anonymous visitor; an error ends the request.
type SessionLoader interface {
	Load(r *http.Request) (actor.Actor, error)
}

// info is what the middleware knows of a request; it travels in the context.
type info struct {
	id      string
	mux     *Mux
	ip      netip.Addr
	secure  bool
	route   *Route
	who     actor.Kind
	flashed []Flash
	began   bool   // the answer has begun
	over    int64  // the limit the body is over, 0 when it is not
	parts   Values // fields of a multipart form that were read so far; nil: none was begun
	files   bool   // a file was among them
	carried *Carried
}

type infoKey struct{}

func infoOf(ctx context.Context) *info {
	if i, ok := ctx.Value(infoKey{}).(*info); ok {
		return i
	}
	return &info{id: "-"}
}

// RequestID returns the reference number of the request; people read it out to the support.
func RequestID(ctx context.Context) string { return infoOf(ctx).id }

// letters are those nobody mixes up when reading aloud.
const letters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

func newRequestID() string {
	raw := make([]byte, 12)
	_, _ = rand.Read(raw) // never fails, see crypto/rand
	var b strings.Builder
	for i, c := range raw {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(letters[int(c)%len(letters)])
	}
	return b.String()
}

// IsAPI reports whether the request is for the API and wants problem documents, not pages.
func IsAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

// IsPartial reports whether the request was made by a script for a part of a page.
func IsPartial(r *http.Request) bool {
	return r.Header.Get("HX-Request") == "true" && r.Header.Get("HX-Boosted") != "true"
}

// Texts returns the overlays of the package for i18n.Catalog.Load.
func Texts() fs.FS { return Files }
