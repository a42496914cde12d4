package notice

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/dbtest"
)

// TestCompose holds what an e-mail looks like: the text escaped as a whole, one link, the way out of a digest.
func TestCompose(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, rooms()...))
	evil := `"><script>alert(1)</script><a href="javascript:x">`
	said := Text{Subject: "Hồ sơ " + evil, Body: "Một\nhai\n\n" + evil}
	topic := w.topics.Topic("dossier.accepted")
	o := w.compose(topic, Delivery{ID: "1", Channel: Email, Lang: "vi", AccountID: "mai", Address: "mai@example.vn"}, said, "/ho-so/1", "Mai")
	if !strings.HasSuffix(o.Text, "https://dvc.example.vn/ho-so/1\n\n-- \nCổng thử\n") || o.Leave != "" {
		t.Errorf("%q %q", o.Text, o.Leave)
	}
	doc, err := html.Parse(strings.NewReader(o.HTML))
	must(t, err)
	links, scripts := 0, 0
	for n := range doc.Descendants() {
		switch n.Data {
		case "a":
			links++
			want(t, "the link", n.Attr[0].Val, "https://dvc.example.vn/ho-so/1")
		case "script":
			scripts++
		}
	}
	if links != 1 || scripts != 0 || !strings.Contains(o.HTML, "Một<br>hai") {
		t.Errorf("%d links, %d scripts in %s", links, scripts, o.HTML)
	}
	low := w.compose(w.topics.Topic("dossier.digest"), Delivery{Channel: Email, Lang: "en", AccountID: "dung"}, Text{"3 late", "3"}, "", "")
	if low.Leave != "https://dvc.example.vn/notice/preferences" || !strings.Contains(low.HTML, "Choose which notices to receive") {
		t.Errorf("%+v", low)
	}
	if bare := w.compose(w.topics.Topic("dossier.digest"), Delivery{Channel: Email, Lang: "fr"}, Text{"3 late", "3"}, "", ""); bare.Leave != "" || !strings.Contains(bare.HTML, "Thư được gửi tự động") {
		t.Errorf("%+v", bare)
	}
	sms := w.compose(topic, Delivery{Channel: SMS, Lang: "vi"}, Text{Body: "Một\nhai"}, "/x", "")
	want(t, "sms", sms.Text, "Mot hai")
}

func TestTextBook(t *testing.T) {
	topic := topics(t).Topic("dossier.accepted")
	day := clock.MustDate("2018-11-23")
	b := &textBook{editions: map[string][]edition{textKey(topic.Key, SMS, "vi"): {
		{Text{Body: "một"}, day, "1"}, {Text{Body: "hai"}, day, "2"}, {Text{Body: "ba"}, day.AddDays(5), "3"}}}}
	for on, expected := range map[clock.Date]string{day.AddDays(-1): "", day: "2", day.AddDays(4): "2", day.AddDays(5): "3"} {
		if got := b.id(topic.Key, SMS, "vi", on); got != expected {
			t.Errorf("on %s: %q", on, got)
		}
	}
	want(t, "before them", b.find(topic, SMS, "vi", day.AddDays(-1)).Body, "Hồ sơ {code} được tiếp nhận. {link}")
	want(t, "in force", b.find(topic, SMS, "vi", day).Body, "hai")
	if b.find(topic, Chat, "fr", day) != nil {
		t.Error("a text out of nowhere")
	}
}
