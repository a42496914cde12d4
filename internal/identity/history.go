package identity

import (
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
)

// Outcome (kết quả đăng nhập) is how an attempt to sign in ended.
type Outcome string

// The outcomes.
const (
	Entered  Outcome = "entered"
	Halfway  Outcome = "halfway" // the password was right, the second proof was asked for
	Wrong    Outcome = "wrong"
	Locked   Outcome = "locked"  // wrong once too often: nobody can try for a while
	Rejected Outcome = "refused" // a blocked account, or a passkey that may be a copy
)

// Outcomes are all of them, in the order of filters.
var Outcomes = []Outcome{Entered, Halfway, Wrong, Locked, Rejected}

func (o Outcome) label() i18n.Msg {
	switch o {
	case Entered:
		return i18n.M("Đã đăng nhập")
	case Halfway:
		return i18n.M("Đúng mật khẩu, chờ xác nhận")
	case Locked:
		return i18n.M("Sai nhiều lần, tạm khóa")
	case Rejected:
		return i18n.M("Bị từ chối")
	}
	return i18n.M("Sai thông tin")
}

// tone is how a page shows it.
func (o Outcome) tone() string {
	switch o {
	case Entered:
		return "ok"
	case Halfway:
		return "info"
	case Wrong:
		return "warn"
	}
	return "late"
}

// SignInRecord (lần đăng nhập) is one attempt to sign in to an account, as its holder sees it.
type SignInRecord struct {
	ID        string    `db:"id"`
	AccountID AccountID `db:"account_id"`
	At        time.Time `db:"at"`
	Means     Means     `db:"means"`
	Outcome   Outcome   `db:"outcome"`
	IP        string    `db:"ip"`
	UserAgent string    `db:"user_agent"`
}

// Keys are what the history is sorted by.
func (r SignInRecord) Keys() []string { return []string{r.ID} }

// HistoryQuery (điều kiện xem lịch sử đăng nhập) says which attempts to list. Empty fields do not restrict.
type HistoryQuery struct {
	Outcome  Outcome
	From, To clock.Date // both included
	After    []string   // keys of the last row of the page before
	Size     int        // zero: 50
}
