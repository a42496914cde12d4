package procedure

import (
	"strings"
	"testing"

	"lienthong/internal/kit/fault"
)

// TestValidate changes one thing in a valid procedure and looks for the problem.
func TestValidate(t *testing.T) {
	const cases = "cases:\n  - {key: first, name: Lần đầu}\nterms:"
	tests := []struct {
		name string
		old  string
		new  string
		path string
		want string
	}{
		{"code", `"1.000001"`, `"mã 1"`, "code", "Mã thủ tục “mã 1” chưa đúng"},
		{"full code", `"1.000001"`, `"2.000635.000.00.00.H21"`, "", ""},
		{"ministry code", `"1.000001"`, `"B-BCT-034067-TT"`, "", ""},
		{"name", "name: Cấp bản sao trích lục hộ tịch", "name: ''", "name", "Thiếu nội dung"},
		{"long name", "name: Cấp bản sao trích lục hộ tịch", "name: " + strings.Repeat("ă", maxName+1), "name", "dài quá 1500"},
		{"field", "field: ho-tich", "field: Hộ tịch", "field", "mã trong danh mục lĩnh vực"},
		{"no valid_from", "valid_from: 2016-01-01\n", "", "valid_from", "Thiếu ngày bắt đầu"},
		{"valid_to before", "valid_from: 2016-01-01", "valid_from: 2016-01-01\nvalid_to: 2015-01-01", "valid_to", "phải sau"},
		{"level 0", "online: 2", "online: 0", "online", "1 đến 4"},
		{"no applicants", "applicants: [citizen]", "applicants: []", "applicants", "Thiếu đối tượng"},
		{"applicant twice", "applicants: [citizen]", "applicants: [citizen, citizen]", "applicants.1", "đã có ở trên"},
		{"life event", "online: 2", "online: 2\nlife_events: [Có con]", "life_events.0", "chưa đúng"},
		{"no receivers", "receivers:\n  - {kind: peoples_committee, level: commune}", "receivers: []", "receivers", "Thiếu cơ quan tiếp nhận"},
		{"empty receiver", "{kind: peoples_committee, level: commune}", "{}", "receivers.0", "slug"},
		{"receiver by name", "{kind: peoples_committee, level: commune}", "{slug: Sở Tư pháp}", "receivers.0", "không dấu"},
		{"handler", "online: 2", "online: 2\nhandler: above", "handler", "above:<cấp>"},
		{"handler names itself", "online: 2", "online: 2\nhandler: handler", "handler", "above:<cấp>"},
		{"handler above", "online: 2", "online: 2\nhandler: above:district", "", ""},
		{"case without name", "terms:", "cases:\n  - {key: first, name: ''}\nterms:", "cases.0.name", "Thiếu"},
		{"case twice", "terms:", "cases:\n  - {key: first, name: A}\n  - {key: first, name: B}\nterms:", "cases.1.key", "đã dùng ở trên"},
		{"no terms", "terms:\n  - {term: 1 ngày làm việc}", "terms: []", "terms", "Thiếu thời hạn"},
		{"term", "term: 1 ngày làm việc", "term: một lúc", "terms.0.term", "Không hiểu thời hạn"},
		{"term channel", "{term: 1 ngày làm việc}", "{term: 1 ngày làm việc, channels: [fax]}", "terms.0.channels.0", "Không có cách nộp “fax”"},
		{"term case", "{term: 1 ngày làm việc}", "{term: 1 ngày làm việc, cases: [second]}", "terms.0.cases.0", "Không có trường hợp “second”"},
		{"paper case", "originals: 1", "originals: 1, cases: [first]", "papers.0.cases.0", "Không có trường hợp"},
		{"paper key", "key: to-khai", "key: Tờ khai", "papers.0.key", "không dấu"},
		{"paper twice", "originals: 1}", "originals: 1}\n  - {key: to-khai, name: B, originals: 1}", "papers.1.key", "đã dùng ở trên"},
		{"paper count", "originals: 1", "originals: -1", "papers.0", "từ 0 đến 99"},
		{"fee kind", "results:", "fees:\n  - {key: phi, name: Phí, kind: tax, amount: 1}\nresults:", "fees.0.kind", "fee (phí)"},
		{"fee amount", "results:", "fees:\n  - {key: phi, name: Phí, kind: fee, amount: -1}\nresults:", "fees.0.amount", "không âm"},
		{"fee", "results:", "fees:\n  - {key: phi, name: Phí, kind: charge, amount: 8000, per: bản, channels: [counter]}\nresults:", "", ""},
		{"no results", "results:\n  - {key: ban-sao, name: Bản sao trích lục hộ tịch}", "results: []", "results", "Thiếu kết quả"},
		{"output", "output: ban-sao", "output: ban-chinh", "process.steps.2.output", "Không có kết quả “ban-chinh”"},
		{"legal", "number: 60/2014/QH13", "number: ''", "legal.0.number", "Thiếu"},
		{"no steps", sample()[strings.Index(sample(), "  steps:"):], "  steps: []\n", "process.steps", "chưa có bước nào"},
		{"first step", "kind: receive, term", "kind: work, term", "process.steps.0.kind", "phải là tiếp nhận"},
		{"step kind", "kind: approve", "kind: sign", "process.steps.2.kind", "receive, work, approve"},
		{"step twice", "key: sign", "key: verify", "process.steps.2.key", "đã dùng ở trên"},
		{"step name", "name: Ký", "name: ''", "process.steps.2.name", "Thiếu"},
		{"step place", "kind: approve", "kind: approve, at: district", "process.steps.2.at", "Không hiểu nơi xử lý “district”"},
		{"step term", "term: 4 giờ", "term: bốn tuần", "process.steps.1.term", "Không hiểu thời hạn"},
		{"division", "kind: approve", "kind: approve, division: Lãnh đạo", "process.steps.2.division", "không dấu"},
		{"next", "to: return", "to: end", "process.steps.2.next.0.to", "Không có bước “end”"},
		{"next and parallel", "next: [{to: return}]", "next: [{to: return}], parallel: [return]", "process.steps.2.parallel", "không có cả hai"},
		{"parallel", "next: [{to: verify}]", "parallel: [verify, opinion]", "process.steps.0.parallel.1", "Không có bước “opinion”"},
		{"waits for", "kind: approve", "kind: approve, waits_for: [opinion]", "process.steps.2.waits_for.0", "Không có bước “opinion”"},
		{"waits for itself", "kind: approve", "kind: approve, waits_for: [sign]", "process.steps.2.waits_for.0", "chờ chính nó"},
		{"action", "kind: work", "kind: work, may: [request_more, sing]", "process.steps.1.may.1", "Không có việc “sing”"},
		{"condition", "next: [{to: sign}]", "next: [{to: sign, when: case = 'a'}]", "process.steps.1.next.0.when", "không đúng"},
		{"condition with unknown name", "next: [{to: sign}]", "next: [{to: sign, when: user == 'a'}]", "process.steps.1.next.0.when", "không đúng"},
		{"condition of another type", "next: [{to: sign}]", "next: [{to: sign, when: case + channel}]", "process.steps.1.next.0.when", "không đúng"},
		{"condition", "next: [{to: sign}]", "next: [{to: sign, when: form.area > 500 or channel == 'online'}]", "", ""},
		{"form", "process:", "form: {type: string}\nprocess:", "form.type", "type: object"},
		{"cases", "terms:", cases, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load("a.yaml", strings.NewReader(sample(tt.old, tt.new)))
			if tt.want == "" {
				if err != nil {
					t.Errorf("got %v, want no problem", err)
				}
				return
			}
			f, ok := fault.As(err)
			if !ok || f.Kind != fault.Invalid {
				t.Fatalf("got %v, want an invalid fault", err)
			}
			for _, p := range f.Problems {
				if strings.HasSuffix(p.Field, " "+tt.path) && strings.Contains(p.Msg.String(), tt.want) {
					return
				}
			}
			t.Errorf("got %v, want %q at %s", err, tt.want, tt.path)
		})
	}
}

// TestValidateBounds holds that lists cannot grow without bound.
func TestValidateBounds(t *testing.T) {
	s := load(t, sample())
	for i := 0; i <= maxSteps; i++ {
		s.Process.Steps = append(s.Process.Steps, Step{Key: "s", Name: "S", Kind: StepWork})
	}
	s.Keywords = make([]string, maxItems+1)
	err := s.Validate()
	for _, want := range []string{"process.steps: Nhiều nhất 80", "keywords: Nhiều nhất 300"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
