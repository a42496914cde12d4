// Package form makes e-forms of JSON Schema documents: it shows the fields as HTML that works without scripts, reads
// back what a page or the API sent, checks it, and writes the answers out to be read.
//
// A Schema is data: it stands in a file or a column and says what is asked for (see Schema for the words it knows).
// Form is made from it once and may be shared. One page of a form is
//
//	f, err := schema.Form()
//	in := f.Decode(r.PostForm)                       // answers, and what was typed
//	err = f.Validate(in.Data, form.Rules{On: today, Lists: lists})
//	page, err := form.View{Form: f, Data: in.Data, Raw: in.Raw, Error: err, Lists: lists}.HTML()
//
// and once it holds, form.Answers{Form: f, Data: in.Data, Lists: lists}.HTML() shows it to those who decide. Answers
// are what encoding/json makes of an object: map[string]any of string, float64, bool, []any and maps; dates are ISO
// text. Options may come from code lists (x-codelist): CodeLists says which, the caller hands in their entries.
package form

import (
	"embed"
	"io/fs"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

//go:embed i18n/*.json
var texts embed.FS

// Texts returns the overlays of the package for i18n.Catalog.Load.
func Texts() fs.FS { return texts }

// Kind says how a field is entered.
type Kind string

// The kinds of fields.
const (
	Text     Kind = "text"
	Textarea Kind = "textarea"
	Number   Kind = "number"
	Date     Kind = "date" // stored as ISO text, entered as dd/mm/yyyy
	Email    Kind = "email"
	Tel      Kind = "tel"
	Select   Kind = "select"
	Radio    Kind = "radio"
	Tick     Kind = "checkbox" // one box, true or false
	Choices  Kind = "choices"  // several boxes, a list of values
	Group    Kind = "group"    // a section with fields of its own
	List     Kind = "list"     // fields repeated for every row
)

// Form (biểu mẫu điện tử) is an e-form, made from its JSON Schema. It is safe for concurrent use and must not be changed.
type Form struct {
	Title, TitleEN string
	Error, ErrorEN string // when the parts do not fit together
	Fields         []*Field
	schema         *jsonschema.Schema
}

// Field is one thing asked for. Name is the dotted path; inside
// a list the number of the row stands as "*": "children.*.name".
type Field struct {
	Key            string
	Name           string
	Kind           Kind
	Label, LabelEN string
	Help, HelpEN   string
	Error, ErrorEN string // sentence of the file when the value does not fit
	Required       bool
	Options        []Option
	CodeList       string // code list the options come from
	Widget         string // x-widget as written
	MinLength      int
	MaxLength      int
	Min, Max       *float64
	Integer        bool
	MinItems       int
	MaxItems       int
	Past, Future   bool
	Prefill        string // what of the person who fills it in stands here beforehand
	Autocomplete   string
	InputMode      string
	Default        any
	Fields         []*Field // of a group or of a row; a row of single values has one field without Key
}

// Option is one value of a field with its text.
type Option struct {
	Value   string `json:"value"`
	Label   string `json:"label"`
	LabelEN string `json:"label_en,omitempty"`
}

// Text returns the label in a language.
func (o Option) Text(lang string) string { return pick(lang, o.Label, o.LabelEN) }

// Text returns the label of the field in a language.
func (f *Field) Text(lang string) string { return pick(lang, f.Label, f.LabelEN) }

// Text returns the title of the form in a language.
func (f *Form) Text(lang string) string { return pick(lang, f.Title, f.TitleEN) }

func pick(lang, vi, en string) string {
	if lang == "en" && en != "" {
		return en
	}
	return vi
}

// single reports whether the field repeats single values.
func (f *Field) single() bool {
	return f.Kind == List && len(f.Fields) == 1 && f.Fields[0].Key == ""
}

// CodeLists returns the keys of the code lists the form takes options from.
func (f *Form) CodeLists() []string {
	var keys []string
	seen := map[string]bool{}
	f.each(func(fd *Field) {
		if fd.CodeList != "" && !seen[fd.CodeList] {
			seen[fd.CodeList] = true
			keys = append(keys, fd.CodeList)
		}
	})
	return keys
}

func (f *Form) hasList() bool {
	found := false
	f.each(func(fd *Field) { found = found || fd.Kind == List })
	return found
}

// each calls fn for every field, groups and lists before what they hold.
func (f *Form) each(fn func(*Field)) {
	var walk func([]*Field)
	walk = func(fields []*Field) {
		for _, fd := range fields {
			fn(fd)
			walk(fd.Fields)
		}
	}
	walk(f.Fields)
}

// find returns the field at a path of keys and row numbers; nil when there is none.
func (f *Form) find(path []string) *Field {
	fields := f.Fields
	var at *Field
	for _, p := range path {
		if at != nil && at.Kind == Choices {
			return at
		}
		if at != nil && at.Kind == List {
			if at.single() {
				return at.Fields[0]
			}
			fields = at.Fields
			at = &Field{Kind: Group, Label: at.Label, LabelEN: at.LabelEN, Fields: at.Fields}
			continue
		}
		at = byKey(fields, p)
		if at == nil {
			return nil
		}
		fields = at.Fields
	}
	return at
}

func byKey(fields []*Field, key string) *Field {
	for _, f := range fields {
		if f.Key == key {
			return f
		}
	}
	return nil
}

// Prefill returns the answers known beforehand: defaults, and what x-prefill takes from known, such as "full_name".
func (f *Form) Prefill(known map[string]any) map[string]any {
	return prefill(f.Fields, known)
}

func prefill(fields []*Field, known map[string]any) map[string]any {
	data := map[string]any{}
	for _, fd := range fields {
		if fd.Kind == Group {
			if in := prefill(fd.Fields, known); len(in) > 0 {
				data[fd.Key] = in
			}
			continue
		}
		if fd.Default != nil {
			data[fd.Key] = fd.Default
		}
		if v, ok := known[fd.Prefill]; ok && fd.Prefill != "" {
			if s, isText := v.(string); isText {
				v = fd.clean(s)
			}
			if v != nil && v != "" {
				data[fd.Key] = v
			}
		}
	}
	return data
}

// Rules is what the validation of answers needs beside the form: the day, the
// code lists (a list that is missing is not checked) and the language of the labels.
type Rules struct {
	On    clock.Date
	Lists map[string][]Option
	Lang  string
}

// Validate checks answers. The error is fault.Invalid with one sentence for every
// field that is wrong, in the order of the form; names are dotted paths, "children.0.name".
func (f *Form) Validate(data map[string]any, r Rules) error {
	c := &check{form: f, rules: r, found: map[string]i18n.Msg{}}
	c.fields(f.Fields, "", data, 0)
	if !c.broken {
		c.schema(data)
	}
	var ps fault.Problems
	for _, name := range c.names(data) {
		ps.Add(name, c.found[name])
	}
	return ps.Err()
}

// join returns the dotted path of a key under a prefix.
func join(prefix, key string) string {
	switch {
	case prefix == "":
		return key
	case key == "":
		return prefix
	}
	return prefix + "." + key
}

func rowName(list string, i int) string { return list + "." + strconv.Itoa(i) }

// lowerFirst returns s with a small first letter, unless it begins with an abbreviation.
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 1 && strings.ToUpper(string(r[1])) == string(r[1]) && strings.ToLower(string(r[1])) != string(r[1]) {
		return s
	}
	if len(r) == 0 {
		return s
	}
	return strings.ToLower(string(r[0])) + string(r[1:])
}
