package procedure

import (
	"lienthong/internal/calendar"
)

// DayMinutes is the length of a working day when hours and days are added up: 8 hours.
const DayMinutes = 480

// Total (tổng thời gian) is a sum of terms: working minutes, and calendar days beside them.
type Total struct {
	Minutes int64 // working time
	Days    int64 // calendar days; a month counts 30
}

// NewTotal returns a term as a sum.
func NewTotal(t calendar.Term) Total {
	den := max(t.Den, 1)
	switch t.Unit {
	case calendar.WorkingHours:
		return Total{Minutes: t.Num * 60 / den}
	case calendar.WorkingDays:
		return Total{Minutes: t.Num * DayMinutes / den}
	case calendar.CalendarDays:
		return Total{Days: t.Num / den}
	case calendar.Months:
		return Total{Days: t.Num * 30 / den}
	}
	return Total{}
}

// Add returns the sum of both.
func (t Total) Add(u Total) Total { return Total{t.Minutes + u.Minutes, t.Days + u.Days} }

func (t Total) weight() int64 { return t.Minutes + t.Days*DayMinutes }

// ProcessTotal returns the time of the longest way through the process for a
// channel and case: parallel branches count once, with the longest; conditions on
// case and channel are answered, others count as possible; loops count once.
func (s *Spec) ProcessTotal(channel, caseKey string) Total {
	first := s.Process.First()
	if first == nil {
		return Total{}
	}
	w := walk{process: &s.Process, env: Env{Case: caseKey, Channel: channel}, done: map[string]Total{}, open: map[string]bool{}}
	return w.longest(first)
}

// walk finds the longest way from a step to the end, each step looked at once.
type walk struct {
	process *Process
	env     Env
	done    map[string]Total
	open    map[string]bool
}

func (w *walk) longest(s *Step) Total {
	if t, ok := w.done[s.Key]; ok {
		return t
	}
	w.open[s.Key] = true
	var rest Total
	for _, key := range w.ways(s) {
		next, ok := w.process.Step(key)
		if !ok || w.open[key] {
			continue // a way back
		}
		if t := w.longest(next); t.weight() > rest.weight() {
			rest = t
		}
	}
	delete(w.open, s.Key)
	var own Total
	if term, err := s.Duration(); err == nil {
		own = NewTotal(term)
	}
	w.done[s.Key] = own.Add(rest)
	return w.done[s.Key]
}

// ways is edges without the branches that a condition on case and channel rules
// out, and with the joins that wait for the step.
func (w *walk) ways(s *Step) []string {
	ruledOut := map[string]bool{}
	decided := false
	for _, b := range s.Next {
		if b.When == "" {
			continue
		}
		c, err := compileCondition(b.When)
		if err != nil {
			continue
		}
		switch {
		case decided || c.eval(w.env) == no && !c.uses["form"] && !c.uses["applicant"]:
			ruledOut[b.To] = true
		case c.eval(w.env) == yes:
			decided = true
		}
	}
	var keys []string
	for _, b := range s.Next {
		if !ruledOut[b.To] && (!decided || b.When != "") {
			keys = append(keys, b.To)
		}
	}
	keys = append(keys, s.Parallel...)
	return append(keys, w.process.joins(s.Key)...)
}
