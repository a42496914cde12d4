package portal_test

import (
	"encoding/json"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
	"lienthong/internal/portal"
	design "lienthong/web"
)

// ofTheProvince are names that the province gave in Vietnamese alone: of a case, of a paper and its form, of a step.
var ofTheProvince = []string{"Quá hạn", "Tờ khai", "Trả kết quả"}

// untranslated returns the texts of the program that stand in Vietnamese on an English page: those that its
// translations know, whole or with something filled in.
func untranslated(t *testing.T, a *webtest.Answer) []string {
	t.Helper()
	var patterns []*regexp.Regexp
	for _, fsys := range []fs.FS{portal.Overlays(), design.I18n, dossier.Overlays(), web.Texts(), form.Texts()} {
		raw, err := fs.ReadFile(fsys, "i18n/en.json")
		if err != nil {
			t.Fatal(err)
		}
		texts := map[string]string{}
		if err := json.Unmarshal(raw, &texts); err != nil {
			t.Fatal(err)
		}
		for vi, en := range texts {
			_, plain, inContext := strings.Cut(vi, "|")
			if inContext {
				vi = plain
			}
			if vi == en || !regexp.MustCompile(`[à-ỹđÀ-ỸĐ]`).MatchString(vi) {
				continue
			}
			p := regexp.QuoteMeta(vi)
			p = regexp.MustCompile(`%[a-z]`).ReplaceAllString(p, ".+")
			patterns = append(patterns, regexp.MustCompile("^"+strings.ReplaceAll(p, "%%", "%")+"$"))
		}
	}
	var found []string
	check := func(text string) {
		text = strings.Join(strings.Fields(text), " ")
		if slices.Contains(ofTheProvince, text) {
			return
		}
		for _, p := range patterns {
			if p.MatchString(text) {
				found = append(found, text)
				return
			}
		}
	}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			check(n.Data)
		}
		for _, at := range n.Attr {
			switch at.Key {
			case "title", "placeholder", "aria-label", "alt", "data-copied", "data-failed":
				check(at.Val)
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if at := attr(c, "lang"); at != "vi" {
				walk(c)
			}
		}
	}
	walk(a.Page.Nodes[0])
	return found
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// TestEnglish holds that no page leaves a text of the program in Vietnamese for a reader of English.
func TestEnglish(t *testing.T) {
	s := newSite(t).withShops()
	empty := s.begin(nobody)
	base := s.fillShop(s.citizen, businessForm, url.Values{"shop.name": {"Shop"}})
	filed := s.filed(s.citizen, 3)
	s.ask(filed[0].ID, "Paper")
	s.accept(filed[1].ID)
	s.accept(filed[2].ID)
	s.finish(filed[2].ID, "result.pdf")
	own := func(d *dossier.Dossier) string { return "/ho-so-cua-toi/" + string(d.ID) }
	pages := []struct {
		as   actor.Actor
		path string
	}{
		{nobody, "/"}, {nobody, "/thu-tuc"}, {nobody, "/thu-tuc?q=zzz"}, {nobody, "/thu-tuc?noi=xa&truc-tuyen=1&cap=commune"}, {nobody, "/thu-tuc/9.000001?noi=zzz"}, {nobody, "/thu-tuc/9.000002"}, {nobody, "/thu-tuc/9.000100"},
		{nobody, "/nop-ho-so/9.000001"}, {nobody, "/nop-ho-so/9.000001?noi=zzz"}, {nobody, "/so-lieu"}, {nobody, "/huong-dan"}, {nobody, "/tro-nang"}, {nobody, "/tra-cuu"}, {nobody, "/lam-tiep"},
		{nobody, empty + "/noi-nop"}, {nobody, empty + "/nguoi-nop?kiem-tra=1"}, {nobody, empty + "/to-khai?kiem-tra=1"}, {nobody, empty + "/giay-to?kiem-tra=1"}, {nobody, empty + "/nhan-ket-qua"}, {nobody, empty + "/xem-lai"}, {nobody, empty + "/luu"},
		{s.citizen, base + "/nguoi-nop"}, {s.citizen, base + "/giay-to"}, {s.citizen, base + "/xem-lai"},
		{s.citizen, "/ho-so-cua-toi"}, {s.citizen, "/ho-so-cua-toi?q=zzz"}, {s.other, "/ho-so-cua-toi"}, {s.Clerk("ubnd-99101"), "/ho-so-cua-toi"},
		{s.citizen, own(filed[0])}, {s.citizen, own(filed[0]) + "/bo-sung"}, {s.citizen, own(filed[1])}, {s.citizen, own(filed[2])}, {nobody, "/tra-cuu/" + filed[1].Code},
	}
	for _, p := range pages {
		t.Run(p.path, func(t *testing.T) {
			path := p.path + "?lang=en"
			if strings.Contains(p.path, "?") {
				path = p.path + "&lang=en"
			}
			a := s.get(p.as, path)
			if lang := a.Page.Find("html").AttrOr("lang", ""); lang != "en" {
				t.Errorf("the page says it is %q", lang)
			}
			for _, text := range untranslated(t, a) {
				t.Errorf("%q is not translated", text)
			}
		})
	}
	for name, sc := range map[string]webtest.Scenario{
		"look-up":     {URL: "/tra-cuu?lang=en", Form: url.Values{"code": {"x"}}},
		"resume code": {URL: "/lam-tiep?lang=en", Form: url.Values{"code": {""}}},
		"start":       {URL: "/nop-ho-so/9.000001?lang=en", Form: url.Values{}},
		"no such":     {URL: "/thu-tuc/0?lang=en"},
	} {
		a := s.do(sc)
		for _, text := range untranslated(t, a) {
			t.Errorf("%s: %q is not translated", name, text)
		}
	}
}

// TestLanguageKeepsQuery holds that changing the language stays on the same page with the same filters.
func TestLanguageKeepsQuery(t *testing.T) {
	s := newSite(t)
	draft := s.begin(s.citizen)
	for _, path := range []string{"/", "/thu-tuc?linh-vuc=ho-tich&q=khai+sinh&truc-tuyen=1", "/thu-tuc/9.000001?noi=giua&truong-hop=late", "/nop-ho-so/9.000001?noi=cuoi", "/tra-cuu?ma=X99", "/ho-so-cua-toi?nhom=can-lam&q=a", draft + "/nguoi-nop?kiem-tra=1"} {
		at, err := url.Parse(path)
		if err != nil {
			t.Fatal(err)
		}
		a := s.get(s.citizen, path)
		link := a.Page.Find(`a.lt-tool[hreflang="en"]`).AttrOr("href", "")
		to, err := url.Parse(link)
		if err != nil || to.Path != at.Path || to.Query().Get("lang") != "en" {
			t.Errorf("%s leads to %q", path, link)
			continue
		}
		for key, want := range at.Query() {
			if to.Query().Get(key) != want[0] {
				t.Errorf("%s loses %s: %q", path, key, link)
			}
		}
		english := s.get(s.citizen, link)
		home, err := url.Parse(english.Page.Find(`a.lt-tool[hreflang="vi"]`).AttrOr("href", ""))
		if err != nil || home.Path != at.Path {
			t.Errorf("%s: no way back to Vietnamese", path)
		}
	}
}
