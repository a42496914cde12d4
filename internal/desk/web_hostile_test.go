package desk_test

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/webtest"
)

// hostile are texts that people with bad intentions, or with a broken keyboard, send.
var hostile = map[string]string{
	"script":      `<script>alert(1)</script>`,
	"attribute":   `" autofocus onfocus="alert(1)`,
	"link":        `javascript:alert(1)`,
	"template":    `{{.Data}} ${7*7} #{7*7}`,
	"sql":         `'; DROP TABLE dossier_dossier; --`,
	"wildcards":   `%_\%`,
	"formula":     `=HYPERLINK("https://example.com","bấm")`,
	"path":        `../../etc/passwd`,
	"nul":         "a\x00b",
	"not utf-8":   "a\xff\xfeb",
	"direction":   "a\u202egnp.exe",
	"line breaks": "a\r\nX-Evil: 1\r\n\r\n<b>",
	"marks":       "Z" + strings.Repeat("\u0301", 300),
	"long":        strings.Repeat("dài ", 2000),
	"huge":        strings.Repeat("x", 200_000),
	"spaces":      " \t\u00a0\u3000 ",
	"emoji":       "👩‍👩‍👧‍👦🏳️‍🌈",
}

// unharmed holds that a page shows a text and does nothing with it.
func unharmed(t *testing.T, name string, a *webtest.Answer) {
	t.Helper()
	switch {
	case a.Status >= 500:
		t.Errorf("%s: status %d", name, a.Status)
	case a.Header.Get("X-Evil") != "":
		t.Errorf("%s: a header came in", name)
	case a.Page == nil:
		return
	}
	if n := a.Page.Find("[onfocus], [autofocus], main script, a[href^='javascript:'], main b:empty").Length(); n > 0 {
		t.Errorf("%s: %d elements came in", name, n)
	}
	if strings.Contains(a.Body, "<script>alert") || strings.ContainsRune(a.Body, 0) {
		t.Errorf("%s: stands in the markup", name)
	}
}

// TestHostileActs holds every field of every act against hostile texts: refused with a sentence, or kept and shown as text.
func TestHostileActs(t *testing.T) {
	o := newOffice(t)
	fields := []string{"note", "reason", "items", "days", "term", "to", "by", "kind", "extra", "choice"}
	for name, text := range hostile {
		d := o.filed("Người Thử", true)
		step := o.state(o.officer, d).Offers[0].Step.ID
		papers := o.state(o.officer, d).Papers
		for _, act := range everyAct {
			sent := fullForm(act, step)
			for _, f := range fields {
				sent.Set(string(act)+".0."+f, text)
			}
			for _, p := range papers {
				sent.Add("paper", p.ID)
				sent.Set("check."+p.ID, text)
				sent.Set("note."+p.ID, text)
				sent.Set("copies."+p.ID, text)
			}
			sent.Set("back", text)
			unharmed(t, name+" "+string(act), webtest.Do(t, o.site.Mux, webtest.Scenario{As: o.officer, Method: "POST", URL: at(d) + "/" + string(act), Form: sent}))
		}
		for _, field := range []string{"n", "step", "token", "kept", "paper", "paid"} {
			sent := fullForm(dossier.ActStop, step)
			sent.Set(field, text)
			sent.Set("stop.0.reason", "")
			unharmed(t, name+" "+field, webtest.Do(t, o.site.Mux, webtest.Scenario{As: o.officer, Method: "POST", URL: at(d) + "/stop", Form: sent}))
		}
		for _, as := range []string{"clerk", "officer"} {
			who := map[string]webtest.Scenario{"clerk": {As: o.clerk, URL: at(d)}, "officer": {As: o.officer, URL: at(d)}}[as]
			unharmed(t, name+" shown to the "+as, webtest.Do(t, o.site.Mux, who))
		}
	}
}

// TestHostileKept holds that a hostile text that is taken comes back letter by letter, on the page and in the history.
func TestHostileKept(t *testing.T) {
	o := newOffice(t)
	for _, name := range []string{"script", "attribute", "template", "sql", "wildcards", "formula", "emoji"} {
		d := o.filed("Người Thử", true)
		o.press(o.officer, d, dossier.ActRequestMore, map[string]string{"items": "Giấy " + hostile[name], "reason": "Vì " + hostile[name]}, 303)
		a := o.do(webtest.Scenario{Name: name, As: o.clerk, URL: at(d), WantText: []string{"Giấy " + hostile[name], "Vì " + hostile[name]}})
		unharmed(t, name, a)
	}
}

// TestLongNotes holds that a note of the greatest length passes and one longer comes back whole, to be shortened.
func TestLongNotes(t *testing.T) {
	o := newOffice(t)
	d := o.filed("Người Viết Dài", true)
	longest, longer := strings.Repeat("ế", 4000), strings.Repeat("ế", 4001)
	a := o.press(o.officer, d, dossier.ActForward, map[string]string{"note": longer}, 422, "Nội dung dài không quá 4000 ký tự.")
	if got := a.Page.Find(`textarea[name="forward.0.note"]`).Text(); got != longer {
		t.Errorf("%d letters came back", len([]rune(got)))
	}
	if a.Page.Find(".lt-confirm[open]").Length() != 1 {
		t.Error("the form is folded")
	}
	o.press(o.officer, d, dossier.ActForward, map[string]string{"note": longest}, 303)
	o.press(o.leader, d, dossier.ActBack, map[string]string{"reason": longest}, 303)
	o.press(o.officer, d, dossier.ActStop, map[string]string{"reason": longer}, 422, "không quá 4000 ký tự")
	if got := o.state(o.leader, d).Events[0].Note; got != longest {
		t.Errorf("%d letters were kept", len([]rune(got)))
	}
}

// TestHostileCounter holds every field of the counter against hostile texts: alone, and all at once.
func TestHostileCounter(t *testing.T) {
	o := newOffice(t)
	good := plus(o.ready(birth()), url.Values{"all": {"1"}})
	names := append(slices.Sorted(maps.Keys(good)), "pick", "submitter.full_name", "submitter.phone", "submitter.personal_id", "authorised", "owner.tax_code",
		"owner.organisation", "owner.email", "return_address", "extra", "sets", "channel", "kept", "chosen", "more.items", "more.reason", "more.days", "fees.copies", "do", "unknown")
	for name, text := range hostile {
		everything := url.Values{}
		for _, field := range names {
			one := plus(good, url.Values{field: {text}, "key": {id.New()}})
			unharmed(t, name+" "+field, webtest.Do(t, o.site.Mux, webtest.Scenario{As: o.clerk, Method: "POST", URL: "/desk/counter", Form: one}))
			everything[field] = []string{text}
		}
		for _, part := range []string{"", "/person", "/procedure"} {
			unharmed(t, name+part, webtest.Do(t, o.site.Mux, webtest.Scenario{As: o.clerk, Method: "POST", URL: "/desk/counter" + part, Form: everything}))
		}
		if len(text) < 10_000 {
			unharmed(t, name+" suggested", webtest.Do(t, o.site.Mux, webtest.Scenario{As: o.clerk, URL: "/desk/counter/suggest?q=" + url.QueryEscape(text)}))
		}
	}
	unharmed(t, "search", webtest.Do(t, o.site.Mux, webtest.Scenario{As: o.clerk, URL: "/desk/search"}))
	unharmed(t, "list", webtest.Do(t, o.site.Mux, webtest.Scenario{As: o.clerk, URL: "/desk"}))
}

// TestHostileAddresses holds every parameter of every list against hostile texts.
func TestHostileAddresses(t *testing.T) {
	o := newOffice(t)
	d := o.filed("Người Thử", false)
	pages := map[string][]string{
		"/desk":                    {"q", "field", "procedure", "kind", "after", "open", "lang"},
		"/desk/box/late":           {"q", "after", "open"},
		"/desk/export.xlsx":        {"q", "field", "procedure", "kind", "box"},
		"/desk/search":             {"q", "field", "procedure", "channel", "from", "to", "late", "status", "after"},
		"/desk/search/export.xlsx": {"q", "field", "procedure", "channel", "from", "to", "late", "status"},
		at(d):                      {"back", "lang"},
		"/desk/counter":            {"procedure", "case", "owner.personal_id", "owner.full_name", "pick", "chosen", "key", "token"},
	}
	for page, params := range pages {
		for name, text := range hostile {
			if len(text) > 5000 {
				continue // longer than an address may be
			}
			for _, p := range params {
				unharmed(t, page+" "+p+" "+name, webtest.Do(t, o.site.Mux, webtest.Scenario{As: o.clerk, URL: page + "?" + url.Values{p: {text}}.Encode()}))
			}
		}
	}
	for _, path := range []string{"/desk/box/%00", "/desk/box/..%2f", "/desk/d/%27", "/desk/d/" + strings.Repeat("a", 3000), at(d) + "/file/%2e%2e", "/desk/counter/done/x"} {
		if a := webtest.Do(t, o.site.Mux, webtest.Scenario{As: o.clerk, URL: path}); a.Status != 404 && a.Status != 400 {
			t.Errorf("%s: status %d", path, a.Status)
		}
	}
}

// TestHostileFiles holds what happens to files that are not what they say, and to names that lead elsewhere.
func TestHostileFiles(t *testing.T) {
	o := newOffice(t)
	d := o.filed("Người Thử", true)
	step := o.state(o.officer, d).Offers[0].Step.ID
	send := func(f webtest.File) *webtest.Answer {
		f.Field = "attach.0.files"
		return webtest.Do(t, o.site.Mux, webtest.Scenario{As: o.officer, Method: "POST", URL: at(d) + "/attach", Form: url.Values{"n": {"0"}, "step": {step}, "attach.0.kind": {"work"}}, Files: []webtest.File{f}})
	}
	for _, tt := range []struct {
		name, file, content string
		status              int
	}{
		{"a program", "a.pdf", "MZ\x90\x00", 422},
		{"a page", "a.html", "<!doctype html><script>alert(1)</script>", 422},
		{"a drawing with a script", "a.svg", `<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`, 422},
		{"nothing", "a.pdf", "", 422},
		{"a path", "../../../etc/passwd.pdf", dossiertest.PDF, 303},
		{"a quote", `a".pdf`, dossiertest.PDF, 303},
		{"markup", `<img src=x onerror=alert(1)>.pdf`, dossiertest.PDF, 303},
		{"direction", "a\u202efdp.pdf", dossiertest.PDF, 303},
	} {
		a := send(webtest.File{Name: tt.file, Content: tt.content})
		if a.Status != tt.status {
			t.Errorf("%s: status %d, want %d: %s", tt.name, a.Status, tt.status, a.Text())
		}
		unharmed(t, tt.name, a)
	}
	page := o.do(webtest.Scenario{As: o.officer, URL: at(d)})
	unharmed(t, "the page", page)
	if n := page.Page.Find("main img, [onerror]").Length(); n != 0 {
		t.Errorf("%d pictures came in", n)
	}
	for _, f := range o.state(o.officer, d).Files {
		a := webtest.Do(t, o.site.Mux, webtest.Scenario{As: o.officer, URL: at(d) + "/file/" + f.ID})
		if head := a.Header.Get("Content-Disposition"); a.Status != 200 || strings.ContainsAny(head, "<>\r\n") || strings.Contains(head, "..") {
			t.Errorf("%q: status %d, %q", f.Name, a.Status, head)
		}
		if !strings.Contains(a.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%q: %q", f.Name, a.Header.Get("Content-Security-Policy"))
		}
	}
}
