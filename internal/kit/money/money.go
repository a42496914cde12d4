// Package money handles amounts in đồng, the currency unit without fractions.
package money

import "strconv"

// VND is an amount in đồng.
type VND int64

// String returns the amount as people read it: "1.234.567 đ".
func (v VND) String() string { return Group(int64(v)) + " đ" }

// Group returns n with a dot after every three digits.
func Group(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return sign + s
}
