package procedure_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/formtest"
	"lienthong/internal/procedure"
	"lienthong/internal/procedure/proceduretest"
)

// everyProcedure calls fn for each version of each procedure of the provinces in this repository.
func everyProcedure(t *testing.T, fn func(t *testing.T, s *procedure.Spec)) {
	t.Helper()
	roots, err := filepath.Glob("../../province/*/procedures")
	if err != nil || len(roots) == 0 {
		t.Fatalf("no procedures: %v", err)
	}
	for _, root := range roots {
		files, err := procedure.LoadFS(os.DirFS(root))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if f.Err != nil {
				t.Errorf("%s: %v", f.File, f.Err)
			}
			for _, s := range f.Specs {
				t.Run(fmt.Sprintf("%s/%s", f.File, s.ValidFrom), func(t *testing.T) { fn(t, s) })
			}
		}
	}
}

// TestEveryProcess walks through every process for every case and channel, once
// with the first and once with the last way where the official has a choice.
func TestEveryProcess(t *testing.T) {
	everyProcedure(t, func(t *testing.T, s *procedure.Spec) {
		for _, c := range s.CaseKeys() {
			for _, ch := range s.Channels() {
				env := procedure.Env{Case: c, Channel: ch}
				order, err := proceduretest.Walk(&s.Process, env, nil)
				if err != nil {
					t.Errorf("%s, %s: %v", ch, c, err)
				}
				if len(order) > 0 && order[0] != s.Process.First().Key {
					t.Errorf("the walk begins with %s", order[0])
				}
				chosen := map[string]int{}
				_, err = proceduretest.Walk(&s.Process, env, func(step string, ways []procedure.Branch) string {
					chosen[step]++
					return ways[(len(ways)-1+chosen[step]-1)%len(ways)].To // the last, then the first: a loop is taken once
				})
				if err != nil {
					t.Errorf("%s, %s, other ways: %v", ch, c, err)
				}
			}
		}
	})
}

// TestEveryPromise holds that every channel and case has a term, and that the steps keep it.
func TestEveryPromise(t *testing.T) {
	everyProcedure(t, func(t *testing.T, s *procedure.Spec) {
		if len(s.Channels()) == 0 {
			t.Error("there is no way to file it")
		}
		for _, c := range s.CaseKeys() {
			for _, ch := range s.Channels() {
				if _, err := s.ResolveTerm(ch, c); err != nil {
					t.Errorf("%s, %s: %v", ch, c, err)
				}
				if len(s.PapersFor(c, procedure.ChannelCounter)) < len(s.PapersFor(c, ch)) {
					t.Errorf("%s asks for more papers than the counter", ch)
				}
			}
		}
	})
}

// TestEveryForm holds that every form there is can be used.
func TestEveryForm(t *testing.T) {
	forms := 0
	everyProcedure(t, func(t *testing.T, s *procedure.Spec) {
		if s.Form == nil {
			return
		}
		forms++
		f, err := s.Form.Form()
		if err != nil {
			t.Fatal(err)
		}
		formtest.Works(t, f, form.Rules{On: clock.MustDate("2018-11-23")})
	})
	if forms == 0 {
		t.Error("no procedure has a form")
	}
}

// TestEnglish holds that what has an English name has one everywhere a citizen reads it.
func TestEnglish(t *testing.T) {
	everyProcedure(t, func(t *testing.T, s *procedure.Spec) {
		if s.Form == nil || s.NameEN == "" {
			return
		}
		f, err := s.Form.Form()
		if err != nil {
			t.Fatal(err)
		}
		var walk func([]*form.Field)
		walk = func(fields []*form.Field) {
			for _, fd := range fields {
				if fd.LabelEN == "" && fd.Key != "" {
					t.Errorf("%s has no English label", fd.Name)
				}
				walk(fd.Fields)
			}
		}
		walk(f.Fields)
	})
}

// TestWalkStuck holds that the walk finds the mistakes it is there for.
func TestWalkStuck(t *testing.T) {
	step := func(key string, kind procedure.StepKind, next ...string) procedure.Step {
		s := procedure.Step{Key: key, Name: key, Kind: kind}
		for _, n := range next {
			s.Next = append(s.Next, procedure.Branch{To: n})
		}
		return s
	}
	join := step("join", procedure.StepWork, "end")
	join.WaitsFor = []string{"b", "c"}
	fork := step("fork", procedure.StepReceive)
	fork.Parallel = []string{"b", "c"}
	tests := []struct {
		name  string
		steps []procedure.Step
		want  string // of the steps, or of the error
	}{
		{"straight", []procedure.Step{step("a", procedure.StepReceive, "end"), step("end", procedure.StepReturn)}, "a end"},
		{"fork and join", []procedure.Step{fork, step("b", procedure.StepWork, "join"), step("c", procedure.StepWork, "join"), join, step("end", procedure.StepReturn)}, "fork b c join end"},
		{"no step", nil, "no step"},
		{"no return", []procedure.Step{step("a", procedure.StepReceive)}, "without returning"},
		{"circle", []procedure.Step{step("a", procedure.StepReceive, "a")}, "more than 500"},
		{"nowhere", []procedure.Step{step("a", procedure.StepReceive, "b")}, "không có bước “b”"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			order, err := proceduretest.Walk(&procedure.Process{Steps: tt.steps}, procedure.Env{}, nil)
			got := strings.Join(order, " ")
			if err != nil {
				got = err.Error()
			}
			if err == nil && got != tt.want || !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
