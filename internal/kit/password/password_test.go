package password

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestJudge(t *testing.T) {
	about := []string{"Nguyễn Thị Hoài Thương", "0905123456", "hoai.thuong@example.com", "064190001234", "1990-05-07"}
	for want, list := range map[Verdict][]string{
		Good: {"cây đa bến nước 7", "ba con mèo tam thể", "correct horse battery", "Xq7-rtm2-Lw9p", "trâu cày ruộng sâu", "đường về quê ngoại", "mưa rơi mái ngói đỏ",
			"0905 và chuyện kể đêm", "quạt trần màu xanh", "hoa gạo tháng ba", "yêu anh nhưng mà xa quá", "k8#vT!m2zQ", "lá vàng rơi trước gió, hoa gạo nở bên sông"},
		Empty: {""},
		Short: {"a", "ngắn quá", "1234567"},
		Long:  {strings.Repeat("x1y2z3w4", 17)},
		Common: {"matkhau123", "Mật khẩu 1", "MATKHAU@2024", "maatjkhaaur", "maatj khaaur 1", "maajt khaaru", "ma6t5kha6u3", "P@ssw0rd123", "passw0rd!", "password1", "iloveyou!", "anhyeuem123", "anh yêu em 99",
			"vietnam2024", "viet nam vo dich", "Abc@12345", "admin@123", "saigon123", "dangnhap1", "ddawng nhaajp", "19910507", "qwerty12345", "01012000", "0912345678", "84912345678", "quantri123", "welcome1", "matkhaunhe1"},
		Row:   {"12345678", "123456789", "87654321", "qwertyuiop", "asdfghjkl;", "1qaz2wsx", "1q2w3e4r5t", "aaaaaaaa", "abcabcabc", "12341234", "abcdefgh", "zyxwvuts", "11112222", "147258369", "!!!!!!!!", "1122112211", "xxyyxxyy"},
		Known: {"nguyenthihoaithuong", "Hoài Thương 1", "hoaithuong", "thuong90", "Thương123", "0905123456", "0905123456a", "hoai.thuong1", "064190001234", "07051990a", "19900507x", "hoai.thuong@example.com"},
	} {
		for _, p := range list {
			if want == Known && len([]rune(p)) < 8 {
				p += strings.Repeat("1", 8-len([]rune(p)))
			}
			if got := Judge(Clean(p), map[bool]int{true: 9, false: 8}[p == "ngắn quá"], about...); got != want {
				t.Errorf("%q: %d, want %d", p, got, want)
			}
		}
	}
	if got := Judge("tiếng sáo diều", 15); got != Short {
		t.Errorf("14 letters where 15 are asked for: %d", got)
	}
	if got := Judge(Clean(" a\u0302y ca\u0302y đa cổ thụ "), 8); got != Good {
		t.Errorf("decomposed: %d", got)
	}
}

func TestTyped(t *testing.T) {
	for phrase, want := range map[string][3]string{
		"mật khẩu":  {"maatj khaaur", "maajt khaaru", "ma6t5 kha6u3"},
		"đăng nhập": {"ddawng nhaapj", "ddawng nhaajp", "d9a8ng nha6p5"},
		"tình yêu":  {"tinhf yeeu", "tifnh yeeu", "tinh2 ye6u"},
		"nước":      {"nuwowcs", "nuwowsc", "nu7o7c1"},
	} {
		if got := [3]string{telex(phrase), telexAtOnce(phrase), vni(phrase)}; got != want {
			t.Errorf("%s is typed %q, want %q", phrase, got, want)
		}
	}
}

// list writes a list of passwords as they are downloaded.
func list(t *testing.T, end string, passwords ...string) string {
	t.Helper()
	var lines []string
	for i, p := range passwords {
		lines = append(lines, fmt.Sprintf("%X:%d", sha1.Sum([]byte(p)), i+1))
	}
	slices.Sort(lines)
	return write(t, strings.Join(lines, end)+end)
}

func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "list.txt")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestBreaches(t *testing.T) {
	var passwords []string
	for i := range 5000 {
		passwords = append(passwords, fmt.Sprintf("mật khẩu rò rỉ %d", i))
	}
	for _, end := range []string{"\n", "\r\n"} {
		for _, size := range []int{1, 2, 3, 64, 5000} {
			name := list(t, end, passwords[:size]...)
			b, err := OpenBreaches(name)
			if err != nil {
				t.Fatalf("%d lines: %v", size, err)
			}
			for i, p := range passwords[:size] {
				if n, err := b.Count(p); err != nil || n != int64(i+1) {
					t.Fatalf("%d lines: %q: %d, %v", size, p, n, err)
				}
			}
			for _, p := range []string{"", "cây đa bến nước 7", "mật khẩu rò rỉ 5001"} {
				if n, err := b.Count(p); err != nil || n != 0 {
					t.Errorf("%d lines: %q: %d, %v", size, p, n, err)
				}
			}
		}
	}
	plain := write(t, strings.ToLower(fmt.Sprintf("%X", sha1.Sum([]byte("một")))))
	b, err := OpenBreaches(plain)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := b.Count("một"); err != nil || n != 1 {
		t.Errorf("one line without count and end: %d, %v", n, err)
	}
	if err := os.Remove(plain); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Count("một"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is gone: %v", err)
	}
}

func TestBadLists(t *testing.T) {
	hash := func(c string) string { return strings.Repeat(c, 40) }
	for name, text := range map[string]string{
		"empty":       "",
		"text":        "hello, these are lines\nof some text that is no list at all\n",
		"unsorted":    hash("B") + ":1\n" + hash("A") + ":1\n",
		"other hash":  strings.Repeat("A", 32) + ":1\n" + strings.Repeat("B", 32) + ":1\n",
		"no number":   hash("A") + ":x\n",
		"binary":      strings.Repeat("\x00", 4096),
		"long lines":  strings.Repeat("A", 4096) + "\n",
		"passwords":   "123456\npassword\nqwerty\n" + strings.Repeat("x", 60),
		"middle lost": hash("A") + ":1\n" + strings.Repeat("?", 500) + "\n" + hash("B") + ":1\n",
	} {
		if _, err := OpenBreaches(write(t, text)); !errors.Is(err, ErrList) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := OpenBreaches(t.TempDir()); err == nil {
		t.Error("a folder")
	}
	if _, err := OpenBreaches(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Error("a file that is not there")
	}
}

// huge is a list of 900 million lines that nobody stores.
type huge struct {
	reads int
	bytes int
}

const hugeLines, hugeLine = 900_000_000, 43

func (h *huge) line(i int64) []byte { return fmt.Appendf(nil, "%08X%032X:1\n", i*4, 0) }

func (h *huge) ReadAt(p []byte, at int64) (int, error) {
	h.reads++
	h.bytes += len(p)
	var b bytes.Buffer
	for i := at / hugeLine; b.Len() < len(p)+hugeLine && i < hugeLines; i++ {
		b.Write(h.line(i))
	}
	n := copy(p, b.Bytes()[at%hugeLine:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// TestHugeList holds that a list of 38 GB is searched with a few small reads.
func TestHugeList(t *testing.T) {
	for _, i := range []int64{0, 1, 123_456_789, hugeLines / 2, hugeLines - 1} {
		h := &huge{}
		n, err := search(h, hugeLines*hugeLine, string(h.line(i)[:40]))
		if err != nil || n != 1 || h.reads > 40 || h.bytes > 40*2*longest {
			t.Errorf("line %d: %d, %v after %d reads of %d bytes", i, n, err, h.reads, h.bytes)
		}
		if n, err := search(h, hugeLines*hugeLine, string(h.line(i)[:39])+"1"); err != nil || n != 0 {
			t.Errorf("beside line %d: %d, %v", i, n, err)
		}
	}
}

func FuzzJudge(f *testing.F) {
	for _, p := range []string{"", "mật khẩu", "\u0302", "12345678", "đđđđđđđđ", "\xff\xfe"} {
		f.Add(p, "Nguyễn Thị Thử")
	}
	f.Fuzz(func(t *testing.T, p, about string) {
		if v := Judge(Clean(p), 8, about); v < Good || v > Breached {
			t.Errorf("%q: %d", p, v)
		}
	})
}

// FuzzBreaches holds that no file makes the search read for ever or beyond its end.
func FuzzBreaches(f *testing.F) {
	f.Add([]byte(strings.Repeat("A", 40)+":1\n"), "a")
	f.Add([]byte("\n\n\n"), "b")
	f.Fuzz(func(t *testing.T, raw []byte, p string) {
		want := fmt.Sprintf("%X", sha1.Sum([]byte(p)))
		if n, err := search(bytes.NewReader(raw), int64(len(raw)), want); err == nil && n > 0 && !bytes.Contains(bytes.ToUpper(raw), []byte(want)) {
			t.Errorf("found %d times in %q", n, raw)
		}
	})
}
