// Package proceduretest walks through processes, for tests of this room and of those that show procedures.
package proceduretest

import (
	"fmt"
	"slices"

	"lienthong/internal/procedure"
)

// maxWalk bounds the steps of a walk, for processes that go in circles.
const maxWalk = 500

// Walk goes through a process the way a dossier does and returns the keys of the
// steps in the order they were finished. choose is asked where the official has a
// choice; nil takes the first branch. It fails where a dossier would be stuck.
func Walk(p *procedure.Process, env procedure.Env, choose func(step string, ways []procedure.Branch) string) ([]string, error) {
	if choose == nil {
		choose = func(_ string, ways []procedure.Branch) string { return ways[0].To }
	}
	first := p.First()
	if first == nil {
		return nil, fmt.Errorf("the process has no step")
	}
	w := &walk{process: p, open: []string{first.Key}, done: map[string]bool{}}
	for n := 0; len(w.open) > 0; n++ {
		if n > maxWalk {
			return w.order, fmt.Errorf("more than %d steps: %v", maxWalk, w.order[:20])
		}
		key, ok := w.ready()
		if !ok {
			return w.order, fmt.Errorf("stuck at %v after %v", w.open, w.order)
		}
		if err := w.finish(key, env, choose); err != nil {
			return w.order, err
		}
		if step, _ := p.Step(key); step.Kind == procedure.StepReturn {
			return w.order, nil
		}
	}
	return w.order, fmt.Errorf("the process ends after %v without returning a result", w.order)
}

// walk is a dossier under way: the steps that are open and those that are done.
type walk struct {
	process *procedure.Process
	open    []string
	done    map[string]bool
	order   []string
}

// ready returns an open step that waits for nothing any more.
func (w *walk) ready() (string, bool) {
	for _, key := range w.open {
		step, ok := w.process.Step(key)
		if !ok {
			return key, true // NextOf will say so
		}
		if !slices.ContainsFunc(step.WaitsFor, w.awaited) {
			return key, true
		}
	}
	return "", false
}

// awaited reports whether a step is not done and can still come.
func (w *walk) awaited(key string) bool {
	if w.done[key] {
		return false
	}
	for _, from := range w.open {
		if w.leads(from, key, map[string]bool{}) {
			return true
		}
	}
	return false
}

// leads reports whether a way goes from one step to another by branches.
func (w *walk) leads(from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	step, ok := w.process.Step(from)
	if !ok || seen[from] || len(step.WaitsFor) > 0 {
		return false
	}
	seen[from] = true
	for _, b := range step.Next {
		if w.leads(b.To, to, seen) {
			return true
		}
	}
	return slices.ContainsFunc(step.Parallel, func(k string) bool { return w.leads(k, to, seen) })
}

func (w *walk) finish(key string, env procedure.Env, choose func(string, []procedure.Branch) string) error {
	next, err := w.process.NextOf(key, env)
	if err != nil {
		return err
	}
	w.order = append(w.order, key)
	w.done[key] = true
	w.open = slices.DeleteFunc(w.open, func(k string) bool { return k == key })
	starts := next.Start
	if len(next.Choose) > 0 {
		starts = []string{choose(key, next.Choose)}
	}
	for _, k := range starts {
		if !slices.Contains(w.open, k) {
			w.open = append(w.open, k)
			w.done[k] = false
		}
	}
	return nil
}
