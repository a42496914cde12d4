package dossier

import (
	"slices"
	"strings"
	"testing"

	"lienthong/internal/kit/fault"
	"lienthong/internal/procedure"
)

// land is a process with a fork, a join, a condition and a choice:
//
//	receive → verify ─┬→ commune ──┬→ join → sign → return
//	                  └→ building ─┘      ↘ reject → return
var land = procedure.Process{Steps: []procedure.Step{
	{Key: "receive", Kind: procedure.StepReceive, Next: []procedure.Branch{{To: "verify"}}},
	{Key: "verify", Kind: procedure.StepWork, At: "handler", Parallel: []string{"commune", "building"}},
	{Key: "commune", Kind: procedure.StepWork, Next: []procedure.Branch{{To: "join"}}},
	{Key: "building", Kind: procedure.StepWork, At: "agency:b", Next: []procedure.Branch{{To: "join"}}},
	{Key: "join", Kind: procedure.StepWork, At: "handler", WaitsFor: []string{"commune", "building"}, Next: []procedure.Branch{
		{To: "sign", Label: "Đủ điều kiện"}, {To: "reject", Label: "Không đủ"}}},
	{Key: "sign", Kind: procedure.StepApprove, At: "handler", Next: []procedure.Branch{
		{To: "reject", When: `case == "hard"`}, {To: "return"}}},
	{Key: "reject", Kind: procedure.StepApprove, At: "handler", Next: []procedure.Branch{{To: "return"}}},
	{Key: "return", Kind: procedure.StepReturn},
}}

func TestStarts(t *testing.T) {
	tests := []struct {
		name       string
		key        string
		choice     string
		caseKey    string
		open, done []string
		want       string
		fault      fault.Kind
	}{
		{name: "one way on", key: "receive", want: "verify"},
		{name: "a fork opens all branches", key: "verify", want: "commune building"},
		{name: "a join waits for the other branch", key: "commune", open: []string{"building"}, want: ""},
		{name: "the last branch opens the join", key: "building", done: []string{"commune"}, want: "join"},
		{name: "a choice must be made", key: "join", fault: fault.Invalid},
		{name: "a choice that is not offered", key: "join", choice: "return", fault: fault.Invalid},
		{name: "the way chosen", key: "join", choice: "reject", want: "reject"},
		{name: "a condition decides", key: "sign", caseKey: "hard", want: "reject"},
		{name: "no condition holds", key: "sign", caseKey: "easy", want: "return"},
		{name: "a step that is open already is not opened twice", key: "reject", open: []string{"return"}, want: ""},
		{name: "a fork sent back opens only what is missing", key: "verify", done: []string{"commune"}, want: "building"},
		{name: "a fork sent back with all branches done goes to the join", key: "verify", done: []string{"commune", "building"}, want: "join"},
		{name: "the last step ends", key: "return", want: ""},
		{name: "a step the process does not know", key: "nowhere", fault: fault.Conflict},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := flow{&land, procedure.Env{Case: tt.caseKey, Channel: "counter"}}
			keys, err := f.starts(tt.key, tt.choice, tt.open, tt.done)
			if got := strings.Join(keys, " "); got != tt.want {
				t.Errorf("starts %q, want %q (error %v)", got, tt.want, err)
			}
			if (err != nil) != (tt.fault != 0) || err != nil && fault.KindOf(err) != tt.fault {
				t.Errorf("error %v, want kind %v", err, tt.fault)
			}
		})
	}
}

func TestReaches(t *testing.T) {
	f := flow{process: &land}
	for _, tt := range []struct {
		from, to string
		want     bool
	}{{"receive", "return", true}, {"commune", "join", true}, {"commune", "building", false}, {"return", "receive", false}, {"nowhere", "return", false}} {
		if got := f.reaches(tt.from, tt.to); got != tt.want {
			t.Errorf("reaches(%s, %s) = %v", tt.from, tt.to, got)
		}
	}
}

func TestReachesEndsInALoop(t *testing.T) {
	loop := procedure.Process{Steps: []procedure.Step{
		{Key: "a", Next: []procedure.Branch{{To: "b"}}}, {Key: "b", Next: []procedure.Branch{{To: "a"}}},
	}}
	if (flow{process: &loop}).reaches("a", "c") {
		t.Error("a step outside the loop was reached")
	}
	if n := len((flow{process: &loop}).stretch("a", func(string) bool { return true })); n != 2 {
		t.Errorf("the stretch through a loop has %d steps, want 2", n)
	}
}

func TestStretch(t *testing.T) {
	f := flow{process: &land}
	same := func(want string) func(string) bool { return func(at string) bool { return at == want } }
	for _, tt := range []struct{ from, at, want string }{
		{"receive", "", "receive"},
		{"verify", "handler", "verify"},
		{"join", "handler", "join sign reject"},
		{"return", "", "return"},
	} {
		var keys []string
		for _, s := range f.stretch(tt.from, same(tt.at)) {
			keys = append(keys, s.Key)
		}
		if got := strings.Join(keys, " "); got != tt.want {
			t.Errorf("stretch from %s: %q, want %q", tt.from, got, tt.want)
		}
	}
}

// TestRules holds the table of states: what is possible in a status, and where it leads.
func TestRules(t *testing.T) {
	want := map[Status][]Act{
		StatusNew:        {ActAccept, ActAssign, ActAttach, ActCheckPapers, ActClaim, ActCollectFee, ActMoveToSuccessor, ActRefuse, ActRelease, ActRequestMore, ActWithdraw},
		StatusAccepted:   {ActAssign, ActAttach, ActBack, ActCheckPapers, ActClaim, ActCollectFee, ActExtend, ActFinish, ActForward, ActMoveToSuccessor, ActObligation, ActRelease, ActRequestMore, ActStop, ActWithdraw},
		StatusProcessing: {ActAssign, ActAttach, ActBack, ActCheckPapers, ActClaim, ActCollectFee, ActExtend, ActFinish, ActForward, ActMoveToSuccessor, ActObligation, ActRelease, ActRequestMore, ActStop, ActWithdraw},
		StatusSupplement: {ActCollectFee, ActExpire, ActMoveToSuccessor, ActStop, ActSupplement, ActWithdraw},
		StatusObligation: {ActCollectFee, ActMoveToSuccessor, ActObligationMet, ActStop, ActWithdraw},
		StatusDone:       {ActAssign, ActAttach, ActBack, ActClaim, ActCollectFee, ActMoveToSuccessor, ActRelease, ActReturn},
		StatusRefused:    nil,
		StatusWithdrawn:  nil,
		StatusStopped:    nil,
		StatusReturned:   nil,
	}
	for _, status := range Statuses {
		d := Dossier{Status: status, Code: "H21-261123-0001"}
		var got []Act
		for a := range rules {
			if d.Allows(a) {
				got = append(got, a)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want[status]) {
			t.Errorf("in status %d (%s)\n got %v\nwant %v", status, status.Name(), got, want[status])
		}
		if status.Ended() != (want[status] == nil) {
			t.Errorf("status %d: Ended() = %v, but acts are %v", status, status.Ended(), want[status])
		}
		if err := d.allowed(ActReturn); (err == nil) != (status == StatusDone) || err != nil && fault.KindOf(err) != fault.Conflict {
			t.Errorf("return in status %d: %v", status, err)
		}
	}
}

func TestPossible(t *testing.T) {
	spec := &procedure.Spec{Process: procedure.Process{Steps: []procedure.Step{
		{Key: "w", Kind: procedure.StepWork, May: []procedure.Action{procedure.ActionRequestMore, procedure.ActionObligation}},
	}}}
	now := clockTime("2026-11-23 08:00")
	tests := []struct {
		name string
		d    Dossier
		st   Step
		want []Act
	}{
		{"a new dossier at the counter", Dossier{Status: StatusNew}, Step{Kind: "receive", State: StepReady}, []Act{ActAccept, ActRequestMore, ActRefuse, ActCheckPapers, ActCollectFee, ActAttach}},
		{"sent back to the counter", Dossier{Status: StatusProcessing, AcceptedAt: &now}, Step{Kind: "receive", State: StepReady}, []Act{ActForward, ActRequestMore, ActCheckPapers, ActCollectFee, ActAttach}},
		{"work, with what the process adds", Dossier{Status: StatusProcessing}, Step{Key: "w", Kind: "work", State: StepClaimed, FromID: "x"}, []Act{ActForward, ActRequestMore, ActBack, ActObligation, ActCheckPapers, ActAttach}},
		{"waiting for payment", Dossier{Status: StatusObligation}, Step{Key: "w", Kind: "work", State: StepClaimed, FromID: "x"}, []Act{ActObligationMet}},
		{"signing", Dossier{Status: StatusProcessing}, Step{Kind: "approve", State: StepReady, FromID: "x"}, []Act{ActForward, ActBack, ActExtend, ActStop, ActAttach}},
		{"signing, extended before", Dossier{Status: StatusProcessing, Extended: true}, Step{Kind: "approve", State: StepReady, FromID: "x"}, []Act{ActForward, ActBack, ActStop, ActAttach}},
		{"the result is there", Dossier{Status: StatusDone}, Step{Kind: "return", State: StepReady, FromID: "x"}, []Act{ActReturn, ActBack, ActCollectFee, ActAttach}},
		{"a finished step", Dossier{Status: StatusProcessing}, Step{Kind: "work", State: StepDone, FromID: "x"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := possible(spec, &tt.d, &tt.st); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
