package calendartest

import (
	"context"
	"testing"

	"lienthong/internal/calendar"
)

func TestCalendar(t *testing.T) {
	c, err := Fixed{Calendar(t)}.For(context.Background(), "any")
	if err != nil {
		t.Fatal(err)
	}
	a := c.Due(At(t, "2018-08-31 15:30"), calendar.WorkDays(1), calendar.Opts{Reception: true})
	if want := At(t, "2018-09-04 17:00"); !a.At.Equal(want) || !a.Certain() {
		t.Errorf("due %s, want %s; %q", a.At, want, a.Lines())
	}
}
