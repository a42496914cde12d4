package procedure

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"lienthong/internal/calendar"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// spec makes the catalogue entry of a record; what is missing or odd is noted.
func (p *rawRecord) spec(o RecordOptions) *Spec {
	s := &Spec{
		Code: p.code, Name: p.name, Decision: p.decision, ValidFrom: o.ValidFrom, Online: 1, Cases: p.cases,
		Conditions: cut(p.conditions, maxText), Sequence: p.sequence, Field: p.fieldOf(o),
	}
	s.Applicants = p.applicantKinds()
	s.Receivers = p.receivers(o)
	s.Terms = p.terms()
	s.Fees = p.fees()
	s.Papers = p.paperList()
	if slices.ContainsFunc(s.Papers, func(d Paper) bool { return d.Template != "" }) {
		s.Online = 2 // forms to download
	}
	if p.online {
		p.note(i18n.M("Cơ sở dữ liệu quốc gia ghi có nộp trực tuyến; cần biểu mẫu và quy trình trước khi nhận trực tuyến."))
	}
	for _, r := range p.results {
		if r != "" {
			s.Results = append(s.Results, Result{Key: fmt.Sprintf("result-%d", len(s.Results)+1), Name: cut(r, maxText)})
		}
	}
	if len(s.Results) == 0 {
		p.note(i18n.M("Chưa rõ kết quả giải quyết."))
		s.Results = []Result{{Key: "result-1", Name: "Kết quả giải quyết thủ tục"}}
	}
	s.Legal = p.acts()
	s.Process = genericProcess(s)
	return s
}

func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

func (p *rawRecord) fieldOf(o RecordOptions) string {
	if p.field == "" {
		p.note(i18n.M("Chưa rõ lĩnh vực."))
		return "chua-phan-loai"
	}
	if o.Field != nil {
		if key := o.Field(p.field); key != "" {
			return key
		}
	}
	slug := vntext.Slug(p.field)
	return strings.TrimRight(slug[:min(len(slug), 64)], "-")
}

// applicantWords are folded words in the record and the kinds of applicants they mean.
var applicantWords = []struct{ word, kind string }{
	{"cong dan", "citizen"}, {"ca nhan", "citizen"}, {"nguoi viet nam", "citizen"}, {"nguoi nuoc ngoai", "citizen"}, {"ho gia dinh", "citizen"},
	{"can bo", "citizen"}, {"cong chuc", "citizen"}, {"vien chuc", "citizen"}, {"dang vien", "citizen"},
	{"doanh nghiep", "business"}, {"hop tac xa", "business"}, {"ho kinh doanh", "business"}, {"to chuc", "organisation"}, {"co quan", "organisation"},
}

var parenthesis = regexp.MustCompile(`\([^()]*\)`)

func (p *rawRecord) applicantKinds() []string {
	text := " " + vntext.Fold(parenthesis.ReplaceAllString(strings.Join(p.applicants, ", "), " "))
	var kinds []string
	for _, w := range applicantWords {
		if strings.Contains(text, " "+w.word) && !slices.Contains(kinds, w.kind) {
			kinds = append(kinds, w.kind)
		}
	}
	if len(kinds) == 0 {
		p.note(i18n.M("Chưa rõ đối tượng thực hiện."))
		return []string{"citizen", "business", "organisation"}
	}
	return kinds
}

// receivers returns the agencies named in the record that are known, else everybody at its levels.
func (p *rawRecord) receivers(o RecordOptions) []Selector {
	levels := o.Levels
	if levels == nil {
		levels = RecordLevels
	}
	var list []Selector
	unknown := false
	for _, label := range p.levels {
		level, ok := levels[vntext.Fold(label)]
		if !ok {
			continue
		}
		found := false
		for _, a := range p.agencies {
			slug, ok := "", false
			if o.Receiver != nil {
				slug, ok = o.Receiver(strings.TrimSpace(a), level)
			}
			if sel := (Selector{Slug: slug}); ok && !slices.Contains(list, sel) {
				list = append(list, sel)
			}
			found = found || ok
		}
		if found {
			continue
		}
		sel := Selector{Level: level}
		if slices.ContainsFunc(p.agencies, committee) {
			sel.Kind = "peoples_committee"
		} else {
			unknown = true
		}
		list = append(list, sel)
	}
	if unknown {
		p.note(i18n.M("Chưa rõ cơ quan tiếp nhận; tạm cho mọi cơ quan cùng cấp tiếp nhận."))
	}
	return list
}

func committee(name string) bool {
	folded := " " + vntext.Fold(name) + " "
	return strings.Contains(folded, " uy ban nhan dan ") || strings.Contains(folded, " ubnd ")
}

// terms returns the promised times: the longest of each channel, channels with the same time together.
func (p *rawRecord) terms() []Term {
	var terms []Term
	var offered []string
	for _, ch := range AllChannels {
		text, note, several := p.longest(ch)
		if text == "" {
			continue
		}
		offered = append(offered, ch)
		if several {
			p.note(i18n.M("Có nhiều thời hạn cho một cách nộp; tạm ghi thời hạn dài nhất."))
		}
		if i := slices.IndexFunc(terms, func(t Term) bool { return t.Term == text }); i >= 0 {
			terms[i].Channels = append(terms[i].Channels, ch)
			continue
		}
		terms = append(terms, Term{Channels: []string{ch}, Term: text, Note: cut(note, maxText)})
	}
	p.online = slices.Contains(offered, ChannelOnline)
	if len(terms) == 1 && len(offered) == len(AllChannels) {
		terms[0].Channels = nil
	}
	if len(terms) == 0 {
		p.note(i18n.M("Chưa rõ thời hạn giải quyết."))
		terms = []Term{{Term: "không tính thời gian"}}
	}
	return terms
}

// longest returns the longest time of a channel that can be read.
func (p *rawRecord) longest(channel string) (text, note string, several bool) {
	var best Total
	for _, t := range p.times {
		if t.channel != channel {
			continue
		}
		term, err := calendar.ParseTerm(t.term)
		if err != nil || term.IsZero() {
			if strings.TrimSpace(t.term) != "" {
				p.note(i18n.M("Không đọc được thời hạn “%s”.", strings.TrimSpace(t.term)))
			}
			continue
		}
		several = several || text != "" && text != term.String()
		if total := NewTotal(term); text == "" || total.weight() > best.weight() {
			best, text, note = total, term.String(), t.note
		}
	}
	return text, note, several
}

// fees returns the fees of all channels, the same fee of several channels once.
func (p *rawRecord) fees() []Fee {
	var fees []Fee
	known := map[string]bool{}
	all := map[string]bool{}
	for _, t := range p.times {
		all[t.channel] = true
		if !t.feesKnown {
			continue
		}
		known[t.channel] = true
		for _, f := range t.fees {
			i := slices.IndexFunc(fees, func(x Fee) bool { return x.Name == f.Name && x.Amount == f.Amount && x.Kind == f.Kind })
			if i < 0 {
				f.Key = fmt.Sprintf("fee-%d", len(fees)+1)
				fees = append(fees, f)
				i = len(fees) - 1
			}
			if t.channel != "" && !slices.Contains(fees[i].Channels, t.channel) {
				fees[i].Channels = append(fees[i].Channels, t.channel)
			}
		}
	}
	if len(known) < len(all) {
		p.note(i18n.M("Phí, lệ phí chưa rõ cho mọi cách nộp."))
	}
	for i := range fees {
		if len(fees[i].Channels) == len(all) {
			fees[i].Channels = nil
		}
	}
	return fees
}

func (p *rawRecord) paperList() []Paper {
	papers := p.papers[:min(len(p.papers), maxItems)]
	uncounted := false
	for i := range papers {
		papers[i].Key = fmt.Sprintf("paper-%d", i+1)
		papers[i].Name = cut(papers[i].Name, maxText)
		uncounted = uncounted || papers[i].Originals == 0 && papers[i].Copies == 0
		if len(papers[i].Cases) == len(p.cases) {
			papers[i].Cases = nil
		}
	}
	if len(papers) == 0 {
		p.note(i18n.M("Chưa rõ thành phần hồ sơ."))
	}
	if uncounted {
		p.note(i18n.M("Có giấy tờ chưa rõ số bản."))
	}
	return papers
}

// actNumber is the number of an act; what runs on behind it in a flattened text is left out.
var actNumber = regexp.MustCompile(`^(\d{1,4}/\d{4}/)(NĐ-CP|NQ-CP|NQ-HĐND|QĐ-TTg|QĐ-UBND|UBTVQH\d{2}|QH\d{2}|TT-[A-ZĐ]+|TTLT-[A-ZĐ-]+|[A-ZĐ]+-[A-ZĐ]+)`)

// acts returns the legal basis with readable numbers, each once.
func (p *rawRecord) acts() []Legal {
	var acts []Legal
	for _, l := range p.legal {
		number := vntext.NFC(l.Number)
		if m := actNumber.FindString(number); m != "" {
			number = m
		} else if l.Name == "" || number == "" {
			continue // run together beyond reading
		}
		if !slices.ContainsFunc(acts, func(a Legal) bool { return a.Number == number }) && len(acts) < maxItems {
			acts = append(acts, Legal{Number: cut(number, 100), Name: l.Name})
		}
	}
	if len(acts) < len(p.legal) && len(acts) == 0 {
		p.note(i18n.M("Chưa rõ căn cứ pháp lý."))
	}
	return acts
}

// genericProcess is the process of a procedure that came without one: reception,
// work, signature, return at the receiver, filling the shortest term at the counter or by post.
func genericProcess(s *Spec) Process {
	var minutes int64
	for _, ch := range []string{ChannelCounter, ChannelPost} {
		term, err := s.ResolveTerm(ch, "")
		if err != nil {
			continue
		}
		t := NewTotal(term)
		m := t.Minutes + t.Days*5/7*DayMinutes
		if t.Days == 1 {
			m += DayMinutes
		}
		if minutes == 0 || m > 0 && m < minutes {
			minutes = m
		}
	}
	edge := min(minutes/8/30*30, DayMinutes/2) // reception and signature, in half hours
	span := func(m int64) string {
		if m <= 0 {
			return ""
		}
		term, err := calendar.NewTerm(m, 60, calendar.WorkingHours)
		if err != nil {
			return ""
		}
		return term.String()
	}
	return Process{
		Generic: true,
		Source:  "Quy trình chung do phần mềm lập vì bản ghi chưa kèm quy trình nội bộ; cần thay bằng quy trình của cơ quan.",
		Steps: []Step{
			{Key: "receive", Name: "Tiếp nhận và kiểm tra hồ sơ", Kind: StepReceive, Term: span(edge), Next: []Branch{{To: "process"}}},
			{Key: "process", Name: "Xử lý hồ sơ", Kind: StepWork, Term: span(minutes - 2*edge), May: []Action{ActionRequestMore, ActionStop, ActionExtend, ActionObligation}, Next: []Branch{{To: "approve"}}},
			{Key: "approve", Name: "Phê duyệt kết quả", Kind: StepApprove, Term: span(edge), Output: s.Results[0].Key, Next: []Branch{{To: "return"}}},
			{Key: "return", Name: "Trả kết quả", Kind: StepReturn},
		},
	}
}
