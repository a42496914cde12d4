package notice

import (
	"context"
	"net/http"

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

// Routes returns the pages of the room. The catalogue translates what is wrong with a form; it may be nil.
func (s *Service) Routes(rd *web.Renderer, catalog *i18n.Catalog) []web.Route {
	h := &pages{s, rd.Pages(templates, "notice"), catalog}
	get, post := http.MethodGet, http.MethodPost
	return []web.Route{
		{Method: get, Pattern: "/notice", Permission: web.SignedIn, Name: "notice.inbox", Handler: h.inbox},
		{Method: get, Pattern: "/notice/stream", Permission: web.SignedIn, Name: "notice.stream", Handler: h.stream, Quiet: true},
		{Method: post, Pattern: "/notice/read", Permission: web.SignedIn, Name: "notice.read_all", Handler: h.readAll},
		{Method: get, Pattern: "/notice/preferences", Permission: web.SignedIn, Name: "notice.preferences", Handler: h.preferences},
		{Method: post, Pattern: "/notice/preferences", Permission: web.SignedIn, Name: "notice.save_preferences", Handler: h.savePreferences},
		{Method: post, Pattern: "/notice/report/{channel}", Permission: web.Public, Name: "notice.report", Handler: h.report},

		{Method: get, Pattern: "/notice/dead", Permission: PermManage, Name: "notice.dead", Handler: h.dead},
		{Method: get, Pattern: "/notice/dead.xlsx", Permission: PermManage, Name: "notice.dead_export", Handler: h.export},
		{Method: post, Pattern: "/notice/dead/{id}/retry", Permission: PermManage, Name: "notice.dead_retry", Handler: h.retry},
		{Method: post, Pattern: "/notice/dead/{id}/drop", Permission: PermManage, Name: "notice.dead_drop", Handler: h.drop},
		{Method: get, Pattern: "/notice/templates", Permission: PermManage, Name: "notice.texts", Handler: h.topics},
		{Method: get, Pattern: "/notice/templates/{topic}/{channel}/{lang}", Permission: PermManage, Name: "notice.text", Handler: h.text},
		{Method: post, Pattern: "/notice/templates/{topic}/{channel}/{lang}", Permission: PermManage, Name: "notice.text_save", Handler: h.saveText},
		{Method: post, Pattern: "/notice/templates/{topic}/{channel}/{lang}/publish", Permission: PermManage, Name: "notice.text_publish", Handler: h.publishText},
		{Method: post, Pattern: "/notice/templates/{topic}/{channel}/{lang}/undo", Permission: PermManage, Name: "notice.text_undo", Handler: h.undoText},
		{Method: post, Pattern: "/notice/templates/{topic}/{channel}/{lang}/drop", Permission: PermManage, Name: "notice.text_drop", Handler: h.dropText},

		{Method: get, Pattern: "/notice/{id}", Permission: web.SignedIn, Name: "notice.open", Handler: h.open},
	}
}

// layout is the face of the program that the reader sees.
func layout(ctx context.Context) string {
	if actor.From(ctx).Kind == actor.Staff {
		return "desk"
	}
	return "public"
}

// Bell returns what the head of a page shows of the reader's messages; nil for visitors. An error is for the caller to log.
func (s *Service) Bell(ctx context.Context) (*design.Bell, error) {
	if _, err := reader(ctx); err != nil {
		return nil, nil //nolint:nilerr // visitors have no messages
	}
	n, err := s.Unread(ctx)
	return &design.Bell{Href: "/notice", Stream: "/notice/stream", Count: n}, err
}

// say translates a message into the reader's language.
func (h *pages) say(ctx context.Context, m i18n.Msg) string {
	return h.catalog.Msg(i18n.Lang(ctx), m)
}

// wrongs are what is wrong with a form, in the reader's language.
type wrongs struct {
	Errors   map[string]string
	Problems []design.Problem
}

// wrongsOf returns what a form can say about an error; ok is false for errors that end the request.
func (h *pages) wrongsOf(ctx context.Context, err error) (w wrongs, ok bool) {
	w.Errors = map[string]string{}
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return w, err == nil
	}
	if len(f.Problems) == 0 {
		w.Problems = []design.Problem{{Text: h.say(ctx, f.User())}}
	}
	for _, p := range f.Problems {
		text := h.say(ctx, p.Msg)
		w.Problems = append(w.Problems, design.Problem{Field: p.Field, Text: text})
		if w.Errors[p.Field] == "" {
			w.Errors[p.Field] = text
		}
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
