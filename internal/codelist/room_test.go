package codelist

import (
	"os"
	"testing"

	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/i18ntest"
)

// TestEnglishIsComplete compares the overlay with the messages in the sources.
func TestEnglishIsComplete(t *testing.T) {
	i18ntest.English(t, Texts(), os.DirFS("."))
	var c i18n.Catalog
	if err := c.Load(Texts()); err != nil {
		t.Fatal(err)
	}
	if got := c.Msg("en", i18n.M("Không có danh mục “%s”.", "x")); got != "There is no list “x”." {
		t.Errorf("in English: %q", got)
	}
}
