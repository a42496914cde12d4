package desk

import (
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/calendar"
	"lienthong/internal/dossier"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	"lienthong/internal/procedure"
	look "lienthong/web"
)

// offerView is one step that the reader may work on, with the forms of what can be done.
type offerView struct {
	Step, Unit, Note string
	Who              string // colleague who has it
	Mine             bool
	Forms            []actForm
}

// actForm is the form of one act. It unfolds from a button, unless it is Plain.
type actForm struct {
	Act, N                    string
	Button, Title, Text, Yes  string
	Warn                      string
	Tone, Icon, Key           string
	Action, Step, Back, Token string
	Fields                    []look.Field
	Upload                    *look.Field // files to add
	Kept                      []keptFile  // uploaded with a form that came back
	Primary, Plain, Open      bool
}

// rank orders the buttons of a step: what usually comes next stands first, what ends a dossier last.
func (a *actForm) rank() int {
	switch {
	case a.Primary:
		return 0
	case a.Tone == "late":
		return 2
	}
	return 1
}

// keptFile is a file that was uploaded with a form that could not be taken.
type keptFile struct{ ID, Name string }

// Value is the hidden field that keeps the file.
func (k keptFile) Value() string { return k.ID + "|" + k.Name }

// typed is a form that could not be taken, with what went wrong.
type typed struct {
	act    dossier.Act
	n      string
	values web.Values
	token  string
	kept   []keptFile
	err    error
}

// former makes the forms of one offer.
type former struct {
	*opened
	offer dossier.Offer
	n     int
	in    typed
	ps    problems
}

// actMaker fills in the form of one act.
type actMaker func(f *former, a *actForm)

// makers are the forms of the acts that stand at a step.
var makers = map[dossier.Act]actMaker{
	dossier.ActAccept:        (*former).accept,
	dossier.ActForward:       (*former).forward,
	dossier.ActReturn:        (*former).handOver,
	dossier.ActRequestMore:   (*former).requestMore,
	dossier.ActBack:          (*former).stepBack,
	dossier.ActExtend:        (*former).extend,
	dossier.ActObligation:    (*former).obligation,
	dossier.ActObligationMet: (*former).obligationMet,
	dossier.ActRefuse:        (*former).refuse,
	dossier.ActStop:          (*former).stop,
	dossier.ActAttach:        (*former).attach,
	dossier.ActClaim:         (*former).claim,
	dossier.ActRelease:       (*former).release,
	dossier.ActAssign:        (*former).assign,
	dossier.ActSupplement:    (*former).supplement,
	dossier.ActWithdraw:      (*former).withdraw,
}

// offers makes the forms of everything that the reader can do.
func (o *opened) offers(in typed) ([]offerView, error) {
	var list []offerView
	for i, offer := range o.v.Offers {
		f := &former{opened: o, offer: offer, n: i, in: in}
		view := offerView{Step: offer.Step.Name, Unit: offer.Step.UnitName, Mine: offer.Mine}
		if st, ok := o.v.Version.Spec.Process.Step(offer.Step.Key); ok {
			view.Note = st.Note
		}
		if !offer.Mine {
			view.Who = offer.Step.AssigneeName
		}
		if offer.Step.State == dossier.StepReady && len(offer.Acts) > 0 && o.v.Allows(dossier.ActClaim) {
			view.Forms = append(view.Forms, f.form(dossier.ActClaim))
		}
		for _, a := range offer.Acts {
			if makers[a] != nil {
				view.Forms = append(view.Forms, f.form(a))
			}
		}
		if offer.Assign {
			form, err := f.assignTo()
			if err != nil {
				return nil, err
			}
			view.Forms = append(view.Forms, form)
		}
		taken := offer.Assign && offer.Step.State == dossier.StepClaimed // by a colleague whose steps the reader gives out
		if (offer.Mine || taken) && o.v.Allows(dossier.ActRelease) {
			view.Forms = append(view.Forms, f.form(dossier.ActRelease))
		}
		slices.SortStableFunc(view.Forms, func(a, b actForm) int { return a.rank() - b.rank() })
		if len(view.Forms) > 0 {
			list = append(list, view)
		}
	}
	return append(list, o.forApplicant(len(list), in)...), nil
}

// forApplicant are the acts that the counter does for the applicant.
func (o *opened) forApplicant(n int, in typed) []offerView {
	if len(o.v.Steps) == 0 || !actor.From(o.ctx).Can(dossier.PermAccept, o.v.Steps[0].UnitPath) {
		return nil
	}
	f := &former{opened: o, n: n, in: in}
	view := offerView{Step: o.t.tr(i18n.M("Theo đề nghị của người nộp")), Unit: o.v.Receiver.Name}
	if o.asked() != nil && o.v.Allows(dossier.ActSupplement) {
		view.Forms = append(view.Forms, f.form(dossier.ActSupplement))
	}
	if o.v.Allows(dossier.ActWithdraw) {
		view.Forms = append(view.Forms, f.form(dossier.ActWithdraw))
	}
	if len(view.Forms) == 0 {
		return nil
	}
	return []offerView{view}
}

func (f *former) form(act dossier.Act) actForm {
	a := actForm{Act: string(act), N: strconv.Itoa(f.n), Action: f.action(act), Step: f.offer.Step.ID, Back: f.back}
	f.ps = problems{}
	if f.in.act == act && f.in.n == a.N {
		a.Open, a.Token, a.Kept = f.in.err != nil, f.in.token, f.in.kept
		f.ps = f.t.problemsOf(f.in.err, a.name)
	}
	makers[act](f, &a)
	if f.n > 0 { // one key presses one button
		a.Key = ""
	}
	return a
}

// name is what a field of the form is called on the page, where other forms have a field of that name too.
func (a *actForm) name(field string) string { return a.Act + "." + a.N + "." + field }

// add adds a field; a form that came back shows what was typed.
func (f *former) add(a *actForm, x look.Field) {
	x.Name = a.name(x.Name)
	if a.Open && f.in.values.Has(x.Name) {
		x.Value = f.in.values.Get(x.Name)
	}
	x.Error = f.ps.Field[x.Name]
	a.Fields = append(a.Fields, x)
}

func (f *former) upload(a *actForm, label i18n.Msg) {
	x := look.Field{Name: a.name("files"), Label: f.t.tr(label), Type: "file", Multiple: true, Optional: true, Error: f.ps.Field[a.name("files")]}
	if x.Error == "" {
		x.Error = f.ps.Field[a.name("results")]
	}
	a.Upload = &x
}

// reason is a text that the applicant reads.
func (f *former) reason(a *actForm, label, hint i18n.Msg) {
	f.add(a, look.Field{Name: "reason", Label: f.t.tr(label), Type: "textarea", Rows: 3, Required: true, Hint: f.t.tr(hint), MaxLength: 4000})
}

func (f *former) note(a *actForm, label i18n.Msg) {
	f.add(a, look.Field{Name: "note", Label: f.t.tr(label), Type: "textarea", Rows: 2, Optional: true, MaxLength: 4000})
}

var readByApplicant = i18n.M("Người nộp hồ sơ đọc được nội dung này.")

func (f *former) claim(a *actForm) {
	a.Button, a.Icon, a.Key, a.Plain = f.t.tr(i18n.M("Nhận xử lý")), "user-check", "n", true
}

func (f *former) release(a *actForm) {
	a.Button, a.Icon, a.Plain = f.t.tr(i18n.M("Thôi nhận")), "arrow-back-up", true
	if !f.offer.Mine {
		a.Button = f.t.tr(i18n.M("Thu lại việc"))
	}
}

func (f *former) accept(a *actForm) {
	t := f.t
	a.Button, a.Icon, a.Key, a.Primary = t.tr(i18n.M("Tiếp nhận")), "circle-check", "t", true
	a.Title = t.tr(i18n.M("Tiếp nhận hồ sơ này?"))
	if term, err := f.v.Version.Spec.ResolveTerm(string(f.v.Channel), f.v.CaseKey); err == nil {
		due := f.cal.Due(f.v.Now, term, calendar.Opts{Reception: true}).At
		a.Text = t.tr(i18n.M("Thời hạn %s, hẹn trả trước %s. Người nộp được báo ngày hẹn.", term.String(), web.DateTime(due)))
	}
	if n := f.lacking(); n > 0 {
		a.Warn = t.tr(i18n.M("Còn %d giấy tờ thiếu hoặc chưa hợp lệ.", n))
	}
	f.note(a, i18n.M("Ghi chú cho người nộp"))
}

// lacking counts the papers that are not as they should be.
func (f *former) lacking() int {
	n := 0
	for _, p := range f.v.Papers {
		if p.Check == dossier.CheckMissing || p.Check == dossier.CheckWrong || p.Check == dossier.CheckNone && p.Required && !p.Provided {
			n++
		}
	}
	return n
}

func (f *former) forward(a *actForm) {
	t := f.t
	a.Button, a.Icon, a.Key, a.Primary = t.tr(i18n.M("Chuyển bước")), "arrow-forward-up", "c", true
	a.Title = t.tr(i18n.M("Xong bước “%s”, chuyển tiếp?", f.offer.Step.Name))
	switch len(f.offer.Choices) {
	case 0:
	case 1:
		if st, ok := f.v.Version.Spec.Process.Step(f.offer.Choices[0].To); ok {
			a.Text = t.tr(i18n.M("Bước tiếp theo: %s.", st.Name))
		}
	default:
		f.choices(a)
	}
	kind := procedure.StepKind(f.offer.Step.Kind)
	if kind == procedure.StepApprove {
		a.Button, a.Icon, a.Title = t.tr(i18n.M("Ký duyệt")), "signature", t.tr(i18n.M("Ký duyệt và chuyển tiếp?"))
	}
	f.note(a, i18n.M("Ý kiến cho bước sau"))
	if kind == procedure.StepWork || kind == procedure.StepApprove {
		f.upload(a, i18n.M("Tệp kết quả"))
	}
}

func (f *former) choices(a *actForm) {
	x := look.Field{Name: "choice", Label: f.t.tr(i18n.M("Chuyển đến")), Type: "radio", Required: true}
	for _, c := range f.offer.Choices {
		o := look.Option{Value: c.To, Label: c.Label}
		if st, ok := f.v.Version.Spec.Process.Step(c.To); ok {
			o.Hint = st.Name
			if o.Label == "" {
				o.Label, o.Hint = st.Name, ""
			}
		}
		x.Options = append(x.Options, o)
	}
	f.add(a, x)
}

func (f *former) stepBack(a *actForm) {
	t := f.t
	a.Button, a.Icon, a.Key = t.tr(i18n.M("Trả lại bước trước")), "arrow-back-up", "l"
	a.Title = t.tr(i18n.M("Trả lại bước “%s”?", f.offer.Before))
	a.Text = t.tr(i18n.M("Hồ sơ về lại người đã làm bước đó; thời hạn vẫn tính."))
	f.reason(a, i18n.M("Cần sửa gì"), readByApplicant)
}

func (f *former) requestMore(a *actForm) {
	t := f.t
	a.Button, a.Icon, a.Key = t.tr(i18n.M("Yêu cầu bổ sung")), "player-pause", "b"
	a.Title = t.tr(i18n.M("Lập phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"))
	a.Text = t.tr(i18n.M("Người nộp được báo ngay. Thời hạn tạm dừng cho đến khi bổ sung; quá hạn bổ sung thì hồ sơ dừng xử lý."))
	var items []string
	for _, p := range f.v.Papers {
		if p.Check == dossier.CheckMissing || p.Check == dossier.CheckWrong || p.Check == dossier.CheckNone && p.Required && !p.Provided {
			items = append(items, lackLine(p))
		}
	}
	f.add(a, look.Field{Name: "items", Label: t.tr(i18n.M("Giấy tờ, nội dung cần bổ sung")), Type: "textarea", Rows: 4, Required: true,
		Hint: t.tr(i18n.M("Mỗi dòng một mục.")), Value: strings.Join(items, "\n")})
	f.reason(a, i18n.M("Lý do"), readByApplicant)
	f.add(a, look.Field{Name: "days", Label: t.tr(i18n.M("Số ngày làm việc để bổ sung")), Type: "number", Width: "short", InputMode: "numeric",
		Value: strconv.Itoa(f.room.Dossiers.Config.SupplementDays)})
}

// lackLine says what is wrong with a paper.
func lackLine(p dossier.Paper) string {
	if p.CheckNote == "" {
		return p.Name
	}
	return p.Name + ": " + p.CheckNote
}

func (f *former) refuse(a *actForm) {
	t := f.t
	a.Button, a.Icon, a.Tone = t.tr(i18n.M("Không tiếp nhận")), "circle-x", "late"
	a.Title = t.tr(i18n.M("Không tiếp nhận hồ sơ này?"))
	a.Text = t.tr(i18n.M("Hồ sơ kết thúc. Người nộp nhận lý do và muốn làm lại phải nộp hồ sơ mới."))
	f.reason(a, i18n.M("Lý do không tiếp nhận"), readByApplicant)
}

func (f *former) stop(a *actForm) {
	t := f.t
	a.Button, a.Icon, a.Tone = t.tr(i18n.M("Dừng xử lý")), "circle-x", "late"
	a.Title = t.tr(i18n.M("Dừng xử lý hồ sơ này?"))
	a.Text = t.tr(i18n.M("Hồ sơ kết thúc, không mở lại được. Người nộp nhận lý do."))
	f.reason(a, i18n.M("Lý do dừng xử lý"), readByApplicant)
}

func (f *former) extend(a *actForm) {
	t := f.t
	a.Button, a.Icon, a.Key = t.tr(i18n.M("Xin lỗi, hẹn lại")), "calendar", "h"
	a.Title = t.tr(i18n.M("Hẹn lại ngày trả kết quả?"))
	a.Text = t.tr(i18n.M("Mỗi hồ sơ chỉ hẹn lại được một lần. Người nộp nhận thư xin lỗi với ngày hẹn mới."))
	f.add(a, look.Field{Name: "term", Label: t.tr(i18n.M("Thêm bao lâu")), Width: "medium", Required: true, Hint: t.tr(i18n.M("Ví dụ: 3 ngày làm việc"))})
	f.reason(a, i18n.M("Lý do"), readByApplicant)
}

func (f *former) obligation(a *actForm) {
	t := f.t
	a.Button, a.Icon = t.tr(i18n.M("Chờ nghĩa vụ tài chính")), "coin"
	a.Title = t.tr(i18n.M("Thông báo nghĩa vụ tài chính?"))
	a.Text = t.tr(i18n.M("Thời hạn tạm dừng cho đến khi xác nhận đã thực hiện."))
	f.add(a, look.Field{Name: "note", Label: t.tr(i18n.M("Số tiền, nơi nộp")), Type: "textarea", Rows: 3, Required: true, Hint: t.tr(readByApplicant), MaxLength: 4000})
}

func (f *former) obligationMet(a *actForm) {
	t := f.t
	a.Button, a.Icon, a.Key, a.Primary = t.tr(i18n.M("Đã thực hiện nghĩa vụ")), "circle-check", "d", true
	a.Title = t.tr(i18n.M("Xác nhận đã thực hiện nghĩa vụ tài chính?"))
	a.Text = t.tr(i18n.M("Thời hạn chạy tiếp; ngày hẹn lùi đúng bằng thời gian chờ."))
	f.note(a, i18n.M("Số chứng từ, ngày nộp"))
}

func (f *former) handOver(a *actForm) {
	t := f.t
	a.Button, a.Icon, a.Key, a.Primary = t.tr(i18n.M("Trả kết quả")), "file-check", "r", true
	a.Title = t.tr(i18n.M("Trả kết quả cho người nộp?"))
	a.Text = t.tr(i18n.M("Hồ sơ hoàn thành sau khi trả."))
	if fs := f.fees(); fs.Open > 0 {
		a.Warn = t.tr(i18n.M("Còn %s phí, lệ phí chưa thu.", dong(fs.Open)))
	}
	f.add(a, look.Field{Name: "to", Label: t.tr(i18n.M("Người nhận")), Value: f.v.Submitter.FullName, Required: true, MaxLength: 120})
	by := look.Field{Name: "by", Label: t.tr(i18n.M("Cách trả")), Type: "select", Required: true, Value: string(f.v.ReturnBy), Error: f.ps.Field[a.name("results")]}
	for _, c := range dossier.Channels {
		by.Options = append(by.Options, look.Option{Value: string(c), Label: t.tr(c.Name())})
	}
	f.add(a, by)
	f.note(a, i18n.M("Ghi chú"))
}

func (f *former) attach(a *actForm) {
	t := f.t
	a.Button, a.Icon = t.tr(i18n.M("Thêm tệp")), "upload"
	a.Title = t.tr(i18n.M("Thêm tệp vào hồ sơ"))
	f.add(a, look.Field{Name: "kind", Label: t.tr(i18n.M("Loại tệp")), Type: "select", Required: true, Value: string(dossier.AttachmentWork), Options: []look.Option{
		{Value: string(dossier.AttachmentWork), Label: t.tr(i18n.M("Tài liệu làm việc (chỉ cán bộ xem)"))},
		{Value: string(dossier.AttachmentResult), Label: t.tr(i18n.M("Kết quả (người nộp nhận khi xong)"))}}})
	f.upload(a, i18n.M("Tệp"))
	a.Upload.Optional = false
}

// assignTo is assign with the colleagues to choose from.
func (f *former) assignTo() (actForm, error) {
	able, err := f.room.Dossiers.Colleagues(f.ctx, f.offer.Step)
	if err != nil {
		return actForm{}, err
	}
	form := f.form(dossier.ActAssign)
	name := form.name("to")
	i := slices.IndexFunc(form.Fields, func(x look.Field) bool { return x.Name == name })
	for _, c := range able {
		form.Fields[i].Options = append(form.Fields[i].Options, look.Option{Value: c.AccountID, Label: strings.Trim(c.Name+", "+c.Title, ", ")})
	}
	return form, nil
}

func (f *former) assign(a *actForm) {
	t := f.t
	a.Button, a.Icon, a.Key = t.tr(i18n.M("Giao việc")), "users", "i"
	a.Title = t.tr(i18n.M("Giao bước “%s” cho ai?", f.offer.Step.Name))
	f.add(a, look.Field{Name: "to", Label: t.tr(i18n.M("Người thực hiện")), Type: "select", Required: true, Value: f.offer.Step.AssigneeID})
	f.note(a, i18n.M("Lời dặn"))
}

func (f *former) supplement(a *actForm) {
	t := f.t
	a.Button, a.Icon, a.Key, a.Primary = t.tr(i18n.M("Nhận giấy tờ bổ sung")), "inbox", "b", true
	a.Title = t.tr(i18n.M("Nhận giấy tờ bổ sung tại quầy"))
	a.Text = t.tr(i18n.M("Thời hạn chạy tiếp; ngày hẹn lùi đúng bằng thời gian chờ bổ sung."))
	for _, p := range f.v.Papers {
		if p.Key != "" && (!p.Provided || p.Check == dossier.CheckMissing || p.Check == dossier.CheckWrong) {
			name := a.name("paper." + p.Key)
			a.Fields = append(a.Fields, look.Field{Name: name, Type: "checkbox", Label: p.Name, Checked: a.Open && f.in.values.Bool(name)})
		}
	}
	f.add(a, look.Field{Name: "extra", Label: t.tr(i18n.M("Giấy tờ khác")), Type: "textarea", Rows: 2, Optional: true, Hint: t.tr(i18n.M("Mỗi dòng một loại.")), Error: f.ps.Field[a.name("papers")]})
	f.note(a, i18n.M("Nội dung người nộp trả lời"))
}

func (f *former) withdraw(a *actForm) {
	t := f.t
	a.Button, a.Icon, a.Tone = t.tr(i18n.M("Rút hồ sơ")), "arrow-back-up", "late"
	a.Title = t.tr(i18n.M("Người nộp rút hồ sơ này?"))
	a.Text = t.tr(i18n.M("Hồ sơ kết thúc, không mở lại được. Muốn làm lại phải nộp hồ sơ mới."))
	f.reason(a, i18n.M("Lý do rút"), i18n.M("Theo đơn hoặc lời của người nộp."))
}
