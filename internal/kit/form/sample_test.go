package form

import (
	"net/url"
	"os"
	"testing"

	"go.yaml.in/yaml/v4"
)

// everyForm is the form with every kind of field.
func everyForm(t testing.TB) *Form {
	t.Helper()
	s := new(Schema)
	if err := yaml.Load([]byte(read(t, "../formtest/testdata/everything.yaml")), s); err != nil {
		t.Fatal(err)
	}
	f, err := s.Form()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

var theLists = map[string][]Option{
	"sex":          {{Value: "male", Label: "Nam", LabelEN: "Male"}, {Value: "female", Label: "Nữ", LabelEN: "Female"}},
	"ethnic_group": {{Value: "01", Label: "Kinh"}, {Value: "05", Label: "Gia Rai"}, {Value: "10", Label: "Ba Na"}},
}

func read(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// filled returns what a page sends when everything required is filled in; the pairs are changes, an empty value leaves the field out.
func filled(pairs ...string) url.Values {
	v := url.Values{"owner.name": {"Rơ Châm H'Lan"}, "owner.phone": {"0912 345 678"}, "kind": {"Mới"}, "agree": {"1"}, "uses": {"Học tập"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			v.Del(pairs[i])
			continue
		}
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}
