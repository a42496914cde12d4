package identity

import (
	"lienthong/internal/kit/vntext"
	"lienthong/internal/org"
)

// Query (điều kiện tìm tài khoản) says which accounts to list. Empty fields do not restrict.
type Query struct {
	Text  string // words of the name with or without tone marks, or the beginning of a sign-in name
	Kind  Kind
	After []string // keys of the last row of the page before
	Size  int      // zero: 50
}

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
	units []string // nil: accounts of all units and those without
	after []string
	size  int
}

func (q Query) selection() selection {
	text := vntext.Clean(q.Text)
	sel := selection{fold: vntext.Fold(text), login: vntext.Lower(text), kind: q.Kind, size: q.Size}
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
