package org

import (
	"regexp"
	"strings"

	"lienthong/internal/kit/clock"
)

// The schemes of agency codes.
const (
	SchemeQCVN102 = "qcvn102" // 000.00.15.H21
	SchemeQD20    = "qd20"    // H21.15
)

// Code (mã định danh cơ quan) is a unit's code in a scheme, with its validity. A
// Provisional code has the right form, but nobody has confirmed its number.
type Code struct {
	UnitID     UnitID     `db:"unit_id"`
	Scheme     string     `db:"scheme"`
	Code       string     `db:"code"`
	ValidFrom  clock.Date `db:"valid_from"`
	ValidTo    clock.Date `db:"valid_to"`
	Confidence Confidence `db:"confidence"`
	Source     string     `db:"source"`
}

var (
	qcvn102Form = regexp.MustCompile(`^\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}$`)
	qd20Form    = regexp.MustCompile(`^[A-Y]\d{2}(\.[0-9A-Z]+)*$`)
)

// qd20Length is the greatest length of a code of the newer form, with its dots.
const qd20Length = 35

// ValidQCVN102 reports whether a code has the 13-character form LLL.KK.JJ.Xnn: read
// from right to left the letter of the group of provinces or ministries with two
// digits, two digits of the second level, two of the third, three of the fourth;
// zeros stand for "this level itself".
//
// Law: 10/2016/TT-BTTTT (QCVN 102:2016/BTTTT).
func ValidQCVN102(code string) bool { return qcvn102Form.MatchString(code) }

// ValidQD20 reports whether a code has the newer form: at most 35 characters, groups
// of digits and capital letters separated by dots, from the highest level down; the
// first group is a letter from A to Y and two digits.
//
// Law: 20/2020/QĐ-TTg Đ.4.
func ValidQD20(code string) bool { return len(code) <= qd20Length && qd20Form.MatchString(code) }

// ValidCode reports whether a code has the form of its scheme. A scheme other than
// the two that are known takes any text.
func ValidCode(scheme, code string) bool {
	switch scheme {
	case SchemeQCVN102:
		return ValidQCVN102(code)
	case SchemeQD20:
		return ValidQD20(code)
	}
	return code != ""
}

// ToQD20 writes a code of the 13-character form in the newer form: the groups in
// reverse order, without the zeros that end them. 000.00.18.G12 becomes G12.18.
func ToQD20(qcvn102 string) (string, bool) {
	if !ValidQCVN102(qcvn102) {
		return "", false
	}
	g := strings.Split(qcvn102, ".")
	groups := []string{g[3], g[2], g[1], g[0]}
	for len(groups) > 1 && strings.Trim(groups[len(groups)-1], "0") == "" {
		groups = groups[:len(groups)-1]
	}
	return strings.Join(groups, "."), true
}

// ToQCVN102 writes a code of the newer form in the 13-character form. Only codes
// whose groups are digits of that form's widths have one: H21.15 has, H37.DN.001 has not.
func ToQCVN102(qd20 string) (string, bool) {
	groups := strings.Split(qd20, ".")
	if !ValidQD20(qd20) || len(groups) > 4 {
		return "", false
	}
	zeros := []string{"", "00", "00", "000"}
	for len(groups) < 4 {
		groups = append(groups, zeros[len(groups)])
	}
	code := groups[3] + "." + groups[2] + "." + groups[1] + "." + groups[0]
	return code, ValidQCVN102(code)
}

// convert writes a code of one scheme in the other.
func convert(code, from, to string) (string, bool) {
	switch {
	case from == SchemeQCVN102 && to == SchemeQD20:
		return ToQD20(code)
	case from == SchemeQD20 && to == SchemeQCVN102:
		return ToQCVN102(code)
	}
	return "", false
}
