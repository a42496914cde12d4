// Package seal keeps secrets the program must be able to read again, such as the
// seeds of one-time codes, keys that sign and passwords for other systems: sealed
// with AES-256-GCM under a key that lies outside of the database. Whoever copies
// the database alone reads none of them.
//
// A keyring holds one or more keys, the newest first. The newest seals, all open,
// so a key can be replaced at leisure: put the new one in front, seal everything
// again, take the old one away.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// keySize is the length of a key in bytes.
const keySize = 32

// form names the way of sealing, for the day when there is another one.
const form = "s1"

// ErrUnreadable is the error of a secret that was changed, sealed for another purpose, or sealed with a key that is not on the ring.
var ErrUnreadable = errors.New("sealed secret cannot be read")

// Keyring is the keys of a program. It is safe for concurrent use.
type Keyring struct{ keys []key }

type key struct {
	id   string
	raw  []byte
	aead cipher.AEAD
}

// Parse reads keys, 32 bytes in base64 each, separated by commas or white space, the newest first. Lines that begin with # are remarks.
func Parse(text string) (*Keyring, error) {
	var k Keyring
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		for _, word := range strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\r' || r == '\n' }) {
			raw, err := base64.StdEncoding.DecodeString(word)
			if err != nil || len(raw) != keySize {
				return nil, fmt.Errorf("key %d of the ring is not %d bytes in base64", len(k.keys)+1, keySize)
			}
			if err := k.add(raw); err != nil {
				return nil, err
			}
		}
	}
	if len(k.keys) == 0 {
		return nil, errors.New("the ring has no key")
	}
	return &k, nil
}

// Generate returns a new key as Parse reads it.
func Generate() string {
	raw := make([]byte, keySize)
	rand.Read(raw) // never fails
	return base64.StdEncoding.EncodeToString(raw)
}

func (k *Keyring) add(raw []byte) error {
	block, err := aes.NewCipher(raw)
	if err != nil {
		return err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(append([]byte("seal key id\x00"), raw...))
	k.keys = append(k.keys, key{id: hex.EncodeToString(sum[:6]), raw: raw, aead: aead})
	return nil
}

// Seal returns a secret sealed with the newest key. purpose says what it is and whose, such as "identity.totp 0192…":
// it opens only with the same purpose, so a sealed secret copied into another row is worth nothing.
func (k *Keyring) Seal(purpose, secret string) string {
	newest := k.keys[0]
	return form + "." + newest.id + "." + base64.RawURLEncoding.EncodeToString(newest.aead.Seal(nil, nil, []byte(secret), []byte(purpose)))
}

// Open returns the secret that Seal sealed for the purpose, or ErrUnreadable.
func (k *Keyring) Open(purpose, sealed string) (string, error) {
	parts := strings.Split(sealed, ".")
	if len(parts) != 3 || parts[0] != form {
		return "", fmt.Errorf("%w: it has no form known here", ErrUnreadable)
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	for _, at := range k.keys {
		if at.id != parts[1] {
			continue
		}
		plain, err := at.aead.Open(nil, nil, raw, []byte(purpose))
		if err != nil {
			return "", fmt.Errorf("%w: it was changed or belongs to something else", ErrUnreadable)
		}
		return string(plain), nil
	}
	return "", fmt.Errorf("%w: its key %s is not on the ring", ErrUnreadable, parts[1])
}

// Stale reports whether a sealed secret should be sealed again because another key is the newest.
func (k *Keyring) Stale(sealed string) bool {
	return !strings.HasPrefix(sealed, form+"."+k.keys[0].id+".")
}

// Derive returns a key of 32 bytes for one purpose, such as signing links. Every key of the ring has its own, the newest first:
// make with the first, accept with all.
func (k *Keyring) Derive(purpose string) [][]byte {
	derived := make([][]byte, len(k.keys))
	for i, at := range k.keys {
		raw, err := hkdf.Key(sha256.New, at.raw, nil, "seal derive\x00"+purpose, keySize)
		if err != nil {
			panic(err) // the length is allowed
		}
		derived[i] = raw
	}
	return derived
}

func (k *Keyring) ids() []string {
	ids := make([]string, len(k.keys))
	for i, at := range k.keys {
		ids[i] = at.id
	}
	return ids
}
