package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// The bounds of a form.
const (
	maxFields   = 400
	maxNesting  = 5
	maxOptions  = 1000
	maxRows     = 100
	defaultRows = 20
	lineLength  = 500  // characters of a text without maxLength
	textLength  = 5000 // of a textarea without maxLength
)

var (
	propertyPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,39}$`)
	digitsPattern   = regexp.MustCompile(`^\^(\(?(\[0-9\]|\\d)(\{[0-9,]+\}|[+*])?[|)]*)+\$$`)
	ownWords        = map[string]bool{"x-order": true, "x-help": true, "x-help-en": true, "x-widget": true, "x-codelist": true, "x-en": true,
		"x-prefill": true, "x-autocomplete": true, "x-error": true, "x-error-en": true, "x-past": true, "x-future": true}
	knownFormats = map[string]Kind{"date": Date, "email": Email, "tel": Tel, "uri": Text}
	knownWidgets = map[string]bool{"textarea": true, "radio": true, "select": true, "text": true}
	telFormat    = regexp.MustCompile(`^0[0-9]{8,10}$`)
	autocomplete = map[string]string{"full_name": "name", "phone": "tel", "email": "email", "address": "street-address", "birth_date": "bday", "organisation": "organization"}
)

// build makes the form of a schema and compiles the schema.
func build(raw []byte) (*Form, error) {
	root, err := parseOrdered(raw)
	if err != nil {
		return nil, fault.NewInvalid("", i18n.M("Biểu mẫu không phải là JSON Schema: %s", err.Error()))
	}
	b := &builder{root: root, form: new(Form)}
	b.form.Title, b.form.TitleEN = root.text("title"), root.text("x-en")
	b.form.Error, b.form.ErrorEN = root.text("x-error"), root.text("x-error-en")
	if root.text("type") != "object" {
		b.ps.Add("type", i18n.M("Biểu mẫu phải có type: object."))
	}
	b.words("", root)
	b.form.Fields = b.properties("", root, 1)
	if len(b.form.Fields) == 0 {
		b.ps.Add("properties", i18n.M("Biểu mẫu chưa có mục nào."))
	}
	if err := b.ps.Err(); err != nil {
		return nil, err
	}
	b.form.schema, err = compileSchema(raw)
	if err != nil {
		return nil, fault.NewInvalid("", i18n.M("Biểu mẫu không đúng JSON Schema 2020-12: %s", err.Error()))
	}
	return b.form, nil
}

// formURL is what the schema calls itself; nothing is ever fetched.
const formURL = "https://form.invalid/form.json"

type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s lies outside the file", url)
}

func compileSchema(raw []byte) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(noLoader{})
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	c.RegisterFormat(&jsonschema.Format{Name: "tel", Validate: func(v any) error {
		if s, ok := v.(string); ok && !telFormat.MatchString(s) {
			return fmt.Errorf("not a telephone number")
		}
		return nil
	}})
	if err := c.AddResource(formURL, doc); err != nil {
		return nil, err
	}
	return c.Compile(formURL)
}

// builder walks a schema.
type builder struct {
	root  *object
	form  *Form
	ps    fault.Problems
	count int
}

// resolve follows references inside the document; words beside $ref win.
func (b *builder) resolve(path string, o *object) *object {
	for range 8 {
		ref := o.text("$ref")
		if ref == "" {
			return o
		}
		key, ok := strings.CutPrefix(ref, "#/$defs/")
		def := b.root.object("$defs").object(key)
		if !ok || def == nil {
			b.ps.Add(path, i18n.M("Không có định nghĩa “%s” trong biểu mẫu.", ref))
			return o
		}
		o = def.with(o)
	}
	b.ps.Add(path, i18n.M("Định nghĩa tham chiếu lẫn nhau."))
	return o
}

// words checks the x- words of a schema.
func (b *builder) words(path string, o *object) {
	for _, k := range o.keys {
		if strings.HasPrefix(k, "x-") && !ownWords[k] {
			b.ps.Add(join(path, k), i18n.M("Không có từ khóa “%s” trong biểu mẫu.", k))
		}
	}
	if w := o.text("x-widget"); w != "" && !knownWidgets[w] {
		b.ps.Add(join(path, "x-widget"), i18n.M("Không có kiểu nhập “%s”; có: text, textarea, radio, select.", w))
	}
	if f := o.text("format"); f != "" {
		if _, ok := knownFormats[f]; !ok {
			b.ps.Add(join(path, "format"), i18n.M("Không có định dạng “%s”; có: date, email, tel, uri.", f))
		}
	}
}

// properties returns the fields of an object in the order of x-order, the rest as they stand.
func (b *builder) properties(name string, o *object, depth int) []*Field {
	props := o.object("properties")
	if props == nil {
		return nil
	}
	if depth > maxNesting {
		b.ps.Add(name, i18n.M("Biểu mẫu lồng nhau quá %d tầng.", maxNesting))
		return nil
	}
	required := map[string]bool{}
	for _, r := range o.texts("required") {
		required[r] = true
		if !props.has(r) {
			b.ps.Add(join(name, "required"), i18n.M("Không có mục “%s” trong properties.", r))
		}
	}
	var fields []*Field
	for _, key := range b.order(name, o, props) {
		p := props.object(key)
		if p == nil || !propertyPattern.MatchString(key) {
			b.ps.Add(join(name, key), i18n.M("Tên mục chỉ gồm chữ không dấu, số và gạch dưới, bắt đầu bằng chữ; nội dung là một schema."))
			continue
		}
		if b.count++; b.count > maxFields {
			b.ps.Add(join(name, key), i18n.M("Biểu mẫu có hơn %d mục.", maxFields))
			return fields
		}
		f := b.field(join(name, key), p, depth)
		f.Key, f.Required = key, required[key]
		fields = append(fields, f)
	}
	return fields
}

func (b *builder) order(name string, o, props *object) []string {
	var order []string
	seen := map[string]bool{}
	for _, k := range o.texts("x-order") {
		if !props.has(k) || seen[k] {
			b.ps.Add(join(name, "x-order"), i18n.M("Mục “%s” không có trong properties hoặc đã ghi ở trên.", k))
			continue
		}
		seen[k] = true
		order = append(order, k)
	}
	for _, k := range props.keys {
		if !seen[k] {
			order = append(order, k)
		}
	}
	return order
}

func (b *builder) field(name string, o *object, depth int) *Field {
	o = b.resolve(name, o)
	b.words(name, o)
	f := &Field{
		Name: name, Label: o.text("title"), LabelEN: o.text("x-en"), Help: o.text("x-help"), HelpEN: o.text("x-help-en"),
		Error: o.text("x-error"), ErrorEN: o.text("x-error-en"), CodeList: o.text("x-codelist"), Widget: o.text("x-widget"),
		Prefill: o.text("x-prefill"), Autocomplete: o.text("x-autocomplete"), Past: o.flag("x-past"), Future: o.flag("x-future"),
		MinLength: o.whole("minLength"), MaxLength: o.whole("maxLength"), Min: o.number("minimum"), Max: o.number("maximum"), Default: plain(o.m["default"]),
	}
	if f.Label == "" && !strings.HasSuffix(name, ".*") {
		b.ps.Add(name, i18n.M("Mục này thiếu title (nhãn)."))
	}
	if f.Help == "" {
		f.Help = o.text("description")
	}
	if f.Autocomplete == "" {
		f.Autocomplete = autocomplete[f.Prefill]
	}
	switch o.text("type") {
	case "object":
		f.Kind = Group
		f.Fields = b.properties(name, o, depth+1)
	case "array":
		b.array(f, o, depth)
	case "boolean":
		f.Kind = Tick
	case "integer", "number":
		f.Kind, f.Integer, f.InputMode = Number, o.text("type") == "integer", "decimal"
		if f.Integer {
			f.InputMode = "numeric"
		}
	case "string":
		b.text(f, o)
	default:
		b.ps.Add(join(name, "type"), i18n.M("Kiểu “%s” chưa dùng được; có: object, array, string, integer, number, boolean.", o.text("type")))
	}
	return f
}

// text settles how a text is entered.
func (b *builder) text(f *Field, o *object) {
	f.Kind = Text
	if t, ok := knownFormats[o.text("format")]; ok {
		f.Kind = t
	}
	f.Options = b.options(f.Name, o)
	switch {
	case len(f.Options) > 0 || f.CodeList != "":
		f.Kind = Select
		if f.Widget == "radio" || f.Widget == "" && f.CodeList == "" && len(f.Options) <= 4 {
			f.Kind = Radio
		}
		return
	case f.Widget == "textarea":
		f.Kind = Textarea
	}
	if f.MaxLength == 0 {
		f.MaxLength = lineLength
		if f.Kind == Textarea {
			f.MaxLength = textLength
		}
	}
	if digitsPattern.MatchString(o.text("pattern")) {
		f.InputMode = "numeric"
	}
	if f.Kind == Tel {
		f.InputMode = "tel"
	}
}

// options reads enum, or oneOf with const and title.
func (b *builder) options(name string, o *object) []Option {
	var options []Option
	for _, v := range o.list("enum") {
		s, ok := v.(string)
		if !ok {
			b.ps.Add(join(name, "enum"), i18n.M("Giá trị của enum phải là chữ."))
			return nil
		}
		options = append(options, Option{Value: s, Label: s})
	}
	for _, v := range o.list("oneOf") {
		c, ok := v.(*object)
		if !ok || c.text("const") == "" {
			return options // a rule, not a choice
		}
		option := Option{Value: c.text("const"), Label: c.text("title"), LabelEN: c.text("x-en")}
		if option.Label == "" {
			option.Label = option.Value
		}
		options = append(options, option)
	}
	if len(options) > maxOptions {
		b.ps.Add(name, i18n.M("Có hơn %d lựa chọn; hãy dùng danh mục (x-codelist).", maxOptions))
	}
	return options
}

// array settles a list: boxes to tick, rows of fields or rows of single values.
func (b *builder) array(f *Field, o *object, depth int) {
	f.Kind, f.MinItems, f.MaxItems = List, o.whole("minItems"), o.whole("maxItems")
	if f.MaxItems == 0 {
		f.MaxItems = defaultRows
	}
	items := o.object("items")
	if items == nil {
		b.ps.Add(join(f.Name, "items"), i18n.M("Danh sách thiếu items."))
		return
	}
	items = b.resolve(f.Name, items)
	if items.text("type") == "object" {
		b.words(join(f.Name, "items"), items)
		f.Fields = b.properties(f.Name+".*", items, depth+1)
		b.rows(f)
		return
	}
	item := b.field(f.Name+".*", items, depth+1)
	if len(item.Options) > 0 || item.CodeList != "" {
		f.Kind, f.Options, f.MaxItems = Choices, item.Options, maxOptions
		if f.CodeList == "" {
			f.CodeList = item.CodeList
		}
		return
	}
	if item.Kind == List || item.Kind == Choices || item.Kind == Tick {
		b.ps.Add(join(f.Name, "items"), i18n.M("Danh sách này không dùng được trong biểu mẫu."))
	}
	item.Label, item.LabelEN = f.Label, f.LabelEN
	f.Fields = []*Field{item}
	b.rows(f)
}

func (b *builder) rows(f *Field) {
	if f.MaxItems > maxRows || f.MinItems > f.MaxItems {
		b.ps.Add(join(f.Name, "maxItems"), i18n.M("Danh sách có nhiều nhất %d dòng, và maxItems không nhỏ hơn minItems.", maxRows))
		f.MaxItems = maxRows
	}
}

// plain returns an ordered JSON value as encoding/json would have read it.
func plain(v any) any {
	switch v := v.(type) {
	case *object:
		m := map[string]any{}
		for k, in := range v.m {
			m[k] = plain(in)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, in := range v {
			list[i] = plain(in)
		}
		return list
	case json.Number:
		f, _ := v.Float64()
		return f
	}
	return v
}
