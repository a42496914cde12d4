package notice

import (
	"fmt"
	"strings"
	"time"

	"lienthong/internal/kit/clock"
)

// Quiet (giờ yên tĩnh) is a span of the day in which only urgent messages are sent. The zero Quiet disturbs at any time.
type Quiet struct{ From, To int } // minutes after midnight; From > To spans midnight

// noQuiet is how the absence of quiet hours is written.
const noQuiet = "none"

// ParseQuiet reads "21:00-07:00" or "none".
func ParseQuiet(s string) (Quiet, error) {
	if s == noQuiet || s == "" {
		return Quiet{}, nil
	}
	from, to, ok := strings.Cut(s, "-")
	a, err := time.Parse("15:04", strings.TrimSpace(from))
	b, err2 := time.Parse("15:04", strings.TrimSpace(to))
	if !ok || err != nil || err2 != nil || a.Equal(b) {
		return Quiet{}, fmt.Errorf("quiet hours %q are not like 21:00-07:00", s)
	}
	return Quiet{a.Hour()*60 + a.Minute(), b.Hour()*60 + b.Minute()}, nil
}

// String writes quiet hours as ParseQuiet reads them.
func (q Quiet) String() string {
	if q == (Quiet{}) {
		return noQuiet
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", q.From/60, q.From%60, q.To/60, q.To%60)
}

// Until returns when somebody may be disturbed: t itself outside of quiet hours, else their end.
func (q Quiet) Until(t time.Time) time.Time {
	if q == (Quiet{}) {
		return t
	}
	local := t.In(clock.Local)
	day, at := clock.DateOf(t), local.Hour()*60+local.Minute()
	switch {
	case q.From < q.To && at >= q.From && at < q.To, q.From > q.To && at < q.To:
		return day.At(q.To/60, q.To%60).UTC()
	case q.From > q.To && at >= q.From:
		return day.AddDays(1).At(q.To/60, q.To%60).UTC()
	}
	return t
}
