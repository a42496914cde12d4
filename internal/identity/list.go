package identity

import (
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/org"
)

// Query (điều kiện tìm tài khoản) says which accounts to list. Empty fields do not restrict.
type Query struct {
	Text  string // words of the name with or without tone marks, or the beginning of a sign-in name
	Kind  Kind
	Use   Use // programs only, or people only
	State State
	Role  string     // holds this role today, at any unit
	Unit  org.UnitID // the account is kept by this unit or one below
	After []string   // keys of the last row of the page before
	Size  int        // zero: 50
}

// Use (người hay phần mềm) says who acts through an account.
type Use string

// The uses; the zero value is both.
const (
	OfPeople   Use = "people"
	OfPrograms Use = "programs"
)

// State (tình trạng, để lọc) is what one looks for in a list of accounts.
type State string

// The states; the zero value is all.
const (
	StateActive  State = "active"
	StateBlocked State = "blocked"
	StateUnseen  State = "unseen"  // never signed in
	StateNoRole  State = "no_role" // of an official or a program, without any role today
)

// ListedAccount (dòng trong danh sách tài khoản) is one row of a list of accounts.
type ListedAccount struct {
	ID       AccountID  `db:"id"`
	Kind     Kind       `db:"kind"`
	FullName string     `db:"full_name"`
	NameFold string     `db:"name_fold"`
	Name     string     `db:"login"` // one of its sign-in names
	UnitID   org.UnitID `db:"unit_id"`
	Unit     string     `db:"-"`
	Status   Status     `db:"status"`
	Verified bool       `db:"verified"`
}

// Keys are what the list is sorted by.
func (l ListedAccount) Keys() []string { return []string{l.NameFold, string(l.ID)} }

// GrantView (quyền đã trao, để hiển thị) is a grant with the names one shows.
type GrantView struct {
	Grant
	RoleName string
	Unit     string // of today: the heir of a unit that has ended
	ByName   string // who gave it
	Holds    bool
	MayEnd   bool // the actor may revoke it
}

// selection is a Query as the store takes it.
type selection struct {
	fold  string
	login string
	kind  Kind
	use   Use
	state State
	role  string
	today clock.Date
	under []string // nil: of all units
	units []string // nil: accounts of all units and those without
	after []string
	size  int
}

func (q Query) selection() selection {
	text := vntext.Clean(q.Text)
	sel := selection{fold: vntext.Fold(text), login: vntext.Lower(text), kind: q.Kind, use: q.Use, state: q.State, role: q.Role, size: q.Size}
	if n, err := ParseName(text); err == nil {
		sel.login = n.Text
	}
	if len(q.After) == 2 {
		sel.after = q.After
	}
	if sel.size <= 0 {
		sel.size = 50
	}
	return sel
}

// Candidate (người chưa có tài khoản) is a person one could make an account for.
type Candidate struct {
	PersonID org.PersonID
	FullName string
	Post     string // main post in words, empty when there is none
}
