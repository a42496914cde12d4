package form

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// TestSchemaKeepsOrder holds that a form comes out as it went in: keys in their order, values of their type.
func TestSchemaKeepsOrder(t *testing.T) {
	tests := []struct {
		name string
		yaml string
		json string
	}{
		{"keys", "z: 1\na: 2\nm: 3", `{"z":1,"a":2,"m":3}`},
		{"nested", "b: {d: x, c: y}\na: [2, 1]", `{"b":{"d":"x","c":"y"},"a":[2,1]}`},
		{"types", "a: 1.5\nb: true\nc: null\nd: text\ne: '12'\nf: 0x10", `{"a":1.5,"b":true,"c":null,"d":"text","e":"12","f":16}`},
		{"a date is a text", "a: 2018-11-23", `{"a":"2018-11-23"}`},
		{"markup is kept", "a: <b> & 'c'", `{"a":"<b> & 'c'"}`},
		{"Vietnamese", "a: Họ, chữ đệm, tên", `{"a":"Họ, chữ đệm, tên"}`},
		{"alias", "a: &x {k: 1}\nb: *x", `{"a":{"k":1},"b":{"k":1}}`},
		{"empty", "a: {}\nb: []", `{"a":{},"b":[]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var s Schema
			if err := yaml.Load([]byte(tt.yaml), &s); err != nil {
				t.Fatal(err)
			}
			raw, err := s.MarshalJSON()
			if err != nil || string(raw) != tt.json {
				t.Fatalf("got %s, %v; want %s", raw, err, tt.json)
			}
			out, err := yaml.Dump(&s)
			if err != nil {
				t.Fatal(err)
			}
			var again Schema
			if err := yaml.Load(out, &again); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if string(again.raw) != tt.json {
				t.Errorf("written and read again: %s, want %s", again.raw, tt.json)
			}
		})
	}
}

func TestSchemaRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"key that is no text": "? [a]\n: 1",
		"too deep":            strings.Repeat("{a: ", 60) + "1" + strings.Repeat("}", 60),
		"no number":           "a: .nan",
	} {
		var s Schema
		if err := yaml.Load([]byte(text), &s); err == nil {
			t.Errorf("%s: taken as %s", name, s.raw)
		}
	}
	for name, doc := range map[string]string{"no JSON": "{", "too large": `"` + strings.Repeat("x", maxSchemaBytes) + `"`} {
		if _, err := NewSchema([]byte(doc)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// TestSchemaJSON holds that spaces do not change what is stored, and with it the digest.
func TestSchemaJSON(t *testing.T) {
	a, err := NewSchema([]byte(" { \"type\" : \"object\" } "))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(struct{ Form *Schema }{a})
	if err != nil || string(raw) != `{"Form":{"type":"object"}}` {
		t.Errorf("got %s, %v", raw, err)
	}
}

// TestSchemaFormOnce holds that the form is made once, and made anew for another schema.
func TestSchemaFormOnce(t *testing.T) {
	s, err := NewSchema([]byte(`{"type":"object","properties":{"a":{"type":"string","title":"A"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	first, err := s.Form()
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := s.Form(); again != first {
		t.Error("the form is made twice")
	}
	if err := s.UnmarshalJSON([]byte(`{"type":"object","properties":{"b":{"type":"string","title":"B"}}}`)); err != nil {
		t.Fatal(err)
	}
	if other, err := s.Form(); err != nil || other.Fields[0].Key != "b" {
		t.Errorf("the form of the schema before: %v, %v", other, err)
	}
}

func TestOrdered(t *testing.T) {
	o, err := parseOrdered([]byte(`{"b":{"x":[1,"t",null,true,{"y":2}]},"a":"text","n":12,"neg":-3,"f":1.5,"big":99999999999,"yes":true}`))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"b", "a", "n", "neg", "f", "big", "yes"}; !reflect.DeepEqual(o.keys, want) {
		t.Errorf("keys %q", o.keys)
	}
	if o.text("a") != "text" || o.text("n") != "" || o.text("none") != "" {
		t.Error("texts are wrong")
	}
	if o.whole("n") != 12 || o.whole("neg") != 0 || o.whole("f") != 0 || o.whole("big") != 0 || o.whole("a") != 0 {
		t.Error("whole numbers are wrong")
	}
	if f := o.number("f"); f == nil || *f != 1.5 || o.number("a") != nil {
		t.Error("numbers are wrong")
	}
	if !o.flag("yes") || o.flag("a") || !o.has("a") || o.has("none") {
		t.Error("flags are wrong")
	}
	if got := o.object("b").texts("x"); !reflect.DeepEqual(got, []string{"t"}) {
		t.Errorf("texts of a list %q", got)
	}
	if got := plain(o.object("b").m["x"]); !reflect.DeepEqual(got, []any{1.0, "t", nil, true, map[string]any{"y": 2.0}}) {
		t.Errorf("plain %#v", got)
	}
	var none *object
	if none.text("a") != "" || none.object("a") != nil || none.list("a") != nil || none.whole("a") != 0 {
		t.Error("nothing is not empty")
	}
	over, err := parseOrdered([]byte(`{"$ref":"#/x","a":"other","c":"new"}`))
	if err != nil {
		t.Fatal(err)
	}
	if both := o.with(over); both.text("a") != "other" || both.text("c") != "new" || both.has("$ref") || both.whole("n") != 12 || o.text("a") != "text" {
		t.Errorf("joined %+v", both)
	}
	for _, bad := range []string{"", "[]", "1", "{", `{"a":`, `{"a":[1,`, `{"a":{"b"`, strings.Repeat(`{"a":`, 100)} {
		if _, err := parseOrdered([]byte(bad)); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}
