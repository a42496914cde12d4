package setting

import (
	"strconv"
	"strings"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/kit/web"
)

// Edit makes a change of a text that somebody asked for with a form: "op" says what, the other values with what. It
// returns the new text. Errors: Invalid by field.
func Edit(kind, text string, v web.Values) (string, error) {
	switch kind {
	case KindCodelists:
		return editCodelist(text, typed{v})
	case KindCalendar:
		return editCalendar(text, typed{v})
	}
	return "", unknownEdit()
}

func unknownEdit() error {
	return fault.NewInvalid("op", i18n.M("Không rõ cần sửa gì. Hãy tải lại trang."))
}

// typed are the values of a form.
type typed struct{ web.Values }

// number returns a place in a list of n items.
func (t typed) number(name string, n int) (int, error) {
	i, err := strconv.Atoi(t.Get(name))
	if err != nil || i < 0 || i >= n {
		return 0, fault.NewConflict(i18n.M("Mục này không còn trong bản thảo. Hãy tải lại trang."))
	}
	return i, nil
}

// lines returns the lines that are not empty.
func (t typed) lines(name string) []string {
	var out []string
	for l := range strings.Lines(vntext.NFC(t.Get(name))) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}
