package desk

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/web"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
	look "lienthong/web"
)

// counterForm is the form of the counter as it was sent, with what it means.
type counterForm struct {
	values     web.Values
	key, token string
	agency     org.UnitID
	owner      dossier.Applicant
	birth      string // as typed
	today      clock.Date
	filledIn   bool // name and the rest come from the identity card or from the last dossier
	returning  bool
	waits      []waiting
	version    *procedure.Version
	candidates []procedure.Summary // when the text fits several
	caseKey    string
	scans      map[string][]keptFile // by key of the paper
}

// newCounterForm reads a form that may be half filled in.
func (room *Room) newCounterForm(r *http.Request, vs web.Values, scans map[string][]keptFile) (*counterForm, error) {
	ctx := r.Context()
	f := &counterForm{values: vs, key: vs.Line("key"), token: vs.Line("token"), agency: org.UnitID(actor.From(ctx).OfficeID), scans: scans, today: clock.DateOf(room.Clock.Now())}
	if !id.Valid(f.key) {
		f.key = id.New()
	}
	if !id.Valid(f.token) {
		f.token = id.New()
	}
	list, err := room.received(ctx)
	if err != nil {
		return nil, err
	}
	f.readOwner()
	if err := room.fillIn(r, f); err != nil {
		return nil, err
	}
	if err := room.choose(ctx, f, list); err != nil {
		return nil, err
	}
	if f.version != nil {
		cases := f.version.Spec.CaseKeys()
		if _, ok := f.version.Spec.Case(vs.Line("case")); ok {
			f.caseKey = vs.Line("case")
		} else if len(cases) == 1 {
			f.caseKey = cases[0]
		}
	}
	return f, nil
}

// choose finds the procedure that is meant: picked from a list, the only one that the text fits, or the one that was
// chosen before when the text still fits it.
func (room *Room) choose(ctx context.Context, f *counterForm, list []procedure.Summary) error {
	hits := match(list, or(f.values.Line("pick"), f.values.Line("procedure")))
	if before := codeIn(f.values.Line("chosen")); len(hits) > 1 && before != "" {
		if i := slices.IndexFunc(hits, func(s procedure.Summary) bool { return s.Code == before }); i >= 0 {
			hits = hits[i : i+1]
		}
	}
	if len(hits) != 1 {
		f.candidates = hits
		return nil
	}
	var err error
	f.version, err = room.Procedures.Version(ctx, hits[0].VersionID)
	return err
}

func (f *counterForm) readOwner() {
	vs := f.values
	f.owner = dossier.Applicant{Kind: vs.Line("owner.kind"), FullName: vs.Line("owner.full_name"), Organisation: vs.Line("owner.organisation"),
		TaxCode: vs.Line("owner.tax_code"), PersonalID: vs.Line("owner.personal_id"), Phone: vs.Line("owner.phone"), Email: vs.Line("owner.email"), Address: vs.Line("owner.address")}
	f.birth = vs.Line("owner.birth_date")
	if c, ok := parseCard(f.owner.PersonalID); ok {
		f.owner.PersonalID, f.filledIn = c.number, true
		set(&f.owner.FullName, c.name)
		set(&f.owner.Address, c.address)
		set(&f.birth, c.birth.Display())
	}
}

// set fills an empty field.
func set(field *string, value string) {
	if *field == "" {
		*field = value
	}
}

// fillIn takes what is empty from the last dossier of the same person.
func (room *Room) fillIn(r *http.Request, f *counterForm) error {
	if err := room.findWaiting(r, f); err != nil {
		return err
	}
	if f.owner.PersonalID == "" || f.owner.FullName != "" && f.owner.Phone != "" {
		return nil
	}
	last, ok, err := room.Dossiers.LastApplicant(r.Context(), f.owner.PersonalID)
	if err != nil || !ok {
		return err
	}
	if last.Kind == dossier.ApplicantCitizen {
		set(&f.owner.FullName, last.FullName)
	}
	set(&f.owner.Phone, last.Phone)
	set(&f.owner.Email, last.Email)
	set(&f.owner.Address, last.Address)
	set(&f.birth, last.BirthDate.Display())
	f.filledIn, f.returning = true, true
	return nil
}

// findWaiting looks whether the person comes for a dossier that is here already: to bring papers, to fetch a result.
func (room *Room) findWaiting(r *http.Request, f *counterForm) error {
	if !personNumber.MatchString(f.owner.PersonalID) {
		return nil
	}
	t := room.texts(r.Context())
	page, err := room.Dossiers.Find(r.Context(), dossier.FindQuery{Text: f.owner.PersonalID, Status: []dossier.Status{dossier.StatusSupplement, dossier.StatusDone}, Limit: 3})
	if err != nil {
		return err
	}
	for _, it := range page.Items {
		w := waiting{Text: t.tr(i18n.M("%s (%s) đang chờ bổ sung giấy tờ.", it.Code, it.ProcedureName)), Link: t.tr(i18n.M("Nhận giấy tờ bổ sung"))}
		if it.Status == dossier.StatusDone {
			w.Text, w.Link = t.tr(i18n.M("%s (%s) đã có kết quả.", it.Code, it.ProcedureName)), t.tr(i18n.M("Trả kết quả"))
		}
		w.Href = address("/desk/d/"+string(it.ID), url.Values{"back": {"/desk/counter"}})
		f.waits = append(f.waits, w)
	}
	return nil
}

// chosen reports whether procedure and case are settled.
func (f *counterForm) chosen() bool {
	if f.version == nil {
		return false
	}
	_, ok := f.version.Spec.Case(f.caseKey)
	return ok
}

// shown is the sign of the procedure and case whose papers a page shows.
func (f *counterForm) shown() string {
	if f.version == nil {
		return ""
	}
	return string(f.version.ID) + "|" + f.caseKey
}

func (f *counterForm) noProcedure() error {
	if len(f.candidates) > 0 {
		return fault.NewInvalid("procedure", i18n.M("Có %d thủ tục khớp. Hãy chọn một.", len(f.candidates)))
	}
	if f.values.Line("procedure") == "" {
		return fault.NewInvalid("procedure", i18n.M("Hãy nhập tên hoặc mã thủ tục."))
	}
	return fault.NewInvalid("procedure", i18n.M("Cơ quan này không tiếp nhận thủ tục nào như vậy. Hãy gõ từ khác hoặc mã thủ tục."))
}

func (f *counterForm) channel() string {
	if f.values.Line("channel") == string(dossier.ChannelPost) {
		return string(dossier.ChannelPost)
	}
	return string(dossier.ChannelCounter)
}

// filing turns the form into what the dossier room files; Invalid names what cannot be read.
func (f *counterForm) filing() (dossier.Filing, error) {
	vs := f.values
	var ps fault.Problems
	out := dossier.Filing{ProcedureCode: f.version.Code, CaseKey: f.caseKey, Channel: dossier.Channel(f.channel()), ReceiverID: f.agency, Owner: f.owner,
		Authorised: vs.Bool("authorised"), ReturnBy: dossier.Channel(vs.Line("return_by")), ReturnAddress: vs.Line("return_address"),
		RequestKey: "counter:" + f.key, UploadToken: f.token}
	var err error
	if out.Owner.BirthDate, err = clock.ParseDate(f.birth); err != nil {
		ps.Add("owner.birth_date", i18n.M("Ngày chưa đúng. Hãy nhập ngày/tháng/năm có trên lịch, ví dụ 23/11/2018."))
	} else if out.Owner.BirthDate.After(f.today) {
		ps.Add("owner.birth_date", i18n.M("Ngày sinh không thể sau hôm nay. Hãy xem lại năm."))
	}
	if out.Authorised {
		out.Submitter = dossier.Applicant{Kind: dossier.ApplicantCitizen, FullName: vs.Line("submitter.full_name"), PersonalID: vs.Line("submitter.personal_id"), Phone: vs.Line("submitter.phone")}
	}
	out.Sets = f.number("sets", 1, &ps)
	for _, p := range f.version.Spec.PapersFor(f.caseKey, "") {
		paper := dossier.FilingPaper{Key: p.Key, Provided: f.ticked(p), Originals: f.number("originals."+p.Key, p.Originals, &ps), Copies: f.number("copies."+p.Key, p.Copies, &ps)}
		for _, k := range f.scans[p.Key] {
			paper.Files = append(paper.Files, k.ID)
		}
		out.Papers = append(out.Papers, paper)
	}
	for _, line := range strings.Split(vs.Get("extra"), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out.Papers = append(out.Papers, dossier.FilingPaper{Name: line, Provided: true, Originals: 1})
		}
	}
	for _, fee := range f.version.Spec.FeesFor(f.caseKey, f.channel()) {
		out.Fees = append(out.Fees, dossier.FilingFee{Key: fee.Key, Quantity: int64(f.number("quantity."+fee.Key, 1, &ps)), Paid: vs.Bool("fees." + fee.Key)})
	}
	return out, ps.Err()
}

// number reads a count; an empty field is otherwise.
func (f *counterForm) number(name string, otherwise int, ps *fault.Problems) int {
	if f.values.Line(name) == "" {
		return otherwise
	}
	n, err := f.values.Int(name)
	if err != nil || n < 0 || n > 10000 {
		ps.Add(name, i18n.M("Hãy nhập số từ 0 đến 10.000."))
		return otherwise
	}
	return int(n)
}

// ticked reports whether a paper was handed in: by its own box, by a scan, or by the box for all that are required.
func (f *counterForm) ticked(p procedure.Paper) bool {
	return f.values.Bool("papers."+p.Key) || len(f.scans[p.Key]) > 0 || f.values.Bool("all") && !p.Optional
}

// request is the request for what is lacking.
func (f *counterForm) request() (dossier.MoreRequest, error) {
	var ps fault.Problems
	m := dossier.MoreRequest{Items: strings.Split(f.values.Get("more.items"), "\n"), Reason: f.values.Get("more.reason"), Days: f.number("more.days", 0, &ps)}
	if strings.TrimSpace(f.values.Get("more.items")) == "" {
		ps.Add("items", i18n.M("Hãy ghi từng giấy tờ hoặc nội dung cần bổ sung."))
	}
	if m.Reason == "" {
		ps.Add("reason", i18n.M("Hãy ghi lý do phải bổ sung."))
	}
	if m.Days > 180 {
		ps.Add("days", i18n.M("Thời hạn bổ sung từ 1 đến 180 ngày làm việc."))
	}
	return m, ps.Err()
}

// person makes the fields of the applicant.
func (f *counterForm) person(t texts, ps problems) personPart {
	field := func(name, value string, label i18n.Msg, x look.Field) look.Field {
		x.Name, x.Value, x.Label, x.Error = name, value, t.tr(label), ps.Field[name]
		return x
	}
	scanned := func(part string) look.Field {
		return look.Field{Attrs: template.HTMLAttr(`data-scanned="` + part + `"`)}
	}
	d := personPart{Returning: f.returning, Waits: f.waits, OpenOrg: f.owner.Organisation != "" || f.owner.TaxCode != "", OpenAuth: f.values.Bool("authorised")}
	d.Number = field("owner.personal_id", f.owner.PersonalID, i18n.M("Số định danh, hoặc quét mã QR trên thẻ"), look.Field{Required: true, Attrs: `data-scan="1" data-scanned="number" ` + change("person", "#person"), InputMode: "text"})
	if len(ps.List) == 0 && f.owner.PersonalID == "" { // the clerk begins here
		d.Number.Attrs += ` data-focus="1"`
	}
	name := scanned("name")
	name.Required = true
	birth := scanned("birth")
	birth.Type = "date"
	phone := look.Field{Type: "tel", Required: true}
	if f.filledIn {
		phone.Attrs = `data-focus="1"`
	}
	d.Fields = []look.Field{
		field("owner.full_name", f.owner.FullName, i18n.M("Họ và tên"), name), field("owner.birth_date", f.birth, i18n.M("Ngày sinh"), birth),
		field("owner.address", f.owner.Address, i18n.M("Nơi cư trú"), scanned("address")), field("owner.phone", f.owner.Phone, i18n.M("Số điện thoại"), phone)}
	kind := look.Field{Type: "select", Required: true, Options: []look.Option{
		{Value: dossier.ApplicantCitizen, Label: t.tr(i18n.M("Cá nhân"))}, {Value: dossier.ApplicantBusiness, Label: t.tr(i18n.M("Doanh nghiệp"))}, {Value: dossier.ApplicantOrganisation, Label: t.tr(i18n.M("Tổ chức"))}}}
	d.Organisation = []look.Field{field("owner.kind", f.owner.Kind, i18n.M("Loại chủ hồ sơ"), kind),
		field("owner.organisation", f.owner.Organisation, i18n.M("Tên doanh nghiệp, tổ chức"), look.Field{}), field("owner.tax_code", f.owner.TaxCode, i18n.M("Mã số thuế"), look.Field{InputMode: "numeric"}),
		field("owner.email", f.owner.Email, i18n.M("Thư điện tử"), look.Field{Type: "email"})}
	line := func(name string) string { return f.values.Line(name) }
	d.Authorised = []look.Field{{Name: "authorised", Type: "checkbox", Label: t.tr(i18n.M("Người đến nộp là người được ủy quyền")), Checked: d.OpenAuth},
		field("submitter.personal_id", line("submitter.personal_id"), i18n.M("Số định danh người được ủy quyền"), look.Field{}),
		field("submitter.full_name", line("submitter.full_name"), i18n.M("Họ và tên người được ủy quyền"), look.Field{}),
		field("submitter.phone", line("submitter.phone"), i18n.M("Số điện thoại người được ủy quyền"), look.Field{Type: "tel"})}
	for _, x := range append(d.Organisation, d.Authorised...) {
		if x.Error != "" {
			d.OpenOrg, d.OpenAuth = true, true
		}
	}
	return d
}

// papers makes the check list of the papers.
func (f *counterForm) papers(t texts, d *restPart, ps problems) {
	for _, p := range f.version.Spec.PapersFor(f.caseKey, "") {
		row := counterPaper{Key: p.Key, Name: p.Name, Note: p.Note, Number: t.number(p.Originals, p.Copies), Required: !p.Optional, Ticked: f.ticked(p),
			Originals: or(f.values.Line("originals."+p.Key), strconv.Itoa(p.Originals)), Copies: or(f.values.Line("copies."+p.Key), strconv.Itoa(p.Copies)),
			Error: ps.Field["papers."+p.Key]}
		if p.ShowOnly {
			row.Number = t.tr(i18n.M("chỉ xuất trình"))
		}
		for _, k := range f.scans[p.Key] {
			row.Kept = append(row.Kept, keptPaper{p.Key + "|" + k.Value(), k.Name})
		}
		d.Papers = append(d.Papers, row)
	}
	d.Extra = look.Field{Name: "extra", Label: t.tr(i18n.M("Giấy tờ khác")), Type: "textarea", Rows: 2, Value: f.values.Get("extra"), Hint: t.tr(i18n.M("Mỗi dòng một loại.")), Error: ps.Field["extra"]}
}

func (f *counterForm) fees(d *restPart, ps problems) {
	for _, fee := range f.version.Spec.FeesFor(f.caseKey, f.channel()) {
		row := counterFee{Key: fee.Key, Name: fee.Name, Per: fee.Per, Amount: fee.Amount, Quantity: or(f.values.Line("quantity."+fee.Key), "1"),
			Paid: f.values.Bool("fees." + fee.Key), Error: or(ps.Field["fees."+fee.Key], ps.Field["quantity."+fee.Key])}
		n, err := strconv.ParseInt(row.Quantity, 10, 64)
		if err != nil || n < 0 || n > 10000 {
			n = 1
		}
		d.Total += fee.Amount * n
		d.Fees = append(d.Fees, row)
	}
}

// returns makes the fields of how the result is handed over, and what is seldom needed.
func (f *counterForm) returns(t texts, d *restPart, ps problems) {
	vs := f.values
	d.ReturnBy = look.Field{Name: "return_by", Label: t.tr(i18n.M("Nhận kết quả")), Type: "select", Required: true, Value: or(vs.Line("return_by"), string(dossier.ChannelCounter)), Error: ps.Field["return_by"]}
	for _, c := range dossier.Channels {
		d.ReturnBy.Options = append(d.ReturnBy.Options, look.Option{Value: string(c), Label: t.tr(c.Name())})
	}
	d.Address = look.Field{Name: "return_address", Label: t.tr(i18n.M("Địa chỉ để bưu chính chuyển đến")), Value: vs.Line("return_address"), Error: ps.Field["return_address"]}
	d.Sets = look.Field{Name: "sets", Label: t.tr(i18n.M("Số bộ hồ sơ")), Type: "number", Width: "short", Value: or(vs.Line("sets"), "1"), Error: ps.Field["sets"]}
	d.Channel = look.Field{Name: "channel", Label: t.tr(i18n.M("Hồ sơ đến bằng cách")), Type: "select", Required: true, Value: f.channel(), Error: ps.Field["channel"], Options: []look.Option{
		{Value: string(dossier.ChannelCounter), Label: t.tr(dossier.ChannelCounter.Name())}, {Value: string(dossier.ChannelPost), Label: t.tr(dossier.ChannelPost.Name())}}}
	d.OpenOther = d.Address.Error+d.Sets.Error+d.Extra.Error+d.Channel.Error != "" || d.Address.Value != "" || d.Extra.Value != ""
}

// more makes the fields of the request for what is lacking, filled in with the required papers that are not there.
func (f *counterForm) more(t texts, d *restPart, ps problems) {
	var lacking []string
	for _, p := range d.Papers {
		if p.Required && !p.Ticked {
			lacking = append(lacking, p.Name)
		}
		d.OpenMore = d.OpenMore || p.Error != ""
	}
	items := strings.Join(lacking, "\n")
	if f.values.Get("do") == "more" {
		items = f.values.Get("more.items")
		d.OpenMore = true
	}
	d.More = []look.Field{
		{Name: "more.items", Label: t.tr(i18n.M("Giấy tờ, nội dung cần bổ sung")), Type: "textarea", Rows: 4, Value: items, Hint: t.tr(i18n.M("Mỗi dòng một mục.")), Error: ps.Field["more.items"]},
		{Name: "more.reason", Label: t.tr(i18n.M("Lý do")), Type: "textarea", Rows: 2, Value: or(f.values.Get("more.reason"), t.tr(i18n.M("Hồ sơ chưa đủ thành phần theo quy định."))), Error: ps.Field["more.reason"]},
		{Name: "more.days", Label: t.tr(i18n.M("Số ngày làm việc để bổ sung")), Type: "number", Width: "short", Value: or(f.values.Line("more.days"), "10"), Error: ps.Field["more.days"]}}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// readCounter reads the form and stores the scans in it, by the key of their paper.
func (room *Room) readCounter(r *http.Request) (vs web.Values, scans map[string][]keptFile, refused, err error) {
	token := id.New()
	up := uploads{room: room, ctx: r.Context(), token: &token}
	scans = map[string][]keptFile{}
	vs, err = web.Multipart(r, dossier.MaxFile, func(p web.Part, sofar web.Values) error {
		k, err := up.take(p, sofar)
		if paper, ok := strings.CutPrefix(p.Field, "scan."); ok && k != nil {
			scans[paper] = append(scans[paper], *k)
		}
		return err
	})
	if err != nil {
		return nil, nil, nil, err
	}
	for _, s := range vs.All("kept") {
		if paper, rest, ok := strings.Cut(s, "|"); ok {
			scans[paper] = append(parseKept([]string{rest}), scans[paper]...)
		}
	}
	if !id.Valid(vs.Line("token")) {
		vs["token"] = []string{token}
	}
	return vs, scans, up.refused, nil
}
