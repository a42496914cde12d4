package dossier_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/webtest"
)

// apiStanding is what an applicant sees of a dossier.
type apiStanding struct {
	Code, Receiver, ID string
	OwnerName          string `json:"owner_name"`
	Status             dossier.Status
	StatusName         string                                   `json:"status_name"`
	Stops              []struct{ Agency, Number, Doing string } `json:"stops"`
	Events             []struct{ Act, Sentence, Actor, Note string }
	Papers             []struct{ Name string }
	Files              []struct{ ID, Kind, Name string }
	Fees               []struct{ Key string }
	Asked              *struct {
		Items    []string
		Reason   string
		Deadline time.Time
	}
	Can []dossier.Act
}

// uploaded stores a file and returns its token and id.
func (s *apiSite) uploaded(as actor.Actor, form url.Values) (token, file string) {
	s.t.Helper()
	var out struct {
		UploadToken string `json:"upload_token"`
		Files       []struct{ ID string }
	}
	s.do(webtest.Scenario{As: as, URL: "/uploads", Form: form, Files: []webtest.File{note("f", "kết quả.pdf")}}, http.StatusCreated).Into(s.t, &out)
	return out.UploadToken, out.Files[0].ID
}

// TestAPIBirth walks a birth registration from the citizen to the returned result, through every act on the way.
func TestAPIBirth(t *testing.T) {
	s := newAPI(t)
	citizen, clerk, officer, leader := s.Citizen("an"), s.Clerk("ubnd-99101"), s.Officer("ubnd-99101"), s.Leader("ubnd-99101")
	second := s.Official("ubnd-99101", "Người Thứ Hai", dossier.PermProcess, dossier.PermRead)
	d := s.birthFiled(citizen)

	v := s.view(clerk, d.ID)
	if len(v.Offers) != 1 || v.Offers[0].Kind != "receive" || !slices.Contains(v.Offers[0].Acts, "accept") || v.Offers[0].Assign {
		t.Errorf("offers of a new dossier: %+v", v.Offers)
	}
	s.problem(s.do(webtest.Scenario{As: citizen, URL: "/dossiers/" + d.ID + "/receipt"}, http.StatusConflict))
	step := s.step(d.ID, "receive")
	checked := s.act(clerk, d.ID, "papers", map[string]any{"step": step, "findings": []any{
		map[string]any{"paper": v.Papers[1].ID, "check": "wrong", "note": "Mờ", "provided": true, "originals": 1, "copies": 0}}})
	if p := s.view(clerk, d.ID).Papers[1]; p.Check != "wrong" || p.Note != "Mờ" || checked.Status != dossier.StatusNew {
		t.Errorf("checked: %+v", p)
	}
	if p := s.refused(clerk, d.ID, "fees", map[string]any{"step": step, "fees": []any{map[string]any{"key": "none", "paid": true}}}, 422); !said(p, "fees", "") {
		t.Errorf("a fee that is not there: %+v", p)
	}
	s.act(clerk, d.ID, "fees", map[string]any{"step": step, "fees": []any{map[string]any{"key": "copies", "quantity": 2, "paid": true}}})
	if f := s.view(clerk, d.ID).Fees[0]; f.Total != 6000 || f.PaidAt == nil {
		t.Errorf("collected: %+v", f)
	}
	accepted := s.act(clerk, d.ID, "accept", map[string]any{"step": step})
	if accepted.Status != dossier.StatusAccepted || accepted.DueAt == nil || !accepted.DueAt.Equal(local("2026-11-24 08:00")) || accepted.Secret != "" {
		t.Errorf("accepted: %+v", accepted)
	}
	if p := s.refused(clerk, d.ID, "accept", map[string]any{"step": step}, 409); !strings.Contains(p.Detail, "Được tiếp nhận") {
		t.Errorf("accepted twice: %s", p.Detail)
	}
	for _, as := range []actor.Actor{citizen, clerk} {
		a := s.do(webtest.Scenario{As: as, URL: "/dossiers/" + d.ID + "/receipt"}, http.StatusOK)
		if !strings.HasPrefix(a.Body, "%PDF-") || a.Header.Get("Content-Type") != "application/pdf" || !strings.Contains(a.Header.Get("Content-Disposition"), "inline") {
			t.Errorf("the receipt: %v", a.Header)
		}
	}

	verify := s.step(d.ID, "verify")
	if got := s.act(officer, d.ID, "claim", map[string]any{"step": verify}); got.Status != dossier.StatusProcessing {
		t.Errorf("claimed: %+v", got)
	}
	if p := s.refused(second, d.ID, "claim", map[string]any{"step": verify}, 409); !strings.Contains(p.Detail, officer.Name) {
		t.Errorf("claimed by another: %s", p.Detail)
	}
	s.act(officer, d.ID, "release", map[string]any{"step": verify})
	s.assigned(d.ID, verify, leader, second, officer)
	s.supplemented(d, citizen, officer, verify)

	s.act(officer, d.ID, "forward", map[string]any{"step": verify, "note": "Đủ điều kiện"})
	sign := s.step(d.ID, "sign")
	if p := s.refused(leader, d.ID, "back", map[string]any{"step": sign, "reason": " "}, 422); !said(p, "reason", "lý do") {
		t.Errorf("back without reason: %+v", p)
	}
	s.act(leader, d.ID, "back", map[string]any{"step": sign, "reason": "Sai họ mẹ"})
	if v := s.view(officer, d.ID); len(v.Offers) != 1 || v.Offers[0].Assignee != officer.Name || v.Offers[0].State != "claimed" {
		t.Errorf("sent back: %+v", v.Offers)
	}
	s.act(officer, d.ID, "forward", map[string]any{"step": s.step(d.ID, "verify")})
	token, file := s.uploaded(leader, nil)
	s.act(leader, d.ID, "files", map[string]any{"step": s.step(d.ID, "sign"), "kind": "work", "files": []string{file}, "upload_token": token})
	token, file = s.uploaded(leader, nil)
	done := s.act(leader, d.ID, "forward", map[string]any{"step": s.step(d.ID, "sign"), "results": []string{file}, "upload_token": token})
	if done.Status != dossier.StatusDone || done.FinishedAt == nil || done.Late {
		t.Errorf("signed: %+v", done)
	}
	if p := s.refused(clerk, d.ID, "return", map[string]any{"step": s.step(d.ID, "return"), "by": "pigeon"}, 422); !said(p, "by", "cách trả") {
		t.Errorf("returned by pigeon: %+v", p)
	}
	returned := s.act(clerk, d.ID, "return", map[string]any{"step": s.step(d.ID, "return"), "to": "Đặng Văn Thử", "by": "online"})
	if returned.Status != dossier.StatusReturned || returned.ReturnedAt == nil {
		t.Errorf("returned: %+v", returned)
	}
	s.ended(d, clerk, sign)
	s.birthTracked(d, citizen)
}

// assigned gives a step to the second officer and takes it to the first.
func (s *apiSite) assigned(d, step string, leader, second, officer actor.Actor) {
	s.t.Helper()
	var able []struct{ Account, Name, Title string }
	s.get(leader, "/dossiers/"+d+"/steps/"+step+"/colleagues", &able)
	if len(able) != 2 || able[0].Title != "Chuyên viên" {
		s.t.Errorf("able: %+v", able)
	}
	s.problem(s.do(webtest.Scenario{As: leader, URL: "/dossiers/" + d + "/steps/none/colleagues"}, http.StatusNotFound))
	s.problem(s.do(webtest.Scenario{As: officer, URL: "/dossiers/" + d + "/steps/" + step + "/colleagues"}, http.StatusForbidden))
	if p := s.refused(leader, d, "assign", map[string]any{"step": step, "to": "nobody"}, 422); !said(p, "to", "danh sách") {
		s.t.Errorf("assigned to nobody: %+v", p)
	}
	s.act(leader, d, "assign", map[string]any{"step": step, "to": second.ID, "note": "Làm giúp"})
	if p := s.refused(officer, d, "forward", map[string]any{"step": step}, 409); !strings.Contains(p.Detail, second.Name) {
		s.t.Errorf("the step of another: %s", p.Detail)
	}
	if p := s.refused(officer, d, "release", map[string]any{"step": step}, 403); !strings.Contains(p.Detail, second.Name) {
		s.t.Errorf("released by another: %s", p.Detail)
	}
	s.act(leader, d, "assign", map[string]any{"step": step, "to": officer.ID})
}

// supplemented asks for papers, which the applicant brings without signing in.
func (s *apiSite) supplemented(d dossier.DossierBody, citizen, officer actor.Actor, step string) {
	s.t.Helper()
	if p := s.refused(officer, d.ID, "request-more", map[string]any{"step": step, "items": []string{" "}, "reason": "", "days": 900}, 422); !said(p, "items", "") || !said(p, "reason", "") || !said(p, "days", "") {
		s.t.Errorf("asked for nothing: %+v", p)
	}
	asked := s.act(officer, d.ID, "request-more", map[string]any{"step": step, "items": []string{"Giấy chứng sinh rõ nét"}, "reason": "Ảnh mờ", "days": 5})
	if asked.Status != dossier.StatusSupplement || asked.PausedAt == nil {
		s.t.Errorf("asked: %+v", asked)
	}
	s.refused(officer, d.ID, "forward", map[string]any{"step": step}, 409)
	var st apiStanding
	s.get(actor.Actor{}, "/track/"+d.Code+"?secret="+strings.ToLower(d.Secret), &st)
	if st.Asked == nil || st.Asked.Items[0] != "Giấy chứng sinh rõ nét" || st.Asked.Reason != "Ảnh mờ" || st.Asked.Deadline.IsZero() || !slices.Contains(st.Can, dossier.ActSupplement) || st.ID != d.ID {
		s.t.Errorf("the applicant reads %+v", st)
	}
	s.problem(s.do(webtest.Scenario{URL: "/uploads", Form: url.Values{"code": {d.Code}, "secret": {"222222"}}, Files: []webtest.File{note("f", "a.pdf")}}, 422))
	token, file := s.uploaded(actor.Actor{}, url.Values{"code": {d.Code}, "secret": {d.Secret}})
	body := map[string]any{"note": "Đã chụp lại", "upload_token": token, "papers": []any{map[string]any{"key": "birth-note", "provided": true, "files": []string{file}}}}
	s.refused(actor.Actor{}, d.ID, "supplement", body, 401)
	s.refused(s.Citizen("bình"), d.ID, "supplement", body, 403)
	s.refused(citizen, d.ID, "supplement", map[string]any{}, 422)
	body["secret"] = d.Secret
	if got := s.act(actor.Actor{}, d.ID, "supplement", body); got.Status.Paused() || got.PausedAt != nil {
		s.t.Errorf("supplemented: %+v", got)
	}
	s.refused(actor.Actor{}, d.ID, "supplement", body, 409)
	if v := s.view(officer, d.ID); len(v.Requests) != 1 || v.Requests[0].Answer != "Đã chụp lại" || len(v.Files) != 2 {
		s.t.Errorf("requests %+v, files %+v", v.Requests, v.Files)
	}
}

// ended holds that nothing more can be done with a dossier that is over, and why.
func (s *apiSite) ended(d dossier.DossierBody, clerk actor.Actor, step string) {
	s.t.Helper()
	all := s.Official("ubnd-99101", "Người Làm Hết", dossier.PermRead, dossier.PermAccept, dossier.PermProcess, dossier.PermApprove, dossier.PermReturn, dossier.PermAssign)
	note := map[string]any{"step": step, "note": "Ghi chú"}
	why := map[string]any{"step": step, "reason": "Vì vậy"}
	for act, body := range map[string]map[string]any{
		"accept": note, "refuse": why, "claim": note, "release": note, "forward": note, "back": why, "stop": why, "obligation": note, "obligation-met": note, "return": note,
		"request-more": {"step": step, "items": []string{"Ảnh"}, "reason": "Mờ"}, "extend": {"step": step, "term": "3 ngày làm việc", "reason": "Bận"},
		"assign": {"step": step, "to": clerk.ID}, "papers": {"step": step, "findings": []any{}}, "fees": {"step": step, "fees": []any{}},
		"files": {"step": step, "kind": "work", "files": []string{"x"}, "upload_token": "x"}, "supplement": {"secret": d.Secret, "note": "x"}, "withdraw": {"secret": d.Secret, "reason": "x"},
	} {
		p := s.refused(all, d.ID, act, body, 409)
		if p.Kind != "conflict" || !strings.Contains(p.Detail, d.Code) || !strings.Contains(p.Detail, "Đã trả kết quả") {
			s.t.Errorf("%s after the end: %s", act, p.Detail)
		}
	}
}

// birthTracked holds what the owner, and what anybody else reads in the end.
func (s *apiSite) birthTracked(d dossier.DossierBody, citizen actor.Actor) {
	s.t.Helper()
	var st apiStanding
	s.get(citizen, "/track/"+d.Code, &st)
	var acts []string
	for _, e := range st.Events {
		acts = append(acts, e.Act)
		if e.Actor != "" || e.Sentence == "" {
			s.t.Errorf("the citizen reads who acted: %+v", e)
		}
	}
	slices.Reverse(acts)
	if got := strings.Join(acts, " "); got != "file collect_fee accept request_more supplement forward back forward forward finish return" {
		s.t.Errorf("the citizen reads %s", got)
	}
	if st.OwnerName != "Đặng Văn Thử" || st.StatusName != "Đã trả kết quả" || st.Receiver == "" || len(st.Can) != 0 || len(st.Papers) == 0 || len(st.Fees) != 1 {
		s.t.Errorf("the citizen reads %+v", st)
	}
	var kinds []string
	for _, f := range st.Files {
		kinds = append(kinds, f.Kind)
	}
	if got := strings.Join(kinds, " "); got != "paper paper result" {
		s.t.Errorf("the citizen sees files %s", got)
	}
	result := st.Files[len(st.Files)-1]
	a := s.do(webtest.Scenario{URL: "/track/" + d.Code + "/files/" + result.ID + "?secret=" + d.Secret}, http.StatusOK)
	if a.Body != dossiertest.PDF || !strings.Contains(a.Header.Get("Content-Disposition"), "k%E1%BA%BFt%20qu%E1%BA%A3.pdf") || a.Header.Get("X-Content-Type-Options") != "nosniff" {
		s.t.Errorf("the result: %v", a.Header)
	}
	s.problem(s.do(webtest.Scenario{URL: "/track/" + d.Code + "/files/" + result.ID}, http.StatusNotFound))
	s.problem(s.do(webtest.Scenario{URL: "/track/" + d.Code + "/receipt"}, http.StatusUnauthorized))
	if a := s.do(webtest.Scenario{URL: "/track/" + d.Code + "/receipt?secret=" + d.Secret}, http.StatusOK); !strings.HasPrefix(a.Body, "%PDF-") {
		s.t.Error("no receipt for the secret")
	}
	if p := s.problem(s.do(webtest.Scenario{URL: "/track/" + d.Code + "?secret=222222"}, 422)); !said(p, "secret", "") {
		s.t.Errorf("a wrong secret: %+v", p)
	}
	for _, as := range []actor.Actor{{}, s.Citizen("bình")} {
		open := s.get(as, "/track/"+d.Code, nil)
		for _, personal := range []string{"Thử", "064190000001", "0912000001", d.Secret, d.ID, "events", "owner", "kết quả.pdf", "Đặng"} {
			if strings.Contains(open.Body, personal) {
				s.t.Errorf("without the secret %q is shown: %s", personal, open.Body)
			}
		}
		if !strings.Contains(open.Body, "Đã trả kết quả") {
			s.t.Errorf("without the secret: %s", open.Body)
		}
	}
}

// TestAPILand walks the interlinked dossier: obligation, parallel opinions, a choice, an extension.
func TestAPILand(t *testing.T) {
	s := newAPI(t)
	clerk, district, leader := s.Clerk("ubnd-99101"), s.Officer("ubnd-991"), s.Leader("ubnd-991")
	d := s.landFiled(clerk)
	if d.Status != dossier.StatusAccepted || !d.DueAt.Equal(local("2026-12-07 08:00")) {
		t.Fatalf("filed and accepted: %+v", d)
	}
	s.strangers(d, s.Clerk("ubnd-99102"))
	step := s.step(d.ID, "district")
	if p := s.refused(district, d.ID, "obligation", map[string]any{"step": step, "note": ""}, 422); !said(p, "note", "số tiền") {
		t.Errorf("an obligation without words: %+v", p)
	}
	if got := s.act(district, d.ID, "obligation", map[string]any{"step": step, "note": "Nộp 1.200.000 đồng tại Kho bạc"}); got.Status != dossier.StatusObligation || got.PausedAt == nil {
		t.Errorf("obligation: %+v", got)
	}
	s.refused(district, d.ID, "forward", map[string]any{"step": step}, 409)
	s.World.Clock.Set(local("2026-11-25 08:00"))
	if got := s.act(district, d.ID, "obligation-met", map[string]any{"step": step}); got.Status.Paused() || !got.DueAt.Equal(local("2026-12-09 08:00")) {
		t.Errorf("obligation met: %+v, due %v", got.Status, got.DueAt)
	}
	s.act(district, d.ID, "forward", map[string]any{"step": step})
	a, b := s.Officer("so-a"), s.Officer("so-b")
	if p := s.refused(a, d.ID, "forward", map[string]any{"step": s.step(d.ID, "opinion-b")}, 403); !strings.Contains(p.Detail, "Sở B") {
		t.Errorf("department A does the work of B: %s", p.Detail)
	}
	token, file := s.uploaded(a, nil)
	s.act(a, d.ID, "files", map[string]any{"step": s.step(d.ID, "opinion-a"), "kind": "work", "files": []string{file}, "upload_token": token})
	s.act(a, d.ID, "forward", map[string]any{"step": s.step(d.ID, "opinion-a")})
	s.act(b, d.ID, "forward", map[string]any{"step": s.step(d.ID, "opinion-b")})
	s.refused(b, d.ID, "files", map[string]any{"step": s.step(d.ID, "decide"), "kind": "work", "files": []string{file}, "upload_token": token}, 403)

	decide := s.step(d.ID, "decide")
	v := s.view(district, d.ID)
	i := slices.IndexFunc(v.Offers, func(o struct {
		Step, Name, Kind, State, Unit, Assignee string
		Acts, Choices, Labels                   []string
		Assign                                  bool
	}) bool {
		return o.Step == decide
	})
	if i < 0 || strings.Join(v.Offers[i].Choices, " ") != "sign refuse" || strings.Join(v.Offers[i].Labels, "|") != "Đủ điều kiện|Không đủ điều kiện" {
		t.Fatalf("choices: %+v", v.Offers)
	}
	for _, term := range []string{"", "mai", "0 ngày"} {
		if p := s.refused(district, d.ID, "extend", map[string]any{"step": decide, "term": term, "reason": "Chờ đo đạc"}, 422); !said(p, "term", "") {
			t.Errorf("extended by %q: %+v", term, p)
		}
	}
	if p := s.refused(district, d.ID, "extend", map[string]any{"step": decide, "term": "3 ngày làm việc", "reason": ""}, 422); !said(p, "reason", "lý do") {
		t.Errorf("extended without reason: %+v", p)
	}
	if got := s.act(district, d.ID, "extend", map[string]any{"step": decide, "term": "3 ngày làm việc", "reason": "Chờ đo đạc"}); !got.DueAt.Equal(local("2026-12-14 08:00")) {
		t.Errorf("extended to %v", got.DueAt)
	}
	if p := s.refused(district, d.ID, "extend", map[string]any{"step": decide, "term": "3 ngày làm việc", "reason": "Nữa"}, 409); !strings.Contains(p.Detail, "một lần") {
		t.Errorf("extended twice: %s", p.Detail)
	}
	if p := s.refused(district, d.ID, "forward", map[string]any{"step": decide}, 422); !said(p, "choice", "chọn bước") {
		t.Errorf("without a choice: %+v", p)
	}
	s.refused(district, d.ID, "forward", map[string]any{"step": decide, "choice": "return"}, 422)
	s.act(district, d.ID, "forward", map[string]any{"step": decide, "choice": "refuse"})
	if got := s.act(leader, d.ID, "forward", map[string]any{"step": s.step(d.ID, "refuse")}); got.Status != dossier.StatusDone {
		t.Errorf("signed: %+v", got)
	}
	s.act(clerk, d.ID, "return", map[string]any{"step": s.step(d.ID, "return"), "by": "counter"})
	s.landFound(d, b)
}

// strangers holds that an agency that takes no part reads and does nothing.
func (s *apiSite) strangers(d dossier.DossierBody, stranger actor.Actor) {
	s.t.Helper()
	for _, path := range []string{"/dossiers/" + d.ID, "/dossiers/" + d.ID + "/receipt", "/numbers/" + d.Code, "/dossiers/" + d.ID + "/files/x"} {
		if p := s.problem(s.do(webtest.Scenario{As: stranger, URL: path}, http.StatusNotFound)); strings.Contains(p.Detail, "Hồ Văn") {
			s.t.Errorf("%s tells %s", path, p.Detail)
		}
	}
	step := s.step(d.ID, "district")
	for act, body := range map[string]map[string]any{"claim": {"step": step}, "forward": {"step": step}, "stop": {"step": step, "reason": "x"}, "withdraw": {"reason": "x"}} {
		s.refused(stranger, d.ID, act, body, http.StatusForbidden)
	}
	var found struct{ Items []any }
	if s.get(stranger, "/dossiers", &found); len(found.Items) != 0 {
		s.t.Errorf("a stranger finds %v", found.Items)
	}
}

// landFound holds that each agency finds the dossier by its own number, and sees the work of the others.
func (s *apiSite) landFound(d dossier.DossierBody, official actor.Actor) {
	s.t.Helper()
	var v apiView
	s.get(official, "/numbers/x99.02-261125-0001", &v)
	var numbers []string
	for _, p := range v.Parts {
		numbers = append(numbers, p.Number)
	}
	if v.ID != d.ID || strings.Join(numbers, " ") != "X99.10.01-261123-0001 X99.10-261123-0001 X99.01-261125-0001 X99.02-261125-0001" {
		s.t.Errorf("found %s, numbers %v", v.Code, numbers)
	}
	a := s.do(webtest.Scenario{As: official, URL: "/dossiers/" + d.ID + "/files/" + v.Files[0].ID}, http.StatusOK)
	if a.Body != dossiertest.PDF || a.Header.Get("Content-Type") != "application/pdf" {
		s.t.Errorf("a working paper of another agency: %v", a.Header)
	}
	etag := a.Header.Get("Etag")
	if b := webtest.Do(s.t, s.Mux, webtest.Scenario{As: official, URL: apiBase + "/dossiers/" + d.ID + "/files/" + v.Files[0].ID, Header: map[string]string{"If-None-Match": etag}}); b.Status != http.StatusNotModified {
		s.t.Errorf("asked again with %s: %d", etag, b.Status)
	}
	s.problem(s.do(webtest.Scenario{As: official, URL: "/dossiers/" + d.ID + "/files/none"}, http.StatusNotFound))
	if e := v.Events[0]; e.Act != "return" || e.Actor == "" || e.Step == "" {
		s.t.Errorf("officials read %+v", e)
	}
}

// TestAPIEnds ends dossiers before their result: refused, withdrawn, stopped.
func TestAPIEnds(t *testing.T) {
	s := newAPI(t)
	citizen, clerk, officer := s.Citizen("an"), s.Clerk("ubnd-99101"), s.Officer("ubnd-99101")
	d := s.birthFiled(citizen)
	if p := s.refused(clerk, d.ID, "refuse", map[string]any{"step": s.step(d.ID, "receive"), "reason": " "}, 422); !said(p, "reason", "lý do") {
		t.Errorf("refused without reason: %+v", p)
	}
	if got := s.act(clerk, d.ID, "refuse", map[string]any{"step": s.step(d.ID, "receive"), "reason": "Không thuộc thẩm quyền"}); got.Status != dossier.StatusRefused || got.FinishedAt == nil {
		t.Errorf("refused: %+v", got)
	}
	d = s.birthFiled(citizen)
	s.refused(s.Citizen("bình"), d.ID, "withdraw", map[string]any{"reason": "Thôi"}, 403)
	s.refused(actor.Actor{}, d.ID, "withdraw", map[string]any{"reason": "Thôi", "secret": "222222"}, 401)
	s.refused(citizen, d.ID, "withdraw", map[string]any{"reason": ""}, 422)
	if got := s.act(citizen, d.ID, "withdraw", map[string]any{"reason": "Nộp nhầm"}); got.Status != dossier.StatusWithdrawn {
		t.Errorf("withdrawn: %+v", got)
	}
	d = s.birthFiled(citizen)
	s.act(clerk, d.ID, "accept", map[string]any{"step": s.step(d.ID, "receive")})
	s.refused(clerk, d.ID, "stop", map[string]any{"step": s.step(d.ID, "verify"), "reason": "x"}, 403)
	if got := s.act(officer, d.ID, "stop", map[string]any{"step": s.step(d.ID, "verify"), "reason": "Có tranh chấp"}); got.Status != dossier.StatusStopped {
		t.Errorf("stopped: %+v", got)
	}
}
