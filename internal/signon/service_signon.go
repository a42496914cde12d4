package signon

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"lienthong/internal/audit"
	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
)

// longest is the longest value of a request that is kept for its client.
const longest = 2000

// continueAt is the address at which a request goes on.
func continueAt(request string) string {
	return "/signon/continue?" + url.Values{"id": {request}}.Encode()
}

// enterAt is the address of the page that leads on to continueAt. Browsers follow no redirect to another site that
// comes of a form of this one; from that page they do.
func enterAt(request string) string {
	return "/signon/enter?" + url.Values{"id": {request}}.Encode()
}

// back returns the address of a client with an answer added to its query.
func (s *Service) back(redirect, state string, answer url.Values) (string, error) {
	u, err := url.Parse(redirect)
	if err != nil {
		return "", fmt.Errorf("address of client: %w", err)
	}
	q := u.Query()
	for name := range answer {
		q.Set(name, answer.Get(name))
	}
	if state != "" {
		q.Set("state", state)
	}
	q.Set("iss", s.issuer) // so that a client of several providers is not confused about whose answer it is
	u.RawQuery = q.Encode()
	return u.String(), nil
}

func (s *Service) refuse(redirect, state string, err error) (string, error) {
	var refused *oidc.Error
	if !errors.As(err, &refused) {
		return "", err
	}
	return s.back(redirect, state, url.Values{"error": {string(refused.ErrorType)}, "error_description": {refused.Description}})
}

// Begin takes a client's wish to sign somebody on and returns where the browser goes next: on with the request, or
// back to the client with what is wrong with it. What cannot be told the client is an error for a page: NotFound for
// an unknown client, Invalid for an address that is not registered.
func (s *Service) Begin(ctx context.Context, a *oidc.AuthRequest) (to string, err error) {
	c, err := s.counting(ctx, a.ClientID)
	if errors.Is(err, oidc.ErrInvalidClient()) {
		return "", fault.NewNotFound(i18n.M("Hệ thống dẫn tới đây chưa được đăng ký đăng nhập một lần, hoặc đã ngừng. Hãy báo cho người quản trị của hệ thống đó."))
	}
	if err != nil {
		return "", err
	}
	if err := op.ValidateAuthReqRedirectURI(opClient{c, 0}, a.RedirectURI, oidc.ResponseTypeCode); err != nil {
		return "", fault.New(fault.Invalid, i18n.M("“%s” muốn đưa ông/bà về một địa chỉ chưa được đăng ký nên trang này dừng lại. Hãy báo cho người quản trị của hệ thống đó.", c.Name)).Wrap(err)
	}
	expected, err := s.acceptable(ctx, a, c)
	if err != nil {
		return s.refuse(a.RedirectURI, a.State, err)
	}
	now := s.clock.Now()
	r := Request{ID: id.New(), ClientID: c.ID, Redirect: a.RedirectURI, Scopes: granted(c, a.Scopes), State: a.State, Nonce: a.Nonce, Challenge: a.CodeChallenge,
		Prompt: a.Prompt, Hint: a.LoginHint, Expected: identity.AccountID(expected), CreatedAt: now, ExpiresAt: now.Add(requestTime)}
	if a.MaxAge != nil {
		age := int64(min(*a.MaxAge, 1<<31))
		r.MaxAge = &age
	}
	if err := s.db.Tx(ctx, func(tx *db.Tx) error { return s.store.insertRequest(ctx, tx, r) }); err != nil {
		return "", fmt.Errorf("keep request: %w", err)
	}
	return continueAt(r.ID), nil
}

// granted returns the scopes of a request that the client was registered with, in their order.
func granted(c Client, asked []string) []string {
	return slices.DeleteFunc(personScopes(c.Scopes), func(s string) bool { return !slices.Contains(asked, s) })
}

// acceptable returns the account a request expects; an error of the library says what the client did wrong.
func (s *Service) acceptable(ctx context.Context, a *oidc.AuthRequest, c Client) (expected string, err error) {
	if a.ResponseType != "" && a.ResponseType != oidc.ResponseTypeCode {
		return "", &oidc.Error{ErrorType: "unsupported_response_type", Description: "only code is supported"}
	}
	ctx = op.ContextWithIssuer(ctx, s.issuer)
	if expected, err = op.ValidateAuthRequestClient(ctx, a, opClient{c, s.config.Access}, s.provider.IDTokenHintVerifier(ctx)); err != nil {
		return "", err
	}
	invalid := oidc.ErrInvalidRequest()
	raw, err := base64.RawURLEncoding.DecodeString(a.CodeChallenge)
	switch {
	case a.RequestParam != "":
		return "", oidc.ErrRequestNotSupported()
	case a.ResponseMode != "" && a.ResponseMode != oidc.ResponseModeQuery:
		return "", invalid.WithDescription("response_mode: only query is supported")
	case a.CodeChallenge == "":
		return "", invalid.WithDescription("code_challenge is required (PKCE)")
	case a.CodeChallengeMethod != oidc.CodeChallengeMethodS256:
		return "", invalid.WithDescription("code_challenge_method: only S256 is supported")
	case err != nil || len(raw) != 32:
		return "", invalid.WithDescription("code_challenge is no SHA-256 in base64url")
	case !slices.Contains(a.Scopes, ScopeOpenID):
		return "", oidc.ErrInvalidScope().WithDescription("scope must contain openid")
	case len(a.State) > longest || len(a.Nonce) > longest || len(a.LoginHint) > longest:
		return "", invalid.WithDescription("state, nonce or login_hint is too long")
	}
	return expected, nil
}

// Turn (bước kế tiếp) is what a request needs next.
type Turn struct {
	Step    step
	Request Request
	Client  Client
	To      string // where the browser goes now; empty while a page must be shown
}

// Continue says what a request needs next, and answers it when it needs nothing more. cancelled sends the person
// back to the client without a code. Errors: NotFound for a request that has run out or was answered.
func (s *Service) Continue(ctx context.Context, request string, cancelled bool) (Turn, error) {
	t, v, err := s.turn(ctx, request)
	if err != nil {
		return Turn{}, err
	}
	refused := func(err *oidc.Error) (Turn, error) {
		var failed error
		t.To, failed = s.refuse(t.Request.Redirect, t.Request.State, err)
		return t, failed
	}
	switch {
	case cancelled:
		return refused(oidc.ErrAccessDenied().WithDescription("the person declined"))
	case t.Step == stepDone:
		t.To, err = s.answer(ctx, t.Request, v)
		return t, err
	case t.Request.silent() && t.Step == stepConsent:
		return refused(&oidc.Error{ErrorType: "consent_required", Description: "the person has not agreed yet"})
	case t.Request.silent():
		return refused(oidc.ErrLoginRequired().WithDescription("the person has to sign in"))
	}
	return t, nil
}

func (s *Service) turn(ctx context.Context, request string) (Turn, viewer, error) {
	r, err := s.store.request(ctx, s.db, request)
	if errors.Is(err, db.ErrNoRows) || err == nil && !r.open(s.clock.Now()) {
		return Turn{}, viewer{}, fault.NewNotFound(i18n.M("Lần đăng nhập này đã hết hạn hoặc đã xong. Hãy quay lại hệ thống đang dùng và bấm đăng nhập lần nữa."))
	}
	if err != nil {
		return Turn{}, viewer{}, fmt.Errorf("read request: %w", err)
	}
	c, err := s.counting(ctx, string(r.ClientID))
	if err != nil {
		return Turn{}, viewer{}, unknownClient(db.ErrNoRows)
	}
	v, err := s.viewer(ctx, c.ID)
	if err != nil {
		return Turn{}, viewer{}, err
	}
	return Turn{Step: r.next(c, v, s.clock.Now()), Request: r, Client: c}, v, nil
}

// viewer returns who sits in front of the screen, and what they agreed to for a client.
func (s *Service) viewer(ctx context.Context, client ClientID) (viewer, error) {
	a := actor.From(ctx)
	session, ok := s.identity.CurrentSession(ctx)
	if !ok || a.Kind != actor.Person && a.Kind != actor.Staff {
		return viewer{}, nil
	}
	v := viewer{account: identity.AccountID(a.ID), session: session.ID, since: session.CreatedAt}
	c, err := s.store.consent(ctx, s.db, v.account, client)
	if errors.Is(err, db.ErrNoRows) {
		return v, nil
	}
	v.agreed, v.agreedAt = c.Scopes, c.GivenAt
	return v, err
}

// answer gives out the code of a request and returns the address that takes it to the client.
func (s *Service) answer(ctx context.Context, r Request, v viewer) (string, error) {
	code := "ltc_" + random()
	hash := hashOf(code)
	r.AccountID, r.SessionID, r.AuthTime, r.CodeHash, r.ExpiresAt = v.account, v.session, &v.since, &hash, s.clock.Now().Add(codeTime)
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err := s.store.answerRequest(ctx, tx, r)
		if err == nil && n == 0 {
			return fault.NewConflict(i18n.M("Lần đăng nhập này đã hết hạn hoặc đã xong. Hãy quay lại hệ thống đang dùng và bấm đăng nhập lần nữa."))
		}
		return err
	})
	if err != nil {
		return "", err
	}
	return s.back(r.Redirect, r.State, url.Values{"code": {code}})
}

// Agree notes that the actor agrees to what a request asks for.
func (s *Service) Agree(ctx context.Context, request string) error {
	t, v, err := s.turn(ctx, request)
	if err != nil {
		return err
	}
	if v.account == "" {
		return fault.NewUnauthenticated(i18n.Msg{})
	}
	c := Consent{AccountID: v.account, ClientID: t.Client.ID, Scopes: slices.Clone(t.Request.Scopes), GivenAt: s.clock.Now()}
	for _, scope := range v.agreed {
		if !slices.Contains(c.Scopes, scope) {
			c.Scopes = append(c.Scopes, scope)
		}
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.saveConsent(ctx, tx, c); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "signon.agree", Object: "signon.client", ObjectID: string(c.ClientID), Detail: map[string]any{"scopes": c.Scopes}})
	})
}

// me returns the actor's own account.
func me(ctx context.Context) (identity.AccountID, error) {
	a := actor.From(ctx)
	if a.Kind != actor.Person && a.Kind != actor.Staff {
		return "", fault.NewUnauthenticated(i18n.Msg{})
	}
	return identity.AccountID(a.ID), nil
}

// MyConsents returns what the actor agreed to, the latest first.
func (s *Service) MyConsents(ctx context.Context) ([]Consent, error) {
	account, err := me(ctx)
	if err != nil {
		return nil, err
	}
	return s.store.consents(ctx, s.db, account)
}

// MyVisits returns up to size+1 visits of the actor, the latest first.
func (s *Service) MyVisits(ctx context.Context, after VisitID, size int) ([]Visit, error) {
	account, err := me(ctx)
	if err != nil {
		return nil, err
	}
	return s.store.visits(ctx, s.db, "", account, after, size)
}

// TakeBack takes the actor's consent for a client back and ends what was given out to it for them. NotFound when there is none.
func (s *Service) TakeBack(ctx context.Context, client ClientID) error {
	account, err := me(ctx)
	if err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err := s.store.dropConsent(ctx, tx, account, client)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.NewNotFound(i18n.M("Ông/bà đã rút lại sự đồng ý này rồi."))
		}
		if err := s.endVisits(ctx, tx, client, account, "", TakenBack); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "signon.take_back", Object: "signon.client", ObjectID: string(client)})
	})
}

func (s *Service) endVisits(ctx context.Context, tx *db.Tx, client ClientID, account identity.AccountID, session identity.SessionID, why Reason) error {
	visits, err := s.store.openVisits(ctx, tx, client, account, session)
	if err != nil {
		return err
	}
	for _, v := range visits {
		if err := s.endVisit(ctx, tx, v, why); err != nil {
			return err
		}
	}
	return nil
}

// Ending (yêu cầu đăng xuất) is a client's wish to sign somebody out.
type Ending struct {
	Client  string // its name, empty when it did not say who it is
	Certain bool   // it has shown whose session it means: no question needed
	To      string // where to lead the person afterwards, registered by the client; may be empty
}

// Ending looks at a client's wish to sign somebody out. Invalid when it names an address that is not registered or
// shows an ID token of somebody else.
func (s *Service) Ending(ctx context.Context, req *oidc.EndSessionRequest) (Ending, error) {
	asked := req.PostLogoutRedirectURI
	e, err := op.ValidateEndSessionRequest(op.ContextWithIssuer(ctx, s.issuer), req, s.provider)
	var wrong *oidc.Error
	if errors.As(err, &wrong) && wrong.ErrorType != oidc.ServerError {
		return Ending{}, fault.New(fault.Invalid, i18n.M("Yêu cầu đăng xuất không đúng: hệ thống gọi tới hoặc địa chỉ quay về chưa được đăng ký. Ông/bà vẫn đăng xuất được bằng nút Đăng xuất ở đầu trang.")).Wrap(err)
	}
	if err != nil {
		return Ending{}, err
	}
	out := Ending{}
	if e.ClientID != "" {
		c, err := s.counting(ctx, e.ClientID)
		if err != nil {
			return Ending{}, err
		}
		out.Client = c.Name
		if asked != "" {
			out.To = e.RedirectURI
		}
	}
	a := actor.From(ctx)
	out.Certain = !a.SignedIn() || e.UserID != "" && e.UserID == a.ID
	return out, nil
}

// SignOut ends the session of the request and the visits that began in it.
func (s *Service) SignOut(ctx context.Context) error {
	session, ok := s.identity.CurrentSession(ctx)
	if !ok {
		return nil
	}
	err := s.db.Tx(ctx, func(tx *db.Tx) error { return s.endVisits(ctx, tx, "", "", session.ID, SignedOut) })
	if err != nil {
		return fmt.Errorf("end visits: %w", err)
	}
	return s.identity.SignOut(ctx)
}
