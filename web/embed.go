// Package web is the design system: the layouts and partials every page is
// built from, and the bundle of styles, fonts, icons and scripts that
// web/build.mjs writes into dist. It knows nothing of rooms; README.md in this
// folder shows how a page uses it.
package web

import (
	"embed"
	"encoding/json"
	"html/template"
	"sync"
)

// Prefix is the URL path under which the files of Dist are served.
const Prefix = "/assets/"

// Dist holds the built bundle under "dist": files with the hash of their
// content in the name, a .gz beside each that gains from it, and manifest.json.
// It holds only ".keep" when the bundle was not built.
//
//go:embed all:dist
var Dist embed.FS

// Layout holds the layouts and partials, "layout/*.html".
//
//go:embed layout/*.html
var Layout embed.FS

// I18n holds the overlays of the texts in Layout, "i18n/<lang>.json".
//
//go:embed i18n/*.json
var I18n embed.FS

var manifest = sync.OnceValue(func() map[string]string {
	raw, err := Dist.ReadFile("dist/manifest.json")
	if err != nil {
		return nil // not built: plain names
	}
	names := map[string]string{}
	if err := json.Unmarshal(raw, &names); err != nil {
		panic("web: dist/manifest.json: " + err.Error()) // a broken build; a page without styles would hide it
	}
	return names
})

// Built reports whether the bundle is in the program.
func Built() bool { return len(manifest()) > 0 }

// Asset returns the URL path of a bundled file by its logical name:
// Asset("public.css") is "/assets/public-3f9a1c2b.css". A name that is not in
// the manifest is returned under Prefix as it is.
func Asset(name string) string {
	if hashed, ok := manifest()[name]; ok {
		return Prefix + hashed
	}
	return Prefix + name
}

// Icon returns an icon of the sprite as inline markup. Icons stand beside a
// text and are hidden from screen readers. Names are those of Tabler Icons;
// the build collects them from the templates and from icons.txt.
func Icon(name string) template.HTML {
	return template.HTML(`<svg class="icon" aria-hidden="true" focusable="false"><use href="` +
		template.HTMLEscapeString(Asset("icons.svg")+"#"+name) + `"/></svg>`)
}
