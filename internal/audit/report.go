package audit

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"lienthong/internal/kit/i18n"
)

// Head (đầu chuỗi) is the last entry of a lane: its number and its hash. Seq 0 is an empty lane.
type Head struct {
	Lane int64  `db:"lane"`
	Seq  int64  `db:"seq"`
	Hash string `db:"hash"`
}

// String returns the line to be noted outside the system: "lane seq hash".
func (h Head) String() string { return fmt.Sprintf("%d %d %s", h.Lane, h.Seq, h.Hash) }

// ParseHeads reads heads noted earlier (mốc đối chiếu), one "lane seq hash" a line. Empty lines and lines that begin with # are skipped.
func ParseHeads(r io.Reader) ([]Head, error) {
	var heads []Head
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Fields(line)
		if len(f) != 3 || len(f[2]) != len(genesis) {
			return nil, fmt.Errorf(`line %d is not "lane seq hash"`, n)
		}
		lane, err := strconv.ParseInt(f[0], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		seq, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		heads = append(heads, Head{lane, seq, strings.ToLower(f[2])})
	}
	return heads, lines.Err()
}

// Fault (sai lệch) is a kind of damage to the chain.
type Fault string

// The kinds of damage.
const (
	Changed   Fault = "changed"   // content does not fit the hash
	Missing   Fault = "missing"   // numbers are skipped
	Inserted  Fault = "inserted"  // an entry that was never recorded there
	Moved     Fault = "moved"     // a true entry in another place; Was and WasLane say where it belongs
	Unlinked  Fault = "unlinked"  // true in itself, but not the successor of the entry before it
	Truncated Fault = "truncated" // the end of the lane is gone
	Beyond    Fault = "beyond"    // entries after the head
	HeadWrong Fault = "head"      // the head does not name the last entry
	HeadLost  Fault = "head_lost" // the lane has no head
	Anchored  Fault = "anchor"    // not what was noted outside the system
)

// Finding (phát hiện) is damage to the entries From…To of a lane.
type Finding struct {
	Fault    Fault
	Lane     int64
	From, To int64
	WasLane  int64 // of Moved
	Was      int64 // of Moved: the true number of entry From
}

// Msg returns the finding as a sentence.
func (f Finding) Msg() i18n.Msg {
	at := span(f.From, f.To)
	switch f.Fault {
	case Changed:
		return i18n.M("Làn %d, dòng %s: nội dung đã bị sửa, mã băm không khớp.", f.Lane, at)
	case Missing:
		return i18n.M("Làn %d: mất dòng %s.", f.Lane, at)
	case Inserted:
		return i18n.M("Làn %d, dòng %s: dòng bị chèn thêm.", f.Lane, at)
	case Moved:
		return i18n.M("Làn %d, dòng %s: bị dời chỗ, vốn là dòng %s của làn %d.", f.Lane, at, span(f.Was, f.Was+f.To-f.From), f.WasLane)
	case Unlinked:
		return i18n.M("Làn %d, dòng %s: không nối tiếp dòng liền trước; dòng liền trước đã bị thay.", f.Lane, at)
	case Truncated:
		return i18n.M("Làn %d: bị cắt phần cuối, mất dòng %s.", f.Lane, at)
	case Beyond:
		return i18n.M("Làn %d, dòng %s: nằm sau đầu chuỗi; đầu chuỗi bị lùi hoặc dòng bị chèn thêm.", f.Lane, at)
	case HeadWrong:
		return i18n.M("Làn %d: đầu chuỗi không khớp dòng cuối (dòng %s).", f.Lane, at)
	case HeadLost:
		return i18n.M("Làn %d: mất đầu chuỗi.", f.Lane)
	}
	return i18n.M("Làn %d, dòng %s: khác mốc đối chiếu đã ghi ngoài hệ thống; chuỗi đã bị viết lại.", f.Lane, at)
}

func span(from, to int64) string {
	if from == to {
		return strconv.FormatInt(from, 10)
	}
	return fmt.Sprintf("%d–%d", from, to)
}

// maxFindings is how many findings a report holds; more are counted.
const maxFindings = 200

// Report (báo cáo kiểm tra) is the outcome of Verify.
type Report struct {
	Entries  int64 // that were checked
	Heads    []Head
	Findings []Finding
	More     int64 // findings beyond those listed
}

// OK reports whether the record is whole.
func (r Report) OK() bool { return len(r.Findings) == 0 }

// Lines returns the report as sentences, the outcome first.
func (r Report) Lines() []i18n.Msg {
	var lines []i18n.Msg
	if r.OK() {
		lines = append(lines, i18n.M("Nhật ký nguyên vẹn: đã kiểm tra %d dòng trong %d làn.", r.Entries, len(r.Heads)))
	} else {
		lines = append(lines, i18n.M("NHẬT KÝ BỊ CAN THIỆP: %d sai lệch khi kiểm tra %d dòng trong %d làn.", int64(len(r.Findings))+r.More, r.Entries, len(r.Heads)))
	}
	for _, f := range r.Findings {
		lines = append(lines, f.Msg())
	}
	if r.More > 0 {
		lines = append(lines, i18n.M("… và %d sai lệch nữa.", r.More))
	}
	lines = append(lines, i18n.M("Mốc đối chiếu (làn, dòng, mã băm); hãy lưu ở nơi khác, ngoài hệ thống này:"))
	for _, h := range r.Heads {
		lines = append(lines, i18n.M("%s", h.String()))
	}
	return lines
}

// add notes damage to one entry, or lengthens the finding before it by this entry.
func (r *Report) add(f Finding) {
	if n := len(r.Findings); n > 0 {
		last := &r.Findings[n-1]
		same := last.Fault == f.Fault && last.Lane == f.Lane && last.To+1 == f.From
		if same && (f.Fault != Moved || last.WasLane == f.WasLane && last.Was+f.From-last.From == f.Was) {
			last.To = f.To
			return
		}
	}
	if len(r.Findings) >= maxFindings {
		r.More++
		return
	}
	r.Findings = append(r.Findings, f)
}
