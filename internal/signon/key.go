package signon

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	jose "github.com/go-jose/go-jose/v4"
)

// Algorithms are those a key can be made for.
var algorithms = []string{"RS256", "ES256", "ES384"}

// Validate finds settings that cannot work.
func (c Config) Validate() error {
	if c.Algorithm != "" && !slices.Contains(algorithms, c.Algorithm) {
		return fmt.Errorf("algorithm: phải là RS256, ES256 hoặc ES384")
	}
	if d := c.withDefaults(); d.Rotate < 4*d.Access || d.Rotate < time.Hour {
		return fmt.Errorf("rotate: phải từ 1h trở lên và ít nhất gấp bốn lần access")
	}
	return nil
}

// Key (khóa ký) signs ID tokens from UseFrom until the next key takes over.
type Key struct {
	ID        string    `db:"id"`
	Seq       int64     `db:"seq"`
	Algorithm string    `db:"algorithm"`
	Public    string    `db:"public"` // PKIX in base64
	Sealed    string    `db:"sealed"` // PKCS 8 in base64, sealed; empty once the key is spent
	CreatedAt time.Time `db:"created_at"`
	UseFrom   time.Time `db:"use_from"`
}

// overlap is how long a key is published before it signs, and at least how long after: clients look at the list of
// keys now and then only. A quarter of its time is enough for a key that lives short.
func (c Config) overlap() time.Duration { return min(24*time.Hour, c.Rotate/4) }

// signing returns the key that signs at a moment: the last one whose time has begun. keys are in the order of Seq.
func signing(keys []Key, now time.Time) (Key, bool) {
	for _, k := range slices.Backward(keys) {
		if !now.Before(k.UseFrom) {
			return k, true
		}
	}
	return Key{}, false
}

// spent reports whether a key has been followed for so long that nothing it signed counts any more.
func (c Config) spent(keys []Key, k Key, now time.Time) bool {
	for _, next := range keys {
		if next.Seq > k.Seq && now.After(next.UseFrom.Add(c.Access+leeway+c.overlap())) {
			return true
		}
	}
	return false
}

// published returns the keys that clients should know at a moment.
func (c Config) published(keys []Key, now time.Time) []Key {
	return slices.DeleteFunc(slices.Clone(keys), func(k Key) bool { return c.spent(keys, k, now) })
}

// due says when the next key should begin to sign; ok is false while it is too early to make it.
func (c Config) due(keys []Key, now time.Time) (useFrom time.Time, ok bool) {
	if len(keys) == 0 {
		return now, true
	}
	last := keys[len(keys)-1]
	next := last.UseFrom.Add(c.Rotate)
	if now.Before(next.Add(-c.overlap())) {
		return time.Time{}, false
	}
	return later(next, now.Add(c.overlap())), true // also after the program stood still for long, it is published first
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// generate makes a key pair, both halves in base64.
func generate(algorithm string) (private, public string, err error) {
	var key crypto.Signer
	switch algorithm {
	case "ES256":
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "ES384":
		key, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	default:
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		return "", "", fmt.Errorf("make signing key: %w", err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", "", fmt.Errorf("write signing key: %w", err)
	}
	pub, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return "", "", fmt.Errorf("write public key: %w", err)
	}
	return base64.StdEncoding.EncodeToString(raw), base64.StdEncoding.EncodeToString(pub), nil
}

// signingKey is a key as the library takes it for signing.
type signingKey struct {
	id        string
	algorithm jose.SignatureAlgorithm
	key       any
}

// ID names the key in the head of a token.
func (k signingKey) ID() string { return k.id }

// SignatureAlgorithm is the algorithm of the key.
func (k signingKey) SignatureAlgorithm() jose.SignatureAlgorithm { return k.algorithm }

// Key is the private key.
func (k signingKey) Key() any { return k.key }

// publicKey is a key as the library publishes it.
type publicKey struct{ signingKey }

// Algorithm is the algorithm of the key.
func (k publicKey) Algorithm() jose.SignatureAlgorithm { return k.algorithm }

// Use says that the key is for signatures.
func (k publicKey) Use() string { return "sig" }

func (k Key) open(private string) (signingKey, error) {
	raw, err := base64.StdEncoding.DecodeString(private)
	if err != nil {
		return signingKey{}, err
	}
	key, err := x509.ParsePKCS8PrivateKey(raw)
	if err != nil {
		return signingKey{}, fmt.Errorf("signing key %s: %w", k.ID, err)
	}
	return signingKey{k.ID, jose.SignatureAlgorithm(k.Algorithm), key}, nil
}

func (k Key) public() (publicKey, error) {
	raw, err := base64.StdEncoding.DecodeString(k.Public)
	if err != nil {
		return publicKey{}, err
	}
	key, err := x509.ParsePKIXPublicKey(raw)
	if err != nil {
		return publicKey{}, fmt.Errorf("public key %s: %w", k.ID, err)
	}
	return publicKey{signingKey{k.ID, jose.SignatureAlgorithm(k.Algorithm), key}}, nil
}

// errNoKey is the error of a token whose key is not known here or is for another algorithm.
var errNoKey = errors.New("no key of this name and algorithm")
