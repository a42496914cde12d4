package org

import (
	"strings"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// PersonID (mã nội bộ của người) names one official for ever.
type PersonID string

// PostID (mã nội bộ của vị trí công tác) names one post of one person.
type PostID string

// Person (cán bộ, công chức, viên chức) is somebody who works or worked in an agency.
// The full name is one text: Vietnamese names are not split.
type Person struct {
	ID        PersonID   `db:"id"`
	FullName  string     `db:"full_name"`
	BirthDate clock.Date `db:"birth_date"` // zero: not known
	Phone     string     `db:"phone"`
	Email     string     `db:"email"`
	CreatedAt time.Time  `db:"created_at"`
}

// Post (vị trí công tác) is what a person is at a unit from ValidFrom until the day
// before ValidTo. One post of a person at a time is the main one, others are concurrent (kiêm nhiệm).
type Post struct {
	ID        PostID     `db:"id"`
	PersonID  PersonID   `db:"person_id"`
	UnitID    UnitID     `db:"unit_id"`
	Title     string     `db:"title"` // chức danh: "Chuyên viên", "Phó Giám đốc"
	Main      bool       `db:"main"`
	Rank      int64      `db:"rank"` // order of the people within the unit
	ValidFrom clock.Date `db:"valid_from"`
	ValidTo   clock.Date `db:"valid_to"` // zero: still held
	SourceAct string     `db:"source_act"`
}

// Member (người giữ vị trí) is a post with the person who holds it.
type Member struct {
	Post
	FullName string `db:"full_name"`
	Phone    string `db:"phone"`
	Email    string `db:"email"`
}

// HeldOn reports whether the post is held on a date.
func (p Post) HeldOn(on clock.Date) bool { return on.Within(p.ValidFrom, p.ValidTo) }

// clean brings the texts of a person into their form and checks them.
func (p *Person) clean(today clock.Date) error {
	p.FullName, p.Phone, p.Email = vntext.Clean(p.FullName), vntext.Clean(p.Phone), vntext.Clean(p.Email)
	var ps fault.Problems
	if p.FullName == "" {
		ps.Add("full_name", i18n.M("Nhập họ và tên."))
	}
	if !p.BirthDate.IsZero() && !p.BirthDate.Before(today) {
		ps.Add("birth_date", i18n.M("Ngày sinh phải trước ngày hôm nay."))
	}
	if p.Email != "" && !strings.Contains(strings.Trim(p.Email, "@"), "@") {
		ps.Add("email", i18n.M("Địa chỉ thư điện tử chưa đúng."))
	}
	return ps.Err()
}

// check reports what speaks against a post beside the other posts of the person.
func (p *Post) check(u *Unit, others []Post) error {
	p.Title = vntext.Clean(p.Title)
	var ps fault.Problems
	if p.Title == "" {
		ps.Add("title", i18n.M("Nhập chức danh."))
	}
	if !p.ValidTo.IsZero() && !p.ValidFrom.Before(p.ValidTo) {
		ps.Add("valid_to", i18n.M("Ngày thôi giữ vị trí phải sau ngày bắt đầu."))
	}
	if !overlap(u.ValidFrom, u.ValidTo, p.ValidFrom, p.ValidTo) || u.endedBy(p.ValidFrom) {
		ps.Add("unit_id", i18n.M("%s không hoạt động vào ngày bắt đầu giữ vị trí.", u.Name))
	}
	for _, o := range others {
		if o.ID == p.ID || !overlap(o.ValidFrom, o.ValidTo, p.ValidFrom, p.ValidTo) {
			continue
		}
		if o.Main && p.Main {
			ps.Add("main", i18n.M("Người này đã có vị trí chính trong thời gian đó; hãy kết thúc vị trí cũ hoặc ghi là kiêm nhiệm."))
		}
		if o.UnitID == p.UnitID && o.Title == p.Title {
			ps.Add("title", i18n.M("Người này đã giữ vị trí đó trong thời gian đó."))
		}
	}
	return ps.Err()
}
