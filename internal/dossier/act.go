package dossier

import (
	"slices"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/procedure"
)

// Permissions of this room. Each is asked at the unit that holds the step, or
// at an agency that takes part in the dossier.
const (
	PermRead    = "dossier.read"    // see the dossiers of the unit
	PermAccept  = "dossier.accept"  // receive at the counter, accept or refuse what was filed
	PermProcess = "dossier.process" // do the work steps
	PermApprove = "dossier.approve" // approve and sign
	PermReturn  = "dossier.return"  // hand the result over
	PermAssign  = "dossier.assign"  // give steps to colleagues and take them back
	PermFile    = "dossier.file"    // file on behalf of applicants through the programming interface
)

// Permissions are what the room lets people do, in words.
func Permissions() []actor.Permission {
	return []actor.Permission{
		{Key: PermRead, Name: i18n.M("Xem hồ sơ của đơn vị")},
		{Key: PermAccept, Name: i18n.M("Tiếp nhận hồ sơ")},
		{Key: PermProcess, Name: i18n.M("Xử lý hồ sơ")},
		{Key: PermApprove, Name: i18n.M("Phê duyệt hồ sơ")},
		{Key: PermReturn, Name: i18n.M("Trả kết quả")},
		{Key: PermAssign, Name: i18n.M("Phân công xử lý hồ sơ")},
		{Key: PermFile, Name: i18n.M("Nộp hồ sơ thay người dân qua phần mềm kết nối")},
	}
}

// Act (thao tác) is something that people do with a dossier.
type Act string

// The acts. Their names are those of the audit trail and of the history.
const (
	ActFile            Act = "file"
	ActAccept          Act = "accept"
	ActRefuse          Act = "refuse"
	ActRequestMore     Act = "request_more"
	ActSupplement      Act = "supplement"
	ActExpire          Act = "expire" // the time to supplement ran out
	ActClaim           Act = "claim"
	ActRelease         Act = "release"
	ActAssign          Act = "assign"
	ActForward         Act = "forward"
	ActBack            Act = "back"
	ActExtend          Act = "extend"
	ActObligation      Act = "obligation"
	ActObligationMet   Act = "obligation_met"
	ActStop            Act = "stop"
	ActWithdraw        Act = "withdraw"
	ActReturn          Act = "return"
	ActCheckPapers     Act = "check_papers"
	ActAttach          Act = "attach"
	ActMoveToSuccessor Act = "move_to_successor"
	ActFinish          Act = "finish" // follows by itself when the return step is reached
	ActCollectFee      Act = "collect_fee"
)

// rule says from which statuses an act is possible and to which status it leads; 0 keeps the status.
type rule struct {
	from []Status
	to   Status
}

// running are the statuses in which officials work and the clock runs.
var running = []Status{StatusAccepted, StatusProcessing}

// rules is the table of states.
//
// Law: 61/2018/NĐ-CP Đ.17
var rules = map[Act]rule{
	ActAccept:          {[]Status{StatusNew}, StatusAccepted},
	ActRefuse:          {[]Status{StatusNew}, StatusRefused},
	ActRequestMore:     {[]Status{StatusNew, StatusAccepted, StatusProcessing}, StatusSupplement},
	ActSupplement:      {[]Status{StatusSupplement}, 0}, // back to what it was
	ActExpire:          {[]Status{StatusSupplement}, StatusStopped},
	ActClaim:           {[]Status{StatusNew, StatusAccepted, StatusProcessing, StatusDone}, 0},
	ActRelease:         {[]Status{StatusNew, StatusAccepted, StatusProcessing, StatusDone}, 0},
	ActAssign:          {[]Status{StatusNew, StatusAccepted, StatusProcessing, StatusDone}, 0},
	ActForward:         {running, StatusProcessing},
	ActBack:            {[]Status{StatusAccepted, StatusProcessing, StatusDone}, StatusProcessing},
	ActExtend:          {running, 0},
	ActObligation:      {running, StatusObligation},
	ActObligationMet:   {[]Status{StatusObligation}, 0},
	ActStop:            {[]Status{StatusAccepted, StatusProcessing, StatusSupplement, StatusObligation}, StatusStopped},
	ActWithdraw:        {[]Status{StatusNew, StatusAccepted, StatusProcessing, StatusSupplement, StatusObligation}, StatusWithdrawn},
	ActReturn:          {[]Status{StatusDone}, StatusReturned},
	ActFinish:          {running, StatusDone},
	ActCheckPapers:     {[]Status{StatusNew, StatusAccepted, StatusProcessing}, 0},
	ActAttach:          {[]Status{StatusNew, StatusAccepted, StatusProcessing, StatusDone}, 0},
	ActMoveToSuccessor: {[]Status{StatusNew, StatusAccepted, StatusProcessing, StatusSupplement, StatusObligation, StatusDone}, 0},
	ActCollectFee:      {[]Status{StatusNew, StatusAccepted, StatusProcessing, StatusSupplement, StatusObligation, StatusDone}, 0},
}

// allowed returns a Conflict fault when the state of the dossier does not allow the act.
func (d *Dossier) allowed(a Act) error {
	if slices.Contains(rules[a].from, d.Status) {
		return nil
	}
	return fault.NewConflict(i18n.M("Hồ sơ %s đang ở trạng thái “%s” nên không thực hiện được việc này. Hãy tải lại trang để xem tình trạng mới nhất.", d.Code, d.Status.Name()))
}

// Allows reports whether the state of the dossier allows the act.
func (d *Dossier) Allows(a Act) bool { return slices.Contains(rules[a].from, d.Status) }

// permissionOf returns the permission that the steps of a kind ask for.
func permissionOf(kind procedure.StepKind) string {
	switch kind {
	case procedure.StepReceive:
		return PermAccept
	case procedure.StepApprove:
		return PermApprove
	case procedure.StepReturn:
		return PermReturn
	}
	return PermProcess
}

// stepPermissions are the permissions that let somebody work on steps, by kind of step.
var stepPermissions = map[procedure.StepKind]string{
	procedure.StepReceive: PermAccept,
	procedure.StepWork:    PermProcess,
	procedure.StepApprove: PermApprove,
	procedure.StepReturn:  PermReturn,
}
