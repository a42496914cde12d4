package identity

import (
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/org"
)

func TestParseName(t *testing.T) {
	for typed, want := range map[string]Name{
		"0905123456":               {"0905123456", Phone},
		"0905 123 456":             {"0905123456", Phone},
		"0905.123-456":             {"0905123456", Phone},
		"+84905123456":             {"0905123456", Phone},
		"+84 0905 123 456":         {"0905123456", Phone},
		"84905123456":              {"0905123456", Phone},
		"02693824404":              {"02693824404", Phone},
		"Ten@Example.COM":          {"ten@example.com", Email},
		" a.b+c@mail.gov.vn ":      {"a.b+c@mail.gov.vn", Email},
		"tiepnhan.so-tu-phap":      {"tiepnhan.so-tu-phap", ShortName},
		"QuanTri":                  {"quantri", ShortName},
		"a1_b":                     {"a1_b", ShortName},
		"chuyenvien.ubnd-23557":    {"chuyenvien.ubnd-23557", ShortName},
		strings.Repeat("a", 64):    {strings.Repeat("a", 64), ShortName},
		"":                         {},
		"ab":                       {},
		strings.Repeat("a", 65):    {},
		"0905":                     {},
		"0005123456":               {},
		"090512345678":             {},
		"+85905123456":             {},
		"ten@":                     {},
		"@example.com":             {},
		"ten@localhost":            {},
		"a b@example.com":          {},
		"Tên <ten@example.com>":    {},
		"ten@example.com\r\nBcc: ": {},
		"nguyễn.văn":               {},
		"1abc":                     {},
		"abc.":                     {},
		"a..b":                     {},
		"a/b":                      {},
		"<script>":                 {},
	} {
		got, err := ParseName(typed)
		if got != want || (err == nil) != (want != Name{}) {
			t.Errorf("%q is %+v, %v, want %+v", typed, got, err, want)
		}
		if err != nil && fields(err)["name"] == "" {
			t.Errorf("%q: no text at the field: %v", typed, err)
		}
	}
}

func TestWeakPassword(t *testing.T) {
	for p, weak := range map[string]bool{
		goodPassword:              false,
		"correct horse":           false,
		"xe đạp xanh":             false,
		"Kx8#vQ2!":                false,
		strings.Repeat("ă b", 40): true,
		"":                        true,
		"ngắn quá"[:7]:            true,
		"ăâđêôơư":                 true, // seven letters, fourteen bytes
		"ăâđêôơưy":                false,
		strings.Repeat("ab", 65):  true,
		"12345678":                true,
		"Password":                true,
		"PASSWORD2018!":           true,
		"MatKhau123":              true,
		"gialai2026":              true,
		"anhyeuem1":               true,
		"aaaaaaaaaaaa":            true,
		"0905123456":              true,
		"064190001234":            true,
		"Nguoi.Thu":               true, // the e-mail address before the @
	} {
		m, got := weakPassword(p, shortestPassword, "0905123456", "064190001234", "nguoi.thu@example.com")
		if got != weak {
			t.Errorf("%q: weak %v, want %v (%s)", p, got, weak, m)
		}
		if got != (m.Text != "") {
			t.Errorf("%q: text %q", p, m)
		}
	}
}

func TestCleanPassword(t *testing.T) {
	if cleanPassword(" a\u0302\u0301 b ") != "ấ b" {
		t.Errorf("%q", cleanPassword(" a\u0302\u0301 b "))
	}
}

func TestProfileClean(t *testing.T) {
	today := clock.MustDate("2026-11-23")
	good := Profile{FullName: "  Rơ  Châm H'Mai ", PersonalID: "064 190 001 234", BirthDate: clock.MustDate("1990-02-01"), Phone: "+84 905 123 456", Email: "Mai@Example.com", Address: " Tổ 1 "}
	if ps := good.clean(today); ps.Err() != nil {
		t.Fatal(ps.Err())
	}
	if good != (Profile{"Rơ Châm H'Mai", "064190001234", clock.MustDate("1990-02-01"), "0905123456", "mai@example.com", "Tổ 1"}) {
		t.Errorf("clean: %+v", good)
	}
	for field, p := range map[string]Profile{
		"full_name":   {FullName: " "},
		"personal_id": {FullName: "A", PersonalID: "1234567890"},
		"birth_date":  {FullName: "A", BirthDate: today},
		"phone":       {FullName: "A", Phone: "123"},
		"email":       {FullName: "A", Email: "a@b"},
		"address":     {FullName: "A", Address: strings.Repeat("a", 301)},
	} {
		if got := fields(p.clean(today).Err()); len(got) != 1 || got[field] == "" {
			t.Errorf("%s: %v", field, got)
		}
	}
	for _, name := range []string{"<b>A</b>", "A1", "a@b", strings.Repeat("a", 101)} {
		p := Profile{FullName: name}
		if fields(p.clean(today).Err())["full_name"] == "" {
			t.Errorf("%q is a name", name)
		}
	}
}

func TestDevice(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/70.0 Safari/537.36":           "Chrome · Windows",
		"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/70.0 Safari/537.36 Edg/118.0":             "Edge · Windows",
		"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) coc_coc_browser/76.0 Chrome/70.0 Safari/537.36":  "Cốc Cốc · Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 12_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/12.0 Safari/604": "Safari · iPhone",
		"Mozilla/5.0 (X11; Linux x86_64; rv:63.0) Gecko/20100101 Firefox/63.0":                                                 "Firefox · Linux",
		"Mozilla/5.0 (Linux; Android 8.0) AppleWebKit/537.36 Chrome/70.0 Mobile Safari/537.36":                                 "Chrome · Android",
		"curl/7.60": "",
		"":          "",
	} {
		if got := device(agent); got != want {
			t.Errorf("%s is %q, want %q", agent, got, want)
		}
	}
}

func TestActing(t *testing.T) {
	posts := []HeldPost{{ID: "a", Title: "Giám đốc", UnitPath: "/r/x/"}, {ID: "b", Title: "Ủy viên", UnitPath: "/r/y/"}}
	for chosen, want := range map[string]string{"": "a", "b": "b", "gone": "a"} {
		if p, ok := acting(posts, org.PostID(chosen)); !ok || string(p.ID) != want {
			t.Errorf("%q acts in %q", chosen, p.ID)
		}
	}
	if _, ok := acting(nil, ""); ok {
		t.Error("acts without a post")
	}
	for path, want := range map[string]string{"/r/y/z/": "Ủy viên", "/r/x/": "Giám đốc", "/q/": "Giám đốc"} {
		if got := titleAt(posts, path); got != want {
			t.Errorf("at %s: %q", path, got)
		}
	}
	if titleAt(nil, "/r/") != "" {
		t.Error("a title without a post")
	}
}
