package notice

import (
	"fmt"
	"html"
	"strings"

	"lienthong/internal/kit/clock"
)

// edition is a published version of a text.
type edition struct {
	Text
	From clock.Date
	ID   string
}

// textBook is all published texts, by topic, channel and language; editions in the order of their days.
type textBook struct{ editions map[string][]edition }

func textKey(topic string, ch Channel, lang string) string {
	return topic + " " + string(ch) + " " + lang
}

// find returns the text of a topic in force on a day: the last edition that holds, else what came with the program.
func (b *textBook) find(t *Topic, ch Channel, lang string, on clock.Date) *Text {
	list := b.editions[textKey(t.Key, ch, lang)]
	for i := len(list) - 1; i >= 0; i-- {
		if !on.Before(list[i].From) {
			return &list[i].Text
		}
	}
	return t.Default(ch, lang)
}

// words returns the data of a message with the standard names.
func (s *Service) words(m row, name string) map[string]any {
	data := readData(m.Data)
	if name == "" {
		name = m.Name
	}
	data[nameName], data[nameSite] = name, s.site
	data[nameLink] = ""
	if m.Link != "" {
		data[nameLink] = strings.TrimRight(s.base, "/") + m.Link
	}
	return data
}

// outgoing renders a message for its provider.
func (s *Service) outgoing(d Delivery, m row, book *textBook) (Outgoing, error) {
	topic := s.topics.Topic(m.Topic)
	if topic == nil {
		return Outgoing{}, fmt.Errorf("%s: %s", errUnknownTopic, m.Topic)
	}
	text := book.find(topic, d.Channel, d.Lang, clock.DateOf(s.clock.Now()))
	if text == nil {
		return Outgoing{}, fmt.Errorf("topic %s has no text for channel %s in %s", topic.Key, d.Channel, d.Lang)
	}
	return s.compose(topic, d, text.Fill(s.words(m, "")), m.Link, m.Name), nil
}

// compose makes of a filled text what goes to the provider.
func (s *Service) compose(topic *Topic, d Delivery, said Text, link, name string) Outgoing {
	o := Outgoing{ID: d.ID, Channel: string(d.Channel), To: d.Address, Name: name, Subject: said.Subject, Text: said.Body, Lang: d.Lang, Topic: topic.Key}
	base := strings.TrimRight(s.base, "/")
	switch d.Channel {
	case SMS:
		o.Text = strings.ReplaceAll(o.Text, "\n", " ")
		if s.config.SMSPlain {
			o.Text = Unmarked(o.Text)
		}
	case Email:
		whole := ""
		if link != "" {
			whole = base + link
		}
		if topic.urgency == Low && d.AccountID != "" {
			o.Leave = base + "/notice/preferences"
		}
		o.HTML = mailHTML(said, whole, s.site, o.Leave, d.Lang)
		if whole != "" && !strings.Contains(o.Text, whole) {
			o.Text += "\n\n" + whole
		}
		o.Text += "\n\n-- \n" + s.site + "\n"
	}
	return o
}

// mailWords are the words around the text of an e-mail.
var mailWords = map[string]struct{ open, auto, leave string }{
	"vi": {"Mở trên cổng", "Thư được gửi tự động, xin không trả lời thư này.", "Chọn thông báo muốn nhận"},
	"en": {"Open on the portal", "This message was sent automatically; please do not reply.", "Choose which notices to receive"},
}

// mailHTML is the HTML form of an e-mail: the text, escaped as a whole, in paragraphs; nothing in it is read as markup.
func mailHTML(said Text, link, site, leave, lang string) string {
	w, ok := mailWords[lang]
	if !ok {
		w = mailWords["vi"]
	}
	e := html.EscapeString
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html><html lang="%s"><head><meta charset="utf-8"><title>%s</title></head>`, e(lang), e(said.Subject))
	b.WriteString(`<body style="margin:0;padding:24px;background:#f4f5f3;font-family:sans-serif;font-size:16px;line-height:1.5;color:#1c2420">` +
		`<div style="max-width:36em;margin:auto;padding:24px;background:#ffffff;border-top:4px solid #1f5a41">`)
	fmt.Fprintf(&b, `<h1 style="font-size:20px;margin:0 0 16px">%s</h1>`, e(said.Subject))
	for part := range strings.SplitSeq(said.Body, "\n\n") {
		fmt.Fprintf(&b, `<p style="margin:0 0 16px">%s</p>`, strings.ReplaceAll(e(part), "\n", "<br>"))
	}
	if link != "" {
		fmt.Fprintf(&b, `<p style="margin:24px 0"><a href="%s" style="display:inline-block;padding:12px 20px;background:#1f5a41;color:#ffffff;text-decoration:none">%s</a></p>`, e(link), e(w.open))
	}
	fmt.Fprintf(&b, `<p style="margin:24px 0 0;font-size:14px;color:#566059">%s<br>%s</p>`, e(site), e(w.auto))
	if leave != "" {
		fmt.Fprintf(&b, `<p style="font-size:14px"><a href="%s" style="color:#1f5a41">%s</a></p>`, e(leave), e(w.leave))
	}
	b.WriteString(`</div></body></html>`)
	return b.String()
}

// id returns which edition is in force on a day; empty when it is the text that came with the program.
func (b *textBook) id(topic string, ch Channel, lang string, on clock.Date) string {
	list := b.editions[textKey(topic, ch, lang)]
	for i := len(list) - 1; i >= 0; i-- {
		if !on.Before(list[i].From) {
			return list[i].ID
		}
	}
	return ""
}
