package i18n_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"lienthong/internal/kit/i18n"
)

func TestCatalog(t *testing.T) {
	var c i18n.Catalog
	room := fstest.MapFS{"i18n/en.json": {Data: []byte(`{"Hạn %s": "Due %s", "Trống": ""}`)}}
	if err := c.Load(room); err != nil {
		t.Fatal(err)
	}
	if err := c.Load(fstest.MapFS{"i18n/en.json": {Data: []byte(`{"Nộp hồ sơ": "File"}`)}, "i18n/jra.json": {Data: []byte(`{"Nộp hồ sơ": "x"}`)}}); err != nil {
		t.Fatal(err)
	}
	if err := c.Load(fstest.MapFS{}); err != nil {
		t.Errorf("a room without overlays: %v", err)
	}
	tests := []struct {
		lang, text string
		args       []any
		want       string
	}{
		{"vi", "Hạn %s", []any{"mai"}, "Hạn mai"},
		{"en", "Hạn %s", []any{"tomorrow"}, "Due tomorrow"},
		{"en", "Nộp hồ sơ", nil, "File"},
		{"en", "Hạn %s", []any{i18n.M("Nộp hồ sơ")}, "Due File"},
		{"vi", "Hạn %s", []any{i18n.M("Nộp hồ sơ")}, "Hạn Nộp hồ sơ"},
		{"en", "Trống", nil, "Trống"},
		{"en", "Chưa dịch 100%", nil, "Chưa dịch 100%"},
		{"fr", "Nộp hồ sơ", nil, "Nộp hồ sơ"},
	}
	for _, tt := range tests {
		if got := c.T(tt.lang, tt.text, tt.args...); got != tt.want {
			t.Errorf("T(%s, %q) = %q, want %q", tt.lang, tt.text, got, tt.want)
		}
		if got := c.Msg(tt.lang, i18n.M(tt.text, tt.args...)); got != tt.want {
			t.Errorf("Msg(%s, %q) = %q, want %q", tt.lang, tt.text, got, tt.want)
		}
	}
	if got := strings.Join(c.Langs(), " "); got != "vi en jra" {
		t.Errorf("languages %q", got)
	}
	if err := c.Load(fstest.MapFS{"i18n/en.json": {Data: []byte(`[]`)}}); err == nil {
		t.Error("an overlay that is no object was taken")
	}
	var none *i18n.Catalog
	if got := none.T("en", "Nộp hồ sơ"); got != "Nộp hồ sơ" {
		t.Errorf("without a catalogue: %q", got)
	}
}

func TestLang(t *testing.T) {
	ctx := context.Background()
	if i18n.Lang(ctx) != "vi" || i18n.Lang(i18n.WithLang(ctx, "")) != "vi" || i18n.Lang(i18n.WithLang(ctx, "en")) != "en" {
		t.Error("the language of the reader is wrong")
	}
}
