package dossier

import (
	"slices"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/procedure"
)

// flow is the process of one dossier together with what its conditions may ask.
type flow struct {
	process *procedure.Process
	env     procedure.Env
}

// choices returns the ways on from a step: with conditions that hold, only the
// first of them; else all without condition, among which the official chooses.
func (f flow) choices(key string) ([]procedure.Branch, error) {
	step, ok := f.process.Step(key)
	if !ok {
		return nil, nil
	}
	return f.process.Choices(step, f.env)
}

// starts returns the keys of the steps that begin when the step with this key is
// finished by the way named choice. open are the keys of the other steps that
// are open, done those of its own branches finished before.
func (f flow) starts(key, choice string, open, done []string) ([]string, error) {
	step, ok := f.process.Step(key)
	if !ok {
		return nil, fault.NewConflict(i18n.M("Quy trình không còn bước này. Hãy báo quản trị quy trình."))
	}
	if len(step.Parallel) > 0 {
		var keys []string
		for _, k := range step.Parallel {
			if !slices.Contains(open, k) && !slices.Contains(done, k) {
				keys = append(keys, k)
			}
		}
		if len(keys) == 0 && len(open) == 0 { // all branches done before, this step was only sent back
			return f.ready(step.Parallel, open)
		}
		return keys, nil
	}
	to, err := f.choose(key, choice)
	if err != nil || to == "" {
		return nil, err
	}
	return f.enter(to, open), nil
}

// choose picks the branch to follow.
func (f flow) choose(key, choice string) (string, error) {
	ways, err := f.choices(key)
	if err != nil {
		return "", err
	}
	switch {
	case len(ways) == 0:
		return "", nil
	case len(ways) == 1 && (choice == "" || choice == ways[0].To):
		return ways[0].To, nil
	}
	for _, w := range ways {
		if w.To == choice {
			return w.To, nil
		}
	}
	return "", fault.NewInvalid("choice", i18n.M("Hãy chọn bước tiếp theo."))
}

// enter returns to, unless it is open already, is a join that an open step can
// still reach, or hands the result over while something else is open.
func (f flow) enter(to string, open []string) []string {
	if slices.Contains(open, to) {
		return nil
	}
	step, ok := f.process.Step(to)
	if !ok {
		return nil
	}
	if step.Kind == procedure.StepReturn && len(open) > 0 {
		return nil
	}
	if len(step.WaitsFor) > 0 {
		for _, k := range open {
			if f.reaches(k, to) {
				return nil
			}
		}
	}
	return []string{to}
}

// waiting returns the step handing the result over to which a finished step led while others were open.
func (f flow) waiting(done []string) []string {
	for _, key := range done {
		step, ok := f.process.Step(key)
		if !ok {
			continue
		}
		for _, to := range targets(step.Next) {
			if next, ok := f.process.Step(to); ok && next.Kind == procedure.StepReturn {
				return []string{to}
			}
		}
	}
	return nil
}

// ready returns the joins behind finished parallel branches.
func (f flow) ready(branches, open []string) ([]string, error) {
	for _, step := range f.process.Steps {
		if len(step.WaitsFor) == 0 {
			continue
		}
		for _, b := range branches {
			if f.reaches(b, step.Key) {
				return f.enter(step.Key, open), nil
			}
		}
	}
	return nil, nil
}

// reaches reports whether a way leads from one step to another.
func (f flow) reaches(from, to string) bool {
	seen := map[string]bool{}
	todo := []string{from}
	for len(todo) > 0 {
		key := todo[0]
		todo = todo[1:]
		if seen[key] {
			continue
		}
		seen[key] = true
		step, ok := f.process.Step(key)
		if !ok {
			continue
		}
		for _, next := range append(targets(step.Next), step.Parallel...) {
			if next == to {
				return true
			}
			todo = append(todo, next)
		}
	}
	return false
}

func targets(bs []procedure.Branch) []string {
	keys := make([]string, len(bs))
	for i, b := range bs {
		keys[i] = b.To
	}
	return keys
}

// stretch returns the steps that one agency does in a row from a step on: its
// share of the promised time. At a fork or a choice it follows the first way.
func (f flow) stretch(key string, sameAgency func(at string) bool) []procedure.Step {
	var steps []procedure.Step
	for seen := map[string]bool{}; key != "" && !seen[key]; {
		seen[key] = true
		step, ok := f.process.Step(key)
		if !ok || len(steps) > 0 && !sameAgency(step.At) {
			break
		}
		steps = append(steps, *step)
		key = ""
		if next := append(targets(step.Next), step.Parallel...); len(next) > 0 {
			key = next[0]
		}
	}
	return steps
}
