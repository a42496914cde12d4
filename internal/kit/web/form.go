package web

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// Values are the fields of a form as typed, cleaned: composed (NFC), without control characters, without spaces at the ends.
type Values url.Values

const maxFields = 2000

// Form reads the query and the URL-encoded body of a request. The limit of the route holds.
func Form(r *http.Request) (Values, error) {
	if err := r.ParseForm(); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return nil, TooLarge(big.Limit)
		}
		return nil, BadRequest(i18n.M("Không đọc được biểu mẫu. Hãy tải lại trang rồi gửi lại."))
	}
	return cleanValues(r.Form)
}

// Query reads the query of a request.
func Query(r *http.Request) (Values, error) { return cleanValues(r.URL.Query()) }

func cleanValues(form url.Values) (Values, error) {
	vs := Values{}
	n := 0
	for name, list := range form {
		for _, v := range list {
			if n++; n > maxFields {
				return nil, BadRequest(i18n.M("Biểu mẫu có quá nhiều mục."))
			}
			if err := vs.add(name, v); err != nil {
				return nil, err
			}
		}
	}
	return vs, nil
}

func (vs Values) add(name, value string) error {
	if !utf8.ValidString(name) || !utf8.ValidString(value) {
		return BadRequest(i18n.M("Biểu mẫu phải dùng bảng mã UTF-8."))
	}
	vs[name] = append(vs[name], cleanText(value))
	return nil
}

// cleanText keeps line breaks, as in text areas.
func cleanText(s string) string {
	s = strings.ReplaceAll(vntext.NFC(s), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r == '\uFEFF' || r == '\u200b' {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// Get returns the first value of a field.
func (vs Values) Get(name string) string { return url.Values(vs).Get(name) }

// Line returns the first value of a field as one line with single spaces: names, numbers, codes.
func (vs Values) Line(name string) string { return vntext.Clean(vs.Get(name)) }

// All returns all values of a field that are not empty.
func (vs Values) All(name string) []string {
	var all []string
	for _, v := range vs[name] {
		if v != "" {
			all = append(all, v)
		}
	}
	return all
}

// Has reports whether the field was sent, be it empty.
func (vs Values) Has(name string) bool { return url.Values(vs).Has(name) }

// Bool reports whether a box is ticked.
func (vs Values) Bool(name string) bool {
	switch strings.ToLower(vs.Get(name)) {
	case "", "0", "false", "off", "no":
		return false
	}
	return true
}

// wholeNumber is a number as people write it: plain, or with a dot or space before every three digits.
var wholeNumber = regexp.MustCompile(`^-?(\d+|\d{1,3}([. ]\d{3})+)$`)

// Int returns a whole number; 0 when the field is empty. Dots and spaces may stand between thousands; "1.5" is no whole number.
func (vs Values) Int(name string) (int64, error) {
	s := vs.Line(name)
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.NewReplacer(".", "", " ", "").Replace(s), 10, 64)
	if err != nil || !wholeNumber.MatchString(s) {
		return 0, fault.NewInvalid(name, i18n.M("Hãy nhập một số nguyên, ví dụ 12.000."))
	}
	return n, nil
}

// Date returns a date typed as dd/mm/yyyy or yyyy-mm-dd; the zero Date when the field is empty.
func (vs Values) Date(name string) (clock.Date, error) {
	d, err := clock.ParseDate(vs.Get(name))
	if err != nil {
		return clock.Date{}, fault.NewInvalid(name, i18n.M("Ngày chưa đúng. Hãy nhập ngày/tháng/năm có trên lịch, ví dụ 23/11/2018."))
	}
	return d, nil
}
