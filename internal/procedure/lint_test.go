package procedure

import (
	"strings"
	"testing"
)

func TestLint(t *testing.T) {
	known := Known{
		Division: func(k string) bool { return k == "justice" },
		Level:    func(k string) bool { return k == "commune" || k == "province" },
		Kind:     func(k string) bool { return k == "peoples_committee" },
		Agency:   func(k string) bool { return k == "so-tu-phap" },
		CodeList: func(k string) bool { return k == "sex" },
		Field:    func(k string) bool { return k == "ho-tich" },
	}
	tests := []struct {
		name  string
		text  string
		known Known
		want  string // "" for no warning
	}{
		{"nothing odd", sample(), known, ""},
		{"fork adds up, one gap", forked(), Known{}, "process.steps.4.next: mọi nhánh của bước “opinion” đều có điều kiện"},
		{"an hour too little", sample("term: 4 giờ", "term: 3 giờ"), Known{}, "process.steps: các bước cộng lại 7 giờ, thời hạn là 8 giờ làm việc"},
		{"an hour too much", sample("term: 4 giờ", "term: 5 giờ"), Known{}, "các bước cộng lại 9 giờ, thời hạn là 8 giờ làm việc"},
		{"days", sample("term: 1 ngày làm việc", "term: 5 ngày làm việc", "term: 4 giờ", "term: 3.5 ngày"), Known{}, "các bước cộng lại 4 ngày, thời hạn là 5 ngày làm việc"},
		{"days and hours add up", sample("term: 1 ngày làm việc", "term: 5 ngày làm việc", "term: 4 giờ", "term: 4.5 ngày"), Known{}, ""},
		{"one case", strings.Replace(forked(), "term: 3 ngày", "term: 2 ngày", 1), Known{}, "các bước cộng lại 7 ngày, thời hạn là 8 ngày làm việc (nộp trực tiếp, trường hợp “Từ 500 m²”)"},
		{"calendar days fit", sample("term: 1 ngày làm việc", "term: 30 ngày", "term: 4 giờ", "term: 20.5 ngày"), Known{}, ""},
		{"calendar days in the steps", sample("term: 1 ngày làm việc", "term: 30 ngày", "term: 4 giờ", "term: 29 ngày lịch"), Known{}, ""},
		{"calendar days too few", sample("term: 1 ngày làm việc", "term: 30 ngày", "term: 4 giờ", "term: 10 ngày"), Known{}, "(khoảng 14 ngày theo lịch), thời hạn là 30 ngày"},
		{"not counted", sample("term: 1 ngày làm việc", "term: không tính thời gian"), Known{}, ""},
		{"generic process", sample("  steps:", "  generic: true\n  steps:", "term: 4 giờ", "term: 1 giờ"), Known{}, ""},
		{"unreachable", sample("next: [{to: verify}]", "next: [{to: sign}]", "term: 2 giờ, next", "term: 6 giờ, next"), Known{}, "process.steps.1: không bước nào dẫn đến bước “verify”"},
		{"no return", sample("kind: return", "kind: work"), Known{}, "quy trình thiếu bước trả kết quả"},
		{"dead end", sample("next: [{to: return}]", "note: x"), Known{}, "process.steps.2: bước “sign” không dẫn đi đâu"},
		{"cannot end", sample("next: [{to: return}]", "next: [{to: verify}]"), Known{}, "từ bước “verify” không đến được bước trả kết quả"},
		{"return goes on", sample("kind: return}", "kind: return, next: [{to: receive}]}"), Known{}, "là bước cuối"},
		{"never joined", strings.Replace(forked(), ", waits_for: [tax, opinion]", "", 1), Known{}, "các nhánh song song sau bước “check” không gặp lại"},
		{"half joined", strings.Replace(forked(), "waits_for: [tax, opinion]", "waits_for: [tax]", 1), Known{}, "không gặp lại"},
		{"one branch", strings.Replace(forked(), "parallel: [tax, opinion]", "parallel: [tax]", 1), Known{}, "chỉ có một nhánh song song"},
		{"only conditions", sample("next: [{to: sign}]", "next: [{to: sign, when: case == 'a'}]"), Known{}, "mọi nhánh của bước “verify” đều có điều kiện"},
		{"choice without words", sample("next: [{to: return}]", "next: [{to: return}, {to: verify, label: Làm lại}]"), Known{}, "process.steps.2.next.0: cán bộ phải chọn nhánh này"},
		{"paper without count", sample(", originals: 1", ""), Known{}, "papers.0: giấy tờ “Tờ khai” chưa ghi số bản"},
		{"paper to show", sample("originals: 1", "show_only: true"), Known{}, ""},
		{"level 3 without form", sample("online: 2", "online: 3"), Known{}, "mức độ 3 nhưng chưa có biểu mẫu"},
		{"level 4 without fees", sample("online: 2", "online: 4"), Known{}, "mức độ 4 nhưng chưa ghi phí"},
		{"no law", sample("legal:\n  - {number: 60/2014/QH13}", "legal: []"), Known{}, "legal: chưa có căn cứ pháp lý"},
		{"case without term", strings.Replace(forked(), "  - {term: 8 ngày làm việc, channels: [counter, post]}\n  - {term: 10 ngày làm việc}\n", "", 1), Known{}, "chưa có thời hạn cho nộp trực tiếp, trường hợp “Từ 500 m²”"},
		{"division", sample("kind: work", "kind: work, division: judge"), known, "process.steps.1.division: không có bộ phận “judge”"},
		{"known division", sample("kind: work", "kind: work, division: justice"), known, ""},
		{"level", sample("level: commune", "level: district"), known, "receivers.0: không có cấp “district”"},
		{"kind", sample("kind: peoples_committee", "kind: board"), known, "không có loại cơ quan “board”"},
		{"agency", sample("kind: work", "kind: work, at: agency:so-noi-vu"), known, "process.steps.1.at: không có cơ quan “so-noi-vu”"},
		{"above", sample("online: 2", "online: 2\nhandler: above:district"), known, "handler: không có cấp “district”"},
		{"receiver by slug", sample("{kind: peoples_committee, level: commune}", "{slug: so-noi-vu}"), known, "không có cơ quan “so-noi-vu”"},
		{"field", sample("field: ho-tich", "field: dat-dai"), known, "danh mục lĩnh vực không có “dat-dai”"},
		{"code list", sample("process:", "form:\n  type: object\n  properties: {a: {type: string, title: A, x-codelist: colour}}\nprocess:"), known, "form: không có danh mục “colour”"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			warnings := Lint(load(t, tt.text), tt.known)
			var all []string
			for _, w := range warnings {
				all = append(all, w.String())
			}
			got := strings.Join(all, "\n")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("got\n%s\nwant %q", got, tt.want)
			}
		})
	}
}

// TestLintBroken holds that a process that is not valid does not stop the linter.
func TestLintBroken(t *testing.T) {
	for _, s := range []*Spec{
		{},
		{Process: Process{Steps: []Step{{Key: "a", Next: []Branch{{To: "b", When: "("}}}}}},
		{Process: Process{Steps: []Step{{Key: "a", Next: []Branch{{To: "a"}}, At: "?"}}}, Handler: "?"},
	} {
		Lint(s, Known{Agency: func(string) bool { return false }, Level: func(string) bool { return false }})
	}
	w := Lint(&Spec{Process: Process{Steps: []Step{{Key: "a", Kind: StepReceive, Next: []Branch{{To: "a", When: "("}}}}}}, Known{})
	if len(w) == 0 || !strings.Contains(w[len(w)-1].String()+w[len(w)-2].String(), "điều kiện") {
		t.Errorf("a condition that does not compile is not told: %v", w)
	}
}
