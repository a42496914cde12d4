// Package factor is the arithmetic of second factors: one-time codes of an app
// (RFC 6238), recovery codes for the day the phone is lost, and passkeys
// (WebAuthn). It keeps nothing: whoever uses it stores seeds, credentials and
// counters, and sees to it that every code and every challenge counts once.
package factor

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// The codes are those every app makes: six digits of SHA-1, a new one every 30 seconds.
const (
	Digits = 6
	Period = 30 * time.Second
)

// skew is by how many periods the clock of a phone may be off, either way.
const skew = 1

var plain = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewSeed returns the secret of a new app: 160 random bits in base32, as apps take them.
func NewSeed() string {
	raw := make([]byte, 20)
	rand.Read(raw) // never fails
	return plain.EncodeToString(raw)
}

// Groups returns a seed in groups of four for typing.
func Groups(seed string) string {
	var b strings.Builder
	for i, r := range seed {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Address returns what the QR code of a seed says: issuer and account are what the app shows.
func Address(issuer, account, seed string) string {
	q := url.Values{"secret": {seed}, "issuer": {issuer}}
	return "otpauth://totp/" + url.PathEscape(issuer+":"+account) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20") // apps do not read +
}

// QR returns a text as a QR code, an SVG picture that stands inside a page. title says to screen readers what it is.
func QR(text, title string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", fmt.Errorf("make QR code: %w", err)
	}
	const quiet = 4
	side := code.Bounds().Dx()
	var path strings.Builder
	for y := range side {
		for x := range side {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	size := side + 2*quiet
	return template.HTML(fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="%s" width="220" height="220" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="%s"/></svg>`, //nolint:gosec // numbers, and a title that is escaped
		template.HTMLEscapeString(title), size, size, size, size, path.String())), nil
}

// Code returns the code of a seed at a moment, for tests and for programs that sign in.
func Code(seed string, at time.Time) (string, error) {
	return hotp.GenerateCodeCustom(seed, uint64(step(at)), options)
}

var options = hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

func step(at time.Time) int64 { return at.Unix() / int64(Period/time.Second) }

// Match looks for the period of a code around now, after the last one that was used: a code counts once. It returns
// the period to remember; ok is false when the code is wrong or was used.
func Match(seed, code string, now time.Time, used int64) (period int64, ok bool) {
	code = unspaced(code)
	if len(code) != Digits {
		return 0, false
	}
	for at := step(now) - skew; at <= step(now)+skew; at++ {
		right, err := hotp.ValidateCustom(code, uint64(at), seed, options)
		if err == nil && right && at > used {
			period, ok = at, true // goes on: every code costs the same
		}
	}
	return period, ok
}

// unspaced takes away what people put between the letters of a code.
func unspaced(code string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '.' {
			return -1
		}
		return r
	}, code)
}
