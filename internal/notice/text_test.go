package notice

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lienthong/internal/kit/clock"
)

func TestFill(t *testing.T) {
	data := map[string]any{"code": "H1", "empty": "", "papers": []any{"Giấy chứng sinh", "Tờ khai"}, "n": 3, "evil": "{code} [[x]] {{.}} <b>", "line": "a\r\nBcc: x@y.z"}
	for _, c := range []struct{ text, want string }{
		{"Hồ sơ {code}", "Hồ sơ H1"},
		{"a[[ b {code}]] c", "a b H1 c"},
		{"a[[ b {empty}]] c", "a c"},
		{"a[[ b {gone}{code}]] c", "a c"},
		{"{papers}", "- Giấy chứng sinh\n- Tờ khai"},
		{"{n} việc", "3 việc"},
		{"{evil}", "{code} [[x]] {{.}} <b>"},
		{"{{code}}", "{H1}"},
		{"{Code} {co de} {}", "{Code} {co de} {}"},
		{"[[{code}", "H1"},
		{"a\n\n\n\nb  \nc", "a\n\nb\nc"},
	} {
		text := Text{Body: c.text}
		if got := text.Fill(data).Body; got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
	subject := Text{Subject: "x {line}"}
	if got := subject.Fill(data).Subject; got != "x a Bcc: x@y.z" {
		t.Errorf("a subject is one line: %q", got)
	}
	endless := Text{Body: strings.Repeat("{n}", 30_000)}
	if got := endless.Fill(map[string]any{"n": strings.Repeat("đ", 100)}).Body; len(got) > maxRendered+10 {
		t.Errorf("%d bytes", len(got))
	}
}

func TestCheckText(t *testing.T) {
	sample := map[string]any{"code": "H1"}
	for _, c := range []struct {
		ch            Channel
		subject, body string
		want          string
	}{
		{InApp, "Hồ sơ {code}", "Kính gửi {name}, xem {link}", ""},
		{InApp, "Hồ sơ {code}", "", ""},
		{Email, "", "x", "wrong text: subject"},
		{SMS, "", "x [[ {code} ]]", ""},
		{SMS, "", " ", "wrong text: empty"},
		{SMS, "", strings.Repeat("x", 481), "wrong text: long"},
		{SMS, "", "{secret}", "wrong text: {secret}"},
		{SMS, "", "[[ {code}", "wrong text: brackets"},
		{SMS, "", "{code} ]]", "wrong text: brackets"},
		{SMS, "", "[[ [[ {code} ]]", "wrong text: brackets"},
	} {
		text := Text{c.subject, c.body}
		got := ""
		if err := text.Check(c.ch, sample); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s %q %.20q: %q, want %q", c.ch, c.subject, c.body, got, c.want)
		}
	}
}

func TestSMSLength(t *testing.T) {
	for _, c := range []struct {
		text              string
		letters, segments int
		unicode           bool
	}{
		{"", 0, 0, false},
		{"Ho so da duoc tiep nhan", 23, 1, false},
		{strings.Repeat("x", 160), 160, 1, false},
		{strings.Repeat("x", 161), 161, 2, false},
		{strings.Repeat("x", 307), 307, 3, false},
		{"a[b]€", 8, 1, false},
		{"Hồ sơ", 5, 1, true},
		{"ồ" + strings.Repeat("x", 69), 70, 1, true},
		{"ồ" + strings.Repeat("x", 70), 71, 2, true},
		{"😀", 2, 1, true},
	} {
		if got := SMSLength(c.text); got != (Length{c.letters, c.segments, c.unicode}) {
			t.Errorf("%.20q: %+v", c.text, got)
		}
	}
	plain := Unmarked("Đã tiếp nhận “Đăng ký khai sinh” – ơ, ư, Ữ…")
	if plain != `Da tiep nhan "Dang ky khai sinh" - o, u, U.` || SMSLength(plain).Unicode {
		t.Errorf("%q", plain)
	}
}

func TestQuiet(t *testing.T) {
	day := clock.NewDate(2018, 11, 23)
	for _, c := range []struct {
		quiet  string
		at     time.Time
		end    time.Time
		broken bool
	}{
		{quiet: "21:00-07:00", at: day.At(20, 59), end: day.At(20, 59)},
		{quiet: "21:00-07:00", at: day.At(21, 0), end: day.AddDays(1).At(7, 0)},
		{quiet: "21:00-07:00", at: day.At(6, 59), end: day.At(7, 0)},
		{quiet: "21:00-07:00", at: day.At(7, 0), end: day.At(7, 0)},
		{quiet: "12:00-13:30", at: day.At(12, 30), end: day.At(13, 30)},
		{quiet: "none", at: day.At(3, 0), end: day.At(3, 0)},
		{quiet: "21-7", broken: true}, {quiet: "21:00-21:00", broken: true}, {quiet: "25:00-07:00", broken: true}, {quiet: "21:00", broken: true},
	} {
		q, err := ParseQuiet(c.quiet)
		if c.broken != (err != nil) {
			t.Errorf("%s: %v", c.quiet, err)
		}
		if c.broken {
			continue
		}
		if got := q.Until(c.at); !got.Equal(c.end) {
			t.Errorf("%s at %s: %s", c.quiet, c.at, got)
		}
		if q.String() != c.quiet {
			t.Errorf("%s is written %s", c.quiet, q)
		}
	}
}

func TestTopics(t *testing.T) {
	list := topics(t, `topics: [{key: dossier.accepted, texts: {sms: {vi: {body: "Tỉnh nhận {code}"}}}}]`)
	if got := list.Topic("dossier.accepted").Default(SMS, "vi").Body; got != "Tỉnh nhận {code}" {
		t.Errorf("the province says it differently: %q", got)
	}
	if got := list.Topic("dossier.accepted").Default(Email, "en"); got == nil || got.Subject != "Dossier {code} accepted" {
		t.Errorf("e-mail says what the inbox says: %+v", got)
	}
	if got := list.Topic("dossier.accepted").Default(Chat, "vi"); got == nil || !strings.HasPrefix(got.Body, "Hồ sơ {code}") {
		t.Errorf("chat: %+v", got)
	}
	const head = `groups: [{key: g, name: {vi: x}}]
topics: [{key: a.b, group: g, name: {vi: x, en: x}, channels: [app], texts: {app: {vi: {subject: x}, en: {subject: x}}}`
	for name, text := range map[string]string{
		"not YAML":      "topics: [",
		"unknown field": "topics: [{nonsense: 1}]",
		"no group":      strings.Replace(head, "group: g", "group: h", 1) + "}]",
		"bad key":       strings.Replace(head, "a.b", "ab", 1) + "}]",
		"no name":       strings.Replace(head, "name: {vi: x, en: x}", "name: {vi: x}", 1) + "}]",
		"no inbox":      strings.Replace(head, "[app]", "[sms]", 1) + "}]",
		"channel":       strings.Replace(head, "[app]", "[app, fax]", 1) + "}]",
		"no text":       strings.Replace(head, "[app]", "[app, sms]", 1) + "}]",
		"urgency":       head + ", urgency: very}]",
		"expires":       head + ", expires: soon}]",
		"unknown data":  strings.Replace(head, "vi: {subject: x}", `vi: {subject: "{x}"}`, 1) + "}]",
		"group for":     "groups: [{key: g, name: {vi: x}, for: cats}]",
	} {
		if _, err := LoadTopics(fstest.MapFS{"x.yaml": {Data: []byte(text)}}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := LoadTopics(nil, fstest.MapFS{"x.yaml": {Data: []byte(head + "}]")}}); err != nil {
		t.Error(err)
	}
}
