package signon

import (
	"context"
	"errors"
	"fmt"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"

	"lienthong/internal/audit"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/id"
)

// RotateKeys makes the next signing key when it is time, forgets private halves that nobody needs any more and seals
// those again that an older key of the program sealed. A timer calls it; several nodes may do so at once.
func (s *Service) RotateKeys(ctx context.Context) error {
	keys, err := s.store.keys(ctx, s.db)
	if err != nil {
		return fmt.Errorf("read signing keys: %w", err)
	}
	now := s.clock.Now()
	if from, ok := s.config.due(keys, now); ok {
		private, public, err := generate(s.config.Algorithm)
		if err != nil {
			return err
		}
		k := Key{ID: id.New(), Seq: 1, Algorithm: s.config.Algorithm, Public: public, CreatedAt: now, UseFrom: from}
		if len(keys) > 0 {
			k.Seq = keys[len(keys)-1].Seq + 1
		}
		k.Sealed = s.secrets.Seal(purpose(k), private)
		if err := s.addKey(systems(ctx), k); err != nil {
			return err
		}
	}
	for _, k := range keys {
		if err := s.tend(systems(ctx), keys, k); err != nil {
			return err
		}
	}
	return nil
}

func purpose(k Key) string { return "signon.key " + k.ID }

func (s *Service) addKey(ctx context.Context, k Key) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err := s.store.insertKey(ctx, tx, k)
		if err != nil || n == 0 {
			return err // zero: another node was quicker
		}
		return s.record(ctx, tx, audit.Entry{Action: "signon.add_key", Object: "signon.key", ObjectID: k.ID,
			Detail: map[string]any{"algorithm": k.Algorithm, "use_from": k.UseFrom}})
	})
}

// tend looks after the private half of one key.
func (s *Service) tend(ctx context.Context, keys []Key, k Key) error {
	sealed := k.Sealed
	switch {
	case k.Sealed == "":
		return nil
	case s.config.spent(keys, k, s.clock.Now()):
		sealed = ""
	case s.secrets.Stale(k.Sealed):
		private, err := s.secrets.Open(purpose(k), k.Sealed)
		if err != nil {
			return fmt.Errorf("signing key %s: %w", k.ID, err)
		}
		sealed = s.secrets.Seal(purpose(k), private)
	default:
		return nil
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.sealKey(ctx, tx, k.ID, sealed); err != nil || sealed != "" {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "signon.end_key", Object: "signon.key", ObjectID: k.ID})
	})
}

// keys returns the signing keys; the first ones are made when somebody asks.
func (s *Service) keys(ctx context.Context) ([]Key, error) {
	keys, err := s.store.keys(ctx, s.db)
	if err != nil || len(keys) > 0 {
		return keys, err
	}
	if err := s.RotateKeys(ctx); err != nil {
		return nil, err
	}
	return s.store.keys(ctx, s.db)
}

// signer returns the key that signs now.
func (s *Service) signer(ctx context.Context) (signingKey, error) {
	keys, err := s.keys(ctx)
	if err != nil {
		return signingKey{}, err
	}
	k, ok := signing(keys, s.clock.Now())
	if !ok {
		return signingKey{}, errors.New("no signing key counts yet: the clock went back")
	}
	private, err := s.secrets.Open(purpose(k), k.Sealed)
	if err != nil {
		return signingKey{}, fmt.Errorf("signing key %s: %w", k.ID, err)
	}
	return k.open(private)
}

// hintKeys checks tokens that come back as a hint of whose session is meant: they may be old, so every key there ever was counts.
type hintKeys struct{ s *Service }

// VerifySignature returns what a token says when one of the keys signed it, with the algorithm of that key.
func (h hintKeys) VerifySignature(ctx context.Context, jws *jose.JSONWebSignature) ([]byte, error) {
	keys, err := h.s.keys(ctx)
	if err != nil {
		return nil, err
	}
	name, alg := oidc.GetKeyIDAndAlg(jws)
	for _, k := range keys {
		if k.ID != name || k.Algorithm != alg {
			continue
		}
		public, err := k.public()
		if err != nil {
			return nil, err
		}
		return jws.Verify(public.key)
	}
	return nil, errNoKey
}
