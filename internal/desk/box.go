package desk

import (
	"context"
	"time"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/procedure"
)

// boxSign is how a box stands in the left column.
type boxSign struct {
	Box  dossier.Box
	Icon string
	Tone string // of the count when there is work in it
	Key  string // letter after g
}

// boxSigns are the boxes from the most pressing on.
var boxSigns = []boxSign{
	{Box: dossier.BoxLate, Icon: "alarm", Tone: "late", Key: "q"},
	{Box: dossier.BoxToday, Icon: "clock-exclamation", Tone: "warn", Key: "h"},
	{Box: dossier.BoxSoon, Icon: "calendar", Key: "b"},
	{Box: dossier.BoxToDo, Icon: "list-check", Key: "t"},
	{Box: dossier.BoxMine, Icon: "user-check", Key: "m"},
	{Box: dossier.BoxSupplement, Icon: "player-pause", Key: "c"},
	{Box: dossier.BoxObligation, Icon: "coin", Key: "o"},
	{Box: dossier.BoxJoint, Icon: "users", Key: "p"},
}

// boxPath returns the address of a box.
func boxPath(b dossier.Box) string {
	if b == dossier.BoxToDo || b == "" {
		return "/desk"
	}
	return "/desk/box/" + string(b)
}

// listPath is boxPath for a reader: where the first page is the overview, the work to do has an address of its own.
func listPath(ctx context.Context, b dossier.Box) string {
	if b == dossier.BoxToDo && beginsAbove(ctx) {
		return "/desk/box/" + string(b)
	}
	return boxPath(b)
}

// parseBox returns the box that an address names; the empty name is everything to do.
func parseBox(name string) (dossier.Box, bool) {
	if name == "" {
		return dossier.BoxToDo, true
	}
	for _, b := range dossier.Boxes {
		if string(b) == name {
			return b, true
		}
	}
	return "", false
}

// emptyBox says what will stand in a box that holds nothing.
func emptyBox(b dossier.Box) i18n.Msg {
	switch b {
	case dossier.BoxMine:
		return i18n.M("Hồ sơ ông/bà bấm “Nhận xử lý” hoặc được giao sẽ ở đây.")
	case dossier.BoxLate:
		return i18n.M("Không có việc nào quá hạn.")
	case dossier.BoxToday:
		return i18n.M("Không có việc nào đến hạn hôm nay.")
	case dossier.BoxSoon:
		return i18n.M("Không có việc nào đến hạn trong 3 ngày tới.")
	case dossier.BoxSupplement:
		return i18n.M("Hồ sơ đang chờ người nộp bổ sung giấy tờ sẽ ở đây; thời gian chờ không tính vào thời hạn.")
	case dossier.BoxObligation:
		return i18n.M("Hồ sơ đang chờ người nộp thực hiện nghĩa vụ tài chính sẽ ở đây.")
	case dossier.BoxJoint:
		return i18n.M("Hồ sơ do cơ quan khác tiếp nhận và chuyển đến sẽ ở đây.")
	}
	return i18n.M("Hồ sơ mới nộp và hồ sơ chuyển đến đơn vị sẽ ở đây, việc gần đến hạn đứng trước.")
}

// stepKinds are the kinds of steps in the order of a process.
var stepKinds = []procedure.StepKind{procedure.StepReceive, procedure.StepWork, procedure.StepApprove, procedure.StepReturn}

// kindName returns a kind of step as the filters show it.
func kindName(kind procedure.StepKind) i18n.Msg {
	switch kind {
	case procedure.StepReceive:
		return i18n.M("Tiếp nhận")
	case procedure.StepApprove:
		return i18n.M("Phê duyệt, ký")
	case procedure.StepReturn:
		return i18n.M("Trả kết quả")
	}
	return i18n.M("Thụ lý")
}

// soonDays is for how many days before its date a time limit is shown as near.
const soonDays = 3

// dueLevel returns how near a time limit is: late, today, soon or ok.
func dueLevel(now, due time.Time) string {
	days := clock.DateOf(now)
	switch {
	case due.Before(now):
		return "late"
	case due.Before(days.AddDays(1).At(0, 0)):
		return "today"
	case due.Before(days.AddDays(soonDays+1).At(0, 0)):
		return "soon"
	}
	return "ok"
}

// tone returns the colour of a status.
func tone(s dossier.Status) string {
	switch s {
	case dossier.StatusNew:
		return "accent"
	case dossier.StatusSupplement, dossier.StatusObligation:
		return "warn"
	case dossier.StatusDone, dossier.StatusReturned:
		return "ok"
	case dossier.StatusRefused, dossier.StatusWithdrawn, dossier.StatusStopped:
		return "mute"
	}
	return "info"
}
