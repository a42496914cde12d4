package namesearch

import (
	"slices"
	"strings"
	"testing"
)

func TestRank(t *testing.T) {
	above := slices.Values([]Name{NewName("Bắc Sơn"), NewName("Vùng Mẫu")})
	for _, c := range []struct {
		forms, typed string // forms are separated by "|"
		want         Rank
	}{
		{"Yên Đỗ|Khu Yên Đỗ", "yên đỗ", Exact},
		{"Yên Đỗ|Khu Yên Đỗ", "Ye\u0302n  ĐỖ", Exact},
		{"Yên Đỗ|Khu Yên Đỗ", "khu yên đỗ", Exact},
		{"Yên Đỗ|Khu Yên Đỗ", "yen do", Folded},
		{"Yên Đỗ|Khu Yên Đỗ", "KHU YEN DO", Folded},
		{"Yên Đỗ", "yên", Prefix},
		{"Yên Đỗ", "ye", FoldedPrefix},
		{"Yên Đỗ", "y", Prefix},
		{"Yên Đỗ|Khu Yên Đỗ", "do kh", Words},
		{"Đất & Rừng|Đ&R", "dr", Words},
		{"Đất & Rừng|Đ&R", "d r", Folded},
		{"Thung Phẳng Yên Đỗ", "tp yen", Initials},
		{"Thung Phẳng Yên Đỗ", "TP. Yên Đỗ", Initials},
		{"Thung Phẳng Yên Đỗ", "pyd", Initials},
		{"Thung Phẳng Yên Đỗ", "ty", None},
		{"Thung Phẳng Yên Đỗ", "tp nam", None},
		{"Yên Đỗ", "do vm", WordsAbove},
		{"Yên Đỗ", "do bac", WordsAbove},
		{"Yên Đỗ", "do mau son", WordsAbove},
		{"Yên Đỗ", "bac son", None},
		{"Yên Đỗ", "do nam", None},
		{"Yên Đỗ", "ên", None},
		{"Yên Đỗ|", "", None},
		{"", "?!", None},
		{"", "yên", None},
	} {
		if got := NewQuery(c.typed).Rank(NewName(strings.Split(c.forms, "|")...), above); got != c.want {
			t.Errorf("%q for %q = %d, want %d", c.typed, c.forms, got, c.want)
		}
	}
	if got := NewQuery("do bac").Rank(NewName("Yên Đỗ"), nil); got != None {
		t.Errorf("with nothing above = %d", got)
	}
}

func TestIsCode(t *testing.T) {
	for typed, want := range map[string]bool{"H21.15": true, " h21.15 ": true, "h2115": false, "": false} {
		if got := NewQuery(typed).IsCode("H21.15"); got != want {
			t.Errorf("%q = %v", typed, got)
		}
	}
	if NewQuery("").IsCode("") {
		t.Error("nothing is a code")
	}
}

func TestFinds(t *testing.T) {
	for _, c := range []struct {
		name  string
		add   func(f *Finds[string, string])
		limit int
		want  string
	}{
		{"nothing", func(*Finds[string, string]) {}, 5, ""},
		{"best first, then in their order", func(f *Finds[string, string]) {
			f.Add("c", "c", Exact, false)
			f.Add("b", "b", Words, false)
			f.Add("a", "a", Words, false)
		}, 5, "c a b"},
		{"no more than wanted", func(f *Finds[string, string]) {
			f.Add("a", "a", Words, false)
			f.Add("b", "b", Code, false)
		}, 1, "b"},
		{"each once, by its best match", func(f *Finds[string, string]) {
			f.Add("a", "a words", Words, false)
			f.Add("a", "a exact", Exact, true)
			f.Add("a", "a prefix", Prefix, false)
		}, 5, "a exact"},
		{"a present name goes before a former one", func(f *Finds[string, string]) {
			f.Add("a", "a former", Exact, true)
			f.Add("b", "b former", Exact, true)
			f.Add("c", "c", Exact, false)
			f.Add("b", "b", Exact, false)
			f.Add("c", "c former", Exact, true)
		}, 5, "b c a former"},
		{"no match, no find", func(f *Finds[string, string]) { f.Add("a", "a", None, false) }, 5, ""},
	} {
		var f Finds[string, string]
		c.add(&f)
		if got := strings.Join(f.Best(c.limit, strings.Compare), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// FuzzRank holds that a name is found by itself and by every beginning of it.
func FuzzRank(f *testing.F) {
	for _, name := range []string{"Yên Đỗ", "%", "\x00", "ĐĐĐ", "Ye\u0302n", "", "İstanbul"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		n, q := NewName(name), NewQuery(name)
		if q.Folded == "" {
			return
		}
		if got := q.Rank(n, nil); got != Exact {
			t.Errorf("%q by itself = %d", name, got)
		}
		for i := range q.Folded {
			if got := NewQuery(q.Folded[:i+1]).Rank(n, nil); i > 0 && q.Folded[i] < 0x80 && q.Folded[i-1] < 0x80 && got > FoldedPrefix && strings.TrimSpace(q.Folded[:i+1]) != "" {
				t.Errorf("%q by %q = %d", name, q.Folded[:i+1], got)
			}
		}
	})
}
