package admin

import (
	"context"
	"net/http"

	"lienthong/internal/identity"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	design "lienthong/web"
)

// wrongs are what is wrong with a form, in the reader's language.
type wrongs struct {
	Errors   map[string]string
	Problems []design.Problem
}

// wrongsOf returns what a form can say about an error; ok is false for errors that end the request.
func (room *Room) wrongsOf(ctx context.Context, err error) (w wrongs, ok bool) {
	w.Errors = map[string]string{}
	f, ok := fault.As(err)
	if !ok {
		return w, err == nil
	}
	switch f.Kind {
	case fault.Invalid, fault.Forbidden, fault.Conflict, fault.NotFound:
	default:
		return w, false
	}
	if len(f.Problems) == 0 {
		w.Problems = []design.Problem{{Text: room.say(ctx, f.User())}}
	}
	for _, p := range f.Problems {
		text := room.say(ctx, p.Msg)
		w.Problems = append(w.Problems, design.Problem{Field: p.Field, Text: text})
		if w.Errors[p.Field] == "" {
			w.Errors[p.Field] = text
		}
	}
	return w, true
}

func (w wrongs) status() int {
	if len(w.Problems) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// permissionOptions are all permissions, in words, to choose from.
func (room *Room) permissionOptions(ctx context.Context) []design.Option {
	list := []design.Option{{Label: room.say(ctx, i18n.M("Chọn một việc"))}}
	for _, p := range room.Permissions {
		list = append(list, design.Option{Value: p.Key, Label: room.say(ctx, p.Name)})
	}
	return list
}

// roleName is the name of a role in a language.
func roleName(lang string, r identity.Role) string {
	if lang != i18n.Source && r.NameEN != "" {
		return r.NameEN
	}
	return r.Name
}

// roleOptions are roles to choose from.
func roleOptions(lang string, roles []identity.Role) []design.Option {
	var list []design.Option
	for _, r := range roles {
		list = append(list, design.Option{Value: r.Key, Label: roleName(lang, r)})
	}
	return list
}

// roleNames are the names of some roles in a sentence.
func roleNames(lang string, roles []identity.Role, keys []string) string {
	names := ""
	for _, r := range roles {
		for _, k := range keys {
			if r.Key == k {
				if names != "" {
					names += "; "
				}
				names += roleName(lang, r)
			}
		}
	}
	return names
}
