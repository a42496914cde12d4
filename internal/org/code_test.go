package org

import (
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
)

func TestForms(t *testing.T) {
	for _, c := range []struct {
		code          string
		qcvn102, qd20 bool
	}{
		{"000.00.00.H21", true, false},
		{"000.20.32.H53", true, false},
		{"001.00.10.H47", true, false},
		{"000.00.15.h21", false, false},
		{"00.00.15.H21", false, false},
		{"000.00.15.H2", false, false},
		{"000.00.15.H211", false, false},
		{" 000.00.15.H21", false, false},
		{"H21", false, true},
		{"H21.15", false, true},
		{"G12.18", false, true},
		{"H37.DN.001", false, true},
		{"Z21", false, false},
		{"H1", false, false},
		{"H21.", false, false},
		{"H21..15", false, false},
		{"H21.1-5", false, false},
		{"H21." + strings.Repeat("9", 31), false, true},
		{"H21." + strings.Repeat("9", 32), false, false},
		{"28.22.H17", false, false},
		{"", false, false},
	} {
		if got := ValidQCVN102(c.code); got != c.qcvn102 {
			t.Errorf("ValidQCVN102(%q) = %v", c.code, got)
		}
		if got := ValidQD20(c.code); got != c.qd20 {
			t.Errorf("ValidQD20(%q) = %v", c.code, got)
		}
	}
	if !ValidCode("other", "vxp.saas.03") || ValidCode("other", "") || !ValidCode(SchemeQD20, "H21") || ValidCode(SchemeQCVN102, "H21") {
		t.Error("ValidCode goes by the scheme")
	}
}

func TestConvert(t *testing.T) {
	for _, c := range []struct{ qcvn102, qd20 string }{
		{"000.00.00.H21", "H21"},
		{"000.00.15.H21", "H21.15"},
		{"000.00.18.G12", "G12.18"},
		{"000.20.32.H53", "H53.32.20"},
		{"001.00.10.H47", "H47.10.00.001"},
		{"123.45.67.H21", "H21.67.45.123"},
	} {
		if got, ok := ToQD20(c.qcvn102); !ok || got != c.qd20 {
			t.Errorf("ToQD20(%q) = %q, %v, want %q", c.qcvn102, got, ok, c.qd20)
		}
		if got, ok := ToQCVN102(c.qd20); !ok || got != c.qcvn102 {
			t.Errorf("ToQCVN102(%q) = %q, %v, want %q", c.qd20, got, ok, c.qcvn102)
		}
	}
	for _, code := range []string{"H21", "", "000.00.15"} {
		if got, ok := ToQD20(code); ok {
			t.Errorf("ToQD20(%q) = %q", code, got)
		}
	}
	for _, code := range []string{"H37.DN.001", "H21.1", "H21.15.20.001.5", "000.00.15.H21", ""} {
		if got, ok := ToQCVN102(code); ok {
			t.Errorf("ToQCVN102(%q) = %q", code, got)
		}
	}
	if _, ok := convert("H21", SchemeQD20, SchemeQD20); ok {
		t.Error("nothing is to be converted within one scheme")
	}
}

func TestReadCodes(t *testing.T) {
	head := "slug,scheme,code,valid_from,valid_to,confidence,source\n"
	for _, c := range []struct{ line, want string }{
		{"a,qd20,H21.15,,,,", ""},
		{"a,qcvn102,000.00.15.H21,2019-01-01,2020-01-01,provisional,nguồn", ""},
		{"a,qd20,H21.15,01/02/2019,,verified,", ""},
		{"a,qd20,H21.15", "3 cột"},
		{"a,qd20,H21.15,hôm nay,,,", "hôm nay"},
		{"a,qd20,H21.15,,mai,,", "mai"},
		{"a,qd20,H21.15,2020-01-01,2020-01-01,,", "sau ngày bắt đầu"},
		{"a,qd21,H21.15,,,,", "Bộ mã"},
		{"a,qd20,000.00.15.H21,,,,", "không đúng dạng"},
		{"a,qcvn102,H21.15,,,,", "không đúng dạng"},
		{"a,qd20,H21.15,,,sure,", "Độ tin cậy"},
	} {
		rows, bad, err := readCodes(strings.NewReader("\uFEFF" + head + "b,qd20,H21.99,,,,\n" + c.line + "\n"))
		switch {
		case err != nil:
			t.Errorf("%q: %v", c.line, err)
		case c.want == "" && (len(rows) != 2 || len(bad) != 0):
			t.Errorf("%q: rejected %v", c.line, bad)
		case c.want != "" && (len(rows) != 1 || len(bad) != 1 || bad[0].Line != 3 || !strings.Contains(bad[0].Reason.String(), c.want)):
			t.Errorf("%q: rejected %v, want line 3 with %q", c.line, bad, c.want)
		}
	}
	for _, text := range []string{"", "slug;scheme;code\n", head + "\"a,qd20\n"} {
		if _, _, err := readCodes(strings.NewReader(text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

// codeBook holds three agencies: a and b for ever, c renamed on day2.
func codeBook(t *testing.T) *book {
	t.Helper()
	b := newBook(tables{kinds: []Kind{{Key: "department", Agency: true}}})
	for _, u := range []struct{ slug, name, from, to string }{
		{"a", "Sở A", "", ""}, {"b", "Sở B", "", ""}, {"c", "Sở C", "2010-01-01", day2}, {"c", "Sở C mới", day2, ""},
	} {
		from, to := clock.MustDate(u.from), clock.MustDate(u.to)
		if _, err := b.add(NewUnit{Kind: "department", Name: u.name, Slug: u.slug, Level: "province", PlaceID: "p"}, from, to, ""); err != nil {
			t.Fatal(err)
		}
	}
	b.dirty = newChanges()
	return b
}

func (b *book) take(t *testing.T, today string, lines ...string) CodeReport {
	t.Helper()
	rows, bad, err := readCodes(strings.NewReader(strings.Join(codesHeader, ",") + "\n" + strings.Join(lines, "\n") + "\n"))
	if err != nil || len(bad) > 0 {
		t.Fatal(bad, err)
	}
	return b.takeCodes(rows, clock.MustDate(today))
}

// codeAt returns the code of the unit that has a slug on a date.
func (b *book) codeAt(slug, scheme, day string) string {
	u, ok := b.bySlug(slug, clock.MustDate(day))
	if !ok {
		return "?"
	}
	c, _ := b.codeOf(u.ID, scheme, clock.MustDate(day))
	return c.Code
}

const (
	day1 = "2018-12-19"
	day2 = "2020-02-01"
	day3 = "2025-07-01"
)

func TestTakeCodes(t *testing.T) {
	b := codeBook(t)
	r := b.take(t, day1, "a,qcvn102,000.00.05.H21,,,provisional,tạm", "b,qcvn102,000.00.06.H21,,,provisional,tạm", "c,qcvn102,000.00.07.H21,,,,")
	if r.Added != 4 || len(r.Rejected) != 0 {
		t.Fatalf("report = %+v", r)
	}
	for _, c := range []struct{ slug, scheme, day, want string }{
		{"a", SchemeQCVN102, day1, "000.00.05.H21"},
		{"a", SchemeQD20, day1, "H21.05"},
		{"c", SchemeQD20, day1, "H21.07"},
		{"c", SchemeQD20, day3, "H21.07"},
	} {
		if got := b.codeAt(c.slug, c.scheme, c.day); got != c.want {
			t.Errorf("%s on %s in %s = %q, want %q", c.slug, c.day, c.scheme, got, c.want)
		}
	}
	for _, u := range b.slugs["c"] { // each within its own time
		unit, code := b.units[u], b.codes[u][0]
		if code.ValidFrom != unit.ValidFrom || code.ValidTo != unit.ValidTo {
			t.Errorf("code of %s is valid %s to %s", unit.Name, code.ValidFrom, code.ValidTo)
		}
	}
	if again := b.take(t, day1, "a,qcvn102,000.00.05.H21,,,provisional,tạm"); again.Added != 0 || again.Unchanged != 1 {
		t.Errorf("the second time = %+v", again)
	}
}

// TestVerifiedReplacesProvisional swaps the numbers of two agencies, as the province's own list may.
func TestVerifiedReplacesProvisional(t *testing.T) {
	b := codeBook(t)
	b.take(t, day1, "a,qcvn102,000.00.05.H21,,,provisional,", "b,qcvn102,000.00.06.H21,,,provisional,")
	r := b.take(t, day2, "a,qcvn102,000.00.06.H21,,,,QĐ", "b,qcvn102,000.00.05.H21,,,,QĐ")
	if r.Added != 2 || len(r.Rejected) != 0 {
		t.Fatalf("report = %+v", r)
	}
	for _, c := range []struct{ slug, day, want string }{
		{"a", day1, "000.00.05.H21"}, {"b", day1, "000.00.06.H21"},
		{"a", day2, "000.00.06.H21"}, {"b", day2, "000.00.05.H21"},
	} {
		if got := b.codeAt(c.slug, SchemeQCVN102, c.day); got != c.want {
			t.Errorf("%s on %s = %q, want %q", c.slug, c.day, got, c.want)
		}
	}
	for _, day := range []string{day1, day2} {
		for _, code := range []string{"000.00.05.H21", "000.00.06.H21"} {
			u, ok := b.unitByCode(SchemeQCVN102, code, clock.MustDate(day))
			if !ok || b.codeAt(u.Slug, SchemeQCVN102, day) != code {
				t.Errorf("%s on %s names %v", code, day, u)
			}
		}
	}
	back := b.take(t, day3, "a,qcvn102,000.00.05.H21,,,provisional,", "b,qcvn102,000.00.06.H21,,,provisional,")
	if back.Added != 0 || b.codeAt("a", SchemeQCVN102, day3) != "000.00.06.H21" {
		t.Errorf("a provisional file takes a verified code away: %+v", back)
	}
	if r := b.take(t, day3, "a,qcvn102,000.00.99.H21,,,provisional,"); r.Added != 0 || b.codeAt("a", SchemeQCVN102, day3) != "000.00.06.H21" {
		t.Errorf("a provisional code replaces a verified one: %+v", r)
	}
}

func TestTakeCodesConfirmsAndRejects(t *testing.T) {
	b := codeBook(t)
	b.take(t, day1, "a,qcvn102,000.00.05.H21,,,provisional,", "b,qcvn102,000.00.06.H21,,,,")
	if r := b.take(t, day1, "a,qcvn102,000.00.05.H21,,,verified,QĐ 9"); r.Added != 1 || b.codes[b.slugs["a"][0]][0].Confidence != Verified {
		t.Errorf("confirmed: %+v", r)
	}
	r := b.take(t, day1, "a,qcvn102,000.00.06.H21,,,,", "nobody,qd20,H21.77,,,,", "c,qd20,H21.78,2001-01-01,2002-01-01,,")
	if r.Added != 0 || len(r.Rejected) != 3 {
		t.Fatalf("report = %+v", r)
	}
	for i, want := range []string{"đang thuộc Sở B", "nobody", "trong thời gian này"} {
		if got := r.Rejected[i]; got.Line != i+2 || !strings.Contains(got.Reason.String(), want) {
			t.Errorf("rejected %d = %d %s, want %q", i, got.Line, got.Reason, want)
		}
	}
	dated := b.take(t, day1, "b,qcvn102,000.00.16.H21,"+day2+",,,QĐ 10")
	if dated.Added != 1 || dated.Replaced != 1 || b.codeAt("b", SchemeQCVN102, day1) != "000.00.06.H21" || b.codeAt("b", SchemeQCVN102, day2) != "000.00.16.H21" {
		t.Errorf("a new number from a date: %+v", dated)
	}
	never := b.take(t, "2010-01-01", "c,qcvn102,000.00.08.H21,,,provisional,", "c,qcvn102,000.00.09.H21,2010-01-01,,,")
	if got := b.codeAt("c", SchemeQCVN102, "2015-01-01"); never.Added != 4 || got != "000.00.09.H21" {
		t.Errorf("replaced from the first day: %+v, %s", never, got)
	}
	if _, ok := b.unitByCode(SchemeQCVN102, "000.00.08.H21", clock.MustDate("2015-01-01")); ok {
		t.Error("a code that was never valid is found")
	}
}
