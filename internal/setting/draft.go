package setting

import (
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// DraftID identifies a draft.
type DraftID string

// State (trạng thái bản thảo) says how far a draft has come.
type State string

// The states of a draft.
const (
	StateDraft      State = "draft"      // đang soạn
	StateProposed   State = "proposed"   // chờ duyệt
	StateReturned   State = "returned"   // trả lại để sửa
	StateApproved   State = "approved"   // đã duyệt, chờ ngày áp dụng
	StateApplying   State = "applying"   // being taken over; goes on after a crash
	StateStale      State = "stale"      // somebody else's change came into force meanwhile
	StateInForce    State = "in_force"   // đang áp dụng
	StateSuperseded State = "superseded" // a later draft took its place
	StateUndone     State = "undone"     // đã hoàn tác
	StateDropped    State = "dropped"    // người soạn bỏ
)

// Name returns the word for a state.
func (s State) Name() i18n.Msg {
	switch s {
	case StateDraft:
		return i18n.M("Đang soạn")
	case StateProposed:
		return i18n.M("Chờ duyệt")
	case StateReturned:
		return i18n.M("Trả lại để sửa")
	case StateApproved:
		return i18n.M("Đã duyệt, chờ ngày áp dụng")
	case StateApplying:
		return i18n.M("Đang đưa vào áp dụng")
	case StateStale:
		return i18n.M("Vướng thay đổi khác")
	case StateInForce:
		return i18n.M("Đang áp dụng")
	case StateSuperseded:
		return i18n.M("Đã có bản mới hơn")
	case StateUndone:
		return i18n.M("Đã hoàn tác")
	}
	return i18n.M("Đã bỏ")
}

// Editable reports whether the text may be changed.
func (s State) Editable() bool { return s == StateDraft || s == StateReturned || s == StateStale }

// Waiting reports whether something is still to come of the draft.
func (s State) Waiting() bool { return s.Editable() || s == StateProposed || s.Approved() }

// Approved reports whether the draft waits for its day.
func (s State) Approved() bool { return s == StateApproved || s == StateApplying }

// Past reports whether the text held once.
func (s State) Past() bool { return s == StateInForce || s == StateSuperseded || s == StateUndone }

// Draft (bản thảo) is a change of one thing.
type Draft struct {
	ID          DraftID    `db:"id"`
	Kind        string     `db:"kind"`
	Thing       string     `db:"thing"`
	Title       string     `db:"title"`
	Base        string     `db:"base"`   // the text it began from
	Text        string     `db:"text"`   // the new text
	Before      string     `db:"before"` // what held when it came into force
	State       State      `db:"state"`
	Revision    int64      `db:"revision"` // counts up with every change
	ValidFrom   clock.Date `db:"valid_from"`
	SourceAct   string     `db:"source_act"`
	AuthorID    string     `db:"author_id"`
	Author      string     `db:"author"`
	DecidedByID string     `db:"decided_by_id"`
	DecidedBy   string     `db:"decided_by"`
	Undoes      DraftID    `db:"undoes"` // the draft that this one takes back
	CreatedAt   time.Time  `db:"created_at"`
	ChangedAt   time.Time  `db:"changed_at"`
	AppliedAt   *time.Time `db:"applied_at"`
}

// Act (việc đã làm với bản thảo) is one line of the history of a draft.
type Act struct {
	ID      string    `db:"id" json:"-"`
	DraftID DraftID   `db:"draft_id" json:"-"`
	Act     string    `db:"act" json:"act"`
	At      time.Time `db:"at" json:"at"`
	WhoID   string    `db:"who_id" json:"-"`
	Who     string    `db:"who" json:"who"`
	Note    string    `db:"note" json:"note,omitempty"`
}

// Name returns what was done in words.
func (a Act) Name() i18n.Msg {
	switch a.Act {
	case "start":
		return i18n.M("Lập bản thảo")
	case "propose":
		return i18n.M("Đề nghị duyệt")
	case "approve":
		return i18n.M("Duyệt")
	case "return":
		return i18n.M("Trả lại")
	case "withdraw":
		return i18n.M("Rút lại để sửa")
	case "drop":
		return i18n.M("Bỏ bản thảo")
	case "comment":
		return i18n.M("Ý kiến")
	case "rebase":
		return i18n.M("Ghép với thay đổi khác")
	case "stale":
		return i18n.M("Vướng thay đổi khác")
	case "apply":
		return i18n.M("Bắt đầu áp dụng")
	case "undone":
		return i18n.M("Được hoàn tác")
	}
	return i18n.M("Lưu nội dung")
}

// move is a way from states to another one.
type move struct {
	act  string
	from []State
	to   State
}

var (
	movePropose  = move{"propose", []State{StateDraft, StateReturned}, StateProposed}
	moveApprove  = move{"approve", []State{StateProposed}, StateApproved}
	moveReturn   = move{"return", []State{StateProposed}, StateReturned}
	moveWithdraw = move{"withdraw", []State{StateProposed, StateApproved}, StateDraft}
	moveDrop     = move{"drop", []State{StateDraft, StateReturned, StateStale}, StateDropped}
	moveRebase   = move{"rebase", []State{StateStale, StateDraft, StateReturned}, StateDraft}
	moveApply    = move{"apply", []State{StateApproved, StateApplying}, StateInForce}
	moveStale    = move{"stale", []State{StateApproved, StateProposed}, StateStale}
)

// make moves a draft; Conflict when it is elsewhere.
func (d *Draft) make(m move) error {
	for _, s := range m.from {
		if d.State == s {
			d.State = m.to
			return nil
		}
	}
	return fault.NewConflict(i18n.M("Bản thảo đang ở trạng thái “%s” nên không làm được việc này. Hãy tải lại trang.", d.State.Name().String()))
}

// at refuses a change that was made on an older revision.
func (d *Draft) at(revision int64) error {
	if d.Revision != revision {
		return fault.NewConflict(i18n.M("Bản thảo vừa được thay đổi ở cửa sổ khác hoặc bởi người khác. Hãy tải lại trang rồi làm lại."))
	}
	return nil
}

// DraftQuery says which drafts to list; empty parts do not restrict.
type DraftQuery struct {
	Kind    string
	Thing   string
	Waiting bool    // only those of which something is still to come
	Past    bool    // only those that held once
	Before  DraftID // only those older than this one
	Limit   int

	kinds []string // only these, those the reader may see
}
