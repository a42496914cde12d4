package procedure_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
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

// TestEveryForm fills in every form there is, sends it as a page would and reads it again.
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
		r := procedure.Rules{On: clock.MustDate("2018-11-23"), Lists: proceduretest.Lists(f, nil)}
		for name, data := range map[string]map[string]any{"all": proceduretest.Answers(t, f, r), "least": proceduretest.Least(t, f, r)} {
			in := f.Decode(proceduretest.Values(data))
			if !reflect.DeepEqual(in.Data, data) {
				t.Errorf("%s: sent %v, read %v", name, data, in.Data)
			}
			if err := f.Validate(in.Data, r); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if again := f.Clean(in.Data); !reflect.DeepEqual(again, in.Data) {
				t.Errorf("%s: cleaning changes %v to %v", name, in.Data, again)
			}
			shown(t, f, in.Data, r)
		}
		missing(t, f, r)
	})
	if forms == 0 {
		t.Error("no procedure has a form")
	}
}

// shown holds that every answer is to be read again, in both languages.
func shown(t *testing.T, f *procedure.Form, data map[string]any, r procedure.Rules) {
	t.Helper()
	for _, lang := range []string{"vi", "en"} {
		answered := 0
		for _, s := range (procedure.AnswersView{Form: f, Data: data, Lists: r.Lists, Lang: lang}).Answers() {
			for _, a := range s.Answers {
				answered++
				if a.Label == "" || a.Value == "" {
					t.Errorf("%s: %+v", lang, a)
				}
			}
		}
		if answered == 0 && len(data) > 0 {
			t.Errorf("%s: nothing of %v is shown", lang, data)
		}
		out, err := procedure.RenderAnswers(procedure.AnswersView{Form: f, Data: data, Lists: r.Lists, Lang: lang})
		if err != nil || !strings.Contains(string(out), "<dl") {
			t.Errorf("%s: %s, %v", lang, out, err)
		}
	}
}

// missing holds that an empty form is answered with a sentence for each field that is needed, and that each of them is on the page.
func missing(t *testing.T, f *procedure.Form, r procedure.Rules) {
	t.Helper()
	err := f.Validate(map[string]any{}, r)
	if err == nil {
		return // everything may be left out
	}
	bad, ok := fault.As(err)
	if !ok {
		t.Fatal(err)
	}
	out, rerr := procedure.RenderForm(procedure.FormView{Form: f, Lists: r.Lists, Error: err})
	if rerr != nil {
		t.Fatal(rerr)
	}
	for _, p := range bad.Problems {
		if !strings.Contains(string(out), `id="f-`+p.Field+`"`) {
			t.Errorf("the problem of %s leads nowhere", p.Field)
		}
		if strings.Contains(p.Msg.String(), "%!") {
			t.Errorf("%s: %s", p.Field, p.Msg)
		}
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
		var walk func([]*procedure.Field)
		walk = func(fields []*procedure.Field) {
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
