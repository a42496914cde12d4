package codelist

import (
	"context"
	"io/fs"
	"os"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// provinceLists is the folder the product ships; the tests stand on it.
const provinceLists = "../../province/gialai/codelists"

func TestValidate(t *testing.T) {
	date := clock.MustDate
	for _, tt := range []struct {
		item  Item
		field string
	}{
		{Item{Code: "ho-tich", Name: "Hộ tịch"}, ""},
		{Item{Code: "1.001193_A", Name: "x", ValidFrom: date("2018-01-01"), ValidTo: date("2019-01-01")}, ""},
		{Item{Code: "", Name: "x"}, "code"},
		{Item{Code: "hộ tịch", Name: "x"}, "code"},
		{Item{Code: "-a", Name: "x"}, "code"},
		{Item{Code: strings.Repeat("a", 65), Name: "x"}, "code"},
		{Item{Code: "a"}, "name"},
		{Item{Code: "a", Name: "x", ValidFrom: date("2019-01-01"), ValidTo: date("2019-01-01")}, "valid_to"},
	} {
		f, _ := fault.As(tt.item.Validate())
		if tt.field == "" && f != nil || tt.field != "" && (f == nil || f.Problems[0].Field != tt.field) {
			t.Errorf("%+v: %v, want %q", tt.item, f, tt.field)
		}
	}
	for _, bad := range []List{{Key: "Sex", Name: "x"}, {Key: "sex"}, {Name: "x"}} {
		if bad.Validate() == nil {
			t.Errorf("%+v is valid", bad)
		}
	}
}

func TestCheckVersions(t *testing.T) {
	v := func(code, from, to string) Item {
		return Item{Code: code, ValidFrom: clock.MustDate(from), ValidTo: clock.MustDate(to)}
	}
	for name, tt := range map[string]struct {
		items []Item
		ok    bool
	}{
		"follow each other": {[]Item{v("a", "", "2018-01-01"), v("a", "2018-01-01", "2019-01-01"), v("a", "2019-01-01", "")}, true},
		"a gap":             {[]Item{v("a", "", "2018-01-01"), v("a", "2020-01-01", "")}, true},
		"different codes":   {[]Item{v("a", "", ""), v("b", "", "")}, true},
		"one day in common": {[]Item{v("a", "", "2018-01-02"), v("a", "2018-01-01", "")}, false},
		"both open":         {[]Item{v("a", "", ""), v("a", "2018-01-01", "")}, false},
		"one inside":        {[]Item{v("a", "2010-01-01", "2020-01-01"), v("a", "2015-01-01", "2016-01-01")}, false},
		"the same twice":    {[]Item{v("a", "", ""), v("a", "", "")}, false},
	} {
		if err := checkVersions(tt.items); (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNearest(t *testing.T) {
	items := []Item{
		{Name: "first", ValidFrom: clock.MustDate("2011-01-01"), ValidTo: clock.MustDate("2015-01-01")},
		{Name: "second", ValidFrom: clock.MustDate("2018-01-01"), ValidTo: clock.MustDate("2022-01-01")},
	}
	for date, want := range map[string]string{"2000-01-01": "first", "2011-01-01": "first", "2016-01-01": "first", "2018-01-01": "second", "2021-12-31": "second", "2030-01-01": "second"} {
		if got, err := nearest(items, clock.MustDate(date)); err != nil || got.Name != want {
			t.Errorf("%s: %s, %v, want %s", date, got.Name, err, want)
		}
	}
	if _, err := nearest(nil, clock.Date{}); err == nil {
		t.Error("a code without versions has a nearest one")
	}
}

func TestText(t *testing.T) {
	vi, en := context.Background(), i18n.WithLang(context.Background(), "en")
	i := Item{Name: "Nam", NameEN: "Male"}
	if i.Text(vi) != "Nam" || i.Text(en) != "Male" || (Item{Name: "Kinh"}).Text(en) != "Kinh" {
		t.Errorf("%s, %s", i.Text(vi), i.Text(en))
	}
}

func TestReadListRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"empty":            "",
		"not yaml":         ": :",
		"no name":          "list: sex",
		"bad key":          "list: Sex\nname: x",
		"unknown key":      "list: sex\nname: x\nowner: y",
		"bad code":         "list: sex\nname: x\nitems: [{code: 'a b', name: y}]",
		"no item name":     "list: sex\nname: x\nitems: [{code: a}]",
		"bad date":         "list: sex\nname: x\nitems: [{code: a, name: y, valid_from: mai}]",
		"versions at once": "list: sex\nname: x\nitems: [{code: a, name: y}, {code: a, name: z}]",
	} {
		if _, _, err := ReadList(strings.NewReader(text)); err == nil {
			t.Errorf("%s: read", name)
		}
	}
}

func TestReadListFillsIn(t *testing.T) {
	l, items, err := ReadList(strings.NewReader("list: sex\nname: ' Giới  tính '\nsource_act: 1/QĐ\nitems: [{code: a, name: Nam}, {code: b, name: Nữ, sort: 5, source_act: 2/QĐ}]"))
	if err != nil || l.Name != "Giới tính" || items[0].Sort != 10 || items[0].SourceAct != "1/QĐ" || items[1].Sort != 5 || items[1].SourceAct != "2/QĐ" {
		t.Errorf("%+v, %+v, %v", l, items, err)
	}
	order(items)
	if items[0].Code != "b" {
		t.Errorf("order: %+v", items)
	}
}

// shipped reads all lists of the province.
func shipped(t *testing.T) map[string][]Item {
	t.Helper()
	dir := os.DirFS(provinceLists)
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	lists := map[string][]Item{}
	for _, name := range names {
		raw, err := fs.ReadFile(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		if !norm.NFC.IsNormal(raw) {
			t.Errorf("%s is not in composed form", name)
		}
		l, items, err := ReadList(strings.NewReader(string(raw)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if name != l.Key+".yaml" {
			t.Errorf("%s holds the list %s", name, l.Key)
		}
		lists[l.Key] = items
	}
	return lists
}

func TestShippedLists(t *testing.T) {
	lists := shipped(t)
	for key, least := range map[string]int{ProcedureFields: 100, LifeEvents: 15, ServiceLevels: 6, DossierStatuses: 10, FilingChannels: 3, ReturnChannels: 2,
		ApplicantKinds: 3, IdentityPapers: 8, EthnicGroups: 55, Relations: 15, Sexes: 2, Nationalities: 10, PaperKinds: 8} {
		if len(lists[key]) < least {
			t.Errorf("%s has %d items", key, len(lists[key]))
		}
	}
	names := map[string]bool{}
	for _, i := range lists[EthnicGroups] {
		if names[i.Name] {
			t.Errorf("ethnic group %s twice", i.Name)
		}
		names[i.Name] = true
	}
	for n, i := range lists[DossierStatuses] {
		switch i.Attributes["clock"] {
		case "not_started", "runs", "stopped", "ended":
		default:
			t.Errorf("status %d: clock %q", n+1, i.Attributes["clock"])
		}
	}
	kinds := map[string]bool{}
	for _, i := range lists[ApplicantKinds] {
		kinds[i.Code] = true
	}
	for _, i := range lists[LifeEvents] {
		if !kinds[i.Attributes["for"]] {
			t.Errorf("life event %s is for %q", i.Code, i.Attributes["for"])
		}
	}
}
