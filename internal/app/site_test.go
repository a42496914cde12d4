package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/internal/kit/i18n"
	design "lienthong/web"
)

// TestShown holds whose site the pages say it is, before and after the organisation is loaded, and in English.
func TestShown(t *testing.T) {
	a := newApp(t, testConfig(t, ""))
	ctx := context.Background()
	before := a.House.shown(ctx).(design.Province)
	if before.Owner != "Tỉnh Gia Lai" || before.Title != "tỉnh Gia Lai" || before.Operator != "" {
		t.Errorf("before: %+v", before)
	}
	if err := a.House.LoadProvince(ctx, a.House.Files, &bytes.Buffer{}, false); err != nil {
		t.Fatal(err)
	}
	after := a.House.shown(ctx).(design.Province)
	if !strings.Contains(after.Owner, "Ủy ban nhân dân") || after.Operator == "" {
		t.Errorf("after: %+v", after)
	}
	english := a.House.shown(i18n.WithLang(ctx, "en")).(design.Province)
	if english.Owner != "Gia Lai Province" || english.Logo != "" {
		t.Errorf("in English: %+v", english)
	}
}

// TestLogo holds that a province can bring its own mark.
func TestLogo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tinh")
	if err := os.CopyFS(dir, os.DirFS("../../province/testdata/haicap")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "province.yaml")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	raw = bytes.Replace(raw, []byte("mark:\n"), []byte("mark:\n  logo: mark.svg\n"), 1)
	for name, content := range map[string][]byte{file: raw, filepath.Join(dir, "mark.svg"): []byte("<svg/>")} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := testConfig(t, "")
	c.Province = dir
	a := newApp(t, c)
	w := get(a.Handler(), logoPath)
	if w.Code != 200 || w.Body.String() != "<svg/>" || !strings.HasPrefix(w.Header().Get("Content-Type"), "image/svg+xml") {
		t.Errorf("%d %s %v", w.Code, w.Body, w.Header())
	}
	if page := get(a.Handler(), "/nothing").Body.String(); !strings.Contains(page, `src="`+logoPath+`"`) {
		t.Errorf("the mark is not on the page: %s", page)
	}
	if err := os.Remove(filepath.Join(dir, "mark.svg")); err != nil {
		t.Fatal(err)
	}
	if w := get(a.Handler(), logoPath); w.Code != 500 {
		t.Errorf("a lost file: %d", w.Code)
	}
}
