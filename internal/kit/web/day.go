package web

import (
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Day is a civil date in the query of an API operation, "2018-11-23".
type Day string

// Date reads the day, the zero Date when none was given. field is the name of the parameter, for the Invalid fault.
func (d Day) Date(field string) (clock.Date, error) {
	if d == "" {
		return clock.Date{}, nil
	}
	on, err := clock.ParseDate(string(d))
	if err != nil {
		return clock.Date{}, fault.NewInvalid(field, i18n.M("Ngày chưa đúng, ví dụ đúng: 2018-11-23.")).Wrap(err)
	}
	return on, nil
}
