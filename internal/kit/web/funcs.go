package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/money"
)

// funcs are the functions of templates in one language.
func (rd *Renderer) funcs(lang string) template.FuncMap {
	return template.FuncMap{
		"t":        func(text any, args ...any) string { return rd.text(lang, text, args) },
		"tc":       func(context, text string, args ...any) string { return rd.inContext(lang, context, text, args) },
		"dict":     dict,
		"list":     func(items ...any) []any { return items },
		"asset":    rd.look.Asset,
		"icon":     rd.look.Icon,
		"date":     Date,
		"datetime": DateTime,
		"isotime":  isoTime,
		"now":      func() time.Time { return rd.look.Clock.Now() },
		"money":    func(v any) (string, error) { return amount(lang, v) },
		"num":      func(v any) (string, error) { return number(lang, v) },
		"size":     Size,
		"safeurl":  safeURL,
		"add":      func(a, b int) int { return a + b },
		"sub":      func(a, b int) int { return a - b },
		"json":     toJSON,
		"link":     Link,
	}
}

// text translates a sentence, or an i18n.Msg with its own arguments.
func (rd *Renderer) text(lang string, text any, args []any) string {
	if m, ok := text.(i18n.Msg); ok {
		return rd.catalog.Msg(lang, m)
	}
	return rd.catalog.T(lang, fmt.Sprint(text), args...)
}

// inContext translates a word that means different things in different places.
// Its key in an overlay is "context|text".
func (rd *Renderer) inContext(lang, context, text string, args []any) string {
	key := context + "|" + text
	if tr := rd.catalog.T(lang, key); tr != key {
		return rd.catalog.T(lang, key, args...)
	}
	return rd.catalog.T(lang, text, args...)
}

func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, errors.New("dict needs a value for every name")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: name %v is not a string", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// moment returns the time in v, in the local zone; false when there is none.
func moment(v any) (time.Time, bool) {
	switch x := v.(type) {
	case time.Time:
		return x.In(clock.Local), !x.IsZero()
	case *time.Time:
		if x == nil {
			return time.Time{}, false
		}
		return x.In(clock.Local), !x.IsZero()
	}
	return time.Time{}, false
}

// Date returns the date of a time or clock.Date as people read it, "23/11/2018"; "" when there is none.
func Date(v any) string {
	switch x := v.(type) {
	case clock.Date:
		return x.Display()
	case *clock.Date:
		if x == nil {
			return ""
		}
		return x.Display()
	}
	if t, ok := moment(v); ok {
		return t.Format("02/01/2006")
	}
	return ""
}

// DateTime returns a time as people read it, "23/11/2018 14:05" in the local zone; "" when there is none.
func DateTime(v any) string {
	if t, ok := moment(v); ok {
		return t.Format("02/01/2006 15:04")
	}
	return Date(v)
}

// isoTime returns a time for the attribute datetime.
func isoTime(v any) string {
	switch x := v.(type) {
	case clock.Date:
		return x.String()
	case *clock.Date:
		if x != nil {
			return x.String()
		}
		return ""
	}
	if t, ok := moment(v); ok {
		return t.Format(time.RFC3339)
	}
	return ""
}

func amount(lang string, v any) (string, error) {
	n, err := number(lang, v)
	return n + " đ", err
}

// number groups digits: dots and a decimal comma in Vietnamese, the other way round elsewhere.
func number(lang string, v any) (string, error) {
	x := reflect.ValueOf(v)
	for x.Kind() == reflect.Pointer && !x.IsNil() {
		x = x.Elem()
	}
	var s string
	switch {
	case x.CanInt():
		s = money.Group(x.Int())
	case x.CanUint() && x.Uint() <= math.MaxInt64:
		s = money.Group(int64(x.Uint()))
	case x.CanFloat():
		whole, part, _ := strings.Cut(strconv.FormatFloat(x.Float(), 'f', -1, 64), ".")
		n, err := strconv.ParseInt(whole, 10, 64)
		if err != nil {
			return "", fmt.Errorf("number %v: %w", v, err)
		}
		s = money.Group(n)
		if n == 0 && strings.HasPrefix(whole, "-") {
			s = "-" + s
		}
		if part != "" {
			s += "," + part
		}
	default:
		return "", fmt.Errorf("%v (%T) is not a number", v, v)
	}
	if lang != i18n.Source {
		s = strings.NewReplacer(".", ",", ",", ".").Replace(s)
	}
	return s, nil
}

// Size returns a number of bytes as people read it: "1,2 MB".
func Size(n int64) string {
	units := []string{"B", "KB", "MB", "GB", "TB"}
	f := float64(n)
	i := 0
	for f >= 1024 && i < len(units)-1 {
		f /= 1024
		i++
	}
	s := strconv.FormatFloat(f, 'f', 1, 64)
	return strings.Replace(strings.TrimSuffix(s, ".0"), ".", ",", 1) + " " + units[i]
}

// safeURL lets a link of a kind that html/template does not know pass: telephone and mail.
func safeURL(s string) template.URL {
	scheme, rest, _ := strings.Cut(s, ":")
	switch strings.ToLower(scheme) {
	case "tel", "sms":
		return template.URL(scheme + ":" + strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' || r == '+' {
				return r
			}
			return -1
		}, rest))
	case "mailto", "http", "https":
		return template.URL(s)
	}
	if local(s) {
		return template.URL(s)
	}
	return "#"
}

func toJSON(v any) (string, error) {
	raw, err := json.Marshal(v)
	return string(raw), err
}

// Bytes is a number of bytes in settings: "20MB", "1,5 GB", "500 KB" or a plain number.
type Bytes int64

// String returns the number as it can be read back.
func (b Bytes) String() string { return strings.ReplaceAll(Size(int64(b)), " ", "") }

// UnmarshalText reads the number; a unit is 1024 of the one below.
func (b *Bytes) UnmarshalText(text []byte) error {
	s := strings.ToUpper(strings.ReplaceAll(string(text), " ", ""))
	unit := int64(1)
	for _, u := range []struct {
		suffix string
		size   int64
	}{{"TB", 1 << 40}, {"GB", 1 << 30}, {"MB", 1 << 20}, {"KB", 1 << 10}, {"B", 1}} {
		if rest, ok := strings.CutSuffix(s, u.suffix); ok {
			s, unit = rest, u.size
			break
		}
	}
	f, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	if err != nil || f < 0 || f*float64(unit) > math.MaxInt64/2 {
		return fmt.Errorf("%q không phải dung lượng, ví dụ 500KB, 20MB, 1GB", text)
	}
	*b = Bytes(f * float64(unit))
	return nil
}
