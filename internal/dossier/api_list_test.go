package dossier_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/webtest"
)

// apiPage is a page of a list.
type apiPage struct {
	Items []struct {
		ID, Code, Dossier string
		OwnerName         string `json:"owner_name"`
		StepKind          string `json:"step_kind"`
		Late              bool
	}
	Next string
}

// all reads a list page by page and returns the codes.
func (s *apiSite) all(as actor.Actor, path string, size int) []string {
	s.t.Helper()
	var codes []string
	for next, n := "", 0; ; n++ {
		q := url.Values{"size": {fmt.Sprint(size)}}
		if next != "" {
			q.Set("after", next)
		}
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		var p apiPage
		s.get(as, path+sep+q.Encode(), &p)
		for _, it := range p.Items {
			codes = append(codes, it.Code)
		}
		if len(p.Items) > size || n > 20 {
			s.t.Fatalf("page %d has %d rows, want at most %d", n, len(p.Items), size)
		}
		if next = p.Next; next == "" {
			return codes
		}
	}
}

// tail returns the numbers of the day at the ends of codes.
func tail(codes []string) string {
	var out []string
	for _, c := range codes {
		out = append(out, strings.TrimLeft(c[strings.LastIndex(c, "-")+1:], "0"))
	}
	return strings.Join(out, " ")
}

// TestAPILists pages through the worklist and the searches, and filters them.
func TestAPILists(t *testing.T) {
	s := newAPI(t)
	citizen, clerk := s.Citizen("an"), s.Clerk("ubnd-99101")
	for i := range 5 { // 1 to 5: online, not accepted
		s.World.Clock.Set(local(fmt.Sprintf("2026-11-23 08:%02d", i)))
		s.birthFiled(citizen)
	}
	s.World.Clock.Set(local("2026-11-24 08:00"))
	l := s.landFiled(clerk) // of the next day, accepted

	for _, size := range []int{1, 2, 5, 50} {
		if got := tail(s.all(clerk, "/worklist", size)); got != "1 2 3 4 5" {
			t.Errorf("worklist by %d: %s", size, got)
		}
		if got := tail(s.all(clerk, "/dossiers", size)); got != "1 5 4 3 2 1" {
			t.Errorf("search by %d: %s", size, got)
		}
		if got := tail(s.all(citizen, "/own", size)); got != "5 4 3 2 1" {
			t.Errorf("own by %d: %s", size, got)
		}
	}
	if got := s.all(s.Citizen("bình"), "/own", 5); len(got) != 0 {
		t.Errorf("somebody else's: %v", got)
	}
	unit, land := string(s.Unit("ubnd-99101").ID), "9.000002"
	for query, want := range map[string]string{
		"q=" + url.QueryEscape("ho van vi du"): "1", "q=" + url.QueryEscape("Đặng Văn"): "5 4 3 2 1", "q=khong-co": "", "status=1": "5 4 3 2 1", "status=2": "1",
		"status=1&status=2": "1 5 4 3 2 1", "status=9": "", "procedure=" + land: "1", "field=ho-tich": "5 4 3 2 1", "field=ho-tich&procedure=" + land: "",
		"channel=counter": "1", "channel=online": "5 4 3 2 1", "channel=post": "", "from=2026-11-24": "1", "to=2026-11-23": "5 4 3 2 1", "from=2026-11-23&to=2026-11-24": "1 5 4 3 2 1",
		"from=2026-11-25": "", "unit=" + unit: "1 5 4 3 2 1", "unit=" + string(s.Unit("so-b").ID): "", "late=true": "",
	} {
		if got := tail(s.all(clerk, "/dossiers?"+query, 50)); got != want {
			t.Errorf("%s finds %q, want %q", query, got, want)
		}
	}
	for query, want := range map[string]string{"box=mine": "", "kind=receive": "1 2 3 4 5", "kind=return": "", "procedure=" + land: "", "field=ho-tich": "1 2 3 4 5", "q=dang": "1 2 3 4 5"} {
		if got := tail(s.all(clerk, "/worklist?"+query, 50)); got != want {
			t.Errorf("worklist %s: %q, want %q", query, got, want)
		}
	}
	for query, want := range map[string]string{"status=1": "5 4 3 2 1", "status=2": "", "status=2&status=1": "5 4 3 2 1", "q=khai+sinh": "5 4 3 2 1", "q=khong-co": ""} {
		if got := tail(s.all(citizen, "/own?"+query, 2)); got != want {
			t.Errorf("own %s: %q, want %q", query, got, want)
		}
	}
	if p := s.problem(s.do(webtest.Scenario{As: citizen, URL: "/own?status=11"}, 422)); len(p.Errors) != 1 || p.Errors[0].Field != "status" {
		t.Errorf("a status that is none: %+v", p)
	}
	s.rows(clerk, l)
	for _, path := range []string{"/worklist", "/dossiers", "/own"} {
		for _, size := range []string{"0", "201", "x"} {
			s.problem(s.do(webtest.Scenario{As: clerk, URL: path + "?size=" + size}, 422))
		}
	}
	s.numbers(clerk, citizen, l)
}

// rows holds that the lists tell programs what the workbooks of the desk tell people.
func (s *apiSite) rows(clerk actor.Actor, l dossier.DossierBody) {
	s.t.Helper()
	var found struct {
		Items []struct {
			Code       string     `json:"code"`
			AcceptedAt *time.Time `json:"accepted_at"`
			DueAt      *time.Time `json:"due_at"`
		}
	}
	if s.get(clerk, "/dossiers?size=1", &found); len(found.Items) != 1 || found.Items[0].Code != l.Code || found.Items[0].AcceptedAt == nil || found.Items[0].DueAt == nil {
		s.t.Errorf("search: %+v", found)
	}
	var work struct {
		Items []struct {
			Phone   string          `json:"owner_phone"`
			Channel dossier.Channel `json:"channel"`
			Filed   time.Time       `json:"filed_at"`
			Due     *time.Time      `json:"due_at"`
		}
	}
	if s.get(clerk, "/worklist?size=1", &work); len(work.Items) != 1 || work.Items[0].Phone != "0912000001" || work.Items[0].Channel != dossier.ChannelOnline || !work.Items[0].Filed.Equal(local("2026-11-23 08:00")) {
		s.t.Errorf("worklist: %+v", work)
	}
}

// numbers holds the counts beside the lists.
func (s *apiSite) numbers(clerk, citizen actor.Actor, l dossier.DossierBody) {
	s.t.Helper()
	var counts map[string]int
	s.get(clerk, "/counts", &counts)
	if counts["todo"] != 5 || counts["mine"] != 0 || counts["supplement"] != 0 {
		s.t.Errorf("counts %v", counts)
	}
	var facets []struct {
		Field, Procedure, Kind string
		Count                  int
	}
	s.get(clerk, "/facets?box=todo", &facets)
	if len(facets) != 1 || facets[0].Procedure != "9.000001" || facets[0].Kind != "receive" || facets[0].Count != 5 {
		s.t.Errorf("facets %+v", facets)
	}
	s.get(s.Officer("ubnd-991"), "/facets", &facets)
	if len(facets) != 1 || facets[0].Procedure != "9.000002" || facets[0].Count != 1 {
		s.t.Errorf("facets of the district %+v", facets)
	}
	var none map[string]int
	if s.get(citizen, "/counts", &none); none["todo"] != 0 {
		s.t.Errorf("a citizen has work: %v", none)
	}
	var f struct {
		ReceivedToday int `json:"received_today"`
		Open          int
		Finished      int
		OnTime        int `json:"on_time"`
		Late          int
	}
	if s.get(actor.Actor{}, "/figures", &f); f.ReceivedToday != 1 || f.Open != 1 || f.Finished != 0 || f.Late != 0 {
		s.t.Errorf("figures %+v", f)
	}
	var last dossier.Applicant
	s.do(webtest.Scenario{As: clerk, URL: "/applicants/last", JSON: map[string]any{"personal_id": "064 190 000 001"}}, http.StatusOK).Into(s.t, &last)
	if last.FullName != "Hồ Văn Ví Dụ" || last.Phone != "0912000001" {
		s.t.Errorf("the last applicant is %+v", last)
	}
	s.problem(s.do(webtest.Scenario{As: s.Clerk("ubnd-99102"), URL: "/applicants/last", JSON: map[string]any{"personal_id": "064190000001"}}, http.StatusNotFound))
	s.World.Clock.Set(local("2027-01-04 08:00"))
	if got := tail(s.all(clerk, "/dossiers?late=true", 50)); got != "1" {
		s.t.Errorf("late: %q", got)
	}
	var p apiPage
	if s.get(s.Officer("ubnd-991"), "/worklist?box=late", &p); len(p.Items) != 1 || p.Items[0].Dossier != l.ID || p.Items[0].StepKind != "work" {
		s.t.Errorf("late at the district: %+v", p)
	}
}
