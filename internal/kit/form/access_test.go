package form_test

import (
	"net/url"
	"os"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/formtest"
	"lienthong/internal/kit/i18ntest"
)

func TestEnglishIsComplete(t *testing.T) { i18ntest.English(t, form.Texts(), os.DirFS(".")) }

// TestHTMLAccessible holds what assistive technology needs, for an empty form, one with every mistake and one filled in.
func TestHTMLAccessible(t *testing.T) {
	f := formtest.Form(t, formtest.Everything)
	rules := form.Rules{On: clock.MustDate("2018-11-23"), Lists: formtest.Lists(f, nil)}
	wrong := f.Decode(url.Values{"owner.phone": {"123"}, "area": {"nhiều"}, "copies": {"3"}, "start": {"31/02/2018"}, "children.0.born": {"x"}, "phones.0": {"1"}, "uses": {"?"}})
	for name, v := range map[string]form.View{
		"empty":    {Data: f.Prefill(nil)},
		"missing":  {Error: f.Validate(map[string]any{}, rules)},
		"mistakes": {Data: wrong.Data, Raw: wrong.Raw, Error: f.Validate(wrong.Data, rules)},
		"filled":   {Data: formtest.Answers(t, f, rules)},
	} {
		t.Run(name, func(t *testing.T) {
			v.Form, v.Lists = f, rules.Lists
			page, err := v.HTML()
			if err != nil {
				t.Fatal(err)
			}
			formtest.Accessible(t, page)
		})
	}
}

// TestWorks holds the form with every kind of field to what every form is held to.
func TestWorks(t *testing.T) {
	formtest.Works(t, formtest.Form(t, formtest.Everything), form.Rules{On: clock.MustDate("2018-11-23")})
}
