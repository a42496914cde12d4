package form

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// View is an e-form to be filled in, with what is known of its answers.
type View struct {
	Form    *Form
	Data    map[string]any      // answers; Form.Prefill for a new form
	Raw     url.Values          // what was typed, where it differs from Data: Input.Raw
	Error   error               // of Form.Validate; its sentences stand at the fields
	Lists   map[string][]Option // entries of the code lists, by Form.CodeLists
	Lang    string              // language of labels; empty is Vietnamese
	Catalog *i18n.Catalog       // translations of the words around them; nil is Vietnamese
	Level   int                 // heading level of the sections, 2 when zero
}

// control is one field as a page shows it: what the template needs and nothing else.
type control struct {
	Kind                                 Kind
	Name, ID, Label, Hint, Error, Value  string
	Required, Optional, Checked          bool // Optional is said after the label
	MaxLength                            int
	InputMode, Autocomplete, Placeholder string
	Rows                                 int
	Width                                string
	Options                              []choice
	Children                             []*control // of a group
	Lines                                []*control // of a list, one group each
	MayAdd                               bool
	RowNumber                            int // of a line in its list, from 1
}

// DescribedBy returns the ids of the hint and the error, as aria-describedby wants them.
func (c *control) DescribedBy() string {
	var ids []string
	if c.Error != "" {
		ids = append(ids, c.ID+"-error")
	}
	if c.Hint != "" {
		ids = append(ids, c.ID+"-hint")
	}
	return strings.Join(ids, " ")
}

// Lower returns the label as it stands inside a sentence.
func (c *control) Lower() string { return lowerFirst(c.Label) }

type choice struct {
	Value, Label string
	Selected     bool
}

// radioOptions is up to how many entries of a code list stand as radio buttons.
const radioOptions = 3

// arranger makes controls of fields and answers.
type arranger struct {
	view   *View
	errors map[string]string
}

// arrange returns the controls of a form in order, and what is wrong with the form as a whole.
func arrange(v *View) (controls []*control, whole string) {
	a := &arranger{view: v, errors: map[string]string{}}
	if f, ok := fault.As(v.Error); ok {
		for _, p := range f.Problems {
			if _, said := a.errors[p.Field]; !said {
				a.errors[p.Field] = v.Catalog.Msg(v.Lang, p.Msg)
			}
		}
	}
	return a.group(v.Form.Fields, "", v.Data, false), a.errors[""]
}

func (a *arranger) group(fields []*Field, name string, data map[string]any, optional bool) []*control {
	list := make([]*control, 0, len(fields))
	for _, f := range fields {
		list = append(list, a.field(f, join(name, f.Key), data[f.Key], optional))
	}
	return list
}

// field makes the control of one field. Inside a group that may be left out nothing is required of the browser.
func (a *arranger) field(f *Field, name string, value any, optional bool) *control {
	c := &control{
		Kind: f.Kind, Name: name, ID: "f-" + name, Label: f.Text(a.view.Lang), Hint: pick(a.view.Lang, f.Help, f.HelpEN), Error: a.errors[name],
		Required: f.Required && !optional, Optional: !f.Required && !optional, MaxLength: f.MaxLength, InputMode: f.InputMode, Autocomplete: f.Autocomplete,
	}
	switch f.Kind {
	case Group:
		in, _ := value.(map[string]any)
		c.Children = a.group(f.Fields, name, in, optional || !f.Required)
		return c
	case List:
		a.lines(c, f, value)
		return c
	case Tick:
		c.Checked = value == true
		return c
	case Choices:
		chosen, _ := value.([]any)
		c.Options = a.options(f, func(v string) bool { return slices.Contains(chosen, any(v)) })
		return c
	case Select, Radio:
		c.Value = fmt.Sprint(orEmpty(value))
		c.Options = a.options(f, func(v string) bool { return v == c.Value })
		switch {
		case f.Widget != "":
		case !f.Required: // a radio button cannot be taken back
			c.Kind = Select
		case f.CodeList != "" && len(c.Options) <= radioOptions:
			c.Kind = Radio
		}
		return c
	}
	c.Value = a.typed(f, name, value)
	a.size(c, f)
	return c
}

// size settles how wide a field is and what stands in it while it is empty.
func (a *arranger) size(c *control, f *Field) {
	switch {
	case f.Kind == Date:
		c.InputMode, c.Width, c.MaxLength = "numeric", "short", 10
		c.Placeholder = a.view.Catalog.Msg(a.view.Lang, i18n.M("dd/mm/yyyy"))
	case f.Kind == Number || f.MaxLength > 0 && f.MaxLength <= 20:
		c.Width = "short"
	case f.Kind == Tel:
		c.Width, c.MaxLength = "short", 20 // as typed, with spaces
	case f.MaxLength <= 60:
		c.Width = "medium"
	}
	if f.Kind == Textarea {
		c.Rows = min(max(f.MaxLength/200, 3), 10)
	}
	if c.Autocomplete == "" && f.Kind != Textarea {
		c.Autocomplete = "off"
	}
}

func orEmpty(v any) any {
	if v == nil {
		return ""
	}
	return v
}

// typed returns what stands in a field: as it was typed, else the answer as people read it.
func (a *arranger) typed(f *Field, name string, value any) string {
	if raw, ok := a.view.Raw[name]; ok && len(raw) > 0 {
		return raw[0]
	}
	return display(f, value)
}

// display writes a single answer as people read it.
func display(f *Field, value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case float64:
		return number(v)
	case string:
		if f.Kind == Date {
			if d, err := clock.ParseDate(v); err == nil && !d.IsZero() {
				return d.Display()
			}
		}
		return v
	}
	return fmt.Sprint(value)
}

func (a *arranger) options(f *Field, selected func(string) bool) []choice {
	options := f.Options
	if f.CodeList != "" {
		options = a.view.Lists[f.CodeList]
	}
	list := make([]choice, len(options))
	for i, o := range options {
		list[i] = choice{o.Value, o.Text(a.view.Lang), selected(o.Value)}
	}
	return list
}

// lines makes the rows of a list: those there are, at least as many as it needs and one to begin with.
func (a *arranger) lines(c *control, f *Field, value any) {
	rows, _ := value.([]any)
	need := max(f.MinItems, len(rows))
	if f.Required {
		need = max(need, 1)
	}
	for i := range min(need, f.MaxItems) {
		name := rowName(c.Name, i)
		line := &control{Kind: Group, Name: name, ID: "f-" + name, Label: c.Label, Error: a.errors[name], RowNumber: i + 1}
		var row any
		if i < len(rows) {
			row = rows[i]
		}
		optional := !f.Required && i >= f.MinItems && i >= len(rows)
		if f.single() {
			line = a.field(f.Fields[0], name, row, optional)
			line.Label, line.RowNumber = c.Label+" "+strconv.Itoa(i+1), i+1
		} else {
			cells, _ := row.(map[string]any)
			line.Children = a.group(f.Fields, name, cells, optional)
		}
		c.Lines = append(c.Lines, line)
	}
	c.MayAdd = len(c.Lines) < f.MaxItems
}
