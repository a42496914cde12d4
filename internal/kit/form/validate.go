package form

import (
	"errors"
	"math"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/money"
)

// check validates answers: first what the schema cannot say, then the schema.
type check struct {
	form   *Form
	rules  Rules
	found  map[string]i18n.Msg
	broken bool // too odd for the schema to look at
}

// add notes a problem; the first of a field counts.
func (c *check) add(name string, m i18n.Msg) {
	if _, ok := c.found[name]; !ok {
		c.found[name] = m
	}
}

// fields checks what the schema cannot say: unknown names, sizes, code lists, days.
func (c *check) fields(fields []*Field, name string, data map[string]any, depth int) {
	for k, v := range data {
		f := byKey(fields, k)
		if f == nil {
			c.add(join(name, k), i18n.M("Biểu mẫu không có mục “%s”.", clip(k)))
			continue
		}
		c.value(f, join(name, k), v, depth)
	}
}

func (c *check) value(f *Field, name string, v any, depth int) {
	switch v := v.(type) {
	case map[string]any:
		if f.Kind == Group {
			c.fields(f.Fields, name, v, depth+1)
		}
	case []any:
		c.list(f, name, v, depth)
	case string:
		c.text(f, name, v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			c.broken = true
			c.add(name, notANumber(f, c.rules.Lang))
		}
	case bool, nil:
	default:
		c.broken = true
		c.add(name, i18n.M("%s chưa đúng.", f.Text(c.rules.Lang)))
	}
}

func (c *check) list(f *Field, name string, list []any, depth int) {
	if len(list) > max(f.MaxItems, 1) {
		c.broken = true
		c.add(name, i18n.M("%s có nhiều nhất %d dòng.", f.Text(c.rules.Lang), f.MaxItems))
		return
	}
	for i, v := range list {
		row, isRow := v.(map[string]any)
		switch {
		case f.Kind == Choices:
			s, _ := v.(string)
			c.member(f, name, s)
		case f.Kind != List:
			return
		case f.single():
			c.value(f.Fields[0], rowName(name, i), v, depth+1)
		case isRow:
			c.fields(f.Fields, rowName(name, i), row, depth+1)
		}
	}
}

func (c *check) text(f *Field, name, s string) {
	label := f.Text(c.rules.Lang)
	switch {
	case f.MaxLength > 0 && utf8.RuneCountInString(s) > f.MaxLength:
		c.add(name, i18n.M("%s dài quá %d ký tự.", label, f.MaxLength))
	case f.CodeList != "":
		c.member(f, name, s)
	case f.Kind == Date:
		d, err := clock.ParseDate(s)
		switch {
		case err != nil || d.Year < minYear || d.Year > maxYear:
			c.add(name, badDate(f, c.rules.Lang))
		case f.Past && !c.rules.On.IsZero() && d.After(c.rules.On):
			c.add(name, i18n.M("%s phải trước ngày %s.", label, c.rules.On.AddDays(1).Display()))
		case f.Future && !c.rules.On.IsZero() && d.Before(c.rules.On):
			c.add(name, i18n.M("%s phải từ ngày %s trở đi.", label, c.rules.On.Display()))
		}
	}
}

// member checks a value against its code list.
func (c *check) member(f *Field, name, s string) {
	list, ok := c.rules.Lists[f.CodeList]
	if f.CodeList == "" || !ok {
		return
	}
	for _, o := range list {
		if o.Value == s {
			return
		}
	}
	c.add(name, i18n.M("Hãy chọn %s trong danh sách.", lowerFirst(f.Text(c.rules.Lang))))
}

// schema runs the schema and turns what it finds into sentences.
func (c *check) schema(data map[string]any) {
	err := c.form.schema.Validate(map[string]any(data))
	var ve *jsonschema.ValidationError
	switch {
	case err == nil:
	case errors.As(err, &ve):
		c.leaves(ve)
	default:
		c.add("", i18n.M("Không kiểm tra được thông tin. Hãy nhập lại."))
	}
}

// leaves walks to the errors that say what is wrong; of alternatives only that none fits.
func (c *check) leaves(e *jsonschema.ValidationError) {
	switch e.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf, *kind.Not, *kind.Contains:
		c.leaf(e)
		return
	}
	if len(e.Causes) == 0 {
		c.leaf(e)
		return
	}
	for _, cause := range e.Causes {
		c.leaves(cause)
	}
}

func (c *check) leaf(e *jsonschema.ValidationError) {
	path := e.InstanceLocation
	name := strings.Join(path, ".")
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		c.missing(path, k.Missing)
		return
	case *kind.DependentRequired:
		c.missing(path, k.Missing)
		return
	}
	f := c.form.find(path)
	if f == nil {
		c.whole(name, pick(c.rules.Lang, c.form.Error, c.form.ErrorEN))
		return
	}
	own := pick(c.rules.Lang, f.Error, f.ErrorEN)
	if f.Kind == Group {
		c.whole(name, own)
		return
	}
	if f.Kind == Choices { // the boxes stand together under one name
		name = strings.Join(path[:strings.Count(f.Name, ".")+1], ".")
	}
	if own != "" {
		c.add(name, i18n.Msg{Text: own})
		return
	}
	c.add(name, sentence(f, e.ErrorKind, c.rules.Lang))
}

// whole notes that the parts of a group, or of the form, do not fit together.
func (c *check) whole(name, own string) {
	if own != "" {
		c.add(name, i18n.Msg{Text: own})
		return
	}
	c.add(name, i18n.M("Thông tin ở phần này chưa đủ hoặc không khớp nhau. Hãy kiểm tra lại."))
}

// missing notes fields that were left out; of a group, the fields it needs.
func (c *check) missing(path, keys []string) {
	for _, key := range keys {
		at := append(append([]string(nil), path...), key)
		f := c.form.find(at)
		if f == nil {
			continue // a rule of the schema about a field that is not on the form
		}
		c.missingField(f, strings.Join(at, "."))
	}
}

func (c *check) missingField(f *Field, name string) {
	if f.Kind != Group {
		c.add(name, pleaseEnter(f, c.rules.Lang))
		return
	}
	any := false
	for _, in := range f.Fields {
		if in.Required {
			any = true
			c.missingField(in, join(name, in.Key))
		}
	}
	if !any {
		c.add(name, i18n.M("Hãy điền phần “%s”.", f.Text(c.rules.Lang)))
	}
}

// names returns the names of the problems in the order of the form.
func (c *check) names(data map[string]any) []string {
	order := map[string]int{}
	var walk func(fields []*Field, name string, data map[string]any)
	walk = func(fields []*Field, name string, data map[string]any) {
		for _, f := range fields {
			at := join(name, f.Key)
			order[at] = len(order) + 1
			in, _ := data[f.Key].(map[string]any)
			if f.Kind == Group {
				walk(f.Fields, at, in)
			}
			rows, _ := data[f.Key].([]any)
			for i, row := range rows {
				if i >= maxRows || f.Kind != List {
					break
				}
				order[rowName(at, i)] = len(order) + 1
				cells, _ := row.(map[string]any)
				walk(f.Fields, rowName(at, i), cells)
			}
		}
	}
	walk(c.form.Fields, "", data)
	names := make([]string, 0, len(c.found))
	for name := range c.found {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool {
		a, b := order[names[i]], order[names[j]]
		if (a == 0) != (b == 0) {
			return b == 0 && names[i] != "" || names[j] == ""
		}
		return a < b || a == b && names[i] < names[j]
	})
	return names
}

func clip(s string) string {
	r := []rune(s)
	if len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// number writes a number as people read it: a decimal comma, and dots from 10.000 on, so that years stay whole.
func number(f float64) string {
	whole, part, _ := strings.Cut(strconv.FormatFloat(f, 'f', -1, 64), ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil && (n >= 10_000 || n <= -10_000) {
		whole = money.Group(n)
	}
	if part != "" {
		whole += "," + part
	}
	return whole
}
