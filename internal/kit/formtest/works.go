package formtest

import (
	"html/template"
	"reflect"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/form"
)

// Works holds that a form can be used: answers to all of it, and the least it asks for, come through page, check and
// cleaning as they were sent and are all there to be read; an empty page says for each field that is needed what is
// missing, at the field; all pages are Accessible. Code lists that r lacks get an entry.
func Works(t testing.TB, f *form.Form, r form.Rules) {
	t.Helper()
	r.Lists = Lists(f, r.Lists)
	accessible(t, form.View{Form: f, Data: f.Prefill(nil), Lists: r.Lists})
	for name, data := range map[string]map[string]any{"all": Answers(t, f, r), "least": Least(t, f, r)} {
		in := f.Decode(Values(data))
		if !reflect.DeepEqual(in.Data, data) {
			t.Errorf("%s: sent %v, read %v", name, data, in.Data)
		}
		if err := f.Validate(in.Data, r); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if again := f.Clean(in.Data); !reflect.DeepEqual(again, in.Data) {
			t.Errorf("%s: cleaning changes %v to %v", name, in.Data, again)
		}
		shown(t, f, in.Data, r)
		accessible(t, form.View{Form: f, Data: in.Data, Raw: in.Raw, Lists: r.Lists})
	}
	missing(t, f, r)
}

func accessible(t testing.TB, v form.View) string {
	t.Helper()
	page, err := v.HTML()
	if err != nil {
		t.Fatal(err)
	}
	Accessible(t, page)
	return string(page)
}

// shown holds that every answer is to be read again, in both languages.
func shown(t testing.TB, f *form.Form, data map[string]any, r form.Rules) {
	t.Helper()
	for _, lang := range []string{"vi", "en"} {
		v := form.Answers{Form: f, Data: data, Lists: r.Lists, Lang: lang}
		answered := 0
		for _, s := range v.Sections() {
			for _, a := range s.Answers {
				answered++
				if a.Label == "" || a.Value == "" {
					t.Errorf("%s: %+v", lang, a)
				}
			}
		}
		if answered == 0 && len(data) > 0 {
			t.Errorf("%s: nothing of %v is shown", lang, data)
		}
		out, err := v.HTML()
		if err != nil || !strings.Contains(string(out), "<dl") {
			t.Errorf("%s: %s, %v", lang, out, err)
		}
	}
}

// missing holds that an empty form is answered with a sentence for each field that is needed, and that each of them is on the page.
func missing(t testing.TB, f *form.Form, r form.Rules) {
	t.Helper()
	err := f.Validate(map[string]any{}, r)
	if err == nil {
		return // everything may be left out
	}
	bad, ok := fault.As(err)
	if !ok {
		t.Fatal(err)
	}
	page := accessible(t, form.View{Form: f, Lists: r.Lists, Error: err})
	for _, p := range bad.Problems {
		if !strings.Contains(page, `id="f-`+p.Field+`"`) {
			t.Errorf("the problem of %s leads nowhere", p.Field)
		}
		if strings.Contains(p.Msg.String(), "%!") {
			t.Errorf("%s: %s", p.Field, p.Msg)
		}
	}
}

// Accessible holds what assistive technology needs of the page of a form: every field has one label, every group a
// legend, every hint and error is there and is named by its field, no id stands twice.
func Accessible(t testing.TB, page template.HTML) {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader("<form>" + string(page) + "</form>"))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]int{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) { ids[s.AttrOr("id", "")]++ })
	for id, n := range ids {
		if n > 1 {
			t.Errorf("the id %s is used %d times", id, n)
		}
	}
	doc.Find("input,select,textarea").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		label := doc.Find("label").FilterFunction(func(_ int, l *goquery.Selection) bool { return l.AttrOr("for", "") == id })
		if label.Length() != 1 || strings.TrimSpace(label.Text()) == "" {
			t.Errorf("%s has %d labels", id, label.Length())
		}
		kind := s.AttrOr("type", "")
		if kind != "radio" && kind != "checkbox" && goquery.NodeName(s) != "select" && s.AttrOr("autocomplete", "") == "" && goquery.NodeName(s) == "input" {
			t.Errorf("%s does not say what fills it in", id)
		}
	})
	doc.Find("fieldset").Each(func(_ int, s *goquery.Selection) {
		if strings.TrimSpace(s.ChildrenFiltered("legend").Text()) == "" {
			t.Errorf("the group %s has no legend", s.AttrOr("id", ""))
		}
	})
	doc.Find("[aria-describedby]").Each(func(_ int, s *goquery.Selection) {
		for _, id := range strings.Fields(s.AttrOr("aria-describedby", "")) {
			if ids[id] == 0 {
				t.Errorf("%s is described by %s, which is not there", s.AttrOr("id", ""), id)
			}
		}
	})
	doc.Find("[aria-invalid]").Each(func(_ int, s *goquery.Selection) {
		if !strings.Contains(s.AttrOr("aria-describedby", ""), "-error") {
			t.Errorf("%s is wrong and does not say why", s.AttrOr("id", ""))
		}
	})
}
