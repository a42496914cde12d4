package notice

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lienthong/internal/kit/vntext"
)

// A text names data as {code}. What stands between [[ and ]] is left out when one of the data it names is missing or
// empty. A text has no other abilities: it cannot repeat, call or contain another one, so nobody who may write texts
// can hold up the program, and data are only ever put in, never read as text.
var mark = regexp.MustCompile(`\[\[|\]\]|\{([a-z][a-z0-9_]*)\}`)

// Bounds of a text.
const (
	maxSubject  = 150
	maxBody     = 4000
	maxSMS      = 480 // as written, without data
	maxRendered = 20_000
)

// Check reports what is wrong with a text: an unknown name, brackets that do not close, a length.
func (t *Text) Check(ch Channel, sample map[string]any) error {
	switch {
	case strings.TrimSpace(t.Body) == "" && (ch != InApp || strings.TrimSpace(t.Subject) == ""):
		return textError{"empty"}
	case (ch == InApp || ch == Email) && strings.TrimSpace(t.Subject) == "":
		return textError{"subject"}
	case utf8.RuneCountInString(t.Subject) > maxSubject, utf8.RuneCountInString(t.Body) > maxBody, ch == SMS && utf8.RuneCountInString(t.Body) > maxSMS:
		return textError{"long"}
	}
	for _, s := range []string{t.Subject, t.Body} {
		open := false
		for _, m := range mark.FindAllStringSubmatch(s, -1) {
			switch {
			case m[0] == "[[" && open, m[0] == "]]" && !open:
				return textError{"brackets"}
			case m[0] == "[[":
				open = true
			case m[0] == "]]":
				open = false
			case !slices.Contains(Names(sample), m[1]):
				return textError{"{" + m[1] + "}"}
			}
		}
		if open {
			return textError{"brackets"}
		}
	}
	return nil
}

// textError says what is wrong with a text: "empty", "subject", "long", "brackets" or the unknown name.
type textError struct{ what string }

func (e textError) Error() string { return "wrong text: " + e.what }

// Standard names that every message has besides its own data.
const (
	nameName = "name" // of the recipient
	nameLink = "link" // whole address of what the message leads to
	nameSite = "site" // of the site
)

// Names returns the names that a text of a topic may use.
func Names(sample map[string]any) []string {
	names := []string{nameName, nameLink, nameSite}
	for name := range sample {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names[3:])
	return names
}

// Fill puts data into a text.
func (t *Text) Fill(data map[string]any) Text {
	return Text{Subject: oneLine(fill(t.Subject, data)), Body: tidy(fill(t.Body, data))}
}

func fill(s string, data map[string]any) string {
	var out, part strings.Builder
	inside, missing := false, false
	at := 0
	b := &out
	for _, m := range mark.FindAllStringSubmatchIndex(s, -1) {
		b.WriteString(s[at:m[0]])
		at = m[1]
		switch word := s[m[0]:m[1]]; {
		case word == "[[":
			inside, missing, b = true, false, &part
			part.Reset()
		case word == "]]":
			if inside && !missing {
				out.WriteString(part.String())
			}
			inside, b = false, &out
		default:
			v := shown(data[s[m[2]:m[3]]])
			missing = missing || v == ""
			b.WriteString(v)
		}
	}
	b.WriteString(s[at:])
	if inside {
		out.WriteString(part.String())
	}
	text := out.String()
	if len(text) > maxRendered {
		text = strings.ToValidUTF8(text[:maxRendered], "") + "…"
	}
	return text
}

// shown is a value as it stands in a text. Lists become lines.
func shown(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case []any:
		lines := make([]string, len(x))
		for i, item := range x {
			lines[i] = "- " + shown(item)
		}
		return strings.Join(lines, "\n")
	case json.Number, int, int64, float64, bool:
		return fmt.Sprint(x)
	}
	return ""
}

// tidy composes a text, takes out control characters and spaces at the ends of lines, and keeps at most one empty line.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' || r == '\uFEFF' {
			return -1
		}
		return r
	}, strings.ReplaceAll(vntext.NFC(strings.ToValidUTF8(s, "")), "\r\n", "\n"))
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimRight(line, " ")
		if line == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		lines = append(lines, line)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// readData reads the data of a message back.
func readData(raw string) map[string]any {
	dec := json.NewDecoder(strings.NewReader(raw))
	dec.UseNumber()
	data := map[string]any{}
	_ = dec.Decode(&data) // written by accept
	return data
}

// Unmarked returns a text without Vietnamese marks, letter by letter, for telephones and to fit more into an SMS.
func Unmarked(s string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'đ':
			return 'd'
		case r == 'Đ':
			return 'D'
		case r == '“' || r == '”':
			return '"'
		case r == '–' || r == '—':
			return '-'
		case r == '…':
			return '.'
		}
		return r
	}, norm.NFD.String(s)))
}

// The letters of GSM 03.38: those of gsmExtra take two places.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtra = "\f^{}\\[~]|€"
)

// Length (độ dài SMS) is what an SMS costs.
type Length struct {
	Letters  int  // places used
	Segments int  // messages the operator counts
	Unicode  bool // UCS-2: 70 places instead of 160
}

// SMSLength counts the segments of an SMS: 160 letters of GSM-7 or 70 of UCS-2 in one, 153 or 67 in each of several.
func SMSLength(s string) Length {
	var l Length
	for _, r := range s {
		switch {
		case strings.ContainsRune(gsmBasic, r):
			l.Letters++
		case strings.ContainsRune(gsmExtra, r):
			l.Letters += 2
		default:
			l.Unicode = true
		}
	}
	one, each := 160, 153
	if l.Unicode {
		one, each, l.Letters = 70, 67, 0
		for _, r := range s {
			l.Letters++
			if r > 0xFFFF {
				l.Letters++
			}
		}
	}
	switch {
	case l.Letters == 0:
	case l.Letters <= one:
		l.Segments = 1
	default:
		l.Segments = (l.Letters + each - 1) / each
	}
	return l
}
