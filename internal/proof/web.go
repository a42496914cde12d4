package proof

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

// pages are the pages of the room.
type pages struct {
	s       *Service
	p       *web.Pages
	catalog *i18n.Catalog
}

// is reports whether there is an error, of a kind.
func is(err error, kind fault.Kind) bool { return err != nil && fault.KindOf(err) == kind }

// withNext adds the way back to an address.
func withNext(path, next string) string {
	if next = web.SafePath(next); next == "/" {
		return path
	}
	return path + "?" + url.Values{"next": {next}}.Encode()
}

// wrongs are what is wrong with a form, in the reader's language.
type wrongs struct {
	Errors   map[string]string
	Problems []design.Problem
}

// wrongsOf returns what a form can say about an error; ok is false for errors that end the request. prefix stands before
// the names of its fields.
func (h *pages) wrongsOf(ctx context.Context, err error, prefix string) (w wrongs, ok bool) {
	w.Errors = map[string]string{}
	f, ok := fault.As(err)
	if !ok || errors.Is(err, actor.ErrStale) {
		return w, false
	}
	lang := i18n.Lang(ctx)
	switch f.Kind {
	case fault.Invalid, fault.Forbidden, fault.Conflict, fault.Unavailable:
	default:
		return w, false
	}
	if len(f.Problems) == 0 {
		w.Problems = []design.Problem{{Text: h.catalog.Msg(lang, f.User())}}
	}
	for _, p := range f.Problems {
		one := design.Problem{Text: h.catalog.Msg(lang, p.Msg)}
		if p.Field != "" {
			one.Field = prefix + p.Field
			w.Errors[one.Field] = one.Text
		}
		w.Problems = append(w.Problems, one)
	}
	return w, true
}

// statusFor is the status of a form that is shown again.
func statusFor(w wrongs) int {
	if len(w.Problems) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}
