package form_test

import (
	"fmt"
	"net/url"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/form"
)

func Example() {
	schema, err := form.NewSchema([]byte(`{
		"type": "object", "title": "Đăng ký", "required": ["name", "day"],
		"properties": {
			"name": {"type": "string", "title": "Họ tên", "minLength": 2},
			"day":  {"type": "string", "format": "date", "title": "Ngày đến", "x-future": true},
			"kind": {"type": "string", "title": "Loại vé", "x-codelist": "ticket"}
		}}`))
	if err != nil {
		panic(err)
	}
	f, err := schema.Form()
	if err != nil {
		panic(err)
	}
	rules := form.Rules{On: clock.MustDate("2018-11-23"), Lists: map[string][]form.Option{"ticket": {{Value: "1", Label: "Một lượt"}}}}

	in := f.Decode(url.Values{"day": {"1/11/2018"}, "kind": {"1"}})
	fmt.Println(f.Validate(in.Data, rules))

	in = f.Decode(url.Values{"name": {"  Siu  H'Bia "}, "day": {"24.11.2018"}, "kind": {"1"}})
	fmt.Println(f.Validate(in.Data, rules), in.Data)
	for _, s := range (form.Answers{Form: f, Data: in.Data, Lists: rules.Lists}).Sections() {
		for _, a := range s.Answers {
			fmt.Printf("%s: %s\n", a.Label, a.Value)
		}
	}
	// Output:
	// invalid; name: Hãy nhập họ tên.; day: Ngày đến phải từ ngày 23/11/2018 trở đi.
	// <nil> map[day:2018-11-24 kind:1 name:Siu H'Bia]
	// Họ tên: Siu H'Bia
	// Ngày đến: 24/11/2018
	// Loại vé: Một lượt
}
