package formtest_test

import (
	"fmt"
	"html/template"
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/formtest"
)

// failures is a test that remembers what it was told instead of failing.
type failures struct {
	testing.TB
	said []string
}

func (*failures) Helper()                     {}
func (f *failures) Errorf(s string, a ...any) { f.said = append(f.said, fmt.Sprintf(s, a...)) }
func (f *failures) Fatalf(s string, a ...any) { f.Errorf(s, a...); panic(f) }

func TestAccessible(t *testing.T) {
	for page, want := range map[string]string{
		`<label for="a">A</label><input id="a" autocomplete="off">`:                                 "",
		`<input id="a" autocomplete="off">`:                                                         "a has 0 labels",
		`<label for="a">A</label><label for="a">B</label><select id="a"></select>`:                  "a has 2 labels",
		`<label for="a"> </label><textarea id="a"></textarea>`:                                      "a has 1 labels",
		`<label for="a">A</label><input id="a">`:                                                    "a does not say what fills it in",
		`<p id="a"></p><p id="a"></p>`:                                                              "the id a is used 2 times",
		`<fieldset id="g"></fieldset>`:                                                              "the group g has no legend",
		`<p id="a" aria-describedby="b"></p>`:                                                       "a is described by b, which is not there",
		`<p id="a" aria-invalid="true" aria-describedby="a-hint"></p><p id="a-hint">Gợi ý</p>`:      "a is wrong and does not say why",
		`<p id="a" aria-invalid="true" aria-describedby="a-error"></p><p id="a-error">Thiếu A.</p>`: "",
	} {
		f := &failures{TB: t}
		formtest.Accessible(f, template.HTML(page))
		if got := strings.Join(f.said, "\n"); got != want {
			t.Errorf("%s: said %q, want %q", page, got, want)
		}
	}
}

// TestNoAnswers holds that a form nobody can fill in is named.
func TestNoAnswers(t *testing.T) {
	f := formtest.Form(t, "{type: object, title: T, required: [a], properties: {a: {type: string, title: A, pattern: '^never!$'}}}")
	told := &failures{TB: t}
	defer func() {
		if recover() != any(told) || !strings.HasPrefix(strings.Join(told.said, "\n"), `no answers fit the form "T"`) {
			t.Errorf("said %q", told.said)
		}
	}()
	formtest.Answers(told, f, form.Rules{On: clock.MustDate("2018-11-23")})
}

func TestLists(t *testing.T) {
	f := formtest.Form(t, formtest.Everything)
	own := map[string][]form.Option{"sex": {{Value: "x", Label: "X"}}}
	all := formtest.Lists(f, own)
	if all["sex"][0].Value != "x" || len(all["ethnic_group"]) != 1 || len(own) != 1 {
		t.Errorf("lists %v, own %v", all, own)
	}
}
