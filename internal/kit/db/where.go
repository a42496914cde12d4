package db

import "strings"

// Where collects the conditions of a query, all of which must hold, with their arguments.
type Where struct {
	conditions []string
	Args       []any
}

// Add adds a condition with the arguments of its placeholders.
func (w *Where) Add(condition string, args ...any) {
	w.conditions = append(w.conditions, condition)
	w.Args = append(w.Args, args...)
}

// SQL returns the conditions joined by AND; TRUE when there are none.
func (w *Where) SQL() string {
	if len(w.conditions) == 0 {
		return "TRUE"
	}
	return strings.Join(w.conditions, " AND ")
}

// Marks returns n placeholders, for IN.
func Marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }
