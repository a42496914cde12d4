package portal

import (
	"slices"
	"strings"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// step is one page of an application.
type step struct {
	slug   string // last part of its address, also Draft.Step
	title  i18n.Msg
	fields []string // of the filing, by their first word
}

// steps are the pages of an application in their order.
var steps = []step{
	{"noi-nop", i18n.M("Nơi nộp"), []string{"receiver", "case", "channel"}},
	{"nguoi-nop", i18n.M("Người nộp"), []string{"owner", "submitter", "sets"}},
	{"to-khai", i18n.M("Tờ khai"), []string{"form"}},
	{"giay-to", i18n.M("Giấy tờ"), []string{"papers"}},
	{"nhan-ket-qua", i18n.M("Cách nhận kết quả"), []string{"return_by", "return_address", "fees"}},
	{"xem-lai", i18n.M("Xem lại và nộp"), nil},
}

// The places of the steps that code names.
const (
	stepReceiver = iota
	stepApplicant
	stepForm
	stepPapers
	stepDelivery
	stepReview
)

// stepAt returns the place of a step by its slug; the first step when there is none.
func stepAt(slug string) int {
	return max(0, slices.IndexFunc(steps, func(s step) bool { return s.slug == slug }))
}

// stepOf returns the place of the step on which a field of the filing is entered; the first step for an unknown one.
func stepOf(field string) int {
	word, _, _ := strings.Cut(field, ".")
	return max(0, slices.IndexFunc(steps, func(s step) bool { return slices.Contains(s.fields, word) }))
}

// problemsAt returns those problems of a filing that belong to a step.
func problemsAt(at int, all []fault.Problem) []fault.Problem {
	var own []fault.Problem
	for _, p := range all {
		if stepOf(p.Field) == at {
			own = append(own, p)
		}
	}
	return own
}
