package notice

import (
	"context"
	"net/http"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

type topicsPage struct{ Groups []topicGroup }

type topicGroup struct {
	Name string
	Rows []topicLine
}

type topicLine struct {
	Name, Key, Source string
	Places            []placeLink
}

type placeLink struct{ Label, Href string }

// link is the address of the page of a text.
func (p Place) link() string {
	return web.Link("notice", "templates", p.Topic, string(p.Channel), p.Lang)
}

func placeOf(r *http.Request) Place {
	return Place{r.PathValue("topic"), Channel(r.PathValue("channel")), r.PathValue("lang")}
}

var languageNames = map[string]string{"vi": "Tiếng Việt", "en": "English"}

func (h *pages) topics(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	list, err := h.s.Topics(ctx)
	if err != nil {
		return err
	}
	var p topicsPage
	for _, g := range h.s.topics.Groups {
		group := topicGroup{Name: g.Name.In(i18n.Lang(ctx))}
		for _, t := range list {
			if t.Group != g.Key {
				continue
			}
			line := topicLine{Name: t.Name.In(i18n.Lang(ctx)), Key: t.Key, Source: t.Source}
			for _, ch := range t.Channels {
				line.Places = append(line.Places, placeLink{h.say(ctx, channelName(ch)), Place{t.Key, ch, Languages[0]}.link()})
			}
			group.Rows = append(group.Rows, line)
		}
		p.Groups = append(p.Groups, group)
	}
	return h.p.Render(w, r, http.StatusOK, "topics.html", "desk", web.View{Title: "Mẫu thông báo", Data: p})
}

type textPage struct {
	wrongs
	Editing
	Typed    Text
	From     string
	Subject  bool // the channel has subjects
	SMS      bool
	Names    []string
	Previews []Preview
	Places   []design.Chip
	Base     string
	Latest   string // id of the version that can be taken back
	Channel  string
	Draft    bool
}

func (h *pages) text(w http.ResponseWriter, r *http.Request) error {
	return h.showText(w, r, Text{}, wrongs{})
}

// showText shows the page of a text; typed is what somebody wrote, empty: the draft, else what is sent today.
func (h *pages) showText(w http.ResponseWriter, r *http.Request, typed Text, bad wrongs) error {
	ctx, at := r.Context(), placeOf(r)
	e, err := h.s.Export(ctx, at)
	if err != nil {
		return err
	}
	p := textPage{wrongs: bad, Editing: e, Typed: typed, From: clock.Today(h.s.clock).Display(), Subject: at.Channel == InApp || at.Channel == Email, SMS: at.Channel == SMS,
		Base: at.link(), Channel: h.say(ctx, channelName(at.Channel)), Draft: e.Draft != nil}
	for _, name := range e.Names {
		p.Names = append(p.Names, "{"+name+"}")
	}
	if typed == (Text{}) {
		p.Typed = e.Now
		if e.Draft != nil {
			p.Typed = e.Draft.Text
		}
	}
	if len(bad.Problems) == 0 {
		v, err := h.s.Preview(ctx, at, p.Typed)
		if err != nil {
			return err
		}
		p.Previews = append(p.Previews, v)
	}
	for _, v := range e.Versions {
		if v.State == textPublished {
			p.Latest = v.ID
			break
		}
	}
	p.Places = h.placeChips(ctx, at)
	return h.p.Render(w, r, statusFor(bad), "text.html", "desk", web.View{Title: h.say(ctx, i18n.M("Mẫu thông báo: %s", e.Name)), Data: p})
}

// placeChips leads to the other channels and languages of a topic.
func (h *pages) placeChips(ctx context.Context, at Place) []design.Chip {
	var list []design.Chip
	for _, ch := range h.s.topics.Topic(at.Topic).Channels {
		for _, lang := range Languages {
			p := Place{at.Topic, ch, lang}
			list = append(list, design.Chip{Label: h.say(ctx, channelName(ch)) + " · " + languageNames[lang], Href: p.link(), Active: p == at})
		}
	}
	return list
}

// saveText checks, shows and keeps a draft, as the pressed button says.
func (h *pages) saveText(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	ctx, at := r.Context(), placeOf(r)
	typed := Text{form.Line("subject"), form.Get("body")}
	if form.Has("preview") {
		if _, err := h.s.Preview(ctx, at, typed); err != nil {
			return h.badText(w, r, typed, err)
		}
		return h.showText(w, r, typed, wrongs{})
	}
	if err := h.s.SaveDraft(ctx, at, typed); err != nil {
		return h.badText(w, r, typed, err)
	}
	h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã lưu bản nháp. Mẫu đang dùng chưa đổi cho đến khi ban hành."))
	return web.Redirect(w, r, at.link())
}

// badText shows what is wrong with a typed text.
func (h *pages) badText(w http.ResponseWriter, r *http.Request, typed Text, err error) error {
	bad, ok := h.wrongsOf(r.Context(), err)
	if !ok {
		return err
	}
	if typed == (Text{}) {
		typed.Body = " "
	}
	return h.showText(w, r, typed, bad)
}

func (h *pages) publishText(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	from, err := form.Date("valid_from")
	if err == nil {
		err = h.s.Publish(r.Context(), placeOf(r), from)
	}
	if err != nil {
		bad, ok := h.wrongsOf(r.Context(), err)
		if !ok {
			return err
		}
		return h.showText(w, r, Text{}, bad)
	}
	h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã ban hành mẫu thông báo."))
	return web.Redirect(w, r, placeOf(r).link())
}

func (h *pages) undoText(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	if err := h.s.Undo(r.Context(), placeOf(r), form.Line("version")); err != nil {
		return err
	}
	h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã quay lại mẫu trước đó."))
	return web.Redirect(w, r, placeOf(r).link())
}

func (h *pages) dropText(w http.ResponseWriter, r *http.Request) error {
	if err := h.s.DropDraft(r.Context(), placeOf(r)); err != nil {
		return err
	}
	h.p.AddFlash(w, r, web.FlashOK, i18n.M("Đã bỏ bản nháp."))
	return web.Redirect(w, r, placeOf(r).link())
}
