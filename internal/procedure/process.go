package procedure

import (
	"slices"
	"strings"

	"lienthong/internal/calendar"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// First returns the step a dossier begins with; nil when the process has no step.
func (p *Process) First() *Step {
	if len(p.Steps) == 0 {
		return nil
	}
	return &p.Steps[0]
}

// Step returns the step with a key.
func (p *Process) Step(key string) (*Step, bool) {
	for i := range p.Steps {
		if p.Steps[i].Key == key {
			return &p.Steps[i], true
		}
	}
	return nil, false
}

// Onward (bước tiếp theo) says what follows when a step is finished.
type Onward struct {
	Start  []string // keys of the steps that start; several start in parallel
	Choose []Branch // the official chooses one of these
	End    bool     // nothing follows: the process is over, or a join waits for this step
}

// NextOf returns what follows the step with this key. Errors: NotFound for an
// unknown key, Conflict around a *ConditionError for a broken condition.
func (p *Process) NextOf(key string, env Env) (Onward, error) {
	step, ok := p.Step(key)
	if !ok {
		return Onward{}, fault.NewNotFound(i18n.M("Quy trình không có bước “%s”.", key))
	}
	if len(step.Parallel) > 0 {
		return Onward{Start: append([]string(nil), step.Parallel...)}, nil
	}
	ways, err := p.Choices(step, env)
	switch {
	case err != nil:
		return Onward{}, err
	case len(ways) == 0:
		return Onward{End: true}, nil
	case len(ways) == 1:
		return Onward{Start: []string{ways[0].To}}, nil
	}
	return Onward{Choose: ways}, nil
}

// Public returns what the citizen reads about a step.
func (s *Step) Public() string {
	if s.PublicFor != "" {
		return s.PublicFor
	}
	return s.Name
}

// Duration returns the term of the step, the zero Term when it is not counted; a plain "ngày" is a working day here.
func (s *Step) Duration() (calendar.Term, error) {
	if strings.TrimSpace(s.Term) == "" {
		return calendar.Term{}, nil
	}
	return calendar.ParseStepTerm(s.Term)
}

// Allows reports whether an optional action is allowed at the step.
func (s *Step) Allows(a Action) bool {
	for _, m := range s.May {
		if m == a {
			return true
		}
	}
	return false
}

// PlaceKind (cách xác định nơi xử lý) says how an agency is found from the one that received the dossier.
type PlaceKind string

// The ways to name the agency of a step or of the competent authority.
const (
	AtReceiver  PlaceKind = "receiver" // the agency that received the dossier
	AtCompetent PlaceKind = "handler"  // the competent agency of the procedure
	AtAbove     PlaceKind = "above"    // the agency above the receiver at a level
	AtAgency    PlaceKind = "agency"   // one agency by its slug
)

// Place (nơi xử lý) is an agency relative to a dossier: "receiver", "handler", "above:district", "agency:so-tu-phap".
type Place struct {
	Kind PlaceKind
	Arg  string // the level or the slug
}

// ParsePlace reads the words of Step.At and Spec.Handler; empty is the receiver.
func ParsePlace(s string) (Place, error) {
	kind, arg, cut := strings.Cut(s, ":")
	switch p := (Place{PlaceKind(kind), arg}); {
	case s == "":
		return Place{Kind: AtReceiver}, nil
	case !cut && (p.Kind == AtReceiver || p.Kind == AtCompetent):
		return p, nil
	case cut && (p.Kind == AtAbove || p.Kind == AtAgency) && keyPattern.MatchString(arg):
		return p, nil
	}
	return Place{}, fault.NewInvalid("at", i18n.M("Không hiểu nơi xử lý “%s”. Dùng receiver, handler, above:<cấp> hoặc agency:<mã cơ quan>.", s))
}

// Where returns the agency of the step; the receiver when it is not said.
func (s *Step) Where() Place {
	p, err := ParsePlace(s.At)
	if err != nil {
		return Place{Kind: AtReceiver}
	}
	return p
}

// complete writes down the way on that goes without saying: a step without next
// that one join waits for leads to this join.
func (p *Process) complete() {
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Kind == StepReturn || len(s.Next) > 0 || len(s.Parallel) > 0 {
			continue
		}
		if joins := p.joins(s.Key); len(joins) == 1 {
			s.Next = []Branch{{To: joins[0]}}
		}
	}
}

// joins returns the keys of the steps that wait for one.
func (p *Process) joins(key string) []string {
	var keys []string
	for _, s := range p.Steps {
		if slices.Contains(s.WaitsFor, key) {
			keys = append(keys, s.Key)
		}
	}
	return keys
}

// edges returns the keys of the steps that a step leads to, by branch or in parallel.
func (p *Process) edges(s *Step) []string {
	keys := make([]string, 0, len(s.Next)+len(s.Parallel))
	for _, b := range s.Next {
		keys = append(keys, b.To)
	}
	return append(keys, s.Parallel...)
}

// reach returns the keys that can be reached from one without passing some others, itself among them.
func (p *Process) reach(from string, without ...string) map[string]bool {
	seen := map[string]bool{}
	todo := []string{from}
	for len(todo) > 0 {
		key := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		step, ok := p.Step(key)
		if !ok || seen[key] || slices.Contains(without, key) {
			continue
		}
		seen[key] = true
		todo = append(todo, p.edges(step)...)
	}
	return seen
}
