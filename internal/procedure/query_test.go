package procedure

import (
	"encoding/base64"
	"reflect"
	"strings"
	"testing"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/id"
)

func TestWording(t *testing.T) {
	tests := []struct {
		in     string
		lower  string
		folded string
		words  []string
	}{
		{"Đăng ký  khai sinh", "đăng ký khai sinh", "dang ky khai sinh", []string{"dang", "ky", "khai", "sinh"}},
		{"", "", "", nil},
		{" %_! ", "%_!", "", nil},
		{"1.001193", "1.001193", "1 001193", []string{"1", "001193"}},
		{"GCN-QSDĐ", "gcn-qsdđ", "gcn qsdd", []string{"gcn", "qsdd"}},
		{"a\x00b\u200bc", "abc", "abc", []string{"abc"}},
	}
	for _, tt := range tests {
		w := newWording(tt.in)
		if w.lower != tt.lower || w.folded != tt.folded || strings.Join(w.words, " ") != strings.Join(tt.words, " ") {
			t.Errorf("%q: %+v", tt.in, w)
		}
	}
	if w := newWording(strings.Repeat("một hai ", 500)); len(w.words) > maxWords || len([]rune(w.lower)) > maxTyped {
		t.Errorf("%d words, %d characters of a long text", len(w.words), len([]rune(w.lower)))
	}
}

func TestCursor(t *testing.T) {
	c := cursor{7, VersionID(id.New())}
	got, err := parseCursor(c.String())
	if err != nil || !reflect.DeepEqual(*got, c) {
		t.Errorf("got %v, %v; want %v", got, err, c)
	}
	if got, err := parseCursor(""); got != nil || err != nil {
		t.Errorf("no cursor: %v, %v", got, err)
	}
	for _, bad := range []string{"?", "YQ", base64.RawURLEncoding.EncodeToString([]byte("x " + id.New())), base64.RawURLEncoding.EncodeToString([]byte("1 short"))} {
		if _, err := parseCursor(bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v, want invalid", bad, err)
		}
	}
}

func TestSearchText(t *testing.T) {
	s := load(t, sample("name: Cấp bản sao trích lục hộ tịch", "name: Cấp bản sao\nname_en: Certified copy\nkeywords: [trích lục, 'khai sinh: bản sao']\nsummary: Một câu."))
	text := searchText(s)
	for _, want := range []string{" 1 000001 ", " cap ban sao ", " certified copy ", " trich luc ", " khai sinh ban sao", " mot cau ", " ho tich"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %q", want, text)
		}
	}
}

// TestDigest holds that the digest follows the content and nothing else.
func TestDigest(t *testing.T) {
	digest := func(text string) string {
		d, _, err := digestOf(load(t, text))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	base := digest(sample())
	if got := digest("# a comment\n" + sample("online: 2\n", "online:   2 # level\n")); got != base {
		t.Error("a comment changes the digest")
	}
	seen := map[string]string{base: "the sample"}
	for _, change := range [][2]string{{"online: 2", "online: 1"}, {"Tờ khai", "Tờ Khai"}, {"originals: 1", "copies: 1"}, {"2016-01-01", "2016-01-02"}, {"term: 4 giờ", "term: 4.0 giờ"}} {
		d := digest(sample(change[0], change[1]))
		if other, ok := seen[d]; ok {
			t.Errorf("%s has the digest of %s", change[1], other)
		}
		seen[d] = change[1]
	}
}
