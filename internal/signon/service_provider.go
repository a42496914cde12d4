package signon

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"lienthong/internal/identity"
	"lienthong/internal/kit/db"
)

// Where the provider answers, under the issuer.
const (
	pathAuthorize  = "/signon/authorize"
	pathToken      = "/signon/token"
	pathUserinfo   = "/signon/userinfo"
	pathIntrospect = "/signon/introspect"
	pathRevoke     = "/signon/revoke"
	pathKeys       = "/signon/keys"
	pathEnd        = "/signon/end_session"
)

// tokenMark is how access tokens begin, so that they are recognised where they should not be.
const tokenMark = "lts_"

// newProvider builds the library's provider on the room's storage.
func newProvider(s *Service) (*op.Provider, error) {
	config := &op.Config{CodeMethodS256: true, AuthMethodPost: true, GrantTypeRefreshToken: true, SupportedScopes: scopes,
		SupportedClaims: []string{"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "azp", "at_hash", "name", "preferred_username", "kind", "verified",
			"email", "email_verified", "phone_number", "phone_number_verified", "personal_id", "birthdate", "unit", "posts", "roles", "role_units"}}
	options := []op.Option{
		op.WithCustomEndpoints(op.NewEndpoint(pathAuthorize), op.NewEndpoint(pathToken), op.NewEndpoint(pathUserinfo), op.NewEndpoint(pathRevoke),
			op.NewEndpoint(pathEnd), op.NewEndpoint(pathKeys)),
		op.WithCustomIntrospectionEndpoint(op.NewEndpoint(pathIntrospect)),
		op.WithCrypto(tokenSeal{s}),
		op.WithCORSOptions(nil),
		op.WithIDTokenHintKeySet(hintKeys{s}),
		op.WithIDTokenHintVerifierOpts(op.WithSupportedIDTokenHintSigningAlgorithms(algorithms...)),
		op.WithAccessTokenVerifierOpts(op.WithSupportedAccessTokenSigningAlgorithms(algorithms...)),
	}
	if strings.HasPrefix(s.issuer, "http://") {
		options = append(options, op.WithAllowInsecure())
	}
	p, err := op.NewProvider(config, storage{s}, op.StaticIssuer(s.issuer), options...)
	if err != nil {
		return nil, fmt.Errorf("OpenID provider %s: %w", s.issuer, err)
	}
	return p, nil
}

// tokenSeal makes access tokens of their ids: sealed, so that nobody can make one up.
type tokenSeal struct{ s *Service }

// Encrypt seals what an access token says.
func (t tokenSeal) Encrypt(text string) (string, error) {
	return tokenMark + t.s.secrets.Seal("signon.token", text), nil
}

// Decrypt returns what an access token says.
func (t tokenSeal) Decrypt(token string) (string, error) {
	sealed, ok := strings.CutPrefix(token, tokenMark)
	if !ok {
		return "", errors.New("not an access token")
	}
	return t.s.secrets.Open("signon.token", sealed)
}

// storage is the room as the library sees it.
type storage struct{ s *Service }

var (
	_ op.Storage                   = storage{}
	_ op.ClientCredentialsStorage  = storage{}
	_ op.CanSetUserinfoFromRequest = storage{}
)

// errNotHere is the error of parts of the library that have no address here.
var errNotHere = errors.New("not offered")

// opClient is a client as the library sees it.
type opClient struct {
	Client
	access time.Duration
}

// GetID is its name.
func (c opClient) GetID() string { return string(c.ID) }

// RedirectURIs are where a sign-on may lead back to.
func (c opClient) RedirectURIs() []string { return c.Redirects }

// PostLogoutRedirectURIs are where people may be led after signing out.
func (c opClient) PostLogoutRedirectURIs() []string { return c.Logouts }

// ApplicationType says whether it runs on a server or on people's devices.
func (c opClient) ApplicationType() op.ApplicationType {
	if c.Public {
		return op.ApplicationTypeNative
	}
	return op.ApplicationTypeWeb
}

// AuthMethod is how it proves who it is.
func (c opClient) AuthMethod() oidc.AuthMethod {
	if c.Public {
		return oidc.AuthMethodNone
	}
	return oidc.AuthMethodBasic
}

// ResponseTypes are what may come back from a sign-on: a code.
func (c opClient) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}

// GrantTypes are the ways to a token.
func (c opClient) GrantTypes() []oidc.GrantType {
	var list []oidc.GrantType
	if c.signsOn() {
		list = append(list, oidc.GrantTypeCode, oidc.GrantTypeRefreshToken)
	}
	if c.AccountID != "" && !c.Public {
		list = append(list, oidc.GrantTypeClientCredentials)
	}
	return list
}

// LoginURL is where a request goes on.
func (c opClient) LoginURL(request string) string { return continueAt(request) }

// AccessTokenType says that access tokens are opaque.
func (c opClient) AccessTokenType() op.AccessTokenType { return op.AccessTokenTypeBearer }

// IDTokenLifetime is how long an ID token counts.
func (c opClient) IDTokenLifetime() time.Duration { return c.access }

// DevMode is the library's way around its own checks.
func (c opClient) DevMode() bool { return false }

// RestrictAdditionalIdTokenScopes keeps the personal number out of tokens that travel: it is at the userinfo address.
func (c opClient) RestrictAdditionalIdTokenScopes() func([]string) []string {
	return func(list []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == ScopePersonalID })
	}
}

// RestrictAdditionalAccessTokenScopes changes nothing.
func (c opClient) RestrictAdditionalAccessTokenScopes() func([]string) []string {
	return func(list []string) []string { return list }
}

// IsScopeAllowed reports whether people may be asked for a scope.
func (c opClient) IsScopeAllowed(scope string) bool {
	return !isPermission(scope) && slices.Contains(c.Scopes, scope)
}

// IDTokenUserinfoClaimsAssertion says that ID tokens tell who somebody is: many clients read nothing else.
func (c opClient) IDTokenUserinfoClaimsAssertion() bool { return true }

// ClockSkew is how far the client's clock may be wrong.
func (c opClient) ClockSkew() time.Duration { return leeway }

// client returns a client that counts; an error of the library otherwise.
func (s *Service) counting(ctx context.Context, client string) (Client, error) {
	c, err := s.store.client(ctx, s.db, ClientID(client))
	switch {
	case errors.Is(err, db.ErrNoRows), err == nil && c.ended():
		return Client{}, oidc.ErrInvalidClient().WithDescription("unknown client")
	case err != nil:
		return Client{}, oidc.ErrServerError().WithParent(err)
	}
	return c, nil
}

// GetClientByClientID returns a client that counts.
func (t storage) GetClientByClientID(ctx context.Context, client string) (op.Client, error) {
	c, err := t.s.counting(ctx, client)
	if err != nil {
		return nil, err
	}
	return opClient{c, t.s.config.Access}, nil
}

// AuthorizeClientIDSecret checks a client's secret.
func (t storage) AuthorizeClientIDSecret(ctx context.Context, client, secret string) error {
	c, err := t.s.counting(ctx, client)
	if err != nil {
		return err
	}
	hash, now := []byte(hashOf(secret)), t.s.clock.Now()
	for _, known := range c.Secrets {
		if c.Public || known.EndedAt != nil || subtle.ConstantTimeCompare(hash, []byte(known.Hash)) == 0 {
			continue
		}
		if known.UsedAt != nil && now.Sub(*known.UsedAt) < time.Minute {
			return nil
		}
		err := t.s.db.Tx(ctx, func(tx *db.Tx) error { return t.s.store.touchSecret(ctx, tx, known.ID, now) })
		if err != nil {
			return oidc.ErrServerError().WithParent(err)
		}
		return nil
	}
	return oidc.ErrInvalidClient().WithDescription("wrong secret")
}

// ClientCredentials returns a client that acts by itself.
func (t storage) ClientCredentials(ctx context.Context, client, secret string) (op.Client, error) {
	if err := t.AuthorizeClientIDSecret(ctx, client, secret); err != nil {
		return nil, err
	}
	return t.GetClientByClientID(ctx, client)
}

// programRequest is a program's wish to act by itself.
type programRequest struct {
	client  Client
	granted []string
}

// GetSubject is the account the program acts as.
func (r programRequest) GetSubject() string { return string(r.client.AccountID) }

// GetAudience is whom the token is for.
func (r programRequest) GetAudience() []string { return []string{string(r.client.ID)} }

// GetScopes is what the token allows.
func (r programRequest) GetScopes() []string { return r.granted }

// ClientCredentialsTokenRequest says which permissions a program gets: all it was registered with, or those it asks for.
func (t storage) ClientCredentialsTokenRequest(ctx context.Context, client string, asked []string) (op.TokenRequest, error) {
	c, err := t.s.counting(ctx, client)
	if err != nil {
		return nil, err
	}
	granted := programScopes(c.Scopes)
	if len(asked) > 0 {
		if !covers(granted, asked) {
			return nil, oidc.ErrInvalidScope().WithDescription("a scope the client was not registered with")
		}
		granted = asked
	}
	if _, err := t.s.holder(ctx, c.AccountID); err != nil {
		return nil, err
	}
	return programRequest{c, granted}, nil
}

// holder returns the holder of an account that can be used; invalid_grant otherwise.
func (s *Service) holder(ctx context.Context, account identity.AccountID) (identity.Holder, error) {
	h, err := s.identity.Holder(ctx, account)
	if err != nil {
		return identity.Holder{}, oidc.ErrInvalidGrant().WithDescription("no such account").WithParent(err)
	}
	if h.Account.Status != identity.Active {
		return identity.Holder{}, oidc.ErrInvalidGrant().WithDescription("the account is blocked")
	}
	return h, nil
}

// SigningKey returns the key that signs now.
func (t storage) SigningKey(ctx context.Context) (op.SigningKey, error) {
	k, err := t.s.signer(ctx)
	if err != nil {
		return nil, oidc.ErrServerError().WithParent(err)
	}
	return k, nil
}

// SignatureAlgorithms are those of the published keys.
func (t storage) SignatureAlgorithms(ctx context.Context) ([]jose.SignatureAlgorithm, error) {
	keys, err := t.s.keys(ctx)
	if err != nil {
		return nil, err
	}
	var list []jose.SignatureAlgorithm
	for _, k := range t.s.config.published(keys, t.s.clock.Now()) {
		if alg := jose.SignatureAlgorithm(k.Algorithm); !slices.Contains(list, alg) {
			list = append(list, alg)
		}
	}
	return list, nil
}

// KeySet returns the published keys.
func (t storage) KeySet(ctx context.Context) ([]op.Key, error) {
	keys, err := t.s.keys(ctx)
	if err != nil {
		return nil, err
	}
	var list []op.Key
	for _, k := range t.s.config.published(keys, t.s.clock.Now()) {
		public, err := k.public()
		if err != nil {
			return nil, err
		}
		list = append(list, public)
	}
	return list, nil
}

// Health reports whether the database answers.
func (t storage) Health(ctx context.Context) error {
	_, err := t.s.store.keys(ctx, t.s.db)
	return err
}

// What follows belongs to parts of the library that have no address here.

// CreateAuthRequest is done by Service.Begin.
func (t storage) CreateAuthRequest(context.Context, *oidc.AuthRequest, string) (op.AuthRequest, error) {
	return nil, errNotHere
}

// AuthRequestByID is done by Service.Answer.
func (t storage) AuthRequestByID(context.Context, string) (op.AuthRequest, error) {
	return nil, errNotHere
}

// SaveAuthCode is done by Service.Answer.
func (t storage) SaveAuthCode(context.Context, string, string) error { return errNotHere }

// TerminateSession is done by Service.SignOut.
func (t storage) TerminateSession(context.Context, string, string) error { return errNotHere }

// SetUserinfoFromScopes is done by SetUserinfoFromRequest.
func (t storage) SetUserinfoFromScopes(context.Context, *oidc.UserInfo, string, string, []string) error {
	return nil
}

// GetPrivateClaimsFromScopes says nothing: access tokens are opaque.
func (t storage) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return nil, errNotHere
}

// GetKeyByIDAndClientID knows no keys of clients.
func (t storage) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, errNotHere
}

// ValidateJWTProfileScopes knows no tokens made by clients.
func (t storage) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, errNotHere
}
