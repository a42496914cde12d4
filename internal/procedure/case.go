package procedure

import (
	"slices"

	"lienthong/internal/calendar"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// The channels of filing (cách thức nộp hồ sơ). Law: 61/2018/NĐ-CP
const (
	ChannelCounter = "counter" // trực tiếp tại Bộ phận Một cửa
	ChannelOnline  = "online"  // trực tuyến
	ChannelPost    = "post"    // dịch vụ bưu chính công ích
)

// AllChannels is every channel, in the order of the national record.
var AllChannels = []string{ChannelCounter, ChannelOnline, ChannelPost}

// OnlineFiling is the lowest level of an online service that takes dossiers online. Law: 43/2011/NĐ-CP Đ.3
const OnlineFiling = 3

// FileableOnline reports whether a dossier can be filed online: level 3 or 4 with an e-form.
func (s *Spec) FileableOnline() bool { return s.Online >= OnlineFiling && s.Form != nil }

// Channels returns the channels by which a dossier may be filed: those that some
// term is promised for; online only when FileableOnline.
func (s *Spec) Channels() []string {
	var channels []string
	for _, ch := range AllChannels {
		promised := slices.ContainsFunc(s.Terms, func(t Term) bool { return fits(t.Channels, ch) })
		if promised && (ch != ChannelOnline || s.FileableOnline()) {
			channels = append(channels, ch)
		}
	}
	return channels
}

// Case returns the case with a key; the empty key is the nameless case of a procedure without cases.
func (s *Spec) Case(key string) (Case, bool) {
	if len(s.Cases) == 0 {
		return Case{}, key == ""
	}
	for _, c := range s.Cases {
		if c.Key == key {
			return c, true
		}
	}
	return Case{}, false
}

// CaseKeys returns the keys of the cases, "" alone when there are none.
func (s *Spec) CaseKeys() []string {
	if len(s.Cases) == 0 {
		return []string{""}
	}
	keys := make([]string, len(s.Cases))
	for i, c := range s.Cases {
		keys[i] = c.Key
	}
	return keys
}

// fits reports whether a restriction, empty meaning all, includes a key.
func fits(only []string, key string) bool { return len(only) == 0 || slices.Contains(only, key) }

// TermFor returns the line of Terms that counts for a channel and case: the first that fits.
func (s *Spec) TermFor(channel, caseKey string) (Term, bool) {
	for _, t := range s.Terms {
		if fits(t.Channels, channel) && fits(t.Cases, caseKey) {
			return t, true
		}
	}
	return Term{}, false
}

// ResolveTerm returns the promised time for a channel and case. It is Invalid
// for field "case" when the procedure promises none.
func (s *Spec) ResolveTerm(channel, caseKey string) (calendar.Term, error) {
	t, ok := s.TermFor(channel, caseKey)
	if !ok {
		return calendar.Term{}, fault.NewInvalid("case", i18n.M("Thủ tục chưa quy định thời hạn cho trường hợp và cách nộp này."))
	}
	return calendar.ParseTerm(t.Term)
}

// PapersFor returns the papers of a case. Online, papers that the e-form stands
// for are left out; papers only to be shown stay in the list, marked ShowOnly.
func (s *Spec) PapersFor(caseKey, channel string) []Paper {
	var papers []Paper
	for _, p := range s.Papers {
		if fits(p.Cases, caseKey) && !(p.EForm && channel == ChannelOnline && s.Form != nil) {
			papers = append(papers, p)
		}
	}
	return papers
}

// FeesFor returns the fees and charges of a case and channel.
func (s *Spec) FeesFor(caseKey, channel string) []Fee {
	var fees []Fee
	for _, f := range s.Fees {
		if fits(f.Cases, caseKey) && fits(f.Channels, channel) {
			fees = append(fees, f)
		}
	}
	return fees
}

// Result returns the result with a key.
func (s *Spec) Result(key string) (Result, bool) {
	for _, r := range s.Results {
		if r.Key == key {
			return r, true
		}
	}
	return Result{}, false
}

// Paper returns the paper with a key.
func (s *Spec) Paper(key string) (Paper, bool) {
	for _, p := range s.Papers {
		if p.Key == key {
			return p, true
		}
	}
	return Paper{}, false
}

// MaySubmit reports whether an applicant kind may file the procedure.
func (s *Spec) MaySubmit(kind string) bool { return fits(s.Applicants, kind) }
