package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template/parse"

	"golang.org/x/net/html"
)

// actorView has what the layouts read of an actor.
type actorView struct{ Kind, Name, Title, Office string }

type view struct {
	Lang, Title, Path, Layout string
	Actor                     actorView
	Flash                     []Flash
	Site                      Province
	Data, Nav, Bell           any
}

// In returns the address of the page in another language.
func (v view) In(lang string) string { return v.Path + "?lang=" + lang }

func dict(kv ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i+1 < len(kv); i += 2 {
		m[kv[i].(string)] = kv[i+1]
	}
	return m
}

// funcs stand in for those of kit/web, as README.md lists them.
var funcs = template.FuncMap{
	"t":        func(s string, args ...any) string { return fmt.Sprintf(s, args...) },
	"tc":       func(_, s string) string { return s },
	"dict":     dict,
	"list":     func(items ...any) []any { return items },
	"asset":    Asset,
	"icon":     Icon,
	"date":     fmt.Sprint,
	"datetime": fmt.Sprint,
	"money":    fmt.Sprint,
	"num":      fmt.Sprint,
	"safeurl":  func(s string) template.URL { return template.URL(s) },
	"add":      func(a, b int) int { return a + b },
	"sub":      func(a, b int) int { return a - b },
	"json": func(v any) (string, error) {
		raw, err := json.Marshal(v)
		return string(raw), err
	},
}

func layouts(t *testing.T) *template.Template {
	t.Helper()
	tpl, err := template.New("web").Funcs(funcs).ParseFS(Layout, "layout/*.html")
	if err != nil {
		t.Fatal(err)
	}
	return tpl
}

func render(t *testing.T, page, name string, data any) string {
	t.Helper()
	tpl := template.Must(layouts(t).Parse(page))
	var buf bytes.Buffer
	if err := tpl.ExecuteTemplate(&buf, name, data); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func sampleView() view {
	return view{
		Lang: "vi", Title: "Đăng ký khai sinh", Path: "/thu-tuc/1.001193",
		Site: Province{
			Name: "Gia Lai", Title: "tỉnh Gia Lai", Owner: "Ủy ban nhân dân tỉnh Gia Lai",
			Operator: "Trung tâm Phục vụ hành chính công tỉnh", Address: "69 Hùng Vương, thành phố Pleiku",
			Hotline: "0269 1022", Email: "hotro@example.vn",
		},
		Flash: []Flash{{Kind: "ok", Text: "Đã nhận hồ sơ."}},
	}
}

func TestLayouts(t *testing.T) {
	page := `{{define "content"}}<p>Nội dung {{.Data}}</p>{{end}}`
	official := sampleView()
	official.Bell = Bell{Href: "/notice", Stream: "/notice/stream", Count: 3}
	official.Actor = actorView{Kind: "staff", Name: "Rơ Châm H'Nga", Title: "Công chức tư pháp - hộ tịch", Office: "Ủy ban nhân dân phường Diên Hồng"}
	english := sampleView()
	english.Lang = "en"
	tests := []struct {
		name, layout string
		view         view
		want         []string
		never        []string
	}{
		{"a visitor", "public", sampleView(), []string{`lang="vi"`, "Nội dung", `href="#content"`, "Đăng nhập", `href="/thu-tuc/1.001193?lang=en"`, "tel:0269", "Đã nhận hồ sơ."}, []string{"Đăng xuất", "data-bell"}},
		{"in English", "public", english, []string{`lang="en"`, "?lang=vi", "Tiếng Việt"}, nil},
		{"signed in", "public", official, []string{"Rơ Châm H&#39;Nga", "Đăng xuất", `href="/desk"`, `href="/tai-khoan"`}, []string{"Đăng nhập"}},
		{"an official", "desk", official, []string{"Rơ Châm", "phường Diên Hồng", "<h1>Đăng ký khai sinh</h1>", `id="keys"`, `name="q"`, "desk.css", `data-bell="/notice/stream"`, "<span data-bell-number>3</span>"}, []string{"public.css"}},
		{"on paper", "print", sampleView(), []string{"print", "Nội dung"}, []string{"<header"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			out := render(t, page, tc.layout, tc.view)
			out2 := strings.ReplaceAll(out, Asset("desk.css"), "desk.css")
			out2 = strings.ReplaceAll(out2, Asset("public.css"), "public.css")
			for _, w := range tc.want {
				if !strings.Contains(out2, w) {
					t.Errorf("%q is missing", w)
				}
			}
			for _, w := range tc.never {
				if strings.Contains(out2, w) {
					t.Errorf("%q should not be there", w)
				}
			}
			checkMarkup(t, out)
		})
	}
}

// partials has one or more samples of every partial. TestEveryPartialHasASample holds it complete.
var partials = []struct {
	name string
	data any
	want []string
}{
	{"passkey", map[string]any{"Begin": "/b", "End": "/e", "Done": "/d", "Text": "Dùng khóa truy cập", "Form": "f", "Make": true, "Main": true}, []string{`data-begin="/b"`, `data-end="/e"`, `data-done="/d"`, `data-form="f"`, `data-make="1"`, "hidden", "btn-primary", "Dùng khóa truy cập", `role="alert"`}},
	{"field", Field{Name: "full_name", Label: "Họ và tên", Required: true, Autocomplete: "name"}, []string{`for="f-full_name"`, `id="f-full_name"`, "required", `autocomplete="name"`, `type="text"`}},
	{"field", Field{Name: "phone", Label: "Số điện thoại", Type: "tel", Value: "0905", Hint: "Để nhận tin nhắn", Error: "Số điện thoại có 10 chữ số", InputMode: "tel"}, []string{`aria-invalid="true"`, `aria-describedby="f-phone-error f-phone-hint"`, `id="f-phone-hint"`, `id="f-phone-error"`, `value="0905"`}},
	{"field", Field{Name: "born", Label: "Ngày sinh", Type: "date", Width: "short"}, []string{"data-date", `inputmode="numeric"`, "lt-field-short"}},
	{"field", Field{Name: "note", Label: "Ghi chú", Type: "textarea", Value: "a<b", Optional: true, MaxLength: 500}, []string{"a&lt;b", "không bắt buộc", `maxlength="500"`, `rows="4"`}},
	{"field", Field{Name: "sex", Label: "Giới tính", Type: "radio", Value: "f", Options: []Option{{Value: "m", Label: "Nam"}, {Value: "f", Label: "Nữ", Hint: "ghi như giấy tờ"}}, Error: "Chọn giới tính"}, []string{"<fieldset", "<legend", `value="f" checked`, `id="f-sex"`}},
	{"field", Field{Name: "papers", Label: "Giấy tờ", Type: "checkbox", Options: []Option{{Value: "1", Label: "Giấy chứng sinh", Selected: true}}}, []string{`type="checkbox"`, "checked"}},
	{"field", Field{Name: "agree", Label: "Tôi cam đoan", Type: "checkbox", Checked: true}, []string{`id="f-agree"`, "checked"}},
	{"field", Field{Name: "unit", Label: "Nơi nộp", Type: "select", Value: "2", Required: true, Options: []Option{{Value: "1", Label: "Diên Hồng", Group: "Pleiku"}, {Value: "2", Label: "Ia Kring", Group: "Pleiku"}, {Value: "3", Label: "An Bình", Group: "An Khê"}}}, []string{`<optgroup label="Pleiku">`, `value="2" selected`}},
	{"field", Field{Name: "scan", Label: "Ảnh giấy", Type: "file", Accept: ".pdf,image/*", Multiple: true}, []string{`type="file"`, "multiple", "data-photo"}},
	{"field", dict("Name", "x", "Label", "Một", "Suggest", "/goi-y"), []string{`data-suggest="/goi-y"`, `value=""`}},
	{"error_summary", []Problem{{"phone", "Thiếu số điện thoại"}, {"", "Phiên đã hết"}}, []string{`href="#f-phone"`, "Phiên đã hết", `role="alert"`}},
	{"autosave", nil, []string{`role="status"`, "Đang lưu"}},
	{"suggestions", []Suggestion{{Text: "Đăng ký khai sinh", Note: "Hộ tịch", Href: "/thu-tuc/1"}}, []string{`role="option"`, `data-href="/thu-tuc/1"`}},
	{"suggestions", []Suggestion{}, []string{"Không tìm thấy"}},
	{"search", dict("Action", "/thu-tuc", "Name", "q", "Label", "Ông/bà cần làm thủ tục gì?"), []string{`action="/thu-tuc"`, "Tìm"}},
	{"flash", []Flash{{"late", "Mất kết nối"}, {"", "Đã lưu"}}, []string{`role="alert"`, `role="status"`, "lt-tone-info"}},
	{"tone_icon", "warn", []string{"#alert-triangle"}},
	{"status", Status{Tone: "ok", Text: "Đã trả kết quả"}, []string{"#circle-check", "Đã trả kết quả"}},
	{"due", Due{Level: "late", Text: "quá hạn 2 ngày làm việc", At: "25/11/2026 17:00"}, []string{"#alarm", "quá hạn 2 ngày", "hạn 25/11/2026 17:00"}},
	{"due", dict("Level", "soon"), []string{"Sắp đến hạn"}},
	{"due", dict("Level", "paused"), []string{"Tạm dừng"}},
	{"due", dict("Level", "done", "At", "25/11/2026"), []string{"Đã xong", ">25/11/2026<"}},
	{"timeline", []Moment{{State: "done", Title: "Tiếp nhận", Agency: "UBND phường", Person: "Lê An, công chức", At: "23/11/2026 14:05"}, {State: "now", Title: "Thẩm tra", Due: &Due{Level: "ok"}, Href: "/x"}, {Title: "Trả kết quả"}}, []string{`aria-current="step"`, "đang ở đây", "chưa tới", "Còn hạn", "Xem chi tiết"}},
	{"steps", []Step{{"Người nộp", "done", "/1"}, {"Giấy tờ", "now", ""}, {"Xem lại", "next", ""}}, []string{`href="/1"`, `aria-current="step"`, ">3<"}},
	{"files", []FileItem{{Name: "giay-chung-sinh.pdf", Href: "/f/1", Size: "1,2 MB", Note: "tải lên hôm nay", Status: &Status{Tone: "ok", Text: "Hợp lệ"}, Remove: "/f/1/xoa"}}, []string{`href="/f/1"`, "1,2 MB · tải lên", "Hợp lệ", `action="/f/1/xoa"`}},
	{"files", []any{dict("Name", "a.pdf", "Href", "/f/2", "Remove", "/f/2/xoa", "InForm", true)}, []string{`formaction="/f/2/xoa"`, "formnovalidate"}},
	{"stats", []Stat{{Label: "Quá hạn", Value: "3", Unit: "hồ sơ", Href: "/desk?due=late", Tone: "late", Note: "kém hôm qua 1", Icon: "alarm"}, {Label: "Tiếp nhận", Value: "12"}}, []string{`href="/desk?due=late"`, "kém hôm qua", "lt-stat-late"}},
	{"facts", []Fact{{Label: "Lệ phí", Value: "Không", Icon: "coin"}, {Label: "Nơi nộp", Value: "UBND xã", Href: "/noi"}}, []string{"<dt>", "Không", `href="/noi"`}},
	{"chips", dict("Items", []Chip{{Label: "Quá hạn", Href: "?", Active: true, Count: "3"}, {Label: "Hôm nay", Href: "?d=0"}}), []string{`aria-current="true"`, "Bộ lọc", "bỏ lọc"}},
	{"pager", Pager{Prev: "?p=1", Next: "?p=3", Shown: "21–40", Total: "1.491"}, []string{`rel="prev"`, `rel="next"`, "21–40 / 1.491"}},
	{"empty", dict("Title", "Chưa có hồ sơ", "Text", "Hồ sơ sẽ hiện ở đây.", "Href", "/thu-tuc", "Link", "Tìm thủ tục"), []string{"#inbox", "Tìm thủ tục"}},
	{"confirm", dict("Button", "Rút hồ sơ", "Title", "Rút hồ sơ này?", "Text", "Không lấy lại được.", "Action", "/x", "Tone", "late", "Hidden", []any{dict("Name", "v", "Value", "3")}, "Fields", []Field{{Name: "why", Label: "Lý do"}}), []string{"<details", `action="/x"`, `value="3"`, `id="f-why"`, "lt-btn-late"}},
	{"crumbs", []Crumb{{"Trang đầu", "/"}}, []string{`href="/"`}},
	{"tiles", []any{dict("Title", "Có con nhỏ", "Text", "Khai sinh, bảo hiểm", "Icon", "baby-carriage", "Href", "/su-kien/1")}, []string{"Có con nhỏ", "#baby-carriage"}},
	{"nav_item", NavItem{Label: "Quá hạn", Href: "/desk?due=late", Icon: "alarm", Count: "3", Tone: "late", Key: "q", Current: true}, []string{`aria-current="page"`, `data-go="q"`, "lt-tone-late"}},
	{"nav_group", dict("Label", "Hồ sơ", "Items", []NavItem{{Label: "Hôm nay", Href: "/desk"}}), []string{"Hồ sơ", "Hôm nay"}},
	{"error", dict("Code", 404, "Title", "Không tìm thấy", "Ref", "0192", "Back", "/truoc"), []string{"404", "0192", "Quay lại", "Về trang đầu"}},
	{"error", dict("Code", 503, "Title", "Đang bận", "Again", dict("Action", "/nop?a=1", "Fields", []map[string]string{{"Name": "note", "Value": "hai\ndòng"}})),
		[]string{`method="post" action="/nop?a=1"`, `name="note" value="hai`, "Gửi lại nội dung đã nhập", "Về trang đầu"}},
}

func TestPartials(t *testing.T) {
	for i, tc := range partials {
		t.Run(fmt.Sprintf("%s %d", tc.name, i), func(t *testing.T) {
			out := render(t, "", tc.name, tc.data)
			for _, w := range tc.want {
				if !strings.Contains(out, w) {
					t.Errorf("%q is missing in:\n%s", w, out)
				}
			}
			checkMarkup(t, out)
		})
	}
}

func TestEveryPartialHasASample(t *testing.T) {
	// Shown through the partials or layouts that use them.
	inside := []string{"web", "public", "desk", "print", "head", "hero", "actions", "menu", "nav", "mark", "footer", "language", "account", "bell", "keys",
		"field_attrs", "field_mark", "field_error", "field_options", "field_choices", "field_tick", "stat_body", "file_remove"}
	var have []string
	for _, p := range partials {
		have = append(have, p.name)
	}
	for _, tpl := range layouts(t).Templates() {
		if name := tpl.Name(); !slices.Contains(inside, name) && !slices.Contains(have, name) && !strings.HasSuffix(name, ".html") {
			t.Errorf("partial %q has no sample in the table partials", name)
		}
	}
}

// checkMarkup refuses what screen readers stumble over and what the content security policy forbids.
func checkMarkup(t *testing.T, src string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	var refs []string
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
				t.Errorf("<%s %s>: no inline style or script", n.Data, a.Key)
			case a.Key == "id" && ids[a.Val]:
				t.Errorf("id %q twice", a.Val)
			case a.Key == "id":
				ids[a.Val] = true
			case a.Key == "for" || a.Key == "aria-describedby" || a.Key == "aria-labelledby":
				refs = append(refs, strings.Fields(a.Val)...)
			}
		}
	}
	for _, r := range refs {
		if !ids[r] {
			t.Errorf("nothing has id %q", r)
		}
	}
	inForm := false
	for z := html.NewTokenizer(strings.NewReader(src)); z.Next() != html.ErrorToken; {
		if tok := z.Token(); tok.Data == "form" && tok.Type != html.TextToken {
			if inForm == (tok.Type == html.StartTagToken) {
				t.Error("a form inside a form")
			}
			inForm = tok.Type == html.StartTagToken
		}
	}
	if strings.Contains(src, "no value") || strings.Contains(src, "ZgotmplZ") || strings.Contains(src, "&lt;nil&gt;") {
		t.Error("a value was missing or refused")
	}
}

// messages returns the texts of all calls of t in the layouts.
func messages(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	var walk func(n parse.Node)
	pipe := func(p *parse.PipeNode) {
		if p != nil {
			walk(p)
		}
	}
	walk = func(n parse.Node) {
		switch n := n.(type) {
		case *parse.ListNode:
			if n != nil {
				for _, c := range n.Nodes {
					walk(c)
				}
			}
		case *parse.ActionNode:
			pipe(n.Pipe)
		case *parse.TemplateNode:
			pipe(n.Pipe)
		case *parse.IfNode:
			pipe(n.Pipe)
			walk(n.List)
			walk(n.ElseList)
		case *parse.RangeNode:
			pipe(n.Pipe)
			walk(n.List)
			walk(n.ElseList)
		case *parse.WithNode:
			pipe(n.Pipe)
			walk(n.List)
			walk(n.ElseList)
		case *parse.PipeNode:
			for _, c := range n.Cmds {
				walk(c)
			}
		case *parse.CommandNode:
			if id, ok := n.Args[0].(*parse.IdentifierNode); ok && id.Ident == "t" {
				if s, ok := n.Args[1].(*parse.StringNode); ok {
					found[s.Text] = true
				}
			} else if ok && id.Ident == "tc" {
				context, inContext := n.Args[1].(*parse.StringNode)
				text, plain := n.Args[2].(*parse.StringNode)
				if inContext && plain {
					found[context.Text+"|"+text.Text] = true
				}
			}
			for _, a := range n.Args {
				walk(a)
			}
		}
	}
	for _, tpl := range layouts(t).Templates() {
		if tpl.Tree != nil {
			walk(tpl.Tree.Root)
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func TestTextsAreTranslated(t *testing.T) {
	raw, err := I18n.ReadFile("i18n/en.json")
	if err != nil {
		t.Fatal(err)
	}
	overlay := map[string]string{}
	if err := json.Unmarshal(raw, &overlay); err != nil {
		t.Fatal(err)
	}
	texts := messages(t)
	for _, m := range texts {
		if overlay[m] == "" {
			t.Errorf("i18n/en.json lacks %q", m)
		}
	}
	for m := range overlay {
		if !slices.Contains(texts, m) {
			t.Errorf("i18n/en.json has %q, which no layout says", m)
		}
	}
}

func TestNoTextOutsideT(t *testing.T) {
	vietnamese := regexp.MustCompile(`[À-ỹ]`)
	action := regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	err := fs.WalkDir(Layout, "layout", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := Layout.ReadFile(path)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(action.ReplaceAllString(string(raw), ""), "\n") {
			if vietnamese.MatchString(strings.ReplaceAll(line, "Tiếng Việt", "")) { // the name of a language stands in it
				t.Errorf("%s:%d: text outside {{t}}: %s", path, i+1, strings.TrimSpace(line))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
