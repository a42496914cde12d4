package web

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"sort"
	"strconv"
	"strings"
	"sync"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
)

// Look is what pages are made with. Layouts is required.
type Look struct {
	Layouts []fs.FS                                            // every *.html in them; a later one overrides definitions of an earlier
	Asset   func(name string) string                           // address of a bundled file
	Icon    func(name string) template.HTML                    // an icon as markup
	Catalog *i18n.Catalog                                      // translations
	Clock   clock.Clock                                        // default: clock.System
	Site    func(ctx context.Context) any                      // what layouts show of whose site it is, as .Site
	Nav     func(ctx context.Context, layout, path string) any // what layouts show of the way around, as .Nav
	Bell    func(ctx context.Context) any                      // what layouts show of messages for the reader, as .Bell; nil shows nothing
}

// Renderer renders pages in every language of its catalogue. It is safe for concurrent use.
type Renderer struct {
	look    Look
	catalog *i18n.Catalog
	shared  map[string]string // layout files by name
	order   []string
	own     *Pages
}

// NewRenderer reads the layouts. A layout or template that cannot be parsed is a mistake of the program: it panics.
func NewRenderer(l Look) *Renderer {
	if l.Asset == nil {
		l.Asset = func(name string) string { return "/assets/" + name }
	}
	if l.Icon == nil {
		l.Icon = func(string) template.HTML { return "" }
	}
	if l.Catalog == nil {
		l.Catalog = &i18n.Catalog{}
	}
	if l.Clock == nil {
		l.Clock = clock.System{}
	}
	if l.Site == nil {
		l.Site = func(context.Context) any { return map[string]any{} }
	}
	if l.Nav == nil {
		l.Nav = func(context.Context, string, string) any { return nil }
	}
	if l.Bell == nil {
		l.Bell = func(context.Context) any { return nil }
	}
	rd := &Renderer{look: l, catalog: l.Catalog, shared: map[string]string{}}
	for i, fsys := range l.Layouts {
		for name, text := range htmlFiles(fsys) {
			key := strconv.Itoa(i) + "/" + name
			rd.shared[key] = text
			rd.order = append(rd.order, key)
		}
	}
	sort.Strings(rd.order)
	rd.own = rd.Pages(Files, "web")
	return rd
}

func htmlFiles(fsys fs.FS) map[string]string {
	files := map[string]string{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".html" {
			return err
		}
		raw, err := fs.ReadFile(fsys, name)
		files[name] = string(raw)
		return err
	})
	if err != nil {
		panic(fmt.Sprintf("web: read templates: %v", err))
	}
	return files
}

// Pages are the pages of one room: templates/*.html of its file system. Files whose name begins with an
// underscore are parts that all pages of the room may use.
type Pages struct {
	rd    *Renderer
	room  string
	parts map[string]string
	pages map[string]string
	mu    sync.RWMutex
	sets  map[string]*template.Template // "lang page"
}

// Pages reads the templates of a room and panics when one of them cannot be parsed.
func (rd *Renderer) Pages(fsys fs.FS, room string) *Pages {
	ps := &Pages{rd: rd, room: room, parts: map[string]string{}, pages: map[string]string{}, sets: map[string]*template.Template{}}
	for name, text := range htmlFiles(fsys) {
		base, ok := strings.CutPrefix(name, "templates/")
		switch {
		case !ok:
		case strings.HasPrefix(base, "_"):
			ps.parts[base] = text
		default:
			ps.pages[base] = text
		}
	}
	for name := range ps.pages {
		if _, err := ps.set(i18n.Source, name); err != nil {
			panic(err)
		}
	}
	return ps
}

// Names returns the names of the pages.
func (ps *Pages) Names() []string {
	names := make([]string, 0, len(ps.pages))
	for name := range ps.pages {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// set returns the templates of one page in one language, parsed once.
func (ps *Pages) set(lang, page string) (*template.Template, error) {
	key := lang + " " + page
	ps.mu.RLock()
	t, ok := ps.sets[key]
	ps.mu.RUnlock()
	if ok {
		return t, nil
	}
	text, ok := ps.pages[page]
	if !ok {
		return nil, fmt.Errorf("web: room %s has no page %q", ps.room, page)
	}
	t = template.New("").Funcs(ps.rd.funcs(lang)).Option("missingkey=zero")
	parse := func(name, text string) error {
		if _, err := t.New(name).Parse(text); err != nil {
			return fmt.Errorf("web: template of room %s: %w", ps.room, err)
		}
		return nil
	}
	for _, name := range ps.rd.order {
		if err := parse("layout "+name, ps.rd.shared[name]); err != nil {
			return nil, err
		}
	}
	for name, part := range ps.parts {
		if err := parse(name, part); err != nil {
			return nil, err
		}
	}
	if err := parse(page, text); err != nil {
		return nil, err
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.sets[key] = t
	return t, nil
}

// View is what a handler gives to a page.
type View struct {
	Title string // Vietnamese; translated when the catalogue knows it
	Data  any
	Nav   any // instead of the site's own
}

// root is the dot of layouts and pages.
type root struct {
	Lang   string
	Title  string
	Actor  actor.Actor
	Path   string
	query  url.Values
	Flash  []Flash
	Site   any
	Data   any
	Nav    any
	Bell   any
	Layout string
}

// In returns the address of the page in another language, with its query: {{.In "en"}}.
func (d root) In(lang string) string {
	q := url.Values{}
	for name, values := range d.query {
		q[name] = values
	}
	q.Set("lang", lang)
	path := "/" + strings.TrimLeft(d.Path, "/") // two slashes would name another site
	return (&url.URL{Path: path, RawQuery: q.Encode()}).String()
}

// Render writes a page in a layout: "public", "desk" or "print". Nothing is written when it fails.
func (ps *Pages) Render(w http.ResponseWriter, r *http.Request, status int, page, layout string, v View) error {
	ctx := r.Context()
	lang := i18n.Lang(ctx)
	t, err := ps.set(lang, page)
	if err != nil {
		return err
	}
	d := root{Lang: lang, Title: ps.rd.catalog.T(lang, v.Title), Actor: actor.From(ctx), Path: r.URL.Path, query: r.URL.Query(), Flash: infoOf(ctx).flashed,
		Site: ps.rd.look.Site(ctx), Data: v.Data, Nav: v.Nav, Bell: ps.rd.look.Bell(ctx), Layout: layout}
	if d.Nav == nil {
		d.Nav = ps.rd.look.Nav(ctx, layout, r.URL.Path)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, layout, d); err != nil {
		return fmt.Errorf("render %s of room %s: %w", page, ps.room, err)
	}
	if len(d.Flash) > 0 {
		clearFlash(w, r)
	}
	return writeHTML(w, r, status, b.Bytes())
}

// RenderPart writes one named block of a page without layout, for requests that replace a part of a page.
func (ps *Pages) RenderPart(w http.ResponseWriter, r *http.Request, status int, page, block string, data any) error {
	t, err := ps.set(i18n.Lang(r.Context()), page)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, block, data); err != nil {
		return fmt.Errorf("render part %s of %s of room %s: %w", block, page, ps.room, err)
	}
	return writeHTML(w, r, status, b.Bytes())
}

func writeHTML(w http.ResponseWriter, r *http.Request, status int, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Content-Language", i18n.Lang(r.Context()))
	h.Add("Vary", "Cookie, HX-Request")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-cache")
	}
	w.WriteHeader(status)
	_, err := w.Write(body)
	if err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}
