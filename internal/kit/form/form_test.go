package form

import (
	"fmt"
	"math"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

var rules = Rules{On: clock.MustDate("2018-11-23"), Lists: theLists}

// told returns the problems of an error as "field: sentence" lines.
func told(t testing.TB, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Invalid {
		t.Fatalf("got %v, want an invalid fault", err)
	}
	var lines []string
	for _, p := range f.Problems {
		lines = append(lines, p.Field+": "+p.Msg.String())
	}
	return lines
}

func TestFormModel(t *testing.T) {
	f := everyForm(t)
	if f.Text("vi") != "Tờ khai mẫu" || f.Text("en") != "Sample declaration" {
		t.Errorf("title %q, %q", f.Text("vi"), f.Text("en"))
	}
	var got []string
	f.each(func(fd *Field) {
		line := fmt.Sprintf("%s %s", fd.Name, fd.Kind)
		if fd.Required {
			line += "!"
		}
		got = append(got, line)
	})
	want := []string{
		"owner group!", "owner.name text!", "owner.phone tel!", "owner.email email", "owner.number text", "kind radio!",
		"note textarea", "agree checkbox!", "area number", "copies number", "start date", "site text", "ethnic select", "sex radio",
		"form_of radio", "uses choices", "children list", "children.*.full_name text!", "children.*.born date", "phones list", "phones.* tel",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("fields\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := f.CodeLists(); !reflect.DeepEqual(got, []string{"ethnic_group", "sex"}) {
		t.Errorf("code lists %q", got)
	}
	name := f.find([]string{"owner", "name"})
	if name.Autocomplete != "name" || name.MaxLength != 120 || name.Text("en") != "Full name" || name.Prefill != "full_name" {
		t.Errorf("owner.name is %+v", name)
	}
	number := f.find([]string{"owner", "number"})
	if number.InputMode != "numeric" || number.MaxLength != lineLength || number.ErrorEN == "" {
		t.Errorf("owner.number is %+v", number)
	}
	for path, want := range map[string]string{"children.0.born": "Ngày sinh", "phones.1": "Số máy khác", "uses.0": "Mục đích", "children.2": "Người con"} {
		if fd := f.find(strings.Split(path, ".")); fd == nil || fd.Label != want {
			t.Errorf("%s is %+v, want %q", path, fd, want)
		}
	}
	if f.find([]string{"owner", "nobody"}) != nil {
		t.Error("found a field that is not there")
	}
}

// TestFormRefuses holds that a form is told what is wrong with it, by path.
func TestFormRefuses(t *testing.T) {
	props := func(inner string) string {
		return `{"type":"object","properties":{` + inner + `}}`
	}
	tests := []struct{ name, schema, want string }{
		{"not JSON", `{`, "không phải là JSON Schema"},
		{"not an object", `[]`, "không phải là JSON Schema"},
		{"no type", `{"properties":{"a":{"type":"string","title":"A"}}}`, "type: Biểu mẫu phải có type: object"},
		{"no fields", `{"type":"object"}`, "chưa có mục nào"},
		{"no title", props(`"a":{"type":"string"}`), "a: Mục này thiếu title"},
		{"no type of a field", props(`"a":{"title":"A"}`), "a.type: Kiểu “” chưa dùng được"},
		{"two types", props(`"a":{"title":"A","type":["string","null"]}`), "chưa dùng được"},
		{"unknown word", props(`"a":{"title":"A","type":"string","x-codelits":"sex"}`), "a.x-codelits: Không có từ khóa"},
		{"unknown widget", props(`"a":{"title":"A","type":"string","x-widget":"slider"}`), "a.x-widget: Không có kiểu nhập “slider”"},
		{"unknown format", props(`"a":{"title":"A","type":"string","format":"colour"}`), "a.format: Không có định dạng “colour”"},
		{"name with a dot", props(`"a.b":{"title":"A","type":"string"}`), "a.b: Tên mục chỉ gồm"},
		{"name for a button", props(`"_add":{"title":"A","type":"string"}`), "_add: Tên mục chỉ gồm"},
		{"not a schema", props(`"a":true`), "a: Tên mục chỉ gồm"},
		{"order names nothing", `{"type":"object","x-order":["b"],"properties":{"a":{"type":"string","title":"A"}}}`, "x-order: Mục “b” không có"},
		{"required names nothing", `{"type":"object","required":["b"],"properties":{"a":{"type":"string","title":"A"}}}`, "required: Không có mục “b”"},
		{"unknown reference", props(`"a":{"title":"A","$ref":"#/$defs/x"}`), "a: Không có định nghĩa “#/$defs/x”"},
		{"reference outside", props(`"a":{"title":"A","$ref":"https://example.vn/x.json"}`), "Không có định nghĩa"},
		{"references in a ring", `{"type":"object","$defs":{"x":{"$ref":"#/$defs/x"}},"properties":{"a":{"title":"A","$ref":"#/$defs/x"}}}`, "tham chiếu lẫn nhau"},
		{"group in itself", `{"type":"object","$defs":{"x":{"type":"object","title":"X","properties":{"x":{"$ref":"#/$defs/x"}}}},"properties":{"a":{"$ref":"#/$defs/x"}}}`, "lồng nhau quá 5 tầng"},
		{"number as enum", props(`"a":{"title":"A","type":"string","enum":[1,2]}`), "a.enum: Giá trị của enum phải là chữ"},
		{"list without items", props(`"a":{"title":"A","type":"array"}`), "a.items: Danh sách thiếu items"},
		{"list of lists", props(`"a":{"title":"A","type":"array","items":{"type":"array","title":"B","items":{"type":"string","title":"C"}}}`), "a.items: Danh sách này không dùng được"},
		{"too many rows", props(`"a":{"title":"A","type":"array","maxItems":1000,"items":{"type":"string"}}`), "a.maxItems: Danh sách có nhiều nhất 100"},
		{"fewer than least", props(`"a":{"title":"A","type":"array","minItems":5,"maxItems":2,"items":{"type":"string"}}`), "maxItems không nhỏ hơn minItems"},
		{"no JSON Schema", props(`"a":{"title":"A","type":"string","minLength":"two"}`), "không đúng JSON Schema 2020-12"},
		{"bad pattern", props(`"a":{"title":"A","type":"string","pattern":"("}`), "không đúng JSON Schema 2020-12"},
		{"pattern without end", props(`"a":{"title":"A","type":"string","pattern":"(?=x)"}`), "không đúng JSON Schema 2020-12"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := build([]byte(tt.schema))
			got := strings.Join(told(t, err), "\n")
			if !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestFormBounds holds that a hostile schema is refused and does not take long.
func TestFormBounds(t *testing.T) {
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"f%d":{"type":"string","title":"F"}`, i)
		}
		return `{"type":"object","properties":{` + b.String()[1:] + `}}`
	}
	options := func(n int) string {
		return `{"type":"object","properties":{"a":{"type":"string","title":"A","enum":["` + strings.Repeat(`x","`, n) + `"]}}}`
	}
	for name, doc := range map[string]string{
		"fields":  many(maxFields + 1),
		"options": options(maxOptions + 1),
		"depth":   strings.Repeat(`{"properties":`, 200) + "1" + strings.Repeat("}", 200),
		"size":    `{"type":"object","title":"` + strings.Repeat("x", maxSchemaBytes) + `"}`,
	} {
		s, err := NewSchema([]byte(doc))
		if err == nil {
			_, err = s.Form()
		}
		if err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := build([]byte(many(maxFields))); err != nil {
		t.Errorf("%d fields: %v", maxFields, err)
	}
}

func TestDecode(t *testing.T) {
	f := everyForm(t)
	tests := []struct {
		name string
		in   url.Values
		want map[string]any
	}{
		{"nothing", url.Values{}, map[string]any{"owner": map[string]any{}}},
		{"unknown names", url.Values{"secret": {"1"}, "owner.admin": {"1"}, "owner": {"x"}}, map[string]any{"owner": map[string]any{}}},
		{"filled", filled(), map[string]any{"owner": map[string]any{"name": "Rơ Châm H'Lan", "phone": "0912345678"}, "kind": "Mới", "agree": true, "uses": []any{"Học tập"}}},
		{"text", url.Values{"owner.name": {"  Nguye\u0302\u0303n \t Va\u0306n  A\u0300 "}}, map[string]any{"owner": map[string]any{"name": "Nguyễn Văn À"}}},
		{"spaces only", url.Values{"owner.name": {" \u00a0 "}}, map[string]any{"owner": map[string]any{}}},
		{"lines", url.Values{"note": {"\r\nDòng  một\r\nDòng hai \r\n\r\n"}}, map[string]any{"owner": map[string]any{}, "note": "Dòng một\nDòng hai"}},
		{"phone from abroad", url.Values{"owner.phone": {"+84 (269) 382-4404"}}, map[string]any{"owner": map[string]any{"phone": "02693824404"}}},
		{"e-mail", url.Values{"owner.email": {" Ten@Example.VN "}}, map[string]any{"owner": map[string]any{"email": "ten@example.vn"}}},
		{"not ticked", url.Values{"agree": {"0"}}, map[string]any{"owner": map[string]any{}}},
		{"boxes", url.Values{"uses": {"Khác", "", "Khác", "Học tập"}}, map[string]any{"owner": map[string]any{}, "uses": []any{"Khác", "Học tập"}}},
		{"rows out of order", url.Values{"children.7.full_name": {"B"}, "children.2.full_name": {"A"}, "children.x.full_name": {"C"}, "children.-1.full_name": {"D"}},
			map[string]any{"owner": map[string]any{}, "children": []any{map[string]any{"full_name": "A"}, map[string]any{"full_name": "B"}}}},
		{"empty row", url.Values{"children.0.full_name": {""}, "children.1.full_name": {"A"}}, map[string]any{"owner": map[string]any{}, "children": []any{map[string]any{"full_name": "A"}}}},
		{"too many rows", url.Values{"phones.0": {"01"}, "phones.1": {"02"}, "phones.2": {"03"}}, map[string]any{"owner": map[string]any{}, "phones": []any{"01", "02"}}},
		{"broken bytes", url.Values{"owner.name": {"A\xff\xfeB"}}, map[string]any{"owner": map[string]any{"name": "AB"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := f.Decode(tt.in).Data; !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %#v\nwant %#v", got, tt.want)
			}
		})
	}
}

// TestDecodeRaw holds that nothing that was typed is lost, under the names the page will show.
func TestDecodeRaw(t *testing.T) {
	in := everyForm(t).Decode(url.Values{"area": {"nhiều"}, "start": {"31/02/2018"}, "children.4.born": {"hôm qua"}, "phones.9": {"abc"}, "other": {"x"}})
	want := url.Values{"area": {"nhiều"}, "start": {"31/02/2018"}, "children.0.born": {"hôm qua"}, "phones.0": {"abc"}}
	if !reflect.DeepEqual(in.Raw, want) {
		t.Errorf("got %v, want %v", in.Raw, want)
	}
	if in.Data["area"] != "nhiều" || in.Data["start"] != "31/02/2018" {
		t.Errorf("what cannot be read is not kept: %v", in.Data)
	}
}

func TestRows(t *testing.T) {
	f := everyForm(t)
	two := url.Values{"children.0.full_name": {"A"}, "children.1.full_name": {"B"}}
	with := func(pairs ...string) url.Values {
		v := url.Values{}
		for k, in := range two {
			v[k] = in
		}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v
	}
	a, b := map[string]any{"full_name": "A"}, map[string]any{"full_name": "B"}
	tests := []struct {
		name       string
		in         url.Values
		want       []any
		rearranged bool
	}{
		{"no button", two, []any{a, b}, false},
		{"add", with(AddRow, "children"), []any{a, b, map[string]any{}}, true},
		{"add beyond the most", with("children.2.full_name", "C", AddRow, "children"), []any{a, b, map[string]any{"full_name": "C"}}, true},
		{"remove the first", with(RemoveRow, "children.0"), []any{b}, true},
		{"remove what is not there", with(RemoveRow, "children.5"), []any{a, b}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := f.Decode(tt.in)
			if !reflect.DeepEqual(in.Data["children"], tt.want) || in.Rearranged != tt.rearranged {
				t.Errorf("got %v, %t; want %v, %t", in.Data["children"], in.Rearranged, tt.want, tt.rearranged)
			}
		})
	}
	in := f.Decode(url.Values{AddRow: {"phones"}})
	if !reflect.DeepEqual(in.Data["phones"], []any{""}) {
		t.Errorf("a row of single values: %v", in.Data["phones"])
	}
}

func TestParseNumber(t *testing.T) {
	tests := []struct {
		in   string
		want float64
		ok   bool
	}{
		{"12", 12, true}, {"1 234", 1234, true}, {"1.234", 1234, true}, {"1.234.567", 1234567, true}, {"1.234,5", 1234.5, true},
		{"12,5", 12.5, true}, {"12.5", 12.5, true}, {"0,25", 0.25, true}, {"0.125", 0.125, true}, {"-3", -3, true}, {"007", 7, true},
		{"", 0, false}, {"một", 0, false}, {"1,2,3", 0, false}, {"1.2.3", 0, false}, {"12.34,5", 0, false}, {"1e9", 0, false}, {"0x10", 0, false},
		{"NaN", 0, false}, {"Inf", 0, false}, {"--1", 0, false}, {strings.Repeat("9", 40), 0, false},
	}
	for _, tt := range tests {
		got, ok := ParseNumber(tt.in)
		if ok != tt.ok || ok && got != tt.want {
			t.Errorf("%q: %v, %t; want %v, %t", tt.in, got, ok, tt.want, tt.ok)
		}
	}
}

func TestParseDay(t *testing.T) {
	for in, want := range map[string]string{
		"23/11/2018": "2018-11-23", "2018-11-23": "2018-11-23", "23-11-2018": "2018-11-23", "23.11.2018": "2018-11-23", "1-1-2018": "2018-01-01",
		"1-11-2018": "2018-11-01", "23 / 11 / 2018": "2018-11-23", "23112018": "2018-11-23", "3/4/1990": "1990-04-03",
		"": "", "hôm nay": "", "31/02/2018": "", "11/23/2018": "", "23/11/18": "", "1/1/0018": "", "23/11/9999": "", "2018": "", "12345678": "",
	} {
		d, ok := parseDay(in)
		if ok != (want != "") || ok && d.String() != want {
			t.Errorf("%q: %v, %t; want %q", in, d, ok, want)
		}
	}
}

// TestFormValidate holds the sentence for everything that can be wrong.
func TestFormValidate(t *testing.T) {
	f := everyForm(t)
	tests := []struct {
		name string
		in   url.Values
		want []string
	}{
		{"all right", filled(), nil},
		{"nothing", url.Values{}, []string{
			"owner.name: Hãy nhập họ, chữ đệm, tên.", "owner.phone: Hãy nhập số điện thoại.", "kind: Hãy chọn loại.", "agree: Hãy đánh dấu vào ô “Tôi cam đoan nội dung khai là đúng”."}},
		{"short name", filled("owner.name", "A"), []string{"owner.name: Họ, chữ đệm, tên phải có ít nhất 2 ký tự."}},
		{"long name", filled("owner.name", strings.Repeat("ă", 121)), []string{"owner.name: Họ, chữ đệm, tên dài quá 120 ký tự."}},
		{"phone", filled("owner.phone", "12345"), []string{"owner.phone: Số điện thoại gồm 10 chữ số, bắt đầu bằng số 0."}},
		{"e-mail", filled("owner.email", "ten@"), []string{"owner.email: Thư điện tử chưa đúng, ví dụ đúng: ten@example.vn."}},
		{"own sentence", filled("owner.number", "123"), []string{"owner.number: Số định danh gồm 12 chữ số."}},
		{"not on offer", filled("kind", "Khác"), []string{"kind: Hãy chọn loại trong danh sách."}},
		{"not among alternatives", filled("form_of", "Tại quầy"), []string{"form_of: Hãy chọn hình thức nhận trong danh sách."}},
		{"no number", filled("area", "nhiều"), []string{"area: Diện tích phải là số, ví dụ 12 hoặc 12,5."}},
		{"too little", filled("area", "0,5"), []string{"area: Diện tích phải từ 1 trở lên."}},
		{"too much", filled("area", "2.000.000"), []string{"area: Diện tích không được lớn hơn 1.000.000."}},
		{"no whole number", filled("copies", "2,5"), []string{"copies: Số bản phải là số nguyên, ví dụ 12."}},
		{"not a multiple", filled("copies", "3"), []string{"copies: Số bản phải chia hết cho 2."}},
		{"no such day", filled("start", "31/02/2018"), []string{"start: Ngày bắt đầu chưa đúng. Hãy nhập ngày/tháng/năm, ví dụ 23/11/2018."}},
		{"in the past", filled("start", "22/11/2018"), []string{"start: Ngày bắt đầu phải từ ngày 23/11/2018 trở đi."}},
		{"today", filled("start", "23/11/2018"), nil},
		{"address", filled("site", "example"), []string{"site: Trang web phải là một địa chỉ trang web, ví dụ https://example.vn."}},
		{"code list", filled("ethnic", "99"), []string{"ethnic: Hãy chọn dân tộc trong danh sách."}},
		{"in the code list", filled("ethnic", "05", "sex", "female"), nil},
		{"no boxes", filled("uses", ""), nil},
		{"unknown box", filled("uses", "Chơi"), []string{"uses: Hãy chọn mục đích trong danh sách."}},
		{"row not complete", filled("children.0.born", "1/1/2010"), []string{"children.0.full_name: Hãy nhập họ, chữ đệm, tên."}},
		{"born tomorrow", filled("children.0.full_name", "A B", "children.0.born", "24/11/2018"), []string{"children.0.born: Ngày sinh phải trước ngày 24/11/2018."}},
		{"born today", filled("children.0.full_name", "A B", "children.0.born", "23/11/2018"), nil},
		{"single values", filled("phones.0", "0269382", "phones.1", "02693824404"), []string{"phones.0: Số máy khác gồm 10 chữ số, bắt đầu bằng số 0."}},
		{"long note", filled("note", strings.Repeat("a ", 600)), []string{"note: Ghi chú dài quá 1000 ký tự."}},
		{"in the order of the form", filled("phones.0", "1", "owner.name", "", "area", "x"), []string{
			"owner.name: Hãy nhập họ, chữ đệm, tên.", "area: Diện tích phải là số, ví dụ 12 hoặc 12,5.", "phones.0: Số máy khác gồm 10 chữ số, bắt đầu bằng số 0."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := told(t, f.Validate(f.Decode(tt.in).Data, rules))
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// TestFormValidateJSON holds that answers that came as JSON are checked as strictly.
func TestFormValidateJSON(t *testing.T) {
	f := everyForm(t)
	right := func() map[string]any { return f.Decode(filled()).Data }
	rows := make([]any, 50)
	for i := range rows {
		rows[i] = map[string]any{"full_name": "A B"}
	}
	tests := []struct {
		name string
		key  string
		v    any
		want string
	}{
		{"unknown name", "admin", true, "admin: Biểu mẫu không có mục “admin”."},
		{"long unknown name", strings.Repeat("x", 100), 1.0, "Biểu mẫu không có mục “" + strings.Repeat("x", 60) + "…”."},
		{"text for a number", "area", "12", "area: Diện tích phải là số"},
		{"number for a text", "kind", 1.0, "kind: Loại chưa đúng"},
		{"number for a date", "start", 1.0, "start: Ngày bắt đầu chưa đúng"},
		{"group for a text", "note", map[string]any{"a": "b"}, "note: Ghi chú chưa đúng"},
		{"text for a group", "owner", "x", "owner: Thông tin ở phần này"},
		{"list for a text", "kind", []any{"Mới"}, "kind: Loại"},
		{"text for a list", "children", "x", "children: Người con chưa đúng"},
		{"text for a row", "children", []any{"x"}, "children.0: Thông tin ở phần này"},
		{"too many rows", "children", rows, "children: Người con có nhiều nhất 3 dòng."},
		{"unknown name in a row", "children", []any{map[string]any{"full_name": "A B", "x": 1.0}}, "children.0.x: Biểu mẫu không có mục “x”."},
		{"twice", "uses", []any{"Khác", "Khác"}, "uses: Phần “Mục đích” có hai dòng giống nhau (dòng 1 và 2)."},
		{"empty list", "uses", []any{}, "uses: Phần “Mục đích” cần ít nhất 1 dòng."},
		{"no number at all", "area", math.NaN(), "area: Diện tích phải là số"},
		{"no JSON", "area", struct{}{}, "area: Diện tích chưa đúng."},
		{"year 18", "start", "0018-01-01", "start: Ngày bắt đầu chưa đúng"},
		{"not agreed", "agree", false, "agree: Hãy đánh dấu"},
		{"empty text", "note", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := right()
			data[tt.key] = tt.v
			got := strings.Join(told(t, f.Validate(data, rules)), "\n")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestFormRules holds what the schema says about several fields at once.
func TestFormRules(t *testing.T) {
	f, err := build([]byte(`{"type":"object","title":"T","x-error":"Hãy ghi số điện thoại hoặc địa chỉ.","anyOf":[{"required":["phone"]},{"required":["address"]}],
		"dependentRequired":{"agent":["paper"]},
		"if":{"properties":{"kind":{"const":"b"}},"required":["kind"]},"then":{"required":["tax"]},
		"properties":{"phone":{"type":"string","title":"Điện thoại"},"address":{"type":"string","title":"Địa chỉ"},
			"agent":{"type":"string","title":"Người được ủy quyền"},"paper":{"type":"string","title":"Số văn bản ủy quyền"},
			"kind":{"type":"string","title":"Loại","enum":["a","b"]},"tax":{"type":"string","title":"Mã số thuế"},
			"size":{"type":"object","title":"Kích thước","x-error":"Dài phải lớn hơn rộng.","not":{"required":["bad"]},"properties":{"bad":{"type":"number","title":"X","exclusiveMinimum":0,"exclusiveMaximum":5}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		data map[string]any
		want string
	}{
		{map[string]any{"phone": "1"}, ""},
		{map[string]any{}, ": Hãy ghi số điện thoại hoặc địa chỉ."},
		{map[string]any{"phone": "1", "agent": "A"}, "paper: Hãy nhập số văn bản ủy quyền."},
		{map[string]any{"phone": "1", "kind": "b"}, "tax: Hãy nhập mã số thuế."},
		{map[string]any{"phone": "1", "kind": "a"}, ""},
		{map[string]any{"phone": "1", "size": map[string]any{"bad": 1.0}}, "size: Dài phải lớn hơn rộng."},
		{map[string]any{"phone": "1", "size": map[string]any{"bad": 0.0}}, "size.bad: X phải lớn hơn 0."},
		{map[string]any{"phone": "1", "size": map[string]any{"bad": 5.0}}, "size.bad: X phải nhỏ hơn 5."},
	}
	for _, tt := range tests {
		got := strings.Join(told(t, f.Validate(tt.data, Rules{})), "\n")
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%v: got %q, want %q", tt.data, got, tt.want)
		}
	}
}

func TestFormValidateEnglish(t *testing.T) {
	f := everyForm(t)
	r := rules
	r.Lang = "en"
	got := told(t, f.Validate(f.Decode(filled("owner.name", "", "owner.number", "1")).Data, r))
	want := []string{"owner.name: Hãy nhập full name.", "owner.number: The number has 12 digits."}
	if !reflect.DeepEqual(got, want) { // the catalogue translates the sentence around the label
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestClean(t *testing.T) {
	f := everyForm(t)
	got := f.Clean(map[string]any{
		"owner": map[string]any{"name": " Nguye\u0302\u0303n  A ", "phone": "+84912345678", "x": " y "}, "start": "24/11/2018", "area": "12", "copies": 2.0, "note": "", "agree": nil,
		"children": []any{map[string]any{"born": "1/2/2010"}, "odd"}, "phones": []any{"0912 345 678"}, "uses": []any{"Khác"}, "unknown": 1.0,
	})
	want := map[string]any{
		"owner": map[string]any{"name": "Nguyễn A", "phone": "0912345678", "x": " y "}, "start": "2018-11-24", "area": "12", "copies": 2.0,
		"children": []any{map[string]any{"born": "2010-02-01"}, "odd"}, "phones": []any{"0912345678"}, "uses": []any{"Khác"}, "unknown": 1.0,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %#v\nwant %#v", got, want)
	}
}

func TestPrefill(t *testing.T) {
	f := everyForm(t)
	got := f.Prefill(map[string]any{"full_name": "Nguyễn A", "phone": "0912 345 678", "email": "", "other": "x"})
	want := map[string]any{"owner": map[string]any{"name": "Nguyễn A", "phone": "0912345678"}, "copies": 2.0}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v, want %#v", got, want)
	}
	if got := f.Prefill(nil); !reflect.DeepEqual(got, map[string]any{"copies": 2.0}) {
		t.Errorf("nobody known: %#v", got)
	}
}

func TestLowerFirst(t *testing.T) {
	for in, want := range map[string]string{"Họ tên": "họ tên", "CMND": "CMND", "Địa chỉ": "địa chỉ", "": "", "A": "a", "Ô tô": "ô tô"} {
		if got := lowerFirst(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestClip(t *testing.T) {
	for in, want := range map[string]string{"Họ tên": "Họ tên", strings.Repeat("ă", 60): strings.Repeat("ă", 60), strings.Repeat("ă", 61): strings.Repeat("ă", 60) + "…"} {
		if got := clip(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// FuzzDecode holds that whatever comes in, decoding, validating and rendering end without
// failing, and that what was valid stays the same when it comes again.
func FuzzDecode(f *testing.F) {
	form := everyForm(f)
	for _, seed := range []string{"", filled().Encode(), "children.0.full_name=A&children.1.born=x", "_add=children&children.99999999999999999999.born=1", "phones.0=&phones..=1&...=", "area=1.2.3,4&start=00000000", "owner.name=%ff%fe"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		v, err := url.ParseQuery(query)
		if err != nil {
			t.Skip()
		}
		in := form.Decode(v)
		err = form.Validate(in.Data, rules)
		if _, rerr := (View{Form: form, Data: in.Data, Raw: in.Raw, Error: err, Lists: theLists}).HTML(); rerr != nil {
			t.Fatal(rerr)
		}
		if _, rerr := (Answers{Form: form, Data: in.Data, Lists: theLists}).HTML(); rerr != nil {
			t.Fatal(rerr)
		}
		if err == nil {
			if again := form.Validate(form.Clean(in.Data), rules); again != nil {
				t.Fatalf("valid answers became invalid: %v", again)
			}
		}
	})
}
