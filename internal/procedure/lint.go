package procedure

import (
	"fmt"
	"slices"
	"strings"

	"lienthong/internal/calendar"
	"lienthong/internal/kit/i18n"
)

// Warning (cảnh báo) is something odd in a procedure that does not keep it from being used.
type Warning struct {
	Path string // dotted path, "process.steps.2"
	Msg  i18n.Msg
}

// String returns the warning as a line of a report.
func (w Warning) String() string { return w.Path + ": " + w.Msg.String() }

// Known (danh mục tham chiếu) tells what there is outside the file that it may refer to. A nil function is not asked.
type Known struct {
	Division func(key string) bool // division keys of agencies
	Level    func(key string) bool // levels of government
	Kind     func(key string) bool // kinds of agencies
	Agency   func(slug string) bool
	CodeList func(key string) bool
	Field    func(key string) bool // entries of the code list of fields
}

// Lint returns what is odd in a procedure that is valid: it warns and does not block.
func Lint(s *Spec, known Known) []Warning {
	l := &lint{spec: s, process: &s.Process, known: known}
	l.content()
	l.references()
	l.flow()
	l.joins()
	l.branches()
	l.sums()
	return l.warnings
}

type lint struct {
	spec     *Spec
	process  *Process
	known    Known
	warnings []Warning
}

func (l *lint) warn(path string, m i18n.Msg) { l.warnings = append(l.warnings, Warning{path, m}) }

// content warns of what a citizen would miss.
func (l *lint) content() {
	s := l.spec
	for i, p := range s.Papers {
		if p.Originals == 0 && p.Copies == 0 && !p.ShowOnly {
			l.warn(fmt.Sprintf("papers.%d", i), i18n.M("giấy tờ “%s” chưa ghi số bản chính hoặc bản sao", p.Name))
		}
	}
	if s.Online >= OnlineFiling && s.Form == nil {
		l.warn("online", i18n.M("mức độ %d nhưng chưa có biểu mẫu điện tử nên chưa nộp trực tuyến được", s.Online))
	}
	if s.Online == 4 && len(s.Fees) == 0 {
		l.warn("online", i18n.M("mức độ 4 nhưng chưa ghi phí, lệ phí; nếu không thu thì ghi một dòng có amount: 0"))
	}
	if len(s.Legal) == 0 {
		l.warn("legal", i18n.M("chưa có căn cứ pháp lý"))
	}
	for _, c := range s.CaseKeys() {
		for _, ch := range s.Channels() {
			if _, ok := s.TermFor(ch, c); !ok {
				l.warn("terms", i18n.M("chưa có thời hạn cho %s", l.where(ch, c)))
			}
		}
	}
}

// where names a channel and case in a warning.
func (l *lint) where(channel, caseKey string) string {
	names := map[string]string{ChannelCounter: "nộp trực tiếp", ChannelOnline: "nộp trực tuyến", ChannelPost: "nộp qua bưu chính"}
	if caseKey == "" {
		return names[channel]
	}
	c, _ := l.spec.Case(caseKey)
	return fmt.Sprintf("%s, trường hợp “%s”", names[channel], c.Name)
}

// references warns of keys that nothing outside the file answers to.
func (l *lint) references() {
	ask := func(path, key string, f func(string) bool, m i18n.Msg) {
		if key != "" && f != nil && !f(key) {
			l.warn(path, m)
		}
	}
	place := func(path, at string) {
		switch p, err := ParsePlace(at); {
		case err != nil:
		case p.Kind == AtAbove:
			ask(path, p.Arg, l.known.Level, i18n.M("không có cấp “%s”", p.Arg))
		case p.Kind == AtAgency:
			ask(path, p.Arg, l.known.Agency, i18n.M("không có cơ quan “%s”", p.Arg))
		}
	}
	ask("field", l.spec.Field, l.known.Field, i18n.M("danh mục lĩnh vực không có “%s”", l.spec.Field))
	place("handler", l.spec.Handler)
	for i, r := range l.spec.Receivers {
		path := fmt.Sprintf("receivers.%d", i)
		ask(path, r.Level, l.known.Level, i18n.M("không có cấp “%s”", r.Level))
		ask(path, r.Kind, l.known.Kind, i18n.M("không có loại cơ quan “%s”", r.Kind))
		ask(path, r.Slug, l.known.Agency, i18n.M("không có cơ quan “%s”", r.Slug))
	}
	for i, st := range l.process.Steps {
		path := fmt.Sprintf("process.steps.%d", i)
		place(path+".at", st.At)
		ask(path+".division", st.Division, l.known.Division, i18n.M("không có bộ phận “%s”", st.Division))
	}
	if l.spec.Form == nil {
		return
	}
	if f, err := l.spec.Form.Form(); err == nil {
		for _, key := range f.CodeLists() {
			ask("form", key, l.known.CodeList, i18n.M("không có danh mục “%s”", key))
		}
	}
}

// flow warns of steps that nothing leads to, or that lead nowhere.
func (l *lint) flow() {
	first := l.process.First()
	if first == nil {
		return
	}
	reached := l.process.reach(first.Key)
	hasReturn := false
	for i := range l.process.Steps {
		s := &l.process.Steps[i]
		path := fmt.Sprintf("process.steps.%d", i)
		if !reached[s.Key] {
			l.warn(path, i18n.M("không bước nào dẫn đến bước “%s”", s.Key))
		}
		next := l.process.edges(s)
		if s.Kind == StepReturn {
			hasReturn = true
			if len(next) > 0 {
				l.warn(path, i18n.M("bước trả kết quả “%s” là bước cuối, không dẫn đi đâu nữa", s.Key))
			}
			continue
		}
		if len(next) == 0 {
			l.warn(path, i18n.M("bước “%s” không dẫn đi đâu: thiếu next", s.Key))
		} else if !l.ends(s.Key) {
			l.warn(path, i18n.M("từ bước “%s” không đến được bước trả kết quả", s.Key))
		}
	}
	if !hasReturn {
		l.warn("process.steps", i18n.M("quy trình thiếu bước trả kết quả (kind: return)"))
	}
}

// ends reports whether a return step can be reached.
func (l *lint) ends(key string) bool {
	for k := range l.process.reach(key) {
		if s, _ := l.process.Step(k); s.Kind == StepReturn {
			return true
		}
	}
	return !slices.ContainsFunc(l.process.Steps, func(s Step) bool { return s.Kind == StepReturn }) // said once
}

// joins warns of parallel branches that no step waits for together.
func (l *lint) joins() {
	for i := range l.process.Steps {
		s := &l.process.Steps[i]
		if len(s.Parallel) < 2 {
			if len(s.Parallel) == 1 {
				l.warn(fmt.Sprintf("process.steps.%d.parallel", i), i18n.M("bước “%s” chỉ có một nhánh song song; hãy dùng next", s.Key))
			}
			continue
		}
		if !slices.ContainsFunc(l.process.Steps, func(j Step) bool { return l.joinsAll(&j, s) }) {
			l.warn(fmt.Sprintf("process.steps.%d.parallel", i), i18n.M("các nhánh song song sau bước “%s” không gặp lại: thiếu bước có waits_for", s.Key))
		}
	}
}

// joinsAll reports whether a step waits for something on each branch of a fork.
func (l *lint) joinsAll(join, fork *Step) bool {
	if len(join.WaitsFor) == 0 {
		return false
	}
	for _, b := range fork.Parallel {
		reached := l.process.reach(b, fork.Key, join.Key)
		if !slices.ContainsFunc(join.WaitsFor, func(w string) bool { return reached[w] }) {
			return false
		}
	}
	return true
}

// branches warns of conditions that leave a gap and of choices without words.
func (l *lint) branches() {
	for i := range l.process.Steps {
		s := &l.process.Steps[i]
		open := 0
		for j, b := range s.Next {
			path := fmt.Sprintf("process.steps.%d.next.%d", i, j)
			if b.When == "" {
				open++
				continue
			}
			if _, err := compileCondition(b.When); err != nil {
				l.warn(path, i18n.M("điều kiện “%s” không đúng: %s", b.When, err.Error()))
			}
		}
		if len(s.Next) > 0 && open == 0 {
			l.warn(fmt.Sprintf("process.steps.%d.next", i), i18n.M("mọi nhánh của bước “%s” đều có điều kiện; khi không điều kiện nào đúng thì cán bộ phải chọn", s.Key))
		}
		if open < 2 {
			continue
		}
		for j, b := range s.Next {
			if b.When == "" && b.Label == "" {
				l.warn(fmt.Sprintf("process.steps.%d.next.%d", i, j), i18n.M("cán bộ phải chọn nhánh này nhưng nhánh chưa có label"))
			}
		}
	}
}

// sums warns where the steps do not add up to the promised term.
func (l *lint) sums() {
	if l.process.Generic || l.process.First() == nil {
		return
	}
	said := map[string]bool{}
	for _, c := range l.spec.CaseKeys() {
		for _, ch := range l.spec.Channels() {
			term, err := l.spec.ResolveTerm(ch, c)
			if err != nil || term.IsZero() {
				continue
			}
			total := l.spec.ProcessTotal(ch, c)
			text, ok := compare(total, term)
			if ok || said[text] {
				continue
			}
			said[text] = true
			if len(l.spec.Cases) > 0 || len(l.spec.Terms) > 1 {
				text += " (" + l.where(ch, c) + ")"
			}
			l.warn("process.steps", i18n.Msg{Text: text})
		}
	}
}

// compare says in words where a sum of steps differs from the promise. Working
// time compares to the minute. A promise in calendar days is met when the steps
// fill it on the calendar (5 working days are 7 days), give or take a weekend.
func compare(total Total, term calendar.Term) (text string, ok bool) {
	promise := NewTotal(term)
	if promise.Days == 0 && total.Days == 0 {
		if total.Minutes == promise.Minutes {
			return "", true
		}
		inDays := promise.Minutes >= 2*DayMinutes && total.Minutes%60 == 0
		return fmt.Sprintf("các bước cộng lại %s, thời hạn là %s", span(total.Minutes, inDays), full(promise.Minutes, inDays)), false
	}
	if total == promise {
		return "", true
	}
	days := total.Days*5 + total.Minutes*7/DayMinutes // in fifths of a day
	want := promise.Days*5 + promise.Minutes*7/DayMinutes
	slack := 10 + want/10
	if days >= want-slack && days <= want+slack {
		return "", true
	}
	parts := []string{}
	if total.Minutes > 0 || total.Days == 0 {
		parts = append(parts, full(total.Minutes, total.Minutes >= 2*DayMinutes))
	}
	if total.Days > 0 {
		parts = append(parts, fmt.Sprintf("%d ngày", total.Days))
	}
	return fmt.Sprintf("các bước cộng lại %s (khoảng %d ngày theo lịch), thời hạn là %s", strings.Join(parts, " và "), days/5, term), false
}

// span writes working minutes, as hours or as days of 8 hours.
func span(minutes int64, inDays bool) string {
	if inDays {
		return decimal(minutes, DayMinutes) + " ngày"
	}
	return decimal(minutes, 60) + " giờ"
}

func full(minutes int64, inDays bool) string { return span(minutes, inDays) + " làm việc" }

// decimal writes n/unit with at most two decimals.
func decimal(n, unit int64) string {
	s := fmt.Sprintf("%.2f", float64(n)/float64(unit))
	return strings.Replace(strings.TrimRight(strings.TrimRight(s, "0"), "."), ".", ",", 1)
}
