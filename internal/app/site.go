package app

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"time"
	"unicode"

	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

const logoPath = "/province/logo"

// shown is what layouts say of the province. Names of agencies come from the organisation once it is loaded.
func (h *House) shown(ctx context.Context) any {
	p := h.Province
	v := design.Province{Name: p.ShortName, Title: lowerFirst(p.Name), Owner: p.Name, Address: p.Contact.Address, Hotline: p.Contact.Hotline, Email: p.Contact.Email}
	english := i18n.Lang(ctx) != i18n.Source
	if english {
		v.Title, v.Owner = p.NameEN, p.NameEN
	}
	if p.Mark.Logo != "" {
		v.Logo = logoPath
	}
	name := func(slug string) string {
		if slug == "" {
			return ""
		}
		u, err := h.Org.BySlug(ctx, slug)
		if err != nil {
			return "" // not loaded yet
		}
		return u.Name
	}
	if !english {
		if owner := name(p.Government); owner != "" {
			v.Owner = owner
		}
		v.Operator = name(p.Office.ServiceCenter)
	}
	return v
}

// lowerFirst makes a name fit for the middle of a sentence: "tỉnh Gia Lai".
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 0 {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}

// logo serves the mark of a province that brings its own.
func (h *House) logo() []web.Route {
	file := h.Province.Mark.Logo
	if file == "" {
		return nil
	}
	return []web.Route{{Method: http.MethodGet, Pattern: logoPath, Permission: web.Public, Name: "app.logo", Quiet: true,
		Handler: func(w http.ResponseWriter, r *http.Request) error {
			raw, err := fs.ReadFile(h.Files, file)
			if err != nil {
				return fmt.Errorf("read logo: %w", err)
			}
			w.Header().Set("Cache-Control", "public, max-age=86400")
			http.ServeContent(w, r, path.Base(file), time.Time{}, bytes.NewReader(raw))
			return nil
		}}}
}
