package web_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/web"
)

func post(form url.Values) *http.Request {
	r := httptest.NewRequest("POST", "/?from=query", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// TestForm holds how what people type reaches the rooms.
func TestForm(t *testing.T) {
	vs, err := web.Form(post(url.Values{"name": {"  Nguye\u0302\u0303n  Va\u0306n\u200b \u0000A "}, "note": {"dòng 1\r\ndòng 2\x07"}, "tick": {"on"}, "off": {"0"},
		"fee": {"12.000"}, "bad": {"mười"}, "born": {"23/11/2018"}, "late": {"31/02/2018"}, "many": {"a", "", "b"}, "empty": {""}}))
	if err != nil {
		t.Fatal(err)
	}
	fee, err1 := vs.Int("fee")
	none, err2 := vs.Int("empty")
	born, err3 := vs.Date("born")
	nodate, err4 := vs.Date("empty")
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Error(err)
	}
	for name, c := range map[string]struct{ got, want any }{
		"composed and trimmed": {vs.Get("name"), "Nguyễn  Văn A"},
		"one line":             {vs.Line("name"), "Nguyễn Văn A"},
		"lines":                {vs.Get("note"), "dòng 1\ndòng 2"},
		"query":                {vs.Get("from"), "query"},
		"tick":                 {vs.Bool("tick"), true},
		"no tick":              {vs.Bool("off"), false},
		"not sent":             {vs.Bool("nothing"), false},
		"number":               {fee, int64(12000)},
		"no number":            {none, int64(0)},
		"date":                 {born, clock.MustDate("2018-11-23")},
		"no date":              {nodate, clock.Date{}},
		"many":                 {vs.All("many"), []string{"a", "b"}},
		"has":                  {vs.Has("empty"), true},
		"has not":              {vs.Has("nothing"), false},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: %#v, want %#v", name, c.got, c.want)
		}
	}
	for _, err := range []error{second(vs.Int("bad")), second(vs.Date("late"))} {
		if f, ok := fault.As(err); !ok || f.Kind != fault.Invalid || f.Problems[0].Field == "" {
			t.Errorf("%v", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestInt holds which numbers people may type.
func TestInt(t *testing.T) {
	for typed, want := range map[string]int64{"": 0, "0": 0, "7": 7, "-3": -3, "1234567": 1234567, "12.000": 12000, "1.234.567": 1234567, "12 000": 12000, "12\u00a0000": 12000} {
		if n, err := (web.Values{"n": {typed}}).Int("n"); err != nil || n != want {
			t.Errorf("%q: %d, %v", typed, n, err)
		}
	}
	for _, typed := range []string{"1.5", "12.50", "1.2345", "12,5", "1e3", "0x10", "mười", ".", "1..000", "99999999999999999999"} {
		if n, err := (web.Values{"n": {typed}}).Int("n"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %d, %v", typed, n, err)
		}
	}
}

// TestBadForms holds that what cannot be read is refused with a sentence.
func TestBadForms(t *testing.T) {
	many := url.Values{}
	for i := range 2001 {
		many.Add("a", fmt.Sprint(i))
	}
	broken := post(nil)
	broken.Body = io.NopCloser(strings.NewReader("a=%zz"))
	large := post(nil)
	large.Body = http.MaxBytesReader(httptest.NewRecorder(), io.NopCloser(strings.NewReader("a="+strings.Repeat("x", 99))), 10)
	for name, r := range map[string]*http.Request{"too many": post(many), "not UTF-8": post(url.Values{"a": {"\xff"}}), "broken": broken, "large": large} {
		if _, err := web.Form(r); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if vs, err := web.Query(httptest.NewRequest("GET", "/?q=%20an%20", nil)); err != nil || vs.Get("q") != "an" {
		t.Errorf("%v %v", vs, err)
	}
}

const boundary = "----x"

func multipartRequest(parts ...string) *http.Request {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("--" + boundary + "\r\n" + p + "\r\n")
	}
	b.WriteString("--" + boundary + "--\r\n")
	r := httptest.NewRequest("POST", "/", strings.NewReader(b.String()))
	r.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
	return r
}

func field(name, value string) string {
	return "Content-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value
}

func file(name, filename, content string) string {
	return "Content-Disposition: form-data; name=\"" + name + "\"; filename=\"" + filename + "\"\r\nContent-Type: application/pdf\r\n\r\n" + content
}

// TestMultipart holds that files are streamed and limited one by one.
func TestMultipart(t *testing.T) {
	cut := multipartRequest(file("paper", "a.pdf", "content"))
	cut.Body = io.NopCloser(io.LimitReader(cut.Body, 120))
	for _, c := range []struct {
		name   string
		r      *http.Request
		limit  int64
		files  string
		values string
		kind   fault.Kind
		want   string
	}{
		{"fields and files", multipartRequest(field("name", " An "), file("paper", "giấy.pdf", "12345"), field("phone", "09")), 5, "paper:giấy.pdf:12345;", "map[name:[An] phone:[09]]", 0, ""},
		{"no file chosen", multipartRequest(file("paper", "", ""), field("name", "An")), 5, "", "map[name:[An]]", 0, ""},
		{"one byte too many", multipartRequest(file("paper", "to.pdf", "123456")), 5, "", "", fault.Invalid, "to.pdf"},
		{"path in the name", multipartRequest(file("paper", `C:\\hồ sơ\\../../etc/passwd`, "1")), 5, "paper:passwd:1;", "map[]", 0, ""},
		{"cut off", cut, 50, "", "", fault.Invalid, "bị ngắt"},
		{"not UTF-8", multipartRequest(field("a", "\xff")), 5, "", "", fault.Invalid, "UTF-8"},
		{"too much text", multipartRequest(field("a", strings.Repeat("x", 5<<20))), 5, "", "", fault.Invalid, "4 MB"},
		{"without files", post(url.Values{"name": {"An"}}), 5, "", "map[from:[query] name:[An]]", 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var files bytes.Buffer
			vs, err := web.Multipart(c.r, c.limit, func(p web.Part, _ web.Values) error {
				raw, err := io.ReadAll(p)
				if err != nil {
					return fmt.Errorf("store: %w", err)
				}
				fmt.Fprintf(&files, "%s:%s:%s;", p.Field, p.Name, raw)
				return nil
			})
			if c.want != "" {
				if f, ok := fault.As(err); !ok || f.Kind != c.kind || !strings.Contains(f.User().String(), c.want) {
					t.Errorf("error %v, want %s", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if files.String() != c.files || fmt.Sprint(url.Values(vs)) != c.values {
				t.Errorf("files %q, values %v", files.String(), vs)
			}
		})
	}
	if _, err := web.Multipart(multipartRequest(file("a", "a", "1")), 5, func(web.Part, web.Values) error { return io.ErrClosedPipe }); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the error of the callback is lost: %v", err)
	}
}

// TestFileName holds what is left of the names clients give to files.
func TestFileName(t *testing.T) {
	for in, want := range map[string]string{
		"giấy khai sinh.pdf": "giấy khai sinh.pdf", "../../etc/passwd": "passwd", `C:\a\b.pdf`: "b.pdf", "..": "", "": "", "/": "", "a\x00b\r\n.pdf": "ab .pdf",
		"gia\u0302\u0301y.pdf": "giấy.pdf", "giay\u202efdp.exe": "giayfdp.exe",
	} {
		if got := web.FileName(in); got != want {
			t.Errorf("FileName(%q) = %q, want %q", in, got, want)
		}
	}
	long := web.FileName(strings.Repeat("ấ", 200) + ".pdf")
	if len(long) > 200 || !strings.HasSuffix(long, ".pdf") {
		t.Errorf("%d bytes: %q", len(long), long)
	}
}

// TestPaging holds the bounds of pages and the round trip of cursors.
func TestPaging(t *testing.T) {
	for _, c := range []struct {
		url   string
		size  int
		after []string
		bad   bool
	}{
		{"/", 50, nil, false},
		{"/?size=10&after=" + web.Cursor("Ấp \"1\"", "id"), 10, []string{`Ấp "1"`, "id"}, false},
		{"/?size=100000", 200, nil, false},
		{"/?size=-1", 50, nil, false},
		{"/?size=x", 50, nil, false},
		{"/?after=" + web.Cursor("one"), 0, nil, true},
		{"/?after=%00", 0, nil, true},
		{"/?after=" + strings.Repeat("A", 9999), 0, nil, true},
	} {
		p, err := web.PagingOf(httptest.NewRequest("GET", c.url, nil), 2)
		if (err != nil) != c.bad || !c.bad && (p.Size != c.size || !reflect.DeepEqual(p.After, c.after)) {
			t.Errorf("%s: %+v %v", c.url, p, err)
		}
	}
	r := httptest.NewRequest("GET", "/list?q=%C4%91%E1%BA%A5t&after=old", nil)
	if got, want := web.NextPage(r, "k"), "/list?after="+web.Cursor("k")+"&q=%C4%91%E1%BA%A5t"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestBytes holds how sizes in settings are written.
func TestBytes(t *testing.T) {
	for in, want := range map[string]int64{"20MB": 20 << 20, "1,5 GB": 3 << 29, "500 kb": 500 << 10, "12": 12, "7B": 7, "": -1, "-1MB": -1, "much": -1, "99999999TB": -1} {
		var b web.Bytes
		err := b.UnmarshalText([]byte(in))
		if (err != nil) != (want < 0) || err == nil && int64(b) != want {
			t.Errorf("%q: %d %v", in, b, err)
		}
		var again web.Bytes
		if err == nil && (again.UnmarshalText([]byte(b.String())) != nil || again != b) {
			t.Errorf("%q: %s is read back as %d", in, b, again)
		}
	}
}
