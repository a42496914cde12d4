package app

import (
	"fmt"
	"slices"
	"strings"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
)

// Stories name no procedure and no agency: they look for those that fit in the data of the province.

// procedures returns all procedures that hold at the time of the story.
func (s *site) procedures(q procedure.Query) []*procedure.Version {
	s.t.Helper()
	q.Limit = 200
	page, err := s.House.Procedure.Find(s.system(), q)
	if err != nil {
		s.t.Fatal(err)
	}
	list := make([]*procedure.Version, len(page.Items))
	for i, it := range page.Items {
		if list[i], err = s.House.Procedure.Version(s.system(), it.VersionID); err != nil {
			s.t.Fatal(err)
		}
	}
	return list
}

// find returns the first procedure that fits.
func (s *site) find(what string, q procedure.Query, fits func(*procedure.Version) bool) *procedure.Version {
	s.t.Helper()
	for _, v := range s.procedures(q) {
		if fits(v) {
			return v
		}
	}
	s.t.Fatalf("the province has no procedure: %s", what)
	return nil
}

// birth is the procedure a citizen finds for a newborn child: it can be filed online and something is to be uploaded.
func (s *site) birth() *procedure.Version {
	s.t.Helper()
	return s.find("birth registration online", procedure.Query{Text: "khai sinh", LifeEvent: "co-con", OnlineOnly: true}, func(v *procedure.Version) bool {
		return v.Spec.Form != nil && len(v.Spec.Cases) == 0 && len(s.uploads(v)) > 0 && agenciesOf(v) == 1
	})
}

// ofDepartment is a procedure that one department does from the counter to the result.
func (s *site) ofDepartment() *procedure.Version {
	s.t.Helper()
	return s.find("of one department", procedure.Query{}, func(v *procedure.Version) bool {
		r := s.receivers(v)
		return agenciesOf(v) == 1 && len(r) == 1 && r[0].Kind == "department" && linear(v)
	})
}

// interlinked is the procedure that goes through most agencies, one of them at a higher level of government.
func (s *site) interlinked() *procedure.Version {
	s.t.Helper()
	var best *procedure.Version
	for _, v := range s.procedures(procedure.Query{}) {
		above := slices.ContainsFunc(v.Spec.Process.Steps, func(st procedure.Step) bool { return st.Where().Kind == procedure.AtAbove })
		if above && linear(v) && (best == nil || agenciesOf(v) > agenciesOf(best)) {
			best = v
		}
	}
	if best == nil {
		s.t.Fatal("the province has no procedure that goes through several agencies")
	}
	return best
}

// agenciesOf counts the agencies of a process.
func agenciesOf(v *procedure.Version) int {
	at := map[string]bool{}
	for _, st := range v.Spec.Process.Steps {
		p := st.Where()
		at[string(p.Kind)+":"+p.Arg] = true
	}
	return len(at)
}

// linear reports whether the process has neither choices nor parallel branches.
func linear(v *procedure.Version) bool {
	return !slices.ContainsFunc(v.Spec.Process.Steps, func(st procedure.Step) bool { return len(st.Next) > 1 || len(st.Parallel) > 0 })
}

// receivers returns the agencies that take a procedure.
func (s *site) receivers(v *procedure.Version) []procedure.Agency {
	s.t.Helper()
	list, err := s.House.Procedure.Receivers(s.system(), v, "", clock.Date{})
	if err != nil {
		s.t.Fatal(err)
	}
	if len(list) == 0 {
		s.t.Fatalf("no agency takes %s", v.Name)
	}
	return list
}

// receiver returns the nth agency that takes a procedure.
func (s *site) receiver(v *procedure.Version, n int) org.Unit {
	s.t.Helper()
	list := s.receivers(v)
	return s.unit(org.UnitID(list[n%len(list)].ID))
}

func (s *site) unit(id org.UnitID) org.Unit {
	s.t.Helper()
	u, err := s.House.Org.Unit(s.system(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return u
}

// uploads returns the papers that must come as files when a procedure is filed online.
func (s *site) uploads(v *procedure.Version) []procedure.Paper {
	var list []procedure.Paper
	for _, p := range v.Spec.PapersFor(caseOf(v), "") {
		if !p.Optional && !p.ShowOnly && !p.EForm {
			list = append(list, p)
		}
	}
	return list
}

func caseOf(v *procedure.Version) string {
	if len(v.Spec.Cases) == 0 {
		return ""
	}
	return v.Spec.Cases[0].Key
}

// filing returns a complete dossier for a procedure.
func (s *site) filing(v *procedure.Version, receiver org.Unit, channel dossier.Channel, owner dossier.Applicant) dossier.Filing {
	s.t.Helper()
	f := dossier.Filing{ProcedureCode: v.Code, CaseKey: caseOf(v), Channel: channel, ReceiverID: receiver.ID, Owner: owner}
	if kinds := v.Spec.Applicants; len(kinds) > 0 && !slices.Contains(kinds, owner.Kind) {
		f.Owner.Kind, f.Owner.Organisation, f.Owner.TaxCode = kinds[0], "Công ty Thử Nghiệm", "5900000001"
	}
	if channel == dossier.ChannelOnline {
		f.Form = s.answers(v)
		for _, p := range s.uploads(v) {
			f.Papers = append(f.Papers, dossier.FilingPaper{Key: p.Key, Files: []string{"file-" + p.Key}})
		}
		return f
	}
	for _, p := range v.Spec.PapersFor(f.CaseKey, "") {
		f.Papers = append(f.Papers, dossier.FilingPaper{Key: p.Key, Provided: !p.Optional, Originals: p.Originals, Copies: p.Copies})
	}
	return f
}

// owner returns an applicant.
func owner(name string) dossier.Applicant {
	return dossier.Applicant{Kind: dossier.ApplicantCitizen, FullName: name, PersonalID: "064190000001", Phone: "0912000001", Address: "Số 1 đường Thử Nghiệm, tổ dân phố 2"}
}

// samples are tried in turn until a text field is content.
var samples = []string{"Nguyễn Thị Thử", "064190000001", "0912000001", "190000001", "5900000001", "A1234567", "thu@example.vn", "123", "81A-12345", "01/2026"}

// answers fills in the e-form of a procedure as somebody would who reads what the page says.
func (s *site) answers(v *procedure.Version) map[string]any {
	s.t.Helper()
	if v.Spec.Form == nil {
		return nil
	}
	form, err := v.Spec.Form.Form()
	if err != nil {
		s.t.Fatal(err)
	}
	lists, err := s.House.Procedure.FormLists(s.system(), v, clock.Date{})
	if err != nil {
		s.t.Fatal(err)
	}
	a := answering{day: clock.DateOf(s.clock.Now()), lists: lists, try: map[string]int{}}
	for range len(samples) * 4 {
		data := a.group(form.Fields, "")
		err := form.Validate(data, procedure.Rules{On: a.day, Lists: lists})
		if err == nil {
			return data
		}
		f, ok := fault.As(err)
		if !ok {
			s.t.Fatal(err)
		}
		for _, p := range f.Problems {
			a.try[p.Field]++
		}
	}
	s.t.Fatalf("the form of %s is content with nothing: %v", v.Name, form.Validate(a.group(form.Fields, ""), procedure.Rules{On: a.day, Lists: lists}))
	return nil
}

type answering struct {
	day   clock.Date
	lists map[string][]procedure.Option
	try   map[string]int // how often a field was not content
}

func (a answering) group(fields []*procedure.Field, prefix string) map[string]any {
	data := map[string]any{}
	for _, f := range fields {
		name := strings.TrimPrefix(prefix+"."+f.Key, ".")
		if f.Required || f.Type == procedure.FieldGroup || a.try[name] > 0 {
			data[f.Key] = a.value(f, name)
		}
	}
	return data
}

func (a answering) value(f *procedure.Field, name string) any {
	n := a.try[name]
	options := f.Options
	if f.CodeList != "" {
		options = a.lists[f.CodeList]
	}
	switch f.Type {
	case procedure.FieldGroup:
		return a.group(f.Fields, name)
	case procedure.FieldList:
		rows := []any{}
		for i := range max(1, f.MinItems) {
			at := fmt.Sprintf("%s.%d", name, i)
			if len(f.Fields) == 1 && f.Fields[0].Key == "" {
				rows = append(rows, a.value(f.Fields[0], at))
			} else {
				rows = append(rows, any(a.group(f.Fields, at)))
			}
		}
		return rows
	case procedure.FieldTick:
		return n%2 == 0
	case procedure.FieldChoices:
		return []any{options[n%len(options)].Value}
	case procedure.FieldSelect, procedure.FieldRadio:
		return options[n%len(options)].Value
	case procedure.FieldDate:
		day := a.day.AddDays(-3)
		if f.Future {
			day = a.day.AddDays(30)
		}
		return day.AddDays(n * 30).String()
	case procedure.FieldNumber:
		return numberFor(f, n)
	case procedure.FieldTel:
		return "0912000001"
	case procedure.FieldEmail:
		return "thu@example.vn"
	}
	text := samples[n%len(samples)]
	for len([]rune(text)) < f.MinLength {
		text += " thử"
	}
	return text
}

func numberFor(f *procedure.Field, n int) any {
	low := 1.0
	if f.Min != nil {
		low = max(low, *f.Min)
	}
	if f.Max != nil {
		low = min(low, *f.Max)
	}
	return low + float64(n)
}
