package app

import (
	"slices"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/formtest"
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

// answers fills in the e-form of a procedure as somebody would who reads what the page says.
func (s *site) answers(v *procedure.Version) map[string]any {
	s.t.Helper()
	if v.Spec.Form == nil {
		return nil
	}
	f, err := v.Spec.Form.Form()
	if err != nil {
		s.t.Fatal(err)
	}
	lists, err := s.House.Procedure.FormLists(s.system(), v, clock.Date{})
	if err != nil {
		s.t.Fatal(err)
	}
	return formtest.Least(s.t, f, form.Rules{On: clock.DateOf(s.clock.Now()), Lists: lists})
}
