package signon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"lienthong/internal/audit"
	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/id"
)

// refreshMark is how refresh tokens begin.
const refreshMark = "ltr_"

// codeRequest is an answered request as the library sees it when its code comes.
type codeRequest struct{ Request }

// GetID is the id of the request.
func (r codeRequest) GetID() string { return r.ID }

// GetACR says nothing of levels of assurance.
func (r codeRequest) GetACR() string { return "" }

// GetAMR says nothing of how the person signed in.
func (r codeRequest) GetAMR() []string { return nil }

// GetAudience is whom the tokens are for.
func (r codeRequest) GetAudience() []string { return []string{string(r.ClientID)} }

// GetAuthTime is when the person signed in.
func (r codeRequest) GetAuthTime() time.Time { return *r.AuthTime }

// GetClientID is whose request it is.
func (r codeRequest) GetClientID() string { return string(r.ClientID) }

// GetCodeChallenge is what the client must have the verifier of.
func (r codeRequest) GetCodeChallenge() *oidc.CodeChallenge {
	return &oidc.CodeChallenge{Challenge: r.Challenge, Method: oidc.CodeChallengeMethodS256}
}

// GetNonce comes back in the ID token.
func (r codeRequest) GetNonce() string { return r.Nonce }

// GetRedirectURI is where the code was sent.
func (r codeRequest) GetRedirectURI() string { return r.Redirect }

// GetResponseType is the code flow.
func (r codeRequest) GetResponseType() oidc.ResponseType { return oidc.ResponseTypeCode }

// GetResponseMode is the query.
func (r codeRequest) GetResponseMode() oidc.ResponseMode { return oidc.ResponseModeQuery }

// GetScopes is what was agreed to.
func (r codeRequest) GetScopes() []string { return r.Scopes }

// GetState came back with the code.
func (r codeRequest) GetState() string { return r.State }

// GetSubject is who signed on.
func (r codeRequest) GetSubject() string { return string(r.AccountID) }

// Done reports whether somebody signed on.
func (r codeRequest) Done() bool { return r.AccountID != "" }

// refreshRequest is a refresh token that counts, with the visit it belongs to.
type refreshRequest struct {
	visit Visit
	token Token
	now   []string // scopes of the new access token
}

// GetAMR says nothing of how the person signed in.
func (r *refreshRequest) GetAMR() []string { return nil }

// GetAudience is whom the tokens are for.
func (r *refreshRequest) GetAudience() []string { return []string{string(r.visit.ClientID)} }

// GetAuthTime is when the person signed in.
func (r *refreshRequest) GetAuthTime() time.Time { return r.visit.AuthTime }

// GetClientID is whose token it is.
func (r *refreshRequest) GetClientID() string { return string(r.visit.ClientID) }

// GetScopes is what the new access token allows.
func (r *refreshRequest) GetScopes() []string { return r.now }

// GetSubject is who signed on.
func (r *refreshRequest) GetSubject() string { return string(r.visit.AccountID) }

// SetCurrentScopes narrows the new access token.
func (r *refreshRequest) SetCurrentScopes(list []string) { r.now = list }

// AuthRequestByCode returns the request that a code was given for. A code that comes again ends what it was used for.
func (t storage) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	r, err := t.s.store.requestByCode(ctx, t.s.db, hashOf(code))
	if err != nil {
		return nil, err
	}
	if r.VisitID != "" {
		return nil, t.s.reused(ctx, r.VisitID, "code")
	}
	if !t.s.clock.Now().Before(r.ExpiresAt) {
		return nil, oidc.ErrInvalidGrant().WithDescription("the code has run out")
	}
	if _, err := t.s.holder(ctx, r.AccountID); err != nil {
		return nil, err
	}
	return codeRequest{r}, nil
}

// DeleteAuthRequest leaves the request until it is cleaned away: a second use of its code must be seen.
func (t storage) DeleteAuthRequest(context.Context, string) error { return nil }

// reused ends a visit whose code or refresh token came a second time.
func (s *Service) reused(ctx context.Context, visit VisitID, kind string) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		v, err := s.store.visit(ctx, tx, visit)
		if err != nil {
			return err
		}
		n, err := s.store.endVisit(ctx, tx, visit, Reused, s.clock.Now())
		if err != nil || n == 0 {
			return err
		}
		if err := event.Publish(ctx, tx, EventTokenReused, TokenReused{v.ClientID, visit, v.AccountID, kind}); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "signon.end_reused", Object: "signon.visit", ObjectID: string(visit),
			Detail: map[string]any{"client_id": string(v.ClientID), "account_id": string(v.AccountID), "kind": kind}})
	})
	if err != nil {
		return oidc.ErrServerError().WithParent(err)
	}
	return oidc.ErrInvalidGrant().WithDescription("the %s was used before", kind)
}

// errReused leaves a transaction in which a code or token turned out to be used.
var errReused = errors.New("used before")

// CreateAccessToken gives out an access token: for a code, with a new visit, or to a program for itself.
func (t storage) CreateAccessToken(ctx context.Context, request op.TokenRequest) (string, time.Time, error) {
	token, _, err := t.s.give(ctx, request, false)
	return token.ID, token.ExpiresAt, err
}

// CreateAccessAndRefreshTokens gives out an access token and a refresh token: for a code, or for a refresh token, which is then used up.
func (t storage) CreateAccessAndRefreshTokens(ctx context.Context, request op.TokenRequest, _ string) (string, string, time.Time, error) {
	token, refresh, err := t.s.give(ctx, request, true)
	return token.ID, refresh, token.ExpiresAt, err
}

func (s *Service) give(ctx context.Context, request op.TokenRequest, offline bool) (access Token, refresh string, err error) {
	now := s.clock.Now()
	access = Token{ID: id.New(), Kind: accessToken, Scopes: request.GetScopes(), CreatedAt: now, ExpiresAt: now.Add(s.config.Access)}
	var visit VisitID
	kind := "code"
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		switch r := request.(type) {
		case codeRequest:
			v, err := s.beginVisit(ctx, tx, r.Request, now)
			if err != nil {
				return err
			}
			visit, access.VisitID, access.ClientID, access.AccountID = v.ID, &v.ID, v.ClientID, v.AccountID
		case *refreshRequest:
			visit, kind = r.visit.ID, "refresh"
			access.VisitID, access.ClientID, access.AccountID = &r.visit.ID, r.visit.ClientID, r.visit.AccountID
			if n, err := s.store.useToken(ctx, tx, r.token.ID, now); err != nil {
				return err
			} else if n == 0 {
				return errReused
			}
		case programRequest:
			access.ClientID, access.AccountID = r.client.ID, r.client.AccountID
		default:
			return fmt.Errorf("a request of the kind %T: %w", request, errNotHere)
		}
		if err := s.store.insertToken(ctx, tx, access); err != nil || !offline {
			return err
		}
		refresh, err = s.addRefresh(ctx, tx, request, access)
		return err
	})
	switch {
	case errors.Is(err, errReused) && kind == "refresh":
		return Token{}, "", s.reused(ctx, visit, kind)
	case errors.Is(err, errReused):
		return Token{}, "", oidc.ErrInvalidGrant().WithDescription("the code was used before")
	case err != nil:
		return Token{}, "", oidc.ErrServerError().WithParent(err)
	}
	return access, refresh, nil
}

// addRefresh adds a refresh token beside an access token, with all scopes of the visit.
func (s *Service) addRefresh(ctx context.Context, tx *db.Tx, request op.TokenRequest, access Token) (string, error) {
	secret := refreshMark + random()
	hash := hashOf(secret)
	t := access
	t.ID, t.Kind, t.Hash, t.ExpiresAt = id.New(), refreshToken, &hash, access.CreatedAt.Add(s.config.Refresh)
	if r, ok := request.(*refreshRequest); ok {
		t.Scopes = r.token.Scopes
	}
	return secret, s.store.insertToken(ctx, tx, t)
}

// beginVisit notes that somebody signed on; errReused when the code was used meanwhile.
func (s *Service) beginVisit(ctx context.Context, tx *db.Tx, r Request, now time.Time) (Visit, error) {
	v := Visit{ID: VisitID(id.New()), ClientID: r.ClientID, AccountID: r.AccountID, SessionID: r.SessionID, Scopes: r.Scopes, IP: actor.From(ctx).IP,
		AuthTime: *r.AuthTime, CreatedAt: now}
	n, err := s.store.useRequest(ctx, tx, r.ID, v.ID)
	if err != nil {
		return Visit{}, err
	}
	if n == 0 {
		return Visit{}, errReused
	}
	if err := s.store.insertVisit(ctx, tx, v); err != nil {
		return Visit{}, err
	}
	return v, s.record(ctx, tx, audit.Entry{Action: "signon.begin_visit", Object: "signon.visit", ObjectID: string(v.ID),
		Detail: map[string]any{"client_id": string(v.ClientID), "account_id": string(v.AccountID), "scopes": strings.Join(v.Scopes, " ")}})
}

// TokenRequestByRefreshToken returns what a refresh token is good for. One that comes again ends its visit.
func (t storage) TokenRequestByRefreshToken(ctx context.Context, refresh string) (op.RefreshTokenRequest, error) {
	token, err := t.s.store.tokenByHash(ctx, t.s.db, refreshToken, hashOf(refresh))
	if err != nil {
		return nil, err
	}
	if token.UsedAt != nil {
		return nil, t.s.reused(ctx, *token.VisitID, "refresh token")
	}
	if !token.counts(t.s.clock.Now()) {
		return nil, oidc.ErrInvalidGrant().WithDescription("the refresh token has run out")
	}
	if _, err := t.s.holder(ctx, token.AccountID); err != nil {
		return nil, err
	}
	v, err := t.s.store.visit(ctx, t.s.db, *token.VisitID)
	if err != nil {
		return nil, err
	}
	return &refreshRequest{v, token, token.Scopes}, nil
}

// GetRefreshTokenInfo returns whose a refresh token is.
func (t storage) GetRefreshTokenInfo(ctx context.Context, client, refresh string) (string, string, error) {
	token, err := t.s.store.tokenByHash(ctx, t.s.db, refreshToken, hashOf(refresh))
	if errors.Is(err, db.ErrNoRows) || err == nil && string(token.ClientID) != client {
		return "", "", op.ErrInvalidRefreshToken
	}
	return string(token.AccountID), token.ID, err
}

// RevokeToken ends a token at its client's wish: an access token alone, a refresh token with its visit. A token that
// is unknown or another client's is no error and stays.
func (t storage) RevokeToken(ctx context.Context, token, _, client string) *oidc.Error {
	s, now := t.s, t.s.clock.Now()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		for _, kind := range []string{accessToken, refreshToken} {
			found, err := s.store.token(ctx, tx, kind, token)
			if errors.Is(err, db.ErrNoRows) || err == nil && string(found.ClientID) != client {
				continue
			}
			if err != nil {
				return err
			}
			if kind == accessToken {
				return s.store.endToken(ctx, tx, found.ID, now)
			}
			return s.endVisit(ctx, tx, *found.VisitID, GivenUp)
		}
		return nil
	})
	if err != nil {
		return oidc.ErrServerError().WithParent(err)
	}
	return nil
}

// endVisit ends a visit and writes it down.
func (s *Service) endVisit(ctx context.Context, tx *db.Tx, visit VisitID, why Reason) error {
	n, err := s.store.endVisit(ctx, tx, visit, why, s.clock.Now())
	if err != nil || n == 0 {
		return err
	}
	return s.record(ctx, tx, audit.Entry{Action: "signon.end_visit", Object: "signon.visit", ObjectID: string(visit), Detail: map[string]any{"reason": string(why)}})
}

// errSpent is the error of a token that does not count any more.
var errSpent = errors.New("the token does not count any more")

// access returns an access token that counts, by its id.
func (s *Service) access(ctx context.Context, token, subject string) (Token, error) {
	found, err := s.store.token(ctx, s.db, accessToken, token)
	if err != nil {
		return Token{}, err
	}
	if !found.counts(s.clock.Now()) || string(found.AccountID) != subject {
		return Token{}, errSpent
	}
	_, err = s.counting(ctx, string(found.ClientID))
	return found, err
}

// SetUserinfoFromToken says who somebody is to whoever holds an access token for it.
func (t storage) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, token, subject, _ string) error {
	found, err := t.s.access(ctx, token, subject)
	if err != nil || !slices.Contains(found.Scopes, ScopeOpenID) {
		return oidc.ErrAccessDenied().WithDescription("the access token does not count").WithParent(err)
	}
	h, err := t.s.holder(ctx, found.AccountID)
	if err != nil {
		return err
	}
	tell(info, h, found.Scopes)
	return nil
}

// SetUserinfoFromRequest says in an ID token who somebody is.
func (t storage) SetUserinfoFromRequest(ctx context.Context, info *oidc.UserInfo, request op.IDTokenRequest, granted []string) error {
	h, err := t.s.holder(ctx, identity.AccountID(request.GetSubject()))
	if err != nil {
		return err
	}
	tell(info, h, granted)
	return nil
}

// SetIntrospectionFromToken says what a token is worth, to its own client and to systems of the province.
func (t storage) SetIntrospectionFromToken(ctx context.Context, r *oidc.IntrospectionResponse, token, subject, client string) error {
	found, err := t.s.access(ctx, token, subject)
	if err != nil {
		return err
	}
	asking, err := t.s.counting(ctx, client)
	if err != nil {
		return err
	}
	if found.ClientID != asking.ID && !asking.Trusted {
		return errors.New("another client's token")
	}
	h, err := t.s.holder(ctx, found.AccountID)
	if err != nil {
		return err
	}
	r.Scope, r.ClientID, r.TokenType, r.Subject, r.Issuer = found.Scopes, string(found.ClientID), oidc.BearerToken, string(found.AccountID), t.s.issuer
	r.Expiration, r.IssuedAt, r.JWTID = oidc.FromTime(found.ExpiresAt), oidc.FromTime(found.CreatedAt), found.ID
	r.Audience = oidc.Audience{string(found.ClientID)}
	if len(h.Account.Names) > 0 {
		r.Username = h.Account.Names[0].Text
	}
	return nil
}

// Bearer returns whom a program acts as with an access token at the API; ok is false for a token that does not count.
// Tokens of people who signed on to a client open nothing here: they say who somebody is.
func (s *Service) Bearer(ctx context.Context, token string) (a identity.Access, ok bool, err error) {
	text, err := tokenSeal{s}.Decrypt(token)
	if err != nil {
		return identity.Access{}, false, nil
	}
	name, subject, _ := strings.Cut(text, ":")
	found, err := s.access(ctx, name, subject)
	switch {
	case errors.Is(err, db.ErrNoRows), errors.Is(err, errSpent), errors.Is(err, oidc.ErrInvalidClient()), err == nil && found.VisitID != nil:
		return identity.Access{}, false, nil
	case err != nil:
		return identity.Access{}, false, fmt.Errorf("access token: %w", err)
	}
	return identity.Access{ID: found.ID, AccountID: found.AccountID, Scopes: programScopes(found.Scopes)}, true, nil
}
