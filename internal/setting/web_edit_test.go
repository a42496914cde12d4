package setting_test

import (
	"context"
	"strings"
	"testing"

	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/web"
	"lienthong/internal/setting"
)

const colours = `list: colour
name: Màu
source_act: 1/QĐ
items:
  - {code: red, name: Đỏ, name_en: Red}
  - {code: old, name: Cũ, valid_to: 2020-01-01}
  - {code: blue, name: Xanh, attributes: {hex: "00f"}}
`

const almanac = `hours:
  - {valid_from: 2018-01-01, week: {mon-fri: ["07:00-11:30", "13:30-17:00"]}}
years:
  - {year: 2026, days: [{date: 2026-09-02, name: Quốc khánh, confidence: law}]}
`

// TestEdit holds what the forms make of a text: a part of the new one, or of what is wrong.
func TestEdit(t *testing.T) {
	for _, tt := range []struct {
		name, kind, form, want string
	}{
		{
			"rename",
			"codelist",
			"op=put&n=0&name=Đỏ tươi&name_en=Red&source_act=1/QĐ",
			"name: Đỏ tươi",
		},
		{
			"attributes",
			"codelist",
			"op=put&n=2&name=Xanh&attributes=hex = 00e",
			"hex: 00e",
		},
		{
			"bad attributes",
			"codelist",
			"op=put&n=2&name=Xanh&attributes=hex",
			"Mỗi thuộc tính",
		},
		{
			"add",
			"codelist",
			"op=put&code=green&name=Lục",
			"- code: green\n    name: Lục",
		},
		{
			"again",
			"codelist",
			"op=put&code=red&name=Lục",
			"đã có trong danh mục",
		},
		{"bad code", "codelist", "op=put&code=đỏ&name=Lục", "Mã chỉ gồm"},
		{"no name", "codelist", "op=put&n=0", "Hãy ghi tên mục"},
		{"gone", "codelist", "op=put&n=9&name=x", "không còn trong bản thảo"},
		{"remove", "codelist", "op=remove&n=0", "!code: red"},
		{
			"move",
			"codelist",
			"op=down&n=0",
			"- code: blue\n    name: Xanh\n    attributes:\n      hex: 00f\n  - code: old\n    name: Cũ\n    valid_to: 2020-01-01\n  - code: red",
		},
		{"move first up", "codelist", "op=up&n=0", "items:\n  - code: red"},
		{
			"paste",
			"codelist",
			"op=paste&lines=red;Đỏ thắm;Crimson\npink\tHồng",
			"name: Đỏ thắm\n    name_en: Crimson",
		},
		{"paste nothing", "codelist", "op=paste", "Hãy dán"},
		{"paste wrong", "codelist", "op=paste&lines=đ", "Dòng 1 chưa đúng"},
		{"list", "codelist", "op=list&list_name=Sắc màu", "name: Sắc màu"},
		{"unknown", "codelist", "op=x", "Không rõ cần sửa gì"},
		{"no kind", "x", "op=x", "Không rõ cần sửa gì"},
		{
			"day",
			"calendar",
			"op=day&date=24/12/2026&to=25/12/2026&kind=off&name=nghỉ&source_act=5/TB",
			"date: 2026-12-25",
		},
		{
			"swapped day",
			"calendar",
			"op=day&date=26/12/2026&kind=work&name=làm bù&periods=07:00-11:00",
			"kind: work",
		},
		{
			"other year",
			"calendar",
			"op=day&date=01/01/2027&kind=off&name=Tết",
			"incomplete: true",
		},
		{"no day", "calendar", "op=day&kind=off&name=x", "Hãy chọn ngày"},
		{
			"no kind of day",
			"calendar",
			"op=day&date=24/12/2026&name=x",
			"Hãy chọn nghỉ",
		},
		{
			"bad span",
			"calendar",
			"op=day&date=24/12/2026&to=24/11/2026&kind=off&name=x",
			"Đến ngày phải sau",
		},
		{
			"bad periods",
			"calendar",
			"op=day&date=24/12/2026&kind=work&name=x&periods=7h",
			"theo thứ tự",
		},
		{"clear", "calendar", "op=clear&date=02/09/2026", "!Quốc khánh"},
		{"year", "calendar", "op=year&year=2027&complete=1", "year: 2027"},
		{"bad year", "calendar", "op=year&year=3000", "không hợp lệ"},
		{
			"hours",
			"calendar",
			"op=hours&valid_from=01/01/2027&mon=08:00-12:00",
			"valid_to: 2027-01-01",
		},
		{
			"hours without day",
			"calendar",
			"op=hours&mon=08:00-12:00",
			"Hãy ghi ngày bắt đầu",
		},
		{"unknown in calendar", "calendar", "op=x", "Không rõ cần sửa gì"},
	} {
		text := map[string]string{"codelist": colours, "calendar": almanac}[tt.kind]
		got, err := setting.Edit(tt.kind, text, values(tt.form))
		if err != nil {
			got = err.Error()
		}
		want, not := strings.CutPrefix(tt.want, "!")
		if strings.Contains(squeezed(got), squeezed(want)) == not {
			t.Errorf("%s: %s; want %s", tt.name, got, tt.want)
		}
	}
}

// squeezed is a text without quotes and indentation.
func squeezed(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, `"`, "")), " ")
}

// values reads "a=1&b=2" without escapes.
func values(s string) web.Values {
	v := web.Values{}
	for _, pair := range strings.Split(s, "&") {
		name, value, _ := strings.Cut(pair, "=")
		v[name] = append(v[name], value)
	}
	return v
}

// TestMerge holds how three texts are brought together.
func TestMerge(t *testing.T) {
	for _, tt := range []struct {
		name, base, now, mine, want string
		conflicts                   int
	}{
		{"nobody", "a\nb\n", "a\nb\n", "a\nb\n", "a\nb\n", 0},
		{"they", "a\nb\nc\n", "a\nx\nc\n", "a\nb\nc\n", "a\nx\nc\n", 0},
		{"I", "a\nb\nc\n", "a\nb\nc\n", "a\nc\nd\n", "a\nc\nd\n", 0},
		{
			"both, apart",
			"a\nb\n- c\nd\ne\n",
			"x\nb\n- c\nd\ne\n",
			"a\nb\n- c\nd\ny\n",
			"x\nb\n- c\nd\ny\n",
			0,
		},
		{
			"both in one item",
			"- a\nb\nc\n- d\n",
			"- x\nb\nc\n- d\n",
			"- a\nb\ny\n- d\n",
			"- a\nb\ny\n- d\n",
			1,
		},
		{"both alike", "a\nb\n", "a\nx\n", "a\nx\n", "a\nx\n", 0},
		{"clash", "a\nb\nc\n", "a\nx\nc\n", "a\ny\nc\n", "a\ny\nc\n", 1},
		{"from nothing", "", "a\n", "b\n", "b\n", 1},
		{"to nothing", "a\n", "", "", "", 0},
	} {
		hunks := setting.Merge(tt.base, tt.now, tt.mine)
		n := 0
		for _, h := range hunks {
			if h.Conflict() {
				n++
			}
		}
		if got := setting.Join(hunks, func(int) bool { return false }); got != tt.want || n != tt.conflicts {
			t.Errorf("%s: %q with %d conflicts, want %q with %d", tt.name, got, n, tt.want, tt.conflicts)
		}
		if theirs := setting.Join(hunks, func(int) bool { return true }); n > 0 && theirs != tt.now {
			t.Errorf("%s: theirs %q", tt.name, theirs)
		}
	}
}

// TestCompare holds the words for differences, and what is found to be wrong.
func TestCompare(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, append(dossiertest.Migrations(), setting.Migrations())...))
	kinds, err := w.Kinds(w.author)
	if err != nil || len(kinds) != 3 {
		t.Fatal(kinds, err)
	}
	codelists, calendars, procedures := kinds[0], kinds[1], kinds[2]
	for _, tt := range []struct {
		k         setting.Kind
		base, old string
		now, want string
	}{
		{
			codelists,
			colours,
			"name: Đỏ,",
			"name: Đỏ tươi,",
			"edited Mục “Đỏ”: tên “Đỏ” → “Đỏ tươi”",
		},
		{
			codelists,
			colours,
			"  - {code: red, name: Đỏ, name_en: Red}\n",
			"",
			"removed Mục “Đỏ”",
		},
		{
			codelists,
			colours,
			"name: Màu",
			"name: Sắc",
			"edited tên: “Màu” → “Sắc”",
		},
		{
			codelists,
			colours,
			"name_en: Red",
			"sort: 7",
			"edited Mục “Đỏ”: tên tiếng Anh bỏ “Red”",
		},
		{
			codelists,
			colours,
			`{hex: "00f"}`,
			`{hex: "00e"}`,
			"edited Mục “Xanh”, thuộc tính: hex “00f” → “00e”",
		},
		{
			calendars,
			almanac,
			"name: Quốc khánh",
			"name: Lễ",
			"edited Năm “2026”, Ngày “02/09/2026”: tên “Quốc khánh” → “Lễ”",
		},
	} {
		changes, err := tt.k.Compare(w.author, tt.base, strings.Replace(tt.base, tt.old, tt.now, 1))
		var lines []string
		for _, c := range changes {
			lines = append(lines, string(c.What)+" "+c.Text.String())
			if c.What.Name().String() == "" {
				t.Error("a change without a word")
			}
		}
		if got := strings.Join(lines, "\n"); err != nil || !strings.Contains(got, tt.want) {
			t.Errorf("%s → %s: %s, %v; want %s", tt.old, tt.now, got, err, tt.want)
		}
	}
	spec, err := procedures.Export(w.author, birth)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		k               setting.Kind
		key, text, want string
	}{
		{codelists, "colour", "items: [", "Chưa đọc được"},
		{codelists, "colour", colours, "chưa có tên tiếng Anh"},
		{codelists, "other", colours, "không phải “other”"},
		{codelists, "colour", "list: colour\nname: Màu\n", "không còn mục nào"},
		{calendars, "calendar", "x: 1", "Chưa đọc được"},
		{procedures, birth, "code: 1", "thời hạn"},
		{
			procedures,
			birth,
			strings.Replace(spec, birth, "9.000009", 1),
			"phải giữ nguyên",
		},
		{
			procedures,
			birth,
			strings.Replace(spec, "5 giờ", "50 giờ", 1),
			"cộng lại",
		},
		{
			procedures,
			birth,
			spec + "---\n" + strings.Replace(spec, "2018-01-01", "2019-01-01", 1),
			"Hiệu lực",
		},
	} {
		found, err := tt.k.Check(w.author, tt.key, tt.text)
		var lines []string
		for _, f := range found {
			lines = append(lines, f.Text.String())
		}
		if got := strings.Join(lines, "\n"); err != nil || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %s, %v; want %s", tt.key, got, err, tt.want)
		}
	}
	for _, k := range kinds {
		if _, err := k.Thing(context.Background(), "none"); err == nil {
			t.Errorf("%s knows a thing that is not there", k.Key())
		}
		if _, err := k.Export(context.Background(), "none"); err == nil {
			t.Errorf("%s exports a thing that is not there", k.Key())
		}
		things, err := k.Things(context.Background(), "")
		if err != nil || len(things) == 0 {
			t.Fatalf("%s: %v, %v", k.Key(), things, err)
		}
		text, err := k.Export(context.Background(), things[0].Key)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Apply(w.System(), things[0].Key, text, text, clock.MustDate("2026-11-23")); err != nil {
			t.Errorf("%s: %v", k.Key(), err)
		}
	}
}
