package calendar

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Unit (đơn vị thời hạn) is what a term counts.
type Unit string

// The units of a term; the decisions that publish procedures use all four.
const (
	WorkingHours Unit = "working_hours" // giờ làm việc
	WorkingDays  Unit = "working_days"  // ngày làm việc, DayMinutes working minutes each
	CalendarDays Unit = "calendar_days" // ngày, every day counts
	Months       Unit = "months"        // tháng
)

// Label returns the Vietnamese name of the unit.
func (u Unit) Label() i18n.Msg {
	switch u {
	case WorkingHours:
		return i18n.M("giờ làm việc")
	case WorkingDays:
		return i18n.M("ngày làm việc")
	case CalendarDays:
		return i18n.M("ngày")
	case Months:
		return i18n.M("tháng")
	}
	return i18n.M("không rõ đơn vị")
}

// Working reports whether the unit counts working time only.
func (u Unit) Working() bool { return u == WorkingHours || u == WorkingDays }

// Term (thời hạn giải quyết) is a length of time as the law writes it: Num/Den
// units, in lowest terms, so that quarters of a day and thirds of an hour stay
// exact. The zero Term means "không tính thời gian". Terms are comparable with ==
// when made by NewTerm, ParseTerm or the short forms below.
type Term struct {
	Num  int64
	Den  int64 // 0 counts as 1
	Unit Unit
}

// maxTerm and maxMonths bound a term to some thirty years, so that a typing error cannot keep a server busy.
const (
	maxTerm   = 30 * 366
	maxMonths = 30 * 12
)

// NewTerm returns num/den units. Calendar days and months must be whole; errors are fault.Invalid.
func NewTerm(num, den int64, unit Unit) (Term, error) {
	t := Term{num, den, unit}
	if err := t.Validate(); err != nil {
		return Term{}, err
	}
	return t.reduced(), nil
}

// WorkHours returns a term of n working hours.
func WorkHours(n int64) Term { return Term{n, 1, WorkingHours}.reduced() }

// WorkDays returns a term of n working days.
func WorkDays(n int64) Term { return Term{n, 1, WorkingDays}.reduced() }

// PlainDays returns a term of n calendar days.
func PlainDays(n int64) Term { return Term{n, 1, CalendarDays}.reduced() }

func (t Term) den() int64 {
	if t.Den == 0 {
		return 1
	}
	return t.Den
}

func (t Term) reduced() Term {
	if t.Num == 0 {
		return Term{}
	}
	a, b := t.Num, t.den()
	for b != 0 {
		a, b = b, a%b
	}
	return Term{t.Num / a, t.den() / a, t.Unit}
}

// IsZero reports whether the term counts no time.
func (t Term) IsZero() bool { return t.Num == 0 }

// Validate returns a fault.Invalid for field "term" when the term cannot be counted.
func (t Term) Validate() error {
	switch {
	case t.IsZero():
		return nil
	case t.Unit != WorkingHours && t.Unit != WorkingDays && t.Unit != CalendarDays && t.Unit != Months:
		return fault.NewInvalid("term", i18n.M("Thời hạn phải tính bằng giờ làm việc, ngày làm việc, ngày hoặc tháng."))
	case t.Num < 0 || t.Den < 0:
		return fault.NewInvalid("term", i18n.M("Thời hạn không được âm."))
	case t.Den > 1_000_000 || t.Num/t.den() > maxTerm || t.Unit == Months && t.Num/t.den() > maxMonths:
		return fault.NewInvalid("term", i18n.M("Thời hạn quá dài hoặc quá chi tiết. Hãy kiểm tra lại con số."))
	case !t.Unit.Working() && t.Num%t.den() != 0:
		return fault.NewInvalid("term", i18n.M("Ngày và tháng phải là số nguyên; phần lẻ chỉ dùng cho giờ hoặc ngày làm việc."))
	}
	return nil
}

// minutes returns the working minutes of a working term, rounded up to a whole minute.
func (t Term) minutes(perDay int) int {
	per := int64(60)
	if t.Unit == WorkingDays {
		per = int64(perDay)
	}
	n := t.Num * per
	return int((n + t.den() - 1) / t.den())
}

// whole returns the number of calendar days or months.
func (t Term) whole() int { return int(t.Num / t.den()) }

// String returns the term in Vietnamese, readable by ParseTerm: "5 ngày làm việc",
// "0,25 ngày làm việc", "1/3 giờ làm việc", "30 ngày", "không tính thời gian".
func (t Term) String() string {
	if t.IsZero() {
		return i18n.M("không tính thời gian").String()
	}
	return t.amount() + " " + t.Unit.Label().String()
}

// amount writes the number: whole, decimal with a comma, or a fraction where decimals do not end.
func (t Term) amount() string {
	r := t.reduced()
	if r.Den == 1 {
		return strconv.FormatInt(r.Num, 10)
	}
	scaled, digits := r.Num, 0
	for ; digits < 4 && scaled%r.Den != 0; digits++ {
		scaled *= 10
	}
	if scaled%r.Den != 0 {
		return fmt.Sprintf("%d/%d", r.Num, r.Den)
	}
	s := fmt.Sprintf("%0*d", digits+1, scaled/r.Den)
	return s[:len(s)-digits] + "," + s[len(s)-digits:]
}

// MarshalText returns String.
func (t Term) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what ParseTerm reads; empty text is the zero Term.
func (t *Term) UnmarshalText(b []byte) error {
	if strings.TrimSpace(string(b)) == "" {
		*t = Term{}
		return nil
	}
	p, err := ParseTerm(string(b))
	if err != nil {
		return err
	}
	*t = p
	return nil
}

// Value stores the term as its text.
func (t Term) Value() (driver.Value, error) { return t.String(), nil }

// Scan reads the term from its text; NULL is the zero Term.
func (t *Term) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*t = Term{}
		return nil
	case string:
		return t.UnmarshalText([]byte(v))
	case []byte:
		return t.UnmarshalText(v)
	}
	return fmt.Errorf("cannot scan %T into a term", src)
}
