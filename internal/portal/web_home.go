package portal

import (
	"context"
	"net/http"
	"strconv"

	"lienthong/internal/codelist"
	"lienthong/internal/dossier"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/money"
	"lienthong/internal/kit/web"
	"lienthong/internal/procedure"
	design "lienthong/web"
)

// Nav returns the public way around for the layout "public"; app hands it to the renderer.
func Nav(c *i18n.Catalog, lang, path string) []design.NavItem {
	items := []struct {
		label string
		href  string
		under []string
	}{
		{forCitizens(c, lang, "Thủ tục"), "/thu-tuc", []string{"/thu-tuc", "/nop-ho-so", "/nop/"}},
		{forCitizens(c, lang, "Tra cứu hồ sơ"), "/tra-cuu", []string{"/tra-cuu"}},
		{c.Msg(lang, i18n.M("Hồ sơ của tôi")), "/ho-so-cua-toi", []string{"/ho-so-cua-toi", "/lam-tiep"}},
		{c.Msg(lang, i18n.M("Hướng dẫn")), "/huong-dan", []string{"/huong-dan"}},
	}
	nav := make([]design.NavItem, len(items))
	for i, it := range items {
		nav[i] = design.NavItem{Label: it.label, Href: it.href}
		for _, u := range it.under {
			if len(path) >= len(u) && path[:len(u)] == u {
				nav[i].Current = true
			}
		}
	}
	return nav
}

// forCitizens returns a text in the words of the portal, where officials mean something else by it: as {{tc "người dân" …}} in templates.
func forCitizens(c *i18n.Catalog, lang, text string) string {
	key := "người dân|" + text
	if said := c.T(lang, key); said != key {
		return said
	}
	return c.T(lang, text)
}

type tile struct{ Title, Text, Icon, Href string }

type homeView struct {
	Total    int
	Citizen  []tile
	Business []tile
	Online   []procedure.Summary
	Stats    []design.Stat
	Lang     string
}

func (m *Room) home(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := homeView{Lang: i18n.Lang(ctx)}
	all, err := m.Procedures.Find(ctx, procedure.Query{Limit: 1})
	if err != nil {
		return err
	}
	v.Total = all.Total
	online, err := m.Procedures.Find(ctx, procedure.Query{OnlineOnly: true, Limit: 8})
	if err != nil {
		return err
	}
	v.Online = online.Items
	if err := m.lifeEvents(ctx, &v); err != nil {
		return err
	}
	f, err := m.provinceFigures(ctx)
	if err != nil {
		return err
	}
	v.Stats = m.stats(ctx, f)
	return m.pages.Render(w, r, http.StatusOK, "home.html", "public", web.View{Data: v})
}

// lifeEvents fills the tiles of the events that have procedures.
func (m *Room) lifeEvents(ctx context.Context, v *homeView) error {
	_, items, err := m.names(ctx, codelist.LifeEvents)
	if err != nil {
		return err
	}
	counts, err := m.lifeCounts(ctx, items)
	if err != nil {
		return err
	}
	for _, it := range items {
		n := counts[it.Code]
		if n == 0 {
			continue
		}
		t := tile{it.Text(ctx), m.say(ctx, i18n.M("%d thủ tục", n)), it.Attributes["icon"], address("/thu-tuc", "su-kien", it.Code)}
		if it.Attributes["for"] == "business" {
			v.Business = append(v.Business, t)
		} else {
			v.Citizen = append(v.Citizen, t)
		}
	}
	return nil
}

func (m *Room) lifeCounts(ctx context.Context, items []codelist.Item) (map[string]int, error) {
	m.shelf.Lock()
	defer m.shelf.Unlock()
	return m.shelf.lifeCount.get(m.Clock.Now(), func() (map[string]int, error) {
		counts := map[string]int{}
		for _, it := range items {
			p, err := m.Procedures.Find(ctx, procedure.Query{LifeEvent: it.Code, Limit: 1})
			if err != nil {
				return nil, err
			}
			counts[it.Code] = p.Total
		}
		return counts, nil
	})
}

func (m *Room) provinceFigures(ctx context.Context) (dossier.Figures, error) {
	m.shelf.Lock()
	defer m.shelf.Unlock()
	return m.shelf.figures.get(m.Clock.Now(), func() (dossier.Figures, error) { return m.Dossiers.Figures(ctx) })
}

// stats returns the figures of the front page; each opens into the page of figures.
func (m *Room) stats(ctx context.Context, f dossier.Figures) []design.Stat {
	stats := []design.Stat{
		{Label: m.say(ctx, i18n.M("Hồ sơ nhận hôm nay")), Value: money.Group(int64(f.ReceivedToday)), Href: "/so-lieu#today", Icon: "inbox"},
		{Label: m.say(ctx, i18n.M("Đang giải quyết")), Value: money.Group(int64(f.Open)), Href: "/so-lieu#open", Icon: "clock"},
	}
	if f.Finished > 0 {
		stats = append(stats, design.Stat{Label: m.say(ctx, i18n.M("Đúng hạn trong tháng")), Value: percent(ctx, f), Unit: "%",
			Note: m.say(ctx, i18n.M("%d trên %d hồ sơ đã xong", f.OnTime, f.Finished)), Href: "/so-lieu#month", Icon: "circle-check", Tone: "ok"})
	}
	return stats
}

// percent returns the share of dossiers finished on time with one decimal.
func percent(ctx context.Context, f dossier.Figures) string {
	if f.Finished == 0 {
		return "–"
	}
	n := (f.OnTime*1000 + f.Finished/2) / f.Finished
	mark := ","
	if i18n.Lang(ctx) != i18n.Source {
		mark = "."
	}
	return strconv.Itoa(n/10) + mark + strconv.Itoa(n%10)
}

type figuresView struct {
	dossier.Figures
	Late    int
	Percent string
	Month   string
}

func (m *Room) figures(w http.ResponseWriter, r *http.Request) error {
	f, err := m.provinceFigures(r.Context())
	if err != nil {
		return err
	}
	v := figuresView{Figures: f, Late: f.Late(), Percent: percent(r.Context(), f), Month: m.today().Display()[3:]}
	return m.pages.Render(w, r, http.StatusOK, "figures.html", "public", web.View{Title: "Số liệu giải quyết hồ sơ", Data: v})
}

func (m *Room) guide(w http.ResponseWriter, r *http.Request) error {
	return m.pages.Render(w, r, http.StatusOK, "guide.html", "public", web.View{Title: "Hướng dẫn nộp hồ sơ"})
}

func (m *Room) accessibility(w http.ResponseWriter, r *http.Request) error {
	return m.pages.Render(w, r, http.StatusOK, "accessibility.html", "public", web.View{Title: "Khả năng tiếp cận"})
}
