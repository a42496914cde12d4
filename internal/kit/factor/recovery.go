package factor

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// letters of recovery codes: without those that look like a digit on paper. There are 32, so a byte chooses evenly.
const letters = "23456789abcdefghijkmnpqrstuvwxyz"

// A recovery code has three groups of four letters: 59 bits.
const (
	groups   = 3
	groupLen = 4
)

// NewCodes returns recovery codes as people keep them: "h7kd-29mx-wq4f".
func NewCodes(n int) []string {
	codes := make([]string, n)
	for i := range codes {
		codes[i] = newCode()
	}
	return codes
}

func newCode() string {
	raw := make([]byte, groups*groupLen)
	rand.Read(raw) // never fails
	for i, c := range raw {
		raw[i] = letters[int(c)%len(letters)]
	}
	return dashed(string(raw))
}

func dashed(s string) string {
	return s[:groupLen] + "-" + s[groupLen:2*groupLen] + "-" + s[2*groupLen:]
}

// CleanCode brings a typed recovery code into the form of NewCodes; ok is false when it cannot be one.
func CleanCode(typed string) (code string, ok bool) {
	code = unspaced(strings.ToLower(typed))
	if len(code) != groups*groupLen || strings.Trim(code, letters) != "" {
		return "", false
	}
	return dashed(code), true
}

// CodeHash returns what is kept of a recovery code: nothing can be tried on a copy of the database without the key.
func CodeHash(key []byte, holder, code string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(holder + "\x00" + code))
	return hex.EncodeToString(mac.Sum(nil))
}
