package place

import (
	"os"
	"testing"

	"lienthong/internal/kit/i18ntest"
)

// TestEnglishIsComplete compares the overlay with the messages in the sources.
func TestEnglishIsComplete(t *testing.T) { i18ntest.English(t, Texts(), os.DirFS(".")) }
