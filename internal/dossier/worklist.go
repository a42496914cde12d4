package dossier

import (
	"encoding/base64"
	"strings"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/org"
)

// Box (ngăn việc) is a part of the worklist.
type Box string

// The boxes. Late, today and soon go by the due date of the step, where it has none by that of the dossier.
const (
	BoxToDo       Box = "todo"       // everything that waits for the unit
	BoxMine       Box = "mine"       // claimed by the reader
	BoxLate       Box = "late"       // quá hạn
	BoxToday      Box = "today"      // hạn hôm nay
	BoxSoon       Box = "soon"       // hạn trong 3 ngày tới
	BoxSupplement Box = "supplement" // chờ bổ sung
	BoxObligation Box = "obligation" // chờ nghĩa vụ tài chính
	BoxJoint      Box = "joint"      // phối hợp: received by another agency
)

// Boxes lists the boxes in the order of the desk.
var Boxes = []Box{BoxToDo, BoxMine, BoxLate, BoxToday, BoxSoon, BoxSupplement, BoxObligation, BoxJoint}

// Name returns the box as the desk shows it.
func (b Box) Name() i18n.Msg {
	switch b {
	case BoxMine:
		return i18n.M("Tôi đang xử lý")
	case BoxLate:
		return i18n.M("Quá hạn")
	case BoxToday:
		return i18n.M("Hạn hôm nay")
	case BoxSoon:
		return i18n.M("Hạn trong 3 ngày tới")
	case BoxSupplement:
		return i18n.M("Chờ bổ sung")
	case BoxObligation:
		return i18n.M("Chờ nghĩa vụ tài chính")
	case BoxJoint:
		return i18n.M("Phối hợp")
	}
	return i18n.M("Cần xử lý")
}

// WorkQuery says which part of the worklist is wanted.
type WorkQuery struct {
	Box       Box
	Text      string // code, name, phone, identity number, procedure; with or without tone marks
	Field     string
	Procedure string // code
	Kind      string // kind of step
	Watch     bool   // the work of everybody in the units that the reader leads, instead of the reader's own
	Unit      org.UnitID
	Cursor    string
	Limit     int // 1–200, 50 when 0
}

// WorkItem (việc) is one open step of a dossier in the worklist.
type WorkItem struct {
	DossierID     ID         `db:"dossier_id"`
	Code          string     `db:"code"`
	Number        string     `db:"number"` // number of the reader's agency
	ProcedureName string     `db:"procedure_name"`
	OwnerName     string     `db:"owner_name"`
	OwnerPhone    string     `db:"owner_phone"`
	Status        Status     `db:"status"`
	Channel       Channel    `db:"channel"`
	FiledAt       time.Time  `db:"filed_at"`
	DossierDue    *time.Time `db:"dossier_due"`
	StepID        string     `db:"step_id"`
	StepName      string     `db:"step_name"`
	StepKind      string     `db:"step_kind"`
	UnitName      string     `db:"unit_name"`
	State         StepState  `db:"state"`
	AssigneeID    string     `db:"assignee_id"`
	AssigneeName  string     `db:"assignee_name"`
	StepDue       *time.Time `db:"step_due"`
}

// Due returns the date that the list goes by, or nil. A result that waits to be fetched has none but that of its step.
func (i *WorkItem) Due() *time.Time {
	if i.StepDue != nil || i.Status == StatusDone {
		return i.StepDue
	}
	return i.DossierDue
}

// WorkPage is a page of the worklist.
type WorkPage struct {
	Items []WorkItem
	Next  string // cursor of the next page, empty on the last
}

// FindQuery says which dossiers of the reader's units are wanted.
type FindQuery struct {
	Text      string
	Status    []Status
	Field     string
	Procedure string
	Channel   Channel
	UnitID    org.UnitID // one agency among those that the reader may see
	From, To  clock.Date // filed, both included
	LateOnly  bool
	Cursor    string
	Limit     int
}

// Item (dòng danh sách hồ sơ) is a dossier in a list.
type Item struct {
	ID            ID         `db:"id"`
	Code          string     `db:"code"`
	ProcedureName string     `db:"procedure_name"`
	OwnerName     string     `db:"owner_name"`
	Status        Status     `db:"status"`
	Channel       Channel    `db:"channel"`
	ReceiverID    org.UnitID `db:"receiver_id"`
	FiledAt       time.Time  `db:"filed_at"`
	AcceptedAt    *time.Time `db:"accepted_at"`
	DueAt         *time.Time `db:"due_at"`
	FinishedAt    *time.Time `db:"finished_at"`
	PausedAt      *time.Time `db:"paused_at"`
}

// Late reports whether the promised time had passed when the dossier was finished, or has passed by now.
func (i *Item) Late(now time.Time) bool {
	d := Dossier{DueAt: i.DueAt, FinishedAt: i.FinishedAt, PausedAt: i.PausedAt}
	return d.Late(now)
}

// Page is a page of dossiers.
type Page struct {
	Items []Item
	Next  string
}

// mark is the place in a list after which the next page begins.
type mark struct {
	at time.Time
	id string
}

// farOff sorts after every due date.
var farOff = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

const markLayout = "20060102T150405.000000"

func (m mark) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(m.at.UTC().Format(markLayout) + "|" + m.id))
}

func parseMark(cursor string) (mark, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	at, rest, ok := strings.Cut(string(raw), "|")
	t, terr := time.Parse(markLayout, at)
	if err != nil || terr != nil || !ok || len(rest) > 40 {
		return mark{}, fault.NewInvalid("cursor", i18n.M("Trang này không còn; hãy mở lại danh sách từ đầu."))
	}
	return mark{t, rest}, nil
}

func bounded(limit int) int {
	switch {
	case limit <= 0:
		return 50
	case limit > 200:
		return 200
	}
	return limit
}
