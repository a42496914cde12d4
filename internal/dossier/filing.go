package dossier

import (
	"lienthong/internal/file"
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
)

// Filing (nội dung nộp hồ sơ) is everything a complete dossier is made from in one call.
type Filing struct {
	ProcedureCode string         `json:"procedure"`
	CaseKey       string         `json:"case,omitempty"`
	Channel       Channel        `json:"channel"`
	ReceiverID    org.UnitID     `json:"receiver"`
	Owner         Applicant      `json:"owner"`
	Authorised    bool           `json:"authorised,omitempty"` // filed by Submitter for Owner
	Submitter     Applicant      `json:"submitter,omitzero"`
	Form          map[string]any `json:"form,omitempty"` // answers of the e-form
	Papers        []FilingPaper  `json:"papers,omitempty"`
	Fees          []FilingFee    `json:"fees,omitempty"`
	Sets          int            `json:"sets,omitempty"` // số bộ hồ sơ, 1 when 0
	ReturnBy      Channel        `json:"return_by,omitempty"`
	ReturnAddress string         `json:"return_address,omitempty"`
	Accept        bool           `json:"accept,omitempty"` // a clerk files and accepts in one act
	RequestKey    string         `json:"-"`                // the same key never files twice
	UploadToken   string         `json:"upload_token,omitempty"`
	draft         string         // id of the draft it was written as, which holds its files
}

// FilingPaper (giấy tờ kèm theo) is one paper as it is handed in.
type FilingPaper struct {
	Key       string   `json:"key"`
	Name      string   `json:"name,omitempty"` // only for a paper that the procedure does not list
	Provided  bool     `json:"provided"`
	Originals int      `json:"originals,omitempty"`
	Copies    int      `json:"copies,omitempty"`
	Files     []string `json:"files,omitempty"` // ids of uploaded files
}

// FilingFee (phí, lệ phí nộp cùng hồ sơ) is a fee with its quantity, and whether it was paid at the counter.
type FilingFee struct {
	Key      string `json:"key"`
	Quantity int64  `json:"quantity,omitempty"`
	Paid     bool   `json:"paid,omitempty"`
}

// maxQuantity bounds how often a fee is taken, in copies or pages.
const maxQuantity = 10000

// maxExtra bounds the papers beyond those that the procedure lists.
const maxExtra = 20

// clean brings the texts of a filing into their stored form and fills in what follows from the rest.
func (f *Filing) clean() {
	f.Owner = f.Owner.Clean()
	if f.Authorised {
		f.Submitter = f.Submitter.Clean()
	} else {
		f.Submitter = f.Owner
	}
	f.ReturnAddress = vntext.Clean(f.ReturnAddress)
	if f.Sets == 0 {
		f.Sets = 1
	}
	if f.ReturnBy == "" {
		f.ReturnBy = ChannelCounter
	}
	for i := range f.Papers {
		f.Papers[i].Name = vntext.Clean(f.Papers[i].Name)
		if len(f.Papers[i].Files) > 0 {
			f.Papers[i].Provided = true
		}
	}
}

// validate checks a cleaned filing against its procedure and names every problem at once.
func (f *Filing) validate(spec *procedure.Spec, rules form.Rules) error {
	var ps fault.Problems
	if !f.Channel.Valid() {
		ps.Add("channel", i18n.M("Hãy chọn cách nộp: trực tiếp, trực tuyến hoặc qua bưu chính."))
	}
	if f.Channel == ChannelOnline && !spec.FileableOnline() {
		ps.Add("channel", i18n.M("Thủ tục này chưa nhận hồ sơ trực tuyến. Hãy nộp trực tiếp hoặc qua bưu chính."))
	}
	if !f.ReturnBy.Valid() {
		ps.Add("return_by", i18n.M("Hãy chọn cách nhận kết quả."))
	}
	if f.ReturnBy == ChannelPost && len([]rune(f.ReturnAddress)) < 10 {
		ps.Add("return_address", i18n.M("Hãy nhập địa chỉ đầy đủ để bưu chính chuyển kết quả."))
	}
	if f.Sets < 1 || f.Sets > 20 {
		ps.Add("sets", i18n.M("Số bộ hồ sơ từ 1 đến 20."))
	}
	f.validateCase(spec, &ps)
	if _, ok := spec.TermFor(string(f.Channel), f.CaseKey); !ok && ps.Err() == nil {
		ps.Add("channel", i18n.M("Thủ tục này không nhận hồ sơ theo cách nộp đã chọn. Hãy chọn cách nộp khác."))
	}
	f.validatePeople(spec, &ps)
	f.validatePapers(spec, &ps)
	f.validateFees(spec, &ps)
	if err := f.validateForm(spec, rules, &ps); err != nil {
		return err
	}
	return ps.Err()
}

func (f *Filing) validateCase(spec *procedure.Spec, ps *fault.Problems) {
	if len(spec.Cases) == 0 {
		if f.CaseKey != "" {
			ps.Add("case", i18n.M("Thủ tục này không chia trường hợp."))
		}
		return
	}
	if !slices.ContainsFunc(spec.Cases, func(c procedure.Case) bool { return c.Key == f.CaseKey }) {
		ps.Add("case", i18n.M("Hãy chọn trường hợp đúng với ông/bà."))
	}
}

func (f *Filing) validatePeople(spec *procedure.Spec, ps *fault.Problems) {
	if err := ps.Merge("owner.", f.Owner.Validate()); err != nil {
		ps.Add("owner", i18n.M("Thông tin chủ hồ sơ chưa đúng."))
	}
	if !slices.Contains(spec.Applicants, f.Owner.Kind) && len(spec.Applicants) > 0 {
		ps.Add("owner.kind", i18n.M("Thủ tục này không dành cho loại người nộp đã chọn."))
	}
	if f.Authorised {
		if err := ps.Merge("submitter.", f.Submitter.Validate()); err != nil {
			ps.Add("submitter", i18n.M("Thông tin người được ủy quyền chưa đúng."))
		}
	}
}

// validatePapers holds that what is filed online, or accepted at once, is complete.
func (f *Filing) validatePapers(spec *procedure.Spec, ps *fault.Problems) {
	extra := 0
	listed := map[string]bool{}
	for _, p := range spec.PapersFor(f.CaseKey, "") {
		listed[p.Key] = true
		if !f.needs(p) {
			continue
		}
		given := f.paper(p.Key)
		switch {
		case f.Channel == ChannelOnline && (given == nil || len(given.Files) == 0):
			ps.Add("papers."+p.Key, i18n.M("Hãy tải lên “%s”.", p.Name))
		case f.Accept && (given == nil || !given.Provided):
			ps.Add("papers."+p.Key, i18n.M("Chưa có “%s”. Đánh dấu khi đã nhận, hoặc lập phiếu yêu cầu bổ sung.", p.Name))
		}
	}
	for i, p := range f.Papers {
		at := "papers." + p.Key
		if p.Key != "" && f.paper(p.Key) != &f.Papers[i] {
			ps.Add(at, i18n.M("Giấy tờ này được ghi hai lần. Hãy gộp các tệp vào một dòng."))
		}
		if !listed[p.Key] {
			extra++
			at = "papers." + strconv.Itoa(i)
			if known, ok := spec.Paper(p.Key); ok && p.Name == "" {
				ps.Add(at, i18n.M("Trường hợp đã chọn không cần “%s”. Hãy bỏ giấy tờ này ra.", known.Name))
			} else if p.Name == "" && p.Key != "" {
				ps.Add(at, i18n.M("Thủ tục này không có giấy tờ “%s”.", p.Key))
			} else if p.Name == "" || len([]rune(p.Name)) > 300 {
				ps.Add(at, i18n.M("Hãy nhập tên giấy tờ kèm thêm, không quá 300 ký tự."))
			}
		}
		if p.Originals < 0 || p.Copies < 0 || p.Originals > 999 || p.Copies > 999 || len(p.Files) > maxFiles {
			ps.Add(at, i18n.M("Số lượng bản chính, bản sao từ 0 đến 999, không quá 50 tệp cho một giấy tờ."))
		}
	}
	if extra > maxExtra {
		ps.Add("papers", i18n.M("Chỉ thêm được tối đa %d giấy tờ ngoài danh mục.", maxExtra))
	}
}

// needs reports whether a listed paper must be handed in: optional ones are
// not, papers shown at the counter are not uploaded, and the e-form stands for its paper online.
func (f *Filing) needs(p procedure.Paper) bool {
	if p.Optional {
		return false
	}
	if f.Channel == ChannelOnline && (p.ShowOnly || p.EForm) {
		return false
	}
	return true
}

func (f *Filing) paper(key string) *FilingPaper {
	for i := range f.Papers {
		if f.Papers[i].Key == key {
			return &f.Papers[i]
		}
	}
	return nil
}

func (f *Filing) validateFees(spec *procedure.Spec, ps *fault.Problems) {
	fees := spec.FeesFor(f.CaseKey, string(f.Channel))
	for _, given := range f.Fees {
		is := func(x procedure.Fee) bool { return x.Key == given.Key }
		if !slices.ContainsFunc(fees, is) {
			if i := slices.IndexFunc(spec.Fees, is); i >= 0 {
				ps.Add("fees."+given.Key, i18n.M("Trường hợp và cách nộp đã chọn không thu “%s”. Hãy bỏ khoản này ra.", spec.Fees[i].Name))
			} else {
				ps.Add("fees."+given.Key, i18n.M("Thủ tục này không có khoản thu “%s”.", given.Key))
			}
		}
		if given.Quantity < 0 || given.Quantity > maxQuantity {
			ps.Add("fees."+given.Key, i18n.M("Số lượng từ 0 đến 10.000."))
		}
	}
}

// validateForm checks the answers of the e-form. It is required online; at the counter the paper form may stand for it.
func (f *Filing) validateForm(spec *procedure.Spec, rules form.Rules, ps *fault.Problems) error {
	if spec.Form == nil || f.Channel != ChannelOnline && len(f.Form) == 0 {
		return nil
	}
	e, err := spec.Form.Form()
	if err != nil {
		return err
	}
	return ps.Merge("form.", e.Validate(f.Form, rules))
}

// searchText returns what the dossier is found by: codes, people, the procedure.
func (f *Filing) searchText(code, procedureName string) string {
	words := []string{code, procedureName, f.Owner.FullName, f.Owner.Organisation, f.Owner.PersonalID, f.Owner.TaxCode, f.Owner.Phone}
	if f.Authorised {
		words = append(words, f.Submitter.FullName, f.Submitter.PersonalID, f.Submitter.Phone)
	}
	return vntext.Fold(strings.Join(words, " "))
}

// uploads returns what holds the files of a filing until it is filed.
func (f *Filing) uploads() file.Holder {
	if f.draft != "" {
		return DraftHolder(f.draft)
	}
	return UploadHolder(f.UploadToken)
}
