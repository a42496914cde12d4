package procedure

import (
	"strings"
	"testing"
)

// joined returns a process whose branches meet; next is what the branches write down.
func joined(next string) string {
	return sample(sample()[strings.Index(sample(), "  steps:"):], `  steps:
    - {key: receive, name: Tiếp nhận, kind: receive, term: 1 giờ, parallel: [verify, opinion]}
    - {key: verify, name: Thẩm tra, kind: work, term: 4 giờ`+next+`}
    - {key: opinion, name: Lấy ý kiến, kind: work, term: 2 giờ`+next+`}
    - {key: sign, name: Ký, kind: approve, term: 3 giờ, waits_for: [verify, opinion], output: ban-sao, next: [{to: return}]}
    - {key: return, name: Trả kết quả, kind: return}
`)
}

// TestImpliedWay holds that branches need not say that they lead to the join that waits for them.
func TestImpliedWay(t *testing.T) {
	said, implied := load(t, joined(", next: [{to: sign}]")), load(t, joined(""))
	a, _, err1 := digestOf(said)
	b, _, err2 := digestOf(implied)
	if err1 != nil || err2 != nil || a != b {
		t.Error("written down or not, it is the same process")
	}
	o, err := implied.Process.NextOf("opinion", Env{})
	if err != nil || len(o.Start) != 1 || o.Start[0] != "sign" {
		t.Errorf("after the opinion: %+v, %v", o, err)
	}
	if total := implied.ProcessTotal(ChannelCounter, ""); total.Minutes != DayMinutes {
		t.Errorf("the longest branch counts: %+v", total)
	}
	if w := Lint(implied, Known{}); len(w) > 0 {
		t.Errorf("warnings %v", w)
	}
	raw, err := Dump(implied)
	if err != nil || strings.Count(string(raw), "- to: sign") != 2 {
		t.Errorf("a file names the way: %v\n%s", err, raw)
	}
}

// TestImpliedWayUnclear holds that nothing is guessed where two steps wait for one.
func TestImpliedWayUnclear(t *testing.T) {
	text := strings.Replace(joined(""), "kind: return}", "kind: return, waits_for: [verify]}", 1)
	s := load(t, text)
	verify, _ := s.Process.Step("verify")
	opinion, _ := s.Process.Step("opinion")
	if len(verify.Next) != 0 || len(opinion.Next) != 1 {
		t.Errorf("ways %v and %v", verify.Next, opinion.Next)
	}
	found := false
	for _, w := range Lint(s, Known{}) {
		found = found || strings.Contains(w.String(), "bước “verify” không dẫn đi đâu")
	}
	if !found {
		t.Error("a step that leads nowhere is not told")
	}
}

// TestWayElsewhere holds that a join counts the time of what it waits for, wherever that leads.
func TestWayElsewhere(t *testing.T) {
	text := strings.Replace(joined(", next: [{to: sign}]"), "key: opinion, name: Lấy ý kiến, kind: work, term: 2 giờ, next: [{to: sign}]", "key: opinion, name: Lấy ý kiến, kind: work, term: 6 giờ, next: [{to: return}]", 1)
	if total := load(t, text).ProcessTotal(ChannelCounter, ""); total.Minutes != 600 {
		t.Errorf("one hour, six and three are %+v", total)
	}
}

// TestReach holds which steps lie behind a step.
func TestReach(t *testing.T) {
	p := &load(t, forked()).Process
	tests := []struct {
		from    string
		without []string
		want    string
	}{
		{"receive", nil, "receive survey check tax opinion visit sign return"},
		{"tax", nil, "check tax opinion visit sign return"}, // the leader may send it back
		{"tax", []string{"check"}, "tax sign return"},
		{"opinion", []string{"check", "sign"}, "opinion visit"},
		{"return", nil, "return"},
		{"nowhere", nil, ""},
	}
	for _, tt := range tests {
		reached := p.reach(tt.from, tt.without...)
		var got []string
		for _, s := range p.Steps {
			if reached[s.Key] {
				got = append(got, s.Key)
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("from %s without %v: %q, want %q", tt.from, tt.without, got, tt.want)
		}
	}
}
