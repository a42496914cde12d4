// Package password says which passwords are guessed easily: too short ones, those
// that everybody tries first, rows of the keyboard, repetitions, what others know of
// the holder, and those on a list of leaked passwords. It asks for no mixture of
// signs: length helps, mixtures do not. It keeps no list of other people's passwords
// but makes one from rules.
package password

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"lienthong/internal/kit/vntext"
)

// Longest bounds how many letters a password may have; longer ones only cost time.
const Longest = 128

// Verdict is why a password is refused.
type Verdict int

// The verdicts.
const (
	Good     Verdict = iota
	Empty            // nothing was typed
	Short            // fewer letters than asked for
	Long             // more than Longest
	Common           // everybody tries it first
	Row              // a row of the keyboard or of the alphabet, or something repeated
	Known            // others know it of the holder: name, number, date of birth
	Breached         // on the list of leaked ones
)

// Clean brings the letters of a password into one form: keyboards differ in how they compose them.
func Clean(p string) string { return strings.TrimSpace(vntext.NFC(p)) }

// Judge says why a password, cleaned, is refused. about are texts that others know of its holder: names, numbers,
// addresses, the date of birth as 2006-01-02.
func Judge(p string, shortest int, about ...string) Verdict {
	switch n := utf8.RuneCountInString(p); {
	case p == "":
		return Empty
	case n < shortest:
		return Short
	case n > Longest:
		return Long
	}
	core := squash(p)
	switch {
	case known(core, about):
		return Known
	case common[core] || common[stem(core)] || common[stem(squash(unmask(p)))] || date(core) || phone.MatchString(core):
		return Common
	case repeated(core) || len(withoutRuns(core)) < left || fewSigns(p):
		return Row
	}
	return Good
}

// left is how many letters must be left of a password when what is guessed easily is taken away.
const left = 4

// squash returns the letters and digits of a text, small and without tone marks; all of it when there are none.
func squash(s string) string {
	core := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, vntext.Fold(s))
	if core == "" {
		return s
	}
	return core
}

// stem is a text without the digits around it.
func stem(core string) string {
	if s := strings.Trim(core, "0123456789"); s != "" {
		return s
	}
	return core
}

// masks are the signs people write for letters.
var masks = strings.NewReplacer("@", "a", "4", "a", "0", "o", "1", "i", "!", "i", "3", "e", "$", "s", "5", "s", "7", "t")

// unmask reads signs in the middle of a text as the letters they stand for; those at its end stay.
func unmask(p string) string {
	end := strings.TrimRight(p, "0123456789!@#$%^&*().,?-_ ")
	return masks.Replace(end)
}

var phone = regexp.MustCompile(`^(0|84)[1-9]\d{8,9}$`)

var dayMonthYear, yearMonthDay = regexp.MustCompile(`^(0?[1-9]|[12]\d|3[01])(0?[1-9]|1[0-2])(19|20)\d\d$`), regexp.MustCompile(`^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$`)

func date(core string) bool { return dayMonthYear.MatchString(core) || yearMonthDay.MatchString(core) }

// known reports whether a text is mostly something others know.
func known(core string, about []string) bool {
	for _, text := range about {
		for _, k := range formsOf(text) {
			if core == k || stem(core) == k || len(k) >= left && len(core)-len(k) < left && strings.Contains(core, k) {
				return true
			}
		}
	}
	return false
}

var isoDate = regexp.MustCompile(`^(\d{4})-(\d\d)-(\d\d)$`)

// formsOf are the ways to write a text: a name whole and its words, an address and what stands before the @, a date in every order.
func formsOf(text string) []string {
	if m := isoDate.FindStringSubmatch(text); m != nil {
		y, mo, d := m[1], m[2], m[3]
		short := strings.TrimLeft(d, "0") + strings.TrimLeft(mo, "0")
		return []string{d + mo + y, y + mo + d, d + mo + y[2:], y[2:] + mo + d, short + y, short + y[2:], mo + d + y}
	}
	var forms []string
	add := func(s string) {
		if s = squash(s); len(s) > 1 {
			forms = append(forms, s)
		}
	}
	add(text)
	if local, _, ok := strings.Cut(text, "@"); ok {
		add(local)
	}
	if words := strings.Fields(text); len(words) > 1 {
		for i, w := range words {
			add(w)
			add(strings.Join(words[i:], " "))
		}
	}
	return forms
}

// repeated reports whether a text is one piece over and over: "abcabcabc", "aaaaaaaa", "12341234".
func repeated(core string) bool {
	for n := 1; n <= len(core)/2; n++ {
		if strings.HasPrefix(strings.Repeat(core[:n], len(core)/n+1), core) {
			return true
		}
	}
	return false
}

// fewSigns reports whether a text has fewer than four different signs.
func fewSigns(p string) bool {
	seen := map[rune]bool{}
	for _, r := range p {
		seen[r] = true
	}
	return len(seen) < left
}

// rows are what fingers run along, and the alphabet.
var rows = both("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "01234567890", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhnujm",
	"1q2w3e4r5t6y7u8i9o0p", "147258369", "123654789", "741852963", "159357")

func both(list ...string) []string {
	for _, s := range list {
		raw := []byte(s)
		for i, j := 0, len(raw)-1; i < j; i, j = i+1, j-1 {
			raw[i], raw[j] = raw[j], raw[i]
		}
		list = append(list, string(raw))
	}
	return list
}

// runLength is from how many signs a piece of a row counts as one.
const runLength = 4

// withoutRuns returns a text without the pieces of rows in it and without signs said over and over.
func withoutRuns(core string) string {
	var rest strings.Builder
	for i := 0; i < len(core); {
		n := 0
		for _, row := range rows {
			for m := max(n+1, runLength); i+m <= len(core) && strings.Contains(row, core[i:i+m]); m++ {
				n = m
			}
		}
		same := 1
		for i+same < len(core) && core[i+same] == core[i] {
			same++
		}
		if same >= runLength {
			n = max(n, same)
		}
		if n == 0 {
			rest.WriteByte(core[i])
			n = 1
		}
		i += n
	}
	return rest.String()
}
