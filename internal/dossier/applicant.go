package dossier

import (
	"net/mail"
	"regexp"
	"strings"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// Applicant (người nộp hồ sơ, chủ hồ sơ) is a citizen or an organisation, as written in the dossier.
type Applicant struct {
	Kind         string     `json:"kind"` // citizen, business, organisation
	FullName     string     `json:"full_name"`
	Organisation string     `json:"organisation,omitempty"` // name of the business or organisation; FullName is then its representative
	TaxCode      string     `json:"tax_code,omitempty"`
	PersonalID   string     `json:"personal_id,omitempty"`
	BirthDate    clock.Date `json:"birth_date,omitzero"`
	Phone        string     `json:"phone,omitempty"`
	Email        string     `json:"email,omitempty"`
	Address      string     `json:"address,omitempty"`
}

// The kinds of applicants.
const (
	ApplicantCitizen      = "citizen"
	ApplicantBusiness     = "business"
	ApplicantOrganisation = "organisation"
)

var (
	personalID = regexp.MustCompile(`^([0-9]{9}|[0-9]{12}|[A-Z][0-9]{7,8})$`)
	taxCode    = regexp.MustCompile(`^[0-9]{10}(-?[0-9]{3})?$`)
	phone      = regexp.MustCompile(`^0[0-9]{9,10}$`)
)

// Name returns the name to show: the organisation's, or the person's.
func (a Applicant) Name() string {
	if a.Organisation != "" {
		return a.Organisation
	}
	return a.FullName
}

// Clean returns a with composed text, single spaces, and phone and identity numbers without separators.
func (a Applicant) Clean() Applicant {
	for _, s := range []*string{&a.FullName, &a.Organisation, &a.Address} {
		*s = vntext.Clean(*s)
	}
	a.PersonalID = strings.ToUpper(squeeze(a.PersonalID))
	a.TaxCode = squeeze(a.TaxCode)
	a.Phone = vntext.Phone(a.Phone)
	a.Email = strings.ToLower(strings.TrimSpace(a.Email))
	if a.Kind == "" {
		a.Kind = ApplicantCitizen
	}
	return a
}

func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '.' || r == '\u00a0' {
			return -1
		}
		return r
	}, s)
}

// Validate checks a cleaned applicant and returns an Invalid fault that names every field that is wrong.
func (a Applicant) Validate() error {
	var ps fault.Problems
	switch a.Kind {
	case ApplicantCitizen:
	case ApplicantBusiness, ApplicantOrganisation:
		if a.Organisation == "" {
			ps.Add("organisation", i18n.M("Hãy nhập tên doanh nghiệp hoặc tổ chức."))
		}
	default:
		ps.Add("kind", i18n.M("Hãy chọn loại người nộp: cá nhân, doanh nghiệp hoặc tổ chức."))
	}
	switch n := len([]rune(a.FullName)); {
	case n < 2:
		ps.Add("full_name", i18n.M("Hãy nhập đầy đủ họ, chữ đệm và tên."))
	case n > 120 || strings.ContainsAny(a.FullName, "<>0123456789"):
		ps.Add("full_name", i18n.M("Họ tên chỉ gồm chữ và dài không quá 120 ký tự."))
	}
	if a.PersonalID != "" && !personalID.MatchString(a.PersonalID) {
		ps.Add("personal_id", i18n.M("Số định danh gồm 12 chữ số, chứng minh nhân dân 9 chữ số, hộ chiếu một chữ cái và 7–8 chữ số."))
	}
	if a.PersonalID == "" && a.Kind == ApplicantCitizen {
		ps.Add("personal_id", i18n.M("Hãy nhập số định danh cá nhân hoặc số giấy tờ tùy thân."))
	}
	if a.TaxCode != "" && !taxCode.MatchString(a.TaxCode) {
		ps.Add("tax_code", i18n.M("Mã số thuế gồm 10 chữ số, hoặc 13 chữ số với đơn vị phụ thuộc."))
	}
	if a.Phone != "" && !phone.MatchString(a.Phone) {
		ps.Add("phone", i18n.M("Số điện thoại gồm 10 chữ số, bắt đầu bằng số 0."))
	}
	if a.Phone == "" && a.Email == "" {
		ps.Add("phone", i18n.M("Hãy nhập số điện thoại hoặc thư điện tử để nhận thông báo về hồ sơ."))
	}
	if a.Email != "" {
		if _, err := mail.ParseAddress(a.Email); err != nil || len(a.Email) > 200 {
			ps.Add("email", i18n.M("Thư điện tử chưa đúng, ví dụ đúng: ten@example.vn."))
		}
	}
	if len([]rune(a.Address)) > 300 {
		ps.Add("address", i18n.M("Địa chỉ dài không quá 300 ký tự."))
	}
	return ps.Err()
}

// facts returns what conditions of a process may ask about an applicant.
func (a Applicant) facts() map[string]any {
	return map[string]any{"kind": a.Kind, "has_tax_code": a.TaxCode != ""}
}
