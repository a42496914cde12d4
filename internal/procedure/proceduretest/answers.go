// Package proceduretest fills in e-forms and walks through processes, for tests
// of this room and of those that show procedures.
package proceduretest

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/procedure"
)

// Lists returns an entry for every code list of a form that lists does not have, so that any form can be filled in.
func Lists(f *procedure.Form, lists map[string][]procedure.Option) map[string][]procedure.Option {
	all := maps.Clone(lists)
	if all == nil {
		all = map[string][]procedure.Option{}
	}
	for _, key := range f.CodeLists() {
		if len(all[key]) == 0 {
			all[key] = []procedure.Option{{Value: key + "-1", Label: "Mục " + key, LabelEN: "Entry of " + key}}
		}
	}
	return all
}

// guesses are tried one after another until a text fits its field.
var guesses = []string{
	"Rơ Châm H'Lan", "001234567890", "123456789", "1234567890", "B1234567", "0912345678", "A1", "12", "1", "2018", "TSB", "81A-12345", "6001234567-001", "AB1234567", "07:30", "123",
}

// Answers returns answers to every field of a form that its schema takes. The test ends when none are found.
func Answers(t testing.TB, f *procedure.Form, r procedure.Rules) map[string]any {
	t.Helper()
	return answers(t, f, r, func(*procedure.Field) bool { return true })
}

// Least returns answers to the required fields only.
func Least(t testing.TB, f *procedure.Form, r procedure.Rules) map[string]any {
	t.Helper()
	return answers(t, f, r, func(fd *procedure.Field) bool { return fd.Required })
}

func answers(t testing.TB, f *procedure.Form, r procedure.Rules, want func(*procedure.Field) bool) map[string]any {
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
	rules  procedure.Rules
	want   func(*procedure.Field) bool
	tries  map[string]int
	needed []fault.Problem
}

// asked reports whether a field was missed although it is not required by itself: a rule of the schema wants it.
func (g *guesser) asked(name string) bool {
	return slices.ContainsFunc(g.needed, func(p fault.Problem) bool { return p.Field == name || strings.HasPrefix(p.Field, name+".") })
}

func (g *guesser) group(fields []*procedure.Field, name string) map[string]any {
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

func (g *guesser) value(f *procedure.Field, name string) any {
	try := g.tries[name]
	switch f.Type {
	case procedure.FieldGroup:
		return g.group(f.Fields, name)
	case procedure.FieldList:
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
	case procedure.FieldChoices:
		list := []any{}
		for i := range max(f.MinItems, 1) {
			list = append(list, g.option(f, i))
		}
		return list
	case procedure.FieldTick:
		return true
	case procedure.FieldSelect, procedure.FieldRadio:
		return g.option(f, try)
	case procedure.FieldNumber:
		return g.number(f, try)
	case procedure.FieldDate:
		return g.day(f, try).String()
	case procedure.FieldEmail:
		return "ten@example.vn"
	case procedure.FieldTel:
		return "0912345678"
	}
	return g.text(f, try)
}

func (g *guesser) option(f *procedure.Field, i int) string {
	options := f.Options
	if f.CodeList != "" {
		options = g.rules.Lists[f.CodeList]
	}
	if len(options) == 0 {
		return ""
	}
	return options[i%len(options)].Value
}

func (g *guesser) number(f *procedure.Field, try int) float64 {
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
func (g *guesser) day(f *procedure.Field, try int) clock.Date {
	on := g.rules.On
	if on.IsZero() {
		on = clock.MustDate("2018-11-23")
	}
	if f.Future {
		return on.AddDays(try + 1)
	}
	return on.AddDays(-try - 1)
}

func (g *guesser) text(f *procedure.Field, try int) string {
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
