package app

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/id"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
)

// TestStories tells the stories of the main job over the API, in every province and on every engine. Each story
// takes a dossier of its own.
func TestStories(t *testing.T) {
	stories := []struct {
		name string
		tell func(s *site)
	}{
		{"birth registered online, with one supplement", birthStory},
		{"filed at the counter of a department", counterStory},
		{"through agencies of several levels", interlinkedStory},
		{"not accepted", refusalStory},
		{"withdrawn", withdrawalStory},
		{"two clerks want the same dossier", claimStory},
		{"sent back to the step before", backStory},
		{"nobody supplements in time", expiryStory},
		{"strangers see nothing", strangerStory},
		{"the unit is merged while a dossier is under way", mergerStory},
	}
	eachProvince(t, func(t *testing.T, s *site) {
		s.register("Nguyễn Thị Thử", "0912000001", "064190000001")
		s.register("Trần Văn Khác", "0912000002", "")
		for i, story := range stories {
			t.Run(story.name, func(t *testing.T) {
				s.clock.Set(storyTime.AddDate(0, 0, 14*i)) // each begins on a Monday morning, after the one before
				story.tell(s.in(t))
				s.in(t).settle()
			})
		}
		s.whole()
	})
}

const (
	citizen  = "0912000001"
	stranger = "0912000002"
)

// fileBirth files a birth registration online as the citizen.
func (s *site) fileBirth(receiver int) dossier.DossierBody {
	s.t.Helper()
	v := s.birth()
	var d dossier.DossierBody
	s.file(citizen, id.New(), s.filing(v, s.receiver(v, receiver), dossier.ChannelOnline, owner("Nguyễn Thị Thử"))).want(201).into(&d)
	if d.Status != dossier.StatusNew || d.Code == "" || d.Secret == "" {
		s.t.Fatalf("filed as %+v", d)
	}
	return d
}

func birthStory(s *site) {
	d := s.fileBirth(0)
	s.promisedNothingYet(d)
	s.step(d.ID) // the counter accepts it
	before := s.track(d)
	s.promised(before)

	// the official finds that something is missing; the clock stops
	s.clock.Advance(time.Hour)
	st, who := s.open(d.ID)
	s.act(who, d.ID, "claim", map[string]any{"step": st.ID})
	s.post(who, "/dossier/dossiers/"+d.ID+"/request-more", map[string]any{"step": st.ID, "items": []string{}, "reason": ""}).want(422)
	asked := s.act(who, d.ID, "request-more", map[string]any{"step": st.ID, "items": []string{"Giấy chứng sinh bản rõ nét"}, "reason": "Bản chụp bị mờ"})
	if asked.Status != dossier.StatusSupplement || asked.PausedAt == nil {
		s.t.Errorf("asked for more, but the dossier is %+v", asked)
	}
	s.post(who, "/dossier/dossiers/"+d.ID+"/forward", map[string]any{"step": st.ID}).want(409)
	waiting := s.track(d)
	if !slices.Contains(waiting.Can, dossier.ActSupplement) {
		s.t.Errorf("the citizen cannot supplement: %v", waiting.Can)
	}

	// two days later the citizen supplements; the promised time moves by what it stood still
	s.clock.Advance(48 * time.Hour)
	s.settle()
	s.post("", "/dossier/dossiers/"+d.ID+"/supplement", map[string]any{"secret": "AAAAAA", "note": "Đã chụp lại"}).want(401)
	s.act("", d.ID, "supplement", map[string]any{"secret": d.Secret, "note": "Đã chụp lại, xin gửi bản rõ"})
	after := s.track(d)
	if !after.DueAt.After(*before.DueAt) {
		s.t.Errorf("the due date did not move: %s, %s", before.DueAt, after.DueAt)
	}
	if l := find(after.Events, dossier.ActSupplement); l == nil || len(l.Reasons) == 0 {
		s.t.Errorf("the new due date is not explained: %+v", l)
	}

	s.finish(d.ID)
	end := s.track(d)
	s.told(end, dossier.ActFile, dossier.ActAccept, dossier.ActRequestMore, dossier.ActSupplement, dossier.ActForward, dossier.ActFinish, dossier.ActReturn)
	if end.Status != dossier.StatusReturned || s.inside(d.ID).Late(s.clock.Now()) {
		s.t.Errorf("returned late or not at all: %d, due %s", end.Status, end.DueAt)
	}
	s.numbered(d.ID)
	s.get(citizen, "/dossier/own").want(200).says(d.Code)
}

// promisedNothingYet holds that before it is accepted nobody has promised anything, and that the citizen sees who has it.
func (s *site) promisedNothingYet(d dossier.DossierBody) {
	s.t.Helper()
	st := s.track(d)
	if st.DueAt != nil || len(st.Stops) != 1 || st.Stops[0].Doing == "" {
		s.t.Errorf("a dossier nobody has looked at stands so: %+v", st)
	}
}

func counterStory(s *site) {
	v := s.ofDepartment()
	at := s.receiver(v, 0)
	first := s.placeOf(at, v.Spec.Process.First())
	clerk := s.official(procedure.StepReceive, first.Path)

	// what is incomplete is not accepted at once
	f := s.filing(v, at, dossier.ChannelCounter, owner("Lê Văn Ví Dụ"))
	f.Accept = true
	if i := slices.IndexFunc(f.Papers, func(p dossier.FilingPaper) bool { return p.Provided }); i >= 0 {
		f.Papers[i].Provided = false
		s.file(clerk, id.New(), f).want(422).says("papers." + f.Papers[i].Key)
		f.Papers[i].Provided = true
	}
	for _, fee := range v.Spec.FeesFor(f.CaseKey, string(f.Channel)) {
		f.Fees = append(f.Fees, dossier.FilingFee{Key: fee.Key, Quantity: 1, Paid: true})
	}
	key := id.New()
	var d, again dossier.DossierBody
	s.file(clerk, key, f).want(201).into(&d)
	s.file(clerk, key, f).want(201).into(&again)
	if d.ID != again.ID || d.Status != dossier.StatusAccepted || d.DueAt == nil {
		s.t.Errorf("filed and accepted at once: %+v, sent again: %+v", d, again)
	}
	s.promised(s.track(d))
	if d.Channel != dossier.ChannelCounter || d.Receiver != string(at.ID) {
		s.t.Errorf("filed at %s through %s", d.Receiver, d.Channel)
	}
	who := s.finish(d.ID)
	if n := len(slices.Compact(slices.Sorted(slices.Values(who)))); n < 2 {
		s.t.Errorf("one person did everything: %v", who)
	}
	s.told(s.track(d), dossier.ActFile, dossier.ActAccept, dossier.ActForward, dossier.ActFinish, dossier.ActReturn)
	s.numbered(d.ID)
}

// placeOf returns the division of an agency that does a step, or the agency.
func (s *site) placeOf(agency org.Unit, step *procedure.Step) org.Unit {
	s.t.Helper()
	if step.Division != "" {
		if u, err := s.House.Org.DivisionByKey(s.system(), agency.ID, step.Division); err == nil {
			return u
		}
	}
	return agency
}

func interlinkedStory(s *site) {
	v := s.interlinked()
	at := s.receiver(v, 0)
	channel, who := dossier.ChannelCounter, s.official(procedure.StepReceive, s.placeOf(at, v.Spec.Process.First()).Path)
	if v.Spec.Online >= 3 {
		channel, who = dossier.ChannelOnline, citizen
	}
	var d dossier.DossierBody
	s.file(who, id.New(), s.filing(v, at, channel, owner("Rơ Châm Thử"))).want(201).into(&d)
	s.t.Logf("%s, through %d agencies", v.Name, agenciesOf(v))
	terms := map[org.UnitID]time.Time{} // what each agency was given when the dossier came to it
	s.finish(d.ID, func(v *dossier.View) {
		for _, p := range v.Parts {
			if p.DoneAt == nil && p.DueAt != nil {
				terms[p.UnitID] = *p.DueAt
			}
		}
	})

	in := s.inside(d.ID)
	levels, agencies := map[string]bool{}, map[org.UnitID]bool{}
	for _, p := range in.Parts {
		agencies[p.UnitID] = true
		levels[s.unit(p.UnitID).Level] = true
		if p.DoneAt == nil || !terms[p.UnitID].After(p.ArrivedAt) {
			s.t.Errorf("%s has no term of its own or never finished: %s, %+v", p.UnitName, terms[p.UnitID], p)
		}
	}
	all, err := s.House.Place.Levels(s.system())
	if err != nil {
		s.t.Fatal(err)
	}
	if want := max(2, len(all)); len(agencies) < want || len(agencies) != agenciesOf(v) || len(levels) < 2 {
		s.t.Errorf("%d agencies of %d levels took part, want %d or more", len(agencies), len(levels), want)
	}
	for _, st := range in.Steps {
		if st.DoneBy == "" || st.DueAt == nil && st.Kind != string(procedure.StepReturn) {
			s.t.Errorf("step without term or without somebody who did it: %+v", st)
		}
	}
	s.numbered(d.ID)

	// the citizen sees one line, with each agency once
	line := s.track(d)
	if line.Code != d.Code || len(line.Stops) != len(agencies) {
		s.t.Errorf("the citizen sees %d stops of %s, want %d of %s", len(line.Stops), line.Code, len(agencies), d.Code)
	}
	for i, stop := range line.Stops {
		if stop.Agency != in.Parts[i].UnitName || stop.Number == "" {
			s.t.Errorf("stop %d is %+v, want %s", i, stop, in.Parts[i].UnitName)
		}
	}
	s.promised(line)
	s.told(line, dossier.ActFile, dossier.ActAccept, dossier.ActForward, dossier.ActFinish, dossier.ActReturn)
	s.foundByNumber(in)
}

// foundByNumber holds that each agency finds the dossier by the number it gave itself, and a citizen by each of them.
func (s *site) foundByNumber(v *dossier.View) {
	s.t.Helper()
	for _, p := range v.Parts {
		var st standing
		s.get("", "/dossier/track/"+p.Number).want(200).into(&st)
		if st.Code != v.Code {
			s.t.Errorf("%s leads to %s, want %s", p.Number, st.Code, v.Code)
		}
		if len(st.Events) > 0 {
			s.t.Error("the history is shown to somebody without the secret")
		}
	}
}

func refusalStory(s *site) {
	d := s.fileBirth(0)
	st, who := s.open(d.ID)
	s.act(who, d.ID, "claim", map[string]any{"step": st.ID})
	s.post(who, "/dossier/dossiers/"+d.ID+"/refuse", map[string]any{"step": st.ID, "reason": "  "}).want(422).says("reason")
	after := s.act(who, d.ID, "refuse", map[string]any{"step": st.ID, "reason": "Cha mẹ cư trú ở tỉnh khác"})
	if after.Status != dossier.StatusRefused || after.FinishedAt == nil {
		s.t.Errorf("refused: %+v", after)
	}
	s.post(who, "/dossier/dossiers/"+d.ID+"/accept", map[string]any{"step": st.ID}).want(409)
	end := s.track(d)
	if l := find(end.Events, dossier.ActRefuse); l == nil || l.Note != "Cha mẹ cư trú ở tỉnh khác" {
		s.t.Errorf("the citizen does not read why: %+v", end.Events)
	}
	if len(end.Can) > 0 {
		s.t.Errorf("what has ended offers %v", end.Can)
	}
}

func withdrawalStory(s *site) {
	d := s.fileBirth(0)
	s.step(d.ID)
	st, who := s.open(d.ID)
	s.act(who, d.ID, "claim", map[string]any{"step": st.ID})
	s.post(stranger, "/dossier/dossiers/"+d.ID+"/withdraw", map[string]any{"reason": "Tôi muốn rút"}).want(403)
	s.post(citizen, "/dossier/dossiers/"+d.ID+"/withdraw", map[string]any{"reason": ""}).want(422)
	after := s.act(citizen, d.ID, "withdraw", map[string]any{"reason": "Gia đình chuyển nơi cư trú"})
	if after.Status != dossier.StatusWithdrawn {
		s.t.Errorf("withdrawn: %+v", after)
	}
	r := s.post(who, "/dossier/dossiers/"+d.ID+"/forward", map[string]any{"step": st.ID}).want(409)
	if !strings.Contains(string(r.body), d.Code) && !strings.Contains(string(r.body), "rút") {
		s.t.Errorf("the official is not told what happened: %s", r.body)
	}
	for _, step := range s.inside(d.ID).Steps {
		if step.Open() {
			s.t.Errorf("“%s” still waits for somebody", step.Name)
		}
	}
	s.told(s.track(d), dossier.ActFile, dossier.ActAccept, dossier.ActWithdraw)
}

func claimStory(s *site) {
	d := s.fileBirth(0)
	st, first := s.open(d.ID)
	second := s.hire("them."+s.unit(st.AgencyID).Slug, s.roleFor(dossier.PermAccept), s.unit(st.AgencyID))
	tokens := map[string]string{first: s.signIn(first), second: s.signIn(second)}
	answers := map[string]*reply{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for name, token := range tokens {
		wg.Go(func() {
			r := s.send(http.MethodPost, "/dossier/dossiers/"+d.ID+"/claim", token, id.New(), jsonBody(map[string]any{"step": st.ID}), "application/json")
			mu.Lock()
			defer mu.Unlock()
			answers[name] = r
		})
	}
	wg.Wait()
	winner, loser := first, second
	if answers[first].status != 200 {
		winner, loser = second, first
	}
	answers[winner].want(200)
	answers[loser].want(409)
	has := s.inside(d.ID).Steps[0].AssigneeName
	answers[loser].says(has)
	s.post(loser, "/dossier/dossiers/"+d.ID+"/accept", map[string]any{"step": st.ID}).want(409).says(has)
	s.act(winner, d.ID, "claim", map[string]any{"step": st.ID}) // pressed twice
	s.act(winner, d.ID, "release", map[string]any{"step": st.ID})
	s.act(loser, d.ID, "accept", map[string]any{"step": st.ID})
	s.finish(d.ID)
}

// roleFor returns the role of the province that holds a permission and little else.
func (s *site) roleFor(permission string) string {
	s.t.Helper()
	roles, err := s.House.Identity.Roles(s.system())
	if err != nil {
		s.t.Fatal(err)
	}
	best, size := "", 0
	for _, r := range roles {
		if slices.Contains(r.Permissions, permission) && slices.Contains(r.Permissions, dossier.PermRead) && (best == "" || len(r.Permissions) < size) {
			best, size = r.Key, len(r.Permissions)
		}
	}
	return best
}

func backStory(s *site) {
	d := s.fileBirth(0)
	s.step(d.ID)
	drafter := s.step(d.ID)
	st, who := s.open(d.ID)
	s.post(who, "/dossier/dossiers/"+d.ID+"/back", map[string]any{"step": st.ID, "reason": ""}).want(422)
	s.act(who, d.ID, "back", map[string]any{"step": st.ID, "reason": "Ghi sai năm sinh của mẹ"})
	v := s.look(drafter, d.ID)
	if len(v.Offers) != 1 || v.Offers[0].State != string(dossier.StepClaimed) {
		s.t.Fatalf("the step is not back with who did it: %+v", v.Offers)
	}
	if l := find(v.Events, dossier.ActBack); l == nil || l.Note != "Ghi sai năm sinh của mẹ" {
		s.t.Errorf("the reason is lost: %+v", v.Events)
	}
	s.finish(d.ID)
	s.told(s.track(d), dossier.ActForward, dossier.ActBack, dossier.ActForward, dossier.ActFinish, dossier.ActReturn)
}

func expiryStory(s *site) {
	for _, c := range []struct {
		name     string
		accepted bool
		want     dossier.Status
	}{{"before it was accepted", false, dossier.StatusRefused}, {"after it was accepted", true, dossier.StatusStopped}} {
		s.t.(*testing.T).Run(c.name, func(t *testing.T) {
			s := s.in(t)
			d := s.fileBirth(0)
			if c.accepted {
				s.step(d.ID)
			}
			st, who := s.open(d.ID)
			s.act(who, d.ID, "request-more", map[string]any{"step": st.ID, "items": []string{"Giấy chứng sinh"}, "reason": "Thiếu", "days": 2})
			s.settle()
			if n := s.track(d).Status; n != dossier.StatusSupplement {
				s.t.Errorf("status %d before the time is over", n)
			}
			s.clock.Advance(6 * 24 * time.Hour)
			s.settle()
			end := s.track(d)
			if end.Status != c.want {
				s.t.Errorf("status %d a week later, want %d", end.Status, c.want)
			}
			s.told(end, dossier.ActFile, dossier.ActRequestMore, dossier.ActExpire)
			s.post("", "/dossier/dossiers/"+d.ID+"/supplement", map[string]any{"secret": d.Secret, "note": "Đây ạ"}).want(409)
		})
	}
}

func strangerStory(s *site) {
	d := s.fileBirth(0)
	st, _ := s.open(d.ID)
	far := s.receiver(s.birth(), 1)
	other := s.official(procedure.StepReceive, s.placeOf(far, s.birth().Spec.Process.First()).Path)
	for _, c := range []struct {
		who, method, path string
		body              any
		want              int
	}{
		{other, "GET", "/dossier/dossiers/" + d.ID, nil, 404},
		{stranger, "GET", "/dossier/dossiers/" + d.ID, nil, 403},
		{"", "GET", "/dossier/dossiers/" + d.ID, nil, 401},
		{other, "POST", "/dossier/dossiers/" + d.ID + "/accept", map[string]any{"step": st.ID}, 403},
		{other, "POST", "/dossier/dossiers/" + d.ID + "/claim", map[string]any{"step": st.ID}, 403},
		{stranger, "POST", "/dossier/dossiers/" + d.ID + "/claim", map[string]any{"step": st.ID}, 403},
		{"", "POST", "/dossier/dossiers/" + d.ID + "/withdraw", map[string]any{"reason": "x"}, 401},
		{"", "GET", "/dossier/track/" + d.Code + "?secret=AAAAAA", nil, 0},
		{"", "GET", "/dossier/track/H99.99-261123-9999", nil, 404},
		{"", "GET", "/dossier/track/không-phải-mã", nil, 422},
		{"", "GET", "/dossier/own", nil, 401},
	} {
		r := s.call(c.who, c.method, c.path, c.body)
		if c.want != 0 && r.status != c.want {
			s.t.Errorf("%s as %q: %d, want %d: %.300s", r.what, c.who, r.status, c.want, r.body)
		}
		if strings.Contains(string(r.body), "Nguyễn Thị Thử") || strings.Contains(string(r.body), d.Secret) {
			s.t.Errorf("%s as %q tells who filed it: %s", r.what, c.who, r.body)
		}
	}
	if r := s.get(stranger, "/dossier/own").want(200); strings.Contains(string(r.body), d.Code) {
		s.t.Error("somebody else's dossier is in the list")
	}
	if r := s.get(other, "/dossier/worklist").want(200); strings.Contains(string(r.body), d.Code) {
		s.t.Error("the work of another agency is in the list")
	}
}

func mergerStory(s *site) {
	v := s.birth()
	all := s.receivers(v)
	if len(all) < 2 {
		s.t.Fatal("two agencies are needed")
	}
	n := len(all) - 1 // the others are used by other stories
	ending, heir := s.receiver(v, n), s.receiver(v, n-1)
	d, waiting := s.fileBirth(n), s.fileBirth(n)
	s.step(d.ID)
	st, who := s.open(d.ID)
	s.act(who, d.ID, "claim", map[string]any{"step": st.ID})
	old := s.track(d)

	// it is decided today that the units become one tomorrow
	tomorrow := clock.DateOf(s.clock.Now()).AddDays(1)
	if _, err := s.House.Org.Merge(s.system(), org.Merge{From: []org.UnitID{ending.ID}, Into: heir.ID, On: tomorrow, SourceAct: "01/NQ-THỬ"}); err != nil {
		s.t.Fatal(err)
	}
	s.settle()
	if at := s.inside(d.ID).Steps[1].AgencyID; at != ending.ID {
		s.t.Error("the dossier moved a day early")
	}
	s.clock.Set(tomorrow.At(8, 0))
	s.settle()

	in := s.inside(d.ID)
	if in.ReceiverID != heir.ID || in.Parts[0].UnitID != heir.ID || in.Steps[1].AgencyID != heir.ID {
		s.t.Errorf("after the merger the dossier is with %s, %s, %s, want %s", in.ReceiverID, in.Parts[0].UnitID, in.Steps[1].AgencyID, heir.ID)
	}
	if in.Steps[1].State != dossier.StepReady || in.Parts[0].UnitName != ending.Name || in.Parts[0].Number != d.Code {
		s.t.Errorf("what was done under the old name is not what it was: %+v %+v", in.Steps[1], in.Parts[0])
	}
	for _, x := range []string{d.ID, waiting.ID} { // officials of the heir go on
		step := s.inside(x).Steps
		able := s.officials(procedure.StepKind(step[len(step)-1].Kind), step[len(step)-1].UnitPath)
		if !slices.ContainsFunc(able, func(name string) bool { return strings.HasSuffix(name, heir.Slug) }) {
			s.t.Errorf("officials of %s cannot go on: %v", heir.Name, able)
		}
		s.finish(x)
	}
	line := s.track(d)
	s.told(line, dossier.ActFile, dossier.ActAccept, dossier.ActMoveToSuccessor, dossier.ActForward, dossier.ActReturn)
	if l := find(line.Events, dossier.ActMoveToSuccessor); l == nil || !strings.Contains(l.Sentence, heir.Name) || !strings.Contains(l.Sentence, "01/NQ-THỬ") {
		s.t.Errorf("the citizen does not read where it went and why: %+v", l)
	}
	if line.Code != d.Code || !line.DueAt.Equal(*old.DueAt) {
		s.t.Errorf("code or due date changed: %s %s, before %s %s", line.Code, line.DueAt, old.Code, old.DueAt)
	}
	// who files with the old unit is received by the heir
	later := s.fileAt(v, ending)
	if later.Receiver != string(heir.ID) {
		s.t.Errorf("filed with the ended unit: %+v", later)
	}
}

func (s *site) fileAt(v *procedure.Version, at org.Unit) dossier.DossierBody {
	s.t.Helper()
	var d dossier.DossierBody
	s.file(citizen, id.New(), s.filing(v, at, dossier.ChannelOnline, owner("Nguyễn Thị Thử"))).want(201).into(&d)
	return d
}
