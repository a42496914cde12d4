package procedure

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"regexp"
	"strconv"
	"strings"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// Record (bản ghi thủ tục) is a procedure as the national database publishes it,
// made into a catalogue entry: it can be read and filed at the counter with a
// generic process, and not online until a form and a process are set.
type Record struct {
	Row   int // from 1
	Code  string
	Name  string
	Spec  *Spec // nil when Err is set
	Notes []i18n.Msg
	Err   error
}

// RecordOptions (tùy chọn nạp bản ghi) is what the records do not say. The zero value is usable.
type RecordOptions struct {
	ValidFrom clock.Date                                // first day of validity; required
	Levels    map[string]string                         // level by the record's label, folded; nil: RecordLevels
	Field     func(name string) string                  // key of a field by its name; nil: the slug of the name
	Receiver  func(agency, level string) (string, bool) // slug of an agency by its name in the record
}

// RecordLevels maps the labels of the national record to levels of government; other labels are not the province's.
var RecordLevels = map[string]string{"cap tinh": "province", "cap huyen": "district", "cap xa": "commune"}

// The bounds of a set of records.
const (
	maxRecords     = 20_000
	maxRecordBytes = 128 << 20
)

// ReadRecords reads procedures in the shapes the national database is met in:
// the JSON of LayThuTuc and lists flattened from its pages. Rows that do not fit
// are returned with Err; only text that is not JSON at all is an error.
func ReadRecords(r io.Reader, o RecordOptions) ([]Record, error) {
	dec := json.NewDecoder(io.LimitReader(r, maxRecordBytes))
	dec.UseNumber()
	var doc any
	if err := dec.Decode(&doc); err != nil {
		return nil, fault.NewInvalid("", i18n.M("Tệp không phải JSON: %s", err.Error()))
	}
	rows := rowsOf(doc)
	if len(rows) == 0 || len(rows) > maxRecords {
		return nil, fault.NewInvalid("", i18n.M("Tệp không có bản ghi nào, hoặc có hơn %d bản ghi.", maxRecords))
	}
	records := make([]Record, len(rows))
	for i, row := range rows {
		records[i] = readRecord(row, o)
		records[i].Row = i + 1
	}
	return records, nil
}

// rowsOf finds the rows: a list, one object, or the only list inside an envelope.
func rowsOf(doc any) []any {
	switch v := doc.(type) {
	case []any:
		return v
	case map[string]any:
		for _, key := range []string{"MATTHC", "code"} {
			if _, ok := v[key]; ok {
				return []any{v}
			}
		}
		var found []any
		for _, in := range v {
			if list, ok := in.([]any); ok && len(list) > len(found) {
				found = list
			}
		}
		return found
	}
	return nil
}

func readRecord(row any, o RecordOptions) Record {
	m, ok := row.(map[string]any)
	if !ok {
		return Record{Err: fault.NewInvalid("", i18n.M("Dòng này không phải là một bản ghi thủ tục."))}
	}
	f := loose{}
	for k, v := range m {
		f[strings.ToUpper(k)] = v
	}
	var p *rawRecord
	if _, national := f["MATTHC"]; national {
		p = readNational(f)
	} else {
		p = readFlat(f)
	}
	rec := Record{Code: p.code, Name: p.name}
	if p.hidden {
		rec.Err = fault.NewInvalid("TRANGTHAI", i18n.M("Thủ tục không ở trạng thái công khai."))
		return rec
	}
	rec.Spec = p.spec(o)
	rec.Notes = p.notes
	for _, n := range p.notes {
		rec.Spec.Unknown = append(rec.Spec.Unknown, n.String())
	}
	if err := rec.Spec.Validate(); err != nil {
		rec.Err, rec.Spec = err, nil
	}
	return rec
}

// loose reads values of whatever type they came in.
type loose map[string]any

func (f loose) text(key string) string { return looseText(f[key]) }

func looseText(v any) string {
	switch v := v.(type) {
	case string:
		return plainText(v)
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

var tags = regexp.MustCompile(`<[^<>]{0,200}>`)

// plainText returns a text without markup, composed and with single spaces.
func plainText(s string) string {
	return vntext.Clean(html.UnescapeString(tags.ReplaceAllString(s, " ")))
}

// list returns the objects of a list; a single object counts as a list of one, a text as an object with the text under "".
func (f loose) list(key string) []loose {
	var all []loose
	items, ok := f[key].([]any)
	if !ok && f[key] != nil {
		items = []any{f[key]}
	}
	for _, item := range items {
		switch v := item.(type) {
		case map[string]any:
			o := loose{}
			for k, in := range v {
				o[strings.ToUpper(k)] = in
			}
			all = append(all, o)
		case string:
			if t := plainText(v); t != "" {
				all = append(all, loose{"": t})
			}
		}
	}
	return all
}

// either returns the first of several values that is not empty; "" names a bare text.
func (f loose) either(keys ...string) string {
	for _, k := range keys {
		if t := f.text(k); t != "" {
			return t
		}
	}
	return ""
}

// rawRecord is a record in neither shape: what both hold.
type rawRecord struct {
	code, name, decision, field  string
	levels, agencies, applicants []string
	conditions                   string
	sequence                     []string
	cases                        []Case
	times                        []recordTime
	papers                       []Paper
	results                      []string
	legal                        []Legal
	online, hidden               bool
	notes                        []i18n.Msg
}

// recordTime is one line of "cách thức thực hiện".
type recordTime struct {
	channel, term, note string
	fees                []Fee
	feesKnown           bool
}

func (p *rawRecord) note(m i18n.Msg) { p.notes = append(p.notes, m) }

var channelNames = map[string]string{
	"1": ChannelCounter, "2": ChannelOnline, "3": ChannelPost,
	"truc tiep": ChannelCounter, "truc tuyen": ChannelOnline, "dich vu buu chinh": ChannelPost, "buu chinh": ChannelPost, "buu chinh cong ich": ChannelPost,
}

// readNational takes the JSON of LayThuTuc apart.
func readNational(f loose) *rawRecord {
	p := &rawRecord{code: f.text("MATTHC"), name: f.text("TENTTHC"), decision: f.text("SOQUYETDINH"), conditions: f.text("YEUCAU")}
	p.hidden = f.text("TRANGTHAI") != "" && f.text("TRANGTHAI") != "1"
	for _, l := range f.list("LINHVUCTHUCHIEN") {
		p.field = l.either("TENLINHVUC", "")
		break
	}
	for _, l := range f.list("CAPTHUCHIEN") {
		p.levels = append(p.levels, l.either("TENCAP", "TENCAPTHUCHIEN", ""))
	}
	for _, a := range f.list("COQUANTHUCHIEN") {
		p.agencies = append(p.agencies, a.either("TENDONVI", ""))
	}
	for _, a := range f.list("DOITUONGTHUCHIEN") {
		p.applicants = append(p.applicants, a.either("TENDOITUONG", ""))
	}
	p.applicants = append(p.applicants, f.text("MOTADOITUONGTHUCHIEN"))
	for _, g := range f.list("TRINHTUTHUCHIEN") {
		for _, s := range g.list("TRINHTU") {
			if t := s.either("TENTRINHTU", ""); t != "" {
				p.sequence = append(p.sequence, t)
			}
		}
	}
	for _, c := range f.list("CACHTHUCTHUCHIEN") {
		channel := channelNames[vntext.Fold(c.text("KENH"))]
		for _, t := range c.list("THOIGIAN") {
			p.nationalTime(channel, t)
		}
	}
	groups := f.list("THANHPHANHOSO")
	for i, g := range groups {
		p.nationalPapers(g, i, len(groups) > 1)
	}
	for _, r := range f.list("KETQUATHUCHIEN") {
		p.results = append(p.results, r.either("TENKETQUA", ""))
	}
	for _, l := range f.list("CANCUPHAPLY") {
		p.legal = append(p.legal, Legal{Number: l.text("SOVANBAN"), Name: l.text("TENVANBAN")})
	}
	return p
}

func (p *rawRecord) nationalTime(channel string, t loose) {
	rt := recordTime{channel: channel, term: t.text("THOIGIANGIAIQUYET") + " " + t.text("DONVITINH"), note: t.text("MOTA")}
	for _, f := range t.list("PHILEPHI") {
		amount, ok := form.ParseNumber(f.text("SOTIEN"))
		if !ok {
			continue
		}
		rt.feesKnown = true
		rt.fees = append(rt.fees, newRecordFee(f.either("MOTA", "MAPHILEPHI"), amount))
	}
	p.times = append(p.times, rt)
}

func newRecordFee(name string, amount float64) Fee {
	fee := Fee{Name: name, Kind: FeeKindFee, Amount: int64(amount)}
	if strings.Contains(vntext.Fold(name), "le phi") {
		fee.Kind = FeeKindCharge
	}
	if fee.Name == "" {
		fee.Name = "Phí, lệ phí"
	}
	return fee
}

// nationalPapers reads one group of papers; several groups are cases.
func (p *rawRecord) nationalPapers(g loose, i int, several bool) {
	caseKey := ""
	if several {
		caseKey = fmt.Sprintf("case-%d", i+1)
		name := g.text("TRUONGHOP")
		if name == "" {
			name = fmt.Sprintf("Trường hợp %d", i+1)
		}
		p.cases = append(p.cases, Case{Key: caseKey, Name: name})
	}
	for _, d := range g.list("GIAYTO") {
		paper := Paper{Name: d.either("TENGIAYTO", ""), Template: d.text("TENMAUDON"), Originals: p.copies(d.text("SOBANCHINH")), Copies: p.copies(d.text("SOBANSAO"))}
		p.addPaper(paper, caseKey)
	}
}

// addPaper adds a paper once; the same paper of several cases is one with several cases.
func (p *rawRecord) addPaper(paper Paper, caseKey string) {
	if paper.Name == "" {
		return
	}
	for i := range p.papers {
		if p.papers[i].Name == paper.Name && caseKey != "" {
			p.papers[i].Cases = append(p.papers[i].Cases, caseKey)
			return
		}
	}
	if caseKey != "" {
		paper.Cases = []string{caseKey}
	}
	if paper.Originals == 0 && paper.Copies == 0 {
		switch folded := vntext.Fold(paper.Name); {
		case strings.Contains(folded, "ban sao"):
			paper.Copies = 1
		case strings.Contains(folded, "ban chinh"):
			paper.Originals = 1
		}
	}
	p.papers = append(p.papers, paper)
}

// maxSets is up to how many copies of a paper are believed; more comes from figures run together.
const maxSets = 20

func (p *rawRecord) copies(s string) int {
	n, err := strconv.Atoi(s)
	if s == "" || err != nil || n < 0 {
		return 0
	}
	if n > maxSets {
		p.note(i18n.M("Số bản “%s” của một giấy tờ không đọc được, tạm ghi 1.", s))
		return 1
	}
	return n
}

// readFlat takes a row of a list flattened from the pages apart.
func readFlat(f loose) *rawRecord {
	p := &rawRecord{code: f.text("CODE"), name: f.text("NAME"), decision: f.text("DECISION"), field: f.text("FIELD"), applicants: []string{f.text("APPLICANTS")}}
	p.levels = strings.Split(f.text("LEVEL"), ",")
	if a := f.text("AGENCY"); vntext.Fold(a) != "khong co thong tin" {
		p.agencies = strings.Split(a, ",")
	}
	for _, c := range f.list("CHANNELS") {
		rt := recordTime{channel: channelNames[vntext.Fold(c.either("CHANNEL", ""))], term: c.text("TERM") + " " + c.text("UNIT")}
		fee := c.text("FEE")
		if vntext.Fold(fee) == "mien phi" {
			rt.feesKnown = true
			rt.fees = []Fee{{Name: "Miễn phí", Kind: FeeKindFee}}
		} else if amount, ok := form.ParseNumber(strings.TrimRight(vntext.Fold(fee), " dongv")); ok {
			rt.feesKnown = true
			rt.fees = []Fee{newRecordFee(fee, amount)}
		}
		p.times = append(p.times, rt)
	}
	for _, d := range f.list("PAPERS") {
		p.addPaper(Paper{Name: d.either("NAME", ""), Originals: p.copies(d.text("ORIGINAL")), Copies: p.copies(d.text("COPY"))}, "")
	}
	p.results = []string{f.text("RESULT")}
	for _, l := range f.list("LAWS") {
		p.legal = append(p.legal, Legal{Number: l.either("", "NUMBER")})
	}
	if f.text("SEVERAL_CASES") == "true" {
		p.note(i18n.M("Giấy tờ của nhiều trường hợp đang gộp chung một danh sách."))
	}
	return p
}
