package procedure

import (
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/form"
)

// Spec is one version of a procedure (thủ tục hành chính) as it stands in its
// file: the record of the national database, the e-form and the internal process.
//
// Law: 61/2018/NĐ-CP Đ.15
type Spec struct {
	Code       string       `yaml:"code" json:"code"`                                   // national code, "1.001193"
	Name       string       `yaml:"name" json:"name"`                                   //
	NameEN     string       `yaml:"name_en,omitempty" json:"name_en,omitempty"`         // shown on English pages
	Field      string       `yaml:"field" json:"field"`                                 // code list procedure_field
	LifeEvents []string     `yaml:"life_events,omitempty" json:"life_events,omitempty"` // code list life_event
	Keywords   []string     `yaml:"keywords,omitempty" json:"keywords,omitempty"`       // other words people search with
	Summary    string       `yaml:"summary,omitempty" json:"summary,omitempty"`         // one plain sentence for citizens
	SummaryEN  string       `yaml:"summary_en,omitempty" json:"summary_en,omitempty"`   //
	Decision   string       `yaml:"decision,omitempty" json:"decision,omitempty"`       // publishing decision
	ValidFrom  clock.Date   `yaml:"valid_from" json:"valid_from"`                       //
	ValidTo    clock.Date   `yaml:"valid_to,omitempty" json:"valid_to,omitempty"`       // exclusive; zero = open
	Online     int          `yaml:"online" json:"online"`                               // level of the online service, 1–4 (43/2011/NĐ-CP Đ.3)
	Applicants []string     `yaml:"applicants" json:"applicants"`                       // code list applicant_kind: citizen, business, organisation
	Receivers  []Selector   `yaml:"receivers" json:"receivers"`                         // agencies with which it may be filed
	Handler    string       `yaml:"handler,omitempty" json:"handler,omitempty"`         // competent agency relative to the receiver: receiver (default), above:<level>, agency:<slug>
	Cases      []Case       `yaml:"cases,omitempty" json:"cases,omitempty"`             // trường hợp; none = one nameless case
	Terms      []Term       `yaml:"terms" json:"terms"`                                 // promised time per channel and case
	Papers     []Paper      `yaml:"papers" json:"papers"`                               //
	Fees       []Fee        `yaml:"fees,omitempty" json:"fees,omitempty"`               //
	Results    []Result     `yaml:"results" json:"results"`                             //
	Conditions string       `yaml:"conditions,omitempty" json:"conditions,omitempty"`   // yêu cầu, điều kiện
	Sequence   []string     `yaml:"sequence,omitempty" json:"sequence,omitempty"`       // trình tự thực hiện in plain words
	Legal      []Legal      `yaml:"legal" json:"legal"`                                 // căn cứ pháp lý
	Unknown    []string     `yaml:"unknown,omitempty" json:"unknown,omitempty"`         // what the sources do not say, in Vietnamese; shown to editors
	Form       *form.Schema `yaml:"form,omitempty" json:"form,omitempty"`               // e-form as JSON Schema 2020-12
	Process    Process      `yaml:"process" json:"process"`                             //
}

// Selector (cơ quan tiếp nhận) names agencies: one by its slug, or all of a kind and level.
type Selector struct {
	Slug  string `yaml:"slug,omitempty" json:"slug,omitempty"`
	Kind  string `yaml:"kind,omitempty" json:"kind,omitempty"`   // org kind, e.g. peoples_committee
	Level string `yaml:"level,omitempty" json:"level,omitempty"` // level of government
}

// Case (trường hợp) is a variant of a procedure with papers, terms and fees of its own.
type Case struct {
	Key    string `yaml:"key" json:"key"`
	Name   string `yaml:"name" json:"name"`
	NameEN string `yaml:"name_en,omitempty" json:"name_en,omitempty"`
}

// Term (thời hạn giải quyết) is the promised time for some channels and cases; the first that fits counts.
type Term struct {
	Channels []string `yaml:"channels,omitempty" json:"channels,omitempty"` // counter, online, post; none = all
	Cases    []string `yaml:"cases,omitempty" json:"cases,omitempty"`       // none = all
	Term     string   `yaml:"term" json:"term"`                             // "5 ngày làm việc", "30 ngày", "4 giờ"
	Note     string   `yaml:"note,omitempty" json:"note,omitempty"`
}

// Paper (thành phần hồ sơ) is one document the applicant brings, with the numbers of originals and copies.
type Paper struct {
	Key       string   `yaml:"key" json:"key"`
	Name      string   `yaml:"name" json:"name"`
	NameEN    string   `yaml:"name_en,omitempty" json:"name_en,omitempty"`
	Template  string   `yaml:"template,omitempty" json:"template,omitempty"` // name of the prescribed form, if any
	Originals int      `yaml:"originals,omitempty" json:"originals,omitempty"`
	Copies    int      `yaml:"copies,omitempty" json:"copies,omitempty"`
	Optional  bool     `yaml:"optional,omitempty" json:"optional,omitempty"`   // needed only in the situation of Note
	ShowOnly  bool     `yaml:"show_only,omitempty" json:"show_only,omitempty"` // xuất trình: shown at the counter, not handed in
	EForm     bool     `yaml:"e_form,omitempty" json:"e_form,omitempty"`       // the e-form stands for this paper when filed online
	Cases     []string `yaml:"cases,omitempty" json:"cases,omitempty"`         // none = all
	Note      string   `yaml:"note,omitempty" json:"note,omitempty"`
}

// FeeKind (loại khoản thu) tells the two legal notions apart.
type FeeKind string

// The kinds of payment of the Law on Fees and Charges (97/2015/QH13): phí and lệ phí.
const (
	FeeKindFee    FeeKind = "fee"    // phí
	FeeKindCharge FeeKind = "charge" // lệ phí
)

// Fee (phí, lệ phí) is an amount to pay for some channels and cases.
type Fee struct {
	Key      string   `yaml:"key" json:"key"`
	Name     string   `yaml:"name" json:"name"`
	Kind     FeeKind  `yaml:"kind" json:"kind"`
	Amount   int64    `yaml:"amount" json:"amount"`               // đồng
	Per      string   `yaml:"per,omitempty" json:"per,omitempty"` // unit of the amount when it is not the dossier: "bản", "trang"
	Channels []string `yaml:"channels,omitempty" json:"channels,omitempty"`
	Cases    []string `yaml:"cases,omitempty" json:"cases,omitempty"`
	Basis    string   `yaml:"basis,omitempty" json:"basis,omitempty"` // act that sets it
	Note     string   `yaml:"note,omitempty" json:"note,omitempty"`
}

// Result (kết quả giải quyết) is what the applicant gets.
type Result struct {
	Key  string `yaml:"key" json:"key"`
	Name string `yaml:"name" json:"name"`
}

// Legal (căn cứ pháp lý) is one act the procedure rests on.
type Legal struct {
	Number string `yaml:"number" json:"number"`
	Name   string `yaml:"name,omitempty" json:"name,omitempty"`
}

// Process (quy trình nội bộ) is how the agencies handle a dossier: steps from
// reception to the return of the result.
type Process struct {
	Symbol  string `yaml:"symbol,omitempty" json:"symbol,omitempty"`   // ký hiệu quy trình, "QT.HT.01"
	Source  string `yaml:"source,omitempty" json:"source,omitempty"`   // deciding act, or how it was drawn up
	Generic bool   `yaml:"generic,omitempty" json:"generic,omitempty"` // drawn up by the program for a record that came without a process
	Steps   []Step `yaml:"steps" json:"steps"`
}

// StepKind (loại bước) says what sort of work a step is; the actions and the permission follow from it.
type StepKind string

// The kinds of steps.
const (
	StepReceive StepKind = "receive" // tiếp nhận: first step, at the receiver
	StepWork    StepKind = "work"    // thẩm định, soạn thảo, lấy ý kiến
	StepApprove StepKind = "approve" // phê duyệt, ký
	StepReturn  StepKind = "return"  // trả kết quả: last step; reaching it makes the dossier done
)

// Step (bước xử lý) is one piece of work at one agency.
type Step struct {
	Key       string   `yaml:"key" json:"key"`
	Name      string   `yaml:"name" json:"name"`                         // "Thẩm tra hồ sơ"
	PublicFor string   `yaml:"public,omitempty" json:"public,omitempty"` // what the citizen reads, when Name is office language
	Kind      StepKind `yaml:"kind" json:"kind"`
	At        string   `yaml:"at,omitempty" json:"at,omitempty"`               // receiver (default), handler, above:<level>, agency:<slug>
	Division  string   `yaml:"division,omitempty" json:"division,omitempty"`   // key of the division inside the agency; empty = anyone there with the permission
	Term      string   `yaml:"term,omitempty" json:"term,omitempty"`           // "0.5 ngày làm việc"; empty = not counted
	Next      []Branch `yaml:"next,omitempty" json:"next,omitempty"`           // none only on a return step, or where one join waits for the step; several without condition = the official chooses
	Parallel  []string `yaml:"parallel,omitempty" json:"parallel,omitempty"`   // all of these start together, instead of Next
	WaitsFor  []string `yaml:"waits_for,omitempty" json:"waits_for,omitempty"` // join: starts when all of these are finished or skipped
	May       []Action `yaml:"may,omitempty" json:"may,omitempty"`             // optional actions allowed here besides those of the kind
	Output    string   `yaml:"output,omitempty" json:"output,omitempty"`       // key of the result drawn up or signed here
	Note      string   `yaml:"note,omitempty" json:"note,omitempty"`           // instruction to the official
}

// Action (việc tùy chọn của bước) is an optional action of a step.
type Action string

// The optional actions. Forward and return-to-previous belong to every work and approve step.
const (
	ActionRequestMore Action = "request_more" // yêu cầu bổ sung; the clock stops
	ActionStop        Action = "stop"         // dừng xử lý, with reason
	ActionExtend      Action = "extend"       // gia hạn, once per dossier
	ActionObligation  Action = "obligation"   // chờ nghĩa vụ tài chính; the clock stops
)

// Branch (nhánh) is one way on from a step.
type Branch struct {
	To    string `yaml:"to" json:"to"`
	When  string `yaml:"when,omitempty" json:"when,omitempty"`   // expression over case, channel, form, applicant; empty = always or chosen
	Label string `yaml:"label,omitempty" json:"label,omitempty"` // text of the button when the official chooses
}
