package calendar

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
	if got := c.Msg("en", province(t).Remaining(ts(t, "2018-11-19 09:00"), ts(t, "2018-11-20 09:00")).Msg()); got != "1 working day(s) left" {
		t.Errorf("remaining in English: %q", got)
	}
}
