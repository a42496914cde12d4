package codelist

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Keys of the lists other rooms ask for by name. A province may have more.
const (
	ProcedureFields = "procedure_field" // lĩnh vực
	LifeEvents      = "life_event"      // sự kiện trong đời
	ServiceLevels   = "service_level"   // mức độ dịch vụ công trực tuyến
	DossierStatuses = "dossier_status"  // trạng thái hồ sơ
	FilingChannels  = "filing_channel"  // kênh nộp hồ sơ
	ReturnChannels  = "return_channel"  // cách nhận kết quả
	ApplicantKinds  = "applicant_kind"  // đối tượng thực hiện
	IdentityPapers  = "identity_paper"  // giấy tờ tùy thân
	EthnicGroups    = "ethnic_group"    // dân tộc
	Relations       = "relation"        // quan hệ
	Sexes           = "sex"             // giới tính
	Nationalities   = "nationality"     // quốc tịch
	PaperKinds      = "paper_kind"      // loại giấy tờ
)

// List (danh mục) is one code list.
type List struct {
	Key       string
	Name      string
	NameEN    string
	Note      string
	SourceAct string // act most items come from
}

// Item (mục) is one version of one code of a list, valid from ValidFrom (zero: always)
// until the day before ValidTo (zero: without end).
type Item struct {
	List       string
	Code       string
	Name       string
	NameEN     string
	Sort       int               // place in the list; equal places sort by code
	Attributes map[string]string // what programs read: clock, official code, abbreviation …
	ValidFrom  clock.Date
	ValidTo    clock.Date
	SourceAct  string
}

// Text returns the name in the language of the reader, Vietnamese when there is no English one.
func (i Item) Text(ctx context.Context) string {
	if i.NameEN != "" && i18n.Lang(ctx) == "en" {
		return i.NameEN
	}
	return i.Name
}

// ValidOn reports whether the version holds on a date.
func (i Item) ValidOn(on clock.Date) bool { return on.Within(i.ValidFrom, i.ValidTo) }

// overlaps reports whether two versions hold on a common day.
func (i Item) overlaps(j Item) bool {
	return (j.ValidTo.IsZero() || i.ValidFrom.Before(j.ValidTo)) && (i.ValidTo.IsZero() || j.ValidFrom.Before(i.ValidTo))
}

// same reports whether nothing differs.
func (i Item) same(j Item) bool {
	return maps.Equal(i.Attributes, j.Attributes) && i.List == j.List && i.Code == j.Code && i.Name == j.Name && i.NameEN == j.NameEN &&
		i.Sort == j.Sort && i.ValidFrom == j.ValidFrom && i.ValidTo == j.ValidTo && i.SourceAct == j.SourceAct
}

var (
	goodKey  = regexp.MustCompile(`^[a-z][a-z0-9_]{1,39}$`)
	goodCode = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
)

// Validate returns fault.Invalid with everything wrong with the list itself.
func (l List) Validate() error {
	var ps fault.Problems
	if !goodKey.MatchString(l.Key) {
		ps.Add("list", i18n.M("Khóa danh mục gồm chữ thường không dấu, số và dấu gạch dưới."))
	}
	if l.Name == "" {
		ps.Add("name", i18n.M("Hãy ghi tên danh mục."))
	}
	return ps.Err()
}

// Validate returns fault.Invalid with everything wrong with the item by itself.
func (i Item) Validate() error {
	var ps fault.Problems
	if !goodCode.MatchString(i.Code) {
		ps.Add("code", i18n.M("Mã chỉ gồm chữ không dấu, số, dấu chấm và gạch nối, dài không quá 64 ký tự."))
	}
	if i.Name == "" {
		ps.Add("name", i18n.M("Hãy ghi tên mục."))
	}
	if !i.ValidTo.IsZero() && !i.ValidFrom.Before(i.ValidTo) {
		ps.Add("valid_to", i18n.M("Ngày hết áp dụng phải sau ngày bắt đầu."))
	}
	return ps.Err()
}

// checkVersions refuses versions of one code that hold on a common day.
func checkVersions(items []Item) error {
	byCode := map[string][]Item{}
	for _, i := range items {
		for _, j := range byCode[i.Code] {
			if i.overlaps(j) {
				return fault.NewInvalid("valid_from", i18n.M("Mã “%s” có hai bản cùng áp dụng trong một thời gian. Hãy ghi ngày hết áp dụng cho bản cũ.", i.Code))
			}
		}
		byCode[i.Code] = append(byCode[i.Code], i)
	}
	return nil
}

// order sorts by place, then code, then age.
func order(items []Item) {
	slices.SortStableFunc(items, func(a, b Item) int {
		switch {
		case a.Sort != b.Sort:
			return a.Sort - b.Sort
		case a.Code < b.Code:
			return -1
		case a.Code > b.Code:
			return 1
		}
		return a.ValidFrom.Compare(b.ValidFrom)
	})
}

// nearest returns the version of a code that holds on a date; where none does, the last one
// before it, else the first after it. items are the versions in the order of time; it fails only without any.
func nearest(items []Item, on clock.Date) (Item, error) {
	if len(items) == 0 {
		return Item{}, errors.New("no version")
	}
	best := items[0]
	for _, i := range items {
		if !i.ValidFrom.After(on) {
			best = i
		}
	}
	return best, nil
}
