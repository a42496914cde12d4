package identity

import (
	"net/mail"
	"regexp"
	"strings"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// NameKind (loại tên đăng nhập) is what a sign-in name is.
type NameKind string

// The kinds.
const (
	Phone     NameKind = "phone"
	Email     NameKind = "email"
	ShortName NameKind = "name" // of officials: "tiepnhan.so-tu-phap"
)

// Name (tên đăng nhập) is one way to name an account when signing in, in the one form it is stored in.
type Name struct {
	Text string   `db:"login"`
	Kind NameKind `db:"kind"`
}

var (
	phoneForm     = regexp.MustCompile(`^0[1-9]\d{8,9}$`)
	phoneLike     = regexp.MustCompile(`^\+?[\d .\-]+$`)
	shortNameForm = regexp.MustCompile(`^[a-z][a-z0-9]*([._-][a-z0-9]+)*$`)
)

func badPhone() i18n.Msg {
	return i18n.M("Số điện thoại có 10 hoặc 11 số và bắt đầu bằng số 0, ví dụ 0905 123 456.")
}

func badEmail() i18n.Msg {
	return i18n.M("Địa chỉ thư điện tử chưa đúng, ví dụ đúng: ten@example.com.")
}

// ParseName brings what somebody typed as a sign-in name into its stored form.
// The error is an Invalid fault at the field "name".
func ParseName(typed string) (Name, error) {
	typed = vntext.Clean(typed)
	switch {
	case strings.Contains(typed, "@"):
		text, err := parseEmail(typed)
		if err != nil {
			return Name{}, fault.NewInvalid("name", badEmail())
		}
		return Name{text, Email}, nil
	case phoneLike.MatchString(typed):
		text, err := parsePhone(typed)
		if err != nil {
			return Name{}, fault.NewInvalid("name", badPhone())
		}
		return Name{text, Phone}, nil
	}
	text := strings.ToLower(typed)
	if len(text) < 3 || len(text) > 64 || !shortNameForm.MatchString(text) {
		return Name{}, fault.NewInvalid("name", i18n.M("Tên đăng nhập có 3 đến 64 ký tự: chữ thường không dấu, số, dấu chấm và gạch nối, bắt đầu bằng chữ."))
	}
	return Name{text, ShortName}, nil
}

// parsePhone returns a number as it is dialled at home: 0905123456.
func parsePhone(typed string) (string, error) {
	n := digits(typed)
	if rest, ok := strings.CutPrefix(n, "+84"); ok {
		n = "0" + strings.TrimPrefix(rest, "0")
	} else if rest, ok := strings.CutPrefix(n, "84"); ok && len(n) >= 11 {
		n = "0" + rest
	}
	if !phoneForm.MatchString(n) {
		return "", fault.NewInvalid("phone", badPhone())
	}
	return n, nil
}

func parseEmail(typed string) (string, error) {
	n := strings.ToLower(typed)
	a, err := mail.ParseAddress(n)
	_, domain, _ := strings.Cut(n, "@")
	if err != nil || a.Address != n || len(n) > 120 || !strings.Contains(strings.Trim(domain, "."), ".") {
		return "", fault.NewInvalid("email", badEmail())
	}
	return n, nil
}
