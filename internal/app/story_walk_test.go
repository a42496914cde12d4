package app

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/clock"
	"lienthong/internal/procedure"
)

// seen is a dossier as the API shows it to an official.
type seen struct {
	dossier.DossierBody
	Parts  []part
	Events []line
	Offers []offer
}

type part struct {
	Agency, Number, Doing string
	ArrivedAt             time.Time  `json:"arrived_at"`
	DueAt                 *time.Time `json:"due_at"`
	DoneAt                *time.Time `json:"done_at"`
}

type line struct {
	Act      dossier.Act
	Sentence string
	Note     string
	Reasons  []string
}

type offer struct {
	Step, Name, Kind, State, Assignee string
	Acts                              []dossier.Act
	Choices                           []string
}

// standing is a dossier as the API shows it to the citizen.
type standing struct {
	Code   string
	Status dossier.Status
	DueAt  *time.Time `json:"due_at"`
	Stops  []part
	Events []line
	Can    []dossier.Act
}

// inside is a dossier as the program knows it, for finding out who should act next.
func (s *site) inside(d string) *dossier.View {
	s.t.Helper()
	v, err := s.House.Dossier.Read(s.system(), dossier.ID(d))
	if err != nil {
		s.t.Fatal(err)
	}
	return v
}

// open returns the first open step of a dossier and somebody who may do it.
func (s *site) open(d string) (dossier.Step, string) {
	s.t.Helper()
	v := s.inside(d)
	i := slices.IndexFunc(v.Steps, func(st dossier.Step) bool { return st.Open() })
	if i < 0 {
		s.t.Fatalf("dossier %s has no open step, status %d", v.Code, v.Status)
	}
	st := v.Steps[i]
	return st, s.official(procedure.StepKind(st.Kind), st.UnitPath)
}

// look reads a dossier as an official.
func (s *site) look(who, d string) seen {
	s.t.Helper()
	var v seen
	s.get(who, "/dossier/dossiers/"+d).want(200).into(&v)
	return v
}

// track reads a dossier as a visitor who holds the receipt.
func (s *site) track(d dossier.DossierBody) standing {
	s.t.Helper()
	var st standing
	s.get("", "/dossier/track/"+d.Code+"?secret="+url.QueryEscape(d.Secret)).want(200).into(&st)
	return st
}

// offered returns what an official can do on a step.
func (s *site) offered(who, d, step string) offer {
	s.t.Helper()
	v := s.look(who, d)
	i := slices.IndexFunc(v.Offers, func(o offer) bool { return o.Step == step })
	if i < 0 {
		s.t.Fatalf("%s can do nothing on step %s of %s: %+v", who, step, v.Code, v.Offers)
	}
	return v.Offers[i]
}

// act does one act on the dossier and returns the dossier after it.
func (s *site) act(who, d, act string, body map[string]any) dossier.DossierBody {
	s.t.Helper()
	var out dossier.DossierBody
	s.post(who, "/dossier/dossiers/"+d+"/"+act, body).want(200).into(&out)
	return out
}

// step does the open step of a dossier as its official would: claims it, sees what can be done, does it. It
// returns who did it.
func (s *site) step(d string) string {
	s.t.Helper()
	st, who := s.open(d)
	s.act(who, d, "claim", map[string]any{"step": st.ID})
	o := s.offered(who, d, st.ID)
	switch {
	case slices.Contains(o.Acts, dossier.ActAccept):
		s.act(who, d, "accept", map[string]any{"step": st.ID})
	case slices.Contains(o.Acts, dossier.ActForward):
		body := map[string]any{"step": st.ID, "note": "Đã xong"}
		if len(o.Choices) > 1 {
			body["choice"] = o.Choices[0]
		}
		s.act(who, d, "forward", body)
	case slices.Contains(o.Acts, dossier.ActReturn):
		s.act(who, d, "return", map[string]any{"step": st.ID})
	default:
		s.t.Fatalf("%s cannot finish the step “%s”: %v", who, st.Name, o.Acts)
	}
	s.t.Logf("%s finished “%s” at %s", who, st.Name, st.UnitName)
	return who
}

// finish does all steps that are left, one every quarter of an hour, and returns who did them. watch sees the
// dossier before each step.
func (s *site) finish(d string, watch ...func(*dossier.View)) []string {
	s.t.Helper()
	var who []string
	for range 40 {
		v := s.inside(d)
		if v.Status == dossier.StatusReturned {
			return who
		}
		for _, w := range watch {
			w(v)
		}
		who = append(who, s.step(d))
		s.clock.Advance(15 * time.Minute)
		s.settle()
	}
	s.t.Fatal("the dossier goes round in a circle")
	return nil
}

// numbered holds that every agency gave the dossier a number of its own, under its own code.
func (s *site) numbered(d string) {
	s.t.Helper()
	v := s.inside(d)
	numbers := map[string]bool{}
	for _, p := range v.Parts {
		code, err := s.House.Org.Code(s.system(), p.UnitID, s.House.Province.Dossier.CodeScheme, clock.DateOf(p.ArrivedAt))
		if err != nil {
			s.t.Fatal(err)
		}
		if !strings.HasPrefix(p.Number, code.Code+"-") {
			s.t.Errorf("%s has the code %s but gave the number %s", p.UnitName, code.Code, p.Number)
		}
		if numbers[p.Number] {
			s.t.Errorf("the number %s was given twice", p.Number)
		}
		numbers[p.Number] = true
	}
	if v.Parts[0].Number != v.Code {
		s.t.Errorf("the receiver's number is %s, the code %s", v.Parts[0].Number, v.Code)
	}
}

// promised holds that the dossier has a due date and that the reasons for it are told.
func (s *site) promised(st standing) {
	s.t.Helper()
	if st.DueAt == nil || !st.DueAt.After(storyTime) {
		s.t.Errorf("the citizen is promised nothing: %v", st.DueAt)
	}
	accepted := find(st.Events, dossier.ActAccept)
	if accepted == nil || len(accepted.Reasons) < 1 || !strings.HasPrefix(accepted.Reasons[0], "Thời hạn giải quyết") {
		s.t.Errorf("the due date is not explained: %+v", st.Events)
	}
}

func find(lines []line, act dossier.Act) *line {
	if i := slices.IndexFunc(lines, func(l line) bool { return l.Act == act }); i >= 0 {
		return &lines[i]
	}
	return nil
}

// told holds that the citizen's line has the acts, in this order.
func (s *site) told(st standing, acts ...dossier.Act) {
	s.t.Helper()
	var got []dossier.Act
	for _, l := range st.Events {
		got = append(got, l.Act)
		if l.Sentence == "" || strings.Contains(l.Sentence, "%!") {
			s.t.Errorf("a line without a sentence: %+v", l)
		}
	}
	if len(got) > 1 && got[0] != dossier.ActFile {
		slices.Reverse(got)
	}
	for _, want := range acts {
		i := slices.Index(got, want)
		if i < 0 {
			s.t.Errorf("the citizen does not read of %q after what comes before it: %+v", want, st.Events)
			return
		}
		got = got[i+1:]
	}
}
