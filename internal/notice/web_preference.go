package notice

import (
	"context"
	"net/http"
	"strings"

	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

type preferencesPage struct {
	wrongs
	Public   bool
	Groups   []groupFields
	Channels []string
	Missing  []string // channels in use without an address of the reader
	Lang     design.Field
	Quiet    string // "usual", "none" or "own"
	From, To string
	Kinds    []design.Option
}

// groupFields is a group with a box for each channel.
type groupFields struct {
	Name  string
	Boxes []design.Field
}

// channelName is a channel as people call it.
func channelName(ch Channel) i18n.Msg {
	switch ch {
	case Email:
		return i18n.M("Thư điện tử")
	case SMS:
		return i18n.M("Tin nhắn SMS")
	case Chat:
		return i18n.M("Ứng dụng trò chuyện")
	}
	return i18n.M("Hộp thông báo")
}

func (h *pages) preferences(w http.ResponseWriter, r *http.Request) error {
	p, err := h.s.Preferences(r.Context())
	if err != nil {
		return err
	}
	return h.showPreferences(w, r, p, wrongs{})
}

func (h *pages) showPreferences(w http.ResponseWriter, r *http.Request, p Preferences, bad wrongs) error {
	ctx := r.Context()
	say := func(m i18n.Msg) string { return h.say(ctx, m) }
	v := preferencesPage{wrongs: bad, Public: layout(ctx) == "public", Quiet: "own"}
	for _, g := range p.Groups {
		fields := groupFields{Name: g.Name}
		for _, ch := range g.Channels {
			fields.Boxes = append(fields.Boxes, design.Field{Name: g.Key + "." + string(ch), Type: "checkbox", Label: say(channelName(ch)), Checked: g.On[ch]})
		}
		v.Groups = append(v.Groups, fields)
	}
	for _, ch := range outside {
		if to, used := p.Reach[ch]; used && to == "" {
			v.Missing = append(v.Missing, say(channelName(ch)))
		}
	}
	lang := p.Lang
	if lang == "" {
		lang = Languages[0]
	}
	v.Lang = design.Field{Name: "lang", Type: "radio", Label: say(i18n.M("Ngôn ngữ của thư và tin nhắn")), Value: lang, Required: true, Error: bad.Errors["lang"],
		Options: []design.Option{{Value: "vi", Label: "Tiếng Việt"}, {Value: "en", Label: "English"}}}
	quiet := p.Quiet
	switch quiet {
	case "":
		v.Quiet, quiet = "usual", p.Usual
	case noQuiet:
		v.Quiet, quiet = noQuiet, p.Usual
	}
	if from, to, ok := strings.Cut(quiet, "-"); ok {
		v.From, v.To = from, to
	}
	v.Kinds = h.quietKinds(ctx, p.Usual)
	return h.p.Render(w, r, statusFor(bad), "preferences.html", layout(ctx), web.View{Title: "Cách nhận thông báo", Data: v})
}

func (h *pages) quietKinds(ctx context.Context, usual string) []design.Option {
	first := i18n.M("Như mọi người: không có giờ yên tĩnh")
	if from, to, ok := strings.Cut(usual, "-"); ok {
		first = i18n.M("Như mọi người: từ %s đến %s", from, to)
	}
	return []design.Option{{Value: "usual", Label: h.say(ctx, first)}, {Value: noQuiet, Label: h.say(ctx, i18n.M("Lúc nào cũng được gửi"))},
		{Value: "own", Label: h.say(ctx, i18n.M("Giờ tôi chọn"))}}
}

func (h *pages) savePreferences(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	p, err := h.s.Preferences(ctx)
	if err != nil {
		return err
	}
	p.Lang = form.Line("lang")
	switch form.Line("quiet") {
	case "own":
		p.Quiet = form.Line("from") + "-" + form.Line("to")
	case noQuiet:
		p.Quiet = noQuiet
	default:
		p.Quiet = ""
	}
	for i, g := range p.Groups {
		for _, ch := range g.Channels {
			p.Groups[i].On[ch] = form.Bool(g.Key + "." + string(ch))
		}
	}
	if err := h.s.SetPreferences(ctx, p); err != nil {
		bad, ok := h.wrongsOf(ctx, err)
		if !ok {
			return err
		}
		return h.showPreferences(w, r, p, bad)
	}
	h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã lưu cách nhận thông báo."))
	return web.Redirect(w, r, "/notice/preferences")
}
