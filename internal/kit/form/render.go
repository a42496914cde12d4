package form

import (
	"embed"
	"fmt"
	"html/template"
	"strings"
	"sync"

	"lienthong/internal/kit/i18n"
)

//go:embed templates/*.html
var templates embed.FS

// bound is a set of templates bound to the language of whoever has it.
type bound struct {
	set  *template.Template
	lang string
	from *i18n.Catalog
}

// pool holds sets that are parsed and escaped already.
var pool = sync.Pool{New: func() any {
	f := new(bound)
	f.set = template.Must(template.New("").Funcs(template.FuncMap{
		"t": func(text string, args ...any) string { return f.from.T(f.lang, text, args...) },
	}).ParseFS(templates, "templates/*.html"))
	return f
}}

func execute(name, lang string, catalog *i18n.Catalog, data any) (template.HTML, error) {
	f := pool.Get().(*bound)
	defer pool.Put(f)
	f.lang, f.from = lang, catalog
	if f.lang == "" {
		f.lang = i18n.Source
	}
	var b strings.Builder
	if err := f.set.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("render %s: %w", name, err)
	}
	return template.HTML(b.String()), nil // made by html/template
}

// leveled is a control with the level of its heading, on which the template goes down.
type leveled struct {
	*control
	Level int
}

// In returns the controls inside a group one level down.
func (l leveled) In() []leveled { return lower(l.Children, l.Level+1) }

// Repeated returns the lines of a list one level down.
func (l leveled) Repeated() []leveled { return lower(l.Lines, l.Level+1) }

func lower(controls []*control, level int) []leveled {
	list := make([]leveled, len(controls))
	for i, c := range controls {
		list[i] = leveled{c, min(level, 6)}
	}
	return list
}

// HTML returns the fields as HTML, to stand inside a <form>
// of the page: labels, hints and errors tied to their fields, sections as
// fieldsets, buttons named AddRow and RemoveRow at lists. It works without
// JavaScript. The ids of fields are "f-" and the name, as the error summary links to them.
func (v View) HTML() (template.HTML, error) {
	controls, whole := arrange(&v)
	level := v.Level
	if level == 0 {
		level = 2
	}
	return execute("form.html", v.Lang, v.Catalog, map[string]any{"Controls": lower(controls, level), "Error": whole, "HasList": v.Form.hasList()})
}

// HTML returns the answers as lists of labels and values.
func (a Answers) HTML() (template.HTML, error) {
	level := a.Level
	if level == 0 {
		level = 3
	}
	return execute("answers.html", a.Lang, a.Catalog, map[string]any{"Sections": a.Sections(), "Level": level})
}
