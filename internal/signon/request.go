package signon

import (
	"slices"
	"time"

	"lienthong/internal/identity"
)

// requestTime is how long somebody may take to sign in and agree; codeTime how long a code waits for its client.
const (
	requestTime = 30 * time.Minute
	codeTime    = time.Minute
	leeway      = 30 * time.Second // for clocks of clients that go wrong
)

// Request (yêu cầu đăng nhập) is a client's wish to sign somebody on, from the first page until its code was used.
type Request struct {
	ID        string             `db:"id"`
	ClientID  ClientID           `db:"client_id"`
	Redirect  string             `db:"redirect"`
	Scopes    []string           `db:"-"`
	State     string             `db:"state"`
	Nonce     string             `db:"nonce"`
	Challenge string             `db:"challenge"` // PKCE, always S256
	Prompt    []string           `db:"-"`
	MaxAge    *int64             `db:"max_age"`  // seconds since the person signed in, at most
	Hint      string             `db:"hint"`     // sign-in name the client expects
	Expected  identity.AccountID `db:"expected"` // account the client expects, by an earlier ID token
	CreatedAt time.Time          `db:"created_at"`
	ExpiresAt time.Time          `db:"expires_at"`
	AccountID identity.AccountID `db:"account_id"` // who signed on; empty before
	SessionID identity.SessionID `db:"session_id"`
	AuthTime  *time.Time         `db:"auth_time"`
	CodeHash  *string            `db:"code_hash"`
	VisitID   VisitID            `db:"visit_id"` // the visit the code was used for; empty before
}

// viewer (người đang ngồi trước màn hình) is whoever answers a request in the browser.
type viewer struct {
	account  identity.AccountID // empty: not signed in
	session  identity.SessionID
	since    time.Time // signed in
	agreed   []string  // scopes they agreed to earlier
	agreedAt time.Time
}

// step is what has to happen next before a request is answered.
type step string

// The steps.
const (
	stepSignIn  step = "sign in"
	stepAgain   step = "sign in again"
	stepConsent step = "consent"
	stepDone    step = "done"
)

// next says what has to happen before the request is answered with a code. A request that forbids pages must not be
// given one: silent reports whether it does.
func (r Request) next(c Client, v viewer, now time.Time) step {
	fresh := v.since.After(r.CreatedAt) // signed in for this very request
	switch {
	case v.account == "":
		return stepSignIn
	case r.Expected != "" && r.Expected != v.account:
		return stepAgain
	case !fresh && (r.asks("login") || r.asks("select_account")):
		return stepAgain
	case !fresh && r.MaxAge != nil && now.Sub(v.since) > time.Duration(*r.MaxAge)*time.Second:
		return stepAgain
	case c.Trusted:
		return stepDone
	case r.asks("consent") && !v.agreedAt.After(r.CreatedAt), !covers(v.agreed, r.Scopes):
		return stepConsent
	}
	return stepDone
}

func (r Request) asks(prompt string) bool { return slices.Contains(r.Prompt, prompt) }

// silent reports whether the client wants an answer without a page being shown.
func (r Request) silent() bool { return r.asks("none") }

// covers reports whether a list has all of another one.
func covers(have, want []string) bool {
	for _, w := range want {
		if !slices.Contains(have, w) {
			return false
		}
	}
	return true
}

// open reports whether the request still waits for its person.
func (r Request) open(now time.Time) bool { return r.CodeHash == nil && now.Before(r.ExpiresAt) }
