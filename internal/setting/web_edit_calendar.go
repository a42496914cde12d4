package setting

import (
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/calendar"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// maxSpan is the longest run of days that is entered at once.
const maxSpan = 31

// editCalendar enters and takes away special days, working weeks, and the years whose holidays are complete.
func editCalendar(text string, v typed) (string, error) {
	data, err := calendar.ReadData(strings.NewReader(text))
	if err != nil {
		return "", err
	}
	switch v.Get("op") {
	case "day":
		err = putDays(&data, v)
	case "clear":
		var day clock.Date
		if day, err = v.Date("date"); err == nil {
			data.Days = slices.DeleteFunc(data.Days, func(d calendar.Day) bool { return d.Date == day })
		}
	case "year":
		err = putYear(&data, v)
	case "hours":
		err = putHours(&data, v)
	default:
		err = unknownEdit()
	}
	if err != nil {
		return "", err
	}
	if err := data.Validate(); err != nil {
		return "", fault.NewInvalid("valid_from", i18n.M("Giờ làm việc chồng với khoảng áp dụng khác, hoặc không còn giờ làm việc nào.")).Wrap(err)
	}
	raw, err := calendar.WriteData(data)
	return string(raw), err
}

// putDays enters one day or a run of days.
func putDays(data *calendar.Data, v typed) error {
	from, err := v.Date("date")
	if err != nil {
		return err
	}
	if from.IsZero() {
		return fault.NewInvalid("date", i18n.M("Hãy chọn ngày."))
	}
	to, err := v.Date("to")
	if err != nil {
		return err
	}
	to = to.Or(from)
	if to.Before(from) || to.After(from.AddDays(maxSpan)) {
		return fault.NewInvalid("to", i18n.M("Đến ngày phải sau từ ngày, nhiều nhất %d ngày.", maxSpan))
	}
	d := calendar.Day{Kind: calendar.DayKind(v.Get("kind")), Name: v.Line("name"), SourceAct: v.Line("source_act"), Confidence: calendar.Reported}
	if d.SourceAct != "" {
		d.Confidence = calendar.ByNotice
	}
	if d.Kind == calendar.DayWorked {
		if d.Periods, err = periods(v, "periods"); err != nil {
			return err
		}
	}
	for day := from; !day.After(to); day = day.AddDays(1) {
		d.Date = day
		if err := d.Validate(); err != nil {
			return err
		}
		data.Days = slices.DeleteFunc(data.Days, func(o calendar.Day) bool { return o.Date == day })
		data.Days = append(data.Days, d)
	}
	return nil
}

// periods reads "07:00-11:30, 13:30-17:00"; none when nothing is typed.
func periods(v typed, name string) (calendar.Periods, error) {
	var ps calendar.Periods
	for _, part := range strings.FieldsFunc(v.Line(name), func(r rune) bool { return r == ',' || r == ';' }) {
		p, err := calendar.ParsePeriod(strings.TrimSpace(part))
		if err != nil {
			return nil, fault.NewInvalid(name, i18n.M("Giờ làm việc phải theo thứ tự và không chồng nhau, ví dụ 07:00-11:30, 13:30-17:00."))
		}
		ps = append(ps, p)
	}
	return ps, nil
}

// putYear says whether the holidays of a year are complete.
func putYear(data *calendar.Data, v typed) error {
	year, err := strconv.Atoi(v.Line("year"))
	if err != nil || year < 1946 || year > 2200 {
		return fault.NewInvalid("year", i18n.M("Năm này không hợp lệ."))
	}
	data.Years = slices.DeleteFunc(data.Years, func(y calendar.Year) bool { return y.Year == year })
	if v.Get("complete") != "" {
		data.Years = append(data.Years, calendar.Year{Year: year, SourceAct: v.Line("source_act")})
	}
	return nil
}

// putHours enters a working week that holds from a day on; the one before it ends there.
func putHours(data *calendar.Data, v typed) error {
	h := calendar.Hours{SourceAct: v.Line("source_act"), Note: v.Line("note")}
	var err error
	if h.ValidFrom, err = v.Date("valid_from"); err != nil {
		return err
	}
	for i, key := range Weekdays {
		if h.Week[i], err = periods(v, key); err != nil {
			return err
		}
	}
	if err := h.Validate(); err != nil {
		return err
	}
	data.Hours = slices.DeleteFunc(data.Hours, func(o calendar.Hours) bool { return o.ValidFrom == h.ValidFrom })
	for i := range data.Hours {
		if o := &data.Hours[i]; o.ValidTo.IsZero() && o.ValidFrom.Before(h.ValidFrom) {
			o.ValidTo = h.ValidFrom
		}
	}
	data.Hours = append(data.Hours, h)
	return nil
}

// Weekdays are the names of the fields of a working week, Sunday first.
var Weekdays = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
