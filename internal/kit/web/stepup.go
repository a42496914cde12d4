package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"lienthong/internal/kit/actor"
)

// Unproved is the kind of a problem document when the act asks for a fresh proof of who acts.
const Unproved = "unproved"

// ProofPrefix begins the names of the fields in which people prove who they are. They are not carried on.
const ProofPrefix = "proof."

// Carried is a form that waits until whoever sent it has proved who they are.
type Carried struct {
	To     string // where it was sent, with its query
	Fields Values // what was typed; nil when nothing was sent but a page opened
	Lost   bool   // files or passwords came with it, which are not carried on: it must be sent again, from To
}

// CarriedBy returns the form that a request must prove somebody for; nil when the page was opened by itself.
func CarriedBy(r *http.Request) *Carried { return infoOf(r.Context()).carried }

// carrying is an error with the fields of the form it is about.
type carrying struct {
	error
	fields Values
}

func (c carrying) Unwrap() error { return c.error }

// Carry adds the fields of a form to an error of actor.Fresh, for handlers that have read their form already, files
// among it: the form goes on with these fields once its sender has proved who they are. Other errors stay as they are.
func Carry(err error, fields Values) error {
	if !errors.Is(err, actor.ErrStale) {
		return err
	}
	return carrying{err, fields}
}

// askProof shows the page that asks for a fresh proof. What was typed goes with it.
func (m *Mux) askProof(w http.ResponseWriter, r *http.Request, cause error) {
	c := &Carried{To: SafePath(r.URL.RequestURI())}
	var held carrying
	in := infoOf(r.Context())
	switch {
	case IsPartial(r):
		w.Header().Set("HX-Refresh", "true")
		w.WriteHeader(http.StatusForbidden)
		return
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
	case errors.As(cause, &held):
		c.Fields = held.fields
	default:
		fields, ok := typed(r)
		if c.Fields, c.Lost = Values(fields), !ok || in.route.Secret; !c.Lost {
			break
		}
		if u, err := url.Parse(r.Referer()); err == nil && u.Host == r.Host {
			c.To = SafePath((&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String())
		} else {
			c.To = "/"
		}
	}
	for name := range c.Fields {
		if strings.HasPrefix(name, ProofPrefix) {
			delete(c.Fields, name)
		}
	}
	in.carried = c
	if err := m.asks(w, r); err != nil {
		m.fail(w, r, err)
	}
}

// Resend makes the browser send the form of this request once more, to another address on this site (307): a form that
// was carried on arrives where it was meant for.
func Resend(w http.ResponseWriter, r *http.Request, to string) error {
	if !local(to) {
		return fmt.Errorf("web: a form may not be sent to %q on another site", to)
	}
	http.Redirect(w, r, to, http.StatusTemporaryRedirect)
	return nil
}
