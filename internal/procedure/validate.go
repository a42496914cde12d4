package procedure

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"lienthong/internal/calendar"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

var (
	keyPattern  = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)
	codePattern = regexp.MustCompile(`^[0-9A-Z][0-9A-Za-z.Đđ-]{2,49}$`)
)

// The bounds of a procedure: more is a mistake.
const (
	maxName  = 1500  // characters of a name
	maxText  = 20000 // characters of a longer text
	maxItems = 300   // papers, fees, cases
	maxSteps = 80
	maxCount = 99 // originals or copies of a paper
)

// Validate checks that a version holds together. The error is fault.Invalid with
// every problem; fields are dotted paths, "process.steps.2.next.0.to".
func (s *Spec) Validate() error {
	v := &validation{spec: s}
	v.head()
	v.receivers()
	v.cases()
	v.terms()
	v.papers()
	v.fees()
	v.results()
	v.form()
	v.process()
	return v.ps.Err()
}

type validation struct {
	spec *Spec
	ps   fault.Problems
}

func (v *validation) add(path string, m i18n.Msg) { v.ps.Add(path, m) }

// text checks a text that people read.
func (v *validation) text(path, s string, required bool, limit int) {
	switch {
	case s == "" && required:
		v.add(path, i18n.M("Thiếu nội dung mục này."))
	case utf8.RuneCountInString(s) > limit:
		v.add(path, i18n.M("Nội dung dài quá %d ký tự.", limit))
	}
}

// key checks a key and that it is the first of its name.
func (v *validation) key(path, key string, seen map[string]bool) {
	switch {
	case !keyPattern.MatchString(key):
		v.add(path+".key", i18n.M("Khóa “%s” chỉ gồm chữ thường không dấu, số, gạch nối hoặc gạch dưới.", key))
	case seen[key]:
		v.add(path+".key", i18n.M("Khóa “%s” đã dùng ở trên.", key))
	}
	seen[key] = true
}

func (v *validation) count(path string, n, limit int) {
	if n > limit {
		v.add(path, i18n.M("Nhiều nhất %d mục.", limit))
	}
}

func (v *validation) head() {
	s := v.spec
	if !codePattern.MatchString(s.Code) {
		v.add("code", i18n.M("Mã thủ tục “%s” chưa đúng, ví dụ đúng: 1.001193.", s.Code))
	}
	v.text("name", s.Name, true, maxName)
	v.text("name_en", s.NameEN, false, maxName)
	v.text("summary", s.Summary, false, maxText)
	v.text("conditions", s.Conditions, false, maxText)
	if !keyPattern.MatchString(s.Field) {
		v.add("field", i18n.M("Lĩnh vực phải là mã trong danh mục lĩnh vực, ví dụ ho-tich."))
	}
	if s.ValidFrom.IsZero() {
		v.add("valid_from", i18n.M("Thiếu ngày bắt đầu hiệu lực."))
	}
	if !s.ValidTo.IsZero() && !s.ValidTo.After(s.ValidFrom) {
		v.add("valid_to", i18n.M("Ngày hết hiệu lực phải sau ngày bắt đầu."))
	}
	if s.Online < 1 || s.Online > 4 {
		v.add("online", i18n.M("Mức độ dịch vụ công là số từ 1 đến 4."))
	}
	v.keys("applicants", s.Applicants)
	if len(s.Applicants) == 0 {
		v.add("applicants", i18n.M("Thiếu đối tượng thực hiện."))
	}
	v.keys("life_events", s.LifeEvents)
	v.count("keywords", len(s.Keywords), maxItems)
	v.count("sequence", len(s.Sequence), maxItems)
	v.count("legal", len(s.Legal), maxItems)
	for i, l := range s.Legal {
		v.text(fmt.Sprintf("legal.%d.number", i), l.Number, true, 100)
	}
}

// keys checks a list of codes.
func (v *validation) keys(path string, keys []string) {
	v.count(path, len(keys), maxItems)
	for i, k := range keys {
		if !keyPattern.MatchString(k) || slices.Contains(keys[:i], k) {
			v.add(path+"."+strconv.Itoa(i), i18n.M("Mã “%s” chưa đúng hoặc đã có ở trên.", k))
		}
	}
}

func (v *validation) receivers() {
	if len(v.spec.Receivers) == 0 {
		v.add("receivers", i18n.M("Thiếu cơ quan tiếp nhận."))
	}
	v.count("receivers", len(v.spec.Receivers), maxItems)
	for i, r := range v.spec.Receivers {
		path := fmt.Sprintf("receivers.%d", i)
		if r == (Selector{}) {
			v.add(path, i18n.M("Hãy ghi slug của cơ quan, hoặc kind và level."))
		}
		for _, part := range []string{r.Slug, r.Kind, r.Level} {
			if part != "" && !keyPattern.MatchString(part) {
				v.add(path, i18n.M("Mã “%s” chỉ gồm chữ thường không dấu, số, gạch nối hoặc gạch dưới.", part))
			}
		}
	}
	if p, err := ParsePlace(v.spec.Handler); err != nil || p.Kind == AtCompetent {
		v.add("handler", i18n.M("Cơ quan có thẩm quyền phải là receiver, above:<cấp> hoặc agency:<mã cơ quan>."))
	}
}

func (v *validation) cases() {
	v.count("cases", len(v.spec.Cases), maxItems)
	seen := map[string]bool{}
	for i, c := range v.spec.Cases {
		path := fmt.Sprintf("cases.%d", i)
		v.key(path, c.Key, seen)
		v.text(path+".name", c.Name, true, maxName)
	}
}

// only checks the channels and cases that a term, paper or fee is restricted to.
func (v *validation) only(path string, channels, cases []string) {
	for i, c := range channels {
		if !slices.Contains(AllChannels, c) {
			v.add(fmt.Sprintf("%s.channels.%d", path, i), i18n.M("Không có cách nộp “%s”; có: counter, online, post.", c))
		}
	}
	for i, c := range cases {
		if _, ok := v.spec.Case(c); !ok {
			v.add(fmt.Sprintf("%s.cases.%d", path, i), i18n.M("Không có trường hợp “%s” trong mục cases.", c))
		}
	}
}

func (v *validation) terms() {
	if len(v.spec.Terms) == 0 {
		v.add("terms", i18n.M("Thiếu thời hạn giải quyết."))
	}
	v.count("terms", len(v.spec.Terms), maxItems)
	for i, t := range v.spec.Terms {
		path := fmt.Sprintf("terms.%d", i)
		v.only(path, t.Channels, t.Cases)
		if _, err := calendar.ParseTerm(t.Term); err != nil {
			v.bad(path+".term", err)
		}
	}
}

// bad notes the sentence of an error of another rule under a path.
func (v *validation) bad(path string, err error) {
	if f, ok := fault.As(err); ok {
		v.add(path, f.User())
		return
	}
	v.add(path, i18n.M("Chưa đúng: %s", err.Error()))
}

func (v *validation) papers() {
	v.count("papers", len(v.spec.Papers), maxItems)
	seen := map[string]bool{}
	for i, p := range v.spec.Papers {
		path := fmt.Sprintf("papers.%d", i)
		v.key(path, p.Key, seen)
		v.text(path+".name", p.Name, true, maxText)
		v.text(path+".note", p.Note, false, maxText)
		v.only(path, nil, p.Cases)
		if min(p.Originals, p.Copies) < 0 || max(p.Originals, p.Copies) > maxCount {
			v.add(path, i18n.M("Số bản phải từ 0 đến %d.", maxCount))
		}
	}
}

func (v *validation) fees() {
	v.count("fees", len(v.spec.Fees), maxItems)
	seen := map[string]bool{}
	for i, f := range v.spec.Fees {
		path := fmt.Sprintf("fees.%d", i)
		v.key(path, f.Key, seen)
		v.text(path+".name", f.Name, true, maxName)
		v.only(path, f.Channels, f.Cases)
		if f.Kind != FeeKindFee && f.Kind != FeeKindCharge {
			v.add(path+".kind", i18n.M("Loại phải là fee (phí) hoặc charge (lệ phí)."))
		}
		if f.Amount < 0 || f.Amount > 1e12 {
			v.add(path+".amount", i18n.M("Số tiền tính bằng đồng, không âm."))
		}
	}
}

func (v *validation) results() {
	if len(v.spec.Results) == 0 {
		v.add("results", i18n.M("Thiếu kết quả giải quyết."))
	}
	v.count("results", len(v.spec.Results), maxItems)
	seen := map[string]bool{}
	for i, r := range v.spec.Results {
		path := fmt.Sprintf("results.%d", i)
		v.key(path, r.Key, seen)
		v.text(path+".name", r.Name, true, maxText)
	}
}

func (v *validation) form() {
	if v.spec.Form == nil {
		return
	}
	if _, err := v.spec.Form.Form(); err != nil {
		if v.ps.Merge("form.", err) != nil {
			v.bad("form", err)
		}
	}
}

func (v *validation) process() {
	steps := v.spec.Process.Steps
	if len(steps) == 0 {
		v.add("process.steps", i18n.M("Quy trình chưa có bước nào."))
		return
	}
	v.count("process.steps", len(steps), maxSteps)
	if steps[0].Kind != StepReceive {
		v.add("process.steps.0.kind", i18n.M("Bước đầu tiên phải là tiếp nhận (receive)."))
	}
	seen := map[string]bool{}
	for i := range steps {
		path := fmt.Sprintf("process.steps.%d", i)
		v.key(path, steps[i].Key, seen)
		v.step(path, &steps[i])
	}
}

func (v *validation) step(path string, s *Step) {
	v.text(path+".name", s.Name, true, maxName)
	if !slices.Contains([]StepKind{StepReceive, StepWork, StepApprove, StepReturn}, s.Kind) {
		v.add(path+".kind", i18n.M("Loại bước phải là receive, work, approve hoặc return."))
	}
	if _, err := ParsePlace(s.At); err != nil {
		v.bad(path+".at", err)
	}
	if _, err := s.Duration(); err != nil {
		v.bad(path+".term", err)
	}
	if s.Division != "" && !keyPattern.MatchString(s.Division) {
		v.add(path+".division", i18n.M("Mã “%s” chỉ gồm chữ thường không dấu, số, gạch nối hoặc gạch dưới.", s.Division))
	}
	if len(s.Next) > 0 && len(s.Parallel) > 0 {
		v.add(path+".parallel", i18n.M("Một bước có next hoặc parallel, không có cả hai."))
	}
	for i, b := range s.Next {
		at := fmt.Sprintf("%s.next.%d", path, i)
		v.stepRef(at+".to", b.To)
		if b.When != "" {
			if _, err := compileCondition(b.When); err != nil {
				v.add(at+".when", i18n.M("Điều kiện “%s” không đúng: %s", b.When, err.Error()))
			}
		}
	}
	for i, k := range s.Parallel {
		v.stepRef(fmt.Sprintf("%s.parallel.%d", path, i), k)
	}
	for i, k := range s.WaitsFor {
		at := fmt.Sprintf("%s.waits_for.%d", path, i)
		v.stepRef(at, k)
		if k == s.Key {
			v.add(at, i18n.M("Bước không thể chờ chính nó."))
		}
	}
	for i, a := range s.May {
		if !slices.Contains([]Action{ActionRequestMore, ActionStop, ActionExtend, ActionObligation}, a) {
			v.add(fmt.Sprintf("%s.may.%d", path, i), i18n.M("Không có việc “%s”; có: request_more, stop, extend, obligation.", string(a)))
		}
	}
	if s.Output != "" {
		if _, ok := v.spec.Result(s.Output); !ok {
			v.add(path+".output", i18n.M("Không có kết quả “%s” trong mục results.", s.Output))
		}
	}
}

func (v *validation) stepRef(path, key string) {
	if _, ok := v.spec.Process.Step(key); !ok {
		v.add(path, i18n.M("Không có bước “%s” trong quy trình.", key))
	}
}
