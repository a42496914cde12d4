package portal

import (
	"context"
	"net/http"
	"slices"

	"lienthong/internal/codelist"
	"lienthong/internal/dossier"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

type applicantView struct {
	applyView
	Kinds        design.Field
	ManyKinds    bool
	Organisation []design.Field
	Owner        []design.Field
	Authorised   design.Field
	Submitter    []design.Field
}

func (m *Room) applicant(w http.ResponseWriter, r *http.Request) error {
	a, err := m.application(r, stepApplicant)
	if err != nil {
		return err
	}
	return m.showApplicant(w, r, http.StatusOK, a, nil, problemsAt(a.at, a.all))
}

func (m *Room) saveApplicant(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	a, err := m.application(r, stepApplicant)
	if err != nil {
		return err
	}
	f := &a.draft.Filing
	var typed []fault.Problem
	f.Owner = readPerson("owner.", vs, &typed)
	if k := f.Owner.Kind; !a.spec().MaySubmit(k) && len(a.spec().Applicants) > 0 {
		f.Owner.Kind = a.spec().Applicants[0]
	}
	if f.Owner.Kind == dossier.ApplicantCitizen {
		f.Owner.Organisation, f.Owner.TaxCode = "", ""
	}
	f.Authorised = vs.Bool("authorised")
	f.Submitter = readPerson("submitter.", vs, &typed)
	f.Submitter.Kind = dossier.ApplicantCitizen
	if !f.Authorised {
		typed = slices.DeleteFunc(typed, func(p fault.Problem) bool { return p.Field == "submitter.birth_date" })
	}
	return m.keep(w, r, a, vs, typed, func(status int, ps []fault.Problem) error {
		return m.showApplicant(w, r, status, a, vs, ps)
	})
}

// readPerson reads the fields of a person; what is no date is a problem of its field.
func readPerson(prefix string, vs web.Values, ps *[]fault.Problem) dossier.Applicant {
	a := dossier.Applicant{Kind: vs.Line(prefix + "kind"), FullName: vs.Line(prefix + "full_name"), Organisation: vs.Line(prefix + "organisation"),
		TaxCode: vs.Line(prefix + "tax_code"), PersonalID: vs.Line(prefix + "personal_id"), Phone: vs.Line(prefix + "phone"),
		Email: vs.Line(prefix + "email"), Address: vs.Line(prefix + "address")}
	born, err := vs.Date(prefix + "birth_date")
	if list, ok := invalid(err); err != nil && ok {
		*ps = append(*ps, list...)
	}
	a.BirthDate = born
	return a.Clean()
}

func (m *Room) showApplicant(w http.ResponseWriter, r *http.Request, status int, a *application, vs web.Values, ps []fault.Problem) error {
	ctx := r.Context()
	view := &applicantView{applyView: m.applyView(ctx, a)}
	var at map[string]string
	view.Problems, at = m.problems(ctx, ps)
	kinds, items, err := m.names(ctx, codelist.ApplicantKinds)
	if err != nil {
		return err
	}
	f := a.draft.Filing
	view.Kinds = design.Field{Name: "owner.kind", Label: m.say(ctx, i18n.M("Chủ hồ sơ là")), Type: "radio", Required: true, Value: f.Owner.Kind, Error: at["owner.kind"]}
	allowed := a.spec().Applicants
	if len(allowed) == 0 {
		for _, it := range items {
			allowed = append(allowed, it.Code)
		}
	}
	for _, k := range allowed {
		view.Kinds.Options = append(view.Kinds.Options, design.Option{Value: k, Label: orElse(kinds[k], k)})
	}
	view.ManyKinds = len(view.Kinds.Options) > 1
	if slices.ContainsFunc(allowed, func(k string) bool { return k != dossier.ApplicantCitizen }) {
		view.Organisation = m.organisationFields(ctx, f.Owner, at, !view.ManyKinds)
	}
	view.Owner = m.personFields(ctx, "owner.", f.Owner, vs, at, true)
	view.Authorised = design.Field{Name: "authorised", Type: "checkbox", Checked: f.Authorised, Label: m.say(ctx, i18n.M("Tôi nộp thay chủ hồ sơ theo ủy quyền")),
		Hint: m.say(ctx, i18n.M("Khi đó hãy tải văn bản ủy quyền lên ở bước Giấy tờ."))}
	view.Submitter = m.personFields(ctx, "submitter.", f.Submitter, vs, at, false)
	return m.pages.Render(w, r, status, "applicant.html", "public", web.View{Title: "Người nộp hồ sơ", Data: view})
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func (m *Room) organisationFields(ctx context.Context, a dossier.Applicant, at map[string]string, required bool) []design.Field {
	return []design.Field{
		{Name: "owner.organisation", Label: m.say(ctx, i18n.M("Tên doanh nghiệp, tổ chức")), Value: a.Organisation, Error: at["owner.organisation"], Autocomplete: "organization",
			Required: required, MaxLength: 300, Hint: m.say(ctx, i18n.M("Chỉ nhập khi chủ hồ sơ là doanh nghiệp hoặc tổ chức."))},
		{Name: "owner.tax_code", Label: m.say(ctx, i18n.M("Mã số thuế")), Value: a.TaxCode, Error: at["owner.tax_code"], Autocomplete: "off", InputMode: "numeric",
			Width: "medium", MaxLength: 20, Optional: true},
	}
}

// personFields are the fields of a person. What could not be read stands in its field as it was typed.
func (m *Room) personFields(ctx context.Context, prefix string, a dossier.Applicant, vs web.Values, at map[string]string, complete bool) []design.Field {
	own := func(token string) string { // the browser fills in its owner only where the owner is meant
		if complete {
			return token
		}
		return "off"
	}
	born := web.Date(a.BirthDate)
	if typed := vs.Get(prefix + "birth_date"); at[prefix+"birth_date"] != "" && typed != "" {
		born = typed
	}
	fields := []design.Field{
		{Name: "full_name", Label: m.say(ctx, i18n.M("Họ, chữ đệm và tên")), Value: a.FullName, Required: complete, Autocomplete: own("name"), MaxLength: 120},
		{Name: "personal_id", Label: m.say(ctx, i18n.M("Số định danh cá nhân")), Value: a.PersonalID, Required: false, InputMode: "numeric", Width: "medium", MaxLength: 20, Autocomplete: "off",
			Hint: m.say(ctx, i18n.M("12 chữ số trên thẻ căn cước; chưa có thì nhập số chứng minh nhân dân hoặc hộ chiếu."))},
		{Name: "birth_date", Label: m.say(ctx, i18n.M("Ngày sinh")), Type: "date", Value: born, Width: "short", Optional: true},
		{Name: "phone", Label: m.say(ctx, i18n.M("Số điện thoại")), Type: "tel", Value: a.Phone, Width: "medium", MaxLength: 20, Autocomplete: own("tel"),
			Hint: m.say(ctx, i18n.M("Để cơ quan báo tin về hồ sơ."))},
		{Name: "email", Label: m.say(ctx, i18n.M("Thư điện tử")), Type: "email", Value: a.Email, MaxLength: 200, Autocomplete: own("email"), Optional: true},
		{Name: "address", Label: m.say(ctx, i18n.M("Địa chỉ")), Value: a.Address, MaxLength: 300, Autocomplete: own("street-address"), Optional: true},
	}
	for i := range fields {
		fields[i].Name = prefix + fields[i].Name
		fields[i].Error = at[fields[i].Name]
	}
	return fields
}
