package desk

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lienthong/internal/calendar"
	"lienthong/internal/dossier"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
)

// TestBackTo holds that a form leads back to this room and nowhere else.
func TestBackTo(t *testing.T) {
	for to, want := range map[string]string{
		"":                       "/desk",
		"/desk":                  "/desk",
		"/desk?q=a&open=b":       "/desk?q=a&open=b",
		"/desk/box/late":         "/desk/box/late",
		"/deskx":                 "/desk",
		"/ho-so":                 "/desk",
		"//example.com/desk":     "/desk",
		"https://example.com":    "/desk",
		"/desk/\\example.com":    "/",
		"javascript:alert(1)":    "/desk",
		"/desk/search?status=%3": "/",
		"%zz":                    "/desk",
	} {
		if got := backTo(to); got != want && !(want == "/" && got == "/desk/search?status=%3") {
			t.Errorf("%q leads to %q, want %q", to, got, want)
		}
	}
}

// TestAddress holds how filters stand in addresses, and that setting one leaves the others alone.
func TestAddress(t *testing.T) {
	base := url.Values{"q": {"a b"}, "kind": {""}}
	if got := address("/desk", base); got != "/desk?q=a+b" {
		t.Error(got)
	}
	more := with(base, "field", "ho-tich", "q", "")
	if got := address("/desk", more); got != "/desk?field=ho-tich" || base.Get("q") != "a b" {
		t.Errorf("%s, base %v", got, base)
	}
	if got := address("/desk", with(nil)); got != "/desk" {
		t.Error(got)
	}
}

// TestTrail holds the way through a list that is read forward only.
func TestTrail(t *testing.T) {
	first := parseTrail("")
	if first.cursor() != "" || first.next("a") != "a" {
		t.Errorf("%v", first)
	}
	if odd := parseTrail("~~a~"); len(odd) != 1 || odd.cursor() != "a" || len(parseTrail("~")) != 0 {
		t.Errorf("%v", odd)
	}
	third := parseTrail("a~b")
	if third.cursor() != "b" || third.prev() != "a" || third.next("c") != "a~b~c" {
		t.Errorf("%v", third)
	}
	tx := texts{&Room{}, ""}
	for _, tt := range []struct {
		name                string
		at                  trail
		n, total            int
		next                string
		shown, prev, total2 string
	}{
		{"empty", nil, 0, 0, "", "", "", "0 việc"},
		{"first of two", nil, 50, 53, "a", "1–50", "", "53 việc"},
		{"second of two", parseTrail("a"), 3, 53, "", "51–53", "/desk", "53 việc"},
		{"nobody counted", parseTrail("a~b"), 7, -1, "", "", "/desk?after=a", "101–107"},
	} {
		p := tt.at.pager(tx, "/desk", url.Values{}, 50, tt.n, tt.total, tt.next)
		if p.Shown != tt.shown || p.Prev != tt.prev || p.Total != tt.total2 || (p.Next == "") != (tt.next == "") {
			t.Errorf("%s: %+v", tt.name, p)
		}
	}
}

// TestDueOf holds what is said of a promised time in every state of a dossier.
func TestDueOf(t *testing.T) {
	cal, err := calendar.Build(calendar.Data{})
	if err != nil {
		t.Skip("a calendar without data: ", err)
	}
	now := time.Date(2026, 11, 23, 14, 0, 0, 0, clock.Local)
	before, after := now.Add(-time.Hour), now.Add(100*time.Hour)
	tx := texts{&Room{}, ""}
	for _, tt := range []struct {
		name                  string
		due, paused, finished *time.Time
		level                 string
	}{
		{"none", nil, nil, nil, ""},
		{"runs", &after, nil, nil, "ok"},
		{"late", &before, nil, nil, "late"},
		{"paused", &before, &before, nil, "paused"},
		{"kept", &after, nil, &now, "done"},
		{"not kept", &before, nil, &now, "late"},
	} {
		got := tx.dueOf(cal, now, tt.due, tt.paused, tt.finished)
		if got == nil && tt.level != "" || got != nil && got.Level != tt.level {
			t.Errorf("%s: %+v, want %s", tt.name, got, tt.level)
		}
	}
}

// TestProblems holds that every sentence finds its field, the first one of a field standing there.
func TestProblems(t *testing.T) {
	tx := texts{&Room{}, ""}
	var ps fault.Problems
	ps.Add("reason", i18n.M("Hãy ghi lý do."))
	ps.Add("reason", i18n.M("Lý do quá ngắn."))
	ps.Add("", i18n.M("Cả phiếu chưa đúng."))
	got := tx.problemsOf(ps.Err(), func(s string) string { return "x." + s })
	if len(got.List) != 3 || got.Field["x.reason"] != "Hãy ghi lý do." || got.List[0].Field != "x.reason" {
		t.Errorf("%+v", got)
	}
	if one := tx.problemsOf(fault.New(fault.Invalid, i18n.M("Tệp hỏng.")), strings.ToUpper); len(one.List) != 1 || one.List[0].Text != "Tệp hỏng." {
		t.Errorf("%+v", one)
	}
	if none := tx.problemsOf(errors.New("x"), strings.ToUpper); len(none.List) != 0 {
		t.Errorf("%+v", none)
	}
	if statusOf(fault.NewConflict(i18n.Msg{})) != http.StatusConflict || statusOf(ps.Err()) != http.StatusUnprocessableEntity {
		t.Error("status")
	}
}

// TestFieldOf holds where the counter shows what is wrong with a filing.
func TestFieldOf(t *testing.T) {
	for field, want := range map[string]string{
		"owner.phone": "owner.phone", "papers.birth-note": "papers.birth-note", "papers.5": "extra", "papers": "extra", "items": "more.items",
		"reason": "more.reason", "days": "more.days", "files": "", "fees.copies": "fees.copies", "case": "case", "return_address": "return_address",
	} {
		if got := fieldOf(field); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
}

// TestActs holds that every form has somebody who does what it says, and the other way round.
func TestActs(t *testing.T) {
	elsewhere := map[dossier.Act]bool{dossier.ActCheckPapers: true, dossier.ActCollectFee: true} // they stand at the papers and the fees
	for a := range makers {
		if doers[a] == nil {
			t.Errorf("nobody does %s", a)
		}
	}
	room := &Room{}
	for a := range doers {
		if makers[a] == nil && !elsewhere[a] {
			t.Errorf("no form for %s", a)
		}
		now := time.Now()
		if a == dossier.ActForward {
			continue // reads the dossier
		}
		if text := room.said(t.Context(), a, &dossier.Dossier{Code: "H1", DueAt: &now}).String(); text == "" || strings.Contains(text, "cập nhật") {
			t.Errorf("%s says %q", a, text)
		}
	}
}

// TestKept holds that only ids of files come back out of a form.
func TestKept(t *testing.T) {
	fileID := id.New()
	got := parseKept([]string{fileID + "|tờ khai | bản 2.pdf", "x|y", "", "|", fileID})
	if len(got) != 1 || got[0].ID != fileID || got[0].Name != "tờ khai | bản 2.pdf" || got[0].Value() != fileID+"|tờ khai | bản 2.pdf" {
		t.Errorf("%+v", got)
	}
}

// TestWords holds small texts.
func TestWords(t *testing.T) {
	tx := texts{&Room{}, ""}
	for want, got := range map[string]string{
		"1 bản chính, 2 bản sao": tx.number(1, 2), "1 bản chính": tx.number(1, 0), "3 bản sao": tx.number(0, 3), "": tx.number(0, 0),
		"Đến hạn": sentence("đến hạn"), "1.200.000 đ": dong(1200000), "a": or("", "a"), "b": or("b", "a"),
		"Ảnh: mờ": lackLine(dossier.Paper{Name: "Ảnh", CheckNote: "mờ"}), "Đơn": lackLine(dossier.Paper{Name: "Đơn"}),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if sentence("") != "" {
		t.Error("empty sentence")
	}
	for _, tt := range []struct {
		paper dossier.Paper
		want  string
	}{
		{dossier.Paper{Check: dossier.CheckOK}, "ok"}, {dossier.Paper{Check: dossier.CheckMissing}, "warn"}, {dossier.Paper{Check: dossier.CheckWrong}, "late"},
		{dossier.Paper{Provided: true}, "info"}, {dossier.Paper{Required: true}, "warn"}, {dossier.Paper{}, "mute"},
	} {
		if got := tx.paperSign(tt.paper); got.Tone != tt.want || got.Text == "" {
			t.Errorf("%+v: %+v", tt.paper, got)
		}
	}
}

// TestFacets holds what the filters count.
func TestFacets(t *testing.T) {
	facets := []dossier.Facet{{Field: "a", Procedure: "1", Kind: "work", Count: 3}, {Field: "a", Procedure: "2", Kind: "work", Count: 2}, {Field: "b", Procedure: "3", Kind: "approve", Count: 4}}
	for _, tt := range []struct {
		q    dossier.WorkQuery
		want int
	}{{dossier.WorkQuery{}, 9}, {dossier.WorkQuery{Field: "a"}, 5}, {dossier.WorkQuery{Field: "a", Procedure: "2"}, 2}, {dossier.WorkQuery{Kind: "approve"}, 4}, {dossier.WorkQuery{Field: "b", Kind: "work"}, 0}} {
		if got := total(facets, tt.q); got != tt.want {
			t.Errorf("%+v: %d, want %d", tt.q, got, tt.want)
		}
	}
	if got := strings.Join(distinct(facets, func(f dossier.Facet) string { return f.Field }), " "); got != "a b" {
		t.Error(got)
	}
	on, off := chip("/desk", url.Values{"kind": {"work"}}, "kind", "work", "Thụ lý", "work", 5), chip("/desk", nil, "kind", "work", "Thụ lý", "", 5)
	if !on.Active || on.Href != "/desk" || off.Active || off.Href != "/desk?kind=work" || off.Count != "5" {
		t.Errorf("%+v %+v", on, off)
	}
}
