package identity

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/org"
)

// AccountID (mã nội bộ của tài khoản) names one account for ever.
type AccountID string

// Kind (loại tài khoản) says who holds an account.
type Kind string

// The kinds. A program of another system has an account of the kind Official without a person.
const (
	Citizen  Kind = "citizen"
	Official Kind = "official"
)

func (k Kind) label() i18n.Msg {
	if k == Official {
		return i18n.M("Công chức")
	}
	return i18n.M("Công dân")
}

// Status (tình trạng tài khoản) says whether an account can be used.
type Status string

// The states.
const (
	Active  Status = "active"
	Blocked Status = "blocked" // nobody can sign in
)

// Account (tài khoản) is one citizen's or official's way into the program.
type Account struct {
	ID           AccountID    `db:"id"`
	Kind         Kind         `db:"kind"`
	FullName     string       `db:"full_name"`
	PersonalID   string       `db:"personal_id"` // 9 or 12 digits, as its holder says; may be empty
	BirthDate    clock.Date   `db:"birth_date"`
	Phone        string       `db:"phone"`
	Email        string       `db:"email"`
	Address      string       `db:"address"`
	PersonID     org.PersonID `db:"person_id"` // of officials
	UnitID       org.UnitID   `db:"unit_id"`   // whose administrators manage the account; empty: those of the whole province
	PasswordHash string       `db:"password_hash" json:"-"`
	Status       Status       `db:"status"`
	Verified     bool         `db:"verified"` // somebody checked who holds it; those who register themselves are not
	CreatedAt    time.Time    `db:"created_at"`
	LastSignInAt *time.Time   `db:"last_sign_in_at"`
	Names        []Name       `db:"-"` // what one signs in with
}

// StatusText says in words whether the account can be used and whether its holder was checked.
func (a Account) StatusText() i18n.Msg {
	switch {
	case a.Status == Blocked:
		return i18n.M("Đã khóa")
	case a.Verified:
		return i18n.M("Đã xác thực")
	}
	return i18n.M("Chưa xác thực")
}

// Profile (thông tin cá nhân) is what the holder of an account says of themselves and may change.
type Profile struct {
	FullName   string
	PersonalID string
	BirthDate  clock.Date
	Phone      string
	Email      string
	Address    string
}

// Registration (đăng ký tài khoản) is what a citizen fills in to get an account.
type Registration struct {
	Name       string // phone number or e-mail address to sign in with
	FullName   string
	PersonalID string // may be empty
	Password   string
	Consent    bool // to the keeping of these data
}

// NewOfficial (tài khoản mới của công chức) describes an account that an administrator makes.
type NewOfficial struct {
	Name     string       // to sign in with: a short name or an e-mail address
	PersonID org.PersonID // empty for a program
	FullName string       // empty: as the person
	UnitID   org.UnitID   // whose administrators manage the account; empty: the unit of the main post
	Password string
}

var personalIDForm = regexp.MustCompile(`^(\d{9}|\d{12})$`)

// digits removes the spaces, dots and hyphens people write in numbers.
func digits(s string) string { return strings.NewReplacer(" ", "", ".", "", "-", "").Replace(s) }

// checkName cleans a full name and reports what is wrong with it.
func checkName(name *string, ps *fault.Problems) {
	*name = vntext.Clean(*name)
	switch {
	case *name == "":
		ps.Add("full_name", i18n.M("Nhập họ và tên."))
	case utf8.RuneCountInString(*name) > 100:
		ps.Add("full_name", i18n.M("Họ và tên dài quá 100 ký tự."))
	case strings.ContainsAny(*name, "0123456789<>@"):
		ps.Add("full_name", i18n.M("Họ và tên chỉ gồm chữ cái, ghi như trong giấy tờ tùy thân."))
	}
}

func checkPersonalID(number *string, ps *fault.Problems) {
	*number = digits(vntext.Clean(*number))
	if *number != "" && !personalIDForm.MatchString(*number) {
		ps.Add("personal_id", i18n.M("Số giấy tờ tùy thân có 9 số (chứng minh nhân dân) hoặc 12 số (căn cước công dân)."))
	}
}

// clean brings a profile into its form and reports all that is wrong with it.
func (p *Profile) clean(today clock.Date) fault.Problems {
	var ps fault.Problems
	checkName(&p.FullName, &ps)
	checkPersonalID(&p.PersonalID, &ps)
	if !p.BirthDate.IsZero() && (!p.BirthDate.Before(today) || p.BirthDate.Year < 1900) {
		ps.Add("birth_date", i18n.M("Ngày sinh phải trước hôm nay và từ năm 1900 trở lại đây."))
	}
	p.Phone, p.Email, p.Address = vntext.Clean(p.Phone), vntext.Clean(p.Email), vntext.Clean(p.Address)
	if p.Phone != "" {
		n, err := parsePhone(p.Phone)
		if err != nil {
			ps.Add("phone", badPhone())
		}
		p.Phone = n
	}
	if p.Email != "" {
		n, err := parseEmail(p.Email)
		if err != nil {
			ps.Add("email", badEmail())
		}
		p.Email = n
	}
	if utf8.RuneCountInString(p.Address) > 300 {
		ps.Add("address", i18n.M("Địa chỉ dài quá 300 ký tự."))
	}
	return ps
}

// clean brings a registration into its form and reports all that is wrong with it.
func (r *Registration) clean() (Name, error) {
	var ps fault.Problems
	checkName(&r.FullName, &ps)
	name, err := ParseName(r.Name)
	switch {
	case vntext.Clean(r.Name) == "":
		ps.Add("name", i18n.M("Nhập số điện thoại hoặc địa chỉ thư điện tử để đăng nhập."))
	case err != nil:
		if f, ok := fault.As(err); ok {
			ps.Add("name", f.User())
		}
	case name.Kind == ShortName:
		ps.Add("name", i18n.M("Nhập số điện thoại (ví dụ 0905 123 456) hoặc địa chỉ thư điện tử (ví dụ ten@example.com)."))
	}
	checkPersonalID(&r.PersonalID, &ps)
	r.Password = cleanPassword(r.Password)
	if m, bad := weakPassword(r.Password, shortestPassword, name.Text, r.PersonalID, r.FullName); bad {
		ps.Add("password", m)
	}
	if !r.Consent {
		ps.Add("consent", i18n.M("Cần đồng ý để hệ thống lưu thông tin thì mới tạo được tài khoản."))
	}
	return name, ps.Err()
}
