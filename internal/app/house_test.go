package app

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
	"lienthong/internal/org"
	"lienthong/province"
	design "lienthong/web"
)

// TestProvinces holds that every province that comes with the program, and one with other levels, can be loaded,
// and that loading it again changes nothing.
func TestProvinces(t *testing.T) {
	names := append(province.Names(), "../../province/testdata/haicap")
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			c := testConfig(t, "")
			c.Province = name
			a := newApp(t, c)
			var first, second, again bytes.Buffer
			for _, out := range []*bytes.Buffer{&first, &second} {
				if err := a.House.LoadProvince(context.Background(), a.House.Files, out, true); err != nil {
					t.Fatal(err)
				}
			}
			for line := range strings.Lines(second.String()) {
				if strings.HasPrefix(line, "Đã nạp") && !strings.Contains(line, ": 0 ") {
					t.Errorf("the second time: %s", line)
				}
			}
			if err := a.House.LoadProvince(context.Background(), a.House.Files, &again, false, "places"); err != nil || strings.Count(again.String(), "\n") != 1 {
				t.Errorf("one part: %v %s", err, &again)
			}
			root, err := a.House.Org.Root(context.Background())
			if err != nil || root.ID == "" {
				t.Errorf("no root: %+v %v", root, err)
			}
			if err := a.House.Bus.Drain(context.Background()); err != nil {
				t.Errorf("events: %v", err)
			}
		})
	}
}

// TestEvents holds who is told what; a change here is looked at by a person.
func TestEvents(t *testing.T) {
	a := newApp(t, testConfig(t, ""))
	subs := a.House.Bus.Subscriptions()
	names := make([]string, 0, len(subs))
	for name := range subs {
		names = append(names, name)
	}
	sort.Strings(names)
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, "%-28s %s\n", name, strings.Join(subs[name], " "))
	}
	webtest.GoldenText(t, "testdata/events.golden", b.String())
}

// TestMigrationOrder holds that every room's tables are made, those of lower tiers first, and none twice.
func TestMigrationOrder(t *testing.T) {
	seen := map[string]int{}
	for i, r := range Migrations() {
		if _, twice := seen[r.Name]; twice {
			t.Errorf("%s twice", r.Name)
		}
		seen[r.Name] = i
		if n, err := lastMigration(r.FS); err != nil || n == 0 {
			t.Errorf("%s: %d migrations, %v", r.Name, n, err)
		}
	}
	for _, pair := range [][2]string{{"job", "audit"}, {"audit", "place"}, {"place", "org"}, {"org", "file"}} {
		if seen[pair[0]] >= seen[pair[1]] {
			t.Errorf("%s must come before %s", pair[0], pair[1])
		}
	}
}

// TestPermissions holds that the list of permissions is what the rooms declare.
func TestPermissions(t *testing.T) {
	declared := regexp.MustCompile(`(?m)^\s*(?:const )?Perm[A-Z]\w*\s*=\s*"([a-z]+\.[a-z_]+)"`)
	files, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, p := range Permissions() {
		if listed[p] {
			t.Errorf("%s is listed twice", p)
		}
		listed[p] = true
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || strings.Contains(file, "floorplan") {
			continue
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range declared.FindAllStringSubmatch(string(raw), -1) {
			if !listed[m[1]] {
				t.Errorf("%s declares %s; add it to Permissions in internal/app/permissions.go", file, m[1])
			}
		}
	}
}

// TestOverlays holds that all translations can be read and that English is among the languages.
func TestOverlays(t *testing.T) {
	a := newApp(t, testConfig(t, ""))
	if got := strings.Join(a.House.Catalog.Langs(), " "); got != "vi en" {
		t.Errorf("languages: %s", got)
	}
}

// TestErrorPages holds that the pages people meet when something is wrong are whole pages of the design, in both languages.
func TestErrorPages(t *testing.T) {
	a := newApp(t, testConfig(t, ""))
	fail := func(name string, err error) web.Route {
		return web.Route{Method: "GET", Pattern: "/test/" + name, Permission: web.Public, Name: "app.test_" + name,
			Handler: func(http.ResponseWriter, *http.Request) error { return err }}
	}
	a.Mux.Handle(
		fail("invalid", fault.NewInvalid("name", i18n.M("Thiếu tên."))),
		fail("busy", fault.NewUnavailable(i18n.Msg{})),
		fail("crash", fmt.Errorf("secret")),
		web.Route{Method: "POST", Pattern: "/test/post", Permission: web.SignedIn, Name: "app.test_post", Handler: func(http.ResponseWriter, *http.Request) error { return nil }},
	)
	for _, lang := range []string{"vi", "en"} {
		webtest.Run(t, a.Handler(), []webtest.Scenario{
			{Name: lang + " not found", URL: "/nothing?lang=" + lang, WantStatus: 404, WantText: []string{`<html lang="` + lang + `"`, "404"}},
			{Name: lang + " method", Method: "PUT", URL: "/api?lang=" + lang, WantStatus: 405},
			{Name: lang + " invalid", URL: "/test/invalid?lang=" + lang, WantStatus: 422},
			{Name: lang + " busy", URL: "/test/busy?lang=" + lang, WantStatus: 503},
			{Name: lang + " crash", URL: "/test/crash?lang=" + lang, WantStatus: 500, WantText: []string{"<code"}, WantNot: []string{"secret"}},
			{Name: lang + " session over", Method: "POST", URL: "/test/post?lang=" + lang, WantStatus: 401},
			{Name: lang + " reference of the API", URL: "/api?lang=" + lang, WantText: []string{"/api/openapi.json"}},
		})
	}
	webtest.Run(t, a.Handler(), []webtest.Scenario{
		{Name: "problem", URL: "/api/v1/nothing", WantStatus: 404, WantKind: "not_found"},
		{Name: "sign-in is needed", URL: "/api/v1/audit/entries", WantStatus: 401, WantKind: "unauthenticated"},
	})
}

// TestBundle holds that what the pages refer to is in the bundle, when there is one.
func TestBundle(t *testing.T) {
	if !design.Built() {
		t.Skip("the bundle is not built; run make web")
	}
	a := newApp(t, testConfig(t, ""))
	for _, name := range []string{"public.css", "desk.css", "print.css", "public.js", "desk.js", "icons.svg", "mark.svg"} {
		w := get(a.Handler(), design.Asset(name))
		if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
	}
}

// TestImportCodes holds that a file of codes is taken line by line, and that what does not fit is named.
func TestImportCodes(t *testing.T) {
	c := testConfig(t, "")
	a := newApp(t, c)
	if err := a.House.LoadProvince(context.Background(), a.House.Files, &bytes.Buffer{}, false); err != nil {
		t.Fatal(err)
	}
	raw, err := fs.ReadFile(a.House.Files, "agency-codes.csv")
	if err != nil {
		t.Fatal(err)
	}
	file := writeFile(t, string(raw)+"\nkhong-co-don-vi-nay,qd20,H21.99,,,\n")
	var out bytes.Buffer
	if code := Run([]string{"import", "codes", file, "--data=" + c.Data, "--secret-key=" + c.SecretKey}, nil, &out, &out); code != ExitOK {
		t.Fatalf("%d %s", code, &out)
	}
	if !strings.Contains(out.String(), "1 dòng không nạp được") || !strings.Contains(out.String(), "dòng ") {
		t.Errorf("%s", &out)
	}
	r, err := a.House.Org.ImportCodes(actor.With(context.Background(), actor.SystemActor), bytes.NewReader(raw))
	if err != nil || r.Added != 0 || len(r.Rejected) != 0 {
		t.Errorf("%+v %v", r, err)
	}
	var _ org.CodeReport = r
}

// TestNearest holds which word is suggested for a mistyped one.
func TestNearest(t *testing.T) {
	known := []string{"listen", "database", "data", "web.upload_limit"}
	for word, want := range map[string]string{"lisen": `; có phải "listen"?`, "datbase": `; có phải "database"?`, "dta": `; có phải "data"?`,
		"web.uploadlimit": `; có phải "web.upload_limit"?`, "zzzzzzzz": "", "": ""} {
		if got := meant(word, known); got != want {
			t.Errorf("%s: %s, want %s", word, got, want)
		}
	}
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"đường", "duong", 3}, {"kitten", "sitting", 3}, {"abc", "abc", 0}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("%s %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// TestWrap holds that help fits a terminal and loses no word.
func TestWrap(t *testing.T) {
	text := strings.Repeat("chữ có dấu ", 60)
	got := wrap(text, 4)
	for line := range strings.Lines(got) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > 100 || !strings.HasPrefix(line, "    ") {
			t.Errorf("%d letters: %q", n, line)
		}
	}
	if strings.Join(strings.Fields(got), " ") != strings.TrimSpace(text) {
		t.Error("words are lost")
	}
}

// TestExitCodes holds the code of each sort of error, wrapped or not.
func TestExitCodes(t *testing.T) {
	for want, err := range map[int]error{
		ExitOK: nil, ExitFailed: fmt.Errorf("x"), ExitConfig: failure(ExitConfig, fmt.Errorf("x")),
		ExitDatabase: fmt.Errorf("y: %w", failure(ExitDatabase, fmt.Errorf("x"))),
	} {
		if got := ExitCode(err); got != want {
			t.Errorf("%v: %d, want %d", err, got, want)
		}
	}
}
