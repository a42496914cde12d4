package codelist

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

// short writes items as "code name from–to" in order.
func short(list []Item) string {
	var parts []string
	for _, i := range list {
		parts = append(parts, fmt.Sprintf("%s %s %s–%s", i.Code, i.Name, i.ValidFrom, i.ValidTo))
	}
	return strings.Join(parts, "; ")
}

// TestSettle holds that what once held stays, and that settling twice comes to the same.
func TestSettle(t *testing.T) {
	day := clock.MustDate("2026-12-01")
	item := func(code, name, from, to string) Item {
		i := Item{List: "l", Code: code, Name: name, Sort: 10}
		if from != "" {
			i.ValidFrom = clock.MustDate(from)
		}
		if to != "" {
			i.ValidTo = clock.MustDate(to)
		}
		return i
	}
	for _, tt := range []struct {
		name      string
		old, next []Item
		want      string
	}{
		{"nothing", []Item{item("a", "A", "", "")}, []Item{item("a", "A", "", "")}, "a A –"},
		{"rename", []Item{item("a", "A", "", "")}, []Item{item("a", "B", "", "")}, "a A –2026-12-01; a B 2026-12-01–"},
		{"rename what begins later", []Item{item("a", "A", "2027-01-01", "")}, []Item{item("a", "B", "2027-01-01", "")}, "a B 2027-01-01–"},
		{"new", nil, []Item{item("a", "A", "", "")}, "a A 2026-12-01–"},
		{"new with a day", nil, []Item{item("a", "A", "2027-01-01", "")}, "a A 2027-01-01–"},
		{"left out", []Item{item("a", "A", "", "")}, nil, "a A –2026-12-01"},
		{"left out, ended before", []Item{item("a", "A", "", "2020-01-01")}, nil, "a A –2020-01-01"},
		{"left out, not begun", []Item{item("a", "A", "2027-01-01", "")}, nil, ""},
		{"ended", []Item{item("a", "A", "", "")}, []Item{item("a", "A", "", "2027-01-01")}, "a A –2027-01-01"},
		{"back", []Item{item("a", "A", "", "2020-01-01")}, []Item{item("a", "A", "", "")}, "a A –2020-01-01; a A 2026-12-01–"},
		{"history corrected", []Item{item("a", "A", "", "2020-01-01")}, []Item{item("a", "Á", "", "2020-01-01")}, "a Á –2020-01-01"},
		{"undone on the day", []Item{item("a", "A", "", "2026-12-01"), item("a", "B", "2026-12-01", "")}, []Item{item("a", "A", "", "")}, "a A –2026-12-01; a A 2026-12-01–"},
		{"undone later", []Item{item("a", "A", "", "2026-11-01"), item("a", "B", "2026-11-01", "")}, []Item{item("a", "A", "", "")}, "a A –2026-11-01; a B 2026-11-01–2026-12-01; a A 2026-12-01–"},
	} {
		got := Settle(tt.old, tt.next, day)
		if short(got) != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, short(got), tt.want)
		}
		if err := checkVersions(got); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestReplace holds that a list becomes what it is given, once, and that its file reads back to the same.
func TestReplace(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		ctx := as("/root/")
		l := List{Key: "colour", Name: "Màu", SourceAct: "1/QĐ"}
		list := []Item{{List: "colour", Code: "red", Name: "Đỏ", Sort: 10, SourceAct: "1/QĐ", Attributes: map[string]string{"hex": "f00"}}, {List: "colour", Code: "blue", Name: "Xanh", Sort: 35, SourceAct: "2/QĐ"}}
		for range 2 {
			if err := f.Replace(ctx, l, list); err != nil {
				t.Fatal(err)
			}
		}
		var n int
		if err := f.db.Get(ctx, &n, `SELECT COUNT(*) FROM audit_entry`); err != nil || n != 1 {
			t.Errorf("%d audit rows, %v; the second time nothing changes", n, err)
		}
		items, err := f.History(ctx, "colour")
		if err != nil {
			t.Fatal(err)
		}
		raw, err := WriteList(l, items)
		if err != nil {
			t.Fatal(err)
		}
		gotList, got, err := ReadList(bytes.NewReader(raw))
		if err != nil || gotList != l || len(got) != 2 || !got[0].same(items[0]) || !got[1].same(items[1]) {
			t.Errorf("read back %+v %+v, %v from %s", gotList, got, err, raw)
		}
		list[0].Name = "Đỏ tươi"
		if err := f.Replace(ctx, l, list[:1]); err != nil {
			t.Fatal(err)
		}
		if got := f.codes(t, "colour", "2026-01-01"); got != "red" {
			t.Errorf("codes %s", got)
		}
		for _, bad := range []error{f.Replace(ctx, List{Key: "!"}, nil), f.Replace(ctx, l, []Item{{Code: "đ"}}), f.Replace(ctx, l, append(list[:1], list[0]))} {
			if fault.KindOf(bad) != fault.Invalid {
				t.Errorf("error %v", bad)
			}
		}
		if err := f.Replace(context.Background(), l, nil); err == nil {
			t.Error("anybody may replace")
		}
	})
}
