package dossier

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/i18n"
)

// allActs lists every act there is; TestAllActs holds that none is missing.
var allActs = []Act{ActFile, ActAccept, ActRefuse, ActRequestMore, ActSupplement, ActExpire, ActClaim, ActRelease, ActAssign,
	ActForward, ActBack, ActExtend, ActObligation, ActObligationMet, ActStop, ActWithdraw, ActReturn, ActCheckPapers, ActAttach,
	ActMoveToSuccessor, ActFinish, ActCollectFee}

// english returns the catalogue with the room's overlay.
func english(t *testing.T) *i18n.Catalog {
	t.Helper()
	var c i18n.Catalog
	if err := c.Load(Overlays()); err != nil {
		t.Fatal(err)
	}
	return &c
}

// sayable holds that a message reads well in Vietnamese and has an English translation.
func sayable(t *testing.T, what string, m i18n.Msg, c *i18n.Catalog) (vi, en string) {
	t.Helper()
	vi, en = m.String(), c.Msg("en", m)
	for lang, text := range map[string]string{"vi": vi, "en": en} {
		if text == "" || strings.Contains(text, "%!") || strings.Contains(text, "%s") || strings.Contains(text, "%d") {
			t.Errorf("%s in %s: %q", what, lang, text)
		}
	}
	if vi == en {
		t.Errorf("%s has no English: %q", what, vi)
	}
	return vi, en
}

// TestAllActs holds that the table of states and the list of this test know the same acts.
func TestAllActs(t *testing.T) {
	for a := range rules {
		if !slices.Contains(allActs, a) {
			t.Errorf("%s is in the table of states, but not in this test", a)
		}
	}
	for _, a := range allActs {
		if _, ok := rules[a]; !ok && a != ActFile {
			t.Errorf("%s is not in the table of states", a)
		}
	}
	seen := map[Act]bool{}
	for _, a := range allActs {
		if seen[a] || a == "" || strings.ToLower(string(a)) != string(a) || strings.ContainsAny(string(a), " -.") {
			t.Errorf("act %q: want a name of its own in lower case", a)
		}
		seen[a] = true
	}
}

// TestSentences holds what people read of every act.
func TestSentences(t *testing.T) {
	c := english(t)
	full := detail{Number: "X99.10-261123-0001", To: "Ủy ban nhân dân huyện Một", Next: "Thẩm định", Source: "1660/NQ-UBTVQH15"}
	tests := []struct {
		act    Act
		d      detail
		vi, en string
	}{
		{ActFile, full, "Hồ sơ đã được nộp cho Sở A.", "Sở A"},
		{ActAccept, full, "Sở A đã tiếp nhận hồ sơ.", "Sở A accepted the dossier."},
		{ActRefuse, full, "Sở A không tiếp nhận hồ sơ.", "Sở A did not accept the dossier."},
		{ActRequestMore, full, "Sở A đề nghị bổ sung giấy tờ. Thời gian chờ bổ sung không tính vào thời hạn giải quyết.", "Sở A asked for more papers."},
		{ActSupplement, full, "Đã nhận giấy tờ bổ sung.", ""},
		{ActExpire, full, "Đã hết thời hạn bổ sung mà chưa nhận được giấy tờ; hồ sơ dừng xử lý.", ""},
		{ActClaim, full, "Lê Văn Ví Dụ nhận xử lý bước “Thẩm tra”.", "Lê Văn Ví Dụ took on the step “Thẩm tra”."},
		{ActRelease, full, "Lê Văn Ví Dụ thôi nhận bước “Thẩm tra”.", "gave back the step “Thẩm tra”."},
		{ActAssign, detail{To: "Người Hai"}, "Lê Văn Ví Dụ giao bước “Thẩm tra” cho Người Hai.", "gave the step “Thẩm tra” to Người Hai."},
		{ActForward, full, "Sở A đã xong việc và chuyển hồ sơ đến Ủy ban nhân dân huyện Một.", "passed the dossier on to Ủy ban nhân dân huyện Một."},
		{ActForward, detail{Next: "Ký"}, "Sở A đã xong bước “Thẩm tra”.", "Sở A finished the step “Thẩm tra”."},
		{ActBack, full, "Sở A trả hồ sơ về bước trước để hoàn thiện.", "Sở A sent the dossier back"},
		{ActExtend, full, "Sở A xin lỗi và hẹn lại ngày trả kết quả.", "Sở A apologised"},
		{ActObligation, full, "Sở A thông báo nghĩa vụ tài chính cần thực hiện. Thời gian chờ không tính vào thời hạn giải quyết.", "Sở A announced a financial obligation."},
		{ActObligationMet, full, "Đã xác nhận thực hiện nghĩa vụ tài chính.", ""},
		{ActStop, full, "Sở A dừng xử lý hồ sơ.", "Sở A stopped handling the dossier."},
		{ActWithdraw, full, "Người nộp đã rút hồ sơ.", ""},
		{ActReturn, full, "Sở A đã trả kết quả.", "Sở A handed the result over."},
		{ActCheckPapers, full, "Lê Văn Ví Dụ kiểm tra thành phần hồ sơ.", "Lê Văn Ví Dụ checked the papers."},
		{ActAttach, full, "Lê Văn Ví Dụ thêm tệp vào hồ sơ.", "Lê Văn Ví Dụ added files"},
		{ActMoveToSuccessor, full, "Hồ sơ được chuyển đến Ủy ban nhân dân huyện Một do sắp xếp đơn vị hành chính (1660/NQ-UBTVQH15).", "1660/NQ-UBTVQH15"},
		{ActFinish, full, "Đã có kết quả. Mời nhận kết quả tại Sở A.", "Sở A"},
		{ActCollectFee, full, "Sở A đã thu phí, lệ phí.", "Sở A collected the fees."},
	}
	told := map[Act]bool{}
	for _, tt := range tests {
		raw, err := json.Marshal(tt.d)
		if err != nil {
			t.Fatal(err)
		}
		e := Event{Act: tt.act, UnitName: "Sở A", ActorName: "Lê Văn Ví Dụ", StepName: "Thẩm tra", Detail: string(raw)}
		vi, en := sayable(t, string(tt.act), e.Sentence(), c)
		if vi != tt.vi {
			t.Errorf("%s\n got %q\nwant %q", tt.act, vi, tt.vi)
		}
		if !strings.Contains(en, tt.en) {
			t.Errorf("%s: %q, want %q in it", tt.act, en, tt.en)
		}
		told[tt.act] = true
	}
	for _, a := range allActs {
		if !told[a] {
			t.Errorf("what people read of %s is not tested", a)
		}
	}
	e := Event{Act: "unheard_of"}
	if vi, _ := sayable(t, "an act of a later version", e.Sentence(), c); vi != "Hồ sơ được cập nhật." {
		t.Errorf("an act of a later version reads %q", vi)
	}
}

// TestEventFacts holds that a line gives back what it was written with, and that a broken one still reads.
func TestEventFacts(t *testing.T) {
	due := clockTime("2026-11-26 09:00").UTC()
	raw, err := json.Marshal(detail{Number: "X99.01-261123-0002", NewDue: &due, Reasons: []string{"Thời hạn giải quyết: 1 ngày"}, Items: []string{"Giấy chứng sinh", "Ảnh"}})
	if err != nil {
		t.Fatal(err)
	}
	e := Event{Act: ActAccept, Detail: string(raw)}
	if e.Number() != "X99.01-261123-0002" || !e.NewDue().Equal(due) || len(e.Reasons()) != 1 || !slices.Equal(e.Items(), []string{"Giấy chứng sinh", "Ảnh"}) {
		t.Errorf("got %q %v %v %v", e.Number(), e.NewDue(), e.Reasons(), e.Items())
	}
	for _, broken := range []string{"", "{", "[]", `{"number": 7}`} {
		e := Event{Act: ActForward, UnitName: "Sở A", StepName: "Ký", Detail: broken}
		if e.Number() != "" || e.NewDue() != nil || e.Items() != nil || e.Reasons() != nil {
			t.Errorf("detail %q gives %+v", broken, e.facts())
		}
		if got := e.Sentence().String(); got != "Sở A đã xong bước “Ký”." {
			t.Errorf("detail %q reads %q", broken, got)
		}
	}
}

// TestNames holds the words for statuses, channels and boxes in both languages.
func TestNames(t *testing.T) {
	c := english(t)
	names := map[string]string{}
	distinct := func(what, text string) {
		t.Helper()
		if was, ok := names[text]; ok {
			t.Errorf("%s and %s are both called %q", was, what, text)
		}
		names[text] = what
	}
	for i, s := range Statuses {
		if int(s) != i+1 || !s.Valid() {
			t.Errorf("status %d stands at place %d", s, i+1)
		}
		vi, _ := sayable(t, "status", s.Name(), c)
		distinct("status", vi)
	}
	clear(names)
	for _, ch := range Channels {
		vi, _ := sayable(t, string(ch), ch.Name(), c)
		distinct(string(ch), vi)
		if !ch.Valid() {
			t.Errorf("channel %s is not valid", ch)
		}
	}
	clear(names)
	for _, b := range Boxes {
		vi, _ := sayable(t, string(b), b.Name(), c)
		distinct(string(b), vi)
	}
	for what, m := range map[string]i18n.Msg{"status 0": Status(0).Name(), "status 11": Status(11).Name(), "no channel": Channel("").Name(), "fax": Channel("fax").Name()} {
		if vi, _ := sayable(t, what, m, c); vi != "Chưa rõ" {
			t.Errorf("%s is called %q", what, vi)
		}
	}
	if Status(0).Valid() || Status(11).Valid() || Channel("fax").Valid() {
		t.Error("a status or channel that is not there is valid")
	}
}

// TestStatusGroups holds which statuses are open, ended and paused.
func TestStatusGroups(t *testing.T) {
	for _, tt := range []struct {
		s                   Status
		open, ended, paused bool
	}{
		{StatusNew, true, false, false}, {StatusAccepted, true, false, false}, {StatusRefused, false, true, false},
		{StatusProcessing, true, false, false}, {StatusSupplement, true, false, true}, {StatusObligation, true, false, true},
		{StatusWithdrawn, false, true, false}, {StatusStopped, false, true, false}, {StatusDone, false, false, false}, {StatusReturned, false, true, false},
	} {
		if tt.s.Open() != tt.open || tt.s.Ended() != tt.ended || tt.s.Paused() != tt.paused {
			t.Errorf("status %d: open %v, ended %v, paused %v", tt.s, tt.s.Open(), tt.s.Ended(), tt.s.Paused())
		}
	}
}

// TestEventNames holds which acts other rooms hear of. Acts between colleagues stay inside, but that work was given to somebody is told.
func TestEventNames(t *testing.T) {
	want := map[Act]string{
		ActFile: "dossier.filed", ActAccept: "dossier.accepted", ActRefuse: "dossier.refused", ActRequestMore: "dossier.supplement_requested",
		ActSupplement: "dossier.supplemented", ActForward: "dossier.forwarded", ActStop: "dossier.stopped", ActExpire: "dossier.stopped",
		ActWithdraw: "dossier.withdrawn", ActFinish: "dossier.finished", ActReturn: "dossier.returned", ActMoveToSuccessor: "dossier.moved",
		ActBack: "dossier.sent_back", ActExtend: "dossier.extended", ActObligation: "dossier.obligation_announced", ActObligationMet: "dossier.obligation_met",
		ActAssign: "dossier.assigned",
	}
	for a, name := range want {
		if eventNames[a] != name {
			t.Errorf("%s is told as %q, want %q", a, eventNames[a], name)
		}
	}
	inside := []Act{ActClaim, ActRelease, ActCheckPapers, ActAttach}
	for a, name := range eventNames {
		if slices.Contains(inside, a) {
			t.Errorf("%s is told to other rooms", a)
		}
		if !strings.HasPrefix(name, "dossier.") {
			t.Errorf("%s is told as %q: the room's name stands before", a, name)
		}
		if !slices.Contains(allActs, a) {
			t.Errorf("%s is no act", a)
		}
	}
	for a, r := range rules { // whatever ends a dossier or stops its clock must be heard
		if (r.to.Ended() || r.to.Paused()) && eventNames[a] == "" {
			t.Errorf("%s leads to status %d, but nobody is told", a, r.to)
		}
	}
}

// TestHappened holds the shape of what other rooms are told: it is a contract.
func TestHappened(t *testing.T) {
	h := Happened{ID: "0190a", Code: "X99-261123-0001", Act: ActAccept, Status: StatusAccepted, At: clockTime("2026-11-23 08:00").UTC(), ReceiverID: "u", ProcedureCode: "9.000001"}
	raw, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"0190a","code":"X99-261123-0001","act":"accept","status":2,"at":"2026-11-23T01:00:00Z","receiver_id":"u","procedure_code":"9.000001"}`
	if string(raw) != want {
		t.Errorf("told %s\nwant %s", raw, want)
	}
	if h.EventKey() != "0190a" {
		t.Errorf("events of one dossier have the key %q", h.EventKey())
	}
}

// TestReceiptWords holds the small texts of the receipt.
func TestReceiptWords(t *testing.T) {
	for code, want := range map[string]string{
		"X99.10.01-261123-0001": "1", "X99.10.01-261123-0120": "120", "H21-261123-12345": "12345", "H21-261123-0000": "0", "no number": "no number", "": "", "X-": "X-",
	} {
		if got := serial(code); got != want {
			t.Errorf("serial(%q) = %q, want %q", code, got, want)
		}
	}
	for _, tt := range []struct {
		originals, copies int
		want              string
	}{{0, 0, ""}, {1, 0, " (1 bản chính)"}, {0, 2, " (2 bản sao)"}, {1, 12, " (1 bản chính, 12 bản sao)"}} {
		if got := counts(Paper{Originals: tt.originals, Copies: tt.copies}); got != tt.want {
			t.Errorf("counts %d, %d: %q, want %q", tt.originals, tt.copies, got, tt.want)
		}
	}
	for at, want := range map[string]string{
		"2026-11-23T01:05:59Z": "08 giờ 05 phút, ngày 23/11/2026",
		"2026-12-31T17:00:00Z": "00 giờ 00 phút, ngày 01/01/2027",
		"2018-02-03T10:30:00Z": "17 giờ 30 phút, ngày 03/02/2018",
	} {
		m, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := moment(m); got != want {
			t.Errorf("moment(%s) = %q, want %q", at, got, want)
		}
	}
	d := &Dossier{Code: "H21.15-261123-0007", Secret: "ABC234"}
	for _, base := range []string{"https://dvc.example.vn", "https://dvc.example.vn/"} {
		if got := trackAddress(base, d); got != "https://dvc.example.vn/tra-cuu/H21.15-261123-0007?m=ABC234" {
			t.Errorf("the QR code leads to %q", got)
		}
	}
	for by, want := range map[Channel]string{ChannelCounter: "Bộ phận Tiếp nhận và Trả kết quả, Sở A", ChannelOnline: "Cổng dịch vụ công trực tuyến", ChannelPost: "Bưu chính công ích: Số 1 đường Thử"} {
		r := receipt{agency: "Sở A", d: &Dossier{ReturnBy: by, ReturnAddress: "Số 1 đường Thử"}}
		if got := r.returnPlace(); got != want {
			t.Errorf("return by %s: %q, want %q", by, got, want)
		}
	}
	if got := display(clockTime("2026-11-23 14:05").UTC()); got != "23/11/2026 14:05" {
		t.Errorf("display %q", got)
	}
}

// TestFiguresLate holds the one number that is reckoned.
func TestFiguresLate(t *testing.T) {
	for _, tt := range []struct {
		f    Figures
		want int
	}{{Figures{}, 0}, {Figures{Finished: 17, OnTime: 16}, 1}, {Figures{Open: 9, Finished: 4, OnTime: 4}, 0}} {
		if got := tt.f.Late(); got != tt.want {
			t.Errorf("%+v: %d late, want %d", tt.f, got, tt.want)
		}
	}
}
