package dossiertest_test

import (
	"testing"

	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
)

// TestWorld holds that the small province loads on both engines and knows its agencies.
func TestWorld(t *testing.T) {
	dbtest.Each(t, dossiertest.Migrations(), func(t *testing.T, d *db.DB) {
		w := dossiertest.New(t, d)
		above, err := w.Org.AgencyAbove(w.System(), w.Unit("ubnd-99101").ID, "district")
		if err != nil || above.Slug != "ubnd-991" {
			t.Errorf("above the commune is %q, %v", above.Slug, err)
		}
	})
}
