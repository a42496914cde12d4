package dossier

import (
	"encoding/json"
	"time"

	"lienthong/internal/kit/i18n"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
)

// ID identifies a dossier.
type ID string

// Status (trạng thái hồ sơ) is the status the national portal knows, codes 1 to 10.
//
// Law: 61/2018/NĐ-CP Đ.17
type Status int

// The national statuses. The numbers are those of the synchronisation contract.
const (
	StatusNew        Status = 1  // mới đăng ký
	StatusAccepted   Status = 2  // được tiếp nhận
	StatusRefused    Status = 3  // không được tiếp nhận
	StatusProcessing Status = 4  // đang xử lý
	StatusSupplement Status = 5  // yêu cầu bổ sung giấy tờ; the clock is stopped
	StatusObligation Status = 6  // yêu cầu thực hiện nghĩa vụ tài chính; the clock is stopped
	StatusWithdrawn  Status = 7  // công dân yêu cầu rút hồ sơ
	StatusStopped    Status = 8  // dừng xử lý
	StatusDone       Status = 9  // đã xử lý xong
	StatusReturned   Status = 10 // đã trả kết quả
)

// Statuses lists all statuses in the order of their codes.
var Statuses = []Status{StatusNew, StatusAccepted, StatusRefused, StatusProcessing, StatusSupplement,
	StatusObligation, StatusWithdrawn, StatusStopped, StatusDone, StatusReturned}

// Name returns the status as people read it.
func (s Status) Name() i18n.Msg {
	switch s {
	case StatusNew:
		return i18n.M("Mới đăng ký")
	case StatusAccepted:
		return i18n.M("Được tiếp nhận")
	case StatusRefused:
		return i18n.M("Không được tiếp nhận")
	case StatusProcessing:
		return i18n.M("Đang xử lý")
	case StatusSupplement:
		return i18n.M("Yêu cầu bổ sung giấy tờ")
	case StatusObligation:
		return i18n.M("Chờ thực hiện nghĩa vụ tài chính")
	case StatusWithdrawn:
		return i18n.M("Người nộp đã rút hồ sơ")
	case StatusStopped:
		return i18n.M("Dừng xử lý")
	case StatusDone:
		return i18n.M("Đã xử lý xong")
	case StatusReturned:
		return i18n.M("Đã trả kết quả")
	}
	return i18n.M("Chưa rõ")
}

// Valid reports whether s is a national status.
func (s Status) Valid() bool { return s >= StatusNew && s <= StatusReturned }

// Ended reports whether nothing more happens to a dossier in this status.
func (s Status) Ended() bool {
	return s == StatusRefused || s == StatusWithdrawn || s == StatusStopped || s == StatusReturned
}

// Open reports whether officials still owe the applicant a decision.
func (s Status) Open() bool { return !s.Ended() && s != StatusDone }

// Paused reports whether the clock stands still.
func (s Status) Paused() bool { return s == StatusSupplement || s == StatusObligation }

// Channel (kênh thực hiện) is the way a dossier is filed or its result handed over.
type Channel string

// The channels of filing, with the codes of the national portal 1, 2 and 3.
const (
	ChannelCounter Channel = "counter" // trực tiếp
	ChannelOnline  Channel = "online"  // trực tuyến
	ChannelPost    Channel = "post"    // bưu chính công ích
)

// Channels lists all channels in the order of their national codes.
var Channels = []Channel{ChannelCounter, ChannelOnline, ChannelPost}

// Valid reports whether c is a channel.
func (c Channel) Valid() bool {
	return c == ChannelCounter || c == ChannelOnline || c == ChannelPost
}

// Name returns the channel as people read it.
func (c Channel) Name() i18n.Msg {
	switch c {
	case ChannelCounter:
		return i18n.M("Trực tiếp tại bộ phận một cửa")
	case ChannelOnline:
		return i18n.M("Trực tuyến")
	case ChannelPost:
		return i18n.M("Dịch vụ bưu chính công ích")
	}
	return i18n.M("Chưa rõ")
}

// Dossier (hồ sơ thủ tục hành chính) is one request of a citizen or an
// organisation, from filing to the return of the result.
type Dossier struct {
	ID            ID                  `db:"id"`
	Code          string              `db:"code"`   // "H21.15-261123-0007"
	Secret        string              `db:"secret"` // printed on the receipt; opens the details without a sign-in
	VersionID     procedure.VersionID `db:"version_id"`
	ProcedureCode string              `db:"procedure_code"`
	ProcedureName string              `db:"procedure_name"`
	Field         string              `db:"field"`
	CaseKey       string              `db:"case_key"`
	Channel       Channel             `db:"channel"`
	ReturnBy      Channel             `db:"return_by"`
	ReturnAddress string              `db:"return_address"`
	ReceiverID    org.UnitID          `db:"receiver_id"`
	HandlerID     org.UnitID          `db:"handler_id"`
	Status        Status              `db:"status"`
	Resumes       Status              `db:"resumes"` // status to go back to when a pause ends; 0 when not paused
	AccountID     string              `db:"account_id"`
	Authorised    bool                `db:"authorised"` // filed by an authorised person
	Sets          int                 `db:"sets"`       // số bộ hồ sơ
	Form          string              `db:"form"`       // answers of the e-form, JSON
	FiledAt       time.Time           `db:"filed_at"`
	AcceptedAt    *time.Time          `db:"accepted_at"`
	DueAt         *time.Time          `db:"due_at"`
	PausedAt      *time.Time          `db:"paused_at"`
	FinishedAt    *time.Time          `db:"finished_at"` // decision ready, refused, stopped or withdrawn
	ReturnedAt    *time.Time          `db:"returned_at"`
	Extended      bool                `db:"extended"`
	Supplements   int                 `db:"supplements"` // how often papers were asked for
	ReturnedTo    string              `db:"returned_to"`
	Version       int64               `db:"version"`
	Owner         Applicant           `db:"-"`
	Submitter     Applicant           `db:"-"` // same as Owner unless Authorised
}

// Late reports whether the promised time had passed when the dossier was finished,
// or has passed by now. Receipts print minutes, so seconds make nobody late.
func (d *Dossier) Late(now time.Time) bool {
	if d.DueAt == nil {
		return false
	}
	switch {
	case d.FinishedAt != nil:
		return minuteOf(*d.FinishedAt).After(*d.DueAt)
	case d.PausedAt != nil:
		return minuteOf(*d.PausedAt).After(*d.DueAt)
	}
	return minuteOf(now).After(*d.DueAt)
}

// minuteOf cuts the seconds off, as the calendar does.
func minuteOf(t time.Time) time.Time { return t.UTC().Truncate(time.Minute) }

// Paper (thành phần hồ sơ đã nộp) is one document of a dossier, as it was or was not handed in.
type Paper struct {
	ID        string     `db:"id"`
	DossierID ID         `db:"dossier_id"`
	Position  int        `db:"position"`
	Key       string     `db:"key"` // key in the procedure, empty for an extra paper
	Name      string     `db:"name"`
	Originals int        `db:"originals"`
	Copies    int        `db:"copies"`
	Provided  bool       `db:"provided"`
	Required  bool       `db:"required"`
	Check     PaperCheck `db:"verdict"`
	CheckNote string     `db:"verdict_note"`
}

// PaperCheck (kết quả kiểm tra giấy tờ) is what the official found when checking a paper.
type PaperCheck string

// The findings. A paper not looked at yet has none.
const (
	CheckNone    PaperCheck = ""
	CheckOK      PaperCheck = "ok"      // đúng, đủ
	CheckMissing PaperCheck = "missing" // thiếu
	CheckWrong   PaperCheck = "wrong"   // chưa hợp lệ
)

// Attachment (tệp đính kèm) is a file of a dossier.
type Attachment struct {
	ID        string         `db:"id"`
	DossierID ID             `db:"dossier_id"`
	PaperID   string         `db:"paper_id"` // empty for results and other files
	Kind      AttachmentKind `db:"kind"`
	FileID    string         `db:"file_id"`
	Name      string         `db:"name"`
	Size      int64          `db:"size"`
	MediaType string         `db:"media_type"`
	AddedBy   string         `db:"added_by"`
	AddedAt   time.Time      `db:"added_at"`
}

// AttachmentKind (loại tệp) tells what a file is for.
type AttachmentKind string

// The kinds of attachments.
const (
	AttachmentPaper  AttachmentKind = "paper"  // handed in by the applicant
	AttachmentResult AttachmentKind = "result" // the decision the applicant gets
	AttachmentWork   AttachmentKind = "work"   // for officials only
)

// Fee (phí, lệ phí của hồ sơ) is an amount to pay for this dossier.
type Fee struct {
	ID        string     `db:"id"`
	DossierID ID         `db:"dossier_id"`
	Key       string     `db:"key"`
	Name      string     `db:"name"`
	Kind      string     `db:"kind"` // fee or charge
	Amount    int64      `db:"amount"`
	Quantity  int64      `db:"quantity"`
	PaidAt    *time.Time `db:"paid_at"`
	PaidTo    string     `db:"paid_to"` // official who took it
}

// Total returns the amount to pay in đồng.
func (f Fee) Total() int64 { return f.Amount * f.Quantity }

// Part (phần việc của một cơ quan) is the share of one agency in a dossier: its own number and its own term.
type Part struct {
	ID        string     `db:"id"`
	DossierID ID         `db:"dossier_id"`
	UnitID    org.UnitID `db:"unit_id"`
	UnitName  string     `db:"unit_name"` // name when the part began; history keeps it
	Number    string     `db:"number"`
	Position  int        `db:"position"`
	ArrivedAt time.Time  `db:"arrived_at"`
	DueAt     *time.Time `db:"due_at"`
	DoneAt    *time.Time `db:"done_at"`
}

// StepState (trạng thái bước) says how far a step is.
type StepState string

// The states of a step. Ready and claimed steps are open.
const (
	StepReady     StepState = "ready"     // chờ nhận
	StepClaimed   StepState = "claimed"   // đang làm
	StepDone      StepState = "done"      // đã xong
	StepSentBack  StepState = "sent_back" // trả lại bước trước
	StepCancelled StepState = "cancelled" // dossier ended meanwhile
)

// Step (bước xử lý của hồ sơ) is one piece of work on a dossier, at one unit.
type Step struct {
	ID           string     `db:"id"`
	DossierID    ID         `db:"dossier_id"`
	PartID       string     `db:"part_id"`
	Key          string     `db:"key"`
	Name         string     `db:"name"`
	PublicName   string     `db:"public_name"`
	Kind         string     `db:"kind"`
	AgencyID     org.UnitID `db:"agency_id"`
	UnitID       org.UnitID `db:"unit_id"` // division or agency
	UnitPath     string     `db:"unit_path"`
	UnitName     string     `db:"unit_name"`
	State        StepState  `db:"state"`
	AssigneeID   string     `db:"assignee_id"`
	AssigneeName string     `db:"assignee_name"`
	FromID       string     `db:"from_id"` // step instance that led here
	Position     int        `db:"position"`
	StartedAt    time.Time  `db:"started_at"`
	DueAt        *time.Time `db:"due_at"`
	ClaimedAt    *time.Time `db:"claimed_at"`
	DoneAt       *time.Time `db:"done_at"`
	DoneBy       string     `db:"done_by"`
	Outcome      string     `db:"outcome"`
	Note         string     `db:"note"`
}

// Open reports whether the step waits for somebody.
func (s *Step) Open() bool { return s.State == StepReady || s.State == StepClaimed }

// Supplement (yêu cầu bổ sung) is one request for more papers and its answer.
//
// Law: 61/2018/NĐ-CP Đ.17
type Supplement struct {
	ID         string     `db:"id"`
	DossierID  ID         `db:"dossier_id"`
	StepID     string     `db:"step_id"`
	Number     int        `db:"number"`
	Items      string     `db:"items"` // JSON list of strings
	Reason     string     `db:"reason"`
	AskedAt    time.Time  `db:"asked_at"`
	AskedBy    string     `db:"asked_by"`
	AskedUnit  string     `db:"asked_unit"`
	Deadline   time.Time  `db:"deadline_at"`
	AnsweredAt *time.Time `db:"answered_at"`
	Answer     string     `db:"answer"`
	ExpiredAt  *time.Time `db:"expired_at"`
}

// Asked returns the items of a request for papers.
func (s Supplement) Asked() []string {
	var items []string
	_ = json.Unmarshal([]byte(s.Items), &items) // written by this room
	return items
}

// Open reports whether the request still waits for an answer at a moment.
func (s Supplement) Open(now time.Time) bool {
	return s.AnsweredAt == nil && s.ExpiredAt == nil && now.Before(s.Deadline)
}
