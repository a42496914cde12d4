package calendar

import (
	"strconv"
	"strings"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// termUnits maps a folded unit to its Unit; the plain "ngày" is decided by the caller.
var termUnits = map[string]Unit{
	"gio": WorkingHours, "gio lam viec": WorkingHours, "gio hanh chinh": WorkingHours, "tieng": WorkingHours,
	"ngay lam viec": WorkingDays, "ngay cong": WorkingDays,
	"ngay lich": CalendarDays, "ngay duong lich": CalendarDays,
	"thang": Months,
}

// termLeads are folded words that stand before the number and change nothing.
var termLeads = []string{"thoi han", "trong thoi han", "trong vong", "khong qua", "toi da", "cham nhat", "trong"}

var termWords = map[string]string{
	"nua": "1/2", "mot": "1", "hai": "2", "ba": "3", "bon": "4", "nam": "5", "sau": "6", "bay": "7", "tam": "8", "chin": "9", "muoi": "10",
}

// ParseTerm reads a term as decisions write it: "5 ngày làm việc", "07 ngày làm
// việc (56 giờ làm việc)", "không quá 3 ngày", "0.5 ngày", "1/4 ngày", "4 giờ",
// "90 phút", "1 tháng", "không tính thời gian". Tone marks and case do not matter.
//
// A plain "ngày" is a calendar day when whole; a part of a day ("0,5 ngày") can only
// be worked in office hours and is read as a working day. Errors are fault.Invalid for field "term".
func ParseTerm(s string) (Term, error) { return parseTerm(s, CalendarDays) }

// ParseStepTerm is ParseTerm for the steps of an internal process, where decisions
// write "1 ngày" and mean a working day.
func ParseStepTerm(s string) (Term, error) { return parseTerm(s, WorkingDays) }

func parseTerm(s string, plainDay Unit) (Term, error) {
	text, _, _ := strings.Cut(vntext.Lower(s), "(") // the equivalent in other units
	text = strings.TrimRight(strings.TrimSpace(text), " .;:")
	folded := vntext.Fold(text)
	if folded == "khong tinh thoi gian" || folded == "khong tinh" {
		return Term{}, nil
	}
	number, unit := splitTerm(text)
	num, den, ok := parseAmount(number)
	if !ok {
		return Term{}, badTerm(s)
	}
	u, known := termUnits[unit]
	switch {
	case known:
	case unit == "ngay" && num%den == 0:
		u = plainDay
	case unit == "ngay":
		u = WorkingDays
	case unit == "phut":
		u, den = WorkingHours, den*60
	default:
		return Term{}, badTerm(s)
	}
	return NewTerm(num, den, u)
}

func badTerm(s string) error {
	return fault.NewInvalid("term", i18n.M("Không hiểu thời hạn “%s”. Hãy viết số kèm đơn vị, ví dụ “5 ngày làm việc”, “4 giờ”, “30 ngày”, “1 tháng”.", s))
}

// splitTerm separates the number from the folded unit.
func splitTerm(text string) (number, unit string) {
	words := strings.Fields(text)
	for len(words) > 0 {
		lead := matchLead(words)
		if lead == 0 {
			break
		}
		words = words[lead:]
	}
	if len(words) == 0 {
		return "", ""
	}
	number, rest := words[0], words[1:]
	if word, ok := termWords[vntext.Fold(number)]; ok {
		number = word
	} else if i := strings.IndexFunc(number, isUnitLetter); i > 0 { // "5ngày"
		rest = append([]string{number[i:]}, rest...)
		number = number[:i]
	}
	return number, vntext.Fold(strings.Join(rest, " "))
}

func isUnitLetter(r rune) bool { return !strings.ContainsRune("0123456789.,/½¼¾", r) }

func matchLead(words []string) int {
	for _, lead := range termLeads {
		n := strings.Count(lead, " ") + 1
		if len(words) > n && vntext.Fold(strings.Join(words[:n], " ")) == lead {
			return n
		}
	}
	return 0
}

// parseAmount reads "5", "05", "0,5", "0.25", "1/4", "½".
func parseAmount(s string) (num, den int64, ok bool) {
	switch s {
	case "½":
		return 1, 2, true
	case "¼":
		return 1, 4, true
	case "¾":
		return 3, 4, true
	}
	if a, b, cut := strings.Cut(s, "/"); cut {
		num, okA := digits(a)
		den, okB := digits(b)
		return num, den, okA && okB && den > 0
	}
	whole, part, cut := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	num, ok = digits(whole)
	if !ok || !cut {
		return num, 1, ok
	}
	frac, ok := digits(part)
	if !ok || len(part) > 4 {
		return 0, 1, false
	}
	den = 1
	for range part {
		den *= 10
	}
	return num*den + frac, den, true
}

// digits reads up to six decimal digits.
func digits(s string) (int64, bool) {
	if len(s) == 0 || len(s) > 6 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}
