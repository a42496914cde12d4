package form

import (
	"fmt"
	"strconv"
	"strings"

	"lienthong/internal/kit/i18n"
)

// Answers is the answers of an e-form, to be read.
type Answers struct {
	Form    *Form
	Data    map[string]any
	Lists   map[string][]Option
	Lang    string
	Catalog *i18n.Catalog
	Level   int // heading level of the sections, 3 when zero
}

// Section is the answers under one heading; Title is empty for those outside all sections.
type Section struct {
	Title   string   `json:"title,omitempty"`
	Answers []Answer `json:"answers"`
}

// Answer is one label with its value as people read it.
type Answer struct {
	Name  string `json:"name"` // dotted path
	Label string `json:"label"`
	Value string `json:"value"`
}

// Sections returns what was answered, section by section in the order of the form;
// fields without an answer are left out. Codes show their text in the code list.
func (a Answers) Sections() []Section {
	r := &reading{of: a}
	r.group(a.Form.Fields, "", "", a.Data)
	return r.sections
}

type reading struct {
	of       Answers
	sections []Section
}

// section opens a section under a title unless it is the one that is open.
func (r *reading) section(title string) *Section {
	if n := len(r.sections); n > 0 && r.sections[n-1].Title == title {
		return &r.sections[n-1]
	}
	r.sections = append(r.sections, Section{Title: title})
	return &r.sections[len(r.sections)-1]
}

func (r *reading) group(fields []*Field, title, name string, data map[string]any) {
	for _, f := range fields {
		value, ok := data[f.Key]
		if !ok || value == nil {
			continue
		}
		at, label := join(name, f.Key), f.Text(r.of.Lang)
		switch f.Kind {
		case Group:
			if in, ok := value.(map[string]any); ok {
				r.group(f.Fields, heading(title, label), at, in)
			}
		case List:
			r.list(f, title, at, value)
		default:
			if text := r.text(f, value); text != "" {
				s := r.section(title)
				s.Answers = append(s.Answers, Answer{at, label, text})
			}
		}
	}
}

func heading(title, label string) string {
	if title == "" {
		return label
	}
	return title + " – " + label
}

func (r *reading) list(f *Field, title, name string, value any) {
	rows, _ := value.([]any)
	if f.single() {
		var texts []string
		for _, row := range rows {
			texts = append(texts, display(f.Fields[0], row))
		}
		if len(texts) > 0 {
			s := r.section(title)
			s.Answers = append(s.Answers, Answer{name, f.Text(r.of.Lang), strings.Join(texts, "; ")})
		}
		return
	}
	for i, row := range rows {
		if cells, ok := row.(map[string]any); ok {
			r.group(f.Fields, heading(title, f.Text(r.of.Lang)+" "+strconv.Itoa(i+1)), rowName(name, i), cells)
		}
	}
}

// text writes an answer: the text of a code, yes or no of a tick.
func (r *reading) text(f *Field, value any) string {
	switch f.Kind {
	case Select, Radio:
		return r.option(f, fmt.Sprint(value))
	case Choices:
		list, _ := value.([]any)
		texts := make([]string, len(list))
		for i, v := range list {
			texts[i] = r.option(f, fmt.Sprint(v))
		}
		return strings.Join(texts, "; ")
	case Tick:
		if value == true {
			return r.of.Catalog.Msg(r.of.Lang, i18n.M("Có"))
		}
		return r.of.Catalog.Msg(r.of.Lang, i18n.M("Không"))
	}
	return display(f, value)
}

// option returns the text of a value, the value itself when the list no longer has it.
func (r *reading) option(f *Field, value string) string {
	options := f.Options
	if f.CodeList != "" {
		options = r.of.Lists[f.CodeList]
	}
	for _, o := range options {
		if o.Value == value {
			return o.Text(r.of.Lang)
		}
	}
	return value
}
