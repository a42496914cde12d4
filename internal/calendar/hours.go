package calendar

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// minutesOfDay is the length of a civil day; the zone has had no summer time since 1975.
const minutesOfDay = 24 * 60

// ClockTime (giờ trong ngày) is a time of day in minutes after midnight, written "07:00".
type ClockTime int

// ParseClockTime reads "7:00", "07:00" or "24:00".
func ParseClockTime(s string) (ClockTime, error) {
	var h, m int
	if n, err := fmt.Sscanf(s, "%d:%d", &h, &m); err != nil || n != 2 || s != fmt.Sprintf("%02d:%02d", h, m) && s != fmt.Sprintf("%d:%02d", h, m) {
		return 0, fmt.Errorf("%q is not a time of day", s)
	}
	t := ClockTime(h*60 + m)
	if h < 0 || m < 0 || m > 59 || t > minutesOfDay {
		return 0, fmt.Errorf("%q is not a time of day", s)
	}
	return t, nil
}

// String returns "07:00".
func (c ClockTime) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// MarshalText returns String.
func (c ClockTime) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what ParseClockTime reads.
func (c *ClockTime) UnmarshalText(b []byte) error {
	t, err := ParseClockTime(string(b))
	if err == nil {
		*c = t
	}
	return err
}

// Period (buổi làm việc) is a stretch of working time within a day: from Start
// up to but not including End.
type Period struct{ Start, End ClockTime }

// ParsePeriod reads "07:00-11:30".
func ParsePeriod(s string) (Period, error) {
	from, to, ok := strings.Cut(strings.ReplaceAll(s, "–", "-"), "-")
	if !ok {
		return Period{}, fmt.Errorf("%q is not a period such as 07:00-11:30", s)
	}
	start, err := ParseClockTime(strings.TrimSpace(from))
	if err != nil {
		return Period{}, err
	}
	end, err := ParseClockTime(strings.TrimSpace(to))
	if err != nil {
		return Period{}, err
	}
	if end <= start {
		return Period{}, fmt.Errorf("%q ends before it starts", s)
	}
	return Period{start, end}, nil
}

// String returns "07:00-11:30".
func (p Period) String() string { return p.Start.String() + "-" + p.End.String() }

// MarshalText returns String.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what ParsePeriod reads.
func (p *Period) UnmarshalText(b []byte) error {
	q, err := ParsePeriod(string(b))
	if err == nil {
		*p = q
	}
	return err
}

// Periods (các buổi làm việc) are the working stretches of one day, in order, without overlap.
type Periods []Period

// Minutes returns the working minutes of the day.
func (ps Periods) Minutes() int {
	n := 0
	for _, p := range ps {
		n += int(p.End - p.Start)
	}
	return n
}

// check sorts nothing: data must be in order, so that what people read is what counts.
func (ps Periods) check() error {
	for i := range ps {
		if ps[i].End <= ps[i].Start || ps[i].Start < 0 || ps[i].End > minutesOfDay {
			return fmt.Errorf("period %s is empty or outside the day", ps[i])
		}
		if i > 0 && ps[i].Start < ps[i-1].End {
			return fmt.Errorf("period %s overlaps %s", ps[i], ps[i-1])
		}
	}
	return nil
}

// before returns the working minutes before minute m of the day.
func (ps Periods) before(m int) int {
	n := 0
	for _, p := range ps {
		if m <= int(p.Start) {
			break
		}
		n += min(m, int(p.End)) - int(p.Start)
	}
	return n
}

// cut returns the parts of the periods within [from, to).
func (ps Periods) cut(from, to ClockTime) Periods {
	var out Periods
	for _, p := range ps {
		q := Period{max(p.Start, from), min(p.End, to)}
		if q.Start < q.End {
			out = append(out, q)
		}
	}
	return out
}

// String joins the periods with ", ".
func (ps Periods) String() string {
	words := make([]string, len(ps))
	for i, p := range ps {
		words[i] = p.String()
	}
	return strings.Join(words, ", ")
}

// Week (tuần làm việc) holds the periods of each weekday, index 0 is Sunday.
type Week [7]Periods

var weekdayKeys = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// MarshalJSON writes {"mon":["07:00-11:30",…],…}, days off left out.
func (w Week) MarshalJSON() ([]byte, error) {
	return json.Marshal(w.names())
}

// UnmarshalJSON reads what MarshalJSON writes. Unknown days are errors.
func (w *Week) UnmarshalJSON(b []byte) error {
	var m map[string]Periods
	if err := json.Unmarshal(b, &m); err != nil {
		return err
	}
	return w.fill(m)
}

// fill takes over a map whose keys are weekdays or ranges of them: "mon", "mon-fri".
func (w *Week) fill(m map[string]Periods) error {
	*w = Week{}
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		from, to, isRange := strings.Cut(k, "-")
		if !isRange {
			to = from
		}
		i, j := weekdayIndex(from), weekdayIndex(to)
		if i < 0 || j < 0 {
			return fmt.Errorf("%q is not a day of the week", k)
		}
		for d := i; ; d = (d + 1) % 7 {
			if w[d] != nil {
				return fmt.Errorf("hours of %s are given twice", weekdayKeys[d])
			}
			w[d] = m[k]
			if d == j {
				break
			}
		}
	}
	return nil
}

func weekdayIndex(s string) int {
	for i, k := range weekdayKeys {
		if k == s {
			return i
		}
	}
	return -1
}

// ordinary returns the periods of the first weekday with working time, Monday first:
// the hours of a day off that is worked instead of another one.
func (w Week) ordinary() Periods {
	for i := 1; i <= 7; i++ {
		if len(w[i%7]) > 0 {
			return w[i%7]
		}
	}
	return nil
}

// Hours (giờ làm việc) is a week that holds for a unit and all units below it
// ("" is the whole province) from ValidFrom until the day before ValidTo.
type Hours struct {
	UnitID    string
	ValidFrom clock.Date
	ValidTo   clock.Date // zero: without end
	Week      Week
	SourceAct string
	Note      string
}

// DayKind (loại ngày đặc biệt) says how a day differs from its weekday.
type DayKind string

// The kinds of special days.
const (
	DayOff       DayKind = "off"           // nghỉ cả ngày
	OffMorning   DayKind = "off_morning"   // nghỉ buổi sáng
	OffAfternoon DayKind = "off_afternoon" // nghỉ buổi chiều
	DayWorked    DayKind = "work"          // làm việc hoặc làm bù, also on a weekend; Periods replace the week's
)

// noon parts the morning from the afternoon.
const noon = ClockTime(12 * 60)

// Confidence (độ tin cậy) says how well a day is founded.
type Confidence string

// The degrees of confidence.
const (
	ByLaw    Confidence = "law"      // the date stands in the law itself
	ByNotice Confidence = "notice"   // the act named in SourceAct sets it
	Computed Confidence = "computed" // follows from the law by rule (lunar date, day in lieu), act not seen
	Reported Confidence = "reported" // announced in public, number of the act not known
)

// Day (ngày nghỉ, ngày làm bù) is one day that differs from its weekday, for a
// unit and all units below it ("" is the whole province).
type Day struct {
	UnitID     string
	Date       clock.Date
	Kind       DayKind
	Name       string // "nghỉ lễ Quốc khánh", stands in the reasons people read
	Periods    Periods
	SourceAct  string
	Confidence Confidence
}

// periods returns the working time of the day, given the week that holds on it.
func (d Day) periods(w Week) Periods {
	usual := w[d.Date.Weekday()]
	switch d.Kind {
	case OffMorning:
		return usual.cut(noon, minutesOfDay)
	case OffAfternoon:
		return usual.cut(0, noon)
	case DayWorked:
		if len(d.Periods) > 0 {
			return d.Periods
		}
		if len(usual) > 0 {
			return usual
		}
		return w.ordinary()
	}
	return nil
}

// LateRule (quy tắc nhận sau giờ) moves the start of a term to the next working day
// when the dossier was received after After.
// Law: 61/2018/NĐ-CP
type LateRule struct {
	After     ClockTime
	Units     []Unit // the terms it applies to
	ValidFrom clock.Date
	ValidTo   clock.Date
	SourceAct string
}

// Year (năm có lịch nghỉ) says that the holidays of a year are loaded.
type Year struct {
	Year      int
	SourceAct string
	Note      string
}

// Validate returns fault.Invalid with everything wrong with the entry.
func (d Day) Validate() error {
	var ps fault.Problems
	if d.Date.IsZero() {
		ps.Add("date", i18n.M("Hãy chọn ngày."))
	}
	switch d.Kind {
	case DayOff, OffMorning, OffAfternoon, DayWorked:
	default:
		ps.Add("kind", i18n.M("Hãy chọn nghỉ cả ngày, nghỉ buổi sáng, nghỉ buổi chiều hoặc làm việc."))
	}
	if d.Name == "" {
		ps.Add("name", i18n.M("Hãy ghi lý do, ví dụ “nghỉ lễ Quốc khánh”; lý do này hiện cạnh hạn trả kết quả."))
	}
	if len(d.Periods) > 0 && d.Kind != DayWorked {
		ps.Add("periods", i18n.M("Chỉ ghi giờ làm việc cho ngày làm việc hoặc làm bù."))
	}
	if d.Periods.check() != nil {
		ps.Add("periods", i18n.M("Giờ làm việc phải theo thứ tự và không chồng nhau, ví dụ 07:00-11:30, 13:30-17:00."))
	}
	switch d.Confidence {
	case ByLaw, ByNotice, Computed, Reported:
	default:
		ps.Add("confidence", i18n.M("Hãy cho biết căn cứ: luật, thông báo, tự tính hay theo tin công bố."))
	}
	if d.Confidence == ByNotice && d.SourceAct == "" {
		ps.Add("source_act", i18n.M("Hãy ghi số, ký hiệu văn bản quy định ngày này."))
	}
	return ps.Err()
}

// Validate returns fault.Invalid with everything wrong with the entry.
func (h Hours) Validate() error {
	var ps fault.Problems
	if h.ValidFrom.IsZero() {
		ps.Add("valid_from", i18n.M("Hãy ghi ngày bắt đầu áp dụng."))
	}
	if !h.ValidTo.IsZero() && !h.ValidFrom.Before(h.ValidTo) {
		ps.Add("valid_to", i18n.M("Ngày hết áp dụng phải sau ngày bắt đầu."))
	}
	for _, periods := range h.Week {
		if periods.check() != nil {
			ps.Add("week", i18n.M("Giờ làm việc phải theo thứ tự và không chồng nhau, ví dụ 07:00-11:30, 13:30-17:00."))
			break
		}
	}
	return ps.Err()
}
