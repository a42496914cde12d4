package dossier

import (
	"slices"

	"lienthong/internal/procedure"
)

// stepActs is the table of what can be done at each kind of step. Whether the
// state of the dossier allows it too, the table of states says.
var stepActs = map[procedure.StepKind][]Act{
	procedure.StepReceive: {ActAccept, ActRequestMore, ActRefuse, ActForward, ActCheckPapers, ActCollectFee, ActAttach},
	procedure.StepWork:    {ActForward, ActBack, ActCheckPapers, ActAttach},
	procedure.StepApprove: {ActForward, ActBack, ActExtend, ActStop, ActAttach},
	procedure.StepReturn:  {ActReturn, ActBack, ActCollectFee, ActAttach},
}

// optional maps the optional actions of a process to acts.
var optional = map[procedure.Action]Act{
	procedure.ActionRequestMore: ActRequestMore,
	procedure.ActionStop:        ActStop,
	procedure.ActionExtend:      ActExtend,
	procedure.ActionObligation:  ActObligation,
}

// allows reports whether an act belongs to a step: by its kind, or because the
// process names it. Accept and refuse belong to a dossier that is not accepted
// yet, forward to one that is.
func allows(spec *procedure.Spec, d *Dossier, st *Step, a Act) bool {
	kind := procedure.StepKind(st.Kind)
	if kind == procedure.StepReceive {
		switch a {
		case ActAccept, ActRefuse:
			return d.AcceptedAt == nil
		case ActForward:
			return d.AcceptedAt != nil
		}
	}
	if a == ActBack && st.FromID == "" || a == ActExtend && d.Extended {
		return false
	}
	if slices.Contains(stepActs[kind], a) {
		return true
	}
	if a == ActObligationMet {
		a = ActObligation // who may announce an obligation may confirm that it is met
	}
	step, ok := spec.Process.Step(st.Key)
	if !ok {
		return false
	}
	return slices.ContainsFunc(step.May, func(m procedure.Action) bool { return optional[m] == a })
}

// possible returns the acts that a step offers in the present state of the dossier.
func possible(spec *procedure.Spec, d *Dossier, st *Step) []Act {
	if !st.Open() {
		return nil
	}
	var acts []Act
	for _, a := range []Act{ActAccept, ActForward, ActReturn, ActRequestMore, ActBack, ActExtend, ActObligation,
		ActObligationMet, ActRefuse, ActStop, ActCheckPapers, ActCollectFee, ActAttach} {
		if d.Allows(a) && allows(spec, d, st, a) {
			acts = append(acts, a)
		}
	}
	return acts
}
