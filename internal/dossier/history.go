package dossier

import (
	"encoding/json"
	"time"

	"lienthong/internal/kit/i18n"
	"lienthong/internal/org"
)

// Event (diễn biến) is one line of a dossier's history. Lines that are public are the ones the citizen reads.
type Event struct {
	ID         string     `db:"id"`
	DossierID  ID         `db:"dossier_id"`
	Seq        int64      `db:"seq"`
	At         time.Time  `db:"at"`
	Act        Act        `db:"act"`
	From       Status     `db:"from_status"`
	To         Status     `db:"to_status"`
	ActorID    string     `db:"actor_id"`
	ActorName  string     `db:"actor_name"`
	ActorTitle string     `db:"actor_title"`
	UnitID     org.UnitID `db:"unit_id"`
	UnitName   string     `db:"unit_name"` // as it was called then
	StepName   string     `db:"step_name"`
	Public     bool       `db:"public"`
	Note       string     `db:"note"` // for officials; for the citizen too when Public
	Detail     string     `db:"detail"`
}

// detail is what some acts add to their line.
type detail struct {
	Number   string     `json:"number,omitempty"`   // number in the agency
	To       string     `json:"to,omitempty"`       // unit or colleague it went to
	Next     string     `json:"next,omitempty"`     // name of the next step
	OldDue   *time.Time `json:"old_due,omitempty"`  //
	NewDue   *time.Time `json:"new_due,omitempty"`  //
	Reasons  []string   `json:"reasons,omitempty"`  // why the due date is what it is
	Items    []string   `json:"items,omitempty"`    // papers asked for
	Deadline *time.Time `json:"deadline,omitempty"` // for the supplement
	Files    []string   `json:"files,omitempty"`
	Source   string     `json:"source,omitempty"` // act that changed the units
}

// Facts returns what the line knows beside its columns.
func (e *Event) facts() detail {
	var d detail
	_ = json.Unmarshal([]byte(e.Detail), &d) // an unreadable detail shows a plainer sentence
	return d
}

// Items returns the papers asked for in this line.
func (e *Event) Items() []string { return e.facts().Items }

// Reasons returns why the due date is what it is.
func (e *Event) Reasons() []string { return e.facts().Reasons }

// NewDue returns the due date that this line set, or nil.
func (e *Event) NewDue() *time.Time { return e.facts().NewDue }

// Number returns the number that the agency gave in this line.
func (e *Event) Number() string { return e.facts().Number }

// Sentence returns the line as a citizen reads it.
func (e *Event) Sentence() i18n.Msg {
	f := e.facts()
	switch e.Act {
	case ActFile:
		return i18n.M("Hồ sơ đã được nộp cho %s.", e.UnitName)
	case ActAccept:
		return i18n.M("%s đã tiếp nhận hồ sơ.", e.UnitName)
	case ActRefuse:
		return i18n.M("%s không tiếp nhận hồ sơ.", e.UnitName)
	case ActRequestMore:
		return i18n.M("%s đề nghị bổ sung giấy tờ. Thời gian chờ bổ sung không tính vào thời hạn giải quyết.", e.UnitName)
	case ActSupplement:
		return i18n.M("Đã nhận giấy tờ bổ sung.")
	case ActExpire:
		if e.To == StatusRefused {
			return i18n.M("Đã hết thời hạn bổ sung mà chưa nhận được giấy tờ; hồ sơ không được tiếp nhận.")
		}
		return i18n.M("Đã hết thời hạn bổ sung mà chưa nhận được giấy tờ; hồ sơ dừng xử lý.")
	case ActForward:
		if f.To != "" {
			return i18n.M("%s đã xong việc và chuyển hồ sơ đến %s.", e.UnitName, f.To)
		}
		return i18n.M("%s đã xong bước “%s”.", e.UnitName, e.StepName)
	case ActBack:
		return i18n.M("%s trả hồ sơ về bước trước để hoàn thiện.", e.UnitName)
	case ActExtend:
		return i18n.M("%s xin lỗi và hẹn lại ngày trả kết quả.", e.UnitName)
	case ActObligation:
		return i18n.M("%s thông báo nghĩa vụ tài chính cần thực hiện. Thời gian chờ không tính vào thời hạn giải quyết.", e.UnitName)
	case ActObligationMet:
		return i18n.M("Đã xác nhận thực hiện nghĩa vụ tài chính.")
	case ActStop:
		return i18n.M("%s dừng xử lý hồ sơ.", e.UnitName)
	case ActWithdraw:
		return i18n.M("Người nộp đã rút hồ sơ.")
	case ActFinish:
		return i18n.M("Đã có kết quả. Mời nhận kết quả tại %s.", e.UnitName)
	case ActReturn:
		return i18n.M("%s đã trả kết quả.", e.UnitName)
	case ActMoveToSuccessor:
		return i18n.M("Hồ sơ được chuyển đến %s do sắp xếp đơn vị hành chính (%s).", f.To, f.Source)
	case ActCollectFee:
		return i18n.M("%s đã thu phí, lệ phí.", e.UnitName)
	}
	return e.officeSentence(f)
}

// officeSentence covers the acts that only officials read about.
func (e *Event) officeSentence(f detail) i18n.Msg {
	switch e.Act {
	case ActClaim:
		return i18n.M("%s nhận xử lý bước “%s”.", e.ActorName, e.StepName)
	case ActRelease:
		return i18n.M("%s thôi nhận bước “%s”.", e.ActorName, e.StepName)
	case ActAssign:
		return i18n.M("%s giao bước “%s” cho %s.", e.ActorName, e.StepName, f.To)
	case ActCheckPapers:
		return i18n.M("%s kiểm tra thành phần hồ sơ.", e.ActorName)
	case ActAttach:
		return i18n.M("%s thêm tệp vào hồ sơ.", e.ActorName)
	}
	return i18n.M("Hồ sơ được cập nhật.")
}
