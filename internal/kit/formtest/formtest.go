// Package formtest fills in e-forms of kit/form with answers they take, and holds that a form works from the
// empty page to the answers people read.
package formtest

import (
	_ "embed"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/form"
)

// Everything is the schema, as YAML, of a form with every kind of field.
//
//go:embed testdata/everything.yaml
var Everything string

// Form returns the form of a schema in YAML.
func Form(t testing.TB, schema string) *form.Form {
	t.Helper()
	s := new(form.Schema)
	if err := yaml.Load([]byte(schema), s); err != nil {
		t.Fatal(err)
	}
	f, err := s.Form()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Lists returns an entry for every code list of a form that lists does not have, so that any form can be filled in.
func Lists(f *form.Form, lists map[string][]form.Option) map[string][]form.Option {
	all := maps.Clone(lists)
	if all == nil {
		all = map[string][]form.Option{}
	}
	for _, key := range f.CodeLists() {
		if len(all[key]) == 0 {
			all[key] = []form.Option{{Value: key + "-1", Label: "Mục " + key, LabelEN: "Entry of " + key}}
		}
	}
	return all
}

// guesses are tried one after another until a text fits its field.
var guesses = []string{
	"Rơ Châm H'Lan", "001234567890", "123456789", "1234567890", "B1234567", "0912345678", "A1", "12", "1", "2018", "TSB", "81A-12345", "6001234567-001", "AB1234567", "07:30", "123", "https://example.vn",
}

// Answers returns answers to every field of a form that its schema takes. The test ends when none are found.
func Answers(t testing.TB, f *form.Form, r form.Rules) map[string]any {
	t.Helper()
	return answers(t, f, r, func(*form.Field) bool { return true })
}

// Least returns answers to the required fields only.
func Least(t testing.TB, f *form.Form, r form.Rules) map[string]any {
	t.Helper()
	return answers(t, f, r, func(fd *form.Field) bool { return fd.Required })
}

func answers(t testing.TB, f *form.Form, r form.Rules, want func(*form.Field) bool) map[string]any {
	t.Helper()
	g := &guesser{rules: r, want: want, tries: map[string]int{}}
	for range 40 {
		data := g.group(f.Fields, "")
		err := f.Validate(data, r)
		if err == nil {
			return data
		}
		bad, ok := fault.As(err)
		if !ok {
			t.Fatal(err)
		}
		for _, p := range bad.Problems {
			g.tries[p.Field]++
		}
		g.needed = append(g.needed, bad.Problems...)
	}
	t.Fatalf("no answers fit the form %q: %v", f.Title, f.Validate(g.group(f.Fields, ""), r))
	return nil
}

// guesser makes answers; tries counts how often one of a name was refused.
type guesser struct {
	rules  form.Rules
	want   func(*form.Field) bool
	tries  map[string]int
	needed []fault.Problem
}

// asked reports whether a field was missed although it is not required by itself: a rule of the schema wants it.
func (g *guesser) asked(name string) bool {
	return slices.ContainsFunc(g.needed, func(p fault.Problem) bool { return p.Field == name || strings.HasPrefix(p.Field, name+".") })
}

func (g *guesser) group(fields []*form.Field, name string) map[string]any {
	data := map[string]any{}
	for _, f := range fields {
		at := strings.TrimPrefix(name+"."+f.Key, ".")
		if !g.want(f) && !g.asked(at) {
			continue
		}
		data[f.Key] = g.value(f, at)
	}
	return data
}

func (g *guesser) value(f *form.Field, name string) any {
	try := g.tries[name]
	switch f.Kind {
	case form.Group:
		return g.group(f.Fields, name)
	case form.List:
		list := []any{}
		for i := range max(f.MinItems, 1) {
			row := name + "." + strconv.Itoa(i)
			if len(f.Fields) == 1 && f.Fields[0].Key == "" {
				list = append(list, g.value(f.Fields[0], row))
				continue
			}
			list = append(list, g.group(f.Fields, row))
		}
		return list
	case form.Choices:
		list := []any{}
		for i := range max(f.MinItems, 1) {
			list = append(list, g.option(f, i))
		}
		return list
	case form.Tick:
		return true
	case form.Select, form.Radio:
		return g.option(f, try)
	case form.Number:
		return g.number(f, try)
	case form.Date:
		return g.day(f, try).String()
	case form.Email:
		return "ten@example.vn"
	case form.Tel:
		return "0912345678"
	}
	return g.text(f, try)
}

func (g *guesser) option(f *form.Field, i int) string {
	options := f.Options
	if f.CodeList != "" {
		options = g.rules.Lists[f.CodeList]
	}
	if len(options) == 0 {
		return ""
	}
	return options[i%len(options)].Value
}

func (g *guesser) number(f *form.Field, try int) float64 {
	n := float64(try)
	if f.Min != nil {
		n += *f.Min
	}
	if f.Max != nil {
		n = min(n, *f.Max)
	}
	return n
}

// day returns a day that fits: yesterday, or tomorrow where the future is asked for.
func (g *guesser) day(f *form.Field, try int) clock.Date {
	on := g.rules.On
	if on.IsZero() {
		on = clock.MustDate("2018-11-23")
	}
	if f.Future {
		return on.AddDays(try + 1)
	}
	return on.AddDays(-try - 1)
}

func (g *guesser) text(f *form.Field, try int) string {
	s := guesses[try%len(guesses)]
	if f.MaxLength > 0 && len([]rune(s)) > f.MaxLength {
		s = string([]rune(s)[:f.MaxLength])
	}
	for n := len([]rune(s)); n < f.MinLength; n++ {
		s += "1"
	}
	return s
}

// Values returns answers as a page would send them.
func Values(data map[string]any) url.Values {
	v := url.Values{}
	spread(v, "", data)
	return v
}

func spread(v url.Values, name string, data any) {
	switch x := data.(type) {
	case map[string]any:
		for key, in := range x {
			spread(v, strings.TrimPrefix(name+"."+key, "."), in)
		}
	case []any:
		for i, in := range x {
			if s, isText := in.(string); isText && name != "" {
				v.Add(name, s) // boxes that were ticked
				v.Set(name+"."+strconv.Itoa(i), s)
				continue
			}
			spread(v, name+"."+strconv.Itoa(i), in)
		}
	case bool:
		if x {
			v.Set(name, "1")
		}
	case float64:
		v.Set(name, strings.Replace(strconv.FormatFloat(x, 'f', -1, 64), ".", ",", 1))
	default:
		v.Set(name, fmt.Sprint(x))
	}
}
