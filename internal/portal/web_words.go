package portal

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"lienthong/internal/calendar"
	"lienthong/internal/codelist"
	"lienthong/internal/dossier"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/money"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/kit/web"
	"lienthong/internal/procedure"
	design "lienthong/web"
)

// say returns a sentence in the language of the reader.
func (m *Room) say(ctx context.Context, msg i18n.Msg) string {
	return m.Catalog.Msg(i18n.Lang(ctx), msg)
}

func pick(ctx context.Context, vi, en string) string {
	if en != "" && i18n.Lang(ctx) == "en" {
		return en
	}
	return vi
}

// term returns a promised time in the language of the reader.
func (m *Room) term(ctx context.Context, text string) string {
	t, err := calendar.ParseTerm(text)
	if err != nil || t.IsZero() {
		return text
	}
	unit := t.Unit.Label()
	amount := strings.TrimSuffix(t.String(), " "+unit.String())
	return amount + " " + m.say(ctx, unit)
}

// amount returns what is to be paid for one thing.
func (m *Room) amount(ctx context.Context, f procedure.Fee) string {
	switch {
	case f.Amount == 0:
		return m.say(ctx, i18n.M("Không thu"))
	case f.Per != "":
		return money.VND(f.Amount).String() + "/" + f.Per
	}
	return money.VND(f.Amount).String()
}

// names returns the names of a code list by their codes.
func (m *Room) names(ctx context.Context, list string) (map[string]string, []codelist.Item, error) {
	items, err := m.Lists.Items(ctx, list, m.today())
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return map[string]string{}, nil, nil
	}
	names := make(map[string]string, len(items))
	for _, it := range items {
		names[it.Code] = it.Text(ctx)
	}
	return names, items, err
}

// levels returns the names of the levels of government by their keys, as they stand within a sentence.
func (m *Room) levels(ctx context.Context) (map[string]string, []design.Option, error) {
	list, err := m.Places.Levels(ctx)
	if err != nil {
		return nil, nil, err
	}
	names := map[string]string{}
	var options []design.Option
	for _, l := range list {
		names[l.Key] = pick(ctx, l.Name, l.NameEN)
		options = append(options, design.Option{Value: l.Key, Label: names[l.Key]})
	}
	return names, options, nil
}

// problems returns what is wrong as lines of the error summary, and by field.
func (m *Room) problems(ctx context.Context, list []fault.Problem) (summary []design.Problem, at map[string]string) {
	at = map[string]string{}
	for _, p := range list {
		text := m.say(ctx, p.Msg)
		summary = append(summary, design.Problem{Field: p.Field, Text: text})
		if _, said := at[p.Field]; !said {
			at[p.Field] = text
		}
	}
	return summary, at
}

// invalid returns the problems of an Invalid fault; false for any other error.
func invalid(err error) ([]fault.Problem, bool) {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Invalid {
		return nil, false
	}
	if len(f.Problems) == 0 {
		return []fault.Problem{{Msg: f.User()}}, true
	}
	return f.Problems, true
}

// status returns a national status as it is shown.
func (m *Room) status(ctx context.Context, s dossier.Status) design.Status {
	st := design.Status{Tone: "info", Text: m.say(ctx, s.Name())}
	switch s {
	case dossier.StatusNew:
		st.Tone, st.Icon = "accent", "inbox"
	case dossier.StatusSupplement, dossier.StatusObligation:
		st.Tone = "warn"
	case dossier.StatusRefused, dossier.StatusStopped:
		st.Tone = "late"
	case dossier.StatusWithdrawn:
		st.Tone = "mute"
	case dossier.StatusDone, dossier.StatusReturned:
		st.Tone = "ok"
	}
	return st
}

// timing is what a time limit is shown from.
type timing struct {
	status   dossier.Status
	due      *time.Time
	paused   *time.Time
	finished *time.Time
	unit     string // whose working time counts
}

// due returns a time limit as it is shown; nil when there is none to show.
func (m *Room) due(ctx context.Context, t timing) (*design.Due, error) {
	switch {
	case t.due == nil || t.status == dossier.StatusRefused || t.status == dossier.StatusWithdrawn || t.status == dossier.StatusStopped:
		return nil, nil
	case t.finished != nil:
		d := &design.Due{Level: "done", Text: m.say(ctx, i18n.M("Xong đúng hạn")), At: web.DateTime(t.finished)}
		if t.finished.After(*t.due) {
			d.Level, d.Text = "late", m.say(ctx, i18n.M("Xong trễ hạn"))
			d.At = web.DateTime(t.due)
		}
		return d, nil
	case t.paused != nil:
		return &design.Due{Level: "paused", Text: m.say(ctx, i18n.M("Tạm dừng tính hạn từ %s", web.Date(t.paused)))}, nil
	}
	cal, err := m.Calendars.For(ctx, t.unit)
	if err != nil {
		return nil, err
	}
	now := m.Clock.Now()
	left := cal.Remaining(now, *t.due)
	d := &design.Due{Level: "ok", Text: upperFirst(m.say(ctx, left.Msg())), At: web.DateTime(t.due)}
	switch {
	case left.Overdue:
		d.Level = "late"
	case clock.DateOf(now) == clock.DateOf(*t.due):
		d.Level = "today"
	case left.Days < 3:
		d.Level = "soon"
	}
	return d, nil
}

func upperFirst(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// lowerFirst returns a text as it stands within a sentence, unless it begins with an abbreviation.
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) < 2 || strings.ToUpper(string(r[1])) == string(r[1]) {
		return s
	}
	return strings.ToLower(string(r[:1])) + string(r[1:])
}

// matches reports whether every word of a text, with or without tone marks, begins a word of a name.
func matches(text, name string) bool {
	words := strings.Fields(vntext.Fold(name))
	for _, w := range strings.Fields(vntext.Fold(text)) {
		if !slices.ContainsFunc(words, func(n string) bool { return strings.HasPrefix(n, w) }) {
			return false
		}
	}
	return true
}

// says reports whether the words of a text stand in a name one after the other, the last of them whole.
func says(text, name string) bool {
	return strings.Contains(" "+vntext.Fold(name)+" ", " "+strings.TrimSpace(vntext.Fold(text))+" ")
}

// address returns a path with the parts of a query that are not empty.
func address(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
