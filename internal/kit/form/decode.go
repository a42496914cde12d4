package form

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/vntext"
)

// The names of the buttons that add a row to a list and take one away; the value
// is the name of the list, or of the row.
const (
	AddRow    = "_add"
	RemoveRow = "_remove"
)

// Input is what came in with a form page.
type Input struct {
	Data       map[string]any // answers, cleaned; a number or date that cannot be read stays as its text
	Raw        url.Values     // what was typed, under the names of the fields
	Rearranged bool           // a button added or removed a row: show the form again, do not validate
}

// maxRaw bounds one value as it was typed.
const maxRaw = 64 << 10

// Decode reads the values of a form page. Fields that are not in the form are
// ignored, empty ones left out. It never fails: Validate says what is wrong.
func (f *Form) Decode(v url.Values) Input {
	d := &decoder{values: v, rows: map[string][]int{}, raw: url.Values{}}
	for name := range v {
		d.index(name)
	}
	for list, rows := range d.rows {
		slices.Sort(rows)
		d.rows[list] = slices.Compact(rows)
	}
	in := Input{Data: map[string]any{}, Raw: d.raw}
	d.group(in.Data, f.Fields, "", "")
	in.Rearranged = d.rearranged || v.Get(AddRow) != "" || v.Get(RemoveRow) != ""
	return in
}

type decoder struct {
	values     url.Values
	rows       map[string][]int // row numbers that came, by name of the list as it came
	raw        url.Values
	rearranged bool
}

// index notes the rows that a name belongs to.
func (d *decoder) index(name string) {
	for i := 0; i < len(name); i++ {
		if name[i] != '.' {
			continue
		}
		rest := name[i+1:]
		if j := strings.IndexByte(rest, '.'); j >= 0 {
			rest = rest[:j]
		}
		if n, err := strconv.Atoi(rest); err == nil && n >= 0 && n < 10*maxRows && len(d.rows[name[:i]]) < 10*maxRows {
			d.rows[name[:i]] = append(d.rows[name[:i]], n)
		}
	}
}

// group decodes fields into data. from is the name as it came, to the name with rows counted anew.
func (d *decoder) group(data map[string]any, fields []*Field, from, to string) {
	for _, f := range fields {
		if v := d.field(f, join(from, f.Key), join(to, f.Key)); v != nil {
			data[f.Key] = v
		}
	}
}

func (d *decoder) field(f *Field, from, to string) any {
	switch f.Kind {
	case Group:
		in := map[string]any{}
		d.group(in, f.Fields, from, to)
		if len(in) == 0 && !f.Required {
			return nil
		}
		return in
	case List:
		return d.list(f, from, to)
	case Choices:
		return d.choices(f, from, to)
	case Tick:
		v := strings.TrimSpace(d.values.Get(from))
		if v == "" || v == "0" || v == "false" {
			return nil
		}
		d.raw.Set(to, v)
		return true
	}
	typed := d.values.Get(from)
	if len(typed) > maxRaw {
		typed = strings.ToValidUTF8(typed[:maxRaw], "")
	}
	if typed == "" {
		return nil
	}
	d.raw.Set(to, typed)
	if v := f.clean(typed); v != "" {
		return v
	}
	return nil
}

func (d *decoder) choices(f *Field, from, to string) any {
	var list []any
	for _, v := range d.values[from] {
		v = vntext.Clean(v)
		if v == "" || len(list) >= f.MaxItems || slices.Contains(list, any(v)) {
			continue
		}
		list = append(list, v)
		d.raw.Add(to, v)
	}
	if list == nil {
		return nil
	}
	return list
}

// list decodes the rows that came, in their order; rows left empty are dropped, except one that was just asked for.
func (d *decoder) list(f *Field, from, to string) any {
	list := []any{}
	for _, n := range d.rows[from] {
		name := rowName(from, n)
		if d.values.Get(RemoveRow) == name {
			d.rearranged = true
			continue
		}
		if len(list) >= f.MaxItems {
			break
		}
		row := rowName(to, len(list))
		if f.single() {
			if v := d.field(f.Fields[0], name, row); v != nil {
				list = append(list, v)
			}
			continue
		}
		in := map[string]any{}
		d.group(in, f.Fields, name, row)
		if len(in) > 0 {
			list = append(list, in)
		}
	}
	if d.values.Get(AddRow) == from && len(list) < f.MaxItems {
		d.rearranged = true
		if f.single() {
			list = append(list, "")
		} else {
			list = append(list, map[string]any{})
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list
}

// Clean brings answers that came as JSON into the stored form: composed text,
// ISO dates, telephone numbers without separators. Anything else is left for Validate.
func (f *Form) Clean(data map[string]any) map[string]any { return cleanGroup(f.Fields, data) }

func cleanGroup(fields []*Field, data map[string]any) map[string]any {
	out := make(map[string]any, len(data))
	for k, v := range data {
		fd := byKey(fields, k)
		if fd == nil {
			out[k] = v
			continue
		}
		if c := cleanValue(fd, v); c != nil {
			out[k] = c
		}
	}
	return out
}

func cleanValue(f *Field, v any) any {
	switch v := v.(type) {
	case map[string]any:
		if f.Kind == Group {
			return cleanGroup(f.Fields, v)
		}
	case []any:
		if f.Kind != List {
			return v
		}
		list := make([]any, len(v))
		for i, in := range v {
			switch row, isRow := in.(map[string]any); {
			case isRow && !f.single():
				list[i] = cleanGroup(f.Fields, row)
			case f.single():
				list[i] = cleanValue(f.Fields[0], in)
			default:
				list[i] = in
			}
		}
		return list
	case string:
		if f.Kind == Number { // a text is no number in JSON
			return v
		}
		if s := f.clean(v); s != "" {
			return s
		}
		return nil
	}
	return v
}

// clean reads a value as it was typed: "" when it is empty, its text when it cannot be read.
func (f *Field) clean(typed string) any {
	if !utf8.ValidString(typed) {
		typed = strings.ToValidUTF8(typed, "")
	}
	if f.Kind == Textarea {
		return cleanLines(typed)
	}
	s := vntext.Clean(typed)
	switch f.Kind {
	case Number:
		if n, ok := ParseNumber(s); ok {
			return n
		}
	case Date:
		if d, ok := parseDay(s); ok {
			return d.String()
		}
	case Tel:
		return vntext.Phone(s)
	case Email:
		return strings.ToLower(s)
	}
	return s
}

// cleanLines is vntext.Clean that keeps the lines.
func cleanLines(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, l := range lines {
		lines[i] = vntext.Clean(l)
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// ParseNumber reads a number as people write it here: spaces and dots group
// thousands ("1.234.567"), a comma begins the decimals; a dot that cannot group does too.
func ParseNumber(s string) (float64, bool) {
	s = strings.ReplaceAll(s, " ", "")
	if len(s) > 30 || s == "" {
		return 0, false
	}
	whole, part, comma := strings.Cut(s, ",")
	if grouped(whole) {
		whole = strings.ReplaceAll(whole, ".", "")
	} else if comma && strings.Contains(whole, ".") {
		return 0, false
	}
	if comma {
		whole += "." + part
	}
	if strings.Trim(strings.TrimPrefix(whole, "-"), "0123456789.") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(whole, 64)
	return n, err == nil
}

func grouped(s string) bool {
	parts := strings.Split(strings.TrimPrefix(s, "-"), ".")
	if len(parts) < 2 || len(parts[0]) > 3 || parts[0] == "" || parts[0] == "0" {
		return false
	}
	for _, p := range parts[1:] {
		if len(p) != 3 {
			return false
		}
	}
	return true
}

// The years a date may lie in; another is a typing error.
const (
	minYear = 1850
	maxYear = 2200
)

// parseDay reads a date with any of the separators people use, or as eight digits.
func parseDay(s string) (clock.Date, bool) {
	s = strings.ReplaceAll(s, " ", "")
	if len(s) == 8 && strings.Trim(s, "0123456789") == "" {
		s = s[:2] + "/" + s[2:4] + "/" + s[4:]
	}
	if year, _, _ := strings.Cut(s, "-"); len(year) != 4 {
		s = strings.NewReplacer("-", "/", ".", "/").Replace(s)
	}
	d, err := clock.ParseDate(s)
	return d, err == nil && d.Year >= minYear && d.Year <= maxYear
}
