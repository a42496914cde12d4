package dossier

import (
	"crypto/rand"
	"fmt"
	"regexp"
	"strings"

	"lienthong/internal/kit/clock"
)

// Number returns a dossier code (mã hồ sơ): the code of the unit, the date and
// the number of the day in that unit, at least four digits.
//
// Law: 01/2018/TT-VPCP Đ.19
func Number(unitCode string, day clock.Date, n int64) string {
	return fmt.Sprintf("%s-%02d%02d%02d-%04d", unitCode, day.Year%100, int(day.Month), day.Day, n)
}

// codeForm accepts both forms of unit codes, the one of 01/2018 with four groups
// and the shorter one with leading groups dropped.
var codeForm = regexp.MustCompile(`^(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{1,3}){0,3}-\d{6}-\d{4,}$`)

// CleanCode brings what somebody typed or scanned into the form of a dossier
// code and reports whether it is one.
func CleanCode(s string) (string, bool) {
	s = strings.ToUpper(squeezeSpaces(s))
	for _, dash := range []string{"\u2013", "\u2014", "\u2212", "_"} {
		s = strings.ReplaceAll(s, dash, "-")
	}
	return s, codeForm.MatchString(s)
}

func squeezeSpaces(s string) string { return strings.Join(strings.Fields(s), "") }

// secretAlphabet has no signs that are taken for one another when read aloud or typed off paper.
const secretAlphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// secretLength is the number of signs of the secret on a receipt.
const secretLength = 6

// newSecret returns a random secret for a receipt.
func newSecret() string { return randomCode(secretLength) }

// randomCode returns n random signs that are not taken for one another.
func randomCode(n int) string {
	b := make([]byte, n)
	out := make([]byte, 0, n)
	for len(out) < n {
		_, _ = rand.Read(b) // never fails
		for _, x := range b {
			if int(x) < 256/len(secretAlphabet)*len(secretAlphabet) && len(out) < n {
				out = append(out, secretAlphabet[int(x)%len(secretAlphabet)])
			}
		}
	}
	return string(out)
}

// CleanSecret brings a typed secret into its stored form.
func CleanSecret(s string) string { return strings.ToUpper(squeezeSpaces(s)) }
