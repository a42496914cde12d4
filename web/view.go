package web

import "html/template"

// Province is what the layouts show of the province that runs the program.
type Province struct {
	Name     string // "Gia Lai"
	Title    string // "tỉnh Gia Lai", inside a sentence
	Logo     string // URL path of the mark; empty shows the mark of the design system
	Owner    string // agency answerable for the site: "Ủy ban nhân dân tỉnh Gia Lai"
	Operator string // unit that runs it: "Trung tâm Phục vụ hành chính công tỉnh"
	Address  string
	Hotline  string // as people dial it: "0269 1022"
	Email    string
}

// Flash is a message above the content, shown once.
type Flash struct {
	Kind string // "ok", "info", "warn" or "late"
	Text string
}

// Problem is one line of the error summary; Field is the name of the field it leads to, empty for the page as a whole.
type Problem struct {
	Field string
	Text  string
}

// Option is one choice of a select, radio or checkbox field.
type Option struct {
	Value    string
	Label    string
	Hint     string
	Selected bool
	Group    string // select only: consecutive options of one group stand under its name
}

// Field is one labelled control with its hint and its error.
type Field struct {
	Name         string
	Label        string
	LabelMore    string // more of the label, only read out: what the heading above says already
	Type         string // text (default), date, tel, email, number, search, password, select, radio, checkbox, file, textarea
	Value        string
	Hint         string
	Error        string
	Required     bool
	Optional     bool // says "(không bắt buộc)" after the label
	Checked      bool // a single checkbox
	ReadOnly     bool
	Options      []Option
	Multiple     bool   // file and select
	Accept       string // file: ".pdf,image/*"
	Autocomplete string // HTML token, WCAG 1.3.5
	InputMode    string // "numeric", "tel"
	MaxLength    int
	Rows         int
	Width        string // "short", "medium"; full width by default
	Placeholder  string
	Suggest      string            // URL that answers with the partial "suggestions"
	Attrs        template.HTMLAttr // further attributes of the control, from code only
}

// Suggestion is one line of a list shown while typing. Href makes it a link, Value fills the field.
type Suggestion struct {
	Text  string
	Note  string
	Href  string
	Value string
}

// Status is a state with a word and an icon; Tone is "ok", "info", "warn", "late", "mute" or "accent".
type Status struct {
	Tone string
	Icon string // empty: the icon of the tone
	Text string
}

// Due is a time limit in words. Level is "late", "today", "soon", "ok", "paused" or "done".
type Due struct {
	Level string
	Text  string // "còn 2 ngày làm việc"; empty: the word of the level
	At    string // "25/11/2026 17:00"
	Why   string // "+1: nghỉ lễ 02/09"
}

// Moment is one entry of a vertical timeline.
type Moment struct {
	State  string // "done", "now", "next", "wait", "stop"
	Title  string
	Agency string
	Person string // full name and position
	At     string
	Text   string
	Due    *Due
	Href   string
	Link   string // text of the link
}

// Step is one step of a form with several pages. State is "done", "now" or "next".
type Step struct {
	Title string
	State string
	Href  string // empty: not reachable yet
}

// FileItem is a stored file in a list.
type FileItem struct {
	Name   string
	Href   string
	Size   string // "1,2 MB"
	Note   string // "tải lên 23/11/2026 14:05"
	Status *Status
	Remove string // URL that a POST form removes it with; empty: cannot be removed
	InForm bool   // the list stands inside a form, whose fields are sent along to Remove
}

// Stat is a figure that opens into the list behind it.
type Stat struct {
	Label string
	Value string
	Unit  string
	Note  string
	Href  string
	Tone  string
	Icon  string
}

// Chip is one filter: active chips link to the list without them.
type Chip struct {
	Label  string
	Href   string
	Active bool
	Count  string
}

// Pager leads through a list; empty links are not shown.
type Pager struct {
	Prev  string
	Next  string
	Shown string // "21–40"
	Total string // "1.491"
}

// Fact is a label with its value.
type Fact struct {
	Label string
	Value string
	Icon  string
	Href  string
}

// Crumb is one ancestor of the page.
type Crumb struct {
	Text string
	Href string
}

// NavItem is one line of the officials' navigation.
type NavItem struct {
	Label   string
	Href    string
	Icon    string
	Count   string
	Tone    string // of the count: "late", "warn"
	Key     string // letter after g
	Current bool
}

// NavGroup is a headed group of the officials' navigation. The layout "desk" takes a list of NavGroup as .Nav, the
// layout "public" a list of NavItem.
type NavGroup struct {
	Label string
	Items []NavItem
}

// Bell is the way to the reader's messages in the head of a page, with the number of those not opened yet.
type Bell struct {
	Href   string
	Stream string // address that tells the number as it changes, as server-sent events
	Count  int
}
