package procedure

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"lienthong/internal/kit/fault"
)

// forked returns a process with a case, a condition, a choice and parallel branches.
func forked() string {
	return sample("terms:\n  - {term: 1 ngày làm việc}", `cases:
  - {key: small, name: Dưới 500 m²}
  - {key: large, name: Từ 500 m²}
terms:
  - {term: 5 ngày làm việc, cases: [small]}
  - {term: 8 ngày làm việc, channels: [counter, post]}
  - {term: 10 ngày làm việc}`, sample()[strings.Index(sample(), "  steps:"):], `  steps:
    - {key: receive, name: Tiếp nhận, kind: receive, term: 1 ngày, next: [{to: survey, when: case == 'large'}, {to: check}]}
    - {key: survey, name: Đo đạc, kind: work, at: above:district, term: 3 ngày, next: [{to: check}]}
    - key: check
      name: Thẩm tra
      kind: work
      term: 1 ngày
      parallel: [tax, opinion]
    - {key: tax, name: Xác định nghĩa vụ tài chính, kind: work, at: agency:cuc-thue, term: 2 ngày, may: [obligation], next: [{to: sign}]}
    - {key: opinion, name: Lấy ý kiến, kind: work, term: 1 ngày, next: [{to: sign, when: form.agreed == true}, {to: visit, when: form.agreed == false}]}
    - {key: visit, name: Kiểm tra thực địa, kind: work, term: 8 giờ, next: [{to: sign}]}
    - {key: sign, name: Ký, kind: approve, at: handler, term: 1 ngày, waits_for: [tax, opinion], output: ban-sao, next: [{to: return, label: Đồng ý}, {to: check, label: Làm lại}]}
    - {key: return, name: Trả kết quả, public: Ông/bà đến nhận kết quả, kind: return}
`)
}

func TestNextOf(t *testing.T) {
	p := &load(t, forked()).Process
	agreed := func(v any) map[string]any { return map[string]any{"agreed": v} }
	tests := []struct {
		step string
		env  Env
		want string
	}{
		{"receive", Env{Case: "small"}, "start [check]"},
		{"receive", Env{Case: "large"}, "start [survey]"},
		{"check", Env{}, "start [tax opinion]"},
		{"tax", Env{}, "start [sign]"},
		{"opinion", Env{Form: agreed(true)}, "start [sign]"},
		{"opinion", Env{Form: agreed(false)}, "start [visit]"},
		{"opinion", Env{Form: map[string]any{}}, "choose [sign visit]"}, // nothing holds
		{"opinion", Env{}, "choose [sign visit]"},                       // a paper filing
		{"sign", Env{}, "choose [return check]"},
		{"return", Env{}, "end"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.step, tt.env), func(t *testing.T) {
			o, err := p.NextOf(tt.step, tt.env)
			if err != nil {
				t.Fatal(err)
			}
			got := "end"
			if len(o.Start) > 0 {
				got = fmt.Sprint("start ", o.Start)
			}
			if len(o.Choose) > 0 {
				var keys []string
				for _, b := range o.Choose {
					keys = append(keys, b.To)
				}
				got = fmt.Sprint("choose ", keys)
			}
			if got != tt.want || o.End != (got == "end") {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	if _, err := p.NextOf("nowhere", Env{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an unknown step: %v, want not found", err)
	}
}

func TestConditions(t *testing.T) {
	env := Env{Case: "a", Channel: ChannelOnline, Applicant: map[string]any{"kind": "business"},
		Form: map[string]any{"area": 600.0, "owner": map[string]any{"name": "A"}, "rows": []any{1.0, 2.0}}}
	tests := []struct {
		when string
		env  Env
		want truth
	}{
		{"case == 'a'", env, yes},
		{"case in ['b', 'c']", env, no},
		{"channel == 'online' and applicant.kind == 'business'", env, yes},
		{"form.area >= 500", env, yes},
		{"form.area * 2 < 1000", env, no},
		{"len(form.rows) == 2", env, yes},
		{"form.owner.name startsWith 'A'", env, yes},
		{"form.missing == 'x'", env, no},
		{"form.missing > 3", env, unknown},
		{"form.missing.deeper == 1", env, unknown},
		{"form.area", env, unknown}, // not a yes or no
		{"form.area > 1", Env{}, unknown},
		{"applicant.kind == 'citizen'", Env{Form: env.Form}, unknown},
		{"case == ''", Env{}, yes},
	}
	for _, tt := range tests {
		c, err := compileCondition(tt.when)
		if err != nil {
			t.Errorf("%s: %v", tt.when, err)
			continue
		}
		if got := c.eval(tt.env); got != tt.want {
			t.Errorf("%s is %d, want %d", tt.when, got, tt.want)
		}
	}
}

func TestConditionErrors(t *testing.T) {
	p := &Process{Steps: []Step{{Key: "a", Name: "A", Next: []Branch{{To: "a", When: "case =="}}}}}
	_, err := p.NextOf("a", Env{})
	var ce *ConditionError
	if !errors.As(err, &ce) || ce.Step != "a" || fault.KindOf(err) != fault.Conflict || errors.Unwrap(ce) == nil || !strings.Contains(ce.Error(), `"case =="`) {
		t.Errorf("got %v, want a conflict around a condition error", err)
	}
	if _, err := compileCondition(strings.Repeat("case == 'a' or ", 50) + "true"); err == nil {
		t.Error("a condition without bound was compiled")
	}
	if _, err := compileCondition("now() > now()"); err == nil {
		t.Error("a condition may not depend on the time of day")
	}
}

// TestConditionCache holds that the cache cannot grow without bound.
func TestConditionCache(t *testing.T) {
	for i := range maxConditions + 10 {
		if _, err := compileCondition(fmt.Sprintf("case == 'c%d'", i)); err != nil {
			t.Fatal(err)
		}
	}
	conditions.Lock()
	defer conditions.Unlock()
	if n := len(conditions.made); n > maxConditions {
		t.Errorf("%d conditions are kept", n)
	}
}

func TestSteps(t *testing.T) {
	p := &load(t, forked()).Process
	if p.First().Key != "receive" || (&Process{}).First() != nil {
		t.Error("the first step is wrong")
	}
	if _, ok := p.Step("nowhere"); ok {
		t.Error("found a step that is not there")
	}
	tests := []struct {
		key    string
		where  Place
		public string
		term   string
	}{
		{"receive", Place{Kind: AtReceiver}, "Tiếp nhận", "1 ngày làm việc"},
		{"survey", Place{AtAbove, "district"}, "Đo đạc", "3 ngày làm việc"},
		{"tax", Place{AtAgency, "cuc-thue"}, "Xác định nghĩa vụ tài chính", "2 ngày làm việc"},
		{"visit", Place{Kind: AtReceiver}, "Kiểm tra thực địa", "8 giờ làm việc"},
		{"sign", Place{Kind: AtCompetent}, "Ký", "1 ngày làm việc"},
		{"return", Place{Kind: AtReceiver}, "Ông/bà đến nhận kết quả", "không tính thời gian"},
	}
	for _, tt := range tests {
		s, _ := p.Step(tt.key)
		d, err := s.Duration()
		if err != nil || s.Where() != tt.where || s.Public() != tt.public || d.String() != tt.term {
			t.Errorf("%s: %v, %q, %s, %v", tt.key, s.Where(), s.Public(), d, err)
		}
	}
	tax, _ := p.Step("tax")
	if !tax.Allows(ActionObligation) || tax.Allows(ActionStop) {
		t.Error("the optional actions are wrong")
	}
	if (&Step{At: "??"}).Where().Kind != AtReceiver {
		t.Error("a place that cannot be read is not the receiver")
	}
}

func TestParsePlace(t *testing.T) {
	for _, s := range []string{"above", "above:", "agency:", "handler:x", "receiver:x", "somewhere", "agency:Sở", "above:district:x"} {
		if p, err := ParsePlace(s); err == nil {
			t.Errorf("%q is read as %v", s, p)
		}
	}
}

func TestTotals(t *testing.T) {
	s := load(t, forked())
	tests := []struct {
		channel, caseKey string
		want             Total
	}{
		{ChannelCounter, "small", Total{Minutes: 5 * DayMinutes}}, // receive 1, check 1, longest branch 2, sign 1
		{ChannelCounter, "large", Total{Minutes: 8 * DayMinutes}},
	}
	for _, tt := range tests {
		if got := s.ProcessTotal(tt.channel, tt.caseKey); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.caseKey, got, tt.want)
		}
	}
	if got := (&Spec{}).ProcessTotal("", ""); got != (Total{}) {
		t.Errorf("no process takes %+v", got)
	}
}

func TestTotalUnits(t *testing.T) {
	for _, tt := range []struct {
		term string
		want Total
	}{
		{"1 ngày làm việc", Total{Minutes: 480}},
		{"1/4 ngày làm việc", Total{Minutes: 120}},
		{"4 giờ", Total{Minutes: 240}},
		{"30 ngày", Total{Days: 30}},
		{"2 tháng", Total{Days: 60}},
		{"không tính thời gian", Total{}},
	} {
		s := load(t, sample("term: 1 ngày làm việc", "term: "+tt.term))
		term, err := s.ResolveTerm(ChannelCounter, "")
		if got := NewTotal(term); err != nil || got != tt.want {
			t.Errorf("%s is %+v, %v; want %+v", tt.term, got, err, tt.want)
		}
	}
	if got := (Total{1, 2}).Add(Total{3, 4}); got != (Total{4, 6}) {
		t.Errorf("sum %+v", got)
	}
}

func TestTerms(t *testing.T) {
	s := load(t, forked())
	tests := []struct{ channel, caseKey, want string }{
		{ChannelCounter, "small", "5 ngày làm việc"},
		{ChannelOnline, "small", "5 ngày làm việc"},
		{ChannelCounter, "large", "8 ngày làm việc"},
		{ChannelPost, "large", "8 ngày làm việc"},
		{ChannelOnline, "large", "10 ngày làm việc"},
	}
	for _, tt := range tests {
		got, err := s.ResolveTerm(tt.channel, tt.caseKey)
		if err != nil || got.String() != tt.want {
			t.Errorf("%s %s: %s, %v; want %s", tt.channel, tt.caseKey, got, err, tt.want)
		}
	}
	s.Terms = s.Terms[:1]
	if _, err := s.ResolveTerm(ChannelCounter, "large"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no term: %v, want invalid", err)
	}
}

func TestCasesPapersFees(t *testing.T) {
	s := load(t, sample("terms:", "cases:\n  - {key: own, name: Tự nộp}\n  - {key: agent, name: Ủy quyền}\nterms:",
		"originals: 1}", `originals: 1, e_form: true}
  - {key: uy-quyen, name: Văn bản ủy quyền, originals: 1, cases: [agent]}
  - {key: can-cuoc, name: Căn cước, originals: 1, show_only: true}`,
		"results:", `fees:
  - {key: counter, name: Lệ phí, kind: charge, amount: 8000, channels: [counter, post]}
  - {key: online, name: Lệ phí, kind: charge, amount: 4000, channels: [online]}
  - {key: agent, name: Phí, kind: fee, amount: 1000, cases: [agent]}
results:`, "online: 2", "online: 3", "process:", "form:\n  type: object\n  properties: {name: {type: string, title: Họ tên}}\nprocess:"))
	papers := func(c, ch string) (keys []string) {
		for _, p := range s.PapersFor(c, ch) {
			keys = append(keys, p.Key)
		}
		return keys
	}
	fees := func(c, ch string) (sum int64) {
		for _, f := range s.FeesFor(c, ch) {
			sum += f.Amount
		}
		return sum
	}
	for _, tt := range []struct {
		caseKey, channel, papers string
		fees                     int64
	}{
		{"own", ChannelCounter, "to-khai can-cuoc", 8000},
		{"own", ChannelOnline, "can-cuoc", 4000},
		{"agent", ChannelPost, "to-khai uy-quyen can-cuoc", 9000},
		{"agent", ChannelOnline, "uy-quyen can-cuoc", 5000},
	} {
		if got := strings.Join(papers(tt.caseKey, tt.channel), " "); got != tt.papers {
			t.Errorf("%s %s: papers %s, want %s", tt.caseKey, tt.channel, got, tt.papers)
		}
		if got := fees(tt.caseKey, tt.channel); got != tt.fees {
			t.Errorf("%s %s: %d đồng, want %d", tt.caseKey, tt.channel, got, tt.fees)
		}
	}
	if c, ok := s.Case("agent"); !ok || c.Name != "Ủy quyền" {
		t.Error("the case is not found")
	}
	if _, ok := s.Case(""); ok {
		t.Error("a procedure with cases has no nameless one")
	}
	if !reflect.DeepEqual(s.Channels(), AllChannels) || !s.FileableOnline() {
		t.Errorf("channels %v", s.Channels())
	}
	if _, ok := s.Paper("uy-quyen"); !ok {
		t.Error("the paper is not found")
	}
	if _, ok := s.Paper("x"); ok {
		t.Error("found a paper that is not there")
	}
	if _, ok := s.Result("x"); ok {
		t.Error("found a result that is not there")
	}
	if !s.MaySubmit("citizen") || s.MaySubmit("business") {
		t.Error("who may file is wrong")
	}
}

func TestChannels(t *testing.T) {
	s := load(t, sample("{term: 1 ngày làm việc}", "{term: 1 ngày làm việc, channels: [counter]}"))
	if got := s.Channels(); !reflect.DeepEqual(got, []string{ChannelCounter}) {
		t.Errorf("channels %v, want those with a term", got)
	}
	s = load(t, sample())
	if got := s.Channels(); !reflect.DeepEqual(got, []string{ChannelCounter, ChannelPost}) || s.FileableOnline() {
		t.Errorf("channels %v without an e-form", got)
	}
	if got := s.CaseKeys(); !reflect.DeepEqual(got, []string{""}) {
		t.Errorf("case keys %q", got)
	}
	if _, ok := s.Case(""); !ok {
		t.Error("a procedure without cases has the nameless one")
	}
}
