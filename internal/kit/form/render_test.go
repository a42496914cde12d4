package form

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/PuerkitoBio/goquery"

	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/webtest"
)

var blank = regexp.MustCompile(`\n\s*\n+`)

// golden compares a rendering with testdata/<name>, blank lines aside.
func golden(t *testing.T, name, got string) {
	t.Helper()
	got = strings.TrimSpace(blank.ReplaceAllString(got, "\n")) + "\n"
	file := filepath.Join("testdata", name)
	if webtest.Update() {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := read(t, file); got != want {
		t.Errorf("%s differs; look at it and run the test with -update if it is right:\n%s", file, got)
	}
}

func render(t *testing.T, v View) *goquery.Document {
	t.Helper()
	out, err := v.HTML()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader("<form>" + string(out) + "</form>"))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// mixed is a form filled in with some mistakes.
func mixed(t *testing.T) View {
	f := everyForm(t)
	in := f.Decode(url.Values{
		"owner.name": {`Rơ Châm <b>H'Lan</b>`}, "owner.phone": {"123"}, "kind": {"Lại"}, "agree": {"1"}, "area": {"nhiều"}, "start": {"1.12.2018"}, "uses": {"Khác"},
		"ethnic": {"05"}, "note": {"Dòng một\nDòng hai"}, "children.3.full_name": {"Rơ Châm Bơ"}, "children.3.born": {"31/02/2018"}, "phones.0": {"0912345678"}, "copies": {"4"},
	})
	return View{Form: f, Data: in.Data, Raw: in.Raw, Error: f.Validate(in.Data, rules), Lists: theLists}
}

func TestHTMLGolden(t *testing.T) {
	f := everyForm(t)
	out, err := View{Form: f, Data: f.Prefill(nil), Lists: theLists}.HTML()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "form_empty.golden.html", string(out))
	out, err = mixed(t).HTML()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "form_mistakes.golden.html", string(out))
}

// TestHTMLKeeps holds that what was typed is shown again and cannot become markup.
func TestHTMLKeeps(t *testing.T) {
	v := mixed(t)
	doc := render(t, v)
	for name, want := range map[string]string{"owner.name": `Rơ Châm <b>H'Lan</b>`, "owner.phone": "123", "area": "nhiều", "start": "1.12.2018", "children.0.born": "31/02/2018", "copies": "4"} {
		got, ok := doc.Find(`[name="` + name + `"]`).Attr("value")
		if !ok || got != want {
			t.Errorf("%s shows %q, want %q", name, got, want)
		}
	}
	if doc.Find("b").Length() != 0 {
		t.Error("a name became markup")
	}
	if got := doc.Find(`[name="ethnic"] [selected]`).AttrOr("value", ""); got != "05" {
		t.Errorf("selected %q", got)
	}
	if got := doc.Find(`[name="kind"][checked]`).AttrOr("value", ""); got != "Lại" {
		t.Errorf("checked %q", got)
	}
	if got := doc.Find(`[name="uses"][checked]`).AttrOr("value", ""); got != "Khác" {
		t.Errorf("boxes %q", got)
	}
	if got := doc.Find(`textarea`).Text(); got != "Dòng một\nDòng hai" {
		t.Errorf("note %q", got)
	}
	if got := doc.Find(`[id="f-owner.phone-error"]`).Text(); got != "Số điện thoại gồm 10 chữ số, bắt đầu bằng số 0." {
		t.Errorf("error %q", got)
	}
	// what is stored and not typed stands as people read it
	doc = render(t, View{Form: v.Form, Data: map[string]any{"start": "2018-12-01", "area": 1234.5}, Lists: theLists})
	if got := doc.Find(`[name="start"]`).AttrOr("value", ""); got != "01/12/2018" {
		t.Errorf("date %q", got)
	}
	if got := doc.Find(`[name="area"]`).AttrOr("value", ""); got != "1234,5" {
		t.Errorf("number %q", got)
	}
}

// TestHTMLKinds holds which control a field becomes.
func TestHTMLKinds(t *testing.T) {
	doc := render(t, View{Form: everyForm(t), Lists: theLists})
	for name, want := range map[string]string{
		"owner.name": "input/text", "owner.phone": "input/tel", "owner.email": "input/email", "kind": "input/radio", "note": "textarea/", "agree": "input/checkbox",
		"area": "input/text", "start": "input/text", "site": "input/text", "ethnic": "select/", "sex": "input/radio", "form_of": "select/", "uses": "input/checkbox",
	} {
		s := doc.Find(`[name="` + name + `"]`).First()
		if got := goquery.NodeName(s) + "/" + s.AttrOr("type", ""); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if mode := doc.Find(`[name="area"]`).AttrOr("inputmode", ""); mode != "decimal" {
		t.Errorf("input mode %q", mode)
	}
	if token := doc.Find(`[name="owner.name"]`).AttrOr("autocomplete", ""); token != "name" {
		t.Errorf("autocomplete %q", token)
	}
	if _, ok := doc.Find(`[name="owner.name"]`).Attr("required"); !ok {
		t.Error("a required field does not say so")
	}
	if got := doc.Find(`button[name="_add"]`).Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("value", "") }); strings.Join(got, " ") != "children phones" {
		t.Errorf("buttons to add: %q", got)
	}
	if doc.Find(`[name^="children."]`).Length() != 0 {
		t.Error("a list that may stay empty begins with a row")
	}
	if name, ok := doc.Find("button").First().Attr("name"); ok {
		t.Errorf("the Enter key presses the button %s", name)
	}
}

func TestHTMLRows(t *testing.T) {
	f := everyForm(t)
	in := f.Decode(url.Values{"children.0.full_name": {"A"}, "children.1.full_name": {"B"}, AddRow: {"children"}})
	doc := render(t, View{Form: f, Data: in.Data, Raw: in.Raw, Lists: theLists})
	if n := doc.Find(`[name$=".full_name"]`).Length(); n != 3 {
		t.Errorf("%d rows, want 3", n)
	}
	if doc.Find(`button[name="_add"][value="children"]`).Length() != 0 {
		t.Error("a full list offers another row")
	}
	if got := doc.Find(`button[name="_remove"][value="children.1"]`).Text(); got != "Bỏ người con 2" {
		t.Errorf("button %q", got)
	}
}

// TestHTMLEnglish holds that labels and the words around them follow the language.
func TestHTMLEnglish(t *testing.T) {
	catalog := new(i18n.Catalog)
	if err := catalog.Load(fstest.MapFS{"i18n/en.json": {Data: []byte(read(t, "i18n/en.json"))}}); err != nil {
		t.Fatal(err)
	}
	f := everyForm(t)
	r := rules
	r.Lang = "en"
	doc := render(t, View{Form: f, Lists: theLists, Lang: "en", Catalog: catalog, Error: f.Validate(map[string]any{}, r)})
	if got := doc.Find(`label[for="f-owner.email"]`).Text(); got != "E-mail (optional)" {
		t.Errorf("label %q", got)
	}
	if got := doc.Find(`[id="f-owner.name-error"]`).Text(); got != "Please enter full name." {
		t.Errorf("error %q", got)
	}
	if got := doc.Find(`[name="form_of"] option[value="post"]`).Text(); got != "By post" {
		t.Errorf("option %q", got)
	}
	out, err := Answers{Form: f, Data: map[string]any{"agree": true, "form_of": "desk"}, Lang: "en", Catalog: catalog}.HTML()
	if err != nil || !strings.Contains(string(out), ">Yes<") || !strings.Contains(string(out), ">At the counter<") {
		t.Errorf("answers %s, %v", out, err)
	}
	// the same templates serve Vietnamese right after
	if doc := render(t, View{Form: f, Lists: theLists}); !strings.Contains(doc.Text(), "(không bắt buộc)") {
		t.Error("Vietnamese is lost after English")
	}
}

// TestHTMLTogether holds that pages in two languages can be made at the same time.
func TestHTMLTogether(t *testing.T) {
	f := everyForm(t)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			lang, want := "vi", "Chủ hồ sơ"
			if i%2 == 0 {
				lang, want = "en", "Owner"
			}
			out, err := View{Form: f, Lists: theLists, Lang: lang}.HTML()
			if err != nil || !strings.Contains(string(out), want) {
				t.Errorf("%s: %v", lang, err)
			}
		}()
	}
	wg.Wait()
}

func TestAnswers(t *testing.T) {
	v := mixed(t)
	v.Data["area"], v.Data["sex"] = 12000.0, "male"
	out, err := Answers{Form: v.Form, Data: v.Data, Lists: theLists}.HTML()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "answers.golden.html", string(out))
	var got []string
	for _, s := range (Answers{Form: v.Form, Data: v.Data, Lists: theLists}).Sections() {
		for _, a := range s.Answers {
			got = append(got, s.Title+" | "+a.Label+" | "+a.Value)
		}
	}
	for _, want := range []string{
		"Chủ hồ sơ | Số điện thoại | 123", " | Loại | Lại", " | Diện tích | 12.000", " | Dân tộc | Gia Rai", " | Giới tính | Nam", " | Mục đích | Khác",
		" | Tôi cam đoan nội dung khai là đúng | Có", "Người con 1 | Họ, chữ đệm, tên | Rơ Châm Bơ", " | Số máy khác | 0912345678", " | Ngày bắt đầu | 01/12/2018",
	} {
		if !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("%q is not in\n%s", want, strings.Join(got, "\n"))
		}
	}
	out, err = Answers{Form: v.Form}.HTML()
	if err != nil || !strings.Contains(string(out), "Chưa có nội dung.") {
		t.Errorf("nothing answered: %s, %v", out, err)
	}
	odd := Answers{Form: v.Form, Data: map[string]any{"owner": "x", "children": "x", "ethnic": "77", "uses": "x", "agree": false}}.Sections()
	if len(odd) != 1 || len(odd[0].Answers) != 2 {
		t.Errorf("answers of the wrong shape: %+v", odd)
	}
}

func BenchmarkHTML(b *testing.B) {
	f := everyForm(b)
	for b.Loop() {
		if _, err := (View{Form: f, Lists: theLists}).HTML(); err != nil {
			b.Fatal(err)
		}
	}
}
