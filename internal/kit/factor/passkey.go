package factor

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Passkeys makes and checks passkeys for one address on the network. It is safe for concurrent use.
type Passkeys struct{ w *webauthn.WebAuthn }

// ErrNoDomain is the error of an address for which browsers make no passkeys.
var ErrNoDomain = errors.New("passkeys need a host name, not a number")

// NewPasskeys returns the passkeys of a site people reach at an address such as "https://example.vn"; title is
// what browsers call it.
func NewPasskeys(address, title string) (*Passkeys, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("address of the site: %w", err)
	}
	if u.Hostname() == "" || net.ParseIP(u.Hostname()) != nil {
		return nil, ErrNoDomain
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: title, RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementPreferred, UserVerification: protocol.VerificationPreferred},
	})
	if err != nil {
		return nil, fmt.Errorf("passkeys: %w", err)
	}
	return &Passkeys{w}, nil
}

// Holder is who has passkeys. Handle names them to their devices for ever and says nothing about them.
type Holder struct {
	Handle      string
	Name        string // "0905123456"
	DisplayName string
	Credentials []string // as Enrolled and Proof return them
}

// Ceremony is a challenge for a device. Options go to the browser; State is kept, for one answer.
type Ceremony struct {
	Options   any
	Challenge string // names the ceremony in the answer
	State     string
}

// Enrolled is a new passkey.
type Enrolled struct {
	ID         string // of the credential, as Proof names it
	Credential string // to be kept, unreadable to others
	Count      int64  // of signatures so far
}

// Proof is what a passkey proved.
type Proof struct {
	ID         string
	Handle     string // of the holder; empty when the device did not say it
	Credential string // to be kept instead of the one before
	Count      int64
	Verified   bool // the device made sure that it is its owner: by a finger, a face or a number
	Cloned     bool // the counter went back: there may be a copy of the passkey
}

// user is a Holder as the library sees it.
type user struct {
	h    Holder
	list []webauthn.Credential
}

func (u *user) WebAuthnID() []byte                         { return []byte(u.h.Handle) }
func (u *user) WebAuthnName() string                       { return u.h.Name }
func (u *user) WebAuthnDisplayName() string                { return u.h.DisplayName }
func (u *user) WebAuthnCredentials() []webauthn.Credential { return u.list }

func (h Holder) user() (*user, error) {
	u := &user{h: h}
	for _, text := range h.Credentials {
		var c webauthn.Credential
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			return nil, fmt.Errorf("read credential: %w", err)
		}
		u.list = append(u.list, c)
	}
	return u, nil
}

func (u *user) descriptors() []protocol.CredentialDescriptor {
	var list []protocol.CredentialDescriptor
	for _, c := range u.list {
		list = append(list, c.Descriptor())
	}
	return list
}

func ceremony(options any, s *webauthn.SessionData) (Ceremony, error) {
	state, err := json.Marshal(s)
	if err != nil {
		return Ceremony{}, fmt.Errorf("keep ceremony: %w", err)
	}
	return Ceremony{options, s.Challenge, string(state)}, nil
}

// Enrol begins the making of a passkey on a device that has none of the holder's yet.
func (p *Passkeys) Enrol(h Holder) (Ceremony, error) {
	u, err := h.user()
	if err != nil {
		return Ceremony{}, err
	}
	options, s, err := p.w.BeginRegistration(u, webauthn.WithExclusions(u.descriptors()))
	if err != nil {
		return Ceremony{}, fmt.Errorf("begin passkey: %w", err)
	}
	return ceremony(options.Response, s)
}

// Ask begins a proof with one of the holder's passkeys.
func (p *Passkeys) Ask(h Holder) (Ceremony, error) {
	u, err := h.user()
	if err != nil {
		return Ceremony{}, err
	}
	options, s, err := p.w.BeginLogin(u, webauthn.WithUserVerification(protocol.VerificationPreferred))
	if err != nil {
		return Ceremony{}, fmt.Errorf("ask for passkey: %w", err)
	}
	return ceremony(options.Response, s)
}

// AskAnybody begins a proof with a passkey alone: the device says whose it is, and has made sure of its owner.
func (p *Passkeys) AskAnybody() (Ceremony, error) {
	options, s, err := p.w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Ceremony{}, fmt.Errorf("ask for any passkey: %w", err)
	}
	return ceremony(options.Response, s)
}

// ErrRefused is the error of an answer that proves nothing.
var ErrRefused = errors.New("passkey refused")

func refused(err error) error {
	var detail *protocol.Error
	if errors.As(err, &detail) && detail.DevInfo != "" {
		return fmt.Errorf("%w: %w: %s", ErrRefused, err, detail.DevInfo)
	}
	return fmt.Errorf("%w: %w", ErrRefused, err)
}

// ChallengeOf returns the challenge that an answer of a browser speaks of, to find its ceremony.
func ChallengeOf(answer []byte) (string, error) {
	var a struct {
		Response struct {
			ClientData protocol.URLEncodedBase64 `json:"clientDataJSON"`
		} `json:"response"`
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return "", refused(err)
	}
	var c protocol.CollectedClientData
	if err := json.Unmarshal(a.Response.ClientData, &c); err != nil {
		return "", refused(err)
	}
	return c.Challenge, nil
}

func session(state string) (webauthn.SessionData, error) {
	var s webauthn.SessionData
	if err := json.Unmarshal([]byte(state), &s); err != nil {
		return s, fmt.Errorf("read ceremony: %w", err)
	}
	return s, nil
}

// Enrolled checks the answer to Enrol; ErrRefused when it proves nothing.
func (p *Passkeys) Enrolled(h Holder, state string, answer []byte) (Enrolled, error) {
	u, err := h.user()
	if err != nil {
		return Enrolled{}, err
	}
	s, err := session(state)
	if err != nil {
		return Enrolled{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Enrolled{}, refused(err)
	}
	c, err := p.w.CreateCredential(u, s, parsed)
	if err != nil {
		return Enrolled{}, refused(err)
	}
	c.Attestation = webauthn.CredentialAttestation{} // nobody looks at it again, and it is long
	raw, err := json.Marshal(c)
	return Enrolled{credentialID(c.ID), string(raw), int64(c.Authenticator.SignCount)}, err
}

// Holders finds the holder of a handle; false when there is none.
type Holders func(handle string) (Holder, bool)

// Proved checks the answer to Ask or AskAnybody; ErrRefused when it proves nothing.
func (p *Passkeys) Proved(find Holders, state string, answer []byte) (Proof, error) {
	s, err := session(state)
	if err != nil {
		return Proof{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Proof{}, refused(err)
	}
	handle := string(s.UserID)
	if handle == "" {
		handle = string(parsed.Response.UserHandle)
	}
	h, ok := find(handle)
	if !ok {
		return Proof{}, fmt.Errorf("%w: nobody has the handle", ErrRefused)
	}
	u, err := h.user()
	if err != nil {
		return Proof{}, err
	}
	var c *webauthn.Credential
	if len(s.UserID) == 0 {
		_, c, err = p.w.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return u, nil }, s, parsed)
	} else {
		c, err = p.w.ValidateLogin(u, s, parsed)
	}
	if err != nil {
		return Proof{}, refused(err)
	}
	proof := Proof{ID: credentialID(c.ID), Handle: handle, Verified: parsed.Response.AuthenticatorData.Flags.HasUserVerified(), Cloned: c.Authenticator.CloneWarning}
	c.Authenticator.CloneWarning = false // is asked anew each time
	raw, err := json.Marshal(c)
	proof.Credential, proof.Count = string(raw), int64(c.Authenticator.SignCount)
	return proof, err
}

func credentialID(raw []byte) string { return protocol.URLEncodedBase64(raw).String() }
