package desk

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/calendar"
	"lienthong/internal/dossier"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	look "lienthong/web"
)

// texts translates for the reader of one request.
type texts struct {
	room *Room
	lang string
}

func (room *Room) texts(ctx context.Context) texts { return texts{room, i18n.Lang(ctx)} }

func (t texts) tr(m i18n.Msg) string { return t.room.Catalog.Msg(t.lang, m) }

// status shows a status with its colour.
func (t texts) status(s dossier.Status) look.Status {
	sign := look.Status{Tone: tone(s), Text: t.tr(s.Name())}
	switch s {
	case dossier.StatusNew:
		sign.Icon = "inbox"
	case dossier.StatusSupplement, dossier.StatusObligation:
		sign.Icon = "player-pause"
	}
	return sign
}

// due shows a time limit that runs.
func (t texts) due(cal *calendar.Calendar, now, due time.Time) look.Due {
	return look.Due{Level: dueLevel(now, due), Text: sentence(t.tr(cal.Remaining(now, due).Msg())), At: web.DateTime(due)}
}

// dueAs is dueOf for a dossier in a state; one that ended without a result kept no time.
func (t texts) dueAs(s dossier.Status, cal *calendar.Calendar, now time.Time, due, paused, finished *time.Time) *look.Due {
	switch s {
	case dossier.StatusRefused, dossier.StatusWithdrawn, dossier.StatusStopped:
		if finished == nil {
			return nil
		}
		return &look.Due{Level: "done", Text: t.tr(i18n.M("Kết thúc")), At: web.DateTime(finished)}
	}
	return t.dueOf(cal, now, due, paused, finished)
}

// dueOf shows the promised time of a dossier: running, standing still, or kept.
func (t texts) dueOf(cal *calendar.Calendar, now time.Time, due, paused, finished *time.Time) *look.Due {
	switch {
	case due == nil:
		return nil
	case finished != nil && finished.After(*due):
		return &look.Due{Level: "late", Text: t.tr(i18n.M("Xong sau hạn")), At: web.DateTime(due)}
	case finished != nil:
		return &look.Due{Level: "done", Text: t.tr(i18n.M("Xong đúng hạn")), At: web.DateTime(finished)}
	case paused != nil:
		return &look.Due{Level: "paused", Text: t.tr(i18n.M("Tạm dừng, chưa tính tiếp")), At: web.DateTime(due)}
	}
	d := t.due(cal, now, *due)
	return &d
}

// sentence writes the first letter large.
func sentence(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[0])) + string(r[1:])
}

// calendar returns the working time of the reader's agency.
func (room *Room) calendar(ctx context.Context) (*calendar.Calendar, error) {
	return room.Calendars.For(ctx, actor.From(ctx).OfficeID)
}

// address puts a path and the values that are not empty together.
func address(path string, vs url.Values) string {
	q := url.Values{}
	for name, list := range vs {
		for _, v := range list {
			if v != "" {
				q.Add(name, v)
			}
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// with returns a copy of vs with pairs of names and values set, empty ones taken out.
func with(vs url.Values, pairs ...string) url.Values {
	out := url.Values{}
	for name, list := range vs {
		out[name] = list
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			out.Del(pairs[i])
			continue
		}
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

// backTo returns an address of this room to go back to, or the worklist.
func backTo(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Host != "" || u.Scheme != "" || u.Path != "/desk" && !strings.HasPrefix(u.Path, "/desk/") {
		return "/desk"
	}
	return web.SafePath(to)
}

// trail is the way through a list that is read forward only: the cursors of the pages up to the present one.
type trail []string

const trailSign = "~"

func parseTrail(s string) trail {
	if s == "" {
		return nil
	}
	return strings.FieldsFunc(s, func(r rune) bool { return string(r) == trailSign })
}

func (t trail) cursor() string {
	if len(t) == 0 {
		return ""
	}
	return t[len(t)-1]
}

func (t trail) prev() string { return strings.Join(t[:len(t)-1], trailSign) }

func (t trail) next(cursor string) string {
	return strings.Join(append(append(trail{}, t...), cursor), trailSign)
}

// pager leads through a list of which n rows are shown; total is below zero when nobody counted.
func (t trail) pager(tx texts, path string, vs url.Values, size, n, total int, next string) look.Pager {
	p := look.Pager{}
	if n > 0 {
		p.Shown = strconv.Itoa(len(t)*size+1) + "–" + strconv.Itoa(len(t)*size+n)
	}
	if total >= 0 {
		p.Total = tx.tr(i18n.M("%d việc", total))
	} else {
		p.Shown, p.Total = "", p.Shown
	}
	if len(t) > 0 {
		p.Prev = address(path, with(vs, "after", t.prev(), "open", ""))
	}
	if next != "" {
		p.Next = address(path, with(vs, "after", t.next(next), "open", ""))
	}
	return p
}

// problems are what is wrong with a form, in order and by field.
type problems struct {
	List  []look.Problem
	Field map[string]string
}

// problemsOf reads an Invalid fault; prefix is what the fields are called on the page.
func (t texts) problemsOf(err error, name func(string) string) problems {
	ps := problems{Field: map[string]string{}}
	f, ok := fault.As(err)
	if !ok {
		return ps
	}
	if len(f.Problems) == 0 {
		ps.List = append(ps.List, look.Problem{Text: t.tr(f.User())})
	}
	for _, p := range f.Problems {
		field, text := name(p.Field), t.tr(p.Msg)
		ps.List = append(ps.List, look.Problem{Field: field, Text: text})
		if ps.Field[field] == "" {
			ps.Field[field] = text
		}
	}
	return ps
}

// statusOf is the HTTP status of a page that comes back with a sentence of what went wrong.
func statusOf(err error) int {
	if fault.KindOf(err) == fault.Conflict {
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}
