// Package deliver hands messages to providers: a mail relay, an HTTP address, the log.
package deliver

import (
	"context"
	"errors"
	"log/slog"
	"strings"
)

// Outgoing is a delivery in the form its provider gets. Providers that see an ID twice deliver once.
type Outgoing struct {
	ID      string // of the delivery
	Channel string
	To      string
	Name    string // of the recipient, may be empty
	Subject string
	Text    string
	HTML    string // e-mail only
	Lang    string
	Leave   string // address of the page where one can leave a list; empty: none may
	Topic   string
}

// Sender hands a message to a provider and returns the provider's own number for it, if it has one. It may be called
// at the same time from several sides.
type Sender interface {
	Send(ctx context.Context, o Outgoing) (reference string, err error)
}

// Kind says what an error means for the message.
type Kind string

// The kinds. An error of no kind is Later.
const (
	Later   Kind = "later"   // try again
	Down    Kind = "down"    // the provider cannot be reached at all, or refuses everybody
	Address Kind = "address" // nobody is at this address
	Refused Kind = "refused" // this message will never be taken
)

// Error is an error with what it means.
type Error struct {
	Kind Kind
	Err  error
}

func (e *Error) Error() string { return string(e.Kind) + ": " + e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns what an error means.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Later
}

// Log writes messages into the log instead of sending them, for trying out. It shows the text but not whose it is.
type Log struct{ Log *slog.Logger }

// Send writes the message into the log.
func (l Log) Send(ctx context.Context, o Outgoing) (string, error) {
	l.Log.InfoContext(ctx, "message instead of sending", "channel", o.Channel, "to", Mask(o.To), "topic", o.Topic, "text", o.Text)
	return "log", nil
}

// Mask hides most of an address: "09xxxxx789", "ngu…@example.vn".
func Mask(address string) string {
	if name, host, ok := strings.Cut(address, "@"); ok {
		r := []rune(name)
		return string(r[:min(3, len(r))]) + "…@" + host
	}
	r := []rune(address)
	if len(r) < 6 {
		return strings.Repeat("x", len(r))
	}
	return string(r[:2]) + strings.Repeat("x", len(r)-5) + string(r[len(r)-3:])
}
