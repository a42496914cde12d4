package procedure

import (
	"fmt"
	"sync"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Env (dữ kiện rẽ nhánh) is what the condition of a branch may ask: case, channel, form (the answers
// of the e-form, nil when there is none) and applicant.
type Env struct {
	Case      string         `expr:"case"`
	Channel   string         `expr:"channel"`
	Form      map[string]any `expr:"form"`
	Applicant map[string]any `expr:"applicant"`
}

// ConditionError says that the condition of a branch cannot be used.
type ConditionError struct {
	Step string // key of the step
	When string
	Err  error
}

// Error returns the log text.
func (e *ConditionError) Error() string {
	return fmt.Sprintf("condition %q of step %s: %v", e.When, e.Step, e.Err)
}

// Unwrap returns the cause.
func (e *ConditionError) Unwrap() error { return e.Err }

// maxCondition bounds the text of a condition.
const maxCondition = 500

// condition is a compiled expression and the names it asks for.
type condition struct {
	program *vm.Program
	uses    map[string]bool
}

// conditions caches compiled expressions by their text; it starts anew when full.
var conditions = struct {
	sync.Mutex
	made map[string]*condition
}{made: map[string]*condition{}}

const maxConditions = 4096

func compileCondition(text string) (*condition, error) {
	conditions.Lock()
	defer conditions.Unlock()
	if c, ok := conditions.made[text]; ok {
		return c, nil
	}
	if len(text) > maxCondition {
		return nil, fmt.Errorf("longer than %d bytes", maxCondition)
	}
	c := &condition{uses: map[string]bool{}}
	program, err := expr.Compile(text, expr.Env(Env{}), expr.AsBool(), expr.MaxNodes(200), expr.DisableBuiltin("now"))
	if err != nil {
		return nil, err
	}
	c.program = program
	node := program.Node()
	ast.Walk(&node, c)
	if len(conditions.made) >= maxConditions {
		clear(conditions.made)
	}
	conditions.made[text] = c
	return c, nil
}

// Visit notes the names of the environment an expression uses.
func (c *condition) Visit(n *ast.Node) {
	if id, ok := (*n).(*ast.IdentifierNode); ok {
		c.uses[id.Value] = true
	}
}

// truth is the outcome of a condition: unknown when what it asks for is not there.
type truth int

const (
	unknown truth = iota
	no
	yes
)

func (c *condition) eval(env Env) truth {
	if c.uses["form"] && env.Form == nil || c.uses["applicant"] && env.Applicant == nil {
		return unknown
	}
	v, err := expr.Run(c.program, env)
	b, ok := v.(bool)
	switch {
	case err != nil || !ok:
		return unknown
	case b:
		return yes
	}
	return no
}

// Choices returns the ways on from a step: the first branch whose condition
// holds; else the branches without condition, among which the official chooses
// when there are several. Where a condition cannot be answered (a paper filing has
// no e-form) or none holds, every branch is offered, so that no dossier is stuck.
// A condition that does not compile is a Conflict around a *ConditionError.
func (p *Process) Choices(step *Step, env Env) ([]Branch, error) {
	var open []Branch
	unanswered := false
	for _, b := range step.Next {
		if b.When == "" {
			open = append(open, b)
			continue
		}
		c, err := compileCondition(b.When)
		if err != nil {
			return nil, fault.NewConflict(i18n.M("Điều kiện rẽ nhánh ở bước “%s” chưa đúng. Hãy báo quản trị quy trình.", step.Name)).
				Wrap(&ConditionError{step.Key, b.When, err})
		}
		switch c.eval(env) {
		case yes:
			if !unanswered {
				return []Branch{b}, nil
			}
		case unknown:
			unanswered = true
		}
	}
	if unanswered || len(open) == 0 {
		return append([]Branch(nil), step.Next...), nil
	}
	return open, nil
}
