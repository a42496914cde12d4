package file

import "lienthong/internal/kit/i18n"

// Damage (hư hại) is a content that is not as it was stored.
type Damage struct {
	SHA256 string
	Files  int64 // how many files have it
	Lost   bool  // it is not there; else its bytes have changed
	Err    error // it is there and cannot be read
}

// Msg returns the damage as a sentence.
func (d Damage) Msg() i18n.Msg {
	switch {
	case d.Lost:
		return i18n.M("Mất nội dung %s (%d tệp dùng).", d.SHA256, d.Files)
	case d.Err != nil:
		return i18n.M("Không đọc được nội dung %s (%d tệp dùng): %s.", d.SHA256, d.Files, d.Err.Error())
	}
	return i18n.M("Nội dung %s đã bị thay đổi (%d tệp dùng).", d.SHA256, d.Files)
}

// maxDamages is how many damages a report lists; more are counted.
const maxDamages = 200

// Report (báo cáo kiểm tra kho tệp) is the outcome of Verify.
type Report struct {
	Contents int64 // that were checked
	Bytes    int64
	Damages  []Damage
	More     int64 // damages beyond those listed

	Unused    int64 // contents that no file has, waiting for the sweep
	Trash     int64 // keys thrown away, waiting for the sweep
	Strays    int64 // old keys that no row names
	Homeless  int64 // files whose content has no row
	Infected  int64 // contents in quarantine
	Transfers int64 // uploads in pieces that have not ended
	PartBytes int64 // what they have sent so far
}

// OK reports whether every content is whole.
func (r Report) OK() bool { return len(r.Damages) == 0 && r.Homeless == 0 }

func (r *Report) add(d Damage) {
	if len(r.Damages) >= maxDamages {
		r.More++
		return
	}
	r.Damages = append(r.Damages, d)
}

// Lines returns the report as sentences, the outcome first.
func (r Report) Lines() []i18n.Msg {
	return append(r.outcome(), r.rest()...)
}

// rest says what lies beside the contents in use; none of it is damage, except files without content.
func (r Report) rest() []i18n.Msg {
	var lines []i18n.Msg
	say := func(n int64, m i18n.Msg) {
		if n > 0 {
			lines = append(lines, m)
		}
	}
	say(r.Homeless, i18n.M("%d tệp không có nội dung nào trong kho.", r.Homeless))
	say(r.Infected, i18n.M("%d nội dung có mã độc đang bị cách ly.", r.Infected))
	say(r.Unused+r.Trash+r.Strays, i18n.M("Không còn ai dùng, sẽ được dọn: %d nội dung, %d khóa đã bỏ, %d khóa lạ.", r.Unused, r.Trash, r.Strays))
	say(r.Transfers, i18n.M("Đang tải lên dở: %d lượt, đã nhận %d MB.", r.Transfers, r.PartBytes>>20))
	return lines
}

func (r Report) outcome() []i18n.Msg {
	if r.OK() {
		return []i18n.Msg{i18n.M("Kho tệp nguyên vẹn: đã kiểm tra %d nội dung, %d MB.", r.Contents, r.Bytes>>20)}
	}
	lines := []i18n.Msg{i18n.M("KHO TỆP BỊ HƯ HẠI: %d trên %d nội dung. Hãy khôi phục các tệp sau từ bản sao lưu.", int64(len(r.Damages))+r.More, r.Contents)}
	for _, d := range r.Damages {
		lines = append(lines, d.Msg())
	}
	if r.More > 0 {
		lines = append(lines, i18n.M("… và %d nội dung nữa.", r.More))
	}
	return lines
}
