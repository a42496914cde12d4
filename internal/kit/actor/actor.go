// Package actor says who acts. A request carries one Actor in its context;
// services ask it for permissions, audit writes it down.
package actor

import (
	"context"
	"sort"
	"strings"

	"lienthong/internal/kit/i18n"
)

// Kind is the sort of an actor.
type Kind string

// The kinds. The zero Actor is Anonymous.
const (
	Anonymous Kind = ""
	Person    Kind = "person" // somebody from outside, for themselves or for others
	Staff     Kind = "staff"
	System    Kind = "system"
)

// Grant gives the permissions of a role at one unit, and at all units below it when Below is set.
type Grant struct {
	Role        string
	Permissions map[string]bool
	UnitID      string
	UnitPath    string // "/a/b/": the ids from the root to the unit
	Below       bool
}

// Covers reports whether the grant reaches a unit.
func (g Grant) Covers(unitPath string) bool {
	if g.UnitPath == "" || unitPath == "" {
		return false
	}
	return unitPath == g.UnitPath || g.Below && strings.HasPrefix(unitPath, g.UnitPath)
}

// Permission is something one may do, in words for those who give and use it.
type Permission struct {
	Key  string // "room.verb"
	Name i18n.Msg
}

// Actor is whoever makes a request: a person from outside, one of the staff in one of their posts, the system itself, or nobody known.
type Actor struct {
	ID        string // account
	Name      string
	Kind      Kind
	PersonID  string // record of the member of staff, empty for people from outside
	Title     string // position in the acting post
	Office    string // name of the house acted for
	OfficeID  string
	Grants    []Grant
	IP        string
	UserAgent string
	Token     string // id of the token a program acts through, empty for people in a session
	Stale     bool   // proved too long ago who it is for acts that ask Fresh; programs with a token always are
}

// SystemActor acts in timers, imports and event subscribers. It may do everything.
var SystemActor = Actor{ID: "system", Name: "Hệ thống", Kind: System}

// SignedIn reports whether the actor is known.
func (a Actor) SignedIn() bool { return a.Kind != Anonymous }

// Can reports whether the actor holds a permission at the unit with this path.
func (a Actor) Can(permission, unitPath string) bool {
	if a.Kind == System {
		return true
	}
	for _, g := range a.Grants {
		if g.Permissions[permission] && g.Covers(unitPath) {
			return true
		}
	}
	return false
}

// CanSomewhere reports whether the actor holds a permission at any unit.
func (a Actor) CanSomewhere(permission string) bool {
	if a.Kind == System {
		return true
	}
	for _, g := range a.Grants {
		if g.Permissions[permission] {
			return true
		}
	}
	return false
}

// Having returns the grants that give a permission, widest first, without those that another one contains.
func (a Actor) Having(permission string) []Grant {
	var having []Grant
	for _, g := range a.Grants {
		if g.Permissions[permission] && g.UnitPath != "" {
			having = append(having, g)
		}
	}
	sort.SliceStable(having, func(i, j int) bool {
		x, y := having[i], having[j]
		return len(x.UnitPath) < len(y.UnitPath) || len(x.UnitPath) == len(y.UnitPath) && x.Below && !y.Below
	})
	var kept []Grant
	for _, g := range having {
		if !contained(kept, g) {
			kept = append(kept, g)
		}
	}
	return kept
}

func contained(kept []Grant, g Grant) bool {
	for _, k := range kept {
		if k.Covers(g.UnitPath) && (k.Below || !g.Below) {
			return true
		}
	}
	return false
}

type key struct{}

// With returns a context that carries the actor.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, key{}, a) }

// From returns the actor of a context; the zero Actor when there is none.
func From(ctx context.Context) Actor {
	a, _ := ctx.Value(key{}).(Actor)
	return a
}
